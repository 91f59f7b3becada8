/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/formats/formats.h"
#include "hub/formats/readme.h"
#include "hub/formats/zip_out.h"
#include "hub/tables/observations.h"
#include "proto/runtime/json.h"
#include "proto/runtime/json_out.h"

#include <stdio.h>
#include <string.h>

static const struct drp_readme_note files[] = {
	{"TABLE.csv", "one observation a row: UTF-8, comma, decimal points, an empty "
		      "value where there is none; the columns are those of "
		      "datapackage.json. The parts of a folded cohort are joined by '-'"},
	{"codelists.csv", "every code, in Dutch, French, German and English"},
	{"datapackage", "the Data Package descriptor (.json): columns, types, licence"},
	{"metadata.json", "dates, thresholds, noise and budget, the steps from noisy "
			  "sums to values, licence"},
};

/* ---- datapackage.json ---- */

static const char *const column_type[DRP_OBSERVATION_COLUMNS] = {"string", "integer",
	"string", "string", "string", "string", "string", "string", "string", "string",
	"number", "number", "number", "number", "integer", "integer", "string"};

static void data_schema(struct drp_json_out *json)
{
	drp_json_open(json, "schema", '{');
	drp_json_open(json, "fields", '[');
	for (size_t c = 0; c < DRP_OBSERVATION_COLUMNS; c++) {
		drp_json_open(json, NULL, '{');
		drp_json_string(json, "name", drp_observation_column[c]);
		drp_json_string(json, "type", column_type[c]);
		drp_json_close(json, '}');
	}
	drp_json_close(json, ']');
	drp_json_raw(json, "missingValues", "[\"\"]");
	drp_json_close(json, '}');
}

static void codelist_schema(struct drp_json_out *json)
{
	static const char *const names[] = {
		"column", "code", "name_nl", "name_fr", "name_de", "name_en", "parent"};
	drp_json_open(json, "schema", '{');
	drp_json_open(json, "fields", '[');
	for (size_t c = 0; c < sizeof names / sizeof names[0]; c++) {
		drp_json_open(json, NULL, '{');
		drp_json_string(json, "name", names[c]);
		drp_json_string(json, "type", "string");
		drp_json_close(json, '}');
	}
	drp_json_close(json, ']');
	drp_json_raw(json, "missingValues", "[\"\"]");
	drp_json_close(json, '}');
}

static void resource(struct drp_json_out *json, const char *name, const char *title,
	void (*schema)(struct drp_json_out *json))
{
	char path[64];
	snprintf(path, sizeof path, "%s.csv", name);
	drp_json_open(json, NULL, '{');
	drp_json_string(json, "name", name);
	drp_json_string(json, "title", title);
	drp_json_string(json, "type", "table");
	drp_json_string(json, "profile", "tabular-data-resource");
	drp_json_string(json, "path", path);
	drp_json_string(json, "format", "csv");
	drp_json_string(json, "mediatype", "text/csv");
	drp_json_string(json, "encoding", "utf-8");
	schema(json);
	drp_json_close(json, '}');
}

#define PACKAGE_NAME (DRP_NAME_MAX + 32)
/* Names of a Data Package are lower case. */
static void package_name(
	const struct drp_publication *publication, char name[PACKAGE_NAME])
{
	const struct drp_edition *edition = publication->edition;
	snprintf(name, PACKAGE_NAME, "%s-%u%s", edition->campaign, edition->number,
		drp_publication_mark(publication));
	for (char *p = name; *p; p++) {
		*p = (char)(*p >= 'A' && *p <= 'Z' ? *p - 'A' + 'a' : *p);
	}
}

static void package_head(
	const struct drp_publication *p, const char *updated, struct drp_json_out *json)
{
	char name[PACKAGE_NAME], version[24], citation[DRP_CITATION];
	package_name(p, name);
	snprintf(version, sizeof version, "%u.0.0", p->edition->number);
	drp_citation(p, citation);
	drp_json_string(
		json, "$schema", "https://datapackage.org/profiles/2.0/datapackage.json");
	drp_json_string(json, "profile", "tabular-data-package");
	drp_json_string(json, "name", name);
	drp_json_string(json, "title", p->manifest->title);
	drp_json_string(json, "description", drp_publication_notice(p->manifest, "en"));
	drp_json_string(json, "version", version);
	drp_json_string(json, "created", updated);
	drp_json_string(json, "citation", citation);
	drp_json_raw(json, "licenses",
		"[{\"name\":\"CC-BY-4.0\",\"title\":\"Creative Commons Attribution "
		"4.0\",\"path\":\"https://creativecommons.org/licenses/by/4.0/\"}]");
	drp_json_raw(json, "contributors",
		"[{\"title\":\"Drempel\",\"role\":\"publisher\",\"roles\":[\"publisher\"]"
		"}]");
}

static enum drp_err descriptor(
	const struct drp_view *views, size_t n, struct drp_buf *out)
{
	struct drp_json_out json = {out, 0};
	const struct drp_publication *p = views[0].cube->publication;
	drp_json_open(&json, NULL, '{');
	package_head(p, views[0].cube->updated, &json);
	drp_json_open(&json, "resources", '[');
	for (size_t i = 0; i < n; i++) {
		resource(&json, drp_cube_name(views[i].cube->table),
			views[i].cube->title[DRP_EN], data_schema);
	}
	resource(&json, "codelists", "Code lists", codelist_schema);
	drp_json_close(&json, ']');
	drp_json_value(&json, "drempel", drp_publication_metadata(p));
	drp_json_close(&json, '}');
	drp_buf_text(out, "\n");
	return out->failed ? DRP_E_NOMEM : DRP_OK;
}

/* ---- the archive ---- */

/* Adds content under that name, and frees it; err is what making it gave. */
static enum drp_err add(struct drp_zip_out *zip, enum drp_err err, const char *name,
	struct drp_buf *content)
{
	err = err ? err : drp_zip_file(zip, name, content);
	drp_buf_clear(content);
	return err;
}

static enum drp_err add_all(
	struct drp_zip_out *zip, const struct drp_view *views, size_t n)
{
	const struct drp_publication *p = views[0].cube->publication;
	struct drp_buf content = {0};
	enum drp_err err = drp_readme(p, files, sizeof files / sizeof files[0], &content);
	err = add(zip, err, "README.txt", &content);
	err = err ? err : descriptor(views, n, &content);
	err = add(zip, err, "datapackage.json", &content);
	err = err ? err
		  : drp_json_print(drp_publication_metadata(p), DRP_JSON_LINES, &content);
	err = add(zip, err, "metadata.json", &content);
	for (size_t i = 0; i < n; i++) {
		char name[64];
		snprintf(
			name, sizeof name, "%s.csv", drp_cube_name(views[i].cube->table));
		err = err ? err : drp_format_csv(&views[i], DRP_CSV_COMMA, 0, &content);
		err = add(zip, err, name, &content);
	}
	err = err ? err : drp_format_codelists(views, n, &content);
	return add(zip, err, "codelists.csv", &content);
}

enum drp_err drp_format_package(
	const struct drp_view *views, size_t n, struct drp_buf *out)
{
	struct drp_zip_out *zip;
	enum drp_err err =
		drp_zip_begin(views[0].cube->publication->edition->created_s, &zip);
	if (err) {
		return err;
	}
	err = add_all(zip, views, n);
	enum drp_err end = drp_zip_end(zip, err ? NULL : out);
	return err ? err : end;
}
