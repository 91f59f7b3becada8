/* SPDX-License-Identifier: Apache-2.0
 *
 * How an exchange lives, and why shutting down has an order.
 *
 *	RECEIVING --request--> WORKING --answer--> RECEIVING
 *	    |
 *	    | (stopping)
 *	    v
 *	  PARKED
 *
 * An answer is sent and the next receive started in one go; the send ends by itself,
 * inside NNG, and is waited for before the same context sends again.
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

#include <drempel/limits.h>

#include <nng/nng.h>
#include <nng/protocol/reqrep0/rep.h>
#include <uv.h>

enum state { PARKED, RECEIVING, WORKING };

struct slot {
	struct drp_exchange exchange; /* first: a slot is found by its exchange */
	struct drp_rep *rep;
	nng_ctx ctx;
	nng_aio *receiving, *sending;
	nng_msg *message; /* while WORKING: the request, then the answer */
	enum state state; /* under lock */
};

struct drp_rep {
	nng_socket socket;
	void (*arrived)(void *self, struct drp_exchange *exchange);
	void *self;
	struct slot *slots;
	unsigned n_slots; /* with a context and aios */
	uv_mutex_t lock;
	uv_cond_t changed;
	unsigned parked, pipes; /* under lock */
	int stopping;		/* under lock */
};

static void receive_locked(struct slot *slot)
{
	if (slot->rep->stopping) {
		slot->state = PARKED;
		slot->rep->parked++;
		uv_cond_broadcast(&slot->rep->changed);
		return;
	}
	slot->state = RECEIVING;
	nng_ctx_recv(slot->ctx, slot->receiving);
}

static void receive(struct slot *slot)
{
	uv_mutex_lock(&slot->rep->lock);
	receive_locked(slot);
	uv_mutex_unlock(&slot->rep->lock);
}

static nng_msg *take_message(nng_aio *aio)
{
	nng_msg *message = nng_aio_get_msg(aio);
	nng_aio_set_msg(aio, NULL);
	return message;
}

/* On one of NNG's threads. */
static void receive_ended(void *arg)
{
	struct slot *slot = arg;
	struct drp_rep *rep = slot->rep;
	if (nng_aio_result(slot->receiving) != 0) {
		receive(slot);
		return;
	}
	uv_mutex_lock(&rep->lock);
	slot->state = WORKING;
	uv_mutex_unlock(&rep->lock);
	slot->message = take_message(slot->receiving);
	slot->exchange.request = nng_msg_body(slot->message);
	slot->exchange.request_n = nng_msg_len(slot->message);
	rep->arrived(rep->self, &slot->exchange);
}

/* The request's own message carries the answer: to say nothing takes no memory. */
void drp_exchange_answer(struct drp_exchange *exchange, const void *bytes, size_t n)
{
	struct slot *slot = (struct slot *)exchange;
	nng_msg_clear(slot->message);
	if (n > 0 && nng_msg_append(slot->message, bytes, n) != 0) {
		nng_msg_clear(slot->message);
	}
	nng_aio_wait(slot->sending); /* the answer before */
	nng_msg_free(take_message(slot->sending));
	nng_aio_set_msg(slot->sending, slot->message);
	slot->message = NULL;
	nng_ctx_send(slot->ctx, slot->sending);
	receive(slot);
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
	int rv = nng_socket_set_size(
		rep->socket, NNG_OPT_RECVMAXSZ, DRP_MESSAGE_MAX_BYTES);
	if (!rv) {
		rv = nng_pipe_notify(rep->socket, NNG_PIPE_EV_ADD_PRE, pipe_event, rep);
	}
	if (!rv) {
		rv = nng_pipe_notify(rep->socket, NNG_PIPE_EV_REM_POST, pipe_event, rep);
	}
	return rv;
}

static int open_slot(struct drp_rep *rep, struct slot *slot)
{
	slot->rep = rep;
	int rv = nng_ctx_open(&slot->ctx, rep->socket);
	if (rv) {
		return rv;
	}
	rv = nng_aio_alloc(&slot->sending, NULL, NULL);
	if (!rv) {
		rv = nng_aio_alloc(&slot->receiving, receive_ended, slot);
	}
	if (rv) {
		nng_aio_free(slot->sending);
		nng_ctx_close(slot->ctx);
	}
	return rv;
}

static int open_slots(struct drp_rep *rep, unsigned contexts)
{
	int rv = 0;
	rep->slots = drp_alloc(contexts, sizeof *rep->slots);
	if (!rep->slots) {
		return NNG_ENOMEM;
	}
	while (!rv && rep->n_slots < contexts) {
		rv = open_slot(rep, &rep->slots[rep->n_slots]);
		rep->n_slots += rv == 0;
	}
	return rv;
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
		rv = open_slots(rep, contexts);
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
			nng_aio_cancel(rep->slots[i].receiving);
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
		struct slot *slot = &rep->slots[i];
		nng_aio_stop(slot->sending);
		nng_aio_stop(slot->receiving);
		nng_ctx_close(slot->ctx);
		nng_msg_free(take_message(slot->sending));
		nng_aio_free(slot->sending);
		nng_aio_free(slot->receiving);
	}
	drp_free(rep->slots);
	nng_close(rep->socket);
	uv_cond_destroy(&rep->changed);
	uv_mutex_destroy(&rep->lock);
	drp_free(rep);
}
