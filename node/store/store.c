/* SPDX-License-Identifier: Apache-2.0 */
#include "node/store/store_internal.h"
#include "proto/base/alloc.h"

#include <stdio.h>
#include <string.h>

static const char *const migrations[] = {
	"CREATE TABLE setting(key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;"
	"CREATE TABLE blob(hash BLOB PRIMARY KEY CHECK(length(hash)=32),"
	"  total INTEGER NOT NULL, bytes BLOB NOT NULL) STRICT;"
	"CREATE TABLE campaign(manifest BLOB PRIMARY KEY CHECK(length(manifest)=32),"
	"  instrument BLOB NOT NULL, signature BLOB NOT NULL, state INTEGER NOT NULL,"
	"  checked INTEGER NOT NULL, id TEXT) STRICT;"
	"CREATE UNIQUE INDEX campaign_id ON campaign(id) WHERE id <> '';"
	"CREATE TABLE target(campaign TEXT NOT NULL, level INTEGER NOT NULL,"
	"  grp INTEGER NOT NULL, eligible INTEGER NOT NULL, invited INTEGER NOT NULL,"
	"  PRIMARY KEY(campaign, level, grp)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE win(campaign TEXT NOT NULL, level INTEGER NOT NULL,"
	"  from_day INTEGER NOT NULL, to_day INTEGER NOT NULL,"
	"  PRIMARY KEY(campaign, level)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE note(campaign TEXT NOT NULL, level INTEGER NOT NULL, kind TEXT NOT "
	"NULL,"
	"  text TEXT NOT NULL, PRIMARY KEY(campaign, level, kind)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE sheet(id INTEGER PRIMARY KEY, campaign TEXT NOT NULL,"
	"  level INTEGER NOT NULL, grp INTEGER NOT NULL, answers BLOB NOT NULL, own BLOB "
	"NOT NULL)"
	"  STRICT;"
	"CREATE INDEX sheet_place ON sheet(campaign, level, grp);"
	"CREATE TABLE import(campaign TEXT NOT NULL, level INTEGER NOT NULL,"
	"  grp INTEGER NOT NULL, file BLOB NOT NULL, day INTEGER NOT NULL,"
	"  PRIMARY KEY(campaign, level, grp, file)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE released(campaign TEXT NOT NULL, level INTEGER NOT NULL,"
	"  grp INTEGER NOT NULL, manifest BLOB NOT NULL, unit BLOB NOT NULL,"
	"  request BLOB NOT NULL, hash BLOB NOT NULL UNIQUE CHECK(length(hash)=32),"
	"  bytes BLOB NOT NULL, state INTEGER NOT NULL, questionnaires INTEGER NOT NULL,"
	"  n_values INTEGER NOT NULL, approved_s INTEGER NOT NULL, receipt BLOB,"
	"  note TEXT NOT NULL DEFAULT '', PRIMARY KEY(campaign, level, grp)) STRICT;"
	"CREATE TABLE ledger(seq INTEGER PRIMARY KEY, year INTEGER NOT NULL,"
	"  grp INTEGER NOT NULL, campaign BLOB NOT NULL, unit BLOB NOT NULL,"
	"  delta2 INTEGER NOT NULL, sigma2 INTEGER NOT NULL, rho_num INTEGER NOT NULL,"
	"  rho_den INTEGER NOT NULL, bytes BLOB NOT NULL, time_s INTEGER NOT NULL,"
	"  previous BLOB NOT NULL) STRICT;"
	"CREATE TABLE log(seq INTEGER PRIMARY KEY, time_s INTEGER NOT NULL,"
	"  event TEXT NOT NULL, campaign BLOB NOT NULL, unit BLOB NOT NULL,"
	"  grp INTEGER NOT NULL, bytes BLOB NOT NULL, previous BLOB NOT NULL) STRICT;",
	/* The sealed track. */
	"ALTER TABLE campaign ADD COLUMN cosignature BLOB NOT NULL DEFAULT x'';"
	"ALTER TABLE campaign ADD COLUMN notary BLOB NOT NULL DEFAULT x'';"
	"ALTER TABLE campaign ADD COLUMN replaces BLOB NOT NULL DEFAULT x'';"
	"ALTER TABLE released ADD COLUMN track INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE released ADD COLUMN confirmed BLOB;",
};

static const struct drp_db_schema schema = {
	.application_id = 0x44524d4e, /* DRMN */
	.page_bytes = 4096,
	.migrations = migrations,
	.n_migrations = sizeof migrations / sizeof migrations[0],
};

enum drp_err drp_node_store_open(const char *path, int create,
	struct drp_node_store **store, struct drp_diag *diag)
{
	struct drp_node_store *s = drp_alloc(1, sizeof *s);
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

void drp_node_store_close(struct drp_node_store *store)
{
	if (store) {
		drp_db_close(store->db);
		drp_free(store);
	}
}

enum drp_err drp_node_begin(struct drp_node_store *s, struct drp_diag *diag)
{
	return drp_db_begin(s->db, diag);
}

enum drp_err drp_node_end(
	struct drp_node_store *s, enum drp_err err, struct drp_diag *diag)
{
	return drp_db_end(s->db, err, diag);
}

/* ---- settings ---- */

enum drp_err drp_node_set(struct drp_node_store *s, const char *key, const void *value,
	size_t n, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db,
		"INSERT INTO setting VALUES(?,?)"
		" ON CONFLICT(key) DO UPDATE SET value=excluded.value");
	drp_q_text(q, key);
	drp_q_blob(q, value, n);
	return drp_q_run(q, diag);
}

enum drp_err drp_node_get(struct drp_node_store *s, const char *key,
	struct drp_buf *value, struct drp_diag *diag)
{
	struct drp_query *q =
		drp_db_query(s->db, "SELECT value FROM setting WHERE key=?");
	drp_q_text(q, key);
	return drp_q_find_blob(q, value, diag);
}

enum drp_err drp_node_unset(
	struct drp_node_store *s, const char *key, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db, "DELETE FROM setting WHERE key=?");
	drp_q_text(q, key);
	return drp_q_run(q, diag);
}

/* ---- blobs ---- */

enum drp_err drp_node_blob_held(struct drp_node_store *s, const struct drp_hash *hash,
	uint32_t *held, uint32_t *total, struct drp_diag *diag)
{
	struct drp_query *q =
		drp_db_query(s->db, "SELECT length(bytes), total FROM blob WHERE hash=?");
	drp_q_blob(q, hash->b, sizeof hash->b);
	enum drp_err err = drp_q_find(q, diag);
	*held = *total = 0;
	if (err == DRP_OK) {
		*held = (uint32_t)drp_q_col_int(q, 0);
		*total = (uint32_t)drp_q_col_int(q, 1);
		drp_q_end(q);
	}
	return err == DRP_E_NOTFOUND ? DRP_OK : err;
}

enum drp_err drp_node_blob_append(struct drp_node_store *s, const struct drp_hash *hash,
	uint32_t total, uint32_t offset, const void *bytes, size_t n,
	struct drp_diag *diag)
{
	uint32_t held, had_total;
	enum drp_err err = drp_node_blob_held(s, hash, &held, &had_total, diag);
	if (err == DRP_OK && (offset != held || (held && had_total != total) ||
				     n > total - held || n == 0)) {
		return drp_fail(
			diag, DRP_E_MALFORMED, "a piece that does not follow was sent");
	}
	if (err) {
		return err;
	}
	struct drp_query *q = drp_db_query(s->db,
		"INSERT INTO blob VALUES(?,?,?) ON CONFLICT(hash)"
		" DO UPDATE SET bytes=CAST(bytes || excluded.bytes AS BLOB)");
	drp_q_blob(q, hash->b, sizeof hash->b);
	drp_q_int(q, total);
	drp_q_blob(q, bytes, n);
	return drp_q_run(q, diag);
}

enum drp_err drp_node_blob_drop(
	struct drp_node_store *s, const struct drp_hash *hash, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db, "DELETE FROM blob WHERE hash=?");
	drp_q_blob(q, hash->b, sizeof hash->b);
	return drp_q_run(q, diag);
}

enum drp_err drp_node_blob_get(struct drp_node_store *s, const struct drp_hash *hash,
	struct drp_buf *out, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(
		s->db, "SELECT bytes FROM blob WHERE hash=? AND length(bytes)=total");
	drp_q_blob(q, hash->b, sizeof hash->b);
	return drp_q_find_blob(q, out, diag);
}
