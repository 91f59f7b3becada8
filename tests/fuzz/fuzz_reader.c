/* SPDX-License-Identifier: Apache-2.0
 *
 * A reader under a random schema: the first byte is the number of calls, then one byte
 * for each, then the message. Whatever a decoder asks, values keep their promised range,
 * borrowed bytes lie inside the message, and after an error everything is zero.
 */
#include "proto/wire/reader.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static void call(struct drp_reader *r, unsigned op, const uint8_t *message, size_t size)
{
	static const char *const key[] = {"a", "at", "b", "k"};
	size_t arg = op >> 4, n;
	uint32_t uints[16];
	uint8_t bytes[16];
	char text[17];
	switch (op & 15) {
	case 0:
		drp_r_map(r);
		break;
	case 1:
		drp_r_key(r, key[arg % 4]);
		break;
	case 2:
		drp_r_has(r, key[arg % 4]);
		break;
	case 3:
		drp_r_end_map(r);
		break;
	case 4:
		REQUIRE(drp_r_array(r, arg) <= arg);
		break;
	case 5:
		drp_r_end_array(r);
		break;
	case 6:
		REQUIRE(drp_r_uint(r, 0, arg * 100) <= arg * 100);
		break;
	case 7: {
		int64_t most = (int64_t)arg * 100, value = drp_r_int(r, -most, most);
		REQUIRE(value >= -most && value <= most);
		break;
	}
	case 8:
		REQUIRE(drp_r_bool(r) <= 1);
		break;
	case 9:
		drp_r_is_nil(r);
		break;
	case 10:
		drp_r_str(r, text, arg + 1);
		REQUIRE(strlen(text) <= arg);
		break;
	case 11: {
		const uint8_t *p = drp_r_bin(r, arg, &n);
		REQUIRE(n <= arg);
		REQUIRE(n == 0 || (p >= message && p + n <= message + size));
		break;
	}
	case 12:
		drp_r_bytes(r, bytes, arg);
		break;
	case 13:
	case 14:
		drp_r_uints(r, 9, uints, arg);
		for (size_t i = 0; i < arg; i++) {
			REQUIRE(uints[i] <= 9);
		}
		break;
	default:
		drp_r_uint(r, 0, UINT64_MAX);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0 || (size_t)data[0] + 1 > size) {
		return 0;
	}
	size_t calls = data[0];
	const uint8_t *message = data + 1 + calls;
	struct drp_reader *r;
	size -= 1 + calls;
	enum drp_err err = drp_r_open(message, size, DRP_WIRE_ITEMS_MAX, &r);
	REQUIRE(err == drp_prewalk(message, size, DRP_WIRE_ITEMS_MAX));
	REQUIRE((err == DRP_OK) == (r != NULL));
	if (err) {
		return 0;
	}
	for (size_t i = 0; i < calls; i++) {
		call(r, data[1 + i], message, size);
	}
	err = drp_r_close(r);
	REQUIRE(err == DRP_OK || err == DRP_E_MALFORMED || err == DRP_E_TOOBIG);
	return 0;
}
