/* SPDX-License-Identifier: Apache-2.0
 *
 * Validity circuits: what a measurement is, how it is encoded as field elements, and
 * which arithmetic is zero exactly for valid ones. A circuit is filled by one of the
 * constructors and constant afterwards; it owns nothing. It knows nothing of proofs
 * (flp.h) or shares (prio3.h), but the sizes of proofs follow from it and stand here.
 * Threads: any. Constructors return DRP_E_RANGE for parameters outside their bounds.
 * Source: draft-irtf-cfrg-vdaf-18, "Validity Circuits" and "Variants".
 */
#ifndef DRP_VDAF_CIRCUIT_H
#define DRP_VDAF_CIRCUIT_H

#include "proto/vdaf/gadget.h"

#include <drempel/err.h>
#include <drempel/limits.h>

#include <stddef.h>
#include <stdint.h>

/* Elements of an encoded measurement. All other sizes are a small multiple. */
#define DRP_CIRCUIT_ENCODED_MAX 65536

/* Largest number in a measurement: a sum of 2^31 of them fits int64_t. */
#define DRP_CIRCUIT_NUMBER_MAX UINT32_MAX

/* Code points; the last is of the range for private use. */
#define DRP_PRIO3_COUNT	    UINT32_C(0x00000001)
#define DRP_PRIO3_SUM	    UINT32_C(0x00000002)
#define DRP_PRIO3_SUMVEC    UINT32_C(0x00000003)
#define DRP_PRIO3_HISTOGRAM UINT32_C(0x00000004)
#define DRP_PRIO3_MULTIHOT  UINT32_C(0x00000005)
#define DRP_PRIO3_LINEAR    UINT32_C(0xffff0001)

struct drp_circuit_type; /* circuit_type.h */

struct drp_circuit {
	const struct drp_circuit_type *type;
	const struct drp_field *field;
	uint32_t algorithm; /* code point */

	size_t length; /* numbers that are summed up: elements of the output */
	uint64_t max;  /* largest of those numbers, or of their weight */
	unsigned bits; /* elements that encode a number up to max */
	size_t chunk;  /* products in one gadget call */
	size_t items;  /* of the linear circuit, each with its counters */
	uint8_t counters[DRP_ITEMS_MAX];

	struct drp_gadget gadget;
	size_t calls;  /* of the gadget */
	size_t points; /* that define a wire's polynomial: a power of two above calls */

	/* Numbers in a measurement, and elements of everything else. */
	size_t measurement_len, encoded_len, joint_rand_len, eval_len;
	size_t prove_rand_len, proof_len, query_rand_len, verifier_len;
};

/* Prio3Count: 0 or 1. Prio3Sum: a number up to max. */
enum drp_err drp_circuit_count(struct drp_circuit *c) DRP_MUST_CHECK;
enum drp_err drp_circuit_sum(struct drp_circuit *c, uint64_t max) DRP_MUST_CHECK;

/* In the circuits below chunk 0 stands for the one with the shortest proof.
 * Prio3SumVec: length numbers up to max. Prio3Histogram: the index of one of length
 * buckets. Prio3MultihotCountVec: length times 0 or 1, at most max_weight of them 1. */
enum drp_err drp_circuit_sumvec(
	struct drp_circuit *c, size_t length, uint64_t max, size_t chunk) DRP_MUST_CHECK;
enum drp_err drp_circuit_histogram(
	struct drp_circuit *c, size_t length, size_t chunk) DRP_MUST_CHECK;
enum drp_err drp_circuit_multihot(struct drp_circuit *c, size_t length,
	uint64_t max_weight, size_t chunk) DRP_MUST_CHECK;

/* The linear circuit, Drempel's own: N and then, item by item, as many counters as
 * counters[item] says; each number is below 2^bits (bits up to 32), and the counters of
 * each item sum to N. */
enum drp_err drp_circuit_linear(struct drp_circuit *c, size_t items,
	const uint8_t *counters, unsigned bits, size_t chunk) DRP_MUST_CHECK;

/* drp_circuit_best_chunk gives the chunk with the shortest proof for that many encoded
 * elements. */
size_t drp_circuit_best_chunk(size_t encoded_len);

#endif
