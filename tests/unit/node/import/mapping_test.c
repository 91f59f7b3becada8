/* SPDX-License-Identifier: Apache-2.0 */
#include "node/import/mapping.h"

#include "proto/base/alloc.h"
#include "tests/support/check.h"
#include "tests/support/node_fixture.h"

static struct drp_instrument instrument;

static const char full[] =
	"tool: limesurvey\n"
	"completed: {column: status, values: [\"2\", done]}\n"
	"person: pupilno\n"
	"age: years\n"
	"group_column:\n"
	"  column: role\n"
	"  leader: [dir, adj]\n"
	"  teacher: [lk]\n"
	"level: \"2\"\n"
	"missing: [\"-999\"]\n"
	"ignore: [remarks]\n"
	"scales:\n"
	"  - scale: agree\n"
	"    codes:\n"
	"      1: [AO01]\n"
	"      5: [AO05, X]\n"
	"      NA: [AO06]\n"
	"      not_shown: [skip]\n"
	"columns:\n"
	"  - {column: \"Q2[SQ001]\", item: B1}\n"
	"  - column: Q3\n"
	"    item: B4\n"
	"    codes: {2: [low], blank: [none]}\n"
	"  - {column: Q4, item: X4, codes: {ticked: [x], not_ticked: [\"\"]}}\n";

static void reads_everything(void)
{
	struct drp_diag diag = {0};
	struct drp_mapping *m = NULL;
	CHECK_OK(
		drp_mapping_load(full, strlen(full), "map.yaml", &instrument, &m, &diag));
	CHECK_STR(m->tool, "limesurvey");
	CHECK_STR(m->completed->column, "status");
	CHECK(drp_word_list_has(&m->completed->values, "done"));
	CHECK_STR(m->person, "pupilno");
	CHECK_STR(m->age, "years");
	CHECK(!m->group);
	CHECK(drp_word_list_has(&m->group_column->codes[DRP_LEADER], "adj"));
	CHECK(!drp_word_list_has(&m->group_column->codes[DRP_LEADER], "lk"));
	CHECK_STR(m->level, "2");
	CHECK(!m->level_column);
	CHECK(drp_word_list_has(&m->missing, "-999"));
	CHECK(drp_word_list_has(&m->ignore, "remarks"));
	CHECK_INT(m->column_count, 3);
	CHECK_STR(m->column[1].column, "Q3");
	CHECK_STR(m->column[1].item, "B4");
	const struct drp_answer_codes *codes = drp_mapping_codes(m, &instrument, 0, B1);
	CHECK(drp_word_list_has(&codes->list[5], "X"));
	CHECK(drp_word_list_has(&codes->list[DRP_ANSWER_NA], "AO06"));
	codes = drp_mapping_codes(m, &instrument, 1, B4);
	CHECK(drp_word_list_has(&codes->list[2], "low"));
	CHECK_INT(codes->list[5].word_count, 0);
	CHECK(!drp_mapping_codes(m, &instrument, -1, B2));
	CHECK(drp_mapping_codes(m, &instrument, -1, B4));
	drp_mapping_free(m);
}

static void check_refused(const char *text, const char *says)
{
	struct drp_diag diag = {0};
	struct drp_mapping *m = NULL;
	CHECK_ERR(
		drp_mapping_load(text, strlen(text), "map.yaml", &instrument, &m, &diag),
		DRP_E_INPUT);
	CHECK(!m);
	CHECK(strstr(diag.text, "map.yaml"));
	if (!strstr(diag.text, says)) {
		printf("# %s\n", diag.text);
	}
	CHECK(strstr(diag.text, says));
}

static void wrong_yaml(void)
{
	check_refused("", "empty");
	check_refused("tool: [csv]\n", "line: 1");
	check_refused("person: x\n", "tool");
	check_refused("tool: csv\nunheard: 1\n", "unheard");
	check_refused("tool: csv\ncolumns:\n  - {column: a}\n", "item");
	check_refused("tool: &a csv\nperson: *a\n", "alias");
	check_refused("tool: \"csv\n", "line: ");
}

static void wrong_words(void)
{
	check_refused("tool: redcap\n", "csv, json or limesurvey");
	check_refused("tool: csv\ngroup: parent\n", "leader, teacher or pupil");
	check_refused("tool: csv\nlevel: \"6\"\n", "1 to 5");
	check_refused("tool: csv\ngroup: pupil\ngroup_column: {column: g}\n", "not both");
	check_refused("tool: csv\nlevel: \"1\"\nlevel_column: {column: g}\n", "not both");
}

static void unknown_items_and_scales(void)
{
	check_refused("tool: csv\ncolumns:\n  - {column: Q1, item: b4}\n", "item 'b4'");
	check_refused(
		"tool: csv\nscales:\n  - {scale: nice, codes: {1: [a]}}\n", "'nice'");
}

static void named_twice(void)
{
	check_refused("tool: csv\ncolumns:\n  - {column: Q1, item: B4}\n  - {column: Q1, "
		      "item: B1}\n",
		"listed twice");
	check_refused("tool: csv\ncolumns:\n  - {column: Q1, item: B4}\n  - {column: Q2, "
		      "item: B4}\n",
		"listed twice");
	check_refused("tool: csv\nscales:\n  - {scale: agree, codes: {1: [a]}}\n"
		      "  - {scale: agree, codes: {1: [b]}}\n",
		"listed twice");
	check_refused("tool: csv\nscales:\n  - {scale: agree, codes: {1: [a], 2: [a]}}\n",
		"more than once");
	check_refused(
		"tool: csv\ncolumns:\n  - {column: Q, item: B4, codes: {1: [a, a]}}\n",
		"more than once");
}

static void codes_fit_the_scale(void)
{
	check_refused("tool: csv\nscales:\n  - {scale: agree, codes: {6: [a]}}\n",
		"codes for 6");
	check_refused("tool: csv\nscales:\n  - {scale: agree, codes: {ticked: [a]}}\n",
		"codes for ticked");
	check_refused("tool: csv\nscales:\n  - {scale: plain, codes: {NA: [a]}}\n",
		"codes for na");
	check_refused("tool: csv\ncolumns:\n  - {column: Q, item: X4, codes: {1: [a]}}\n",
		"codes for 1");
}

static void no_memory(void)
{
	enum drp_err err = DRP_E_NOMEM;
	int n = 1;
	for (; err == DRP_E_NOMEM; n++) {
		struct drp_diag diag = {0};
		struct drp_mapping *m = NULL;
		drp_alloc_hook((unsigned long)n, 0);
		err = drp_mapping_load(
			full, strlen(full), "map.yaml", &instrument, &m, &diag);
		drp_alloc_hook(0, 0);
		drp_mapping_free(m);
	}
	CHECK_OK(err);
	CHECK(n > 20);
}

int main(void)
{
	fixture_instrument(&instrument);
	CASE("every part of a mapping is read", reads_everything);
	CASE("wrong YAML is refused with its place", wrong_yaml);
	CASE("tool, group and level are checked", wrong_words);
	CASE("items and scales must be the instrument's", unknown_items_and_scales);
	CASE("nothing may be named twice", named_twice);
	CASE("codes must stand for answers that the scale has", codes_fit_the_scale);
	CASE("a mapping survives every failed allocation", no_memory);
	return DONE();
}
