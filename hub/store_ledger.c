/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/store_internal.h"

#include "proto/base/alloc.h"
#include "proto/session/chain.h"

#include <stdio.h>
#include <string.h>

static void read_ledger(struct drp_query *q, struct drp_ledger_row *row)
{
	memset(row, 0, sizeof *row);
	row->seq = (uint64_t)drp_q_col_int(q, 0);
	row->year = (uint32_t)drp_q_col_int(q, 1);
	row->group = (uint8_t)drp_q_col_int(q, 2);
	(void)drp_q_col_bytes(q, 3, row->campaign.b, sizeof row->campaign.b);
	row->delta2 = (uint32_t)drp_q_col_int(q, 4);
	row->sigma2 = (uint32_t)drp_q_col_int(q, 5);
	row->rho.num = drp_q_col_int(q, 6);
	row->rho.den = drp_q_col_int(q, 7);
	(void)drp_q_col_bytes(q, 8, row->bytes.b, sizeof row->bytes.b);
	row->time_s = drp_q_col_int(q, 9);
	(void)drp_q_col_bytes(q, 10, row->previous.b, sizeof row->previous.b);
}

enum drp_err drp_hub_ledger(struct drp_hub_store *s, struct drp_ledger_row **rows,
	size_t *n, struct drp_diag *diag)
{
	struct drp_ledger_row *list = NULL;
	size_t count = 0;
	int step;
	struct drp_query *q =
		drp_db_query(s->db, "SELECT seq, year, grp, campaign, delta2, sigma2, "
				    "rho_num, rho_den, bytes,"
				    " time_s, previous FROM ledger ORDER BY seq");
	while ((step = drp_q_step(q, diag)) > 0) {
		struct drp_ledger_row *more = drp_realloc(list, count + 1, sizeof *list);
		if (!more) {
			drp_q_end(q);
			drp_free(list);
			return drp_fail(diag, DRP_E_NOMEM, "no memory for the ledger");
		}
		list = more;
		read_ledger(q, &list[count++]);
	}
	if (step < 0) {
		drp_free(list);
		return DRP_E_STORE;
	}
	*rows = list;
	*n = count;
	return DRP_OK;
}

enum drp_err drp_hub_ledger_append(
	struct drp_hub_store *s, struct drp_ledger_row *row, struct drp_diag *diag)
{
	struct drp_ledger_row *rows = NULL;
	size_t n = 0;
	enum drp_err err = drp_hub_ledger(s, &rows, &n, diag);
	if (err) {
		return err;
	}
	drp_ledger_follow(n ? &rows[n - 1] : NULL, row);
	drp_free(rows);
	struct drp_query *q =
		drp_db_query(s->db, "INSERT INTO ledger VALUES(?,?,?,?,?,?,?,?,?,?,?)");
	drp_q_int(q, (int64_t)row->seq);
	drp_q_int(q, row->year);
	drp_q_int(q, row->group);
	drp_q_blob(q, row->campaign.b, sizeof row->campaign.b);
	drp_q_int(q, row->delta2);
	drp_q_int(q, row->sigma2);
	drp_q_int(q, row->rho.num);
	drp_q_int(q, row->rho.den);
	drp_q_blob(q, row->bytes.b, sizeof row->bytes.b);
	drp_q_int(q, row->time_s);
	drp_q_blob(q, row->previous.b, sizeof row->previous.b);
	return drp_q_run(q, diag);
}
