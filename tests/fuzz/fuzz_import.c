/* SPDX-License-Identifier: Apache-2.0
 *
 * An import: the first byte chooses format, mapping and where group and level come from,
 * the rest is the file. Every row is kept or dropped for a reason, every item's counts
 * sum to the questionnaires, the JSON parses, a failure leaves nothing behind, and what
 * was kept, written as a plain CSV, imports to the same counts.
 */
#include "node/import.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/node_fixture.h"

#include <jansson.h>
#include <string.h>

enum { WITH_LIMESURVEY = 1, WITH_MAPPING = 2, BY_COLUMN = 4 };

static struct drp_instrument instrument;

static struct drp_mapping *load_mapping(int limesurvey)
{
	static const char csv[] =
		"tool: csv\nperson: rec\ncompleted: {column: done, values: [\"2\"]}\n"
		"age: age\nmissing: [\"-9\"]\nignore: [remarks]\n"
		"scales:\n  - {scale: agree, codes: {1: [a], 5: [e], NA: [z]}}\n"
		"columns:\n  - {column: q1, item: B2}\n";
	static const char lime[] =
		"tool: limesurvey\ncolumns:\n"
		"  - {column: \"Q2[SQ001]\", item: B1}\n"
		"  - {column: \"Q5[S][2]\", item: X4, codes: {ticked: [Y]}}\n";
	struct drp_mapping *mapping = NULL;
	const char *text = limesurvey ? lime : csv;
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

static const char *cell(int answer)
{
	static const char *const cells[DRP_ANSWERS] = {
		"", "1", "2", "3", "4", "5", "6", "7", "1", "0", "NA", "\"\""};
	return cells[answer];
}

static void round_trip(const struct drp_import_result *result)
{
	struct drp_import_options options = {.format = DRP_FORMAT_CSV, .group = -1};
	struct drp_import_result again = {0};
	struct drp_buf out = {0};
	drp_buf_text(&out, "group,level");
	for (int item = 0; item < T1; item++) {
		drp_buf_printf(&out, ",%s", instrument.item[item].code);
	}
	for (uint32_t r = 0; r < result->rows_kept; r++) {
		static const char *const groups[] = {"leader", "teacher", "pupil"};
		const struct drp_import_row *row = &result->row[r];
		drp_buf_printf(&out, "\n%s,%u", groups[row->group], row->level);
		for (int item = 0; item < T1; item++) {
			drp_buf_printf(&out, ",%s", cell(row->sheet.answer[item]));
		}
	}
	REQUIRE(drp_import(&instrument, &options, out.data, out.len, &again, NULL) ==
		DRP_OK);
	for (int group = 0; group < DRP_GROUPS; group++) {
		REQUIRE(memcmp(result->tabulation[group].count,
				again.tabulation[group].count,
				sizeof again.tabulation[group].count) == 0);
	}
	drp_import_free(&again);
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
	struct drp_mapping *mapping =
		data[0] & WITH_MAPPING ? load_mapping(data[0] & WITH_LIMESURVEY) : NULL;
	struct drp_import_options options = {
		.format = data[0] & WITH_LIMESURVEY ? DRP_FORMAT_LIMESURVEY
						    : DRP_FORMAT_CSV,
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
