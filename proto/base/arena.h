/* SPDX-License-Identifier: Apache-2.0
 *
 * An arena owns everything decoded from one message or file; freeing the arena frees
 * it all. Threads: one at a time.
 */
#ifndef DRP_BASE_ARENA_H
#define DRP_BASE_ARENA_H

#include <stddef.h>

struct drp_arena_block;

struct drp_arena {
	struct drp_arena_block *blocks;
};

/* drp_arena_alloc returns zeroed memory that lives until drp_arena_clear, or NULL. */
void *drp_arena_alloc(struct drp_arena *arena, size_t n, size_t size)
	__attribute__((warn_unused_result));

/* drp_arena_copy returns a copy of n bytes with a NUL after them, or NULL. */
void *drp_arena_copy(struct drp_arena *arena, const void *bytes, size_t n)
	__attribute__((warn_unused_result));

void drp_arena_clear(struct drp_arena *arena);

#endif
