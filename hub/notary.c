/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/notary.h"

#include "hub/notary_reports.h"
#include "hub/store_sealed.h"
#include "proto/base/alloc.h"
#include "proto/runtime/log.h"
#include "proto/session/envelope.h"
#include "proto/session/judge.h"

#include <stdio.h>
#include <string.h>

struct drp_notary {
	struct drp_hub *hub;
	struct drp_notary_reports *reports;
};

/* One request on its way from open to commit. */
struct work {
	struct drp_key sender;
	struct drp_id id;
	uint8_t message_key[DRP_MESSAGE_KEY_BYTES];
	struct drp_buf body; /* what request borrows from */
	struct drp_request request;
	struct drp_notary_prepared prepared; /* of a VERIFY */
};

static void drop(void *self, void *p)
{
	struct work *w = p;
	(void)self;
	drp_notary_prepared_clear(&w->prepared);
	drp_buf_wipe(&w->body); /* a seed, or shares */
	drp_wipe(w, sizeof *w);
	drp_free(w);
}

/* Faults of our own (disk, memory) must not look like answers: no reply, and the whole
 * transaction goes back. */
static int is_fault(enum drp_err err)
{
	return (err > 0 && err < 20 && err != DRP_E_CLOCK) || err >= 90;
}

/* ---- open: any worker thread ---- */

/* A notary is no hub: what schools ask is unknown here. */
static int takes(uint8_t type)
{
	return type == DRP_MSG_GET || type == DRP_MSG_PUT || type == DRP_MSG_COSIGN ||
	       drp_notary_reports_takes(type);
}

static enum drp_err read_request(
	struct drp_notary *n, const uint8_t *bytes, size_t bytes_n, struct work *w)
{
	struct drp_envelope envelope;
	enum drp_err err = drp_envelope_parse(bytes, bytes_n, &envelope);
	if (err) {
		return err;
	}
	w->sender = envelope.sender;
	w->id = envelope.id;
	err = takes(envelope.type) ? drp_envelope_verify(&envelope) : DRP_E_VERSION;
	err = err ? err
		  : drp_envelope_open(&envelope, n->hub->keys, &w->body, w->message_key);
	err = err ? err
		  : drp_request_decode(
			    envelope.type, w->body.data, w->body.len, &w->request);
	if (err == DRP_OK) {
		drp_notary_reports_prepare(
			n->reports, &w->sender, &w->request, &w->prepared);
	}
	return err;
}

/* What cannot be opened gets an error number in the open and nothing else. */
static void open_request(
	void *self, const uint8_t *bytes, size_t n, struct drp_service_job *job)
{
	struct work *w = drp_alloc(1, sizeof *w);
	if (!w) {
		return;
	}
	enum drp_err err = read_request(self, bytes, n, w);
	if (err == DRP_OK) {
		job->work = w;
		return;
	}
	drp_log(DRP_LOG_WARN, "notary", "unreadable", "error=%s bytes=%zu",
		drp_err_name(err), n);
	if (is_fault(err) || drp_reply_encode_error(&w->id, err, &job->reply)) {
		drp_buf_clear(&job->reply);
	}
	drop(self, w);
}

/* ---- commit: the store thread ---- */

struct turn {
	struct drp_notary *notary;
	struct drp_hub_store *store;
	struct work *w;
	struct drp_reply *reply;
	struct drp_buf *room; /* what the reply borrows from */
	struct drp_diag *diag;
	int64_t now_s;
};

static enum drp_err check_sender(struct turn *t)
{
	struct drp_card card;
	enum drp_err err = drp_hub_peer_get(t->store, &t->w->sender, &card, t->diag);
	if (err != DRP_OK && err != DRP_E_NOTFOUND) {
		return err;
	}
	if (err || strcmp(card.role, "hub") != 0) {
		return drp_fail(t->diag, DRP_E_UNKNOWN_KEY,
			"this notary is not paired with that hub; its operator runs "
			"'drempel-hub pair FILE' with the hub's card");
	}
	const struct drp_sender_facts facts = {.known = 1, .now_s = t->now_s};
	return drp_judge_sender(&facts, t->w->request.at, t->diag);
}

static enum drp_err answer_get(struct turn *t)
{
	const struct drp_request *q = &t->w->request;
	struct drp_buf *blob = t->room;
	enum drp_err err = drp_hub_blob_get(t->store, &q->get.blob, blob, t->diag);
	if (err == DRP_E_NOTFOUND) {
		return drp_fail(t->diag, err, "the notary has no such blob");
	}
	if (err == DRP_OK && q->get.offset >= blob->len) {
		return drp_fail(t->diag, DRP_E_RANGE, "there is nothing at that offset");
	}
	if (err == DRP_OK) {
		size_t n = blob->len - q->get.offset;
		t->reply->get.bytes = blob->data + q->get.offset;
		t->reply->get.n = n > DRP_CHUNK_MAX_BYTES ? DRP_CHUNK_MAX_BYTES : n;
		t->reply->get.total = (uint32_t)blob->len;
	}
	return err;
}

/* A blob that is not what its hash says is dropped as a whole. */
static enum drp_err check_whole(struct turn *t)
{
	const struct drp_request *q = &t->w->request;
	struct drp_buf bytes = {0};
	struct drp_hash hash;
	enum drp_err err = drp_hub_staged_get(
		t->store, &t->w->sender, &q->put.blob, &bytes, t->diag);
	if (err == DRP_OK) {
		drp_hash_bytes(bytes.data, bytes.len, &hash);
	}
	drp_buf_clear(&bytes);
	if (err || drp_hash_equal(&hash, &q->put.blob)) {
		return err;
	}
	err = drp_hub_staged_drop(t->store, &t->w->sender, &q->put.blob, t->diag);
	return err ? err
		   : drp_fail(t->diag, DRP_E_HASH,
			     "the blob that was put has another hash; it was dropped");
}

/* Whether the blob is here for good already: then it need not be put. */
static enum drp_err is_here(struct turn *t, int *here)
{
	struct drp_buf bytes = {0};
	enum drp_err err =
		drp_hub_blob_get(t->store, &t->w->request.put.blob, &bytes, t->diag);
	*here = err == DRP_OK;
	drp_buf_clear(&bytes);
	return err == DRP_E_NOTFOUND ? DRP_OK : err;
}

/* Takes the piece that comes next and tells how far it is now; a piece that comes twice
 * or too early changes nothing. */
static enum drp_err answer_put(struct turn *t)
{
	const struct drp_request *q = &t->w->request;
	uint32_t held = 0, total = 0;
	int here = 0;
	enum drp_err err = is_here(t, &here);
	if (err || here) {
		t->reply->put.held = q->put.total;
		return err;
	}
	err = drp_hub_staged(
		t->store, &t->w->sender, &q->put.blob, &held, &total, t->diag);
	if (err == DRP_OK && total != 0 && total != q->put.total) {
		return drp_fail(t->diag, DRP_E_CONFLICT,
			"the blob was said to have another length before");
	}
	if (err == DRP_OK && q->put.offset == held && q->put.n > 0) {
		err = drp_hub_stage(t->store, &t->w->sender, &q->put.blob, q->put.total,
			held, q->put.bytes, q->put.n, t->diag);
		held += (uint32_t)q->put.n;
		if (err == DRP_OK && held == q->put.total) {
			err = check_whole(t);
		}
	}
	t->reply->put.held = held;
	return err;
}

static enum drp_err answer(struct turn *t)
{
	const struct drp_request *q = &t->w->request;
	enum drp_err err = check_sender(t);
	if (err) {
		return err;
	}
	switch (q->type) {
	case DRP_MSG_GET:
		return answer_get(t);
	case DRP_MSG_PUT:
		return answer_put(t);
	case DRP_MSG_COSIGN:
		return drp_notary_cosign(t->notary->hub, &t->w->sender, q,
			t->reply->cosign.signature, t->diag);
	default:
		return drp_notary_reports_answer(t->notary->reports, &t->w->sender, q,
			&t->w->prepared, t->now_s, t->reply, t->room, t->diag);
	}
}

/* One request's answer, or why there is none. */
static enum drp_err take_turn(struct drp_notary *n, struct drp_service_job *job,
	int64_t now_s, struct drp_diag *fault)
{
	struct work *w = job->work;
	struct drp_diag diag = {0};
	struct drp_buf body = {0}, room = {0};
	struct drp_reply *reply = drp_alloc(1, sizeof *reply);
	if (!reply) {
		return drp_fail(fault, DRP_E_NOMEM, "no memory for the reply");
	}
	struct turn t = {n, n->hub->store, w, reply, &room, &diag, now_s};
	reply->type = w->request.type;
	reply->at = now_s;
	reply->err = answer(&t);
	enum drp_err err = is_fault(reply->err) ? reply->err : DRP_OK;
	if (reply->err) {
		snprintf(reply->text, sizeof reply->text, "%.199s",
			diag.code ? diag.text : drp_err_text(reply->err));
		drp_log(DRP_LOG_INFO, "notary", "refused", "type=%d error=%s %s",
			w->request.type, drp_err_name(reply->err), reply->text);
	}
	err = err ? err : drp_reply_encode_body(reply, &body);
	err = err ? err
		  : drp_reply_encode(w->message_key, (enum drp_message_type)reply->type,
			    &w->id, body.data, body.len, &job->reply);
	drp_buf_wipe(&body);
	drp_buf_wipe(&room);
	drp_free(reply);
	return err ? drp_fail(fault, err, "%s", diag.code ? diag.text : drp_err_text(err))
		   : DRP_OK;
}

static enum drp_err commit_together(
	struct drp_notary *n, struct drp_service_job *jobs, size_t n_jobs, int *began)
{
	struct drp_diag diag = {0};
	int64_t now_s = drp_hub_now_s(n->hub);
	enum drp_err err = drp_hub_begin(n->hub->store, &diag);
	*began = err == DRP_OK;
	if (*began) {
		for (size_t i = 0; err == DRP_OK && i < n_jobs; i++) {
			err = take_turn(n, &jobs[i], now_s, &diag);
		}
		err = drp_hub_end(n->hub->store, err, &diag);
	}
	for (size_t i = 0; err && i < n_jobs; i++) {
		drp_buf_clear(&jobs[i].reply);
	}
	if (err) {
		drp_log(DRP_LOG_ERROR, "notary", "commit-failed",
			"error=%s requests=%zu %s", drp_err_name(err), n_jobs, diag.text);
	}
	return err;
}

/* One request that cannot be stored must not hold up the others of its batch. */
static void commit_requests(void *self, struct drp_service_job *jobs, size_t n)
{
	int began = 0;
	if (commit_together(self, jobs, n, &began) && began && n > 1) {
		for (size_t i = 0; i < n && began; i++) {
			(void)!commit_together(self, &jobs[i], 1, &began);
		}
	}
}

static void idle(void *self)
{
	struct drp_notary *n = self;
	drp_notary_reports_idle(n->reports);
}

enum drp_err drp_notary_new(struct drp_hub *hub, struct drp_notary **notary)
{
	struct drp_notary *n = drp_alloc(1, sizeof *n);
	if (!n) {
		return DRP_E_NOMEM;
	}
	n->hub = hub;
	enum drp_err err = drp_notary_reports_new(hub, &n->reports);
	if (err) {
		drp_free(n);
		return err;
	}
	*notary = n;
	return DRP_OK;
}

void drp_notary_free(struct drp_notary *notary)
{
	if (notary) {
		drp_notary_reports_free(notary->reports);
		drp_free(notary);
	}
}

struct drp_service drp_notary_hooks(struct drp_notary *notary)
{
	return (struct drp_service){.self = notary,
		.open = open_request,
		.commit = commit_requests,
		.idle = idle,
		.drop = drop};
}
