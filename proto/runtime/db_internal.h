/* SPDX-License-Identifier: Apache-2.0
 *
 * What db.c (a connection: opening, transactions) and query.c (its statements) share,
 * and nobody else sees.
 */
#ifndef DRP_RUNTIME_DB_INTERNAL_H
#define DRP_RUNTIME_DB_INTERNAL_H

#include "proto/runtime/db.h"

#include <sqlite3.h>

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

/* drp_db_fail says in Drempel's words what SQLite's code rc means. */
enum drp_err drp_db_fail(const struct drp_db *db, int rc, struct drp_diag *diag);

/* drp_db_step is drp_q_step with its error: *row is 1, or 0 at the end. */
enum drp_err drp_db_step(struct drp_query *q, int *row, struct drp_diag *diag);

/* drp_db_disk_full tells it of conn's last error, or of errno when conn is NULL. */
int drp_db_disk_full(sqlite3 *conn);

#endif
