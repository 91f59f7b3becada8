/* SPDX-License-Identifier: Apache-2.0
 *
 * A report that is accepted is canonical, and has a statement whose hash is its name.
 */
#include "proto/crypto/crypto.h"
#include "proto/model/report.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct drp_report report;
	struct drp_hash name, same;
	struct drp_buf out = {0}, statement = {0};
	if (drp_report_decode(data, size, &report, &name) == DRP_OK) {
		REQUIRE(report.statement.group < DRP_GROUPS);
		REQUIRE(report.hub_n + report.notary_n + report.public_n < size);
		REQUIRE(drp_report_encode(&report, &out) == DRP_OK);
		REQUIRE(out.len == size && memcmp(out.data, data, size) == 0);
		REQUIRE(drp_report_statement_encode(
				&report.statement, &statement, &same) == DRP_OK);
		REQUIRE(drp_hash_equal(&name, &same));
		drp_buf_clear(&out);
		drp_buf_clear(&statement);
	}
	return 0;
}
