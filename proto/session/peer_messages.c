/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/session/messages_internal.h"

#include "proto/crypto/crypto.h"
#include "proto/session/envelope.h"

static void write_bytes(
	struct drp_writer *w, const char *key, const void *bytes, size_t n)
{
	drp_w_key(w, key);
	drp_w_bin(w, bytes, n);
}

static void read_bytes(struct drp_reader *r, const char *key, void *bytes, size_t n)
{
	drp_r_key(r, key);
	drp_r_bytes(r, bytes, n);
}

static const uint8_t *read_bin(
	struct drp_reader *r, const char *key, size_t max, size_t *n)
{
	drp_r_key(r, key);
	return drp_r_bin(r, max, n);
}

static uint32_t read_uint(
	struct drp_reader *r, const char *key, uint32_t min, uint32_t max)
{
	drp_r_key(r, key);
	return (uint32_t)drp_r_uint(r, min, max);
}

int drp_peer_request_entries(uint8_t type)
{
	static const int8_t entries[] = {[DRP_MSG_PUT] = 4,
		[DRP_MSG_COSIGN] = 4,
		[DRP_MSG_VERIFY] = 9,
		[DRP_MSG_DROP] = 5,
		[DRP_MSG_CLOSE] = 3,
		[DRP_MSG_NUMBERS] = 2,
		[DRP_MSG_OPEN] = 2,
		[DRP_MSG_FREEZE] = 1};
	return type >= DRP_MSG_PUT && type <= DRP_MSG_FREEZE ? entries[type] : -1;
}

static void write_put(struct drp_writer *w, const struct drp_request *q)
{
	drp_message_write_hash(w, "blob", &q->put.blob);
	write_bytes(w, "bytes", q->put.bytes, q->put.n);
	drp_w_key(w, "offset");
	drp_w_uint(w, q->put.offset);
	drp_w_key(w, "total");
	drp_w_uint(w, q->put.total);
}

static void read_put(struct drp_reader *r, struct drp_request *q)
{
	drp_message_read_hash(r, "blob", &q->put.blob);
	q->put.bytes = read_bin(r, "bytes", DRP_CHUNK_MAX_BYTES, &q->put.n);
	q->put.offset = read_uint(r, "offset", 0, DRP_BLOB_MAX_BYTES);
	q->put.total = read_uint(r, "total", 1, DRP_BLOB_MAX_BYTES);
	if (q->put.n > q->put.total || q->put.offset > q->put.total - q->put.n) {
		drp_r_fail(r, DRP_E_MALFORMED);
	}
}

static void write_cosign(struct drp_writer *w, const struct drp_request *q)
{
	drp_message_write_hash(w, "manifest", &q->cosign.manifest);
	drp_message_write_hash(w, "roll", &q->cosign.roll);
	write_bytes(w, "seed", q->cosign.seed, sizeof q->cosign.seed);
	write_bytes(w, "signature", q->cosign.signature, sizeof q->cosign.signature);
}

static void read_cosign(struct drp_reader *r, struct drp_request *q)
{
	drp_message_read_hash(r, "manifest", &q->cosign.manifest);
	drp_message_read_hash(r, "roll", &q->cosign.roll);
	read_bytes(r, "seed", q->cosign.seed, sizeof q->cosign.seed);
	read_bytes(r, "signature", q->cosign.signature, sizeof q->cosign.signature);
}

static void write_verify(struct drp_writer *w, const struct drp_request *q)
{
	const struct drp_report *report = &q->verify.report;
	const struct drp_report_statement *s = &report->statement;
	drp_message_write_hash(w, "campaign", &s->campaign);
	drp_w_key(w, "group");
	drp_w_uint(w, s->group);
	drp_message_write_hash(w, "hub_share", &s->hub_share);
	write_bytes(w, "initialize", q->verify.initialize, q->verify.initialize_n);
	write_bytes(w, "nonce", s->nonce.b, sizeof s->nonce.b);
	write_bytes(w, "notary_share", report->notary_share, report->notary_n);
	write_bytes(w, "public_share", report->public_share, report->public_n);
	write_bytes(w, "signature", report->signature, sizeof report->signature);
	write_bytes(w, "unit", s->unit.b, sizeof s->unit.b);
}

/* The hashes of the shares that are there are computed, as the school's signature wants
 * them; the hub's share is known by its hash alone. */
static void read_verify(struct drp_reader *r, struct drp_request *q)
{
	struct drp_report *report = &q->verify.report;
	struct drp_report_statement *s = &report->statement;
	drp_message_read_hash(r, "campaign", &s->campaign);
	s->group = (uint8_t)read_uint(r, "group", 0, DRP_GROUPS - 1);
	drp_message_read_hash(r, "hub_share", &s->hub_share);
	q->verify.initialize =
		read_bin(r, "initialize", DRP_MESSAGE_MAX_BYTES, &q->verify.initialize_n);
	read_bytes(r, "nonce", s->nonce.b, sizeof s->nonce.b);
	report->notary_share =
		read_bin(r, "notary_share", DRP_MESSAGE_MAX_BYTES, &report->notary_n);
	report->public_share =
		read_bin(r, "public_share", DRP_MESSAGE_MAX_BYTES, &report->public_n);
	read_bytes(r, "signature", report->signature, sizeof report->signature);
	read_bytes(r, "unit", s->unit.b, sizeof s->unit.b);
	if (report->notary_share && report->public_share) {
		drp_hash_bytes(report->notary_share, report->notary_n, &s->notary_share);
		drp_hash_bytes(report->public_share, report->public_n, &s->public_share);
	}
}

void drp_peer_request_write(struct drp_writer *w, const struct drp_request *q)
{
	switch (q->type) {
	case DRP_MSG_PUT:
		write_put(w, q);
		break;
	case DRP_MSG_COSIGN:
		write_cosign(w, q);
		break;
	case DRP_MSG_VERIFY:
		write_verify(w, q);
		break;
	case DRP_MSG_DROP:
		drp_message_write_withdrawal(w, &q->withdraw);
		break;
	case DRP_MSG_CLOSE:
		drp_message_write_hash(w, "campaign", &q->close.campaign);
		drp_message_write_hash(w, "list", &q->close.list.hash);
		write_bytes(w, "signature", q->close.list.signature,
			sizeof q->close.list.signature);
		break;
	case DRP_MSG_NUMBERS:
		drp_message_write_hash(w, "campaign", &q->numbers.campaign);
		write_bytes(w, "shares", q->numbers.shares, q->numbers.shares_n);
		break;
	case DRP_MSG_OPEN:
		drp_message_write_hash(w, "campaign", &q->open.campaign);
		drp_w_key(w, "release");
		drp_w_uint(w, q->open.release);
		break;
	default:
		drp_message_write_hash(w, "campaign", &q->freeze.campaign);
	}
}

void drp_peer_request_read(struct drp_reader *r, struct drp_request *q)
{
	switch (q->type) {
	case DRP_MSG_PUT:
		read_put(r, q);
		break;
	case DRP_MSG_COSIGN:
		read_cosign(r, q);
		break;
	case DRP_MSG_VERIFY:
		read_verify(r, q);
		break;
	case DRP_MSG_DROP:
		drp_message_read_withdrawal(r, &q->withdraw);
		break;
	case DRP_MSG_CLOSE:
		drp_message_read_hash(r, "campaign", &q->close.campaign);
		drp_message_read_hash(r, "list", &q->close.list.hash);
		read_bytes(r, "signature", q->close.list.signature,
			sizeof q->close.list.signature);
		break;
	case DRP_MSG_NUMBERS:
		drp_message_read_hash(r, "campaign", &q->numbers.campaign);
		q->numbers.shares = read_bin(
			r, "shares", DRP_MESSAGE_MAX_BYTES, &q->numbers.shares_n);
		break;
	case DRP_MSG_OPEN:
		drp_message_read_hash(r, "campaign", &q->open.campaign);
		q->open.release = read_uint(r, "release", 0, DRP_RELEASES_MAX - 1);
		break;
	case DRP_MSG_FREEZE:
		drp_message_read_hash(r, "campaign", &q->freeze.campaign);
		break;
	default:
		drp_r_fail(r, DRP_E_VERSION);
	}
}

enum drp_err drp_peer_payload_write(struct drp_writer *w, const struct drp_reply *reply)
{
	enum drp_err err = DRP_OK;
	switch (reply->type) {
	case DRP_MSG_PUT:
		drp_w_uint(w, reply->put.held);
		break;
	case DRP_MSG_COSIGN:
		drp_w_bin(w, reply->cosign.signature, sizeof reply->cosign.signature);
		break;
	case DRP_MSG_VERIFY:
		drp_w_map(w, 2);
		write_bytes(w, "finish", reply->verify.finish, reply->verify.finish_n);
		drp_w_key(w, "receipt");
		err = drp_message_write_receipt(w, &reply->verify.receipt);
		break;
	case DRP_MSG_CLOSE:
		drp_w_map(w, 2);
		drp_message_write_hash(w, "list", &reply->close.list.hash);
		write_bytes(w, "signature", reply->close.list.signature,
			sizeof reply->close.list.signature);
		break;
	case DRP_MSG_NUMBERS:
	case DRP_MSG_OPEN:
		drp_w_bin(w, reply->shares.bytes, reply->shares.n);
		break;
	case DRP_MSG_DROP:
	case DRP_MSG_FREEZE:
		drp_w_bool(w, 1);
		break;
	default:
		err = DRP_E_VERSION;
	}
	return err;
}

void drp_peer_payload_read(struct drp_reader *r, struct drp_reply *reply)
{
	switch (reply->type) {
	case DRP_MSG_PUT:
		reply->put.held = (uint32_t)drp_r_uint(r, 0, DRP_BLOB_MAX_BYTES);
		break;
	case DRP_MSG_COSIGN:
		drp_r_bytes(r, reply->cosign.signature, sizeof reply->cosign.signature);
		break;
	case DRP_MSG_VERIFY:
		drp_r_map(r);
		reply->verify.finish = read_bin(
			r, "finish", DRP_MESSAGE_MAX_BYTES, &reply->verify.finish_n);
		drp_r_key(r, "receipt");
		drp_message_read_receipt(r, &reply->verify.receipt);
		drp_r_end_map(r);
		break;
	case DRP_MSG_CLOSE:
		drp_r_map(r);
		drp_message_read_hash(r, "list", &reply->close.list.hash);
		read_bytes(r, "signature", reply->close.list.signature,
			sizeof reply->close.list.signature);
		drp_r_end_map(r);
		break;
	case DRP_MSG_NUMBERS:
	case DRP_MSG_OPEN:
		reply->shares.bytes =
			drp_r_bin(r, DRP_MESSAGE_MAX_BYTES, &reply->shares.n);
		break;
	case DRP_MSG_DROP:
	case DRP_MSG_FREEZE:
		if (!drp_r_bool(r)) {
			drp_r_fail(r, DRP_E_MALFORMED);
		}
		break;
	default:
		drp_r_fail(r, DRP_E_VERSION);
	}
}
