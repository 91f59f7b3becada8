/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/session/card.h"

#include "proto/crypto/crypto.h"
#include "tests/support/check.h"

static struct drp_card sample(void)
{
	struct drp_card card = {.role = "notary",
		.name = "The other house",
		.url = "tcp://notary.example:7412",
		.key = {{1, 2, 3}},
		.box = {4, 5, 6}};
	return card;
}

static char *written(const struct drp_card *card, struct drp_buf *text)
{
	drp_card_write(card, text);
	drp_buf_append(text, "", 1);
	CHECK(!text->failed);
	return (char *)text->data;
}

static void a_card_comes_back(void)
{
	struct drp_card card = sample(), back;
	struct drp_buf text = {0};
	struct drp_diag diag = {0};
	CHECK_OK(drp_card_read(written(&card, &text), &back, &diag));
	CHECK_MEM(&back, &card, sizeof card);
	drp_buf_clear(&text);
}

/* A mailer's line ends are no change. */
static void carriage_returns_do_not_matter(void)
{
	struct drp_card card = sample(), back;
	struct drp_buf text = {0}, mailed = {0};
	struct drp_diag diag = {0};
	for (const char *c = written(&card, &text); *c; c++) {
		if (*c == '\n') {
			drp_buf_text(&mailed, "\r");
		}
		drp_buf_append(&mailed, c, 1);
	}
	drp_buf_append(&mailed, "", 1);
	CHECK_OK(drp_card_read((const char *)mailed.data, &back, &diag));
	CHECK_MEM(&back, &card, sizeof card);
	drp_buf_clear(&text);
	drp_buf_clear(&mailed);
}

static void a_change_of_any_letter_shows(void)
{
	struct drp_card card = sample(), back;
	struct drp_buf text = {0};
	char *t = written(&card, &text);
	for (size_t i = 0; i + 2 < text.len; i++) {
		struct drp_diag diag = {0};
		char was = t[i];
		t[i] = was == '7' ? '8' : '7';
		CHECK_ERR(drp_card_read(t, &back, &diag), DRP_E_INPUT);
		CHECK(diag.text[0] != 0);
		t[i] = was;
	}
	for (size_t n = 0; n + 2 < text.len; n++) {
		char was = t[n];
		t[n] = 0;
		CHECK_ERR(drp_card_read(t, &back, NULL), DRP_E_INPUT);
		t[n] = was;
	}
	drp_buf_clear(&text);
}

static void more_than_a_card_is_refused(void)
{
	struct drp_card card = sample(), back;
	struct drp_buf text = {0};
	drp_card_write(&card, &text);
	drp_buf_text(&text, "regards\n");
	drp_buf_append(&text, "", 1);
	CHECK_ERR(drp_card_read((const char *)text.data, &back, NULL), DRP_E_INPUT);
	drp_buf_clear(&text);
}

static void only_two_roles_exist(void)
{
	struct drp_card card = sample(), back;
	struct drp_buf text = {0};
	struct drp_diag diag = {0};
	snprintf(card.role, sizeof card.role, "school");
	CHECK_ERR(drp_card_read(written(&card, &text), &back, &diag), DRP_E_INPUT);
	CHECK(strstr(diag.text, "role") != NULL);
	drp_buf_clear(&text);
}

static void the_fingerprint_covers_both_keys(void)
{
	struct drp_card card = sample();
	char a[DRP_FINGERPRINT_TEXT], b[DRP_FINGERPRINT_TEXT];
	drp_card_fingerprint(&card, a);
	CHECK_INT(strlen(a), 39);
	CHECK_INT(strspn(a, "0123456789abcdef "), 39);
	snprintf(card.name, sizeof card.name, "Another name");
	drp_card_fingerprint(&card, b);
	CHECK_STR(a, b);
	card.box[31] ^= 1;
	drp_card_fingerprint(&card, b);
	CHECK(strcmp(a, b) != 0);
	card.box[31] ^= 1;
	card.key.b[0] ^= 1;
	drp_card_fingerprint(&card, b);
	CHECK(strcmp(a, b) != 0);
}

int main(void)
{
	CHECK_OK(drp_crypto_init());
	CASE("a card comes back", a_card_comes_back);
	CASE("carriage returns do not matter", carriage_returns_do_not_matter);
	CASE("a change of any letter shows", a_change_of_any_letter_shows);
	CASE("more than a card is refused", more_than_a_card_is_refused);
	CASE("only two roles exist", only_two_roles_exist);
	CASE("the fingerprint covers both keys", the_fingerprint_covers_both_keys);
	return DONE();
}
