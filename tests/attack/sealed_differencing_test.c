/* SPDX-License-Identifier: Apache-2.0
 *
 * The attacker takes every exact number of questionnaires that a sealed edition prints,
 * and every sum that it opens, as equations over the schools' own numbers and sums.
 * Nothing about fewer schools than the threshold may follow: not within one edition, over
 * all families; nor from two campaigns between which a school moved to another province,
 * one left and one joined. The controls: gates without audit C leak, and so would one set
 * of questionnaires that is opened in two campaigns.
 *
 * usage: attack.sealed_differencing [number of seeds]
 */
#include "tests/attack/sealed_region.h"
#include "tests/attack/solver.h"

static uint64_t seeds = 12;

/* A campaign of the region, as both aggregators see it after the numbers' opening. */
struct world {
	struct region r;
	uint8_t *came;	  /* [group * units + unit] */
	uint32_t *sheets; /* likewise; 0 where nothing came */
	struct drp_sealed_opening opening;
	int64_t *values[DRP_RELEASES_MAX];
	struct drp_edition *edition;
	size_t first; /* of its unknowns in the solvers */
};

static struct solver numbers, sums;
static struct world one, two;

static uint32_t sheets_of(const struct world *w, int group, uint32_t unit)
{
	return w->sheets[(size_t)group * w->r.manifest->n_units + unit];
}

static int holds(
	const struct world *w, int group, const struct drp_cohort *cohort, uint32_t unit)
{
	return w->came[(size_t)group * w->r.manifest->n_units + unit] &&
	       drp_cohort_holds(cohort, &w->r.manifest->unit[unit]);
}

static uint64_t number_of(const struct world *w, int group, const struct drp_cohort *c)
{
	uint64_t n = 0;
	for (uint32_t u = 0; u < w->r.manifest->n_units; u++) {
		n += holds(w, group, c, u) ? sheets_of(w, group, u) : 0;
	}
	return n;
}

/* ---- a campaign ---- */

/* One unit in eight stays away; of those eligible a part answers. */
static void collect(struct world *w)
{
	const struct drp_manifest *m = w->r.manifest;
	size_t places = (size_t)DRP_GROUPS * m->n_units;
	w->came = drp_alloc(places, 1);
	w->sheets = drp_alloc(places, sizeof *w->sheets);
	CHECK(w->came && w->sheets);
	for (uint32_t u = 0; u < m->n_units; u++) {
		int away = region_roll(&w->r, 8) == 0;
		for (int g = 0; g < DRP_GROUPS; g++) {
			size_t at = (size_t)g * m->n_units + u;
			uint32_t n = m->unit[u].eligible[g] *
				     (30 + region_roll(&w->r, 60)) / 100;
			w->came[at] = !away && n > 0;
			w->sheets[at] = away ? 0 : n;
		}
	}
}

/* What a release opens: its integers themselves do not matter here. */
static void open_release(struct world *w, uint16_t at)
{
	const struct drp_release *r = &w->r.manifest->release[at];
	const struct drp_sealed_group *group = &w->opening.group[r->group];
	struct drp_vector v;
	size_t n = 0, used = 0;
	drp_vector_make(&v, w->r.instrument, (enum drp_group)r->group);
	size_t width = r->map == DRP_MAP_COUNTS ? 0 : drp_release_values(&v, r);
	w->values[at] = drp_alloc(group->values.n * width + 1, sizeof *w->values[at]);
	CHECK(w->values[at] != NULL);
	for (size_t c = 0; c < group->values.n; c++) {
		if (group->values.cohort[c].open &&
			(int)group->values.cohort[c].cohort.family == r->family) {
			n += width;
			for (; used < n; used++) {
				w->values[at][used] = (int64_t)group->n[c] / 5;
			}
		}
	}
}

static void publish(struct world *w)
{
	struct drp_diag diag = {0};
	w->opening = (struct drp_sealed_opening){.manifest = w->r.manifest,
		.instrument = w->r.instrument,
		.came = w->came,
		.opened = (const int64_t *const *)w->values};
	CHECK_OK(drp_sealed_agreed(&w->opening, &diag));
	CHECK_OK(drp_sealed_numbers(&w->opening, &diag));
	for (int g = 0; g < DRP_GROUPS; g++) {
		struct drp_sealed_group *group = &w->opening.group[g];
		for (size_t c = 0; c < group->numbers.n; c++) {
			const struct drp_planned *p = &group->numbers.cohort[c];
			group->n[c] = p->open ? number_of(w, g, &p->cohort) : 0;
		}
	}
	CHECK_OK(drp_sealed_values(&w->opening, &diag));
	for (uint16_t i = 0; i < w->r.manifest->n_releases; i++) {
		open_release(w, i);
	}
	CHECK_OK(
		drp_edition_build_sealed(&w->opening, 1, 1800000000, &w->edition, &diag));
}

static void begin(struct world *w, size_t schools, uint64_t seed)
{
	memset(w, 0, sizeof *w);
	region_prepare(&w->r, seed);
	region_schools(&w->r, schools);
	sealed_region_manifest(&w->r);
	collect(w);
	publish(w);
}

/* A later campaign: school 7 has moved to another province and, where `joins`, the last
 * one has left and a new one has joined in the province of school 3. */
static void begin_later(
	struct world *w, const struct world *earlier, uint64_t seed, int joins)
{
	memset(w, 0, sizeof *w);
	region_prepare(&w->r, seed);
	memcpy(w->r.school, earlier->r.school, sizeof w->r.school);
	w->r.n_schools = earlier->r.n_schools;
	struct drp_school *moved = &w->r.school[7];
	moved->province = (uint8_t)(1 + moved->province % 6);
	if (joins) {
		struct drp_school *joined = &w->r.school[w->r.n_schools - 1];
		snprintf(joined->id, sizeof joined->id, "new");
		snprintf(joined->board, sizeof joined->board, "new");
		joined->province = w->r.school[3].province;
		w->r.rng.fill(w->r.rng.self, joined->key.b, sizeof joined->key.b);
	}
	sealed_region_manifest(&w->r);
	w->first = earlier->r.manifest->n_units;
}

static void end(struct world *w)
{
	for (size_t i = 0; i < DRP_RELEASES_MAX; i++) {
		drp_free(w->values[i]);
	}
	drp_free(w->came);
	drp_free(w->sheets);
	drp_edition_free(w->edition);
	region_end(&w->r);
}

static void forget(void)
{
	memset(&numbers, 0, sizeof numbers);
	memset(&sums, 0, sizeof sums);
}

/* ---- equations ---- */

static void mark(const struct world *w, int group, const struct drp_cohort *cohort,
	uint8_t set[SOLVER_UNKNOWNS])
{
	memset(set, 0, SOLVER_UNKNOWNS);
	for (uint32_t u = 0; u < w->r.manifest->n_units; u++) {
		CHECK(w->first + u < SOLVER_UNKNOWNS);
		set[w->first + u] = (uint8_t)holds(w, group, cohort, u);
	}
}

/* The rows of the edition for the numbers; for sums the archive of what was opened. A sum
 * stands for one value of each school, whatever its noise; the school's number of
 * questionnaires serves as that value, so that a solution can be checked. */
static void learn(const struct world *w, int group)
{
	uint8_t set[SOLVER_UNKNOWNS];
	for (size_t i = 0; i < w->edition->n_observations; i++) {
		const struct drp_observation *o = &w->edition->observation[i];
		int mean = strcmp(o->measure, "mean") == 0 && strcmp(o->item, "_T") == 0;
		int number = strcmp(o->measure, "questionnaires") == 0;
		const char *text = mean ? o->n : o->value;
		if (o->group != group || !*text || !(mean || number)) {
			continue;
		}
		struct drp_cohort cohort = region_cohort(o);
		mark(w, group, &cohort, set);
		solver_learn(&numbers, set, strtoull(text, NULL, 10));
	}
	for (size_t i = 0; i < w->edition->n_opened; i++) {
		const struct drp_opened *o = &w->edition->opened[i];
		if (o->group == group && o->map != DRP_MAP_COUNTS) {
			mark(w, group, &o->cohort, set);
			solver_learn(&sums, set, number_of(w, group, &o->cohort));
		}
	}
}

/* The control: cohorts that pass gates A and B, each by itself. */
static void learn_without_audit(const struct world *w, int group)
{
	static struct drp_cohort cohort[DRP_COHORTS_MAX];
	const struct drp_manifest *m = w->r.manifest;
	for (int family = 0; family < DRP_FAMILIES; family++) {
		size_t n = drp_cohorts_list((enum drp_family)family, m->unit, m->n_units,
			cohort, DRP_COHORTS_MAX);
		for (size_t c = 0; c < n; c++) {
			struct drp_gate_facts facts;
			uint8_t set[SOLVER_UNKNOWNS];
			uint64_t number = number_of(w, group, &cohort[c]);
			CHECK_OK(drp_gate_facts(m->unit, m->n_units,
				w->came + (size_t)group * m->n_units,
				(enum drp_group)group, &cohort[c], &facts));
			if (drp_gate_a(&facts, &m->thresholds) == DRP_OK &&
				number >= m->thresholds.k_respondents[group]) {
				mark(w, group, &cohort[c], set);
				solver_learn(&numbers, set, number);
				solver_learn(&sums, set, number);
			}
		}
	}
}

/* ---- questions ---- */

struct asking {
	const struct world *w;
	int group;
	int small, found; /* sets below the threshold: asked, and solved */
};

static uint32_t schools_in(const struct asking *a, const uint8_t set[SOLVER_UNKNOWNS])
{
	static uint8_t seen[DRP_SCHOOLS_MAX];
	const struct drp_manifest *m = a->w->r.manifest;
	uint32_t n = 0;
	memset(seen, 0, m->n_schools);
	for (uint32_t u = 0; u < m->n_units; u++) {
		uint8_t in = set[a->w->first + u];
		n += in && !seen[m->unit[u].school];
		seen[m->unit[u].school] |= in;
	}
	return n;
}

static void ask(struct asking *a, const uint8_t set[SOLVER_UNKNOWNS])
{
	const struct drp_manifest *m = a->w->r.manifest;
	uint32_t schools = schools_in(a, set);
	if (schools == 0 || schools >= m->thresholds.k_schools) {
		return;
	}
	int64_t exact = 0, found[] = {solver_ask(&numbers, set), solver_ask(&sums, set)};
	for (uint32_t u = 0; u < m->n_units; u++) {
		exact += set[a->w->first + u] ? sheets_of(a->w, a->group, u) : 0;
	}
	a->small++;
	for (int i = 0; i < 2; i++) {
		a->found += found[i] >= 0;
		CHECK(found[i] < 0 || found[i] == exact); /* or the algebra is wrong */
	}
}

/* Every school and every board. */
static void ask_owners(struct asking *a)
{
	const struct drp_manifest *m = a->w->r.manifest;
	for (uint32_t owner = 0; owner < m->n_schools + m->n_boards; owner++) {
		uint8_t set[SOLVER_UNKNOWNS] = {0};
		for (uint32_t u = 0; u < m->n_units; u++) {
			uint32_t of = owner < m->n_schools
					      ? m->unit[u].school
					      : m->n_schools + m->unit[u].board;
			set[a->w->first + u] =
				of == owner && sheets_of(a->w, a->group, u);
		}
		ask(a, set);
	}
}

/* Cells of (province, level, network), alone and in pairs. */
static void ask_cells(struct asking *a)
{
	static uint8_t cell[DRP_ATOMS_MAX][SOLVER_UNKNOWNS];
	size_t n = 0;
	for (int at = 0; at < 8 * DRP_LEVELS * 8 && n < DRP_ATOMS_MAX; at++) {
		const struct drp_cohort cohort = {DRP_FAMILY_REGION,
			(uint16_t)(1u << at / (8 * DRP_LEVELS)),
			(uint16_t)(1u << (1 + at / 8 % DRP_LEVELS)),
			(uint16_t)(1u << at % 8)};
		mark(a->w, a->group, &cohort, cell[n]);
		n += memchr(cell[n], 1, SOLVER_UNKNOWNS) != NULL;
	}
	for (size_t i = 0; i < n; i++) {
		for (size_t k = i; k < n; k++) {
			uint8_t set[SOLVER_UNKNOWNS];
			for (size_t u = 0; u < SOLVER_UNKNOWNS; u++) {
				set[u] = cell[i][u] | cell[k][u];
			}
			ask(a, set);
		}
	}
}

/* Every cohort of every family, and the rest of the region without what a family opens.
 */
static void ask_cohorts(struct asking *a)
{
	const struct drp_plan *plan = &a->w->opening.group[a->group].numbers;
	uint8_t set[SOLVER_UNKNOWNS], rest[SOLVER_UNKNOWNS];
	for (int family = 0; family < DRP_FAMILIES; family++) {
		const struct drp_cohort region = {.family = DRP_FAMILY_REGION};
		mark(a->w, a->group, &region, rest);
		for (size_t c = 0; c < plan->n; c++) {
			if ((int)plan->cohort[c].cohort.family != family) {
				continue;
			}
			mark(a->w, a->group, &plan->cohort[c].cohort, set);
			ask(a, set);
			for (size_t u = 0; plan->cohort[c].open && u < SOLVER_UNKNOWNS;
				u++) {
				rest[u] = rest[u] && !set[u];
			}
		}
		ask(a, rest);
	}
}

static void ask_everything(struct asking *a)
{
	CHECK(!numbers.contradiction && !sums.contradiction);
	ask_owners(a);
	ask_cells(a);
	ask_cohorts(a);
}

/* ---- cases ---- */

static void one_edition(void)
{
	int asked = 0, found = 0;
	size_t known = 0;
	for (uint64_t seed = 1; seed <= seeds; seed++) {
		begin(&one, seed % 3 == 1 ? 143 : 20 + 7 * (seed % 11), seed);
		for (int g = 0; g < DRP_GROUPS; g++) {
			struct asking a = {.w = &one, .group = g};
			forget();
			learn(&one, g);
			ask_everything(&a);
			asked += a.small;
			found += a.found;
			known += numbers.rank + sums.rank;
		}
		end(&one);
	}
	printf("# %zu independent equations, %d sets of too few schools asked for, "
	       "%d solved\n",
		known, asked, found);
	CHECK(asked > 4000);
	CHECK(known > 15 * seeds);
	CHECK_INT(found, 0);
}

static void without_audit(void)
{
	int asked = 0, found = 0;
	for (uint64_t seed = 1; seed <= 12; seed++) {
		begin(&one, 60, 100 + seed);
		for (int g = DRP_TEACHER; g <= DRP_PUPIL; g++) {
			struct asking a = {.w = &one, .group = g};
			forget();
			learn_without_audit(&one, g);
			ask_everything(&a);
			asked += a.small;
			found += a.found;
		}
		end(&one);
	}
	printf("# audit C off: %d of %d sets of too few schools solved\n", found, asked);
	CHECK(found >= 10);
}

/* Another campaign is other questionnaires: its numbers are unknowns of their own. */
static void two_campaigns(void)
{
	int found = 0;
	begin(&one, 143, 31);
	begin_later(&two, &one, 32, 1);
	collect(&two);
	publish(&two);
	for (int g = 0; g < DRP_GROUPS; g++) {
		struct asking a = {.w = &one, .group = g}, b = {.w = &two, .group = g};
		forget();
		learn(&one, g);
		learn(&two, g);
		ask_everything(&a);
		ask_everything(&b);
		CHECK(a.small > 0 && b.small > 0);
		found += a.found + b.found;
	}
	CHECK_INT(found, 0);
	end(&one);
	end(&two);
}

/* The unit of the other campaign with the same school and level; the number of units when
 * there is none. */
static uint32_t same_unit(const struct world *w, const struct world *of, uint32_t unit)
{
	const struct drp_manifest *m = w->r.manifest, *o = of->r.manifest;
	const struct drp_unit *u = &o->unit[unit];
	for (uint32_t i = 0; i < m->n_units; i++) {
		if (m->unit[i].level == u->level &&
			memcmp(&m->key[m->unit[i].school], &o->key[u->school],
				sizeof *m->key) == 0) {
			return i;
		}
	}
	return m->n_units;
}

/* The control: were it the same questionnaires, the tables of both campaigns would be
 * equations over the same unknowns, and two provinces would give the moved school away.
 */
static void the_same_questionnaires(void)
{
	int found = 0;
	begin(&one, 143, 31);
	begin_later(&two, &one, 32, 0);
	size_t places = (size_t)DRP_GROUPS * two.r.manifest->n_units;
	two.came = drp_alloc(places, 1);
	two.sheets = drp_alloc(places, sizeof *two.sheets);
	CHECK(two.came && two.sheets);
	for (uint32_t u = 0; u < two.r.manifest->n_units; u++) {
		uint32_t was = same_unit(&one, &two, u);
		CHECK(was < one.r.manifest->n_units);
		for (int g = 0; g < DRP_GROUPS; g++) {
			size_t to = (size_t)g * two.r.manifest->n_units + u;
			size_t from = (size_t)g * one.r.manifest->n_units + was;
			two.came[to] = one.came[from];
			two.sheets[to] = one.sheets[from];
		}
	}
	publish(&two);
	for (int g = 0; g < DRP_GROUPS; g++) {
		static uint8_t set[SOLVER_UNKNOWNS], old[SOLVER_UNKNOWNS];
		struct asking a = {.w = &one, .group = g};
		const struct drp_plan *plan = &two.opening.group[g].numbers;
		forget();
		learn(&one, g);
		for (size_t c = 0; c < plan->n; c++) {
			if (!plan->cohort[c].open) {
				continue;
			}
			mark(&two, g, &plan->cohort[c].cohort, set);
			memset(old, 0, sizeof old);
			for (uint32_t u = 0; u < two.r.manifest->n_units; u++) {
				old[same_unit(&one, &two, u)] |= set[two.first + u];
			}
			solver_learn(&numbers, old,
				number_of(&two, g, &plan->cohort[c].cohort));
		}
		ask_everything(&a);
		found += a.found;
	}
	printf("# the same questionnaires in both: %d sets of too few schools solved\n",
		found);
	CHECK(found > 0);
	end(&one);
	end(&two);
}

int main(int argc, char **argv)
{
	seeds = argc > 1 ? strtoull(argv[1], NULL, 10) : seeds;
	CASE("nothing small follows from a whole sealed edition", one_edition);
	CASE("control: without audit C it does", without_audit);
	CASE("nor from two campaigns between which schools moved, left and joined",
		two_campaigns);
	CASE("control: from the same questionnaires in both it does",
		the_same_questionnaires);
	return DONE();
}
