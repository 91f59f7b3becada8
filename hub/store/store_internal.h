/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the store share; nobody else includes this.
 */
#ifndef DRP_HUB_STORE_INTERNAL_H
#define DRP_HUB_STORE_INTERNAL_H

#include "hub/store/store.h"
#include "proto/runtime/db.h"

struct drp_hub_store {
	struct drp_db *db;
};

/* The columns of a contribution that are read as struct drp_stored. */
#define DRP_STORED_COLUMNS "unit, grp, hash, receipt, withdrawn, state, reason"
#define DRP_STORED_N	   7

/* drp_hub_each_stored steps a query of DRP_STORED_COLUMNS and a blob to its end, or until
 * each returns an error. */
enum drp_err drp_hub_each_stored(struct drp_query *q, drp_hub_each_contribution *each,
	void *self, struct drp_diag *diag) DRP_MUST_CHECK;

#endif
