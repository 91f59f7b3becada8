/* SPDX-License-Identifier: Apache-2.0
 *
 * /t/CAMPAIGN/differences.csv .json: between groups of one edition;
 * /t/CAMPAIGN/trend.csv .json?with=EARLIER: between two campaigns.
 */
#include "hub/api/api_internal.h"
#include "hub/tables/difference.h"
#include "proto/base/text.h"
#include "proto/model/codes.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* What the path asks for. */
struct wanted {
	const struct drp_publication *one, *other;
	enum drp_language language;
	int trend, json, semicolon;
};

static int ends(const char *name, const char *stem, int *json)
{
	size_t n = strlen(stem);
	if (strncmp(name, stem, n) != 0) {
		return 0;
	}
	*json = strcmp(name + n, ".json") == 0;
	return *json || strcmp(name + n, ".csv") == 0;
}

static int read_name(const char *name, struct wanted *w)
{
	w->trend = ends(name, "trend", &w->json);
	return w->trend || ends(name, "differences", &w->json) ? 0 : -1;
}

int drp_api_is_differences(const char *name)
{
	struct wanted w;
	return read_name(name, &w) == 0;
}

/* ---- selection ---- */

/* What rows are chosen by. */
enum column {
	COLUMN_FAMILY,
	COLUMN_PROVINCE,
	COLUMN_LEVEL,
	COLUMN_NETWORK,
	COLUMN_GROUP, /* either of the two */
	COLUMN_AREA,
	COLUMN_ITEM,
	COLUMNS
};

static int column_of(const char *name)
{
	static const char *const names[COLUMNS] = {
		"family", "province", "level", "network", "group", "area", "item"};
	return drp_api_name(name, names, COLUMNS);
}

static const char *text_of(const struct drp_observation *o, int column)
{
	switch (column) {
	case COLUMN_FAMILY:
		return drp_family_code(o->family);
	case COLUMN_PROVINCE:
		return o->province;
	case COLUMN_LEVEL:
		return o->level;
	case COLUMN_NETWORK:
		return o->network;
	case COLUMN_GROUP:
		return drp_group_code(o->group);
	case COLUMN_AREA:
		return o->area;
	default:
		return o->item;
	}
}

/* Whether the n bytes at code are that text; parts of a fold are joined by '-' in
 * addresses. */
static int is_code(const char *text, const char *code, size_t n)
{
	size_t i = 0;
	while (i < n && text[i] && (text[i] == '+' ? '-' : text[i]) == code[i]) {
		i++;
	}
	return i == n && !text[i];
}

static int has_code(
	const struct drp_difference *d, int column, const char *code, size_t n)
{
	return is_code(text_of(d->one, column), code, n) ||
	       (column == COLUMN_GROUP && is_code(text_of(d->other, column), code, n));
}

static int is_kept(const struct drp_difference *d, int column, const char *codes)
{
	for (;; codes++) {
		size_t n = strcspn(codes, ",");
		if (has_code(d, column, codes, n)) {
			return 1;
		}
		codes += n;
		if (!*codes) {
			return 0;
		}
	}
}

/* Every code must be one that the list has, so that a slip gives no empty answer. */
static int is_known(const struct drp_differences *list, int column, const char *codes)
{
	for (;; codes++) {
		size_t n = strcspn(codes, ","), i = 0;
		while (i < list->n && !has_code(&list->row[i], column, codes, n)) {
			i++;
		}
		if (i == list->n) {
			return 0;
		}
		codes += n;
		if (!*codes) {
			return 1;
		}
	}
}

static int is_option(const struct wanted *w, const char *name)
{
	static const char *const options[] = {"lang", "edition", "separator"};
	if (drp_api_name(name, options, sizeof options / sizeof options[0]) >= 0) {
		return 1;
	}
	return w->trend && strcasecmp(name, "with") == 0;
}

/* Whether the reply is a problem, then; *err is what drp_problem returned. */
static int check_selection(struct drp_api_call *call, const struct wanted *w,
	const struct drp_differences *list, enum drp_err *err)
{
	for (size_t i = 0; i < call->request->n_parameters; i++) {
		const char *name = call->request->parameter[i].name;
		const char *value = call->request->parameter[i].value;
		int column = column_of(name);
		if (is_option(w, name)) {
			continue;
		}
		if (column < 0) {
			*err = drp_problem(call, 400,
				"the table %s has no parameter '%.60s'",
				w->trend ? "trend" : "differences", name);
			return -1;
		}
		if (!is_known(list, column, value)) {
			*err = drp_problem(call, 400,
				"'%.60s' names a code that the table does not have: "
				"'%.120s'",
				name, value);
			return -1;
		}
	}
	return 0;
}

static void select_rows(
	struct drp_api_call *call, const struct wanted *w, struct drp_differences *list)
{
	size_t kept = 0;
	for (size_t r = 0; r < list->n; r++) {
		int keep = 1;
		for (size_t i = 0; keep && i < call->request->n_parameters; i++) {
			const char *name = call->request->parameter[i].name;
			keep = is_option(w, name) ||
			       is_kept(&list->row[r], column_of(name),
				       call->request->parameter[i].value);
		}
		if (keep) {
			list->row[kept++] = list->row[r];
		}
	}
	list->n = kept;
}

/* ---- answers ---- */

/* The session to compare with; NULL when the reply is a problem. */
static const struct drp_publication *find_other(
	struct drp_api_call *call, const struct wanted *w, enum drp_err *err)
{
	const struct drp_catalogue *all = call->catalogue;
	const char *with = drp_parameter(call, "with");
	const struct drp_publication *other = NULL;
	if (!w->trend) {
		return w->one;
	}
	if (!with) {
		other = drp_session_before(w->one, all->publication, all->n);
		if (!other) {
			*err = drp_problem(call, 404,
				"no session with this questionnaire is published from "
				"before campaign '%s'",
				w->one->edition->campaign);
		}
		return other;
	}
	other = drp_catalogue_find(all, with, 0);
	if (!other) {
		*err = drp_problem(
			call, 404, "no published edition of campaign '%.90s'", with);
	}
	return other;
}

static enum drp_err make_list(const struct drp_api_call *call, const struct wanted *w,
	struct drp_differences *list)
{
	return w->trend ? drp_differences_sessions(
				  w->one, w->other, call->catalogue->history, list)
			: drp_differences_groups(w->one, list);
}

static enum drp_err write_list(struct drp_api_call *call, const struct wanted *w,
	const struct drp_differences *list)
{
	struct drp_api_reply *reply = call->reply;
	drp_reply_type(reply, 200,
		w->json ? "application/json" : "text/csv; charset=utf-8; header=present");
	const struct drp_publication *part =
		*drp_publication_mark(w->one) ? w->one : w->other;
	snprintf(reply->file_name, sizeof reply->file_name, "%.40s-%u%s-%s%s",
		w->one->edition->campaign, w->one->edition->number,
		drp_publication_mark(part), w->trend ? "trend" : "differences",
		w->json ? ".json" : ".csv");
	return w->json ? drp_differences_json(list, '-', w->language, &reply->body)
		       : drp_differences_csv(list, '-', w->semicolon, &reply->body);
}

enum drp_err drp_api_differences(struct drp_api_call *call,
	const struct drp_publication *publication, const char *name, int language)
{
	struct wanted w = {.one = publication, .language = (enum drp_language)language};
	struct drp_differences list = {0};
	const char *separator = drp_parameter(call, "separator");
	enum drp_err err = DRP_OK;
	w.semicolon = separator && strcmp(separator, "semicolon") == 0;
	w.other = read_name(name, &w) == 0 ? find_other(call, &w, &err) : NULL;
	if (!w.other) {
		return err;
	}
	err = make_list(call, &w, &list);
	if (err == DRP_E_STATE) {
		return drp_problem(call, 400,
			"'%.90s' cannot be compared: it must be an earlier campaign with "
			"the same questionnaire, region and kind of participation",
			w.other->edition->campaign);
	}
	if (err == DRP_OK && check_selection(call, &w, &list, &err) == 0) {
		select_rows(call, &w, &list);
		err = write_list(call, &w, &list);
	}
	drp_differences_free(&list);
	return err;
}
