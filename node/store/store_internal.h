/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the store share; nobody else includes this.
 */
#ifndef DRP_NODE_STORE_INTERNAL_H
#define DRP_NODE_STORE_INTERNAL_H

#include "node/store/store.h"
#include "proto/runtime/db.h"

struct drp_node_store {
	struct drp_db *db;
};

/* The place that most statements begin with. */
static inline void drp_bind_place(
	struct drp_query *q, const char *campaign, int level, int group)
{
	drp_q_text(q, campaign);
	drp_q_int(q, level);
	drp_q_int(q, group);
}

#endif
