/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/http/http_cache.h"

#include "tests/support/check.h"

static struct drp_http_cache *cache;

static struct drp_http_key key(unsigned what, const char *accept, const char *language)
{
	struct drp_http_key k = {.accept = accept, .language = language};
	memcpy(k.what.b, &what, sizeof what);
	return k;
}

static struct drp_http_reply *reply(const char *text, size_t n)
{
	struct drp_http_content content = {.status = 200, .bytes = text, .n = n};
	return drp_http_reply_new(&content);
}

static void put(unsigned what, const char *accept, const char *language, unsigned varies,
	const char *text)
{
	struct drp_http_key k = key(what, accept, language);
	struct drp_http_reply *r = reply(text, strlen(text));
	drp_http_cache_put(cache, &k, varies, r);
	drp_http_reply_release(r);
}

/* "" when nothing is kept for that. */
static const char *get(unsigned what, const char *accept, const char *language)
{
	static char text[64];
	struct drp_http_key k = key(what, accept, language);
	struct drp_http_reply *r = drp_http_cache_get(cache, &k);
	size_t n;
	snprintf(text, sizeof text, "%s",
		r ? (const char *)drp_http_reply_bytes(r, &n) : "");
	drp_http_reply_release(r);
	return text;
}

/* What depends on a header is given for that header alone. */
static void variants_stay_apart(void)
{
	cache = drp_http_cache_new(1 << 20);
	put(1, "text/csv", "nl", DRP_VARIES_ACCEPT, "csv");
	CHECK_STR(get(1, "text/csv", "nl"), "csv");
	CHECK_STR(get(1, "text/csv", "fr"), "csv");
	CHECK_STR(get(1, "text/html", "nl"), "");
	CHECK_STR(get(2, "text/csv", "nl"), "");
	put(1, "text/html", "nl", DRP_VARIES_ACCEPT, "html");
	CHECK_STR(get(1, "text/csv", "nl"), "csv");
	CHECK_STR(get(1, "text/html", "nl"), "html");
	put(3, "a", "nl", DRP_VARIES_ACCEPT | DRP_VARIES_LANGUAGE, "a nl");
	CHECK_STR(get(3, "a", "fr"), "");
	CHECK_STR(get(3, "b", "nl"), "");
	CHECK_STR(get(3, "a", "nl"), "a nl");
	put(4, "a", "nl", 0, "any");
	CHECK_STR(get(4, "b", "fr"), "any");
	drp_http_cache_clear(cache);
	CHECK_STR(get(4, "b", "fr"), "");
	CHECK_INT(drp_http_cache_bytes(cache), 0);
	drp_http_cache_free(cache);
}

static void space_is_bounded(void)
{
	static char big[40000];
	struct drp_http_key k = key(1, "", "");
	cache = drp_http_cache_new(200000);
	memset(big, 'a', sizeof big);
	for (unsigned i = 0; i < 20; i++) {
		struct drp_http_reply *r = reply(big, sizeof big);
		k = key(i, "", "");
		drp_http_cache_put(cache, &k, 0, r);
		drp_http_reply_release(r);
		CHECK(*get(0, "", "")); /* the one that is asked for stays */
		CHECK(drp_http_cache_bytes(cache) <= 200000);
	}
	CHECK_STR(get(1, "", ""), "");
	CHECK(*get(19, "", ""));
	struct drp_http_reply *r = reply(big, sizeof big);
	drp_http_cache_free(cache);
	cache = drp_http_cache_new(100000);
	drp_http_cache_put(cache, &k, 0, r); /* more than a quarter: not kept */
	CHECK_INT(drp_http_cache_bytes(cache), 0);
	drp_http_reply_release(r);
	drp_http_cache_free(cache);
}

/* Odd headers on one path push out no other path. */
static void variants_are_few(void)
{
	char accept[16];
	cache = drp_http_cache_new(1 << 20);
	put(7, "", "", 0, "other");
	for (int i = 0; i < 1000; i++) {
		snprintf(accept, sizeof accept, "x/%d", i);
		put(1, accept, "", DRP_VARIES_ACCEPT, "odd");
	}
	CHECK_STR(get(7, "", ""), "other");
	CHECK_STR(get(1, "x/0", ""), "");
	CHECK_STR(get(1, "x/999", ""), "odd");
	CHECK(drp_http_cache_bytes(cache) < 20000);
	drp_http_cache_free(cache);
}

int main(void)
{
	CASE("an answer is given for what it was made for", variants_stay_apart);
	CASE("the space is bounded, and what is asked for stays", space_is_bounded);
	CASE("one thing asked in many ways keeps a few of them", variants_are_few);
	return DONE();
}
