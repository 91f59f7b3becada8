/* SPDX-License-Identifier: Apache-2.0
 *
 * Everything that Prio3 draws from a seed. The usage, in the domain separation tag, and
 * the binder keep the streams of one seed apart.
 * Source: draft-irtf-cfrg-vdaf-18, "Prio3", "Auxiliary Functions".
 */
#ifndef DRP_VDAF_PRIO3_DERIVE_H
#define DRP_VDAF_PRIO3_DERIVE_H

#include "proto/vdaf/prio3.h"

/* Shares are scaled throughout (field.h). What another aggregator than 0 holds as a
 * seed: */
void drp_derive_measurement_share(const struct drp_prio3 *p, unsigned aggregator,
	const uint8_t *seed, struct drp_fe *encoded);
void drp_derive_proof_share(const struct drp_prio3 *p, unsigned aggregator,
	const uint8_t *seed, struct drp_fe *proof);

void drp_derive_prove_rand(
	const struct drp_prio3 *p, const uint8_t *seed, struct drp_fe *rand);
void drp_derive_query_rand(const struct drp_prio3 *p, const uint8_t *verify_key,
	const uint8_t *nonce, struct drp_fe *rand);

/* Joint randomness: a part from each measurement share, a seed from all parts, and the
 * elements from the seed. */
void drp_derive_joint_rand_part(const struct drp_prio3 *p, unsigned aggregator,
	const uint8_t *blind, const struct drp_fe *encoded, const uint8_t *nonce,
	uint8_t *part);
void drp_derive_joint_rand_seed(
	const struct drp_prio3 *p, const uint8_t *parts, uint8_t *seed);
void drp_derive_joint_rand(
	const struct drp_prio3 *p, const uint8_t *seed, struct drp_fe *rand);

#endif
