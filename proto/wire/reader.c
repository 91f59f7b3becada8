/* SPDX-License-Identifier: Apache-2.0
 *
 * msgpack-c builds the tree, this file hands it out in the order the schema asks.
 * level[0] stands for the message: a row of one value; level[depth] is the innermost
 * container that the decoder has entered.
 */
#include "proto/wire/reader.h"

#include "proto/base/alloc.h"

#include <msgpack.h>
#include <string.h>

struct level {
	uint32_t left; /* values not handed out */
	int is_map;
	int at_value; /* in a map: the key of the next entry was asked for */
	const msgpack_object *element;
	const msgpack_object_kv *entry;
};

struct drp_reader {
	enum drp_err err;
	const char *field;
	int depth;
	struct level level[DRP_NESTING_MAX + 1];
	msgpack_unpacked tree;
};

static enum drp_err build_tree(
	const void *bytes, size_t n, size_t max_items, msgpack_unpacked *tree)
{
	enum drp_err err = drp_prewalk(bytes, n, max_items);
	if (err) {
		return err;
	}
	size_t used = 0;
	switch (msgpack_unpack_next(tree, bytes, n, &used)) {
	case MSGPACK_UNPACK_SUCCESS:
		return used == n ? DRP_OK : DRP_E_INTERNAL;
	case MSGPACK_UNPACK_NOMEM_ERROR:
		return DRP_E_NOMEM;
	default:
		return DRP_E_INTERNAL; /* the two readers must agree */
	}
}

enum drp_err drp_r_open(
	const void *bytes, size_t n, size_t max_items, struct drp_reader **reader)
{
	*reader = NULL;
	struct drp_reader *r = drp_alloc(1, sizeof *r);
	if (!r) {
		return DRP_E_NOMEM;
	}
	msgpack_unpacked_init(&r->tree);
	enum drp_err err = build_tree(bytes, n, max_items, &r->tree);
	if (err) {
		msgpack_unpacked_destroy(&r->tree);
		drp_free(r);
		return err;
	}
	r->level[0] = (struct level){.left = 1, .element = &r->tree.data};
	*reader = r;
	return DRP_OK;
}

void drp_r_fail(struct drp_reader *r, enum drp_err err)
{
	if (r->err == DRP_OK) {
		r->err = err;
	}
}

/* next hands out the next value, which must be of the given type; NULL after an
 * error. */
static const msgpack_object *next(struct drp_reader *r, msgpack_object_type type)
{
	struct level *in = &r->level[r->depth];
	if (r->err) {
		return NULL;
	}
	if (in->left == 0 || in->is_map != in->at_value) {
		drp_r_fail(r, DRP_E_MALFORMED);
		return NULL;
	}
	const msgpack_object *object = in->is_map ? &in->entry->val : in->element;
	if (object->type != type) {
		drp_r_fail(r, DRP_E_MALFORMED);
		return NULL;
	}
	in->left--;
	if (in->is_map) {
		in->entry++;
		in->at_value = 0;
	} else {
		in->element++;
	}
	return object;
}

/* peek tells the type of the next value. */
static msgpack_object_type peek(const struct drp_reader *r)
{
	const struct level *in = &r->level[r->depth];
	if (r->err || in->left == 0 || in->is_map != in->at_value) {
		return MSGPACK_OBJECT_EXT; /* never handed out: every caller refuses it */
	}
	return in->is_map ? in->entry->val.type : in->element->type;
}

void drp_r_map(struct drp_reader *r)
{
	const msgpack_object *map = next(r, MSGPACK_OBJECT_MAP);
	if (map) {
		r->level[++r->depth] = (struct level){
			.left = map->via.map.size,
			.is_map = 1,
			.entry = map->via.map.ptr,
		};
	}
}

int drp_r_has(struct drp_reader *r, const char *key)
{
	struct level *in = &r->level[r->depth];
	if (r->err || !in->is_map || in->at_value || in->left == 0) {
		return 0;
	}
	const msgpack_object_str *have = &in->entry->key.via.str;
	size_t n = strlen(key);
	if (have->size != n || memcmp(have->ptr, key, n) != 0) {
		return 0;
	}
	in->at_value = 1;
	r->field = key;
	return 1;
}

void drp_r_key(struct drp_reader *r, const char *key)
{
	if (r->err == DRP_OK && !drp_r_has(r, key)) {
		r->field = key;
		drp_r_fail(r, DRP_E_MALFORMED);
	}
}

const char *drp_r_field(const struct drp_reader *r)
{
	return r->field ? r->field : "";
}

static void leave(struct drp_reader *r, int is_map)
{
	const struct level *in = &r->level[r->depth];
	if (r->err) {
		return;
	}
	if (r->depth == 0 || in->is_map != is_map || in->left || in->at_value) {
		drp_r_fail(r, DRP_E_MALFORMED);
		return;
	}
	r->depth--;
}

void drp_r_end_map(struct drp_reader *r)
{
	leave(r, 1);
}

size_t drp_r_array(struct drp_reader *r, size_t max)
{
	const msgpack_object *array = next(r, MSGPACK_OBJECT_ARRAY);
	if (!array) {
		return 0;
	}
	if (array->via.array.size > max) {
		drp_r_fail(r, DRP_E_TOOBIG);
		return 0;
	}
	r->level[++r->depth] = (struct level){
		.left = array->via.array.size,
		.element = array->via.array.ptr,
	};
	return array->via.array.size;
}

void drp_r_end_array(struct drp_reader *r)
{
	leave(r, 0);
}

uint64_t drp_r_uint(struct drp_reader *r, uint64_t min, uint64_t max)
{
	const msgpack_object *object = next(r, MSGPACK_OBJECT_POSITIVE_INTEGER);
	if (!object) {
		return 0;
	}
	if (object->via.u64 < min || object->via.u64 > max) {
		drp_r_fail(r, DRP_E_MALFORMED);
		return 0;
	}
	return object->via.u64;
}

int64_t drp_r_int(struct drp_reader *r, int64_t min, int64_t max)
{
	int64_t value;
	if (peek(r) == MSGPACK_OBJECT_NEGATIVE_INTEGER) {
		value = next(r, MSGPACK_OBJECT_NEGATIVE_INTEGER)->via.i64;
	} else {
		value = (int64_t)drp_r_uint(r, 0, INT64_MAX);
	}
	if (r->err == DRP_OK && (value < min || value > max)) {
		drp_r_fail(r, DRP_E_MALFORMED);
	}
	return r->err ? 0 : value;
}

int drp_r_bool(struct drp_reader *r)
{
	const msgpack_object *object = next(r, MSGPACK_OBJECT_BOOLEAN);
	return object && object->via.boolean;
}

int drp_r_is_nil(struct drp_reader *r)
{
	return peek(r) == MSGPACK_OBJECT_NIL && next(r, MSGPACK_OBJECT_NIL);
}

void drp_r_str(struct drp_reader *r, char *text, size_t size)
{
	const msgpack_object *object = next(r, MSGPACK_OBJECT_STR);
	text[0] = 0;
	if (!object) {
		return;
	}
	if (object->via.str.size >= size) {
		drp_r_fail(r, DRP_E_TOOBIG);
		return;
	}
	if (object->via.str.size) { /* msgpack-c has NULL for the empty one */
		memcpy(text, object->via.str.ptr, object->via.str.size);
	}
	text[object->via.str.size] = 0;
}

const uint8_t *drp_r_bin(struct drp_reader *r, size_t max, size_t *n)
{
	const msgpack_object *object = next(r, MSGPACK_OBJECT_BIN);
	*n = 0;
	if (!object) {
		return NULL;
	}
	if (object->via.bin.size > max) {
		drp_r_fail(r, DRP_E_TOOBIG);
		return NULL;
	}
	*n = object->via.bin.size;
	return *n ? (const uint8_t *)object->via.bin.ptr : (const uint8_t *)"";
}

void drp_r_bytes(struct drp_reader *r, void *bytes, size_t n)
{
	size_t have;
	const uint8_t *from = drp_r_bin(r, n, &have);
	memset(bytes, 0, n);
	if (from && have != n) {
		drp_r_fail(r, DRP_E_MALFORMED);
	} else if (from) {
		memcpy(bytes, from, n);
	}
}

/* column enters an array that must have exactly n elements. */
static void column(struct drp_reader *r, size_t n)
{
	size_t have = drp_r_array(r, n);
	if (r->err == DRP_OK && have != n) {
		drp_r_fail(r, DRP_E_MALFORMED);
	}
}

void drp_r_uints(struct drp_reader *r, uint32_t max, uint32_t *values, size_t n)
{
	column(r, n);
	for (size_t i = 0; i < n; i++) {
		values[i] = (uint32_t)drp_r_uint(r, 0, max);
	}
	drp_r_end_array(r);
}

enum drp_err drp_r_close(struct drp_reader *r)
{
	if (!r) {
		return DRP_E_INTERNAL;
	}
	enum drp_err err = r->err;
	if (err == DRP_OK && (r->depth || r->level[0].left)) {
		err = DRP_E_MALFORMED;
	}
	msgpack_unpacked_destroy(&r->tree);
	drp_free(r);
	return err;
}
