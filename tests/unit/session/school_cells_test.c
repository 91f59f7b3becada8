/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/session/school_cells.h"

#include "tests/support/check.h"
#include "tests/support/test_rng.h"

#include <stdlib.h>

#define K 5

static void shown(const char *levels, const uint32_t *schools, const char *want)
{
	struct drp_cohort cohorts[16] = {0};
	uint8_t got[16];
	char text[17] = "";
	size_t n = strlen(levels);
	for (size_t i = 0; i < n; i++) {
		cohorts[i].levels = (uint16_t)(1u << (levels[i] - '0'));
	}
	drp_school_cells(cohorts, schools, n, K, got);
	for (size_t i = 0; i < n; i++) {
		text[i] = got[i] ? 's' : 'c';
	}
	CHECK_STR(text, want);
}

static void nothing_small(void)
{
	shown("1112", (const uint32_t[]){5, 6, 7, 8}, "ssss");
}

static void one_small(void)
{
	/* 3 alone would be the level less the rest: the next smallest goes with it. */
	shown("111", (const uint32_t[]){9, 3, 8}, "scc");
	shown("111", (const uint32_t[]){8, 3, 8}, "ccs");
	shown("1111", (const uint32_t[]){0, 9, 8, 7}, "cssc");
}

static void two_small(void)
{
	shown("1111", (const uint32_t[]){2, 9, 3, 8}, "cscs");
	/* Together they are fewer than five. */
	shown("1111", (const uint32_t[]){2, 9, 2, 8}, "cscc");
	shown("1111", (const uint32_t[]){0, 9, 0, 8}, "cscc");
}

static void levels_apart(void)
{
	shown("121212", (const uint32_t[]){9, 9, 1, 9, 9, 9}, "cscsss");
}

static void all_small(void)
{
	shown("11", (const uint32_t[]){1, 2}, "cc");
	shown("1", (const uint32_t[]){1}, "c");
}

/* Whatever the numbers: no suppressed cell is its level less the shown ones, unless the
 * whole level is suppressed. */
static void never_alone(void)
{
	uint64_t roll = 0;
	for (int round = 0; round < 20000; round++) {
		struct drp_cohort cohorts[12] = {0};
		uint32_t schools[12];
		uint8_t got[12];
		for (int i = 0; i < 12; i++) {
			cohorts[i].levels =
				(uint16_t)(2u << drp_test_rng_mix(++roll) % 3);
			schools[i] = (uint32_t)(drp_test_rng_mix(++roll) % 12);
		}
		drp_school_cells(cohorts, schools, 12, K, got);
		for (uint16_t level = 2; level <= 8; level = (uint16_t)(2 * level)) {
			uint32_t hidden = 0, sum = 0, open = 0;
			for (int i = 0; i < 12; i++) {
				if (cohorts[i].levels != level) {
					continue;
				}
				CHECK(!got[i] || schools[i] >= K);
				open += got[i];
				hidden += !got[i];
				sum += got[i] ? 0 : schools[i];
			}
			CHECK(hidden == 0 || open == 0 || (hidden > 1 && sum >= K));
		}
	}
}

int main(void)
{
	CASE("large cells are all shown", nothing_small);
	CASE("a small cell takes another with it", one_small);
	CASE("two small cells hide one another once they are enough", two_small);
	CASE("each level is looked at by itself", levels_apart);
	CASE("a level of small cells is suppressed", all_small);
	CASE("no suppressed cell follows by subtraction", never_alone);
	return DONE();
}
