/* SPDX-License-Identifier: Apache-2.0
 *
 * How a sealed manifest gets its second signature, the hub's side. A proposal is stored
 * first; then it is brought to the notary, which checks, charges, draws and signs; then
 * the hub charges, draws and opens the campaign, in one transaction. Each step can be cut
 * short anywhere and run again: the stored proposal is used as it is, the notary answers
 * a repeat with the signature it gave, and no side draws twice.
 * Threads: one at a time. Wire: PROTOCOL.md "Between hub and notary".
 */
#ifndef DRP_HUB_COSIGN_H
#define DRP_HUB_COSIGN_H

#include "hub/campaign/draft.h"
#include "hub/peer/peer.h"
#include "proto/session/roll.h"

/* drp_cosign_fill puts the paired notary's keys into a draft's manifest, and what it
 * replaces. DRP_E_STATE when no notary is paired, or when the replaced campaign is not
 * one that can still be given up: sealed, signed, never opened. */
enum drp_err drp_cosign_fill(struct drp_hub *hub, const struct drp_draft *draft,
	struct drp_manifest *manifest, struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_cosign_propose draws the seed of the verification keys, completes and signs the
 * manifest, and stores it as the draft's proposal; roll[i] is school number i. */
enum drp_err drp_cosign_propose(struct drp_hub *hub, struct drp_manifest *manifest,
	const struct drp_roll_entry *roll, struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_cosign_ask brings the draft's proposal to its notary and returns its signature,
 * verified. A notary that refuses the manifest ends the proposal: the next signing makes
 * a new one. DRP_E_NOTFOUND when there is no proposal. */
enum drp_err drp_cosign_ask(struct drp_hub *hub, struct drp_peer *peer,
	const char *campaign, uint8_t cosignature[64],
	struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_cosign_finish is the hub's own transaction. */
enum drp_err drp_cosign_finish(struct drp_hub *hub, const char *campaign,
	const uint8_t cosignature[64], struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_cosign_proposed loads the proposal's manifest: a new object; DRP_E_NOTFOUND. */
enum drp_err drp_cosign_proposed(struct drp_hub *hub, const char *campaign,
	struct drp_manifest **manifest, struct drp_diag *diag) DRP_MUST_CHECK;

#endif
