/* SPDX-License-Identifier: Apache-2.0
 *
 * Editions of all campaigns, and what corrections changed.
 */
#include "hub/pages/pages_internal.h"
#include "proto/base/alloc.h"
#include "proto/base/date.h"
#include "proto/base/text.h"

#include <stdlib.h>
#include <string.h>

static int compare(const struct drp_observation *a, const struct drp_observation *b)
{
	const char *const code[][2] = {{a->province, b->province}, {a->level, b->level},
		{a->network, b->network}, {a->area, b->area}, {a->item, b->item},
		{a->measure, b->measure}};
	int order = a->family != b->family ? a->family - b->family : a->group - b->group;
	for (size_t i = 0; order == 0 && i < sizeof code / sizeof code[0]; i++) {
		order = strcmp(code[i][0], code[i][1]);
	}
	return order;
}

static int by_place(const void *a, const void *b)
{
	return compare(*(const struct drp_observation *const *)a,
		*(const struct drp_observation *const *)b);
}

/* An edition's rows by their place: new memory, NULL without. */
static const struct drp_observation **ordered(const struct drp_edition *e)
{
	const struct drp_observation **row =
		drp_alloc(e->n_observations + 1, sizeof *row);
	for (size_t i = 0; row && i < e->n_observations; i++) {
		row[i] = &e->observation[i];
	}
	if (row) {
		qsort(row, e->n_observations, sizeof *row, by_place);
	}
	return row;
}

/* Figures that are new, gone or other than before. */
static uint64_t changed(struct drp_web *web, const struct drp_edition *now,
	const struct drp_edition *before)
{
	const struct drp_observation **a = ordered(now), **b = ordered(before);
	size_t i = 0, k = 0;
	uint64_t n = 0;
	web->out->failed |= !a || !b;
	while (a && b && (i < now->n_observations || k < before->n_observations)) {
		int order = i == now->n_observations	  ? 1
			    : k == before->n_observations ? -1
							  : compare(a[i], b[k]);
		n += order != 0 || strcmp(a[i]->value, b[k]->value) != 0 ||
		     a[i]->status != b[k]->status;
		i += order <= 0;
		k += order >= 0;
	}
	drp_free(a);
	drp_free(b);
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
		before ? drp_web_count(web, changed(web, e, before->edition), text)
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
