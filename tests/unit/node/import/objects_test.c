/* SPDX-License-Identifier: Apache-2.0
 *
 * The import of JSON: what the reader makes of a file, and that the same answers in CSV
 * and in JSON are the same counts.
 */
#include "node/import/objects.h"

#include "proto/base/alloc.h"
#include "proto/runtime/json.h"
#include "tests/support/import_fixture.h"

#include <stdlib.h>

static void start_json(int group, int level)
{
	start(DRP_FORMAT_JSON, group, level);
}

static void teachers(void)
{
	start_json(DRP_TEACHER, 1);
}

static void by_item_codes(void)
{
	teachers();
	reads("\xEF\xBB\xBF [\n {\"B1\": 1, \"B2\": 5, \"B4\": \"NA\"},\n"
	      " {\"B2\": null, \"B4\": 3},\r\n\t{\"B4\":\"NA\",\"B2\":\"\",\"B1\":\"4\"} "
	      "]\n");
	CHECK_INT(result.rows_read, 3);
	CHECK_INT(result.rows_kept, 3);
	CHECK_INT(result.tabulation[DRP_TEACHER].n, 3);
	CHECK_INT(count(B1, 1), 1);
	CHECK_INT(count(B1, 4), 1);
	CHECK_INT(count(B1, DRP_ANSWER_NOT_SHOWN), 1);
	CHECK_INT(count(B2, 5), 1);
	CHECK_INT(count(B2, DRP_ANSWER_BLANK), 2);
	CHECK_INT(count(B4, 3), 1);
	CHECK_INT(count(B4, DRP_ANSWER_NA), 2);
	CHECK_INT(count(C9, DRP_ANSWER_NOT_SHOWN), 3);
	CHECK_INT(result.row[1].sheet.answer[B4], 3);
}

/* ---- the same answers ---- */

#define SHEETS 400

static const char *const csv_cell[] = {"1", "2", "3", "4", "5", "NA", "\"\"", ""};
static const char *const json_value[] = {
	"1", "\"2\"", "3", "4", "5", "\"NA\"", "null", NULL};
static const char *const csv_tick[] = {"1", "Y", "0", "N", "\"\"", ""};
static const char *const json_tick[] = {"true", "1", "false", "0", "\"\"", NULL};

static void one_of_each(struct drp_buf *csv, struct drp_buf *json, const char *code,
	const char *const *cells, const char *const *values, size_t n)
{
	size_t which = (size_t)rand() % n;
	if (code[1] == '2' && cells == csv_cell) {
		which %= 5; /* a scale without NA */
	}
	drp_buf_printf(csv, ",%s", cells[which]);
	if (values[which]) {
		drp_buf_printf(json, ", \"%s\": %s", code, values[which]);
	}
}

static void write_both(struct drp_buf *csv, struct drp_buf *json)
{
	drp_buf_text(csv, "person,completed,naam,B1,B2,B4,X4\n");
	for (int i = 0; i < SHEETS; i++) {
		int done = rand() % 8 > 0;
		drp_buf_printf(csv, "%d,%d," CANARY, i, done);
		drp_buf_printf(json,
			"%c {\"completed\": %s, \"person\": %d, \"naam\": \"" CANARY "\"",
			i ? ',' : '[', done ? "true" : "false", i);
		one_of_each(csv, json, "B1", csv_cell, json_value, 8);
		one_of_each(csv, json, "B2", csv_cell, json_value, 8);
		one_of_each(csv, json, "B4", csv_cell, json_value, 8);
		one_of_each(csv, json, "X4", csv_tick, json_tick, 6);
		drp_buf_text(csv, "\n");
		drp_buf_text(json, "}\n");
	}
	drp_buf_text(json, "]");
}

static void as_in_csv(void)
{
	struct drp_buf csv = {0}, json = {0};
	struct drp_import_result other = {0};
	srand(7);
	write_both(&csv, &json);
	teachers();
	reads(drp_buf_string(&json));
	options.format = DRP_FORMAT_CSV;
	CHECK_OK(drp_import(&instrument, &options, csv.data, csv.len, &other, &diag));
	CHECK(result.rows_kept > SHEETS / 2 && result.rows_kept < SHEETS);
	CHECK_INT(result.rows_read, other.rows_read);
	CHECK_MEM(result.rows_dropped, other.rows_dropped, sizeof other.rows_dropped);
	CHECK_MEM(result.tabulation, other.tabulation, sizeof other.tabulation);
	struct drp_buf a = {0}, b = {0};
	CHECK_OK(drp_import_json(&result, &instrument, &a));
	CHECK_OK(drp_import_json(&other, &instrument, &b));
	CHECK_STR(drp_buf_string(&a), drp_buf_string(&b));
	CHECK_INT(result.n_unknown, 1);
	CHECK_INT(result.n_missing, other.n_missing);
	drp_import_free(&other);
	drp_buf_clear(&a);
	drp_buf_clear(&b);
	drp_buf_clear(&csv);
	drp_buf_clear(&json);
}

/* ---- what is dropped ---- */

static void members_outside(void)
{
	static const uint16_t missing[] = {B2, C9, X1, X4};
	struct drp_buf notes = {0};
	teachers();
	reads("[{\"remark\": \"" CANARY "\", \"B1\": 1, \"meta\": {\"mail\": [\"" CANARY
	      "\", {\"" CANARY "\": 1}]}},"
	      " {\"B4\": 2, \"seconds\": 391.07, \"T1\": \"" CANARY "\", \"b2\": true}]");
	CHECK_INT(result.rows_kept, 2);
	CHECK_INT(result.n_missing, 4);
	CHECK_MEM(result.missing, missing, sizeof missing);
	CHECK_OK(drp_import_notes(&result, &instrument, &notes));
	CHECK_STR(drp_buf_string(&notes),
		"members outside instrument small, dropped: remark, meta, seconds, b2\n"
		"items without a member, counted as not shown: B2, C9, X1, X4\n");
	drp_buf_clear(&notes);
}

static void completed(void)
{
	teachers();
	reads("[{\"B1\": 1, \"completed\": true}, {\"B1\": 2, \"completed\": false},"
	      " {\"B1\": \"" CANARY "\"}, {\"B1\": 3, \"completed\": \"Y\"},"
	      " {\"B1\": 4, \"completed\": 0}, {\"B1\": 5, \"completed\": 1},"
	      " {\"completed\": null}, {}]");
	CHECK_INT(result.rows_read, 8);
	CHECK_INT(result.rows_kept, 3);
	CHECK_INT(result.rows_dropped[DRP_ROW_INCOMPLETE], 4);
	CHECK_INT(result.rows_dropped[DRP_ROW_EMPTY], 1);
	refuses("[{\"B1\": 1,\n\"completed\": \"" CANARY "\"}]",
		"questionnaire 1 (line 1), member completed: expected 1 or 0");
}

static void ticks(void)
{
	teachers();
	reads("[{\"X4\": true}, {\"X4\": null}, {\"X4\": \"Y\"}, {}, {\"B1\": 1}]");
	CHECK_INT(count(X4, DRP_ANSWER_TICKED), 2);
	CHECK_INT(count(X4, DRP_ANSWER_NOT_TICKED), 1);
	CHECK_INT(count(X4, DRP_ANSWER_NOT_SHOWN), 1);
	reads("[{\"X4\": true}, {\"X4\": null}, {\"X4\": false}]");
	CHECK_INT(count(X4, DRP_ANSWER_BLANK), 1);
	CHECK_INT(count(X4, DRP_ANSWER_NOT_TICKED), 1);
	refuses("[{\"X4\": 2}]", "questionnaire 1 (line 1), member X4: not a tick");
}

static void groups_and_levels(void)
{
	start_json(-1, 0);
	reads("[{\"group\": \"leader\", \"level\": 2, \"B1\": 5, \"X4\": 1},\n"
	      "{\"group\": \"pupil\", \"level\": \"2\", \"B1\": 4, \"D3\": 3}]");
	CHECK_INT(result.groups, 1 << DRP_LEADER | 1 << DRP_PUPIL);
	CHECK_INT(result.tabulation[DRP_PUPIL].count[D3][3], 1);
	refuses("[{\"group\": \"leader\", \"level\": 2, \"B1\": 5},\n\n{\"group\": "
		"\"" CANARY "\", \"level\": 1}]",
		"questionnaire 2 (line 3), member group: not a group");
	refuses("[{\"level\": 2, \"B1\": 5}]", "the file has no member group");
	refuses("[{\"group\": \"pupil\", \"B1\": 5}]", "the file has no member level");
	teachers();
	refuses("[{\"group\": \"pupil\", \"B1\": 5}]", "another group than the command");
}

static void one_person(void)
{
	teachers();
	refuses("[{\"person\": \"" CANARY "\", \"B1\": 1}, {\"person\": 7, \"B1\": 1},"
		"{\"B1\": 2}, {\"person\": \"" CANARY "\", \"B1\": 3}]",
		"questionnaires 1 and 4: the same person in member person;");
	refuses("[{\"person\": 12, \"B1\": 1}, {\"person\": \"12\", \"B1\": 1}]",
		"questionnaires 1 and 2");
	reads("[{\"person\": null, \"B1\": 1}, {\"person\": \"\", \"B1\": 1}]");
	CHECK_INT(result.rows_kept, 2);
}

static void by_a_mapping(void)
{
	teachers();
	map("tool: json\nperson: rec\ncompleted: {column: state, values: [\"true\"]}\n"
	    "missing: [\"-9\"]\nignore: [remarks]\n"
	    "columns:\n  - {column: q1, item: B1, codes: {1: [laag], 5: [hoog]}}\n"
	    "  - {column: box, item: X4, codes: {ticked: [\"true\"], not_ticked: "
	    "[\"false\"]}}\n");
	reads("[{\"rec\": 1, \"state\": true, \"q1\": \"hoog\", \"B4\": -9, \"box\": "
	      "true,"
	      " \"remarks\": {\"a\": \"" CANARY
	      "\"}}, {\"rec\": 2, \"state\": \"open\"}]");
	CHECK_INT(count(B1, 5), 1);
	CHECK_INT(count(B4, DRP_ANSWER_BLANK), 1);
	CHECK_INT(count(X4, DRP_ANSWER_TICKED), 1);
	CHECK_INT(result.rows_dropped[DRP_ROW_INCOMPLETE], 1);
	CHECK_INT(result.n_unknown, 0);
	refuses("[{\"rec\": 1, \"state\": true, \"q1\": \"" CANARY "\"}]",
		"member q1: not one of the codes that the mapping gives");
	refuses("[{\"rec\": 1, \"q1\": \"hoog\"}]",
		"member 'state', which the mapping or the command names, is not in");
	refuses("[{\"q1\": \"hoog\", \"B1\": 5}]",
		"member B1: another member already holds the same");
	options.format = DRP_FORMAT_CSV;
	refuses("B1\n1\n", "the mapping is for json; give --format json");
}

static void own_questions(void)
{
	static const char yaml[] =
		"questions:\n  - code: robots\n    groups: [teacher]\n"
		"    teacher: {text: \"Ik gebruik robots.\", help: \"Elke week.\"}\n";
	teachers();
	CHECK_OK(drp_own_items_load(
		yaml, strlen(yaml), "own.yaml", &instrument, &own, &diag));
	options.own = own;
	reads("[{\"B1\": 1, \"robots\": 5}, {\"B1\": 1, \"robots\": null}]");
	CHECK_INT(result.row[0].own[0], 5);
	CHECK_INT(result.row[1].own[0], DRP_ANSWER_BLANK);
	CHECK_INT(result.n_unknown, 0);
}

/* ---- what is refused ---- */

static void values_that_are_no_answer(void)
{
	static const char *const values[] = {"6", "0", "-1", "\"" CANARY "\"", "true",
		"\"4 \"", "10", "\"na\"", "99999999999"};
	char text[200];
	teachers();
	for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
		snprintf(text, sizeof text, "[{\"B1\": 1},\n {\"B4\": %s}]", values[i]);
		refuses(text,
			"questionnaire 2 (line 2), member B4: not an answer on this "
			"scale (1 to 5 or NA)");
	}
	static const char *const odd[] = {
		"4.0", "1e0", "[4]", "{\"" CANARY "\": 4}", "[]", "{}"};
	for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
		snprintf(text, sizeof text, "[{\"B1\": 1},\n {\"B4\": %s}]", odd[i]);
		refuses(text,
			"questionnaire 2 (line 2), member B4: neither a whole number");
	}
	refuses("[{\"B1\": 1, \"person\": 4.5}]", "member person: neither");
	refuses("[{\"B1\": 1, \"completed\": [true]}]", "member completed: neither");
	refuses("[{\"B1\": 1, \"D3\": 2}]",
		"member D3: an answer to an item that this group");
	reads("[{\"B1\": 1, \"D3\": null}]");
	CHECK_INT(count(D3, DRP_ANSWER_NOT_SHOWN), 1);
}

static void files_that_are_none(void)
{
	static const struct {
		const char *text, *says;
	} of[] = {{"", "does not begin with ["},
		{"B1,B4\n1,2\n", "does not begin with ["},
		{"{\"responses\": [{\"B1\": 1}]}", "line 1: the file does not begin"},
		{"[", "questionnaire 1 (line 1): not an object"},
		{"[]", "the file is empty"}, {"[{}, {}]", "the file is empty"},
		{"[[1, 2]]", "questionnaire 1 (line 1): not an object"},
		{"[{\"B1\": 1}", "neither a comma nor the end"},
		{"[{\"B1\": 1} {\"B1\": 2}]",
			"questionnaire 2 (line 1): neither a comma"},
		{"[{\"B1\": 1},\n]", "questionnaire 2 (line 2): not an object"},
		{"[,{\"B1\": 1}]", "questionnaire 1 (line 1): not an object"},
		{"[{\"B1\": 1}]\n\n{}", "line 3: something follows the end"},
		{"[{\"B1\": 1}\n,\n{\"B1\": 1,\n\"B4\": \"" CANARY,
			"questionnaire 2 (line 3): "
			"it is cut off"},
		{"[{\"B1\": 1,\n \"B4\": " CANARY "}]",
			"questionnaire 1 (line 2): not JSON"},
		{"[{'B1': 1}]", "questionnaire 1 (line 1): not JSON"},
		{"[{\"B1\": 1]]", "not JSON"}, {"[{\"B1\": 01}]", "not JSON"},
		{"[{\"B1\": 1, \"x\": \"" CANARY "\t\"}]", "not JSON"},
		{"[{\"B1\": 1, \"x\": \"\\u0000" CANARY "\"}]", "NUL"},
		{"[{\"B1\": 1, \"\\u0000\": 1}]", "NUL"},
		{"[{\"B1\": 1, \"x\": \"\\ud800\"}]", "not JSON"},
		{"[{\"B1\": 1, \"x\": 1e999}]", "too large to be read"},
		{"[{\"B1\": 1, \"x\": 99999999999999999999}]", "too large to be read"},
		{"[{\"B1\": 1}, {\"B1\": 1,\n\"" CANARY "\": 1,\n\"" CANARY "\": 2}]",
			"questionnaire 2 (line 3): a member stands there twice"},
		{"[{\"B1\": 1, \"\\u0042\\u0031\": 2}]", "stands there twice"},
		{"[{\"B1\": 1, \"x\": {\"y\": 1, \"y\": 1}}]", "stands there twice"},
		{"[{\"" CANARY "\": 1}]", "no member of instrument small found, of 1"}};
	teachers();
	for (size_t i = 0; i < sizeof of / sizeof of[0]; i++) {
		refuses(of[i].text, of[i].says);
	}
	refuses_bytes("[{\"B1\": 1}]\0", 12, "not UTF-8");
	refuses("[{\"B1\": \"\xE9\"}]", "not UTF-8");
}

/* ---- limits ---- */

static void nested(struct drp_buf *text, int depth)
{
	text->len = 0;
	drp_buf_text(text, "[{\"B1\": 1, \"x\": ");
	for (int i = 1; i < depth; i++) {
		drp_buf_text(text, "[");
	}
	for (int i = 1; i < depth; i++) {
		drp_buf_text(text, "]");
	}
	drp_buf_text(text, depth > 1 ? "}]" : "1}]");
}

/* n times `one`, with its number and `after` behind it when there is such. */
static void many(struct drp_buf *text, const char *begin, int n, const char *one,
	const char *after, const char *end)
{
	text->len = 0;
	drp_buf_text(text, begin);
	for (int i = 0; i < n; i++) {
		drp_buf_text(text, one);
		if (after) {
			drp_buf_printf(text, "%d%s", i, after);
		}
	}
	drp_buf_text(text, end);
}

static void limits(void)
{
	struct drp_buf text = {0};
	teachers();
	nested(&text, DRP_IMPORT_DEPTH_MAX);
	reads(drp_buf_string(&text));
	nested(&text, DRP_IMPORT_DEPTH_MAX + 1);
	refuses(drp_buf_string(&text), "questionnaire 1 (line 1): its values are nested");
	nested(&text, 100000); /* not by recursion */
	refuses(drp_buf_string(&text), "its values are nested");
	many(&text, "[{\"B1\": 1", DRP_IMPORT_COLUMNS_MAX - 1, ", \"m", "\": 1", "}]");
	reads(drp_buf_string(&text));
	CHECK_INT(result.n_unknown, DRP_IMPORT_COLUMNS_MAX - 1);
	many(&text, "[{\"B1\": 1}", DRP_IMPORT_COLUMNS_MAX, ",{\"m", "\": 1}", "]");
	refuses(drp_buf_string(&text), "more than 2048 different members");
	many(&text, "[{\"B1\": 1}", 40000, "\n,{\"B1\": 1}", NULL, "]");
	reads(drp_buf_string(&text));
	CHECK_INT(result.rows_kept, 40001);
	many(&text, "[{\"B1\": 1}", DRP_IMPORT_ROWS_MAX, ",{\"B1\":1}", NULL, "]");
	refuses(drp_buf_string(&text), "more than 100000 questionnaires");
	many(&text, "[{\"B1\": 1, \"x\": \"", 27000, "abcdefghij", NULL, "\"}]");
	refuses(drp_buf_string(&text), "it is longer than 256 KiB");
	many(&text, "[{\"B1\": 1, \"person\": \"", 7000, "abcdefghij", NULL, "\"}]");
	refuses(drp_buf_string(&text), "member person: neither");
	drp_buf_clear(&text);
	char *large = malloc(DRP_IMPORT_FILE_MAX_BYTES + 1);
	CHECK(large != NULL);
	memset(large, ' ', DRP_IMPORT_FILE_MAX_BYTES + 1);
	refuses_bytes(large, DRP_IMPORT_FILE_MAX_BYTES + 1, "larger than 64 MiB");
	free(large);
}

static void no_memory(void)
{
	enum drp_err err = DRP_E_NOMEM;
	struct drp_buf text = {0};
	teachers();
	many(&text, "[{\"B1\": 2}", 70, ",{\"person\": ", ", \"B1\": 1, \"x\": [\"y\"]}",
		"]");
	int n = 1;
	for (; err == DRP_E_NOMEM; n++) {
		diag = (struct drp_diag){0};
		drp_alloc_hook((unsigned long)n, 0);
		err = drp_import(
			&instrument, &options, text.data, text.len, &result, &diag);
		drp_alloc_hook(0, 0);
	}
	CHECK_OK(err);
	CHECK_INT(result.rows_kept, 71);
	CHECK(n > 500); /* jansson's too */
	drp_buf_clear(&text);
}

int main(void)
{
	drp_json_begin();
	fixture_instrument(&instrument);
	CASE("an array of objects is read by item codes", by_item_codes);
	CASE("the same answers in CSV and JSON are the same counts", as_in_csv);
	CASE("members outside the instrument are dropped, whatever they hold",
		members_outside);
	CASE("what is not completed is dropped as incomplete", completed);
	CASE("ticks are true and false, 1 and 0, or true and null", ticks);
	CASE("group and level may come from members", groups_and_levels);
	CASE("one person has one questionnaire of a group and level", one_person);
	CASE("a mapping names members as it names columns", by_a_mapping);
	CASE("own questions are read", own_questions);
	CASE("whatever is not on the scale is refused, without its text",
		values_that_are_no_answer);
	CASE("what is no array of objects is refused, without its text",
		files_that_are_none);
	CASE("size, nesting and number are limited", limits);
	CASE("an import survives every failed allocation", no_memory);
	teachers(); /* frees what the last case left */
	return DONE();
}
