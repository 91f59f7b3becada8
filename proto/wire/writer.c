/* SPDX-License-Identifier: Apache-2.0
 *
 * Every value passes begin() and end(): they keep the count of what each open
 * container is still owed, so that finish can tell a complete encoding from a defect.
 */
#include "proto/wire/writer.h"

#include "proto/base/text.h"

#include <msgpack.h>
#include <string.h>

_Static_assert(
	sizeof((struct drp_writer *)0)->level[0].last_key == DRP_WIRE_KEY_MAX_BYTES + 1,
	"a key and its NUL");

static int write_out(void *out, const char *bytes, size_t n)
{
	drp_buf_append(out, bytes, n);
	return 0;
}

static msgpack_packer packer(struct drp_writer *w)
{
	msgpack_packer p;
	msgpack_packer_init(&p, &w->out, write_out);
	return p;
}

static void fail(struct drp_writer *w, enum drp_err err)
{
	if (w->err == DRP_OK) {
		w->err = err;
	}
}

/* begin claims the next place for a value; false when there is none. */
static int begin(struct drp_writer *w)
{
	if (w->err) {
		return 0;
	}
	if (w->depth == 0) {
		if (w->out.len) {
			fail(w, DRP_E_INTERNAL); /* a second value after the end */
			return 0;
		}
		return 1;
	}
	if (w->level[w->depth - 1].is_map && w->level[w->depth - 1].want_key) {
		fail(w, DRP_E_INTERNAL);
		return 0;
	}
	w->level[w->depth - 1].left--;
	w->level[w->depth - 1].want_key = 1;
	return 1;
}

/* end leaves the containers that are full now. */
static void end(struct drp_writer *w)
{
	while (w->depth && w->level[w->depth - 1].left == 0) {
		w->depth--;
	}
	if (w->out.failed) {
		fail(w, DRP_E_NOMEM);
	}
}

static void open_container(struct drp_writer *w, size_t entries, int is_map)
{
	if (!begin(w)) {
		return;
	}
	if (w->depth == DRP_NESTING_MAX || entries > UINT32_MAX) {
		fail(w, DRP_E_TOOBIG);
		return;
	}
	msgpack_packer p = packer(w);
	if (is_map) {
		msgpack_pack_map(&p, entries);
	} else {
		msgpack_pack_array(&p, entries);
	}
	w->level[w->depth].left = entries;
	w->level[w->depth].is_map = is_map;
	w->level[w->depth].want_key = 1;
	w->level[w->depth].last_key[0] = 0;
	w->depth++;
	end(w);
}

void drp_w_map(struct drp_writer *w, size_t entries)
{
	open_container(w, entries, 1);
}

void drp_w_array(struct drp_writer *w, size_t entries)
{
	open_container(w, entries, 0);
}

static void pack_str(struct drp_writer *w, const char *text, size_t n)
{
	msgpack_packer p = packer(w);
	msgpack_pack_str(&p, n);
	msgpack_pack_str_body(&p, text, n);
}

void drp_w_key(struct drp_writer *w, const char *key)
{
	if (w->err) {
		return;
	}
	size_t n = strlen(key);
	int top = w->depth - 1;
	if (top < 0 || !w->level[top].is_map || !w->level[top].want_key ||
		n > DRP_WIRE_KEY_MAX_BYTES || strcmp(key, w->level[top].last_key) <= 0 ||
		!drp_utf8_valid(key, n)) {
		fail(w, DRP_E_INTERNAL);
		return;
	}
	memcpy(w->level[top].last_key, key, n + 1);
	w->level[top].want_key = 0;
	pack_str(w, key, n);
}

void drp_w_uint(struct drp_writer *w, uint64_t value)
{
	if (begin(w)) {
		msgpack_packer p = packer(w);
		msgpack_pack_uint64(&p, value);
		end(w);
	}
}

void drp_w_int(struct drp_writer *w, int64_t value)
{
	if (value >= 0) {
		drp_w_uint(w, (uint64_t)value);
	} else if (begin(w)) {
		msgpack_packer p = packer(w);
		msgpack_pack_int64(&p, value);
		end(w);
	}
}

void drp_w_bool(struct drp_writer *w, int value)
{
	if (begin(w)) {
		msgpack_packer p = packer(w);
		if (value) {
			msgpack_pack_true(&p);
		} else {
			msgpack_pack_false(&p);
		}
		end(w);
	}
}

void drp_w_nil(struct drp_writer *w)
{
	if (begin(w)) {
		msgpack_packer p = packer(w);
		msgpack_pack_nil(&p);
		end(w);
	}
}

void drp_w_str(struct drp_writer *w, const char *text)
{
	size_t n = strlen(text);
	if (!begin(w)) {
		return;
	}
	if (n > UINT32_MAX) {
		fail(w, DRP_E_TOOBIG);
	} else if (!drp_utf8_valid(text, n)) {
		fail(w, DRP_E_INPUT);
	} else {
		pack_str(w, text, n);
		end(w);
	}
}

void drp_w_bin(struct drp_writer *w, const void *bytes, size_t n)
{
	if (!begin(w)) {
		return;
	}
	if (n > UINT32_MAX) {
		fail(w, DRP_E_TOOBIG);
		return;
	}
	msgpack_packer p = packer(w);
	msgpack_pack_bin(&p, n);
	msgpack_pack_bin_body(&p, bytes, n);
	end(w);
}

void drp_w_ints(struct drp_writer *w, const int64_t *values, size_t n)
{
	drp_w_array(w, n);
	for (size_t i = 0; i < n; i++) {
		drp_w_int(w, values[i]);
	}
}

void drp_w_uints(struct drp_writer *w, const uint32_t *values, size_t n)
{
	drp_w_array(w, n);
	for (size_t i = 0; i < n; i++) {
		drp_w_uint(w, values[i]);
	}
}

enum drp_err drp_w_finish(struct drp_writer *w)
{
	if (w->depth || w->out.len == 0) {
		fail(w, DRP_E_INTERNAL);
	}
	return w->err;
}

void drp_w_clear(struct drp_writer *w)
{
	drp_buf_wipe(&w->out); /* a seed or a share may have been written */
	*w = (struct drp_writer){0};
}

enum drp_err drp_w_hand_out(struct drp_writer *w, struct drp_buf *out)
{
	enum drp_err err = drp_w_finish(w);
	if (err == DRP_OK) {
		drp_buf_append(out, w->out.data, w->out.len);
		err = out->failed ? DRP_E_NOMEM : DRP_OK;
	}
	drp_w_clear(w);
	return err;
}
