/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/commands.h"
#include "hub/home/hub.h"
#include "hub/http/token.h"
#include "proto/base/alloc.h"
#include "proto/base/date.h"
#include "proto/base/text.h"
#include "proto/model/codes.h"
#include "proto/runtime/json.h"

#include <stdio.h>
#include <string.h>

/* ---- tokens ---- */

static enum drp_err read_token(
	const struct drp_args *args, struct drp_token_row *row, struct drp_diag *diag)
{
	const char *scope = drp_args_get(args, "--scope");
	const char *network = drp_args_get(args, "--network");
	const char *campaign = drp_args_get(args, "--campaign");
	int s = scope ? drp_scope_of(scope) : -1;
	int n = network ? drp_network_of(network) : 0;
	if (!drp_code_valid(args->argument[0], sizeof row->name) || s < 0) {
		return drp_fail(diag, DRP_E_USAGE,
			"token add needs a NAME of letters and digits and --scope "
			"ministry, network, researcher or operator");
	}
	if ((s == DRP_SCOPE_NETWORK) != (network != NULL) || n < 0) {
		return drp_fail(diag, DRP_E_USAGE,
			"--scope network, and only that, needs --network "
			"GO|OVSG|POV|KOV|OTHER");
	}
	if ((s == DRP_SCOPE_RESEARCHER) != (campaign != NULL) ||
		(campaign && !drp_code_valid(campaign, sizeof row->campaign))) {
		return drp_fail(diag, DRP_E_USAGE,
			"--scope researcher, and only that, needs --campaign ID: the "
			"campaign that the token opens before it is public");
	}
	snprintf(row->name, sizeof row->name, "%s", args->argument[0]);
	row->scope = (uint8_t)s;
	row->network = (uint8_t)n;
	snprintf(row->campaign, sizeof row->campaign, "%s", campaign ? campaign : "");
	return DRP_OK;
}

static enum drp_err store_token(
	struct drp_hub *hub, const struct drp_token_row *row, struct drp_diag *diag)
{
	struct drp_campaign_row campaign;
	enum drp_err err = drp_hub_begin(hub->store, diag);
	if (err == DRP_OK) {
		err = *row->campaign ? drp_hub_campaign_get(
					       hub->store, row->campaign, &campaign, diag)
				     : DRP_OK;
		err = err ? err : drp_hub_token_put(hub->store, row, diag);
		err = drp_hub_end(hub->store, err, diag);
	}
	return err;
}

enum drp_err drp_hub_token_add(const struct drp_args *args, struct drp_diag *diag)
{
	struct drp_hub hub;
	struct drp_token_row row = {0};
	struct drp_rng rng = drp_system_rng();
	char text[DRP_TOKEN_TEXT];
	enum drp_err err = read_token(args, &row, diag);
	err = err ? err : drp_hub_open_as(drp_args_dir(args), "hub", &hub, diag);
	if (err) {
		return err;
	}
	row.created_s = drp_hub_now_s(&hub);
	err = drp_token_make(&rng, &row, text);
	err = err ? drp_fail(diag, err, "no memory to make a token")
		  : store_token(&hub, &row, diag);
	if (err == DRP_OK) {
		printf("%s\n", text);
		fprintf(stderr,
			"drempel-hub: this is the only time that the token of %s is "
			"shown; clients send it as 'Authorization: Bearer TOKEN'\n",
			row.name);
	}
	drp_wipe(text, sizeof text);
	drp_hub_close(&hub);
	return err;
}

static json_t *token_json(const struct drp_token_row *row, const char *created)
{
	return json_pack("{s:s, s:s, s:s, s:o, s:o, s:s}", "name", row->name, "id",
		row->id, "scope", drp_scope_name(row->scope), "network",
		row->network ? json_string(drp_network_code(row->network)) : json_null(),
		"campaign", *row->campaign ? json_string(row->campaign) : json_null(),
		"created", created);
}

enum drp_err drp_hub_token_list(const struct drp_args *args, struct drp_diag *diag)
{
	struct drp_hub hub;
	struct drp_token_row *list = NULL;
	size_t n = 0;
	enum drp_err err = drp_hub_open_as(drp_args_dir(args), "hub", &hub, diag);
	if (err) {
		return err;
	}
	json_t *json = drp_args_has(args, "--json") ? json_array() : NULL;
	err = drp_hub_tokens(hub.store, &list, &n, diag);
	for (size_t i = 0; err == DRP_OK && i < n; i++) {
		char created[DRP_DATE_TEXT];
		drp_time_format(list[i].created_s, created);
		if (json) {
			json_array_append_new(json, token_json(&list[i], created));
		} else {
			printf("%-24s %-10s %-16s %s\n", list[i].name,
				drp_scope_name(list[i].scope),
				list[i].network ? drp_network_code(list[i].network)
						: list[i].campaign,
				created);
		}
	}
	drp_json_show(json, err);
	drp_free(list);
	drp_hub_close(&hub);
	return err;
}

enum drp_err drp_hub_token_revoke(const struct drp_args *args, struct drp_diag *diag)
{
	struct drp_hub hub;
	enum drp_err err = drp_hub_open_as(drp_args_dir(args), "hub", &hub, diag);
	if (err) {
		return err;
	}
	err = drp_hub_token_drop(hub.store, args->argument[0], diag);
	if (err == DRP_OK) {
		printf("the token of %s is void; a running serve knows it within "
		       "seconds\n",
			args->argument[0]);
	}
	drp_hub_close(&hub);
	return err;
}

/* ---- embargo ---- */

/* What the public has seen cannot be taken back, and pretending so would mislead. */
static enum drp_err set_embargo(
	struct drp_hub *hub, const char *id, int64_t until_s, struct drp_diag *diag)
{
	struct drp_campaign_row row;
	struct drp_hash hash;
	struct drp_buf bytes = {0};
	int64_t now_s = drp_hub_now_s(hub), old_s = 0;
	enum drp_err err = drp_hub_campaign_get(hub->store, id, &row, diag);
	err = err ? err : drp_hub_embargo_get(hub->store, id, &old_s, diag);
	if (err) {
		return err;
	}
	err = drp_hub_edition_get(hub->store, id, 0, &hash, &bytes, NULL);
	drp_buf_clear(&bytes);
	if (err == DRP_OK && old_s <= now_s && until_s > now_s) {
		return drp_fail(diag, DRP_E_STATE,
			"the edition of %s is public already; set an embargo before "
			"'campaign close'",
			id);
	}
	return err && err != DRP_E_NOTFOUND
		       ? drp_fail(diag, err, "the edition of %s cannot be read", id)
		       : drp_hub_embargo_set(hub->store, id, until_s, diag);
}

enum drp_err drp_hub_embargo(const struct drp_args *args, struct drp_diag *diag)
{
	struct drp_hub hub;
	int64_t until_s = 0;
	const char *id = args->argument[0], *text = args->argument[1];
	if (strcmp(text, "none") != 0 && drp_time_parse(text, &until_s)) {
		return drp_fail(diag, DRP_E_USAGE,
			"%.40s: an instant is YYYY-MM-DDTHH:MM:SSZ (UTC), or none", text);
	}
	enum drp_err err = drp_hub_open_as(drp_args_dir(args), "hub", &hub, diag);
	if (err) {
		return err;
	}
	err = drp_hub_begin(hub.store, diag);
	if (err == DRP_OK) {
		err = set_embargo(&hub, id, until_s, diag);
		err = drp_hub_end(hub.store, err, diag);
	}
	if (err == DRP_OK && until_s) {
		printf("editions of %s are public over HTTP from %s; until then tokens "
		       "of scope ministry and operator see them, tokens of scope "
		       "researcher for this campaign too, and tokens of scope network "
		       "their own network and the region's total\n",
			id, text);
	} else if (err == DRP_OK) {
		printf("editions of %s are public as soon as they are made\n", id);
	}
	drp_hub_close(&hub);
	return err;
}
