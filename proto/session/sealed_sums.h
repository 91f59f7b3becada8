/* SPDX-License-Identifier: Apache-2.0
 *
 * One group's opened integers of a sealed campaign, and what is known of the sums of its
 * core items. Every released integer is noised by both aggregators, so its variance is
 * 2 sigma2. The sums of the region and of its partitions measure the same numbers: they
 * are reconciled (proto/estimate) as a tree, region over province, level and network,
 * and province over its cells. Threads: one at a time.
 */
#ifndef DRP_SESSION_SEALED_SUMS_H
#define DRP_SESSION_SEALED_SUMS_H

#include "proto/estimate/estimate.h"
#include "proto/model/vector.h"
#include "proto/session/sealed_opening.h"

#define DRP_SEALED_DRAWS 2 /* the hub's and the notary's */

/* Sums of core items, by place in the vector. */
struct drp_item_sums {
	uint8_t known;
	struct drp_measured item[DRP_ITEMS_MAX];
};

struct drp_sealed_sums {
	const struct drp_sealed_opening *opening; /* borrowed */
	struct drp_vector vector;
	int has_rates;		   /* the region's values are open */
	struct drp_rates rates;	   /* of core items: valid answers */
	struct drp_rates answered; /* ... valid or not applicable, where released */
	/* Of each cohort of the plan: the region reconciled; the others as measured, a
	 * province together with its cells. Settling is left to drp_sealed_sums_of, which
	 * may be asked for two parts added up. */
	struct drp_item_sums *cohort;
	struct drp_item_sums total[DRP_FAMILIES]; /* of complete families, as measured */
};

/* Clear it whatever the outcome. */
enum drp_err drp_sealed_sums_init(const struct drp_sealed_opening *opening,
	enum drp_group group, struct drp_sealed_sums *sums) DRP_MUST_CHECK;
void drp_sealed_sums_clear(struct drp_sealed_sums *sums);

/* drp_sealed_sums_of: the reconciled sums of a cohort, or of the class 34; unknown when
 * it is not open. */
enum drp_err drp_sealed_sums_of(const struct drp_sealed_sums *sums,
	const struct drp_cohort *cohort, struct drp_item_sums *of) DRP_MUST_CHECK;

/* The plan of values of the group. */
const struct drp_plan *drp_sealed_plan(const struct drp_sealed_sums *sums);

/* drp_sealed_release: the group's release of values; NULL when there is none. */
const struct drp_release *drp_sealed_release(
	const struct drp_sealed_sums *sums, int family, enum drp_release_items items);

/* drp_sealed_opened: its opened integers of cohort number `at` of the plan; NULL when it
 * has none there. */
const int64_t *drp_sealed_opened(
	const struct drp_sealed_sums *sums, const struct drp_release *release, size_t at);

/* drp_sealed_variance: of the noise of one opened integer. */
double drp_sealed_variance(const struct drp_release *release);

/* drp_sealed_parts: the cohorts of a plan that make up an open one, as indices: itself,
 * or levels 3 and 4 of the class 34; 0 when it is not open in the plan. */
size_t drp_sealed_parts(
	const struct drp_plan *plan, const struct drp_cohort *cohort, size_t part[2]);

#endif
