/* SPDX-License-Identifier: Apache-2.0
 *
 * The working set of an opening: which units' contributions count, what the gates let
 * be opened of them, and sums over cohorts. The rows of an edition are made from it
 * (edition_build.c). Threads: one at a time. Claim: PRIVACY.md "Gates".
 */
#ifndef DRP_SESSION_WORKING_SET_H
#define DRP_SESSION_WORKING_SET_H

#include "proto/estimate/estimate.h"
#include "proto/privacy/gates.h"
#include "proto/session/edition_build.h"

/* Everything about one group that the rows are made of. */
struct drp_group_work {
	enum drp_group group;
	uint8_t *eligible;	  /* per unit: somebody could answer */
	uint8_t *came;		  /* ... a contribution came */
	uint8_t *valued;	  /* ... and it carries values */
	uint8_t *below;		  /* ... and it carries none */
	uint32_t *questionnaires; /* per unit */
	/* Each lies within the one before it: rules only ever remove. */
	struct drp_plan agreed;	 /* what the signed manifest allows */
	struct drp_plan numbers; /* opened numbers of questionnaires */
	struct drp_plan values;	 /* opened sums */
	struct drp_plan behind;	 /* opened numbers of the units with values */
	unsigned value_families;
	uint32_t sigma2;
	size_t n_core;
	uint16_t core[DRP_ITEMS_MAX];
	int has_rates;
	struct drp_rates rates;
	double rates_doubt; /* of the n that they were made with */
};

struct drp_working_set {
	const struct drp_gathered *in;
	const struct drp_manifest *manifest;
	uint8_t *took_part; /* per unit */
	uint8_t *seen;	    /* per school: scratch */
	struct drp_group_work group[DRP_GROUPS];
	struct drp_diag *diag;
};

/* drp_working_set_init takes the contributions in and runs gates A, B and C.
 * DRP_E_TOO_FEW_SCHOOLS when the region itself fails: then nothing may be opened.
 * Clear it whatever the outcome. */
enum drp_err drp_working_set_init(struct drp_working_set *set,
	const struct drp_gathered *in, struct drp_diag *diag) DRP_MUST_CHECK;
void drp_working_set_clear(struct drp_working_set *set);

struct drp_totals {
	uint64_t eligible, invited, questionnaires;
	uint32_t units, schools;
};

/* drp_working_totals: of the member units in the cohort; eligible is over all registered
 * units. */
struct drp_totals drp_working_totals(const struct drp_working_set *set,
	const struct drp_group_work *work, const uint8_t *member,
	const struct drp_cohort *cohort);

/* The number of questionnaires behind a cohort's values, as means and errors use it.
 * Where the exact one is withheld it must not enter them, since a reader would solve for
 * it: then n is the middle of what the printed numbers and the threshold allow, and
 * doubt the relative variance of a number anywhere between. */
struct drp_behind {
	int exact;
	double n, doubt;
};
struct drp_behind drp_working_behind(const struct drp_working_set *set,
	const struct drp_group_work *work, const struct drp_cohort *cohort);

/* drp_working_sums adds up the cohort's noisy values: 2 per core item. */
void drp_working_sums(const struct drp_working_set *set,
	const struct drp_group_work *work, const struct drp_cohort *cohort,
	int64_t *sums);

#endif
