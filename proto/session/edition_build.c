/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/session/edition_build.h"

#include "proto/base/alloc.h"
#include "proto/model/codes.h"
#include "proto/model/cohort.h"
#include "proto/privacy/gates.h"
#include "proto/session/school_cells.h"
#include "proto/session/working_set.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SE_UNRELIABLE 0.15

struct build {
	struct drp_working_set set;
	struct drp_edition *edition;
};

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
	/* Joined for the parliamentary class, unless the campaign itself folds them. */
	if (cohort->family == DRP_FAMILY_LEVEL && cohort->levels == DRP_CLASS_34 &&
		!drp_plan_find(&b->set.group[DRP_TEACHER].agreed, cohort)) {
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
	uint32_t took = drp_working_schools(&b->set, b->set.took_part, cohort);
	uint32_t registered = drp_working_schools(&b->set, NULL, cohort);
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
			     ? b->set.manifest->thresholds.k_schools
			     : 0;
	for (size_t i = 0; i < n; i++) {
		registered[i] = drp_working_schools(&b->set, NULL, &cohorts[i]);
		took[i] = drp_working_schools(&b->set, b->set.took_part, &cohorts[i]);
	}
	drp_school_cells(cohorts, registered, n, k, shown[0]);
	drp_school_cells(cohorts, took, n, k, shown[1]);
	for (size_t i = 0; i < n; i++) {
		rule[i] = (struct school_rule){shown[0][i], shown[1][i]};
	}
}

static enum drp_err participation_rows(
	struct build *b, struct drp_group_work *w, const struct drp_cohort *cohort)
{
	struct drp_totals t = drp_working_totals(&b->set, w, w->came, cohort);
	int shown = drp_plan_opens(&w->numbers, cohort);
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
	struct drp_group_work *w;
	const struct drp_cohort *cohort;
	enum drp_status status; /* DRP_SHOWN: values are open */
	int64_t sums[2 * DRP_ITEMS_MAX];
	struct drp_totals totals;
	struct drp_behind behind;
	int region;
	double variance, doubt;
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
	if (m->behind.exact) {
		snprintf(o->n, sizeof o->n, "%llu",
			(unsigned long long)m->totals.questionnaires);
	}
	return DRP_OK;
}

static enum drp_err item_means(struct build *b, const struct mean_work *m)
{
	const struct drp_instrument *in = b->set.in->instrument;
	enum drp_err err = DRP_OK;
	for (size_t i = 0; err == DRP_OK && i < m->w->n_core; i++) {
		const struct drp_item *item = &in->item[m->w->core[i]];
		struct drp_estimate e = {0};
		if (m->status == DRP_SHOWN) {
			err = drp_estimate_mean(&m->w->rates, i, (double)m->sums[2 * i],
				m->variance, m->behind.n, m->region, &e);
			drp_estimate_widen(&e, m->doubt);
		}
		if (err == DRP_OK) {
			err = mean_row(b, m, in->area[item->area].code, item->code, &e);
		}
	}
	return err;
}

static enum drp_err area_means(struct build *b, const struct mean_work *m)
{
	const struct drp_instrument *in = b->set.in->instrument;
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
				m->behind.n, m->region, &e);
			drp_estimate_widen(&e, m->doubt);
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
	struct build *b, struct drp_group_work *w, const struct drp_cohort *cohort)
{
	struct mean_work *m = drp_alloc(1, sizeof *m);
	if (!m) {
		return DRP_E_NOMEM;
	}
	m->w = w;
	m->cohort = cohort;
	m->region = cohort->family == DRP_FAMILY_REGION;
	m->status = !(w->value_families & 1u << cohort->family) ? DRP_NOT_AVAILABLE
		    : drp_plan_opens(&w->values, cohort) && w->has_rates ? DRP_SHOWN
									 : DRP_SUPPRESSED;
	enum drp_err err = DRP_OK;
	if (m->status == DRP_SHOWN) {
		m->totals = drp_working_totals(&b->set, w, w->valued, cohort);
		m->variance = (double)m->totals.units * w->sigma2;
		m->behind = drp_working_behind(&b->set, w, cohort);
		/* The region's own n cancels against its rates. */
		m->doubt = m->region ? 0 : m->behind.doubt + w->rates_doubt;
		drp_working_sums(&b->set, w, cohort, m->sums);
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

/* The measures of one item that a distribution has: a mean (additional areas; core items
 * have theirs above), each point and "not applicable", or the ticks. */
static size_t share_measures(const struct drp_scale *scale, int with_mean,
	char measure[DRP_POINTS_MAX + 2][DRP_CODE_MAX])
{
	size_t n = 0;
	if (scale->points == 0) {
		snprintf(measure[n++], DRP_CODE_MAX, "share_ticked");
		return n;
	}
	if (with_mean) {
		snprintf(measure[n++], DRP_CODE_MAX, "mean");
	}
	for (int point = 1; point <= scale->points; point++) {
		snprintf(measure[n++], DRP_CODE_MAX, "share_%d", point);
	}
	if (scale->has_na) {
		snprintf(measure[n++], DRP_CODE_MAX, "share_na");
	}
	return n;
}

static enum drp_err absent_rows(struct build *b, int group,
	const struct drp_cohort *cohort, const struct drp_item *item, int with_mean)
{
	const struct drp_instrument *in = b->set.in->instrument;
	char measure[DRP_POINTS_MAX + 2][DRP_CODE_MAX];
	size_t n = share_measures(&in->scale[item->scale], with_mean, measure);
	for (size_t i = 0; i < n; i++) {
		struct drp_observation *o = row(b, group, cohort,
			in->area[item->area].code, item->code, measure[i]);
		if (!o) {
			return DRP_E_NOMEM;
		}
		o->status = DRP_NOT_AVAILABLE;
	}
	return DRP_OK;
}

/* Distributions and additional areas do not exist on this track: the rows say so, so
 * that both tracks have the same keys. */
static enum drp_err share_rows(
	struct build *b, struct drp_group_work *w, const struct drp_cohort *cohort)
{
	const struct drp_instrument *in = b->set.in->instrument;
	enum drp_err err = DRP_OK;
	for (int kind = DRP_ITEM_CORE; kind <= DRP_ITEM_ADDITIONAL; kind++) {
		uint16_t items[DRP_ITEMS_MAX];
		size_t n = drp_instrument_vector(
			in, w->group, (enum drp_item_kind)kind, items);
		for (size_t i = 0; err == DRP_OK && i < n; i++) {
			err = absent_rows(b, (int)w->group, cohort, &in->item[items[i]],
				kind == DRP_ITEM_ADDITIONAL);
		}
	}
	return err;
}

static enum drp_err cohort_rows(
	struct build *b, const struct drp_cohort *cohort, struct school_rule rule)
{
	enum drp_err err = school_rows(b, cohort, rule);
	for (int g = 0; err == DRP_OK && g < DRP_GROUPS; g++) {
		err = participation_rows(b, &b->set.group[g], cohort);
		if (err == DRP_OK) {
			err = mean_rows(b, &b->set.group[g], cohort);
		}
		if (err == DRP_OK && cohort->family == DRP_FAMILY_REGION) {
			err = share_rows(b, &b->set.group[g], cohort);
		}
	}
	return err;
}

/* The family's cohorts as the campaign cuts them: folded ones joined, by the rules. */
static size_t list_cohorts(
	const struct build *b, enum drp_family family, struct drp_cohort *cohorts)
{
	size_t n = drp_cohorts_list(family, b->set.manifest->unit,
		b->set.manifest->n_units, cohorts, DRP_COHORTS_MAX);
	const struct drp_plan *p = &b->set.group[DRP_TEACHER].agreed;
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
				.family = DRP_FAMILY_LEVEL, .levels = DRP_CLASS_34};
			err = cohort_rows(b, &joined, (struct school_rule){1, 1});
		}
	}
	drp_free(cohorts);
	return err;
}

/* How many draws stand behind a value of the region; none when none is shown, or the
 * number of units at or above the threshold would show instead. */
static uint32_t region_draws(const struct build *b, const struct drp_group_work *w)
{
	const struct drp_cohort region = {.family = DRP_FAMILY_REGION};
	return drp_plan_opens(&w->values, &region)
		       ? drp_working_totals(&b->set, w, w->valued, &region).units
		       : 0;
}

static enum drp_err accounting(struct build *b)
{
	b->edition->accounting = drp_alloc(DRP_GROUPS, sizeof *b->edition->accounting);
	if (!b->edition->accounting) {
		return DRP_E_NOMEM;
	}
	for (int g = 0; g < DRP_GROUPS; g++) {
		const struct drp_release *r = drp_manifest_release(b->set.manifest,
			(enum drp_group)g, DRP_FAMILY_REGION, DRP_RELEASE_CORE);
		if (!r) {
			continue;
		}
		b->edition->accounting[b->edition->n_accounting++] =
			(struct drp_accounting){.group = (uint8_t)g,
				.family = DRP_FAMILIES, /* all: one draw serves every
							   family */
				.map = r->map,
				.delta2 = r->delta2,
				.sigma2 = r->sigma2,
				.draws = region_draws(b, &b->set.group[g]),
				.rho = r->rho};
	}
	return DRP_OK;
}

static enum drp_err build_all(struct build *b)
{
	const struct drp_cohort region = {.family = DRP_FAMILY_REGION};
	b->edition->schools_registered = b->set.manifest->n_schools;
	b->edition->schools_took_part =
		drp_working_schools(&b->set, b->set.took_part, &region);
	enum drp_err err = accounting(b);
	return err ? err : all_rows(b);
}

static void name(struct drp_edition *e, const struct drp_manifest *m, uint32_t number,
	int64_t now_s)
{
	snprintf(e->campaign, sizeof e->campaign, "%s", m->id);
	e->manifest = m->hash;
	e->number = number;
	e->created_s = now_s;
}

enum drp_err drp_edition_build(const struct drp_gathered *gathered, uint32_t number,
	int64_t now_s, struct drp_edition **edition, struct drp_diag *diag)
{
	struct build *b = drp_alloc(1, sizeof *b);
	if (!b) {
		return drp_fail(diag, DRP_E_NOMEM, "no memory for the opening");
	}
	enum drp_err err = drp_working_set_init(&b->set, gathered, diag);
	if (err == DRP_OK) {
		b->edition = drp_alloc(1, sizeof *b->edition);
		err = b->edition ? build_all(b) : DRP_E_NOMEM;
	}
	if (err == DRP_OK) {
		name(b->edition, gathered->manifest, number, now_s);
		*edition = b->edition;
	} else {
		drp_edition_free(b->edition);
		drp_fail(diag, err, "the edition could not be built: %s",
			drp_err_text(err));
	}
	drp_working_set_clear(&b->set);
	drp_free(b);
	return err;
}
