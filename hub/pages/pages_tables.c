/* SPDX-License-Identifier: Apache-2.0
 *
 * A table of one's own. What was chosen stands in the address by the codes of
 * observations.csv; a choice that this edition does not have is named, not dropped.
 */
#include "hub/pages/pages_internal.h"
#include "proto/model/codes.h"

#include <stdio.h>
#include <string.h>

enum what { WHAT_PARTICIPATION, WHAT_AREAS, WHAT_ITEMS, WHATS };
static const char *const what_code[WHATS] = {"participation", "areas", "items"};
static const enum drp_word what_word[WHATS] = {
	DRP_W_TABLE_PARTICIPATION, DRP_W_TABLE_AREAS, DRP_W_TABLE_ITEMS};
static const enum drp_word split_word[DRP_FAMILIES] = {DRP_W_WHOLE_REGION, DRP_W_PROVINCE,
	DRP_W_LEVEL, DRP_W_NETWORK, DRP_W_PROVINCE_LEVEL};
static const enum drp_word by_word[DRP_FAMILIES] = {DRP_W_WHOLE_REGION, DRP_W_BY_PROVINCE,
	DRP_W_BY_LEVEL, DRP_W_BY_NETWORK, DRP_W_BY_PROVINCE_LEVEL};

#define QUERY_MAX 512

struct choice {
	enum what what;
	enum drp_family split;
	int group;				  /* DRP_GROUPS: all */
	int area;				  /* index; -1: all */
	const char *unknown_name, *unknown_value; /* NULL: all is known */
};

/* ---- reading ---- */

static void not_known(struct choice *choice, const char *name, const char *value)
{
	choice->unknown_name = name;
	choice->unknown_value = value;
}

static void read_choice(const struct drp_web *web, struct choice *c)
{
	const char *what = drp_web_chosen(web, "table", "areas");
	const char *split = drp_web_chosen(web, "split", "province");
	const char *group = drp_web_chosen(web, "group", "_T");
	const char *area = drp_web_chosen(web, "area", "_T");
	const struct drp_area *found = drp_web_area(web, area);
	*c = (struct choice){.what = WHATS,
		.group = DRP_GROUPS,
		.area = -1,
		.split = DRP_FAMILY_PROVINCE};
	for (int w = 0; w < WHATS; w++) {
		c->what = strcmp(what, what_code[w]) == 0 ? (enum what)w : c->what;
	}
	if (c->what == WHATS) {
		not_known(c, "table", what);
		c->what = WHAT_AREAS;
	}
	if (drp_family_of(split) >= 0) {
		c->split = (enum drp_family)drp_family_of(split);
	} else {
		not_known(c, "split", split);
	}
	if (strcmp(group, "_T") != 0) {
		c->group = drp_group_of(group);
		if (c->group < 0) {
			not_known(c, "group", group);
			c->group = DRP_GROUPS;
		}
	}
	if (found) {
		c->area = (int)(found - web->p->instrument->area);
	} else if (strcmp(area, "_T") != 0) {
		not_known(c, "area", area);
	}
	if (c->what == WHAT_ITEMS && c->area < 0) {
		c->area = 0;
	}
	if (c->what == WHAT_AREAS && c->area >= 0 &&
		web->p->instrument->area[c->area].additional) {
		c->area = -1;
	}
}

/* ---- the form ---- */

static void put_form(struct drp_web *web, const struct choice *c)
{
	const struct drp_instrument *in = web->p->instrument;
	drp_web_form_begin(web, DRP_WEB_TABLES);
	drp_web_select_begin(web, "table", DRP_W_TABLE);
	for (int w = 0; w < WHATS; w++) {
		drp_web_option(web, what_code[w], what_code[c->what],
			drp_web_say(web, what_word[w]));
	}
	drp_web_select_end(web);
	drp_web_select_begin(web, "split", DRP_W_ROWS);
	for (int f = 0; f < DRP_FAMILIES; f++) {
		drp_web_option(web, drp_family_code(f), drp_family_code((int)c->split),
			drp_web_say(web, split_word[f]));
	}
	drp_web_select_end(web);
	drp_web_select_begin(web, "group", DRP_W_GROUP);
	const char *group = c->group == DRP_GROUPS ? "_T" : drp_group_code(c->group);
	drp_web_option(web, "_T", group, drp_web_say(web, DRP_W_EVERY_GROUP));
	for (int g = 0; g < DRP_GROUPS; g++) {
		drp_web_option(web, drp_group_code(g), group, drp_web_group(web, g));
	}
	drp_web_select_end(web);
	drp_web_select_begin(web, "area", DRP_W_AREA);
	const char *area = c->area < 0 ? "_T" : in->area[c->area].code;
	drp_web_option(web, "_T", area, drp_web_say(web, DRP_W_EVERY_AREA));
	for (int a = 0; a < in->n_areas; a++) {
		char name[DRP_WEB_NAME];
		const char *const order[] = {
			drp_language_code[web->language], "en", "nl"};
		const char *text = NULL;
		for (int i = 0; i < 3 && !text; i++) {
			int l = drp_instrument_language(in, order[i]);
			text = l >= 0 ? in->area[a].name.in[l] : NULL;
		}
		snprintf(name, sizeof name, "%s. %s", in->area[a].code, text ? text : "");
		drp_web_option(web, in->area[a].code, area, name);
	}
	drp_web_select_end(web);
	drp_web_form_end(web);
}

/* ---- places ---- */

struct row_place {
	const char *province, *level, *network;
};
#define PLACES_MAX 64

static int same_place(const struct row_place *p, const struct drp_observation *o)
{
	return strcmp(p->province, o->province) == 0 && strcmp(p->level, o->level) == 0 &&
	       strcmp(p->network, o->network) == 0;
}

static size_t list_places(const struct drp_web *web, enum drp_family split,
	struct row_place list[PLACES_MAX])
{
	const struct drp_edition *e = web->p->edition;
	size_t n = 0;
	for (size_t i = 0; i < e->n_observations && n < PLACES_MAX; i++) {
		const struct drp_observation *o = &e->observation[i];
		if (o->family != split || strcmp(o->measure, "schools") != 0) {
			continue;
		}
		size_t k = 0;
		while (k < n && !same_place(&list[k], o)) {
			k++;
		}
		if (k == n) {
			list[n++] = (struct row_place){o->province, o->level, o->network};
		}
	}
	return n;
}

static void place_name(
	struct drp_web *web, const struct choice *c, const struct row_place *place)
{
	char one[DRP_WEB_NAME], two[DRP_WEB_NAME];
	switch (c->split) {
	case DRP_FAMILY_REGION:
		drp_web_put(web, "%s", drp_web_region(web));
		break;
	case DRP_FAMILY_PROVINCE_LEVEL:
		drp_web_put(web, "%s, %s",
			drp_web_name(web, DRP_DIM_PROVINCE, place->province, one),
			drp_web_name(web, DRP_DIM_LEVEL, place->level, two));
		break;
	case DRP_FAMILY_LEVEL:
		drp_web_put(
			web, "%s", drp_web_name(web, DRP_DIM_LEVEL, place->level, one));
		break;
	case DRP_FAMILY_NETWORK:
		drp_web_put(web, "%s",
			drp_web_name(web, DRP_DIM_NETWORK, place->network, one));
		break;
	default:
		drp_web_put(web, "%s",
			drp_web_name(web, DRP_DIM_PROVINCE, place->province, one));
	}
}

/* ---- means ---- */

static int is_column(const struct drp_item *item, const struct choice *c)
{
	return item->area == c->area && item->kind <= DRP_ITEM_ADDITIONAL;
}

static const struct drp_observation *mean_at(const struct drp_web *web,
	const struct choice *c, const struct row_place *place, int group,
	const char *area, const struct drp_item *item)
{
	static const struct drp_observation not_asked = {.status = DRP_NOT_APPLICABLE};
	if (item ? !(item->groups >> group & 1)
		 : !drp_web_asks(web, drp_web_area(web, area), group)) {
		return &not_asked;
	}
	int ticked = item && web->p->instrument->scale[item->scale].points == 0;
	return drp_web_find(web, c->split, place->province, place->level, place->network,
		group, area, item ? item->code : "_T", ticked ? "share_ticked" : "mean");
}

static void means_heads(struct drp_web *web, const struct choice *c)
{
	const struct drp_instrument *in = web->p->instrument;
	drp_web_put(web, "<thead><tr><th scope=\"col\">%w</th>", split_word[c->split]);
	drp_web_put(web, "<th scope=\"col\">%w</th>", DRP_W_GROUP);
	for (int a = 0; c->what == WHAT_AREAS && a < in->n_areas; a++) {
		if (!in->area[a].additional && (c->area < 0 || c->area == a)) {
			drp_web_put(web, "<th scope=\"col\" class=\"num\">%s. ",
				in->area[a].code);
			drp_web_text(web, &in->area[a].name);
			drp_web_put(web, "</th>");
		}
	}
	for (int i = 0; c->what == WHAT_ITEMS && i < in->n_items; i++) {
		const struct drp_item *item = &in->item[i];
		if (is_column(item, c)) {
			drp_web_put(web,
				"<th scope=\"col\" class=\"num\"><a "
				"href=\"/%s/%s/statements/%s\">%s</a></th>",
				drp_language_code[web->language], web->p->manifest->id,
				item->code, item->code);
		}
	}
	drp_web_put(web, "</tr></thead><tbody>");
}

static void means_row(struct drp_web *web, const struct choice *c,
	const struct row_place *place, int group)
{
	const struct drp_instrument *in = web->p->instrument;
	drp_web_put(web,
		c->group == DRP_GROUPS && group == 0 ? "<tr class=\"first\">" : "<tr>");
	if (c->group == DRP_GROUPS && group == 0) {
		drp_web_put(web, "<th scope=\"rowgroup\" rowspan=\"%u\">", DRP_GROUPS);
		place_name(web, c, place);
		drp_web_put(web, "</th>");
	} else if (c->group < DRP_GROUPS) {
		drp_web_put(web, "<th scope=\"row\">");
		place_name(web, c, place);
		drp_web_put(web, "</th>");
	}
	drp_web_put(web,
		"<th scope=\"row\" class=\"sub\"><i class=\"key %s\"></i>%s</th>",
		drp_group_code(group), drp_web_group(web, group));
	for (int a = 0; c->what == WHAT_AREAS && a < in->n_areas; a++) {
		if (!in->area[a].additional && (c->area < 0 || c->area == a)) {
			drp_web_cell_interval(web,
				mean_at(web, c, place, group, in->area[a].code, NULL),
				DRP_WEB_MEAN, drp_group_code(group));
		}
	}
	for (int i = 0; c->what == WHAT_ITEMS && i < in->n_items; i++) {
		const struct drp_item *item = &in->item[i];
		if (is_column(item, c)) {
			drp_web_cell_interval(web,
				mean_at(web, c, place, group, in->area[c->area].code,
					item),
				in->scale[item->scale].points ? DRP_WEB_MEAN
							      : DRP_WEB_SHARE,
				drp_group_code(group));
		}
	}
	drp_web_put(web, "</tr>");
}

/* ---- participation ---- */

static void counts_heads(struct drp_web *web, const struct choice *c)
{
	drp_web_put(web,
		"<thead><tr><th scope=\"col\">%w</th><th scope=\"col\" "
		"class=\"num\">%w</th><th scope=\"col\" class=\"num\">%w</th><th "
		"scope=\"col\" class=\"num\">%w</th>",
		split_word[c->split], DRP_W_REGISTERED, DRP_W_TOOK_PART, DRP_W_COVERAGE);
	for (int g = 0; g < DRP_GROUPS; g++) {
		if (c->group == DRP_GROUPS || c->group == g) {
			drp_web_put(web,
				"<th scope=\"col\" class=\"num\"><i class=\"key "
				"%s\"></i>%s</th>",
				drp_group_code(g), drp_web_group(web, g));
		}
	}
	drp_web_put(web, "</tr></thead><tbody>");
}

static void counts_row(
	struct drp_web *web, const struct choice *c, const struct row_place *place)
{
	static const char *const measure[] = {"registered", "schools", "coverage"};
	drp_web_put(web, "<tr><th scope=\"row\">");
	place_name(web, c, place);
	drp_web_put(web, "</th>");
	for (int m = 0; m < 3; m++) {
		drp_web_cell(web,
			drp_web_find(web, c->split, place->province, place->level,
				place->network, DRP_GROUPS, "_T", "_T", measure[m]),
			m == 2 ? DRP_WEB_PERCENT : DRP_WEB_COUNT, "");
	}
	for (int g = 0; g < DRP_GROUPS; g++) {
		if (c->group == DRP_GROUPS || c->group == g) {
			drp_web_cell(web,
				drp_web_find(web, c->split, place->province, place->level,
					place->network, g, "_T", "_T", "questionnaires"),
				DRP_WEB_COUNT, drp_group_code(g));
		}
	}
	drp_web_put(web, "</tr>");
}

/* ---- the page ---- */

static void put_table(struct drp_web *web, const struct choice *c)
{
	struct row_place place[PLACES_MAX];
	size_t n = list_places(web, c->split, place);
	drp_web_put(web,
		"<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
		"aria-labelledby=\"t-own\"><table class=\"data\"><caption "
		"id=\"t-own\">%w \xc2\xb7 %w",
		what_word[c->what], by_word[c->split]);
	if (c->group < DRP_GROUPS) {
		drp_web_put(web, " \xc2\xb7 %s", drp_web_group(web, c->group));
	}
	if (c->area >= 0 && c->what != WHAT_PARTICIPATION) {
		drp_web_put(
			web, " \xc2\xb7 %s. ", web->p->instrument->area[c->area].code);
		drp_web_text(web, &web->p->instrument->area[c->area].name);
	}
	drp_web_put(web, "</caption>");
	if (c->what == WHAT_PARTICIPATION) {
		counts_heads(web, c);
	} else {
		means_heads(web, c);
	}
	for (size_t i = 0; i < n; i++) {
		if (c->what == WHAT_PARTICIPATION) {
			counts_row(web, c, &place[i]);
		}
		for (int g = 0; c->what != WHAT_PARTICIPATION && g < DRP_GROUPS; g++) {
			if (c->group == DRP_GROUPS || c->group == g) {
				means_row(web, c, &place[i], g);
			}
		}
	}
	drp_web_put(web, "</tbody></table></div>");
}

static void put_unknown(struct drp_web *web, const struct choice *c)
{
	if (c->unknown_name) {
		drp_web_put(web,
			"<p class=\"notice old\" role=\"status\">%w <code "
			"class=\"break\">%s=%s</code></p>",
			DRP_W_UNKNOWN_CHOICE, c->unknown_name, c->unknown_value);
	}
}

/* The address that will show this very table again, whatever is published later. */
static void permalink(struct drp_web *web, const struct choice *c)
{
	drp_web_put(web, "%s/%s/%s/%s?edition=%u&amp;table=%s&amp;split=%s",
		web->call.catalogue->base, drp_language_code[web->language],
		web->p->manifest->id, drp_web_slug(DRP_WEB_TABLES),
		(unsigned)web->p->edition->number, what_code[c->what],
		drp_family_code((int)c->split));
	drp_web_put(web, "&amp;group=%s&amp;area=%s",
		c->group == DRP_GROUPS ? "_T" : drp_group_code(c->group),
		c->area < 0 ? "_T" : web->p->instrument->area[c->area].code);
}

static void put_permalink(struct drp_web *web, const struct choice *c)
{
	drp_web_put(web, "<p class=\"permalink\">%w%: <a href=\"", DRP_W_YOUR_CHOICE);
	permalink(web, c);
	drp_web_put(web, "\"><span class=\"break\">");
	permalink(web, c);
	drp_web_put(web, "</span></a></p>");
}

static void api_query(
	const struct drp_web *web, const struct choice *c, char query[QUERY_MAX])
{
	const struct drp_instrument *in = web->p->instrument;
	size_t n = (size_t)snprintf(
		query, QUERY_MAX, "family=%s", drp_family_code((int)c->split));
	if (c->group < DRP_GROUPS) {
		n += (size_t)snprintf(
			query + n, QUERY_MAX - n, "&group=%s", drp_group_code(c->group));
	}
	if (c->area < 0 || c->what == WHAT_PARTICIPATION) {
		return;
	}
	if (c->what == WHAT_AREAS) {
		snprintf(query + n, QUERY_MAX - n, "&area=%s", in->area[c->area].code);
		return;
	}
	const char *mark = "&item=";
	for (int i = 0; i < in->n_items && n < QUERY_MAX - DRP_CODE_MAX - 8; i++) {
		if (is_column(&in->item[i], c)) {
			n += (size_t)snprintf(
				query + n, QUERY_MAX - n, "%s%s", mark, in->item[i].code);
			mark = ",";
		}
	}
}

/* The network whose rows there are, where not all are. */
static const char *network_of(const struct drp_web *web)
{
	return drp_network_code(web->p->network);
}

void drp_web_tables(struct drp_web *web)
{
	struct choice c;
	char query[QUERY_MAX];
	read_choice(web, &c);
	drp_web_put(web, "<h1>%w</h1><p class=\"lead\">%w</p>", DRP_W_T_TABLES,
		DRP_W_TABLES_LEAD);
	put_unknown(web, &c);
	put_form(web, &c);
	if (!drp_publication_keeps(web->p, (int)c.split, network_of(web))) {
		drp_web_left_out(web, split_word[c.split]);
		return;
	}
	put_table(web, &c);
	put_permalink(web, &c);
	drp_web_notice(web);
	drp_web_put(web, "<p class=\"note\">%w %w</p>",
		c.what == WHAT_PARTICIPATION ? DRP_W_QUEST_NOTE : DRP_W_MEAN_NOTE,
		c.what == WHAT_PARTICIPATION ? DRP_W_EXACT : DRP_W_CI_NOTE);
	drp_web_legend(web);
	api_query(web, &c, query);
	drp_web_api(web, what_code[c.what], query);
}
