/* SPDX-License-Identifier: Apache-2.0
 *
 * PxWebApi version 2 (github.com/PxTools/PxApiSpecs, PxAPI-2.yml) under /api/v2: config,
 * tables, a table, its metadata, its default selection, its data. A table is
 * CAMPAIGN.TABLE of the newest edition.
 */
#include "hub/api/api_internal.h"
#include "hub/api/px_selection.h"
#include "proto/base/alloc.h"
#include "proto/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define PAGE_SIZE 50

static void begin_json(struct drp_api_call *call, struct drp_json_out *json)
{
	*json = (struct drp_json_out){&call->reply->body, 0};
	drp_reply_type(call->reply, 200, "application/json");
	drp_json_open(json, NULL, '{');
}

static enum drp_err end_json(struct drp_json_out *json)
{
	drp_json_close(json, '}');
	drp_buf_text(json->out, "\n");
	return DRP_OK;
}

/* A member "links" or an entry of it. */
static void link_to(struct drp_api_call *call, struct drp_json_out *json, const char *rel,
	int language, const char *path)
{
	struct drp_buf href = {0};
	drp_buf_printf(&href, "%s/api/v2/%s%clang=%s", call->catalogue->base, path,
		strchr(path, '?') ? '&' : '?', drp_language_code[language]);
	drp_json_open(json, NULL, '{');
	drp_json_string(json, "rel", rel);
	drp_json_string(json, "hreflang", drp_language_code[language]);
	drp_json_string(json, "href", href.failed ? "" : drp_buf_string(&href));
	drp_json_close(json, '}');
	drp_buf_clear(&href);
}

static enum drp_err config(struct drp_api_call *call)
{
	struct drp_json_out json;
	begin_json(call, &json);
	drp_json_string(&json, "apiVersion", "2.0.0");
	drp_json_string(&json, "appVersion", DRP_VERSION);
	drp_json_open(&json, "languages", '[');
	for (int l = 0; l < DRP_API_LANGUAGES; l++) {
		drp_json_open(&json, NULL, '{');
		drp_json_string(&json, "id", drp_language_code[l]);
		drp_json_string(&json, "label", drp_language_name[l]);
		drp_json_close(&json, '}');
	}
	drp_json_close(&json, ']');
	drp_json_string(&json, "defaultLanguage", drp_language_code[DRP_NL]);
	drp_json_number(&json, "maxDataCells", DRP_PX_CELLS_MAX);
	drp_json_number(&json, "maxCallsPerTimeWindow", 100);
	drp_json_number(&json, "timeWindow", 10);
	drp_json_string(&json, "license", "https://creativecommons.org/licenses/by/4.0/");
	drp_json_string(&json, "defaultDataFormat", "json-stat2");
	drp_json_raw(&json, "dataFormats", "[\"json-stat2\",\"csv\"]");
	drp_json_raw(&json, "features",
		"[{\"id\":\"CORS\",\"params\":[{\"key\":\"enabled\",\"value\":\"true\"}]"
		"}]");
	return end_json(&json);
}

/* ---- the list of tables ---- */

static void table_members(struct drp_api_call *call, struct drp_json_out *json,
	const struct drp_cube *cube, int language)
{
	char id[DRP_TABLE_ID], path[DRP_TABLE_ID + 32];
	drp_table_id(cube, id);
	drp_json_string(json, "type", "Table");
	drp_json_string(json, "id", id);
	drp_json_string(json, "label", cube->title[language]);
	drp_json_string(json, "description",
		drp_publication_notice(
			cube->publication->manifest, drp_language_code[language]));
	drp_json_string(json, "updated", cube->updated);
	drp_json_string(json, "firstPeriod", cube->period);
	drp_json_string(json, "lastPeriod", cube->period);
	drp_json_string(json, "timeUnit", "Other");
	drp_json_string(json, "category",
		cube->publication->network || cube->publication->before_s ? "private"
									  : "public");
	drp_json_raw(json, "discontinued", "false");
	drp_json_string(json, "source", cube->publication->manifest->region);
	drp_json_open(json, "variableNames", '[');
	for (size_t i = 0; i < cube->n_dims; i++) {
		drp_json_string(json, NULL, drp_dim_label[cube->dim[i]].in[language]);
	}
	drp_json_close(json, ']');
	drp_json_open(json, "links", '[');
	snprintf(path, sizeof path, "tables/%s", id);
	link_to(call, json, "self", language, path);
	snprintf(path, sizeof path, "tables/%s/metadata", id);
	link_to(call, json, "metadata", language, path);
	snprintf(path, sizeof path, "tables/%s/data", id);
	link_to(call, json, "data", language, path);
	drp_json_close(json, ']');
}

/* A query is a word of the id or of the title. */
static int matches(const struct drp_cube *cube, const char *query, int language)
{
	char id[DRP_TABLE_ID];
	drp_table_id(cube, id);
	return !query || !*query || strcasestr(id, query) ||
	       strcasestr(cube->title[language], query);
}

struct page {
	uint32_t number, size;
	size_t found;
};

static enum drp_err list_tables(struct drp_api_call *call, struct drp_json_out *json,
	int language, struct page *page)
{
	const char *query = drp_parameter(call, "query");
	struct drp_cube *cube;
	size_t at = 0;
	enum drp_err err;
	while (!(err = drp_catalogue_next(call->catalogue, &at, &cube)) && cube) {
		if (matches(cube, query, language) &&
			page->found++ / page->size + 1 == page->number) {
			drp_json_open(json, NULL, '{');
			table_members(call, json, cube, language);
			drp_json_close(json, '}');
		}
		drp_cube_free(cube);
	}
	return err;
}

static enum drp_err tables(struct drp_api_call *call, int language)
{
	const char *number = drp_parameter(call, "pageNumber");
	const char *size = drp_parameter(call, "pageSize");
	struct page page = {1, PAGE_SIZE, 0};
	struct drp_json_out json;
	if ((number && drp_parse_u32(number, 1, 1000000, &page.number) != 0) ||
		(size && drp_parse_u32(size, 1, 1000, &page.size) != 0)) {
		return drp_problem(call, 400, "pageNumber is from 1, pageSize 1 to 1000");
	}
	begin_json(call, &json);
	drp_json_string(&json, "language", drp_language_code[language]);
	drp_json_open(&json, "tables", '[');
	enum drp_err err = list_tables(call, &json, language, &page);
	drp_json_close(&json, ']');
	drp_json_open(&json, "page", '{');
	drp_json_number(&json, "pageNumber", page.number);
	drp_json_number(&json, "pageSize", page.size);
	drp_json_number(&json, "totalElements", (int64_t)page.found);
	drp_json_number(
		&json, "totalPages", (int64_t)((page.found + page.size - 1) / page.size));
	drp_json_close(&json, '}');
	drp_json_open(&json, "links", '[');
	link_to(call, &json, "self", language, "tables");
	drp_json_close(&json, ']');
	return err ? err : end_json(&json);
}

/* ---- one table ---- */

/* Its id is cut at the last dot: a campaign's may hold dots. *cube is NULL when there is
 * no such table. */
static enum drp_err find_table(struct drp_api_call *call, struct drp_cube **cube)
{
	char id[DRP_TABLE_ID];
	*cube = NULL;
	if (drp_part_text(call, 3, id, sizeof id) != 0) {
		return DRP_OK;
	}
	char *dot = strrchr(id, '.');
	int table = dot ? drp_cube_of(dot + 1, strlen(dot + 1)) : -1;
	if (table < 0) {
		return DRP_OK;
	}
	*dot = 0;
	const struct drp_publication *p = drp_catalogue_find(call->catalogue, id, 0);
	return p ? drp_cube_make(p, (enum drp_cube_table)table, cube) : DRP_OK;
}

static enum drp_err describe(
	struct drp_api_call *call, const struct drp_cube *cube, int language)
{
	struct drp_json_out json;
	begin_json(call, &json);
	drp_json_string(&json, "language", drp_language_code[language]);
	table_members(call, &json, cube, language);
	return end_json(&json);
}

static enum drp_err default_selection(struct drp_api_call *call,
	const struct drp_cube *cube, const struct drp_selection *selection, int language)
{
	struct drp_json_out json;
	begin_json(call, &json);
	drp_json_string(&json, "language", drp_language_code[language]);
	drp_json_open(&json, "selection", '[');
	for (size_t i = 0; i < cube->n_dims; i++) {
		enum drp_dim d = cube->dim[i];
		drp_json_open(&json, NULL, '{');
		drp_json_string(&json, "variableCode", drp_dim_label[d].id);
		drp_json_open(&json, "valueCodes", '[');
		for (size_t c = 0; c < cube->list[d].n; c++) {
			if (drp_selected(cube, selection, d, c)) {
				drp_json_string(&json, NULL, cube->list[d].code[c].id);
			}
		}
		drp_json_close(&json, ']');
		drp_json_close(&json, '}');
	}
	drp_json_close(&json, ']');
	drp_json_raw(&json, "links", "[]");
	return end_json(&json);
}

static enum drp_err metadata(
	struct drp_api_call *call, const struct drp_cube *cube, int language)
{
	struct drp_selection *all = drp_alloc(1, sizeof *all);
	if (!all) {
		return DRP_E_NOMEM;
	}
	const struct drp_view view = {cube, all, (enum drp_language)language};
	drp_select_all(cube, all);
	drp_reply_type(call->reply, 200, "application/json");
	enum drp_err err =
		drp_format_jsonstat(&view, DRP_JSONSTAT_METADATA, &call->reply->body);
	drp_free(all);
	return err;
}

static enum drp_err write_data(struct drp_api_call *call, const struct drp_view *view)
{
	const char *format = drp_parameter(call, "outputFormat");
	const char *style = drp_parameter(call, "outputFormatParams");
	if (!format || strcasecmp(format, "json-stat2") == 0) {
		drp_reply_type(call->reply, 200, "application/json");
		return drp_format_jsonstat(view, DRP_JSONSTAT_DENSE, &call->reply->body);
	}
	if (strcasecmp(format, "csv") == 0) {
		drp_reply_type(
			call->reply, 200, "text/csv; charset=utf-8; header=present");
		return drp_format_csv(view,
			style && strcasestr(style, "SeparatorSemicolon")
				? DRP_CSV_SEMICOLON
				: DRP_CSV_COMMA,
			style && strcasestr(style, "UseTexts"), &call->reply->body);
	}
	return drp_problem(call, 400,
		"outputFormat '%.40s' is not offered; choose json-stat2 or csv", format);
}

static enum drp_err data(
	struct drp_api_call *call, const struct drp_cube *cube, int language)
{
	struct drp_selection *selection = drp_alloc(1, sizeof *selection);
	char complaint[256] = "";
	if (!selection) {
		return DRP_E_NOMEM;
	}
	enum drp_err err;
	drp_px_select(call, cube, selection, complaint);
	uint64_t cells = drp_selected_cells(cube, selection);
	const struct drp_view view = {cube, selection, (enum drp_language)language};
	if (*complaint) {
		err = drp_problem(call, 400, "%s", complaint);
	} else if (cells > DRP_PX_CELLS_MAX) {
		err = drp_problem(call, 403,
			"%llu cells are more than maxDataCells, %d: choose fewer codes, "
			"or take the whole table from /t/%s/%s.csv",
			(unsigned long long)cells, DRP_PX_CELLS_MAX,
			cube->publication->edition->campaign, drp_cube_name(cube->table));
	} else {
		err = write_data(call, &view);
	}
	drp_free(selection);
	return err;
}

static enum drp_err defaults(
	struct drp_api_call *call, const struct drp_cube *cube, int language)
{
	struct drp_selection *selection = drp_alloc(1, sizeof *selection);
	if (!selection) {
		return DRP_E_NOMEM;
	}
	drp_px_select_default(cube, selection);
	enum drp_err err = default_selection(call, cube, selection, language);
	drp_free(selection);
	return err;
}

static enum drp_err one_table(
	struct drp_api_call *call, const struct drp_cube *cube, int language)
{
	if (call->path.n == 4) {
		return describe(call, cube, language);
	}
	if (drp_part_is(call, 4, "metadata")) {
		return metadata(call, cube, language);
	}
	if (drp_part_is(call, 4, "defaultselection")) {
		return defaults(call, cube, language);
	}
	if (drp_part_is(call, 4, "data")) {
		return data(call, cube, language);
	}
	return drp_problem(
		call, 404, "a table has /metadata, /defaultselection and /data here");
}

enum drp_err drp_api_px(struct drp_api_call *call)
{
	int data_route = call->path.n == 5 && drp_part_is(call, 4, "data");
	if (strcmp(call->request->method, "POST") == 0 && !data_route) {
		return drp_problem(call, 405, "POST is for /tables/ID/data");
	}
	if (call->path.n == 3 && drp_part_is(call, 2, "config")) {
		return config(call);
	}
	int language = drp_call_language(call);
	if (language < 0) {
		return drp_problem(call, 400, "lang is nl, fr, de or en");
	}
	if (!drp_part_is(call, 2, "tables") || call->path.n > 5) {
		return drp_problem(call, 404,
			"/api/v2 has /config, /tables, /tables/ID, /tables/ID/metadata "
			"and /tables/ID/data");
	}
	if (call->path.n == 3) {
		return tables(call, language);
	}
	struct drp_cube *cube;
	enum drp_err err = find_table(call, &cube);
	if (err == DRP_OK && !cube) {
		err = drp_problem(call, 404, "no such table; /api/v2/tables lists them");
	} else if (err == DRP_OK) {
		err = one_table(call, cube, language);
	}
	drp_cube_free(cube);
	return err;
}
