/* SPDX-License-Identifier: Apache-2.0
 *
 * Prio3SumVec, Prio3Histogram and Prio3MultihotCountVec: all their encoded elements are
 * bits, and the latter two have one affine condition beside that.
 */
#include "proto/vdaf/circuit.h"

#include "proto/vdaf/circuit_type.h"
#include "proto/vdaf/secret.h"

/* SumVec */

static void sumvec_outputs(const struct drp_circuit *c, const struct drp_fe *encoded,
	const struct drp_fe *gadget, struct drp_fe one, struct drp_fe *out)
{
	(void)encoded, (void)one;
	out[0] = drp_circuit_total(c, gadget, c->calls);
}

static const struct drp_circuit_type sumvec_type = {drp_numbers_encode,
	drp_circuit_bit_inputs, drp_circuit_weigh_bits, sumvec_outputs,
	drp_numbers_truncate};

enum drp_err drp_circuit_sumvec(
	struct drp_circuit *c, size_t length, uint64_t max, size_t chunk)
{
	if (length == 0 || length > DRP_CIRCUIT_ENCODED_MAX || max == 0 ||
		max > DRP_CIRCUIT_NUMBER_MAX) {
		return DRP_E_RANGE;
	}
	*c = (struct drp_circuit){.type = &sumvec_type,
		.algorithm = DRP_PRIO3_SUMVEC,
		.length = length,
		.max = max,
		.bits = drp_number_bits(max),
		.measurement_len = length,
		.eval_len = 1};
	return drp_circuit_bits(c, length * c->bits, chunk);
}

/* Histogram: the buckets sum to 1. */

static enum drp_err histogram_encode(
	const struct drp_circuit *c, const uint64_t *measurement, struct drp_fe *encoded)
{
	for (size_t i = 0; i < c->length; i++) {
		encoded[i] = drp_fe_from_u64(c->field, (uint64_t)(i == measurement[0]));
	}
	return drp_public((uint64_t)(measurement[0] >= c->length)) ? DRP_E_RANGE : DRP_OK;
}

static void histogram_outputs(const struct drp_circuit *c, const struct drp_fe *encoded,
	const struct drp_fe *gadget, struct drp_fe one, struct drp_fe *out)
{
	out[0] = drp_circuit_total(c, gadget, c->calls);
	out[1] = c->field->sub(drp_circuit_total(c, encoded, c->length), one);
}

static void first_elements(
	const struct drp_circuit *c, const struct drp_fe *encoded, struct drp_fe *out)
{
	memcpy(out, encoded, c->length * sizeof *out);
}

static const struct drp_circuit_type histogram_type = {histogram_encode,
	drp_circuit_bit_inputs, drp_circuit_weigh_bits, histogram_outputs,
	first_elements};

enum drp_err drp_circuit_histogram(struct drp_circuit *c, size_t length, size_t chunk)
{
	if (length == 0) {
		return DRP_E_RANGE;
	}
	*c = (struct drp_circuit){.type = &histogram_type,
		.algorithm = DRP_PRIO3_HISTOGRAM,
		.length = length,
		.measurement_len = 1,
		.eval_len = 2};
	return drp_circuit_bits(c, length, chunk);
}

/* MultihotCountVec: the number of ones follows as a number up to max_weight. */

static enum drp_err multihot_encode(
	const struct drp_circuit *c, const uint64_t *measurement, struct drp_fe *encoded)
{
	uint64_t weight = 0, bad = 0;

	for (size_t i = 0; i < c->length; i++) {
		bad |= (uint64_t)(measurement[i] > 1);
		weight += measurement[i] & 1;
		encoded[i] = drp_fe_from_u64(c->field, measurement[i] & 1);
	}
	bad |= drp_number_encode(c, weight, encoded + c->length);
	return drp_public(bad) ? DRP_E_RANGE : DRP_OK;
}

static void multihot_outputs(const struct drp_circuit *c, const struct drp_fe *encoded,
	const struct drp_fe *gadget, struct drp_fe one, struct drp_fe *out)
{
	(void)one;
	out[0] = drp_circuit_total(c, gadget, c->calls);
	out[1] = c->field->sub(drp_circuit_total(c, encoded, c->length),
		drp_number_decode(c, encoded + c->length));
}

static const struct drp_circuit_type multihot_type = {multihot_encode,
	drp_circuit_bit_inputs, drp_circuit_weigh_bits, multihot_outputs, first_elements};

enum drp_err drp_circuit_multihot(
	struct drp_circuit *c, size_t length, uint64_t max_weight, size_t chunk)
{
	if (length == 0 || length > DRP_CIRCUIT_ENCODED_MAX || max_weight == 0 ||
		max_weight > length) {
		return DRP_E_RANGE;
	}
	*c = (struct drp_circuit){.type = &multihot_type,
		.algorithm = DRP_PRIO3_MULTIHOT,
		.length = length,
		.max = max_weight,
		.bits = drp_number_bits(max_weight),
		.measurement_len = length,
		.eval_len = 2};
	return drp_circuit_bits(c, length + c->bits, chunk);
}
