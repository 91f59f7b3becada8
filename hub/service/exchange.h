/* SPDX-License-Identifier: Apache-2.0
 *
 * One request and its one reply, in either role: open (any thread) proves who speaks and
 * reads what is said; commit (one thread) has the role answer many requests in one
 * transaction, before any reply exists. What is asked and what is decided is the role's
 * own: service.h for a hub, notary.h for a notary. Wire: PROTOCOL.md "Envelope".
 */
#ifndef DRP_HUB_EXCHANGE_H
#define DRP_HUB_EXCHANGE_H

#include "hub/home/hub.h"
#include "proto/runtime/service.h"
#include "proto/session/envelope.h"
#include "proto/session/messages.h"

/* A request on its way from open to commit: the first member of the role's own work. */
struct drp_exchange {
	struct drp_key sender;
	struct drp_id id;
	uint8_t message_key[DRP_MESSAGE_KEY_BYTES];
	struct drp_buf body; /* what request borrows from */
	struct drp_request request;
};

/* What a role needs to answer one request inside the transaction. */
struct drp_exchange_turn {
	struct drp_hub *hub;
	struct drp_exchange *asked;
	struct drp_reply *reply; /* zeroed but for its type and time */
	struct drp_buf *room;	 /* what the reply may borrow from */
	struct drp_diag *diag;
	int64_t now_s;
};

struct drp_exchange_role {
	const char *name;  /* in the log */
	size_t work_bytes; /* of the work that begins with a drp_exchange; zeroed */
	int logs_reasons;  /* the log has a refusal's text too */
	/* takes tells whether a type is answered at all; NULL: answer says so, sealed. */
	int (*takes)(uint8_t type);
	/* prepare, any thread, without the store: reads on in what was decoded. An error
	 * is told in the open. */
	enum drp_err (*prepare)(void *self, struct drp_exchange *asked);
	/* answer, store thread: the error goes into the reply, but a fault of our own
	 * (drp_exchange_is_fault) undoes the whole transaction. */
	enum drp_err (*answer)(void *self, const struct drp_exchange_turn *turn);
	void (*idle)(void *self);
	void (*clear)(struct drp_exchange *asked); /* the role's part; NULL: nothing */
};

/* A role at work: embedded in the role's own object, which is self. */
struct drp_exchange_side {
	const struct drp_exchange_role *role;
	void *self;
	struct drp_hub *hub; /* borrowed */
};

/* drp_exchange_hooks: what drp_server_run takes; borrows the side. */
struct drp_service drp_exchange_hooks(struct drp_exchange_side *side);

/* drp_exchange_is_fault: faults of our own (disk, memory) must not look like answers.
 * There is no reply then, and the whole transaction goes back. */
int drp_exchange_is_fault(enum drp_err err);

/* drp_exchange_get answers a GET from the stored blobs; missing says in the role's words
 * that there is none. DRP_E_NOTFOUND, DRP_E_RANGE. */
enum drp_err drp_exchange_get(
	const struct drp_exchange_turn *turn, const char *missing) DRP_MUST_CHECK;

#endif
