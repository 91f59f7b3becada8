/* SPDX-License-Identifier: Apache-2.0
 *
 * How far groups differ: a sentence on each two of them, a table, and the rule.
 */
#include "hub/pages/pages_internal.h"
#include "hub/tables/difference.h"
#include "proto/model/codes.h"

#include <stdio.h>
#include <string.h>

#define PAIRS 3

static const struct {
	int one, other;
	enum drp_word name;
} pairs[PAIRS] = {{DRP_LEADER, DRP_TEACHER, DRP_W_LEADER_TEACHER},
	{DRP_LEADER, DRP_PUPIL, DRP_W_LEADER_PUPIL},
	{DRP_TEACHER, DRP_PUPIL, DRP_W_TEACHER_PUPIL}};

/* ---- a cell ---- */

/* Two decimals with their sign, which nothing that is zero so far has. */
static const char *signed_number(
	const struct drp_web *web, const char *plain, char text[DRP_WEB_NUMBER])
{
	char shown[DRP_WEB_NUMBER];
	drp_web_number(web, plain, 2, shown);
	const char *digits = *plain == '-' ? shown + strlen("\xe2\x88\x92") : shown;
	int zero = strspn(digits, "0.,") == strlen(digits);
	snprintf(text, DRP_WEB_NUMBER, "%s%s",
		zero		? ""
		: *plain == '-' ? "\xe2\x88\x92"
				: "+",
		digits);
	return text;
}

static const char *class_of(const struct drp_difference *d)
{
	switch (d->finding) {
	case DRP_FINDING_HIGHER:
		return " up much";
	case DRP_FINDING_LOWER:
		return " down much";
	case DRP_FINDING_SMALL:
		return *d->value == '-' ? " down" : " up";
	default:
		return d->status == DRP_UNRELIABLE ? " st-u" : "";
	}
}

static void put_finding(struct drp_web *web, const struct drp_difference *d)
{
	const char *words = drp_difference_words(d, web->language);
	const char *arrow = d->finding <= DRP_FINDING_UNCLEAR ? ""
			    : *d->value == '-'		      ? "\xe2\x96\xbc "
							      : "\xe2\x96\xb2 ";
	drp_web_put(web,
		"<small class=\"verdict\"><span aria-hidden=\"true\">%r</span>%s</small>",
		arrow, words ? words : drp_web_say(web, DRP_W_ST_U));
}

void drp_web_cell_difference(struct drp_web *web, const struct drp_observation *one,
	const struct drp_observation *other)
{
	static const struct drp_observation missing = {.status = DRP_NOT_AVAILABLE};
	struct drp_difference d;
	char value[DRP_WEB_NUMBER], low[DRP_WEB_NUMBER], high[DRP_WEB_NUMBER];
	if (drp_web_is_left_out(one) || drp_web_is_left_out(other)) {
		drp_web_cell_left_out(web, "");
		return;
	}
	drp_difference_of(one ? one : &missing, other ? other : &missing, &d);
	if (!*d.value) {
		const struct drp_observation why = {.status = d.status};
		drp_web_cell(web, &why, DRP_WEB_MEAN, "");
		return;
	}
	drp_web_put(web,
		"<td class=\"num diff%r\"><span class=\"v\">%s</span> <span "
		"class=\"ci\"><span class=\"vh\">%w </span>%s <span "
		"class=\"to\">%w</span> %s</span> ",
		class_of(&d), signed_number(web, d.value, value), DRP_W_INTERVAL,
		signed_number(web, d.low, low), DRP_W_BETWEEN_TO,
		signed_number(web, d.high, high));
	put_finding(web, &d);
	drp_web_put(web, "</td>");
}

/* ---- areas ---- */

static const struct drp_observation *mean_of(const struct drp_web *web,
	const struct drp_web_place *place, int group, const struct drp_area *area)
{
	return drp_web_area_mean(web, place->family, place->code, group, area);
}

/* Whether a place has both means of a pair in a core area, and how they differ. */
static int has_pair(const struct drp_web *web, const struct drp_web_place *place,
	size_t pair, const struct drp_area *area, struct drp_difference *d)
{
	const struct drp_observation *one = mean_of(web, place, pairs[pair].one, area);
	const struct drp_observation *other =
		mean_of(web, place, pairs[pair].other, area);
	if (area->additional || !one || !other) {
		return 0;
	}
	drp_difference_of(one, other, d);
	return 1;
}

/* The areas in which one is above (sign 1) or below (-1) the other beyond the noise, the
 * clear ones strong; returns how many. */
static int put_gist_side(
	struct drp_web *web, const struct drp_web_place *place, size_t pair, int sign)
{
	const struct drp_instrument *in = web->p->instrument;
	int n = 0;
	for (int a = 0; a < in->n_areas; a++) {
		struct drp_difference d;
		if (!has_pair(web, place, pair, &in->area[a], &d) ||
			d.finding <= DRP_FINDING_UNCLEAR ||
			(*d.value == '-') != (sign < 0)) {
			continue;
		}
		if (n++ == 0) {
			drp_web_put(web,
				" <span class=\"%s\"><span aria-hidden=\"true\">%r"
				"</span>%w",
				sign < 0 ? "down" : "up",
				sign < 0 ? "\xe2\x96\xbc " : "\xe2\x96\xb2 ",
				sign < 0 ? DRP_W_GIST_LOWER : DRP_W_GIST_HIGHER);
		}
		drp_web_put(web, d.finding == DRP_FINDING_SMALL ? "%r%s" : "%r<b>%s</b>",
			n > 1 ? ", " : " ", in->area[a].code);
	}
	drp_web_put(web, n ? "</span>" : "");
	return n;
}

/* What there is of a pair in a place. */
struct pair_state {
	int shown;    /* a difference has a value */
	int judged;   /* one has a finding */
	int withheld; /* one is suppressed */
};

static struct pair_state state_of(
	const struct drp_web *web, const struct drp_web_place *place, size_t pair)
{
	const struct drp_instrument *in = web->p->instrument;
	struct pair_state state = {0};
	for (int a = 0; a < in->n_areas; a++) {
		struct drp_difference d;
		if (has_pair(web, place, pair, &in->area[a], &d)) {
			state.shown |= *d.value != 0;
			state.judged |= d.finding != DRP_FINDING_NONE;
			state.withheld |= d.status == DRP_SUPPRESSED;
		}
	}
	return state;
}

static void put_no_gist(
	struct drp_web *web, const struct drp_web_place *place, size_t pair)
{
	struct pair_state state = state_of(web, place, pair);
	if (state.judged) {
		drp_web_put(web, " %w", DRP_W_GIST_NONE);
		return;
	}
	drp_web_put(web, " %w (%w)", DRP_W_GIST_HIDDEN,
		state.shown	 ? DRP_W_ST_U
		: state.withheld ? DRP_W_ST_C
				 : DRP_W_ST_X);
}

static void put_gist(struct drp_web *web, const struct drp_web_place *place)
{
	drp_web_put(web, "<ul class=\"gist\">");
	for (size_t i = 0; i < PAIRS; i++) {
		drp_web_put(web, "<li><span class=\"pair\">%w%:</span>", pairs[i].name);
		int n = put_gist_side(web, place, i, 1);
		n += put_gist_side(web, place, i, -1);
		if (n == 0) {
			put_no_gist(web, place, i);
		}
		drp_web_put(web, "</li>");
	}
	drp_web_put(web, "</ul>");
}

/* Which pairs have a column: bit i set. A pair without any value has the sentence above
 * and no column, unless nothing has one. */
static unsigned columns_of(const struct drp_web *web, const struct drp_web_place *place)
{
	unsigned shown = 0;
	for (size_t i = 0; i < PAIRS; i++) {
		shown |= state_of(web, place, i).shown ? 1u << i : 0;
	}
	return shown ? shown : (1u << PAIRS) - 1;
}

static void heads(struct drp_web *web, enum drp_word first, unsigned columns)
{
	drp_web_put(web, "<thead><tr><th scope=\"col\">%w</th>", first);
	for (size_t i = 0; i < PAIRS; i++) {
		if (columns >> i & 1) {
			drp_web_put(web, "<th scope=\"col\" class=\"num\">%w</th>",
				pairs[i].name);
		}
	}
	drp_web_put(web, "</tr></thead><tbody>");
}

static void area_row(struct drp_web *web, const struct drp_web_place *place,
	const struct drp_area *area, unsigned columns)
{
	drp_web_put(web, "<tr><th scope=\"row\">%s. ", area->code);
	drp_web_text(web, &area->name);
	drp_web_put(web, "</th>");
	for (size_t i = 0; i < PAIRS; i++) {
		if (columns >> i & 1) {
			drp_web_cell_difference(web,
				mean_of(web, place, pairs[i].one, area),
				mean_of(web, place, pairs[i].other, area));
		}
	}
	drp_web_put(web, "</tr>");
}

void drp_web_area_differences(struct drp_web *web, const struct drp_web_place *place)
{
	const struct drp_instrument *in = web->p->instrument;
	char name[DRP_WEB_NAME], query[DRP_WEB_QUERY];
	unsigned columns = columns_of(web, place);
	drp_web_put(web, "<h2>%w</h2>", DRP_W_DIFFERENCES);
	put_gist(web, place);
	drp_web_put(web,
		"<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
		"aria-labelledby=\"t-diff\"><table class=\"data lines\"><caption "
		"id=\"t-diff\">%w%: %s</caption>",
		DRP_W_DIFFERENCES, drp_web_place_name(web, place, name));
	heads(web, DRP_W_AREA, columns);
	for (int a = 0; a < in->n_areas; a++) {
		if (!in->area[a].additional) {
			area_row(web, place, &in->area[a], columns);
		}
	}
	drp_web_put(web, "</tbody></table></div><p class=\"note\">%s %s</p>",
		drp_difference_rule(web->language),
		drp_difference_caveat(0, web->language));
	drp_web_place_query(place, query);
	size_t n = strlen(query);
	snprintf(query + n, sizeof query - n, "&item=_T");
	drp_web_put(web, "<div class=\"with-files\"><span>%w%:</span>", DRP_W_DIFF_FILES);
	drp_web_table_files(web, "differences", query);
	drp_web_put(web, "</div>");
}

/* ---- one statement ---- */

static int asks_both(const struct drp_item *item, size_t pair)
{
	return (item->groups >> pairs[pair].one & 1) &&
	       (item->groups >> pairs[pair].other & 1);
}

void drp_web_item_differences(struct drp_web *web, const struct drp_item *item)
{
	const char *area = web->p->instrument->area[item->area].code;
	unsigned asked = 0;
	for (size_t i = 0; i < PAIRS; i++) {
		asked |= asks_both(item, i) ? 1u << i : 0;
	}
	if (!asked) {
		return;
	}
	drp_web_put(web,
		"<h2>%w</h2><div class=\"scroll\" tabindex=\"0\" role=\"region\" "
		"aria-labelledby=\"t-diff\"><table class=\"data lines\"><caption "
		"id=\"t-diff\" class=\"vh\">%w</caption>",
		DRP_W_DIFFERENCES, DRP_W_DIFFERENCES);
	heads(web, DRP_W_PLACE, asked);
	drp_web_put(web, "<tr><th scope=\"row\">%s</th>", drp_web_region(web));
	for (size_t i = 0; i < PAIRS; i++) {
		if (asked >> i & 1) {
			drp_web_cell_difference(web,
				drp_web_region_row(
					web, pairs[i].one, area, item->code, "mean"),
				drp_web_region_row(
					web, pairs[i].other, area, item->code, "mean"));
		}
	}
	drp_web_put(web, "</tr></tbody></table></div><p class=\"note\">%s</p>",
		drp_difference_rule(web->language));
}
