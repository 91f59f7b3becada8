/* SPDX-License-Identifier: Apache-2.0 */
#include "node/store/store_internal.h"

#include "proto/runtime/ledger_rows.h"

enum drp_err drp_node_ledger(struct drp_node_store *s, struct drp_ledger_row **rows,
	size_t *n, struct drp_diag *diag)
{
	return drp_ledger_rows(s->db, "SELECT * FROM ledger ORDER BY seq", rows, n, diag);
}

enum drp_err drp_node_ledger_append(
	struct drp_node_store *s, struct drp_ledger_row *row, struct drp_diag *diag)
{
	return drp_ledger_append(s->db, "SELECT * FROM ledger ORDER BY seq DESC LIMIT 1",
		"INSERT INTO ledger VALUES(?,?,?,?,?,?,?,?,?,?,?,?)", row, diag);
}

static void read_log(struct drp_query *q, void *to)
{
	struct drp_log_row *row = to;
	row->seq = (uint64_t)drp_q_col_int(q, 0);
	row->time_s = drp_q_col_int(q, 1);
	drp_q_col_copy(q, 2, row->event, sizeof row->event);
	(void)drp_q_col_bytes(q, 3, row->campaign.b, sizeof row->campaign.b);
	(void)drp_q_col_bytes(q, 4, row->unit.b, sizeof row->unit.b);
	row->group = (uint8_t)drp_q_col_int(q, 5);
	(void)drp_q_col_bytes(q, 6, row->bytes.b, sizeof row->bytes.b);
	(void)drp_q_col_bytes(q, 7, row->previous.b, sizeof row->previous.b);
}

enum drp_err drp_node_log(struct drp_node_store *s, struct drp_log_row **rows, size_t *n,
	struct drp_diag *diag)
{
	void *list = NULL;
	enum drp_err err =
		drp_q_rows(drp_db_query(s->db, "SELECT * FROM log ORDER BY seq"),
			sizeof(struct drp_log_row), read_log, "log", &list, n, diag);
	if (err == DRP_OK) {
		*rows = list;
	}
	return err;
}

enum drp_err drp_node_log_append(
	struct drp_node_store *s, struct drp_log_row *row, struct drp_diag *diag)
{
	struct drp_log_row last = {0};
	struct drp_query *q =
		drp_db_query(s->db, "SELECT * FROM log ORDER BY seq DESC LIMIT 1");
	enum drp_err err = drp_q_find(q, diag);
	if (err == DRP_OK) {
		read_log(q, &last);
		drp_q_end(q);
	} else if (err != DRP_E_NOTFOUND) {
		return err;
	}
	drp_log_follow(err == DRP_OK ? &last : NULL, row);
	q = drp_db_query(s->db, "INSERT INTO log VALUES(?,?,?,?,?,?,?,?)");
	drp_q_int(q, (int64_t)row->seq);
	drp_q_int(q, row->time_s);
	drp_q_text(q, row->event);
	drp_q_blob(q, row->campaign.b, sizeof row->campaign.b);
	drp_q_blob(q, row->unit.b, sizeof row->unit.b);
	drp_q_int(q, row->group);
	drp_q_blob(q, row->bytes.b, sizeof row->bytes.b);
	drp_q_blob(q, row->previous.b, sizeof row->previous.b);
	return drp_q_run(q, diag);
}
