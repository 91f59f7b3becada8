/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/session/invite.h"

#include "proto/base/date.h"
#include "proto/base/text.h"
#include "proto/crypto/crypto.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const key[] = {"drempel-invite", "hub", "url", "hub-key", "hub-box",
	"notary-key", "notary-box", "school", "expires", "token", "check"};
enum {
	VERSION,
	HUB,
	URL,
	HUB_KEY,
	HUB_BOX,
	NOTARY_KEY,
	NOTARY_BOX,
	SCHOOL,
	EXPIRES,
	TOKEN,
	CHECK,
	KEYS
};

int drp_invite_has_notary(const struct drp_invite *invite)
{
	static const struct drp_key none;
	return memcmp(invite->notary_key.b, none.b, sizeof none.b) != 0;
}

static void checksum(const void *text, size_t n, char out[17])
{
	struct drp_hash hash;
	drp_hash_tagged("drempel invite check 1", text, n, &hash);
	drp_hex(hash.b, 8, out);
}

void drp_invite_write(const struct drp_invite *invite, struct drp_buf *text)
{
	char hex[65], when[DRP_DATE_TEXT];
	size_t start = text->len;
	drp_buf_printf(
		text, "drempel-invite: 1\nhub: %s\nurl: %s\n", invite->hub, invite->url);
	drp_hex(invite->hub_key.b, 32, hex);
	drp_buf_printf(text, "hub-key: %s\n", hex);
	drp_hex(invite->hub_box, 32, hex);
	drp_buf_printf(text, "hub-box: %s\n", hex);
	if (drp_invite_has_notary(invite)) {
		drp_hex(invite->notary_key.b, 32, hex);
		drp_buf_printf(text, "notary-key: %s\n", hex);
		drp_hex(invite->notary_box, 32, hex);
		drp_buf_printf(text, "notary-box: %s\n", hex);
	}
	drp_buf_printf(text, "school: %s\nexpires: %s\n", invite->school,
		drp_date_format(drp_day_of_ms(invite->expires_s * 1000), when));
	drp_hex(invite->token, 32, hex);
	drp_buf_printf(text, "token: %s\n", hex);
	drp_wipe(hex, sizeof hex);
	if (!text->failed) {
		char check[17];
		checksum(text->data + start, text->len - start, check);
		drp_buf_printf(text, "check: %s\n", check);
	}
}

static enum drp_err take(struct drp_invite *v, int k, const char *value)
{
	int32_t day;
	switch (k) {
	case VERSION:
		return strcmp(value, "1") ? DRP_E_VERSION : DRP_OK;
	case HUB:
		return snprintf(v->hub, sizeof v->hub, "%s", value) >= (int)sizeof v->hub
			       ? DRP_E_INVITE
			       : DRP_OK;
	case URL:
		return snprintf(v->url, sizeof v->url, "%s", value) >= (int)sizeof v->url
			       ? DRP_E_INVITE
			       : DRP_OK;
	case HUB_KEY:
		return drp_unhex(value, v->hub_key.b, 32) ? DRP_E_INVITE : DRP_OK;
	case HUB_BOX:
		return drp_unhex(value, v->hub_box, 32) ? DRP_E_INVITE : DRP_OK;
	case NOTARY_KEY:
		return drp_unhex(value, v->notary_key.b, 32) || !drp_invite_has_notary(v)
			       ? DRP_E_INVITE
			       : DRP_OK;
	case NOTARY_BOX:
		return drp_unhex(value, v->notary_box, 32) ? DRP_E_INVITE : DRP_OK;
	case SCHOOL:
		snprintf(v->school, sizeof v->school, "%s", value);
		return drp_code_valid(value, sizeof v->school) ? DRP_OK : DRP_E_INVITE;
	case EXPIRES:
		if (drp_date_parse(value, &day)) {
			return DRP_E_INVITE;
		}
		v->expires_s = ((int64_t)day + 1) * 86400;
		return DRP_OK;
	default:
		return drp_unhex(value, v->token, 32) ? DRP_E_INVITE : DRP_OK;
	}
}

/* One line "key: value" into its place; *text moves behind it. */
static enum drp_err read_line(const char **text, int k, int number, char *value,
	size_t size, struct drp_diag *diag)
{
	const char *line = *text;
	size_t n = strcspn(line, "\r\n"), name = strlen(key[k]);
	if (n < name + 2 || strncmp(line, key[k], name) != 0 || line[name] != ':' ||
		line[name + 1] != ' ' || n - name - 2 >= size) {
		return drp_fail(diag, DRP_E_INVITE,
			"line %d of the invite should begin with '%s: '; copy the whole "
			"file again",
			number, key[k]);
	}
	memcpy(value, line + name + 2, n - name - 2);
	value[n - name - 2] = 0;
	*text = line + n + strspn(line + n, "\r\n");
	return DRP_OK;
}

enum drp_err drp_invite_read(
	const char *text, struct drp_invite *invite, struct drp_diag *diag)
{
	struct drp_invite v = {0};
	struct drp_buf plain = {0}; /* as written, without a mailer's carriage returns */
	char value[512], check[17] = "";
	enum drp_err err = DRP_OK;
	for (int k = 0, number = 1; err == DRP_OK && k < KEYS; k++, number++) {
		if (k == NOTARY_KEY && strncmp(text, "school:", 7) == 0) {
			k = SCHOOL;
		}
		if (k == CHECK && !plain.failed) {
			checksum(plain.data, plain.len, check);
		}
		err = read_line(&text, k, number, value, sizeof value, diag);
		if (err == DRP_OK && k == CHECK && strcmp(value, check) != 0) {
			err = drp_fail(diag, DRP_E_INVITE,
				"the invite was changed or mistyped (its checksum "
				"differs); copy "
				"the whole file again");
		} else if (err == DRP_OK && k != CHECK && take(&v, k, value)) {
			err = drp_fail(diag, DRP_E_INVITE,
				"line %d of the invite ('%s') cannot be read; copy the "
				"whole file "
				"again",
				number, key[k]);
		}
		drp_buf_printf(&plain, "%s: %s\n", key[k], value);
	}
	if (err == DRP_OK) {
		*invite = v;
	}
	drp_wipe(&v, sizeof v);
	drp_wipe(value, sizeof value);
	drp_buf_wipe(&plain);
	return err;
}
