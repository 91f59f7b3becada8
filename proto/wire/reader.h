/* SPDX-License-Identifier: Apache-2.0
 *
 * Untrusted MessagePack in. drp_r_open first walks the bytes without recursion and
 * without allocating: nesting, counts against the bytes that remain, shortest forms,
 * ascending unique map keys, UTF-8, no floats, no extensions, exact end. Only then
 * msgpack-c unpacks them into a zone, whose size the walk has bounded.
 *
 * Reading is schema driven: a caller asks for the key it expects, in ascending order,
 * and drp_r_end_map refuses keys nobody asked for. The first error sticks, later calls
 * return zero values, so that a decoder checks once, at drp_r_close.
 * A wrong type, key or number is DRP_E_MALFORMED, a count or length above the caller's
 * maximum DRP_E_TOOBIG.
 * Binaries are borrowed from the input; copy what must outlive it.
 * Threads: one at a time. Wire: PROTOCOL.md "Canonical form".
 */
#ifndef DRP_WIRE_READER_H
#define DRP_WIRE_READER_H

#include <drempel/err.h>
#include <drempel/limits.h>

#include <stddef.h>
#include <stdint.h>

struct drp_reader; /* opaque, heap */

/* drp_prewalk checks n bytes against the canonical form with at most max_items
 * values, keys and containers counted too. Keys have 1 to DRP_WIRE_KEY_MAX_BYTES
 * bytes. DRP_E_MALFORMED or DRP_E_TOOBIG. */
enum drp_err drp_prewalk(const void *bytes, size_t n, size_t max_items) DRP_MUST_CHECK;

/* drp_r_open borrows the bytes until drp_r_close. *reader is NULL on error. */
enum drp_err drp_r_open(const void *bytes, size_t n, size_t max_items,
	struct drp_reader **reader) DRP_MUST_CHECK;

/* drp_r_map enters a map, drp_r_key moves to the entry with that key (an error when
 * absent), drp_r_has tells whether the next entry has that key and moves to it.
 * drp_r_end_map leaves; entries not read are an error. */
void drp_r_map(struct drp_reader *r);
void drp_r_key(struct drp_reader *r, const char *key);
int drp_r_has(struct drp_reader *r, const char *key);
void drp_r_end_map(struct drp_reader *r);

/* drp_r_array enters an array of at most max elements and returns their number; the
 * elements are then read one by one. drp_r_end_array leaves. */
size_t drp_r_array(struct drp_reader *r, size_t max);
void drp_r_end_array(struct drp_reader *r);

uint64_t drp_r_uint(struct drp_reader *r, uint64_t min, uint64_t max);
int64_t drp_r_int(struct drp_reader *r, int64_t min, int64_t max);
int drp_r_bool(struct drp_reader *r);
int drp_r_is_nil(struct drp_reader *r); /* consumes the nil when it is one */

/* drp_r_str copies a string of at most size-1 bytes into text, NUL-terminated. */
void drp_r_str(struct drp_reader *r, char *text, size_t size);

/* drp_r_bin borrows a binary of at most max bytes, NULL only after an error;
 * drp_r_bytes copies exactly n. */
const uint8_t *drp_r_bin(struct drp_reader *r, size_t max, size_t *n);
void drp_r_bytes(struct drp_reader *r, void *bytes, size_t n);

/* Whole columns: exactly n integers in range into the caller's array. */
void drp_r_uints(struct drp_reader *r, uint32_t max, uint32_t *values, size_t n);

/* drp_r_field is the last key that was asked for before the first error ("" before any),
 * so that a decoder can say where the bytes are wrong. It is the caller's text. */
const char *drp_r_field(const struct drp_reader *r);

/* drp_r_fail lets a decoder report a value that no single check can see. */
void drp_r_fail(struct drp_reader *r, enum drp_err err);

/* drp_r_close frees the reader and returns the first error; not all consumed is
 * DRP_E_MALFORMED. r may be NULL (DRP_E_INTERNAL). */
enum drp_err drp_r_close(struct drp_reader *r) DRP_MUST_CHECK;

#endif
