/* SPDX-License-Identifier: Apache-2.0
 *
 * The part of the database that only the sealed track needs, at the hub and at the
 * notary: whom a program is paired with, blobs on their way, a proposal that waits for
 * the notary's signature, noise, what verification made of a report, and what was shown
 * or opened at the close. As store.h: small statements, the caller's transactions.
 * Everything called sealed is encrypted under the campaign's storage key by the caller.
 */
#ifndef DRP_HUB_STORE_SEALED_H
#define DRP_HUB_STORE_SEALED_H

#include "hub/store/store.h"
#include "proto/session/card.h"

/* ---- whom this program is paired with ---- */

/* drp_hub_peer_put pins a card, or replaces the name, url and box of the same key. A
 * notary becomes the current one; an older one stays known for its own campaigns. */
enum drp_err drp_hub_peer_put(struct drp_hub_store *s, const struct drp_card *card,
	int64_t now_s, struct drp_diag *diag) DRP_MUST_CHECK;
/* DRP_E_NOTFOUND for a key that was never paired. */
enum drp_err drp_hub_peer_get(struct drp_hub_store *s, const struct drp_key *key,
	struct drp_card *card, struct drp_diag *diag) DRP_MUST_CHECK;
/* The hub's current notary; DRP_E_NOTFOUND when none is paired. */
enum drp_err drp_hub_peer_notary(struct drp_hub_store *s, struct drp_card *card,
	struct drp_diag *diag) DRP_MUST_CHECK;

/* ---- school keys that a notary has pinned: drp_school.key, enrolled ---- */

/* drp_hub_school_pin: DRP_E_CONFLICT when another key is pinned for that school,
 * DRP_E_DUPLICATE_IDENTITY when the key is another school's. */
enum drp_err drp_hub_school_pin(struct drp_hub_store *s, const char *id,
	const struct drp_key *key, int64_t now_s, struct drp_diag *diag) DRP_MUST_CHECK;
/* Forgets the key, and makes a voucher that waits void. */
enum drp_err drp_hub_school_forget(
	struct drp_hub_store *s, const char *id, struct drp_diag *diag) DRP_MUST_CHECK;

/* ---- vouchers of a notary: drp_school.voucher ---- */

/* drp_hub_voucher_put keeps a code until it is used, in the place of an earlier one. */
enum drp_err drp_hub_voucher_put(struct drp_hub_store *s, const char *school,
	const uint8_t code[DRP_VOUCHER_BYTES], struct drp_diag *diag) DRP_MUST_CHECK;
/* DRP_E_NOTFOUND when none waits. */
enum drp_err drp_hub_voucher_get(struct drp_hub_store *s, const char *school,
	uint8_t code[DRP_VOUCHER_BYTES], struct drp_diag *diag) DRP_MUST_CHECK;
/* drp_hub_voucher_use erases the code and notes for ever that it vouched for that key. */
enum drp_err drp_hub_voucher_use(struct drp_hub_store *s, const char *school,
	const struct drp_key *key, struct drp_diag *diag) DRP_MUST_CHECK;
/* drp_hub_vouched: DRP_OK when a voucher was once used for this key of the school, now
 * pinned or not; else DRP_E_NOTFOUND. */
enum drp_err drp_hub_vouched(struct drp_hub_store *s, const char *school,
	const struct drp_key *key, struct drp_diag *diag) DRP_MUST_CHECK;

/* ---- blobs that a hub is putting, piece by piece ---- */

/* drp_hub_staged tells how many bytes of the hub's blob are here and what its total was
 * said to be; both 0 when nothing is. */
enum drp_err drp_hub_staged(struct drp_hub_store *s, const struct drp_key *hub,
	const struct drp_hash *hash, uint32_t *held, uint32_t *total,
	struct drp_diag *diag) DRP_MUST_CHECK;
/* Appends a piece. A hub has room for DRP_STAGED_BLOBS_MAX: a new one pushes out the
 * oldest. The caller checks offset and total. */
enum drp_err drp_hub_stage(struct drp_hub_store *s, const struct drp_key *hub,
	const struct drp_hash *hash, uint32_t total, uint32_t offset, const void *bytes,
	size_t n, struct drp_diag *diag) DRP_MUST_CHECK;
/* DRP_E_NOTFOUND unless all of it is here. Its hash is not checked. */
enum drp_err drp_hub_staged_get(struct drp_hub_store *s, const struct drp_key *hub,
	const struct drp_hash *hash, struct drp_buf *out,
	struct drp_diag *diag) DRP_MUST_CHECK;
enum drp_err drp_hub_staged_drop(struct drp_hub_store *s, const struct drp_key *hub,
	const struct drp_hash *hash, struct drp_diag *diag) DRP_MUST_CHECK;

/* ---- the manifest that waits for the notary's signature ---- */
struct drp_proposal {
	struct drp_hash manifest, roll; /* both are blobs */
	uint8_t signature[64];		/* the hub's */
};
/* The seed of the verification keys is stored with it and stays after the signing. */
enum drp_err drp_hub_proposal_put(struct drp_hub_store *s, const char *campaign,
	const struct drp_proposal *proposal, const void *seed_sealed, size_t n,
	struct drp_diag *diag) DRP_MUST_CHECK;
/* DRP_E_NOTFOUND when there is none. */
enum drp_err drp_hub_proposal_get(struct drp_hub_store *s, const char *campaign,
	struct drp_proposal *proposal, struct drp_diag *diag) DRP_MUST_CHECK;
/* The campaign is signed: what was proposed stands in its row. */
enum drp_err drp_hub_proposal_done(struct drp_hub_store *s, const char *campaign,
	struct drp_diag *diag) DRP_MUST_CHECK;
/* Forgets proposal and seed, of a draft. */
enum drp_err drp_hub_proposal_drop(struct drp_hub_store *s, const char *campaign,
	struct drp_diag *diag) DRP_MUST_CHECK;

/* ---- campaigns ---- */

/* drp_hub_campaign_take enters a signed campaign at a notary: open, with the roll; no
 * draft and no frame. The manifest and the instrument are blobs already. */
enum drp_err drp_hub_campaign_take(struct drp_hub_store *s,
	const struct drp_campaign_row *row, const struct drp_hash *roll,
	const void *seed_sealed, size_t n, struct drp_diag *diag) DRP_MUST_CHECK;
/* drp_hub_roll_get appends the roll of a campaign that this notary signed. */
enum drp_err drp_hub_roll_get(struct drp_hub_store *s, const char *campaign,
	struct drp_buf *roll, struct drp_diag *diag) DRP_MUST_CHECK;
enum drp_err drp_hub_cosignature_put(struct drp_hub_store *s, const char *campaign,
	const uint8_t signature[64], struct drp_diag *diag) DRP_MUST_CHECK;
/* drp_hub_seed_get appends the sealed verification seed; DRP_E_NOTFOUND when there is
 * none or it has been erased. */
enum drp_err drp_hub_seed_get(struct drp_hub_store *s, const char *campaign,
	struct drp_buf *sealed, struct drp_diag *diag) DRP_MUST_CHECK;
/* drp_hub_campaign_abandon closes a campaign for ever without an edition; one that is
 * frozen stays so. */
enum drp_err drp_hub_campaign_abandon(struct drp_hub_store *s, const char *campaign,
	int64_t now_s, struct drp_diag *diag) DRP_MUST_CHECK;

/* ---- noise, drawn when the manifest was signed; release: index into its releases ----
 */
enum drp_err drp_hub_noise_put(struct drp_hub_store *s, const char *campaign,
	uint32_t release, const void *sealed, size_t n,
	struct drp_diag *diag) DRP_MUST_CHECK;
enum drp_err drp_hub_noise_get(struct drp_hub_store *s, const char *campaign,
	uint32_t release, struct drp_buf *sealed, struct drp_diag *diag) DRP_MUST_CHECK;

/* ---- what verification made of a contribution ---- */

/* Contributions that were received and neither withdrawn, counted nor rejected; the
 * oldest first, at most limit of them. each must not write: note first, write after. */
enum drp_err drp_hub_contributions_pending(struct drp_hub_store *s, const char *campaign,
	size_t limit, drp_hub_each_contribution *each, void *self,
	struct drp_diag *diag) DRP_MUST_CHECK;
/* drp_hub_contribution_count puts the sealed output share in the place of the report and
 * keeps the answer: DRP_E_STATE unless it was received and is not withdrawn. */
enum drp_err drp_hub_contribution_count(struct drp_hub_store *s, const char *campaign,
	const struct drp_id *unit, int group, const void *share_sealed, size_t share_n,
	const void *answer, size_t answer_n, struct drp_diag *diag) DRP_MUST_CHECK;
/* drp_hub_contribution_reject keeps the reason (and an answer, if n is not 0) and erases
 * the bytes: DRP_E_STATE unless it was received. */
enum drp_err drp_hub_contribution_reject(struct drp_hub_store *s, const char *campaign,
	const struct drp_id *unit, int group, enum drp_err reason, const void *answer,
	size_t answer_n, struct drp_diag *diag) DRP_MUST_CHECK;
/* drp_hub_contribution_load appends what is stored of it; either may be NULL. Nothing is
 * appended of what there is not. DRP_E_NOTFOUND when there is no such contribution. */
enum drp_err drp_hub_contribution_load(struct drp_hub_store *s, const char *campaign,
	const struct drp_id *unit, int group, struct drp_buf *sealed,
	struct drp_buf *answer, struct drp_diag *diag) DRP_MUST_CHECK;

/* ---- withdrawals on their way to the notary ----
 * A withdrawn contribution whose withdrawal the notary knows has withdrawn == 2. */

/* drp_hub_withdrawal_keep keeps the school's signature of it. */
enum drp_err drp_hub_withdrawal_keep(struct drp_hub_store *s, const char *campaign,
	const struct drp_id *unit, int group, const uint8_t signature[64],
	struct drp_diag *diag) DRP_MUST_CHECK;
/* Those that the notary has not been told of, with the signature in the place of the
 * sealed bytes; at most limit. each must not write. */
enum drp_err drp_hub_withdrawals_pending(struct drp_hub_store *s, const char *campaign,
	size_t limit, drp_hub_each_contribution *each, void *self,
	struct drp_diag *diag) DRP_MUST_CHECK;
enum drp_err drp_hub_withdrawal_told(struct drp_hub_store *s, const char *campaign,
	const struct drp_id *unit, int group, struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_hub_pending counts what both of the above would go through, without reading it. */
enum drp_err drp_hub_pending(struct drp_hub_store *s, const char *campaign,
	size_t *reports, size_t *withdrawals, struct drp_diag *diag) DRP_MUST_CHECK;

/* ---- the close: what was shown, exchanged and opened, once each ----
 * what is the caller's name for it. Lasting rows are public after the edition (hashes,
 * exact N, opened integers); others are shares and leave at the freeze. */
enum drp_err drp_hub_opening_put(struct drp_hub_store *s, const char *campaign,
	const char *what, int lasting, const void *bytes, size_t n,
	struct drp_diag *diag) DRP_MUST_CHECK; /* DRP_E_EXISTS: there is one */
/* DRP_E_NOTFOUND when there is none. */
enum drp_err drp_hub_opening_get(struct drp_hub_store *s, const char *campaign,
	const char *what, struct drp_buf *bytes, struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_hub_sealed_erase erases noise, the seed and all openings that do not last. */
enum drp_err drp_hub_sealed_erase(struct drp_hub_store *s, const char *campaign,
	struct drp_diag *diag) DRP_MUST_CHECK;

#endif
