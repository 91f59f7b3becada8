/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/privacy/audit.h"

#include "proto/base/alloc.h"
#include "proto/privacy/rowspace.h"

#include <stdio.h>
#include <string.h>

struct audit {
	struct drp_atoms *atoms;
	const struct drp_thresholds *thresholds;
	uint32_t k_sheets;
	const uint64_t
		*n; /* questionnaires of each cohort of the plan; NULL: not known */
	const struct drp_plan *plan;
	const struct drp_plan *part; /* NULL, or numbers of the atoms of kind 1 alone */
	struct drp_atom_set set[DRP_COHORTS_MAX]; /* of each cohort of the plan */
	struct drp_rowspace *space;
	size_t row_of[2 * DRP_COHORTS_MAX]; /* row i of the space is this cohort */
	size_t n_rows;
	size_t first_named; /* the rows before it are given and never named */
	struct drp_leak *leak;
};

static int is_empty(const struct drp_atom_set *set)
{
	return memchr(set->has, 1, sizeof set->has) == NULL;
}

static int is_inside(const struct drp_atom_set *inner, const struct drp_atom_set *outer)
{
	for (size_t a = 0; a < DRP_ATOM_SLOTS_MAX; a++) {
		if (inner->has[a] && !outer->has[a]) {
			return 0;
		}
	}
	return 1;
}

static int passes(
	const struct audit *audit, const struct drp_atom_set *set, uint64_t sheets)
{
	struct drp_gate_facts facts;
	drp_atoms_facts(audit->atoms, set, &facts);
	return drp_gate_a(&facts, audit->thresholds) == DRP_OK &&
	       sheets >= audit->k_sheets;
}

static int fails_a(const struct audit *audit, const size_t *atoms, size_t n)
{
	struct drp_atom_set set = {0};
	struct drp_gate_facts facts;
	for (size_t i = 0; i < n; i++) {
		set.has[atoms[i]] = 1;
	}
	drp_atoms_facts(audit->atoms, &set, &facts);
	return drp_gate_a(&facts, audit->thresholds) != DRP_OK;
}

static void tell(struct drp_leak *leak, const char *kind, const struct drp_cohort *cohort)
{
	char p[DRP_COHORT_CODE], l[DRP_COHORT_CODE], n[DRP_COHORT_CODE];
	leak->found = 1;
	snprintf(leak->what, sizeof leak->what, "%s province %s, level %s, network %s",
		kind, drp_cohort_province(cohort, p), drp_cohort_level(cohort, l),
		drp_cohort_network(cohort, n));
}

static void tell_atom(
	struct drp_leak *leak, const char *kind, const struct drp_unit *label)
{
	struct drp_cohort cohort = {.provinces = (uint16_t)(1u << label->province),
		.levels = (uint16_t)(1u << label->level),
		.networks = (uint16_t)(1u << label->network)};
	tell(leak, kind, &cohort);
}

/* Marks the cohorts behind the rows that a combination names; 0 when there are none. */
static int name_rows(struct audit *audit, const uint8_t *rows)
{
	int any = 0;
	for (size_t i = audit->first_named; i < audit->n_rows; i++) {
		audit->leak->part[audit->row_of[i]] = rows[i];
		any |= rows[i];
	}
	return any;
}

/* What is left of an open cohort after the open cohorts of a family inside it. They are
 * disjoint, so their numbers subtract as a reader would; numbers that do not add up, as
 * nobody honest opens them, leave nothing. */
static void check_remainder(struct audit *audit, size_t whole, unsigned family)
{
	const struct drp_plan *plan = audit->plan;
	struct drp_atom_set rest = audit->set[whole];
	uint8_t part[DRP_COHORTS_MAX] = {0};
	uint64_t left = audit->n ? audit->n[whole] : 0;
	int looked_at = family != plan->cohort[whole].cohort.family;
	part[whole] = 1;
	for (size_t i = 0; i < plan->n; i++) {
		if (i == whole || !plan->cohort[i].open ||
			plan->cohort[i].cohort.family != family ||
			!is_inside(&audit->set[i], &audit->set[whole])) {
			continue;
		}
		for (size_t a = 0; a < DRP_ATOM_SLOTS_MAX; a++) {
			rest.has[a] &= !audit->set[i].has[a];
		}
		left -= audit->n && audit->n[i] < left ? audit->n[i] : left;
		part[i] = 1;
		looked_at = 0;
	}
	/* The whole itself is looked at once, with its own family. */
	if (!looked_at && !is_empty(&rest) && !passes(audit, &rest, left)) {
		memcpy(audit->leak->part, part, sizeof part);
		tell(audit->leak, "the remainder of", &plan->cohort[whole].cohort);
	}
}

static void check_remainders(struct audit *audit)
{
	for (size_t i = 0; i < audit->plan->n; i++) {
		if (!audit->plan->cohort[i].open) {
			continue;
		}
		for (unsigned f = 0; f < DRP_FAMILIES && !audit->leak->found; f++) {
			check_remainder(audit, i, f);
		}
	}
}

/* The atoms of a set that are of that kind; kind 0 means both. */
static void keep_kind(
	const struct drp_atoms *atoms, uint8_t kind, struct drp_atom_set *set)
{
	for (size_t a = 0; kind && a < atoms->n; a++) {
		set->has[a] &= atoms->kind[a] == kind;
	}
}

/* Rows of the open cohorts of a plan, over the atoms of that kind. */
static enum drp_err add_rows(
	struct audit *audit, const struct drp_plan *plan, uint8_t kind)
{
	for (size_t i = 0; i < plan->n; i++) {
		if (!plan->cohort[i].open) {
			continue;
		}
		struct drp_atom_set set;
		int64_t row[DRP_ATOM_SLOTS_MAX];
		drp_atoms_of(audit->atoms, &plan->cohort[i].cohort, &set);
		keep_kind(audit->atoms, kind, &set);
		for (size_t a = 0; a < audit->atoms->n; a++) {
			row[a] = set.has[a];
		}
		enum drp_err err = drp_rowspace_add(audit->space, row);
		if (err) {
			return err;
		}
		audit->row_of[audit->n_rows++] = i;
	}
	return DRP_OK;
}

/* A cohort without members has nothing to compute. One with all members of an open
 * region is the region. */
static int is_protected(const struct audit *audit, size_t cohort)
{
	const struct drp_planned *first = &audit->plan->cohort[0];
	if (audit->plan->cohort[cohort].open || is_empty(&audit->set[cohort])) {
		return 0;
	}
	return !(first->open && first->cohort.family == DRP_FAMILY_REGION &&
		 is_inside(&audit->set[0], &audit->set[cohort]));
}

/* Can the sum over a set be computed? */
static enum drp_err check_set(struct audit *audit, const char *kind,
	const struct drp_atom_set *set, const struct drp_cohort *cohort)
{
	uint8_t rows[2 * DRP_COHORTS_MAX];
	int64_t vector[DRP_ATOM_SLOTS_MAX];
	for (size_t a = 0; a < audit->atoms->n; a++) {
		vector[a] = set->has[a];
	}
	int found;
	enum drp_err err = drp_rowspace_holds(audit->space, vector, &found, rows);
	if (!err && found && name_rows(audit, rows)) {
		tell(audit->leak, kind, cohort);
	}
	return err;
}

static enum drp_err check_suppressed(struct audit *audit)
{
	enum drp_err err = DRP_OK;
	for (size_t i = 0; i < audit->plan->n && !err && !audit->leak->found; i++) {
		if (is_protected(audit, i)) {
			err = check_set(audit, "suppressed", &audit->set[i],
				&audit->plan->cohort[i].cohort);
		}
	}
	return err;
}

/* Where a cohort's part has no number, neither the part nor the rest may be computed
 * when it fails a gate by itself. */
static enum drp_err check_withheld(struct audit *audit)
{
	enum drp_err err = DRP_OK;
	for (size_t i = 0; i < audit->plan->n; i++) {
		const struct drp_cohort *cohort = &audit->plan->cohort[i].cohort;
		const struct drp_planned *part = drp_plan_find(audit->part, cohort);
		for (uint8_t kind = 1; kind <= DRP_ATOM_KINDS; kind++) {
			struct drp_atom_set set = audit->set[i];
			keep_kind(audit->atoms, kind, &set);
			if (err || audit->leak->found || (part && part->open) ||
				is_empty(&set) ||
				passes(audit, &set,
					drp_atoms_sheets(audit->atoms, &set))) {
				continue;
			}
			err = check_set(audit, "a part of", &set, cohort);
		}
	}
	return err;
}

/* One protected set of atoms, if it fails gate A. The row space is asked first, since
 * it says no almost always and is the cheaper question. */
static enum drp_err check_atoms(
	struct audit *audit, const char *kind, const size_t *atoms, size_t n)
{
	uint8_t rows[2 * DRP_COHORTS_MAX];
	int found;
	enum drp_err err = drp_rowspace_within(audit->space, atoms, n, &found, rows);
	if (err) {
		return err;
	}
	if (found && fails_a(audit, atoms, n) && name_rows(audit, rows)) {
		tell_atom(audit->leak, kind, &audit->atoms->label[atoms[0]]);
	}
	return DRP_OK;
}

static enum drp_err check_pairs(struct audit *audit)
{
	for (size_t a = 0; a < audit->atoms->n; a++) {
		for (size_t b = a; b < audit->atoms->n && !audit->leak->found; b++) {
			size_t pair[2] = {a, b};
			enum drp_err err =
				a == b ? check_atoms(audit, "atom", pair, 1)
				       : check_atoms(audit, "a pair with", pair, 2);
			if (err) {
				return err;
			}
		}
	}
	return DRP_OK;
}

/* The school (or board) that owns all units of an atom, or -1. */
static int64_t only_owner(const struct drp_atoms *atoms, size_t atom, int of_board)
{
	int64_t owner = -1;
	for (size_t i = atoms->start[atom]; i < atoms->start[atom + 1]; i++) {
		const struct drp_unit *unit = atoms->unit[i];
		int64_t here = of_board ? unit->board : unit->school;
		if (owner >= 0 && owner != here) {
			return -1;
		}
		owner = here;
	}
	return owner;
}

/* A school of several levels, or a board, may be spread over atoms that it has alone. */
static enum drp_err check_owners(struct audit *audit, int of_board)
{
	int64_t owner[DRP_ATOM_SLOTS_MAX];
	size_t n = audit->atoms->n;
	for (size_t a = 0; a < n; a++) {
		owner[a] = only_owner(audit->atoms, a, of_board);
	}
	for (size_t first = 0; first < n && !audit->leak->found; first++) {
		size_t own[DRP_ATOM_SLOTS_MAX], n_own = 0;
		for (size_t a = first; owner[first] >= 0 && a < n; a++) {
			if (owner[a] == owner[first]) {
				own[n_own++] = a;
			}
		}
		enum drp_err err = DRP_OK;
		if (n_own > 2) { /* atoms and pairs have been looked at */
			err = check_atoms(audit, of_board ? "a board in" : "a school in",
				own, n_own);
		}
		if (err) {
			return err;
		}
	}
	return DRP_OK;
}

/* Each kind of number has been through check_remainders with its own plan. */
static enum drp_err find_part(struct audit *audit)
{
	enum drp_err err = add_rows(audit, audit->plan, 0);
	audit->first_named = audit->n_rows;
	err = err ? err : add_rows(audit, audit->part, 1);
	return err ? err : check_withheld(audit);
}

static enum drp_err find_plan(struct audit *audit)
{
	check_remainders(audit);
	if (audit->leak->found) {
		return DRP_OK;
	}
	enum drp_err err = add_rows(audit, audit->plan, 0);
	return err ? err : check_suppressed(audit);
}

static enum drp_err find(struct audit *audit)
{
	enum drp_err err = audit->part ? find_part(audit) : find_plan(audit);
	if (!err && !audit->leak->found) {
		err = check_pairs(audit);
	}
	for (int of_board = 0; of_board < 2 && !err && !audit->leak->found; of_board++) {
		err = check_owners(audit, of_board);
	}
	return err;
}

static enum drp_err run(const struct audit *given)
{
	const struct drp_plan *plan = given->plan, *part = given->part;
	if (plan->n > DRP_COHORTS_MAX || (part && part->n > DRP_COHORTS_MAX)) {
		return DRP_E_RANGE;
	}
	struct audit *audit = drp_alloc(1, sizeof *audit);
	if (!audit) {
		return DRP_E_NOMEM;
	}
	*audit = *given;
	*audit->leak = (struct drp_leak){0};
	for (size_t i = 0; i < plan->n; i++) {
		drp_atoms_of(audit->atoms, &plan->cohort[i].cohort, &audit->set[i]);
	}
	enum drp_err err = drp_rowspace_new(
		audit->atoms->n, plan->n + (part ? part->n : 0), &audit->space);
	if (!err) {
		err = find(audit);
	}
	drp_rowspace_free(audit->space);
	drp_free(audit);
	return err;
}

enum drp_err drp_audit_find(struct drp_atoms *atoms,
	const struct drp_thresholds *thresholds, const struct drp_plan *plan,
	const uint64_t *n, struct drp_leak *leak)
{
	struct audit audit = {.atoms = atoms,
		.thresholds = thresholds,
		.k_sheets = n ? thresholds->k_respondents[atoms->tally->group] : 0,
		.n = n,
		.plan = plan,
		.leak = leak};
	return run(&audit);
}

enum drp_err drp_audit_part(struct drp_atoms *atoms,
	const struct drp_thresholds *thresholds, const struct drp_plan *plan,
	const struct drp_plan *part, struct drp_leak *leak)
{
	struct audit audit = {.atoms = atoms,
		.thresholds = thresholds,
		.k_sheets = thresholds->k_respondents[atoms->tally->group],
		.plan = plan,
		.part = part,
		.leak = leak};
	return run(&audit);
}
