/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/vdaf/field.h"

#include "proto/vdaf/bytes.h"
#include "proto/vdaf/secret.h"

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
	struct drp_fe root = f->root;

	for (uint64_t order = UINT64_C(1) << DRP_FIELD_ROOT_LOG2; order > n; order /= 2) {
		root = f->mul(root, root);
	}
	return root;
}

/* By doubling, so that no product waits for the one before it. */
void drp_fe_powers(
	const struct drp_field *f, struct drp_fe w, size_t n, struct drp_fe *powers)
{
	powers[0] = f->from_int(1);
	for (size_t known = 1; known < n; known *= 2) {
		for (size_t i = 0; i < known; i++) {
			powers[known + i] = f->mul(powers[i], w);
		}
		w = f->mul(w, w);
	}
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

static void store(const struct drp_field *f, uint8_t *bytes, drp_uint128 number)
{
	drp_store64(bytes, (uint64_t)number);
	if (f->bytes > 8) {
		drp_store64(bytes + 8, (uint64_t)(number >> 64));
	}
}

void drp_field_encode(
	const struct drp_field *f, const struct drp_fe *v, size_t n, uint8_t *bytes)
{
	for (size_t i = 0; i < n; i++) {
		store(f, bytes + i * f->bytes, f->to_int(v[i]));
	}
}

enum drp_err drp_field_decode(
	const struct drp_field *f, const uint8_t *bytes, struct drp_fe *v, size_t n)
{
	enum drp_err err = drp_field_read_scaled(f, bytes, v, n);

	for (size_t i = 0; i < n; i++) {
		v[i] = f->from_int(v[i].v);
	}
	return err;
}

void drp_field_write_scaled(
	const struct drp_field *f, const struct drp_fe *v, size_t n, uint8_t *bytes)
{
	for (size_t i = 0; i < n; i++) {
		store(f, bytes + i * f->bytes, v[i].v);
	}
}

enum drp_err drp_field_read_scaled(
	const struct drp_field *f, const uint8_t *bytes, struct drp_fe *v, size_t n)
{
	uint64_t bad = 0;

	for (size_t i = 0; i < n; i++) {
		v[i].v = load(f, bytes + i * f->bytes);
		bad |= (uint64_t)(v[i].v >= f->modulus);
	}
	return drp_public(bad) ? DRP_E_MALFORMED : DRP_OK;
}

struct drp_fe drp_fe_scale(const struct drp_field *f, struct drp_fe a)
{
	return (struct drp_fe){f->to_int(a)};
}

#define SAMPLES_AT_ONCE 64

void drp_field_sample_scaled(const struct drp_field *f, const struct drp_rng *stream,
	struct drp_fe *v, size_t n)
{
	uint8_t bytes[SAMPLES_AT_ONCE * DRP_FIELD_BYTES_MAX];

	for (size_t done = 0; done < n;) {
		size_t want = n - done < SAMPLES_AT_ONCE ? n - done : SAMPLES_AT_ONCE;
		stream->fill(stream->self, bytes, want * f->bytes);
		for (size_t i = 0; i < want; i++) {
			v[done].v = load(f, bytes + i * f->bytes);
			/* What is passed over tells nothing about what is kept. */
			done += drp_public((uint64_t)(v[done].v < f->modulus));
		}
	}
	explicit_bzero(bytes, sizeof bytes);
}

void drp_field_sample(const struct drp_field *f, const struct drp_rng *stream,
	struct drp_fe *v, size_t n)
{
	drp_field_sample_scaled(f, stream, v, n);
	for (size_t i = 0; i < n; i++) {
		v[i] = f->from_int(v[i].v);
	}
}

void drp_field_lagrange(const struct drp_field *f, struct drp_fe x, size_t n,
	const struct drp_fe *roots, size_t step, struct drp_fe *basis)
{
	f->lagrange(x, n, roots, step, basis);
}
