/* SPDX-License-Identifier: Apache-2.0
 *
 * Means: on the map, and by area and group.
 */
#include "hub/pages/pages_internal.h"
#include "proto/model/codes.h"

#include <stdio.h>
#include <string.h>

/* ---- choices ---- */

static int chosen_group(const struct drp_web *web, int otherwise)
{
	int group = drp_group_of(drp_web_chosen(web, "group", ""));
	return group < 0 ? otherwise : group;
}

static const struct drp_area *chosen_area(const struct drp_web *web)
{
	const struct drp_area *area = drp_web_area(web, drp_web_chosen(web, "area", ""));
	return area && !area->additional ? area : &web->p->instrument->area[0];
}

static const char *plain_text(const struct drp_web *web, const struct drp_text *text)
{
	const char *const order[] = {drp_language_code[web->language], "en", "nl"};
	for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
		int l = drp_instrument_language(web->p->instrument, order[i]);
		if (l >= 0 && text->in[l] && *text->in[l]) {
			return text->in[l];
		}
	}
	return text->in[0] ? text->in[0] : "";
}

static void select_area(struct drp_web *web, const char *chosen)
{
	const struct drp_instrument *in = web->p->instrument;
	drp_web_select_begin(web, "area", DRP_W_AREA);
	for (int a = 0; a < in->n_areas; a++) {
		char name[DRP_WEB_NAME];
		if (!in->area[a].additional) {
			snprintf(name, sizeof name, "%s. %s", in->area[a].code,
				plain_text(web, &in->area[a].name));
			drp_web_option(web, in->area[a].code, chosen, name);
		}
	}
	drp_web_select_end(web);
}

static void select_group(struct drp_web *web, int chosen)
{
	drp_web_select_begin(web, "group", DRP_W_GROUP);
	for (int g = 0; g < DRP_GROUPS; g++) {
		drp_web_option(web, drp_group_code(g), drp_group_code(chosen),
			drp_web_group(web, g));
	}
	drp_web_select_end(web);
}

static void group_heads(struct drp_web *web)
{
	for (int g = 0; g < DRP_GROUPS; g++) {
		drp_web_put(web,
			"<th scope=\"col\" class=\"num\" data-g=\"%s\"><i class=\"key "
			"%s\"></i>%s</th>",
			drp_group_code(g), drp_group_code(g), drp_web_group(web, g));
	}
}

/* ---- the map ---- */

static const char *number_or_empty(const struct drp_observation *o, int schools)
{
	return !o ? "" : schools ? o->schools : o->n;
}

/* A number behind a value; where it is missing beside a value it was withheld. */
static void behind(struct drp_web *web, const struct drp_observation *o, int schools)
{
	char text[DRP_WEB_NUMBER];
	const char *n = number_or_empty(o, schools);
	if (*n) {
		drp_web_put(web, "<td class=\"num\">%s</td>",
			drp_web_number(web, n, 0, text));
	} else {
		struct drp_observation none = {
			.status = o && *o->value ? DRP_SUPPRESSED : DRP_NOT_AVAILABLE};
		drp_web_cell(web, o && !*o->value ? o : &none, DRP_WEB_COUNT, "");
	}
}

static void map_row(
	struct drp_web *web, const char *code, const struct drp_area *area, int group)
{
	char name[DRP_WEB_NAME];
	const struct drp_observation *o =
		drp_web_area_mean(web, DRP_FAMILY_PROVINCE, code, group, area);
	drp_web_put(web, "<tr data-k=\"%s\"><th scope=\"row\">%s</th>", code,
		drp_web_name(web, DRP_DIM_PROVINCE, code, name));
	drp_web_cell_interval(web, o, DRP_WEB_MEAN, drp_group_code(group));
	behind(web, o, 0);
	behind(web, o, 1);
	drp_web_put(web, "</tr>");
}

static void map_table(struct drp_web *web, const struct drp_area *area, int group)
{
	struct drp_web_cohorts list;
	drp_web_cohorts(web, DRP_FAMILY_PROVINCE, &list);
	drp_web_put(web,
		"<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
		"aria-labelledby=\"t-map\"><table class=\"data\" data-chart=\"map\">"
		"<caption id=\"t-map\">%s. ",
		area->code);
	drp_web_text(web, &area->name);
	drp_web_put(web, ": %s</caption>", drp_web_group(web, group));
	drp_web_put(web,
		"<thead><tr><th scope=\"col\">%w</th><th scope=\"col\" "
		"class=\"num\">%w <small>(%w)</small></th><th scope=\"col\" "
		"class=\"num\">%w</th><th scope=\"col\" "
		"class=\"num\">%w</th></tr></thead><tbody>",
		DRP_W_PROVINCE, DRP_W_MEAN, DRP_W_INTERVAL, DRP_W_N_QUESTIONNAIRES,
		DRP_W_SCHOOLS_HEAD);
	for (size_t i = 0; i < list.n; i++) {
		map_row(web, list.code[i], area, group);
	}
	const struct drp_observation *all =
		drp_web_area_mean(web, DRP_FAMILY_REGION, "_T", group, area);
	drp_web_put(
		web, "</tbody><tfoot><tr><th scope=\"row\">%s</th>", drp_web_region(web));
	drp_web_cell_interval(web, all, DRP_WEB_MEAN, "");
	behind(web, all, 0);
	behind(web, all, 1);
	drp_web_put(web, "</tr></tfoot></table></div>");
}

void drp_web_map(struct drp_web *web)
{
	const struct drp_area *area = chosen_area(web);
	int group = chosen_group(web, DRP_TEACHER);
	char query[96];
	if (!drp_publication_keeps(web->p, DRP_FAMILY_PROVINCE, "_T")) {
		drp_web_put(web, "<h1>%w</h1>", DRP_W_T_MAP);
		drp_web_left_out(web, DRP_W_PROVINCE);
		return;
	}
	drp_web_put(
		web, "<h1>%w</h1><p class=\"lead\">%w</p>", DRP_W_T_MAP, DRP_W_MAP_LEAD);
	drp_web_form_begin(web, DRP_WEB_MAP);
	select_area(web, area->code);
	select_group(web, group);
	drp_web_form_end(web);
	map_table(web, area, group);
	drp_web_notice(web);
	drp_web_put(web, "<p class=\"note\">%w %w</p>", DRP_W_MEAN_NOTE, DRP_W_CI_NOTE);
	drp_web_legend(web);
	snprintf(query, sizeof query, "family=province&area=%s&group=%s", area->code,
		drp_group_code(group));
	drp_web_api(web, "areas", query);
}

/* ---- areas and groups ---- */

static const struct drp_observation *mean_of(const struct drp_web *web,
	const struct drp_web_place *place, int group, const struct drp_area *area)
{
	return drp_web_area_mean(web, place->family, place->code, group, area);
}

static void areas_table(struct drp_web *web, const struct drp_web_place *place)
{
	const struct drp_instrument *in = web->p->instrument;
	char name[DRP_WEB_NAME];
	drp_web_put(web,
		"<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
		"aria-labelledby=\"t-areas\"><table class=\"data lines\" "
		"data-chart=\"dots\" "
		"data-min=\"1\" data-max=\"5\"><caption id=\"t-areas\">%w%: %s</caption>"
		"<thead><tr><th scope=\"col\">%w</th>",
		DRP_W_TABLE_AREAS, drp_web_place_name(web, place, name), DRP_W_AREA);
	group_heads(web);
	drp_web_put(web, "</tr></thead><tbody>");
	for (int a = 0; a < in->n_areas; a++) {
		if (in->area[a].additional) {
			continue;
		}
		drp_web_put(web, "<tr data-k=\"%s\"><th scope=\"row\">%s. ",
			in->area[a].code, in->area[a].code);
		drp_web_text(web, &in->area[a].name);
		drp_web_put(web, "</th>");
		for (int g = 0; g < DRP_GROUPS; g++) {
			drp_web_cell_interval(web, mean_of(web, place, g, &in->area[a]),
				DRP_WEB_MEAN, drp_group_code(g));
		}
		drp_web_put(web, "</tr>");
	}
	drp_web_put(web, "</tbody></table></div>");
}

void drp_web_areas(struct drp_web *web)
{
	struct drp_web_place place = drp_web_chosen_place(web);
	char query[DRP_WEB_QUERY];
	drp_web_put(web, "<h1>%w</h1><p class=\"lead\">%w</p>", DRP_W_T_AREAS,
		DRP_W_AREAS_LEAD);
	drp_web_form_begin(web, DRP_WEB_AREAS);
	drp_web_select_place(web, &place);
	drp_web_form_end(web);
	areas_table(web, &place);
	drp_web_notice(web);
	drp_web_put(web, "<p class=\"note\">%w %w</p>", DRP_W_MEAN_NOTE, DRP_W_CI_NOTE);
	drp_web_area_differences(web, &place);
	drp_web_legend(web);
	drp_web_place_query(&place, query);
	drp_web_api(web, "areas", query);
}
