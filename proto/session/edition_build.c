/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/session/edition_build.h"

#include "proto/base/alloc.h"
#include "proto/estimate/estimate.h"
#include "proto/model/codes.h"
#include "proto/model/cohort.h"
#include "proto/privacy/gates.h"
#include "proto/session/school_cells.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SE_UNRELIABLE 0.15
#define CLASS_34      ((uint16_t)(1u << 3 | 1u << 4))
#define ALL_FAMILIES  ((1u << DRP_FAMILIES) - 1)

/* Everything about one group that the rows are made of. */
struct group_work {
	enum drp_group group;
	uint8_t *eligible;	  /* per unit: somebody could answer */
	uint8_t *came;		  /* ... a contribution came */
	uint8_t *valued;	  /* ... and it carries values */
	uint8_t *below;		  /* ... and it carries none */
	uint32_t *questionnaires; /* per unit */
	/* Each lies within the one before it: rules only ever remove. */
	struct drp_plan agreed;	 /* what the signed manifest allows */
	struct drp_plan numbers; /* opened numbers of questionnaires */
	struct drp_plan values;	 /* opened sums */
	struct drp_plan rest;	 /* numbers of the units below the threshold */
	unsigned value_families;
	uint32_t sigma2;
	size_t n_core;
	uint16_t core[DRP_ITEMS_MAX];
	int has_rates;
	struct drp_rates rates;
};

struct build {
	const struct drp_gathered *in;
	const struct drp_manifest *manifest;
	struct drp_edition *edition;
	uint8_t *took_part;	 /* per unit */
	uint8_t *seen;		 /* per school: scratch of count_schools */
	struct group_work *work; /* DRP_GROUPS */
	struct drp_diag *diag;
};

static const struct drp_contribution *contribution(
	const struct build *b, int group, uint32_t unit)
{
	return b->in->contribution[(size_t)group * b->manifest->n_units + unit];
}

/* ---- the working set and its plans ---- */

static enum drp_err gather_group(struct build *b, struct group_work *w, int group)
{
	uint32_t n = b->manifest->n_units;
	w->group = (enum drp_group)group;
	w->eligible = drp_alloc(n, 1);
	w->came = drp_alloc(n, 1);
	w->valued = drp_alloc(n, 1);
	w->below = drp_alloc(n, 1);
	w->questionnaires = drp_alloc(n, sizeof *w->questionnaires);
	if (!w->eligible || !w->came || !w->valued || !w->below || !w->questionnaires) {
		return drp_fail(b->diag, DRP_E_NOMEM, "no memory for the opening");
	}
	for (uint32_t u = 0; u < n; u++) {
		const struct drp_contribution *c = contribution(b, group, u);
		w->eligible[u] = b->manifest->unit[u].eligible[group] > 0;
		if (c) {
			w->came[u] = 1;
			w->valued[u] = c->n_values > 0;
			w->below[u] = c->n_values == 0;
			w->questionnaires[u] = c->questionnaires;
			b->took_part[u] = 1;
		}
	}
	w->n_core = drp_instrument_vector(
		b->in->instrument, w->group, DRP_ITEM_CORE, w->core);
	for (int f = 0; f < DRP_FAMILIES; f++) {
		const struct drp_release *r = drp_manifest_release(
			b->manifest, w->group, (enum drp_family)f, 0);
		if (r && r->map == DRP_MAP_PAIRS) {
			w->value_families |= 1u << f;
			w->sigma2 = r->sigma2;
		}
	}
	return DRP_OK;
}

/* A group that fails its gates is suppressed; anything else stops the opening. */
static enum drp_err settle(struct build *b, const struct group_work *w, enum drp_err err)
{
	if (err == DRP_OK || err == DRP_E_TOO_FEW_SCHOOLS ||
		err == DRP_E_TOO_FEW_SHEETS) {
		return DRP_OK;
	}
	return drp_fail(b->diag, err, "the gates cannot decide about group %d: %s",
		w->group, drp_err_text(err));
}

static enum drp_err narrow(struct build *b, const struct group_work *w,
	const uint8_t *member, unsigned families, const struct drp_plan *within,
	struct drp_plan *plan)
{
	return settle(b, w,
		drp_plan_narrow(b->manifest, w->group, member, w->questionnaires,
			families, within, plan));
}

/* The agreed plan is computed again from the manifest, as every node and auditor can;
 * each later one only narrows the one before. */
static enum drp_err plan_group(struct build *b, struct group_work *w)
{
	enum drp_err err = settle(b, w,
		drp_plan_make(b->manifest, w->group, w->eligible, NULL, ALL_FAMILIES,
			&w->agreed));
	err = err ? err : narrow(b, w, w->came, ALL_FAMILIES, &w->agreed, &w->numbers);
	err = err ? err
		  : narrow(b, w, w->valued, w->value_families, &w->numbers, &w->values);
	return err ? err
		   : narrow(b, w, w->below, w->value_families, &w->values, &w->rest);
}

static int opened(const struct drp_plan *p, const struct drp_cohort *cohort)
{
	if (cohort->family == DRP_FAMILY_LEVEL && cohort->levels == CLASS_34) {
		struct drp_cohort three = *cohort, four = *cohort;
		three.levels = 1u << 3;
		four.levels = 1u << 4;
		return opened(p, &three) && opened(p, &four);
	}
	const struct drp_planned *planned = drp_plan_find(p, cohort);
	return planned && planned->open;
}

/* ---- sums over a cohort ---- */

static uint32_t count_schools(
	const struct build *b, const uint8_t *member, const struct drp_cohort *cohort)
{
	uint8_t *seen = b->seen;
	uint32_t n = 0;
	memset(seen, 0, b->manifest->n_schools);
	for (uint32_t u = 0; u < b->manifest->n_units; u++) {
		const struct drp_unit *unit = &b->manifest->unit[u];
		if ((!member || member[u]) && drp_cohort_holds(cohort, unit) &&
			!seen[unit->school]) {
			seen[unit->school] = 1;
			n++;
		}
	}
	return n;
}

struct totals {
	uint64_t eligible, invited, questionnaires;
	uint32_t units, schools;
};

/* Totals of the member units in the cohort; eligible is over all registered units. */
static struct totals total(const struct build *b, const struct group_work *w,
	const uint8_t *member, const struct drp_cohort *cohort)
{
	struct totals t = {0};
	for (uint32_t u = 0; u < b->manifest->n_units; u++) {
		const struct drp_unit *unit = &b->manifest->unit[u];
		if (!drp_cohort_holds(cohort, unit)) {
			continue;
		}
		t.eligible += unit->eligible[w->group];
		if (member[u]) {
			t.invited += contribution(b, (int)w->group, u)->invited;
			t.questionnaires += w->questionnaires[u];
			t.units++;
		}
	}
	t.schools = count_schools(b, member, cohort);
	return t;
}

static void sum_values(const struct build *b, const struct group_work *w,
	const struct drp_cohort *cohort, int64_t *sums)
{
	memset(sums, 0, 2 * w->n_core * sizeof *sums);
	for (uint32_t u = 0; u < b->manifest->n_units; u++) {
		if (!w->valued[u] || !drp_cohort_holds(cohort, &b->manifest->unit[u])) {
			continue;
		}
		const struct drp_contribution *c = contribution(b, (int)w->group, u);
		for (size_t i = 0; i < 2 * w->n_core && i < c->n_values; i++) {
			sums[i] += c->value[i];
		}
	}
}

/* ---- rows ---- */

static struct drp_observation *row(struct build *b, int group,
	const struct drp_cohort *cohort, const char *area, const char *item,
	const char *measure)
{
	struct drp_observation *o = drp_edition_add(b->edition);
	if (!o) {
		return NULL;
	}
	o->family = (uint8_t)cohort->family;
	o->group = (uint8_t)group;
	drp_cohort_province(cohort, o->province);
	drp_cohort_level(cohort, o->level);
	drp_cohort_network(cohort, o->network);
	if (cohort->family == DRP_FAMILY_LEVEL && cohort->levels == CLASS_34) {
		snprintf(o->level, sizeof o->level, "34");
	}
	snprintf(o->area, sizeof o->area, "%s", area);
	snprintf(o->item, sizeof o->item, "%s", item);
	snprintf(o->measure, sizeof o->measure, "%s", measure);
	return o;
}

static enum drp_err number_row(struct build *b, int group,
	const struct drp_cohort *cohort, const char *measure, int shown, uint64_t value,
	uint32_t schools)
{
	struct drp_observation *o = row(b, group, cohort, "_T", "_T", measure);
	if (!o) {
		return DRP_E_NOMEM;
	}
	if (!shown) {
		o->status = DRP_SUPPRESSED;
		return DRP_OK;
	}
	snprintf(o->value, sizeof o->value, "%llu", (unsigned long long)value);
	snprintf(o->schools, sizeof o->schools, "%u", schools);
	if (strcmp(measure, "questionnaires") == 0) {
		snprintf(o->n, sizeof o->n, "%s", o->value);
	}
	return DRP_OK;
}

static enum drp_err percent_row(struct build *b, int group,
	const struct drp_cohort *cohort, int shown, uint64_t part, uint64_t whole,
	uint32_t schools)
{
	struct drp_observation *o = row(b, group, cohort, "_T", "_T", "coverage");
	if (!o) {
		return DRP_E_NOMEM;
	}
	if (!shown) {
		o->status = DRP_SUPPRESSED;
	} else if (whole == 0) {
		o->status = DRP_NOT_APPLICABLE;
	} else {
		snprintf(o->value, sizeof o->value, "%.2f",
			100.0 * (double)part / (double)whole);
		snprintf(o->schools, sizeof o->schools, "%u", schools);
	}
	return DRP_OK;
}

/* Whether a cohort's numbers of schools may be shown. */
struct school_rule {
	uint8_t registered, took_part;
};

static enum drp_err school_rows(
	struct build *b, const struct drp_cohort *cohort, struct school_rule rule)
{
	uint32_t took = count_schools(b, b->took_part, cohort);
	uint32_t registered = count_schools(b, NULL, cohort);
	enum drp_err err = number_row(b, DRP_GROUPS, cohort, "registered",
		rule.registered, registered, registered);
	if (err == DRP_OK) {
		err = number_row(
			b, DRP_GROUPS, cohort, "schools", rule.took_part, took, took);
	}
	if (err == DRP_OK) {
		err = percent_row(b, DRP_GROUPS, cohort,
			rule.registered && rule.took_part, took, registered, took);
	}
	return err;
}

/* Numbers of schools are public for one-way families whatever their size. */
static void school_rules(const struct build *b, enum drp_family family,
	const struct drp_cohort *cohorts, size_t n, struct school_rule *rule)
{
	uint32_t registered[DRP_COHORTS_MAX], took[DRP_COHORTS_MAX];
	uint8_t shown[2][DRP_COHORTS_MAX];
	uint32_t k = family == DRP_FAMILY_PROVINCE_LEVEL
			     ? b->manifest->thresholds.k_schools
			     : 0;
	for (size_t i = 0; i < n; i++) {
		registered[i] = count_schools(b, NULL, &cohorts[i]);
		took[i] = count_schools(b, b->took_part, &cohorts[i]);
	}
	drp_school_cells(cohorts, registered, n, k, shown[0]);
	drp_school_cells(cohorts, took, n, k, shown[1]);
	for (size_t i = 0; i < n; i++) {
		rule[i] = (struct school_rule){shown[0][i], shown[1][i]};
	}
}

static enum drp_err participation_rows(
	struct build *b, struct group_work *w, const struct drp_cohort *cohort)
{
	struct totals t = total(b, w, w->came, cohort);
	int shown = opened(&w->numbers, cohort);
	int g = (int)w->group;
	enum drp_err err =
		number_row(b, g, cohort, "eligible", shown, t.eligible, t.schools);
	if (err == DRP_OK) {
		err = number_row(b, g, cohort, "invited", shown, t.invited, t.schools);
	}
	if (err == DRP_OK) {
		err = number_row(b, g, cohort, "questionnaires", shown, t.questionnaires,
			t.schools);
	}
	if (err == DRP_OK) {
		err = percent_row(
			b, g, cohort, shown, t.questionnaires, t.eligible, t.schools);
	}
	return err;
}

static void fill_estimate(struct drp_observation *o, const struct drp_estimate *e)
{
	snprintf(o->value, sizeof o->value, "%.4f", e->value);
	snprintf(o->se, sizeof o->se, "%.4f", e->se);
	snprintf(o->low, sizeof o->low, "%.4f", e->low);
	snprintf(o->high, sizeof o->high, "%.4f", e->high);
	/* Decided on what is printed, so that a reader can check it. */
	if (strtod(o->se, NULL) > SE_UNRELIABLE) {
		o->status = DRP_UNRELIABLE;
	}
}

/* What the means of one cohort are made of. */
struct mean_work {
	struct group_work *w;
	const struct drp_cohort *cohort;
	enum drp_status status; /* DRP_SHOWN: values are open */
	int64_t sums[2 * DRP_ITEMS_MAX];
	struct totals totals;
	int show_n, region;
	double variance;
};

static enum drp_err mean_row(struct build *b, const struct mean_work *m, const char *area,
	const char *item, const struct drp_estimate *estimate)
{
	struct drp_observation *o =
		row(b, (int)m->w->group, m->cohort, area, item, "mean");
	if (!o) {
		return DRP_E_NOMEM;
	}
	if (m->status != DRP_SHOWN) {
		o->status = (char)m->status;
		return DRP_OK;
	}
	fill_estimate(o, estimate);
	snprintf(o->schools, sizeof o->schools, "%u", m->totals.schools);
	if (m->show_n) {
		snprintf(o->n, sizeof o->n, "%llu",
			(unsigned long long)m->totals.questionnaires);
	}
	return DRP_OK;
}

static enum drp_err item_means(struct build *b, const struct mean_work *m)
{
	const struct drp_instrument *in = b->in->instrument;
	enum drp_err err = DRP_OK;
	for (size_t i = 0; err == DRP_OK && i < m->w->n_core; i++) {
		const struct drp_item *item = &in->item[m->w->core[i]];
		struct drp_estimate e = {0};
		if (m->status == DRP_SHOWN) {
			err = drp_estimate_mean(&m->w->rates, i, (double)m->sums[2 * i],
				m->variance, (double)m->totals.questionnaires, m->region,
				&e);
		}
		if (err == DRP_OK) {
			err = mean_row(b, m, in->area[item->area].code, item->code, &e);
		}
	}
	return err;
}

static enum drp_err area_means(struct build *b, const struct mean_work *m)
{
	const struct drp_instrument *in = b->in->instrument;
	enum drp_err err = DRP_OK;
	for (int a = 0; err == DRP_OK && a < in->n_areas; a++) {
		uint16_t items[DRP_ITEMS_MAX];
		double sums[DRP_ITEMS_MAX];
		size_t n = 0;
		for (size_t i = 0; i < m->w->n_core; i++) {
			if (in->item[m->w->core[i]].area == a) {
				items[n] = (uint16_t)i;
				sums[n++] = (double)m->sums[2 * i];
			}
		}
		if (n == 0) {
			continue;
		}
		struct drp_estimate e = {0};
		if (m->status == DRP_SHOWN) {
			err = drp_estimate_area(&m->w->rates, items, sums, n, m->variance,
				(double)m->totals.questionnaires, m->region, &e);
		}
		if (err == DRP_OK) {
			err = mean_row(b, m, in->area[a].code, "_T", &e);
		}
	}
	return err;
}

static enum drp_err archive(struct build *b, const struct mean_work *m)
{
	struct drp_edition *e = b->edition;
	struct drp_opened *more =
		drp_realloc(e->opened, e->n_opened + 1, sizeof *e->opened);
	if (!more) {
		return DRP_E_NOMEM;
	}
	e->opened = more;
	struct drp_opened *o = &e->opened[e->n_opened];
	*o = (struct drp_opened){.group = (uint8_t)m->w->group,
		.cohort = *m->cohort,
		.draws = m->totals.units,
		.n_values = (uint32_t)(2 * m->w->n_core)};
	o->value = drp_alloc(o->n_values, sizeof *o->value);
	if (!o->value) {
		return DRP_E_NOMEM;
	}
	memcpy(o->value, m->sums, o->n_values * sizeof *o->value);
	e->n_opened++;
	return DRP_OK;
}

static enum drp_err mean_rows(
	struct build *b, struct group_work *w, const struct drp_cohort *cohort)
{
	struct mean_work *m = drp_alloc(1, sizeof *m);
	if (!m) {
		return DRP_E_NOMEM;
	}
	m->w = w;
	m->cohort = cohort;
	m->region = cohort->family == DRP_FAMILY_REGION;
	m->status = !(w->value_families & 1u << cohort->family)	 ? DRP_NOT_AVAILABLE
		    : opened(&w->values, cohort) && w->has_rates ? DRP_SHOWN
								 : DRP_SUPPRESSED;
	enum drp_err err = DRP_OK;
	if (m->status == DRP_SHOWN) {
		m->totals = total(b, w, w->valued, cohort);
		m->variance = (double)m->totals.units * w->sigma2;
		m->show_n = opened(&w->rest, cohort) ||
			    total(b, w, w->below, cohort).units == 0;
		sum_values(b, w, cohort, m->sums);
		err = archive(b, m);
	}
	if (err == DRP_OK) {
		err = area_means(b, m);
	}
	if (err == DRP_OK) {
		err = item_means(b, m);
	}
	drp_free(m);
	return err;
}

/* Distributions and additional areas do not exist on this track: the rows say so, so
 * that both tracks have the same keys. */
static enum drp_err share_rows(
	struct build *b, struct group_work *w, const struct drp_cohort *cohort)
{
	const struct drp_instrument *in = b->in->instrument;
	for (int kind = DRP_ITEM_CORE; kind <= DRP_ITEM_ADDITIONAL; kind++) {
		uint16_t items[DRP_ITEMS_MAX];
		size_t n = drp_instrument_vector(
			in, w->group, (enum drp_item_kind)kind, items);
		for (size_t i = 0; i < n; i++) {
			const struct drp_item *item = &in->item[items[i]];
			const struct drp_scale *scale = &in->scale[item->scale];
			int first = kind == DRP_ITEM_ADDITIONAL && scale->points ? 0 : 1;
			for (int s = scale->points ? first : 0;
				s <= scale->points + (scale->points && scale->has_na);
				s++) {
				char measure[DRP_CODE_MAX];
				if (scale->points == 0) {
					snprintf(measure, sizeof measure, "share_ticked");
				} else if (s == 0) {
					snprintf(measure, sizeof measure, "mean");
				} else if (s > scale->points) {
					snprintf(measure, sizeof measure, "share_na");
				} else {
					snprintf(measure, sizeof measure, "share_%d", s);
				}
				struct drp_observation *o = row(b, (int)w->group, cohort,
					in->area[item->area].code, item->code, measure);
				if (!o) {
					return DRP_E_NOMEM;
				}
				o->status = DRP_NOT_AVAILABLE;
			}
		}
	}
	return DRP_OK;
}

static enum drp_err cohort_rows(
	struct build *b, const struct drp_cohort *cohort, struct school_rule rule)
{
	enum drp_err err = school_rows(b, cohort, rule);
	for (int g = 0; err == DRP_OK && g < DRP_GROUPS; g++) {
		err = participation_rows(b, &b->work[g], cohort);
		if (err == DRP_OK) {
			err = mean_rows(b, &b->work[g], cohort);
		}
		if (err == DRP_OK && cohort->family == DRP_FAMILY_REGION) {
			err = share_rows(b, &b->work[g], cohort);
		}
	}
	return err;
}

/* The family's cohorts as the campaign cuts them: folded ones joined, by the rules. */
static size_t list_cohorts(
	const struct build *b, enum drp_family family, struct drp_cohort *cohorts)
{
	size_t n = drp_cohorts_list(family, b->manifest->unit, b->manifest->n_units,
		cohorts, DRP_COHORTS_MAX);
	const struct drp_plan *p = &b->work[DRP_TEACHER].agreed;
	size_t kept = 0;
	for (size_t i = 0; i < n; i++) {
		int folded = 0;
		for (size_t k = 0; k < p->n; k++) {
			const struct drp_cohort *c = &p->cohort[k].cohort;
			folded |= c->family == family &&
				  !drp_cohort_equal(c, &cohorts[i]) &&
				  (c->provinces & cohorts[i].provinces) ==
					  cohorts[i].provinces &&
				  (c->levels & cohorts[i].levels) == cohorts[i].levels &&
				  (c->networks & cohorts[i].networks) ==
					  cohorts[i].networks;
		}
		if (!folded) {
			cohorts[kept++] = cohorts[i];
		}
	}
	for (size_t k = 0; k < p->n && kept < DRP_COHORTS_MAX; k++) {
		int present = p->cohort[k].cohort.family != family;
		for (size_t i = 0; i < kept; i++) {
			present |= drp_cohort_equal(&cohorts[i], &p->cohort[k].cohort);
		}
		if (!present) {
			cohorts[kept++] = p->cohort[k].cohort;
		}
	}
	return kept;
}

static enum drp_err all_rows(struct build *b)
{
	struct drp_cohort *cohorts = drp_alloc(DRP_COHORTS_MAX, sizeof *cohorts);
	if (!cohorts) {
		return DRP_E_NOMEM;
	}
	enum drp_err err = DRP_OK;
	for (int f = 0; err == DRP_OK && f < DRP_FAMILIES; f++) {
		struct school_rule rule[DRP_COHORTS_MAX];
		size_t n = list_cohorts(b, (enum drp_family)f, cohorts);
		school_rules(b, (enum drp_family)f, cohorts, n, rule);
		int three = 0, four = 0;
		for (size_t i = 0; err == DRP_OK && i < n; i++) {
			three |= cohorts[i].levels == 1u << 3;
			four |= cohorts[i].levels == 1u << 4;
			err = cohort_rows(b, &cohorts[i], rule[i]);
		}
		if (err == DRP_OK && f == DRP_FAMILY_LEVEL && three && four) {
			struct drp_cohort joined = {
				.family = DRP_FAMILY_LEVEL, .levels = CLASS_34};
			err = cohort_rows(b, &joined, (struct school_rule){1, 1});
		}
	}
	drp_free(cohorts);
	return err;
}

/* ---- rates and accounting ---- */

static enum drp_err region_rates(struct build *b, struct group_work *w)
{
	const struct drp_cohort region = {.family = DRP_FAMILY_REGION};
	if (!opened(&w->values, &region)) {
		return DRP_OK;
	}
	int64_t *sums = drp_alloc(2 * DRP_ITEMS_MAX, sizeof *sums);
	int64_t valid[DRP_ITEMS_MAX];
	if (!sums) {
		return DRP_E_NOMEM;
	}
	sum_values(b, w, &region, sums);
	for (size_t i = 0; i < w->n_core; i++) {
		valid[i] = sums[2 * i + 1];
	}
	drp_free(sums);
	struct totals t = total(b, w, w->valued, &region);
	enum drp_err err = drp_rates_from_valid(valid, w->n_core,
		(double)t.units * w->sigma2, (double)t.questionnaires, &w->rates);
	w->has_rates = err == DRP_OK;
	return err;
}

static enum drp_err accounting(struct build *b)
{
	b->edition->accounting = drp_alloc(DRP_GROUPS, sizeof *b->edition->accounting);
	if (!b->edition->accounting) {
		return DRP_E_NOMEM;
	}
	for (int g = 0; g < DRP_GROUPS; g++) {
		const struct drp_release *r = drp_manifest_release(
			b->manifest, (enum drp_group)g, DRP_FAMILY_REGION, 0);
		if (!r) {
			continue;
		}
		uint32_t draws = 0;
		for (uint32_t u = 0; u < b->manifest->n_units; u++) {
			draws += b->work[g].valued[u];
		}
		b->edition->accounting[b->edition->n_accounting++] =
			(struct drp_accounting){.group = (uint8_t)g,
				.family = DRP_FAMILIES, /* all: one draw serves every
							   family */
				.map = r->map,
				.delta2 = r->delta2,
				.sigma2 = r->sigma2,
				.draws = draws,
				.rho = r->rho};
	}
	return DRP_OK;
}

static enum drp_err gate_region(struct build *b)
{
	struct drp_gate_facts facts;
	enum drp_err err = DRP_E_TOO_FEW_SCHOOLS;
	for (int g = 0; g < DRP_GROUPS && err; g++) {
		err = drp_gate_facts(b->manifest->unit, b->manifest->n_units,
			b->work[g].came, (enum drp_group)g, NULL, &facts);
		if (err == DRP_OK) {
			err = drp_gate_a(&facts, &b->manifest->thresholds);
		}
	}
	return err ? drp_fail(b->diag, DRP_E_TOO_FEW_SCHOOLS,
			     "the whole region has too few schools or boards, or one "
			     "dominates "
			     "(at least %u schools of %u boards); nothing was opened",
			     b->manifest->thresholds.k_schools,
			     b->manifest->thresholds.k_boards)
		   : DRP_OK;
}

static enum drp_err build_all(struct build *b)
{
	enum drp_err err = DRP_OK;
	for (int g = 0; err == DRP_OK && g < DRP_GROUPS; g++) {
		err = gather_group(b, &b->work[g], g);
	}
	err = err ? err : gate_region(b);
	for (int g = 0; err == DRP_OK && g < DRP_GROUPS; g++) {
		err = plan_group(b, &b->work[g]);
		err = err ? err : region_rates(b, &b->work[g]);
	}
	err = err ? err : accounting(b);
	if (err == DRP_OK) {
		const struct drp_cohort region = {.family = DRP_FAMILY_REGION};
		b->edition->schools_registered = b->manifest->n_schools;
		b->edition->schools_took_part = count_schools(b, b->took_part, &region);
		err = all_rows(b);
	}
	return err;
}

enum drp_err drp_edition_build(const struct drp_gathered *gathered, uint32_t number,
	int64_t now_s, struct drp_edition **edition, struct drp_diag *diag)
{
	struct build b = {.in = gathered, .manifest = gathered->manifest, .diag = diag};
	b.edition = drp_alloc(1, sizeof *b.edition);
	b.took_part = drp_alloc(gathered->manifest->n_units, 1);
	b.seen = drp_alloc(gathered->manifest->n_schools, 1);
	b.work = drp_alloc(DRP_GROUPS, sizeof *b.work);
	enum drp_err err = DRP_E_NOMEM;
	if (b.edition && b.took_part && b.seen && b.work) {
		err = build_all(&b);
	}
	for (int g = 0; b.work && g < DRP_GROUPS; g++) {
		drp_free(b.work[g].eligible);
		drp_free(b.work[g].came);
		drp_free(b.work[g].valued);
		drp_free(b.work[g].below);
		drp_free(b.work[g].questionnaires);
	}
	drp_free(b.work);
	drp_free(b.took_part);
	drp_free(b.seen);
	if (err) {
		drp_edition_free(b.edition);
		return drp_fail(diag, err, "the edition could not be built: %s",
			drp_err_text(err));
	}
	snprintf(b.edition->campaign, sizeof b.edition->campaign, "%s",
		gathered->manifest->id);
	b.edition->manifest = gathered->manifest->hash;
	b.edition->number = number;
	b.edition->created_s = now_s;
	*edition = b.edition;
	return DRP_OK;
}
