/* SPDX-License-Identifier: Apache-2.0
 *
 * What a table of participation is made of: its rows, and sums that add up in every
 * column to the total: shown, suppressed and unknown (R40). Only published values are
 * looked at, so a remainder says no more than any reader can compute; that it is safe
 * is what audit C sees to. Borrows the edition. Threads: any.
 */
#ifndef DRP_HUB_TABLE_VIEW_H
#define DRP_HUB_TABLE_VIEW_H

#include "hub/tables/publication.h"

enum drp_table_column {
	DRP_COLUMN_REGISTERED,
	DRP_COLUMN_SCHOOLS,
	DRP_COLUMN_COVERAGE, /* schools of registered, percent */
	DRP_COLUMN_LEADERS,
	DRP_COLUMN_TEACHERS,
	DRP_COLUMN_PUPILS,
	DRP_COLUMNS
};
/* As JSON members have it: registered schools coverage leader teacher pupil. */
extern const char *const drp_table_column_code[DRP_COLUMNS];

struct drp_table_row {
	const struct drp_observation *place;		 /* one of the cohort's rows */
	const struct drp_observation *cell[DRP_COLUMNS]; /* NULL: no such row */
	uint8_t derived; /* the class 34: its parts are rows of their own */
	uint8_t unknown; /* province not known (R49) */
};

/* total = shown + suppressed + unknown. known 0: the total itself is suppressed. When
 * the unknown are suppressed they are among the suppressed, and unknown_known is 0. */
struct drp_table_sum {
	uint8_t known, unknown_known;
	uint64_t total, shown, suppressed, unknown;
};

#define DRP_TABLE_ROWS_MAX (DRP_COHORTS_MAX + 1)

struct drp_table_view {
	enum drp_family by;
	uint8_t pairs; /* schools are counted once per level, so sums are of pairs */
	size_t n_rows;
	struct drp_table_row row[DRP_TABLE_ROWS_MAX];
	struct drp_table_row region;
	struct drp_table_sum sum[DRP_COLUMNS]; /* of coverage: unused */
};

/* drp_table_view_make: DRP_E_STATE when the edition has no such rows. */
enum drp_err drp_table_view_make(const struct drp_edition *edition, enum drp_family by,
	struct drp_table_view *view, struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_cell_count: a cell's whole number; -1 when it is not shown. */
int64_t drp_cell_count(const struct drp_observation *cell);

/* Participation against the frame, by sector and measure (R45). part is empty ("") unless
 * status is DRP_SHOWN: DRP_SUPPRESSED when a part of it is, DRP_NOT_AVAILABLE when it
 * cannot be told from the published rows. */
struct drp_frame_line {
	uint8_t sector, measure;
	char status;
	char part[DRP_VALUE_TEXT];
	const struct drp_frame_cell *whole; /* its value is above 0 */
};
#define DRP_FRAME_LINES_MAX (DRP_SECTORS * DRP_FRAME_MEASURES)

/* drp_frame_lines returns their number; 0 without a frame. A part of an edition
 * (publication.h) has the lines of all schools alone. */
size_t drp_frame_lines(const struct drp_publication *publication,
	struct drp_frame_line lines[DRP_FRAME_LINES_MAX]);

#endif
