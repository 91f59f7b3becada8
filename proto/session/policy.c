/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/session/policy.h"

#include "proto/base/alloc.h"
#include "proto/base/date.h"
#include "proto/model/vector.h"
#include "proto/privacy/gates.h"
#include "proto/privacy/ledger.h"
#include "proto/privacy/rational.h"
#include "proto/privacy/sensitivity.h"
#include "proto/session/aggregate.h"
#include "proto/session/task.h"

/* What a message has around the shares of an opening: envelope, box, body. */
#define AROUND_SHARES 512

/* The weakest thresholds that are accepted: those of the design. */
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
			      "campaign %s has weaker thresholds than are accepted here",
			      m->id)
		    : DRP_OK;
}

/* On the sealed track every release is drawn for itself; on the open one a release
 * without a charge re-uses the noise of the region's release. */
static const struct drp_release *drawn_of(
	const struct drp_manifest *m, const struct drp_release *r)
{
	return m->track == DRP_TRACK_SEALED || r->rho.num > 0
		       ? r
		       : drp_manifest_release(m, (enum drp_group)r->group,
				 DRP_FAMILY_REGION, DRP_RELEASE_CORE);
}

static enum drp_err check_release(const struct drp_manifest *m,
	const struct drp_instrument *instrument, const struct drp_release *r,
	struct drp_diag *diag)
{
	struct drp_vector vector;
	if (r->map == DRP_MAP_COUNTS) {
		return DRP_OK;
	}
	const struct drp_release *drawn = drawn_of(m, r);
	uint32_t sigma2 = 0;
	drp_vector_make(&vector, instrument, (enum drp_group)r->group);
	if (!drawn || drawn->rho.num <= 0 || r->map != drawn->map ||
		drp_release_values(&vector, r) == 0 ||
		r->delta2 < drp_release_delta2(&vector, r) ||
		r->delta2 != drawn->delta2) {
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

/* One side's answer with all of a release's values. */
static enum drp_err check_opening(const struct drp_manifest *m,
	const struct drp_instrument *instrument, const struct drp_release *r,
	const struct drp_plan *plan, struct drp_diag *diag)
{
	struct drp_vector vector;
	size_t cohorts = 0;
	drp_vector_make(&vector, instrument, (enum drp_group)r->group);
	for (size_t c = 0; c < plan->n; c++) {
		cohorts += plan->cohort[c].open &&
			   plan->cohort[c].cohort.family == r->family;
	}
	size_t most = (DRP_MESSAGE_MAX_BYTES - AROUND_SHARES) / DRP_SHARE_BYTES;
	return cohorts * drp_release_values(&vector, r) <= most
		       ? DRP_OK
		       : drp_fail(diag, DRP_E_TOOBIG,
				 "campaign %s releases more values than a message holds",
				 m->id);
}

/* The noise of both aggregators is drawn for what the signed manifest allows, so that
 * must be a plan that opens something and nothing small: nobody corrects it later. */
static enum drp_err check_plan(const struct drp_manifest *m,
	const struct drp_instrument *instrument, int group, int *opens,
	struct drp_diag *diag)
{
	struct drp_task task;
	struct drp_plan plan;
	uint8_t *eligible = drp_alloc(m->n_units, 1);
	if (!eligible) {
		return drp_fail(diag, DRP_E_NOMEM, "no memory to check the plan");
	}
	for (uint32_t u = 0; u < m->n_units; u++) {
		eligible[u] = m->unit[u].eligible[group] > 0;
	}
	enum drp_err err = drp_plan_make(m, (enum drp_group)group, eligible, NULL,
		(1u << DRP_FAMILIES) - 1, &plan);
	if (err == DRP_OK) {
		*opens = 1;
		err = drp_audit_c(m, (enum drp_group)group, eligible, &plan, diag);
	} else if (err == DRP_E_TOO_FEW_SCHOOLS) {
		err = DRP_OK; /* then the group has nothing open */
	}
	drp_free(eligible);
	err = err ? drp_fail(diag, err, "campaign %s has no plan: %s", m->id,
			    drp_err_text(err))
		  : drp_task_make(m, instrument, (enum drp_group)group, &task, diag);
	for (uint16_t i = 0; err == DRP_OK && i < m->n_releases; i++) {
		if (m->release[i].group == group) {
			err = check_opening(m, instrument, &m->release[i], &plan, diag);
		}
	}
	return err;
}

static enum drp_err check_sealed(const struct drp_manifest *m,
	const struct drp_instrument *instrument, struct drp_diag *diag)
{
	enum drp_err err = DRP_OK;
	int opens = 0;
	for (int g = 0; err == DRP_OK && g < DRP_GROUPS; g++) {
		err = check_plan(m, instrument, g, &opens, diag);
	}
	return err || opens ? err
			    : drp_fail(diag, DRP_E_TOO_FEW_SCHOOLS,
				      "campaign %s can open nothing: too few schools or "
				      "boards, or one dominates, in every group",
				      m->id);
}

enum drp_err drp_policy_check(const struct drp_manifest *m,
	const struct drp_instrument *instrument, struct drp_diag *diag)
{
	enum drp_err err = check_thresholds(m, diag);
	err = err ? err : check_year(m, diag);
	for (uint16_t i = 0; err == DRP_OK && i < m->n_releases; i++) {
		err = check_release(m, instrument, &m->release[i], diag);
	}
	for (int g = 0; err == DRP_OK && g < DRP_GROUPS; g++) {
		err = check_budget(m, g, diag);
	}
	return err || m->track == DRP_TRACK_OPEN ? err
						 : check_sealed(m, instrument, diag);
}
