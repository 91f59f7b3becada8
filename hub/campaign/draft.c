/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/campaign/draft.h"

#include "proto/base/date.h"
#include "proto/base/text.h"
#include "proto/model/codes.h"
#include "proto/model/manifest_check.h"
#include "proto/model/yaml.h"
#include "proto/privacy/ledger.h"
#include "proto/privacy/rational.h"
#include "proto/session/policy.h"

#include <stdio.h>
#include <string.h>

/* ---- the file, as libcyaml sees it ---- */

struct file_groups {
	char *leader, *teacher, *pupil;
};

struct file_thresholds {
	char *schools, *boards, *school_percent, *board_percent;
	struct file_groups *respondents, *unit;
};

struct file_fold {
	char *family, *from, *into;
};

struct file {
	char *campaign, *title, *region, *instrument, *frame, *track, *cohort, *deadline;
	char *replaces;
	struct {
		char *from, *to;
	} period;
	struct file_thresholds *thresholds;
	struct file_groups *budget;
	struct file_fold *fold;
	uint32_t fold_count;
};

#define TEXT(key, type, member, max)                                                     \
	CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER, type, member, 1, max)
#define OPTIONAL_TEXT(key, type, member, max)                                            \
	CYAML_FIELD_STRING_PTR(                                                          \
		key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type, member, 1, max)

static const cyaml_schema_field_t groups_fields[] = {
	OPTIONAL_TEXT("leader", struct file_groups, leader, 40),
	OPTIONAL_TEXT("teacher", struct file_groups, teacher, 40),
	OPTIONAL_TEXT("pupil", struct file_groups, pupil, 40), CYAML_FIELD_END};

static const cyaml_schema_field_t thresholds_fields[] = {
	OPTIONAL_TEXT("schools", struct file_thresholds, schools, 40),
	OPTIONAL_TEXT("boards", struct file_thresholds, boards, 40),
	OPTIONAL_TEXT(
		"largest-school-percent", struct file_thresholds, school_percent, 40),
	OPTIONAL_TEXT("largest-board-percent", struct file_thresholds, board_percent, 40),
	CYAML_FIELD_MAPPING_PTR("respondents", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
		struct file_thresholds, respondents, groups_fields),
	CYAML_FIELD_MAPPING_PTR("unit", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
		struct file_thresholds, unit, groups_fields),
	CYAML_FIELD_END};

static const cyaml_schema_field_t fold_fields[] = {
	TEXT("family", struct file_fold, family, 20),
	TEXT("from", struct file_fold, from, 20),
	TEXT("into", struct file_fold, into, 20), CYAML_FIELD_END};
static const cyaml_schema_value_t fold_value = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct file_fold, fold_fields)};

static const cyaml_schema_field_t period_fields[] = {
	CYAML_FIELD_STRING_PTR(
		"from", CYAML_FLAG_POINTER, struct file, period.from, 1, 10),
	CYAML_FIELD_STRING_PTR("to", CYAML_FLAG_POINTER, struct file, period.to, 1, 10),
	CYAML_FIELD_END};

static const cyaml_schema_field_t file_fields[] = {
	TEXT("campaign", struct file, campaign, DRP_NAME_MAX - 1),
	TEXT("title", struct file, title, DRP_NAME_MAX - 1),
	TEXT("region", struct file, region, DRP_CODE_MAX - 1),
	TEXT("instrument", struct file, instrument, DRP_PATH_MAX - 1),
	OPTIONAL_TEXT("frame", struct file, frame, DRP_PATH_MAX - 1),
	TEXT("track", struct file, track, 10), TEXT("cohort", struct file, cohort, 20),
	TEXT("deadline", struct file, deadline, 10),
	OPTIONAL_TEXT("replaces", struct file, replaces, DRP_NAME_MAX - 1),
	/* The period's fields lie in struct file itself, hence the offset 0. */
	{.key = "period",
		.value = {CYAML_VALUE_MAPPING(
			CYAML_FLAG_DEFAULT, struct file, period_fields)},
		.data_offset = 0,
		.count_size = 0},
	CYAML_FIELD_MAPPING_PTR("thresholds", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
		struct file, thresholds, thresholds_fields),
	CYAML_FIELD_MAPPING_PTR("budget", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
		struct file, budget, groups_fields),
	CYAML_FIELD_SEQUENCE("fold", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
		struct file, fold, &fold_value, 0, DRP_FOLDS_MAX),
	CYAML_FIELD_END};

static const cyaml_schema_value_t file_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct file, file_fields)};

/* ---- checks beyond the schema ---- */

struct reading {
	const char *path;
	struct drp_diag *diag;
};

static enum drp_err bad(const struct reading *r, const char *field, const char *want)
{
	return drp_fail(r->diag, DRP_E_INPUT, "%s: %s: %s", r->path, field, want);
}

static const char *group_text(const struct file_groups *g, int group)
{
	return !g		      ? NULL
	       : group == DRP_LEADER  ? g->leader
	       : group == DRP_TEACHER ? g->teacher
				      : g->pupil;
}

static enum drp_err read_dates(
	const struct reading *r, const struct file *f, struct drp_draft *d)
{
	if (drp_date_parse(f->period.from, &d->period_from) ||
		drp_date_parse(f->period.to, &d->period_to) || d->period_from < 0 ||
		d->period_to > DRP_DAY_MAX || d->period_to < d->period_from) {
		return bad(r, "period",
			"two days YYYY-MM-DD, from not after to, are expected");
	}
	if ((int64_t)d->period_to - d->period_from > DRP_PERIOD_MAX_DAYS) {
		return bad(r, "period", "it lasts a year at most: nodes refuse more");
	}
	if (drp_date_parse(f->deadline, &d->deadline) || d->deadline >= DRP_DAY_MAX ||
		d->deadline < d->period_from) {
		return bad(r, "deadline",
			"a day YYYY-MM-DD inside or after the period is expected");
	}
	return DRP_OK;
}

static enum drp_err read_kinds(
	const struct reading *r, const struct file *f, struct drp_draft *d)
{
	int track = drp_track_of(f->track);
	if (!drp_code_valid(f->campaign, DRP_NAME_MAX)) {
		return bad(r, "campaign",
			"an id of letters, digits, '-', '_' and '.' is expected");
	}
	if (strpbrk(f->title, "\r\n\t")) {
		return bad(r, "title", "one line of text is expected");
	}
	if (!drp_code_valid(f->region, sizeof d->region)) {
		return bad(r, "region",
			"a code of 1-15 letters and digits such as VL is expected");
	}
	if (track < 0) {
		return bad(r, "track", "'open' or 'sealed' is expected");
	}
	if (strcmp(f->cohort, "self-selected") && strcmp(f->cohort, "sample")) {
		return bad(r, "cohort", "'self-selected' or 'sample' is expected");
	}
	if (f->replaces && (track != DRP_TRACK_SEALED ||
				   !drp_code_valid(f->replaces, sizeof d->replaces) ||
				   strcmp(f->replaces, f->campaign) == 0)) {
		return bad(r, "replaces",
			"the id of another campaign, of the sealed track, is expected");
	}
	d->track = (uint8_t)track;
	snprintf(d->replaces, sizeof d->replaces, "%s", f->replaces ? f->replaces : "");
	d->sample = strcmp(f->cohort, "sample") == 0;
	snprintf(d->id, sizeof d->id, "%s", f->campaign);
	snprintf(d->title, sizeof d->title, "%s", f->title);
	snprintf(d->region, sizeof d->region, "%s", f->region);
	snprintf(d->instrument, sizeof d->instrument, "%s", f->instrument);
	snprintf(d->frame, sizeof d->frame, "%s", f->frame ? f->frame : "");
	return DRP_OK;
}

/* An operator may make a threshold stricter, never weaker than the design's, which is
 * what *value holds on entry: a least number is raised, a largest share lowered. */
static enum drp_err tighten(const struct reading *r, const char *field, const char *text,
	uint32_t least, uint32_t most, uint32_t *value)
{
	return text && drp_parse_u32(text, least, most, value)
		       ? drp_fail(r->diag, DRP_E_INPUT,
				 "%s: thresholds: %s: a whole number from %u to %u is "
				 "expected; a threshold can be made stricter, not weaker",
				 r->path, field, least, most)
		       : DRP_OK;
}

static enum drp_err read_thresholds(const struct reading *r,
	const struct file_thresholds *f, struct drp_thresholds *t)
{
	*t = (struct drp_thresholds){.k_schools = 5,
		.k_boards = 3,
		.max_school_percent = 50,
		.max_board_percent = 70,
		.k_respondents = {5, 10, 20},
		.k_unit = {5, 10, 20}};
	if (!f) {
		return DRP_OK;
	}
	enum drp_err err = tighten(
		r, "schools", f->schools, t->k_schools, DRP_SCHOOLS_MAX, &t->k_schools);
	err = err ? err
		  : tighten(r, "boards", f->boards, t->k_boards, DRP_SCHOOLS_MAX,
			    &t->k_boards);
	err = err ? err
		  : tighten(r, "largest-school-percent", f->school_percent, 1,
			    t->max_school_percent, &t->max_school_percent);
	err = err ? err
		  : tighten(r, "largest-board-percent", f->board_percent, 1,
			    t->max_board_percent, &t->max_board_percent);
	for (int g = 0; err == DRP_OK && g < DRP_GROUPS; g++) {
		err = tighten(r, "respondents", group_text(f->respondents, g),
			t->k_respondents[g], DRP_UNIT_ELIGIBLE_MAX, &t->k_respondents[g]);
		err = err ? err
			  : tighten(r, "unit", group_text(f->unit, g), t->k_unit[g],
				    DRP_UNIT_ELIGIBLE_MAX, &t->k_unit[g]);
	}
	return err;
}

static enum drp_err read_budget(const struct reading *r, const struct file_groups *f,
	struct drp_rational rho[DRP_GROUPS])
{
	for (int g = 0; g < DRP_GROUPS; g++) {
		rho[g] = drp_ledger_default_rho((enum drp_group)g);
		const char *text = group_text(f, g);
		if (text && (drp_rational_parse(text, &rho[g]) || rho[g].num <= 0 ||
				    drp_rational_cmp(rho[g],
					    drp_ledger_cap((enum drp_group)g)) > 0)) {
			return bad(r, "budget",
				"a positive rho such as 243559/10000000, at most the "
				"yearly cap, is expected");
		}
	}
	return DRP_OK;
}

/* Cells of province_level fold by level, inside their province. */
static int code_of(int family, const char *code)
{
	switch (family) {
	case DRP_FAMILY_PROVINCE:
		return drp_province_of(code);
	case DRP_FAMILY_LEVEL:
	case DRP_FAMILY_PROVINCE_LEVEL:
		return drp_level_of(code);
	case DRP_FAMILY_NETWORK:
		return drp_network_of(code);
	default:
		return -1;
	}
}

static enum drp_err read_folds(
	const struct reading *r, const struct file *f, struct drp_draft *d)
{
	for (uint32_t i = 0; i < f->fold_count; i++) {
		int family = drp_family_of(f->fold[i].family);
		int from = code_of(family, f->fold[i].from),
		    into = code_of(family, f->fold[i].into);
		if (from < 0 || into < 0 || from == into) {
			return bad(r, "fold",
				"family (province, level, network or province_level) and "
				"two different codes of it are expected");
		}
		d->fold[d->n_folds++] =
			(struct drp_fold){(uint8_t)family, (uint8_t)from, (uint8_t)into};
	}
	return DRP_OK;
}

enum drp_err drp_draft_read(const void *text, size_t n, const char *path,
	struct drp_draft *draft, struct drp_diag *diag)
{
	const struct reading r = {path, diag};
	void *out = NULL;
	enum drp_err err = drp_yaml_load(text, n, path, &file_schema, &out, diag);
	if (err) {
		return err;
	}
	const struct file *f = out;
	struct drp_draft d = {0};
	err = read_kinds(&r, f, &d);
	err = err ? err : read_dates(&r, f, &d);
	err = err ? err : read_thresholds(&r, f->thresholds, &d.thresholds);
	err = err ? err : read_budget(&r, f->budget, d.rho);
	err = err ? err : read_folds(&r, f, &d);
	drp_yaml_free(&file_schema, out);
	if (err == DRP_OK) {
		*draft = d;
	}
	return err;
}
