/* SPDX-License-Identifier: Apache-2.0
 *
 * When a school may look at its answers: the answering window of a level inside the
 * campaign's period, and its end before results are shown or anything is published
 * (R8, R9). All days are inclusive: a window from Monday to Sunday lasts seven days.
 * Threads: any.
 */
#ifndef DRP_NODE_WINDOW_H
#define DRP_NODE_WINDOW_H

#include <drempel/err.h>

#include <stdint.h>

#define DRP_WINDOW_MIN_DAYS 7
#define DRP_WINDOW_MAX_DAYS 21

/* First and last day, as proto/base/date.h counts them. Also a campaign's period. */
struct drp_days {
	int32_t from, to;
};

/* drp_window_check: 7 to 21 days and inside the period. DRP_E_POLICY. */
enum drp_err drp_window_check(const struct drp_days *period,
	const struct drp_days *window, struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_window_ended: DRP_E_WINDOW_OPEN until the day after the window's last one;
 * before it no result is shown and nothing leaves. */
enum drp_err drp_window_ended(const struct drp_days *window, int32_t today,
	struct drp_diag *diag) DRP_MUST_CHECK;

#endif
