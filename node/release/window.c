/* SPDX-License-Identifier: Apache-2.0 */
#include "node/release/window.h"

#include "proto/base/date.h"

static int64_t length(const struct drp_days *days)
{
	return (int64_t)days->to - days->from + 1;
}

enum drp_err drp_window_check(const struct drp_days *period,
	const struct drp_days *window, struct drp_diag *diag)
{
	char from[DRP_DATE_TEXT], to[DRP_DATE_TEXT];
	int64_t days = length(window);
	if (days < DRP_WINDOW_MIN_DAYS || days > DRP_WINDOW_MAX_DAYS) {
		return drp_fail(diag, DRP_E_POLICY,
			"the window lasts %lld days, both ends counted; it must last %d "
			"to %d",
			(long long)days, DRP_WINDOW_MIN_DAYS, DRP_WINDOW_MAX_DAYS);
	}
	if (window->from < period->from || window->to > period->to) {
		return drp_fail(diag, DRP_E_POLICY,
			"the window must lie inside the period, %s to %s",
			drp_date_format(period->from, from),
			drp_date_format(period->to, to));
	}
	return DRP_OK;
}

enum drp_err drp_window_ended(
	const struct drp_days *window, int32_t today, struct drp_diag *diag)
{
	char to[DRP_DATE_TEXT];
	if (today <= window->to) {
		return drp_fail(diag, DRP_E_WINDOW_OPEN,
			"the answering window lasts until %s; results are shown and "
			"published from "
			"the day after",
			drp_date_format(window->to, to));
	}
	return DRP_OK;
}
