/* SPDX-License-Identifier: Apache-2.0
 *
 * Fully linear proofs: that an encoded measurement makes a circuit zero, checked by
 * parties who hold only shares of measurement and proof. prove runs on the whole, query
 * on every party's share alone, decide on the sum of what the queries gave.
 * Vectors have the lengths that the circuit states (proof_len, ...); whoever takes them
 * from outside has checked them. Works in memory of its own that it wipes.
 * Threads: any. Time depends on the circuit only.
 * Source: Boneh, Boyle, Corrigan-Gibbs, Gilboa and Ishai, "Zero-Knowledge Proofs on
 * Secret-Shared Data via Fully Linear PCPs" (2019), theorem 4.3, in the form of
 * draft-irtf-cfrg-vdaf-18, "FLP Specification": polynomials travel as their values.
 */
#ifndef DRP_VDAF_FLP_H
#define DRP_VDAF_FLP_H

#include "proto/vdaf/circuit.h"

#include <drempel/err.h>

/* drp_flp_prove: DRP_OK or DRP_E_NOMEM. That the measurement is valid is not checked. */
enum drp_err drp_flp_prove(const struct drp_circuit *c, const struct drp_fe *encoded,
	const struct drp_fe *prove_rand, const struct drp_fe *joint_rand,
	struct drp_fe *proof) DRP_MUST_CHECK;

/* drp_flp_query gives this party's share of the verifier; `one` is its share of the
 * number 1. It is linear in encoded, proof and one: where all three have a common factor
 * (drp_field_read_scaled), the verifier has it too.
 * DRP_E_PROOF where the query randomness hits a point at which the answer would show
 * the measurement (chance 2^-58 at worst); DRP_E_NOMEM. */
enum drp_err drp_flp_query(const struct drp_circuit *c, const struct drp_fe *encoded,
	const struct drp_fe *proof, const struct drp_fe *query_rand,
	const struct drp_fe *joint_rand, struct drp_fe one,
	struct drp_fe *verifier) DRP_MUST_CHECK;

/* drp_flp_decide: DRP_OK, or DRP_E_PROOF when the measurement is not valid. */
enum drp_err drp_flp_decide(
	const struct drp_circuit *c, const struct drp_fe *verifier) DRP_MUST_CHECK;

#endif
