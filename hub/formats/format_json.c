/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/formats/formats.h"
#include "proto/base/date.h"
#include "proto/runtime/json_out.h"

#include <stdio.h>
#include <string.h>

/* A cube fuller than one cell in three is an array. */
#define THIN 3

void drp_table_id(const struct drp_cube *cube, char id[DRP_TABLE_ID])
{
	snprintf(id, DRP_TABLE_ID, "%s.%s", cube->publication->edition->campaign,
		drp_cube_name(cube->table));
}

void drp_citation(const struct drp_publication *p, char text[DRP_CITATION])
{
	char day[DRP_DATE_TEXT], part[DRP_PART_TEXT];
	drp_publication_part(p, "en", part);
	const char *before = !*part ? "" : p->network ? ", view of " : ", ";
	snprintf(text, DRP_CITATION,
		"%s (campaign %s, region %s), edition %u%s%s, %s. Drempel. CC BY 4.0.",
		p->manifest->title, p->manifest->id, p->manifest->region,
		p->edition->number, before, part,
		drp_date_format(drp_day_of_ms(p->edition->created_s * 1000), day));
}

/* ---- JSON-stat ---- */

/* Positions of the chosen codes within their dimension. */
struct positions {
	size_t n[DRP_DIMS];
	uint16_t of[DRP_DIMS][DRP_CUBE_CODES_MAX];
};

static void find_positions(const struct drp_view *view, struct positions *p)
{
	memset(p, 0, sizeof *p);
	for (size_t i = 0; i < view->cube->n_dims; i++) {
		int d = view->cube->dim[i];
		for (size_t c = 0; c < view->cube->list[d].n; c++) {
			if (drp_selected(
				    view->cube, view->selection, (enum drp_dim)d, c)) {
				p->of[d][c] = (uint16_t)p->n[d]++;
			}
		}
	}
}

static uint64_t first_cell(const struct drp_view *view, const struct positions *p,
	const struct drp_cube_row *row)
{
	uint64_t at = 0;
	for (size_t i = 0; i < view->cube->n_dims; i++) {
		int d = view->cube->dim[i];
		at = at * p->n[d] + (d < DRP_DIM_INDICATOR ? p->of[d][row->at[d]] : 0);
	}
	return at;
}

/* next: the first position that nothing was written for yet, for who keeps it. */
typedef void each_cell(struct drp_json_out *json, uint64_t *next, uint64_t at,
	const char *text, char status);

/* Cells in their order: rows ascend as cells do, and a row's figures stand together. */
static void walk(const struct drp_view *view, const struct positions *p,
	struct drp_json_out *json, uint64_t *next, each_cell *each)
{
	for (size_t i = 0; i < view->cube->n_rows; i++) {
		const struct drp_cube_row *row = &view->cube->row[i];
		if (!drp_selected_row(view->cube, view->selection, row)) {
			continue;
		}
		uint64_t at = first_cell(view, p, row);
		for (int f = 0; f < DRP_FIGURES; f++) {
			char status;
			if (drp_selected(view->cube, view->selection, DRP_DIM_INDICATOR,
				    (size_t)f)) {
				const char *text =
					drp_cube_text(row, (enum drp_figure)f, &status);
				each(json, next, at++, text, status);
			}
		}
	}
}

static void by_position(struct drp_json_out *json, uint64_t *next, uint64_t at,
	const char *text, char status)
{
	char key[24];
	(void)next;
	(void)status;
	snprintf(key, sizeof key, "%llu", (unsigned long long)at);
	drp_json_raw(json, key, *text ? text : "null");
}

static void status_by_position(struct drp_json_out *json, uint64_t *next, uint64_t at,
	const char *text, char status)
{
	char key[24], code[2] = {status, 0};
	(void)next;
	(void)text;
	if (status != DRP_SHOWN) {
		snprintf(key, sizeof key, "%llu", (unsigned long long)at);
		drp_json_string(json, key, code);
	}
}

static void fill(struct drp_json_out *json, uint64_t *at, uint64_t to)
{
	for (; *at < to; (*at)++) {
		drp_json_raw(json, NULL, "null");
	}
}

static void in_order(struct drp_json_out *json, uint64_t *next, uint64_t at,
	const char *text, char status)
{
	(void)status;
	fill(json, next, at);
	drp_json_raw(json, NULL, *text ? text : "null");
	(*next)++;
}

static void values(
	const struct drp_view *view, enum drp_jsonstat form, struct drp_json_out *json)
{
	struct positions p;
	find_positions(view, &p);
	uint64_t cells = drp_selected_cells(view->cube, view->selection);
	uint64_t filled = (uint64_t)drp_selected_rows(view->cube, view->selection) *
			  p.n[DRP_DIM_INDICATOR];
	if (form == DRP_JSONSTAT_DENSE || cells <= THIN * filled) {
		uint64_t next = 0;
		drp_json_open(json, "value", '[');
		walk(view, &p, json, &next, in_order);
		fill(json, &next, cells);
		drp_json_close(json, ']');
	} else {
		drp_json_open(json, "value", '{');
		walk(view, &p, json, NULL, by_position);
		drp_json_close(json, '}');
	}
	drp_json_open(json, "status", '{');
	walk(view, &p, json, NULL, status_by_position);
	drp_json_close(json, '}');
}

/* PxWebApi asks for a unit of each figure. */
static void units(const struct drp_view *view, struct drp_json_out *json)
{
	const struct drp_cube_list *list = &view->cube->list[DRP_DIM_INDICATOR];
	int counts = view->cube->table == DRP_CUBE_PARTICIPATION;
	drp_json_open(json, "unit", '{');
	for (size_t f = 0; f < list->n; f++) {
		if (drp_selected(view->cube, view->selection, DRP_DIM_INDICATOR, f)) {
			int whole = f >= DRP_FIGURE_N;
			drp_json_open(json, list->code[f].id, '{');
			drp_json_string(json, "base", whole ? list->code[f].id : "");
			drp_json_number(json, "decimals", whole ? 0 : counts ? 2 : 4);
			drp_json_close(json, '}');
		}
	}
	drp_json_close(json, '}');
}

/* Which area a statement belongs to, and what the areas are called. */
static void item_areas(const struct drp_view *view, struct drp_json_out *json)
{
	const struct drp_cube_list *item = &view->cube->list[DRP_DIM_ITEM];
	const struct drp_cube_list *area = &view->cube->list[DRP_DIM_AREA];
	drp_json_open(json, "area", '{');
	for (size_t c = 0; c < item->n; c++) {
		if (item->code[c].parent &&
			drp_selected(view->cube, view->selection, DRP_DIM_ITEM, c)) {
			drp_json_string(json, item->code[c].id, item->code[c].parent);
		}
	}
	drp_json_close(json, '}');
	drp_json_open(json, "areaLabel", '{');
	for (size_t c = 0; c < area->n; c++) {
		if (area->code[c].used) {
			drp_json_string(json, area->code[c].id,
				area->code[c].name[view->language]);
		}
	}
	drp_json_close(json, '}');
}

/* Without a choice in the dimension the region as a whole stands in for it. */
static void dimension_extension(
	const struct drp_view *view, enum drp_dim d, struct drp_json_out *json)
{
	int all = d <= DRP_DIM_NETWORK && drp_cube_code(view->cube, d, "_T") >= 0;
	drp_json_open(json, "extension", '{');
	drp_json_raw(json, "elimination", all ? "true" : "false");
	if (all) {
		drp_json_string(json, "eliminationValueCode", "_T");
	}
	drp_json_string(json, "show", "code_value");
	if (d == DRP_DIM_ITEM) {
		item_areas(view, json);
	}
	drp_json_close(json, '}');
}

static void dimension(
	const struct drp_view *view, enum drp_dim d, struct drp_json_out *json)
{
	const struct drp_cube_list *list = &view->cube->list[d];
	int64_t position = 0;
	drp_json_open(json, drp_dim_label[d].id, '{');
	drp_json_string(json, "label", drp_dim_label[d].in[view->language]);
	drp_json_open(json, "category", '{');
	drp_json_open(json, "index", '{');
	for (size_t c = 0; c < list->n; c++) {
		if (drp_selected(view->cube, view->selection, d, c)) {
			drp_json_number(json, list->code[c].id, position++);
		}
	}
	drp_json_close(json, '}');
	drp_json_open(json, "label", '{');
	for (size_t c = 0; c < list->n; c++) {
		if (drp_selected(view->cube, view->selection, d, c)) {
			drp_json_string(json, list->code[c].id,
				list->code[c].name[view->language]);
		}
	}
	drp_json_close(json, '}');
	if (d == DRP_DIM_INDICATOR) {
		units(view, json);
	}
	drp_json_close(json, '}');
	dimension_extension(view, d, json);
	drp_json_close(json, '}');
}

static void role(struct drp_json_out *json, const char *name, enum drp_dim d)
{
	drp_json_open(json, name, '[');
	drp_json_string(json, NULL, drp_dim_label[d].id);
	drp_json_close(json, ']');
}

static void head(const struct drp_view *view, struct drp_json_out *json)
{
	const struct drp_cube *cube = view->cube;
	const struct drp_publication *p = cube->publication;
	char citation[DRP_CITATION];
	drp_citation(p, citation);
	drp_json_string(json, "version", "2.0");
	drp_json_string(json, "class", "dataset");
	drp_json_string(json, "label", cube->title[view->language]);
	drp_json_string(json, "source", citation);
	drp_json_string(json, "updated", cube->updated);
	drp_json_open(json, "note", '[');
	drp_json_string(json, NULL,
		drp_publication_notice(p->manifest, drp_language_code[view->language]));
	drp_json_close(json, ']');
	drp_json_open(json, "id", '[');
	for (size_t i = 0; i < cube->n_dims; i++) {
		drp_json_string(json, NULL, drp_dim_label[cube->dim[i]].id);
	}
	drp_json_close(json, ']');
	drp_json_open(json, "size", '[');
	for (size_t i = 0; i < cube->n_dims; i++) {
		drp_json_number(json, NULL,
			(int64_t)drp_selected_codes(cube, view->selection, cube->dim[i]));
	}
	drp_json_close(json, ']');
	drp_json_open(json, "role", '{');
	role(json, "time", DRP_DIM_TIME);
	role(json, "geo", DRP_DIM_PROVINCE);
	role(json, "metric", DRP_DIM_INDICATOR);
	drp_json_close(json, '}');
	drp_json_open(json, "dimension", '{');
	for (size_t i = 0; i < cube->n_dims; i++) {
		dimension(view, cube->dim[i], json);
	}
	drp_json_close(json, '}');
}

static void extension(const struct drp_view *view, struct drp_json_out *json)
{
	char id[DRP_TABLE_ID];
	drp_table_id(view->cube, id);
	drp_json_open(json, "extension", '{');
	drp_json_open(json, "px", '{');
	drp_json_string(json, "tableid", id);
	drp_json_raw(json, "official-statistics", "false");
	drp_json_raw(json, "aggregallowed", "false");
	drp_json_string(json, "language", drp_language_code[view->language]);
	drp_json_close(json, '}');
	drp_json_open(json, "status", '{');
	drp_json_open(json, "label", '{');
	for (int s = 1; s < DRP_STATUS_LABELS; s++) {
		drp_json_string(json, drp_status_label[s].code,
			drp_status_label[s].in[view->language]);
	}
	drp_json_close(json, '}');
	drp_json_close(json, '}');
	drp_json_value(
		json, "drempel", drp_publication_metadata(view->cube->publication));
	drp_json_close(json, '}');
}

enum drp_err drp_format_jsonstat(
	const struct drp_view *view, enum drp_jsonstat form, struct drp_buf *out)
{
	struct drp_json_out json = {out, 0};
	drp_json_open(&json, NULL, '{');
	head(view, &json);
	if (form != DRP_JSONSTAT_METADATA) {
		values(view, form, &json);
	}
	extension(view, &json);
	drp_json_close(&json, '}');
	drp_buf_text(out, "\n");
	return out->failed ? DRP_E_NOMEM : DRP_OK;
}

/* ---- metadata ---- */

static void in_languages(struct drp_json_out *json, const char *key,
	const char *const text[DRP_API_LANGUAGES])
{
	drp_json_open(json, key, '{');
	for (int l = 0; l < DRP_API_LANGUAGES; l++) {
		drp_json_string(json, drp_language_code[l], text[l]);
	}
	drp_json_close(json, '}');
}

static void describe(
	const struct drp_view *view, enum drp_dim d, struct drp_json_out *json)
{
	const struct drp_cube_list *list = &view->cube->list[d];
	drp_json_open(json, NULL, '{');
	drp_json_string(json, "id", drp_dim_label[d].id);
	drp_json_string(json, "column", drp_dim_label[d].column);
	in_languages(json, "label", drp_dim_label[d].in);
	drp_json_open(json, "codes", '[');
	for (size_t c = 0; c < list->n; c++) {
		if (!drp_selected(view->cube, view->selection, d, c)) {
			continue;
		}
		drp_json_open(json, NULL, '{');
		drp_json_string(json, "code", list->code[c].id);
		in_languages(json, "label", list->code[c].name);
		if (list->code[c].parent) {
			drp_json_string(json, "area", list->code[c].parent);
		}
		drp_json_close(json, '}');
	}
	drp_json_close(json, ']');
	drp_json_close(json, '}');
}

static void describe_statuses(struct drp_json_out *json)
{
	drp_json_open(json, "statuses", '[');
	for (int s = 0; s < DRP_STATUS_LABELS; s++) {
		drp_json_open(json, NULL, '{');
		drp_json_string(json, "code", drp_status_label[s].code);
		in_languages(json, "label", drp_status_label[s].in);
		drp_json_close(json, '}');
	}
	drp_json_close(json, ']');
}

enum drp_err drp_format_metadata(const struct drp_view *view, struct drp_buf *out)
{
	const struct drp_cube *cube = view->cube;
	struct drp_json_out json = {out, 0};
	char id[DRP_TABLE_ID], citation[DRP_CITATION];
	drp_table_id(cube, id);
	drp_citation(cube->publication, citation);
	drp_json_open(&json, NULL, '{');
	drp_json_string(&json, "id", id);
	drp_json_string(&json, "table", drp_cube_name(cube->table));
	in_languages(&json, "title", cube->title);
	drp_json_string(&json, "citation", citation);
	drp_json_string(&json, "updated", cube->updated);
	drp_json_string(&json, "session", cube->period);
	drp_json_number(&json, "rows", (int64_t)drp_selected_rows(cube, view->selection));
	drp_json_open(&json, "dimensions", '[');
	for (size_t i = 0; i < cube->n_dims; i++) {
		describe(view, cube->dim[i], &json);
	}
	drp_json_close(&json, ']');
	drp_json_open(&json, "other_columns", '['); /* codes that are no dimension */
	if (cube->table == DRP_CUBE_ITEMS) {
		describe(view, DRP_DIM_AREA, &json);
	}
	drp_json_close(&json, ']');
	describe_statuses(&json);
	drp_json_value(&json, "publication", drp_publication_metadata(cube->publication));
	drp_json_close(&json, '}');
	drp_buf_text(out, "\n");
	return out->failed ? DRP_E_NOMEM : DRP_OK;
}
