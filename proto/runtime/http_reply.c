/* SPDX-License-Identifier: Apache-2.0
 *
 * Bytes and libmicrohttpd's responses outlive the reply while a connection still sends
 * them: a response holds its bytes, and libmicrohttpd counts who holds the response.
 */
#include "proto/runtime/http_reply_internal.h"

#include "proto/base/alloc.h"
#include "proto/base/buf.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#define GZIP_WINDOW  (15 + 16) /* zlib's way to ask for the gzip format */
#define GZIP_LEAST   512       /* below it compression gains nothing worth a header */
#define NOT_MODIFIED 304
#define PAGE_POLICY                                                                      \
	"default-src 'self'; base-uri 'none'; form-action 'self'; "                      \
	"frame-ancestors 'none'; object-src 'none'"
#define DATA_POLICY "default-src 'none'; frame-ancestors 'none'; sandbox"

struct bytes {
	atomic_uint holders;
	size_t n;
	uint8_t data[];
};

enum form { PLAIN, PACKED, PLAIN_UNCHANGED, PACKED_UNCHANGED, CLOSING, FORMS };

static int is_unchanged(enum form form)
{
	return form == PLAIN_UNCHANGED || form == PACKED_UNCHANGED;
}

static int is_packed(enum form form)
{
	return form == PACKED || form == PACKED_UNCHANGED;
}

struct drp_http_reply {
	atomic_uint holders;
	int status;
	struct bytes *plain, *packed; /* packed: NULL when it is not smaller */
	char tag[80];
	struct drp_buf headers; /* "Name\0value\0" ... */
	struct MHD_Response *form[FORMS];
};

/* --- bytes --------------------------------------------------------------------- */

static struct bytes *bytes_new(const void *data, size_t n)
{
	struct bytes *bytes = drp_alloc(1, sizeof *bytes + n + 1);
	if (bytes) {
		atomic_init(&bytes->holders, 1);
		bytes->n = n;
		if (n > 0) {
			memcpy(bytes->data, data, n);
		}
	}
	return bytes;
}

static void bytes_release(struct bytes *bytes)
{
	if (bytes && atomic_fetch_sub(&bytes->holders, 1) == 1) {
		drp_free(bytes);
	}
}

/* libmicrohttpd hands back the address of the data. */
static void response_freed(void *data)
{
	bytes_release((struct bytes *)((char *)data - offsetof(struct bytes, data)));
}

/* zlib writes no time and no name unless told to: the same bytes each time. */
static struct bytes *pack(const void *data, size_t n)
{
	z_stream z = {0};
	struct bytes *packed = NULL;
	if (n < GZIP_LEAST || n > UINT32_MAX / 2 ||
		deflateInit2(&z, 6, Z_DEFLATED, GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY)) {
		return NULL;
	}
	uint8_t *out = drp_alloc(1, n);
	z.next_in = (Bytef *)(uintptr_t)data;
	z.avail_in = (uInt)n;
	z.next_out = out;
	z.avail_out = (uInt)(n - n / 8);
	if (out && deflate(&z, Z_FINISH) == Z_STREAM_END) {
		packed = bytes_new(out, z.total_out);
	}
	deflateEnd(&z);
	drp_free(out);
	return packed;
}

/* What is packed already gains nothing. */
static int is_worth_packing(const char *media_type)
{
	return !strstr(media_type, "zip") && !strstr(media_type, "openxml") &&
	       strncmp(media_type, "font/woff", 9) != 0 &&
	       (strncmp(media_type, "image/", 6) != 0 || strstr(media_type, "svg"));
}

/* --- headers ------------------------------------------------------------------- */

static void add(struct drp_http_reply *reply, const char *name, const char *value)
{
	if (value && *value) {
		drp_buf_append(&reply->headers, name, strlen(name) + 1);
		drp_buf_append(&reply->headers, value, strlen(value) + 1);
	}
}

static void add_security(
	struct drp_http_reply *reply, const struct drp_http_content *content)
{
	int page =
		content->media_type && strncmp(content->media_type, "text/html", 9) == 0;
	add(reply, "Content-Security-Policy", page ? PAGE_POLICY : DATA_POLICY);
	add(reply, "X-Content-Type-Options", "nosniff");
	add(reply, "X-Frame-Options", "DENY");
	add(reply, "Referrer-Policy", "no-referrer");
	add(reply, "Cross-Origin-Resource-Policy",
		content->open_to_all ? "cross-origin" : "same-origin");
	if (page) {
		add(reply, "Cross-Origin-Opener-Policy", "same-origin");
		add(reply, "Permissions-Policy",
			"camera=(), geolocation=(), microphone=()");
	}
	if (content->open_to_all) {
		add(reply, "Access-Control-Allow-Origin", "*");
		add(reply, "Access-Control-Expose-Headers",
			"Content-Disposition, ETag, Retry-After");
	}
	if (content->preflight) {
		add(reply, "Access-Control-Allow-Methods", "GET, HEAD, POST");
		add(reply, "Access-Control-Allow-Headers", "Content-Type");
		add(reply, "Access-Control-Max-Age", "86400");
	}
}

static void add_file_name(struct drp_http_reply *reply, const char *name)
{
	char value[160];
	int n = snprintf(value, sizeof value, "attachment; filename=\"%.96s\"", name);
	for (char *at = value + 22; at < value + n - 1; at++) {
		int plain = (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') ||
			    (*at >= '0' && *at <= '9') || strchr("-_.", *at);
		*at = plain ? *at : '_';
	}
	add(reply, "Content-Disposition", value);
}

static void add_headers(
	struct drp_http_reply *reply, const struct drp_http_content *content)
{
	char vary[256];
	int varies = content->vary && *content->vary;
	snprintf(vary, sizeof vary, "%s%s%s", varies ? content->vary : "",
		varies && reply->packed ? ", " : "",
		reply->packed ? "Accept-Encoding" : "");
	add(reply, "Content-Type", content->media_type);
	add(reply, "Content-Language", content->language);
	if (content->file_name && *content->file_name) {
		add_file_name(reply, content->file_name);
	}
	add(reply, "Vary", vary);
	add(reply, "Cache-Control",
		content->cache && *content->cache ? content->cache : "no-store");
	add(reply, content->extra_name, content->extra_value);
	add_security(reply, content);
}

/* --- replies ------------------------------------------------------------------- */

struct drp_http_reply *drp_http_reply_new(const struct drp_http_content *content)
{
	struct drp_http_reply *reply = drp_alloc(1, sizeof *reply);
	if (!reply) {
		return NULL;
	}
	atomic_init(&reply->holders, 1);
	reply->status = content->status;
	snprintf(reply->tag, sizeof reply->tag, "%s", content->tag ? content->tag : "");
	reply->plain = bytes_new(content->bytes, content->n);
	if (content->media_type && is_worth_packing(content->media_type)) {
		reply->packed = pack(content->bytes, content->n);
	}
	add_headers(reply, content);
	if (!reply->plain || reply->headers.failed) {
		drp_http_reply_release(reply);
		return NULL;
	}
	return reply;
}

static const char *title_of(int status)
{
	static const struct {
		int status;
		const char *title;
	} titles[] = {{400, "Bad Request"}, {401, "Unauthorized"}, {403, "Forbidden"},
		{404, "Not Found"}, {405, "Method Not Allowed"}, {411, "Length Required"},
		{413, "Content Too Large"}, {414, "URI Too Long"},
		{429, "Too Many Requests"}, {431, "Request Header Fields Too Large"},
		{500, "Internal Server Error"}, {503, "Service Unavailable"}};
	for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++) {
		if (titles[i].status == status) {
			return titles[i].title;
		}
	}
	return "Error";
}

struct drp_http_reply *drp_http_problem_with(
	int status, const char *detail, const char *extra_name, const char *extra_value)
{
	char text[512];
	int n = snprintf(text, sizeof text,
		"{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%d,\"detail\":\"%."
		"300s\"}\n",
		title_of(status), status, detail);
	struct drp_http_content content = {.status = status,
		.media_type = "application/problem+json",
		.extra_name = extra_name,
		.extra_value = extra_value,
		.open_to_all = 1,
		.bytes = text,
		.n = (size_t)n};
	return drp_http_reply_new(&content);
}

struct drp_http_reply *drp_http_problem(int status, const char *detail)
{
	return drp_http_problem_with(status, detail, NULL, NULL);
}

struct drp_http_reply *drp_http_reply_hold(struct drp_http_reply *reply)
{
	atomic_fetch_add(&reply->holders, 1);
	return reply;
}

void drp_http_reply_release(struct drp_http_reply *reply)
{
	if (!reply || atomic_fetch_sub(&reply->holders, 1) != 1) {
		return;
	}
	for (int i = 0; i < FORMS; i++) {
		if (reply->form[i]) {
			MHD_destroy_response(reply->form[i]);
		}
	}
	bytes_release(reply->plain);
	bytes_release(reply->packed);
	drp_buf_clear(&reply->headers);
	drp_free(reply);
}

int drp_http_reply_status(const struct drp_http_reply *reply)
{
	return reply->status;
}

const void *drp_http_reply_bytes(const struct drp_http_reply *reply, size_t *n)
{
	*n = reply->plain->n;
	return reply->plain->data;
}

size_t drp_http_reply_size(const struct drp_http_reply *reply)
{
	return sizeof *reply + reply->headers.cap + reply->plain->n +
	       (reply->packed ? reply->packed->n : 0);
}

/* --- as libmicrohttpd takes them -------------------------------------------------- */

static struct bytes *bytes_of(const struct drp_http_reply *reply, enum form form)
{
	return is_unchanged(form) ? NULL : form == PACKED ? reply->packed : reply->plain;
}

static int fill_headers(
	const struct drp_http_reply *reply, enum form form, struct MHD_Response *response)
{
	enum MHD_Result done = MHD_YES;
	const char *at = (const char *)reply->headers.data;
	const char *end = at + reply->headers.len;
	while (at < end && done == MHD_YES) {
		const char *name = at, *value = name + strlen(name) + 1;
		/* A 304 says nothing about bytes that it does not carry. */
		int about_bytes = strncmp(name, "Content-", 8) == 0 &&
				  strcmp(name, "Content-Security-Policy") != 0;
		if (!is_unchanged(form) || !about_bytes) {
			done = MHD_add_response_header(response, name, value);
		}
		at = value + strlen(value) + 1;
	}
	if (done == MHD_YES && *reply->tag) {
		char tag[sizeof reply->tag + 8];
		snprintf(tag, sizeof tag, "\"%s%s\"", reply->tag,
			is_packed(form) ? "-gzip" : "");
		done = MHD_add_response_header(response, "ETag", tag);
	}
	if (done == MHD_YES && form == PACKED) {
		done = MHD_add_response_header(response, "Content-Encoding", "gzip");
	}
	if (done == MHD_YES && form == CLOSING) {
		done = MHD_add_response_header(response, "Connection", "close");
	}
	return done == MHD_YES ? 0 : -1;
}

static struct MHD_Response *make_form(const struct drp_http_reply *reply, enum form form)
{
	struct bytes *bytes = bytes_of(reply, form);
	static char nothing[1];
	struct MHD_Response *response =
		bytes ? MHD_create_response_from_buffer_with_free_callback(
				bytes->n, bytes->data, response_freed)
		      : MHD_create_response_from_buffer(
				0, nothing, MHD_RESPMEM_PERSISTENT);
	if (!response) {
		return NULL;
	}
	if (bytes) {
		atomic_fetch_add(&bytes->holders, 1);
	}
	if (fill_headers(reply, form, response)) {
		MHD_destroy_response(response);
		return NULL;
	}
	return response;
}

struct MHD_Response *drp_http_reply_form(struct drp_http_reply *reply,
	const struct drp_http_headers *headers, int closing, unsigned *status, size_t *n)
{
	int same = reply->status == 200 && headers->if_none_match &&
		   drp_http_tag_matches(headers->if_none_match, reply->tag);
	int packed = reply->packed && drp_http_takes_gzip(headers->accept_encoding);
	enum form form = closing  ? CLOSING
			 : same	  ? (packed ? PACKED_UNCHANGED : PLAIN_UNCHANGED)
			 : packed ? PACKED
				  : PLAIN;
	if (!reply->form[form]) {
		reply->form[form] = make_form(reply, form);
	}
	*status = is_unchanged(form) ? NOT_MODIFIED : (unsigned)reply->status;
	*n = is_unchanged(form) ? 0 : bytes_of(reply, form)->n;
	return reply->form[form];
}
