/* SPDX-License-Identifier: Apache-2.0
 *
 * The parliamentary answer: schools and questionnaires, split as asked.
 */
#include "hub/tables/layout.h"
#include "hub/tables/observations.h"
#include "hub/tables/table_text.h"
#include "hub/tables/table_view.h"
#include "proto/model/codes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LABEL_MIN 22

/* The printed columns: those of the view, and the share of schools after them. */
enum { SHARE = DRP_COLUMNS, PRINTED };

static const uint8_t printed[PRINTED] = {DRP_COLUMN_REGISTERED, DRP_COLUMN_SCHOOLS,
	DRP_COLUMN_COVERAGE, SHARE, DRP_COLUMN_LEADERS, DRP_COLUMN_TEACHERS,
	DRP_COLUMN_PUPILS};

struct sheet {
	struct drp_page page;
	struct drp_table_view view;
	int label, width[PRINTED];
};

__attribute__((format_arg(2), format_arg(3))) static const char *say(
	const struct sheet *s, const char *nl, const char *en)
{
	return drp_page_say(&s->page, nl, en);
}

static const char *head_of(const struct sheet *s, int column)
{
	static const char *const nl[] = {[DRP_COLUMN_REGISTERED] = "geregistreerd",
		[DRP_COLUMN_SCHOOLS] = "deelgenomen",
		[DRP_COLUMN_COVERAGE] = "dekking",
		[SHARE] = "aandeel",
		[DRP_COLUMN_LEADERS] = "schoolleiders",
		[DRP_COLUMN_TEACHERS] = "leerkrachten",
		[DRP_COLUMN_PUPILS] = "leerlingen"};
	static const char *const en[] = {[DRP_COLUMN_REGISTERED] = "registered",
		[DRP_COLUMN_SCHOOLS] = "took part",
		[DRP_COLUMN_COVERAGE] = "coverage",
		[SHARE] = "share",
		[DRP_COLUMN_LEADERS] = "leaders",
		[DRP_COLUMN_TEACHERS] = "teachers",
		[DRP_COLUMN_PUPILS] = "pupils"};
	return say(s, nl[column], en[column]);
}

/* A row's own label; rows of province and level stand under their province. */
static void label_of(
	const struct sheet *s, const struct drp_table_row *row, char *label, size_t size)
{
	const struct drp_observation *o = row->place;
	char name[DRP_PLACE_TEXT];
	switch (s->view.by) {
	case DRP_FAMILY_PROVINCE:
		snprintf(label, size, "%s",
			drp_page_province(&s->page, o->province, name));
		break;
	case DRP_FAMILY_LEVEL:
		snprintf(label, size, "%s%s", row->derived ? "  " : "",
			drp_page_level(&s->page, o->level, name));
		break;
	case DRP_FAMILY_PROVINCE_LEVEL:
		snprintf(label, size, "  %s", drp_page_level(&s->page, o->level, name));
		break;
	case DRP_FAMILY_NETWORK:
		snprintf(label, size, "%s", drp_page_network(&s->page, o->network, name));
		break;
	default:
		snprintf(label, size, "%s", s->page.publication->manifest->region);
	}
}

static void measure_columns(struct sheet *s)
{
	s->label = LABEL_MIN;
	for (size_t i = 0; i < s->view.n_rows; i++) {
		char label[DRP_PLACE_TEXT + 4];
		label_of(s, &s->view.row[i], label, sizeof label);
		int n = drp_layout_width(label);
		s->label = n > s->label ? n : s->label;
	}
	for (int i = 0; i < PRINTED; i++) {
		int n = drp_layout_width(head_of(s, printed[i]));
		s->width[i] = (n > 7 ? n : 7) + 2;
	}
}

static int sum_widths(const struct sheet *s, int from, int to)
{
	int sum = 0;
	for (int i = from; i < to; i++) {
		sum += s->width[i];
	}
	return sum;
}

static void print_head(const struct sheet *s)
{
	struct drp_buf *out = s->page.out;
	drp_layout_cell(out, "", s->label, 0);
	drp_layout_cell(out,
		s->view.pairs ? say(s, "scholen x niveau", "schools x level")
			      : say(s, "scholen", "schools"),
		sum_widths(s, 0, 4), 1);
	drp_layout_cell(out,
		say(s, "ingevulde vragenlijsten", "completed questionnaires"),
		sum_widths(s, 4, PRINTED), 1);
	drp_layout_line(out);
	drp_layout_cell(out, "", s->label, 0);
	for (int i = 0; i < PRINTED; i++) {
		drp_layout_cell(out, head_of(s, printed[i]), s->width[i], 1);
	}
	drp_layout_line(out);
}

/* The share of the schools (or pairs) that took part. The class 34 counts a school with
 * both levels once; its share is that of its pairs, so that shares can be added. */
static const char *share_text(const struct sheet *s, const struct drp_table_row *row,
	char text[DRP_LAYOUT_NUMBER])
{
	int64_t part = row->derived ? 0 : drp_cell_count(row->cell[DRP_COLUMN_SCHOOLS]);
	for (size_t i = 0; row->derived && i < s->view.n_rows; i++) {
		const struct drp_table_row *other = &s->view.row[i];
		if (strcmp(other->place->level, "3") == 0 ||
			strcmp(other->place->level, "4") == 0) {
			part += drp_cell_count(other->cell[DRP_COLUMN_SCHOOLS]);
		}
	}
	return part < 0 ? "c"
			: drp_layout_percent((double)part,
				  (double)s->view.sum[DRP_COLUMN_SCHOOLS].total,
				  s->page.options->language, text);
}

/* A published cell, or the letter that says why it is empty. */
static const char *cell_text(const struct sheet *s, const struct drp_table_row *row,
	int column, char text[DRP_LAYOUT_NUMBER])
{
	const char *language = s->page.options->language;
	if (column == SHARE) {
		return share_text(s, row, text);
	}
	const struct drp_observation *o = row->cell[column];
	if (!o || !o->value[0]) {
		snprintf(text, DRP_LAYOUT_NUMBER, "%c", o ? o->status : '-');
		return text;
	}
	if (column == DRP_COLUMN_COVERAGE) {
		return drp_layout_percent(strtod(o->value, NULL), 100, language, text);
	}
	return drp_layout_number(o->value, language, text);
}

static void print_row(const struct sheet *s, const struct drp_table_row *row)
{
	struct drp_buf *out = s->page.out;
	char label[DRP_PLACE_TEXT + 4], text[DRP_LAYOUT_NUMBER];
	label_of(s, row, label, sizeof label);
	drp_layout_cell(out, label, s->label, 0);
	for (int i = 0; i < PRINTED; i++) {
		drp_layout_cell(out, cell_text(s, row, printed[i], text), s->width[i], 1);
	}
	drp_layout_line(out);
}

static void print_rows(const struct sheet *s)
{
	const char *province = "";
	for (size_t i = 0; i < s->view.n_rows; i++) {
		const struct drp_table_row *row = &s->view.row[i];
		if (s->view.by == DRP_FAMILY_PROVINCE_LEVEL &&
			strcmp(row->place->province, province) != 0) {
			char name[DRP_PLACE_TEXT];
			province = row->place->province;
			drp_buf_printf(s->page.out, "%s\n",
				drp_page_province(&s->page, province, name));
		}
		print_row(s, row);
	}
	drp_layout_rule(s->page.out, s->label + sum_widths(s, 0, PRINTED));
}

/* ---- sums ---- */

enum part { TOTAL, SHOWN, SUPPRESSED, UNKNOWN };

static const char *sum_text(
	const struct sheet *s, int column, enum part part, char text[DRP_LAYOUT_NUMBER])
{
	const char *language = s->page.options->language;
	if (column == SHARE) {
		return "";
	}
	if (column == DRP_COLUMN_COVERAGE) {
		return part == TOTAL && !s->view.pairs
			       ? cell_text(s, &s->view.region, column, text)
			       : "";
	}
	const struct drp_table_sum *sum = &s->view.sum[column];
	if (!sum->known || (part == UNKNOWN && !sum->unknown_known)) {
		return "c";
	}
	const uint64_t value[] = {sum->total, sum->shown, sum->suppressed, sum->unknown};
	char plain[24];
	snprintf(plain, sizeof plain, "%llu", (unsigned long long)value[part]);
	return drp_layout_number(plain, language, text);
}

static void print_sum(const struct sheet *s, const char *label, enum part part)
{
	char text[DRP_LAYOUT_NUMBER];
	drp_layout_cell(s->page.out, label, s->label, 0);
	for (int i = 0; i < PRINTED; i++) {
		drp_layout_cell(
			s->page.out, sum_text(s, printed[i], part, text), s->width[i], 1);
	}
	drp_layout_line(s->page.out);
}

static void print_sums(const struct sheet *s)
{
	char text[DRP_LAYOUT_NUMBER];
	print_sum(s, say(s, "totaal", "total"), TOTAL);
	print_sum(s, say(s, "  getoond", "  shown"), SHOWN);
	print_sum(s, say(s, "  onderdrukt (c)", "  suppressed (c)"), SUPPRESSED);
	print_sum(s, say(s, "  onbekend", "  unknown"), UNKNOWN);
	if (s->view.pairs) {
		drp_layout_cell(s->page.out,
			say(s, "verschillende scholen", "different schools"), s->label,
			0);
		for (int i = 0; i < 3; i++) {
			drp_layout_cell(s->page.out,
				cell_text(s, &s->view.region, printed[i], text),
				s->width[i], 1);
		}
		drp_layout_line(s->page.out);
	}
	drp_buf_text(s->page.out, "\n");
}

/* ---- response ---- */

static void print_response(const struct sheet *s)
{
	static const char *const measure[] = {
		"eligible", "invited", "questionnaires", "coverage"};
	const char *const head[] = {say(s, "in aanmerking", "eligible"),
		say(s, "uitgenodigd", "invited"), say(s, "ingevuld", "completed"),
		say(s, "ingevuld van in aanmerking", "completed of eligible")};
	struct drp_buf *out = s->page.out;
	drp_layout_cell(out, say(s, "respons, hele regio", "response, whole region"),
		s->label, 0);
	for (int i = 0; i < 4; i++) {
		drp_layout_cell(out, head[i], drp_layout_width(head[i]) + 2, 1);
	}
	drp_layout_line(out);
	for (int g = 0; g < DRP_GROUPS; g++) {
		drp_layout_cell(
			out, drp_group_name(g, s->page.options->language), s->label, 0);
		for (int i = 0; i < 4; i++) {
			char text[DRP_LAYOUT_NUMBER];
			struct drp_table_row row = {0};
			int column = i == 3 ? DRP_COLUMN_COVERAGE : DRP_COLUMN_PUPILS;
			row.cell[column] =
				drp_observation_find(s->page.publication->edition,
					s->view.region.place, g, "_T", "_T", measure[i]);
			drp_layout_cell(out, cell_text(s, &row, column, text),
				drp_layout_width(head[i]) + 2, 1);
		}
		drp_layout_line(out);
	}
	drp_buf_text(out, "\n");
}

/* ---- notes ---- */

static void note_base(const struct sheet *s)
{
	drp_page_note(&s->page, say(s, "basis", "base"), "%s",
		say(s,
			"scholen: dekking is van de geregistreerde scholen op dezelfde "
			"rij. Aantallen zijn ingevulde vragenlijsten, geen personen: wie "
			"op twee niveaus of in twee rollen antwoordt telt twee keer.",
			"schools: coverage is of the registered schools in the same row. "
			"Numbers are completed questionnaires, not people: who answers "
			"at two levels or in two roles counts twice."));
	char text[2][DRP_LAYOUT_NUMBER];
	const char *total = sum_text(s, DRP_COLUMN_SCHOOLS, TOTAL, text[0]);
	const char *schools = cell_text(s, &s->view.region, DRP_COLUMN_SCHOOLS, text[1]);
	if (s->view.pairs) {
		drp_page_note(&s->page, say(s, "aandeel", "share"),
			say(s,
				"van de %s paren van school en niveau die deelnamen; een "
				"school telt op elk van haar niveaus, verschillende "
				"scholen zijn er %s. Rij 34 telt een school met 3 en 4 "
				"een keer; haar aandeel is dat van 3 en 4 samen. Elk "
				"afzonderlijk afgerond, niet herschaald naar 100.",
				"of the %s pairs of school and level that took part; a "
				"school counts at each of its levels, different schools "
				"are %s. Row 34 counts a school with 3 and 4 once; its "
				"share is that of 3 and 4 together. Each is rounded by "
				"itself, nothing is scaled to 100."),
			total, schools);
	} else {
		drp_page_note(&s->page, say(s, "aandeel", "share"),
			say(s,
				"van de %s scholen die deelnamen, elk afzonderlijk "
				"afgerond, niet herschaald naar 100",
				"of the %s schools that took part, each rounded by "
				"itself, nothing is scaled to 100"),
			total);
	}
}

static void note_signs(const struct sheet *s)
{
	drp_page_note(&s->page, "c", "%s",
		say(s,
			"onderdrukt: te weinig scholen, besturen of vragenlijsten, of "
			"een kleine groep zou door aftrekken te berekenen zijn. "
			"Onderdrukt is niet nul. De regel 'onderdrukt' is totaal min "
			"getoond min onbekend, over alle onderdrukte rijen samen.",
			"suppressed: too few schools, boards or questionnaires, or a "
			"small part could be computed by subtraction. Suppressed is not "
			"zero. The line 'suppressed' is total less shown less unknown, "
			"over all suppressed rows together."));
	drp_page_note(&s->page, "x", "%s",
		say(s, "niet beschikbaar: niet in deze editie, of niet af te leiden",
			"not available: not in this edition, or cannot be told"));
	for (int c = 0; c < DRP_COLUMNS; c++) {
		if (c != DRP_COLUMN_COVERAGE && !s->view.sum[c].unknown_known) {
			drp_page_note(&s->page, say(s, "onbekend", "unknown"), "%s",
				say(s, "waar onderdrukt, begrepen in 'onderdrukt'",
					"where suppressed, included in 'suppressed'"));
			break;
		}
	}
}

enum drp_err drp_table_participation_text(const struct drp_publication *publication,
	const struct drp_table_options *options, struct drp_buf *out,
	struct drp_diag *diag)
{
	struct sheet s = {.page = {publication, options, out}};
	struct drp_frame_line lines[DRP_FRAME_LINES_MAX];
	enum drp_err err =
		drp_table_view_make(publication->edition, options->by, &s.view, diag);
	if (err) {
		return err;
	}
	size_t n_lines = drp_frame_lines(publication, lines);
	measure_columns(&s);
	drp_page_head(
		&s.page, say(&s, "Deelname: scholen en ingevulde vragenlijsten",
				 "Participation: schools and completed questionnaires"));
	print_head(&s);
	print_rows(&s);
	print_sums(&s);
	print_response(&s);
	if (n_lines) {
		drp_page_frame(&s.page, s.label, lines, n_lines);
	}
	note_base(&s);
	note_signs(&s);
	if (n_lines) {
		drp_page_frame_notes(&s.page, lines, n_lines);
	}
	drp_page_notes(&s.page);
	return out->failed ? DRP_E_NOMEM : DRP_OK;
}
