/* SPDX-License-Identifier: Apache-2.0
 *
 * Reconciliation: by hand, against the normal equations of least squares, and against
 * simulation with known variances (fixed seeds).
 */
#include "proto/estimate/estimate.h"

#include "tests/support/check.h"
#include "tests/support/test_rng.h"

#define PARTS_MAX 12
#define PI	  3.14159265358979323846

static uint64_t rolls;

static double uniform(void)
{
	return ((double)(drp_test_rng_mix(++rolls) >> 11) + .5) / 9007199254740992.;
}

static double normal(void)
{
	return sqrt(-2 * log(uniform())) * cos(2 * PI * uniform());
}

static void combines_by_inverse_variance(void)
{
	struct drp_measured m =
		drp_combine((struct drp_measured){10, 1}, (struct drp_measured){14, 3});
	CHECK_NEAR(m.value, 11, 1e-12);
	CHECK_NEAR(m.variance, .75, 1e-12);
	m = drp_combine((struct drp_measured){10, 0}, (struct drp_measured){14, 3});
	CHECK_NEAR(m.value, 10, 0);
	CHECK_NEAR(m.variance, 0, 0);
	m = drp_combine((struct drp_measured){10, 0}, (struct drp_measured){10, 0});
	CHECK_NEAR(m.value, 10, 0);
	CHECK_NEAR(m.variance, 0, 0);
}

/* Four equal parts: each takes a quarter of what the whole moved, and its variance is
 * v (1 - 1/k) + V / k^2. */
static void equal_parts_share_equally(void)
{
	struct drp_measured part = {7, 20}, parts = {40, 80}, whole = {48, 16};
	struct drp_measured m = drp_settle(part, parts, whole);
	CHECK_NEAR(m.value, 9, 1e-12);
	CHECK_NEAR(m.variance, 20 * .75 + 16 / 16., 1e-12);
	/* All parts together are the whole, with its variance. */
	m = drp_settle(parts, parts, whole);
	CHECK_NEAR(m.value, 48, 1e-12);
	CHECK_NEAR(m.variance, 16, 1e-12);
	m = drp_settle((struct drp_measured){7, 0}, (struct drp_measured){40, 0}, whole);
	CHECK_NEAR(m.value, 7, 0);
}

/* Solves a x = b in place, by elimination; a is symmetric and positive definite. */
static void solve(size_t n, double a[PARTS_MAX][PARTS_MAX], double b[PARTS_MAX])
{
	for (size_t i = 0; i < n; i++) {
		for (size_t r = 0; r < n; r++) {
			double factor = r == i ? 0 : a[r][i] / a[i][i];
			for (size_t c = 0; c < n && r != i; c++) {
				a[r][c] -= factor * a[i][c];
			}
			b[r] -= factor * b[i];
		}
	}
	for (size_t i = 0; i < n; i++) {
		b[i] /= a[i][i];
	}
}

/* One region, one family of k parts with variances of their own: least squares on the
 * parts, to which the region's measurement adds one equation. */
static void is_least_squares(void)
{
	for (int round = 0; round < 50; round++) {
		size_t k = 2 + drp_test_rng_mix(++rolls) % (PARTS_MAX - 2);
		struct drp_measured y0 = {100 * normal(), 1 + 50 * uniform()};
		struct drp_measured y[PARTS_MAX], parts = {0, 0};
		double a[PARTS_MAX][PARTS_MAX], b[PARTS_MAX];
		for (size_t i = 0; i < k; i++) {
			y[i] = (struct drp_measured){30 * normal(), 1 + 20 * uniform()};
			parts = i ? drp_add(parts, y[i]) : y[i];
			for (size_t j = 0; j < k; j++) {
				a[i][j] = 1 / y0.variance +
					  (i == j ? 1 / y[i].variance : 0);
			}
			b[i] = y0.value / y0.variance + y[i].value / y[i].variance;
		}
		struct drp_measured whole = drp_combine(y0, parts);
		solve(k, a, b);
		double sum = 0;
		for (size_t i = 0; i < k; i++) {
			sum += b[i];
			CHECK_NEAR(drp_settle(y[i], parts, whole).value, b[i], 1e-8);
		}
		CHECK_NEAR(whole.value, sum, 1e-8);
	}
}

struct spread {
	double sum, squares, variance;
};

static void count(struct spread *s, struct drp_measured m, double truth)
{
	s->sum += m.value - truth;
	s->squares += (m.value - truth) * (m.value - truth);
	s->variance = m.variance;
}

/* Unbiased, and as variable as it says: to five standard errors of the simulation. */
static void judge(const struct spread *s, int draws)
{
	double mean = s->sum / draws, ratio = s->squares / draws / s->variance;
	CHECK(fabs(mean) < 5 * sqrt(s->variance / draws));
	CHECK(fabs(ratio - 1) < 5 * sqrt(2. / draws));
}

/* The sealed plan of pupils: a region, provinces of which one has all its cells, levels,
 * networks; the class 34 is two levels added up. */
static void a_tree_is_as_variable_as_it_says(void)
{
	enum { DRAWS = 20000, P = 6, L = 5, N = 3, CELLS = 4 };
	static const double v0 = 746, vp = 188, vl = 328, vn = 438, vc = 90;
	struct spread region = {0}, province = {0}, plain = {0}, level = {0}, both = {0},
		      network = {0}, cell = {0};
	for (int draw = 0; draw < DRAWS; draw++) {
		struct drp_measured c[CELLS], p[P], l[L], n[N], sum[3] = {{0, 0}};
		struct drp_measured cells = {0, 0};
		double theta = 0;
		for (int i = 0; i < CELLS; i++) {
			c[i] = (struct drp_measured){25 + sqrt(vc) * normal(), vc};
			cells = drp_add(cells, c[i]);
		}
		for (int i = 0; i < P; i++) { /* the first province holds 100 */
			double truth = 100 + 10 * i;
			theta += truth;
			p[i] = (struct drp_measured){truth + sqrt(vp) * normal(), vp};
			p[i] = i ? p[i] : drp_combine(p[i], cells);
			sum[0] = drp_add(sum[0], p[i]);
		}
		for (int i = 0; i < L; i++) {
			l[i] = (struct drp_measured){theta / L + sqrt(vl) * normal(), vl};
			sum[1] = drp_add(sum[1], l[i]);
		}
		for (int i = 0; i < N; i++) {
			n[i] = (struct drp_measured){theta / N + sqrt(vn) * normal(), vn};
			sum[2] = drp_add(sum[2], n[i]);
		}
		struct drp_measured whole = {theta + sqrt(v0) * normal(), v0};
		for (int f = 0; f < 3; f++) {
			whole = drp_combine(whole, sum[f]);
		}
		struct drp_measured first = drp_settle(p[0], sum[0], whole);
		count(&region, whole, theta);
		count(&province, first, 100);
		count(&plain, drp_settle(p[2], sum[0], whole), 120);
		count(&cell, drp_settle(c[1], cells, first), 25);
		count(&level, drp_settle(l[3], sum[1], whole), theta / L);
		count(&both, drp_settle(drp_add(l[2], l[3]), sum[1], whole),
			2 * theta / L);
		count(&network, drp_settle(n[1], sum[2], whole), theta / N);
	}
	judge(&region, DRAWS);
	judge(&province, DRAWS);
	judge(&plain, DRAWS);
	judge(&cell, DRAWS);
	judge(&level, DRAWS);
	judge(&both, DRAWS);
	judge(&network, DRAWS);
	CHECK(region.variance < .5 * v0 && plain.variance < vp && cell.variance < vc);
}

int main(void)
{
	CASE("two measurements combine by inverse variance",
		combines_by_inverse_variance);
	CASE("equal parts share equally", equal_parts_share_equally);
	CASE("a reconciled partition is least squares", is_least_squares);
	CASE("a reconciled tree is as variable as it says",
		a_tree_is_as_variable_as_it_says);
	return DONE();
}
