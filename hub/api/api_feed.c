/* SPDX-License-Identifier: Apache-2.0
 *
 * /feed.atom: an entry for each published edition (RFC 4287); /catalog.ttl: the campaigns
 * as a DCAT-AP catalogue.
 */
#include "hub/api/api_internal.h"
#include "hub/formats/xml_out.h"
#include "proto/base/date.h"
#include "proto/base/text.h"

#include <stdio.h>
#include <string.h>

#define URL_MAX 512

/* ---- Atom ---- */

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

/* An edition's id is its hash: it stays when the hub moves. */
static void entry(const struct drp_api_call *call, struct drp_xml_out *x, size_t i)
{
	const struct drp_publication *p = call->catalogue->publication[i];
	char hash[65], id[128], url[URL_MAX], title[DRP_NAME_MAX + 64],
		time[DRP_DATE_TEXT];
	struct drp_cells cells = drp_cells_count(p->edition);
	drp_hex(p->edition->hash.b, sizeof p->edition->hash.b, hash);
	snprintf(id, sizeof id, "urn:drempel:edition:%s", hash);
	snprintf(title, sizeof title, "%s: edition %u", p->manifest->title,
		p->edition->number);
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
		"Campaign %s: %u of %u registered schools took part; %zu figures "
		"published, %zu suppressed. %s",
		p->edition->campaign, p->edition->schools_took_part,
		p->edition->schools_registered, cells.published, cells.suppressed,
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

/* ---- DCAT ---- */

static void literal(struct drp_buf *out, const char *text)
{
	drp_buf_text(out, "\"");
	for (; *text; text++) {
		if (*text == '"' || *text == '\\') {
			drp_buf_text(out, "\\");
		}
		drp_buf_append(out, (unsigned char)*text < ' ' ? " " : text, 1);
	}
	drp_buf_text(out, "\"");
}

static void in_languages(struct drp_buf *out, const char *property,
	const char *const text[DRP_API_LANGUAGES])
{
	for (int l = 0; l < DRP_API_LANGUAGES; l++) {
		drp_buf_printf(out, "  %s ", property);
		literal(out, text[l]);
		drp_buf_printf(out, "@%s ;\n", drp_language_code[l]);
	}
}

static const struct {
	const char *suffix, *file_type, *media_type;
} distributions[] = {
	{"csv", "CSV", "text/csv"},
	{"json", "JSON", "application/json"},
	{"xlsx", "XLSX",
		"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
	{"zip", "ZIP", "application/zip"},
};

#define N_DISTRIBUTIONS (sizeof distributions / sizeof distributions[0])

static void dataset_url(
	const struct drp_api_call *call, const struct drp_cube *cube, char url[URL_MAX])
{
	snprintf(url, URL_MAX, "%s/t/%s/%s", call->catalogue->base,
		cube->publication->edition->campaign, drp_cube_name(cube->table));
}

static void distribution(struct drp_buf *out, const char *url, size_t i)
{
	drp_buf_printf(out,
		"<%s.%s#distribution> a dcat:Distribution ;\n"
		"  dcat:accessURL <%s.%s> ;\n  dcat:downloadURL <%s.%s> ;\n"
		"  dct:license <https://creativecommons.org/licenses/by/4.0/> ;\n"
		"  dct:format <http://publications.europa.eu/resource/authority/"
		"file-type/%s> ;\n"
		"  dcat:mediaType <https://www.iana.org/assignments/media-types/%s> "
		".\n\n",
		url, distributions[i].suffix, url, distributions[i].suffix, url,
		distributions[i].suffix, distributions[i].file_type,
		distributions[i].media_type);
}

static void dataset(
	const struct drp_api_call *call, const struct drp_cube *cube, struct drp_buf *out)
{
	const struct drp_publication *p = cube->publication;
	const char *notice[DRP_API_LANGUAGES];
	char url[URL_MAX], from[DRP_DATE_TEXT], to[DRP_DATE_TEXT];
	for (int l = 0; l < DRP_API_LANGUAGES; l++) {
		notice[l] = drp_publication_notice(p->manifest, drp_language_code[l]);
	}
	dataset_url(call, cube, url);
	drp_buf_printf(out, "<%s#dataset> a dcat:Dataset ;\n", url);
	in_languages(out, "dct:title", cube->title);
	in_languages(out, "dct:description", notice);
	drp_buf_printf(out,
		"  dct:identifier \"%s.%s\" ;\n  dcat:version \"%u.0\" ;\n"
		"  dct:issued \"%s\"^^xsd:dateTime ;\n"
		"  dct:modified \"%s\"^^xsd:dateTime ;\n"
		"  dct:temporal [ a dct:PeriodOfTime ; dcat:startDate "
		"\"%s\"^^xsd:date ; dcat:endDate \"%s\"^^xsd:date ] ;\n"
		"  dct:publisher <#publisher> ;\n  dct:creator <#publisher> ;\n"
		"  dcat:contactPoint <#contact> ;\n"
		"  dct:accessRights <http://publications.europa.eu/resource/authority/"
		"access-right/PUBLIC> ;\n"
		"  dcat:theme <http://publications.europa.eu/resource/authority/"
		"data-theme/EDUC> ;\n",
		p->edition->campaign, drp_cube_name(cube->table), p->edition->number,
		cube->updated, cube->updated,
		drp_date_format(p->manifest->period_from, from),
		drp_date_format(p->manifest->period_to, to));
	for (size_t i = 0; i < N_DISTRIBUTIONS; i++) {
		drp_buf_printf(out, "  dcat:distribution <%s.%s#distribution> %s\n", url,
			distributions[i].suffix, i + 1 < N_DISTRIBUTIONS ? ";" : ".\n");
	}
	for (size_t i = 0; i < N_DISTRIBUTIONS; i++) {
		distribution(out, url, i);
	}
}

static enum drp_err datasets(
	const struct drp_api_call *call, struct drp_buf *list, struct drp_buf *out)
{
	struct drp_cube *cube;
	size_t at = 0;
	enum drp_err err;
	while (!(err = drp_catalogue_next(call->catalogue, &at, &cube)) && cube) {
		char url[URL_MAX];
		dataset_url(call, cube, url);
		drp_buf_printf(list, "  dcat:dataset <%s#dataset> ;\n", url);
		dataset(call, cube, out);
		drp_cube_free(cube);
	}
	return err;
}

enum drp_err drp_api_catalog(struct drp_api_call *call)
{
	static const char *const title[DRP_API_LANGUAGES] = {
		"Drempel: cijfers over digitale zelfreflectie van scholen",
		"Drempel : chiffres de l'autoréflexion numérique des écoles",
		"Drempel: Zahlen zur digitalen Selbstreflexion der Schulen",
		"Drempel: figures of schools' digital self-reflection"};
	struct drp_buf *out = &call->reply->body, list = {0}, rest = {0};
	enum drp_err err = datasets(call, &list, &rest);
	drp_reply_type(call->reply, 200, "text/turtle; charset=utf-8");
	drp_buf_printf(out,
		"@base <%s/catalog.ttl> .\n"
		"@prefix dcat: <http://www.w3.org/ns/dcat#> .\n"
		"@prefix dct: <http://purl.org/dc/terms/> .\n"
		"@prefix foaf: <http://xmlns.com/foaf/0.1/> .\n"
		"@prefix vcard: <http://www.w3.org/2006/vcard/ns#> .\n"
		"@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n\n"
		"<> a dcat:Catalog ;\n",
		call->catalogue->base);
	in_languages(out, "dct:title", title);
	in_languages(out, "dct:description", title);
	drp_buf_append(out, list.data, list.len);
	drp_buf_printf(out,
		"  dct:publisher <#publisher> ;\n  dcat:contactPoint <#contact> ;\n"
		"  dct:license <https://creativecommons.org/licenses/by/4.0/> .\n\n"
		"<#publisher> a foaf:Agent ; foaf:name \"Drempel\" .\n"
		"<#contact> a vcard:Organization ; vcard:fn \"Drempel\" ; vcard:hasURL "
		"<%s/> .\n\n",
		call->catalogue->base);
	drp_buf_append(out, rest.data, rest.len);
	err = list.failed || rest.failed ? DRP_E_NOMEM : err;
	drp_buf_clear(&list);
	drp_buf_clear(&rest);
	return err;
}
