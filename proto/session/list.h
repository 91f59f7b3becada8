/* SPDX-License-Identifier: Apache-2.0
 *
 * The list of reports that an aggregator has accepted in a campaign, signed and exchanged
 * at the close: what both lists hold is the working set. The notary's answers the hub's,
 * so that its signature covers both. Schools read both too, and look for their own
 * reports: hence a list holds names alone, which tell nobody else whose reports they are.
 * Ascending, no name twice. Wire: PROTOCOL.md "List". Threads: any.
 */
#ifndef DRP_SESSION_LIST_H
#define DRP_SESSION_LIST_H

#include "proto/base/buf.h"
#include "proto/crypto/crypto.h"
#include "proto/vdaf/prio3.h"

#include <drempel/err.h>
#include <drempel/types.h>

#define DRP_LIST_TAG "drempel list 1"

struct drp_list {
	struct drp_hash campaign;
	struct drp_hash answers; /* the notary's: the hub's list; the hub's: zero */
	size_t n;
	struct drp_hash *report; /* owned */
};

/* What a list is known by. */
struct drp_signed_list {
	struct drp_hash hash;
	uint8_t signature[64];
};

/* drp_list_sort puts the names in order. */
void drp_list_sort(struct drp_list *list);
/* drp_list_encode: DRP_E_RANGE unless sorted. */
enum drp_err drp_list_encode(
	const struct drp_list *list, struct drp_buf *out) DRP_MUST_CHECK;
/* drp_list_decode: canonical, sorted, of that campaign. Clear it whatever the outcome. */
enum drp_err drp_list_decode(const void *bytes, size_t n, const struct drp_hash *campaign,
	struct drp_list *list, struct drp_diag *diag) DRP_MUST_CHECK;
/* drp_list_verify: decode, and the bytes are those of the hash, signed by signer, and
 * answer that list (NULL: none). DRP_E_HASH, DRP_E_SIGNATURE, DRP_E_MALFORMED,
 * DRP_E_CONFLICT for another answer. Clear the list whatever the outcome. */
enum drp_err drp_list_verify(const struct drp_signed_list *of,
	const struct drp_key *signer, const struct drp_hash *campaign,
	const struct drp_hash *answers, struct drp_bytes bytes, struct drp_list *list,
	struct drp_diag *diag) DRP_MUST_CHECK;
void drp_list_clear(struct drp_list *list);

int drp_list_holds(const struct drp_list *list, const struct drp_hash *report);
/* drp_list_common: how many names both hold. */
size_t drp_list_common(const struct drp_list *a, const struct drp_list *b);

#endif
