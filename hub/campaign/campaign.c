/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/campaign/campaign.h"

#include "hub/campaign/closing.h"
#include "hub/campaign/gather.h"
#include "hub/store/store_sealed.h"
#include "proto/session/edition_build.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* ---- close ---- */

static enum drp_err store_edition(struct drp_hub *hub, const char *id,
	struct drp_edition *edition, struct drp_diag *diag)
{
	struct drp_buf bytes = {0};
	enum drp_err err = drp_edition_encode(edition, &bytes);
	err = err ? err
		  : drp_hub_edition_put(hub->store, id, edition->number, &edition->hash,
			    bytes.data, bytes.len, edition->created_s, diag);
	drp_buf_clear(&bytes);
	return err;
}

static enum drp_err open_once(struct drp_hub *hub, const char *id,
	const struct drp_manifest *m, const struct drp_instrument *instrument,
	struct drp_edition **edition, struct drp_diag *diag)
{
	struct drp_gathering gathering;
	enum drp_err err = drp_gather(hub, id, m, &gathering, diag);
	if (err == DRP_OK) {
		const struct drp_gathered gathered = {m, instrument, gathering.table};
		err = drp_edition_build(&gathered, 1, drp_hub_now_s(hub), edition, diag);
	}
	drp_gathering_clear(&gathering);
	return err;
}

/* One transaction from reading the working set to storing the edition: no contribution
 * can slip in between, and the opening happens exactly once. */
static enum drp_err close_in_transaction(struct drp_hub *hub, const char *id,
	const struct drp_manifest *m, const struct drp_instrument *instrument,
	struct drp_diag *diag)
{
	struct drp_campaign_row row;
	struct drp_edition *edition = NULL;
	enum drp_err err = drp_hub_campaign_get(hub->store, id, &row, diag);
	if (err || row.state != DRP_CAMPAIGN_OPEN) {
		return err; /* another process closed it meanwhile */
	}
	err = open_once(hub, id, m, instrument, &edition, diag);
	err = err ? err : store_edition(hub, id, edition, diag);
	err = err ? err
		  : drp_hub_campaign_state(hub->store, id, DRP_CAMPAIGN_CLOSED,
			    drp_hub_now_s(hub), diag);
	drp_edition_free(edition);
	return err;
}

/* The way to the campaign's own notary, which need not be the one paired now. */
static enum drp_err dial_notary(struct drp_hub *hub, const struct drp_campaign_row *row,
	struct drp_peer *peer, struct drp_diag *diag)
{
	struct drp_manifest *m = NULL;
	memset(peer, 0, sizeof *peer);
	enum drp_err err = drp_hub_manifest(hub, row, &m, diag);
	err = err ? err : drp_peer_dial_to(hub, &m->notary, peer, diag);
	drp_manifest_free(m);
	return err;
}

static enum drp_err close_sealed(
	struct drp_hub *hub, const struct drp_campaign_row *row, struct drp_diag *diag)
{
	struct drp_peer peer;
	enum drp_err err = dial_notary(hub, row, &peer, diag);
	err = err ? err : drp_closing_run(hub, row->id, &peer, diag);
	drp_peer_close(&peer);
	return err;
}

enum drp_err drp_campaign_close(
	struct drp_hub *hub, const char *id, struct drp_diag *diag)
{
	struct drp_campaign_row row;
	struct drp_manifest *m = NULL;
	struct drp_instrument *instrument = NULL;
	enum drp_err err = drp_hub_campaign_get(hub->store, id, &row, diag);
	if (err == DRP_OK && row.state == DRP_CAMPAIGN_DRAFT) {
		err = drp_fail(diag, DRP_E_STATE, "campaign %s is not signed yet", id);
	}
	if (err == DRP_OK && drp_hub_is_notary(hub)) {
		err = drp_fail(diag, DRP_E_STATE,
			"campaign %s is closed by its hub, which asks this notary", id);
	}
	if (err == DRP_OK && row.cosigned) {
		return close_sealed(hub, &row, diag);
	}
	if (err || row.state != DRP_CAMPAIGN_OPEN) {
		return err;
	}
	err = drp_hub_manifest(hub, &row, &m, diag);
	err = err ? err : drp_hub_instrument(hub, &m->instrument, &instrument, diag);
	err = err ? err : drp_hub_begin(hub->store, diag);
	if (err == DRP_OK) {
		err = close_in_transaction(hub, id, m, instrument, diag);
		err = drp_hub_end(hub->store, err, diag);
	}
	drp_instrument_free(instrument);
	drp_manifest_free(m);
	return err;
}

/* ---- freeze ---- */

static enum drp_err erase_rows(
	struct drp_hub *hub, const char *id, int64_t now_s, struct drp_diag *diag)
{
	struct drp_campaign_row row;
	enum drp_err err = drp_hub_campaign_get(hub->store, id, &row, diag);
	err = err ? err : drp_hub_contributions_erase(hub->store, id, diag);
	err = err ? err : drp_hub_sealed_erase(hub->store, id, diag);
	if (err == DRP_OK && row.state != DRP_CAMPAIGN_FROZEN) {
		err = drp_hub_campaign_state(
			hub->store, id, DRP_CAMPAIGN_FROZEN, now_s, diag);
	}
	return err;
}

static enum drp_err erase_key(struct drp_hub *hub, const char *id, struct drp_diag *diag)
{
	char path[DRP_PATH_MAX];
	enum drp_err err = drp_hub_key_path(hub, id, path, diag);
	if (err == DRP_OK && access(path, F_OK) == 0) {
		err = drp_secret_key_erase(path, diag);
	}
	return err;
}

enum drp_err drp_campaign_erase(
	struct drp_hub *hub, const char *id, int64_t now_s, struct drp_diag *diag)
{
	enum drp_err err = erase_rows(hub, id, now_s, diag);
	return err ? err : erase_key(hub, id, diag);
}

/* A notary freezes by itself only what its hub has closed, or should have. */
static enum drp_err notary_may_freeze(
	struct drp_hub *hub, const struct drp_campaign_row *row, struct drp_diag *diag)
{
	struct drp_manifest *m = NULL;
	enum drp_err err = drp_hub_manifest(hub, row, &m, diag);
	if (err == DRP_OK && row->state == DRP_CAMPAIGN_OPEN &&
		drp_hub_now_s(hub) <= m->deadline_s) {
		err = drp_fail(diag, DRP_E_STATE,
			"campaign %s is open; its hub closes it first", row->id);
	}
	drp_manifest_free(m);
	return err;
}

/* An open campaign has something to come, or to open. One whose deadline is over and of
 * which nothing may be opened is frozen as it is: nothing is kept for it. Sealed ones are
 * closed then (closing.h). */
static enum drp_err open_may_freeze(
	struct drp_hub *hub, const struct drp_campaign_row *row, struct drp_diag *diag)
{
	struct drp_manifest *m = NULL;
	struct drp_instrument *instrument = NULL;
	struct drp_edition *edition = NULL;
	struct drp_diag why = {0};
	enum drp_err err = drp_hub_manifest(hub, row, &m, diag);
	int over = err == DRP_OK && !row->cosigned && drp_hub_now_s(hub) > m->deadline_s;
	if (over) {
		err = drp_hub_instrument(hub, &m->instrument, &instrument, diag);
		err = err ? err : open_once(hub, row->id, m, instrument, &edition, &why);
	}
	drp_edition_free(edition);
	drp_instrument_free(instrument);
	drp_manifest_free(m);
	if (err == DRP_E_TOO_FEW_SCHOOLS) {
		return DRP_OK;
	}
	return err ? drp_fail(diag, err, "%s", why.text)
		   : drp_fail(diag, DRP_E_STATE,
			     "campaign %s has no edition yet; run 'campaign close %s' "
			     "first",
			     row->id, row->id);
}

/* A sealed campaign is frozen at its notary first; one that lost its notary is not. */
static enum drp_err may_freeze(
	struct drp_hub *hub, const struct drp_campaign_row *row, struct drp_diag *diag)
{
	struct drp_peer peer;
	if (row->state == DRP_CAMPAIGN_DRAFT) {
		return drp_fail(
			diag, DRP_E_STATE, "campaign %s is not signed yet", row->id);
	}
	if (drp_hub_is_notary(hub)) {
		return notary_may_freeze(hub, row, diag);
	}
	if (row->state == DRP_CAMPAIGN_OPEN) {
		return open_may_freeze(hub, row, diag);
	}
	if (!row->cosigned || row->abandoned_s || row->state == DRP_CAMPAIGN_FROZEN) {
		return DRP_OK;
	}
	enum drp_err err = dial_notary(hub, row, &peer, diag);
	err = err ? err : drp_closing_freeze(hub, row->id, &peer, diag);
	drp_peer_close(&peer);
	return err;
}

/* Rows first, then the key, then the log: whichever step a crash comes after, running
 * freeze again finishes it, and what is left of the rows is unreadable. */
enum drp_err drp_campaign_freeze(
	struct drp_hub *hub, const char *id, struct drp_diag *diag)
{
	struct drp_campaign_row row;
	enum drp_err err = drp_hub_campaign_get(hub->store, id, &row, diag);
	err = err ? err : may_freeze(hub, &row, diag);
	err = err ? err : drp_hub_begin(hub->store, diag);
	if (err) {
		return err;
	}
	err = erase_rows(hub, id, drp_hub_now_s(hub), diag);
	err = drp_hub_end(hub->store, err, diag);
	err = err ? err : erase_key(hub, id, diag);
	return err ? err : drp_hub_checkpoint(hub->store, diag);
}

enum drp_err drp_campaign_edition(struct drp_hub *hub, const char *id, uint32_t number,
	struct drp_edition **edition, struct drp_diag *diag)
{
	struct drp_buf bytes = {0};
	struct drp_hash hash;
	enum drp_err err =
		drp_hub_edition_get(hub->store, id, number, &hash, &bytes, diag);
	if (err == DRP_E_NOTFOUND) {
		drp_fail(diag, err,
			"campaign %s has no edition yet; run 'campaign close %s'", id,
			id);
	}
	err = err ? err : drp_edition_decode(bytes.data, bytes.len, edition);
	drp_buf_clear(&bytes);
	return err ? drp_fail(diag, err, "the edition of %s cannot be read: %s", id,
			     drp_err_text(err))
		   : DRP_OK;
}
