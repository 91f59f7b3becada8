/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/session/invite.h"

#include "proto/base/text.h"
#include "proto/crypto/crypto.h"
#include "tests/support/check.h"

static struct drp_invite sample(void)
{
	struct drp_invite v = {.hub = "Regio Oost",
		.url = "tcp://hub.example:7411",
		.school = "S001",
		.expires_s = INT64_C(1800000000)};
	memset(v.hub_key.b, 0x11, 32);
	memset(v.hub_box, 0x22, 32);
	memset(v.token, 0x33, 32);
	return v;
}

static struct drp_invite with_notary(void)
{
	struct drp_invite v = sample();
	memset(v.notary_key.b, 0x44, 32);
	memset(v.notary_box, 0x55, 32);
	return v;
}

static void round_trip(void)
{
	struct drp_invite in = sample(), out;
	struct drp_buf text = {0};
	struct drp_diag diag = {0};
	drp_invite_write(&in, &text);
	CHECK_OK(drp_invite_read(drp_buf_string(&text), &out, &diag));
	CHECK_STR(out.hub, in.hub);
	CHECK_STR(out.url, in.url);
	CHECK_STR(out.school, in.school);
	CHECK_MEM(out.hub_key.b, in.hub_key.b, 32);
	CHECK_MEM(out.hub_box, in.hub_box, 32);
	CHECK_MEM(out.token, in.token, 32);
	/* to the end of the day, so never earlier than was promised */
	CHECK(out.expires_s >= in.expires_s && out.expires_s < in.expires_s + 86400);
	drp_buf_clear(&text);
}

static void mailed(void)
{
	struct drp_invite in = sample(), out;
	struct drp_buf text = {0}, crlf = {0};
	drp_invite_write(&in, &text);
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] == '\n') {
			drp_buf_text(&crlf, "\r");
		}
		drp_buf_append(&crlf, &text.data[i], 1);
	}
	CHECK_OK(drp_invite_read(drp_buf_string(&crlf), &out, NULL));
	drp_buf_clear(&text);
	drp_buf_clear(&crlf);
}

static void every_change(void)
{
	struct drp_invite in = with_notary(), out;
	struct drp_buf text = {0};
	drp_invite_write(&in, &text);
	char *s = (char *)text.data;
	for (size_t i = 0; i < text.len; i++) {
		char kept = s[i];
		if (kept == '\n') {
			continue; /* line ends may change on the way */
		}
		s[i] = kept == 'x' ? 'y' : 'x';
		struct drp_diag diag = {0};
		CHECK_ERR(drp_invite_read(drp_buf_string(&text), &out, &diag),
			DRP_E_INVITE);
		CHECK(diag.text[0] != 0);
		s[i] = kept;
	}
	drp_buf_clear(&text);
}

static void of_a_hub_with_a_notary(void)
{
	struct drp_invite in = with_notary(), out;
	struct drp_buf text = {0};
	drp_invite_write(&in, &text);
	CHECK_OK(drp_invite_read(drp_buf_string(&text), &out, NULL));
	CHECK(drp_invite_has_notary(&out));
	CHECK_MEM(out.notary_key.b, in.notary_key.b, 32);
	CHECK_MEM(out.notary_box, in.notary_box, 32);
	CHECK_STR(out.school, in.school);
	drp_buf_clear(&text);
	in = sample();
	drp_invite_write(&in, &text);
	CHECK(strstr(drp_buf_string(&text), "notary") == NULL);
	CHECK_OK(drp_invite_read(drp_buf_string(&text), &out, NULL));
	CHECK(!drp_invite_has_notary(&out));
	drp_buf_clear(&text);
}

/* A file with a right checksum and lines that are missing, or say nothing. */
static void half_a_notary(void)
{
	static const char *const lines[][2] = {
		{"notary-key", NULL}, {"notary-box", NULL}, {"notary-box", "notary-key"}};
	char hex[65] = "", check[17];
	memset(hex, '4', 64);
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		struct drp_buf text = {0};
		struct drp_invite out;
		struct drp_diag diag = {0};
		struct drp_hash hash;
		drp_buf_printf(&text,
			"drempel-invite: 1\nhub: h\nurl: u\nhub-key: %s\nhub-box: %s\n",
			hex, hex);
		for (size_t l = 0; l < 2 && lines[i][l]; l++) {
			drp_buf_printf(&text, "%s: %s\n", lines[i][l], hex);
		}
		drp_buf_printf(
			&text, "school: S1\nexpires: 2027-01-01\ntoken: %s\n", hex);
		drp_hash_tagged("drempel invite check 1", text.data, text.len, &hash);
		drp_hex(hash.b, 8, check);
		drp_buf_printf(&text, "check: %s\n", check);
		CHECK_ERR(drp_invite_read(drp_buf_string(&text), &out, &diag),
			DRP_E_INVITE);
		CHECK(strstr(diag.text, "notary") != NULL);
		drp_buf_clear(&text);
	}
}

static void cut_short(void)
{
	struct drp_invite in = with_notary(), out;
	struct drp_buf text = {0};
	drp_invite_write(&in, &text);
	for (size_t n = 0; n + 1 < text.len; n += 7) {
		struct drp_buf part = {0};
		drp_buf_append(&part, text.data, n);
		CHECK_ERR(
			drp_invite_read(drp_buf_string(&part), &out, NULL), DRP_E_INVITE);
		drp_buf_clear(&part);
	}
	drp_buf_clear(&text);
}

int main(void)
{
	CHECK_OK(drp_crypto_init());
	CASE("what is written is read back", round_trip);
	CASE("the invite of a hub with a notary pins it", of_a_hub_with_a_notary);
	CASE("a notary is named whole or not at all", half_a_notary);
	CASE("a mailer's line ends do no harm", mailed);
	CASE("every changed character is noticed", every_change);
	CASE("a file that was cut is noticed", cut_short);
	return DONE();
}
