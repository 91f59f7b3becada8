/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/runtime/json.h"

#include "proto/base/alloc.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define REAL_DIGITS 6
#define HEAD	    sizeof(max_align_t) /* before each block: how long it is */

static _Thread_local int ran_out;

static void *take(size_t n)
{
	char *block = n > SIZE_MAX - HEAD ? NULL : drp_alloc(1, HEAD + n);
	if (!block) {
		ran_out = 1;
		return NULL;
	}
	memcpy(block, &n, sizeof n);
	return block + HEAD;
}

static void give_back(void *p)
{
	if (p) {
		char *block = (char *)p - HEAD;
		size_t n;
		memcpy(&n, block, sizeof n);
		explicit_bzero(block, HEAD + n);
		drp_free(block);
	}
}

void drp_json_begin(void)
{
	json_set_alloc_funcs(take, give_back);
}

int drp_json_ran_out(void)
{
	int was = ran_out;
	ran_out = 0;
	return was;
}

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
