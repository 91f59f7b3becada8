/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/tables/answer_table.h"

#include "hub/tables/csv_out.h"
#include "hub/tables/layout.h"
#include "proto/model/codes.h"
#include "proto/runtime/json.h"

#include <stdio.h>
#include <string.h>

#define LABEL	    46
#define FIGURE	    12
#define NOTE_INDENT 20
#define CSV_COLUMNS 8

struct page {
	const struct drp_answer *answer;
	const struct drp_table_options *options;
	struct drp_buf *out;
};

static const char *say(const struct page *page, const char *nl, const char *en)
{
	return strcmp(page->options->language, "en") == 0 ? en : nl;
}

/* The answer's words for what it does not hold, in the page's language; Dutch stands
 * beside English where it is a word of the minister. Other words stay as they are. */
static const char *own_words(const struct page *page, const char *text)
{
	if (strcmp(text, "not available") == 0) {
		return say(page, "niet beschikbaar", "not available (niet beschikbaar)");
	}
	return strcmp(text, "not stated") == 0 ? say(page, "niet vermeld", "not stated")
					       : text;
}

/* "31.6"; a share without a decimal as it was printed, "44". */
static const char *permille(uint32_t value, int decimal, char text[DRP_VALUE_TEXT])
{
	if (value % 10 == 0 && !decimal) {
		snprintf(text, DRP_VALUE_TEXT, "%u", value / 10);
	} else {
		snprintf(text, DRP_VALUE_TEXT, "%u.%u", value / 10, value % 10);
	}
	return text;
}

/* ---- text ---- */

static void line(
	const struct page *page, const char *label, const char *plain, const char *unit)
{
	char number[DRP_LAYOUT_NUMBER];
	drp_layout_cell(page->out, label, LABEL, 0);
	drp_layout_cell(page->out,
		drp_layout_number(plain, page->options->language, number), FIGURE, 1);
	drp_buf_printf(page->out, "%s\n", unit);
}

static void print_counts(const struct page *page)
{
	const struct drp_answer *a = page->answer;
	char plain[DRP_VALUE_TEXT], label[LABEL + 20];
	snprintf(plain, sizeof plain, "%u", a->schools);
	line(page, say(page, "scholen die deelnamen", "schools that took part"), plain,
		"");
	drp_buf_printf(page->out, "%s\n",
		say(page, "ingevulde vragenlijsten", "completed questionnaires"));
	for (int g = 0; g < DRP_GROUPS; g++) {
		snprintf(plain, sizeof plain, "%u", a->questionnaires[g]);
		snprintf(label, sizeof label, "  %s",
			drp_group_name(g, page->options->language));
		line(page, label, plain, "");
	}
}

static void print_levels(const struct page *page)
{
	const struct drp_answer *a = page->answer;
	char text[DRP_VALUE_TEXT], label[LABEL + 20];
	drp_buf_printf(page->out, "\n%s: %s\n",
		say(page, "per onderwijsniveau, procent; basis",
			"by level, percent; base"),
		own_words(page, a->base));
	for (int i = 0; i < DRP_ANSWER_CLASSES; i++) {
		snprintf(label, sizeof label, "  %s",
			drp_level_name(drp_answer_level[i], page->options->language));
		line(page, label, permille(a->permille[i], 0, text), "%");
	}
	line(page,
		say(page, "  rest, niet verklaard in het antwoord",
			"  residue, not explained by the answer"),
		permille(a->residue, 1, text), "%");
}

static void print_split(const struct page *page, enum drp_family by)
{
	static const char *const nl[] = {"hele regio", "per provincie", "per niveau",
		"per onderwijsnet", "per provincie en niveau"};
	static const char *const en[] = {"whole region", "by province", "by level",
		"by network", "by province and level"};
	const char *words =
		by == DRP_FAMILY_PROVINCE ? page->answer->provinces : "not available";
	drp_buf_text(page->out, "\n");
	drp_layout_cell(page->out, say(page, nl[by], en[by]), LABEL, 0);
	drp_buf_printf(page->out, "%s\n", own_words(page, words));
	if (by == DRP_FAMILY_PROVINCE) {
		char plain[DRP_VALUE_TEXT];
		snprintf(plain, sizeof plain, "%u", page->answer->schools);
		line(page,
			say(page, "  scholen waarvan de provincie onbekend is",
				"  schools whose province is unknown"),
			plain, "");
	}
}

static void print_notes(const struct page *page)
{
	const struct drp_answer *a = page->answer;
	struct drp_buf *out = page->out;
	drp_buf_text(out, "\n");
	drp_layout_note(out, NOTE_INDENT, say(page, "bron", "source"), a->source);
	drp_layout_note(out, NOTE_INDENT, say(page, "referentiedatum", "reference date"),
		own_words(page, a->reference_date));
	drp_layout_note(out, NOTE_INDENT, say(page, "geregistreerd", "registered"),
		own_words(page, a->registered));
	drp_layout_note(out, NOTE_INDENT, say(page, "deelnemers", "cohort"),
		strcmp(a->cohort, "sample") == 0
			? say(page, "steekproef van scholen", "sample of schools")
			: say(page, "scholen die zelf kozen om deel te nemen",
				  "self-selected schools"));
	drp_layout_note(out, NOTE_INDENT, say(page, "let op", "please note"),
		say(page, a->note_nl, a->note_en));
	drp_layout_note(out, NOTE_INDENT, "",
		say(page,
			"Dit antwoord werd zo gegeven en werd niet met Drempel gemaakt; "
			"niets is aangevuld of herschaald.",
			"This answer was given as it stands and not made with Drempel; "
			"nothing is filled in or scaled."));
}

static void write_text(const struct page *page)
{
	enum drp_family by = page->options->by;
	drp_buf_printf(page->out, "%s (%s)\n\n", page->answer->title, page->answer->id);
	if (page->options->measure != DRP_TABLE_PARTICIPATION) {
		drp_layout_cell(page->out,
			say(page, "resultaten per gebied en vraag",
				"results by area and item"),
			LABEL, 0);
		drp_buf_printf(page->out, "%s\n", own_words(page, "not available"));
		print_notes(page);
		return;
	}
	print_counts(page);
	if (by == DRP_FAMILY_REGION || by == DRP_FAMILY_LEVEL) {
		print_levels(page);
	}
	if (by == DRP_FAMILY_REGION) {
		print_split(page, DRP_FAMILY_PROVINCE);
	} else if (by != DRP_FAMILY_LEVEL) {
		print_split(page, by);
	}
	print_notes(page);
}

/* ---- rows ---- */

/* Everything the answer says, one figure a row; each is called once per row. */
typedef void each_row(void *self, const char *const fields[CSV_COLUMNS]);

static const char *const csv_column[CSV_COLUMNS] = {
	"measure", "group", "level", "province", "value", "unit", "base", "status"};

static void list_rows(const struct drp_answer *a, each_row *each, void *self)
{
	char text[DRP_VALUE_TEXT];
	snprintf(text, sizeof text, "%u", a->schools);
	each(self,
		(const char *[]){"schools", "_T", "_T", "_T", text, "schools", "", ""});
	for (int g = 0; g < DRP_GROUPS; g++) {
		snprintf(text, sizeof text, "%u", a->questionnaires[g]);
		each(self, (const char *[]){"questionnaires", drp_group_code(g), "_T",
				   "_T", text, "questionnaires", "", ""});
	}
	for (int i = 0; i < DRP_ANSWER_CLASSES; i++) {
		each(self, (const char *[]){"share", "_T",
				   drp_level_code(drp_answer_level[i]), "_T",
				   permille(a->permille[i], 0, text), "percent", a->base,
				   ""});
	}
	each(self, (const char *[]){"residue", "_T", "_T", "_T",
			   permille(a->residue, 1, text), "percent", a->base, ""});
	for (int p = DRP_BE10; p < DRP_PROVINCE_UNKNOWN; p++) {
		each(self, (const char *[]){"schools", "_T", "_T", drp_province_code(p),
				   "", "schools", "", "x"});
	}
}

static void add_csv(void *self, const char *const fields[CSV_COLUMNS])
{
	drp_csv_line(self, fields, CSV_COLUMNS);
}

static void add_json(void *self, const char *const fields[CSV_COLUMNS])
{
	json_t *object = json_object();
	for (size_t i = 0; i < CSV_COLUMNS; i++) {
		drp_json_set(&object, csv_column[i], json_string(fields[i]));
	}
	drp_json_add(self, object);
}

static enum drp_err write_json(const struct drp_answer *a, struct drp_buf *out)
{
	json_t *rows = json_array();
	list_rows(a, add_json, &rows);
	return drp_json_print(
		json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:{s:s, s:s}, s:o}",
			"answer", a->id, "title", a->title, "source", a->source,
			"reference_date", a->reference_date, "cohort", a->cohort,
			"provinces", a->provinces, "registered", a->registered, "notes",
			"en", a->note_en, "nl", a->note_nl, "rows", rows),
		DRP_JSON_LINES, out);
}

enum drp_err drp_answer_table_write(const struct drp_answer *answer,
	const struct drp_table_options *options, struct drp_buf *out)
{
	const struct page page = {answer, options, out};
	switch (options->format) {
	case DRP_TABLE_CSV:
		drp_csv_line(out, csv_column, CSV_COLUMNS);
		list_rows(answer, add_csv, out);
		break;
	case DRP_TABLE_JSON:
		return write_json(answer, out);
	default:
		write_text(&page);
	}
	return out->failed ? DRP_E_NOMEM : DRP_OK;
}
