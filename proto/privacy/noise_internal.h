/* SPDX-License-Identifier: Apache-2.0
 *
 * The building blocks of the sampler, for noise.c and its tests only. Each follows
 * Canonne, Kamath and Steinke (2020); the order in which they take random bytes is
 * part of this contract, since tests/vectors/noise_model.py reads the same bytes.
 */
#ifndef DRP_PRIVACY_NOISE_INTERNAL_H
#define DRP_PRIVACY_NOISE_INTERNAL_H

#include "proto/base/env.h"

#include <drempel/err.h>

#include <stdint.h>

__extension__ typedef unsigned __int128 drp_u128;

/* One value takes about 40 random bytes. A generator that is stuck would keep a
 * rejection loop going for ever; one that is sound runs out of this many with a
 * probability below 2^-256. Then the draw ends as DRP_E_ENTROPY: no value at all rather
 * than a truncated one. */
#define DRP_NOISE_DRAW_MAX_BYTES 65536

struct drp_noise_source {
	const struct drp_rng *rng;
	uint32_t bytes_left;
};

/* drp_noise_uniform: uniform on [0, m), m >= 1. Takes the fewest whole bytes that hold
 * ceil(log2 m) bits, little endian, masks, and starts again when the result is >= m.
 * m = 1 takes nothing. */
enum drp_err drp_noise_uniform(
	struct drp_noise_source *source, uint64_t m, uint64_t *value) DRP_MUST_CHECK;

/* drp_noise_bernoulli: 1 with probability n/d, n <= d. */
enum drp_err drp_noise_bernoulli(struct drp_noise_source *source, uint64_t n, uint64_t d,
	int *success) DRP_MUST_CHECK;

/* drp_noise_bernoulli_exp: 1 with probability exp(-n/d), d >= 1, any n. */
enum drp_err drp_noise_bernoulli_exp(struct drp_noise_source *source, drp_u128 n,
	uint64_t d, int *success) DRP_MUST_CHECK;

/* drp_noise_laplace: x with probability proportional to exp(-|x|/t), t >= 1. */
enum drp_err drp_noise_laplace(
	struct drp_noise_source *source, uint64_t t, int64_t *value) DRP_MUST_CHECK;

#endif
