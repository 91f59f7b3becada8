/* SPDX-License-Identifier: Apache-2.0
 *
 * The number theoretic transform: between the n coefficients of a polynomial and its
 * values at the powers w^0, w^1, ... of the n-th root of unity w. Values are in the order
 * of the powers; coefficients in bit-reversed order, which saves moving them, because
 * whoever multiplies polynomials here never looks at a single coefficient.
 * n is a power of two from 2 up. Owns its tables; no secrets in them.
 * Threads: any, after init. Time: the same for all values.
 */
#ifndef DRP_VDAF_NTT_H
#define DRP_VDAF_NTT_H

#include "proto/vdaf/field.h"

struct drp_ntt {
	const struct drp_field *field;
	size_t n;
	struct drp_fe
		*roots; /* powers 0 to n - 1 of the 2n-th root of unity s; s^2 = w */
	struct drp_fe *twist; /* s^k / n for coefficient k, bit-reversed like it */
};

enum drp_err drp_ntt_init(
	struct drp_ntt *ntt, const struct drp_field *f, size_t n) DRP_MUST_CHECK;
void drp_ntt_free(struct drp_ntt *ntt);

/* drp_ntt_values: coefficients to values. drp_ntt_coefficients: values to n times the
 * coefficients. Both in place. */
void drp_ntt_values(const struct drp_ntt *ntt, struct drp_fe *v);
void drp_ntt_coefficients(const struct drp_ntt *ntt, struct drp_fe *v);

/* drp_ntt_between turns values at w^0, w^1, ... into values at s^1, s^3, s^5, ...: the
 * points between them, so that both together are 2n values of the same polynomial. */
void drp_ntt_between(const struct drp_ntt *ntt, struct drp_fe *v);

#endif
