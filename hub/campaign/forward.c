/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/campaign/forward.h"

#include "hub/campaign/gather.h"
#include "hub/store/store_sealed.h"
#include "proto/base/alloc.h"
#include "proto/runtime/log.h"
#include "proto/session/envelope.h"
#include "proto/session/verification.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

struct drp_forwarding {
	struct drp_hub *hub;
	struct drp_tasks *tasks;
	uint8_t storage[32];
	uint8_t verify[DRP_GROUPS][DRP_PRIO3_VERIFY_KEY_BYTES];
};

enum drp_err drp_forwarding_new(struct drp_hub *hub, const struct drp_campaign_row *row,
	struct drp_forwarding **out, struct drp_diag *diag)
{
	uint8_t seed[DRP_VERIFY_SEED_BYTES] = {0};
	struct drp_forwarding *f = drp_alloc(1, sizeof *f);
	if (!f) {
		return drp_fail(diag, DRP_E_NOMEM, "no memory to forward reports");
	}
	f->hub = hub;
	enum drp_err err = drp_tasks_load(hub, row, &f->tasks, diag);
	err = err ? err : drp_storage_key(hub, row->id, f->storage, diag);
	err = err ? err : drp_verify_seed(hub, row->id, &row->manifest, seed, diag);
	for (int g = 0; err == DRP_OK && g < DRP_GROUPS; g++) {
		drp_verify_key(seed, &row->manifest, (enum drp_group)g, f->verify[g]);
	}
	drp_wipe(seed, sizeof seed);
	if (err) {
		drp_forwarding_free(f);
		return err;
	}
	*out = f;
	return DRP_OK;
}

void drp_forwarding_free(struct drp_forwarding *f)
{
	if (f) {
		drp_tasks_free(f->tasks);
		drp_wipe(f, sizeof *f);
		drp_free(f);
	}
}

const struct drp_tasks *drp_forwarding_tasks(const struct drp_forwarding *f)
{
	return f->tasks;
}

/* ---- a batch ---- */

/* One report or withdrawal on its way. */
struct item {
	struct drp_stored stored;
	struct drp_buf bytes; /* the report as stored, or a withdrawal's signature */
	enum {
		WAITING,
		COUNTED,
		REJECTED,
		TOLD,
		FAILED /* err and diag say why; nothing is known of it */
	} fate;
	enum drp_err err;
	struct drp_diag diag;
	struct drp_buf share;	    /* COUNTED: sealed for the store */
	struct drp_receipt receipt; /* the notary's */
	uint64_t us;		    /* that verifying took of a processor */
};

struct batch {
	struct drp_forwarding *f;
	struct item *item;
	size_t n, cap;
	pthread_mutex_t lock;
	size_t next;
	int stop; /* the notary cannot be reached: no more are begun */
};

static enum drp_err batch_init(struct batch *b, struct drp_forwarding *f, size_t max)
{
	memset(b, 0, sizeof *b);
	b->f = f;
	b->cap = max;
	b->item = drp_alloc(max, sizeof *b->item);
	pthread_mutex_init(&b->lock, NULL);
	return b->item ? DRP_OK : DRP_E_NOMEM;
}

static void batch_clear(struct batch *b)
{
	for (size_t i = 0; i < b->n; i++) {
		drp_buf_wipe(&b->item[i].bytes);
		drp_buf_clear(&b->item[i].share);
	}
	drp_free(b->item);
	pthread_mutex_destroy(&b->lock);
}

static enum drp_err take(
	void *self, const struct drp_stored *stored, const void *bytes, size_t n)
{
	struct batch *b = self;
	struct item *item = &b->item[b->n];
	item->stored = *stored;
	drp_buf_append(&item->bytes, bytes, n);
	b->n++;
	return item->bytes.failed ? DRP_E_NOMEM : DRP_OK;
}

/* ---- one report, any thread, no store ---- */

static void fail(struct item *item, enum drp_err err)
{
	item->fate = FAILED;
	item->err = err;
	if (!item->diag.code) {
		drp_fail(&item->diag, err, "%s", drp_err_text(err));
	}
}

/* The notary's list is fixed, which it was not when this hub last looked: the hub came
 * back from a backup, or gave the campaign up. */
static int is_over(enum drp_err err)
{
	return err == DRP_E_CLOSED || err == DRP_E_FROZEN;
}

/* What says that this one report can never count, at whichever side. */
static int is_verdict(enum drp_err err)
{
	return err == DRP_E_PROOF || err == DRP_E_SIGNATURE || err == DRP_E_MALFORMED ||
	       err == DRP_E_CONFLICT || err == DRP_E_POLICY || is_over(err);
}

static void reject(struct item *item, enum drp_err reason)
{
	item->fate = REJECTED;
	item->err = reason;
}

static enum drp_err open_report(const struct drp_forwarding *f, struct item *item,
	struct drp_buf *plain, struct drp_report *report)
{
	uint8_t context[49];
	struct drp_hash name;
	drp_contribution_context(&f->tasks->manifest->hash, &item->stored.unit,
		item->stored.group, context);
	enum drp_err err = drp_store_open(f->storage, context, sizeof context,
		item->bytes.data, item->bytes.len, plain);
	err = err ? err : drp_report_decode(plain->data, plain->len, report, &name);
	if (err == DRP_OK && !drp_hash_equal(&name, &item->stored.hash)) {
		err = DRP_E_HASH;
	}
	return err ? drp_fail(&item->diag, err == DRP_E_NOMEM ? err : DRP_E_STORE,
			     "a stored report cannot be read (%s); restore the hub's "
			     "directory from its backup",
			     drp_err_text(err))
		   : DRP_OK;
}

/* The notary signs what it has verified: its receipt is what the school waits for. */
static enum drp_err check_receipt(
	const struct drp_forwarding *f, struct item *item, const struct drp_receipt *r)
{
	const struct drp_manifest *m = f->tasks->manifest;
	struct drp_buf statement = {0};
	enum drp_err err = drp_receipt_statement(r, &statement);
	if (err == DRP_OK &&
		(!drp_hash_equal(&r->campaign, &m->hash) ||
			!drp_hash_equal(&r->contribution, &item->stored.hash) ||
			memcmp(&r->unit, &item->stored.unit, sizeof r->unit) != 0 ||
			r->group != item->stored.group ||
			memcmp(&r->hub, &m->notary, sizeof r->hub) != 0)) {
		err = DRP_E_PEER;
	}
	err = err ? err
		  : drp_verify(&m->notary, "drempel receipt 1", statement.data,
			    statement.len, r->signature);
	drp_buf_clear(&statement);
	item->receipt = *r;
	return err == DRP_E_NOMEM ? err
	       : err		  ? drp_fail(&item->diag, DRP_E_PEER,
					    "the notary's receipt is not one for this report")
				  : DRP_OK;
}

static void seal_share(
	const struct drp_forwarding *f, struct item *item, const struct drp_buf *share)
{
	uint8_t context[49];
	drp_contribution_context(&f->tasks->manifest->hash, &item->stored.unit,
		item->stored.group, context);
	enum drp_err err = drp_store_seal(f->storage, context, sizeof context,
		share->data, share->len, &item->share);
	if (err) {
		fail(item, err);
	} else {
		item->fate = COUNTED;
	}
}

/* The notary has answered: its part holds. */
static void finish(const struct drp_forwarding *f, struct item *item,
	const struct drp_buf *state, const struct drp_reply *reply)
{
	struct drp_buf share = {0};
	enum drp_err err = check_receipt(f, item, &reply->verify.receipt);
	if (err) {
		fail(item, err);
		return;
	}
	uint64_t start = drp_thread_us();
	err = drp_verification_finish(&f->tasks->task[item->stored.group],
		(struct drp_bytes){state->data, state->len},
		(struct drp_bytes){reply->verify.finish, reply->verify.finish_n}, &share);
	item->us += drp_thread_us() - start;
	if (err == DRP_E_PROOF) {
		reject(item, err);
	} else if (err) {
		fail(item, err);
	} else {
		seal_share(f, item, &share);
	}
	drp_buf_wipe(&share);
}

static enum drp_err start(const struct drp_forwarding *f, struct item *item,
	const struct drp_report *report, struct drp_buf *state,
	struct drp_buf *initialize)
{
	uint64_t begun = drp_thread_us();
	enum drp_err err = drp_verification_start(&f->tasks->task[item->stored.group],
		f->verify[item->stored.group], report, state, initialize);
	item->us += drp_thread_us() - begun;
	return err;
}

static void bring(const struct drp_forwarding *f, struct drp_peer *peer,
	struct item *item, struct drp_reply *reply)
{
	struct drp_buf plain = {0}, state = {0}, initialize = {0}, body = {0};
	struct drp_request q = {.type = DRP_MSG_VERIFY};
	enum drp_err err = open_report(f, item, &plain, &q.verify.report);
	if (err) {
		fail(item, err);
	} else if ((err = start(f, item, &q.verify.report, &state, &initialize)) !=
		   DRP_OK) {
		/* Of our own share: no element, or no proof can hold over it. */
		if (err == DRP_E_PROOF || err == DRP_E_MALFORMED) {
			reject(item, DRP_E_PROOF);
		} else {
			fail(item, err);
		}
	} else {
		q.verify.report.hub_share = NULL;
		q.verify.report.hub_n = 0;
		q.verify.initialize = initialize.data;
		q.verify.initialize_n = initialize.len;
		err = drp_peer_ask(f->hub, peer, &q, reply, &body, &item->diag);
		if (err == DRP_OK) {
			finish(f, item, &state, reply);
		} else if (reply->err && is_verdict(reply->err)) {
			reject(item, reply->err);
		} else {
			fail(item, err);
		}
	}
	drp_buf_wipe(&plain);
	drp_buf_wipe(&state);
	drp_buf_clear(&initialize);
	drp_buf_clear(&body);
}

static void tell(const struct drp_forwarding *f, struct drp_peer *peer, struct item *item,
	struct drp_reply *reply)
{
	struct drp_buf body = {0};
	struct drp_request q = {.type = DRP_MSG_DROP};
	q.withdraw = (struct drp_withdrawal){.campaign = f->tasks->manifest->hash,
		.contribution = item->stored.hash,
		.unit = item->stored.unit,
		.group = item->stored.group};
	enum drp_err err = DRP_E_STORE;
	if (item->bytes.len == sizeof q.withdraw.signature) {
		memcpy(q.withdraw.signature, item->bytes.data, item->bytes.len);
		err = drp_peer_ask(f->hub, peer, &q, reply, &body, &item->diag);
	}
	/* Where it is too late to tell, the hub's own list is without it all the same. */
	if (err && !is_over(reply->err)) {
		fail(item, err);
	} else {
		item->fate = TOLD;
	}
	drp_buf_clear(&body);
}

/* ---- several ways at once ---- */

struct way {
	struct batch *batch;
	struct drp_peer *peer;
	pthread_t thread;
	int started;
};

static struct item *next_item(struct batch *b)
{
	pthread_mutex_lock(&b->lock);
	struct item *item = b->stop || b->next == b->n ? NULL : &b->item[b->next++];
	pthread_mutex_unlock(&b->lock);
	return item;
}

static void *walk(void *self)
{
	struct way *way = self;
	struct batch *b = way->batch;
	struct item *item;
	struct drp_reply *reply = drp_alloc(1, sizeof *reply);
	while (reply && (item = next_item(b)) != NULL) {
		reply->err = DRP_OK; /* it may fail before it is asked about */
		if (item->stored.withdrawn) {
			tell(b->f, way->peer, item, reply);
		} else {
			bring(b->f, way->peer, item, reply);
		}
		/* What the notary said of one report may not be so of the next; that it
		 * could not be asked is. */
		if (item->fate == FAILED && !reply->err) {
			pthread_mutex_lock(&b->lock);
			b->stop = 1;
			pthread_mutex_unlock(&b->lock);
		}
	}
	drp_free(reply);
	return NULL;
}

static void walk_all(struct batch *b, struct drp_peer *const peer[], size_t n_peers)
{
	struct way way[DRP_FORWARD_WAYS];
	n_peers = n_peers > DRP_FORWARD_WAYS ? DRP_FORWARD_WAYS : n_peers;
	n_peers = n_peers > b->n ? b->n : n_peers;
	for (size_t i = 0; i < n_peers; i++) {
		way[i] = (struct way){.batch = b, .peer = peer[i]};
	}
	for (size_t i = 1; i < n_peers; i++) {
		way[i].started = pthread_create(&way[i].thread, NULL, walk, &way[i]) == 0;
	}
	if (n_peers) {
		walk(&way[0]); /* this thread is one of them */
	}
	for (size_t i = 1; i < n_peers; i++) {
		if (way[i].started) {
			pthread_join(way[i].thread, NULL);
		}
	}
}

/* ---- the outcomes, in one transaction ---- */

static enum drp_err store_counted(
	struct drp_forwarding *f, const struct item *item, struct drp_diag *diag)
{
	struct drp_buf receipt = {0};
	enum drp_err err = drp_receipt_encode(&item->receipt, &receipt);
	err = err ? err
		  : drp_hub_contribution_count(f->hub->store, f->tasks->id,
			    &item->stored.unit, item->stored.group, item->share.data,
			    item->share.len, receipt.data, receipt.len, diag);
	drp_buf_clear(&receipt);
	return err;
}

/* DRP_E_STATE: it was withdrawn, or settled by another process, in the meantime. */
static enum drp_err store_one(
	struct drp_forwarding *f, const struct item *item, struct drp_diag *diag)
{
	enum drp_err err = DRP_OK;
	switch (item->fate) {
	case COUNTED:
		err = store_counted(f, item, NULL);
		break;
	case REJECTED:
		drp_log(DRP_LOG_WARN, "forward", "rejected", "campaign=%s error=%s",
			f->tasks->id, drp_err_name(item->err));
		err = drp_hub_contribution_reject(f->hub->store, f->tasks->id,
			&item->stored.unit, item->stored.group, item->err, NULL, 0, NULL);
		break;
	case TOLD:
		err = drp_hub_withdrawal_told(f->hub->store, f->tasks->id,
			&item->stored.unit, item->stored.group, NULL);
		break;
	default:
		return DRP_OK;
	}
	return err && err != DRP_E_STATE
		       ? drp_fail(diag, err, "what was verified cannot be stored: %s",
				 drp_err_text(err))
		       : DRP_OK;
}

static void log_verified(const struct batch *b)
{
	size_t reports = 0;
	uint64_t us = 0;
	for (size_t i = 0; i < b->n; i++) {
		if (b->item[i].fate == COUNTED || b->item[i].fate == REJECTED) {
			reports++;
			us += b->item[i].us;
		}
	}
	if (reports) {
		drp_log(DRP_LOG_INFO, "forward", "verified",
			"campaign=%s reports=%zu us=%llu", b->f->tasks->id, reports,
			(unsigned long long)us);
	}
}

static enum drp_err store_all(struct batch *b, size_t *done, struct drp_diag *diag)
{
	size_t settled = 0;
	int rejected = 0;
	enum drp_err err = drp_hub_begin(b->f->hub->store, diag);
	if (err) {
		return err;
	}
	for (size_t i = 0; err == DRP_OK && i < b->n; i++) {
		rejected |= b->item[i].fate == REJECTED;
		settled += b->item[i].fate != WAITING && b->item[i].fate != FAILED;
		err = store_one(b->f, &b->item[i], diag);
	}
	err = drp_hub_end(b->f->hub->store, err, diag);
	*done += err ? 0 : settled;
	if (err == DRP_OK) {
		log_verified(b);
	}
	if (err == DRP_OK && rejected) {
		/* Out of the log too; when that fails, the freeze does it. */
		(void)!drp_hub_checkpoint(b->f->hub->store, NULL);
	}
	return err;
}

/* The failure worth telling: that the notary could not be asked, before what it said of
 * single reports, which is told when nothing at all could be settled. */
static enum drp_err first_failure(
	const struct batch *b, size_t done, struct drp_diag *diag)
{
	const struct item *worst = NULL;
	for (size_t i = 0; i < b->n; i++) {
		const struct item *item = &b->item[i];
		if (item->fate == FAILED) {
			drp_log(DRP_LOG_WARN, "forward", "failed",
				"campaign=%s error=%s %s", b->f->tasks->id,
				drp_err_name(item->err), item->diag.text);
			worst = worst ? worst : item;
		}
	}
	return worst && (b->stop || done == 0)
		       ? drp_fail(diag, worst->err, "%s", worst->diag.text)
		       : DRP_OK;
}

static enum drp_err forward_batch(struct drp_forwarding *f, struct drp_peer *const peer[],
	size_t n_peers, size_t max, int withdrawals, size_t *done, struct drp_diag *diag)
{
	struct batch b;
	size_t settled = 0;
	enum drp_err err = batch_init(&b, f, max);
	if (err == DRP_OK) {
		err = withdrawals ? drp_hub_withdrawals_pending(f->hub->store,
					    f->tasks->id, max, take, &b, diag)
				  : drp_hub_contributions_pending(f->hub->store,
					    f->tasks->id, max, take, &b, diag);
	}
	if (err == DRP_OK && b.n) {
		walk_all(&b, peer, n_peers);
		err = store_all(&b, &settled, diag);
		err = err ? err : first_failure(&b, settled, diag);
	}
	*done += settled;
	batch_clear(&b);
	return err ? drp_fail(diag, err, "reports cannot be forwarded: %s",
			     drp_err_text(err))
		   : DRP_OK;
}

enum drp_err drp_forward_some(struct drp_forwarding *forwarding,
	struct drp_peer *const peer[], size_t n_peers, size_t max, size_t *done,
	struct drp_diag *diag)
{
	*done = 0;
	enum drp_err err = forward_batch(forwarding, peer, n_peers, max, 1, done, diag);
	return err ? err : forward_batch(forwarding, peer, n_peers, max, 0, done, diag);
}

enum drp_err drp_forward_left(
	struct drp_hub *hub, const char *campaign, size_t *left, struct drp_diag *diag)
{
	size_t reports = 0, withdrawals = 0;
	enum drp_err err =
		drp_hub_pending(hub->store, campaign, &reports, &withdrawals, diag);
	*left = reports + withdrawals;
	return err;
}

enum drp_err drp_forward_all(struct drp_forwarding *f, struct drp_peer *const peer[],
	size_t n_peers, struct drp_diag *diag)
{
	size_t done = 1, left = 0;
	enum drp_err err = DRP_OK;
	while (err == DRP_OK && done > 0) {
		err = drp_forward_some(f, peer, n_peers, DRP_FORWARD_BATCH, &done, diag);
	}
	err = err ? err : drp_forward_left(f->hub, f->tasks->id, &left, diag);
	return err == DRP_OK && left
		       ? drp_fail(diag, DRP_E_PEER,
				 "%zu reports of campaign %s cannot be brought to the "
				 "notary",
				 left, f->tasks->id)
		       : err;
}
