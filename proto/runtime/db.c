/* SPDX-License-Identifier: Apache-2.0
 *
 * A connection: opening it, its settings, transactions.
 *
 * Identity before settings. A pragma such as journal_mode writes into the file, so
 * application_id and user_version are read before anything else is asked: a foreign
 * file is refused untouched.
 */
#include "proto/runtime/db_internal.h"

#include "proto/base/alloc.h"

#include <drempel/limits.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BUSY_TIMEOUT_MS	 5000
#define SQL_MAX_BYTES	 (100 * 1024)
#define VALUE_MAX_BYTES	 (2 * DRP_BLOB_MAX_BYTES)
#define WAL_SWITCH_TRIES 500 /* 10 ms apart */

/* --- transactions ------------------------------------------------------------ */

static enum drp_err exec(struct drp_db *db, const char *sql, struct drp_diag *diag)
{
	int rc = sqlite3_exec(db->conn, sql, NULL, NULL, NULL);
	return rc == SQLITE_OK ? DRP_OK : drp_db_fail(db, rc, diag);
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

enum drp_err drp_db_end(struct drp_db *db, enum drp_err err, struct drp_diag *diag)
{
	if (err) {
		drp_db_rollback(db);
		return err;
	}
	return drp_db_commit(db, diag);
}

enum drp_err drp_db_checkpoint(struct drp_db *db, struct drp_diag *diag)
{
	int rc = sqlite3_wal_checkpoint_v2(
		db->conn, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	return rc == SQLITE_OK ? DRP_OK : drp_db_fail(db, rc, diag);
}

/* --- opening ----------------------------------------------------------------- */

static enum drp_err read_int(
	struct drp_db *db, const char *sql, int64_t *value, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(db, sql);
	int row;
	enum drp_err err = drp_db_step(q, &row, diag);
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
		return drp_fail(diag, drp_db_disk_full(NULL) ? DRP_E_FULL : DRP_E_IO,
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
		return drp_db_fail(db, rc, diag);
	}
	struct drp_query *q = drp_db_query(db, "PRAGMA journal_mode");
	int row;
	enum drp_err err = drp_db_step(q, &row, diag);
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
	return drp_db_end(db, err, diag);
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
		err = drp_db_fail(db, rc, diag);
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
