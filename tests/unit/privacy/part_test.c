/* SPDX-License-Identifier: Apache-2.0
 *
 * Numbers of a part of the units beside numbers of all of them: drp_plan_part. Units
 * are of kind 1 (with values) or 2 (without).
 */
#include "tests/unit/privacy/frame.h"

static struct frame frame;
static uint8_t kind[FRAME_UNITS_MAX];

/* That many new schools, of which the last `without` are of kind 2. */
static void schools(int with, int without, int province, int level, int network)
{
	size_t first = frame.manifest.n_units;
	frame_schools(&frame, with + without, province, level, network, 50);
	for (int i = 0; i < with + without; i++) {
		kind[first + (size_t)i] = i < with ? 1 : 2;
	}
}

/* Opens all cohorts of the families for all, and the part of those of `of_part`. */
static void plan(unsigned families, unsigned of_part, struct drp_plan *part)
{
	struct drp_plan whole;
	CHECK_OK(frame_plan(&frame, families, &whole));
	for (size_t i = 0; i < whole.n; i++) {
		CHECK(whole.cohort[i].open);
	}
	*part = whole;
	part->n = 0;
	for (size_t i = 0; i < whole.n; i++) {
		if (of_part >> whole.cohort[i].cohort.family & 1) {
			part->cohort[part->n++] = whole.cohort[i];
		}
	}
	CHECK_OK(drp_plan_part(
		&frame.manifest, DRP_TEACHER, kind, frame.sheets, &whole, part));
}

#define REGION	 (1u << DRP_FAMILY_REGION)
#define PROVINCE (1u << DRP_FAMILY_PROVINCE)
#define LEVEL	 (1u << DRP_FAMILY_LEVEL)
#define CELLS	 (1u << DRP_FAMILY_PROVINCE_LEVEL)

/* All units have values: the part says what the whole says. */
static void all_of_it_stays(void)
{
	struct drp_plan part;
	frame_begin(&frame);
	schools(6, 0, DRP_BE21, 1, DRP_GO);
	schools(6, 0, DRP_BE22, 1, DRP_KOV);
	plan(REGION | PROVINCE, REGION | PROVINCE, &part);
	CHECK(frame_open(&part, DRP_FAMILY_REGION, 0, 0, 0));
	CHECK(frame_open(&part, DRP_FAMILY_PROVINCE, DRP_BE21, 0, 0));
}

/* The units without values pass the gates in each cohort that has a number. */
static void large_rests_stay(void)
{
	struct drp_plan part;
	frame_begin(&frame);
	schools(6, 6, DRP_BE21, 1, DRP_GO);
	schools(6, 6, DRP_BE22, 1, DRP_KOV);
	plan(REGION | PROVINCE, REGION | PROVINCE, &part);
	CHECK(frame_open(&part, DRP_FAMILY_REGION, 0, 0, 0));
	CHECK(frame_open(&part, DRP_FAMILY_PROVINCE, DRP_BE22, 0, 0));
}

/* BE21 has one unit without values: its part would tell that unit's number, alone or as
 * the region's part without that of BE22. */
static void small_rests_are_closed(void)
{
	struct drp_plan part;
	frame_begin(&frame);
	schools(6, 1, DRP_BE21, 1, DRP_GO);
	schools(6, 6, DRP_BE22, 1, DRP_KOV);
	plan(REGION | PROVINCE, REGION | PROVINCE, &part);
	CHECK(!frame_open(&part, DRP_FAMILY_PROVINCE, DRP_BE21, 0, 0));
	CHECK(!(frame_open(&part, DRP_FAMILY_REGION, 0, 0, 0) &&
		frame_open(&part, DRP_FAMILY_PROVINCE, DRP_BE22, 0, 0)));
}

/* Only cells of (province, level) have numbers of all their units. BE22 is without
 * values altogether, so that the region's part is BE21's: the one unit of BE21 without
 * values would follow, although six others pass the gates with it. */
static void kinds_combine_over_families(void)
{
	struct drp_plan part;
	frame_begin(&frame);
	schools(6, 1, DRP_BE21, 1, DRP_GO);
	schools(0, 6, DRP_BE22, 1, DRP_KOV);
	plan(REGION | CELLS, REGION, &part);
	CHECK(!frame_open(&part, DRP_FAMILY_REGION, 0, 0, 0));
}

/* A cell that has values throughout gives its part away by its whole: with the part of
 * its level, what is left is one school's. */
static void a_whole_is_a_part_too(void)
{
	struct drp_plan part;
	frame_begin(&frame);
	schools(6, 0, DRP_BE21, 2, DRP_GO);
	schools(1, 6, DRP_BE22, 2, DRP_KOV);
	schools(6, 6, DRP_BE23, 1, DRP_KOV);
	plan(REGION | LEVEL | CELLS, REGION | LEVEL, &part);
	CHECK(!frame_open(&part, DRP_FAMILY_LEVEL, 0, 2, 0));
	CHECK(frame_open(&part, DRP_FAMILY_LEVEL, 0, 1, 0) !=
		frame_open(&part, DRP_FAMILY_REGION, 0, 0, 0));
}

static void kinds_are_checked(void)
{
	struct drp_plan whole, part;
	frame_begin(&frame);
	schools(6, 6, DRP_BE21, 1, DRP_GO);
	CHECK_OK(frame_plan(&frame, REGION, &whole));
	part = whole;
	kind[3] = 3;
	CHECK_ERR(drp_plan_part(&frame.manifest, DRP_TEACHER, kind, frame.sheets, &whole,
			  &part),
		DRP_E_RANGE);
}

int main(void)
{
	CASE("a part that is everything stays", all_of_it_stays);
	CASE("large rests stay", large_rests_stay);
	CASE("a small rest closes its cohort", small_rests_are_closed);
	CASE("whole and part combine over families", kinds_combine_over_families);
	CASE("a cohort without a rest gives its part away", a_whole_is_a_part_too);
	CASE("there are two kinds", kinds_are_checked);
	return DONE();
}
