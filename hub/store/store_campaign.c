/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/store/store_internal.h"

#include <string.h>

/* ---- campaigns ---- */

enum drp_err drp_hub_campaign_new(struct drp_hub_store *s, const char *id,
	const struct drp_hash *instrument, const char *draft, const char *frame,
	int64_t now_s, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db,
		"INSERT INTO campaign(id, state, instrument, draft, frame, created_s)"
		" VALUES(?,0,?,?,?,?)");
	drp_q_text(q, id);
	drp_q_blob(q, instrument->b, sizeof instrument->b);
	drp_q_text(q, draft);
	drp_q_text(q, frame);
	drp_q_int(q, now_s);
	struct drp_diag why = {0};
	enum drp_err err = drp_q_run(q, &why);
	if (err == DRP_E_EXISTS) {
		return drp_fail(diag, err,
			"there is a campaign %s already; choose another id", id);
	}
	return err ? drp_fail(diag, err, "%s", why.text) : DRP_OK;
}

#define CAMPAIGN_COLUMNS                                                                 \
	"id, state, manifest, instrument, signature, created_s, signed_s, closed_s, "    \
	"frozen_s, cosignature, abandoned_s"

static void read_campaign(struct drp_query *q, void *to)
{
	struct drp_campaign_row *row = to;
	memset(row, 0, sizeof *row);
	drp_q_col_copy(q, 0, row->id, sizeof row->id);
	row->state = (uint8_t)drp_q_col_int(q, 1);
	(void)drp_q_col_bytes(q, 2, row->manifest.b, sizeof row->manifest.b);
	(void)drp_q_col_bytes(q, 3, row->instrument.b, sizeof row->instrument.b);
	(void)drp_q_col_bytes(q, 4, row->signature, sizeof row->signature);
	row->created_s = drp_q_col_int(q, 5);
	row->signed_s = drp_q_col_int(q, 6);
	row->closed_s = drp_q_col_int(q, 7);
	row->frozen_s = drp_q_col_int(q, 8);
	row->cosigned =
		drp_q_col_bytes(q, 9, row->cosignature, sizeof row->cosignature) == 0;
	row->abandoned_s = drp_q_col_int(q, 10);
}

enum drp_err drp_hub_campaign_get(struct drp_hub_store *s, const char *id,
	struct drp_campaign_row *row, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(
		s->db, "SELECT " CAMPAIGN_COLUMNS " FROM campaign WHERE id=?");
	drp_q_text(q, id);
	enum drp_err err = drp_q_find(q, diag);
	if (err == DRP_OK) {
		read_campaign(q, row);
		drp_q_end(q);
	} else if (err == DRP_E_NOTFOUND) {
		drp_fail(diag, err, "no campaign %s here; see 'campaign list'", id);
	}
	return err;
}

enum drp_err drp_hub_campaign_by_manifest(struct drp_hub_store *s,
	const struct drp_hash *manifest, struct drp_campaign_row *row,
	struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(
		s->db, "SELECT " CAMPAIGN_COLUMNS " FROM campaign WHERE manifest=?");
	drp_q_blob(q, manifest->b, sizeof manifest->b);
	enum drp_err err = drp_q_find(q, diag);
	if (err == DRP_OK) {
		read_campaign(q, row);
		drp_q_end(q);
	}
	return err;
}

enum drp_err drp_hub_campaign_text(struct drp_hub_store *s, const char *id,
	struct drp_buf *draft, struct drp_buf *frame, struct drp_diag *diag)
{
	struct drp_query *q =
		drp_db_query(s->db, "SELECT draft, frame FROM campaign WHERE id=?");
	drp_q_text(q, id);
	enum drp_err err = drp_q_find(q, diag);
	if (err == DRP_OK) {
		drp_buf_text(draft, drp_q_col_text(q, 0));
		drp_buf_text(frame, drp_q_col_text(q, 1));
		drp_q_end(q);
		err = draft->failed || frame->failed ? DRP_E_NOMEM : DRP_OK;
	}
	return err;
}

enum drp_err drp_hub_campaigns(struct drp_hub_store *s, struct drp_campaign_row **rows,
	size_t *n, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db,
		"SELECT " CAMPAIGN_COLUMNS " FROM campaign ORDER BY created_s, id");
	void *list = NULL;
	enum drp_err err = drp_q_rows(q, sizeof(struct drp_campaign_row), read_campaign,
		"campaigns", &list, n, diag);
	if (err == DRP_OK) {
		*rows = list;
	}
	return err;
}

enum drp_err drp_hub_campaign_sign(struct drp_hub_store *s, const char *id,
	const struct drp_hash *manifest, const uint8_t signature[64], int64_t now_s,
	struct drp_diag *diag)
{
	struct drp_query *q =
		drp_db_query(s->db, "UPDATE campaign SET manifest=?, signature=?, "
				    "state=1, signed_s=? WHERE id=? AND state=0");
	drp_q_blob(q, manifest->b, sizeof manifest->b);
	drp_q_blob(q, signature, 64);
	drp_q_int(q, now_s);
	drp_q_text(q, id);
	enum drp_err err = drp_q_run(q, diag);
	return err == DRP_OK && drp_db_changes(s->db) == 0
		       ? drp_fail(diag, DRP_E_STATE, "campaign %s is already signed", id)
		       : err;
}

enum drp_err drp_hub_campaign_state(struct drp_hub_store *s, const char *id, int state,
	int64_t now_s, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db,
		"UPDATE campaign SET state=?1, closed_s=CASE ?1 WHEN 2 THEN ?2 ELSE "
		"closed_s END,"
		" frozen_s=CASE ?1 WHEN 3 THEN ?2 ELSE frozen_s END WHERE id=?3");
	drp_q_int(q, state);
	drp_q_int(q, now_s);
	drp_q_text(q, id);
	return drp_q_run(q, diag);
}

/* ---- members ---- */

enum drp_err drp_hub_members_put(struct drp_hub_store *s, const char *campaign,
	const struct drp_member *members, size_t n, struct drp_diag *diag)
{
	enum drp_err err = DRP_OK;
	for (size_t i = 0; err == DRP_OK && i < n; i++) {
		struct drp_query *q =
			drp_db_query(s->db, "INSERT INTO member VALUES(?,?,?)");
		drp_q_text(q, campaign);
		drp_q_int(q, members[i].number);
		drp_q_text(q, members[i].school);
		err = drp_q_run(q, diag);
	}
	return err;
}

static void read_member(struct drp_query *q, void *to)
{
	struct drp_member *member = to;
	member->number = (uint32_t)drp_q_col_int(q, 0);
	drp_q_col_copy(q, 1, member->school, sizeof member->school);
}

enum drp_err drp_hub_members(struct drp_hub_store *s, const char *campaign,
	struct drp_member **members, size_t *n, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db,
		"SELECT number, school FROM member WHERE campaign=? ORDER BY school");
	drp_q_text(q, campaign);
	void *list = NULL;
	enum drp_err err = drp_q_rows(
		q, sizeof(struct drp_member), read_member, "members", &list, n, diag);
	if (err == DRP_OK) {
		*members = list;
	}
	return err;
}

/* ---- contributions ---- */

enum drp_err drp_hub_contribution_put(struct drp_hub_store *s, const char *campaign,
	const struct drp_stored *stored, const void *sealed, size_t n,
	struct drp_diag *diag)
{
	struct drp_buf receipt = {0};
	enum drp_err err = drp_receipt_encode(&stored->receipt, &receipt);
	if (err) {
		drp_buf_clear(&receipt);
		return err;
	}
	struct drp_query *q = drp_db_query(s->db,
		"INSERT INTO contribution(campaign, unit, grp, hash, receipt, sealed)"
		" VALUES(?,?,?,?,?,?)");
	drp_q_text(q, campaign);
	drp_q_blob(q, stored->unit.b, sizeof stored->unit.b);
	drp_q_int(q, stored->group);
	drp_q_blob(q, stored->hash.b, sizeof stored->hash.b);
	drp_q_blob(q, receipt.data, receipt.len);
	drp_q_blob(q, sealed, n);
	err = drp_q_run(q, diag);
	drp_buf_clear(&receipt);
	return err;
}

static enum drp_err read_stored(struct drp_query *q, struct drp_stored *stored)
{
	memset(stored, 0, sizeof *stored);
	(void)drp_q_col_bytes(q, 0, stored->unit.b, sizeof stored->unit.b);
	stored->group = (uint8_t)drp_q_col_int(q, 1);
	(void)drp_q_col_bytes(q, 2, stored->hash.b, sizeof stored->hash.b);
	size_t n;
	const void *receipt = drp_q_col_blob(q, 3, &n);
	stored->withdrawn = (uint8_t)drp_q_col_int(q, 4);
	stored->state = (uint8_t)drp_q_col_int(q, 5);
	stored->reason = (enum drp_err)drp_q_col_int(q, 6);
	/* What we wrote ourselves and cannot read is damage, not a peer's bad bytes. */
	enum drp_err err = drp_receipt_decode(receipt, n, &stored->receipt);
	return err && err != DRP_E_NOMEM ? DRP_E_STORE : err;
}

enum drp_err drp_hub_contribution_get(struct drp_hub_store *s, const char *campaign,
	const struct drp_id *unit, int group, struct drp_stored *stored,
	struct drp_diag *diag)
{
	struct drp_query *q =
		drp_db_query(s->db, "SELECT " DRP_STORED_COLUMNS " FROM contribution"
				    " WHERE campaign=? AND unit=? AND grp=?");
	drp_q_text(q, campaign);
	drp_q_blob(q, unit->b, sizeof unit->b);
	drp_q_int(q, group);
	enum drp_err err = drp_q_find(q, diag);
	if (err == DRP_OK) {
		err = read_stored(q, stored);
		drp_q_end(q);
	}
	return err;
}

enum drp_err drp_hub_contribution_withdraw(struct drp_hub_store *s, const char *campaign,
	const struct drp_id *unit, int group, struct drp_diag *diag)
{
	struct drp_query *q =
		drp_db_query(s->db, "UPDATE contribution SET withdrawn=1, sealed=NULL"
				    " WHERE campaign=? AND unit=? AND grp=?");
	drp_q_text(q, campaign);
	drp_q_blob(q, unit->b, sizeof unit->b);
	drp_q_int(q, group);
	return drp_q_run(q, diag);
}

enum drp_err drp_hub_each_stored(struct drp_query *q, drp_hub_each_contribution *each,
	void *self, struct drp_diag *diag)
{
	int step;
	enum drp_err err = DRP_OK;
	while (err == DRP_OK && (step = drp_q_step(q, diag)) != 0) {
		if (step < 0) {
			return DRP_E_STORE;
		}
		struct drp_stored stored;
		err = read_stored(q, &stored);
		if (err == DRP_OK) {
			size_t n;
			const void *bytes = drp_q_col_blob(q, DRP_STORED_N, &n);
			err = each(self, &stored, bytes, n);
		}
	}
	if (err) {
		drp_q_end(q);
	}
	return err;
}

enum drp_err drp_hub_contributions(struct drp_hub_store *s, const char *campaign,
	drp_hub_each_contribution *each, void *self, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db,
		"SELECT " DRP_STORED_COLUMNS ", sealed FROM contribution"
		" WHERE campaign=? ORDER BY unit, grp");
	drp_q_text(q, campaign);
	return drp_hub_each_stored(q, each, self, diag);
}

enum drp_err drp_hub_contributions_erase(
	struct drp_hub_store *s, const char *campaign, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(
		s->db, "UPDATE contribution SET sealed=NULL WHERE campaign=?");
	drp_q_text(q, campaign);
	return drp_q_run(q, diag);
}
