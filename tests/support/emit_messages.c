/* SPDX-License-Identifier: Apache-2.0
 *
 * The commands about messages, in both roles. A hub's answers are always the same.
 */
#include "proto/session/envelope.h"
#include "proto/session/messages.h"
#include "tests/support/emit.h"

static struct drp_id asked_id;
static enum drp_message_type asked_type;
static uint8_t asked_key[DRP_MESSAGE_KEY_BYTES];

static json_t *verify_fields(const struct drp_request *q, json_int_t at)
{
	const struct drp_report *report = &q->verify.report;
	const struct drp_report_statement *of = &report->statement;
	return json_pack("{s:I, s:o, s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "at", at,
		"campaign", json_bin(of->campaign.b, 32), "group", of->group, "hub_share",
		json_bin(of->hub_share.b, 32), "initialize",
		json_bin(q->verify.initialize, q->verify.initialize_n), "nonce",
		json_bin(of->nonce.b, 16), "notary_share",
		json_bin(report->notary_share, report->notary_n), "public_share",
		json_bin(report->public_share, report->public_n), "signature",
		json_bin(report->signature, 64), "unit", json_bin(of->unit.b, 16));
}

static json_t *peer_request_fields(const struct drp_request *q, json_int_t at)
{
	switch (q->type) {
	case DRP_MSG_PUT:
		return json_pack("{s:I, s:o, s:o, s:I, s:I}", "at", at, "blob",
			json_bin(q->put.blob.b, 32), "bytes",
			json_bin(q->put.bytes, q->put.n), "offset",
			(json_int_t)q->put.offset, "total", (json_int_t)q->put.total);
	case DRP_MSG_COSIGN:
		return json_pack("{s:I, s:o, s:o, s:o, s:o}", "at", at, "manifest",
			json_bin(q->cosign.manifest.b, 32), "roll",
			json_bin(q->cosign.roll.b, 32), "seed",
			json_bin(q->cosign.seed, 32), "signature",
			json_bin(q->cosign.signature, 64));
	case DRP_MSG_VERIFY:
		return verify_fields(q, at);
	case DRP_MSG_CLOSE:
		return json_pack("{s:I, s:o, s:o, s:o}", "at", at, "campaign",
			json_bin(q->close.campaign.b, 32), "list",
			json_bin(q->close.list.hash.b, 32), "signature",
			json_bin(q->close.list.signature, 64));
	case DRP_MSG_NUMBERS:
		return json_pack("{s:I, s:o, s:o}", "at", at, "campaign",
			json_bin(q->numbers.campaign.b, 32), "shares",
			json_bin(q->numbers.shares, q->numbers.shares_n));
	case DRP_MSG_OPEN:
		return json_pack("{s:I, s:o, s:I}", "at", at, "campaign",
			json_bin(q->open.campaign.b, 32), "release",
			(json_int_t)q->open.release);
	default:
		return json_pack("{s:I, s:o}", "at", at, "campaign",
			json_bin(q->freeze.campaign.b, 32));
	}
}

static json_t *request_fields(const struct drp_request *q)
{
	json_int_t at = q->at;
	switch (q->type) {
	case DRP_MSG_ENROL:
		return json_pack("{s:I, s:o, s:o}", "at", at, "proof",
			json_bin(q->enrol.proof, 32), "token",
			json_bin(q->enrol.token, 32));
	case DRP_MSG_GET:
		return json_pack("{s:I, s:o, s:I}", "at", at, "hash",
			json_bin(q->get.blob.b, 32), "offset", (json_int_t)q->get.offset);
	case DRP_MSG_STATUS:
		return json_pack("{s:I, s:o}", "at", at, "campaign",
			json_bin(q->status.campaign.b, 32));
	case DRP_MSG_SUBMIT:
		return json_pack("{s:I, s:o}", "at", at, "contribution",
			json_bin(q->submit.bytes, q->submit.n));
	case DRP_MSG_WITHDRAW:
	case DRP_MSG_DROP:
		return json_pack("{s:I, s:o, s:o, s:i, s:o, s:o}", "at", at, "campaign",
			json_bin(q->withdraw.campaign.b, 32), "contribution",
			json_bin(q->withdraw.contribution.b, 32), "group",
			q->withdraw.group, "signature",
			json_bin(q->withdraw.signature, 64), "unit",
			json_bin(q->withdraw.unit.b, 16));
	case DRP_MSG_REPORT:
		return json_pack("{s:I, s:o}", "at", at, "report",
			json_bin(q->report.bytes, q->report.n));
	case DRP_MSG_SYNC:
		return json_pack("{s:I}", "at", at);
	default:
		return peer_request_fields(q, at);
	}
}

static void peer_sample_reply(struct drp_reply *r)
{
	static const uint8_t share[32];
	if (r->type == DRP_MSG_PUT) {
		r->put.held = 100000;
	} else if (r->type == DRP_MSG_COSIGN) {
		sample_fill(r->cosign.signature, 64, 1);
	} else if (r->type == DRP_MSG_VERIFY) {
		r->verify.finish = share;
		r->verify.finish_n = sizeof share;
		r->verify.receipt = sample_receipt(emit.keys, &emit.contribution);
	} else if (r->type == DRP_MSG_CLOSE) {
		sample_fill(r->close.list.hash.b, 32, 1);
		sample_fill(r->close.list.signature, 64, 2);
	} else if (r->type == DRP_MSG_NUMBERS || r->type == DRP_MSG_OPEN) {
		r->shares.bytes = share;
		r->shares.n = sizeof share;
	}
}

/* One answer of each type. The piece of a GET is text. */
static struct drp_reply *sample_reply(uint8_t type, enum drp_err refusal)
{
	static const char piece[] = "a piece";
	struct drp_reply *r = calloc(1, sizeof *r);
	sample_need(r != NULL, "memory");
	r->type = type;
	r->at = SAMPLE_TIME;
	r->err = refusal;
	if (refusal) {
		snprintf(r->text, sizeof r->text, "%s", drp_err_text(refusal));
	} else if (type == DRP_MSG_ENROL) {
		snprintf(r->enrol.school, sizeof r->enrol.school, "sch-001");
		snprintf(r->enrol.name, sizeof r->enrol.name, "De Wegwijzer");
	} else if (type == DRP_MSG_SYNC) {
		r->sync.n = 2;
		for (uint8_t i = 0; i < 2; i++) {
			struct drp_announced *a = &r->sync.campaign[i];
			sample_fill(a->manifest.b, sizeof a->manifest.b, i);
			sample_fill(a->signature, sizeof a->signature, i);
			sample_fill(a->cosignature, sizeof a->cosignature, 4);
			a->state = (uint8_t)(DRP_CAMPAIGN_OPEN + i);
		}
	} else if (type == DRP_MSG_GET) {
		r->get.total = 100000;
		r->get.bytes = (const uint8_t *)piece;
		r->get.n = sizeof piece - 1;
	} else if (type == DRP_MSG_STATUS || type == DRP_MSG_REPORT) {
		r->status.n = 1;
		r->status.receipt[0] = sample_receipt(emit.keys, &emit.contribution);
		r->status.n_refused = 1;
		r->status.refused[0] = (struct drp_refused){
			.unit = emit.contribution.unit, .reason = DRP_E_PROOF};
		r->status.n_lists = DRP_LISTS;
		for (uint8_t i = 0; i < DRP_LISTS; i++) {
			sample_fill(r->status.list[i].hash.b, 32, i);
			sample_fill(r->status.list[i].signature, 64, (uint8_t)(6 + i));
		}
	} else if (type == DRP_MSG_SUBMIT) {
		r->submit.receipt = sample_receipt(emit.keys, &emit.contribution);
	} else {
		peer_sample_reply(r);
	}
	return r;
}

static json_t *announced_fields(const struct drp_reply *r)
{
	json_t *list = json_array();
	for (uint32_t i = 0; i < r->sync.n; i++) {
		const struct drp_announced *a = &r->sync.campaign[i];
		json_array_append_new(
			list, json_pack("{s:o, s:o, s:o, s:i}", "cosignature",
				      json_bin(a->cosignature, 64), "manifest",
				      json_bin(a->manifest.b, 32), "signature",
				      json_bin(a->signature, 64), "state", a->state));
	}
	return list;
}

static json_t *receipts_fields(const struct drp_receipt *receipt, uint32_t n)
{
	json_t *list = json_array();
	for (uint32_t i = 0; i < n; i++) {
		struct drp_buf bytes = {0};
		sample_need(drp_receipt_encode(&receipt[i], &bytes) == DRP_OK, "receipt");
		json_array_append_new(list, json_buf(&bytes));
	}
	return list;
}

static json_t *status_fields(const struct drp_reply *r)
{
	json_t *refused = json_array();
	for (uint32_t i = 0; i < r->status.n_refused; i++) {
		const struct drp_refused *one = &r->status.refused[i];
		json_array_append_new(
			refused, json_pack("[i, i, o]", one->group, (int)one->reason,
					 json_bin(one->unit.b, 16)));
	}
	json_t *lists = json_array();
	for (uint32_t i = 0; i < r->status.n_lists; i++) {
		json_array_append_new(
			lists, json_pack("[o, o]", json_bin(r->status.list[i].hash.b, 32),
				       json_bin(r->status.list[i].signature, 64)));
	}
	return json_pack("{s:o, s:o, s:o}", "lists", lists, "receipts",
		receipts_fields(r->status.receipt, r->status.n), "refused", refused);
}

static json_t *peer_payload_fields(const struct drp_reply *r)
{
	struct drp_buf receipt = {0};
	switch (r->type) {
	case DRP_MSG_PUT:
		return json_integer((json_int_t)r->put.held);
	case DRP_MSG_COSIGN:
		return json_bin(r->cosign.signature, 64);
	case DRP_MSG_VERIFY:
		sample_need(drp_receipt_encode(&r->verify.receipt, &receipt) == DRP_OK,
			"receipt");
		return json_pack("{s:o, s:o}", "finish",
			json_bin(r->verify.finish, r->verify.finish_n), "receipt",
			json_buf(&receipt));
	case DRP_MSG_CLOSE:
		return json_pack("{s:o, s:o}", "list", json_bin(r->close.list.hash.b, 32),
			"signature", json_bin(r->close.list.signature, 64));
	case DRP_MSG_NUMBERS:
	case DRP_MSG_OPEN:
		return json_bin(r->shares.bytes, r->shares.n);
	default:
		return json_true();
	}
}

static json_t *payload_fields(const struct drp_reply *r)
{
	if (r->err) {
		return json_null();
	}
	switch (r->type) {
	case DRP_MSG_ENROL:
		return json_pack(
			"{s:s, s:s}", "name", r->enrol.name, "school", r->enrol.school);
	case DRP_MSG_SYNC:
		return announced_fields(r);
	case DRP_MSG_GET:
		return json_pack("{s:o, s:I}", "bytes", json_bin(r->get.bytes, r->get.n),
			"total", (json_int_t)r->get.total);
	case DRP_MSG_STATUS:
	case DRP_MSG_REPORT:
		return status_fields(r);
	case DRP_MSG_SUBMIT:
		return receipts_fields(&r->submit.receipt, 1);
	default:
		return peer_payload_fields(r);
	}
}

static json_t *reply_fields(const struct drp_reply *r)
{
	return json_pack("{s:I, s:i, s:o, s:s}", "at", (json_int_t)r->at, "err", r->err,
		"of", payload_fields(r), "text", r->text);
}

/* Reads as a hub does: the first error counts. */
static enum drp_err open_request(const struct drp_buf *bytes, struct drp_envelope *e,
	struct drp_buf *body, struct drp_request *q,
	uint8_t message_key[DRP_MESSAGE_KEY_BYTES])
{
	enum drp_err err = drp_envelope_parse(bytes->data, bytes->len, e);
	err = err ? err : drp_envelope_verify(e);
	err = err ? err : drp_envelope_open(e, emit.keys, body, message_key);
	return err ? err : drp_request_decode(e->type, body->data, body->len, q);
}

json_t *emit_open(const char *hex, int refusal)
{
	struct drp_buf bytes = emit_unhex(hex), body = {0}, plain = {0}, reply = {0};
	struct drp_envelope e = {0};
	struct drp_request q = {0};
	uint8_t message_key[DRP_MESSAGE_KEY_BYTES];
	json_t *fields, *replied;
	enum drp_err err = open_request(&bytes, &e, &body, &q, message_key);
	if (err) {
		sample_need(
			drp_reply_encode_error(&e.id, err, &reply) == DRP_OK, "error");
		fields = json_null();
		replied = json_null();
	} else {
		struct drp_reply *r = sample_reply(e.type, (enum drp_err)refusal);
		sample_need(drp_reply_encode_body(r, &plain) == DRP_OK &&
				    drp_reply_encode(message_key,
					    (enum drp_message_type)e.type, &e.id,
					    plain.data, plain.len, &reply) == DRP_OK,
			"reply");
		fields = request_fields(&q);
		replied = reply_fields(r);
		free(r);
	}
	drp_buf_clear(&bytes);
	drp_buf_clear(&body);
	drp_buf_clear(&plain);
	return json_pack("{s:i, s:i, s:o, s:o, s:o, s:o, s:o}", "err", err, "type",
		e.type, "sender", json_bin(e.sender.b, 32), "id", json_bin(e.id.b, 16),
		"fields", fields, "reply", json_buf(&reply), "replied", replied);
}

json_t *emit_ask(int type, const char *box)
{
	uint8_t recipient[DRP_BOX_KEY_BYTES];
	struct drp_buf inner = {0}, body = {0}, request = {0};
	struct drp_request q = {.type = (uint8_t)type, .at = SAMPLE_TIME};
	sample_need(drp_unhex(box, recipient, sizeof recipient) == 0, "not a key");
	sample_fill(asked_id.b, sizeof asked_id.b, (uint8_t)type);
	asked_type = (enum drp_message_type)type;
	if (type == DRP_MSG_SUBMIT) {
		sample_need(drp_contribution_encode(&emit.contribution, &inner) == DRP_OK,
			"");
		q.submit.bytes = inner.data;
		q.submit.n = inner.len;
	} else if (type == DRP_MSG_GET) {
		sample_fill(q.get.blob.b, sizeof q.get.blob.b, 8);
		q.get.offset = DRP_CHUNK_MAX_BYTES;
	} else if (type == DRP_MSG_WITHDRAW || type == DRP_MSG_DROP) {
		sample_fill(q.withdraw.contribution.b, 32, 8);
		q.withdraw.group = DRP_PUPIL;
		sample_fill(q.withdraw.signature, 64, 9);
	} else if (type == DRP_MSG_PUT) {
		q.put.total = DRP_BLOB_MAX_BYTES;
		q.put.offset = DRP_CHUNK_MAX_BYTES;
	}
	sample_need(drp_request_encode(&q, &body) == DRP_OK &&
			    drp_envelope_seal(emit.keys, recipient, asked_type, &asked_id,
				    body.data, body.len, &request, asked_key) == DRP_OK,
		"request");
	json_t *fields = request_fields(&q);
	drp_buf_clear(&inner);
	drp_buf_clear(&body);
	return json_pack("{s:o, s:o}", "request", json_buf(&request), "fields", fields);
}

json_t *emit_answer(const char *hex)
{
	struct drp_buf bytes = emit_unhex(hex), body = {0};
	struct drp_reply_origin origin = {0};
	struct drp_reply *r = calloc(1, sizeof *r);
	sample_need(r != NULL, "memory");
	enum drp_err err = drp_reply_decode(
		asked_key, asked_type, &asked_id, bytes.data, bytes.len, &body, &origin);
	err = err ? err
		  : drp_reply_decode_body((uint8_t)asked_type, body.data, body.len, r);
	json_t *fields = err ? json_null() : reply_fields(r);
	drp_buf_clear(&bytes);
	drp_buf_clear(&body);
	free(r);
	return json_pack("{s:i, s:i, s:i, s:o}", "err", err, "authentic",
		origin.authentic, "hint", origin.hint, "fields", fields);
}
