/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/campaign/forwarder.h"
#include "hub/commands.h"
#include "hub/home/registry.h"
#include "hub/http/http.h"
#include "hub/pages/pages.h"
#include "hub/pages/web_assets.h"
#include "hub/service/notary.h"
#include "hub/service/service.h"
#include "proto/base/alloc.h"
#include "proto/base/text.h"
#include "proto/model/codes.h"
#include "proto/runtime/json.h"

#include <stdio.h>
#include <string.h>

#define DEFAULT_LISTEN	      "tcp://127.0.0.1:7411"
#define DEFAULT_NOTARY_LISTEN "tcp://127.0.0.1:7412"

static enum drp_err copy_option(const struct drp_args *args, const char *name, char *out,
	size_t size, const char *otherwise, struct drp_diag *diag)
{
	const char *value = drp_args_get(args, name);
	return snprintf(out, size, "%s", value ? value : otherwise) >= (int)size
		       ? drp_fail(diag, DRP_E_USAGE, "%s is too long", name)
		       : DRP_OK;
}

static enum drp_err check_settings(
	const struct drp_hub_settings *s, int notary, struct drp_diag *diag)
{
	if (*s->vouchers && !notary) {
		return drp_fail(diag, DRP_E_USAGE, "--vouchers is for a notary");
	}
	if (*s->vouchers && strcmp(s->vouchers, "required") != 0 &&
		strcmp(s->vouchers, "accepted") != 0) {
		return drp_fail(diag, DRP_E_USAGE, "--vouchers is required or accepted");
	}
	if (!*s->name) {
		return drp_fail(diag, DRP_E_USAGE, "init needs --name NAME");
	}
	if (strcmp(s->role, "hub") != 0 && !notary) {
		return drp_fail(diag, DRP_E_USAGE, "--role is hub or notary");
	}
	if (strncmp(s->listen, "tcp://", 6) != 0) {
		return drp_fail(diag, DRP_E_USAGE, "--listen is tcp://ADDRESS:PORT");
	}
	if (*s->http && notary) {
		return drp_fail(diag, DRP_E_USAGE, "a notary has no --http");
	}
	if (strpbrk(s->http, "\"\\\n")) {
		return drp_fail(
			diag, DRP_E_USAGE, "--http is ADDRESS:PORT or unix:/PATH");
	}
	return DRP_OK;
}

enum drp_err drp_hub_init(const struct drp_args *args, struct drp_diag *diag)
{
	struct drp_hub_settings s;
	enum drp_err err = copy_option(args, "--name", s.name, sizeof s.name, "", diag);
	err = err ? err : copy_option(args, "--role", s.role, sizeof s.role, "hub", diag);
	int notary = err == DRP_OK && strcmp(s.role, "notary") == 0;
	err = err ? err
		  : copy_option(args, "--listen", s.listen, sizeof s.listen,
			    notary ? DEFAULT_NOTARY_LISTEN : DEFAULT_LISTEN, diag);
	err = err ? err
		  : copy_option(args, "--address", s.address, sizeof s.address, "", diag);
	err = err ? err : copy_option(args, "--http", s.http, sizeof s.http, "", diag);
	err = err ? err
		  : copy_option(
			    args, "--vouchers", s.vouchers, sizeof s.vouchers, "", diag);
	s.public[0] = 0;
	err = err ? err : check_settings(&s, notary, diag);
	err = err ? err : drp_crypto_init();
	err = err ? err : drp_hub_create(drp_args_dir(args), &s, diag);
	if (err == DRP_OK) {
		printf("%s %s made in %s; next: %s, serve\n", s.role, s.name,
			drp_args_dir(args),
			notary ? "school import, card, pair"
			       : "school import, campaign new");
	}
	return err;
}

/* ---- register ---- */

static enum drp_err read_counts(const struct drp_args *args, struct drp_school *s,
	int level, struct drp_diag *diag)
{
	static const char *const option[DRP_GROUPS] = {
		"--leader", "--teacher", "--pupil"};
	for (int g = 0; g < DRP_GROUPS; g++) {
		const char *text = drp_args_get(args, option[g]);
		if (text && drp_parse_u32(text, 0, DRP_UNIT_ELIGIBLE_MAX,
				    &s->eligible[level][g])) {
			return drp_fail(diag, DRP_E_USAGE,
				"%s is a whole number up to %d", option[g],
				DRP_UNIT_ELIGIBLE_MAX);
		}
	}
	return DRP_OK;
}

static enum drp_err read_school(
	const struct drp_args *args, struct drp_school *s, struct drp_diag *diag)
{
	const char *level = drp_args_get(args, "--level");
	const char *province = drp_args_get(args, "--province");
	const char *network = drp_args_get(args, "--network");
	int l = level ? drp_level_of(level) : -1;
	int p = province ? drp_province_of(province) : s->province ? s->province : -1;
	int n = network ? drp_network_of(network) : s->network ? s->network : -1;
	if (l < 0 || p < 0 || n < 0 || !drp_code_valid(args->argument[0], DRP_CODE_MAX)) {
		return drp_fail(diag, DRP_E_USAGE,
			"school add needs a code as ID, --level 1..5, --province "
			"BE10.._U and "
			"--network GO|OVSG|POV|KOV|OTHER");
	}
	s->province = (uint8_t)p;
	s->network = (uint8_t)n;
	s->levels = (uint8_t)(s->levels | 1u << l);
	snprintf(s->id, sizeof s->id, "%s", args->argument[0]);
	enum drp_err err = copy_option(args, "--name", s->name, sizeof s->name,
		*s->name ? strdupa(s->name) : s->id, diag);
	err = err ? err
		  : copy_option(args, "--board", s->board, sizeof s->board,
			    *s->board ? strdupa(s->board) : s->id, diag);
	if (err == DRP_OK && !drp_code_valid(s->board, sizeof s->board)) {
		err = drp_fail(
			diag, DRP_E_USAGE, "--board is a code of letters and digits");
	}
	return err ? err : read_counts(args, s, l, diag);
}

enum drp_err drp_hub_school_add(const struct drp_args *args, struct drp_diag *diag)
{
	struct drp_hub hub;
	struct drp_school s = {0};
	enum drp_err err = drp_hub_open(drp_args_dir(args), &hub, diag);
	if (err) {
		return err;
	}
	err = drp_hub_school_get(hub.store, args->argument[0], &s, NULL);
	err = err == DRP_E_NOTFOUND ? DRP_OK : err;
	err = err ? err : read_school(args, &s, diag);
	err = err ? err : drp_hub_begin(hub.store, diag);
	if (err == DRP_OK) {
		err = drp_hub_school_put(hub.store, &s, diag);
		err = drp_hub_end(hub.store, err, diag);
	}
	drp_hub_close(&hub);
	return err;
}

enum drp_err drp_hub_school_import(const struct drp_args *args, struct drp_diag *diag)
{
	struct drp_hub hub;
	size_t schools = 0, units = 0;
	enum drp_err err = drp_hub_open(drp_args_dir(args), &hub, diag);
	if (err) {
		return err;
	}
	err = drp_registry_import(&hub, args->argument[0], &schools, &units, diag);
	if (err == DRP_OK) {
		printf("%zu schools with %zu units registered\n", schools, units);
	}
	drp_hub_close(&hub);
	return err;
}

static const char *school_state(const struct drp_school *s)
{
	return s->revoked ? "revoked" : s->enrolled ? "enrolled" : "registered";
}

/* At a notary: how it came by the school's key. */
static const char *voucher_state(const struct drp_school *s)
{
	static const char *const pinned[] = {[DRP_VOUCHER_NONE] = "first sight",
		[DRP_VOUCHER_WAITING] = "first sight",
		[DRP_VOUCHER_SPENT] = "first sight",
		[DRP_VOUCHER_VOUCHED] = "vouched"};
	static const char *const open[] = {[DRP_VOUCHER_NONE] = "none",
		[DRP_VOUCHER_WAITING] = "voucher waits",
		[DRP_VOUCHER_SPENT] = "voucher spent",
		[DRP_VOUCHER_VOUCHED] = "none"};
	return s->enrolled ? pinned[s->voucher] : open[s->voucher];
}

static void list_school(const struct drp_hub *hub, const struct drp_school *s,
	const char *levels, json_t *json)
{
	char fingerprint[DRP_VOUCHER_TEXT] = "";
	if (s->enrolled) {
		drp_school_fingerprint(&s->key, fingerprint);
	}
	if (json) {
		json_t *row = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "school",
			s->id, "name", s->name, "board", s->board, "province",
			drp_province_code(s->province), "network",
			drp_network_code(s->network), "levels", levels, "state",
			school_state(s));
		if (drp_hub_is_notary(hub)) {
			json_object_set_new(
				row, "voucher", json_string(voucher_state(s)));
			json_object_set_new(row, "key", json_string(fingerprint));
		}
		json_array_append_new(json, row);
		return;
	}
	printf("%-15s %-5s %-5s %-5s %-10s ", s->id, drp_province_code(s->province),
		drp_network_code(s->network), levels, school_state(s));
	if (drp_hub_is_notary(hub)) {
		printf("%-13s %-39s ", voucher_state(s), fingerprint);
	}
	printf("%s\n", s->name);
}

enum drp_err drp_hub_school_list(const struct drp_args *args, struct drp_diag *diag)
{
	struct drp_hub hub;
	struct drp_school *list = NULL;
	size_t n = 0;
	enum drp_err err = drp_hub_open(drp_args_dir(args), &hub, diag);
	if (err) {
		return err;
	}
	err = drp_hub_schools(hub.store, &list, &n, diag);
	json_t *json = drp_args_has(args, "--json") ? json_array() : NULL;
	for (size_t i = 0; err == DRP_OK && i < n; i++) {
		char levels[DRP_LEVELS + 1], *at = levels;
		for (int l = 1; l <= DRP_LEVELS; l++) {
			if (list[i].levels & 1u << l) {
				*at++ = (char)('0' + l);
			}
		}
		*at = 0;
		list_school(&hub, &list[i], levels, json);
	}
	drp_json_show(json, err);
	drp_free(list);
	drp_hub_close(&hub);
	return err;
}

enum drp_err drp_hub_school_out(const struct drp_args *args, struct drp_diag *diag)
{
	struct drp_hub hub;
	enum drp_err err = drp_hub_open(drp_args_dir(args), &hub, diag);
	if (err) {
		return err;
	}
	err = drp_hub_school_revoke(hub.store, args->argument[0], diag);
	if (err == DRP_OK) {
		printf("school %s is revoked; what it sent to open campaigns still "
		       "counts until "
		       "they close\n",
			args->argument[0]);
	}
	drp_hub_close(&hub);
	return err;
}

enum drp_err drp_hub_invite(const struct drp_args *args, struct drp_diag *diag)
{
	struct drp_hub hub;
	struct drp_buf text = {0};
	uint32_t days = 30;
	const char *given = drp_args_get(args, "--days");
	if (given && drp_parse_u32(given, 1, 366, &days)) {
		return drp_fail(diag, DRP_E_USAGE, "--days is 1 to 366");
	}
	enum drp_err err = drp_hub_open_as(drp_args_dir(args), "hub", &hub, diag);
	if (err) {
		return err;
	}
	struct drp_school school = {0};
	err = drp_registry_invite(&hub, args->argument[0], days, &text, diag);
	err = err ? err : drp_hub_school_get(hub.store, args->argument[0], &school, diag);
	if (err == DRP_OK && school.enrolled) {
		fprintf(stderr,
			"drempel-hub: school %s has a node already; a new one takes its "
			"place, and can publish only in campaigns signed after that\n",
			school.id);
	}
	if (err == DRP_OK) {
		fwrite(text.data, 1, text.len, stdout);
	}
	drp_buf_wipe(&text);
	drp_hub_close(&hub);
	return err;
}

/* ---- serve ---- */

static void listening(void *self, const char *address)
{
	(void)self;
	printf("listening on %s\n", address);
	fflush(stdout);
}

static void listening_http(void *self, const char *address)
{
	(void)self;
	printf("serving HTTP on %s\n", address);
	fflush(stdout);
}

static enum drp_err start_http(struct drp_hub *hub, struct drp_server_config *config,
	struct drp_hub_http **http, struct drp_diag *diag)
{
	struct drp_hub_http_config wanted = {.dir = hub->dir,
		.base = hub->settings.public,
		.clock = hub->clock,
		.api = drp_pages_answer,
		.files = drp_web_files,
		.n_files = drp_web_n_files,
		.ready = listening_http};
	if (!config->http_listen) {
		return DRP_OK;
	}
	enum drp_err err = drp_hub_http_new(&wanted, http, diag);
	config->http = err ? NULL : drp_hub_http_handler(*http);
	return err;
}

/* A hub answers schools and, where it is wanted, the public, and beside that brings their
 * sealed reports to the notary. */
static enum drp_err serve_hub(
	struct drp_hub *hub, struct drp_server_config *config, struct drp_diag *diag)
{
	struct drp_hub_service *service = NULL;
	struct drp_forwarder *forwarder = NULL;
	struct drp_hub_http *http = NULL;
	enum drp_err err = drp_hub_service_new(hub, &service);
	err = err ? err : start_http(hub, config, &http, diag);
	err = err ? err : drp_forwarder_start(hub->dir, &forwarder, diag);
	if (err == DRP_OK) {
		struct drp_service hooks = drp_hub_service_hooks(service);
		err = drp_server_run(config, &hooks, listening, diag);
	}
	drp_forwarder_stop(forwarder);
	drp_hub_http_free(http);
	drp_hub_service_free(service);
	return err;
}

static enum drp_err serve_notary(struct drp_hub *hub,
	const struct drp_server_config *config, struct drp_diag *diag)
{
	struct drp_notary *notary = NULL;
	enum drp_err err = drp_notary_new(hub, &notary);
	if (err == DRP_OK) {
		struct drp_service hooks = drp_notary_hooks(notary);
		err = drp_server_run(config, &hooks, listening, diag);
	}
	drp_notary_free(notary);
	return err;
}

enum drp_err drp_hub_serve(const struct drp_args *args, struct drp_diag *diag)
{
	struct drp_hub hub;
	int held = -1;
	enum drp_err err = drp_hub_open(drp_args_dir(args), &hub, diag);
	if (err) {
		return err;
	}
	err = drp_dir_hold(hub.dir, &held, diag);
	if (err == DRP_OK) {
		const char *listen = drp_args_get(args, "--listen");
		const char *http = drp_args_get(args, "--http");
		http = http ? http : hub.settings.http;
		struct drp_server_config config = {
			.listen = listen ? listen : hub.settings.listen,
			.http_listen = *http ? http : NULL};
		err = drp_hub_is_notary(&hub) && *http
			      ? drp_fail(diag, DRP_E_USAGE, "a notary has no HTTP")
		      : drp_hub_is_notary(&hub) ? serve_notary(&hub, &config, diag)
						: serve_hub(&hub, &config, diag);
	}
	if (held >= 0) {
		drp_dir_release(held);
	}
	drp_hub_close(&hub);
	return err;
}
