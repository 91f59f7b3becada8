/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/commands.h"
#include "hub/pairing.h"
#include "hub/store_sealed.h"

#include <stdio.h>

#define CARD_MAX_BYTES 8192

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
	err = drp_file_read(args->argument[0], CARD_MAX_BYTES, &text, diag);
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
		       "cosigned brings its new one\n",
			id);
	}
	drp_hub_close(&hub);
	return err;
}
