/* SPDX-License-Identifier: Apache-2.0
 *
 * The three plans of a sealed opening, over random campaigns: each lies within the one
 * before, nothing depends on the order of the units, and numbers decide.
 */
#include "proto/session/sealed_opening.h"

#include "tests/unit/privacy/frame.h"

#define REGION	 DRP_FAMILY_REGION
#define PROVINCE DRP_FAMILY_PROVINCE
#define LEVEL	 DRP_FAMILY_LEVEL
#define CELL	 DRP_FAMILY_PROVINCE_LEVEL

static struct frame frame;
static uint8_t came[DRP_GROUPS * FRAME_UNITS_MAX];
static struct drp_sealed_opening opening;

static void release(int group, int family, int map)
{
	struct drp_manifest *m = &frame.manifest;
	m->release[m->n_releases++] = (struct drp_release){
		.group = (uint8_t)group, .family = (uint8_t)family, .map = (uint8_t)map};
}

/* Values: of leaders the region, of teachers provinces and levels too, of pupils all. */
static void plan_releases(void)
{
	frame.manifest.n_releases = 0;
	for (int g = 0; g < DRP_GROUPS; g++) {
		for (int f = 0; f < DRP_FAMILIES; f++) {
			int values = f == REGION || g == DRP_PUPIL ||
				     (g == DRP_TEACHER && (f == PROVINCE || f == LEVEL));
			release(g, f, values ? DRP_MAP_SUMS : DRP_MAP_COUNTS);
		}
	}
	opening = (struct drp_sealed_opening){.manifest = &frame.manifest, .came = came};
}

static void everybody_came(void)
{
	plan_releases();
	for (int g = 0; g < DRP_GROUPS; g++) {
		memcpy(came + (size_t)g * frame.manifest.n_units, frame.member,
			frame.manifest.n_units);
	}
}

/* What the units of a cohort that came add up to. */
static uint64_t number(int group, const struct drp_cohort *cohort)
{
	uint64_t n = 0;
	for (uint32_t u = 0; u < frame.manifest.n_units; u++) {
		if (came[(size_t)group * frame.manifest.n_units + u] &&
			drp_cohort_holds(cohort, &frame.unit[u])) {
			n += frame.sheets[u];
		}
	}
	return n;
}

/* Opens the numbers of every group as the two sides would. */
static void open_numbers(void)
{
	for (int g = 0; g < DRP_GROUPS; g++) {
		struct drp_sealed_group *group = &opening.group[g];
		for (size_t i = 0; i < group->numbers.n; i++) {
			const struct drp_planned *p = &group->numbers.cohort[i];
			group->n[i] = p->open ? number(g, &p->cohort) : 0;
		}
	}
}

static enum drp_err open_all(void)
{
	CHECK_OK(drp_sealed_agreed(&opening, NULL));
	enum drp_err err = drp_sealed_numbers(&opening, NULL);
	if (!err) {
		open_numbers();
		CHECK_OK(drp_sealed_values(&opening, NULL));
	}
	return err;
}

static void everything_opens_when_all_is_large(void)
{
	frame_begin(&frame);
	for (int p = 1; p <= 3; p++) {
		for (int l = 1; l <= 2; l++) {
			frame_schools(&frame, 5, p, l, DRP_GO, 20);
			frame_schools(&frame, 5, p, l, DRP_KOV, 20);
		}
	}
	everybody_came();
	CHECK_OK(open_all());
	for (int g = 0; g < DRP_GROUPS; g++) {
		struct drp_sealed_group *group = &opening.group[g];
		CHECK_INT(group->agreed.n, 1 + 3 + 2 + 2 + 6);
		for (size_t i = 0; i < group->agreed.n; i++) {
			CHECK(group->agreed.cohort[i].open);
			CHECK(group->numbers.cohort[i].open);
		}
		CHECK_INT(
			frame_open_of(&group->values, PROVINCE), g == DRP_LEADER ? 0 : 3);
		CHECK_INT(frame_open_of(&group->values, DRP_FAMILY_NETWORK),
			g == DRP_PUPIL ? 2 : 0);
		CHECK_INT(frame_open_of(&group->values, CELL), g == DRP_PUPIL ? 6 : 0);
		CHECK_INT(frame_open_of(&group->values, REGION), 1);
	}
}

/* Before anybody came: what the noise is drawn for. */
static void agreed_needs_nobody(void)
{
	static struct drp_plan plan;
	frame_begin(&frame);
	frame_schools(&frame, 9, 1, 1, DRP_GO, 20);
	frame_schools(&frame, 9, 2, 1, DRP_GO, 20);
	for (uint32_t u = 0; u < frame.manifest.n_units; u++) {
		frame.unit[u].eligible[DRP_LEADER] = u < 4;
	}
	plan_releases();
	opening.came = NULL;
	CHECK_OK(drp_sealed_agreed(&opening, NULL));
	CHECK_OK(drp_plan_make(
		&frame.manifest, DRP_PUPIL, frame.member, NULL, FRAME_ALL, &plan));
	CHECK_INT(plan.n, opening.group[DRP_PUPIL].agreed.n);
	CHECK_INT(frame_open_of(&opening.group[DRP_PUPIL].agreed, PROVINCE), 2);
	CHECK_INT(frame_open_of(&opening.group[DRP_LEADER].agreed, REGION), 0);
	CHECK_INT(frame_open_of(&opening.group[DRP_LEADER].agreed, PROVINCE), 0);
}

static void a_group_may_fail_alone(void)
{
	frame_begin(&frame);
	frame_schools(&frame, 9, 1, 1, DRP_GO, 20);
	frame_schools(&frame, 9, 2, 1, DRP_GO, 20);
	everybody_came();
	memset(came, 0, 14); /* of 18 leaders' units */
	CHECK_OK(open_all());
	CHECK_INT(frame_open_of(&opening.group[DRP_LEADER].numbers, REGION), 0);
	CHECK_INT(frame_open_of(&opening.group[DRP_LEADER].values, REGION), 0);
	CHECK_INT(frame_open_of(&opening.group[DRP_TEACHER].values, REGION), 1);
	memset(came, 0, sizeof came);
	struct drp_diag diag = {0};
	CHECK_ERR(drp_sealed_numbers(&opening, &diag), DRP_E_TOO_FEW_SCHOOLS);
	CHECK(strstr(diag.text, "nothing was opened") != NULL);
}

/* Gate B looks at the opened numbers; what is below it has numbers and no values. */
static void numbers_decide_about_values(void)
{
	frame_begin(&frame);
	for (int p = 1; p <= 3; p++) {
		frame_schools(&frame, 6, p, 1, DRP_GO, 20);
	}
	everybody_came();
	for (uint32_t u = 0; u < 6; u++) {
		frame.sheets[u] = 1;
	}
	CHECK_OK(open_all());
	struct drp_sealed_group *teacher = &opening.group[DRP_TEACHER];
	CHECK_INT(frame_open_of(&teacher->numbers, PROVINCE), 3);
	CHECK(!frame_open(&teacher->values, PROVINCE, 1, 0, 0));
	CHECK_INT(frame_open_of(&teacher->values, PROVINCE), 1);
	for (uint32_t u = 0; u < frame.manifest.n_units; u++) {
		frame.sheets[u] = 0;
	}
	CHECK_OK(open_all());
	CHECK_INT(frame_open_of(&teacher->numbers, REGION), 1);
	CHECK_INT(frame_open_of(&teacher->values, REGION), 0);
}

static void rules_only_ever_remove(void)
{
	int opened = 0, closed = 0;
	for (int round = 0; round < 200; round++) {
		frame_random(&frame);
		everybody_came();
		for (uint32_t i = 0; i < DRP_GROUPS * frame.manifest.n_units; i++) {
			came[i] = came[i] && frame_roll(8) != 0;
		}
		if (open_all()) {
			continue;
		}
		for (int g = 0; g < DRP_GROUPS; g++) {
			const struct drp_sealed_group *group = &opening.group[g];
			CHECK_INT(group->numbers.n, group->agreed.n);
			CHECK_INT(group->values.n, group->agreed.n);
			for (size_t i = 0; i < group->agreed.n; i++) {
				const struct drp_planned *a = &group->agreed.cohort[i];
				const struct drp_planned *n = &group->numbers.cohort[i];
				const struct drp_planned *v = &group->values.cohort[i];
				CHECK(drp_cohort_equal(&a->cohort, &n->cohort));
				CHECK(drp_cohort_equal(&a->cohort, &v->cohort));
				CHECK(a->open || !n->open);
				CHECK(n->open || !v->open);
				opened += v->open;
				closed += n->open && !v->open;
			}
			memcpy(frame.member, came + (size_t)g * frame.manifest.n_units,
				frame.manifest.n_units);
			CHECK_OK(drp_audit_c(&frame.manifest, (enum drp_group)g,
				frame.member, &group->numbers, NULL));
		}
	}
	CHECK(opened > 200 && closed > 200);
}

static void swap_units(uint32_t a, uint32_t b)
{
	struct drp_unit unit = frame.unit[a];
	uint32_t sheets = frame.sheets[a], n = frame.manifest.n_units;
	frame.unit[a] = frame.unit[b];
	frame.unit[b] = unit;
	frame.sheets[a] = frame.sheets[b];
	frame.sheets[b] = sheets;
	for (int g = 0; g < DRP_GROUPS; g++) {
		uint8_t c = came[(size_t)g * n + a];
		came[(size_t)g * n + a] = came[(size_t)g * n + b];
		came[(size_t)g * n + b] = c;
	}
}

static void same_plan(const struct drp_plan *a, const struct drp_plan *b)
{
	CHECK_INT(a->n, b->n);
	for (size_t i = 0; i < a->n; i++) {
		CHECK(drp_cohort_equal(&a->cohort[i].cohort, &b->cohort[i].cohort));
		CHECK_INT(a->cohort[i].open, b->cohort[i].open);
	}
}

static void the_order_of_units_does_not_matter(void)
{
	static struct drp_sealed_opening first;
	for (int round = 0; round < 100; round++) {
		frame_random(&frame);
		everybody_came();
		for (uint32_t i = 0; i < DRP_GROUPS * frame.manifest.n_units; i++) {
			came[i] = came[i] && frame_roll(8) != 0;
		}
		enum drp_err err = open_all();
		first = opening;
		for (uint32_t i = frame.manifest.n_units - 1; i > 0; i--) {
			swap_units(i, frame_roll(i + 1));
		}
		CHECK_ERR(open_all(), err);
		for (int g = 0; g < DRP_GROUPS && !err; g++) {
			same_plan(&first.group[g].agreed, &opening.group[g].agreed);
			same_plan(&first.group[g].numbers, &opening.group[g].numbers);
			same_plan(&first.group[g].values, &opening.group[g].values);
		}
	}
}

static void units_out_of_range_are_said(void)
{
	struct drp_diag diag = {0};
	frame_begin(&frame);
	frame_schools(&frame, 9, 1, 1, DRP_GO, 20);
	everybody_came();
	frame.unit[3].level = 9;
	CHECK_ERR(drp_sealed_agreed(&opening, &diag), DRP_E_RANGE);
	CHECK(strstr(diag.text, "group leader") != NULL);
}

int main(void)
{
	CASE("everything opens when all is large, values where the plan has them",
		everything_opens_when_all_is_large);
	CASE("what is agreed needs nobody to have come", agreed_needs_nobody);
	CASE("a group may fail alone; all of them open nothing", a_group_may_fail_alone);
	CASE("the opened numbers decide about values", numbers_decide_about_values);
	CASE("rules only ever remove", rules_only_ever_remove);
	CASE("the order of units does not matter", the_order_of_units_does_not_matter);
	CASE("units that are no manifest's are refused", units_out_of_range_are_said);
	return DONE();
}
