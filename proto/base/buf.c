/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/base/buf.h"

#include "proto/base/alloc.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static int reserve(struct drp_buf *buf, size_t n)
{
	if (buf->failed || n > SIZE_MAX / 4 - buf->len) {
		buf->failed = 1;
		return -1;
	}
	if (buf->len + n <= buf->cap) {
		return 0;
	}
	size_t cap = buf->cap ? buf->cap : 256;
	while (cap < buf->len + n) {
		cap *= 2;
	}
	uint8_t *data = drp_alloc(cap, 1);
	if (!data) {
		buf->failed = 1;
		return -1;
	}
	if (buf->data) { /* may hold a secret: no copy of it stays behind */
		memcpy(data, buf->data, buf->len);
		explicit_bzero(buf->data, buf->cap);
		drp_free(buf->data);
	}
	buf->data = data;
	buf->cap = cap;
	return 0;
}

void drp_buf_append(struct drp_buf *buf, const void *bytes, size_t n)
{
	if (n && reserve(buf, n) == 0) {
		memcpy(buf->data + buf->len, bytes, n);
		buf->len += n;
	}
}

void drp_buf_text(struct drp_buf *buf, const char *text)
{
	drp_buf_append(buf, text, strlen(text));
}

void drp_buf_printf(struct drp_buf *buf, const char *fmt, ...)
{
	va_list ap, again;
	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	if (n < 0) {
		buf->failed = 1;
	} else if (reserve(buf, (size_t)n + 1) == 0) {
		vsnprintf((char *)buf->data + buf->len, (size_t)n + 1, fmt, again);
		buf->len += (size_t)n;
	}
	va_end(again);
	va_end(ap);
}

const char *drp_buf_string(struct drp_buf *buf)
{
	if (reserve(buf, 1)) {
		return NULL;
	}
	buf->data[buf->len] = 0;
	return (const char *)buf->data;
}

void drp_buf_clear(struct drp_buf *buf)
{
	drp_free(buf->data);
	*buf = (struct drp_buf){0};
}

void drp_buf_wipe(struct drp_buf *buf)
{
	if (buf->data) {
		explicit_bzero(buf->data, buf->cap);
	}
	drp_buf_clear(buf);
}
