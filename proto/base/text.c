/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/base/text.h"

#include <string.h>

void drp_hex(const void *bytes, size_t n, char *out)
{
	static const char digit[] = "0123456789abcdef";
	const uint8_t *b = bytes;
	for (size_t i = 0; i < n; i++) {
		out[2 * i] = digit[b[i] >> 4];
		out[2 * i + 1] = digit[b[i] & 15];
	}
	out[2 * n] = 0;
}

static int nibble(char c)
{
	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	if (c >= 'a' && c <= 'f') {
		return c - 'a' + 10;
	}
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

int drp_unhex(const char *text, void *bytes, size_t n)
{
	uint8_t *b = bytes;
	if (strlen(text) != 2 * n) {
		return -1;
	}
	for (size_t i = 0; i < n; i++) {
		int high = nibble(text[2 * i]), low = nibble(text[2 * i + 1]);
		if (high < 0 || low < 0) {
			return -1;
		}
		b[i] = (uint8_t)(high << 4 | low);
	}
	return 0;
}

int drp_parse_u32(const char *text, uint32_t min, uint32_t max, uint32_t *value)
{
	uint64_t v = 0;
	size_t n = strlen(text);
	if (n == 0 || n > 10) {
		return -1;
	}
	for (size_t i = 0; i < n; i++) {
		if (text[i] < '0' || text[i] > '9') {
			return -1;
		}
		v = v * 10 + (uint64_t)(text[i] - '0');
	}
	if (v < min || v > max) {
		return -1;
	}
	*value = (uint32_t)v;
	return 0;
}

/* Length of the valid sequence at p, or 0. Table 3-7 of the Unicode standard. */
static size_t sequence(const uint8_t *p, size_t n)
{
	static const struct {
		uint8_t first, last, low, high, more;
	} row[] = {{0x01, 0x7f, 0, 0, 0}, {0xc2, 0xdf, 0x80, 0xbf, 1},
		{0xe0, 0xe0, 0xa0, 0xbf, 2}, {0xe1, 0xec, 0x80, 0xbf, 2},
		{0xed, 0xed, 0x80, 0x9f, 2}, {0xee, 0xef, 0x80, 0xbf, 2},
		{0xf0, 0xf0, 0x90, 0xbf, 3}, {0xf1, 0xf3, 0x80, 0xbf, 3},
		{0xf4, 0xf4, 0x80, 0x8f, 3}};
	for (size_t r = 0; r < sizeof row / sizeof row[0]; r++) {
		if (p[0] < row[r].first || p[0] > row[r].last) {
			continue;
		}
		if (n <= row[r].more) {
			return 0;
		}
		for (size_t i = 1; i <= row[r].more; i++) {
			uint8_t low = i == 1 ? row[r].low : 0x80;
			uint8_t high = i == 1 ? row[r].high : 0xbf;
			if (p[i] < low || p[i] > high) {
				return 0;
			}
		}
		return row[r].more + (size_t)1;
	}
	return 0;
}

int drp_utf8_valid(const void *bytes, size_t n)
{
	const uint8_t *p = bytes;
	while (n) {
		size_t len = sequence(p, n);
		if (len == 0) {
			return 0;
		}
		p += len;
		n -= len;
	}
	return 1;
}

int drp_code_valid(const char *text, size_t max)
{
	size_t n = strlen(text);
	if (n == 0 || n >= max || text[0] == '.' || text[0] == '-') {
		return 0;
	}
	for (size_t i = 0; i < n; i++) {
		char c = text[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			    (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.')) {
			return 0;
		}
	}
	return 1;
}
