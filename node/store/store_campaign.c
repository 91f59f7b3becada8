/* SPDX-License-Identifier: Apache-2.0 */
#include "node/store/store_internal.h"

#include <string.h>

/* ---- campaigns ---- */

#define CAMPAIGN_COLUMNS                                                                 \
	"manifest, instrument, signature, state, checked, id, cosignature, notary, "     \
	"replaces"

enum drp_err drp_node_campaign_put(struct drp_node_store *s,
	const struct drp_node_campaign *c, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db,
		"INSERT INTO campaign(" CAMPAIGN_COLUMNS ") VALUES(?,?,?,?,?,?,?,?,?)"
		" ON CONFLICT(manifest) DO UPDATE SET"
		" instrument=excluded.instrument, signature=excluded.signature,"
		" state=excluded.state, checked=excluded.checked, id=excluded.id,"
		" cosignature=excluded.cosignature, notary=excluded.notary,"
		" replaces=excluded.replaces");
	drp_q_blob(q, c->manifest.b, sizeof c->manifest.b);
	drp_q_blob(q, c->instrument.b, sizeof c->instrument.b);
	drp_q_blob(q, c->signature, sizeof c->signature);
	drp_q_int(q, c->state);
	drp_q_int(q, c->checked);
	drp_q_text(q, c->id);
	drp_q_blob(q, c->cosignature, sizeof c->cosignature);
	drp_q_blob(q, c->notary.b, sizeof c->notary.b);
	drp_q_blob(q, c->replaces.b, sizeof c->replaces.b);
	return drp_q_run(q, diag);
}

static void read_campaign(struct drp_query *q, void *to)
{
	struct drp_node_campaign *c = to;
	memset(c, 0, sizeof *c);
	(void)drp_q_col_bytes(q, 0, c->manifest.b, sizeof c->manifest.b);
	(void)drp_q_col_bytes(q, 1, c->instrument.b, sizeof c->instrument.b);
	(void)drp_q_col_bytes(q, 2, c->signature, sizeof c->signature);
	c->state = (uint8_t)drp_q_col_int(q, 3);
	c->checked = (uint8_t)drp_q_col_int(q, 4);
	drp_q_col_copy(q, 5, c->id, sizeof c->id);
	(void)drp_q_col_bytes(q, 6, c->cosignature, sizeof c->cosignature);
	(void)drp_q_col_bytes(q, 7, c->notary.b, sizeof c->notary.b);
	(void)drp_q_col_bytes(q, 8, c->replaces.b, sizeof c->replaces.b);
}

enum drp_err drp_node_campaign_get(struct drp_node_store *s, const char *id,
	struct drp_node_campaign *campaign, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(
		s->db, "SELECT " CAMPAIGN_COLUMNS " FROM campaign WHERE id=? AND id<>''");
	drp_q_text(q, id);
	enum drp_err err = drp_q_find(q, diag);
	if (err == DRP_OK) {
		read_campaign(q, campaign);
		drp_q_end(q);
	} else if (err == DRP_E_NOTFOUND) {
		drp_fail(diag, err, "this node knows no campaign %s; see 'campaign list'",
			id);
	}
	return err;
}

static enum drp_err collect_campaigns(struct drp_query *q, struct drp_node_campaign **out,
	size_t *n, struct drp_diag *diag)
{
	void *list = NULL;
	enum drp_err err = drp_q_rows(q, sizeof(struct drp_node_campaign), read_campaign,
		"campaigns", &list, n, diag);
	if (err == DRP_OK) {
		*out = list;
	}
	return err;
}

enum drp_err drp_node_campaigns(struct drp_node_store *s,
	struct drp_node_campaign **campaigns, size_t *n, struct drp_diag *diag)
{
	return collect_campaigns(drp_db_query(s->db, "SELECT " CAMPAIGN_COLUMNS
						     " FROM campaign ORDER BY id"),
		campaigns, n, diag);
}

static enum drp_err move(struct drp_node_store *s, const char *sql, const char *from,
	const char *to, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db, sql);
	drp_q_text(q, to);
	drp_q_text(q, from);
	return drp_q_run(q, diag);
}

enum drp_err drp_node_carry_over(struct drp_node_store *s, const char *from,
	const char *to, int32_t first_day, int32_t last_day, struct drp_diag *diag)
{
	static const char *const sql[] = {"UPDATE sheet SET campaign=? WHERE campaign=?",
		"UPDATE OR REPLACE import SET campaign=? WHERE campaign=?",
		"UPDATE OR IGNORE target SET campaign=? WHERE campaign=?",
		"UPDATE OR IGNORE note SET campaign=? WHERE campaign=?"};
	enum drp_err err = DRP_OK;
	for (size_t i = 0; err == DRP_OK && i < sizeof sql / sizeof sql[0]; i++) {
		err = move(s, sql[i], from, to, diag);
	}
	if (err) {
		return err;
	}
	struct drp_query *q = drp_db_query(s->db,
		"UPDATE OR IGNORE win SET campaign=? WHERE campaign=? AND"
		" from_day>=? AND to_day<=?");
	drp_q_text(q, to);
	drp_q_text(q, from);
	drp_q_int(q, first_day);
	drp_q_int(q, last_day);
	return drp_q_run(q, diag);
}

/* ---- targets, windows, notes ---- */

enum drp_err drp_node_target_put(struct drp_node_store *s, const char *campaign,
	int level, int group, const struct drp_target *target, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db,
		"INSERT INTO target VALUES(?,?,?,?,?) ON CONFLICT DO UPDATE SET"
		" eligible=excluded.eligible, invited=excluded.invited");
	drp_bind_place(q, campaign, level, group);
	drp_q_int(q, target->eligible);
	drp_q_int(q, target->invited);
	return drp_q_run(q, diag);
}

enum drp_err drp_node_target_get(struct drp_node_store *s, const char *campaign,
	int level, int group, struct drp_target *target, int *set, struct drp_diag *diag)
{
	struct drp_query *q =
		drp_db_query(s->db, "SELECT eligible, invited FROM target WHERE "
				    "campaign=? AND level=? AND grp=?");
	drp_bind_place(q, campaign, level, group);
	enum drp_err err = drp_q_find(q, diag);
	*target = (struct drp_target){0};
	*set = err == DRP_OK;
	if (err == DRP_OK) {
		target->eligible = (uint32_t)drp_q_col_int(q, 0);
		target->invited = (uint32_t)drp_q_col_int(q, 1);
		drp_q_end(q);
	}
	return err == DRP_E_NOTFOUND ? DRP_OK : err;
}

enum drp_err drp_node_window_put(struct drp_node_store *s, const char *campaign,
	int level, int32_t from, int32_t to, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db,
		"INSERT INTO win VALUES(?,?,?,?) ON CONFLICT DO UPDATE SET"
		" from_day=excluded.from_day, to_day=excluded.to_day");
	drp_q_text(q, campaign);
	drp_q_int(q, level);
	drp_q_int(q, from);
	drp_q_int(q, to);
	return drp_q_run(q, diag);
}

enum drp_err drp_node_window_get(struct drp_node_store *s, const char *campaign,
	int level, int32_t *from, int32_t *to, int *set, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(
		s->db, "SELECT from_day, to_day FROM win WHERE campaign=? AND level=?");
	drp_q_text(q, campaign);
	drp_q_int(q, level);
	enum drp_err err = drp_q_find(q, diag);
	*set = err == DRP_OK;
	*from = *to = 0;
	if (err == DRP_OK) {
		*from = (int32_t)drp_q_col_int(q, 0);
		*to = (int32_t)drp_q_col_int(q, 1);
		drp_q_end(q);
	}
	return err == DRP_E_NOTFOUND ? DRP_OK : err;
}

enum drp_err drp_node_windows_elsewhere(struct drp_node_store *s, const char *campaign,
	int level, struct drp_node_campaign **campaigns, size_t *n, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db,
		"SELECT " CAMPAIGN_COLUMNS " FROM campaign WHERE id IN"
		" (SELECT campaign FROM win WHERE level=? AND campaign<>?)");
	drp_q_int(q, level);
	drp_q_text(q, campaign);
	return collect_campaigns(q, campaigns, n, diag);
}

enum drp_err drp_node_note_put(struct drp_node_store *s, const char *campaign, int level,
	const char *kind, const char *text, struct drp_diag *diag)
{
	struct drp_query *q =
		drp_db_query(s->db, "INSERT INTO note VALUES(?,?,?,?) ON CONFLICT DO "
				    "UPDATE SET text=excluded.text");
	drp_q_text(q, campaign);
	drp_q_int(q, level);
	drp_q_text(q, kind);
	drp_q_text(q, text);
	return drp_q_run(q, diag);
}

enum drp_err drp_node_note_get(struct drp_node_store *s, const char *campaign, int level,
	const char *kind, struct drp_buf *text, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(
		s->db, "SELECT text FROM note WHERE campaign=? AND level=? AND kind=?");
	drp_q_text(q, campaign);
	drp_q_int(q, level);
	drp_q_text(q, kind);
	enum drp_err err = drp_q_find(q, diag);
	if (err == DRP_OK) {
		drp_buf_text(text, drp_q_col_text(q, 0));
		drp_q_end(q);
	}
	return err;
}
