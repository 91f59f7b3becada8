/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/tables/layout.h"

#include <stdio.h>
#include <string.h>

/* Bytes 10xxxxxx continue a character. */
static int is_start(char c)
{
	return ((unsigned char)c & 0xc0) != 0x80;
}

static int width_of(const char *text, size_t n)
{
	int width = 0;
	for (size_t i = 0; i < n; i++) {
		width += is_start(text[i]);
	}
	return width;
}

int drp_layout_width(const char *text)
{
	return width_of(text, strlen(text));
}

static void blanks(struct drp_buf *out, int n)
{
	for (; n > 0; n--) {
		drp_buf_text(out, " ");
	}
}

void drp_layout_cell(struct drp_buf *out, const char *text, int width, int right)
{
	int left_over = width - drp_layout_width(text);
	blanks(out, right ? left_over : 0);
	drp_buf_text(out, text);
	blanks(out, right ? 0 : left_over);
}

void drp_layout_cut(const char *text, int width, char *copy, size_t size)
{
	size_t n = strlen(text), kept = 0;
	if (width_of(text, n) <= width && n < size) {
		memcpy(copy, text, n + 1);
		return;
	}
	while (kept < n && kept + 4 < size && width_of(text, kept + 1) <= width - 3) {
		kept++;
	}
	while (kept > 0 && !is_start(text[kept])) {
		kept--;
	}
	snprintf(copy, size, "%.*s...", (int)kept, text);
}

void drp_layout_line(struct drp_buf *out)
{
	while (out->len && out->data[out->len - 1] == ' ') {
		out->len--;
	}
	drp_buf_text(out, "\n");
}

void drp_layout_rule(struct drp_buf *out, int width)
{
	for (; width > 0; width--) {
		drp_buf_text(out, "-");
	}
	drp_buf_text(out, "\n");
}

const char *drp_layout_number(
	const char *plain, const char *language, char text[DRP_LAYOUT_NUMBER])
{
	int english = strncmp(language, "en", 2) == 0;
	size_t whole = strcspn(plain, "."), used = 0, from = plain[0] == '-';
	for (size_t i = 0; plain[i] && used + 2 < DRP_LAYOUT_NUMBER; i++) {
		if (i > from && i < whole && (whole - i) % 3 == 0) {
			text[used++] = english ? ',' : '.';
		}
		text[used++] = plain[i] == '.' && !english ? ',' : plain[i];
	}
	text[used] = 0;
	return text;
}

const char *drp_layout_percent(
	double part, double whole, const char *language, char text[DRP_LAYOUT_NUMBER])
{
	char plain[24], number[DRP_LAYOUT_NUMBER];
	if (!(whole > 0)) {
		return strcpy(text, "-");
	}
	snprintf(plain, sizeof plain, "%.1f", 100 * part / whole);
	snprintf(text, DRP_LAYOUT_NUMBER, "%.30s%%",
		drp_layout_number(plain, language, number));
	return text;
}

void drp_layout_note(struct drp_buf *out, int indent, const char *label, const char *text)
{
	int column = indent;
	drp_layout_cell(out, label, indent, 0);
	while (*text) {
		size_t n = strcspn(text, " ");
		int width = width_of(text, n);
		if (column > indent && column + 1 + width > DRP_LAYOUT_WIDTH) {
			drp_layout_line(out);
			blanks(out, indent);
			column = indent;
		}
		if (column > indent) {
			drp_buf_text(out, " ");
			column++;
		}
		drp_buf_append(out, text, n);
		column += width;
		text += n + (text[n] == ' ');
	}
	drp_layout_line(out);
}
