/* SPDX-License-Identifier: Apache-2.0 */
#include "node/results/results.h"

#include "tests/support/check.h"
#include "tests/support/node_fixture.h"

static struct drp_instrument instrument;
static struct drp_tabulation tabulation[DRP_GROUPS];
static struct drp_own_tabulation own_tabulation[DRP_GROUPS];
static struct drp_results_input input;
static struct drp_results report;

static void start(void)
{
	memset(tabulation, 0, sizeof tabulation);
	memset(own_tabulation, 0, sizeof own_tabulation);
	fixture_instrument(&instrument);
	input = (struct drp_results_input){
		.instrument = &instrument,
		.level = 2,
		.participation = {.eligible = {5, 20, 100},
			.invited = {5, 18, 90},
			.completed = {4, 15, 60}},
		.close = DRP_PARTICIPATION_CLOSE,
	};
	for (int group = 0; group < DRP_GROUPS; group++) {
		input.tabulation[group] = &tabulation[group];
		input.own_tabulation[group] = &own_tabulation[group];
	}
}

static void answer(int group, int item, int with, uint32_t n)
{
	tabulation[group].count[item][with] += n;
	tabulation[group].n += n;
}

static const char *text(const char *language)
{
	static struct drp_buf out;
	out.len = 0;
	drp_results_build(&input, &report);
	CHECK_OK(drp_results_text(&report, language, &out));
	return drp_buf_string(&out);
}

static const char *json(void)
{
	static struct drp_buf out;
	out.len = 0;
	drp_results_build(&input, &report);
	CHECK_OK(drp_results_json(&report, &out));
	return drp_buf_string(&out);
}

static void check_state(int item, int group, int state)
{
	CHECK_INT(report.item[item].group[group].state, state);
}

/* W5: 15 teachers on study visits, 11 very useful (5), 2 useful (4), 2 not applicable. */
static void study_visits(void)
{
	start();
	answer(DRP_TEACHER, X1, 5, 11);
	answer(DRP_TEACHER, X1, 4, 2);
	answer(DRP_TEACHER, X1, DRP_ANSWER_NA, 2);
	drp_results_build(&input, &report);
	const struct drp_results_cell *cell = &report.item[X1].group[DRP_TEACHER];
	CHECK_INT(cell->n, 15);
	CHECK_INT(cell->valid, 13);
	CHECK_INT(cell->sum, 63);
	CHECK_INT(drp_results_percent_tenths(cell->count[5], cell->n), 733);
	CHECK_INT(drp_results_percent_tenths(cell->count[4], cell->n), 133);
	CHECK_INT(drp_results_percent_tenths(cell->count[DRP_ANSWER_NA], cell->n), 133);
	CHECK_INT(drp_results_mean_tenths(cell), 48);
	CHECK(strstr(json(), "\"n\":15,\"valid\":13,\"sum\":63,\"mean\":4.84615"));
	CHECK(strstr(text("nl"), "                      gem.      n     1 %     2 %     "
				 "3 %     4 %     5 %  n.v.t. %\n"
				 "    alle personen      4,8     15     0,0     0,0     "
				 "0,0    13,3    73,3      13,3\n"));
}

/* W3: one leader fully agrees with B4. */
static void one_leader(void)
{
	start();
	answer(DRP_LEADER, B4, 5, 1);
	drp_results_build(&input, &report);
	const struct drp_results_cell *cell = &report.item[B4].group[DRP_LEADER];
	CHECK_INT(cell->n, 1);
	CHECK_INT(drp_results_mean_tenths(cell), 50);
	CHECK_INT(drp_results_percent_tenths(cell->count[5], cell->n), 1000);
}

/* W4: own question on robots, 5 leaders with mean 3.8 and 20 teachers with mean 4. */
static void robots(void)
{
	static const char yaml[] =
		"questions:\n  - code: robots\n    groups: [leader, teacher]\n"
		"    leader: {text: Robots in class., help: a}\n"
		"    teacher: {text: My robots., help: a}\n";
	struct drp_own_items *own = NULL;
	struct drp_diag diag = {0};
	start();
	CHECK_OK(drp_own_items_load(
		yaml, strlen(yaml), "own.yaml", &instrument, &own, &diag));
	input.own = own;
	own_tabulation[DRP_LEADER].count[0][4] = 4;
	own_tabulation[DRP_LEADER].count[0][3] = 1;
	own_tabulation[DRP_TEACHER].count[0][4] = 18;
	own_tabulation[DRP_TEACHER].count[0][5] = 1;
	own_tabulation[DRP_TEACHER].count[0][3] = 1;
	drp_results_build(&input, &report);
	CHECK_INT(report.own[0].group[DRP_LEADER].sum, 19);
	CHECK_INT(drp_results_mean_tenths(&report.own[0].group[DRP_LEADER]), 38);
	CHECK_INT(report.own[0].group[DRP_TEACHER].sum, 80);
	CHECK_INT(drp_results_mean_tenths(&report.own[0].group[DRP_TEACHER]), 40);
	CHECK_INT(report.own[0].group[DRP_PUPIL].state, DRP_STATE_NOT_ASKED);
	const char *page = text("nl");
	CHECK(strstr(page, "Door de school toegevoegde stellingen"));
	CHECK(strstr(page, "robots  Robots in class.\n"));
	CHECK(strstr(page, "\n    schoolleiders      3,8      5 "));
	CHECK(strstr(page, "\n    leerkrachten       4,0     20 "));
	CHECK(strstr(page, "robots  My robots.\n"));
	CHECK(strstr(json(), "\"own\":[{\"item\":\"robots\",\"overall\":{\"state\":"
			     "\"value\",\"n\":25"));
	drp_own_items_free(own);
}

/* W6: half of the leaders name a barrier. */
static void barriers(void)
{
	start();
	answer(DRP_LEADER, X4, DRP_ANSWER_TICKED, 2);
	answer(DRP_LEADER, X4, DRP_ANSWER_NOT_TICKED, 2);
	answer(DRP_LEADER, X4, DRP_ANSWER_NOT_SHOWN, 1);
	answer(DRP_TEACHER, X4, DRP_ANSWER_TICKED, 1);
	answer(DRP_TEACHER, X4, DRP_ANSWER_NOT_TICKED, 2);
	const char *page = text("nl");
	CHECK(strstr(page, "    schoolleiders       50,0 %  (2 van 4)\n"
			   "    leerkrachten        33,3 %  (1 van 3)\n"));
	const char *ticks = strstr(page, "X4  Een");
	CHECK(ticks && !strstr(ticks, "leerlingen") && !strstr(ticks, "alle personen"));
	CHECK(strstr(json(), "\"percent\":{\"ticked\":50.0,\"not_ticked\":50.0}"));
}

/* W2: an area in which 11 questions count for one group and 3 for another. */
static void area_of_many_questions(void)
{
	start();
	instrument.n_items = 14;
	for (int i = 0; i < 14; i++) {
		unsigned pupils = i < 3 ? 1u << DRP_PUPIL : 0;
		fixture_item(&instrument, i, "D", 2, 0,
			i < 11 ? DRP_ITEM_CORE : DRP_ITEM_OPTIONAL,
			1u << DRP_LEADER | 1u << DRP_TEACHER | pupils);
		/* Three teachers: 4, 4, 5 of even items, 5, 5, 4 of odd ones. */
		answer(DRP_TEACHER, i, 4, i % 2 ? 1 : 2);
		answer(DRP_TEACHER, i, 5, i % 2 ? 2 : 1);
		if (pupils) {
			answer(DRP_PUPIL, i, 4, 1);
			answer(DRP_PUPIL, i, 5, i == 0 ? 3 : 1);
		}
	}
	drp_results_build(&input, &report);
	CHECK_INT(report.area[2].questions[DRP_TEACHER], 11);
	CHECK_INT(report.area[2].questions[DRP_PUPIL], 3);
	CHECK_INT(report.area[2].questions[DRP_LEADER], 0);
	/* Unweighted over items: (6 * 13/3 + 5 * 14/3) / 11 and (19/4 + 9/2 + 9/2) / 3.
	 */
	CHECK_NEAR(report.area[2].mean[DRP_TEACHER], (6 * 13 + 5 * 14) / 33.0, 1e-12);
	CHECK_NEAR(report.area[2].mean[DRP_PUPIL], 13.75 / 3, 1e-12);
	CHECK(strstr(text("nl"),
		"D  Onderwijzen en leren                               -     "
		"   4,5 (11)        4,6 ( 3)\n"));
}

static void additional_items_do_not_enter_areas(void)
{
	start();
	answer(DRP_TEACHER, X1, 5, 3);
	answer(DRP_TEACHER, C9, 5, 3);
	drp_results_build(&input, &report);
	CHECK_INT(report.area[3].questions[DRP_TEACHER], 0);
	CHECK_INT(report.area[1].questions[DRP_TEACHER], 0);
}

static void states_stay_distinct(void)
{
	static uint8_t selected[DRP_ITEMS_MAX];
	start();
	answer(DRP_LEADER, B1, DRP_ANSWER_NA, 3);
	answer(DRP_LEADER, B4, DRP_ANSWER_BLANK, 3);
	answer(DRP_TEACHER, B4, 3, 3);
	input.selected = selected;
	input.tabulation[DRP_PUPIL] = NULL;
	drp_results_build(&input, &report);
	check_state(B1, DRP_LEADER, DRP_STATE_ALL_NA);
	check_state(B4, DRP_LEADER, DRP_STATE_NO_DATA);
	check_state(B4, DRP_TEACHER, DRP_STATE_VALUE);
	check_state(B4, DRP_PUPIL, DRP_STATE_NO_DATA);
	check_state(B2, DRP_PUPIL, DRP_STATE_NOT_ASKED);
	check_state(C9, DRP_TEACHER, DRP_STATE_NOT_SELECTED);
	check_state(C9, DRP_LEADER, DRP_STATE_NOT_ASKED);
	check_state(D3, DRP_PUPIL, DRP_STATE_NO_DATA);
	CHECK_INT(report.item[B1].overall.state, DRP_STATE_ALL_NA);
	CHECK_INT(report.item[B4].overall.state, DRP_STATE_VALUE);
	CHECK_INT(report.item[C9].overall.state, DRP_STATE_NOT_SELECTED);
	CHECK_INT(report.item[D3].overall.state, DRP_STATE_NO_DATA);
	selected[C9] = 1u << DRP_TEACHER;
	answer(DRP_TEACHER, C9, 2, 1);
	input.level = 1;
	drp_results_build(&input, &report);
	check_state(C9, DRP_TEACHER, DRP_STATE_VALUE);
	check_state(D3, DRP_PUPIL, DRP_STATE_NOT_ASKED);
	CHECK_INT(report.item[D3].overall.state, DRP_STATE_NOT_ASKED);
	for (int a = 0; a < DRP_STATES; a++) {
		for (int b = 0; b < a; b++) {
			CHECK(strcmp(drp_item_state_code(a), drp_item_state_code(b)) !=
				0);
		}
	}
}

static void overall_weighs_persons(void)
{
	start();
	answer(DRP_LEADER, B4, 5, 1);
	answer(DRP_TEACHER, B4, 3, 3);
	answer(DRP_PUPIL, B4, DRP_ANSWER_NA, 4);
	drp_results_build(&input, &report);
	CHECK_INT(report.item[B4].overall.sum, 14);
	CHECK_INT(report.item[B4].overall.valid, 4);
	CHECK_INT(report.item[B4].overall.n, 8);
	CHECK_INT(drp_results_mean_tenths(&report.item[B4].overall), 35);
}

static void rounds_half_up(void)
{
	struct drp_results_cell cell = {.valid = 20, .sum = 85}; /* 4.25 */
	CHECK_INT(drp_results_mean_tenths(&cell), 43);
	cell = (struct drp_results_cell){.valid = 100, .sum = 424};
	CHECK_INT(drp_results_mean_tenths(&cell), 42);
	CHECK_INT(drp_results_percent_tenths(1, 16), 63); /* 6.25 % */
	CHECK_INT(drp_results_percent_tenths(1, 2000), 1);
	CHECK_INT(drp_results_percent_tenths(0, 7), 0);
	CHECK_INT(drp_results_percent_tenths(UINT32_MAX, UINT32_MAX), 1000);
	CHECK_INT(drp_results_area_tenths((4.1 + 4.2) / 2), 42);
	/* 2.95, which doubles sum up to a little less */
	CHECK_INT(drp_results_area_tenths((3 / 1.0 + 15 / 12.0 + 23 / 5.0) / 3), 30);
	CHECK_INT(
		drp_results_area_tenths((2.0 / 3 + 3.8 + 3.0 + 2.0 + 1.0 / 3 + 5.7) / 6),
		26);
	CHECK_INT(drp_results_area_tenths(4.249), 42);
}

static void watermark(void)
{
	start();
	CHECK(!strstr(text("nl"), "ONVOLLEDIG"));
	CHECK(strstr(json(), "\"incomplete\":false"));
	input.participation.completed[DRP_PUPIL] = 0;
	const char *page = text("nl");
	const char *top = strstr(page, "*** ONVOLLEDIG");
	CHECK(top && strstr(top + 1, "*** ONVOLLEDIG"));
	CHECK(strstr(page, "Deelname: onvolledig"));
	CHECK(strstr(text("en"), "*** INCOMPLETE"));
	CHECK(strstr(json(),
		"\"incomplete\":true,\"participation\":{\"level\":\"incomplete\","
		"\"reason\":\"group_absent\""));
}

static void participation_table(void)
{
	start();
	CHECK(strstr(text("nl"),
		"Deelname: hoog\n"
		"                in aanmerking  uitgenodigd     ingevuld      minimum\n"
		"schoolleiders               5            5            4            4\n"
		"leerkrachten               20           18           15           12\n"
		"leerlingen                100           90           60           "
		"50\n"));
	CHECK(strstr(json(),
		"\"teacher\":{\"eligible\":20,\"invited\":18,\"completed\":15,"
		"\"minimum\":12}"));
}

static void english(void)
{
	start();
	answer(DRP_PUPIL, B1, DRP_ANSWER_NA, 2);
	const char *page = text("en");
	CHECK(strstr(page, "Small 1, Lower secondary education\n"));
	CHECK(strstr(page, "Participation: high"));
	CHECK(strstr(page, "B1  A statement.\n    scale: 1 = low, 5 = high\n"));
	CHECK(strstr(page, "all n/a\n"));
	CHECK(strstr(page, "not asked\n"));
	CHECK(!strstr(page, "T1"));
}

static void french_and_german(void)
{
	start();
	answer(DRP_PUPIL, B1, 5, 4);
	const char *page = text("fr-BE");
	CHECK(strstr(page, "Domaines\u00a0: score moyen"));
	CHECK(strstr(page, "\nParticipation\u00a0: élevée\n"));
	CHECK(strstr(page, "directions"));
	CHECK(strstr(page, "pas demandé\n"));
	page = text("de");
	CHECK(strstr(page, "\nTeilnahme: hoch\n"));
	CHECK(strstr(page, "Schulleitungen"));
	CHECK(strstr(page, "nicht gefragt\n"));
}

/* A name with an accent takes as many columns as one without. */
static void alignment(void)
{
	start();
	answer(DRP_LEADER, B1, 4, 1);
	CHECK(strstr(text("nl"),
		"B  Infrastructuur en ápparatuur                4,0 ( 1)     "
		"          -               -\n"
		"C  Bij- en nascholing                                 -     "
		"          -               -\n"));
}

int main(void)
{
	CASE("15 study visits: 73.3, 13.3 and 13.3 %, mean 63/13", study_visits);
	CASE("one leader who fully agrees: n 1, mean 5.0, 100 %", one_leader);
	CASE("robots: 5 leaders 3.8 and 20 teachers 4.0", robots);
	CASE("barriers are shares of leaders and of teachers", barriers);
	CASE("an area's mean weighs its core questions equally", area_of_many_questions);
	CASE("additional and optional items do not enter areas",
		additional_items_do_not_enter_areas);
	CASE("the states of an item stay distinct", states_stay_distinct);
	CASE("the mean over groups weighs persons equally", overall_weighs_persons);
	CASE("printed numbers round half up", rounds_half_up);
	CASE("an incomplete participation puts a watermark", watermark);
	CASE("participation shows eligible, invited, completed, minimum",
		participation_table);
	CASE("the report speaks English as well", english);
	CASE("the report speaks French and German as well", french_and_german);
	CASE("columns align by characters", alignment);
	return DONE();
}
