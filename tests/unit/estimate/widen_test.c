/* SPDX-License-Identifier: Apache-2.0
 *
 * Part (f) of a mean's variance: an n that is not exact.
 */
#include "proto/estimate/estimate.h"

#include "tests/support/check.h"

static void adds_the_slope(void)
{
	struct drp_estimate e = {3.6, .08, 0, 0};
	drp_estimate_widen(&e, .01); /* n known to a tenth: .6 is known to .06 */
	CHECK_NEAR(e.value, 3.6, 0);
	CHECK_NEAR(e.se, .1, 1e-12);
	CHECK_NEAR(e.low, 3.6 - .1959964, 1e-6);
	CHECK_NEAR(e.high, 3.6 + .1959964, 1e-6);
}

static void exact_numbers_add_nothing(void)
{
	struct drp_estimate e = {2.1, .08, 0, 0}, middle = {3, .08, 0, 0};
	drp_estimate_widen(&e, 0);
	drp_estimate_widen(&middle, .25); /* at 3 there is nothing to scale */
	CHECK_NEAR(e.se, .08, 1e-12);
	CHECK_NEAR(middle.se, .08, 1e-12);
}

int main(void)
{
	CASE("the error of n scales the distance from 3", adds_the_slope);
	CASE("an exact n adds nothing, nor any n at 3", exact_numbers_add_nothing);
	return DONE();
}
