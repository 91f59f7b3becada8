/* SPDX-License-Identifier: Apache-2.0
 *
 * One hub's or notary's directory, opened: settings (hub.yaml), keys (hub.key), database
 * (hub.db) and the campaigns' storage keys (campaigns/ID.key). The directory can be
 * moved; nothing in it is an absolute path. Threads: one at a time.
 */
#ifndef DRP_HUB_HUB_H
#define DRP_HUB_HUB_H

#include "hub/store/store.h"
#include "proto/base/env.h"
#include "proto/crypto/crypto.h"
#include "proto/runtime/system.h"

#include <drempel/err.h>

#define DRP_URL_MAX 256

struct drp_hub_settings {
	char name[DRP_NAME_MAX];
	char role[DRP_CODE_MAX];     /* hub or notary */
	char listen[DRP_URL_MAX];    /* tcp://address:port that serve binds */
	char address[DRP_URL_MAX];   /* what invites tell schools; listen when empty */
	char http[DRP_URL_MAX];	     /* where serve answers HTTP; empty: nowhere */
	char public[DRP_URL_MAX];    /* the public's address of it; http when empty */
	char vouchers[DRP_CODE_MAX]; /* of a notary: required or accepted; the latter
					when empty */
};

struct drp_hub {
	char dir[DRP_PATH_MAX];
	struct drp_hub_settings settings;
	struct drp_keys *keys;
	struct drp_hub_store *store;
	struct drp_clock clock;
};

/* drp_hub_create makes a new directory; an existing hub there is DRP_E_EXISTS and stays
 * as it was. */
enum drp_err drp_hub_create(const char *dir, const struct drp_hub_settings *settings,
	struct drp_diag *diag) DRP_MUST_CHECK;
enum drp_err drp_hub_open(
	const char *dir, struct drp_hub *hub, struct drp_diag *diag) DRP_MUST_CHECK;
/* drp_hub_open_as also refuses a directory of the other role: DRP_E_STATE. */
enum drp_err drp_hub_open_as(const char *dir, const char *role, struct drp_hub *hub,
	struct drp_diag *diag) DRP_MUST_CHECK;
void drp_hub_close(struct drp_hub *hub);

int drp_hub_is_notary(const struct drp_hub *hub);
/* 1 when a notary takes no school's key without a voucher. */
int drp_hub_wants_vouchers(const struct drp_hub *hub);

/* drp_hub_public_url: what others are told to connect to. DRP_E_CONFIG for an address
 * that means every address of this machine, which is no machine to anybody else. */
enum drp_err drp_hub_public_url(const struct drp_hub_settings *settings, const char **url,
	struct drp_diag *diag) DRP_MUST_CHECK;

int64_t drp_hub_now_s(const struct drp_hub *hub);

/* drp_hub_key_path: where the storage key of a campaign lies. */
enum drp_err drp_hub_key_path(const struct drp_hub *hub, const char *campaign,
	char path[DRP_PATH_MAX], struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_hub_manifest loads and decodes a signed campaign's manifest: a new object. */
enum drp_err drp_hub_manifest(struct drp_hub *hub, const struct drp_campaign_row *row,
	struct drp_manifest **manifest, struct drp_diag *diag) DRP_MUST_CHECK;
enum drp_err drp_hub_instrument(struct drp_hub *hub, const struct drp_hash *hash,
	struct drp_instrument **instrument, struct drp_diag *diag) DRP_MUST_CHECK;

#endif
