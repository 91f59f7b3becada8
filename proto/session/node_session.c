/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/session/node_session.h"

#include "proto/base/date.h"
#include "proto/session/envelope.h"

#include <string.h>

void drp_node_session_init(struct drp_node_session *session,
	const struct drp_node_session_config *config, const struct drp_node_host *host)
{
	memset(session, 0, sizeof *session);
	session->config = *config;
	session->host = host;
	session->state = DRP_VISIT_ENROL;
}

void drp_node_session_clear(struct drp_node_session *session)
{
	drp_buf_clear(&session->out.bytes);
	drp_wipe(session, sizeof *session);
}

int64_t drp_backoff_ms(unsigned tries, const struct drp_rng *rng)
{
	int64_t most = 2000;
	for (unsigned i = 1; i < tries && most < 900000; i++) {
		most *= 2;
	}
	most = most > 900000 ? 900000 : most;
	uint32_t random;
	rng->fill(rng->self, &random, sizeof random);
	return most / 2 + (int64_t)random % (most / 2);
}

/* ---- the next request ---- */

static enum drp_message_type push_type(const struct drp_out *out)
{
	static const enum drp_message_type type[] = {[DRP_OUT_SUBMIT] = DRP_MSG_SUBMIT,
		[DRP_OUT_WITHDRAW] = DRP_MSG_WITHDRAW,
		[DRP_OUT_REPORT] = DRP_MSG_REPORT};
	return type[out->kind];
}

static void fill_push(const struct drp_out *out, struct drp_request *q)
{
	q->type = (uint8_t)push_type(out);
	if (out->kind == DRP_OUT_SUBMIT) {
		q->submit.bytes = out->bytes.data;
		q->submit.n = out->bytes.len;
	} else if (out->kind == DRP_OUT_REPORT) {
		q->report.bytes = out->bytes.data;
		q->report.n = out->bytes.len;
	} else {
		q->withdraw.campaign = out->campaign;
		q->withdraw.contribution = out->contribution;
		q->withdraw.unit = out->unit;
		q->withdraw.group = out->group;
	}
}

/* Fills the request of the present state; 0 when the state has nothing to ask. */
static int ask(struct drp_node_session *s, struct drp_request *q)
{
	const struct drp_node_host *h = s->host;
	s->config.rng.fill(s->config.rng.self, s->id.b, sizeof s->id.b);
	switch (s->state) {
	case DRP_VISIT_ENROL:
		q->type = DRP_MSG_ENROL;
		return h->token(h->self, q->enrol.token, q->enrol.proof);
	case DRP_VISIT_SYNC:
		q->type = DRP_MSG_SYNC;
		return !s->synced;
	case DRP_VISIT_GET:
		q->type = DRP_MSG_GET;
		if (!h->missing(h->self, &s->blob, &s->offset)) {
			return 0;
		}
		q->get.blob = s->blob;
		q->get.offset = s->offset;
		return 1;
	case DRP_VISIT_STATUS:
		q->type = DRP_MSG_STATUS;
		if (!h->next_status(h->self, &s->status)) {
			return 0;
		}
		q->status.campaign = s->status.campaign;
		return 1;
	case DRP_VISIT_LISTS:
		q->type = DRP_MSG_GET;
		if (!h->next_list(h->self, &s->blob, &s->offset)) {
			return 0;
		}
		q->get.blob = s->blob;
		q->get.offset = s->offset;
		return 1;
	case DRP_VISIT_PUSH:
		if (!s->config.push || !h->next_out(h->self, &s->out)) {
			return 0;
		}
		s->id = s->out.request;
		fill_push(&s->out, q);
		return 1;
	default:
		return 0;
	}
}

static enum drp_err sign_withdrawal(
	const struct drp_keys *keys, struct drp_withdrawal *withdrawal)
{
	struct drp_buf statement = {0};
	enum drp_err err = drp_withdrawal_statement(withdrawal, &statement);
	if (err == DRP_OK) {
		drp_sign(keys, DRP_WITHDRAWAL_TAG, statement.data, statement.len,
			withdrawal->signature);
	}
	drp_buf_clear(&statement);
	return err;
}

enum drp_err drp_node_session_next(struct drp_node_session *s, struct drp_buf *request,
	int *done, struct drp_diag *diag)
{
	struct drp_request q = {0};
	*done = 0;
	while (s->state != DRP_VISIT_DONE && !ask(s, &q)) {
		s->state++;
	}
	if (s->state == DRP_VISIT_DONE) {
		*done = 1;
		return DRP_OK;
	}
	q.at = s->host->now_s(s->host->self);
	struct drp_buf body = {0};
	enum drp_err err = q.type == DRP_MSG_WITHDRAW
				   ? sign_withdrawal(s->config.keys, &q.withdraw)
				   : DRP_OK;
	err = err ? err : drp_request_encode(&q, &body);
	if (err == DRP_OK) {
		err = drp_envelope_seal(s->config.keys, s->config.hub_box,
			(enum drp_message_type)q.type, &s->id, body.data, body.len,
			request, s->message_key);
	}
	drp_buf_wipe(&body);
	drp_wipe(&q, sizeof q);
	return err ? drp_fail(diag, err, "the request could not be made: %s",
			     drp_err_text(err))
		   : DRP_OK;
}

/* ---- the answer ---- */

static enum drp_message_type type_in_flight(const struct drp_node_session *s)
{
	static const enum drp_message_type type[] = {[DRP_VISIT_ENROL] = DRP_MSG_ENROL,
		[DRP_VISIT_SYNC] = DRP_MSG_SYNC,
		[DRP_VISIT_GET] = DRP_MSG_GET,
		[DRP_VISIT_STATUS] = DRP_MSG_STATUS,
		[DRP_VISIT_LISTS] = DRP_MSG_GET};
	return s->state == DRP_VISIT_PUSH ? push_type(&s->out) : type[s->state];
}

static enum drp_err check_clock(
	const struct drp_node_session *s, int64_t hub_s, struct drp_diag *diag)
{
	int64_t mine = s->host->now_s(s->host->self);
	int64_t skew = mine > hub_s ? mine - hub_s : hub_s - mine;
	char here[DRP_DATE_TEXT], there[DRP_DATE_TEXT];
	return skew > DRP_CLOCK_SKEW_MAX_S
		       ? drp_fail(diag, DRP_E_CLOCK,
				 "this machine's clock says %s, the hub's %s; set the "
				 "clock, nothing was "
				 "sent",
				 drp_time_format(mine, here),
				 drp_time_format(hub_s, there))
		       : DRP_OK;
}

/* The hub may announce only what its pinned key has signed. The signature covers the
 * manifest's bytes, so it is checked when they have arrived (host: announced, piece);
 * here the campaigns are only noted. */
static enum drp_err take_sync(struct drp_node_session *s, const struct drp_reply *reply)
{
	s->synced = 1;
	return s->host->announced(s->host->self, reply->sync.campaign, reply->sync.n);
}

/* A receipt is the hub's or, where there is one, the campaign's notary's. */
static enum drp_err check_receipt(const struct drp_node_session *s,
	const struct drp_key *notary, const struct drp_receipt *receipt)
{
	static const struct drp_key none;
	struct drp_buf statement = {0};
	enum drp_err err = drp_receipt_statement(receipt, &statement);
	if (err == DRP_OK && memcmp(&receipt->hub, &s->config.hub, sizeof none) != 0 &&
		(memcmp(notary, &none, sizeof none) == 0 ||
			memcmp(&receipt->hub, notary, sizeof none) != 0)) {
		err = DRP_E_SIGNATURE;
	}
	err = err ? err
		  : drp_verify(&receipt->hub, "drempel receipt 1", statement.data,
			    statement.len, receipt->signature);
	drp_buf_clear(&statement);
	return err;
}

/* A receipt of what was just sent. */
static enum drp_err check_sent(
	const struct drp_node_session *s, const struct drp_receipt *r)
{
	enum drp_err err = check_receipt(s, &s->out.notary, r);
	int fits = drp_hash_equal(&r->contribution, &s->out.contribution) &&
		   drp_hash_equal(&r->campaign, &s->out.campaign) &&
		   memcmp(&r->unit, &s->out.unit, sizeof r->unit) == 0 &&
		   r->group == s->out.group;
	return err || fits ? err : DRP_E_HASH;
}

/* Tells the hub's receipt, which must be there, and the notary's. */
static enum drp_err find_receipts(const struct drp_node_session *s,
	const struct drp_receipt *list, uint32_t n, const struct drp_receipt **receipt,
	const struct drp_receipt **confirmed)
{
	enum drp_err err = DRP_OK;
	*receipt = *confirmed = NULL;
	for (uint32_t i = 0; err == DRP_OK && i < n; i++) {
		int by_hub = memcmp(&list[i].hub, &s->config.hub, sizeof list->hub) == 0;
		err = check_sent(s, &list[i]);
		*(by_hub ? receipt : confirmed) = &list[i];
	}
	return err || *receipt ? err : DRP_E_MALFORMED;
}

static enum drp_err take_push(
	struct drp_node_session *s, const struct drp_reply *reply, struct drp_diag *diag)
{
	const struct drp_node_host *h = s->host;
	const struct drp_receipt *receipt, *confirmed;
	if (reply->err) {
		return h->refused(h->self, &s->out, reply->err, reply->text);
	}
	if (s->out.kind == DRP_OUT_WITHDRAW) {
		return h->settled(h->self, &s->out, NULL, NULL);
	}
	if (s->out.kind == DRP_OUT_REPORT && reply->status.n_refused) {
		enum drp_err why = reply->status.refused[0].reason;
		return h->refused(h->self, &s->out, why, drp_err_text(why));
	}
	enum drp_err err = s->out.kind == DRP_OUT_REPORT
				   ? find_receipts(s, reply->status.receipt,
					     reply->status.n, &receipt, &confirmed)
				   : find_receipts(s, &reply->submit.receipt, 1, &receipt,
					     &confirmed);
	return err ? drp_fail(diag, err,
			     "the hub's receipt does not fit what was sent; the "
			     "contribution stays "
			     "in the outbox")
		   : h->settled(h->self, &s->out, receipt, confirmed);
}

static enum drp_err take_status(struct drp_node_session *s, const struct drp_reply *reply)
{
	enum drp_err err = DRP_OK;
	for (uint32_t i = 0; err == DRP_OK && i < reply->status.n; i++) {
		const struct drp_receipt *r = &reply->status.receipt[i];
		err = check_receipt(s, &s->status.notary, r);
		if (err == DRP_OK && !drp_hash_equal(&r->campaign, &s->status.campaign)) {
			err = DRP_E_HASH;
		}
	}
	return err ? err : s->host->status(s->host->self, &s->status, reply);
}

static enum drp_err take(
	struct drp_node_session *s, const struct drp_reply *reply, struct drp_diag *diag)
{
	const struct drp_node_host *h = s->host;
	enum drp_err err = check_clock(s, reply->at, diag);
	if (err) {
		return err;
	}
	if (s->state == DRP_VISIT_PUSH) {
		return take_push(s, reply, diag);
	}
	if (reply->err && s->state != DRP_VISIT_LISTS &&
		(s->state != DRP_VISIT_STATUS || reply->err != DRP_E_NOTFOUND ||
			s->status.required)) {
		return drp_fail(diag, reply->err, "the hub refused: %s", reply->text);
	}
	switch (s->state) {
	case DRP_VISIT_ENROL:
		err = h->enrolled(h->self, reply->enrol.school, reply->enrol.name);
		break;
	case DRP_VISIT_SYNC:
		err = take_sync(s, reply);
		break;
	case DRP_VISIT_GET:
		err = h->piece(h->self, &s->blob, reply->get.total, s->offset,
			reply->get.bytes, reply->get.n);
		break;
	case DRP_VISIT_LISTS:
		err = h->list(h->self, reply);
		break;
	default:
		err = take_status(s, reply);
		break;
	}
	return err ? drp_fail(diag, err, "the hub's answer could not be used: %s",
			     drp_err_text(err))
		   : DRP_OK;
}

enum drp_err drp_node_session_reply(
	struct drp_node_session *s, const void *bytes, size_t n, struct drp_diag *diag)
{
	struct drp_buf body = {0};
	struct drp_reply_origin origin;
	struct drp_reply reply;
	enum drp_message_type type = type_in_flight(s);
	enum drp_err err =
		drp_reply_decode(s->message_key, type, &s->id, bytes, n, &body, &origin);
	drp_wipe(s->message_key, sizeof s->message_key);
	if (err == DRP_E_PEER) {
		err = drp_fail(diag, err,
			"the hub could not read the request (%s); is this the hub of the "
			"invite, "
			"and are both of the same version?",
			drp_err_text(origin.hint));
	} else if (err) {
		drp_fail(diag, err, "the answer is not from the hub of the invite: %s",
			drp_err_text(err));
	}
	err = err ? err
		  : drp_reply_decode_body((uint8_t)type, body.data, body.len, &reply);
	if (err == DRP_OK) {
		err = take(s, &reply, diag);
	} else {
		drp_fail(diag, err, "the hub's answer cannot be read: %s",
			drp_err_text(err));
	}
	drp_buf_clear(&body);
	drp_buf_clear(&s->out.bytes);
	return err;
}
