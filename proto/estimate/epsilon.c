/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/estimate/estimate.h"

#include <math.h>

#define STEPS 200 /* halvings: past the last bit of a double */

/* The derivative of log_delta over alpha; it grows with alpha, so its one zero is the
 * minimum. */
static double slope(double rho, double epsilon, double alpha)
{
	return (2 * alpha - 1) * rho - epsilon + log1p(-1 / alpha);
}

static double log_delta(double rho, double epsilon, double alpha)
{
	return (alpha - 1) * (alpha * rho - epsilon) + alpha * log1p(-1 / alpha) -
	       log(alpha - 1);
}

double drp_delta(double rho, double epsilon)
{
	if (!(rho >= 0 && epsilon >= 0)) {
		return 1;
	}
	if (rho <= 0) {
		return 0;
	}
	double low = 1, high = 2 + (epsilon + 1) / (2 * rho); /* slope > 0 there */
	for (int i = 0; i < STEPS; i++) {
		double middle = low + (high - low) / 2;
		*(slope(rho, epsilon, middle) < 0 ? &low : &high) = middle;
	}
	/* Every alpha gives a true bound: the search can only be wasteful, not wrong. */
	return fmin(1, exp(log_delta(rho, epsilon, high)));
}

double drp_epsilon(struct drp_rational rho, double delta)
{
	if (rho.num < 0 || rho.den <= 0 || !(delta > 0)) {
		return HUGE_VAL;
	}
	double r = (double)rho.num / (double)rho.den;
	/* The simple bound of Bun and Steinke (2016) is an upper end for the search. */
	double low = 0, high = r + 2 * sqrt(r * fmax(0, -log(delta)));
	if (drp_delta(r, 0) <= delta) {
		return 0;
	}
	for (int i = 0; i < STEPS; i++) {
		double middle = low + (high - low) / 2;
		*(drp_delta(r, middle) > delta ? &low : &high) = middle;
	}
	return ceil(high * 1e4) / 1e4;
}
