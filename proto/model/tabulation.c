/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/model/tabulation.h"

int drp_answer_fits(int answer, const struct drp_scale *scale)
{
	switch (answer) {
	case DRP_ANSWER_NOT_SHOWN:
	case DRP_ANSWER_BLANK:
		return 1;
	case DRP_ANSWER_TICKED:
	case DRP_ANSWER_NOT_TICKED:
		return scale->points == 0;
	case DRP_ANSWER_NA:
		return scale->points > 0 && scale->has_na;
	default:
		return answer >= 1 && answer <= scale->points;
	}
}

static int fits(int answer, const struct drp_instrument *instrument,
	const struct drp_item *item, enum drp_group group)
{
	if (answer == DRP_ANSWER_NOT_SHOWN) {
		return 1;
	}
	if (!(item->groups >> group & 1)) {
		return 0;
	}
	if (item->kind == DRP_ITEM_TEXT) {
		return answer == DRP_ANSWER_BLANK; /* a text has no counters */
	}
	return drp_answer_fits(answer, &instrument->scale[item->scale]);
}

enum drp_err drp_tabulate_add(struct drp_tabulation *tabulation,
	const struct drp_instrument *instrument, enum drp_group group,
	const struct drp_sheet *sheet)
{
	if (tabulation->n > 0 && tabulation->n_items != instrument->n_items) {
		return DRP_E_RANGE;
	}
	if (tabulation->n == UINT32_MAX) {
		return DRP_E_OVERFLOW;
	}
	for (size_t i = 0; i < instrument->n_items; i++) {
		if (!fits(sheet->answer[i], instrument, &instrument->item[i], group)) {
			return DRP_E_RANGE;
		}
	}
	for (size_t i = 0; i < instrument->n_items; i++) {
		tabulation->count[i][sheet->answer[i]]++;
	}
	tabulation->n_items = instrument->n_items;
	tabulation->n++;
	return DRP_OK;
}

size_t drp_tabulation_pairs(const struct drp_tabulation *tabulation,
	const struct drp_instrument *instrument, enum drp_group group,
	int64_t values[DRP_VALUES_MAX])
{
	uint16_t items[DRP_ITEMS_MAX];
	size_t n = drp_instrument_vector(instrument, group, DRP_ITEM_CORE, items);
	for (size_t i = 0; i < n; i++) {
		const uint32_t *count = tabulation->count[items[i]];
		int64_t sum = 0, valid = 0;
		/* Every core item has five points (instrument_rules.h). */
		for (int x = 1; x <= 5; x++) {
			sum += (x - 3) * (int64_t)count[x];
			valid += count[x];
		}
		values[2 * i] = sum;
		values[2 * i + 1] = valid;
	}
	return 2 * n;
}
