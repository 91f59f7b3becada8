/* SPDX-License-Identifier: Apache-2.0
 *
 * The release as a black box: from samples of two neighbouring worlds, does
 *	sum over outputs of max(0, P(output) - e^epsilon P'(output))
 * stay below the delta that the declared sensitivity allows at that epsilon? So asks the
 * statistical test of Google's differential privacy library (its "Stochastic Tester"),
 * whose power is shown, as there, by a sensitivity 1.175 times the declared one. Small
 * epsilons are where that delta is large enough to be seen in samples.
 */
#include "proto/estimate/estimate.h"
#include "proto/privacy/sensitivity.h"

#include "tests/attack/likelihood.h"

#define BINS	  256
#define TOLERANCE .0075
#define SAMPLES	  40000
#define CELLS	  300000

static struct region r;
static const double epsilons[] = {.02, .05, .1, .2};
#define EPSILONS (sizeof epsilons / sizeof epsilons[0])

/* Outputs in bins an eighth of a standard deviation wide: coarser outputs tell less,
 * never more. */
struct histogram {
	double share[BINS];
};

static void count(struct histogram *h, double output, double deviation, size_t n)
{
	double bin = floor(output / deviation * 8) + BINS / 2.;
	h->share[(size_t)fmin(fmax(bin, 0), BINS - 1)] += 1 / (double)n;
}

static double excess(const struct histogram *p, const struct histogram *q, double epsilon)
{
	double sum = 0;
	for (size_t i = 0; i < BINS; i++) {
		sum += fmax(0, p->share[i] - exp(epsilon) * q->share[i]);
	}
	return sum;
}

/* The delta of an exact discrete Gaussian under a shift. */
static double exact_delta(double sigma2, long shift, double epsilon)
{
	long far = (long)(12 * sqrt(sigma2)) + shift;
	double all = 0, sum = 0;
	for (long x = -far; x <= far; x++) {
		all += exp(-(double)x * (double)x / 2 / sigma2);
	}
	for (long x = -far; x <= far; x++) {
		double y = (double)(x - shift);
		sum += fmax(0, exp(-y * y / 2 / sigma2) -
				       exp(epsilon - (double)x * (double)x / 2 / sigma2));
	}
	return sum / all;
}

/* The same for the projection of a vector, whose law is normal to many digits. */
static double normal_delta(double mu, double epsilon)
{
	return likelihood_normal(mu / 2 - epsilon / mu) -
	       exp(epsilon) * likelihood_normal(-mu / 2 - epsilon / mu);
}

static int rejected(const struct histogram *p, const struct histogram *q,
	const char *what, const double allowed[EPSILONS])
{
	int over = 0;
	for (size_t i = 0; i < EPSILONS; i++) {
		double found = fmax(excess(p, q, epsilons[i]), excess(q, p, epsilons[i]));
		printf("# %s: epsilon %.2f: %.4f, allowed %.4f\n", what, epsilons[i],
			found, allowed[i]);
		over |= found > allowed[i] + TOLERANCE;
	}
	return over;
}

/* ---- one cell ---- */

#define DECLARED 40 /* what one questionnaire adds to the cell, at most */

static int play_cell(long real, uint32_t sigma2, const char *what)
{
	static struct histogram p, q;
	double allowed[EPSILONS], deviation = sqrt(sigma2);
	memset(&p, 0, sizeof p);
	memset(&q, 0, sizeof q);
	for (int i = 0; i < CELLS; i++) {
		int64_t with = real, without = 0;
		CHECK_OK(drp_noise_add(&r.rng, sigma2, &with, 1));
		CHECK_OK(drp_noise_add(&r.rng, sigma2, &without, 1));
		count(&p, (double)with, deviation, CELLS);
		count(&q, (double)without, deviation, CELLS);
	}
	for (size_t i = 0; i < EPSILONS; i++) {
		allowed[i] = exact_delta(sigma2, DECLARED, epsilons[i]);
	}
	return rejected(&p, &q, what, allowed);
}

static void one_cell(void)
{
	uint32_t sigma2;
	CHECK_OK(drp_sigma2_for(DECLARED * DECLARED,
		drp_manifest_release(
			r.manifest, DRP_PUPIL, DRP_FAMILY_REGION, DRP_RELEASE_CORE)
			->rho,
		&sigma2));
	CHECK(!play_cell(DECLARED, sigma2, "cell"));
	CHECK(play_cell(DECLARED * 1175 / 1000, sigma2, "cell, 1.175 times"));
}

/* ---- a whole contribution ---- */

static int play_release(const struct worlds *w, const struct worlds *real,
	const struct drp_release *release, const char *what)
{
	static struct histogram p, q;
	double allowed[EPSILONS];
	double length = sqrt((double)real->length2);
	double deviation = length * sqrt(release->sigma2);
	memset(&p, 0, sizeof p);
	memset(&q, 0, sizeof q);
	for (int i = 0; i < SAMPLES; i++) {
		count(&p,
			(double)likelihood_score(
				&r.rng, real, real->with, release->sigma2),
			deviation, SAMPLES);
		count(&q,
			(double)likelihood_score(
				&r.rng, real, real->without, release->sigma2),
			deviation, SAMPLES);
	}
	for (size_t i = 0; i < EPSILONS; i++) {
		allowed[i] = normal_delta(
			sqrt((double)w->length2 / release->sigma2), epsilons[i]);
	}
	return rejected(&p, &q, what, allowed);
}

static void whole_contribution(void)
{
	static struct worlds w, planted;
	const struct drp_release *release = drp_manifest_release(
		r.manifest, DRP_PUPIL, DRP_FAMILY_REGION, DRP_RELEASE_CORE);
	likelihood_worlds(r.instrument, DRP_PUPIL, 29, 4, &w);
	CHECK_INT(w.length2, release->delta2);
	CHECK(!play_release(&w, &w, release, "contribution"));
	/* Two of fifteen questions counted twice: 1.18 times the declared length. */
	planted = w;
	for (size_t i = 0; i < 4; i++) {
		planted.with[i] += w.victim[i];
		planted.length2 += 3 * w.victim[i] * w.victim[i];
		planted.victim[i] *= 2;
	}
	CHECK_NEAR(sqrt((double)planted.length2 / (double)w.length2), 1.18, .01);
	CHECK_ERR(drp_sensitivity_check(planted.victim, planted.n, release->delta2),
		DRP_E_SENSITIVITY); /* what the node would say to such a sheet */
	CHECK(play_release(&w, &planted, release, "contribution, 1.18 times"));
}

/* ---- the epsilon that is shown ---- */

/* The shown epsilon claims less privacy than the exact law gives, never more. */
static void shown_epsilon(void)
{
	for (int g = 0; g < DRP_GROUPS; g++) {
		const struct drp_release *release = drp_manifest_release(r.manifest,
			(enum drp_group)g, DRP_FAMILY_REGION, DRP_RELEASE_CORE);
		double rho = (double)release->rho.num / (double)release->rho.den;
		double mu = sqrt((double)release->delta2 / release->sigma2);
		double epsilon = drp_epsilon(release->rho, 1e-6);
		printf("# %s: epsilon %.4f shown; delta there %.2e of 1e-6\n",
			drp_group_code(g), epsilon, normal_delta(mu, epsilon));
		CHECK(normal_delta(mu, epsilon) <= 1e-6);
		for (size_t i = 0; i < EPSILONS; i++) {
			CHECK(normal_delta(mu, epsilons[i]) <=
				drp_delta(rho, epsilons[i]));
		}
		CHECK_NEAR(epsilon, g == DRP_LEADER ? 3 : 1, 1e-9);
	}
}

int main(void)
{
	region_prepare(&r, 9);
	region_schools(&r, 20);
	region_manifest(&r);
	CASE("one cell keeps its promise, 1.175 times the sensitivity is rejected",
		one_cell);
	CASE("so does a whole contribution", whole_contribution);
	CASE("the shown epsilon is not below the exact one", shown_epsilon);
	drp_manifest_free(r.manifest);
	drp_instrument_free(r.instrument);
	return DONE();
}
