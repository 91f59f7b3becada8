/* SPDX-License-Identifier: Apache-2.0
 *
 * The pages that explain: how figures are made and protected, and accessibility.
 */
#include "hub/pages/pages_internal.h"
#include "hub/tables/difference.h"
#include "proto/estimate/estimate.h"
#include "proto/model/codes.h"
#include "proto/privacy/rational.h"

#include <stdio.h>

#define DRP_PROSE(name, ...) SECTION_##name,
enum section {
#include "hub/pages/pages_prose.inc"
	SECTIONS
};
#undef DRP_PROSE

/* Heading and text in each language. */
#define DRP_PROSE(name, ...) [SECTION_##name] = {__VA_ARGS__},
static const char *const sections[SECTIONS][2 * DRP_API_LANGUAGES] = {
#include "hub/pages/pages_prose.inc"
};
#undef DRP_PROSE

static void put_section(struct drp_web *web, enum section section)
{
	const char *const *text = &sections[section][2 * (int)web->language];
	drp_web_put(web, "<h2>%s</h2><p>%s</p>", text[0], text[1]);
}

static void put_budget(struct drp_web *web)
{
	const struct drp_manifest *m = web->p->manifest;
	char plain[32], text[DRP_WEB_NUMBER], rho[DRP_RATIONAL_TEXT];
	drp_web_put(web,
		"<h2>%w</h2><div class=\"scroll\" tabindex=\"0\" role=\"region\" "
		"aria-labelledby=\"t-budget\"><table class=\"data\"><caption "
		"id=\"t-budget\" class=\"vh\">%w</caption><thead><tr><th "
		"scope=\"col\">%w</th><th scope=\"col\" class=\"num\">%w</th><th "
		"scope=\"col\" class=\"num\">%w</th><th scope=\"col\" "
		"class=\"num\">%w</th></tr></thead><tbody>",
		DRP_W_PARAMETERS, DRP_W_PARAMETERS, DRP_W_GROUP, DRP_W_EPSILON, DRP_W_RHO,
		DRP_W_MIN_RESPONDENTS);
	for (int g = 0; g < DRP_GROUPS; g++) {
		snprintf(plain, sizeof plain, "%.4f",
			drp_epsilon(m->rho[g], DRP_SHOWN_DELTA));
		drp_web_put(web,
			"<tr><th scope=\"row\">%s</th><td class=\"num\">%s</td><td "
			"class=\"num\">%s</td><td class=\"num\">%u</td></tr>",
			drp_web_group(web, g), drp_web_number(web, plain, 2, text),
			drp_rational_format(m->rho[g], rho),
			(unsigned)m->thresholds.k_respondents[g]);
	}
	drp_web_put(web, "</tbody></table></div>");
}

static void put_rules(struct drp_web *web)
{
	const struct drp_manifest *m = web->p->manifest;
	drp_web_put(web, "<p>%w %u %w %w %u %w ", DRP_W_MIN_SCHOOLS,
		(unsigned)m->thresholds.k_schools, DRP_W_SCHOOLS, DRP_W_AND,
		(unsigned)m->thresholds.k_boards, DRP_W_MIN_BOARDS);
	drp_web_put(web, "%u%w %u%w</p><p>%w%: %w.</p>",
		(unsigned)m->thresholds.max_school_percent, DRP_W_MAX_SCHOOL,
		(unsigned)m->thresholds.max_board_percent, DRP_W_MAX_BOARD, DRP_W_TRACK,
		m->track == DRP_TRACK_SEALED ? DRP_W_TRACK_SEALED : DRP_W_TRACK_OPEN);
}

void drp_web_method(struct drp_web *web)
{
	drp_web_put(web, "<h1>%w</h1>", DRP_W_T_METHOD);
	put_section(web, SECTION_WHAT);
	put_section(web, web->p->manifest->track == DRP_TRACK_SEALED ? SECTION_SEALED
								     : SECTION_OPEN);
	put_section(web, SECTION_READ);
	drp_web_put(web, "<p>%w</p>", DRP_W_MEAN_NOTE);
	put_section(web, SECTION_COMPARE);
	drp_web_put(web, "<p>%s %s</p><p>%s</p>", drp_difference_rule(web->language),
		drp_difference_caveat(0, web->language),
		drp_difference_caveat(1, web->language));
	put_section(web, web->p->manifest->sample ? SECTION_NOT_SAMPLE : SECTION_NOT);
	put_section(web, SECTION_WHY_C);
	drp_web_legend(web);
	put_section(web, SECTION_LIMITS);
	put_budget(web);
	put_rules(web);
	drp_web_put(web, "<p><a href=\"/t/%s/areas.metadata.json\">%w (JSON)</a></p>",
		web->p->manifest->id, DRP_W_PARAMETERS);
	put_section(web, SECTION_VISITORS);
}

void drp_web_access(struct drp_web *web)
{
	drp_web_put(web, "<h1>%w</h1>", DRP_W_T_ACCESS);
	put_section(web, SECTION_A_STATE);
	put_section(web, SECTION_A_HOW);
	put_section(web, SECTION_A_LANG);
	put_section(web, SECTION_A_TELL);
	put_section(web, SECTION_VISITORS);
}
