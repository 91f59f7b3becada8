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

/* A parameter of a selection, and the text of a row that it is held against; group means
 * either of the two. */
static const char *text_of(const struct drp_difference *d, const char *name, int second,
	char code[DRP_COHORT_CODE])
{
	const struct drp_observation *o = second ? d->other : d->one;
	const char *text = strcasecmp(name, "family") == 0 ? drp_family_code(o->family)
			   : strcasecmp(name, "province") == 0 ? o->province
			   : strcasecmp(name, "level") == 0    ? o->level
			   : strcasecmp(name, "network") == 0  ? o->network
			   : strcasecmp(name, "group") == 0    ? drp_group_code(o->group)
			   : strcasecmp(name, "area") == 0     ? o->area
			   : strcasecmp(name, "item") == 0     ? o->item
							       : NULL;
	if (!text) {
		return NULL;
	}
	snprintf(code, DRP_COHORT_CODE, "%s", text);
	for (char *at = code; (at = strchr(at, '+'));) {
		*at++ = '-'; /* as in every address */
	}
	return code;
}

static int is_listed(const char *code, const char *codes)
{
	for (;; codes++) {
		size_t n = strcspn(codes, ",");
		if (strlen(code) == n && strncmp(codes, code, n) == 0) {
			return 1;
		}
		codes += n;
		if (!*codes) {
			return 0;
		}
	}
}

static int is_kept(const struct drp_difference *d, const char *name, const char *codes)
{
	char code[DRP_COHORT_CODE];
	return is_listed(text_of(d, name, 0, code), codes) ||
	       (strcasecmp(name, "group") == 0 &&
		       is_listed(text_of(d, name, 1, code), codes));
}

/* Every code must be one that the list has, so that a slip gives no empty answer. */
static int is_known(
	const struct drp_differences *list, const char *name, const char *codes)
{
	for (;; codes++) {
		char code[DRP_COHORT_CODE];
		size_t n = strcspn(codes, ","), i = 0;
		if (n == 0 || n >= sizeof code) {
			return 0;
		}
		snprintf(code, sizeof code, "%.*s", (int)n, codes);
		while (i < list->n && !is_kept(&list->row[i], name, code)) {
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
	for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
		if (strcasecmp(name, options[i]) == 0) {
			return 1;
		}
	}
	return w->trend && strcasecmp(name, "with") == 0;
}

/* Whether the reply is a problem, then; *err is what drp_problem returned. */
static int check_selection(struct drp_api_call *call, const struct wanted *w,
	const struct drp_differences *list, enum drp_err *err)
{
	static const struct drp_observation some;
	static const struct drp_difference like = {.one = &some, .other = &some};
	char code[DRP_COHORT_CODE];
	for (size_t i = 0; i < call->request->n_parameters; i++) {
		const char *name = call->request->parameter[i].name;
		const char *value = call->request->parameter[i].value;
		if (is_option(w, name)) {
			continue;
		}
		if (!text_of(&like, name, 0, code)) {
			*err = drp_problem(call, 400,
				"the table %s has no parameter '%.60s'",
				w->trend ? "trend" : "differences", name);
			return -1;
		}
		if (!is_known(list, name, value)) {
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
			       is_kept(&list->row[r], name,
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
	const struct drp_publication *part = w->one->network ? w->one : w->other;
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
