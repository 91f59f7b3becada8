/* SPDX-License-Identifier: Apache-2.0 */
#include "node/results/results.h"

#include <math.h>
#include <string.h>

const char *drp_item_state_code(int state)
{
	static const char *const codes[DRP_STATES] = {
		"value", "not_asked", "all_na", "not_selected", "no_data", "suppressed"};
	return state >= 0 && state < DRP_STATES ? codes[state] : "?";
}

uint32_t drp_results_mean_tenths(const struct drp_results_cell *cell)
{
	return (uint32_t)((20 * cell->sum + cell->valid) / (2 * (uint64_t)cell->valid));
}

uint32_t drp_results_area_tenths(double mean)
{
	/* A mean of quotients may fall a rounding error short of the half it is. */
	return (uint32_t)floor(mean * 10 + 0.5 + 1e-9);
}

uint32_t drp_results_percent_tenths(uint64_t count, uint32_t n)
{
	return (uint32_t)((2000 * count + n) / (2 * (uint64_t)n));
}

/* Fills everything but the states that precede the counts. */
static void sum_cell(struct drp_results_cell *cell, const struct drp_scale *scale)
{
	cell->valid = 0;
	cell->sum = 0;
	for (uint32_t point = 1; point <= scale->points; point++) {
		cell->valid += cell->count[point];
		cell->sum += (uint64_t)point * cell->count[point];
	}
	if (scale->points == 0) {
		cell->sum = cell->count[DRP_ANSWER_TICKED];
		cell->valid = cell->count[DRP_ANSWER_TICKED] +
			      cell->count[DRP_ANSWER_NOT_TICKED];
	}
	cell->n = cell->valid + cell->count[DRP_ANSWER_NA];
	if (cell->valid > 0) {
		cell->state = DRP_STATE_VALUE;
	} else {
		cell->state = cell->n > 0 ? DRP_STATE_ALL_NA : DRP_STATE_NO_DATA;
	}
}

/* Over all groups; without a value, the reason that says most about the answers. */
static void sum_groups(struct drp_results_item *item, const struct drp_scale *scale)
{
	static const uint8_t telling[] = {
		DRP_STATE_NO_DATA, DRP_STATE_NOT_SELECTED, DRP_STATE_NOT_ASKED};
	int has[DRP_STATES] = {0};
	for (int group = 0; group < DRP_GROUPS; group++) {
		const struct drp_results_cell *cell = &item->group[group];
		has[cell->state] = 1;
		for (int answer = 0; answer < DRP_ANSWERS; answer++) {
			item->overall.count[answer] += cell->count[answer];
		}
	}
	sum_cell(&item->overall, scale);
	for (size_t i = 0; item->overall.n == 0 && i < sizeof telling; i++) {
		if (has[telling[i]]) {
			item->overall.state = telling[i];
			break;
		}
	}
}

static int is_asked(const struct drp_item *item, int group, int level)
{
	return (item->groups >> group & 1) &&
	       (item->levels == 0 || (item->levels >> level & 1));
}

static void build_item(struct drp_results *report, uint16_t index)
{
	const struct drp_results_input *input = &report->input;
	const struct drp_item *item = &input->instrument->item[index];
	const struct drp_scale *scale = &input->instrument->scale[item->scale];
	for (int group = 0; group < DRP_GROUPS; group++) {
		struct drp_results_cell *cell = &report->item[index].group[group];
		const struct drp_tabulation *tabulation = input->tabulation[group];
		if (!is_asked(item, group, input->level)) {
			cell->state = DRP_STATE_NOT_ASKED;
		} else if (item->kind == DRP_ITEM_OPTIONAL && input->selected &&
			   !(input->selected[index] >> group & 1)) {
			cell->state = DRP_STATE_NOT_SELECTED;
		} else {
			if (tabulation) {
				memcpy(cell->count, tabulation->count[index],
					sizeof cell->count);
			}
			sum_cell(cell, scale);
		}
	}
	sum_groups(&report->item[index], scale);
}

static void build_own(struct drp_results *report, uint8_t index)
{
	const struct drp_results_input *input = &report->input;
	for (int group = 0; group < DRP_GROUPS; group++) {
		struct drp_results_cell *cell = &report->own[index].group[group];
		const struct drp_own_tabulation *tabulation =
			input->own_tabulation[group];
		if (!(input->own->item[index].groups >> group & 1)) {
			cell->state = DRP_STATE_NOT_ASKED;
			continue;
		}
		if (tabulation) {
			memcpy(cell->count, tabulation->count[index], sizeof cell->count);
		}
		sum_cell(cell, drp_own_scale());
	}
	sum_groups(&report->own[index], drp_own_scale());
}

static void add_to_area(struct drp_results *report, uint16_t index)
{
	const struct drp_item *item = &report->input.instrument->item[index];
	struct drp_results_area *area = &report->area[item->area];
	for (int group = 0; item->kind == DRP_ITEM_CORE && group < DRP_GROUPS; group++) {
		const struct drp_results_cell *cell = &report->item[index].group[group];
		if (cell->state == DRP_STATE_VALUE) {
			area->questions[group]++;
			area->mean[group] += (double)cell->sum / cell->valid;
		}
	}
}

void drp_results_build(const struct drp_results_input *input, struct drp_results *report)
{
	const struct drp_instrument *instrument = input->instrument;
	*report = (struct drp_results){.input = *input};
	report->level = drp_participation_classify(
		&input->participation, input->close, &report->reason);
	for (uint16_t i = 0; i < instrument->n_items; i++) {
		if (instrument->item[i].kind != DRP_ITEM_TEXT) {
			build_item(report, i);
			add_to_area(report, i);
		}
	}
	for (int area = 0; area < instrument->n_areas; area++) {
		for (int group = 0; group < DRP_GROUPS; group++) {
			if (report->area[area].questions[group]) {
				report->area[area].mean[group] /=
					report->area[area].questions[group];
			}
		}
	}
	for (uint8_t i = 0; input->own && i < input->own->n; i++) {
		build_own(report, i);
	}
}
