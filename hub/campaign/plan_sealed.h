/* SPDX-License-Identifier: Apache-2.0
 *
 * The releases of a sealed campaign: how each group's budget is shared out over families
 * and kinds of items. Shares are exact rationals and add up to the budget; noise follows
 * from them. Two draws, one by each aggregator, lie behind every value.
 * Source: the table in PRIVACY.md "Budget".
 */
#ifndef DRP_HUB_PLAN_SEALED_H
#define DRP_HUB_PLAN_SEALED_H

#include "proto/base/buf.h"
#include "proto/model/instrument.h"
#include "proto/model/manifest.h"

/* drp_plan_sealed fills manifest->release from manifest->rho. A kind of items that the
 * group is not asked leaves its share to the region's core items; a group that is asked
 * no core items has no releases. */
enum drp_err drp_plan_sealed(const struct drp_instrument *instrument,
	struct drp_manifest *manifest, struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_plan_sealed_expect appends a line per group and family: the range over cohorts of
 * the expected standard error of an item's mean, from noise alone, when the share
 * `response` of those eligible answers. */
void drp_plan_sealed_expect(
	const struct drp_manifest *manifest, double response, struct drp_buf *report);

#endif
