/* SPDX-License-Identifier: Apache-2.0
 *
 * Means by area or by item, with their errors: per group, then per cohort.
 */
#include "hub/tables/layout.h"
#include "hub/tables/observations.h"
#include "hub/tables/table_text.h"
#include "hub/tables/table_view.h"
#include "proto/model/codes.h"

#include <stdio.h>
#include <string.h>

#define LABEL	46
#define NUMBERS 5

static const int width[NUMBERS] = {10, 9, 11, 9, 9};

struct sheet {
	struct drp_page page;
	struct drp_table_view view;
	int language; /* of the instrument */
	int withheld; /* some n was */
};

static int is_shown_here(const struct sheet *s, const struct drp_observation *o,
	int group, const struct drp_observation *place)
{
	int area = strcmp(o->item, "_T") == 0;
	return o->family == place->family && o->group == group &&
	       strcmp(o->measure, "mean") == 0 &&
	       area == (s->page.options->measure == DRP_TABLE_AREA) &&
	       strcmp(o->province, place->province) == 0 &&
	       strcmp(o->level, place->level) == 0 &&
	       strcmp(o->network, place->network) == 0;
}

static const char *wording(const struct sheet *s, const struct drp_observation *o)
{
	const struct drp_instrument *in = s->page.publication->instrument;
	const struct drp_text *text = NULL;
	int item = drp_instrument_item(in, o->item);
	if (item >= 0) {
		text = &in->item[item].wording[o->group];
	}
	for (int a = 0; item < 0 && a < in->n_areas; a++) {
		if (strcmp(in->area[a].code, o->area) == 0) {
			text = &in->area[a].name;
		}
	}
	return text && text->in[s->language] ? text->in[s->language] : "";
}

static void print_mean(struct sheet *s, const struct drp_observation *o)
{
	const char *language = s->page.options->language;
	struct drp_buf *out = s->page.out;
	char label[4 * LABEL], cut[4 * LABEL], number[NUMBERS][DRP_LAYOUT_NUMBER];
	snprintf(label, sizeof label, "  %-3.15s %.150s",
		strcmp(o->item, "_T") ? o->item : o->area, wording(s, o));
	drp_layout_cut(label, LABEL, cut, sizeof cut);
	drp_layout_cell(out, cut, LABEL, 0);
	if (!o->value[0]) {
		drp_layout_cell(out, (char[2]){o->status, 0}, width[0], 1);
		drp_layout_line(out);
		return;
	}
	const char *const text[NUMBERS] = {o->value, o->se, o->low, o->high, o->n};
	for (int i = 0; i < NUMBERS; i++) {
		drp_layout_cell(out,
			text[i][0] ? drp_layout_number(text[i], language, number[i])
				   : "-",
			width[i], 1);
	}
	s->withheld |= o->n[0] == 0;
	drp_layout_cell(out, drp_layout_number(o->schools, language, number[0]), 9, 1);
	drp_layout_cell(out, o->status == DRP_UNRELIABLE ? "  u" : "", 3, 0);
	drp_layout_line(out);
}

/* The status that all means of a cohort share, 0 when one of them has a value. */
static char common_status(
	const struct sheet *s, int group, const struct drp_observation *place)
{
	const struct drp_edition *e = s->page.publication->edition;
	char status = DRP_NOT_APPLICABLE;
	int seen = 0;
	for (size_t i = 0; i < e->n_observations; i++) {
		const struct drp_observation *o = &e->observation[i];
		if (!is_shown_here(s, o, group, place)) {
			continue;
		}
		if (o->value[0] || (seen && o->status != status)) {
			return 0;
		}
		status = o->status;
		seen = 1;
	}
	return status;
}

/* A cohort without any value takes one line. */
static void print_cohort(struct sheet *s, int group, const struct drp_observation *place)
{
	const struct drp_edition *e = s->page.publication->edition;
	char name[DRP_COHORT_TEXT];
	char status = common_status(s, group, place);
	drp_page_cohort(&s->page, place, name);
	drp_layout_cell(s->page.out, name, LABEL, 0);
	if (status) {
		drp_layout_cell(s->page.out, (char[2]){status, 0}, width[0], 1);
	}
	drp_layout_line(s->page.out);
	for (size_t i = 0; !status && i < e->n_observations; i++) {
		if (is_shown_here(s, &e->observation[i], group, place)) {
			print_mean(s, &e->observation[i]);
		}
	}
}

static void print_head(const struct sheet *s, int group)
{
	static const char *const nl[] = {"gemiddelde", "se_dp", "95% van", "tot", "n"};
	static const char *const en[] = {"mean", "se_dp", "95% from", "to", "n"};
	struct drp_buf *out = s->page.out;
	drp_layout_cell(out, drp_group_name(group, s->page.options->language), LABEL, 0);
	for (int i = 0; i < NUMBERS; i++) {
		drp_layout_cell(out, drp_page_say(&s->page, nl[i], en[i]), width[i], 1);
	}
	drp_layout_cell(out, drp_page_say(&s->page, "scholen", "schools"), 9, 1);
	drp_layout_line(out);
}

static void print_group(struct sheet *s, int group)
{
	print_head(s, group);
	for (size_t i = 0; i < s->view.n_rows; i++) {
		print_cohort(s, group, s->view.row[i].place);
	}
	drp_buf_text(s->page.out, "\n");
}

static void note_n(const struct sheet *s)
{
	const struct drp_page *page = &s->page;
	drp_page_note(page, "n", "%s",
		page->publication->manifest->track == DRP_TRACK_SEALED
			? drp_page_say(page, "vragenlijsten achter de rij (exact)",
				  "questionnaires behind the row (exact)")
			: drp_page_say(page,
				  "vragenlijsten achter de rij (exact), van scholen die "
				  "de drempel per school haalden",
				  "questionnaires behind the row (exact), of schools "
				  "that reached the threshold per school"));
	if (s->withheld) {
		drp_page_note(page, "n = -", "%s",
			drp_page_say(page,
				"niet getoond: met de deelname zou het aantal "
				"vragenlijsten van enkele scholen te berekenen zijn",
				"withheld: together with participation it would tell the "
				"questionnaires of a few schools"));
	}
}

static void note_signs(const struct sheet *s, size_t shares)
{
	const struct drp_page *page = &s->page;
	drp_page_note(page, drp_page_say(page, "gemiddelde", "mean"), "%s",
		drp_page_say(page,
			"op een schaal van 1 tot 5, per vragenlijst; van een gebied het "
			"gewone gemiddelde van zijn kernvragen. Niet afgekapt op de "
			"schaal.",
			"on a scale of 1 to 5, per questionnaire; of an area the plain "
			"mean of its core items. Not clipped to the scale."));
	drp_page_note(page, "se_dp", "%s",
		drp_page_say(page,
			"standaardfout door de ruis en door wat ze deed aannemen; "
			"95%-interval daarmee. Toevallige verschillen tussen scholen "
			"zitten er niet in.",
			"standard error from the noise and what it made us assume, with "
			"its 95% interval. Chance differences between schools are not "
			"in it."));
	note_n(s);
	if (shares) {
		drp_page_note(page, "%", "%s",
			drp_page_say(page,
				"deel van alle vragenlijsten (n); wat aan 100 ontbreekt "
				"bleef leeg of is ruis. Niet afgekapt.",
				"part of all questionnaires (n); what is missing from "
				"100 was left blank or is noise. Not clipped."));
	}
	drp_page_note(page, "u, c, x", "%s",
		drp_page_say(page,
			"u: niet betrouwbaar (se_dp boven 0,15); c: onderdrukt, niet "
			"nul; x: niet beschikbaar in het plan van deze campagne",
			"u: unreliable (se_dp above 0.15); c: suppressed, not zero; x: "
			"not available in this campaign's plan"));
}

enum drp_err drp_table_means_text(const struct drp_publication *publication,
	const struct drp_table_options *options, struct drp_buf *out,
	struct drp_diag *diag)
{
	struct sheet s = {.page = {publication, options, out}};
	enum drp_err err =
		drp_table_view_make(publication->edition, options->by, &s.view, diag);
	if (err) {
		return err;
	}
	int language =
		drp_instrument_language(publication->instrument, options->language);
	s.language = language < 0 ? 0 : language;
	drp_page_head(&s.page,
		options->measure == DRP_TABLE_AREA
			? drp_page_say(&s.page, "Gemiddelden per gebied", "Means by area")
			: drp_page_say(
				  &s.page, "Gemiddelden per vraag", "Means by item"));
	for (int g = 0; g < DRP_GROUPS; g++) {
		print_group(&s, g);
	}
	size_t shares =
		options->measure == DRP_TABLE_ITEM && options->by == DRP_FAMILY_REGION
			? drp_page_shares(&s.page, s.language)
			: 0;
	note_signs(&s, shares);
	drp_page_notes(&s.page);
	return out->failed ? DRP_E_NOMEM : DRP_OK;
}
