/* SPDX-License-Identifier: Apache-2.0
 *
 * The embedded store, without a SQLite type in sight: a daemon's own store.c holds its
 * SQL and sees only this. One file per role: STRICT tables, WAL, synchronous=FULL,
 * foreign keys on, application_id and user_version checked, secure_delete on.
 * Threads: a connection belongs to one thread at a time.
 * Errors: SQLite's codes are translated here, once; the original text goes to diag.
 */
#ifndef DRP_RUNTIME_DB_H
#define DRP_RUNTIME_DB_H

#include "proto/base/buf.h"

#include <drempel/err.h>

#include <stddef.h>
#include <stdint.h>

struct drp_db;	  /* opaque */
struct drp_query; /* opaque, owned by its db and reused */

struct drp_db_schema {
	uint32_t application_id;
	uint32_t page_bytes;
	const char *const *migrations; /* migration i lifts user_version i to i + 1 */
	size_t n_migrations;
};

/* drp_db_open creates or opens (create = 0: DRP_E_NOTFOUND when absent), refuses a
 * foreign or newer file, runs quick_check and foreign_key_check, then migrates inside
 * one transaction. Another process may hold the file too (busy timeout 5 s). */
enum drp_err drp_db_open(const char *path, const struct drp_db_schema *schema, int create,
	struct drp_db **db, struct drp_diag *diag) DRP_MUST_CHECK;
void drp_db_close(struct drp_db *db);

/* drp_db_begin takes the write lock at once (BEGIN IMMEDIATE). A failed commit rolls
 * back. Nothing said after drp_db_commit returned DRP_OK can be lost. */
enum drp_err drp_db_begin(struct drp_db *db, struct drp_diag *diag) DRP_MUST_CHECK;
enum drp_err drp_db_commit(struct drp_db *db, struct drp_diag *diag) DRP_MUST_CHECK;
void drp_db_rollback(struct drp_db *db);
/* drp_db_end commits when err is DRP_OK; otherwise it rolls back and returns err. */
enum drp_err drp_db_end(
	struct drp_db *db, enum drp_err err, struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_db_query readies a statement; statements are cached by the address of their
 * text, so sql must be a string literal. Values are bound in order by drp_q_*; binding
 * borrows until the query ends. An error sticks and shows at drp_q_step. */
struct drp_query *drp_db_query(struct drp_db *db, const char *sql);
void drp_q_int(struct drp_query *q, int64_t value);
void drp_q_text(struct drp_query *q, const char *text); /* NULL binds NULL */
void drp_q_blob(struct drp_query *q, const void *bytes, size_t n);
void drp_q_null(struct drp_query *q);

/* drp_q_step: 1 a row, 0 the end (query is done), -1 an error (diag says which). A
 * query that is not stepped to its end is ended by drp_q_end. */
int drp_q_step(struct drp_query *q, struct drp_diag *diag) DRP_MUST_CHECK;
void drp_q_end(struct drp_query *q);

/* drp_q_run steps a statement without rows to its end: DRP_OK, DRP_E_EXISTS for a
 * broken uniqueness, DRP_E_FULL for a full disk, DRP_E_STORE otherwise. */
enum drp_err drp_q_run(struct drp_query *q, struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_q_find steps a query that should find one row: DRP_OK with the row current,
 * DRP_E_NOTFOUND, DRP_E_STORE. */
enum drp_err drp_q_find(struct drp_query *q, struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_q_find_blob appends the first column of such a row and ends the query; NULL is
 * DRP_E_NOTFOUND. DRP_E_NOMEM too. */
enum drp_err drp_q_find_blob(
	struct drp_query *q, struct drp_buf *out, struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_q_rows steps a query to its end and returns new, for drp_free, what read made of
 * each row: an array of *n elements of the given size, NULL when there are none. read
 * fills a zeroed element. what names the rows for a person. DRP_E_NOMEM, DRP_E_STORE. */
enum drp_err drp_q_rows(struct drp_query *q, size_t size,
	void (*read)(struct drp_query *q, void *row), const char *what, void **rows,
	size_t *n, struct drp_diag *diag) DRP_MUST_CHECK;

/* Columns of the current row, from 0; borrowed until the next step. A NULL column is
 * 0, "" or an empty blob; drp_q_is_null tells. */
int64_t drp_q_col_int(struct drp_query *q, int column);
const char *drp_q_col_text(struct drp_query *q, int column);
const void *drp_q_col_blob(struct drp_query *q, int column, size_t *n);
/* Copies exactly n bytes; -1 (and zeroes) when the blob has another length. */
int drp_q_col_bytes(struct drp_query *q, int column, void *bytes, size_t n);
/* Copies a text, cut to size with its NUL. */
void drp_q_col_copy(struct drp_query *q, int column, char *text, size_t size);
int drp_q_is_null(struct drp_query *q, int column);

int64_t drp_db_changes(struct drp_db *db);

/* drp_db_checkpoint truncates the WAL, so that deleted rows leave the disk. */
enum drp_err drp_db_checkpoint(struct drp_db *db, struct drp_diag *diag) DRP_MUST_CHECK;

#endif
