/* SPDX-License-Identifier: Apache-2.0
 *
 * Prio3Count and Prio3Sum: one number, over Field64, without joint randomness.
 */
#include "proto/vdaf/circuit.h"

#include "proto/vdaf/circuit_type.h"

/* Count: x x - x. */

static void count_inputs(const struct drp_circuit *c, const struct drp_fe *encoded,
	const struct drp_fe *joint_rand, struct drp_fe one, size_t call,
	struct drp_fe *in)
{
	(void)c, (void)joint_rand, (void)one, (void)call;
	in[0] = in[1] = encoded[0];
}

static void count_outputs(const struct drp_circuit *c, const struct drp_fe *encoded,
	const struct drp_fe *gadget, struct drp_fe one, struct drp_fe *out)
{
	(void)one;
	out[0] = c->field->sub(gadget[0], encoded[0]);
}

static const struct drp_circuit_type count_type = {
	drp_numbers_encode, count_inputs, NULL, count_outputs, drp_numbers_truncate};

enum drp_err drp_circuit_count(struct drp_circuit *c)
{
	*c = (struct drp_circuit){
		.type = &count_type,
		.field = &drp_field64,
		.algorithm = DRP_PRIO3_COUNT,
		.length = 1,
		.max = 1,
		.bits = 1,
		.gadget = {DRP_GADGET_PRODUCTS, 2},
		.calls = 1,
		.measurement_len = 1,
		.encoded_len = 1,
		.eval_len = 1,
	};
	drp_circuit_size(c);
	return DRP_OK;
}

/* Sum: every bit through the gadget, every result an output. */

static void sum_inputs(const struct drp_circuit *c, const struct drp_fe *encoded,
	const struct drp_fe *joint_rand, struct drp_fe one, size_t call,
	struct drp_fe *in)
{
	(void)c, (void)joint_rand, (void)one;
	in[0] = encoded[call];
}

static void sum_outputs(const struct drp_circuit *c, const struct drp_fe *encoded,
	const struct drp_fe *gadget, struct drp_fe one, struct drp_fe *out)
{
	(void)encoded, (void)one;
	for (size_t i = 0; i < c->bits; i++) {
		out[i] = gadget[i];
	}
}

static const struct drp_circuit_type sum_type = {
	drp_numbers_encode, sum_inputs, NULL, sum_outputs, drp_numbers_truncate};

enum drp_err drp_circuit_sum(struct drp_circuit *c, uint64_t max)
{
	if (max == 0 || max > DRP_CIRCUIT_NUMBER_MAX) {
		return DRP_E_RANGE;
	}
	unsigned bits = drp_number_bits(max);
	*c = (struct drp_circuit){
		.type = &sum_type,
		.field = &drp_field64,
		.algorithm = DRP_PRIO3_SUM,
		.length = 1,
		.max = max,
		.bits = bits,
		.gadget = {DRP_GADGET_BIT, 1},
		.calls = bits,
		.measurement_len = 1,
		.encoded_len = bits,
		.eval_len = bits,
	};
	drp_circuit_size(c);
	return DRP_OK;
}
