/* SPDX-License-Identifier: Apache-2.0
 *
 * NNG's REP socket with many contexts, as the hub's request path needs it. An exchange
 * is one context: it is NNG's until `arrived` and the hub's from there to its
 * drp_exchange_answer, and nobody else's, ever. The number of contexts bounds the
 * requests inside; the doorman keeps the others back.
 * The socket's only peer is the doorman's relay, in this process (see relay.h).
 * Threads: `arrived` comes on NNG's threads and must neither block nor answer; answer on
 * any thread; open, stop and free on one.
 */
#ifndef DRP_RUNTIME_REP_H
#define DRP_RUNTIME_REP_H

#include "proto/runtime/service.h"

struct drp_rep;

struct drp_exchange {
	struct drp_service_job job; /* the hub's, until the answer */
	const uint8_t *request;	    /* until the answer */
	size_t request_n;
};

/* drp_rep_open listens on url. */
enum drp_err drp_rep_open(const char *url, unsigned contexts,
	void (*arrived)(void *self, struct drp_exchange *exchange), void *self,
	struct drp_rep **rep, struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_exchange_answer sends a copy of the bytes and receives the next request. No bytes
 * (and, when memory is out, any bytes) mean that there is no answer: the doorman closes
 * the connection. */
void drp_exchange_answer(struct drp_exchange *exchange, const void *bytes, size_t n);

/* drp_rep_stop waits until the relay has closed and no exchange is left: the threads
 * that answer must still run. */
void drp_rep_stop(struct drp_rep *rep);

/* drp_rep_free after drp_rep_stop and after the end of the threads that answer. */
void drp_rep_free(struct drp_rep *rep);

#endif
