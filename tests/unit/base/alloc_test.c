/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/base/alloc.h"

#include "tests/support/check.h"

static void memory_is_zeroed(void)
{
	uint8_t *p = drp_alloc(1000, 3), zero[3000] = {0};
	CHECK(p != NULL);
	CHECK_MEM(p, zero, sizeof zero);
	drp_free(p);
	p = drp_alloc(0, 8); /* nothing is not a failure */
	CHECK(p != NULL);
	drp_free(p);
	drp_free(NULL);
}

static void an_overflow_is_refused(void)
{
	uint8_t *p = drp_alloc(4, 1);
	CHECK(p != NULL);
	memcpy(p, "keep", 4);
	CHECK(drp_alloc(SIZE_MAX / 2, 3) == NULL);
	CHECK(drp_realloc(p, SIZE_MAX / 2, 3) == NULL);
	CHECK_MEM(p, "keep", 4);
	drp_free(p);
}

static void a_block_keeps_its_bytes_when_it_grows(void)
{
	uint8_t *p = drp_realloc(NULL, 4, 1);
	CHECK(p != NULL);
	memcpy(p, "keep", 4);
	p = drp_realloc(p, 100000, 1);
	CHECK(p != NULL);
	CHECK_MEM(p, "keep", 4);
	p = drp_realloc(p, 0, 1); /* still a block that drp_free takes */
	CHECK(p != NULL);
	drp_free(p);
}

/* Which of the next six allocations fail, as a bit mask. */
static unsigned failures(void)
{
	unsigned mask = 0;
	for (unsigned i = 0; i < 6; i++) {
		void *p = i % 2 ? drp_realloc(NULL, 8, 1) : drp_alloc(8, 1);
		mask |= p ? 0 : 1u << i;
		drp_free(p);
	}
	return mask;
}

static void one_fails(void)
{
	(void)drp_alloc_hook(3, 0);
	unsigned mask = failures();
	CHECK_INT(drp_alloc_hook(0, 0), 6);
	CHECK_INT(mask, 1u << 2);
	CHECK_INT(failures(), 0);
}

static void all_fail_from_there(void)
{
	(void)drp_alloc_hook(3, 1);
	unsigned mask = failures();
	CHECK_INT(drp_alloc_hook(0, 0), 6);
	CHECK_INT(mask, 0x3c);
	CHECK_INT(failures(), 0);
}

static void a_failed_realloc_leaves_the_block(void)
{
	uint8_t *p = drp_alloc(4, 1);
	CHECK(p != NULL);
	memcpy(p, "keep", 4);
	(void)drp_alloc_hook(1, 0);
	CHECK(drp_realloc(p, 8, 1) == NULL);
	(void)drp_alloc_hook(0, 0);
	CHECK_MEM(p, "keep", 4);
	drp_free(p);
}

int main(void)
{
	CASE("memory comes zeroed, and none of it is some of it", memory_is_zeroed);
	CASE("a size that overflows is no memory", an_overflow_is_refused);
	CASE("growing and shrinking keep what was there",
		a_block_keeps_its_bytes_when_it_grows);
	CASE("the hook fails one allocation by its number", one_fails);
	CASE("a sticky hook fails all from that number on", all_fail_from_there);
	CASE("a realloc that fails leaves the block as it was",
		a_failed_realloc_leaves_the_block);
	return DONE();
}
