/* SPDX-License-Identifier: Apache-2.0
 *
 * The row space of an integer matrix over the rationals, exactly: what a reader of
 * published sums can compute from them. Rows are added one by one and kept in reduced
 * echelon form; each basis row remembers which added rows it was made of.
 * It knows nothing of cohorts. Integers only: rows are cleared crosswise and divided by
 * their common divisor; what does not fit 64 bits is DRP_E_OVERFLOW, after which the
 * object is only good for drp_rowspace_free. Threads: one at a time.
 * Source: Gauss-Jordan elimination without fractions (any textbook of linear algebra).
 */
#ifndef DRP_PRIVACY_ROWSPACE_H
#define DRP_PRIVACY_ROWSPACE_H

#include <drempel/err.h>

#include <stddef.h>
#include <stdint.h>

struct drp_rowspace; /* opaque, heap */

/* drp_rowspace_new makes the space {0} of vectors with that many columns; at most
 * max_rows rows can be added. */
enum drp_err drp_rowspace_new(
	size_t columns, size_t max_rows, struct drp_rowspace **space) DRP_MUST_CHECK;
void drp_rowspace_free(struct drp_rowspace *space);

/* drp_rowspace_add adds the next row. One that depends on earlier rows changes nothing
 * and is never named in a combination: give the rows to be named last, last. */
enum drp_err drp_rowspace_add(
	struct drp_rowspace *space, const int64_t *row) DRP_MUST_CHECK;

/* The two questions. *found tells the answer; when it is yes, part[i] != 0 marks the
 * added rows (by number, from 0) whose combination is that vector. part has max_rows
 * elements and may be NULL.
 * drp_rowspace_holds: does the vector lie in the space?
 * drp_rowspace_within: is there a non-zero vector in it that is zero outside the n
 * given columns? */
enum drp_err drp_rowspace_holds(struct drp_rowspace *space, const int64_t *vector,
	int *found, uint8_t *part) DRP_MUST_CHECK;
enum drp_err drp_rowspace_within(struct drp_rowspace *space, const size_t *columns,
	size_t n, int *found, uint8_t *part) DRP_MUST_CHECK;

#endif
