/* SPDX-License-Identifier: Apache-2.0
 *
 * Gates A and B, the row-space audit C and the plan. Decisions use public values only:
 * who contributed, boards, eligible counts; and the opened numbers of questionnaires.
 * Rules only ever remove. Exact integers; an overflow refuses. Threads: any.
 * Claim: PRIVACY.md "Gates". Source of the audit: rank test over the rationals, in the
 * manner of table auditing in statistical disclosure control.
 */
#ifndef DRP_PRIVACY_GATES_H
#define DRP_PRIVACY_GATES_H

#include "proto/model/cohort.h"
#include "proto/model/manifest.h"

#include <drempel/err.h>
#include <drempel/limits.h>
#include <drempel/types.h>

/* The facts gate A looks at, of a set of units and one group. Schools and boards count
 * when somebody in the set is eligible there: others could not hide anybody. */
struct drp_gate_facts {
	uint32_t schools, boards;
	uint64_t eligible;	 /* of the whole set */
	uint64_t largest_school; /* largest eligible sum of one school */
	uint64_t largest_board;
};

/* member[i] != 0 marks the units that count. cohort NULL means all of them. */
enum drp_err drp_gate_facts(const struct drp_unit *units, size_t n, const uint8_t *member,
	enum drp_group group, const struct drp_cohort *cohort,
	struct drp_gate_facts *facts) DRP_MUST_CHECK;

/* drp_gate_a: DRP_OK or DRP_E_TOO_FEW_SCHOOLS; so is a set in which nobody is
 * eligible. */
enum drp_err drp_gate_a(const struct drp_gate_facts *facts,
	const struct drp_thresholds *thresholds) DRP_MUST_CHECK;

/* One cohort of the plan, for one group and one product (numbers or values). */
struct drp_planned {
	struct drp_cohort cohort; /* joined when parts were folded into it */
	uint8_t open;		  /* 0: suppressed; why is never published */
};

struct drp_plan {
	size_t n;
	struct drp_planned cohort[DRP_COHORTS_MAX]; /* all families, region first */
};

/* drp_plan_make computes what may be opened of one group for the member units over the
 * families of the mask (bit f; the region always belongs): gate A per cohort (fold or
 * leave out), then audit C with complements left out until it holds. questionnaires (per
 * unit, may be NULL) adds gate B with k_respondents. A region that fails is
 * DRP_E_TOO_FEW_SCHOOLS (A) or DRP_E_TOO_FEW_SHEETS (B), with all cohorts of the plan
 * closed. A fold rule of province_level names levels and folds inside a province.
 * The result depends on the set of units, not on their order. */
enum drp_err drp_plan_make(const struct drp_manifest *manifest, enum drp_group group,
	const uint8_t *member, const uint32_t *questionnaires, unsigned families,
	struct drp_plan *plan) DRP_MUST_CHECK;

/* drp_plan_narrow runs the same gates on fewer members or families within an earlier
 * plan of the campaign: its cohorts stand as they are folded there, and what it closed
 * stays closed. So rules only ever remove: the signed plan narrows to the numbers of
 * the working set, and those to the values. */
enum drp_err drp_plan_narrow(const struct drp_manifest *manifest, enum drp_group group,
	const uint8_t *member, const uint32_t *questionnaires, unsigned families,
	const struct drp_plan *within, struct drp_plan *plan) DRP_MUST_CHECK;

/* drp_plan_narrow_numbers is drp_plan_narrow where questionnaires are known for open
 * cohorts alone: n is parallel to within->cohort and read where it is open. It closes
 * what drp_plan_narrow would if it were told each unit's; numbers that do not add up
 * close more. */
enum drp_err drp_plan_narrow_numbers(const struct drp_manifest *manifest,
	enum drp_group group, const uint8_t *member, unsigned families,
	const struct drp_plan *within, const uint64_t *n,
	struct drp_plan *plan) DRP_MUST_CHECK;

/* drp_plan_part closes cohorts of `part`, a plan of numbers of some of the members, until
 * nothing small follows from them together with the numbers that `whole` opens of all
 * members: audit C over both (audit.h). kind[i] is 0 for no member, 1 for one of the
 * part, 2 for another. A cohort all of whose members are of the part adds nothing to its
 * whole number and stays. */
enum drp_err drp_plan_part(const struct drp_manifest *manifest, enum drp_group group,
	const uint8_t *kind, const uint32_t *questionnaires, const struct drp_plan *whole,
	struct drp_plan *part) DRP_MUST_CHECK;

/* drp_audit_c re-checks a finished plan: DRP_OK or DRP_E_DIFFERENCING, and diag names
 * what could be computed. The rules are in audit.h. The class 34 needs no row: it is
 * derived only where levels 3 and 4 are both open. */
enum drp_err drp_audit_c(const struct drp_manifest *manifest, enum drp_group group,
	const uint8_t *member, const struct drp_plan *plan,
	struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_plan_find: the planned cohort equal to the given one, NULL when absent. */
const struct drp_planned *drp_plan_find(
	const struct drp_plan *plan, const struct drp_cohort *cohort);

/* drp_plan_opens tells whether a cohort is open in a plan; the class 34 is where 3 and 4
 * both are. */
int drp_plan_opens(const struct drp_plan *plan, const struct drp_cohort *cohort);

#endif
