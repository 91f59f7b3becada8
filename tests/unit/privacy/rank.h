/* SPDX-License-Identifier: Apache-2.0
 *
 * A second opinion on row spaces, by another method: ranks modulo two large primes. A
 * rank modulo a prime never exceeds the rational one, and falls below it only when the
 * prime divides every largest minor.
 */
#ifndef DRP_TESTS_RANK_H
#define DRP_TESTS_RANK_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define RANK_ROWS    100
#define RANK_COLUMNS 200

struct rank_matrix {
	size_t rows, columns;
	int64_t at[RANK_ROWS][RANK_COLUMNS];
};

static inline uint64_t rank_product(uint64_t a, uint64_t b, uint64_t p)
{
	return a * b % p; /* p is below 2^31 */
}

static inline uint64_t rank_inverse(uint64_t a, uint64_t p)
{
	uint64_t result = 1;
	for (uint64_t e = p - 2; e; e >>= 1) {
		result = e & 1 ? rank_product(result, a, p) : result;
		a = rank_product(a, a, p);
	}
	return result;
}

static inline size_t rank_modulo(const struct rank_matrix *m, uint64_t p)
{
	static uint64_t x[RANK_ROWS][RANK_COLUMNS];
	size_t rank = 0;
	for (size_t i = 0; i < m->rows; i++) {
		for (size_t j = 0; j < m->columns; j++) {
			int64_t v = m->at[i][j] % (int64_t)p;
			x[i][j] = (uint64_t)(v < 0 ? v + (int64_t)p : v);
		}
	}
	for (size_t j = 0; j < m->columns && rank < m->rows; j++) {
		size_t pivot = rank;
		while (pivot < m->rows && x[pivot][j] == 0) {
			pivot++;
		}
		if (pivot == m->rows) {
			continue;
		}
		uint64_t swap[RANK_COLUMNS];
		memcpy(swap, x[pivot], sizeof swap);
		memcpy(x[pivot], x[rank], sizeof swap);
		memcpy(x[rank], swap, sizeof swap);
		uint64_t inverse = rank_inverse(x[rank][j], p);
		for (size_t i = rank + 1; i < m->rows; i++) {
			uint64_t times = rank_product(x[i][j], inverse, p);
			for (size_t k = j; times && k < m->columns; k++) {
				uint64_t minus = rank_product(times, x[rank][k], p);
				x[i][k] = x[i][k] >= minus ? x[i][k] - minus
							   : x[i][k] + p - minus;
			}
		}
		rank++;
	}
	return rank;
}

static inline size_t rank_of(const struct rank_matrix *m)
{
	size_t a = rank_modulo(m, 2147483647u);
	size_t b = rank_modulo(m, 2147483629u);
	return a > b ? a : b;
}

/* Does the vector lie in the row space? */
static inline int rank_holds(struct rank_matrix *m, const int64_t *vector)
{
	size_t before = rank_of(m);
	memcpy(m->at[m->rows], vector, m->columns * sizeof *vector);
	m->rows++;
	size_t after = rank_of(m);
	m->rows--;
	return before == after;
}

/* Is there a non-zero vector in the row space with no entry outside the columns? The
 * units of those columns add their number to the rank exactly when there is none. */
static inline int rank_within(struct rank_matrix *m, const size_t *columns, size_t n)
{
	size_t before = rank_of(m);
	for (size_t i = 0; i < n; i++) {
		memset(m->at[m->rows], 0, sizeof m->at[m->rows]);
		m->at[m->rows++][columns[i]] = 1;
	}
	size_t after = rank_of(m);
	m->rows -= n;
	return after < before + n;
}

#endif
