/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/estimate/estimate.h"

#include <math.h>

#define EXPECTED_RATE .95
#define NORMAL_95     1.959964

/* Part (d): the variance of a cohort's true valid rate around the region's, as of n
 * draws with that rate. A rate near 1 may only look so because it was clamped or noisy:
 * it counts one standard error nearer to a half. */
static double rate_spread(double rate, double variance, double n)
{
	double nearer = fmax(fmin(rate, .5), rate - sqrt(variance));
	return nearer * (1 - nearer) / n;
}

/* What the items of one area add up to. `slope` is d mean / d rate = -S / (n r^2). */
struct parts {
	double distance; /* of the means from 3 */
	double noise;	 /* (a): of the sums */
	double own;	 /* (b), (c), (d): slope^2 times the variance of each own rate */
	double slope;	 /* their sum, for the shared rate */
	double slope_noise; /* variance of that sum */
};

static void add_item(const struct drp_rates *rates, double rate, double sum,
	double variance, double n, int region, struct parts *parts)
{
	double slope = sum / (n * rate * rate);
	double slope_noise = variance / (n * rate * rate) / (n * rate * rate);
	double own = rates->own;
	if (!region) {
		double total = own + (1 - rates->weight) * rates->group_variance;
		own += rate_spread(rate, total, n);
	}
	parts->distance += sum / (n * rate);
	parts->noise += variance / (n * rate) / (n * rate);
	/* The square of a noisy slope is too large by its noise; the excess would count
	 * the noise of S a second time. */
	parts->own += (slope * slope - slope_noise) * own;
	parts->slope += slope;
	parts->slope_noise += slope_noise;
}

enum drp_err drp_estimate_area(const struct drp_rates *rates, const uint16_t *items,
	const double *sums, size_t n_items, double variance, double n, int region,
	struct drp_estimate *estimate)
{
	if (n_items == 0 || n_items > rates->n_items || !(n >= 1) || !(variance >= 0)) {
		return DRP_E_RANGE;
	}
	struct parts parts = {0};
	for (size_t i = 0; i < n_items; i++) {
		if (items[i] >= rates->n_items) {
			return DRP_E_RANGE;
		}
		add_item(rates, rates->rate[items[i]], sums[i], variance, n, region,
			&parts);
	}
	/* Part (e): an error of the group's rate moves all items together. */
	double shared = (1 - rates->weight) * rates->group_variance *
			fmax(0, parts.slope * parts.slope - parts.slope_noise);
	double m = (double)n_items;
	double value = 3 + parts.distance / m;
	double se = sqrt(parts.noise + fmax(0, parts.own) + shared) / m;
	if (!isfinite(value) || !isfinite(se)) {
		return DRP_E_RANGE;
	}
	*estimate = (struct drp_estimate){
		value, se, value - NORMAL_95 * se, value + NORMAL_95 * se};
	return DRP_OK;
}

enum drp_err drp_estimate_mean(const struct drp_rates *rates, size_t item, double sum,
	double variance, double n, int region, struct drp_estimate *estimate)
{
	if (item >= rates->n_items) {
		return DRP_E_RANGE;
	}
	uint16_t only = (uint16_t)item;
	return drp_estimate_area(rates, &only, &sum, 1, variance, n, region, estimate);
}

void drp_estimate_widen(struct drp_estimate *e, double relative_variance)
{
	double distance = e->value - 3;
	e->se = sqrt(e->se * e->se + distance * distance * relative_variance);
	e->low = e->value - NORMAL_95 * e->se;
	e->high = e->value + NORMAL_95 * e->se;
}

double drp_estimate_expected_se(double sigma2, double draws, double n)
{
	return n > 0 ? sqrt(draws * sigma2) / (n * EXPECTED_RATE) : HUGE_VAL;
}

enum drp_err drp_estimate_share(
	struct drp_measured count, double n, struct drp_estimate *estimate)
{
	double value = count.value / n, se = sqrt(count.variance) / n;
	if (!(n >= 1) || !isfinite(value) || !isfinite(se)) {
		return DRP_E_RANGE;
	}
	*estimate = (struct drp_estimate){
		value, se, value - NORMAL_95 * se, value + NORMAL_95 * se};
	return DRP_OK;
}
