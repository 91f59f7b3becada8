/* SPDX-License-Identifier: Apache-2.0
 *
 * Hub and notary verify one report in one request and one reply: VERIFY. Pure: bytes in,
 * bytes out; the daemons store an output share before they say anything about it, and a
 * repeated request gets the stored answer, since a report is verified once.
 *
 *	hub      start    its input share -> state, initialize
 *	notary   answer   initialize, its sealed share -> output share, finish
 *	hub      finish   state, finish -> output share
 *
 * Output shares are task->prio3.sizes.out_share bytes; secret, as are states.
 */
#ifndef DRP_SESSION_VERIFICATION_H
#define DRP_SESSION_VERIFICATION_H

#include "proto/crypto/crypto.h"
#include "proto/model/report.h"
#include "proto/session/task.h"

/* drp_report_check: the report is of this task and of a unit of the manifest that has
 * somebody eligible in the group, its lengths are the task's, and the school of that unit
 * signed it. DRP_E_MALFORMED, DRP_E_NOTFOUND, DRP_E_RANGE, DRP_E_SIGNATURE. The hub checks a
 * report before it stores it; the notary checks what VERIFY carries (then hub_share and
 * hub_n are NULL and 0, and only their hash is there). */
enum drp_err drp_report_check(const struct drp_task *task,
	const struct drp_manifest *manifest, const struct drp_report *report,
	int at_notary, struct drp_diag *diag) DRP_MUST_CHECK;

/* Hub. state and initialize are appended. DRP_E_PROOF when its share is none of a report:
 * like a false proof, for ever. */
enum drp_err drp_verification_start(const struct drp_task *task,
	const uint8_t verify_key[DRP_PRIO3_VERIFY_KEY_BYTES],
	const struct drp_report *report, struct drp_buf *state,
	struct drp_buf *initialize) DRP_MUST_CHECK;

/* Notary. Unseals its share with keys; out_share and finish are appended.
 * DRP_E_SIGNATURE when the share was not sealed for this notary and report;
 * DRP_E_PROOF. Both are the school's doing and for ever; DRP_E_MALFORMED, for an
 * initialize that is none, is the hub's. */
enum drp_err drp_verification_answer(const struct drp_task *task,
	const uint8_t verify_key[DRP_PRIO3_VERIFY_KEY_BYTES], const struct drp_keys *keys,
	const struct drp_report *report, struct drp_bytes initialize,
	struct drp_buf *out_share, struct drp_buf *finish) DRP_MUST_CHECK;

/* Hub. DRP_E_PROOF. */
enum drp_err drp_verification_finish(const struct drp_task *task, struct drp_bytes state,
	struct drp_bytes finish, struct drp_buf *out_share) DRP_MUST_CHECK;

#endif
