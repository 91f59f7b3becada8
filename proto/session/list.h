/* SPDX-License-Identifier: Apache-2.0
 *
 * The list of reports that an aggregator has accepted in a campaign, signed and exchanged
 * at the close: what both lists hold, with the same name, is the working set. Sorted by
 * unit id and then group, no place twice. Wire: PROTOCOL.md "List". Threads: any.
 */
#ifndef DRP_SESSION_LIST_H
#define DRP_SESSION_LIST_H

#include "proto/base/buf.h"
#include "proto/model/manifest.h"

#define DRP_LIST_TAG "drempel list 1"

struct drp_listed {
	struct drp_id unit;
	uint8_t group;
	struct drp_hash report;
};

struct drp_list {
	struct drp_hash campaign;
	size_t n;
	struct drp_listed *entry; /* owned */
};

enum drp_err drp_list_encode(
	const struct drp_list *list, struct drp_buf *out) DRP_MUST_CHECK;
/* drp_list_decode: canonical, sorted, units of the manifest. Clear it whatever the
 * outcome. */
enum drp_err drp_list_decode(const void *bytes, size_t n,
	const struct drp_manifest *manifest, struct drp_list *list,
	struct drp_diag *diag) DRP_MUST_CHECK;
void drp_list_clear(struct drp_list *list);

/* drp_list_common marks in came[group * manifest->n_units + unit index] what both lists
 * hold, and counts what only one of them does. */
void drp_list_common(const struct drp_list *ours, const struct drp_list *theirs,
	const struct drp_manifest *manifest, uint8_t *came, size_t *only_ours,
	size_t *only_theirs);

#endif
