/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/base/date.h"

#include <stdio.h>
#include <string.h>

/* Day number of a civil date, after H. Hinnant's public-domain "chrono-compatible
 * low-level date algorithms": eras of 400 years, years that begin in March. */
static int64_t days_from_civil(int64_t y, unsigned m, unsigned d)
{
	y -= m <= 2;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	unsigned yoe = (unsigned)(y - era * 400);
	unsigned doy = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;
	unsigned doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
	return era * 146097 + (int64_t)doe - 719468;
}

static void civil_from_days(int64_t z, int *y, unsigned *m, unsigned *d)
{
	z += 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	unsigned doe = (unsigned)(z - era * 146097);
	unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	unsigned mp = (5 * doy + 2) / 153;
	*d = doy - (153 * mp + 2) / 5 + 1;
	*m = mp < 10 ? mp + 3 : mp - 9;
	*y = (int)((int64_t)yoe + era * 400) + (*m <= 2);
}

static int digits(const char *s, int n, int *value)
{
	*value = 0;
	for (int i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9') {
			return -1;
		}
		*value = *value * 10 + (s[i] - '0');
	}
	return 0;
}

int drp_date_parse(const char *text, int32_t *day)
{
	int y, m, d;
	if (strlen(text) != 10 || text[4] != '-' || text[7] != '-' ||
		digits(text, 4, &y) || digits(text + 5, 2, &m) ||
		digits(text + 8, 2, &d) || m < 1 || m > 12 || d < 1) {
		return -1;
	}
	int64_t z = days_from_civil(y, (unsigned)m, (unsigned)d);
	int back_y;
	unsigned back_m, back_d;
	civil_from_days(z, &back_y, &back_m, &back_d);
	if (back_m != (unsigned)m || back_d != (unsigned)d) {
		return -1; /* 31 April and the like */
	}
	*day = (int32_t)z;
	return 0;
}

int drp_time_parse(const char *text, int64_t *seconds)
{
	char date[11];
	int32_t day;
	int h, m, s;
	if (strlen(text) != 20 || text[10] != 'T' || text[13] != ':' || text[16] != ':' ||
		text[19] != 'Z' || digits(text + 11, 2, &h) || digits(text + 14, 2, &m) ||
		digits(text + 17, 2, &s) || h > 23 || m > 59 || s > 59) {
		return -1;
	}
	snprintf(date, sizeof date, "%.10s", text);
	if (drp_date_parse(date, &day)) {
		return -1;
	}
	*seconds = (int64_t)day * 86400 + h * 3600 + m * 60 + s;
	return 0;
}

const char *drp_date_format(int32_t day, char text[DRP_DATE_TEXT])
{
	int y;
	unsigned m, d;
	civil_from_days(day, &y, &m, &d);
	snprintf(text, DRP_DATE_TEXT, "%04d-%02u-%02u", y, m, d);
	return text;
}

const char *drp_time_format(int64_t seconds, char text[DRP_DATE_TEXT])
{
	int32_t day = drp_day_of_ms(seconds * 1000);
	int64_t rest = seconds - (int64_t)day * 86400;
	char date[DRP_DATE_TEXT];
	snprintf(text, DRP_DATE_TEXT, "%.10sT%02d:%02d:%02dZ", drp_date_format(day, date),
		(int)(rest / 3600), (int)(rest / 60 % 60), (int)(rest % 60));
	return text;
}

int drp_school_year(int32_t day)
{
	int y;
	unsigned m, d;
	civil_from_days(day, &y, &m, &d);
	return m >= 9 ? y : y - 1;
}
