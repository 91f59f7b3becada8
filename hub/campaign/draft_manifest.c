/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/campaign/draft.h"

#include "hub/campaign/plan_sealed.h"
#include "proto/base/alloc.h"
#include "proto/base/date.h"
#include "proto/model/codes.h"
#include "proto/privacy/sensitivity.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* On the open track one draw per unit and group serves every family: the region's
 * release is charged, the others are sums of the same noisy integers and cost nothing.
 * Leaders and two-way cells of teachers carry too much noise to be worth opening. */
static const uint8_t value_families[DRP_GROUPS] = {
	[DRP_LEADER] = 1u << DRP_FAMILY_REGION,
	[DRP_TEACHER] = 1u << DRP_FAMILY_REGION | 1u << DRP_FAMILY_PROVINCE |
			1u << DRP_FAMILY_LEVEL | 1u << DRP_FAMILY_NETWORK,
	[DRP_PUPIL] = (1u << DRP_FAMILIES) - 1,
};

static enum drp_err plan_releases(const struct drp_instrument *instrument,
	struct drp_manifest *m, struct drp_diag *diag)
{
	for (int g = 0; g < DRP_GROUPS; g++) {
		uint16_t items[DRP_ITEMS_MAX];
		uint32_t delta2 = DRP_DELTA2_PAIR *
				  (uint32_t)drp_instrument_vector(instrument,
					  (enum drp_group)g, DRP_ITEM_CORE, items);
		if (delta2 == 0) {
			continue; /* the instrument asks this group nothing */
		}
		uint32_t sigma2 = 0;
		enum drp_err err = drp_sigma2_for(delta2, m->rho[g], &sigma2);
		if (err) {
			return drp_fail(diag, err,
				"the budget of group %s cannot be kept: %s",
				drp_group_code(g), drp_err_text(err));
		}
		for (int f = 0; f < DRP_FAMILIES; f++) {
			int values = value_families[g] >> f & 1;
			m->release[m->n_releases++] =
				(struct drp_release){.group = (uint8_t)g,
					.family = (uint8_t)f,
					.map = values ? DRP_MAP_PAIRS : DRP_MAP_COUNTS,
					.rho = f == DRP_FAMILY_REGION
						       ? m->rho[g]
						       : (struct drp_rational){0, 1},
					.delta2 = values ? delta2 : 0,
					.sigma2 = values ? sigma2 : 0};
		}
	}
	return DRP_OK;
}

/* A uniform number below n, by rejection. */
static uint32_t uniform(const struct drp_rng *rng, uint32_t n)
{
	uint32_t v, limit = UINT32_MAX - UINT32_MAX % n;
	do {
		rng->fill(rng->self, &v, sizeof v);
	} while (v >= limit);
	return v % n;
}

static uint32_t *permutation(const struct drp_rng *rng, uint32_t n)
{
	uint32_t *p = drp_alloc(n, sizeof *p);
	for (uint32_t i = 0; p && i < n; i++) {
		uint32_t k = uniform(rng, i + 1);
		p[i] = p[k];
		p[k] = i;
	}
	return p;
}

/* Boards numbered in order of first sight; the permutation hides that order. */
static uint32_t board_number(const struct drp_school *schools, size_t i, uint32_t *boards,
	const uint32_t *number)
{
	for (size_t k = 0; k < i; k++) {
		if (strcmp(schools[k].board, schools[i].board) == 0) {
			return number[k];
		}
	}
	return (*boards)++;
}

static int by_id(const void *a, const void *b)
{
	return memcmp(((const struct drp_unit *)a)->id.b,
		((const struct drp_unit *)b)->id.b, sizeof(struct drp_id));
}

static void add_units(struct drp_manifest *m, const struct drp_school *school,
	uint32_t number, uint32_t board, const struct drp_rng *rng)
{
	for (int level = 1; level <= DRP_LEVELS; level++) {
		if (!(school->levels & 1u << level)) {
			continue;
		}
		struct drp_unit *u = &m->unit[m->n_units++];
		rng->fill(rng->self, u->id.b, sizeof u->id.b);
		u->school = number;
		u->board = board;
		u->level = (uint8_t)level;
		u->province = school->province;
		u->network = school->network;
		memcpy(u->eligible, school->eligible[level], sizeof u->eligible);
	}
}

static enum drp_err take_register(struct drp_manifest *m,
	const struct drp_school *schools, size_t n, const struct drp_rng *rng,
	uint32_t *number)
{
	uint32_t *school = permutation(rng, (uint32_t)n);
	uint32_t *seen = drp_alloc(n, sizeof *seen);
	m->key = drp_arena_alloc(&m->arena, n, sizeof *m->key);
	m->unit = drp_arena_alloc(&m->arena, n * DRP_LEVELS, sizeof *m->unit);
	uint32_t *board = NULL;
	enum drp_err err = DRP_E_NOMEM;
	if (!school || !seen || !m->key || !m->unit) {
		goto cleanup;
	}
	for (size_t i = 0; i < n; i++) {
		seen[i] = board_number(schools, i, &m->n_boards, seen);
	}
	board = permutation(rng, m->n_boards);
	if (!board) {
		goto cleanup;
	}
	m->n_schools = (uint32_t)n;
	for (size_t i = 0; i < n; i++) {
		if (schools[i].enrolled) {
			m->key[school[i]] = schools[i].key;
		}
		add_units(m, &schools[i], school[i], board[seen[i]], rng);
	}
	if (number) {
		memcpy(number, school, n * sizeof *number);
	}
	qsort(m->unit, m->n_units, sizeof *m->unit, by_id);
	err = DRP_OK;
cleanup:
	drp_free(school);
	drp_free(seen);
	drp_free(board);
	return err;
}

static size_t count_units(const struct drp_school *schools, size_t n)
{
	size_t units = 0;
	for (size_t i = 0; i < n; i++) {
		units += (size_t)__builtin_popcount(schools[i].levels);
	}
	return units;
}

enum drp_err drp_draft_manifest(const struct drp_draft *draft,
	const struct drp_instrument *instrument, const struct drp_school *schools,
	size_t n, const struct drp_rng *rng, struct drp_manifest **manifest,
	uint32_t *number, struct drp_diag *diag)
{
	if (n == 0 || n > DRP_SCHOOLS_MAX) {
		return drp_fail(diag, DRP_E_RANGE,
			"the register holds %zu schools; import one to %d with 'school "
			"import'",
			n, DRP_SCHOOLS_MAX);
	}
	if (count_units(schools, n) > DRP_UNITS_MAX) {
		return drp_fail(diag, DRP_E_RANGE,
			"the register holds %zu units (school and level); a campaign "
			"takes at most %d",
			count_units(schools, n), DRP_UNITS_MAX);
	}
	struct drp_manifest *m = drp_alloc(1, sizeof *m);
	if (!m) {
		return drp_fail(diag, DRP_E_NOMEM, "no memory for the manifest");
	}
	snprintf(m->id, sizeof m->id, "%s", draft->id);
	snprintf(m->title, sizeof m->title, "%s", draft->title);
	snprintf(m->region, sizeof m->region, "%s", draft->region);
	m->track = draft->track;
	m->sample = draft->sample;
	m->year = (uint32_t)drp_school_year(draft->period_from);
	m->period_from = draft->period_from;
	m->period_to = draft->period_to;
	m->deadline_s = ((int64_t)draft->deadline + 1) * 86400 - 1;
	m->instrument = instrument->hash;
	m->thresholds = draft->thresholds;
	memcpy(m->rho, draft->rho, sizeof m->rho);
	memcpy(m->fold, draft->fold, sizeof m->fold);
	m->n_folds = draft->n_folds;
	enum drp_err err = m->track == DRP_TRACK_SEALED
				   ? drp_plan_sealed(instrument, m, diag)
				   : plan_releases(instrument, m, diag);
	err = err ? err : take_register(m, schools, n, rng, number);
	if (err) {
		drp_manifest_free(m);
		return err;
	}
	*manifest = m;
	return DRP_OK;
}
