/* SPDX-License-Identifier: Apache-2.0
 *
 * Algorithms 1-3 of Canonne, Kamath and Steinke (2020) in 64- and 128-bit integers. The
 * time of a draw depends on its value: callers draw in a batch, store, and answer
 * requests from what is stored.
 */
#include "proto/privacy/noise.h"

#include "proto/base/alloc.h"
#include "proto/privacy/noise_internal.h"

#include <string.h>

static enum drp_err take(struct drp_noise_source *source, unsigned n, uint64_t *word)
{
	uint8_t bytes[8];

	if (n > source->bytes_left) {
		return DRP_E_ENTROPY;
	}
	source->bytes_left -= n;
	*word = 0;
	if (n > 0) {
		source->rng->fill(source->rng->self, bytes, n);
	}
	for (unsigned i = 0; i < n; i++) {
		*word |= (uint64_t)bytes[i] << (8 * i);
	}
	return DRP_OK;
}

enum drp_err drp_noise_uniform(
	struct drp_noise_source *source, uint64_t m, uint64_t *value)
{
	unsigned bits = m > 1 ? 64 - (unsigned)__builtin_clzll(m - 1) : 0;
	uint64_t mask = bits > 0 ? UINT64_MAX >> (64 - bits) : 0;
	uint64_t word;
	enum drp_err err;

	if (m == 0) {
		return DRP_E_RANGE;
	}
	do {
		err = take(source, (bits + 7) / 8, &word);
		if (err) {
			return err;
		}
		word &= mask;
	} while (word >= m);
	*value = word;
	return DRP_OK;
}

enum drp_err drp_noise_bernoulli(
	struct drp_noise_source *source, uint64_t n, uint64_t d, int *success)
{
	uint64_t u;
	enum drp_err err = drp_noise_uniform(source, d, &u);

	if (!err) {
		*success = u < n;
	}
	return err;
}

/* B(n/(d k)) as B(n/d) and then U(k) = 0: the same law, and d k never has to fit. */
static enum drp_err bernoulli_over(
	struct drp_noise_source *source, uint64_t n, uint64_t d, uint64_t k, int *success)
{
	uint64_t u;
	int first;
	enum drp_err err = drp_noise_bernoulli(source, n, d, &first);

	if (err || !first) {
		*success = 0;
		return err;
	}
	err = drp_noise_uniform(source, k, &u);
	*success = !err && u == 0;
	return err;
}

/* Algorithm 1 for n <= d: the first k at which B(n/(d k)) fails is odd with probability
 * exp(-n/d). */
static enum drp_err bernoulli_exp_fraction(
	struct drp_noise_source *source, uint64_t n, uint64_t d, int *success)
{
	for (uint64_t k = 1;; k++) {
		int again;
		enum drp_err err = bernoulli_over(source, n, d, k, &again);
		if (err) {
			return err;
		}
		if (!again) {
			*success = (int)(k & 1);
			return DRP_OK;
		}
	}
}

enum drp_err drp_noise_bernoulli_exp(
	struct drp_noise_source *source, drp_u128 n, uint64_t d, int *success)
{
	if (d == 0) {
		return DRP_E_RANGE;
	}
	for (; n > d; n -= d) {
		int unit;
		enum drp_err err = bernoulli_exp_fraction(source, 1, 1, &unit);
		if (err || !unit) {
			*success = 0;
			return err;
		}
	}
	return bernoulli_exp_fraction(source, (uint64_t)n, d, success);
}

/* The number of successes of exp(-1) before the first failure. */
static enum drp_err geometric(struct drp_noise_source *source, uint64_t *count)
{
	int success;

	for (uint64_t v = 0;; v++) {
		enum drp_err err = bernoulli_exp_fraction(source, 1, 1, &success);
		if (err) {
			return err;
		}
		if (!success) {
			*count = v;
			return DRP_OK;
		}
	}
}

/* |x| of algorithm 2: u + t v, where u on [0, t) is kept with probability exp(-u/t). */
static enum drp_err magnitude(struct drp_noise_source *source, uint64_t t, int64_t *x)
{
	uint64_t u, v;
	int keep;
	enum drp_err err;

	do {
		err = drp_noise_uniform(source, t, &u);
		if (!err) {
			err = drp_noise_bernoulli_exp(source, u, t, &keep);
		}
		if (err) {
			return err;
		}
	} while (!keep);
	err = geometric(source, &v);
	if (err) {
		return err;
	}
	return __builtin_mul_overflow(t, v, &v) || __builtin_add_overflow(u, v, x)
		       ? DRP_E_OVERFLOW
		       : DRP_OK;
}

enum drp_err drp_noise_laplace(
	struct drp_noise_source *source, uint64_t t, int64_t *value)
{
	int64_t x;
	int negative;
	enum drp_err err;

	do {
		err = magnitude(source, t, &x);
		if (!err) {
			err = drp_noise_bernoulli(source, 1, 2, &negative);
		}
		if (err) {
			return err;
		}
	} while (negative && x == 0); /* or else 0 would come twice as often */
	*value = negative ? -x : x;
	return DRP_OK;
}

static uint64_t root(uint64_t x) /* floor of the square root, x < 2^32 */
{
	uint64_t r = 0;

	for (uint64_t bit = 1 << 15; bit > 0; bit >>= 1) {
		if ((r + bit) * (r + bit) <= x) {
			r += bit;
		}
	}
	return r;
}

/* The numerator of algorithm 3's exponent, (|y| t q - p)^2. */
static enum drp_err exponent(int64_t y, uint64_t tq, uint64_t p, drp_u128 *n)
{
	uint64_t size = y < 0 ? 0 - (uint64_t)y : (uint64_t)y;
	uint64_t distance;

	if (__builtin_mul_overflow(size, tq, &distance)) {
		return DRP_E_OVERFLOW;
	}
	distance = distance > p ? distance - p : p - distance;
	*n = (drp_u128)distance * distance;
	return DRP_OK;
}

/* Algorithm 3: a Laplace y of scale t is kept with probability
 * exp(-(|y| - sigma2/t)^2 / (2 sigma2)) = exp(-(|y| t q - p)^2 / (2 p q t^2)). The
 * denominator is at most 2 (p + sqrt(p q))^2 < 2^64 within the declared bounds. */
enum drp_err drp_noise_gaussian(
	const struct drp_rng *rng, uint64_t p, uint64_t q, int64_t *value)
{
	struct drp_noise_source source = {rng, DRP_NOISE_DRAW_MAX_BYTES};
	uint64_t t, d;
	drp_u128 n;
	int64_t y;
	int keep;
	enum drp_err err;

	if (p < 1 || p > DRP_SIGMA2_MAX || q < 1 || q > 65536 || 4 * p < q) {
		return DRP_E_RANGE;
	}
	t = root(p / q) + 1;
	if (__builtin_mul_overflow(2 * p * q, t * t, &d)) {
		return DRP_E_OVERFLOW;
	}
	do {
		err = drp_noise_laplace(&source, t, &y);
		if (!err) {
			err = exponent(y, t * q, p, &n);
		}
		if (!err) {
			err = drp_noise_bernoulli_exp(&source, n, d, &keep);
		}
		if (err) {
			return err;
		}
	} while (!keep);
	*value = y;
	return DRP_OK;
}

enum drp_err drp_noise_add(
	const struct drp_rng *rng, uint32_t sigma2, int64_t *values, size_t n)
{
	enum drp_err err = DRP_OK;
	int64_t *noised;

	if (sigma2 < 1 || sigma2 > DRP_SIGMA2_MAX) {
		return DRP_E_RANGE;
	}
	if (n == 0) {
		return DRP_OK;
	}
	noised = drp_alloc(n, sizeof *noised);
	if (!noised) {
		return DRP_E_NOMEM;
	}
	for (size_t i = 0; i < n && !err; i++) {
		int64_t noise = 0;
		err = drp_noise_gaussian(rng, sigma2, 1, &noise);
		if (!err && __builtin_add_overflow(values[i], noise, &noised[i])) {
			err = DRP_E_OVERFLOW;
		}
	}
	if (!err) {
		memcpy(values, noised, n * sizeof *values);
	}
	explicit_bzero(noised, n * sizeof *noised);
	drp_free(noised);
	return err;
}
