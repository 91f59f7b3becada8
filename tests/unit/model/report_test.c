/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/model/report.h"

#include "proto/base/alloc.h"
#include "proto/crypto/crypto.h"

#include "tests/support/check.h"

static const uint8_t shares[400] = {9, 8, 7, [399] = 1};

static struct drp_report sample(void)
{
	struct drp_report r = {.statement = {.group = DRP_PUPIL},
		.public_share = shares,
		.hub_share = shares + 64,
		.notary_share = shares + 300,
		.public_n = 64,
		.hub_n = 236,
		.notary_n = 100};
	memset(r.statement.campaign.b, 0xca, 32);
	memset(r.statement.unit.b, 0x17, 16);
	memset(r.statement.nonce.b, 0x33, 16);
	memset(r.signature, 0x51, 64);
	return r;
}

static struct drp_buf encoded(void)
{
	struct drp_report r = sample();
	struct drp_buf bytes = {0};
	CHECK_OK(drp_report_encode(&r, &bytes));
	return bytes;
}

static void reports_come_back(void)
{
	struct drp_report r = sample(), back;
	struct drp_buf bytes = {0}, again = {0}, statement = {0};
	struct drp_hash name, same, hash;
	drp_buf_text(&bytes, "x"); /* encode appends */
	CHECK_OK(drp_report_encode(&r, &bytes));
	CHECK_OK(drp_report_decode(bytes.data + 1, bytes.len - 1, &back, &name));
	CHECK_MEM(&back.statement.campaign, &r.statement.campaign, 32);
	CHECK_MEM(&back.statement.unit, &r.statement.unit, 16);
	CHECK_MEM(&back.statement.nonce, &r.statement.nonce, 16);
	CHECK_INT(back.statement.group, DRP_PUPIL);
	CHECK_MEM(back.signature, r.signature, 64);
	CHECK_INT(back.public_n, 64);
	CHECK_INT(back.hub_n, 236);
	CHECK_INT(back.notary_n, 100);
	CHECK_MEM(back.hub_share, r.hub_share, r.hub_n);
	drp_hash_bytes(r.hub_share, r.hub_n, &hash);
	CHECK(drp_hash_equal(&back.statement.hub_share, &hash));
	drp_hash_bytes(r.notary_share, r.notary_n, &hash);
	CHECK(drp_hash_equal(&back.statement.notary_share, &hash));
	drp_hash_bytes(r.public_share, r.public_n, &hash);
	CHECK(drp_hash_equal(&back.statement.public_share, &hash));
	CHECK_OK(drp_report_statement_encode(&back.statement, &statement, &same));
	CHECK(drp_hash_equal(&name, &same));
	drp_hash_bytes(statement.data, statement.len, &hash);
	CHECK(drp_hash_equal(&name, &hash));
	CHECK_OK(drp_report_encode(&back, &again));
	CHECK_INT(again.len, bytes.len - 1);
	CHECK_MEM(again.data, bytes.data + 1, again.len);
	drp_buf_clear(&bytes);
	drp_buf_clear(&again);
	drp_buf_clear(&statement);
}

/* Every bit but those of the signature changes the name, or nothing can be read. */
static void the_name_binds_every_bit(void)
{
	struct drp_report back;
	struct drp_buf bytes = encoded();
	struct drp_hash name, other;
	CHECK_OK(drp_report_decode(bytes.data, bytes.len, &back, &name));
	size_t same = 0;
	for (size_t i = 0; i < 8 * bytes.len; i++) {
		bytes.data[i / 8] ^= (uint8_t)(1u << i % 8);
		enum drp_err err =
			drp_report_decode(bytes.data, bytes.len, &back, &other);
		same += err == DRP_OK && drp_hash_equal(&name, &other);
		bytes.data[i / 8] ^= (uint8_t)(1u << i % 8);
	}
	CHECK_INT(same, 8 * 64);
	drp_buf_clear(&bytes);
}

static void truncated_or_longer_bytes_fail(void)
{
	struct drp_report back = {.hub_n = 77};
	struct drp_hash name;
	struct drp_buf bytes = encoded();
	for (size_t n = 0; n < bytes.len; n++) {
		CHECK(drp_report_decode(bytes.data, n, &back, &name) != DRP_OK);
	}
	drp_buf_append(&bytes, "", 1);
	CHECK(drp_report_decode(bytes.data, bytes.len, &back, &name) != DRP_OK);
	CHECK_INT(back.hub_n, 77); /* written on success only */
	drp_buf_clear(&bytes);
}

static void out_of_range(void)
{
	struct drp_report r = sample();
	struct drp_buf bytes = {0};
	struct drp_withdrawal w = {.group = DRP_GROUPS};
	r.statement.group = DRP_GROUPS;
	CHECK_ERR(drp_report_encode(&r, &bytes), DRP_E_RANGE);
	CHECK_ERR(drp_report_statement_encode(&r.statement, &bytes, NULL), DRP_E_RANGE);
	r = sample();
	r.hub_n = DRP_MESSAGE_MAX_BYTES + 1;
	CHECK_ERR(drp_report_encode(&r, &bytes), DRP_E_RANGE);
	CHECK_ERR(drp_withdrawal_statement(&w, &bytes), DRP_E_RANGE);
	CHECK_INT(bytes.len, 0);
	w.group = DRP_LEADER;
	CHECK_OK(drp_withdrawal_statement(&w, &bytes));
	CHECK(bytes.len > 0);
	drp_buf_clear(&bytes);
}

static void out_of_memory(void)
{
	struct drp_report back;
	struct drp_hash name;
	struct drp_buf bytes = encoded();
	enum drp_err err = DRP_E_NOMEM;
	unsigned long at = 0;
	while (err == DRP_E_NOMEM) {
		drp_alloc_hook(++at, 0);
		err = drp_report_decode(bytes.data, bytes.len, &back, &name);
		drp_alloc_hook(0, 0);
	}
	CHECK_OK(err);
	CHECK(at > 1);
	drp_buf_clear(&bytes);
}

int main(void)
{
	CHECK_OK(drp_crypto_init());
	CASE("a report comes back as it was, with its name", reports_come_back);
	CASE("the name binds every bit but the signature's", the_name_binds_every_bit);
	CASE("truncated or longer bytes fail", truncated_or_longer_bytes_fail);
	CASE("numbers out of range are not encoded", out_of_range);
	CASE("running out of memory is an error", out_of_memory);
	return DONE();
}
