/* SPDX-License-Identifier: Apache-2.0
 *
 * What the routes of the public API share; inside hub/api only. A route returns DRP_OK
 * with a reply, whatever its status, or DRP_E_NOMEM.
 */
#ifndef DRP_HUB_API_INTERNAL_H
#define DRP_HUB_API_INTERNAL_H

#include "hub/api/api.h"
#include "hub/formats/formats.h"
#include "hub/tables/cube.h"
#include "proto/runtime/json_out.h"

#define DRP_SEGMENTS_MAX 8
#define DRP_SEGMENT_MAX	 1024

/* A path cut at its slashes; empty segments are left out, so a slash at the end means
 * nothing. */
struct drp_path_parts {
	size_t n;
	struct {
		const char *at;
		size_t n;
	} part[DRP_SEGMENTS_MAX];
};

struct drp_api_call {
	const struct drp_catalogue *catalogue;
	const struct drp_api_request *request;
	struct drp_api_reply *reply;
	struct drp_path_parts path;
};

/* drp_api_cut_path cuts a path at its slashes; -1 when there are too many. */
int drp_api_cut_path(const char *path, struct drp_path_parts *parts);
int drp_part_is(const struct drp_api_call *call, size_t part, const char *text);
/* drp_part_text copies a segment, "" when there is none; -1 when it does not fit. */
int drp_part_text(const struct drp_api_call *call, size_t part, char *text, size_t size);

/* drp_api_name: which of n names it is, letter case aside; -1: none. */
int drp_api_name(const char *name, const char *const *names, size_t n);

/* drp_parameter: NULL without it. */
const char *drp_parameter(const struct drp_api_call *call, const char *name);

/* drp_problem replies with problem+json (RFC 9457). */
enum drp_err drp_problem(struct drp_api_call *call, int status, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void drp_reply_type(struct drp_api_reply *reply, int status, const char *media_type);

/* drp_call_language: the parameter lang, else the first of Accept-Language that there is
 * (the reply then says that it varies), else nl; -1 when lang is another language. */
int drp_call_language(struct drp_api_call *call);

/* drp_accepted: the index of the media type that the Accept header prefers, the first of
 * equals; -1 when it takes none of them. A type may be listed with its version. Without a
 * header everything is accepted. */
int drp_accepted(const char *accept, const char *const *types, size_t n);

/* drp_catalogue_find: the newest edition of a campaign, or that with a number (0: the
 * newest); NULL when it is not published. */
const struct drp_publication *drp_catalogue_find(
	const struct drp_catalogue *catalogue, const char *campaign, uint32_t edition);
/* Whether no newer edition of the same campaign stands before it. */
int drp_catalogue_newest(const struct drp_catalogue *catalogue, size_t i);
/* drp_catalogue_next walks the tables of all newest editions: makes the next one (free
 * it) and moves *at, which begins at 0; NULL at the end. */
enum drp_err drp_catalogue_next(const struct drp_catalogue *catalogue, size_t *at,
	struct drp_cube **cube) DRP_MUST_CHECK;

enum drp_err drp_api_tables(struct drp_api_call *call); /* /t/ */
/* differences and trend, under /t/ too: whether a name is one of them; its answer. */
int drp_api_is_differences(const char *name);
enum drp_err drp_api_differences(struct drp_api_call *call,
	const struct drp_publication *publication, const char *name, int language);
enum drp_err drp_api_px(struct drp_api_call *call);	 /* /api/v2 */
enum drp_err drp_api_sdmx(struct drp_api_call *call);	 /* /sdmx/2.1 */
enum drp_err drp_api_feed(struct drp_api_call *call);	 /* /feed.atom */
enum drp_err drp_api_catalog(struct drp_api_call *call); /* /catalog.ttl */
enum drp_err drp_api_targets(struct drp_api_call *call); /* /targets.json .csv */

#endif
