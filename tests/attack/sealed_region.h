/* SPDX-License-Identifier: Apache-2.0
 *
 * The region of region.h with a manifest of the sealed track: the releases, budgets and
 * noise that the hub's own draft gives it.
 */
#ifndef DRP_ATTACK_SEALED_REGION_H
#define DRP_ATTACK_SEALED_REGION_H

#include "tests/attack/region.h"

#include "proto/model/vector.h"
#include "proto/session/sealed_opening.h"

static inline void sealed_region_manifest(struct region *r)
{
	static const char text[] = "campaign: attacked\ntitle: Attacked\nregion: VL\n"
				   "instrument: i.yaml\ntrack: sealed\n"
				   "cohort: self-selected\n"
				   "period: {from: 2026-09-01, to: 2026-12-18}\n"
				   "deadline: 2026-12-31\n";
	struct drp_diag diag = {0};
	struct drp_draft draft;
	struct drp_buf bytes = {0};
	CHECK_OK(drp_draft_read(text, strlen(text), "campaign.yaml", &draft, &diag));
	CHECK_OK(drp_draft_manifest(&draft, r->instrument, r->school, r->n_schools,
		&r->rng, &r->manifest, NULL, &diag));
	memset(r->manifest->notary.b, 2, sizeof r->manifest->notary.b);
	memset(r->manifest->notary_box, 3, sizeof r->manifest->notary_box);
	memset(r->manifest->verify.b, 4, sizeof r->manifest->verify.b);
	CHECK_OK(drp_manifest_encode(r->manifest, &bytes)); /* fills its hash */
	drp_buf_clear(&bytes);
}

#endif
