/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/runtime/ledger_rows.h"

static void read_row(struct drp_query *q, void *to)
{
	struct drp_ledger_row *row = to;
	row->seq = (uint64_t)drp_q_col_int(q, 0);
	row->year = (uint32_t)drp_q_col_int(q, 1);
	row->group = (uint8_t)drp_q_col_int(q, 2);
	(void)drp_q_col_bytes(q, 3, row->campaign.b, sizeof row->campaign.b);
	(void)drp_q_col_bytes(q, 4, row->unit.b, sizeof row->unit.b);
	row->delta2 = (uint32_t)drp_q_col_int(q, 5);
	row->sigma2 = (uint32_t)drp_q_col_int(q, 6);
	row->rho.num = drp_q_col_int(q, 7);
	row->rho.den = drp_q_col_int(q, 8);
	(void)drp_q_col_bytes(q, 9, row->bytes.b, sizeof row->bytes.b);
	row->time_s = drp_q_col_int(q, 10);
	(void)drp_q_col_bytes(q, 11, row->previous.b, sizeof row->previous.b);
}

enum drp_err drp_ledger_rows(struct drp_db *db, const char *select,
	struct drp_ledger_row **rows, size_t *n, struct drp_diag *diag)
{
	void *list = NULL;
	enum drp_err err = drp_q_rows(drp_db_query(db, select), sizeof **rows, read_row,
		"ledger", &list, n, diag);
	if (err == DRP_OK) {
		*rows = list;
	}
	return err;
}

enum drp_err drp_ledger_append(struct drp_db *db, const char *last, const char *insert,
	struct drp_ledger_row *row, struct drp_diag *diag)
{
	struct drp_ledger_row before = {0};
	struct drp_query *q = drp_db_query(db, last);
	enum drp_err err = drp_q_find(q, diag);
	if (err == DRP_OK) {
		read_row(q, &before);
		drp_q_end(q);
	} else if (err != DRP_E_NOTFOUND) {
		return err;
	}
	drp_ledger_follow(err == DRP_OK ? &before : NULL, row);
	q = drp_db_query(db, insert);
	drp_q_int(q, (int64_t)row->seq);
	drp_q_int(q, row->year);
	drp_q_int(q, row->group);
	drp_q_blob(q, row->campaign.b, sizeof row->campaign.b);
	drp_q_blob(q, row->unit.b, sizeof row->unit.b);
	drp_q_int(q, row->delta2);
	drp_q_int(q, row->sigma2);
	drp_q_int(q, row->rho.num);
	drp_q_int(q, row->rho.den);
	drp_q_blob(q, row->bytes.b, sizeof row->bytes.b);
	drp_q_int(q, row->time_s);
	drp_q_blob(q, row->previous.b, sizeof row->previous.b);
	return drp_q_run(q, diag);
}
