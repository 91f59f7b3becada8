/* SPDX-License-Identifier: Apache-2.0
 *
 * One table in each format of the public API. All of them are functions of the edition,
 * the selection and the language: they hold no address and no time of their own, so the
 * API and the export command give the same bytes. Each appends to out and returns
 * DRP_E_NOMEM, or DRP_E_IO where a temporary file is needed. Threads: any.
 */
#ifndef DRP_HUB_FORMATS_H
#define DRP_HUB_FORMATS_H

#include "hub/tables/cube.h"
#include "proto/base/buf.h"

struct drp_view {
	const struct drp_cube *cube;
	const struct drp_selection *selection;
	enum drp_language language;
};

/* All tables of an edition, whole. */
struct drp_all_tables {
	struct drp_cube *cube[DRP_CUBES];
	struct drp_selection selection[DRP_CUBES];
	struct drp_view view[DRP_CUBES];
};
enum drp_err drp_all_tables_make(const struct drp_publication *publication,
	enum drp_language language, struct drp_all_tables **all) DRP_MUST_CHECK;
void drp_all_tables_free(struct drp_all_tables *all);

/* "campaign.table": the table's id in PxWebApi and in JSON-stat. */
#define DRP_TABLE_ID (DRP_NAME_MAX + 16)
void drp_table_id(const struct drp_cube *cube, char id[DRP_TABLE_ID]);

/* What is written under a citation: title, edition, date, licence. */
#define DRP_CITATION (320 + DRP_PART_TEXT)
void drp_citation(const struct drp_publication *publication, char text[DRP_CITATION]);

/* drp_metadata_facts calls each with every fact of drp_publication_metadata and its path,
 * "privacy.budget.1.rho", for formats that cannot nest. */
typedef void drp_each_fact(void *self, const char *path, const char *text);
enum drp_err drp_metadata_facts(const struct drp_publication *publication,
	drp_each_fact *each, void *self) DRP_MUST_CHECK;

/* ---- CSV: the columns of observations.csv, one observation a row ---- */

enum drp_csv_style {
	DRP_CSV_COMMA,	  /* RFC 4180, decimal points */
	DRP_CSV_SEMICOLON /* byte order mark, semicolons, decimal commas: spreadsheets
			     of Belgium and the Netherlands */
};

/* labels: a column province_label ... follows for each column of codes. */
enum drp_err drp_format_csv(const struct drp_view *view, enum drp_csv_style style,
	int labels, struct drp_buf *out) DRP_MUST_CHECK;

/* The row's texts in the columns' order, codes as the API has them. */
struct drp_row_texts {
	char number[12], status[2];
	const char *field[17];
};
void drp_row_texts(const struct drp_cube *cube, const struct drp_cube_row *row,
	struct drp_row_texts *texts);

/* Code lists of n tables of one edition: column,code,name_nl,name_fr,name_de,name_en,
 * parent. */
enum drp_err drp_format_codelists(
	const struct drp_view *views, size_t n, struct drp_buf *out) DRP_MUST_CHECK;

/* ---- JSON ---- */

enum drp_jsonstat {
	DRP_JSONSTAT_COMPACT, /* values of a thin cube are an object by position */
	DRP_JSONSTAT_DENSE,   /* an array of every cell */
	DRP_JSONSTAT_METADATA /* no values: PxWebApi */
};
enum drp_err drp_format_jsonstat(const struct drp_view *view, enum drp_jsonstat form,
	struct drp_buf *out) DRP_MUST_CHECK;

/* All that must be known besides the values, with the table's dimensions and codes in
 * four languages. */
enum drp_err drp_format_metadata(
	const struct drp_view *view, struct drp_buf *out) DRP_MUST_CHECK;

/* ---- spreadsheet and archive ---- */

/* Sheets data, codes, notes. */
enum drp_err drp_format_xlsx(
	const struct drp_view *view, struct drp_buf *out) DRP_MUST_CHECK;

/* A Data Package (version 2, with version 1's keys): TABLE.csv of each table,
 * codelists.csv, datapackage.json, metadata.json, README.txt. */
enum drp_err drp_format_package(
	const struct drp_view *views, size_t n, struct drp_buf *out) DRP_MUST_CHECK;

#endif
