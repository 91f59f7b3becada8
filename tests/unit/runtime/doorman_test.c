/* SPDX-License-Identifier: Apache-2.0
 *
 * The doorman's limits, with deadlines of milliseconds, in front of NNG's real REP
 * side. No case measures time: it waits for the doorman to close, or not to.
 */
#include "proto/runtime/doorman.h"
#include "proto/runtime/frame.h"
#include "proto/runtime/queue.h"
#include "proto/runtime/rep.h"
#include "tests/unit/runtime/sp.h"

#include <drempel/limits.h>

#include <nng/nng.h>
#include <poll.h>
#include <pthread.h>
#include <sys/wait.h>

#define NEVER	 3600000
#define CONTEXTS 4

/* A hub that echoes, or holds its answers back until told; to "mute" it says nothing. */
static struct drp_doorman *doorman;
static struct drp_rep *rep;
static struct drp_queue requests;
static uv_loop_t loop;
static uv_async_t stopper;
static pthread_t loop_thread, echo_thread;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int stopped;
static int held, arrived; /* answers are held back; requests seen */
static unsigned grace_ms;
static const char url[] = "inproc://doorman-test";
static uint16_t port;

static void request_came(void *self, struct drp_exchange *exchange)
{
	(void)self;
	CHECK_OK(drp_queue_push(&requests, exchange));
}

static void wait_until_released(void)
{
	pthread_mutex_lock(&lock);
	arrived++;
	pthread_cond_broadcast(&changed);
	while (held) {
		pthread_cond_wait(&changed, &lock);
	}
	pthread_mutex_unlock(&lock);
}

static void *echo(void *arg)
{
	(void)arg;
	void *item;
	while (drp_queue_pop(&requests, &item, 1, 1, NEVER) > 0) {
		struct drp_exchange *exchange = item;
		wait_until_released();
		static uint8_t reply[DRP_MESSAGE_MAX_BYTES];
		size_t n = exchange->request_n;
		memcpy(reply, exchange->request, n);
		drp_exchange_answer(
			exchange, reply, memcmp(reply, "mute", 4) == 0 ? 0 : n);
	}
	return NULL;
}

static void set_held(int value)
{
	pthread_mutex_lock(&lock);
	held = value;
	arrived = 0;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

static void wait_arrived(int n)
{
	pthread_mutex_lock(&lock);
	while (arrived < n) {
		pthread_cond_wait(&changed, &lock);
	}
	pthread_mutex_unlock(&lock);
}

static void on_stop(uv_async_t *async)
{
	pthread_mutex_lock(&lock);
	unsigned grace = grace_ms;
	pthread_mutex_unlock(&lock);
	drp_doorman_stop(doorman, grace);
	uv_close((uv_handle_t *)async, NULL);
}

static void *run_loop(void *arg)
{
	(void)arg;
	uv_run(&loop, UV_RUN_DEFAULT);
	return NULL;
}

static struct drp_doorman_limits patient(void)
{
	struct drp_doorman_limits limits = drp_doorman_defaults();
	limits.header_ms = limits.message_ms = limits.idle_ms = NEVER;
	return limits;
}

static void begin(const struct drp_doorman_limits *limits)
{
	struct drp_diag diag = {0};
	CHECK_INT(uv_loop_init(&loop), 0);
	CHECK_INT(uv_async_init(&loop, &stopper, on_stop), 0);
	CHECK_OK(drp_queue_init(&requests, CONTEXTS));
	CHECK_OK(drp_rep_open(url, CONTEXTS, request_came, NULL, &rep, &diag));
	CHECK_OK(drp_doorman_open(
		&loop, "tcp://127.0.0.1:0", url, CONTEXTS, limits, &doorman, &diag));
	port = (uint16_t)atoi(strrchr(drp_doorman_address(doorman), ':') + 1);
	set_held(0);
	stopped = 0;
	CHECK_INT(pthread_create(&echo_thread, NULL, echo, NULL), 0);
	CHECK_INT(pthread_create(&loop_thread, NULL, run_loop, NULL), 0);
}

static void stop(unsigned grace)
{
	pthread_mutex_lock(&lock);
	if (!stopped) {
		grace_ms = grace;
		uv_async_send(&stopper);
	}
	stopped = 1;
	pthread_mutex_unlock(&lock);
}

static void end(void)
{
	set_held(0);
	stop(NEVER);
	pthread_join(loop_thread, NULL);
	drp_rep_stop(rep);
	drp_queue_close(&requests);
	pthread_join(echo_thread, NULL);
	drp_rep_free(rep);
	drp_doorman_free(doorman);
	drp_queue_clear(&requests);
	CHECK_INT(uv_loop_close(&loop), 0);
}

static int greeted(unsigned host)
{
	int fd = sp_connect(port, host);
	CHECK_INT(sp_greet(fd, SP_REQ, SP_REP), 0);
	return fd;
}

static int echoes(int fd, const char *text)
{
	char reply[64];
	uint32_t id;
	return sp_send(fd, 1, text, strlen(text)) == 0 &&
	       sp_receive(fd, &id, reply, sizeof reply) == (int64_t)strlen(text) &&
	       memcmp(reply, text, strlen(text)) == 0;
}

/* --- cases ------------------------------------------------------------------- */

static void greeting_has_a_deadline(void)
{
	struct drp_doorman_limits limits = patient();
	limits.header_ms = 40;
	begin(&limits);
	int honest = greeted(1), silent = sp_connect(port, 1), half = sp_connect(port, 1);
	CHECK_INT(sp_write(half, "\0SP", 3), 0);
	CHECK(sp_gone(silent) && sp_gone(half));
	CHECK(echoes(honest, "still here"));
	close(silent);
	close(half);
	close(honest);
	end();
}

static void silence_has_a_deadline(void)
{
	struct drp_doorman_limits limits = patient();
	limits.idle_ms = 40;
	begin(&limits);
	int fd = greeted(1);
	CHECK(sp_gone(fd));
	close(fd);
	end();
}

/* Byte after byte, each well within the idle limit: the message's own clock ends it. */
static void trickled_message_has_a_deadline(void)
{
	struct drp_doorman_limits limits = patient();
	limits.message_ms = 60;
	begin(&limits);
	int honest = greeted(1), fd = greeted(1), ended = 0;
	CHECK_INT(sp_write(fd, "\0\0\0\0\0\2\0\0\x80\0\0\1", 12), 0);
	for (int i = 0; i < 20000 && !ended; i++) {
		struct pollfd closed = {.fd = fd, .events = POLLIN};
		ended = poll(&closed, 1, 1) > 0 || sp_write(fd, "x", 1) != 0;
	}
	CHECK(ended);
	CHECK(echoes(honest, "still here"));
	close(fd);
	close(honest);
	end();
}

/* Each message comes in two pieces, a moment apart; all of them take longer than one
 * may. */
static void message_clock_starts_anew(void)
{
	struct drp_doorman_limits limits = patient();
	limits.message_ms = 60;
	begin(&limits);
	int fd = greeted(1);
	uint8_t message[DRP_HEAD_BYTES + 2];
	drp_frame_head(message, 0x80000007, 2);
	memcpy(message + DRP_HEAD_BYTES, "hi", 2);
	for (int i = 0; i < 300; i++) {
		char reply[8];
		uint32_t id;
		struct pollfd closed = {.fd = fd, .events = POLLIN};
		CHECK_INT(sp_write(fd, message, DRP_HEAD_BYTES), 0);
		CHECK(poll(&closed, 1, 1) == 0);
		CHECK_INT(sp_write(fd, message + DRP_HEAD_BYTES, 2), 0);
		CHECK_INT(sp_receive(fd, &id, reply, sizeof reply), 2);
	}
	close(fd);
	end();
}

static void total_is_limited(void)
{
	struct drp_doorman_limits limits = patient();
	limits.connections = 3;
	begin(&limits);
	int a = greeted(1), b = greeted(2), c = greeted(3), d = sp_connect(port, 4);
	CHECK(sp_gone(d));
	close(d);
	CHECK(echoes(a, "a") && echoes(b, "b") && echoes(c, "c"));
	close(b);
	int back = 0;
	while (!back) { /* as soon as the doorman has seen the other leave */
		d = sp_connect(port, 4);
		back = sp_greet(d, SP_REQ, SP_REP) == 0 && echoes(d, "d");
		close(d);
	}
	close(a);
	close(c);
	end();
}

static void each_address_is_limited(void)
{
	struct drp_doorman_limits limits = patient();
	limits.per_address = 2;
	begin(&limits);
	int a = greeted(1), b = greeted(1), c = sp_connect(port, 1), d = greeted(2);
	CHECK(sp_gone(c));
	CHECK(echoes(a, "a") && echoes(b, "b") && echoes(d, "d"));
	close(a);
	close(b);
	close(c);
	close(d);
	end();
}

static void unanswered_requests_are_limited(void)
{
	struct drp_doorman_limits limits = patient();
	limits.unanswered = 3;
	begin(&limits);
	set_held(1);
	int fd = greeted(1);
	for (uint32_t i = 0; i < 3; i++) {
		CHECK_INT(sp_send(fd, i, "wait", 4), 0);
	}
	wait_arrived(1);
	CHECK_INT(sp_send(fd, 4, "wait", 4), 0);
	CHECK(sp_gone(fd));
	close(fd);
	end();
}

static void requests_in_one_write_are_all_answered(void)
{
	struct drp_doorman_limits limits = patient();
	begin(&limits);
	int fd = greeted(1);
	uint8_t three[3 * 17] = {0};
	for (int i = 0; i < 3; i++) {
		sp_length(three + 17 * i, 9);
		three[17 * i + 8] = 0x80;
		three[17 * i + 11] = (uint8_t)(i + 1);
		memcpy(three + 17 * i + 12, "hello", 5);
	}
	CHECK_INT(sp_write(fd, three, sizeof three), 0);
	int seen = 0;
	for (int i = 0; i < 3; i++) {
		char reply[8];
		uint32_t id;
		CHECK_INT(sp_receive(fd, &id, reply, sizeof reply), 5);
		CHECK_MEM(reply, "hello", 5);
		seen |= 1 << id;
	}
	CHECK_INT(seen, 2 + 4 + 8);
	close(fd);
	end();
}

/* The client sends much and reads nothing, then reads everything. */
static void slow_readers_lose_nothing(void)
{
	enum { N = 40, SIZE = 200000 };
	struct drp_doorman_limits limits = patient();
	limits.unanswered = N;
	begin(&limits);
	static uint8_t body[SIZE];
	int fd = greeted(1), small = 65536;
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
	pid_t writer = fork();
	CHECK(writer >= 0);
	if (writer == 0) {
		int rc = 0;
		for (uint32_t i = 0; i < N; i++) {
			memset(body, (int)i, SIZE);
			rc |= sp_send(fd, i, body, SIZE);
		}
		_exit(rc != 0);
	}
	wait_arrived(2);
	for (int i = 0; i < N; i++) {
		uint32_t id;
		CHECK_INT(sp_receive(fd, &id, body, SIZE), SIZE);
		for (int k = 0; k < SIZE; k++) {
			CHECK_INT(body[k], (uint8_t)id);
		}
	}
	int status;
	CHECK_INT(waitpid(writer, &status, 0), writer);
	CHECK_INT(status, 0);
	close(fd);
	end();
}

/* Sends until nothing more is taken; what is taken without end is counted to 64 MB. */
static size_t taken_from(int fd)
{
	enum { SIZE = 100000, ENOUGH = 64 << 20 };
	static uint8_t message[DRP_HEAD_BYTES + SIZE];
	struct pollfd writable = {.fd = fd, .events = POLLOUT};
	size_t total = 0;
	drp_frame_head(message, 0x80000001, SIZE);
	while (total < ENOUGH && poll(&writable, 1, 200) > 0) {
		size_t at = total % sizeof message;
		ssize_t n = send(fd, message + at, sizeof message - at,
			MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n <= 0) {
			break;
		}
		total += (size_t)n;
	}
	return total;
}

static void who_does_not_read_or_has_to_wait_is_not_read_from(void)
{
	for (int hold = 0; hold < 2; hold++) {
		struct drp_doorman_limits limits = patient();
		limits.unanswered = 1000000;
		begin(&limits);
		set_held(hold);
		int fd = greeted(1);
		CHECK(taken_from(fd) < 32 << 20);
		close(fd);
		end();
	}
}

static void kick_closes_the_right_one(void)
{
	struct drp_doorman_limits limits = patient();
	begin(&limits);
	int a = greeted(1), b = greeted(1);
	for (int i = 0; i < 3 * CONTEXTS; i++) {
		CHECK_INT(sp_send(b, 1, "mute", 4), 0);
		CHECK(sp_gone(b));
		close(b);
		CHECK(echoes(a, "a"));
		b = greeted(1);
	}
	close(a);
	close(b);
	end();
}

static void stop_waits_for_the_answer(void)
{
	struct drp_doorman_limits limits = patient();
	begin(&limits);
	set_held(1);
	int idle = greeted(1), waiting = greeted(1), half = greeted(1);
	CHECK_INT(sp_send(waiting, 7, "last", 4), 0);
	CHECK_INT(sp_write(half, "\0\0\0", 3), 0);
	wait_arrived(1);
	stop(NEVER);
	CHECK(sp_gone(idle) && sp_gone(half));
	set_held(0);
	char reply[8];
	uint32_t id;
	CHECK_INT(sp_receive(waiting, &id, reply, sizeof reply), 4);
	CHECK(sp_gone(waiting));
	close(idle);
	close(waiting);
	close(half);
	end();
}

static void stop_ends_when_its_grace_does(void)
{
	struct drp_doorman_limits limits = patient();
	limits.header_ms = 40; /* makes the clock fine enough */
	begin(&limits);
	set_held(1);
	int fd = greeted(1);
	CHECK_INT(sp_send(fd, 7, "mute", 4), 0);
	wait_arrived(1);
	stop(20);
	CHECK(sp_gone(fd));
	close(fd);
	end();
}

/* All contexts are taken by clients who have left; those who came later get their turn
 * all the same, but not those who have left while they waited. */
static void the_line_moves_when_clients_have_left(void)
{
	struct drp_doorman_limits limits = patient();
	begin(&limits);
	set_held(1);
	for (int i = 0; i < CONTEXTS; i++) {
		int fd = greeted(1);
		CHECK_INT(sp_send(fd, 7, "bye", 3), 0);
		close(fd);
	}
	int leaving = greeted(1), staying = greeted(1);
	CHECK_INT(sp_send(leaving, 7, "soon gone", 9), 0);
	CHECK_INT(sp_send(staying, 8, "patient", 7), 0);
	close(leaving);
	set_held(0);
	char reply[16];
	uint32_t id;
	CHECK_INT(sp_receive(staying, &id, reply, sizeof reply), 7);
	CHECK_MEM(reply, "patient", 7);
	CHECK(echoes(staying, "and again"));
	close(staying);
	end();
}

/* Far more requests at once than contexts. */
static void a_crowd_enters_in_turn(void)
{
	enum { N = 300 };
	static int fds[N];
	struct drp_doorman_limits limits = patient();
	limits.per_address = N;
	begin(&limits);
	for (int i = 0; i < N; i++) {
		fds[i] = greeted(1);
		CHECK_INT(sp_send(fds[i], 5, "in", 2), 0);
	}
	for (int i = 0; i < N; i++) {
		char reply[8];
		uint32_t id;
		CHECK_INT(sp_receive(fds[i], &id, reply, sizeof reply), 2);
		CHECK_INT(id, 5);
		close(fds[i]);
	}
	end();
}

static int listens_as(const char *listen, const char *start)
{
	struct drp_doorman_limits limits = patient();
	CHECK_INT(uv_loop_init(&loop), 0);
	CHECK_OK(drp_rep_open(url, 1, request_came, NULL, &rep, NULL));
	CHECK_OK(drp_doorman_open(&loop, listen, url, 1, &limits, &doorman, NULL));
	const char *address = drp_doorman_address(doorman);
	int right = strncmp(address, start, strlen(start)) == 0 &&
		    atoi(strrchr(address, ':') + 1) > 0;
	drp_doorman_stop(doorman, 0);
	uv_run(&loop, UV_RUN_DEFAULT);
	drp_rep_stop(rep);
	drp_rep_free(rep);
	drp_doorman_free(doorman);
	CHECK_INT(uv_loop_close(&loop), 0);
	return right;
}

static void it_tells_where_it_listens(void)
{
	CHECK(listens_as("tcp://127.0.0.1:0", "tcp://127.0.0.1:"));
	CHECK(listens_as("tcp://localhost:0", "tcp://127.0.0.1:"));
	CHECK(listens_as("tcp://*:0", "tcp://0.0.0.0:"));
}

int main(void)
{
	setenv("DREMPEL_LOG", "error", 1);
	CASE("a greeting has a deadline", greeting_has_a_deadline);
	CASE("silence has a deadline", silence_has_a_deadline);
	CASE("a message that comes byte by byte has a deadline",
		trickled_message_has_a_deadline);
	CASE("every message has a clock of its own", message_clock_starts_anew);
	CASE("the number of connections is limited", total_is_limited);
	CASE("the number of connections per address is limited", each_address_is_limited);
	CASE("requests without an answer are limited", unanswered_requests_are_limited);
	CASE("requests that come in one write are all answered",
		requests_in_one_write_are_all_answered);
	CASE("a client that reads late loses nothing", slow_readers_lose_nothing);
	CASE("a client that does not read, or has to wait, is not read from",
		who_does_not_read_or_has_to_wait_is_not_read_from);
	CASE("a request without an answer closes its connection only",
		kick_closes_the_right_one);
	CASE("stopping waits for the answers in work", stop_waits_for_the_answer);
	CASE("stopping ends when its grace does", stop_ends_when_its_grace_does);
	CASE("the line moves when clients have left",
		the_line_moves_when_clients_have_left);
	CASE("a crowd enters in turn", a_crowd_enters_in_turn);
	CASE("it tells where it listens, by IPv4 when there is a choice",
		it_tells_where_it_listens);
	nng_fini();
	return DONE();
}
