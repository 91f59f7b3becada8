/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/session/school_cells.h"

/* Suppresses the smallest shown cell of a level, the first of equals. */
static int suppress_smallest(const struct drp_cohort *cohorts, const uint32_t *schools,
	size_t n, uint16_t levels, uint8_t *shown)
{
	size_t best = n;
	for (size_t i = 0; i < n; i++) {
		if (cohorts[i].levels == levels && shown[i] &&
			(best == n || schools[i] < schools[best])) {
			best = i;
		}
	}
	if (best == n) {
		return 0;
	}
	shown[best] = 0;
	return 1;
}

static int is_hidden_well(const struct drp_cohort *cohorts, const uint32_t *schools,
	size_t n, uint16_t levels, uint32_t k, const uint8_t *shown)
{
	uint64_t sum = 0;
	size_t suppressed = 0;
	for (size_t i = 0; i < n; i++) {
		if (cohorts[i].levels == levels && !shown[i]) {
			sum += schools[i];
			suppressed++;
		}
	}
	return suppressed == 0 || (suppressed > 1 && sum >= k);
}

void drp_school_cells(const struct drp_cohort *cohorts, const uint32_t *schools, size_t n,
	uint32_t k, uint8_t *shown)
{
	for (size_t i = 0; i < n; i++) {
		shown[i] = schools[i] >= k;
	}
	for (size_t i = 0; i < n; i++) {
		uint16_t levels = cohorts[i].levels;
		while (!is_hidden_well(cohorts, schools, n, levels, k, shown) &&
			suppress_smallest(cohorts, schools, n, levels, shown)) {
		}
	}
}
