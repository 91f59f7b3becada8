/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/session/voucher.h"

#include "proto/base/text.h"
#include "proto/crypto/crypto.h"

#include <drempel/limits.h>

#include <string.h>

#define CHECK_BYTES 4
#define DIGITS	    32 /* of 5 bits: code and checksum */

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/* Keyed by the code, which the hub does not know: it cannot look for a notary's keys that
 * would pass. */
static void checksum(const uint8_t code[DRP_VOUCHER_BYTES],
	const struct drp_voucher_place *place, uint8_t out[CHECK_BYTES])
{
	uint8_t text[DRP_VOUCHER_BYTES + 32 + 32 + DRP_CODE_MAX];
	size_t n = strnlen(place->school, DRP_CODE_MAX);
	struct drp_hash hash;
	memcpy(text, code, DRP_VOUCHER_BYTES);
	memcpy(text + 16, place->notary.b, 32);
	memcpy(text + 48, place->notary_box, 32);
	memcpy(text + 80, place->school, n);
	drp_hash_tagged("drempel voucher check 1", text, 80 + n, &hash);
	memcpy(out, hash.b, CHECK_BYTES);
	drp_wipe(text, sizeof text);
}

void drp_voucher_write(const uint8_t code[DRP_VOUCHER_BYTES],
	const struct drp_voucher_place *place, char text[DRP_VOUCHER_TEXT])
{
	uint8_t bytes[DRP_VOUCHER_BYTES + CHECK_BYTES];
	memcpy(bytes, code, DRP_VOUCHER_BYTES);
	checksum(code, place, bytes + DRP_VOUCHER_BYTES);
	for (size_t i = 0, bit = 0; i < DIGITS; i++, bit += 5) {
		size_t at = bit / 8;
		unsigned two = (unsigned)bytes[at] << 8 |
			       (at + 1 < sizeof bytes ? bytes[at + 1] : 0u);
		*text++ = alphabet[two >> (11 - bit % 8) & 31u];
		if (i % 4 == 3) {
			*text++ = i + 1 < DIGITS ? '-' : 0;
		}
	}
	drp_wipe(bytes, sizeof bytes);
}

/* The five bits of a digit, read kindly; -1 for none. */
static int digit(char c)
{
	static const char twin[][2] = {{'0', 'O'}, {'1', 'I'}, {'8', 'B'}};
	c = (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
	for (size_t i = 0; i < sizeof twin / sizeof twin[0]; i++) {
		c = c == twin[i][0] ? twin[i][1] : c;
	}
	const char *at = c ? strchr(alphabet, c) : NULL;
	return at ? (int)(at - alphabet) : -1;
}

/* 0 unless text is exactly the digits. */
static int read_digits(const char *text, uint8_t bytes[DRP_VOUCHER_BYTES + CHECK_BYTES])
{
	unsigned held = 0, bits = 0;
	size_t n = 0, out = 0;
	for (; *text; text++) {
		if (strchr("- \t\r\n", *text)) {
			continue;
		}
		int d = digit(*text);
		if (d < 0 || n++ == DIGITS) {
			return 0;
		}
		held = (held << 5 | (unsigned)d) & 0xfffu;
		bits += 5;
		if (bits >= 8) {
			bits -= 8;
			bytes[out++] = (uint8_t)(held >> bits);
		}
	}
	return n == DIGITS;
}

enum drp_err drp_voucher_read(const char *text, const struct drp_voucher_place *place,
	uint8_t code[DRP_VOUCHER_BYTES], struct drp_diag *diag)
{
	uint8_t bytes[DRP_VOUCHER_BYTES + CHECK_BYTES] = {0}, check[CHECK_BYTES];
	enum drp_err err = DRP_OK;
	if (!read_digits(text, bytes)) {
		err = drp_fail(diag, DRP_E_INPUT,
			"this is no voucher: eight groups of four letters and digits are "
			"expected");
	}
	checksum(bytes, place, check);
	if (err == DRP_OK && memcmp(check, bytes + DRP_VOUCHER_BYTES, sizeof check)) {
		err = drp_fail(diag, DRP_E_INPUT,
			"the voucher is mistyped, or it is not of school %s and the "
			"notary that the invite names; ask the notary's operator",
			place->school);
	}
	if (err == DRP_OK) {
		memcpy(code, bytes, DRP_VOUCHER_BYTES);
	}
	drp_wipe(bytes, sizeof bytes);
	return err;
}

void drp_voucher_proof(const uint8_t code[DRP_VOUCHER_BYTES],
	const struct drp_key *school, uint8_t proof[DRP_PROOF_BYTES])
{
	uint8_t text[DRP_VOUCHER_BYTES + 32];
	struct drp_hash hash;
	memcpy(text, code, DRP_VOUCHER_BYTES);
	memcpy(text + DRP_VOUCHER_BYTES, school->b, 32);
	drp_hash_tagged("drempel voucher 1", text, sizeof text, &hash);
	memcpy(proof, hash.b, DRP_PROOF_BYTES);
	drp_wipe(text, sizeof text);
}

void drp_school_fingerprint(const struct drp_key *school, char text[DRP_VOUCHER_TEXT])
{
	struct drp_hash hash;
	drp_hash_tagged("drempel school key 1", school->b, sizeof school->b, &hash);
	for (int i = 0; i < 8; i++) {
		drp_hex(hash.b + 2 * i, 2, text + 5 * i);
		text[5 * i + 4] = i < 7 ? ' ' : 0;
	}
}

int drp_proof_given(const uint8_t proof[DRP_PROOF_BYTES])
{
	static const uint8_t none[DRP_PROOF_BYTES];
	return memcmp(proof, none, sizeof none) != 0;
}
