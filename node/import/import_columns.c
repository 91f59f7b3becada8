/* SPDX-License-Identifier: Apache-2.0 */
#include "node/import/import_columns.h"

#include "node/import/limesurvey.h"
#include "proto/base/alloc.h"

#include <stdio.h>
#include <string.h>

/* One header cell: as written, and its code where LimeSurvey wrote "code. text". */
struct header {
	const char *text;
	const char *code;
};

struct reading {
	struct drp_import_columns *columns;
	const struct drp_import_column_rules *rules;
	const struct drp_table *table;
	struct drp_diag *diag;
	struct drp_buf code; /* scratch of the current header's code */
	int with_texts;	     /* headers are "code. text" */
};

static int same(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

/* How many bytes of the character there are when a terminal would act on it: C0, DEL, C1,
 * and what turns the direction of text or breaks lines (U+200E, U+200F, U+2028 to U+202E,
 * U+2066 to U+2069). Else 0. */
static size_t control_bytes(const char *text)
{
	const uint8_t *c = (const uint8_t *)text;
	if (c[0] < 0x20 || c[0] == 0x7F) {
		return 1;
	}
	if (c[0] == 0xC2 && c[1] < 0xA0) {
		return 2;
	}
	return c[0] == 0xE2 && ((c[1] == 0x80 &&
					(c[2] == 0x8E || c[2] == 0x8F ||
						(c[2] >= 0xA8 && c[2] <= 0xAE))) ||
				       (c[1] == 0x81 && c[2] >= 0xA6 && c[2] <= 0xA9))
		       ? 3
		       : 0;
}

static void display_name(
	const struct drp_table *table, uint32_t column, char name[DRP_IMPORT_NAME])
{
	const char *text = drp_table_text(table, column);
	size_t n = strlen(text), limit = DRP_IMPORT_NAME - 4;
	if (n == 0) {
		snprintf(name, DRP_IMPORT_NAME,
			drp_table_is_json(table) ? "number %u, without a name"
						 : "column %u without a name",
			column + 1);
		return;
	}
	size_t kept = n <= limit ? n : limit;
	while (kept < n && ((uint8_t)text[kept] & 0xC0) == 0x80) {
		kept--;
	}
	for (size_t i = 0; i < kept;) {
		size_t control = control_bytes(text + i);
		memset(name + i, '?', control);
		if (control == 0) {
			name[i] = text[i];
		}
		i += control ? control : 1;
	}
	memcpy(name + kept, kept < n ? "..." : "", kept < n ? 4 : 1);
}

/* Whether a name from the mapping or the command line means this column. */
static int means(
	const struct reading *reading, const struct header *header, const char *name)
{
	if (!name) {
		return 0;
	}
	if (same(header->text, name) || same(header->code, name)) {
		return 1;
	}
	return reading->rules->format == DRP_FORMAT_LIMESURVEY &&
	       drp_limesurvey_same(header->code, name);
}

static int mapped_role(const struct reading *reading, const struct header *header)
{
	const struct drp_mapping *mapping = reading->rules->mapping;
	if (means(reading, header, reading->rules->group_column)) {
		return DRP_IMPORT_GROUP;
	}
	if (!mapping) {
		return DRP_IMPORT_UNKNOWN;
	}
	if (mapping->completed && means(reading, header, mapping->completed->column)) {
		return DRP_IMPORT_COMPLETED;
	}
	if (means(reading, header, mapping->person)) {
		return DRP_IMPORT_PERSON;
	}
	if (means(reading, header, mapping->age)) {
		return DRP_IMPORT_AGE;
	}
	if (mapping->group_column &&
		means(reading, header, mapping->group_column->column)) {
		return DRP_IMPORT_GROUP;
	}
	if (mapping->level_column &&
		means(reading, header, mapping->level_column->column)) {
		return DRP_IMPORT_LEVEL;
	}
	for (uint32_t i = 0; i < mapping->ignore.word_count; i++) {
		if (means(reading, header, mapping->ignore.word[i])) {
			return DRP_IMPORT_DROPPED;
		}
	}
	return DRP_IMPORT_UNKNOWN;
}

/* What a column is by the format's own names, where the mapping does not say. */
static int format_role(const struct reading *reading, const struct header *header)
{
	const struct drp_mapping *mapping = reading->rules->mapping;
	const char *code = header->code;
	if (same(code, "id")) {
		return DRP_IMPORT_ID;
	}
	if (reading->rules->format == DRP_FORMAT_LIMESURVEY) {
		if (same(code, "submitdate") && !(mapping && mapping->completed)) {
			return DRP_IMPORT_COMPLETED;
		}
		if (same(code, "token") && !(mapping && mapping->person)) {
			return DRP_IMPORT_PERSON;
		}
		return drp_limesurvey_is_metadata(code) ? DRP_IMPORT_DROPPED
							: DRP_IMPORT_UNKNOWN;
	}
	if (same(code, "completed") && !(mapping && mapping->completed)) {
		return DRP_IMPORT_COMPLETED;
	}
	if (same(code, "person") && !(mapping && mapping->person)) {
		return DRP_IMPORT_PERSON;
	}
	if (same(code, "group") && !reading->rules->group_column &&
		!(mapping && (mapping->group || mapping->group_column))) {
		return DRP_IMPORT_GROUP;
	}
	if (same(code, "level") &&
		!(mapping && (mapping->level || mapping->level_column))) {
		return DRP_IMPORT_LEVEL;
	}
	return DRP_IMPORT_UNKNOWN;
}

static int mapped_entry(const struct reading *reading, const struct header *header)
{
	const struct drp_mapping *mapping = reading->rules->mapping;
	for (uint32_t i = 0; mapping && i < mapping->column_count; i++) {
		if (means(reading, header, mapping->column[i].column)) {
			return (int)i;
		}
	}
	return -1;
}

/* An item's code is written in brackets or with '_', depending on the header style. */
static int find_item(const struct reading *reading, const struct header *header)
{
	const struct drp_instrument *instrument = reading->rules->instrument;
	int item = drp_instrument_item(instrument, header->code);
	if (item >= 0 || reading->rules->format != DRP_FORMAT_LIMESURVEY) {
		return item;
	}
	for (int i = 0; i < instrument->n_items; i++) {
		if (drp_limesurvey_same(instrument->item[i].code, header->code)) {
			return i;
		}
	}
	return -1;
}

static enum drp_err taken_twice(const struct reading *reading, uint32_t column)
{
	return drp_table_fail(reading->table, column,
		reading->columns->column[column].name,
		drp_table_is_json(reading->table)
			? "another member already holds the same; keep one, or name the "
			  "right one in a mapping and the other under ignore"
			: "another column already holds the same; keep one, or name the "
			  "right one in a mapping and the other under ignore",
		reading->diag);
}

static enum drp_err take_item(
	const struct reading *reading, uint32_t at, int entry, int item)
{
	const struct drp_instrument *instrument = reading->rules->instrument;
	struct drp_import_columns *columns = reading->columns;
	struct drp_import_column *column = &columns->column[at];
	if (instrument->item[item].kind == DRP_ITEM_TEXT) {
		column->role = DRP_IMPORT_DROPPED;
		return DRP_OK;
	}
	if (columns->has_item[item]) {
		return taken_twice(reading, at);
	}
	columns->has_item[item] = 1;
	columns->n_items++;
	column->role = DRP_IMPORT_ITEM;
	column->item = (uint16_t)item;
	if (reading->rules->mapping) {
		column->codes = drp_mapping_codes(
			reading->rules->mapping, instrument, entry, item);
	}
	return DRP_OK;
}

static enum drp_err take_own_item(const struct reading *reading, uint32_t at, int own)
{
	struct drp_import_columns *columns = reading->columns;
	if (columns->has_own[own]) {
		return taken_twice(reading, at);
	}
	columns->has_own[own] = 1;
	columns->column[at].role = DRP_IMPORT_OWN_ITEM;
	columns->column[at].item = (uint16_t)own;
	return DRP_OK;
}

static enum drp_err take_role(const struct reading *reading, uint32_t at, int role)
{
	struct drp_import_columns *columns = reading->columns;
	columns->column[at].role = (uint8_t)role;
	if (role >= DRP_IMPORT_COMPLETED) {
		if (columns->of_role[role] >= 0) {
			return taken_twice(reading, at);
		}
		columns->of_role[role] = (int32_t)at;
	}
	return DRP_OK;
}

/* The mapping first, then the format's own names, then codes. */
static enum drp_err take_column(
	const struct reading *reading, uint32_t at, const struct header *header)
{
	const struct drp_import_column_rules *rules = reading->rules;
	int role = mapped_role(reading, header);
	if (role != DRP_IMPORT_UNKNOWN) {
		return take_role(reading, at, role);
	}
	int entry = mapped_entry(reading, header);
	if (entry >= 0) {
		const char *code = rules->mapping->column[entry].item;
		return take_item(
			reading, at, entry, drp_instrument_item(rules->instrument, code));
	}
	role = format_role(reading, header);
	if (role >= DRP_IMPORT_COMPLETED) {
		return take_role(reading, at, role);
	}
	int item = find_item(reading, header);
	if (item >= 0) {
		return take_item(reading, at, -1, item);
	}
	int own = rules->own ? drp_own_item_find(rules->own, header->code) : -1;
	return own >= 0 ? take_own_item(reading, at, own) : take_role(reading, at, role);
}

static int with_texts(const struct reading *reading)
{
	for (uint32_t i = 0; i < reading->table->n_cells; i++) {
		if (strncmp(drp_table_text(reading->table, i), "id. ", 4) == 0) {
			return reading->rules->format == DRP_FORMAT_LIMESURVEY;
		}
	}
	return 0;
}

static enum drp_err read_header(struct reading *reading, uint32_t at)
{
	const char *text = drp_table_text(reading->table, at);
	const char *dot = reading->with_texts ? strstr(text, ". ") : NULL;
	display_name(reading->table, at, reading->columns->column[at].name);
	reading->code.len = 0;
	drp_buf_append(&reading->code, text, dot ? (size_t)(dot - text) : strlen(text));
	struct header header = {.text = text, .code = drp_buf_string(&reading->code)};
	if (!header.code) {
		return drp_fail(
			reading->diag, DRP_E_NOMEM, "no memory to read the header");
	}
	return take_column(reading, at, &header);
}

static enum drp_err need_role(const struct reading *reading, const char *name, int role)
{
	if (!name || reading->columns->of_role[role] >= 0) {
		return DRP_OK;
	}
	return drp_fail(reading->diag, DRP_E_INPUT,
		"%s '%.60s', which the mapping or the command names, is not in the "
		"file",
		drp_table_is_json(reading->table) ? "member" : "column", name);
}

static enum drp_err check_roles(const struct reading *reading)
{
	const struct drp_import_column_rules *rules = reading->rules;
	const struct drp_mapping *mapping = rules->mapping;
	enum drp_err err = need_role(reading, rules->group_column, DRP_IMPORT_GROUP);
	if (!err && mapping) {
		const char *completed =
			mapping->completed ? mapping->completed->column : NULL;
		const char *group =
			mapping->group_column ? mapping->group_column->column : NULL;
		const char *level =
			mapping->level_column ? mapping->level_column->column : NULL;
		err = need_role(reading, completed, DRP_IMPORT_COMPLETED);
		err = err ? err : need_role(reading, mapping->person, DRP_IMPORT_PERSON);
		err = err ? err : need_role(reading, mapping->age, DRP_IMPORT_AGE);
		err = err ? err : need_role(reading, group, DRP_IMPORT_GROUP);
		err = err ? err : need_role(reading, level, DRP_IMPORT_LEVEL);
	}
	return err;
}

static const char *separator_name(char separator)
{
	switch (separator) {
	case ';':
		return "';'";
	case ',':
		return "','";
	case '|':
		return "'|'";
	default:
		return "tab";
	}
}

static enum drp_err check_found(const struct reading *reading)
{
	const struct drp_import_columns *columns = reading->columns;
	const char *id = reading->rules->instrument->id;
	const char *separator = separator_name(reading->table->csv.separator);
	if (columns->n_items == 0 && drp_table_is_json(reading->table)) {
		return drp_fail(reading->diag, DRP_E_INPUT,
			"no member of instrument %s found, of %u: use item codes as "
			"names of members or a mapping (node/IMPORT.md)",
			id, columns->n);
	}
	if (columns->n_items == 0 && columns->n == 1) {
		return drp_fail(reading->diag, DRP_E_INPUT,
			"no column of instrument %s found; separator %s was read and the "
			"header "
			"holds one column: save the file with ';', ',', tab or '|' "
			"between cells",
			id, separator);
	}
	if (reading->rules->format == DRP_FORMAT_LIMESURVEY &&
		columns->of_role[DRP_IMPORT_COMPLETED] < 0) {
		return drp_fail(reading->diag, DRP_E_INPUT,
			"no column submitdate, so complete and incomplete responses look "
			"alike; "
			"export from LimeSurvey with heading \"Question code\" and the "
			"column "
			"submitdate, or name the column in a mapping");
	}
	if (columns->n_items == 0) {
		return drp_fail(reading->diag, DRP_E_INPUT,
			"no column of instrument %s found; separator %s was read, %u "
			"columns: use "
			"item codes as column names or a mapping (node/IMPORT.md)",
			id, separator, columns->n);
	}
	return DRP_OK;
}

enum drp_err drp_import_columns_read(struct drp_import_columns *columns,
	const struct drp_import_column_rules *rules, const struct drp_table *table,
	struct drp_diag *diag)
{
	struct drp_import_columns read = {.n = table->n_cells};
	struct reading reading = {
		.columns = &read, .rules = rules, .table = table, .diag = diag};
	for (int role = 0; role < DRP_IMPORT_ROLES; role++) {
		read.of_role[role] = -1;
	}
	read.column = drp_alloc(read.n, sizeof *read.column);
	if (!read.column) {
		return drp_fail(diag, DRP_E_NOMEM, "no memory to read the header");
	}
	reading.with_texts = with_texts(&reading);
	enum drp_err err = DRP_OK;
	for (uint32_t i = 0; !err && i < read.n; i++) {
		err = read_header(&reading, i);
	}
	err = err ? err : check_found(&reading);
	err = err ? err : check_roles(&reading);
	drp_buf_clear(&reading.code);
	if (err) {
		drp_import_columns_free(&read);
		return err;
	}
	*columns = read;
	return DRP_OK;
}

void drp_import_columns_free(struct drp_import_columns *columns)
{
	drp_free(columns->column);
	*columns = (struct drp_import_columns){0};
}
