/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/runtime/doorman.h"

#include "proto/base/alloc.h"
#include "proto/runtime/log.h"
#include "proto/runtime/passage.h"
#include "proto/runtime/relay.h"

#include <drempel/limits.h>

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UNANSWERED_MAX 8
#define BACKLOG	       511
#define REPORT_MS      60000

/* A request that waits until fewer are at NNG. Its passage may have gone meanwhile. */
struct waiting {
	struct waiting *next;
	uint64_t connection;
	uint32_t id;
	size_t n;
	uint8_t body[];
};

struct drp_doorman {
	struct drp_passage_house house;
	struct drp_relay *relay;
	uv_tcp_t listener;
	uv_timer_t sweeper;
	char address[96];
	struct drp_passage **seats; /* limits.connections of them; NULL: free */
	unsigned n_open;	    /* passages, with those that never got a seat */
	uint64_t last_serial;
	struct waiting *line, **line_end;
	uint64_t refused, expired, unanswered, report_ms;
	int stopping, stop_now, ended; /* stop_now: the grace is over */
	int n_handles;
	uint64_t stop_ms;
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

/* A number is a serial number times the seats, plus the seat: found at once, and never
 * somebody else's. */
static struct drp_passage *find(struct drp_doorman *doorman, uint64_t number)
{
	struct drp_passage *p =
		doorman->seats[number % doorman->house.limits.connections];
	return p && p->number == number ? p : NULL;
}

static void end_if_empty(struct drp_doorman *doorman);

static void on_closed(void *self, struct drp_passage *p)
{
	struct drp_doorman *doorman = self;
	if (find(doorman, p->number)) {
		doorman->seats[p->number % doorman->house.limits.connections] = NULL;
	}
	doorman->n_open--;
	end_if_empty(doorman);
}

/* The seat for a newcomer, whose address may already sit on too many; -1: none. */
static int choose_seat(const struct drp_doorman *doorman, const struct drp_passage *p)
{
	int seat = -1;
	unsigned same = 0;
	for (unsigned i = 0; i < doorman->house.limits.connections; i++) {
		const struct drp_passage *other = doorman->seats[i];
		if (!other) {
			seat = (int)i;
		} else {
			same += memcmp(other->address, p->address, sizeof p->address) ==
				0;
		}
	}
	return same < doorman->house.limits.per_address ? seat : -1;
}

static void on_connection(uv_stream_t *listener, int status)
{
	struct drp_doorman *doorman = listener->data;
	struct drp_passage *p =
		status < 0 ? NULL : drp_passage_open(&doorman->house, listener);
	if (!p) {
		return;
	}
	doorman->n_open++;
	int seat = choose_seat(doorman, p);
	if (seat < 0) {
		doorman->refused++;
		drp_passage_close(p);
		return;
	}
	p->number = ++doorman->last_serial * doorman->house.limits.connections +
		    (unsigned)seat;
	doorman->seats[seat] = p;
}

/* --- requests and answers ---------------------------------------------------- */

static int keep_waiting(struct drp_doorman *doorman, const struct drp_passage *p,
	const struct drp_frame_message *message)
{
	struct waiting *waiting = drp_alloc(1, sizeof *waiting + message->n);
	if (!waiting) {
		return -1;
	}
	waiting->connection = p->number;
	waiting->id = message->id;
	waiting->n = message->n;
	memcpy(waiting->body, message->body, message->n);
	*doorman->line_end = waiting;
	doorman->line_end = &waiting->next;
	return 1;
}

/* Nobody overtakes those who wait. */
static int on_request(
	void *self, struct drp_passage *p, const struct drp_frame_message *message)
{
	struct drp_doorman *doorman = self;
	enum drp_err err = DRP_E_BUSY;
	if (!doorman->line) {
		err = drp_relay_send(doorman->relay, p->number, message->id,
			message->body, message->n);
	}
	if (err == DRP_E_BUSY) {
		return keep_waiting(doorman, p, message);
	}
	return err ? -1 : 0;
}

static struct waiting *leave_line(struct drp_doorman *doorman)
{
	struct waiting *first = doorman->line;
	doorman->line = first->next;
	if (!doorman->line) {
		doorman->line_end = &doorman->line;
	}
	return first;
}

/* 0: the first one in the line has gone in, or has gone away. */
static int admit_first(struct drp_doorman *doorman)
{
	struct waiting *first = doorman->line;
	struct drp_passage *p = find(doorman, first->connection);
	enum drp_err err = DRP_OK;
	if (p) {
		err = drp_relay_send(
			doorman->relay, p->number, first->id, first->body, first->n);
	}
	if (err == DRP_E_BUSY) {
		return -1;
	}
	drp_free(leave_line(doorman));
	if (err) {
		drp_passage_close(p);
	} else if (p) {
		drp_passage_resume(p);
	}
	return 0;
}

static void on_answer(void *self, const struct drp_relay_answer *answer)
{
	struct drp_doorman *doorman = self;
	struct drp_passage *p = find(doorman, answer->connection);
	if (p && answer->n > 0) {
		drp_passage_answer(p, answer->id, answer->body, answer->n);
	} else if (p) {
		doorman->unanswered++;
		drp_passage_close(p);
	}
	while (doorman->line && admit_first(doorman) == 0) {
	}
	end_if_empty(doorman);
}

/* --- clocks ------------------------------------------------------------------- */

static void report(struct drp_doorman *doorman, uint64_t now)
{
	if (now < doorman->report_ms) {
		return;
	}
	doorman->report_ms = now + REPORT_MS;
	if (doorman->refused || doorman->expired || doorman->unanswered) {
		drp_log(DRP_LOG_INFO, "doorman", "minute",
			"connections=%u refused=%llu expired=%llu unanswered=%llu",
			doorman->n_open, (unsigned long long)doorman->refused,
			(unsigned long long)doorman->expired,
			(unsigned long long)doorman->unanswered);
		doorman->refused = doorman->expired = doorman->unanswered = 0;
	}
}

static void on_sweep(uv_timer_t *timer)
{
	struct drp_doorman *doorman = timer->data;
	uint64_t now = uv_now(timer->loop);
	doorman->stop_now |= doorman->stopping && now >= doorman->stop_ms;
	for (unsigned i = 0; i < doorman->house.limits.connections; i++) {
		struct drp_passage *p = doorman->seats[i];
		if (p && p->state != DRP_PASSAGE_CLOSING &&
			(doorman->stop_now || now >= p->deadline_ms)) {
			doorman->expired++;
			drp_passage_close(p);
		}
	}
	report(doorman, now);
	end_if_empty(doorman);
}

/* --- the end ----------------------------------------------------------------- */

static void handle_closed(uv_handle_t *handle)
{
	struct drp_doorman *doorman = handle->data;
	doorman->n_handles--;
}

/* Everybody has left, and NNG holds nothing of theirs or has had its time. */
static void end_if_empty(struct drp_doorman *doorman)
{
	unsigned busy = doorman->relay ? drp_relay_busy(doorman->relay) : 0;
	int empty = doorman->n_open == 0 && (busy == 0 || doorman->stop_now);
	if (!doorman->stopping || !empty || doorman->ended) {
		return;
	}
	doorman->ended = 1;
	if (doorman->relay) {
		drp_relay_close(doorman->relay);
	}
	uv_close((uv_handle_t *)&doorman->sweeper, handle_closed);
}

void drp_doorman_stop(struct drp_doorman *doorman, unsigned grace_ms)
{
	if (doorman->stopping) {
		return;
	}
	doorman->stopping = 1;
	doorman->stop_ms = uv_now(doorman->house.loop) + grace_ms;
	uv_close((uv_handle_t *)&doorman->listener, handle_closed);
	for (unsigned i = 0; i < doorman->house.limits.connections; i++) {
		if (doorman->seats[i]) {
			drp_passage_finish(doorman->seats[i]);
		}
	}
	end_if_empty(doorman);
}

void drp_doorman_free(struct drp_doorman *doorman)
{
	while (doorman->line) {
		drp_free(leave_line(doorman));
	}
	if (doorman->relay) {
		drp_relay_free(doorman->relay);
	}
	drp_free(doorman->seats);
	drp_free(doorman);
}

/* --- the beginning ----------------------------------------------------------- */

static enum drp_err bad_address(const char *listen, struct drp_diag *diag)
{
	return drp_fail(diag, DRP_E_CONFIG,
		"%.200s: not an address to listen on; write tcp://host:port", listen);
}

/* The host is a name, an IPv4 address, an IPv6 address in brackets, or a star. A name
 * with addresses of both kinds, such as localhost, means the IPv4 one. */
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
	struct addrinfo hints = {.ai_family = AF_INET,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_PASSIVE | AI_NUMERICSERV};
	const char *name = strcmp(host, "*") == 0 ? NULL : host;
	int rc = getaddrinfo(name, colon + 1, &hints, found);
	if (rc != 0) {
		hints.ai_family = AF_INET6;
		rc = getaddrinfo(name, colon + 1, &hints, found);
	}
	return rc == 0 ? DRP_OK : bad_address(listen, diag);
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
	doorman->n_handles = 2;
	uint64_t every = sweep_ms(&doorman->house.limits);
	uv_timer_start(&doorman->sweeper, on_sweep, every, every);
}

static struct drp_doorman *doorman_new(
	uv_loop_t *loop, const struct drp_doorman_limits *limits)
{
	struct drp_doorman *doorman = drp_alloc(1, sizeof *doorman);
	struct drp_passage **seats = drp_alloc(limits->connections, sizeof *seats);
	if (!doorman || !seats) {
		drp_free(doorman);
		drp_free(seats);
		return NULL;
	}
	doorman->seats = seats;
	doorman->line_end = &doorman->line;
	doorman->house.loop = loop;
	doorman->house.limits = *limits;
	doorman->house.self = doorman;
	doorman->house.request = on_request;
	doorman->house.closed = on_closed;
	init_handles(doorman);
	return doorman;
}

enum drp_err drp_doorman_open(uv_loop_t *loop, const char *listen, const char *hub_url,
	unsigned contexts, const struct drp_doorman_limits *limits,
	struct drp_doorman **out, struct drp_diag *diag)
{
	struct drp_doorman *doorman = doorman_new(loop, limits);
	if (!doorman) {
		return drp_fail(diag, DRP_E_NOMEM, "%s: out of memory", listen);
	}
	enum drp_err err = drp_relay_open(
		loop, hub_url, contexts, on_answer, doorman, &doorman->relay, diag);
	if (!err) {
		err = begin_listening(doorman, listen, diag);
	}
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
