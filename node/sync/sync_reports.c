/* SPDX-License-Identifier: Apache-2.0 */
#include "node/sync/sync_internal.h"

#include "proto/base/alloc.h"

#include <stdio.h>
#include <string.h>

enum drp_err drp_sync_confirm(struct drp_node_sync *s, const struct drp_released *r,
	const struct drp_receipt *confirmed)
{
	struct drp_log_row row = {.time_s = drp_node_now_s(s->node),
		.event = "confirmed",
		.campaign = r->manifest,
		.unit = r->unit,
		.group = r->group,
		.bytes = r->hash};
	int state = r->state == DRP_RELEASE_STORED || r->state == DRP_RELEASE_READY
			    ? DRP_RELEASE_CONFIRMED
			    : r->state;
	enum drp_err err =
		drp_node_release_confirm(s->node->store, &r->hash, confirmed, s->diag);
	err = err ? err
		  : drp_node_release_state(
			    s->node->store, &r->hash, state, "", NULL, s->diag);
	err = err ? err : drp_node_log_append(s->node->store, &row, s->diag);
	s->result->confirmed += err == DRP_OK;
	return err;
}

static int is_unconfirmed(const struct drp_released *r)
{
	return r->track == DRP_TRACK_SEALED && !r->has_confirmed &&
	       r->state == DRP_RELEASE_STORED;
}

/* A report that was confirmed or withdrawn is asked about until the lists of the close
 * have settled it. Of one that was not, the hub is asked once more after the freeze: what
 * it says then is the end of it. */
static int is_open_question(
	const struct drp_node_campaign *c, const struct drp_released *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!drp_hash_equal(&list[i].manifest, &c->manifest)) {
			continue;
		}
		if ((is_unconfirmed(&list[i]) &&
			    strcmp(list[i].note, DRP_NOT_COUNTED_FINAL) != 0) ||
			(drp_released_wants_lists(&list[i]) &&
				c->state >= DRP_CAMPAIGN_CLOSED)) {
			return 1;
		}
	}
	return 0;
}

/* The campaigns of which the notary's word is still to come, or the lists. */
static enum drp_err find_open(struct drp_node_sync *s)
{
	struct drp_released *list = NULL;
	size_t n = 0, campaigns = 0;
	enum drp_err err = drp_node_releases(s->node->store, NULL, &list, &n, s->diag);
	err = err ? err
		  : drp_node_campaigns(s->node->store, &s->open, &campaigns, s->diag);
	for (size_t i = 0; err == DRP_OK && i < campaigns; i++) {
		if (is_open_question(&s->open[i], list, n)) {
			s->open[s->n_open++] = s->open[i];
		}
	}
	drp_free(list);
	return err;
}

int drp_sync_next_status(void *self, struct drp_status_ask *ask)
{
	struct drp_node_sync *s = self;
	struct drp_node_campaign c;
	int known;
	if (s->options.status && !s->asked) {
		s->asked = 1;
		s->failed = drp_sync_known_campaign(s, s->options.status, &c, &known);
		*ask = (struct drp_status_ask){*s->options.status, c.notary, 1};
		return s->failed == DRP_OK;
	}
	if (s->asked < 2 && s->failed == DRP_OK) {
		s->asked = 2;
		s->failed = find_open(s);
	}
	if (s->failed || s->next_open == s->n_open) {
		return 0;
	}
	const struct drp_node_campaign *next = &s->open[s->next_open++];
	*ask = (struct drp_status_ask){next->manifest, next->notary, 0};
	return 1;
}

enum drp_err drp_sync_note_event(struct drp_node_sync *s, const struct drp_released *r,
	int state, const char *event, const char *note)
{
	struct drp_log_row row = {.time_s = drp_node_now_s(s->node),
		.campaign = r->manifest,
		.unit = r->unit,
		.group = r->group,
		.bytes = r->hash};
	snprintf(row.event, sizeof row.event, "%s", event);
	enum drp_err err = drp_node_release_state(
		s->node->store, &r->hash, state, note, NULL, s->diag);
	return err ? err : drp_node_log_append(s->node->store, &row, s->diag);
}

/* The school is told once; the note then says whether there is anything to ask yet. */
static enum drp_err note_loss(
	struct drp_node_sync *s, const struct drp_released *r, int frozen)
{
	const char *note = frozen ? DRP_NOT_COUNTED_FINAL : DRP_NOT_COUNTED;
	return r->note[0] ? drp_node_release_state(s->node->store, &r->hash, r->state,
				    note, NULL, s->diag)
			  : drp_sync_note_event(s, r, r->state, "not-counted", note);
}

/* What the answer says of one report that this node is not sure of. */
static enum drp_err settle_report(struct drp_node_sync *s, const struct drp_released *r,
	int campaign_state, const struct drp_reply *reply)
{
	for (uint32_t i = 0; i < reply->status.n; i++) {
		const struct drp_receipt *receipt = &reply->status.receipt[i];
		if (memcmp(&receipt->hub, &s->node->hub, sizeof receipt->hub) != 0 &&
			drp_hash_equal(&receipt->contribution, &r->hash) &&
			memcmp(&receipt->unit, &r->unit, sizeof r->unit) == 0 &&
			receipt->group == r->group) {
			return drp_sync_confirm(s, r, receipt);
		}
	}
	for (uint32_t i = 0; i < reply->status.n_refused; i++) {
		const struct drp_refused *refused = &reply->status.refused[i];
		if (refused->group == r->group &&
			memcmp(&refused->unit, &r->unit, sizeof r->unit) == 0) {
			s->result->refused++;
			snprintf(s->result->refusal, sizeof s->result->refusal, "%s",
				drp_err_text(refused->reason));
			return drp_sync_note_event(
				s, r, DRP_RELEASE_REFUSED, "refused", s->result->refusal);
		}
	}
	return campaign_state >= DRP_CAMPAIGN_CLOSED
		       ? note_loss(s, r, campaign_state == DRP_CAMPAIGN_FROZEN)
		       : DRP_OK;
}

static enum drp_err settle_reports(struct drp_node_sync *s,
	const struct drp_hash *manifest, int campaign_state,
	const struct drp_reply *reply)
{
	struct drp_released *list = NULL;
	size_t n = 0;
	enum drp_err err = drp_node_begin(s->node->store, s->diag);
	if (err) {
		return err;
	}
	err = drp_node_releases(s->node->store, NULL, &list, &n, s->diag);
	for (size_t i = 0; err == DRP_OK && i < n; i++) {
		if (is_unconfirmed(&list[i]) &&
			drp_hash_equal(&list[i].manifest, manifest)) {
			err = settle_report(s, &list[i], campaign_state, reply);
		}
	}
	drp_free(list);
	return drp_node_end(s->node->store, err, s->diag);
}

enum drp_err drp_sync_status(
	void *self, const struct drp_status_ask *ask, const struct drp_reply *reply)
{
	struct drp_node_sync *s = self;
	if (ask->required) {
		memcpy(s->result->receipt, reply->status.receipt,
			reply->status.n * sizeof *reply->status.receipt);
		s->result->n_receipts = reply->status.n;
	}
	struct drp_node_campaign c;
	int known;
	enum drp_err err = drp_sync_known_campaign(s, &ask->campaign, &c, &known);
	/* A hub that does not know its campaign may find its backup. */
	if (err == DRP_OK && !reply->err) {
		err = settle_reports(s, &ask->campaign, c.state, reply);
	}
	return err ? err : drp_sync_lists_shown(s, ask, c.state, reply);
}
