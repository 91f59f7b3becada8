/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/privacy/rowspace.h"

#include "tests/support/check.h"
#include "tests/support/test_rng.h"
#include "tests/unit/privacy/rank.h"

#include "proto/base/alloc.h"

static uint64_t rolls;

/* The same numbers on every run, in [0, below). */
static uint64_t roll(uint64_t below)
{
	return drp_test_rng_mix(++rolls) % below;
}

static struct drp_rowspace *space_of(const int64_t *rows, size_t n, size_t columns)
{
	struct drp_rowspace *space;
	CHECK_OK(drp_rowspace_new(columns, n, &space));
	for (size_t i = 0; i < n; i++) {
		CHECK_OK(drp_rowspace_add(space, rows + i * columns));
	}
	return space;
}

static int holds(struct drp_rowspace *space, const int64_t *vector, uint8_t *part)
{
	int found = -1;
	CHECK_OK(drp_rowspace_holds(space, vector, &found, part));
	return found;
}

static int within(
	struct drp_rowspace *space, const size_t *columns, size_t n, uint8_t *part)
{
	int found = -1;
	CHECK_OK(drp_rowspace_within(space, columns, n, &found, part));
	return found;
}

/* A total and all its parts but one give the one. */
static void total_minus_parts(void)
{
	const int64_t rows[] = {1, 1, 1, 1, /**/ 1, 0, 0, 0, /**/ 0, 1, 1, 0};
	struct drp_rowspace *space = space_of(rows, 3, 4);
	uint8_t part[3] = {9, 9, 9};
	CHECK(holds(space, (int64_t[]){0, 0, 0, 1}, part));
	CHECK_INT(part[0] + part[1] + part[2], 3);
	CHECK(!holds(space, (int64_t[]){0, 1, 0, 0}, part));
	CHECK(holds(space, (int64_t[]){5, -2, -2, 7}, NULL));
	CHECK(holds(space, (int64_t[]){0, 0, 0, 0}, part));
	CHECK_INT(part[0] + part[1] + part[2], 0);
	drp_rowspace_free(space);
}

static void dependent_rows_are_never_named(void)
{
	const int64_t rows[] = {1, 1, 1, /**/ 1, 0, 0, /**/ 0, 1, 1, /**/ 0, 0, 1};
	struct drp_rowspace *space = space_of(rows, 4, 3);
	uint8_t part[4];
	CHECK(holds(space, (int64_t[]){0, 1, 0}, part));
	CHECK(part[0] && part[1] && !part[2] && part[3]);
	drp_rowspace_free(space);
}

static void supports(void)
{
	const int64_t rows[] = {1, 1, 1, 1, /**/ 1, -1, 0, 0};
	struct drp_rowspace *space = space_of(rows, 2, 4);
	uint8_t part[2];
	CHECK(within(space, (size_t[]){0, 1}, 2, part));
	CHECK(!part[0] && part[1]);
	CHECK(!within(space, (size_t[]){0}, 1, NULL));
	CHECK(!within(space, (size_t[]){2, 3}, 2, NULL));
	CHECK(within(space, (size_t[]){1, 2, 3}, 3, NULL));
	CHECK(!within(space, NULL, 0, NULL));
	int found;
	CHECK_ERR(
		drp_rowspace_within(space, (size_t[]){4}, 1, &found, NULL), DRP_E_RANGE);
	drp_rowspace_free(space);
}

static void rows_beyond_the_maximum(void)
{
	const int64_t row[] = {1, 2};
	struct drp_rowspace *space = space_of(row, 1, 2);
	CHECK_ERR(drp_rowspace_add(space, row), DRP_E_RANGE);
	CHECK(holds(space, (int64_t[]){-3, -6}, NULL));
	drp_rowspace_free(space);
}

static void overflow_refuses(void)
{
	struct drp_rowspace *space;
	CHECK_OK(drp_rowspace_new(2, 2, &space));
	CHECK_OK(drp_rowspace_add(space, (int64_t[]){INT64_MAX, INT64_MAX - 1}));
	CHECK_ERR(drp_rowspace_add(space, (int64_t[]){INT64_MAX - 1, INT64_MAX - 3}),
		DRP_E_OVERFLOW);
	drp_rowspace_free(space);
	CHECK_OK(drp_rowspace_new(2, 2, &space));
	CHECK_ERR(drp_rowspace_add(space, (int64_t[]){1, INT64_MIN}), DRP_E_OVERFLOW);
	drp_rowspace_free(space);
	CHECK_OK(drp_rowspace_new(2, 2, &space));
	CHECK_OK(drp_rowspace_add(space, (int64_t[]){1, 1}));
	CHECK_ERR(drp_rowspace_add(space, (int64_t[]){1, INT64_MIN + 1}), DRP_E_OVERFLOW);
	drp_rowspace_free(space);
}

static void random_matrix(struct rank_matrix *m)
{
	m->rows = 1 + roll(9);
	m->columns = 1 + roll(10);
	uint64_t kind = roll(3);
	for (size_t i = 0; i < m->rows; i++) {
		for (size_t j = 0; j < m->columns; j++) {
			m->at[i][j] = kind == 0	  ? (int64_t)roll(2)
				      : kind == 1 ? (int64_t)roll(5) - 2
						  : roll(4) == 0;
		}
	}
}

static struct drp_rowspace *space_of_matrix(
	const struct rank_matrix *m, const uint8_t *use)
{
	struct drp_rowspace *space;
	CHECK_OK(drp_rowspace_new(m->columns, m->rows, &space));
	for (size_t i = 0; i < m->rows; i++) {
		if (!use || use[i]) {
			CHECK_OK(drp_rowspace_add(space, m->at[i]));
		}
	}
	return space;
}

static void agrees_with_ranks_modulo_primes(void)
{
	static struct rank_matrix m;
	int yes = 0, no = 0;
	for (int round = 0; round < 1500; round++) {
		random_matrix(&m);
		struct drp_rowspace *space = space_of_matrix(&m, NULL);
		for (int k = 0; k < 6; k++) {
			size_t set[10], n = 0;
			int64_t vector[10] = {0};
			for (size_t j = 0; j < m.columns; j++) {
				if (roll(3) == 0) {
					set[n++] = j;
					vector[j] = k % 2 ? 1 : (int64_t)roll(5) - 2;
				}
			}
			int held = rank_holds(&m, vector), kept = rank_within(&m, set, n);
			CHECK_INT(holds(space, vector, NULL), held);
			CHECK_INT(within(space, set, n, NULL), kept);
			yes += held + kept;
			no += 2 - held - kept;
		}
		drp_rowspace_free(space);
	}
	CHECK(yes > 1000 && no > 1000);
}

/* The named rows are enough for the vector, and without any one of them the independent
 * rows are not. */
static void combinations_name_the_right_rows(void)
{
	static struct rank_matrix m;
	int seen = 0;
	for (int round = 0; round < 1500; round++) {
		random_matrix(&m);
		struct drp_rowspace *space = space_of_matrix(&m, NULL);
		uint8_t part[9] = {0};
		int64_t vector[10] = {0};
		vector[roll(m.columns)] = 1;
		if (holds(space, vector, part)) {
			struct drp_rowspace *enough = space_of_matrix(&m, part);
			CHECK(holds(enough, vector, NULL));
			drp_rowspace_free(enough);
			for (size_t i = 0; i < m.rows; i++) {
				uint8_t fewer[9];
				memcpy(fewer, part, sizeof fewer);
				fewer[i] = 0;
				enough = space_of_matrix(&m, fewer);
				CHECK_INT(holds(enough, vector, NULL), !part[i]);
				drp_rowspace_free(enough);
			}
			seen++;
		}
		drp_rowspace_free(space);
	}
	CHECK(seen > 300);
}

static void out_of_memory(void)
{
	struct drp_rowspace *space = NULL;
	for (unsigned long at = 1; at <= 6; at++) {
		drp_alloc_hook(at, 0);
		enum drp_err err = drp_rowspace_new(3, 3, &space);
		drp_alloc_hook(0, 0);
		CHECK_ERR(err, DRP_E_NOMEM);
		CHECK(space == NULL);
	}
}

int main(void)
{
	CASE("a total and its parts but one give the last part", total_minus_parts);
	CASE("a dependent row is never named", dependent_rows_are_never_named);
	CASE("vectors with a given support are found", supports);
	CASE("no more rows than announced", rows_beyond_the_maximum);
	CASE("what does not fit 64 bits is refused", overflow_refuses);
	CASE("agrees with ranks modulo two primes", agrees_with_ranks_modulo_primes);
	CASE("a combination names exactly the rows it needs",
		combinations_name_the_right_rows);
	CASE("running out of memory leaves nothing behind", out_of_memory);
	return DONE();
}
