/* SPDX-License-Identifier: Apache-2.0
 *
 * Choosing: forms that put what was chosen into the address, and the box that shows how
 * to get the same figures from the API.
 */
#include "hub/pages/pages_internal.h"

#include <string.h>

void drp_web_form_begin(struct drp_web *web, enum drp_web_page page)
{
	uint32_t edition = web->edition;
	drp_web_put(web, "<form class=\"choose\" method=\"get\" action=\"");
	web->edition = 0; /* a form's own fields replace the query */
	drp_web_link(web, page);
	web->edition = edition;
	drp_web_put(web, "\">");
	if (edition) {
		drp_web_put(web, "<input type=\"hidden\" name=\"edition\" value=\"%u\">",
			(unsigned)edition);
	}
}

void drp_web_select_begin(struct drp_web *web, const char *name, enum drp_word label)
{
	drp_web_put(web,
		"<div class=\"field\"><label for=\"f-%s\">%w</label><select id=\"f-%s\" "
		"name=\"%s\">",
		name, label, name, name);
}

void drp_web_option(
	struct drp_web *web, const char *value, const char *chosen, const char *text)
{
	drp_web_put(web, "<option value=\"%s\"%r>%s</option>", value,
		strcmp(value, chosen) == 0 ? " selected" : "", text);
}

void drp_web_select_end(struct drp_web *web)
{
	drp_web_put(web, "</select></div>");
}

void drp_web_form_end(struct drp_web *web)
{
	drp_web_put(web, "<button type=\"submit\">%w</button></form>", DRP_W_SHOW);
}

static void snippet(struct drp_web *web, const char *id, const char *name)
{
	drp_web_put(web,
		"<div class=\"snippet\"><div class=\"name\"><h3 "
		"id=\"h-%s\">%s</h3></div><pre tabindex=\"0\" "
		"role=\"region\" aria-labelledby=\"h-%s\"><code id=\"%s\">",
		id, name, id, id);
}

static void snippet_end(struct drp_web *web)
{
	drp_web_put(web, "</code></pre></div>");
}

static void address(struct drp_web *web, const char *table, const char *suffix,
	const char *query, int absolute)
{
	const struct drp_edition *e = web->p->edition;
	drp_web_put(web, "%s/t/%s/%s%s?edition=%u%s%s",
		absolute ? web->call.catalogue->base : "", e->campaign, table, suffix,
		(unsigned)e->number, *query ? "&" : "", query);
}

/* Differences and trends have two forms, and their metadata in one of them. */
void drp_web_table_files(struct drp_web *web, const char *table, const char *query)
{
	static const char *const suffix[] = {
		".csv", ".json", ".xlsx", ".zip", ".metadata.json"};
	size_t n = drp_cube_of(table, strlen(table)) >= 0 ? 5 : 2;
	drp_web_put(web, "<ul class=\"files\">");
	for (size_t i = 0; i < n; i++) {
		drp_web_put(web, "<li><a href=\"");
		address(web, table, suffix[i], query, 0);
		drp_web_put(web, "\">%s</a></li>", i == 4 ? "metadata" : suffix[i] + 1);
	}
	drp_web_put(web, "</ul>");
}

void drp_web_api(struct drp_web *web, const char *table, const char *query)
{
	drp_web_put(web, "<section class=\"api\"><h2>%w</h2><p>%w</p>", DRP_W_API_TITLE,
		*drp_publication_mark(web->p) ? DRP_W_VIEW_API : DRP_W_API_LEAD);
	drp_web_table_files(web, table, query);
	snippet(web, "api-url", "URL");
	address(web, table, ".csv", query, 1);
	snippet_end(web);
	snippet(web, "api-r", "R");
	drp_web_put(web, "d &lt;- read.csv(&quot;");
	address(web, table, ".csv", query, 1);
	drp_web_put(web, "&quot;)");
	snippet_end(web);
	snippet(web, "api-py", "Python");
	drp_web_put(web, "import pandas\nd = pandas.read_csv(&quot;");
	address(web, table, ".csv", query, 1);
	drp_web_put(web, "&quot;)");
	snippet_end(web);
	drp_web_put(web, "</section>");
}
