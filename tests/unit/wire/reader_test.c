/* SPDX-License-Identifier: Apache-2.0
 *
 * Hostile bytes are refused before anything is allocated; good ones are read in the
 * order of the schema and nothing may be left over.
 */
#include "proto/base/text.h"
#include "proto/wire/reader.h"
#include "proto/wire/writer.h"
#include "tests/support/check.h"

static uint8_t bytes[300 * 1024];

static size_t unhex(const char *hex)
{
	size_t n = strlen(hex) / 2;
	CHECK(drp_unhex(hex, bytes, n) == 0);
	return n;
}

static void check_refused(const char *hex, enum drp_err err)
{
	struct drp_reader *r;
	size_t n = unhex(hex);
	enum drp_err got = drp_prewalk(bytes, n, DRP_WIRE_ITEMS_MAX);
	if (got != err) {
		printf("# %s\n", hex);
	}
	CHECK_ERR(got, err);
	CHECK_ERR(drp_r_open(bytes, n, DRP_WIRE_ITEMS_MAX, &r), err);
	CHECK(r == NULL);
}

static void refuses_counts_beyond_the_bytes(void)
{
	static const char *const claim[] = {"dd10000000000000", "ddffffffff",
		"df7fffffff", "dfffffffff00", "9f", "8f", "dc0010", "dcffff00", "91",
		"81", "81a161"};
	for (size_t i = 0; i < sizeof claim / sizeof claim[0]; i++) {
		check_refused(claim[i], DRP_E_MALFORMED);
	}
	char nested[320] = "";
	for (int i = 0; i < 31; i++) { /* 31 array headers, each claiming 2^28 */
		strcat(nested, "dd10000000");
	}
	check_refused(nested, DRP_E_MALFORMED);
}

static void refuses_deep_nesting(void)
{
	CHECK_OK(drp_prewalk("\x91\x91\x91\x91\x91\x91\x91\x90", 8, 100));
	check_refused("919191919191919190", DRP_E_TOOBIG);
	memset(bytes, 0x91, sizeof bytes);
	CHECK_ERR(drp_prewalk(bytes, sizeof bytes, SIZE_MAX), DRP_E_TOOBIG);
}

static void refuses_more_values_than_allowed(void)
{
	size_t n = unhex("93010203");
	CHECK_OK(drp_prewalk(bytes, n, 4));
	CHECK_ERR(drp_prewalk(bytes, n, 3), DRP_E_TOOBIG);
	n = unhex("81a16101");
	CHECK_OK(drp_prewalk(bytes, n, 3));
	CHECK_ERR(drp_prewalk(bytes, n, 2), DRP_E_TOOBIG);
	CHECK_ERR(drp_prewalk(bytes, n, 0), DRP_E_TOOBIG);
}

static void refuses_longer_forms(void)
{
	static const char *const longer[] = {"cc7f", "cd00ff", "ce0000ffff",
		"cf00000000ffffffff", "d0e0", "d07f", "d1ff80", "d10001", "d2ffff8000",
		"d200010000", "d3ffffffff80000000", "d30000000100000000", "d900",
		"da0020", "c50001ff", "c6000000ff", "dc0000", "dd00000000", "de0000",
		"df00000000", "d901ff"};
	for (size_t i = 0; i < sizeof longer / sizeof longer[0]; i++) {
		check_refused(longer[i], DRP_E_MALFORMED);
	}
}

static void refuses_floats_extensions_and_the_unused_byte(void)
{
	static const char *const other[] = {"ca00000000", "cb3ff0000000000000", "d40001",
		"d5000102", "d60001020304", "d7000102030405060708",
		"d80000000000000000000000000000000000", "c7010000", "c800010000",
		"c90000000100", "c9ffffffff", "c1", "91c1"};
	for (size_t i = 0; i < sizeof other / sizeof other[0]; i++) {
		check_refused(other[i], DRP_E_MALFORMED);
	}
}

static void refuses_bad_keys(void)
{
	static const char *const map[] = {
		"82a16100a16100",   /* twice */
		"82a16200a16100",   /* descending */
		"82a2616200a16100", /* a longer one before its beginning */
		"82a2c3a900a17a00", /* é before z: order is by unsigned bytes */
		"810100",	    /* an integer */
		"81c4016100",	    /* bytes */
		"819000",	    /* an array */
		"81a000",	    /* empty */
		"81a1ff00",	    /* not UTF-8 */
	};
	for (size_t i = 0; i < sizeof map / sizeof map[0]; i++) {
		check_refused(map[i], DRP_E_MALFORMED);
	}
	size_t n = unhex("82a17a00a2c3a900");
	CHECK_OK(drp_prewalk(bytes, n, 100));
	memset(bytes, 'k', 100);
	memcpy(bytes, "\x81\xbf", 2);
	bytes[33] = 0;
	CHECK_OK(drp_prewalk(bytes, 34, 100)); /* 31 bytes */
	memcpy(bytes, "\x81\xd9\x20", 3);
	bytes[33] = 'k';
	bytes[35] = 0;
	CHECK_ERR(drp_prewalk(bytes, 36, 100), DRP_E_TOOBIG); /* 32 bytes */
}

static void refuses_bad_text(void)
{
	static const char *const text[] = {"a1ff", "a100", "a2c080", "a3eda080",
		"a4f4908080", "a2c3", "a1c3", "d920", "dbffffffff"};
	for (size_t i = 0; i < sizeof text / sizeof text[0]; i++) {
		check_refused(text[i], DRP_E_MALFORMED);
	}
}

static void refuses_an_inexact_end(void)
{
	check_refused("", DRP_E_MALFORMED);
	check_refused("0000", DRP_E_MALFORMED);
	check_refused("9000", DRP_E_MALFORMED);
	check_refused("c402ff", DRP_E_MALFORMED);
	check_refused("cd01", DRP_E_MALFORMED);
	check_refused("c6ffffffff", DRP_E_MALFORMED);
}

static struct drp_reader *open_hex(const char *hex)
{
	struct drp_reader *r;
	size_t n = unhex(hex);
	CHECK_OK(drp_r_open(bytes, n, 1000, &r));
	return r;
}

static void reads_every_type(void)
{
	struct drp_writer w = {0};
	int64_t ints[3] = {0};
	uint32_t uints[2] = {0};
	char text[5];
	uint8_t two[2];
	size_t n;
	drp_w_map(&w, 9);
	drp_w_key(&w, "bin");
	drp_w_bin(&w, "\x01\x02", 2);
	drp_w_key(&w, "bool");
	drp_w_bool(&w, 1);
	drp_w_key(&w, "bytes");
	drp_w_bin(&w, "\x03\x04", 2);
	drp_w_key(&w, "int");
	drp_w_int(&w, -70000);
	drp_w_key(&w, "ints");
	drp_w_ints(&w, (const int64_t[]){INT64_MIN, 0, INT64_MAX}, 3);
	drp_w_key(&w, "nil");
	drp_w_nil(&w);
	drp_w_key(&w, "str");
	drp_w_str(&w, "abcd");
	drp_w_key(&w, "uint");
	drp_w_uint(&w, UINT64_MAX);
	drp_w_key(&w, "uints");
	drp_w_uints(&w, (const uint32_t[]){7, 8}, 2);
	CHECK_OK(drp_w_finish(&w));

	struct drp_reader *r;
	CHECK_OK(drp_r_open(w.out.data, w.out.len, 100, &r));
	drp_r_map(r);
	drp_r_key(r, "bin");
	const uint8_t *bin = drp_r_bin(r, 2, &n);
	CHECK(n == 2 && bin && bin[0] == 1 && bin[1] == 2);
	drp_r_key(r, "bool");
	CHECK_INT(drp_r_bool(r), 1);
	drp_r_key(r, "bytes");
	drp_r_bytes(r, two, 2);
	CHECK_MEM(two, "\x03\x04", 2);
	drp_r_key(r, "int");
	CHECK_INT(drp_r_int(r, -70000, 0), -70000);
	drp_r_key(r, "ints");
	CHECK_INT(drp_r_array(r, 3), 3);
	for (size_t i = 0; i < 3; i++) {
		ints[i] = drp_r_int(r, INT64_MIN, INT64_MAX);
	}
	drp_r_end_array(r);
	CHECK(ints[0] == INT64_MIN && ints[1] == 0 && ints[2] == INT64_MAX);
	CHECK(!drp_r_has(r, "mil"));
	CHECK(drp_r_has(r, "nil"));
	CHECK(drp_r_is_nil(r));
	drp_r_key(r, "str");
	CHECK(!drp_r_is_nil(r));
	drp_r_str(r, text, sizeof text);
	CHECK_STR(text, "abcd");
	drp_r_key(r, "uint");
	CHECK(drp_r_uint(r, 0, UINT64_MAX) == UINT64_MAX);
	drp_r_key(r, "uints");
	drp_r_uints(r, 8, uints, 2);
	CHECK(uints[0] == 7 && uints[1] == 8);
	drp_r_end_map(r);
	CHECK_OK(drp_r_close(r));
	drp_w_clear(&w);
}

static void reads_what_is_empty(void)
{
	char text[2] = "x";
	uint8_t one[1] = {9};
	size_t n = 9;
	struct drp_reader *r = open_hex("95a0c400c4009080");
	drp_r_array(r, 5);
	drp_r_str(r, text, 1);
	CHECK_STR(text, "");
	CHECK(drp_r_bin(r, 0, &n) != NULL);
	CHECK_INT(n, 0);
	drp_r_bytes(r, one, 0);
	CHECK_INT(one[0], 9);
	CHECK_INT(drp_r_array(r, 0), 0);
	drp_r_end_array(r);
	drp_r_map(r);
	drp_r_end_map(r);
	drp_r_end_array(r);
	CHECK_OK(drp_r_close(r));
}

static void an_absent_key_is_an_error(void)
{
	struct drp_reader *r = open_hex("82a16101a16302");
	drp_r_map(r);
	drp_r_key(r, "a");
	CHECK_INT(drp_r_uint(r, 0, 9), 1);
	drp_r_key(r, "b");
	CHECK_INT(drp_r_uint(r, 0, 9), 0);
	CHECK_ERR(drp_r_close(r), DRP_E_MALFORMED);
}

static void an_unread_entry_or_element_is_an_error(void)
{
	struct drp_reader *r = open_hex("82a16101a16302");
	drp_r_map(r);
	drp_r_key(r, "a");
	drp_r_uint(r, 0, 9);
	drp_r_end_map(r);
	CHECK_ERR(drp_r_close(r), DRP_E_MALFORMED);

	r = open_hex("920102");
	CHECK_INT(drp_r_array(r, 2), 2);
	drp_r_uint(r, 0, 9);
	drp_r_end_array(r);
	CHECK_ERR(drp_r_close(r), DRP_E_MALFORMED);

	r = open_hex("01");
	CHECK_ERR(drp_r_close(r), DRP_E_MALFORMED);

	r = open_hex("9101"); /* entered and read, but never left */
	drp_r_array(r, 1);
	drp_r_uint(r, 0, 9);
	CHECK_ERR(drp_r_close(r), DRP_E_MALFORMED);
}

static void a_value_beyond_the_end_is_an_error(void)
{
	struct drp_reader *r = open_hex("9101");
	drp_r_array(r, 1);
	CHECK_INT(drp_r_uint(r, 0, 9), 1);
	CHECK_INT(drp_r_uint(r, 0, 9), 0);
	CHECK_ERR(drp_r_close(r), DRP_E_MALFORMED);

	r = open_hex("81a16101"); /* a value without asking for its key */
	drp_r_map(r);
	CHECK_INT(drp_r_uint(r, 0, 9), 0);
	CHECK_ERR(drp_r_close(r), DRP_E_MALFORMED);
}

static void numbers_outside_the_range_are_errors(void)
{
	struct drp_reader *r = open_hex("05");
	CHECK_INT(drp_r_uint(r, 6, 9), 0);
	CHECK_ERR(drp_r_close(r), DRP_E_MALFORMED);
	r = open_hex("05");
	CHECK_INT(drp_r_uint(r, 0, 4), 0);
	CHECK_ERR(drp_r_close(r), DRP_E_MALFORMED);
	r = open_hex("ff");
	CHECK_INT(drp_r_uint(r, 0, UINT64_MAX), 0);
	CHECK_ERR(drp_r_close(r), DRP_E_MALFORMED);
	r = open_hex("ff");
	CHECK_INT(drp_r_int(r, 0, 9), 0);
	CHECK_ERR(drp_r_close(r), DRP_E_MALFORMED);
	r = open_hex("05");
	CHECK_INT(drp_r_int(r, -9, 4), 0);
	CHECK_ERR(drp_r_close(r), DRP_E_MALFORMED);
	r = open_hex("cf8000000000000000"); /* 2^63 is no int64 */
	CHECK_INT(drp_r_int(r, INT64_MIN, INT64_MAX), 0);
	CHECK_ERR(drp_r_close(r), DRP_E_MALFORMED);
}

static void lengths_beyond_the_callers_room_are_errors(void)
{
	char text[3];
	uint8_t two[2];
	size_t n;
	uint32_t uints[2];
	struct drp_reader *r = open_hex("a3616263");
	drp_r_str(r, text, sizeof text);
	CHECK_STR(text, "");
	CHECK_ERR(drp_r_close(r), DRP_E_TOOBIG);
	r = open_hex("c403010203");
	CHECK(drp_r_bin(r, 2, &n) == NULL && n == 0);
	CHECK_ERR(drp_r_close(r), DRP_E_TOOBIG);
	r = open_hex("c403010203");
	drp_r_bytes(r, two, 2);
	CHECK_ERR(drp_r_close(r), DRP_E_TOOBIG);
	r = open_hex("c40101");
	drp_r_bytes(r, two, 2);
	CHECK_ERR(drp_r_close(r), DRP_E_MALFORMED);
	r = open_hex("93010203");
	CHECK_INT(drp_r_array(r, 2), 0);
	CHECK_ERR(drp_r_close(r), DRP_E_TOOBIG);
	r = open_hex("93010203");
	drp_r_uints(r, 9, uints, 2);
	CHECK_ERR(drp_r_close(r), DRP_E_TOOBIG);
	r = open_hex("9101");
	drp_r_uints(r, 9, uints, 2);
	CHECK_ERR(drp_r_close(r), DRP_E_MALFORMED);
}

static void the_first_error_sticks(void)
{
	char text[4] = "xyz";
	uint8_t one[1] = {9};
	struct drp_reader *r = open_hex("93a3616263c4010101");
	drp_r_array(r, 3);
	drp_r_fail(r, DRP_E_RANGE);
	drp_r_str(r, text, sizeof text);
	drp_r_bytes(r, one, 1);
	CHECK_INT(drp_r_uint(r, 0, 9), 0);
	CHECK_INT(drp_r_bool(r), 0);
	CHECK_INT(drp_r_is_nil(r), 0);
	drp_r_map(r);
	drp_r_end_map(r);
	CHECK_STR(text, "");
	CHECK_INT(one[0], 0);
	CHECK_ERR(drp_r_close(r), DRP_E_RANGE);
}

/* {"a": 1, "b": 2} */
static void the_field_of_the_first_error_is_known(void)
{
	struct drp_reader *r;
	size_t n = unhex("82a16101a16202");
	CHECK_OK(drp_r_open(bytes, n, 9, &r));
	CHECK_STR(drp_r_field(r), "");
	drp_r_map(r);
	drp_r_key(r, "a");
	CHECK_INT(drp_r_uint(r, 0, 9), 1);
	drp_r_key(r, "b");
	CHECK_INT(drp_r_uint(r, 0, 1), 0);
	drp_r_end_map(r);
	drp_r_key(r, "c");
	CHECK_STR(drp_r_field(r), "b");
	CHECK_ERR(drp_r_close(r), DRP_E_MALFORMED);
	CHECK_OK(drp_r_open(bytes, n, 9, &r));
	drp_r_map(r);
	drp_r_key(r, "aa");
	CHECK_STR(drp_r_field(r), "aa");
	CHECK_ERR(drp_r_close(r), DRP_E_MALFORMED);
}

static void wrong_types_are_errors(void)
{
	static const char *const value[] = {
		"c0", "c3", "01", "ff", "a161", "c40161", "9101", "81a16101"};
	char text[9];
	size_t n;
	for (size_t i = 0; i < 8; i++) {
		for (size_t reader = 0; reader < 8; reader++) {
			struct drp_reader *r = open_hex(value[i]);
			switch (reader) {
			case 0:
				CHECK_INT(drp_r_is_nil(r), i == 0);
				break;
			case 1:
				drp_r_bool(r);
				break;
			case 2:
				drp_r_uint(r, 0, 9);
				break;
			case 3:
				drp_r_int(r, -9, -1);
				break;
			case 4:
				drp_r_str(r, text, sizeof text);
				break;
			case 5:
				drp_r_bin(r, 9, &n);
				break;
			case 6:
				drp_r_array(r, 9);
				drp_r_uint(r, 0, 9);
				drp_r_end_array(r);
				break;
			default:
				drp_r_map(r);
				drp_r_key(r, "a");
				drp_r_uint(r, 0, 9);
				drp_r_end_map(r);
			}
			CHECK_ERR(drp_r_close(r), i == reader ? DRP_OK : DRP_E_MALFORMED);
		}
	}
}

static void containers_end_as_they_began(void)
{
	struct drp_reader *r = open_hex("90");
	drp_r_array(r, 0);
	drp_r_end_map(r);
	CHECK_ERR(drp_r_close(r), DRP_E_MALFORMED);
	r = open_hex("80");
	drp_r_map(r);
	drp_r_end_array(r);
	CHECK_ERR(drp_r_close(r), DRP_E_MALFORMED);
	CHECK_ERR(drp_r_close(NULL), DRP_E_INTERNAL);
}

int main(void)
{
	CASE("a count beyond the bytes is refused", refuses_counts_beyond_the_bytes);
	CASE("deep nesting is refused", refuses_deep_nesting);
	CASE("more values than allowed are refused", refuses_more_values_than_allowed);
	CASE("a form longer than needed is refused", refuses_longer_forms);
	CASE("floats, extensions and 0xc1 are refused",
		refuses_floats_extensions_and_the_unused_byte);
	CASE("keys must ascend, be unique, short and text", refuses_bad_keys);
	CASE("text must be UTF-8 without NUL", refuses_bad_text);
	CASE("the end must be exact", refuses_an_inexact_end);
	CASE("every type is read back", reads_every_type);
	CASE("empty text, bytes, arrays and maps are read", reads_what_is_empty);
	CASE("an absent key is an error", an_absent_key_is_an_error);
	CASE("what nobody read is an error", an_unread_entry_or_element_is_an_error);
	CASE("a value that is not there is an error", a_value_beyond_the_end_is_an_error);
	CASE("a number outside its range is an error",
		numbers_outside_the_range_are_errors);
	CASE("a length beyond the caller's room is an error",
		lengths_beyond_the_callers_room_are_errors);
	CASE("the first error sticks, later values are zero", the_first_error_sticks);
	CASE("the field of the first error is known",
		the_field_of_the_first_error_is_known);
	CASE("each type is read only as itself", wrong_types_are_errors);
	CASE("a container ends as it began", containers_end_as_they_began);
	return DONE();
}
