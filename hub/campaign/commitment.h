/* SPDX-License-Identifier: Apache-2.0
 *
 * What each of the two aggregators binds itself to when a sealed manifest is signed: the
 * charge of every release in its own ledger, and noise of its own for every release and
 * cohort of the signed plan, drawn once and stored before anything is used. Hub and
 * notary use the same functions; neither counts on the other's noise.
 * Claim: PRIVACY.md "Noise", "Budget", "Once".
 */
#ifndef DRP_HUB_COMMITMENT_H
#define DRP_HUB_COMMITMENT_H

#include "hub/home/hub.h"
#include "proto/model/instrument.h"
#include "proto/model/manifest.h"

/* drp_commitment_admit: DRP_E_BUDGET when the ledger has no room for all releases
 * together. Writes nothing. */
enum drp_err drp_commitment_admit(struct drp_hub *hub,
	const struct drp_manifest *manifest, struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_commitment_make admits and charges all releases, draws their noise and stores it.
 * Inside the caller's transaction; the campaign's row and its storage key exist.
 * DRP_E_EXISTS when noise was drawn before. */
enum drp_err drp_commitment_make(struct drp_hub *hub, const struct drp_manifest *manifest,
	const struct drp_instrument *instrument, struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_commitment_possible: DRP_E_TOO_FEW_SCHOOLS unless the region of at least one group
 * could be opened if everybody took part. */
enum drp_err drp_commitment_possible(const struct drp_manifest *manifest,
	const struct drp_instrument *instrument, struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_storage_key_make makes the campaign's storage key, unless it has one. */
enum drp_err drp_storage_key_make(
	struct drp_hub *hub, const char *campaign, struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_seed_seal appends the seed of the verification keys under the storage key, as the
 * store keeps it (drp_verify_seed opens it). */
enum drp_err drp_seed_seal(struct drp_hub *hub, const struct drp_manifest *manifest,
	const uint8_t seed[32], struct drp_buf *sealed,
	struct drp_diag *diag) DRP_MUST_CHECK;

#endif
