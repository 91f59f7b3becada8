/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/runtime/doorman.h"

#include "proto/base/alloc.h"
#include "proto/runtime/log.h"
#include "proto/runtime/passage.h"

#include <drempel/limits.h>

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* NNG's listener has a fixed backlog of 128; beyond it a local connect fails. */
#define ENTERING_MAX   64
#define UNANSWERED_MAX 8
#define KICKS_MAX      256
#define BACKLOG	       511
#define REPORT_MS      60000

struct drp_doorman {
	struct drp_passage_house house;
	uv_tcp_t listener;
	uv_timer_t sweeper;
	uv_async_t kicker;
	char address[96];
	struct drp_passage *passages;	      /* all of them, newest first */
	struct drp_passage *line, **line_end; /* waiting to enter */
	unsigned n_passages, n_entering;
	uint64_t last_number;
	uint64_t refused, expired, kicked, report_ms;
	int stopping, n_handles;
	uint64_t stop_ms;
	uv_mutex_t lock;
	uint64_t kicks[KICKS_MAX]; /* under lock */
	unsigned n_kicks;	   /* under lock */
	int deaf;		   /* under lock: the kicker is closed */
};

struct drp_doorman_limits drp_doorman_defaults(void)
{
	return (struct drp_doorman_limits){
		.connections = DRP_DOORMAN_CONNECTIONS_MAX,
		.per_address = DRP_DOORMAN_PER_ADDRESS_MAX,
		.unanswered = UNANSWERED_MAX,
		.message_max_bytes = DRP_MESSAGE_MAX_BYTES,
		.header_ms = DRP_DOORMAN_HEADER_TIMEOUT_MS,
		.message_ms = DRP_REQUEST_TIMEOUT_MS,
		.idle_ms = DRP_DOORMAN_IDLE_TIMEOUT_MS,
	};
}

/* --- who is inside ----------------------------------------------------------- */

static void let_in(struct drp_doorman *doorman)
{
	while (doorman->line && doorman->n_entering < ENTERING_MAX) {
		struct drp_passage *p = doorman->line;
		doorman->line = p->waiting;
		if (!doorman->line) {
			doorman->line_end = &doorman->line;
		}
		if (p->state == DRP_PASSAGE_WAITING) {
			doorman->n_entering++;
			drp_passage_enter(p);
		}
	}
}

static void on_greeted(void *self, struct drp_passage *p)
{
	struct drp_doorman *doorman = self;
	p->waiting = NULL;
	*doorman->line_end = p;
	doorman->line_end = &p->waiting;
	let_in(doorman);
}

static void on_entered(void *self)
{
	struct drp_doorman *doorman = self;
	doorman->n_entering--;
	let_in(doorman);
}

static void leave_line(struct drp_doorman *doorman, struct drp_passage *p)
{
	struct drp_passage **at = &doorman->line;
	while (*at && *at != p) {
		at = &(*at)->waiting;
	}
	if (*at) {
		*at = p->waiting;
		if (!p->waiting) {
			doorman->line_end = at;
		}
	}
}

static void end_if_empty(struct drp_doorman *doorman);

static void on_closed(void *self, struct drp_passage *p)
{
	struct drp_doorman *doorman = self;
	leave_line(doorman, p);
	if (p->prev) {
		p->prev->next = p->next;
	} else {
		doorman->passages = p->next;
	}
	if (p->next) {
		p->next->prev = p->prev;
	}
	doorman->n_passages--;
	end_if_empty(doorman);
}

static int has_room(const struct drp_doorman *doorman, const struct drp_passage *newcomer)
{
	unsigned same = 0;
	for (const struct drp_passage *p = doorman->passages; p; p = p->next) {
		same += p->state != DRP_PASSAGE_CLOSING &&
			memcmp(p->address, newcomer->address, sizeof p->address) == 0;
	}
	return doorman->n_passages <= doorman->house.limits.connections &&
	       same <= doorman->house.limits.per_address;
}

static void on_connection(uv_stream_t *listener, int status)
{
	struct drp_doorman *doorman = listener->data;
	if (status < 0) {
		return;
	}
	struct drp_passage *p =
		drp_passage_open(&doorman->house, listener, ++doorman->last_number);
	if (!p) {
		return;
	}
	p->next = doorman->passages;
	if (p->next) {
		p->next->prev = p;
	}
	doorman->passages = p;
	doorman->n_passages++;
	if (!has_room(doorman, p)) {
		doorman->refused++;
		drp_passage_close(p);
	}
}

/* --- clocks and kicks -------------------------------------------------------- */

static void report(struct drp_doorman *doorman, uint64_t now)
{
	if (now < doorman->report_ms) {
		return;
	}
	doorman->report_ms = now + REPORT_MS;
	if (doorman->refused || doorman->expired || doorman->kicked) {
		drp_log(DRP_LOG_INFO, "doorman", "minute",
			"connections=%u refused=%llu expired=%llu kicked=%llu",
			doorman->n_passages, (unsigned long long)doorman->refused,
			(unsigned long long)doorman->expired,
			(unsigned long long)doorman->kicked);
		doorman->refused = doorman->expired = doorman->kicked = 0;
	}
}

static void on_sweep(uv_timer_t *timer)
{
	struct drp_doorman *doorman = timer->data;
	uint64_t now = uv_now(timer->loop);
	int all = doorman->stopping && now >= doorman->stop_ms;
	for (struct drp_passage *p = doorman->passages; p; p = p->next) {
		if (p->state != DRP_PASSAGE_CLOSING && (all || now >= p->deadline_ms)) {
			doorman->expired++;
			drp_passage_expire(p);
		}
	}
	report(doorman, now);
}

static void kick(struct drp_doorman *doorman, uint64_t number)
{
	for (struct drp_passage *p = doorman->passages; p; p = p->next) {
		if (p->number == number) {
			doorman->kicked++;
			drp_passage_expire(p); /* an answer will never come */
		}
	}
}

static void on_kick(uv_async_t *async)
{
	struct drp_doorman *doorman = async->data;
	uint64_t kicks[KICKS_MAX];
	uv_mutex_lock(&doorman->lock);
	unsigned n = doorman->n_kicks;
	memcpy(kicks, doorman->kicks, n * sizeof *kicks);
	doorman->n_kicks = 0;
	uv_mutex_unlock(&doorman->lock);
	for (unsigned i = 0; i < n; i++) {
		kick(doorman, kicks[i]);
	}
}

/* With the list full, the connection's own deadline has to do. */
void drp_doorman_kick(struct drp_doorman *doorman, uint64_t connection)
{
	uv_mutex_lock(&doorman->lock);
	if (!doorman->deaf && doorman->n_kicks < KICKS_MAX) {
		doorman->kicks[doorman->n_kicks++] = connection;
		uv_async_send(&doorman->kicker);
	}
	uv_mutex_unlock(&doorman->lock);
}

/* --- the end ----------------------------------------------------------------- */

static void handle_closed(uv_handle_t *handle)
{
	struct drp_doorman *doorman = handle->data;
	doorman->n_handles--;
}

static void end_if_empty(struct drp_doorman *doorman)
{
	if (!doorman->stopping || doorman->n_passages > 0 || doorman->deaf) {
		return;
	}
	uv_mutex_lock(&doorman->lock);
	doorman->deaf = 1;
	uv_mutex_unlock(&doorman->lock);
	uv_close((uv_handle_t *)&doorman->sweeper, handle_closed);
	uv_close((uv_handle_t *)&doorman->kicker, handle_closed);
}

void drp_doorman_stop(struct drp_doorman *doorman, unsigned grace_ms)
{
	if (doorman->stopping) {
		return;
	}
	doorman->stopping = 1;
	doorman->stop_ms = uv_now(doorman->house.loop) + grace_ms;
	uv_close((uv_handle_t *)&doorman->listener, handle_closed);
	for (struct drp_passage *p = doorman->passages; p; p = p->next) {
		drp_passage_finish(p);
	}
	end_if_empty(doorman);
}

void drp_doorman_free(struct drp_doorman *doorman)
{
	uv_mutex_destroy(&doorman->lock);
	drp_free(doorman);
}

/* --- the beginning ----------------------------------------------------------- */

static enum drp_err bad_address(const char *listen, struct drp_diag *diag)
{
	return drp_fail(diag, DRP_E_CONFIG,
		"%.200s: not an address to listen on; write tcp://host:port", listen);
}

/* The host is a name, an IPv4 address, an IPv6 address in brackets, or a star. */
static enum drp_err resolve(
	const char *listen, struct addrinfo **found, struct drp_diag *diag)
{
	char host[256];
	const char *colon = strrchr(listen, ':');
	if (strncmp(listen, "tcp://", 6) != 0 || colon < listen + 6) {
		return bad_address(listen, diag);
	}
	const char *from = listen + 6;
	size_t n = (size_t)(colon - from);
	if (n >= 2 && from[0] == '[' && from[n - 1] == ']') {
		from++;
		n -= 2;
	}
	if (n == 0 || n >= sizeof host) {
		return bad_address(listen, diag);
	}
	memcpy(host, from, n);
	host[n] = 0;
	struct addrinfo hints = {
		.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
	const char *name = strcmp(host, "*") == 0 ? NULL : host;
	if (getaddrinfo(name, colon + 1, &hints, found) != 0) {
		return bad_address(listen, diag);
	}
	return DRP_OK;
}

static void note_address(struct drp_doorman *doorman)
{
	struct sockaddr_storage at = {0};
	int size = sizeof at;
	char host[64] = "?", port[8] = "0";
	uv_tcp_getsockname(&doorman->listener, (struct sockaddr *)&at, &size);
	getnameinfo((struct sockaddr *)&at, (socklen_t)size, host, sizeof host, port,
		sizeof port, NI_NUMERICHOST | NI_NUMERICSERV);
	snprintf(doorman->address, sizeof doorman->address,
		strchr(host, ':') ? "tcp://[%s]:%s" : "tcp://%s:%s", host, port);
}

static enum drp_err begin_listening(
	struct drp_doorman *doorman, const char *listen, struct drp_diag *diag)
{
	struct addrinfo *found;
	enum drp_err err = resolve(listen, &found, diag);
	if (err) {
		return err;
	}
	int rc = uv_tcp_bind(&doorman->listener, found->ai_addr, 0);
	freeaddrinfo(found);
	if (rc == 0) {
		rc = uv_listen((uv_stream_t *)&doorman->listener, BACKLOG, on_connection);
	}
	if (rc != 0) {
		return drp_fail(diag, DRP_E_CONFIG,
			"%.200s: cannot listen there: %s; choose another address with "
			"--listen",
			listen, uv_strerror(rc));
	}
	note_address(doorman);
	return DRP_OK;
}

/* A quarter of the shortest limit, so that none is overrun by much. */
static uint64_t sweep_ms(const struct drp_doorman_limits *limits)
{
	unsigned least = limits->header_ms;
	least = limits->message_ms < least ? limits->message_ms : least;
	least = limits->idle_ms < least ? limits->idle_ms : least;
	return least / 4 < 5 ? 5 : least / 4 > 500 ? 500 : least / 4;
}

static void init_handles(struct drp_doorman *doorman)
{
	uv_tcp_init(doorman->house.loop, &doorman->listener);
	uv_timer_init(doorman->house.loop, &doorman->sweeper);
	doorman->listener.data = doorman;
	doorman->sweeper.data = doorman;
	doorman->kicker.data = doorman;
	doorman->n_handles = 3;
	uint64_t every = sweep_ms(&doorman->house.limits);
	uv_timer_start(&doorman->sweeper, on_sweep, every, every);
}

enum drp_err drp_doorman_open(uv_loop_t *loop, const char *listen, const char *hub_path,
	const struct drp_doorman_limits *limits, struct drp_doorman **out,
	struct drp_diag *diag)
{
	struct drp_doorman *doorman = drp_alloc(1, sizeof *doorman);
	if (!doorman || uv_mutex_init(&doorman->lock) != 0) {
		drp_free(doorman);
		return drp_fail(diag, DRP_E_NOMEM, "%s: out of memory", listen);
	}
	doorman->house.loop = loop;
	doorman->house.hub_path = hub_path;
	doorman->house.limits = *limits;
	doorman->house.self = doorman;
	doorman->house.greeted = on_greeted;
	doorman->house.entered = on_entered;
	doorman->house.closed = on_closed;
	doorman->line_end = &doorman->line;
	int rc = uv_async_init(loop, &doorman->kicker, on_kick);
	if (rc != 0) {
		drp_doorman_free(doorman);
		return drp_fail(diag, DRP_E_IO, "%s: %s", listen, uv_strerror(rc));
	}
	init_handles(doorman);
	enum drp_err err = begin_listening(doorman, listen, diag);
	if (err) {
		drp_doorman_stop(doorman, 0);
		while (doorman->n_handles > 0) {
			uv_run(loop, UV_RUN_NOWAIT);
		}
		drp_doorman_free(doorman);
		return err;
	}
	*out = doorman;
	return DRP_OK;
}

const char *drp_doorman_address(const struct drp_doorman *doorman)
{
	return doorman->address;
}
