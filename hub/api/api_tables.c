/* SPDX-License-Identifier: Apache-2.0
 *
 * /t/CAMPAIGN/TABLE.csv .json .xlsx .zip .metadata.json and /t/CAMPAIGN/datapackage.zip:
 * addresses that stay, for people, spreadsheets and scripts. Differences and trends have
 * addresses beside them (api_differences.c).
 */
#include "hub/api/api_internal.h"
#include "proto/base/alloc.h"
#include "proto/base/text.h"
#include "proto/model/codes.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum suffix {
	SUFFIX_CSV,
	SUFFIX_JSON,
	SUFFIX_XLSX,
	SUFFIX_ZIP,
	SUFFIX_METADATA,
	SUFFIXES
};

static const struct {
	const char *text, *media_type;
} suffixes[SUFFIXES] = {
	{".csv", "text/csv; charset=utf-8; header=present"},
	{".json", "application/json"},
	{".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
	{".zip", "application/zip"},
	{".metadata.json", "application/json"},
};

/* What the path asks for: table and suffix of "items.metadata.json"; table DRP_CUBES is
 * all of them. */
struct wanted {
	int table, suffix;
};

static int read_name(const char *name, struct wanted *wanted)
{
	size_t n = strcspn(name, ".");
	wanted->table = drp_cube_of(name, n);
	if (strcmp(name, "datapackage.zip") == 0) {
		*wanted = (struct wanted){DRP_CUBES, SUFFIX_ZIP};
		return 0;
	}
	for (wanted->suffix = 0; wanted->suffix < SUFFIXES; wanted->suffix++) {
		if (strcmp(name + n, suffixes[wanted->suffix].text) == 0) {
			return wanted->table < 0 ? -1 : 0;
		}
	}
	return -1;
}

/* ---- selection ---- */

static int read_families(const char *list, uint8_t *families)
{
	*families = 0;
	for (;; list++) {
		char code[32];
		size_t n = strcspn(list, ",");
		snprintf(code, sizeof code, "%.*s", (int)(n < 31 ? n : 31), list);
		int family = drp_family_of(code);
		if (family < 0) {
			return -1;
		}
		*families |= (uint8_t)(1u << family);
		list += n;
		if (!*list) {
			return 0;
		}
	}
}

static int is_option(const char *name)
{
	static const char *const options[] = {"lang", "labels", "edition", "separator"};
	return drp_api_name(name, options, sizeof options / sizeof options[0]) >= 0;
}

/* Whatever is not understood is refused: a selection that is silently dropped would give
 * figures that were not asked for. *err is set to what drp_problem returned. */
static int read_selection(struct drp_api_call *call, const struct drp_cube *cube,
	struct drp_selection *selection, enum drp_err *err)
{
	drp_select_all(cube, selection);
	for (size_t i = 0; i < call->request->n_parameters; i++) {
		const char *name = call->request->parameter[i].name;
		const char *value = call->request->parameter[i].value;
		int dim = drp_cube_dim(cube, name, strlen(name));
		if (is_option(name)) {
			continue;
		}
		if (strcasecmp(name, "family") == 0) {
			if (read_families(value, &selection->families) == 0) {
				continue;
			}
		} else if (dim < 0) {
			*err = drp_problem(call, 400,
				"the table %s has no parameter '%.60s'",
				drp_cube_name(cube->table), name);
			return -1;
		} else if (drp_select_list(
				   cube, selection, (enum drp_dim)dim, value, ',') == 0) {
			continue;
		}
		*err = drp_problem(call, 400,
			"'%.60s' names a code that the table does not have: '%.120s'; "
			"the codes are in %s.metadata.json",
			name, value, drp_cube_name(cube->table));
		return -1;
	}
	return 0;
}

/* ---- answers ---- */

static enum drp_err write_view(struct drp_api_call *call, const struct drp_view *view,
	int suffix, struct drp_buf *out)
{
	const char *labels = drp_parameter(call, "labels");
	const char *separator = drp_parameter(call, "separator");
	enum drp_csv_style style = separator && strcmp(separator, "semicolon") == 0
					   ? DRP_CSV_SEMICOLON
					   : DRP_CSV_COMMA;
	switch (suffix) {
	case SUFFIX_CSV:
		return drp_format_csv(
			view, style, labels && strcmp(labels, "yes") == 0, out);
	case SUFFIX_JSON:
		return drp_format_jsonstat(view, DRP_JSONSTAT_COMPACT, out);
	case SUFFIX_XLSX:
		return drp_format_xlsx(view, out);
	case SUFFIX_ZIP:
		return drp_format_package(view, 1, out);
	default:
		return drp_format_metadata(view, out);
	}
}

static int is_one_of(const char *value, const char *a, const char *b)
{
	return !value || strcmp(value, a) == 0 || strcmp(value, b) == 0;
}

/* In the other forms the figures of a row stand side by side. */
static int fits_form(const struct drp_api_call *call, int suffix)
{
	return suffix == SUFFIX_JSON || suffix == SUFFIX_METADATA ||
	       !drp_parameter(call, "indicator");
}

static enum drp_err one_table(struct drp_api_call *call, const struct drp_publication *p,
	const struct wanted *wanted, int language)
{
	struct drp_cube *cube = NULL;
	struct drp_selection *selection = drp_alloc(1, sizeof *selection);
	enum drp_err err =
		selection ? drp_cube_make(p, (enum drp_cube_table)wanted->table, &cube)
			  : DRP_E_NOMEM;
	if (err == DRP_OK && read_selection(call, cube, selection, &err) == 0) {
		const struct drp_view view = {
			cube, selection, (enum drp_language)language};
		drp_reply_type(call->reply, 200, suffixes[wanted->suffix].media_type);
		snprintf(call->reply->file_name, sizeof call->reply->file_name,
			"%.40s-%u%s-%s%s", p->edition->campaign, p->edition->number,
			drp_publication_mark(p),
			drp_cube_name((enum drp_cube_table)wanted->table),
			suffixes[wanted->suffix].text);
		err = write_view(call, &view, wanted->suffix, &call->reply->body);
	}
	drp_cube_free(cube);
	drp_free(selection);
	return err;
}

static enum drp_err all_tables(struct drp_api_call *call, const struct drp_publication *p)
{
	struct drp_all_tables *all = NULL;
	for (size_t i = 0; i < call->request->n_parameters; i++) {
		if (!is_option(call->request->parameter[i].name)) {
			return drp_problem(call, 400,
				"datapackage.zip holds whole tables; a selection is for "
				"one of them");
		}
	}
	enum drp_err err = drp_all_tables_make(p, DRP_NL, &all);
	if (err == DRP_OK) {
		drp_reply_type(call->reply, 200, suffixes[SUFFIX_ZIP].media_type);
		snprintf(call->reply->file_name, sizeof call->reply->file_name,
			"%.40s-%u%s.zip", p->edition->campaign, p->edition->number,
			drp_publication_mark(p));
		err = drp_format_package(all->view, DRP_CUBES, &call->reply->body);
	}
	drp_all_tables_free(all);
	return err;
}

enum drp_err drp_api_tables(struct drp_api_call *call)
{
	char campaign[DRP_NAME_MAX], name[64];
	const char *edition = drp_parameter(call, "edition");
	const char *lang = drp_parameter(call, "lang");
	uint32_t number = 0;
	struct wanted wanted;
	int language = lang ? drp_language_of(lang) : DRP_NL;
	if (call->path.n != 3 || drp_part_text(call, 1, campaign, sizeof campaign) != 0 ||
		drp_part_text(call, 2, name, sizeof name) != 0 ||
		(read_name(name, &wanted) != 0 && !drp_api_is_differences(name))) {
		return drp_problem(call, 404,
			"a table is /t/CAMPAIGN/TABLE.csv; tables are participation, "
			"areas and items, also .json, .xlsx, .zip, .metadata.json; "
			"differences and trend, also .json");
	}
	if (!fits_form(call, wanted.suffix) ||
		!is_one_of(drp_parameter(call, "labels"), "yes", "no") ||
		!is_one_of(drp_parameter(call, "separator"), "comma", "semicolon")) {
		return drp_problem(call, 400,
			"labels is yes or no; separator is comma or semicolon; indicator "
			"chooses figures in .json and .metadata.json only");
	}
	if (language < 0 ||
		(edition && drp_parse_u32(edition, 1, UINT32_MAX, &number) != 0)) {
		return drp_problem(call, 400,
			"lang is nl, fr, de or en; edition is a number from 1");
	}
	const struct drp_publication *p =
		drp_catalogue_find(call->catalogue, campaign, number);
	if (!p) {
		return drp_problem(
			call, 404, "no published edition of campaign '%s'", campaign);
	}
	if (drp_api_is_differences(name)) {
		return drp_api_differences(call, p, name, language);
	}
	return wanted.table == DRP_CUBES ? all_tables(call, p)
					 : one_table(call, p, &wanted, language);
}
