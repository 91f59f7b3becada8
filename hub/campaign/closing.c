/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/campaign/closing.h"

#include "hub/campaign/forward.h"
#include "hub/campaign/tally.h"
#include "proto/base/alloc.h"
#include "proto/session/envelope.h"

#include <stdio.h>
#include <string.h>

struct closing {
	struct drp_hub *hub;
	struct drp_peer *peer;
	struct drp_campaign_row row;
	struct drp_tasks *tasks;
	struct drp_tally *tally;
	int summed;
	int64_t *opened[DRP_RELEASES_MAX];
	struct drp_reply *reply;
	struct drp_buf body; /* what the reply borrows from */
	struct drp_diag *diag;
};

static enum drp_err ask(struct closing *c, struct drp_request *q)
{
	return drp_peer_ask(c->hub, c->peer, q, c->reply, &c->body, c->diag);
}

static enum drp_err load_opening(
	struct closing *c, const char *what, struct drp_buf *bytes)
{
	return drp_hub_opening_get(c->hub->store, c->row.id, what, bytes, c->diag);
}

/* Another process closes too: what it stored is the same. */
static enum drp_err stored_anyway(struct closing *c, enum drp_err err)
{
	return err && err != DRP_E_EXISTS
		       ? drp_fail(c->diag, err,
				 "a step of the close of %s cannot be stored: %s",
				 c->row.id, drp_err_text(err))
		       : DRP_OK;
}

/* Another process may give the campaign up for one with another notary. */
static enum drp_err refuse_given_up(struct closing *c)
{
	enum drp_err err =
		drp_hub_campaign_get(c->hub->store, c->row.id, &c->row, c->diag);
	return err == DRP_OK && c->row.abandoned_s
		       ? drp_fail(c->diag, DRP_E_STATE,
				 "campaign %s was given up with its notary; it has no "
				 "edition",
				 c->row.id)
		       : err;
}

/* A step is stored before the next uses it, and of a campaign that is given up, none. */
static enum drp_err store_opening(
	struct closing *c, const char *what, const void *bytes, size_t n)
{
	enum drp_err err = drp_hub_begin(c->hub->store, c->diag);
	if (err) {
		return err;
	}
	enum drp_err over = refuse_given_up(c);
	err = over ? over
		   : drp_hub_opening_put(
			     c->hub->store, c->row.id, what, 1, bytes, n, c->diag);
	err = drp_hub_end(c->hub->store, err, NULL);
	return over ? over : stored_anyway(c, err);
}

/* ---- the list ---- */

static enum drp_err forward_rest(struct closing *c)
{
	struct drp_forwarding *forwarding = NULL;
	enum drp_err err = drp_forwarding_new(c->hub, &c->row, &forwarding, c->diag);
	err = err ? err : drp_forward_all(forwarding, &c->peer, 1, c->diag);
	drp_forwarding_free(forwarding);
	return err;
}

/* What came by now is enough; after the deadline nothing more comes, and a campaign that
 * opens nothing is closed too, so that it can be frozen. */
static enum drp_err foresee(struct closing *c)
{
	enum drp_err err = drp_tally_foresee(c->hub, c->tasks, c->diag);
	if (err == DRP_E_TOO_FEW_SCHOOLS &&
		drp_hub_now_s(c->hub) > c->tasks->manifest->deadline_s) {
		*c->diag = (struct drp_diag){0};
		return DRP_OK;
	}
	return err;
}

/* Ends the time in which anything is accepted; before it nothing is lost by refusing. */
static enum drp_err stop_accepting(struct closing *c)
{
	enum drp_err err = drp_closing_reach(c->hub, &c->row.manifest, c->peer, c->diag);
	err = err ? err : forward_rest(c);
	err = err ? err : foresee(c);
	err = err ? err : drp_hub_begin(c->hub->store, c->diag);
	if (err) {
		return err;
	}
	err = drp_hub_campaign_get(c->hub->store, c->row.id, &c->row, c->diag);
	if (err == DRP_OK && c->row.state == DRP_CAMPAIGN_OPEN) {
		err = drp_hub_campaign_state(c->hub->store, c->row.id,
			DRP_CAMPAIGN_CLOSED, drp_hub_now_s(c->hub), c->diag);
	}
	return drp_hub_end(c->hub->store, err, c->diag);
}

static enum drp_err list_in_transaction(struct closing *c, struct drp_signed_list *made)
{
	struct drp_list list = {0};
	enum drp_err err = drp_tally_list_stored(
		c->hub, c->row.id, DRP_OPENING_HUB_LIST, made, NULL);
	if (err != DRP_E_NOTFOUND) {
		return err; /* another process was first */
	}
	err = drp_tally_list(c->hub, c->tasks, &list, c->diag);
	err = err ? err
		  : drp_tally_list_sign(
			    c->hub, c->tasks, &list, DRP_OPENING_HUB_LIST, made, c->diag);
	drp_list_clear(&list);
	return err;
}

/* The hub's list, made once. What slipped in before the campaign was closed still goes
 * to the notary. */
static enum drp_err fix_list(struct closing *c, struct drp_signed_list *made)
{
	enum drp_err err = drp_tally_list_stored(
		c->hub, c->row.id, DRP_OPENING_HUB_LIST, made, c->diag);
	if (err != DRP_E_NOTFOUND) {
		return err;
	}
	err = c->row.state == DRP_CAMPAIGN_OPEN ? stop_accepting(c) : DRP_OK;
	err = err ? err : forward_rest(c);
	err = err ? err : drp_hub_begin(c->hub->store, c->diag);
	if (err) {
		return err;
	}
	err = list_in_transaction(c, made);
	return drp_hub_end(c->hub->store, err, c->diag);
}

/* It answers the hub's own list. */
static enum drp_err store_notary_list(struct closing *c,
	const struct drp_signed_list *theirs, const struct drp_hash *ours,
	const struct drp_buf *bytes)
{
	enum drp_err err = drp_hub_begin(c->hub->store, c->diag);
	if (err) {
		return err;
	}
	err = drp_tally_list_check(c->hub, c->tasks, &c->tasks->manifest->notary, theirs,
		ours, (struct drp_bytes){bytes->data, bytes->len},
		DRP_OPENING_NOTARY_LIST, c->diag);
	err = drp_hub_end(c->hub->store, err, NULL);
	return stored_anyway(c, err);
}

static enum drp_err exchange_lists(struct closing *c)
{
	struct drp_signed_list ours = {0}, theirs;
	struct drp_buf bytes = {0};
	enum drp_err err = fix_list(c, &ours);
	if (err == DRP_OK && drp_tally_list_stored(c->hub, c->row.id,
				     DRP_OPENING_NOTARY_LIST, &theirs, NULL) == DRP_OK) {
		return DRP_OK;
	}
	err = err ? err : drp_hub_blob_get(c->hub->store, &ours.hash, &bytes, c->diag);
	err = err ? err
		  : drp_peer_put(
			    c->hub, c->peer, &ours.hash, bytes.data, bytes.len, c->diag);
	struct drp_request q = {.type = DRP_MSG_CLOSE};
	q.close.campaign = c->row.manifest;
	q.close.list = ours;
	err = err ? err : ask(c, &q);
	if (err == DRP_OK) {
		theirs = c->reply->close.list;
		bytes.len = 0;
		err = drp_peer_get(c->hub, c->peer, &theirs.hash, &bytes, c->diag);
		err = err ? err : store_notary_list(c, &theirs, &ours.hash, &bytes);
	}
	drp_buf_clear(&bytes);
	return err;
}

/* ---- numbers ---- */

static enum drp_err sum_once(struct closing *c)
{
	enum drp_err err = c->summed ? DRP_OK : drp_tally_sum(c->hub, c->tally, c->diag);
	c->summed |= err == DRP_OK;
	return err;
}

static enum drp_err own_numbers(struct closing *c, struct drp_buf *ours)
{
	enum drp_err err = load_opening(c, DRP_OPENING_HUB_NUMBERS, ours);
	if (err != DRP_E_NOTFOUND) {
		return err;
	}
	err = sum_once(c);
	err = err ? err : drp_tally_numbers(c->tally, ours);
	return err ? err
		   : store_opening(c, DRP_OPENING_HUB_NUMBERS, ours->data, ours->len);
}

static enum drp_err exchange_numbers(struct closing *c)
{
	struct drp_buf ours = {0}, theirs = {0};
	int fresh = 0;
	enum drp_err err = own_numbers(c, &ours);
	err = err ? err : load_opening(c, DRP_OPENING_NOTARY_NUMBERS, &theirs);
	if (err == DRP_E_NOTFOUND) {
		struct drp_request q = {.type = DRP_MSG_NUMBERS};
		q.numbers.campaign = c->row.manifest;
		q.numbers.shares = ours.data;
		q.numbers.shares_n = ours.len;
		fresh = 1;
		err = ask(c, &q);
		if (err == DRP_OK) {
			drp_buf_append(
				&theirs, c->reply->shares.bytes, c->reply->shares.n);
			err = theirs.failed ? DRP_E_NOMEM : DRP_OK;
		}
	}
	err = err ? err
		  : drp_tally_exchange(c->tally, (struct drp_bytes){ours.data, ours.len},
			    (struct drp_bytes){theirs.data, theirs.len}, c->diag);
	if (err == DRP_OK && fresh) {
		err = store_opening(
			c, DRP_OPENING_NOTARY_NUMBERS, theirs.data, theirs.len);
	}
	drp_buf_clear(&ours);
	drp_buf_clear(&theirs);
	return err;
}

/* ---- values ---- */

/* Asks the notary for its shares, adds its own, and stores the sums: only they leave. */
static enum drp_err open_fresh(
	struct closing *c, uint32_t release, const char *name, int64_t *values, size_t n)
{
	struct drp_buf ours = {0}, integers = {0};
	struct drp_request q = {.type = DRP_MSG_OPEN};
	q.open.campaign = c->row.manifest;
	q.open.release = release;
	enum drp_err err = sum_once(c);
	err = err ? err : drp_tally_values(c->hub, c->tally, release, &ours, c->diag);
	err = err ? err : ask(c, &q);
	if (err == DRP_OK) {
		err = drp_shares_open((struct drp_bytes){ours.data, ours.len},
			(struct drp_bytes){c->reply->shares.bytes, c->reply->shares.n}, n,
			values);
		err = err ? drp_fail(c->diag, err,
				    "the notary's shares of release %u do not open",
				    (unsigned)release)
			  : DRP_OK;
	}
	if (err == DRP_OK) {
		drp_opened_encode(values, n, &integers);
		err = integers.failed
			      ? DRP_E_NOMEM
			      : store_opening(c, name, integers.data, integers.len);
	}
	drp_buf_wipe(&ours);
	drp_buf_clear(&integers);
	return err;
}

static enum drp_err open_release(struct closing *c, uint32_t release)
{
	char name[DRP_OPENING_NAME_MAX];
	size_t n = drp_tally_opens(c->tally, release);
	if (n == 0) {
		return DRP_OK;
	}
	c->opened[release] = drp_alloc(n, sizeof *c->opened[release]);
	if (!c->opened[release]) {
		return drp_fail(c->diag, DRP_E_NOMEM, "no memory for what is opened");
	}
	drp_opening_name_opened(release, name);
	enum drp_err err =
		drp_tally_opened(c->hub, c->tally, release, c->opened[release], c->diag);
	return err == DRP_E_NOTFOUND ? open_fresh(c, release, name, c->opened[release], n)
				     : err;
}

/* ---- edition ---- */

static enum drp_err has_edition(struct closing *c, int *has)
{
	struct drp_hash hash;
	struct drp_buf bytes = {0};
	enum drp_err err =
		drp_hub_edition_get(c->hub->store, c->row.id, 0, &hash, &bytes, NULL);
	drp_buf_clear(&bytes);
	*has = err == DRP_OK;
	return err == DRP_E_NOTFOUND ? DRP_OK : err;
}

static enum drp_err store_edition(struct closing *c, struct drp_edition *edition)
{
	struct drp_buf bytes = {0};
	int has = 0;
	enum drp_err err = drp_edition_encode(edition, &bytes);
	err = err ? err : drp_hub_begin(c->hub->store, c->diag);
	if (err == DRP_OK) {
		err = has_edition(c, &has);
		if (err == DRP_OK && !has) {
			err = drp_hub_edition_put(c->hub->store, c->row.id,
				edition->number, &edition->hash, bytes.data, bytes.len,
				edition->created_s, c->diag);
		}
		err = drp_hub_end(c->hub->store, err, c->diag);
	}
	drp_buf_clear(&bytes);
	return err;
}

static enum drp_err publish(struct closing *c)
{
	struct drp_edition *edition = NULL;
	c->tally->opening.opened = (const int64_t *const *)c->opened;
	enum drp_err err = drp_edition_build_sealed(
		&c->tally->opening, 1, drp_hub_now_s(c->hub), &edition, c->diag);
	err = err ? err : store_edition(c, edition);
	drp_edition_free(edition);
	return err;
}

/* ---- all of it ---- */

/* The steps before any value. */
static enum drp_err agree(struct closing *c)
{
	enum drp_err err = drp_tasks_load(c->hub, &c->row, &c->tasks, c->diag);
	err = err ? err : exchange_lists(c);
	err = err ? err : drp_tally_new(c->hub, c->tasks, &c->tally, c->diag);
	return err ? err : exchange_numbers(c);
}

static enum drp_err run(struct closing *c)
{
	enum drp_err err = agree(c);
	for (uint32_t r = 0; err == DRP_OK && r < c->tasks->manifest->n_releases; r++) {
		err = open_release(c, r);
	}
	return err ? err : publish(c);
}

static void clear(struct closing *c)
{
	for (size_t r = 0; r < DRP_RELEASES_MAX; r++) {
		drp_free(c->opened[r]);
	}
	drp_tally_free(c->tally);
	drp_tasks_free(c->tasks);
	drp_buf_clear(&c->body);
	drp_free(c->reply);
}

static enum drp_err begin(struct closing *c, const char *campaign)
{
	c->reply = drp_alloc(1, sizeof *c->reply);
	enum drp_err err =
		c->reply ? drp_hub_campaign_get(c->hub->store, campaign, &c->row, c->diag)
			 : drp_fail(c->diag, DRP_E_NOMEM, "no memory for the close");
	if (err == DRP_OK && c->row.state == DRP_CAMPAIGN_DRAFT) {
		err = drp_fail(
			c->diag, DRP_E_STATE, "campaign %s is not signed yet", campaign);
	}
	return err;
}

/* One clear line when the notary is away: what is so now, and what to do. */
static enum drp_err tell_away(const struct closing *c, enum drp_err err,
	const struct drp_diag *why, struct drp_diag *diag)
{
	struct drp_campaign_row row = c->row;
	if (err != DRP_E_NET && err != DRP_E_TIMEOUT) {
		drp_fail(diag, why->code ? why->code : err, "%s",
			why->code ? why->text : drp_err_text(err));
		return err;
	}
	(void)!drp_hub_campaign_get(c->hub->store, c->row.id, &row, NULL);
	return drp_fail(diag, err,
		"%s: the notary %.60s is needed and does not answer (%.120s); %s; run "
		"this again when it does",
		row.id, c->peer->card.name, why->text,
		row.state == DRP_CAMPAIGN_OPEN
			? "the campaign stays open and nothing is lost"
			: "nothing is lost");
}

enum drp_err drp_closing_run(struct drp_hub *hub, const char *campaign,
	struct drp_peer *peer, struct drp_diag *diag)
{
	struct drp_diag why = {0};
	struct closing c = {.hub = hub, .peer = peer, .diag = &why};
	int has = 0;
	enum drp_err err = begin(&c, campaign);
	err = err ? err : has_edition(&c, &has);
	err = err || has ? err : refuse_given_up(&c);
	if (err == DRP_OK && !has && c.row.state == DRP_CAMPAIGN_FROZEN) {
		err = drp_fail(&why, DRP_E_FROZEN,
			"campaign %s was frozen without an edition", campaign);
	}
	if (err == DRP_OK && !has) {
		err = run(&c);
	}
	err = err ? tell_away(&c, err, &why, diag) : DRP_OK;
	clear(&c);
	return err;
}

/* ---- freeze ---- */

/* Both sides keep to what they said first: after these there is no edition, ever. */
static int is_the_end(enum drp_err err)
{
	return err == DRP_E_TOO_FEW_SCHOOLS || err == DRP_E_CONFLICT ||
	       err == DRP_E_RANGE || err == DRP_E_POLICY || err == DRP_E_FROZEN;
}

/* Only a close that was cut short leaves a closed campaign without an edition. When it
 * can go on, it is not frozen. */
static enum drp_err may_freeze(struct closing *c)
{
	int has = 0;
	enum drp_err err = has_edition(c, &has);
	if (err || has || c->row.state == DRP_CAMPAIGN_FROZEN) {
		return err;
	}
	if (c->row.state == DRP_CAMPAIGN_CLOSED) {
		err = agree(c);
	}
	if (is_the_end(err)) {
		*c->diag = (struct drp_diag){0};
		return DRP_OK;
	}
	return err ? err
		   : drp_fail(c->diag, DRP_E_STATE,
			     "campaign %s has no edition yet; run 'campaign close %s' "
			     "first",
			     c->row.id, c->row.id);
}

enum drp_err drp_closing_freeze(struct drp_hub *hub, const char *campaign,
	struct drp_peer *peer, struct drp_diag *diag)
{
	struct drp_diag why = {0};
	struct closing c = {.hub = hub, .peer = peer, .diag = &why};
	enum drp_err err = begin(&c, campaign);
	err = err ? err : may_freeze(&c);
	if (err == DRP_OK) {
		struct drp_request q = {.type = DRP_MSG_FREEZE};
		q.freeze.campaign = c.row.manifest;
		err = ask(&c, &q);
	}
	err = err ? tell_away(&c, err, &why, diag) : DRP_OK;
	clear(&c);
	return err;
}

enum drp_err drp_closing_reach(struct drp_hub *hub, const struct drp_hash *manifest,
	struct drp_peer *peer, struct drp_diag *diag)
{
	struct drp_buf body = {0};
	struct drp_reply *reply = drp_alloc(1, sizeof *reply);
	struct drp_request q = {.type = DRP_MSG_GET};
	q.get.blob = *manifest;
	enum drp_err err = reply ? drp_peer_ask(hub, peer, &q, reply, &body, diag)
				 : drp_fail(diag, DRP_E_NOMEM, "no memory to ask");
	drp_free(reply);
	drp_buf_clear(&body);
	return err;
}
