/* SPDX-License-Identifier: Apache-2.0
 *
 * Where the number behind a mean is withheld, a reader tries to get it back from what
 * is printed: mean = 3 + S / (n r), S is archived, and the region's row gives r. With
 * n, the exact number of questionnaires of the few schools below the threshold would
 * follow by subtraction from the published total.
 */
#include "proto/estimate/estimate.h"

#include "tests/attack/region.h"

/* What is printed of one cohort's items: sums from the archive, means from the rows. */
struct printed {
	size_t n;
	double sum[DRP_ITEMS_MAX], mean[DRP_ITEMS_MAX];
};

/* Each item gives n r as S / (mean - 3); the further the mean is from 3, the less its
 * four decimals hide. */
static double solve_n(
	const struct printed *cohort, const struct printed *region, double n_of_region)
{
	double up = 0, down = 0;
	for (size_t i = 0; i < cohort->n; i++) {
		double far = cohort->mean[i] - 3, far_region = region->mean[i] - 3;
		if (fabs(far) > .01 && fabs(far_region) > .01) {
			up += far * far * cohort->sum[i] / far;
			down += far * far * region->sum[i] / far_region;
		}
	}
	return n_of_region * up / down;
}

static double four_decimals(double x)
{
	char text[32];
	snprintf(text, sizeof text, "%.4f", x);
	return strtod(text, NULL);
}

static const struct drp_opened *archived(
	const struct drp_edition *e, int group, const struct drp_cohort *cohort)
{
	for (size_t i = 0; i < e->n_opened; i++) {
		if (e->opened[i].group == group &&
			drp_cohort_equal(&e->opened[i].cohort, cohort)) {
			return &e->opened[i];
		}
	}
	return NULL;
}

/* Reads one cohort; *n is the number that is printed beside its means, 0 when none. */
static int read_cohort(const struct drp_edition *e, int group,
	const struct drp_cohort *cohort, struct printed *p, double *n)
{
	const struct drp_opened *o = archived(e, group, cohort);
	*n = 0;
	p->n = 0;
	for (size_t i = 0; o && i < e->n_observations; i++) {
		const struct drp_observation *row = &e->observation[i];
		struct drp_cohort of = region_cohort(row);
		if (row->group == group && strcmp(row->measure, "mean") == 0 &&
			strcmp(row->item, "_T") != 0 && row->area[0] != 'X' &&
			drp_cohort_equal(&of, cohort)) {
			p->sum[p->n] = (double)o->value[2 * p->n];
			p->mean[p->n++] = strtod(row->value, NULL);
			*n = strtod(row->n, NULL);
		}
	}
	CHECK(!o || 2 * p->n == o->n_values);
	return o != NULL;
}

struct truth {
	double all, behind; /* questionnaires; of those, behind the values */
};

static struct truth true_numbers(
	const struct region *r, int group, const struct drp_cohort *cohort)
{
	struct truth t = {0, 0};
	for (uint32_t u = 0; u < r->manifest->n_units; u++) {
		const struct drp_contribution *c = region_of(r, group, u);
		if (c && drp_cohort_holds(cohort, &r->manifest->unit[u])) {
			t.all += c->questionnaires;
			t.behind += c->n_values ? c->questionnaires : 0;
		}
	}
	return t;
}

static int is_hit(double guess, double truth)
{
	return fabs(guess - truth) < .5;
}

/* The same rows as they would be with the exact n: the positive control. */
static void print_with_n(struct printed *p, const struct drp_rates *rates, double n,
	double variance, int region)
{
	for (size_t i = 0; i < p->n; i++) {
		struct drp_estimate e;
		CHECK_OK(drp_estimate_mean(rates, i, p->sum[i], variance, n, region, &e));
		p->mean[i] = four_decimals(e.value);
	}
}

static void control(const struct drp_edition *e, const struct region *r, int group,
	const struct printed *cohort, const struct printed *region, struct truth truth,
	double n_of_region, int *hits)
{
	const struct drp_cohort all = {.family = DRP_FAMILY_REGION};
	const struct drp_opened *o = archived(e, group, &all);
	struct printed p = *cohort, q = *region;
	struct drp_rates rates;
	int64_t valid[DRP_ITEMS_MAX];
	double variance = drp_manifest_release(
		r->manifest, (enum drp_group)group, DRP_FAMILY_REGION, DRP_RELEASE_CORE)
				  ->sigma2;
	for (size_t i = 0; i < p.n; i++) {
		valid[i] = o->value[2 * i + 1];
	}
	CHECK_OK(drp_rates_from_valid(
		valid, p.n, variance * o->draws, n_of_region, &rates));
	print_with_n(&p, &rates, truth.behind, variance, 0);
	print_with_n(&q, &rates, n_of_region, variance, 1);
	*hits += is_hit(solve_n(&p, &q, n_of_region), truth.behind);
}

static int attacked, recovered, control_hits;

static void attack_cohort(const struct region *r, const struct drp_edition *e, int group,
	const struct drp_opened *o)
{
	const struct drp_cohort all = {.family = DRP_FAMILY_REGION};
	static struct printed cohort, region;
	double n, n_of_region;
	CHECK(read_cohort(e, group, &all, &region, &n_of_region));
	CHECK(read_cohort(e, group, &o->cohort, &cohort, &n));
	struct truth truth = true_numbers(r, group, &o->cohort);
	CHECK(n == 0 || n == truth.behind);
	if (n != 0 || n_of_region == 0 || cohort.n == 0) {
		return;
	}
	CHECK(truth.behind < truth.all);
	attacked++;
	recovered += is_hit(solve_n(&cohort, &region, n_of_region), truth.behind);
	control(e, r, group, &cohort, &region, truth, n_of_region, &control_hits);
}

static void withheld_numbers_stay_withheld(void)
{
	for (uint64_t seed = 1; seed <= 4; seed++) {
		static struct region r;
		struct drp_edition *e = NULL;
		region_begin(&r, 143, seed);
		CHECK_OK(region_edition(&r, &e));
		for (size_t i = 0; i < e->n_opened; i++) {
			attack_cohort(&r, e, e->opened[i].group, &e->opened[i]);
		}
		drp_edition_free(e);
		region_end(&r);
	}
	printf("# %d withheld numbers, %d recovered; with the exact n printed into the "
	       "means %d\n",
		attacked, recovered, control_hits);
	CHECK(attacked >= 20);
	CHECK(control_hits >= attacked * 9 / 10);
	/* A stand-in made of public numbers is sometimes right by chance. */
	CHECK(recovered <= attacked / 4);
}

int main(void)
{
	CASE("a withheld number is not in the means either",
		withheld_numbers_stay_withheld);
	return DONE();
}
