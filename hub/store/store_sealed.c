/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/store/store_sealed.h"

#include "hub/store/store_internal.h"

#include <string.h>

/* What a statement should have changed and did not. */
static enum drp_err changed(struct drp_hub_store *s, enum drp_err err, enum drp_err none)
{
	return err == DRP_OK && drp_db_changes(s->db) == 0 ? none : err;
}

static void bind_place(
	struct drp_query *q, const char *campaign, const struct drp_id *unit, int group)
{
	drp_q_text(q, campaign);
	drp_q_blob(q, unit->b, sizeof unit->b);
	drp_q_int(q, group);
}

static void bind_blob_or_null(struct drp_query *q, const void *bytes, size_t n)
{
	if (n) {
		drp_q_blob(q, bytes, n);
	} else {
		drp_q_null(q);
	}
}

/* ---- peers ---- */

static enum drp_err retire_notary(
	struct drp_hub_store *s, const struct drp_card *card, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(
		s->db, "UPDATE peer SET current=0 WHERE role=? AND role='notary'");
	drp_q_text(q, card->role);
	return drp_q_run(q, diag);
}

enum drp_err drp_hub_peer_put(struct drp_hub_store *s, const struct drp_card *card,
	int64_t now_s, struct drp_diag *diag)
{
	enum drp_err err = retire_notary(s, card, diag);
	if (err) {
		return err;
	}
	struct drp_query *q = drp_db_query(s->db,
		"INSERT INTO peer(key, role, name, url, box, current, paired_s)"
		" VALUES(?,?,?,?,?,1,?) ON CONFLICT(key) DO UPDATE SET "
		"role=excluded.role,"
		" name=excluded.name, url=excluded.url, box=excluded.box, current=1,"
		" paired_s=excluded.paired_s");
	drp_q_blob(q, card->key.b, sizeof card->key.b);
	drp_q_text(q, card->role);
	drp_q_text(q, card->name);
	drp_q_text(q, card->url);
	drp_q_blob(q, card->box, sizeof card->box);
	drp_q_int(q, now_s);
	return drp_q_run(q, diag);
}

static enum drp_err find_card(
	struct drp_query *q, struct drp_card *card, struct drp_diag *diag)
{
	enum drp_err err = drp_q_find(q, diag);
	memset(card, 0, sizeof *card);
	if (err == DRP_OK) {
		(void)drp_q_col_bytes(q, 0, card->key.b, sizeof card->key.b);
		drp_q_col_copy(q, 1, card->role, sizeof card->role);
		drp_q_col_copy(q, 2, card->name, sizeof card->name);
		drp_q_col_copy(q, 3, card->url, sizeof card->url);
		(void)drp_q_col_bytes(q, 4, card->box, sizeof card->box);
		drp_q_end(q);
	}
	return err;
}

enum drp_err drp_hub_peer_get(struct drp_hub_store *s, const struct drp_key *key,
	struct drp_card *card, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(
		s->db, "SELECT key, role, name, url, box FROM peer WHERE key=?");
	drp_q_blob(q, key->b, sizeof key->b);
	return find_card(q, card, diag);
}

enum drp_err drp_hub_peer_notary(
	struct drp_hub_store *s, struct drp_card *card, struct drp_diag *diag)
{
	struct drp_query *q =
		drp_db_query(s->db, "SELECT key, role, name, url, box FROM peer"
				    " WHERE role='notary' AND current=1");
	return find_card(q, card, diag);
}

/* ---- pinned school keys ---- */

enum drp_err drp_hub_school_pin(struct drp_hub_store *s, const char *id,
	const struct drp_key *key, int64_t now_s, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db,
		"UPDATE school SET key=?1, enrolled_s=coalesce(enrolled_s, ?2)"
		" WHERE id=?3 AND (key IS NULL OR key=?1)");
	drp_q_blob(q, key->b, sizeof key->b);
	drp_q_int(q, now_s);
	drp_q_text(q, id);
	enum drp_err err = drp_q_run(q, diag);
	if (err == DRP_E_EXISTS) {
		return DRP_E_DUPLICATE_IDENTITY;
	}
	return changed(s, err, DRP_E_CONFLICT);
}

static enum drp_err drop_code(
	struct drp_hub_store *s, const char *school, struct drp_diag *diag)
{
	struct drp_query *q =
		drp_db_query(s->db, "UPDATE voucher SET code=NULL WHERE school=?");
	drp_q_text(q, school);
	return drp_q_run(q, diag);
}

enum drp_err drp_hub_school_forget(
	struct drp_hub_store *s, const char *id, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(
		s->db, "UPDATE school SET key=NULL, enrolled_s=NULL WHERE id=?");
	drp_q_text(q, id);
	enum drp_err err = changed(s, drp_q_run(q, diag), DRP_E_NOTFOUND);
	return err == DRP_E_NOTFOUND
		       ? drp_fail(diag, err,
				 "no school %s in the registry; see 'school list'", id)
	       : err ? err
		     : drop_code(s, id, diag);
}

/* ---- vouchers ---- */

enum drp_err drp_hub_voucher_put(struct drp_hub_store *s, const char *school,
	const uint8_t code[DRP_VOUCHER_BYTES], struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db,
		"INSERT INTO voucher(school, code) VALUES(?,?)"
		" ON CONFLICT(school) DO UPDATE SET code=excluded.code");
	drp_q_text(q, school);
	drp_q_blob(q, code, DRP_VOUCHER_BYTES);
	return drp_q_run(q, diag);
}

enum drp_err drp_hub_voucher_get(struct drp_hub_store *s, const char *school,
	uint8_t code[DRP_VOUCHER_BYTES], struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(
		s->db, "SELECT code FROM voucher WHERE school=? AND code IS NOT NULL");
	drp_q_text(q, school);
	enum drp_err err = drp_q_find(q, diag);
	if (err == DRP_OK) {
		err = drp_q_col_bytes(q, 0, code, DRP_VOUCHER_BYTES) ? DRP_E_STORE
								     : DRP_OK;
		drp_q_end(q);
	}
	return err;
}

enum drp_err drp_hub_voucher_use(struct drp_hub_store *s, const char *school,
	const struct drp_key *key, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(
		s->db, "INSERT INTO vouched VALUES(?,?) ON CONFLICT DO NOTHING");
	drp_q_text(q, school);
	drp_q_blob(q, key->b, sizeof key->b);
	enum drp_err err = drp_q_run(q, diag);
	return err ? err : drop_code(s, school, diag);
}

enum drp_err drp_hub_vouched(struct drp_hub_store *s, const char *school,
	const struct drp_key *key, struct drp_diag *diag)
{
	struct drp_query *q =
		drp_db_query(s->db, "SELECT 1 FROM vouched WHERE school=? AND key=?");
	drp_q_text(q, school);
	drp_q_blob(q, key->b, sizeof key->b);
	enum drp_err err = drp_q_find(q, diag);
	if (err == DRP_OK) {
		drp_q_end(q);
	}
	return err;
}

/* ---- staged blobs ---- */

static void bind_staged(
	struct drp_query *q, const struct drp_key *hub, const struct drp_hash *hash)
{
	drp_q_blob(q, hub->b, sizeof hub->b);
	drp_q_blob(q, hash->b, sizeof hash->b);
}

enum drp_err drp_hub_staged(struct drp_hub_store *s, const struct drp_key *hub,
	const struct drp_hash *hash, uint32_t *held, uint32_t *total,
	struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db,
		"SELECT coalesce(sum(length(bytes)),0), coalesce(max(total),0)"
		" FROM staged WHERE hub=? AND hash=?");
	bind_staged(q, hub, hash);
	enum drp_err err = drp_q_find(q, diag);
	*held = *total = 0;
	if (err == DRP_OK) {
		*held = (uint32_t)drp_q_col_int(q, 0);
		*total = (uint32_t)drp_q_col_int(q, 1);
		drp_q_end(q);
	}
	return err;
}

/* The order of the blobs' first pieces is the order in which they came. */
static enum drp_err make_room(
	struct drp_hub_store *s, const struct drp_key *hub, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db,
		"DELETE FROM staged WHERE hub=?1 AND hash NOT IN (SELECT hash FROM staged"
		"  WHERE hub=?1 AND offset=0 ORDER BY seq DESC LIMIT ?2)");
	drp_q_blob(q, hub->b, sizeof hub->b);
	drp_q_int(q, DRP_STAGED_BLOBS_MAX);
	return drp_q_run(q, diag);
}

enum drp_err drp_hub_stage(struct drp_hub_store *s, const struct drp_key *hub,
	const struct drp_hash *hash, uint32_t total, uint32_t offset, const void *bytes,
	size_t n, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db,
		"INSERT INTO staged(hub, hash, total, offset, bytes) VALUES(?,?,?,?,?)");
	bind_staged(q, hub, hash);
	drp_q_int(q, total);
	drp_q_int(q, offset);
	drp_q_blob(q, bytes, n);
	enum drp_err err = drp_q_run(q, diag);
	return err || offset ? err : make_room(s, hub, diag);
}

enum drp_err drp_hub_staged_get(struct drp_hub_store *s, const struct drp_key *hub,
	const struct drp_hash *hash, struct drp_buf *out, struct drp_diag *diag)
{
	uint32_t held, total;
	enum drp_err err = drp_hub_staged(s, hub, hash, &held, &total, diag);
	if (err || total == 0 || held != total) {
		return err ? err : DRP_E_NOTFOUND;
	}
	struct drp_query *q = drp_db_query(
		s->db, "SELECT bytes FROM staged WHERE hub=? AND hash=? ORDER BY offset");
	bind_staged(q, hub, hash);
	int step;
	while ((step = drp_q_step(q, diag)) > 0) {
		size_t n;
		const void *bytes = drp_q_col_blob(q, 0, &n);
		drp_buf_append(out, bytes, n);
	}
	return step < 0 ? DRP_E_STORE : out->failed ? DRP_E_NOMEM : DRP_OK;
}

enum drp_err drp_hub_staged_drop(struct drp_hub_store *s, const struct drp_key *hub,
	const struct drp_hash *hash, struct drp_diag *diag)
{
	struct drp_query *q =
		drp_db_query(s->db, "DELETE FROM staged WHERE hub=? AND hash=?");
	bind_staged(q, hub, hash);
	return drp_q_run(q, diag);
}

/* ---- proposals ---- */

static enum drp_err set_seed(struct drp_hub_store *s, const char *campaign,
	const struct drp_hash *roll, const void *sealed, size_t n, struct drp_diag *diag)
{
	struct drp_query *q =
		drp_db_query(s->db, "UPDATE campaign SET roll=?, seed=? WHERE id=?");
	bind_blob_or_null(q, roll ? roll->b : NULL, roll ? sizeof roll->b : 0);
	bind_blob_or_null(q, sealed, n);
	drp_q_text(q, campaign);
	return changed(s, drp_q_run(q, diag), DRP_E_NOTFOUND);
}

enum drp_err drp_hub_proposal_put(struct drp_hub_store *s, const char *campaign,
	const struct drp_proposal *proposal, const void *seed_sealed, size_t n,
	struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db, "INSERT INTO proposal VALUES(?,?,?)");
	drp_q_text(q, campaign);
	drp_q_blob(q, proposal->manifest.b, sizeof proposal->manifest.b);
	drp_q_blob(q, proposal->signature, sizeof proposal->signature);
	enum drp_err err = drp_q_run(q, diag);
	return err ? err : set_seed(s, campaign, &proposal->roll, seed_sealed, n, diag);
}

enum drp_err drp_hub_proposal_get(struct drp_hub_store *s, const char *campaign,
	struct drp_proposal *proposal, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db,
		"SELECT p.manifest, c.roll, p.signature FROM proposal p"
		" JOIN campaign c ON c.id=p.campaign WHERE p.campaign=?");
	drp_q_text(q, campaign);
	enum drp_err err = drp_q_find(q, diag);
	if (err == DRP_OK) {
		(void)drp_q_col_bytes(
			q, 0, proposal->manifest.b, sizeof proposal->manifest.b);
		(void)drp_q_col_bytes(q, 1, proposal->roll.b, sizeof proposal->roll.b);
		(void)drp_q_col_bytes(
			q, 2, proposal->signature, sizeof proposal->signature);
		drp_q_end(q);
	}
	return err;
}

enum drp_err drp_hub_proposal_done(
	struct drp_hub_store *s, const char *campaign, struct drp_diag *diag)
{
	struct drp_query *q =
		drp_db_query(s->db, "DELETE FROM proposal WHERE campaign=?");
	drp_q_text(q, campaign);
	return drp_q_run(q, diag);
}

enum drp_err drp_hub_proposal_drop(
	struct drp_hub_store *s, const char *campaign, struct drp_diag *diag)
{
	enum drp_err err = drp_hub_proposal_done(s, campaign, diag);
	return err ? err : set_seed(s, campaign, NULL, NULL, 0, diag);
}

/* ---- campaigns ---- */

enum drp_err drp_hub_campaign_take(struct drp_hub_store *s,
	const struct drp_campaign_row *row, const struct drp_hash *roll,
	const void *seed_sealed, size_t n, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db,
		"INSERT INTO campaign(id, state, instrument, draft, frame, manifest,"
		" signature, cosignature, created_s, signed_s)"
		" VALUES(?1,1,?2,'','',?3,?4,?5,?6,?6)");
	drp_q_text(q, row->id);
	drp_q_blob(q, row->instrument.b, sizeof row->instrument.b);
	drp_q_blob(q, row->manifest.b, sizeof row->manifest.b);
	drp_q_blob(q, row->signature, sizeof row->signature);
	drp_q_blob(q, row->cosignature, sizeof row->cosignature);
	drp_q_int(q, row->signed_s);
	enum drp_err err = drp_q_run(q, diag);
	return err ? err : set_seed(s, row->id, roll, seed_sealed, n, diag);
}

enum drp_err drp_hub_roll_get(struct drp_hub_store *s, const char *campaign,
	struct drp_buf *roll, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db,
		"SELECT b.bytes FROM campaign c JOIN blob b ON b.hash=c.roll WHERE "
		"c.id=?");
	drp_q_text(q, campaign);
	return drp_q_find_blob(q, roll, diag);
}

enum drp_err drp_hub_cosignature_put(struct drp_hub_store *s, const char *campaign,
	const uint8_t signature[64], struct drp_diag *diag)
{
	struct drp_query *q =
		drp_db_query(s->db, "UPDATE campaign SET cosignature=? WHERE id=?");
	drp_q_blob(q, signature, 64);
	drp_q_text(q, campaign);
	return changed(s, drp_q_run(q, diag), DRP_E_NOTFOUND);
}

enum drp_err drp_hub_seed_get(struct drp_hub_store *s, const char *campaign,
	struct drp_buf *sealed, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db, "SELECT seed FROM campaign WHERE id=?");
	drp_q_text(q, campaign);
	return drp_q_find_blob(q, sealed, diag);
}

enum drp_err drp_hub_campaign_abandon(struct drp_hub_store *s, const char *campaign,
	int64_t now_s, struct drp_diag *diag)
{
	struct drp_query *q =
		drp_db_query(s->db, "UPDATE campaign SET state=max(state, 2), closed_s="
				    "coalesce(closed_s, ?1), abandoned_s=?1"
				    " WHERE id=?2");
	drp_q_int(q, now_s);
	drp_q_text(q, campaign);
	return changed(s, drp_q_run(q, diag), DRP_E_NOTFOUND);
}

/* ---- noise ---- */

enum drp_err drp_hub_noise_put(struct drp_hub_store *s, const char *campaign,
	uint32_t release, const void *sealed, size_t n, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db, "INSERT INTO noise VALUES(?,?,?)");
	drp_q_text(q, campaign);
	drp_q_int(q, release);
	drp_q_blob(q, sealed, n);
	return drp_q_run(q, diag);
}

enum drp_err drp_hub_noise_get(struct drp_hub_store *s, const char *campaign,
	uint32_t release, struct drp_buf *sealed, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(
		s->db, "SELECT sealed FROM noise WHERE campaign=? AND release=?");
	drp_q_text(q, campaign);
	drp_q_int(q, release);
	return drp_q_find_blob(q, sealed, diag);
}

/* ---- verified contributions ---- */

enum drp_err drp_hub_contributions_pending(struct drp_hub_store *s, const char *campaign,
	size_t limit, drp_hub_each_contribution *each, void *self, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db,
		"SELECT " DRP_STORED_COLUMNS ", sealed FROM contribution"
		" WHERE campaign=? AND state=0 AND withdrawn=0 ORDER BY rowid LIMIT ?");
	drp_q_text(q, campaign);
	drp_q_int(q, (int64_t)limit);
	return drp_hub_each_stored(q, each, self, diag);
}

enum drp_err drp_hub_withdrawals_pending(struct drp_hub_store *s, const char *campaign,
	size_t limit, drp_hub_each_contribution *each, void *self, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db,
		"SELECT " DRP_STORED_COLUMNS ", withdrawal FROM contribution"
		" WHERE campaign=? AND withdrawn=1 ORDER BY rowid LIMIT ?");
	drp_q_text(q, campaign);
	drp_q_int(q, (int64_t)limit);
	return drp_hub_each_stored(q, each, self, diag);
}

enum drp_err drp_hub_pending(struct drp_hub_store *s, const char *campaign,
	size_t *reports, size_t *withdrawals, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db,
		"SELECT (SELECT count(*) FROM contribution WHERE campaign=?1 AND state=0"
		"  AND withdrawn=0), (SELECT count(*) FROM contribution"
		"  WHERE campaign=?1 AND withdrawn=1)");
	drp_q_text(q, campaign);
	enum drp_err err = drp_q_find(q, diag);
	if (err == DRP_OK) {
		*reports = (size_t)drp_q_col_int(q, 0);
		*withdrawals = (size_t)drp_q_col_int(q, 1);
		drp_q_end(q);
	}
	return err;
}

enum drp_err drp_hub_withdrawal_keep(struct drp_hub_store *s, const char *campaign,
	const struct drp_id *unit, int group, const uint8_t signature[64],
	struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db,
		"UPDATE contribution SET withdrawal=? WHERE campaign=? AND unit=?"
		" AND grp=?");
	drp_q_blob(q, signature, 64);
	bind_place(q, campaign, unit, group);
	return changed(s, drp_q_run(q, diag), DRP_E_NOTFOUND);
}

enum drp_err drp_hub_withdrawal_told(struct drp_hub_store *s, const char *campaign,
	const struct drp_id *unit, int group, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db,
		"UPDATE contribution SET withdrawn=2 WHERE campaign=? AND unit=?"
		" AND grp=? AND withdrawn=1");
	bind_place(q, campaign, unit, group);
	return drp_q_run(q, diag);
}

enum drp_err drp_hub_contribution_count(struct drp_hub_store *s, const char *campaign,
	const struct drp_id *unit, int group, const void *share_sealed, size_t share_n,
	const void *answer, size_t answer_n, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db,
		"UPDATE contribution SET state=1, sealed=?, answer=? WHERE campaign=?"
		" AND unit=? AND grp=? AND state=0 AND withdrawn=0");
	drp_q_blob(q, share_sealed, share_n);
	bind_blob_or_null(q, answer, answer_n);
	bind_place(q, campaign, unit, group);
	return changed(s, drp_q_run(q, diag), DRP_E_STATE);
}

enum drp_err drp_hub_contribution_reject(struct drp_hub_store *s, const char *campaign,
	const struct drp_id *unit, int group, enum drp_err reason, const void *answer,
	size_t answer_n, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db,
		"UPDATE contribution SET state=2, sealed=NULL, reason=?, answer=?"
		" WHERE campaign=? AND unit=? AND grp=? AND state=0");
	drp_q_int(q, reason);
	bind_blob_or_null(q, answer, answer_n);
	bind_place(q, campaign, unit, group);
	return changed(s, drp_q_run(q, diag), DRP_E_STATE);
}

enum drp_err drp_hub_contribution_load(struct drp_hub_store *s, const char *campaign,
	const struct drp_id *unit, int group, struct drp_buf *sealed,
	struct drp_buf *answer, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db,
		"SELECT sealed, answer FROM contribution WHERE campaign=? AND unit=? AND "
		"grp=?");
	struct drp_buf *out[2] = {sealed, answer};
	bind_place(q, campaign, unit, group);
	enum drp_err err = drp_q_find(q, diag);
	if (err) {
		return err;
	}
	for (int i = 0; i < 2; i++) {
		if (out[i]) {
			size_t n;
			const void *bytes = drp_q_col_blob(q, i, &n);
			drp_buf_append(out[i], bytes, n);
			err = out[i]->failed ? DRP_E_NOMEM : err;
		}
	}
	drp_q_end(q);
	return err;
}

/* ---- openings ---- */

enum drp_err drp_hub_opening_put(struct drp_hub_store *s, const char *campaign,
	const char *what, int lasting, const void *bytes, size_t n, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db, "INSERT INTO opening VALUES(?,?,?,?)");
	drp_q_text(q, campaign);
	drp_q_text(q, what);
	drp_q_int(q, lasting != 0);
	drp_q_blob(q, bytes, n);
	return drp_q_run(q, diag);
}

enum drp_err drp_hub_opening_get(struct drp_hub_store *s, const char *campaign,
	const char *what, struct drp_buf *bytes, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(
		s->db, "SELECT bytes FROM opening WHERE campaign=? AND what=?");
	drp_q_text(q, campaign);
	drp_q_text(q, what);
	return drp_q_find_blob(q, bytes, diag);
}

enum drp_err drp_hub_sealed_erase(
	struct drp_hub_store *s, const char *campaign, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db, "DELETE FROM noise WHERE campaign=?");
	drp_q_text(q, campaign);
	enum drp_err err = drp_q_run(q, diag);
	if (err == DRP_OK) {
		q = drp_db_query(
			s->db, "DELETE FROM opening WHERE campaign=? AND lasting=0");
		drp_q_text(q, campaign);
		err = drp_q_run(q, diag);
	}
	if (err == DRP_OK) {
		q = drp_db_query(s->db, "UPDATE campaign SET seed=NULL WHERE id=?");
		drp_q_text(q, campaign);
		err = drp_q_run(q, diag);
	}
	return err;
}
