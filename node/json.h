/* SPDX-License-Identifier: Apache-2.0
 *
 * Builds JSON with jansson without a check at every step: what finds no memory marks
 * the builder as failed, and drp_json_print then refuses. Threads: one at a time.
 */
#ifndef DRP_NODE_JSON_H
#define DRP_NODE_JSON_H

#include "proto/base/buf.h"

#include <drempel/err.h>

#include <jansson.h>

struct drp_json {
	int failed;
};

/* Each takes over the value, also when it fails; members keep their order. */
void drp_json_set(struct drp_json *json, json_t *object, const char *key, json_t *value);
void drp_json_append(struct drp_json *json, json_t *array, json_t *value);

/* drp_json_print appends root and a line feed to out and frees root. */
enum drp_err drp_json_print(
	struct drp_json *json, json_t *root, struct drp_buf *out) DRP_MUST_CHECK;

#endif
