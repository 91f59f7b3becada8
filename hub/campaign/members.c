/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/campaign/members.h"

#include "proto/base/alloc.h"

#include <string.h>

enum drp_err drp_members_keep(struct drp_hub *hub, const char *campaign,
	const struct drp_roll_entry *roll, size_t n, struct drp_diag *diag)
{
	struct drp_member *members = drp_alloc(n + 1, sizeof *members);
	if (!members) {
		return drp_fail(diag, DRP_E_NOMEM, "no memory for the schools");
	}
	for (size_t i = 0; i < n; i++) {
		members[i].number = (uint32_t)i;
		memcpy(members[i].school, roll[i].id, sizeof members[i].school);
	}
	enum drp_err err = drp_hub_members_put(hub->store, campaign, members, n, diag);
	drp_free(members);
	return err;
}

enum drp_err drp_members_keep_roll(struct drp_hub *hub,
	const struct drp_manifest *manifest, const struct drp_hash *roll,
	struct drp_diag *diag)
{
	struct drp_buf bytes = {0};
	struct drp_roll_entry *entries =
		drp_alloc((size_t)manifest->n_schools + 1, sizeof *entries);
	enum drp_err err =
		entries ? drp_hub_blob_get(hub->store, roll, &bytes, diag)
			: drp_fail(diag, DRP_E_NOMEM, "no memory for the roll");
	if (err == DRP_OK) {
		err = drp_roll_decode(
			bytes.data, bytes.len, entries, manifest->n_schools);
		err = err ? drp_fail(diag, err, "the roll of campaign %s is damaged: %s",
				    manifest->id, drp_err_text(err))
			  : drp_members_keep(hub, manifest->id, entries,
				    manifest->n_schools, diag);
	}
	drp_buf_clear(&bytes);
	drp_free(entries);
	return err;
}
