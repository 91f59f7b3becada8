/* SPDX-License-Identifier: Apache-2.0
 *
 * Trends from the store: which campaign was before, and the schools in both.
 */
#include "hub/store/store_public.h"
#include "hub/tables/difference.h"
#include "hub/tables/table.h"
#include "hub/tables/table_text.h"
#include "proto/base/alloc.h"

#include <string.h>

/* Keeps in *earlier whichever of it and candidate is the session before later, and frees
 * the other. */
static void keep_nearer(const struct drp_publication *later,
	struct drp_publication *earlier, struct drp_publication *candidate)
{
	const struct drp_publication *both[] = {candidate, earlier};
	if (drp_session_before(later, both, earlier->edition ? 2 : 1) == candidate) {
		struct drp_publication last = *earlier;
		*earlier = *candidate;
		*candidate = last;
	}
	drp_publication_free(candidate);
}

/* Of all campaigns with an edition, one at a time, the session before. */
static enum drp_err load_before(struct drp_hub *hub, const struct drp_publication *later,
	struct drp_publication *earlier, struct drp_diag *diag)
{
	struct drp_edition_row *rows = NULL;
	size_t n = 0;
	enum drp_err err = drp_hub_editions(hub->store, &rows, &n, diag);
	for (size_t i = 0; err == DRP_OK && i < n; i++) {
		struct drp_publication p;
		if ((i && strcmp(rows[i].campaign, rows[i - 1].campaign) == 0) ||
			strcmp(rows[i].campaign, later->edition->campaign) == 0) {
			continue;
		}
		err = drp_publication_load(hub, rows[i].campaign, &p, diag);
		if (err) {
			drp_publication_free(&p);
		} else {
			keep_nearer(later, earlier, &p);
		}
	}
	drp_free(rows);
	if (err == DRP_OK && !earlier->edition) {
		err = drp_fail(diag, DRP_E_NOTFOUND,
			"no earlier campaign with the questionnaire of %s has an "
			"edition; a trend takes two",
			later->edition->campaign);
	}
	return err;
}

/* What was signed before members were kept has no schools in common to tell. */
static enum drp_err load_history(struct drp_hub *hub, const struct drp_publication *later,
	const struct drp_publication *earlier, struct drp_history **history,
	struct drp_diag *diag)
{
	const char *const campaign[] = {
		later->edition->campaign, earlier->edition->campaign};
	*history = drp_history_new();
	if (!*history) {
		return drp_fail(diag, DRP_E_NOMEM, "no memory for the schools in common");
	}
	for (int i = 0; i < 2; i++) {
		struct drp_diag why = {0};
		enum drp_err err = drp_history_load(*history, hub, campaign[i], &why);
		if (err && err != DRP_E_NOTFOUND && err != DRP_E_EXISTS) {
			return drp_fail(diag, err, "%s", why.text);
		}
	}
	return DRP_OK;
}

enum drp_err drp_table_trend_print(struct drp_hub *hub,
	const struct drp_publication *later, const struct drp_table_options *options,
	struct drp_buf *out, struct drp_diag *diag)
{
	struct drp_publication earlier = {0};
	struct drp_history *history = NULL;
	enum drp_err err =
		options->with ? drp_publication_load(hub, options->with, &earlier, diag)
			      : load_before(hub, later, &earlier, diag);
	err = err ? err : load_history(hub, later, &earlier, &history, diag);
	err = err ? err
		  : drp_table_write_trend(later, &earlier, history, options, out, diag);
	drp_history_free(history);
	drp_publication_free(&earlier);
	return err;
}
