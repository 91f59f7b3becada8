/* SPDX-License-Identifier: Apache-2.0
 *
 * NNG's REP socket with many contexts, as the hub's request path needs it. An exchange
 * is one context: it belongs to NNG while it receives or sends, and to the hub between
 * `arrived` and drp_exchange_answer or drp_exchange_drop; to nobody else, ever. The
 * number of contexts bounds the requests inside; the doorman keeps the others back.
 * The socket's only peer is the doorman's relay, in this process (see relay.h).
 * Threads: `arrived` comes on NNG's threads and must neither block nor call back;
 * answer and drop on any thread; open, stop and free on one.
 */
#ifndef DRP_RUNTIME_REP_H
#define DRP_RUNTIME_REP_H

#include "proto/runtime/service.h"

struct drp_rep;

struct drp_exchange {
	struct drp_service_job job; /* the hub's, between arrival and answer */
	uint64_t connection;	    /* as the doorman numbered it */
	const uint8_t *request;	    /* until drp_exchange_release */
	size_t request_n;
};

/* drp_rep_open listens on url. */
enum drp_err drp_rep_open(const char *url, unsigned contexts,
	void (*arrived)(void *self, struct drp_exchange *exchange), void *self,
	struct drp_rep **rep, struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_exchange_release frees the request early; answer and drop do it too. */
void drp_exchange_release(struct drp_exchange *exchange);

/* drp_exchange_answer sends a copy of the reply, then receives again. On an error the
 * exchange is still the caller's. */
enum drp_err drp_exchange_answer(
	struct drp_exchange *exchange, const struct drp_buf *reply) DRP_MUST_CHECK;

/* drp_exchange_drop receives again without an answer. */
void drp_exchange_drop(struct drp_exchange *exchange);

/* drp_rep_stop waits until no connection and no exchange is left: the doorman must have
 * closed before, and the threads that answer must still run. */
void drp_rep_stop(struct drp_rep *rep);

/* drp_rep_free after drp_rep_stop and after the end of the threads that answer. */
void drp_rep_free(struct drp_rep *rep);

#endif
