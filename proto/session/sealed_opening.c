/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/session/sealed_opening.h"

#include "proto/base/alloc.h"
#include "proto/model/codes.h"

#include <string.h>

#define ALL_FAMILIES ((1u << DRP_FAMILIES) - 1)

/* A group that fails its gates has everything closed; anything else stops the opening. */
static enum drp_err settle(struct drp_diag *diag, int group, enum drp_err err)
{
	if (err == DRP_OK || err == DRP_E_TOO_FEW_SCHOOLS ||
		err == DRP_E_TOO_FEW_SHEETS) {
		return DRP_OK;
	}
	return drp_fail(diag, err, "the gates cannot decide about group %s: %s",
		drp_group_code(group), drp_err_text(err));
}

enum drp_err drp_sealed_agreed(struct drp_sealed_opening *opening, struct drp_diag *diag)
{
	const struct drp_manifest *m = opening->manifest;
	uint8_t *eligible = drp_alloc(m->n_units, 1);
	if (!eligible) {
		return drp_fail(diag, DRP_E_NOMEM, "no memory for the plan");
	}
	enum drp_err err = DRP_OK;
	for (int g = 0; err == DRP_OK && g < DRP_GROUPS; g++) {
		for (uint32_t u = 0; u < m->n_units; u++) {
			eligible[u] = m->unit[u].eligible[g] > 0;
		}
		err = settle(diag, g,
			drp_plan_make(m, (enum drp_group)g, eligible, NULL, ALL_FAMILIES,
				&opening->group[g].agreed));
	}
	drp_free(eligible);
	return err;
}

static const uint8_t *came_of(const struct drp_sealed_opening *opening, int group)
{
	return opening->came + (size_t)group * opening->manifest->n_units;
}

/* Passes when the region of at least one group does: a group without schools is an
 * ordinary thing, a campaign without is not. */
static enum drp_err gate_region(
	const struct drp_sealed_opening *opening, struct drp_diag *diag)
{
	const struct drp_manifest *m = opening->manifest;
	for (int g = 0; g < DRP_GROUPS; g++) {
		struct drp_gate_facts facts;
		enum drp_err err = drp_gate_facts(m->unit, m->n_units,
			came_of(opening, g), (enum drp_group)g, NULL, &facts);
		err = err ? err : drp_gate_a(&facts, &m->thresholds);
		if (err != DRP_E_TOO_FEW_SCHOOLS) {
			return settle(diag, g, err);
		}
	}
	return drp_fail(diag, DRP_E_TOO_FEW_SCHOOLS,
		"the whole region has too few schools or boards, or one dominates "
		"(at least %u schools of %u boards); nothing was opened",
		m->thresholds.k_schools, m->thresholds.k_boards);
}

enum drp_err drp_sealed_numbers(struct drp_sealed_opening *opening, struct drp_diag *diag)
{
	enum drp_err err = gate_region(opening, diag);
	for (int g = 0; err == DRP_OK && g < DRP_GROUPS; g++) {
		struct drp_sealed_group *group = &opening->group[g];
		err = settle(diag, g,
			drp_plan_narrow(opening->manifest, (enum drp_group)g,
				came_of(opening, g), NULL, ALL_FAMILIES, &group->agreed,
				&group->numbers));
	}
	return err;
}

/* The families of which the manifest releases values of the group. */
static unsigned value_families(const struct drp_manifest *manifest, int group)
{
	unsigned families = 0;
	for (size_t i = 0; i < manifest->n_releases; i++) {
		const struct drp_release *r = &manifest->release[i];
		if (r->group == group && r->map != DRP_MAP_COUNTS) {
			families |= 1u << r->family;
		}
	}
	return families;
}

/* A plan with all cohorts of another, open where the narrower one has them open. */
static void spread(const struct drp_plan *narrow, struct drp_plan *plan)
{
	for (size_t i = 0; i < plan->n; i++) {
		const struct drp_planned *kept =
			drp_plan_find(narrow, &plan->cohort[i].cohort);
		plan->cohort[i].open = kept && kept->open;
	}
}

enum drp_err drp_sealed_values(struct drp_sealed_opening *opening, struct drp_diag *diag)
{
	enum drp_err err = DRP_OK;
	for (int g = 0; err == DRP_OK && g < DRP_GROUPS; g++) {
		struct drp_sealed_group *group = &opening->group[g];
		unsigned families = value_families(opening->manifest, g);
		struct drp_plan plan = {0};
		group->values = group->agreed;
		spread(&plan, &group->values);
		/* Cohorts without values are no rows of the audit, nor to be protected
		 * from it: a cell may well be the sum of what is open. */
		err = settle(diag, g,
			drp_plan_narrow_numbers(opening->manifest, (enum drp_group)g,
				came_of(opening, g), families, &group->numbers, group->n,
				&plan));
		if (err == DRP_OK && families) {
			spread(&plan, &group->values);
		}
	}
	return err;
}
