/* SPDX-License-Identifier: Apache-2.0
 *
 * The two prime fields of Prio3 behind one table of functions, so that the proof system
 * is written once. p - 1 is divisible by a large power of two in both, hence roots of
 * unity of every order 2^k that a polynomial here can need.
 *
 * An element is opaque: it is in its field's own form (field128.c: Montgomery's), and
 * only to_int gives the number. Elements may be secret: every function takes the same
 * time for all of them, except drp_fe_to_i64, which is for results, and that sampling
 * and decoding show which numbers are no elements. Nothing here allocates. Threads: any.
 * Source: draft-irtf-cfrg-vdaf-18, "Finite Fields".
 */
#ifndef DRP_VDAF_FIELD_H
#define DRP_VDAF_FIELD_H

#include "proto/base/env.h"

#include <drempel/err.h>

#include <stddef.h>
#include <stdint.h>

__extension__ typedef unsigned __int128 drp_uint128;

struct drp_fe {
	drp_uint128 v;
};

#define DRP_FIELD_BYTES_MAX 16

struct drp_field {
	drp_uint128 modulus;
	size_t bytes; /* of an encoded element */

	struct drp_fe (*add)(struct drp_fe a, struct drp_fe b);
	struct drp_fe (*sub)(struct drp_fe a, struct drp_fe b);
	struct drp_fe (*mul)(struct drp_fe a, struct drp_fe b);

	struct drp_fe (*from_int)(drp_uint128 number); /* number < modulus */
	drp_uint128 (*to_int)(struct drp_fe a);

	/* The loops in which the time goes, compiled for each field: field_loops.h.
	 * add_products: sum[i] += a[i] b[i]. add_scaled: sum[i] += s a[i].
	 * dot: the sum of a[i] b[i]. ntt and ntt_inverse: see ntt.h. */
	void (*add_products)(struct drp_fe *sum, const struct drp_fe *a,
		const struct drp_fe *b, size_t n);
	void (*add_scaled)(
		struct drp_fe *sum, struct drp_fe s, const struct drp_fe *a, size_t n);
	struct drp_fe (*dot)(const struct drp_fe *a, const struct drp_fe *b, size_t n);
	void (*ntt)(struct drp_fe *v, size_t n, const struct drp_fe *roots);
	void (*ntt_inverse)(struct drp_fe *v, size_t n, const struct drp_fe *roots);
};

extern const struct drp_field drp_field64;  /* p = 2^64 - 2^32 + 1 */
extern const struct drp_field drp_field128; /* p = 2^128 - 28 2^64 + 1 */

/* drp_fe_from_u64 is the element of a number below both moduli. */
struct drp_fe drp_fe_from_u64(const struct drp_field *f, uint64_t number);

/* drp_fe_to_i64 reads an element as the number nearest to 0 that it stands for.
 * DRP_E_RANGE when that does not fit. */
enum drp_err drp_fe_to_i64(
	const struct drp_field *f, struct drp_fe a, int64_t *number) DRP_MUST_CHECK;

/* drp_fe_equal: 1 or 0. */
uint64_t drp_fe_equal(struct drp_fe a, struct drp_fe b);

/* drp_fe_pow: the exponent is no secret. */
struct drp_fe drp_fe_pow(const struct drp_field *f, struct drp_fe a, drp_uint128 e);

/* drp_fe_inverse of 0 is 0. */
struct drp_fe drp_fe_inverse(const struct drp_field *f, struct drp_fe a);

/* drp_fe_root is the draft's principal n-th root of unity; n is a power of two. */
struct drp_fe drp_fe_root(const struct drp_field *f, size_t n);

/* Element by element: a += b, a -= b. */
void drp_field_add(
	const struct drp_field *f, struct drp_fe *a, const struct drp_fe *b, size_t n);
void drp_field_sub(
	const struct drp_field *f, struct drp_fe *a, const struct drp_fe *b, size_t n);

/* Little-endian, f->bytes each. drp_field_decode: DRP_E_MALFORMED when one of them is
 * not below the modulus; v is then of no use. */
void drp_field_encode(
	const struct drp_field *f, const struct drp_fe *v, size_t n, uint8_t *bytes);
enum drp_err drp_field_decode(const struct drp_field *f, const uint8_t *bytes,
	struct drp_fe *v, size_t n) DRP_MUST_CHECK;

/* drp_field_sample takes uniform elements from a stream of uniform bytes: those that
 * would encode no element are passed over. */
void drp_field_sample(const struct drp_field *f, const struct drp_rng *stream,
	struct drp_fe *v, size_t n);

/* drp_field_lagrange: for every polynomial of degree below n with the values y[i] at the
 * i-th powers of the n-th root of unity, its value at x is the sum of basis[i] y[i]. n is
 * a power of two. */
void drp_field_lagrange(
	const struct drp_field *f, struct drp_fe x, size_t n, struct drp_fe *basis);

#endif
