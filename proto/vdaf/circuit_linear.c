/* SPDX-License-Identifier: Apache-2.0
 *
 * Drempel's own circuit: SumVec with the condition that every item's counters sum to N.
 * The conditions are affine, so each aggregator evaluates them on its share alone; they
 * lengthen the circuit's output and the query randomness, never a message. A false one
 * passes with probability 1/p. An item that may be left blank needs a counter for that.
 */
#include "proto/vdaf/circuit.h"

#include "proto/vdaf/circuit_type.h"
#include "proto/vdaf/secret.h"

static enum drp_err encode(
	const struct drp_circuit *c, const uint64_t *measurement, struct drp_fe *encoded)
{
	const uint64_t *counter = measurement + 1;
	uint64_t bad = 0;

	for (size_t item = 0; item < c->items; item++) {
		uint64_t sum = 0;
		for (size_t i = 0; i < c->counters[item]; i++) {
			sum += *counter++;
		}
		bad |= (uint64_t)(sum != measurement[0]);
	}
	if (drp_public(bad)) {
		return DRP_E_RANGE;
	}
	return drp_numbers_encode(c, measurement, encoded);
}

static void outputs(const struct drp_circuit *c, const struct drp_fe *encoded,
	const struct drp_fe *gadget, struct drp_fe one, struct drp_fe *out)
{
	const struct drp_field *f = c->field;
	struct drp_fe n = drp_number_decode(c, encoded);

	(void)one;
	out[0] = drp_circuit_total(c, gadget, c->calls);
	encoded += c->bits;
	for (size_t item = 0; item < c->items; item++) {
		struct drp_fe sum = {0};
		for (size_t i = 0; i < c->counters[item]; i++, encoded += c->bits) {
			sum = f->add(sum, drp_number_decode(c, encoded));
		}
		out[1 + item] = f->sub(sum, n);
	}
}

static const struct drp_circuit_type linear_type = {encode, drp_circuit_bit_inputs,
	drp_circuit_weigh_bits, outputs, drp_numbers_truncate};

enum drp_err drp_circuit_linear(struct drp_circuit *c, size_t items,
	const uint8_t *counters, unsigned bits, size_t chunk)
{
	if (items == 0 || items > DRP_ITEMS_MAX || bits == 0 || bits > 32) {
		return DRP_E_RANGE;
	}
	*c = (struct drp_circuit){.type = &linear_type,
		.algorithm = DRP_PRIO3_LINEAR,
		.length = 1,
		.max = (UINT64_C(1) << bits) - 1,
		.bits = bits,
		.items = items,
		.eval_len = 1 + items};
	for (size_t item = 0; item < items; item++) {
		if (counters[item] == 0) {
			return DRP_E_RANGE;
		}
		c->counters[item] = counters[item];
		c->length += counters[item];
	}
	c->measurement_len = c->length;
	return drp_circuit_bits(c, c->length * bits, chunk);
}
