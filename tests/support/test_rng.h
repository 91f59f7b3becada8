/* SPDX-License-Identifier: Apache-2.0
 *
 * Randomness that is the same on every run, for tests only. Word i of a stream is
 * SplitMix64's output function (Steele, Lea, Flood 2014) of a key and a counter. How
 * callers cut the stream into fills does not change its bytes.
 *
 *	struct drp_test_rng_state state;
 *	struct drp_rng rng = drp_test_rng(&state, 1);
 */
#ifndef DRP_TESTS_TEST_RNG_H
#define DRP_TESTS_TEST_RNG_H

#include "proto/base/env.h"

#include <stddef.h>
#include <stdint.h>

struct drp_test_rng_state {
	uint64_t key, counter;
	uint64_t word;
	unsigned left; /* bytes of word not yet given out */
};

static inline uint64_t drp_test_rng_mix(uint64_t x)
{
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

static inline void drp_test_rng_fill(void *self, void *bytes, size_t n)
{
	struct drp_test_rng_state *state = self;
	uint8_t *out = bytes;

	for (size_t i = 0; i < n; i++) {
		if (state->left == 0) {
			state->counter += UINT64_C(0x9e3779b97f4a7c15);
			state->word = drp_test_rng_mix(state->key + state->counter);
			state->left = 8;
		}
		out[i] = (uint8_t)state->word;
		state->word >>= 8;
		state->left--;
	}
}

/* The state must outlive the rng. Different seeds give unrelated streams. */
static inline struct drp_rng drp_test_rng(struct drp_test_rng_state *state, uint64_t seed)
{
	*state = (struct drp_test_rng_state){
		.key = drp_test_rng_mix(seed + UINT64_C(0x9e3779b97f4a7c15))};
	return (struct drp_rng){drp_test_rng_fill, state};
}

#endif
