/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/model/contribution.h"

#include "proto/base/alloc.h"
#include "proto/wire/writer.h"

#include "tests/support/check.h"

static struct drp_contribution sample(void)
{
	struct drp_contribution c = {.group = DRP_TEACHER,
		.questionnaires = 31,
		.invited = 40,
		.incomplete = 1,
		.sigma2 = 411,
		.n_values = 5,
		.value = {0, -1, 127, -40000, INT64_C(1) << 53}};
	memset(c.campaign.b, 0xca, sizeof c.campaign.b);
	memset(c.unit.b, 0x17, sizeof c.unit.b);
	return c;
}

static struct drp_receipt sample_receipt(void)
{
	struct drp_receipt r = {.group = DRP_PUPIL, .stored_s = 1770000000};
	memset(r.campaign.b, 1, sizeof r.campaign.b);
	memset(r.contribution.b, 2, sizeof r.contribution.b);
	memset(r.hub.b, 3, sizeof r.hub.b);
	memset(r.unit.b, 4, sizeof r.unit.b);
	memset(r.signature, 5, sizeof r.signature);
	return r;
}

static void contributions_come_back(void)
{
	struct drp_contribution c = sample(), back;
	struct drp_buf bytes = {0}, again = {0};
	drp_buf_text(&bytes, "before"); /* encode appends */
	CHECK_OK(drp_contribution_encode(&c, &bytes));
	CHECK_OK(drp_contribution_decode(bytes.data + 6, bytes.len - 6, &back));
	CHECK_MEM(back.campaign.b, c.campaign.b, 32);
	CHECK_MEM(back.unit.b, c.unit.b, 16);
	CHECK_INT(back.group, DRP_TEACHER);
	CHECK_INT(back.questionnaires, 31);
	CHECK_INT(back.invited, 40);
	CHECK_INT(back.incomplete, 1);
	CHECK_INT(back.sigma2, 411);
	CHECK_INT(back.n_values, 5);
	CHECK_MEM(back.value, c.value, sizeof c.value);
	CHECK_OK(drp_contribution_encode(&back, &again));
	CHECK_INT(again.len, bytes.len - 6);
	CHECK_MEM(again.data, bytes.data + 6, again.len);
	drp_buf_clear(&bytes);
	drp_buf_clear(&again);
}

static void the_largest_fits_a_message(void)
{
	static struct drp_contribution c;
	struct drp_buf bytes = {0};
	c = sample();
	c.n_values = DRP_VALUES_MAX;
	for (size_t i = 0; i < DRP_VALUES_MAX; i++) {
		c.value[i] = -(INT64_C(1) << 53);
	}
	CHECK_OK(drp_contribution_encode(&c, &bytes));
	CHECK(bytes.len < DRP_MESSAGE_MAX_BYTES / 2);
	CHECK_OK(drp_contribution_decode(bytes.data, bytes.len, &c));
	drp_buf_clear(&bytes);
}

static void check_unencodable(const struct drp_contribution *c)
{
	struct drp_buf bytes = {0};
	CHECK_ERR(drp_contribution_encode(c, &bytes), DRP_E_RANGE);
	CHECK_INT(bytes.len, 0);
}

static void numbers_out_of_range_are_not_encoded(void)
{
	struct drp_contribution c = sample();
	c.group = DRP_GROUPS;
	check_unencodable(&c);
	c = sample();
	c.questionnaires = DRP_UNIT_ELIGIBLE_MAX + 1;
	check_unencodable(&c);
	c = sample();
	c.invited = DRP_UNIT_ELIGIBLE_MAX + 1;
	check_unencodable(&c);
	c = sample();
	c.incomplete = 2;
	check_unencodable(&c);
	c = sample();
	c.sigma2 = DRP_SIGMA2_MAX + 1u;
	check_unencodable(&c);
	c = sample();
	c.n_values = DRP_VALUES_MAX + 1;
	check_unencodable(&c);
	c = sample();
	c.value[3] = -(INT64_C(1) << 53) - 1;
	check_unencodable(&c);
	c = sample();
	c.sigma2 = 0; /* values without noise */
	check_unencodable(&c);
	c = sample();
	c.n_values = 0; /* noise without values */
	check_unencodable(&c);
	c.sigma2 = 0;
	struct drp_buf bytes = {0};
	CHECK_OK(drp_contribution_encode(&c, &bytes));
	drp_buf_clear(&bytes);
}

/* The same rules hold for bytes that somebody else wrote. */
static void hostile_numbers_are_not_decoded(void)
{
	const struct {
		uint64_t group, invited, questionnaires, sigma2, n_values;
		enum drp_err err;
	} tries[] = {{1, 2, 3, 0, 0, DRP_OK}, {3, 2, 3, 0, 0, DRP_E_MALFORMED},
		{1, DRP_UNIT_ELIGIBLE_MAX + 1, 3, 0, 0, DRP_E_MALFORMED},
		{1, 2, DRP_UNIT_ELIGIBLE_MAX + 1, 0, 0, DRP_E_MALFORMED},
		{1, 2, 3, 0, 1, DRP_E_MALFORMED}, {1, 2, 3, 1, 0, DRP_E_MALFORMED},
		{1, 2, 3, DRP_SIGMA2_MAX + UINT64_C(1), 1, DRP_E_MALFORMED},
		{1, 2, 3, 1, 1, DRP_OK}, {1, 2, 3, 1, DRP_VALUES_MAX + 1, DRP_E_TOOBIG}};
	static const int64_t values[DRP_VALUES_MAX + 1];
	static const char id[32];
	for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++) {
		struct drp_contribution c;
		struct drp_writer w = {0};
		drp_w_map(&w, 8);
		drp_w_key(&w, "campaign");
		drp_w_bin(&w, id, 32);
		drp_w_key(&w, "group");
		drp_w_uint(&w, tries[i].group);
		drp_w_key(&w, "incomplete");
		drp_w_bool(&w, 0);
		drp_w_key(&w, "invited");
		drp_w_uint(&w, tries[i].invited);
		drp_w_key(&w, "questionnaires");
		drp_w_uint(&w, tries[i].questionnaires);
		drp_w_key(&w, "sigma2");
		drp_w_uint(&w, tries[i].sigma2);
		drp_w_key(&w, "unit");
		drp_w_bin(&w, id, 16);
		drp_w_key(&w, "values");
		drp_w_ints(&w, values, tries[i].n_values);
		CHECK_OK(drp_w_finish(&w));
		CHECK_ERR(
			drp_contribution_decode(w.out.data, w.out.len, &c), tries[i].err);
		drp_w_clear(&w);
	}
}

/* Cut anywhere, or with any byte changed, it fails or says something else. */
static void damaged_bytes_never_pass_as_the_same(void)
{
	struct drp_contribution c = sample(), got;
	struct drp_receipt receipt = sample_receipt(), seen;
	struct drp_buf bytes = {0}, proof = {0};
	CHECK_OK(drp_contribution_encode(&c, &bytes));
	CHECK_OK(drp_receipt_encode(&receipt, &proof));
	for (size_t n = 0; n < bytes.len; n++) {
		CHECK(drp_contribution_decode(bytes.data, n, &got) != DRP_OK);
		for (int flip = 1; flip < 256; flip++) {
			bytes.data[n] ^= (uint8_t)flip;
			if (drp_contribution_decode(bytes.data, bytes.len, &got) ==
				DRP_OK) {
				struct drp_buf again = {0};
				CHECK_OK(drp_contribution_encode(&got, &again));
				CHECK_INT(again.len, bytes.len);
				CHECK_MEM(again.data, bytes.data, again.len);
				drp_buf_clear(&again);
			}
			bytes.data[n] ^= (uint8_t)flip;
		}
	}
	for (size_t n = 0; n < proof.len; n++) {
		CHECK(drp_receipt_decode(proof.data, n, &seen) != DRP_OK);
	}
	drp_buf_append(&bytes, "", 1);
	CHECK(drp_contribution_decode(bytes.data, bytes.len, &got) != DRP_OK);
	drp_buf_append(&proof, "", 1);
	CHECK(drp_receipt_decode(proof.data, proof.len, &seen) != DRP_OK);
	drp_buf_clear(&bytes);
	drp_buf_clear(&proof);
}

static void receipts_come_back(void)
{
	struct drp_receipt r = sample_receipt(), back = {0};
	struct drp_buf bytes = {0};
	CHECK_OK(drp_receipt_encode(&r, &bytes));
	CHECK_OK(drp_receipt_decode(bytes.data, bytes.len, &back));
	CHECK_MEM(back.campaign.b, r.campaign.b, 32);
	CHECK_MEM(back.contribution.b, r.contribution.b, 32);
	CHECK_MEM(back.hub.b, r.hub.b, 32);
	CHECK_MEM(back.unit.b, r.unit.b, 16);
	CHECK_MEM(back.signature, r.signature, 64);
	CHECK_INT(back.group, DRP_PUPIL);
	CHECK_INT(back.stored_s, 1770000000);
	drp_buf_clear(&bytes);
	r.stored_s = -1;
	CHECK_ERR(drp_receipt_encode(&r, &bytes), DRP_E_RANGE);
	r = sample_receipt();
	r.group = DRP_GROUPS;
	CHECK_ERR(drp_receipt_statement(&r, &bytes), DRP_E_RANGE);
}

/* Everything but the signature is in the statement, and changes it. */
static void statements_cover_all_other_fields(void)
{
	struct drp_receipt r = sample_receipt();
	struct drp_buf first = {0};
	CHECK_OK(drp_receipt_statement(&r, &first));
	for (int field = 0; field < 7; field++) {
		struct drp_buf other = {0};
		r = sample_receipt();
		r.campaign.b[31] ^= field == 0;
		r.contribution.b[31] ^= field == 1;

		r.hub.b[31] ^= field == 3;
		r.stored_s += field == 4;
		r.unit.b[15] ^= field == 5;
		r.signature[63] ^= field == 6;
		r.group = field == 2 ? DRP_LEADER : r.group;
		CHECK_OK(drp_receipt_statement(&r, &other));
		CHECK_INT(first.len == other.len &&
				  memcmp(first.data, other.data, other.len) == 0,
			field == 6);
		drp_buf_clear(&other);
	}
	drp_buf_clear(&first);
}

static void out_of_memory(void)
{
	struct drp_contribution c = sample(), got;
	struct drp_buf bytes = {0}, none = {0};
	CHECK_OK(drp_contribution_encode(&c, &bytes));
	drp_alloc_hook(1, 1);
	enum drp_err encoded = drp_contribution_encode(&c, &none);
	enum drp_err decoded = drp_contribution_decode(bytes.data, bytes.len, &got);
	drp_alloc_hook(0, 0);
	CHECK_ERR(encoded, DRP_E_NOMEM);
	CHECK_ERR(decoded, DRP_E_NOMEM);
	drp_buf_clear(&bytes);
	drp_buf_clear(&none);
}

int main(void)
{
	CASE("a contribution comes back as it was", contributions_come_back);
	CASE("the largest contribution fits a message", the_largest_fits_a_message);
	CASE("numbers out of range are not encoded",
		numbers_out_of_range_are_not_encoded);
	CASE("hostile numbers are not decoded", hostile_numbers_are_not_decoded);
	CASE("damaged bytes never pass as the same",
		damaged_bytes_never_pass_as_the_same);
	CASE("a receipt comes back as it was", receipts_come_back);
	CASE("a receipt's statement covers all but the signature",
		statements_cover_all_other_fields);
	CASE("running out of memory is an error", out_of_memory);
	return DONE();
}
