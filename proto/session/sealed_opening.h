/* SPDX-License-Identifier: Apache-2.0
 *
 * The opening of a sealed campaign, as far as both aggregators compute it alike from
 * public facts: which reports count, which cohorts' numbers may be opened, and once those
 * are known, which values. Neither side takes the other's word for it. Pure.
 * Claim: PRIVACY.md "Gates".
 */
#ifndef DRP_SESSION_SEALED_OPENING_H
#define DRP_SESSION_SEALED_OPENING_H

#include "proto/model/edition.h"
#include "proto/model/instrument.h"
#include "proto/model/manifest.h"
#include "proto/privacy/gates.h"

/* One group. Each plan lies within the one before; cohorts of all three are in the order
 * of `agreed`, whose cohorts all of them have. */
struct drp_sealed_group {
	struct drp_plan agreed;	 /* of the signed manifest */
	struct drp_plan numbers; /* whose N may be opened: gates A and C on who came */
	struct drp_plan values;	 /* whose values may be: B on the numbers, and C again */
	uint64_t n[DRP_COHORTS_MAX]; /* N, where `numbers` is open */
};

struct drp_sealed_opening {
	const struct drp_manifest *manifest;	 /* borrowed */
	const struct drp_instrument *instrument; /* borrowed */
	const uint8_t *came; /* borrowed: [group * manifest->n_units + unit index] */
	struct drp_sealed_group group[DRP_GROUPS];
	/* Borrowed: [index of the manifest's release]: drp_release_values integers of
	 * each cohort of its family that is open in `values`, in the plan's order; NULL
	 * where the release opens nothing. */
	const int64_t *const *opened;
};

/* drp_sealed_agreed computes what a signed manifest allows: also at signing, for the
 * noise (then came is NULL). A group whose region fails has no open cohort. */
enum drp_err drp_sealed_agreed(
	struct drp_sealed_opening *opening, struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_sealed_numbers, after agreed: DRP_E_TOO_FEW_SCHOOLS when the region fails gate A in
 * every group; then nothing may be opened. */
enum drp_err drp_sealed_numbers(
	struct drp_sealed_opening *opening, struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_sealed_values, after the numbers are in group[].n. */
enum drp_err drp_sealed_values(
	struct drp_sealed_opening *opening, struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_edition_build_sealed, after everything is opened: a new edition, the same for the
 * same opening. */
enum drp_err drp_edition_build_sealed(const struct drp_sealed_opening *opening,
	uint32_t number, int64_t now_s, struct drp_edition **edition,
	struct drp_diag *diag) DRP_MUST_CHECK;

#endif
