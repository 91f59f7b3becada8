/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/base/alloc.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static atomic_ulong seen;
static atomic_ulong fail_number;
static atomic_int fail_sticky;

static int must_fail(void)
{
	unsigned long target = atomic_load_explicit(&fail_number, memory_order_relaxed);
	if (target == 0) {
		return 0;
	}
	unsigned long now = atomic_fetch_add(&seen, 1) + 1;
	return fail_sticky ? now >= target : now == target;
}

unsigned long drp_alloc_hook(unsigned long fail_at, int sticky)
{
	unsigned long before = atomic_exchange(&seen, 0);
	fail_sticky = sticky;
	atomic_store(&fail_number, fail_at);
	return before;
}

static int overflows(size_t n, size_t size)
{
	return size && n > SIZE_MAX / size;
}

void *drp_alloc(size_t n, size_t size)
{
	if (must_fail() || overflows(n, size)) {
		return NULL;
	}
	return calloc(n ? n : 1, size ? size : 1);
}

void *drp_realloc(void *p, size_t n, size_t size)
{
	if (must_fail() || overflows(n, size)) {
		return NULL;
	}
	size_t bytes = n * size;
	return realloc(p, bytes > 0 ? bytes : 1);
}

void drp_free(void *p)
{
	free(p);
}
