/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/privacy/rational.h"

#include "tests/support/check.h"

static struct drp_rational made(int64_t num, int64_t den)
{
	struct drp_rational r;
	CHECK_OK(drp_rational_make(num, den, &r));
	return r;
}

static void check_is(struct drp_rational r, int64_t num, int64_t den)
{
	CHECK_INT(r.num, num);
	CHECK_INT(r.den, den);
}

static void reduces(void)
{
	struct drp_rational r = {7, 9};

	check_is(made(6, 4), 3, 2);
	check_is(made(6, -4), -3, 2);
	check_is(made(-6, -4), 3, 2);
	check_is(made(0, -5), 0, 1);
	check_is(made(INT64_MIN, INT64_MIN), 1, 1);
	check_is(made(INT64_MIN, 2), INT64_MIN / 2, 1);
	CHECK_ERR(drp_rational_make(1, 0, &r), DRP_E_RANGE);
	CHECK_ERR(drp_rational_make(INT64_MIN, -1, &r), DRP_E_OVERFLOW);
	CHECK_ERR(drp_rational_make(1, INT64_MIN, &r), DRP_E_OVERFLOW);
	check_is(r, 7, 9);
}

static void calculates(void)
{
	struct drp_rational r;

	CHECK_OK(drp_rational_add(made(1, 6), made(1, 3), &r));
	check_is(r, 1, 2);
	CHECK_OK(drp_rational_add(made(1, 6), made(-1, 3), &r));
	check_is(r, -1, 6);
	CHECK_OK(drp_rational_mul(made(243559, 10000000), made(22, 100), &r));
	check_is(r, 2679149, 500000000);
	/* The exact result fits although the products on the way do not. */
	CHECK_OK(drp_rational_mul(made(INT64_MAX, 2), made(2, INT64_MAX), &r));
	check_is(r, 1, 1);
	CHECK_OK(drp_rational_add(made(1, INT64_MAX), made(-1, INT64_MAX), &r));
	check_is(r, 0, 1);
	CHECK_OK(drp_rational_add(made(INT64_MIN, 1), made(INT64_MAX, 1), &r));
	check_is(r, -1, 1);
}

static void overflow_fails_closed(void)
{
	struct drp_rational r = {7, 9};

	CHECK_ERR(drp_rational_add(made(INT64_MAX, 1), made(1, 1), &r), DRP_E_OVERFLOW);
	CHECK_ERR(drp_rational_add(made(INT64_MIN, 1), made(-1, 1), &r), DRP_E_OVERFLOW);
	CHECK_ERR(drp_rational_mul(made(INT64_MAX, 1), made(2, 1), &r), DRP_E_OVERFLOW);
	CHECK_ERR(drp_rational_add(made(1, INT64_MAX), made(1, INT64_MAX - 1), &r),
		DRP_E_OVERFLOW);
	CHECK_ERR(drp_rational_mul(made(INT64_MIN, 1), made(INT64_MIN, 1), &r),
		DRP_E_OVERFLOW);
	check_is(r, 7, 9);
}

static void refuses_unmade(void)
{
	struct drp_rational zeroed = {0, 0}, negative = {1, -2}, r = {7, 9};

	CHECK_ERR(drp_rational_add(zeroed, made(1, 2), &r), DRP_E_RANGE);
	CHECK_ERR(drp_rational_add(made(1, 2), negative, &r), DRP_E_RANGE);
	CHECK_ERR(drp_rational_mul(made(1, 2), negative, &r), DRP_E_RANGE);
	check_is(r, 7, 9);
}

static void compares_exactly(void)
{
	CHECK_INT(drp_rational_cmp(made(1, 3), made(2, 6)), 0);
	CHECK_INT(drp_rational_cmp(made(-1, 3), made(1, 3)), -1);
	CHECK_INT(drp_rational_cmp(made(0, 1), made(-1, INT64_MAX)), 1);
	/* Neighbours that differ by less than 2^-125. */
	CHECK_INT(drp_rational_cmp(made(INT64_MAX - 1, INT64_MAX),
			  made(INT64_MAX - 2, INT64_MAX - 1)),
		1);
	CHECK_INT(drp_rational_cmp(made(INT64_MIN, 1), made(INT64_MAX, 1)), -1);
	CHECK_INT(drp_rational_cmp(made(INT64_MIN, INT64_MAX), made(-1, 1)), -1);
}

static void check_text(const char *text, int64_t num, int64_t den)
{
	struct drp_rational r;

	CHECK_OK(drp_rational_parse(text, &r));
	check_is(r, num, den);
}

static void parses(void)
{
	check_text("243559/10000000", 243559, 10000000);
	check_text("2/4", 1, 2);
	check_text("3", 3, 1);
	check_text("0.22", 11, 50);
	check_text("1.0", 1, 1);
	check_text("-0.5", -1, 2);
	check_text("-7/2", -7, 2);
	check_text("9223372036854775807", INT64_MAX, 1);
}

static void refuses_text(void)
{
	static const char *const bad[] = {"", "-", "+1", " 1", "1 ", "1/", "/2", "1/-2",
		".5", "5.", "1.2/3", "1/2/3", "1e3", "0x1", "1,5", "--1", "nan", "0.-1"};
	static const char *const large[] = {"9223372036854775808",
		"1/9223372036854775808", "0.0000000000000000001", "1/0", "0/0"};
	struct drp_rational r = {7, 9};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		CHECK_ERR(drp_rational_parse(bad[i], &r), DRP_E_INPUT);
	}
	for (size_t i = 0; i < sizeof large / sizeof *large; i++) {
		CHECK_ERR(drp_rational_parse(large[i], &r), DRP_E_RANGE);
	}
	check_is(r, 7, 9);
}

static void text_returns(void)
{
	char text[DRP_RATIONAL_TEXT];
	struct drp_rational r;

	CHECK_STR(drp_rational_format(made(6, -4), text), "-3/2");
	CHECK_STR(drp_rational_format(made(5, 1), text), "5/1");
	drp_rational_format((struct drp_rational){INT64_MIN + 1, INT64_MAX - 1}, text);
	CHECK_OK(drp_rational_parse(text, &r));
	check_is(r, INT64_MIN + 1, INT64_MAX - 1);
	CHECK(strlen(drp_rational_format(made(INT64_MIN, INT64_MAX), text)) <
		DRP_RATIONAL_TEXT - 1);
}

int main(void)
{
	CASE("a fraction is stored reduced with a positive denominator", reduces);
	CASE("sums, differences and products are exact", calculates);
	CASE("a result beyond 64 bits is an error and writes nothing",
		overflow_fails_closed);
	CASE("a fraction without a positive denominator is refused", refuses_unmade);
	CASE("comparison is exact to the last bit", compares_exactly);
	CASE("p/q, p and plain decimals are read", parses);
	CASE("anything else is refused and writes nothing", refuses_text);
	CASE("what was written is read back", text_returns);
	return DONE();
}
