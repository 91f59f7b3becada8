/* SPDX-License-Identifier: Apache-2.0
 *
 * A campaign's stored contributions, decrypted, checked against their hashes and laid
 * out for the opening. Exists between the deadline and the freeze, in memory only; what
 * it holds is freed by clear. Threads: one at a time.
 */
#ifndef DRP_HUB_GATHER_H
#define DRP_HUB_GATHER_H

#include "hub/home/hub.h"
#include "proto/base/arena.h"
#include "proto/model/contribution.h"
#include "proto/model/manifest.h"

struct drp_gathering {
	struct drp_arena arena;
	/* [group * manifest->n_units + unit index]; NULL where nothing came or it was
	 * withdrawn. Of each, only the first n_values values exist. */
	const struct drp_contribution **table;
	size_t n; /* contributions in the table */
};

/* drp_gather reads all of them. An error names the first that cannot be read, does not
 * match its hash or belongs elsewhere: then none may be used. Clear it whatever the
 * outcome. */
enum drp_err drp_gather(struct drp_hub *hub, const char *campaign,
	const struct drp_manifest *manifest, struct drp_gathering *gathering,
	struct drp_diag *diag) DRP_MUST_CHECK;
void drp_gathering_clear(struct drp_gathering *gathering);

/* The context under which a stored contribution is encrypted. */
void drp_contribution_context(const struct drp_hash *campaign, const struct drp_id *unit,
	int group, uint8_t context[49]);

#endif
