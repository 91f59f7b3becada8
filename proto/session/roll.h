/* SPDX-License-Identifier: Apache-2.0
 *
 * The roll of a sealed campaign: which school of the register each school number of the
 * manifest is. It goes from the hub to its notary and nowhere else: with it the notary
 * holds the manifest's units against a register of its own. Wire: PROTOCOL.md "Roll".
 */
#ifndef DRP_SESSION_ROLL_H
#define DRP_SESSION_ROLL_H

#include "proto/base/buf.h"

#include <drempel/err.h>
#include <drempel/limits.h>

#include <stddef.h>

/* id[i] is the register's id of school number i. */
typedef char drp_roll_id[DRP_CODE_MAX];

/* drp_roll_encode appends the canonical form. */
enum drp_err drp_roll_encode(
	const drp_roll_id *id, size_t n, struct drp_buf *out) DRP_MUST_CHECK;

/* drp_roll_decode fills id[0..n): DRP_E_MALFORMED for bytes that are not canonical,
 * another number of schools or an id that is no code; an id that stands twice too. */
enum drp_err drp_roll_decode(
	const void *bytes, size_t bytes_n, drp_roll_id *id, size_t n) DRP_MUST_CHECK;

#endif
