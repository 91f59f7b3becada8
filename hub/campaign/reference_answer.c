/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/campaign/reference.h"
#include "hub/campaign/yaml_fields.h"

#include "proto/base/date.h"

#include <string.h>

const uint8_t drp_answer_level[DRP_ANSWER_CLASSES] = {1, 2, 34};

static const char *read_percent(const char *text, size_t n, void *out, size_t size)
{
	(void)n;
	(void)size;
	return drp_permille_parse(text, 0, out)
		       ? "not a percentage; write 0.0 to 100.0 with one decimal"
		       : NULL;
}

static const char *read_day(const char *text, size_t n, void *out, size_t size)
{
	int32_t day;
	const char *what = drp_yaml_text(text, n, out, size);
	return what ? what
	       : strcmp(text, "not stated") != 0 && drp_date_parse(text, &day)
		       ? "not a day; write YYYY-MM-DD or \"not stated\""
		       : NULL;
}

static const char *read_cohort(const char *text, size_t n, void *out, size_t size)
{
	const char *what = drp_yaml_text(text, n, out, size);
	return what ? what
	       : strcmp(text, "self-selected") != 0 && strcmp(text, "sample") != 0
		       ? "unknown; write self-selected or sample"
		       : NULL;
}

#define AT(member)                                                                       \
	offsetof(struct drp_answer, member), sizeof((struct drp_answer *)0)->member

static const struct drp_yaml_field questionnaires[] = {
	{"leader", drp_yaml_number, AT(questionnaires[DRP_LEADER]), NULL},
	{"teacher", drp_yaml_number, AT(questionnaires[DRP_TEACHER]), NULL},
	{"pupil", drp_yaml_number, AT(questionnaires[DRP_PUPIL]), NULL},
	{.key = NULL},
};

static const struct drp_yaml_field shares[] = {
	{"1", read_percent, AT(permille[0]), NULL},
	{"2", read_percent, AT(permille[1]), NULL},
	{"34", read_percent, AT(permille[2]), NULL},
	{.key = NULL},
};

static const struct drp_yaml_field levels[] = {
	{"base", drp_yaml_text, AT(base), NULL},
	{"shares", NULL, 0, 0, shares},
	{"residue", read_percent, AT(residue), NULL},
	{.key = NULL},
};

static const struct drp_yaml_field funnel[] = {
	{"registered", drp_yaml_text, AT(registered), NULL},
	{"completed", drp_yaml_number, AT(completed), NULL},
	{.key = NULL},
};

static const struct drp_yaml_field notes[] = {
	{"en", drp_yaml_text, AT(note_en), NULL},
	{"nl", drp_yaml_text, AT(note_nl), NULL},
	{.key = NULL},
};

static const struct drp_yaml_field answer_fields[] = {
	{"id", drp_yaml_code, AT(id), NULL},
	{"title", drp_yaml_text, AT(title), NULL},
	{"source", drp_yaml_text, AT(source), NULL},
	{"reference_date", read_day, AT(reference_date), NULL},
	{"cohort", read_cohort, AT(cohort), NULL},
	{"schools", drp_yaml_number, AT(schools), NULL},
	{"questionnaires", NULL, 0, 0, questionnaires},
	{"levels", NULL, 0, 0, levels},
	{"provinces", drp_yaml_text, AT(provinces), NULL},
	{"funnel", NULL, 0, 0, funnel},
	{"notes", NULL, 0, 0, notes},
	{.key = NULL},
};

/* What the figures say of each other. Shares are never scaled to 100 (R42). */
static const char *check(const void *object, const char **member)
{
	const struct drp_answer *answer = object;
	uint32_t sum = answer->residue;
	for (int i = 0; i < DRP_ANSWER_CLASSES; i++) {
		sum += answer->permille[i];
	}
	if (sum != 1000) {
		*member = "levels";
		return "shares and residue do not add up to 100.0; correct the residue";
	}
	if (answer->completed != answer->schools) {
		*member = "funnel";
		return "completed is not the number of schools; make them equal";
	}
	return NULL;
}

enum drp_err drp_answer_parse(const void *text, size_t n, const char *name,
	struct drp_answer *answer, struct drp_diag *diag)
{
	struct drp_answer made = {0};
	enum drp_err e = drp_yaml_read(text, n, name, answer_fields, check, &made, diag);
	if (!e) {
		*answer = made;
	}
	return e;
}
