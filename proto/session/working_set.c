/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/session/working_set.h"

#include "proto/base/alloc.h"
#include "proto/session/school_cells.h"

#include <string.h>

#define ALL_FAMILIES ((1u << DRP_FAMILIES) - 1)

static const struct drp_contribution *contribution(
	const struct drp_working_set *set, int group, uint32_t unit)
{
	return set->in->contribution[(size_t)group * set->manifest->n_units + unit];
}

static enum drp_err gather_group(
	struct drp_working_set *set, struct drp_group_work *w, int group)
{
	uint32_t n = set->manifest->n_units;
	w->group = (enum drp_group)group;
	w->eligible = drp_alloc(n, 1);
	w->came = drp_alloc(n, 1);
	w->valued = drp_alloc(n, 1);
	w->below = drp_alloc(n, 1);
	w->questionnaires = drp_alloc(n, sizeof *w->questionnaires);
	if (!w->eligible || !w->came || !w->valued || !w->below || !w->questionnaires) {
		return drp_fail(set->diag, DRP_E_NOMEM, "no memory for the opening");
	}
	for (uint32_t u = 0; u < n; u++) {
		const struct drp_contribution *c = contribution(set, group, u);
		w->eligible[u] = set->manifest->unit[u].eligible[group] > 0;
		if (c) {
			w->came[u] = 1;
			w->valued[u] = c->n_values > 0;
			w->below[u] = c->n_values == 0;
			w->questionnaires[u] = c->questionnaires;
			set->took_part[u] = 1;
		}
	}
	w->n_core = drp_instrument_vector(
		set->in->instrument, w->group, DRP_ITEM_CORE, w->core);
	for (int f = 0; f < DRP_FAMILIES; f++) {
		const struct drp_release *r = drp_manifest_release(
			set->manifest, w->group, (enum drp_family)f, DRP_RELEASE_CORE);
		if (r && r->map == DRP_MAP_PAIRS) {
			w->value_families |= 1u << f;
			w->sigma2 = r->sigma2;
		}
	}
	return DRP_OK;
}

/* A group that fails its gates is suppressed; anything else stops the opening. */
static enum drp_err settle(
	struct drp_working_set *set, const struct drp_group_work *w, enum drp_err err)
{
	if (err == DRP_OK || err == DRP_E_TOO_FEW_SCHOOLS ||
		err == DRP_E_TOO_FEW_SHEETS) {
		return DRP_OK;
	}
	return drp_fail(set->diag, err, "the gates cannot decide about group %d: %s",
		w->group, drp_err_text(err));
}

static enum drp_err narrow(struct drp_working_set *set, const struct drp_group_work *w,
	const uint8_t *member, unsigned families, const struct drp_plan *within,
	struct drp_plan *plan)
{
	return settle(set, w,
		drp_plan_narrow(set->manifest, w->group, member, w->questionnaires,
			families, within, plan));
}

static int has_members(const struct drp_working_set *set, const uint8_t *member,
	const struct drp_cohort *cohort)
{
	for (uint32_t u = 0; u < set->manifest->n_units; u++) {
		if (member[u] && drp_cohort_holds(cohort, &set->manifest->unit[u])) {
			return 1;
		}
	}
	return 0;
}

/* The number behind values has a remainder of its own: the units below the threshold,
 * which the total has and it has not. That must pass the gates or be nothing; and both
 * kinds of numbers together must pass audit C. */
static enum drp_err plan_behind(struct drp_working_set *set, struct drp_group_work *w)
{
	struct drp_plan rest;
	uint8_t *kind = drp_alloc(set->manifest->n_units, 1);
	if (!kind) {
		return drp_fail(set->diag, DRP_E_NOMEM, "no memory for the opening");
	}
	enum drp_err err = narrow(set, w, w->below, w->value_families, &w->values, &rest);
	for (uint32_t u = 0; u < set->manifest->n_units; u++) {
		kind[u] = (uint8_t)(w->valued[u] + 2 * w->below[u]);
	}
	w->behind = w->values;
	for (size_t i = 0; err == DRP_OK && i < rest.n; i++) {
		struct drp_planned *behind = &w->behind.cohort[i];
		behind->open = behind->open &&
			       (rest.cohort[i].open ||
				       !has_members(set, w->below, &behind->cohort));
	}
	err = err ? err
		  : drp_plan_part(set->manifest, w->group, kind, w->questionnaires,
			    &w->numbers, &w->behind);
	drp_free(kind);
	return settle(set, w, err);
}

/* The agreed plan is computed again from the manifest, as every node and auditor can;
 * each later one only narrows the one before. */
static enum drp_err plan_group(struct drp_working_set *set, struct drp_group_work *w)
{
	enum drp_err err = settle(set, w,
		drp_plan_make(set->manifest, w->group, w->eligible, NULL, ALL_FAMILIES,
			&w->agreed));
	err = err ? err : narrow(set, w, w->came, ALL_FAMILIES, &w->agreed, &w->numbers);
	err = err ? err
		  : narrow(set, w, w->valued, w->value_families, &w->numbers, &w->values);
	return err ? err : plan_behind(set, w);
}

/* Totals of the member units in the cohort; eligible is over all registered units. */
struct drp_totals drp_working_totals(const struct drp_working_set *set,
	const struct drp_group_work *w, const uint8_t *member,
	const struct drp_cohort *cohort)
{
	struct drp_totals t = {0};
	for (uint32_t u = 0; u < set->manifest->n_units; u++) {
		const struct drp_unit *unit = &set->manifest->unit[u];
		if (!drp_cohort_holds(cohort, unit)) {
			continue;
		}
		t.eligible += unit->eligible[w->group];
		if (member[u]) {
			t.invited += contribution(set, (int)w->group, u)->invited;
			t.questionnaires += w->questionnaires[u];
			t.units++;
		}
	}
	t.schools = drp_schools_count(set->manifest, member, cohort, set->seen);
	return t;
}

struct drp_behind drp_working_behind(const struct drp_working_set *set,
	const struct drp_group_work *w, const struct drp_cohort *cohort)
{
	struct drp_totals valued = drp_working_totals(set, w, w->valued, cohort);
	if (drp_plan_opens(&w->behind, cohort)) {
		return (struct drp_behind){1, (double)valued.questionnaires, 0};
	}
	double all = (double)drp_working_totals(set, w, w->came, cohort).questionnaires;
	double below = drp_working_totals(set, w, w->below, cohort).units;
	double k = set->manifest->thresholds.k_unit[w->group];
	double least = valued.units * k, most = all - below;
	if (least < all - below * (k - 1)) {
		least = all - below * (k - 1);
	}
	if (most < least) { /* only when a unit says that it has no questionnaires */
		most = least;
	}
	double n = (least + most) / 2, width = most - least;
	return (struct drp_behind){0, n, width * width / 12 / (n * n)};
}

void drp_working_sums(const struct drp_working_set *set, const struct drp_group_work *w,
	const struct drp_cohort *cohort, int64_t *sums)
{
	memset(sums, 0, 2 * w->n_core * sizeof *sums);
	for (uint32_t u = 0; u < set->manifest->n_units; u++) {
		if (!w->valued[u] || !drp_cohort_holds(cohort, &set->manifest->unit[u])) {
			continue;
		}
		const struct drp_contribution *c = contribution(set, (int)w->group, u);
		for (size_t i = 0; i < 2 * w->n_core && i < c->n_values; i++) {
			sums[i] += c->value[i];
		}
	}
}

static enum drp_err region_rates(struct drp_working_set *set, struct drp_group_work *w)
{
	const struct drp_cohort region = {.family = DRP_FAMILY_REGION};
	if (!drp_plan_opens(&w->values, &region)) {
		return DRP_OK;
	}
	int64_t *sums = drp_alloc(2 * DRP_ITEMS_MAX, sizeof *sums);
	int64_t valid[DRP_ITEMS_MAX];
	if (!sums) {
		return DRP_E_NOMEM;
	}
	drp_working_sums(set, w, &region, sums);
	for (size_t i = 0; i < w->n_core; i++) {
		valid[i] = sums[2 * i + 1];
	}
	drp_free(sums);
	struct drp_totals t = drp_working_totals(set, w, w->valued, &region);
	struct drp_behind behind = drp_working_behind(set, w, &region);
	enum drp_err err = drp_rates_from_valid(
		valid, w->n_core, (double)t.units * w->sigma2, behind.n, &w->rates);
	w->rates_doubt = behind.doubt;
	w->has_rates = err == DRP_OK;
	return err;
}

static enum drp_err gate_region(struct drp_working_set *set)
{
	const struct drp_thresholds *t = &set->manifest->thresholds;
	for (int g = 0; g < DRP_GROUPS; g++) {
		struct drp_gate_facts facts;
		enum drp_err err =
			drp_gate_facts(set->manifest->unit, set->manifest->n_units,
				set->group[g].came, (enum drp_group)g, NULL, &facts);
		err = err ? err : drp_gate_a(&facts, t);
		if (err == DRP_OK) {
			return DRP_OK;
		}
		if (err != DRP_E_TOO_FEW_SCHOOLS) {
			return drp_fail(set->diag, err,
				"the gates cannot decide about the region: %s",
				drp_err_text(err));
		}
	}
	return drp_fail(set->diag, DRP_E_TOO_FEW_SCHOOLS,
		"the whole region has too few schools or boards, or one dominates "
		"(at least %u schools of %u boards); nothing was opened",
		t->k_schools, t->k_boards);
}

enum drp_err drp_working_set_init(
	struct drp_working_set *set, const struct drp_gathered *in, struct drp_diag *diag)
{
	memset(set, 0, sizeof *set);
	set->in = in;
	set->manifest = in->manifest;
	set->diag = diag;
	set->took_part = drp_alloc(in->manifest->n_units, 1);
	set->seen = drp_alloc(in->manifest->n_schools, 1);
	enum drp_err err = set->took_part && set->seen ? DRP_OK : DRP_E_NOMEM;
	for (int g = 0; err == DRP_OK && g < DRP_GROUPS; g++) {
		err = gather_group(set, &set->group[g], g);
	}
	err = err ? err : gate_region(set);
	for (int g = 0; err == DRP_OK && g < DRP_GROUPS; g++) {
		err = plan_group(set, &set->group[g]);
		err = err ? err : region_rates(set, &set->group[g]);
	}
	return err;
}

void drp_working_set_clear(struct drp_working_set *set)
{
	for (int g = 0; g < DRP_GROUPS; g++) {
		drp_free(set->group[g].eligible);
		drp_free(set->group[g].came);
		drp_free(set->group[g].valued);
		drp_free(set->group[g].below);
		drp_free(set->group[g].questionnaires);
	}
	drp_free(set->took_part);
	drp_free(set->seen);
}
