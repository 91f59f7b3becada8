/* SPDX-License-Identifier: Apache-2.0 */
#include "node/import/import.h"

#include "proto/base/alloc.h"
#include "proto/model/codes.h"

#include <string.h>

struct importer {
	const struct drp_instrument *instrument;
	const struct drp_import_options *options;
	struct drp_table table;
	struct drp_import_columns columns;
	struct drp_persons persons;
	struct drp_row_reader reader;
	struct drp_import_result *result;
	struct drp_diag *diag;
};

static enum drp_err keep_row(struct importer *imp, const struct drp_import_row *row)
{
	struct drp_import_result *result = imp->result;
	if (result->rows_kept == result->row_cap) {
		uint32_t cap = result->row_cap ? result->row_cap * 2 : 64;
		struct drp_import_row *grown = drp_realloc(result->row, cap, sizeof *row);
		if (!grown) {
			return drp_fail(
				imp->diag, DRP_E_NOMEM, "no memory to read the file");
		}
		result->row = grown;
		result->row_cap = cap;
	}
	result->row[result->rows_kept++] = *row;
	result->groups |= (uint8_t)(1u << row->group);
	return DRP_OK;
}

static enum drp_err read_row(struct importer *imp)
{
	struct drp_import_result *result = imp->result;
	struct drp_import_row row = {0};
	enum drp_row_fate fate = DRP_ROW_KEPT;
	if (result->rows_read == DRP_IMPORT_ROWS_MAX) {
		return drp_fail(imp->diag, DRP_E_INPUT,
			"line %u: more than %d rows; split the file",
			imp->table.cell[0].line, DRP_IMPORT_ROWS_MAX);
	}
	enum drp_err err = drp_row_read(&imp->reader, &row, &fate);
	if (err) {
		return err;
	}
	result->rows_read++;
	if (fate != DRP_ROW_KEPT) {
		result->rows_dropped[fate]++;
		return DRP_OK;
	}
	return keep_row(imp, &row);
}

/* Group and level of all rows, from the command or the mapping, which must agree. */
static enum drp_err fix_unit(struct importer *imp)
{
	const struct drp_mapping *mapping = imp->options->mapping;
	if (mapping && mapping->group) {
		int group = drp_group_of(mapping->group);
		if (imp->reader.group >= 0 && imp->reader.group != group) {
			return drp_fail(imp->diag, DRP_E_INPUT,
				"the command says group %s and the mapping %s; leave one "
				"out",
				drp_group_code(imp->reader.group), mapping->group);
		}
		imp->reader.group = group;
	}
	if (mapping && mapping->level) {
		int level = drp_level_of(mapping->level);
		if (imp->reader.level > 0 && imp->reader.level != level) {
			return drp_fail(imp->diag, DRP_E_INPUT,
				"the command says level %d and the mapping %d; leave one "
				"out",
				imp->reader.level, level);
		}
		imp->reader.level = level;
	}
	return DRP_OK;
}

static enum drp_err check_unit(const struct importer *imp)
{
	const char *what = drp_table_is_json(&imp->table) ? "member" : "column";
	if (imp->reader.group < 0 && imp->columns.of_role[DRP_IMPORT_GROUP] < 0) {
		return drp_fail(imp->diag, DRP_E_INPUT,
			"the file has no %s group; say whose answers these are with "
			"--group "
			"leader, teacher or pupil",
			what);
	}
	if (imp->reader.level < 1 && imp->columns.of_role[DRP_IMPORT_LEVEL] < 0) {
		return drp_fail(imp->diag, DRP_E_INPUT,
			"the file has no %s level; say the education level with "
			"--level 1 to 5",
			what);
	}
	return DRP_OK;
}

static enum drp_err read_header(struct importer *imp)
{
	const struct drp_mapping *mapping = imp->options->mapping;
	struct drp_import_column_rules rules = {
		.instrument = imp->instrument,
		.own = imp->options->own,
		.mapping = mapping,
		.format = imp->options->format,
		.group_column = imp->options->group_column,
	};
	if (mapping && drp_format_of(mapping->tool) != (int)imp->options->format) {
		return drp_fail(imp->diag, DRP_E_INPUT,
			"the mapping is for %s; give --format %s or another mapping",
			mapping->tool, mapping->tool);
	}
	enum drp_err err = drp_table_next(&imp->table, imp->diag);
	if (!err && imp->table.n_cells == 0) {
		return drp_fail(imp->diag, DRP_E_INPUT,
			drp_table_is_json(&imp->table)
				? "the file is empty: no questionnaire, or none with a "
				  "member"
				: "the file is empty: no header row");
	}
	err = err ? err : fix_unit(imp);
	err = err ? err
		  : drp_import_columns_read(
			    &imp->columns, &rules, &imp->table, imp->diag);
	return err ? err : check_unit(imp);
}

static enum drp_err check_persons(struct importer *imp)
{
	struct drp_person first, second;
	if (!drp_persons_twice(&imp->persons, &first, &second)) {
		return DRP_OK;
	}
	int32_t column = imp->columns.of_role[second.kind];
	if (drp_table_is_json(&imp->table)) {
		return drp_fail(imp->diag, DRP_E_INPUT,
			"questionnaires %u and %u: the same person in member %s; one "
			"person may have one questionnaire of a group and level, so "
			"remove one",
			first.line, second.line, imp->columns.column[column].name);
	}
	return drp_fail(imp->diag, DRP_E_INPUT,
		"lines %u and %u: the same person in column %d (%s); one person may have "
		"one "
		"questionnaire of a group and level, so remove one",
		first.line, second.line, column + 1, imp->columns.column[column].name);
}

/* A tick column of a plain CSV that writes Y for a tick, and never 0, 1 or N, writes ""
 * for no tick; in every other one "" is a blank. So does JSON with true, "" and null. */
static void settle_ticks(struct importer *imp)
{
	for (uint32_t i = 0; i < imp->columns.n; i++) {
		const struct drp_import_column *column = &imp->columns.column[i];
		if (column->role != DRP_IMPORT_ITEM || column->codes || !column->saw_y ||
			column->saw_digit ||
			imp->instrument->scale[imp->instrument->item[column->item].scale]
					.points != 0) {
			continue;
		}
		for (uint32_t r = 0; r < imp->result->rows_kept; r++) {
			uint8_t *answer = &imp->result->row[r].sheet.answer[column->item];
			*answer = *answer == DRP_ANSWER_BLANK ? DRP_ANSWER_NOT_TICKED
							      : *answer;
		}
	}
}

static enum drp_err tabulate(struct importer *imp)
{
	struct drp_import_result *result = imp->result;
	for (uint32_t r = 0; r < result->rows_kept; r++) {
		const struct drp_import_row *row = &result->row[r];
		enum drp_group group = row->group;
		enum drp_err err = drp_tabulate_add(
			&result->tabulation[group], imp->instrument, group, &row->sheet);
		if (!err && imp->options->own) {
			err = drp_own_tabulate_add(
				&result->own[group], imp->options->own, group, row->own);
		}
		if (err) {
			return drp_fail(imp->diag, DRP_E_INTERNAL,
				"questionnaire %u passed the import but cannot be "
				"counted",
				r + 1);
		}
	}
	return DRP_OK;
}

static enum drp_err list_columns(struct importer *imp)
{
	struct drp_import_result *result = imp->result;
	result->unknown = drp_arena_alloc(&result->arena, imp->columns.n, sizeof(char *));
	if (!result->unknown) {
		return drp_fail(imp->diag, DRP_E_NOMEM, "no memory to read the file");
	}
	for (uint32_t i = 0; i < imp->columns.n; i++) {
		const struct drp_import_column *column = &imp->columns.column[i];
		if (column->role != DRP_IMPORT_UNKNOWN) {
			continue;
		}
		char *name = drp_arena_copy(
			&result->arena, column->name, strlen(column->name));
		if (!name) {
			return drp_fail(
				imp->diag, DRP_E_NOMEM, "no memory to read the file");
		}
		result->unknown[result->n_unknown++] = name;
	}
	for (uint16_t i = 0; i < imp->instrument->n_items; i++) {
		const struct drp_item *item = &imp->instrument->item[i];
		if (item->kind != DRP_ITEM_TEXT && (item->groups & result->groups) &&
			!imp->columns.has_item[i]) {
			result->missing[result->n_missing++] = i;
		}
	}
	return DRP_OK;
}

static enum drp_err import_rows(struct importer *imp)
{
	enum drp_err err = read_header(imp);
	if (!err && imp->reader.group >= 0) {
		imp->result->groups = (uint8_t)(1u << imp->reader.group);
	}
	while (!err) {
		err = drp_table_next(&imp->table, imp->diag);
		if (err || imp->table.n_cells == 0) {
			break;
		}
		err = read_row(imp);
	}
	err = err ? err : check_persons(imp);
	if (!err) {
		settle_ticks(imp);
		err = tabulate(imp);
	}
	return err ? err : list_columns(imp);
}

enum drp_err drp_import(const struct drp_instrument *instrument,
	const struct drp_import_options *options, const void *bytes, size_t n,
	struct drp_import_result *result, struct drp_diag *diag)
{
	struct importer imp = {
		.instrument = instrument,
		.options = options,
		.result = result,
		.diag = diag,
	};
	imp.reader = (struct drp_row_reader){
		.instrument = instrument,
		.own = options->own,
		.mapping = options->mapping,
		.format = options->format,
		.group = options->group,
		.level = options->level,
		.table = &imp.table,
		.columns = &imp.columns,
		.persons = &imp.persons,
		.diag = diag,
	};
	*result = (struct drp_import_result){0};
	for (int group = 0; group < DRP_GROUPS; group++) {
		result->tabulation[group].n_items = instrument->n_items;
	}
	enum drp_err err = drp_table_open(&imp.table, options->format, bytes, n, diag);
	if (err) {
		return err;
	}
	result->by_members = (uint8_t)drp_table_is_json(&imp.table);
	result->separator = imp.table.csv.separator;
	result->windows_1252 = imp.table.csv.windows_1252;
	err = import_rows(&imp);
	drp_persons_free(&imp.persons);
	drp_import_columns_free(&imp.columns);
	drp_table_close(&imp.table);
	if (err) {
		drp_import_free(result);
	}
	return err;
}

void drp_import_free(struct drp_import_result *result)
{
	drp_arena_clear(&result->arena);
	if (result->row) {
		explicit_bzero(result->row, result->row_cap * sizeof *result->row);
	}
	drp_free(result->row);
	*result = (struct drp_import_result){0};
}
