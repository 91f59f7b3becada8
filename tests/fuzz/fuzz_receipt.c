/* SPDX-License-Identifier: Apache-2.0
 *
 * A receipt that is accepted is canonical, and has a statement to verify.
 */
#include "proto/model/contribution.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct drp_receipt receipt;
	struct drp_buf out = {0}, statement = {0};
	if (drp_receipt_decode(data, size, &receipt) == DRP_OK) {
		REQUIRE(receipt.group < DRP_GROUPS);
		REQUIRE(drp_receipt_encode(&receipt, &out) == DRP_OK);
		REQUIRE(out.len == size && memcmp(out.data, data, size) == 0);
		REQUIRE(drp_receipt_statement(&receipt, &statement) == DRP_OK);
		REQUIRE(statement.len > 0);
		drp_buf_clear(&out);
		drp_buf_clear(&statement);
	}
	return 0;
}
