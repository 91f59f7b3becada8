/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/runtime/http_target.h"

#include "proto/base/text.h"

#include <string.h>

#define BAD_REQUEST  400
#define URI_TOO_LONG 414

static int digit(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

/* The decoded byte at *at, which moves behind it; -1: not to be had. */
static int next_byte(const char **at, const char *end)
{
	unsigned char c = (unsigned char)**at;
	if (c != '%') {
		(*at)++;
		if ((c >= 'a' && c <= 'z') || c == '/') { /* most of them */
			return c;
		}
		return c > 0x20 && c < 0x7f && !strchr("\"<>\\^`#", c) ? c : -1;
	}
	int high = end - *at >= 3 ? digit((*at)[1]) : -1;
	int low = high >= 0 ? digit((*at)[2]) : -1;
	*at += 3;
	int byte = low >= 0 ? high * 16 + low : -1;
	return byte >= 0x20 && byte != 0x7f ? byte : -1;
}

/* Decodes a part and ends it with a NUL; NULL when it may not be. Returns the place
 * behind the NUL. */
static char *decode(const char *at, const char *end, int is_path, char *out)
{
	char *begin = out;
	while (at < end) {
		int encoded = *at == '%';
		int byte = !is_path && *at == '+' ? (at++, ' ') : next_byte(&at, end);
		if (byte < 0 || (is_path && encoded && (byte == '/' || byte == '\\'))) {
			return NULL;
		}
		*out++ = (char)byte;
	}
	*out = 0;
	return drp_utf8_valid(begin, (size_t)(out - begin)) ? out + 1 : NULL;
}

/* No empty segment but the last, and none that means another place. */
static int path_is_plain(const char *path)
{
	for (const char *at = path; *at;) {
		const char *segment = at + 1;
		size_t n = strcspn(segment, "/");
		if (*at != '/' || (n == 0 && *segment) || (n == 1 && segment[0] == '.') ||
			(n == 2 && segment[0] == '.' && segment[1] == '.')) {
			return 0;
		}
		at = segment + n;
	}
	return *path == '/';
}

static int parse_query(
	const char *at, const char *end, char *text, struct drp_http_target *target)
{
	while (at < end) {
		const char *stop = memchr(at, '&', (size_t)(end - at));
		stop = stop ? stop : end;
		const char *equals = memchr(at, '=', (size_t)(stop - at));
		const char *name_end = equals ? equals : stop;
		if (stop > at) {
			if (target->n_parameters == DRP_HTTP_PARAMETERS_MAX) {
				return URI_TOO_LONG;
			}
			struct drp_http_parameter *p =
				&target->parameter[target->n_parameters++];
			p->name = text;
			text = decode(at, name_end, 0, text);
			p->value = equals ? text : text ? text - 1 : NULL;
			text = equals && text ? decode(equals + 1, stop, 0, text) : text;
			if (!text) {
				return BAD_REQUEST;
			}
		}
		at = stop + 1;
	}
	return 0;
}

int drp_http_target_parse(
	const char *raw, size_t n, char *text, struct drp_http_target *target)
{
	target->n_parameters = 0;
	target->path = text;
	if (n > DRP_HTTP_TARGET_MAX_BYTES) {
		return URI_TOO_LONG;
	}
	const char *question = memchr(raw, '?', n);
	const char *end = raw + n;
	text = decode(raw, question ? question : end, 1, text);
	if (!text || !path_is_plain(target->path)) {
		return BAD_REQUEST;
	}
	return question ? parse_query(question + 1, end, text, target) : 0;
}
