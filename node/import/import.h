/* SPDX-License-Identifier: Apache-2.0
 *
 * Turns a survey tool's export into sheets and counts (R16): bytes in, numbers out, no
 * file, database or network. One row is one completed questionnaire of one person.
 *   - All or nothing: the first error names the place (line, column and header, or
 *     questionnaire and member), never the cell.
 *   - Rows without a completed submission are dropped and counted as "incomplete".
 *   - Names, addresses, exact times and every column outside the instrument are dropped
 *     at the door. Person keys are compared, wiped and never returned (R6).
 *   - A group, level and person may occur once; the same person may fill in for another
 *     group or level (R19).
 * The file layouts are described in node/IMPORT.md. Threads: any, one call each.
 */
#ifndef DRP_NODE_IMPORT_H
#define DRP_NODE_IMPORT_H

#include "node/import/row.h"
#include "proto/base/arena.h"
#include "proto/base/buf.h"
#include "proto/model/tabulation.h"

struct drp_import_options {
	enum drp_format format;
	const struct drp_mapping *mapping; /* NULL: none */
	const struct drp_own_items *own;   /* NULL: none */
	int group;			   /* enum drp_group, or -1: a column says it */
	int level;			   /* 1..5, or 0: a column says it */
	const char *group_column; /* NULL: the mapping's, or "group" in csv and json */
};

struct drp_import_result {
	struct drp_arena arena; /* owns unknown and its texts */
	uint32_t rows_read;	/* = rows_kept + all of rows_dropped */
	uint32_t rows_kept;
	uint32_t rows_dropped[DRP_ROW_FATES];
	struct drp_import_row *row; /* rows_kept of them, in the file's order */
	uint32_t row_cap;
	uint8_t groups; /* bit g set: the file or the options speak of group g */
	struct drp_tabulation tabulation[DRP_GROUPS];
	struct drp_own_tabulation own[DRP_GROUPS];
	const char **unknown; /* headers outside the instrument, fit to be printed */
	uint32_t n_unknown;
	uint16_t missing[DRP_ITEMS_MAX]; /* items asked of a group but without a column */
	uint16_t n_missing;
	char separator; /* of a CSV */
	uint8_t windows_1252;
	uint8_t by_members; /* JSON: columns are members */
};

/* drp_import fills a zeroed result, which drp_import_free empties again; on an error
 * nothing is left in it. DRP_E_INPUT: the file; DRP_E_NOMEM. */
enum drp_err drp_import(const struct drp_instrument *instrument,
	const struct drp_import_options *options, const void *bytes, size_t n,
	struct drp_import_result *result, struct drp_diag *diag) DRP_MUST_CHECK;
void drp_import_free(struct drp_import_result *result);

/* drp_import_json appends one line: rows read, kept and dropped by reason, and per
 * group the count of each answer of each item that the group is asked. */
enum drp_err drp_import_json(const struct drp_import_result *result,
	const struct drp_instrument *instrument, struct drp_buf *out) DRP_MUST_CHECK;

/* drp_import_notes appends a line each for the dropped columns (or members) and for the
 * items without one; nothing when there are none. For stderr. */
enum drp_err drp_import_notes(const struct drp_import_result *result,
	const struct drp_instrument *instrument, struct drp_buf *out) DRP_MUST_CHECK;

#endif
