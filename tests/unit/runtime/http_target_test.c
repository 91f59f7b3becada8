/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/runtime/http_target.h"

#include "tests/support/check.h"

static struct drp_http_target target;
static char text[DRP_HTTP_TARGET_MAX_BYTES + 2];

static int parse(const char *raw)
{
	return drp_http_target_parse(raw, strlen(raw), text, &target);
}

static void takes_apart(void)
{
	CHECK_INT(parse("/"), 0);
	CHECK_STR(target.path, "/");
	CHECK_INT(target.n_parameters, 0);
	CHECK_INT(parse("/data/DF/A.BE21+BE22..TEACHER/all/"
			"?startPeriod=2023&endPeriod=2024"),
		0);
	CHECK_STR(target.path, "/data/DF/A.BE21+BE22..TEACHER/all/");
	CHECK_INT(target.n_parameters, 2);
	CHECK_STR(target.parameter[1].name, "endPeriod");
	CHECK_STR(target.parameter[1].value, "2024");
	CHECK_INT(
		parse("/caf%C3%A9?valuecodes[REF_AREA]=BE21,BE22&x=a+b%2Bc&flag&e="), 0);
	CHECK_STR(target.path, "/caf\xc3\xa9");
	CHECK_STR(target.parameter[0].name, "valuecodes[REF_AREA]");
	CHECK_STR(target.parameter[1].value, "a b+c");
	CHECK_STR(target.parameter[2].name, "flag");
	CHECK_STR(target.parameter[2].value, "");
	CHECK_STR(target.parameter[3].name, "e");
	CHECK_STR(target.parameter[3].value, "");
	CHECK_INT(target.n_parameters, 4);
	CHECK_INT(parse("/a?&&b=1&"), 0);
	CHECK_INT(target.n_parameters, 1);
	CHECK_INT(parse("/a?b=c=d"), 0);
	CHECK_STR(target.parameter[0].value, "c=d");
}

static void odd_ones_are_refused(void)
{
	static const char *const odd[] = {"", "*", "a", "http://hub/", "//hub/a", "/a//b",
		"/.", "/..", "/a/../b", "/a/./b", "/a/..", "/%2e%2e/a", "/a/%2e",
		"/a%2fb", "/a%5cb", "/a\\b", "/a%00b", "/a%0a", "/a%7f", "/a b", "/a\tb",
		"/caf\xc3\xa9", "/%ff", "/%c0%af", "/%", "/%4", "/%zz", "/a#b",
		"/a?b=%00", "/a?b=%0d%0a", "/a?b=%f", "/a?b=\x80", "/a?%ff", "/a\"b",
		"/a?b=<c>"};
	for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
		int status = parse(odd[i]);
		if (status != 400) {
			printf("# %s: %d\n", odd[i], status);
		}
		CHECK_INT(status, 400);
	}
}

static void too_much_is_refused(void)
{
	static char raw[DRP_HTTP_TARGET_MAX_BYTES + 2];
	memset(raw, 'a', sizeof raw - 1);
	raw[0] = '/';
	raw[DRP_HTTP_TARGET_MAX_BYTES] = 0;
	CHECK_INT(parse(raw), 0);
	CHECK_INT(strlen(target.path), DRP_HTTP_TARGET_MAX_BYTES);
	raw[DRP_HTTP_TARGET_MAX_BYTES] = 'a';
	CHECK_INT(
		drp_http_target_parse(raw, DRP_HTTP_TARGET_MAX_BYTES + 1, text, &target),
		414);
	char *at = raw + sprintf(raw, "/?");
	for (int i = 0; i < DRP_HTTP_PARAMETERS_MAX; i++) {
		at += sprintf(at, "a&");
	}
	CHECK_INT(parse(raw), 0);
	CHECK_INT(target.n_parameters, DRP_HTTP_PARAMETERS_MAX);
	sprintf(at, "a");
	CHECK_INT(parse(raw), 414);
}

int main(void)
{
	CASE("path and query are taken apart and decoded", takes_apart);
	CASE("what has a second reading or leads elsewhere is refused",
		odd_ones_are_refused);
	CASE("too many bytes or parameters are refused", too_much_is_refused);
	return DONE();
}
