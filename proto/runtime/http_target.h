/* SPDX-License-Identifier: Apache-2.0
 *
 * What a request asks for: path and query, taken apart by one strict reading, so that no
 * two spellings of one path exist behind this line and none leads out of the tree.
 * Threads: any.
 */
#ifndef DRP_RUNTIME_HTTP_TARGET_H
#define DRP_RUNTIME_HTTP_TARGET_H

#include <drempel/limits.h>

#include <stddef.h>

struct drp_http_parameter {
	const char *name, *value; /* decoded; a name without "=" has the value "" */
};

struct drp_http_target {
	const char *path; /* decoded, begins with "/" */
	size_t n_parameters;
	struct drp_http_parameter parameter[DRP_HTTP_PARAMETERS_MAX];
};

/* drp_http_target_parse reads the n bytes of an origin-form target ("/a/b?c=d"). text has
 * n + 1 bytes and holds what target points to. Returns 0, or the status to refuse with:
 * 414 for too many bytes or parameters, 400 for everything else that is odd: another
 * form, bytes outside printable ASCII, backslashes, a "%" without two digits, encoded
 * slashes and control characters, what is not UTF-8, empty and dot segments. One slash
 * at the end is fine. In the query "+" is a blank. */
int drp_http_target_parse(
	const char *raw, size_t n, char *text, struct drp_http_target *target);

#endif
