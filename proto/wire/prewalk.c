/* SPDX-License-Identifier: Apache-2.0
 *
 * The pre-walk: is this the one canonical encoding of some value, within limits?
 * It keeps one small stack and allocates nothing, so that its cost is bounded by the
 * bytes that arrived and never by a number written in them. msgpack-c 4.0.0 reserves
 * room for every element an array header claims, eight bytes can ask it for gigabytes:
 * only what passed here is given to it.
 * Source: the MessagePack specification's format table.
 */
#include "proto/base/text.h"
#include "proto/wire/reader.h"

#include <string.h>

enum kind { SCALAR, UNSIGNED, NEGATIVE, TEXT, BLOB, ARRAY, MAP, REFUSED };

/* A token begins with its kind and, for all but scalars, a length or a count. */
struct head {
	enum kind kind;
	uint32_t n;
};

struct level {
	uint64_t left; /* objects still owed: elements, or keys and values */
	int is_map;
	const uint8_t *last_key;
	uint32_t last_key_n;
};

struct walk {
	const uint8_t *at;
	size_t left;	  /* bytes */
	size_t max_items; /* objects that may still come */
	int depth;
	struct level level[DRP_NESTING_MAX];
};

/* The forms 0xc4 to 0xdf: how many bytes of number follow, and the least number that
 * has no shorter form. For a negative integer v the number compared is -1 - v. */
static const struct {
	uint8_t kind, width;
	uint64_t least;
} form[] = {
	{BLOB, 1, 0},
	{BLOB, 2, 0x100},
	{BLOB, 4, 0x10000},
	{REFUSED, 0, 0}, /* c7 ext8 */
	{REFUSED, 0, 0}, /* c8 ext16 */
	{REFUSED, 0, 0}, /* c9 ext32 */
	{REFUSED, 0, 0}, /* ca float32 */
	{REFUSED, 0, 0}, /* cb float64 */
	{UNSIGNED, 1, 0x80},
	{UNSIGNED, 2, 0x100},
	{UNSIGNED, 4, 0x10000},
	{UNSIGNED, 8, 0x100000000},
	{NEGATIVE, 1, 0x20},
	{NEGATIVE, 2, 0x80},
	{NEGATIVE, 4, 0x8000},
	{NEGATIVE, 8, 0x80000000},
	{REFUSED, 0, 0}, /* d4 fixext1 */
	{REFUSED, 0, 0}, /* d5 fixext2 */
	{REFUSED, 0, 0}, /* d6 fixext4 */
	{REFUSED, 0, 0}, /* d7 fixext8 */
	{REFUSED, 0, 0}, /* d8 fixext16 */
	{TEXT, 1, 0x20},
	{TEXT, 2, 0x100},
	{TEXT, 4, 0x10000},
	{ARRAY, 2, 0x10},
	{ARRAY, 4, 0x10000},
	{MAP, 2, 0x10},
	{MAP, 4, 0x10000},
};
_Static_assert(sizeof form / sizeof form[0] == 0xe0 - 0xc4, "one row per form");

/* take moves past n bytes and returns where they began, or NULL when they are not
 * there. */
static const uint8_t *take(struct walk *w, size_t n)
{
	if (n > w->left) {
		return NULL;
	}
	const uint8_t *p = w->at;
	w->at += n;
	w->left -= n;
	return p;
}

static enum drp_err take_long_head(struct walk *w, uint8_t first, struct head *head)
{
	unsigned row = first - 0xc4u;
	size_t width = form[row].width;
	if (form[row].kind == REFUSED) {
		return DRP_E_MALFORMED;
	}
	const uint8_t *p = take(w, width);
	if (!p) {
		return DRP_E_MALFORMED;
	}
	uint64_t number = 0;
	for (size_t i = 0; i < width; i++) {
		number = number << 8 | p[i];
	}
	if (form[row].kind == NEGATIVE) {
		if (!(p[0] & 0x80)) {
			return DRP_E_MALFORMED;
		}
		number = ~number & (UINT64_MAX >> (64 - 8 * width));
	}
	if (number < form[row].least) {
		return DRP_E_MALFORMED;
	}
	head->kind = form[row].kind;
	head->n = (uint32_t)number; /* a length has at most four bytes */
	return DRP_OK;
}

static enum drp_err take_head(struct walk *w, struct head *head)
{
	const uint8_t *p = take(w, 1);
	if (!p || *p == 0xc1) {
		return DRP_E_MALFORMED;
	}
	if (*p >= 0xc4 && *p <= 0xdf) {
		return take_long_head(w, *p, head);
	}
	*head = (struct head){SCALAR, 0}; /* small integers, nil, false, true */
	if (*p >= 0x80 && *p <= 0x8f) {
		*head = (struct head){MAP, *p & 0x0f};
	} else if (*p >= 0x90 && *p <= 0x9f) {
		*head = (struct head){ARRAY, *p & 0x0f};
	} else if (*p >= 0xa0 && *p <= 0xbf) {
		*head = (struct head){TEXT, *p & 0x1f};
	}
	return DRP_OK;
}

static enum drp_err walk_key(struct walk *w, struct level *map, struct head head)
{
	const uint8_t *key = head.kind == TEXT ? take(w, head.n) : NULL;
	if (!key || head.n == 0 || !drp_utf8_valid(key, head.n)) {
		return DRP_E_MALFORMED;
	}
	if (head.n > DRP_WIRE_KEY_MAX_BYTES) {
		return DRP_E_TOOBIG;
	}
	if (map->last_key) {
		uint32_t n = head.n < map->last_key_n ? head.n : map->last_key_n;
		int order = memcmp(map->last_key, key, n);
		if (order > 0 || (order == 0 && map->last_key_n >= head.n)) {
			return DRP_E_MALFORMED;
		}
	}
	map->last_key = key;
	map->last_key_n = head.n;
	return DRP_OK;
}

static enum drp_err enter(struct walk *w, struct head head)
{
	uint64_t objects = head.kind == MAP ? 2 * (uint64_t)head.n : head.n;
	if (objects > w->left) {
		return DRP_E_MALFORMED;
	}
	if (w->depth == DRP_NESTING_MAX) {
		return DRP_E_TOOBIG;
	}
	w->level[w->depth++] =
		(struct level){.left = objects, .is_map = head.kind == MAP};
	return DRP_OK;
}

static enum drp_err walk_object(struct walk *w)
{
	struct head head;
	enum drp_err err = take_head(w, &head);
	if (err) {
		return err;
	}
	if (w->max_items == 0) {
		return DRP_E_TOOBIG;
	}
	w->max_items--;
	struct level *in = w->depth ? &w->level[w->depth - 1] : NULL;
	int is_key = in && in->is_map && in->left % 2 == 0;
	if (in) {
		in->left--;
	}
	if (is_key) {
		return walk_key(w, in, head);
	}
	if (head.kind == ARRAY || head.kind == MAP) {
		return enter(w, head);
	}
	if (head.kind == TEXT || head.kind == BLOB) {
		const uint8_t *p = take(w, head.n);
		if (!p || (head.kind == TEXT && !drp_utf8_valid(p, head.n))) {
			return DRP_E_MALFORMED;
		}
	}
	return DRP_OK;
}

enum drp_err drp_prewalk(const void *bytes, size_t n, size_t max_items)
{
	struct walk w = {.at = bytes, .left = n, .max_items = max_items};
	do {
		enum drp_err err = walk_object(&w);
		if (err) {
			return err;
		}
		while (w.depth && w.level[w.depth - 1].left == 0) {
			w.depth--;
		}
	} while (w.depth);
	return w.left ? DRP_E_MALFORMED : DRP_OK;
}
