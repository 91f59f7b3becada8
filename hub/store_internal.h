/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the store share; nobody else includes this.
 */
#ifndef DRP_HUB_STORE_INTERNAL_H
#define DRP_HUB_STORE_INTERNAL_H

#include "hub/store.h"
#include "proto/runtime/db.h"

struct drp_hub_store {
	struct drp_db *db;
};

#endif
