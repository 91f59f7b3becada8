/* SPDX-License-Identifier: Apache-2.0
 *
 * The attacker makes all the others: nineteen of a class of twenty, or all schools but
 * one. What it made itself it can subtract; what is left still has all its noise.
 */
#include "tests/attack/collect.h"
#include "tests/attack/likelihood.h"

#define SCHOOLS 6
#define TRIALS	16000

static struct region r;
static int64_t with[LIKELIHOOD_TRIALS_MAX], without[LIKELIHOOD_TRIALS_MAX];

/* Forged sheets move the sums, not what one sheet adds. */
static void forged_sheets(void)
{
	static const uint8_t answers[] = {1, 5, DRP_ANSWER_NA};
	static const uint32_t others[] = {19, 19, 5000};
	static struct worlds w;
	const struct drp_release *release = drp_manifest_release(
		r.manifest, DRP_PUPIL, DRP_FAMILY_REGION, DRP_RELEASE_CORE);
	double bound = likelihood_bound(release->rho);
	for (size_t i = 0; i < sizeof answers; i++) {
		likelihood_worlds(r.instrument, DRP_PUPIL, others[i], answers[i], &w);
		CHECK_INT(w.length2, release->delta2);
		likelihood_play(&r.rng, &w, release->sigma2, TRIALS, with, without);
		double auc = likelihood_auc(with, without, TRIALS);
		printf("# %u forged sheets: AUC %.4f, the budget allows %.4f\n",
			others[i], auc, bound);
		CHECK(auc <= bound + .01);
	}
	/* The control: with noise of variance 1 the same attacker always wins. */
	likelihood_play(&r.rng, &w, 1, 200, with, without);
	CHECK(likelihood_auc(with, without, 200) > .999);
}

/* ---- schools ---- */

static const struct drp_opened *region_sum(const struct drp_edition *e, int group)
{
	for (size_t i = 0; i < e->n_opened; i++) {
		if (e->opened[i].group == group &&
			e->opened[i].cohort.family == DRP_FAMILY_REGION) {
			return &e->opened[i];
		}
	}
	CHECK(group < 0); /* every group of these campaigns has one */
	return NULL;
}

struct spread {
	double squares; /* of what is left, in units of the declared variance */
	size_t n;
};

/* All schools but one subtract what they sent; the exact sums are the truth. */
static void subtract_all_but(struct fed *f, size_t victim, int group,
	const struct drp_edition *e, struct spread *left, struct spread *shared)
{
	static struct drp_contribution c;
	static struct drp_candidate exact;
	static int64_t rest[DRP_VALUES_MAX], again[DRP_VALUES_MAX];
	const struct drp_opened *o = region_sum(e, group);
	uint32_t sigma2 = 0;
	memcpy(rest, o->value, o->n_values * sizeof *rest);
	for (size_t i = 0; i < f->n; i++) {
		collect_contribution(&f->school[i], group, &c);
		sigma2 = c.sigma2;
		for (size_t k = 0; i != victim && k < o->n_values; k++) {
			rest[k] -= c.value[k];
		}
	}
	collect_exact(&f->school[victim], group, &exact);
	/* The control: each school adds its share of one common noise. */
	memset(again, 0, sizeof again);
	CHECK_OK(drp_noise_add(&r.rng, sigma2 / SCHOOLS, again, o->n_values));
	for (size_t k = 0; k < o->n_values; k++) {
		double x = (double)(rest[k] - exact.value[k]), y = (double)again[k];
		left->squares += x * x / sigma2;
		left->n++;
		shared->squares += y * y / sigma2;
		shared->n++;
	}
}

static uint64_t number(const struct drp_edition *e, int group)
{
	for (size_t i = 0; i < e->n_observations; i++) {
		const struct drp_observation *o = &e->observation[i];
		if (o->family == DRP_FAMILY_REGION && o->group == group &&
			strcmp(o->measure, "questionnaires") == 0) {
			return strtoull(o->value, NULL, 10);
		}
	}
	return 0;
}

static void all_schools_but_one(void)
{
	static struct fed f;
	struct spread left = {0, 0}, shared = {0, 0};
	collect_begin(&f, SCHOOLS, 61);
	collect_all(&f);
	collect_close(&f);
	struct drp_edition *e = collect_edition(&f);
	for (size_t victim = 0; victim < f.n; victim++) {
		subtract_all_but(&f, victim, DRP_TEACHER, e, &left, &shared);
		subtract_all_but(&f, victim, DRP_PUPIL, e, &left, &shared);
	}
	double ratio = left.squares / (double)left.n;
	double control = shared.squares / (double)shared.n;
	printf("# variance left after subtraction, of the declared one: %.3f (%zu "
	       "values); "
	       "if schools shared one noise: %.3f\n",
		ratio, left.n, control);
	/* The standard error of a variance over n normal values is sqrt(2 / n). */
	double margin = 4 * sqrt(2. / (double)left.n);
	CHECK(ratio > 1 - margin && ratio < 1 + margin);
	CHECK(control < 1 - margin);

	/* Numbers of questionnaires have no noise: here the coalition learns the last
	 * school's. PRIVACY.md says so under "Limits". */
	CHECK_INT(number(e, DRP_PUPIL) - (SCHOOLS - 1) * COLLECT_PUPILS, COLLECT_PUPILS);
	drp_edition_free(e);
	fed_end(&f);
}

int main(void)
{
	region_prepare(&r, 13);
	region_schools(&r, 20);
	region_manifest(&r);
	CASE("forged sheets do not bring the attacker nearer", forged_sheets);
	CASE("all schools but one leave the last one's noise", all_schools_but_one);
	drp_manifest_free(r.manifest);
	drp_instrument_free(r.instrument);
	return DONE();
}
