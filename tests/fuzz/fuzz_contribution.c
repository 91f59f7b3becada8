/* SPDX-License-Identifier: Apache-2.0
 *
 * A contribution that is accepted is canonical: encoding it gives the same bytes.
 */
#include "proto/model/contribution.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct drp_contribution contribution;
	struct drp_buf out = {0};
	if (drp_contribution_decode(data, size, &contribution) == DRP_OK) {
		REQUIRE(contribution.n_values <= DRP_VALUES_MAX);
		REQUIRE(contribution.group < DRP_GROUPS);
		REQUIRE(drp_contribution_encode(&contribution, &out) == DRP_OK);
		REQUIRE(out.len == size && memcmp(out.data, data, size) == 0);
		drp_buf_clear(&out);
	}
	return 0;
}
