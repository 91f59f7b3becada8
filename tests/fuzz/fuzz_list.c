/* SPDX-License-Identifier: Apache-2.0
 *
 * A list of reports from the other aggregator or, at a school, from either: what is
 * accepted encodes back to the same bytes, and a refusal says why.
 */
#include "proto/session/list.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct drp_hash campaign;
	struct drp_list list;
	struct drp_diag diag = {0};
	struct drp_buf out = {0};
	if (drp_list_decode(data, size, &campaign, &list, &diag) == DRP_OK) {
		REQUIRE(drp_list_encode(&list, &out) == DRP_OK);
		REQUIRE(out.len == size && memcmp(out.data, data, size) == 0);
		REQUIRE(drp_list_common(&list, &list) == list.n);
		REQUIRE(list.n == 0 || drp_list_holds(&list, &list.report[list.n - 1]));
	} else {
		REQUIRE(diag.text[0] != 0);
	}
	drp_list_clear(&list);
	drp_buf_clear(&out);
	return 0;
}
