/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/http/view.h"

#include "proto/base/alloc.h"
#include "proto/model/codes.h"

#include <stdio.h>
#include <string.h>

struct drp_hub_view drp_view_of(const struct drp_token_row *token)
{
	struct drp_hub_view view = {.scope = DRP_SCOPES};
	if (token) {
		view.scope = token->scope;
		view.network = token->network;
		snprintf(view.campaign, sizeof view.campaign, "%s", token->campaign);
	}
	return view;
}

/* An unknown scope sees what the public sees. */
enum drp_sight drp_view_sight(
	const struct drp_hub_view *view, const struct drp_edition_row *row, int64_t now_s)
{
	if (row->embargo_s <= now_s) {
		return DRP_SIGHT_WHOLE;
	}
	switch (view->scope) {
	case DRP_SCOPE_MINISTRY:
	case DRP_SCOPE_OPERATOR:
		return DRP_SIGHT_WHOLE;
	case DRP_SCOPE_NETWORK:
		return view->network > 0 && view->network <= DRP_NETWORKS
			       ? DRP_SIGHT_NETWORK
			       : DRP_SIGHT_NOTHING;
	case DRP_SCOPE_RESEARCHER:
		return strcmp(view->campaign, row->campaign) == 0 ? DRP_SIGHT_WHOLE
								  : DRP_SIGHT_NOTHING;
	default:
		return DRP_SIGHT_NOTHING;
	}
}

void drp_view_name(const struct drp_hub_view *view, char name[DRP_VIEW_NAME])
{
	switch (view->scope) {
	case DRP_SCOPE_MINISTRY:
	case DRP_SCOPE_OPERATOR:
		snprintf(name, DRP_VIEW_NAME, "all");
		break;
	case DRP_SCOPE_NETWORK:
		snprintf(name, DRP_VIEW_NAME, "network %s",
			drp_network_code(view->network));
		break;
	case DRP_SCOPE_RESEARCHER:
		snprintf(name, DRP_VIEW_NAME, "campaign %s", view->campaign);
		break;
	default:
		snprintf(name, DRP_VIEW_NAME, "public");
	}
}

/* ---- what is not public ---- */

void drp_publication_early(const struct drp_publication *whole, int64_t public_s,
	struct drp_publication *early)
{
	*early = *whole;
	early->before_s = public_s;
}

/* ---- parts ---- */

static int copy_rows(const struct drp_publication *part, const struct drp_edition *whole)
{
	struct drp_edition *e = part->edition;
	size_t n = 0;
	for (size_t i = 0; i < whole->n_observations; i++) {
		const struct drp_observation *o = &whole->observation[i];
		n += drp_publication_keeps(part, o->family, o->network) != 0;
	}
	e->observation = drp_alloc(n + 1, sizeof *e->observation);
	for (size_t i = 0; e->observation && i < whole->n_observations; i++) {
		const struct drp_observation *o = &whole->observation[i];
		if (drp_publication_keeps(part, o->family, o->network)) {
			e->observation[e->n_observations++] = *o;
		}
	}
	return e->observation ? 0 : -1;
}

/* Whether a value of that group is among a part's own rows. */
static int shows_value(const struct drp_edition *part, int group)
{
	for (size_t i = 0; i < part->n_observations; i++) {
		const struct drp_observation *o = &part->observation[i];
		if (o->family == DRP_FAMILY_NETWORK && o->group == group && *o->value &&
			*o->se) {
			return 1;
		}
	}
	return 0;
}

/* What is spent is of the plan, which is public before the first answer; that noise was
 * drawn for a family says that something of it is open. So releases of families that are
 * not in the part stay out, and its network's draws are those of its own rows. */
static int copy_accounting(struct drp_edition *e, const struct drp_edition *whole)
{
	e->accounting = drp_alloc(whole->n_accounting + 1, sizeof *e->accounting);
	if (!e->accounting) {
		return -1;
	}
	for (size_t i = 0; i < whole->n_accounting; i++) {
		struct drp_accounting a = whole->accounting[i];
		if (a.family == DRP_FAMILY_NETWORK) {
			a.draws = shows_value(e, a.group) ? a.draws : 0;
		} else if (a.family != DRP_FAMILY_REGION && a.family != DRP_FAMILIES) {
			continue;
		}
		e->accounting[e->n_accounting++] = a;
	}
	return 0;
}

enum drp_err drp_publication_of_network(const struct drp_publication *whole,
	enum drp_network network, struct drp_publication *part)
{
	*part = *whole;
	part->network = (uint8_t)network;
	part->edition = drp_alloc(1, sizeof *part->edition);
	if (!part->edition) {
		return DRP_E_NOMEM;
	}
	*part->edition = *whole->edition;
	part->edition->n_observations = part->edition->n_opened = 0;
	part->edition->n_accounting = 0;
	part->edition->observation = NULL;
	part->edition->opened = NULL;
	part->edition->accounting = NULL;
	if (copy_rows(part, whole->edition) != 0 ||
		copy_accounting(part->edition, whole->edition) != 0) {
		drp_publication_of_network_free(part);
		return DRP_E_NOMEM;
	}
	return DRP_OK;
}

void drp_publication_of_network_free(struct drp_publication *part)
{
	if (part->network) { /* a whole one is nothing of ours */
		drp_edition_free(part->edition);
	}
	memset(part, 0, sizeof *part);
}
