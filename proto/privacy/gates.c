/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/privacy/gates.h"

#include "proto/base/alloc.h"
#include "proto/model/codes.h"
#include "proto/privacy/audit.h"

enum drp_err drp_gate_facts(const struct drp_unit *units, size_t n, const uint8_t *member,
	enum drp_group group, const struct drp_cohort *cohort,
	struct drp_gate_facts *facts)
{
	for (size_t i = 0; i < n; i++) {
		if (units[i].school >= DRP_SCHOOLS_MAX ||
			units[i].board >= DRP_SCHOOLS_MAX) {
			return DRP_E_RANGE;
		}
	}
	struct drp_tally *tally = drp_alloc(1, sizeof *tally);
	if (!tally) {
		return DRP_E_NOMEM;
	}
	tally->group = group;
	for (size_t i = 0; i < n; i++) {
		if (member[i] && (!cohort || drp_cohort_holds(cohort, &units[i]))) {
			drp_tally_add(tally, &units[i]);
		}
	}
	*facts = tally->facts;
	drp_free(tally);
	return DRP_OK;
}

static int dominates(uint64_t largest, uint64_t whole, uint32_t max_percent)
{
	return largest * 100 > whole * max_percent;
}

enum drp_err drp_gate_a(
	const struct drp_gate_facts *facts, const struct drp_thresholds *thresholds)
{
	if (facts->schools < thresholds->k_schools ||
		facts->boards < thresholds->k_boards || facts->schools == 0 ||
		dominates(facts->largest_school, facts->eligible,
			thresholds->max_school_percent) ||
		dominates(facts->largest_board, facts->eligible,
			thresholds->max_board_percent)) {
		return DRP_E_TOO_FEW_SCHOOLS;
	}
	return DRP_OK;
}

/* What the steps of making one plan share. */
struct planning {
	const struct drp_manifest *manifest;
	struct drp_atoms *atoms;
	struct drp_plan *plan;
	/* Gate B knows questionnaires by cohort alone, however they were learnt: per
	 * unit, or opened for the cohorts and nothing else. */
	int has_n;
	uint64_t n[DRP_COHORTS_MAX]; /* parallel to plan, where it is open */
};

static int passes_a(const struct planning *p, const struct drp_cohort *cohort)
{
	struct drp_atom_set set;
	struct drp_gate_facts facts;
	drp_atoms_of(p->atoms, cohort, &set);
	drp_atoms_facts(p->atoms, &set, &facts);
	return drp_gate_a(&facts, &p->manifest->thresholds) == DRP_OK;
}

static int passes_b(const struct planning *p, size_t cohort)
{
	uint32_t k = p->manifest->thresholds.k_respondents[p->atoms->tally->group];
	return !p->has_n || p->n[cohort] >= k;
}

static uint64_t eligible_of(const struct planning *p, const struct drp_cohort *cohort)
{
	struct drp_atom_set set;
	struct drp_gate_facts facts;
	drp_atoms_of(p->atoms, cohort, &set);
	drp_atoms_facts(p->atoms, &set, &facts);
	return facts.eligible;
}

/* All cohorts of the families, over all units of the manifest: one in which nobody
 * took part is published as suppressed too. The region always belongs. */
static void list_cohorts(struct planning *p, unsigned families)
{
	struct drp_plan *plan = p->plan;
	for (unsigned f = 0; f < DRP_FAMILIES; f++) {
		struct drp_cohort cohort[DRP_COHORTS_MAX];
		if (f != DRP_FAMILY_REGION && !(families >> f & 1)) {
			continue;
		}
		size_t n = drp_cohorts_list((enum drp_family)f, p->manifest->unit,
			p->manifest->n_units, cohort, DRP_COHORTS_MAX - plan->n);
		for (size_t i = 0; i < n; i++) {
			plan->cohort[plan->n++] = (struct drp_planned){cohort[i], 1};
		}
	}
}

/* The cohorts of an earlier plan, with what it closed and with their numbers, which may
 * be NULL. */
static void take_cohorts(struct planning *p, unsigned families,
	const struct drp_plan *within, const uint64_t *n)
{
	for (size_t i = 0; i < within->n; i++) {
		unsigned family = within->cohort[i].cohort.family;
		if (family == DRP_FAMILY_REGION || (families >> family & 1)) {
			p->n[p->plan->n] = n ? n[i] : 0;
			p->plan->cohort[p->plan->n++] = within->cohort[i];
		}
	}
	p->has_n = n != NULL;
}

/* The numbers of the plan's cohorts, from those of the units. */
static void count_questionnaires(struct planning *p)
{
	for (size_t i = 0; i < p->plan->n; i++) {
		struct drp_atom_set set;
		drp_atoms_of(p->atoms, &p->plan->cohort[i].cohort, &set);
		p->n[i] = drp_atoms_sheets(p->atoms, &set);
	}
	p->has_n = 1;
}

/* The mask of the dimension whose codes a family's fold rules use: the cells of
 * province_level are folded by level, inside their province. */
static uint16_t fold_mask(const struct drp_cohort *cohort)
{
	switch (cohort->family) {
	case DRP_FAMILY_PROVINCE:
		return cohort->provinces;
	case DRP_FAMILY_LEVEL:
	case DRP_FAMILY_PROVINCE_LEVEL:
		return cohort->levels;
	case DRP_FAMILY_NETWORK:
		return cohort->networks;
	default:
		return 0;
	}
}

static int has_code(const struct drp_cohort *cohort, uint8_t code)
{
	return code < 16 && (fold_mask(cohort) >> code & 1);
}

static int can_fold(
	const struct drp_cohort *part, const struct drp_cohort *into, uint8_t code)
{
	return part != into && part->family == into->family && has_code(into, code) &&
	       (part->family != DRP_FAMILY_PROVINCE_LEVEL ||
		       part->provinces == into->provinces);
}

static void remove_cohort(struct drp_plan *plan, size_t at)
{
	plan->n--;
	for (size_t i = at; i < plan->n; i++) {
		plan->cohort[i] = plan->cohort[i + 1];
	}
}

/* Folds the cohorts that hold rule->from and fail gate A into the one with rule->into.
 * A part without such a neighbour stays and is left out later. */
static void fold(struct planning *p, const struct drp_fold *rule)
{
	struct drp_plan *plan = p->plan;
	for (size_t i = 0; i < plan->n;) {
		struct drp_cohort part = plan->cohort[i].cohort;
		size_t into = 0;
		if (part.family != rule->family || !has_code(&part, rule->from) ||
			passes_a(p, &part)) {
			i++;
			continue;
		}
		while (into < plan->n &&
			!can_fold(&plan->cohort[i].cohort, &plan->cohort[into].cohort,
				rule->into)) {
			into++;
		}
		if (into == plan->n) {
			i++;
			continue;
		}
		plan->cohort[into].cohort.provinces |= part.provinces;
		plan->cohort[into].cohort.levels |= part.levels;
		plan->cohort[into].cohort.networks |= part.networks;
		remove_cohort(plan, i);
	}
}

/* Gates A and B per cohort. A region that fails closes everything. */
static enum drp_err close_failing(struct planning *p)
{
	enum drp_err err = DRP_OK;
	struct drp_plan *plan = p->plan;
	for (size_t i = 0; i < plan->n; i++) {
		struct drp_planned *planned = &plan->cohort[i];
		int a = passes_a(p, &planned->cohort);
		planned->open = planned->open && a && passes_b(p, i);
		if (planned->cohort.family == DRP_FAMILY_REGION && !planned->open) {
			err = a && p->has_n ? DRP_E_TOO_FEW_SHEETS
					    : DRP_E_TOO_FEW_SCHOOLS;
		}
	}
	for (size_t i = 0; err && i < plan->n; i++) {
		plan->cohort[i].open = 0;
	}
	return err;
}

/* Which of the cohorts behind a leak to close: of the last family in the order region,
 * province, level, network, province_level; there the one with fewest eligible, then
 * the first by code. The region is never closed. Returns plan->n when there is none. */
static size_t most_removable(const struct planning *p, const struct drp_leak *leak)
{
	const struct drp_plan *plan = p->plan;
	size_t best = plan->n;
	uint64_t fewest = 0;
	for (size_t i = 0; i < plan->n; i++) {
		const struct drp_cohort *cohort = &plan->cohort[i].cohort;
		if (!leak->part[i] || cohort->family == DRP_FAMILY_REGION) {
			continue;
		}
		uint64_t eligible = eligible_of(p, cohort);
		if (best == plan->n ||
			cohort->family > plan->cohort[best].cohort.family ||
			(cohort->family == plan->cohort[best].cohort.family &&
				eligible < fewest)) {
			best = i;
			fewest = eligible;
		}
	}
	return best;
}

/* Closes cohorts until audit C holds: at most one a round, down to the region alone,
 * from which nothing can be computed that is not the region. */
static enum drp_err settle(struct planning *p)
{
	for (;;) {
		struct drp_leak leak;
		enum drp_err err = drp_audit_find(p->atoms, &p->manifest->thresholds,
			p->plan, p->has_n ? p->n : NULL, &leak);
		if (err || !leak.found) {
			return err;
		}
		size_t closed = most_removable(p, &leak);
		if (closed == p->plan->n) {
			return DRP_E_INTERNAL;
		}
		p->plan->cohort[closed].open = 0;
	}
}

static enum drp_err begin(const struct drp_manifest *manifest, enum drp_group group,
	const uint8_t *member, const uint32_t *questionnaires, struct planning *p)
{
	struct drp_plan *draft = drp_alloc(1, sizeof *draft);
	*p = (struct planning){.manifest = manifest, .plan = draft};
	return draft ? drp_atoms_make(manifest, group, member, questionnaires, &p->atoms)
		     : DRP_E_NOMEM;
}

/* Runs the gates over the plan's cohorts, unless something failed already, and hands the
 * result out. */
static enum drp_err finish(struct planning *p, enum drp_err err, struct drp_plan *plan)
{
	err = err ? err : close_failing(p);
	err = err ? err : settle(p);
	if (!err || err == DRP_E_TOO_FEW_SCHOOLS || err == DRP_E_TOO_FEW_SHEETS) {
		*plan = *p->plan;
	}
	drp_atoms_free(p->atoms);
	drp_free(p->plan);
	return err;
}

enum drp_err drp_plan_make(const struct drp_manifest *manifest, enum drp_group group,
	const uint8_t *member, const uint32_t *questionnaires, unsigned families,
	struct drp_plan *plan)
{
	struct planning p;
	enum drp_err err = begin(manifest, group, member, questionnaires, &p);
	if (!err) {
		list_cohorts(&p, families);
		for (size_t i = 0; i < manifest->n_folds; i++) {
			fold(&p, &manifest->fold[i]);
		}
	}
	if (!err && questionnaires) {
		count_questionnaires(&p);
	}
	return finish(&p, err, plan);
}

enum drp_err drp_plan_narrow(const struct drp_manifest *manifest, enum drp_group group,
	const uint8_t *member, const uint32_t *questionnaires, unsigned families,
	const struct drp_plan *within, struct drp_plan *plan)
{
	if (within->n > DRP_COHORTS_MAX) {
		return DRP_E_RANGE;
	}
	struct planning p;
	enum drp_err err = begin(manifest, group, member, questionnaires, &p);
	if (!err) {
		take_cohorts(&p, families, within, NULL);
	}
	if (!err && questionnaires) {
		count_questionnaires(&p);
	}
	return finish(&p, err, plan);
}

enum drp_err drp_plan_narrow_numbers(const struct drp_manifest *manifest,
	enum drp_group group, const uint8_t *member, unsigned families,
	const struct drp_plan *within, const uint64_t *n, struct drp_plan *plan)
{
	if (within->n > DRP_COHORTS_MAX) {
		return DRP_E_RANGE;
	}
	struct planning p;
	enum drp_err err = begin(manifest, group, member, NULL, &p);
	if (!err) {
		take_cohorts(&p, families, within, n);
	}
	return finish(&p, err, plan);
}

/* The cohort behind a leak to close: as always, or else the region too. */
static size_t part_to_close(const struct planning *p, const struct drp_leak *leak)
{
	size_t closed = most_removable(p, leak);
	for (size_t i = 0; closed == p->plan->n && i < p->plan->n; i++) {
		if (leak->part[i]) {
			return i;
		}
	}
	return closed;
}

enum drp_err drp_plan_part(const struct drp_manifest *manifest, enum drp_group group,
	const uint8_t *kind, const uint32_t *questionnaires, const struct drp_plan *whole,
	struct drp_plan *part)
{
	struct planning p = {.manifest = manifest, .plan = part};
	struct drp_leak leak;
	enum drp_err err =
		drp_atoms_make(manifest, group, kind, questionnaires, &p.atoms);
	if (err) {
		return err;
	}
	do {
		err = drp_audit_part(p.atoms, &manifest->thresholds, whole, part, &leak);
		if (!err && leak.found) {
			part->cohort[part_to_close(&p, &leak)].open = 0;
		}
	} while (!err && leak.found);
	drp_atoms_free(p.atoms);
	return err;
}

enum drp_err drp_audit_c(const struct drp_manifest *manifest, enum drp_group group,
	const uint8_t *member, const struct drp_plan *plan, struct drp_diag *diag)
{
	struct drp_atoms *atoms = NULL;
	struct drp_leak leak = {0};
	enum drp_err err = drp_atoms_make(manifest, group, member, NULL, &atoms);
	if (!err) {
		err = drp_audit_find(atoms, &manifest->thresholds, plan, NULL, &leak);
	}
	drp_atoms_free(atoms);
	if (err) {
		return drp_fail(diag, err, "group %s: the audit could not be done: %s",
			drp_group_code((int)group), drp_err_text(err));
	}
	if (leak.found) {
		return drp_fail(diag, DRP_E_DIFFERENCING,
			"group %s: %s could be computed from the open cohorts; suppress "
			"one "
			"more of them",
			drp_group_code((int)group), leak.what);
	}
	return DRP_OK;
}

const struct drp_planned *drp_plan_find(
	const struct drp_plan *plan, const struct drp_cohort *cohort)
{
	for (size_t i = 0; i < plan->n; i++) {
		if (drp_cohort_equal(&plan->cohort[i].cohort, cohort)) {
			return &plan->cohort[i];
		}
	}
	return NULL;
}

int drp_plan_opens(const struct drp_plan *plan, const struct drp_cohort *cohort)
{
	const struct drp_planned *planned = drp_plan_find(plan, cohort);
	if (!planned && cohort->family == DRP_FAMILY_LEVEL &&
		cohort->levels == DRP_CLASS_34) {
		struct drp_cohort three = *cohort, four = *cohort;
		three.levels = 1u << 3;
		four.levels = 1u << 4;
		return drp_plan_opens(plan, &three) && drp_plan_opens(plan, &four);
	}
	return planned && planned->open;
}
