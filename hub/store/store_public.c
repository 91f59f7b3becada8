/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/store/store_public.h"
#include "hub/store/store_internal.h"

/* ---- tokens ---- */

enum drp_err drp_hub_token_put(
	struct drp_hub_store *s, const struct drp_token_row *row, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db,
		"INSERT INTO token(name, id, scope, network, hash, created_s, campaign)"
		" VALUES(?,?,?,?,?,?,?)");
	drp_q_text(q, row->name);
	drp_q_text(q, row->id);
	drp_q_int(q, row->scope);
	drp_q_int(q, row->network);
	drp_q_text(q, row->hash);
	drp_q_int(q, row->created_s);
	drp_q_text(q, row->campaign);
	enum drp_err err = drp_q_run(q, NULL);
	return err ? drp_fail(diag, err, "token %s cannot be added: %s", row->name,
			     drp_err_text(err))
		   : DRP_OK;
}

static void read_token(struct drp_query *q, void *to)
{
	struct drp_token_row *row = to;
	drp_q_col_copy(q, 0, row->name, sizeof row->name);
	drp_q_col_copy(q, 1, row->id, sizeof row->id);
	row->scope = (uint8_t)drp_q_col_int(q, 2);
	row->network = (uint8_t)drp_q_col_int(q, 3);
	drp_q_col_copy(q, 4, row->hash, sizeof row->hash);
	row->created_s = drp_q_col_int(q, 5);
	drp_q_col_copy(q, 6, row->campaign, sizeof row->campaign);
}

enum drp_err drp_hub_tokens(struct drp_hub_store *s, struct drp_token_row **rows,
	size_t *n, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db,
		"SELECT name, id, scope, network, hash, created_s, campaign FROM token"
		" ORDER BY name");
	void *list = NULL;
	enum drp_err err = drp_q_rows(
		q, sizeof(struct drp_token_row), read_token, "tokens", &list, n, diag);
	if (err == DRP_OK) {
		*rows = list;
	}
	return err;
}

enum drp_err drp_hub_token_drop(
	struct drp_hub_store *s, const char *name, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db, "DELETE FROM token WHERE name=?");
	drp_q_text(q, name);
	enum drp_err err = drp_q_run(q, diag);
	return err == DRP_OK && drp_db_changes(s->db) == 0
		       ? drp_fail(diag, DRP_E_NOTFOUND,
				 "there is no token %s; 'token list' shows all", name)
		       : err;
}

/* ---- embargo ---- */

enum drp_err drp_hub_embargo_set(struct drp_hub_store *s, const char *campaign,
	int64_t until_s, struct drp_diag *diag)
{
	struct drp_query *q =
		drp_db_query(s->db, "INSERT INTO embargo VALUES(?1,?2)"
				    " ON CONFLICT(campaign) DO UPDATE SET until_s=?2");
	drp_q_text(q, campaign);
	drp_q_int(q, until_s);
	return drp_q_run(q, diag);
}

enum drp_err drp_hub_embargo_get(struct drp_hub_store *s, const char *campaign,
	int64_t *until_s, struct drp_diag *diag)
{
	struct drp_query *q =
		drp_db_query(s->db, "SELECT until_s FROM embargo WHERE campaign=?");
	drp_q_text(q, campaign);
	enum drp_err err = drp_q_find(q, diag);
	if (err == DRP_OK) {
		*until_s = drp_q_col_int(q, 0);
		drp_q_end(q);
	} else if (err == DRP_E_NOTFOUND) {
		*until_s = 0;
	}
	return err == DRP_E_NOTFOUND ? DRP_OK : err;
}

/* ---- editions ---- */

static void read_edition(struct drp_query *q, void *to)
{
	struct drp_edition_row *row = to;
	drp_q_col_copy(q, 0, row->campaign, sizeof row->campaign);
	row->number = (uint32_t)drp_q_col_int(q, 1);
	(void)drp_q_col_bytes(q, 2, row->hash.b, sizeof row->hash.b);
	row->embargo_s = drp_q_col_int(q, 3);
}

/* Asked every second: of an edition's row it reads what stands before the bytes. */
enum drp_err drp_hub_editions(struct drp_hub_store *s, struct drp_edition_row **rows,
	size_t *n, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db,
		"SELECT e.campaign, e.number, e.hash, coalesce(m.until_s, 0)"
		" FROM edition e JOIN campaign c ON c.id=e.campaign"
		" LEFT JOIN embargo m ON m.campaign=e.campaign"
		" ORDER BY coalesce(c.closed_s, 0) DESC, e.campaign, e.number DESC");
	void *list = NULL;
	enum drp_err err = drp_q_rows(q, sizeof(struct drp_edition_row), read_edition,
		"editions", &list, n, diag);
	if (err == DRP_OK) {
		*rows = list;
	}
	return err;
}
