/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/runtime/http_reply_internal.h"

#include "tests/support/check.h"

#include <zlib.h>

static char page[20000];

static struct drp_http_content sample(void)
{
	memset(page, 'a', sizeof page);
	return (struct drp_http_content){.status = 200,
		.media_type = "text/csv",
		.vary = "Accept",
		.cache = "public, max-age=60",
		.tag = "abc",
		.open_to_all = 1,
		.bytes = page,
		.n = sizeof page};
}

static const char *header(
	struct drp_http_reply *reply, const char *name, const char *coding)
{
	struct drp_http_headers headers;
	unsigned status;
	size_t n;
	drp_http_headers_init(&headers);
	headers.accept_encoding = coding;
	return MHD_get_response_header(
		drp_http_reply_form(reply, &headers, 0, &status, &n), name);
}

static void forms(void)
{
	struct drp_http_content content = sample();
	struct drp_http_reply *reply = drp_http_reply_new(&content);
	struct drp_http_headers headers;
	unsigned status;
	size_t n;
	CHECK(reply);
	drp_http_headers_init(&headers);
	CHECK(drp_http_reply_form(reply, &headers, 0, &status, &n));
	CHECK_INT(status, 200);
	CHECK_INT(n, sizeof page);
	headers.accept_encoding = "gzip";
	struct MHD_Response *packed =
		drp_http_reply_form(reply, &headers, 0, &status, &n);
	CHECK(n < 1000);
	CHECK_STR(MHD_get_response_header(packed, "Content-Encoding"), "gzip");
	CHECK_STR(MHD_get_response_header(packed, "ETag"), "\"abc-gzip\"");
	CHECK(packed == drp_http_reply_form(reply, &headers, 0, &status, &n)); /* once */
	headers.if_none_match = "\"abc\"";
	struct MHD_Response *same = drp_http_reply_form(reply, &headers, 0, &status, &n);
	CHECK_INT(status, 304);
	CHECK_INT(n, 0);
	CHECK(!MHD_get_response_header(same, "Content-Type"));
	CHECK_STR(MHD_get_response_header(same, "Vary"), "Accept, Accept-Encoding");
	struct MHD_Response *closing =
		drp_http_reply_form(reply, &headers, 1, &status, &n);
	CHECK_INT(status, 200);
	CHECK_STR(MHD_get_response_header(closing, "Connection"), "close");
	drp_http_reply_release(reply);
}

static void headers_are_strict(void)
{
	struct drp_http_content content = sample();
	content.file_name = "a/b\"\r\nSet-Cookie: x";
	struct drp_http_reply *data = drp_http_reply_new(&content);
	content.media_type = "text/html; charset=utf-8";
	content.cache = NULL;
	content.open_to_all = 0;
	struct drp_http_reply *html = drp_http_reply_new(&content);
	CHECK(strstr(header(data, "Content-Security-Policy", ""), "default-src 'none'"));
	CHECK(strstr(header(html, "Content-Security-Policy", ""), "default-src 'self'"));
	CHECK(!strstr(header(html, "Content-Security-Policy", ""), "unsafe"));
	CHECK_STR(header(data, "X-Content-Type-Options", ""), "nosniff");
	CHECK_STR(header(data, "Access-Control-Allow-Origin", ""), "*");
	CHECK(!header(html, "Access-Control-Allow-Origin", ""));
	CHECK_STR(header(html, "Cache-Control", ""), "no-store");
	CHECK_STR(header(data, "Content-Disposition", ""),
		"attachment; filename=\"a_b___Set-Cookie__x\"");
	drp_http_reply_release(data);
	drp_http_reply_release(html);
}

/* What is packed, image or short stays as it is; the same bytes pack the same. */
static void packing(void)
{
	struct drp_http_content content = sample();
	struct drp_http_reply *a = drp_http_reply_new(&content);
	struct drp_http_reply *b = drp_http_reply_new(&content);
	CHECK_INT(drp_http_reply_size(a), drp_http_reply_size(b));
	CHECK_STR(header(a, "Content-Encoding", "gzip"), "gzip");
	content.n = 100;
	struct drp_http_reply *tiny = drp_http_reply_new(&content);
	CHECK(!header(tiny, "Content-Encoding", "gzip"));
	CHECK_STR(header(tiny, "Vary", "gzip"), "Accept");
	content.n = sizeof page;
	content.media_type = "application/zip";
	struct drp_http_reply *zip = drp_http_reply_new(&content);
	CHECK(!header(zip, "Content-Encoding", "gzip"));
	drp_http_reply_release(a);
	drp_http_reply_release(b);
	drp_http_reply_release(tiny);
	drp_http_reply_release(zip);
}

static void problems(void)
{
	size_t n;
	struct drp_http_reply *reply = drp_http_problem(404, "nothing is there");
	const char *text = drp_http_reply_bytes(reply, &n);
	CHECK_STR(text,
		"{\"type\":\"about:blank\",\"title\":\"Not Found\",\"status\":404,"
		"\"detail\":\"nothing is there\"}\n");
	CHECK_STR(header(reply, "Content-Type", ""), "application/problem+json");
	CHECK_STR(header(reply, "Cache-Control", ""), "no-store");
	drp_http_reply_release(reply);
}

int main(void)
{
	CASE("a reply has a form for each way to ask, made once", forms);
	CASE("security headers are strict and values cannot break out",
		headers_are_strict);
	CASE("bytes are compressed where that helps, always the same way", packing);
	CASE("an error is problem+json", problems);
	return DONE();
}
