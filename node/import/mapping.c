/* SPDX-License-Identifier: Apache-2.0 */
#include "node/import/mapping.h"

#include "node/import/answer.h"
#include "proto/model/codes.h"
#include "proto/model/yaml.h"

#include <string.h>

#define WORDS_MAX 1000

static const cyaml_schema_value_t word = {
	CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 0, DRP_TEXT_MAX_BYTES)};

#define OPTIONAL (CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL)
#define WORD(key, type, member)                                                          \
	CYAML_FIELD_STRING_PTR(                                                          \
		key, CYAML_FLAG_POINTER, type, member, 1, DRP_TEXT_MAX_BYTES)
#define MAYBE_WORD(key, type, member)                                                    \
	CYAML_FIELD_STRING_PTR(key, OPTIONAL, type, member, 1, DRP_TEXT_MAX_BYTES)
#define WORDS(key, type, member)                                                         \
	CYAML_FIELD_SEQUENCE(key, OPTIONAL, type, member.word, &word, 0, WORDS_MAX)
#define ANSWER(key, answer) WORDS(key, struct drp_answer_codes, list[answer])

static const cyaml_schema_field_t codes_fields[] = {
	ANSWER("1", 1),
	ANSWER("2", 2),
	ANSWER("3", 3),
	ANSWER("4", 4),
	ANSWER("5", 5),
	ANSWER("6", 6),
	ANSWER("7", 7),
	ANSWER("NA", DRP_ANSWER_NA),
	ANSWER("ticked", DRP_ANSWER_TICKED),
	ANSWER("not_ticked", DRP_ANSWER_NOT_TICKED),
	ANSWER("blank", DRP_ANSWER_BLANK),
	ANSWER("not_shown", DRP_ANSWER_NOT_SHOWN),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t completed_fields[] = {
	WORD("column", struct drp_mapping_completed, column),
	WORDS("values", struct drp_mapping_completed, values),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t group_fields[] = {
	WORD("column", struct drp_mapping_groups, column),
	WORDS("leader", struct drp_mapping_groups, codes[DRP_LEADER]),
	WORDS("teacher", struct drp_mapping_groups, codes[DRP_TEACHER]),
	WORDS("pupil", struct drp_mapping_groups, codes[DRP_PUPIL]),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t level_fields[] = {
	WORD("column", struct drp_mapping_levels, column),
	WORDS("1", struct drp_mapping_levels, codes[0]),
	WORDS("2", struct drp_mapping_levels, codes[1]),
	WORDS("3", struct drp_mapping_levels, codes[2]),
	WORDS("4", struct drp_mapping_levels, codes[3]),
	WORDS("5", struct drp_mapping_levels, codes[4]),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t scale_fields[] = {
	WORD("scale", struct drp_mapping_scale, scale),
	CYAML_FIELD_MAPPING_PTR("codes", CYAML_FLAG_POINTER, struct drp_mapping_scale,
		codes, codes_fields),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t column_fields[] = {
	WORD("column", struct drp_mapping_column, column),
	WORD("item", struct drp_mapping_column, item),
	CYAML_FIELD_MAPPING_PTR(
		"codes", OPTIONAL, struct drp_mapping_column, codes, codes_fields),
	CYAML_FIELD_END,
};

static const cyaml_schema_value_t scale_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct drp_mapping_scale, scale_fields)};
static const cyaml_schema_value_t column_schema = {CYAML_VALUE_MAPPING(
	CYAML_FLAG_DEFAULT, struct drp_mapping_column, column_fields)};

static const cyaml_schema_field_t mapping_fields[] = {
	WORD("tool", struct drp_mapping, tool),
	CYAML_FIELD_MAPPING_PTR(
		"completed", OPTIONAL, struct drp_mapping, completed, completed_fields),
	MAYBE_WORD("person", struct drp_mapping, person),
	MAYBE_WORD("age", struct drp_mapping, age),
	MAYBE_WORD("group", struct drp_mapping, group),
	CYAML_FIELD_MAPPING_PTR(
		"group_column", OPTIONAL, struct drp_mapping, group_column, group_fields),
	MAYBE_WORD("level", struct drp_mapping, level),
	CYAML_FIELD_MAPPING_PTR(
		"level_column", OPTIONAL, struct drp_mapping, level_column, level_fields),
	WORDS("missing", struct drp_mapping, missing),
	WORDS("ignore", struct drp_mapping, ignore),
	CYAML_FIELD_SEQUENCE("scales", OPTIONAL, struct drp_mapping, scale, &scale_schema,
		0, DRP_SCALES_MAX),
	CYAML_FIELD_SEQUENCE("columns", OPTIONAL, struct drp_mapping, column,
		&column_schema, 0, DRP_IMPORT_COLUMNS_MAX),
	CYAML_FIELD_END,
};

static const cyaml_schema_value_t mapping_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct drp_mapping, mapping_fields)};

int drp_format_of(const char *text)
{
	static const char *const name[] = {[DRP_FORMAT_CSV] = "csv",
		[DRP_FORMAT_LIMESURVEY] = "limesurvey",
		[DRP_FORMAT_JSON] = "json"};
	for (int format = 0; format <= DRP_FORMAT_JSON; format++) {
		if (strcmp(text, name[format]) == 0) {
			return format;
		}
	}
	return -1;
}

int drp_word_list_has(const struct drp_word_list *list, const char *text)
{
	for (uint32_t i = 0; i < list->word_count; i++) {
		if (strcmp(list->word[i], text) == 0) {
			return 1;
		}
	}
	return 0;
}

const struct drp_answer_codes *drp_mapping_codes(const struct drp_mapping *mapping,
	const struct drp_instrument *instrument, int column, int item)
{
	if (column >= 0 && mapping->column[column].codes) {
		return mapping->column[column].codes;
	}
	const char *scale = instrument->scale[instrument->item[item].scale].code;
	for (uint32_t i = 0; i < mapping->scale_count; i++) {
		if (strcmp(mapping->scale[i].scale, scale) == 0) {
			return mapping->scale[i].codes;
		}
	}
	return NULL;
}

/* What a check needs to know to name the place of a mistake. */
struct check {
	const char *name;
	const struct drp_instrument *instrument;
	struct drp_diag *diag;
};

static int times(const struct drp_answer_codes *codes, const char *code)
{
	int n = 0;
	for (int answer = 0; answer < DRP_ANSWERS; answer++) {
		const struct drp_word_list *list = &codes->list[answer];
		for (uint32_t i = 0; i < list->word_count; i++) {
			n += strcmp(list->word[i], code) == 0;
		}
	}
	return n;
}

static enum drp_err check_codes(const struct check *check, const char *where,
	const struct drp_scale *scale, const struct drp_answer_codes *codes)
{
	for (int answer = 0; answer < DRP_ANSWERS; answer++) {
		const struct drp_word_list *list = &codes->list[answer];
		if (list->word_count && !drp_answer_fits(answer, scale)) {
			return drp_fail(check->diag, DRP_E_INPUT,
				"%s: %s gives codes for %s, which scale %s does not have",
				check->name, where, drp_answer_name(answer), scale->code);
		}
		for (uint32_t i = 0; i < list->word_count; i++) {
			if (times(codes, list->word[i]) > 1) {
				return drp_fail(check->diag, DRP_E_INPUT,
					"%s: %s gives code '%.40s' more than once",
					check->name, where, list->word[i]);
			}
		}
	}
	return DRP_OK;
}

static int scale_index(const struct drp_instrument *instrument, const char *code)
{
	for (int i = 0; i < instrument->n_scales; i++) {
		if (strcmp(instrument->scale[i].code, code) == 0) {
			return i;
		}
	}
	return -1;
}

static enum drp_err check_scales(
	const struct check *check, const struct drp_mapping *mapping)
{
	for (uint32_t i = 0; i < mapping->scale_count; i++) {
		const struct drp_mapping_scale *entry = &mapping->scale[i];
		int scale = scale_index(check->instrument, entry->scale);
		if (scale < 0) {
			return drp_fail(check->diag, DRP_E_INPUT,
				"%s: scale '%.40s' is not in instrument %s", check->name,
				entry->scale, check->instrument->id);
		}
		for (uint32_t j = 0; j < i; j++) {
			if (strcmp(mapping->scale[j].scale, entry->scale) == 0) {
				return drp_fail(check->diag, DRP_E_INPUT,
					"%s: scale '%.40s' is listed twice", check->name,
					entry->scale);
			}
		}
		enum drp_err err = check_codes(check, entry->scale,
			&check->instrument->scale[scale], entry->codes);
		if (err) {
			return err;
		}
	}
	return DRP_OK;
}

static enum drp_err check_column(
	const struct check *check, const struct drp_mapping *mapping, uint32_t i)
{
	const struct drp_mapping_column *entry = &mapping->column[i];
	int item = drp_instrument_item(check->instrument, entry->item);
	if (item < 0) {
		return drp_fail(check->diag, DRP_E_INPUT,
			"%s: column '%.40s' names item '%.40s', which is not in "
			"instrument %s",
			check->name, entry->column, entry->item, check->instrument->id);
	}
	for (uint32_t j = 0; j < i; j++) {
		if (strcmp(mapping->column[j].column, entry->column) == 0 ||
			strcmp(mapping->column[j].item, entry->item) == 0) {
			return drp_fail(check->diag, DRP_E_INPUT,
				"%s: column '%.40s' or item '%.40s' is listed twice",
				check->name, entry->column, entry->item);
		}
	}
	const struct drp_scale *scale =
		&check->instrument->scale[check->instrument->item[item].scale];
	return entry->codes ? check_codes(check, entry->item, scale, entry->codes)
			    : DRP_OK;
}

static enum drp_err check_mapping(
	const struct check *check, const struct drp_mapping *mapping)
{
	if (drp_format_of(mapping->tool) < 0) {
		return drp_fail(check->diag, DRP_E_INPUT,
			"%s: tool is '%.40s'; it must be csv, json or limesurvey",
			check->name, mapping->tool);
	}
	if (mapping->group && drp_group_of(mapping->group) < 0) {
		return drp_fail(check->diag, DRP_E_INPUT,
			"%s: group is '%.40s'; it must be leader, teacher or pupil",
			check->name, mapping->group);
	}
	if (mapping->level && drp_level_of(mapping->level) < 0) {
		return drp_fail(check->diag, DRP_E_INPUT, "%s: level must be 1 to 5",
			check->name);
	}
	if ((mapping->group && mapping->group_column) ||
		(mapping->level && mapping->level_column)) {
		return drp_fail(check->diag, DRP_E_INPUT,
			"%s: a group (or level) is either one for all rows or a column, "
			"not both",
			check->name);
	}
	enum drp_err err = check_scales(check, mapping);
	for (uint32_t i = 0; !err && i < mapping->column_count; i++) {
		err = check_column(check, mapping, i);
	}
	return err;
}

enum drp_err drp_mapping_load(const void *bytes, size_t n, const char *name,
	const struct drp_instrument *instrument, struct drp_mapping **mapping,
	struct drp_diag *diag)
{
	void *loaded = NULL;
	enum drp_err err = drp_yaml_load(bytes, n, name, &mapping_schema, &loaded, diag);
	if (err) {
		return err;
	}
	struct check check = {.name = name, .instrument = instrument, .diag = diag};
	err = check_mapping(&check, loaded);
	if (err) {
		drp_yaml_free(&mapping_schema, loaded);
		return err;
	}
	*mapping = loaded;
	return DRP_OK;
}

void drp_mapping_free(struct drp_mapping *mapping)
{
	if (mapping) {
		drp_yaml_free(&mapping_schema, mapping);
	}
}
