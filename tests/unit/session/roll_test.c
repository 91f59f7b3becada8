/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/session/roll.h"

#include "tests/support/check.h"

static const struct drp_roll_entry three[3] = {
	{"sch-003", {3}}, {"sch-001", {0}}, {"sch-002", {0, 2}}};

static void a_roll_comes_back_in_its_order(void)
{
	struct drp_buf bytes = {0};
	struct drp_roll_entry back[3];
	CHECK_OK(drp_roll_encode(three, 3, &bytes));
	CHECK_OK(drp_roll_decode(bytes.data, bytes.len, back, 3));
	for (int i = 0; i < 3; i++) {
		CHECK_STR(back[i].id, three[i].id);
		CHECK(memcmp(back[i].proof, three[i].proof, DRP_PROOF_BYTES) == 0);
	}
	drp_buf_clear(&bytes);
}

static void the_number_must_fit(void)
{
	struct drp_buf bytes = {0};
	struct drp_roll_entry back[4];
	CHECK_OK(drp_roll_encode(three, 3, &bytes));
	CHECK_ERR(drp_roll_decode(bytes.data, bytes.len, back, 2), DRP_E_MALFORMED);
	CHECK_ERR(drp_roll_decode(bytes.data, bytes.len, back, 4), DRP_E_MALFORMED);
	for (size_t n = 0; n < bytes.len; n++) {
		CHECK_ERR(drp_roll_decode(bytes.data, n, back, 3), DRP_E_MALFORMED);
	}
	drp_buf_clear(&bytes);
}

/* One id of three gone, its proof still there: {"ids": [...], "proofs": bin 96}. */
static void each_id_has_a_proof(void)
{
	struct drp_buf bytes = {0};
	struct drp_roll_entry back[3];
	CHECK_OK(drp_roll_encode(three, 3, &bytes));
	CHECK_INT(bytes.data[5], 0x93);
	CHECK_INT(bytes.data[5 + 1 + 3 * 8 + 7 + 1], 96);
	bytes.data[5] = 0x92;
	memmove(bytes.data + 6, bytes.data + 14, bytes.len - 14);
	CHECK_ERR(drp_roll_decode(bytes.data, bytes.len - 8, back, 2), DRP_E_MALFORMED);
	drp_buf_clear(&bytes);
}

static void no_school_stands_twice(void)
{
	static const struct drp_roll_entry twice[3] = {
		{"a", {0}}, {"b", {0}}, {"a", {0}}};
	struct drp_buf bytes = {0};
	struct drp_roll_entry back[3];
	CHECK_OK(drp_roll_encode(twice, 3, &bytes));
	CHECK_ERR(drp_roll_decode(bytes.data, bytes.len, back, 3), DRP_E_MALFORMED);
	drp_buf_clear(&bytes);
}

static void an_id_is_a_code(void)
{
	static const struct drp_roll_entry odd[1] = {{"../etc", {0}}};
	struct drp_buf bytes = {0};
	struct drp_roll_entry back[1];
	CHECK_OK(drp_roll_encode(odd, 1, &bytes));
	CHECK_ERR(drp_roll_decode(bytes.data, bytes.len, back, 1), DRP_E_MALFORMED);
	drp_buf_clear(&bytes);
}

int main(void)
{
	CASE("a roll comes back in its order", a_roll_comes_back_in_its_order);
	CASE("the number must fit", the_number_must_fit);
	CASE("each id has a proof", each_id_has_a_proof);
	CASE("no school stands twice", no_school_stands_twice);
	CASE("an id is a code", an_id_is_a_code);
	return DONE();
}
