/* SPDX-License-Identifier: Apache-2.0
 *
 * When a school may collect answers and when it may look at them: sessions of a school
 * year, the answering window of a level inside a session, and the end of that window
 * before results are shown or anything is published (R7-R9). All days are inclusive:
 * a window from Monday to Sunday lasts seven days. Threads: any.
 */
#ifndef DRP_NODE_SESSION_RULES_H
#define DRP_NODE_SESSION_RULES_H

#include <drempel/err.h>

#include <stddef.h>
#include <stdint.h>

#define DRP_SESSIONS_MAX    3 /* in one school year */
#define DRP_WINDOW_MIN_DAYS 7
#define DRP_WINDOW_MAX_DAYS 21

/* First and last day, as proto/base/date.h counts them. Also a campaign's period. */
struct drp_days {
	int32_t from, to;
};

/* drp_sessions_check: at most three, in order, without overlap, each within one and
 * the same school year. DRP_E_POLICY for a fourth, else DRP_E_INPUT. */
enum drp_err drp_sessions_check(
	const struct drp_days *sessions, size_t n, struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_session_of returns the session that holds the day, -1 in a gap between them. */
int drp_session_of(const struct drp_days *sessions, size_t n, int32_t day);

/* drp_window_check: 7 to 21 days and inside the period. DRP_E_POLICY. */
enum drp_err drp_window_check(const struct drp_days *period,
	const struct drp_days *window, struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_window_ended: DRP_E_WINDOW_OPEN until the day after the window's last one;
 * before it no result is shown and nothing leaves. */
enum drp_err drp_window_ended(const struct drp_days *window, int32_t today,
	struct drp_diag *diag) DRP_MUST_CHECK;

#endif
