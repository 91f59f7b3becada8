/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/base/arena.h"

#include "proto/base/alloc.h"
#include "tests/support/check.h"

#define BLOCKS 500

/* Every size from 0 to beyond a block; each piece is filled with its own number. */
static void pieces_do_not_overlap(void)
{
	struct drp_arena arena = {0};
	uint8_t *piece[BLOCKS];
	size_t size[BLOCKS];
	for (size_t i = 0; i < BLOCKS; i++) {
		size[i] = i * i % 9001;
		piece[i] = drp_arena_alloc(&arena, size[i], 1);
		CHECK(piece[i] != NULL);
		CHECK_INT((uintptr_t)piece[i] % 16, 0);
		for (size_t k = 0; k < size[i]; k++) {
			CHECK_INT(piece[i][k], 0);
		}
		memset(piece[i], (int)(i % 255) + 1, size[i]);
	}
	for (size_t i = 0; i < BLOCKS; i++) {
		for (size_t k = 0; k < size[i]; k++) {
			CHECK_INT(piece[i][k], i % 255 + 1);
		}
	}
	drp_arena_clear(&arena);
	CHECK(arena.blocks == NULL);
	drp_arena_clear(&arena); /* twice is fine */
}

static void small_pieces_share_a_block(void)
{
	struct drp_arena arena = {0};
	CHECK(drp_arena_alloc(&arena, 1, 1) != NULL);
	(void)drp_alloc_hook(1000, 0);
	for (int i = 0; i < 100; i++) {
		CHECK(drp_arena_alloc(&arena, 16, 1) != NULL);
	}
	CHECK(drp_arena_alloc(&arena, 100000, 1) != NULL);
	/* The large piece has a block of its own and leaves the room that there was. */
	CHECK(drp_arena_alloc(&arena, 16, 1) != NULL);
	CHECK_INT(drp_alloc_hook(0, 0), 1);
	drp_arena_clear(&arena);
}

static void an_overflow_is_refused(void)
{
	struct drp_arena arena = {0};
	CHECK(drp_arena_alloc(&arena, SIZE_MAX / 2, 3) == NULL);
	CHECK(drp_arena_alloc(&arena, SIZE_MAX, 1) == NULL);
	CHECK(drp_arena_alloc(&arena, 8, 0) != NULL);
	drp_arena_clear(&arena);
}

static void copies_end_with_nul(void)
{
	struct drp_arena arena = {0};
	const char *text = drp_arena_copy(&arena, "abcdef", 3);
	CHECK_STR(text, "abc");
	CHECK_STR((const char *)drp_arena_copy(&arena, NULL, 0), "");
	CHECK_MEM(drp_arena_copy(&arena, "a\0b", 3), "a\0b", 4);
	drp_arena_clear(&arena);
}

static void without_memory_the_arena_stays_good(void)
{
	struct drp_arena arena = {0};
	char *before = drp_arena_copy(&arena, "before", 6);
	CHECK(before != NULL);
	(void)drp_alloc_hook(1, 1);
	CHECK(drp_arena_alloc(&arena, 5000, 1) == NULL);
	CHECK(drp_arena_copy(&arena, before, 4200) == NULL);
	(void)drp_alloc_hook(0, 0);
	CHECK_STR(before, "before");
	CHECK(drp_arena_alloc(&arena, 5000, 1) != NULL);
	drp_arena_clear(&arena);
}

int main(void)
{
	CASE("pieces are zeroed, aligned and apart", pieces_do_not_overlap);
	CASE("small pieces share a block", small_pieces_share_a_block);
	CASE("a size that overflows is no memory", an_overflow_is_refused);
	CASE("a copy ends with a NUL", copies_end_with_nul);
	CASE("what was there outlives a lack of memory",
		without_memory_the_arena_stays_good);
	return DONE();
}
