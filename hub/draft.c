/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/draft.h"

#include "proto/base/alloc.h"
#include "proto/base/date.h"
#include "proto/base/text.h"
#include "proto/model/codes.h"
#include "proto/model/manifest_check.h"
#include "proto/model/yaml.h"
#include "proto/privacy/ledger.h"
#include "proto/privacy/rational.h"
#include "proto/privacy/sensitivity.h"
#include "proto/session/policy.h"

#include <stdio.h>
#include <stdlib.h>
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
	if (track == DRP_TRACK_SEALED) {
		return drp_fail(r->diag, DRP_E_STATE,
			"%s: track: sealed campaigns need a notary, which this version "
			"does not "
			"have; use 'open'",
			r->path);
	}
	if (strcmp(f->cohort, "self-selected") && strcmp(f->cohort, "sample")) {
		return bad(r, "cohort", "'self-selected' or 'sample' is expected");
	}
	d->track = (uint8_t)track;
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

/* ---- the manifest ---- */

/* On the open track one draw per unit and group serves every family: the region's
 * release is charged, the others are sums of the same noisy integers and cost nothing.
 * Leaders and two-way cells of teachers carry too much noise to be worth opening. */
static const uint8_t value_families[DRP_GROUPS] = {
	[DRP_LEADER] = 1u << DRP_FAMILY_REGION,
	[DRP_TEACHER] = 1u << DRP_FAMILY_REGION | 1u << DRP_FAMILY_PROVINCE |
			1u << DRP_FAMILY_LEVEL | 1u << DRP_FAMILY_NETWORK,
	[DRP_PUPIL] = (1u << DRP_FAMILIES) - 1,
};

static enum drp_err plan_releases(const struct drp_instrument *instrument,
	struct drp_manifest *m, struct drp_diag *diag)
{
	for (int g = 0; g < DRP_GROUPS; g++) {
		uint16_t items[DRP_ITEMS_MAX];
		uint32_t delta2 = DRP_DELTA2_PAIR *
				  (uint32_t)drp_instrument_vector(instrument,
					  (enum drp_group)g, DRP_ITEM_CORE, items);
		if (delta2 == 0) {
			continue; /* the instrument asks this group nothing */
		}
		uint32_t sigma2 = 0;
		enum drp_err err = drp_sigma2_for(delta2, m->rho[g], &sigma2);
		if (err) {
			return drp_fail(diag, err,
				"the budget of group %s cannot be kept: %s",
				drp_group_code(g), drp_err_text(err));
		}
		for (int f = 0; f < DRP_FAMILIES; f++) {
			int values = value_families[g] >> f & 1;
			m->release[m->n_releases++] =
				(struct drp_release){.group = (uint8_t)g,
					.family = (uint8_t)f,
					.map = values ? DRP_MAP_PAIRS : DRP_MAP_COUNTS,
					.rho = f == DRP_FAMILY_REGION
						       ? m->rho[g]
						       : (struct drp_rational){0, 1},
					.delta2 = values ? delta2 : 0,
					.sigma2 = values ? sigma2 : 0};
		}
	}
	return DRP_OK;
}

/* A uniform number below n, by rejection. */
static uint32_t uniform(const struct drp_rng *rng, uint32_t n)
{
	uint32_t v, limit = UINT32_MAX - UINT32_MAX % n;
	do {
		rng->fill(rng->self, &v, sizeof v);
	} while (v >= limit);
	return v % n;
}

static uint32_t *permutation(const struct drp_rng *rng, uint32_t n)
{
	uint32_t *p = drp_alloc(n, sizeof *p);
	for (uint32_t i = 0; p && i < n; i++) {
		uint32_t k = uniform(rng, i + 1);
		p[i] = p[k];
		p[k] = i;
	}
	return p;
}

/* Boards numbered in order of first sight; the permutation hides that order. */
static uint32_t board_number(const struct drp_school *schools, size_t i, uint32_t *boards,
	const uint32_t *number)
{
	for (size_t k = 0; k < i; k++) {
		if (strcmp(schools[k].board, schools[i].board) == 0) {
			return number[k];
		}
	}
	return (*boards)++;
}

static int by_id(const void *a, const void *b)
{
	return memcmp(((const struct drp_unit *)a)->id.b,
		((const struct drp_unit *)b)->id.b, sizeof(struct drp_id));
}

static void add_units(struct drp_manifest *m, const struct drp_school *school,
	uint32_t number, uint32_t board, const struct drp_rng *rng)
{
	for (int level = 1; level <= DRP_LEVELS; level++) {
		if (!(school->levels & 1u << level)) {
			continue;
		}
		struct drp_unit *u = &m->unit[m->n_units++];
		rng->fill(rng->self, u->id.b, sizeof u->id.b);
		u->school = number;
		u->board = board;
		u->level = (uint8_t)level;
		u->province = school->province;
		u->network = school->network;
		memcpy(u->eligible, school->eligible[level], sizeof u->eligible);
	}
}

static enum drp_err take_register(struct drp_manifest *m,
	const struct drp_school *schools, size_t n, const struct drp_rng *rng)
{
	uint32_t *school = permutation(rng, (uint32_t)n);
	uint32_t *seen = drp_alloc(n, sizeof *seen);
	m->key = drp_arena_alloc(&m->arena, n, sizeof *m->key);
	m->unit = drp_arena_alloc(&m->arena, n * DRP_LEVELS, sizeof *m->unit);
	uint32_t *board = NULL;
	enum drp_err err = DRP_E_NOMEM;
	if (!school || !seen || !m->key || !m->unit) {
		goto cleanup;
	}
	for (size_t i = 0; i < n; i++) {
		seen[i] = board_number(schools, i, &m->n_boards, seen);
	}
	board = permutation(rng, m->n_boards);
	if (!board) {
		goto cleanup;
	}
	m->n_schools = (uint32_t)n;
	for (size_t i = 0; i < n; i++) {
		if (schools[i].enrolled) {
			m->key[school[i]] = schools[i].key;
		}
		add_units(m, &schools[i], school[i], board[seen[i]], rng);
	}
	qsort(m->unit, m->n_units, sizeof *m->unit, by_id);
	err = DRP_OK;
cleanup:
	drp_free(school);
	drp_free(seen);
	drp_free(board);
	return err;
}

static size_t count_units(const struct drp_school *schools, size_t n)
{
	size_t units = 0;
	for (size_t i = 0; i < n; i++) {
		units += (size_t)__builtin_popcount(schools[i].levels);
	}
	return units;
}

enum drp_err drp_draft_manifest(const struct drp_draft *draft,
	const struct drp_instrument *instrument, const struct drp_school *schools,
	size_t n, const struct drp_rng *rng, struct drp_manifest **manifest,
	struct drp_diag *diag)
{
	if (n == 0 || n > DRP_SCHOOLS_MAX) {
		return drp_fail(diag, DRP_E_RANGE,
			"the register holds %zu schools; import one to %d with 'school "
			"import'",
			n, DRP_SCHOOLS_MAX);
	}
	if (count_units(schools, n) > DRP_UNITS_MAX) {
		return drp_fail(diag, DRP_E_RANGE,
			"the register holds %zu units (school and level); a campaign "
			"takes at most %d",
			count_units(schools, n), DRP_UNITS_MAX);
	}
	struct drp_manifest *m = drp_alloc(1, sizeof *m);
	if (!m) {
		return drp_fail(diag, DRP_E_NOMEM, "no memory for the manifest");
	}
	snprintf(m->id, sizeof m->id, "%s", draft->id);
	snprintf(m->title, sizeof m->title, "%s", draft->title);
	snprintf(m->region, sizeof m->region, "%s", draft->region);
	m->track = draft->track;
	m->sample = draft->sample;
	m->year = (uint32_t)drp_school_year(draft->period_from);
	m->period_from = draft->period_from;
	m->period_to = draft->period_to;
	m->deadline_s = ((int64_t)draft->deadline + 1) * 86400 - 1;
	m->instrument = instrument->hash;
	m->thresholds = draft->thresholds;
	memcpy(m->rho, draft->rho, sizeof m->rho);
	memcpy(m->fold, draft->fold, sizeof m->fold);
	m->n_folds = draft->n_folds;
	enum drp_err err = plan_releases(instrument, m, diag);
	err = err ? err : take_register(m, schools, n, rng);
	if (err) {
		drp_manifest_free(m);
		return err;
	}
	*manifest = m;
	return DRP_OK;
}
