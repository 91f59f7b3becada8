/* SPDX-License-Identifier: Apache-2.0
 *
 * Why not one NNG connection for every client? libnng 1.5.2 loses memory, operations and
 * now and then a whole thread when connections end at the wrong moment (nng #1518,
 * #1636, #1713), and clients decide when theirs end. With a single peer inside the
 * process nothing ends before the shutdown, no other user of the machine can find a
 * socket, and a request costs NNG no system call for its bytes.
 *
 * A slot is busy from drp_relay_send until its answer has been handed over. Its receive
 * is started right after its send. The old rule that a receive must not be cancelled
 * before its send has ended (nng #1702) holds all the same: sends end within NNG, at
 * once, and receives are cancelled only in drp_relay_close, after its sends have ended.
 */
#include "proto/runtime/relay.h"

#include "proto/base/alloc.h"
#include "proto/runtime/queue.h"

#include <drempel/limits.h>

#include <nng/nng.h>
#include <nng/protocol/reqrep0/req.h>

struct slot {
	struct drp_relay *relay;
	struct slot *next; /* in the free list */
	nng_ctx ctx;
	nng_aio *sending, *receiving;
	uint64_t connection;
	uint32_t id;
};

struct drp_relay {
	nng_socket socket;
	uv_async_t waker;
	struct slot *slots, *free;
	unsigned n_slots, n_busy;
	struct drp_queue ended; /* slots whose receive has ended */
	void (*answered)(void *self, const struct drp_relay_answer *answer);
	void *self;
	int closed;
};

/* On NNG's threads. The queue holds as many as there are slots. */
static void receive_ended(void *arg)
{
	struct slot *slot = arg;
	if (drp_queue_push(&slot->relay->ended, slot) == DRP_OK) {
		uv_async_send(&slot->relay->waker);
	}
}

static nng_msg *take_message(nng_aio *aio)
{
	nng_msg *message = nng_aio_get_msg(aio);
	nng_aio_set_msg(aio, NULL);
	return message;
}

/* A receive that failed (NNG had no memory) is a request without an answer. */
static void hand_over(struct drp_relay *relay, struct slot *slot)
{
	struct drp_relay_answer answer = {.connection = slot->connection, .id = slot->id};
	nng_msg *message = NULL;
	if (nng_aio_result(slot->receiving) == 0) {
		message = take_message(slot->receiving);
		answer.body = nng_msg_body(message);
		answer.n = nng_msg_len(message);
	}
	slot->next = relay->free;
	relay->free = slot;
	relay->n_busy--;
	relay->answered(relay->self, &answer);
	nng_msg_free(message);
}

static void on_wake(uv_async_t *async)
{
	struct drp_relay *relay = async->data;
	void *slots[64];
	int n;
	while (!relay->closed &&
		(n = drp_queue_pop(&relay->ended, slots, 1, 64, 0)) > 0) {
		for (int i = 0; i < n; i++) {
			hand_over(relay, slots[i]);
		}
	}
}

enum drp_err drp_relay_send(struct drp_relay *relay, uint64_t connection, uint32_t id,
	const void *body, size_t n)
{
	struct slot *slot = relay->free;
	nng_msg *message;
	if (!slot) {
		return DRP_E_BUSY;
	}
	if (nng_msg_alloc(&message, 0)) {
		return DRP_E_NOMEM;
	}
	if (nng_msg_append(message, body, n)) {
		nng_msg_free(message);
		return DRP_E_NOMEM;
	}
	relay->free = slot->next;
	relay->n_busy++;
	slot->connection = connection;
	slot->id = id;
	nng_aio_wait(slot->sending); /* has ended long ago: its answer has come */
	nng_msg_free(take_message(slot->sending));
	nng_aio_set_msg(slot->sending, message);
	nng_ctx_send(slot->ctx, slot->sending);
	nng_ctx_recv(slot->ctx, slot->receiving);
	return DRP_OK;
}

unsigned drp_relay_busy(const struct drp_relay *relay)
{
	return relay->n_busy;
}

/* --- the beginning and the end ----------------------------------------------- */

static int open_slot(struct drp_relay *relay, struct slot *slot)
{
	slot->relay = relay;
	int rv = nng_ctx_open(&slot->ctx, relay->socket);
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
		return rv;
	}
	slot->next = relay->free;
	relay->free = slot;
	return 0;
}

static int dial(struct drp_relay *relay, const char *url, unsigned capacity)
{
	int rv = nng_socket_set_size(
		relay->socket, NNG_OPT_RECVMAXSZ, DRP_MESSAGE_MAX_BYTES);
	if (!rv) {
		rv = nng_socket_set_ms(
			relay->socket, NNG_OPT_REQ_RESENDTIME, NNG_DURATION_INFINITE);
	}
	while (!rv && relay->n_slots < capacity) {
		rv = open_slot(relay, &relay->slots[relay->n_slots]);
		relay->n_slots += rv == 0;
	}
	return rv ? rv : nng_dial(relay->socket, url, NULL, 0);
}

static void close_nng(struct drp_relay *relay)
{
	for (unsigned i = 0; i < relay->n_slots; i++) {
		struct slot *slot = &relay->slots[i];
		nng_aio_wait(slot->sending);
		nng_aio_stop(slot->receiving);
		nng_ctx_close(slot->ctx);
	}
	nng_close(relay->socket);
	for (unsigned i = 0; i < relay->n_slots; i++) {
		struct slot *slot = &relay->slots[i];
		nng_msg_free(take_message(slot->sending));
		nng_msg_free(take_message(slot->receiving));
		nng_aio_free(slot->sending);
		nng_aio_free(slot->receiving);
	}
}

enum drp_err drp_relay_open(uv_loop_t *loop, const char *url, unsigned capacity,
	void (*answered)(void *self, const struct drp_relay_answer *answer), void *self,
	struct drp_relay **out, struct drp_diag *diag)
{
	struct drp_relay *relay = drp_alloc(1, sizeof *relay);
	struct slot *slots = drp_alloc(capacity, sizeof *slots);
	if (!relay || !slots || drp_queue_init(&relay->ended, capacity) != DRP_OK ||
		uv_async_init(loop, &relay->waker, on_wake) != 0) {
		goto no_memory;
	}
	relay->slots = slots;
	relay->answered = answered;
	relay->self = self;
	relay->waker.data = relay;
	int rv = nng_req0_open(&relay->socket);
	if (!rv) {
		rv = dial(relay, url, capacity);
		if (rv) {
			close_nng(relay);
		}
	}
	if (rv) {
		uv_close((uv_handle_t *)&relay->waker, NULL);
		uv_run(loop, UV_RUN_NOWAIT);
		drp_relay_free(relay);
		return drp_fail(
			diag, DRP_E_IO, "%s: NNG cannot dial: %s", url, nng_strerror(rv));
	}
	*out = relay;
	return DRP_OK;
no_memory:
	if (relay) {
		drp_queue_clear(&relay->ended);
	}
	drp_free(slots);
	drp_free(relay);
	return drp_fail(diag, DRP_E_NOMEM, "%s: out of memory or open files", url);
}

void drp_relay_close(struct drp_relay *relay)
{
	relay->closed = 1;
	close_nng(relay); /* no callback after this: the waker can go */
	uv_close((uv_handle_t *)&relay->waker, NULL);
}

void drp_relay_free(struct drp_relay *relay)
{
	drp_queue_clear(&relay->ended);
	drp_free(relay->slots);
	drp_free(relay);
}
