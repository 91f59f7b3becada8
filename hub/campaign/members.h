/* SPDX-License-Identifier: Apache-2.0
 *
 * Which school of the register stands behind each school number of a manifest, kept at
 * the hub from the signing on. Numbers are drawn anew for every campaign and keys change
 * when a school enrols again; this alone tells that two of them are the same school, and
 * nothing but counts is made of it (hub/tables/history.h). Threads: one at a time.
 * Claim: PRIVACY.md "Several campaigns together".
 */
#ifndef DRP_HUB_MEMBERS_H
#define DRP_HUB_MEMBERS_H

#include "hub/home/hub.h"
#include "proto/session/roll.h"

/* drp_members_keep stores n entries; roll[i] is school number i. The caller's
 * transaction is the one that signs the campaign. */
enum drp_err drp_members_keep(struct drp_hub *hub, const char *campaign,
	const struct drp_roll_entry *roll, size_t n,
	struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_members_keep_roll takes them from the roll that was proposed to the notary. */
enum drp_err drp_members_keep_roll(struct drp_hub *hub,
	const struct drp_manifest *manifest, const struct drp_hash *roll,
	struct drp_diag *diag) DRP_MUST_CHECK;

#endif
