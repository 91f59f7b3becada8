/* SPDX-License-Identifier: Apache-2.0
 *
 * The estimator against numbers worked out by hand; its honesty is coverage_test's.
 */
#include "proto/estimate/estimate.h"
#include "tests/support/check.h"

static const struct drp_rates hand = {
	.n_items = 3,
	.questionnaires = 1000,
	.group_rate = .6,
	.group_variance = .02,
	.noise = .04,
	.weight = .25,
	.own = .01,
	.rate = {.8, .5, 1, .9}, /* the last is not one of the three */
};

/* n r = 80: the mean is 4; (a) 16/80^2 = .0025; slope 80/(100 .64) = 1.25 with noise
 * 16/64^2; own .25 .04 = .01 and shared .75 .02 = .015. */
static const double noise_0 = .0025, slope2_0 = 1.5625 - .00390625;

static void region_item(void)
{
	struct drp_estimate e;
	CHECK_OK(drp_estimate_mean(&hand, 0, 80, 16, 100, 1, &e));
	CHECK_NEAR(e.value, 4, 1e-12);
	CHECK_NEAR(e.se * e.se, noise_0 + slope2_0 * (.01 + .015), 1e-12);
	CHECK_NEAR(e.high - e.value, 1.959964 * e.se, 1e-12);
	CHECK_NEAR(e.value - e.low, 1.959964 * e.se, 1e-12);
}

static void cohort_adds_its_own_rate(void)
{
	struct drp_estimate e;
	double nearer = .8 - sqrt(.025);
	CHECK_OK(drp_estimate_mean(&hand, 0, 80, 16, 100, 0, &e));
	CHECK_NEAR(e.se * e.se,
		noise_0 + slope2_0 * (.01 + .015 + nearer * (1 - nearer) / 100), 1e-12);
}

/* A rate clamped to 1 does not mean that every questionnaire was valid. */
static void clamped_rate_still_spreads(void)
{
	struct drp_estimate e;
	double nearer = 1 - sqrt(.025), slope2 = 1 - .0016;
	CHECK_OK(drp_estimate_mean(&hand, 2, 100, 16, 100, 0, &e));
	CHECK_NEAR(e.se * e.se, .0016 + slope2 * (.025 + nearer * (1 - nearer) / 100),
		1e-12);
}

/* Item 1: n r = 50, mean 3.4, slope 20/(100 .25) = .8 with noise 16/25^2. */
static void area_is_correlated_by_the_group_rate(void)
{
	struct drp_estimate e;
	double slope2_1 = .64 - .0256, noise_1 = 16 / 2500.;
	double both = 2.05 * 2.05 - (.00390625 + .0256);
	CHECK_OK(drp_estimate_area(
		&hand, (uint16_t[]){0, 1}, (double[]){80, 20}, 2, 16, 100, 1, &e));
	CHECK_NEAR(e.value, 3.7, 1e-12);
	CHECK_NEAR(4 * e.se * e.se,
		noise_0 + noise_1 + .01 * (slope2_0 + slope2_1) + .015 * both, 1e-12);
}

static void opposite_items_cancel_in_the_group_rate(void)
{
	struct drp_estimate e;
	double slope2_1 = 1.25 * 1.25 - .0256, noise_1 = 16 / 2500.;
	CHECK_OK(drp_estimate_area(
		&hand, (uint16_t[]){0, 1}, (double[]){80, -31.25}, 2, 16, 100, 1, &e));
	CHECK_NEAR(
		4 * e.se * e.se, noise_0 + noise_1 + .01 * (slope2_0 + slope2_1), 1e-12);
}

/* A sum smaller than its own noise says nothing of how the rate's error carries over. */
static void small_sum_leaves_only_its_noise(void)
{
	struct drp_estimate e;
	CHECK_OK(drp_estimate_mean(&hand, 0, 3, 16, 100, 1, &e));
	CHECK_NEAR(e.se, .05, 1e-12);
	CHECK_OK(drp_estimate_mean(&hand, 0, 0, 16, 100, 0, &e));
	CHECK_NEAR(e.value, 3, 0);
	CHECK_NEAR(e.se, .05, 1e-12);
}

static void values_are_not_clipped(void)
{
	struct drp_estimate e;
	CHECK_OK(drp_estimate_mean(&hand, 1, 500, 1e6, 100, 1, &e));
	CHECK_NEAR(e.value, 13, 1e-12);
	CHECK(e.high > 30 && e.low < 0);
}

static void refuses_what_has_no_mean(void)
{
	struct drp_estimate e = {.value = 77};
	CHECK_ERR(drp_estimate_mean(&hand, 3, 1, 1, 100, 1, &e), DRP_E_RANGE);
	CHECK_ERR(drp_estimate_mean(&hand, 0, 1, 1, 0, 1, &e), DRP_E_RANGE);
	CHECK_ERR(drp_estimate_mean(&hand, 0, 1, 1, -100, 1, &e), DRP_E_RANGE);
	CHECK_ERR(drp_estimate_mean(&hand, 0, 1, -1, 100, 1, &e), DRP_E_RANGE);
	CHECK_ERR(drp_estimate_mean(&hand, 0, NAN, 1, 100, 1, &e), DRP_E_RANGE);
	CHECK_ERR(drp_estimate_mean(&hand, 0, 1, NAN, 100, 1, &e), DRP_E_RANGE);
	CHECK_ERR(drp_estimate_mean(&hand, 0, 1, 1, NAN, 1, &e), DRP_E_RANGE);
	CHECK_ERR(drp_estimate_mean(&hand, 0, 1e300, 1, 100, 1, &e), DRP_E_RANGE);
	CHECK_ERR(drp_estimate_area(&hand, NULL, NULL, 0, 1, 100, 1, &e), DRP_E_RANGE);
	CHECK_ERR(drp_estimate_area(
			  &hand, (uint16_t[]){0, 3}, (double[]){1, 1}, 2, 1, 100, 1, &e),
		DRP_E_RANGE);
	CHECK_NEAR(e.value, 77, 0);
}

/* Every combination of poor counts gives an error or a finite interval around it. */
static void poor_counts_stay_finite(void)
{
	const int64_t valid[][3] = {
		{0, 0, 0}, {-900, -1000, -800}, {5000, -5000, 0}, {4, 5, 4}, {1, 1, 1}};
	const double sums[] = {0, -9000, 9000, 1}, variances[] = {0, 1, 648748, 1e12};
	const double sizes[] = {1, 5, 2979};
	for (size_t v = 0; v < 5; v++) {
		for (size_t c = 0; c < 4 * 4 * 3; c++) {
			double variance = variances[c % 4], n = sizes[c / 16];
			struct drp_rates rates;
			struct drp_estimate e;
			CHECK_OK(drp_rates_from_valid(valid[v], 3, variance, n, &rates));
			for (int region = 0; region < 2; region++) {
				CHECK_OK(drp_estimate_mean(&rates, 0, sums[c / 4 % 4],
					variance, n, region, &e));
				CHECK(isfinite(e.value) && isfinite(e.low) &&
					isfinite(e.high));
				CHECK(e.low <= e.value && e.value <= e.high);
				CHECK(e.se >= .999999 * sqrt(variance) / n);
			}
		}
	}
}

/* Sums .9 of 1000 with tau2 .01: an item without a rate of its own may lie there. */
static void others_have_the_group_rate(void)
{
	struct drp_rates core = hand, others;
	struct drp_estimate e;
	core.tau2 = .01;
	CHECK_OK(drp_rates_of_others(&core, 2, &others));
	CHECK_INT(others.n_items, 2);
	/* n r = 60: the mean is 4; slope 60 / (100 .36) with noise 16 / 36^2. */
	double slope = 60 / 36., slope_noise = 16 / (36. * 36);
	CHECK_OK(drp_estimate_mean(&others, 1, 60, 16, 100, 1, &e));
	CHECK_NEAR(e.value, 4, 1e-12);
	CHECK_NEAR(e.se * e.se, 16 / 3600. + (slope * slope - slope_noise) * (.01 + .02),
		1e-12);
	CHECK_ERR(drp_estimate_mean(&others, 2, 60, 16, 100, 1, &e), DRP_E_RANGE);
	CHECK_ERR(drp_rates_of_others(&core, DRP_ITEMS_MAX + 1, &others), DRP_E_RANGE);
}

static void shares_are_proportions(void)
{
	struct drp_estimate e;
	CHECK_OK(drp_estimate_share((struct drp_measured){250, 64}, 1000, &e));
	CHECK_NEAR(e.value, .25, 1e-12);
	CHECK_NEAR(e.se, .008, 1e-12);
	CHECK_NEAR(e.high, .25 + 1.959964 * .008, 1e-12);
	CHECK_NEAR(e.low, .25 - 1.959964 * .008, 1e-12);
	CHECK_OK(drp_estimate_share((struct drp_measured){-3, 64}, 10, &e));
	CHECK_NEAR(e.value, -.3, 1e-12); /* not clipped */
	CHECK_ERR(drp_estimate_share((struct drp_measured){3, 1}, 0, &e), DRP_E_RANGE);
	CHECK_ERR(drp_estimate_share((struct drp_measured){3, -1}, 9, &e), DRP_E_RANGE);
	CHECK_ERR(drp_estimate_share((struct drp_measured){NAN, 1}, 9, &e), DRP_E_RANGE);
}

static void expects_an_error_before_any_data(void)
{
	CHECK_NEAR(drp_estimate_expected_se(4106, 158, 2979), .2846, 5e-5);
	CHECK_NEAR(drp_estimate_expected_se(1540, 24, 2345), .0863, 5e-5);
	CHECK(isinf(drp_estimate_expected_se(1540, 24, 0)));
}

int main(void)
{
	CASE("an item of the region", region_item);
	CASE("a cohort's own valid rate adds to the error", cohort_adds_its_own_rate);
	CASE("a clamped rate still spreads over cohorts", clamped_rate_still_spreads);
	CASE("the items of an area share the group's rate",
		area_is_correlated_by_the_group_rate);
	CASE("opposite items cancel in the group's rate",
		opposite_items_cancel_in_the_group_rate);
	CASE("a small sum leaves only its own noise", small_sum_leaves_only_its_noise);
	CASE("values and intervals are not clipped", values_are_not_clipped);
	CASE("no items, no questionnaires, no numbers: refused",
		refuses_what_has_no_mean);
	CASE("poor counts give finite intervals", poor_counts_stay_finite);
	CASE("items without a rate of their own take the group's",
		others_have_the_group_rate);
	CASE("shares are proportions, not clipped", shares_are_proportions);
	CASE("the error expected before any data", expects_an_error_before_any_data);
	return DONE();
}
