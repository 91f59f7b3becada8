/* SPDX-License-Identifier: Apache-2.0
 *
 * Builds JSON with jansson without a check at every step: what finds no memory marks
 * the builder as failed, and drp_json_print then refuses. Threads: one at a time.
 */
#ifndef DRP_RUNTIME_JSON_H
#define DRP_RUNTIME_JSON_H

#include "proto/base/buf.h"

#include <drempel/err.h>

#include <jansson.h>

struct drp_json {
	int failed;
};

/* drp_json_begin: from now on jansson has its memory of proto/base/alloc.h and wipes what
 * it gives back, since a file of answers passes through it. Once, before any other use of
 * jansson in the process. */
void drp_json_begin(void);

/* drp_json_ran_out: whether jansson found no memory since it was asked last, in this
 * thread. Its parser goes on without a byte that it could not keep, so a value that was
 * read then is not to be believed. */
int drp_json_ran_out(void);

/* Each takes over the value, also when it fails; members keep their order. */
void drp_json_set(struct drp_json *json, json_t *object, const char *key, json_t *value);
void drp_json_append(struct drp_json *json, json_t *array, json_t *value);

/* drp_json_print appends root and a line feed to out and frees root. */
enum drp_err drp_json_print(
	struct drp_json *json, json_t *root, struct drp_buf *out) DRP_MUST_CHECK;

#endif
