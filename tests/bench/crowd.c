/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/crowd.h"

#include "hub/campaign/campaign.h"
#include "proto/base/alloc.h"
#include "proto/model/instrument.h"
#include "proto/session/messages.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CAMPAIGN   "bench"
#define ALL_LEVELS 0x3e
#define NOW_S	   INT64_C(1780000000) /* 2026-05-28, inside the campaign's window */

static const enum drp_group groups[] = {DRP_TEACHER, DRP_LEADER};
#define GROUPS (sizeof groups / sizeof *groups)

int64_t crowd_now_ms(void *self)
{
	(void)self;
	return NOW_S * 1000;
}

/* What making the crowd needs and the crowd does not keep. */
struct making {
	struct drp_hub hub;
	struct crowd_keys keys;
	struct drp_manifest *manifest;
	struct drp_instrument *instrument;
};

static enum drp_err put_school(struct drp_hub *hub, size_t i, uint8_t levels,
	const uint32_t eligible[DRP_GROUPS], struct drp_diag *diag)
{
	struct drp_school school = {.province = (uint8_t)(DRP_BE21 + i % 5),
		.network = (uint8_t)(DRP_GO + i / 5 % DRP_NETWORKS)};
	snprintf(school.id, sizeof school.id, "s%06u", (unsigned)i);
	snprintf(school.name, sizeof school.name, "School %zu", i);
	snprintf(school.board, sizeof school.board, "b%06u", (unsigned)i / 2);
	school.levels = levels ? levels : (uint8_t)(1u << (1 + i % DRP_LEVELS));
	for (int level = 1; level <= DRP_LEVELS; level++) {
		for (int g = 0; g < DRP_GROUPS; g++) {
			school.eligible[level][g] =
				school.levels & 1u << level ? eligible[g] : 0;
		}
	}
	return drp_hub_school_put(hub->store, &school, diag);
}

enum drp_err crowd_register(struct drp_hub *hub, size_t n, uint8_t levels,
	const uint32_t eligible[DRP_GROUPS], struct drp_diag *diag)
{
	enum drp_err err = drp_hub_begin(hub->store, diag);
	for (size_t i = 0; i < n && !err; i++) {
		err = put_school(hub, i, levels, eligible, diag);
	}
	return err ? err : drp_hub_end(hub->store, DRP_OK, diag);
}

static enum drp_err enrol(struct drp_hub *hub, struct crowd_keys *keys, size_t i,
	int64_t now_s, struct drp_diag *diag)
{
	struct drp_hash token;
	uint8_t box[DRP_BOX_KEY_BYTES];
	char id[DRP_CODE_MAX];
	snprintf(id, sizeof id, "s%06u", (unsigned)i);
	drp_hash_bytes(&i, sizeof i, &token);
	enum drp_err err = drp_keys_new(&keys->keys[i]);
	if (!err) {
		drp_keys_public(keys->keys[i], &keys->public[i], box);
		err = drp_hub_enrol(
			hub->store, &token, id, &keys->public[i], now_s, diag);
	}
	return err;
}

enum drp_err crowd_enrol(struct drp_hub *hub, size_t n, struct crowd_keys *keys,
	int64_t now_s, struct drp_diag *diag)
{
	*keys = (struct crowd_keys){
		n, drp_alloc(n, sizeof *keys->keys), drp_alloc(n, sizeof *keys->public)};
	if (!keys->keys || !keys->public) {
		return DRP_E_NOMEM;
	}
	enum drp_err err = drp_hub_begin(hub->store, diag);
	for (size_t i = 0; i < n && !err; i++) {
		err = enrol(hub, keys, i, now_s, diag);
	}
	return err ? err : drp_hub_end(hub->store, DRP_OK, diag);
}

const struct drp_keys *crowd_keys_of(
	const struct crowd_keys *keys, const struct drp_key *public)
{
	for (size_t i = 0; i < keys->n; i++) {
		if (memcmp(&keys->public[i], public, sizeof *public) == 0) {
			return keys->keys[i];
		}
	}
	return NULL;
}

void crowd_keys_clear(struct crowd_keys *keys)
{
	for (size_t i = 0; keys->keys && i < keys->n; i++) {
		drp_keys_free(keys->keys[i]);
	}
	drp_free(keys->keys);
	drp_free(keys->public);
	*keys = (struct crowd_keys){0};
}

static enum drp_err open_campaign(struct making *m, struct drp_diag *diag)
{
	static const char yaml[] =
		"campaign: " CAMPAIGN "\n"
		"title: Bench\n"
		"region: VL\n"
		"instrument: " DRP_SOURCE_DIR "/deploy/instruments/selfie.yaml\n"
		"track: open\n"
		"cohort: self-selected\n"
		"period: {from: 2026-03-01, to: 2026-05-31}\n"
		"deadline: 2026-06-15\n";
	char path[DRP_PATH_MAX], id[DRP_NAME_MAX];
	struct drp_campaign_row row;
	struct drp_buf report = {0};
	enum drp_err err = drp_path(path, m->hub.dir, "bench.yaml", diag);
	err = err ? err : drp_file_write(path, yaml, sizeof yaml - 1, 0600, diag);
	err = err ? err : drp_campaign_new(&m->hub, path, id, &report, diag);
	err = err ? err : drp_campaign_sign(&m->hub, id, &report, diag);
	err = err ? err : drp_hub_campaign_get(m->hub.store, id, &row, diag);
	err = err ? err : drp_hub_manifest(&m->hub, &row, &m->manifest, diag);
	err = err ? err
		  : drp_hub_instrument(&m->hub, &row.instrument, &m->instrument, diag);
	drp_buf_clear(&report);
	return err;
}

/* The values have the size of real ones: sums of a few dozen answers plus noise. */
static void fill(const struct making *m, const struct drp_unit *unit,
	enum drp_group group, struct drp_contribution *c)
{
	uint16_t items[DRP_ITEMS_MAX];
	size_t n = drp_instrument_vector(m->instrument, group, DRP_ITEM_CORE, items);
	struct drp_rng rng = drp_system_rng();
	*c = (struct drp_contribution){.campaign = m->manifest->hash,
		.unit = unit->id,
		.group = (uint8_t)group,
		.questionnaires = 60,
		.invited = 80,
		.n_values = (uint16_t)(2 * n)};
	c->sigma2 = drp_manifest_release(
		m->manifest, group, DRP_FAMILY_REGION, DRP_RELEASE_CORE)
			    ->sigma2;
	for (size_t i = 0; i < 2 * n; i++) {
		int16_t noise;
		rng.fill(rng.self, &noise, sizeof noise);
		c->value[i] = noise % 1000;
	}
}

static enum drp_err seal(struct crowd *crowd, const struct making *m,
	const struct drp_unit *unit, enum drp_group group, size_t i)
{
	struct crowd_request *request = &crowd->requests[i];
	struct drp_rng rng = drp_system_rng();
	struct drp_buf plain = {0}, body = {0};
	struct drp_contribution c;
	fill(m, unit, group, &c);
	enum drp_err err = drp_contribution_encode(&c, &plain);
	if (!err) {
		struct drp_request submit = {.type = DRP_MSG_SUBMIT, .at = NOW_S};
		submit.submit.bytes = plain.data;
		submit.submit.n = plain.len;
		drp_hash_bytes(plain.data, plain.len, &request->contribution);
		crowd->contribution_bytes = plain.len;
		err = drp_request_encode(&submit, &body);
	}
	if (!err) {
		rng.fill(rng.self, &request->id, sizeof request->id);
		err = drp_envelope_seal(
			crowd_keys_of(&m->keys, &m->manifest->key[unit->school]),
			crowd->hub_box, DRP_MSG_SUBMIT, &request->id, body.data, body.len,
			&request->envelope, request->message_key);
	}
	crowd->messages[i].bytes = request->envelope.data;
	crowd->messages[i].n = request->envelope.len;
	drp_buf_clear(&plain);
	drp_buf_clear(&body);
	return err;
}

static enum drp_err seal_all(struct crowd *crowd, const struct making *m)
{
	enum drp_err err = DRP_OK;
	size_t i = 0;
	crowd->n = m->manifest->n_units * GROUPS;
	crowd->requests = drp_alloc(crowd->n, sizeof *crowd->requests);
	crowd->messages = drp_alloc(crowd->n, sizeof *crowd->messages);
	if (!crowd->requests || !crowd->messages) {
		return DRP_E_NOMEM;
	}
	for (size_t u = 0; u < m->manifest->n_units; u++) {
		for (size_t g = 0; g < GROUPS && !err; g++) {
			err = seal(crowd, m, &m->manifest->unit[u], groups[g], i++);
		}
	}
	return err;
}

static enum drp_err open_hub(
	const struct crowd *crowd, struct drp_hub *hub, struct drp_diag *diag)
{
	enum drp_err err = drp_hub_open(crowd->dir, hub, diag);
	hub->clock = (struct drp_clock){crowd_now_ms, NULL};
	return err;
}

enum drp_err crowd_make(struct crowd *crowd, size_t schools, struct drp_diag *diag)
{
	static const struct drp_hub_settings settings = {
		"Bench", "hub", "tcp://127.0.0.1:0", "", "", "", ""};
	static const uint32_t eligible[DRP_GROUPS] = {200, 200, 200};
	struct making m = {0};
	*crowd = (struct crowd){.dir = "/var/tmp/drempel-bench-XXXXXX"};
	if (!mkdtemp(crowd->dir)) {
		return drp_fail(diag, DRP_E_IO, "/var/tmp: no folder can be made there");
	}
	enum drp_err err = drp_hub_create(crowd->dir, &settings, diag);
	err = err ? err : open_hub(crowd, &m.hub, diag);
	if (err) {
		return err;
	}
	drp_keys_public(m.hub.keys, &crowd->hub_key, crowd->hub_box);
	err = crowd_register(&m.hub, schools, ALL_LEVELS, eligible, diag);
	err = err ? err : crowd_enrol(&m.hub, schools, &m.keys, NOW_S, diag);
	err = err ? err : open_campaign(&m, diag);
	err = err ? err : seal_all(crowd, &m);
	crowd_keys_clear(&m.keys);
	drp_instrument_free(m.instrument);
	drp_manifest_free(m.manifest);
	drp_hub_close(&m.hub);
	return err;
}

static int receipt_holds(const struct crowd *crowd, const struct crowd_request *request,
	const struct drp_receipt *receipt)
{
	struct drp_buf statement = {0};
	int holds = drp_hash_equal(&receipt->contribution, &request->contribution) &&
		    memcmp(&receipt->hub, &crowd->hub_key, sizeof crowd->hub_key) == 0 &&
		    drp_receipt_statement(receipt, &statement) == DRP_OK &&
		    drp_verify(&crowd->hub_key, "drempel receipt 1", statement.data,
			    statement.len, receipt->signature) == DRP_OK;
	drp_buf_clear(&statement);
	return holds;
}

int crowd_check(const struct crowd *crowd, size_t i)
{
	const struct crowd_request *request = &crowd->requests[i];
	const struct load_message *message = &crowd->messages[i];
	struct drp_reply_origin origin;
	struct drp_buf body = {0};
	static struct drp_reply reply;
	int holds = drp_reply_decode(request->message_key, DRP_MSG_SUBMIT, &request->id,
			    message->reply, message->reply_n, &body, &origin) == DRP_OK &&
		    drp_reply_decode_body(DRP_MSG_SUBMIT, body.data, body.len, &reply) ==
			    DRP_OK &&
		    reply.err == DRP_OK &&
		    receipt_holds(crowd, request, &reply.submit.receipt);
	drp_buf_clear(&body);
	return holds;
}

static enum drp_err count(
	void *self, const struct drp_stored *stored, const void *sealed, size_t n)
{
	(void)stored;
	(void)sealed;
	*(size_t *)self += n > 0;
	return DRP_OK;
}

enum drp_err crowd_stored(const struct crowd *crowd, size_t *n, struct drp_diag *diag)
{
	struct drp_hub hub;
	enum drp_err err = open_hub(crowd, &hub, diag);
	*n = 0;
	if (!err) {
		err = drp_hub_contributions(hub.store, CAMPAIGN, count, n, diag);
		drp_hub_close(&hub);
	}
	return err;
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *w)
{
	(void)st;
	(void)flag;
	(void)w;
	return remove(path);
}

void crowd_remove(const char *dir)
{
	nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void crowd_clear(struct crowd *crowd)
{
	for (size_t i = 0; i < crowd->n && crowd->requests; i++) {
		drp_buf_clear(&crowd->requests[i].envelope);
	}
	drp_free(crowd->requests);
	drp_free(crowd->messages);
	crowd_remove(crowd->dir);
}
