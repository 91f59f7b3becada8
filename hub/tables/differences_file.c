/* SPDX-License-Identifier: Apache-2.0
 *
 * Lists of differences as files.
 */
#include "hub/tables/csv_out.h"
#include "hub/tables/difference.h"
#include "proto/base/date.h"
#include "proto/base/text.h"
#include "proto/model/codes.h"
#include "proto/runtime/json_out.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const column[DRP_DIFFERENCE_COLUMNS] = {"campaign", "edition",
	"other_campaign", "other_edition", "family", "province", "level", "network",
	"group", "other_group", "area", "item", "mean", "other_mean", "difference",
	"se_dp", "ci_low", "ci_high", "n", "other_n", "schools", "other_schools",
	"common_schools", "finding", "status"};

/* Texts, numbers of editions and schools, decimals. */
static const char column_kind[DRP_DIFFERENCE_COLUMNS + 1] = "-i-i--------ddddddiiiii--";

struct scratch {
	char number[2][12], common[24], status[2];
	char place[3][DRP_COHORT_CODE];
};

static const char *folded(const char *code, char fold, char out[DRP_COHORT_CODE])
{
	snprintf(out, DRP_COHORT_CODE, "%s", code);
	for (char *at = out; (at = strchr(at, '+'));) {
		*at++ = fold;
	}
	return out;
}

/* A row's texts in the order of the columns; empty texts are empty fields. They live as
 * long as list and scratch. */
static void fill(const struct drp_differences *list, const struct drp_difference *d,
	char fold, struct scratch *scratch, const char *fields[DRP_DIFFERENCE_COLUMNS])
{
	const struct drp_observation *a = d->one, *b = d->other;
	const struct drp_edition *one = list->one->edition, *other = list->other->edition;
	snprintf(scratch->number[0], sizeof scratch->number[0], "%u", one->number);
	snprintf(scratch->number[1], sizeof scratch->number[1], "%u", other->number);
	scratch->common[0] = 0;
	scratch->status[0] = d->status == DRP_SHOWN ? 0 : d->status;
	scratch->status[1] = 0;
	if (d->common >= 0) {
		snprintf(scratch->common, sizeof scratch->common, "%" PRId64, d->common);
	}
	const char *const all[DRP_DIFFERENCE_COLUMNS] = {one->campaign,
		scratch->number[0], other->campaign, scratch->number[1],
		drp_family_code(a->family), folded(a->province, fold, scratch->place[0]),
		folded(a->level, fold, scratch->place[1]),
		folded(a->network, fold, scratch->place[2]), drp_group_code(a->group),
		drp_group_code(b->group), a->area, a->item, a->value, b->value, d->value,
		d->se, d->low, d->high, a->n, b->n, a->schools, b->schools,
		scratch->common, drp_finding_code(d->finding), scratch->status};
	memcpy(fields, all, sizeof all);
}

/* ---- csv ---- */

enum drp_err drp_differences_csv(
	const struct drp_differences *list, char fold, int semicolon, struct drp_buf *out)
{
	struct drp_csv_out csv;
	struct scratch scratch;
	const char *fields[DRP_DIFFERENCE_COLUMNS];
	drp_csv_begin(&csv, out, semicolon);
	for (size_t c = 0; c < DRP_DIFFERENCE_COLUMNS; c++) {
		drp_csv_field(&csv, column[c]);
	}
	drp_csv_end(&csv);
	for (size_t i = 0; i < list->n; i++) {
		fill(list, &list->row[i], fold, &scratch, fields);
		for (size_t c = 0; c < DRP_DIFFERENCE_COLUMNS; c++) {
			if (column_kind[c] == 'd') {
				drp_csv_decimal(&csv, fields[c]);
			} else {
				drp_csv_field(&csv, fields[c]);
			}
		}
		drp_csv_end(&csv);
	}
	return out->failed ? DRP_E_NOMEM : DRP_OK;
}

/* ---- json ---- */

static void rule_json(struct drp_json_out *json, int sessions, enum drp_language language)
{
	drp_json_open(json, "rule", '{');
	drp_json_string(json, "text", drp_difference_rule(language));
	drp_json_string(json, "caveat", drp_difference_caveat(sessions, language));
	drp_json_raw(json, "confidence", "0.95");
	drp_json_raw(json, "clear_beyond_se", "1.96");
	drp_json_raw(json, "relevant_from", "0.25");
	drp_json_string(json, "error",
		"standard error of both means' privacy noise, independent: the root of "
		"the sum of squares, rounded up");
	drp_json_close(json, '}');
}

static void session_json(
	struct drp_json_out *json, const char *key, const struct drp_publication *p)
{
	char from[DRP_DATE_TEXT], to[DRP_DATE_TEXT], hash[65];
	drp_hex(p->instrument->hash.b, sizeof p->instrument->hash.b, hash);
	drp_json_open(json, key, '{');
	drp_json_string(json, "campaign", p->edition->campaign);
	drp_json_number(json, "edition", p->edition->number);
	drp_json_string(json, "title", p->manifest->title);
	drp_json_string(json, "from", drp_date_format(p->manifest->period_from, from));
	drp_json_string(json, "to", drp_date_format(p->manifest->period_to, to));
	drp_json_number(json, "schools", p->edition->schools_took_part);
	drp_json_string(json, "instrument_hash", hash);
	drp_json_value(json, "metadata", drp_publication_metadata(p));
	drp_json_close(json, '}');
}

/* Numbers keep the digits that they are printed with; an empty field is null. */
static void row_json(
	struct drp_json_out *json, const char *const fields[DRP_DIFFERENCE_COLUMNS])
{
	drp_json_open(json, NULL, '{');
	for (size_t c = 0; c < DRP_DIFFERENCE_COLUMNS; c++) {
		if (column_kind[c] == '-') {
			drp_json_string(json, column[c], fields[c]);
		} else {
			drp_json_raw(json, column[c], *fields[c] ? fields[c] : "null");
		}
	}
	drp_json_close(json, '}');
}

enum drp_err drp_differences_json(const struct drp_differences *list, char fold,
	enum drp_language language, struct drp_buf *out)
{
	struct drp_json_out json = {out, 0};
	struct scratch scratch;
	const char *fields[DRP_DIFFERENCE_COLUMNS];
	int sessions = list->one != list->other;
	drp_json_open(&json, NULL, '{');
	drp_json_string(&json, "between", sessions ? "sessions" : "groups");
	rule_json(&json, sessions, language);
	session_json(&json, "session", list->one);
	if (sessions) {
		session_json(&json, "other_session", list->other);
	}
	drp_json_open(&json, "differences", '[');
	for (size_t i = 0; i < list->n; i++) {
		fill(list, &list->row[i], fold, &scratch, fields);
		row_json(&json, fields);
	}
	drp_json_close(&json, ']');
	drp_json_close(&json, '}');
	drp_buf_text(out, "\n");
	return out->failed ? DRP_E_NOMEM : DRP_OK;
}
