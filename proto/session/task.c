/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/session/task.h"

#include "proto/crypto/crypto.h"
#include "proto/model/codes.h"
#include "proto/vdaf/pingpong.h"

#include <string.h>

#define AGGREGATORS 2

/* What a REPORT message has around the hub's share: envelope and seal, body, names of
 * fields, ids, the two short shares and the signature; 738 bytes at most. */
#define AROUND_HUB_SHARE 768

#define TAG_BYTES     (sizeof DRP_TASK_CONTEXT_TAG - 1)
#define CONTEXT_BYTES (TAG_BYTES + 32 + 1 + 32)
_Static_assert(CONTEXT_BYTES <= DRP_PRIO3_CONTEXT_MAX, "the context fits");

static void put32(uint8_t out[4], uint64_t number)
{
	for (unsigned i = 0; i < 4; i++) {
		out[i] = (uint8_t)(number >> (24 - 8 * i));
	}
}

/* algorithm (4) | items (2) | counters (1 each) | bits (1) | chunk (4), big endian. */
static void hash_circuit(const struct drp_circuit *c, struct drp_hash *hash)
{
	uint8_t bytes[4 + 2 + DRP_ITEMS_MAX + 1 + 4], *end = bytes;
	put32(end, c->algorithm);
	end += 4;
	*end++ = (uint8_t)(c->items >> 8);
	*end++ = (uint8_t)c->items;
	memcpy(end, c->counters, c->items);
	end += c->items;
	*end++ = (uint8_t)c->bits;
	put32(end, c->chunk);
	end += 4;
	drp_hash_bytes(bytes, (size_t)(end - bytes), hash);
}

static void write_context(const struct drp_task *task, const struct drp_circuit *circuit,
	uint8_t context[CONTEXT_BYTES])
{
	struct drp_hash parameters;
	hash_circuit(circuit, &parameters);
	memcpy(context, DRP_TASK_CONTEXT_TAG, TAG_BYTES);
	memcpy(context + TAG_BYTES, task->campaign.b, 32);
	context[TAG_BYTES + 32] = (uint8_t)task->group;
	memcpy(context + TAG_BYTES + 33, parameters.b, 32);
}

enum drp_err drp_task_make(const struct drp_manifest *manifest,
	const struct drp_instrument *instrument, enum drp_group group,
	struct drp_task *task, struct drp_diag *diag)
{
	struct drp_circuit circuit;
	uint8_t context[CONTEXT_BYTES];
	task->campaign = manifest->hash;
	task->group = group;
	drp_vector_make(&task->vector, instrument, group);
	enum drp_err err = drp_circuit_linear(&circuit, task->vector.n_items,
		task->vector.counters, drp_vector_bits(manifest, group), 0);
	if (!err) {
		write_context(task, &circuit, context);
		err = drp_prio3_init(
			&task->prio3, &circuit, AGGREGATORS, context, sizeof context);
	}
	if (err) {
		return drp_fail(diag, DRP_E_TOOBIG,
			"campaign %s: the %s's %zu questions do not fit a sealed report; "
			"ask fewer",
			manifest->id, drp_group_code((int)group), task->vector.n_items);
	}
	if (task->prio3.sizes.first_input_share >
		DRP_MESSAGE_MAX_BYTES - AROUND_HUB_SHARE) {
		return drp_fail(diag, DRP_E_TOOBIG,
			"campaign %s: a sealed report of the %s's %zu questions is "
			"longer than the %d bytes of a message; ask fewer",
			manifest->id, drp_group_code((int)group), task->vector.n_items,
			DRP_MESSAGE_MAX_BYTES);
	}
	return DRP_OK;
}

void drp_verify_commitment(
	const uint8_t seed[DRP_VERIFY_SEED_BYTES], struct drp_hash *commitment)
{
	drp_hash_tagged("drempel verify 1", seed, DRP_VERIFY_SEED_BYTES, commitment);
}

void drp_verify_key(const uint8_t seed[DRP_VERIFY_SEED_BYTES],
	const struct drp_hash *campaign, enum drp_group group,
	uint8_t key[DRP_PRIO3_VERIFY_KEY_BYTES])
{
	uint8_t bytes[DRP_VERIFY_SEED_BYTES + 32 + 1];
	struct drp_hash hash;
	memcpy(bytes, seed, DRP_VERIFY_SEED_BYTES);
	memcpy(bytes + DRP_VERIFY_SEED_BYTES, campaign->b, 32);
	bytes[DRP_VERIFY_SEED_BYTES + 32] = (uint8_t)group;
	drp_hash_tagged("drempel verify key 1", bytes, sizeof bytes, &hash);
	memcpy(key, hash.b, DRP_PRIO3_VERIFY_KEY_BYTES);
	drp_wipe(bytes, sizeof bytes);
	drp_wipe(&hash, sizeof hash);
}
