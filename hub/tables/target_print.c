/* SPDX-License-Identifier: Apache-2.0
 *
 * The report on a target for the hub's own side.
 */
#include "hub/tables/target.h"

#include "hub/store/store_public.h"
#include "proto/base/alloc.h"

#include <string.h>

/* Every campaign that has an edition, with its newest one, whoever may see it yet: this
 * is the hub's own side. */
struct shelf {
	size_t n;
	struct drp_publication *publication;
	const struct drp_publication **list;
	struct drp_history *history;
};

static void shelf_clear(struct shelf *shelf)
{
	for (size_t i = 0; i < shelf->n; i++) {
		drp_publication_free(&shelf->publication[i]);
	}
	drp_free(shelf->publication);
	drp_free(shelf->list);
	drp_history_free(shelf->history);
}

static enum drp_err shelf_add(struct drp_hub *hub, const char *campaign,
	struct shelf *shelf, struct drp_diag *diag)
{
	struct drp_publication *p = &shelf->publication[shelf->n];
	enum drp_err err = drp_publication_load(hub, campaign, p, diag);
	shelf->list[shelf->n++] = p;
	err = err ? err : drp_history_load(shelf->history, hub, campaign, diag);
	if (err == DRP_E_NOTFOUND && p->edition) {
		*diag = (struct drp_diag){0};
		return DRP_OK; /* it is told how many are left out */
	}
	return err;
}

static enum drp_err shelf_fill(
	struct drp_hub *hub, struct shelf *shelf, struct drp_diag *diag)
{
	struct drp_edition_row *rows = NULL;
	size_t n = 0;
	enum drp_err err = drp_hub_editions(hub->store, &rows, &n, diag);
	shelf->publication = drp_alloc(n + 1, sizeof *shelf->publication);
	shelf->list = drp_alloc(n + 1, sizeof *shelf->list);
	shelf->history = drp_history_new();
	if (err == DRP_OK && (!shelf->publication || !shelf->list || !shelf->history)) {
		err = drp_fail(diag, DRP_E_NOMEM, "no memory for the campaigns");
	}
	for (size_t i = 0; err == DRP_OK && i < n; i++) {
		if (i == 0 || strcmp(rows[i - 1].campaign, rows[i].campaign) != 0) {
			err = shelf_add(hub, rows[i].campaign, shelf, diag);
		}
	}
	drp_free(rows);
	return err;
}

static enum drp_err print_target(struct drp_hub *hub, const struct drp_target *target,
	const struct drp_table_options *options, struct drp_buf *out,
	struct drp_diag *diag)
{
	struct shelf shelf = {0};
	struct drp_target_report report;
	struct drp_diag why = {0};
	if (options->by != DRP_FAMILY_REGION) {
		return drp_fail(diag, DRP_E_USAGE,
			"%s is a target of the whole region; leave out --by", target->id);
	}
	enum drp_err err = shelf_fill(hub, &shelf, &why);
	if (err == DRP_OK) {
		drp_target_report(target, shelf.list, shelf.n, shelf.history, &report);
		err = drp_target_write(&report, options, out);
	} else {
		err = drp_fail(diag, err, "%s", why.text);
	}
	shelf_clear(&shelf);
	return err;
}

enum drp_err drp_target_print(struct drp_hub *hub, const char *id,
	const struct drp_table_options *options, struct drp_buf *out,
	struct drp_diag *diag)
{
	struct drp_target *target = drp_alloc(1, sizeof *target);
	enum drp_err err =
		target ? drp_hub_target_read(hub->store, id, target, diag)
		       : drp_fail(diag, DRP_E_NOMEM, "no memory for the target");
	err = err ? err : print_target(hub, target, options, out, diag);
	drp_free(target);
	return err;
}

int drp_target_is(struct drp_hub *hub, const char *id)
{
	struct drp_buf text = {0};
	enum drp_err err = drp_hub_target_get(hub->store, id, &text, &text, NULL);
	drp_buf_clear(&text);
	return err == DRP_OK;
}
