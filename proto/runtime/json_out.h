/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON written in order, for long answers whose numbers keep the digits that they have.
 * Commas are the writer's business. Text is UTF-8 and escaped. Errors stick in the
 * buffer. Threads: one at a time.
 */
#ifndef DRP_RUNTIME_JSON_OUT_H
#define DRP_RUNTIME_JSON_OUT_H

#include "proto/base/buf.h"

#include <jansson.h>

struct drp_json_out {
	struct drp_buf *out;
	int comma; /* before the next value */
};

/* key is NULL inside an array and for the outermost value. */
void drp_json_open(struct drp_json_out *json, const char *key, char bracket);
void drp_json_close(struct drp_json_out *json, char bracket);
void drp_json_string(struct drp_json_out *json, const char *key, const char *text);
void drp_json_number(struct drp_json_out *json, const char *key, int64_t value);
/* drp_json_raw: a number's digits, true, false or null. */
void drp_json_raw(struct drp_json_out *json, const char *key, const char *text);
/* drp_json_value writes a value of jansson and takes the reference; NULL is an error. */
void drp_json_value(struct drp_json_out *json, const char *key, json_t *value);

#endif
