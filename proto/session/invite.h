/* SPDX-License-Identifier: Apache-2.0
 *
 * The invite file: a small text that a school gets from the hub's operator. It pins the
 * hub's keys and carries a one-time token; the school's own keys are made at the
 * school. Layout, one `key: value` a line, closed by a checksum against a file that was
 * cut or mistyped (the token itself is what protects):
 *   drempel-invite: 1 / hub / url / hub-key / hub-box / school / expires / token / check
 * The invite of a hub that is paired with a notary (sealed track) has two lines more,
 * behind hub-box: notary-key / notary-box. Both or none.
 */
#ifndef DRP_SESSION_INVITE_H
#define DRP_SESSION_INVITE_H

#include "proto/base/buf.h"

#include <drempel/err.h>
#include <drempel/limits.h>
#include <drempel/types.h>

struct drp_invite {
	char hub[DRP_NAME_MAX];
	char url[256];
	char school[DRP_CODE_MAX];
	struct drp_key hub_key;
	uint8_t hub_box[32];
	struct drp_key notary_key; /* all zero: the hub has no notary */
	uint8_t notary_box[32];
	int64_t expires_s;
	uint8_t token[32]; /* a secret until it is redeemed */
};

/* 1 when the invite names a notary. */
int drp_invite_has_notary(const struct drp_invite *invite);

void drp_invite_write(const struct drp_invite *invite, struct drp_buf *text);

/* drp_invite_read: DRP_E_INVITE with the line that is wrong. Expiry is not judged
 * here. */
enum drp_err drp_invite_read(const char *text, struct drp_invite *invite,
	struct drp_diag *diag) DRP_MUST_CHECK;

#endif
