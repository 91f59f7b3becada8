/* SPDX-License-Identifier: Apache-2.0
 *
 * Sealed editions of small campaigns whose figures are known: tests/support/sealed_world.
 * How far errors are honest is unit.hub.campaign.edition_accuracy's matter.
 */
#include "proto/model/codes.h"
#include "proto/session/edition_build.h"

#include "tests/support/sealed_world.h"

#include <math.h>

static struct sealed_world world;

/* Three provinces of six schools each, at level 1; two of them have one network. */
static void three_provinces(void)
{
	sealed_clear(&world);
	sealed_begin(&world);
	frame_schools(&world.frame, 6, DRP_BE21, 1, DRP_KOV, 40);
	frame_schools(&world.frame, 6, DRP_BE22, 1, DRP_GO, 40);
	frame_schools(&world.frame, 6, DRP_BE24, 1, DRP_OVSG, 40);
}

static const struct drp_observation *find(int family, const char *province,
	const char *level, int group, const char *item, const char *measure)
{
	const struct drp_observation *found = NULL;
	for (size_t i = 0; i < world.edition->n_observations; i++) {
		const struct drp_observation *o = &world.edition->observation[i];
		if (o->family == family && o->group == group &&
			!strcmp(o->province, province) && !strcmp(o->level, level) &&
			!strcmp(o->item, item) && !strcmp(o->measure, measure)) {
			CHECK(!found); /* keys are unique; areas are asked for by area */
			found = o;
		}
	}
	if (!found) {
		printf("# no row %d %s %s %d %s %s\n", family, province, level, group,
			item, measure);
	}
	CHECK(found);
	return found;
}

#define REGION DRP_FAMILY_REGION, "_T", "_T"

static void shows(const struct drp_observation *o, double value, const char *n)
{
	CHECK_INT(o->status, DRP_SHOWN);
	CHECK_NEAR(strtod(o->value, NULL), value, 6e-5);
	CHECK_STR(o->n, n);
	CHECK(o->schools[0]);
}

static void hides(const struct drp_observation *o, char status)
{
	CHECK_INT(o->status, status);
	CHECK(!o->value[0] && !o->se[0] && !o->low[0] && !o->high[0] && !o->n[0] &&
		!o->schools[0]);
}

/* 18 units of 20: n 360; of a core item 324 valid answers with a sum of 180 over 3. */
static void region_by_hand(void)
{
	three_provinces();
	sealed_open(&world);
	sealed_build(&world);
	for (int g = 0; g < DRP_GROUPS; g++) {
		shows(find(REGION, g, "B1", "mean"), 3 + 180 / 324., "360");
		CHECK_STR(find(REGION, g, "_T", "questionnaires")->value, "360");
		CHECK_STR(find(REGION, g, "_T", "eligible")->value, "720");
		hides(find(REGION, g, "_T", "invited"), DRP_NOT_AVAILABLE);
	}
	shows(find(REGION, DRP_TEACHER, "B1", "share_4"), 9 / 20., "360");
	shows(find(REGION, DRP_TEACHER, "B1", "share_na"), 1 / 20., "360");
	CHECK_NEAR(strtod(find(REGION, DRP_TEACHER, "B1", "share_4")->se, NULL),
		sqrt(2 * SEALED_SIGMA2) / 360, 6e-5);
	shows(find(REGION, DRP_PUPIL, "B4", "share_1"), 1 / 20., "360");
	hides(find(REGION, DRP_LEADER, "B1", "share_1"), DRP_NOT_AVAILABLE);
	/* All fours, of which 19 of 20 would be valid; the group's rate is 18 of 20. */
	shows(find(REGION, DRP_TEACHER, "X1", "mean"), 3 + 19 / 18., "360");
	hides(find(REGION, DRP_TEACHER, "X1", "share_4"), DRP_NOT_AVAILABLE);
	shows(find(REGION, DRP_LEADER, "X4", "share_ticked"), 5 / 20., "360");
	shows(find(REGION, DRP_TEACHER, "X4", "share_ticked"), 5 / 20., "360");
	CHECK_INT(world.edition->schools_took_part, 18);
	CHECK_STR(world.edition->campaign, "sealed");
}

/* Sums of the region: 10 v_h of a histogram, and each family's cohorts added up: three
 * provinces, three networks, one level: v 18 throughout. */
static void errors_by_hand(void)
{
	const double v = 2 * SEALED_SIGMA2, n = 360, r = .9;
	double whole = 1 / (1 / (10 * v) + 1 / (3 * v) + 1 / v + 1 / (3 * v));
	double rate = 5 * v / (n * n) / 3; /* three items, all alike: the group's */
	three_provinces();
	sealed_open(&world);
	sealed_build(&world);
	double noise = whole / (n * r * n * r), slope = 180 / (n * r * r);
	CHECK_NEAR(strtod(find(REGION, DRP_TEACHER, "B1", "mean")->se, NULL),
		sqrt(noise + rate * (slope * slope - noise / (r * r))), 6e-5);
	/* A province: v (1 - 1/3) + V / 9, and the spread of its own rate. */
	double part = v * 2 / 3 + whole / 9, m = 120;
	double near = r - sqrt(rate), spread = near * (1 - near) / m;
	noise = part / (m * r * m * r);
	slope = 60 / (m * r * r);
	const struct drp_observation *p =
		find(DRP_FAMILY_PROVINCE, "BE22", "_T", DRP_TEACHER, "B1", "mean");
	shows(p, 3 + 180 / 324., "120");
	CHECK_STR(p->schools, "6");
	CHECK_NEAR(strtod(p->se, NULL),
		sqrt(noise + (rate + spread) * (slope * slope - noise / (r * r))), 6e-5);
}

static void statuses_follow_the_plan(void)
{
	three_provinces();
	frame_schools(&world.frame, 2, DRP_BE10, 1, DRP_GO, 40);
	for (uint32_t u = 0; u < 14; u++) {
		world.came[DRP_LEADER * 20 + u] = 0; /* six leaders' units of 20 left */
	}
	sealed_open(&world);
	CHECK_INT(frame_open_of(&world.opening.group[DRP_LEADER].values, 0), 1);
	sealed_build(&world);
	hides(find(DRP_FAMILY_PROVINCE, "BE10", "_T", DRP_TEACHER, "B1", "mean"),
		DRP_SUPPRESSED);
	hides(find(DRP_FAMILY_PROVINCE, "BE10", "_T", DRP_TEACHER, "_T",
		      "questionnaires"),
		DRP_SUPPRESSED);
	hides(find(DRP_FAMILY_PROVINCE, "BE10", "_T", DRP_TEACHER, "_T", "invited"),
		DRP_NOT_AVAILABLE);
	hides(find(DRP_FAMILY_PROVINCE, "BE21", "_T", DRP_LEADER, "B1", "mean"),
		DRP_NOT_AVAILABLE);
	hides(find(DRP_FAMILY_PROVINCE_LEVEL, "BE24", "1", DRP_TEACHER, "B1", "mean"),
		DRP_NOT_AVAILABLE);
	shows(find(REGION, DRP_LEADER, "B1", "mean"), 3 + 10 / 18., "120");
	for (uint32_t u = 14; u < 18; u++) {
		world.came[DRP_LEADER * 20 + u] = 0;
	}
	sealed_open(&world);
	sealed_build(&world);
	hides(find(REGION, DRP_LEADER, "B1", "mean"), DRP_SUPPRESSED);
	hides(find(REGION, DRP_LEADER, "X4", "share_ticked"), DRP_SUPPRESSED);
	hides(find(REGION, DRP_LEADER, "B1", "share_1"), DRP_NOT_AVAILABLE);
	shows(find(REGION, DRP_PUPIL, "B1", "mean"), 3 + 10 / 18., "400");
}

/* Level 34 is shown where 3 and 4 both are, and its error is that of their sum. */
static void the_class_34(void)
{
	sealed_clear(&world);
	sealed_begin(&world);
	for (int l = 2; l <= 4; l++) {
		frame_schools(&world.frame, 5, DRP_BE21, l, DRP_KOV, 40);
	}
	sealed_open(&world);
	sealed_build(&world);
	const double v = 2 * SEALED_SIGMA2;
	double whole = 1 / (1 / (10 * v) + 2 / v + 1 / (3 * v));
	double part = 2 * v * (1 - 2 / 3.) + whole * 4 / 9, n = 200, r = .9;
	double rate = 5 * v / (300. * 300) / 3, near = r - sqrt(rate);
	double noise = part / (n * r * n * r), slope = 100 / (n * r * r);
	const struct drp_observation *o =
		find(DRP_FAMILY_LEVEL, "_T", "34", DRP_TEACHER, "B1", "mean");
	shows(o, 3 + 10 / 18., "200");
	CHECK_STR(o->schools, "10");
	CHECK_NEAR(strtod(o->se, NULL),
		sqrt(noise + (rate + near * (1 - near) / n) *
				     (slope * slope - noise / (r * r))),
		6e-5);
	CHECK_STR(find(DRP_FAMILY_LEVEL, "_T", "34", DRP_TEACHER, "_T", "questionnaires")
			  ->value,
		"200");
}

static void accounts_and_archive(void)
{
	three_provinces();
	sealed_open(&world);
	sealed_build(&world);
	const struct drp_manifest *m = &world.frame.manifest;
	const struct drp_edition *e = world.edition;
	CHECK_INT(e->n_accounting, m->n_releases);
	for (size_t i = 0; i < e->n_accounting; i++) {
		const struct drp_accounting *a = &e->accounting[i];
		const struct drp_release *r = &m->release[i];
		CHECK(a->group == r->group && a->family == r->family &&
			a->map == r->map && a->sigma2 == r->sigma2 &&
			a->delta2 == r->delta2 && a->rho.num == r->rho.num);
		CHECK_INT(a->draws, r->map == DRP_MAP_COUNTS ? 0 : 2);
	}
	/* Leaders 2; teachers 3 and 3 + 1 + 3; pupils 1 and 3 + 1 + 3 + 3. */
	CHECK_INT(e->n_opened, 2 + 10 + 11);
	const struct drp_opened *o = &e->opened[0];
	CHECK(o->map == DRP_MAP_PAIRS && o->items == DRP_RELEASE_CORE);
	CHECK_INT(o->draws, 2);
	CHECK_INT(o->n_values, 6);
	CHECK_INT(o->value[0], 180);
	CHECK_INT(o->value[1], 324);
	for (size_t i = 0; i < e->n_opened; i++) {
		CHECK(e->opened[i].n_values > 0);
	}
}

/* Both tracks have the same keys, in the same order. */
static void keys_are_those_of_the_open_track(void)
{
	static const struct drp_contribution *nothing[DRP_GROUPS * SEALED_UNITS];
	static struct drp_contribution counts[DRP_GROUPS * SEALED_UNITS];
	struct drp_edition *other = NULL;
	three_provinces();
	sealed_open(&world);
	sealed_build(&world);
	struct drp_manifest *m = &world.frame.manifest;
	for (size_t i = 0; i < DRP_GROUPS * m->n_units; i++) {
		counts[i].questionnaires = 20;
		nothing[i] = &counts[i];
	}
	const struct drp_gathered gathered = {m, &world.instrument, nothing};
	CHECK_OK(drp_edition_build(&gathered, 1, 1775000000, &other, NULL));
	CHECK_INT(other->n_observations, world.edition->n_observations);
	for (size_t i = 0; i < other->n_observations; i++) {
		const struct drp_observation *a = &other->observation[i];
		const struct drp_observation *b = &world.edition->observation[i];
		CHECK(a->family == b->family && a->group == b->group);
		CHECK_STR(a->province, b->province);
		CHECK_STR(a->level, b->level);
		CHECK_STR(a->network, b->network);
		CHECK_STR(a->area, b->area);
		CHECK_STR(a->item, b->item);
		CHECK_STR(a->measure, b->measure);
	}
	drp_edition_free(other);
}

static void the_same_opening_gives_the_same_edition(void)
{
	struct drp_buf first = {0}, again = {0};
	three_provinces();
	sealed_open(&world);
	sealed_build(&world);
	CHECK_OK(drp_edition_encode(world.edition, &first));
	sealed_build(&world);
	CHECK_OK(drp_edition_encode(world.edition, &again));
	CHECK_INT(first.len, again.len);
	CHECK_MEM(first.data, again.data, first.len);
	struct drp_edition *back = NULL;
	CHECK_OK(drp_edition_decode(first.data, first.len, &back));
	drp_edition_free(back);
	drp_buf_clear(&first);
	drp_buf_clear(&again);
}

/* Every allocation fails once: an error, nothing lost, nothing half made. */
static void without_memory(void)
{
	struct drp_edition *none = NULL;
	enum drp_err err = DRP_E_NOMEM;
	unsigned long at = 1;
	three_provinces();
	sealed_open(&world);
	for (; err == DRP_E_NOMEM && at < 1000; at++) {
		struct drp_diag diag = {0};
		drp_alloc_hook(at, 0);
		err = drp_edition_build_sealed(&world.opening, 1, 1, &none, &diag);
		drp_alloc_hook(0, 0);
		CHECK(err || none);
		CHECK(!err || (!none && strstr(diag.text, "edition")));
	}
	CHECK_OK(err);
	CHECK(at > 40);
	drp_edition_free(none);
	for (at = 1, err = DRP_E_NOMEM; err == DRP_E_NOMEM && at < 1000; at++) {
		struct drp_diag diag = {0};
		drp_alloc_hook(at, 0);
		err = drp_sealed_agreed(&world.opening, &diag);
		err = err ? err : drp_sealed_numbers(&world.opening, &diag);
		err = err ? err : drp_sealed_values(&world.opening, &diag);
		drp_alloc_hook(0, 0);
		CHECK(!err || diag.text[0]);
	}
	CHECK_OK(err);
	CHECK(at > 20);
}

int main(void)
{
	CASE("the region by hand", region_by_hand);
	CASE("errors by hand, reconciled", errors_by_hand);
	CASE("statuses follow the plan and the gates", statuses_follow_the_plan);
	CASE("the class 34", the_class_34);
	CASE("an account a release, an archive of what was opened", accounts_and_archive);
	CASE("keys are those of the open track", keys_are_those_of_the_open_track);
	CASE("the same opening gives the same edition",
		the_same_opening_gives_the_same_edition);
	CASE("every allocation fails once", without_memory);
	sealed_clear(&world);
	return DONE();
}
