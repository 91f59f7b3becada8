/* SPDX-License-Identifier: Apache-2.0 */
#include "node/store/node.h"

#include "proto/model/yaml.h"
#include "proto/session/policy.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct file {
	char *hub;
};

static const cyaml_schema_field_t file_fields[] = {
	CYAML_FIELD_STRING_PTR("hub", CYAML_FLAG_POINTER, struct file, hub, 1, 255),
	CYAML_FIELD_END};
static const cyaml_schema_value_t file_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct file, file_fields)};

static enum drp_err write_settings(
	const char *dir, const struct drp_invite *invite, struct drp_diag *diag)
{
	char path[DRP_PATH_MAX];
	struct drp_buf text = {0};
	drp_buf_printf(&text,
		"# Settings of this school's node.\n"
		"# Where the hub answers. Its keys were pinned by the invite and do not "
		"change "
		"with it.\n"
		"hub: %s\n",
		invite->url);
	enum drp_err err = drp_path(path, dir, "node.yaml", diag);
	if (err == DRP_OK) {
		err = text.failed ? DRP_E_NOMEM
				  : drp_file_write(path, text.data, text.len, 0600, diag);
	}
	drp_buf_clear(&text);
	return err;
}

/* The notary becomes the present one; those before it are known of older campaigns. */
static enum drp_err pin_notary(
	struct drp_node_store *store, const struct drp_invite *v, struct drp_diag *diag)
{
	struct drp_buf pins = {0};
	enum drp_err err = drp_node_get(store, "notaries", &pins, diag);
	err = err == DRP_E_NOTFOUND ? DRP_OK : err;
	drp_buf_append(&pins, v->notary_key.b, sizeof v->notary_key.b);
	drp_buf_append(&pins, v->notary_box, sizeof v->notary_box);
	size_t most = DRP_NOTARIES_MAX * sizeof(struct drp_notary_pin);
	size_t skip = pins.len > most ? pins.len - most : 0;
	if (err == DRP_OK) {
		err = pins.failed ? DRP_E_NOMEM
				  : drp_node_set(store, "notaries", pins.data + skip,
					    pins.len - skip, diag);
	}
	drp_buf_clear(&pins);
	return err;
}

static enum drp_err store_invite(
	struct drp_node_store *store, const struct drp_invite *v, struct drp_diag *diag)
{
	enum drp_err err = drp_node_begin(store, diag);
	if (err) {
		return err;
	}
	err = drp_node_set(store, "school", v->school, strlen(v->school), diag);
	err = err ? err : drp_node_set(store, "hub-name", v->hub, strlen(v->hub), diag);
	err = err ? err : drp_node_set(store, "hub-key", v->hub_key.b, 32, diag);
	err = err ? err : drp_node_set(store, "hub-box", v->hub_box, 32, diag);
	err = err ? err : drp_node_set(store, "token", v->token, 32, diag);
	if (err == DRP_OK && drp_invite_has_notary(v)) {
		err = pin_notary(store, v, diag);
	}
	return drp_node_end(store, err, diag);
}

/* Whether an enrolled node may take the notary from this invite: it is of the same hub
 * and school, and names another one. */
static int is_own(const struct drp_node *node, const struct drp_invite *v)
{
	return strcmp(v->school, node->school) == 0 &&
	       memcmp(&v->hub_key, &node->hub, sizeof node->hub) == 0 &&
	       memcmp(v->hub_box, node->hub_box, sizeof node->hub_box) == 0;
}

static int brings_notary(const struct drp_node *node, const struct drp_invite *v)
{
	const struct drp_notary_pin *last =
		node->n_notaries ? &node->notary[node->n_notaries - 1] : NULL;
	return drp_invite_has_notary(v) && is_own(node, v) &&
	       (!last || memcmp(&v->notary_key, &last->key, sizeof last->key) != 0 ||
		       memcmp(v->notary_box, last->box, sizeof last->box) != 0);
}

/* A node that never enrolled takes another invite: the first may have expired. One that
 * is enrolled takes the notary alone; *done tells. */
static enum drp_err check_enrolled(const char *dir, const struct drp_invite *invite,
	int *done, struct drp_diag *diag)
{
	struct drp_node node;
	enum drp_err err = drp_node_open(dir, &node, diag);
	if (err) {
		return err;
	}
	if (node.enrolled && brings_notary(&node, invite)) {
		err = pin_notary(node.store, invite, diag);
		*done = err == DRP_OK;
	} else if (node.enrolled) {
		err = drp_fail(diag, DRP_E_EXISTS,
			"%s already holds the node of school %s; it was left alone", dir,
			node.school);
	}
	drp_node_close(&node);
	return err;
}

/* Settings last: see drp_hub_create. */
enum drp_err drp_node_create(
	const char *dir, const struct drp_invite *invite, struct drp_diag *diag)
{
	char path[DRP_PATH_MAX];
	struct drp_keys *keys = NULL;
	struct drp_node_store *store = NULL;
	enum drp_err err = drp_crypto_init();
	err = err ? err : drp_path(path, dir, "node.yaml", diag);
	if (err == DRP_OK && access(path, F_OK) == 0) {
		int done = 0;
		err = check_enrolled(dir, invite, &done, diag);
		if (err || done) {
			return err;
		}
	}
	err = err ? err : drp_dir_make(dir, diag);
	err = err ? err : drp_path(path, dir, "node.key", diag);
	if (err == DRP_OK && access(path, F_OK) != 0) {
		err = drp_keys_new(&keys);
		err = err ? err : drp_keys_save(keys, path, diag);
		drp_keys_free(keys);
	}
	err = err ? err : drp_path(path, dir, "node.db", diag);
	err = err ? err : drp_node_store_open(path, 1, &store, diag);
	err = err ? err : store_invite(store, invite, diag);
	drp_node_store_close(store);
	return err ? err : write_settings(dir, invite, diag);
}

enum drp_err drp_node_vouch(const char *dir, const struct drp_invite *invite,
	const uint8_t code[DRP_VOUCHER_BYTES], struct drp_diag *diag)
{
	struct drp_node node;
	struct drp_key own;
	uint8_t box[DRP_BOX_KEY_BYTES], proof[DRP_PROOF_BYTES];
	enum drp_err err = drp_node_open(dir, &node, diag);
	if (err) {
		return err;
	}
	if (node.enrolled && !is_own(&node, invite)) {
		err = drp_fail(diag, DRP_E_EXISTS,
			"%s already holds the node of school %s; it was left alone", dir,
			node.school);
	}
	drp_keys_public(node.keys, &own, box);
	drp_voucher_proof(code, &own, proof);
	err = err ? err : drp_node_begin(node.store, diag);
	if (err == DRP_OK) {
		err = drp_node_set(node.store, "proof", proof, sizeof proof, diag);
		err = err ? err
			  : drp_node_set(node.store, "token", invite->token, 32, diag);
		err = drp_node_end(node.store, err, diag);
	}
	drp_node_close(&node);
	return err;
}

static enum drp_err read_url(struct drp_node *node, struct drp_diag *diag)
{
	char path[DRP_PATH_MAX];
	struct drp_buf text = {0};
	void *out = NULL;
	enum drp_err err = drp_path(path, node->dir, "node.yaml", diag);
	if (err == DRP_OK && access(path, F_OK) != 0) {
		return drp_fail(diag, DRP_E_NOTFOUND,
			"%s holds no node; make one with 'drempel-node init --dir %s "
			"--invite FILE'",
			node->dir, node->dir);
	}
	err = err ? err : drp_file_read(path, 65536, &text, diag);
	err = err ? err
		  : drp_yaml_load(text.data, text.len, path, &file_schema, &out, diag);
	if (err == DRP_OK) {
		snprintf(node->url, sizeof node->url, "%s", ((struct file *)out)->hub);
		drp_yaml_free(&file_schema, out);
	}
	drp_buf_clear(&text);
	return err;
}

static enum drp_err get(struct drp_node *node, const char *key, void *value, size_t n,
	int text, struct drp_diag *diag)
{
	struct drp_buf b = {0};
	enum drp_err err = drp_node_get(node->store, key, &b, diag);
	if (err == DRP_OK && (text ? b.len >= n : b.len != n)) {
		err = DRP_E_STORE;
	}
	if (err == DRP_OK) {
		memcpy(value, b.data, b.len);
	}
	drp_buf_wipe(&b);
	return err ? drp_fail(diag, err,
			     "%s: the setting '%s' is missing or damaged; restore a "
			     "backup of the directory",
			     node->dir, key)
		   : DRP_OK;
}

static enum drp_err read_notaries(struct drp_node *node, struct drp_diag *diag)
{
	struct drp_buf pins = {0};
	enum drp_err err = drp_node_get(node->store, "notaries", &pins, diag);
	if (err == DRP_OK) {
		node->n_notaries = pins.len / sizeof node->notary[0];
		node->n_notaries = node->n_notaries > DRP_NOTARIES_MAX ? DRP_NOTARIES_MAX
								       : node->n_notaries;
		memcpy(node->notary, pins.data,
			node->n_notaries * sizeof node->notary[0]);
	}
	drp_buf_clear(&pins);
	return err == DRP_E_NOTFOUND ? DRP_OK : err;
}

static enum drp_err read_pins(struct drp_node *node, struct drp_diag *diag)
{
	struct drp_buf token = {0};
	enum drp_err err =
		get(node, "school", node->school, sizeof node->school, 1, diag);
	err = err ? err
		  : get(node, "hub-name", node->hub_name, sizeof node->hub_name, 1, diag);
	err = err ? err : get(node, "hub-key", node->hub.b, 32, 0, diag);
	err = err ? err : get(node, "hub-box", node->hub_box, 32, 0, diag);
	err = err ? err : read_notaries(node, diag);
	if (err == DRP_OK) {
		node->enrolled = drp_node_get(node->store, "token", &token, NULL) ==
				 DRP_E_NOTFOUND;
	}
	drp_buf_wipe(&token);
	return err;
}

enum drp_err drp_node_open(const char *dir, struct drp_node *node, struct drp_diag *diag)
{
	memset(node, 0, sizeof *node);
	char path[DRP_PATH_MAX];
	if (snprintf(node->dir, sizeof node->dir, "%s", dir) >= (int)sizeof node->dir) {
		return drp_fail(
			diag, DRP_E_RANGE, "the path of the directory is too long");
	}
	node->clock = drp_system_clock();
	enum drp_err err = drp_crypto_init();
	node->rng = drp_system_rng();
	err = err ? err : read_url(node, diag);
	err = err ? err : drp_path(path, dir, "node.key", diag);
	err = err ? err : drp_keys_load(path, &node->keys, diag);
	err = err ? err : drp_path(path, dir, "node.db", diag);
	err = err ? err : drp_node_store_open(path, 0, &node->store, diag);
	err = err ? err : read_pins(node, diag);
	if (err) {
		drp_node_close(node);
	}
	return err;
}

void drp_node_close(struct drp_node *node)
{
	drp_node_store_close(node->store);
	drp_keys_free(node->keys);
	node->store = NULL;
	node->keys = NULL;
}

int64_t drp_node_now_s(const struct drp_node *node)
{
	return node->clock.now_ms(node->clock.self) / 1000;
}

/* ---- a campaign to work on ---- */

static enum drp_err load_blobs(
	struct drp_node *node, struct drp_node_work *w, struct drp_diag *diag)
{
	struct drp_buf bytes = {0};
	enum drp_err err =
		drp_node_blob_get(node->store, &w->campaign.manifest, &bytes, diag);
	err = err ? err : drp_manifest_decode(bytes.data, bytes.len, &w->manifest, diag);
	bytes.len = 0;
	err = err ? err
		  : drp_node_blob_get(
			    node->store, &w->manifest->instrument, &bytes, diag);
	err = err ? err : drp_instrument_decode(bytes.data, bytes.len, &w->instrument);
	drp_buf_clear(&bytes);
	return err == DRP_E_NOTFOUND ? drp_fail(diag, err,
					       "campaign %s has not fully arrived yet; "
					       "run 'campaign list' while the hub "
					       "can be reached",
					       w->campaign.id)
				     : err;
}

static int is_pinned(const struct drp_node *node, const struct drp_manifest *m)
{
	for (size_t i = 0; i < node->n_notaries; i++) {
		if (memcmp(&node->notary[i].key, &m->notary, sizeof m->notary) == 0 &&
			memcmp(node->notary[i].box, m->notary_box,
				sizeof m->notary_box) == 0) {
			return 1;
		}
	}
	return 0;
}

/* The manifest must name the hub and the notary that an invite introduced: who opens
 * shares is not for a hub alone to say. */
static enum drp_err check_pins(
	const struct drp_node *node, const struct drp_manifest *m, struct drp_diag *diag)
{
	if (memcmp(&m->hub, &node->hub, sizeof m->hub) != 0 ||
		memcmp(m->hub_box, node->hub_box, sizeof m->hub_box) != 0) {
		return drp_fail(diag, DRP_E_POLICY,
			"campaign %s names other keys of the hub than this node's invite",
			m->id);
	}
	if (m->track != DRP_TRACK_SEALED || is_pinned(node, m)) {
		return DRP_OK;
	}
	return drp_fail(diag, DRP_E_INVITE,
		"campaign %s is of the sealed track, and no invite of this node named "
		"its "
		"notary; ask the hub's operator for a new invite and give it to "
		"'drempel-node init'",
		m->id);
}

enum drp_err drp_node_work_load(struct drp_node *node, const char *id,
	struct drp_node_work *work, struct drp_diag *diag)
{
	memset(work, 0, sizeof *work);
	struct drp_key mine;
	uint8_t box[DRP_BOX_KEY_BYTES];
	int units = 0;
	enum drp_err err = drp_node_campaign_get(node->store, id, &work->campaign, diag);
	err = err ? err : load_blobs(node, work, diag);
	err = err ? err : check_pins(node, work->manifest, diag);
	err = err ? err : drp_policy_check(work->manifest, work->instrument, diag);
	if (err) {
		drp_node_work_clear(work);
		return err;
	}
	drp_keys_public(node->keys, &mine, box);
	for (uint32_t u = 0; u < work->manifest->n_units; u++) {
		const struct drp_unit *unit = &work->manifest->unit[u];
		if (memcmp(&work->manifest->key[unit->school], &mine, sizeof mine) == 0) {
			work->unit[unit->level] = unit;
			units++;
		}
	}
	if (units == 0) {
		drp_node_work_clear(work);
		return drp_fail(diag, DRP_E_NOTFOUND,
			"this school is not in campaign %s: it enrolled after the "
			"campaign was "
			"signed, or is not in the register",
			id);
	}
	return DRP_OK;
}

void drp_node_work_clear(struct drp_node_work *work)
{
	drp_manifest_free(work->manifest);
	drp_instrument_free(work->instrument);
	work->manifest = NULL;
	work->instrument = NULL;
}

int drp_node_only_level(const struct drp_node_work *work)
{
	int only = 0;
	for (int level = 1; level <= DRP_LEVELS; level++) {
		if (work->unit[level]) {
			if (only) {
				return 0;
			}
			only = level;
		}
	}
	return only;
}
