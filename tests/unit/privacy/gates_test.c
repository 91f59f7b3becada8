/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/privacy/frame.h"

#define REGION	 DRP_FAMILY_REGION
#define PROVINCE DRP_FAMILY_PROVINCE
#define LEVEL	 DRP_FAMILY_LEVEL
#define NETWORK	 DRP_FAMILY_NETWORK
#define CELL	 DRP_FAMILY_PROVINCE_LEVEL

static struct frame frame;
static struct drp_plan plan;

static struct drp_gate_facts facts_of(const struct drp_cohort *cohort)
{
	struct drp_gate_facts facts;
	CHECK_OK(drp_gate_facts(frame.unit, frame.manifest.n_units, frame.member,
		DRP_TEACHER, cohort, &facts));
	return facts;
}

static void facts_count_schools_once(void)
{
	frame_begin(&frame);
	frame_unit(&frame, 0, 0, DRP_BE21, 1, DRP_GO, 30);
	frame_unit(&frame, 0, 0, DRP_BE21, 2, DRP_GO, 40);
	frame_unit(&frame, 1, 0, DRP_BE21, 1, DRP_GO, 50);
	frame_unit(&frame, 2, 1, DRP_BE22, 1, DRP_KOV, 60);
	frame_unit(&frame, 3, 2, DRP_BE22, 1, DRP_KOV, 500);
	frame.member[4] = 0;
	struct drp_gate_facts facts = facts_of(NULL);
	CHECK_INT(facts.schools, 3);
	CHECK_INT(facts.boards, 2);
	CHECK_INT(facts.eligible, 180);
	CHECK_INT(facts.largest_school, 70);
	CHECK_INT(facts.largest_board, 120);
	struct drp_cohort level = frame_cohort(LEVEL, 0, 1, 0);
	facts = facts_of(&level);
	CHECK_INT(facts.schools, 3);
	CHECK_INT(facts.eligible, 140);
	CHECK_INT(facts.largest_school, 60);
}

/* Schools without anybody of the group do not make a cohort larger. */
static void nobody_hides_nobody(void)
{
	frame_begin(&frame);
	frame_schools(&frame, 4, DRP_BE21, 1, DRP_GO, 30);
	frame_schools(&frame, 9, DRP_BE21, 1, DRP_GO, 0);
	struct drp_gate_facts facts = facts_of(NULL);
	CHECK_INT(facts.schools, 4);
	CHECK_INT(facts.boards, 4);
	CHECK_ERR(drp_gate_a(&facts, &frame.manifest.thresholds), DRP_E_TOO_FEW_SCHOOLS);
	facts = (struct drp_gate_facts){0};
	CHECK_ERR(drp_gate_a(&facts, &(struct drp_thresholds){0}), DRP_E_TOO_FEW_SCHOOLS);
}

static void facts_out_of_range(void)
{
	struct drp_gate_facts facts;
	frame_begin(&frame);
	frame_unit(&frame, 0, 0, DRP_BE21, 1, DRP_GO, 30)->school = DRP_SCHOOLS_MAX;
	CHECK_ERR(drp_gate_facts(frame.unit, 1, frame.member, DRP_TEACHER, NULL, &facts),
		DRP_E_RANGE);
	CHECK_ERR(frame_plan(&frame, FRAME_ALL, &plan), DRP_E_RANGE);
	frame.unit[0].school = 0;
	frame.unit[0].level = 6;
	CHECK_ERR(frame_plan(&frame, FRAME_ALL, &plan), DRP_E_RANGE);
}

static void gate_a_edges(void)
{
	const struct drp_thresholds t = {.k_schools = 5,
		.k_boards = 3,
		.max_school_percent = 50,
		.max_board_percent = 70};
	struct drp_gate_facts good = {.schools = 5,
		.boards = 3,
		.eligible = 1000,
		.largest_school = 500,
		.largest_board = 700};
	struct drp_gate_facts bad = good;
	CHECK_OK(drp_gate_a(&good, &t));
	bad.schools = 4;
	CHECK_ERR(drp_gate_a(&bad, &t), DRP_E_TOO_FEW_SCHOOLS);
	bad = good;
	bad.boards = 2;
	CHECK_ERR(drp_gate_a(&bad, &t), DRP_E_TOO_FEW_SCHOOLS);
	bad = good;
	bad.largest_school = 501;
	CHECK_ERR(drp_gate_a(&bad, &t), DRP_E_TOO_FEW_SCHOOLS);
	bad = good;
	bad.largest_board = 701;
	CHECK_ERR(drp_gate_a(&bad, &t), DRP_E_TOO_FEW_SCHOOLS);
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
	CHECK_OK(frame_plan(&frame, FRAME_ALL, &plan));
	CHECK_INT(plan.n, 1 + 3 + 2 + 2 + 6);
	for (size_t i = 0; i < plan.n; i++) {
		CHECK(plan.cohort[i].open);
		CHECK(i == 0 ||
			plan.cohort[i - 1].cohort.family <= plan.cohort[i].cohort.family);
	}
	CHECK_OK(frame_audit(&frame, &plan));
	CHECK_OK(frame_plan(&frame, 1u << LEVEL, &plan));
	CHECK_INT(plan.n, 1 + 2);
	CHECK_INT(plan.cohort[0].cohort.family, REGION);
}

static void a_failing_region_closes_everything(void)
{
	frame_begin(&frame);
	frame_schools(&frame, 4, DRP_BE21, 1, DRP_GO, 20);
	CHECK_ERR(frame_plan(&frame, FRAME_ALL, &plan), DRP_E_TOO_FEW_SCHOOLS);
	CHECK_INT(plan.n, 5);
	for (size_t i = 0; i < plan.n; i++) {
		CHECK(!plan.cohort[i].open);
	}
	frame_schools(&frame, 1, DRP_BE21, 1, DRP_GO, 81);
	CHECK_ERR(frame_plan(&frame, FRAME_ALL, &plan), DRP_E_TOO_FEW_SCHOOLS);
	frame.unit[4].eligible[DRP_TEACHER] = 80;
	CHECK_OK(frame_plan(&frame, FRAME_ALL, &plan));
}

/* A family that has one cohort shows the region again. */
static void one_cohort_of_a_family_is_the_region(void)
{
	frame_begin(&frame);
	frame_schools(&frame, 6, DRP_BE21, 1, DRP_GO, 20);
	CHECK_OK(frame_plan(&frame, FRAME_ALL, &plan));
	CHECK_INT(plan.n, 5);
	for (size_t i = 0; i < plan.n; i++) {
		CHECK(plan.cohort[i].open);
	}
	CHECK_OK(frame_audit(&frame, &plan));
}

/* One province fails: the total would give it away, so the smallest other one goes. */
static void total_minus_shown(void)
{
	frame_begin(&frame);
	frame_schools(&frame, 2, DRP_BE10, 1, DRP_GO, 20);
	frame_schools(&frame, 9, DRP_BE21, 1, DRP_GO, 20);
	frame_schools(&frame, 7, DRP_BE22, 1, DRP_GO, 20);
	frame_schools(&frame, 8, DRP_BE23, 1, DRP_GO, 20);
	CHECK_OK(frame_plan(&frame, 1u << PROVINCE, &plan));
	CHECK(frame_open(&plan, REGION, 0, 0, 0));
	CHECK(!frame_open(&plan, PROVINCE, DRP_BE10, 0, 0));
	CHECK(frame_open(&plan, PROVINCE, DRP_BE21, 0, 0));
	CHECK(!frame_open(&plan, PROVINCE, DRP_BE22, 0, 0));
	CHECK(frame_open(&plan, PROVINCE, DRP_BE23, 0, 0));
	plan.cohort[3].open = 1;
	CHECK(plan.cohort[3].cohort.provinces == 1 << DRP_BE22);
	CHECK_ERR(frame_audit(&frame, &plan), DRP_E_DIFFERENCING);
}

/* Two failing provinces hide each other only when together they pass. */
static void remainders_must_pass(void)
{
	frame_begin(&frame);
	frame_schools(&frame, 2, DRP_BE10, 1, DRP_GO, 20);
	frame_schools(&frame, 3, DRP_BE21, 1, DRP_GO, 20);
	frame_schools(&frame, 7, DRP_BE22, 1, DRP_GO, 20);
	frame_schools(&frame, 8, DRP_BE23, 1, DRP_GO, 20);
	CHECK_OK(frame_plan(&frame, 1u << PROVINCE, &plan));
	CHECK_INT(frame_open_of(&plan, PROVINCE), 2);
	frame.member[4] = 0;
	CHECK_OK(frame_plan(&frame, 1u << PROVINCE, &plan));
	CHECK_INT(frame_open_of(&plan, PROVINCE), 1);
	CHECK(frame_open(&plan, PROVINCE, DRP_BE23, 0, 0));
}

/* The classic table: one failing cell takes a second in its row, and each of these one
 * in its column. */
static void rows_and_columns(void)
{
	frame_begin(&frame);
	for (int p = 1; p <= 3; p++) {
		for (int l = 1; l <= 3; l++) {
			frame_schools(&frame, p == 2 && l == 2 ? 2 : 6 + p + l, p, l,
				DRP_GO, 20);
		}
	}
	CHECK_OK(frame_plan(&frame, FRAME_ALL, &plan));
	CHECK_INT(frame_open_of(&plan, PROVINCE), 3);
	CHECK_INT(frame_open_of(&plan, LEVEL), 3);
	CHECK_INT(frame_open_of(&plan, CELL), 5);
	CHECK(!frame_open(&plan, CELL, 2, 2, 0));
	for (int i = 1; i <= 3; i++) {
		int row = 0, column = 0;
		for (int k = 1; k <= 3; k++) {
			row += !frame_open(&plan, CELL, i, k, 0);
			column += !frame_open(&plan, CELL, k, i, 0);
		}
		CHECK(row != 1 && column != 1);
	}
	CHECK_OK(frame_audit(&frame, &plan));
	for (size_t i = 0; i < plan.n; i++) {
		if (!plan.cohort[i].open) {
			plan.cohort[i].open = 1;
			CHECK_ERR(frame_audit(&frame, &plan), DRP_E_DIFFERENCING);
			plan.cohort[i].open = 0;
		}
	}
}

/* Suppressed cells of one province must pass together, even when those of the whole
 * region do. */
static void nested_remainders(void)
{
	frame_begin(&frame);
	for (int p = 1; p <= 3; p++) {
		frame_schools(&frame, 8, p, 1, DRP_GO, 20);
		frame_schools(&frame, 9, p, 2, DRP_GO, 20);
		frame_schools(&frame, 2, p, 3, DRP_GO, 20);
		frame_schools(&frame, 2, p, 4, DRP_GO, 20);
	}
	CHECK_OK(frame_plan(&frame, 1u << PROVINCE | 1u << CELL, &plan));
	CHECK_INT(frame_open_of(&plan, PROVINCE), 3);
	for (int p = 1; p <= 3; p++) {
		CHECK(!frame_open(&plan, CELL, p, 1, 0));
		CHECK(frame_open(&plan, CELL, p, 2, 0));
	}
	size_t reopened = 0;
	while (plan.cohort[reopened].open) {
		reopened++;
	}
	CHECK_INT(plan.cohort[reopened].cohort.levels, 1 << 1);
	plan.cohort[reopened].open = 1;
	CHECK_ERR(frame_audit(&frame, &plan), DRP_E_DIFFERENCING);
}

/* b = (province 1 + level 1 - network GO) / 2: nothing lies inside anything, yet two
 * schools can be computed. */
static void half_a_sum_of_margins(void)
{
	frame_begin(&frame);
	frame_schools(&frame, 4, 1, 2, DRP_GO, 20);
	frame_schools(&frame, 2, 1, 1, DRP_KOV, 20);
	frame_schools(&frame, 4, 2, 1, DRP_GO, 20);
	frame_schools(&frame, 7, 2, 2, DRP_KOV, 20);
	plan = (struct drp_plan){.n = 3,
		.cohort = {{frame_cohort(PROVINCE, 1, 0, 0), 1},
			{frame_cohort(LEVEL, 0, 1, 0), 1},
			{frame_cohort(NETWORK, 0, 0, DRP_GO), 1}}};
	struct drp_diag diag = {0};
	CHECK_ERR(drp_audit_c(&frame.manifest, DRP_TEACHER, frame.member, &plan, &diag),
		DRP_E_DIFFERENCING);
	CHECK(strstr(diag.text, "BE10") && strstr(diag.text, "teacher"));
	for (int i = 0; i < 3; i++) {
		plan.cohort[i].open = 0;
		CHECK_OK(frame_audit(&frame, &plan));
		plan.cohort[i].open = 1;
	}
	CHECK_OK(frame_plan(&frame, FRAME_ALL & ~(1u << CELL), &plan));
	CHECK_INT(frame_open_of(&plan, PROVINCE), 2);
	CHECK_INT(frame_open_of(&plan, LEVEL), 2);
	CHECK_INT(frame_open_of(&plan, NETWORK), 0);
}

/* province 1 - network GO is the difference of two atoms that have four schools. */
static void a_difference_of_two_atoms(void)
{
	frame_begin(&frame);
	frame_schools(&frame, 9, 1, 1, DRP_GO, 20);
	frame_schools(&frame, 2, 1, 1, DRP_KOV, 20);
	frame_schools(&frame, 2, 2, 1, DRP_GO, 20);
	frame_schools(&frame, 9, 2, 1, DRP_KOV, 20);
	plan = (struct drp_plan){.n = 2,
		.cohort = {{frame_cohort(PROVINCE, 1, 0, 0), 1},
			{frame_cohort(NETWORK, 0, 0, DRP_GO), 1}}};
	CHECK_ERR(frame_audit(&frame, &plan), DRP_E_DIFFERENCING);
	plan.cohort[1].open = 0;
	CHECK_OK(frame_audit(&frame, &plan));
	CHECK_OK(frame_plan(&frame, FRAME_ALL & ~(1u << CELL), &plan));
	CHECK_INT(frame_open_of(&plan, PROVINCE), 2);
	CHECK_INT(frame_open_of(&plan, NETWORK), 0);
	frame_schools(&frame, 1, 1, 1, DRP_KOV, 20);
	CHECK_OK(frame_plan(&frame, FRAME_ALL & ~(1u << CELL), &plan));
	CHECK_INT(frame_open_of(&plan, NETWORK), 2);
}

/* province 1 - (GO - GO outside province 1) is KOV in province 1: one school of three
 * levels, or one board of three schools, over three atoms. */
static void a_school_of_three_levels(void)
{
	for (int of_board = 0; of_board < 2; of_board++) {
		frame_begin(&frame);
		for (uint32_t l = 1; l <= 3; l++) {
			frame_schools(&frame, 9, 1, (int)l, DRP_GO, 20);
			frame_schools(&frame, 9, 2, (int)l, DRP_GO, 20);
			frame_schools(&frame, 9, 2, (int)l, DRP_KOV, 20);
			for (uint32_t s = 0; s < 2; s++) {
				uint32_t school = of_board ? 500 + 2 * l + s : 500;
				frame_unit(&frame, school, 500, 1, (int)l, DRP_KOV, 20);
			}
		}
		frame.manifest.thresholds.k_schools = 2;
		plan = (struct drp_plan){.n = 3,
			.cohort = {{frame_cohort(PROVINCE, 1, 0, 0), 1},
				{frame_cohort(NETWORK, 0, 0, DRP_GO), 1},
				{frame_cohort(NETWORK, 2, 0, DRP_GO), 1}}};
		CHECK_ERR(frame_audit(&frame, &plan), DRP_E_DIFFERENCING);
		plan.cohort[2].open = 0;
		CHECK_OK(frame_audit(&frame, &plan));
	}
}

static void fold_rule(uint8_t family, int from, int into)
{
	frame.manifest.fold[frame.manifest.n_folds++] =
		(struct drp_fold){family, (uint8_t)from, (uint8_t)into};
}

static void failing_cohorts_are_folded(void)
{
	frame_begin(&frame);
	frame_schools(&frame, 2, DRP_BE10, 1, DRP_GO, 20);
	frame_schools(&frame, 9, DRP_BE21, 1, DRP_GO, 20);
	frame_schools(&frame, 7, DRP_BE24, 1, DRP_GO, 20);
	fold_rule(PROVINCE, DRP_BE10, DRP_BE24);
	fold_rule(PROVINCE, DRP_BE21, DRP_BE24); /* passes: stays itself */
	fold_rule(PROVINCE, DRP_BE22, DRP_BE24); /* has no units */
	CHECK_OK(frame_plan(&frame, 1u << PROVINCE, &plan));
	CHECK_INT(plan.n, 3);
	struct drp_cohort joined = {PROVINCE, 1 << DRP_BE10 | 1 << DRP_BE24, 0, 0};
	CHECK(drp_plan_find(&plan, &joined) && drp_plan_find(&plan, &joined)->open);
	CHECK(frame_open(&plan, PROVINCE, DRP_BE21, 0, 0));
	char code[DRP_COHORT_CODE];
	CHECK_STR(drp_cohort_province(&joined, code), "BE10+BE24");
}

static void folds_run_in_their_order(void)
{
	frame_begin(&frame);
	frame_schools(&frame, 2, 1, 2, DRP_GO, 20);
	frame_schools(&frame, 2, 1, 3, DRP_GO, 20);
	frame_schools(&frame, 7, 1, 4, DRP_GO, 20);
	frame_schools(&frame, 7, 1, 1, DRP_GO, 20);
	fold_rule(LEVEL, 2, 3);
	fold_rule(LEVEL, 2, 4); /* 2 is in 2+3 by now, and both go along */
	CHECK_OK(frame_plan(&frame, 1u << LEVEL, &plan));
	struct drp_cohort joined = {LEVEL, 0, 1 << 2 | 1 << 3 | 1 << 4, 0};
	CHECK_INT(plan.n, 3);
	CHECK(drp_plan_find(&plan, &joined)->open);
	fold_rule(LEVEL, 2, 2);
	fold_rule(NETWORK, 200, 201);
	CHECK_OK(frame_plan(&frame, 1u << LEVEL, &plan));
	CHECK_INT(plan.n, 3);
}

/* Without a neighbour to fold into, a failing cohort is left out. Cells fold inside
 * their province. */
static void cells_fold_inside_their_province(void)
{
	frame_begin(&frame);
	for (int p = 1; p <= 2; p++) {
		frame_schools(&frame, 8, p, 1, DRP_GO, 20);
		frame_schools(&frame, p == 1 ? 2 : 9, p, 3, DRP_GO, 20);
		frame_schools(&frame, 7, p, 4, DRP_GO, 20);
	}
	frame_schools(&frame, 9, 3, 1, DRP_GO, 20);
	frame_schools(&frame, 2, 3, 3, DRP_GO, 20);
	fold_rule(CELL, 3, 4);
	CHECK_OK(frame_plan(&frame, 1u << CELL, &plan));
	struct drp_cohort joined = {CELL, 1 << 1, 1 << 3 | 1 << 4, 0};
	CHECK(drp_plan_find(&plan, &joined)->open);
	CHECK(frame_open(&plan, CELL, 2, 3, 0));
	CHECK(!frame_open(&plan, CELL, 3, 3, 0));
	CHECK(drp_plan_find(&plan, &(struct drp_cohort){CELL, 1 << 1, 1 << 3, 0}) ==
		NULL);
}

static void gate_b_closes_small_numbers(void)
{
	frame_begin(&frame);
	frame_schools(&frame, 9, DRP_BE10, 1, DRP_GO, 20);
	frame_schools(&frame, 8, DRP_BE21, 1, DRP_GO, 20);
	frame_schools(&frame, 7, DRP_BE22, 1, DRP_GO, 20);
	memset(frame.sheets, 0, sizeof frame.sheets);
	for (size_t i = 0; i < 24; i++) {
		frame.sheets[i] = i < 9 ? 1 : 3;
	}
	CHECK_OK(drp_plan_make(&frame.manifest, DRP_TEACHER, frame.member, frame.sheets,
		1u << PROVINCE, &plan));
	CHECK(!frame_open(&plan, PROVINCE, DRP_BE10, 0, 0)); /* 9 of the 10 */
	CHECK(frame_open(&plan, PROVINCE, DRP_BE21, 0, 0));
	CHECK(!frame_open(
		&plan, PROVINCE, DRP_BE22, 0, 0)); /* or BE10 is the remainder */
	frame.sheets[0] = 2;
	CHECK_OK(drp_plan_make(&frame.manifest, DRP_TEACHER, frame.member, frame.sheets,
		1u << PROVINCE, &plan));
	CHECK_INT(frame_open_of(&plan, PROVINCE), 3);
	memset(frame.sheets, 0, sizeof frame.sheets);
	frame.sheets[3] = 9;
	CHECK_ERR(drp_plan_make(&frame.manifest, DRP_TEACHER, frame.member, frame.sheets,
			  1u << PROVINCE, &plan),
		DRP_E_TOO_FEW_SHEETS);
	CHECK_INT(plan.n, 4);
	CHECK_INT(frame_open_of(&plan, REGION), 0);
}

/* Two cohorts below the threshold may hide each other, if together they reach it. */
static void remainders_must_reach_gate_b(void)
{
	frame_begin(&frame);
	for (int p = 1; p <= 4; p++) {
		frame_schools(&frame, 5 + p, p, 1, DRP_GO, 20);
	}
	for (int more = 0; more < 2; more++) {
		for (size_t i = 0; i < frame.manifest.n_units; i++) {
			frame.sheets[i] = frame.unit[i].province > 2 ? 9 : 0;
		}
		frame.sheets[0] = 5;
		frame.sheets[6] = more ? 5 : 4;
		CHECK_OK(drp_plan_make(&frame.manifest, DRP_TEACHER, frame.member,
			frame.sheets, 1u << PROVINCE, &plan));
		CHECK_INT(frame_open_of(&plan, PROVINCE), more ? 2 : 1);
	}
}

/* Nobody took part there: published as suppressed, and no cause to suppress more. */
static void cohorts_without_members(void)
{
	frame_begin(&frame);
	for (int p = 1; p <= 3; p++) {
		frame_schools(&frame, 6, p, 1, DRP_GO, 20);
	}
	memset(frame.member, 0, 6);
	CHECK_OK(frame_plan(&frame, 1u << PROVINCE, &plan));
	CHECK(!frame_open(&plan, PROVINCE, 1, 0, 0));
	CHECK_INT(frame_open_of(&plan, PROVINCE), 2);
	memset(frame.member, 0, sizeof frame.member);
	CHECK_ERR(frame_plan(&frame, FRAME_ALL, &plan), DRP_E_TOO_FEW_SCHOOLS);
	CHECK_OK(frame_audit(&frame, &plan));
}

static void narrowing_only_removes(void)
{
	static struct drp_plan narrow;
	int closed_more = 0;
	for (int round = 0; round < 200; round++) {
		frame_random(&frame);
		if (frame_plan(&frame, FRAME_ALL, &plan)) {
			continue;
		}
		for (size_t i = 0; i < frame.manifest.n_units; i++) {
			frame.member[i] = frame.member[i] && frame_roll(6) != 0;
		}
		enum drp_err err =
			drp_plan_narrow(&frame.manifest, DRP_TEACHER, frame.member,
				frame.sheets, FRAME_ALL & ~(1u << CELL), &plan, &narrow);
		CHECK(!err || drp_err_is_refusal(err));
		CHECK(narrow.n <= plan.n && frame_open_of(&narrow, CELL) == 0);
		for (size_t i = 0; i < narrow.n; i++) {
			CHECK(drp_cohort_equal(
				&narrow.cohort[i].cohort, &plan.cohort[i].cohort));
			CHECK(plan.cohort[i].open || !narrow.cohort[i].open);
			closed_more += plan.cohort[i].open && !narrow.cohort[i].open;
		}
		CHECK_OK(frame_audit(&frame, &narrow));
	}
	CHECK(closed_more > 50);
	plan.n = DRP_COHORTS_MAX + 1;
	CHECK_ERR(drp_plan_narrow(&frame.manifest, DRP_TEACHER, frame.member, NULL,
			  FRAME_ALL, &plan, &narrow),
		DRP_E_RANGE);
	CHECK_ERR(frame_audit(&frame, &plan), DRP_E_RANGE);
}

static void same_plan(const struct drp_plan *a, const struct drp_plan *b)
{
	CHECK_INT(a->n, b->n);
	for (size_t i = 0; i < a->n; i++) {
		CHECK(drp_cohort_equal(&a->cohort[i].cohort, &b->cohort[i].cohort));
		CHECK_INT(a->cohort[i].open, b->cohort[i].open);
	}
}

/* What the units of a cohort add up to. */
static uint64_t sheets_of(const struct drp_cohort *cohort)
{
	uint64_t sheets = 0;
	for (size_t i = 0; i < frame.manifest.n_units; i++) {
		if (frame.member[i] && drp_cohort_holds(cohort, &frame.unit[i])) {
			sheets += frame.sheets[i];
		}
	}
	return sheets;
}

static enum drp_err narrow_numbers(unsigned families, const uint64_t *n,
	const struct drp_plan *within, struct drp_plan *narrowed)
{
	return drp_plan_narrow_numbers(&frame.manifest, DRP_TEACHER, frame.member,
		families, within, n, narrowed);
}

/* The numbers of closed cohorts are nobody's: whatever stands there is not read. */
static void open_numbers_are_as_good_as_every_units(void)
{
	static struct drp_plan numbers, units, cohorts;
	int by_b = 0, by_c = 0;
	for (int round = 0; round < 600; round++) {
		uint64_t n[DRP_COHORTS_MAX];
		unsigned families = frame_roll(4) ? FRAME_ALL : frame_roll(32);
		frame_random(&frame);
		for (size_t i = 0; i < frame.manifest.n_units; i++) {
			frame.sheets[i] = frame_roll(frame_roll(3) ? 60 : 4);
		}
		if (frame_plan(&frame, FRAME_ALL, &numbers)) {
			continue;
		}
		for (size_t i = 0; i < numbers.n; i++) {
			n[i] = numbers.cohort[i].open
				       ? sheets_of(&numbers.cohort[i].cohort)
				       : frame_roll(1000);
		}
		enum drp_err err = drp_plan_narrow(&frame.manifest, DRP_TEACHER,
			frame.member, frame.sheets, families, &numbers, &units);
		CHECK_ERR(narrow_numbers(families, n, &numbers, &cohorts), err);
		same_plan(&units, &cohorts);
		uint32_t k = frame.manifest.thresholds.k_respondents[DRP_TEACHER];
		for (size_t i = 0; i < numbers.n && !err; i++) {
			const struct drp_planned *p =
				drp_plan_find(&cohorts, &numbers.cohort[i].cohort);
			int closed = p && numbers.cohort[i].open && !p->open;
			by_b += closed && n[i] < k;
			by_c += closed && n[i] >= k;
		}
	}
	printf("# closed by B: %d, by C: %d\n", by_b, by_c);
	CHECK(by_b > 50 && by_c > 50);
	numbers.n = DRP_COHORTS_MAX + 1;
	CHECK_ERR(narrow_numbers(FRAME_ALL, (uint64_t[1]){0}, &numbers, &cohorts),
		DRP_E_RANGE);
}

/* Parts that together have more than the whole leave no remainder worth opening. */
static void numbers_that_do_not_add_up_close_more(void)
{
	static struct drp_plan numbers, values;
	frame_begin(&frame);
	for (int p = 1; p <= 3; p++) {
		frame_schools(&frame, 6, p, 1, DRP_GO, 20);
	}
	frame_schools(&frame, 3, 4, 1, DRP_GO, 20);
	frame_schools(&frame, 3, 5, 1, DRP_GO, 20);
	CHECK_OK(frame_plan(&frame, 1u << PROVINCE, &numbers));
	CHECK_INT(numbers.n, 6);
	uint64_t n[] = {480, 120, 120, 120, 0, 0};
	CHECK_OK(narrow_numbers(FRAME_ALL, n, &numbers, &values));
	CHECK_INT(frame_open_of(&values, PROVINCE), 3);
	n[1] = 500;
	CHECK_OK(narrow_numbers(FRAME_ALL, n, &numbers, &values));
	CHECK_INT(frame_open_of(&values, PROVINCE), 2);
	n[0] = 9;
	CHECK_ERR(narrow_numbers(FRAME_ALL, n, &numbers, &values), DRP_E_TOO_FEW_SHEETS);
}

/* A cohort folded when the plan was signed stays folded, whatever part of it remains. */
static void narrowing_keeps_folds(void)
{
	static struct drp_plan narrow;
	frame_begin(&frame);
	frame_schools(&frame, 2, 1, 1, DRP_GO, 20);
	frame_schools(&frame, 9, 2, 1, DRP_GO, 20);
	frame_schools(&frame, 9, 3, 1, DRP_GO, 20);
	fold_rule(PROVINCE, 1, 2);
	CHECK_OK(frame_plan(&frame, 1u << PROVINCE, &plan));
	frame.member[0] = frame.member[1] = 0;
	CHECK_OK(drp_plan_narrow(&frame.manifest, DRP_TEACHER, frame.member, NULL,
		1u << PROVINCE, &plan, &narrow));
	CHECK_INT(narrow.n, 3);
	CHECK(drp_plan_find(
		&narrow, &(struct drp_cohort){PROVINCE, 1 << 1 | 1 << 2, 0, 0})
			->open);
}

static void the_order_of_units_does_not_matter(void)
{
	static struct drp_plan shuffled;
	for (int round = 0; round < 100; round++) {
		frame_random(&frame);
		enum drp_err err = frame_plan(&frame, FRAME_ALL, &plan);
		for (uint32_t i = frame.manifest.n_units - 1; i > 0; i--) {
			uint32_t k = frame_roll(i + 1);
			struct drp_unit unit = frame.unit[i];
			uint8_t member = frame.member[i];
			frame.unit[i] = frame.unit[k];
			frame.member[i] = frame.member[k];
			frame.unit[k] = unit;
			frame.member[k] = member;
		}
		CHECK_ERR(frame_plan(&frame, FRAME_ALL, &shuffled), err);
		CHECK_INT(shuffled.n, plan.n);
		for (size_t i = 0; i < plan.n; i++) {
			CHECK_INT(plan.cohort[i].open, shuffled.cohort[i].open);
			CHECK(drp_cohort_equal(
				&plan.cohort[i].cohort, &shuffled.cohort[i].cohort));
		}
	}
}

/* Flanders five times over: every label in use, schools of several levels. */
static void a_campaign_of_eighteen_thousand_units(void)
{
	frame_begin(&frame);
	for (uint32_t s = 0; s < 9000; s++) {
		int p = 1 + (int)frame_roll(DRP_PROVINCES),
		    n = 1 + (int)frame_roll(DRP_NETWORKS);
		int l = 1 + (int)frame_roll(4);
		frame_unit(&frame, s, s / 2, p, l, n, 1 + frame_roll(80));
		frame_unit(&frame, s, s / 2, p, l + 1, n, 1 + frame_roll(80));
	}
	CHECK_OK(frame_plan(&frame, FRAME_ALL, &plan));
	CHECK_INT(plan.n, 53);
	CHECK_INT(frame_open_of(&plan, CELL), 35);
	CHECK_OK(frame_audit(&frame, &plan));
}

int main(void)
{
	CASE("facts count a school once and members only", facts_count_schools_once);
	CASE("schools without anyone eligible are not counted", nobody_hides_nobody);
	CASE("units outside the limits are refused", facts_out_of_range);
	CASE("gate A: counts at the threshold pass, shares strictly over fail",
		gate_a_edges);
	CASE("everything opens when all cohorts are large",
		everything_opens_when_all_is_large);
	CASE("a failing region closes everything", a_failing_region_closes_everything);
	CASE("a family of one cohort may show the region again",
		one_cohort_of_a_family_is_the_region);
	CASE("total minus shown: the smallest complement goes too", total_minus_shown);
	CASE("suppressed cohorts of a family must pass together", remainders_must_pass);
	CASE("a failing cell takes complements in its row and column", rows_and_columns);
	CASE("suppressed cells of one province must pass together", nested_remainders);
	CASE("an atom computed from three margins is found", half_a_sum_of_margins);
	CASE("a difference of two small atoms is found", a_difference_of_two_atoms);
	CASE("a school or board over three atoms is found", a_school_of_three_levels);
	CASE("a failing cohort is folded where a rule says so",
		failing_cohorts_are_folded);
	CASE("fold rules run in their order", folds_run_in_their_order);
	CASE("cells fold inside their province or are left out",
		cells_fold_inside_their_province);
	CASE("gate B closes cohorts with too few questionnaires",
		gate_b_closes_small_numbers);
	CASE("remainders must reach gate B too", remainders_must_reach_gate_b);
	CASE("cohorts without members are closed and harm nothing",
		cohorts_without_members);
	CASE("narrowing a plan only removes", narrowing_only_removes);
	CASE("numbers of open cohorts decide as numbers of units do",
		open_numbers_are_as_good_as_every_units);
	CASE("numbers that do not add up close more",
		numbers_that_do_not_add_up_close_more);
	CASE("narrowing a plan keeps its folds", narrowing_keeps_folds);
	CASE("the order of units does not matter", the_order_of_units_does_not_matter);
	CASE("eighteen thousand units", a_campaign_of_eighteen_thousand_units);
	return DONE();
}
