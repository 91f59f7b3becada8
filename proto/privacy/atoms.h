/* SPDX-License-Identifier: Apache-2.0
 *
 * Atoms: the member units grouped by equal (province, level, network). No cohort can
 * tell the units of one atom apart, so the audit reasons about atoms only, at most
 * DRP_ATOMS_MAX of them however many units there are. Where the published numbers tell
 * two kinds of units apart (those whose contribution carries values and the others),
 * units of different kinds are in different atoms. Atoms are in label order, so that
 * nothing depends on the order of the units. Threads: one at a time (facts use scratch).
 */
#ifndef DRP_PRIVACY_ATOMS_H
#define DRP_PRIVACY_ATOMS_H

#include "proto/privacy/gates.h"

/* Adds units up to the facts of gate A. A school or board nobody of which is eligible
 * for the group is not counted: it could not hide anybody. */
struct drp_tally {
	enum drp_group group;
	struct drp_gate_facts facts;
	uint64_t school[DRP_SCHOOLS_MAX];
	uint64_t board[DRP_SCHOOLS_MAX];
};

void drp_tally_add(struct drp_tally *tally, const struct drp_unit *unit);

#define DRP_ATOM_KINDS	   2
#define DRP_ATOM_SLOTS_MAX (DRP_ATOM_KINDS * DRP_ATOMS_MAX)

/* A set of atoms: set[a] != 0 when atom a is inside. */
struct drp_atom_set {
	uint8_t has[DRP_ATOM_SLOTS_MAX];
};

struct drp_atoms {
	size_t n;
	struct drp_unit label[DRP_ATOM_SLOTS_MAX]; /* province, level and network only */
	uint8_t kind[DRP_ATOM_SLOTS_MAX];	   /* as member says */
	uint64_t sheets[DRP_ATOM_SLOTS_MAX];	   /* questionnaires; 0 when not given */
	size_t start[DRP_ATOM_SLOTS_MAX + 1]; /* a holds unit[start[a]..start[a + 1]) */
	const struct drp_unit **unit;	      /* borrowed from the manifest */
	struct drp_tally *tally;
};

/* drp_atoms_make groups the members: member[i] is 0 for none, or the unit's kind, 1 or
 * 2. questionnaires (per unit) may be NULL. The manifest
 * must outlive the result. DRP_E_RANGE when a unit's labels or numbers are not a
 * manifest's. */
enum drp_err drp_atoms_make(const struct drp_manifest *manifest, enum drp_group group,
	const uint8_t *member, const uint32_t *questionnaires,
	struct drp_atoms **atoms) DRP_MUST_CHECK;
void drp_atoms_free(struct drp_atoms *atoms);

void drp_atoms_of(const struct drp_atoms *atoms, const struct drp_cohort *cohort,
	struct drp_atom_set *set);
void drp_atoms_facts(struct drp_atoms *atoms, const struct drp_atom_set *set,
	struct drp_gate_facts *facts);
uint64_t drp_atoms_sheets(const struct drp_atoms *atoms, const struct drp_atom_set *set);

#endif
