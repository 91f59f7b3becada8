/* SPDX-License-Identifier: Apache-2.0
 *
 * An edition: one published, immutable, numbered version of a campaign's statistics.
 * Values are the decimal texts that every table and export prints, so that all of them
 * agree to the last digit and the canonical form needs no floating point. The raw noisy
 * sums of the opened cohorts are archived beside them for later re-estimation.
 * Nothing in it names a school (R48). Wire: PROTOCOL.md "Edition".
 */
#ifndef DRP_MODEL_EDITION_H
#define DRP_MODEL_EDITION_H

#include "proto/base/buf.h"
#include "proto/model/cohort.h"

#include <drempel/err.h>
#include <drempel/limits.h>
#include <drempel/types.h>

#define DRP_VALUE_TEXT 24

#define DRP_OPENED_VALUES_MAX (DRP_ITEMS_MAX * (DRP_POINTS_MAX + 1))

/* Status of an observation; ' ' is none. A suppressed value is empty, never 0. */
enum drp_status {
	DRP_SHOWN = ' ',
	DRP_SUPPRESSED = 'c',
	DRP_UNRELIABLE = 'u',
	DRP_NOT_AVAILABLE = 'x',
	DRP_NOT_APPLICABLE = 'z'
};

/* One row of observations.csv; empty texts are empty fields. */
struct drp_observation {
	uint8_t family;
	uint8_t group; /* DRP_GROUPS: all */
	char status;
	char province[DRP_COHORT_CODE], level[DRP_COHORT_CODE], network[DRP_COHORT_CODE];
	char area[DRP_CODE_MAX], item[DRP_CODE_MAX], measure[DRP_CODE_MAX];
	char value[DRP_VALUE_TEXT], se[DRP_VALUE_TEXT];
	char low[DRP_VALUE_TEXT], high[DRP_VALUE_TEXT];
	char n[DRP_VALUE_TEXT], schools[DRP_VALUE_TEXT];
};

/* The opened sums of one cohort and release. */
struct drp_opened {
	uint8_t group;
	struct drp_cohort cohort;
	uint8_t map, items; /* enum drp_map, enum drp_release_items: manifest.h */
	uint32_t draws;	    /* independent noise draws behind each sum */
	uint32_t n_values;
	int64_t *value; /* owned by the edition */
};

/* Privacy accounting of one release, as every table states it. */
struct drp_accounting {
	uint8_t group, family, map;
	uint32_t delta2, sigma2, draws;
	struct drp_rational rho;
};

struct drp_edition {
	char campaign[DRP_NAME_MAX];
	uint32_t number;
	struct drp_hash manifest;
	int64_t created_s;
	uint32_t schools_registered, schools_took_part;
	size_t n_observations, n_opened, n_accounting;
	struct drp_observation *observation;
	struct drp_opened *opened;
	struct drp_accounting *accounting;
	struct drp_hash hash;
};

/* drp_edition_encode appends the canonical form and fills edition->hash. */
enum drp_err drp_edition_encode(
	struct drp_edition *edition, struct drp_buf *out) DRP_MUST_CHECK;
/* drp_edition_decode returns a new object. */
enum drp_err drp_edition_decode(
	const void *bytes, size_t n, struct drp_edition **edition) DRP_MUST_CHECK;
void drp_edition_free(struct drp_edition *edition);

/* drp_edition_archive appends a copy of opened with these values;
 * DRP_E_RANGE when they are too many. */
enum drp_err drp_edition_archive(struct drp_edition *edition,
	const struct drp_opened *opened, const int64_t *values, size_t n) DRP_MUST_CHECK;

/* drp_edition_add appends an empty observation and returns it, NULL without memory. */
struct drp_observation *drp_edition_add(struct drp_edition *edition);

#endif
