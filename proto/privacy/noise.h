/* SPDX-License-Identifier: Apache-2.0
 *
 * The exact discrete Gaussian on the integers: pmf proportional to exp(-x^2/(2 sigma2)),
 * after Canonne, Kamath and Steinke, "The Discrete Gaussian for Differential Privacy"
 * (2020), algorithms 1-3, with 64- and 128-bit integers and rejection sampling only:
 * no floating point anywhere in this object (held by tests/lint).
 * Randomness comes from the caller's capability. Threads: one per rng.
 * Claim: PRIVACY.md "Noise".
 */
#ifndef DRP_PRIVACY_NOISE_H
#define DRP_PRIVACY_NOISE_H

#include "proto/base/env.h"

#include <drempel/err.h>
#include <drempel/limits.h>

#include <stddef.h>
#include <stdint.h>

/* drp_noise_gaussian draws one value with variance parameter sigma2 = p/q,
 * 1 <= p <= DRP_SIGMA2_MAX, 1 <= q <= 65536, p/q >= 1/4. DRP_E_RANGE outside. */
enum drp_err drp_noise_gaussian(
	const struct drp_rng *rng, uint64_t p, uint64_t q, int64_t *value) DRP_MUST_CHECK;

/* drp_noise_add adds an independent draw of integer variance sigma2 to each value.
 * All or nothing: on an error the values are as they were. sigma2 = 0 is refused. */
enum drp_err drp_noise_add(const struct drp_rng *rng, uint32_t sigma2, int64_t *values,
	size_t n) DRP_MUST_CHECK;

#endif
