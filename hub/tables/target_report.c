/* SPDX-License-Identifier: Apache-2.0
 *
 * The report on a target, for people and for files. Counts decide; the share is rounded
 * down, so that no figure looks met that is not.
 */
#include "hub/tables/target.h"

#include "hub/tables/csv_out.h"
#include "hub/tables/layout.h"
#include "proto/base/date.h"
#include "proto/runtime/json.h"

#include <stdio.h>
#include <string.h>

#define LABEL	    36
#define FIGURE	    14
#define NOTE_INDENT 20
#define CSV_COLUMNS 18

struct page {
	const struct drp_target_report *report;
	const struct drp_table_options *options;
	struct drp_buf *out;
};

static const char *say(const struct page *page, const char *nl, const char *en)
	__attribute__((format_arg(2), format_arg(3)));

static const char *say(const struct page *page, const char *nl, const char *en)
{
	return strcmp(page->options->language, "en") == 0 ? en : nl;
}

/* ---- text ---- */

static void line(const struct page *page, const char *label, const char *text)
{
	drp_layout_cell(page->out, label, LABEL, 0);
	drp_layout_cell(page->out, text, FIGURE, 1);
	drp_layout_line(page->out);
}

static void number(const struct page *page, const char *label, uint64_t value)
{
	char plain[DRP_VALUE_TEXT], text[DRP_LAYOUT_NUMBER];
	snprintf(plain, sizeof plain, "%llu", (unsigned long long)value);
	line(page, label, drp_layout_number(plain, page->options->language, text));
}

static void percent(const struct page *page, const char *label, const char *plain)
{
	char written[DRP_LAYOUT_NUMBER], text[DRP_LAYOUT_NUMBER];
	snprintf(text, sizeof text, "%.30s%%",
		drp_layout_number(plain, page->options->language, written));
	line(page, label, text);
}

static const char *state_name(const struct page *page)
{
	static const char *const nl[DRP_REACHED_STATES] = {
		"in het register", "met een eigen knooppunt", "nam deel"};
	static const char *const en[DRP_REACHED_STATES] = {
		"in the register", "with a node of its own", "took part"};
	int state = page->report->target->state;
	return say(page, nl[state], en[state]);
}

static const char *sector_name(const struct page *page)
{
	static const char *const nl[DRP_SECTORS] = {"scholen in het kader, basis",
		"scholen in het kader, secundair", "", "scholen in het kader"};
	static const char *const en[DRP_SECTORS] = {"schools in the frame, primary",
		"schools in the frame, secondary", "", "schools in the frame"};
	int sector = page->report->target->sector;
	return say(page, nl[sector], en[sector]);
}

static const char *outcome_name(const struct page *page)
{
	static const char *const nl[DRP_OUTCOMES] = {
		"niet bekend: van deze regio is nog niets gepubliceerd", "gehaald",
		"nog niet gehaald", "niet gehaald"};
	static const char *const en[DRP_OUTCOMES] = {
		"not known: nothing is published of this region yet", "met",
		"not met so far", "not met"};
	int outcome = (int)page->report->outcome;
	return say(page, nl[outcome], en[outcome]);
}

static const char *permille(const struct drp_target *t, char text[DRP_VALUE_TEXT])
{
	snprintf(text, DRP_VALUE_TEXT, t->permille % 10 ? "%u.%u" : "%u",
		t->permille / 10, t->permille % 10);
	return text;
}

static void figures(const struct page *page)
{
	const struct drp_target_report *r = page->report;
	char text[DRP_VALUE_TEXT], day[DRP_DATE_TEXT];
	line(page, say(page, "regio", "region"), r->target->region);
	line(page, say(page, "toestand", "state"), state_name(page));
	line(page, say(page, "uiterlijk", "by"), drp_date_format(r->target->by, day));
	number(page, sector_name(page), r->target->whole.value);
	percent(page, say(page, "doel, van die scholen", "target, of those schools"),
		permille(r->target, text));
	number(page, say(page, "nodig, scholen", "needed, schools"), r->needed);
	if (r->reached >= 0) {
		number(page, say(page, "gehaald, scholen", "reached, schools"),
			(uint64_t)r->reached);
		percent(page,
			say(page, "aandeel van het kader (naar beneden)",
				"share of the frame (rounded down)"),
			drp_target_share(r, text));
		line(page, say(page, "geteld tot en met", "counted up to"),
			drp_date_format(r->until, day));
		number(page, say(page, "getelde campagnes", "campaigns counted"),
			r->campaigns);
	}
	drp_buf_printf(page->out, "\n%s: %s\n\n", say(page, "uitkomst", "outcome"),
		outcome_name(page));
}

static void caveat_left_out(const struct page *page, size_t n)
{
	char text[256];
	snprintf(text, sizeof text,
		n == 1 ? say(page,
				 "%zu gepubliceerde campagne is niet meegeteld: "
				 "toen werd nog niet bijgehouden welke scholen "
				 "erin staan.",
				 "%zu published campaign is not counted: it is "
				 "of before it was kept which schools it has.")
		       : say(page,
				 "%zu gepubliceerde campagnes zijn niet "
				 "meegeteld: toen werd nog niet bijgehouden "
				 "welke scholen erin staan.",
				 "%zu published campaigns are not counted: they "
				 "are of before it was kept which schools they "
				 "have."),
		n);
	drp_layout_note(page->out, NOTE_INDENT, "", text);
}

static void caveats(const struct page *page)
{
	const struct drp_target_report *r = page->report;
	struct drp_buf *out = page->out;
	drp_layout_note(out, NOTE_INDENT, say(page, "let op", "please note"),
		say(page,
			"Dit zegt hoeveel scholen zover kwamen, niet hoe het met alle "
			"scholen gesteld is.",
			"This says how many schools got so far, not how all schools are "
			"doing."));
	drp_layout_note(out, NOTE_INDENT, "",
		say(page,
			"Teller: scholen in het register van deze hub met een niveau van "
			"die sector, elke school één keer over alle campagnes van de "
			"regio; "
			"volwassenenonderwijs telt niet mee. Noemer: het kader, van een "
			"ander jaar.",
			"Numerator: schools in this hub's register with a level of that "
			"sector, each once over all campaigns of the region; adult "
			"education "
			"does not count. Denominator: the frame, of another year."));
	if (r->reached >= 0 && r->until < r->target->by) {
		drp_layout_note(out, NOTE_INDENT, "",
			say(page,
				"De dag is nog niet voorbij in wat gepubliceerd is: er "
				"kunnen "
				"scholen bijkomen.",
				"The day is not over in what is published: more schools "
				"may "
				"come."));
	}
	if (r->left_out) {
		caveat_left_out(page, r->left_out);
	}
}

static void write_text(const struct page *page)
{
	const struct drp_target *t = page->report->target;
	struct drp_buf *out = page->out;
	drp_buf_printf(out, "%s (%s)\n\n", t->title, t->id);
	figures(page);
	drp_layout_note(
		out, NOTE_INDENT, say(page, "bron doel", "target source"), t->source);
	drp_layout_note(out, NOTE_INDENT, "", say(page, t->note_nl, t->note_en));
	drp_layout_note(out, NOTE_INDENT, say(page, "bron kader", "frame source"),
		t->whole.source);
	if (*t->whole.note) {
		drp_layout_note(out, NOTE_INDENT, "", t->whole.note);
	}
	caveats(page);
}

/* ---- files ---- */

static const char *const csv_column[CSV_COLUMNS] = {"target", "title", "region", "state",
	"sector", "percent", "by", "frame_schools", "needed", "reached", "share",
	"outcome", "counted_until", "campaigns", "left_out", "frame_source", "frame_note",
	"source"};

/* Texts of a report; empty when there is nothing to say. */
struct texts {
	char percent[DRP_VALUE_TEXT], by[DRP_DATE_TEXT], until[DRP_DATE_TEXT];
	char share[DRP_VALUE_TEXT], whole[12], needed[12], reached[24];
	char campaigns[24], left_out[24];
};

static void fill(const struct drp_target_report *r, struct texts *t)
{
	permille(r->target, t->percent);
	drp_date_format(r->target->by, t->by);
	t->until[0] = t->reached[0] = 0;
	if (r->reached >= 0) {
		drp_date_format(r->until, t->until);
		snprintf(t->reached, sizeof t->reached, "%lld", (long long)r->reached);
	}
	drp_target_share(r, t->share);
	snprintf(t->whole, sizeof t->whole, "%u", r->target->whole.value);
	snprintf(t->needed, sizeof t->needed, "%u", r->needed);
	snprintf(t->campaigns, sizeof t->campaigns, "%zu", r->campaigns);
	snprintf(t->left_out, sizeof t->left_out, "%zu", r->left_out);
}

enum drp_err drp_targets_csv(
	const struct drp_target_report *reports, size_t n, struct drp_buf *out)
{
	drp_csv_line(out, csv_column, CSV_COLUMNS);
	for (size_t i = 0; i < n; i++) {
		const struct drp_target *t = reports[i].target;
		struct texts x;
		fill(&reports[i], &x);
		const char *fields[CSV_COLUMNS] = {t->id, t->title, t->region,
			drp_reached_code(t->state), drp_sector_code(t->sector), x.percent,
			x.by, x.whole, x.needed, x.reached, x.share,
			drp_outcome_code((int)reports[i].outcome), x.until, x.campaigns,
			x.left_out, t->whole.source, t->whole.note, t->source};
		drp_csv_line(out, fields, CSV_COLUMNS);
	}
	return out->failed ? DRP_E_NOMEM : DRP_OK;
}

/* A number in its own digits: what is divided here is divided once. */
static json_t *digits(const char *text)
{
	return *text ? json_loads(text, JSON_DECODE_ANY, NULL) : json_null();
}

static json_t *text_or_null(const char *text)
{
	return *text ? json_string(text) : json_null();
}

static json_t *target_json(const struct drp_target_report *r)
{
	const struct drp_target *t = r->target;
	struct texts x;
	fill(r, &x);
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:s, s:I, s:I, s:o, s:o, s:s, "
			 "s:o, s:I, s:I, s:s, s:s, s:s, s:{s:s, s:s}}",
		"target", t->id, "title", t->title, "region", t->region, "state",
		drp_reached_code(t->state), "sector", drp_sector_code(t->sector),
		"percent", digits(x.percent), "by", x.by, "frame_schools",
		(json_int_t)t->whole.value, "needed", (json_int_t)r->needed, "reached",
		digits(x.reached), "share", digits(x.share), "outcome",
		drp_outcome_code((int)r->outcome), "counted_until", text_or_null(x.until),
		"campaigns", (json_int_t)r->campaigns, "left_out",
		(json_int_t)r->left_out, "frame_source", t->whole.source, "frame_note",
		t->whole.note, "source", t->source, "notes", "en", t->note_en, "nl",
		t->note_nl);
}

enum drp_err drp_targets_json(
	const struct drp_target_report *reports, size_t n, struct drp_buf *out)
{
	json_t *list = json_array();
	for (size_t i = 0; i < n; i++) {
		drp_json_add(&list, target_json(&reports[i]));
	}
	return drp_json_print(json_pack("{s:s, s:o}", "note",
				      "so many schools got so far, which does not say "
				      "how all schools are doing; the frame is of "
				      "another year; share is rounded down, and counts "
				      "decide",
				      "targets", list),
		DRP_JSON_LINES, out);
}

enum drp_err drp_target_write(const struct drp_target_report *report,
	const struct drp_table_options *options, struct drp_buf *out)
{
	const struct page page = {report, options, out};
	switch (options->format) {
	case DRP_TABLE_CSV:
		return drp_targets_csv(report, 1, out);
	case DRP_TABLE_JSON:
		return drp_json_print(target_json(report), DRP_JSON_LINES, out);
	default:
		write_text(&page);
	}
	return out->failed ? DRP_E_NOMEM : DRP_OK;
}
