/* SPDX-License-Identifier: Apache-2.0
 *
 * A school's own results of one level, from the exact counts of its three groups: areas,
 * statements with their breakdown, additional areas, own statements, participation
 * (R13). For the school alone: nothing here is noised or thresholded, and nothing here
 * may leave the node. Counts are questionnaires, not people (R19).
 *
 * "Not applicable" counts among the answers of a breakdown and never enters a mean
 * (R4). The mean over groups weighs persons equally (R58b); an area's mean is the
 * unweighted mean of its core items' means. Sums and shares are exact integers and
 * round half up when printed. Threads: any, read-only after building.
 */
#ifndef DRP_NODE_RESULTS_H
#define DRP_NODE_RESULTS_H

#include "node/import/own_items.h"
#include "node/results/participation.h"
#include "proto/base/buf.h"
#include "proto/model/tabulation.h"

/* Why an item has no value, or that it has one: never merged (R14). */
enum drp_item_state {
	DRP_STATE_VALUE,
	DRP_STATE_NOT_ASKED,	/* the instrument does not ask this group or level */
	DRP_STATE_ALL_NA,	/* everybody who answered said "not applicable" */
	DRP_STATE_NOT_SELECTED, /* an optional item that the school did not select */
	DRP_STATE_NO_DATA,	/* asked, and nobody answered */
	DRP_STATE_SUPPRESSED,	/* withheld: only in published tables, never here */
	DRP_STATES
};

/* "value" "not_asked" "all_na" "not_selected" "no_data" "suppressed" */
const char *drp_item_state_code(int state);

struct drp_results_cell {
	uint8_t state;
	uint32_t n;	/* answered: valid and "not applicable" */
	uint32_t valid; /* answered on the scale; of a tick box, ticked or not */
	uint64_t sum;	/* of scale points; of a tick box, the number ticked */
	uint32_t count[DRP_ANSWERS];
};

struct drp_results_item {
	struct drp_results_cell group[DRP_GROUPS];
	struct drp_results_cell overall;
};

struct drp_results_area {
	uint16_t questions[DRP_GROUPS]; /* core items with a mean; 0: the area has none */
	double mean[DRP_GROUPS];
};

struct drp_results_input {
	const struct drp_instrument *instrument;
	uint8_t level;
	const struct drp_tabulation *tabulation[DRP_GROUPS]; /* NULL: no questionnaires */
	const uint8_t
		*selected; /* per item, bit g: optional item asked of g; NULL: all */
	const struct drp_own_items *own; /* NULL: none */
	const struct drp_own_tabulation *own_tabulation[DRP_GROUPS];
	struct drp_participation_counts participation;
	struct drp_rational close; /* DRP_PARTICIPATION_CLOSE, or as configured */
};

struct drp_results {
	struct drp_results_input input; /* borrowed: must outlive the report */
	enum drp_participation_level level;
	enum drp_participation_reason reason;
	struct drp_results_area area[DRP_AREAS_MAX];
	struct drp_results_item item[DRP_ITEMS_MAX];
	struct drp_results_item own[DRP_OWN_ITEMS_MAX];
};

void drp_results_build(const struct drp_results_input *input, struct drp_results *report);

/* Tenths, rounded half up: of a cell's mean (valid > 0), of an area's mean, and of the
 * percentage that `count` is of `n` (n > 0). */
uint32_t drp_results_mean_tenths(const struct drp_results_cell *cell);
uint32_t drp_results_area_tenths(double mean);
uint32_t drp_results_percent_tenths(uint64_t count, uint32_t n);

/* drp_results_text appends the report for people; language "nl", "fr", "de" or "en". An
 * incomplete participation puts the watermark at the top and the bottom (R12). */
enum drp_err drp_results_text(const struct drp_results *report, const char *language,
	struct drp_buf *out) DRP_MUST_CHECK;

/* drp_results_json appends it for machines, one line. */
enum drp_err drp_results_json(
	const struct drp_results *report, struct drp_buf *out) DRP_MUST_CHECK;

#endif
