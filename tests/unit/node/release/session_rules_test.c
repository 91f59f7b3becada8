/* SPDX-License-Identifier: Apache-2.0 */
#include "node/release/session_rules.h"

#include "proto/base/date.h"
#include "tests/support/check.h"

static int32_t day(const char *text)
{
	int32_t parsed = 0;
	CHECK_INT(drp_date_parse(text, &parsed), 0);
	return parsed;
}

static struct drp_days days(const char *from, const char *to)
{
	return (struct drp_days){day(from), day(to)};
}

/* The three sessions of the school year 2018-2019. */
static struct drp_days year[4];

static void fill_year(void)
{
	year[0] = days("2018-10-25", "2018-12-31");
	year[1] = days("2019-01-05", "2019-04-14");
	year[2] = days("2019-04-18", "2019-07-31");
}

static void sessions_of_2018(void)
{
	struct drp_diag diag = {0};
	fill_year();
	CHECK_OK(drp_sessions_check(year, 3, &diag));
	CHECK_INT(drp_session_of(year, 3, day("2018-10-24")), -1);
	CHECK_INT(drp_session_of(year, 3, day("2018-10-25")), 0);
	CHECK_INT(drp_session_of(year, 3, day("2018-12-31")), 0);
	CHECK_INT(drp_session_of(year, 3, day("2019-01-04")), -1);
	CHECK_INT(drp_session_of(year, 3, day("2019-01-05")), 1);
	CHECK_INT(drp_session_of(year, 3, day("2019-04-15")), -1);
	CHECK_INT(drp_session_of(year, 3, day("2019-04-17")), -1);
	CHECK_INT(drp_session_of(year, 3, day("2019-07-31")), 2);
	CHECK_INT(drp_session_of(year, 3, day("2019-08-01")), -1);
}

static void three_at_most(void)
{
	struct drp_diag diag = {0};
	fill_year();
	year[3] = days("2019-08-01", "2019-08-31");
	CHECK_ERR(drp_sessions_check(year, 4, &diag), DRP_E_POLICY);
}

static void check_refused(const char *says)
{
	struct drp_diag diag = {0};
	CHECK_ERR(drp_sessions_check(year, 3, &diag), DRP_E_INPUT);
	CHECK(strstr(diag.text, says));
}

static void wrong_sessions(void)
{
	fill_year();
	year[1].from = year[0].to;
	check_refused("session 2 begins before");
	fill_year();
	year[2] = days("2019-07-31", "2019-04-18");
	check_refused("session 3 ends before");
	fill_year();
	year[2].to = day("2019-09-01");
	check_refused("session 3 does not lie");
	fill_year();
	year[0].from = day("2018-08-31");
	check_refused("session 1 does not lie");
}

static void windows(void)
{
	struct drp_days period = days("2018-10-25", "2018-12-31");
	static const struct {
		const char *from, *to;
		enum drp_err err;
	} cases[] = {
		{"2018-10-25", "2018-10-31", DRP_OK},	    /* 7 days */
		{"2018-10-25", "2018-10-30", DRP_E_POLICY}, /* 6 */
		{"2018-11-01", "2018-11-21", DRP_OK},	    /* 21 */
		{"2018-11-01", "2018-11-22", DRP_E_POLICY}, /* 22 */
		{"2018-12-25", "2018-12-31", DRP_OK},
		{"2018-12-26", "2019-01-01", DRP_E_POLICY},
		{"2018-10-24", "2018-10-31", DRP_E_POLICY},
		{"2018-11-30", "2018-11-01", DRP_E_POLICY},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct drp_diag diag = {0};
		struct drp_days window = days(cases[i].from, cases[i].to);
		CHECK_ERR(drp_window_check(&period, &window, &diag), cases[i].err);
	}
}

static void results_wait(void)
{
	struct drp_diag diag = {0};
	struct drp_days window = days("2018-11-01", "2018-11-21");
	CHECK_ERR(drp_window_ended(&window, day("2018-11-01"), &diag), DRP_E_WINDOW_OPEN);
	CHECK_ERR(drp_window_ended(&window, day("2018-11-21"), &diag), DRP_E_WINDOW_OPEN);
	CHECK(strstr(diag.text, "2018-11-21"));
	CHECK(drp_err_is_refusal(diag.code));
	CHECK_OK(drp_window_ended(&window, day("2018-11-22"), &diag));
}

int main(void)
{
	CASE("the sessions of 2018-2019 hold, with their gaps", sessions_of_2018);
	CASE("a fourth session in a school year is refused", three_at_most);
	CASE("sessions lie in order inside one school year", wrong_sessions);
	CASE("a window lasts 7 to 21 days inside its period", windows);
	CASE("results are refused until the window has ended", results_wait);
	return DONE();
}
