/* SPDX-License-Identifier: Apache-2.0
 *
 * The school's own results for machines.
 */
#include "node/import/answer.h"
#include "node/results/results.h"
#include "proto/model/codes.h"
#include "proto/runtime/json.h"

static json_t *participation_json(const struct drp_results *report)
{
	const struct drp_participation_counts *counts = &report->input.participation;
	json_t *groups = json_object();
	for (int group = 0; group < DRP_GROUPS; group++) {
		uint32_t eligible = counts->eligible[group];
		json_t *object = json_object();
		drp_json_set(&object, "eligible", json_integer(eligible));
		drp_json_set(&object, "invited", json_integer(counts->invited[group]));
		drp_json_set(
			&object, "completed", json_integer(counts->completed[group]));
		drp_json_set(&object, "minimum",
			json_integer(drp_participation_minimum(
				(enum drp_group)group, eligible)));
		drp_json_set(&groups, drp_group_code(group), object);
	}
	json_t *object = json_object();
	drp_json_set(&object, "level",
		json_string(drp_participation_code((int)report->level)));
	drp_json_set(&object, "reason",
		json_string(drp_participation_reason_code((int)report->reason)));
	drp_json_set(&object, "groups", groups);
	return object;
}

static json_t *tenths(uint32_t value)
{
	return json_real(value / 10.0);
}

static void set_breakdown(json_t **object, const struct drp_results_cell *cell,
	const struct drp_scale *scale)
{
	json_t *counts = json_object(), *percent = json_object();
	uint8_t answers[DRP_ANSWERS];
	size_t n = drp_answer_list(scale, answers);
	for (size_t i = 0; i < n; i++) {
		uint8_t answer = answers[i];
		const char *name = drp_answer_name(answer);
		drp_json_set(&counts, name, json_integer(cell->count[answer]));
		if (answer != DRP_ANSWER_BLANK && answer != DRP_ANSWER_NOT_SHOWN) {
			drp_json_set(&percent, name,
				tenths(drp_results_percent_tenths(
					cell->count[answer], cell->n)));
		}
	}
	drp_json_set(object, "counts", counts);
	drp_json_set(object, "percent", percent);
}

static json_t *cell_json(
	const struct drp_results_cell *cell, const struct drp_scale *scale)
{
	json_t *object = json_object();
	drp_json_set(&object, "state", json_string(drp_item_state_code(cell->state)));
	if (cell->n == 0) {
		return object;
	}
	drp_json_set(&object, "n", json_integer(cell->n));
	drp_json_set(&object, "valid", json_integer(cell->valid));
	if (cell->state == DRP_STATE_VALUE && scale->points > 0) {
		drp_json_set(&object, "sum", json_integer((json_int_t)cell->sum));
		drp_json_set(&object, "mean", json_real((double)cell->sum / cell->valid));
	}
	set_breakdown(&object, cell, scale);
	return object;
}

static void set_cells(json_t **object, const struct drp_results_item *item,
	const struct drp_scale *scale)
{
	json_t *groups = json_object();
	for (int group = 0; group < DRP_GROUPS; group++) {
		drp_json_set(&groups, drp_group_code(group),
			cell_json(&item->group[group], scale));
	}
	drp_json_set(object, "overall", cell_json(&item->overall, scale));
	drp_json_set(object, "groups", groups);
}

static json_t *area_json(const struct drp_results *report, int index)
{
	const struct drp_results_area *area = &report->area[index];
	json_t *groups = json_object();
	for (int group = 0; group < DRP_GROUPS; group++) {
		json_t *object = json_object();
		drp_json_set(&object, "questions", json_integer(area->questions[group]));
		if (area->questions[group]) {
			drp_json_set(&object, "mean", json_real(area->mean[group]));
		}
		drp_json_set(&groups, drp_group_code(group), object);
	}
	json_t *object = json_object();
	drp_json_set(
		&object, "area", json_string(report->input.instrument->area[index].code));
	drp_json_set(&object, "groups", groups);
	return object;
}

static json_t *item_json(const struct drp_results *report, uint16_t index)
{
	static const char *const kinds[] = {"core", "additional", "optional", "text"};
	const struct drp_instrument *instrument = report->input.instrument;
	const struct drp_item *item = &instrument->item[index];
	const struct drp_scale *scale = &instrument->scale[item->scale];
	json_t *object = json_object();
	drp_json_set(&object, "item", json_string(item->code));
	drp_json_set(&object, "area", json_string(instrument->area[item->area].code));
	drp_json_set(&object, "kind", json_string(kinds[item->kind]));
	drp_json_set(&object, "scale", json_string(scale->code));
	set_cells(&object, &report->item[index], scale);
	return object;
}

enum drp_err drp_results_json(const struct drp_results *report, struct drp_buf *out)
{
	const struct drp_instrument *instrument = report->input.instrument;
	const struct drp_own_items *own_items = report->input.own;
	json_t *areas = json_array(), *items = json_array(), *own = json_array();
	for (int i = 0; i < instrument->n_areas; i++) {
		if (!instrument->area[i].additional) {
			drp_json_add(&areas, area_json(report, i));
		}
	}
	for (uint16_t i = 0; i < instrument->n_items; i++) {
		if (instrument->item[i].kind != DRP_ITEM_TEXT) {
			drp_json_add(&items, item_json(report, i));
		}
	}
	for (int i = 0; own_items && i < own_items->n; i++) {
		json_t *object = json_object();
		drp_json_set(&object, "item", json_string(own_items->item[i].code));
		set_cells(&object, &report->own[i], drp_own_scale());
		drp_json_add(&own, object);
	}
	json_t *root = json_object();
	drp_json_set(&root, "instrument", json_string(instrument->id));
	drp_json_set(&root, "version", json_string(instrument->version));
	drp_json_set(&root, "level", json_integer(report->input.level));
	drp_json_set(&root, "incomplete",
		json_boolean(report->level == DRP_PARTICIPATION_INCOMPLETE));
	drp_json_set(&root, "participation", participation_json(report));
	drp_json_set(&root, "areas", areas);
	drp_json_set(&root, "items", items);
	drp_json_set(&root, "own", own);
	return drp_json_print(root, DRP_JSON_LINE, out);
}
