/* SPDX-License-Identifier: Apache-2.0
 *
 * Campaigns one after another: each one's means, and what changed since the one before.
 */
#include "hub/pages/pages_internal.h"
#include "hub/tables/difference.h"
#include "proto/base/date.h"
#include "proto/model/codes.h"

#include <stdio.h>
#include <string.h>

#define SESSIONS_MAX 24

/* What the page shows: the place, and the newest editions of campaigns that can be
 * compared, by period. */
struct trend {
	struct drp_web_place place;
	size_t n;
	const struct drp_publication *session[SESSIONS_MAX];
};

static int belongs(const struct drp_web *web, const struct drp_publication *p)
{
	return strcmp(p->edition->campaign, web->p->edition->campaign) == 0 ||
	       drp_sessions_comparable(p, web->p);
}

static void list_sessions(const struct drp_web *web, struct trend *t)
{
	const struct drp_catalogue *all = web->call.catalogue;
	t->n = 0;
	for (size_t i = 0; i < all->n && t->n < SESSIONS_MAX; i++) {
		const struct drp_publication *p = all->publication[i];
		if (!drp_catalogue_newest(all, i) || !belongs(web, p)) {
			continue;
		}
		size_t at = t->n++;
		for (; at > 0 && t->session[at - 1]->manifest->period_from >
					 p->manifest->period_from;
			at--) {
			t->session[at] = t->session[at - 1];
		}
		t->session[at] = p;
	}
}

/* ---- one campaign ---- */

static const struct drp_observation *mean_of(struct drp_web *web,
	const struct drp_publication *session, const struct trend *t, int group,
	const struct drp_area *area)
{
	const struct drp_publication *here = web->p;
	web->p = session;
	const struct drp_observation *o =
		drp_web_area_mean(web, t->place.family, t->place.code, group, area);
	web->p = here;
	return o;
}

static void session_row(struct drp_web *web, const struct trend *t, size_t at,
	const struct drp_area *area)
{
	const struct drp_publication *here = web->p, *session = t->session[at];
	uint32_t edition = web->edition;
	char from[DRP_DATE_TEXT];
	web->p = session;
	web->edition = 0;
	drp_date_format(session->manifest->period_from, from);
	drp_web_put(web, "<tr data-k=\"%s\"><th scope=\"row\"><a href=\"", from);
	drp_web_link(web, DRP_WEB_OVERVIEW);
	drp_web_put(web, "\">%s</a> <small>", session->manifest->title);
	drp_web_date(web, session->manifest->period_from);
	drp_web_put(web, "</small>");
	drp_web_part_mark(web, session);
	drp_web_put(web, "</th>");
	for (int g = 0; g < DRP_GROUPS; g++) {
		drp_web_cell_interval(web, mean_of(web, session, t, g, area),
			DRP_WEB_MEAN, drp_group_code(g));
	}
	drp_web_cell(web,
		drp_web_cohort_row(web, t->place.family, t->place.code, DRP_GROUPS, "_T",
			"_T", "schools"),
		DRP_WEB_COUNT, "");
	drp_web_put(web, "</tr>");
	web->p = here;
	web->edition = edition;
}

/* ---- what changed ---- */

/* Whether a session says how many schools of the place took part: not of a part that it
 * has folded into another. */
static int counts_place(
	struct drp_web *web, const struct trend *t, const struct drp_publication *session)
{
	const struct drp_publication *here = web->p;
	web->p = session;
	const struct drp_observation *o = drp_web_cohort_row(
		web, t->place.family, t->place.code, DRP_GROUPS, "_T", "_T", "schools");
	web->p = here;
	return o && *o->value;
}

/* Of a cohort that both sessions count, and of no other: a reader who is not told how
 * many schools there are of it is not told how many came back either. */
static int64_t common_of(struct drp_web *web, const struct trend *t,
	const struct drp_publication *later, const struct drp_publication *earlier)
{
	const struct drp_history *history = web->call.catalogue->history;
	return history && counts_place(web, t, later) && counts_place(web, t, earlier)
		       ? drp_history_common(history, later->edition->campaign,
				 earlier->edition->campaign, t->place.family,
				 t->place.code)
		       : -1;
}

static void common_cell(struct drp_web *web, const struct trend *t,
	const struct drp_publication *later, const struct drp_publication *earlier)
{
	static const struct drp_observation unknown = {.status = DRP_NOT_AVAILABLE};
	char text[DRP_WEB_NUMBER];
	int64_t n = common_of(web, t, later, earlier);
	if (n < 0 && (later->network || earlier->network)) {
		drp_web_cell_left_out(web, "");
		return;
	}
	if (n < 0) {
		drp_web_cell(web, &unknown, DRP_WEB_COUNT, "");
		return;
	}
	drp_web_put(web, "<td class=\"num\">%s <small class=\"verdict\">%w</small></td>",
		drp_web_count(web, (uint64_t)n, text), DRP_W_IN_BOTH);
}

static void change_row(struct drp_web *web, const struct trend *t,
	const struct drp_publication *later, const struct drp_publication *earlier,
	const struct drp_area *area)
{
	drp_web_put(web, "<tr><th scope=\"row\">%w %s <small>", DRP_W_CHANGE_SINCE,
		earlier->manifest->title);
	drp_web_date(web, earlier->manifest->period_from);
	drp_web_put(web, "</small></th>");
	for (int g = 0; g < DRP_GROUPS; g++) {
		drp_web_cell_difference(web, mean_of(web, later, t, g, area),
			mean_of(web, earlier, t, g, area));
	}
	common_cell(web, t, later, earlier);
	drp_web_put(web, "</tr>");
}

/* The newest change first, since that is what most came for. */
static void change_rows(
	struct drp_web *web, const struct trend *t, const struct drp_area *area)
{
	int n = 0;
	for (size_t i = t->n; i-- > 0;) {
		const struct drp_publication *earlier =
			drp_session_before(t->session[i], t->session, t->n);
		if (earlier) {
			drp_web_put(web, n++ ? "" : "<tfoot class=\"changes\">");
			change_row(web, t, t->session[i], earlier, area);
		}
	}
	drp_web_put(web, n ? "</tfoot>" : "");
}

static void area_name(
	struct drp_web *web, const struct trend *t, const struct drp_area *area)
{
	char name[DRP_WEB_NAME];
	drp_web_put(web, "%s. ", area->code);
	drp_web_text(web, &area->name);
	if (t->place.family != DRP_FAMILY_REGION) {
		drp_web_put(web, "%: %s", drp_web_place_name(web, &t->place, name));
	}
}

static void area_over_time(
	struct drp_web *web, const struct trend *t, const struct drp_area *area)
{
	/* The picture comes between the heading and the table. */
	drp_web_put(web, "<h2>");
	area_name(web, t, area);
	drp_web_put(web,
		"</h2><div class=\"scroll over-time\" tabindex=\"0\" role=\"region\" "
		"aria-labelledby=\"t-%s\"><table class=\"data\" data-chart=\"%r\" "
		"data-min=\"1\" data-max=\"5\"><caption id=\"t-%s\" class=\"vh\">",
		area->code, t->n > 1 ? "lines" : "", area->code);
	area_name(web, t, area);
	drp_web_put(web, "</caption><thead><tr><th scope=\"col\">%w</th>", DRP_W_SESSION);
	for (int g = 0; g < DRP_GROUPS; g++) {
		drp_web_put(web,
			"<th scope=\"col\" class=\"num\" data-g=\"%s\"><i class=\"key "
			"%s\"></i>%s</th>",
			drp_group_code(g), drp_group_code(g), drp_web_group(web, g));
	}
	drp_web_put(web, "<th scope=\"col\" class=\"num\">%w</th></tr></thead><tbody>",
		DRP_W_SCHOOLS_HEAD);
	for (size_t i = 0; i < t->n; i++) {
		session_row(web, t, i, area);
	}
	drp_web_put(web, "</tbody>");
	change_rows(web, t, area);
	drp_web_put(web, "</table></div>");
}

/* ---- the page ---- */

static void put_api(struct drp_web *web, const struct trend *t)
{
	char query[DRP_WEB_QUERY + DRP_NAME_MAX + 16];
	const struct drp_publication *earlier =
		drp_session_before(web->p, t->session, t->n);
	drp_web_place_query(&t->place, query);
	if (!earlier) {
		drp_web_api(web, "areas", query);
		return;
	}
	size_t n = strlen(query);
	snprintf(query + n, sizeof query - n, "&item=_T&with=%s",
		earlier->edition->campaign);
	drp_web_api(web, "trend", query);
}

void drp_web_trend(struct drp_web *web)
{
	struct trend t = {.place = drp_web_chosen_place(web)};
	const struct drp_instrument *in = web->p->instrument;
	list_sessions(web, &t);
	drp_web_put(web, "<h1>%w</h1><p class=\"lead\">%w</p><p class=\"notice\">",
		DRP_W_T_TREND, DRP_W_TREND_LEAD);
	if (t.n > 1) {
		drp_web_put(web, "%s %w", drp_difference_caveat(1, web->language),
			DRP_W_TREND_NOTE);
	} else {
		drp_web_put(web, "%w", DRP_W_TREND_ONE);
	}
	drp_web_put(web, "</p>");
	drp_web_form_begin(web, DRP_WEB_TREND);
	drp_web_select_place(web, &t.place);
	drp_web_form_end(web);
	for (int a = 0; a < in->n_areas; a++) {
		if (!in->area[a].additional) {
			area_over_time(web, &t, &in->area[a]);
		}
	}
	drp_web_notice(web);
	drp_web_put(web, "<p class=\"note\">%w %w", DRP_W_MEAN_NOTE, DRP_W_CI_NOTE);
	if (t.n > 1) {
		drp_web_put(web, " %s", drp_difference_rule(web->language));
	}
	drp_web_put(web, "</p>");
	drp_web_legend(web);
	put_api(web, &t);
}
