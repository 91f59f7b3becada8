/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/model/cohort.h"

#include "proto/model/codes.h"

#include <string.h>

static int in_mask(uint16_t mask, unsigned value)
{
	return mask == 0 || (mask >> value & 1);
}

int drp_cohort_holds(const struct drp_cohort *cohort, const struct drp_unit *unit)
{
	return in_mask(cohort->provinces, unit->province) &&
	       in_mask(cohort->levels, unit->level) &&
	       in_mask(cohort->networks, unit->network);
}

int drp_cohort_equal(const struct drp_cohort *a, const struct drp_cohort *b)
{
	return a->family == b->family && a->provinces == b->provinces &&
	       a->levels == b->levels && a->networks == b->networks;
}

/* Which dimensions tell the cohorts of a family apart. */
static const struct {
	uint8_t province, level, network;
} splits[DRP_FAMILIES] = {
	[DRP_FAMILY_REGION] = {0, 0, 0},
	[DRP_FAMILY_PROVINCE] = {1, 0, 0},
	[DRP_FAMILY_LEVEL] = {0, 1, 0},
	[DRP_FAMILY_NETWORK] = {0, 0, 1},
	[DRP_FAMILY_PROVINCE_LEVEL] = {1, 1, 0},
};

static uint16_t bit(unsigned value)
{
	return value ? (uint16_t)(1u << value) : 0;
}

size_t drp_cohorts_list(enum drp_family family, const struct drp_unit *units,
	size_t n_units, struct drp_cohort *cohorts, size_t max)
{
	/* Index 0 of a dimension stands for all. */
	uint8_t seen[DRP_PROVINCES + 1][DRP_LEVELS + 1][DRP_NETWORKS + 1] = {0};
	for (size_t i = 0; i < n_units; i++) {
		unsigned p = splits[family].province ? units[i].province : 0;
		unsigned l = splits[family].level ? units[i].level : 0;
		unsigned n = splits[family].network ? units[i].network : 0;
		seen[p][l][n] = 1;
	}
	size_t count = 0;
	for (unsigned p = 0; p <= DRP_PROVINCES; p++) {
		for (unsigned l = 0; l <= DRP_LEVELS; l++) {
			for (unsigned n = 0; n <= DRP_NETWORKS; n++) {
				if (seen[p][l][n] && count < max) {
					cohorts[count++] = (struct drp_cohort){
						family, bit(p), bit(l), bit(n)};
				}
			}
		}
	}
	return count;
}

static const char *join(
	uint16_t mask, const char *(*code_of)(int), char code[DRP_COHORT_CODE])
{
	size_t used = 0;
	if (mask == 0) {
		return strcpy(code, "_T");
	}
	code[0] = 0;
	for (int value = 0; value < 16; value++) {
		if (!(mask >> value & 1)) {
			continue;
		}
		const char *part = code_of(value);
		size_t n = strlen(part);
		if (used + n + 2 > DRP_COHORT_CODE) {
			break;
		}
		if (used) {
			code[used++] = '+';
		}
		memcpy(code + used, part, n + 1);
		used += n;
	}
	return code;
}

const char *drp_cohort_province(
	const struct drp_cohort *cohort, char code[DRP_COHORT_CODE])
{
	return join(cohort->provinces, drp_province_code, code);
}

const char *drp_cohort_level(const struct drp_cohort *cohort, char code[DRP_COHORT_CODE])
{
	return join(cohort->levels, drp_level_code, code);
}

const char *drp_cohort_network(
	const struct drp_cohort *cohort, char code[DRP_COHORT_CODE])
{
	return join(cohort->networks, drp_network_code, code);
}
