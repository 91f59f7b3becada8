/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/session/card.h"

#include "proto/base/text.h"
#include "proto/crypto/crypto.h"

#include <stdio.h>
#include <string.h>

static const char *const key[] = {
	"drempel-card", "role", "name", "url", "key", "box", "check"};
enum { VERSION, ROLE, NAME, URL, KEY, BOX, CHECK, KEYS };

static void checksum(const void *text, size_t n, char out[17])
{
	struct drp_hash hash;
	drp_hash_tagged("drempel card check 1", text, n, &hash);
	drp_hex(hash.b, 8, out);
}

void drp_card_write(const struct drp_card *card, struct drp_buf *text)
{
	char sign[65], box[65], check[17];
	size_t start = text->len;
	drp_hex(card->key.b, sizeof card->key.b, sign);
	drp_hex(card->box, sizeof card->box, box);
	drp_buf_printf(text,
		"drempel-card: 1\nrole: %s\nname: %s\nurl: %s\nkey: %s\nbox: %s\n",
		card->role, card->name, card->url, sign, box);
	if (!text->failed) {
		checksum(text->data + start, text->len - start, check);
		drp_buf_printf(text, "check: %s\n", check);
	}
}

static int take_text(const char *value, char *out, size_t size)
{
	return snprintf(out, size, "%s", value) < (int)size && *value;
}

/* Whether the value could be taken. */
static int take(struct drp_card *card, int k, const char *value)
{
	switch (k) {
	case VERSION:
		return strcmp(value, "1") == 0;
	case ROLE:
		return take_text(value, card->role, sizeof card->role) &&
		       (strcmp(value, "hub") == 0 || strcmp(value, "notary") == 0);
	case NAME:
		return take_text(value, card->name, sizeof card->name);
	case URL:
		return take_text(value, card->url, sizeof card->url) &&
		       strncmp(value, "tcp://", 6) == 0;
	case KEY:
		return drp_unhex(value, card->key.b, sizeof card->key.b) == 0;
	default:
		return drp_unhex(value, card->box, sizeof card->box) == 0;
	}
}

/* One line "key: value" into its place; *text moves behind it. */
static enum drp_err read_line(
	const char **text, int k, char *value, size_t size, struct drp_diag *diag)
{
	const char *line = *text;
	size_t n = strcspn(line, "\r\n"), name = strlen(key[k]);
	if (n < name + 2 || strncmp(line, key[k], name) != 0 || line[name] != ':' ||
		line[name + 1] != ' ' || n - name - 2 >= size) {
		return drp_fail(diag, DRP_E_INPUT,
			"line %d of the card should begin with '%s: '; copy the whole "
			"file again",
			k + 1, key[k]);
	}
	memcpy(value, line + name + 2, n - name - 2);
	value[n - name - 2] = 0;
	*text = line + n + strspn(line + n, "\r\n");
	return DRP_OK;
}

static enum drp_err read_value(struct drp_card *card, int k, const char *value,
	const char check[17], struct drp_diag *diag)
{
	if (k == CHECK) {
		return strcmp(value, check) == 0
			       ? DRP_OK
			       : drp_fail(diag, DRP_E_INPUT,
					 "the card was changed or mistyped (its checksum "
					 "differs); copy the whole file again");
	}
	return take(card, k, value)
		       ? DRP_OK
		       : drp_fail(diag, DRP_E_INPUT,
				 "line %d of the card ('%s') cannot be read; copy the "
				 "whole file again",
				 k + 1, key[k]);
}

enum drp_err drp_card_read(const char *text, struct drp_card *card, struct drp_diag *diag)
{
	struct drp_card c = {0};
	struct drp_buf plain = {0}; /* as written, without a mailer's carriage returns */
	char value[512], check[17] = "";
	enum drp_err err = DRP_OK;
	for (int k = 0; err == DRP_OK && k < KEYS; k++) {
		if (k == CHECK && !plain.failed) {
			checksum(plain.data, plain.len, check);
		}
		err = read_line(&text, k, value, sizeof value, diag);
		err = err ? err : read_value(&c, k, value, check, diag);
		drp_buf_printf(&plain, "%s: %s\n", key[k], value);
	}
	if (err == DRP_OK && *text) {
		err = drp_fail(diag, DRP_E_INPUT,
			"there is something behind the card's last line; copy the card "
			"alone");
	}
	if (err == DRP_OK) {
		*card = c;
	}
	drp_buf_clear(&plain);
	return err;
}

void drp_card_fingerprint(const struct drp_card *card, char text[DRP_FINGERPRINT_TEXT])
{
	uint8_t both[sizeof card->key.b + sizeof card->box];
	struct drp_hash hash;
	char hex[33];
	memcpy(both, card->key.b, sizeof card->key.b);
	memcpy(both + sizeof card->key.b, card->box, sizeof card->box);
	drp_hash_tagged("drempel card 1", both, sizeof both, &hash);
	drp_hex(hash.b, 16, hex);
	for (int i = 0; i < 8; i++) {
		memcpy(text + 5 * i, hex + 4 * i, 4);
		text[5 * i + 4] = i < 7 ? ' ' : 0;
	}
}
