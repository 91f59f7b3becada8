/* SPDX-License-Identifier: Apache-2.0
 *
 * Two aggregators verify a report in one exchange: the hub starts, the notary answers,
 * the hub finishes. Everybody who returns DRP_OK holds an output share; any error means
 * that the report is not counted. The notary is done before the hub is, so it must have
 * stored its output share before its answer leaves, and answer a repeated request with
 * the stored bytes: a report is verified once.
 * Pure functions; prio3.h says what its parameters are, who wipes them and what errors
 * mean. Threads: any. Source: draft-irtf-cfrg-vdaf-18, "The Ping-Pong Topology".
 *
 *	initialize   00 | length, 4 bytes big-endian | the hub's verifier share
 *	finish       02 | length, 4 bytes big-endian | message
 * Type 01, continue, is for verification in several rounds: Prio3 has one.
 */
#ifndef DRP_VDAF_PINGPONG_H
#define DRP_VDAF_PINGPONG_H

#include "proto/vdaf/prio3.h"

#define DRP_PINGPONG_HUB    0u /* aggregator numbers */
#define DRP_PINGPONG_NOTARY 1u

/* Lengths of the two messages. */
size_t drp_pingpong_initialize_size(const struct drp_prio3 *p);
size_t drp_pingpong_finish_size(const struct drp_prio3 *p);

/* The functions below return DRP_E_RANGE for an instance with other than two shares. */

/* Hub: writes its state and the message to the notary. */
enum drp_err drp_pingpong_start(const struct drp_prio3 *p,
	const uint8_t verify_key[DRP_PRIO3_VERIFY_KEY_BYTES],
	const uint8_t nonce[DRP_PRIO3_NONCE_BYTES], struct drp_bytes public_share,
	struct drp_bytes input_share, uint8_t *state, uint8_t *initialize) DRP_MUST_CHECK;

/* Notary: from the hub's message to its output share and the message back. */
enum drp_err drp_pingpong_answer(const struct drp_prio3 *p,
	const uint8_t verify_key[DRP_PRIO3_VERIFY_KEY_BYTES],
	const uint8_t nonce[DRP_PRIO3_NONCE_BYTES], struct drp_bytes public_share,
	struct drp_bytes input_share, struct drp_bytes initialize, uint8_t *out_share,
	uint8_t *finish) DRP_MUST_CHECK;

/* Hub: from its state and the answer to its output share. */
enum drp_err drp_pingpong_finish(const struct drp_prio3 *p, struct drp_bytes state,
	struct drp_bytes finish, uint8_t *out_share) DRP_MUST_CHECK;

#endif
