/* SPDX-License-Identifier: Apache-2.0 */
#include "node/import/objects.h"

#include "proto/base/alloc.h"
#include "proto/base/text.h"
#include "proto/runtime/json.h"

#include <string.h>

static enum drp_err no_memory(struct drp_diag *diag)
{
	return drp_fail(diag, DRP_E_NOMEM, "no memory to read the file");
}

/* What is wrong with the questionnaire that would be read next. */
static enum drp_err fail_next(const struct drp_objects *o, uint32_t line,
	const char *what, struct drp_diag *diag)
{
	return drp_fail(diag, DRP_E_INPUT, "questionnaire %u (line %u): %s",
		o->number + 1, line, what);
}

/* ---- the array ---- */

static void step(struct drp_objects *o)
{
	o->line += o->bytes[o->at++] == '\n';
}

/* The next byte that is no white space; 0 at the end. */
static char skip_space(struct drp_objects *o)
{
	while (o->at < o->size && o->bytes[o->at] && strchr(" \t\r\n", o->bytes[o->at])) {
		step(o);
	}
	return o->at < o->size ? o->bytes[o->at] : 0;
}

/* Steps over a text, from its opening quote to after the closing one or to the end. */
static void skip_text(struct drp_objects *o)
{
	for (step(o); o->at < o->size && o->bytes[o->at] != '"'; step(o)) {
		if (o->bytes[o->at] == '\\' && o->at + 1 < o->size) {
			step(o);
		}
	}
	if (o->at < o->size) {
		step(o);
	}
}

/* Steps over an object by its brackets alone, and no further than the limits allow:
 * whether it is one is for jansson to say. */
static enum drp_err skip_object(struct drp_objects *o, struct drp_diag *diag)
{
	size_t from = o->at;
	uint32_t depth = 0;
	do {
		if (o->at == o->size) {
			return fail_next(o, o->began,
				"it is cut off; export the file again", diag);
		}
		char c = o->bytes[o->at];
		depth += c == '{' || c == '[';
		depth -= c == '}' || c == ']';
		if (c == '"') {
			skip_text(o);
		} else {
			step(o);
		}
		if (o->at - from > DRP_IMPORT_ROW_MAX_BYTES) {
			return fail_next(o, o->began,
				"it is longer than 256 KiB; is a bracket or quote not "
				"closed?",
				diag);
		}
		if (depth > DRP_IMPORT_DEPTH_MAX) {
			return fail_next(
				o, o->began, "its values are nested too deeply", diag);
		}
	} while (depth > 0);
	return DRP_OK;
}

static const char *why_not_json(enum json_error_code code)
{
	switch (code) {
	case json_error_duplicate_key:
		return "a member stands there twice";
	case json_error_numeric_overflow:
		return "a number too large to be read; write it as a text";
	case json_error_null_character:
	case json_error_null_byte_in_key:
		return "a text with a NUL character";
	default:
		return "not JSON";
	}
}

/* jansson's own words are not for printing: they quote the file. */
static enum drp_err parse(
	const struct drp_objects *o, size_t from, json_t **object, struct drp_diag *diag)
{
	json_error_t why;
	(void)drp_json_ran_out();
	*object = json_loadb(o->bytes + from, o->at - from, JSON_REJECT_DUPLICATES, &why);
	if (drp_json_ran_out() ||
		(!*object && json_error_code(&why) == json_error_out_of_memory)) {
		json_decref(*object);
		*object = NULL;
		return no_memory(diag);
	}
	if (*object) {
		return DRP_OK;
	}
	return fail_next(o, o->began + (why.line > 0 ? (uint32_t)why.line - 1 : 0),
		why_not_json(json_error_code(&why)), diag);
}

/* After the last object: *object is NULL. */
static enum drp_err end_array(struct drp_objects *o, struct drp_diag *diag)
{
	step(o);
	if (skip_space(o) || o->at < o->size) {
		return drp_fail(diag, DRP_E_INPUT,
			"line %u: something follows the end of the array", o->line);
	}
	return DRP_OK;
}

/* New reference, or NULL after the last one. */
static enum drp_err next_object(
	struct drp_objects *o, json_t **object, struct drp_diag *diag)
{
	*object = NULL;
	char c = skip_space(o);
	if (c == ']') {
		return end_array(o, diag);
	}
	if (o->number > 0) {
		if (c != ',') {
			return fail_next(o, o->line,
				"neither a comma nor the end of the array stands before "
				"it",
				diag);
		}
		step(o);
		c = skip_space(o);
	}
	if (c != '{') {
		return fail_next(o, o->line,
			"not an object; the file is an array of objects, one a "
			"questionnaire",
			diag);
	}
	if (o->number == DRP_IMPORT_ROWS_MAX) {
		return drp_fail(diag, DRP_E_INPUT,
			"line %u: more than %d questionnaires; split the file", o->line,
			DRP_IMPORT_ROWS_MAX);
	}
	size_t from = o->at;
	o->began = o->line;
	enum drp_err err = skip_object(o, diag);
	err = err ? err : parse(o, from, object, diag);
	o->number += err == DRP_OK;
	return err;
}

/* ---- names ---- */

static enum drp_err take_names(
	struct drp_objects *o, json_t *object, size_t *bytes, struct drp_diag *diag)
{
	const char *name;
	json_t *value;
	json_object_foreach(object, name, value)
	{
		if (json_object_get(o->names, name)) {
			continue;
		}
		*bytes += strlen(name);
		if (o->n_columns == DRP_IMPORT_COLUMNS_MAX ||
			*bytes > DRP_IMPORT_ROW_MAX_BYTES) {
			return drp_fail(diag, DRP_E_INPUT,
				"questionnaire %u (line %u): more than %d different "
				"members, or %d KiB of names; are values written as "
				"names?",
				o->number, o->began, DRP_IMPORT_COLUMNS_MAX,
				DRP_IMPORT_ROW_MAX_BYTES / 1024);
		}
		if (json_object_set_new(o->names, name, json_integer(o->n_columns))) {
			return no_memory(diag);
		}
		o->n_columns++;
	}
	return DRP_OK;
}

static enum drp_err find_names(struct drp_objects *o, struct drp_diag *diag)
{
	size_t bytes = 0;
	for (;;) {
		json_t *object;
		enum drp_err err = next_object(o, &object, diag);
		if (err || !object) {
			return err;
		}
		err = take_names(o, object, &bytes, diag);
		json_decref(object);
		if (err) {
			return err;
		}
	}
}

static enum drp_err open_array(struct drp_objects *o, struct drp_diag *diag)
{
	if (o->size > DRP_IMPORT_FILE_MAX_BYTES) {
		return drp_fail(diag, DRP_E_INPUT,
			"the file is larger than %d MiB; split it",
			DRP_IMPORT_FILE_MAX_BYTES / (1024 * 1024));
	}
	if (!drp_utf8_valid(o->bytes, o->size)) {
		return drp_fail(diag, DRP_E_INPUT,
			"the file is not UTF-8 text, so it is not JSON; export it again "
			"as UTF-8");
	}
	o->at = o->size >= 3 && memcmp(o->bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
	if (skip_space(o) != '[') {
		return drp_fail(diag, DRP_E_INPUT,
			"line %u: the file does not begin with [; it must be an array of "
			"objects, one a questionnaire",
			o->line);
	}
	step(o);
	o->first = o->at;
	o->first_line = o->line;
	return DRP_OK;
}

enum drp_err drp_objects_open(
	struct drp_objects *objects, const void *bytes, size_t n, struct drp_diag *diag)
{
	/* An empty file may come without an address. */
	struct drp_objects o = {.bytes = n ? bytes : "", .size = n, .line = 1};
	enum drp_err err = open_array(&o, diag);
	if (err) {
		return err;
	}
	o.names = json_object();
	err = o.names ? find_names(&o, diag) : no_memory(diag);
	if (err == DRP_OK) {
		o.cell = drp_alloc(o.n_columns + 1, sizeof *o.cell);
		o.odd = drp_alloc(o.n_columns + 1, sizeof *o.odd);
		o.value = drp_alloc(o.n_columns + 1, sizeof *o.value);
		err = o.cell && o.odd && o.value ? DRP_OK : no_memory(diag);
	}
	if (err) {
		drp_objects_close(&o);
		return err;
	}
	*objects = o;
	return DRP_OK;
}

/* ---- rows ---- */

static void begin_row(struct drp_objects *o, uint32_t n)
{
	o->n_cells = n;
	o->text.len = 0;
	memset(o->cell, 0, n * sizeof *o->cell);
	memset(o->odd, 0, n);
	memset(o->value, 0, n * sizeof *o->value);
}

enum drp_err drp_objects_names(struct drp_objects *o, struct drp_diag *diag)
{
	const char *name;
	json_t *column;
	begin_row(o, o->n_columns);
	json_object_foreach(o->names, name, column)
	{
		struct drp_csv_cell *cell = &o->cell[json_integer_value(column)];
		cell->at = o->text.len;
		cell->n = strlen(name);
		cell->line = o->first_line;
		drp_buf_append(&o->text, name, cell->n + 1);
	}
	o->at = o->first;
	o->line = o->first_line;
	o->number = 0;
	return o->text.failed ? no_memory(diag) : DRP_OK;
}

/* Appends a value's text; 1 when it has none that an answer could be. */
static int append_value(struct drp_buf *text, const json_t *value)
{
	switch (value ? json_typeof(value) : JSON_NULL) {
	case JSON_STRING:
		drp_buf_append(text, json_string_value(value), json_string_length(value));
		return json_string_length(value) > DRP_IMPORT_CELL_MAX_BYTES;
	case JSON_INTEGER:
		drp_buf_printf(text, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
		return 0;
	case JSON_TRUE:
		drp_buf_text(text, "true");
		return 0;
	case JSON_FALSE:
		drp_buf_text(text, "false");
		return 0;
	case JSON_NULL:
		return 0;
	default:
		return 1;
	}
}

/* Cells in the order of the columns, whatever the order of the members. */
static enum drp_err take_values(
	struct drp_objects *o, json_t *object, struct drp_diag *diag)
{
	const char *name;
	json_t *value;
	begin_row(o, o->n_columns);
	json_object_foreach(object, name, value)
	{
		o->value[json_integer_value(json_object_get(o->names, name))] = value;
	}
	for (uint32_t i = 0; i < o->n_cells; i++) {
		struct drp_csv_cell *cell = &o->cell[i];
		cell->at = o->text.len;
		cell->line = o->began;
		cell->quoted = o->value[i] != NULL;
		o->odd[i] = (uint8_t)append_value(&o->text, o->value[i]);
		cell->n = o->text.len - cell->at;
		drp_buf_append(&o->text, "", 1);
		o->value[i] = NULL;
	}
	return o->text.failed ? no_memory(diag) : DRP_OK;
}

enum drp_err drp_objects_next(struct drp_objects *o, struct drp_diag *diag)
{
	json_t *object;
	o->n_cells = 0;
	enum drp_err err = next_object(o, &object, diag);
	if (err || !object) {
		return err;
	}
	err = take_values(o, object, diag);
	json_decref(object);
	return err;
}

void drp_objects_close(struct drp_objects *o)
{
	json_decref(o->names);
	drp_buf_wipe(&o->text);
	drp_free(o->cell);
	drp_free(o->odd);
	drp_free(o->value);
	*o = (struct drp_objects){0};
}
