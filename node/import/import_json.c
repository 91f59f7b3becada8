/* SPDX-License-Identifier: Apache-2.0
 *
 * What an import prints: one JSON line for machines, notes for people.
 */
#include "node/import/answer.h"
#include "node/import/import.h"
#include "proto/model/codes.h"
#include "proto/runtime/json.h"

static json_t *rows_json(const struct drp_import_result *result)
{
	json_t *dropped = json_object();
	for (int fate = DRP_ROW_INCOMPLETE; fate < DRP_ROW_FATES; fate++) {
		if (result->rows_dropped[fate]) {
			drp_json_set(&dropped, drp_row_fate_name(fate),
				json_integer(result->rows_dropped[fate]));
		}
	}
	json_t *rows = json_object();
	drp_json_set(&rows, "read", json_integer(result->rows_read));
	drp_json_set(&rows, "kept", json_integer(result->rows_kept));
	drp_json_set(&rows, "dropped", dropped);
	return rows;
}

static json_t *counts_json(
	const struct drp_scale *scale, const uint32_t count[DRP_ANSWERS])
{
	uint8_t answers[DRP_ANSWERS];
	size_t n = drp_answer_list(scale, answers);
	json_t *counts = json_object();
	for (size_t i = 0; i < n; i++) {
		drp_json_set(&counts, drp_answer_name(answers[i]),
			json_integer(count[answers[i]]));
	}
	return counts;
}

static json_t *group_json(const struct drp_tabulation *tabulation,
	const struct drp_instrument *instrument, int group)
{
	json_t *items = json_object();
	for (uint16_t i = 0; i < instrument->n_items; i++) {
		const struct drp_item *item = &instrument->item[i];
		if (item->kind != DRP_ITEM_TEXT && (item->groups >> group & 1)) {
			drp_json_set(&items, item->code,
				counts_json(&instrument->scale[item->scale],
					tabulation->count[i]));
		}
	}
	json_t *object = json_object();
	drp_json_set(&object, "n", json_integer(tabulation->n));
	drp_json_set(&object, "items", items);
	return object;
}

enum drp_err drp_import_json(const struct drp_import_result *result,
	const struct drp_instrument *instrument, struct drp_buf *out)
{
	json_t *groups = json_object();
	for (int group = 0; group < DRP_GROUPS; group++) {
		if (result->groups >> group & 1) {
			drp_json_set(&groups, drp_group_code(group),
				group_json(
					&result->tabulation[group], instrument, group));
		}
	}
	json_t *root = json_object();
	drp_json_set(&root, "rows", rows_json(result));
	drp_json_set(&root, "groups", groups);
	return drp_json_print(root, DRP_JSON_LINE, out);
}

enum drp_err drp_import_notes(const struct drp_import_result *result,
	const struct drp_instrument *instrument, struct drp_buf *out)
{
	if (result->n_unknown) {
		drp_buf_printf(out, "%s outside instrument %s, dropped:",
			result->by_members ? "members" : "columns", instrument->id);
		for (uint32_t i = 0; i < result->n_unknown; i++) {
			drp_buf_printf(out, "%s %s", i ? "," : "", result->unknown[i]);
		}
		drp_buf_text(out, "\n");
	}
	if (result->n_missing) {
		drp_buf_printf(out, "items without a %s, counted as not shown:",
			result->by_members ? "member" : "column");
		for (uint16_t i = 0; i < result->n_missing; i++) {
			drp_buf_printf(out, "%s %s", i ? "," : "",
				instrument->item[result->missing[i]].code);
		}
		drp_buf_text(out, "\n");
	}
	return out->failed ? DRP_E_NOMEM : DRP_OK;
}
