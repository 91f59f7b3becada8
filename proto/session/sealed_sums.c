/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/session/sealed_sums.h"

#include "proto/base/alloc.h"
#include "proto/model/cohort.h"

const struct drp_plan *drp_sealed_plan(const struct drp_sealed_sums *s)
{
	return &s->opening->group[s->vector.group].values;
}

double drp_sealed_variance(const struct drp_release *release)
{
	return (double)DRP_SEALED_DRAWS * release->sigma2;
}

const int64_t *drp_sealed_opened(
	const struct drp_sealed_sums *s, const struct drp_release *release, size_t at)
{
	const struct drp_plan *plan = drp_sealed_plan(s);
	const struct drp_manifest *m = s->opening->manifest;
	const int64_t *values =
		s->opening->opened ? s->opening->opened[release - m->release] : NULL;
	if (!values || !plan->cohort[at].open ||
		plan->cohort[at].cohort.family != (enum drp_family)release->family) {
		return NULL;
	}
	size_t width = drp_release_values(&s->vector, release);
	for (size_t i = 0; i < at; i++) {
		if (plan->cohort[i].open && plan->cohort[i].cohort.family ==
						    (enum drp_family)release->family) {
			values += width;
		}
	}
	return values;
}

const struct drp_release *drp_sealed_release(
	const struct drp_sealed_sums *s, int family, enum drp_release_items items)
{
	const struct drp_release *r = drp_manifest_release(
		s->opening->manifest, s->vector.group, (enum drp_family)family, items);
	return r && r->map != DRP_MAP_COUNTS ? r : NULL;
}

static size_t place_of(const struct drp_plan *plan, const struct drp_cohort *cohort)
{
	const struct drp_planned *p = drp_plan_find(plan, cohort);
	return p ? (size_t)(p - plan->cohort) : plan->n;
}

/* ---- core items: sums and rates ---- */

/* Where an item's counters begin among the values of a histogram of core items. */
static size_t histogram_offset(const struct drp_vector *v, size_t item)
{
	size_t at = 0;
	for (size_t i = 0; i < item; i++) {
		at += (size_t)v->points[i] + v->has_na[i];
	}
	return at;
}

/* The sum of x - 3 and the number of valid answers in one item's counters, with the
 * variances that they have when each counter has variance v. On a scale whose middle is
 * 3 the two are uncorrelated. */
static void of_counters(const int64_t *counter, uint8_t points, double v,
	struct drp_measured *sum, struct drp_measured *valid)
{
	*sum = *valid = (struct drp_measured){0, 0};
	for (int x = 1; x <= points; x++) {
		sum->value += (x - 3) * (double)counter[x - 1];
		sum->variance += (x - 3) * (x - 3) * v;
		valid->value += (double)counter[x - 1];
		valid->variance += v;
	}
}

static void read_item(const struct drp_sealed_sums *s, const struct drp_release *r,
	const int64_t *values, size_t item, struct drp_measured *sum,
	struct drp_measured *valid)
{
	const struct drp_vector *v = &s->vector;
	double variance = drp_sealed_variance(r);
	switch (r->map) {
	case DRP_MAP_HISTOGRAM:
		of_counters(values + histogram_offset(v, item), v->points[item], variance,
			sum, valid);
		break;
	case DRP_MAP_PAIRS:
		*sum = (struct drp_measured){(double)values[2 * item], variance};
		*valid = (struct drp_measured){(double)values[2 * item + 1], variance};
		break;
	default: /* DRP_MAP_SUMS */
		*sum = (struct drp_measured){(double)values[item], variance};
		break;
	}
}

static void read_sums(struct drp_sealed_sums *s)
{
	const struct drp_plan *plan = drp_sealed_plan(s);
	for (size_t c = 0; c < plan->n; c++) {
		const struct drp_release *r = drp_sealed_release(
			s, (int)plan->cohort[c].cohort.family, DRP_RELEASE_CORE);
		const int64_t *values = r ? drp_sealed_opened(s, r, c) : NULL;
		struct drp_measured valid;
		for (size_t i = 0; values && i < s->vector.n_core; i++) {
			read_item(s, r, values, i, &s->cohort[c].item[i], &valid);
		}
		s->cohort[c].known = values != NULL;
	}
}

/* How many answered each item, valid or not applicable. */
static void count_answered(const struct drp_sealed_sums *s, const int64_t *counter,
	int64_t answered[DRP_ITEMS_MAX], double *counters)
{
	*counters = 0;
	for (size_t i = 0; i < s->vector.n_core; i++) {
		size_t n = (size_t)s->vector.points[i] + s->vector.has_na[i];
		answered[i] = 0;
		for (size_t k = 0; k < n; k++) {
			answered[i] += *counter++;
		}
		*counters += (double)n / (double)s->vector.n_core;
	}
}

/* Rates need valid counts, which only the region's release has. */
static enum drp_err read_rates(struct drp_sealed_sums *s)
{
	const struct drp_release *r =
		drp_sealed_release(s, DRP_FAMILY_REGION, DRP_RELEASE_CORE);
	const int64_t *values = r ? drp_sealed_opened(s, r, 0) : NULL;
	size_t n = s->vector.n_core;
	double questionnaires = (double)s->opening->group[s->vector.group].n[0], counters;
	int64_t count[DRP_ITEMS_MAX];
	struct drp_measured sum, valid = {0, 0};
	if (!values || r->map == DRP_MAP_SUMS || n == 0) {
		return DRP_OK;
	}
	for (size_t i = 0; i < n; i++) {
		read_item(s, r, values, i, &sum, &valid);
		count[i] = (int64_t)valid.value;
	}
	s->has_rates = 1;
	enum drp_err err =
		drp_rates_from_valid(count, n, valid.variance, questionnaires, &s->rates);
	s->answered = s->rates;
	if (err == DRP_OK && r->map == DRP_MAP_HISTOGRAM) {
		count_answered(s, values, count, &counters);
		err = drp_rates_from_valid(count, n, counters * drp_sealed_variance(r),
			questionnaires, &s->answered);
	}
	return err;
}

/* ---- reconciliation ---- */

static void add_sums(struct drp_item_sums *to, const struct drp_item_sums *from, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		to->item[i] =
			to->known ? drp_add(to->item[i], from->item[i]) : from->item[i];
	}
	to->known = 1;
}

static void combine_sums(
	struct drp_item_sums *to, const struct drp_item_sums *with, size_t n)
{
	for (size_t i = 0; i < n && with->known; i++) {
		to->item[i] = drp_combine(to->item[i], with->item[i]);
	}
}

static void settle_sums(struct drp_item_sums *part, const struct drp_item_sums *parts,
	const struct drp_item_sums *whole, size_t n)
{
	for (size_t i = 0; i < n && parts->known; i++) {
		part->item[i] = drp_settle(part->item[i], parts->item[i], whole->item[i]);
	}
}

/* Nobody came there: its sums are exactly nothing. */
static int is_empty(const struct drp_sealed_sums *s, const struct drp_cohort *cohort)
{
	const struct drp_manifest *m = s->opening->manifest;
	const uint8_t *came = s->opening->came + (size_t)s->vector.group * m->n_units;
	for (uint32_t u = 0; u < m->n_units; u++) {
		if (came[u] && drp_cohort_holds(cohort, &m->unit[u])) {
			return 0;
		}
	}
	return 1;
}

static int is_within(const struct drp_cohort *cell, const struct drp_cohort *province)
{
	return (cell->provinces & ~province->provinces) == 0;
}

/* What the cohorts of a family add up to, of cells those of one province; unknown unless
 * all of them that have anything in them are open. */
static void add_family(const struct drp_sealed_sums *s, enum drp_family family,
	const struct drp_cohort *province, struct drp_item_sums *total)
{
	const struct drp_plan *plan = drp_sealed_plan(s);
	total->known = 0;
	for (size_t c = 0; c < plan->n; c++) {
		const struct drp_cohort *cohort = &plan->cohort[c].cohort;
		if (cohort->family != family ||
			(province && !is_within(cohort, province))) {
			continue;
		}
		if (s->cohort[c].known) {
			add_sums(total, &s->cohort[c], s->vector.n_core);
		} else if (!is_empty(s, cohort)) {
			total->known = 0;
			return;
		}
	}
}

/* Upwards: cells join what is known of their province, families what is known of the
 * region. */
static enum drp_err reconcile(struct drp_sealed_sums *s)
{
	const struct drp_plan *plan = drp_sealed_plan(s);
	size_t n = s->vector.n_core;
	struct drp_item_sums *cells = drp_alloc(1, sizeof *cells);
	if (!cells) {
		return DRP_E_NOMEM;
	}
	for (size_t c = 0; c < plan->n; c++) {
		const struct drp_cohort *cohort = &plan->cohort[c].cohort;
		if (cohort->family == DRP_FAMILY_PROVINCE && s->cohort[c].known) {
			add_family(s, DRP_FAMILY_PROVINCE_LEVEL, cohort, cells);
			combine_sums(&s->cohort[c], cells, n);
		}
	}
	for (int f = DRP_FAMILY_PROVINCE; f <= DRP_FAMILY_NETWORK; f++) {
		add_family(s, (enum drp_family)f, NULL, &s->total[f]);
		combine_sums(&s->cohort[0], &s->total[f], n);
	}
	drp_free(cells);
	return DRP_OK;
}

size_t drp_sealed_parts(
	const struct drp_plan *plan, const struct drp_cohort *cohort, size_t part[2])
{
	struct drp_cohort three = *cohort, four = *cohort;
	if (!drp_plan_opens(plan, cohort)) {
		return 0;
	}
	part[0] = place_of(plan, cohort);
	if (part[0] < plan->n) {
		return 1;
	}
	three.levels = 1u << 3;
	four.levels = 1u << 4;
	part[0] = place_of(plan, &three);
	part[1] = place_of(plan, &four);
	return 2;
}

/* Downwards: a part follows what its whole became. */
static void settle_family(
	const struct drp_sealed_sums *s, int family, struct drp_item_sums *part)
{
	settle_sums(part, &s->total[family], &s->cohort[0], s->vector.n_core);
}

static enum drp_err settle_cell(const struct drp_sealed_sums *s,
	const struct drp_cohort *cell, struct drp_item_sums *part)
{
	const struct drp_plan *plan = drp_sealed_plan(s);
	struct drp_item_sums *with =
		drp_alloc(2, sizeof *with); /* all cells, their province */
	if (!with) {
		return DRP_E_NOMEM;
	}
	for (size_t c = 0; c < plan->n; c++) {
		const struct drp_cohort *province = &plan->cohort[c].cohort;
		if (province->family == DRP_FAMILY_PROVINCE &&
			is_within(cell, province) && s->cohort[c].known) {
			add_family(s, DRP_FAMILY_PROVINCE_LEVEL, province, &with[0]);
			with[1] = s->cohort[c];
			settle_family(s, DRP_FAMILY_PROVINCE, &with[1]);
			settle_sums(part, &with[0], &with[1], s->vector.n_core);
		}
	}
	drp_free(with);
	return DRP_OK;
}

enum drp_err drp_sealed_sums_of(const struct drp_sealed_sums *s,
	const struct drp_cohort *cohort, struct drp_item_sums *sums)
{
	size_t part[2], n = drp_sealed_parts(drp_sealed_plan(s), cohort, part);
	sums->known = 0;
	for (size_t i = 0; i < n; i++) {
		if (!s->cohort[part[i]].known) {
			sums->known = 0;
			return DRP_OK;
		}
		add_sums(sums, &s->cohort[part[i]], s->vector.n_core);
	}
	if (!sums->known || cohort->family == DRP_FAMILY_REGION) {
		return DRP_OK;
	}
	if (cohort->family == DRP_FAMILY_PROVINCE_LEVEL) {
		return settle_cell(s, cohort, sums);
	}
	settle_family(s, (int)cohort->family, sums);
	return DRP_OK;
}

enum drp_err drp_sealed_sums_init(const struct drp_sealed_opening *opening,
	enum drp_group group, struct drp_sealed_sums *s)
{
	*s = (struct drp_sealed_sums){.opening = opening};
	drp_vector_make(&s->vector, opening->instrument, group);
	s->cohort = drp_alloc(drp_sealed_plan(s)->n, sizeof *s->cohort);
	enum drp_err err = s->cohort ? read_rates(s) : DRP_E_NOMEM;
	if (err == DRP_OK) {
		read_sums(s);
		err = s->has_rates ? reconcile(s) : DRP_OK;
	}
	return err;
}

void drp_sealed_sums_clear(struct drp_sealed_sums *s)
{
	drp_free(s->cohort);
}
