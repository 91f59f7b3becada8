/* SPDX-License-Identifier: Apache-2.0
 *
 * A request to the public API: lines of method, path, Accept, Accept-Language, then
 * parameters name=value up to an empty line, then the body. Every answer has a status
 * that the API knows and a media type, JSON is JSON, and the same request has the same
 * answer.
 */
#include "hub/api/api.h"

#include "tests/fuzz/fuzz.h"
#include "tests/support/sample.h"

#include <jansson.h>

static struct drp_publication publication, earlier;

/* The same a year before, under another name: something to compare with. */
static void make_earlier(void)
{
	static struct drp_manifest manifest;
	static struct drp_edition edition;
	manifest = *publication.manifest;
	edition = *publication.edition;
	earlier = publication;
	earlier.manifest = &manifest;
	earlier.edition = &edition;
	manifest.period_from -= 365;
	snprintf(edition.campaign, sizeof edition.campaign, "earlier");
}

/* Means of two groups, so that there are differences. */
static void add_means(void)
{
	for (int i = 0; i < 4; i++) {
		struct drp_observation *o = drp_edition_add(publication.edition);
		sample_need(o != NULL, "memory");
		*o = (struct drp_observation){.family = DRP_FAMILY_REGION,
			.group = (uint8_t)(i % 2 ? DRP_LEADER : DRP_TEACHER),
			.status = DRP_SHOWN,
			.province = "_T",
			.level = "_T",
			.network = "_T",
			.item = "_T",
			.measure = "mean",
			.se = "0.0200",
			.schools = "12"};
		snprintf(o->area, sizeof o->area, "%s", i / 2 ? "B" : "A");
		snprintf(o->value, sizeof o->value, "3.%d000", i);
	}
}

static void make_publication(void)
{
	struct drp_keys *keys = NULL;
	struct drp_buf bytes = {0};
	sample_need(drp_crypto_init() == DRP_OK, "crypto");
	sample_need(drp_keys_new(&keys) == DRP_OK, "keys");
	sample_need(drp_instrument_load(DRP_SOURCE_DIR "/deploy/instruments/selfie.yaml",
			    &publication.instrument, NULL) == DRP_OK,
		"instrument");
	publication.manifest = sample_manifest(keys, &publication.instrument->hash);
	publication.edition = sample_edition(&publication.manifest->hash);
	for (int i = 0; i < 6; i++) {
		static const char *const province[] = {"_T", "BE21", "BE22"};
		struct drp_observation *o = drp_edition_add(publication.edition);
		sample_need(o != NULL, "memory");
		*o = (struct drp_observation){.family = DRP_FAMILY_PROVINCE,
			.group = (uint8_t)(i % 2 ? DRP_GROUPS : DRP_TEACHER),
			.status = DRP_SHOWN,
			.level = "_T",
			.network = "_T",
			.area = "_T",
			.item = "_T",
			.measure = "schools",
			.value = "12",
			.schools = "12"};
		snprintf(o->province, sizeof o->province, "%s", province[i / 2]);
	}
	add_means();
	sample_need(drp_edition_encode(publication.edition, &bytes) == DRP_OK, "edition");
	drp_buf_clear(&bytes);
	drp_keys_free(keys);
	make_earlier();
}

/* Cuts a line off *at, ending it with a NUL. */
static char *line(char **at)
{
	char *begin = *at, *end = strchr(begin, '\n');
	if (end) {
		*end = 0;
		*at = end + 1;
	} else {
		*at = begin + strlen(begin);
	}
	return begin;
}

static void read_request(char *text, struct drp_api_request *r)
{
	r->method = line(&text);
	r->path = line(&text);
	r->accept = line(&text);
	r->accept_language = line(&text);
	while (*text && *text != '\n' && r->n_parameters < DRP_HTTP_PARAMETERS_MAX) {
		char *name = line(&text), *equals = strchr(name, '=');
		r->parameter[r->n_parameters].name = name;
		r->parameter[r->n_parameters++].value =
			equals ? equals + 1 : name + strlen(name);
		if (equals) {
			*equals = 0;
		}
	}
	text += *text == '\n';
	r->body = text;
	r->body_n = strlen(text);
}

static void look_at(const struct drp_api_reply *reply)
{
	static const int known[] = {200, 400, 403, 404, 405, 406, 413, 501};
	size_t i = 0;
	while (i < sizeof known / sizeof known[0] && known[i] != reply->status) {
		i++;
	}
	REQUIRE(i < sizeof known / sizeof known[0]);
	REQUIRE(*reply->media_type && reply->body.len > 0 && reply->vary);
	if (strstr(reply->media_type, "json")) {
		json_t *value = json_loadb((const char *)reply->body.data,
			reply->body.len, JSON_REJECT_DUPLICATES, NULL);
		REQUIRE(value != NULL);
		json_decref(value);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct drp_publication *list[2] = {&publication, &earlier};
	const struct drp_catalogue catalogue = {
		.n = 2, .publication = list, .base = "https://drempel.example"};
	static struct drp_api_request request;
	struct drp_api_reply first, second;
	if (!publication.edition) {
		make_publication();
	}
	char *text = calloc(1, size + 1);
	sample_need(text != NULL, "memory");
	memcpy(text, data, size);
	memset(&request, 0, sizeof request);
	read_request(text, &request);
	enum drp_err err = drp_api_answer(&catalogue, &request, &first);
	REQUIRE(err == DRP_OK || err == DRP_E_NOTFOUND);
	if (err == DRP_OK) {
		look_at(&first);
		REQUIRE(drp_api_answer(&catalogue, &request, &second) == DRP_OK);
		REQUIRE(second.status == first.status &&
			second.body.len == first.body.len &&
			memcmp(second.body.data, first.body.data, first.body.len) == 0);
		drp_buf_clear(&second.body);
	}
	drp_buf_clear(&first.body);
	free(text);
	return 0;
}
