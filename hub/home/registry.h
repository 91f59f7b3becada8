/* SPDX-License-Identifier: Apache-2.0
 *
 * The school register: which units exist, where they lie and how many people are
 * eligible. It is the hub's own reference table; the manifest takes a numbered copy of
 * it, so membership is versioned by campaign (R49). File layout, one row a unit:
 *   school,name,board,province,network,level,eligible_leader,eligible_teacher,eligible_pupil
 */
#ifndef DRP_HUB_REGISTRY_H
#define DRP_HUB_REGISTRY_H

#include "hub/home/hub.h"

/* drp_registry_import reads the whole file before it stores anything: all or nothing.
 * A school that is in the file replaces its old row and units; keys and revocations
 * stay. The rows of a school may stand anywhere. *schools and *units tell how many were
 * stored. */
enum drp_err drp_registry_import(struct drp_hub *hub, const char *path, size_t *schools,
	size_t *units, struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_registry_invite makes a one-time token, stores its hash and appends the invite
 * file's text, which pins this hub's keys. */
enum drp_err drp_registry_invite(struct drp_hub *hub, const char *school, unsigned days,
	struct drp_buf *text, struct drp_diag *diag) DRP_MUST_CHECK;

#endif
