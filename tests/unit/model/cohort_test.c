/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/model/cohort.h"

#include "tests/support/check.h"

static struct drp_unit unit(int province, int level, int network)
{
	return (struct drp_unit){.province = (uint8_t)province,
		.level = (uint8_t)level,
		.network = (uint8_t)network};
}

static void masks_hold(void)
{
	struct drp_unit u = unit(DRP_BE21, 3, DRP_KOV);
	struct drp_cohort all = {.family = DRP_FAMILY_REGION};
	struct drp_cohort here = {DRP_FAMILY_PROVINCE_LEVEL, 1 << DRP_BE21, 1 << 3, 0};
	struct drp_cohort joined = {DRP_FAMILY_LEVEL, 0, 1 << 3 | 1 << 4, 0};
	struct drp_cohort elsewhere = {DRP_FAMILY_PROVINCE, 1 << DRP_BE22, 0, 0};
	struct drp_cohort network = {DRP_FAMILY_NETWORK, 0, 0, 1 << DRP_GO};
	CHECK(drp_cohort_holds(&all, &u));
	CHECK(drp_cohort_holds(&here, &u));
	CHECK(drp_cohort_holds(&joined, &u));
	CHECK(!drp_cohort_holds(&elsewhere, &u));
	CHECK(!drp_cohort_holds(&network, &u));
	here.levels = 1 << 2;
	CHECK(!drp_cohort_holds(&here, &u));
}

/* Every unit lies in exactly one cohort of each family. */
static void families_partition(void)
{
	struct drp_unit units[DRP_ATOMS_MAX];
	size_t n = 0;
	for (int p = 1; p <= DRP_PROVINCES; p++) {
		for (int l = 1; l <= DRP_LEVELS; l++) {
			for (int w = 1; w <= DRP_NETWORKS; w++) {
				units[n++] = unit(p, l, w);
			}
		}
	}
	const size_t want[DRP_FAMILIES] = {1, 7, 5, 5, 35};
	for (unsigned f = 0; f < DRP_FAMILIES; f++) {
		struct drp_cohort c[DRP_COHORTS_MAX];
		size_t count = drp_cohorts_list(f, units, n, c, DRP_COHORTS_MAX);
		CHECK_INT(count, want[f]);
		for (size_t u = 0; u < n; u++) {
			int in = 0;
			for (size_t i = 0; i < count; i++) {
				CHECK_INT(c[i].family, f);
				in += drp_cohort_holds(&c[i], &units[u]);
			}
			CHECK_INT(in, 1);
		}
	}
}

static void only_what_exists_in_order(void)
{
	struct drp_unit units[] = {unit(DRP_BE23, 2, DRP_GO), unit(DRP_BE10, 5, DRP_KOV),
		unit(DRP_BE23, 1, DRP_KOV), unit(DRP_BE10, 5, DRP_GO)};
	struct drp_cohort c[DRP_COHORTS_MAX];
	CHECK_INT(
		drp_cohorts_list(DRP_FAMILY_PROVINCE_LEVEL, units, 4, c, DRP_COHORTS_MAX),
		3);
	CHECK(drp_cohort_equal(&c[0], &(struct drp_cohort){DRP_FAMILY_PROVINCE_LEVEL,
					      1 << DRP_BE10, 1 << 5, 0}));
	CHECK(drp_cohort_equal(&c[1], &(struct drp_cohort){DRP_FAMILY_PROVINCE_LEVEL,
					      1 << DRP_BE23, 1 << 1, 0}));
	CHECK(drp_cohort_equal(&c[2], &(struct drp_cohort){DRP_FAMILY_PROVINCE_LEVEL,
					      1 << DRP_BE23, 1 << 2, 0}));
	CHECK_INT(drp_cohorts_list(DRP_FAMILY_PROVINCE_LEVEL, units, 4, c, 2), 2);
	CHECK_INT(drp_cohorts_list(DRP_FAMILY_PROVINCE, units, 0, c, DRP_COHORTS_MAX), 0);
}

static void equality_compares_every_part(void)
{
	struct drp_cohort a = {DRP_FAMILY_PROVINCE_LEVEL, 2, 4, 8};
	for (int part = 0; part < 4; part++) {
		struct drp_cohort b = a;
		CHECK(drp_cohort_equal(&a, &b));
		b.family = part == 0 ? DRP_FAMILY_LEVEL : b.family;
		b.provinces ^= part == 1 ? 1 : 0;
		b.levels ^= part == 2 ? 1 : 0;
		b.networks ^= part == 3 ? 1 : 0;
		CHECK(!drp_cohort_equal(&a, &b));
	}
}

static void codes_of_rows(void)
{
	char code[DRP_COHORT_CODE];
	struct drp_cohort region = {.family = DRP_FAMILY_REGION};
	CHECK_STR(drp_cohort_province(&region, code), "_T");
	CHECK_STR(drp_cohort_level(&region, code), "_T");
	CHECK_STR(drp_cohort_network(&region, code), "_T");
	struct drp_cohort cell = {DRP_FAMILY_PROVINCE_LEVEL, 1 << DRP_BE21, 1 << 2, 0};
	CHECK_STR(drp_cohort_province(&cell, code), "BE21");
	CHECK_STR(drp_cohort_level(&cell, code), "2");
	struct drp_cohort folded = {
		DRP_FAMILY_NETWORK, 0, 0, 1 << DRP_POV | 1 << DRP_GO | 1 << DRP_OTHER};
	CHECK_STR(drp_cohort_network(&folded, code), "GO+POV+OTHER");
	struct drp_cohort everything = {DRP_FAMILY_PROVINCE, 0xfe, 0x3e, 0};
	CHECK_STR(drp_cohort_province(&everything, code),
		"BE10+BE21+BE22+BE23+BE24+BE25+_U");
	CHECK_STR(drp_cohort_level(&everything, code), "1+2+3+4+5");
	everything.networks = 0xffff;
	CHECK(strlen(drp_cohort_network(&everything, code)) < DRP_COHORT_CODE);
	everything.provinces = 0xffff;
	CHECK(strlen(drp_cohort_province(&everything, code)) < DRP_COHORT_CODE);
}

int main(void)
{
	CASE("a cohort holds the units inside all its masks", masks_hold);
	CASE("each family partitions the units", families_partition);
	CASE("only cohorts with units are listed, in code order",
		only_what_exists_in_order);
	CASE("two cohorts are equal when every part is", equality_compares_every_part);
	CASE("codes of rows are _T, one code, or parts joined by +", codes_of_rows);
	return DONE();
}
