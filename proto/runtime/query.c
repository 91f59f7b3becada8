/* SPDX-License-Identifier: Apache-2.0
 *
 * Statements: prepared once, found again by the address of their text. A transaction
 * that SQLite has rolled back by itself (full disk, I/O error, no memory) leaves the
 * connection in autocommit mode: the next statement would commit alone. `in_transaction`
 * remembers what the caller believes, and every statement is refused once the two
 * differ.
 */
#include "proto/runtime/db_internal.h"

#include "proto/base/alloc.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int drp_db_disk_full(sqlite3 *conn)
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
		return drp_db_disk_full(conn) ? DRP_E_FULL : DRP_E_IO;
	default:
		return DRP_E_STORE;
	}
}

enum drp_err drp_db_fail(const struct drp_db *db, int rc, struct drp_diag *diag)
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
			drp_db_fail(db, rc, &q->failed);
		}
	}
	q->active = 1;
	q->bound = 0;
	return q;
}

static void note_bind(struct drp_query *q, int rc)
{
	if (rc != SQLITE_OK && q->failed.code == DRP_OK) {
		drp_db_fail(q->db, rc, &q->failed);
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

enum drp_err drp_db_step(struct drp_query *q, int *row, struct drp_diag *diag)
{
	enum drp_err err = check_step(q, diag);
	if (err) {
		drp_q_end(q);
		return err;
	}
	int rc = sqlite3_step(q->statement);
	if (rc != SQLITE_ROW && rc != SQLITE_DONE) {
		err = drp_db_fail(q->db, sqlite3_extended_errcode(q->db->conn), diag);
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
	return drp_db_step(q, &row, diag) ? -1 : row;
}

enum drp_err drp_q_find(struct drp_query *q, struct drp_diag *diag)
{
	int step = drp_q_step(q, diag);
	return step < 0 ? DRP_E_STORE : step ? DRP_OK : DRP_E_NOTFOUND;
}

enum drp_err drp_q_find_blob(
	struct drp_query *q, struct drp_buf *out, struct drp_diag *diag)
{
	size_t n;
	enum drp_err err = drp_q_find(q, diag);
	if (err) {
		return err;
	}
	const void *bytes = drp_q_col_blob(q, 0, &n);
	drp_buf_append(out, bytes, n);
	err = drp_q_is_null(q, 0) ? DRP_E_NOTFOUND : out->failed ? DRP_E_NOMEM : DRP_OK;
	drp_q_end(q);
	return err;
}

enum drp_err drp_q_run(struct drp_query *q, struct drp_diag *diag)
{
	int row = 1;
	enum drp_err err = DRP_OK;
	while (row && !err) {
		err = drp_db_step(q, &row, diag);
	}
	return err;
}

enum drp_err drp_q_rows(struct drp_query *q, size_t size,
	void (*read)(struct drp_query *q, void *row), const char *what, void **rows,
	size_t *n, struct drp_diag *diag)
{
	uint8_t *list = NULL;
	size_t count = 0, room = 0;
	int step;
	while ((step = drp_q_step(q, diag)) > 0) {
		if (count == room) {
			room = room ? 2 * room : 16;
			uint8_t *more = drp_realloc(list, room, size);
			if (!more) {
				drp_q_end(q);
				drp_free(list);
				return drp_fail(
					diag, DRP_E_NOMEM, "no memory for the %s", what);
			}
			list = more;
		}
		memset(list + count * size, 0, size);
		read(q, list + count++ * size);
	}
	if (step < 0) {
		drp_free(list);
		return DRP_E_STORE;
	}
	*rows = list;
	*n = count;
	return DRP_OK;
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
