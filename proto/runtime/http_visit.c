/* SPDX-License-Identifier: Apache-2.0
 *
 * libmicrohttpd calls step once when the headers are there, then for each piece of the
 * body, then once more: only that last call hands the request on. A refusal is queued at
 * the first call and closes the connection, so that nothing that follows can be taken
 * for a request.
 */
#include "proto/runtime/http_visit.h"

#include "proto/runtime/http_reply_internal.h"

#include <drempel/limits.h>

#include <string.h>

#define BYTES_A_MS 16 /* the slowest pace at which a reply may be taken */

void drp_http_visit_begin(struct drp_http_visit *visit)
{
	drp_http_reply_release(visit->reply);
	visit->reply = NULL;
	visit->phase = DRP_HTTP_WAITING;
	visit->named = visit->closing = 0;
	visit->body.len = 0;
	visit->since_ms = visit->house->now_ms(visit->house);
	visit->deadline_ms = visit->since_ms + visit->house->limits.request_ms;
}

void drp_http_visit_name(struct drp_http_visit *visit, const char *raw)
{
	size_t n = strnlen(raw, DRP_HTTP_TARGET_MAX_BYTES + 1);
	visit->raw.len = 0;
	drp_buf_append(&visit->raw, raw, n);
	visit->named = !visit->raw.failed;
}

void drp_http_visit_clear(struct drp_http_visit *visit)
{
	drp_http_reply_release(visit->reply);
	drp_buf_clear(&visit->raw);
	drp_buf_clear(&visit->text);
	drp_buf_clear(&visit->body);
}

/* --- replies ------------------------------------------------------------------- */

static enum MHD_Result queue_reply(struct drp_http_visit *visit)
{
	unsigned status;
	size_t n;
	struct MHD_Response *form =
		visit->reply ? drp_http_reply_form(visit->reply, &visit->headers,
				       visit->closing, &status, &n)
			     : NULL;
	if (!form) {
		return MHD_NO;
	}
	visit->phase = DRP_HTTP_ANSWERED;
	visit->deadline_ms = visit->house->now_ms(visit->house) +
			     visit->house->limits.reply_ms + n / BYTES_A_MS;
	enum MHD_Result done = MHD_queue_response(visit->connection, status, form);
	drp_http_reply_release(visit->reply);
	visit->reply = NULL;
	return done;
}

static struct drp_http_reply *refusal(int status)
{
	static const char *const allow = "GET, HEAD, POST, OPTIONS";
	switch (status) {
	case 405:
		return drp_http_problem_with(
			405, "this method is not offered here", "Allow", allow);
	case 411:
		return drp_http_problem(411, "a body needs a Content-Length");
	case 413:
		return drp_http_problem(413, "the body is longer than is taken here");
	case 414:
		return drp_http_problem(414, "path and query are too long");
	case 431:
		return drp_http_problem(431, "too many or too long headers");
	default:
		return drp_http_problem(status, "the request is not well formed");
	}
}

static enum MHD_Result refuse(struct drp_http_visit *visit, int status)
{
	visit->house->refused++;
	visit->closing = 1;
	visit->reply = refusal(status);
	return queue_reply(visit);
}

/* A page of another site asks before it posts JSON (CORS preflight). */
static struct drp_http_reply *options_reply(void)
{
	struct drp_http_content content = {.status = 204,
		.cache = "public, max-age=86400",
		.open_to_all = 1,
		.preflight = 1,
		.bytes = ""};
	return drp_http_reply_new(&content);
}

/* --- requests ------------------------------------------------------------------ */

static enum MHD_Result take_header(void *self, enum MHD_ValueKind kind, const char *name,
	size_t name_n, const char *value, size_t value_n)
{
	struct drp_http_headers *headers = self;
	(void)kind;
	drp_http_headers_take(headers, name, name_n, value ? value : "", value_n);
	return headers->refused ? MHD_NO : MHD_YES;
}

static int parse_target(struct drp_http_visit *visit)
{
	size_t n = visit->raw.len;
	visit->text.len = 0;
	if (!visit->named) {
		return 400;
	}
	drp_buf_append(&visit->text, visit->raw.data, n);
	drp_buf_append(&visit->text, "", 1); /* room for its last NUL */
	return visit->text.failed ? 503
				  : drp_http_target_parse((const char *)visit->raw.data,
					    n, (char *)visit->text.data, &visit->target);
}

/* 0, or the status to refuse with. */
static int check_body(struct drp_http_visit *visit)
{
	const struct drp_http_handler *handler = visit->house->handler;
	visit->body_max = 0;
	if (!visit->is_post) {
		return visit->headers.length > 0 ? 400 : 0;
	}
	visit->body_max = handler->takes(handler->self, visit->target.path);
	return visit->body_max == 0			 ? 405
	       : !visit->headers.content_length		 ? 411
	       : visit->headers.length > visit->body_max ? 413
							 : 0;
}

/* 0, or the status to refuse with. */
static int check_request(
	struct drp_http_visit *visit, const char *method, const char *version)
{
	struct drp_http_headers *headers = &visit->headers;
	drp_http_headers_init(headers);
	MHD_get_connection_values_n(
		visit->connection, MHD_HEADER_KIND, take_header, headers);
	int is_1_1 = strcmp(version, MHD_HTTP_VERSION_1_1) == 0;
	if (headers->refused) {
		return headers->refused;
	}
	if ((!is_1_1 && strcmp(version, MHD_HTTP_VERSION_1_0) != 0) ||
		(is_1_1 && !headers->host)) {
		return 400;
	}
	visit->is_post = strcmp(method, MHD_HTTP_METHOD_POST) == 0;
	if (!visit->is_post && strcmp(method, MHD_HTTP_METHOD_GET) != 0 &&
		strcmp(method, MHD_HTTP_METHOD_HEAD) != 0 &&
		strcmp(method, MHD_HTTP_METHOD_OPTIONS) != 0) {
		return 405;
	}
	int status = parse_target(visit);
	return status ? status : check_body(visit);
}

static enum MHD_Result read_body(
	struct drp_http_visit *visit, const char *data, size_t *n)
{
	if (visit->body.len + *n > visit->body_max) {
		return MHD_NO;
	}
	drp_buf_append(&visit->body, data, *n);
	*n = 0;
	return visit->body.failed ? MHD_NO : MHD_YES;
}

static enum MHD_Result hand_on(struct drp_http_visit *visit, const char *method)
{
	visit->house->requests++;
	visit->reply = strcmp(method, MHD_HTTP_METHOD_OPTIONS) == 0
			       ? options_reply()
			       : visit->house->dispatch(visit->house, visit);
	if (visit->reply) {
		return queue_reply(visit);
	}
	if (visit->phase != DRP_HTTP_WORKING) {
		return MHD_NO;
	}
	MHD_suspend_connection(visit->connection);
	return MHD_YES;
}

enum MHD_Result drp_http_visit_step(struct drp_http_visit *visit, const char *method,
	const char *version, const char *data, size_t *n)
{
	switch (visit->phase) {
	case DRP_HTTP_WAITING: {
		int status = check_request(visit, method, version);
		if (status) {
			return refuse(visit, status);
		}
		visit->phase = DRP_HTTP_READING;
		return MHD_YES;
	}
	case DRP_HTTP_READING:
		return *n > 0 ? read_body(visit, data, n) : hand_on(visit, method);
	case DRP_HTTP_ANSWERED:
		return queue_reply(visit);
	case DRP_HTTP_WORKING:
		break;
	}
	return MHD_NO;
}

void drp_http_visit_resume(struct drp_http_visit *visit, struct drp_http_reply *reply)
{
	visit->phase = DRP_HTTP_ANSWERED;
	visit->reply = reply ? drp_http_reply_hold(reply)
			     : drp_http_problem(500, "the answer could not be made");
	visit->deadline_ms =
		visit->house->now_ms(visit->house) + visit->house->limits.reply_ms;
	MHD_resume_connection(visit->connection);
}
