/* SPDX-License-Identifier: Apache-2.0
 *
 * The node's side of a sealed report: from exact counters to bytes that no single
 * recipient can read. Pure but for the rng and the sealing's own randomness.
 */
#ifndef DRP_SESSION_SHARDING_H
#define DRP_SESSION_SHARDING_H

#include "proto/crypto/crypto.h"
#include "proto/model/report.h"
#include "proto/session/task.h"

/* drp_report_make shards counts (task->vector.length numbers; DRP_E_RANGE when they are
 * no valid measurement), seals the notary's share, signs, and appends the canonical
 * report; *name is what receipts will call it. Everything secret in between is wiped. */
enum drp_err drp_report_make(const struct drp_task *task, const uint64_t *counts,
	const struct drp_id *unit, const struct drp_keys *keys,
	const uint8_t notary_box[DRP_BOX_KEY_BYTES], const struct drp_rng *rng,
	struct drp_buf *out, struct drp_hash *name) DRP_MUST_CHECK;

/* The context under which the notary's share is sealed: campaign, unit, group, nonce,
 * hash of the public share, the recipient's role. */
#define DRP_SHARE_CONTEXT_BYTES (16 + 32 + 16 + 1 + 16 + 32 + 1)
void drp_share_context(const struct drp_report_statement *statement,
	uint8_t context[DRP_SHARE_CONTEXT_BYTES]);

#endif
