/* SPDX-License-Identifier: Apache-2.0
 *
 * Campaigns one after another, and editions of a campaign.
 */
#include "hub/pages/pages_internal.h"
#include "proto/base/date.h"
#include "proto/base/text.h"
#include "proto/model/codes.h"

#include <stdio.h>
#include <string.h>

/* ---- campaigns ---- */

#define SESSIONS_MAX 24

/* Newest editions with the questionnaire of this one, by period. */
static size_t list_sessions(
	const struct drp_web *web, const struct drp_publication *list[SESSIONS_MAX])
{
	const struct drp_catalogue *all = web->call.catalogue;
	size_t n = 0;
	for (size_t i = 0; i < all->n && n < SESSIONS_MAX; i++) {
		const struct drp_publication *p = all->publication[i];
		if (!drp_catalogue_newest(all, i) ||
			memcmp(&p->instrument->hash, &web->p->instrument->hash,
				sizeof p->instrument->hash) != 0 ||
			strcmp(p->manifest->region, web->p->manifest->region) != 0) {
			continue;
		}
		size_t at = n++;
		for (; at > 0 &&
			list[at - 1]->manifest->period_from > p->manifest->period_from;
			at--) {
			list[at] = list[at - 1];
		}
		list[at] = p;
	}
	return n;
}

static void session_row(struct drp_web *web, const struct drp_publication *session,
	const struct drp_area *area)
{
	const struct drp_publication *here = web->p;
	char from[DRP_DATE_TEXT];
	web->p = session;
	drp_date_format(session->manifest->period_from, from);
	drp_web_put(web, "<tr data-k=\"%s\"><th scope=\"row\"><a href=\"", from);
	drp_web_link(web, DRP_WEB_OVERVIEW);
	drp_web_put(web, "\">%s</a>", session->manifest->title);
	drp_web_part_mark(web, session);
	drp_web_put(web, " <small>");
	drp_web_date(web, session->manifest->period_from);
	drp_web_put(web, "</small></th>");
	for (int g = 0; g < DRP_GROUPS; g++) {
		drp_web_cell_interval(web,
			drp_web_area_mean(web, DRP_FAMILY_REGION, "_T", g, area),
			DRP_WEB_MEAN, drp_group_code(g));
	}
	drp_web_cell(web, drp_web_region_row(web, DRP_GROUPS, "_T", "_T", "schools"),
		DRP_WEB_COUNT, "");
	drp_web_put(web, "</tr>");
	web->p = here;
}

static void area_over_time(struct drp_web *web, const struct drp_area *area,
	const struct drp_publication *const *list, size_t n)
{
	drp_web_put(web,
		"<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
		"aria-labelledby=\"t-%s\"><table class=\"data\" data-chart=\"%r\" "
		"data-min=\"1\" data-max=\"5\"><caption id=\"t-%s\">%s. ",
		area->code, n > 1 ? "lines" : "", area->code, area->code);
	drp_web_text(web, &area->name);
	drp_web_put(web, "</caption><thead><tr><th scope=\"col\">%w</th>", DRP_W_SESSION);
	for (int g = 0; g < DRP_GROUPS; g++) {
		drp_web_put(web,
			"<th scope=\"col\" class=\"num\" data-g=\"%s\"><i class=\"key "
			"%s\"></i>%s</th>",
			drp_group_code(g), drp_group_code(g), drp_web_group(web, g));
	}
	drp_web_put(web, "<th scope=\"col\" class=\"num\">%w</th></tr></thead><tbody>",
		DRP_W_SCHOOLS_HEAD);
	for (size_t i = 0; i < n; i++) {
		session_row(web, list[i], area);
	}
	drp_web_put(web, "</tbody></table></div>");
}

void drp_web_trend(struct drp_web *web)
{
	const struct drp_publication *list[SESSIONS_MAX];
	const struct drp_instrument *in = web->p->instrument;
	size_t n = list_sessions(web, list);
	drp_web_put(web, "<h1>%w</h1><p class=\"lead\">%w</p><p class=\"notice\">%w</p>",
		DRP_W_T_TREND, DRP_W_TREND_LEAD,
		n > 1 ? DRP_W_TREND_NOTE : DRP_W_TREND_ONE);
	for (int a = 0; a < in->n_areas; a++) {
		if (!in->area[a].additional) {
			area_over_time(web, &in->area[a], list, n);
		}
	}
	drp_web_notice(web);
	drp_web_put(web, "<p class=\"note\">%w %w</p>", DRP_W_MEAN_NOTE, DRP_W_CI_NOTE);
	drp_web_legend(web);
}

/* ---- editions ---- */

static int same_row(const struct drp_observation *a, const struct drp_observation *b)
{
	return a->family == b->family && a->group == b->group &&
	       strcmp(a->province, b->province) == 0 && strcmp(a->level, b->level) == 0 &&
	       strcmp(a->network, b->network) == 0 && strcmp(a->area, b->area) == 0 &&
	       strcmp(a->item, b->item) == 0 && strcmp(a->measure, b->measure) == 0;
}

/* Figures that are new, gone or other than before; editions of a campaign mostly have
 * their rows in one order. */
static uint64_t changed(const struct drp_edition *now, const struct drp_edition *before)
{
	uint64_t n = 0;
	size_t k = 0;
	for (size_t i = 0; i < now->n_observations; i++) {
		const struct drp_observation *o = &now->observation[i];
		size_t looked = 0;
		while (looked < before->n_observations &&
			!same_row(o, &before->observation[k % before->n_observations])) {
			k++;
			looked++;
		}
		const struct drp_observation *old =
			looked < before->n_observations
				? &before->observation[k++ % before->n_observations]
				: NULL;
		n += !old || strcmp(o->value, old->value) != 0 ||
		     o->status != old->status;
	}
	return n;
}

static void edition_row(struct drp_web *web, const struct drp_publication *p, int newest)
{
	char hash[65], text[DRP_WEB_NUMBER];
	const struct drp_edition *e = p->edition;
	const struct drp_publication *before =
		e->number > 1 ? drp_catalogue_find(
					web->call.catalogue, e->campaign, e->number - 1)
			      : NULL;
	drp_hex(e->hash.b, sizeof e->hash.b, hash);
	drp_web_put(web,
		"<tr><th scope=\"row\"><a href=\"/%s/%s?edition=%u\">%s, %w %u</a>",
		drp_language_code[web->language], e->campaign, (unsigned)e->number,
		p->manifest->title, DRP_W_EDITION, (unsigned)e->number);
	drp_web_part_mark(web, p);
	drp_web_put(web, "</th><td>");
	drp_web_date(web, drp_day_of_ms(e->created_s * 1000));
	drp_web_put(web, "</td><td>%w</td><td class=\"num\">%s</td>",
		newest ? DRP_W_STATE_CURRENT : DRP_W_STATE_OLD,
		before ? drp_web_count(web, changed(e, before->edition), text)
		       : drp_web_say(web, DRP_W_FIRST_EDITION));
	drp_web_put(web, "<td><code class=\"break\">%s</code>", hash);
	if (p->network) {
		drp_web_put(web, " <small>%w</small>", DRP_W_VIEW_HASH);
	}
	drp_web_put(web, "</td>");
	drp_web_put(web,
		"<td><a href=\"/t/%s/datapackage.zip?edition=%u\">ZIP</a></td></tr>",
		e->campaign, (unsigned)e->number);
}

void drp_web_editions(struct drp_web *web)
{
	const struct drp_catalogue *all = web->call.catalogue;
	int corrections = 0;
	drp_web_put(web,
		"<h1>%w</h1><p class=\"lead\">%w</p><div class=\"scroll\" tabindex=\"0\" "
		"role=\"region\" aria-labelledby=\"t-ed\"><table class=\"data editions\">"
		"<caption id=\"t-ed\" class=\"vh\">%w</caption><thead><tr><th "
		"scope=\"col\">%w</th><th scope=\"col\">%w</th><th scope=\"col\">%w</th>"
		"<th scope=\"col\" class=\"num\">%w</th><th scope=\"col\">%w</th><th "
		"scope=\"col\">%w</th></tr></thead><tbody>",
		DRP_W_T_EDITIONS, DRP_W_EDITIONS_LEAD, DRP_W_T_EDITIONS, DRP_W_EDITION,
		DRP_W_REFERENCE_DATE, DRP_W_STATE, DRP_W_CHANGED, DRP_W_HASH,
		DRP_W_DOWNLOAD);
	for (size_t i = 0; i < all->n; i++) {
		edition_row(web, all->publication[i], drp_catalogue_newest(all, i));
		corrections |= all->publication[i]->edition->number > 1;
	}
	drp_web_put(web, "</tbody></table></div>");
	if (!corrections) {
		drp_web_put(web, "<p>%w</p>", DRP_W_NO_CORRECTIONS);
	}
	drp_web_put(web, "<p><a href=\"/feed.atom\">%w</a></p>", DRP_W_FOLLOW);
}
