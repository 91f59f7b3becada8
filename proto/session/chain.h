/* SPDX-License-Identifier: Apache-2.0
 *
 * Hash chains: each row names the hash of the row before it, so that a row cannot be
 * changed, dropped or slipped in without every later one showing it. Threads: any.
 */
#ifndef DRP_SESSION_CHAIN_H
#define DRP_SESSION_CHAIN_H

#include "proto/privacy/ledger.h"

/* drp_ledger_follow sets row->seq and row->previous after `last` (NULL: the first). */
void drp_ledger_follow(const struct drp_ledger_row *last, struct drp_ledger_row *row);

/* drp_ledger_verify re-computes the chain over all rows: DRP_E_HASH names the first
 * row that does not follow. */
enum drp_err drp_ledger_verify(const struct drp_ledger_row *rows, size_t n,
	struct drp_diag *diag) DRP_MUST_CHECK;

/* A node's log: what left the school, one line an event. */
struct drp_log_row {
	uint64_t seq;
	int64_t time_s;
	char event[16]; /* approved, stored, confirmed, withdrawing, withdrawn, refused,
			   not-counted */
	struct drp_hash campaign;
	struct drp_id unit;
	uint8_t group;
	struct drp_hash bytes; /* of the contribution */
	struct drp_hash previous;
};
void drp_log_follow(const struct drp_log_row *last, struct drp_log_row *row);
enum drp_err drp_log_verify(
	const struct drp_log_row *rows, size_t n, struct drp_diag *diag) DRP_MUST_CHECK;

#endif
