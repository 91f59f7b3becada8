/* SPDX-License-Identifier: Apache-2.0
 *
 * libmicrohttpd runs when its epoll descriptor says so, and again at once while it still
 * has something to do; it has no clock of its own here, since its timeout only sees
 * silence. The sweep below ends what takes too long by shutting the socket down, which
 * libmicrohttpd then finds out by itself: a connection is never closed behind its back.
 * Suspending is all on this one thread, and a suspended connection is always resumed by
 * the end of its task, before libmicrohttpd may be stopped.
 */
#include "proto/runtime/http.h"

#include "proto/base/alloc.h"
#include "proto/runtime/http_listen.h"
#include "proto/runtime/http_visit.h"
#include "proto/runtime/log.h"

#include <drempel/limits.h>

#include <stdio.h>
#include <sys/socket.h>
#include <uv.h>

/* Of a connection. libmicrohttpd clears it after each request, which costs time. */
#define MEMORY_BYTES 16384

#define SWEEP_MS    250
#define STOPPING_MS 20
#define TICK_MS	    1000
#define REPORT_MS   60000
#define RETRY_AFTER "2"

/* A task of the handler on a worker thread, with those who wait for it. */
struct work {
	uv_work_t request;
	struct drp_http *http;
	struct work *next;
	void *task;
	int is_tick;
	struct drp_http_visit *waiting;
};

struct drp_http {
	struct drp_http_house house;
	uv_loop_t *loop;
	struct MHD_Daemon *daemon;
	uv_poll_t poll;
	uv_timer_t again, sweeper;
	int listener; /* -1 once it is closed */
	char address[DRP_HTTP_ADDRESS_MAX];
	struct drp_http_visit *visits;
	unsigned n_visits, n_works, n_handles;
	struct work *works;
	int ticking, stopping, ended;
	uint64_t tick_ms, stop_ms, report_ms, expired, crowded_out;
};

struct drp_http_limits drp_http_defaults(void)
{
	return (struct drp_http_limits){
		.connections = DRP_HTTP_CONNECTIONS_MAX,
		.per_address = DRP_HTTP_PER_ADDRESS_MAX,
		.request_ms = DRP_HTTP_REQUEST_TIMEOUT_MS,
		.reply_ms = DRP_HTTP_REPLY_TIMEOUT_MS,
		.tasks = DRP_HTTP_TASKS_MAX,
	};
}

static uint64_t now_ms(struct drp_http_house *house)
{
	return uv_now(((struct drp_http *)house)->loop);
}

/* --- libmicrohttpd in the loop ------------------------------------------------------ */

static void run(struct drp_http *http);

static void on_again(uv_timer_t *timer)
{
	run(timer->data);
}

static void on_events(uv_poll_t *poll, int status, int events)
{
	(void)status;
	(void)events;
	run(poll->data);
}

/* What is left to do at once waits for the loop's next round: others have their turn. */
static void run(struct drp_http *http)
{
	MHD_UNSIGNED_LONG_LONG timeout = 1;
	if (http->ended) {
		return;
	}
	MHD_run(http->daemon);
	if (MHD_get_timeout(http->daemon, &timeout) == MHD_YES && timeout == 0) {
		uv_timer_start(&http->again, on_again, 0, 0);
	}
}

static void kick_out(struct drp_http_visit *visit)
{
	shutdown(visit->fd, SHUT_RDWR);
	visit->deadline_ms = UINT64_MAX; /* once is enough */
	visit->since_ms = UINT64_MAX;
}

/* Near the limit the one who has been at its request longest makes room. */
static void make_room(struct drp_http *http)
{
	struct drp_http_visit *oldest = NULL;
	unsigned most = http->house.limits.connections;
	if (http->n_visits <= most - most / 8) {
		return;
	}
	for (struct drp_http_visit *v = http->visits; v; v = v->next) {
		if (v->phase <= DRP_HTTP_READING && v->since_ms != UINT64_MAX &&
			(!oldest || v->since_ms < oldest->since_ms)) {
			oldest = v;
		}
	}
	if (oldest) {
		http->crowded_out++;
		kick_out(oldest);
	}
}

static struct drp_http_visit *visit_new(
	struct drp_http *http, struct MHD_Connection *connection)
{
	struct drp_http_visit *visit = drp_alloc(1, sizeof *visit);
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	if (!visit || !info) {
		drp_free(visit);
		return NULL;
	}
	visit->house = &http->house;
	visit->connection = connection;
	visit->fd = info->connect_fd;
	drp_http_visit_begin(visit);
	visit->next = http->visits;
	if (visit->next) {
		visit->next->previous = visit;
	}
	http->visits = visit;
	http->n_visits++;
	return visit;
}

static void visit_free(struct drp_http *http, struct drp_http_visit *visit)
{
	if (visit->previous) {
		visit->previous->next = visit->next;
	} else {
		http->visits = visit->next;
	}
	if (visit->next) {
		visit->next->previous = visit->previous;
	}
	http->n_visits--;
	drp_http_visit_clear(visit);
	drp_free(visit);
}

static void on_connection(void *self, struct MHD_Connection *connection, void **context,
	enum MHD_ConnectionNotificationCode code)
{
	struct drp_http *http = self;
	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		make_room(http);
		*context = visit_new(http, connection);
	} else if (*context) {
		visit_free(http, *context);
	}
}

static struct drp_http_visit *visit_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	return info ? info->socket_context : NULL;
}

static void *on_target(void *self, const char *raw, struct MHD_Connection *connection)
{
	struct drp_http_visit *visit = visit_of(connection);
	(void)self;
	if (visit) {
		drp_http_visit_name(visit, raw);
	}
	return visit;
}

static enum MHD_Result on_request(void *self, struct MHD_Connection *connection,
	const char *url, const char *method, const char *version, const char *data,
	size_t *n, void **context)
{
	struct drp_http_visit *visit = *context;
	(void)self;
	(void)connection;
	(void)url;
	return visit ? drp_http_visit_step(visit, method, version, data, n) : MHD_NO;
}

static void on_completed(void *self, struct MHD_Connection *connection, void **context,
	enum MHD_RequestTerminationCode code)
{
	(void)self;
	(void)connection;
	(void)code;
	if (*context) {
		drp_http_visit_begin(*context);
	}
}

/* Targets are decoded by http_target.c alone, from the bytes as they were sent. */
static size_t leave_escapes(void *self, struct MHD_Connection *connection, char *text)
{
	size_t n = 0;
	(void)self;
	(void)connection;
	while (text[n]) {
		n++;
	}
	return n;
}

/* --- tasks -------------------------------------------------------------------------- */

static void do_work(uv_work_t *request)
{
	struct work *work = request->data;
	const struct drp_http_handler *handler = work->http->house.handler;
	handler->work(handler->self, work->task);
}

static void leave_list(struct drp_http *http, struct work *work)
{
	struct work **at = &http->works;
	while (*at != work) {
		at = &(*at)->next;
	}
	*at = work->next;
	http->n_works--;
	if (work->is_tick) {
		http->ticking = 0;
	}
}

static void work_done(uv_work_t *request, int status)
{
	struct work *work = request->data;
	struct drp_http *http = work->http;
	const struct drp_http_handler *handler = http->house.handler;
	(void)status;
	leave_list(http, work);
	struct drp_http_reply *reply = handler->finish(handler->self, work->task);
	while (work->waiting) {
		struct drp_http_visit *visit = work->waiting;
		work->waiting = visit->next_waiting;
		drp_http_visit_resume(visit, reply);
	}
	drp_http_reply_release(reply);
	drp_free(work);
	run(http);
}

static struct work *find_work(struct drp_http *http, const void *task)
{
	struct work *work = http->works;
	while (work && work->task != task) {
		work = work->next;
	}
	return work;
}

static struct work *begin_work(struct drp_http *http, void *task)
{
	struct work *work = drp_alloc(1, sizeof *work);
	if (!work) {
		return NULL;
	}
	work->request.data = work;
	work->http = http;
	work->task = task;
	work->next = http->works;
	http->works = work;
	http->n_works++;
	uv_queue_work(http->loop, &work->request, do_work, work_done);
	return work;
}

static struct drp_http_reply *dispatch(
	struct drp_http_house *house, struct drp_http_visit *visit)
{
	struct drp_http *http = (struct drp_http *)house;
	const struct drp_http_handler *handler = house->handler;
	struct drp_http_request request = {.is_post = visit->is_post,
		.target = &visit->target,
		.accept = visit->headers.accept,
		.accept_language = visit->headers.accept_language,
		.authorization = visit->headers.authorization,
		.body = visit->body.data,
		.body_n = visit->body.len};
	void *task = NULL;
	int room = http->n_works < house->limits.tasks && !http->stopping;
	struct drp_http_reply *reply =
		handler->answer(handler->self, &request, room ? &task : NULL);
	if (reply) {
		return reply;
	}
	if (!task) {
		return drp_http_problem_with(
			503, "busy; ask again in a moment", "Retry-After", RETRY_AFTER);
	}
	struct work *work = find_work(http, task);
	work = work ? work : begin_work(http, task);
	if (!work) { /* a task that never began still has to end */
		drp_http_reply_release(handler->finish(handler->self, task));
		return drp_http_problem(503, "out of memory; ask again in a moment");
	}
	visit->phase = DRP_HTTP_WORKING;
	visit->next_waiting = work->waiting;
	work->waiting = visit;
	return NULL;
}

static void tick(struct drp_http *http, uint64_t now)
{
	const struct drp_http_handler *handler = http->house.handler;
	if (http->ticking || http->stopping || now < http->tick_ms) {
		return;
	}
	http->tick_ms = now + TICK_MS;
	void *task = handler->tick(handler->self);
	struct work *work = task ? begin_work(http, task) : NULL;
	if (work) {
		work->is_tick = http->ticking = 1;
	} else if (task) {
		drp_http_reply_release(handler->finish(handler->self, task));
	}
}

/* --- clocks and the end ---------------------------------------------------------------
 */

static void report(struct drp_http *http, uint64_t now)
{
	struct drp_http_house *house = &http->house;
	if (now < http->report_ms) {
		return;
	}
	http->report_ms = now + REPORT_MS;
	if (house->requests || house->refused || http->expired || http->crowded_out) {
		drp_log(DRP_LOG_INFO, "http", "minute",
			"connections=%u requests=%llu refused=%llu expired=%llu "
			"crowded_out=%llu",
			http->n_visits, (unsigned long long)house->requests,
			(unsigned long long)house->refused,
			(unsigned long long)http->expired,
			(unsigned long long)http->crowded_out);
		house->requests = house->refused = 0;
		http->expired = http->crowded_out = 0;
	}
}

static void handle_closed(uv_handle_t *handle)
{
	struct drp_http *http = handle->data;
	http->n_handles--;
}

static void close_handles(struct drp_http *http)
{
	uv_close((uv_handle_t *)&http->again, handle_closed);
	uv_close((uv_handle_t *)&http->sweeper, handle_closed);
}

static void end(struct drp_http *http)
{
	http->ended = 1;
	uv_poll_stop(&http->poll);
	uv_close((uv_handle_t *)&http->poll, handle_closed);
	MHD_stop_daemon(http->daemon);
	http->daemon = NULL;
	close_handles(http);
}

/* Tasks always end first: their visitors are suspended, and those must not be left. */
static void end_if_empty(struct drp_http *http, uint64_t now)
{
	unsigned busy = 0;
	for (struct drp_http_visit *v = http->visits; v; v = v->next) {
		busy += v->phase != DRP_HTTP_WAITING || v->named;
	}
	if (http->n_works == 0 && (busy == 0 || now >= http->stop_ms)) {
		end(http);
	}
}

static void on_sweep(uv_timer_t *timer)
{
	struct drp_http *http = timer->data;
	uint64_t now = uv_now(http->loop);
	for (struct drp_http_visit *v = http->visits; v; v = v->next) {
		if (v->phase != DRP_HTTP_WORKING && now >= v->deadline_ms) {
			http->expired++;
			kick_out(v);
		}
	}
	tick(http, now);
	report(http, now);
	run(http);
	if (http->stopping) {
		end_if_empty(http, now);
	}
}

static void stop_listening(struct drp_http *http)
{
	if (http->listener >= 0) {
		MHD_quiesce_daemon(http->daemon);
		drp_http_unlisten(http->listener, http->address);
		http->listener = -1;
	}
}

void drp_http_stop(struct drp_http *http, unsigned grace_ms)
{
	if (http->stopping) {
		return;
	}
	http->stopping = 1;
	http->stop_ms = uv_now(http->loop) + grace_ms;
	stop_listening(http);
	uv_timer_start(&http->sweeper, on_sweep, 0, STOPPING_MS);
}

void drp_http_free(struct drp_http *http)
{
	drp_free(http);
}

/* --- the beginning
 * ---------------------------------------------------------------------- */

static enum drp_err start_daemon(struct drp_http *http, struct drp_diag *diag)
{
	const struct drp_http_limits *limits = &http->house.limits;
	http->daemon = MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL,
		NULL, on_request, http, MHD_OPTION_LISTEN_SOCKET, http->listener,
		MHD_OPTION_CONNECTION_LIMIT, limits->connections,
		MHD_OPTION_PER_IP_CONNECTION_LIMIT, limits->per_address,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY_BYTES,
		MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_UNESCAPE_CALLBACK,
		leave_escapes, NULL, MHD_OPTION_URI_LOG_CALLBACK, on_target, http,
		MHD_OPTION_NOTIFY_CONNECTION, on_connection, http,
		MHD_OPTION_NOTIFY_COMPLETED, on_completed, http,
		MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_END);
	const union MHD_DaemonInfo *info =
		http->daemon ? MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD)
			     : NULL;
	if (!info || uv_poll_init(http->loop, &http->poll, info->epoll_fd) != 0) {
		return drp_fail(diag, DRP_E_NOMEM,
			"HTTP cannot start: out of memory or open files");
	}
	http->poll.data = http;
	http->n_handles++;
	uv_poll_start(&http->poll, UV_READABLE, on_events);
	return DRP_OK;
}

static struct drp_http *http_new(uv_loop_t *loop, const struct drp_http_handler *handler,
	const struct drp_http_limits *limits)
{
	struct drp_http *http = drp_alloc(1, sizeof *http);
	if (http) {
		http->house = (struct drp_http_house){.limits = *limits,
			.handler = handler,
			.dispatch = dispatch,
			.now_ms = now_ms};
		http->loop = loop;
		http->listener = -1;
		uv_timer_init(loop, &http->again);
		uv_timer_init(loop, &http->sweeper);
		http->again.data = http->sweeper.data = http;
		http->n_handles = 2;
	}
	return http;
}

static void abandon(struct drp_http *http)
{
	http->ended = 1;
	if (http->daemon) {
		MHD_stop_daemon(http->daemon);
	} else if (http->listener >= 0) {
		drp_http_unlisten(http->listener, http->address);
	}
	close_handles(http);
	while (http->n_handles > 0) {
		uv_run(http->loop, UV_RUN_NOWAIT);
	}
	drp_free(http);
}

enum drp_err drp_http_open(uv_loop_t *loop, const char *listen,
	const struct drp_http_handler *handler, const struct drp_http_limits *limits,
	struct drp_http **out, struct drp_diag *diag)
{
	struct drp_http *http = http_new(loop, handler, limits);
	if (!http) {
		return drp_fail(diag, DRP_E_NOMEM, "%s: out of memory", listen);
	}
	enum drp_err err = drp_http_listen(listen, &http->listener, http->address, diag);
	err = err ? err : start_daemon(http, diag);
	if (err) {
		abandon(http);
		return err;
	}
	uv_timer_start(&http->sweeper, on_sweep, 0, SWEEP_MS);
	if (handler->ready) {
		handler->ready(handler->self, http->address);
	}
	*out = http;
	return DRP_OK;
}

const char *drp_http_address(const struct drp_http *http)
{
	return http->address;
}
