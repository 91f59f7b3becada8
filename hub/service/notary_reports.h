/* SPDX-License-Identifier: Apache-2.0
 *
 * What a notary answers to a hub about the reports of a campaign that it has cosigned:
 * VERIFY, DROP, CLOSE, NUMBERS, OPEN, FREEZE. Each is decided and stored in the caller's
 * transaction before anything is said, and a repeat gets the stored bytes. The expensive
 * part of VERIFY runs before that, on any thread, without the store.
 * The notary answers nobody but the campaign's own hub, opens nothing that its own gates
 * do not allow, and takes no other list of reports after the first.
 * Claim: PRIVACY.md "Gates", "Once". Wire: PROTOCOL.md "The notary's decisions".
 */
#ifndef DRP_HUB_NOTARY_REPORTS_H
#define DRP_HUB_NOTARY_REPORTS_H

#include "hub/home/hub.h"
#include "proto/session/messages.h"

struct drp_notary_reports; /* opaque: the campaigns' tasks, loaded once */

/* drp_notary_reports_new borrows the hub (a notary's) until free. */
enum drp_err drp_notary_reports_new(
	struct drp_hub *hub, struct drp_notary_reports **reports) DRP_MUST_CHECK;
void drp_notary_reports_free(struct drp_notary_reports *reports);

/* drp_notary_reports_takes tells whether a request type is answered here. */
int drp_notary_reports_takes(uint8_t type);

/* What prepare made of a VERIFY. Zero it first; clear wipes it. */
struct drp_notary_prepared {
	int ready;	  /* the report was verified; err is the outcome */
	enum drp_err err; /* DRP_OK or why it is rejected */
	struct drp_buf out_share, finish;
	uint64_t us; /* that it took of a processor */
};
void drp_notary_prepared_clear(struct drp_notary_prepared *prepared);

/* drp_notary_reports_prepare, any thread, before the transaction: verifies the report of
 * a VERIFY when the campaign's task is already loaded and sender is its hub, and else
 * leaves everything to the answer. Other types are left alone. */
void drp_notary_reports_prepare(struct drp_notary_reports *reports,
	const struct drp_key *sender, const struct drp_request *request,
	struct drp_notary_prepared *prepared);

/* drp_notary_reports_answer, store thread, inside a transaction: fills the reply, which
 * may borrow from room until room is cleared. The error is what goes into reply->err. */
enum drp_err drp_notary_reports_answer(struct drp_notary_reports *reports,
	const struct drp_key *sender, const struct drp_request *request,
	struct drp_notary_prepared *prepared, int64_t now_s, struct drp_reply *reply,
	struct drp_buf *room, struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_notary_reports_idle, store thread, outside a transaction, about once a second:
 * logs how many reports were verified and how long that took, finishes freezes (the log
 * is truncated) and forgets keys of campaigns that another process closed or froze. */
void drp_notary_reports_idle(struct drp_notary_reports *reports);

#endif
