/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads the CSV that survey tools and spreadsheets write, one row at a time from
 * memory, within the import limits of limits.h. RFC 4180 quoting; on top of it:
 *   encoding    UTF-8 with or without BOM; bytes that are not UTF-8 are read as
 *               Windows-1252 (what Excel saves), never mixed within a file
 *   separator   the one of ; , tab | that the header line holds most often outside
 *               quotes (first in this order when equal), or Excel's first line "sep=;"
 *   line ends   CRLF, LF or CR; blank lines are skipped; a quoted cell may hold them
 * A cell keeps whether it was quoted: survey tools tell "not shown" (nothing) from
 * "left blank" ("") by it. The reader knows nothing of headers and answers.
 * No error text ever holds a cell's content. Threads: one at a time.
 */
#ifndef DRP_BASE_CSV_H
#define DRP_BASE_CSV_H

#include "proto/base/buf.h"

#include <drempel/err.h>
#include <drempel/limits.h>

#include <stddef.h>
#include <stdint.h>

struct drp_csv_cell {
	size_t at, n;  /* where its text begins in the row's text, and its length */
	uint32_t line; /* of its first character, from 1 */
	uint8_t quoted;
};

struct drp_csv {
	const uint8_t *bytes; /* the caller's, until close */
	size_t size, at;
	uint32_t line; /* of the byte at `at` */
	char separator;
	uint8_t windows_1252;
	uint32_t n_cells; /* of the current row; 0 after the last one */
	struct drp_csv_cell *cell;
	struct drp_buf text; /* the current row: UTF-8, a NUL after each cell */
};

/* drp_csv_open recognises encoding and separator. Errors: DRP_E_INPUT (NUL bytes, a
 * byte in neither encoding, a file over the limit), DRP_E_NOMEM. */
enum drp_err drp_csv_open(struct drp_csv *csv, const void *bytes, size_t n,
	struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_csv_next reads the next row; n_cells is 0 when there is none. DRP_E_INPUT names
 * line and column of a misplaced or unclosed quote or of what exceeds a limit; the
 * reader cannot go on after it. */
enum drp_err drp_csv_next(struct drp_csv *csv, struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_csv_text: the cell's text with a NUL after it, valid until the next row. */
const char *drp_csv_text(const struct drp_csv *csv, uint32_t column);

/* drp_csv_close wipes and frees what the reader holds; the caller's bytes stay. */
void drp_csv_close(struct drp_csv *csv);

#endif
