/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/session/edition_build.h"

#include "proto/base/alloc.h"
#include "proto/model/cohort.h"
#include "proto/privacy/gates.h"
#include "proto/session/edition_rows.h"
#include "proto/session/working_set.h"

struct build {
	struct drp_working_set set;
	struct drp_edition *edition;
};

static enum drp_err participation(void *track, enum drp_group group,
	const struct drp_cohort *cohort, struct drp_participation *p)
{
	struct build *b = track;
	struct drp_group_work *w = &b->set.group[group];
	struct drp_totals t = drp_working_totals(&b->set, w, w->came, cohort);
	*p = (struct drp_participation){.shown = drp_plan_opens(&w->numbers, cohort),
		.has_invited = 1,
		.eligible = t.eligible,
		.invited = t.invited,
		.questionnaires = t.questionnaires,
		.schools = t.schools};
	return DRP_OK;
}

/* What the means of one cohort are made of. */
struct mean_work {
	struct drp_group_work *w;
	const struct drp_cohort *cohort;
	int64_t sums[2 * DRP_ITEMS_MAX];
	struct drp_totals totals;
	struct drp_behind behind;
	int region;
	double variance, doubt;
};

static enum drp_err estimate(const struct mean_work *m, const uint16_t *items,
	size_t n_items, struct drp_cell *cell)
{
	double sums[DRP_ITEMS_MAX];
	for (size_t i = 0; i < n_items; i++) {
		sums[i] = (double)m->sums[2 * items[i]];
	}
	enum drp_err err = drp_estimate_area(&m->w->rates, items, sums, n_items,
		m->variance, m->behind.n, m->region, &cell->estimate);
	if (err == DRP_OK) {
		drp_estimate_widen(&cell->estimate, m->doubt);
		cell->status = DRP_SHOWN;
	}
	return err;
}

static enum drp_err item_means(
	const struct build *b, const struct mean_work *m, struct drp_answers *answers)
{
	const struct drp_instrument *in = b->set.in->instrument;
	enum drp_err err = DRP_OK;
	for (uint16_t i = 0; err == DRP_OK && i < m->w->n_core; i++) {
		err = estimate(m, &i, 1, &answers->mean[m->w->core[i]]);
	}
	for (int a = 0; err == DRP_OK && a < in->n_areas; a++) {
		uint16_t items[DRP_ITEMS_MAX];
		size_t n = 0;
		for (uint16_t i = 0; i < m->w->n_core; i++) {
			if (in->item[m->w->core[i]].area == a) {
				items[n++] = i;
			}
		}
		err = n ? estimate(m, items, n, &answers->area[a]) : DRP_OK;
	}
	return err;
}

static void suppress_means(const struct build *b, const struct drp_group_work *w,
	struct drp_answers *answers)
{
	const struct drp_instrument *in = b->set.in->instrument;
	for (size_t i = 0; i < w->n_core; i++) {
		answers->mean[w->core[i]].status = DRP_SUPPRESSED;
		answers->area[in->item[w->core[i]].area].status = DRP_SUPPRESSED;
	}
}

static enum drp_err shown_means(
	struct build *b, struct mean_work *m, struct drp_answers *answers)
{
	m->region = m->cohort->family == DRP_FAMILY_REGION;
	m->totals = drp_working_totals(&b->set, m->w, m->w->valued, m->cohort);
	m->variance = (double)m->totals.units * m->w->sigma2;
	m->behind = drp_working_behind(&b->set, m->w, m->cohort);
	/* The region's own n cancels against its rates. */
	m->doubt = m->region ? 0 : m->behind.doubt + m->w->rates_doubt;
	drp_working_sums(&b->set, m->w, m->cohort, m->sums);
	answers->schools = m->totals.schools;
	answers->has_n = m->behind.exact;
	answers->n = m->totals.questionnaires;
	const struct drp_opened opened = {.group = (uint8_t)m->w->group,
		.cohort = *m->cohort,
		.map = DRP_MAP_PAIRS,
		.draws = m->totals.units};
	enum drp_err err =
		drp_edition_archive(b->edition, &opened, m->sums, 2 * m->w->n_core);
	return err ? err : item_means(b, m, answers);
}

/* Distributions and additional areas do not exist on this track: not available. */
static enum drp_err answers(void *track, enum drp_group group,
	const struct drp_cohort *cohort, struct drp_answers *answers)
{
	struct build *b = track;
	struct drp_group_work *w = &b->set.group[group];
	if (!(w->value_families & 1u << cohort->family)) {
		return DRP_OK;
	}
	if (!drp_plan_opens(&w->values, cohort) || !w->has_rates) {
		suppress_means(b, w, answers);
		return DRP_OK;
	}
	struct mean_work *m = drp_alloc(1, sizeof *m);
	if (!m) {
		return DRP_E_NOMEM;
	}
	m->w = w;
	m->cohort = cohort;
	enum drp_err err = shown_means(b, m, answers);
	drp_free(m);
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
	const struct drp_edition_source source = {.manifest = b->set.manifest,
		.instrument = b->set.in->instrument,
		.cut = &b->set.group[DRP_TEACHER].agreed,
		.took_part = b->set.took_part,
		.track = b,
		.participation = participation,
		.answers = answers};
	enum drp_err err = accounting(b);
	return err ? err : drp_edition_rows(&source, b->edition);
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
		b->edition->number = number;
		b->edition->created_s = now_s;
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
