/* SPDX-License-Identifier: Apache-2.0
 *
 * What a node checks of a manifest before it trusts it with anything: a hub cannot
 * weaken a threshold, spend more than the campaign's budget, understate its noise or
 * charge it to a school year of its choice.
 * Threads: any. Claim: PRIVACY.md "Budget", "Thresholds".
 */
#ifndef DRP_SESSION_POLICY_H
#define DRP_SESSION_POLICY_H

#include "proto/model/instrument.h"
#include "proto/model/manifest.h"

/* A campaign lasts a year at most. */
#define DRP_PERIOD_MAX_DAYS 366

/* drp_policy_check: DRP_E_POLICY or DRP_E_BUDGET, with the rule that is broken. */
enum drp_err drp_policy_check(const struct drp_manifest *manifest,
	const struct drp_instrument *instrument, struct drp_diag *diag) DRP_MUST_CHECK;

#endif
