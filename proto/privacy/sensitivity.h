/* SPDX-License-Identifier: Apache-2.0
 *
 * Declared sensitivity. Neighbours are zero-out: one questionnaire replaced by an
 * all-blank one, which contributes nothing to any released coordinate. The declared
 * squared L2 of one questionnaire is a property of the release map; every sheet is
 * checked against it before its counts can be released.
 */
#ifndef DRP_PRIVACY_SENSITIVITY_H
#define DRP_PRIVACY_SENSITIVITY_H

#include <drempel/err.h>
#include <drempel/types.h>

#include <stddef.h>
#include <stdint.h>

/* Squared L2 per item of one questionnaire. */
#define DRP_DELTA2_HISTOGRAM 1
#define DRP_DELTA2_SUM	     4 /* (x - 3)^2 <= 4 on a five-point scale */
#define DRP_DELTA2_PAIR	     5 /* the sum and the valid count */
#define DRP_DELTA2_TICK	     1

/* drp_sensitivity_check: the sum of squares of one sheet's own vector must not exceed
 * delta2: DRP_E_SENSITIVITY. */
enum drp_err drp_sensitivity_check(
	const int64_t *vector, size_t n, uint32_t delta2) DRP_MUST_CHECK;

/* drp_sigma2_for: the smallest integer sigma2 with delta2 / (2 sigma2) <= rho. */
enum drp_err drp_sigma2_for(
	uint32_t delta2, struct drp_rational rho, uint32_t *sigma2) DRP_MUST_CHECK;

#endif
