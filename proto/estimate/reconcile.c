/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/estimate/estimate.h"

struct drp_measured drp_combine(struct drp_measured a, struct drp_measured b)
{
	double both = a.variance + b.variance;
	if (!(both > 0)) {
		return a; /* both exact, hence equal */
	}
	return (struct drp_measured){(a.value * b.variance + b.value * a.variance) / both,
		a.variance / both * b.variance};
}

struct drp_measured drp_add(struct drp_measured a, struct drp_measured b)
{
	return (struct drp_measured){a.value + b.value, a.variance + b.variance};
}

struct drp_measured drp_settle(
	struct drp_measured part, struct drp_measured parts, struct drp_measured whole)
{
	if (!(parts.variance > 0)) {
		return part;
	}
	/* What is left of the part after its share of the sum is independent of the sum,
	 * and so of the whole, which saw of the parts no more than their sum. */
	double share = part.variance / parts.variance;
	return (struct drp_measured){part.value + share * (whole.value - parts.value),
		part.variance * (1 - share) + share * share * whole.variance};
}
