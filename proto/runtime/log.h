/* SPDX-License-Identifier: Apache-2.0
 *
 * One line an event on stderr: time, level, group, event, key=value pairs. Never an
 * answer, a count of one school, a key or a share: the canary test searches for them.
 * Threads: any.
 */
#ifndef DRP_RUNTIME_LOG_H
#define DRP_RUNTIME_LOG_H

enum drp_log_level { DRP_LOG_ERROR, DRP_LOG_WARN, DRP_LOG_INFO, DRP_LOG_DEBUG };

/* The level is read from DREMPEL_LOG (error, warn, info, debug); default info. */
void drp_log(enum drp_log_level level, const char *group, const char *event,
	const char *fmt, ...) __attribute__((format(printf, 4, 5)));

#endif
