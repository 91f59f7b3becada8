/* SPDX-License-Identifier: Apache-2.0
 *
 * A card: the small text by which the operators of a hub and a notary introduce their
 * programs to each other, by other means than the wire. Laid out like an invite, one
 * `key: value` a line, closed by a checksum:
 *   drempel-card: 1 / role / name / url / key / box / check
 * A card holds nothing secret, but who changes it on its way becomes the other side:
 * `drempel-hub card` also prints a fingerprint for the telephone.
 * Wire: PROTOCOL.md "Card".
 */
#ifndef DRP_SESSION_CARD_H
#define DRP_SESSION_CARD_H

#include "proto/base/buf.h"

#include <drempel/err.h>
#include <drempel/limits.h>
#include <drempel/types.h>

struct drp_card {
	char role[DRP_CODE_MAX]; /* hub, notary */
	char name[DRP_NAME_MAX];
	char url[256];
	struct drp_key key;
	uint8_t box[32];
};

void drp_card_write(const struct drp_card *card, struct drp_buf *text);

/* drp_card_read: DRP_E_INPUT with the line that is wrong. */
enum drp_err drp_card_read(
	const char *text, struct drp_card *card, struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_card_fingerprint: eight groups of four hexadecimal digits over key and box. */
#define DRP_FINGERPRINT_TEXT 40
void drp_card_fingerprint(const struct drp_card *card, char text[DRP_FINGERPRINT_TEXT]);

#endif
