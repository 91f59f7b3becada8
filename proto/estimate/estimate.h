/* SPDX-License-Identifier: Apache-2.0
 *
 * From noisy integers to published numbers with their errors. Doubles are allowed
 * here, and only here: no mechanism links this room. Everything is post-processing and
 * costs no privacy. The estimator and each part (a)-(f) of its variance are those of
 * ARCHITECTURE.md "How a mean and its error are made". Threads: any.
 */
#ifndef DRP_ESTIMATE_ESTIMATE_H
#define DRP_ESTIMATE_ESTIMATE_H

#include <drempel/err.h>
#include <drempel/limits.h>
#include <drempel/types.h>

#include <stddef.h>
#include <stdint.h>

/* The valid rate of each item, from the region's release, shrunk towards the group's
 * rate: weight tau2 / (tau2 + v), tau2 estimated over the items. What is then left of a
 * rate's error is an own part of variance weight * v (its noise, and what shrinking did
 * not know of it), independent between items, and a part of variance
 * (1 - weight) * group_variance that all items share. */
struct drp_rates {
	size_t n_items;
	double questionnaires;	    /* N behind the region's values */
	double group_rate;	    /* mean rate over items, in (0, 1] */
	double group_variance;	    /* of the group rate: shared by all items */
	double tau2;		    /* spread of true rates over items */
	double weight;		    /* of the item's own rate */
	double noise;		    /* v: noise variance of one item's own rate */
	double rate[DRP_ITEMS_MAX]; /* in [DRP_RATE_MIN, 1] */
};

/* No statement of an instrument is answered validly by fewer than this share: keeps a
 * mean finite where noise drowns the rate. Clamping a rate to an interval that holds
 * the true one never adds to its error, so the variances above stay those of the
 * unclamped rate: an upper bound. */
#define DRP_RATE_MIN .05

/* drp_rates_from_valid: valid[i] are the region's noisy valid counts, each with noise
 * variance `variance`; n the exact questionnaires behind them. */
enum drp_err drp_rates_from_valid(const int64_t *valid, size_t n_items, double variance,
	double n, struct drp_rates *rates) DRP_MUST_CHECK;

struct drp_estimate {
	double value, se; /* se_dp: noise and what it made us assume */
	double low, high; /* 95 % */
};

/* drp_estimate_mean: 3 + S / (n r) for one item of a cohort. n are the exact
 * questionnaires of the contributions behind the sum, which has noise variance `variance`
 * and shares no draw with the valid counts of the rates; region != 0 when the cohort is
 * the region itself (then part (d) is 0). DRP_E_RANGE when there is no finite answer. */
enum drp_err drp_estimate_mean(const struct drp_rates *rates, size_t item, double sum,
	double variance, double n, int region,
	struct drp_estimate *estimate) DRP_MUST_CHECK;

/* drp_estimate_area: the unweighted mean of its items' means, with the covariance of
 * the items through the rates. items are distinct indices into rates; sums run
 * parallel, each with noise of its own. */
enum drp_err drp_estimate_area(const struct drp_rates *rates, const uint16_t *items,
	const double *sums, size_t n_items, double variance, double n, int region,
	struct drp_estimate *estimate) DRP_MUST_CHECK;

/* drp_estimate_widen adds part (f) where n is not exact but has that relative variance:
 * an n that is too large brings value nearer to 3 by as much. */
void drp_estimate_widen(struct drp_estimate *estimate, double relative_variance);

/* drp_estimate_expected_se: before any data, the standard error of an item mean of n
 * questionnaires with valid rate .95 behind `draws` noise draws of variance sigma2;
 * infinite when n is 0. */
double drp_estimate_expected_se(double sigma2, double draws, double n);

/* drp_delta: the smallest delta for which rho-zCDP gives (epsilon, delta), by the best
 * alpha; 1 for arguments that mean nothing. */
double drp_delta(double rho, double epsilon);

/* drp_epsilon: the (epsilon, delta) shown for a zCDP rho: optimal over alpha
 * (Canonne, Kamath, Steinke 2020, proposition 12 with its tight form), rounded up in
 * the fourth decimal; infinite for arguments that mean nothing. */
double drp_epsilon(struct drp_rational rho, double delta);

#endif
