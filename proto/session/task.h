/* SPDX-License-Identifier: Apache-2.0
 *
 * One task of the sealed track: (manifest, group). It fixes the proof system's instance:
 * the linear circuit over the group's vector, two aggregators, and a context that binds
 * the manifest's hash, the group and a hash of the circuit's parameters, which Prio3
 * itself does not bind. Node, hub and notary derive the same task from the same manifest
 * and instrument. Constant after make; owns nothing. Threads: any.
 */
#ifndef DRP_SESSION_TASK_H
#define DRP_SESSION_TASK_H

#include "proto/model/vector.h"
#include "proto/vdaf/prio3.h"

#define DRP_TASK_CONTEXT_TAG "drempel task 1"

struct drp_task {
	struct drp_hash campaign;
	enum drp_group group;
	struct drp_vector vector;
	struct drp_prio3 prio3;
};

/* drp_task_make: DRP_E_TOOBIG when a report of this task would not fit into a message. */
enum drp_err drp_task_make(const struct drp_manifest *manifest,
	const struct drp_instrument *instrument, enum drp_group group,
	struct drp_task *task, struct drp_diag *diag) DRP_MUST_CHECK;

/* The verification key. The hub draws 32 random bytes for a campaign before its manifest
 * is made, gives them to the notary alone, and commits to them in the manifest
 * (drp_verify_commitment: a tagged hash). A task's own key is derived from them, the
 * manifest's hash and the group (drp_verify_key). Secret: a school that knew it could
 * forge a proof. */
#define DRP_VERIFY_SEED_BYTES 32
void drp_verify_commitment(
	const uint8_t seed[DRP_VERIFY_SEED_BYTES], struct drp_hash *commitment);
void drp_verify_key(const uint8_t seed[DRP_VERIFY_SEED_BYTES],
	const struct drp_hash *campaign, enum drp_group group,
	uint8_t key[DRP_PRIO3_VERIFY_KEY_BYTES]);

#endif
