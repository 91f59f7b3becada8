/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/model/tabulation.h"

#include "tests/support/check.h"

enum { TEACHERS = 1u << DRP_TEACHER, EVERYBODY = 7 };
enum { B4, B6, VISITS, SLOW, ROBOTS, REMARKS, LATER, ITEMS };

/* Scales: five points with n/a, a tick box, four points without n/a. */
static struct drp_instrument instrument = {
	.n_scales = 3,
	.scale = {{.points = 5, .has_na = 1}, {.points = 0}, {.points = 4}},
	.n_items = ITEMS,
	.item =
		{
			[B4] = {.groups = EVERYBODY},
			[B6] = {.groups = EVERYBODY},
			[VISITS] = {.groups = TEACHERS, .kind = DRP_ITEM_ADDITIONAL},
			[SLOW] = {.groups = 3, .kind = DRP_ITEM_ADDITIONAL, .scale = 1},
			[ROBOTS] = {.groups = EVERYBODY,
				.kind = DRP_ITEM_OPTIONAL,
				.scale = 2},
			[REMARKS] = {.groups = EVERYBODY, .kind = DRP_ITEM_TEXT},
			[LATER] = {.groups = EVERYBODY, .levels = 1u << 2},
		},
};

static struct drp_tabulation tabulation;

static void start(void)
{
	tabulation = (struct drp_tabulation){0};
}

static enum drp_err add(enum drp_group group, int item, uint8_t answer)
{
	struct drp_sheet sheet = {0};
	sheet.answer[item] = answer;
	return drp_tabulate_add(&tabulation, &instrument, group, &sheet);
}

static void add_times(int times, enum drp_group group, int item, uint8_t answer)
{
	for (int i = 0; i < times; i++) {
		CHECK_OK(add(group, item, answer));
	}
}

static void one_leader(void)
{
	int64_t values[DRP_VALUES_MAX];
	start();
	add_times(1, DRP_LEADER, B4, 5);
	CHECK_INT(tabulation.n, 1);
	CHECK_INT(tabulation.count[B4][5], 1);
	CHECK_INT(drp_tabulation_pairs(&tabulation, &instrument, DRP_LEADER, values), 4);
	CHECK_INT(values[0], 2);
	CHECK_INT(values[1], 1);
}

static void study_visits(void)
{
	start();
	add_times(11, DRP_TEACHER, VISITS, 5);
	add_times(2, DRP_TEACHER, VISITS, 4);
	add_times(2, DRP_TEACHER, VISITS, DRP_ANSWER_NA);
	CHECK_INT(tabulation.n, 15);
	CHECK_INT(tabulation.count[VISITS][5], 11);
	CHECK_INT(tabulation.count[VISITS][4], 2);
	CHECK_INT(tabulation.count[VISITS][DRP_ANSWER_NA], 2);
}

static void barriers(void)
{
	start();
	add_times(3, DRP_LEADER, SLOW, DRP_ANSWER_TICKED);
	add_times(3, DRP_LEADER, SLOW, DRP_ANSWER_NOT_TICKED);
	CHECK_INT(tabulation.count[SLOW][DRP_ANSWER_TICKED], 3);
	CHECK_INT(tabulation.count[SLOW][DRP_ANSWER_NOT_TICKED], 3);
}

static void states_stay_apart(void)
{
	start();
	add_times(1, DRP_PUPIL, B6, DRP_ANSWER_NOT_SHOWN);
	add_times(2, DRP_PUPIL, B6, DRP_ANSWER_BLANK);
	add_times(3, DRP_PUPIL, B6, DRP_ANSWER_NA);
	CHECK_INT(tabulation.count[B6][DRP_ANSWER_NOT_SHOWN], 1);
	CHECK_INT(tabulation.count[B6][DRP_ANSWER_BLANK], 2);
	CHECK_INT(tabulation.count[B6][DRP_ANSWER_NA], 3);
}

static void rows_sum_to_n(void)
{
	start();
	add_times(4, DRP_TEACHER, B4, 2);
	add_times(3, DRP_TEACHER, SLOW, DRP_ANSWER_TICKED);
	add_times(2, DRP_TEACHER, REMARKS, DRP_ANSWER_BLANK);
	CHECK_INT(tabulation.n, 9);
	CHECK_INT(tabulation.n_items, ITEMS);
	for (int i = 0; i < ITEMS; i++) {
		uint32_t sum = 0;
		for (int a = 0; a < DRP_ANSWERS; a++) {
			sum += tabulation.count[i][a];
		}
		CHECK_INT(sum, 9);
	}
}

static void refused_answers(void)
{
	static const struct {
		enum drp_group group;
		int item;
		uint8_t answer;
	} bad[] = {
		{DRP_TEACHER, B4, 6},
		{DRP_TEACHER, B4, 7},
		{DRP_TEACHER, B4, DRP_ANSWERS},
		{DRP_TEACHER, B4, 255},
		{DRP_TEACHER, B4, DRP_ANSWER_TICKED},
		{DRP_TEACHER, B4, DRP_ANSWER_NOT_TICKED},
		{DRP_TEACHER, SLOW, 1},
		{DRP_TEACHER, SLOW, DRP_ANSWER_NA},
		{DRP_TEACHER, ROBOTS, 5},
		{DRP_TEACHER, ROBOTS, DRP_ANSWER_NA},
		{DRP_TEACHER, REMARKS, 1},
		{DRP_TEACHER, REMARKS, DRP_ANSWER_NA},
		{DRP_LEADER, VISITS, 5},
		{DRP_PUPIL, VISITS, DRP_ANSWER_NA},
		{DRP_PUPIL, SLOW, DRP_ANSWER_NOT_TICKED},
		{DRP_PUPIL, SLOW, DRP_ANSWER_BLANK},
	};
	static struct drp_tabulation before;
	start();
	add_times(2, DRP_TEACHER, B4, 3);
	before = tabulation;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		CHECK_ERR(add(bad[i].group, bad[i].item, bad[i].answer), DRP_E_RANGE);
		CHECK_MEM(&tabulation, &before, sizeof before);
	}
}

static void late_refusal(void)
{
	static struct drp_tabulation before;
	struct drp_sheet sheet = {.answer = {[B4] = 5, [LATER] = 9}};
	start();
	before = tabulation;
	CHECK_ERR(drp_tabulate_add(&tabulation, &instrument, DRP_TEACHER, &sheet),
		DRP_E_RANGE);
	CHECK_MEM(&tabulation, &before, sizeof before);
}

static void another_instrument(void)
{
	static struct drp_instrument shorter;
	struct drp_sheet sheet = {0};
	start();
	add_times(1, DRP_TEACHER, B4, 3);
	shorter = instrument;
	shorter.n_items--;
	CHECK_ERR(drp_tabulate_add(&tabulation, &shorter, DRP_TEACHER, &sheet),
		DRP_E_RANGE);
	CHECK_INT(tabulation.n, 1);
}

static void no_overflow(void)
{
	start();
	add_times(1, DRP_TEACHER, B4, 3);
	tabulation.n = UINT32_MAX;
	CHECK_ERR(add(DRP_TEACHER, B4, 3), DRP_E_OVERFLOW);
	CHECK_INT(tabulation.n, UINT32_MAX);
}

static void pairs_of_core_items(void)
{
	int64_t values[DRP_VALUES_MAX];
	start();
	add_times(1, DRP_LEADER, B4, 1);
	add_times(1, DRP_LEADER, B4, 2);
	add_times(5, DRP_LEADER, B4, 3);
	add_times(1, DRP_LEADER, B4, DRP_ANSWER_NA);
	add_times(1, DRP_LEADER, B4, DRP_ANSWER_BLANK);
	add_times(4, DRP_LEADER, B6, 4);
	add_times(1, DRP_LEADER, B6, 5);
	add_times(9, DRP_LEADER, ROBOTS, 4);
	add_times(9, DRP_LEADER, LATER, 5);
	CHECK_INT(drp_tabulation_pairs(&tabulation, &instrument, DRP_LEADER, values), 4);
	CHECK_INT(values[0], -3);
	CHECK_INT(values[1], 7);
	CHECK_INT(values[2], 6);
	CHECK_INT(values[3], 5);
}

static void sensitivity_of_a_sheet(void)
{
	for (uint8_t answer = 1; answer <= 5; answer++) {
		int64_t values[DRP_VALUES_MAX];
		struct drp_sheet sheet = {.answer = {[B4] = answer, [B6] = answer}};
		start();
		CHECK_OK(drp_tabulate_add(&tabulation, &instrument, DRP_PUPIL, &sheet));
		size_t n =
			drp_tabulation_pairs(&tabulation, &instrument, DRP_PUPIL, values);
		int64_t squares = 0;
		for (size_t i = 0; i < n; i++) {
			squares += values[i] * values[i];
		}
		CHECK(squares <= 5 * (int64_t)n / 2);
	}
}

int main(void)
{
	CASE("one leader who fully agrees is 2 over the middle, once (W3)", one_leader);
	CASE("11 very useful, 2 useful and 2 n/a of 15 teachers (W5)", study_visits);
	CASE("half of the leaders tick a barrier (W6)", barriers);
	CASE("not shown, blank and n/a are never merged", states_stay_apart);
	CASE("every row sums to the number of questionnaires", rows_sum_to_n);
	CASE("an answer that its item cannot have changes nothing", refused_answers);
	CASE("a sheet refused at its last item has counted nothing", late_refusal);
	CASE("a tabulation belongs to one instrument", another_instrument);
	CASE("the number of questionnaires does not wrap", no_overflow);
	CASE("pairs are the sum of x - 3 and the valid count of core items asked at "
	     "every level",
		pairs_of_core_items);
	CASE("one sheet's pairs have squared L2 at most 5 an item",
		sensitivity_of_a_sheet);
	return DONE();
}
