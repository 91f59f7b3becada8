/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/home/hub.h"

#include "proto/base/text.h"
#include "proto/model/yaml.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* hub.yaml as libcyaml sees it. */
struct file {
	char *name, *role, *listen, *address, *http, *public, *vouchers;
};

static const cyaml_schema_field_t file_fields[] = {
	CYAML_FIELD_STRING_PTR(
		"name", CYAML_FLAG_POINTER, struct file, name, 1, DRP_NAME_MAX - 1),
	CYAML_FIELD_STRING_PTR(
		"role", CYAML_FLAG_POINTER, struct file, role, 1, DRP_CODE_MAX - 1),
	CYAML_FIELD_STRING_PTR(
		"listen", CYAML_FLAG_POINTER, struct file, listen, 1, DRP_URL_MAX - 1),
	CYAML_FIELD_STRING_PTR("address", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
		struct file, address, 0, DRP_URL_MAX - 1),
	CYAML_FIELD_STRING_PTR("http", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
		struct file, http, 0, DRP_URL_MAX - 1),
	CYAML_FIELD_STRING_PTR("public", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
		struct file, public, 0, DRP_URL_MAX - 1),
	CYAML_FIELD_STRING_PTR("vouchers", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
		struct file, vouchers, 0, DRP_CODE_MAX - 1),
	CYAML_FIELD_END};

static const cyaml_schema_value_t file_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct file, file_fields)};

static enum drp_err take_settings(const struct file *file, const char *path,
	struct drp_hub_settings *s, struct drp_diag *diag)
{
	snprintf(s->name, sizeof s->name, "%s", file->name);
	snprintf(s->role, sizeof s->role, "%s", file->role);
	snprintf(s->listen, sizeof s->listen, "%s", file->listen);
	snprintf(s->address, sizeof s->address, "%s", file->address ? file->address : "");
	snprintf(s->http, sizeof s->http, "%s", file->http ? file->http : "");
	snprintf(s->public, sizeof s->public, "%s", file->public ? file->public : "");
	snprintf(s->vouchers, sizeof s->vouchers, "%s",
		file->vouchers ? file->vouchers : "");
	if (strcmp(s->role, "hub") != 0 && strcmp(s->role, "notary") != 0) {
		return drp_fail(diag, DRP_E_CONFIG,
			"%s: role '%s' is not known; it is hub or notary", path, s->role);
	}
	if (*s->vouchers && strcmp(s->vouchers, "required") != 0 &&
		strcmp(s->vouchers, "accepted") != 0) {
		return drp_fail(diag, DRP_E_CONFIG,
			"%s: vouchers '%s' is not known; they are required or "
			"accepted",
			path, s->vouchers);
	}
	return DRP_OK;
}

static enum drp_err read_settings(struct drp_hub *hub, struct drp_diag *diag)
{
	char path[DRP_PATH_MAX];
	struct drp_buf text = {0};
	struct file *file = NULL;
	enum drp_err err = drp_path(path, hub->dir, "hub.yaml", diag);
	if (err == DRP_OK && access(path, F_OK) != 0) {
		return drp_fail(diag, DRP_E_NOTFOUND,
			"%s holds no hub; make one with 'drempel-hub init --dir %s'",
			hub->dir, hub->dir);
	}
	if (err == DRP_OK) {
		err = drp_file_read(path, DRP_YAML_FILE_MAX_BYTES, &text, diag);
	}
	if (err == DRP_OK) {
		void *out = NULL;
		err = drp_yaml_load(text.data, text.len, path, &file_schema, &out, diag);
		file = out;
	}
	err = err ? err : take_settings(file, path, &hub->settings, diag);
	if (file) {
		drp_yaml_free(&file_schema, file);
	}
	drp_buf_clear(&text);
	return err;
}

static enum drp_err write_settings(
	const char *dir, const struct drp_hub_settings *s, struct drp_diag *diag)
{
	char path[DRP_PATH_MAX];
	struct drp_buf text = {0};
	drp_buf_printf(&text,
		"# Settings of this %s; 'drempel-hub serve' reads them.\n"
		"name: \"%s\"\nrole: %s\n"
		"# Where %s connect. Use 0.0.0.0 to listen on every address.\n"
		"listen: %s\n"
		"# What invites and cards tell others, when it differs from listen.\n"
		"address: \"%s\"\n",
		s->role, s->name, s->role, strcmp(s->role, "hub") ? "hubs" : "nodes",
		s->listen, s->address);
	if (strcmp(s->role, "hub") == 0) {
		drp_buf_printf(&text,
			"# Where dashboard and API are served, such as 127.0.0.1:8080 or "
			"unix:/PATH; none when empty.\n"
			"http: \"%s\"\n"
			"# The address under which the public reaches them through a "
			"front server.\n"
			"public: \"%s\"\n",
			s->http, s->public);
	} else {
		drp_buf_printf(&text,
			"# Whether a school's key needs a voucher of this notary: "
			"required, or\n# accepted, which takes others at first sight.\n"
			"vouchers: %s\n",
			*s->vouchers ? s->vouchers : "accepted");
	}
	enum drp_err err = drp_path(path, dir, "hub.yaml", diag);
	if (err == DRP_OK) {
		err = text.failed ? DRP_E_NOMEM
				  : drp_file_write(path, text.data, text.len, 0600, diag);
	}
	drp_buf_clear(&text);
	return err;
}

/* Settings come last: a directory counts as a hub only once everything else is there,
 * so that an init that was cut short can simply be run again. */
enum drp_err drp_hub_create(
	const char *dir, const struct drp_hub_settings *settings, struct drp_diag *diag)
{
	char path[DRP_PATH_MAX];
	struct drp_keys *keys = NULL;
	struct drp_hub_store *store = NULL;
	if (strpbrk(settings->name, "\"\\\n") || !*settings->name) {
		return drp_fail(
			diag, DRP_E_USAGE, "the name may not hold quotes or be empty");
	}
	enum drp_err err = drp_path(path, dir, "hub.yaml", diag);
	if (err == DRP_OK && access(path, F_OK) == 0) {
		return drp_fail(diag, DRP_E_EXISTS,
			"%s already holds a hub; it was left alone", dir);
	}
	err = err ? err : drp_dir_make(dir, diag);
	err = err ? err : drp_path(path, dir, "campaigns", diag);
	err = err ? err : drp_dir_make(path, diag);
	err = err ? err : drp_path(path, dir, "hub.key", diag);
	if (err == DRP_OK && access(path, F_OK) != 0) {
		err = drp_keys_new(&keys);
		err = err ? err : drp_keys_save(keys, path, diag);
		drp_keys_free(keys);
	}
	err = err ? err : drp_path(path, dir, "hub.db", diag);
	err = err ? err : drp_hub_store_open(path, 1, &store, diag);
	drp_hub_store_close(store);
	return err ? err : write_settings(dir, settings, diag);
}

enum drp_err drp_hub_open(const char *dir, struct drp_hub *hub, struct drp_diag *diag)
{
	memset(hub, 0, sizeof *hub);
	char path[DRP_PATH_MAX];
	if (snprintf(hub->dir, sizeof hub->dir, "%s", dir) >= (int)sizeof hub->dir) {
		return drp_fail(
			diag, DRP_E_RANGE, "the path of the directory is too long");
	}
	hub->clock = drp_system_clock();
	enum drp_err err = drp_crypto_init();
	err = err ? err : read_settings(hub, diag);
	err = err ? err : drp_path(path, dir, "hub.key", diag);
	err = err ? err : drp_keys_load(path, &hub->keys, diag);
	err = err ? err : drp_path(path, dir, "hub.db", diag);
	err = err ? err : drp_hub_store_open(path, 0, &hub->store, diag);
	if (err) {
		drp_hub_close(hub);
	}
	return err;
}

enum drp_err drp_hub_open_as(
	const char *dir, const char *role, struct drp_hub *hub, struct drp_diag *diag)
{
	enum drp_err err = drp_hub_open(dir, hub, diag);
	if (err == DRP_OK && strcmp(hub->settings.role, role) != 0) {
		err = drp_fail(diag, DRP_E_STATE,
			"%s is a %s's directory; this is done at the %s", dir,
			hub->settings.role, role);
		drp_hub_close(hub);
	}
	return err;
}

int drp_hub_is_notary(const struct drp_hub *hub)
{
	return strcmp(hub->settings.role, "notary") == 0;
}

int drp_hub_wants_vouchers(const struct drp_hub *hub)
{
	return drp_hub_is_notary(hub) && strcmp(hub->settings.vouchers, "required") == 0;
}

enum drp_err drp_hub_public_url(
	const struct drp_hub_settings *s, const char **url, struct drp_diag *diag)
{
	*url = *s->address ? s->address : s->listen;
	return strstr(*url, "//0.0.0.0:") || strstr(*url, "//[::]:") ||
			       strstr(*url, "//*:")
		       ? drp_fail(diag, DRP_E_CONFIG,
				 "hub.yaml: nobody can connect to %s; set address to "
				 "the name and port by which others reach this %s",
				 *url, s->role)
		       : DRP_OK;
}

void drp_hub_close(struct drp_hub *hub)
{
	drp_hub_store_close(hub->store);
	drp_keys_free(hub->keys);
	hub->store = NULL;
	hub->keys = NULL;
}

int64_t drp_hub_now_s(const struct drp_hub *hub)
{
	return hub->clock.now_ms(hub->clock.self) / 1000;
}

enum drp_err drp_hub_key_path(const struct drp_hub *hub, const char *campaign,
	char path[DRP_PATH_MAX], struct drp_diag *diag)
{
	char name[DRP_NAME_MAX + 20];
	if (!drp_code_valid(campaign, DRP_NAME_MAX)) {
		return drp_fail(diag, DRP_E_INPUT,
			"a campaign id is made of letters, digits, "
			"'-', '_' and '.'");
	}
	snprintf(name, sizeof name, "campaigns/%s.key", campaign);
	return drp_path(path, hub->dir, name, diag);
}

enum drp_err drp_hub_manifest(struct drp_hub *hub, const struct drp_campaign_row *row,
	struct drp_manifest **manifest, struct drp_diag *diag)
{
	struct drp_buf bytes = {0};
	enum drp_err err = drp_hub_blob_get(hub->store, &row->manifest, &bytes, diag);
	if (err == DRP_OK) {
		err = drp_manifest_decode(bytes.data, bytes.len, manifest, diag);
	}
	drp_buf_clear(&bytes);
	return err ? drp_fail(diag, err, "the manifest of campaign %s cannot be read: %s",
			     row->id, drp_err_text(err))
		   : DRP_OK;
}

enum drp_err drp_hub_instrument(struct drp_hub *hub, const struct drp_hash *hash,
	struct drp_instrument **instrument, struct drp_diag *diag)
{
	struct drp_buf bytes = {0};
	enum drp_err err = drp_hub_blob_get(hub->store, hash, &bytes, diag);
	if (err == DRP_OK) {
		err = drp_instrument_decode(bytes.data, bytes.len, instrument);
	}
	drp_buf_clear(&bytes);
	return err ? drp_fail(diag, err, "the campaign's instrument cannot be read: %s",
			     drp_err_text(err))
		   : DRP_OK;
}
