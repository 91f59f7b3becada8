/* SPDX-License-Identifier: Apache-2.0 */
#include "node/json.h"

#define REAL_DIGITS 6

void drp_json_set(struct drp_json *json, json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value)) {
		json->failed = 1;
	}
}

void drp_json_append(struct drp_json *json, json_t *array, json_t *value)
{
	if (json_array_append_new(array, value)) {
		json->failed = 1;
	}
}

static int append(const char *bytes, size_t n, void *out)
{
	drp_buf_append(out, bytes, n);
	return 0;
}

enum drp_err drp_json_print(struct drp_json *json, json_t *root, struct drp_buf *out)
{
	if (!root || json->failed ||
		json_dump_callback(root, append, out,
			JSON_COMPACT | JSON_REAL_PRECISION(REAL_DIGITS))) {
		json->failed = 1;
	}
	json_decref(root);
	drp_buf_text(out, "\n");
	return json->failed || out->failed ? DRP_E_NOMEM : DRP_OK;
}
