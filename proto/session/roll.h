/* SPDX-License-Identifier: Apache-2.0
 *
 * The roll of a sealed campaign: which school of the register each school number of the
 * manifest is, and the proof by which its key is vouched for. It goes from the hub to its
 * notary and nowhere else: with it the notary holds the manifest's units against a
 * register of its own, and keys against its own vouchers. Wire: PROTOCOL.md "Roll".
 */
#ifndef DRP_SESSION_ROLL_H
#define DRP_SESSION_ROLL_H

#include "proto/base/buf.h"
#include "proto/session/voucher.h"

#include <drempel/err.h>
#include <drempel/limits.h>

#include <stddef.h>

/* One for each school number. */
struct drp_roll_entry {
	char id[DRP_CODE_MAX];		/* in the register */
	uint8_t proof[DRP_PROOF_BYTES]; /* zeros: the school sent none */
};

/* drp_roll_encode appends the canonical form. */
enum drp_err drp_roll_encode(
	const struct drp_roll_entry *roll, size_t n, struct drp_buf *out) DRP_MUST_CHECK;

/* drp_roll_decode fills roll[0..n): DRP_E_MALFORMED for bytes that are not canonical,
 * another number of schools or an id that is no code; an id that stands twice too. */
enum drp_err drp_roll_decode(const void *bytes, size_t bytes_n,
	struct drp_roll_entry *roll, size_t n) DRP_MUST_CHECK;

#endif
