/* SPDX-License-Identifier: Apache-2.0
 *
 * Tables. What must outlive a campaign: its manifest, the hash and receipt of every
 * contribution (so that a restored node can refuse to redraw), the ledger, the
 * editions. What must not: contribution.sealed, set to NULL at the freeze and
 * unreadable anyway once the campaign's key file is gone.
 */
#include "hub/store.h"

#include "proto/base/alloc.h"
#include "proto/crypto/crypto.h"
#include "proto/runtime/db.h"
#include "proto/session/chain.h"

#include <stdio.h>
#include <string.h>

struct drp_hub_store {
	struct drp_db *db;
};

static const char *const migrations[] = {
	"CREATE TABLE school(id TEXT PRIMARY KEY, name TEXT NOT NULL, board TEXT NOT "
	"NULL,"
	"  province INTEGER NOT NULL, network INTEGER NOT NULL,"
	"  revoked INTEGER NOT NULL DEFAULT 0, key BLOB UNIQUE CHECK(length(key)=32),"
	"  enrolled_s INTEGER) STRICT;"
	"CREATE TABLE unit(school TEXT NOT NULL REFERENCES school(id), level INTEGER NOT "
	"NULL"
	"  CHECK(level BETWEEN 1 AND 5), leader INTEGER NOT NULL, teacher INTEGER NOT "
	"NULL,"
	"  pupil INTEGER NOT NULL, PRIMARY KEY(school, level)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE invite(token BLOB PRIMARY KEY CHECK(length(token)=32),"
	"  school TEXT NOT NULL REFERENCES school(id), expires_s INTEGER NOT NULL,"
	"  used_by BLOB CHECK(length(used_by)=32), used_s INTEGER) STRICT, WITHOUT ROWID;"
	"CREATE TABLE blob(hash BLOB PRIMARY KEY CHECK(length(hash)=32), bytes BLOB NOT "
	"NULL)"
	"  STRICT;"
	"CREATE TABLE campaign(id TEXT PRIMARY KEY, state INTEGER NOT NULL,"
	"  instrument BLOB NOT NULL REFERENCES blob(hash), draft TEXT NOT NULL,"
	"  frame TEXT NOT NULL, manifest BLOB UNIQUE REFERENCES blob(hash), signature "
	"BLOB,"
	"  created_s INTEGER NOT NULL, signed_s INTEGER, closed_s INTEGER,"
	"  frozen_s INTEGER) STRICT;"
	"CREATE TABLE contribution(campaign TEXT NOT NULL REFERENCES campaign(id),"
	"  unit BLOB NOT NULL CHECK(length(unit)=16), grp INTEGER NOT NULL,"
	"  hash BLOB NOT NULL CHECK(length(hash)=32), receipt BLOB NOT NULL,"
	"  withdrawn INTEGER NOT NULL DEFAULT 0, sealed BLOB,"
	"  PRIMARY KEY(campaign, unit, grp)) STRICT;"
	"CREATE TABLE ledger(seq INTEGER PRIMARY KEY, year INTEGER NOT NULL,"
	"  grp INTEGER NOT NULL, campaign BLOB NOT NULL CHECK(length(campaign)=32),"
	"  delta2 INTEGER NOT NULL, sigma2 INTEGER NOT NULL, rho_num INTEGER NOT NULL,"
	"  rho_den INTEGER NOT NULL, bytes BLOB NOT NULL CHECK(length(bytes)=32),"
	"  time_s INTEGER NOT NULL, previous BLOB NOT NULL CHECK(length(previous)=32)) "
	"STRICT;"
	"CREATE TABLE edition(campaign TEXT NOT NULL REFERENCES campaign(id),"
	"  number INTEGER NOT NULL, hash BLOB NOT NULL CHECK(length(hash)=32),"
	"  bytes BLOB NOT NULL, created_s INTEGER NOT NULL,"
	"  PRIMARY KEY(campaign, number)) STRICT;"
	"CREATE TABLE answer(id TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT;",
};

static const struct drp_db_schema schema = {
	.application_id = 0x44524d48, /* DRMH */
	.page_bytes = 16384,
	.migrations = migrations,
	.n_migrations = sizeof migrations / sizeof migrations[0],
};

enum drp_err drp_hub_store_open(
	const char *path, int create, struct drp_hub_store **store, struct drp_diag *diag)
{
	struct drp_hub_store *s = drp_alloc(1, sizeof *s);
	if (!s) {
		return drp_fail(diag, DRP_E_NOMEM, "no memory to open %s", path);
	}
	enum drp_err err = drp_db_open(path, &schema, create, &s->db, diag);
	if (err) {
		drp_free(s);
		return err;
	}
	*store = s;
	return DRP_OK;
}

void drp_hub_store_close(struct drp_hub_store *store)
{
	if (store) {
		drp_db_close(store->db);
		drp_free(store);
	}
}

enum drp_err drp_hub_begin(struct drp_hub_store *s, struct drp_diag *diag)
{
	return drp_db_begin(s->db, diag);
}

enum drp_err drp_hub_commit(struct drp_hub_store *s, struct drp_diag *diag)
{
	return drp_db_commit(s->db, diag);
}

void drp_hub_rollback(struct drp_hub_store *s)
{
	drp_db_rollback(s->db);
}

enum drp_err drp_hub_checkpoint(struct drp_hub_store *s, struct drp_diag *diag)
{
	return drp_db_checkpoint(s->db, diag);
}

/* One step of a query that should find a row: DRP_OK with the row current. */
static enum drp_err find(struct drp_query *q, struct drp_diag *diag)
{
	int step = drp_q_step(q, diag);
	if (step < 0) {
		return DRP_E_STORE;
	}
	return step ? DRP_OK : DRP_E_NOTFOUND;
}

static void copy_text(char *out, size_t size, const char *text)
{
	snprintf(out, size, "%s", text ? text : "");
}

/* ---- registry ---- */

enum drp_err drp_hub_school_put(
	struct drp_hub_store *s, const struct drp_school *school, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db,
		"INSERT INTO school(id, name, board, province, network) VALUES(?,?,?,?,?)"
		" ON CONFLICT(id) DO UPDATE SET name=excluded.name, board=excluded.board,"
		" province=excluded.province, network=excluded.network");
	drp_q_text(q, school->id);
	drp_q_text(q, school->name);
	drp_q_text(q, school->board);
	drp_q_int(q, school->province);
	drp_q_int(q, school->network);
	enum drp_err err = drp_q_run(q, diag);
	q = drp_db_query(s->db, "DELETE FROM unit WHERE school=?");
	drp_q_text(q, school->id);
	err = err ? err : drp_q_run(q, diag);
	for (int level = 1; err == DRP_OK && level <= DRP_LEVELS; level++) {
		if (!(school->levels & 1u << level)) {
			continue;
		}
		q = drp_db_query(s->db, "INSERT INTO unit VALUES(?,?,?,?,?)");
		drp_q_text(q, school->id);
		drp_q_int(q, level);
		for (int g = 0; g < DRP_GROUPS; g++) {
			drp_q_int(q, school->eligible[level][g]);
		}
		err = drp_q_run(q, diag);
	}
	return err;
}

#define SCHOOL_COLUMNS "id, name, board, province, network, revoked, key"

static void read_school(struct drp_query *q, struct drp_school *school)
{
	memset(school, 0, sizeof *school);
	copy_text(school->id, sizeof school->id, drp_q_col_text(q, 0));
	copy_text(school->name, sizeof school->name, drp_q_col_text(q, 1));
	copy_text(school->board, sizeof school->board, drp_q_col_text(q, 2));
	school->province = (uint8_t)drp_q_col_int(q, 3);
	school->network = (uint8_t)drp_q_col_int(q, 4);
	school->revoked = (uint8_t)drp_q_col_int(q, 5);
	school->enrolled =
		drp_q_col_bytes(q, 6, school->key.b, sizeof school->key.b) == 0;
}

static enum drp_err read_units(
	struct drp_hub_store *s, struct drp_school *school, struct drp_diag *diag)
{
	struct drp_query *q =
		drp_db_query(s->db, "SELECT level, leader, teacher, pupil FROM unit "
				    "WHERE school=? ORDER BY level");
	drp_q_text(q, school->id);
	int step;
	while ((step = drp_q_step(q, diag)) > 0) {
		int level = (int)drp_q_col_int(q, 0);
		school->levels = (uint8_t)(school->levels | 1u << level);
		for (int g = 0; g < DRP_GROUPS; g++) {
			school->eligible[level][g] = (uint32_t)drp_q_col_int(q, 1 + g);
		}
	}
	return step < 0 ? DRP_E_STORE : DRP_OK;
}

enum drp_err drp_hub_school_get(struct drp_hub_store *s, const char *id,
	struct drp_school *school, struct drp_diag *diag)
{
	struct drp_query *q =
		drp_db_query(s->db, "SELECT " SCHOOL_COLUMNS " FROM school WHERE id=?");
	drp_q_text(q, id);
	enum drp_err err = find(q, diag);
	if (err == DRP_OK) {
		read_school(q, school);
		drp_q_end(q);
		err = read_units(s, school, diag);
	} else if (err == DRP_E_NOTFOUND) {
		drp_fail(
			diag, err, "no school %s in the registry; see 'school list'", id);
	}
	return err;
}

enum drp_err drp_hub_school_by_key(struct drp_hub_store *s, const struct drp_key *key,
	struct drp_school *school, struct drp_diag *diag)
{
	struct drp_query *q =
		drp_db_query(s->db, "SELECT " SCHOOL_COLUMNS " FROM school WHERE key=?");
	drp_q_blob(q, key->b, sizeof key->b);
	enum drp_err err = find(q, diag);
	if (err == DRP_OK) {
		read_school(q, school);
		drp_q_end(q);
	}
	return err;
}

enum drp_err drp_hub_schools(struct drp_hub_store *s, struct drp_school **schools,
	size_t *n, struct drp_diag *diag)
{
	struct drp_school *list = NULL;
	size_t count = 0;
	int step;
	enum drp_err err = DRP_OK;
	struct drp_query *q =
		drp_db_query(s->db, "SELECT " SCHOOL_COLUMNS " FROM school ORDER BY id");
	while ((step = drp_q_step(q, diag)) > 0) {
		if (count % 256 == 0) {
			struct drp_school *more =
				drp_realloc(list, count + 256, sizeof *list);
			if (!more) {
				drp_q_end(q);
				drp_free(list);
				return drp_fail(
					diag, DRP_E_NOMEM, "no memory for the registry");
			}
			list = more;
		}
		read_school(q, &list[count++]);
	}
	err = step < 0 ? DRP_E_STORE : DRP_OK;
	for (size_t i = 0; err == DRP_OK && i < count; i++) {
		err = read_units(s, &list[i], diag);
	}
	if (err) {
		drp_free(list);
		return err;
	}
	*schools = list;
	*n = count;
	return DRP_OK;
}

enum drp_err drp_hub_school_revoke(
	struct drp_hub_store *s, const char *id, struct drp_diag *diag)
{
	struct drp_query *q =
		drp_db_query(s->db, "UPDATE school SET revoked=1 WHERE id=?");
	drp_q_text(q, id);
	enum drp_err err = drp_q_run(q, diag);
	if (err == DRP_OK && drp_db_changes(s->db) == 0) {
		err = drp_fail(diag, DRP_E_NOTFOUND,
			"no school %s in the registry; see 'school list'", id);
	}
	return err;
}

/* ---- enrolment ---- */

enum drp_err drp_hub_invite_put(struct drp_hub_store *s, const struct drp_hash *token,
	const char *school, int64_t expires_s, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(
		s->db, "INSERT INTO invite(token, school, expires_s) VALUES(?,?,?)");
	drp_q_blob(q, token->b, sizeof token->b);
	drp_q_text(q, school);
	drp_q_int(q, expires_s);
	return drp_q_run(q, diag);
}

enum drp_err drp_hub_invite_get(struct drp_hub_store *s, const struct drp_hash *token,
	char school[DRP_CODE_MAX], int64_t *expires_s, int *used, struct drp_key *used_by,
	struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(
		s->db, "SELECT school, expires_s, used_by FROM invite WHERE token=?");
	drp_q_blob(q, token->b, sizeof token->b);
	enum drp_err err = find(q, diag);
	if (err == DRP_OK) {
		copy_text(school, DRP_CODE_MAX, drp_q_col_text(q, 0));
		*expires_s = drp_q_col_int(q, 1);
		*used = drp_q_col_bytes(q, 2, used_by->b, sizeof used_by->b) == 0;
		drp_q_end(q);
	}
	return err;
}

enum drp_err drp_hub_enrol(struct drp_hub_store *s, const struct drp_hash *token,
	const char *school, const struct drp_key *key, int64_t now_s,
	struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(
		s->db, "UPDATE invite SET used_by=?, used_s=? WHERE token=?");
	drp_q_blob(q, key->b, sizeof key->b);
	drp_q_int(q, now_s);
	drp_q_blob(q, token->b, sizeof token->b);
	enum drp_err err = drp_q_run(q, diag);
	if (err) {
		return err;
	}
	q = drp_db_query(s->db, "UPDATE school SET key=?, enrolled_s=? WHERE id=?");
	drp_q_blob(q, key->b, sizeof key->b);
	drp_q_int(q, now_s);
	drp_q_text(q, school);
	return drp_q_run(q, diag);
}

/* ---- blobs ---- */

enum drp_err drp_hub_blob_put(struct drp_hub_store *s, const struct drp_hash *hash,
	const void *bytes, size_t n, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(
		s->db, "INSERT INTO blob VALUES(?,?) ON CONFLICT DO NOTHING");
	drp_q_blob(q, hash->b, sizeof hash->b);
	drp_q_blob(q, bytes, n);
	return drp_q_run(q, diag);
}

enum drp_err drp_hub_blob_get(struct drp_hub_store *s, const struct drp_hash *hash,
	struct drp_buf *out, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db, "SELECT bytes FROM blob WHERE hash=?");
	drp_q_blob(q, hash->b, sizeof hash->b);
	enum drp_err err = find(q, diag);
	if (err == DRP_OK) {
		size_t n;
		const void *bytes = drp_q_col_blob(q, 0, &n);
		drp_buf_append(out, bytes, n);
		drp_q_end(q);
		err = out->failed ? DRP_E_NOMEM : DRP_OK;
	}
	return err;
}

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
	enum drp_err err = drp_q_run(q, NULL);
	return err ? drp_fail(diag, err,
			     "campaign %s cannot be added: %s; choose another id", id,
			     drp_err_text(err))
		   : DRP_OK;
}

#define CAMPAIGN_COLUMNS                                                                 \
	"id, state, manifest, instrument, signature, created_s, signed_s, closed_s, "    \
	"frozen_s"

static void read_campaign(struct drp_query *q, struct drp_campaign_row *row)
{
	memset(row, 0, sizeof *row);
	copy_text(row->id, sizeof row->id, drp_q_col_text(q, 0));
	row->state = (uint8_t)drp_q_col_int(q, 1);
	(void)drp_q_col_bytes(q, 2, row->manifest.b, sizeof row->manifest.b);
	(void)drp_q_col_bytes(q, 3, row->instrument.b, sizeof row->instrument.b);
	(void)drp_q_col_bytes(q, 4, row->signature, sizeof row->signature);
	row->created_s = drp_q_col_int(q, 5);
	row->signed_s = drp_q_col_int(q, 6);
	row->closed_s = drp_q_col_int(q, 7);
	row->frozen_s = drp_q_col_int(q, 8);
}

enum drp_err drp_hub_campaign_get(struct drp_hub_store *s, const char *id,
	struct drp_campaign_row *row, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(
		s->db, "SELECT " CAMPAIGN_COLUMNS " FROM campaign WHERE id=?");
	drp_q_text(q, id);
	enum drp_err err = find(q, diag);
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
	enum drp_err err = find(q, diag);
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
	enum drp_err err = find(q, diag);
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
	struct drp_campaign_row *list = NULL;
	size_t count = 0;
	int step;
	struct drp_query *q = drp_db_query(s->db,
		"SELECT " CAMPAIGN_COLUMNS " FROM campaign ORDER BY created_s, id");
	while ((step = drp_q_step(q, diag)) > 0) {
		struct drp_campaign_row *more =
			drp_realloc(list, count + 1, sizeof *list);
		if (!more) {
			drp_q_end(q);
			drp_free(list);
			return drp_fail(diag, DRP_E_NOMEM, "no memory for the campaigns");
		}
		list = more;
		read_campaign(q, &list[count++]);
	}
	if (step < 0) {
		drp_free(list);
		return DRP_E_STORE;
	}
	*rows = list;
	*n = count;
	return DRP_OK;
}

enum drp_err drp_hub_campaign_sign(struct drp_hub_store *s, const char *id,
	const struct drp_hash *manifest, const uint8_t signature[64], int64_t now_s,
	struct drp_diag *diag)
{
	struct drp_query *q =
		drp_db_query(s->db, "UPDATE campaign SET manifest=?, signature=?, "
				    "state=1, signed_s=? WHERE id=?");
	drp_q_blob(q, manifest->b, sizeof manifest->b);
	drp_q_blob(q, signature, 64);
	drp_q_int(q, now_s);
	drp_q_text(q, id);
	return drp_q_run(q, diag);
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

/* Columns unit, grp, hash, receipt, withdrawn. */
static enum drp_err read_stored(struct drp_query *q, struct drp_stored *stored)
{
	memset(stored, 0, sizeof *stored);
	(void)drp_q_col_bytes(q, 0, stored->unit.b, sizeof stored->unit.b);
	stored->group = (uint8_t)drp_q_col_int(q, 1);
	(void)drp_q_col_bytes(q, 2, stored->hash.b, sizeof stored->hash.b);
	size_t n;
	const void *receipt = drp_q_col_blob(q, 3, &n);
	stored->withdrawn = (uint8_t)drp_q_col_int(q, 4);
	return drp_receipt_decode(receipt, n, &stored->receipt);
}

enum drp_err drp_hub_contribution_get(struct drp_hub_store *s, const char *campaign,
	const struct drp_id *unit, int group, struct drp_stored *stored,
	struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db,
		"SELECT unit, grp, hash, receipt, withdrawn FROM contribution"
		" WHERE campaign=? AND unit=? AND grp=?");
	drp_q_text(q, campaign);
	drp_q_blob(q, unit->b, sizeof unit->b);
	drp_q_int(q, group);
	enum drp_err err = find(q, diag);
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

enum drp_err drp_hub_contributions(struct drp_hub_store *s, const char *campaign,
	drp_hub_each_contribution *each, void *self, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db,
		"SELECT unit, grp, hash, receipt, withdrawn, sealed FROM contribution"
		" WHERE campaign=? ORDER BY unit, grp");
	drp_q_text(q, campaign);
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
			const void *sealed = drp_q_col_blob(q, 5, &n);
			err = each(self, &stored, sealed, n);
		}
	}
	if (err) {
		drp_q_end(q);
	}
	return err;
}

enum drp_err drp_hub_contributions_erase(
	struct drp_hub_store *s, const char *campaign, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(
		s->db, "UPDATE contribution SET sealed=NULL WHERE campaign=?");
	drp_q_text(q, campaign);
	return drp_q_run(q, diag);
}

/* ---- ledger ---- */

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

/* ---- editions and answers ---- */

enum drp_err drp_hub_edition_put(struct drp_hub_store *s, const char *campaign,
	uint32_t number, const struct drp_hash *hash, const void *bytes, size_t n,
	int64_t now_s, struct drp_diag *diag)
{
	struct drp_query *q =
		drp_db_query(s->db, "INSERT INTO edition VALUES(?,?,?,?,?)");
	drp_q_text(q, campaign);
	drp_q_int(q, number);
	drp_q_blob(q, hash->b, sizeof hash->b);
	drp_q_blob(q, bytes, n);
	drp_q_int(q, now_s);
	return drp_q_run(q, diag);
}

enum drp_err drp_hub_edition_get(struct drp_hub_store *s, const char *campaign,
	uint32_t number, struct drp_hash *hash, struct drp_buf *bytes,
	struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db, "SELECT hash, bytes FROM edition WHERE "
						  "campaign=?1 AND (number=?2 OR ?2=0)"
						  " ORDER BY number DESC LIMIT 1");
	drp_q_text(q, campaign);
	drp_q_int(q, number);
	enum drp_err err = find(q, diag);
	if (err == DRP_OK) {
		size_t n;
		(void)drp_q_col_bytes(q, 0, hash->b, sizeof hash->b);
		const void *b = drp_q_col_blob(q, 1, &n);
		drp_buf_append(bytes, b, n);
		drp_q_end(q);
		err = bytes->failed ? DRP_E_NOMEM : DRP_OK;
	}
	return err;
}

enum drp_err drp_hub_answer_put(
	struct drp_hub_store *s, const char *id, const char *text, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db, "INSERT INTO answer VALUES(?,?)");
	drp_q_text(q, id);
	drp_q_text(q, text);
	enum drp_err err = drp_q_run(q, NULL);
	return err ? drp_fail(diag, err, "%s cannot be loaded: %s", id, drp_err_text(err))
		   : DRP_OK;
}

enum drp_err drp_hub_answer_get(struct drp_hub_store *s, const char *id,
	struct drp_buf *text, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db, "SELECT text FROM answer WHERE id=?");
	drp_q_text(q, id);
	enum drp_err err = find(q, diag);
	if (err == DRP_OK) {
		drp_buf_text(text, drp_q_col_text(q, 0));
		drp_q_end(q);
	}
	return err;
}
