/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/base/arena.h"

#include "proto/base/alloc.h"

#include <stdalign.h>
#include <stdint.h>
#include <string.h>

#define BLOCK_BYTES ((size_t)4096)

struct drp_arena_block {
	struct drp_arena_block *next;
	size_t used, size;
	alignas(16) unsigned char bytes[];
};

static struct drp_arena_block *add_block(struct drp_arena *arena, size_t need)
{
	size_t size = need > BLOCK_BYTES ? need : BLOCK_BYTES;
	struct drp_arena_block *block = drp_alloc(1, sizeof *block + size);
	if (!block) {
		return NULL;
	}
	block->size = size;
	/* A large block goes behind the current one, whose room is still of use. */
	if (arena->blocks && need > BLOCK_BYTES) {
		block->next = arena->blocks->next;
		arena->blocks->next = block;
	} else {
		block->next = arena->blocks;
		arena->blocks = block;
	}
	return block;
}

void *drp_arena_alloc(struct drp_arena *arena, size_t n, size_t size)
{
	if (size && n > (SIZE_MAX / 2) / size) {
		return NULL;
	}
	size_t need = (n * size + 15) & ~(size_t)15;
	struct drp_arena_block *block = arena->blocks;
	if (!block || block->size - block->used < need) {
		block = add_block(arena, need);
		if (!block) {
			return NULL;
		}
	}
	void *p = block->bytes + block->used;
	block->used += need;
	return p;
}

void *drp_arena_copy(struct drp_arena *arena, const void *bytes, size_t n)
{
	char *p = drp_arena_alloc(arena, n + 1, 1);
	if (p && n) {
		memcpy(p, bytes, n);
	}
	return p;
}

void drp_arena_clear(struct drp_arena *arena)
{
	while (arena->blocks) {
		struct drp_arena_block *next = arena->blocks->next;
		drp_free(arena->blocks);
		arena->blocks = next;
	}
}
