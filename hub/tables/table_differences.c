/* SPDX-License-Identifier: Apache-2.0
 *
 * Differences of area means between groups, or since an earlier session: per cohort, with
 * the finding in words and the rule under them.
 */
#include "hub/tables/layout.h"
#include "hub/tables/table_text.h"
#include "proto/model/codes.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LABEL	30
#define NUMBERS 5

static const int width[NUMBERS] = {8, 8, 12, 10, 9};

struct sheet {
	struct drp_page page;
	const struct drp_differences *list;
	enum drp_language language;
	int sessions;
};

static const char *area_name(const struct sheet *s, const char *code)
{
	const struct drp_instrument *in = s->page.publication->instrument;
	int language = drp_instrument_language(in, s->page.options->language);
	for (int a = 0; a < in->n_areas; a++) {
		if (strcmp(in->area[a].code, code) == 0) {
			const char *name =
				in->area[a].name.in[language < 0 ? 0 : language];
			return name ? name : "";
		}
	}
	return "";
}

static int same_cohort(const struct drp_observation *a, const struct drp_observation *b)
{
	return strcmp(a->province, b->province) == 0 && strcmp(a->level, b->level) == 0 &&
	       strcmp(a->network, b->network) == 0;
}

static int is_area(const struct drp_difference *d)
{
	return strcmp(d->one->item, "_T") == 0;
}

/* ---- lines ---- */

/* A difference has its sign, also above zero; means have none. */
static void number(const struct sheet *s, const char *plain, int is_signed, int column)
{
	char text[DRP_LAYOUT_NUMBER], out[DRP_LAYOUT_NUMBER + 1] = "";
	if (*plain) {
		snprintf(out, sizeof out, "%s%s",
			is_signed && *plain != '-' && strspn(plain, "0.") != strlen(plain)
				? "+"
				: "",
			drp_layout_number(plain, s->page.options->language, text));
	}
	drp_layout_cell(s->page.out, out, width[column], 1);
}

static void print_row(const struct sheet *s, const struct drp_difference *d)
{
	struct drp_buf *out = s->page.out;
	const char *words = drp_difference_words(d, s->language);
	char label[256], cut[256];
	snprintf(label, sizeof label, "    %s %.180s", d->one->area,
		area_name(s, d->one->area));
	drp_layout_cut(label, LABEL, cut, sizeof cut);
	drp_layout_cell(out, cut, LABEL, 0);
	number(s, d->one->value, 0, 0);
	number(s, d->other->value, 0, 1);
	if (*d->value) {
		number(s, d->value, 1, 2);
		number(s, d->low, 1, 3);
		number(s, d->high, 1, 4);
	} else {
		drp_layout_cell(out, (char[2]){d->status, 0}, width[2], 1);
	}
	drp_buf_printf(out, "  %s", words ? words : *d->value ? "u" : "");
	drp_layout_line(out);
}

static void print_heads(
	const struct sheet *s, const struct drp_difference *d, char status)
{
	const struct drp_page *page = &s->page;
	const char *language = page->options->language;
	char label[160];
	const char *const session[] = {drp_page_say(page, "nu", "now"),
		drp_page_say(page, "eerder", "before"),
		drp_page_say(page, "verandering", "change"),
		drp_page_say(page, "95% van", "95% from"),
		drp_page_say(page, "tot", "to")};
	const char *const group[] = {drp_page_say(page, "eerste", "first"),
		drp_page_say(page, "tweede", "second"),
		drp_page_say(page, "verschil", "difference"),
		drp_page_say(page, "95% van", "95% from"),
		drp_page_say(page, "tot", "to")};
	snprintf(label, sizeof label, s->sessions ? "  %s" : "  %s - %s",
		drp_group_name(d->one->group, language),
		drp_group_name(d->other->group, language));
	drp_layout_cell(page->out, label, LABEL, 0);
	if (status) {
		drp_layout_cell(page->out, (char[2]){status, 0},
			width[0] + width[1] + width[2], 1);
	}
	for (int i = 0; !status && i < NUMBERS; i++) {
		drp_layout_cell(
			page->out, s->sessions ? session[i] : group[i], width[i], 1);
	}
	drp_layout_line(page->out);
}

/* ---- cohorts ---- */

static int is_of_pair(const struct drp_difference *d, const struct drp_difference *of)
{
	return is_area(d) && d->one->group == of->one->group &&
	       d->other->group == of->other->group && same_cohort(d->one, of->one);
}

/* The status that all differences of a pair share, 0 when one of them has a value. */
static char common_status(const struct sheet *s, const struct drp_difference *of)
{
	for (size_t i = 0; i < s->list->n; i++) {
		const struct drp_difference *d = &s->list->row[i];
		if (is_of_pair(d, of) && (*d->value || d->status != of->status)) {
			return 0;
		}
	}
	return of->status;
}

/* A pair without any value takes one line. */
static void print_pair(const struct sheet *s, const struct drp_difference *of)
{
	char status = common_status(s, of);
	print_heads(s, of, status);
	for (size_t i = 0; !status && i < s->list->n; i++) {
		if (is_of_pair(&s->list->row[i], of)) {
			print_row(s, &s->list->row[i]);
		}
	}
}

static int is_first_of_pair(const struct sheet *s, size_t at)
{
	const struct drp_difference *of = &s->list->row[at];
	for (size_t i = 0; i < at; i++) {
		if (is_of_pair(&s->list->row[i], of)) {
			return 0;
		}
	}
	return is_area(of);
}

static const char *schools_of(
	const struct drp_publication *p, const struct drp_observation *place)
{
	for (size_t i = 0; i < p->edition->n_observations; i++) {
		const struct drp_observation *o = &p->edition->observation[i];
		if (o->family == place->family && strcmp(o->measure, "schools") == 0 &&
			same_cohort(o, place)) {
			return *o->value ? o->value : "-";
		}
	}
	return "-";
}

static void print_cohort(const struct sheet *s, const struct drp_difference *first)
{
	char name[DRP_COHORT_TEXT], common[24] = "-";
	drp_page_cohort(&s->page, first->one, name);
	drp_buf_text(s->page.out, name);
	if (first->common >= 0) {
		snprintf(common, sizeof common, "%" PRId64, first->common);
	}
	if (s->sessions) {
		drp_buf_printf(s->page.out,
			drp_page_say(&s->page,
				": scholen nu %s, eerder %s, in allebei %s",
				": schools now %s, before %s, in both %s"),
			schools_of(s->list->one, first->one),
			schools_of(s->list->other, first->one), common);
	}
	drp_layout_line(s->page.out);
	for (size_t i = (size_t)(first - s->list->row); i < s->list->n; i++) {
		const struct drp_difference *d = &s->list->row[i];
		if (same_cohort(d->one, first->one) && is_first_of_pair(s, i)) {
			print_pair(s, d);
		}
	}
	drp_buf_text(s->page.out, "\n");
}

static int is_first_of_cohort(const struct sheet *s, size_t at)
{
	for (size_t i = 0; i < at; i++) {
		if (is_area(&s->list->row[i]) &&
			same_cohort(s->list->row[i].one, s->list->row[at].one)) {
			return 0;
		}
	}
	return is_area(&s->list->row[at]);
}

/* ---- around them ---- */

static void print_notes(const struct sheet *s)
{
	const struct drp_page *page = &s->page;
	if (s->sessions) {
		drp_page_note(page, drp_page_say(page, "eerder", "before"),
			drp_page_say(page, "%s (%s), editie %u", "%s (%s), edition %u"),
			s->list->other->manifest->title,
			s->list->other->edition->campaign,
			s->list->other->edition->number);
	}
	drp_page_note(page, drp_page_say(page, "bevinding", "finding"), "%s",
		drp_difference_rule(s->language));
	drp_page_note(page, drp_page_say(page, "fout", "error"), "%s",
		drp_page_say(page,
			"het 95%-interval komt van de ruis van beide gemiddelden, die "
			"onafhankelijk is: de kwadraten van hun standaardfouten worden "
			"opgeteld.",
			"the 95% interval is that of both means' noise, which is "
			"independent: the squares of their standard errors add up."));
	drp_page_note(page, drp_page_say(page, "vergelijken", "comparing"), "%s",
		drp_difference_caveat(s->sessions, s->language));
	drp_page_note(page, "u, c, x", "%s",
		drp_page_say(page,
			"u: een van beide is niet betrouwbaar (se_dp boven 0,15), dus "
			"geen bevinding; c: onderdrukt; x: niet beschikbaar",
			"u: one of the two is unreliable (se_dp above 0.15), so there is "
			"no finding; c: suppressed; x: not available"));
	drp_page_note(page, drp_page_say(page, "vragen", "items"), "%s",
		drp_page_say(page, "verschillen per vraag staan in --format csv en json",
			"differences by item are in --format csv and json"));
	drp_page_notes(page);
}

enum drp_err drp_table_differences_text(const struct drp_differences *list,
	const struct drp_table_options *options, struct drp_buf *out)
{
	struct sheet s = {.page = {list->one, options, out},
		.list = list,
		.language = strcmp(options->language, "nl") == 0 ? DRP_NL : DRP_EN,
		.sessions = list->one != list->other};
	drp_page_head(&s.page,
		s.sessions ? drp_page_say(&s.page, "Verandering sinds een eerdere sessie",
				     "Change since an earlier session")
			   : drp_page_say(&s.page, "Verschillen tussen groepen",
				     "Differences between groups"));
	for (size_t i = 0; i < list->n; i++) {
		if (is_first_of_cohort(&s, i)) {
			print_cohort(&s, &list->row[i]);
		}
	}
	print_notes(&s);
	return out->failed ? DRP_E_NOMEM : DRP_OK;
}
