/* SPDX-License-Identifier: Apache-2.0 */
#include "node/results/participation.h"

#include <string.h>

/* Up to `limit` eligible people, this percentage of them. */
struct band {
	uint32_t limit, percent;
};

static const struct band leaders[] = {{5, 80}, {10, 70}, {30, 60}, {UINT32_MAX, 50}};
static const struct band teachers[] = {
	{10, 80}, {30, 60}, {45, 50}, {125, 33}, {200, 25}, {500, 20}, {UINT32_MAX, 10}};
static const struct band pupils[] = {{50, 60}, {150, 50}, {250, 40}, {500, 30}, {750, 25},
	{1000, 20}, {UINT32_MAX, 10}};
static const struct band *const bands[DRP_GROUPS] = {leaders, teachers, pupils};

uint32_t drp_participation_minimum(enum drp_group group, uint32_t eligible)
{
	const struct band *band = bands[group];
	while (eligible > band->limit) {
		band++;
	}
	return (uint32_t)((uint64_t)eligible * band->percent / 100);
}

static int is_close(uint32_t completed, uint32_t minimum, struct drp_rational close)
{
	return (uint64_t)completed * (uint64_t)close.den >=
	       (uint64_t)minimum * (uint64_t)close.num;
}

static enum drp_participation_reason find_reason(
	const struct drp_participation_counts *counts, struct drp_rational close)
{
	int absent = 0, below = 0, near = 0;
	for (int group = 0; group < DRP_GROUPS; group++) {
		uint32_t completed = counts->completed[group];
		uint32_t minimum = drp_participation_minimum(
			(enum drp_group)group, counts->eligible[group]);
		absent += completed == 0;
		if (completed < minimum) {
			below++;
			near += is_close(completed, minimum, close);
		}
	}
	if (absent == DRP_GROUPS) {
		return DRP_REASON_NOBODY;
	}
	if (absent > 0) {
		return DRP_REASON_GROUP_ABSENT;
	}
	if (below == 0) {
		return DRP_REASON_ALL_MET;
	}
	if (below > 1) {
		return DRP_REASON_TWO_BELOW;
	}
	return near ? DRP_REASON_THIRD_CLOSE : DRP_REASON_ONE_FAR_BELOW;
}

enum drp_participation_level drp_participation_classify(
	const struct drp_participation_counts *counts, struct drp_rational close,
	enum drp_participation_reason *reason)
{
	static const enum drp_participation_level levels[DRP_REASONS] = {
		[DRP_REASON_NOBODY] = DRP_PARTICIPATION_NONE,
		[DRP_REASON_GROUP_ABSENT] = DRP_PARTICIPATION_INCOMPLETE,
		[DRP_REASON_ALL_MET] = DRP_PARTICIPATION_HIGH,
		[DRP_REASON_THIRD_CLOSE] = DRP_PARTICIPATION_HIGH,
		[DRP_REASON_TWO_BELOW] = DRP_PARTICIPATION_AVERAGE,
		[DRP_REASON_ONE_FAR_BELOW] = DRP_PARTICIPATION_AVERAGE,
	};
	enum drp_participation_reason found = find_reason(counts, close);
	if (reason) {
		*reason = found;
	}
	return levels[found];
}

const char *drp_participation_code(int level)
{
	static const char *const codes[DRP_PARTICIPATION_LEVELS] = {
		"none", "incomplete", "average", "high"};
	return level >= 0 && level < DRP_PARTICIPATION_LEVELS ? codes[level] : "?";
}

const char *drp_participation_reason_code(int reason)
{
	static const char *const codes[DRP_REASONS] = {"nobody", "group_absent",
		"all_met", "third_close", "two_below", "one_far_below"};
	return reason >= 0 && reason < DRP_REASONS ? codes[reason] : "?";
}

const char *drp_participation_name(int level, const char *language)
{
	static const char *const nl[DRP_PARTICIPATION_LEVELS] = {
		"geen", "onvolledig", "gemiddeld", "hoog"};
	static const char *const fr[DRP_PARTICIPATION_LEVELS] = {
		"aucune", "incomplète", "moyenne", "élevée"};
	static const char *const de[DRP_PARTICIPATION_LEVELS] = {
		"keine", "unvollständig", "mittel", "hoch"};
	if (level < 0 || level >= DRP_PARTICIPATION_LEVELS) {
		return "?";
	}
	return strncmp(language, "en", 2) == 0	 ? drp_participation_code(level)
	       : strncmp(language, "fr", 2) == 0 ? fr[level]
	       : strncmp(language, "de", 2) == 0 ? de[level]
						 : nl[level];
}
