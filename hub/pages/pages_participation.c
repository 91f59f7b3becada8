/* SPDX-License-Identifier: Apache-2.0
 *
 * Who took part: the table that the parliamentary question asks for, and the overview
 * that begins with it.
 */
#include "hub/pages/pages_internal.h"
#include "hub/tables/difference.h"
#include "proto/model/codes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the table ---- */

static const char *const column_group[DRP_COLUMNS] = {
	"", "", "", "leader", "teacher", "pupil"};

static void head(struct drp_web *web, enum drp_family by, int pairs)
{
	static const enum drp_word first[DRP_FAMILIES] = {
		DRP_W_PLACE, DRP_W_PROVINCE, DRP_W_LEVEL, DRP_W_NETWORK, DRP_W_PLACE};
	drp_web_put(web,
		"<thead><tr><th scope=\"col\" rowspan=\"2\">%w</th><th "
		"scope=\"colgroup\" "
		"colspan=\"4\" class=\"over\">%w</th><th scope=\"colgroup\" "
		"colspan=\"3\" class=\"over\">%w</th></tr><tr>",
		first[by], pairs ? DRP_W_PAIRS_HEAD : DRP_W_SCHOOLS_HEAD,
		DRP_W_QUESTIONNAIRES_HEAD);
	drp_web_put(web,
		"<th scope=\"col\" class=\"num\">%w</th><th scope=\"col\" "
		"class=\"num\">%w</th><th scope=\"col\" class=\"num\">%w</th><th "
		"scope=\"col\" class=\"num\">%w</th>",
		DRP_W_REGISTERED, DRP_W_TOOK_PART, DRP_W_COVERAGE, DRP_W_SHARE_OF);
	for (int g = 0; g < DRP_GROUPS; g++) {
		drp_web_put(web,
			"<th scope=\"col\" class=\"num\"><i class=\"key %s\"></i>%s</th>",
			drp_group_code(g), drp_web_group(web, g));
	}
	drp_web_put(web, "</tr></thead>");
}

static int64_t schools_of(const struct drp_table_row *row)
{
	const struct drp_observation *schools = row->cell[DRP_COLUMN_SCHOOLS];
	return schools ? drp_cell_count(schools) : -1;
}

/* Of the schools that took part, or of the pairs of school and level. The class 34 counts
 * a school with both levels once; its share is that of its pairs, so that shares add up.
 */
static void share_cell(struct drp_web *web, const struct drp_table_view *view,
	const struct drp_table_row *row)
{
	char text[DRP_WEB_NUMBER];
	const struct drp_table_sum *sum = &view->sum[DRP_COLUMN_SCHOOLS];
	int64_t count = row->derived ? 0 : schools_of(row);
	for (size_t i = 0; row->derived && count >= 0 && i < view->n_rows; i++) {
		const struct drp_table_row *part = &view->row[i];
		if (strcmp(part->place->level, "3") == 0 ||
			strcmp(part->place->level, "4") == 0) {
			count = schools_of(part) < 0 ? -1 : count + schools_of(part);
		}
	}
	if (count < 0 || !sum->known || sum->total == 0) {
		drp_web_cell(web, NULL, DRP_WEB_COUNT, "");
		return;
	}
	drp_web_percent(web, 100.0 * (double)count / (double)sum->total, text);
	drp_web_put(web, "<td class=\"num\">%s</td>", text);
}

static void put_row(struct drp_web *web, const struct drp_table_view *view,
	const struct drp_table_row *row)
{
	char name[DRP_WEB_NAME];
	enum drp_dim dim = drp_web_family_dim(view->by);
	const char *code = dim == DRP_DIM_LEVEL	    ? row->place->level
			   : dim == DRP_DIM_NETWORK ? row->place->network
						    : row->place->province;
	drp_web_put(web, "<tr data-k=\"%s\"%r><th scope=\"row\">%s</th>", code,
		row->derived ? " class=\"derived\"" : "",
		drp_web_name(web, dim, code, name));
	for (int c = 0; c < DRP_COLUMNS; c++) {
		drp_web_cell(web, row->cell[c],
			c == DRP_COLUMN_COVERAGE ? DRP_WEB_PERCENT : DRP_WEB_COUNT,
			column_group[c]);
		if (c == DRP_COLUMN_COVERAGE) {
			share_cell(web, view, row);
		}
	}
	drp_web_put(web, "</tr>");
}

/* total, shown, suppressed, unknown */
enum part { PART_TOTAL, PART_SHOWN, PART_HIDDEN, PART_UNKNOWN };

static uint64_t part_of(const struct drp_table_sum *sum, enum part part)
{
	return part == PART_TOTAL    ? sum->total
	       : part == PART_SHOWN  ? sum->shown
	       : part == PART_HIDDEN ? sum->suppressed
				     : sum->unknown;
}

static int has_part(const struct drp_table_view *view, enum part part)
{
	for (int c = 0; c < DRP_COLUMNS; c++) {
		if (c != DRP_COLUMN_COVERAGE && part_of(&view->sum[c], part) > 0) {
			return 1;
		}
	}
	return 0;
}

static void put_sum(struct drp_web *web, const struct drp_table_view *view,
	enum part part, enum drp_word label)
{
	char text[DRP_WEB_NUMBER];
	drp_web_put(web, "<tr class=\"%r\"><th scope=\"row\">%w</th>",
		part == PART_TOTAL ? "total" : "part", label);
	for (int c = 0; c < DRP_COLUMNS; c++) {
		const struct drp_table_sum *sum = &view->sum[c];
		if (c == DRP_COLUMN_COVERAGE) {
			if (part == PART_TOTAL && !view->pairs) {
				drp_web_cell(
					web, view->region.cell[c], DRP_WEB_PERCENT, "");
			} else {
				drp_web_put(web, "<td></td>");
			}
			drp_web_put(web, "<td></td>");
		} else if (!sum->known && part == PART_TOTAL) {
			drp_web_cell(web, view->region.cell[c], DRP_WEB_COUNT, "");
		} else {
			drp_web_put(web, "<td class=\"num\">%s</td>",
				drp_web_count(web, part_of(sum, part), text));
		}
	}
	drp_web_put(web, "</tr>");
}

void drp_web_participation(
	struct drp_web *web, enum drp_family by, enum drp_word caption, const char *chart)
{
	struct drp_table_view view;
	if (drp_table_view_make(web->p->edition, by, &view, NULL) != DRP_OK) {
		drp_web_left_out(web, caption);
		return;
	}
	drp_web_put(web,
		"<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
		"aria-labelledby=\"t-%s\"><table class=\"data\" data-chart=\"%s\">"
		"<caption id=\"t-%s\">%w</caption>",
		drp_family_code((int)by), chart, drp_family_code((int)by), caption);
	head(web, by, view.pairs);
	drp_web_put(web, "<tbody>");
	for (size_t i = 0; i < view.n_rows; i++) {
		put_row(web, &view, &view.row[i]);
	}
	drp_web_put(web, "</tbody><tfoot>");
	put_sum(web, &view, PART_TOTAL, view.pairs ? DRP_W_PAIRS_TOTAL : DRP_W_TOTAL);
	if (has_part(&view, PART_HIDDEN) || has_part(&view, PART_UNKNOWN)) {
		put_sum(web, &view, PART_SHOWN, DRP_W_SHOWN);
		put_sum(web, &view, PART_HIDDEN,
			web->p->network ? DRP_W_VIEW_REST : DRP_W_HIDDEN);
	}
	if (has_part(&view, PART_UNKNOWN)) {
		put_sum(web, &view, PART_UNKNOWN, DRP_W_UNKNOWN);
	}
	drp_web_put(web, "</tfoot></table></div>");
}

/* ---- the overview ---- */

static void figure(struct drp_web *web, const char *key, enum drp_word label,
	const struct drp_observation *value, const struct drp_observation *of)
{
	char text[DRP_WEB_NUMBER];
	drp_web_put(web, "<div class=\"figure %s\"><dt>%w</dt><dd>", key, label);
	if (value && *value->value) {
		drp_web_put(web, "<b>%s</b>", drp_web_number(web, value->value, 0, text));
	} else {
		drp_web_put(web, "<b class=\"st st-c\">c</b><span class=\"vh\">%w</span>",
			DRP_W_ST_C);
	}
	if (of && *of->value) {
		drp_web_put(web, "<small>%w %s %w</small>", DRP_W_LEAD_A,
			drp_web_number(web, of->value, 0, text),
			*key ? DRP_W_ELIGIBLE : DRP_W_LEAD_B);
	}
	drp_web_put(web, "</dd></div>");
}

static void put_figures(struct drp_web *web)
{
	static const enum drp_word names[DRP_GROUPS] = {
		DRP_W_LEADERS, DRP_W_TEACHERS, DRP_W_PUPILS};
	drp_web_put(web, "<dl class=\"figures\">");
	figure(web, "", DRP_W_SCHOOLS_HEAD,
		drp_web_region_row(web, DRP_GROUPS, "_T", "_T", "schools"),
		drp_web_region_row(web, DRP_GROUPS, "_T", "_T", "registered"));
	for (int g = 0; g < DRP_GROUPS; g++) {
		figure(web, drp_group_code(g), names[g],
			drp_web_region_row(web, g, "_T", "_T", "questionnaires"),
			drp_web_region_row(web, g, "_T", "_T", "eligible"));
	}
	drp_web_put(web, "</dl>");
}

static void put_ways(struct drp_web *web)
{
	const struct drp_catalogue *all = web->call.catalogue;
	const int trend = drp_session_before(web->p, all->publication, all->n) != NULL;
	static const struct {
		enum drp_web_page page;
		enum drp_word text;
	} ways[] = {{DRP_WEB_PARLIAMENT, DRP_W_GO_PARLIAMENT},
		{DRP_WEB_MAP, DRP_W_GO_MAP}, {DRP_WEB_AREAS, DRP_W_GO_AREAS},
		{DRP_WEB_BARRIERS, DRP_W_GO_BARRIERS}, {DRP_WEB_TREND, DRP_W_GO_TREND},
		{DRP_WEB_TABLES, DRP_W_GO_TABLES}, {DRP_WEB_METHOD, DRP_W_GO_METHOD}};
	drp_web_put(web, "<h2>%w</h2><ul class=\"ways\">", DRP_W_WHAT_NEXT);
	for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
		if (ways[i].page == DRP_WEB_TREND && !trend) {
			continue;
		}
		drp_web_put(web, "<li><a href=\"");
		drp_web_link(web, ways[i].page);
		drp_web_put(web, "\">%w</a></li>", ways[i].text);
	}
	drp_web_put(web, "</ul>");
}

static void put_frame_line(struct drp_web *web, const struct drp_frame_line *line)
{
	static const enum drp_word sector[DRP_SECTORS] = {DRP_W_SECTOR_BASIS,
		DRP_W_SECTOR_SEC, DRP_W_SECTOR_DBSO, DRP_W_SECTOR_TOTAL};
	static const enum drp_word measure[DRP_FRAME_MEASURES] = {
		DRP_W_PUPILS, DRP_W_SCHOOLS_HEAD, DRP_W_TEACHERS};
	char text[DRP_WEB_NUMBER];
	const struct drp_observation none = {.status = line->status};
	drp_web_put(web, "<tr><th scope=\"row\">%w, %w</th>", measure[line->measure],
		sector[line->sector]);
	if (line->part[0]) {
		drp_web_put(web, "<td class=\"num\">%s</td>",
			drp_web_number(web, line->part, 0, text));
	} else {
		drp_web_cell(web, &none, DRP_WEB_COUNT, "");
	}
	drp_web_put(web, "<td class=\"num\">%s%r</td>",
		drp_web_count(web, line->whole->value, text),
		line->measure == DRP_FRAME_TEACHERS_FTE ? "<sup class=\"hang\">*</sup>"
							: "");
	if (line->part[0]) {
		drp_web_percent(
			web, 100 * strtod(line->part, NULL) / line->whole->value, text);
		drp_web_put(web, "<td class=\"num\">%s</td></tr>", text);
	} else {
		drp_web_cell(web, &none, DRP_WEB_COUNT, "");
		drp_web_put(web, "</tr>");
	}
}

static void put_frame(struct drp_web *web)
{
	struct drp_frame_line line[DRP_FRAME_LINES_MAX];
	size_t n = drp_frame_lines(web->p, line);
	if (n == 0) {
		return;
	}
	drp_web_put(web,
		"<h2>%w</h2><p>%w</p><div class=\"scroll\" tabindex=\"0\" "
		"role=\"region\" "
		"aria-labelledby=\"t-frame\"><table class=\"data\"><caption "
		"id=\"t-frame\" "
		"class=\"vh\">%w</caption><thead><tr><th scope=\"col\">%w</th><th "
		"scope=\"col\" class=\"num\">%w</th><th scope=\"col\" "
		"class=\"num\">%w</th>"
		"<th scope=\"col\" class=\"num\">%w</th></tr></thead><tbody>",
		DRP_W_FRAME_TITLE, DRP_W_FRAME_NOTE, DRP_W_FRAME_TITLE, DRP_W_SECTOR,
		DRP_W_FRAME_PART, DRP_W_FRAME_WHOLE, DRP_W_RATIO);
	for (size_t i = 0; i < n; i++) {
		put_frame_line(web, &line[i]);
	}
	drp_web_put(web,
		"</tbody></table></div><p class=\"note\"><sup>*</sup> %w. %w%: <cite "
		"lang=\"en\">%s</cite>.</p>",
		DRP_W_FTE, DRP_W_FRAME_SOURCE, line[0].whole->source);
}

static void put_campaigns(struct drp_web *web)
{
	const struct drp_catalogue *all = web->call.catalogue;
	size_t newest = 0;
	for (size_t i = 0; i < all->n; i++) {
		newest += (size_t)drp_catalogue_newest(all, i);
	}
	if (newest < 2) {
		return;
	}
	drp_web_put(web, "<nav aria-label=\"%w\"><h2>%w</h2><ul class=\"ways\">",
		DRP_W_CAMPAIGNS, DRP_W_CAMPAIGNS);
	for (size_t i = 0; i < all->n; i++) {
		const struct drp_publication *p = all->publication[i];
		if (drp_catalogue_newest(all, i)) {
			drp_web_put(web, "<li><a href=\"/%s/%s\"%r>%s</a></li>",
				drp_language_code[web->language], p->manifest->id,
				p->manifest == web->p->manifest ? " aria-current=\"true\""
								: "",
				p->manifest->title);
		}
	}
	drp_web_put(web, "</ul></nav>");
}

void drp_web_overview(struct drp_web *web)
{
	struct drp_cells cells = drp_cells_count(web->p->edition);
	char published[DRP_WEB_NUMBER], hidden[DRP_WEB_NUMBER];
	drp_web_put(web, "<h1>%s</h1><p class=\"lead\">%s \xc2\xb7 ",
		web->p->manifest->title, drp_web_region(web));
	drp_web_date(web, web->p->manifest->period_from);
	drp_web_put(web, " %w ", DRP_W_TO);
	drp_web_date(web, web->p->manifest->period_to);
	drp_web_put(web, " \xc2\xb7 %w %u</p>", DRP_W_EDITION,
		(unsigned)web->p->edition->number);
	put_figures(web);
	drp_web_notice(web);
	drp_web_put(web, "<p class=\"note\">%w %w</p>", DRP_W_EXACT, DRP_W_QUEST_NOTE);
	put_ways(web);
	drp_web_put(web, "<h2>%w</h2>", DRP_W_COVERAGE_BY_PROVINCE);
	drp_web_participation(web, DRP_FAMILY_PROVINCE, DRP_W_BY_PROVINCE, "coverage");
	if (web->p->network) {
		drp_web_participation(web, DRP_FAMILY_NETWORK, DRP_W_BY_NETWORK, "");
	}
	put_frame(web);
	drp_web_targets(web);
	drp_web_put(web, "<p class=\"note\">%s %w%: %s.</p>",
		drp_web_count(web, cells.published, published),
		web->p->network ? DRP_W_VIEW_CELLS : DRP_W_CELLS_LINE,
		drp_web_count(web, cells.suppressed, hidden));
	drp_web_legend(web);
	put_campaigns(web);
}
