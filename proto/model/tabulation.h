/* SPDX-License-Identifier: Apache-2.0
 *
 * Sheets and their exact counts. Both stay at the node for ever: neither type has an
 * encoder, and the schema test holds that no message can carry one (R5).
 */
#ifndef DRP_MODEL_TABULATION_H
#define DRP_MODEL_TABULATION_H

#include "proto/model/instrument.h"

/* An answer: 1..7 a scale point, or one of these. They are never merged (R14). */
enum drp_answer_kind {
	DRP_ANSWER_NOT_SHOWN = 0,
	DRP_ANSWER_TICKED = 8,
	DRP_ANSWER_NOT_TICKED = 9,
	DRP_ANSWER_NA = 10,
	DRP_ANSWER_BLANK = 11,
	DRP_ANSWERS = 12
};

/* One completed questionnaire: one answer per item of the instrument, in its order. */
struct drp_sheet {
	uint8_t answer[DRP_ITEMS_MAX];
};

/* Exact counts of one unit and group. count[i][answer] over all items of the
 * instrument; each row sums to n. */
struct drp_tabulation {
	uint32_t n;
	uint16_t n_items;
	uint32_t count[DRP_ITEMS_MAX][DRP_ANSWERS];
};

/* drp_answer_fits tells whether a scale can be answered so; blank and not shown fit
 * every scale. */
int drp_answer_fits(int answer, const struct drp_scale *scale);

/* drp_tabulate_add checks every answer against its item's scale and the group's
 * applicability before it counts anything: DRP_E_RANGE leaves the tabulation as it
 * was. */
enum drp_err drp_tabulate_add(struct drp_tabulation *tabulation,
	const struct drp_instrument *instrument, enum drp_group group,
	const struct drp_sheet *sheet) DRP_MUST_CHECK;

/* drp_tabulation_pairs writes, for each item of the core vector, the sum of x - 3 over
 * valid answers and then their number: 2 values an item, the layout of an open-track
 * contribution (squared L2 sensitivity 5 per item). Returns the number of values. */
size_t drp_tabulation_pairs(const struct drp_tabulation *tabulation,
	const struct drp_instrument *instrument, enum drp_group group,
	int64_t values[DRP_VALUES_MAX]);

#endif
