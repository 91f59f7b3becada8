/* SPDX-License-Identifier: Apache-2.0
 *
 * The parliamentary question and its answer, on one sheet of paper.
 */
#include "hub/pages/pages_internal.h"
#include "proto/base/date.h"
#include "proto/model/codes.h"

#include <stdlib.h>

static void put_count(struct drp_web *web, const struct drp_observation *o)
{
	char text[DRP_WEB_NUMBER];
	if (o && *o->value) {
		drp_web_put(web, "<strong>%s</strong>",
			drp_web_number(web, o->value, 0, text));
	} else {
		drp_web_put(web, "<strong>c</strong> (%w)", DRP_W_ST_C);
	}
}

/* "143 of the 160 registered schools took part (89.4 %). They ..." */
static void put_sentence(struct drp_web *web)
{
	char text[DRP_WEB_NUMBER];
	const struct drp_observation *coverage =
		drp_web_region_row(web, DRP_GROUPS, "_T", "_T", "coverage");
	drp_web_put(web, "<p class=\"answer\">");
	put_count(web, drp_web_region_row(web, DRP_GROUPS, "_T", "_T", "schools"));
	drp_web_put(web, " %w %s %w", DRP_W_LEAD_A,
		drp_web_count(web, web->p->edition->schools_registered, text),
		DRP_W_LEAD_B);
	if (coverage && *coverage->value) {
		double percent = 100.0 * web->p->edition->schools_took_part /
				 web->p->edition->schools_registered;
		drp_web_put(web, " (%s)", drp_web_percent(web, percent, text));
	}
	drp_web_put(web, ". %w ", DRP_W_ANSWER_2);
	for (int g = 0; g < DRP_GROUPS; g++) {
		if (g > 0) {
			drp_web_put(web, g + 1 == DRP_GROUPS ? " %w " : ", ", DRP_W_AND);
		}
		put_count(web, drp_web_region_row(web, g, "_T", "_T", "questionnaires"));
		drp_web_put(
			web, " <span class=\"lower\">%s</span>", drp_web_group(web, g));
	}
	drp_web_put(web, ".</p>");
}

static void put_results(struct drp_web *web)
{
	const struct drp_instrument *in = web->p->instrument;
	drp_web_put(web,
		"<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
		"aria-labelledby=\"t-results\"><table class=\"data lines\"><caption "
		"id=\"t-results\">%w</caption><thead><tr><th scope=\"col\">%w</th>",
		DRP_W_TABLE_RESULTS, DRP_W_AREA);
	for (int g = 0; g < DRP_GROUPS; g++) {
		drp_web_put(web,
			"<th scope=\"col\" class=\"num\"><i class=\"key %s\"></i>%s</th>",
			drp_group_code(g), drp_web_group(web, g));
	}
	drp_web_put(web, "</tr></thead><tbody>");
	for (int a = 0; a < in->n_areas; a++) {
		if (in->area[a].additional) {
			continue;
		}
		drp_web_put(web, "<tr><th scope=\"row\">%s. ", in->area[a].code);
		drp_web_text(web, &in->area[a].name);
		drp_web_put(web, "</th>");
		for (int g = 0; g < DRP_GROUPS; g++) {
			drp_web_cell_interval(web,
				drp_web_area_mean(
					web, DRP_FAMILY_REGION, "_T", g, &in->area[a]),
				DRP_WEB_MEAN, drp_group_code(g));
		}
		drp_web_put(web, "</tr>");
	}
	drp_web_put(web, "</tbody></table></div>");
}

/* "143 / 3,560 schools (4.0 %)": all schools there are, of another year. */
static void put_frame(struct drp_web *web)
{
	struct drp_frame_line line[DRP_FRAME_LINES_MAX];
	size_t n = drp_frame_lines(web->p, line);
	char part[DRP_WEB_NUMBER], whole[DRP_WEB_NUMBER], ratio[DRP_WEB_NUMBER];
	for (size_t i = 0; i < n; i++) {
		if (line[i].sector != DRP_SECTOR_TOTAL ||
			line[i].measure != DRP_FRAME_SCHOOLS || !line[i].part[0]) {
			continue;
		}
		drp_web_put(web,
			"<div><dt>%w</dt><dd>%s / %s %w (%s). %w%: <cite "
			"lang=\"en\">%s</cite>.</dd></div>",
			DRP_W_FRAME_TITLE, drp_web_number(web, line[i].part, 0, part),
			drp_web_count(web, line[i].whole->value, whole), DRP_W_SCHOOLS,
			drp_web_percent(web,
				100 * strtod(line[i].part, NULL) / line[i].whole->value,
				ratio),
			DRP_W_FRAME_SOURCE, line[i].whole->source);
	}
}

static void put_facts(struct drp_web *web)
{
	const struct drp_manifest *m = web->p->manifest;
	char text[DRP_WEB_NUMBER];
	drp_web_put(
		web, "<dl class=\"facts\"><div><dt>%w</dt><dd>", DRP_W_REFERENCE_DATE);
	drp_web_date(web, drp_day_of_ms(web->p->edition->created_s * 1000));
	drp_web_put(web, ", %w %u</dd></div><div><dt>%w</dt><dd>", DRP_W_EDITION,
		(unsigned)web->p->edition->number, DRP_W_PERIOD);
	drp_web_date(web, m->period_from);
	drp_web_put(web, " %w ", DRP_W_TO);
	drp_web_date(web, m->period_to);
	drp_web_put(web, "</dd></div><div><dt>%w</dt><dd>%s, %w %s</dd></div>",
		DRP_W_INSTRUMENT, web->p->instrument->id, DRP_W_VERSION,
		web->p->instrument->version);
	drp_web_put(web, "<div><dt>%w</dt><dd>%w</dd></div>", DRP_W_COHORT,
		m->sample ? DRP_W_COHORT_SAMPLE : DRP_W_COHORT_SELF);
	drp_web_put(web, "<div><dt>%w</dt><dd>%s %w, ", DRP_W_FUNNEL,
		drp_web_count(web, web->p->edition->schools_registered, text),
		DRP_W_FUNNEL_REGISTERED);
	drp_web_put(web, "%s %w, ",
		drp_web_count(web, drp_publication_enrolled(web->p), text),
		DRP_W_FUNNEL_ENROLLED);
	drp_web_put(web, "%s %w</dd></div>",
		drp_web_count(web, web->p->edition->schools_took_part, text),
		DRP_W_ANSWER_1);
	put_frame(web);
	drp_web_put(web, "<div><dt>%w</dt><dd>%w %w %w</dd></div></dl>", DRP_W_BASE,
		DRP_W_BASE_SCHOOLS, DRP_W_BASE_PAIRS, DRP_W_NOT_SCALED);
}

void drp_web_parliament(struct drp_web *web)
{
	drp_web_put(web,
		"<article class=\"a4\"><header><p class=\"kicker\">%w \xc2\xb7 "
		"%s</p><h1>%w</h1>"
		"</header><details class=\"question\" open><summary>%w</summary>"
		"<blockquote><p>1. %w</p><p>2. %w</p></blockquote></details>",
		DRP_W_T_PARLIAMENT, drp_web_region(web), DRP_W_Q_TITLE,
		DRP_W_THE_QUESTION, DRP_W_Q_1, DRP_W_Q_2);
	drp_web_put(web, "<h2>%w</h2>", DRP_W_THE_ANSWER);
	put_sentence(web);
	drp_web_participation(web, DRP_FAMILY_PROVINCE, DRP_W_BY_PROVINCE, "");
	drp_web_participation(web, DRP_FAMILY_LEVEL, DRP_W_BY_LEVEL, "");
	if (web->p->network) {
		drp_web_participation(web, DRP_FAMILY_NETWORK, DRP_W_BY_NETWORK, "");
	}
	put_results(web);
	drp_web_put(web, "<h2>%w</h2>", DRP_W_CAVEATS);
	drp_web_notice(web);
	drp_web_put(web,
		"<ul class=\"caveats\"><li>%w %w</li><li>%w</li><li><b class=\"sign st "
		"st-c\">c</b> %w</li><li>%w</li></ul>",
		DRP_W_EXACT, DRP_W_QUEST_NOTE, DRP_W_CI_NOTE, DRP_W_LEGEND_C,
		DRP_W_SELFIE_NOTE);
	put_facts(web);
	drp_web_put(web,
		"</article><p class=\"tools\"><button type=\"button\" data-print "
		"hidden>%w</button></p>",
		DRP_W_PRINT);
	drp_web_api(web, "participation",
		web->p->network ? "family=network" : "family=province");
}
