/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/base/text.h"

#include "tests/support/check.h"

static void hex_comes_back(void)
{
	uint8_t bytes[256], back[256];
	char text[513];
	for (int i = 0; i < 256; i++) {
		bytes[i] = (uint8_t)i;
	}
	drp_hex(bytes, 256, text);
	CHECK_MEM(text, "000102", 6);
	CHECK_STR(text + 508, "feff");
	CHECK_INT(drp_unhex(text, back, 256), 0);
	CHECK_MEM(back, bytes, 256);
	CHECK_INT(drp_unhex("FEff", back, 2), 0);
	CHECK_MEM(back, "\xfe\xff", 2);
	CHECK_INT(drp_unhex("", back, 0), 0);
}

static void what_is_no_hex(void)
{
	static const char *const bad[] = {
		"", "0", "000", "00000", "0g", "g0", "0 ", " 0", "0x", "/0", "@0", "`0"};
	uint8_t b[2];
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		CHECK_INT(drp_unhex(bad[i], b, strlen(bad[i]) < 3 ? 1 : 2), -1);
	}
}

static void numbers(void)
{
	uint32_t v = 0;
	CHECK_INT(drp_parse_u32("0", 0, 9, &v), 0);
	CHECK_INT(v, 0);
	CHECK_INT(drp_parse_u32("4294967295", 0, UINT32_MAX, &v), 0);
	CHECK_INT(v, UINT32_MAX);
	CHECK_INT(drp_parse_u32("007", 0, 9, &v), 0);
	CHECK_INT(v, 7);
}

static void what_is_no_number(void)
{
	static const char *const bad[] = {"", " 5", "5 ", "+5", "-5", "5.0", "5e1", "0x5",
		"4", "7", "4294967301", "18446744073709551621", "99999999999999999999"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		uint32_t v = 77;
		CHECK_INT(drp_parse_u32(bad[i], 5, 6, &v), -1);
		CHECK_INT(v, 77);
	}
}

/* One code point in UTF-8 as the standard's bit table writes it, sound or not. */
static size_t encode(uint32_t c, uint8_t out[4])
{
	if (c < 0x80) {
		out[0] = (uint8_t)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (uint8_t)(0xc0 | c >> 6);
		out[1] = (uint8_t)(0x80 | (c & 63));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (uint8_t)(0xe0 | c >> 12);
		out[1] = (uint8_t)(0x80 | (c >> 6 & 63));
		out[2] = (uint8_t)(0x80 | (c & 63));
		return 3;
	}
	out[0] = (uint8_t)(0xf0 | c >> 18);
	out[1] = (uint8_t)(0x80 | (c >> 12 & 63));
	out[2] = (uint8_t)(0x80 | (c >> 6 & 63));
	out[3] = (uint8_t)(0x80 | (c & 63));
	return 4;
}

/* Every code point; surrogates, what lies beyond Unicode and NUL are none. Cut short,
 * none is valid. */
static void every_code_point(void)
{
	for (uint32_t c = 0; c < 0x120000; c++) {
		uint8_t bytes[4];
		size_t n = encode(c, bytes);
		int good = c > 0 && c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);
		if (drp_utf8_valid(bytes, n) != good) {
			CHECK_INT(c, -1);
		}
		CHECK(n == 1 || !drp_utf8_valid(bytes, n - 1));
	}
}

static void overlong_forms(void)
{
	static const char *const bad[] = {"\xc0\x80", "\xc1\xbf", "\xe0\x80\x80",
		"\xe0\x9f\xbf", "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf", "\x80", "\xbf",
		"\xfe", "\xff", "\xc3\x28", "\xe2\x28\xa1", "\xf0\x9f\x98\x28", "ok\xc3"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		CHECK(!drp_utf8_valid(bad[i], strlen(bad[i])));
	}
	CHECK(drp_utf8_valid("", 0));
	CHECK(drp_utf8_valid("caf\xc3\xa9 \xf0\x9f\x98\x80", 10));
	CHECK(!drp_utf8_valid("a\0b", 3));
}

static void codes(void)
{
	static const char *const good[] = {"a", "A-b_c.9", "0", "_x", "123456789012345"};
	static const char *const bad[] = {"", ".", "-", ".a", "-a", "a b", "a/b", "a,b",
		"\xc3\xa9", "a\n", "a\"", "1234567890123456"};
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		CHECK(drp_code_valid(good[i], 16));
	}
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		CHECK(!drp_code_valid(bad[i], 16));
	}
}

int main(void)
{
	CASE("hexadecimal comes back", hex_comes_back);
	CASE("digits that are missing, too many or none are no bytes", what_is_no_hex);
	CASE("plain decimals are numbers", numbers);
	CASE("nothing else is, nor what is out of range", what_is_no_number);
	CASE("exactly the code points of Unicode but NUL are UTF-8", every_code_point);
	CASE("overlong and broken sequences are not", overlong_forms);
	CASE("codes are safe as file names", codes);
	return DONE();
}
