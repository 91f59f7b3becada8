/* SPDX-License-Identifier: Apache-2.0
 *
 * One campaign's schools from the store. What was counted is told by rows that stay after
 * the freeze: names and receipts of contributions and, of a sealed campaign, both sides'
 * lists.
 */
#include "hub/tables/history_internal.h"

#include "hub/campaign/campaign.h"
#include "hub/campaign/tally.h"
#include "proto/base/alloc.h"

#include <stdlib.h>
#include <string.h>

struct loading {
	struct drp_hub *hub;
	struct drp_campaign_row row;
	struct drp_manifest *manifest;
	uint32_t took_part; /* as the edition says */
	struct drp_member *member;
	size_t n_members;
	struct drp_attendance *school; /* by the manifest's numbers */
	struct drp_list hubs, notarys; /* of the sealed track */
	struct drp_diag *diag;
};

static enum drp_err damaged(const struct loading *l, const char *what)
{
	return drp_fail(l->diag, DRP_E_STORE,
		"campaign %s: %s; restore the hub's directory from its backup", l->row.id,
		what);
}

/* ---- who it is ---- */

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct drp_known_school *)a)->id,
		((const struct drp_known_school *)b)->id);
}

/* Ids come in order, so that nearly all of them are found, or go to the end. */
static enum drp_err number_of(struct drp_history *h, const char *id, uint32_t *number)
{
	struct drp_known_school key = {.number = (uint32_t)h->n_known};
	memcpy(key.id, id, sizeof key.id);
	const struct drp_known_school *known =
		h->n_known ? bsearch(&key, h->known, h->n_known, sizeof *h->known, by_id)
			   : NULL;
	if (known) {
		*number = known->number;
		return DRP_OK;
	}
	struct drp_known_school *more =
		drp_realloc(h->known, h->n_known + 1, sizeof *h->known);
	if (!more) {
		return DRP_E_NOMEM;
	}
	h->known = more;
	size_t at = h->n_known++;
	while (at > 0 && by_id(&key, &h->known[at - 1]) < 0) {
		h->known[at] = h->known[at - 1];
		at--;
	}
	h->known[at] = key;
	*number = key.number;
	return DRP_OK;
}

static enum drp_err name_schools(struct loading *l, struct drp_history *history)
{
	const struct drp_manifest *m = l->manifest;
	static const struct drp_key none;
	if (l->n_members != m->n_schools) {
		return damaged(l, "the schools that are kept are not the manifest's");
	}
	for (size_t i = 0; i < l->n_members; i++) {
		uint32_t number = l->member[i].number;
		if (number >= m->n_schools) {
			return damaged(l, "a school that is kept is not in the manifest");
		}
		enum drp_err err = number_of(
			history, l->member[i].school, &l->school[number].school);
		if (err) {
			return drp_fail(l->diag, err, "no memory for the schools");
		}
		l->school[number].enrolled =
			memcmp(&m->key[number], &none, sizeof none) != 0;
	}
	for (uint32_t u = 0; u < m->n_units; u++) {
		struct drp_attendance *school = &l->school[m->unit[u].school];
		school->province = m->unit[u].province;
		school->network = m->unit[u].network;
		school->levels |= (uint8_t)(1u << m->unit[u].level);
	}
	return DRP_OK;
}

/* ---- what was counted ---- */

static int is_counted(const struct loading *l, const struct drp_stored *stored)
{
	if (stored->withdrawn) {
		return 0;
	}
	return !l->row.cosigned || (stored->state == DRP_CONTRIBUTION_COUNTED &&
					   drp_list_holds(&l->hubs, &stored->hash) &&
					   drp_list_holds(&l->notarys, &stored->hash));
}

static enum drp_err count_one(
	void *self, const struct drp_stored *stored, const void *sealed, size_t n)
{
	struct loading *l = self;
	const struct drp_unit *unit = drp_manifest_unit(l->manifest, &stored->unit);
	(void)sealed;
	(void)n;
	if (unit && is_counted(l, stored)) {
		struct drp_attendance *school = &l->school[unit->school];
		int64_t at = stored->receipt.stored_s;
		school->since_s =
			!school->counted || at < school->since_s ? at : school->since_s;
		school->counted |= (uint8_t)(1u << unit->level);
	}
	return DRP_OK;
}

static enum drp_err load_lists(struct loading *l)
{
	const struct drp_hash *hash = &l->manifest->hash;
	enum drp_err err = drp_tally_list_load(
		l->hub, l->row.id, hash, DRP_OPENING_HUB_LIST, &l->hubs, NULL);
	err = err ? err
		  : drp_tally_list_load(l->hub, l->row.id, hash, DRP_OPENING_NOTARY_LIST,
			    &l->notarys, NULL);
	return err == DRP_E_NOMEM ? drp_fail(l->diag, err, "no memory for the lists")
	       : err		  ? damaged(l, "the lists of its close cannot be read")
				  : DRP_OK;
}

static enum drp_err count(struct loading *l)
{
	uint32_t took_part = 0;
	enum drp_err err = l->row.cosigned ? load_lists(l) : DRP_OK;
	err = err ? err
		  : drp_hub_contributions(
			    l->hub->store, l->row.id, count_one, l, l->diag);
	for (uint32_t i = 0; err == DRP_OK && i < l->manifest->n_schools; i++) {
		took_part += l->school[i].counted != 0;
	}
	return err == DRP_OK && took_part != l->took_part
		       ? damaged(l, "not as many schools took part as its edition says")
		       : err;
}

/* ---- all of it ---- */

static enum drp_err begin(struct loading *l, const char *campaign)
{
	struct drp_edition *edition = NULL;
	enum drp_err err =
		drp_hub_campaign_get(l->hub->store, campaign, &l->row, l->diag);
	err = err ? err : drp_campaign_edition(l->hub, campaign, 0, &edition, l->diag);
	if (err) {
		return err;
	}
	l->took_part = edition->schools_took_part;
	drp_edition_free(edition);
	err = drp_hub_members(
		l->hub->store, campaign, &l->member, &l->n_members, l->diag);
	if (err == DRP_OK && l->n_members == 0) {
		return drp_fail(l->diag, DRP_E_NOTFOUND,
			"campaign %s was signed before it was kept which schools it has",
			campaign);
	}
	err = err ? err : drp_hub_manifest(l->hub, &l->row, &l->manifest, l->diag);
	if (err == DRP_OK) {
		l->school =
			drp_alloc((size_t)l->manifest->n_schools + 1, sizeof *l->school);
		err = l->school ? DRP_OK
				: drp_fail(l->diag, DRP_E_NOMEM,
					  "no memory for the schools");
	}
	return err;
}

enum drp_err drp_history_load(struct drp_history *history, struct drp_hub *hub,
	const char *campaign, struct drp_diag *diag)
{
	struct loading l = {.hub = hub, .diag = diag};
	enum drp_err err = begin(&l, campaign);
	err = err ? err : name_schools(&l, history);
	err = err ? err : count(&l);
	if (err == DRP_OK) {
		err = drp_history_add(history, campaign, l.manifest->region,
			l.row.signed_s, l.school, l.manifest->n_schools);
		err = err ? drp_fail(diag, err, "campaign %s: %s", campaign,
				    drp_err_text(err))
			  : DRP_OK;
	}
	drp_list_clear(&l.hubs);
	drp_list_clear(&l.notarys);
	drp_free(l.school);
	drp_free(l.member);
	drp_manifest_free(l.manifest);
	return err;
}
