/* SPDX-License-Identifier: Apache-2.0
 *
 * A campaign's draft: the YAML file an operator writes, read and checked, and the
 * manifest that follows from it and the register.
 */
#ifndef DRP_HUB_DRAFT_H
#define DRP_HUB_DRAFT_H

#include "hub/home/hub.h"

/* What the file says; paths are relative to it. */
struct drp_draft {
	char id[DRP_NAME_MAX], title[DRP_NAME_MAX], region[DRP_CODE_MAX];
	char instrument[DRP_PATH_MAX], frame[DRP_PATH_MAX]; /* frame may be empty */
	char replaces[DRP_NAME_MAX]; /* a campaign whose notary was lost; may be empty */
	uint8_t track, sample;
	int32_t period_from, period_to, deadline;
	struct drp_thresholds thresholds;
	struct drp_rational rho[DRP_GROUPS];
	uint16_t n_folds;
	struct drp_fold fold[DRP_FOLDS_MAX];
};

/* drp_draft_read: DRP_E_INPUT with file and line. */
enum drp_err drp_draft_read(const void *text, size_t n, const char *path,
	struct drp_draft *draft, struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_draft_manifest makes the manifest of the whole register: random unit ids, schools
 * and boards renumbered at random, releases with their noise. Keys of hub and notary,
 * the verification commitment and what it replaces are left to the caller. number may be
 * NULL; else number[i] becomes the number of schools[i] in the manifest. */
enum drp_err drp_draft_manifest(const struct drp_draft *draft,
	const struct drp_instrument *instrument, const struct drp_school *schools,
	size_t n, const struct drp_rng *rng, struct drp_manifest **manifest,
	uint32_t *number, struct drp_diag *diag) DRP_MUST_CHECK;

#endif
