/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/tables/answer_table.h"
#include "hub/tables/table.h"
#include "hub/tables/table_text.h"
#include "hub/tables/target.h"

static enum drp_err print_answer(const char *id, const struct drp_buf *text,
	const struct drp_table_options *options, struct drp_buf *out,
	struct drp_diag *diag)
{
	struct drp_answer answer;
	enum drp_err err = drp_answer_parse(text->data, text->len, id, &answer, diag);
	return err ? err : drp_answer_table_write(&answer, options, out);
}

enum drp_err drp_table_print(struct drp_hub *hub, const char *id,
	const struct drp_table_options *options, struct drp_buf *out,
	struct drp_diag *diag)
{
	struct drp_buf text = {0};
	if (options->with && options->measure != DRP_TABLE_TREND) {
		return drp_fail(diag, DRP_E_USAGE,
			"--with names the earlier campaign of --measure trend");
	}
	enum drp_err err = drp_hub_answer_get(hub->store, id, &text, diag);
	if (err == DRP_OK) {
		err = print_answer(id, &text, options, out, diag);
	} else if (err == DRP_E_NOTFOUND && drp_target_is(hub, id)) {
		err = drp_target_print(hub, id, options, out, diag);
	} else if (err == DRP_E_NOTFOUND) {
		struct drp_publication publication;
		err = drp_publication_load(hub, id, &publication, diag);
		if (err == DRP_OK) {
			err = options->measure == DRP_TABLE_TREND
				      ? drp_table_trend_print(
						hub, &publication, options, out, diag)
				      : drp_table_write(&publication, options, out, diag);
		}
		drp_publication_free(&publication);
	}
	drp_buf_clear(&text);
	return err;
}
