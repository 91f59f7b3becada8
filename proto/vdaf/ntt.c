/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/vdaf/ntt.h"

#include "proto/base/alloc.h"

static size_t reverse_bits(size_t k, size_t n)
{
	size_t reversed = 0;

	for (; n > 1; n /= 2, k /= 2) {
		reversed = 2 * reversed + k % 2;
	}
	return reversed;
}

enum drp_err drp_ntt_init(struct drp_ntt *ntt, const struct drp_field *f, size_t n)
{
	struct drp_fe *tables = drp_alloc(n, 2 * sizeof *tables);
	struct drp_fe s = drp_fe_root(f, 2 * n), power = f->from_int(1);
	struct drp_fe over_n = drp_fe_inverse(f, drp_fe_from_u64(f, n));

	if (!tables) {
		return DRP_E_NOMEM;
	}
	*ntt = (struct drp_ntt){f, n, tables, tables + n};
	for (size_t k = 0; k < n; k++) {
		ntt->roots[k] = power;
		ntt->twist[reverse_bits(k, n)] = f->mul(power, over_n);
		power = f->mul(power, s);
	}
	return DRP_OK;
}

void drp_ntt_free(struct drp_ntt *ntt)
{
	drp_free(ntt->roots);
	*ntt = (struct drp_ntt){0};
}

void drp_ntt_values(const struct drp_ntt *ntt, struct drp_fe *v)
{
	ntt->field->ntt(v, ntt->n, ntt->roots);
}

void drp_ntt_coefficients(const struct drp_ntt *ntt, struct drp_fe *v)
{
	ntt->field->ntt_inverse(v, ntt->n, ntt->roots);
}

/* P(s w^i) is the value at w^i of the polynomial with the coefficients s^k c_k. */
void drp_ntt_between(const struct drp_ntt *ntt, struct drp_fe *v)
{
	drp_ntt_coefficients(ntt, v);
	for (size_t k = 0; k < ntt->n; k++) {
		v[k] = ntt->field->mul(v[k], ntt->twist[k]);
	}
	drp_ntt_values(ntt, v);
}
