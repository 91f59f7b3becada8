/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/runtime/json_out.h"

#include <inttypes.h>
#include <string.h>

static void quote(struct drp_buf *out, const char *text)
{
	drp_buf_append(out, "\"", 1);
	while (*text) {
		size_t n = 0;
		while ((unsigned char)text[n] >= ' ' && text[n] != '"' &&
			text[n] != '\\') {
			n++;
		}
		drp_buf_append(out, text, n);
		text += n;
		if (*text == '"' || *text == '\\') {
			drp_buf_printf(out, "\\%c", *text++);
		} else if (*text) {
			drp_buf_printf(out, "\\u%04x", (unsigned)(unsigned char)*text++);
		}
	}
	drp_buf_append(out, "\"", 1);
}

static void begin(struct drp_json_out *json, const char *key)
{
	if (json->comma) {
		drp_buf_append(json->out, ",", 1);
	}
	if (key) {
		quote(json->out, key);
		drp_buf_append(json->out, ":", 1);
	}
	json->comma = 1;
}

void drp_json_open(struct drp_json_out *json, const char *key, char bracket)
{
	begin(json, key);
	drp_buf_append(json->out, &bracket, 1);
	json->comma = 0;
}

void drp_json_close(struct drp_json_out *json, char bracket)
{
	drp_buf_append(json->out, &bracket, 1);
	json->comma = 1;
}

void drp_json_string(struct drp_json_out *json, const char *key, const char *text)
{
	begin(json, key);
	quote(json->out, text);
}

void drp_json_number(struct drp_json_out *json, const char *key, int64_t value)
{
	begin(json, key);
	drp_buf_printf(json->out, "%" PRId64, value);
}

void drp_json_raw(struct drp_json_out *json, const char *key, const char *text)
{
	begin(json, key);
	drp_buf_text(json->out, text);
}

static int append(const char *text, size_t n, void *out)
{
	drp_buf_append(out, text, n);
	return 0;
}

void drp_json_value(struct drp_json_out *json, const char *key, json_t *value)
{
	begin(json, key);
	if (!value || json_dump_callback(value, append, json->out,
			      JSON_COMPACT | JSON_PRESERVE_ORDER |
				      JSON_REAL_PRECISION(12) | JSON_ENCODE_ANY) != 0) {
		json->out->failed = 1;
	}
	json_decref(value);
}
