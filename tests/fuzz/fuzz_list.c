/* SPDX-License-Identifier: Apache-2.0
 *
 * A list of reports from the other aggregator: what is accepted encodes back to the same
 * bytes, and a refusal says why. The manifest has the units 00.., 01.., 02...
 */
#include "proto/session/list.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct drp_unit unit[] = {{.id = {{0}}}, {.id = {{1}}}, {.id = {{2}}}};
	const struct drp_manifest manifest = {.n_units = 3, .unit = unit};
	uint8_t came[DRP_GROUPS * 3];
	size_t only_ours, only_theirs;
	struct drp_list list;
	struct drp_diag diag = {0};
	struct drp_buf out = {0};
	if (drp_list_decode(data, size, &manifest, &list, &diag) == DRP_OK) {
		REQUIRE(drp_list_encode(&list, &out) == DRP_OK);
		REQUIRE(out.len == size && memcmp(out.data, data, size) == 0);
		drp_list_common(&list, &list, &manifest, came, &only_ours, &only_theirs);
		REQUIRE(only_ours == 0 && only_theirs == 0);
	} else {
		REQUIRE(diag.text[0] != 0);
	}
	drp_list_clear(&list);
	drp_buf_clear(&out);
	return 0;
}
