/* SPDX-License-Identifier: Apache-2.0
 *
 * The hot loops of struct drp_field, compiled once for each field. A field's .c includes
 * this after its own static inline fe_add, fe_sub and fe_mul, so that they are inlined
 * here; FIELD_LOOPS then names all of them in its table. No header in the usual sense:
 * hence no guard.
 */
static struct drp_fe field_add(struct drp_fe a, struct drp_fe b)
{
	return fe_add(a, b);
}

static struct drp_fe field_sub(struct drp_fe a, struct drp_fe b)
{
	return fe_sub(a, b);
}

static struct drp_fe field_mul(struct drp_fe a, struct drp_fe b)
{
	return fe_mul(a, b);
}

static void field_add_products(
	struct drp_fe *sum, const struct drp_fe *a, const struct drp_fe *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		sum[i] = fe_add(sum[i], fe_mul(a[i], b[i]));
	}
}

static void field_add_scaled(
	struct drp_fe *sum, struct drp_fe s, const struct drp_fe *a, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		sum[i] = fe_add(sum[i], fe_mul(s, a[i]));
	}
}

static struct drp_fe field_dot(const struct drp_fe *a, const struct drp_fe *b, size_t n)
{
	struct drp_fe sum = {0};

	for (size_t i = 0; i < n; i++) {
		sum = fe_add(sum, fe_mul(a[i], b[i]));
	}
	return sum;
}

/* Decimation in time (Cooley and Tukey 1965). A block of 2 half elements needs the
 * powers of the (2 half)-th root of unity: every (n / half)-th of the 2n-th roots. */
static void field_ntt(struct drp_fe *v, size_t n, const struct drp_fe *roots)
{
	for (size_t half = 1; half < n; half *= 2) {
		for (size_t block = 0; block < n; block += 2 * half) {
			struct drp_fe *a = v + block, *b = a + half;
			for (size_t i = 0; i < half; i++) {
				struct drp_fe t = fe_mul(b[i], roots[i * (n / half)]);
				b[i] = fe_sub(a[i], t);
				a[i] = fe_add(a[i], t);
			}
		}
	}
}

/* The same steps undone in the opposite order, each of them twice too large. The inverse
 * of roots[k] is -roots[n - k], and the minus turns the difference around. */
static void field_ntt_inverse(struct drp_fe *v, size_t n, const struct drp_fe *roots)
{
	for (size_t half = n / 2; half > 0; half /= 2) {
		for (size_t block = 0; block < n; block += 2 * half) {
			struct drp_fe *a = v + block, *b = a + half;
			struct drp_fe first = fe_sub(a[0], b[0]);
			a[0] = fe_add(a[0], b[0]);
			b[0] = first;
			for (size_t i = 1; i < half; i++) {
				struct drp_fe t = fe_sub(b[i], a[i]);
				a[i] = fe_add(a[i], b[i]);
				b[i] = fe_mul(t, roots[n - i * (n / half)]);
			}
		}
	}
}

#define FIELD_LOOPS                                                                      \
	.add = field_add, .sub = field_sub, .mul = field_mul,                            \
	.add_products = field_add_products, .add_scaled = field_add_scaled,              \
	.dot = field_dot, .ntt = field_ntt, .ntt_inverse = field_ntt_inverse
