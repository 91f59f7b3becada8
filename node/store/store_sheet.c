/* SPDX-License-Identifier: Apache-2.0 */
#include "node/store/store_internal.h"

#include "proto/base/alloc.h"
#include <stdio.h>
#include <string.h>

enum drp_err drp_node_sheet_add(struct drp_node_store *s, const char *campaign, int level,
	int group, const struct drp_sheet *sheet, uint16_t n_items,
	const uint8_t own[DRP_OWN_ITEMS_MAX], struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db, "INSERT INTO sheet(campaign, level, "
						  "grp, answers, own) VALUES(?,?,?,?,?)");
	drp_bind_place(q, campaign, level, group);
	drp_q_blob(q, sheet->answer, n_items);
	drp_q_blob(q, own, DRP_OWN_ITEMS_MAX);
	return drp_q_run(q, diag);
}

enum drp_err drp_node_sheets_count(struct drp_node_store *s, const char *campaign,
	int level, int group, uint32_t *n, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db,
		"SELECT count(*) FROM sheet WHERE campaign=? AND level=? AND grp=?");
	drp_bind_place(q, campaign, level, group);
	enum drp_err err = drp_q_find(q, diag);
	if (err == DRP_OK) {
		*n = (uint32_t)drp_q_col_int(q, 0);
		drp_q_end(q);
	}
	return err;
}

enum drp_err drp_node_sheets_drop(struct drp_node_store *s, const char *campaign,
	int level, int group, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(
		s->db, "DELETE FROM sheet WHERE campaign=? AND level=? AND grp=?");
	drp_bind_place(q, campaign, level, group);
	enum drp_err err = drp_q_run(q, diag);
	q = drp_db_query(
		s->db, "DELETE FROM import WHERE campaign=? AND level=? AND grp=?");
	drp_bind_place(q, campaign, level, group);
	return err ? err : drp_q_run(q, diag);
}

enum drp_err drp_node_sheets(struct drp_node_store *s, const char *campaign, int level,
	int group, drp_node_each_sheet *each, void *self, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db,
		"SELECT answers, own FROM sheet WHERE campaign=? AND level=? AND grp=?"
		" ORDER BY id");
	drp_bind_place(q, campaign, level, group);
	enum drp_err err = DRP_OK;
	int step;
	while (err == DRP_OK && (step = drp_q_step(q, diag)) != 0) {
		if (step < 0) {
			return DRP_E_STORE;
		}
		struct drp_sheet sheet = {{0}};
		uint8_t own[DRP_OWN_ITEMS_MAX];
		size_t n;
		const void *answers = drp_q_col_blob(q, 0, &n);
		if (n > sizeof sheet.answer || drp_q_col_bytes(q, 1, own, sizeof own)) {
			err = DRP_E_STORE;
		} else {
			memcpy(sheet.answer, answers, n);
			err = each(self, &sheet, own);
		}
		explicit_bzero(&sheet, sizeof sheet);
	}
	if (err) {
		drp_q_end(q);
	}
	return err;
}

enum drp_err drp_node_import_elsewhere(struct drp_node_store *s, const char *campaign,
	const struct drp_hash *file, char other[DRP_NAME_MAX], struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db,
		"SELECT campaign FROM import WHERE file=? AND campaign<>? LIMIT 1");
	drp_q_blob(q, file->b, sizeof file->b);
	drp_q_text(q, campaign);
	enum drp_err err = drp_q_find(q, diag);
	if (err == DRP_OK) {
		drp_q_col_copy(q, 0, other, DRP_NAME_MAX);
		drp_q_end(q);
	}
	return err;
}

enum drp_err drp_node_import_note(struct drp_node_store *s, const char *campaign,
	int level, int group, const struct drp_hash *file, int32_t day,
	struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db, "INSERT INTO import VALUES(?,?,?,?,?)");
	drp_bind_place(q, campaign, level, group);
	drp_q_blob(q, file->b, sizeof file->b);
	drp_q_int(q, day);
	return drp_q_run(q, diag);
}
