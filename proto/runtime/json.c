/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/runtime/json.h"

#include "proto/base/alloc.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define HEAD sizeof(max_align_t) /* before each block: how long it is */

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

void drp_json_set(json_t **object, const char *key, json_t *value)
{
	if (json_object_set_new(*object, key, value) != 0) {
		json_decref(*object);
		*object = NULL;
	}
}

void drp_json_add(json_t **array, json_t *value)
{
	if (json_array_append_new(*array, value) != 0) {
		json_decref(*array);
		*array = NULL;
	}
}

static int append(const char *bytes, size_t n, void *out)
{
	drp_buf_append(out, bytes, n);
	return 0;
}

enum drp_err drp_json_print(json_t *value, enum drp_json_form form, struct drp_buf *out)
{
	static const size_t flags[] = {
		[DRP_JSON_LINE] = JSON_COMPACT | JSON_REAL_PRECISION(6),
		[DRP_JSON_LINES] = JSON_INDENT(1) | JSON_REAL_PRECISION(12)};
	int failed =
		!value || json_dump_callback(value, append, out,
				  flags[form] | JSON_PRESERVE_ORDER | JSON_ENCODE_ANY);
	drp_buf_text(out, "\n");
	json_decref(value);
	return failed || out->failed ? DRP_E_NOMEM : DRP_OK;
}

void drp_json_show(json_t *value, enum drp_err err)
{
	if (value && err == DRP_OK) {
		json_dumpf(value, stdout, JSON_INDENT(1));
		printf("\n");
	}
	json_decref(value);
}
