/* SPDX-License-Identifier: Apache-2.0
 *
 * Was this person's questionnaire in the sums? The attacker knows every other sheet of
 * the region and is one of the two aggregators: it takes off everything that it knows,
 * its own draw of noise included, so that the victim's sheet and the other's draw are all
 * that is left. For (nearly) Gaussian noise the likelihood ratio grows with one number,
 * the projection on the victim's own values, each release's over its sigma2. It does no
 * better than rho says: of one release that of the release, of all releases of a group
 * together that of the group. With half the variance it does better, which the test sees.
 */
#include "tests/attack/likelihood.h"
#include "tests/attack/sealed_region.h"

#include "proto/privacy/rational.h"
#include "proto/session/aggregate.h"

#define MARGIN	   .01
#define TRIALS	   3000
#define VALUES_MAX 1024

static struct region r;
static struct drp_vector vector; /* of the group that is attacked */

/* The victim's part of one release. */
struct part {
	const struct drp_release *release;
	size_t n;
	int64_t victim[VALUES_MAX];
	double score[TRIALS]; /* without the victim */
};

static struct part part[DRP_RELEASES_MAX];
static size_t n_parts;
static double together[TRIALS]; /* score of all releases */

/* ---- the worst case ---- */

/* A victim who takes the end of every scale and ticks every box, against a blank sheet
 * among the same others: they cancel out. */
static void tabulate(enum drp_group group, int blank, struct drp_tabulation *t)
{
	struct drp_sheet sheet = {{0}};
	for (uint16_t i = 0; i < r.instrument->n_items; i++) {
		const struct drp_item *item = &r.instrument->item[i];
		int asked = item->groups >> group & 1 && item->kind != DRP_ITEM_TEXT;
		int points = asked ? r.instrument->scale[item->scale].points : 0;
		sheet.answer[i] = !asked   ? DRP_ANSWER_NOT_SHOWN
				  : blank  ? DRP_ANSWER_BLANK
				  : points ? (uint8_t)points
					   : (uint8_t)DRP_ANSWER_TICKED;
	}
	memset(t, 0, sizeof *t);
	CHECK_OK(drp_tabulate_add(t, r.instrument, group, &sheet));
}

static void take_part(
	const struct drp_release *release, const uint64_t *sheet, const uint64_t *blank)
{
	struct part *p = &part[n_parts++];
	int64_t length2 = 0;
	memset(p, 0, sizeof *p);
	p->release = release;
	p->n = drp_release_values(&vector, release);
	CHECK(p->n <= VALUES_MAX);
	for (size_t k = 0; k < p->n; k++) {
		struct drp_term terms[DRP_TERMS_MAX];
		size_t n = drp_release_terms(&vector, release, k, terms);
		for (size_t t = 0; t < n; t++) {
			p->victim[k] +=
				terms[t].weight * ((int64_t)sheet[terms[t].index] -
							  (int64_t)blank[terms[t].index]);
		}
		length2 += p->victim[k] * p->victim[k];
	}
	CHECK_INT(length2, release->delta2); /* nobody can do more */
}

static void prepare(enum drp_group group)
{
	static struct drp_tabulation sheet, blank;
	static uint64_t a[VALUES_MAX], b[VALUES_MAX];
	n_parts = 0;
	drp_vector_make(&vector, r.instrument, group);
	CHECK(vector.length <= VALUES_MAX);
	tabulate(group, 0, &sheet);
	tabulate(group, 1, &blank);
	drp_vector_fill(&vector, &sheet, a);
	drp_vector_fill(&vector, &blank, b);
	CHECK_INT(a[0], b[0]); /* the number does not tell them apart */
	for (uint16_t i = 0; i < r.manifest->n_releases; i++) {
		const struct drp_release *release = &r.manifest->release[i];
		if (release->group == group && release->map != DRP_MAP_COUNTS) {
			take_part(release, a, b);
		}
	}
}

/* ---- playing ---- */

/* The other aggregator's draw for the victim's cohort of a release, as it is drawn when
 * the manifest is signed, projected on the victim. weaker divides sigma2. */
static double other_draw(const struct part *p, uint32_t weaker)
{
	static struct drp_plan agreed;
	struct drp_release release = *p->release;
	struct drp_buf noise = {0};
	double score = 0;
	agreed.n = 1;
	agreed.cohort[0].cohort.family = (enum drp_family)release.family;
	agreed.cohort[0].open = 1;
	release.sigma2 /= weaker;
	CHECK_OK(drp_noise_draw(&vector, &release, &agreed, &r.rng, &noise));
	CHECK_INT(noise.len, 8 * p->n);
	for (size_t k = 0; k < p->n; k++) {
		int64_t x;
		memcpy(&x, noise.data + 8 * k, sizeof x);
		score += (double)x * (double)p->victim[k];
	}
	drp_buf_clear(&noise);
	return score;
}

static int order(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* How often a score with the victim, who adds that much, is above one without. The
 * noise is the same law in both worlds, so every draw plays in both, against all
 * others. */
static double auc(double *score, double victim)
{
	double wins = 0;
	size_t below = 0, not_above = 0;
	qsort(score, TRIALS, sizeof *score, order);
	for (size_t i = 0; i < TRIALS; i++) {
		while (below < TRIALS && score[below] < score[i] + victim) {
			below++;
		}
		while (not_above < TRIALS && score[not_above] <= score[i] + victim) {
			not_above++;
		}
		wins += .5 * (double)below + .5 * (double)not_above;
	}
	return wins / TRIALS / TRIALS;
}

/* What the victim adds to its score in a release. */
static double adds(const struct part *p)
{
	return (double)p->release->delta2 / p->release->sigma2;
}

/* The AUC of all releases together; sorts nothing else. */
static double play(uint32_t weaker)
{
	double victim = 0;
	for (size_t i = 0; i < n_parts; i++) {
		victim += adds(&part[i]);
	}
	for (size_t t = 0; t < TRIALS; t++) {
		together[t] = 0;
		for (size_t i = 0; i < n_parts; i++) {
			struct part *p = &part[i];
			p->score[t] = other_draw(p, weaker) / p->release->sigma2;
			together[t] += p->score[t];
		}
	}
	return auc(together, victim);
}

/* ---- cases ---- */

static void no_better_than_the_budget(void)
{
	for (int g = 0; g < DRP_GROUPS; g++) {
		struct drp_rational sum = {0, 1};
		prepare((enum drp_group)g);
		double got = play(1), bound = likelihood_bound(r.manifest->rho[g]);
		for (size_t i = 0; i < n_parts; i++) {
			struct part *p = &part[i];
			double alone = auc(p->score, adds(p));
			double allowed = likelihood_bound(p->release->rho);
			CHECK_OK(drp_rational_add(sum, p->release->rho, &sum));
			CHECK(alone <= allowed + MARGIN);
			CHECK(alone >= allowed - MARGIN); /* a good attacker */
		}
		printf("# %s, %zu releases together: AUC %.4f, the budget allows %.4f\n",
			drp_group_code(g), n_parts, got, bound);
		CHECK_INT(drp_rational_cmp(sum, r.manifest->rho[g]), 0);
		CHECK(got <= bound + MARGIN);
		CHECK(got >= bound - MARGIN);
	}
}

static void half_the_noise(void)
{
	for (int g = 0; g < DRP_GROUPS; g++) {
		prepare((enum drp_group)g);
		double got = play(2), bound = likelihood_bound(r.manifest->rho[g]);
		printf("# %s with half the variance: AUC %.4f\n", drp_group_code(g), got);
		CHECK(got > bound + MARGIN);
	}
}

int main(void)
{
	region_prepare(&r, 7);
	region_schools(&r, 20);
	sealed_region_manifest(&r);
	CASE("one aggregator tells a sheet from a blank one no better than rho says",
		no_better_than_the_budget);
	CASE("control: with half the variance it does", half_the_noise);
	drp_manifest_free(r.manifest);
	drp_instrument_free(r.instrument);
	return DONE();
}
