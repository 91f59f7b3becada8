/* SPDX-License-Identifier: Apache-2.0
 *
 * A stored row has `columns` entries and then one per added row: its combination. Both
 * halves go through the same operations, so that the combination comes out for free.
 */
#include "proto/privacy/rowspace.h"

#include "proto/base/alloc.h"

#include <string.h>

struct drp_rowspace {
	size_t columns, max_rows, width;
	size_t added, rank;
	size_t *pivot;	  /* of basis row i: no other basis row has an entry there */
	int64_t *basis;	  /* max_rows + 1 rows of width; the last is room for a new one */
	int64_t *scratch; /* as many, for questions */
	size_t *lead;	  /* of scratch row i */
	uint8_t *inside;  /* per column: belongs to the question */
};

static int64_t *row_at(const struct drp_rowspace *space, int64_t *rows, size_t i)
{
	return rows + i * space->width;
}

enum drp_err drp_rowspace_new(
	size_t columns, size_t max_rows, struct drp_rowspace **space)
{
	struct drp_rowspace *s = drp_alloc(1, sizeof *s);
	if (!s) {
		return DRP_E_NOMEM;
	}
	s->columns = columns;
	s->max_rows = max_rows;
	s->width = columns + max_rows;
	s->pivot = drp_alloc(max_rows, sizeof *s->pivot);
	s->lead = drp_alloc(max_rows, sizeof *s->lead);
	s->inside = drp_alloc(columns, sizeof *s->inside);
	s->basis = drp_alloc((max_rows + 1) * s->width, sizeof *s->basis);
	s->scratch = drp_alloc((max_rows + 1) * s->width, sizeof *s->scratch);
	if (!s->pivot || !s->lead || !s->inside || !s->basis || !s->scratch) {
		drp_rowspace_free(s);
		return DRP_E_NOMEM;
	}
	*space = s;
	return DRP_OK;
}

void drp_rowspace_free(struct drp_rowspace *space)
{
	if (!space) {
		return;
	}
	drp_free(space->pivot);
	drp_free(space->lead);
	drp_free(space->inside);
	drp_free(space->basis);
	drp_free(space->scratch);
	drp_free(space);
}

static uint64_t magnitude(int64_t x)
{
	return x < 0 ? 0 - (uint64_t)x : (uint64_t)x;
}

static uint64_t common_divisor(uint64_t a, uint64_t b)
{
	while (b) {
		uint64_t rest = a % b;
		a = b;
		b = rest;
	}
	return a;
}

/* Divides a row by the greatest common divisor of its entries, to keep them small. */
static void shorten(const struct drp_rowspace *space, int64_t *row)
{
	uint64_t divisor = 0;
	for (size_t i = 0; i < space->width && divisor != 1; i++) {
		divisor = common_divisor(divisor, magnitude(row[i]));
	}
	for (size_t i = 0; i < space->width && divisor > 1; i++) {
		row[i] /= (int64_t)divisor;
	}
}

/* Makes row[column] zero by adding multiples crosswise: row * by's entry - by * row's
 * entry. The smallest integer is refused as well, since its magnitude has no sign. */
static enum drp_err clear(
	const struct drp_rowspace *space, int64_t *row, const int64_t *by, size_t column)
{
	if (row[column] == 0) {
		return DRP_OK;
	}
	int64_t divisor =
		(int64_t)common_divisor(magnitude(by[column]), magnitude(row[column]));
	int64_t times = by[column] / divisor, minus = row[column] / divisor;
	for (size_t i = 0; i < space->width; i++) {
		int64_t a, b;
		if (__builtin_mul_overflow(row[i], times, &a) ||
			__builtin_mul_overflow(by[i], minus, &b) ||
			__builtin_sub_overflow(a, b, &row[i]) || row[i] == INT64_MIN) {
			return DRP_E_OVERFLOW;
		}
	}
	shorten(space, row);
	return DRP_OK;
}

/* The first column with an entry, or the number of columns. */
static size_t first_entry(const struct drp_rowspace *space, const int64_t *row)
{
	size_t column = 0;
	while (column < space->columns && row[column] == 0) {
		column++;
	}
	return column;
}

/* Copies a vector into a row and clears every pivot column of it. */
static enum drp_err reduce(
	struct drp_rowspace *space, const int64_t *vector, int64_t *row)
{
	memset(row, 0, space->width * sizeof *row);
	for (size_t i = 0; i < space->columns; i++) {
		if (vector[i] == INT64_MIN) {
			return DRP_E_OVERFLOW;
		}
		row[i] = vector[i];
	}
	if (space->added < space->max_rows) {
		row[space->columns + space->added] = 1;
	}
	for (size_t i = 0; i < space->rank; i++) {
		enum drp_err err = clear(
			space, row, row_at(space, space->basis, i), space->pivot[i]);
		if (err) {
			return err;
		}
	}
	return DRP_OK;
}

enum drp_err drp_rowspace_add(struct drp_rowspace *space, const int64_t *row)
{
	if (space->added == space->max_rows) {
		return DRP_E_RANGE;
	}
	int64_t *fresh = row_at(space, space->basis, space->rank);
	enum drp_err err = reduce(space, row, fresh);
	if (err) {
		return err;
	}
	space->added++;
	size_t pivot = first_entry(space, fresh);
	if (pivot == space->columns) {
		return DRP_OK;
	}
	for (size_t i = 0; i < space->rank; i++) {
		err = clear(space, row_at(space, space->basis, i), fresh, pivot);
		if (err) {
			return err;
		}
	}
	space->pivot[space->rank++] = pivot;
	return DRP_OK;
}

static void name_parts(
	const struct drp_rowspace *space, const int64_t *row, uint8_t *part)
{
	for (size_t i = 0; part && i < space->max_rows; i++) {
		part[i] = i < space->added && row[space->columns + i] != 0;
	}
}

enum drp_err drp_rowspace_holds(
	struct drp_rowspace *space, const int64_t *vector, int *found, uint8_t *part)
{
	enum drp_err err = reduce(space, vector, space->scratch);
	if (err) {
		return err;
	}
	*found = first_entry(space, space->scratch) == space->columns;
	if (*found) {
		name_parts(space, space->scratch, part);
	}
	return DRP_OK;
}

static size_t first_outside(const struct drp_rowspace *space, const int64_t *row)
{
	size_t column = 0;
	while (column < space->columns && (row[column] == 0 || space->inside[column])) {
		column++;
	}
	return column;
}

/* A vector of the space that is zero outside the columns can only be made of the basis
 * rows whose pivots lie inside. Their entries outside are cleared against each other;
 * a row that loses them all is such a vector. */
static enum drp_err search_within(struct drp_rowspace *space, int *found, uint8_t *part)
{
	size_t kept = 0;
	*found = 0;
	for (size_t i = 0; i < space->rank; i++) {
		if (!space->inside[space->pivot[i]]) {
			continue;
		}
		int64_t *row = row_at(space, space->scratch, kept);
		memcpy(row, row_at(space, space->basis, i), space->width * sizeof *row);
		for (size_t k = 0; k < kept; k++) {
			enum drp_err err = clear(space, row,
				row_at(space, space->scratch, k), space->lead[k]);
			if (err) {
				return err;
			}
		}
		space->lead[kept] = first_outside(space, row);
		if (space->lead[kept] == space->columns) {
			*found = 1;
			name_parts(space, row, part);
			return DRP_OK;
		}
		kept++;
	}
	return DRP_OK;
}

enum drp_err drp_rowspace_within(struct drp_rowspace *space, const size_t *columns,
	size_t n, int *found, uint8_t *part)
{
	for (size_t i = 0; i < n; i++) {
		if (columns[i] >= space->columns) {
			return DRP_E_RANGE;
		}
	}
	for (size_t i = 0; i < n; i++) {
		space->inside[columns[i]] = 1;
	}
	enum drp_err err = search_within(space, found, part);
	for (size_t i = 0; i < n; i++) {
		space->inside[columns[i]] = 0;
	}
	return err;
}
