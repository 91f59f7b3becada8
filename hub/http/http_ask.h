/* SPDX-License-Identifier: Apache-2.0
 *
 * What was asked, in the one form that the API and the cache see: parameters in the order
 * of their names, Accept in lower case without blanks, Accept-Language as the one of our
 * languages that it wants most. What differs only in spelling is then asked once.
 * Threads: any.
 */
#ifndef DRP_HUB_HTTP_ASK_H
#define DRP_HUB_HTTP_ASK_H

#include "hub/api/api.h"
#include "hub/http/http_cache.h"
#include "hub/http/view.h"
#include "proto/runtime/http.h"

#define DRP_ACCEPT_MAX 256

struct drp_http_ask {
	struct drp_api_request request; /* borrows from the HTTP request, or see copy */
	char accept[DRP_ACCEPT_MAX], language[3];
	struct drp_http_key key; /* borrows the two above */
	void *copy;
};

/* drp_http_ask_read fills ask from a request as one of the view of that name (view.h),
 * which is a part of its key. Nothing has to be freed. */
void drp_http_ask_read(struct drp_http_ask *ask, const struct drp_http_request *request,
	const char *view);

/* drp_http_ask_copy makes a copy that borrows nothing; free it with drp_free on copy. */
enum drp_err drp_http_ask_copy(
	struct drp_http_ask *to, const struct drp_http_ask *from) DRP_MUST_CHECK;

#endif
