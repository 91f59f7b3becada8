/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/session/messages.h"

#include "proto/crypto/crypto.h"
#include "proto/session/envelope.h"
#include "tests/support/check.h"

static const uint8_t payload[] = {1, 2, 3};

static struct drp_request request(uint8_t type)
{
	struct drp_request q = {.type = type, .at = 1790000000};
	switch (type) {
	case DRP_MSG_ENROL:
		memset(q.enrol.token, 9, sizeof q.enrol.token);
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
		q.withdraw.campaign.b[1] = 1;
		q.withdraw.contribution.b[2] = 2;
		q.withdraw.unit.b[3] = 3;
		q.withdraw.group = DRP_PUPIL;
		break;
	default:
		break;
	}
	return q;
}

static void requests(void)
{
	for (uint8_t type = DRP_MSG_ENROL; type <= DRP_MSG_WITHDRAW; type++) {
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
		for (uint8_t wrong = DRP_MSG_ENROL; wrong <= DRP_MSG_WITHDRAW; wrong++) {
			if (wrong != type) {
				CHECK(drp_request_decode(wrong, a.data, a.len, &back) !=
					DRP_OK);
			}
		}
		drp_buf_clear(&a);
		drp_buf_clear(&b);
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
		break;
	case DRP_MSG_GET:
		r.get.bytes = payload;
		r.get.n = sizeof payload;
		r.get.total = 100;
		break;
	case DRP_MSG_STATUS:
		r.status.n = 2;
		r.status.receipt[1].group = DRP_PUPIL;
		r.status.receipt[1].stored_s = 5;
		break;
	case DRP_MSG_SUBMIT:
		r.submit.receipt.stored_s = 1790000001;
		break;
	default:
		break;
	}
	return &r;
}

static void replies(void)
{
	static struct drp_reply back;
	for (uint8_t type = DRP_MSG_ENROL; type <= DRP_MSG_WITHDRAW; type++) {
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

static void unknown_type(void)
{
	struct drp_request q = {.type = 7};
	struct drp_buf a = {0};
	CHECK_ERR(drp_request_encode(&q, &a), DRP_E_VERSION);
	q.type = 0;
	CHECK_ERR(drp_request_encode(&q, &a), DRP_E_VERSION);
	drp_buf_clear(&a);
}

int main(void)
{
	CHECK_OK(drp_crypto_init());
	CASE("every request survives its encoding, and no other type reads it", requests);
	CASE("every reply survives its encoding", replies);
	CASE("a refusal carries its number and its sentence", refusals);
	CASE("an unknown type is refused", unknown_type);
	return DONE();
}
