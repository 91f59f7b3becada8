/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/tables/cube.h"

#include "proto/base/alloc.h"
#include "proto/base/date.h"
#include "proto/model/codes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct {
	const char *name;
	const char *title[DRP_API_LANGUAGES];
	uint16_t dims;	 /* bit d set: has dimension d */
	uint8_t figures; /* bit f set: has figure f */
} tables[DRP_CUBES] = {
	{"participation", {"Deelname", "Participation", "Teilnahme", "Participation"},
		1u << DRP_DIM_PROVINCE | 1u << DRP_DIM_LEVEL | 1u << DRP_DIM_NETWORK |
			1u << DRP_DIM_GROUP | 1u << DRP_DIM_MEASURE |
			1u << DRP_DIM_INDICATOR | 1u << DRP_DIM_TIME,
		1u << DRP_FIGURE_VALUE | 1u << DRP_FIGURE_SCHOOLS},
	{"areas",
		{"Gemiddelden per gebied", "Moyennes par domaine",
			"Mittelwerte nach Bereich", "Means by area"},
		1u << DRP_DIM_PROVINCE | 1u << DRP_DIM_LEVEL | 1u << DRP_DIM_NETWORK |
			1u << DRP_DIM_GROUP | 1u << DRP_DIM_AREA |
			1u << DRP_DIM_INDICATOR | 1u << DRP_DIM_TIME,
		0x3f},
	{"items",
		{"Gemiddelden en verdelingen per stelling",
			"Moyennes et répartitions par énoncé",
			"Mittelwerte und Verteilungen nach Aussage",
			"Means and shares by statement"},
		1u << DRP_DIM_PROVINCE | 1u << DRP_DIM_LEVEL | 1u << DRP_DIM_NETWORK |
			1u << DRP_DIM_GROUP | 1u << DRP_DIM_ITEM | 1u << DRP_DIM_MEASURE |
			1u << DRP_DIM_INDICATOR | 1u << DRP_DIM_TIME,
		0x3f},
};

const char *drp_cube_name(enum drp_cube_table table)
{
	return tables[table].name;
}

int drp_cube_of(const char *name, size_t n)
{
	for (int t = 0; t < DRP_CUBES; t++) {
		if (strlen(tables[t].name) == n &&
			strncmp(tables[t].name, name, n) == 0) {
			return t;
		}
	}
	return -1;
}

/* ---- code lists ---- */

/* An observation's code in a dimension before INDICATOR, as the API writes it; id holds
 * it where it must be changed. */
static const char *observed(
	const struct drp_observation *o, enum drp_dim dim, char id[DRP_COHORT_CODE])
{
	const char *const text[DRP_DIM_INDICATOR] = {o->province, o->level, o->network,
		o->group == DRP_GROUPS ? "_T" : drp_group_code(o->group), o->area,
		o->item, o->measure};
	if (dim > DRP_DIM_NETWORK || !strchr(text[dim], '+')) {
		return text[dim];
	}
	snprintf(id, DRP_COHORT_CODE, "%s", text[dim]);
	for (char *p = id; (p = strchr(p, '+')); p++) {
		*p = '-';
	}
	return id;
}

/* The last code found, or the one after it, is most often the next one, too. */
static int find(const struct drp_cube_list *list, const char *id, size_t *hint)
{
	for (size_t k = 0; k < list->n; k++) {
		size_t i = (*hint + k) % list->n;
		if (strcmp(list->code[i].id, id) == 0) {
			*hint = i;
			return (int)i;
		}
	}
	return -1;
}

static struct drp_cube_code *append(struct drp_cube_list *list, const char *id)
{
	struct drp_cube_code *code = &list->code[list->n++];
	snprintf(code->id, sizeof code->id, "%s", id);
	return code;
}

/* A folded cohort is called by its parts. */
static int name_fold(struct drp_cube *cube, enum drp_dim dim, struct drp_cube_code *code)
{
	for (int l = 0; l < DRP_API_LANGUAGES; l++) {
		char name[512] = "", part[DRP_COHORT_CODE];
		size_t n = 0;
		for (const char *at = code->id;; at += strcspn(at, "-") + 1) {
			snprintf(part, sizeof part, "%.*s", (int)strcspn(at, "-"), at);
			const struct drp_label *label = drp_label_find(dim, part);
			n += (size_t)snprintf(name + n, sizeof name - n, "%s%s",
				n ? " + " : "", label ? label->in[l] : part);
			if (n >= sizeof name || !at[strcspn(at, "-")]) {
				break;
			}
		}
		code->name[l] = drp_arena_copy(&cube->arena, name, strlen(name));
		if (!code->name[l]) {
			return -1;
		}
	}
	return 0;
}

/* In that language, else English, else Dutch, else the first there is. */
static const char *wording(const struct drp_instrument *in, const struct drp_text *text,
	int language, const char *otherwise)
{
	const char *const order[] = {drp_language_code[language], "en", "nl"};
	for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
		int l = drp_instrument_language(in, order[i]);
		if (l >= 0 && text->in[l] && *text->in[l]) {
			return text->in[l];
		}
	}
	return text->in[0] ? text->in[0] : otherwise;
}

/* A statement is worded for each group: teachers' words name it, where they are asked. */
static const struct drp_text *item_text(const struct drp_item *item)
{
	static const int order[DRP_GROUPS] = {DRP_TEACHER, DRP_LEADER, DRP_PUPIL};
	for (int i = 0; i < DRP_GROUPS; i++) {
		if (item->groups >> order[i] & 1) {
			return &item->wording[order[i]];
		}
	}
	return &item->wording[0];
}

static void name_of_instrument(
	const struct drp_cube *cube, enum drp_dim dim, struct drp_cube_code *code)
{
	const struct drp_instrument *in = cube->publication->instrument;
	int item = dim == DRP_DIM_ITEM ? drp_instrument_item(in, code->id) : -1;
	const struct drp_text *text = item >= 0 ? item_text(&in->item[item]) : NULL;
	for (int a = 0; dim == DRP_DIM_AREA && a < in->n_areas; a++) {
		if (strcmp(in->area[a].code, code->id) == 0) {
			text = &in->area[a].name;
		}
	}
	code->parent = item >= 0 ? in->area[in->item[item].area].code : NULL;
	for (int l = 0; l < DRP_API_LANGUAGES; l++) {
		code->name[l] = text ? wording(in, text, l, code->id) : code->id;
	}
}

static int name_code(struct drp_cube *cube, enum drp_dim dim, struct drp_cube_code *code)
{
	const struct drp_label *label = drp_label_find(dim, code->id);
	if (dim == DRP_DIM_AREA || dim == DRP_DIM_ITEM) {
		name_of_instrument(cube, dim, code);
		return 0;
	}
	if (!label) {
		return name_fold(cube, dim, code);
	}
	for (int l = 0; l < DRP_API_LANGUAGES; l++) {
		code->name[l] = label->in[l];
	}
	return 0;
}

/* The fixed codes, or the instrument's, in their order: found out of order they would
 * make the order depend on the data. */
static void propose(
	const struct drp_cube *cube, enum drp_dim dim, struct drp_cube_list *list)
{
	const struct drp_instrument *in = cube->publication->instrument;
	size_t n;
	const struct drp_label *label = drp_labels(dim, &n);
	for (size_t i = 0; i < n; i++) {
		append(list, label[i].code);
	}
	for (int a = 0; dim == DRP_DIM_AREA && a < in->n_areas; a++) {
		append(list, in->area[a].code);
	}
	for (int i = 0; dim == DRP_DIM_ITEM && i < in->n_items; i++) {
		append(list, in->item[i].code);
	}
}

static enum drp_cube_table table_of(const struct drp_observation *o)
{
	return strcmp(o->area, "_T") == 0   ? DRP_CUBE_PARTICIPATION
	       : strcmp(o->item, "_T") == 0 ? DRP_CUBE_AREAS
					    : DRP_CUBE_ITEMS;
}

/* _T is no area and no item, but the absence of one. */
static int counts(const struct drp_observation *o, enum drp_dim dim)
{
	enum drp_cube_table table = table_of(o);
	return dim == DRP_DIM_AREA   ? table != DRP_CUBE_PARTICIPATION
	       : dim == DRP_DIM_ITEM ? table == DRP_CUBE_ITEMS
				     : 1;
}

static int see(
	struct drp_cube *cube, enum drp_dim dim, struct drp_cube_list *all, uint8_t *seen)
{
	const struct drp_edition *e = cube->publication->edition;
	size_t hint = 0;
	for (size_t i = 0; i < e->n_observations; i++) {
		char changed[DRP_COHORT_CODE];
		if (!counts(&e->observation[i], dim)) {
			continue;
		}
		const char *id = observed(&e->observation[i], dim, changed);
		int at = find(all, id, &hint);
		if (at < 0 && all->n == DRP_CUBE_CODES_MAX) {
			return -1;
		}
		if (at < 0) {
			append(all, id);
			at = (int)all->n - 1;
		}
		seen[at] |=
			(uint8_t)(1 | (table_of(&e->observation[i]) == cube->table) << 1);
	}
	return 0;
}

/* Keeps what the edition has of a dimension, and names it. */
static int list_codes(struct drp_cube *cube, enum drp_dim dim)
{
	struct drp_cube_list all = {0, drp_alloc(DRP_CUBE_CODES_MAX, sizeof *all.code)};
	struct drp_cube_list *list = &cube->list[dim];
	uint8_t seen[DRP_CUBE_CODES_MAX] = {0};
	list->code =
		drp_arena_alloc(&cube->arena, DRP_CUBE_CODES_MAX, sizeof *list->code);
	int failed = !all.code || !list->code;
	if (!failed) {
		propose(cube, dim, &all);
		failed = see(cube, dim, &all, seen) != 0;
	}
	for (size_t i = 0; !failed && i < all.n; i++) {
		if (seen[i]) {
			struct drp_cube_code *code = append(list, all.code[i].id);
			code->used = seen[i] >> 1;
			failed = name_code(cube, dim, code) != 0;
		}
	}
	drp_free(all.code);
	return failed ? -1 : 0;
}

static int list_figures(struct drp_cube *cube)
{
	struct drp_cube_list *list = &cube->list[DRP_DIM_INDICATOR];
	list->code = drp_arena_alloc(&cube->arena, DRP_FIGURES, sizeof *list->code);
	if (!list->code) {
		return -1;
	}
	size_t n;
	const struct drp_label *label = drp_labels(DRP_DIM_INDICATOR, &n);
	for (size_t f = 0; f < n; f++) {
		struct drp_cube_code *code = append(list, label[f].code);
		code->used = tables[cube->table].figures >> f & 1;
		name_code(cube, DRP_DIM_INDICATOR, code);
	}
	return 0;
}

static int list_period(struct drp_cube *cube)
{
	struct drp_cube_list *list = &cube->list[DRP_DIM_TIME];
	const struct drp_manifest *m = cube->publication->manifest;
	char from[DRP_DATE_TEXT], to[DRP_DATE_TEXT], name[96];
	list->code = drp_arena_alloc(&cube->arena, 1, sizeof *list->code);
	snprintf(cube->period, sizeof cube->period, "%.7s",
		drp_date_format(m->period_from, from));
	snprintf(name, sizeof name, "%s/%s (%u-%u)", from,
		drp_date_format(m->period_to, to), m->year, m->year + 1);
	char *copy = drp_arena_copy(&cube->arena, name, strlen(name));
	if (!list->code || !copy) {
		return -1;
	}
	struct drp_cube_code *code = append(list, cube->period);
	code->used = 1;
	for (int l = 0; l < DRP_API_LANGUAGES; l++) {
		code->name[l] = copy;
	}
	return 0;
}

/* ---- rows ---- */

static int compare_rows(const void *a, const void *b)
{
	const struct drp_cube_row *x = a, *y = b;
	for (int d = 0; d < DRP_DIM_INDICATOR; d++) {
		if (x->at[d] != y->at[d]) {
			return x->at[d] < y->at[d] ? -1 : 1;
		}
	}
	return x->observation < y->observation ? -1 : x->observation > y->observation;
}

static void place(struct drp_cube *cube, struct drp_cube_row *row, size_t hint[DRP_DIMS])
{
	for (int d = 0; d < DRP_DIM_INDICATOR; d++) {
		char changed[DRP_COHORT_CODE];
		if (drp_cube_has(cube, (enum drp_dim)d)) {
			int at = find(&cube->list[d],
				observed(row->observation, (enum drp_dim)d, changed),
				&hint[d]);
			row->at[d] = (uint16_t)(at < 0 ? 0 : at);
		}
	}
}

static void drop_repeated(struct drp_cube *cube)
{
	size_t kept = 0;
	for (size_t i = 0; i < cube->n_rows; i++) {
		if (kept == 0 || memcmp(cube->row[kept - 1].at, cube->row[i].at,
					 sizeof cube->row[i].at) != 0) {
			cube->row[kept++] = cube->row[i];
		}
	}
	cube->n_rows = kept;
}

static int list_rows(struct drp_cube *cube)
{
	const struct drp_edition *e = cube->publication->edition;
	size_t hint[DRP_DIMS] = {0};
	cube->row =
		drp_arena_alloc(&cube->arena, e->n_observations + 1, sizeof *cube->row);
	if (!cube->row) {
		return -1;
	}
	for (size_t i = 0; i < e->n_observations; i++) {
		if (table_of(&e->observation[i]) == cube->table) {
			struct drp_cube_row *row = &cube->row[cube->n_rows++];
			row->observation = &e->observation[i];
			place(cube, row, hint);
		}
	}
	qsort(cube->row, cube->n_rows, sizeof *cube->row, compare_rows);
	drop_repeated(cube);
	return 0;
}

static int write_titles(struct drp_cube *cube)
{
	for (int l = 0; l < DRP_API_LANGUAGES; l++) {
		char title[DRP_NAME_MAX + 96 + DRP_PART_TEXT], part[DRP_PART_TEXT];
		drp_publication_part(cube->publication, drp_language_code[l], part);
		snprintf(title, sizeof title, "%s: %s%s%s%s",
			cube->publication->manifest->title, tables[cube->table].title[l],
			*part ? " (" : "", part, *part ? ")" : "");
		cube->title[l] = drp_arena_copy(&cube->arena, title, strlen(title));
		if (!cube->title[l]) {
			return -1;
		}
	}
	return 0;
}

enum drp_err drp_cube_make(const struct drp_publication *publication,
	enum drp_cube_table table, struct drp_cube **out)
{
	struct drp_cube *cube = drp_alloc(1, sizeof *cube);
	if (!cube) {
		return DRP_E_NOMEM;
	}
	char time[DRP_DATE_TEXT];
	cube->publication = publication;
	cube->table = table;
	snprintf(cube->updated, sizeof cube->updated, "%s",
		drp_time_format(publication->edition->created_s, time));
	int failed = write_titles(cube) || list_figures(cube) || list_period(cube);
	for (int d = 0; d < DRP_DIMS; d++) {
		if (tables[table].dims >> d & 1) {
			cube->dim[cube->n_dims++] = (uint8_t)d;
		}
		failed = failed || (d < DRP_DIM_INDICATOR &&
					   list_codes(cube, (enum drp_dim)d) != 0);
	}
	if (failed || list_rows(cube) != 0) {
		drp_cube_free(cube);
		return DRP_E_NOMEM;
	}
	for (size_t c = 0; c < DRP_OBSERVATION_COLUMNS; c++) {
		const char *column = drp_observation_column[c];
		cube->column_dim[c] = (int8_t)drp_cube_dim(cube, column, strlen(column));
	}
	*out = cube;
	return DRP_OK;
}

void drp_cube_free(struct drp_cube *cube)
{
	if (cube) {
		drp_arena_clear(&cube->arena);
		drp_free(cube);
	}
}

int drp_cube_has(const struct drp_cube *cube, enum drp_dim dim)
{
	return tables[cube->table].dims >> dim & 1;
}

int drp_cube_dim(const struct drp_cube *cube, const char *name, size_t n)
{
	for (size_t i = 0; i < cube->n_dims; i++) {
		const struct drp_dim_label *label = &drp_dim_label[cube->dim[i]];
		if ((strlen(label->id) == n && strncasecmp(label->id, name, n) == 0) ||
			(n && strlen(label->column) == n &&
				strncasecmp(label->column, name, n) == 0)) {
			return cube->dim[i];
		}
	}
	return -1;
}

int drp_cube_code(const struct drp_cube *cube, enum drp_dim dim, const char *id)
{
	size_t hint = 0;
	int at = find(&cube->list[dim], id, &hint);
	return at >= 0 && cube->list[dim].code[at].used ? at : -1;
}

const char *drp_cube_text(
	const struct drp_cube_row *row, enum drp_figure figure, char *status)
{
	const struct drp_observation *o = row->observation;
	const char *const text[DRP_FIGURES] = {
		o->value, o->se, o->low, o->high, o->n, o->schools};
	int estimate = figure <= DRP_FIGURE_HIGH;
	if (!*o->value) {
		*status = o->status;
		return "";
	}
	if (*text[figure]) {
		*status = estimate ? o->status : DRP_SHOWN;
	} else {
		/* An exact value has no error; a number that is missing beside a value
		 * was withheld. */
		*status = estimate ? DRP_NOT_APPLICABLE : DRP_SUPPRESSED;
	}
	return text[figure];
}
