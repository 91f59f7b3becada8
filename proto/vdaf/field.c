/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/vdaf/field.h"

#include "proto/vdaf/bytes.h"
#include "proto/vdaf/secret.h"

/* Generates the multiplicative group of both fields. */
#define GENERATOR 7

struct drp_fe drp_fe_from_u64(const struct drp_field *f, uint64_t number)
{
	return f->from_int(number);
}

uint64_t drp_fe_equal(struct drp_fe a, struct drp_fe b)
{
	return (uint64_t)(a.v == b.v);
}

enum drp_err drp_fe_to_i64(const struct drp_field *f, struct drp_fe a, int64_t *number)
{
	drp_uint128 x = f->to_int(a);
	drp_uint128 minus_x = f->to_int(f->sub((struct drp_fe){0}, a));

	if (x <= INT64_MAX) {
		*number = (int64_t)x;
	} else if (minus_x <= INT64_MAX) {
		*number = -(int64_t)minus_x;
	} else {
		return DRP_E_RANGE;
	}
	return DRP_OK;
}

struct drp_fe drp_fe_pow(const struct drp_field *f, struct drp_fe a, drp_uint128 e)
{
	struct drp_fe result = f->from_int(1);

	for (; e > 0; e >>= 1) {
		if (e & 1) {
			result = f->mul(result, a);
		}
		a = f->mul(a, a);
	}
	return result;
}

struct drp_fe drp_fe_inverse(const struct drp_field *f, struct drp_fe a)
{
	return drp_fe_pow(f, a, f->modulus - 2);
}

struct drp_fe drp_fe_root(const struct drp_field *f, size_t n)
{
	return drp_fe_pow(f, f->from_int(GENERATOR), (f->modulus - 1) / n);
}

void drp_field_add(
	const struct drp_field *f, struct drp_fe *a, const struct drp_fe *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		a[i] = f->add(a[i], b[i]);
	}
}

void drp_field_sub(
	const struct drp_field *f, struct drp_fe *a, const struct drp_fe *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		a[i] = f->sub(a[i], b[i]);
	}
}

static drp_uint128 load(const struct drp_field *f, const uint8_t *bytes)
{
	drp_uint128 high = f->bytes > 8 ? drp_load64(bytes + 8) : 0;

	return high << 64 | drp_load64(bytes);
}

void drp_field_encode(
	const struct drp_field *f, const struct drp_fe *v, size_t n, uint8_t *bytes)
{
	for (size_t i = 0; i < n; i++, bytes += f->bytes) {
		drp_uint128 number = f->to_int(v[i]);
		drp_store64(bytes, (uint64_t)number);
		if (f->bytes > 8) {
			drp_store64(bytes + 8, (uint64_t)(number >> 64));
		}
	}
}

enum drp_err drp_field_decode(
	const struct drp_field *f, const uint8_t *bytes, struct drp_fe *v, size_t n)
{
	uint64_t bad = 0;

	for (size_t i = 0; i < n; i++) {
		drp_uint128 number = load(f, bytes + i * f->bytes);
		bad |= (uint64_t)(number >= f->modulus);
		v[i] = f->from_int(number);
	}
	return drp_public(bad) ? DRP_E_MALFORMED : DRP_OK;
}

void drp_field_sample(const struct drp_field *f, const struct drp_rng *stream,
	struct drp_fe *v, size_t n)
{
	uint8_t bytes[DRP_FIELD_BYTES_MAX];

	for (size_t i = 0; i < n;) {
		stream->fill(stream->self, bytes, f->bytes);
		drp_uint128 number = load(f, bytes);
		/* What is passed over tells nothing about what is kept. */
		if (drp_public((uint64_t)(number < f->modulus))) {
			v[i++] = f->from_int(number);
		}
	}
	explicit_bzero(bytes, sizeof bytes);
}

/* With w the root, basis[i] = w^i / n times the product of x - w^j over all j but i. The
 * product is one of those before i and one of those after. */
void drp_field_lagrange(
	const struct drp_field *f, struct drp_fe x, size_t n, struct drp_fe *basis)
{
	struct drp_fe w = drp_fe_root(f, n), w_i = f->from_int(1);
	struct drp_fe product = drp_fe_inverse(f, drp_fe_from_u64(f, n));

	for (size_t i = 0; i < n; i++) {
		basis[i] = f->mul(product, w_i);
		product = f->mul(product, f->sub(x, w_i));
		w_i = f->mul(w_i, w);
	}
	w = drp_fe_inverse(f, w);
	product = f->from_int(1);
	for (size_t i = n; i-- > 0;) {
		w_i = f->mul(w_i, w);
		basis[i] = f->mul(basis[i], product);
		product = f->mul(product, f->sub(x, w_i));
	}
}
