/* SPDX-License-Identifier: Apache-2.0
 *
 * A request's target on the first line and headers on the others, "name:value". What is
 * taken has one reading: percent-encoded again, all of it, it reads the same.
 */
#include "proto/base/buf.h"
#include "proto/base/text.h"
#include "proto/runtime/http_headers.h"
#include "proto/runtime/http_target.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static void encode(struct drp_buf *out, const char *text, const char *plain)
{
	for (; *text; text++) {
		if (strchr(plain, *text)) {
			drp_buf_append(out, text, 1);
		} else {
			drp_buf_printf(out, "%%%02X", (unsigned char)*text);
		}
	}
}

static void require_plain(const char *text)
{
	REQUIRE(drp_utf8_valid(text, strlen(text)));
	for (; *text; text++) {
		REQUIRE((unsigned char)*text >= 0x20 && *text != 0x7f);
	}
}

static void require_same(const struct drp_http_target *a, const struct drp_http_target *b)
{
	REQUIRE(strcmp(a->path, b->path) == 0 && a->n_parameters == b->n_parameters);
	for (size_t i = 0; i < a->n_parameters; i++) {
		REQUIRE(strcmp(a->parameter[i].name, b->parameter[i].name) == 0);
		REQUIRE(strcmp(a->parameter[i].value, b->parameter[i].value) == 0);
	}
}

static void read_target(const char *raw, size_t n)
{
	static char text[DRP_HTTP_TARGET_MAX_BYTES + 1];
	static char again[DRP_HTTP_TARGET_MAX_BYTES + 1];
	struct drp_http_target target, back;
	struct drp_buf encoded = {0};
	int status = drp_http_target_parse(raw, n, text, &target);
	REQUIRE(status == 0 || status == 400 || status == 414);
	if (status) {
		return;
	}
	REQUIRE(target.path[0] == '/' && !strstr(target.path, "//") &&
		!strstr(target.path, "/../") && !strstr(target.path, "/./"));
	require_plain(target.path);
	encode(&encoded, target.path, "/");
	for (size_t i = 0; i < target.n_parameters; i++) {
		require_plain(target.parameter[i].name);
		require_plain(target.parameter[i].value);
		drp_buf_text(&encoded, i == 0 ? "?" : "&");
		encode(&encoded, target.parameter[i].name, "");
		drp_buf_text(&encoded, "=");
		encode(&encoded, target.parameter[i].value, "");
	}
	if (encoded.len <= DRP_HTTP_TARGET_MAX_BYTES) {
		REQUIRE(drp_http_target_parse((const char *)encoded.data, encoded.len,
				again, &back) == 0);
		require_same(&target, &back);
	}
	drp_buf_clear(&encoded);
}

/* Lines are copied and ended with a NUL, as libmicrohttpd hands them over. */
static void read_headers(char *at, const char *end)
{
	struct drp_http_headers headers;
	drp_http_headers_init(&headers);
	while (at < end) {
		char *stop = memchr(at, '\n', (size_t)(end - at));
		*stop = 0;
		char *colon = memchr(at, ':', (size_t)(stop - at));
		if (colon) {
			*colon = 0;
			drp_http_headers_take(&headers, at, (size_t)(colon - at),
				colon + 1, (size_t)(stop - colon - 1));
			(void)drp_http_takes_gzip(colon + 1);
			(void)drp_http_tag_matches(colon + 1, "abc");
		}
		at = stop + 1;
	}
	REQUIRE(headers.refused == 0 || headers.refused == 400 ||
		headers.refused == 413 || headers.refused == 431);
	REQUIRE(headers.refused || headers.length <= DRP_HTTP_BODY_MAX_BYTES);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	REQUIRE(text);
	if (size > 0) {
		memcpy(text, data, size);
	}
	text[size] = '\n';
	char *line_end = memchr(text, '\n', size + 1);
	read_target(text, (size_t)(line_end - text));
	read_headers(line_end + 1, text + size + 1);
	free(text);
	return 0;
}
