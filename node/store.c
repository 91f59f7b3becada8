/* SPDX-License-Identifier: Apache-2.0 */
#include "node/store.h"

#include "proto/base/alloc.h"
#include "proto/runtime/db.h"

#include <stdio.h>
#include <string.h>

struct drp_node_store {
	struct drp_db *db;
};

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

enum drp_err drp_node_commit(struct drp_node_store *s, struct drp_diag *diag)
{
	return drp_db_commit(s->db, diag);
}

void drp_node_rollback(struct drp_node_store *s)
{
	drp_db_rollback(s->db);
}

enum drp_err drp_node_end(
	struct drp_node_store *s, enum drp_err err, struct drp_diag *diag)
{
	if (err) {
		drp_db_rollback(s->db);
		return err;
	}
	return drp_db_commit(s->db, diag);
}

static enum drp_err find(struct drp_query *q, struct drp_diag *diag)
{
	int step = drp_q_step(q, diag);
	return step < 0 ? DRP_E_STORE : step ? DRP_OK : DRP_E_NOTFOUND;
}

/* The place (campaign, level, group) that most statements begin with. */
static void bind_place(struct drp_query *q, const char *campaign, int level, int group)
{
	drp_q_text(q, campaign);
	drp_q_int(q, level);
	drp_q_int(q, group);
}

static void copy_text(char *out, size_t size, const char *text)
{
	snprintf(out, size, "%s", text ? text : "");
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
	enum drp_err err = find(q, diag);
	if (err == DRP_OK) {
		size_t n;
		const void *bytes = drp_q_col_blob(q, 0, &n);
		drp_buf_append(value, bytes, n);
		drp_q_end(q);
		err = value->failed ? DRP_E_NOMEM : DRP_OK;
	}
	return err;
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
	enum drp_err err = find(q, diag);
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

enum drp_err drp_node_campaign_put(struct drp_node_store *s,
	const struct drp_node_campaign *c, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db,
		"INSERT INTO campaign VALUES(?,?,?,?,?,?) ON CONFLICT(manifest) DO "
		"UPDATE SET"
		" instrument=excluded.instrument, state=excluded.state,"
		" checked=excluded.checked, id=excluded.id");
	drp_q_blob(q, c->manifest.b, sizeof c->manifest.b);
	drp_q_blob(q, c->instrument.b, sizeof c->instrument.b);
	drp_q_blob(q, c->signature, sizeof c->signature);
	drp_q_int(q, c->state);
	drp_q_int(q, c->checked);
	drp_q_text(q, c->id);
	return drp_q_run(q, diag);
}

#define CAMPAIGN_COLUMNS "manifest, instrument, signature, state, checked, id"

static void read_campaign(struct drp_query *q, struct drp_node_campaign *c)
{
	memset(c, 0, sizeof *c);
	(void)drp_q_col_bytes(q, 0, c->manifest.b, sizeof c->manifest.b);
	(void)drp_q_col_bytes(q, 1, c->instrument.b, sizeof c->instrument.b);
	(void)drp_q_col_bytes(q, 2, c->signature, sizeof c->signature);
	c->state = (uint8_t)drp_q_col_int(q, 3);
	c->checked = (uint8_t)drp_q_col_int(q, 4);
	copy_text(c->id, sizeof c->id, drp_q_col_text(q, 5));
}

enum drp_err drp_node_campaign_get(struct drp_node_store *s, const char *id,
	struct drp_node_campaign *campaign, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(
		s->db, "SELECT " CAMPAIGN_COLUMNS " FROM campaign WHERE id=? AND id<>''");
	drp_q_text(q, id);
	enum drp_err err = find(q, diag);
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
	struct drp_node_campaign *list = NULL;
	size_t count = 0;
	int step;
	while ((step = drp_q_step(q, diag)) > 0) {
		struct drp_node_campaign *more =
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
	*out = list;
	*n = count;
	return DRP_OK;
}

enum drp_err drp_node_campaigns(struct drp_node_store *s,
	struct drp_node_campaign **campaigns, size_t *n, struct drp_diag *diag)
{
	return collect_campaigns(drp_db_query(s->db, "SELECT " CAMPAIGN_COLUMNS
						     " FROM campaign ORDER BY id"),
		campaigns, n, diag);
}

/* ---- targets, windows, notes ---- */

enum drp_err drp_node_target_put(struct drp_node_store *s, const char *campaign,
	int level, int group, const struct drp_target *target, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db,
		"INSERT INTO target VALUES(?,?,?,?,?) ON CONFLICT DO UPDATE SET"
		" eligible=excluded.eligible, invited=excluded.invited");
	bind_place(q, campaign, level, group);
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
	bind_place(q, campaign, level, group);
	enum drp_err err = find(q, diag);
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
	enum drp_err err = find(q, diag);
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
	enum drp_err err = find(q, diag);
	if (err == DRP_OK) {
		drp_buf_text(text, drp_q_col_text(q, 0));
		drp_q_end(q);
	}
	return err;
}

/* ---- questionnaires ---- */

enum drp_err drp_node_sheet_add(struct drp_node_store *s, const char *campaign, int level,
	int group, const struct drp_sheet *sheet, uint16_t n_items,
	const uint8_t own[DRP_OWN_ITEMS_MAX], struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db, "INSERT INTO sheet(campaign, level, "
						  "grp, answers, own) VALUES(?,?,?,?,?)");
	bind_place(q, campaign, level, group);
	drp_q_blob(q, sheet->answer, n_items);
	drp_q_blob(q, own, DRP_OWN_ITEMS_MAX);
	return drp_q_run(q, diag);
}

enum drp_err drp_node_sheets_count(struct drp_node_store *s, const char *campaign,
	int level, int group, uint32_t *n, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db,
		"SELECT count(*) FROM sheet WHERE campaign=? AND level=? AND grp=?");
	bind_place(q, campaign, level, group);
	enum drp_err err = find(q, diag);
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
	bind_place(q, campaign, level, group);
	enum drp_err err = drp_q_run(q, diag);
	q = drp_db_query(
		s->db, "DELETE FROM import WHERE campaign=? AND level=? AND grp=?");
	bind_place(q, campaign, level, group);
	return err ? err : drp_q_run(q, diag);
}

enum drp_err drp_node_sheets(struct drp_node_store *s, const char *campaign, int level,
	int group, drp_node_each_sheet *each, void *self, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db,
		"SELECT answers, own FROM sheet WHERE campaign=? AND level=? AND grp=?"
		" ORDER BY id");
	bind_place(q, campaign, level, group);
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

enum drp_err drp_node_import_note(struct drp_node_store *s, const char *campaign,
	int level, int group, const struct drp_hash *file, int32_t day,
	struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db, "INSERT INTO import VALUES(?,?,?,?,?)");
	bind_place(q, campaign, level, group);
	drp_q_blob(q, file->b, sizeof file->b);
	drp_q_int(q, day);
	return drp_q_run(q, diag);
}

/* ---- contributions ---- */

const char *drp_out_state_name(int state)
{
	static const char *const name[] = {
		"ready", "stored", "refused", "withdrawing", "withdrawn"};
	return state >= 0 && state <= DRP_RELEASE_WITHDRAWN ? name[state] : "?";
}

enum drp_err drp_node_release_add(struct drp_node_store *s, const struct drp_released *r,
	const void *bytes, size_t n, struct drp_diag *diag)
{
	struct drp_query *q =
		drp_db_query(s->db, "INSERT INTO released(campaign, level, grp, "
				    "manifest, unit, request, hash, bytes,"
				    " state, questionnaires, n_values, approved_s) "
				    "VALUES(?,?,?,?,?,?,?,?,?,?,?,?)");
	bind_place(q, r->campaign, r->level, r->group);
	drp_q_blob(q, r->manifest.b, sizeof r->manifest.b);
	drp_q_blob(q, r->unit.b, sizeof r->unit.b);
	drp_q_blob(q, r->request.b, sizeof r->request.b);
	drp_q_blob(q, r->hash.b, sizeof r->hash.b);
	drp_q_blob(q, bytes, n);
	drp_q_int(q, r->state);
	drp_q_int(q, r->questionnaires);
	drp_q_int(q, r->n_values);
	drp_q_int(q, r->approved_s);
	return drp_q_run(q, diag);
}

#define RELEASE_COLUMNS                                                                  \
	"campaign, level, grp, manifest, unit, request, hash, state, questionnaires,"    \
	" n_values, approved_s, receipt, note"

static enum drp_err read_release(struct drp_query *q, struct drp_released *r)
{
	memset(r, 0, sizeof *r);
	copy_text(r->campaign, sizeof r->campaign, drp_q_col_text(q, 0));
	r->level = (uint8_t)drp_q_col_int(q, 1);
	r->group = (uint8_t)drp_q_col_int(q, 2);
	(void)drp_q_col_bytes(q, 3, r->manifest.b, sizeof r->manifest.b);
	(void)drp_q_col_bytes(q, 4, r->unit.b, sizeof r->unit.b);
	(void)drp_q_col_bytes(q, 5, r->request.b, sizeof r->request.b);
	(void)drp_q_col_bytes(q, 6, r->hash.b, sizeof r->hash.b);
	r->state = (uint8_t)drp_q_col_int(q, 7);
	r->questionnaires = (uint32_t)drp_q_col_int(q, 8);
	r->n_values = (uint32_t)drp_q_col_int(q, 9);
	r->approved_s = drp_q_col_int(q, 10);
	copy_text(r->note, sizeof r->note, drp_q_col_text(q, 12));
	if (drp_q_is_null(q, 11)) {
		return DRP_OK;
	}
	size_t n;
	const void *receipt = drp_q_col_blob(q, 11, &n);
	r->has_receipt = 1;
	return drp_receipt_decode(receipt, n, &r->receipt);
}

enum drp_err drp_node_release_get(struct drp_node_store *s, const char *campaign,
	int level, int group, struct drp_released *release, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db,
		"SELECT " RELEASE_COLUMNS " FROM released WHERE campaign=? AND level=?"
		" AND grp=?");
	bind_place(q, campaign, level, group);
	enum drp_err err = find(q, diag);
	if (err == DRP_OK) {
		err = read_release(q, release);
		drp_q_end(q);
	}
	return err;
}

enum drp_err drp_node_release_bytes(struct drp_node_store *s, const struct drp_hash *hash,
	struct drp_buf *bytes, struct drp_diag *diag)
{
	struct drp_query *q =
		drp_db_query(s->db, "SELECT bytes FROM released WHERE hash=?");
	drp_q_blob(q, hash->b, sizeof hash->b);
	enum drp_err err = find(q, diag);
	if (err == DRP_OK) {
		size_t n;
		const void *b = drp_q_col_blob(q, 0, &n);
		drp_buf_append(bytes, b, n);
		drp_q_end(q);
		err = bytes->failed ? DRP_E_NOMEM : DRP_OK;
	}
	return err;
}

enum drp_err drp_node_release_state(struct drp_node_store *s, const struct drp_hash *hash,
	int state, const char *note, const struct drp_receipt *receipt,
	struct drp_diag *diag)
{
	struct drp_buf bytes = {0};
	enum drp_err err = receipt ? drp_receipt_encode(receipt, &bytes) : DRP_OK;
	struct drp_query *q =
		drp_db_query(s->db, "UPDATE released SET state=?, note=?, "
				    "receipt=coalesce(?, receipt) WHERE hash=?");
	drp_q_int(q, state);
	drp_q_text(q, note);
	if (receipt) {
		drp_q_blob(q, bytes.data, bytes.len);
	} else {
		drp_q_null(q);
	}
	drp_q_blob(q, hash->b, sizeof hash->b);
	enum drp_err run = drp_q_run(q, diag);
	drp_buf_clear(&bytes);
	return err ? err : run;
}

enum drp_err drp_node_releases(struct drp_node_store *s, const char *campaign,
	struct drp_released **releases, size_t *n, struct drp_diag *diag)
{
	struct drp_released *list = NULL;
	size_t count = 0;
	int step = 0;
	enum drp_err err = DRP_OK;
	struct drp_query *q = drp_db_query(s->db,
		"SELECT " RELEASE_COLUMNS " FROM released WHERE ?1 IS NULL OR campaign=?1"
		" ORDER BY approved_s, campaign, level, grp");
	if (campaign) {
		drp_q_text(q, campaign);
	} else {
		drp_q_null(q);
	}
	while (err == DRP_OK && (step = drp_q_step(q, diag)) > 0) {
		struct drp_released *more = drp_realloc(list, count + 1, sizeof *list);
		if (!more) {
			err = drp_fail(diag, DRP_E_NOMEM, "no memory for the releases");
			break;
		}
		list = more;
		err = read_release(q, &list[count++]);
	}
	if (err || step < 0) {
		drp_q_end(q);
		drp_free(list);
		return err ? err : DRP_E_STORE;
	}
	*releases = list;
	*n = count;
	return DRP_OK;
}

/* ---- ledger and log ---- */

static void read_ledger(struct drp_query *q, struct drp_ledger_row *row)
{
	memset(row, 0, sizeof *row);
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

enum drp_err drp_node_ledger(struct drp_node_store *s, struct drp_ledger_row **rows,
	size_t *n, struct drp_diag *diag)
{
	struct drp_ledger_row *list = NULL;
	size_t count = 0;
	int step;
	struct drp_query *q = drp_db_query(s->db, "SELECT * FROM ledger ORDER BY seq");
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

enum drp_err drp_node_ledger_append(
	struct drp_node_store *s, struct drp_ledger_row *row, struct drp_diag *diag)
{
	struct drp_ledger_row *rows = NULL;
	size_t n = 0;
	enum drp_err err = drp_node_ledger(s, &rows, &n, diag);
	if (err) {
		return err;
	}
	drp_ledger_follow(n ? &rows[n - 1] : NULL, row);
	drp_free(rows);
	struct drp_query *q =
		drp_db_query(s->db, "INSERT INTO ledger VALUES(?,?,?,?,?,?,?,?,?,?,?,?)");
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

static void read_log(struct drp_query *q, struct drp_log_row *row)
{
	memset(row, 0, sizeof *row);
	row->seq = (uint64_t)drp_q_col_int(q, 0);
	row->time_s = drp_q_col_int(q, 1);
	copy_text(row->event, sizeof row->event, drp_q_col_text(q, 2));
	(void)drp_q_col_bytes(q, 3, row->campaign.b, sizeof row->campaign.b);
	(void)drp_q_col_bytes(q, 4, row->unit.b, sizeof row->unit.b);
	row->group = (uint8_t)drp_q_col_int(q, 5);
	(void)drp_q_col_bytes(q, 6, row->bytes.b, sizeof row->bytes.b);
	(void)drp_q_col_bytes(q, 7, row->previous.b, sizeof row->previous.b);
}

enum drp_err drp_node_log(struct drp_node_store *s, struct drp_log_row **rows, size_t *n,
	struct drp_diag *diag)
{
	struct drp_log_row *list = NULL;
	size_t count = 0;
	int step;
	struct drp_query *q = drp_db_query(s->db, "SELECT * FROM log ORDER BY seq");
	while ((step = drp_q_step(q, diag)) > 0) {
		struct drp_log_row *more = drp_realloc(list, count + 1, sizeof *list);
		if (!more) {
			drp_q_end(q);
			drp_free(list);
			return drp_fail(diag, DRP_E_NOMEM, "no memory for the log");
		}
		list = more;
		read_log(q, &list[count++]);
	}
	if (step < 0) {
		drp_free(list);
		return DRP_E_STORE;
	}
	*rows = list;
	*n = count;
	return DRP_OK;
}

enum drp_err drp_node_log_append(
	struct drp_node_store *s, struct drp_log_row *row, struct drp_diag *diag)
{
	struct drp_log_row last;
	struct drp_query *q =
		drp_db_query(s->db, "SELECT * FROM log ORDER BY seq DESC LIMIT 1");
	enum drp_err err = find(q, diag);
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
