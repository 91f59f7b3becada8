/* SPDX-License-Identifier: Apache-2.0
 *
 * The attacker takes every row of whole editions: questionnaires and invitations of each
 * cohort, the number behind each mean, and "all minus the rest". Nothing exact about
 * fewer schools than the threshold may follow, within one edition, from two campaigns,
 * or from a school that came late or withdrew.
 *
 * usage: attack.differencing [number of seeds]
 */
#include "tests/attack/collect.h"
#include "tests/attack/region.h"
#include "tests/attack/solver.h"

static struct solver solver;
static uint64_t seeds = 20;

/* ---- equations ---- */

/* Which units a number of a row is about: all that came, or those with values. */
static void mark(const struct region *r, int group, const struct drp_cohort *cohort,
	int valued_only, size_t first, uint8_t set[SOLVER_UNKNOWNS])
{
	memset(set, 0, SOLVER_UNKNOWNS);
	for (uint32_t u = 0; u < r->manifest->n_units; u++) {
		const struct drp_contribution *c = region_of(r, group, u);
		CHECK(first + u < SOLVER_UNKNOWNS);
		set[first + u] = c && (!valued_only || c->n_values) &&
				 drp_cohort_holds(cohort, &r->manifest->unit[u]);
	}
}

/* The unknowns are the questionnaires of each unit: the number itself is printed on the
 * questionnaires rows, its part behind values in the column n of the means. */
static void learn_edition(
	const struct region *r, const struct drp_edition *e, int group, size_t first)
{
	for (size_t i = 0; i < e->n_observations; i++) {
		const struct drp_observation *o = &e->observation[i];
		int mean = strcmp(o->measure, "mean") == 0;
		uint8_t set[SOLVER_UNKNOWNS];
		if (o->group != group || !*o->n || (mean && strcmp(o->item, "_T") != 0) ||
			(!mean && strcmp(o->measure, "questionnaires") != 0)) {
			continue;
		}
		struct drp_cohort cohort = region_cohort(o);
		mark(r, group, &cohort, mean, first, set);
		solver_learn(&solver, set, strtoull(o->n, NULL, 10));
	}
}

/* ---- questions ---- */

struct asking {
	const struct region *r;
	int group;
	size_t first;
	int small, determined; /* sets below the threshold: asked, and solved */
};

static uint32_t schools_in(const struct asking *a, const uint8_t set[SOLVER_UNKNOWNS])
{
	static uint8_t seen[DRP_SCHOOLS_MAX];
	uint32_t n = 0;
	memset(seen, 0, sizeof seen);
	for (uint32_t u = 0; u < a->r->manifest->n_units; u++) {
		uint32_t school = a->r->manifest->unit[u].school;
		n += set[a->first + u] && !seen[school];
		seen[school] |= set[a->first + u];
	}
	return n;
}

static int64_t true_sum(const struct asking *a, const uint8_t set[SOLVER_UNKNOWNS])
{
	int64_t sum = 0;
	for (uint32_t u = 0; u < a->r->manifest->n_units; u++) {
		sum += set[a->first + u] ? region_of(a->r, a->group, u)->questionnaires
					 : 0;
	}
	return sum;
}

/* Asks for a set when it has fewer schools than the threshold. */
static void ask(struct asking *a, const uint8_t set[SOLVER_UNKNOWNS])
{
	uint32_t schools = schools_in(a, set);
	if (schools == 0 || schools >= a->r->manifest->thresholds.k_schools) {
		return;
	}
	int64_t found = solver_ask(&solver, set);
	a->small++;
	if (found >= 0) {
		CHECK_INT(
			found, true_sum(a, set)); /* or the attacker's algebra is wrong */
		a->determined++;
	}
}

/* Every school and every board: its units with values, those without, and all. */
static void ask_owners(struct asking *a)
{
	const struct drp_manifest *m = a->r->manifest;
	for (uint32_t owner = 0; owner < m->n_schools + m->n_boards; owner++) {
		for (int kind = 0; kind < 3; kind++) {
			uint8_t set[SOLVER_UNKNOWNS] = {0};
			for (uint32_t u = 0; u < m->n_units; u++) {
				const struct drp_contribution *c =
					region_of(a->r, a->group, u);
				uint32_t of = owner < m->n_schools
						      ? m->unit[u].school
						      : m->n_schools + m->unit[u].board;
				set[a->first + u] =
					c && of == owner &&
					(kind == 2 || kind == (c->n_values > 0));
			}
			ask(a, set);
		}
	}
}

/* Cells of (province, level, network), with and without values, alone and in pairs. */
static void ask_cells(struct asking *a)
{
	static uint8_t cell[2 * DRP_ATOMS_MAX][SOLVER_UNKNOWNS];
	const struct drp_manifest *m = a->r->manifest;
	size_t n = 0;
	memset(cell, 0, sizeof cell);
	for (int at = 0; at < DRP_ATOMS_MAX; at++) {
		const struct drp_cohort cohort = {DRP_FAMILY_REGION,
			(uint16_t)(1u << (1 + at / 25)),
			(uint16_t)(1u << (1 + at / 5 % 5)),
			(uint16_t)(1u << (1 + at % 5))};
		for (int valued = 0; valued < 2; valued++) {
			int any = 0;
			for (uint32_t u = 0; u < m->n_units; u++) {
				const struct drp_contribution *c =
					region_of(a->r, a->group, u);
				int inside = c && (c->n_values > 0) == valued &&
					     drp_cohort_holds(&cohort, &m->unit[u]);
				cell[n][a->first + u] = (uint8_t)inside;
				any |= inside;
			}
			n += (size_t)any;
		}
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

/* Every cohort that has a row: all of it, with values, without, and the rest of the
 * region around it. */
static void ask_cohorts(struct asking *a, const struct drp_edition *e)
{
	for (size_t i = 0; i < e->n_observations; i++) {
		const struct drp_observation *o = &e->observation[i];
		uint8_t all[SOLVER_UNKNOWNS], valued[SOLVER_UNKNOWNS];
		if (o->group != a->group || strcmp(o->measure, "questionnaires") != 0) {
			continue;
		}
		struct drp_cohort cohort = region_cohort(o);
		mark(a->r, a->group, &cohort, 0, a->first, all);
		mark(a->r, a->group, &cohort, 1, a->first, valued);
		ask(a, all);
		ask(a, valued);
		for (size_t u = 0; u < SOLVER_UNKNOWNS; u++) {
			valued[u] = all[u] && !valued[u];
		}
		ask(a, valued);
	}
}

/* What is left of the region when every printed number of a family is subtracted. */
static void ask_remainders(struct asking *a, const struct drp_edition *e)
{
	const struct drp_cohort region = {.family = DRP_FAMILY_REGION};
	for (int f = DRP_FAMILY_PROVINCE; f < DRP_FAMILIES; f++) {
		uint8_t rest[SOLVER_UNKNOWNS], set[SOLVER_UNKNOWNS];
		mark(a->r, a->group, &region, 0, a->first, rest);
		for (size_t i = 0; i < e->n_observations; i++) {
			const struct drp_observation *o = &e->observation[i];
			if (o->family != f || o->group != a->group || !*o->value ||
				strcmp(o->measure, "questionnaires") != 0) {
				continue;
			}
			struct drp_cohort cohort = region_cohort(o);
			mark(a->r, a->group, &cohort, 0, a->first, set);
			for (size_t u = 0; u < SOLVER_UNKNOWNS; u++) {
				rest[u] = rest[u] && !set[u];
			}
		}
		ask(a, rest);
	}
}

static void ask_everything(struct asking *a, const struct drp_edition *e)
{
	CHECK(!solver.contradiction);
	ask_owners(a);
	ask_cells(a);
	ask_cohorts(a, e);
	ask_remainders(a, e);
}

/* ---- one edition ---- */

static int asked, solved;

static void attack_edition(size_t schools, uint64_t seed)
{
	static struct region r;
	struct drp_edition *e = NULL;
	region_begin(&r, schools, seed);
	CHECK_OK(region_edition(&r, &e));
	for (int g = 0; g < DRP_GROUPS; g++) {
		struct asking a = {.r = &r, .group = g};
		memset(&solver, 0, sizeof solver);
		learn_edition(&r, e, g, 0);
		ask_everything(&a, e);
		asked += a.small;
		solved += a.determined;
	}
	drp_edition_free(e);
	region_end(&r);
}

static void one_edition(void)
{
	asked = solved = 0;
	for (uint64_t seed = 1; seed <= seeds; seed++) {
		attack_edition(seed % 2 ? 143 : 20 + seed % 60, seed);
	}
	printf("# %d sets of too few schools asked for, %d solved\n", asked, solved);
	CHECK(asked > 10000);
	CHECK_INT(solved, 0);
}

/* The control: every cohort's numbers, printed without any gate. */
static void learn_ungated(const struct region *r, const struct drp_edition *e, int group)
{
	struct asking a = {.r = r, .group = group};
	for (size_t i = 0; i < e->n_observations; i++) {
		const struct drp_observation *o = &e->observation[i];
		uint8_t set[SOLVER_UNKNOWNS];
		if (o->group != group || strcmp(o->measure, "questionnaires") != 0) {
			continue;
		}
		struct drp_cohort cohort = region_cohort(o);
		for (int valued = 0; valued < 2; valued++) {
			mark(r, group, &cohort, valued, 0, set);
			solver_learn(&solver, set, (uint64_t)true_sum(&a, set));
		}
	}
}

static void without_gates(void)
{
	static struct region r;
	struct drp_edition *e = NULL;
	struct asking a = {.r = &r, .group = DRP_TEACHER};
	region_begin(&r, 60, 3);
	CHECK_OK(region_edition(&r, &e));
	memset(&solver, 0, sizeof solver);
	learn_ungated(&r, e, DRP_TEACHER);
	ask_everything(&a, e);
	printf("# gates off: %d of %d sets of too few schools solved\n", a.determined,
		a.small);
	CHECK(a.determined >= 20);
	drp_edition_free(e);
	region_end(&r);
}

/* ---- two editions ---- */

/* Another campaign is other answers: its numbers are new unknowns, and one school less in
 * it tells nothing about that school. */
static void two_campaigns(void)
{
	static struct region one, two;
	struct drp_edition *first = NULL, *second = NULL;
	region_begin(&one, 143, 31);
	region_later(&two, &one, 32);
	CHECK_OK(region_edition(&one, &first));
	CHECK_OK(region_edition(&two, &second));
	CHECK(one.manifest->n_schools == two.manifest->n_schools + 1);
	int determined = 0;
	for (int g = 0; g < DRP_GROUPS; g++) {
		struct asking a = {.r = &one, .group = g};
		struct asking b = {.r = &two, .group = g, .first = one.manifest->n_units};
		memset(&solver, 0, sizeof solver);
		learn_edition(&one, first, g, a.first);
		learn_edition(&two, second, g, b.first);
		ask_everything(&a, first);
		ask_everything(&b, second);
		determined += a.determined + b.determined;
	}
	CHECK_INT(determined, 0);
	drp_edition_free(first);
	drp_edition_free(second);
	region_end(&one);
	region_end(&two);
}

/* The control: if the same contributions could be opened again with one school less, two
 * harmless tables would give that school away. That is why an opening happens once. */
static void one_less(void)
{
	static struct region r;
	struct drp_edition *all = NULL, *less = NULL;
	struct asking a = {.r = &r, .group = DRP_PUPIL};
	region_begin(&r, 143, 31);
	CHECK_OK(region_edition(&r, &all));
	memset(&solver, 0, sizeof solver);
	learn_edition(&r, all, DRP_PUPIL, 0);
	const struct drp_contribution **kept =
		drp_alloc((size_t)DRP_GROUPS * r.manifest->n_units, sizeof *kept);
	CHECK(kept != NULL);
	memcpy(kept, r.present, (size_t)DRP_GROUPS * r.manifest->n_units * sizeof *kept);
	for (uint32_t u = 0; u < r.manifest->n_units; u++) {
		if (r.manifest->unit[u].school == 7) {
			for (int g = 0; g < DRP_GROUPS; g++) {
				r.present[(size_t)g * r.manifest->n_units + u] = NULL;
			}
		}
	}
	CHECK_OK(region_edition(&r, &less));
	learn_edition(&r, less, DRP_PUPIL, 0);
	memcpy(r.present, kept, (size_t)DRP_GROUPS * r.manifest->n_units * sizeof *kept);
	ask_owners(&a);
	printf("# opened twice, once without a school: %d sets of too few schools "
	       "solved\n",
		a.determined);
	CHECK(a.determined > 0);
	drp_free(kept);
	drp_edition_free(all);
	drp_edition_free(less);
	region_end(&r);
}

/* ---- late answers and withdrawn schools, through the programs' own code ---- */

static const char *questionnaires(const struct drp_edition *e, int group)
{
	for (size_t i = 0; i < e->n_observations; i++) {
		const struct drp_observation *o = &e->observation[i];
		if (o->family == DRP_FAMILY_REGION && o->group == group &&
			strcmp(o->measure, "questionnaires") == 0) {
			return o->value;
		}
	}
	return "?";
}

static void late_and_withdrawn(void)
{
	static struct fed f;
	struct drp_diag diag = {0};
	struct drp_hash before;
	uint32_t approved = 0, waiting = 0;
	collect_begin(&f, 7, 41);
	collect_all(&f);
	/* One pupil more after approval: there is no second contribution. */
	fed_fill(&f.school[0], FED_CAMPAIGN, DRP_PUPIL, 1, 5);
	CHECK_OK(fed_approve(&f, &f.school[0], FED_CAMPAIGN, &approved));
	CHECK_INT(approved, 0);
	collect_publish(&f, &f.school[0]);
	CHECK_INT(f.school[0].result.stored, 0);
	collect_withdraw(&f, &f.school[6]); /* before the opening it may */
	CHECK_INT(f.school[6].result.withdrawn, 2);

	collect_close(&f);
	struct drp_edition *e = collect_edition(&f);
	before = e->hash;
	CHECK_STR(questionnaires(e, DRP_PUPIL), "180"); /* 6 schools of 30 */
	drp_edition_free(e);

	/* After it, neither leaving nor opening again changes the edition. */
	CHECK_OK(drp_release_withdraw(&f.school[5].node, FED_CAMPAIGN, &waiting, &diag));
	collect_publish(&f, &f.school[5]);
	CHECK_INT(f.school[5].result.withdrawn, 0);
	CHECK_INT(f.school[5].result.refused, 2);
	collect_close(&f);
	e = collect_edition(&f);
	CHECK_INT(e->number, 1);
	CHECK_MEM(&e->hash, &before, sizeof before);
	drp_edition_free(e);
	CHECK_OK(drp_campaign_freeze(&f.hub, FED_CAMPAIGN, &diag));
	collect_close(&f);
	e = collect_edition(&f);
	CHECK_MEM(&e->hash, &before, sizeof before);
	drp_edition_free(e);
	fed_end(&f);
}

int main(int argc, char **argv)
{
	seeds = argc > 1 ? strtoull(argv[1], NULL, 10) : seeds;
	CASE("nothing small follows from a whole edition", one_edition);
	CASE("control: without gates it does", without_gates);
	CASE("nor from two campaigns with one school less in the second", two_campaigns);
	CASE("control: from one campaign opened twice it does", one_less);
	CASE("late answers and late withdrawals change no edition", late_and_withdrawn);
	return DONE();
}
