/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether what this school sent was counted, and what it withdrew was not. After the
 * close the hub shows by which names its signed list and the notary's are known; both are
 * fetched into memory, and a report counts when both hold it. A withdrawal that the hub
 * refused is none, and its report one that counts: see sync_outbox.c. Claim: PRIVACY.md
 * "Receipts, withdrawal, freeze".
 */
#include "node/sync/sync_internal.h"

#include "proto/base/alloc.h"
#include "proto/runtime/log.h"

#include <stdio.h>
#include <string.h>

static int is_open(const struct drp_released *r, const struct drp_hash *manifest)
{
	return drp_released_wants_lists(r) && drp_hash_equal(&r->manifest, manifest);
}

/* What the lists, or their absence, say of one report. */
struct verdict {
	int state;
	int last; /* it is told even when something was told before */
	const char *event;
	uint32_t *tally;
	char note[200];
};

/* held: bit 0 the hub's list, bit 1 the notary's. Only what both hold is counted. */
static struct verdict judge_held(
	struct drp_sync_result *result, const struct drp_released *r, int held)
{
	static const char *const left_out[] = {
		DRP_LEFT_OUT_BY_BOTH, DRP_LEFT_OUT_BY_NOTARY, DRP_LEFT_OUT_BY_HUB, ""};
	struct verdict v = {DRP_RELEASE_COUNTED, 1, "counted", &result->counted, {0}};
	if (r->state == DRP_RELEASE_WITHDRAWN && held == 3) {
		v = (struct verdict){DRP_RELEASE_COUNTED_ANYWAY, 1, "counted-anyway",
			&result->counted_anyway, DRP_COUNTED_ANYWAY};
	} else if (r->state == DRP_RELEASE_WITHDRAWN) {
		v = (struct verdict){DRP_RELEASE_WITHDRAWN, 1, "uncounted",
			&result->uncounted, DRP_UNCOUNTED};
	} else if (held != 3) {
		v = (struct verdict){DRP_RELEASE_LEFT_OUT, 0, "not-counted",
			&result->not_counted, {0}};
		snprintf(v.note, sizeof v.note, "%s", left_out[held]);
	}
	return v;
}

/* Without lists a school can believe neither that it is in the sums nor that it is not.
 */
static struct verdict judge_unseen(
	struct drp_sync_result *result, const struct drp_released *r, const char *reason)
{
	int withdrawn = r->state == DRP_RELEASE_WITHDRAWN;
	struct verdict v = {r->state, 0, withdrawn ? "perhaps-counted" : "not-counted",
		withdrawn ? &result->counted_anyway : &result->not_counted, {0}};
	snprintf(v.note, sizeof v.note, "%s%.160s",
		withdrawn ? DRP_PERHAPS_COUNTED : "NOT COUNTED: ", reason);
	return v;
}

static enum drp_err settle_one(
	struct drp_node_sync *s, const struct drp_released *r, const struct verdict *v)
{
	++*v->tally;
	/* The school is told once; a later visit may know the reason better. */
	return v->last || !r->note[0]
		       ? drp_sync_note_event(s, r, v->state, v->event, v->note)
		       : drp_node_release_state(s->node->store, &r->hash, v->state,
				 v->note, NULL, s->diag);
}

/* Settles every report of the campaign of which only lists can tell: by them, or for
 * that reason when lists is NULL. */
static enum drp_err settle(struct drp_node_sync *s, const struct drp_hash *manifest,
	const struct drp_list *lists, const char *reason)
{
	struct drp_released *list = NULL;
	size_t n = 0;
	enum drp_err err = drp_node_begin(s->node->store, s->diag);
	if (err) {
		return err;
	}
	err = drp_node_releases(s->node->store, NULL, &list, &n, s->diag);
	for (size_t i = 0; err == DRP_OK && i < n; i++) {
		if (!is_open(&list[i], manifest)) {
			continue;
		}
		struct verdict v =
			lists ? judge_held(s->result, &list[i],
					drp_list_holds(&lists[0], &list[i].hash) +
						2 * drp_list_holds(
							    &lists[1], &list[i].hash))
			      : judge_unseen(s->result, &list[i], reason);
		err = settle_one(s, &list[i], &v);
	}
	drp_free(list);
	return drp_node_end(s->node->store, err, s->diag);
}

/* The lists of the campaign in turn will not do, and will be asked for again: this hub
 * may be repaired. */
static enum drp_err settle_wrong(struct drp_node_sync *s, const char *why)
{
	char note[200];
	snprintf(note, sizeof note, DRP_LISTS_NOT_RIGHT " (%.100s)", why);
	drp_log(DRP_LOG_WARN, "sync", "lists-wrong", "%s", why);
	return settle(s, &s->counting[s->next_counting].manifest, NULL, note);
}

/* Both lists are here: the hub's, signed under the key of the invite, and the notary's,
 * which answers it. */
static enum drp_err settle_lists(struct drp_node_sync *s)
{
	const struct drp_counting *c = &s->counting[s->next_counting];
	struct drp_list list[DRP_LISTS] = {{.n = 0}};
	struct drp_diag why = {0};
	enum drp_err err = drp_list_verify(&c->list[0], &s->node->hub, &c->manifest, NULL,
		(struct drp_bytes){s->list[0].data, s->list[0].len}, &list[0], &why);
	err = err ? err
		  : drp_list_verify(&c->list[1], &c->notary, &c->manifest,
			    &c->list[0].hash,
			    (struct drp_bytes){s->list[1].data, s->list[1].len}, &list[1],
			    &why);
	if (err == DRP_E_NOMEM) {
		err = drp_fail(s->diag, err, "%s", why.text);
	} else {
		err = err ? settle_wrong(s, why.text)
			  : settle(s, &c->manifest, list, NULL);
	}
	for (int i = 0; i < DRP_LISTS; i++) {
		drp_list_clear(&list[i]);
	}
	return err;
}

/* Whether the lists would settle anything. */
static enum drp_err is_wanted(
	struct drp_node_sync *s, const struct drp_hash *manifest, int *wanted)
{
	struct drp_released *list = NULL;
	size_t n = 0;
	enum drp_err err = drp_node_releases(s->node->store, NULL, &list, &n, s->diag);
	*wanted = 0;
	for (size_t i = 0; err == DRP_OK && i < n; i++) {
		*wanted |= is_open(&list[i], manifest);
	}
	for (size_t i = 0; i < s->n_counting; i++) {
		*wanted &= !drp_hash_equal(&s->counting[i].manifest, manifest);
	}
	drp_free(list);
	return err;
}

enum drp_err drp_sync_lists_shown(struct drp_node_sync *s,
	const struct drp_status_ask *ask, int campaign_state,
	const struct drp_reply *reply)
{
	int wanted = 0;
	enum drp_err err = is_wanted(s, &ask->campaign, &wanted);
	if (err || !wanted) {
		return err;
	}
	if (reply->err || reply->status.n_lists == 0) {
		return campaign_state == DRP_CAMPAIGN_FROZEN
			       ? settle(s, &ask->campaign, NULL, DRP_LISTS_NOT_SHOWN)
			       : DRP_OK;
	}
	struct drp_counting *more =
		drp_realloc(s->counting, s->n_counting + 1, sizeof *more);
	if (!more) {
		return drp_fail(s->diag, DRP_E_NOMEM, "no memory for the lists");
	}
	s->counting = more;
	struct drp_counting *c = &more[s->n_counting++];
	*c = (struct drp_counting){.manifest = ask->campaign, .notary = ask->notary};
	memcpy(c->list, reply->status.list, sizeof c->list);
	return DRP_OK;
}

static void forget_lists(struct drp_node_sync *s)
{
	for (int i = 0; i < DRP_LISTS; i++) {
		drp_buf_clear(&s->list[i]);
	}
	s->whole = 0;
}

int drp_sync_next_list(void *self, struct drp_hash *blob, uint32_t *held)
{
	struct drp_node_sync *s = self;
	if (s->next_counting == s->n_counting) {
		return 0;
	}
	*blob = s->counting[s->next_counting].list[s->whole].hash;
	*held = (uint32_t)s->list[s->whole].len;
	return 1;
}

/* Whether the piece follows what is here. */
static int follows(const struct drp_buf *list, const struct drp_reply *reply)
{
	return reply->get.n > 0 && list->len < reply->get.total &&
	       reply->get.n <= reply->get.total - list->len;
}

enum drp_err drp_sync_list(void *self, const struct drp_reply *reply)
{
	struct drp_node_sync *s = self;
	struct drp_buf *list = &s->list[s->whole];
	enum drp_err err;
	if (reply->err || !follows(list, reply)) {
		err = settle_wrong(s, reply->err ? drp_err_text(reply->err)
						 : "a piece does not follow");
	} else {
		drp_buf_append(list, reply->get.bytes, reply->get.n);
		if (list->failed) {
			return drp_fail(s->diag, DRP_E_NOMEM, "no memory for the lists");
		}
		s->whole += list->len == reply->get.total;
		if (s->whole < DRP_LISTS) {
			return DRP_OK;
		}
		err = settle_lists(s);
	}
	forget_lists(s);
	s->next_counting++;
	return err;
}

void drp_sync_lists_end(struct drp_node_sync *s)
{
	forget_lists(s);
	drp_free(s->counting);
	s->counting = NULL;
}
