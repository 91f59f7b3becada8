/* SPDX-License-Identifier: Apache-2.0 */
#include "node/sync/sync_internal.h"

#include <stdio.h>
#include <string.h>

/* The entry as it stands now: another process may have withdrawn or sent it since this
 * visit began. */
static enum drp_err refresh(struct drp_node_sync *s, struct drp_released *r)
{
	char campaign[DRP_NAME_MAX];
	memcpy(campaign, r->campaign, sizeof campaign);
	return drp_node_release_get(
		s->node->store, campaign, r->level, r->group, r, s->diag);
}

static enum drp_err fill_out(
	struct drp_node_sync *s, const struct drp_released *r, struct drp_out *out)
{
	struct drp_node_campaign c;
	int known;
	*out = (struct drp_out){.kind = r->state != DRP_RELEASE_READY  ? DRP_OUT_WITHDRAW
					: r->track == DRP_TRACK_SEALED ? DRP_OUT_REPORT
								       : DRP_OUT_SUBMIT,
		.request = r->request,
		.campaign = r->manifest,
		.contribution = r->hash,
		.unit = r->unit,
		.group = r->group};
	enum drp_err err = drp_sync_known_campaign(s, &r->manifest, &c, &known);
	out->notary = c.notary;
	return err ? err
		   : drp_node_release_bytes(
			     s->node->store, &r->hash, &out->bytes, s->diag);
}

int drp_sync_next_out(void *self, struct drp_out *out)
{
	struct drp_node_sync *s = self;
	while (s->next < s->n_outbox && !s->failed) {
		struct drp_released *r = &s->outbox[s->next++];
		s->failed = refresh(s, r);
		if (s->failed) {
			break;
		}
		if ((r->state != DRP_RELEASE_READY &&
			    r->state != DRP_RELEASE_WITHDRAWING) ||
			(s->options.only && strcmp(s->options.only, r->campaign) != 0)) {
			continue;
		}
		s->failed = fill_out(s, r, out);
		if (s->failed == DRP_OK) {
			return 1;
		}
		drp_buf_clear(&out->bytes);
	}
	return 0;
}

/* The state after the hub's answer to what was sent in state `sent`, when the entry is
 * in state `now`. A withdrawal that came while the contribution was on its way is not
 * forgotten, and a late refusal does not undo what another process settled. */
static int state_after(int sent, int now, int answered)
{
	if (now == sent) {
		return answered;
	}
	if ((answered == DRP_RELEASE_STORED || answered == DRP_RELEASE_CONFIRMED) &&
		sent == DRP_RELEASE_READY &&
		(now == DRP_RELEASE_WITHDRAWING || now == DRP_RELEASE_WITHDRAWN)) {
		return DRP_RELEASE_WITHDRAWING;
	}
	return answered == DRP_RELEASE_REFUSED || now == DRP_RELEASE_WITHDRAWN ? now
									       : answered;
}

static enum drp_err record(struct drp_node_sync *s, const struct drp_out *out, int state,
	const char *event, const char *note, const struct drp_receipt *receipt)
{
	struct drp_node_store *store = s->node->store;
	struct drp_log_row row = {.time_s = drp_node_now_s(s->node),
		.campaign = out->campaign,
		.unit = out->unit,
		.group = out->group,
		.bytes = out->contribution};
	snprintf(row.event, sizeof row.event, "%s", event);
	enum drp_err err = drp_node_begin(store, s->diag);
	if (err) {
		return err;
	}
	struct drp_released *r = &s->outbox[s->next - 1];
	int sent = r->state;
	err = refresh(s, r);
	err = err ? err
		  : drp_node_release_state(store, &out->contribution,
			    state_after(sent, r->state, state), note, receipt, s->diag);
	err = err ? err : drp_node_log_append(store, &row, s->diag);
	return drp_node_end(store, err, s->diag);
}

enum drp_err drp_sync_settled(void *self, struct drp_out *out,
	const struct drp_receipt *receipt, const struct drp_receipt *confirmed)
{
	struct drp_node_sync *s = self;
	enum drp_err err =
		receipt ? record(s, out, DRP_RELEASE_STORED, "stored", "", receipt)
			: record(s, out, DRP_RELEASE_WITHDRAWN, "withdrawn", "", NULL);
	if (err) {
		return err;
	}
	s->result->stored += receipt != NULL;
	s->result->withdrawn += receipt == NULL;
	if (!confirmed) {
		return DRP_OK;
	}
	struct drp_released *r = &s->outbox[s->next - 1];
	err = drp_node_begin(s->node->store, s->diag);
	if (err) {
		return err;
	}
	err = refresh(s, r);
	err = err || r->has_confirmed ? err : drp_sync_confirm(s, r, confirmed);
	return drp_node_end(s->node->store, err, s->diag);
}

/* A refusal ends an entry, except where time or the operator can still change it. */
enum drp_err drp_sync_refused(
	void *self, struct drp_out *out, enum drp_err why, const char *text)
{
	struct drp_node_sync *s = self;
	if (out->kind == DRP_OUT_WITHDRAW && why == DRP_E_NOTFOUND) {
		return drp_sync_settled(self, out, NULL,
			NULL); /* it never arrived: nothing to take back */
	}
	s->result->refused++;
	snprintf(s->result->refusal, sizeof s->result->refusal, "%s", text);
	/* A hub that does not know its own campaign may yet find its backup; until then
	 * the entry waits, and the entries of other campaigns go on. */
	if (why == DRP_E_NOTFOUND) {
		return DRP_OK;
	}
	if (why == DRP_E_CLOCK || why == DRP_E_UNKNOWN_KEY || why == DRP_E_REVOKED) {
		return drp_fail(s->diag, why, "the hub refused: %s", text);
	}
	int state = DRP_RELEASE_REFUSED;
	if (out->kind == DRP_OUT_WITHDRAW) {
		/* The hub keeps it, so it counts. Without a receipt it is sent again: the
		 * hub answers a repeat with the receipt, also after the close. */
		const struct drp_released *r = &s->outbox[s->next - 1];
		state = r->has_confirmed ? DRP_RELEASE_CONFIRMED
			: r->has_receipt ? DRP_RELEASE_STORED
					 : DRP_RELEASE_READY;
	}
	return record(s, out, state, "refused", text, NULL);
}
