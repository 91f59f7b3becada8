/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/formats/formats.h"
#include "hub/tables/csv_out.h"
#include "hub/tables/observations.h"

#include <stdio.h>
#include <string.h>

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

static void line(struct drp_csv_out *csv, const struct drp_view *view,
	const struct drp_cube_row *row, int labels)
{
	struct drp_row_texts texts;
	drp_row_texts(view->cube, row, &texts);
	for (size_t c = 0; c < DRP_OBSERVATION_COLUMNS; c++) {
		if (is_decimal(c)) {
			drp_csv_decimal(csv, texts.field[c]);
		} else {
			drp_csv_field(csv, texts.field[c]);
		}
	}
	for (size_t c = 0; labels && c < DRP_OBSERVATION_COLUMNS; c++) {
		int dim = view->cube->column_dim[c];
		if (dim >= 0) {
			drp_csv_field(csv, view->cube->list[dim]
						   .code[row->at[dim]]
						   .name[view->language]);
		}
	}
	drp_csv_end(csv);
}

enum drp_err drp_format_csv(const struct drp_view *view, enum drp_csv_style style,
	int labels, struct drp_buf *out)
{
	struct drp_csv_out csv;
	drp_csv_begin(&csv, out, style == DRP_CSV_SEMICOLON);
	for (size_t c = 0; c < DRP_OBSERVATION_COLUMNS; c++) {
		drp_csv_field(&csv, drp_observation_column[c]);
	}
	for (size_t c = 0; labels && c < DRP_OBSERVATION_COLUMNS; c++) {
		if (view->cube->column_dim[c] >= 0) {
			char name[32];
			snprintf(
				name, sizeof name, "%s_label", drp_observation_column[c]);
			drp_csv_field(&csv, name);
		}
	}
	drp_csv_end(&csv);
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
