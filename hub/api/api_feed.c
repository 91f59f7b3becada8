/* SPDX-License-Identifier: Apache-2.0
 *
 * /feed.atom: an entry for each published edition (RFC 4287).
 */
#include "hub/api/api_internal.h"
#include "hub/formats/xml_out.h"
#include "proto/base/date.h"
#include "proto/base/text.h"

#include <stdio.h>
#include <string.h>

#define URL_MAX 512

static void link_to(
	struct drp_xml_out *x, const char *rel, const char *type, const char *href)
{
	drp_xml_open(x, "link");
	drp_xml_attribute(x, "rel", rel);
	if (*type) {
		drp_xml_attribute(x, "type", type);
	}
	drp_xml_attribute(x, "href", href);
	drp_xml_close(x);
}

static void package_url(const struct drp_catalogue *catalogue,
	const struct drp_publication *p, char url[URL_MAX])
{
	snprintf(url, URL_MAX, "%s/t/%s/datapackage.zip?edition=%u", catalogue->base,
		p->edition->campaign, p->edition->number);
}

/* An edition's id is its hash: it stays when the hub moves. A view of it before it is
 * public has an id of its own. */
static void entry(const struct drp_api_call *call, struct drp_xml_out *x, size_t i)
{
	const struct drp_publication *p = call->catalogue->publication[i];
	char hash[65], id[128], url[URL_MAX], title[DRP_NAME_MAX + 64 + DRP_PART_TEXT],
		time[DRP_DATE_TEXT], part[DRP_PART_TEXT];
	struct drp_cells cells = drp_cells_count(p->edition);
	drp_hex(p->edition->hash.b, sizeof p->edition->hash.b, hash);
	snprintf(
		id, sizeof id, "urn:drempel:edition:%s%s", hash, drp_publication_mark(p));
	drp_publication_part(p, "en", part);
	snprintf(title, sizeof title, "%s: edition %u%s%s%s", p->manifest->title,
		p->edition->number, *part ? " (" : "", part, *part ? ")" : "");
	package_url(call->catalogue, p, url);
	drp_time_format(p->edition->created_s, time);
	drp_xml_open(x, "entry");
	drp_xml_leaf(x, "id", id);
	drp_xml_leaf(x, "title", title);
	drp_xml_leaf(x, "updated", time);
	drp_xml_leaf(x, "published", time);
	link_to(x, "alternate", "application/zip", url);
	drp_xml_open(x, "category");
	drp_xml_attribute(x, "term",
		drp_catalogue_newest(call->catalogue, i) ? "current" : "superseded");
	drp_xml_close(x);
	struct drp_buf summary = {0};
	drp_buf_printf(&summary,
		"Campaign %s: %u of %u registered schools took part; %zu figures %s, "
		"%zu suppressed. %s",
		p->edition->campaign, p->edition->schools_took_part,
		p->edition->schools_registered, cells.published,
		p->network ? "in this view" : "published", cells.suppressed,
		drp_publication_notice(p->manifest, "en"));
	drp_xml_leaf(x, "summary", summary.failed ? "" : drp_buf_string(&summary));
	drp_buf_clear(&summary);
	drp_xml_close(x);
}

static int64_t newest_s(const struct drp_catalogue *catalogue)
{
	int64_t newest = 0;
	for (size_t i = 0; i < catalogue->n; i++) {
		int64_t t = catalogue->publication[i]->edition->created_s;
		newest = t > newest ? t : newest;
	}
	return newest;
}

enum drp_err drp_api_feed(struct drp_api_call *call)
{
	struct drp_xml_out x;
	char time[DRP_DATE_TEXT], self[URL_MAX];
	snprintf(self, sizeof self, "%s/feed.atom", call->catalogue->base);
	drp_reply_type(call->reply, 200, "application/atom+xml; charset=utf-8");
	drp_xml_begin(&x, &call->reply->body);
	drp_xml_open(&x, "feed");
	drp_xml_attribute(&x, "xmlns", "http://www.w3.org/2005/Atom");
	drp_xml_leaf(&x, "id", self);
	drp_xml_leaf(&x, "title", "Drempel: published editions");
	drp_xml_leaf(&x, "updated", drp_time_format(newest_s(call->catalogue), time));
	drp_xml_open(&x, "author");
	drp_xml_leaf(&x, "name", "Drempel");
	drp_xml_close(&x);
	drp_xml_leaf(&x, "rights", "CC BY 4.0");
	link_to(&x, "self", "application/atom+xml", self);
	for (size_t i = 0; i < call->catalogue->n; i++) {
		entry(call, &x, i);
	}
	drp_xml_close(&x);
	return DRP_OK;
}
