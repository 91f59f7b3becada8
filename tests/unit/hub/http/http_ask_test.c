/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/http/http_ask.h"

#include "proto/base/alloc.h"
#include "proto/crypto/crypto.h"
#include "tests/support/check.h"

static struct drp_http_ask ask, other;

static void read_ask(struct drp_http_ask *out, const char *raw, const char *accept,
	const char *language, const char *body)
{
	static char text[2][DRP_HTTP_TARGET_MAX_BYTES + 2];
	static struct drp_http_target target[2];
	int i = out == &other;
	CHECK_INT(drp_http_target_parse(raw, strlen(raw), text[i], &target[i]), 0);
	struct drp_http_request request = {.is_post = body != NULL,
		.target = &target[i],
		.accept = accept,
		.accept_language = language,
		.body = body,
		.body_n = body ? strlen(body) : 0};
	drp_http_ask_read(out, &request, "public");
}

static int same(const char *a, const char *b)
{
	read_ask(&ask, a, "", "", NULL);
	read_ask(&other, b, "", "", NULL);
	return drp_hash_equal(&ask.key.what, &other.key.what);
}

static void keys(void)
{
	CHECK(same("/a?b=1&c=2", "/a?c=2&b=1"));
	CHECK(same("/a?b=%31", "/a?b=1"));
	CHECK(!same("/a?b=1&b=2", "/a?b=2&b=1")); /* the order of equals counts */
	CHECK(!same("/a?b=1", "/a?b=12"));
	CHECK(!same("/a?b=1&c=2", "/a?b=1&c=2&d"));
	CHECK(!same("/a?bc=1", "/a?b=c1"));
	CHECK(!same("/a?b=", "/a"));
	CHECK(!same("/a", "/a/"));
	CHECK(!same("/a?b=1%26c=2", "/a?b=1&c=2"));
	read_ask(&ask, "/a", "", "", "one");
	read_ask(&other, "/a", "", "", "two");
	CHECK(!drp_hash_equal(&ask.key.what, &other.key.what));
	read_ask(&other, "/a", "", "", NULL);
	CHECK(!drp_hash_equal(&ask.key.what, &other.key.what));
}

/* Views that differ share no answer, whatever path one of them asks for. */
static void views(void)
{
	struct drp_http_target target = {.path = "/a"};
	struct drp_http_request request = {
		.target = &target, .accept = "", .accept_language = ""};
	static const char *const name[] = {"public", "all", "network KOV", "network GO",
		"campaign a", "campaign a-b", "campaign public"};
	for (size_t i = 0; i < sizeof name / sizeof name[0]; i++) {
		for (size_t k = 0; k < sizeof name / sizeof name[0]; k++) {
			drp_http_ask_read(&ask, &request, name[i]);
			drp_http_ask_read(&other, &request, name[k]);
			CHECK_INT(drp_hash_equal(&ask.key.what, &other.key.what), i == k);
		}
	}
}

static void headers(void)
{
	static const char *const languages[][2] = {{"", ""}, {"nl", "nl"},
		{"fr-BE", "fr"}, {"es, de;q=0.8, en;q=0.9", "en"},
		{"en;q=0.1,NL-be;q=0.2", "nl"}, {"*", ""}, {"nld", ""}, {"de;q=0", ""},
		{"en;q=0.5, fr;q=0.5", "en"}, {"x;q=9, ,;,,fr", "fr"}};
	for (size_t i = 0; i < sizeof languages / sizeof languages[0]; i++) {
		read_ask(&ask, "/", "", languages[i][0], NULL);
		CHECK_STR(ask.language, languages[i][1]);
	}
	read_ask(&ask, "/", "Text/CSV ;\tq=0.5, */*", "", NULL);
	CHECK_STR(ask.accept, "text/csv;q=0.5,*/*");
	CHECK_STR(ask.request.accept, "text/csv;q=0.5,*/*");
	char many[1000];
	memset(many, 'x', sizeof many - 1);
	many[sizeof many - 1] = 0;
	read_ask(&ask, "/", many, "", NULL);
	CHECK_STR(ask.accept, "");
}

static void copies(void)
{
	read_ask(&ask, "/p/q?b=2&a=1", "text/csv", "nl", "body");
	CHECK_OK(drp_http_ask_copy(&other, &ask));
	memset(&ask, 0xee, sizeof ask);
	CHECK_STR(other.request.path, "/p/q");
	CHECK_STR(other.request.method, "POST");
	CHECK_INT(other.request.n_parameters, 2);
	CHECK_STR(other.request.parameter[0].name, "a");
	CHECK_STR(other.request.parameter[1].value, "2");
	CHECK_STR(other.request.accept, "text/csv");
	CHECK_STR(other.key.language, "nl");
	CHECK_INT(other.request.body_n, 4);
	CHECK_MEM(other.request.body, "body", 4);
	drp_free(other.copy);
}

int main(void)
{
	CASE("what is the same has one key, what is not has another", keys);
	CASE("views share nothing", views);
	CASE("headers are read in one form", headers);
	CASE("a copy borrows nothing", copies);
	return DONE();
}
