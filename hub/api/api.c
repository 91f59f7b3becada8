/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/api/api_internal.h"

#include "proto/base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- requests ---- */

int drp_api_cut_path(const char *path, struct drp_path_parts *parts)
{
	parts->n = 0;
	while (*path) {
		size_t n = strcspn(path, "/");
		if (n && parts->n == DRP_SEGMENTS_MAX) {
			return -1;
		}
		if (n) {
			parts->part[parts->n].at = path;
			parts->part[parts->n++].n = n;
		}
		path += n + (path[n] == '/');
	}
	return 0;
}

int drp_part_is(const struct drp_api_call *call, size_t part, const char *text)
{
	return part < call->path.n && call->path.part[part].n == strlen(text) &&
	       strncmp(call->path.part[part].at, text, call->path.part[part].n) == 0;
}

int drp_part_text(const struct drp_api_call *call, size_t part, char *text, size_t size)
{
	text[0] = 0;
	if (part >= call->path.n) {
		return 0;
	}
	if (call->path.part[part].n >= size) {
		return -1;
	}
	memcpy(text, call->path.part[part].at, call->path.part[part].n);
	text[call->path.part[part].n] = 0;
	return 0;
}

int drp_api_name(const char *name, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (strcasecmp(name, names[i]) == 0) {
			return (int)i;
		}
	}
	return -1;
}

const char *drp_parameter(const struct drp_api_call *call, const char *name)
{
	for (size_t i = 0; i < call->request->n_parameters; i++) {
		if (strcasecmp(call->request->parameter[i].name, name) == 0) {
			return call->request->parameter[i].value;
		}
	}
	return NULL;
}

/* The first language of the header that there is; its order stands for its weights. */
static int accepted_language(const char *header)
{
	while (*header) {
		char range[16];
		header += strspn(header, " \t,");
		size_t n = strcspn(header, ",; \t");
		snprintf(range, sizeof range, "%.*s", (int)(n < 15 ? n : 15), header);
		int language = drp_language_of(range);
		if (language >= 0) {
			return language;
		}
		header += strcspn(header, ",");
	}
	return -1;
}

int drp_call_language(struct drp_api_call *call)
{
	const char *asked = drp_parameter(call, "lang");
	int language = asked ? drp_language_of(asked)
			     : accepted_language(call->request->accept_language);
	if (!asked) {
		call->reply->vary = "Accept-Language";
		language = language < 0 ? DRP_NL : language;
	}
	if (language >= 0) {
		snprintf(call->reply->language, sizeof call->reply->language, "%s",
			drp_language_code[language]);
	}
	return language;
}

/* ---- Accept ---- */

/* One range of the header: "type/sub;version=2.1;q=0.5". */
struct media_range {
	char type[96], version[16];
	double q;
};

static const char *next_range(const char *at, struct media_range *range)
{
	*range = (struct media_range){.q = 1};
	size_t n = 0;
	for (; *at && *at != ',' && *at != ';'; at++) {
		if (*at != ' ' && *at != '\t' && n + 1 < sizeof range->type) {
			range->type[n++] = *at;
		}
	}
	while (*at == ';') {
		at += 1 + strspn(at + 1, " \t");
		if (strncasecmp(at, "q=", 2) == 0) {
			range->q = strtod(at + 2, NULL);
		} else if (strncasecmp(at, "version=", 8) == 0) {
			const char *v = at + 8 + (at[8] == '"');
			snprintf(range->version, sizeof range->version, "%.*s",
				(int)strspn(v, "0123456789."), v);
		}
		at += strcspn(at, ",;");
	}
	return *at == ',' ? at + 1 : at;
}

/* How exactly a range means a type: 0 is not at all. */
static int fits(const struct media_range *range, const char *type)
{
	size_t n = strcspn(type, ";"), major = strcspn(type, "/");
	const char *version = strstr(type, "version=");
	if (strcmp(range->type, "*/*") == 0 || strcmp(range->type, "*") == 0) {
		return 1;
	}
	if (strncasecmp(range->type, type, major + 1) == 0 &&
		strcmp(range->type + major + 1, "*") == 0) {
		return 2;
	}
	if (strlen(range->type) != n || strncasecmp(range->type, type, n) != 0) {
		return 0;
	}
	return !*range->version || !version || strcmp(version + 8, range->version) == 0
		       ? 3
		       : 0;
}

/* A type has the weight of the range that means it most exactly (RFC 9110, 12.5.1). */
static double weight(const char *accept, const char *type)
{
	double q = 0;
	int best = 0;
	while (*accept) {
		struct media_range range;
		accept = next_range(accept, &range);
		int fit = fits(&range, type);
		if (fit > best) {
			best = fit;
			q = range.q;
		}
	}
	return q;
}

int drp_accepted(const char *accept, const char *const *types, size_t n)
{
	int chosen = -1;
	double best = 0;
	if (!accept[strspn(accept, " \t")]) {
		return 0;
	}
	for (size_t i = 0; i < n; i++) {
		double q = weight(accept, types[i]);
		if (q > best) {
			best = q;
			chosen = (int)i;
		}
	}
	return chosen;
}

/* ---- replies ---- */

void drp_reply_type(struct drp_api_reply *reply, int status, const char *media_type)
{
	reply->status = status;
	snprintf(reply->media_type, sizeof reply->media_type, "%s", media_type);
}

static const char *status_title(int status)
{
	switch (status) {
	case 400:
		return "Bad Request";
	case 403:
		return "Forbidden";
	case 404:
		return "Not Found";
	case 405:
		return "Method Not Allowed";
	case 406:
		return "Not Acceptable";
	case 413:
		return "Content Too Large";
	case 501:
		return "Not Implemented";
	default:
		return "Error";
	}
}

/* What a request says may be cut within a character. */
static void keep_utf8(char *text)
{
	if (drp_utf8_valid(text, strlen(text))) {
		return;
	}
	for (; *text; text++) {
		*text = (char)((unsigned char)*text < 0x80 ? *text : '?');
	}
}

enum drp_err drp_problem(struct drp_api_call *call, int status, const char *fmt, ...)
{
	char detail[512];
	va_list args;
	va_start(args, fmt);
	vsnprintf(detail, sizeof detail, fmt, args);
	va_end(args);
	keep_utf8(detail);
	struct drp_json_out json = {&call->reply->body, 0};
	call->reply->body.len = 0;
	call->reply->file_name[0] = call->reply->language[0] = 0;
	drp_reply_type(call->reply, status, "application/problem+json");
	drp_json_open(&json, NULL, '{');
	drp_json_string(&json, "type", "about:blank");
	drp_json_string(&json, "title", status_title(status));
	drp_json_number(&json, "status", status);
	drp_json_string(&json, "detail", detail);
	drp_json_close(&json, '}');
	drp_buf_text(&call->reply->body, "\n");
	return DRP_OK;
}

/* ---- the catalogue ---- */

const struct drp_publication *drp_catalogue_find(
	const struct drp_catalogue *catalogue, const char *campaign, uint32_t edition)
{
	const struct drp_publication *newest = NULL;
	for (size_t i = 0; i < catalogue->n; i++) {
		const struct drp_publication *p = catalogue->publication[i];
		if (strcmp(p->edition->campaign, campaign) == 0 &&
			(edition ? p->edition->number == edition
				 : !newest || p->edition->number >
							newest->edition->number)) {
			newest = p;
		}
	}
	return newest;
}

int drp_catalogue_newest(const struct drp_catalogue *catalogue, size_t i)
{
	const struct drp_publication *p = catalogue->publication[i];
	return drp_catalogue_find(catalogue, p->edition->campaign, 0) == p;
}

enum drp_err drp_catalogue_next(
	const struct drp_catalogue *catalogue, size_t *at, struct drp_cube **cube)
{
	*cube = NULL;
	while (*at < catalogue->n * DRP_CUBES) {
		size_t i = (*at)++;
		if (drp_catalogue_newest(catalogue, i / DRP_CUBES)) {
			return drp_cube_make(catalogue->publication[i / DRP_CUBES],
				(enum drp_cube_table)(i % DRP_CUBES), cube);
		}
	}
	return DRP_OK;
}

/* ---- routes ---- */

static const struct {
	const char *first, *second; /* segments of the path; NULL: any, or none */
	int post;
	enum drp_err (*answer)(struct drp_api_call *call);
} routes[] = {
	{"t", NULL, 0, drp_api_tables},
	{"api", "v2", 1, drp_api_px},
	{"sdmx", "2.1", 0, drp_api_sdmx},
	{"feed.atom", NULL, 0, drp_api_feed},
	{"catalog.ttl", NULL, 0, drp_api_catalog},
	{"targets.json", NULL, 0, drp_api_targets},
	{"targets.csv", NULL, 0, drp_api_targets},
};

static enum drp_err dispatch(struct drp_api_call *call)
{
	for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++) {
		if (!drp_part_is(call, 0, routes[i].first) ||
			(routes[i].second && !drp_part_is(call, 1, routes[i].second))) {
			continue;
		}
		if (strcmp(call->request->method, "GET") != 0 &&
			!(routes[i].post && strcmp(call->request->method, "POST") == 0)) {
			return drp_problem(call, 405, "%s is not possible here",
				call->request->method);
		}
		return routes[i].answer(call);
	}
	return DRP_E_NOTFOUND;
}

enum drp_err drp_api_answer(const struct drp_catalogue *catalogue,
	const struct drp_api_request *request, struct drp_api_reply *reply)
{
	struct drp_api_call call = {catalogue, request, reply, {0}};
	memset(reply, 0, sizeof *reply);
	reply->vary = "";
	if (drp_api_cut_path(request->path, &call.path) != 0) {
		return DRP_E_NOTFOUND;
	}
	enum drp_err err = dispatch(&call);
	return err == DRP_OK && reply->body.failed ? DRP_E_NOMEM : err;
}
