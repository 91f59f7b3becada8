/* SPDX-License-Identifier: Apache-2.0
 *
 * Targets of the region on the overview: how many schools got as far as a policy wants.
 * Counted by what is published, so a page says the same for as long as that is the same.
 */
#include "hub/pages/pages_internal.h"

#include <stdio.h>
#include <string.h>

static const enum drp_word state_word[DRP_REACHED_STATES] = {
	DRP_W_FUNNEL_REGISTERED, DRP_W_FUNNEL_ENROLLED, DRP_W_ANSWER_1};
static const enum drp_word outcome_word[DRP_OUTCOMES] = {DRP_W_TARGET_UNKNOWN,
	DRP_W_TARGET_MET, DRP_W_TARGET_NOT_YET, DRP_W_TARGET_NOT_MET};
static const enum drp_word sector_word[DRP_SECTORS] = {
	DRP_W_SECTOR_BASIS, DRP_W_SECTOR_SEC, DRP_W_SECTOR_DBSO, DRP_W_SECTOR_TOTAL};

/* "10 %", "10,5 %": of a number that has one decimal at most. */
static const char *wanted(
	const struct drp_web *web, uint32_t permille, char text[DRP_WEB_NUMBER])
{
	char plain[16];
	snprintf(plain, sizeof plain, "%u.%u", permille / 10, permille % 10);
	return drp_web_percent_of(web, plain, permille % 10 != 0, text);
}

/* What is reached of what is needed, as a bar; the row says both in figures. */
static void put_gauge(struct drp_web *web, const struct drp_target_report *r)
{
	uint64_t reached = r->reached > 0 ? (uint64_t)r->reached : 0;
	unsigned filled =
		reached >= r->needed ? 1000 : (unsigned)(reached * 1000 / r->needed);
	drp_web_put(web,
		"<svg class=\"gauge\" viewBox=\"0 0 1000 10\" "
		"preserveAspectRatio=\"none\" width=\"100%%\" height=\"6\" "
		"aria-hidden=\"true\" focusable=\"false\"><rect width=\"1000\" "
		"height=\"10\" fill=\"currentColor\" fill-opacity=\".16\"/><rect "
		"width=\"%u\" height=\"10\" fill=\"currentColor\" "
		"fill-opacity=\".65\"/></svg>",
		filled);
}

/* What is so, and under it what is wanted; mark says "not available" without the first.
 */
static void put_pair(struct drp_web *web, int known, const char *is, const char *wanted)
{
	if (!known) {
		drp_web_cell(web, NULL, DRP_WEB_COUNT, "");
		return;
	}
	drp_web_put(web,
		"<td class=\"num\"><span class=\"v\">%s</span> <span class=\"ci\">/ "
		"%s</span></td>",
		is, wanted);
}

static void put_row(struct drp_web *web, const struct drp_target_report *r)
{
	const struct drp_target *t = r->target;
	int known = r->reached >= 0;
	char is[DRP_WEB_NUMBER], of[DRP_WEB_NUMBER], plain[DRP_VALUE_TEXT];
	drp_web_put(web, "<tr><th scope=\"row\">%s <span class=\"verdict\">%w, %w ",
		t->title, state_word[t->state], DRP_W_TARGET_BY);
	drp_web_date(web, t->by);
	drp_web_put(web, "</span></th>");
	put_pair(web, known, drp_web_count(web, known ? (uint64_t)r->reached : 0, is),
		drp_web_count(web, r->needed, of));
	put_pair(web, known, drp_web_percent_of(web, drp_target_share(r, plain), 2, is),
		wanted(web, t->permille, of));
	drp_web_put(web, "<td>%w", outcome_word[r->outcome]);
	put_gauge(web, r);
	drp_web_put(web, "</td></tr>");
}

/* "In education: 3,560 schools. Source ... Counted up to ..." */
static void put_notes(struct drp_web *web, const struct drp_target_report *r)
{
	const struct drp_target *t = r->target;
	char text[DRP_WEB_NUMBER];
	int dutch = web->language == DRP_NL;
	drp_web_put(web,
		"<p class=\"note\"><strong>%s.</strong> <span%r>%s</span> %w%: "
		"<cite>%s</cite>. ",
		t->title, dutch || web->language == DRP_EN ? "" : " lang=\"en\"",
		dutch ? t->note_nl : t->note_en, DRP_W_TARGET_SOURCE, t->source);
	drp_web_put(web, "%w%: %s %w", DRP_W_FRAME_WHOLE,
		drp_web_count(web, t->whole.value, text), DRP_W_SCHOOLS);
	if (t->sector != DRP_SECTOR_TOTAL) {
		drp_web_put(web, ", %w", sector_word[t->sector]);
	}
	drp_web_put(web, ". %w%: <cite lang=\"en\">%s</cite>. ", DRP_W_FRAME_SOURCE,
		t->whole.source);
	if (*t->whole.note) {
		drp_web_put(web, "<span lang=\"en\">%s</span> ", t->whole.note);
	}
	if (r->reached >= 0) {
		drp_web_put(web, "%w ", DRP_W_TARGET_UNTIL);
		drp_web_date(web, r->until);
		drp_web_put(web, ".");
	}
	if (r->left_out) {
		drp_web_put(
			web, " %w%: %u.", DRP_W_TARGET_LEFT_OUT, (unsigned)r->left_out);
	}
	drp_web_put(web, "</p>");
}

static void put_head(struct drp_web *web)
{
	static const struct {
		enum drp_word word;
		int number;
	} columns[] = {{DRP_W_TARGET, 0}, {DRP_W_TARGET_REACHED, 1},
		{DRP_W_TARGET_SHARE, 1}, {DRP_W_TARGET_OUTCOME, 0}};
	drp_web_put(web,
		"<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
		"aria-labelledby=\"t-targets\"><table class=\"data\"><caption "
		"id=\"t-targets\" class=\"vh\">%w</caption><thead><tr>",
		DRP_W_TARGETS);
	for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
		drp_web_put(web, "<th scope=\"col\"%r>%w</th>",
			columns[i].number ? " class=\"num\"" : "", columns[i].word);
	}
	drp_web_put(web, "</tr></thead><tbody>");
}

/* One after the other, those of the region; what is 0 the first time comes first. */
static int next_report(
	const struct drp_web *web, size_t *at, struct drp_target_report *report)
{
	const struct drp_catalogue *all = web->call.catalogue;
	while (*at < all->n_targets) {
		const struct drp_target *t = &all->target[(*at)++];
		if (strcmp(t->region, web->p->manifest->region) == 0) {
			drp_target_report(
				t, all->publication, all->n, all->history, report);
			return 1;
		}
	}
	return 0;
}

void drp_web_targets(struct drp_web *web)
{
	struct drp_target_report r;
	size_t at = 0;
	if (!next_report(web, &at, &r)) {
		return;
	}
	drp_web_put(web, "<h2 id=\"targets\">%w</h2><p>%w</p>", DRP_W_TARGETS,
		DRP_W_TARGETS_LEAD);
	put_head(web);
	for (at = 0; next_report(web, &at, &r);) {
		put_row(web, &r);
	}
	drp_web_put(web, "</tbody></table></div><p class=\"note\">%w</p>",
		DRP_W_TARGETS_NOTE);
	for (at = 0; next_report(web, &at, &r);) {
		put_notes(web, &r);
	}
	drp_web_put(web, "<p class=\"note\"><a href=\"/targets.csv\">CSV</a> \xc2\xb7 "
			 "<a href=\"/targets.json\">JSON</a></p>");
}
