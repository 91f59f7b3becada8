/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/campaign/reference.h"

#include "proto/base/buf.h"
#include "proto/base/text.h"

#include <string.h>

#define COLUMNS 6
#define HEADER	"sector,measure,value,unit,source,note"

/* Where in which file; every complaint begins with it. */
struct place {
	const char *path;
	size_t line;
	struct drp_diag *diag;
};

static const char *const sector_code[] = {"basis", "secundair", "dbso", "total"};
static const char *const measure_code[] = {"pupils", "schools", "teachers_fte"};
static const char *const measure_unit[] = {"pupils", "schools", "FTE"};

const char *drp_sector_code(int sector)
{
	return sector >= 0 && sector < DRP_SECTORS ? sector_code[sector] : "?";
}

const char *drp_frame_measure_code(int measure)
{
	return measure >= 0 && measure < DRP_FRAME_MEASURES ? measure_code[measure] : "?";
}

static enum drp_err wrong(const struct place *at, const char *what, const char *to_do)
{
	return drp_fail(
		at->diag, DRP_E_INPUT, "%s:%zu: %s; %s", at->path, at->line, what, to_do);
}

static int find(const char *const *list, int n, const char *text)
{
	for (int i = 0; i < n; i++) {
		if (strcmp(list[i], text) == 0) {
			return i;
		}
	}
	return -1;
}

static enum drp_err copy(const struct place *at, char *out, size_t size, const char *text)
{
	size_t n = strlen(text);
	if (n >= size) {
		return wrong(at, "the text is too long", "shorten it");
	}
	memcpy(out, text, n + 1);
	return DRP_OK;
}

/* Takes one cell off the line and ends it with a NUL; NULL for a misplaced quote. A
 * quoted cell is unquoted where it stands. *rest is NULL after the last cell. */
static char *take_cell(char **rest)
{
	char *cell = *rest, *from = cell, *to = cell;
	if (*from != '"') {
		size_t n = strcspn(cell, ",\"");
		if (cell[n] == '"') {
			return NULL;
		}
		*rest = cell[n] ? cell + n + 1 : NULL;
		cell[n] = 0;
		return cell;
	}
	for (from++; *from && (*from != '"' || from[1] == '"'); from++) {
		from += *from == '"';
		*to++ = *from;
	}
	if (*from != '"' || (from[1] && from[1] != ',')) {
		return NULL;
	}
	*rest = from[1] ? from + 2 : NULL;
	*to = 0;
	return cell;
}

static enum drp_err read_value(
	const struct place *at, const char *text, const char *note, uint32_t *value)
{
	if (!*text) {
		*value = 0;
		return *note ? DRP_OK
			     : wrong(at, "no value and no note", "say in the note why");
	}
	if (drp_parse_u32(text, 1, UINT32_MAX, value)) {
		return wrong(at, "the value is not a whole number above 0",
			"write plain digits, or leave it empty and say why in the note");
	}
	return DRP_OK;
}

static enum drp_err read_row(
	const struct place *at, char *line, struct drp_frame_table *table)
{
	char *cell[COLUMNS], *rest = line;
	for (int i = 0; i < COLUMNS; i++) {
		cell[i] = rest ? take_cell(&rest) : NULL;
		if (!cell[i]) {
			return wrong(at, "fewer than 6 cells, or a misplaced quote",
				"write " HEADER);
		}
	}
	int sector = find(sector_code, DRP_SECTORS, cell[0]);
	int measure = find(measure_code, DRP_FRAME_MEASURES, cell[1]);
	if (rest) {
		return wrong(at, "more than 6 cells", "quote a text that holds a comma");
	}
	if (sector < 0 || measure < 0) {
		return wrong(at, "unknown sector or measure",
			"use basis secundair dbso total and pupils schools teachers_fte");
	}
	struct drp_frame_cell *out = &table->cell[sector][measure];
	if (out->unit[0]) {
		return wrong(at, "this sector and measure stand above already",
			"keep one row");
	}
	if (strcmp(cell[3], measure_unit[measure]) != 0 || !cell[4][0]) {
		return wrong(at, "the unit is not the measure's, or there is no source",
			"use pupils, schools or FTE, and name the source");
	}
	enum drp_err e = read_value(at, cell[2], cell[5], &out->value);
	if (!e) {
		e = copy(at, out->unit, sizeof out->unit, cell[3]);
	}
	if (!e) {
		e = copy(at, out->source, sizeof out->source, cell[4]);
	}
	if (!e) {
		e = copy(at, out->note, sizeof out->note, cell[5]);
	}
	return e;
}

static enum drp_err read_rows(struct place *at, char *text, struct drp_frame_table *table)
{
	char *next;
	do {
		size_t n = strcspn(text, "\n");
		next = text + n + (text[n] == '\n');
		text[n] = 0;
		if (n && text[n - 1] == '\r') {
			text[n - 1] = 0;
		}
		at->line++;
		enum drp_err e = DRP_OK;
		if (at->line > 1) {
			e = read_row(at, text, table);
		} else if (strcmp(text, HEADER) != 0) {
			e = wrong(at, "the columns are not those of a frame",
				"begin the file with " HEADER);
		}
		if (e) {
			return e;
		}
		text = next;
	} while (*text);
	return DRP_OK;
}

static enum drp_err check_totals(
	const struct place *at, const struct drp_frame_table *table)
{
	for (int m = 0; m < DRP_FRAME_MEASURES; m++) {
		uint64_t parts = 0;
		for (int s = 0; s < DRP_SECTORS; s++) {
			if (!table->cell[s][m].unit[0]) {
				return drp_fail(at->diag, DRP_E_INPUT,
					"%s:%zu: the file ends without %s of %s; add the "
					"row",
					at->path, at->line, measure_code[m],
					sector_code[s]);
			}
			parts += s == DRP_SECTOR_TOTAL ? 0 : table->cell[s][m].value;
		}
		if (parts != table->cell[DRP_SECTOR_TOTAL][m].value) {
			return drp_fail(at->diag, DRP_E_INPUT,
				"%s:%zu: the total of %s is not the sum of its sectors; "
				"correct "
				"one of them",
				at->path, at->line, measure_code[m]);
		}
	}
	return DRP_OK;
}

/* The rows are cut up where they stand, in a copy. */
enum drp_err drp_frame_parse(const void *text, size_t n, const char *name,
	struct drp_frame_table *table, struct drp_diag *diag)
{
	struct drp_frame_table made = {0};
	struct drp_buf copied = {0};
	struct place at = {name, 0, diag};
	if (!drp_utf8_valid(text, n)) {
		return drp_fail(diag, DRP_E_INPUT,
			"%s:1: not UTF-8 text; save it as UTF-8", name);
	}
	drp_buf_append(&copied, text, n);
	enum drp_err e =
		drp_buf_string(&copied)
			? read_rows(&at, (char *)copied.data, &made)
			: drp_fail(diag, DRP_E_NOMEM, "%s: no memory to read it", name);
	if (!e) {
		e = check_totals(&at, &made);
	}
	if (!e) {
		*table = made;
	}
	drp_buf_clear(&copied);
	return e;
}
