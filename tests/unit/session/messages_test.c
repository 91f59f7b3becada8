/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/session/messages.h"

#include "proto/crypto/crypto.h"
#include "proto/session/envelope.h"
#include "tests/support/check.h"

static const uint8_t payload[] = {1, 2, 3};
static const uint8_t types[] = {DRP_MSG_ENROL, DRP_MSG_SYNC, DRP_MSG_GET, DRP_MSG_STATUS,
	DRP_MSG_SUBMIT, DRP_MSG_WITHDRAW, DRP_MSG_REPORT, DRP_MSG_PUT, DRP_MSG_COSIGN,
	DRP_MSG_VERIFY, DRP_MSG_DROP, DRP_MSG_CLOSE, DRP_MSG_NUMBERS, DRP_MSG_OPEN,
	DRP_MSG_FREEZE};
#define TYPES (sizeof types / sizeof types[0])

static void peer_request(struct drp_request *q)
{
	struct drp_report *report = &q->verify.report;
	switch (q->type) {
	case DRP_MSG_PUT:
		q->put.blob.b[0] = 1;
		q->put.total = 100;
		q->put.offset = 97;
		q->put.bytes = payload;
		q->put.n = sizeof payload;
		break;
	case DRP_MSG_COSIGN:
		q->cosign.manifest.b[0] = 1;
		q->cosign.roll.b[0] = 2;
		q->cosign.signature[0] = 3;
		q->cosign.seed[0] = 4;
		break;
	case DRP_MSG_VERIFY:
		report->statement = (struct drp_report_statement){.campaign = {{1}},
			.unit = {{2}},
			.group = DRP_TEACHER,
			.nonce = {{3}},
			.hub_share = {{4}}};
		report->signature[0] = 5;
		report->public_share = payload;
		report->public_n = 1;
		report->notary_share = payload;
		report->notary_n = 2;
		q->verify.initialize = payload;
		q->verify.initialize_n = 3;
		break;
	case DRP_MSG_CLOSE:
		q->close.campaign.b[0] = 1;
		q->close.list.hash.b[0] = 2;
		q->close.list.signature[0] = 3;
		break;
	case DRP_MSG_NUMBERS:
		q->numbers.campaign.b[0] = 1;
		q->numbers.shares = payload;
		q->numbers.shares_n = sizeof payload;
		break;
	case DRP_MSG_OPEN:
		q->open.campaign.b[0] = 1;
		q->open.release = DRP_RELEASES_MAX - 1;
		break;
	case DRP_MSG_FREEZE:
		q->freeze.campaign.b[0] = 1;
		break;
	default:
		break;
	}
}

static struct drp_request request(uint8_t type)
{
	struct drp_request q = {.type = type, .at = 1790000000};
	switch (type) {
	case DRP_MSG_ENROL:
		memset(q.enrol.token, 9, sizeof q.enrol.token);
		memset(q.enrol.proof, 8, sizeof q.enrol.proof);
		break;
	case DRP_MSG_GET:
		q.get.blob.b[0] = 4;
		q.get.offset = 77;
		break;
	case DRP_MSG_STATUS:
		q.status.campaign.b[3] = 4;
		break;
	case DRP_MSG_SUBMIT:
		q.submit.bytes = payload;
		q.submit.n = sizeof payload;
		break;
	case DRP_MSG_WITHDRAW:
	case DRP_MSG_DROP:
		q.withdraw.campaign.b[1] = 1;
		q.withdraw.contribution.b[2] = 2;
		q.withdraw.unit.b[3] = 3;
		q.withdraw.group = DRP_PUPIL;
		q.withdraw.signature[4] = 4;
		break;
	case DRP_MSG_REPORT:
		q.report.bytes = payload;
		q.report.n = sizeof payload;
		break;
	default:
		peer_request(&q);
	}
	return q;
}

/* Those whose bodies have the same keys: the envelope's type tells them apart. */
static int same_body(uint8_t a, uint8_t b)
{
	uint8_t least = a < b ? a : b, most = a < b ? b : a;
	return (least == DRP_MSG_STATUS && most == DRP_MSG_FREEZE) ||
	       (least == DRP_MSG_WITHDRAW && most == DRP_MSG_DROP);
}

static void requests(void)
{
	for (size_t i = 0; i < TYPES; i++) {
		uint8_t type = types[i];
		struct drp_request q = request(type), back;
		struct drp_buf a = {0}, b = {0};
		CHECK_OK(drp_request_encode(&q, &a));
		CHECK_OK(drp_request_decode(type, a.data, a.len, &back));
		CHECK_INT(back.at, q.at);
		CHECK_OK(drp_request_encode(&back, &b));
		CHECK_INT(a.len, b.len);
		CHECK_MEM(a.data, b.data, a.len);
		for (size_t n = 0; n < a.len; n++) { /* cut anywhere */
			CHECK(drp_request_decode(type, a.data, n, &back) != DRP_OK);
		}
		for (uint8_t wrong = 0; wrong < 255; wrong++) {
			if (wrong != type && !same_body(wrong, type)) {
				CHECK(drp_request_decode(wrong, a.data, a.len, &back) !=
					DRP_OK);
			}
		}
		drp_buf_clear(&a);
		drp_buf_clear(&b);
	}
}

static void peer_reply(struct drp_reply *r)
{
	switch (r->type) {
	case DRP_MSG_PUT:
		r->put.held = 100;
		break;
	case DRP_MSG_COSIGN:
		r->cosign.signature[0] = 1;
		break;
	case DRP_MSG_VERIFY:
		r->verify.finish = payload;
		r->verify.finish_n = sizeof payload;
		r->verify.receipt.stored_s = 1790000001;
		break;
	case DRP_MSG_CLOSE:
		r->close.list.hash.b[0] = 1;
		r->close.list.signature[0] = 2;
		break;
	case DRP_MSG_NUMBERS:
	case DRP_MSG_OPEN:
		r->shares.bytes = payload;
		r->shares.n = sizeof payload;
		break;
	default:
		break;
	}
}

static struct drp_reply *reply(uint8_t type)
{
	static struct drp_reply r;
	memset(&r, 0, sizeof r);
	r.type = type;
	r.at = 1790000001;
	switch (type) {
	case DRP_MSG_ENROL:
		snprintf(r.enrol.school, sizeof r.enrol.school, "S001");
		snprintf(r.enrol.name, sizeof r.enrol.name, "De Regenboog");
		break;
	case DRP_MSG_SYNC:
		r.sync.n = 2;
		r.sync.campaign[0].state = DRP_CAMPAIGN_FROZEN;
		r.sync.campaign[1].manifest.b[0] = 1;
		r.sync.campaign[1].signature[63] = 1;
		r.sync.campaign[1].cosignature[0] = 1;
		break;
	case DRP_MSG_GET:
		r.get.bytes = payload;
		r.get.n = sizeof payload;
		r.get.total = 100;
		break;
	case DRP_MSG_STATUS:
	case DRP_MSG_REPORT:
		r.status.n = 2;
		r.status.receipt[1].group = DRP_PUPIL;
		r.status.receipt[1].stored_s = 5;
		r.status.n_refused = 1;
		r.status.refused[0] = (struct drp_refused){
			.unit = {{7}}, .group = DRP_PUPIL, .reason = DRP_E_PROOF};
		r.status.n_lists = DRP_LISTS;
		r.status.list[0].hash.b[0] = 3;
		r.status.list[1].signature[63] = 4;
		break;
	case DRP_MSG_SUBMIT:
		r.submit.receipt.stored_s = 1790000001;
		break;
	default:
		peer_reply(&r);
	}
	return &r;
}

static void replies(void)
{
	static struct drp_reply back;
	for (size_t i = 0; i < TYPES; i++) {
		uint8_t type = types[i];
		struct drp_buf a = {0}, b = {0};
		CHECK_OK(drp_reply_encode_body(reply(type), &a));
		CHECK_OK(drp_reply_decode_body(type, a.data, a.len, &back));
		CHECK_OK(drp_reply_encode_body(&back, &b));
		CHECK_INT(a.len, b.len);
		CHECK_MEM(a.data, b.data, a.len);
		for (size_t n = 0; n < a.len; n++) {
			CHECK(drp_reply_decode_body(type, a.data, n, &back) != DRP_OK);
		}
		drp_buf_clear(&a);
		drp_buf_clear(&b);
	}
}

static void refusals(void)
{
	static struct drp_reply r, back;
	struct drp_buf a = {0};
	r = (struct drp_reply){.type = DRP_MSG_SUBMIT, .at = 1, .err = DRP_E_CLOSED};
	snprintf(r.text, sizeof r.text, "closed");
	CHECK_OK(drp_reply_encode_body(&r, &a));
	CHECK_OK(drp_reply_decode_body(DRP_MSG_SUBMIT, a.data, a.len, &back));
	CHECK_ERR(back.err, DRP_E_CLOSED);
	CHECK_STR(back.text, "closed");
	drp_buf_clear(&a);
}

/* Both lists or none: the one without the other says nothing. */
static void both_lists(void)
{
	struct drp_reply r = {.type = DRP_MSG_STATUS, .at = 1}, back;
	for (uint32_t n = 0; n <= DRP_LISTS; n++) {
		struct drp_buf a = {0};
		r.status.n_lists = n;
		CHECK_OK(drp_reply_encode_body(&r, &a));
		CHECK_ERR(drp_reply_decode_body(r.type, a.data, a.len, &back),
			n == 1 ? DRP_E_MALFORMED : DRP_OK);
		drp_buf_clear(&a);
	}
}

static void unknown_type(void)
{
	static const uint8_t none[] = {
		0, DRP_MSG_REPORT + 1, DRP_MSG_PUT - 1, DRP_MSG_FREEZE + 1, 255};
	struct drp_buf a = {0};
	for (size_t i = 0; i < sizeof none; i++) {
		struct drp_request q = {.type = none[i]};
		CHECK_ERR(drp_request_encode(&q, &a), DRP_E_VERSION);
	}
	drp_buf_clear(&a);
}

/* The notary must see what the school signed, and of its own share and the public one it
 * trusts no hash that the hub tells. */
static void verify_computes_hashes(void)
{
	struct drp_request q = request(DRP_MSG_VERIFY), back;
	struct drp_buf a = {0};
	struct drp_hash hash;
	CHECK_OK(drp_request_encode(&q, &a));
	CHECK_OK(drp_request_decode(q.type, a.data, a.len, &back));
	const struct drp_report_statement *s = &back.verify.report.statement;
	drp_hash_bytes(payload, 2, &hash);
	CHECK(drp_hash_equal(&s->notary_share, &hash));
	drp_hash_bytes(payload, 1, &hash);
	CHECK(drp_hash_equal(&s->public_share, &hash));
	CHECK_INT(s->hub_share.b[0], 4);
	CHECK(back.verify.report.hub_share == NULL);
	CHECK_INT(back.verify.report.hub_n, 0);
	drp_buf_clear(&a);
}

static void pieces_inside(void)
{
	struct drp_request q = request(DRP_MSG_PUT), back;
	const uint32_t wrong[][2] = {{98, 100}, {UINT32_MAX, 100}, {0, 2}};
	for (size_t i = 0; i < 3; i++) {
		struct drp_buf a = {0};
		q.put.offset = wrong[i][0];
		q.put.total = wrong[i][1];
		CHECK_OK(drp_request_encode(&q, &a));
		CHECK(drp_request_decode(q.type, a.data, a.len, &back) != DRP_OK);
		drp_buf_clear(&a);
	}
}

int main(void)
{
	CHECK_OK(drp_crypto_init());
	CASE("every request survives its encoding, and no other type reads it", requests);
	CASE("every reply survives its encoding", replies);
	CASE("a refusal carries its number and its sentence", refusals);
	CASE("a status shows both lists or none", both_lists);
	CASE("an unknown type is refused", unknown_type);
	CASE("the notary computes the hashes of the shares it sees",
		verify_computes_hashes);
	CASE("a piece lies within its blob", pieces_inside);
	return DONE();
}
