/* SPDX-License-Identifier: Apache-2.0
 *
 * An edition that is accepted encodes back to the same bytes.
 */
#include "proto/model/edition.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct drp_edition *edition = NULL;
	struct drp_buf out = {0};
	if (drp_edition_decode(data, size, &edition) == DRP_OK) {
		REQUIRE(drp_edition_encode(edition, &out) == DRP_OK);
		REQUIRE(out.len == size && memcmp(out.data, data, size) == 0);
		drp_edition_free(edition);
	}
	drp_buf_clear(&out);
	return 0;
}
