/* SPDX-License-Identifier: Apache-2.0
 *
 * The export as a table, whatever its format: a header and then rows of cells. What reads
 * columns and answers knows no more of a file than this, and how to say where something
 * stands: by line and column in a CSV, by questionnaire and member in JSON.
 * Threads: one at a time.
 */
#ifndef DRP_NODE_TABLE_H
#define DRP_NODE_TABLE_H

#include "node/import/mapping.h"
#include "node/import/objects.h"
#include "proto/base/csv.h"

struct drp_table {
	enum drp_format format;
	struct drp_csv csv;
	struct drp_objects objects; /* of JSON, and csv of everything else */
	int in_rows;		    /* the header has been read */
	/* The current row, valid until the next one: */
	uint32_t n_cells; /* 0 after the last one */
	const struct drp_csv_cell *cell;
	const uint8_t *odd; /* per cell, JSON: holds what is no text; NULL: none does */
	uint32_t number;    /* JSON: of the questionnaire, from 1; 0: by lines */
};

/* drp_table_open: errors as drp_csv_open and drp_objects_open. */
enum drp_err drp_table_open(struct drp_table *table, enum drp_format format,
	const void *bytes, size_t n, struct drp_diag *diag) DRP_MUST_CHECK;
/* drp_table_next reads the header and then a row each time; DRP_E_INPUT, DRP_E_NOMEM. */
enum drp_err drp_table_next(
	struct drp_table *table, struct drp_diag *diag) DRP_MUST_CHECK;
/* drp_table_text: the cell's text with a NUL after it, valid until the next row. */
const char *drp_table_text(const struct drp_table *table, uint32_t column);
/* drp_table_is_json: columns are called members there, and rows questionnaires. */
int drp_table_is_json(const struct drp_table *table);
/* drp_table_fail says the rule that a cell breaks, and its place by the column's name. */
enum drp_err drp_table_fail(const struct drp_table *table, uint32_t column,
	const char *name, const char *rule, struct drp_diag *diag);
void drp_table_close(struct drp_table *table);

#endif
