/* SPDX-License-Identifier: Apache-2.0
 *
 * Audit C: can a reader of the opened cohorts compute something small? Cohorts are rows
 * over the atoms. The rules, of which each must hold:
 *   remainders  an open cohort, and what is left of it when the open cohorts of one
 *               family that lie inside it are subtracted, passes gate A (and B where
 *               questionnaires are known); what is left of the region is the union of
 *               the family's suppressed cohorts;
 *   suppressed  no suppressed cohort is a combination of open ones (R28);
 *   atoms       no non-zero vector supported on an atom that fails gate A, on a pair of
 *               atoms that fail it together, or on the atoms that hold one school or one
 *               board alone, lies in the row space.
 * Read strictly: an atom that passes may not be computed either when it fails together
 * with some other atom.
 * The parliamentary class 34 is derived only where levels 3 and 4 are both open: a sum
 * of two rows, it adds nothing to the row space. It passes gate A when both parts do.
 * Larger sets of atoms are not searched (that is finding the lightest word of a code);
 * remainders catch those that a reader finds by plain subtraction.
 *
 * Two kinds of numbers of one cohort may be printed: of all its units, and of a part of
 * them (on the open track the units with values). A reader combines both. So numbers of
 * parts are looked at together with all others: with their help, no vector of the kinds
 * named under "atoms" may follow, units of the part and others being told apart; nor the
 * part or the rest of a cohort whose part has no number, when it fails gate A or B.
 */
#ifndef DRP_PRIVACY_AUDIT_H
#define DRP_PRIVACY_AUDIT_H

#include "proto/privacy/atoms.h"

/* The first thing found, in a fixed order. part[i] != 0 marks the open cohorts of the
 * plan that it takes to compute it. */
struct drp_leak {
	int found;
	uint8_t part[DRP_COHORTS_MAX];
	char what[3 * DRP_COHORT_CODE + 64]; /* for a person */
};

/* drp_audit_find looks at the plan's open cohorts. n are the questionnaires of each
 * cohort of the plan, where it is open; with them remainders have to pass gate B too.
 * NULL: not known. DRP_OK also when a leak is found. */
enum drp_err drp_audit_find(struct drp_atoms *atoms,
	const struct drp_thresholds *thresholds, const struct drp_plan *plan,
	const uint64_t *n, struct drp_leak *leak) DRP_MUST_CHECK;

/* drp_audit_part takes atoms of two kinds, with questionnaires, kind 1 being the part.
 * The open cohorts of plan have numbers of all units, those of part numbers of the part;
 * leak->part marks cohorts of `part`. */
enum drp_err drp_audit_part(struct drp_atoms *atoms,
	const struct drp_thresholds *thresholds, const struct drp_plan *plan,
	const struct drp_plan *part, struct drp_leak *leak) DRP_MUST_CHECK;

#endif
