/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/estimate/estimate.h"

#include <math.h>

static double clamp(double rate)
{
	return fmin(1, fmax(DRP_RATE_MIN, rate));
}

/* How much further apart the items' own rates lie than noise alone would put them. */
static double spread(
	const int64_t *valid, size_t n_items, double n, double mean, double noise)
{
	double squares = 0;
	if (n_items < 2) {
		return 0; /* one item is its group: there is nothing to tell apart */
	}
	for (size_t i = 0; i < n_items; i++) {
		double distance = (double)valid[i] / n - mean;
		squares += distance * distance;
	}
	return fmax(0, squares / (double)(n_items - 1) - noise);
}

enum drp_err drp_rates_from_valid(const int64_t *valid, size_t n_items, double variance,
	double n, struct drp_rates *rates)
{
	if (n_items == 0 || n_items > DRP_ITEMS_MAX || !(n >= 1) || !isfinite(n) ||
		!(variance >= 0) || !isfinite(variance)) {
		return DRP_E_RANGE;
	}
	struct drp_rates made = {
		.n_items = n_items, .questionnaires = n, .noise = variance / (n * n)};
	double mean = 0;
	for (size_t i = 0; i < n_items; i++) {
		mean += (double)valid[i] / n / (double)n_items;
	}
	made.tau2 = spread(valid, n_items, n, mean, made.noise);
	made.weight = made.tau2 > 0 ? made.tau2 / (made.tau2 + made.noise) : 0;
	made.own = made.weight * made.noise;
	made.group_rate = clamp(mean);
	made.group_variance = made.noise / (double)n_items;
	for (size_t i = 0; i < n_items; i++) {
		double own = (double)valid[i] / n;
		made.rate[i] =
			clamp(made.weight * own + (1 - made.weight) * made.group_rate);
	}
	*rates = made;
	return DRP_OK;
}

enum drp_err drp_rates_of_others(
	const struct drp_rates *rates, size_t n_items, struct drp_rates *others)
{
	if (n_items > DRP_ITEMS_MAX) {
		return DRP_E_RANGE;
	}
	struct drp_rates made = {.n_items = n_items,
		.questionnaires = rates->questionnaires,
		.group_rate = rates->group_rate,
		.group_variance = rates->group_variance,
		.tau2 = rates->tau2,
		.own = rates->tau2};
	for (size_t i = 0; i < n_items; i++) {
		made.rate[i] = rates->group_rate;
	}
	*others = made;
	return DRP_OK;
}
