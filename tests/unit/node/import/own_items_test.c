/* SPDX-License-Identifier: Apache-2.0 */
#include "node/import/own_items.h"

#include "proto/base/buf.h"
#include "tests/support/check.h"
#include "tests/support/node_fixture.h"

static struct drp_instrument instrument;

static const char two[] =
	"questions:\n"
	"  - code: robots\n"
	"    groups: [leader, teacher]\n"
	"    leader: {text: We use robots., help: Every class has one.}\n"
	"    teacher: {text: I use robots., help: I use one every week.}\n"
	"  - code: garden\n"
	"    groups: [pupil]\n"
	"    pupil: {text: We film the garden., help: We do it often.}\n";

static void reads_questions(void)
{
	struct drp_diag diag = {0};
	struct drp_own_items *own = NULL;
	CHECK_OK(drp_own_items_load(
		two, strlen(two), "own.yaml", &instrument, &own, &diag));
	CHECK_INT(own->n, 2);
	CHECK_STR(own->item[0].code, "robots");
	CHECK_INT(own->item[0].groups, 1 << DRP_LEADER | 1 << DRP_TEACHER);
	CHECK_STR(own->item[0].text[DRP_TEACHER], "I use robots.");
	CHECK_STR(own->item[0].help[DRP_LEADER], "Every class has one.");
	CHECK(!own->item[0].text[DRP_PUPIL]);
	CHECK_INT(drp_own_item_find(own, "garden"), 1);
	CHECK_INT(drp_own_item_find(own, "Garden"), -1);
	drp_own_items_free(own);
}

static void check_refused(const char *text, enum drp_err err, const char *says)
{
	struct drp_diag diag = {0};
	struct drp_own_items *own = NULL;
	CHECK_ERR(drp_own_items_load(
			  text, strlen(text), "own.yaml", &instrument, &own, &diag),
		err);
	CHECK(!own);
	CHECK(strstr(diag.text, "own.yaml"));
	CHECK(strstr(diag.text, says));
}

static void load_many(int n, enum drp_err want)
{
	struct drp_buf text = {0};
	struct drp_diag diag = {0};
	struct drp_own_items *own = NULL;
	drp_buf_text(&text, "questions:\n");
	for (int i = 0; i < n; i++) {
		drp_buf_printf(&text,
			"  - {code: q%d, groups: [pupil], pupil: {text: a, help: b}}\n",
			i);
	}
	CHECK_ERR(drp_own_items_load(
			  text.data, text.len, "own.yaml", &instrument, &own, &diag),
		want);
	drp_own_items_free(own);
	drp_buf_clear(&text);
}

static void eight_at_most(void)
{
	load_many(8, DRP_OK);
	load_many(9, DRP_E_POLICY);
}

#define ONE(rest) "questions:\n  - {code: q, groups: [leader, pupil], " rest "}\n"

static void texts_for_every_group(void)
{
	check_refused(ONE("leader: {text: a, help: b}"), DRP_E_INPUT, "group pupil");
	check_refused(ONE("leader: {text: a}, pupil: {text: a, help: b}"), DRP_E_INPUT,
		"group leader");
	check_refused(ONE("leader: {text: a, help: \"\"}, pupil: {text: a, help: b}"),
		DRP_E_INPUT, "group leader");
	check_refused(ONE("leader: {help: b}, pupil: {text: a, help: b}"), DRP_E_INPUT,
		"group leader");
}

static void codes_are_new(void)
{
	check_refused("questions:\n  - {code: B4, groups: [pupil], pupil: {text: a, "
		      "help: b}}\n",
		DRP_E_INPUT, "already taken");
	check_refused(
		"questions:\n  - {code: q, groups: [pupil], pupil: {text: a, help: b}}\n"
		"  - {code: q, groups: [pupil], pupil: {text: a, help: b}}\n",
		DRP_E_INPUT, "already taken");
	check_refused("questions:\n  - {code: \"a b\", groups: [pupil], pupil: {text: a, "
		      "help: b}}\n",
		DRP_E_INPUT, "letters, digits");
}

static void wrong_files(void)
{
	check_refused("", DRP_E_INPUT, "empty");
	check_refused("questions: [\n", DRP_E_INPUT, "line");
	check_refused("questions: []\nextra: 1\n", DRP_E_INPUT, "line");
	check_refused("questions:\n  - {code: q, groups: [parent], pupil: {text: a, "
		      "help: b}}\n",
		DRP_E_INPUT, "group 'parent'");
	check_refused("questions:\n  - {code: q, groups: []}\n", DRP_E_INPUT, "line");
}

static void editing_stops(void)
{
	struct drp_diag diag = {0};
	CHECK_OK(drp_own_items_may_edit(0, &diag));
	CHECK_ERR(drp_own_items_may_edit(1, &diag), DRP_E_STATE);
}

static void counts(void)
{
	struct drp_diag diag = {0};
	struct drp_own_items *own = NULL;
	static struct drp_own_tabulation tabulation;
	uint8_t answer[DRP_OWN_ITEMS_MAX] = {4, DRP_ANSWER_NOT_SHOWN};
	CHECK_OK(drp_own_items_load(
		two, strlen(two), "own.yaml", &instrument, &own, &diag));
	CHECK_OK(drp_own_tabulate_add(&tabulation, own, DRP_LEADER, answer));
	answer[0] = DRP_ANSWER_NA;
	CHECK_OK(drp_own_tabulate_add(&tabulation, own, DRP_LEADER, answer));
	answer[0] = 6;
	CHECK_ERR(
		drp_own_tabulate_add(&tabulation, own, DRP_LEADER, answer), DRP_E_RANGE);
	answer[0] = 4;
	answer[1] = 1; /* leaders are not asked the second one */
	CHECK_ERR(
		drp_own_tabulate_add(&tabulation, own, DRP_LEADER, answer), DRP_E_RANGE);
	CHECK_INT(tabulation.n, 2);
	CHECK_INT(tabulation.count[0][4], 1);
	CHECK_INT(tabulation.count[0][DRP_ANSWER_NA], 1);
	CHECK_INT(tabulation.count[1][DRP_ANSWER_NOT_SHOWN], 2);
	drp_own_items_free(own);
}

int main(void)
{
	fixture_instrument(&instrument);
	CASE("questions are read with a text and a help text per group", reads_questions);
	CASE("eight questions are accepted and a ninth is refused", eight_at_most);
	CASE("every addressed group needs a text and a help text", texts_for_every_group);
	CASE("a code must be new", codes_are_new);
	CASE("a wrong file is refused with what is wrong", wrong_files);
	CASE("editing stops at the first submitted questionnaire", editing_stops);
	CASE("own answers are counted, and nothing is when one does not fit", counts);
	return DONE();
}
