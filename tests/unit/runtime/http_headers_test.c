/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/runtime/http_headers.h"

#include "tests/support/check.h"

#include <drempel/limits.h>

static struct drp_http_headers headers;

static void take(const char *name, const char *value)
{
	drp_http_headers_take(&headers, name, strlen(name), value, strlen(value));
}

/* What becomes of a request with these two. */
static int both(const char *a, const char *a_value, const char *b, const char *b_value)
{
	drp_http_headers_init(&headers);
	take(a, a_value);
	take(b, b_value);
	return headers.refused;
}

static void keeps_the_few(void)
{
	CHECK_INT(both("accept", "text/csv", "ACCEPT-LANGUAGE", "nl"), 0);
	CHECK_STR(headers.accept, "text/csv");
	CHECK_STR(headers.accept_language, "nl");
	CHECK_INT(both("Content-Length", "012", "X-Other", "\xc3\xa9"), 0);
	CHECK_INT(headers.length, 12);
	CHECK_INT(both("Accept", "a/b", "Accept", "c/d"), 0);
	CHECK_STR(headers.accept, "a/b");
}

static void lengths_have_one_reading(void)
{
	CHECK_INT(both("Content-Length", "5", "Content-Length", "5"), 400);
	CHECK_INT(both("Content-Length", "5", "content-length", "6"), 400);
	CHECK_INT(both("Content-Length", "5", "Transfer-Encoding", "chunked"), 400);
	CHECK_INT(both("Transfer-Encoding", "chunked", "X", "y"), 400);
	CHECK_INT(both("Transfer-Encoding", "identity", "X", "y"), 400);
	static const char *const wrong[] = {
		"", "+5", "-1", "5 ", "0x5", "5,5", "5.0", "1e1"};
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		CHECK_INT(both("Content-Length", wrong[i], "X", "y"), 400);
	}
	CHECK_INT(both("Content-Length", "65536", "X", "y"), 0);
	CHECK_INT(both("Content-Length", "65537", "X", "y"), 413);
	CHECK_INT(both("Content-Length", "18446744073709551617", "X", "y"), 413);
}

static void odd_ones_are_refused(void)
{
	CHECK_INT(both("Host", "a", "Host", "a"), 400);
	CHECK_INT(both("Authorization", "Bearer a", "Authorization", "Bearer b"), 400);
	CHECK_INT(both("Content-Length ", "5", "X", "y"), 400);
	CHECK_INT(both("X\xc3\xa9", "a", "X", "y"), 400);
	CHECK_INT(both("", "a", "X", "y"), 400);
	CHECK_INT(both("X", "a\rb", "X", "y"), 400);
	drp_http_headers_init(&headers);
	drp_http_headers_take(&headers, "X", 1, "a\0b", 3);
	CHECK_INT(headers.refused, 400);
}

static void too_many_are_refused(void)
{
	static char big[DRP_HTTP_HEADERS_MAX_BYTES + 1];
	drp_http_headers_init(&headers);
	for (int i = 0; i < DRP_HTTP_HEADERS_MAX; i++) {
		take("X", "y");
	}
	CHECK_INT(headers.refused, 0);
	take("X", "y");
	CHECK_INT(headers.refused, 431);
	memset(big, 'a', sizeof big - 1);
	CHECK_INT(both("X", big, "X", "y"), 431);
}

static void codings(void)
{
	static const char *const yes[] = {"gzip", "deflate, gzip", "GZIP;q=0.5", "*",
		"br;q=1.0, gzip;q=0.001", "deflate, gzip, br, zstd", "x-gzip"};
	static const char *const no[] = {"", "identity", "br", "gzip;q=0",
		"gzip; q=0.000", "gzipped", "gzip;q=0, *", "*;q=0", "deflate,br"};
	for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++) {
		CHECK(drp_http_takes_gzip(yes[i]));
	}
	for (size_t i = 0; i < sizeof no / sizeof no[0]; i++) {
		CHECK(!drp_http_takes_gzip(no[i]));
	}
}

static void tags(void)
{
	static const char *const yes[] = {
		"\"abc\"", "W/\"abc\"", "\"x\", \"abc-gzip\"", "*", "\"x\",W/\"abc\""};
	static const char *const no[] = {
		"abc", "\"ab\"", "\"abcd\"", "\"abc", "", "\"abc-gzipx\"", "\"abc-gzi\""};
	for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++) {
		CHECK(drp_http_tag_matches(yes[i], "abc"));
		CHECK(!drp_http_tag_matches(yes[i], ""));
	}
	for (size_t i = 0; i < sizeof no / sizeof no[0]; i++) {
		CHECK(!drp_http_tag_matches(no[i], "abc"));
	}
}

int main(void)
{
	CASE("the few headers that mean something are kept", keeps_the_few);
	CASE("a body's length has one reading or none", lengths_have_one_reading);
	CASE("odd names, values and repetitions are refused", odd_ones_are_refused);
	CASE("too many or too long headers are refused", too_many_are_refused);
	CASE("gzip is used where it is asked for", codings);
	CASE("an entity tag is recognised in either coding", tags);
	return DONE();
}
