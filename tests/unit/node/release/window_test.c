/* SPDX-License-Identifier: Apache-2.0 */
#include "node/release/window.h"

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
	CASE("a window lasts 7 to 21 days inside its period", windows);
	CASE("results are refused until the window has ended", results_wait);
	return DONE();
}
