/* SPDX-License-Identifier: Apache-2.0 */
#include "node/import/table.h"

int drp_table_is_json(const struct drp_table *table)
{
	return table->format == DRP_FORMAT_JSON;
}

enum drp_err drp_table_open(struct drp_table *table, enum drp_format format,
	const void *bytes, size_t n, struct drp_diag *diag)
{
	struct drp_table opened = {.format = format};
	enum drp_err err = drp_table_is_json(&opened)
				   ? drp_objects_open(&opened.objects, bytes, n, diag)
				   : drp_csv_open(&opened.csv, bytes, n, diag);
	if (err == DRP_OK) {
		*table = opened;
	}
	return err;
}

static enum drp_err next_object(struct drp_table *table, struct drp_diag *diag)
{
	struct drp_objects *o = &table->objects;
	enum drp_err err =
		table->in_rows ? drp_objects_next(o, diag) : drp_objects_names(o, diag);
	table->n_cells = o->n_cells;
	table->cell = o->cell;
	table->odd = o->odd;
	table->number = o->number;
	table->in_rows = 1;
	return err;
}

enum drp_err drp_table_next(struct drp_table *table, struct drp_diag *diag)
{
	if (drp_table_is_json(table)) {
		return next_object(table, diag);
	}
	enum drp_err err = drp_csv_next(&table->csv, diag);
	table->n_cells = table->csv.n_cells;
	table->cell = table->csv.cell;
	return err;
}

const char *drp_table_text(const struct drp_table *table, uint32_t column)
{
	const struct drp_buf *text =
		drp_table_is_json(table) ? &table->objects.text : &table->csv.text;
	return (const char *)text->data + table->cell[column].at;
}

enum drp_err drp_table_fail(const struct drp_table *table, uint32_t column,
	const char *name, const char *rule, struct drp_diag *diag)
{
	uint32_t line = table->cell[column].line;
	if (!drp_table_is_json(table)) {
		return drp_fail(diag, DRP_E_INPUT, "line %u, column %u (%s): %s", line,
			column + 1, name, rule);
	}
	return table->number ? drp_fail(diag, DRP_E_INPUT,
				       "questionnaire %u (line %u), member %s: %s",
				       table->number, line, name, rule)
			     : drp_fail(diag, DRP_E_INPUT, "member %s: %s", name, rule);
}

void drp_table_close(struct drp_table *table)
{
	drp_csv_close(&table->csv);
	drp_objects_close(&table->objects);
}
