/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/runtime/http_headers.h"

#include <drempel/limits.h>

#include <string.h>
#include <strings.h>

#define BAD_REQUEST	  400
#define CONTENT_TOO_LARGE 413
#define HEADERS_TOO_LARGE 431

void drp_http_headers_init(struct drp_http_headers *headers)
{
	*headers = (struct drp_http_headers){
		.accept = "", .accept_encoding = "", .accept_language = ""};
}

/* A character of a token (RFC 9110, 5.6.2); the usual ones first. */
static int is_token(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
	       (c >= '0' && c <= '9') || (c && strchr("!#$%&'*+.^_`|~", c));
}

static int is_name(const char *name, size_t n)
{
	size_t i = 0;
	while (i < n && is_token(name[i])) {
		i++;
	}
	return i == n && n > 0;
}

static int is_value(const char *value, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)value[i];
		if ((c < 0x20 && c != '\t') || c == 0x7f) {
			return 0;
		}
	}
	return 1;
}

static void take_length(struct drp_http_headers *headers, const char *value)
{
	size_t n = strlen(value);
	if (headers->content_length || n == 0 || strspn(value, "0123456789") != n) {
		headers->refused = BAD_REQUEST;
		return;
	}
	headers->content_length = value;
	for (; *value && headers->length <= DRP_HTTP_BODY_MAX_BYTES; value++) {
		headers->length = headers->length * 10 + (uint64_t)(*value - '0');
	}
	if (headers->length > DRP_HTTP_BODY_MAX_BYTES) {
		headers->refused = CONTENT_TOO_LARGE;
	}
}

static void take_once(
	struct drp_http_headers *headers, const char **place, const char *value)
{
	if (*place) {
		headers->refused = BAD_REQUEST;
	}
	*place = value;
}

/* The first of several counts; what is kept of an answer depends on the same one. */
static void take_first(const char **place, const char *value)
{
	*place = **place ? *place : value;
}

static int is(const char *name, size_t n, const char *wanted)
{
	return strlen(wanted) == n && strncasecmp(name, wanted, n) == 0;
}

static void keep(
	struct drp_http_headers *headers, const char *name, size_t n, const char *value)
{
	if (is(name, n, "Accept")) {
		take_first(&headers->accept, value);
	} else if (is(name, n, "Accept-Encoding")) {
		take_first(&headers->accept_encoding, value);
	} else if (is(name, n, "Accept-Language")) {
		take_first(&headers->accept_language, value);
	} else if (is(name, n, "Authorization")) {
		take_once(headers, &headers->authorization, value);
	} else if (is(name, n, "If-None-Match")) {
		headers->if_none_match = value;
	} else if (is(name, n, "Content-Length")) {
		take_length(headers, value);
	} else if (is(name, n, "Host")) {
		take_once(headers, &headers->host, value);
	} else if (is(name, n, "Transfer-Encoding")) {
		headers->refused = BAD_REQUEST;
	}
}

void drp_http_headers_take(struct drp_http_headers *headers, const char *name,
	size_t name_n, const char *value, size_t value_n)
{
	headers->count++;
	headers->bytes += name_n + value_n;
	if (headers->refused) {
		return;
	}
	if (headers->count > DRP_HTTP_HEADERS_MAX ||
		headers->bytes > DRP_HTTP_HEADERS_MAX_BYTES) {
		headers->refused = HEADERS_TOO_LARGE;
	} else if (!is_name(name, name_n) || !is_value(value, value_n)) {
		headers->refused = BAD_REQUEST;
	} else {
		keep(headers, name, name_n, value);
	}
}

/* "q=0", "q=0.", "q=0.000": not wanted. */
static int is_zero(const char *parameters, size_t n)
{
	const char *q = NULL;
	for (size_t i = 0; i + 1 < n && !q; i++) {
		if ((parameters[i] == 'q' || parameters[i] == 'Q') &&
			parameters[i + 1] == '=') {
			q = parameters + i + 2;
		}
	}
	size_t rest = q ? n - (size_t)(q - parameters) : 0;
	return rest > 0 && strspn(q, "0. ") >= rest && *q == '0';
}

int drp_http_takes_gzip(const char *accept_encoding)
{
	int any = 0;
	for (const char *at = accept_encoding; *at;) {
		size_t n = strcspn(at, ",");
		size_t coding = strcspn(at, ",; \t");
		int wanted = !is_zero(at + coding, n - coding);
		if (is(at, coding, "gzip") || is(at, coding, "x-gzip")) {
			return wanted;
		}
		any |= is(at, coding, "*") && wanted;
		at += n;
		at += strspn(at, ", \t");
	}
	return any;
}

int drp_http_tag_matches(const char *if_none_match, const char *tag)
{
	size_t n = strlen(tag);
	if (n == 0) {
		return 0;
	}
	if (strcmp(if_none_match, "*") == 0) {
		return 1;
	}
	for (const char *at = if_none_match; (at = strchr(at, '"')) != NULL;) {
		const char *end = strchr(++at, '"');
		if (!end) {
			return 0;
		}
		size_t length = (size_t)(end - at);
		if (length >= n && memcmp(at, tag, n) == 0 &&
			(length == n ||
				(length == n + 5 && memcmp(at + n, "-gzip", 5) == 0))) {
			return 1;
		}
		at = end + 1;
	}
	return 0;
}
