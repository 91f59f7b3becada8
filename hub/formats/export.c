/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/formats/export.h"

#include "hub/formats/formats.h"
#include "hub/formats/readme.h"
#include "hub/formats/sdmx.h"
#include "hub/tables/csv_out.h"
#include "hub/tables/dictionary.h"
#include "hub/tables/observations.h"
#include "proto/base/text.h"
#include "proto/crypto/crypto.h"
#include "proto/runtime/json.h"
#include "proto/runtime/system.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const struct {
	const char *name;
	unsigned bit;
} format[] = {{"csv", DRP_EXPORT_CSV}, {"json", DRP_EXPORT_JSON},
	{"msgpack", DRP_EXPORT_MSGPACK}, {"xlsx", DRP_EXPORT_XLSX},
	{"json-stat", DRP_EXPORT_JSONSTAT}, {"sdmx-ml", DRP_EXPORT_SDMX_ML},
	{"sdmx-csv", DRP_EXPORT_SDMX_CSV}, {"datapackage", DRP_EXPORT_DATAPACKAGE}};

#define N_FORMATS (sizeof format / sizeof format[0])

enum drp_err drp_export_formats(
	const char *text, unsigned *formats, struct drp_diag *diag)
{
	unsigned mask = 0;
	const char *at = text ? text : "csv,json,msgpack";
	for (;;) {
		size_t n = strcspn(at, ","), i = 0;
		while (i < N_FORMATS && (strlen(format[i].name) != n ||
						strncmp(format[i].name, at, n) != 0)) {
			i++;
		}
		if (i == N_FORMATS) {
			return drp_fail(diag, DRP_E_USAGE,
				"no export format '%.*s'; choose from "
				"csv,json,msgpack,xlsx,json-stat,sdmx-ml,sdmx-csv,"
				"datapackage",
				(int)n, at);
		}
		mask |= format[i].bit;
		if (!at[n]) {
			*formats = mask;
			return DRP_OK;
		}
		at += n + 1;
	}
}

/* ---- contents ---- */

static enum drp_err observations_csv(const struct drp_publication *p, struct drp_buf *out)
{
	drp_csv_line(out, drp_observation_column, DRP_OBSERVATION_COLUMNS);
	for (size_t i = 0; i < p->edition->n_observations; i++) {
		struct drp_observation_scratch scratch;
		const char *fields[DRP_OBSERVATION_COLUMNS];
		drp_observation_fields(
			p->edition, &p->edition->observation[i], &scratch, fields);
		drp_csv_line(out, fields, DRP_OBSERVATION_COLUMNS);
	}
	return out->failed ? DRP_E_NOMEM : DRP_OK;
}

static enum drp_err observations_json(
	const struct drp_publication *p, struct drp_buf *out)
{
	json_t *rows = json_array();
	for (size_t i = 0; i < p->edition->n_observations; i++) {
		drp_json_add(&rows,
			drp_observation_json(p->edition, &p->edition->observation[i]));
	}
	return drp_json_print(rows, DRP_JSON_LINES, out);
}

/* The bytes that the hub stored: the form is canonical, so encoding gives them back. A
 * part of an edition has no such form. */
static enum drp_err observations_msgpack(
	const struct drp_publication *p, struct drp_buf *out)
{
	if (p->network) {
		return DRP_E_STATE;
	}
	struct drp_hash stored = p->edition->hash;
	enum drp_err err = drp_edition_encode(p->edition, out);
	return err					    ? err
	       : drp_hash_equal(&stored, &p->edition->hash) ? DRP_OK
							    : DRP_E_HASH;
}

static enum drp_err metadata(const struct drp_publication *p, struct drp_buf *out)
{
	return drp_json_print(drp_publication_metadata(p), DRP_JSON_LINES, out);
}

static const struct drp_readme_note readme_note[] = {
	{"observations",
		"one observation a row, in the columns of the data dictionary. csv: "
		"UTF-8, comma, dot decimals. json: the same rows. msgpack: the edition "
		"in its canonical form, rows as columns, with the sums that were opened; "
		"its BLAKE2b-256 hash is edition_hash in metadata.json"},
	{"datadictionary", "every column and code, in Dutch and English, with units and "
			   "the base of every percentage"},
	{"metadata.json", "dates, thresholds, noise and budget, the steps from noisy "
			  "sums to values, licence"},
	{"CHECKSUMS", "BLAKE2b-256; check with: b2sum -l 256 -c CHECKSUMS"},
};

static enum drp_err readme(const struct drp_publication *p, struct drp_buf *out)
{
	return drp_readme(
		p, readme_note, sizeof readme_note / sizeof readme_note[0], out);
}

/* ---- files ---- */

struct target {
	const char *dir;
	struct drp_buf checksums;
	struct drp_diag *diag;
};

static enum drp_err write_file(
	struct target *t, const char *name, const struct drp_buf *content)
{
	char path[DRP_PATH_MAX], hex[65];
	struct drp_hash hash;
	enum drp_err err = drp_path(path, t->dir, name, t->diag);
	err = err ? err
		  : drp_file_write(path, content->data, content->len, 0644, t->diag);
	if (err == DRP_OK) {
		drp_hash_bytes(content->data, content->len, &hash);
		drp_hex(hash.b, sizeof hash.b, hex);
		drp_buf_printf(&t->checksums, "%s  %s\n", hex, name);
	}
	return err;
}

static const struct {
	const char *name;
	unsigned formats; /* written when one of them is asked for */
	enum drp_err (*make)(const struct drp_publication *p, struct drp_buf *out);
} files[] = {
	{"observations.csv", DRP_EXPORT_CSV, observations_csv},
	{"observations.json", DRP_EXPORT_JSON, observations_json},
	{"observations.msgpack", DRP_EXPORT_MSGPACK, observations_msgpack},
	{"datadictionary.csv", DRP_EXPORT_ALL, drp_dictionary_csv},
	{"datadictionary.json", DRP_EXPORT_ALL, drp_dictionary_json},
	{"metadata.json", DRP_EXPORT_ALL, metadata},
	{"README.txt", DRP_EXPORT_ALL, readme},
};

/* Makes and writes one file of the first kind. */
static enum drp_err add_file(struct target *t, const struct drp_publication *p, size_t i)
{
	struct drp_buf content = {0};
	enum drp_err err = files[i].make(p, &content);
	if (err) {
		drp_fail(t->diag, err, "%s cannot be made: %s", files[i].name,
			drp_err_text(err));
	} else {
		err = write_file(t, files[i].name, &content);
	}
	drp_buf_clear(&content);
	return err;
}

/* ---- the public API's tables ---- */

static enum drp_err xlsx(const struct drp_view *view, struct drp_buf *out)
{
	return drp_format_xlsx(view, out);
}

static enum drp_err jsonstat(const struct drp_view *view, struct drp_buf *out)
{
	return drp_format_jsonstat(view, DRP_JSONSTAT_COMPACT, out);
}

static enum drp_err sdmx_ml(const struct drp_view *view, struct drp_buf *out)
{
	return drp_sdmx_data(view, DRP_SDMX_GENERIC, DRP_SDMX_FULL, out);
}

static enum drp_err sdmx_csv(const struct drp_view *view, struct drp_buf *out)
{
	return drp_sdmx_data(view, DRP_SDMX_CSV, DRP_SDMX_FULL, out);
}

static const struct {
	const char *suffix;
	unsigned format;
	enum drp_err (*make)(const struct drp_view *view, struct drp_buf *out);
} table_files[] = {
	{".xlsx", DRP_EXPORT_XLSX, xlsx},
	{".json", DRP_EXPORT_JSONSTAT, jsonstat},
	{".sdmx.xml", DRP_EXPORT_SDMX_ML, sdmx_ml},
	{".sdmx.csv", DRP_EXPORT_SDMX_CSV, sdmx_csv},
};

static enum drp_err structures(const struct drp_all_tables *all, struct drp_buf *out)
{
	const struct drp_sdmx_wanted everything = {.parts = ~0u};
	size_t n;
	return drp_sdmx_structure((const struct drp_cube *const *)all->cube, DRP_CUBES,
		&everything, out, &n);
}

/* Writes what making it gave, and frees it. */
static enum drp_err add_table(
	struct target *t, enum drp_err err, const char *name, struct drp_buf *content)
{
	if (err) {
		drp_fail(t->diag, err, "%s cannot be made: %s", name, drp_err_text(err));
	} else {
		err = write_file(t, name, content);
	}
	drp_buf_clear(content);
	return err;
}

static enum drp_err add_tables(
	struct target *t, const struct drp_all_tables *all, unsigned formats)
{
	struct drp_buf content = {0};
	enum drp_err err = DRP_OK;
	for (size_t i = 0; err == DRP_OK && i < DRP_CUBES * 4; i++) {
		char name[64];
		snprintf(name, sizeof name, "%s%s",
			drp_cube_name((enum drp_cube_table)(i / 4)),
			table_files[i % 4].suffix);
		if (table_files[i % 4].format & formats) {
			err = table_files[i % 4].make(&all->view[i / 4], &content);
			err = add_table(t, err, name, &content);
		}
	}
	if (err == DRP_OK && formats & DRP_EXPORT_SDMX_ML) {
		err = structures(all, &content);
		err = add_table(t, err, "structures.sdmx.xml", &content);
	}
	if (err == DRP_OK && formats & DRP_EXPORT_DATAPACKAGE) {
		err = drp_format_package(all->view, DRP_CUBES, &content);
		err = add_table(t, err, "datapackage.zip", &content);
	}
	return err;
}

static enum drp_err write_tables(
	struct target *t, const struct drp_publication *p, unsigned formats)
{
	struct drp_all_tables *all;
	if (!(formats & ~DRP_EXPORT_USUAL)) {
		return DRP_OK;
	}
	enum drp_err err = drp_all_tables_make(p, DRP_NL, &all);
	if (err) {
		return drp_fail(t->diag, err, "no memory for the tables");
	}
	err = add_tables(t, all, formats);
	drp_all_tables_free(all);
	return err;
}

/* Public files: whoever the operator's umask lets in may read them. */
static enum drp_err make_folder(const char *dir, struct drp_diag *diag)
{
	struct stat st;
	if (mkdir(dir, 0777) == 0 ||
		(errno == EEXIST && stat(dir, &st) == 0 && S_ISDIR(st.st_mode))) {
		return DRP_OK;
	}
	return drp_fail(diag, DRP_E_IO, "%s: the folder cannot be made: %s", dir,
		strerror(errno));
}

enum drp_err drp_export_write(const struct drp_publication *publication, const char *dir,
	unsigned formats, struct drp_diag *diag)
{
	struct target t = {.dir = dir, .diag = diag};
	enum drp_err err = make_folder(dir, diag);
	for (size_t i = 0; err == DRP_OK && i < sizeof files / sizeof files[0]; i++) {
		if (files[i].formats & formats) {
			err = add_file(&t, publication, i);
		}
	}
	err = err ? err : write_tables(&t, publication, formats);
	if (err == DRP_OK) {
		struct drp_buf list = t.checksums;
		t.checksums = (struct drp_buf){0};
		err = list.failed ? drp_fail(diag, DRP_E_NOMEM, "no memory for CHECKSUMS")
				  : write_file(&t, "CHECKSUMS", &list);
		drp_buf_clear(&list);
	}
	drp_buf_clear(&t.checksums);
	return err;
}

enum drp_err drp_export(struct drp_hub *hub, const char *id, const char *dir,
	unsigned formats, struct drp_diag *diag)
{
	struct drp_publication publication;
	enum drp_err err = drp_publication_load(hub, id, &publication, diag);
	err = err ? err : drp_export_write(&publication, dir, formats, diag);
	drp_publication_free(&publication);
	return err;
}
