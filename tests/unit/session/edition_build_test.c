/* SPDX-License-Identifier: Apache-2.0
 *
 * The opening of small campaigns with contributions without noise, so that every number
 * can be checked by hand. Each unit of a group gives the sums of its items B1, B2, B4:
 *   n = 20 questionnaires, 18 valid answers to each; sums of x - 3: 10, -6 and 2
 * so that the valid rate of every item is .9, and a mean is 3 + S / (n .9).
 */
#include "proto/session/edition_build.h"

#include "proto/model/codes.h"

#include "tests/support/check.h"
#include "tests/support/node_fixture.h"
#include "tests/unit/privacy/frame.h"

#include <stdlib.h>

#define UNITS  64
#define SIGMA2 4

struct world {
	struct frame frame;
	struct drp_instrument instrument;
	struct drp_contribution contribution[DRP_GROUPS * UNITS];
	const struct drp_contribution *table[DRP_GROUPS * UNITS];
	struct drp_edition *edition;
};

static struct world world;

/* ---- making a campaign ---- */

static void release(int group, int family, int map)
{
	struct drp_manifest *m = &world.frame.manifest;
	m->release[m->n_releases++] = (struct drp_release){.group = (uint8_t)group,
		.family = (uint8_t)family,
		.map = (uint8_t)map,
		.rho = {1, 10},
		.delta2 = 15,
		.sigma2 = SIGMA2};
}

/* Values as on the open track: leaders for the region, teachers one way, pupils all. */
static void begin(void)
{
	frame_begin(&world.frame);
	fixture_instrument(&world.instrument);
	memset(world.table, 0, sizeof world.table);
	snprintf(world.frame.manifest.id, DRP_NAME_MAX, "small");
	for (int g = 0; g < DRP_GROUPS; g++) {
		for (int f = 0; f < DRP_FAMILIES; f++) {
			int values = g == DRP_PUPIL || f == DRP_FAMILY_REGION ||
				     (g == DRP_TEACHER && f != DRP_FAMILY_PROVINCE_LEVEL);
			release(g, f, values ? DRP_MAP_PAIRS : DRP_MAP_COUNTS);
		}
	}
}

static void give(uint32_t unit, int group, uint32_t n)
{
	static const int64_t sum[] = {10, -6, 2};
	struct drp_contribution *c = &world.contribution[group * UNITS + (int)unit];
	memset(c, 0, sizeof *c);
	c->group = (uint8_t)group;
	c->questionnaires = n;
	c->invited = n + 1;
	if (n >= world.frame.manifest.thresholds.k_unit[group]) {
		uint16_t items[DRP_ITEMS_MAX];
		size_t core = drp_instrument_vector(
			&world.instrument, (enum drp_group)group, DRP_ITEM_CORE, items);
		c->sigma2 = SIGMA2;
		c->n_values = (uint16_t)(2 * core);
		for (size_t i = 0; i < core; i++) {
			c->value[2 * i] = sum[i] * n / 20;
			c->value[2 * i + 1] = n * 18 / 20;
		}
	}
	world.table[(size_t)group * world.frame.manifest.n_units + unit] = c;
}

/* All units answer, 20 of each group; call it when all units are there. */
static void give_all(void)
{
	CHECK(world.frame.manifest.n_units <= UNITS);
	for (uint32_t u = 0; u < world.frame.manifest.n_units; u++) {
		for (int g = 0; g < DRP_GROUPS; g++) {
			give(u, g, 20);
		}
	}
}

static enum drp_err try_build(struct drp_diag *diag)
{
	const struct drp_gathered gathered = {
		&world.frame.manifest, &world.instrument, world.table};
	drp_edition_free(world.edition);
	world.edition = NULL;
	return drp_edition_build(&gathered, 1, 1775000000, &world.edition, diag);
}

static void build(void)
{
	struct drp_diag diag = {0};
	enum drp_err err = try_build(&diag);
	if (err) {
		printf("# %s\n", diag.text);
	}
	CHECK_OK(err);
}

/* ---- reading an edition ---- */

static const struct drp_observation *at(int family, const char *province,
	const char *level, int group, const char *area, const char *item,
	const char *measure)
{
	const struct drp_observation *found = NULL;
	for (size_t i = 0; i < world.edition->n_observations; i++) {
		const struct drp_observation *o = &world.edition->observation[i];
		if (o->family == family && o->group == group &&
			!strcmp(o->province, province) && !strcmp(o->level, level) &&
			!strcmp(o->area, area) && !strcmp(o->item, item) &&
			!strcmp(o->measure, measure)) {
			CHECK(!found); /* keys are unique */
			found = o;
		}
	}
	if (!found) {
		printf("# no row %d %s %s %d %s %s %s\n", family, province, level, group,
			area, item, measure);
	}
	CHECK(found);
	return found;
}

static const struct drp_observation *count(int family, const char *province,
	const char *level, int group, const char *measure)
{
	return at(family, province, level, group, "_T", "_T", measure);
}

static void shows(const struct drp_observation *o, const char *value, const char *schools)
{
	if (o->status != DRP_SHOWN) {
		printf("# %s %s %s %s %s is hidden\n", drp_family_code(o->family),
			o->province, o->level, o->network, o->measure);
	}
	CHECK_INT(o->status, DRP_SHOWN);
	CHECK_STR(o->value, value);
	CHECK_STR(o->schools, schools);
}

static void hides(const struct drp_observation *o, char status)
{
	CHECK_INT(o->status, status);
	CHECK_STR(o->value, "");
	CHECK_STR(o->se, "");
	CHECK_STR(o->low, "");
	CHECK_STR(o->high, "");
	CHECK_STR(o->n, "");
	CHECK_STR(o->schools, "");
}

#define REGION DRP_FAMILY_REGION, "_T", "_T"

/* Three provinces of six schools each at level 1. */
static void three_provinces(void)
{
	begin();
	frame_schools(&world.frame, 6, DRP_BE21, 1, DRP_KOV, 40);
	frame_schools(&world.frame, 6, DRP_BE22, 1, DRP_GO, 40);
	frame_schools(&world.frame, 6, DRP_BE24, 1, DRP_OVSG, 40);
	give_all();
}

/* That many schools of the province with a unit at either level. */
static void schools_of_two_levels(int n, int province, int one, int other, int network)
{
	for (int i = 0; i < n; i++) {
		uint32_t school = world.frame.manifest.n_schools;
		uint32_t board = world.frame.manifest.n_boards;
		frame_unit(&world.frame, school, board, province, one, network, 40);
		frame_unit(&world.frame, school, board, province, other, network, 40);
	}
}

/* ---- cases ---- */

static void totals(void)
{
	three_provinces();
	world.table[DRP_TEACHER * 18 + 17] = NULL;
	world.table[DRP_PUPIL * 18 + 17] = NULL;
	world.table[DRP_LEADER * 18 + 17] = NULL; /* registered, and no more */
	build();
	shows(count(REGION, DRP_GROUPS, "registered"), "18", "18");
	shows(count(REGION, DRP_GROUPS, "schools"), "17", "17");
	shows(count(REGION, DRP_GROUPS, "coverage"), "94.44", "17");
	shows(count(REGION, DRP_TEACHER, "eligible"), "720", "17");
	shows(count(REGION, DRP_TEACHER, "invited"), "357", "17");
	shows(count(REGION, DRP_TEACHER, "questionnaires"), "340", "17");
	shows(count(REGION, DRP_TEACHER, "coverage"), "47.22", "17");
	CHECK_STR(count(REGION, DRP_TEACHER, "questionnaires")->n, "340");
	CHECK_STR(count(REGION, DRP_TEACHER, "invited")->n, "");
	shows(count(DRP_FAMILY_PROVINCE, "BE21", "_T", DRP_TEACHER, "questionnaires"),
		"120", "6");
	shows(count(DRP_FAMILY_PROVINCE, "BE24", "_T", DRP_TEACHER, "questionnaires"),
		"100", "5");
	shows(count(DRP_FAMILY_PROVINCE_LEVEL, "BE21", "1", DRP_PUPIL, "questionnaires"),
		"120", "6");
	CHECK_INT(world.edition->schools_registered, 18);
	CHECK_INT(world.edition->schools_took_part, 17);
	CHECK_INT(world.edition->number, 1);
	CHECK_STR(world.edition->campaign, "small");
}

/* n = 360: 3 + S / (n .9) with S 180, -108 and 36. */
static void means_by_hand(void)
{
	three_provinces();
	build();
	const struct drp_observation *b1 = at(REGION, DRP_TEACHER, "B", "B1", "mean");
	const struct drp_observation *b = at(REGION, DRP_TEACHER, "B", "_T", "mean");
	shows(b1, "3.5556", "18");
	CHECK_STR(b1->n, "360");
	shows(at(REGION, DRP_TEACHER, "B", "B2", "mean"), "2.6667", "18");
	shows(at(REGION, DRP_TEACHER, "B", "B4", "mean"), "3.1111", "18");
	shows(b, "3.1111", "18"); /* (3.5556 + 2.6667 + 3.1111) / 3 */
	/* The noise of S: 18 draws of variance 4. Items are equally often answered, so
	 * the rate is the group's, of noise variance 72 / 360^2 / 3, and the slope of a
	 * mean in it is -S / (n .9^2). */
	double noise = 18 * SIGMA2 / (324. * 324), rate = 18 * SIGMA2 / (360. * 360) / 3;
	double slope = 180 / (360 * .81), slope_noise = noise / .81;
	double se = sqrt(noise + rate * (slope * slope - slope_noise));
	CHECK_NEAR(strtod(b1->se, NULL), se, 6e-5);
	CHECK_NEAR(strtod(b1->low, NULL), 3 + 180 / 324. - 1.96 * se, 2e-4);
	CHECK_NEAR(strtod(b1->high, NULL), 3 + 180 / 324. + 1.96 * se, 2e-4);
	/* The same people in a province, with the spread of their rate in addition. */
	const struct drp_observation *p =
		at(DRP_FAMILY_PROVINCE, "BE22", "_T", DRP_TEACHER, "B", "B1", "mean");
	shows(p, "3.5556", "6");
	CHECK_STR(p->n, "120");
	noise = 6 * SIGMA2 / (108. * 108);
	slope = 60 / (120 * .81);
	slope_noise = noise / .81;
	double nearer = .9 - sqrt(rate); /* one standard error nearer to a half */
	double spread = nearer * (1 - nearer) / 120;
	se = sqrt(noise + (rate + spread) * (slope * slope - slope_noise));
	CHECK_NEAR(strtod(p->se, NULL), se, 6e-5);
	/* The archive holds the sums themselves: three families and the region. */
	const struct drp_opened *o = NULL;
	for (size_t i = 0; i < world.edition->n_opened; i++) {
		const struct drp_opened *x = &world.edition->opened[i];
		o = x->group == DRP_TEACHER && x->cohort.family == DRP_FAMILY_REGION ? x
										     : o;
	}
	CHECK(o);
	CHECK_INT(o->draws, 18);
	CHECK_INT(o->n_values, 6);
	CHECK_INT(o->value[0], 180);
	CHECK_INT(o->value[1], 324);
	CHECK_INT(o->value[2], -108);
}

static void unreliable_means(void)
{
	three_provinces();
	for (int i = 0; i < world.frame.manifest.n_releases; i++) {
		world.frame.manifest.release[i].sigma2 = 150;
	}
	build();
	const struct drp_observation *region = at(REGION, DRP_PUPIL, "B", "B1", "mean");
	const struct drp_observation *province =
		at(DRP_FAMILY_PROVINCE, "BE21", "_T", DRP_PUPIL, "B", "B1", "mean");
	CHECK(strtod(region->se, NULL) > .15 && strtod(province->se, NULL) > .2);
	CHECK_INT(region->status, DRP_UNRELIABLE);
	CHECK_INT(province->status, DRP_UNRELIABLE);
	CHECK(region->value[0] && region->n[0]);
	build();
	CHECK_INT(count(REGION, DRP_PUPIL, "questionnaires")->status, DRP_SHOWN);
}

/* BE10 has too few schools: it is suppressed, and one more, which it would follow from.
 */
static void too_few_schools(void)
{
	three_provinces();
	frame_schools(&world.frame, 2, DRP_BE10, 1, DRP_GO, 40);
	give_all();
	build();
	int suppressed = 0;
	static const char *const province[] = {"BE10", "BE21", "BE22", "BE24"};
	for (int i = 0; i < 4; i++) {
		const struct drp_observation *o = count(DRP_FAMILY_PROVINCE, province[i],
			"_T", DRP_TEACHER, "questionnaires");
		if (o->status == DRP_SUPPRESSED) {
			suppressed++;
			hides(o, DRP_SUPPRESSED);
			hides(count(DRP_FAMILY_PROVINCE, province[i], "_T", DRP_TEACHER,
				      "eligible"),
				DRP_SUPPRESSED);
			hides(at(DRP_FAMILY_PROVINCE, province[i], "_T", DRP_TEACHER, "B",
				      "_T", "mean"),
				DRP_SUPPRESSED);
		}
	}
	CHECK_INT(suppressed, 2);
	hides(count(DRP_FAMILY_PROVINCE, "BE10", "_T", DRP_TEACHER, "questionnaires"),
		DRP_SUPPRESSED);
	/* Schools are counted whatever their number, one way; two ways they are not. */
	shows(count(DRP_FAMILY_PROVINCE, "BE10", "_T", DRP_GROUPS, "schools"), "2", "2");
	hides(count(DRP_FAMILY_PROVINCE_LEVEL, "BE10", "1", DRP_GROUPS, "schools"),
		DRP_SUPPRESSED);
	hides(count(DRP_FAMILY_PROVINCE_LEVEL, "BE21", "1", DRP_GROUPS, "schools"),
		DRP_SUPPRESSED);
	shows(count(DRP_FAMILY_PROVINCE_LEVEL, "BE22", "1", DRP_GROUPS, "schools"), "6",
		"6");
}

/* Enough schools, too few questionnaires: N itself is suppressed. */
static void too_few_sheets(void)
{
	three_provinces();
	for (uint32_t u = 0; u < 6; u++) {
		give(u, DRP_TEACHER, u < 3 ? 3 : 0);
	}
	build();
	hides(count(DRP_FAMILY_PROVINCE, "BE21", "_T", DRP_TEACHER, "questionnaires"),
		DRP_SUPPRESSED);
	shows(count(REGION, DRP_TEACHER, "questionnaires"), "249", "18");
	shows(count(DRP_FAMILY_PROVINCE, "BE21", "_T", DRP_PUPIL, "questionnaires"),
		"120", "6");
}

/* No unit has five leaders: numbers, no values; of provinces values are never asked. */
static void leaders(void)
{
	three_provinces();
	for (uint32_t u = 0; u < 18; u++) {
		give(u, DRP_LEADER, 3);
	}
	build();
	shows(count(REGION, DRP_LEADER, "questionnaires"), "54", "18");
	hides(at(REGION, DRP_LEADER, "B", "_T", "mean"), DRP_SUPPRESSED);
	hides(at(REGION, DRP_LEADER, "B", "B1", "mean"), DRP_SUPPRESSED);
	hides(at(DRP_FAMILY_PROVINCE, "BE21", "_T", DRP_LEADER, "B", "B1", "mean"),
		DRP_NOT_AVAILABLE);
	for (size_t i = 0; i < world.edition->n_opened; i++) {
		CHECK(world.edition->opened[i].group != DRP_LEADER);
	}
	give_all();
	build();
	shows(at(REGION, DRP_LEADER, "B", "B1", "mean"), "3.5556", "18");
}

/* What is not released on this track says so, in the region only. */
static void not_available(void)
{
	three_provinces();
	build();
	hides(at(REGION, DRP_TEACHER, "B", "B1", "share_5"), DRP_NOT_AVAILABLE);
	hides(at(REGION, DRP_TEACHER, "B", "B1", "share_na"), DRP_NOT_AVAILABLE);
	hides(at(REGION, DRP_TEACHER, "X1", "X1", "mean"), DRP_NOT_AVAILABLE);
	hides(at(REGION, DRP_TEACHER, "X4", "X4", "share_ticked"), DRP_NOT_AVAILABLE);
	for (size_t i = 0; i < world.edition->n_observations; i++) {
		const struct drp_observation *o = &world.edition->observation[i];
		/* Optional items, free text and items of some levels have no rows. */
		CHECK(strcmp(o->item, "C9") && strcmp(o->item, "T1") &&
			strcmp(o->item, "D3"));
		CHECK(strncmp(o->measure, "share", 5) || o->family == DRP_FAMILY_REGION);
		/* B2 has no "not applicable". */
		CHECK(strcmp(o->item, "B2") || strcmp(o->measure, "share_na"));
	}
}

static void values_only_of_some(void)
{
	/* One unit of BE21 is below the threshold: its eight questionnaires must not
	 * follow from the number of all and the n of the means. */
	three_provinces();
	give(0, DRP_TEACHER, 8);
	build();
	shows(count(DRP_FAMILY_PROVINCE, "BE21", "_T", DRP_TEACHER, "questionnaires"),
		"108", "6");
	const struct drp_observation *o =
		at(DRP_FAMILY_PROVINCE, "BE21", "_T", DRP_TEACHER, "B", "B1", "mean");
	CHECK_STR(o->schools, "5");
	CHECK_NEAR(strtod(o->value, NULL), 3.5556, .2);
	CHECK_STR(o->n, "");
	CHECK_STR(at(REGION, DRP_TEACHER, "B", "B1", "mean")->n, "");
	CHECK_STR(
		at(DRP_FAMILY_PROVINCE, "BE22", "_T", DRP_TEACHER, "B", "B1", "mean")->n,
		"120");
}

/* Units below the threshold that pass the gates by themselves: their number is safe. */
static void values_of_many(void)
{
	begin();
	for (int level = 1; level <= 2; level++) {
		frame_schools(&world.frame, 12, DRP_BE21, level, DRP_KOV, 40);
		frame_schools(&world.frame, 12, DRP_BE22, level, DRP_KOV, 40);
	}
	give_all();
	for (uint32_t u = 0; u < 48; u += 2) {
		give(u, DRP_TEACHER, 8);
	}
	build();
	const struct drp_observation *o = at(REGION, DRP_TEACHER, "B", "B1", "mean");
	shows(count(REGION, DRP_TEACHER, "questionnaires"), "672", "48");
	shows(o, "3.5556", "24");
	CHECK_STR(o->n, "480");
	CHECK_STR(
		at(DRP_FAMILY_PROVINCE, "BE21", "_T", DRP_TEACHER, "B", "B1", "mean")->n,
		"240");
}

/* Values are opened only where numbers are. Of BE10 two schools come, so that its number
 * and one more are suppressed. Of values BE22 fails as well, and the two together are
 * enough: nothing else would have to be suppressed. */
static void values_within_numbers(void)
{
	three_provinces();
	frame_schools(&world.frame, 6, DRP_BE10, 1, DRP_GO, 40);
	give_all();
	for (uint32_t u = 6; u < 9; u++) {
		give(u, DRP_TEACHER, 8);
	}
	for (uint32_t u = 20; u < 24; u++) {
		world.table[DRP_TEACHER * 24 + u] = NULL;
	}
	build();
	for (size_t i = 0; i < world.edition->n_observations; i++) {
		const struct drp_observation *o = &world.edition->observation[i];
		if (!strcmp(o->measure, "mean") && o->value[0] &&
			o->family != DRP_FAMILY_NETWORK) {
			CHECK_INT(at(o->family, o->province, o->level, o->group, "_T",
					  "_T", "questionnaires")
					  ->status,
				DRP_SHOWN);
		}
	}
	hides(at(DRP_FAMILY_PROVINCE, "BE22", "_T", DRP_TEACHER, "B", "_T", "mean"),
		DRP_SUPPRESSED);
}

/* Schools with both levels count once in the class 34. */
static void class_34(void)
{
	begin();
	for (int province = DRP_BE21; province <= DRP_BE22; province++) {
		frame_schools(&world.frame, 8, province, 1, DRP_KOV, 40);
		schools_of_two_levels(7, province, 3, 4, DRP_KOV);
		frame_schools(&world.frame, 2, province, 4, DRP_KOV, 40);
	}
	give_all();
	build();
	shows(count(DRP_FAMILY_LEVEL, "_T", "3", DRP_TEACHER, "questionnaires"), "280",
		"14");
	shows(count(DRP_FAMILY_LEVEL, "_T", "4", DRP_TEACHER, "questionnaires"), "360",
		"18");
	shows(count(DRP_FAMILY_LEVEL, "_T", "34", DRP_TEACHER, "questionnaires"), "640",
		"18");
	shows(count(DRP_FAMILY_LEVEL, "_T", "34", DRP_GROUPS, "schools"), "18", "18");
	const struct drp_observation *o =
		at(DRP_FAMILY_LEVEL, "_T", "34", DRP_TEACHER, "B", "B1", "mean");
	shows(o, "3.5556", "18");
	CHECK_STR(o->n, "640");
}

static void class_34_without_a_part(void)
{
	begin();
	frame_schools(&world.frame, 12, DRP_BE21, 1, DRP_KOV, 40);
	frame_schools(&world.frame, 12, DRP_BE21, 2, DRP_KOV, 40);
	frame_schools(&world.frame, 12, DRP_BE21, 3, DRP_KOV, 40);
	frame_schools(&world.frame, 2, DRP_BE21, 4, DRP_KOV, 40);
	give_all();
	build();
	hides(count(DRP_FAMILY_LEVEL, "_T", "4", DRP_TEACHER, "questionnaires"),
		DRP_SUPPRESSED);
	hides(count(DRP_FAMILY_LEVEL, "_T", "34", DRP_TEACHER, "questionnaires"),
		DRP_SUPPRESSED);
	hides(at(DRP_FAMILY_LEVEL, "_T", "34", DRP_TEACHER, "B", "_T", "mean"),
		DRP_SUPPRESSED);
	shows(count(DRP_FAMILY_LEVEL, "_T", "34", DRP_GROUPS, "schools"), "14", "14");
}

/* A campaign that folds 4 into 3 shows what it folded, and no class 34 beside it. */
static void class_34_folded(void)
{
	begin();
	for (int province = DRP_BE21; province <= DRP_BE22; province++) {
		frame_schools(&world.frame, 12, province, 1, DRP_KOV, 40);
		frame_schools(&world.frame, 12, province, 3, DRP_KOV, 40);
		frame_schools(&world.frame, 2, province, 4, DRP_KOV, 40);
	}
	world.frame.manifest.fold[0] = (struct drp_fold){DRP_FAMILY_LEVEL, 4, 3};
	world.frame.manifest.n_folds = 1;
	give_all();
	build();
	shows(count(DRP_FAMILY_LEVEL, "_T", "3+4", DRP_TEACHER, "questionnaires"), "560",
		"28");
	for (size_t i = 0; i < world.edition->n_observations; i++) {
		CHECK(strcmp(world.edition->observation[i].level, "34") != 0);
	}
}

static void folded(void)
{
	begin();
	schools_of_two_levels(6, DRP_BE21, 1, 2, DRP_KOV);
	schools_of_two_levels(6, DRP_BE22, 1, 2, DRP_KOV);
	schools_of_two_levels(6, DRP_BE24, 1, 2, DRP_KOV);
	schools_of_two_levels(2, DRP_BE25, 1, 2, DRP_KOV);
	world.frame.manifest.fold[0] =
		(struct drp_fold){DRP_FAMILY_PROVINCE, DRP_BE25, DRP_BE24};
	world.frame.manifest.n_folds = 1;
	give_all();
	build();
	shows(count(DRP_FAMILY_PROVINCE, "BE24+BE25", "_T", DRP_TEACHER,
		      "questionnaires"),
		"320", "8");
	shows(count(DRP_FAMILY_PROVINCE, "BE24+BE25", "_T", DRP_GROUPS, "schools"), "8",
		"8");
	shows(count(DRP_FAMILY_PROVINCE, "BE21", "_T", DRP_TEACHER, "questionnaires"),
		"240", "6");
	for (size_t i = 0; i < world.edition->n_observations; i++) {
		const struct drp_observation *o = &world.edition->observation[i];
		CHECK(o->family != DRP_FAMILY_PROVINCE || strcmp(o->province, "BE25"));
	}
}

static void what_it_costs(void)
{
	three_provinces();
	give(3, DRP_TEACHER, 8);
	build();
	CHECK_INT(world.edition->n_accounting, DRP_GROUPS);
	for (int g = 0; g < DRP_GROUPS; g++) {
		const struct drp_accounting *a = &world.edition->accounting[g];
		CHECK_INT(a->group, g);
		CHECK_INT(a->family, DRP_FAMILIES);
		CHECK_INT(a->map, DRP_MAP_PAIRS);
		CHECK_INT(a->delta2, 15);
		CHECK_INT(a->sigma2, SIGMA2);
		CHECK_INT(a->rho.den, 10);
		CHECK_INT(a->draws, g == DRP_TEACHER ? 17 : 18);
	}
	/* Also when nothing was drawn. */
	for (uint32_t u = 0; u < 18; u++) {
		give(u, DRP_LEADER, 3);
	}
	build();
	CHECK_INT(world.edition->accounting[DRP_LEADER].draws, 0);
}

static void a_group_alone_fails(void)
{
	three_provinces();
	for (uint32_t u = 4; u < 18; u++) {
		world.table[DRP_PUPIL * 18 + u] = NULL;
	}
	build();
	hides(count(REGION, DRP_PUPIL, "questionnaires"), DRP_SUPPRESSED);
	hides(at(REGION, DRP_PUPIL, "B", "B1", "mean"), DRP_SUPPRESSED);
	shows(count(REGION, DRP_TEACHER, "questionnaires"), "360", "18");
}

static void nothing_is_opened(void)
{
	struct drp_diag diag = {0};
	begin();
	frame_schools(&world.frame, 4, DRP_BE21, 1, DRP_KOV, 40);
	give_all();
	CHECK_ERR(try_build(&diag), DRP_E_TOO_FEW_SCHOOLS);
	CHECK(strstr(diag.text, "nothing was opened"));
	CHECK(!world.edition);
	/* Nobody answered at all. */
	three_provinces();
	memset(world.table, 0, sizeof world.table);
	CHECK_ERR(try_build(NULL), DRP_E_TOO_FEW_SCHOOLS);
	/* Five schools of one board. */
	begin();
	for (uint32_t s = 0; s < 9; s++) {
		frame_unit(&world.frame, s, 0, DRP_BE21, 1, DRP_KOV, 40);
	}
	give_all();
	CHECK_ERR(try_build(NULL), DRP_E_TOO_FEW_SCHOOLS);
}

/* The edition depends on what the units are, not on where they stand. */
static void order_does_not_matter(void)
{
	struct drp_buf first = {0}, second = {0};
	too_few_schools();
	CHECK_OK(drp_edition_encode(world.edition, &first));
	struct drp_manifest *m = &world.frame.manifest;
	for (uint32_t u = 0; u < m->n_units / 2; u++) {
		struct drp_unit swap = m->unit[u];
		m->unit[u] = m->unit[m->n_units - 1 - u];
		m->unit[m->n_units - 1 - u] = swap;
	}
	build();
	CHECK_OK(drp_edition_encode(world.edition, &second));
	CHECK_INT(first.len, second.len);
	CHECK_MEM(first.data, second.data, first.len);
	drp_buf_clear(&first);
	drp_buf_clear(&second);
}

int main(void)
{
	CASE("participation is counted, also of schools that never started", totals);
	CASE("means and their errors are those of a calculation by hand", means_by_hand);
	CASE("a mean with a large error is marked", unreliable_means);
	CASE("too few schools are suppressed, with a complement", too_few_schools);
	CASE("too few questionnaires are suppressed", too_few_sheets);
	CASE("leaders have numbers, and values of the region alone", leaders);
	CASE("what this track does not release is not available", not_available);
	CASE("n is withheld where it would tell of a few units", values_only_of_some);
	CASE("n is shown where the units without values are many", values_of_many);
	CASE("values are opened only where numbers are", values_within_numbers);
	CASE("the class 34 counts a school with both levels once", class_34);
	CASE("the class 34 is shown only with both parts", class_34_without_a_part);
	CASE("levels that the campaign folds are shown as folded", class_34_folded);
	CASE("a folded cohort has the codes of its parts", folded);
	CASE("the account has an entry per group", what_it_costs);
	CASE("a group that fails is suppressed by itself", a_group_alone_fails);
	CASE("a region that fails refuses the campaign", nothing_is_opened);
	CASE("the order of the units does not matter", order_does_not_matter);
	drp_edition_free(world.edition);
	return DONE();
}
