/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/base/csv.h"

#include "proto/base/alloc.h"
#include "proto/base/text.h"

#include <string.h>

static const char separators[] = {';', ',', '\t', '|'};
#define N_SEPARATORS (sizeof separators / sizeof separators[0])

/* Unicode values of the Windows-1252 bytes 0x80..0x9F; 0 where it has no character
 * (Unicode Consortium, mapping table CP1252). 0xA0..0xFF are Unicode as they stand. */
static const uint16_t windows_1252[32] = {0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026,
	0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0, 0, 0x2018,
	0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
	0x0153, 0, 0x017E, 0x0178};

static int is_line_end(uint8_t c)
{
	return c == '\n' || c == '\r';
}

static int at_end(const struct drp_csv *csv)
{
	return csv->at == csv->size;
}

/* Steps over CRLF, LF or CR as one line end. */
static void skip_line_end(struct drp_csv *csv)
{
	if (csv->bytes[csv->at] == '\r' && csv->at + 1 < csv->size &&
		csv->bytes[csv->at + 1] == '\n') {
		csv->at++;
	}
	csv->at++;
	csv->line++;
}

static uint32_t line_of(const struct drp_csv *csv, size_t at)
{
	struct drp_csv walk = *csv;
	walk.line = 1;
	walk.at = 0;
	while (walk.at < at) {
		if (is_line_end(walk.bytes[walk.at])) {
			skip_line_end(&walk);
		} else {
			walk.at++;
		}
	}
	return walk.line;
}

static enum drp_err recognise_encoding(struct drp_csv *csv, struct drp_diag *diag)
{
	const uint8_t *nul = csv->size ? memchr(csv->bytes, 0, csv->size) : NULL;
	if (nul) {
		return drp_fail(diag, DRP_E_INPUT,
			"line %u: a NUL byte, so this is no CSV text (UTF-16 or a "
			"spreadsheet "
			"file?); save the sheet as \"CSV UTF-8\"",
			line_of(csv, (size_t)(nul - csv->bytes)));
	}
	int has_bom = csv->size >= 3 && memcmp(csv->bytes, "\xEF\xBB\xBF", 3) == 0;
	if (drp_utf8_valid(csv->bytes, csv->size)) {
		csv->at = has_bom ? 3 : 0;
		return DRP_OK;
	}
	if (has_bom) {
		return drp_fail(diag, DRP_E_INPUT,
			"the file is marked as UTF-8 but holds bytes that are not; "
			"export it "
			"again as UTF-8");
	}
	for (size_t i = 0; i < csv->size; i++) {
		uint8_t c = csv->bytes[i];
		if (c >= 0x80 && c < 0xA0 && windows_1252[c - 0x80] == 0) {
			return drp_fail(diag, DRP_E_INPUT,
				"line %u: a byte that is neither UTF-8 nor Windows-1252; "
				"save the "
				"sheet as \"CSV UTF-8\"",
				line_of(csv, i));
		}
	}
	csv->windows_1252 = 1;
	return DRP_OK;
}

/* Excel's hint: a first line "sep=;" and nothing else. 1 when it was there. */
static int read_hint(struct drp_csv *csv)
{
	const uint8_t *p = csv->bytes + csv->at;
	size_t left = csv->size - csv->at;
	if (left < 5 || memcmp(p, "sep=", 4) != 0 || (left > 5 && !is_line_end(p[5])) ||
		!memchr(separators, p[4], N_SEPARATORS)) {
		return 0;
	}
	csv->separator = (char)p[4];
	csv->at += 5;
	return 1;
}

static void count_separators(struct drp_csv *csv)
{
	size_t count[N_SEPARATORS] = {0};
	int in_quotes = 0;
	size_t i = csv->at;
	while (i < csv->size && is_line_end(csv->bytes[i])) {
		i++;
	}
	for (; i < csv->size && (in_quotes || !is_line_end(csv->bytes[i])); i++) {
		const char *which = memchr(separators, csv->bytes[i], N_SEPARATORS);
		if (csv->bytes[i] == '"') {
			in_quotes = !in_quotes;
		} else if (which && !in_quotes) {
			count[which - separators]++;
		}
	}
	size_t best = 0;
	for (size_t s = 1; s < N_SEPARATORS; s++) {
		best = count[s] > count[best] ? s : best;
	}
	csv->separator = separators[best];
}

enum drp_err drp_csv_open(
	struct drp_csv *csv, const void *bytes, size_t n, struct drp_diag *diag)
{
	/* An empty file may come without an address, to which nothing can be added. */
	struct drp_csv opened = {.bytes = n ? bytes : "", .size = n, .line = 1};
	if (n > DRP_IMPORT_FILE_MAX_BYTES) {
		return drp_fail(diag, DRP_E_INPUT,
			"the file is larger than %d MiB; split it",
			DRP_IMPORT_FILE_MAX_BYTES / (1024 * 1024));
	}
	enum drp_err err = recognise_encoding(&opened, diag);
	if (err) {
		return err;
	}
	if (!read_hint(&opened)) {
		count_separators(&opened);
	}
	opened.cell = drp_alloc(DRP_IMPORT_COLUMNS_MAX, sizeof *opened.cell);
	if (!opened.cell) {
		return drp_fail(diag, DRP_E_NOMEM, "no memory to read the file");
	}
	*csv = opened;
	return DRP_OK;
}

/* Appends raw bytes to the row's text as UTF-8. */
static void append_text(struct drp_csv *csv, size_t from, size_t to)
{
	if (!csv->windows_1252) {
		drp_buf_append(&csv->text, csv->bytes + from, to - from);
		return;
	}
	for (size_t i = from; i < to; i++) {
		uint32_t c = csv->bytes[i];
		c = c >= 0x80 && c < 0xA0 ? windows_1252[c - 0x80] : c;
		uint8_t utf8[3] = {(uint8_t)c};
		size_t n = 1;
		if (c >= 0x800) {
			utf8[0] = (uint8_t)(0xE0 | c >> 12);
			utf8[1] = (uint8_t)(0x80 | (c >> 6 & 0x3F));
			utf8[2] = (uint8_t)(0x80 | (c & 0x3F));
			n = 3;
		} else if (c >= 0x80) {
			utf8[0] = (uint8_t)(0xC0 | c >> 6);
			utf8[1] = (uint8_t)(0x80 | (c & 0x3F));
			n = 2;
		}
		drp_buf_append(&csv->text, utf8, n);
	}
}

static enum drp_err fail_at(
	const struct drp_csv *csv, uint32_t line, const char *what, struct drp_diag *diag)
{
	return drp_fail(diag, DRP_E_INPUT, "line %u, column %u: %s", line,
		csv->n_cells + 1, what);
}

/* Reads from after the opening quote to after the closing one. */
static enum drp_err read_quoted(struct drp_csv *csv, struct drp_diag *diag)
{
	uint32_t first_line = csv->line;
	size_t start = csv->at, from = start;
	while (!at_end(csv)) {
		uint8_t c = csv->bytes[csv->at];
		if (csv->at - start > DRP_IMPORT_CELL_MAX_BYTES) {
			return fail_at(csv, first_line,
				"the cell is longer than 64 KiB; is its closing quote "
				"missing?",
				diag);
		}
		if (is_line_end(c)) {
			skip_line_end(csv);
			continue;
		}
		csv->at++;
		if (c != '"') {
			continue;
		}
		append_text(csv, from, csv->at - 1);
		if (at_end(csv) || csv->bytes[csv->at] != '"') {
			return DRP_OK;
		}
		/* A doubled quote: the second one opens the next run of text. */
		from = csv->at++;
	}
	return fail_at(csv, first_line,
		"a quote opens here and is never closed; the file may be cut off, export "
		"it again",
		diag);
}

static enum drp_err read_unquoted(struct drp_csv *csv, struct drp_diag *diag)
{
	size_t from = csv->at;
	for (; !at_end(csv); csv->at++) {
		uint8_t c = csv->bytes[csv->at];
		if (c == (uint8_t)csv->separator || is_line_end(c)) {
			break;
		}
		if (csv->at - from == DRP_IMPORT_CELL_MAX_BYTES) {
			return fail_at(
				csv, csv->line, "the cell is longer than 64 KiB", diag);
		}
		if (c == '"') {
			return fail_at(csv, csv->line,
				"a quote inside a cell that does not begin with one; "
				"quote the "
				"whole cell and double its quotes",
				diag);
		}
	}
	append_text(csv, from, csv->at);
	return DRP_OK;
}

static enum drp_err read_cell(struct drp_csv *csv, struct drp_diag *diag)
{
	if (csv->n_cells == DRP_IMPORT_COLUMNS_MAX) {
		return drp_fail(diag, DRP_E_INPUT, "line %u: more than %d columns",
			csv->line, DRP_IMPORT_COLUMNS_MAX);
	}
	struct drp_csv_cell *cell = &csv->cell[csv->n_cells];
	*cell = (struct drp_csv_cell){.at = csv->text.len, .line = csv->line};
	enum drp_err err;
	if (!at_end(csv) && csv->bytes[csv->at] == '"') {
		cell->quoted = 1;
		csv->at++;
		err = read_quoted(csv, diag);
	} else {
		err = read_unquoted(csv, diag);
	}
	if (err) {
		return err;
	}
	if (!at_end(csv) && csv->bytes[csv->at] != (uint8_t)csv->separator &&
		!is_line_end(csv->bytes[csv->at])) {
		return fail_at(csv, csv->line,
			"text after a closing quote; double the quotes inside a quoted "
			"cell",
			diag);
	}
	cell->n = csv->text.len - cell->at;
	drp_buf_append(&csv->text, "", 1);
	csv->n_cells++;
	return DRP_OK;
}

enum drp_err drp_csv_next(struct drp_csv *csv, struct drp_diag *diag)
{
	csv->n_cells = 0;
	csv->text.len = 0;
	while (!at_end(csv) && is_line_end(csv->bytes[csv->at])) {
		skip_line_end(csv);
	}
	if (at_end(csv)) {
		return DRP_OK;
	}
	size_t from = csv->at;
	uint32_t first_line = csv->line;
	for (;;) {
		enum drp_err err = read_cell(csv, diag);
		if (err) {
			return err;
		}
		if (csv->at - from > DRP_IMPORT_ROW_MAX_BYTES) {
			return drp_fail(diag, DRP_E_INPUT,
				"line %u: the row is longer than %d KiB", first_line,
				DRP_IMPORT_ROW_MAX_BYTES / 1024);
		}
		if (at_end(csv) || is_line_end(csv->bytes[csv->at])) {
			break;
		}
		csv->at++;
	}
	return csv->text.failed
		       ? drp_fail(diag, DRP_E_NOMEM, "no memory to read the file")
		       : DRP_OK;
}

const char *drp_csv_text(const struct drp_csv *csv, uint32_t column)
{
	return (const char *)csv->text.data + csv->cell[column].at;
}

void drp_csv_close(struct drp_csv *csv)
{
	drp_buf_wipe(&csv->text);
	drp_free(csv->cell);
	*csv = (struct drp_csv){0};
}
