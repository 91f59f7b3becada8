/* SPDX-License-Identifier: Apache-2.0
 *
 * A vector of squared L2 length delta2 with discrete Gaussian noise of variance sigma2
 * costs delta2 / (2 sigma2) in zCDP (Canonne, Kamath and Steinke 2020).
 */
#include "proto/privacy/sensitivity.h"

#include <drempel/limits.h>

__extension__ typedef unsigned __int128 wide;

static int declared(uint32_t delta2)
{
	return delta2 >= 1 && delta2 <= DRP_DELTA2_MAX;
}

enum drp_err drp_sensitivity_check(const int64_t *vector, size_t n, uint32_t delta2)
{
	wide sum = 0;

	if (!declared(delta2)) {
		return DRP_E_RANGE;
	}
	for (size_t i = 0; i < n; i++) {
		uint64_t size =
			vector[i] < 0 ? 0 - (uint64_t)vector[i] : (uint64_t)vector[i];
		sum += (wide)size * size;
		if (sum > delta2) {
			return DRP_E_SENSITIVITY;
		}
	}
	return DRP_OK;
}

enum drp_err drp_sigma2_for(uint32_t delta2, struct drp_rational rho, uint32_t *sigma2)
{
	wide above, below, ceiling;

	if (!declared(delta2) || rho.num <= 0 || rho.den <= 0) {
		return DRP_E_RANGE;
	}
	above = (wide)delta2 * (uint64_t)rho.den;
	below = 2 * (wide)rho.num;
	ceiling = (above + below - 1) / below;
	if (ceiling > DRP_SIGMA2_MAX) {
		return DRP_E_RANGE;
	}
	*sigma2 = (uint32_t)ceiling;
	return DRP_OK;
}
