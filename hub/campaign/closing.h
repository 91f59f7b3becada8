/* SPDX-License-Identifier: Apache-2.0
 *
 * How a hub closes and freezes a campaign of the sealed track, together with its notary.
 * Every step is stored before the next one uses it, so that a close that was cut short
 * anywhere is run again and goes on where it was: nothing is summed, shown or opened a
 * second time with another outcome.
 *
 *   reports and withdrawals that are left go to the notary     forward.h
 *   the campaign is closed: nothing more is accepted
 *   what is left goes to the notary; then the list is fixed    CLOSE, GET
 *   both lists -> who came -> gates -> shares of N             NUMBERS
 *   N -> gates -> values, release by release                   OPEN
 *   edition 1
 *
 * Until the campaign is closed a refusal changes nothing and more reports may come; after
 * its deadline it is closed even though nothing of it may be opened.
 * Threads: one at a time. Claim: PRIVACY.md "Once".
 */
#ifndef DRP_HUB_CLOSING_H
#define DRP_HUB_CLOSING_H

#include "hub/peer/peer.h"

/* drp_closing_run: DRP_OK when edition 1 is stored, also if it was already. DRP_E_NET or
 * DRP_E_TIMEOUT when the notary cannot be asked, DRP_E_TOO_FEW_SCHOOLS when nothing may
 * be opened. */
enum drp_err drp_closing_run(struct drp_hub *hub, const char *campaign,
	struct drp_peer *peer, struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_closing_freeze has the notary erase its side; the hub's own is the caller's to
 * erase after it. DRP_E_STATE before there is an edition, unless there can be none: that
 * is found out by going through the steps of the close before any value. */
enum drp_err drp_closing_freeze(struct drp_hub *hub, const char *campaign,
	struct drp_peer *peer, struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_closing_reach asks the notary something that changes nothing: DRP_OK when it
 * answers. */
enum drp_err drp_closing_reach(struct drp_hub *hub, const struct drp_hash *manifest,
	struct drp_peer *peer, struct drp_diag *diag) DRP_MUST_CHECK;

#endif
