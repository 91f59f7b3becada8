/* SPDX-License-Identifier: Apache-2.0
 *
 * Canonical MessagePack out: shortest forms, map keys in ascending byte order (the
 * writer checks the order and fails when a caller breaks it), no floats, no
 * extension types. The only file pair that packs with msgpack-c.
 * Threads: one at a time. Wire: PROTOCOL.md "Canonical form".
 */
#ifndef DRP_WIRE_WRITER_H
#define DRP_WIRE_WRITER_H

#include "proto/base/buf.h"

#include <drempel/err.h>
#include <drempel/limits.h>

#include <stddef.h>
#include <stdint.h>

struct drp_writer {
	struct drp_buf out;
	enum drp_err err; /* the first error sticks */
	int depth;
	struct {
		size_t left; /* values still owed in this container */
		int is_map;
		int want_key;
		char last_key[32];
	} level[DRP_NESTING_MAX];
};

void drp_w_map(struct drp_writer *w, size_t entries);
void drp_w_array(struct drp_writer *w, size_t entries);

/* drp_w_key begins the next entry of the innermost map; keys are at most 31 bytes. */
void drp_w_key(struct drp_writer *w, const char *key);

void drp_w_uint(struct drp_writer *w, uint64_t value);
void drp_w_int(struct drp_writer *w, int64_t value);
void drp_w_bool(struct drp_writer *w, int value);
void drp_w_nil(struct drp_writer *w);
void drp_w_str(struct drp_writer *w, const char *text);
void drp_w_bin(struct drp_writer *w, const void *bytes, size_t n);

/* A column: an array of integers. */
void drp_w_ints(struct drp_writer *w, const int64_t *values, size_t n);
void drp_w_uints(struct drp_writer *w, const uint32_t *values, size_t n);

/* drp_w_finish ends the encoding: every container must be full. On DRP_OK the bytes
 * are in w->out, owned by the caller until drp_w_clear, which wipes them. */
enum drp_err drp_w_finish(struct drp_writer *w) DRP_MUST_CHECK;
void drp_w_clear(struct drp_writer *w);

/* drp_w_hand_out ends the encoding and clears the writer: its bytes are appended to out,
 * or nothing is. DRP_E_NOMEM, DRP_E_INTERNAL, or what writing it met. */
enum drp_err drp_w_hand_out(struct drp_writer *w, struct drp_buf *out) DRP_MUST_CHECK;

#endif
