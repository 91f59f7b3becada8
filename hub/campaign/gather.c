/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/campaign/gather.h"

#include "proto/base/alloc.h"

#include <stddef.h>
#include <string.h>

struct reading {
	const struct drp_manifest *manifest;
	struct drp_gathering *gathering;
	struct drp_contribution *one; /* scratch with room for all values */
	uint8_t key[32];
	struct drp_diag *diag;
};

void drp_contribution_context(const struct drp_hash *campaign, const struct drp_id *unit,
	int group, uint8_t context[49])
{
	memcpy(context, campaign->b, 32);
	memcpy(context + 32, unit->b, 16);
	context[48] = (uint8_t)group;
}

/* Decrypts, hashes and decodes into r->one, which must be what the row says it is. */
static enum drp_err open_one(
	struct reading *r, const struct drp_stored *stored, const void *sealed, size_t n)
{
	uint8_t context[49];
	struct drp_buf plain = {0};
	struct drp_hash hash;
	drp_contribution_context(
		&r->manifest->hash, &stored->unit, stored->group, context);
	enum drp_err err =
		drp_store_open(r->key, context, sizeof context, sealed, n, &plain);
	err = err ? err : drp_contribution_decode(plain.data, plain.len, r->one);
	if (err == DRP_OK) {
		drp_hash_bytes(plain.data, plain.len, &hash);
		err = drp_hash_equal(&hash, &stored->hash) ? DRP_OK : DRP_E_HASH;
	}
	if (err == DRP_OK &&
		(!drp_hash_equal(&r->one->campaign, &r->manifest->hash) ||
			memcmp(&r->one->unit, &stored->unit, sizeof stored->unit) != 0 ||
			r->one->group != stored->group)) {
		err = DRP_E_CONFLICT;
	}
	drp_buf_wipe(&plain);
	return err;
}

/* Most of a contribution's struct is room for values: only what is used is kept. */
static const struct drp_contribution *keep(struct reading *r)
{
	size_t n = offsetof(struct drp_contribution, value) +
		   r->one->n_values * sizeof r->one->value[0];
	return drp_arena_copy(&r->gathering->arena, r->one, n);
}

static enum drp_err gather_one(
	void *self, const struct drp_stored *stored, const void *sealed, size_t n)
{
	struct reading *r = self;
	const struct drp_unit *unit = drp_manifest_unit(r->manifest, &stored->unit);
	if (stored->withdrawn) {
		return DRP_OK;
	}
	enum drp_err err = unit && stored->group < DRP_GROUPS
				   ? open_one(r, stored, sealed, n)
				   : DRP_E_CONFLICT;
	if (err) {
		return drp_fail(r->diag, err,
			"a stored contribution cannot be read (%s); nothing was opened, "
			"restore the hub's directory from its backup",
			drp_err_text(err));
	}
	size_t place = (size_t)stored->group * r->manifest->n_units +
		       (size_t)(unit - r->manifest->unit);
	r->gathering->table[place] = keep(r);
	r->gathering->n++;
	return r->gathering->table[place] ? DRP_OK
					  : drp_fail(r->diag, DRP_E_NOMEM,
						    "no memory for the contributions");
}

enum drp_err drp_gather(struct drp_hub *hub, const char *campaign,
	const struct drp_manifest *manifest, struct drp_gathering *gathering,
	struct drp_diag *diag)
{
	struct reading r = {.manifest = manifest, .gathering = gathering, .diag = diag};
	char path[DRP_PATH_MAX];
	memset(gathering, 0, sizeof *gathering);
	gathering->table = drp_alloc(
		(size_t)DRP_GROUPS * manifest->n_units, sizeof *gathering->table);
	r.one = drp_alloc(1, sizeof *r.one);
	enum drp_err err =
		gathering->table && r.one
			? drp_hub_key_path(hub, campaign, path, diag)
			: drp_fail(diag, DRP_E_NOMEM, "no memory for the contributions");
	err = err ? err : drp_secret_key_load(path, r.key, diag);
	err = err ? err
		  : drp_hub_contributions(hub->store, campaign, gather_one, &r, diag);
	drp_wipe(r.key, sizeof r.key);
	drp_free(r.one);
	return err;
}

void drp_gathering_clear(struct drp_gathering *gathering)
{
	drp_free(gathering->table);
	drp_arena_clear(&gathering->arena);
	memset(gathering, 0, sizeof *gathering);
}
