/* SPDX-License-Identifier: Apache-2.0
 *
 * A snapshot has a shelf for each edition, and beside it one for each part of it that
 * somebody sees. Of every view there is one scene: a list of shelves, by one rule
 * (drp_view_sight) for the public as for everybody else.
 */
#include "hub/http/snapshot.h"

#include "proto/base/alloc.h"
#include "proto/crypto/crypto.h"
#include "proto/runtime/log.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

/* Of an edition: the whole as everybody sees it, the part of each network, and the whole
 * as some see it before it is public. */
#define SLOT_EARLY (DRP_NETWORKS + 1)
#define SLOTS	   (DRP_NETWORKS + 2)

/* A loaded edition or a view of one, held by every snapshot that shows it. A view borrows
 * from the whole, which stands in the same snapshots. */
struct shelf {
	atomic_uint holders;
	struct drp_publication publication;
};

/* The history of some campaigns; of is the hash of their newest editions. */
struct record {
	atomic_uint holders;
	struct drp_hash of;
	struct drp_history *history;
};

struct scene {
	char name[DRP_VIEW_NAME];
	size_t n;
	const struct drp_publication **publication;
	struct record *record;
};

struct whole {
	struct drp_snapshot seen; /* first: what others know of it */
	atomic_uint holders;
	int64_t now_s;
	struct shelf **shelf; /* n_editions times SLOTS; NULL where nobody sees it */
	size_t n_scenes;
	struct scene *scene; /* the first is the public's */
	struct drp_edition_row *edition;
	struct drp_token_row *token;
	size_t n_target_rows, n_targets; /* there are; could be read: all or none */
	struct drp_target_row *target_row;
	struct drp_target *target; /* public for all */
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
	if (!shelf || atomic_fetch_sub(&shelf->holders, 1) != 1) {
		return;
	}
	if (shelf->publication.network) {
		drp_publication_of_network_free(&shelf->publication);
	} else if (!shelf->publication.before_s) { /* else nothing of it is ours */
		drp_publication_free(&shelf->publication);
	}
	drp_free(shelf);
}

static void record_release(struct record *record)
{
	if (record && atomic_fetch_sub(&record->holders, 1) == 1) {
		drp_history_free(record->history);
		drp_free(record);
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
	for (size_t i = 0; i < whole->n_scenes; i++) {
		record_release(whole->scene[i].record);
		drp_free(whole->scene[i].publication);
	}
	for (size_t i = 0; whole->shelf && i < whole->seen.n_editions * SLOTS; i++) {
		shelf_release(whole->shelf[i]);
	}
	drp_free(whole->scene);
	drp_free(whole->shelf);
	drp_free(whole->edition);
	drp_free(whole->token);
	drp_free(whole->target_row);
	drp_free(whole->target);
	drp_free(whole);
}

static const struct scene *find_scene(const struct whole *whole, const char *name)
{
	for (size_t i = 0; i < whole->n_scenes; i++) {
		if (strcmp(whole->scene[i].name, name) == 0) {
			return &whole->scene[i];
		}
	}
	return NULL;
}

void drp_snapshot_see(const struct drp_snapshot *snapshot,
	const struct drp_hub_view *view, struct drp_catalogue *catalogue)
{
	const struct whole *whole = (const struct whole *)snapshot;
	char name[DRP_VIEW_NAME];
	drp_view_name(view, name);
	const struct scene *scene = find_scene(whole, name);
	scene = scene ? scene : &whole->scene[0];
	catalogue->n = scene->n;
	catalogue->publication = scene->publication;
	catalogue->history = scene->record->history;
	catalogue->n_targets = whole->n_targets;
	catalogue->target = whole->target;
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

static int same_edition(const struct drp_edition_row *a, const struct drp_edition_row *b)
{
	return strcmp(a->campaign, b->campaign) == 0 && a->number == b->number &&
	       drp_hash_equal(&a->hash, &b->hash);
}

/* A target never changes. */
static int same_targets(const struct whole *a, const struct whole *b)
{
	int same = a->n_target_rows == b->n_target_rows;
	for (size_t i = 0; same && i < a->n_target_rows; i++) {
		same = strcmp(a->target_row[i].id, b->target_row[i].id) == 0;
	}
	return same;
}

/* Whether the snapshot shows just this. */
static int shows(const struct drp_snapshot *snapshot, const struct whole *whole)
{
	const struct drp_snapshot *seen = &whole->seen;
	if (!snapshot || snapshot->n_editions != seen->n_editions ||
		snapshot->n_open != seen->n_open ||
		snapshot->n_tokens != seen->n_tokens ||
		!same_targets((const struct whole *)snapshot, whole)) {
		return 0;
	}
	for (size_t i = 0; i < seen->n_editions; i++) {
		if (!same_edition(&snapshot->edition[i], &seen->edition[i]) ||
			snapshot->edition[i].embargo_s != seen->edition[i].embargo_s) {
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
	const struct drp_hub_view anybody = drp_view_of(NULL);
	struct drp_snapshot *seen = &whole->seen;
	struct drp_hub_store *store = source->hub.store;
	enum drp_err err =
		drp_hub_editions(store, &whole->edition, &seen->n_editions, diag);
	err = err ? err : drp_hub_tokens(store, &whole->token, &seen->n_tokens, diag);
	err = err ? err
		  : drp_hub_target_rows(
			    store, &whole->target_row, &whole->n_target_rows, diag);
	seen->edition = whole->edition;
	seen->token = whole->token;
	for (size_t i = 0; err == DRP_OK && i < seen->n_editions; i++) {
		seen->n_open += drp_view_sight(&anybody, &seen->edition[i],
					whole->now_s) == DRP_SIGHT_WHOLE;
	}
	return err;
}

/* --- shelves ----------------------------------------------------------------------- */

/* An edition never changes, and a view of it says when it becomes public: what the
 * snapshot before has of both is used again. */
static struct shelf *find_shelf(const struct drp_snapshot *current,
	const struct drp_edition_row *row, size_t slot)
{
	for (size_t i = 0; current && i < current->n_editions; i++) {
		if (same_edition(&current->edition[i], row) &&
			(slot == 0 || current->edition[i].embargo_s == row->embargo_s)) {
			return ((const struct whole *)current)->shelf[i * SLOTS + slot];
		}
	}
	return NULL;
}

static enum drp_err make_view(const struct drp_publication *whole,
	const struct drp_edition_row *row, size_t slot, struct drp_publication *view)
{
	if (slot == SLOT_EARLY) {
		drp_publication_early(whole, row->embargo_s, view);
		return DRP_OK;
	}
	enum drp_err err =
		drp_publication_of_network(whole, (enum drp_network)slot, view);
	view->before_s = err ? 0 : row->embargo_s;
	return err;
}

/* Fills the place of an edition in that slot; of a view after the whole's. */
static enum drp_err put_shelf(struct drp_snapshot_source *source,
	const struct drp_snapshot *current, struct whole *whole, size_t i, size_t slot,
	struct drp_diag *diag)
{
	const struct drp_edition_row *row = &whole->edition[i];
	struct shelf **at = &whole->shelf[i * SLOTS + slot];
	struct shelf *shelf = *at ? *at : find_shelf(current, row, slot);
	if (shelf) {
		atomic_fetch_add(&shelf->holders, *at ? 0 : 1);
		*at = shelf;
		return DRP_OK;
	}
	shelf = drp_alloc(1, sizeof *shelf);
	if (!shelf) {
		return drp_fail(diag, DRP_E_NOMEM, "no memory for an edition");
	}
	atomic_init(&shelf->holders, 1);
	*at = shelf;
	if (slot == 0) {
		return drp_publication_load_edition(&source->hub, row->campaign,
			row->number, &shelf->publication, diag);
	}
	return make_view(&whole->shelf[i * SLOTS]->publication, row, slot,
		       &shelf->publication)
		       ? drp_fail(diag, DRP_E_NOMEM, "no memory for an edition's part")
		       : DRP_OK;
}

/* --- records ----------------------------------------------------------------------- */

static int is_newest(const struct whole *whole, size_t i)
{
	return i == 0 ||
	       strcmp(whole->edition[i].campaign, whole->edition[i - 1].campaign) != 0;
}

/* Campaigns that a view sees whole, by their newest editions. */
static int is_recorded(
	const struct whole *whole, const struct drp_hub_view *view, size_t i)
{
	return is_newest(whole, i) &&
	       drp_view_sight(view, &whole->edition[i], whole->now_s) == DRP_SIGHT_WHOLE;
}

static enum drp_err hash_recorded(
	const struct whole *whole, const struct drp_hub_view *view, struct drp_hash *hash)
{
	struct drp_buf text = {0};
	for (size_t i = 0; i < whole->seen.n_editions; i++) {
		if (is_recorded(whole, view, i)) {
			const struct drp_edition_row *row = &whole->edition[i];
			drp_buf_append(&text, row->campaign, strlen(row->campaign) + 1);
			drp_buf_append(&text, row->hash.b, sizeof row->hash.b);
		}
	}
	enum drp_err err = text.failed ? DRP_E_NOMEM : DRP_OK;
	drp_hash_bytes(text.data, text.len, hash);
	drp_buf_clear(&text);
	return err;
}

static struct record *find_record(const struct whole *whole, const struct drp_hash *of)
{
	for (size_t i = 0; whole && i < whole->n_scenes; i++) {
		struct record *record = whole->scene[i].record;
		if (record && drp_hash_equal(&record->of, of)) {
			return record;
		}
	}
	return NULL;
}

/* What is published is shown all the same when its history cannot be told; but for want
 * of memory, which may be there at the next look. */
static enum drp_err load_history(struct drp_snapshot_source *source,
	const struct whole *whole, const struct drp_hub_view *view,
	struct drp_history *history)
{
	enum drp_err err = history ? DRP_OK : DRP_E_NOMEM;
	for (size_t i = 0; err != DRP_E_NOMEM && i < whole->seen.n_editions; i++) {
		struct drp_diag diag = {0};
		const char *campaign = whole->edition[i].campaign;
		err = is_recorded(whole, view, i)
			      ? drp_history_load(history, &source->hub, campaign, &diag)
			      : DRP_OK;
		if (err && err != DRP_E_NOMEM) {
			drp_log(DRP_LOG_WARN, "http", "history-left-out",
				"campaign=%s error=%s text=\"%s\"", campaign,
				drp_err_name(err), diag.text);
		}
	}
	return err == DRP_E_NOMEM ? err : DRP_OK;
}

static enum drp_err put_record(struct drp_snapshot_source *source,
	const struct drp_snapshot *current, const struct whole *whole,
	const struct drp_hub_view *view, struct scene *scene)
{
	struct drp_hash of;
	enum drp_err err = hash_recorded(whole, view, &of);
	struct record *record = err ? NULL : find_record(whole, &of);
	record = record || err ? record : find_record((const struct whole *)current, &of);
	if (record) {
		atomic_fetch_add(&record->holders, 1);
		scene->record = record;
		return DRP_OK;
	}
	record = err ? NULL : drp_alloc(1, sizeof *record);
	if (!record) {
		return DRP_E_NOMEM;
	}
	atomic_init(&record->holders, 1);
	record->of = of;
	record->history = drp_history_new();
	scene->record = record;
	return load_history(source, whole, view, record->history);
}

/* --- scenes ------------------------------------------------------------------------ */

static size_t slot_of(const struct whole *whole, const struct drp_hub_view *view,
	enum drp_sight sight, size_t i)
{
	return sight == DRP_SIGHT_NETWORK		    ? view->network
	       : whole->edition[i].embargo_s > whole->now_s ? SLOT_EARLY
							    : 0;
}

static enum drp_err put_scene(struct drp_snapshot_source *source,
	const struct drp_snapshot *current, struct whole *whole,
	const struct drp_hub_view *view, struct drp_diag *diag)
{
	struct scene *scene = &whole->scene[whole->n_scenes];
	enum drp_err err = DRP_OK;
	drp_view_name(view, scene->name);
	if (find_scene(whole, scene->name)) {
		return DRP_OK;
	}
	whole->n_scenes++;
	scene->publication = drp_alloc(whole->seen.n_editions + 1, sizeof(void *));
	if (!scene->publication || put_record(source, current, whole, view, scene)) {
		return drp_fail(diag, DRP_E_NOMEM, "no memory for a view");
	}
	for (size_t i = 0; err == DRP_OK && i < whole->seen.n_editions; i++) {
		enum drp_sight sight =
			drp_view_sight(view, &whole->edition[i], whole->now_s);
		size_t slot = slot_of(whole, view, sight, i);
		if (sight == DRP_SIGHT_NOTHING) {
			continue;
		}
		err = put_shelf(source, current, whole, i, slot, diag);
		if (err == DRP_OK) {
			scene->publication[scene->n++] =
				&whole->shelf[i * SLOTS + slot]->publication;
		}
	}
	return err;
}

static enum drp_err read_targets(
	struct drp_snapshot_source *source, struct whole *whole, struct drp_diag *diag)
{
	struct drp_diag why = {0};
	enum drp_err err = drp_hub_targets(
		source->hub.store, &whole->target, &whole->n_targets, &why);
	if (err) {
		whole->target = NULL;
		whole->n_targets = 0;
	}
	if (err == DRP_E_NOMEM) {
		return drp_fail(diag, err, "no memory for the targets");
	}
	if (err) {
		drp_log(DRP_LOG_WARN, "http", "targets-left-out", "text=\"%s\"",
			why.text);
	}
	return DRP_OK;
}

/* Every edition is loaded, also one that nobody sees yet: damage is told early. */
static enum drp_err fill(struct drp_snapshot_source *source,
	const struct drp_snapshot *current, struct whole *whole, struct drp_diag *diag)
{
	struct drp_snapshot *seen = &whole->seen;
	struct drp_hub_view view = drp_view_of(NULL);
	enum drp_err err = DRP_OK;
	whole->shelf = drp_alloc(seen->n_editions * SLOTS + 1, sizeof(struct shelf *));
	whole->scene = drp_alloc(seen->n_tokens + 2, sizeof *whole->scene);
	if (!whole->shelf || !whole->scene) {
		return drp_fail(diag, DRP_E_NOMEM, "no memory for a snapshot");
	}
	err = read_targets(source, whole, diag);
	for (size_t i = 0; err == DRP_OK && i < seen->n_editions; i++) {
		err = put_shelf(source, current, whole, i, 0, diag);
	}
	err = err ? err : put_scene(source, current, whole, &view, diag);
	for (size_t i = 0; err == DRP_OK && i < seen->n_tokens; i++) {
		view = drp_view_of(&seen->token[i]);
		err = put_scene(source, current, whole, &view, diag);
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
	whole->now_s = source->clock.now_ms(source->clock.self) / 1000;
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
