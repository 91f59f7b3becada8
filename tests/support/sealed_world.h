/* SPDX-License-Identifier: Apache-2.0
 *
 * A small sealed campaign whose opened integers are exact, so that every number can be
 * checked by hand: units of 20 questionnaires a group, each answering alike.
 *   core items   18 valid answers, 1 not applicable where the scale has it, the rest
 *                blank; the points are those of sealed_points
 *   additional   19 valid answers, all of them 4
 *   tick boxes   5 ticks
 * Released: of leaders pairs and ticks of the region; of teachers a histogram, sums and
 * ticks of the region, sums one way; of pupils a histogram of the region, sums of all.
 */
#ifndef DRP_TESTS_SEALED_WORLD_H
#define DRP_TESTS_SEALED_WORLD_H

#include "proto/base/alloc.h"
#include "proto/model/vector.h"
#include "proto/session/sealed_opening.h"

#include "tests/support/node_fixture.h"
#include "tests/unit/privacy/frame.h"

#include <stdlib.h>

#define SEALED_UNITS  64
#define SEALED_SIGMA2 9
#define SEALED_EACH   20

/* Points 1..5 of the valid answers: sum of x - 3 is 10. */
static const uint64_t sealed_points[5] = {1, 1, 5, 9, 2};

struct sealed_world {
	struct frame frame;
	struct drp_instrument instrument;
	struct drp_vector vector[DRP_GROUPS];
	uint8_t came[DRP_GROUPS * SEALED_UNITS];
	int64_t *values[DRP_RELEASES_MAX];
	struct drp_sealed_opening opening;
	struct drp_edition *edition;
};

static inline void sealed_release(
	struct sealed_world *w, int group, int family, int map, int items)
{
	struct drp_manifest *m = &w->frame.manifest;
	struct drp_release *r = &m->release[m->n_releases++];
	*r = (struct drp_release){.group = (uint8_t)group,
		.family = (uint8_t)family,
		.map = (uint8_t)map,
		.items = (uint8_t)items,
		.rho = {map != DRP_MAP_COUNTS, 100}};
	if (map != DRP_MAP_COUNTS) {
		r->delta2 = drp_release_delta2(&w->vector[group], r);
		r->sigma2 = SEALED_SIGMA2;
	}
}

static inline void sealed_plan(struct sealed_world *w)
{
	static const enum drp_group t = DRP_TEACHER;
	sealed_release(w, DRP_LEADER, 0, DRP_MAP_PAIRS, DRP_RELEASE_CORE);
	sealed_release(w, DRP_LEADER, 0, DRP_MAP_TICKS, DRP_RELEASE_TICKS);
	sealed_release(w, t, 0, DRP_MAP_HISTOGRAM, DRP_RELEASE_CORE);
	sealed_release(w, t, 0, DRP_MAP_SUMS, DRP_RELEASE_ADDITIONAL);
	sealed_release(w, t, 0, DRP_MAP_TICKS, DRP_RELEASE_TICKS);
	sealed_release(w, DRP_PUPIL, 0, DRP_MAP_HISTOGRAM, DRP_RELEASE_CORE);
	for (int f = DRP_FAMILY_PROVINCE; f < DRP_FAMILIES; f++) {
		int cells = f == DRP_FAMILY_PROVINCE_LEVEL;
		sealed_release(w, DRP_LEADER, f, DRP_MAP_COUNTS, 0);
		sealed_release(w, t, f, cells ? DRP_MAP_COUNTS : DRP_MAP_SUMS, 0);
		sealed_release(w, DRP_PUPIL, f, DRP_MAP_SUMS, 0);
	}
}

static inline void sealed_begin(struct sealed_world *w)
{
	memset(w, 0, sizeof *w);
	frame_begin(&w->frame);
	fixture_instrument(&w->instrument);
	snprintf(w->frame.manifest.id, DRP_NAME_MAX, "sealed");
	snprintf(w->frame.manifest.title, DRP_NAME_MAX, "A sealed campaign");
	snprintf(w->frame.manifest.region, DRP_CODE_MAX, "BE2");
	w->frame.manifest.track = DRP_TRACK_SEALED;
	for (int g = 0; g < DRP_GROUPS; g++) {
		drp_vector_make(&w->vector[g], &w->instrument, (enum drp_group)g);
		w->frame.manifest.rho[g] = (struct drp_rational){1, 10};
	}
	memset(w->came, 1, sizeof w->came);
	sealed_plan(w);
}

static inline void sealed_clear(struct sealed_world *w)
{
	for (size_t i = 0; i < DRP_RELEASES_MAX; i++) {
		free(w->values[i]);
		w->values[i] = NULL;
	}
	drp_edition_free(w->edition);
	w->edition = NULL;
}

/* The counters of one unit; all units are alike. */
static inline void sealed_counts(const struct drp_vector *v, uint64_t *count)
{
	memset(count, 0, v->length * sizeof *count);
	count[0] = SEALED_EACH;
	for (size_t i = 0; i < v->n_items; i++) {
		uint64_t *c = count + v->offset[i], sum = 0;
		if (v->points[i] == 0) {
			c[0] = 5;
			c[1] = 14;
		} else if (i < v->n_core) {
			memcpy(c, sealed_points, sizeof sealed_points);
			c[5] = v->has_na[i];
		} else {
			c[3] = 19;
		}
		for (size_t k = 0; k + 1 < v->counters[i]; k++) {
			sum += c[k];
		}
		c[v->counters[i] - 1] = SEALED_EACH - sum;
	}
}

static inline int sealed_units(
	const struct sealed_world *w, int group, const struct drp_cohort *cohort)
{
	int n = 0;
	for (uint32_t u = 0; u < w->frame.manifest.n_units; u++) {
		n += w->came[(size_t)group * w->frame.manifest.n_units + u] &&
		     drp_cohort_holds(cohort, &w->frame.unit[u]);
	}
	return n;
}

static inline void sealed_open_release(struct sealed_world *w, size_t at)
{
	const struct drp_release *r = &w->frame.manifest.release[at];
	const struct drp_vector *v = &w->vector[r->group];
	const struct drp_plan *plan = &w->opening.group[r->group].values;
	size_t width = drp_release_values(v, r), used = 0;
	uint64_t count[1024];
	CHECK(v->length <= 1024);
	sealed_counts(v, count);
	for (size_t c = 0; c < plan->n; c++) {
		const struct drp_cohort *cohort = &plan->cohort[c].cohort;
		if (!plan->cohort[c].open || (int)cohort->family != r->family) {
			continue;
		}
		w->values[at] =
			realloc(w->values[at], (used + width) * sizeof *w->values[at]);
		CHECK(w->values[at] != NULL);
		for (size_t k = 0; k < width; k++) {
			struct drp_term term[DRP_TERMS_MAX];
			size_t n = drp_release_terms(v, r, k, term);
			int64_t sum = 0;
			for (size_t t = 0; t < n; t++) {
				sum += term[t].weight * (int64_t)count[term[t].index];
			}
			w->values[at][used++] = sum * sealed_units(w, r->group, cohort);
		}
	}
}

/* The plans, the numbers and every value; call it when all units are there. */
static inline void sealed_open(struct sealed_world *w)
{
	const struct drp_manifest *m = &w->frame.manifest;
	CHECK(m->n_units <= SEALED_UNITS);
	w->opening = (struct drp_sealed_opening){.manifest = m,
		.instrument = &w->instrument,
		.came = w->came,
		.opened = (const int64_t *const *)w->values};
	CHECK_OK(drp_sealed_agreed(&w->opening, NULL));
	CHECK_OK(drp_sealed_numbers(&w->opening, NULL));
	for (int g = 0; g < DRP_GROUPS; g++) {
		struct drp_sealed_group *group = &w->opening.group[g];
		for (size_t i = 0; i < group->numbers.n; i++) {
			const struct drp_planned *p = &group->numbers.cohort[i];
			group->n[i] = p->open ? (uint64_t)sealed_units(w, g, &p->cohort) *
							SEALED_EACH
					      : 0;
		}
	}
	CHECK_OK(drp_sealed_values(&w->opening, NULL));
	for (size_t i = 0; i < m->n_releases; i++) {
		if (m->release[i].map != DRP_MAP_COUNTS) {
			sealed_open_release(w, i);
		}
	}
}

static inline void sealed_build(struct sealed_world *w)
{
	struct drp_diag diag = {0};
	drp_edition_free(w->edition);
	w->edition = NULL;
	enum drp_err err =
		drp_edition_build_sealed(&w->opening, 1, 1775000000, &w->edition, &diag);
	if (err) {
		printf("# %s\n", diag.text);
	}
	CHECK_OK(err);
}

#endif
