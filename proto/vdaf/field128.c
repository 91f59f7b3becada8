/* SPDX-License-Identifier: Apache-2.0
 *
 * p = 2^66 4611686018427387897 + 1 = 2^128 - 28 2^64 + 1, in Montgomery's form: a is
 * kept as a 2^128 mod p. The low limb of p is 1, so that a reduction step needs no
 * multiplication to find its multiple of p. Choices are made with masks, never jumps.
 * Source: Montgomery, "Modular Multiplication Without Trial Division" (1985).
 */
#include "proto/vdaf/field.h"

#include "proto/vdaf/secret.h"

#define P_HIGH UINT64_C(0xffffffffffffffe4)

static const drp_uint128 p = (drp_uint128)P_HIGH << 64 | 1;

/* 2^256 mod p: a product with it brings a number into the form. */
static const drp_uint128 into_form =
	(drp_uint128)0x5587 << 64 | UINT64_C(0xfffffffffffffcf1);

static inline uint64_t low(drp_uint128 x)
{
	return (uint64_t)x;
}

static inline uint64_t high(drp_uint128 x)
{
	return (uint64_t)(x >> 64);
}

static inline drp_uint128 if_set(uint64_t bit, drp_uint128 x)
{
	uint64_t mask = drp_mask(bit);

	return ((drp_uint128)mask << 64 | mask) & x;
}

/* carry 2^128 + x, which is below 2 p, less p where it reaches p. */
static inline struct drp_fe reduce_once(uint64_t carry, drp_uint128 x)
{
	drp_uint128 less;
	uint64_t below = (uint64_t)__builtin_sub_overflow(x, p, &less);

	return (struct drp_fe){less + if_set(below & (carry ^ 1), p)};
}

static inline struct drp_fe fe_add(struct drp_fe a, struct drp_fe b)
{
	drp_uint128 sum;
	uint64_t carry = (uint64_t)__builtin_add_overflow(a.v, b.v, &sum);

	return reduce_once(carry, sum);
}

static inline struct drp_fe fe_sub(struct drp_fe a, struct drp_fe b)
{
	drp_uint128 less;
	uint64_t below = (uint64_t)__builtin_sub_overflow(a.v, b.v, &less);

	return (struct drp_fe){less + if_set(below, p)};
}

/* a b / 2^128 mod p, one limb of b at a time. After each, a multiple m of p is added
 * that makes the lowest limb t0 zero, m = -t0, and the limbs move down by one. */
static inline struct drp_fe fe_mul(struct drp_fe a, struct drp_fe b)
{
	uint64_t t0, t1, t2, carry;
	drp_uint128 x;

	x = (drp_uint128)low(a.v) * low(b.v);
	t0 = low(x);
	x = (drp_uint128)high(a.v) * low(b.v) + high(x);
	t1 = low(x);
	t2 = high(x);

	carry = (uint64_t)(t0 != 0);
	x = (drp_uint128)(0 - t0) * P_HIGH + t1 + carry;
	t0 = low(x);
	x = (drp_uint128)t2 + high(x);
	t1 = low(x);
	t2 = high(x);

	x = (drp_uint128)low(a.v) * high(b.v) + t0;
	t0 = low(x);
	x = (drp_uint128)high(a.v) * high(b.v) + t1 + high(x);
	t1 = low(x);
	t2 += high(x);

	carry = (uint64_t)(t0 != 0);
	x = (drp_uint128)(0 - t0) * P_HIGH + t1 + carry;
	t0 = low(x);
	x = (drp_uint128)t2 + high(x);
	return reduce_once(high(x), x << 64 | t0);
}

/* 1/2, and the root, in the form. */
#define HALF ((drp_uint128)UINT64_C(0x8000000000000000) << 64)
#define ROOT                                                                             \
	((drp_uint128)UINT64_C(0xe0312b455090dc3d) << 64 | UINT64_C(0x488a61cbe76f8796))

static const struct drp_fe one_half = {HALF};

/* The sum stays below 2^(128 + DRP_FIELD_WEIGH_MAX): `over` counts the 2^128s, which are
 * 28 2^64 - 1 (mod p) each. */
static struct drp_fe field_weigh(const struct drp_fe *a, size_t n)
{
	drp_uint128 sum = 0;
	uint64_t over = 0;

	for (size_t i = n; i-- > 0;) {
		over = over << 1 | (uint64_t)(sum >> 127);
		over += (uint64_t)__builtin_add_overflow(sum << 1, a[i].v, &sum);
	}
	struct drp_fe rest = reduce_once(0, sum);
	return fe_add(rest, (struct drp_fe){((drp_uint128)(28 * over) << 64) - over});
}

#include "proto/vdaf/field_loops.h"

static struct drp_fe from_int(drp_uint128 number)
{
	return fe_mul((struct drp_fe){number}, (struct drp_fe){into_form});
}

static drp_uint128 to_int(struct drp_fe a)
{
	return fe_mul(a, (struct drp_fe){1}).v;
}

const struct drp_field drp_field128 = {
	.modulus = (drp_uint128)P_HIGH << 64 | 1,
	.bytes = 16,
	.root = {ROOT},
	.half = {HALF},
	.from_int = from_int,
	.to_int = to_int,
	FIELD_LOOPS,
};
