/* SPDX-License-Identifier: Apache-2.0
 *
 * A request's headers: the few that mean something here, and the checks by which a front
 * server and this one cannot disagree about where a request ends. libmicrohttpd 0.9.75
 * takes Transfer-Encoding beside Content-Length and two lengths at once; here a body has
 * one plain length or the request is refused and its connection closed. Threads: any.
 */
#ifndef DRP_RUNTIME_HTTP_HEADERS_H
#define DRP_RUNTIME_HTTP_HEADERS_H

#include <stddef.h>
#include <stdint.h>

struct drp_http_headers {
	const char *accept, *accept_encoding, *accept_language; /* "" without */
	const char *authorization, *if_none_match;		/* NULL without */
	const char *content_length, *host;			/* NULL without */
	uint64_t length;
	unsigned count;
	size_t bytes;
	int refused; /* 0, or the status to refuse with: 400, 413, 431 */
};

void drp_http_headers_init(struct drp_http_headers *headers);

/* drp_http_headers_take looks at one header; values are borrowed. */
void drp_http_headers_take(struct drp_http_headers *headers, const char *name,
	size_t name_n, const char *value, size_t value_n);

/* Whether the value of Accept-Encoding allows gzip. */
int drp_http_takes_gzip(const char *accept_encoding);

/* Whether the value of If-None-Match names tag: "HASH", W/"HASH", or either with "-gzip"
 * at its end, which is the same content in another coding. */
int drp_http_tag_matches(const char *if_none_match, const char *tag);

#endif
