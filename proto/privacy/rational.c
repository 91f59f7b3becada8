/* SPDX-License-Identifier: Apache-2.0
 *
 * Every operation computes its exact result in 128 bits, where two 64-bit fractions
 * cannot overflow, reduces it, and only then asks whether it fits 64 bits again.
 */
#include "proto/privacy/rational.h"

#include <inttypes.h>
#include <stdio.h>

__extension__ typedef __int128 wide;

static wide gcd(wide a, wide b)
{
	while (b != 0) {
		wide rest = a % b;
		a = b;
		b = rest;
	}
	return a < 0 ? -a : a;
}

static int fits(wide value)
{
	return value >= INT64_MIN && value <= INT64_MAX;
}

/* A zeroed or hand-made fraction must not slip into a sum: 0/0 would compare equal to
 * everything. */
static int valid(struct drp_rational r)
{
	return r.den > 0;
}

static enum drp_err narrow(wide num, wide den, struct drp_rational *r)
{
	wide common = gcd(num, den);

	if (den < 0) {
		common = -common;
	}
	num /= common;
	den /= common;
	if (!fits(num) || !fits(den)) {
		return DRP_E_OVERFLOW;
	}
	*r = (struct drp_rational){(int64_t)num, (int64_t)den};
	return DRP_OK;
}

enum drp_err drp_rational_make(int64_t num, int64_t den, struct drp_rational *r)
{
	return den == 0 ? DRP_E_RANGE : narrow(num, den, r);
}

enum drp_err drp_rational_add(
	struct drp_rational a, struct drp_rational b, struct drp_rational *sum)
{
	if (!valid(a) || !valid(b)) {
		return DRP_E_RANGE;
	}
	return narrow(
		(wide)a.num * b.den + (wide)b.num * a.den, (wide)a.den * b.den, sum);
}

enum drp_err drp_rational_mul(
	struct drp_rational a, struct drp_rational b, struct drp_rational *product)
{
	if (!valid(a) || !valid(b)) {
		return DRP_E_RANGE;
	}
	return narrow((wide)a.num * b.num, (wide)a.den * b.den, product);
}

int drp_rational_cmp(struct drp_rational a, struct drp_rational b)
{
	wide left = (wide)a.num * b.den, right = (wide)b.num * a.den;

	return (left > right) - (left < right);
}

const char *drp_rational_format(struct drp_rational r, char text[DRP_RATIONAL_TEXT])
{
	snprintf(text, DRP_RATIONAL_TEXT, "%" PRId64 "/%" PRId64, r.num, r.den);
	return text;
}

/* Reads one or more digits onto *value; *scale, when given, grows tenfold with each. */
static enum drp_err digits(const char **text, int64_t *value, int64_t *scale)
{
	if (**text < '0' || **text > '9') {
		return DRP_E_INPUT;
	}
	for (; **text >= '0' && **text <= '9'; (*text)++) {
		if (__builtin_mul_overflow(*value, 10, value) ||
			__builtin_add_overflow(*value, **text - '0', value) ||
			(scale && __builtin_mul_overflow(*scale, 10, scale))) {
			return DRP_E_RANGE;
		}
	}
	return DRP_OK;
}

enum drp_err drp_rational_parse(const char *text, struct drp_rational *r)
{
	int negative = *text == '-';
	int64_t num = 0, den = 1;
	enum drp_err err;

	text += negative;
	err = digits(&text, &num, NULL);
	if (!err && *text == '/') {
		text++;
		den = 0;
		err = digits(&text, &den, NULL);
	} else if (!err && *text == '.') {
		text++;
		err = digits(&text, &num, &den);
	}
	if (err) {
		return err;
	}
	if (*text != '\0') {
		return DRP_E_INPUT;
	}
	return drp_rational_make(negative ? -num : num, den, r);
}
