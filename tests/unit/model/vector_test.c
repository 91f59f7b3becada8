/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/model/vector.h"

#include "tests/support/check.h"
#include "tests/support/test_rng.h"

enum { EVERYBODY = 7, TEACHERS = 1u << DRP_TEACHER };
enum { B4, X1, X2, B6, OWN, LATER, SOMETIMES, X3, ITEMS };

/* Scales: five points with n/a, five without, a tick box. The additional items stand
 * before and between core ones. */
static struct drp_instrument instrument = {
	.n_scales = 3,
	.scale = {{.points = 5, .has_na = 1}, {.points = 5}, {.points = 0}},
	.n_items = ITEMS,
	.item =
		{
			[B4] = {.groups = EVERYBODY},
			[X1] = {.groups = TEACHERS,
				.kind = DRP_ITEM_ADDITIONAL,
				.scale = 2},
			[X2] = {.groups = TEACHERS,
				.kind = DRP_ITEM_ADDITIONAL,
				.scale = 1},
			[B6] = {.groups = EVERYBODY, .scale = 1},
			[OWN] = {.groups = EVERYBODY, .kind = DRP_ITEM_OPTIONAL},
			[LATER] = {.groups = EVERYBODY, .levels = 1u << 2},
			[SOMETIMES] = {.groups = 1u << DRP_PUPIL,
				.kind = DRP_ITEM_ADDITIONAL,
				.levels = 62},
			[X3] = {.groups = TEACHERS,
				.kind = DRP_ITEM_ADDITIONAL,
				.scale = 2},
		},
};

enum { TEACHER_LENGTH = 1 + 7 + 6 + 3 + 6 + 3 };

static struct drp_vector vector_of(enum drp_group group)
{
	struct drp_vector v;
	drp_vector_make(&v, &instrument, group);
	return v;
}

static void layout(void)
{
	static const uint16_t item[] = {B4, B6, X1, X2, X3};
	static const uint8_t counters[] = {7, 6, 3, 6, 3};
	struct drp_vector v = vector_of(DRP_TEACHER);
	CHECK_INT(v.n_items, 5);
	CHECK_INT(v.n_core, 2);
	CHECK_INT(v.length, TEACHER_LENGTH);
	size_t offset = 1;
	for (size_t i = 0; i < v.n_items; i++) {
		CHECK_INT(v.item[i], item[i]);
		CHECK_INT(v.counters[i], counters[i]);
		CHECK_INT(v.offset[i], offset);
		offset += counters[i];
	}
	CHECK_INT(v.points[2], 0);
	CHECK_INT(v.has_na[0], 1);
	CHECK_INT(v.has_na[1], 0);
	v = vector_of(DRP_LEADER);
	CHECK_INT(v.n_items, 2);
	CHECK_INT(v.length, 14);
}

static void sheet_of(struct drp_test_rng_state *state, struct drp_sheet *sheet)
{
	static const uint8_t answers[3][9] = {
		{1, 2, 3, 4, 5, DRP_ANSWER_NA, DRP_ANSWER_BLANK, DRP_ANSWER_NOT_SHOWN, 5},
		{1, 2, 3, 4, 5, 1, DRP_ANSWER_BLANK, DRP_ANSWER_NOT_SHOWN, 2},
		{DRP_ANSWER_TICKED, DRP_ANSWER_NOT_TICKED, DRP_ANSWER_BLANK,
			DRP_ANSWER_NOT_SHOWN, DRP_ANSWER_TICKED, DRP_ANSWER_TICKED,
			DRP_ANSWER_NOT_TICKED, DRP_ANSWER_TICKED, DRP_ANSWER_TICKED}};
	memset(sheet, 0, sizeof *sheet);
	for (size_t i = 0; i < ITEMS; i++) {
		uint8_t roll;
		drp_test_rng_fill(state, &roll, 1);
		if (instrument.item[i].groups >> DRP_TEACHER & 1) {
			sheet->answer[i] = answers[instrument.item[i].scale][roll % 9];
		}
	}
}

static struct drp_tabulation tabulation;

static void tabulate(uint64_t seed, int sheets)
{
	struct drp_test_rng_state state;
	drp_test_rng(&state, seed);
	memset(&tabulation, 0, sizeof tabulation);
	for (int s = 0; s < sheets; s++) {
		struct drp_sheet sheet;
		sheet_of(&state, &sheet);
		CHECK_OK(drp_tabulate_add(&tabulation, &instrument, DRP_TEACHER, &sheet));
	}
}

static void counters_sum_to_n(void)
{
	struct drp_vector v = vector_of(DRP_TEACHER);
	uint64_t counts[TEACHER_LENGTH];
	tabulate(1, 53);
	drp_vector_fill(&v, &tabulation, counts);
	CHECK_INT(counts[0], 53);
	for (size_t i = 0; i < v.n_items; i++) {
		uint64_t sum = 0;
		for (size_t c = 0; c < v.counters[i]; c++) {
			sum += counts[v.offset[i] + c];
		}
		CHECK_INT(sum, 53);
	}
	const uint32_t *b4 = tabulation.count[B4], *x3 = tabulation.count[X3];
	CHECK_INT(counts[1], b4[1]);
	CHECK_INT(counts[5], b4[5]);
	CHECK_INT(counts[6], b4[DRP_ANSWER_NA]);
	CHECK_INT(counts[7], b4[DRP_ANSWER_BLANK] + b4[DRP_ANSWER_NOT_SHOWN]);
	CHECK_INT(counts[v.offset[4]], x3[DRP_ANSWER_TICKED]);
	CHECK_INT(counts[v.offset[4] + 1], x3[DRP_ANSWER_NOT_TICKED]);
}

static struct drp_release release_of(int map, int items)
{
	return (struct drp_release){
		.group = DRP_TEACHER, .map = (uint8_t)map, .items = (uint8_t)items};
}

static void release(const struct drp_release *r, int64_t *values)
{
	struct drp_vector v = vector_of(DRP_TEACHER);
	uint64_t counts[TEACHER_LENGTH];
	drp_vector_fill(&v, &tabulation, counts);
	for (size_t k = 0; k < drp_release_values(&v, r); k++) {
		struct drp_term terms[DRP_TERMS_MAX];
		size_t n = drp_release_terms(&v, r, k, terms);
		CHECK(n >= 1 && n <= DRP_TERMS_MAX);
		values[k] = 0;
		for (size_t t = 0; t < n; t++) {
			values[k] += terms[t].weight * (int64_t)counts[terms[t].index];
		}
	}
}

static void maps_mean_what_they_say(void)
{
	struct drp_vector v = vector_of(DRP_TEACHER);
	struct drp_release core_pairs = release_of(DRP_MAP_PAIRS, DRP_RELEASE_CORE);
	struct drp_release core_sums = release_of(DRP_MAP_SUMS, DRP_RELEASE_CORE);
	struct drp_release side = release_of(DRP_MAP_SUMS, DRP_RELEASE_ADDITIONAL);
	struct drp_release ticks = release_of(DRP_MAP_TICKS, DRP_RELEASE_TICKS);
	struct drp_release cells = release_of(DRP_MAP_HISTOGRAM, DRP_RELEASE_CORE);
	struct drp_release none = release_of(DRP_MAP_COUNTS, DRP_RELEASE_CORE);
	int64_t pairs[DRP_VALUES_MAX], got[DRP_VALUES_MAX] = {0};
	tabulate(2, 80);
	CHECK_INT(drp_tabulation_pairs(&tabulation, &instrument, DRP_TEACHER, pairs), 4);
	CHECK_INT(drp_release_values(&v, &core_pairs), 4);
	release(&core_pairs, got);
	CHECK_MEM(got, pairs, 4 * sizeof *got);
	CHECK_INT(drp_release_values(&v, &core_sums), 2);
	release(&core_sums, got);
	CHECK_INT(got[0], pairs[0]);
	CHECK_INT(got[1], pairs[2]);
	CHECK_INT(drp_release_values(&v, &side), 1);
	release(&side, got);
	const uint32_t *x2 = tabulation.count[X2];
	CHECK_INT(got[0], 2 * (int64_t)x2[5] + x2[4] - x2[2] - 2 * (int64_t)x2[1]);
	CHECK_INT(drp_release_values(&v, &ticks), 2);
	release(&ticks, got);
	CHECK_INT(got[0], tabulation.count[X1][DRP_ANSWER_TICKED]);
	CHECK_INT(got[1], tabulation.count[X3][DRP_ANSWER_TICKED]);
	CHECK_INT(drp_release_values(&v, &cells), 6 + 5);
	release(&cells, got);
	CHECK_INT(got[5], tabulation.count[B4][DRP_ANSWER_NA]);
	CHECK_INT(got[6], tabulation.count[B6][1]);
	CHECK_INT(got[10], tabulation.count[B6][5]);
	CHECK_INT(drp_release_values(&v, &none), 0);
	CHECK_INT(drp_release_delta2(&v, &none), 0);
}

/* Neighbours differ in one sheet against a blank one. No sheet's values are longer than
 * delta2 says, and some sheet's are as long. */
static void delta2_is_what_one_sheet_can_do(void)
{
	static const struct {
		int map, items;
		uint32_t delta2;
	} maps[] = {{DRP_MAP_PAIRS, DRP_RELEASE_CORE, 10},
		{DRP_MAP_SUMS, DRP_RELEASE_CORE, 8},
		{DRP_MAP_HISTOGRAM, DRP_RELEASE_CORE, 2},
		{DRP_MAP_SUMS, DRP_RELEASE_ADDITIONAL, 4},
		{DRP_MAP_PAIRS, DRP_RELEASE_ADDITIONAL, 5},
		{DRP_MAP_HISTOGRAM, DRP_RELEASE_ADDITIONAL, 1},
		{DRP_MAP_TICKS, DRP_RELEASE_TICKS, 2}};
	struct drp_vector v = vector_of(DRP_TEACHER);
	for (size_t m = 0; m < sizeof maps / sizeof maps[0]; m++) {
		struct drp_release r = release_of(maps[m].map, maps[m].items);
		size_t n = drp_release_values(&v, &r);
		uint64_t most = 0;
		for (uint64_t seed = 0; seed < 500; seed++) {
			int64_t values[DRP_VALUES_MAX];
			uint64_t squares = 0;
			tabulate(1000 + seed, 1);
			release(&r, values);
			for (size_t k = 0; k < n; k++) {
				squares += (uint64_t)(values[k] * values[k]);
			}
			most = squares > most ? squares : most;
		}
		CHECK_INT(drp_release_delta2(&v, &r), maps[m].delta2);
		CHECK_INT(most, maps[m].delta2);
	}
}

/* What is open about everybody (N) and what says nothing (none) is in no value. */
static void n_and_none_are_in_no_value(void)
{
	struct drp_vector v = vector_of(DRP_TEACHER);
	for (int map = 0; map < DRP_MAPS; map++) {
		for (int items = 0; items < DRP_RELEASE_ITEMS; items++) {
			struct drp_release r = release_of(map, items);
			if ((map == DRP_MAP_TICKS) != (items == DRP_RELEASE_TICKS)) {
				continue;
			}
			for (size_t k = 0; k < drp_release_values(&v, &r); k++) {
				struct drp_term terms[DRP_TERMS_MAX];
				size_t n = drp_release_terms(&v, &r, k, terms);
				for (size_t t = 0; t < n; t++) {
					CHECK(terms[t].index > 0);
					CHECK(terms[t].weight != 0);
					for (size_t i = 0; i < v.n_items; i++) {
						CHECK(terms[t].index !=
							v.offset[i] + v.counters[i] - 1);
					}
				}
			}
		}
	}
}

static void bits_hold_the_largest_unit(void)
{
	static const struct {
		uint32_t eligible;
		unsigned bits;
	} tries[] = {
		{0, 1}, {1, 1}, {2, 2}, {3, 2}, {4, 3}, {255, 8}, {256, 9}, {100000, 17}};
	struct drp_unit units[3] = {0};
	struct drp_manifest m = {.n_units = 3, .unit = units};
	for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++) {
		units[1].eligible[DRP_PUPIL] = tries[i].eligible;
		units[2].eligible[DRP_LEADER] = 5000;
		CHECK_INT(drp_vector_bits(&m, DRP_PUPIL), tries[i].bits);
	}
	CHECK_INT(drp_vector_bits(&m, DRP_TEACHER), 1);
}

int main(void)
{
	CASE("core items come first, each with na and none", layout);
	CASE("every item's counters sum to N", counters_sum_to_n);
	CASE("each map is the sum that it is called", maps_mean_what_they_say);
	CASE("delta2 is the longest that one sheet can do",
		delta2_is_what_one_sheet_can_do);
	CASE("N and none are in no value", n_and_none_are_in_no_value);
	CASE("the bits hold the largest unit's number", bits_hold_the_largest_unit);
	return DONE();
}
