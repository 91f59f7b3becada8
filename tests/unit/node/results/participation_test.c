/* SPDX-License-Identifier: Apache-2.0 */
#include "node/results/participation.h"

#include "tests/support/check.h"

struct edge {
	uint32_t eligible, minimum;
};

static void check_edges(enum drp_group group, const struct edge *edges, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		CHECK_INT(drp_participation_minimum(group, edges[i].eligible),
			edges[i].minimum);
	}
}

#define EDGES(group, edges) check_edges(group, edges, sizeof edges / sizeof edges[0])

static void examples_of_the_manual(void)
{
	CHECK_INT(drp_participation_minimum(DRP_LEADER, 5), 4);
	CHECK_INT(drp_participation_minimum(DRP_TEACHER, 100), 33);
	CHECK_INT(drp_participation_minimum(DRP_PUPIL, 200), 80);
}

static void leaders(void)
{
	static const struct edge edges[] = {{0, 0}, {1, 0}, {2, 1}, {3, 2}, {4, 3},
		{5, 4}, {6, 4}, {7, 4}, {8, 5}, {9, 6}, {10, 7}, {11, 6}, {30, 18},
		{31, 15}, {32, 16}};
	EDGES(DRP_LEADER, edges);
}

static void teachers(void)
{
	static const struct edge edges[] = {{1, 0}, {10, 8}, {11, 6}, {30, 18}, {31, 15},
		{45, 22}, {46, 15}, {125, 41}, {126, 31}, {200, 50}, {201, 40},
		{500, 100}, {501, 50}};
	EDGES(DRP_TEACHER, edges);
}

static void pupils(void)
{
	static const struct edge edges[] = {{1, 0}, {50, 30}, {51, 25}, {150, 75},
		{151, 60}, {200, 80}, {250, 100}, {251, 75}, {500, 150}, {501, 125},
		{750, 187}, {751, 150}, {1000, 200}, {1001, 100},
		{UINT32_MAX, 429496729}};
	EDGES(DRP_PUPIL, edges);
}

/* 5 leaders need 4, 100 teachers 33, 200 pupils 80. */
static void check_level(uint32_t leader, uint32_t teacher, uint32_t pupil,
	enum drp_participation_level level, enum drp_participation_reason reason)
{
	struct drp_participation_counts counts = {
		.eligible = {5, 100, 200},
		.completed = {leader, teacher, pupil},
	};
	enum drp_participation_reason got = DRP_REASONS;
	CHECK_INT(drp_participation_classify(&counts, DRP_PARTICIPATION_CLOSE, &got),
		level);
	CHECK_INT(got, reason);
}

static void high(void)
{
	check_level(4, 33, 80, DRP_PARTICIPATION_HIGH, DRP_REASON_ALL_MET);
	check_level(5, 100, 200, DRP_PARTICIPATION_HIGH, DRP_REASON_ALL_MET);
	/* Four fifths of 80 is 64, of 33 is 26.4, of 4 is 3.2. */
	check_level(4, 33, 64, DRP_PARTICIPATION_HIGH, DRP_REASON_THIRD_CLOSE);
	check_level(4, 27, 80, DRP_PARTICIPATION_HIGH, DRP_REASON_THIRD_CLOSE);
}

static void average(void)
{
	check_level(4, 32, 79, DRP_PARTICIPATION_AVERAGE, DRP_REASON_TWO_BELOW);
	check_level(1, 1, 1, DRP_PARTICIPATION_AVERAGE, DRP_REASON_TWO_BELOW);
}

static void the_hole(void)
{
	check_level(4, 33, 63, DRP_PARTICIPATION_AVERAGE, DRP_REASON_ONE_FAR_BELOW);
	check_level(4, 26, 80, DRP_PARTICIPATION_AVERAGE, DRP_REASON_ONE_FAR_BELOW);
	check_level(3, 33, 80, DRP_PARTICIPATION_AVERAGE, DRP_REASON_ONE_FAR_BELOW);
}

static void absent_groups(void)
{
	check_level(0, 33, 80, DRP_PARTICIPATION_INCOMPLETE, DRP_REASON_GROUP_ABSENT);
	check_level(0, 1, 0, DRP_PARTICIPATION_INCOMPLETE, DRP_REASON_GROUP_ABSENT);
	check_level(0, 0, 0, DRP_PARTICIPATION_NONE, DRP_REASON_NOBODY);
}

/* One eligible leader has a minimum of 0 and is still absent without a questionnaire. */
static void absent_beats_met(void)
{
	struct drp_participation_counts counts = {
		.eligible = {1, 100, 200}, .completed = {0, 100, 200}};
	CHECK_INT(drp_participation_classify(&counts, DRP_PARTICIPATION_CLOSE, NULL),
		DRP_PARTICIPATION_INCOMPLETE);
	counts.completed[DRP_LEADER] = 1;
	CHECK_INT(drp_participation_classify(&counts, DRP_PARTICIPATION_CLOSE, NULL),
		DRP_PARTICIPATION_HIGH);
}

static void closeness_is_configurable(void)
{
	struct drp_participation_counts counts = {
		.eligible = {5, 100, 200}, .completed = {4, 33, 40}};
	struct drp_rational half = {1, 2}, one = {1, 1};
	CHECK_INT(
		drp_participation_classify(&counts, half, NULL), DRP_PARTICIPATION_HIGH);
	counts.completed[DRP_PUPIL] = 79;
	CHECK_INT(drp_participation_classify(&counts, one, NULL),
		DRP_PARTICIPATION_AVERAGE);
}

static void names(void)
{
	CHECK_STR(drp_participation_code(DRP_PARTICIPATION_INCOMPLETE), "incomplete");
	CHECK_STR(drp_participation_name(DRP_PARTICIPATION_INCOMPLETE, "nl-BE"),
		"onvolledig");
	CHECK_STR(drp_participation_name(DRP_PARTICIPATION_HIGH, "en"), "high");
	CHECK_STR(
		drp_participation_reason_code(DRP_REASON_ONE_FAR_BELOW), "one_far_below");
	CHECK_STR(drp_participation_code(DRP_PARTICIPATION_LEVELS), "?");
}

int main(void)
{
	CASE("the manual's examples: 5 leaders 4, 100 teachers 33, 200 pupils 80",
		examples_of_the_manual);
	CASE("leaders' minima at every edge", leaders);
	CASE("teachers' minima at every edge", teachers);
	CASE("pupils' minima at every edge", pupils);
	CASE("three minima, or two and the third close, are high", high);
	CASE("two groups below their minimum are average", average);
	CASE("one group far below fills the definitions' hole as average", the_hole);
	CASE("an absent group is incomplete, nobody is none", absent_groups);
	CASE("an absent group is incomplete even where its minimum is 0",
		absent_beats_met);
	CASE("the closeness factor is configurable", closeness_is_configurable);
	CASE("levels and reasons have codes and names", names);
	return DONE();
}
