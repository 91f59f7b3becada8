/* SPDX-License-Identifier: Apache-2.0
 *
 * The hub's public API as a pure function: what was asked goes in, status and bytes come
 * out. No sockets, no store, no clock: everything is made of published editions
 * (publication.h), so that no request can reach what an edition does not hold, and the
 * same request gives the same bytes for as long as the catalogue is the same.
 * Threads: any, once the catalogue is built; it does not change.
 */
#ifndef DRP_HUB_API_H
#define DRP_HUB_API_H

#include "hub/tables/publication.h"
#include "hub/tables/target.h"
#include "proto/base/buf.h"

#include <drempel/err.h>

/* The published editions that this answer may draw on, newest first. */
struct drp_catalogue {
	size_t n;
	const struct drp_publication *const *publication;
	const struct drp_history *history; /* of these campaigns; NULL: none */
	size_t n_targets;
	const struct drp_target *target;
	const char *base; /* the address under which the public reaches the hub, without a
			     final slash: for links, feeds and identifiers */
};

/* Everything is decoded (percent signs) UTF-8 and borrowed. */
struct drp_api_request {
	const char *method;		      /* GET or POST */
	const char *path;		      /* "/api/v2/tables" */
	const char *accept, *accept_language; /* headers as they came; "" without */
	size_t n_parameters;
	struct {
		const char *name, *value;
	} parameter[DRP_HTTP_PARAMETERS_MAX];
	const void *body;
	size_t body_n;
};

struct drp_api_reply {
	int status;
	char media_type[96];
	char language[8];    /* Content-Language; "" when it does not matter */
	char file_name[96];  /* Content-Disposition; "" for what is looked at */
	const char *vary;    /* request headers that the bytes depend on; "" for none */
	struct drp_buf body; /* the caller clears it */
};

/* drp_api_answer: DRP_E_NOTFOUND when no route here has this path (the caller may have
 * others); otherwise DRP_OK, and every error of the client is a reply with its status and
 * a problem+json (or SDMX) body. DRP_E_NOMEM. */
enum drp_err drp_api_answer(const struct drp_catalogue *catalogue,
	const struct drp_api_request *request,
	struct drp_api_reply *reply) DRP_MUST_CHECK;

#endif
