/* SPDX-License-Identifier: Apache-2.0
 *
 * A growable run of bytes with one owner. An append that finds no memory leaves the
 * buffer as it was and marks it failed; later appends do nothing, so that a writer
 * checks once at its end. Growing overwrites the memory that it leaves. Threads: one at a
 * time.
 */
#ifndef DRP_BASE_BUF_H
#define DRP_BASE_BUF_H

#include <stddef.h>
#include <stdint.h>

struct drp_buf {
	uint8_t *data;
	size_t len, cap;
	int failed;
};

void drp_buf_append(struct drp_buf *buf, const void *bytes, size_t n);
void drp_buf_text(struct drp_buf *buf, const char *text);
void drp_buf_printf(struct drp_buf *buf, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* drp_buf_string ends the contents with a NUL (not counted in len) and returns them;
 * NULL when the buffer has failed. The buffer stays the owner. */
const char *drp_buf_string(struct drp_buf *buf);

/* drp_buf_clear frees; drp_buf_wipe overwrites first, for secrets. */
void drp_buf_clear(struct drp_buf *buf);
void drp_buf_wipe(struct drp_buf *buf);

#endif
