/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/privacy/sensitivity.h"

#include "proto/privacy/rational.h"
#include "tests/support/check.h"

#include <drempel/limits.h>

static const struct drp_rational rho_teacher = {243559, 10000000};
static const struct drp_rational rho_leader = {185069, 1000000};

static uint32_t sigma2_of(uint32_t delta2, struct drp_rational rho)
{
	uint32_t sigma2;
	CHECK_OK(drp_sigma2_for(delta2, rho, &sigma2));
	return sigma2;
}

static struct drp_rational share(struct drp_rational rho, const char *text)
{
	struct drp_rational part, product;
	CHECK_OK(drp_rational_parse(text, &part));
	CHECK_OK(drp_rational_mul(rho, part, &product));
	return product;
}

static void golden_values(void)
{
	CHECK_INT(sigma2_of(200, rho_teacher), 4106); /* 40 pairs, open track */
	CHECK_INT(sigma2_of(75, rho_teacher), 1540);  /* 15 pairs, pupils */
	CHECK_INT(sigma2_of(200, rho_leader), 541);   /* 40 pairs, leaders */
	CHECK_INT(sigma2_of(50, rho_teacher), 1027);
	CHECK_INT(sigma2_of(40, share(rho_teacher, "0.22")), 3733);
	CHECK_INT(sigma2_of(160, share(rho_teacher, "0.35")), 9385);
}

/* delta2/(2 sigma2) <= rho < delta2/(2 (sigma2 - 1)), in exact fractions. */
static void smallest_that_pays(void)
{
	for (uint32_t delta2 = 1; delta2 <= 400; delta2++) {
		for (int64_t num = 1; num <= 40; num += 3) {
			struct drp_rational rho, cost;
			uint32_t sigma2;
			CHECK_OK(drp_rational_make(num, 64, &rho));
			sigma2 = sigma2_of(delta2, rho);
			CHECK_OK(drp_rational_make(delta2, 2 * (int64_t)sigma2, &cost));
			CHECK(drp_rational_cmp(cost, rho) <= 0);
			if (sigma2 > 1) {
				CHECK_OK(drp_rational_make(
					delta2, 2 * ((int64_t)sigma2 - 1), &cost));
				CHECK(drp_rational_cmp(cost, rho) > 0);
			}
		}
	}
}

static void refuses_parameters(void)
{
	static const struct drp_rational bad[] = {
		{0, 1}, {-1, 2}, {1, 0}, {0, 0}, {1, -2}};
	uint32_t sigma2 = 99;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		CHECK_ERR(drp_sigma2_for(1, bad[i], &sigma2), DRP_E_RANGE);
	}
	CHECK_ERR(drp_sigma2_for(0, rho_teacher, &sigma2), DRP_E_RANGE);
	CHECK_ERR(drp_sigma2_for(DRP_DELTA2_MAX + 1, rho_teacher, &sigma2), DRP_E_RANGE);
	CHECK_ERR(drp_sigma2_for(2, (struct drp_rational){1, (int64_t)DRP_SIGMA2_MAX + 1},
			  &sigma2),
		DRP_E_RANGE);
	CHECK_ERR(drp_sigma2_for(
			  DRP_DELTA2_MAX, (struct drp_rational){1, INT64_MAX}, &sigma2),
		DRP_E_RANGE);
	CHECK_INT(sigma2, 99);
	CHECK_INT(sigma2_of(2, (struct drp_rational){1, DRP_SIGMA2_MAX}), DRP_SIGMA2_MAX);
	CHECK_INT(sigma2_of(1, (struct drp_rational){INT64_MAX, 1}), 1);
}

static void checks_sheets(void)
{
	static const int64_t full[] = {2, -2, 1, 1, 0}; /* squares: 4 4 1 1 0 */
	static const int64_t huge[] = {INT64_MIN, INT64_MIN, INT64_MIN, INT64_MIN};
	static const int64_t blank[40];

	CHECK_OK(drp_sensitivity_check(full, 5, 10));
	CHECK_ERR(drp_sensitivity_check(full, 5, 9), DRP_E_SENSITIVITY);
	CHECK_OK(drp_sensitivity_check(full, 4, 10));
	CHECK_OK(drp_sensitivity_check(full, 3, 9));
	CHECK_OK(drp_sensitivity_check(blank, 40, 1));
	CHECK_OK(drp_sensitivity_check(NULL, 0, 1));
	for (size_t n = 1; n <= 4; n++) {
		CHECK_ERR(drp_sensitivity_check(huge, n, DRP_DELTA2_MAX),
			DRP_E_SENSITIVITY);
	}
	CHECK_ERR(drp_sensitivity_check(blank, 40, 0), DRP_E_RANGE);
	CHECK_ERR(drp_sensitivity_check(blank, 40, DRP_DELTA2_MAX + 1), DRP_E_RANGE);
}

int main(void)
{
	CASE("the default budgets give these variances", golden_values);
	CASE("sigma2 is the smallest integer that costs no more than rho",
		smallest_that_pays);
	CASE("a budget or sensitivity that makes no sense is refused",
		refuses_parameters);
	CASE("a sheet longer than declared is refused, a blank one is not",
		checks_sheets);
	return DONE();
}
