/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/campaign/tasks.h"

#include "hub/store/store_sealed.h"
#include "proto/base/alloc.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum drp_err drp_tasks_load(struct drp_hub *hub, const struct drp_campaign_row *row,
	struct drp_tasks **out, struct drp_diag *diag)
{
	struct drp_tasks *t = drp_alloc(1, sizeof *t);
	if (!t) {
		return drp_fail(diag, DRP_E_NOMEM, "no memory for campaign %s", row->id);
	}
	snprintf(t->id, sizeof t->id, "%s", row->id);
	enum drp_err err = row->state == DRP_CAMPAIGN_DRAFT
				   ? drp_fail(diag, DRP_E_STATE,
					     "campaign %s is not signed yet", row->id)
				   : drp_hub_manifest(hub, row, &t->manifest, diag);
	if (err == DRP_OK && t->manifest->track != DRP_TRACK_SEALED) {
		err = drp_fail(diag, DRP_E_STATE,
			"campaign %s is not on the sealed track", row->id);
	}
	err = err ? err
		  : drp_hub_instrument(
			    hub, &t->manifest->instrument, &t->instrument, diag);
	for (int g = 0; err == DRP_OK && g < DRP_GROUPS; g++) {
		err = drp_task_make(
			t->manifest, t->instrument, (enum drp_group)g, &t->task[g], diag);
	}
	if (err) {
		drp_tasks_free(t);
		return err;
	}
	*out = t;
	return DRP_OK;
}

void drp_tasks_free(struct drp_tasks *tasks)
{
	if (tasks) {
		drp_instrument_free(tasks->instrument);
		drp_manifest_free(tasks->manifest);
		drp_free(tasks);
	}
}

enum drp_err drp_storage_key(
	struct drp_hub *hub, const char *campaign, uint8_t key[32], struct drp_diag *diag)
{
	char path[DRP_PATH_MAX];
	enum drp_err err = drp_hub_key_path(hub, campaign, path, diag);
	if (err == DRP_OK && access(path, F_OK) != 0) {
		err = drp_fail(diag, DRP_E_FROZEN,
			"the storage key of campaign %s is gone: it was frozen here, or "
			"its directory came back without it",
			campaign);
	}
	return err ? err : drp_secret_key_load(path, key, diag);
}

void drp_stored_context(const struct drp_hash *campaign, uint32_t index,
	uint8_t context[DRP_STORED_CONTEXT_BYTES])
{
	memcpy(context, campaign->b, 32);
	for (int i = 0; i < 4; i++) {
		context[32 + i] = (uint8_t)(index >> 8 * i);
	}
}

enum drp_err drp_verify_seed(struct drp_hub *hub, const char *campaign,
	const struct drp_hash *manifest, uint8_t seed[DRP_VERIFY_SEED_BYTES],
	struct drp_diag *diag)
{
	uint8_t key[32] = {0}, context[DRP_STORED_CONTEXT_BYTES];
	struct drp_buf sealed = {0}, plain = {0};
	enum drp_err err = drp_storage_key(hub, campaign, key, diag);
	err = err ? err : drp_hub_seed_get(hub->store, campaign, &sealed, diag);
	if (err == DRP_E_NOTFOUND) {
		err = drp_fail(diag, DRP_E_FROZEN,
			"the verification keys of campaign %s are erased", campaign);
	}
	drp_stored_context(manifest, DRP_STORED_SEED, context);
	err = err ? err
		  : drp_store_open(key, context, sizeof context, sealed.data, sealed.len,
			    &plain);
	if (err == DRP_OK && plain.len != DRP_VERIFY_SEED_BYTES) {
		err = DRP_E_STORE;
	}
	if (err == DRP_OK) {
		memcpy(seed, plain.data, DRP_VERIFY_SEED_BYTES);
	}
	drp_wipe(key, sizeof key);
	drp_buf_wipe(&plain);
	drp_buf_clear(&sealed);
	return err ? drp_fail(diag, err,
			     "the verification keys of campaign %s cannot be read: %s",
			     campaign, drp_err_text(err))
		   : DRP_OK;
}
