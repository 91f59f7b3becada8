/* SPDX-License-Identifier: Apache-2.0
 *
 * SQLite as db.h promises it. Two things are easy to get wrong and are held here:
 *
 * Identity before settings. A pragma such as journal_mode writes into the file, so
 * application_id and user_version are read before anything else is asked: a foreign
 * file is refused untouched.
 *
 * A transaction that SQLite has rolled back by itself (full disk, I/O error, no
 * memory) leaves the connection in autocommit mode: the next statement would commit
 * alone. `in_transaction` remembers what the caller believes, and every statement and
 * the commit are refused once the two differ.
 */
#include "proto/runtime/db.h"

#include "proto/base/alloc.h"

#include <drempel/limits.h>

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BUSY_TIMEOUT_MS	 5000
#define SQL_MAX_BYTES	 (100 * 1024)
#define VALUE_MAX_BYTES	 (2 * DRP_BLOB_MAX_BYTES)
#define WAL_SWITCH_TRIES 500 /* 10 ms apart */

struct drp_query {
	struct drp_db *db;
	struct drp_query *next;
	const char *sql; /* the literal's address is the key */
	sqlite3_stmt *statement;
	int bound;
	int active;		/* between drp_db_query and its end */
	struct drp_diag failed; /* the sticky error; its code is 0 when there is none */
};

struct drp_db {
	sqlite3 *conn;
	char *path;
	struct drp_query *queries;
	struct drp_query no_memory; /* handed out when a query cannot be allocated */
	int in_transaction;
};

/* --- errors ------------------------------------------------------------------ */

static int disk_is_full(sqlite3 *conn)
{
	int system = conn ? sqlite3_system_errno(conn) : errno;
	return system == ENOSPC || system == EDQUOT || system == EFBIG;
}

static enum drp_err translate(sqlite3 *conn, int rc)
{
	switch (rc) {
	case SQLITE_CONSTRAINT_UNIQUE:
	case SQLITE_CONSTRAINT_PRIMARYKEY:
	case SQLITE_CONSTRAINT_ROWID:
		return DRP_E_EXISTS;
	default:
		break;
	}
	switch (rc & 0xff) {
	case SQLITE_FULL:
		return DRP_E_FULL;
	case SQLITE_NOMEM:
		return DRP_E_NOMEM;
	case SQLITE_BUSY:
		return DRP_E_BUSY;
	case SQLITE_IOERR:
		if (rc == SQLITE_IOERR_NOMEM) {
			return DRP_E_NOMEM;
		}
		return disk_is_full(conn) ? DRP_E_FULL : DRP_E_IO;
	default:
		return DRP_E_STORE;
	}
}

static enum drp_err fail(const struct drp_db *db, int rc, struct drp_diag *diag)
{
	enum drp_err code = translate(db->conn, rc);
	const char *text = db->conn ? sqlite3_errmsg(db->conn) : sqlite3_errstr(rc);
	switch (code) {
	case DRP_E_FULL:
		return drp_fail(diag, code,
			"%s: the disk is full; make room and try again", db->path);
	case DRP_E_BUSY:
		return drp_fail(diag, code,
			"%s: another process has held the database for too long; try "
			"again",
			db->path);
	default:
		return drp_fail(diag, code, "%s: database: %s", db->path, text);
	}
}

/* --- queries ----------------------------------------------------------------- */

static struct drp_query *query_new(struct drp_db *db, const char *sql)
{
	struct drp_query *q = drp_alloc(1, sizeof *q);
	if (!q) {
		q = &db->no_memory;
		drp_fail(&q->failed, DRP_E_NOMEM, "%s: out of memory", db->path);
	} else {
		q->next = db->queries;
		db->queries = q;
	}
	q->db = db;
	q->sql = sql;
	return q;
}

/* A text in use (a query inside its own rows) gets a second statement. */
struct drp_query *drp_db_query(struct drp_db *db, const char *sql)
{
	struct drp_query *q = db->queries;
	while (q && (q->sql != sql || q->active)) {
		q = q->next;
	}
	if (!q) {
		q = query_new(db, sql);
	}
	if (!q->statement && q != &db->no_memory) {
		int rc = sqlite3_prepare_v3(db->conn, sql, -1, SQLITE_PREPARE_PERSISTENT,
			&q->statement, NULL);
		if (rc != SQLITE_OK) {
			fail(db, rc, &q->failed);
		}
	}
	q->active = 1;
	q->bound = 0;
	return q;
}

static void note_bind(struct drp_query *q, int rc)
{
	if (rc != SQLITE_OK && q->failed.code == DRP_OK) {
		fail(q->db, rc, &q->failed);
	}
}

void drp_q_int(struct drp_query *q, int64_t value)
{
	note_bind(q, sqlite3_bind_int64(q->statement, ++q->bound, value));
}

void drp_q_text(struct drp_query *q, const char *text)
{
	note_bind(
		q, sqlite3_bind_text(q->statement, ++q->bound, text, -1, SQLITE_STATIC));
}

/* An empty blob is not NULL, wherever it points. */
void drp_q_blob(struct drp_query *q, const void *bytes, size_t n)
{
	note_bind(q, sqlite3_bind_blob64(
			     q->statement, ++q->bound, n ? bytes : "", n, SQLITE_STATIC));
}

void drp_q_null(struct drp_query *q)
{
	note_bind(q, sqlite3_bind_null(q->statement, ++q->bound));
}

void drp_q_end(struct drp_query *q)
{
	if (q->statement) {
		sqlite3_reset(q->statement);
		sqlite3_clear_bindings(q->statement);
	}
	q->failed.code = DRP_OK;
	q->active = 0;
}

static enum drp_err check_step(struct drp_query *q, struct drp_diag *diag)
{
	struct drp_db *db = q->db;
	if (q->failed.code != DRP_OK) {
		return drp_fail(diag, q->failed.code, "%s", q->failed.text);
	}
	if (!q->active || q->bound != sqlite3_bind_parameter_count(q->statement)) {
		return drp_fail(diag, DRP_E_INTERNAL,
			"%s: a query is stepped after its end or with %d values bound, "
			"report this defect",
			db->path, q->bound);
	}
	if (db->in_transaction && sqlite3_get_autocommit(db->conn)) {
		return drp_fail(diag, DRP_E_STORE,
			"%s: the transaction was rolled back after an error", db->path);
	}
	return DRP_OK;
}

static enum drp_err step(struct drp_query *q, int *row, struct drp_diag *diag)
{
	enum drp_err err = check_step(q, diag);
	if (err) {
		drp_q_end(q);
		return err;
	}
	int rc = sqlite3_step(q->statement);
	if (rc != SQLITE_ROW && rc != SQLITE_DONE) {
		err = fail(q->db, sqlite3_extended_errcode(q->db->conn), diag);
	}
	*row = rc == SQLITE_ROW;
	if (!*row) {
		drp_q_end(q);
	}
	return err;
}

int drp_q_step(struct drp_query *q, struct drp_diag *diag)
{
	int row = 0;
	return step(q, &row, diag) ? -1 : row;
}

enum drp_err drp_q_find(struct drp_query *q, struct drp_diag *diag)
{
	int step = drp_q_step(q, diag);
	return step < 0 ? DRP_E_STORE : step ? DRP_OK : DRP_E_NOTFOUND;
}

enum drp_err drp_q_run(struct drp_query *q, struct drp_diag *diag)
{
	int row = 1;
	enum drp_err err = DRP_OK;
	while (row && !err) {
		err = step(q, &row, diag);
	}
	return err;
}

int64_t drp_q_col_int(struct drp_query *q, int column)
{
	return sqlite3_column_int64(q->statement, column);
}

/* When memory runs out here SQLite remembers it and the next step fails. */
const char *drp_q_col_text(struct drp_query *q, int column)
{
	const unsigned char *text = sqlite3_column_text(q->statement, column);
	return text ? (const char *)text : "";
}

void drp_q_col_copy(struct drp_query *q, int column, char *text, size_t size)
{
	snprintf(text, size, "%s", drp_q_col_text(q, column));
}

const void *drp_q_col_blob(struct drp_query *q, int column, size_t *n)
{
	const void *bytes = sqlite3_column_blob(q->statement, column);
	*n = bytes ? (size_t)sqlite3_column_bytes(q->statement, column) : 0;
	return bytes ? bytes : "";
}

int drp_q_col_bytes(struct drp_query *q, int column, void *bytes, size_t n)
{
	size_t have;
	const void *blob = drp_q_col_blob(q, column, &have);
	if (have != n) {
		memset(bytes, 0, n);
		return -1;
	}
	memcpy(bytes, blob, n);
	return 0;
}

int drp_q_is_null(struct drp_query *q, int column)
{
	return sqlite3_column_type(q->statement, column) == SQLITE_NULL;
}

int64_t drp_db_changes(struct drp_db *db)
{
	return sqlite3_changes64(db->conn);
}

int64_t drp_db_last_id(struct drp_db *db)
{
	return sqlite3_last_insert_rowid(db->conn);
}

/* --- transactions ------------------------------------------------------------ */

static enum drp_err exec(struct drp_db *db, const char *sql, struct drp_diag *diag)
{
	int rc = sqlite3_exec(db->conn, sql, NULL, NULL, NULL);
	return rc == SQLITE_OK ? DRP_OK : fail(db, rc, diag);
}

enum drp_err drp_db_begin(struct drp_db *db, struct drp_diag *diag)
{
	if (db->in_transaction) {
		return drp_fail(diag, DRP_E_INTERNAL,
			"%s: a transaction inside a transaction, report this defect",
			db->path);
	}
	enum drp_err err = exec(db, "BEGIN IMMEDIATE", diag);
	db->in_transaction = !err;
	return err;
}

void drp_db_rollback(struct drp_db *db)
{
	if (db->in_transaction && !sqlite3_get_autocommit(db->conn)) {
		sqlite3_exec(db->conn, "ROLLBACK", NULL, NULL, NULL);
	}
	db->in_transaction = 0;
}

enum drp_err drp_db_commit(struct drp_db *db, struct drp_diag *diag)
{
	if (!db->in_transaction || sqlite3_get_autocommit(db->conn)) {
		db->in_transaction = 0;
		return drp_fail(diag, DRP_E_STORE,
			"%s: nothing to commit, the transaction was rolled back",
			db->path);
	}
	enum drp_err err = exec(db, "COMMIT", diag);
	if (err) {
		drp_db_rollback(db);
	}
	db->in_transaction = 0;
	return err;
}

enum drp_err drp_db_checkpoint(struct drp_db *db, struct drp_diag *diag)
{
	int rc = sqlite3_wal_checkpoint_v2(
		db->conn, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	return rc == SQLITE_OK ? DRP_OK : fail(db, rc, diag);
}

/* --- opening ----------------------------------------------------------------- */

static enum drp_err read_int(
	struct drp_db *db, const char *sql, int64_t *value, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(db, sql);
	int row;
	enum drp_err err = step(q, &row, diag);
	if (!err && row) {
		*value = drp_q_col_int(q, 0);
	}
	drp_q_end(q);
	return err;
}

/* The file is made here so that it is born private; WAL and index copy its mode. */
static enum drp_err make_file(const char *path, int create, struct drp_diag *diag)
{
	if (!create) {
		return access(path, F_OK) == 0 ? DRP_OK
					       : drp_fail(diag, DRP_E_NOTFOUND,
							 "%s: there is no database here; "
							 "run init first or check --dir",
							 path);
	}
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd >= 0) {
		close(fd);
	} else if (errno != EEXIST) {
		return drp_fail(diag, disk_is_full(NULL) ? DRP_E_FULL : DRP_E_IO,
			"%s: cannot be created: %s", path, strerror(errno));
	}
	return DRP_OK;
}

static void configure_connection(sqlite3 *conn)
{
	sqlite3_extended_result_codes(conn, 1);
	sqlite3_busy_timeout(conn, BUSY_TIMEOUT_MS);
	sqlite3_limit(conn, SQLITE_LIMIT_LENGTH, VALUE_MAX_BYTES);
	sqlite3_limit(conn, SQLITE_LIMIT_SQL_LENGTH, SQL_MAX_BYTES);
	sqlite3_db_config(conn, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(conn, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(conn, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	sqlite3_db_config(conn, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	sqlite3_db_config(conn, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
}

struct identity {
	int64_t id, version, tables;
};

/* All three of one moment: another process may be migrating a new file meanwhile. */
static enum drp_err read_identity(
	struct drp_db *db, struct identity *found, struct drp_diag *diag)
{
	int own = !db->in_transaction;
	enum drp_err err = own ? exec(db, "BEGIN", diag) : DRP_OK;
	if (err) {
		return err;
	}
	err = read_int(db, "PRAGMA application_id", &found->id, diag);
	err = err ? err : read_int(db, "PRAGMA user_version", &found->version, diag);
	err = err ? err
		  : read_int(db, "SELECT count(*) FROM sqlite_schema", &found->tables,
			    diag);
	if (own) {
		enum drp_err end = exec(db, "COMMIT", diag);
		err = err ? err : end;
	}
	return err;
}

/* A file without id, version and tables is one that a crash left before its first
 * migration, or a new one. */
static enum drp_err check_identity(
	struct drp_db *db, const struct drp_db_schema *schema, struct drp_diag *diag)
{
	struct identity found = {0};
	struct drp_diag why = {0};
	if (read_identity(db, &found, &why)) {
		return drp_fail(diag, why.code, "%s", why.text);
	}
	const int64_t id = found.id, version = found.version, tables = found.tables;
	int fresh = id == 0 && version == 0 && tables == 0;
	if (!fresh && id != (int64_t)schema->application_id) {
		return drp_fail(diag, DRP_E_STORE,
			"%s: this database belongs to another program or to the other "
			"role of "
			"this one; check --dir",
			db->path);
	}
	if (version < 0 || version > (int64_t)schema->n_migrations) {
		return drp_fail(diag, DRP_E_STORE,
			"%s: a newer Drempel wrote this database (version %lld, known up "
			"to "
			"%zu); install that version",
			db->path, (long long)version, schema->n_migrations);
	}
	return DRP_OK;
}

/* Two processes that open a new file together both want the switch to WAL; SQLite
 * does not call the busy handler there, so wait by hand. */
static enum drp_err switch_to_wal(struct drp_db *db, struct drp_diag *diag)
{
	int rc;
	for (int i = 0; i < WAL_SWITCH_TRIES; i++) {
		rc = sqlite3_exec(
			db->conn, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
		if ((rc & 0xff) != SQLITE_BUSY) {
			break;
		}
		sqlite3_sleep(10);
	}
	if (rc != SQLITE_OK) {
		return fail(db, rc, diag);
	}
	struct drp_query *q = drp_db_query(db, "PRAGMA journal_mode");
	int row;
	enum drp_err err = step(q, &row, diag);
	if (!err && strcmp(drp_q_col_text(q, 0), "wal") != 0) {
		err = drp_fail(diag, DRP_E_STORE,
			"%s: this folder cannot hold a shared database (a network "
			"drive?); "
			"move it to a local disk",
			db->path);
	}
	drp_q_end(q);
	return err;
}

static enum drp_err apply_settings(
	struct drp_db *db, const struct drp_db_schema *schema, struct drp_diag *diag)
{
	char page_size[64];
	snprintf(
		page_size, sizeof page_size, "PRAGMA page_size = %u", schema->page_bytes);
	enum drp_err err = exec(db, page_size, diag);
	if (!err) {
		err = switch_to_wal(db, diag);
	}
	if (!err) {
		err = exec(db,
			"PRAGMA synchronous = FULL;"
			"PRAGMA foreign_keys = ON;"
			"PRAGMA secure_delete = ON;"
			"PRAGMA cell_size_check = ON;"
			"PRAGMA temp_store = MEMORY;"
			"PRAGMA mmap_size = 0;"
			"PRAGMA journal_size_limit = 67108864",
			diag);
	}
	return err;
}

static enum drp_err check_integrity(struct drp_db *db, struct drp_diag *diag)
{
	struct drp_diag why = {0};
	struct drp_query *q = drp_db_query(db, "PRAGMA quick_check(1)");
	int row = drp_q_step(q, &why);
	int sound = row == 1 && strcmp(drp_q_col_text(q, 0), "ok") == 0;
	drp_q_end(q);
	if (sound) {
		q = drp_db_query(db, "PRAGMA foreign_key_check");
		row = drp_q_step(q, &why);
		sound = row == 0;
		drp_q_end(q);
	}
	if (row < 0 && why.code != DRP_E_STORE) {
		return drp_fail(diag, why.code, "%s", why.text);
	}
	return sound ? DRP_OK
		     : drp_fail(diag, DRP_E_STORE,
			       "%s: the database is damaged; restore it from a backup",
			       db->path);
}

/* The version is read again under the lock: another process may have been faster. */
static enum drp_err migrate(
	struct drp_db *db, const struct drp_db_schema *schema, struct drp_diag *diag)
{
	int64_t version = 0;
	enum drp_err err = read_int(db, "PRAGMA user_version", &version, diag);
	if (err || version == (int64_t)schema->n_migrations) {
		return err;
	}
	err = drp_db_begin(db, diag);
	if (err) {
		return err;
	}
	err = check_identity(db, schema, diag);
	if (!err) {
		err = read_int(db, "PRAGMA user_version", &version, diag);
	}
	for (size_t i = (size_t)version; !err && i < schema->n_migrations; i++) {
		err = exec(db, schema->migrations[i], diag);
	}
	if (!err) {
		char stamp[128];
		snprintf(stamp, sizeof stamp,
			"PRAGMA application_id = %u; PRAGMA user_version = %zu",
			schema->application_id, schema->n_migrations);
		err = exec(db, stamp, diag);
	}
	if (!err) {
		return drp_db_commit(db, diag);
	}
	drp_db_rollback(db);
	return err;
}

enum drp_err drp_db_open(const char *path, const struct drp_db_schema *schema, int create,
	struct drp_db **out, struct drp_diag *diag)
{
	enum drp_err err = make_file(path, create, diag);
	if (err) {
		return err;
	}
	struct drp_db *db = drp_alloc(1, sizeof *db);
	char *copy = drp_alloc(1, strlen(path) + 1);
	if (!db || !copy) {
		drp_free(db);
		drp_free(copy);
		return drp_fail(diag, DRP_E_NOMEM, "%s: out of memory", path);
	}
	db->path = memcpy(copy, path, strlen(path) + 1);
	int rc = sqlite3_open_v2(
		path, &db->conn, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	if (rc != SQLITE_OK) {
		err = fail(db, rc, diag);
		goto failed;
	}
	configure_connection(db->conn);
	if ((err = check_identity(db, schema, diag)) ||
		(err = apply_settings(db, schema, diag)) ||
		(err = check_integrity(db, diag)) || (err = migrate(db, schema, diag))) {
		goto failed;
	}
	*out = db;
	return DRP_OK;
failed:
	drp_db_close(db);
	return err;
}

void drp_db_close(struct drp_db *db)
{
	if (!db) {
		return;
	}
	for (struct drp_query *q = db->queries, *next; q; q = next) {
		next = q->next;
		sqlite3_finalize(q->statement);
		drp_free(q);
	}
	sqlite3_close(db->conn);
	drp_free(db->path);
	drp_free(db);
}
