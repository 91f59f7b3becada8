/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/session/policy.h"

#include "proto/base/date.h"
#include "proto/privacy/ledger.h"
#include "proto/privacy/rational.h"
#include "proto/privacy/sensitivity.h"

/* The weakest thresholds that a node accepts: those of the design. */
static const struct drp_thresholds weakest = {.k_schools = 5,
	.k_boards = 3,
	.max_school_percent = 50,
	.max_board_percent = 70,
	.k_respondents = {5, 10, 20},
	.k_unit = {5, 10, 20}};

static enum drp_err check_thresholds(const struct drp_manifest *m, struct drp_diag *diag)
{
	const struct drp_thresholds *t = &m->thresholds;
	int weak = t->k_schools < weakest.k_schools || t->k_boards < weakest.k_boards ||
		   t->max_school_percent > weakest.max_school_percent ||
		   t->max_board_percent > weakest.max_board_percent;
	for (int g = 0; g < DRP_GROUPS; g++) {
		weak |= t->k_respondents[g] < weakest.k_respondents[g] ||
			t->k_unit[g] < weakest.k_unit[g];
	}
	return weak ? drp_fail(diag, DRP_E_POLICY,
			      "campaign %s has weaker thresholds than this node accepts",
			      m->id)
		    : DRP_OK;
}

/* The squared sensitivity that a release must at least declare. */
static uint32_t least_delta2(
	const struct drp_instrument *instrument, const struct drp_release *r)
{
	static const uint32_t per_item[DRP_MAPS] = {[DRP_MAP_PAIRS] = DRP_DELTA2_PAIR,
		[DRP_MAP_SUMS] = DRP_DELTA2_SUM,
		[DRP_MAP_HISTOGRAM] = DRP_DELTA2_HISTOGRAM,
		[DRP_MAP_TICKS] = DRP_DELTA2_TICK};
	uint16_t items[DRP_ITEMS_MAX];
	return per_item[r->map] *
	       (uint32_t)drp_instrument_vector(instrument, (enum drp_group)r->group,
		       r->items ? DRP_ITEM_ADDITIONAL : DRP_ITEM_CORE, items);
}

static enum drp_err check_release(const struct drp_manifest *m,
	const struct drp_instrument *instrument, const struct drp_release *r,
	struct drp_diag *diag)
{
	if (r->map == DRP_MAP_COUNTS) {
		return DRP_OK;
	}
	/* A release without a charge re-uses the noise of the region's release. */
	const struct drp_release *drawn =
		r->rho.num > 0 ? r
			       : drp_manifest_release(m, (enum drp_group)r->group,
					 DRP_FAMILY_REGION, DRP_RELEASE_CORE);
	uint32_t sigma2 = 0;
	if (!drawn || drawn->rho.num <= 0 || r->map != drawn->map ||
		r->delta2 < least_delta2(instrument, r) || r->delta2 != drawn->delta2) {
		return drp_fail(diag, DRP_E_POLICY,
			"campaign %s declares a release that its items do not fit",
			m->id);
	}
	enum drp_err err = drp_sigma2_for(drawn->delta2, drawn->rho, &sigma2);
	return err || r->sigma2 < sigma2
		       ? drp_fail(diag, DRP_E_POLICY,
				 "campaign %s has less noise than its budget asks for",
				 m->id)
		       : DRP_OK;
}

/* A hub that could choose the school year, or open several years at once, would open
 * another account for each. */
static enum drp_err check_year(const struct drp_manifest *m, struct drp_diag *diag)
{
	int64_t days = (int64_t)m->period_to - m->period_from;
	if ((int64_t)m->year != drp_school_year(m->period_from) || days < 0 ||
		days > DRP_PERIOD_MAX_DAYS) {
		return drp_fail(diag, DRP_E_POLICY,
			"campaign %s is not charged to the school year in which it "
			"begins, or lasts more than %d days",
			m->id, DRP_PERIOD_MAX_DAYS);
	}
	return DRP_OK;
}

static enum drp_err check_budget(
	const struct drp_manifest *m, int group, struct drp_diag *diag)
{
	struct drp_rational sum = {0, 1};
	enum drp_err err = DRP_OK;
	for (uint16_t i = 0; err == DRP_OK && i < m->n_releases; i++) {
		if (m->release[i].group == group) {
			err = drp_rational_add(sum, m->release[i].rho, &sum);
		}
	}
	if (err || drp_rational_cmp(sum, m->rho[group]) > 0 ||
		drp_rational_cmp(m->rho[group], drp_ledger_cap((enum drp_group)group)) >
			0) {
		return drp_fail(diag, DRP_E_BUDGET,
			"campaign %s spends more than its own budget or a year's cap",
			m->id);
	}
	return DRP_OK;
}

enum drp_err drp_policy_check(const struct drp_manifest *m,
	const struct drp_instrument *instrument, struct drp_diag *diag)
{
	if (m->track != DRP_TRACK_OPEN) {
		return drp_fail(diag, DRP_E_VERSION,
			"campaign %s is on a track that this version does not know",
			m->id);
	}
	enum drp_err err = check_thresholds(m, diag);
	err = err ? err : check_year(m, diag);
	for (uint16_t i = 0; err == DRP_OK && i < m->n_releases; i++) {
		err = check_release(m, instrument, &m->release[i], diag);
	}
	for (int g = 0; err == DRP_OK && g < DRP_GROUPS; g++) {
		err = check_budget(m, g, diag);
	}
	return err;
}
