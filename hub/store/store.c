/* SPDX-License-Identifier: Apache-2.0
 *
 * Tables. What must outlive a campaign: its manifest, the hash and receipt of every
 * contribution (so that a restored node can refuse to redraw), the ledger, the
 * editions, and of the sealed track what was opened. What must not: contribution.sealed,
 * campaign.seed, noise and passing openings, erased at the freeze and (but for the
 * openings) unreadable anyway once the campaign's key file is gone.
 */
#include "hub/store/store_internal.h"
#include "proto/base/alloc.h"
#include "proto/crypto/crypto.h"

#include <stdio.h>
#include <string.h>

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

	/* The sealed track. */
	"CREATE TABLE peer(key BLOB PRIMARY KEY CHECK(length(key)=32), role TEXT NOT "
	"NULL,"
	"  name TEXT NOT NULL, url TEXT NOT NULL, box BLOB NOT NULL "
	"CHECK(length(box)=32),"
	"  current INTEGER NOT NULL, paired_s INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE TABLE staged(seq INTEGER PRIMARY KEY, hub BLOB NOT NULL REFERENCES "
	"peer(key),"
	"  hash BLOB NOT NULL CHECK(length(hash)=32), total INTEGER NOT NULL,"
	"  offset INTEGER NOT NULL, bytes BLOB NOT NULL, UNIQUE(hub, hash, offset)) "
	"STRICT;"
	"CREATE TABLE proposal(campaign TEXT PRIMARY KEY REFERENCES campaign(id),"
	"  manifest BLOB NOT NULL REFERENCES blob(hash), signature BLOB NOT NULL)"
	"  STRICT, WITHOUT ROWID;"
	"CREATE TABLE noise(campaign TEXT NOT NULL REFERENCES campaign(id),"
	"  release INTEGER NOT NULL, sealed BLOB NOT NULL,"
	"  PRIMARY KEY(campaign, release)) STRICT;"
	"CREATE TABLE opening(campaign TEXT NOT NULL REFERENCES campaign(id),"
	"  what TEXT NOT NULL, lasting INTEGER NOT NULL, bytes BLOB NOT NULL,"
	"  PRIMARY KEY(campaign, what)) STRICT;"
	"ALTER TABLE campaign ADD COLUMN cosignature BLOB;"
	"ALTER TABLE campaign ADD COLUMN roll BLOB REFERENCES blob(hash);"
	"ALTER TABLE campaign ADD COLUMN seed BLOB;"
	"ALTER TABLE campaign ADD COLUMN abandoned_s INTEGER;"
	"ALTER TABLE contribution ADD COLUMN state INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE contribution ADD COLUMN reason INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE contribution ADD COLUMN answer BLOB;"
	"ALTER TABLE contribution ADD COLUMN withdrawal BLOB"
	"  CHECK(length(withdrawal)=64);"
	"CREATE INDEX contribution_pending ON contribution(campaign)"
	"  WHERE state=0 AND withdrawn=0;"
	"CREATE INDEX contribution_withdrawn ON contribution(campaign)"
	"  WHERE withdrawn=1;",

	/* Who may see what, from when (store_public.h). */
	"CREATE TABLE token(name TEXT PRIMARY KEY, id TEXT NOT NULL UNIQUE,"
	"  scope INTEGER NOT NULL, network INTEGER NOT NULL, hash TEXT NOT NULL,"
	"  created_s INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE TABLE embargo(campaign TEXT PRIMARY KEY REFERENCES campaign(id),"
	"  until_s INTEGER NOT NULL) STRICT, WITHOUT ROWID;",

	/* At a hub, what schools send; at a notary, what it gave them. */
	"ALTER TABLE school ADD COLUMN proof BLOB CHECK(length(proof)=32);"
	"CREATE TABLE voucher(school TEXT PRIMARY KEY REFERENCES school(id),"
	"  code BLOB CHECK(length(code)=16)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE vouched(school TEXT NOT NULL REFERENCES school(id),"
	"  key BLOB NOT NULL CHECK(length(key)=32), PRIMARY KEY(school, key))"
	"  STRICT, WITHOUT ROWID;",

	/* What several campaigns say together, and who may see one before its time. */
	"CREATE TABLE member(campaign TEXT NOT NULL REFERENCES campaign(id),"
	"  number INTEGER NOT NULL, school TEXT NOT NULL REFERENCES school(id),"
	"  PRIMARY KEY(campaign, number)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE target(id TEXT PRIMARY KEY, text TEXT NOT NULL, frame TEXT NOT "
	"NULL)"
	"  STRICT;"
	"ALTER TABLE token ADD COLUMN campaign TEXT NOT NULL DEFAULT '';",
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

enum drp_err drp_hub_end(struct drp_hub_store *s, enum drp_err err, struct drp_diag *diag)
{
	return drp_db_end(s->db, err, diag);
}

enum drp_err drp_hub_checkpoint(struct drp_hub_store *s, struct drp_diag *diag)
{
	return drp_db_checkpoint(s->db, diag);
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
	return drp_q_find_blob(q, out, diag);
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
	enum drp_err err = drp_q_find(q, diag);
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
	enum drp_err err = drp_q_find(q, diag);
	if (err == DRP_OK) {
		drp_buf_text(text, drp_q_col_text(q, 0));
		drp_q_end(q);
	}
	return err;
}

/* ---- targets ---- */

enum drp_err drp_hub_target_put(struct drp_hub_store *s, const char *id, const char *text,
	const char *frame, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db, "INSERT INTO target VALUES(?,?,?)");
	drp_q_text(q, id);
	drp_q_text(q, text);
	drp_q_text(q, frame);
	enum drp_err err = drp_q_run(q, NULL);
	return err ? drp_fail(diag, err, "%s cannot be loaded: %s", id, drp_err_text(err))
		   : DRP_OK;
}

enum drp_err drp_hub_target_get(struct drp_hub_store *s, const char *id,
	struct drp_buf *text, struct drp_buf *frame, struct drp_diag *diag)
{
	struct drp_query *q =
		drp_db_query(s->db, "SELECT text, frame FROM target WHERE id=?");
	drp_q_text(q, id);
	enum drp_err err = drp_q_find(q, diag);
	if (err == DRP_OK) {
		drp_buf_text(text, drp_q_col_text(q, 0));
		drp_buf_text(frame, drp_q_col_text(q, 1));
		drp_q_end(q);
		err = text->failed || frame->failed ? DRP_E_NOMEM : DRP_OK;
	}
	return err;
}

static void read_target(struct drp_query *q, void *to)
{
	struct drp_target_row *row = to;
	drp_q_col_copy(q, 0, row->id, sizeof row->id);
}

enum drp_err drp_hub_target_rows(struct drp_hub_store *s, struct drp_target_row **rows,
	size_t *n, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db, "SELECT id FROM target ORDER BY id");
	void *list = NULL;
	enum drp_err err = drp_q_rows(
		q, sizeof(struct drp_target_row), read_target, "targets", &list, n, diag);
	if (err == DRP_OK) {
		*rows = list;
	}
	return err;
}
