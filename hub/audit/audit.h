/* SPDX-License-Identifier: Apache-2.0
 *
 * The audit command: re-checks a campaign from the stored evidence, one line per check,
 * "ok" or "FAIL". It trusts nothing that it can compute again: hashes, signatures, the
 * chain, the plan, the gates; and, until the freeze erases the contributions, the whole
 * edition. Threads: one at a time.
 */
#ifndef DRP_HUB_AUDIT_H
#define DRP_HUB_AUDIT_H

#include "hub/home/hub.h"

/* drp_audit appends the lines and counts those that failed. DRP_OK whatever was found;
 * an error only when there is nothing to check: DRP_E_NOTFOUND, or DRP_E_STATE for a
 * campaign that is not signed. */
enum drp_err drp_audit(struct drp_hub *hub, const char *id, struct drp_buf *out,
	unsigned *failures, struct drp_diag *diag) DRP_MUST_CHECK;

#endif
