/* SPDX-License-Identifier: Apache-2.0 */
#include "node/import/limesurvey.h"

#include <string.h>

int drp_limesurvey_same(const char *expression, const char *brackets)
{
	const char *bracket = strchr(brackets, '[');
	if (!bracket) {
		return 0;
	}
	size_t n = (size_t)(bracket - brackets);
	if (strncmp(expression, brackets, n) != 0) {
		return 0;
	}
	const char *code = expression + n;
	for (int part = 0; bracket[0] == '['; part++) {
		const char *from = bracket + 1, *to = strchr(from, ']');
		if (!to || *code++ != '_') {
			return 0;
		}
		size_t length = (size_t)(to - from);
		if (part == 1 && length == 1 && (from[0] == '1' || from[0] == '2')) {
			if (*code++ != from[0] - 1) {
				return 0;
			}
		} else if (strncmp(code, from, length) != 0) {
			return 0;
		} else {
			code += length;
		}
		bracket = to + 1;
	}
	return bracket[0] == 0 && code[0] == 0;
}

static int ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);
	return n > m && strcmp(text + n - m, end) == 0;
}

int drp_limesurvey_is_metadata(const char *code)
{
	static const char *const names[] = {"id", "submitdate", "lastpage",
		"startlanguage", "seed", "startdate", "datestamp", "token", "ipaddr",
		"refurl", "interviewtime"};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (strcmp(names[i], code) == 0) {
			return 1;
		}
	}
	return strncmp(code, "groupTime", 9) == 0 || ends_with(code, "Time");
}
