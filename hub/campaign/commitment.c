/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/campaign/commitment.h"

#include "hub/campaign/tasks.h"
#include "hub/store/store_sealed.h"
#include "proto/base/alloc.h"
#include "proto/model/vector.h"
#include "proto/session/aggregate.h"
#include "proto/session/sealed_opening.h"

#include <string.h>
#include <unistd.h>

/* ---- the ledger ---- */

/* The rows that the manifest asks for, behind those that are there: *n of them in all,
 * of which the first *old were there. */
static enum drp_err add_charges(struct drp_hub *hub, const struct drp_manifest *m,
	struct drp_ledger_row **rows, size_t *n, size_t *old, struct drp_diag *diag)
{
	enum drp_err err = drp_hub_ledger(hub->store, rows, n, diag);
	*old = *n;
	if (err) {
		return err;
	}
	struct drp_ledger_row *more =
		drp_realloc(*rows, *n + DRP_RELEASES_MAX, sizeof **rows);
	if (!more) {
		return drp_fail(diag, DRP_E_NOMEM, "no memory for the ledger");
	}
	*rows = more;
	for (uint16_t i = 0; err == DRP_OK && i < m->n_releases; i++) {
		const struct drp_release *r = &m->release[i];
		if (r->rho.num == 0) {
			continue;
		}
		more[*n] = (struct drp_ledger_row){.year = m->year,
			.group = r->group,
			.campaign = m->hash,
			.delta2 = r->delta2,
			.sigma2 = r->sigma2,
			.rho = r->rho,
			.bytes = m->hash,
			.time_s = drp_hub_now_s(hub)};
		err = drp_ledger_admit(more, *n, &more[*n], diag);
		++*n;
	}
	return err;
}

enum drp_err drp_commitment_admit(
	struct drp_hub *hub, const struct drp_manifest *m, struct drp_diag *diag)
{
	struct drp_ledger_row *rows = NULL;
	size_t n = 0, old = 0;
	enum drp_err err = add_charges(hub, m, &rows, &n, &old, diag);
	drp_free(rows);
	return err;
}

static enum drp_err charge(
	struct drp_hub *hub, const struct drp_manifest *m, struct drp_diag *diag)
{
	struct drp_ledger_row *rows = NULL;
	size_t n = 0, old = 0;
	enum drp_err err = add_charges(hub, m, &rows, &n, &old, diag);
	for (size_t i = old; err == DRP_OK && i < n; i++) {
		err = drp_hub_ledger_append(hub->store, &rows[i], diag);
	}
	drp_free(rows);
	return err;
}

/* ---- noise ---- */

struct drawing {
	struct drp_hub *hub;
	const struct drp_manifest *m;
	const struct drp_instrument *instrument;
	struct drp_sealed_opening opening; /* only its agreed plans */
	uint8_t key[32];
	struct drp_diag *diag;
};

static enum drp_err draw_one(const struct drawing *d, uint16_t i)
{
	const struct drp_release *r = &d->m->release[i];
	struct drp_vector vector;
	struct drp_rng rng = drp_system_rng();
	struct drp_buf noise = {0}, sealed = {0};
	uint8_t context[DRP_STORED_CONTEXT_BYTES];
	drp_vector_make(&vector, d->instrument, (enum drp_group)r->group);
	drp_stored_context(&d->m->hash, i, context);
	enum drp_err err = drp_noise_draw(
		&vector, r, &d->opening.group[r->group].agreed, &rng, &noise);
	err = err ? err
		  : drp_store_seal(d->key, context, sizeof context, noise.data, noise.len,
			    &sealed);
	err = err ? err
		  : drp_hub_noise_put(
			    d->hub->store, d->m->id, i, sealed.data, sealed.len, d->diag);
	drp_buf_wipe(&noise);
	drp_buf_clear(&sealed);
	return err ? drp_fail(d->diag, err, "the noise of campaign %s cannot be made: %s",
			     d->m->id, drp_err_text(err))
		   : DRP_OK;
}

static enum drp_err draw_all(struct drp_hub *hub, const struct drp_manifest *m,
	const struct drp_instrument *instrument, struct drp_diag *diag)
{
	struct drawing *d = drp_alloc(1, sizeof *d);
	if (!d) {
		return drp_fail(diag, DRP_E_NOMEM, "no memory for the noise");
	}
	*d = (struct drawing){.hub = hub,
		.m = m,
		.instrument = instrument,
		.opening = {.manifest = m, .instrument = instrument},
		.diag = diag};
	enum drp_err err = drp_sealed_agreed(&d->opening, diag);
	err = err ? err : drp_storage_key(hub, m->id, d->key, diag);
	for (uint16_t i = 0; err == DRP_OK && i < m->n_releases; i++) {
		if (m->release[i].map != DRP_MAP_COUNTS) {
			err = draw_one(d, i);
		}
	}
	drp_wipe(d->key, sizeof d->key);
	drp_free(d);
	return err;
}

enum drp_err drp_commitment_make(struct drp_hub *hub, const struct drp_manifest *m,
	const struct drp_instrument *instrument, struct drp_diag *diag)
{
	enum drp_err err = charge(hub, m, diag);
	return err ? err : draw_all(hub, m, instrument, diag);
}

/* ---- the plan ---- */

static int region_is_open(const struct drp_plan *plan)
{
	for (size_t i = 0; i < plan->n; i++) {
		if (plan->cohort[i].cohort.family == DRP_FAMILY_REGION &&
			plan->cohort[i].open) {
			return 1;
		}
	}
	return 0;
}

enum drp_err drp_commitment_possible(const struct drp_manifest *m,
	const struct drp_instrument *instrument, struct drp_diag *diag)
{
	struct drp_sealed_opening *opening = drp_alloc(1, sizeof *opening);
	int possible = 0;
	if (!opening) {
		return drp_fail(diag, DRP_E_NOMEM, "no memory for the plan");
	}
	opening->manifest = m;
	opening->instrument = instrument;
	enum drp_err err = drp_sealed_agreed(opening, diag);
	for (int g = 0; err == DRP_OK && g < DRP_GROUPS; g++) {
		possible |= region_is_open(&opening->group[g].agreed);
	}
	drp_free(opening);
	return err || possible
		       ? err
		       : drp_fail(diag, DRP_E_TOO_FEW_SCHOOLS,
				 "the campaign has too few schools or boards, or one "
				 "dominates, for any figure of the region (at least %u "
				 "schools of %u boards)",
				 m->thresholds.k_schools, m->thresholds.k_boards);
}

/* ---- the storage key ---- */

enum drp_err drp_storage_key_make(
	struct drp_hub *hub, const char *campaign, struct drp_diag *diag)
{
	char path[DRP_PATH_MAX];
	enum drp_err err = drp_hub_key_path(hub, campaign, path, diag);
	if (err == DRP_OK && access(path, F_OK) != 0) {
		err = drp_secret_key_create(path, diag);
	}
	return err;
}

enum drp_err drp_seed_seal(struct drp_hub *hub, const struct drp_manifest *m,
	const uint8_t seed[32], struct drp_buf *sealed, struct drp_diag *diag)
{
	uint8_t key[32] = {0}, context[DRP_STORED_CONTEXT_BYTES];
	drp_stored_context(&m->hash, DRP_STORED_SEED, context);
	enum drp_err err = drp_storage_key(hub, m->id, key, diag);
	err = err ? err
		  : drp_store_seal(key, context, sizeof context, seed,
			    DRP_VERIFY_SEED_BYTES, sealed);
	drp_wipe(key, sizeof key);
	return err;
}
