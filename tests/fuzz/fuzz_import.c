/* SPDX-License-Identifier: Apache-2.0
 *
 * An import: the first byte chooses format, mapping and where group and level come from,
 * the rest is the file. Every row is kept or dropped for a reason, every item's counts
 * sum to the questionnaires, the JSON parses, a failure leaves nothing behind, and what
 * was kept, written as a plain CSV and as JSON, imports to the same counts.
 */
#include "node/import/import.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/node_fixture.h"

#include <jansson.h>
#include <string.h>

enum { WITH_LIMESURVEY = 1, WITH_MAPPING = 2, BY_COLUMN = 4, WITH_JSON = 8 };

static struct drp_instrument instrument;

#define ROLES                                                                            \
	"person: rec\ncompleted: {column: done, values: [\"2\"]}\n"                      \
	"age: age\nmissing: [\"-9\"]\nignore: [remarks]\n"                               \
	"scales:\n  - {scale: agree, codes: {1: [a], 5: [e], NA: [z]}}\n"                \
	"columns:\n  - {column: q1, item: B2}\n"

static struct drp_mapping *load_mapping(enum drp_format format)
{
	static const char *const yaml[] = {[DRP_FORMAT_CSV] = "tool: csv\n" ROLES,
		[DRP_FORMAT_JSON] = "tool: json\n" ROLES,
		[DRP_FORMAT_LIMESURVEY] =
			"tool: limesurvey\ncolumns:\n"
			"  - {column: \"Q2[SQ001]\", item: B1}\n"
			"  - {column: \"Q5[S][2]\", item: X4, codes: {ticked: [Y]}}\n"};
	struct drp_mapping *mapping = NULL;
	const char *text = yaml[format];
	REQUIRE(drp_mapping_load(text, strlen(text), "map", &instrument, &mapping,
			NULL) == DRP_OK);
	return mapping;
}

static void check_counts(const struct drp_import_result *result)
{
	uint32_t dropped = 0, kept = 0;
	for (int fate = 0; fate < DRP_ROW_FATES; fate++) {
		dropped += result->rows_dropped[fate];
	}
	REQUIRE(result->rows_kept + dropped == result->rows_read);
	for (int group = 0; group < DRP_GROUPS; group++) {
		const struct drp_tabulation *tabulation = &result->tabulation[group];
		kept += tabulation->n;
		for (int item = 0; item < FIXTURE_ITEMS; item++) {
			uint32_t n = 0;
			for (int answer = 0; answer < DRP_ANSWERS; answer++) {
				n += tabulation->count[item][answer];
			}
			REQUIRE(n == tabulation->n);
		}
	}
	REQUIRE(kept == result->rows_kept);
}

static void check_json(const struct drp_import_result *result)
{
	struct drp_buf out = {0};
	REQUIRE(drp_import_json(result, &instrument, &out) == DRP_OK);
	json_t *json = json_loadb((const char *)out.data, out.len, 0, NULL);
	REQUIRE(json != NULL);
	json_decref(json);
	out.len = 0;
	REQUIRE(drp_import_notes(result, &instrument, &out) == DRP_OK);
	drp_buf_clear(&out);
}

static const char *const groups[] = {"leader", "teacher", "pupil"};

static void write_csv(const struct drp_import_result *result, struct drp_buf *out)
{
	static const char *const cells[DRP_ANSWERS] = {
		"", "1", "2", "3", "4", "5", "6", "7", "1", "0", "NA", "\"\""};
	drp_buf_text(out, "group,level");
	for (int item = 0; item < T1; item++) {
		drp_buf_printf(out, ",%s", instrument.item[item].code);
	}
	for (uint32_t r = 0; r < result->rows_kept; r++) {
		const struct drp_import_row *row = &result->row[r];
		drp_buf_printf(out, "\n%s,%u", groups[row->group], row->level);
		for (int item = 0; item < T1; item++) {
			drp_buf_printf(out, ",%s", cells[row->sheet.answer[item]]);
		}
	}
}

static void write_json(const struct drp_import_result *result, struct drp_buf *out)
{
	static const char *const values[DRP_ANSWERS] = {
		NULL, "1", "2", "3", "4", "5", "6", "7", "1", "0", "\"NA\"", "null"};
	/* The first one names all, and is not complete. */
	drp_buf_text(out, "[{\"completed\": false");
	for (int item = 0; item < T1; item++) {
		drp_buf_printf(out, ",\"%s\": null", instrument.item[item].code);
	}
	for (uint32_t r = 0; r < result->rows_kept; r++) {
		const struct drp_import_row *row = &result->row[r];
		drp_buf_printf(out,
			"},\n{\"completed\": true, \"group\": \"%s\", \"level\": %u",
			groups[row->group], row->level);
		for (int item = 0; item < T1; item++) {
			const char *value = values[row->sheet.answer[item]];
			if (value) {
				drp_buf_printf(out, ",\"%s\":%s",
					instrument.item[item].code, value);
			}
		}
	}
	drp_buf_text(out, "}]");
}

/* It imports to the same counts. */
static void check_again(const struct drp_import_result *result, enum drp_format format,
	const struct drp_buf *file)
{
	struct drp_import_options options = {.format = format, .group = -1};
	struct drp_import_result again = {0};
	if (format == DRP_FORMAT_JSON && result->rows_kept == 0) {
		return; /* no group and level to tell */
	}
	REQUIRE(drp_import(&instrument, &options, file->data, file->len, &again, NULL) ==
		DRP_OK);
	for (int group = 0; group < DRP_GROUPS; group++) {
		REQUIRE(memcmp(result->tabulation[group].count,
				again.tabulation[group].count,
				sizeof again.tabulation[group].count) == 0);
	}
	drp_import_free(&again);
}

static void round_trip(const struct drp_import_result *result)
{
	struct drp_buf out = {0};
	write_csv(result, &out);
	check_again(result, DRP_FORMAT_CSV, &out);
	out.len = 0;
	write_json(result, &out);
	check_again(result, DRP_FORMAT_JSON, &out);
	drp_buf_clear(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct drp_import_result result = {0};
	struct drp_diag diag = {0};
	if (size == 0) {
		return 0;
	}
	fixture_instrument(&instrument);
	enum drp_format format = data[0] & WITH_JSON	     ? DRP_FORMAT_JSON
				 : data[0] & WITH_LIMESURVEY ? DRP_FORMAT_LIMESURVEY
							     : DRP_FORMAT_CSV;
	struct drp_mapping *mapping =
		data[0] & WITH_MAPPING ? load_mapping(format) : NULL;
	struct drp_import_options options = {
		.format = format,
		.mapping = mapping,
		.group = data[0] & BY_COLUMN ? -1 : DRP_TEACHER,
		.level = data[0] & BY_COLUMN ? 0 : 1,
		.group_column = data[0] & BY_COLUMN ? "group" : NULL,
	};
	if (drp_import(&instrument, &options, data + 1, size - 1, &result, &diag)) {
		REQUIRE(diag.code == DRP_E_INPUT && diag.text[0]);
		REQUIRE(!result.row && result.rows_read == 0 && result.n_unknown == 0);
	} else {
		check_counts(&result);
		check_json(&result);
		round_trip(&result);
	}
	drp_import_free(&result);
	drp_mapping_free(mapping);
	return 0;
}
