/* SPDX-License-Identifier: Apache-2.0
 *
 * A ZIP archive in memory, whose bytes depend on nothing but names, contents and the
 * stated time. Threads: one at a time.
 */
#ifndef DRP_HUB_ZIP_OUT_H
#define DRP_HUB_ZIP_OUT_H

#include "proto/base/buf.h"

#include <drempel/err.h>

struct drp_zip_out;

/* drp_zip_begin: every file gets that time (UTC). DRP_E_NOMEM. */
enum drp_err drp_zip_begin(int64_t time_s, struct drp_zip_out **zip) DRP_MUST_CHECK;
enum drp_err drp_zip_file(struct drp_zip_out *zip, const char *name,
	const struct drp_buf *content) DRP_MUST_CHECK;
/* drp_zip_end appends the archive and frees zip, whatever the outcome; out NULL throws
 * it away. */
enum drp_err drp_zip_end(struct drp_zip_out *zip, struct drp_buf *out) DRP_MUST_CHECK;

#endif
