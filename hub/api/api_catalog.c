/* SPDX-License-Identifier: Apache-2.0
 *
 * /catalog.ttl: the tables of all editions as a DCAT-AP 3 catalogue in Turtle, with
 * PxWebApi and SDMX as its data services. Addresses are stable: TABLE#dataset is the
 * newest edition of a table, TABLE?edition=N#dataset one that was superseded.
 * tests/e2e/clients/dcat-ap.shapes.ttl says what must be there.
 */
#include "hub/api/api_internal.h"
#include "hub/formats/sdmx.h"
#include "proto/base/date.h"
#include "proto/base/text.h"

#include <stdio.h>
#include <string.h>

#define URL_MAX	  512
#define CC_BY	  "https://creativecommons.org/licenses/by/4.0/"
#define PX_SPEC	  "https://github.com/PxTools/PxApiSpecs"
#define SDMX_SPEC "https://github.com/sdmx-twg/sdmx-rest/tree/v1.5.0/v2_1/ws/rest/docs"

/* ---- Turtle ---- */

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

/* What all things here have in common. */
static const char languages[] =
	"  dct:language lang:NLD, lang:FRA, lang:DEU, lang:ENG ;\n";
static const char owner[] =
	"  dct:publisher <#publisher> ;\n  dcat:contactPoint <#contact> ;\n";

/* Types of what is named from elsewhere, for readers that do not load the vocabularies of
 * the EU. */
static const char prologue[] =
	"@prefix adms: <http://www.w3.org/ns/adms#> .\n"
	"@prefix country: <http://publications.europa.eu/resource/authority/country/> .\n"
	"@prefix dcat: <http://www.w3.org/ns/dcat#> .\n"
	"@prefix dcatap: <http://data.europa.eu/r5r/> .\n"
	"@prefix dct: <http://purl.org/dc/terms/> .\n"
	"@prefix file: <http://publications.europa.eu/resource/authority/file-type/> .\n"
	"@prefix foaf: <http://xmlns.com/foaf/0.1/> .\n"
	"@prefix lang: <http://publications.europa.eu/resource/authority/language/> .\n"
	"@prefix nuts: <http://data.europa.eu/nuts/code/> .\n"
	"@prefix right: "
	"<http://publications.europa.eu/resource/authority/access-right/> .\n"
	"@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
	"@prefix status: "
	"<http://publications.europa.eu/resource/authority/distribution-status/> .\n"
	"@prefix stay: "
	"<http://publications.europa.eu/resource/authority/planned-availability/> .\n"
	"@prefix theme: <http://publications.europa.eu/resource/authority/data-theme/> "
	".\n"
	"@prefix vcard: <http://www.w3.org/2006/vcard/ns#> .\n"
	"@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n\n"
	"right:PUBLIC a dct:RightsStatement .\n"
	"right:RESTRICTED a dct:RightsStatement .\n"
	"theme:EDUC a skos:Concept ;\n"
	"  skos:prefLabel \"Education, culture and sport\"@en ;\n"
	"  skos:inScheme "
	"<http://publications.europa.eu/resource/authority/data-theme> .\n"
	"<http://publications.europa.eu/resource/authority/data-theme> a "
	"skos:ConceptScheme ;\n  dct:title \"Data theme\"@en .\n"
	"<http://publications.europa.eu/resource/authority/frequency/IRREG> a "
	"dct:Frequency .\n"
	"<http://publications.europa.eu/resource/authority/dataset-type/STATISTICAL> a "
	"skos:Concept ;\n  skos:prefLabel \"Statistical data\"@en .\n"
	"lang:NLD a dct:LinguisticSystem .\nlang:FRA a dct:LinguisticSystem .\n"
	"lang:DEU a dct:LinguisticSystem .\nlang:ENG a dct:LinguisticSystem .\n"
	"country:BEL a dct:Location .\ncountry:NLD a dct:Location .\n"
	"stay:AVAILABLE a skos:Concept ; skos:prefLabel \"available\"@en .\n"
	"status:COMPLETED a skos:Concept ; skos:prefLabel \"completed\"@en .\n"
	"status:DEPRECATED a skos:Concept ; skos:prefLabel \"deprecated\"@en .\n"
	"<" CC_BY "> a dct:LicenseDocument ;\n"
	"  dct:type <http://purl.org/adms/licencetype/Attribution> .\n"
	"<" PX_SPEC "> a dct:Standard ; dct:title \"PxWebApi 2\"@en .\n"
	"<" SDMX_SPEC "> a dct:Standard ; dct:title \"SDMX 2.1 REST API 1.5\"@en .\n"
	"<#publisher> a foaf:Agent ;\n  foaf:name \"Drempel\" ;\n"
	"  foaf:homepage <./> .\n"
	"<#contact> a vcard:Organization, vcard:Kind ;\n  vcard:fn \"Drempel\" ;\n"
	"  vcard:hasURL <./> .\n"
	"<./> a foaf:Document .\n\n";

/* ---- editions ---- */

/* The number next to one edition's among those of its campaign, in that direction; 0
 * without one. */
static uint32_t neighbour(
	const struct drp_catalogue *c, const struct drp_edition *e, int newer)
{
	uint32_t found = 0;
	for (size_t i = 0; i < c->n; i++) {
		const struct drp_edition *other = c->publication[i]->edition;
		if (strcmp(other->campaign, e->campaign) != 0 ||
			(newer ? other->number <= e->number
			       : other->number >= e->number)) {
			continue;
		}
		if (!found || (newer ? other->number < found : other->number > found)) {
			found = other->number;
		}
	}
	return found;
}

/* One table of one edition. */
struct entry {
	const struct drp_catalogue *catalogue;
	const struct drp_cube *cube;
	const struct drp_edition *edition;
	uint32_t newer, older;	/* numbers; 0: none */
	char flow[DRP_SDMX_ID]; /* in SDMX */
};

/* "?edition=N" where N is not the newest. */
static const char *query(const struct entry *e, uint32_t number, char text[32])
{
	uint32_t newest = drp_catalogue_find(e->catalogue, e->edition->campaign, 0)
				  ->edition->number;
	text[0] = 0;
	if (number != newest) {
		snprintf(text, 32, "?edition=%u", number);
	}
	return text;
}

static void dataset_iri(struct drp_buf *out, const struct entry *e, uint32_t number)
{
	char text[32];
	drp_buf_printf(out, "<%s/t/%s/%s%s#dataset>", e->catalogue->base,
		e->edition->campaign, drp_cube_name(e->cube->table),
		query(e, number, text));
}

/* ---- distributions ---- */

static const struct {
	const char *name, *file_type, *media_type, *standard;
	const char *title, *service; /* service: "" for files */
	const char *description[DRP_API_LANGUAGES];
} distributions[] = {
	{"csv", "CSV", "text/csv", "https://www.rfc-editor.org/rfc/rfc4180", "CSV", "",
		{"Een waarneming per rij, met codes.",
			"Une observation par ligne, avec des codes.",
			"Eine Beobachtung je Zeile, mit Codes.",
			"One observation a row, with codes."}},
	{"json", "JSON", "application/json", "https://json-stat.org/full/",
		"JSON-stat 2.0", "",
		{"Alle cijfers met namen, codes en metadata.",
			"Tous les chiffres avec noms, codes et métadonnées.",
			"Alle Zahlen mit Namen, Codes und Metadaten.",
			"All figures with names, codes and metadata."}},
	{"xlsx", "XLSX",
		"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
		"https://ecma-international.org/publications-and-standards/standards/"
		"ecma-376/",
		"XLSX", "",
		{"Werkmap met de bladen data, codes en notes.",
			"Classeur avec les feuilles data, codes et notes.",
			"Arbeitsmappe mit den Blättern data, codes und notes.",
			"Workbook with the sheets data, codes and notes."}},
	{"zip", "ZIP", "application/zip",
		"https://datapackage.org/standard/data-package/", "Data Package", "",
		{"CSV, codelijsten, metadata en leesmij met licentie en bronvermelding.",
			"CSV, listes de codes, métadonnées et lisez-moi avec licence et "
			"citation.",
			"CSV, Codelisten, Metadaten und Liesmich mit Lizenz und "
			"Quellenangabe.",
			"CSV, code lists, metadata and a README with licence and "
			"citation."}},
	{"sdmx", "XML", "application/xml", SDMX_SPEC, "SDMX-ML 2.1", "sdmx/2.1",
		{"Reeksen van de SDMX-dienst.", "Séries du service SDMX.",
			"Reihen des SDMX-Dienstes.", "Series of the SDMX service."}},
	{"px", "JSON", "application/json", PX_SPEC, "PxWebApi 2", "api/v2",
		{"Tabel van de PxWebApi-dienst, als JSON-stat.",
			"Tableau du service PxWebApi, en JSON-stat.",
			"Tabelle des PxWebApi-Dienstes, als JSON-stat.",
			"Table of the PxWebApi service, as JSON-stat."}},
};

#define N_DISTRIBUTIONS (sizeof distributions / sizeof distributions[0])

/* PxWebApi has newest editions alone. */
static int offered(const struct entry *e, size_t i)
{
	return !e->newer || strcmp(distributions[i].name, "px") != 0;
}

static void access_url(const struct entry *e, size_t i, char url[URL_MAX])
{
	const char *base = e->catalogue->base, *name = distributions[i].name;
	char text[32];
	if (strcmp(name, "sdmx") == 0) {
		snprintf(url, URL_MAX, "%s/sdmx/2.1/data/%s,%s,%u.0/all", base,
			DRP_SDMX_AGENCY, e->flow, e->edition->number);
	} else if (strcmp(name, "px") == 0) {
		snprintf(url, URL_MAX, "%s/api/v2/tables/%s.%s/data", base,
			e->edition->campaign, drp_cube_name(e->cube->table));
	} else {
		snprintf(url, URL_MAX, "%s/t/%s/%s.%s%s", base, e->edition->campaign,
			drp_cube_name(e->cube->table), name,
			query(e, e->edition->number, text));
	}
}

static void distribution(struct drp_buf *out, const struct entry *e, size_t i)
{
	char url[URL_MAX];
	access_url(e, i, url);
	drp_buf_printf(out, "<%s#distribution> a dcat:Distribution ;\n", url);
	drp_buf_printf(out, "  dct:title \"%s\"@en ;\n", distributions[i].title);
	in_languages(out, "dct:description", distributions[i].description);
	drp_buf_printf(out, "  dcat:accessURL <%s> ;\n", url);
	if (*distributions[i].service) {
		drp_buf_printf(out, "  dcat:accessService <%s/%s#service> ;\n",
			e->catalogue->base, distributions[i].service);
	} else {
		drp_buf_printf(out, "  dcat:downloadURL <%s> ;\n", url);
	}
	drp_buf_text(out, languages);
	drp_buf_printf(out,
		"  dct:license <" CC_BY "> ;\n"
		"  dct:format file:%s ;\n"
		"  dcat:mediaType <https://www.iana.org/assignments/media-types/%s> ;\n"
		"  dct:conformsTo <%s> ;\n"
		"  dct:issued \"%s\"^^xsd:dateTime ;\n"
		"  dct:modified \"%s\"^^xsd:dateTime ;\n"
		"  dcatap:availability stay:AVAILABLE ;\n"
		"  adms:status status:%s .\n\n",
		distributions[i].file_type, distributions[i].media_type,
		distributions[i].standard, e->cube->updated, e->cube->updated,
		e->newer ? "DEPRECATED" : "COMPLETED");
}

/* Types of formats and standards. */
static void format_terms(struct drp_buf *out)
{
	for (size_t i = 0; i < N_DISTRIBUTIONS; i++) {
		drp_buf_printf(out,
			"file:%s a dct:MediaTypeOrExtent .\n"
			"<https://www.iana.org/assignments/media-types/%s> a "
			"dct:MediaType .\n<%s> a dct:Standard .\n",
			distributions[i].file_type, distributions[i].media_type,
			distributions[i].standard);
	}
	drp_buf_text(out, "\n");
}

/* ---- datasets ---- */

/* Countries by the first letters of their provinces. */
static const char *const countries[][2] = {{"BE", "BEL"}, {"NL", "NLD"}};

#define N_COUNTRIES (sizeof countries / sizeof countries[0])

static void spatial(struct drp_buf *out, unsigned found)
{
	for (size_t c = 0; c < N_COUNTRIES; c++) {
		if (found >> c & 1) {
			drp_buf_printf(
				out, "  dct:spatial country:%s ;\n", countries[c][1]);
		}
	}
}

/* The provinces of a table as NUTS has them, each in a line of that form; a fold is no
 * place. Returns the countries they are in, a bit each. */
static unsigned provinces(
	struct drp_buf *out, const struct entry *e, const char *before, const char *after)
{
	const struct drp_cube_list *list = &e->cube->list[DRP_DIM_PROVINCE];
	unsigned found = 0;
	for (size_t i = 0; i < list->n; i++) {
		const char *id = list->code[i].id;
		for (size_t c = 0; c < N_COUNTRIES; c++) {
			if (list->code[i].used && strlen(id) == 4 &&
				strncmp(id, countries[c][0], 2) == 0) {
				drp_buf_printf(out, "%snuts:%s%s", before, id, after);
				found |= 1U << c;
			}
		}
	}
	return found;
}

static void keywords(struct drp_buf *out)
{
	static const char *const words[][DRP_API_LANGUAGES] = {
		{"onderwijs", "enseignement", "Bildung", "education"},
		{"digitale zelfreflectie", "autoréflexion numérique",
			"digitale Selbstreflexion", "digital self-reflection"},
		{"scholen", "écoles", "Schulen", "schools"}};
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		in_languages(out, "dcat:keyword", words[i]);
	}
}

static void versions(struct drp_buf *out, const struct entry *e)
{
	static const char *const superseded[] = {"Vervangen door een nieuwere editie.",
		"Remplacée par une édition plus récente.",
		"Durch eine neuere Ausgabe ersetzt.", "Replaced by a newer edition."};
	static const char *const corrected[] = {"Vervangt een eerdere editie.",
		"Remplace une édition antérieure.", "Ersetzt eine frühere Ausgabe.",
		"Replaces an earlier edition."};
	drp_buf_printf(out, "  dcat:version \"%u.0\" ;\n", e->edition->number);
	if (e->older) {
		drp_buf_text(out, "  dcat:previousVersion ");
		dataset_iri(out, e, e->older);
		drp_buf_text(out, " ;\n  dct:replaces ");
		dataset_iri(out, e, e->older);
		drp_buf_text(out, " ;\n");
		in_languages(out, "adms:versionNotes", corrected);
	}
	if (e->newer) {
		drp_buf_text(out, "  dct:isReplacedBy ");
		dataset_iri(out, e, e->newer);
		drp_buf_text(out, " ;\n");
		in_languages(out, "adms:versionNotes", superseded);
	}
}

static void identity(struct drp_buf *out, const struct entry *e)
{
	char hash[65];
	drp_hex(e->edition->hash.b, sizeof e->edition->hash.b, hash);
	drp_buf_printf(out, "  dct:identifier \"%s.%s", e->edition->campaign,
		drp_cube_name(e->cube->table));
	if (e->newer) {
		drp_buf_printf(out, ".%u", e->edition->number);
	}
	drp_buf_printf(out,
		"\" ;\n  adms:identifier [ a adms:Identifier ; skos:notation "
		"\"urn:drempel:edition:%s%s\"^^xsd:anyURI ] ;\n",
		hash, drp_publication_mark(e->cube->publication));
}

static void links(struct drp_buf *out, const struct entry *e)
{
	char text[32];
	uint32_t number = e->edition->number;
	const char *edition = *query(e, number, text) ? text + 1 : "";
	for (int l = 0; l < DRP_API_LANGUAGES; l++) {
		drp_buf_printf(out,
			"  dcat:landingPage <%s/%s/%s/tables?table=%s%s%s> ;\n",
			e->catalogue->base, drp_language_code[l], e->edition->campaign,
			drp_cube_name(e->cube->table), *edition ? "&" : "", edition);
	}
	drp_buf_printf(out, "  dct:conformsTo <%s/sdmx/2.1/datastructure/%s/%s/%u.0> ;\n",
		e->catalogue->base, DRP_SDMX_AGENCY, e->flow, number);
}

static void link_terms(struct drp_buf *out, const struct entry *e)
{
	char text[32];
	uint32_t number = e->edition->number;
	const char *edition = *query(e, number, text) ? text + 1 : "";
	for (int l = 0; l < DRP_API_LANGUAGES; l++) {
		drp_buf_printf(out, "<%s/%s/%s/tables?table=%s%s%s> a foaf:Document .\n",
			e->catalogue->base, drp_language_code[l], e->edition->campaign,
			drp_cube_name(e->cube->table), *edition ? "&" : "", edition);
	}
	drp_buf_printf(out, "<%s/sdmx/2.1/datastructure/%s/%s/%u.0> a dct:Standard .\n",
		e->catalogue->base, DRP_SDMX_AGENCY, e->flow, number);
}

static void dates(struct drp_buf *out, const struct entry *e)
{
	const struct drp_manifest *m = e->cube->publication->manifest;
	char from[DRP_DATE_TEXT], to[DRP_DATE_TEXT];
	drp_buf_printf(out,
		"  dct:issued \"%s\"^^xsd:dateTime ;\n"
		"  dct:modified \"%s\"^^xsd:dateTime ;\n"
		"  dct:temporal [ a dct:PeriodOfTime ; dcat:startDate \"%s\"^^xsd:date ;"
		" dcat:endDate \"%s\"^^xsd:date ] ;\n",
		e->cube->updated, e->cube->updated, drp_date_format(m->period_from, from),
		drp_date_format(m->period_to, to));
}

static void distribution_links(struct drp_buf *out, const struct entry *e)
{
	for (size_t i = 0; i < N_DISTRIBUTIONS; i++) {
		char url[URL_MAX];
		if (offered(e, i)) {
			access_url(e, i, url);
			drp_buf_printf(
				out, " ;\n  dcat:distribution <%s#distribution>", url);
		}
	}
}

/* Returns its countries. */
static unsigned dataset(struct drp_buf *out, const struct entry *e)
{
	const char *notice[DRP_API_LANGUAGES];
	for (int l = 0; l < DRP_API_LANGUAGES; l++) {
		notice[l] = drp_publication_notice(
			e->cube->publication->manifest, drp_language_code[l]);
	}
	dataset_iri(out, e, e->edition->number);
	drp_buf_text(out, " a dcat:Dataset ;\n");
	in_languages(out, "dct:title", e->cube->title);
	in_languages(out, "dct:description", notice);
	keywords(out);
	identity(out, e);
	versions(out, e);
	dates(out, e);
	unsigned found = provinces(out, e, "  dct:spatial ", " ;\n");
	spatial(out, found);
	links(out, e);
	drp_buf_text(out, languages);
	drp_buf_text(out, owner);
	drp_buf_printf(out,
		"  dct:creator <#publisher> ;\n"
		"  dct:accessRights right:%s ;\n"
		"  dct:accrualPeriodicity "
		"<http://publications.europa.eu/resource/authority/frequency/IRREG> ;\n"
		"  dct:type "
		"<http://publications.europa.eu/resource/authority/dataset-type/"
		"STATISTICAL> ;\n  dcat:theme theme:EDUC",
		e->cube->publication->network || e->cube->publication->before_s
			? "RESTRICTED"
			: "PUBLIC");
	distribution_links(out, e);
	drp_buf_text(out, " .\n\n");
	for (size_t i = 0; i < N_DISTRIBUTIONS; i++) {
		if (offered(e, i)) {
			distribution(out, e, i);
		}
	}
	link_terms(out, e);
	(void)provinces(out, e, "", " a dct:Location .\n");
	drp_buf_text(out, "\n");
	return found;
}

/* What stands in several places of the file. */
struct parts {
	struct drp_buf listed, served, datasets; /* of the catalogue, of its services */
	unsigned countries;
};

/* Every table of every edition; the newest of them are served too. */
static enum drp_err datasets(const struct drp_catalogue *c, struct parts *parts)
{
	enum drp_err err = DRP_OK;
	for (size_t i = 0; err == DRP_OK && i < c->n * DRP_CUBES; i++) {
		const struct drp_publication *p = c->publication[i / DRP_CUBES];
		struct entry e = {.catalogue = c,
			.edition = p->edition,
			.newer = neighbour(c, p->edition, 1),
			.older = neighbour(c, p->edition, 0)};
		struct drp_cube *cube = NULL;
		err = drp_cube_make(p, (enum drp_cube_table)(i % DRP_CUBES), &cube);
		if (err) {
			break;
		}
		e.cube = cube;
		drp_sdmx_id(p, cube->table, e.flow);
		drp_buf_text(&parts->listed, "  dcat:dataset ");
		dataset_iri(&parts->listed, &e, e.edition->number);
		drp_buf_text(&parts->listed, " ;\n");
		if (!e.newer) {
			drp_buf_text(&parts->served, "  dcat:servesDataset ");
			dataset_iri(&parts->served, &e, e.edition->number);
			drp_buf_text(&parts->served, " ;\n");
		}
		parts->countries |= dataset(&parts->datasets, &e);
		drp_cube_free(cube);
	}
	return err;
}

/* ---- services and the catalogue ---- */

static const struct {
	const char *path, *description, *standard;
	const char *title[DRP_API_LANGUAGES];
} services[] = {
	{"api/v2", "api/v2/config", PX_SPEC,
		{"PxWebApi 2 van Drempel", "PxWebApi 2 de Drempel",
			"PxWebApi 2 von Drempel", "PxWebApi 2 of Drempel"}},
	{"sdmx/2.1", "sdmx/2.1/dataflow/DREMPEL/all/latest", SDMX_SPEC,
		{"SDMX 2.1 REST van Drempel", "SDMX 2.1 REST de Drempel",
			"SDMX 2.1 REST von Drempel", "SDMX 2.1 REST of Drempel"}},
};

#define N_SERVICES (sizeof services / sizeof services[0])

static void service(struct drp_buf *out, const struct drp_catalogue *c, size_t i,
	const struct drp_buf *served)
{
	drp_buf_printf(
		out, "<%s/%s#service> a dcat:DataService ;\n", c->base, services[i].path);
	in_languages(out, "dct:title", services[i].title);
	drp_buf_append(out, served->data, served->len);
	drp_buf_text(out, owner);
	drp_buf_printf(out,
		"  dcat:endpointURL <%s/%s> ;\n"
		"  dcat:endpointDescription <%s/%s> ;\n"
		"  dct:conformsTo <%s> ;\n"
		"  dct:license <" CC_BY "> ;\n"
		"  dct:accessRights right:PUBLIC ;\n"
		"  dcat:theme theme:EDUC .\n\n",
		c->base, services[i].path, c->base, services[i].description,
		services[i].standard);
}

/* When the first and the last of the editions were made. */
static void catalogue_dates(struct drp_buf *out, const struct drp_catalogue *c)
{
	int64_t first = 0, last = 0;
	char text[DRP_DATE_TEXT];
	for (size_t i = 0; i < c->n; i++) {
		int64_t t = c->publication[i]->edition->created_s;
		first = i == 0 || t < first ? t : first;
		last = i == 0 || t > last ? t : last;
	}
	if (c->n) {
		drp_buf_printf(out, "  dct:issued \"%s\"^^xsd:dateTime ;\n",
			drp_time_format(first, text));
		drp_buf_printf(out, "  dct:modified \"%s\"^^xsd:dateTime ;\n",
			drp_time_format(last, text));
	}
}

static void catalogue(
	struct drp_buf *out, const struct drp_catalogue *c, const struct parts *parts)
{
	static const char *const title[DRP_API_LANGUAGES] = {
		"Drempel: cijfers over digitale zelfreflectie van scholen",
		"Drempel : chiffres sur l'autoréflexion numérique des écoles",
		"Drempel: Zahlen zur digitalen Selbstreflexion der Schulen",
		"Drempel: figures on schools' digital self-reflection"};
	static const char *const description[DRP_API_LANGUAGES] = {
		"Deelname, gemiddelden van gebieden en van stellingen, per provincie, "
		"niveau, net en groep; met de fout van elk cijfer en zonder cijfers over "
		"één school.",
		"Participation, moyennes par domaine et par énoncé, par province, "
		"niveau, "
		"réseau et groupe ; avec l'erreur de chaque chiffre et sans chiffre "
		"sur une école donnée.",
		"Teilnahme, Mittelwerte der Bereiche und Aussagen, nach Provinz, "
		"Stufe, "
		"Netz und Gruppe; mit dem Fehler jeder Zahl und ohne Zahlen über eine "
		"einzelne Schule.",
		"Participation, means of areas and of statements, by province, level, "
		"network and group; with the error of each figure and without figures "
		"about any one school."};
	drp_buf_text(out, "<> a dcat:Catalog ;\n");
	in_languages(out, "dct:title", title);
	in_languages(out, "dct:description", description);
	drp_buf_append(out, parts->listed.data, parts->listed.len);
	for (size_t i = 0; i < N_SERVICES; i++) {
		drp_buf_printf(out, "  dcat:service <%s/%s#service> ;\n", c->base,
			services[i].path);
	}
	catalogue_dates(out, c);
	drp_buf_text(out, languages);
	drp_buf_text(out, owner);
	spatial(out, parts->countries);
	drp_buf_text(out,
		"  dcat:themeTaxonomy "
		"<http://publications.europa.eu/resource/authority/data-theme> ;\n"
		"  foaf:homepage <./> ;\n  dct:license <" CC_BY "> .\n\n");
}

enum drp_err drp_api_catalog(struct drp_api_call *call)
{
	const struct drp_catalogue *c = call->catalogue;
	struct drp_buf *out = &call->reply->body;
	struct parts parts = {0};
	enum drp_err err = datasets(c, &parts);
	drp_reply_type(call->reply, 200, "text/turtle; charset=utf-8");
	drp_buf_printf(out, "@base <%s/catalog.ttl> .\n", c->base);
	drp_buf_text(out, prologue);
	format_terms(out);
	catalogue(out, c, &parts);
	for (size_t i = 0; i < N_SERVICES; i++) {
		service(out, c, i, &parts.served);
	}
	drp_buf_append(out, parts.datasets.data, parts.datasets.len);
	err = parts.listed.failed || parts.served.failed || parts.datasets.failed
		      ? DRP_E_NOMEM
		      : err;
	drp_buf_clear(&parts.listed);
	drp_buf_clear(&parts.served);
	drp_buf_clear(&parts.datasets);
	return err;
}
