/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/tables/table_view.h"

#include "hub/tables/observations.h"
#include "proto/model/codes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const drp_table_column_code[DRP_COLUMNS] = {
	"registered", "schools", "coverage", "leader", "teacher", "pupil"};

static const struct {
	int group;
	const char *measure;
} column[DRP_COLUMNS] = {
	[DRP_COLUMN_REGISTERED] = {DRP_GROUPS, "registered"},
	[DRP_COLUMN_SCHOOLS] = {DRP_GROUPS, "schools"},
	[DRP_COLUMN_COVERAGE] = {DRP_GROUPS, "coverage"},
	[DRP_COLUMN_LEADERS] = {DRP_LEADER, "questionnaires"},
	[DRP_COLUMN_TEACHERS] = {DRP_TEACHER, "questionnaires"},
	[DRP_COLUMN_PUPILS] = {DRP_PUPIL, "questionnaires"},
};

static int is_school_column(int c)
{
	return c == DRP_COLUMN_REGISTERED || c == DRP_COLUMN_SCHOOLS;
}

int64_t drp_cell_count(const struct drp_observation *cell)
{
	return cell && cell->value[0] ? strtoll(cell->value, NULL, 10) : -1;
}

static void fill_row(const struct drp_edition *edition,
	const struct drp_observation *place, struct drp_table_row *row)
{
	row->place = place;
	row->derived = strcmp(place->level, "34") == 0;
	row->unknown =
		strcmp(place->province, drp_province_code(DRP_PROVINCE_UNKNOWN)) == 0;
	for (int c = 0; c < DRP_COLUMNS; c++) {
		row->cell[c] = drp_observation_find(
			edition, place, column[c].group, "_T", "_T", column[c].measure);
	}
}

/* Every cohort has one row with the number of registered schools. */
static size_t list_rows(const struct drp_edition *edition, enum drp_family family,
	struct drp_table_row *rows, size_t max)
{
	size_t n = 0;
	for (size_t i = 0; i < edition->n_observations && n < max; i++) {
		const struct drp_observation *o = &edition->observation[i];
		if (o->family == family && strcmp(o->measure, "registered") == 0) {
			fill_row(edition, o, &rows[n++]);
		}
	}
	return n;
}

/* The total of a column: the region's value; of school-level pairs, the sum over levels,
 * which are always shown. -1: not known. */
static int64_t total_of(
	const struct drp_edition *edition, const struct drp_table_view *view, int c)
{
	if (!view->pairs || !is_school_column(c)) {
		return drp_cell_count(view->region.cell[c]);
	}
	struct drp_table_row level[DRP_LEVELS + 1];
	int64_t sum = 0;
	size_t n = list_rows(edition, DRP_FAMILY_LEVEL, level, DRP_LEVELS + 1);
	for (size_t i = 0; i < n && sum >= 0; i++) {
		int64_t count = drp_cell_count(level[i].cell[c]);
		if (!level[i].derived) {
			sum = count < 0 ? -1 : sum + count;
		}
	}
	return n ? sum : -1;
}

static void sum_column(
	const struct drp_edition *edition, struct drp_table_view *view, int c)
{
	struct drp_table_sum sum = {.unknown_known = 1};
	int64_t total = total_of(edition, view, c);
	for (size_t i = 0; i < view->n_rows; i++) {
		const struct drp_table_row *row = &view->row[i];
		int64_t count = drp_cell_count(row->cell[c]);
		if (row->derived) {
			continue;
		}
		if (row->unknown) {
			sum.unknown_known = sum.unknown_known && count >= 0;
			sum.unknown += count >= 0 ? (uint64_t)count : 0;
		} else if (count >= 0) {
			sum.shown += (uint64_t)count;
		}
	}
	if (total >= 0 && (uint64_t)total >= sum.shown + sum.unknown) {
		sum.known = 1;
		sum.total = (uint64_t)total;
		sum.suppressed = sum.total - sum.shown - sum.unknown;
	}
	view->sum[c] = sum;
}

enum drp_err drp_table_view_make(const struct drp_edition *edition, enum drp_family by,
	struct drp_table_view *view, struct drp_diag *diag)
{
	memset(view, 0, sizeof *view);
	view->by = by;
	view->pairs = by == DRP_FAMILY_LEVEL || by == DRP_FAMILY_PROVINCE_LEVEL;
	view->n_rows = list_rows(edition, by, view->row, DRP_TABLE_ROWS_MAX);
	if (view->n_rows == 0 ||
		list_rows(edition, DRP_FAMILY_REGION, &view->region, 1) != 1) {
		return drp_fail(diag, DRP_E_STATE, "edition %u of %s has no rows by %s",
			edition->number, edition->campaign, drp_family_code((int)by));
	}
	for (int c = 0; c < DRP_COLUMNS; c++) {
		sum_column(edition, view, c);
	}
	return DRP_OK;
}

/* ---- the frame ---- */

/* Adds up the given levels' values of a group (DRP_GROUPS: schools). Schools of several
 * levels cannot be added. A level that no school of the campaign has is no row. */
static void add_levels(const struct drp_edition *edition, int group,
	const char *const *levels, struct drp_frame_line *line)
{
	uint64_t sum = 0;
	line->status = DRP_NOT_AVAILABLE;
	if (group == DRP_GROUPS && levels[1]) {
		return;
	}
	for (; *levels; levels++) {
		struct drp_observation like = {.family = DRP_FAMILY_LEVEL};
		snprintf(like.province, sizeof like.province, "_T");
		snprintf(like.level, sizeof like.level, "%s", *levels);
		snprintf(like.network, sizeof like.network, "_T");
		const struct drp_observation *o =
			drp_observation_find(edition, &like, group, "_T", "_T",
				group == DRP_GROUPS ? "schools" : "questionnaires");
		int64_t count = o ? drp_cell_count(o) : 0;
		if (count < 0) {
			line->status = o->status;
			return;
		}
		sum += (uint64_t)count;
	}
	line->status = DRP_SHOWN;
	snprintf(line->part, sizeof line->part, "%llu", (unsigned long long)sum);
}

static void region_value(
	const struct drp_edition *edition, int group, struct drp_frame_line *line)
{
	struct drp_observation like = {.family = DRP_FAMILY_REGION,
		.province = "_T",
		.level = "_T",
		.network = "_T"};
	const struct drp_observation *o = drp_observation_find(edition, &like, group,
		"_T", "_T", group == DRP_GROUPS ? "schools" : "questionnaires");
	line->status = o ? o->status : DRP_NOT_AVAILABLE;
	snprintf(line->part, sizeof line->part, "%s", o ? o->value : "");
}

size_t drp_frame_lines(
	const struct drp_publication *p, struct drp_frame_line lines[DRP_FRAME_LINES_MAX])
{
	static const char *const basis[] = {"1", NULL};
	static const char *const secundair[] = {"2", "34", NULL};
	static const uint8_t group_of[DRP_FRAME_MEASURES] = {
		[DRP_FRAME_PUPILS] = DRP_PUPIL,
		[DRP_FRAME_SCHOOLS] = DRP_GROUPS,
		[DRP_FRAME_TEACHERS_FTE] = DRP_TEACHER};
	static const uint8_t measures[] = {
		DRP_FRAME_SCHOOLS, DRP_FRAME_PUPILS, DRP_FRAME_TEACHERS_FTE};
	static const uint8_t sectors[] = {
		DRP_SECTOR_TOTAL, DRP_SECTOR_BASIS, DRP_SECTOR_SECUNDAIR};
	size_t n = 0;
	for (size_t i = 0; p->frame && i < sizeof measures; i++) {
		for (size_t k = 0; k < sizeof sectors; k++) {
			struct drp_frame_line *line = &lines[n];
			*line = (struct drp_frame_line){.sector = sectors[k],
				.measure = measures[i],
				.whole = &p->frame->cell[sectors[k]][measures[i]]};
			int group = group_of[measures[i]];
			int told = !p->network || sectors[k] == DRP_SECTOR_TOTAL;
			if (line->whole->value == 0 || !told) {
				continue;
			}
			if (sectors[k] == DRP_SECTOR_TOTAL) {
				region_value(p->edition, group, line);
			} else {
				add_levels(p->edition, group,
					sectors[k] == DRP_SECTOR_BASIS ? basis
								       : secundair,
					line);
			}
			n++;
		}
	}
	return n;
}
