/* SPDX-License-Identifier: Apache-2.0
 *
 * A sealed campaign as far as it never changes: its manifest, its instrument and the
 * three tasks that follow from them. Both a hub and its notary load it once and hand it
 * to any thread. What is secret of a campaign, its storage key and the seed of its
 * verification keys, is loaded beside it and wiped by whoever asked.
 */
#ifndef DRP_HUB_TASKS_H
#define DRP_HUB_TASKS_H

#include "hub/home/hub.h"
#include "proto/session/task.h"

/* Read-only after load. Threads: any. */
struct drp_tasks {
	char id[DRP_NAME_MAX];
	struct drp_manifest *manifest;
	struct drp_instrument *instrument;
	struct drp_task task[DRP_GROUPS];
};

/* drp_tasks_load returns a new object; DRP_E_STATE for a draft or an open-track
 * campaign. */
enum drp_err drp_tasks_load(struct drp_hub *hub, const struct drp_campaign_row *row,
	struct drp_tasks **tasks, struct drp_diag *diag) DRP_MUST_CHECK;
void drp_tasks_free(struct drp_tasks *tasks);

/* What is stored of a campaign under its storage key, beside contributions (gather.h), is
 * sealed with this context: the manifest's hash and an index, which is that of a release
 * for its noise. */
#define DRP_STORED_CONTEXT_BYTES 36
#define DRP_STORED_SEED		 0xffffffffu /* the seed of the verification keys */
void drp_stored_context(const struct drp_hash *campaign, uint32_t index,
	uint8_t context[DRP_STORED_CONTEXT_BYTES]);

/* drp_verify_seed loads and opens the seed that the store keeps; wipe it after use.
 * DRP_E_FROZEN when it has been erased. */
enum drp_err drp_verify_seed(struct drp_hub *hub, const char *campaign,
	const struct drp_hash *manifest, uint8_t seed[DRP_VERIFY_SEED_BYTES],
	struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_storage_key loads the key under which the campaign's bytes are stored;
 * DRP_E_FROZEN when it has been erased. */
enum drp_err drp_storage_key(struct drp_hub *hub, const char *campaign, uint8_t key[32],
	struct drp_diag *diag) DRP_MUST_CHECK;

#endif
