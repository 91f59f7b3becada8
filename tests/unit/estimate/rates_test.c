/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/estimate/estimate.h"
#include "tests/support/check.h"

static void without_noise_keeps_each_rate(void)
{
	int64_t valid[] = {100, 80, 90};
	struct drp_rates rates;
	CHECK_OK(drp_rates_from_valid(valid, 3, 0, 100, &rates));
	CHECK_INT(rates.n_items, 3);
	CHECK_NEAR(rates.questionnaires, 100, 0);
	CHECK_NEAR(rates.group_rate, .9, 1e-12);
	CHECK_NEAR(rates.tau2, .01, 1e-12);
	CHECK_NEAR(rates.weight, 1, 1e-12);
	CHECK_NEAR(rates.rate[0], 1, 1e-12);
	CHECK_NEAR(rates.rate[1], .8, 1e-12);
	CHECK_NEAR(rates.rate[2], .9, 1e-12);
}

/* Variance .01 over the items, .0025 of it noise: three quarters are real. */
static void noise_pulls_towards_the_group(void)
{
	int64_t valid[] = {100, 80, 90};
	struct drp_rates rates;
	CHECK_OK(drp_rates_from_valid(valid, 3, 25, 100, &rates));
	CHECK_NEAR(rates.noise, .0025, 1e-12);
	CHECK_NEAR(rates.group_variance, .0025 / 3, 1e-12);
	CHECK_NEAR(rates.tau2, .0075, 1e-12);
	CHECK_NEAR(rates.weight, .75, 1e-12);
	CHECK_NEAR(rates.rate[0], .975, 1e-12);
	CHECK_NEAR(rates.rate[1], .825, 1e-12);
	CHECK_NEAR(rates.rate[2], .9, 1e-12);
}

static void nothing_but_noise_gives_the_group_rate(void)
{
	int64_t valid[] = {100, 80, 90};
	struct drp_rates rates;
	CHECK_OK(drp_rates_from_valid(valid, 3, 400, 100, &rates));
	CHECK(rates.tau2 == 0 && rates.weight == 0);
	for (size_t i = 0; i < 3; i++) {
		CHECK_NEAR(rates.rate[i], .9, 1e-12);
	}
}

static void one_item_is_its_group(void)
{
	int64_t valid[] = {70};
	struct drp_rates rates;
	CHECK_OK(drp_rates_from_valid(valid, 1, 25, 100, &rates));
	CHECK_NEAR(rates.rate[0], .7, 1e-12);
	CHECK_NEAR(rates.group_variance, .0025, 1e-12);
}

static void stays_inside_the_interval(void)
{
	int64_t high[] = {130, 140, 90}, low[] = {-20, -30, -25}, none[] = {0, 0, 0};
	int64_t apart[] = {200, -100, 80};
	struct drp_rates rates;
	CHECK_OK(drp_rates_from_valid(high, 3, 1000, 100, &rates));
	CHECK_NEAR(rates.group_rate, 1, 0);
	CHECK_NEAR(rates.rate[1], 1, 0);
	CHECK_OK(drp_rates_from_valid(low, 3, 1000, 100, &rates));
	CHECK_NEAR(rates.group_rate, DRP_RATE_MIN, 0);
	CHECK_OK(drp_rates_from_valid(none, 3, 0, 100, &rates));
	CHECK_NEAR(rates.rate[0], DRP_RATE_MIN, 0);
	CHECK_OK(drp_rates_from_valid(apart, 3, 1, 100, &rates));
	CHECK_NEAR(rates.rate[0], 1, 0);
	CHECK_NEAR(rates.rate[1], DRP_RATE_MIN, 0);
	CHECK(rates.noise == 1e-4); /* a clamped rate is not called better known */
}

static void refuses_what_has_no_rate(void)
{
	int64_t valid[] = {1, 2};
	struct drp_rates rates = {.n_items = 77};
	CHECK_ERR(drp_rates_from_valid(valid, 0, 1, 100, &rates), DRP_E_RANGE);
	CHECK_ERR(drp_rates_from_valid(valid, DRP_ITEMS_MAX + 1, 1, 100, &rates),
		DRP_E_RANGE);
	CHECK_ERR(drp_rates_from_valid(valid, 2, 1, 0, &rates), DRP_E_RANGE);
	CHECK_ERR(drp_rates_from_valid(valid, 2, 1, -5, &rates), DRP_E_RANGE);
	CHECK_ERR(drp_rates_from_valid(valid, 2, 1, NAN, &rates), DRP_E_RANGE);
	CHECK_ERR(drp_rates_from_valid(valid, 2, 1, HUGE_VAL, &rates), DRP_E_RANGE);
	CHECK_ERR(drp_rates_from_valid(valid, 2, -1, 100, &rates), DRP_E_RANGE);
	CHECK_ERR(drp_rates_from_valid(valid, 2, NAN, 100, &rates), DRP_E_RANGE);
	CHECK_ERR(drp_rates_from_valid(valid, 2, HUGE_VAL, 100, &rates), DRP_E_RANGE);
	CHECK_INT(rates.n_items, 77);
}

static void survives_extremes(void)
{
	int64_t valid[] = {INT64_MAX, INT64_MIN, 0};
	struct drp_rates rates;
	CHECK_OK(drp_rates_from_valid(valid, 3, 1e300, 1, &rates));
	for (size_t i = 0; i < 3; i++) {
		CHECK(rates.rate[i] >= DRP_RATE_MIN && rates.rate[i] <= 1);
	}
	CHECK(isfinite(rates.weight) && isfinite(rates.tau2) && isfinite(rates.noise));
}

int main(void)
{
	CASE("without noise every item keeps its rate", without_noise_keeps_each_rate);
	CASE("noise pulls a rate towards the group's", noise_pulls_towards_the_group);
	CASE("nothing but noise gives the group's rate",
		nothing_but_noise_gives_the_group_rate);
	CASE("one item is its own group", one_item_is_its_group);
	CASE("a rate stays inside its interval", stays_inside_the_interval);
	CASE("no items, no questionnaires, no variance: refused",
		refuses_what_has_no_rate);
	CASE("extreme counts give finite rates", survives_extremes);
	return DONE();
}
