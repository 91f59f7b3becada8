/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/model/report.h"

#include "proto/wire/writer.h"

enum drp_err drp_withdrawal_statement(
	const struct drp_withdrawal *withdrawal, struct drp_buf *out)
{
	struct drp_writer w = {0};
	if (withdrawal->group >= DRP_GROUPS) {
		return DRP_E_RANGE;
	}
	drp_w_map(&w, 4);
	drp_w_key(&w, "campaign");
	drp_w_bin(&w, withdrawal->campaign.b, sizeof withdrawal->campaign.b);
	drp_w_key(&w, "contribution");
	drp_w_bin(&w, withdrawal->contribution.b, sizeof withdrawal->contribution.b);
	drp_w_key(&w, "group");
	drp_w_uint(&w, withdrawal->group);
	drp_w_key(&w, "unit");
	drp_w_bin(&w, withdrawal->unit.b, sizeof withdrawal->unit.b);
	enum drp_err err = drp_w_finish(&w);
	if (err == DRP_OK) {
		drp_buf_append(out, w.out.data, w.out.len);
		err = out->failed ? DRP_E_NOMEM : DRP_OK;
	}
	drp_w_clear(&w);
	return err;
}
