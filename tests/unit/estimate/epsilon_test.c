/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/estimate/estimate.h"
#include "tests/support/check.h"

/* Golden values: computed with two independent programs, of which one is the authors'
 * own for Canonne, Kamath and Steinke (2020). */
static void golden_delta(void)
{
	CHECK_NEAR(drp_delta(.025, 1), 1.3361319e-6, 1e-13);
	CHECK_NEAR(drp_delta(.025, 1.0140743), 1e-6, 1e-12);
	CHECK_NEAR(drp_delta(.024355970, 1), 1e-6, 1e-12);
}

static double shown(int64_t num, int64_t den)
{
	return drp_epsilon((struct drp_rational){num, den}, 1e-6);
}

static void rounds_up(void)
{
	CHECK_NEAR(shown(25, 1000), 1.0141, 1e-12);
	CHECK(drp_delta(.025, shown(25, 1000)) <= 1e-6);
	CHECK(drp_delta(.025, shown(25, 1000) - 1e-4) > 1e-6);
}

/* The default budgets: rounded down as rationals, so that they show whole numbers. */
static void shows_budgets(void)
{
	CHECK_NEAR(shown(243559, 10000000), 1, 1e-12);
	CHECK_NEAR(shown(185069, 1000000), 3, 1e-12);
	CHECK_NEAR(shown(3 * 243559, 10000000), 1.806, 1e-3);
}

static void never_below(void)
{
	double last = 0;
	for (int64_t num = 1; num < 2000; num = num * 3 / 2 + 1) {
		double epsilon = shown(num, 1000);
		CHECK(epsilon >= last);
		CHECK(drp_delta((double)num / 1000, epsilon) <= 1e-6);
		last = epsilon;
	}
}

static void ends_of_the_range(void)
{
	CHECK(shown(0, 1) == 0);
	CHECK(drp_delta(0, 0) == 0);
	CHECK(drp_epsilon((struct drp_rational){1, 1000000000000}, 1e-6) <= 1e-3);
	CHECK(isfinite(drp_epsilon((struct drp_rational){1000000, 1}, 1e-6)));
	CHECK(drp_epsilon((struct drp_rational){1, 10}, 1) == 0);
	CHECK(drp_epsilon((struct drp_rational){1, 10}, .5) >= 0);
}

/* What means nothing must not look private. */
static void nonsense_is_infinite(void)
{
	CHECK(isinf(drp_epsilon((struct drp_rational){1, 0}, 1e-6)));
	CHECK(isinf(drp_epsilon((struct drp_rational){-1, 10}, 1e-6)));
	CHECK(isinf(drp_epsilon((struct drp_rational){1, 10}, 0)));
	CHECK(isinf(drp_epsilon((struct drp_rational){1, 10}, NAN)));
	CHECK(drp_delta(-1, 1) == 1);
	CHECK(drp_delta(NAN, 1) == 1);
	CHECK(drp_delta(.1, NAN) == 1);
}

int main(void)
{
	CASE("delta of a known rho and epsilon", golden_delta);
	CASE("epsilon is rounded up in the fourth decimal", rounds_up);
	CASE("the default budgets show as 1 and 3", shows_budgets);
	CASE("the epsilon shown is never too small", never_below);
	CASE("nothing spent, a great deal spent", ends_of_the_range);
	CASE("what means nothing is never shown as private", nonsense_is_infinite);
	return DONE();
}
