/* SPDX-License-Identifier: Apache-2.0
 *
 * HTTP inside a daemon's loop: libmicrohttpd with an epoll of its own, which the loop
 * watches. It owns sockets, clocks and limits and refuses, with the connection closed,
 * whatever a front server could read differently: Transfer-Encoding, two lengths, odd
 * names and paths, bodies where none belongs. What an answer says it does not know: a
 * handler gives replies at once from memory, or names a task that a worker thread does
 * while other visitors are served.
 *
 * Slow visitors starve nobody: a whole request has a deadline, a reply has one by its
 * length, and when it gets crowded whoever has been silent longest has to go.
 * Nothing of a request is ever logged; once a minute there are counts.
 * Threads: one uv loop's; a handler's work on any, one call at a time for each task.
 */
#ifndef DRP_RUNTIME_HTTP_H
#define DRP_RUNTIME_HTTP_H

#include "proto/runtime/http_reply.h"
#include "proto/runtime/http_target.h"

#include <drempel/err.h>

#include <stddef.h>

/* Borrowed until answer returns. */
struct drp_http_request {
	int is_post; /* otherwise GET, or HEAD, which is the same without the bytes */
	const struct drp_http_target *target;
	const char *accept, *accept_language; /* "" without */
	const char *authorization;	      /* NULL without */
	const void *body;
	size_t body_n;
};

struct drp_http_handler {
	void *self;
	/* answer, on the loop: a reply from memory (the caller gets the reference), or
	 * NULL with *task: what has to be done first. A task that is in work already may
	 * be named again: its reply then goes to all who wait. task is NULL while too
	 * many are in work; then NULL means "later". NULL otherwise is out of memory. */
	struct drp_http_reply *(*answer)(
		void *self, const struct drp_http_request *request, void **task);
	/* work, on a worker thread, may take its time; it must not touch what the other
	 * functions use. */
	void (*work)(void *self, void *task);
	/* finish, on the loop: takes the task and returns its reply, as answer does. */
	struct drp_http_reply *(*finish)(void *self, void *task);
	/* tick, on the loop, at the start and then about once a second: a task that
	 * nobody waits for, or NULL. At most one of them is in work. */
	void *(*tick)(void *self);
	/* takes: the most bytes that a POST to this path may have; 0: no POST there. */
	size_t (*takes)(void *self, const char *path);
	/* ready, once, with the address that is listened on: "http://127.0.0.1:8080". */
	void (*ready)(void *self, const char *address);
};

struct drp_http_limits {
	unsigned connections, per_address;
	unsigned request_ms, reply_ms;
	unsigned tasks;
};

/* The values of limits.h. */
struct drp_http_limits drp_http_defaults(void);

struct drp_http; /* opaque */
struct uv_loop_s;

/* drp_http_open listens (http_listen.h says where) and answers by the handler, which
 * must live until the loop has ended. DRP_E_CONFIG, DRP_E_NOMEM. */
enum drp_err drp_http_open(struct uv_loop_s *loop, const char *listen,
	const struct drp_http_handler *handler, const struct drp_http_limits *limits,
	struct drp_http **http, struct drp_diag *diag) DRP_MUST_CHECK;

/* Lives as long as the server. */
const char *drp_http_address(const struct drp_http *http);

/* drp_http_stop stops listening, lets tasks and replies end, the latter for at most
 * grace_ms, and closes its handles: the loop runs out of them. */
void drp_http_stop(struct drp_http *http, unsigned grace_ms);

/* drp_http_free after the loop has ended. */
void drp_http_free(struct drp_http *http);

#endif
