/* SPDX-License-Identifier: Apache-2.0
 *
 * The attack that audit C is there for. Published are exact numbers of questionnaires of
 * the open cohorts, without any noise. The attacker knows every unit's labels and who
 * took part, and solves the linear system for whatever it determines.
 */
#include "tests/unit/privacy/frame.h"

#define PRIME 2147483647u
#define UNITS 400

static struct frame frame;
static struct drp_plan plan;

/* One equation: coefficients of the units, then the published number. */
struct equation {
	uint64_t at[UNITS + 1];
};

struct attacker {
	size_t units, rank;
	struct equation basis[DRP_COHORTS_MAX];
	size_t pivot[DRP_COHORTS_MAX];
};

static struct attacker attacker;

static uint64_t inverse(uint64_t a)
{
	uint64_t result = 1;
	for (uint64_t e = PRIME - 2; e; e >>= 1) {
		result = e & 1 ? result * a % PRIME : result;
		a = a * a % PRIME;
	}
	return result;
}

/* Subtracts what is known; returns the first unit left, or the number of units. */
static size_t reduce(const struct attacker *a, struct equation *x)
{
	for (size_t i = 0; i < a->rank; i++) {
		uint64_t times = x->at[a->pivot[i]];
		for (size_t u = 0; times && u <= a->units; u++) {
			x->at[u] =
				(x->at[u] + (PRIME - times) * a->basis[i].at[u]) % PRIME;
		}
	}
	size_t unit = 0;
	while (unit < a->units && x->at[unit] == 0) {
		unit++;
	}
	return unit;
}

static void learn(struct attacker *a, struct equation x)
{
	size_t unit = reduce(a, &x);
	if (unit == a->units) {
		CHECK_INT(x.at[a->units], 0); /* the publication is consistent */
		return;
	}
	uint64_t times = inverse(x.at[unit]);
	for (size_t u = 0; u <= a->units; u++) {
		x.at[u] = x.at[u] * times % PRIME;
	}
	a->pivot[a->rank] = unit;
	a->basis[a->rank++] = x;
}

/* What the attacker finds for a sum over units, or -1. */
static int64_t solve(const struct attacker *a, const uint8_t *set)
{
	struct equation x = {{0}};
	for (size_t u = 0; u < a->units; u++) {
		x.at[u] = set[u];
	}
	if (reduce(a, &x) < a->units) {
		return -1;
	}
	return (int64_t)((PRIME - x.at[a->units]) % PRIME);
}

static int64_t truth_of(const uint8_t *set)
{
	int64_t sum = 0;
	for (size_t u = 0; u < frame.manifest.n_units; u++) {
		sum += set[u] ? frame.sheets[u] : 0;
	}
	return sum;
}

static void publish(void)
{
	attacker = (struct attacker){.units = frame.manifest.n_units};
	CHECK(attacker.units <= UNITS);
	for (size_t i = 0; i < plan.n; i++) {
		struct equation x = {{0}};
		for (size_t u = 0; u < attacker.units && plan.cohort[i].open; u++) {
			x.at[u] =
				frame.member[u] &&
				drp_cohort_holds(&plan.cohort[i].cohort, &frame.unit[u]);
			x.at[attacker.units] += x.at[u] * frame.sheets[u];
		}
		learn(&attacker, x);
	}
}

struct loot {
	int schools, boards, atoms, suppressed;
};

static int fails_a(const uint8_t *set)
{
	struct drp_gate_facts facts;
	CHECK_OK(drp_gate_facts(
		frame.unit, frame.manifest.n_units, set, DRP_TEACHER, NULL, &facts));
	return drp_gate_a(&facts, &frame.manifest.thresholds) != DRP_OK;
}

/* One if the attacker learns the sum over a set that must stay hidden. */
static int stolen(const uint8_t *set)
{
	if (memchr(set, 1, frame.manifest.n_units) == NULL) {
		return 0;
	}
	int64_t found = solve(&attacker, set);
	CHECK(found == -1 || found == truth_of(set));
	return found != -1;
}

static struct loot attack(const struct drp_plan *suppressed)
{
	struct loot loot = {0};
	size_t n = frame.manifest.n_units;
	for (size_t i = 0; i < n; i++) {
		uint8_t school[UNITS] = {0}, board[UNITS] = {0}, atom[UNITS] = {0};
		const struct drp_unit *a = &frame.unit[i];
		for (size_t u = 0; u < n; u++) {
			const struct drp_unit *b = &frame.unit[u];
			school[u] = frame.member[u] && a->school == b->school;
			board[u] = frame.member[u] && a->board == b->board;
			atom[u] = frame.member[u] && a->province == b->province &&
				  a->level == b->level && a->network == b->network;
		}
		loot.schools += fails_a(school) && stolen(school);
		loot.boards += fails_a(board) && stolen(board);
		loot.atoms += fails_a(atom) && stolen(atom);
	}
	for (size_t i = 0; i < suppressed->n; i++) {
		uint8_t set[UNITS] = {0};
		int whole = 1;
		for (size_t u = 0; u < n; u++) {
			set[u] = frame.member[u] &&
				 drp_cohort_holds(
					 &suppressed->cohort[i].cohort, &frame.unit[u]);
			whole &= set[u] || !frame.member[u];
		}
		loot.suppressed += !suppressed->cohort[i].open && !whole && stolen(set);
	}
	return loot;
}

/* Attacks the plan, then, as a control, the same numbers with every cohort open. */
static void attack_both(struct loot *gated, struct loot *control)
{
	struct drp_plan gates = plan;
	publish();
	struct loot g = attack(&gates);
	for (size_t i = 0; i < plan.n; i++) {
		plan.cohort[i].open = 1;
	}
	publish();
	struct loot c = attack(&gates);
	*gated = (struct loot){gated->schools + g.schools, gated->boards + g.boards,
		gated->atoms + g.atoms, gated->suppressed + g.suppressed};
	*control = (struct loot){control->schools + c.schools, control->boards + c.boards,
		control->atoms + c.atoms, control->suppressed + c.suppressed};
	plan = gates;
}

static void random_campaigns(void)
{
	struct loot gated = {0}, control = {0};
	int rounds = 0;
	while (rounds < 300) {
		frame_random(&frame);
		frame.manifest.thresholds.k_schools += 1;
		frame.manifest.thresholds.k_boards += 1;
		if (frame_plan(&frame, FRAME_ALL, &plan)) {
			continue;
		}
		for (size_t u = 0; u < frame.manifest.n_units; u++) {
			frame.sheets[u] =
				frame_roll(frame.unit[u].eligible[DRP_TEACHER] + 1);
		}
		attack_both(&gated, &control);
		rounds++;
	}
	printf("# gates off: %d schools, %d boards, %d atoms, %d suppressed cohorts\n",
		control.schools, control.boards, control.atoms, control.suppressed);
	CHECK(control.schools > 50 && control.boards > 50);
	CHECK(control.atoms > 100 && control.suppressed > 100);
	CHECK_INT(gated.schools, 0);
	CHECK_INT(gated.boards, 0);
	CHECK_INT(gated.atoms, 0);
	CHECK_INT(gated.suppressed, 0);
}

/* As many schools as the parliamentary answer speaks of, boards of one to five. */
static void flanders(void)
{
	uint32_t board = 0, left = 0;
	frame_begin(&frame);
	for (uint32_t s = 0; s < 143; s++) {
		if (left-- == 0) {
			board++;
			left = frame_roll(5);
		}
		int p = s < 48 ? 1 + (int)(s % 6) : 1 + (int)frame_roll(6);
		int n = s < 40 ? 1 + (int)(s % 5) : 1 + (int)frame_roll(5);
		int l = frame_roll(2) ? 1 : 2 + (int)frame_roll(4);
		frame_unit(&frame, s, board, p, l, n, 10 + frame_roll(40));
		if (l > 1 && l < 5 && frame_roll(2)) {
			frame_unit(&frame, s, board, p, l + 1, n, 10 + frame_roll(40));
		}
	}
}

static void campaigns_of_143_schools(void)
{
	struct loot gated = {0}, control = {0};
	int open = 0, provinces = 0, cells = 0;
	for (int round = 0; round < 10; round++) {
		flanders();
		for (size_t u = 0; u < frame.manifest.n_units; u++) {
			frame.member[u] = frame_roll(20) != 0;
			frame.sheets[u] = frame_roll(40);
		}
		CHECK_OK(frame_plan(&frame, FRAME_ALL, &plan));
		CHECK_OK(frame_audit(&frame, &plan));
		provinces += frame_open_of(&plan, DRP_FAMILY_PROVINCE);
		cells += frame_open_of(&plan, DRP_FAMILY_PROVINCE_LEVEL);
		for (size_t i = 0; i < plan.n; i++) {
			open += plan.cohort[i].open;
		}
		attack_both(&gated, &control);
	}
	printf("# %d cohorts open, %d of 60 provinces, %d of 300 cells\n", open,
		provinces, cells);
	printf("# gates off: %d schools, %d boards, %d atoms, %d suppressed cohorts\n",
		control.schools, control.boards, control.atoms, control.suppressed);
	CHECK_INT(provinces, 60);
	CHECK(cells > 0);
	CHECK(control.schools > 0 && control.atoms > 0 && control.suppressed > 0);
	CHECK_INT(gated.schools + gated.boards + gated.atoms + gated.suppressed, 0);
}

int main(void)
{
	CASE("no school, board, small atom or suppressed cohort is computed",
		random_campaigns);
	CASE("nor in campaigns of 143 schools", campaigns_of_143_schools);
	return DONE();
}
