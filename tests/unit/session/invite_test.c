/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/session/invite.h"

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
	struct drp_invite in = sample(), out;
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

static void cut_short(void)
{
	struct drp_invite in = sample(), out;
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
	CASE("a mailer's line ends do no harm", mailed);
	CASE("every changed character is noticed", every_change);
	CASE("a file that was cut is noticed", cut_short);
	return DONE();
}
