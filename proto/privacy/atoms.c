/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/privacy/atoms.h"

#include "proto/base/alloc.h"

#include <string.h>

static void count_in(
	uint64_t *sum, uint64_t eligible, uint32_t *number, uint64_t *largest)
{
	*number += *sum == 0;
	*sum += eligible;
	if (*sum > *largest) {
		*largest = *sum;
	}
}

void drp_tally_add(struct drp_tally *tally, const struct drp_unit *unit)
{
	struct drp_gate_facts *facts = &tally->facts;
	uint64_t eligible = unit->eligible[tally->group];
	if (eligible == 0) {
		return;
	}
	facts->eligible += eligible;
	count_in(&tally->school[unit->school], eligible, &facts->schools,
		&facts->largest_school);
	count_in(&tally->board[unit->board], eligible, &facts->boards,
		&facts->largest_board);
}

static int unit_in_range(const struct drp_unit *unit)
{
	return unit->province >= 1 && unit->province <= DRP_PROVINCES &&
	       unit->level >= 1 && unit->level <= DRP_LEVELS && unit->network >= 1 &&
	       unit->network <= DRP_NETWORKS && unit->school < DRP_SCHOOLS_MAX &&
	       unit->board < DRP_SCHOOLS_MAX;
}

/* The place of a unit's labels and kind among all possible ones, in label order. */
static size_t slot_of(const struct drp_unit *unit, uint8_t kind)
{
	size_t slot = unit->province - 1u;
	slot = slot * DRP_LEVELS + unit->level - 1u;
	slot = slot * DRP_NETWORKS + unit->network - 1u;
	return slot * DRP_ATOM_KINDS + kind - 1u;
}

/* Numbers the slots that have members: atom_of[slot] and the atoms' start and label. */
static enum drp_err number_atoms(struct drp_atoms *atoms,
	const struct drp_manifest *manifest, const uint8_t *member,
	size_t atom_of[DRP_ATOM_SLOTS_MAX])
{
	size_t count[DRP_ATOM_SLOTS_MAX] = {0};
	struct drp_unit label[DRP_ATOM_SLOTS_MAX];
	for (size_t i = 0; i < manifest->n_units; i++) {
		const struct drp_unit *unit = &manifest->unit[i];
		if (!unit_in_range(unit) || member[i] > DRP_ATOM_KINDS) {
			return DRP_E_RANGE;
		}
		if (!member[i]) {
			continue;
		}
		size_t slot = slot_of(unit, member[i]);
		count[slot]++;
		label[slot] = (struct drp_unit){.province = unit->province,
			.level = unit->level,
			.network = unit->network};
	}
	for (size_t slot = 0; slot < DRP_ATOM_SLOTS_MAX; slot++) {
		if (count[slot]) {
			size_t a = atoms->n++;
			atom_of[slot] = a;
			atoms->label[a] = label[slot];
			atoms->kind[a] = (uint8_t)(slot % DRP_ATOM_KINDS + 1);
			atoms->start[a + 1] = atoms->start[a] + count[slot];
		}
	}
	return DRP_OK;
}

enum drp_err drp_atoms_make(const struct drp_manifest *manifest, enum drp_group group,
	const uint8_t *member, const uint32_t *questionnaires, struct drp_atoms **atoms)
{
	size_t atom_of[DRP_ATOM_SLOTS_MAX], filled[DRP_ATOM_SLOTS_MAX] = {0};
	struct drp_atoms *made = drp_alloc(1, sizeof *made);
	if (!made) {
		return DRP_E_NOMEM;
	}
	enum drp_err err = number_atoms(made, manifest, member, atom_of);
	if (err) {
		drp_atoms_free(made);
		return err;
	}
	made->unit = drp_alloc(made->start[made->n], sizeof(struct drp_unit *));
	made->tally = drp_alloc(1, sizeof *made->tally);
	if (!made->unit || !made->tally) {
		drp_atoms_free(made);
		return DRP_E_NOMEM;
	}
	made->tally->group = group;
	for (size_t i = 0; i < manifest->n_units; i++) {
		if (member[i]) {
			size_t a = atom_of[slot_of(&manifest->unit[i], member[i])];
			made->unit[made->start[a] + filled[a]++] = &manifest->unit[i];
			made->sheets[a] += questionnaires ? questionnaires[i] : 0;
		}
	}
	*atoms = made;
	return DRP_OK;
}

void drp_atoms_free(struct drp_atoms *atoms)
{
	if (atoms) {
		drp_free(atoms->unit);
		drp_free(atoms->tally);
		drp_free(atoms);
	}
}

void drp_atoms_of(const struct drp_atoms *atoms, const struct drp_cohort *cohort,
	struct drp_atom_set *set)
{
	memset(set, 0, sizeof *set);
	for (size_t a = 0; a < atoms->n; a++) {
		set->has[a] = (uint8_t)drp_cohort_holds(cohort, &atoms->label[a]);
	}
}

void drp_atoms_facts(struct drp_atoms *atoms, const struct drp_atom_set *set,
	struct drp_gate_facts *facts)
{
	struct drp_tally *tally = atoms->tally;
	for (size_t a = 0; a < atoms->n; a++) {
		for (size_t i = atoms->start[a]; set->has[a] && i < atoms->start[a + 1];
			i++) {
			drp_tally_add(tally, atoms->unit[i]);
		}
	}
	*facts = tally->facts;
	/* Undone unit by unit: a set is often much smaller than the tally. */
	tally->facts = (struct drp_gate_facts){0};
	for (size_t a = 0; a < atoms->n; a++) {
		for (size_t i = atoms->start[a]; set->has[a] && i < atoms->start[a + 1];
			i++) {
			tally->school[atoms->unit[i]->school] = 0;
			tally->board[atoms->unit[i]->board] = 0;
		}
	}
}

uint64_t drp_atoms_sheets(const struct drp_atoms *atoms, const struct drp_atom_set *set)
{
	uint64_t sheets = 0;
	for (size_t a = 0; a < atoms->n; a++) {
		sheets += set->has[a] ? atoms->sheets[a] : 0;
	}
	return sheets;
}
