/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/formats/formats.h"
#include "hub/tables/observations.h"
#include "proto/runtime/system.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

#define WORKBOOK_MAX_BYTES INT_MAX

struct book {
	const struct drp_view *view;
	lxw_workbook *workbook;
	lxw_format *bold, *wrap;
	lxw_error error; /* the first */
};

static void note_error(struct book *b, lxw_error error)
{
	b->error = b->error ? b->error : error;
}

static void text(struct book *b, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
	const char *value, lxw_format *format)
{
	note_error(b, worksheet_write_string(sheet, row, column, value, format));
}

static void number(struct book *b, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
	const char *value)
{
	if (*value) {
		note_error(b, worksheet_write_number(
				      sheet, row, column, strtod(value, NULL), NULL));
	}
}

static lxw_worksheet *add_sheet(struct book *b, const char *name)
{
	lxw_worksheet *sheet = workbook_add_worksheet(b->workbook, name);
	note_error(b, sheet ? LXW_NO_ERROR : LXW_ERROR_MEMORY_MALLOC_FAILED);
	return sheet;
}

/* ---- data ---- */

/* edition, value to schools */
static int is_number(size_t column)
{
	return column == 1 || (column >= 10 && column <= 15);
}

static void data_head(struct book *b, lxw_worksheet *sheet)
{
	lxw_col_t column = DRP_OBSERVATION_COLUMNS;
	for (lxw_col_t c = 0; c < DRP_OBSERVATION_COLUMNS; c++) {
		text(b, sheet, 0, c, drp_observation_column[c], b->bold);
	}
	for (size_t c = 0; c < DRP_OBSERVATION_COLUMNS; c++) {
		if (b->view->cube->column_dim[c] >= 0) {
			char name[32];
			snprintf(
				name, sizeof name, "%s_label", drp_observation_column[c]);
			text(b, sheet, 0, column++, name, b->bold);
		}
	}
	worksheet_freeze_panes(sheet, 1, 0);
}

static void data_row(struct book *b, lxw_worksheet *sheet, lxw_row_t at,
	const struct drp_cube_row *row)
{
	const struct drp_cube *cube = b->view->cube;
	struct drp_row_texts texts;
	lxw_col_t column = DRP_OBSERVATION_COLUMNS;
	drp_row_texts(cube, row, &texts);
	for (lxw_col_t c = 0; c < DRP_OBSERVATION_COLUMNS; c++) {
		if (is_number(c)) {
			number(b, sheet, at, c, texts.field[c]);
		} else if (*texts.field[c]) {
			text(b, sheet, at, c, texts.field[c], NULL);
		}
	}
	for (size_t c = 0; c < DRP_OBSERVATION_COLUMNS; c++) {
		int dim = cube->column_dim[c];
		if (dim >= 0) {
			text(b, sheet, at, column++,
				cube->list[dim]
					.code[row->at[dim]]
					.name[b->view->language],
				NULL);
		}
	}
}

static void data(struct book *b)
{
	const struct drp_cube *cube = b->view->cube;
	lxw_worksheet *sheet = add_sheet(b, "data");
	lxw_row_t at = 1;
	if (!sheet) {
		return;
	}
	data_head(b, sheet);
	for (size_t i = 0; i < cube->n_rows; i++) {
		if (drp_selected_row(cube, b->view->selection, &cube->row[i])) {
			data_row(b, sheet, at++, &cube->row[i]);
		}
	}
}

/* ---- codes and notes ---- */

static lxw_row_t codes_of(
	struct book *b, lxw_worksheet *sheet, lxw_row_t at, enum drp_dim dim)
{
	const struct drp_cube_list *list = &b->view->cube->list[dim];
	for (size_t i = 0; i < list->n; i++) {
		if (drp_selected(b->view->cube, b->view->selection, dim, i)) {
			text(b, sheet, at, 0, drp_dim_label[dim].column, NULL);
			text(b, sheet, at, 1, list->code[i].id, NULL);
			for (lxw_col_t l = 0; l < DRP_API_LANGUAGES; l++) {
				text(b, sheet, at, (lxw_col_t)(2 + l),
					list->code[i].name[l], NULL);
			}
			at++;
		}
	}
	return at;
}

static void codes(struct book *b)
{
	static const char *const head[] = {
		"column", "code", "name_nl", "name_fr", "name_de", "name_en"};
	lxw_worksheet *sheet = add_sheet(b, "codes");
	lxw_row_t at = 1;
	if (!sheet) {
		return;
	}
	for (lxw_col_t c = 0; c < sizeof head / sizeof head[0]; c++) {
		text(b, sheet, 0, c, head[c], b->bold);
	}
	for (int d = 0; d < DRP_DIM_INDICATOR; d++) {
		if (drp_cube_has(b->view->cube, (enum drp_dim)d) || d == DRP_DIM_AREA) {
			at = codes_of(b, sheet, at, (enum drp_dim)d);
		}
	}
	for (int s = 0; s < DRP_STATUS_LABELS; s++, at++) {
		text(b, sheet, at, 0, "status", NULL);
		text(b, sheet, at, 1, drp_status_label[s].code, NULL);
		for (lxw_col_t l = 0; l < DRP_API_LANGUAGES; l++) {
			text(b, sheet, at, (lxw_col_t)(2 + l), drp_status_label[s].in[l],
				NULL);
		}
	}
}

/* One line a fact of the metadata, its path joined by dots. */
struct notes {
	struct book *book;
	lxw_worksheet *sheet;
	lxw_row_t at;
};

static void note(void *self, const char *path, const char *value)
{
	struct notes *n = self;
	text(n->book, n->sheet, n->at, 0, path, NULL);
	text(n->book, n->sheet, n->at++, 1, value, n->book->wrap);
}

static void notes(struct book *b)
{
	const struct drp_publication *p = b->view->cube->publication;
	struct notes n = {b, add_sheet(b, "notes"), 0};
	char citation[DRP_CITATION];
	if (!n.sheet) {
		return;
	}
	worksheet_set_column(n.sheet, 0, 0, 40, NULL);
	worksheet_set_column(n.sheet, 1, 1, 100, NULL);
	drp_citation(p, citation);
	note(&n, "table", b->view->cube->title[b->view->language]);
	note(&n, "citation", citation);
	note(&n, "notice",
		drp_publication_notice(
			p->manifest, drp_language_code[b->view->language]));
	if (drp_metadata_facts(p, note, &n) != DRP_OK) {
		note_error(b, LXW_ERROR_MEMORY_MALLOC_FAILED);
	}
}

/* ---- the file ---- */

static void write_book(struct book *b)
{
	const struct drp_publication *p = b->view->cube->publication;
	char title[160], company[] = "Drempel"; /* the library asks for writable texts */
	lxw_doc_properties properties = {.title = title,
		.company = company,
		.created = (time_t)p->edition->created_s};
	snprintf(title, sizeof title, "%s", b->view->cube->title[b->view->language]);
	note_error(b, workbook_set_properties(b->workbook, &properties));
	b->bold = workbook_add_format(b->workbook);
	b->wrap = workbook_add_format(b->workbook);
	if (!b->bold || !b->wrap) {
		note_error(b, LXW_ERROR_MEMORY_MALLOC_FAILED);
		return;
	}
	format_set_bold(b->bold);
	format_set_text_wrap(b->wrap);
	data(b);
	codes(b);
	notes(b);
}

/* The library writes files only: a name of our own that is gone again at once. */
enum drp_err drp_format_xlsx(const struct drp_view *view, struct drp_buf *out)
{
	char path[] = P_tmpdir "/drempel-XXXXXX";
	lxw_workbook_options options = {.constant_memory = LXW_TRUE};
	struct book b = {.view = view};
	int fd = mkstemp(path);
	if (fd < 0) {
		return DRP_E_IO;
	}
	close(fd);
	b.workbook = workbook_new_opt(path, &options);
	if (b.workbook) {
		write_book(&b);
		note_error(&b, workbook_close(b.workbook));
	}
	enum drp_err err = !b.workbook || b.error
				   ? DRP_E_IO
				   : drp_file_read(path, WORKBOOK_MAX_BYTES, out, NULL);
	unlink(path);
	return err;
}
