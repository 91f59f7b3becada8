/* SPDX-License-Identifier: Apache-2.0
 *
 * Are the numbers of a manifest consistent with each other? Both directions of the
 * canonical form ask, so that nothing is encoded that would not be decoded.
 */
#ifndef DRP_MODEL_MANIFEST_CHECK_H
#define DRP_MODEL_MANIFEST_CHECK_H

#include "proto/model/manifest.h"

#define DRP_DAY_MAX 100000 /* in the year 2243 */

/* drp_manifest_check: DRP_E_MALFORMED with the field in diag. */
enum drp_err drp_manifest_check(
	const struct drp_manifest *manifest, struct drp_diag *diag) DRP_MUST_CHECK;

#endif
