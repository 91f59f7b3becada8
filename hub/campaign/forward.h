/* SPDX-License-Identifier: Apache-2.0
 *
 * What a hub brings to its notary between a report's arrival and the close: every stored
 * report once, to be verified by both (VERIFY), and every withdrawal (DROP). A batch is
 * read, verified over several ways to the notary at once, and its outcomes are stored in
 * one transaction: the output share takes the place of the report, or the reason does
 * when the proof does not hold. A report that fails never holds up another, a notary that
 * is away holds up all of them and loses none.
 * Threads: a forwarding belongs to one; it starts and joins threads of its own.
 */
#ifndef DRP_HUB_FORWARD_H
#define DRP_HUB_FORWARD_H

#include "hub/campaign/tasks.h"
#include "hub/peer/peer.h"

#define DRP_FORWARD_WAYS  16  /* links at once, at most */
#define DRP_FORWARD_BATCH 128 /* reports in one transaction of the hub */

struct drp_forwarding; /* opaque: a campaign's tasks and keys */

/* drp_forwarding_new borrows the hub until free; loads the keys of an open or closed
 * campaign of the sealed track. */
enum drp_err drp_forwarding_new(struct drp_hub *hub, const struct drp_campaign_row *row,
	struct drp_forwarding **forwarding, struct drp_diag *diag) DRP_MUST_CHECK;
void drp_forwarding_free(struct drp_forwarding *forwarding);
const struct drp_tasks *drp_forwarding_tasks(const struct drp_forwarding *forwarding);

/* drp_forward_some brings up to max withdrawals and then up to max reports to the notary,
 * over n_peers ways at once (1: on the calling thread). *done counts what was settled,
 * also when it fails halfway: DRP_E_NET and the like, or the notary's refusal of more
 * than one report. DRP_OK with *done 0: nothing is left, or nothing of it can be settled
 * (drp_forward_left). */
enum drp_err drp_forward_some(struct drp_forwarding *forwarding,
	struct drp_peer *const peer[], size_t n_peers, size_t max, size_t *done,
	struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_forward_left counts the reports and withdrawals that are still to be brought. */
enum drp_err drp_forward_left(struct drp_hub *hub, const char *campaign, size_t *left,
	struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_forward_all goes on until nothing is left; DRP_E_PEER when something cannot be
 * settled. */
enum drp_err drp_forward_all(struct drp_forwarding *forwarding,
	struct drp_peer *const peer[], size_t n_peers,
	struct drp_diag *diag) DRP_MUST_CHECK;

#endif
