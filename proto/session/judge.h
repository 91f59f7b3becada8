/* SPDX-License-Identifier: Apache-2.0
 *
 * The hub's decisions, as pure functions: the facts that its store knows go in, a
 * verdict comes out. The store loads the facts, calls, and writes the outcome in one
 * transaction; a test can walk every row of the table without any I/O.
 * Threads: any. Claim: PRIVACY.md "Once".
 */
#ifndef DRP_SESSION_JUDGE_H
#define DRP_SESSION_JUDGE_H

#include "proto/session/messages.h"

/* What the hub knows about the sender of a request. */
struct drp_sender_facts {
	int known, revoked;
	int64_t now_s;
};

/* drp_judge_sender refuses unknown keys, revoked schools and requests whose time is
 * more than a day off. */
enum drp_err drp_judge_sender(const struct drp_sender_facts *facts, int64_t at,
	struct drp_diag *diag) DRP_MUST_CHECK;

struct drp_invite_facts {
	int known, used;
	struct drp_key used_by; /* meaningful when used */
	int64_t expires_s, now_s;
	int revoked;
};

/* drp_judge_enrol: an invite binds one key once. The same key again is a repeat
 * (*repeat = 1) and gets the same answer; another key is refused. */
enum drp_err drp_judge_enrol(const struct drp_invite_facts *facts,
	const struct drp_key *sender, int *repeat, struct drp_diag *diag) DRP_MUST_CHECK;

/* What the hub knows about the place a contribution is meant for. */
struct drp_place_facts {
	const struct drp_manifest *manifest; /* NULL: no such campaign here */
	enum drp_campaign_state state;
	const struct drp_key *sender;
	int64_t now_s;
	uint32_t values_expected; /* of the group, when values are carried */
	int stored;		  /* a contribution is stored for (unit, group) */
	int withdrawn;
	struct drp_hash stored_hash;
};

enum drp_verdict {
	DRP_VERDICT_STORE,  /* new: store it, sign a receipt */
	DRP_VERDICT_REPEAT, /* the same bytes again: answer with the stored receipt */
	DRP_VERDICT_REFUSE
};

/* drp_judge_submit decides about a decoded contribution; hash is of its bytes. On
 * DRP_VERDICT_REFUSE *err and diag say why. */
enum drp_verdict drp_judge_submit(const struct drp_contribution *contribution,
	const struct drp_hash *hash, const struct drp_place_facts *facts,
	enum drp_err *err, struct drp_diag *diag);

/* drp_judge_report: the same rules for a report of the sealed track, whose name is the
 * hash. What is inside cannot be seen; that it fits its task is for drp_report_check. */
enum drp_verdict drp_judge_report(const struct drp_report_statement *statement,
	const struct drp_hash *name, const struct drp_place_facts *facts,
	enum drp_err *err, struct drp_diag *diag);

/* drp_judge_withdraw: only the school itself, with its signature under the withdrawal,
 * only while the campaign is open, and no other contribution than the one that is stored.
 * Withdrawing again is DRP_OK; so is withdrawing what has not arrived, which must then be
 * refused when it does. */
enum drp_err drp_judge_withdraw(const struct drp_withdrawal *withdrawal,
	const struct drp_place_facts *facts, struct drp_diag *diag) DRP_MUST_CHECK;

#endif
