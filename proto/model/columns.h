/* SPDX-License-Identifier: Apache-2.0
 *
 * Lists of records on the wire: a map of columns, each an array of unsigned integers,
 * all of one length. A table of columns describes a record once for both directions.
 * A member is an unsigned number of 1 or 4 bytes, or an int64 that is not negative.
 * Threads: any.
 */
#ifndef DRP_MODEL_COLUMNS_H
#define DRP_MODEL_COLUMNS_H

#include "proto/wire/reader.h"
#include "proto/wire/writer.h"

#include <stddef.h>
#include <stdint.h>

struct drp_column {
	const char *key; /* ascending over a table */
	size_t offset, size;
	uint64_t max; /* a larger number is refused when reading */
};

#define DRP_COLUMN(key, type, member, max)                                               \
	{                                                                                \
		key, offsetof(struct type, member), sizeof(((struct type *)0)->member),  \
			max                                                              \
	}

/* A table by name and length, as two arguments. */
#define DRP_COLUMNS(table) table, sizeof(table) / sizeof(table)[0]

void drp_columns_write(struct drp_writer *w, const struct drp_column *column,
	size_t n_columns, const void *records, size_t record_size, size_t n);

/* drp_columns_read fills at most max records and returns their number: that of the first
 * column, and an error in the reader unless it is that of all. */
size_t drp_columns_read(struct drp_reader *r, const struct drp_column *column,
	size_t n_columns, void *records, size_t record_size, size_t max);

#endif
