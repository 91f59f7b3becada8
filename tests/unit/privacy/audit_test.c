/* SPDX-License-Identifier: Apache-2.0
 *
 * The rules of audit.h a second time, written as slowly and plainly as possible, against
 * plans over random campaigns. Ranks come from another method (rank.h), facts of a set
 * of units from drp_gate_facts.
 */
#include "proto/privacy/audit.h"

#include "tests/unit/privacy/frame.h"
#include "tests/unit/privacy/rank.h"

static struct frame frame;
static struct drp_plan plan;
static struct rank_matrix matrix;

#define UNITS 200

/* A set of units; the members' atoms are numbered in order of appearance. */
struct units {
	uint8_t has[UNITS];
};

static size_t atom_of[UNITS], n_atoms;
static size_t n_units;

static int same_labels(const struct drp_unit *a, const struct drp_unit *b)
{
	return a->province == b->province && a->level == b->level &&
	       a->network == b->network;
}

static void number_atoms(void)
{
	n_atoms = 0;
	n_units = frame.manifest.n_units;
	CHECK(n_units <= UNITS);
	for (size_t i = 0; i < n_units; i++) {
		size_t k = 0;
		while (k < i && !(frame.member[k] &&
					same_labels(&frame.unit[k], &frame.unit[i]))) {
			k++;
		}
		if (frame.member[i]) {
			atom_of[i] = k < i ? atom_of[k] : n_atoms++;
		}
	}
}

static struct units units_of(const struct drp_cohort *cohort)
{
	struct units set = {{0}};
	for (size_t i = 0; i < n_units; i++) {
		set.has[i] = frame.member[i] && drp_cohort_holds(cohort, &frame.unit[i]);
	}
	return set;
}

static struct units units_of_atoms(const size_t *atoms, size_t n)
{
	struct units set = {{0}};
	for (size_t i = 0; i < n_units; i++) {
		for (size_t k = 0; k < n; k++) {
			set.has[i] |= frame.member[i] && atom_of[i] == atoms[k];
		}
	}
	return set;
}

static size_t size_of(const struct units *set)
{
	size_t size = 0;
	for (size_t i = 0; i < n_units; i++) {
		size += set->has[i];
	}
	return size;
}

static int passes(const struct units *set)
{
	struct drp_gate_facts facts;
	CHECK_OK(
		drp_gate_facts(frame.unit, n_units, set->has, DRP_TEACHER, NULL, &facts));
	return drp_gate_a(&facts, &frame.manifest.thresholds) == DRP_OK;
}

static int inside(const struct units *inner, const struct units *outer)
{
	for (size_t i = 0; i < n_units; i++) {
		if (inner->has[i] > outer->has[i]) {
			return 0;
		}
	}
	return 1;
}

static int remainders_pass(void)
{
	for (size_t w = 0; w < plan.n; w++) {
		struct units whole = units_of(&plan.cohort[w].cohort);
		for (unsigned f = 0; f < DRP_FAMILIES && plan.cohort[w].open; f++) {
			struct units rest = whole;
			for (size_t i = 0; i < plan.n; i++) {
				struct units part = units_of(&plan.cohort[i].cohort);
				if (i == w || !plan.cohort[i].open ||
					plan.cohort[i].cohort.family != f ||
					!inside(&part, &whole)) {
					continue;
				}
				for (size_t u = 0; u < n_units; u++) {
					rest.has[u] &= !part.has[u];
				}
			}
			if (size_of(&rest) && !passes(&rest)) {
				return 0;
			}
		}
	}
	return 1;
}

static void row_of(const struct units *set, int64_t row[UNITS])
{
	memset(row, 0, UNITS * sizeof *row);
	for (size_t i = 0; i < n_units; i++) {
		if (set->has[i]) {
			row[atom_of[i]] = 1;
		}
	}
}

static void fill_matrix(void)
{
	int64_t row[UNITS];
	matrix.rows = 0;
	matrix.columns = n_atoms;
	for (size_t i = 0; i < plan.n; i++) {
		if (plan.cohort[i].open) {
			struct units set = units_of(&plan.cohort[i].cohort);
			row_of(&set, row);
			memcpy(matrix.at[matrix.rows++], row, n_atoms * sizeof *row);
		}
	}
}

static int suppressed_stay_hidden(void)
{
	struct units region = units_of(&plan.cohort[0].cohort);
	for (size_t i = 0; i < plan.n; i++) {
		int64_t row[UNITS];
		struct units set = units_of(&plan.cohort[i].cohort);
		size_t size = size_of(&set);
		if (plan.cohort[i].open || size == 0 || size == size_of(&region)) {
			continue;
		}
		row_of(&set, row);
		if (rank_holds(&matrix, row)) {
			return 0;
		}
	}
	return 1;
}

static int leaks(const size_t *atoms, size_t n)
{
	struct units set = units_of_atoms(atoms, n);
	return !passes(&set) && rank_within(&matrix, atoms, n);
}

static int atoms_and_pairs_stay_hidden(void)
{
	for (size_t a = 0; a < n_atoms; a++) {
		for (size_t b = 0; b <= a; b++) {
			size_t pair[2] = {a, b};
			if (leaks(pair, a == b ? 1 : 2)) {
				return 0;
			}
		}
	}
	return 1;
}

static int owners_stay_hidden(int of_board)
{
	for (uint32_t owner = 0; owner < frame.manifest.n_schools; owner++) {
		size_t own[UNITS], n = 0;
		for (size_t a = 0; a < n_atoms; a++) {
			int alone = 1;
			for (size_t i = 0; i < n_units; i++) {
				uint32_t here = of_board ? frame.unit[i].board
							 : frame.unit[i].school;
				alone &= !frame.member[i] || atom_of[i] != a ||
					 here == owner;
			}
			if (alone) {
				own[n++] = a;
			}
		}
		if (n && leaks(own, n)) {
			return 0;
		}
	}
	return 1;
}

/* The whole of audit C. */
static int is_safe(void)
{
	number_atoms();
	fill_matrix();
	return remainders_pass() && suppressed_stay_hidden() &&
	       atoms_and_pairs_stay_hidden() && owners_stay_hidden(0) &&
	       owners_stay_hidden(1);
}

static void finished_plans_are_safe(void)
{
	int opened = 0, closed = 0, unsafe = 0, safe = 0;
	for (int round = 0; round < 300; round++) {
		frame_random(&frame);
		if (frame_plan(&frame, FRAME_ALL, &plan)) {
			continue;
		}
		CHECK(is_safe());
		CHECK_OK(frame_audit(&frame, &plan));
		for (size_t i = 0; i < plan.n; i++) {
			opened += plan.cohort[i].open;
			if (plan.cohort[i].open) {
				continue;
			}
			closed++;
			plan.cohort[i].open = 1;
			int still = is_safe();
			CHECK_ERR(frame_audit(&frame, &plan),
				still ? DRP_OK : DRP_E_DIFFERENCING);
			safe += still;
			unsafe += !still;
			plan.cohort[i].open = 0;
		}
	}
	printf("# opened %d, closed %d; opening one more: unsafe %d, safe %d\n", opened,
		closed, unsafe, safe);
	CHECK(opened > 300 && unsafe > 300 && safe > 10);
}

/* Any choice of open cohorts, not only those that a plan would make. */
static void arbitrary_choices_are_judged_alike(void)
{
	int unsafe = 0, safe = 0;
	for (int round = 0; round < 1000; round++) {
		frame_random(&frame);
		enum drp_err err = frame_plan(&frame, FRAME_ALL, &plan);
		CHECK(!err || err == DRP_E_TOO_FEW_SCHOOLS);
		uint32_t often = 2 + frame_roll(6);
		for (size_t i = 0; i < plan.n; i++) {
			struct units set;
			number_atoms();
			set = units_of(&plan.cohort[i].cohort);
			plan.cohort[i].open = passes(&set) && frame_roll(often) != 0;
		}
		if (!plan.cohort[0].open) {
			continue;
		}
		int safely = is_safe();
		CHECK_ERR(
			frame_audit(&frame, &plan), safely ? DRP_OK : DRP_E_DIFFERENCING);
		safe += safely;
		unsafe += !safely;
	}
	printf("# unsafe %d, safe %d\n", unsafe, safe);
	CHECK(unsafe > 100 && safe > 100);
}

int main(void)
{
	CASE("finished plans are safe, and opening one more is judged alike",
		finished_plans_are_safe);
	CASE("arbitrary choices of cohorts are judged alike",
		arbitrary_choices_are_judged_alike);
	return DONE();
}
