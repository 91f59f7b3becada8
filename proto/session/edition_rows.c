/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/session/edition_rows.h"

#include "proto/base/alloc.h"
#include "proto/model/cohort.h"
#include "proto/session/school_cells.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SE_UNRELIABLE 0.15

struct rows {
	const struct drp_edition_source *source;
	struct drp_edition *edition;
	uint8_t *seen; /* per school: scratch */
	struct drp_answers *answers;
};

static struct drp_observation *row(struct rows *b, int group,
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
		!drp_plan_find(b->source->cut, cohort)) {
		snprintf(o->level, sizeof o->level, "34");
	}
	snprintf(o->area, sizeof o->area, "%s", area);
	snprintf(o->item, sizeof o->item, "%s", item);
	snprintf(o->measure, sizeof o->measure, "%s", measure);
	return o;
}

static enum drp_err number_row(struct rows *b, int group, const struct drp_cohort *cohort,
	const char *measure, int shown, uint64_t value, uint32_t schools)
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

static enum drp_err percent_row(struct rows *b, int group,
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

static enum drp_err absent_row(struct rows *b, int group, const struct drp_cohort *cohort,
	const char *area, const char *item, const char *measure)
{
	struct drp_observation *o = row(b, group, cohort, area, item, measure);
	if (!o) {
		return DRP_E_NOMEM;
	}
	o->status = DRP_NOT_AVAILABLE;
	return DRP_OK;
}

/* Whether a cohort's numbers of schools may be shown. */
struct school_rule {
	uint8_t registered, took_part;
};

static uint32_t count_schools(
	struct rows *b, const uint8_t *member, const struct drp_cohort *cohort)
{
	return drp_schools_count(b->source->manifest, member, cohort, b->seen);
}

static enum drp_err school_rows(
	struct rows *b, const struct drp_cohort *cohort, struct school_rule rule)
{
	uint32_t took = count_schools(b, b->source->took_part, cohort);
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
static void school_rules(struct rows *b, enum drp_family family,
	const struct drp_cohort *cohorts, size_t n, struct school_rule *rule)
{
	uint32_t registered[DRP_COHORTS_MAX], took[DRP_COHORTS_MAX];
	uint8_t shown[2][DRP_COHORTS_MAX];
	uint32_t k = family == DRP_FAMILY_PROVINCE_LEVEL
			     ? b->source->manifest->thresholds.k_schools
			     : 0;
	for (size_t i = 0; i < n; i++) {
		registered[i] = count_schools(b, NULL, &cohorts[i]);
		took[i] = count_schools(b, b->source->took_part, &cohorts[i]);
	}
	drp_school_cells(cohorts, registered, n, k, shown[0]);
	drp_school_cells(cohorts, took, n, k, shown[1]);
	for (size_t i = 0; i < n; i++) {
		rule[i] = (struct school_rule){shown[0][i], shown[1][i]};
	}
}

static enum drp_err participation_rows(
	struct rows *b, int g, const struct drp_cohort *cohort)
{
	struct drp_participation t = {0};
	enum drp_err err =
		b->source->participation(b->source->track, (enum drp_group)g, cohort, &t);
	if (err == DRP_OK) {
		err = number_row(
			b, g, cohort, "eligible", t.shown, t.eligible, t.schools);
	}
	if (err == DRP_OK && t.has_invited) {
		err = number_row(b, g, cohort, "invited", t.shown, t.invited, t.schools);
	} else if (err == DRP_OK) {
		err = absent_row(b, g, cohort, "_T", "_T", "invited");
	}
	if (err == DRP_OK) {
		err = number_row(b, g, cohort, "questionnaires", t.shown,
			t.questionnaires, t.schools);
	}
	if (err == DRP_OK) {
		err = percent_row(
			b, g, cohort, t.shown, t.questionnaires, t.eligible, t.schools);
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
	if (strcmp(o->measure, "mean") == 0 && strtod(o->se, NULL) > SE_UNRELIABLE) {
		o->status = DRP_UNRELIABLE;
	}
}

static enum drp_err answer_row(struct rows *b, int group, const struct drp_cohort *cohort,
	const char *area, const char *item, const char *measure,
	const struct drp_cell *cell)
{
	struct drp_observation *o = row(b, group, cohort, area, item, measure);
	if (!o) {
		return DRP_E_NOMEM;
	}
	if (cell->status != DRP_SHOWN) {
		o->status = (char)cell->status;
		return DRP_OK;
	}
	fill_estimate(o, &cell->estimate);
	snprintf(o->schools, sizeof o->schools, "%u", b->answers->schools);
	if (b->answers->has_n) {
		snprintf(o->n, sizeof o->n, "%llu", (unsigned long long)b->answers->n);
	}
	return DRP_OK;
}

/* The items of a group that have rows, core ones first; returns their number and in
 * *n_core that of the core ones. */
static size_t list_items(const struct drp_instrument *instrument, enum drp_group group,
	uint16_t items[DRP_ITEMS_MAX], size_t *n_core)
{
	*n_core = drp_instrument_vector(instrument, group, DRP_ITEM_CORE, items);
	return *n_core + drp_instrument_vector(
				 instrument, group, DRP_ITEM_ADDITIONAL, items + *n_core);
}

static enum drp_err area_rows(struct rows *b, int group, const struct drp_cohort *cohort,
	const uint16_t *core, size_t n_core)
{
	const struct drp_instrument *in = b->source->instrument;
	enum drp_err err = DRP_OK;
	for (int a = 0; err == DRP_OK && a < in->n_areas; a++) {
		int has = 0;
		for (size_t i = 0; i < n_core; i++) {
			has |= in->item[core[i]].area == a;
		}
		if (has) {
			err = answer_row(b, group, cohort, in->area[a].code, "_T", "mean",
				&b->answers->area[a]);
		}
	}
	return err;
}

static enum drp_err mean_row(
	struct rows *b, int group, const struct drp_cohort *cohort, uint16_t item)
{
	const struct drp_instrument *in = b->source->instrument;
	return answer_row(b, group, cohort, in->area[in->item[item].area].code,
		in->item[item].code, "mean", &b->answers->mean[item]);
}

/* Each point and "not applicable", or the ticks. */
static enum drp_err share_rows(
	struct rows *b, int group, const struct drp_cohort *cohort, uint16_t item)
{
	const struct drp_instrument *in = b->source->instrument;
	const struct drp_scale *scale = &in->scale[in->item[item].scale];
	size_t n = scale->points ? (size_t)scale->points + (scale->has_na != 0) : 1;
	enum drp_err err = DRP_OK;
	for (size_t k = 0; err == DRP_OK && k < n; k++) {
		char measure[DRP_CODE_MAX] = "share_na";
		if (scale->points == 0) {
			snprintf(measure, sizeof measure, "share_ticked");
		} else if (k < scale->points) {
			snprintf(measure, sizeof measure, "share_%zu", k + 1);
		}
		err = answer_row(b, group, cohort, in->area[in->item[item].area].code,
			in->item[item].code, measure, &b->answers->share[item][k]);
	}
	return err;
}

static void clear_answers(struct drp_answers *answers)
{
	const struct drp_cell absent = {.status = DRP_NOT_AVAILABLE};
	memset(answers, 0, sizeof *answers);
	for (size_t a = 0; a < DRP_AREAS_MAX; a++) {
		answers->area[a] = absent;
	}
	for (size_t i = 0; i < DRP_ITEMS_MAX; i++) {
		answers->mean[i] = absent;
		for (size_t k = 0; k <= DRP_POINTS_MAX; k++) {
			answers->share[i][k] = absent;
		}
	}
}

/* Additional items and distributions are of the region alone, on both tracks. */
static enum drp_err answer_rows(
	struct rows *b, int group, const struct drp_cohort *cohort)
{
	const struct drp_instrument *in = b->source->instrument;
	uint16_t items[DRP_ITEMS_MAX];
	size_t n_core, n = list_items(in, (enum drp_group)group, items, &n_core);
	clear_answers(b->answers);
	enum drp_err err = b->source->answers(
		b->source->track, (enum drp_group)group, cohort, b->answers);
	err = err ? err : area_rows(b, group, cohort, items, n_core);
	for (size_t i = 0; err == DRP_OK && i < n_core; i++) {
		err = mean_row(b, group, cohort, items[i]);
	}
	if (cohort->family != DRP_FAMILY_REGION) {
		return err;
	}
	for (size_t i = 0; err == DRP_OK && i < n; i++) {
		if (i >= n_core && in->scale[in->item[items[i]].scale].points) {
			err = mean_row(b, group, cohort, items[i]);
		}
		err = err ? err : share_rows(b, group, cohort, items[i]);
	}
	return err;
}

static enum drp_err cohort_rows(
	struct rows *b, const struct drp_cohort *cohort, struct school_rule rule)
{
	enum drp_err err = school_rows(b, cohort, rule);
	for (int g = 0; err == DRP_OK && g < DRP_GROUPS; g++) {
		err = participation_rows(b, g, cohort);
		err = err ? err : answer_rows(b, g, cohort);
	}
	return err;
}

/* The family's cohorts as the campaign cuts them: folded ones joined, by the rules. */
static size_t list_cohorts(
	const struct rows *b, enum drp_family family, struct drp_cohort *cohorts)
{
	size_t n = drp_cohorts_list(family, b->source->manifest->unit,
		b->source->manifest->n_units, cohorts, DRP_COHORTS_MAX);
	const struct drp_plan *p = b->source->cut;
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

static enum drp_err all_rows(struct rows *b)
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

enum drp_err drp_edition_rows(
	const struct drp_edition_source *source, struct drp_edition *edition)
{
	const struct drp_cohort region = {.family = DRP_FAMILY_REGION};
	struct rows b = {.source = source,
		.edition = edition,
		.seen = drp_alloc(source->manifest->n_schools, 1),
		.answers = drp_alloc(1, sizeof *b.answers)};
	enum drp_err err = b.seen && b.answers ? DRP_OK : DRP_E_NOMEM;
	if (err == DRP_OK) {
		snprintf(edition->campaign, sizeof edition->campaign, "%s",
			source->manifest->id);
		edition->manifest = source->manifest->hash;
		edition->schools_registered = source->manifest->n_schools;
		edition->schools_took_part =
			count_schools(&b, source->took_part, &region);
		err = all_rows(&b);
	}
	drp_free(b.seen);
	drp_free(b.answers);
	return err;
}
