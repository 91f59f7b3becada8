/* SPDX-License-Identifier: Apache-2.0
 *
 * How an exchange lives, and why shutting down has an order.
 *
 *	RECEIVING --request--> WORKING --answer--> SENDING --sent--> RECEIVING
 *	    |                     |                                     ^
 *	    | (stopping)          +------------- drop ------------------+
 *	    v
 *	  PARKED
 *
 * libnng 1.5.2 may lose an operation for ever when a pipe is closed on this side while
 * bytes arrive (nng #1636): the thread that frees pipes then hangs, and closing the
 * socket with it. So no pipe is ever closed here: the relay closes the only one, when
 * nothing is under way, and only when it has gone the receives are cancelled, the
 * contexts parked and the socket closed.
 *
 * A parked exchange may still have its last nng_ctx_send on some thread's stack, on the
 * way out; closing the context under it is a use after free inside NNG. So there is a
 * drp_rep_stop, then those threads end, then a drp_rep_free.
 *
 * `stopping` and the start of a receive are under one lock: either the receive sees
 * the flag and parks, or the canceller sees the receive. NNG runs no callback inside
 * the calls made under the lock; it hands them to its own threads.
 */
#include "proto/runtime/rep.h"

#include "proto/base/alloc.h"
#include "proto/runtime/frame.h"
#include "proto/runtime/relay.h"

#include <drempel/limits.h>

#include <nng/nng.h>
#include <nng/protocol/reqrep0/rep.h>
#include <uv.h>

enum state { PARKED, RECEIVING, WORKING, SENDING };

struct slot {
	struct drp_exchange exchange; /* first: a slot is found by its exchange */
	struct drp_rep *rep;
	nng_ctx ctx;
	nng_aio *aio;
	nng_msg *message; /* the request while WORKING */
	enum state state; /* under lock */
};

struct drp_rep {
	nng_socket socket;
	void (*arrived)(void *self, struct drp_exchange *exchange);
	void *self;
	struct slot *slots;
	unsigned n_slots; /* with a context and an aio */
	uv_mutex_t lock;
	uv_cond_t changed;
	unsigned parked, pipes; /* under lock */
	int stopping;		/* under lock */
};

static struct slot *slot_of(struct drp_exchange *exchange)
{
	return (struct slot *)exchange;
}

static void receive_locked(struct slot *slot)
{
	if (slot->rep->stopping) {
		slot->state = PARKED;
		slot->rep->parked++;
		uv_cond_broadcast(&slot->rep->changed);
		return;
	}
	slot->state = RECEIVING;
	nng_ctx_recv(slot->ctx, slot->aio);
}

static void receive(struct slot *slot)
{
	uv_mutex_lock(&slot->rep->lock);
	receive_locked(slot);
	uv_mutex_unlock(&slot->rep->lock);
}

static enum state set_working(struct slot *slot)
{
	uv_mutex_lock(&slot->rep->lock);
	enum state before = slot->state;
	slot->state = WORKING;
	uv_mutex_unlock(&slot->rep->lock);
	return before;
}

static void take_request(struct slot *slot)
{
	struct drp_exchange *exchange = &slot->exchange;
	slot->message = nng_aio_get_msg(slot->aio);
	nng_aio_set_msg(slot->aio, NULL);
	const uint8_t *body = nng_msg_body(slot->message);
	size_t n = nng_msg_len(slot->message);
	if (n <= DRP_CONNECTION_BYTES) {
		drp_exchange_drop(exchange);
		return;
	}
	exchange->connection = drp_connection_read(body);
	exchange->request = body + DRP_CONNECTION_BYTES;
	exchange->request_n = n - DRP_CONNECTION_BYTES;
	slot->rep->arrived(slot->rep->self, exchange);
}

/* A receive or a send has ended, on one of NNG's threads. */
static void ended(void *arg)
{
	struct slot *slot = arg;
	int rv = nng_aio_result(slot->aio);
	enum state was = set_working(slot);
	if (was == SENDING && rv) {
		nng_msg_free(nng_aio_get_msg(slot->aio));
		nng_aio_set_msg(slot->aio, NULL);
	}
	if (was == RECEIVING && !rv) {
		take_request(slot);
	} else {
		receive(slot);
	}
}

void drp_exchange_release(struct drp_exchange *exchange)
{
	struct slot *slot = slot_of(exchange);
	nng_msg_free(slot->message);
	slot->message = NULL;
	exchange->request = NULL;
	exchange->request_n = 0;
}

void drp_exchange_drop(struct drp_exchange *exchange)
{
	drp_exchange_release(exchange);
	receive(slot_of(exchange));
}

enum drp_err drp_exchange_answer(
	struct drp_exchange *exchange, const struct drp_buf *reply)
{
	struct slot *slot = slot_of(exchange);
	uint8_t number[DRP_CONNECTION_BYTES];
	nng_msg *message;
	if (nng_msg_alloc(&message, 0)) {
		return DRP_E_NOMEM;
	}
	drp_connection_write(number, exchange->connection);
	if (nng_msg_append(message, number, sizeof number) ||
		nng_msg_append(message, reply->data, reply->len)) {
		nng_msg_free(message);
		return DRP_E_NOMEM;
	}
	drp_exchange_release(exchange);
	nng_aio_set_msg(slot->aio, message);
	uv_mutex_lock(&slot->rep->lock);
	slot->state = SENDING;
	uv_mutex_unlock(&slot->rep->lock);
	nng_ctx_send(slot->ctx, slot->aio);
	return DRP_OK;
}

/* REM_POST comes for every pipe that saw ADD_PRE, whether it was let in or not. */
static void pipe_event(nng_pipe pipe, nng_pipe_ev event, void *arg)
{
	(void)pipe;
	struct drp_rep *rep = arg;
	uv_mutex_lock(&rep->lock);
	rep->pipes += event == NNG_PIPE_EV_ADD_PRE ? 1u : -1u;
	uv_cond_broadcast(&rep->changed);
	uv_mutex_unlock(&rep->lock);
}

static int set_options(struct drp_rep *rep)
{
	int rv = nng_socket_set_size(rep->socket, NNG_OPT_RECVMAXSZ,
		DRP_MESSAGE_MAX_BYTES + DRP_REQUEST_ID_BYTES + DRP_CONNECTION_BYTES);
	if (!rv) {
		rv = nng_pipe_notify(rep->socket, NNG_PIPE_EV_ADD_PRE, pipe_event, rep);
	}
	if (!rv) {
		rv = nng_pipe_notify(rep->socket, NNG_PIPE_EV_REM_POST, pipe_event, rep);
	}
	return rv;
}

static int open_contexts(struct drp_rep *rep, unsigned contexts)
{
	rep->slots = drp_alloc(contexts, sizeof *rep->slots);
	if (!rep->slots) {
		return NNG_ENOMEM;
	}
	while (rep->n_slots < contexts) {
		struct slot *slot = &rep->slots[rep->n_slots];
		slot->rep = rep;
		int rv = nng_ctx_open(&slot->ctx, rep->socket);
		if (rv) {
			return rv;
		}
		rv = nng_aio_alloc(&slot->aio, ended, slot);
		if (rv) {
			nng_ctx_close(slot->ctx);
			return rv;
		}
		rep->n_slots++;
	}
	return 0;
}

static void start_receiving(struct drp_rep *rep)
{
	uv_mutex_lock(&rep->lock);
	for (unsigned i = 0; i < rep->n_slots; i++) {
		receive_locked(&rep->slots[i]);
	}
	uv_mutex_unlock(&rep->lock);
}

static struct drp_rep *rep_new(void)
{
	struct drp_rep *rep = drp_alloc(1, sizeof *rep);
	if (!rep || uv_mutex_init(&rep->lock) != 0) {
		drp_free(rep);
		return NULL;
	}
	if (uv_cond_init(&rep->changed) != 0) {
		uv_mutex_destroy(&rep->lock);
		drp_free(rep);
		return NULL;
	}
	return rep;
}

enum drp_err drp_rep_open(const char *url, unsigned contexts,
	void (*arrived)(void *self, struct drp_exchange *exchange), void *self,
	struct drp_rep **out, struct drp_diag *diag)
{
	struct drp_rep *rep = rep_new();
	if (!rep) {
		return drp_fail(diag, DRP_E_NOMEM, "%s: out of memory", url);
	}
	rep->arrived = arrived;
	rep->self = self;
	int rv = nng_rep0_open(&rep->socket);
	if (!rv) {
		rv = set_options(rep);
	}
	if (!rv) {
		rv = open_contexts(rep, contexts);
	}
	if (!rv) {
		rv = nng_listen(rep->socket, url, NULL, 0);
	}
	if (rv) {
		drp_rep_free(rep);
		return drp_fail(diag, DRP_E_IO, "%s: NNG cannot listen: %s", url,
			nng_strerror(rv));
	}
	start_receiving(rep);
	*out = rep;
	return DRP_OK;
}

void drp_rep_stop(struct drp_rep *rep)
{
	uv_mutex_lock(&rep->lock);
	while (rep->pipes > 0) {
		uv_cond_wait(&rep->changed, &rep->lock);
	}
	rep->stopping = 1;
	for (unsigned i = 0; i < rep->n_slots; i++) {
		if (rep->slots[i].state == RECEIVING) {
			nng_aio_cancel(rep->slots[i].aio);
		}
	}
	while (rep->parked < rep->n_slots) {
		uv_cond_wait(&rep->changed, &rep->lock);
	}
	uv_mutex_unlock(&rep->lock);
}

void drp_rep_free(struct drp_rep *rep)
{
	for (unsigned i = 0; i < rep->n_slots; i++) {
		nng_ctx_close(rep->slots[i].ctx);
		nng_aio_free(rep->slots[i].aio);
	}
	drp_free(rep->slots);
	nng_close(rep->socket);
	uv_cond_destroy(&rep->changed);
	uv_mutex_destroy(&rep->lock);
	drp_free(rep);
}
