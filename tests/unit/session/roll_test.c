/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/session/roll.h"

#include "tests/support/check.h"

static const drp_roll_id three[3] = {"sch-003", "sch-001", "sch-002"};

static void a_roll_comes_back_in_its_order(void)
{
	struct drp_buf bytes = {0};
	drp_roll_id back[3];
	CHECK_OK(drp_roll_encode(three, 3, &bytes));
	CHECK_OK(drp_roll_decode(bytes.data, bytes.len, back, 3));
	for (int i = 0; i < 3; i++) {
		CHECK_STR(back[i], three[i]);
	}
	drp_buf_clear(&bytes);
}

static void the_number_must_fit(void)
{
	struct drp_buf bytes = {0};
	drp_roll_id back[4];
	CHECK_OK(drp_roll_encode(three, 3, &bytes));
	CHECK_ERR(drp_roll_decode(bytes.data, bytes.len, back, 2), DRP_E_MALFORMED);
	CHECK_ERR(drp_roll_decode(bytes.data, bytes.len, back, 4), DRP_E_MALFORMED);
	for (size_t n = 0; n < bytes.len; n++) {
		CHECK_ERR(drp_roll_decode(bytes.data, n, back, 3), DRP_E_MALFORMED);
	}
	drp_buf_clear(&bytes);
}

static void no_school_stands_twice(void)
{
	static const drp_roll_id twice[3] = {"a", "b", "a"};
	struct drp_buf bytes = {0};
	drp_roll_id back[3];
	CHECK_OK(drp_roll_encode(twice, 3, &bytes));
	CHECK_ERR(drp_roll_decode(bytes.data, bytes.len, back, 3), DRP_E_MALFORMED);
	drp_buf_clear(&bytes);
}

static void an_id_is_a_code(void)
{
	static const drp_roll_id odd[1] = {"../etc"};
	struct drp_buf bytes = {0};
	drp_roll_id back[1];
	CHECK_OK(drp_roll_encode(odd, 1, &bytes));
	CHECK_ERR(drp_roll_decode(bytes.data, bytes.len, back, 1), DRP_E_MALFORMED);
	drp_buf_clear(&bytes);
}

int main(void)
{
	CASE("a roll comes back in its order", a_roll_comes_back_in_its_order);
	CASE("the number must fit", the_number_must_fit);
	CASE("no school stands twice", no_school_stands_twice);
	CASE("an id is a code", an_id_is_a_code);
	return DONE();
}
