/* SPDX-License-Identifier: Apache-2.0
 *
 * What a kind of circuit does, for flp.c and prio3.c, and the parts that kinds share.
 *
 * No gadget's input depends on another gadget's output. So evaluating a circuit falls
 * into two affine steps, before and after the gadget: inputs and outputs. Both work on
 * a share of the encoded measurement as well as on the whole of it; a constant is then
 * to be multiplied with `one`, this share of the number 1.
 */
#ifndef DRP_VDAF_CIRCUIT_TYPE_H
#define DRP_VDAF_CIRCUIT_TYPE_H

#include "proto/vdaf/circuit.h"

struct drp_circuit_type {
	/* encode: DRP_E_RANGE for a measurement that is not valid. */
	enum drp_err (*encode)(const struct drp_circuit *c, const uint64_t *measurement,
		struct drp_fe *encoded);

	/* inputs: gadget.arity elements for the call with that number. */
	void (*inputs)(const struct drp_circuit *c, const struct drp_fe *encoded,
		const struct drp_fe *joint_rand, struct drp_fe one, size_t call,
		struct drp_fe *in);

	/* weigh_inputs adds to sum, gadget.arity elements, the inputs of every call times
	 * the call's weight. NULL: inputs does it well enough. */
	void (*weigh_inputs)(const struct drp_circuit *c, const struct drp_fe *encoded,
		const struct drp_fe *joint_rand, struct drp_fe one,
		const struct drp_fe *weights, struct drp_fe *sum);

	/* outputs: eval_len elements, all zero for a valid measurement, from the outputs
	 * of all gadget calls. */
	void (*outputs)(const struct drp_circuit *c, const struct drp_fe *encoded,
		const struct drp_fe *gadget, struct drp_fe one, struct drp_fe *out);

	/* truncate: the length elements that are aggregated. */
	void (*truncate)(const struct drp_circuit *c, const struct drp_fe *encoded,
		struct drp_fe *out);
};

/* drp_circuit_size fills in the sizes that follow from gadget, calls and eval_len; the
 * last step of every constructor. */
void drp_circuit_size(struct drp_circuit *c);

/* drp_circuit_bits is that last step for a circuit over Field128 that checks with joint
 * randomness that all of encoded_len elements are 0 or 1; drp_circuit_bit_inputs is its
 * inputs, drp_circuit_weigh_bits its weigh_inputs. Its gadget outputs sum to 0. */
enum drp_err drp_circuit_bits(
	struct drp_circuit *c, size_t encoded_len, size_t chunk) DRP_MUST_CHECK;
void drp_circuit_bit_inputs(const struct drp_circuit *c, const struct drp_fe *encoded,
	const struct drp_fe *joint_rand, struct drp_fe one, size_t call,
	struct drp_fe *in);
void drp_circuit_weigh_bits(const struct drp_circuit *c, const struct drp_fe *encoded,
	const struct drp_fe *joint_rand, struct drp_fe one, const struct drp_fe *weights,
	struct drp_fe *sum);

/* drp_circuit_total is the sum of n elements. */
struct drp_fe drp_circuit_total(
	const struct drp_circuit *c, const struct drp_fe *v, size_t n);

/* A number up to c->max as c->bits elements that are 0 or 1, whose weights 1, 2, 4, ...
 * and, for the last, whatever makes all of them together max. Both directions take the
 * same time for all numbers; drp_number_encode returns 1 for one above max. */
unsigned drp_number_bits(uint64_t max);
uint64_t drp_number_encode(
	const struct drp_circuit *c, uint64_t number, struct drp_fe *encoded);
struct drp_fe drp_number_decode(
	const struct drp_circuit *c, const struct drp_fe *encoded);

/* Numbers side by side, as SumVec and the linear circuit encode their measurement. */
enum drp_err drp_numbers_encode(const struct drp_circuit *c, const uint64_t *measurement,
	struct drp_fe *encoded) DRP_MUST_CHECK;
void drp_numbers_truncate(
	const struct drp_circuit *c, const struct drp_fe *encoded, struct drp_fe *out);

#endif
