/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/formats/formats.h"
#include "hub/tables/observations.h"

#include <stdio.h>
#include <string.h>

struct csv {
	struct drp_buf *out;
	char separator, decimal;
	size_t n; /* fields of the line so far */
};

static void field(struct csv *csv, const char *text)
{
	const char special[] = {csv->separator, '"', '\r', '\n', 0};
	if (csv->n++) {
		drp_buf_append(csv->out, &csv->separator, 1);
	}
	if (!text[strcspn(text, special)]) {
		drp_buf_text(csv->out, text);
		return;
	}
	drp_buf_text(csv->out, "\"");
	for (; *text; text++) {
		drp_buf_append(csv->out, text, 1);
		if (*text == '"') {
			drp_buf_append(csv->out, text, 1);
		}
	}
	drp_buf_text(csv->out, "\"");
}

static void number(struct csv *csv, const char *text)
{
	char copy[DRP_VALUE_TEXT];
	snprintf(copy, sizeof copy, "%s", text);
	char *point = strchr(copy, '.');
	if (point) {
		*point = csv->decimal;
	}
	field(csv, copy);
}

static void end_line(struct csv *csv)
{
	drp_buf_text(csv->out, "\n");
	csv->n = 0;
}

void drp_row_texts(const struct drp_cube *cube, const struct drp_cube_row *row,
	struct drp_row_texts *texts)
{
	struct drp_observation_scratch scratch;
	drp_observation_fields(
		cube->publication->edition, row->observation, &scratch, texts->field);
	memcpy(texts->number, scratch.number, sizeof texts->number);
	memcpy(texts->status, scratch.status, sizeof texts->status);
	for (size_t c = 0; c < DRP_OBSERVATION_COLUMNS; c++) {
		int dim = cube->column_dim[c];
		if (texts->field[c] == scratch.number) {
			texts->field[c] = texts->number;
		} else if (texts->field[c] == scratch.status) {
			texts->field[c] = texts->status;
		} else if (dim >= 0) {
			texts->field[c] = cube->list[dim].code[row->at[dim]].id;
		}
	}
}

/* value to ci_high: the columns whose decimals have a mark. */
static int is_decimal(size_t column)
{
	return column >= 10 && column <= 13;
}

static void line(struct csv *csv, const struct drp_view *view,
	const struct drp_cube_row *row, int labels)
{
	struct drp_row_texts texts;
	drp_row_texts(view->cube, row, &texts);
	for (size_t c = 0; c < DRP_OBSERVATION_COLUMNS; c++) {
		if (is_decimal(c)) {
			number(csv, texts.field[c]);
		} else {
			field(csv, texts.field[c]);
		}
	}
	for (size_t c = 0; labels && c < DRP_OBSERVATION_COLUMNS; c++) {
		int dim = view->cube->column_dim[c];
		if (dim >= 0) {
			field(csv, view->cube->list[dim]
					   .code[row->at[dim]]
					   .name[view->language]);
		}
	}
	end_line(csv);
}

enum drp_err drp_format_csv(const struct drp_view *view, enum drp_csv_style style,
	int labels, struct drp_buf *out)
{
	struct csv csv = {out, style == DRP_CSV_SEMICOLON ? ';' : ',',
		style == DRP_CSV_SEMICOLON ? ',' : '.', 0};
	if (style == DRP_CSV_SEMICOLON) {
		drp_buf_text(out, "\xef\xbb\xbf");
	}
	for (size_t c = 0; c < DRP_OBSERVATION_COLUMNS; c++) {
		field(&csv, drp_observation_column[c]);
	}
	for (size_t c = 0; labels && c < DRP_OBSERVATION_COLUMNS; c++) {
		if (view->cube->column_dim[c] >= 0) {
			char name[32];
			snprintf(
				name, sizeof name, "%s_label", drp_observation_column[c]);
			field(&csv, name);
		}
	}
	end_line(&csv);
	for (size_t i = 0; i < view->cube->n_rows; i++) {
		if (drp_selected_row(view->cube, view->selection, &view->cube->row[i])) {
			line(&csv, view, &view->cube->row[i], labels);
		}
	}
	return out->failed ? DRP_E_NOMEM : DRP_OK;
}

static void codelist_line(struct drp_buf *out, const char *column, const char *code,
	const char *const name[DRP_API_LANGUAGES], const char *parent)
{
	const char *const fields[] = {column, code, name[DRP_NL], name[DRP_FR],
		name[DRP_DE], name[DRP_EN], parent ? parent : ""};
	drp_csv_line(out, fields, sizeof fields / sizeof fields[0]);
}

/* A code that several tables use stands once. Areas are no dimension of items, but a
 * column beside them. */
static int used_by(const struct drp_view *views, size_t n, enum drp_dim dim, size_t code)
{
	for (size_t i = 0; i < n; i++) {
		if ((drp_cube_has(views[i].cube, dim) || dim == DRP_DIM_AREA) &&
			drp_selected(views[i].cube, views[i].selection, dim, code)) {
			return 1;
		}
	}
	return 0;
}

enum drp_err drp_format_codelists(
	const struct drp_view *views, size_t n, struct drp_buf *out)
{
	static const char *const header[] = {
		"column", "code", "name_nl", "name_fr", "name_de", "name_en", "parent"};
	drp_csv_line(out, header, sizeof header / sizeof header[0]);
	for (int d = 0; d < DRP_DIM_INDICATOR; d++) {
		const struct drp_cube_list *list = &views[0].cube->list[d];
		for (size_t i = 0; i < list->n; i++) {
			if (used_by(views, n, (enum drp_dim)d, i)) {
				codelist_line(out, drp_dim_label[d].column,
					list->code[i].id, list->code[i].name,
					list->code[i].parent);
			}
		}
	}
	for (int s = 0; s < DRP_STATUS_LABELS; s++) {
		codelist_line(out, "status", drp_status_label[s].code,
			drp_status_label[s].in, NULL);
	}
	return out->failed ? DRP_E_NOMEM : DRP_OK;
}
