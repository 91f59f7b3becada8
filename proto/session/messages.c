/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/session/messages_internal.h"

#include "proto/session/envelope.h"

#include <string.h>

#define TIME_MAX INT64_C(253402300799) /* the end of the year 9999 */

const char *drp_campaign_state_name(int state)
{
	static const char *const name[DRP_CAMPAIGN_STATES] = {
		"draft", "open", "closed", "frozen"};
	return state >= 0 && state < DRP_CAMPAIGN_STATES ? name[state] : "?";
}

void drp_message_write_hash(
	struct drp_writer *w, const char *key, const struct drp_hash *hash)
{
	drp_w_key(w, key);
	drp_w_bin(w, hash->b, sizeof hash->b);
}

void drp_message_write_withdrawal(struct drp_writer *w, const struct drp_withdrawal *of)
{
	drp_message_write_hash(w, "campaign", &of->campaign);
	drp_message_write_hash(w, "contribution", &of->contribution);
	drp_w_key(w, "group");
	drp_w_uint(w, of->group);
	drp_w_key(w, "signature");
	drp_w_bin(w, of->signature, sizeof of->signature);
	drp_w_key(w, "unit");
	drp_w_bin(w, of->unit.b, sizeof of->unit.b);
}

/* How many entries a body has beside `at`; -1 for no request. */
static int entries(uint8_t type)
{
	static const int8_t of_node[] = {[DRP_MSG_ENROL] = 2,
		[DRP_MSG_SYNC] = 0,
		[DRP_MSG_GET] = 2,
		[DRP_MSG_STATUS] = 1,
		[DRP_MSG_SUBMIT] = 1,
		[DRP_MSG_WITHDRAW] = 5,
		[DRP_MSG_REPORT] = 1};
	return type >= DRP_MSG_ENROL && type <= DRP_MSG_REPORT
		       ? of_node[type]
		       : drp_peer_request_entries(type);
}

/* Keys stand in ascending order, as the canonical form wants them. */
enum drp_err drp_request_encode(const struct drp_request *request, struct drp_buf *out)
{
	int n = entries(request->type);
	if (n < 0) {
		return DRP_E_VERSION;
	}
	struct drp_writer w = {0};
	drp_w_map(&w, (uint32_t)n + 1);
	drp_w_key(&w, "at");
	drp_w_uint(&w, (uint64_t)request->at);
	switch (request->type) {
	case DRP_MSG_ENROL:
		drp_w_key(&w, "proof");
		drp_w_bin(&w, request->enrol.proof, sizeof request->enrol.proof);
		drp_w_key(&w, "token");
		drp_w_bin(&w, request->enrol.token, sizeof request->enrol.token);
		break;
	case DRP_MSG_GET:
		drp_message_write_hash(&w, "hash", &request->get.blob);
		drp_w_key(&w, "offset");
		drp_w_uint(&w, request->get.offset);
		break;
	case DRP_MSG_STATUS:
		drp_message_write_hash(&w, "campaign", &request->status.campaign);
		break;
	case DRP_MSG_SUBMIT:
		drp_w_key(&w, "contribution");
		drp_w_bin(&w, request->submit.bytes, request->submit.n);
		break;
	case DRP_MSG_WITHDRAW:
		drp_message_write_withdrawal(&w, &request->withdraw);
		break;
	case DRP_MSG_REPORT:
		drp_w_key(&w, "report");
		drp_w_bin(&w, request->report.bytes, request->report.n);
		break;
	case DRP_MSG_SYNC:
		break;
	default:
		drp_peer_request_write(&w, request);
	}
	return drp_w_hand_out(&w, out);
}

void drp_message_read_hash(struct drp_reader *r, const char *key, struct drp_hash *hash)
{
	drp_r_key(r, key);
	drp_r_bytes(r, hash->b, sizeof hash->b);
}

void drp_message_read_withdrawal(struct drp_reader *r, struct drp_withdrawal *of)
{
	drp_message_read_hash(r, "campaign", &of->campaign);
	drp_message_read_hash(r, "contribution", &of->contribution);
	drp_r_key(r, "group");
	of->group = (uint8_t)drp_r_uint(r, 0, DRP_GROUPS - 1);
	drp_r_key(r, "signature");
	drp_r_bytes(r, of->signature, sizeof of->signature);
	drp_r_key(r, "unit");
	drp_r_bytes(r, of->unit.b, sizeof of->unit.b);
}

enum drp_err drp_request_decode(
	uint8_t type, const void *bytes, size_t n, struct drp_request *request)
{
	struct drp_reader *r;
	enum drp_err err = drp_r_open(bytes, n, DRP_WIRE_ITEMS_MAX, &r);
	if (err) {
		return err;
	}
	struct drp_request q = {.type = type};
	drp_r_map(r);
	drp_r_key(r, "at");
	q.at = (int64_t)drp_r_uint(r, 0, TIME_MAX);
	switch (type) {
	case DRP_MSG_ENROL:
		drp_r_key(r, "proof");
		drp_r_bytes(r, q.enrol.proof, sizeof q.enrol.proof);
		drp_r_key(r, "token");
		drp_r_bytes(r, q.enrol.token, sizeof q.enrol.token);
		break;
	case DRP_MSG_SYNC:
		break;
	case DRP_MSG_GET:
		drp_message_read_hash(r, "hash", &q.get.blob);
		drp_r_key(r, "offset");
		q.get.offset = (uint32_t)drp_r_uint(r, 0, DRP_BLOB_MAX_BYTES);
		break;
	case DRP_MSG_STATUS:
		drp_message_read_hash(r, "campaign", &q.status.campaign);
		break;
	case DRP_MSG_SUBMIT:
		drp_r_key(r, "contribution");
		q.submit.bytes = drp_r_bin(r, DRP_MESSAGE_MAX_BYTES, &q.submit.n);
		break;
	case DRP_MSG_WITHDRAW:
		drp_message_read_withdrawal(r, &q.withdraw);
		break;
	case DRP_MSG_REPORT:
		drp_r_key(r, "report");
		q.report.bytes = drp_r_bin(r, DRP_MESSAGE_MAX_BYTES, &q.report.n);
		break;
	default:
		drp_peer_request_read(r, &q);
	}
	drp_r_end_map(r);
	err = drp_r_close(r);
	if (err == DRP_OK) {
		*request = q;
	}
	return err;
}

/* ---- replies: {"at", "err", "of", "text"}; "of" is nil for a refusal ---- */

enum drp_err drp_message_write_receipt(
	struct drp_writer *w, const struct drp_receipt *receipt)
{
	struct drp_buf one = {0};
	enum drp_err err = drp_receipt_encode(receipt, &one);
	drp_w_bin(w, one.data, one.len);
	drp_buf_clear(&one);
	return err;
}

static enum drp_err write_receipts(
	struct drp_writer *w, const struct drp_receipt *receipt, uint32_t n)
{
	drp_w_array(w, n);
	enum drp_err err = DRP_OK;
	for (uint32_t i = 0; i < n && err == DRP_OK; i++) {
		err = drp_message_write_receipt(w, &receipt[i]);
	}
	return err;
}

static enum drp_err write_status(struct drp_writer *w, const struct drp_reply *reply)
{
	drp_w_map(w, 3);
	drp_w_key(w, "lists");
	drp_w_array(w, reply->status.n_lists);
	for (uint32_t i = 0; i < reply->status.n_lists; i++) {
		const struct drp_signed_list *list = &reply->status.list[i];
		drp_w_array(w, 2);
		drp_w_bin(w, list->hash.b, sizeof list->hash.b);
		drp_w_bin(w, list->signature, sizeof list->signature);
	}
	drp_w_key(w, "receipts");
	enum drp_err err = write_receipts(w, reply->status.receipt, reply->status.n);
	drp_w_key(w, "refused");
	drp_w_array(w, reply->status.n_refused);
	for (uint32_t i = 0; i < reply->status.n_refused; i++) {
		const struct drp_refused *one = &reply->status.refused[i];
		drp_w_array(w, 3);
		drp_w_uint(w, one->group);
		drp_w_uint(w, (uint64_t)one->reason);
		drp_w_bin(w, one->unit.b, sizeof one->unit.b);
	}
	return err;
}

static void write_announced(struct drp_writer *w, const struct drp_reply *reply)
{
	drp_w_array(w, reply->sync.n);
	for (uint32_t i = 0; i < reply->sync.n; i++) {
		const struct drp_announced *a = &reply->sync.campaign[i];
		drp_w_map(w, 4);
		drp_w_key(w, "cosignature");
		drp_w_bin(w, a->cosignature, sizeof a->cosignature);
		drp_message_write_hash(w, "manifest", &a->manifest);
		drp_w_key(w, "signature");
		drp_w_bin(w, a->signature, sizeof a->signature);
		drp_w_key(w, "state");
		drp_w_uint(w, a->state);
	}
}

static enum drp_err write_payload(struct drp_writer *w, const struct drp_reply *reply)
{
	switch (reply->type) {
	case DRP_MSG_ENROL:
		drp_w_map(w, 2);
		drp_w_key(w, "name");
		drp_w_str(w, reply->enrol.name);
		drp_w_key(w, "school");
		drp_w_str(w, reply->enrol.school);
		return DRP_OK;
	case DRP_MSG_SYNC:
		write_announced(w, reply);
		return DRP_OK;
	case DRP_MSG_GET:
		drp_w_map(w, 2);
		drp_w_key(w, "bytes");
		drp_w_bin(w, reply->get.bytes, reply->get.n);
		drp_w_key(w, "total");
		drp_w_uint(w, reply->get.total);
		return DRP_OK;
	case DRP_MSG_STATUS:
	case DRP_MSG_REPORT:
		return write_status(w, reply);
	case DRP_MSG_SUBMIT:
		return write_receipts(w, &reply->submit.receipt, 1);
	case DRP_MSG_WITHDRAW:
		drp_w_bool(w, 1);
		return DRP_OK;
	default:
		return drp_peer_payload_write(w, reply);
	}
}

enum drp_err drp_reply_encode_body(const struct drp_reply *reply, struct drp_buf *out)
{
	struct drp_writer w = {0};
	drp_w_map(&w, 4);
	drp_w_key(&w, "at");
	drp_w_uint(&w, (uint64_t)reply->at);
	drp_w_key(&w, "err");
	drp_w_uint(&w, (uint64_t)reply->err);
	drp_w_key(&w, "of");
	enum drp_err err = DRP_OK;
	if (reply->err) {
		drp_w_nil(&w);
	} else {
		err = write_payload(&w, reply);
	}
	drp_w_key(&w, "text");
	drp_w_str(&w, reply->text);
	enum drp_err end = drp_w_hand_out(&w, out);
	return err ? err : end;
}

void drp_message_read_receipt(struct drp_reader *r, struct drp_receipt *receipt)
{
	size_t n;
	const uint8_t *bytes = drp_r_bin(r, DRP_MESSAGE_MAX_BYTES, &n);
	enum drp_err err =
		bytes ? drp_receipt_decode(bytes, n, receipt) : DRP_E_MALFORMED;
	if (err) {
		drp_r_fail(r, err);
	}
}

static void read_announced(struct drp_reader *r, struct drp_reply *reply)
{
	reply->sync.n = (uint32_t)drp_r_array(r, DRP_SYNC_CAMPAIGNS_MAX);
	for (uint32_t i = 0; i < reply->sync.n; i++) {
		struct drp_announced *a = &reply->sync.campaign[i];
		drp_r_map(r);
		drp_r_key(r, "cosignature");
		drp_r_bytes(r, a->cosignature, sizeof a->cosignature);
		drp_message_read_hash(r, "manifest", &a->manifest);
		drp_r_key(r, "signature");
		drp_r_bytes(r, a->signature, sizeof a->signature);
		drp_r_key(r, "state");
		a->state = (uint8_t)drp_r_uint(r, 0, DRP_CAMPAIGN_STATES - 1);
		drp_r_end_map(r);
	}
	drp_r_end_array(r);
}

static void read_lists(struct drp_reader *r, struct drp_reply *reply)
{
	reply->status.n_lists = (uint32_t)drp_r_array(r, DRP_LISTS);
	if (reply->status.n_lists == 1) {
		drp_r_fail(r, DRP_E_MALFORMED);
	}
	for (uint32_t i = 0; i < reply->status.n_lists; i++) {
		struct drp_signed_list *list = &reply->status.list[i];
		if (drp_r_array(r, 2) != 2) {
			drp_r_fail(r, DRP_E_MALFORMED);
		}
		drp_r_bytes(r, list->hash.b, sizeof list->hash.b);
		drp_r_bytes(r, list->signature, sizeof list->signature);
		drp_r_end_array(r);
	}
	drp_r_end_array(r);
}

static void read_status(struct drp_reader *r, struct drp_reply *reply)
{
	drp_r_map(r);
	drp_r_key(r, "lists");
	read_lists(r, reply);
	drp_r_key(r, "receipts");
	reply->status.n = (uint32_t)drp_r_array(r, DRP_STATUS_MAX);
	for (uint32_t i = 0; i < reply->status.n; i++) {
		drp_message_read_receipt(r, &reply->status.receipt[i]);
	}
	drp_r_end_array(r);
	drp_r_key(r, "refused");
	reply->status.n_refused = (uint32_t)drp_r_array(r, DRP_STATUS_MAX);
	for (uint32_t i = 0; i < reply->status.n_refused; i++) {
		struct drp_refused *one = &reply->status.refused[i];
		if (drp_r_array(r, 3) != 3) {
			drp_r_fail(r, DRP_E_MALFORMED);
		}
		one->group = (uint8_t)drp_r_uint(r, 0, DRP_GROUPS - 1);
		one->reason = (enum drp_err)drp_r_uint(r, 1, 99);
		drp_r_bytes(r, one->unit.b, sizeof one->unit.b);
		drp_r_end_array(r);
	}
	drp_r_end_array(r);
	drp_r_end_map(r);
}

static void read_payload(struct drp_reader *r, struct drp_reply *reply)
{
	switch (reply->type) {
	case DRP_MSG_ENROL:
		drp_r_map(r);
		drp_r_key(r, "name");
		drp_r_str(r, reply->enrol.name, sizeof reply->enrol.name);
		drp_r_key(r, "school");
		drp_r_str(r, reply->enrol.school, sizeof reply->enrol.school);
		drp_r_end_map(r);
		break;
	case DRP_MSG_SYNC:
		read_announced(r, reply);
		break;
	case DRP_MSG_GET:
		drp_r_map(r);
		drp_r_key(r, "bytes");
		reply->get.bytes = drp_r_bin(r, DRP_CHUNK_MAX_BYTES, &reply->get.n);
		drp_r_key(r, "total");
		reply->get.total = (uint32_t)drp_r_uint(r, 1, DRP_BLOB_MAX_BYTES);
		drp_r_end_map(r);
		break;
	case DRP_MSG_STATUS:
	case DRP_MSG_REPORT:
		read_status(r, reply);
		break;
	case DRP_MSG_SUBMIT:
		if (drp_r_array(r, 1) != 1) {
			drp_r_fail(r, DRP_E_MALFORMED);
		}
		drp_message_read_receipt(r, &reply->submit.receipt);
		drp_r_end_array(r);
		break;
	case DRP_MSG_WITHDRAW:
		if (!drp_r_bool(r)) {
			drp_r_fail(r, DRP_E_MALFORMED);
		}
		break;
	default:
		drp_peer_payload_read(r, reply);
	}
}

enum drp_err drp_reply_decode_body(
	uint8_t type, const void *bytes, size_t n, struct drp_reply *reply)
{
	struct drp_reader *r;
	enum drp_err err = drp_r_open(bytes, n, DRP_WIRE_ITEMS_MAX, &r);
	if (err) {
		return err;
	}
	memset(reply, 0, sizeof *reply);
	reply->type = type;
	drp_r_map(r);
	drp_r_key(r, "at");
	reply->at = (int64_t)drp_r_uint(r, 0, TIME_MAX);
	drp_r_key(r, "err");
	reply->err = (enum drp_err)drp_r_uint(r, 0, 99);
	drp_r_key(r, "of");
	if (reply->err) {
		if (!drp_r_is_nil(r)) {
			drp_r_fail(r, DRP_E_MALFORMED);
		}
	} else {
		read_payload(r, reply);
	}
	drp_r_key(r, "text");
	drp_r_str(r, reply->text, sizeof reply->text);
	drp_r_end_map(r);
	return drp_r_close(r);
}
