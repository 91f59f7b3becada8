/* SPDX-License-Identifier: Apache-2.0
 *
 * Changes a database behind its program's back, as whoever owns the machine could.
 */
#ifndef DRP_TESTS_CHANGE_DB_H
#define DRP_TESTS_CHANGE_DB_H

#include "proto/runtime/system.h"
#include "tests/support/check.h"

#include <sqlite3.h>

/* Both return how many rows were changed; what alters tables changes none. */
static inline int change_db_file(const char *path, const char *sql)
{
	sqlite3 *db = NULL;
	char *message = NULL;
	CHECK_INT(sqlite3_open(path, &db), SQLITE_OK);
	int rc = sqlite3_exec(db, sql, NULL, NULL, &message);
	if (rc != SQLITE_OK) {
		printf("# %s: %s\n", sql, message);
	}
	CHECK_INT(rc, SQLITE_OK);
	int changed = sqlite3_total_changes(db);
	sqlite3_free(message);
	sqlite3_close(db);
	return changed;
}

static inline int change_db(const char *dir, const char *name, const char *sql)
{
	char path[DRP_PATH_MAX];
	CHECK_OK(drp_path(path, dir, name, NULL));
	return change_db_file(path, sql);
}

#endif
