/* SPDX-License-Identifier: Apache-2.0
 *
 * Two kinds of jobs leave the loop: a look at the store, one at a time, by the source's
 * own handle; and an answer, which holds the snapshot that it is made from, so that a
 * newer one may take its place meanwhile. What a job found is put in place on the loop.
 */
#include "hub/http/http.h"

#include "hub/http/http_ask.h"
#include "hub/http/snapshot.h"
#include "hub/http/token.h"
#include "proto/base/alloc.h"
#include "proto/base/date.h"
#include "proto/base/text.h"
#include "proto/crypto/crypto.h"
#include "proto/runtime/log.h"

#include <drempel/limits.h>

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define OPERATOR_PATH "/operator/state"
#define PUBLIC_CACHE  "public, max-age=60"
#define PRIVATE_CACHE "private, no-store"
#define FOR_EVER      "public, max-age=31536000, immutable"

struct job {
	struct job *next; /* of the answers in work */
	struct drp_hub_http *http;
	int is_look;
	struct drp_snapshot *snapshot; /* held; may be NULL for a look */
	/* look */
	struct drp_snapshot *fresh;
	enum drp_err outcome;
	struct drp_diag diag;
	/* answer */
	struct drp_http_ask ask;
	struct drp_hub_view view;
	int insider, checks_token; /* insider: somebody with a token */
	struct drp_token_row token;
	char *authorization;
	struct drp_http_reply *reply;
	unsigned varies;
};

struct drp_hub_http {
	struct drp_hub_http_config config;
	struct drp_http_handler handler;
	char base[DRP_URL_MAX];
	struct drp_snapshot_source *source;
	struct drp_snapshot *snapshot;
	struct drp_http_cache *cache;
	struct drp_token_gate *gate;
	struct job *jobs;
	struct drp_http_reply *alive, *ready, *not_ready, **files;
	enum drp_err last_error;
};

/* --- replies
 * ---------------------------------------------------------------------------- */

static struct drp_http_reply *json_reply(int status, const char *text)
{
	struct drp_http_content content = {.status = status,
		.media_type = "application/json",
		.bytes = text,
		.n = strlen(text)};
	return drp_http_reply_new(&content);
}

static struct drp_http_reply *not_right(void)
{
	return drp_http_problem_with(401, "this token is not right, or no longer",
		"WWW-Authenticate", "Bearer realm=\"drempel\"");
}

static struct drp_http_reply *not_operator(void)
{
	return drp_http_problem(403, "this needs a token of scope operator");
}

static void tag_of(const void *bytes, size_t n, char tag[33])
{
	struct drp_hash hash;
	drp_hash_bytes(bytes, n, &hash);
	drp_hex(hash.b, 16, tag);
}

static struct drp_http_reply *file_reply(const struct drp_hub_file *file)
{
	char tag[33];
	tag_of(file->bytes, file->n, tag);
	struct drp_http_content content = {.status = 200,
		.media_type = file->media_type,
		.tag = tag,
		.cache = file->named_by_content ? FOR_EVER : PUBLIC_CACHE,
		.bytes = file->bytes,
		.n = file->n};
	return drp_http_reply_new(&content);
}

/* --- on a worker thread
 * -------------------------------------------------------------------- */

static void look(struct job *job)
{
	job->outcome = drp_snapshot_look(
		job->http->source, job->snapshot, &job->fresh, &job->diag);
}

static struct drp_http_reply *operator_state(const struct drp_snapshot *snapshot)
{
	json_t *list = json_array();
	for (size_t i = 0; i < snapshot->n_editions; i++) {
		char from[DRP_DATE_TEXT], hash[65];
		const struct drp_edition_row *row = &snapshot->edition[i];
		drp_hex(row->hash.b, sizeof row->hash.b, hash);
		json_array_append_new(
			list, json_pack("{s:s, s:I, s:s, s:o}", "campaign", row->campaign,
				      "edition", (json_int_t)row->number, "hash", hash,
				      "public_from",
				      row->embargo_s ? json_string(drp_time_format(
							       row->embargo_s, from))
						     : json_null()));
	}
	json_t *all = json_pack("{s:o, s:I, s:I}", "editions", list, "public",
		(json_int_t)snapshot->n_open, "tokens", (json_int_t)snapshot->n_tokens);
	char *text = all ? json_dumps(all, JSON_INDENT(1)) : NULL;
	struct drp_http_reply *reply = text ? json_reply(200, text) : NULL;
	free(text);
	json_decref(all);
	return reply;
}

static int names(const char *list, const char *name)
{
	size_t n = strlen(name);
	for (const char *at = list; at && *at; at += strspn(at, ", ")) {
		size_t length = strcspn(at, ", ");
		if (length == n && strncasecmp(at, name, n) == 0) {
			return 1;
		}
		at += length;
	}
	return 0;
}

static struct drp_http_reply *reply_of(struct job *job, const struct drp_api_reply *api)
{
	char tag[33], vary[160];
	int whole = api->status == 200;
	job->varies = (names(api->vary, "Accept") ? DRP_VARIES_ACCEPT : 0) |
		      (names(api->vary, "Accept-Language") ? DRP_VARIES_LANGUAGE : 0);
	tag_of(api->body.data, api->body.len, tag);
	snprintf(vary, sizeof vary, "%s%sAuthorization", api->vary ? api->vary : "",
		api->vary && *api->vary ? ", " : "");
	struct drp_http_content content = {.status = api->status,
		.media_type = api->media_type,
		.language = api->language,
		.file_name = api->file_name,
		.vary = vary,
		.cache = job->insider ? PRIVATE_CACHE
			 : whole      ? PUBLIC_CACHE
				      : NULL,
		.tag = whole ? tag : NULL,
		.open_to_all = !job->insider,
		.bytes = api->body.data,
		.n = api->body.len};
	return drp_http_reply_new(&content);
}

static struct drp_http_reply *ask_api(struct job *job)
{
	struct drp_catalogue catalogue = {.base = job->http->base};
	struct drp_api_reply api = {0};
	drp_snapshot_see(job->snapshot, &job->view, &catalogue);
	enum drp_err err = job->http->config.api ? job->http->config.api(&catalogue,
							   &job->ask.request, &api)
						 : DRP_E_NOTFOUND;
	struct drp_http_reply *reply =
		err == DRP_E_NOTFOUND
			? drp_http_problem(404, "nothing is at this address")
		: err || api.body.failed
			? drp_http_problem(503, "out of memory; ask again in a moment")
			: reply_of(job, &api);
	drp_buf_clear(&api.body);
	return reply;
}

static void work(void *self, void *task)
{
	struct job *job = task;
	(void)self;
	if (job->is_look) {
		look(job);
		return;
	}
	if (job->checks_token) {
		job->outcome =
			drp_token_check(&job->token, drp_token_of(job->authorization));
	}
	if (job->outcome == DRP_OK) {
		int operators = strcmp(job->ask.request.path, OPERATOR_PATH) == 0;
		job->reply = !operators ? ask_api(job)
			     : job->token.scope == DRP_SCOPE_OPERATOR
				     ? operator_state(job->snapshot)
				     : not_operator();
	}
}

/* --- jobs, on the loop
 * ------------------------------------------------------------------------ */

static void job_free(struct job *job)
{
	drp_snapshot_release(job->snapshot);
	drp_http_reply_release(job->reply);
	drp_free(job->ask.copy);
	if (job->authorization) {
		drp_wipe(job->authorization, strlen(job->authorization));
		drp_free(job->authorization);
	}
	drp_free(job);
}

static struct job *job_new(struct drp_hub_http *http)
{
	struct job *job = drp_alloc(1, sizeof *job);
	if (job) {
		job->http = http;
		job->snapshot = http->snapshot ? drp_snapshot_hold(http->snapshot) : NULL;
	}
	return job;
}

static void *tick(void *self)
{
	struct job *job = job_new(self);
	if (job) {
		job->is_look = 1;
	}
	return job;
}

/* An error is told when it begins, not each second. */
static void end_look(struct drp_hub_http *http, struct job *job)
{
	if (job->outcome && job->outcome != http->last_error) {
		drp_log(DRP_LOG_ERROR, "http", "editions-unread", "error=%s text=\"%s\"",
			drp_err_name(job->outcome), job->diag.text);
	}
	http->last_error = job->outcome;
	if (job->fresh) {
		drp_snapshot_release(http->snapshot);
		http->snapshot = job->fresh;
		drp_http_cache_clear(http->cache);
		drp_log(DRP_LOG_INFO, "http", "published", "editions=%zu public=%zu",
			http->snapshot->n_editions, http->snapshot->n_open);
	}
}

static struct drp_http_reply *end_answer(struct drp_hub_http *http, struct job *job)
{
	struct job **at = &http->jobs;
	while (*at && *at != job) {
		at = &(*at)->next;
	}
	if (*at) {
		*at = job->next;
	}
	if (job->checks_token) {
		drp_token_told(http->gate, &job->token, job->authorization, job->outcome);
	}
	if (job->outcome) {
		return not_right();
	}
	if (job->reply && drp_http_reply_status(job->reply) == 200 &&
		job->snapshot == http->snapshot &&
		strcmp(job->ask.request.path, OPERATOR_PATH) != 0) {
		drp_http_cache_put(http->cache, &job->ask.key, job->varies, job->reply);
	}
	return job->reply ? drp_http_reply_hold(job->reply) : NULL;
}

static struct drp_http_reply *finish(void *self, void *task)
{
	struct job *job = task;
	struct drp_http_reply *reply = NULL;
	if (job->is_look) {
		end_look(self, job);
	} else {
		reply = end_answer(self, job);
	}
	job_free(job);
	return reply;
}

/* --- answers, on the loop
 * ------------------------------------------------------------------------ */

static struct drp_http_reply *from_memory(struct drp_hub_http *http, const char *path)
{
	if (strcmp(path, "/livez") == 0) {
		return drp_http_reply_hold(http->alive);
	}
	if (strcmp(path, "/readyz") == 0) {
		return drp_http_reply_hold(
			http->snapshot ? http->ready : http->not_ready);
	}
	for (size_t i = 0; i < http->config.n_files; i++) {
		if (strcmp(http->config.files[i].path, path) == 0) {
			return drp_http_reply_hold(http->files[i]);
		}
	}
	return NULL;
}

/* Whose request it is; a reply when it goes no further. */
struct visitor {
	const struct drp_token_row *token; /* NULL: the public */
	struct drp_hub_view view;
	int checks_token;
};

static struct drp_http_reply *look_at_token(struct drp_hub_http *http,
	const struct drp_http_request *request, struct visitor *visitor)
{
	int64_t now = http->config.clock.now_ms(http->config.clock.self);
	const struct drp_snapshot *s = http->snapshot;
	if (!request->authorization) {
		return NULL;
	}
	switch (drp_token_look(http->gate, s->token, s->n_tokens, request->authorization,
		now, &visitor->token)) {
	case DRP_TOKEN_RIGHT:
		return NULL;
	case DRP_TOKEN_UNKNOWN:
		visitor->checks_token = 1;
		return NULL;
	case DRP_TOKEN_WRONG:
		return not_right();
	case DRP_TOKEN_LATER:
		break;
	}
	return drp_http_problem_with(
		429, "too many tokens that are not right", "Retry-After", "10");
}

/* What only some may ask for. */
static struct drp_http_reply *check_scope(const char *path, const struct visitor *visitor)
{
	if (strcmp(path, OPERATOR_PATH) != 0) {
		return NULL;
	}
	if (!visitor->token) {
		return not_right();
	}
	/* Of a token that may be a guess not even the scope is told. */
	return visitor->checks_token || visitor->token->scope == DRP_SCOPE_OPERATOR
		       ? NULL
		       : not_operator();
}

static struct job *find_job(struct drp_hub_http *http, const struct drp_http_key *key)
{
	struct job *job = http->jobs;
	while (job && (job->checks_token || job->snapshot != http->snapshot ||
			      memcmp(&job->ask.key.what, &key->what, sizeof key->what) ||
			      strcmp(job->ask.accept, key->accept) != 0 ||
			      strcmp(job->ask.language, key->language) != 0)) {
		job = job->next;
	}
	return job;
}

static struct job *begin_answer(struct drp_hub_http *http, const struct drp_http_ask *ask,
	const struct visitor *visitor, const char *authorization)
{
	struct job *job = job_new(http);
	enum drp_err err = job ? drp_http_ask_copy(&job->ask, ask) : DRP_E_NOMEM;
	if (err == DRP_OK && visitor->token) {
		job->token = *visitor->token;
	}
	if (err == DRP_OK && visitor->checks_token) {
		job->checks_token = 1;
		job->authorization = drp_alloc(1, strlen(authorization) + 1);
		err = job->authorization ? DRP_OK : DRP_E_NOMEM;
	}
	if (err) {
		if (job) {
			job_free(job);
		}
		return NULL;
	}
	if (job->checks_token) {
		strcpy(job->authorization, authorization);
	}
	job->view = visitor->view;
	job->insider = visitor->token != NULL;
	job->next = http->jobs;
	http->jobs = job;
	return job;
}

static struct drp_http_reply *answer(
	void *self, const struct drp_http_request *request, void **task)
{
	struct drp_hub_http *http = self;
	const char *path = request->target->path;
	struct visitor visitor = {0};
	char name[DRP_VIEW_NAME];
	struct drp_http_ask ask;
	struct drp_http_reply *reply = from_memory(http, path);
	if (reply) {
		return reply;
	}
	if (!http->snapshot) {
		return drp_http_reply_hold(http->not_ready);
	}
	reply = look_at_token(http, request, &visitor);
	reply = reply ? reply : check_scope(path, &visitor);
	if (reply) {
		return reply;
	}
	visitor.view = drp_view_of(visitor.token);
	drp_view_name(&visitor.view, name);
	drp_http_ask_read(&ask, request, name);
	if (!visitor.checks_token) {
		reply = drp_http_cache_get(http->cache, &ask.key);
		if (!reply && task) {
			*task = find_job(http, &ask.key);
		}
	}
	if (!reply && task && !*task) {
		*task = begin_answer(http, &ask, &visitor, request->authorization);
	}
	return reply;
}

static size_t takes(void *self, const char *path)
{
	(void)self;
	return strncmp(path, "/api/", 5) == 0 ? DRP_HTTP_BODY_MAX_BYTES : 0;
}

static void listening(void *self, const char *address)
{
	struct drp_hub_http *http = self;
	const char *base = http->config.base;
	int is_unix =
		strncmp(address, "unix:", 5) == 0; /* nothing that a link can name */
	snprintf(http->base, sizeof http->base, "%s",
		base && *base ? base
		: is_unix     ? "http://localhost"
			      : address);
	for (size_t n = strlen(http->base); n > 0 && http->base[n - 1] == '/'; n--) {
		http->base[n - 1] = 0;
	}
	if (http->config.ready) {
		http->config.ready(http->config.self, address);
	}
}

/* --- all of it
 * ----------------------------------------------------------------------------- */

static int make_replies(struct drp_hub_http *http)
{
	int complete = 1;
	http->alive = json_reply(200, "{\"status\":\"alive\"}\n");
	http->ready = json_reply(200, "{\"status\":\"ready\"}\n");
	http->not_ready = drp_http_problem_with(
		503, "the editions are not read yet", "Retry-After", "2");
	http->files =
		drp_alloc(http->config.n_files + 1, sizeof(struct drp_http_reply *));
	for (size_t i = 0; http->files && i < http->config.n_files; i++) {
		http->files[i] = file_reply(&http->config.files[i]);
		complete &= http->files[i] != NULL;
	}
	return http->alive && http->ready && http->not_ready && http->files && complete;
}

enum drp_err drp_hub_http_new(const struct drp_hub_http_config *config,
	struct drp_hub_http **out, struct drp_diag *diag)
{
	struct drp_hub_http *http = drp_alloc(1, sizeof *http);
	if (!http) {
		return drp_fail(diag, DRP_E_NOMEM, "HTTP cannot start: out of memory");
	}
	size_t most = config->cache_max_bytes;
	http->config = *config;
	http->source = drp_snapshot_source_new(config->dir, &config->clock);
	http->cache = drp_http_cache_new(most ? most : DRP_HTTP_CACHE_MAX_BYTES);
	http->gate = drp_token_gate_new();
	if (!http->source || !http->cache || !http->gate || !make_replies(http)) {
		drp_hub_http_free(http);
		return drp_fail(diag, DRP_E_NOMEM, "HTTP cannot start: out of memory");
	}
	http->handler = (struct drp_http_handler){.self = http,
		.answer = answer,
		.work = work,
		.finish = finish,
		.tick = tick,
		.takes = takes,
		.ready = listening};
	*out = http;
	return DRP_OK;
}

void drp_hub_http_free(struct drp_hub_http *http)
{
	if (!http) {
		return;
	}
	for (size_t i = 0; http->files && i < http->config.n_files; i++) {
		drp_http_reply_release(http->files[i]);
	}
	drp_free(http->files);
	drp_http_reply_release(http->alive);
	drp_http_reply_release(http->ready);
	drp_http_reply_release(http->not_ready);
	drp_http_cache_free(http->cache);
	drp_token_gate_free(http->gate);
	drp_snapshot_release(http->snapshot);
	drp_snapshot_source_free(http->source);
	drp_free(http);
}

const struct drp_http_handler *drp_hub_http_handler(struct drp_hub_http *http)
{
	return &http->handler;
}
