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
	double own;		    /* variance of the own part of a rate's error */
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

/* drp_rates_of_others: the rates of n_items items of the same group for which no valid
 * counts were released: the group's rate, from which each of them lies tau2 apart. */
enum drp_err drp_rates_of_others(const struct drp_rates *rates, size_t n_items,
	struct drp_rates *others) DRP_MUST_CHECK;

struct drp_estimate {
	double value, se; /* se_dp: noise and what it made us assume */
	double low, high; /* 95 % */
};

/* A noisy sum and the variance of its noise. */
struct drp_measured {
	double value, variance;
};

/* drp_combine joins two independent measurements of one quantity by inverse variance. */
struct drp_measured drp_combine(struct drp_measured a, struct drp_measured b);

/* drp_add: the sum of two independent ones. */
struct drp_measured drp_add(struct drp_measured a, struct drp_measured b);

/* drp_settle reconciles a part of a partition with what is better known of the whole.
 * The parts were measured independently and add up to `parts`; `whole` is the best
 * estimate of the same sum, made from `parts` and from measurements independent of it.
 * part is one of them or several added up. The best linear unbiased estimate: what the
 * whole moved is shared out by variance. (Hay, Rastogi, Miklau, Suciu 2010: two passes
 * over a tree, upwards with drp_combine and drp_add, downwards with this.) */
struct drp_measured drp_settle(
	struct drp_measured part, struct drp_measured parts, struct drp_measured whole);

/* drp_estimate_share: a noisy count of n exact questionnaires, as a proportion. */
enum drp_err drp_estimate_share(struct drp_measured count, double n,
	struct drp_estimate *estimate) DRP_MUST_CHECK;

/* drp_estimate_mean: 3 + S / (n r) for one item of a cohort. n are the exact
 * questionnaires of the contributions behind the sum, which has noise variance `variance`
 * and is uncorrelated with the valid counts of the rates (of one histogram the sum of
 * x - 3 and the number of valid answers are: their weights are orthogonal); region != 0
 * when the cohort is the region itself (then part (d) is 0). DRP_E_RANGE when there is no
 * finite answer. */
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
