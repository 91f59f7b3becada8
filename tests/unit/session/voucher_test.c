/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/session/voucher.h"

#include "tests/support/check.h"

#include <ctype.h>

static const uint8_t code[DRP_VOUCHER_BYTES] = {
	0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255};
static const struct drp_voucher_place place = {
	.notary = {{7}}, .notary_box = {8}, .school = "sch-001"};

static enum drp_err read_at(const char *text, const struct drp_voucher_place *where)
{
	uint8_t back[DRP_VOUCHER_BYTES] = {0};
	struct drp_diag diag = {0};
	enum drp_err err = drp_voucher_read(text, where, back, &diag);
	CHECK_INT(memcmp(back, code, sizeof code) == 0, err == DRP_OK);
	CHECK_INT(diag.text[0] != 0, err != DRP_OK);
	return err;
}

static void a_code_is_eight_groups_of_four(void)
{
	char text[DRP_VOUCHER_TEXT];
	drp_voucher_write(code, &place, text);
	CHECK_INT(strlen(text), 39);
	CHECK(strncmp(text, "AAAQ-EAYE-AUDA-OCAJ-BIFQ-YDIO-7", 31) == 0);
	for (int i = 4; i < 39; i += 5) {
		CHECK_INT(text[i], '-');
	}
	CHECK_OK(read_at(text, &place));
}

static void it_is_read_kindly(void)
{
	char text[DRP_VOUCHER_TEXT], other[2 * DRP_VOUCHER_TEXT], *at = other;
	drp_voucher_write(code, &place, text);
	for (const char *c = text; *c; c++) {
		*at++ = *c == 'O' ? '0' : *c == 'I' ? '1' : *c == 'B' ? '8' : *c;
		if (*c == '-') {
			at[-1] = ' ';
		}
		at[-1] = (char)tolower(at[-1]);
	}
	strcpy(at, "\r\n");
	CHECK_OK(read_at(other, &place));
}

static void every_slip_is_noticed(void)
{
	char text[DRP_VOUCHER_TEXT], longer[DRP_VOUCHER_TEXT + 1];
	drp_voucher_write(code, &place, text);
	for (size_t i = 0; i < 39; i++) {
		char was = text[i];
		if (was != '-') {
			text[i] = was == 'Q' ? 'R' : 'Q';
			CHECK_ERR(read_at(text, &place), DRP_E_INPUT);
			text[i] = '9'; /* no digit of the alphabet */
			CHECK_ERR(read_at(text, &place), DRP_E_INPUT);
		}
		text[i] = 0;
		CHECK_ERR(read_at(text, &place), DRP_E_INPUT);
		text[i] = was;
	}
	snprintf(longer, sizeof longer, "%sA", text);
	CHECK_ERR(read_at(longer, &place), DRP_E_INPUT);
	CHECK_OK(read_at(text, &place));
}

/* What a hub may have written into the invite. */
static void it_is_of_one_school_and_one_notary(void)
{
	char text[DRP_VOUCHER_TEXT];
	struct drp_voucher_place other = place;
	drp_voucher_write(code, &place, text);
	other.school = "sch-002";
	CHECK_ERR(read_at(text, &other), DRP_E_INPUT);
	other = place;
	other.notary.b[31] ^= 1;
	CHECK_ERR(read_at(text, &other), DRP_E_INPUT);
	other = place;
	other.notary_box[31] ^= 1;
	CHECK_ERR(read_at(text, &other), DRP_E_INPUT);
}

static void a_proof_is_of_one_key_and_one_code(void)
{
	static const uint8_t none[DRP_PROOF_BYTES];
	struct drp_key key = {{1}};
	uint8_t proof[3][DRP_PROOF_BYTES], changed[DRP_VOUCHER_BYTES];
	drp_voucher_proof(code, &key, proof[0]);
	key.b[31] ^= 1;
	drp_voucher_proof(code, &key, proof[1]);
	key.b[31] ^= 1;
	memcpy(changed, code, sizeof changed);
	changed[15] ^= 1;
	drp_voucher_proof(changed, &key, proof[2]);
	CHECK(memcmp(proof[0], proof[1], DRP_PROOF_BYTES) != 0);
	CHECK(memcmp(proof[0], proof[2], DRP_PROOF_BYTES) != 0);
	CHECK(drp_proof_given(proof[0]));
	CHECK(!drp_proof_given(none));
}

int main(void)
{
	CASE("a code is eight groups of four", a_code_is_eight_groups_of_four);
	CASE("it is read kindly", it_is_read_kindly);
	CASE("every slip is noticed", every_slip_is_noticed);
	CASE("it is of one school and one notary", it_is_of_one_school_and_one_notary);
	CASE("a proof is of one key and one code", a_proof_is_of_one_key_and_one_code);
	return DONE();
}
