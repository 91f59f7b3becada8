/* SPDX-License-Identifier: Apache-2.0
 *
 * What a visitor may see of what is published (R56). What is public is public for all.
 * Before an embargo's instant
 *   the public    sees nothing of the campaign
 *   a network     sees its own network and the region's total
 *   a researcher  sees the campaign that the token is for, whole
 *   ministry, operator   see everything
 * A view of a network is made by leaving out rows of the edition, never by computing
 * any: what a reader of it can work out is what the public can work out later.
 * Threads: any.
 */
#ifndef DRP_HUB_VIEW_H
#define DRP_HUB_VIEW_H

#include "hub/store/store_public.h"
#include "hub/tables/publication.h"

#include <drempel/types.h>

struct drp_hub_view {
	uint8_t scope;		     /* enum drp_token_scope; DRP_SCOPES: the public */
	uint8_t network;	     /* enum drp_network, of scope network */
	char campaign[DRP_NAME_MAX]; /* of scope researcher */
};

/* drp_view_of: NULL is the public. */
struct drp_hub_view drp_view_of(const struct drp_token_row *token);

/* What of an edition a view shows. */
enum drp_sight { DRP_SIGHT_NOTHING, DRP_SIGHT_NETWORK, DRP_SIGHT_WHOLE };
enum drp_sight drp_view_sight(const struct drp_hub_view *view,
	const struct drp_edition_row *row, int64_t now_s);

/* drp_view_name tells views apart in keys: the same text for the same sight of
 * everything. */
#define DRP_VIEW_NAME (DRP_NAME_MAX + 16)
void drp_view_name(const struct drp_hub_view *view, char name[DRP_VIEW_NAME]);

/* drp_publication_early makes a copy of the whole publication for those who see it whole
 * before that second; it borrows everything, and there is nothing to free. */
void drp_publication_early(const struct drp_publication *whole, int64_t public_s,
	struct drp_publication *early);

/* drp_publication_of_network makes a copy of the publication that has only the rows of
 * the region and of cohorts of that network (or of a fold with it), the accounting of
 * these alone, and nothing of the archived integers; it borrows all but its edition from whole, and says that it is a
 * part (network of publication.h). The edition's hash stays that of the whole one: the
 * rows do not hash to it. Free it with drp_publication_of_network_free. DRP_E_NOMEM. */
enum drp_err drp_publication_of_network(const struct drp_publication *whole,
	enum drp_network network, struct drp_publication *part) DRP_MUST_CHECK;
void drp_publication_of_network_free(struct drp_publication *part);

#endif
