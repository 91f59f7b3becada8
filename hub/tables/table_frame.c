/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/tables/layout.h"
#include "hub/tables/table_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *frame_label(
	const struct drp_page *page, const struct drp_frame_line *line)
{
	static const char *const nl[DRP_FRAME_MEASURES][DRP_SECTORS] = {
		{"leerlingen, basis", "leerlingen, secundair", "", "leerlingen, alle"},
		{"scholen, basis", "scholen, secundair", "", "scholen, alle"},
		{"leerkrachten, basis", "leerkrachten, secundair", "",
			"leerkrachten, alle"}};
	static const char *const en[DRP_FRAME_MEASURES][DRP_SECTORS] = {
		{"pupils, primary", "pupils, secondary", "", "pupils, all"},
		{"schools, primary", "schools, secondary", "", "schools, all"},
		{"teachers, primary", "teachers, secondary", "", "teachers, all"}};
	return drp_page_say(
		page, nl[line->measure][line->sector], en[line->measure][line->sector]);
}

static void print_frame_line(
	const struct drp_page *page, int label, const struct drp_frame_line *line)
{
	const char *language = page->options->language;
	struct drp_buf *out = page->out;
	const char sign[] = {line->status, 0};
	char plain[24], text[DRP_LAYOUT_NUMBER];
	drp_layout_cell(out, frame_label(page, line), label, 0);
	drp_layout_cell(out,
		line->part[0] ? drp_layout_number(line->part, language, text) : sign, 13,
		1);
	snprintf(plain, sizeof plain, "%u", line->whole->value);
	drp_layout_cell(out, drp_layout_number(plain, language, text), 13, 1);
	drp_layout_cell(out, line->whole->unit, 10, 1);
	drp_layout_cell(out,
		line->part[0] ? drp_layout_percent(strtod(line->part, NULL),
					line->whole->value, language, text)
			      : sign,
		12, 1);
	drp_layout_line(out);
}

/* Every note of the source that belongs to a printed line, once. */
void drp_page_frame_notes(
	const struct drp_page *page, const struct drp_frame_line *lines, size_t n)
{
	drp_page_note(page, drp_page_say(page, "bron kader", "frame source"), "%s",
		lines[0].whole->source);
	for (size_t i = 0; i < n; i++) {
		int first = lines[i].whole->note[0] != 0;
		for (size_t k = 0; k < i; k++) {
			first &= strcmp(lines[k].whole->note, lines[i].whole->note) != 0;
		}
		if (first) {
			drp_page_note(page, "", "%s: %s", frame_label(page, &lines[i]),
				lines[i].whole->note);
		}
	}
	drp_page_note(page, drp_page_say(page, "kader, let op", "frame, warning"), "%s",
		drp_page_say(page,
			"teller en noemer zijn van een ander jaar; vragenlijsten van "
			"leerkrachten staan tegenover voltijdse equivalenten, geen "
			"personen; 'alle' telt ook volwassenenonderwijs, dat niet in het "
			"kader staat. De verhoudingen zijn een aanwijzing, geen "
			"dekkingsgraad. c: een deel ervan is onderdrukt; x: niet af te "
			"leiden, een school met meer niveaus telde dan dubbel.",
			"numerator and denominator are of different years; teachers' "
			"questionnaires stand against full-time equivalents, not people; "
			"'all' also counts adult education, which is outside the frame. "
			"The ratios indicate, they are no coverage rates. c: a part of "
			"it "
			"is suppressed; x: cannot be told, since a school of several "
			"levels would count twice."));
}

void drp_page_frame(const struct drp_page *page, int label,
	const struct drp_frame_line *lines, size_t n)
{
	struct drp_buf *out = page->out;
	drp_layout_cell(out,
		drp_page_say(page, "tegenover het kader", "against the frame"), label, 0);
	drp_layout_cell(out, drp_page_say(page, "campagne", "campaign"), 13, 1);
	drp_layout_cell(out, drp_page_say(page, "kader", "frame"), 13, 1);
	drp_layout_cell(out, drp_page_say(page, "eenheid", "unit"), 10, 1);
	drp_layout_cell(out, drp_page_say(page, "verhouding", "ratio"), 12, 1);
	drp_layout_line(out);
	for (size_t i = 0; i < n; i++) {
		print_frame_line(page, label, &lines[i]);
	}
	drp_buf_text(out, "\n");
}
