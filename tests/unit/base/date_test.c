/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/base/date.h"

#include "tests/support/check.h"

#include <time.h>

/* Day numbers from the C library's own calendar, which shares no code with ours. */
static int32_t library_day(int y, int m, int d)
{
	struct tm tm = {.tm_year = y - 1900, .tm_mon = m - 1, .tm_mday = d};
	return (int32_t)(timegm(&tm) / 86400);
}

static int days_in(int y, int m)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
	return days[m - 1] + (m == 2 && leap);
}

/* Every day of five centuries, both ways; the days before the first and after the last
 * of a month are none. */
static void the_whole_calendar(void)
{
	for (int y = 1799; y <= 2300; y++) {
		for (int m = 1; m <= 12; m++) {
			for (int d = 0; d <= 32; d++) {
				char text[DRP_DATE_TEXT], back[DRP_DATE_TEXT];
				int32_t day = -1;
				snprintf(text, sizeof text, "%04d-%02d-%02d", y, m, d);
				int bad = drp_date_parse(text, &day);
				CHECK_INT(bad, d < 1 || d > days_in(y, m) ? -1 : 0);
				if (!bad) {
					CHECK_INT(day, library_day(y, m, d));
					CHECK_STR(drp_date_format(day, back), text);
				}
			}
		}
	}
}

static void what_is_no_day(void)
{
	static const char *const bad[] = {"", "2026-10-1", "2026-10-011", "2026/10/01",
		"26-10-01", " 2026-10-1", "2026-13-01", "2026-00-10", "2026-1a-10",
		"2026-10-0x", "-026-10-10", "+026-10-10", "2026-10-01T", "10-01-2026"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		int32_t day = 7;
		CHECK_INT(drp_date_parse(bad[i], &day), -1);
		CHECK_INT(day, 7);
	}
}

static void times(void)
{
	char text[DRP_DATE_TEXT];
	CHECK_STR(drp_time_format(0, text), "1970-01-01T00:00:00Z");
	CHECK_STR(drp_time_format(-1, text), "1969-12-31T23:59:59Z");
	CHECK_STR(drp_time_format(86399, text), "1970-01-01T23:59:59Z");
	CHECK_STR(drp_time_format(INT64_C(1791021723), text), "2026-10-03T10:02:03Z");
	/* The largest time that a message may carry. */
	CHECK_STR(drp_time_format(INT64_C(253402300799), text), "9999-12-31T23:59:59Z");
}

static void days_of_milliseconds(void)
{
	CHECK_INT(drp_day_of_ms(0), 0);
	CHECK_INT(drp_day_of_ms(86399999), 0);
	CHECK_INT(drp_day_of_ms(86400000), 1);
	CHECK_INT(drp_day_of_ms(-1), -1);
	CHECK_INT(drp_day_of_ms(-86400000), -1);
	CHECK_INT(drp_day_of_ms(-86400001), -2);
}

static void instants_are_read(void)
{
	static const char *const wrong[] = {"", "2026-10-03", "2026-10-03T10:02:03",
		"2026-10-03T10:02Z", "2026-10-03 10:02:03Z", "2026-10-03T24:00:00Z",
		"2026-10-03T10:60:00Z", "2026-10-03T10:02:60Z", "2026-02-30T10:02:03Z",
		"2026-10-03T10:02:03z", "2026-10-03T10:02:03+", "2026-10-03T-1:02:03Z",
		"2026-10-03T10:02:03Z "};
	int64_t s = 7;
	CHECK_INT(drp_time_parse("2026-10-03T10:02:03Z", &s), 0);
	CHECK_INT(s, INT64_C(1791021723));
	CHECK_INT(drp_time_parse("1969-12-31T23:59:59Z", &s), 0);
	CHECK_INT(s, -1);
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		CHECK_INT(drp_time_parse(wrong[i], &s), -1);
	}
}

static void school_years_begin_in_september(void)
{
	CHECK_INT(drp_school_year(library_day(2026, 8, 31)), 2025);
	CHECK_INT(drp_school_year(library_day(2026, 9, 1)), 2026);
	CHECK_INT(drp_school_year(library_day(2026, 12, 31)), 2026);
	CHECK_INT(drp_school_year(library_day(2027, 1, 1)), 2026);
	CHECK_INT(drp_school_year(library_day(1969, 9, 1)), 1969);
}

int main(void)
{
	CASE("every day from 1799 to 2300 is itself", the_whole_calendar);
	CASE("anything but YYYY-MM-DD is no day", what_is_no_day);
	CASE("times are printed in UTC, before 1970 too", times);
	CASE("an instant is read back, and nothing else is one", instants_are_read);
	CASE("a day of milliseconds rounds down", days_of_milliseconds);
	CASE("a school year begins on 1 September", school_years_begin_in_september);
	return DONE();
}
