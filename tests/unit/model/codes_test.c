/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/model/codes.h"

#include "tests/support/check.h"

static void codes_read_back(void)
{
	for (int g = 0; g < DRP_GROUPS; g++) {
		CHECK_INT(drp_group_of(drp_group_code(g)), g);
	}
	for (int l = 1; l <= DRP_LEVELS; l++) {
		CHECK_INT(drp_level_of(drp_level_code(l)), l);
	}
	for (int p = 1; p <= DRP_PROVINCES; p++) {
		CHECK_INT(drp_province_of(drp_province_code(p)), p);
	}
	for (int n = 1; n <= DRP_NETWORKS; n++) {
		CHECK_INT(drp_network_of(drp_network_code(n)), n);
	}
	for (int f = 0; f < DRP_FAMILIES; f++) {
		CHECK_INT(drp_family_of(drp_family_code(f)), f);
	}
	CHECK_INT(drp_track_of("open"), DRP_TRACK_OPEN);
	CHECK_INT(drp_track_of("sealed"), DRP_TRACK_SEALED);
}

static void published_codes(void)
{
	CHECK_STR(drp_province_code(DRP_BE10), "BE10");
	CHECK_STR(drp_province_code(DRP_BE25), "BE25");
	CHECK_STR(drp_province_code(DRP_PROVINCE_UNKNOWN), "_U");
	CHECK_STR(drp_network_code(DRP_OTHER), "OTHER");
	CHECK_STR(drp_family_code(DRP_FAMILY_PROVINCE_LEVEL), "province_level");
	CHECK_STR(drp_group_code(DRP_LEADER), "leader");
	CHECK_STR(drp_track_code(DRP_TRACK_SEALED), "sealed");
	CHECK_STR(drp_level_code(34), "34");
}

static void outside_the_lists(void)
{
	CHECK_STR(drp_province_code(0), "?");
	CHECK_STR(drp_province_code(DRP_PROVINCES + 1), "?");
	CHECK_STR(drp_network_code(-1), "?");
	CHECK_STR(drp_group_code(DRP_GROUPS), "?");
	CHECK_STR(drp_level_code(6), "?");
	CHECK_STR(drp_level_name(0, "nl"), "?");
	CHECK_STR(drp_province_name(99, "en"), "?");
	CHECK_INT(drp_province_of("BE2"), -1);
	CHECK_INT(drp_province_of("be21"), -1);
	CHECK_INT(drp_network_of(""), -1);
	CHECK_INT(drp_level_of("0"), -1);
	CHECK_INT(drp_level_of("34"), -1);
	CHECK_INT(drp_group_of("_T"), -1);
	CHECK_INT(drp_family_of("regions"), -1);
	CHECK_INT(drp_track_of("OPEN"), -1);
}

static void names_in_two_languages(void)
{
	CHECK_STR(drp_province_name(DRP_BE23, "nl-BE"), "Oost-Vlaanderen");
	CHECK_STR(drp_province_name(DRP_BE23, "en"), "East Flanders");
	CHECK_STR(drp_level_name(1, "nl"), "Basisonderwijs");
	CHECK_STR(drp_level_name(34, "en-GB"), "Upper secondary education");
	CHECK_STR(drp_group_name(DRP_PUPIL, "nl"), "leerlingen");
	CHECK_STR(drp_group_name(DRP_PUPIL, "en"), "pupils");
}

int main(void)
{
	CASE("every code reads back as its value", codes_read_back);
	CASE("codes are those of the published tables", published_codes);
	CASE("what is outside a list is ? or -1", outside_the_lists);
	CASE("names exist in Dutch and English", names_in_two_languages);
	return DONE();
}
