/* SPDX-License-Identifier: Apache-2.0
 *
 * What is published at one moment: the editions, newest first, loaded whole, the tokens
 * of those who may see more than the public, the targets, and what each view sees: its
 * publications and its history, made before anybody asks. A snapshot never changes; when
 * the store holds something new, or an embargo has ended, another one takes its place,
 * and shares with it what is the same. Requests are answered from a snapshot alone: none
 * of them reaches the store.
 * Threads: a source belongs to one thread at a time (it has a store handle of its own);
 * snapshots are held, read and released on any.
 */
#ifndef DRP_HUB_SNAPSHOT_H
#define DRP_HUB_SNAPSHOT_H

#include "hub/api/api.h"
#include "hub/http/view.h"
#include "hub/store/store_public.h"
#include "hub/tables/publication.h"

struct drp_snapshot {
	size_t n_editions, n_open, n_tokens;   /* n_open: editions that anybody may see */
	const struct drp_edition_row *edition; /* n_editions, as drp_hub_editions */
	const struct drp_token_row *token;
};

/* drp_snapshot_see fills all of a catalogue but its base with what a view sees, newest
 * first. The view is the public's or that of one of the snapshot's tokens; any other sees
 * what the public sees. The catalogue lives as long as the snapshot is held. */
void drp_snapshot_see(const struct drp_snapshot *snapshot,
	const struct drp_hub_view *view, struct drp_catalogue *catalogue);

struct drp_snapshot *drp_snapshot_hold(struct drp_snapshot *snapshot);
void drp_snapshot_release(struct drp_snapshot *snapshot); /* NULL is fine */

struct drp_snapshot_source; /* opaque */

/* drp_snapshot_source_new looks at the hub in that directory by that clock; nothing is
 * opened yet. NULL without memory. */
struct drp_snapshot_source *drp_snapshot_source_new(
	const char *dir, const struct drp_clock *clock);
void drp_snapshot_source_free(struct drp_snapshot_source *source);

/* drp_snapshot_look makes a new snapshot when the store or the time says other than
 * current (may be NULL) does; otherwise *fresh is NULL. An edition that cannot be read
 * is an error, and so is want of memory, and nothing new is shown; a campaign whose
 * history cannot be read is left out of histories, and targets that cannot be read are
 * left out; the log says so once. */
enum drp_err drp_snapshot_look(struct drp_snapshot_source *source,
	struct drp_snapshot *current, struct drp_snapshot **fresh,
	struct drp_diag *diag) DRP_MUST_CHECK;

#endif
