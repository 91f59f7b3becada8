/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/audit/audit.h"
#include "hub/commands.h"
#include "hub/formats/export.h"
#include "hub/home/hub.h"
#include "hub/tables/table.h"
#include "proto/base/text.h"
#include "proto/model/codes.h"
#include "proto/runtime/json.h"

#include <stdio.h>
#include <string.h>

enum drp_err drp_hub_instrument_check(const struct drp_args *args, struct drp_diag *diag)
{
	struct drp_instrument *in = NULL;
	char hash[65];
	enum drp_err err = drp_crypto_init();
	err = err ? err : drp_instrument_load(args->argument[0], &in, diag);
	if (err) {
		return err;
	}
	drp_hex(in->hash.b, 32, hash);
	printf("%s %s: %u areas, %u items, %u languages\nhash %s\n", in->id, in->version,
		(unsigned)in->n_areas, (unsigned)in->n_items, (unsigned)in->n_languages,
		hash);
	for (int g = 0; g < DRP_GROUPS; g++) {
		uint16_t items[DRP_ITEMS_MAX];
		printf("%-8s %zu core items, %zu in additional areas\n",
			drp_group_code(g),
			drp_instrument_vector(
				in, (enum drp_group)g, DRP_ITEM_CORE, items),
			drp_instrument_vector(
				in, (enum drp_group)g, DRP_ITEM_ADDITIONAL, items));
	}
	drp_instrument_free(in);
	return DRP_OK;
}

static json_t *item_json(const struct drp_instrument *in, const struct drp_item *item)
{
	static const char *const kind[] = {"core", "additional", "optional", "text"};
	const struct drp_scale *scale = &in->scale[item->scale];
	json_t *groups = json_array();
	for (int g = 0; g < DRP_GROUPS; g++) {
		if (item->groups & 1u << g) {
			json_array_append_new(groups, json_string(drp_group_code(g)));
		}
	}
	return json_pack("{s:s, s:s, s:s, s:i, s:b, s:b, s:o}", "code", item->code,
		"area", in->area[item->area].code, "kind", kind[item->kind], "points",
		scale->points, "tick", scale->points == 0 && item->kind != DRP_ITEM_TEXT,
		"na", scale->has_na, "groups", groups);
}

enum drp_err drp_hub_instrument_show(const struct drp_args *args, struct drp_diag *diag)
{
	struct drp_instrument *in = NULL;
	enum drp_err err = drp_crypto_init();
	err = err ? err : drp_instrument_load(args->argument[0], &in, diag);
	if (err) {
		return err;
	}
	json_t *items = json_array();
	for (uint16_t i = 0; i < in->n_items; i++) {
		json_array_append_new(items, item_json(in, &in->item[i]));
	}
	json_t *all = json_pack(
		"{s:s, s:s, s:o}", "id", in->id, "version", in->version, "items", items);
	drp_json_show(all, DRP_OK);
	drp_instrument_free(in);
	return DRP_OK;
}

/* ---- what an edition says ---- */

enum drp_err drp_hub_table(const struct drp_args *args, struct drp_diag *diag)
{
	struct drp_hub hub;
	struct drp_table_options options;
	struct drp_buf out = {0};
	const char *format = drp_args_get(args, "--format");
	if (!format && drp_args_has(args, "--json")) {
		format = "json";
	}
	enum drp_err err = drp_table_options_read(drp_args_get(args, "--by"),
		drp_args_get(args, "--measure"), format, drp_args_get(args, "--language"),
		&options, diag);
	err = err ? err : drp_hub_open_as(drp_args_dir(args), "hub", &hub, diag);
	if (err) {
		return err;
	}
	options.with = drp_args_get(args, "--with");
	err = drp_table_print(&hub, args->argument[0], &options, &out, diag);
	if (err == DRP_OK) {
		fwrite(out.data, 1, out.len, stdout);
	}
	drp_buf_clear(&out);
	drp_hub_close(&hub);
	return err;
}

enum drp_err drp_hub_export(const struct drp_args *args, struct drp_diag *diag)
{
	struct drp_hub hub;
	unsigned formats = 0;
	const char *out = drp_args_get(args, "--out"), *id = args->argument[0];
	if (!out) {
		return drp_fail(diag, DRP_E_USAGE, "export needs --out DIR");
	}
	enum drp_err err =
		drp_export_formats(drp_args_get(args, "--format"), &formats, diag);
	err = err ? err : drp_hub_open_as(drp_args_dir(args), "hub", &hub, diag);
	if (err) {
		return err;
	}
	err = drp_export(&hub, id, out, formats, diag);
	if (err == DRP_OK) {
		printf("%s is exported to %s; 'b2sum -l 256 -c CHECKSUMS' checks the "
		       "files\n",
			id, out);
	}
	drp_hub_close(&hub);
	return err;
}

enum drp_err drp_hub_audit(const struct drp_args *args, struct drp_diag *diag)
{
	struct drp_hub hub;
	struct drp_buf out = {0};
	unsigned failures = 0;
	enum drp_err err = drp_hub_open(drp_args_dir(args), &hub, diag);
	if (err) {
		return err;
	}
	err = drp_audit(&hub, args->argument[0], &out, &failures, diag);
	fwrite(out.data, 1, out.len, stdout);
	if (err == DRP_OK && failures) {
		err = drp_fail(diag, DRP_E_HASH,
			"%u checks failed; keep this directory as it is and compare it "
			"with a backup",
			failures);
	}
	drp_buf_clear(&out);
	drp_hub_close(&hub);
	return err;
}
