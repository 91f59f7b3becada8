/* SPDX-License-Identifier: Apache-2.0
 *
 * What the two tracks of node/release/release.h share. release.c decides whether and when
 * something leaves; release_sealed.c makes what leaves on the sealed track.
 */
#ifndef DRP_NODE_RELEASE_INTERNAL_H
#define DRP_NODE_RELEASE_INTERNAL_H

#include "node/release/release.h"

/* drp_sealed_tabulate fills the candidate's counters. */
enum drp_err drp_sealed_tabulate(struct drp_node *node, const struct drp_node_work *work,
	struct drp_candidate *candidate, struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_sealed_make appends a fresh report of the candidate, with the name under which
 * receipts will come. */
enum drp_err drp_sealed_make(struct drp_node *node, const struct drp_node_work *work,
	const struct drp_candidate *candidate, struct drp_buf *bytes,
	struct drp_hash *name, struct drp_diag *diag) DRP_MUST_CHECK;

#endif
