/* SPDX-License-Identifier: Apache-2.0
 *
 * Why not one NNG connection for every client? libnng 1.5.2 loses memory, operations and
 * now and then a whole thread when connections end at the wrong moment (nng #1518,
 * #1636, #1713), and clients decide when theirs end. With a single peer inside the
 * process nothing ends before the shutdown, there is no socket that another user of the
 * machine could find, and a request costs NNG no system call (measured: 4 to 9 us of
 * processor time instead of 19 to 35).
 *
 * The protocol side is RFC "SP request/reply": a raw REQ socket leaves the header to its
 * user. The request id goes there, with its highest bit set as the last hop; REP sends
 * back what it got.
 *
 * The pipe can only be lost when NNG runs out of memory; requests would then vanish and
 * clients wait, so the process ends and is started anew: nothing acknowledged is lost.
 */
#include "proto/runtime/relay.h"

#include "proto/base/alloc.h"
#include "proto/runtime/log.h"
#include "proto/runtime/queue.h"

#include <nng/nng.h>
#include <nng/protocol/reqrep0/req.h>
#include <stdatomic.h>
#include <unistd.h>

struct drp_relay {
	nng_socket socket;
	nng_aio *aio; /* the receive */
	uv_async_t waker;
	struct drp_queue answers; /* of nng_msg */
	void (*answered)(void *self, const struct drp_relay_answer *answer);
	void *self;
	atomic_int closing;
};

void drp_connection_write(uint8_t bytes[DRP_CONNECTION_BYTES], uint64_t connection)
{
	for (int i = DRP_CONNECTION_BYTES - 1; i >= 0; i--) {
		bytes[i] = (uint8_t)connection;
		connection >>= 8;
	}
}

uint64_t drp_connection_read(const uint8_t bytes[DRP_CONNECTION_BYTES])
{
	uint64_t connection = 0;
	for (int i = 0; i < DRP_CONNECTION_BYTES; i++) {
		connection = connection << 8 | bytes[i];
	}
	return connection;
}

/* On NNG's threads. There are never more answers than capacity. */
static void received(void *arg)
{
	struct drp_relay *relay = arg;
	if (nng_aio_result(relay->aio) != 0) {
		return;
	}
	nng_msg *message = nng_aio_get_msg(relay->aio);
	nng_aio_set_msg(relay->aio, NULL);
	if (drp_queue_push(&relay->answers, message) == DRP_OK) {
		uv_async_send(&relay->waker);
	} else {
		nng_msg_free(message);
	}
	nng_recv_aio(relay->socket, relay->aio);
}

static void pipe_lost(nng_pipe pipe, nng_pipe_ev event, void *arg)
{
	(void)pipe;
	(void)event;
	struct drp_relay *relay = arg;
	if (!atomic_load(&relay->closing)) {
		drp_log(DRP_LOG_ERROR, "relay", "lost", "reason=memory");
		_exit(1);
	}
}

static void hand_over(struct drp_relay *relay, nng_msg *message)
{
	uint32_t id;
	if (nng_msg_header_chop_u32(message, &id) == 0 &&
		nng_msg_len(message) >= DRP_CONNECTION_BYTES) {
		const uint8_t *body = nng_msg_body(message);
		struct drp_relay_answer answer = {.connection = drp_connection_read(body),
			.id = id,
			.body = body + DRP_CONNECTION_BYTES,
			.n = nng_msg_len(message) - DRP_CONNECTION_BYTES};
		relay->answered(relay->self, &answer);
	}
	nng_msg_free(message);
}

static void on_wake(uv_async_t *async)
{
	struct drp_relay *relay = async->data;
	void *messages[64];
	int n;
	while ((n = drp_queue_pop(&relay->answers, messages, 1, 64, 0)) > 0) {
		for (int i = 0; i < n; i++) {
			hand_over(relay, messages[i]);
		}
	}
}

static int dial(struct drp_relay *relay, const char *url, unsigned capacity)
{
	int rv = nng_req0_open_raw(&relay->socket);
	if (rv) {
		return rv;
	}
	if ((rv = nng_socket_set_int(relay->socket, NNG_OPT_SENDBUF, (int)capacity)) ||
		(rv = nng_socket_set_int(
			 relay->socket, NNG_OPT_RECVBUF, (int)capacity)) ||
		(rv = nng_aio_alloc(&relay->aio, received, relay)) ||
		(rv = nng_dial(relay->socket, url, NULL, 0)) ||
		(rv = nng_pipe_notify(
			 relay->socket, NNG_PIPE_EV_REM_POST, pipe_lost, relay))) {
		nng_close(relay->socket);
		nng_aio_free(relay->aio);
		return rv;
	}
	nng_recv_aio(relay->socket, relay->aio);
	return 0;
}

enum drp_err drp_relay_open(uv_loop_t *loop, const char *url, unsigned capacity,
	void (*answered)(void *self, const struct drp_relay_answer *answer), void *self,
	struct drp_relay **out, struct drp_diag *diag)
{
	struct drp_relay *relay = drp_alloc(1, sizeof *relay);
	if (!relay || drp_queue_init(&relay->answers, capacity) != DRP_OK) {
		drp_free(relay);
		return drp_fail(diag, DRP_E_NOMEM, "out of memory");
	}
	relay->answered = answered;
	relay->self = self;
	relay->waker.data = relay;
	int rc = uv_async_init(loop, &relay->waker, on_wake);
	int rv = rc ? 0 : dial(relay, url, capacity);
	if (rc || rv) {
		if (rv) {
			uv_close((uv_handle_t *)&relay->waker, NULL);
			uv_run(loop, UV_RUN_NOWAIT);
		}
		drp_relay_free(relay);
		return drp_fail(diag, DRP_E_IO, "%s: %s", url,
			rc ? uv_strerror(rc) : nng_strerror(rv));
	}
	*out = relay;
	return DRP_OK;
}

enum drp_err drp_relay_send(struct drp_relay *relay, uint64_t connection, uint32_t id,
	const void *body, size_t n)
{
	uint8_t number[DRP_CONNECTION_BYTES];
	nng_msg *message;
	if (nng_msg_alloc(&message, 0)) {
		return DRP_E_NOMEM;
	}
	drp_connection_write(number, connection);
	if (nng_msg_header_append_u32(message, id) ||
		nng_msg_append(message, number, sizeof number) ||
		nng_msg_append(message, body, n) ||
		nng_sendmsg(relay->socket, message, NNG_FLAG_NONBLOCK)) {
		nng_msg_free(message);
		return DRP_E_NOMEM;
	}
	return DRP_OK;
}

void drp_relay_close(struct drp_relay *relay)
{
	atomic_store(&relay->closing, 1);
	nng_aio_stop(relay->aio); /* no callback after this: the waker can go */
	nng_close(relay->socket);
	nng_aio_free(relay->aio);
	uv_close((uv_handle_t *)&relay->waker, NULL);
}

void drp_relay_free(struct drp_relay *relay)
{
	void *message;
	while (drp_queue_pop(&relay->answers, &message, 1, 1, 0) > 0) {
		nng_msg_free(message);
	}
	drp_queue_clear(&relay->answers);
	drp_free(relay);
}
