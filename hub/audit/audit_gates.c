/* SPDX-License-Identifier: Apache-2.0
 *
 * The gates, from what was published rather than from how it was made: which cohorts
 * have numbers or values, held against the plan of the manifest, gate A and audit C.
 * Who took part is known from the receipts, also after the freeze; which contributions
 * carried values only before it.
 */
#include "hub/audit/audit_checks.h"
#include "hub/tables/observations.h"
#include "proto/base/alloc.h"
#include "proto/model/codes.h"

#include <string.h>

#define CLASS_34 ((uint16_t)(1u << 3 | 1u << 4))

struct gates {
	struct drp_evidence *e;
	int group;
	const uint8_t *member;
	struct drp_plan agreed; /* of the manifest alone */
	struct drp_plan shown;	/* its cohorts, open where something was published */
};

/* The plan's cohort of a row; NULL for the class 34 and for what is in no plan. */
static struct drp_planned *cohort_of(
	struct drp_plan *plan, const struct drp_observation *o)
{
	char code[DRP_COHORT_CODE];
	for (size_t i = 0; i < plan->n; i++) {
		const struct drp_cohort *c = &plan->cohort[i].cohort;
		if (c->family == o->family &&
			strcmp(drp_cohort_province(c, code), o->province) == 0 &&
			strcmp(drp_cohort_level(c, code), o->level) == 0 &&
			strcmp(drp_cohort_network(c, code), o->network) == 0) {
			return &plan->cohort[i];
		}
	}
	return NULL;
}

static int both_parts_open(const struct drp_plan *plan)
{
	const struct drp_cohort three = {.family = DRP_FAMILY_LEVEL, .levels = 1u << 3};
	const struct drp_cohort four = {.family = DRP_FAMILY_LEVEL, .levels = 1u << 4};
	const struct drp_planned *a = drp_plan_find(plan, &three);
	const struct drp_planned *b = drp_plan_find(plan, &four);
	return a && b && a->open && b->open;
}

/* Opens in `shown` the cohorts of the group's rows that have a value. */
static int mark_rows(struct gates *g, int is_mean)
{
	const struct drp_edition *edition = g->e->edition;
	int class_34 = 0;
	for (size_t i = 0; i < edition->n_observations; i++) {
		const struct drp_observation *o = &edition->observation[i];
		int mean = strcmp(o->measure, "mean") == 0 ||
			   strncmp(o->measure, "share", 5) == 0;
		if (o->group != g->group || !o->value[0] || mean != is_mean) {
			continue;
		}
		struct drp_planned *planned = cohort_of(&g->shown, o);
		if (planned) {
			planned->open = 1;
		} else if (o->family == DRP_FAMILY_LEVEL && !strcmp(o->level, "34")) {
			class_34 = 1;
		} else {
			return drp_audit_say(g->e, 0,
				"row %zu is of a cohort that the manifest does not have",
				i + 1);
		}
	}
	return !class_34 || both_parts_open(&g->shown)
		       ? 1
		       : drp_audit_say(g->e, 0,
				 "group %s: level 34 is shown without levels 3 and 4",
				 drp_group_code(g->group));
}

static int is_allowed(struct gates *g, const struct drp_planned *planned)
{
	const struct drp_planned *agreed = drp_plan_find(&g->agreed, &planned->cohort);
	struct drp_gate_facts facts;
	const struct drp_manifest *m = g->e->manifest;
	const struct drp_cohort *c = &planned->cohort;
	char p[DRP_COHORT_CODE], l[DRP_COHORT_CODE], n[DRP_COHORT_CODE];
	enum drp_err err = DRP_OK;
	if (g->member) {
		err = drp_gate_facts(m->unit, m->n_units, g->member,
			(enum drp_group)g->group, c, &facts);
		err = err ? err : drp_gate_a(&facts, &m->thresholds);
	}
	return agreed && agreed->open && err == DRP_OK
		       ? 1
		       : drp_audit_say(g->e, 0,
				 "group %s: province %s, level %s, network %s %s",
				 drp_group_code(g->group), drp_cohort_province(c, p),
				 drp_cohort_level(c, l), drp_cohort_network(c, n),
				 err ? "fails gate A"
				     : "is not in the plan of the manifest");
}

static int check_shown(struct gates *g)
{
	struct drp_diag diag = {0};
	for (size_t i = 0; i < g->shown.n; i++) {
		if (g->shown.cohort[i].open && !is_allowed(g, &g->shown.cohort[i])) {
			return 0;
		}
	}
	enum drp_err err = g->member
				   ? drp_audit_c(g->e->manifest, (enum drp_group)g->group,
					     g->member, &g->shown, &diag)
				   : DRP_OK;
	return err ? drp_audit_say(g->e, 0, "%s", diag.text) : 1;
}

/* The plan as every node can compute it: all that are eligible. A group whose region
 * fails has an agreed plan with nothing open. */
static enum drp_err agree(struct gates *g)
{
	const struct drp_manifest *m = g->e->manifest;
	uint8_t *eligible = drp_alloc(m->n_units, 1);
	if (!eligible) {
		return DRP_E_NOMEM;
	}
	for (uint32_t u = 0; u < m->n_units; u++) {
		eligible[u] = m->unit[u].eligible[g->group] > 0;
	}
	enum drp_err err = drp_plan_make(m, (enum drp_group)g->group, eligible, NULL,
		(1u << DRP_FAMILIES) - 1, &g->agreed);
	drp_free(eligible);
	g->shown = g->agreed;
	for (size_t i = 0; i < g->shown.n; i++) {
		g->shown.cohort[i].open = 0;
	}
	return err == DRP_E_TOO_FEW_SCHOOLS ? DRP_OK : err;
}

static int check_groups(
	struct drp_evidence *e, int is_mean, int (*check)(struct gates *g, int is_mean))
{
	struct gates *g = drp_alloc(1, sizeof *g);
	int ok = g != NULL;
	for (int group = 0; ok && group < DRP_GROUPS; group++) {
		*g = (struct gates){.e = e, .group = group};
		enum drp_err err = agree(g);
		ok = err ? drp_audit_say(e, 0, "the plan of group %s: %s",
				   drp_group_code(group), drp_err_text(err))
			 : check(g, is_mean);
	}
	drp_free(g);
	return ok;
}

static int check_numbers(struct gates *g, int is_mean)
{
	g->member = g->e->came + (size_t)g->group * g->e->manifest->n_units;
	return mark_rows(g, is_mean) && check_shown(g);
}

int drp_audit_gates_numbers(struct drp_evidence *e)
{
	return check_groups(e, 0, check_numbers)
		       ? drp_audit_say(e, 1,
				 "every cohort shown is in the manifest's plan, passes "
				 "gate A, and audit C finds nothing")
		       : 0;
}

/* ---- values ---- */

static uint8_t *list_valued(const struct gates *g)
{
	const struct drp_evidence *e = g->e;
	uint32_t n = e->manifest->n_units;
	uint8_t *valued = drp_alloc(n, 1);
	for (uint32_t u = 0; valued && u < n; u++) {
		const struct drp_contribution *c =
			e->gathering.table[(size_t)g->group * n + u];
		valued[u] = c && c->n_values > 0;
	}
	return valued;
}

static const struct drp_release *release_of(
	const struct drp_manifest *m, const struct drp_opened *o)
{
	const struct drp_release *r = drp_manifest_release(m, (enum drp_group)o->group,
		o->cohort.family, (enum drp_release_items)o->items);
	return r && r->map == o->map && r->map != DRP_MAP_COUNTS ? r : NULL;
}

/* The archived sums are of the same cohorts as the rows, and of releases that the
 * manifest has. */
static int opened_match(struct gates *g)
{
	const struct drp_edition *edition = g->e->edition;
	uint8_t archived[DRP_COHORTS_MAX] = {0};
	for (size_t i = 0; i < edition->n_opened; i++) {
		const struct drp_opened *o = &edition->opened[i];
		const struct drp_planned *planned = drp_plan_find(&g->shown, &o->cohort);
		if (o->group != g->group || (o->cohort.levels == CLASS_34 && !planned)) {
			continue;
		}
		if (!planned || !planned->open || !release_of(g->e->manifest, o)) {
			return drp_audit_say(g->e, 0,
				"group %s: a sum is archived that no row shows",
				drp_group_code(g->group));
		}
		archived[planned - g->shown.cohort] = 1;
	}
	for (size_t i = 0; i < g->shown.n; i++) {
		if (g->shown.cohort[i].open && !archived[i]) {
			return drp_audit_say(g->e, 0,
				"group %s: rows are shown of a cohort whose sums are not "
				"archived",
				drp_group_code(g->group));
		}
	}
	return 1;
}

static int has_values(const struct gates *g, enum drp_family family)
{
	const struct drp_release *r = drp_manifest_release(
		g->e->manifest, (enum drp_group)g->group, family, DRP_RELEASE_CORE);
	return r && r->map != DRP_MAP_COUNTS;
}

/* A family without values hides nothing from those that have them: a cell of it may well
 * be a sum of what is open, as a province of one level is. */
static void keep_valued(struct gates *g)
{
	size_t kept = 0;
	for (size_t i = 0; i < g->shown.n; i++) {
		if (has_values(g, g->shown.cohort[i].cohort.family)) {
			g->shown.cohort[kept++] = g->shown.cohort[i];
		}
	}
	g->shown.n = kept;
}

static int check_values(struct gates *g, int is_mean)
{
	uint8_t *valued = NULL;
	if (drp_audit_is_sealed(g->e)) { /* whoever came has values */
		g->member = g->e->came + (size_t)g->group * g->e->manifest->n_units;
	} else if (g->e->gathered) {
		valued = list_valued(g);
		if (!valued) {
			return drp_audit_say(g->e, 0, "no memory for the audit");
		}
		g->member = valued;
	}
	keep_valued(g);
	int ok = mark_rows(g, is_mean) && check_shown(g) && opened_match(g);
	drp_free(valued);
	return ok;
}

int drp_audit_gates_values(struct drp_evidence *e)
{
	return check_groups(e, 1, check_values)
		       ? drp_audit_say(e, 1, "%s",
				 e->gathered || drp_audit_is_sealed(e)
					 ? "every cohort shown is in the manifest's "
					   "plan, passes gate A, and audit C finds "
					   "nothing"
					 : "every cohort shown is in the manifest's plan")
		       : 0;
}
