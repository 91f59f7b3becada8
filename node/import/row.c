/* SPDX-License-Identifier: Apache-2.0 */
#include "node/import/row.h"

#include "node/import/answer.h"
#include "proto/base/text.h"
#include "proto/model/codes.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define PUPIL_AGE_MIN 9 /* in basisonderwijs, level 1 */

const char *drp_row_fate_name(int fate)
{
	static const char *const names[DRP_ROW_FATES] = {
		"kept", "incomplete", "empty", "under_age"};
	return fate >= 0 && fate < DRP_ROW_FATES ? names[fate] : "?";
}

/* The only sentence ever said about a cell: its place and the rule it breaks. */
static enum drp_err fail_cell(
	const struct drp_row_reader *reader, uint32_t column, const char *rule)
{
	return drp_table_fail(reader->table, column, reader->columns->column[column].name,
		rule, reader->diag);
}

static const char *role_text(
	const struct drp_row_reader *reader, int role, uint32_t *column)
{
	int32_t at = reader->columns->of_role[role];
	if (at < 0) {
		return NULL;
	}
	*column = (uint32_t)at;
	return drp_table_text(reader->table, *column);
}

static int is_any_of(const char *text, const char *const words[], size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (strcasecmp(text, words[i]) == 0) {
			return 1;
		}
	}
	return 0;
}

static enum drp_err read_completed(const struct drp_row_reader *reader, int *completed)
{
	static const char *const yes[] = {"1", "Y", "yes", "true"};
	static const char *const no[] = {"", "0", "N", "no", "false"};
	const struct drp_mapping *mapping = reader->mapping;
	uint32_t column = 0;
	const char *text = role_text(reader, DRP_IMPORT_COMPLETED, &column);
	if (!text) {
		*completed = 1;
	} else if (mapping && mapping->completed &&
		   mapping->completed->values.word_count) {
		*completed = drp_word_list_has(&mapping->completed->values, text);
	} else if ((mapping && mapping->completed) ||
		   reader->format == DRP_FORMAT_LIMESURVEY) {
		*completed = text[0] != 0;
	} else if (is_any_of(text, yes, sizeof yes / sizeof yes[0])) {
		*completed = 1;
	} else if (is_any_of(text, no, sizeof no / sizeof no[0])) {
		*completed = 0;
	} else {
		return fail_cell(
			reader, column, "expected 1 or 0 (or a mapping with its values)");
	}
	return DRP_OK;
}

/* The index of the list that holds the text, among n lists; -1 when there are no codes
 * at all, so that the text stands for itself; -2 when no list holds it. */
static int by_lists(const struct drp_word_list *lists, int n, const char *text)
{
	int any = 0;
	for (int i = 0; lists && i < n; i++) {
		any |= lists[i].word_count > 0;
		if (drp_word_list_has(&lists[i], text)) {
			return i;
		}
	}
	return any ? -2 : -1;
}

static enum drp_err read_group(const struct drp_row_reader *reader, uint8_t *group)
{
	const struct drp_mapping *mapping = reader->mapping;
	uint32_t column = 0;
	const char *text = role_text(reader, DRP_IMPORT_GROUP, &column);
	int read = reader->group;
	if (text) {
		int by_codes = by_lists(mapping && mapping->group_column
						? mapping->group_column->codes
						: NULL,
			DRP_GROUPS, text);
		read = by_codes == -1 ? drp_group_of(text) : by_codes;
		if (read < 0) {
			return fail_cell(
				reader, column, "not a group (leader, teacher, pupil)");
		}
		if (reader->group >= 0 && read != reader->group) {
			return fail_cell(reader, column,
				"another group than the command or the mapping says");
		}
	}
	*group = (uint8_t)read;
	return DRP_OK;
}

static enum drp_err read_level(const struct drp_row_reader *reader, uint8_t *level)
{
	const struct drp_mapping *mapping = reader->mapping;
	uint32_t column = 0;
	const char *text = role_text(reader, DRP_IMPORT_LEVEL, &column);
	int read = reader->level;
	if (text) {
		int by_codes = by_lists(mapping && mapping->level_column
						? mapping->level_column->codes
						: NULL,
			DRP_LEVELS, text);
		read = by_codes == -1 ? drp_level_of(text) : by_codes + 1;
		if (read < 1) {
			return fail_cell(reader, column, "not a level (1 to 5)");
		}
		if (reader->level > 0 && read != reader->level) {
			return fail_cell(reader, column,
				"another level than the command or the mapping says");
		}
	}
	*level = (uint8_t)read;
	return DRP_OK;
}

static enum drp_err read_too_young(const struct drp_row_reader *reader,
	const struct drp_import_row *row, int *too_young)
{
	uint32_t column = 0, age = 0;
	const char *text = role_text(reader, DRP_IMPORT_AGE, &column);
	*too_young = 0;
	if (text && row->group == DRP_PUPIL && row->level == 1) {
		if (drp_parse_u32(text, 0, 150, &age)) {
			return fail_cell(reader, column, "not an age in whole years");
		}
		*too_young = age < PUPIL_AGE_MIN;
	}
	return DRP_OK;
}

static enum drp_err fail_answer(const struct drp_row_reader *reader, uint32_t column,
	const struct drp_scale *scale)
{
	char rule[100];
	if (reader->columns->column[column].codes) {
		snprintf(
			rule, sizeof rule, "not one of the codes that the mapping gives");
	} else if (scale->points == 0) {
		snprintf(rule, sizeof rule, "not a tick (1 or Y, 0 or N)");
	} else {
		snprintf(rule, sizeof rule, "not an answer on this scale (1 to %u%s)",
			scale->points, scale->has_na ? " or NA" : "");
	}
	return fail_cell(reader, column, rule);
}

static enum drp_err read_answer(struct drp_row_reader *reader, uint32_t at,
	const struct drp_scale *scale, int asked, uint8_t *answer)
{
	struct drp_import_column *column = &reader->columns->column[at];
	const struct drp_mapping *mapping = reader->mapping;
	const char *text = drp_table_text(reader->table, at);
	struct drp_answer_rules rules = {
		.format = reader->format,
		.scale = scale,
		.codes = column->codes,
		.missing = mapping ? &mapping->missing : NULL,
	};
	if (!asked && !text[0]) {
		*answer = DRP_ANSWER_NOT_SHOWN;
		return DRP_OK;
	}
	if (drp_answer_read(&rules, text, reader->table->cell[at].quoted, answer)) {
		return fail_answer(reader, at, scale);
	}
	if (!asked) {
		if (*answer != DRP_ANSWER_BLANK && *answer != DRP_ANSWER_NOT_SHOWN) {
			return fail_cell(reader, at,
				"an answer to an item that this group or level is not "
				"asked");
		}
		*answer = DRP_ANSWER_NOT_SHOWN;
	}
	int is_y = strcmp(text, "Y") == 0 || strcmp(text, "true") == 0;
	column->saw_y |= (uint8_t)is_y;
	column->saw_digit |= text[0] && !is_y;
	return DRP_OK;
}

static enum drp_err read_answers(
	struct drp_row_reader *reader, struct drp_import_row *row)
{
	const struct drp_instrument *instrument = reader->instrument;
	enum drp_err err = DRP_OK;
	for (uint32_t i = 0; !err && i < reader->columns->n; i++) {
		const struct drp_import_column *column = &reader->columns->column[i];
		if (column->role == DRP_IMPORT_ITEM) {
			const struct drp_item *item = &instrument->item[column->item];
			int asked =
				(item->groups >> row->group & 1) &&
				(item->levels == 0 || (item->levels >> row->level & 1));
			err = read_answer(reader, i, &instrument->scale[item->scale],
				asked, &row->sheet.answer[column->item]);
		} else if (column->role == DRP_IMPORT_OWN_ITEM) {
			const struct drp_own_item *own = &reader->own->item[column->item];
			err = read_answer(reader, i, drp_own_scale(),
				own->groups >> row->group & 1, &row->own[column->item]);
		}
	}
	return err;
}

static enum drp_err read_persons(
	struct drp_row_reader *reader, const struct drp_import_row *row)
{
	static const uint8_t kinds[] = {DRP_IMPORT_ID, DRP_IMPORT_PERSON};
	for (size_t k = 0; k < sizeof kinds; k++) {
		uint32_t column = 0;
		const char *text = role_text(reader, kinds[k], &column);
		struct drp_person person = {
			.kind = kinds[k],
			.group = row->group,
			.level = row->level,
		};
		if (!text || !text[0]) {
			continue;
		}
		person.line = reader->table->number ? reader->table->number
						    : reader->table->cell[column].line;
		if (drp_persons_add(reader->persons, text, reader->table->cell[column].n,
			    &person)) {
			return drp_fail(
				reader->diag, DRP_E_NOMEM, "no memory to read the file");
		}
	}
	return DRP_OK;
}

static int is_empty_row(const struct drp_table *table)
{
	for (uint32_t i = 0; i < table->n_cells; i++) {
		if (table->cell[i].n || table->cell[i].quoted) {
			return 0;
		}
	}
	return 1;
}

/* Of JSON. What is dropped anyway may hold anything. */
static enum drp_err check_odd(const struct drp_row_reader *reader)
{
	for (uint32_t i = 0; reader->table->odd && i < reader->columns->n; i++) {
		if (reader->table->odd[i] &&
			reader->columns->column[i].role > DRP_IMPORT_DROPPED) {
			return fail_cell(reader, i,
				"neither a whole number, a text, true, false nor null");
		}
	}
	return DRP_OK;
}

enum drp_err drp_row_read(struct drp_row_reader *reader, struct drp_import_row *row,
	enum drp_row_fate *fate)
{
	struct drp_import_row read = {0};
	int completed = 0, too_young = 0;
	if (reader->table->n_cells != reader->columns->n) {
		return drp_fail(reader->diag, DRP_E_INPUT,
			"line %u: %u cells where the header has %u; the file is cut off "
			"or a cell "
			"lacks its quotes",
			reader->table->cell[0].line, reader->table->n_cells,
			reader->columns->n);
	}
	if (is_empty_row(reader->table)) {
		*fate = DRP_ROW_EMPTY;
		return DRP_OK;
	}
	enum drp_err err = check_odd(reader);
	err = err ? err : read_completed(reader, &completed);
	if (!err && !completed) {
		*fate = DRP_ROW_INCOMPLETE;
		return DRP_OK;
	}
	err = err ? err : read_group(reader, &read.group);
	err = err ? err : read_level(reader, &read.level);
	err = err ? err : read_too_young(reader, &read, &too_young);
	if (!err && too_young) {
		*fate = DRP_ROW_UNDER_AGE;
		return DRP_OK;
	}
	err = err ? err : read_answers(reader, &read);
	err = err ? err : read_persons(reader, &read);
	if (!err) {
		*row = read;
		*fate = DRP_ROW_KEPT;
	}
	return err;
}
