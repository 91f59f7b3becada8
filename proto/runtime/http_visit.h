/* SPDX-License-Identifier: Apache-2.0
 *
 * One connection of the HTTP server, from request to request: reads, checks and hands a
 * whole request to its house, and queues the reply. http.c is the house: it has the
 * clocks, the tasks and the handler. Threads: the loop's.
 */
#ifndef DRP_RUNTIME_HTTP_VISIT_H
#define DRP_RUNTIME_HTTP_VISIT_H

#include "proto/base/buf.h"
#include "proto/runtime/http.h"
#include "proto/runtime/http_headers.h"

#include <microhttpd.h>
#include <stdint.h>

enum drp_http_phase {
	DRP_HTTP_WAITING, /* for a request's last header */
	DRP_HTTP_READING, /* its body */
	DRP_HTTP_WORKING, /* suspended: a task is in work for it */
	DRP_HTTP_ANSWERED /* a reply is there, or on its way */
};

struct drp_http_visit {
	struct drp_http_visit *previous, *next; /* the house's list */
	struct drp_http_visit *next_waiting;	/* of the same task */
	struct drp_http_house *house;
	struct MHD_Connection *connection;
	int fd, closing;
	enum drp_http_phase phase;
	uint64_t since_ms; /* when this wait for a whole request began */
	uint64_t deadline_ms;
	struct drp_buf raw, text; /* the target as sent, and decoded */
	struct drp_http_target target;
	struct drp_http_headers headers;
	int is_post, named;
	size_t body_max;
	struct drp_buf body;
	struct drp_http_reply *reply;
};

struct drp_http_house {
	struct drp_http_limits limits;
	const struct drp_http_handler *handler;
	/* dispatch gives a reply (the visit gets the reference), or NULL after it has put
	 * the visit on a task's list: then the visit is suspended. */
	struct drp_http_reply *(*dispatch)(
		struct drp_http_house *house, struct drp_http_visit *visit);
	uint64_t (*now_ms)(struct drp_http_house *house);
	uint64_t requests, refused;
};

void drp_http_visit_begin(struct drp_http_visit *visit); /* a new wait */
void drp_http_visit_name(struct drp_http_visit *visit, const char *raw);
enum MHD_Result drp_http_visit_step(struct drp_http_visit *visit, const char *method,
	const char *version, const char *data, size_t *n);
void drp_http_visit_resume(struct drp_http_visit *visit, struct drp_http_reply *reply);
void drp_http_visit_clear(struct drp_http_visit *visit);

#endif
