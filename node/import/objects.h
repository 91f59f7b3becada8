/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads the JSON that survey tools write, one questionnaire at a time from memory, within
 * the import limits of limits.h: an array of objects, whose members are what columns are
 * in a CSV. The reader walks the array itself, without recursion, and hands jansson one
 * object at a time, of known length and depth.
 *   encoding    UTF-8, with or without a byte order mark
 *   header      the names of all members of all objects, in order of first appearance;
 *               a name that stands twice in one object is refused
 *   cells       whole numbers, texts, true and false as they are written; null and ""
 *               are an empty quoted cell, an absent member an empty unquoted one; any
 *               other value is odd, and no text is made of it
 * The reader knows nothing of names and answers. No error text ever holds a value or a
 * name. Threads: one at a time.
 */
#ifndef DRP_NODE_OBJECTS_H
#define DRP_NODE_OBJECTS_H

#include "proto/base/csv.h"

#include <jansson.h>

struct drp_objects {
	const char *bytes; /* the caller's, until close */
	size_t size, at, first;
	uint32_t line, first_line; /* of the byte at `at`; at `first` */
	uint32_t number;	   /* of the object that was read last, from 1; 0: none */
	uint32_t began;		   /* the line of its first byte */
	json_t *names;		   /* name -> column */
	uint32_t n_columns;
	uint32_t n_cells; /* of the current row; 0 after the last one */
	struct drp_csv_cell *cell;
	uint8_t *odd; /* of each cell */
	json_t **value;
	struct drp_buf text; /* the current row: UTF-8, a NUL after each cell */
};

/* drp_objects_open goes through the whole file once. DRP_E_INPUT: no array of objects, a
 * name that stands twice, more than a limit allows; DRP_E_NOMEM. */
enum drp_err drp_objects_open(struct drp_objects *objects, const void *bytes, size_t n,
	struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_objects_names makes the names of the members the current row; the rows come after
 * it from the beginning again. */
enum drp_err drp_objects_names(
	struct drp_objects *objects, struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_objects_next reads the next questionnaire; n_cells is 0 when there is none. */
enum drp_err drp_objects_next(
	struct drp_objects *objects, struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_objects_close wipes and frees what the reader holds; the caller's bytes stay. */
void drp_objects_close(struct drp_objects *objects);

#endif
