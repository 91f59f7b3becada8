/* SPDX-License-Identifier: Apache-2.0
 *
 * Calendar days, as days since 1970-01-01 (proleptic Gregorian, UTC), and school
 * years. Times finer than a day are never stored for a questionnaire (R6).
 */
#ifndef DRP_BASE_DATE_H
#define DRP_BASE_DATE_H

#include <stdint.h>

#define DRP_DATE_TEXT 32

/* drp_date_parse reads exactly YYYY-MM-DD; -1 when it is not a calendar day. */
int drp_date_parse(const char *text, int32_t *day);

/* drp_date_format writes YYYY-MM-DD and returns its buffer. */
const char *drp_date_format(int32_t day, char text[DRP_DATE_TEXT]);

/* drp_time_format writes YYYY-MM-DDTHH:MM:SSZ of a Unix time in seconds. */
const char *drp_time_format(int64_t seconds, char text[DRP_DATE_TEXT]);

/* drp_time_parse reads exactly YYYY-MM-DDTHH:MM:SSZ, without a leap second; -1
 * otherwise. */
int drp_time_parse(const char *text, int64_t *seconds);

/* drp_school_year: the year in which the school year of that day began; it begins
 * on 1 September in Flanders. */
int drp_school_year(int32_t day);

static inline int32_t drp_day_of_ms(int64_t ms)
{
	int64_t day = ms / 86400000;
	return (int32_t)(ms % 86400000 < 0 ? day - 1 : day);
}

#endif
