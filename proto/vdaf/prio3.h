/* SPDX-License-Identifier: Apache-2.0
 *
 * Prio3: a client splits its measurement into one share for each aggregator; together
 * they learn that the measurement is valid and can sum it, and nothing else as long as
 * one of them keeps its share to itself. Aggregator 0 (the hub) receives the long share,
 * every other one (the notary) 32-byte seeds.
 *
 * An instance is one task: a circuit, a number of aggregators and a context, which must
 * name everything else that the parties agree on, because Prio3 itself binds neither the
 * circuit's parameters nor who they are. It is constant after init; threads: any.
 *
 * Everything that travels or is stored is plain bytes with a length that the instance
 * states (sizes). Callers provide room for exactly that; a message of any other length is
 * refused before it is read: DRP_E_MALFORMED, as is an element that is none. Outputs are
 * written only on success. Secret: measurement, rand, input shares, states, output shares
 * and the verification key; the caller wipes them.
 * Source: draft-irtf-cfrg-vdaf-18, "Prio3"; one proof per report.
 */
#ifndef DRP_VDAF_PRIO3_H
#define DRP_VDAF_PRIO3_H

#include "proto/vdaf/circuit.h"

#include <drempel/err.h>

#include <stddef.h>
#include <stdint.h>

#define DRP_PRIO3_NONCE_BYTES	   16
#define DRP_PRIO3_VERIFY_KEY_BYTES 32
#define DRP_PRIO3_SEED_BYTES	   32
#define DRP_PRIO3_CONTEXT_MAX	   128 /* bytes */
#define DRP_PRIO3_SHARES_MAX	   255

/* Borrowed bytes. */
struct drp_bytes {
	const uint8_t *data;
	size_t n;
};

struct drp_prio3 {
	struct drp_circuit circuit;
	unsigned shares;
	uint8_t tag[8 +
		    DRP_PRIO3_CONTEXT_MAX]; /* domain separation; usage is filled in */
	uint16_t tag_n;

	struct {
		size_t rand; /* that one sharding consumes */
		size_t public_share;
		size_t first_input_share; /* aggregator 0 */
		size_t other_input_share;
		size_t state;
		size_t verifier_share;
		size_t message;
		size_t out_share; /* also an aggregate share */
	} sizes;
};

/* drp_prio3_init: 2 to DRP_PRIO3_SHARES_MAX shares, up to DRP_PRIO3_CONTEXT_MAX bytes of
 * context; DRP_E_RANGE. */
enum drp_err drp_prio3_init(struct drp_prio3 *p, const struct drp_circuit *c,
	unsigned shares, const void *context, size_t context_n) DRP_MUST_CHECK;

/* drp_prio3_input_share_size tells the length of that aggregator's input share. */
size_t drp_prio3_input_share_size(const struct drp_prio3 *p, unsigned aggregator);

/* Client. nonce and rand are fresh random bytes, never used before; input_shares has one
 * place for each aggregator. DRP_E_RANGE for a measurement that is not valid,
 * DRP_E_NOMEM. */
enum drp_err drp_prio3_shard(const struct drp_prio3 *p, const uint64_t *measurement,
	const uint8_t nonce[DRP_PRIO3_NONCE_BYTES], const uint8_t *rand,
	uint8_t *public_share, uint8_t *const input_shares[]) DRP_MUST_CHECK;

/* Aggregator, once per report: from its input share to a state it keeps and a share of
 * the verifier for the others. All of them hold the same key, fixed before the first
 * report and unknown to clients. DRP_E_RANGE for an aggregator that is none;
 * DRP_E_PROOF, DRP_E_NOMEM. */
enum drp_err drp_prio3_verify_init(const struct drp_prio3 *p,
	const uint8_t verify_key[DRP_PRIO3_VERIFY_KEY_BYTES], unsigned aggregator,
	const uint8_t nonce[DRP_PRIO3_NONCE_BYTES], struct drp_bytes public_share,
	struct drp_bytes input_share, uint8_t *state,
	uint8_t *verifier_share) DRP_MUST_CHECK;

/* Anyone: from all verifier shares, in the order of the aggregators, to the message for
 * all. DRP_E_PROOF when the report is not valid. n is the number of shares at hand. */
enum drp_err drp_prio3_message(const struct drp_prio3 *p,
	const struct drp_bytes *verifier_shares, size_t n,
	uint8_t *message) DRP_MUST_CHECK;

/* Aggregator: from state and message to its share of the measurement. DRP_E_PROOF when
 * the parties used different joint randomness. */
enum drp_err drp_prio3_verify_next(const struct drp_prio3 *p, struct drp_bytes state,
	struct drp_bytes message, uint8_t *out_share) DRP_MUST_CHECK;

/* Aggregator: agg_share, whose first value is all zero bytes, grows by out_share. Also
 * merges aggregate shares. */
enum drp_err drp_prio3_aggregate(const struct drp_prio3 *p, uint8_t *agg_share,
	struct drp_bytes out_share) DRP_MUST_CHECK;

/* Collector: from all aggregate shares to circuit.length sums. Negative where noise made
 * them so; DRP_E_RANGE where one is no 64-bit number. */
enum drp_err drp_prio3_unshard(const struct drp_prio3 *p,
	const struct drp_bytes *agg_shares, size_t n, int64_t *sums) DRP_MUST_CHECK;

#endif
