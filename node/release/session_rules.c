/* SPDX-License-Identifier: Apache-2.0 */
#include "node/release/session_rules.h"

#include "proto/base/date.h"

static int64_t length(const struct drp_days *days)
{
	return (int64_t)days->to - days->from + 1;
}

enum drp_err drp_sessions_check(
	const struct drp_days *sessions, size_t n, struct drp_diag *diag)
{
	if (n > DRP_SESSIONS_MAX) {
		return drp_fail(diag, DRP_E_POLICY,
			"%zu sessions in one school year; at most %d are allowed", n,
			DRP_SESSIONS_MAX);
	}
	for (size_t i = 0; i < n; i++) {
		const struct drp_days *session = &sessions[i];
		if (session->to < session->from) {
			return drp_fail(diag, DRP_E_INPUT,
				"session %zu ends before it begins; swap its days",
				i + 1);
		}
		if (drp_school_year(session->from) != drp_school_year(sessions[0].from) ||
			drp_school_year(session->to) !=
				drp_school_year(sessions[0].from)) {
			return drp_fail(diag, DRP_E_INPUT,
				"session %zu does not lie in one school year with the "
				"first one "
				"(1 September to 31 August)",
				i + 1);
		}
		if (i > 0 && session->from <= sessions[i - 1].to) {
			return drp_fail(diag, DRP_E_INPUT,
				"session %zu begins before session %zu has ended", i + 1,
				i);
		}
	}
	return DRP_OK;
}

int drp_session_of(const struct drp_days *sessions, size_t n, int32_t day)
{
	for (size_t i = 0; i < n; i++) {
		if (day >= sessions[i].from && day <= sessions[i].to) {
			return (int)i;
		}
	}
	return -1;
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
