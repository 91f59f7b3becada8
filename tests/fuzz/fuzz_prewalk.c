/* SPDX-License-Identifier: Apache-2.0
 *
 * Two oracles for the canonical form. Bytes that the pre-walk accepts are read by
 * msgpack-c to their exact end, and the writer gives the same bytes again: no value has
 * two accepted encodings. The same input taken as a list of writer calls: whatever the
 * writer finishes, the pre-walk accepts.
 */
#include "proto/wire/reader.h"
#include "proto/wire/writer.h"
#include "tests/fuzz/fuzz.h"

#include <msgpack.h>
#include <string.h>

static void write_text(struct drp_writer *w, msgpack_object_str str, int is_key)
{
	char *text = calloc(str.size + 1, 1);
	REQUIRE(text);
	if (str.size) {
		memcpy(text, str.ptr, str.size);
	}
	if (is_key) {
		drp_w_key(w, text);
	} else {
		drp_w_str(w, text);
	}
	free(text);
}

static void write_object(struct drp_writer *w, const msgpack_object *o)
{
	switch (o->type) {
	case MSGPACK_OBJECT_NIL:
		drp_w_nil(w);
		break;
	case MSGPACK_OBJECT_BOOLEAN:
		drp_w_bool(w, o->via.boolean);
		break;
	case MSGPACK_OBJECT_POSITIVE_INTEGER:
		drp_w_uint(w, o->via.u64);
		break;
	case MSGPACK_OBJECT_NEGATIVE_INTEGER:
		drp_w_int(w, o->via.i64);
		break;
	case MSGPACK_OBJECT_STR:
		write_text(w, o->via.str, 0);
		break;
	case MSGPACK_OBJECT_BIN:
		drp_w_bin(w, o->via.bin.ptr, o->via.bin.size);
		break;
	case MSGPACK_OBJECT_ARRAY:
		drp_w_array(w, o->via.array.size);
		for (uint32_t i = 0; i < o->via.array.size; i++) {
			write_object(w, &o->via.array.ptr[i]);
		}
		break;
	case MSGPACK_OBJECT_MAP:
		drp_w_map(w, o->via.map.size);
		for (uint32_t i = 0; i < o->via.map.size; i++) {
			write_text(w, o->via.map.ptr[i].key.via.str, 1);
			write_object(w, &o->via.map.ptr[i].val);
		}
		break;
	default:
		REQUIRE(0); /* a type that the pre-walk refuses */
	}
}

static void check_accepted(const uint8_t *data, size_t size)
{
	msgpack_unpacked tree;
	struct drp_writer w = {0};
	size_t used = 0;
	msgpack_unpacked_init(&tree);
	REQUIRE(msgpack_unpack_next(&tree, (const char *)data, size, &used) ==
		MSGPACK_UNPACK_SUCCESS);
	REQUIRE(used == size);
	write_object(&w, &tree.data);
	REQUIRE(drp_w_finish(&w) == DRP_OK);
	REQUIRE(w.out.len == size && memcmp(w.out.data, data, size) == 0);
	drp_w_clear(&w);
	msgpack_unpacked_destroy(&tree);
}

static void run_as_writer_calls(const uint8_t *data, size_t size)
{
	struct drp_writer w = {0};
	char text[40];
	while (size >= 10) {
		int64_t value;
		size_t n = data[1] % sizeof text;
		memcpy(&value, data + 2, sizeof value);
		for (size_t i = 0; i < n; i++) {
			text[i] = (char)data[2 + i % 8];
		}
		text[n < sizeof text ? n : n - 1] = 0;
		switch (data[0] % 8) {
		case 0:
			drp_w_map(&w, n);
			break;
		case 1:
			drp_w_array(&w, n);
			break;
		case 2:
			drp_w_key(&w, text);
			break;
		case 3:
			drp_w_int(&w, value >> (data[1] % 64));
			break;
		case 4:
			drp_w_uint(&w, (uint64_t)value >> (data[1] % 64));
			break;
		case 5:
			drp_w_str(&w, text);
			break;
		case 6:
			drp_w_bin(&w, text, n);
			break;
		default:
			drp_w_bool(&w, data[1] & 1);
		}
		data += 10;
		size -= 10;
	}
	if (drp_w_finish(&w) == DRP_OK) {
		REQUIRE(drp_prewalk(w.out.data, w.out.len, SIZE_MAX) == DRP_OK);
		check_accepted(w.out.data, w.out.len);
	}
	drp_w_clear(&w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum drp_err err = drp_prewalk(data, size, DRP_WIRE_ITEMS_MAX);
	REQUIRE(err == DRP_OK || err == DRP_E_MALFORMED || err == DRP_E_TOOBIG);
	if (err == DRP_OK) {
		check_accepted(data, size);
	}
	run_as_writer_calls(data, size);
	return 0;
}
