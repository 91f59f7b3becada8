/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/commands.h"
#include "hub/peer/pairing.h"
#include "hub/peer/vouching.h"
#include "hub/store/store_sealed.h"
#include "proto/base/alloc.h"
#include "proto/base/text.h"

#include <stdio.h>
#include <string.h>

enum drp_err drp_hub_card(const struct drp_args *args, struct drp_diag *diag)
{
	struct drp_hub hub;
	struct drp_card card;
	struct drp_buf text = {0};
	char fingerprint[DRP_FINGERPRINT_TEXT];
	enum drp_err err = drp_hub_open(drp_args_dir(args), &hub, diag);
	if (err) {
		return err;
	}
	err = drp_pairing_card(&hub, &card, diag);
	if (err == DRP_OK) {
		drp_card_write(&card, &text);
		fwrite(text.data, 1, text.len, stdout);
		drp_card_fingerprint(&card, fingerprint);
		fprintf(stderr, "fingerprint of this %s: %s\n", card.role, fingerprint);
	}
	drp_buf_clear(&text);
	drp_hub_close(&hub);
	return err;
}

enum drp_err drp_hub_pair(const struct drp_args *args, struct drp_diag *diag)
{
	struct drp_hub hub;
	struct drp_card card;
	struct drp_buf text = {0};
	char fingerprint[DRP_FINGERPRINT_TEXT];
	enum drp_err err = drp_hub_open(drp_args_dir(args), &hub, diag);
	if (err) {
		return err;
	}
	err = drp_file_read(args->argument[0], DRP_CARD_FILE_MAX_BYTES, &text, diag);
	const char *given = err == DRP_OK ? drp_buf_string(&text) : "";
	err = err ? err : drp_pairing_accept(&hub, given ? given : "", &card, diag);
	if (err == DRP_OK) {
		drp_card_fingerprint(&card, fingerprint);
		printf("paired with the %s %s at %s\nits fingerprint: %s; compare it "
		       "with its operator by telephone\n",
			card.role, card.name, card.url, fingerprint);
	}
	drp_buf_clear(&text);
	drp_hub_close(&hub);
	return err;
}

enum drp_err drp_hub_rekey(const struct drp_args *args, struct drp_diag *diag)
{
	struct drp_hub hub;
	const char *id = args->argument[0];
	enum drp_err err = drp_hub_open_as(drp_args_dir(args), "notary", &hub, diag);
	if (err) {
		return err;
	}
	err = drp_hub_begin(hub.store, diag);
	if (err == DRP_OK) {
		err = drp_hub_school_forget(hub.store, id, diag);
		err = drp_hub_end(hub.store, err, diag);
	}
	if (err == DRP_OK) {
		printf("the key of school %s is forgotten; the next campaign that is "
		       "cosigned brings its new one\na voucher that it had is void: "
		       "'voucher %s' makes another\n",
			id, id);
	}
	drp_hub_close(&hub);
	return err;
}

/* ---- vouchers ---- */

static enum drp_err write_voucher(
	const char *path, const char *voucher, struct drp_diag *diag)
{
	char line[DRP_VOUCHER_TEXT + 1];
	int n = snprintf(line, sizeof line, "%s\n", voucher);
	enum drp_err err = DRP_OK;
	if (path) {
		err = drp_file_create(path, line, (size_t)n, 0600, diag);
	} else {
		fwrite(line, 1, (size_t)n, stdout);
	}
	drp_wipe(line, sizeof line);
	return err;
}

static enum drp_err voucher_of_one(
	struct drp_hub *hub, const char *id, const char *out, struct drp_diag *diag)
{
	struct drp_school school;
	char voucher[DRP_VOUCHER_TEXT];
	enum drp_err err = drp_hub_school_get(hub->store, id, &school, diag);
	err = err ? err : drp_vouching_make(hub, &school, voucher, diag);
	err = err ? err : write_voucher(out, voucher, diag);
	drp_wipe(voucher, sizeof voucher);
	return err;
}

/* Schools that are revoked or have a pinned key are left out. */
static enum drp_err vouchers_of_all(
	struct drp_hub *hub, const char *dir, struct drp_diag *diag)
{
	struct drp_school *list = NULL;
	char path[DRP_PATH_MAX], name[DRP_CODE_MAX + 4];
	size_t n = 0, made = 0;
	enum drp_err err = drp_hub_schools(hub->store, &list, &n, diag);
	err = err ? err : drp_dir_make(dir, diag);
	for (size_t i = 0; err == DRP_OK && i < n; i++) {
		if (list[i].revoked || list[i].enrolled) {
			continue;
		}
		snprintf(name, sizeof name, "%s.txt", list[i].id);
		err = drp_path(path, dir, name, diag);
		err = err ? err : voucher_of_one(hub, list[i].id, path, diag);
		made++;
	}
	drp_free(list);
	if (err == DRP_OK) {
		printf("%zu vouchers in %s; give each to its school by other means than "
		       "the hub, and erase the files\n",
			made, dir);
	}
	return err;
}

enum drp_err drp_hub_voucher(const struct drp_args *args, struct drp_diag *diag)
{
	struct drp_hub hub;
	const char *out = drp_args_get(args, "--out");
	int all = drp_args_has(args, "--all");
	if (all ? args->n_arguments != 0 || !out : args->n_arguments != 1) {
		return drp_fail(diag, DRP_E_USAGE,
			"voucher needs one school's ID, or --all and --out DIR");
	}
	enum drp_err err = drp_hub_open_as(drp_args_dir(args), "notary", &hub, diag);
	if (err) {
		return err;
	}
	err = all ? vouchers_of_all(&hub, out, diag)
		  : voucher_of_one(&hub, args->argument[0], out, diag);
	drp_hub_close(&hub);
	return err;
}
