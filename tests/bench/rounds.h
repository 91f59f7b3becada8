/* SPDX-License-Identifier: Apache-2.0
 *
 * What rounds of a measurement come to.
 */
#ifndef DRP_BENCH_ROUNDS_H
#define DRP_BENCH_ROUNDS_H

#include <stddef.h>

#define ROUNDS_MAX 64

/* rounds_median of n values, at most ROUNDS_MAX. */
double rounds_median(const double *values, size_t n);

#endif
