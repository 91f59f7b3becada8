/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/check.h"

static const struct {
	const char *name;
	int number;
} table[] = {
#define X(name, number, text) {#name, number},
	DRP_ERRORS(X)
#undef X
};
#define N (sizeof table / sizeof table[0])

static void every_error_has_a_name_and_a_text(void)
{
	for (size_t i = 0; i < N; i++) {
		enum drp_err code = (enum drp_err)table[i].number;
		CHECK_STR(drp_err_name(code), table[i].name);
		CHECK(strlen(drp_err_text(code)) > 3);
		CHECK(strcmp(drp_err_text(code), "unknown error") != 0);
		for (size_t k = 0; k < i; k++) {
			CHECK(table[k].number != table[i].number);
		}
	}
	CHECK_STR(drp_err_name((enum drp_err)63), "?");
	CHECK_STR(drp_err_text((enum drp_err)63), "unknown error");
}

/* The numbers travel between versions; these were given out and stay. */
static void numbers_stay(void)
{
	CHECK_INT(DRP_OK, 0);
	CHECK_INT(DRP_E_NOMEM, 1);
	CHECK_INT(DRP_E_ENTROPY, 9);
	CHECK_INT(DRP_E_USAGE, 20);
	CHECK_INT(DRP_E_RANGE, 26);
	CHECK_INT(DRP_E_MALFORMED, 40);
	CHECK_INT(DRP_E_DUPLICATE_IDENTITY, 50);
	CHECK_INT(DRP_E_BUDGET, 70);
	CHECK_INT(DRP_E_FROZEN, 79);
	CHECK_INT(DRP_E_INTERNAL, 90);
	CHECK_INT(DRP_E_OVERFLOW, 91);
}

static void refusals_are_a_band(void)
{
	for (int code = 0; code < 100; code++) {
		CHECK_INT(
			drp_err_is_refusal((enum drp_err)code), code >= 70 && code <= 89);
	}
}

static void the_first_cause_stays(void)
{
	struct drp_diag diag = {0};
	CHECK_ERR(drp_fail(&diag, DRP_E_INPUT, "%s:%d", "file", 3), DRP_E_INPUT);
	CHECK_ERR(drp_fail(&diag, DRP_E_STORE, "later"), DRP_E_STORE);
	CHECK_ERR(diag.code, DRP_E_INPUT);
	CHECK_STR(diag.text, "file:3");
	CHECK_ERR(drp_fail(NULL, DRP_E_IO, "nobody asks"), DRP_E_IO);
}

static void long_texts_are_cut(void)
{
	struct drp_diag diag = {0};
	CHECK_ERR(drp_fail(&diag, DRP_E_IO, "%*d", 5000, 1), DRP_E_IO);
	CHECK_INT(strlen(diag.text), sizeof diag.text - 1);
}

static void nothing_steers_the_terminal(void)
{
	struct drp_diag diag = {0};
	CHECK_ERR(drp_fail(&diag, DRP_E_PEER, "said %s.", "\033[2J\nno\177"), DRP_E_PEER);
	CHECK_STR(diag.text, "said  [2J no .");
}

int main(void)
{
	CASE("every error has its own number, a name and a text",
		every_error_has_a_name_and_a_text);
	CASE("numbers are never given out again", numbers_stay);
	CASE("a refusal is known by its number", refusals_are_a_band);
	CASE("the first cause is the one that is kept", the_first_cause_stays);
	CASE("a text that is too long is cut", long_texts_are_cut);
	CASE("a quoted text cannot steer the terminal", nothing_steers_the_terminal);
	return DONE();
}
