/* SPDX-License-Identifier: Apache-2.0
 *
 * What the two files of a history share: history.c counts, history_load.c reads the
 * store. Nobody else includes this.
 */
#ifndef DRP_HUB_HISTORY_INTERNAL_H
#define DRP_HUB_HISTORY_INTERNAL_H

#include "hub/tables/history.h"

struct drp_history_campaign {
	char id[DRP_NAME_MAX], region[DRP_CODE_MAX];
	int64_t signed_s;
	size_t n;
	struct drp_attendance *school; /* n, ascending by school, none twice */
};

/* A school of the register and its number here. */
struct drp_known_school {
	char id[DRP_CODE_MAX];
	uint32_t number;
};

struct drp_history {
	size_t n;
	struct drp_history_campaign *campaign;
	size_t n_known;
	struct drp_known_school *known; /* ascending by id */
};

#endif
