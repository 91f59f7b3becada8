/* SPDX-License-Identifier: Apache-2.0
 *
 * Small campaigns for tests of the gates: schools with labels and eligible counts, all
 * of them members unless a test says otherwise.
 */
#ifndef DRP_TESTS_FRAME_H
#define DRP_TESTS_FRAME_H

#include "proto/model/manifest.h"
#include "proto/privacy/gates.h"

#include "tests/support/check.h"
#include "tests/support/test_rng.h"

#define FRAME_UNITS_MAX 20000
#define FRAME_ALL	((1u << DRP_FAMILIES) - 1)

struct frame {
	struct drp_manifest manifest;
	struct drp_unit unit[FRAME_UNITS_MAX];
	uint8_t member[FRAME_UNITS_MAX];
	uint32_t sheets[FRAME_UNITS_MAX];
};

static uint64_t frame_rolls;

/* The same numbers on every run, in [0, below). */
static inline uint32_t frame_roll(uint32_t below)
{
	return (uint32_t)(drp_test_rng_mix(++frame_rolls) % below);
}

static inline void frame_begin(struct frame *frame)
{
	memset(frame, 0, sizeof *frame);
	frame->manifest.unit = frame->unit;
	frame->manifest.thresholds = (struct drp_thresholds){.k_schools = 5,
		.k_boards = 3,
		.max_school_percent = 50,
		.max_board_percent = 70,
		.k_respondents = {5, 10, 20},
		.k_unit = {5, 10, 20}};
}

/* One more unit, of a given school and board. */
static inline struct drp_unit *frame_unit(struct frame *frame, uint32_t school,
	uint32_t board, int province, int level, int network, uint32_t eligible)
{
	struct drp_manifest *m = &frame->manifest;
	struct drp_unit *unit = &frame->unit[m->n_units];
	*unit = (struct drp_unit){.school = school,
		.board = board,
		.level = (uint8_t)level,
		.province = (uint8_t)province,
		.network = (uint8_t)network,
		.eligible = {eligible, eligible, eligible}};
	frame->member[m->n_units] = 1;
	frame->sheets[m->n_units] = eligible;
	m->n_units++;
	m->n_schools = school >= m->n_schools ? school + 1 : m->n_schools;
	m->n_boards = board >= m->n_boards ? board + 1 : m->n_boards;
	return unit;
}

/* That many new schools of one unit and a board of their own. */
static inline void frame_schools(struct frame *frame, int count, int province, int level,
	int network, uint32_t eligible)
{
	for (int i = 0; i < count; i++) {
		frame_unit(frame, frame->manifest.n_schools, frame->manifest.n_boards,
			province, level, network, eligible);
	}
}

/* Schools with one to three levels, boards with one to three schools, some large, a few
 * that do not take part; thresholds small enough for all to happen. */
static inline void frame_random(struct frame *frame)
{
	frame_begin(frame);
	struct drp_thresholds *t = &frame->manifest.thresholds;
	int provinces = 1 + (int)frame_roll(3), levels = 1 + (int)frame_roll(3);
	int networks = 1 + (int)frame_roll(3);
	uint32_t schools = 3 + frame_roll(30), board = 0;
	t->k_schools = 2 + frame_roll(3);
	t->k_boards = 1 + frame_roll(3);
	t->max_school_percent = 50 + 10 * frame_roll(5);
	t->k_respondents[DRP_TEACHER] = 1 + frame_roll(100);
	for (uint32_t s = 0; s < schools; s++) {
		int p = 1 + (int)frame_roll((uint32_t)provinces);
		int n = 1 + (int)frame_roll((uint32_t)networks);
		board += frame_roll(2);
		for (int l = 1; l <= levels; l++) {
			if (frame_roll(2) || l == levels) {
				size_t i = frame->manifest.n_units;
				frame_unit(frame, s, board, p, l, n,
					frame_roll(9) ? 1 + frame_roll(50)
						      : frame_roll(400));
				frame->member[i] = frame_roll(10) != 0;
			}
		}
	}
}

static inline struct drp_cohort frame_cohort(
	int family, int province, int level, int network)
{
	return (struct drp_cohort){(enum drp_family)family,
		(uint16_t)(province ? 1 << province : 0),
		(uint16_t)(level ? 1 << level : 0),
		(uint16_t)(network ? 1 << network : 0)};
}

static inline enum drp_err frame_plan(
	const struct frame *frame, unsigned families, struct drp_plan *plan)
{
	return drp_plan_make(
		&frame->manifest, DRP_TEACHER, frame->member, NULL, families, plan);
}

static inline enum drp_err frame_audit(
	const struct frame *frame, const struct drp_plan *plan)
{
	return drp_audit_c(&frame->manifest, DRP_TEACHER, frame->member, plan, NULL);
}

/* Is that cohort open in the plan? It must be there. */
static inline int frame_open(
	const struct drp_plan *plan, int family, int province, int level, int network)
{
	struct drp_cohort cohort = frame_cohort(family, province, level, network);
	const struct drp_planned *planned = drp_plan_find(plan, &cohort);
	CHECK(planned != NULL);
	return planned->open;
}

static inline int frame_open_of(const struct drp_plan *plan, int family)
{
	int open = 0;
	for (size_t i = 0; i < plan->n; i++) {
		open += plan->cohort[i].open &&
			(int)plan->cohort[i].cohort.family == family;
	}
	return open;
}

#endif
