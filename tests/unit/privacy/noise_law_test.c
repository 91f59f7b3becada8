/* SPDX-License-Identifier: Apache-2.0
 *
 * The law of what the sampler draws, on a fixed tape: chi-square against the exact
 * probabilities and the first two moments. A statistic six standard deviations off
 * rejects. The same statistics must reject a scale that is 2 % wrong and planted bugs,
 * or their approval would mean nothing.
 *
 * unit.privacy.noise_law [DRAWS [SEED]] runs it longer or on another tape.
 */
#include "proto/privacy/noise.h"

#include "proto/base/text.h"
#include "proto/privacy/noise_internal.h"
#include "tests/support/check.h"
#include "tests/support/test_rng.h"

#define SPAN	  4096 /* more than 60 scales of every law below */
#define REJECT_AT 6.0

static uint32_t draws = 200000, seed = 20260101;

/* An integer law, symmetric around 0, and its moments. */
struct law {
	double p[2 * SPAN + 1]; /* p[SPAN + x] = P(x) */
	double square, fourth;
};

static struct law expected;
static uint32_t seen[2 * SPAN + 1];

static void expect(double (*weight)(double x, double scale), double scale)
{
	double total = 0;

	expected.square = expected.fourth = 0;
	for (int x = -SPAN; x <= SPAN; x++) {
		total += expected.p[SPAN + x] = weight(x, scale);
	}
	for (int x = -SPAN; x <= SPAN; x++) {
		double p = expected.p[SPAN + x] /= total, square = (double)x * x;
		expected.square += square * p;
		expected.fourth += square * square * p;
	}
}

static double gaussian_weight(double x, double sigma2)
{
	return exp(-x * x / (2 * sigma2));
}

static double laplace_weight(double x, double t)
{
	return exp(-fabs(x) / t);
}

/* X^2 as a standard normal (Wilson and Hilferty 1931). (X^2 - df) / sqrt(2 df) would do
 * for many bins, but with three of them its six happens once in a thousand sound runs. */
static double chi_square_normal(double x2, int df)
{
	double spread = 2.0 / (9.0 * df);

	return (cbrt(x2 / df) - (1 - spread)) / sqrt(spread);
}

/* Over bins merged until each is expected at least so often. */
static double chi_square(double at_least)
{
	double x2 = 0, want = 0, got = 0, left = draws;
	int bins = 0;

	for (int i = 0; i <= 2 * SPAN; i++) {
		want += expected.p[i] * draws;
		got += seen[i];
		if ((want >= at_least && left - want >= at_least) || i == 2 * SPAN) {
			x2 += (got - want) * (got - want) / want;
			left -= want;
			want = got = 0;
			bins++;
		}
	}
	CHECK(bins > 1);
	return chi_square_normal(x2, bins - 1);
}

/* The farthest of all statistics, in standard deviations: fine bins see tails and single
 * values, coarse bins and moments see the scale. */
static double farthest(void)
{
	double sum = 0, squares = 0, worst;

	for (int x = -SPAN; x <= SPAN; x++) {
		sum += (double)x * seen[SPAN + x];
		squares += (double)x * x * seen[SPAN + x];
	}
	worst = fmax(chi_square(10), chi_square(draws / 64.0));
	worst = fmax(worst, fabs(sum) / sqrt(draws * expected.square));
	return fmax(worst,
		fabs(squares - draws * expected.square) /
			sqrt(draws *
				(expected.fourth - expected.square * expected.square)));
}

static void count(int64_t value)
{
	seen[SPAN + (value < -SPAN ? -SPAN : value > SPAN ? SPAN : value)]++;
}

static double gaussian_distance(uint64_t p, uint64_t q)
{
	struct drp_test_rng_state state;
	struct drp_rng rng = drp_test_rng(&state, seed + p);

	memset(seen, 0, sizeof seen);
	for (uint32_t i = 0; i < draws; i++) {
		int64_t value;
		CHECK_OK(drp_noise_gaussian(&rng, p, q, &value));
		count(value);
	}
	return farthest();
}

static double laplace_distance(uint64_t t)
{
	struct drp_test_rng_state state;
	struct drp_rng rng = drp_test_rng(&state, seed + t);

	memset(seen, 0, sizeof seen);
	for (uint32_t i = 0; i < draws; i++) {
		struct drp_noise_source source = {&rng, DRP_NOISE_DRAW_MAX_BYTES};
		int64_t value;
		CHECK_OK(drp_noise_laplace(&source, t, &value));
		count(value);
	}
	return farthest();
}

static const uint64_t variances[] = {1, 18, 1027, 4106};
#define VARIANCES (sizeof variances / sizeof *variances)

static void gaussian_has_its_law(void)
{
	for (size_t i = 0; i < VARIANCES; i++) {
		expect(gaussian_weight, (double)variances[i]);
		CHECK(gaussian_distance(variances[i], 1) < REJECT_AT);
	}
	expect(gaussian_weight, 1.0 / 3);
	CHECK(gaussian_distance(1, 3) < REJECT_AT);
}

static void laplace_has_its_law(void)
{
	static const uint64_t scales[] = {1, 5, 50};

	for (size_t i = 0; i < 3; i++) {
		expect(laplace_weight, (double)scales[i]);
		CHECK(laplace_distance(scales[i]) < REJECT_AT);
	}
}

static void rejects_wrong_scale(void)
{
	for (size_t i = 0; i < VARIANCES; i++) {
		expect(gaussian_weight, (double)variances[i]);
		CHECK(gaussian_distance(variances[i] * 9604, 10000) > REJECT_AT);
		CHECK(gaussian_distance(variances[i] * 10404, 10000) > REJECT_AT);
	}
}

/* The sampler once more with a bug in it. */
enum bug { NO_BUG, ZERO_TWICE, SCALE_OFF_BY_ONE, MODULO };

struct faulty {
	const struct drp_rng *rng;
	enum bug bug;
};

static uint64_t faulty_uniform(const struct faulty *f, uint64_t m)
{
	struct drp_noise_source source = {f->rng, DRP_NOISE_DRAW_MAX_BYTES};
	uint64_t power = 1, value;

	while (f->bug == MODULO && power < m) {
		power *= 2;
	}
	CHECK_OK(drp_noise_uniform(&source, f->bug == MODULO ? power : m, &value));
	return value % m;
}

static int faulty_exp(const struct faulty *f, uint64_t n, uint64_t d)
{
	uint64_t k = 1;

	for (; n > d; n -= d) {
		if (!faulty_exp(f, 1, 1)) {
			return 0;
		}
	}
	while (faulty_uniform(f, d) < n && faulty_uniform(f, k) == 0) {
		k++;
	}
	return (int)(k % 2);
}

static int64_t faulty_laplace(const struct faulty *f, uint64_t t)
{
	for (;;) {
		uint64_t u = faulty_uniform(f, t), v = 0;
		int negative;
		if (!faulty_exp(f, u, t)) {
			continue;
		}
		while (faulty_exp(f, 1, 1)) {
			v++;
		}
		negative = faulty_uniform(f, 2) == 0;
		if (!negative || u + t * v != 0 || f->bug == ZERO_TWICE) {
			return negative ? -(int64_t)(u + t * v) : (int64_t)(u + t * v);
		}
	}
}

static int64_t faulty_gaussian(const struct faulty *f, int64_t sigma2)
{
	int64_t t = (int64_t)sqrt((double)sigma2) + 1, y, distance;

	do {
		y = faulty_laplace(f, (uint64_t)t + (f->bug == SCALE_OFF_BY_ONE));
		distance = (y < 0 ? -y : y) * t - sigma2;
	} while (!faulty_exp(
		f, (uint64_t)(distance * distance), (uint64_t)(2 * sigma2 * t * t)));
	return y;
}

static double faulty_distance(enum bug bug, uint64_t sigma2)
{
	struct drp_test_rng_state state;
	struct drp_rng rng = drp_test_rng(&state, seed + sigma2);
	struct faulty faulty = {&rng, bug};

	expect(gaussian_weight, (double)sigma2);
	memset(seen, 0, sizeof seen);
	for (uint32_t i = 0; i < draws; i++) {
		count(faulty_gaussian(&faulty, (int64_t)sigma2));
	}
	return farthest();
}

static void copy_is_faithful(void)
{
	struct drp_test_rng_state state[2];
	struct drp_rng rng[2];
	struct faulty faulty = {&rng[1], NO_BUG};

	for (size_t i = 0; i < VARIANCES; i++) {
		rng[0] = drp_test_rng(&state[0], seed);
		rng[1] = drp_test_rng(&state[1], seed);
		for (int draw = 0; draw < 1000; draw++) {
			int64_t value;
			CHECK_OK(drp_noise_gaussian(&rng[0], variances[i], 1, &value));
			CHECK_INT(faulty_gaussian(&faulty, (int64_t)variances[i]), value);
		}
	}
}

static void rejects_bugs(void)
{
	for (size_t i = 0; i < VARIANCES; i++) {
		CHECK(faulty_distance(ZERO_TWICE, variances[i]) > REJECT_AT);
		CHECK(faulty_distance(MODULO, variances[i]) > REJECT_AT);
	}
	/* At larger variances one more in t hardly matters. */
	CHECK(faulty_distance(SCALE_OFF_BY_ONE, 1) > REJECT_AT);
	CHECK(faulty_distance(SCALE_OFF_BY_ONE, 18) > REJECT_AT);
}

int main(int argc, char **argv)
{
	if ((argc > 1 && drp_parse_u32(argv[1], 100000, 1000000000, &draws) != 0) ||
		(argc > 2 && drp_parse_u32(argv[2], 0, UINT32_MAX, &seed) != 0)) {
		fprintf(stderr, "usage: %s [DRAWS >= 100000 [SEED]]\n", argv[0]);
		return 2;
	}
	CASE("the discrete Gaussian has its law", gaussian_has_its_law);
	CASE("the discrete Laplace has its law", laplace_has_its_law);
	CASE("a scale that is 2 % off is rejected", rejects_wrong_scale);
	CASE("the copy without a bug draws the same", copy_is_faithful);
	CASE("zero twice, modulo bias and a wrong scale parameter are rejected",
		rejects_bugs);
	return DONE();
}
