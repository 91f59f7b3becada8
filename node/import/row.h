/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads one row of an export into the answers of one questionnaire, or says why it is
 * not one. Errors name the place (node/import/table.h) and the rule that the cell breaks,
 * and never what the cell holds. Threads: one at a time.
 */
#ifndef DRP_NODE_ROW_H
#define DRP_NODE_ROW_H

#include "node/import/import_columns.h"
#include "node/import/persons.h"

enum drp_row_fate {
	DRP_ROW_KEPT,
	DRP_ROW_INCOMPLETE, /* no completed submission */
	DRP_ROW_EMPTY,	    /* every cell is nothing: a spreadsheet's trailing rows */
	DRP_ROW_UNDER_AGE,  /* a pupil of level 1 younger than nine (R21) */
	DRP_ROW_FATES
};

struct drp_import_row {
	uint8_t group, level;
	uint8_t own[DRP_OWN_ITEMS_MAX]; /* answers to the school's own questions */
	struct drp_sheet sheet;
};

/* The reader borrows everything it points to. */
struct drp_row_reader {
	const struct drp_instrument *instrument;
	const struct drp_own_items *own;   /* NULL: none */
	const struct drp_mapping *mapping; /* NULL: none */
	enum drp_format format;
	int group, level; /* of every row, or -1 and 0: a column says it */
	const struct drp_table *table;
	struct drp_import_columns *columns; /* notes how ticks are written */
	struct drp_persons *persons; /* collects the keys of the rows that are kept */
	struct drp_diag *diag;
};

/* drp_row_fate_name: "kept", "incomplete", "empty", "under_age". */
const char *drp_row_fate_name(int fate);

/* drp_row_read reads the row that the table holds; row is written when it is kept. */
enum drp_err drp_row_read(struct drp_row_reader *reader, struct drp_import_row *row,
	enum drp_row_fate *fate) DRP_MUST_CHECK;

#endif
