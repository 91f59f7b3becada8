/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/peer/vouching.h"

#include "hub/store/store_sealed.h"
#include "proto/base/alloc.h"
#include "proto/session/roll.h"

#include <string.h>

/* The voucher that waits, so that a second asking does not make the first one void. */
static enum drp_err find_or_make(struct drp_hub *hub, const struct drp_school *school,
	uint8_t code[DRP_VOUCHER_BYTES], struct drp_diag *diag)
{
	struct drp_rng rng = drp_system_rng();
	enum drp_err err = drp_hub_voucher_get(hub->store, school->id, code, diag);
	if (err != DRP_E_NOTFOUND) {
		return err;
	}
	rng.fill(rng.self, code, DRP_VOUCHER_BYTES);
	return drp_hub_voucher_put(hub->store, school->id, code, diag);
}

enum drp_err drp_vouching_make(struct drp_hub *hub, const struct drp_school *school,
	char text[DRP_VOUCHER_TEXT], struct drp_diag *diag)
{
	uint8_t code[DRP_VOUCHER_BYTES];
	struct drp_voucher_place place = {.school = school->id};
	if (school->revoked) {
		return drp_fail(
			diag, DRP_E_REVOKED, "school %s has been revoked", school->id);
	}
	if (school->enrolled) {
		return drp_fail(diag, DRP_E_STATE,
			"the key of school %s is pinned already; 'school rekey %s' "
			"forgets it, then make the voucher",
			school->id, school->id);
	}
	drp_keys_public(hub->keys, &place.notary, place.notary_box);
	enum drp_err err = drp_hub_begin(hub->store, diag);
	if (err == DRP_OK) {
		err = find_or_make(hub, school, code, diag);
		err = drp_hub_end(hub->store, err, diag);
	}
	if (err == DRP_OK) {
		drp_voucher_write(code, &place, text);
	}
	drp_wipe(code, sizeof code);
	return err;
}

static enum drp_err count_keys(struct drp_hub *hub, const struct drp_manifest *m,
	const struct drp_roll_entry *roll, struct drp_vouching_count *count,
	struct drp_diag *diag)
{
	static const struct drp_key none;
	enum drp_err err = DRP_OK;
	for (uint32_t s = 0; err == DRP_OK && s < m->n_schools; s++) {
		if (memcmp(&m->key[s], &none, sizeof none) == 0) {
			continue;
		}
		err = drp_hub_vouched(hub->store, roll[s].id, &m->key[s], diag);
		count->vouched += err == DRP_OK;
		count->first_sight += err == DRP_E_NOTFOUND;
		err = err == DRP_E_NOTFOUND ? DRP_OK : err;
	}
	return err;
}

enum drp_err drp_vouching_of(struct drp_hub *hub, const char *campaign,
	const struct drp_manifest *m, struct drp_vouching_count *count,
	struct drp_diag *diag)
{
	struct drp_buf bytes = {0};
	struct drp_roll_entry *roll = drp_alloc(m->n_schools + (size_t)1, sizeof *roll);
	enum drp_err err = roll ? DRP_OK : DRP_E_NOMEM;
	*count = (struct drp_vouching_count){0};
	err = err ? err : drp_hub_roll_get(hub->store, campaign, &bytes, diag);
	err = err ? err : drp_roll_decode(bytes.data, bytes.len, roll, m->n_schools);
	err = err ? err : count_keys(hub, m, roll, count, diag);
	drp_buf_clear(&bytes);
	drp_free(roll);
	return err ? drp_fail(diag, err, "the roll of campaign %s cannot be read: %s",
			     campaign, drp_err_text(err))
		   : DRP_OK;
}
