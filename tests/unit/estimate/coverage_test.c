/* SPDX-License-Identifier: Apache-2.0
 *
 * The errors and intervals against known truth: generated schools, the mechanism's own
 * noise, thousands of draws with fixed seeds. Each scenario names the part (a)-(e) of
 * the variance that it is there to hold: without that part it fails.
 */
#include "proto/estimate/estimate.h"
#include "proto/privacy/noise.h"
#include "tests/support/check.h"

#define ITEMS_MAX   40
#define SCHOOLS_MAX 160
#define AREAS_MAX   6
#define PI	    3.14159265358979323846

struct scenario {
	uint64_t seed;
	size_t items, areas;
	unsigned schools, cohort_schools; /* contributions; the cohort's come first */
	unsigned questionnaires;
	uint32_t sigma2;	    /* of one value of one contribution */
	double rate_low, rate_high; /* valid rates of the items */
	double school_rate_sd;	    /* a school's own habit of answering n/a */
	double mean_low, mean_high;
	unsigned worlds, draws;
};

/* Exact counts of the cohort (0) and of the other schools (1). */
struct world {
	double n[2];
	unsigned schools[2];
	int64_t valid[2][ITEMS_MAX], sum[2][ITEMS_MAX];
};

struct tally {
	double count, squares, covered;
};

static uint64_t state;

/* SplitMix64 (Steele, Lea, Flood 2014). */
static uint64_t bits(void)
{
	uint64_t z = state += 0x9e3779b97f4a7c15u;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static double uniform(void)
{
	return ((double)(bits() >> 11) + .5) / 9007199254740992.;
}

static double normal(void)
{
	return sqrt(-2 * log(uniform())) * cos(2 * PI * uniform());
}

static void fill(void *self, void *bytes, size_t n)
{
	(void)self;
	for (uint8_t *b = bytes; n > 0; n--) {
		*b++ = (uint8_t)(bits() >> 56);
	}
}

/* The noise of several contributions in one draw: a sum of discrete Gaussians is one of
 * the added variance, closer than any test could tell (Kairouz, Liu, Steinke 2021). */
static int64_t noise(uint32_t sigma2, unsigned contributions)
{
	static const struct drp_rng rng = {.fill = fill};
	int64_t value;
	CHECK_OK(drp_noise_gaussian(&rng, (uint64_t)sigma2 * contributions, 1, &value));
	return value;
}

static void share_sheets(const struct scenario *s, unsigned size[SCHOOLS_MAX])
{
	double weight[SCHOOLS_MAX], total = 0;
	unsigned given = 0;
	for (unsigned u = 0; u < s->schools; u++) {
		weight[u] = .4 + 1.2 * uniform();
		total += weight[u];
	}
	for (unsigned u = 0; u < s->schools; u++) {
		size[u] = (unsigned)(s->questionnaires * weight[u] / total);
		given += size[u];
	}
	for (unsigned u = 0; given < s->questionnaires; u++, given++) {
		size[u]++;
	}
}

/* A valid answer is 1 + Binomial(4, (mean - 1) / 4). */
static int answer(double mean)
{
	double p = (mean - 1) / 4;
	return 1 + (uniform() < p) + (uniform() < p) + (uniform() < p) + (uniform() < p);
}

static struct world populate(const struct scenario *s)
{
	struct world w = {0};
	double rate[ITEMS_MAX], mean[ITEMS_MAX];
	unsigned size[SCHOOLS_MAX];
	for (size_t i = 0; i < s->items; i++) {
		rate[i] = s->rate_low + (s->rate_high - s->rate_low) * uniform();
		mean[i] = s->mean_low + (s->mean_high - s->mean_low) * uniform();
	}
	share_sheets(s, size);
	for (unsigned u = 0; u < s->schools; u++) {
		int part = u >= s->cohort_schools;
		double habit = s->school_rate_sd * normal();
		w.schools[part]++;
		w.n[part] += size[u];
		for (size_t i = 0; i < s->items; i++) {
			for (unsigned sheet = 0; sheet < size[u]; sheet++) {
				if (uniform() < rate[i] + habit) {
					w.valid[part][i]++;
					w.sum[part][i] += answer(mean[i]) - 3;
				}
			}
		}
	}
	return w;
}

static void count(struct tally *t, const struct drp_estimate *e, double truth)
{
	double ratio = (e->value - truth) / e->se;
	t->count++;
	t->squares += ratio * ratio;
	t->covered += e->low <= truth && truth <= e->high;
}

/* The items and areas of the cohort (parts = 1) or of the region (parts = 2). */
static void judge(const struct scenario *s, const struct world *w,
	const struct drp_rates *rates, int64_t noisy[2][ITEMS_MAX], int parts,
	struct tally *item_tally, struct tally *area_tally)
{
	double n = w->n[0] + (parts == 2 ? w->n[1] : 0);
	double variance = s->sigma2 * (w->schools[0] + (parts == 2 ? w->schools[1] : 0));
	double truth[ITEMS_MAX], sum[ITEMS_MAX];
	struct drp_estimate e;
	for (size_t i = 0; i < s->items; i++) {
		int64_t exact = w->sum[0][i] + (parts == 2 ? w->sum[1][i] : 0);
		int64_t valid = w->valid[0][i] + (parts == 2 ? w->valid[1][i] : 0);
		truth[i] = 3 + (double)exact / (double)valid;
		sum[i] = (double)(noisy[0][i] + (parts == 2 ? noisy[1][i] : 0));
		CHECK_OK(
			drp_estimate_mean(rates, i, sum[i], variance, n, parts == 2, &e));
		count(item_tally, &e, truth[i]);
	}
	for (size_t a = 0; a < s->areas; a++) {
		uint16_t items[ITEMS_MAX];
		double sums[ITEMS_MAX], mean = 0;
		size_t m = 0;
		for (size_t i = a; i < s->items; i += s->areas) {
			items[m] = (uint16_t)i;
			sums[m++] = sum[i];
			mean += truth[i];
		}
		CHECK_OK(drp_estimate_area(
			rates, items, sums, m, variance, n, parts == 2, &e));
		count(area_tally, &e, mean / (double)m);
	}
}

static void draw(const struct scenario *s, const struct world *w, struct tally tally[4])
{
	int64_t noisy[2][ITEMS_MAX], valid[ITEMS_MAX];
	for (size_t i = 0; i < s->items; i++) {
		valid[i] = 0;
		for (int part = 0; part < 2; part++) {
			unsigned k = w->schools[part];
			noisy[part][i] = w->sum[part][i] + noise(s->sigma2, k);
			valid[i] += w->valid[part][i] + noise(s->sigma2, k);
		}
	}
	struct drp_rates rates;
	CHECK_OK(drp_rates_from_valid(
		valid, s->items, s->sigma2 * s->schools, w->n[0] + w->n[1], &rates));
	judge(s, w, &rates, noisy, 2, &tally[0], &tally[1]);
	judge(s, w, &rates, noisy, 1, &tally[2], &tally[3]);
}

static void expect_honest(const char *what, const struct tally *t)
{
	double ratio = t->squares / t->count, covered = t->covered / t->count;
	printf("# %-13s %.3f of the error squared, %.4f covered\n", what, ratio, covered);
	CHECK(ratio >= .9 && ratio <= 1.1);
	CHECK(covered >= .935 && covered <= .965);
}

static void run(const struct scenario *s)
{
	struct tally tally[4] = {0};
	state = s->seed;
	for (unsigned i = 0; i < s->worlds; i++) {
		struct world w = populate(s);
		for (unsigned j = 0; j < s->draws; j++) {
			draw(s, &w, tally);
		}
	}
	expect_honest("region items", &tally[0]);
	expect_honest("region areas", &tally[1]);
	expect_honest("cohort items", &tally[2]);
	expect_honest("cohort areas", &tally[3]);
}
static void teachers(void)
{
	run(&(struct scenario){.seed = 1,
		.items = 40,
		.areas = 6,
		.schools = 158,
		.cohort_schools = 24,
		.questionnaires = 2979,
		.sigma2 = 4106,
		.rate_low = .88,
		.rate_high = 1,
		.school_rate_sd = .01,
		.mean_low = 2.5,
		.mean_high = 4.2,
		.worlds = 50,
		.draws = 40});
}

static void pupils(void)
{
	run(&(struct scenario){.seed = 2,
		.items = 15,
		.areas = 6,
		.schools = 143,
		.cohort_schools = 24,
		.questionnaires = 13973,
		.sigma2 = 1540,
		.rate_low = .88,
		.rate_high = 1,
		.school_rate_sd = .01,
		.mean_low = 2.5,
		.mean_high = 4.2,
		.worlds = 50,
		.draws = 60});
}

static void noisy_rates(void)
{
	run(&(struct scenario){.seed = 3,
		.items = 40,
		.areas = 6,
		.schools = 100,
		.cohort_schools = 60,
		.questionnaires = 3000,
		.sigma2 = 400,
		.rate_low = .5,
		.rate_high = .9,
		.school_rate_sd = .01,
		.mean_low = 4.2,
		.mean_high = 4.5,
		.worlds = 60,
		.draws = 40});
}

static void shared_rate(void)
{
	run(&(struct scenario){.seed = 4,
		.items = 15,
		.areas = 1,
		.schools = 100,
		.cohort_schools = 60,
		.questionnaires = 3000,
		.sigma2 = 400,
		.rate_low = .8,
		.rate_high = .8,
		.school_rate_sd = 0,
		.mean_low = 4.3,
		.mean_high = 4.5,
		.worlds = 60,
		.draws = 40});
}

static void own_rate(void)
{
	run(&(struct scenario){.seed = 5,
		.items = 15,
		.areas = 3,
		.schools = 100,
		.cohort_schools = 5,
		.questionnaires = 3000,
		.sigma2 = 2,
		.rate_low = .5,
		.rate_high = .8,
		.school_rate_sd = 0,
		.mean_low = 4.2,
		.mean_high = 4.5,
		.worlds = 200,
		.draws = 5});
}

int main(void)
{
	CASE("teachers of 158 contributions", teachers);
	CASE("pupils of 143 contributions", pupils);
	CASE("noise in the rates (b, c)", noisy_rates);
	CASE("error of the group's rate (e)", shared_rate);
	CASE("a cohort with its own valid rate (d)", own_rate);
	return DONE();
}
