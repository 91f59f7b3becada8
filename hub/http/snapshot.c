/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/http/snapshot.h"

#include "proto/base/alloc.h"
#include "proto/crypto/crypto.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

/* A loaded edition, held by every snapshot that shows it. */
struct shelf {
	atomic_uint holders;
	struct drp_publication publication;
};

struct whole {
	struct drp_snapshot seen; /* first: what others know of it */
	atomic_uint holders;
	struct shelf **shelf; /* n_editions */
	struct drp_edition_row *edition;
	struct drp_token_row *token;
	const struct drp_publication **all, **open;
};

struct drp_snapshot_source {
	char dir[DRP_PATH_MAX];
	struct drp_clock clock;
	struct drp_hub hub;
	int is_open;
};

/* --- snapshots --------------------------------------------------------------------- */

static void shelf_release(struct shelf *shelf)
{
	if (shelf && atomic_fetch_sub(&shelf->holders, 1) == 1) {
		drp_publication_free(&shelf->publication);
		drp_free(shelf);
	}
}

struct drp_snapshot *drp_snapshot_hold(struct drp_snapshot *snapshot)
{
	atomic_fetch_add(&((struct whole *)snapshot)->holders, 1);
	return snapshot;
}

void drp_snapshot_release(struct drp_snapshot *snapshot)
{
	struct whole *whole = (struct whole *)snapshot;
	if (!whole || atomic_fetch_sub(&whole->holders, 1) != 1) {
		return;
	}
	for (size_t i = 0; whole->shelf && i < whole->seen.n_editions; i++) {
		shelf_release(whole->shelf[i]);
	}
	drp_free(whole->shelf);
	drp_free(whole->edition);
	drp_free(whole->token);
	drp_free(whole->all);
	drp_free(whole->open);
	drp_free(whole);
}

/* --- the source -------------------------------------------------------------------- */

struct drp_snapshot_source *drp_snapshot_source_new(
	const char *dir, const struct drp_clock *clock)
{
	struct drp_snapshot_source *source = drp_alloc(1, sizeof *source);
	if (source) {
		snprintf(source->dir, sizeof source->dir, "%s", dir);
		source->clock = *clock;
	}
	return source;
}

void drp_snapshot_source_free(struct drp_snapshot_source *source)
{
	if (source) {
		if (source->is_open) {
			drp_hub_close(&source->hub);
		}
		drp_free(source);
	}
}

static int is_open_at(const struct drp_edition_row *row, int64_t now_s)
{
	return row->embargo_s <= now_s;
}

/* Whether the snapshot shows just this. */
static int shows(const struct drp_snapshot *snapshot, const struct whole *whole)
{
	const struct drp_snapshot *seen = &whole->seen;
	if (!snapshot || snapshot->n_editions != seen->n_editions ||
		snapshot->n_open != seen->n_open ||
		snapshot->n_tokens != seen->n_tokens) {
		return 0;
	}
	for (size_t i = 0; i < seen->n_editions; i++) {
		const struct drp_edition_row *a = &snapshot->edition[i];
		const struct drp_edition_row *b = &seen->edition[i];
		if (strcmp(a->campaign, b->campaign) != 0 || a->number != b->number ||
			!drp_hash_equal(&a->hash, &b->hash) ||
			a->embargo_s != b->embargo_s) {
			return 0;
		}
	}
	for (size_t i = 0; i < seen->n_tokens; i++) {
		if (strcmp(snapshot->token[i].id, seen->token[i].id) != 0) {
			return 0;
		}
	}
	return 1;
}

static enum drp_err read_rows(
	struct drp_snapshot_source *source, struct whole *whole, struct drp_diag *diag)
{
	int64_t now_s = source->clock.now_ms(source->clock.self) / 1000;
	struct drp_snapshot *seen = &whole->seen;
	struct drp_hub_store *store = source->hub.store;
	enum drp_err err =
		drp_hub_editions(store, &whole->edition, &seen->n_editions, diag);
	err = err ? err : drp_hub_tokens(store, &whole->token, &seen->n_tokens, diag);
	seen->edition = whole->edition;
	seen->token = whole->token;
	for (size_t i = 0; err == DRP_OK && i < seen->n_editions; i++) {
		seen->n_open += is_open_at(&seen->edition[i], now_s) != 0;
	}
	return err;
}

/* An edition never changes: what the snapshot before has of it is used again. */
static struct shelf *find_shelf(
	const struct drp_snapshot *current, const struct drp_edition_row *row)
{
	for (size_t i = 0; current && i < current->n_editions; i++) {
		if (strcmp(current->edition[i].campaign, row->campaign) == 0 &&
			drp_hash_equal(&current->edition[i].hash, &row->hash)) {
			return ((const struct whole *)current)->shelf[i];
		}
	}
	return NULL;
}

static enum drp_err load_shelf(struct drp_snapshot_source *source,
	const struct drp_snapshot *current, const struct drp_edition_row *row,
	struct shelf **out, struct drp_diag *diag)
{
	struct shelf *shelf = find_shelf(current, row);
	if (shelf) {
		atomic_fetch_add(&shelf->holders, 1);
		*out = shelf;
		return DRP_OK;
	}
	shelf = drp_alloc(1, sizeof *shelf);
	if (!shelf) {
		return drp_fail(diag, DRP_E_NOMEM, "no memory for an edition");
	}
	atomic_init(&shelf->holders, 1);
	*out = shelf;
	return drp_publication_load_edition(
		&source->hub, row->campaign, row->number, &shelf->publication, diag);
}

static enum drp_err fill(struct drp_snapshot_source *source,
	const struct drp_snapshot *current, struct whole *whole, struct drp_diag *diag)
{
	struct drp_snapshot *seen = &whole->seen;
	int64_t now_s = source->clock.now_ms(source->clock.self) / 1000;
	enum drp_err err = DRP_OK;
	whole->shelf = drp_alloc(seen->n_editions + 1, sizeof(struct shelf *));
	whole->all = drp_alloc(seen->n_editions + 1, sizeof(void *));
	whole->open = drp_alloc(seen->n_editions + 1, sizeof(void *));
	if (!whole->shelf || !whole->all || !whole->open) {
		return drp_fail(diag, DRP_E_NOMEM, "no memory for a snapshot");
	}
	seen->all = whole->all;
	seen->open = whole->open;
	seen->n_open = 0;
	for (size_t i = 0; err == DRP_OK && i < seen->n_editions; i++) {
		const struct drp_edition_row *row = &seen->edition[i];
		err = load_shelf(source, current, row, &whole->shelf[i], diag);
		whole->all[i] = err ? NULL : &whole->shelf[i]->publication;
		if (err == DRP_OK && is_open_at(row, now_s)) {
			whole->open[seen->n_open++] = whole->all[i];
		}
	}
	return err;
}

enum drp_err drp_snapshot_look(struct drp_snapshot_source *source,
	struct drp_snapshot *current, struct drp_snapshot **fresh, struct drp_diag *diag)
{
	enum drp_err err = DRP_OK;
	*fresh = NULL;
	if (!source->is_open) {
		err = drp_hub_open(source->dir, &source->hub, diag);
		source->is_open = err == DRP_OK;
	}
	struct whole *whole = err ? NULL : drp_alloc(1, sizeof *whole);
	if (!whole) {
		return err ? err : drp_fail(diag, DRP_E_NOMEM, "no memory to look");
	}
	atomic_init(&whole->holders, 1);
	err = read_rows(source, whole, diag);
	int same = err == DRP_OK && shows(current, whole);
	err = err || same ? err : fill(source, current, whole, diag);
	if (err || same) {
		drp_snapshot_release(&whole->seen);
		return err;
	}
	*fresh = &whole->seen;
	return DRP_OK;
}
