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

#define DRP_FIELD_ROOT_LOG2 32 /* both fields have roots of unity of this order's power  \
				*/
#define DRP_FIELD_WEIGH_MAX 32

struct drp_field {
	drp_uint128 modulus;
	size_t bytes;	    /* of an encoded element */
	struct drp_fe root; /* the draft's principal 2^DRP_FIELD_ROOT_LOG2-th */
	struct drp_fe half; /* 1/2 */

	struct drp_fe (*add)(struct drp_fe a, struct drp_fe b);
	struct drp_fe (*sub)(struct drp_fe a, struct drp_fe b);
	struct drp_fe (*mul)(struct drp_fe a, struct drp_fe b);

	struct drp_fe (*from_int)(drp_uint128 number); /* number < modulus */
	drp_uint128 (*to_int)(struct drp_fe a);

	/* The loops in which the time goes, compiled for each field: field_loops.h.
	 * add_products: sum[i] += a[i] b[i]. add_scaled: sum[i] += s a[i].
	 * dot: the sum of a[i] b[i]. weigh: the sum of 2^i a[i], up to
	 * DRP_FIELD_WEIGH_MAX of them. add_bits, for n elements x: sum[2 i] += s r^(i+1)
	 * x[i] and sum[2 i + 1] += s x[i]. ntt and ntt_inverse: see ntt.h. lagrange: see
	 * drp_field_lagrange. */
	void (*add_products)(struct drp_fe *sum, const struct drp_fe *a,
		const struct drp_fe *b, size_t n);
	void (*add_scaled)(
		struct drp_fe *sum, struct drp_fe s, const struct drp_fe *a, size_t n);
	struct drp_fe (*dot)(const struct drp_fe *a, const struct drp_fe *b, size_t n);
	struct drp_fe (*weigh)(const struct drp_fe *a, size_t n);
	void (*add_bits)(struct drp_fe *sum, const struct drp_fe *x, size_t n,
		struct drp_fe s, struct drp_fe r);
	void (*ntt)(struct drp_fe *v, size_t n, const struct drp_fe *roots);
	void (*ntt_inverse)(struct drp_fe *v, size_t n, const struct drp_fe *roots);
	void (*lagrange)(struct drp_fe x, size_t n, const struct drp_fe *roots,
		size_t step, struct drp_fe *basis);
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

/* drp_fe_root is the draft's principal n-th root of unity; n is a power of two.
 * drp_fe_powers writes w^0, w^1, ... w^(n-1); n is a power of two. */
struct drp_fe drp_fe_root(const struct drp_field *f, size_t n);
void drp_fe_powers(
	const struct drp_field *f, struct drp_fe w, size_t n, struct drp_fe *powers);

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

/* The same without the step into the field's own form and out of it: what is read, or
 * sampled, is each element times one and the same factor, a constant of the field. For
 * those whose work is linear in what they read: its results have the factor too, and
 * writing drops it. drp_fe_scale gives a times the factor. */
void drp_field_write_scaled(
	const struct drp_field *f, const struct drp_fe *v, size_t n, uint8_t *bytes);
enum drp_err drp_field_read_scaled(const struct drp_field *f, const uint8_t *bytes,
	struct drp_fe *v, size_t n) DRP_MUST_CHECK;
void drp_field_sample_scaled(const struct drp_field *f, const struct drp_rng *stream,
	struct drp_fe *v, size_t n);
struct drp_fe drp_fe_scale(const struct drp_field *f, struct drp_fe a);

/* drp_field_sample takes uniform elements from a stream of uniform bytes: those that
 * would encode no element are passed over. */
void drp_field_sample(const struct drp_field *f, const struct drp_rng *stream,
	struct drp_fe *v, size_t n);

/* drp_field_lagrange: for every polynomial of degree below n with the values y[i] at the
 * i-th powers of the n-th root of unity, its value at x is the sum of basis[i] y[i]. n is
 * a power of two from 2 up; every step-th of roots is the next power, from the 0th on. */
void drp_field_lagrange(const struct drp_field *f, struct drp_fe x, size_t n,
	const struct drp_fe *roots, size_t step, struct drp_fe *basis);

#endif
