/* SPDX-License-Identifier: Apache-2.0
 *
 * The hub's HTTP side: health, files of the dashboard, the operator's view, and for all
 * other paths the API (hub/api/api.h) over the snapshot of the moment. Each answer is
 *made once for each way to ask for it and then served from memory until something new is
 * published; making it is done beside the loop.
 *
 *	GET /livez           200 while the loop runs
 *	GET /readyz          200 once the editions have been read, else 503
 *	GET /operator/state  what is published and from when (scope operator)
 *
 * A request with a token that is not right is refused, not answered as to the public.
 * Nothing is kept of a request: no log line, no cookie. Threads: as http.h.
 */
#ifndef DRP_HUB_HTTP_H
#define DRP_HUB_HTTP_H

#include "hub/api/api.h"
#include "hub/home/hub.h"
#include "proto/runtime/http.h"

/* A file of the dashboard; "/" is the path of the page that it starts with. */
struct drp_hub_file {
	const char *path, *media_type;
	const void *bytes;
	size_t n;
	int named_by_content; /* may be kept for ever: a change has another path */
};

struct drp_hub_http_config {
	const char *dir;
	const char *base; /* the public's address, "https://stats.example.org"; NULL or
			     "": where this hub listens, which no link can name when
			     that is a unix socket: then http://localhost */
	struct drp_clock clock;
	/* The API; borrowed like everything else until free. */
	enum drp_err (*api)(const struct drp_catalogue *catalogue,
		const struct drp_api_request *request, struct drp_api_reply *reply);
	const struct drp_hub_file *files;
	size_t n_files;
	size_t cache_max_bytes; /* 0: the value of limits.h */
	/* told the address that is listened on; may be NULL */
	void (*ready)(void *self, const char *address);
	void *self;
};

struct drp_hub_http; /* opaque */

enum drp_err drp_hub_http_new(const struct drp_hub_http_config *config,
	struct drp_hub_http **http, struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_hub_http_free after the server's loop has ended. */
void drp_hub_http_free(struct drp_hub_http *http);

/* What drp_server_run takes; lives as long as http. */
const struct drp_http_handler *drp_hub_http_handler(struct drp_hub_http *http);

#endif
