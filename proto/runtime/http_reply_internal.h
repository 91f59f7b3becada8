/* SPDX-License-Identifier: Apache-2.0
 *
 * A reply as libmicrohttpd takes it; for http.c alone, on the loop's thread.
 */
#ifndef DRP_RUNTIME_HTTP_REPLY_INTERNAL_H
#define DRP_RUNTIME_HTTP_REPLY_INTERNAL_H

#include "proto/runtime/http_headers.h"
#include "proto/runtime/http_reply.h"

#include <microhttpd.h>

/* The form of the reply that these headers ask for and its status (304 or the reply's
 * own); borrowed from the reply. NULL without memory. *n tells its bytes. */
struct MHD_Response *drp_http_reply_form(struct drp_http_reply *reply,
	const struct drp_http_headers *headers, int closing, unsigned *status, size_t *n);

#endif
