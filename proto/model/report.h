/* SPDX-License-Identifier: Apache-2.0
 *
 * The sealed report: what a node submits for (campaign, unit, group) on the sealed track.
 * It holds two shares of the unit's counters; either alone is random bytes. The hub's
 * share lies in it as it is (the request's envelope is sealed for the hub); the notary's
 * is sealed for the notary and only relayed.
 *
 * Both aggregators must agree on the same report without the notary seeing the hub's
 * share, so the school signs a statement: a map of campaign, group, unit and nonce, and
 * of the hashes of public share, hub share and sealed notary share. The statement's hash
 * is the report's name: where receipts and withdrawals say `contribution`, it is meant.
 * Wire: PROTOCOL.md "Report". Canonical forms; exact lengths follow from the task and are
 * checked by the session (verification.h), here only that they are within limits.h.
 */
#ifndef DRP_MODEL_REPORT_H
#define DRP_MODEL_REPORT_H

#include "proto/base/buf.h"

#include <drempel/err.h>
#include <drempel/limits.h>
#include <drempel/types.h>

#include <stddef.h>
#include <stdint.h>

#define DRP_REPORT_TAG "drempel report 1"

struct drp_report_statement {
	struct drp_hash campaign; /* manifest hash */
	struct drp_id unit;
	uint8_t group;
	struct drp_id nonce; /* random: Prio3's */
	struct drp_hash public_share, hub_share, notary_share;
};

/* Pointers borrow the decoded bytes. */
struct drp_report {
	struct drp_report_statement statement;
	uint8_t signature[64]; /* by the school, DRP_REPORT_TAG, over the statement */
	const uint8_t *public_share, *hub_share, *notary_share;
	size_t public_n, hub_n, notary_n; /* notary_share is sealed */
};

/* drp_report_statement_encode appends the canonical statement and, unless name is NULL,
 * tells its hash. */
enum drp_err drp_report_statement_encode(const struct drp_report_statement *statement,
	struct drp_buf *out, struct drp_hash *name) DRP_MUST_CHECK;

/* drp_report_encode appends the report: campaign, unit, group, nonce, the three shares
 * and the signature (the hashes are not carried). drp_report_decode accepts canonical
 * bytes alone, computes the hashes of the statement and the report's name; the signature
 * is the caller's to check. */
enum drp_err drp_report_encode(
	const struct drp_report *report, struct drp_buf *out) DRP_MUST_CHECK;
enum drp_err drp_report_decode(const void *bytes, size_t n, struct drp_report *report,
	struct drp_hash *name) DRP_MUST_CHECK;

/* What a school signs to take a contribution back, on both tracks: a map of campaign,
 * contribution, group and unit. The hub forwards it to the notary. */
#define DRP_WITHDRAWAL_TAG "drempel withdrawal 1"
struct drp_withdrawal {
	struct drp_hash campaign, contribution;
	struct drp_id unit;
	uint8_t group;
	uint8_t signature[64];
};
enum drp_err drp_withdrawal_statement(
	const struct drp_withdrawal *withdrawal, struct drp_buf *out) DRP_MUST_CHECK;

#endif
