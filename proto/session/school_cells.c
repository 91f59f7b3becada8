/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/session/school_cells.h"

#include "proto/model/cohort.h"

#include <string.h>

uint32_t drp_schools_count(const struct drp_manifest *manifest, const uint8_t *member,
	const struct drp_cohort *cohort, uint8_t *seen)
{
	uint32_t n = 0;
	memset(seen, 0, manifest->n_schools);
	for (uint32_t u = 0; u < manifest->n_units; u++) {
		const struct drp_unit *unit = &manifest->unit[u];
		if ((!member || member[u]) && drp_cohort_holds(cohort, unit) &&
			!seen[unit->school]) {
			seen[unit->school] = 1;
			n++;
		}
	}
	return n;
}

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
