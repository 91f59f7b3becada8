/* SPDX-License-Identifier: Apache-2.0
 *
 * p = 2^32 4294967295 + 1 = 2^64 - 2^32 + 1. An element is its number. Products are
 * reduced with 2^64 = 2^32 - 1 and 2^96 = -1 (mod p). Choices are made with masks.
 */
#include "proto/vdaf/field.h"

#include "proto/vdaf/secret.h"

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

static inline uint64_t if_set(uint64_t bit, uint64_t x)
{
	return drp_mask(bit) & x;
}

static inline struct drp_fe reduce_once(uint64_t x)
{
	uint64_t less;
	uint64_t below = (uint64_t)__builtin_sub_overflow(x, P, &less);

	return element(less + if_set(below, P));
}

static inline struct drp_fe fe_add(struct drp_fe a, struct drp_fe b)
{
	uint64_t sum;
	uint64_t carry =
		(uint64_t)__builtin_add_overflow(number_of(a), number_of(b), &sum);

	return reduce_once(sum + if_set(carry, EPSILON));
}

static inline struct drp_fe fe_sub(struct drp_fe a, struct drp_fe b)
{
	uint64_t less;
	uint64_t below =
		(uint64_t)__builtin_sub_overflow(number_of(a), number_of(b), &less);

	return element(less + if_set(below, P));
}

static inline struct drp_fe fe_mul(struct drp_fe a, struct drp_fe b)
{
	drp_uint128 x = (drp_uint128)number_of(a) * number_of(b);
	uint64_t low = (uint64_t)x, middle = (uint64_t)(x >> 64) & EPSILON;
	uint64_t top = (uint64_t)(x >> 96), rest, sum;
	uint64_t below = (uint64_t)__builtin_sub_overflow(low, top, &rest);
	uint64_t carry;

	rest -= if_set(below, EPSILON);
	carry = (uint64_t)__builtin_add_overflow(rest, (middle << 32) - middle, &sum);
	return reduce_once(sum + if_set(carry, EPSILON));
}

#define ROOT UINT64_C(0x185629dcda58878c)
#define HALF UINT64_C(0x7fffffff80000001)

static const struct drp_fe one_half = {HALF};

static struct drp_fe field_weigh(const struct drp_fe *a, size_t n)
{
	struct drp_fe sum = {0};

	for (size_t i = n; i-- > 0;) {
		sum = fe_add(fe_add(sum, sum), a[i]);
	}
	return sum;
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
	.root = {ROOT},
	.half = {HALF},
	.from_int = from_int,
	.to_int = to_int,
	FIELD_LOOPS,
};
