/* SPDX-License-Identifier: Apache-2.0
 *
 * Statements: all of them, one with its distribution, and the barriers.
 */
#include "hub/pages/pages_internal.h"
#include "proto/model/codes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Whose words name a statement: teachers', where they are asked. */
static const struct drp_text *words_of(const struct drp_item *item)
{
	static const int order[DRP_GROUPS] = {DRP_TEACHER, DRP_LEADER, DRP_PUPIL};
	for (int i = 0; i < DRP_GROUPS; i++) {
		if (item->groups >> order[i] & 1) {
			return &item->wording[order[i]];
		}
	}
	return &item->wording[0];
}

static int is_ticked(const struct drp_web *web, const struct drp_item *item)
{
	return web->p->instrument->scale[item->scale].points == 0;
}

/* A group that is not asked has no row: not applicable, rather than not available. */
static void group_cell(struct drp_web *web, const struct drp_item *item, int group,
	const char *measure, enum drp_web_figure figure)
{
	static const struct drp_observation not_asked = {.status = DRP_NOT_APPLICABLE};
	const struct drp_observation *o = drp_web_region_row(web, group,
		web->p->instrument->area[item->area].code, item->code, measure);
	drp_web_cell_interval(web, item->groups >> group & 1 ? o : &not_asked, figure,
		drp_group_code(group));
}

static void heads(struct drp_web *web, enum drp_word first)
{
	drp_web_put(web, "<thead><tr><th scope=\"col\">%w</th>", first);
	for (int g = 0; g < DRP_GROUPS; g++) {
		drp_web_put(web,
			"<th scope=\"col\" class=\"num\" data-g=\"%s\"><i class=\"key "
			"%s\"></i>%s</th>",
			drp_group_code(g), drp_group_code(g), drp_web_group(web, g));
	}
	drp_web_put(web, "</tr></thead><tbody>");
}

/* ---- all statements ---- */

static void item_link(struct drp_web *web, const char *code)
{
	drp_web_put(web, "/%s/%s/statements/%s", drp_language_code[web->language],
		web->p->manifest->id, code);
	if (web->edition) {
		drp_web_put(web, "?edition=%u", (unsigned)web->edition);
	}
}

static int is_shown(const struct drp_item *item, int area)
{
	return item->area == area &&
	       (item->kind == DRP_ITEM_CORE || item->kind == DRP_ITEM_ADDITIONAL);
}

static void area_items(struct drp_web *web, int area)
{
	const struct drp_instrument *in = web->p->instrument;
	const char *code = in->area[area].code;
	drp_web_put(web,
		"<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
		"aria-labelledby=\"t-%s\"><table class=\"data items lines\"><caption "
		"id=\"t-%s\">%s. ",
		code, code, code);
	drp_web_text(web, &in->area[area].name);
	drp_web_put(web, "</caption>");
	heads(web, DRP_W_STATEMENT);
	for (int i = 0; i < in->n_items; i++) {
		const struct drp_item *item = &in->item[i];
		if (!is_shown(item, area)) {
			continue;
		}
		drp_web_put(web, "<tr><th scope=\"row\"><a href=\"");
		item_link(web, item->code);
		drp_web_put(web, "\"><span class=\"code\">%s</span> ", item->code);
		drp_web_text(web, words_of(item));
		drp_web_put(web, "</a></th>");
		for (int g = 0; g < DRP_GROUPS; g++) {
			int ticked = is_ticked(web, item);
			group_cell(web, item, g, ticked ? "share_ticked" : "mean",
				ticked ? DRP_WEB_SHARE : DRP_WEB_MEAN);
		}
		drp_web_put(web, "</tr>");
	}
	drp_web_put(web, "</tbody></table></div>");
}

void drp_web_statements(struct drp_web *web)
{
	drp_web_put(web, "<h1>%w</h1><p class=\"lead\">%w</p>", DRP_W_T_STATEMENTS,
		DRP_W_STATEMENTS_LEAD);
	drp_web_notice(web);
	for (int a = 0; a < web->p->instrument->n_areas; a++) {
		area_items(web, a);
	}
	drp_web_put(web, "<p class=\"note\">%w %w</p>", DRP_W_MEAN_NOTE, DRP_W_CI_NOTE);
	drp_web_legend(web);
	drp_web_api(web, "items", "family=region&measure=mean");
}

/* ---- one statement ---- */

static void put_wordings(struct drp_web *web, const struct drp_item *item)
{
	drp_web_put(web, "<h2>%w</h2><dl class=\"wordings\">", DRP_W_WORDINGS);
	for (int g = 0; g < DRP_GROUPS; g++) {
		if (item->groups >> g & 1) {
			drp_web_put(web, "<div><dt><i class=\"key %s\"></i>%s</dt><dd>",
				drp_group_code(g), drp_web_group(web, g));
			drp_web_text(web, &item->wording[g]);
			drp_web_put(web, "</dd></div>");
		}
	}
	drp_web_put(web, "</dl>");
}

static void put_groups(struct drp_web *web, const struct drp_item *item)
{
	int ticked = is_ticked(web, item);
	drp_web_put(web,
		"<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
		"aria-labelledby=\"t-groups\"><table class=\"data lines\" data-chart=\"dots\" "
		"data-min=\"%u\" data-max=\"%u\"%r><caption id=\"t-groups\">%w</caption>",
		ticked ? 0 : 1,
		ticked ? 1 : (unsigned)web->p->instrument->scale[item->scale].points,
		ticked ? " data-percent" : "", DRP_W_OF_GROUP);
	heads(web, DRP_W_PLACE);
	drp_web_put(
		web, "<tr data-k=\"_T\"><th scope=\"row\">%s</th>", drp_web_region(web));
	for (int g = 0; g < DRP_GROUPS; g++) {
		group_cell(web, item, g, ticked ? "share_ticked" : "mean",
			ticked ? DRP_WEB_SHARE : DRP_WEB_MEAN);
	}
	drp_web_put(web, "</tr></tbody></table></div>");
}

static int has_distribution(const struct drp_web *web, const struct drp_item *item)
{
	const char *area = web->p->instrument->area[item->area].code;
	for (int g = 0; g < DRP_GROUPS; g++) {
		const struct drp_observation *o =
			drp_web_region_row(web, g, area, item->code, "share_1");
		if (o && *o->value) {
			return 1;
		}
	}
	return 0;
}

static void share_row(
	struct drp_web *web, const struct drp_item *item, int point, int points)
{
	const struct drp_scale *scale = &web->p->instrument->scale[item->scale];
	char measure[16];
	if (point > points) {
		snprintf(measure, sizeof measure, "share_na");
		drp_web_put(web, "<tr data-k=\"na\"><th scope=\"row\">%w</th>",
			DRP_W_NOT_APPLICABLE_ANSWER);
	} else {
		snprintf(measure, sizeof measure, "share_%d", point);
		drp_web_put(web, "<tr data-k=\"%u\"><th scope=\"row\">%u. ",
			(unsigned)point, (unsigned)point);
		drp_web_text(web, &scale->label[point - 1]);
		drp_web_put(web, "</th>");
	}
	for (int g = 0; g < DRP_GROUPS; g++) {
		group_cell(web, item, g, measure, DRP_WEB_SHARE);
	}
	drp_web_put(web, "</tr>");
}

static void put_distribution(struct drp_web *web, const struct drp_item *item)
{
	const struct drp_scale *scale = &web->p->instrument->scale[item->scale];
	if (!has_distribution(web, item)) {
		return;
	}
	drp_web_put(web,
		"<h2>%w</h2><div class=\"scroll\" tabindex=\"0\" role=\"region\" "
		"aria-labelledby=\"t-dist\"><table class=\"data lines\" data-chart=\"likert\">"
		"<caption id=\"t-dist\" class=\"vh\">%w</caption>",
		DRP_W_DISTRIBUTION, DRP_W_DISTRIBUTION);
	heads(web, DRP_W_ANSWER);
	for (int s = 1; s <= scale->points + scale->has_na; s++) {
		share_row(web, item, s, scale->points);
	}
	drp_web_put(
		web, "</tbody></table></div><p class=\"note\">%w</p>", DRP_W_DIST_NOTE);
}

static void put_neighbours(struct drp_web *web, int at)
{
	const struct drp_instrument *in = web->p->instrument;
	drp_web_put(
		web, "<nav class=\"near\" aria-label=\"%w\"><ul>", DRP_W_T_STATEMENTS);
	for (int i = 0; i < in->n_items; i++) {
		if (!is_shown(&in->item[i], in->item[at].area)) {
			continue;
		}
		drp_web_put(web, "<li><a href=\"");
		item_link(web, in->item[i].code);
		drp_web_put(web, "\"%r>%s</a></li>",
			i == at ? " aria-current=\"page\"" : "", in->item[i].code);
	}
	drp_web_put(web, "</ul></nav>");
}

void drp_web_statement(struct drp_web *web)
{
	const struct drp_instrument *in = web->p->instrument;
	int at = drp_instrument_item(in, web->item);
	const struct drp_item *item = &in->item[at];
	char query[64];
	drp_web_put(web, "<p class=\"kicker\">%s. ", in->area[item->area].code);
	drp_web_text(web, &in->area[item->area].name);
	drp_web_put(web, "</p><h1><span class=\"code\">%s</span> ", item->code);
	drp_web_text(web, words_of(item));
	drp_web_put(web, "</h1>");
	put_neighbours(web, at);
	put_groups(web, item);
	if (!is_ticked(web, item)) {
		drp_web_item_differences(web, item);
	}
	put_distribution(web, item);
	put_wordings(web, item);
	drp_web_notice(web);
	drp_web_put(web, "<p class=\"note\">%w</p>", DRP_W_CI_NOTE);
	drp_web_legend(web);
	snprintf(query, sizeof query, "family=region&item=%s", item->code);
	drp_web_api(web, "items", query);
}

/* ---- barriers ---- */

struct barrier {
	int item;
	double share; /* what the order goes by: teachers', else leaders' */
};

static size_t list_barriers(struct drp_web *web, struct barrier list[DRP_ITEMS_MAX])
{
	static const int order[] = {DRP_TEACHER, DRP_LEADER, DRP_PUPIL};
	const struct drp_instrument *in = web->p->instrument;
	size_t n = 0;
	for (int i = 0; i < in->n_items; i++) {
		const struct drp_item *item = &in->item[i];
		if (!is_shown(item, item->area) || !is_ticked(web, item)) {
			continue;
		}
		struct barrier b = {i, -1};
		for (size_t g = 0; g < 3 && b.share < 0; g++) {
			const struct drp_observation *o = drp_web_region_row(web,
				order[g], in->area[item->area].code, item->code,
				"share_ticked");
			b.share = o && *o->value ? strtod(o->value, NULL) : -1;
		}
		size_t at = n++;
		for (; at > 0 && list[at - 1].share < b.share; at--) {
			list[at] = list[at - 1];
		}
		list[at] = b;
	}
	return n;
}

void drp_web_barriers(struct drp_web *web)
{
	struct barrier list[DRP_ITEMS_MAX];
	const struct drp_instrument *in = web->p->instrument;
	size_t n = list_barriers(web, list);
	drp_web_put(web,
		"<h1>%w</h1><p class=\"lead\">%w</p><div class=\"scroll\" tabindex=\"0\" "
		"role=\"region\" aria-labelledby=\"t-bar\"><table class=\"data items lines\" "
		"data-chart=\"bars\"><caption id=\"t-bar\">%w%: %s</caption>",
		DRP_W_T_BARRIERS, DRP_W_BARRIERS_LEAD, DRP_W_T_BARRIERS,
		drp_web_region(web));
	heads(web, DRP_W_BARRIER);
	for (size_t i = 0; i < n; i++) {
		const struct drp_item *item = &in->item[list[i].item];
		drp_web_put(web, "<tr data-k=\"%s\"><th scope=\"row\"><a href=\"",
			item->code);
		item_link(web, item->code);
		drp_web_put(web, "\">");
		drp_web_text(web, words_of(item));
		drp_web_put(web, "</a></th>");
		for (int g = 0; g < DRP_GROUPS; g++) {
			group_cell(web, item, g, "share_ticked", DRP_WEB_SHARE);
		}
		drp_web_put(web, "</tr>");
	}
	drp_web_put(web, "</tbody></table></div>");
	drp_web_notice(web);
	drp_web_put(web, "<p class=\"note\">%w</p>", DRP_W_CI_NOTE);
	drp_web_legend(web);
	drp_web_api(web, "items", "family=region&measure=share_ticked");
}
