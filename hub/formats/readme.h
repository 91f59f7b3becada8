/* SPDX-License-Identifier: Apache-2.0
 *
 * README.txt of what is downloaded or exported: which edition this is, what may be said
 * of it, what the files hold. Threads: any.
 */
#ifndef DRP_HUB_README_H
#define DRP_HUB_README_H

#include "hub/tables/publication.h"
#include "proto/base/buf.h"

/* One file or one remark; an empty label and text is an empty line. */
struct drp_readme_note {
	const char *label, *text;
};

/* drp_readme appends campaign, edition, period and notices, the notes given, and what
 * holds for every file: suppression, noise, numbers, percentages, licence, citation. */
enum drp_err drp_readme(const struct drp_publication *publication,
	const struct drp_readme_note *notes, size_t n,
	struct drp_buf *out) DRP_MUST_CHECK;

#endif
