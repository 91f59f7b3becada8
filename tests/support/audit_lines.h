/* SPDX-License-Identifier: Apache-2.0
 *
 * An audit of a copy of a hub's or notary's folder, in which SQL has changed something:
 * which lines say FAIL.
 */
#ifndef DRP_TESTS_AUDIT_LINES_H
#define DRP_TESTS_AUDIT_LINES_H

#include "hub/audit/audit.h"
#include "tests/support/change_db.h"

#include "tests/support/check.h"

#include <stdlib.h>

static char audit_dir[96];     /* the copy */
static char audit_failed[512]; /* names of the lines that failed, each with a ';' */
static char audit_page[8192];

static inline void audit_copy(const char *from, const char *to)
{
	char command[256];
	snprintf(command, sizeof command, "rm -rf '%s' && cp -r '%s' '%s'", to, from, to);
	CHECK_INT(system(command), 0);
}

static inline void audit_change(const char *sql)
{
	CHECK(change_db(audit_dir, "hub.db", sql) > 0);
}

/* Audits the copy and lists what failed. */
static inline void audit_run(const char *campaign)
{
	struct drp_hub hub;
	struct drp_buf out = {0};
	struct drp_diag diag = {0};
	unsigned failures = 0, counted = 0;
	size_t used = 0;
	CHECK_OK(drp_hub_open(audit_dir, &hub, &diag));
	CHECK_OK(drp_audit(&hub, campaign, &out, &failures, &diag));
	drp_hub_close(&hub);
	snprintf(audit_page, sizeof audit_page, "%s", drp_buf_string(&out));
	drp_buf_clear(&out);
	audit_failed[0] = 0;
	for (const char *line = audit_page; *line; line = strchr(line, '\n') + 1) {
		if (strncmp(line, "FAIL ", 5) == 0) {
			int n = 19;
			for (; line[5 + n - 1] == ' '; n--) {
			}
			used += (size_t)snprintf(audit_failed + used,
				sizeof audit_failed - used, "%.*s;", n, line + 5);
			counted++;
		}
	}
	CHECK_INT(failures, counted);
}

/* A copy of dir, changed by sql, fails in these lines and in no others. */
static inline void audit_tamper(
	const char *dir, const char *campaign, const char *sql, const char *fails)
{
	audit_copy(dir, audit_dir);
	audit_change(sql);
	audit_run(campaign);
	if (strcmp(audit_failed, fails) != 0) {
		printf("# %s\n%s", sql, audit_page);
	}
	CHECK_STR(audit_failed, fails);
}

#endif
