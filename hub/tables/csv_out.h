/* SPDX-License-Identifier: Apache-2.0
 *
 * CSV field by field, in the two ways in which files are offered. Errors stick in the
 * buffer. Threads: one at a time.
 */
#ifndef DRP_HUB_CSV_OUT_H
#define DRP_HUB_CSV_OUT_H

#include "proto/base/buf.h"

struct drp_csv_out {
	struct drp_buf *out;
	char separator, decimal;
	size_t n; /* fields of the line so far */
};

/* drp_csv_begin: commas and decimal points; or semicolons, decimal commas and a byte
 * order mark before them, for spreadsheets set to Dutch, French or German. */
void drp_csv_begin(struct drp_csv_out *csv, struct drp_buf *out, int semicolons);

/* drp_csv_field: a field with a separator, quote or line end is quoted. */
void drp_csv_field(struct drp_csv_out *csv, const char *text);
/* drp_csv_decimal: a number, shorter than DRP_VALUE_TEXT, with its decimal mark. */
void drp_csv_decimal(struct drp_csv_out *csv, const char *text);
void drp_csv_end(struct drp_csv_out *csv);

/* drp_csv_line appends the fields as one line with commas. */
void drp_csv_line(struct drp_buf *out, const char *const *fields, size_t n);

#endif
