/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/tables/table.h"

#include "hub/tables/answer_table.h"
#include "hub/tables/csv_out.h"
#include "hub/tables/observations.h"
#include "hub/tables/table_text.h"
#include "hub/tables/table_view.h"
#include "proto/model/codes.h"
#include "proto/runtime/json.h"

#include <stdio.h>
#include <string.h>

static const char *const measure_name[DRP_TABLE_MEASURES] = {
	"participation", "area", "item", "difference", "trend"};
static const char *const format_name[DRP_TABLE_FORMATS] = {"text", "csv", "json"};

static int find(const char *const *list, int n, const char *text)
{
	for (int i = 0; i < n; i++) {
		if (strcmp(list[i], text) == 0) {
			return i;
		}
	}
	return -1;
}

enum drp_err drp_table_options_read(const char *by, const char *measure,
	const char *format, const char *language, struct drp_table_options *options,
	struct drp_diag *diag)
{
	struct drp_table_options o = {0};
	const char *family =
		!by ? "region"
		: strcmp(by, "province,level") && strcmp(by, "level,province")
			? by
			: "province_level";
	int f = drp_family_of(family);
	int m = find(
		measure_name, DRP_TABLE_MEASURES, measure ? measure : "participation");
	int k = find(format_name, DRP_TABLE_FORMATS, format ? format : "text");
	const char *lang = language ? language : "en";
	if (f < 0) {
		return drp_fail(diag, DRP_E_USAGE,
			"no table by '%s'; choose province, level, network or "
			"province,level",
			by);
	}
	if (m < 0) {
		return drp_fail(diag, DRP_E_USAGE,
			"no measure '%s'; choose participation, area, item, difference "
			"or trend",
			measure);
	}
	if (m == DRP_TABLE_TREND && f == DRP_FAMILY_PROVINCE_LEVEL) {
		return drp_fail(diag, DRP_E_USAGE,
			"no trend by '%s'; choose province, level or network", by);
	}
	if (k < 0) {
		return drp_fail(diag, DRP_E_USAGE,
			"no format '%s'; choose text, csv or json", format);
	}
	if (strcmp(lang, "nl") != 0 && strcmp(lang, "en") != 0) {
		return drp_fail(
			diag, DRP_E_USAGE, "no language '%s'; choose nl or en", language);
	}
	memcpy(o.language, lang, sizeof o.language);
	o.by = (enum drp_family)f;
	o.measure = (enum drp_table_measure)m;
	o.format = (enum drp_table_format)k;
	*options = o;
	return DRP_OK;
}

/* ---- rows of the view, as files have them ---- */

static int in_view(
	const struct drp_observation *o, const struct drp_table_options *options)
{
	int is_answer =
		strcmp(o->measure, "mean") == 0 || strncmp(o->measure, "share_", 6) == 0;
	int is_item = strcmp(o->item, "_T") != 0;
	if (o->family != options->by) {
		return 0;
	}
	return options->measure == DRP_TABLE_PARTICIPATION ? !is_answer
	       : options->measure == DRP_TABLE_AREA	   ? is_answer && !is_item
							   : is_answer && is_item;
}

static void write_csv(const struct drp_edition *edition,
	const struct drp_table_options *options, struct drp_buf *out)
{
	drp_csv_line(out, drp_observation_column, DRP_OBSERVATION_COLUMNS);
	for (size_t i = 0; i < edition->n_observations; i++) {
		struct drp_observation_scratch scratch;
		const char *fields[DRP_OBSERVATION_COLUMNS];
		if (in_view(&edition->observation[i], options)) {
			drp_observation_fields(
				edition, &edition->observation[i], &scratch, fields);
			drp_csv_line(out, fields, DRP_OBSERVATION_COLUMNS);
		}
	}
}

static json_t *count_or_null(int known, uint64_t value)
{
	return known ? json_integer((json_int_t)value) : json_null();
}

static json_t *sums_json(const struct drp_table_view *view)
{
	json_t *object = json_object();
	for (int c = 0; c < DRP_COLUMNS; c++) {
		const struct drp_table_sum *sum = &view->sum[c];
		int schools = c == DRP_COLUMN_REGISTERED || c == DRP_COLUMN_SCHOOLS;
		if (c == DRP_COLUMN_COVERAGE) {
			continue;
		}
		json_t *member = json_pack("{s:s, s:o, s:o, s:o, s:o}", "base",
			!schools      ? "questionnaires"
			: view->pairs ? "school-level pairs"
				      : "schools",
			"total", count_or_null(sum->known, sum->total), "shown",
			count_or_null(sum->known, sum->shown), "suppressed",
			count_or_null(sum->known, sum->suppressed), "unknown",
			count_or_null(sum->known && sum->unknown_known, sum->unknown));
		drp_json_set(&object, drp_table_column_code[c], member);
	}
	return object;
}

static json_t *frame_json(const struct drp_publication *p)
{
	struct drp_frame_line lines[DRP_FRAME_LINES_MAX];
	json_t *list = json_array();
	size_t n = drp_frame_lines(p, lines);
	for (size_t i = 0; i < n; i++) {
		long long part = 0;
		int known = sscanf(lines[i].part, "%lld", &part) == 1;
		drp_json_add(&list,
			json_pack("{s:s, s:s, s:o, s:s, s:I, s:s, s:s, s:s}", "sector",
				drp_sector_code(lines[i].sector), "measure",
				drp_frame_measure_code(lines[i].measure), "campaign",
				count_or_null(known, (uint64_t)part), "status",
				known ? "" : (char[2]){lines[i].status, 0}, "frame",
				(json_int_t)lines[i].whole->value, "unit",
				lines[i].whole->unit, "source", lines[i].whole->source,
				"note", lines[i].whole->note));
	}
	return list;
}

static json_t *rows_json(
	const struct drp_edition *edition, const struct drp_table_options *options)
{
	json_t *rows = json_array();
	for (size_t i = 0; i < edition->n_observations; i++) {
		if (in_view(&edition->observation[i], options)) {
			drp_json_add(&rows,
				drp_observation_json(edition, &edition->observation[i]));
		}
	}
	return rows;
}

static enum drp_err write_json(const struct drp_publication *p,
	const struct drp_table_options *options, struct drp_buf *out,
	struct drp_diag *diag)
{
	struct drp_table_view view;
	enum drp_err err = drp_table_view_make(p->edition, options->by, &view, diag);
	if (err) {
		return err;
	}
	json_t *root = json_pack("{s:s, s:s, s:o}", "by",
		drp_family_code((int)options->by), "measure",
		measure_name[options->measure], "rows", rows_json(p->edition, options));
	if (options->measure == DRP_TABLE_PARTICIPATION) {
		drp_json_set(&root, "sums", sums_json(&view));
		drp_json_set(&root, "frame", frame_json(p));
	}
	drp_json_set(&root, "metadata", drp_publication_metadata(p));
	return drp_json_print(root, DRP_JSON_LINES, out);
}

/* ---- differences ---- */

static void keep_family(struct drp_differences *list, enum drp_family family)
{
	size_t kept = 0;
	for (size_t i = 0; i < list->n; i++) {
		if (list->row[i].one->family == family) {
			list->row[kept++] = list->row[i];
		}
	}
	list->n = kept;
}

static enum drp_err write_differences(struct drp_differences *list,
	const struct drp_table_options *options, struct drp_buf *out)
{
	int language = drp_language_of(options->language);
	keep_family(list, options->by);
	switch (options->format) {
	case DRP_TABLE_CSV:
		return drp_differences_csv(list, '+', 0, out);
	case DRP_TABLE_JSON:
		return drp_differences_json(list, '+', (enum drp_language)language, out);
	default:
		return drp_table_differences_text(list, options, out);
	}
}

static enum drp_err write_groups(const struct drp_publication *publication,
	const struct drp_table_options *options, struct drp_buf *out)
{
	struct drp_differences list;
	enum drp_err err = drp_differences_groups(publication, &list);
	err = err ? err : write_differences(&list, options, out);
	drp_differences_free(&list);
	return err;
}

enum drp_err drp_table_write_trend(const struct drp_publication *later,
	const struct drp_publication *earlier, const struct drp_history *history,
	const struct drp_table_options *options, struct drp_buf *out,
	struct drp_diag *diag)
{
	struct drp_differences list;
	enum drp_err err = drp_differences_sessions(later, earlier, history, &list);
	if (err == DRP_E_STATE) {
		return drp_fail(diag, err,
			"campaign %s cannot be compared with %s; choose an earlier one "
			"with the same questionnaire, region and kind of participation",
			later->edition->campaign, earlier->edition->campaign);
	}
	err = err ? err : write_differences(&list, options, out);
	drp_differences_free(&list);
	return err;
}

enum drp_err drp_table_write(const struct drp_publication *publication,
	const struct drp_table_options *options, struct drp_buf *out,
	struct drp_diag *diag)
{
	if (options->measure == DRP_TABLE_DIFFERENCE) {
		return write_groups(publication, options, out);
	}
	switch (options->format) {
	case DRP_TABLE_CSV:
		write_csv(publication->edition, options, out);
		return out->failed ? DRP_E_NOMEM : DRP_OK;
	case DRP_TABLE_JSON:
		return write_json(publication, options, out, diag);
	default:
		return options->measure == DRP_TABLE_PARTICIPATION
			       ? drp_table_participation_text(
					 publication, options, out, diag)
			       : drp_table_means_text(publication, options, out, diag);
	}
}
