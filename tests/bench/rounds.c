/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/rounds.h"

#include <stdlib.h>
#include <string.h>

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

double rounds_median(const double *values, size_t n)
{
	double sorted[ROUNDS_MAX];
	memcpy(sorted, values, n * sizeof *sorted);
	qsort(sorted, n, sizeof *sorted, by_value);
	return (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
}
