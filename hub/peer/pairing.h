/* SPDX-License-Identifier: Apache-2.0
 *
 * How a hub and a notary come to know each other: each side's operator prints a card and
 * the other side's pins it (card.h). Nothing is asked over the network, so nobody can
 * enter by being the first to speak. Threads: one at a time.
 */
#ifndef DRP_HUB_PAIRING_H
#define DRP_HUB_PAIRING_H

#include "hub/home/hub.h"
#include "proto/session/card.h"

/* drp_pairing_card fills this program's own card: DRP_E_CONFIG when nobody could connect
 * to the address it would name. */
enum drp_err drp_pairing_card(
	struct drp_hub *hub, struct drp_card *card, struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_pairing_accept pins the card in the text. DRP_E_INPUT for what is no card;
 * DRP_E_STATE for a card of the same role, since a hub is paired with a notary and with
 * nothing else. A hub has one notary: another takes its place for campaigns signed later.
 */
enum drp_err drp_pairing_accept(struct drp_hub *hub, const char *text,
	struct drp_card *card, struct drp_diag *diag) DRP_MUST_CHECK;

#endif
