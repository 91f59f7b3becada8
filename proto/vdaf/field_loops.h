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

/* Two chains of powers, so that no product waits for the one just before it. */
static void field_add_bits(struct drp_fe *sum, const struct drp_fe *x, size_t n,
	struct drp_fe s, struct drp_fe r)
{
	struct drp_fe even = fe_mul(s, r), odd = fe_mul(even, r), r2 = fe_mul(r, r);

	for (size_t i = 0; i < n; i++) {
		struct drp_fe power = even;
		sum[2 * i] = fe_add(sum[2 * i], fe_mul(power, x[i]));
		sum[2 * i + 1] = fe_add(sum[2 * i + 1], fe_mul(s, x[i]));
		even = odd;
		odd = fe_mul(power, r2);
	}
}

/* With w the root, basis[i] = w^i / n times the product of x - w^j over all j but i:
 * `before`, of those before i, and `after`, of those after. Both chains grow in the same
 * loop, one from each end, and meet where the other has left its part. */
static void field_lagrange(struct drp_fe x, size_t n, const struct drp_fe *roots,
	size_t step, struct drp_fe *basis)
{
	struct drp_fe before = roots[0], after = roots[0];

	for (size_t k = n; k > 1; k /= 2) {
		before = fe_mul(before, one_half);
	}
	for (size_t i = 0; i < n; i++) {
		size_t j = n - 1 - i;
		if (i < n / 2) {
			basis[i] = fe_mul(before, roots[i * step]);
			basis[j] = fe_mul(after, roots[j * step]);
		} else {
			basis[i] = fe_mul(before, basis[i]);
			basis[j] = fe_mul(after, basis[j]);
		}
		before = fe_mul(before, fe_sub(x, roots[i * step]));
		after = fe_mul(after, fe_sub(x, roots[j * step]));
	}
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
	.dot = field_dot, .weigh = field_weigh, .add_bits = field_add_bits,              \
	.lagrange = field_lagrange, .ntt = field_ntt, .ntt_inverse = field_ntt_inverse
