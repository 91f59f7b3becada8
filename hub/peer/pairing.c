/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/peer/pairing.h"

#include "hub/store/store_sealed.h"

#include <stdio.h>
#include <string.h>

enum drp_err drp_pairing_card(
	struct drp_hub *hub, struct drp_card *card, struct drp_diag *diag)
{
	const struct drp_hub_settings *s = &hub->settings;
	const char *url = NULL;
	enum drp_err err = drp_hub_public_url(s, &url, diag);
	memset(card, 0, sizeof *card);
	if (err == DRP_OK) {
		snprintf(card->role, sizeof card->role, "%s", s->role);
		snprintf(card->name, sizeof card->name, "%s", s->name);
		snprintf(card->url, sizeof card->url, "%s", url);
		drp_keys_public(hub->keys, &card->key, card->box);
	}
	return err;
}

static enum drp_err check_role(
	const struct drp_hub *hub, const struct drp_card *card, struct drp_diag *diag)
{
	return strcmp(card->role, hub->settings.role) == 0
		       ? drp_fail(diag, DRP_E_STATE,
				 "the card is of a %s, and this is a %s too; a hub is "
				 "paired with a notary, run by another organisation",
				 card->role, card->role)
		       : DRP_OK;
}

enum drp_err drp_pairing_accept(struct drp_hub *hub, const char *text,
	struct drp_card *card, struct drp_diag *diag)
{
	struct drp_key own;
	uint8_t box[DRP_BOX_KEY_BYTES];
	enum drp_err err = drp_card_read(text, card, diag);
	err = err ? err : check_role(hub, card, diag);
	if (err) {
		return err;
	}
	drp_keys_public(hub->keys, &own, box);
	if (memcmp(&own, &card->key, sizeof own) == 0 ||
		memcmp(box, card->box, sizeof box) == 0) {
		return drp_fail(diag, DRP_E_STATE,
			"the card has this program's own keys; a notary that shares "
			"them could read everything alone");
	}
	err = drp_hub_begin(hub->store, diag);
	if (err == DRP_OK) {
		err = drp_hub_peer_put(hub->store, card, drp_hub_now_s(hub), diag);
		err = drp_hub_end(hub->store, err, diag);
	}
	return err;
}
