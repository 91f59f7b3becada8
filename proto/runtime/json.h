/* SPDX-License-Identifier: Apache-2.0
 *
 * Builds JSON with jansson without a check at every step: what finds no memory is NULL,
 * makes NULL of what it was to become a part of, and drp_json_print then refuses. For
 * long answers whose numbers keep the digits that they have: json_out.h. Threads: any.
 */
#ifndef DRP_RUNTIME_JSON_H
#define DRP_RUNTIME_JSON_H

#include "proto/base/buf.h"

#include <drempel/err.h>

#include <jansson.h>

/* drp_json_begin: from now on jansson has its memory of proto/base/alloc.h and wipes what
 * it gives back, since a file of answers passes through it. Once, before any other use of
 * jansson in the process. */
void drp_json_begin(void);

/* drp_json_ran_out: whether jansson found no memory since it was asked last, in this
 * thread. Its parser goes on without a byte that it could not keep, so a value that was
 * read then is not to be believed. */
int drp_json_ran_out(void);

/* Each takes the value, also when it fails. */
void drp_json_set(json_t **object, const char *key, json_t *value);
void drp_json_add(json_t **array, json_t *value);

enum drp_json_form {
	DRP_JSON_LINE, /* on one line; reals have six digits */
	DRP_JSON_LINES /* indented; reals have twelve, which give 3.1 back as 3.1 */
};

/* drp_json_print appends the value and a line feed and takes it; members stand in the
 * order in which they were set. DRP_E_NOMEM also when it is NULL. */
enum drp_err drp_json_print(
	json_t *value, enum drp_json_form form, struct drp_buf *out) DRP_MUST_CHECK;

/* drp_json_show writes what --json asked for to standard output when err is DRP_OK, and
 * takes it; NULL is nothing asked for. */
void drp_json_show(json_t *value, enum drp_err err);

#endif
