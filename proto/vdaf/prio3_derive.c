/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/vdaf/prio3_derive.h"

#include "proto/vdaf/xof.h"

#include <string.h>

#define PROOFS 1 /* in one report */

enum usage {
	MEASUREMENT_SHARE = 1,
	PROOF_SHARE,
	JOINT_RANDOMNESS,
	PROVE_RANDOMNESS,
	QUERY_RANDOMNESS,
	JOINT_RAND_SEED,
	JOINT_RAND_PART,
};

static void begin(const struct drp_prio3 *p, enum usage usage, const uint8_t *seed,
	struct drp_xof *xof)
{
	uint8_t tag[sizeof p->tag];

	memcpy(tag, p->tag, p->tag_n);
	tag[7] = (uint8_t)usage;
	drp_xof_begin(xof, seed, tag, p->tag_n);
}

void drp_derive_measurement_share(const struct drp_prio3 *p, unsigned aggregator,
	const uint8_t *seed, struct drp_fe *encoded)
{
	const uint8_t binder[] = {(uint8_t)aggregator};
	struct drp_xof xof;

	begin(p, MEASUREMENT_SHARE, seed, &xof);
	drp_xof_absorb(&xof, binder, sizeof binder);
	drp_xof_fields_scaled(&xof, p->circuit.field, encoded, p->circuit.encoded_len);
}

void drp_derive_proof_share(const struct drp_prio3 *p, unsigned aggregator,
	const uint8_t *seed, struct drp_fe *proof)
{
	const uint8_t binder[] = {PROOFS, (uint8_t)aggregator};
	struct drp_xof xof;

	begin(p, PROOF_SHARE, seed, &xof);
	drp_xof_absorb(&xof, binder, sizeof binder);
	drp_xof_fields_scaled(&xof, p->circuit.field, proof, p->circuit.proof_len);
}

void drp_derive_prove_rand(
	const struct drp_prio3 *p, const uint8_t *seed, struct drp_fe *rand)
{
	const uint8_t binder[] = {PROOFS};
	struct drp_xof xof;

	begin(p, PROVE_RANDOMNESS, seed, &xof);
	drp_xof_absorb(&xof, binder, sizeof binder);
	drp_xof_fields(&xof, p->circuit.field, rand, p->circuit.prove_rand_len);
}

void drp_derive_query_rand(const struct drp_prio3 *p, const uint8_t *verify_key,
	const uint8_t *nonce, struct drp_fe *rand)
{
	const uint8_t binder[] = {PROOFS};
	struct drp_xof xof;

	begin(p, QUERY_RANDOMNESS, verify_key, &xof);
	drp_xof_absorb(&xof, binder, sizeof binder);
	drp_xof_absorb(&xof, nonce, DRP_PRIO3_NONCE_BYTES);
	drp_xof_fields(&xof, p->circuit.field, rand, p->circuit.query_rand_len);
}

void drp_derive_joint_rand_part(const struct drp_prio3 *p, unsigned aggregator,
	const uint8_t *blind, const struct drp_fe *encoded, const uint8_t *nonce,
	uint8_t *part)
{
	const uint8_t binder[] = {(uint8_t)aggregator};
	struct drp_xof xof;

	begin(p, JOINT_RAND_PART, blind, &xof);
	drp_xof_absorb(&xof, binder, sizeof binder);
	drp_xof_absorb(&xof, nonce, DRP_PRIO3_NONCE_BYTES);
	drp_xof_absorb_scaled(&xof, p->circuit.field, encoded, p->circuit.encoded_len);
	drp_xof_seed(&xof, part);
}

void drp_derive_joint_rand_seed(
	const struct drp_prio3 *p, const uint8_t *parts, uint8_t *seed)
{
	static const uint8_t no_seed[DRP_XOF_SEED_BYTES];
	struct drp_xof xof;

	begin(p, JOINT_RAND_SEED, no_seed, &xof);
	drp_xof_absorb(&xof, parts, (size_t)p->shares * DRP_PRIO3_SEED_BYTES);
	drp_xof_seed(&xof, seed);
}

void drp_derive_joint_rand(
	const struct drp_prio3 *p, const uint8_t *seed, struct drp_fe *rand)
{
	const uint8_t binder[] = {PROOFS};
	struct drp_xof xof;

	begin(p, JOINT_RANDOMNESS, seed, &xof);
	drp_xof_absorb(&xof, binder, sizeof binder);
	drp_xof_fields(&xof, p->circuit.field, rand, p->circuit.joint_rand_len);
}
