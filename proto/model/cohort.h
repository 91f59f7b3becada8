/* SPDX-License-Identifier: Apache-2.0
 *
 * Cohorts: sets of units with equal labels. A family partitions all units; the region
 * family has one cohort. Labels lie within their enums, as a decoded manifest's do.
 */
#ifndef DRP_MODEL_COHORT_H
#define DRP_MODEL_COHORT_H

#include <drempel/limits.h>
#include <drempel/types.h>

#include <stddef.h>

/* Levels 3 and 4 together: the parliamentary class. It is no cohort of a plan unless a
 * campaign folds them, and is derived where both are open. */
#define DRP_CLASS_34 ((uint16_t)(1u << 3 | 1u << 4))

int drp_cohort_holds(const struct drp_cohort *cohort, const struct drp_unit *unit);

/* drp_cohorts_list writes the cohorts of a family that hold at least one of the
 * units, ascending by province, level, network; returns their number, at most max. */
size_t drp_cohorts_list(enum drp_family family, const struct drp_unit *units,
	size_t n_units, struct drp_cohort *cohorts, size_t max);

int drp_cohort_equal(const struct drp_cohort *a, const struct drp_cohort *b);

#define DRP_COHORT_CODE 48
/* The three dimension texts of an observation row: "BE21", "2", "KOV", "_T" for all,
 * parts of a folded cohort joined by '+'. */
const char *drp_cohort_province(
	const struct drp_cohort *cohort, char code[DRP_COHORT_CODE]);
const char *drp_cohort_level(const struct drp_cohort *cohort, char code[DRP_COHORT_CODE]);
const char *drp_cohort_network(
	const struct drp_cohort *cohort, char code[DRP_COHORT_CODE]);

#endif
