/* SPDX-License-Identifier: Apache-2.0
 *
 * What must come out of a sealed campaign, computed from the exact counters that only a
 * test knows: the numbers of questionnaires, and every opened integer less both sides'
 * stored noise. To be called before the freeze.
 */
#ifndef DRP_TESTS_SEALED_TRUTH_H
#define DRP_TESTS_SEALED_TRUTH_H

#include "tests/support/sealed_federation.h"

#define TRUTH_LENGTH 512 /* counters of one group, at most */

struct truth {
	struct fed *f;
	struct drp_tasks *tasks;
	uint64_t counts[DRP_GROUPS][FED_SCHOOLS_MAX][TRUTH_LENGTH];
	uint8_t present[DRP_GROUPS][FED_SCHOOLS_MAX]; /* in the working set */
};

static inline size_t truth_school(const struct truth *t, const struct drp_unit *unit)
{
	for (size_t s = 0; s < t->f->n; s++) {
		if (fed_unit(t->f, t->tasks, s) == unit) {
			return s;
		}
	}
	return t->f->n;
}

static inline int64_t truth_sum(const struct truth *t, int group,
	const struct drp_cohort *cohort, const struct drp_term *terms, size_t n_terms)
{
	const struct drp_manifest *m = t->tasks->manifest;
	int64_t sum = 0;
	for (uint32_t u = 0; u < m->n_units; u++) {
		size_t s = truth_school(t, &m->unit[u]);
		if (!drp_cohort_holds(cohort, &m->unit[u]) || !t->present[group][s]) {
			continue;
		}
		for (size_t k = 0; k < n_terms; k++) {
			sum += terms[k].weight *
			       (int64_t)t->counts[group][s][terms[k].index];
		}
	}
	return sum;
}

static inline int64_t truth_integer(const struct drp_buf *b, size_t k)
{
	uint64_t v = 0;
	CHECK(8 * k + 8 <= b->len);
	for (size_t i = 0; i < 8; i++) {
		v |= (uint64_t)b->data[8 * k + i] << 8 * i;
	}
	return (int64_t)v;
}

static inline void truth_noise(const struct truth *t, struct drp_hub *hub,
	uint32_t release, struct drp_buf *noise)
{
	struct drp_buf sealed = {0};
	uint8_t key[32], context[DRP_STORED_CONTEXT_BYTES];
	CHECK_OK(drp_storage_key(hub, FED_CAMPAIGN, key, NULL));
	CHECK_OK(drp_hub_noise_get(hub->store, FED_CAMPAIGN, release, &sealed, NULL));
	drp_stored_context(&t->tasks->manifest->hash, release, context);
	CHECK_OK(drp_store_open(
		key, context, sizeof context, sealed.data, sealed.len, noise));
	drp_wipe(key, sizeof key); /* a test looks for it in memory */
	drp_buf_clear(&sealed);
}

static inline int64_t truth_eligible(
	const struct truth *t, int group, const struct drp_cohort *cohort)
{
	const struct drp_manifest *m = t->tasks->manifest;
	int64_t sum = 0;
	for (uint32_t u = 0; u < m->n_units; u++) {
		if (drp_cohort_holds(cohort, &m->unit[u]) &&
			t->present[group][truth_school(t, &m->unit[u])]) {
			sum += m->unit[u].eligible[group];
		}
	}
	return sum;
}

/* What the test itself computes of the plans, from who came and their exact numbers. */
static inline void truth_plans(
	const struct truth *t, struct drp_sealed_opening *o, uint8_t *came)
{
	const struct drp_manifest *m = t->tasks->manifest;
	const struct drp_term n_term = {0, 1};
	memset(o, 0, sizeof *o);
	for (int g = 0; g < DRP_GROUPS; g++) {
		for (uint32_t u = 0; u < m->n_units; u++) {
			came[(size_t)g * m->n_units + u] =
				t->present[g][truth_school(t, &m->unit[u])];
		}
	}
	o->manifest = m;
	o->instrument = t->tasks->instrument;
	o->came = came;
	CHECK_OK(drp_sealed_agreed(o, NULL));
	CHECK_OK(drp_sealed_numbers(o, NULL));
	for (int g = 0; g < DRP_GROUPS; g++) {
		for (size_t c = 0; c < o->group[g].numbers.n; c++) {
			struct drp_planned *planned = &o->group[g].numbers.cohort[c];
			if (planned->open) {
				int64_t n = truth_sum(t, g, &planned->cohort, &n_term, 1);
				planned->open =
					n <= truth_eligible(t, g, &planned->cohort);
				o->group[g].n[c] = planned->open ? (uint64_t)n : 0;
			}
		}
	}
	CHECK_OK(drp_sealed_values(o, NULL));
}

/* opened == exact sum + the hub's draw + the notary's draw, for every integer. */
static inline size_t truth_check_release(
	const struct truth *t, const struct drp_sealed_opening *o, uint32_t release)
{
	const struct drp_release *r = &t->tasks->manifest->release[release];
	const struct drp_vector *v = &t->tasks->task[r->group].vector;
	const struct drp_sealed_group *group = &o->group[r->group];
	struct drp_buf opened = {0}, hubs = {0}, notarys = {0};
	char what[DRP_OPENING_NAME_MAX];
	size_t values = r->map == DRP_MAP_COUNTS ? 0 : drp_release_values(v, r);
	size_t at = 0, drawn = 0;
	drp_opening_name_opened(release, what);
	enum drp_err err =
		drp_hub_opening_get(t->f->hub.store, FED_CAMPAIGN, what, &opened, NULL);
	if (values) {
		truth_noise(t, &t->f->hub, release, &hubs);
		truth_noise(t, &t->f->notary->hub, release, &notarys);
	}
	for (size_t c = 0; values && c < group->agreed.n; c++) {
		const struct drp_cohort *cohort = &group->agreed.cohort[c].cohort;
		if (cohort->family != r->family || !group->agreed.cohort[c].open) {
			continue;
		}
		for (size_t k = 0; k < values && group->values.cohort[c].open; k++) {
			struct drp_term terms[DRP_TERMS_MAX];
			size_t n = drp_release_terms(v, r, k, terms);
			CHECK_INT(truth_integer(&opened, at++),
				truth_sum(t, r->group, cohort, terms, n) +
					truth_integer(&hubs, drawn + k) +
					truth_integer(&notarys, drawn + k));
		}
		drawn += values;
	}
	CHECK_INT(opened.len, 8 * at);
	CHECK_INT(err, at ? DRP_OK : DRP_E_NOTFOUND);
	drp_buf_wipe(&opened);
	drp_buf_wipe(&hubs);
	drp_buf_wipe(&notarys);
	return at;
}

static inline void truth_check_numbers(
	const struct truth *t, const struct drp_sealed_opening *o)
{
	struct drp_diag diag = {0};
	struct drp_tally *tally = NULL;
	struct drp_buf hubs = {0}, notarys = {0};
	CHECK_OK(drp_tally_new(&t->f->hub, t->tasks, &tally, &diag));
	CHECK_OK(drp_hub_opening_get(
		t->f->hub.store, FED_CAMPAIGN, DRP_OPENING_HUB_NUMBERS, &hubs, NULL));
	CHECK_OK(drp_hub_opening_get(t->f->hub.store, FED_CAMPAIGN,
		DRP_OPENING_NOTARY_NUMBERS, &notarys, NULL));
	CHECK_OK(drp_tally_exchange(tally, (struct drp_bytes){hubs.data, hubs.len},
		(struct drp_bytes){notarys.data, notarys.len}, &diag));
	for (int g = 0; g < DRP_GROUPS; g++) {
		for (size_t c = 0; c < o->group[g].numbers.n; c++) {
			CHECK_INT(tally->opening.group[g].n[c], o->group[g].n[c]);
		}
	}
	drp_tally_free(tally);
	drp_buf_clear(&hubs);
	drp_buf_clear(&notarys);
}

static inline void truth_check(const struct truth *t)
{
	static struct drp_sealed_opening o;
	static uint8_t came[DRP_GROUPS * FED_SCHOOLS_MAX];
	size_t integers = 0;
	CHECK_INT(t->tasks->manifest->n_units, t->f->n);
	truth_plans(t, &o, came);
	truth_check_numbers(t, &o);
	for (uint32_t r = 0; r < t->tasks->manifest->n_releases; r++) {
		integers += truth_check_release(t, &o, r);
	}
	CHECK(integers > 300);
}

#endif
