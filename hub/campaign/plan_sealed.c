/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/campaign/plan_sealed.h"

#include "proto/estimate/estimate.h"
#include "proto/model/codes.h"
#include "proto/model/cohort.h"
#include "proto/model/vector.h"
#include "proto/privacy/rational.h"
#include "proto/privacy/sensitivity.h"

#include <math.h>
#include <string.h>

#define DRAWS 2

/* One planned release: its part of the group's budget, in percent. Rows of one family
 * with the same part `joint` are one vector: their part is of all of them together and
 * is split by sensitivity, so that each of their values has the same noise. */
struct row {
	uint8_t family, map, items;
	uint8_t percent;
	uint8_t joint; /* 0: alone */
};

#define ROWS_MAX 8

static const struct row plan[DRP_GROUPS][ROWS_MAX] = {
	[DRP_LEADER] = {{DRP_FAMILY_REGION, DRP_MAP_PAIRS, DRP_RELEASE_CORE, 100, 1},
		{DRP_FAMILY_REGION, DRP_MAP_TICKS, DRP_RELEASE_TICKS, 100, 1},
		{DRP_FAMILY_PROVINCE, DRP_MAP_COUNTS, DRP_RELEASE_CORE, 0, 0},
		{DRP_FAMILY_LEVEL, DRP_MAP_COUNTS, DRP_RELEASE_CORE, 0, 0},
		{DRP_FAMILY_NETWORK, DRP_MAP_COUNTS, DRP_RELEASE_CORE, 0, 0},
		{DRP_FAMILY_PROVINCE_LEVEL, DRP_MAP_COUNTS, DRP_RELEASE_CORE, 0, 0}},
	[DRP_TEACHER] = {{DRP_FAMILY_REGION, DRP_MAP_HISTOGRAM, DRP_RELEASE_CORE, 22, 0},
		{DRP_FAMILY_REGION, DRP_MAP_SUMS, DRP_RELEASE_ADDITIONAL, 8, 1},
		{DRP_FAMILY_REGION, DRP_MAP_TICKS, DRP_RELEASE_TICKS, 8, 1},
		{DRP_FAMILY_PROVINCE, DRP_MAP_SUMS, DRP_RELEASE_CORE, 35, 0},
		{DRP_FAMILY_LEVEL, DRP_MAP_SUMS, DRP_RELEASE_CORE, 20, 0},
		{DRP_FAMILY_NETWORK, DRP_MAP_SUMS, DRP_RELEASE_CORE, 15, 0},
		{DRP_FAMILY_PROVINCE_LEVEL, DRP_MAP_COUNTS, DRP_RELEASE_CORE, 0, 0}},
	[DRP_PUPIL] = {{DRP_FAMILY_REGION, DRP_MAP_HISTOGRAM, DRP_RELEASE_CORE, 11, 0},
		{DRP_FAMILY_REGION, DRP_MAP_SUMS, DRP_RELEASE_ADDITIONAL, 4, 0},
		{DRP_FAMILY_PROVINCE, DRP_MAP_SUMS, DRP_RELEASE_CORE, 30, 0},
		{DRP_FAMILY_LEVEL, DRP_MAP_SUMS, DRP_RELEASE_CORE, 15, 0},
		{DRP_FAMILY_NETWORK, DRP_MAP_SUMS, DRP_RELEASE_CORE, 15, 0},
		{DRP_FAMILY_PROVINCE_LEVEL, DRP_MAP_SUMS, DRP_RELEASE_CORE, 25, 0}},
};

/* The rows of one group with what they come to for an instrument. */
struct share_out {
	const struct row
		*row; /* ROWS_MAX; unused ones have no map but counts of region */
	uint32_t delta2[ROWS_MAX];
	uint8_t used[ROWS_MAX];
	struct drp_rational part[ROWS_MAX];
};

static int is_row(const struct row *r)
{
	return r->percent > 0 || r->family != DRP_FAMILY_REGION;
}

static void measure(const struct drp_vector *vector, int group, struct share_out *s)
{
	memset(s, 0, sizeof *s);
	s->row = plan[group];
	for (int i = 0; i < ROWS_MAX; i++) {
		const struct row *r = &s->row[i];
		const struct drp_release release = {.group = (uint8_t)group,
			.family = r->family,
			.map = r->map,
			.items = r->items};
		if (is_row(r)) {
			s->delta2[i] = r->map == DRP_MAP_COUNTS
					       ? 0
					       : drp_release_delta2(vector, &release);
			s->used[i] = r->map == DRP_MAP_COUNTS || s->delta2[i] > 0;
		}
	}
}

/* What row i's percentage is shared by, and its own part of that. */
static enum drp_err own_part(const struct share_out *s, int i, struct drp_rational *part)
{
	const struct row *r = &s->row[i];
	uint32_t all = 0;
	for (int k = 0; k < ROWS_MAX; k++) {
		if (s->used[k] && (k == i || (r->joint && s->row[k].joint == r->joint))) {
			all += s->delta2[k];
		}
	}
	struct drp_rational percent, split;
	enum drp_err err = drp_rational_make(r->percent, 100, &percent);
	err = err ? err : drp_rational_make(s->delta2[i], all, &split);
	return err ? err : drp_rational_mul(percent, split, part);
}

/* The region's core items, row 0, take what nobody else has a use for. */
static enum drp_err share(struct share_out *s)
{
	struct drp_rational others = {0, 1}, minus;
	enum drp_err err = DRP_OK;
	for (int i = 1; err == DRP_OK && i < ROWS_MAX; i++) {
		s->part[i] = (struct drp_rational){0, 1};
		if (s->used[i] && s->row[i].map != DRP_MAP_COUNTS) {
			err = own_part(s, i, &s->part[i]);
			err = err ? err : drp_rational_add(others, s->part[i], &others);
		}
	}
	minus = (struct drp_rational){-others.num, others.den};
	return err ? err
		   : drp_rational_add((struct drp_rational){1, 1}, minus, &s->part[0]);
}

static enum drp_err add_release(
	struct drp_manifest *m, int group, const struct share_out *s, int i)
{
	const struct row *row = &s->row[i];
	struct drp_release r = {.group = (uint8_t)group,
		.family = row->family,
		.map = row->map,
		.items = row->items,
		.rho = {0, 1},
		.delta2 = s->delta2[i]};
	enum drp_err err = DRP_OK;
	if (row->map != DRP_MAP_COUNTS) {
		err = drp_rational_mul(m->rho[group], s->part[i], &r.rho);
		err = err ? err : drp_sigma2_for(r.delta2, r.rho, &r.sigma2);
	}
	if (err == DRP_OK) {
		m->release[m->n_releases++] = r;
	}
	return err;
}

enum drp_err drp_plan_sealed(const struct drp_instrument *instrument,
	struct drp_manifest *m, struct drp_diag *diag)
{
	enum drp_err err = DRP_OK;
	_Static_assert(DRP_GROUPS * ROWS_MAX <= DRP_RELEASES_MAX, "all rows fit");
	m->n_releases = 0;
	for (int g = 0; err == DRP_OK && g < DRP_GROUPS; g++) {
		struct drp_vector vector;
		struct share_out s;
		drp_vector_make(&vector, instrument, (enum drp_group)g);
		measure(&vector, g, &s);
		if (!s.used[0]) {
			continue; /* the instrument asks this group nothing */
		}
		err = share(&s);
		for (int i = 0; err == DRP_OK && i < ROWS_MAX; i++) {
			err = s.used[i] ? add_release(m, g, &s, i) : DRP_OK;
		}
		if (err) {
			drp_fail(diag, err,
				"the budget of group %s cannot be shared out: %s",
				drp_group_code(g), drp_err_text(err));
		}
	}
	return err;
}

/* ---- what to expect ---- */

/* Of a histogram the sum of x - 3 over five points has 10 times the noise variance of
 * one count; a sum of its own has that of one number. */
static double draws_behind_a_sum(const struct drp_release *r)
{
	return DRAWS * (r->map == DRP_MAP_HISTOGRAM ? 10.0 : 1.0);
}

static void expect_release(const struct drp_manifest *m, const struct drp_release *r,
	double response, struct drp_buf *report)
{
	struct drp_cohort cohorts[DRP_COHORTS_MAX];
	size_t n = drp_cohorts_list((enum drp_family)r->family, m->unit, m->n_units,
		cohorts, DRP_COHORTS_MAX);
	double best = INFINITY, worst = 0;
	for (size_t c = 0; c < n; c++) {
		double answers = 0;
		for (uint32_t u = 0; u < m->n_units; u++) {
			if (drp_cohort_holds(&cohorts[c], &m->unit[u])) {
				answers += m->unit[u].eligible[r->group] * response;
			}
		}
		if (answers < m->thresholds.k_respondents[r->group]) {
			continue;
		}
		double se = drp_estimate_expected_se(
			r->sigma2, draws_behind_a_sum(r), answers);
		best = fmin(best, se);
		worst = fmax(worst, se);
	}
	drp_buf_printf(report, "%-8s %-15s ", drp_group_code(r->group),
		drp_family_code(r->family));
	if (best == INFINITY) {
		drp_buf_text(report, "no cohort reaches the threshold: numbers only\n");
	} else {
		drp_buf_printf(report, "%.3f to %.3f%s\n", best, worst,
			best > 0.15 ? "  (unreliable)" : "");
	}
}

void drp_plan_sealed_expect(
	const struct drp_manifest *m, double response, struct drp_buf *report)
{
	for (uint16_t i = 0; i < m->n_releases; i++) {
		const struct drp_release *r = &m->release[i];
		if (r->items != DRP_RELEASE_CORE) {
			continue;
		}
		if (r->map == DRP_MAP_COUNTS) {
			drp_buf_printf(report, "%-8s %-15s numbers only\n",
				drp_group_code(r->group), drp_family_code(r->family));
		} else {
			expect_release(m, r, response, report);
		}
	}
}
