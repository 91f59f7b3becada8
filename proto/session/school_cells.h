/* SPDX-License-Identifier: Apache-2.0
 *
 * Numbers of schools, and which of those of a two-way family may be shown. Those of
 * one-way families always are, so the cells of one level add up to a published number: a
 * cell below the threshold is suppressed, and with it so many others of its level that no
 * suppressed cell follows by subtraction (R28). Pure. Threads: any. Claim: PRIVACY.md
 * "Gates".
 */
#ifndef DRP_SESSION_SCHOOL_CELLS_H
#define DRP_SESSION_SCHOOL_CELLS_H

#include "proto/model/manifest.h"

#include <drempel/types.h>

#include <stddef.h>
#include <stdint.h>

/* drp_schools_count counts distinct schools of the cohort among the member units (one
 * flag per unit); member NULL: all of the manifest. seen is scratch, one byte a school.
 */
uint32_t drp_schools_count(const struct drp_manifest *manifest, const uint8_t *member,
	const struct drp_cohort *cohort, uint8_t *seen);

/* drp_school_cells sets shown[i] for each cohort: 1 from k schools on, unless it has to
 * hide another. Within each set of cohorts of equal levels either all are shown, or at
 * least two are suppressed that together have k schools, or all are suppressed. */
void drp_school_cells(const struct drp_cohort *cohorts, const uint32_t *schools, size_t n,
	uint32_t k, uint8_t *shown);

#endif
