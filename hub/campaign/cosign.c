/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/campaign/cosign.h"

#include "hub/campaign/commitment.h"
#include "hub/campaign/members.h"
#include "hub/campaign/tally.h"
#include "hub/campaign/tasks.h"
#include "hub/store/store_sealed.h"
#include "proto/base/alloc.h"
#include "proto/session/envelope.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MANIFEST_TAG "drempel manifest 1"

/* ---- what only the sealed track has ---- */

/* A campaign is given up once, and only while none of its shares has left an aggregator:
 * the same answers are counted again in the next one. */
static enum drp_err check_replaceable(
	struct drp_hub *hub, const struct drp_campaign_row *row, struct drp_diag *diag)
{
	struct drp_buf bytes = {0};
	struct drp_hash hash;
	if (!row->cosigned || row->abandoned_s) {
		return drp_fail(diag, DRP_E_STATE,
			"campaign %s is not one that can be replaced: it is not a signed "
			"campaign of the sealed track, or it was replaced before",
			row->id);
	}
	enum drp_err shares = drp_hub_opening_get(
		hub->store, row->id, DRP_OPENING_HUB_NUMBERS, &bytes, diag);
	enum drp_err edition =
		drp_hub_edition_get(hub->store, row->id, 0, &hash, &bytes, diag);
	drp_buf_clear(&bytes);
	if (shares != DRP_E_NOTFOUND || edition != DRP_E_NOTFOUND ||
		row->state == DRP_CAMPAIGN_FROZEN) {
		return drp_fail(diag, DRP_E_STATE,
			"campaign %s has been opened; it cannot be replaced", row->id);
	}
	return DRP_OK;
}

static enum drp_err find_replaced(struct drp_hub *hub, const char *id,
	struct drp_hash *replaces, struct drp_diag *diag)
{
	struct drp_campaign_row row;
	enum drp_err err = drp_hub_campaign_get(hub->store, id, &row, diag);
	err = err ? err : check_replaceable(hub, &row, diag);
	if (err == DRP_OK) {
		*replaces = row.manifest;
	}
	return err;
}

enum drp_err drp_cosign_fill(struct drp_hub *hub, const struct drp_draft *draft,
	struct drp_manifest *m, struct drp_diag *diag)
{
	struct drp_card card;
	enum drp_err err = drp_hub_peer_notary(hub->store, &card, diag);
	if (err == DRP_E_NOTFOUND) {
		return drp_fail(diag, DRP_E_STATE,
			"a sealed campaign needs a notary, and none is paired with this "
			"hub; 'drempel-hub pair FILE' with its card, or use track: open");
	}
	if (err == DRP_OK && *draft->replaces) {
		err = find_replaced(hub, draft->replaces, &m->replaces, diag);
	}
	m->notary = card.key;
	memcpy(m->notary_box, card.box, sizeof m->notary_box);
	return err;
}

/* ---- the proposal ---- */

static enum drp_err store_proposal(struct drp_hub *hub, const struct drp_manifest *m,
	const struct drp_buf *bytes, const struct drp_buf *roll, const uint8_t seed[32],
	struct drp_diag *diag)
{
	struct drp_proposal p = {.manifest = m->hash};
	struct drp_buf sealed = {0};
	drp_hash_bytes(roll->data, roll->len, &p.roll);
	drp_sign(hub->keys, MANIFEST_TAG, bytes->data, bytes->len, p.signature);
	enum drp_err err = drp_storage_key_make(hub, m->id, diag);
	err = err ? err : drp_seed_seal(hub, m, seed, &sealed, diag);
	err = err ? err : drp_hub_begin(hub->store, diag);
	if (err == DRP_OK) {
		err = drp_hub_blob_put(
			hub->store, &m->hash, bytes->data, bytes->len, diag);
		err = err ? err
			  : drp_hub_blob_put(
				    hub->store, &p.roll, roll->data, roll->len, diag);
		err = err ? err
			  : drp_hub_proposal_put(
				    hub->store, m->id, &p, sealed.data, sealed.len, diag);
		err = drp_hub_end(hub->store, err, diag);
	}
	drp_buf_clear(&sealed);
	return err;
}

enum drp_err drp_cosign_propose(struct drp_hub *hub, struct drp_manifest *m,
	const struct drp_roll_entry *roll, struct drp_diag *diag)
{
	uint8_t seed[DRP_VERIFY_SEED_BYTES];
	struct drp_rng rng = drp_system_rng();
	struct drp_buf bytes = {0}, names = {0};
	rng.fill(rng.self, seed, sizeof seed);
	drp_verify_commitment(seed, &m->verify);
	enum drp_err err = drp_manifest_encode(m, &bytes);
	err = err ? err : drp_roll_encode(roll, m->n_schools, &names);
	if (err) {
		err = drp_fail(diag, err, "the manifest of %s cannot be made: %s", m->id,
			drp_err_text(err));
	}
	err = err ? err : store_proposal(hub, m, &bytes, &names, seed, diag);
	drp_wipe(seed, sizeof seed);
	drp_buf_clear(&bytes);
	drp_buf_clear(&names);
	return err;
}

enum drp_err drp_cosign_proposed(struct drp_hub *hub, const char *campaign,
	struct drp_manifest **manifest, struct drp_diag *diag)
{
	struct drp_proposal p;
	struct drp_buf bytes = {0};
	enum drp_err err = drp_hub_proposal_get(hub->store, campaign, &p, diag);
	if (err) {
		return err;
	}
	err = drp_hub_blob_get(hub->store, &p.manifest, &bytes, diag);
	err = err ? err : drp_manifest_decode(bytes.data, bytes.len, manifest, diag);
	drp_buf_clear(&bytes);
	return err ? drp_fail(diag, err == DRP_E_NOTFOUND ? DRP_E_STORE : err,
			     "the proposal of campaign %s cannot be read: %s", campaign,
			     drp_err_text(err))
		   : DRP_OK;
}

/* Nothing of it was used: a later proposal has other unit ids and another seed. */
static void drop_proposal(struct drp_hub *hub, const char *campaign)
{
	char path[DRP_PATH_MAX];
	enum drp_err err = drp_hub_begin(hub->store, NULL);
	if (err == DRP_OK) {
		err = drp_hub_proposal_drop(hub->store, campaign, NULL);
		err = drp_hub_end(hub->store, err, NULL);
	}
	if (err == DRP_OK && drp_hub_key_path(hub, campaign, path, NULL) == DRP_OK &&
		access(path, F_OK) == 0) {
		(void)!drp_secret_key_erase(path, NULL);
	}
}

/* ---- asking ---- */

static enum drp_err put_blob(struct drp_hub *hub, struct drp_peer *peer,
	const struct drp_hash *hash, struct drp_diag *diag)
{
	struct drp_buf bytes = {0};
	enum drp_err err = drp_hub_blob_get(hub->store, hash, &bytes, diag);
	err = err ? err : drp_peer_put(hub, peer, hash, bytes.data, bytes.len, diag);
	drp_buf_clear(&bytes);
	return err;
}

/* Whether a refusal speaks of the manifest, so that asking again is of no use. Others
 * speak of the pairing, a clock or of blobs that have to be put again. */
static int refuses_manifest(enum drp_err err)
{
	return drp_err_is_refusal(err) || err == DRP_E_CONFLICT || err == DRP_E_REVOKED ||
	       err == DRP_E_EXISTS || err == DRP_E_SIGNATURE || err == DRP_E_RANGE ||
	       err == DRP_E_MALFORMED;
}

static enum drp_err ask(struct drp_hub *hub, struct drp_peer *peer, const char *campaign,
	const struct drp_proposal *p, struct drp_reply *reply, struct drp_diag *diag)
{
	struct drp_request request = {.type = DRP_MSG_COSIGN,
		.cosign = {.manifest = p->manifest, .roll = p->roll}};
	struct drp_buf body = {0};
	memcpy(request.cosign.signature, p->signature, sizeof p->signature);
	enum drp_err err =
		drp_verify_seed(hub, campaign, &p->manifest, request.cosign.seed, diag);
	if (err == DRP_OK) {
		err = drp_peer_ask(hub, peer, &request, reply, &body, diag);
		if (reply->err && refuses_manifest(reply->err)) {
			drop_proposal(hub, campaign);
		}
	}
	drp_wipe(&request, sizeof request);
	drp_buf_clear(&body);
	return err;
}

static enum drp_err check_cosignature(struct drp_hub *hub, const struct drp_manifest *m,
	const uint8_t signature[64], struct drp_diag *diag)
{
	struct drp_buf bytes = {0};
	enum drp_err err = drp_hub_blob_get(hub->store, &m->hash, &bytes, diag);
	err = err ? err
		  : drp_verify(
			    &m->notary, MANIFEST_TAG, bytes.data, bytes.len, signature);
	drp_buf_clear(&bytes);
	return err == DRP_E_SIGNATURE
		       ? drp_fail(diag, err, "the notary's signature does not verify")
		       : err;
}

enum drp_err drp_cosign_ask(struct drp_hub *hub, struct drp_peer *peer,
	const char *campaign, uint8_t cosignature[64], struct drp_diag *diag)
{
	struct drp_proposal p;
	struct drp_manifest *m = NULL;
	struct drp_reply *reply = drp_alloc(1, sizeof *reply);
	enum drp_err err = reply ? DRP_OK : DRP_E_NOMEM;
	err = err ? err : drp_hub_proposal_get(hub->store, campaign, &p, diag);
	err = err ? err : drp_cosign_proposed(hub, campaign, &m, diag);
	err = err ? err : put_blob(hub, peer, &m->instrument, diag);
	err = err ? err : put_blob(hub, peer, &p.roll, diag);
	err = err ? err : put_blob(hub, peer, &p.manifest, diag);
	err = err ? err : ask(hub, peer, campaign, &p, reply, diag);
	err = err ? err : check_cosignature(hub, m, reply->cosign.signature, diag);
	if (err == DRP_OK) {
		memcpy(cosignature, reply->cosign.signature, 64);
	}
	drp_manifest_free(m);
	drp_free(reply);
	return err;
}

/* ---- finishing ---- */

/* Nothing is signed in the place of one that was opened or replaced meanwhile. */
static enum drp_err abandon(
	struct drp_hub *hub, const struct drp_manifest *m, struct drp_diag *diag)
{
	static const struct drp_hash none;
	struct drp_campaign_row row;
	if (drp_hash_equal(&m->replaces, &none)) {
		return DRP_OK;
	}
	enum drp_err err =
		drp_hub_campaign_by_manifest(hub->store, &m->replaces, &row, diag);
	err = err ? err : check_replaceable(hub, &row, diag);
	return err ? err
		   : drp_hub_campaign_abandon(
			     hub->store, row.id, drp_hub_now_s(hub), diag);
}

static enum drp_err finish(struct drp_hub *hub, const struct drp_manifest *m,
	const struct drp_instrument *instrument, const struct drp_proposal *p,
	const uint8_t cosignature[64], struct drp_diag *diag)
{
	enum drp_err err = drp_hub_campaign_sign(
		hub->store, m->id, &m->hash, p->signature, drp_hub_now_s(hub), diag);
	err = err ? err : drp_hub_cosignature_put(hub->store, m->id, cosignature, diag);
	err = err ? err : drp_members_keep_roll(hub, m, &p->roll, diag);
	err = err ? err : drp_commitment_make(hub, m, instrument, diag);
	err = err ? err : abandon(hub, m, diag);
	return err ? err : drp_hub_proposal_done(hub->store, m->id, diag);
}

enum drp_err drp_cosign_finish(struct drp_hub *hub, const char *campaign,
	const uint8_t cosignature[64], struct drp_diag *diag)
{
	struct drp_proposal p;
	struct drp_manifest *m = NULL;
	struct drp_instrument *instrument = NULL;
	enum drp_err err = drp_hub_proposal_get(hub->store, campaign, &p, diag);
	err = err ? err : drp_cosign_proposed(hub, campaign, &m, diag);
	err = err ? err : drp_hub_instrument(hub, &m->instrument, &instrument, diag);
	err = err ? err : check_cosignature(hub, m, cosignature, diag);
	err = err ? err : drp_hub_begin(hub->store, diag);
	if (err == DRP_OK) {
		err = finish(hub, m, instrument, &p, cosignature, diag);
		err = drp_hub_end(hub->store, err, diag);
	}
	drp_instrument_free(instrument);
	drp_manifest_free(m);
	return err;
}
