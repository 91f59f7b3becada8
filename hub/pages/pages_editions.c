/* SPDX-License-Identifier: Apache-2.0
 *
 * Editions of all campaigns, and what corrections changed.
 */
#include "hub/pages/pages_internal.h"
#include "proto/base/date.h"
#include "proto/base/text.h"

#include <string.h>

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
