/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/http/http_ask.h"

#include "proto/base/alloc.h"
#include "proto/base/buf.h"
#include "proto/crypto/crypto.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define KEY_MAX_BYTES                                                                    \
	(DRP_HTTP_TARGET_MAX_BYTES + 2 * DRP_HTTP_PARAMETERS_MAX + DRP_VIEW_NAME + 128)

/* --- one form -------------------------------------------------------------------------
 */

/* Those of one name stay in their order. */
static void sort_parameters(
	struct drp_api_request *to, const struct drp_http_target *from)
{
	to->n_parameters = from->n_parameters;
	for (size_t i = 0; i < from->n_parameters; i++) {
		size_t at = i;
		for (; at > 0 &&
			strcmp(to->parameter[at - 1].name, from->parameter[i].name) > 0;
			at--) {
			to->parameter[at] = to->parameter[at - 1];
		}
		to->parameter[at].name = from->parameter[i].name;
		to->parameter[at].value = from->parameter[i].value;
	}
}

/* A header that is too long to be meant says nothing. */
static void plain_accept(const char *header, char out[DRP_ACCEPT_MAX])
{
	size_t n = 0;
	for (; *header; header++) {
		if (*header != ' ' && *header != '\t') {
			if (n + 1 == DRP_ACCEPT_MAX) {
				n = 0;
				break;
			}
			out[n++] = (char)tolower((unsigned char)*header);
		}
	}
	out[n] = 0;
}

/* Thousandths of a range's weight: "nl;q=0.8" is 800. */
static int weight(const char *range, size_t n)
{
	const char *q = memchr(range, ';', n);
	int thousandths = 0, unit = 1000;
	q = q ? q + 1 + strspn(q + 1, " \t") : NULL;
	if (!q || strncasecmp(q, "q=", 2) != 0) {
		return 1000;
	}
	for (const char *at = q + 2;
		at < range + n && (isdigit((unsigned char)*at) || *at == '.'); at++) {
		if (*at != '.' && unit > 0) {
			thousandths += (*at - '0') * unit;
			unit /= 10;
		}
	}
	return thousandths;
}

static void plain_language(const char *header, char out[3])
{
	static const char *const ours[] = {"nl", "fr", "de", "en"};
	int best = 0;
	out[0] = 0;
	for (const char *at = header; *at;) {
		size_t n = strcspn(at, ",");
		size_t primary = strcspn(at, "-,; \t");
		int wanted = weight(at, n);
		for (size_t i = 0; i < 4; i++) {
			if (primary == 2 && strncasecmp(at, ours[i], 2) == 0 &&
				wanted > best) {
				best = wanted;
				snprintf(out, 3, "%s", ours[i]);
			}
		}
		at += n;
		at += strspn(at, ", \t");
	}
}

/* --- the key
 * ------------------------------------------------------------------------------ */

static char *put(char *at, char mark, const char *text)
{
	size_t n = strlen(text);
	*at++ = mark;
	memcpy(at, text, n);
	return at + n;
}

/* Neither a view's name nor path and parameters hold control characters: the marks stay
 * apart. */
static void make_key(struct drp_http_ask *ask, const char *view)
{
	char text[KEY_MAX_BYTES];
	const struct drp_api_request *r = &ask->request;
	char *at = text;
	at = put(at, '\v', view);
	*at++ = '\n';
	at = put(at, r->method[0], r->path);
	for (size_t i = 0; i < r->n_parameters; i++) {
		at = put(at, '\n', r->parameter[i].name);
		at = put(at, '\r', r->parameter[i].value);
	}
	if (r->method[0] == 'P') {
		struct drp_hash body;
		drp_hash_bytes(r->body, r->body_n, &body);
		*at++ = '\n';
		memcpy(at, body.b, sizeof body.b);
		at += sizeof body.b;
	}
	drp_hash_bytes(text, (size_t)(at - text), &ask->key.what);
	ask->key.accept = ask->accept;
	ask->key.language = ask->language;
}

void drp_http_ask_read(struct drp_http_ask *ask, const struct drp_http_request *request,
	const char *view)
{
	struct drp_api_request *r = &ask->request;
	ask->copy = NULL;
	r->method = request->is_post ? "POST" : "GET";
	r->path = request->target->path;
	r->body = request->body;
	r->body_n = request->is_post ? request->body_n : 0;
	plain_accept(request->accept, ask->accept);
	plain_language(request->accept_language, ask->language);
	r->accept = ask->accept;
	r->accept_language = ask->language;
	sort_parameters(r, request->target);
	make_key(ask, view);
}

/* --- copies
 * -------------------------------------------------------------------------------- */

static const char *copy_text(char **at, const char *text)
{
	size_t n = strlen(text) + 1;
	char *to = *at;
	memcpy(to, text, n);
	*at += n;
	return to;
}

enum drp_err drp_http_ask_copy(struct drp_http_ask *to, const struct drp_http_ask *from)
{
	size_t n = strlen(from->request.path) + 1 + from->request.body_n;
	for (size_t i = 0; i < from->request.n_parameters; i++) {
		n += strlen(from->request.parameter[i].name) + 1 +
		     strlen(from->request.parameter[i].value) + 1;
	}
	*to = *from;
	char *at = drp_alloc(1, n);
	if (!at) {
		return DRP_E_NOMEM;
	}
	struct drp_api_request *r = &to->request;
	to->copy = at;
	r->path = copy_text(&at, r->path);
	for (size_t i = 0; i < r->n_parameters; i++) {
		r->parameter[i].name = copy_text(&at, r->parameter[i].name);
		r->parameter[i].value = copy_text(&at, r->parameter[i].value);
	}
	if (r->body_n > 0) {
		memcpy(at, r->body, r->body_n);
	}
	r->body = at;
	r->accept = to->key.accept = to->accept;
	r->accept_language = to->key.language = to->language;
	return DRP_OK;
}
