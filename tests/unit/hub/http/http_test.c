/* SPDX-License-Identifier: Apache-2.0
 *
 * The hub's HTTP side over real sockets, with an API that tells what it was asked and how
 * many editions it saw.
 */
#include "hub/http/http.h"
#include "hub/http/token.h"

#include "proto/crypto/crypto.h"
#include "tests/support/http_client.h"
#include "tests/support/hub_fixture.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <uv.h>

static struct hub_fixture f;
static atomic_llong now_s;
static atomic_int asked; /* how often the API was */
static struct drp_hub_http *http;
static struct drp_http *server;
static struct http_answer got;
static struct drp_diag diag;
static uv_loop_t loop;
static uv_async_t stop_async;
static pthread_t thread;
static uint16_t port;

/* --- the API and the server ----------------------------------------------------------
 */

static int64_t now(void *self)
{
	(void)self;
	return (int64_t)atomic_load(&now_s) * 1000;
}

static enum drp_err api(const struct drp_catalogue *catalogue,
	const struct drp_api_request *request, struct drp_api_reply *reply)
{
	atomic_fetch_add(&asked, 1);
	if (strcmp(request->path, "/nothing") == 0) {
		return DRP_E_NOTFOUND;
	}
	if (strcmp(request->path, "/no-memory") == 0) {
		return DRP_E_NOMEM;
	}
	reply->status = strcmp(request->path, "/wrong") == 0 ? 406 : 200;
	snprintf(reply->media_type, sizeof reply->media_type, "text/plain");
	reply->vary = strcmp(request->path, "/fixed") == 0 ? ""
							   : "Accept, "
							     "Accept-Language";
	drp_buf_printf(&reply->body, "%s %s n=%zu %s|%s|%s", request->method,
		request->path, catalogue->n, request->accept, request->accept_language,
		catalogue->base);
	for (size_t i = 0; i < catalogue->n; i++) {
		int network = catalogue->publication[i]->network;
		drp_buf_printf(&reply->body, "%s%s", network ? " part of " : "",
			network ? drp_network_code(network) : "");
	}
	for (size_t i = 0; i < request->n_parameters; i++) {
		drp_buf_printf(&reply->body, " %s=%s", request->parameter[i].name,
			request->parameter[i].value);
	}
	drp_buf_append(&reply->body, request->body, request->body_n);
	return DRP_OK;
}

static void on_stop(uv_async_t *async)
{
	drp_http_stop(server, 5000);
	uv_close((uv_handle_t *)async, NULL);
}

static void *run(void *arg)
{
	(void)arg;
	uv_run(&loop, UV_RUN_DEFAULT);
	return NULL;
}

static void serve(const char *dir)
{
	static const struct drp_hub_file files[] = {
		{"/", "text/html; charset=utf-8", "<p>hello", 8, 0},
		{"/app-1a2b.js", "text/javascript", "let a", 5, 1}};
	struct drp_http_limits limits = drp_http_defaults();
	struct drp_hub_http_config config = {.dir = dir,
		.base = "https://stats.example.org/",
		.clock = {now, NULL},
		.api = api,
		.files = files,
		.n_files = 2};
	diag = (struct drp_diag){0};
	atomic_store(&asked, 0);
	CHECK_OK(drp_hub_http_new(&config, &http, &diag));
	CHECK_INT(uv_loop_init(&loop), 0);
	CHECK_OK(drp_http_open(&loop, "127.0.0.1:0", drp_hub_http_handler(http), &limits,
		&server, &diag));
	port = (uint16_t)atoi(strrchr(drp_http_address(server), ':') + 1);
	uv_async_init(&loop, &stop_async, on_stop);
	CHECK_INT(pthread_create(&thread, NULL, run, NULL), 0);
}

static void wait_until(const char *path, const char *extra, const char *says)
{
	int status;
	do {
		status = http_get(port, path, extra, &got);
	} while ((status != 200 || !strstr(got.body, says)) && usleep(20000) == 0);
}

static void start(void)
{
	atomic_store(&now_s, 1800000000);
	hub_fixture_open(&f);
}

static void serve_edition(void)
{
	CHECK_OK(drp_campaign_close(&f.hub, FIXTURE_CAMPAIGN, NULL));
	serve(f.dir);
	wait_until("/readyz", "", "ready");
}

static void unserve(void)
{
	uv_async_send(&stop_async);
	pthread_join(thread, NULL);
	drp_http_free(server);
	CHECK_INT(uv_loop_close(&loop), 0);
	drp_hub_http_free(http);
	http_answer_clear(&got);
}

static void stop(void)
{
	unserve();
	hub_fixture_close(&f);
}

#define TOKENS 8

static const char *add_token_of(
	const char *name, int scope, int network, const char *campaign)
{
	static char header[TOKENS][160];
	static size_t n;
	char *to = header[n++ % TOKENS];
	struct drp_token_row row = {.scope = (uint8_t)scope, .network = (uint8_t)network};
	struct drp_rng rng = drp_system_rng();
	char text[DRP_TOKEN_TEXT];
	CHECK_OK(drp_token_make(&rng, &row, text));
	snprintf(row.name, sizeof row.name, "%s", name);
	snprintf(row.campaign, sizeof row.campaign, "%s", campaign);
	CHECK_OK(drp_hub_token_put(f.hub.store, &row, NULL));
	snprintf(to, sizeof header[0], "Authorization: Bearer %s\r\n", text);
	return to;
}

static const char *add_token(const char *name, int scope)
{
	return add_token_of(name, scope, 0, "");
}

/* --- cases ---------------------------------------------------------------------------
 */

static void answers_are_made_once(void)
{
	start();
	serve_edition();
	for (int i = 0; i < 5; i++) {
		CHECK_INT(http_get(port, i % 2 ? "/a?y=2&x=1" : "/a?x=1&y=2", "", &got),
			200);
		CHECK_STR(got.body, "GET /a n=1 ||https://stats.example.org x=1 y=2");
	}
	CHECK_INT(atomic_load(&asked), 1);
	CHECK_STR(http_header(&got, "Cache-Control"), "public, max-age=60");
	CHECK_STR(http_header(&got, "Vary"), "Accept, Accept-Language, Authorization");
	CHECK_STR(http_header(&got, "Access-Control-Allow-Origin"), "*");
	char extra[128];
	snprintf(extra, sizeof extra, "If-None-Match: %s\r\n", http_header(&got, "ETag"));
	CHECK_INT(http_get(port, "/a?x=1&y=2", extra, &got), 304);
	CHECK_INT(http_get(port, "/a?x=1&y=2", "Accept: text/CSV\r\n", &got), 200);
	CHECK(strstr(got.body, "n=1 text/csv|"));
	CHECK_INT(http_get(port, "/a?x=1&y=2", "Accept-Language: xx, fr-BE\r\n", &got),
		200);
	CHECK(strstr(got.body, "|fr|"));
	CHECK_INT(atomic_load(&asked), 3);
	for (int i = 0; i < 3; i++) { /* an error is not kept */
		CHECK_INT(http_get(port, "/wrong", "", &got), 406);
		CHECK_STR(http_header(&got, "Cache-Control"), "no-store");
		CHECK_INT(
			http_get(port, "/fixed", i ? "Accept: a/b\r\n" : "", &got), 200);
	}
	CHECK_INT(atomic_load(&asked), 7);
	CHECK_INT(http_get(port, "/nothing", "", &got), 404);
	CHECK_STR(http_header(&got, "Content-Type"), "application/problem+json");
	CHECK_INT(http_get(port, "/no-memory", "", &got), 503);
	stop();
}

static void own_paths(void)
{
	start();
	serve_edition();
	CHECK_INT(http_get(port, "/livez", "", &got), 200);
	CHECK_INT(http_get(port, "/", "", &got), 200);
	CHECK_STR(got.body, "<p>hello");
	CHECK(strstr(http_header(&got, "Content-Security-Policy"), "default-src 'self'"));
	CHECK_INT(http_get(port, "/app-1a2b.js", "", &got), 200);
	CHECK(strstr(http_header(&got, "Cache-Control"), "immutable"));
	CHECK_INT(atomic_load(&asked), 0);
	int fd = http_dial(port, 1);
	http_say(fd, "POST /api/x HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody");
	CHECK_INT(http_hear(fd, &got, 0), 200);
	CHECK(strstr(got.body, "POST /api/x") && strstr(got.body, "body"));
	http_say(fd, "POST /t/x HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody");
	CHECK_INT(http_hear(fd, &got, 0), 405);
	close(fd);
	stop();
}

static void embargo_ends_by_itself(void)
{
	start();
	const char *ministry = add_token("ministry", DRP_SCOPE_MINISTRY);
	const char *researcher =
		add_token_of("researcher", DRP_SCOPE_RESEARCHER, 0, "autumn-2026");
	CHECK_OK(drp_hub_embargo_set(
		f.hub.store, FIXTURE_CAMPAIGN, (int64_t)atomic_load(&now_s) + 100, NULL));
	serve_edition();
	CHECK_INT(http_get(port, "/a", "", &got), 200);
	CHECK(strstr(got.body, "n=0"));
	CHECK_INT(http_get(port, "/a", researcher, &got), 200);
	CHECK(strstr(got.body, "n=0"));
	for (int i = 0; i < 2; i++) {
		CHECK_INT(http_get(port, "/a", ministry, &got), 200);
		CHECK(strstr(got.body, "n=1"));
		CHECK_STR(http_header(&got, "Cache-Control"), "private, no-store");
		CHECK(!http_header(&got, "Access-Control-Allow-Origin"));
		CHECK_INT(http_get(port, "/a", "", &got), 200); /* nothing leaks over */
		CHECK(strstr(got.body, "n=0"));
	}
	atomic_fetch_add(&now_s, 100);
	wait_until("/a", "", "n=1");
	stop();
}

/* What each visitor gets, in whatever order they come: the cache keeps views apart. */
static void views_stay_apart(void)
{
	start();
	const struct {
		const char *header, *sees;
	} visitor[] = {{"", " n=0 "},
		{add_token_of("kov", DRP_SCOPE_NETWORK, DRP_KOV, ""), " part of KOV"},
		{add_token_of("go", DRP_SCOPE_NETWORK, DRP_GO, ""), " part of GO"},
		{add_token_of("hers", DRP_SCOPE_RESEARCHER, 0, FIXTURE_CAMPAIGN),
			" n=1 "},
		{add_token_of("his", DRP_SCOPE_RESEARCHER, 0, "autumn-2026"), " n=0 "},
		{add_token("ministry", DRP_SCOPE_MINISTRY), " n=1 "},
		{add_token("operator", DRP_SCOPE_OPERATOR), " n=1 "}};
	enum { VISITORS = sizeof visitor / sizeof visitor[0], VIEWS = 6, PATHS = 12 };
	char path[16];
	CHECK_OK(drp_hub_embargo_set(
		f.hub.store, FIXTURE_CAMPAIGN, (int64_t)atomic_load(&now_s) + 100, NULL));
	serve_edition();
	for (int p = 0; p < PATHS; p++) {
		snprintf(path, sizeof path, "/path-%d", p);
		for (int i = 0; i < 2 * VISITORS; i++) {
			int v = (p % 2 ? i + p : 10 * VISITORS - i - p) % VISITORS;
			CHECK_INT(http_get(port, path, visitor[v].header, &got), 200);
			CHECK(strstr(got.body, visitor[v].sees));
			CHECK_INT(strstr(got.body, "part") != NULL,
				strstr(visitor[v].sees, "part") != NULL);
			CHECK_STR(http_header(&got, "Cache-Control"),
				*visitor[v].header ? "private, no-store"
						   : "public, max-age=60");
		}
	}
	/* And keeps each of them. While the second token of a view is checked its answer
	 * is made beside. */
	CHECK_INT(atomic_load(&asked), VIEWS * PATHS + 1);
	atomic_fetch_add(&now_s, 100);
	wait_until("/a", "", "n=1");
	for (int v = 0; v < VISITORS; v++) { /* what is public is public for all */
		CHECK_INT(http_get(port, "/a", visitor[v].header, &got), 200);
		CHECK(strstr(got.body, " n=1 ") && !strstr(got.body, "part"));
	}
	stop();
}

/* From one answer to the next, though it was kept under the view's name. */
static void revoked_views_end(void)
{
	start();
	const char *network = add_token_of("kov", DRP_SCOPE_NETWORK, DRP_KOV, "");
	const char *same = add_token_of("kov-2", DRP_SCOPE_NETWORK, DRP_KOV, "");
	CHECK_OK(drp_hub_embargo_set(
		f.hub.store, FIXTURE_CAMPAIGN, (int64_t)atomic_load(&now_s) + 100, NULL));
	serve_edition();
	CHECK_INT(http_get(port, "/a", network, &got), 200);
	CHECK_INT(http_get(port, "/a", same, &got), 200);
	CHECK_INT(atomic_load(&asked), 2); /* both were looked at */
	CHECK_INT(http_get(port, "/a", network, &got), 200);
	CHECK_INT(atomic_load(&asked), 2);
	CHECK_OK(drp_hub_token_drop(f.hub.store, "kov", NULL));
	while (http_get(port, "/a", network, &got) == 200) {
		CHECK(strstr(got.body, "part of KOV"));
		usleep(20000);
	}
	CHECK_INT(got.status, 401);
	CHECK_INT(http_get(port, "/a", same, &got), 200);
	CHECK(strstr(got.body, "part of KOV"));
	stop();
}

static void tokens_gate(void)
{
	start();
	const char *operator= add_token("operator", DRP_SCOPE_OPERATOR);
	const char *ministry = add_token("ministry", DRP_SCOPE_MINISTRY);
	serve_edition();
	CHECK_INT(http_get(port, "/operator/state", "", &got), 401);
	CHECK_STR(http_header(&got, "WWW-Authenticate"), "Bearer realm=\"drempel\"");
	for (int i = 0; i < 2; i++) { /* checked, then remembered */
		CHECK_INT(http_get(port, "/operator/state", ministry, &got), 403);
		CHECK_INT(http_get(port, "/operator/state", operator, & got), 200);
		CHECK(strstr(got.body, FIXTURE_CAMPAIGN));
	}
	CHECK_INT(http_get(port, "/a", "Authorization: Bearer x\r\n", &got), 401);
	CHECK_INT(http_get(port, "/a", "Authorization: Basic eDp5\r\n", &got), 401);
	CHECK_INT(atomic_load(&asked), 0);
	CHECK_OK(drp_hub_token_drop(f.hub.store, "operator", NULL));
	while (http_get(port, "/operator/state", operator, & got) == 200) {
		usleep(20000);
	}
	CHECK_INT(got.status, 401);
	stop();
}

static void guessing_is_rationed(void)
{
	char guess[160];
	int later = 0, let_in = 0;
	start();
	const char *right = add_token("ministry", DRP_SCOPE_MINISTRY);
	serve_edition();
	snprintf(guess, sizeof guess, "%s", right);
	for (int i = 0; i < 30; i++) {
		guess[60] = (char)('0' + i % 10);
		guess[61] = (char)('a' + i % 6);
		int status =
			strcmp(guess, right) ? http_get(port, "/a", guess, &got) : 401;
		let_in += status == 200;
		later += status == 429;
	}
	CHECK_INT(let_in, 0);
	CHECK(later >= 15);
	CHECK_INT(http_get(port, "/a", "", &got), 200); /* the public is not bothered */
	stop();
}

static void no_hub_no_answers(void)
{
	atomic_store(&now_s, 1800000000);
	CHECK_OK(drp_crypto_init());
	setenv("DREMPEL_LOG", "none", 1);
	serve("/nowhere");
	CHECK_INT(http_get(port, "/livez", "", &got), 200);
	CHECK_INT(http_get(port, "/readyz", "", &got), 503);
	CHECK_INT(http_get(port, "/a", "", &got), 503);
	CHECK_INT(http_get(port, "/a", "Authorization: Bearer x\r\n", &got), 503);
	unserve();
	CHECK_INT(atomic_load(&asked), 0);
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	CASE("an answer is made once for each way to ask", answers_are_made_once);
	CASE("health, files and posts are where they should be", own_paths);
	CASE("an embargo ends by itself, and nobody sees more before",
		embargo_ends_by_itself);
	CASE("views share no answer, in whatever order they ask", views_stay_apart);
	CASE("a revoked token's view ends, and no other's", revoked_views_end);
	CASE("tokens open what their scope says, until they are revoked", tokens_gate);
	CASE("guessing tokens is rationed", guessing_is_rationed);
	CASE("without editions to read there are no answers", no_hub_no_answers);
	return DONE();
}
