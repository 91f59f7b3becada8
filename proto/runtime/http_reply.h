/* SPDX-License-Identifier: Apache-2.0
 *
 * An answer over HTTP: status, headers and bytes that never change once it is made, so
 * that one is served any number of times, by several connections at once, compressed or
 * not. Every reply carries the security headers; what it says about caching, and to whom
 * it may be shown, its maker says. Threads: any; held and released by reference count.
 */
#ifndef DRP_RUNTIME_HTTP_REPLY_H
#define DRP_RUNTIME_HTTP_REPLY_H

#include <stddef.h>

struct drp_http_reply; /* opaque */

/* Everything is borrowed; NULL or "" where there is nothing to say. */
struct drp_http_content {
	int status;
	const char *media_type, *language;
	const char *file_name;	/* of a download; odd characters become "_" */
	const char *vary;	/* request headers that the bytes depend on */
	const char *cache;	/* Cache-Control; without it "no-store" */
	const char *tag;	/* ETag, without quotes: a hash of the bytes, in hex */
	const char *extra_name; /* one more header, such as Allow or Retry-After */
	const char *extra_value;
	int open_to_all; /* pages of other sites may read it (CORS) */
	int preflight;	 /* it answers whether they may post JSON */
	const void *bytes;
	size_t n;
};

/* drp_http_reply_new copies the bytes and compresses those that get smaller by it: the
 * same bytes each time. NULL without memory. The caller holds one reference. */
struct drp_http_reply *drp_http_reply_new(const struct drp_http_content *content);

/* drp_http_problem: an error as problem+json (RFC 9457). detail is a sentence of this
 * program's own, without quotes or backslashes. NULL without memory. */
struct drp_http_reply *drp_http_problem(int status, const char *detail);
struct drp_http_reply *drp_http_problem_with(
	int status, const char *detail, const char *extra_name, const char *extra_value);

struct drp_http_reply *drp_http_reply_hold(struct drp_http_reply *reply);
void drp_http_reply_release(struct drp_http_reply *reply); /* NULL is fine */

int drp_http_reply_status(const struct drp_http_reply *reply);

/* The bytes as they are, and a NUL that is not counted. */
const void *drp_http_reply_bytes(const struct drp_http_reply *reply, size_t *n);

/* What it takes in memory, roughly. */
size_t drp_http_reply_size(const struct drp_http_reply *reply);

#endif
