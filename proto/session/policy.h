/* SPDX-License-Identifier: Apache-2.0
 *
 * What a node, and on the sealed track the notary too, checks of a manifest before it
 * trusts it with anything: a hub cannot weaken a threshold, spend more than the
 * campaign's budget, understate its noise or charge it to a school year of its choice;
 * nor sign a sealed campaign whose plan opens nothing, whose reports do not fit a
 * message, or from whose open cohorts something small follows. On the open track the plan
 * is made from who came, when the hub closes; a node has nothing there that it could
 * check. Threads: any. Claim: PRIVACY.md "Budget", "Thresholds".
 */
#ifndef DRP_SESSION_POLICY_H
#define DRP_SESSION_POLICY_H

#include "proto/model/instrument.h"
#include "proto/model/manifest.h"

/* A campaign lasts a year at most. */
#define DRP_PERIOD_MAX_DAYS 366

/* drp_policy_check: DRP_E_POLICY or DRP_E_BUDGET, with the rule that is broken; of a
 * sealed campaign also DRP_E_TOO_FEW_SCHOOLS, DRP_E_DIFFERENCING and DRP_E_TOOBIG. */
enum drp_err drp_policy_check(const struct drp_manifest *manifest,
	const struct drp_instrument *instrument, struct drp_diag *diag) DRP_MUST_CHECK;

#endif
