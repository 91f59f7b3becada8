/* SPDX-License-Identifier: Apache-2.0
 *
 * What is published at one moment: the editions, newest first, loaded whole, those of
 * them that anybody may see, and the tokens of those who may see all. A snapshot never
 * changes; when the store holds something new, or an embargo has ended, another one takes
 * its place, and shares with it what is the same. Requests are answered from a snapshot
 * alone: none of them reaches the store.
 * Threads: a source belongs to one thread at a time (it has a store handle of its own);
 * snapshots are held, read and released on any.
 */
#ifndef DRP_HUB_SNAPSHOT_H
#define DRP_HUB_SNAPSHOT_H

#include "hub/api/api.h"
#include "hub/store/store_public.h"
#include "hub/tables/publication.h"

struct drp_snapshot {
	size_t n_editions, n_open, n_tokens;
	const struct drp_edition_row *edition;	   /* n_editions, as drp_hub_editions */
	const struct drp_publication *const *all;  /* n_editions, in the same order */
	const struct drp_publication *const *open; /* n_open of them */
	const struct drp_token_row *token;
};

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
 * is an error, and nothing new is shown. */
enum drp_err drp_snapshot_look(struct drp_snapshot_source *source,
	struct drp_snapshot *current, struct drp_snapshot **fresh,
	struct drp_diag *diag) DRP_MUST_CHECK;

#endif
