/* SPDX-License-Identifier: Apache-2.0
 *
 * Plain text for people: aligned columns, numbers as a language writes them, wrapped
 * notes. Widths are counted in characters of UTF-8. Threads: any.
 */
#ifndef DRP_HUB_LAYOUT_H
#define DRP_HUB_LAYOUT_H

#include "proto/base/buf.h"

#define DRP_LAYOUT_WIDTH  96
#define DRP_LAYOUT_NUMBER 40

int drp_layout_width(const char *text);

/* drp_layout_cell appends text padded to width: to the left of it when right is set. A
 * longer text is not cut. */
void drp_layout_cell(struct drp_buf *out, const char *text, int width, int right);

/* drp_layout_cut copies as much of text as fits in width characters (and in size bytes),
 * ending in "..." when something is left out. */
void drp_layout_cut(const char *text, int width, char *copy, size_t size);

/* drp_layout_line ends a line without the blanks at its end. */
void drp_layout_line(struct drp_buf *out);

void drp_layout_rule(struct drp_buf *out, int width);

/* drp_layout_number writes a plain decimal such as "13973" or "31.6" with marks for
 * thousands: 13,973 and 31.6 in en, 13.973 and 31,6 in nl. */
const char *drp_layout_number(
	const char *plain, const char *language, char text[DRP_LAYOUT_NUMBER]);

/* drp_layout_percent writes 100 part / whole with one decimal and a percent sign; "-"
 * when whole is 0. */
const char *drp_layout_percent(
	double part, double whole, const char *language, char text[DRP_LAYOUT_NUMBER]);

/* drp_layout_note appends "label  text", the text wrapped at DRP_LAYOUT_WIDTH and
 * indented by `indent`. */
void drp_layout_note(
	struct drp_buf *out, int indent, const char *label, const char *text);

#endif
