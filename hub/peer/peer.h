/* SPDX-License-Identifier: Apache-2.0
 *
 * The hub's way to its notary: one request, one reply, in the envelopes that schools use
 * (envelope.h). The transport is a function, so that a test puts both into one process.
 * Threads: one at a time.
 */
#ifndef DRP_HUB_PEER_H
#define DRP_HUB_PEER_H

#include "hub/home/hub.h"
#include "proto/session/card.h"

struct drp_peer {
	void *self;
	enum drp_err (*exchange)(void *self, const void *request, size_t n,
		struct drp_buf *reply, struct drp_diag *diag);
	struct drp_card card; /* whom to expect */
};

/* drp_peer_dial_to fills a peer that opens an NNG link to the notary of a campaign, which
 * need not be the one that is paired now, when it is first asked, and again after a
 * failure. DRP_E_STATE when its key was never paired here. Close it. */
enum drp_err drp_peer_dial_to(struct drp_hub *hub, const struct drp_key *notary,
	struct drp_peer *peer, struct drp_diag *diag) DRP_MUST_CHECK;
void drp_peer_close(struct drp_peer *peer);

/* drp_peer_ask signs, seals, exchanges and opens; fills request->at. The decoded reply
 * borrows from body, which is emptied first. A refusal of the notary comes back as its
 * own error, with its text in diag; then, and only then, reply->err is not DRP_OK. After
 * any other error nothing is known (DRP_E_PEER: something could not read the request,
 * which proves nothing), and the same request can be made again. */
enum drp_err drp_peer_ask(struct drp_hub *hub, struct drp_peer *peer,
	struct drp_request *request, struct drp_reply *reply, struct drp_buf *body,
	struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_peer_put brings a blob over, piece by piece, from where the notary stands. */
enum drp_err drp_peer_put(struct drp_hub *hub, struct drp_peer *peer,
	const struct drp_hash *hash, const void *bytes, size_t n,
	struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_peer_get fetches a blob and checks its hash. */
enum drp_err drp_peer_get(struct drp_hub *hub, struct drp_peer *peer,
	const struct drp_hash *hash, struct drp_buf *out,
	struct drp_diag *diag) DRP_MUST_CHECK;

#endif
