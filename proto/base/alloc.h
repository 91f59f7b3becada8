/* SPDX-License-Identifier: Apache-2.0
 *
 * Every allocation of Drempel's own code goes through here, so that a test can make
 * the n-th one fail (tests/fault). Threads: any; the hook itself is set before
 * threads start and never in a release build.
 */
#ifndef DRP_BASE_ALLOC_H
#define DRP_BASE_ALLOC_H

#include <stddef.h>

/* drp_alloc returns n zeroed elements of the given size, or NULL when memory is out
 * or n * size overflows. The caller owns the result and frees it with drp_free. */
void *drp_alloc(size_t n, size_t size) __attribute__((malloc, warn_unused_result));

/* drp_realloc grows or shrinks; on failure the old block stays the caller's. */
void *drp_realloc(void *p, size_t n, size_t size) __attribute__((warn_unused_result));

void drp_free(void *p);

/* drp_alloc_hook makes allocation number `fail_at` (1 = next) fail, once or, when
 * sticky, from then on; 0 switches the hook off. Returns allocations seen so far. */
unsigned long drp_alloc_hook(unsigned long fail_at, int sticky);

#endif
