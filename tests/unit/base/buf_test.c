/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/base/buf.h"

#include "proto/base/alloc.h"
#include "tests/support/check.h"

static void appends_in_order(void)
{
	struct drp_buf b = {0};
	drp_buf_append(&b, NULL, 0);
	CHECK(b.data == NULL);
	drp_buf_text(&b, "one ");
	drp_buf_printf(&b, "%s %d", "two", 3);
	drp_buf_append(&b, "\0four", 5);
	CHECK_INT(b.len, 14);
	CHECK_MEM(b.data, "one two 3\0four", 14);
	CHECK_MEM(drp_buf_string(&b), "one two 3\0four", 15);
	CHECK_INT(b.len, 14); /* the NUL does not count */
	drp_buf_clear(&b);
	CHECK(b.data == NULL && b.len == 0 && b.cap == 0);
}

static void grows(void)
{
	struct drp_buf b = {0};
	for (unsigned i = 0; i < 70000; i++) {
		uint8_t byte = (uint8_t)(i * 7);
		drp_buf_append(&b, &byte, 1);
	}
	CHECK_INT(b.len, 70000);
	for (unsigned i = 0; i < 70000; i++) {
		CHECK_INT(b.data[i], (uint8_t)(i * 7));
	}
	drp_buf_printf(&b, "%*d", 300000, 1); /* longer than what is left */
	CHECK_INT(b.len, 370000);
	CHECK_INT(b.data[369999], '1');
	drp_buf_clear(&b);
}

static void an_empty_buffer_is_a_string(void)
{
	struct drp_buf b = {0};
	CHECK_STR(drp_buf_string(&b), "");
	drp_buf_clear(&b);
}

static void a_failure_sticks(void)
{
	struct drp_buf b = {0};
	drp_buf_text(&b, "kept");
	(void)drp_alloc_hook(1, 0);
	drp_buf_printf(&b, "%*d", 1000, 1);
	(void)drp_alloc_hook(0, 0);
	CHECK(b.failed);
	drp_buf_text(&b, "x"); /* there is memory again, but a part is missing */
	drp_buf_printf(&b, "%d", 1);
	CHECK_INT(b.len, 4);
	CHECK_MEM(b.data, "kept", 4);
	CHECK(drp_buf_string(&b) == NULL);
	drp_buf_clear(&b);
	CHECK(!b.failed);
}

static void an_absurd_size_fails(void)
{
	struct drp_buf b = {0};
	drp_buf_append(&b, "x", SIZE_MAX / 2);
	CHECK(b.failed);
	CHECK_INT(b.len, 0);
	drp_buf_clear(&b);
}

static void wiped_buffers_are_empty(void)
{
	struct drp_buf b = {0};
	drp_buf_wipe(&b);
	drp_buf_text(&b, "secret");
	drp_buf_wipe(&b);
	CHECK(b.data == NULL && b.len == 0);
}

int main(void)
{
	CASE("appends stand one after the other", appends_in_order);
	CASE("a buffer grows", grows);
	CASE("an empty buffer is an empty string", an_empty_buffer_is_a_string);
	CASE("after a failure nothing is added and no string is given", a_failure_sticks);
	CASE("a size beyond reason is a failure", an_absurd_size_fails);
	CASE("a wiped buffer is empty", wiped_buffers_are_empty);
	return DONE();
}
