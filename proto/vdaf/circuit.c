/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/vdaf/circuit.h"

#include "proto/vdaf/circuit_type.h"
#include "proto/vdaf/secret.h"

/* A wire's polynomial has `points` values and the gadget doubles its degree. */
static size_t gadget_poly_len(size_t points)
{
	return 2 * (points - 1) + 1;
}

void drp_circuit_size(struct drp_circuit *c)
{
	c->points = 2;
	while (c->points < 1 + c->calls) {
		c->points *= 2;
	}
	c->prove_rand_len = c->gadget.arity;
	c->proof_len = c->gadget.arity + gadget_poly_len(c->points);
	c->query_rand_len = 1 + (c->eval_len > 1 ? c->eval_len : 0);
	c->verifier_len = 1 + c->gadget.arity + 1;
}

size_t drp_circuit_best_chunk(size_t encoded_len)
{
	size_t best = 1, shortest = SIZE_MAX;

	/* For a number of points the best chunk is the smallest that needs no more. */
	for (size_t points = 2; gadget_poly_len(points) < shortest; points *= 2) {
		size_t chunk = (encoded_len + points - 2) / (points - 1);
		size_t proof = 2 * chunk + gadget_poly_len(points);
		if (proof < shortest) {
			shortest = proof;
			best = chunk;
		}
	}
	return best;
}

enum drp_err drp_circuit_bits(struct drp_circuit *c, size_t encoded_len, size_t chunk)
{
	if (encoded_len > DRP_CIRCUIT_ENCODED_MAX || chunk > DRP_CIRCUIT_ENCODED_MAX) {
		return DRP_E_RANGE;
	}
	c->field = &drp_field128;
	c->chunk = chunk ? chunk : drp_circuit_best_chunk(encoded_len);
	c->gadget.kind = DRP_GADGET_PRODUCTS;
	c->gadget.arity = 2 * c->chunk;
	c->calls = (encoded_len + c->chunk - 1) / c->chunk;
	c->encoded_len = encoded_len;
	c->joint_rand_len = c->calls;
	drp_circuit_size(c);
	return DRP_OK;
}

/* The products r x (x - 1), r^2 x' (x' - 1), ... of one chunk, r being the joint
 * randomness of the call: all bits, or a sum that is zero for few r only. */
void drp_circuit_bit_inputs(const struct drp_circuit *c, const struct drp_fe *encoded,
	const struct drp_fe *joint_rand, struct drp_fe one, size_t call,
	struct drp_fe *in)
{
	const struct drp_field *f = c->field;
	size_t first = call * c->chunk;
	struct drp_fe r = joint_rand[call], power = r;

	for (size_t i = 0; i < c->chunk; i++) {
		struct drp_fe x = {0};
		if (first + i < c->encoded_len) {
			x = encoded[first + i];
		}
		in[2 * i] = f->mul(power, x);
		in[2 * i + 1] = f->sub(x, one);
		power = f->mul(power, r);
	}
}

/* The second input of a product, x - 1, is summed as x; what all calls together are then
 * too large by, also those beside the last element, is taken away at the end. */
void drp_circuit_weigh_bits(const struct drp_circuit *c, const struct drp_fe *encoded,
	const struct drp_fe *joint_rand, struct drp_fe one, const struct drp_fe *weights,
	struct drp_fe *sum)
{
	const struct drp_field *f = c->field;
	size_t left = c->encoded_len;

	for (size_t call = 0; call < c->calls; call++) {
		size_t n = left < c->chunk ? left : c->chunk;
		f->add_bits(sum, encoded + call * c->chunk, n, weights[call],
			joint_rand[call]);
		left -= n;
	}
	struct drp_fe ones = f->mul(one, drp_circuit_total(c, weights, c->calls));
	for (size_t i = 0; i < c->chunk; i++) {
		sum[2 * i + 1] = f->sub(sum[2 * i + 1], ones);
	}
}

struct drp_fe drp_circuit_total(
	const struct drp_circuit *c, const struct drp_fe *v, size_t n)
{
	struct drp_fe total = {0};

	for (size_t i = 0; i < n; i++) {
		total = c->field->add(total, v[i]);
	}
	return total;
}

unsigned drp_number_bits(uint64_t max)
{
	return 64 - (unsigned)__builtin_clzll(max);
}

static uint64_t last_weight(const struct drp_circuit *c)
{
	return c->max - ((UINT64_C(1) << (c->bits - 1)) - 1);
}

uint64_t drp_number_encode(
	const struct drp_circuit *c, uint64_t number, struct drp_fe *encoded)
{
	uint64_t rest_max = (UINT64_C(1) << (c->bits - 1)) - 1;
	uint64_t last = (uint64_t)(number > rest_max);
	uint64_t rest = number - (drp_mask(last) & last_weight(c));

	for (unsigned i = 0; i < c->bits - 1; i++) {
		encoded[i] = drp_fe_from_u64(c->field, rest >> i & 1);
	}
	encoded[c->bits - 1] = drp_fe_from_u64(c->field, last);
	return (uint64_t)(number > c->max);
}

struct drp_fe drp_number_decode(const struct drp_circuit *c, const struct drp_fe *encoded)
{
	const struct drp_field *f = c->field;
	unsigned last = c->bits - 1;

	if (last_weight(c) == UINT64_C(1) << last) {
		return f->weigh(encoded, c->bits);
	}
	struct drp_fe weight = drp_fe_from_u64(f, last_weight(c));
	return f->add(f->weigh(encoded, last), f->mul(weight, encoded[last]));
}

enum drp_err drp_numbers_encode(
	const struct drp_circuit *c, const uint64_t *measurement, struct drp_fe *encoded)
{
	uint64_t bad = 0;

	for (size_t i = 0; i < c->length; i++) {
		bad |= drp_number_encode(c, measurement[i], encoded + i * c->bits);
	}
	return drp_public(bad) ? DRP_E_RANGE : DRP_OK;
}

void drp_numbers_truncate(
	const struct drp_circuit *c, const struct drp_fe *encoded, struct drp_fe *out)
{
	for (size_t i = 0; i < c->length; i++) {
		out[i] = drp_number_decode(c, encoded + i * c->bits);
	}
}
