/* SPDX-License-Identifier: Apache-2.0
 *
 * The strongest attacker on one questionnaire: it knows every other sheet of the school
 * and the victim's possible answers, and asks of a contribution whether the victim's
 * sheet is in it or a blank one. For (nearly) Gaussian noise the likelihood ratio grows
 * with one number, the contribution's projection on the victim's own vector.
 */
#ifndef DRP_ATTACK_LIKELIHOOD_H
#define DRP_ATTACK_LIKELIHOOD_H

#include "proto/model/tabulation.h"
#include "tests/attack/region.h"

#define LIKELIHOOD_TRIALS_MAX 40000

/* Two neighbouring worlds of one unit and group. */
struct worlds {
	size_t n;
	int64_t with[DRP_VALUES_MAX], without[DRP_VALUES_MAX], victim[DRP_VALUES_MAX];
	int64_t length2; /* squared length of the victim's vector */
};

/* A sheet with that answer to every core question, or blank. */
static inline struct drp_sheet likelihood_sheet(
	const struct drp_instrument *in, enum drp_group group, uint8_t answer)
{
	struct drp_sheet sheet = {{0}};
	for (uint16_t i = 0; i < in->n_items; i++) {
		if (in->item[i].kind == DRP_ITEM_CORE &&
			in->item[i].groups >> group & 1) {
			sheet.answer[i] = answer;
		}
	}
	return sheet;
}

/* The worst case: a victim who takes the end of the scale everywhere. The others are
 * `others` forged or known sheets of the given answer. */
static inline void likelihood_worlds(const struct drp_instrument *in,
	enum drp_group group, uint32_t others, uint8_t answer, struct worlds *w)
{
	static struct drp_tabulation t[2];
	const struct drp_sheet known = likelihood_sheet(in, group, answer);
	const struct drp_sheet in_it = likelihood_sheet(in, group, 5);
	const struct drp_sheet blank = likelihood_sheet(in, group, DRP_ANSWER_BLANK);
	memset(t, 0, sizeof t);
	memset(w, 0, sizeof *w);
	for (int world = 0; world < 2; world++) {
		for (uint32_t i = 0; i < others; i++) {
			CHECK_OK(drp_tabulate_add(&t[world], in, group, &known));
		}
		CHECK_OK(drp_tabulate_add(&t[world], in, group, world ? &blank : &in_it));
	}
	CHECK_INT(t[0].n, t[1].n); /* the number does not tell them apart */
	w->n = drp_tabulation_pairs(&t[0], in, group, w->with);
	CHECK_INT(drp_tabulation_pairs(&t[1], in, group, w->without), w->n);
	for (size_t i = 0; i < w->n; i++) {
		w->victim[i] = w->with[i] - w->without[i];
		w->length2 += w->victim[i] * w->victim[i];
	}
}

/* One release of a world, as the attacker scores it. */
static inline int64_t likelihood_score(const struct drp_rng *rng, const struct worlds *w,
	const int64_t *world, uint32_t sigma2)
{
	int64_t value[DRP_VALUES_MAX], score = 0;
	memcpy(value, world, w->n * sizeof *value);
	CHECK_OK(drp_noise_add(rng, sigma2, value, w->n));
	for (size_t i = 0; i < w->n; i++) {
		score += (value[i] - w->without[i]) * w->victim[i];
	}
	return score;
}

static inline int likelihood_order(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

/* Scores of n releases of each world, sorted. */
static inline void likelihood_play(const struct drp_rng *rng, const struct worlds *w,
	uint32_t sigma2, size_t n, int64_t *with, int64_t *without)
{
	for (size_t i = 0; i < n; i++) {
		with[i] = likelihood_score(rng, w, w->with, sigma2);
		without[i] = likelihood_score(rng, w, w->without, sigma2);
	}
	qsort(with, n, sizeof *with, likelihood_order);
	qsort(without, n, sizeof *without, likelihood_order);
}

/* How often a release with the victim scores above one without, ties counting half. */
static inline double likelihood_auc(const int64_t *with, const int64_t *without, size_t n)
{
	double wins = 0;
	size_t below = 0, not_above = 0;
	for (size_t i = 0; i < n; i++) {
		while (below < n && without[below] < with[i]) {
			below++;
		}
		while (not_above < n && without[not_above] <= with[i]) {
			not_above++;
		}
		wins += .5 * (double)below + .5 * (double)not_above;
	}
	return wins / (double)n / (double)n;
}

static inline double likelihood_normal(double x)
{
	return .5 * erfc(-x / sqrt(2));
}

/* What rho allows: two normal laws sqrt(2 rho) standard deviations apart. */
static inline double likelihood_bound(struct drp_rational rho)
{
	return likelihood_normal(sqrt((double)rho.num / (double)rho.den));
}

#endif
