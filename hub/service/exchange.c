/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/service/exchange.h"

#include "proto/base/alloc.h"
#include "proto/runtime/log.h"

#include <stdio.h>

int drp_exchange_is_fault(enum drp_err err)
{
	return (err > 0 && err < 20 && err != DRP_E_CLOCK) || err >= 90;
}

static void drop(void *self, void *work)
{
	const struct drp_exchange_side *side = self;
	struct drp_exchange *asked = work;
	if (side->role->clear) {
		side->role->clear(asked);
	}
	drp_buf_wipe(&asked->body); /* a token, a seed, shares, or what a school sent */
	drp_wipe(work, side->role->work_bytes);
	drp_free(work);
}

/* ---- open: any worker thread ---- */

static enum drp_err read_request(struct drp_exchange_side *side, const uint8_t *bytes,
	size_t n, struct drp_exchange *asked)
{
	const struct drp_exchange_role *role = side->role;
	struct drp_envelope envelope;
	enum drp_err err = drp_envelope_parse(bytes, n, &envelope);
	if (err) {
		return err;
	}
	asked->sender = envelope.sender;
	asked->id = envelope.id;
	if (role->takes && !role->takes(envelope.type)) {
		return DRP_E_VERSION;
	}
	err = drp_envelope_verify(&envelope);
	err = err ? err
		  : drp_envelope_open(
			    &envelope, side->hub->keys, &asked->body, asked->message_key);
	err = err ? err
		  : drp_request_decode(envelope.type, asked->body.data, asked->body.len,
			    &asked->request);
	return err ? err : role->prepare(side->self, asked);
}

/* What cannot be opened gets an error number in the open and nothing else. A lack of
 * memory is no answer: the other side tries again. */
static void open_request(
	void *self, const uint8_t *bytes, size_t n, struct drp_service_job *job)
{
	struct drp_exchange_side *side = self;
	struct drp_exchange *asked = drp_alloc(1, side->role->work_bytes);
	if (!asked) {
		return;
	}
	enum drp_err err = read_request(side, bytes, n, asked);
	if (err == DRP_OK) {
		job->work = asked;
		return;
	}
	drp_log(DRP_LOG_WARN, side->role->name, "unreadable", "error=%s bytes=%zu",
		drp_err_name(err), n);
	if (drp_exchange_is_fault(err) ||
		drp_reply_encode_error(&asked->id, err, &job->reply)) {
		drp_buf_clear(&job->reply);
	}
	drop(side, asked);
}

/* ---- commit: the store thread ---- */

static void tell_refusal(const struct drp_exchange_role *role, struct drp_reply *reply,
	const struct drp_diag *diag)
{
	snprintf(reply->text, sizeof reply->text, "%.199s",
		diag->code ? diag->text : drp_err_text(reply->err));
	drp_log(DRP_LOG_INFO, role->name, "refused", "type=%d error=%s%s%s", reply->type,
		drp_err_name(reply->err), role->logs_reasons ? " " : "",
		role->logs_reasons ? reply->text : "");
}

/* One request's answer, or why there is none. */
static enum drp_err take_turn(struct drp_exchange_side *side, struct drp_service_job *job,
	int64_t now_s, struct drp_diag *fault)
{
	struct drp_exchange *asked = job->work;
	struct drp_diag diag = {0};
	struct drp_buf body = {0}, room = {0};
	struct drp_reply *reply = drp_alloc(1, sizeof *reply);
	if (!reply) {
		return drp_fail(fault, DRP_E_NOMEM, "no memory for the reply");
	}
	const struct drp_exchange_turn turn = {
		side->hub, asked, reply, &room, &diag, now_s};
	reply->type = asked->request.type;
	reply->at = now_s;
	reply->err = side->role->answer(side->self, &turn);
	if (reply->err) {
		tell_refusal(side->role, reply, &diag);
	}
	enum drp_err err = drp_exchange_is_fault(reply->err) ? reply->err : DRP_OK;
	err = err ? err : drp_reply_encode_body(reply, &body);
	err = err ? err
		  : drp_reply_encode(asked->message_key,
			    (enum drp_message_type)reply->type, &asked->id, body.data,
			    body.len, &job->reply);
	drp_buf_wipe(&body);
	drp_buf_wipe(&room);
	drp_free(reply);
	return err ? drp_fail(fault, err, "%s", diag.code ? diag.text : drp_err_text(err))
		   : DRP_OK;
}

static enum drp_err commit_together(struct drp_exchange_side *side,
	struct drp_service_job *jobs, size_t n, int *began)
{
	struct drp_diag diag = {0};
	int64_t now_s = drp_hub_now_s(side->hub);
	enum drp_err err = drp_hub_begin(side->hub->store, &diag);
	*began = err == DRP_OK;
	if (*began) {
		for (size_t i = 0; err == DRP_OK && i < n; i++) {
			err = take_turn(side, &jobs[i], now_s, &diag);
		}
		err = drp_hub_end(side->hub->store, err, &diag);
	}
	for (size_t i = 0; err && i < n; i++) {
		drp_buf_clear(&jobs[i].reply);
	}
	if (err) {
		drp_log(DRP_LOG_ERROR, side->role->name, "commit-failed",
			"error=%s requests=%zu %s", drp_err_name(err), n, diag.text);
	}
	return err;
}

/* One request that cannot be stored must not hold up the others of its batch. A store
 * that another process keeps is kept from each of them: waiting once is enough. */
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
	const struct drp_exchange_side *side = self;
	side->role->idle(side->self);
}

struct drp_service drp_exchange_hooks(struct drp_exchange_side *side)
{
	return (struct drp_service){.self = side,
		.open = open_request,
		.commit = commit_requests,
		.idle = idle,
		.drop = drop};
}

/* ---- what both roles answer alike ---- */

enum drp_err drp_exchange_get(const struct drp_exchange_turn *t, const char *missing)
{
	const struct drp_request *q = &t->asked->request;
	struct drp_buf *blob = t->room;
	enum drp_err err = drp_hub_blob_get(t->hub->store, &q->get.blob, blob, t->diag);
	if (err == DRP_E_NOTFOUND) {
		return drp_fail(t->diag, err, "%s", missing);
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
