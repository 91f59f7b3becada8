/* SPDX-License-Identifier: Apache-2.0
 *
 * The rows of a privacy ledger in a store: read, and appended to their hash chain. The
 * SQL is the store's own. It names or returns the members of struct drp_ledger_row in
 * their order; a store that knows no units selects zeroblob(16) and leaves ?5 unused.
 * Threads: the store's. Claim: PRIVACY.md "Budget".
 */
#ifndef DRP_RUNTIME_LEDGER_ROWS_H
#define DRP_RUNTIME_LEDGER_ROWS_H

#include "proto/runtime/db.h"
#include "proto/session/chain.h"

/* drp_ledger_rows returns new, for drp_free, what select finds. DRP_E_NOMEM,
 * DRP_E_STORE. */
enum drp_err drp_ledger_rows(struct drp_db *db, const char *select,
	struct drp_ledger_row **rows, size_t *n, struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_ledger_append links the row to the one that last selects, if any, and inserts it.
 * The caller holds a transaction. Errors of drp_q_run. */
enum drp_err drp_ledger_append(struct drp_db *db, const char *last, const char *insert,
	struct drp_ledger_row *row, struct drp_diag *diag) DRP_MUST_CHECK;

#endif
