/* SPDX-License-Identifier: Apache-2.0 */
#include "node/import/answer.h"

#include <string.h>

const char *drp_answer_name(int answer)
{
	static const char *const names[DRP_ANSWERS] = {"not_shown", "1", "2", "3", "4",
		"5", "6", "7", "ticked", "not_ticked", "na", "blank"};
	return answer >= 0 && answer < DRP_ANSWERS ? names[answer] : "?";
}

size_t drp_answer_list(const struct drp_scale *scale, uint8_t answers[DRP_ANSWERS])
{
	size_t n = 0;
	if (scale->points == 0) {
		answers[n++] = DRP_ANSWER_TICKED;
		answers[n++] = DRP_ANSWER_NOT_TICKED;
	} else {
		for (uint8_t point = 1; point <= scale->points; point++) {
			answers[n++] = point;
		}
		answers[n++] = DRP_ANSWER_NA;
	}
	answers[n++] = DRP_ANSWER_BLANK;
	answers[n++] = DRP_ANSWER_NOT_SHOWN;
	return n;
}

static int by_codes(const struct drp_answer_codes *codes, const char *text)
{
	for (int answer = 0; answer < DRP_ANSWERS; answer++) {
		if (drp_word_list_has(&codes->list[answer], text)) {
			return answer;
		}
	}
	return -1;
}

/* One digit of the scale, or NA; LimeSurvey's array questions write A1..A5 as well. */
static int by_points(enum drp_format format, const char *text)
{
	if (strcmp(text, "NA") == 0) {
		return DRP_ANSWER_NA;
	}
	if (format == DRP_FORMAT_LIMESURVEY && text[0] == 'A') {
		text++;
	}
	return text[0] >= '1' && text[0] <= '7' && text[1] == 0 ? text[0] - '0' : -1;
}

static int by_tick(enum drp_format format, const char *text)
{
	int json = format == DRP_FORMAT_JSON;
	if (strcmp(text, "1") == 0 || strcmp(text, "Y") == 0 ||
		(json && strcmp(text, "true") == 0)) {
		return DRP_ANSWER_TICKED;
	}
	if (strcmp(text, "0") == 0 || strcmp(text, "N") == 0 ||
		(json && strcmp(text, "false") == 0)) {
		return DRP_ANSWER_NOT_TICKED;
	}
	return -1;
}

/* LimeSurvey writes an unticked box as "", since a box cannot be left blank there. */
static int by_emptiness(const struct drp_answer_rules *rules)
{
	return rules->format == DRP_FORMAT_LIMESURVEY && rules->scale->points == 0
		       ? DRP_ANSWER_NOT_TICKED
		       : DRP_ANSWER_BLANK;
}

enum drp_err drp_answer_read(const struct drp_answer_rules *rules, const char *text,
	int quoted, uint8_t *answer)
{
	int read = -1;
	if (!text[0] && !quoted) {
		read = DRP_ANSWER_NOT_SHOWN;
	} else if (rules->missing && drp_word_list_has(rules->missing, text)) {
		read = DRP_ANSWER_BLANK;
	} else if (rules->codes) {
		read = by_codes(rules->codes, text);
	} else if (text[0]) {
		read = rules->scale->points ? by_points(rules->format, text)
					    : by_tick(rules->format, text);
	}
	if (read < 0 && !text[0]) {
		read = by_emptiness(rules);
	}
	if (read < 0 || !drp_answer_fits(read, rules->scale)) {
		return DRP_E_RANGE;
	}
	*answer = (uint8_t)read;
	return DRP_OK;
}
