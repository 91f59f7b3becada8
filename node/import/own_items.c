/* SPDX-License-Identifier: Apache-2.0 */
#include "node/import/own_items.h"

#include "node/import/answer.h"
#include "proto/base/alloc.h"
#include "proto/base/text.h"
#include "proto/model/codes.h"
#include "proto/model/yaml.h"

#include <string.h>

/* The file as libcyaml reads it. */
struct wording {
	char *text, *help;
};

struct question {
	char *code;
	struct drp_word_list groups;
	struct wording *wording[DRP_GROUPS];
};

struct file {
	struct question *question;
	uint32_t question_count;
};

#define OPTIONAL (CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL)

static const cyaml_schema_value_t word = {
	CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, DRP_CODE_MAX)};

static const cyaml_schema_field_t wording_fields[] = {
	CYAML_FIELD_STRING_PTR(
		"text", OPTIONAL, struct wording, text, 0, DRP_TEXT_MAX_BYTES),
	CYAML_FIELD_STRING_PTR(
		"help", OPTIONAL, struct wording, help, 0, DRP_TEXT_MAX_BYTES),
	CYAML_FIELD_END,
};

#define WORDING(key, group)                                                              \
	CYAML_FIELD_MAPPING_PTR(                                                         \
		key, OPTIONAL, struct question, wording[group], wording_fields)

static const cyaml_schema_field_t question_fields[] = {
	CYAML_FIELD_STRING_PTR(
		"code", CYAML_FLAG_POINTER, struct question, code, 1, DRP_CODE_MAX - 1),
	CYAML_FIELD_SEQUENCE("groups", CYAML_FLAG_POINTER, struct question, groups.word,
		&word, 1, DRP_GROUPS),
	WORDING("leader", DRP_LEADER),
	WORDING("teacher", DRP_TEACHER),
	WORDING("pupil", DRP_PUPIL),
	CYAML_FIELD_END,
};

static const cyaml_schema_value_t question_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct question, question_fields)};

/* The schema's own bound is wide, so that a ninth question is refused by its rule. */
static const cyaml_schema_field_t file_fields[] = {
	CYAML_FIELD_SEQUENCE("questions", CYAML_FLAG_POINTER, struct file, question,
		&question_schema, 0, 10 * DRP_OWN_ITEMS_MAX),
	CYAML_FIELD_END,
};

static const cyaml_schema_value_t file_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct file, file_fields)};

static char *copy(struct drp_arena *arena, const char *text)
{
	return drp_arena_copy(arena, text, strlen(text));
}

static enum drp_err add_wording(struct drp_own_items *own, struct drp_own_item *item,
	int group, const struct wording *wording, const char *name, struct drp_diag *diag)
{
	if (!wording || !wording->text || !wording->text[0] || !wording->help ||
		!wording->help[0]) {
		return drp_fail(diag, DRP_E_INPUT,
			"%s: question %s is asked of group %s but lacks its text or its "
			"help text",
			name, item->code, drp_group_code(group));
	}
	item->groups |= (uint8_t)(1u << group);
	item->text[group] = copy(&own->arena, wording->text);
	item->help[group] = copy(&own->arena, wording->help);
	return item->text[group] && item->help[group] ? DRP_OK : DRP_E_NOMEM;
}

static enum drp_err add_question(struct drp_own_items *own,
	const struct question *question, const char *name,
	const struct drp_instrument *instrument, struct drp_diag *diag)
{
	struct drp_own_item *item = &own->item[own->n];
	if (!drp_code_valid(question->code, DRP_CODE_MAX)) {
		return drp_fail(diag, DRP_E_INPUT,
			"%s: code '%s' must be letters, digits, '_', '.' or '-'", name,
			question->code);
	}
	if (drp_instrument_item(instrument, question->code) >= 0 ||
		drp_own_item_find(own, question->code) >= 0) {
		return drp_fail(diag, DRP_E_INPUT,
			"%s: code %s is already taken; choose another", name,
			question->code);
	}
	item->code = copy(&own->arena, question->code);
	if (!item->code) {
		return DRP_E_NOMEM;
	}
	for (uint32_t i = 0; i < question->groups.word_count; i++) {
		int group = drp_group_of(question->groups.word[i]);
		if (group < 0) {
			return drp_fail(diag, DRP_E_INPUT,
				"%s: question %s names group '%s'; it must be leader, "
				"teacher or "
				"pupil",
				name, item->code, question->groups.word[i]);
		}
		enum drp_err err = add_wording(
			own, item, group, question->wording[group], name, diag);
		if (err) {
			return err;
		}
	}
	own->n++;
	return DRP_OK;
}

static enum drp_err build(const struct file *file, const char *name,
	const struct drp_instrument *instrument, struct drp_own_items *own,
	struct drp_diag *diag)
{
	if (file->question_count > DRP_OWN_ITEMS_MAX) {
		return drp_fail(diag, DRP_E_POLICY,
			"%s: %u questions; a school may add at most %d per level and "
			"session",
			name, file->question_count, DRP_OWN_ITEMS_MAX);
	}
	for (uint32_t i = 0; i < file->question_count; i++) {
		enum drp_err err =
			add_question(own, &file->question[i], name, instrument, diag);
		if (err) {
			return err == DRP_E_NOMEM
				       ? drp_fail(diag, err, "%s: no memory to read it",
						 name)
				       : err;
		}
	}
	return DRP_OK;
}

enum drp_err drp_own_items_load(const void *bytes, size_t n, const char *name,
	const struct drp_instrument *instrument, struct drp_own_items **own,
	struct drp_diag *diag)
{
	void *loaded = NULL;
	enum drp_err err = drp_yaml_load(bytes, n, name, &file_schema, &loaded, diag);
	if (err) {
		return err;
	}
	struct drp_own_items *built = drp_alloc(1, sizeof *built);
	if (!built) {
		err = drp_fail(diag, DRP_E_NOMEM, "%s: no memory to read it", name);
	} else {
		err = build(loaded, name, instrument, built, diag);
	}
	drp_yaml_free(&file_schema, loaded);
	if (err) {
		drp_own_items_free(built);
		return err;
	}
	*own = built;
	return DRP_OK;
}

void drp_own_items_free(struct drp_own_items *own)
{
	if (own) {
		drp_arena_clear(&own->arena);
		drp_free(own);
	}
}

enum drp_err drp_own_items_may_edit(uint32_t submitted, struct drp_diag *diag)
{
	if (submitted > 0) {
		return drp_fail(diag, DRP_E_STATE,
			"%u questionnaires of this level have been submitted; own "
			"questions can "
			"only be changed before the first answer",
			submitted);
	}
	return DRP_OK;
}

int drp_own_item_find(const struct drp_own_items *own, const char *code)
{
	for (int i = 0; i < own->n; i++) {
		if (strcmp(own->item[i].code, code) == 0) {
			return i;
		}
	}
	return -1;
}

const struct drp_scale *drp_own_scale(void)
{
	static const struct drp_scale scale = {.code = "own", .points = 5, .has_na = 1};
	return &scale;
}

const char *drp_own_label(int point, const char *language)
{
	static const char *const nl[] = {
		"Helemaal mee oneens – naar mijn ervaring is dit geheel onwaar",
		"Niet mee eens", "Enigszins mee eens", "Mee eens",
		"Helemaal mee eens – naar mijn ervaring is dit geheel waar"};
	static const char *const en[] = {
		"Strongly disagree – in my experience this is not true at all",
		"Disagree", "Somewhat agree", "Agree",
		"Strongly agree – in my experience this is completely true"};
	static const char *const fr[] = {
		"Pas du tout d'accord – d'après mon expérience, c'est tout à fait faux",
		"Pas d'accord", "Plutôt d'accord", "D'accord",
		"Tout à fait d'accord – d'après mon expérience, c'est tout à fait vrai"};
	static const char *const de[] = {
		"Stimme gar nicht zu – nach meiner Erfahrung ist das völlig falsch",
		"Stimme nicht zu", "Stimme teilweise zu", "Stimme zu",
		"Stimme völlig zu – nach meiner Erfahrung ist das völlig richtig"};
	if (point < 1 || point > 5) {
		return "?";
	}
	return (strncmp(language, "en", 2) == 0	  ? en
		: strncmp(language, "fr", 2) == 0 ? fr
		: strncmp(language, "de", 2) == 0 ? de
						  : nl)[point - 1];
}

enum drp_err drp_own_tabulate_add(struct drp_own_tabulation *tabulation,
	const struct drp_own_items *own, enum drp_group group,
	const uint8_t answer[DRP_OWN_ITEMS_MAX])
{
	for (int i = 0; i < own->n; i++) {
		int asked = own->item[i].groups >> group & 1;
		if (!drp_answer_fits(answer[i], drp_own_scale()) ||
			(!asked && answer[i] != DRP_ANSWER_NOT_SHOWN)) {
			return DRP_E_RANGE;
		}
	}
	for (int i = 0; i < own->n; i++) {
		tabulation->count[i][answer[i]]++;
	}
	tabulation->n++;
	return DRP_OK;
}
