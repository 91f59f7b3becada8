/* SPDX-License-Identifier: Apache-2.0
 *
 * p = 2^32 4294967295 + 1 = 2^64 - 2^32 + 1. An element is its number. Products are
 * reduced with 2^64 = 2^32 - 1 and 2^96 = -1 (mod p). Choices are made with masks.
 */
#include "proto/vdaf/field.h"

#define P	UINT64_C(0xffffffff00000001)
#define EPSILON UINT64_C(0xffffffff) /* 2^64 mod p */

static inline struct drp_fe element(uint64_t number)
{
	return (struct drp_fe){number};
}

static inline uint64_t number_of(struct drp_fe a)
{
	return (uint64_t)a.v;
}

static inline uint64_t if_set(uint64_t bit, uint64_t value)
{
	return (0 - bit) & value;
}

static inline struct drp_fe reduce_once(uint64_t x)
{
	return element(x - if_set((uint64_t)(x >= P), P));
}

static inline struct drp_fe fe_add(struct drp_fe a, struct drp_fe b)
{
	uint64_t sum = number_of(a) + number_of(b);

	return reduce_once(sum + if_set((uint64_t)(sum < number_of(a)), EPSILON));
}

static inline struct drp_fe fe_sub(struct drp_fe a, struct drp_fe b)
{
	uint64_t borrow = (uint64_t)(number_of(a) < number_of(b));

	return element(number_of(a) - number_of(b) + if_set(borrow, P));
}

static inline struct drp_fe fe_mul(struct drp_fe a, struct drp_fe b)
{
	drp_uint128 x = (drp_uint128)number_of(a) * number_of(b);
	uint64_t low = (uint64_t)x, middle = (uint64_t)(x >> 64) & EPSILON;
	uint64_t top = (uint64_t)(x >> 96);
	uint64_t rest = low - top;
	uint64_t fold = (middle << 32) - middle, sum;

	rest -= if_set((uint64_t)(low < top), EPSILON);
	sum = rest + fold;
	return reduce_once(sum + if_set((uint64_t)(sum < fold), EPSILON));
}

#include "proto/vdaf/field_loops.h"

static struct drp_fe from_int(drp_uint128 number)
{
	return element((uint64_t)number);
}

static drp_uint128 to_int(struct drp_fe a)
{
	return a.v;
}

const struct drp_field drp_field64 = {
	.modulus = P,
	.bytes = 8,
	.from_int = from_int,
	.to_int = to_int,
	FIELD_LOOPS,
};
