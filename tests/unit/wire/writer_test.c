/* SPDX-License-Identifier: Apache-2.0
 *
 * The writer gives the one canonical form and notices a caller that breaks it.
 */
#include "proto/base/alloc.h"
#include "proto/base/text.h"
#include "proto/wire/reader.h"
#include "proto/wire/writer.h"
#include "tests/support/check.h"

#include <stdlib.h>

static struct drp_writer w;

static void check_bytes(const char *hex)
{
	char got[200];
	CHECK_OK(drp_w_finish(&w));
	CHECK(w.out.len < 100);
	drp_hex(w.out.data, w.out.len, got);
	CHECK_STR(got, hex);
	CHECK_OK(drp_prewalk(w.out.data, w.out.len, 1000));
	drp_w_clear(&w);
}

static void check_fails(enum drp_err err)
{
	CHECK_ERR(drp_w_finish(&w), err);
	drp_w_clear(&w);
}

static void writes_shortest_integers(void)
{
	static const struct {
		int64_t value;
		const char *hex;
	} row[] = {
		{0, "00"},
		{127, "7f"},
		{128, "cc80"},
		{255, "ccff"},
		{256, "cd0100"},
		{65535, "cdffff"},
		{65536, "ce00010000"},
		{4294967295, "ceffffffff"},
		{4294967296, "cf0000000100000000"},
		{INT64_MAX, "cf7fffffffffffffff"},
		{-1, "ff"},
		{-32, "e0"},
		{-33, "d0df"},
		{-128, "d080"},
		{-129, "d1ff7f"},
		{-32768, "d18000"},
		{-32769, "d2ffff7fff"},
		{-2147483648, "d280000000"},
		{-2147483649, "d3ffffffff7fffffff"},
		{INT64_MIN, "d38000000000000000"},
	};
	for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
		drp_w_int(&w, row[i].value);
		check_bytes(row[i].hex);
	}
	drp_w_uint(&w, UINT64_MAX);
	check_bytes("cfffffffffffffffff");
}

static void writes_every_other_type(void)
{
	drp_w_map(&w, 5);
	drp_w_key(&w, "a");
	drp_w_nil(&w);
	drp_w_key(&w, "b");
	drp_w_bool(&w, 1);
	drp_w_key(&w, "ba");
	drp_w_bool(&w, 0);
	drp_w_key(&w, "c");
	drp_w_str(&w, "\xc3\xa9");
	drp_w_key(&w, "d");
	drp_w_array(&w, 3);
	drp_w_bin(&w, "\x01\x02", 2);
	drp_w_ints(&w, (const int64_t[]){-1, 1}, 2);
	drp_w_uints(&w, NULL, 0);
	check_bytes("85a161c0a162c3a26261c2a163a2c3a9a16493c402010292ff0190");
}

static void refuses_keys_out_of_order(void)
{
	static const char *const pair[][2] = {{"b", "a"}, {"a", "a"}, {"ab", "a"}};
	for (size_t i = 0; i < 3; i++) {
		drp_w_map(&w, 2);
		drp_w_key(&w, pair[i][0]);
		drp_w_nil(&w);
		drp_w_key(&w, pair[i][1]);
		drp_w_nil(&w);
		check_fails(DRP_E_INTERNAL);
	}
}

static void orders_keys_by_unsigned_bytes(void)
{
	drp_w_map(&w, 2);
	drp_w_key(&w, "z");
	drp_w_nil(&w);
	drp_w_key(&w, "\xc3\xa9");
	drp_w_nil(&w);
	check_bytes("82a17ac0a2c3a9c0");
}

static void refuses_misplaced_calls(void)
{
	drp_w_map(&w, 1);
	drp_w_nil(&w); /* value without a key */
	check_fails(DRP_E_INTERNAL);
	drp_w_array(&w, 1);
	drp_w_key(&w, "a");
	check_fails(DRP_E_INTERNAL);
	drp_w_key(&w, "a");
	check_fails(DRP_E_INTERNAL);
	drp_w_map(&w, 1);
	drp_w_key(&w, "a");
	drp_w_key(&w, "b");
	check_fails(DRP_E_INTERNAL);
	drp_w_nil(&w);
	drp_w_nil(&w); /* a second message */
	check_fails(DRP_E_INTERNAL);
	drp_w_array(&w, 2);
	drp_w_nil(&w); /* one short */
	check_fails(DRP_E_INTERNAL);
	check_fails(DRP_E_INTERNAL); /* nothing at all */
}

static void refuses_unfit_text(void)
{
	drp_w_str(&w, "\xff");
	check_fails(DRP_E_INPUT);
	drp_w_map(&w, 1);
	drp_w_key(&w, "");
	check_fails(DRP_E_INTERNAL);
	drp_w_map(&w, 1);
	drp_w_key(&w, "12345678901234567890123456789012");
	check_fails(DRP_E_INTERNAL);
}

static void refuses_nesting_beyond_the_limit(void)
{
	for (int i = 0; i < DRP_NESTING_MAX - 1; i++) {
		drp_w_array(&w, 1);
	}
	drp_w_array(&w, 0);
	check_bytes("9191919191919190");
	for (int i = 0; i < DRP_NESTING_MAX; i++) {
		drp_w_array(&w, 1);
	}
	drp_w_array(&w, 0);
	check_fails(DRP_E_TOOBIG);
}

static void reports_no_memory(void)
{
	drp_alloc_hook(1, 1);
	drp_w_uint(&w, 1);
	enum drp_err err = drp_w_finish(&w);
	drp_alloc_hook(0, 0);
	drp_w_clear(&w);
	CHECK_ERR(err, DRP_E_NOMEM);
}

/* A random tree: the caller's seed makes it repeatable. */
static void write_random(int depth)
{
	static const int64_t edge[] = {0, 127, 128, 255, 256, 65535, 65536, 4294967295,
		4294967296, -1, -32, -33, -128, -129, -32768, -32769, INT64_MIN,
		INT64_MAX};
	static const size_t length[] = {0, 1, 31, 32, 255, 256, 65535, 65536};
	static uint8_t bytes[65537];
	int choice = rand() % (depth < DRP_NESTING_MAX ? 7 : 5);
	size_t n = length[rand() % 8];
	if (choice == 0) {
		drp_w_int(&w, edge[rand() % 18]);
	} else if (choice == 1) {
		drp_w_bool(&w, rand() % 2);
	} else if (choice == 2) {
		drp_w_nil(&w);
	} else if (choice == 3) {
		drp_w_bin(&w, bytes, n);
	} else if (choice == 4) {
		char *text = drp_alloc(n + 1, 1);
		memset(text, 'x', n);
		drp_w_str(&w, text);
		drp_free(text);
	} else if (choice == 5) {
		int entries = rand() % 20;
		drp_w_array(&w, (size_t)entries);
		for (int i = 0; i < entries; i++) {
			write_random(depth + 3);
		}
	} else {
		int entries = rand() % 20;
		drp_w_map(&w, (size_t)entries);
		for (int i = 0; i < entries; i++) {
			char key[8];
			snprintf(key, sizeof key, "k%03d", i);
			drp_w_key(&w, key);
			write_random(depth + 3);
		}
	}
}

static void hands_out_whole_or_nothing(void)
{
	struct drp_buf out = {0};
	struct drp_writer whole = {0}, open = {0};
	drp_buf_text(&out, "x");
	drp_w_uint(&whole, 7);
	CHECK_OK(drp_w_hand_out(&whole, &out));
	CHECK(whole.out.data == NULL);
	drp_w_array(&open, 1);
	CHECK_ERR(drp_w_hand_out(&open, &out), DRP_E_INTERNAL);
	CHECK(open.out.data == NULL);
	CHECK_INT(out.len, 2);
	CHECK_MEM(out.data, "x\x07", 2);
	drp_buf_clear(&out);
}

static void the_prewalk_accepts_whatever_it_writes(void)
{
	srand(1);
	for (int i = 0; i < 300; i++) {
		write_random(0);
		CHECK_OK(drp_w_finish(&w));
		CHECK_OK(drp_prewalk(w.out.data, w.out.len, SIZE_MAX));
		struct drp_reader *r;
		CHECK_OK(drp_r_open(w.out.data, w.out.len, SIZE_MAX, &r));
		CHECK_ERR(drp_r_close(r), DRP_E_MALFORMED); /* nothing was read */
		CHECK(drp_prewalk(w.out.data, w.out.len - 1, SIZE_MAX) != DRP_OK);
		drp_w_clear(&w);
	}
}

static void long_forms_begin_where_short_ones_end(void)
{
	static int64_t zero[65536];
	static const size_t length[] = {15, 16, 65535, 65536};
	for (size_t i = 0; i < 4; i++) {
		drp_w_ints(&w, zero, length[i]);
		CHECK_OK(drp_w_finish(&w));
		CHECK_OK(drp_prewalk(w.out.data, w.out.len, SIZE_MAX));
		drp_w_clear(&w);
	}
}

int main(void)
{
	CASE("integers take their shortest form", writes_shortest_integers);
	CASE("nil, booleans, text, bytes, arrays and maps", writes_every_other_type);
	CASE("keys out of order or twice are refused", refuses_keys_out_of_order);
	CASE("key order is by unsigned bytes", orders_keys_by_unsigned_bytes);
	CASE("misplaced calls are defects, not bytes", refuses_misplaced_calls);
	CASE("text that is not UTF-8 and unfit keys are refused", refuses_unfit_text);
	CASE("nesting stops at the limit", refuses_nesting_beyond_the_limit);
	CASE("no memory is reported once, at the end", reports_no_memory);
	CASE("bytes are handed out whole or not at all", hands_out_whole_or_nothing);
	CASE("the pre-walk accepts whatever the writer writes",
		the_prewalk_accepts_whatever_it_writes);
	CASE("long array headers begin where short ones end",
		long_forms_begin_where_short_ones_end);
	return DONE();
}
