/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/service/notary_reports.h"

#include "hub/campaign/campaign.h"
#include "hub/campaign/gather.h"
#include "hub/campaign/tally.h"
#include "proto/base/alloc.h"
#include "proto/runtime/log.h"
#include "proto/session/envelope.h"
#include "proto/session/verification.h"

#include <pthread.h>
#include <string.h>

/* A cosigned campaign, kept in memory. The tasks never change and are never freed before
 * the end; the keys are there only while reports are verified. */
struct campaign {
	struct campaign *next;
	struct drp_tasks *tasks;
	int has_keys;
	uint8_t storage[32];
	uint8_t verify[DRP_GROUPS][DRP_PRIO3_VERIFY_KEY_BYTES];
};

struct drp_notary_reports {
	struct drp_hub *hub;
	struct drp_key sign_key;
	pthread_mutex_t lock; /* the list and the keys: workers read, the store writes */
	struct campaign *campaigns;
	int erased;	       /* something was: the log has to be truncated */
	uint64_t verified, us; /* since the log said so: reports, processor time */
};

enum drp_err drp_notary_reports_new(
	struct drp_hub *hub, struct drp_notary_reports **reports)
{
	uint8_t box[DRP_BOX_KEY_BYTES];
	struct drp_notary_reports *r = drp_alloc(1, sizeof *r);
	if (!r) {
		return DRP_E_NOMEM;
	}
	r->hub = hub;
	drp_keys_public(hub->keys, &r->sign_key, box);
	pthread_mutex_init(&r->lock, NULL);
	*reports = r;
	return DRP_OK;
}

static void forget_keys(struct campaign *c)
{
	drp_wipe(c->storage, sizeof c->storage);
	drp_wipe(c->verify, sizeof c->verify);
	c->has_keys = 0;
}

static void free_campaign(struct campaign *c)
{
	forget_keys(c);
	drp_tasks_free(c->tasks);
	drp_free(c);
}

static void log_verified(struct drp_notary_reports *r)
{
	if (r->verified) {
		drp_log(DRP_LOG_INFO, "notary", "verified", "reports=%llu us=%llu",
			(unsigned long long)r->verified, (unsigned long long)r->us);
		r->verified = r->us = 0;
	}
}

void drp_notary_reports_free(struct drp_notary_reports *r)
{
	if (r) {
		log_verified(r);
	}
	while (r && r->campaigns) {
		struct campaign *next = r->campaigns->next;
		free_campaign(r->campaigns);
		r->campaigns = next;
	}
	if (r) {
		pthread_mutex_destroy(&r->lock);
	}
	drp_free(r);
}

int drp_notary_reports_takes(uint8_t type)
{
	return type >= DRP_MSG_VERIFY && type <= DRP_MSG_FREEZE;
}

void drp_notary_prepared_clear(struct drp_notary_prepared *prepared)
{
	drp_buf_wipe(&prepared->out_share);
	drp_buf_clear(&prepared->finish);
	memset(prepared, 0, sizeof *prepared);
}

/* ---- verifying: any thread ---- */

static const struct campaign *look_up(
	const struct drp_notary_reports *r, const struct drp_hash *hash)
{
	const struct campaign *c = r->campaigns;
	while (c && !drp_hash_equal(&c->tasks->manifest->hash, hash)) {
		c = c->next;
	}
	return c;
}

static int is_hub_of(const struct drp_tasks *tasks, const struct drp_key *sender)
{
	return memcmp(&tasks->manifest->hub, sender, sizeof *sender) == 0;
}

static void verify(const struct drp_notary_reports *r, const struct drp_tasks *tasks,
	const uint8_t *verify_key, const struct drp_request *q,
	struct drp_notary_prepared *prepared)
{
	uint64_t start = drp_thread_us();
	prepared->err =
		drp_verification_answer(&tasks->task[q->verify.report.statement.group],
			verify_key, r->hub->keys, &q->verify.report,
			(struct drp_bytes){q->verify.initialize, q->verify.initialize_n},
			&prepared->out_share, &prepared->finish);
	prepared->us = drp_thread_us() - start;
	prepared->ready = 1;
}

void drp_notary_reports_prepare(struct drp_notary_reports *r,
	const struct drp_key *sender, const struct drp_request *q,
	struct drp_notary_prepared *prepared)
{
	uint8_t key[DRP_PRIO3_VERIFY_KEY_BYTES];
	const struct drp_report *report = &q->verify.report;
	if (q->type != DRP_MSG_VERIFY || report->statement.group >= DRP_GROUPS) {
		return;
	}
	pthread_mutex_lock(&r->lock);
	const struct campaign *c = look_up(r, &report->statement.campaign);
	const struct drp_tasks *tasks = c && c->has_keys ? c->tasks : NULL;
	if (tasks) {
		memcpy(key, c->verify[report->statement.group], sizeof key);
	}
	pthread_mutex_unlock(&r->lock);
	if (tasks && is_hub_of(tasks, sender) &&
		drp_report_check(&tasks->task[report->statement.group], tasks->manifest,
			report, 1, NULL) == DRP_OK) {
		verify(r, tasks, key, q, prepared);
	}
	drp_wipe(key, sizeof key);
}

/* ---- the store thread ---- */

struct turn {
	struct drp_notary_reports *r;
	struct drp_hub *hub;
	const struct drp_key *sender;
	const struct drp_request *q;
	struct drp_notary_prepared *prepared;
	int64_t now_s;
	struct drp_reply *reply;
	struct drp_buf *room;
	struct drp_diag *diag;
	struct campaign *c;
	enum drp_campaign_state state;
	int given_up; /* for another campaign, in which the same answers count */
};

static enum drp_err load_keys(struct turn *t, struct campaign *c)
{
	uint8_t seed[DRP_VERIFY_SEED_BYTES], storage[32];
	enum drp_err err = drp_storage_key(t->hub, c->tasks->id, storage, t->diag);
	err = err ? err
		  : drp_verify_seed(t->hub, c->tasks->id, &c->tasks->manifest->hash, seed,
			    t->diag);
	pthread_mutex_lock(&t->r->lock);
	if (err == DRP_OK) {
		memcpy(c->storage, storage, sizeof storage);
		for (int g = 0; g < DRP_GROUPS; g++) {
			drp_verify_key(seed, &c->tasks->manifest->hash, (enum drp_group)g,
				c->verify[g]);
		}
		c->has_keys = 1;
	}
	pthread_mutex_unlock(&t->r->lock);
	drp_wipe(seed, sizeof seed);
	drp_wipe(storage, sizeof storage);
	return err;
}

static enum drp_err load_campaign(
	struct turn *t, const struct drp_campaign_row *row, struct campaign **out)
{
	struct campaign *c = drp_alloc(1, sizeof *c);
	if (!c) {
		return DRP_E_NOMEM;
	}
	enum drp_err err = drp_tasks_load(t->hub, row, &c->tasks, t->diag);
	if (err == DRP_OK && row->state == DRP_CAMPAIGN_OPEN) {
		err = load_keys(t, c);
	}
	if (err) {
		free_campaign(c);
		/* A manifest or key that this notary lost is its own fault and no answer
		 * to a hub. */
		return err == DRP_E_NOMEM ? err : DRP_E_STORE;
	}
	pthread_mutex_lock(&t->r->lock);
	c->next = t->r->campaigns;
	t->r->campaigns = c;
	pthread_mutex_unlock(&t->r->lock);
	*out = c;
	return DRP_OK;
}

/* The campaign, its present state, and that the sender is its hub. */
static enum drp_err find_campaign(struct turn *t, const struct drp_hash *hash)
{
	struct drp_campaign_row row;
	enum drp_err err =
		drp_hub_campaign_by_manifest(t->hub->store, hash, &row, t->diag);
	if (err == DRP_OK) {
		t->state = (enum drp_campaign_state)row.state;
		t->given_up = row.abandoned_s != 0;
		t->c = (struct campaign *)look_up(t->r, hash);
		err = t->c ? DRP_OK : load_campaign(t, &row, &t->c);
	}
	if (err == DRP_E_NOTFOUND ||
		(err == DRP_OK && !is_hub_of(t->c->tasks, t->sender))) {
		return drp_fail(t->diag, DRP_E_NOTFOUND,
			"this notary has signed no such campaign of this hub");
	}
	if (err == DRP_OK && t->state != DRP_CAMPAIGN_OPEN && t->c->has_keys) {
		pthread_mutex_lock(&t->r->lock);
		forget_keys(t->c);
		pthread_mutex_unlock(&t->r->lock);
	}
	return err;
}

static enum drp_err refuse_unless_open(struct turn *t)
{
	if (t->state == DRP_CAMPAIGN_FROZEN) {
		return drp_fail(
			t->diag, DRP_E_FROZEN, "campaign %s is frozen", t->c->tasks->id);
	}
	return t->state == DRP_CAMPAIGN_OPEN
		       ? DRP_OK
		       : drp_fail(t->diag, DRP_E_CLOSED,
				 "campaign %s is closed: its list of reports is fixed",
				 t->c->tasks->id);
}

/* Shares are shown of no campaign that was frozen or given up. */
static enum drp_err refuse_if_over(struct turn *t)
{
	if (t->state == DRP_CAMPAIGN_FROZEN) {
		return refuse_unless_open(t);
	}
	return t->given_up ? drp_fail(t->diag, DRP_E_POLICY,
				     "campaign %s was given up for another; nothing of "
				     "it is opened",
				     t->c->tasks->id)
			   : DRP_OK;
}

/* ---- VERIFY ---- */

static enum drp_err sign_receipt(struct turn *t, struct drp_stored *stored)
{
	struct drp_buf statement = {0};
	stored->receipt = (struct drp_receipt){.campaign = t->c->tasks->manifest->hash,
		.unit = stored->unit,
		.group = stored->group,
		.contribution = stored->hash,
		.stored_s = t->now_s,
		.hub = t->r->sign_key};
	enum drp_err err = drp_receipt_statement(&stored->receipt, &statement);
	if (err == DRP_OK) {
		drp_sign(t->hub->keys, "drempel receipt 1", statement.data, statement.len,
			stored->receipt.signature);
	}
	drp_buf_clear(&statement);
	return err;
}

static enum drp_err repeat_verify(struct turn *t, const struct drp_stored *stored)
{
	if (stored->withdrawn) {
		return drp_fail(t->diag, DRP_E_POLICY,
			"this report was withdrawn; a withdrawal is final for its "
			"campaign");
	}
	if (stored->state == DRP_CONTRIBUTION_REJECTED) {
		return drp_fail(t->diag, stored->reason, "this report was refused: %s",
			drp_err_text(stored->reason));
	}
	enum drp_err err = drp_hub_contribution_load(t->hub->store, t->c->tasks->id,
		&stored->unit, stored->group, NULL, t->room, t->diag);
	t->reply->verify.finish = t->room->data;
	t->reply->verify.finish_n = t->room->len;
	t->reply->verify.receipt = stored->receipt;
	return err;
}

/* The place is taken, so that the same report is never verified again with another first
 * message, and no receipt is signed for it. */
static enum drp_err store_rejected(struct turn *t, struct drp_stored *stored)
{
	enum drp_err reason = t->prepared->err;
	enum drp_err err = drp_hub_contribution_put(
		t->hub->store, t->c->tasks->id, stored, "", 0, t->diag);
	err = err ? err
		  : drp_hub_contribution_reject(t->hub->store, t->c->tasks->id,
			    &stored->unit, stored->group, reason, NULL, 0, t->diag);
	return err ? err
		   : drp_fail(t->diag, reason, "this report is refused: %s",
			     drp_err_text(reason));
}

static enum drp_err store_counted(struct turn *t, struct drp_stored *stored)
{
	const struct drp_buf *finish = &t->prepared->finish;
	struct drp_buf sealed = {0};
	uint8_t context[49];
	enum drp_err err = sign_receipt(t, stored);
	drp_contribution_context(
		&t->c->tasks->manifest->hash, &stored->unit, stored->group, context);
	err = err ? err
		  : drp_store_seal(t->c->storage, context, sizeof context,
			    t->prepared->out_share.data, t->prepared->out_share.len,
			    &sealed);
	err = err ? err
		  : drp_hub_contribution_put(
			    t->hub->store, t->c->tasks->id, stored, "", 0, t->diag);
	err = err ? err
		  : drp_hub_contribution_count(t->hub->store, t->c->tasks->id,
			    &stored->unit, stored->group, sealed.data, sealed.len,
			    finish->data, finish->len, t->diag);
	drp_buf_clear(&sealed);
	t->reply->verify.finish = finish->data;
	t->reply->verify.finish_n = finish->len;
	t->reply->verify.receipt = stored->receipt;
	return err;
}

static enum drp_err verify_new(struct turn *t, struct drp_stored *stored)
{
	const struct drp_tasks *tasks = t->c->tasks;
	enum drp_err err = refuse_unless_open(t);
	if (err == DRP_OK && !t->prepared->ready) {
		err = drp_report_check(&tasks->task[stored->group], tasks->manifest,
			&t->q->verify.report, 1, t->diag);
		if (err == DRP_OK && !t->c->has_keys) {
			err = load_keys(t, t->c);
		}
		if (err == DRP_OK) {
			verify(t->r, tasks, t->c->verify[stored->group], t->q,
				t->prepared);
		}
	}
	if (err) {
		return err;
	}
	t->r->verified++;
	t->r->us += t->prepared->us;
	switch (t->prepared->err) {
	case DRP_OK:
		return store_counted(t, stored);
	case DRP_E_PROOF:
	case DRP_E_SIGNATURE: /* its share is not sealed for this notary */
		return store_rejected(t, stored);
	default: /* no fault of the school's: nothing is stored */
		return drp_fail(t->diag, t->prepared->err,
			"the report cannot be verified: %s",
			drp_err_text(t->prepared->err));
	}
}

static enum drp_err answer_verify(struct turn *t)
{
	const struct drp_report_statement *st = &t->q->verify.report.statement;
	struct drp_buf encoded = {0};
	struct drp_stored stored = {0}, fresh = {.unit = st->unit, .group = st->group};
	enum drp_err err = find_campaign(t, &st->campaign);
	err = err ? err : drp_report_statement_encode(st, &encoded, &fresh.hash);
	drp_buf_clear(&encoded);
	if (err) {
		return err;
	}
	err = drp_hub_contribution_get(
		t->hub->store, t->c->tasks->id, &st->unit, st->group, &stored, t->diag);
	if (err == DRP_E_NOTFOUND) {
		return verify_new(t, &fresh);
	}
	if (err == DRP_OK && !drp_hash_equal(&stored.hash, &fresh.hash)) {
		drp_log(DRP_LOG_ERROR, "notary", "conflict", "campaign=%s",
			t->c->tasks->id);
		return drp_fail(t->diag, DRP_E_CONFLICT,
			"another report of this unit and group is already here; the "
			"first one stands");
	}
	return err ? err : repeat_verify(t, &stored);
}

/* ---- DROP ---- */

static enum drp_err check_withdrawal(const struct turn *t, const struct drp_withdrawal *w)
{
	const struct drp_manifest *m = t->c->tasks->manifest;
	const struct drp_unit *unit = drp_manifest_unit(m, &w->unit);
	struct drp_buf statement = {0};
	enum drp_err err =
		unit ? drp_withdrawal_statement(w, &statement) : DRP_E_UNKNOWN_KEY;
	err = err ? err
		  : drp_verify(&m->key[unit->school], DRP_WITHDRAWAL_TAG, statement.data,
			    statement.len, w->signature);
	drp_buf_clear(&statement);
	return err ? drp_fail(t->diag, err,
			     "the school of that unit did not sign this withdrawal")
		   : DRP_OK;
}

/* A withdrawal may overtake its report: the place is taken all the same. */
static enum drp_err answer_drop(struct turn *t)
{
	const struct drp_withdrawal *w = &t->q->withdraw;
	struct drp_stored stored = {0}, fresh = {.unit = w->unit,
						.group = w->group,
						.hash = w->contribution};
	enum drp_err err = find_campaign(t, &w->campaign);
	err = err ? err : check_withdrawal(t, w);
	if (err) {
		return err;
	}
	const char *id = t->c->tasks->id;
	err = drp_hub_contribution_get(
		t->hub->store, id, &w->unit, w->group, &stored, t->diag);
	if (err == DRP_OK && !drp_hash_equal(&stored.hash, &w->contribution)) {
		return drp_fail(t->diag, DRP_E_CONFLICT,
			"another report of this unit and group is here");
	}
	if (err == DRP_OK && stored.withdrawn) {
		return DRP_OK;
	}
	int absent = err == DRP_E_NOTFOUND;
	err = absent ? DRP_OK : err;
	err = err ? err : refuse_unless_open(t);
	if (err == DRP_OK && absent) {
		err = drp_hub_contribution_put(t->hub->store, id, &fresh, "", 0, t->diag);
	}
	t->r->erased |= err == DRP_OK;
	return err ? err
		   : drp_hub_contribution_withdraw(
			     t->hub->store, id, &w->unit, w->group, t->diag);
}

/* ---- CLOSE ---- */

static enum drp_err fix_lists(struct turn *t)
{
	const struct drp_tasks *tasks = t->c->tasks;
	struct drp_buf bytes = {0};
	struct drp_list own = {0};
	enum drp_err err = drp_hub_staged_get(
		t->hub->store, t->sender, &t->q->close.list.hash, &bytes, t->diag);
	if (err == DRP_E_NOTFOUND) {
		drp_fail(t->diag, err, "the list has not been put here yet");
	}
	err = err ? err
		  : drp_tally_list_check(t->hub, tasks, t->sender, &t->q->close.list,
			    NULL, (struct drp_bytes){bytes.data, bytes.len},
			    DRP_OPENING_HUB_LIST, t->diag);
	err = err ? err : drp_tally_list(t->hub, tasks, &own, t->diag);
	own.answers = t->q->close.list.hash;
	err = err ? err
		  : drp_tally_list_sign(t->hub, tasks, &own, DRP_OPENING_NOTARY_LIST,
			    &t->reply->close.list, t->diag);
	err = err ? err
		  : drp_hub_campaign_state(t->hub->store, tasks->id, DRP_CAMPAIGN_CLOSED,
			    t->now_s, t->diag);
	err = err ? err
		  : drp_hub_staged_drop(
			    t->hub->store, t->sender, &t->q->close.list.hash, t->diag);
	drp_list_clear(&own);
	drp_buf_clear(&bytes);
	return err;
}

static enum drp_err answer_close(struct turn *t)
{
	struct drp_signed_list known;
	enum drp_err err = find_campaign(t, &t->q->close.campaign);
	if (err) {
		return err;
	}
	err = drp_tally_list_stored(
		t->hub, t->c->tasks->id, DRP_OPENING_HUB_LIST, &known, t->diag);
	if (err == DRP_E_NOTFOUND) {
		return t->state == DRP_CAMPAIGN_OPEN ? fix_lists(t)
						     : refuse_unless_open(t);
	}
	if (err == DRP_OK && !drp_hash_equal(&known.hash, &t->q->close.list.hash)) {
		return drp_fail(t->diag, DRP_E_CONFLICT,
			"campaign %s was closed with another list of reports; the first "
			"one stands",
			t->c->tasks->id);
	}
	return err ? err
		   : drp_tally_list_stored(t->hub, t->c->tasks->id,
			     DRP_OPENING_NOTARY_LIST, &t->reply->close.list, t->diag);
}

/* ---- NUMBERS and OPEN ---- */

static void reply_shares(struct turn *t)
{
	t->reply->shares.bytes = t->room->data;
	t->reply->shares.n = t->room->len;
}

/* N can be opened from what is stored: both shares. */
static enum drp_err exchanged(struct turn *t, struct drp_tally *tally)
{
	const char *id = t->c->tasks->id;
	struct drp_buf hub = {0}, own = {0};
	enum drp_err err = drp_hub_opening_get(
		t->hub->store, id, DRP_OPENING_HUB_NUMBERS, &hub, t->diag);
	err = err ? err
		  : drp_hub_opening_get(
			    t->hub->store, id, DRP_OPENING_NOTARY_NUMBERS, &own, t->diag);
	if (err == DRP_E_NOTFOUND) {
		drp_fail(t->diag, DRP_E_STATE,
			"the numbers of campaign %s have not been exchanged yet", id);
		err = DRP_E_STATE;
	}
	err = err ? err
		  : drp_tally_exchange(tally, (struct drp_bytes){hub.data, hub.len},
			    (struct drp_bytes){own.data, own.len}, t->diag);
	drp_buf_clear(&hub);
	drp_buf_clear(&own);
	return err;
}

static enum drp_err store_numbers(
	struct turn *t, const char *what, const void *shares, size_t n)
{
	return drp_hub_opening_put(
		t->hub->store, t->c->tasks->id, what, 1, shares, n, t->diag);
}

/* What the hub shows first stands, also when it opens to no numbers: from refusals it
 * could find out what it adds to, and then choose. */
static enum drp_err numbers_first(struct turn *t)
{
	const struct drp_bytes hub = {t->q->numbers.shares, t->q->numbers.shares_n};
	struct drp_tally *tally = NULL;
	enum drp_err err = refuse_if_over(t);
	err = err ? err : drp_tally_new(t->hub, t->c->tasks, &tally, t->diag);
	err = err ? err : drp_tally_sum(t->hub, tally, t->diag);
	err = err ? err : drp_tally_numbers(tally, t->room);
	err = err ? err
		  : drp_tally_exchange(tally, hub,
			    (struct drp_bytes){t->room->data, t->room->len}, t->diag);
	drp_tally_free(tally);
	if (err == DRP_OK) {
		err = store_numbers(
			t, DRP_OPENING_NOTARY_NUMBERS, t->room->data, t->room->len);
	}
	if (err == DRP_OK || err == DRP_E_RANGE) {
		enum drp_err kept =
			store_numbers(t, DRP_OPENING_HUB_NUMBERS, hub.data, hub.n);
		err = kept ? kept : err;
	}
	return err;
}

static enum drp_err repeat_numbers(struct turn *t, const struct drp_buf *known)
{
	const char *id = t->c->tasks->id;
	if (known->len != t->q->numbers.shares_n ||
		memcmp(known->data, t->q->numbers.shares, known->len) != 0) {
		return drp_fail(t->diag, DRP_E_CONFLICT,
			"other shares of the numbers of campaign %s were shown before",
			id);
	}
	enum drp_err err = drp_hub_opening_get(
		t->hub->store, id, DRP_OPENING_NOTARY_NUMBERS, t->room, t->diag);
	return err == DRP_E_NOTFOUND
		       ? drp_fail(t->diag, DRP_E_RANGE,
				 "the shares that were shown of campaign %s open to no "
				 "numbers; nothing of it is opened",
				 id)
		       : err;
}

/* The hub shows its shares before it sees any of the notary's, and cannot try others. */
static enum drp_err answer_numbers(struct turn *t)
{
	struct drp_buf known = {0};
	enum drp_err err = find_campaign(t, &t->q->numbers.campaign);
	if (err) {
		return err;
	}
	err = drp_hub_opening_get(
		t->hub->store, t->c->tasks->id, DRP_OPENING_HUB_NUMBERS, &known, t->diag);
	if (err == DRP_E_NOTFOUND) {
		err = numbers_first(t);
	} else if (err == DRP_OK) {
		err = repeat_numbers(t, &known);
	}
	drp_buf_clear(&known);
	reply_shares(t);
	return err;
}

/* The shares of one release; none when it opens nothing. */
static enum drp_err store_shares(
	struct turn *t, const struct drp_tally *tally, uint32_t release)
{
	char name[DRP_OPENING_NAME_MAX];
	struct drp_buf shares = {0};
	enum drp_err err = DRP_OK;
	if (drp_tally_opens(tally, release)) {
		drp_opening_name_shares(release, name);
		err = drp_tally_values(t->hub, tally, release, &shares, t->diag);
		err = err ? err
			  : drp_hub_opening_put(t->hub->store, t->c->tasks->id, name, 0,
				    shares.data, shares.len, t->diag);
	}
	drp_buf_wipe(&shares);
	return err;
}

/* All releases at once, when the first is asked for: the sums are the expensive part. */
static enum drp_err open_all(struct turn *t)
{
	struct drp_tally *tally = NULL;
	enum drp_err err = drp_tally_new(t->hub, t->c->tasks, &tally, t->diag);
	err = err ? err : exchanged(t, tally);
	if (err == DRP_OK && drp_tally_opens(tally, t->q->open.release) == 0) {
		err = drp_fail(t->diag, DRP_E_POLICY,
			"release %u of campaign %s opens nothing",
			(unsigned)t->q->open.release, t->c->tasks->id);
	}
	err = err ? err : drp_tally_sum(t->hub, tally, t->diag);
	for (uint32_t r = 0; err == DRP_OK && r < t->c->tasks->manifest->n_releases;
		r++) {
		err = store_shares(t, tally, r);
	}
	drp_tally_free(tally);
	return err;
}

static enum drp_err answer_open(struct turn *t)
{
	char name[DRP_OPENING_NAME_MAX];
	enum drp_err err = find_campaign(t, &t->q->open.campaign);
	if (err == DRP_OK && t->q->open.release >= t->c->tasks->manifest->n_releases) {
		err = drp_fail(t->diag, DRP_E_RANGE, "campaign %s has no release %u",
			t->c->tasks->id, (unsigned)t->q->open.release);
	}
	err = err ? err : refuse_if_over(t);
	if (err) {
		return err;
	}
	drp_opening_name_shares(t->q->open.release, name);
	err = drp_hub_opening_get(t->hub->store, t->c->tasks->id, name, t->room, t->diag);
	if (err == DRP_E_NOTFOUND) {
		err = open_all(t);
		err = err ? err
			  : drp_hub_opening_get(t->hub->store, t->c->tasks->id, name,
				    t->room, t->diag);
	}
	reply_shares(t);
	return err;
}

/* ---- FREEZE ---- */

static enum drp_err answer_freeze(struct turn *t)
{
	enum drp_err err = find_campaign(t, &t->q->freeze.campaign);
	if (err == DRP_OK && t->state == DRP_CAMPAIGN_OPEN) {
		err = drp_fail(t->diag, DRP_E_STATE,
			"campaign %s is open; it is closed before it is frozen",
			t->c->tasks->id);
	}
	err = err ? err : drp_campaign_erase(t->hub, t->c->tasks->id, t->now_s, t->diag);
	if (err == DRP_OK) {
		t->r->erased = 1;
	}
	return err;
}

enum drp_err drp_notary_reports_answer(struct drp_notary_reports *reports,
	const struct drp_key *sender, const struct drp_request *request,
	struct drp_notary_prepared *prepared, int64_t now_s, struct drp_reply *reply,
	struct drp_buf *room, struct drp_diag *diag)
{
	struct turn t = {.r = reports,
		.hub = reports->hub,
		.sender = sender,
		.q = request,
		.prepared = prepared,
		.now_s = now_s,
		.reply = reply,
		.room = room,
		.diag = diag};
	switch (request->type) {
	case DRP_MSG_VERIFY:
		return answer_verify(&t);
	case DRP_MSG_DROP:
		return answer_drop(&t);
	case DRP_MSG_CLOSE:
		return answer_close(&t);
	case DRP_MSG_NUMBERS:
		return answer_numbers(&t);
	case DRP_MSG_OPEN:
		return answer_open(&t);
	case DRP_MSG_FREEZE:
		return answer_freeze(&t);
	default:
		return drp_fail(diag, DRP_E_VERSION, "a notary takes no such request");
	}
}

/* Campaigns are frozen by another process too, perhaps with no hub asking ever again. */
void drp_notary_reports_idle(struct drp_notary_reports *r)
{
	struct drp_campaign_row row;
	log_verified(r);
	for (struct campaign *c = r->campaigns; c; c = c->next) {
		if (c->has_keys &&
			drp_hub_campaign_get(r->hub->store, c->tasks->id, &row, NULL) ==
				DRP_OK &&
			row.state != DRP_CAMPAIGN_OPEN) {
			pthread_mutex_lock(&r->lock);
			forget_keys(c);
			pthread_mutex_unlock(&r->lock);
		}
	}
	if (r->erased && drp_hub_checkpoint(r->hub->store, NULL) == DRP_OK) {
		r->erased = 0;
	}
}
