/* SPDX-License-Identifier: Apache-2.0
 *
 * An edition's observations as files have them: the tidy columns of observations.csv,
 * which are a promise to every reader. Values are the edition's own texts, digit by
 * digit. Threads: any.
 */
#ifndef DRP_HUB_OBSERVATIONS_H
#define DRP_HUB_OBSERVATIONS_H

#include "proto/model/edition.h"

#include <jansson.h>

#define DRP_OBSERVATION_COLUMNS 17

/* The columns' names, in order. */
extern const char *const drp_observation_column[DRP_OBSERVATION_COLUMNS];

/* drp_observation_fields points at an observation's texts, in the columns' order; empty
 * texts are empty fields. The texts live as long as edition, observation and scratch. */
struct drp_observation_scratch {
	char number[12], status[2];
};
void drp_observation_fields(const struct drp_edition *edition,
	const struct drp_observation *observation,
	struct drp_observation_scratch *scratch,
	const char *fields[DRP_OBSERVATION_COLUMNS]);

/* drp_observation_json: a new object with a member per column; numbers are numbers, an
 * empty field is null. NULL without memory. */
json_t *drp_observation_json(
	const struct drp_edition *edition, const struct drp_observation *observation);

/* drp_observation_find: the row with the place (family, province, level, network) of
 * like and that group, area, item and measure; NULL when there is none. */
const struct drp_observation *drp_observation_find(const struct drp_edition *edition,
	const struct drp_observation *like, int group, const char *area, const char *item,
	const char *measure);

#endif
