/* SPDX-License-Identifier: Apache-2.0
 *
 * NNG's REQ socket behind two blocking calls. What libnng 1.5.2 needs and why:
 *
 * - Dialling has no deadline and its dialer may die for good, so the (synchronous) dial
 *   runs on a thread of its own; when time is up the socket is closed, which ends it.
 *   Every link has a new dialer, and it dials once: reconnecting is the outbox's
 *   decision too.
 * - RESENDTIME is infinite: a request travels once, and a broken connection ends the
 *   exchange at once instead of repeating it behind the outbox's back.
 * - The receive is started after the send has ended: cancelling a receive before that
 *   is a NULL dereference (nng #1702).
 * - A send on a socket without a connection waits for one. The watchdog is the pipe's
 *   own farewell: it cancels what is waiting and marks the link broken.
 * - The socket is closed only when nothing is in flight, or after a failure.
 */
#include "proto/runtime/link.h"

#include "proto/base/alloc.h"

#include <drempel/limits.h>

#include <nng/nng.h>
#include <nng/protocol/reqrep0/req.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define URL_MAX		 256
#define REQUEST_ID_BYTES 4 /* NNG counts its request id as part of a message */
#define NEVER_MS	 (24 * 3600 * 1000)

enum link_state { DIALLED, JOINED, BROKEN };

struct drp_link {
	nng_socket socket;
	nng_aio *aio;
	char url[URL_MAX];
	pthread_mutex_t lock;
	enum link_state state; /* under lock */
};

static int64_t now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static enum drp_err fail_nng(const char *url, int rv, struct drp_diag *diag)
{
	switch (rv) {
	case NNG_ENOMEM:
		return drp_fail(diag, DRP_E_NOMEM, "%s: out of memory", url);
	case NNG_ETIMEDOUT:
		return drp_fail(diag, DRP_E_TIMEOUT,
			"%s: no answer in time; it will be tried again", url);
	case NNG_EPROTO:
		return drp_fail(diag, DRP_E_NET,
			"%s: something answers there, but it is no hub; check the "
			"address",
			url);
	case NNG_ECANCELED:
	case NNG_ECLOSED:
	case NNG_ECONNRESET:
	case NNG_ECONNSHUT:
		return drp_fail(diag, DRP_E_NET,
			"%s: the connection was closed by the other side", url);
	default:
		return drp_fail(diag, DRP_E_NET,
			"%s: cannot be reached: %s; check address, network and firewall",
			url, nng_strerror(rv));
	}
}

/* On any of NNG's threads. A pipe joins, before the dial returns, only when the peer
 * speaks REP. Its farewell may even come before its arrival: broken is final. */
static void pipe_event(nng_pipe pipe, nng_pipe_ev event, void *arg)
{
	(void)pipe;
	struct drp_link *link = arg;
	pthread_mutex_lock(&link->lock);
	if (event == NNG_PIPE_EV_REM_POST) {
		link->state = BROKEN;
		nng_aio_cancel(link->aio);
	} else if (link->state == DIALLED) {
		link->state = JOINED;
	}
	pthread_mutex_unlock(&link->lock);
}

static enum link_state state_of(struct drp_link *link)
{
	pthread_mutex_lock(&link->lock);
	enum link_state state = link->state;
	pthread_mutex_unlock(&link->lock);
	return state;
}

/* --- dialling with a deadline ------------------------------------------------ */

struct dial {
	nng_dialer dialer;
	pthread_mutex_t lock;
	pthread_cond_t ended;
	int done, result;
};

static void *dial_thread(void *arg)
{
	struct dial *dial = arg;
	int result = nng_dialer_start(dial->dialer, 0);
	pthread_mutex_lock(&dial->lock);
	dial->done = 1;
	dial->result = result;
	pthread_cond_signal(&dial->ended);
	pthread_mutex_unlock(&dial->lock);
	return NULL;
}

static int wait_for_dial(struct dial *dial, int timeout_ms)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += timeout_ms / 1000;
	until.tv_nsec += (long)(timeout_ms % 1000) * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	int rc = 0;
	pthread_mutex_lock(&dial->lock);
	while (!dial->done && rc == 0) {
		rc = pthread_cond_timedwait(&dial->ended, &dial->lock, &until);
	}
	int done = dial->done;
	pthread_mutex_unlock(&dial->lock);
	return done;
}

/* Closes the socket when the time is up; the caller then sees ETIMEDOUT. */
static int dial_within(struct drp_link *link, int timeout_ms)
{
	struct dial dial = {0};
	int rv = nng_dialer_create(&dial.dialer, link->socket, link->url);
	if (rv) {
		return rv;
	}
	pthread_condattr_t monotonic;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&dial.ended, &monotonic);
	pthread_mutex_init(&dial.lock, NULL);
	pthread_t thread;
	if (pthread_create(&thread, NULL, dial_thread, &dial) == 0) {
		int in_time = wait_for_dial(&dial, timeout_ms);
		if (!in_time) {
			nng_close(link->socket);
		}
		pthread_join(thread, NULL);
		rv = in_time ? dial.result : NNG_ETIMEDOUT;
	} else {
		rv = NNG_ENOMEM;
	}
	pthread_mutex_destroy(&dial.lock);
	pthread_cond_destroy(&dial.ended);
	pthread_condattr_destroy(&monotonic);
	return rv;
}

/* --- the link ---------------------------------------------------------------- */

static int set_options(struct drp_link *link)
{
	static const nng_pipe_ev events[] = {NNG_PIPE_EV_ADD_POST, NNG_PIPE_EV_REM_POST};
	int rv = nng_socket_set_size(link->socket, NNG_OPT_RECVMAXSZ,
		DRP_MESSAGE_MAX_BYTES + REQUEST_ID_BYTES);
	if (!rv) {
		rv = nng_socket_set_ms(
			link->socket, NNG_OPT_REQ_RESENDTIME, NNG_DURATION_INFINITE);
	}
	if (!rv) {
		rv = nng_socket_set_ms(link->socket, NNG_OPT_RECONNMINT, NEVER_MS);
	}
	for (int i = 0; i < 2 && !rv; i++) {
		rv = nng_pipe_notify(link->socket, events[i], pipe_event, link);
	}
	return rv;
}

static int open_socket(struct drp_link *link)
{
	int rv = nng_aio_alloc(&link->aio, NULL, NULL);
	if (rv) {
		return rv;
	}
	rv = nng_req0_open(&link->socket);
	if (rv) {
		nng_aio_free(link->aio);
		return rv;
	}
	rv = set_options(link);
	if (rv) {
		nng_close(link->socket);
		nng_aio_free(link->aio);
	}
	return rv;
}

enum drp_err drp_link_open(const char *url, int connect_timeout_ms, struct drp_link **out,
	struct drp_diag *diag)
{
	if (strncmp(url, "tcp://", 6) != 0 || strlen(url) >= URL_MAX) {
		return drp_fail(diag, DRP_E_CONFIG,
			"%.200s: not an address of the form tcp://host:port", url);
	}
	struct drp_link *link = drp_alloc(1, sizeof *link);
	if (!link) {
		return drp_fail(diag, DRP_E_NOMEM, "%s: out of memory", url);
	}
	memcpy(link->url, url, strlen(url) + 1);
	pthread_mutex_init(&link->lock, NULL);
	int rv = open_socket(link);
	if (rv) {
		pthread_mutex_destroy(&link->lock);
		drp_free(link);
		return fail_nng(url, rv, diag);
	}
	enum drp_err err = DRP_OK;
	rv = dial_within(link, connect_timeout_ms);
	if (!rv && state_of(link) != JOINED) {
		rv = NNG_EPROTO;
	}
	if (rv == NNG_ETIMEDOUT) {
		err = drp_fail(diag, DRP_E_NET,
			"%s: nobody answered within %d ms; check address, network and "
			"firewall",
			url, connect_timeout_ms);
	} else if (rv) {
		err = fail_nng(url, rv, diag);
	}
	if (err) {
		drp_link_close(link);
		return err;
	}
	*out = link;
	return DRP_OK;
}

void drp_link_close(struct drp_link *link)
{
	if (!link) {
		return;
	}
	nng_close(link->socket); /* waits for pipe_event */
	nng_aio_free(link->aio);
	pthread_mutex_destroy(&link->lock);
	drp_free(link);
}

/* Starts under the lock, so that a farewell comes either before, and is seen in the
 * state, or after, and cancels. */
static int run(
	struct drp_link *link, void (*start)(nng_socket, nng_aio *), int timeout_ms)
{
	nng_aio_set_timeout(link->aio, timeout_ms);
	pthread_mutex_lock(&link->lock);
	int joined = link->state == JOINED;
	if (joined) {
		start(link->socket, link->aio);
	}
	pthread_mutex_unlock(&link->lock);
	if (!joined) {
		return NNG_ECONNRESET;
	}
	nng_aio_wait(link->aio);
	return nng_aio_result(link->aio);
}

static int send_request(
	struct drp_link *link, const void *request, size_t n, int timeout_ms)
{
	nng_msg *msg;
	int rv = nng_msg_alloc(&msg, 0);
	if (rv) {
		return rv;
	}
	rv = nng_msg_append(msg, request, n);
	if (!rv) {
		nng_aio_set_msg(link->aio, msg);
		rv = run(link, nng_send_aio, timeout_ms);
		nng_aio_set_msg(link->aio, NULL);
	}
	if (rv) {
		nng_msg_free(msg);
	}
	return rv;
}

/* An answer that came just before the farewell is lost with it; the outbox asks again. */
static int receive_reply(struct drp_link *link, int timeout_ms, struct drp_buf *reply)
{
	int rv = run(link, nng_recv_aio, timeout_ms);
	if (rv) {
		return rv;
	}
	nng_msg *msg = nng_aio_get_msg(link->aio);
	nng_aio_set_msg(link->aio, NULL);
	size_t before = reply->len;
	drp_buf_append(reply, nng_msg_body(msg), nng_msg_len(msg));
	nng_msg_free(msg);
	if (reply->failed) {
		reply->len = before;
		return NNG_ENOMEM;
	}
	return 0;
}

enum drp_err drp_link_exchange(struct drp_link *link, const void *request, size_t n,
	int timeout_ms, struct drp_buf *reply, struct drp_diag *diag)
{
	if (n > DRP_MESSAGE_MAX_BYTES) {
		return drp_fail(diag, DRP_E_TOOBIG,
			"%s: a message of %zu bytes is over the limit of %d", link->url,
			n, DRP_MESSAGE_MAX_BYTES);
	}
	int64_t deadline = now_ms() + timeout_ms;
	int rv = send_request(link, request, n, timeout_ms);
	if (!rv) {
		int64_t left = deadline - now_ms();
		rv = receive_reply(link, left > 0 ? (int)left : 0, reply);
	}
	return rv ? fail_nng(link->url, rv, diag) : DRP_OK;
}
