/* SPDX-License-Identifier: Apache-2.0
 *
 * The notary's service: what it answers to the hubs that it is paired with, and to nobody
 * else. GET, PUT and COSIGN are decided here, the rest in notary_reports.h. As the hub's
 * service (service.h): open on any thread, commit on one, many answers in one transaction
 * and no reply before its commit. Wire: PROTOCOL.md "The notary's decisions".
 */
#ifndef DRP_HUB_NOTARY_H
#define DRP_HUB_NOTARY_H

#include "hub/home/hub.h"
#include "proto/runtime/service.h"
#include "proto/session/messages.h"

struct drp_notary; /* opaque */

/* drp_notary_new borrows the directory, a notary's, until free. */
enum drp_err drp_notary_new(
	struct drp_hub *hub, struct drp_notary **notary) DRP_MUST_CHECK;
void drp_notary_free(struct drp_notary *notary);

/* drp_notary_hooks: what drp_server_run takes. */
struct drp_service drp_notary_hooks(struct drp_notary *notary);

/* drp_notary_cosign answers a COSIGN inside a transaction: everything is checked before
 * anything is written, so that a refusal leaves no trace. A manifest that was signed
 * before gets the signature that it got then, and nothing is charged or drawn again.
 * DRP_E_NOTFOUND: a blob has to be put first. DRP_E_SIGNATURE, DRP_E_CONFLICT,
 * DRP_E_POLICY, DRP_E_BUDGET, DRP_E_TOO_FEW_SCHOOLS, DRP_E_REVOKED: the manifest is
 * refused, and diag says why. */
enum drp_err drp_notary_cosign(struct drp_hub *hub, const struct drp_key *sender,
	const struct drp_request *request, uint8_t signature[64],
	struct drp_diag *diag) DRP_MUST_CHECK;

#endif
