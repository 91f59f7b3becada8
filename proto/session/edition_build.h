/* SPDX-License-Identifier: Apache-2.0
 *
 * The opening on the open track: from stored contributions to an edition. Pure: the
 * same contributions give the same edition. Gates A, B and C run here on the working
 * set, before any sum is formed; what they close is published as suppressed.
 *
 * One subtlety on the open track: values come only from units at or above the
 * threshold, so the questionnaires behind a mean (its n) and all questionnaires of the
 * same cohort differ by the units below it. That difference is a count of its own and
 * passes the gates like any other, or n is left empty. An empty n does not enter the
 * mean or its error either, since a reader would solve for it: the middle of what the
 * printed numbers allow stands in for it, and se_dp grows by what that may be wrong.
 * Threads: any. Claim: PRIVACY.md "Gates".
 */
#ifndef DRP_SESSION_EDITION_BUILD_H
#define DRP_SESSION_EDITION_BUILD_H

#include "proto/model/contribution.h"
#include "proto/model/edition.h"
#include "proto/model/instrument.h"
#include "proto/model/manifest.h"

/* The working set; borrows everything. */
struct drp_gathered {
	const struct drp_manifest *manifest;
	const struct drp_instrument *instrument;
	/* [group * manifest->n_units + unit index]; NULL where nothing came */
	const struct drp_contribution *const *contribution;
};

/* drp_edition_build returns a new edition. DRP_E_TOO_FEW_SCHOOLS when the region itself
 * fails gate A: then nothing is opened at all (R30b). */
enum drp_err drp_edition_build(const struct drp_gathered *gathered, uint32_t number,
	int64_t now_s, struct drp_edition **edition,
	struct drp_diag *diag) DRP_MUST_CHECK;

#endif
