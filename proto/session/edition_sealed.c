/* SPDX-License-Identifier: Apache-2.0
 *
 * The edition of a sealed campaign, from what hub and notary opened.
 */
#include "proto/base/alloc.h"
#include "proto/model/cohort.h"
#include "proto/session/edition_rows.h"
#include "proto/session/school_cells.h"
#include "proto/session/sealed_sums.h"

struct build {
	const struct drp_sealed_opening *opening;
	struct drp_edition *edition;
	uint8_t *took_part; /* per unit */
	uint8_t *seen;	    /* per school: scratch */
	struct drp_sealed_sums group[DRP_GROUPS];
};

/* ---- rows ---- */

static uint64_t questionnaires_of(
	const struct build *b, int g, const struct drp_cohort *cohort)
{
	const struct drp_sealed_group *sealed = &b->opening->group[g];
	size_t part[2], n = drp_sealed_parts(&sealed->numbers, cohort, part);
	uint64_t questionnaires = 0;
	for (size_t i = 0; i < n; i++) {
		questionnaires += sealed->n[part[i]];
	}
	return questionnaires;
}

static uint32_t schools_of(const struct build *b, int g, const struct drp_cohort *cohort)
{
	const struct drp_manifest *m = b->opening->manifest;
	return drp_schools_count(
		m, b->opening->came + (size_t)g * m->n_units, cohort, b->seen);
}

static enum drp_err participation(void *track, enum drp_group group,
	const struct drp_cohort *cohort, struct drp_participation *p)
{
	struct build *b = track;
	const struct drp_manifest *m = b->opening->manifest;
	*p = (struct drp_participation){
		.shown = drp_plan_opens(&b->opening->group[group].numbers, cohort),
		.questionnaires = questionnaires_of(b, (int)group, cohort),
		.schools = schools_of(b, (int)group, cohort)};
	for (uint32_t u = 0; u < m->n_units; u++) {
		if (drp_cohort_holds(cohort, &m->unit[u])) {
			p->eligible += m->unit[u].eligible[group];
		}
	}
	return DRP_OK;
}

static enum drp_err mean_of(const struct drp_rates *rates,
	const struct drp_item_sums *sums, const uint16_t *items, size_t n_items, double n,
	int region, struct drp_cell *cell)
{
	double value[DRP_ITEMS_MAX];
	for (size_t i = 0; i < n_items; i++) {
		value[i] = sums->item[items[i]].value;
	}
	cell->status = DRP_SHOWN;
	/* All core items have the same scale and the same releases: one variance. */
	return drp_estimate_area(rates, items, value, n_items,
		sums->item[items[0]].variance, n, region, &cell->estimate);
}

static enum drp_err core_means(const struct build *b, const struct drp_sealed_sums *s,
	const struct drp_item_sums *sums, int region, struct drp_answers *answers)
{
	const struct drp_instrument *in = b->opening->instrument;
	const struct drp_vector *v = &s->vector;
	double n = (double)answers->n;
	enum drp_err err = DRP_OK;
	for (uint16_t i = 0; err == DRP_OK && i < v->n_core; i++) {
		err = mean_of(
			&s->rates, sums, &i, 1, n, region, &answers->mean[v->item[i]]);
	}
	for (int a = 0; err == DRP_OK && a < in->n_areas; a++) {
		uint16_t items[DRP_ITEMS_MAX];
		size_t n_items = 0;
		for (uint16_t i = 0; i < v->n_core; i++) {
			if (in->item[v->item[i]].area == a) {
				items[n_items++] = i;
			}
		}
		if (n_items) {
			err = mean_of(&s->rates, sums, items, n_items, n, region,
				&answers->area[a]);
		}
	}
	return err;
}

static void suppress_means(const struct build *b, const struct drp_sealed_sums *s,
	struct drp_answers *answers)
{
	const struct drp_instrument *in = b->opening->instrument;
	for (size_t i = 0; i < s->vector.n_core; i++) {
		uint16_t item = s->vector.item[i];
		answers->mean[item].status = DRP_SUPPRESSED;
		answers->area[in->item[item].area].status = DRP_SUPPRESSED;
	}
}

static enum drp_err core_answers(const struct build *b, int g,
	const struct drp_cohort *cohort, struct drp_answers *answers)
{
	const struct drp_sealed_sums *s = &b->group[g];
	if (!drp_sealed_release(s, (int)cohort->family, DRP_RELEASE_CORE)) {
		return DRP_OK;
	}
	struct drp_item_sums *sums = drp_alloc(1, sizeof *sums);
	if (!sums) {
		return DRP_E_NOMEM;
	}
	enum drp_err err = drp_sealed_sums_of(s, cohort, sums);
	if (err == DRP_OK && sums->known && s->has_rates) {
		err = core_means(
			b, s, sums, cohort->family == DRP_FAMILY_REGION, answers);
	} else if (err == DRP_OK) {
		suppress_means(b, s, answers);
	}
	drp_free(sums);
	return err;
}

static enum drp_err show_share(const struct drp_release *release, const int64_t *value,
	double n, struct drp_cell *cell)
{
	cell->status = value ? DRP_SHOWN : DRP_SUPPRESSED;
	return value ? drp_estimate_share((struct drp_measured){(double)*value,
						  drp_sealed_variance(release)},
			       n, &cell->estimate)
		     : DRP_OK;
}

/* Distributions of core items: of the region's histogram, where it is one. */
static enum drp_err core_shares(
	const struct drp_sealed_sums *s, struct drp_answers *answers)
{
	const struct drp_release *r =
		drp_sealed_release(s, DRP_FAMILY_REGION, DRP_RELEASE_CORE);
	const struct drp_vector *v = &s->vector;
	enum drp_err err = DRP_OK;
	if (!r || r->map != DRP_MAP_HISTOGRAM) {
		return DRP_OK;
	}
	const int64_t *values = drp_sealed_opened(s, r, 0);
	for (size_t i = 0; err == DRP_OK && i < v->n_core; i++) {
		size_t n = (size_t)v->points[i] + v->has_na[i];
		for (size_t k = 0; err == DRP_OK && k < n; k++) {
			err = show_share(r, values ? values++ : NULL, (double)answers->n,
				&answers->share[v->item[i]][k]);
		}
	}
	return err;
}

static enum drp_err tick_shares(
	const struct drp_sealed_sums *s, struct drp_answers *answers)
{
	const struct drp_release *r =
		drp_sealed_release(s, DRP_FAMILY_REGION, DRP_RELEASE_TICKS);
	const struct drp_vector *v = &s->vector;
	const int64_t *values = r ? drp_sealed_opened(s, r, 0) : NULL;
	enum drp_err err = DRP_OK;
	for (size_t i = v->n_core; r && err == DRP_OK && i < v->n_items; i++) {
		if (v->points[i] == 0) {
			err = show_share(r, values ? values++ : NULL, (double)answers->n,
				&answers->share[v->item[i]][0]);
		}
	}
	return err;
}

/* Means of additional items. No valid counts of theirs are released: those of an item
 * that may be not applicable are taken to be like core items' valid answers, those of
 * one that may not like their answers of any kind. */
static enum drp_err additional_means(
	const struct drp_sealed_sums *s, struct drp_answers *answers)
{
	const struct drp_release *r =
		drp_sealed_release(s, DRP_FAMILY_REGION, DRP_RELEASE_ADDITIONAL);
	const struct drp_vector *v = &s->vector;
	struct drp_rates valid, answered;
	if (!r || r->map != DRP_MAP_SUMS) {
		return DRP_OK;
	}
	const int64_t *values = s->has_rates ? drp_sealed_opened(s, r, 0) : NULL;
	enum drp_err err = drp_rates_of_others(&s->rates, 1, &valid);
	err = err ? err : drp_rates_of_others(&s->answered, 1, &answered);
	for (size_t i = v->n_core; err == DRP_OK && i < v->n_items; i++) {
		struct drp_cell *cell = &answers->mean[v->item[i]];
		if (v->points[i] == 0) {
			continue;
		}
		cell->status = values ? DRP_SHOWN : DRP_SUPPRESSED;
		err = values ? drp_estimate_mean(v->has_na[i] ? &valid : &answered, 0,
				       (double)*values++, drp_sealed_variance(r),
				       (double)answers->n, 1, &cell->estimate)
			     : DRP_OK;
	}
	return err;
}

static enum drp_err answers_of(void *track, enum drp_group group,
	const struct drp_cohort *cohort, struct drp_answers *answers)
{
	struct build *b = track;
	int g = (int)group;
	answers->has_n = 1;
	answers->n = questionnaires_of(b, g, cohort);
	answers->schools = schools_of(b, g, cohort);
	enum drp_err err = core_answers(b, g, cohort, answers);
	if (cohort->family != DRP_FAMILY_REGION) {
		return err;
	}
	err = err ? err : core_shares(&b->group[g], answers);
	err = err ? err : tick_shares(&b->group[g], answers);
	return err ? err : additional_means(&b->group[g], answers);
}

/* ---- accounts and archive ---- */

static enum drp_err archive(struct build *b, const struct drp_release *r, int *any)
{
	const struct drp_sealed_sums *s = &b->group[r->group];
	const struct drp_plan *plan = drp_sealed_plan(s);
	size_t n = drp_release_values(&s->vector, r);
	enum drp_err err = DRP_OK;
	*any = 0;
	for (size_t c = 0; err == DRP_OK && c < plan->n; c++) {
		const struct drp_opened opened = {.group = r->group,
			.cohort = plan->cohort[c].cohort,
			.map = r->map,
			.items = r->items,
			.draws = DRP_SEALED_DRAWS};
		const int64_t *values = drp_sealed_opened(s, r, c);
		if (values) {
			err = drp_edition_archive(b->edition, &opened, values, n);
			*any = 1;
		}
	}
	return err;
}

static enum drp_err account(struct build *b)
{
	const struct drp_manifest *m = b->opening->manifest;
	struct drp_edition *e = b->edition;
	enum drp_err err = DRP_OK;
	e->accounting = drp_alloc(m->n_releases, sizeof *e->accounting);
	if (!e->accounting) {
		return DRP_E_NOMEM;
	}
	for (size_t i = 0; err == DRP_OK && i < m->n_releases; i++) {
		const struct drp_release *r = &m->release[i];
		int any = 0;
		if (r->map != DRP_MAP_COUNTS) {
			err = archive(b, r, &any);
		}
		e->accounting[e->n_accounting++] =
			(struct drp_accounting){.group = r->group,
				.family = r->family,
				.map = r->map,
				.delta2 = r->delta2,
				.sigma2 = r->sigma2,
				.draws = any ? DRP_SEALED_DRAWS : 0,
				.rho = r->rho};
	}
	return err;
}

/* ---- all of it ---- */

static enum drp_err prepare(struct build *b)
{
	const struct drp_manifest *m = b->opening->manifest;
	b->took_part = drp_alloc(m->n_units, 1);
	b->seen = drp_alloc(m->n_schools, 1);
	enum drp_err err = b->took_part && b->seen ? DRP_OK : DRP_E_NOMEM;
	for (int g = 0; err == DRP_OK && g < DRP_GROUPS; g++) {
		for (uint32_t u = 0; u < m->n_units; u++) {
			b->took_part[u] |= b->opening->came[(size_t)g * m->n_units + u];
		}
		err = drp_sealed_sums_init(b->opening, (enum drp_group)g, &b->group[g]);
	}
	return err;
}

static enum drp_err build_all(struct build *b)
{
	enum drp_err err = prepare(b);
	err = err ? err : account(b);
	const struct drp_edition_source source = {.manifest = b->opening->manifest,
		.instrument = b->opening->instrument,
		.cut = &b->opening->group[DRP_TEACHER].agreed,
		.took_part = b->took_part,
		.track = b,
		.participation = participation,
		.answers = answers_of};
	return err ? err : drp_edition_rows(&source, b->edition);
}

static void clear(struct build *b)
{
	for (int g = 0; g < DRP_GROUPS; g++) {
		drp_sealed_sums_clear(&b->group[g]);
	}
	drp_free(b->took_part);
	drp_free(b->seen);
	drp_free(b);
}

enum drp_err drp_edition_build_sealed(const struct drp_sealed_opening *opening,
	uint32_t number, int64_t now_s, struct drp_edition **edition,
	struct drp_diag *diag)
{
	struct build *b = drp_alloc(1, sizeof *b);
	if (!b) {
		return drp_fail(diag, DRP_E_NOMEM, "no memory for the edition");
	}
	b->opening = opening;
	b->edition = drp_alloc(1, sizeof *b->edition);
	enum drp_err err = b->edition ? build_all(b) : DRP_E_NOMEM;
	if (err == DRP_OK) {
		b->edition->number = number;
		b->edition->created_s = now_s;
		*edition = b->edition;
	} else {
		drp_edition_free(b->edition);
		drp_fail(diag, err, "the edition could not be built: %s",
			drp_err_text(err));
	}
	clear(b);
	return err;
}
