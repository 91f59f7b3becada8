/* SPDX-License-Identifier: Apache-2.0
 *
 * The HTTP server on real sockets: what clients get, and what rude ones cannot do.
 */
#include "proto/base/alloc.h"
#include "proto/runtime/http.h"
#include "tests/support/http_client.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <uv.h>

#define PAGE_BYTES 30000
#define HUGE_BYTES (8 * 1024 * 1024)

/* --- the handler ------------------------------------------------------------------ */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int gate, working; /* a task waits for the gate */
static atomic_int tasks, ticks;
static char big[HUGE_BYTES];

static void set(int *what, int value)
{
	pthread_mutex_lock(&lock);
	*what = value;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

static void wait_for(const int *what, int value)
{
	pthread_mutex_lock(&lock);
	while (*what < value) {
		pthread_cond_wait(&changed, &lock);
	}
	pthread_mutex_unlock(&lock);
}

static struct drp_http_reply *text(const char *bytes, size_t n)
{
	struct drp_http_content content = {.status = 200,
		.media_type = "text/plain",
		.tag = "feed",
		.cache = "public",
		.open_to_all = 1,
		.bytes = bytes,
		.n = n};
	return drp_http_reply_new(&content);
}

struct task {
	char said[64];
	int shared;
};
static struct task *shared;

static struct task *task_new(const char *said)
{
	struct task *task = drp_alloc(1, sizeof *task);
	snprintf(task->said, sizeof task->said, "%s", said);
	atomic_fetch_add(&tasks, 1);
	return task;
}

static struct drp_http_reply *answer(
	void *self, const struct drp_http_request *request, void **task)
{
	const char *path = request->target->path;
	(void)self;
	if (request->is_post) {
		return text(request->body, request->body_n);
	}
	if (strcmp(path, "/page") == 0) {
		return text(big, PAGE_BYTES);
	}
	if (strcmp(path, "/huge") == 0) {
		return text(big, HUGE_BYTES);
	}
	if (strncmp(path, "/task", 5) == 0 && task) {
		*task = task_new(path);
	} else if (strcmp(path, "/shared") == 0 && task) {
		shared = shared ? shared : task_new(path);
		shared->shared = 1;
		*task = shared;
	}
	return strncmp(path, "/task", 5) == 0 || strcmp(path, "/shared") == 0 ||
			       strcmp(path, "/null") == 0
		       ? NULL
		       : text(path, strlen(path));
}

static void work(void *self, void *arg)
{
	const struct task *task = arg;
	(void)self;
	if (strcmp(task->said, "/task/now") != 0) {
		pthread_mutex_lock(&lock);
		working++;
		pthread_cond_broadcast(&changed);
		pthread_mutex_unlock(&lock);
		wait_for(&gate, 1);
	}
}

static struct drp_http_reply *finish(void *self, void *arg)
{
	struct task *task = arg;
	(void)self;
	if (task->shared) {
		shared = NULL;
	}
	struct drp_http_reply *reply = text(task->said, strlen(task->said));
	drp_free(task);
	atomic_fetch_sub(&tasks, 1);
	return reply;
}

static void *tick(void *self)
{
	(void)self;
	atomic_fetch_add(&ticks, 1);
	return task_new("/task/now");
}

static size_t takes(void *self, const char *path)
{
	(void)self;
	return strcmp(path, "/post") == 0 ? 100 : 0;
}

static const struct drp_http_handler handler = {
	.answer = answer, .work = work, .finish = finish, .tick = tick, .takes = takes};

/* --- the server in a thread of this process ----------------------------------------- */

static struct drp_http_limits limits;
static const char *listen_at;
static pthread_t thread;
static uv_async_t stop_async;
static struct drp_http *http;
static struct http_answer got;
static uint16_t port;
static int ready, loop_rc;
static unsigned grace_ms = 5000;
static enum drp_err opened;

static void on_stop(uv_async_t *async)
{
	drp_http_stop(async->data, grace_ms);
	uv_close((uv_handle_t *)async, NULL);
}

static void *serve(void *arg)
{
	struct drp_diag diag = {0};
	uv_loop_t loop;
	(void)arg;
	uv_loop_init(&loop);
	opened = drp_http_open(&loop, listen_at, &handler, &limits, &http, &diag);
	if (!opened) {
		uv_async_init(&loop, &stop_async, on_stop);
		stop_async.data = http;
		port = (uint16_t)atoi(strrchr(drp_http_address(http), ':') + 1);
	}
	set(&ready, 1);
	uv_run(&loop, UV_RUN_DEFAULT);
	if (!opened) {
		drp_http_free(http);
	}
	loop_rc = uv_loop_close(&loop);
	return NULL;
}

static void start(void)
{
	memset(big, 'a', sizeof big);
	listen_at = listen_at ? listen_at : "127.0.0.1:0";
	set(&ready, 0);
	set(&gate, 0);
	set(&working, 0);
	CHECK_INT(pthread_create(&thread, NULL, serve, NULL), 0);
	wait_for(&ready, 1);
	CHECK_OK(opened);
}

static void start_as_usual(void)
{
	limits = drp_http_defaults();
	start();
}

static void begin_stop(void)
{
	uv_async_send(&stop_async);
}

static void stopped(void)
{
	pthread_join(thread, NULL);
	http_answer_clear(&got);
	CHECK_INT(loop_rc, 0);
	CHECK_INT(atomic_load(&tasks), 0);
}

static void stop(void)
{
	begin_stop();
	stopped();
}

/* --- what clients get ------------------------------------------------------------------
 */

static void gets(void)
{
	start_as_usual();
	int fd = http_dial(port, 1);
	for (int i = 0; i < 3; i++) { /* on one connection */
		http_say(fd, "GET /a%20b?x=1 HTTP/1.1\r\nHost: x\r\n\r\n");
		CHECK_INT(http_hear(fd, &got, 0), 200);
		CHECK_STR(got.body, "/a b");
	}
	CHECK_STR(http_header(&got, "ETag"), "\"feed\"");
	CHECK_STR(http_header(&got, "X-Content-Type-Options"), "nosniff");
	CHECK(!http_header(&got, "Set-Cookie"));
	CHECK(!http_header(&got, "Server"));
	http_say(fd, "HEAD /page HTTP/1.1\r\nHost: x\r\n\r\n"
		     "GET /last HTTP/1.1\r\nHost: x\r\n\r\n"); /* in one breath */
	CHECK_INT(http_hear(fd, &got, 1), 200);
	CHECK_STR(http_header(&got, "Content-Length"), "30000");
	CHECK_INT(http_hear(fd, &got, 0), 200);
	CHECK_STR(got.body, "/last");
	http_say(fd, "GET /old HTTP/1.0\r\n\r\n");
	CHECK_INT(http_hear(fd, &got, 0), 200);
	CHECK(http_is_closed(fd));
	close(fd);
	stop();
}

static void conditions_and_codings(void)
{
	start_as_usual();
	CHECK_INT(http_get(port, "/page", "Accept-Encoding: gzip\r\n", &got), 200);
	CHECK_STR(http_header(&got, "Content-Encoding"), "gzip");
	CHECK(got.n < 1000);
	CHECK_STR(http_header(&got, "Vary"), "Accept-Encoding");
	CHECK_INT(http_get(port, "/page", "If-None-Match: \"feed\"\r\n", &got), 304);
	CHECK_INT(got.n, 0);
	CHECK_STR(http_header(&got, "ETag"), "\"feed\"");
	CHECK_INT(http_get(port, "/page", "If-None-Match: \"food\"\r\n", &got), 200);
	CHECK_INT(got.n, PAGE_BYTES);
	CHECK(!http_header(&got, "Content-Encoding"));
	CHECK_INT(http_get(port, "/huge", "", &got), 200);
	CHECK_INT(got.n, HUGE_BYTES);
	CHECK_MEM(got.body, big, HUGE_BYTES);
	stop();
}

static int post(const char *head, const char *body)
{
	int fd = http_dial(port, 1);
	http_say(fd, "POST ");
	http_say(fd, head);
	http_say(fd, "Host: x\r\n\r\n");
	http_say(fd, body);
	int status = http_hear(fd, &got, 0);
	close(fd);
	return status;
}

static void posts(void)
{
	start_as_usual();
	CHECK_INT(post("/post HTTP/1.1\r\nContent-Length: 5\r\n", "hello"), 200);
	CHECK_STR(got.body, "hello");
	CHECK_INT(post("/post HTTP/1.1\r\nContent-Length: 0\r\n", ""), 200);
	CHECK_INT(post("/post HTTP/1.1\r\n", "hello"), 411);
	CHECK_INT(post("/post HTTP/1.1\r\nContent-Length: 101\r\n", ""), 413);
	CHECK_INT(post("/a HTTP/1.1\r\nContent-Length: 5\r\n", "hello"), 405);
	CHECK_STR(http_header(&got, "Allow"), "GET, HEAD, POST, OPTIONS");
	int fd = http_dial(port, 1);
	http_say(fd, "OPTIONS /post HTTP/1.1\r\nHost: x\r\nOrigin: http://a\r\n\r\n");
	CHECK_INT(http_hear(fd, &got, 0), 204);
	CHECK_STR(http_header(&got, "Access-Control-Allow-Origin"), "*");
	CHECK_STR(http_header(&got, "Access-Control-Allow-Headers"), "Content-Type");
	CHECK(!http_header(&got, "Access-Control-Allow-Credentials"));
	close(fd);
	stop();
}

static void tasks_wait_for_nobody(void)
{
	start_as_usual();
	int slow[3];
	for (int i = 0; i < 3; i++) {
		slow[i] = http_dial(port, 1);
		http_say(slow[i], i == 0 ? "GET /task/a HTTP/1.1\r\nHost: x\r\n\r\n"
					 : "GET /shared HTTP/1.1\r\nHost: x\r\n\r\n");
	}
	wait_for(&working, 2); /* three visitors, two tasks */
	CHECK_INT(http_get(port, "/fast", "", &got), 200);
	CHECK_INT(http_get(port, "/task/now", "", &got), 200);
	set(&gate, 1);
	for (int i = 0; i < 3; i++) {
		CHECK_INT(http_hear(slow[i], &got, 0), 200);
		CHECK_STR(got.body, i == 0 ? "/task/a" : "/shared");
		http_say(slow[i], "GET /again HTTP/1.1\r\nHost: x\r\n\r\n");
		CHECK_INT(http_hear(slow[i], &got, 0), 200);
		close(slow[i]);
	}
	CHECK(atomic_load(&ticks) > 0);
	stop();
}

static void too_many_tasks_are_later(void)
{
	limits = drp_http_defaults();
	limits.tasks = 2;
	start();
	int slow[2];
	for (int i = 0; i < 2; i++) {
		slow[i] = http_dial(port, 1);
		http_say(slow[i], "GET /task/a HTTP/1.1\r\nHost: x\r\n\r\n");
		wait_for(&working, i + 1);
	}
	CHECK_INT(http_get(port, "/task/b", "", &got), 503);
	CHECK(http_header(&got, "Retry-After"));
	CHECK_INT(http_get(port, "/null", "", &got), 503);
	set(&gate, 1);
	for (int i = 0; i < 2; i++) {
		CHECK_INT(http_hear(slow[i], &got, 0), 200);
		close(slow[i]);
	}
	stop();
}

/* --- rude ones
 * ---------------------------------------------------------------------------- */

/* Says it, with a second request behind it: the status of the first, and no answer to the
 * second. (What libmicrohttpd refuses by itself comes with its head twice.) */
static void is_refused(const char *request, int status)
{
	int fd = http_dial(port, 1);
	char rest[4096];
	size_t n = 0;
	http_say(fd, request);
	http_say(fd, "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n");
	int heard = http_hear(fd, &got, 0);
	if (heard != status) {
		printf("# %.100s: %d\n", request, heard);
	}
	CHECK_INT(heard, status);
	for (ssize_t more; (more = recv(fd, rest + n, sizeof rest - 1 - n, 0)) > 0;) {
		n += (size_t)more;
	}
	rest[n] = 0;
	CHECK(!strstr(rest, "200 OK") && !strstr(rest, "/smuggled"));
	close(fd);
}

static void odd_requests_are_refused(void)
{
	start_as_usual();
	is_refused("POST /post HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n"
		   "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		400);
	is_refused("POST /post HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
		   "0\r\n\r\n",
		400);
	is_refused("POST /post HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n"
		   "Content-Length: 40\r\n\r\n",
		400);
	is_refused("POST /post HTTP/1.1\r\nHost: x\r\nContent-Length: +0\r\n\r\n", 400);
	is_refused("GET /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello", 400);
	is_refused("GET /a HTTP/1.1\r\nHost: x\r\nContent-Length : 5\r\n\r\nhello", 400);
	is_refused("GET /a HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400);
	is_refused("GET /a HTTP/1.1\r\n\r\n", 400);
	is_refused("GET /../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n", 400);
	is_refused("GET /%2e%2e%2fetc HTTP/1.1\r\nHost: x\r\n\r\n", 400);
	is_refused("GET /a%00.csv HTTP/1.1\r\nHost: x\r\n\r\n", 400);
	is_refused("GET http://x/a HTTP/1.1\r\nHost: x\r\n\r\n", 400);
	is_refused("GET a HTTP/1.1\r\nHost: x\r\n\r\n", 400);
	is_refused("DELETE /a HTTP/1.1\r\nHost: x\r\n\r\n", 405);
	is_refused("TRACE /a HTTP/1.1\r\nHost: x\r\n\r\n", 405);
	is_refused("CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n", 405);
	stop();
}

static void big_requests_are_refused(void)
{
	static char request[80000];
	start_as_usual();
	char *at = request + sprintf(request, "GET /");
	memset(at, 'a', 4200);
	sprintf(at + 4200, " HTTP/1.1\r\nHost: x\r\n\r\n");
	is_refused(request, 414);
	at = request + sprintf(request, "GET /a HTTP/1.1\r\nHost: x\r\n");
	for (int i = 0; i < 70; i++) {
		at += sprintf(at, "X-%d: y\r\n", i);
	}
	sprintf(at, "\r\n");
	is_refused(request, 431);
	at = request + sprintf(request, "GET /a HTTP/1.1\r\nHost: x\r\nX-Long: ");
	memset(at, 'a', 8300);
	sprintf(at + 8300, "\r\n\r\n");
	is_refused(request, 431);
	/* Beyond the connection's memory libmicrohttpd itself ends it. */
	at = request + sprintf(request, "GET /");
	memset(at, 'a', 70000);
	sprintf(at + 70000, " HTTP/1.1\r\nHost: x\r\n\r\n");
	int fd = http_dial(port, 1);
	http_say(fd, request);
	shutdown(fd, SHUT_WR);
	char sink[4096];
	size_t n = 0;
	for (ssize_t more; (more = recv(fd, sink, sizeof sink, 0)) > 0;) {
		n += (size_t)more;
	}
	CHECK(n < 1000);
	close(fd);
	CHECK_INT(http_get(port, "/alive", "", &got), 200);
	stop();
}

/* Says a byte now and then until it is put out. */
static void trickles_until_closed(int fd, const char *bytes)
{
	for (size_t i = 0;; i = bytes[i + 1] ? i + 1 : i) {
		if (send(fd, bytes + i, 1, MSG_NOSIGNAL) != 1) {
			break;
		}
		usleep(20000);
	}
	close(fd);
}

static void slow_ones_have_to_go(void)
{
	limits = drp_http_defaults();
	limits.request_ms = 400;
	start();
	int silent = http_dial(port, 1), line = http_dial(port, 1);
	int body = http_dial(port, 1), idle = http_dial(port, 1);
	http_say(body, "POST /post HTTP/1.1\r\nHost: x\r\nContent-Length: 90\r\n\r\n");
	http_say(idle, "GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
	CHECK_INT(http_hear(idle, &got, 0), 200);
	trickles_until_closed(line, "GET /aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
	trickles_until_closed(body, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
	CHECK(http_is_closed(silent));
	CHECK(http_is_closed(idle));
	close(silent);
	close(idle);
	stop();
}

/* Takes nothing of a long reply. */
static void slow_readers_have_to_go(void)
{
	limits = drp_http_defaults();
	limits.reply_ms = 200;
	start();
	int fd = http_dial(port, 1), few = 4096;
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &few, sizeof few);
	http_say(fd, "GET /huge HTTP/1.1\r\nHost: x\r\n\r\n");
	begin_stop(); /* ends only when that one has been put out */
	stopped();
	close(fd);
}

static void crowds_make_room(void)
{
	int fds[200];
	limits = drp_http_defaults();
	limits.connections = 64;
	limits.per_address = 1000;
	start();
	for (int i = 0; i < 200; i++) { /* each begins a request and never ends it */
		fds[i] = http_dial(port, 1);
		http_say(fds[i], "GET /a HTTP/1.1\r\nX:");
	}
	CHECK_INT(http_get(port, "/alive", "", &got), 200);
	CHECK(http_is_closed(fds[0]));
	for (int i = 0; i < 200; i++) {
		close(fds[i]);
	}
	stop();
}

static void addresses_have_a_share(void)
{
	int fds[12], open = 0;
	limits = drp_http_defaults();
	limits.per_address = 4;
	start();
	for (int i = 0; i < 12; i++) {
		fds[i] = http_dial(port, 2);
		http_say(fds[i], "GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
		open += http_hear(fds[i], &got, 0) == 200;
	}
	CHECK_INT(open, 4);
	CHECK_INT(http_get(port, "/other", "", &got), 200); /* another address */
	for (int i = 0; i < 12; i++) {
		close(fds[i]);
	}
	stop();
}

/* Leaves while its task is in work, in every way. */
static void deserters(void)
{
	start_as_usual();
	for (int round = 0; round < 50; round++) {
		int fds[8];
		set(&gate, 0);
		set(&working, 0);
		for (int i = 0; i < 8; i++) {
			fds[i] = http_dial(port, 1 + (unsigned)i);
			http_say(fds[i], i % 2 ? "GET /shared HTTP/1.1\r\nHost: x\r\n\r\n"
					       : "GET /task/now HTTP/1.1\r\nHost: "
						 "x\r\n\r\n");
		}
		wait_for(&working, 1);
		for (int i = 0; i < 8; i++) {
			struct linger reset = {.l_onoff = 1};
			if (i % 4 < 2) {
				setsockopt(fds[i], SOL_SOCKET, SO_LINGER, &reset,
					sizeof reset);
			}
			if (i != 7) {
				close(fds[i]);
			}
		}
		set(&gate, 1);
		CHECK_INT(http_hear(fds[7], &got, 0), 200);
		close(fds[7]);
	}
	CHECK_INT(http_get(port, "/alive", "", &got), 200);
	stop();
}

/* --- the end
 * --------------------------------------------------------------------------------- */

static void stops_after_the_answers(void)
{
	start_as_usual();
	int fd = http_dial(port, 1), idle = http_dial(port, 1);
	http_say(fd, "GET /task/a HTTP/1.1\r\nHost: x\r\n\r\n");
	wait_for(&working, 1);
	begin_stop();
	set(&gate, 1);
	CHECK_INT(http_hear(fd, &got, 0), 200);
	CHECK_STR(got.body, "/task/a");
	CHECK(http_is_closed(idle));
	close(fd);
	close(idle);
	stopped();
}

/* However short the grace: libmicrohttpd must not be stopped with a visitor suspended. */
static void stops_after_the_tasks(void)
{
	start_as_usual();
	grace_ms = 0;
	int fd = http_dial(port, 1);
	http_say(fd, "GET /task/a HTTP/1.1\r\nHost: x\r\n\r\n");
	wait_for(&working, 1);
	begin_stop();
	usleep(200000); /* time to do it wrong */
	set(&gate, 1);
	stopped();
	close(fd);
	grace_ms = 5000;
}

static void unix_sockets(void)
{
	char path[64], where[80];
	snprintf(path, sizeof path, "/tmp/drp-http-%d.sock", (int)getpid());
	snprintf(where, sizeof where, "unix:%s", path);
	listen_at = where;
	for (int i = 0; i < 2; i++) { /* a dead file is no obstacle */
		start_as_usual();
		int fd = http_dial_unix(path);
		http_say(fd, "GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
		CHECK_INT(http_hear(fd, &got, 0), 200);
		close(fd);
		stop();
		CHECK(access(path, F_OK) != 0);
		struct sockaddr_un at = {.sun_family = AF_UNIX};
		snprintf(at.sun_path, sizeof at.sun_path, "%s", path);
		int dead = socket(AF_UNIX, SOCK_STREAM, 0);
		CHECK_INT(bind(dead, (struct sockaddr *)&at, sizeof at), 0);
		close(dead);
	}
	unlink(path);
	listen_at = NULL;
}

static void wrong_addresses(void)
{
	static const char *const wrong[] = {"0.0.0.0:0", "[::]:0", "*:0", "8080", "",
		"127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "192.0.2.1:80",
		"unix:", "unix:/nowhere/at/all"};
	limits = drp_http_defaults();
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct drp_diag diag = {0};
		uv_loop_t loop;
		uv_loop_init(&loop);
		CHECK_ERR(drp_http_open(&loop, wrong[i], &handler, &limits, &http, &diag),
			DRP_E_CONFIG);
		CHECK(*diag.text);
		CHECK_INT(uv_loop_close(&loop), 0);
	}
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	CASE("requests are answered, many on one connection", gets);
	CASE("what did not change is not sent again, what can be packed is",
		conditions_and_codings);
	CASE("a body is taken where it belongs and no longer than allowed", posts);
	CASE("a task keeps nobody else waiting, and one serves all who ask",
		tasks_wait_for_nobody);
	CASE("too many tasks: later", too_many_tasks_are_later);
	CASE("odd requests are refused and their connection closed",
		odd_requests_are_refused);
	CASE("big requests are refused", big_requests_are_refused);
	CASE("who takes too long over a request has to go", slow_ones_have_to_go);
	CASE("who takes too long over a reply has to go", slow_readers_have_to_go);
	CASE("when it is crowded the slowest make room", crowds_make_room);
	CASE("one address has its share of the connections", addresses_have_a_share);
	CASE("visitors who leave during their task harm nobody", deserters);
	CASE("the end comes after the answers", stops_after_the_answers);
	CASE("without grace the end still comes after the tasks", stops_after_the_tasks);
	CASE("a unix socket is listened on and cleaned up", unix_sockets);
	CASE("it listens on this machine only", wrong_addresses);
	return DONE();
}
