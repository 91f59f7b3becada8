/* SPDX-License-Identifier: Apache-2.0
 *
 * The sampler's contract and its uniform numbers by enumeration. The law of what it
 * draws is in noise_law_test.c; every byte of it in tests/vectors/noise_model.py.
 */
#include "proto/privacy/noise.h"

#include "proto/base/alloc.h"
#include "proto/privacy/noise_internal.h"
#include "tests/support/check.h"
#include "tests/support/test_rng.h"

/* A tape of given bytes, the last of which repeats for ever. */
struct tape {
	const uint8_t *bytes;
	size_t n, used;
};

static void tape_fill(void *self, void *bytes, size_t n)
{
	struct tape *tape = self;
	uint8_t *out = bytes;

	for (size_t i = 0; i < n; i++, tape->used++) {
		out[i] = tape->bytes[tape->used < tape->n ? tape->used : tape->n - 1];
	}
}

static uint64_t uniform_of(uint64_t m, const uint8_t *bytes, size_t n, size_t *used)
{
	struct tape tape = {bytes, n, 0};
	struct drp_rng rng = {tape_fill, &tape};
	struct drp_noise_source source = {&rng, DRP_NOISE_DRAW_MAX_BYTES};
	uint64_t value;

	CHECK_OK(drp_noise_uniform(&source, m, &value));
	*used = tape.used;
	return value;
}

/* Over all 256 first bytes (a 0 follows): each value below m is accepted equally often,
 * and the share of rejected bytes is below one half. */
static void uniform_one_byte(void)
{
	for (uint64_t m = 2; m <= 256; m++) {
		unsigned count[256] = {0}, rejected = 0;
		for (unsigned first = 0; first < 256; first++) {
			size_t used;
			uint64_t value =
				uniform_of(m, (uint8_t[]){(uint8_t)first, 0}, 2, &used);
			CHECK(value < m);
			count[value] += used == 1;
			rejected += used == 2;
		}
		for (uint64_t value = 0; value < m; value++) {
			CHECK_INT(count[value], (256 - rejected) / m);
		}
		CHECK(rejected < 128);
	}
}

static void uniform_two_bytes(void)
{
	static const uint64_t sizes[] = {257, 300, 32768, 40000, 65535, 65536};
	static unsigned count[65536];

	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		unsigned rejected = 0;
		memset(count, 0, sizeof count);
		for (unsigned first = 0; first < 65536; first++) {
			size_t used;
			uint8_t bytes[] = {(uint8_t)first, (uint8_t)(first >> 8), 0};
			uint64_t value = uniform_of(sizes[i], bytes, 3, &used);
			count[value] += used == 2;
			rejected += used == 4;
		}
		for (uint64_t value = 0; value < sizes[i]; value++) {
			CHECK_INT(count[value], (65536 - rejected) / sizes[i]);
		}
	}
}

static void uniform_edges(void)
{
	static const uint8_t ascending[] = {1, 2, 3, 4, 5, 6, 7, 8, 0};
	static const uint8_t high[] = {0, 0, 0, 0, 0, 0, 0, 0x81, 5, 0};
	struct drp_noise_source none = {NULL, 0};
	uint64_t value = 9;
	size_t used;

	CHECK_OK(drp_noise_uniform(&none, 1, &value));
	CHECK_INT(value, 0);
	CHECK_ERR(drp_noise_uniform(&none, 0, &value), DRP_E_RANGE);
	CHECK(uniform_of(UINT64_MAX, ascending, 9, &used) ==
		UINT64_C(0x0807060504030201));
	CHECK_INT(used, 8);
	CHECK_INT(uniform_of((UINT64_C(1) << 63) + 1, high, 10, &used), 5);
	CHECK_INT(used, 16);
}

static void bernoulli_counts(void)
{
	for (uint64_t d = 1; d <= 64; d++) {
		for (uint64_t n = 0; n <= d; n++) {
			unsigned yes = 0;
			for (uint8_t first = 0; first < d; first++) {
				struct tape tape = {&first, 1, 0};
				struct drp_rng rng = {tape_fill, &tape};
				struct drp_noise_source source = {&rng, 8};
				int success;
				CHECK_OK(drp_noise_bernoulli(&source, n, d, &success));
				yes += (unsigned)success;
			}
			CHECK_INT(yes, n);
		}
	}
}

static void exp_edges(void)
{
	struct drp_test_rng_state state;
	struct drp_rng rng = drp_test_rng(&state, 1);

	for (int i = 0; i < 1000; i++) {
		struct drp_noise_source source = {&rng, DRP_NOISE_DRAW_MAX_BYTES};
		int success = 9;
		CHECK_OK(drp_noise_bernoulli_exp(&source, 0, 7, &success));
		CHECK_INT(success, 1);
		CHECK_OK(drp_noise_bernoulli_exp(
			&source, (drp_u128)1 << 126, 1, &success));
		CHECK_INT(success, 0);
		CHECK_ERR(drp_noise_bernoulli_exp(&source, 1, 0, &success), DRP_E_RANGE);
	}
}

static void refuses_parameters(void)
{
	static const uint64_t bad[][2] = {{0, 1}, {1, 0}, {0, 0}, {UINT64_C(1) << 31, 1},
		{UINT64_MAX, 1}, {100000, 65537}, {1, 5}, {16383, 65536}};
	struct drp_test_rng_state state;
	struct drp_rng rng = drp_test_rng(&state, 2);
	int64_t value = 99;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		CHECK_ERR(drp_noise_gaussian(&rng, bad[i][0], bad[i][1], &value),
			DRP_E_RANGE);
	}
	CHECK_INT(value, 99);
}

static void draws_at_the_bounds(void)
{
	static const uint64_t set[][3] = {{1, 1, 10}, {1, 4, 6}, {16384, 65536, 6},
		{65535, 65536, 10}, {DRP_SIGMA2_MAX, 1, 463410},
		{DRP_SIGMA2_MAX, 65536, 1820}, {DRP_SIGMA2_MAX, 65535, 1820}};
	struct drp_test_rng_state state;
	struct drp_rng rng = drp_test_rng(&state, 3);

	for (size_t i = 0; i < sizeof set / sizeof *set; i++) {
		for (int draw = 0; draw < 2000; draw++) {
			int64_t value;
			CHECK_OK(drp_noise_gaussian(&rng, set[i][0], set[i][1], &value));
			CHECK(value >= -(int64_t)set[i][2] &&
				value <= (int64_t)set[i][2]);
		}
	}
}

static void stuck_generator_ends(void)
{
	int64_t value = 99;

	for (unsigned byte = 0; byte < 256; byte++) {
		uint8_t stuck = (uint8_t)byte;
		struct tape tape = {&stuck, 1, 0};
		struct drp_rng rng = {tape_fill, &tape};
		enum drp_err err = drp_noise_gaussian(&rng, 1027, 1, &value);
		CHECK(err == DRP_OK || err == DRP_E_ENTROPY);
		CHECK(tape.used <= DRP_NOISE_DRAW_MAX_BYTES);
		if (byte == 0) {
			CHECK_ERR(err, DRP_E_ENTROPY);
			CHECK_INT(value, 99);
		}
	}
}

static void adds_a_draw_to_each(void)
{
	struct drp_test_rng_state state;
	struct drp_rng rng = drp_test_rng(&state, 4);
	int64_t values[100], draw;

	for (int i = 0; i < 100; i++) {
		values[i] = 1000000 * i - 5000000;
	}
	CHECK_OK(drp_noise_add(&rng, 4106, values, 100));
	rng = drp_test_rng(&state, 4);
	for (int i = 0; i < 100; i++) {
		CHECK_OK(drp_noise_gaussian(&rng, 4106, 1, &draw));
		CHECK_INT(values[i], 1000000 * i - 5000000 + draw);
	}
}

static void refuses_no_noise(void)
{
	struct drp_test_rng_state state;
	struct drp_rng rng = drp_test_rng(&state, 5);
	int64_t values[] = {7};

	CHECK_ERR(drp_noise_add(&rng, 0, values, 1), DRP_E_RANGE);
	CHECK_ERR(drp_noise_add(&rng, 0, NULL, 0), DRP_E_RANGE);
	CHECK_ERR(drp_noise_add(&rng, (uint32_t)DRP_SIGMA2_MAX + 1, values, 1),
		DRP_E_RANGE);
	CHECK_ERR(drp_noise_add(&rng, UINT32_MAX, NULL, 0), DRP_E_RANGE);
	CHECK_OK(drp_noise_add(&rng, 1, NULL, 0));
	CHECK_INT(values[0], 7);
}

static void adds_all_or_nothing(void)
{
	static uint8_t drying[4096]; /* sound at first, then zeros for ever */
	struct drp_test_rng_state state;
	struct drp_rng rng = drp_test_rng(&state, 6);
	struct tape tape = {drying, sizeof drying, 0};
	int64_t values[1000], before[1000];

	for (int i = 0; i < 1000; i++) {
		before[i] = values[i] = i;
	}
	before[999] = values[999] = INT64_MAX;
	for (int i = 0; i < 8; i++) { /* one of eight draws is positive */
		enum drp_err err = drp_noise_add(&rng, 1027, values, 1000);
		if (err) {
			CHECK_ERR(err, DRP_E_OVERFLOW);
			break;
		}
		CHECK(i < 7);
		memcpy(values, before, sizeof values);
	}
	CHECK_MEM(values, before, sizeof values);

	rng.fill(rng.self, drying, sizeof drying - 1);
	rng = (struct drp_rng){tape_fill, &tape};
	CHECK_ERR(drp_noise_add(&rng, 1027, values, 1000), DRP_E_ENTROPY);
	CHECK(tape.used > DRP_NOISE_DRAW_MAX_BYTES);
	CHECK_MEM(values, before, sizeof values);

	drp_alloc_hook(1, 0);
	CHECK_ERR(drp_noise_add(&rng, 1027, values, 1000), DRP_E_NOMEM);
	drp_alloc_hook(0, 0);
	CHECK_MEM(values, before, sizeof values);
}

int main(void)
{
	CASE("uniform numbers below 2..256: every value from equally many bytes",
		uniform_one_byte);
	CASE("uniform numbers of two bytes: every value equally often",
		uniform_two_bytes);
	CASE("uniform numbers at the edges of the word", uniform_edges);
	CASE("n of d equally likely numbers are a success", bernoulli_counts);
	CASE("exp(0) always happens, exp(-huge) never", exp_edges);
	CASE("a variance outside the declared bounds is refused", refuses_parameters);
	CASE("variances on the bounds are drawn", draws_at_the_bounds);
	CASE("a stuck generator ends in an error, not in a loop", stuck_generator_ends);
	CASE("each value gets a draw of its own", adds_a_draw_to_each);
	CASE("no variance is an error, never no noise", refuses_no_noise);
	CASE("on an error no value has changed", adds_all_or_nothing);
	return DONE();
}
