/* SPDX-License-Identifier: Apache-2.0
 *
 * The life of a campaign at the hub: draft, signed (open), closed (an edition exists),
 * frozen (contributions erased). Each step is one transaction; a step that was cut
 * short can be run again. The draft is a YAML file; deploy/README.md describes it.
 */
#ifndef DRP_HUB_CAMPAIGN_H
#define DRP_HUB_CAMPAIGN_H

#include "hub/home/hub.h"
#include "hub/peer/peer.h"
#include "proto/model/edition.h"

#include <stdio.h>

/* drp_campaign_new reads the file and its instrument, keeps both, and appends to report
 * the expected standard error per group and family, before anybody signs. */
enum drp_err drp_campaign_new(struct drp_hub *hub, const char *path,
	char id[DRP_NAME_MAX], struct drp_buf *report,
	struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_campaign_sign draws the units' random ids, computes the plan, charges the hub's
 * ledger and signs the manifest. DRP_E_BUDGET, DRP_E_TOO_FEW_SCHOOLS. */
enum drp_err drp_campaign_sign(struct drp_hub *hub, const char *id,
	struct drp_buf *report, struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_campaign_sign_by: the same with a given way to the notary, for a sealed campaign.
 * That one is signed by both: a run that was cut short anywhere, or did not reach the
 * notary, is taken up by signing again. */
enum drp_err drp_campaign_sign_by(struct drp_hub *hub, struct drp_peer *peer,
	const char *id, struct drp_buf *report, struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_campaign_close fixes the working set, runs the gates, opens once and stores
 * edition 1; on the sealed track together with the notary (closing.h). Closing again is
 * DRP_OK and changes nothing. */
enum drp_err drp_campaign_close(
	struct drp_hub *hub, const char *id, struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_campaign_freeze erases contributions, noise and the campaign's storage key; of a
 * sealed campaign first at the notary. An open campaign is frozen only when its deadline
 * is over and nothing of it may be opened (DRP_E_STATE); a sealed one is closed before. A
 * notary freezes by hand what is closed or whose deadline is over. */
enum drp_err drp_campaign_freeze(
	struct drp_hub *hub, const char *id, struct drp_diag *diag) DRP_MUST_CHECK;
/* drp_campaign_erase is what freezing does to this side, in the caller's transaction; the
 * log is truncated after that (drp_hub_checkpoint). */
enum drp_err drp_campaign_erase(struct drp_hub *hub, const char *id, int64_t now_s,
	struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_campaign_edition loads an edition (0: the newest): a new object. */
enum drp_err drp_campaign_edition(struct drp_hub *hub, const char *id, uint32_t number,
	struct drp_edition **edition, struct drp_diag *diag) DRP_MUST_CHECK;

#endif
