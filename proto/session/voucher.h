/* SPDX-License-Identifier: Apache-2.0
 *
 * A voucher: a secret that a notary's operator gives to a school by other means than the
 * hub, so that neither has to take the hub's word for the other's key. The school's node
 * sends a proof that binds its key to the code; whoever does not know the code can make
 * none, for this key or another. The text's checksum is over the notary's keys and the
 * school's id too: a node that was told of another notary does not accept it.
 * Wire: PROTOCOL.md "Voucher".
 */
#ifndef DRP_SESSION_VOUCHER_H
#define DRP_SESSION_VOUCHER_H

#include <drempel/err.h>
#include <drempel/types.h>

#define DRP_VOUCHER_BYTES 16
#define DRP_PROOF_BYTES	  32
#define DRP_VOUCHER_TEXT  40 /* eight groups of four, and a NUL */

/* Whom a voucher is between. */
struct drp_voucher_place {
	struct drp_key notary;
	uint8_t notary_box[32];
	const char *school; /* its id in the register */
};

/* drp_voucher_write makes the text of a code: a secret like the code. */
void drp_voucher_write(const uint8_t code[DRP_VOUCHER_BYTES],
	const struct drp_voucher_place *place, char text[DRP_VOUCHER_TEXT]);

/* drp_voucher_read: DRP_E_INPUT for what is no voucher, and for one whose checksum is not
 * of this place. Letters of either case, hyphens and blanks anywhere, and 0, 1 and 8 for
 * O, I and B are accepted. */
enum drp_err drp_voucher_read(const char *text, const struct drp_voucher_place *place,
	uint8_t code[DRP_VOUCHER_BYTES], struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_voucher_proof: what a school with that key and this code sends. */
void drp_voucher_proof(const uint8_t code[DRP_VOUCHER_BYTES],
	const struct drp_key *school, uint8_t proof[DRP_PROOF_BYTES]);

/* drp_school_fingerprint: of a school's key, to be compared by telephone; as a card's. */
void drp_school_fingerprint(const struct drp_key *school, char text[DRP_VOUCHER_TEXT]);

/* drp_proof_given: 0 for the zeros of a school that has no voucher. */
int drp_proof_given(const uint8_t proof[DRP_PROOF_BYTES]);

#endif
