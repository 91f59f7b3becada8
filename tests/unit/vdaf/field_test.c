/* SPDX-License-Identifier: Apache-2.0
 *
 * Both fields against arithmetic that only doubles and adds, on random numbers and on
 * those where limbs carry.
 */
#include "proto/vdaf/field.h"

#include "tests/support/check.h"
#include "tests/support/test_rng.h"

#define N 64

static const struct drp_field *const fields[] = {&drp_field64, &drp_field128};

/* a + b mod p where a, b < p; the sum itself may not fit. */
static drp_uint128 slow_add(const struct drp_field *f, drp_uint128 a, drp_uint128 b)
{
	return a >= f->modulus - b ? a - (f->modulus - b) : a + b;
}

static drp_uint128 slow_mul(const struct drp_field *f, drp_uint128 a, drp_uint128 b)
{
	drp_uint128 product = 0;

	for (int bit = 127; bit >= 0; bit--) {
		product = slow_add(f, product, product);
		if (b >> bit & 1) {
			product = slow_add(f, product, a);
		}
	}
	return product;
}

/* Edges first, random numbers after them. */
static void numbers(const struct drp_field *f, drp_uint128 n[N])
{
	const drp_uint128 p = f->modulus, limb = (drp_uint128)1 << 64;
	const drp_uint128 edges[] = {0, 1, 2, 28, UINT32_MAX, (drp_uint128)1 << 32,
		limb - 1, limb, limb + 1, p >> 64, (p >> 1) + 1, p >> 1, p - 1, p - 2,
		p - UINT32_MAX, (p >> 64) << 64, ((p >> 64) << 64) - 1};
	const size_t n_edges = sizeof edges / sizeof *edges;
	struct drp_test_rng_state state;
	struct drp_rng rng = drp_test_rng(&state, 1);

	for (size_t i = 0; i < N; i++) {
		rng.fill(rng.self, &n[i], sizeof n[i]);
		n[i] = (i < n_edges ? edges[i] : n[i]) % p;
	}
}

static void arithmetic(void)
{
	for (size_t k = 0; k < 2; k++) {
		const struct drp_field *f = fields[k];
		drp_uint128 n[N];
		numbers(f, n);
		for (size_t i = 0; i < N; i++) {
			for (size_t j = 0; j < N; j++) {
				struct drp_fe a = f->from_int(n[i]),
					      b = f->from_int(n[j]);
				CHECK(f->to_int(a) == n[i]);
				CHECK(f->to_int(f->add(a, b)) == slow_add(f, n[i], n[j]));
				CHECK(f->to_int(f->mul(a, b)) == slow_mul(f, n[i], n[j]));
				CHECK(f->to_int(f->add(f->sub(a, b), b)) == n[i]);
				CHECK_INT(drp_fe_equal(a, b), n[i] == n[j]);
			}
		}
	}
}

static void vectors(void)
{
	for (size_t k = 0; k < 2; k++) {
		const struct drp_field *f = fields[k];
		drp_uint128 n[N];
		struct drp_fe a[N], b[N], c[N], sum[N], scaled[N];
		drp_uint128 dot = 0;
		numbers(f, n);
		for (size_t i = 0; i < N; i++) {
			a[i] = c[i] = sum[i] = scaled[i] = f->from_int(n[i]);
			b[i] = f->from_int(n[N - 1 - i]);
			dot = slow_add(f, dot, slow_mul(f, n[i], n[N - 1 - i]));
		}
		CHECK(f->to_int(f->dot(a, b, N)) == dot);
		f->add_products(sum, a, b, N);
		f->add_scaled(scaled, a[20], b, N);
		drp_field_add(f, c, b, N);
		for (size_t i = 0; i < N; i++) {
			drp_uint128 y = n[N - 1 - i];
			CHECK(f->to_int(sum[i]) ==
				slow_add(f, n[i], slow_mul(f, n[i], y)));
			CHECK(f->to_int(scaled[i]) ==
				slow_add(f, n[i], slow_mul(f, n[20], y)));
			CHECK(f->to_int(c[i]) == slow_add(f, n[i], y));
		}
		drp_field_sub(f, c, b, N);
		CHECK_MEM(c, a, sizeof a);
	}
}

static void powers(void)
{
	for (size_t k = 0; k < 2; k++) {
		const struct drp_field *f = fields[k];
		struct drp_fe one = f->from_int(1),
			      minus_one = f->sub((struct drp_fe){0}, one);
		drp_uint128 n[N];
		numbers(f, n);
		for (size_t i = 0; i < N; i++) {
			struct drp_fe a = f->from_int(n[i]);
			struct drp_fe product = f->mul(a, drp_fe_inverse(f, a));
			CHECK(drp_fe_equal(product, n[i] ? one : a));
		}
		for (size_t order = 2; order <= (size_t)1 << 32; order *= 2) {
			struct drp_fe root = drp_fe_root(f, order);
			CHECK(drp_fe_equal(drp_fe_pow(f, root, order / 2), minus_one));
			CHECK(drp_fe_equal(
				f->mul(root, root), drp_fe_root(f, order / 2)));
		}
		/* The draft's generators: 7 to the odd part of p - 1. */
		drp_uint128 odd =
			k == 0 ? UINT64_C(4294967295) : UINT64_C(4611686018427387897);
		size_t twos = k == 0 ? 32 : 66;
		CHECK(f->modulus == (odd << twos) + 1);
		struct drp_fe generator = drp_fe_pow(f, f->from_int(7), odd);
		CHECK(drp_fe_equal(drp_fe_pow(f, generator, (drp_uint128)1 << (twos - 8)),
			drp_fe_root(f, 256)));
	}
}

static void encoding(void)
{
	for (size_t k = 0; k < 2; k++) {
		const struct drp_field *f = fields[k];
		drp_uint128 n[N];
		struct drp_fe v[N], again[N];
		uint8_t bytes[N * DRP_FIELD_BYTES_MAX];
		numbers(f, n);
		for (size_t i = 0; i < N; i++) {
			v[i] = f->from_int(n[i]);
		}
		drp_field_encode(f, v, N, bytes);
		for (size_t i = 0; i < N * f->bytes; i++) {
			CHECK_INT(bytes[i],
				(uint8_t)(n[i / f->bytes] >> 8 * (i % f->bytes)));
		}
		CHECK_OK(drp_field_decode(f, bytes, again, N));
		CHECK_MEM(again, v, sizeof v);
	}
}

/* What is read scaled is the element times one factor for all; it is written back as the
 * same bytes, and products with an element keep the factor. */
static void scaled(void)
{
	for (size_t k = 0; k < 2; k++) {
		const struct drp_field *f = fields[k];
		drp_uint128 n[N];
		struct drp_fe v[N], read[N], factor = drp_fe_scale(f, f->from_int(1));
		uint8_t bytes[N * DRP_FIELD_BYTES_MAX], again[N * DRP_FIELD_BYTES_MAX];
		numbers(f, n);
		for (size_t i = 0; i < N; i++) {
			v[i] = f->from_int(n[i]);
		}
		drp_field_encode(f, v, N, bytes);
		CHECK_OK(drp_field_read_scaled(f, bytes, read, N));
		for (size_t i = 0; i < N; i++) {
			CHECK(drp_fe_equal(read[i], f->mul(factor, v[i])));
			CHECK(drp_fe_equal(read[i], drp_fe_scale(f, v[i])));
			read[i] = f->mul(read[i], v[0]);
			v[i] = f->mul(v[i], v[0]);
		}
		drp_field_encode(f, v, N, bytes);
		drp_field_write_scaled(f, read, N, again);
		CHECK_MEM(again, bytes, N * f->bytes);
	}
}

/* The loops of verification against the sums that field.h says they are. */
static void verification_loops(void)
{
	for (size_t k = 0; k < 2; k++) {
		const struct drp_field *f = fields[k];
		drp_uint128 n[N];
		struct drp_fe x[N], sum[2 * N] = {{0}}, powers[32], want = {0};
		numbers(f, n);
		for (size_t i = 0; i < N; i++) {
			x[i] = f->from_int(n[i]);
		}
		const struct drp_fe s = x[N - 1], r = x[N - 2];
		f->add_bits(sum, x, N, s, r);
		f->add_bits(sum, x, N, s, r);
		for (size_t i = 0; i < N; i++) {
			struct drp_fe sx = f->mul(s, x[i]);
			struct drp_fe weighed = f->mul(sx, drp_fe_pow(f, r, i + 1));
			CHECK(drp_fe_equal(sum[2 * i], f->add(weighed, weighed)));
			CHECK(drp_fe_equal(sum[2 * i + 1], f->add(sx, sx)));
		}
		drp_fe_powers(f, r, 32, powers);
		for (size_t i = 0; i < 32; i++) {
			CHECK(drp_fe_equal(powers[i], drp_fe_pow(f, r, i)));
		}
		/* The largest element at every place carries the furthest. */
		for (size_t i = 0; i < DRP_FIELD_WEIGH_MAX; i++) {
			powers[i] = i % 3 ? (struct drp_fe){f->modulus - 1} : x[i % N];
		}
		for (size_t i = 0; i < DRP_FIELD_WEIGH_MAX; i++) {
			want = f->add(want,
				f->mul(powers[i], drp_fe_from_u64(f, UINT64_C(1) << i)));
			CHECK(drp_fe_equal(f->weigh(powers, i + 1), want));
		}
	}
}

/* p, p + 1 and the largest number of that many bytes, at every place of a vector. */
static void decode_refuses(void)
{
	for (size_t k = 0; k < 2; k++) {
		const struct drp_field *f = fields[k];
		const drp_uint128 bad[] = {f->modulus, f->modulus + 1, ~(drp_uint128)0};
		for (size_t i = 0; i < 3 * 4; i++) {
			uint8_t bytes[4 * DRP_FIELD_BYTES_MAX] = {0};
			struct drp_fe v[4];
			CHECK_OK(drp_field_decode(f, bytes, v, 4));
			for (size_t b = 0; b < f->bytes; b++) {
				bytes[i % 4 * f->bytes + b] =
					(uint8_t)(bad[i / 4] >> 8 * b);
			}
			CHECK_ERR(drp_field_decode(f, bytes, v, 4), DRP_E_MALFORMED);
		}
	}
}

static void signed_numbers(void)
{
	const int64_t n[] = {0, 1, -1, 1000, -1000, INT32_MIN, INT64_C(1) << 62};

	for (size_t k = 0; k < 2; k++) {
		const struct drp_field *f = fields[k];
		int64_t got;
		for (size_t i = 0; i < sizeof n / sizeof *n; i++) {
			uint64_t size = n[i] < 0 ? 0 - (uint64_t)n[i] : (uint64_t)n[i];
			struct drp_fe a = drp_fe_from_u64(f, size);
			a = n[i] < 0 ? f->sub((struct drp_fe){0}, a) : a;
			CHECK_OK(drp_fe_to_i64(f, a, &got));
			CHECK_INT(got, n[i]);
		}
	}
	const struct drp_field *f = &drp_field128;
	int64_t got = 5;
	CHECK_ERR(drp_fe_to_i64(f, f->from_int((drp_uint128)1 << 63), &got), DRP_E_RANGE);
	CHECK_ERR(drp_fe_to_i64(f, f->from_int(f->modulus / 2), &got), DRP_E_RANGE);
	CHECK_INT(got, 5);
}

/* A stream of given blocks, of which the low bytes are taken. */
struct tape {
	const drp_uint128 *block;
	size_t bytes, used;
};

static void tape_fill(void *self, void *bytes, size_t n)
{
	struct tape *tape = self;

	for (uint8_t *at = bytes; n > 0; at += tape->bytes, n -= tape->bytes) {
		memcpy(at, &tape->block[tape->used++], tape->bytes);
	}
}

static void sampling(void)
{
	const drp_uint128 p = drp_field128.modulus, q = drp_field64.modulus;
	const drp_uint128 tape128[] = {p, 5, p - 1, ~(drp_uint128)0, p + 1, 0, 9};
	const drp_uint128 tape64[] = {UINT64_MAX, q - 1, q, q + 1, 5, 0, 9};
	struct drp_fe v[3];
	struct tape tape = {tape128, 16, 0};
	struct drp_rng stream = {tape_fill, &tape};

	drp_field_sample(&drp_field128, &stream, v, 3);
	CHECK(drp_field128.to_int(v[0]) == 5);
	CHECK(drp_field128.to_int(v[1]) == p - 1);
	CHECK(drp_field128.to_int(v[2]) == 0);
	CHECK_INT(tape.used, 6);

	tape = (struct tape){tape64, 8, 0};
	drp_field_sample(&drp_field64, &stream, v, 3);
	CHECK(drp_field64.to_int(v[0]) == q - 1);
	CHECK(drp_field64.to_int(v[1]) == 5);
	CHECK(drp_field64.to_int(v[2]) == 0);
	CHECK_INT(tape.used, 6);
}

/* A random polynomial by its coefficients: its value at x is the basis times its values
 * at the roots, for a random x and for one that is a root itself. */
static void lagrange(void)
{
	for (size_t k = 0; k < 2; k++) {
		const struct drp_field *f = fields[k];
		drp_uint128 n[N];
		numbers(f, n);
		for (size_t size = 2; size <= N; size *= 2) {
			struct drp_fe basis[N], y[N], x[2], w = drp_fe_root(f, size);
			struct drp_fe roots[2 * N];
			drp_fe_powers(f, drp_fe_root(f, 2 * size), 2 * size, roots);
			x[0] = f->from_int(n[N - 1]);
			x[1] = w;
			for (size_t at = 0; at < 2; at++) {
				struct drp_fe want = {0}, got;
				for (size_t i = 0; i < size; i++) {
					struct drp_fe w_i = drp_fe_pow(f, w, i);
					y[i] = (struct drp_fe){0};
					for (size_t c = size; c-- > 0;) {
						y[i] = f->add(f->mul(y[i], w_i),
							f->from_int(n[c]));
					}
				}
				for (size_t c = size; c-- > 0;) {
					want = f->add(
						f->mul(want, x[at]), f->from_int(n[c]));
				}
				drp_field_lagrange(f, x[at], size, roots, 2, basis);
				got = f->dot(basis, y, size);
				CHECK(drp_fe_equal(got, want));
			}
		}
	}
}

int main(void)
{
	CASE("sums, differences and products are those of the integers modulo p",
		arithmetic);
	CASE("whole vectors as their elements one by one", vectors);
	CASE("inverses, and roots of unity of every order", powers);
	CASE("elements are little-endian and come back", encoding);
	CASE("read scaled, computed with and written back, elements are the same",
		scaled);
	CASE("weighing bits, powers and binary digits", verification_loops);
	CASE("a number that is not below the modulus is refused", decode_refuses);
	CASE("an element is the nearest whole number that it stands for", signed_numbers);
	CASE("sampling passes over what encodes no element", sampling);
	CASE("the Lagrange basis evaluates a polynomial anywhere", lagrange);
	return DONE();
}
