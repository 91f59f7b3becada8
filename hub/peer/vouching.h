/* SPDX-License-Identifier: Apache-2.0
 *
 * What a notary knows of schools' keys by its own vouchers (session/voucher.h), and what
 * it has the hub's word for.
 */
#ifndef DRP_HUB_VOUCHING_H
#define DRP_HUB_VOUCHING_H

#include "hub/home/hub.h"
#include "proto/session/voucher.h"

/* drp_vouching_make gives the voucher that waits for a school, or makes one.
 * DRP_E_STATE when its key is pinned already, DRP_E_REVOKED for a revoked school. The
 * text is a secret. */
enum drp_err drp_vouching_make(struct drp_hub *hub, const struct drp_school *school,
	char text[DRP_VOUCHER_TEXT], struct drp_diag *diag) DRP_MUST_CHECK;

/* Of the keys in a signed manifest: how many a voucher of this notary vouched for, and
 * how many it took at first sight. */
struct drp_vouching_count {
	uint32_t vouched, first_sight;
};
enum drp_err drp_vouching_of(struct drp_hub *hub, const char *campaign,
	const struct drp_manifest *m, struct drp_vouching_count *count,
	struct drp_diag *diag) DRP_MUST_CHECK;

#endif
