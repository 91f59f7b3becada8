/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/tables/observations.h"

#include "proto/model/codes.h"
#include "proto/runtime/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const drp_observation_column[DRP_OBSERVATION_COLUMNS] = {"campaign",
	"edition", "family", "province", "level", "network", "group", "area", "item",
	"measure", "value", "se_dp", "ci_low", "ci_high", "n", "schools", "status"};

/* Which columns hold numbers, in JSON: edition, value to ci_high, n and schools. */
static const char number_column[DRP_OBSERVATION_COLUMNS + 1] = "-i--------dddd"
							       "ii-";

void drp_observation_fields(const struct drp_edition *edition,
	const struct drp_observation *o, struct drp_observation_scratch *scratch,
	const char *fields[DRP_OBSERVATION_COLUMNS])
{
	snprintf(scratch->number, sizeof scratch->number, "%u", edition->number);
	scratch->status[0] = o->status == DRP_SHOWN ? 0 : o->status;
	scratch->status[1] = 0;
	const char *const all[DRP_OBSERVATION_COLUMNS] = {edition->campaign,
		scratch->number, drp_family_code(o->family), o->province, o->level,
		o->network, o->group == DRP_GROUPS ? "_T" : drp_group_code(o->group),
		o->area, o->item, o->measure, o->value, o->se, o->low, o->high, o->n,
		o->schools, scratch->status};
	memcpy(fields, all, sizeof all);
}

/* A count may stand in a column of decimals. */
static json_t *json_field(char kind, const char *text)
{
	if (kind == '-') {
		return json_string(text);
	}
	if (!*text) {
		return json_null();
	}
	return kind == 'd' && strchr(text, '.') ? json_real(strtod(text, NULL))
						: json_integer(strtoll(text, NULL, 10));
}

json_t *drp_observation_json(
	const struct drp_edition *edition, const struct drp_observation *observation)
{
	struct drp_observation_scratch scratch;
	const char *fields[DRP_OBSERVATION_COLUMNS];
	drp_observation_fields(edition, observation, &scratch, fields);
	json_t *object = json_object();
	for (size_t i = 0; i < DRP_OBSERVATION_COLUMNS; i++) {
		drp_json_set(&object, drp_observation_column[i],
			json_field(number_column[i], fields[i]));
	}
	return object;
}

const struct drp_observation *drp_observation_find(const struct drp_edition *edition,
	const struct drp_observation *like, int group, const char *area, const char *item,
	const char *measure)
{
	for (size_t i = 0; i < edition->n_observations; i++) {
		const struct drp_observation *o = &edition->observation[i];
		if (o->family == like->family && o->group == group &&
			strcmp(o->measure, measure) == 0 && strcmp(o->area, area) == 0 &&
			strcmp(o->item, item) == 0 &&
			strcmp(o->province, like->province) == 0 &&
			strcmp(o->level, like->level) == 0 &&
			strcmp(o->network, like->network) == 0) {
			return o;
		}
	}
	return NULL;
}
