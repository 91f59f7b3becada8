/* SPDX-License-Identifier: Apache-2.0
 *
 * Puts the request path of service.h together and takes it apart again. The order of
 * the end is the point (rep.c says why):
 *   1. the doorman stops listening and reading requests, lets the answers in work pass,
 *      for at most GRACE_MS, closes every connection and its own way to NNG; HTTP ends
 *      its tasks and replies in the same time; the loop runs out of handles;
 *   2. the REP socket waits until its only peer has gone, cancels its receives and waits
 *      for the requests that are still in work: workers and store run on;
 *   3. the queues are closed, the threads end, and only then the REP socket is freed.
 * Should anything of it hang, a guard ends the process after GUARD_MS: whatever was
 * acknowledged is committed, and what was not, the nodes send again.
 * nng_fini is not called: a link of the same process may be open.
 */
#include "proto/runtime/service.h"

#include "proto/base/alloc.h"
#include "proto/runtime/doorman.h"
#include "proto/runtime/log.h"
#include "proto/runtime/queue.h"
#include "proto/runtime/rep.h"

#include <drempel/limits.h>

#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>
#include <uv.h>

#define GRACE_MS      5000
#define GUARD_MS      10000
#define IDLE_MS	      1000
#define GATHER_MS     2
#define WORKERS_MAX   64
#define WAIT_FOR_EVER 3600000

/* Descriptors that are left for the database, logs and the standard streams. */
#define FILES_FOR_OTHERS 64

struct server {
	const struct drp_service *service;
	uv_loop_t loop;
	uv_signal_t signals[2];
	struct drp_doorman *doorman;
	struct drp_http *http; /* NULL: none */
	struct drp_rep *rep;
	struct drp_queue requests, jobs;
	uv_thread_t workers[WORKERS_MAX], store;
	unsigned n_workers;
	char url[64]; /* of the REP socket, inside the process */
	uv_thread_t guard;
	uv_mutex_t guard_lock;
	uv_cond_t guard_ended;
	int stopping, guarded;
	int ended; /* under guard_lock */
};

/* --- workers and store ------------------------------------------------------- */

/* Ends an exchange with its job's reply, or with none. After that the exchange is
 * NNG's: nothing of it may be touched. */
static void settle(
	struct server *server, struct drp_exchange *exchange, struct drp_service_job *job)
{
	drp_exchange_answer(
		exchange, job->reply.data, job->reply.failed ? 0 : job->reply.len);
	if (job->work) {
		server->service->drop(server->service->self, job->work);
	}
	drp_buf_clear(&job->reply);
}

static void run_worker(void *arg)
{
	struct server *server = arg;
	const struct drp_service *service = server->service;
	void *item;
	int n;
	while ((n = drp_queue_pop(&server->requests, &item, 1, 1, WAIT_FOR_EVER)) >= 0) {
		if (n == 0) {
			continue;
		}
		struct drp_exchange *exchange = item;
		struct drp_service_job job = {0};
		service->open(
			service->self, exchange->request, exchange->request_n, &job);
		exchange->job = job;
		if (!job.work || drp_queue_push(&server->jobs, exchange) != DRP_OK) {
			settle(server, exchange, &job);
		}
	}
}

static void commit(struct server *server, void *const *items, size_t n)
{
	struct drp_service_job jobs[DRP_GROUP_COMMIT_MAX];
	for (size_t i = 0; i < n; i++) {
		jobs[i] = ((struct drp_exchange *)items[i])->job;
	}
	server->service->commit(server->service->self, jobs, n);
	for (size_t i = 0; i < n; i++) {
		settle(server, items[i], &jobs[i]);
	}
}

/* A job that comes alone is committed at once. While requests wait for the workers, half
 * as many more jobs are worth a moment: a commit costs the same for all of them, and the
 * other half keeps the workers busy during it. */
static int gather(struct server *server, void **items, int timeout_ms)
{
	int n = drp_queue_pop(&server->jobs, items, 1, DRP_GROUP_COMMIT_MAX, timeout_ms);
	size_t coming = n > 0 ? drp_queue_length(&server->requests) / 2 : 0;
	size_t room = n > 0 ? DRP_GROUP_COMMIT_MAX - (size_t)n : 0;
	if (coming > 1 && coming <= room) {
		int more =
			drp_queue_pop(&server->jobs, items + n, coming, room, GATHER_MS);
		n += more > 0 ? more : 0;
	}
	return n;
}

static void run_store(void *arg)
{
	struct server *server = arg;
	void *items[DRP_GROUP_COMMIT_MAX];
	uint64_t idle_at = uv_hrtime() / 1000000 + IDLE_MS;
	int n = 0;
	while (n >= 0) {
		uint64_t now = uv_hrtime() / 1000000;
		if (now >= idle_at) {
			server->service->idle(server->service->self);
			idle_at = now + IDLE_MS;
		}
		n = gather(server, items, (int)(idle_at - now));
		if (n > 0) {
			commit(server, items, (size_t)n);
		}
	}
}

/* On NNG's threads. The queue holds as many as there are exchanges: it cannot be full. */
static void request_arrived(void *self, struct drp_exchange *exchange)
{
	struct server *server = self;
	(void)!drp_queue_push(&server->requests, exchange);
}

static unsigned worker_count(unsigned wanted)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned n = wanted ? wanted : cores > 2 ? (unsigned)cores - 1 : 1;
	return n < WORKERS_MAX ? n : WORKERS_MAX;
}

static enum drp_err start_threads(
	struct server *server, unsigned workers, struct drp_diag *diag)
{
	if (uv_thread_create(&server->store, run_store, server) != 0) {
		return drp_fail(diag, DRP_E_NOMEM, "no thread can be started");
	}
	for (unsigned i = 0; i < worker_count(workers); i++) {
		if (uv_thread_create(&server->workers[i], run_worker, server) == 0) {
			server->n_workers++;
		}
	}
	if (server->n_workers > 0) {
		return DRP_OK;
	}
	drp_queue_close(&server->jobs);
	uv_thread_join(&server->store);
	return drp_fail(diag, DRP_E_NOMEM, "no thread can be started");
}

static void join_threads(struct server *server)
{
	drp_queue_close(&server->requests);
	for (unsigned i = 0; i < server->n_workers; i++) {
		uv_thread_join(&server->workers[i]);
	}
	drp_queue_close(&server->jobs);
	uv_thread_join(&server->store);
}

/* --- limits -------------------------------------------------------------------- */

static struct drp_doorman_limits limits_of(const struct drp_server_config *config)
{
	struct drp_doorman_limits limits = drp_doorman_defaults();
	if (config->connections) {
		limits.connections = config->connections;
	}
	if (config->per_address) {
		limits.per_address = config->per_address;
	}
	struct rlimit files;
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
		rlim_t room = files.rlim_cur > FILES_FOR_OTHERS * 2
				      ? files.rlim_cur - FILES_FOR_OTHERS
				      : FILES_FOR_OTHERS;
		if (room < limits.connections) {
			limits.connections = (unsigned)room;
		}
	}
	return limits;
}

/* --- the end ----------------------------------------------------------------- */

static void run_guard(void *arg)
{
	struct server *server = arg;
	uint64_t end = uv_hrtime() + UINT64_C(1000000) * GUARD_MS;
	uv_mutex_lock(&server->guard_lock);
	for (uint64_t now = uv_hrtime(); !server->ended && now < end; now = uv_hrtime()) {
		uv_cond_timedwait(&server->guard_ended, &server->guard_lock, end - now);
	}
	int ended = server->ended;
	uv_mutex_unlock(&server->guard_lock);
	if (!ended) {
		drp_log(DRP_LOG_WARN, "server", "cut-short", "after_ms=%d", GUARD_MS);
		_exit(0);
	}
}

static void stop(struct server *server)
{
	if (server->stopping) {
		return;
	}
	server->stopping = 1;
	server->guarded = uv_thread_create(&server->guard, run_guard, server) == 0;
	drp_doorman_stop(server->doorman, GRACE_MS);
	if (server->http) {
		drp_http_stop(server->http, GRACE_MS);
	}
	for (int i = 0; i < 2; i++) {
		uv_close((uv_handle_t *)&server->signals[i], NULL);
	}
}

static void on_signal(uv_signal_t *handle, int number)
{
	drp_log(DRP_LOG_INFO, "server", "stopping", "signal=%d", number);
	stop(handle->data);
}

static void end_guard(struct server *server)
{
	uv_mutex_lock(&server->guard_lock);
	server->ended = 1;
	uv_cond_signal(&server->guard_ended);
	uv_mutex_unlock(&server->guard_lock);
	if (server->guarded) {
		uv_thread_join(&server->guard);
	}
}

/* --- all of it --------------------------------------------------------------- */

/* A request passes eight threads. Under SCHED_BATCH one that wakes another is not put
 * off the processor by it, so that requests gather where they wait: a fifth less
 * processor time each, measured. Threads inherit it, NNG's too, if they start after
 * this. A kernel that refuses serves as well, slower. */
static void prefer_throughput(void)
{
	struct sched_param none = {0};
	(void)!sched_setscheduler(0, SCHED_BATCH, &none);
}

/* People wait for pages: where there is HTTP, the loop's own thread is woken at once
 * again. The threads that it has started keep what they inherited. */
static void prefer_answers(void)
{
	struct sched_param none = {0};
	(void)!sched_setscheduler(0, SCHED_OTHER, &none);
}

static void catch_signals(struct server *server)
{
	static const int numbers[] = {SIGTERM, SIGINT};
	signal(SIGPIPE, SIG_IGN);
	for (int i = 0; i < 2; i++) {
		uv_signal_init(&server->loop, &server->signals[i]);
		server->signals[i].data = server;
		uv_signal_start(&server->signals[i], on_signal, numbers[i]);
	}
}

static struct server *server_new(const struct drp_service *service, struct drp_diag *diag)
{
	struct server *server = drp_alloc(1, sizeof *server);
	if (server && uv_loop_init(&server->loop) == 0) {
		if (uv_mutex_init(&server->guard_lock) == 0 &&
			uv_cond_init(&server->guard_ended) == 0) {
			server->service = service;
			return server;
		}
		uv_loop_close(&server->loop);
	}
	drp_free(server);
	drp_fail(diag, DRP_E_NOMEM, "the hub cannot start: out of memory or open files");
	return NULL;
}

static enum drp_err open_http(struct server *server,
	const struct drp_server_config *config, struct drp_diag *diag)
{
	struct drp_http_limits limits = drp_http_defaults();
	return config->http_listen ? drp_http_open(&server->loop, config->http_listen,
					     config->http, &limits, &server->http, diag)
				   : DRP_OK;
}

static enum drp_err open_path(struct server *server,
	const struct drp_server_config *config, struct drp_diag *diag)
{
	struct drp_doorman_limits limits = limits_of(config);
	enum drp_err err;
	if (drp_queue_init(&server->requests, DRP_HUB_CONTEXTS) ||
		drp_queue_init(&server->jobs, DRP_HUB_CONTEXTS)) {
		return drp_fail(diag, DRP_E_NOMEM, "the hub cannot start: out of memory");
	}
	snprintf(server->url, sizeof server->url, "inproc://drempel-hub-%p",
		(void *)server);
	if ((err = drp_rep_open(server->url, DRP_HUB_CONTEXTS, request_arrived, server,
		     &server->rep, diag)) ||
		(err = drp_doorman_open(&server->loop, config->listen, server->url,
			 DRP_HUB_CONTEXTS, &limits, &server->doorman, diag))) {
		return err;
	}
	catch_signals(server);
	err = open_http(server, config, diag);
	err = err ? err : start_threads(server, config->workers, diag);
	if (config->http_listen) {
		prefer_answers();
	}
	if (err) {
		stop(server);
	}
	return err;
}

/* Steps 2 and 3 of the essay above, for as much as there is. */
static int server_free(struct server *server)
{
	if (server->rep) {
		drp_rep_stop(server->rep);
	}
	if (server->n_workers > 0) {
		join_threads(server);
	}
	if (server->rep) {
		drp_rep_free(server->rep);
	}
	if (server->doorman) {
		drp_doorman_free(server->doorman);
	}
	if (server->http) {
		drp_http_free(server->http);
	}
	drp_queue_clear(&server->requests);
	drp_queue_clear(&server->jobs);
	end_guard(server);
	int rc = uv_loop_close(&server->loop);
	uv_cond_destroy(&server->guard_ended);
	uv_mutex_destroy(&server->guard_lock);
	drp_free(server);
	return rc;
}

enum drp_err drp_server_run(const struct drp_server_config *config,
	const struct drp_service *service, void (*ready)(void *self, const char *address),
	struct drp_diag *diag)
{
	prefer_throughput();
	struct server *server = server_new(service, diag);
	if (!server) {
		return DRP_E_NOMEM;
	}
	enum drp_err err = open_path(server, config, diag);
	if (!err) {
		const char *address = drp_doorman_address(server->doorman);
		drp_log(DRP_LOG_INFO, "server", "listening", "address=%s workers=%u",
			address, server->n_workers);
		if (ready) {
			ready(service->self, address);
		}
	}
	uv_run(&server->loop, UV_RUN_DEFAULT);
	if (server_free(server) != 0) {
		return drp_fail(diag, DRP_E_INTERNAL,
			"the event loop did not end empty, report this defect");
	}
	drp_log(DRP_LOG_INFO, "server", "stopped", "error=%s", drp_err_name(err));
	return err;
}
