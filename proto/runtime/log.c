/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/runtime/log.h"

#include "proto/base/date.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LINE_MAX_BYTES 1024

static const char *const level_names[] = {"error", "warn", "info", "debug"};
static enum drp_log_level threshold = DRP_LOG_INFO;
static pthread_once_t threshold_once = PTHREAD_ONCE_INIT;

static void read_threshold(void)
{
	const char *wanted = getenv("DREMPEL_LOG");
	for (size_t i = 0; wanted && i < sizeof level_names / sizeof *level_names; i++) {
		if (strcmp(wanted, level_names[i]) == 0) {
			threshold = (enum drp_log_level)i;
		}
	}
}

/* Text from a peer must not start a line of its own nor move a terminal's cursor. */
static void replace_control_bytes(char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;
		if (c < 0x20 || c == 0x7f) {
			*text = '?';
		}
	}
}

void drp_log(enum drp_log_level level, const char *group, const char *event,
	const char *fmt, ...)
{
	pthread_once(&threshold_once, read_threshold);
	if (level > threshold) {
		return;
	}
	char line[LINE_MAX_BYTES], time_text[DRP_DATE_TEXT];
	int n = snprintf(line, sizeof line - 1, "%s %s %s %s ",
		drp_time_format((int64_t)time(NULL), time_text), level_names[level],
		group, event);
	size_t used = n < 0			    ? 0
		      : (size_t)n < sizeof line - 1 ? (size_t)n
						    : sizeof line - 2;
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(line + used, sizeof line - 1 - used, fmt, ap);
	va_end(ap);
	replace_control_bytes(line);
	size_t len = strlen(line);
	line[len++] = '\n';
	/* One write a line: lines of different threads do not mix. Nobody can be told
	 * when it fails. */
	if (write(STDERR_FILENO, line, len) < 0) {
		return;
	}
}
