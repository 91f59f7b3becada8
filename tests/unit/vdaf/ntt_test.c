/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/vdaf/ntt.h"

#include "tests/support/check.h"
#include "tests/support/test_rng.h"

#define N_MAX 256

static const struct drp_field *const fields[] = {&drp_field64, &drp_field128};

static void random_elements(const struct drp_field *f, struct drp_fe *v, size_t n)
{
	struct drp_test_rng_state state;
	struct drp_rng rng = drp_test_rng(&state, n);

	drp_field_sample(f, &rng, v, n);
}

static size_t reversed(size_t k, size_t n)
{
	size_t r = 0;

	for (size_t bit = 1; bit < n; bit *= 2) {
		r = r << 1 | ((k & bit) != 0);
	}
	return r;
}

static struct drp_fe value_at(const struct drp_field *f, const struct drp_fe *coefficient,
	size_t n, struct drp_fe x)
{
	struct drp_fe y = {0};

	for (size_t i = n; i-- > 0;) {
		y = f->add(f->mul(y, x), coefficient[i]);
	}
	return y;
}

static void values(void)
{
	for (size_t n = 2; n <= N_MAX; n *= 2) {
		for (size_t k = 0; k < 2; k++) {
			const struct drp_field *f = fields[k];
			struct drp_fe c[N_MAX], v[N_MAX], s = drp_fe_root(f, 2 * n);
			struct drp_ntt ntt;
			CHECK_OK(drp_ntt_init(&ntt, f, n));
			random_elements(f, c, n);
			for (size_t i = 0; i < n; i++) {
				v[reversed(i, n)] = c[i];
			}
			drp_ntt_values(&ntt, v);
			for (size_t i = 0; i < n; i++) {
				struct drp_fe x = drp_fe_pow(f, s, 2 * i);
				CHECK(drp_fe_equal(v[i], value_at(f, c, n, x)));
			}
			drp_ntt_between(&ntt, v);
			for (size_t i = 0; i < n; i++) {
				struct drp_fe x = drp_fe_pow(f, s, 2 * i + 1);
				CHECK(drp_fe_equal(v[i], value_at(f, c, n, x)));
			}
			drp_ntt_free(&ntt);
		}
	}
}

static void round_trip(void)
{
	for (size_t n = 2; n <= N_MAX; n *= 2) {
		for (size_t k = 0; k < 2; k++) {
			const struct drp_field *f = fields[k];
			struct drp_fe v[N_MAX], w[N_MAX];
			struct drp_ntt ntt;
			CHECK_OK(drp_ntt_init(&ntt, f, n));
			random_elements(f, v, n);
			memcpy(w, v, sizeof w);
			drp_ntt_coefficients(&ntt, v);
			drp_ntt_values(&ntt, v);
			for (size_t i = 0; i < n; i++) {
				struct drp_fe n_times =
					f->mul(drp_fe_from_u64(f, n), w[i]);
				CHECK(drp_fe_equal(v[i], n_times));
			}
			drp_ntt_free(&ntt);
		}
	}
}

int main(void)
{
	CASE("values at the roots of unity and between them", values);
	CASE("to coefficients and back is n times the same", round_trip);
	return DONE();
}
