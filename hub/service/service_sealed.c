/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/service/service_internal.h"

#include "hub/campaign/tally.h"
#include "hub/store/store_sealed.h"
#include "proto/runtime/log.h"
#include "proto/session/verification.h"

/* The tasks of a campaign that the store thread has loaded before; NULL: not yet. */
static const struct drp_tasks *known_tasks(
	struct drp_hub_service *s, const struct drp_hash *hash)
{
	pthread_mutex_lock(&s->lock);
	const struct drp_service_campaign *c = s->campaigns;
	while (c && !drp_hash_equal(&c->manifest->hash, hash)) {
		c = c->next;
	}
	const struct drp_tasks *tasks = c ? c->tasks : NULL;
	pthread_mutex_unlock(&s->lock);
	return tasks;
}

/* What does not fit its task or was not signed by the school of its unit; a refusal that
 * waits in w->check until the store has had its say. */
static void check(struct drp_service_work *w, const struct drp_tasks *tasks)
{
	(void)!drp_report_check(&tasks->task[w->report.statement.group], tasks->manifest,
		&w->report, 0, &w->check);
	w->checked = 1;
}

enum drp_err drp_service_read_report(
	struct drp_hub_service *s, struct drp_service_work *w)
{
	enum drp_err err = drp_report_decode(w->asked.request.report.bytes,
		w->asked.request.report.n, &w->report, &w->hash);
	const struct drp_tasks *tasks =
		err ? NULL : known_tasks(s, &w->report.statement.campaign);
	if (tasks) {
		check(w, tasks);
	}
	return err;
}

/* Nothing is stored that could not be verified later, or that another than the school
 * could have sent. */
static enum drp_err store_report(struct drp_service_turn *t,
	const struct drp_service_campaign *c, struct drp_stored *stored)
{
	struct drp_service_work *w = t->w;
	if (!w->checked) {
		check(w, c->tasks);
	}
	if (w->check.code) {
		return drp_fail(t->diag, w->check.code, "%s", w->check.text);
	}
	*stored = (struct drp_stored){.unit = w->report.statement.unit,
		.group = w->report.statement.group,
		.hash = w->hash};
	return drp_service_store(
		t, c, w->asked.request.report.bytes, w->asked.request.report.n, stored);
}

enum drp_err drp_service_report(struct drp_service_turn *t)
{
	const struct drp_report_statement *k = &t->w->report.statement;
	struct drp_service_campaign *c;
	struct drp_place_facts facts;
	struct drp_stored stored;
	enum drp_err err = drp_service_place(
		t, &k->campaign, &k->unit, k->group, &c, &facts, &stored);
	if (err) {
		return err;
	}
	enum drp_verdict verdict =
		drp_judge_report(k, &t->w->hash, &facts, &err, t->diag);
	if (verdict == DRP_VERDICT_STORE) {
		err = store_report(t, c, &stored);
	}
	if (verdict == DRP_VERDICT_REFUSE && err == DRP_E_CONFLICT) {
		drp_log(DRP_LOG_ERROR, "service", "conflict", "campaign=%s", c->id);
	}
	return err ? err : drp_service_tell(t, c->id, &stored);
}

enum drp_err drp_service_tell(
	struct drp_service_turn *t, const char *campaign, const struct drp_stored *stored)
{
	struct drp_reply *reply = t->reply;
	struct drp_buf answer = {0};
	reply->status.receipt[reply->status.n++] = stored->receipt;
	if (stored->state == DRP_CONTRIBUTION_REJECTED) {
		reply->status.refused[reply->status.n_refused++] =
			(struct drp_refused){stored->unit, stored->group, stored->reason};
	}
	enum drp_err err = DRP_OK;
	if (stored->state == DRP_CONTRIBUTION_COUNTED) {
		err = drp_hub_contribution_load(t->store, campaign, &stored->unit,
			stored->group, NULL, &answer, t->diag);
	}
	if (err == DRP_OK && answer.len && reply->status.n < DRP_STATUS_MAX) {
		err = drp_receipt_decode(answer.data, answer.len,
			&reply->status.receipt[reply->status.n++]);
	}
	drp_buf_clear(&answer);
	return err;
}

enum drp_err drp_service_lists(
	struct drp_service_turn *t, const struct drp_service_campaign *c)
{
	static const char *const what[DRP_LISTS] = {
		DRP_OPENING_HUB_LIST, DRP_OPENING_NOTARY_LIST};
	enum drp_err err = c->tasks ? DRP_OK : DRP_E_NOTFOUND;
	for (uint32_t i = 0; err == DRP_OK && i < DRP_LISTS; i++) {
		err = drp_tally_list_stored(
			t->s->hub, c->id, what[i], &t->reply->status.list[i], t->diag);
	}
	t->reply->status.n_lists = err ? 0 : DRP_LISTS;
	return err == DRP_E_NOTFOUND ? DRP_OK : err;
}
