/* SPDX-License-Identifier: Apache-2.0
 *
 * Addresses of pages, and what stands around each of them: head, menu, foot.
 */
#include "hub/pages/pages.h"

#include "hub/formats/formats.h"
#include "hub/pages/pages_internal.h"
#include "hub/pages/web_assets.h"
#include "hub/tables/difference.h"
#include "proto/base/date.h"
#include "proto/base/text.h"
#include "proto/model/codes.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *slug;
	enum drp_word title;
	void (*body)(struct drp_web *web);
	const char *style;
	enum drp_word summary; /* for search engines and previews of links */
} pages[DRP_WEB_PAGES] = {
	[DRP_WEB_OVERVIEW] = {"", DRP_W_T_OVERVIEW, drp_web_overview, "overview",
		DRP_W_SITE_LINE},
	[DRP_WEB_PARLIAMENT] = {"parliament", DRP_W_T_PARLIAMENT, drp_web_parliament,
		"sheet", DRP_W_GO_PARLIAMENT},
	[DRP_WEB_MAP] = {"map", DRP_W_T_MAP, drp_web_map, "", DRP_W_GO_MAP},
	[DRP_WEB_AREAS] = {"areas", DRP_W_T_AREAS, drp_web_areas, "", DRP_W_GO_AREAS},
	[DRP_WEB_STATEMENTS] = {"statements", DRP_W_T_STATEMENTS, drp_web_statements, "",
		DRP_W_GO_STATEMENTS},
	[DRP_WEB_BARRIERS] = {"barriers", DRP_W_T_BARRIERS, drp_web_barriers, "",
		DRP_W_GO_BARRIERS},
	[DRP_WEB_TREND] = {"trend", DRP_W_T_TREND, drp_web_trend, "", DRP_W_GO_TREND},
	[DRP_WEB_TABLES] = {"tables", DRP_W_T_TABLES, drp_web_tables, "",
		DRP_W_GO_TABLES},
	[DRP_WEB_METHOD] = {"method", DRP_W_T_METHOD, drp_web_method, "prose",
		DRP_W_GO_METHOD},
	[DRP_WEB_EDITIONS] = {"editions", DRP_W_T_EDITIONS, drp_web_editions, "",
		DRP_W_FOLLOW},
	[DRP_WEB_ACCESS] = {"accessibility", DRP_W_T_ACCESS, drp_web_access, "prose",
		DRP_W_SITE_LINE},
};

const char *drp_web_slug(enum drp_web_page page)
{
	return pages[page].slug;
}

/* ---- links ---- */

void drp_web_link(struct drp_web *web, enum drp_web_page page)
{
	drp_web_put(web, "/%s", drp_language_code[web->language]);
	if (web->p) {
		drp_web_put(web, "/%s%r%r", web->p->manifest->id,
			*pages[page].slug ? "/" : "", pages[page].slug);
	}
	if (web->p && web->edition) {
		drp_web_put(web, "?edition=%u", (unsigned)web->edition);
	}
}

/* The page at hand in another language, with what was chosen on it. */
static void link_here(struct drp_web *web, enum drp_language language)
{
	const struct drp_api_request *r = web->call.request;
	drp_web_put(web, "/%s", drp_language_code[language]);
	if (web->p) {
		drp_web_put(web, "/%s%r%r", web->p->manifest->id,
			*pages[web->page].slug ? "/" : "", pages[web->page].slug);
	}
	if (*web->item) {
		drp_web_put(web, "/%s", web->item);
	}
	char mark = '?';
	for (size_t i = 0; web->p && i < r->n_parameters; i++) {
		const char *value = r->parameter[i].value;
		if (!drp_code_valid(r->parameter[i].name, 32) ||
			strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuv"
				      "wxyz0123456789_.,-") != strlen(value)) {
			continue;
		}
		drp_web_put(web, mark == '?' ? "?%s=%s" : "&amp;%s=%s",
			r->parameter[i].name, value);
		mark = '&';
	}
}

const char *drp_web_chosen(
	const struct drp_web *web, const char *name, const char *otherwise)
{
	const char *value = drp_parameter(&web->call, name);
	return value && *value ? value : otherwise;
}

/* ---- around the page ---- */

static void put_title(struct drp_web *web)
{
	if (*web->item) {
		drp_web_put(web, "%s \xc2\xb7 ", web->item);
	}
	drp_web_put(web, "%w", pages[web->page].title);
	if (web->p) {
		drp_web_put(web, " \xc2\xb7 %s", web->p->manifest->title);
	}
	drp_web_put(web, " \xc2\xb7 %w", DRP_W_SITE);
}

/* What a search engine or a preview of a link shows. */
static void put_summary(struct drp_web *web)
{
	drp_web_put(
		web, "<meta name=\"description\" content=\"%w", pages[web->page].summary);
	if (web->p) {
		drp_web_put(
			web, ". %s, %s", web->p->manifest->title, drp_web_region(web));
	}
	drp_web_put(web,
		"\"><meta property=\"og:type\" content=\"website\"><meta "
		"property=\"og:site_name\" content=\"%w\"><meta property=\"og:title\" "
		"content=\"",
		DRP_W_SITE);
	put_title(web);
	drp_web_put(web, "\">");
}

static void put_head(struct drp_web *web)
{
	drp_web_put(web,
		"<!doctype html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\">"
		"<meta name=\"viewport\" content=\"width=device-width, "
		"initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\">"
		"<title>",
		drp_language_code[web->language]);
	put_title(web);
	drp_web_put(web,
		"</title><link rel=\"icon\" href=\"%s\" type=\"image/svg+xml\">"
		"<link rel=\"stylesheet\" href=\"%s\"><script type=\"module\" "
		"src=\"%s\"></script><link rel=\"alternate\" "
		"type=\"application/atom+xml\" href=\"/feed.atom\" title=\"%w\">",
		drp_web_icon_path, drp_web_style_path, drp_web_script_path, DRP_W_FOLLOW);
	put_summary(web);
	for (int l = 0; l < DRP_API_LANGUAGES; l++) {
		drp_web_put(web, "<link rel=\"alternate\" hreflang=\"%s\" href=\"",
			drp_language_code[l]);
		link_here(web, (enum drp_language)l);
		drp_web_put(web, "\">");
	}
	drp_web_put(web, "</head>\n<body class=\"%r\">",
		web->p ? pages[web->page].style : "prose");
}

static void put_languages(struct drp_web *web)
{
	drp_web_put(web, "<nav class=\"langs\" aria-label=\"%w\"><ul>", DRP_W_LANGUAGES);
	for (int l = 0; l < DRP_API_LANGUAGES; l++) {
		drp_web_put(web, "<li><a href=\"");
		link_here(web, (enum drp_language)l);
		drp_web_put(web, "\" lang=\"%s\" hreflang=\"%s\"%r>%s</a></li>",
			drp_language_code[l], drp_language_code[l],
			(int)web->language == l ? " aria-current=\"true\"" : "",
			drp_language_name[l]);
	}
	drp_web_put(web, "</ul></nav>");
}

static void put_menu(struct drp_web *web)
{
	drp_web_put(web, "<nav class=\"menu\" aria-label=\"%w\"><ul>", DRP_W_MENU);
	for (int p = 0; web->p && p <= DRP_WEB_METHOD; p++) {
		drp_web_put(web, "<li><a href=\"");
		drp_web_link(web, (enum drp_web_page)p);
		drp_web_put(web, "\"%r>%w</a></li>",
			p == (int)web->page ? *web->item ? " aria-current=\"true\""
							 : " aria-current=\"page\""
					    : "",
			pages[p].title);
	}
	drp_web_put(web, "</ul></nav>");
}

static void put_superseded(struct drp_web *web)
{
	const struct drp_publication *newest =
		drp_catalogue_find(web->call.catalogue, web->p->edition->campaign, 0);
	if (newest == web->p) {
		return;
	}
	uint32_t asked = web->edition;
	drp_web_put(web, "<p class=\"notice old\" role=\"status\">%w <a href=\"",
		DRP_W_SUPERSEDED);
	web->edition = 0;
	if (*web->item) {
		drp_web_put(web, "/%s/%s/statements/%s", drp_language_code[web->language],
			web->p->manifest->id, web->item);
	} else {
		drp_web_link(web, web->page);
	}
	web->edition = asked;
	drp_web_put(web, "\">%w %u</a></p>", DRP_W_EDITION,
		(unsigned)newest->edition->number);
}

/* The last campaign with this questionnaire, of those that began after this one. */
static const struct drp_publication *later_campaign(const struct drp_web *web)
{
	const struct drp_catalogue *all = web->call.catalogue;
	const struct drp_publication *last = web->p;
	for (size_t i = 0; i < all->n; i++) {
		const struct drp_publication *p = all->publication[i];
		if (drp_catalogue_newest(all, i) && drp_sessions_comparable(web->p, p) &&
			p->manifest->period_from > last->manifest->period_from) {
			last = p;
		}
	}
	return last == web->p ? NULL : last;
}

/* The pages of two campaigns look alike: those of the earlier one say so. */
static void put_earlier_campaign(struct drp_web *web)
{
	const struct drp_publication *later = later_campaign(web);
	if (!later) {
		return;
	}
	const struct drp_publication *here = web->p;
	const uint32_t asked = web->edition;
	drp_web_put(web, "<p class=\"notice\">%w <a href=\"", DRP_W_EARLIER_CAMPAIGN);
	web->p = later;
	web->edition = 0;
	drp_web_link(web, web->page);
	drp_web_put(web, "%r%s", *web->item ? "/" : "", web->item);
	web->edition = asked;
	web->p = here;
	drp_web_put(web, "\">%s</a></p>", later->manifest->title);
}

static void put_until(struct drp_web *web)
{
	if (web->p->before_s) {
		drp_web_put(web, ", %w ", DRP_W_BEFORE_UNTIL);
		drp_web_instant(web, web->p->before_s);
	}
}

/* What is not public yet, on each of its pages: until when, and of a network's view what
 * is missing. */
static void put_before(struct drp_web *web)
{
	char name[DRP_WEB_NAME];
	if (web->p->network) {
		drp_web_put(web,
			"<p class=\"notice old\" role=\"status\"><strong>%w%: %s",
			DRP_W_VIEW_HEAD,
			drp_web_name(web, DRP_DIM_NETWORK,
				drp_network_code(web->p->network), name));
		put_until(web);
		drp_web_put(web, ".</strong> %w</p>", DRP_W_VIEW_TEXT);
	} else if (web->p->before_s) {
		drp_web_put(web, "<p class=\"notice\"><strong>%w", DRP_W_BEFORE);
		put_until(web);
		drp_web_put(web, ".</strong> %w</p>", DRP_W_BEFORE_TEXT);
	}
}

static void put_top(struct drp_web *web)
{
	drp_web_put(web,
		"<a class=\"skip\" href=\"#main\">%w</a><header class=\"top\"><div "
		"class=\"bar\"><a class=\"brand\" href=\"",
		DRP_W_SKIP);
	drp_web_link(web, DRP_WEB_OVERVIEW);
	drp_web_put(web,
		"\"><svg viewBox=\"0 0 24 24\" width=\"24\" height=\"24\" "
		"aria-hidden=\"true\" focusable=\"false\"><path d=\"M3 20h18v2H3zM5 "
		"4h2v13H5zM17 4h2v13h-2zM5 4h14v2H5z\" fill=\"currentColor\"/></svg>"
		"<span>%w</span></a><span class=\"line\">%w</span>",
		DRP_W_SITE, DRP_W_SITE_LINE);
	put_languages(web);
	drp_web_put(web, "</div>");
	put_menu(web);
	drp_web_put(web, "</header>\n<main id=\"main\" tabindex=\"-1\">");
	if (web->p) {
		put_before(web);
		put_superseded(web);
		put_earlier_campaign(web);
	}
}

static void put_foot_link(struct drp_web *web, enum drp_web_page page)
{
	drp_web_put(web, "<li><a href=\"");
	drp_web_link(web, page);
	drp_web_put(web, "\">%w</a></li>", pages[page].title);
}

static void put_bottom(struct drp_web *web)
{
	drp_web_put(web, "</main>\n<footer class=\"foot\">");
	if (web->p) {
		char cite[DRP_CITATION];
		drp_citation(web->p, cite);
		drp_web_put(web,
			"<p class=\"cite\"><strong>%w%:</strong> <span "
			"lang=\"en\">%s</span></p>",
			DRP_W_CITE, cite);
		drp_web_put(web, "<nav aria-label=\"%w\"><ul>", DRP_W_FOOT);
		put_foot_link(web, DRP_WEB_METHOD);
		put_foot_link(web, DRP_WEB_EDITIONS);
		put_foot_link(web, DRP_WEB_ACCESS);
		drp_web_put(web,
			"<li><a href=\"/feed.atom\">%w</a></li><li><a "
			"href=\"/api/v2/tables\">API</a></li></ul></nav>",
			DRP_W_FOLLOW);
	}
	drp_web_put(web, "<p>%w</p></footer></body></html>\n", DRP_W_LICENCE);
}

/* ---- addresses ---- */

static int find_page(struct drp_web *web)
{
	char slug[32];
	if (drp_part_text(&web->call, 2, slug, sizeof slug) != 0) {
		return -1;
	}
	for (int p = 0; p < DRP_WEB_PAGES; p++) {
		if (strcmp(pages[p].slug, slug) == 0) {
			web->page = (enum drp_web_page)p;
			return 0;
		}
	}
	return -1;
}

/* LANG[/CAMPAIGN[/PAGE[/ITEM]]]; the newest campaign without one. */
static int find_subject(struct drp_web *web)
{
	char campaign[DRP_NAME_MAX];
	const struct drp_catalogue *all = web->call.catalogue;
	const char *edition = drp_parameter(&web->call, "edition");
	if (edition && drp_parse_u32(edition, 1, UINT32_MAX, &web->edition) != 0) {
		return -1;
	}
	if (web->call.path.n > 4 ||
		drp_part_text(&web->call, 1, campaign, sizeof campaign) != 0) {
		return -1;
	}
	web->p = *campaign ? drp_catalogue_find(all, campaign, web->edition)
		 : all->n  ? drp_catalogue_find(
				     all, all->publication[0]->edition->campaign, 0)
			  : NULL;
	if (!web->p || find_page(web) != 0) {
		return web->p || *campaign ? -1 : 0;
	}
	if (web->call.path.n == 4) {
		if (web->page != DRP_WEB_STATEMENTS ||
			drp_part_text(&web->call, 3, web->item, sizeof web->item) != 0 ||
			drp_instrument_item(web->p->instrument, web->item) < 0) {
			return -1;
		}
	}
	return 0;
}

static void put_not_found(struct drp_web *web)
{
	drp_web_put(web,
		"<h1>%w</h1><p>%w <code class=\"break\">%s</code></p><p><a "
		"href=\"/%s\">%w</a></p>",
		DRP_W_NOT_FOUND, DRP_W_NOT_FOUND_TEXT, web->call.request->path,
		drp_language_code[web->language], DRP_W_T_OVERVIEW);
}

static enum drp_err answer(struct drp_web *web)
{
	int missing = find_subject(web) != 0;
	if (missing) {
		web->page = DRP_WEB_OVERVIEW;
		web->item[0] = 0;
		web->edition = 0;
		web->p = NULL;
	}
	drp_reply_type(web->call.reply, missing ? 404 : 200, "text/html; charset=utf-8");
	snprintf(web->call.reply->language, sizeof web->call.reply->language, "%s",
		drp_language_code[web->language]);
	put_head(web);
	put_top(web);
	if (missing) {
		put_not_found(web);
	} else if (!web->p) {
		drp_web_put(web, "<h1>%w</h1><p class=\"lead\">%w</p>", DRP_W_SITE_LINE,
			DRP_W_NOTHING_YET);
	} else if (*web->item) {
		drp_web_statement(web);
	} else {
		pages[web->page].body(web);
	}
	put_bottom(web);
	return web->out->failed ? DRP_E_NOMEM : DRP_OK;
}

enum drp_err drp_pages_answer(const struct drp_catalogue *catalogue,
	const struct drp_api_request *request, struct drp_api_reply *reply)
{
	struct drp_web web = {.call = {catalogue, request, reply, {0}}};
	char first[8];
	memset(reply, 0, sizeof *reply);
	reply->vary = "";
	web.out = &reply->body;
	if (strcmp(request->method, "GET") != 0 ||
		drp_api_cut_path(request->path, &web.call.path) != 0 ||
		drp_part_text(&web.call, 0, first, sizeof first) != 0) {
		return drp_api_answer(catalogue, request, reply);
	}
	int language = *first ? drp_language_of(first) : drp_call_language(&web.call);
	if (*first && (language < 0 || strlen(first) != 2)) {
		return drp_api_answer(catalogue, request, reply);
	}
	web.language = (enum drp_language)(language < 0 ? DRP_NL : language);
	return answer(&web);
}
