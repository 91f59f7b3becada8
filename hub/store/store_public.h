/* SPDX-License-Identifier: Apache-2.0
 *
 * The part of the database that the public side needs: which editions there are and from
 * when anybody may see them, and the tokens of those who may see more. As store.h: small
 * statements, the caller's transactions. A token's secret is never stored, only its
 * argon2id text.
 */
#ifndef DRP_HUB_STORE_PUBLIC_H
#define DRP_HUB_STORE_PUBLIC_H

#include "hub/store/store.h"
#include "proto/crypto/password.h"

#define DRP_TOKEN_ID_TEXT 13 /* 6 random bytes in hex */

enum drp_token_scope {
	DRP_SCOPE_MINISTRY,
	DRP_SCOPE_NETWORK,
	DRP_SCOPE_RESEARCHER,
	DRP_SCOPE_OPERATOR,
	DRP_SCOPES
};

struct drp_token_row {
	char name[DRP_NAME_MAX]; /* for the operator: whose it is */
	char id[DRP_TOKEN_ID_TEXT];
	uint8_t scope;
	uint8_t network;	     /* enum drp_network of scope network, else 0 */
	char campaign[DRP_NAME_MAX]; /* of scope researcher, else "" */
	char hash[DRP_PASSWORD_TEXT];
	int64_t created_s;
};

/* DRP_E_EXISTS when there is a token of that name or id. */
enum drp_err drp_hub_token_put(struct drp_hub_store *s, const struct drp_token_row *row,
	struct drp_diag *diag) DRP_MUST_CHECK;
/* drp_hub_tokens: every token, by name; returns new memory (drp_free). */
enum drp_err drp_hub_tokens(struct drp_hub_store *s, struct drp_token_row **rows,
	size_t *n, struct drp_diag *diag) DRP_MUST_CHECK;
/* DRP_E_NOTFOUND when there is none of that name. */
enum drp_err drp_hub_token_drop(
	struct drp_hub_store *s, const char *name, struct drp_diag *diag) DRP_MUST_CHECK;

/* The editions of a campaign are public from until_s on; 0: from the start. */
enum drp_err drp_hub_embargo_set(struct drp_hub_store *s, const char *campaign,
	int64_t until_s, struct drp_diag *diag) DRP_MUST_CHECK;
enum drp_err drp_hub_embargo_get(struct drp_hub_store *s, const char *campaign,
	int64_t *until_s, struct drp_diag *diag) DRP_MUST_CHECK;

struct drp_edition_row {
	char campaign[DRP_NAME_MAX];
	uint32_t number;
	struct drp_hash hash;
	int64_t embargo_s;
};
/* drp_hub_editions: all editions, the campaign that was closed last first, and of each
 * campaign the newest first; returns new memory (drp_free). */
enum drp_err drp_hub_editions(struct drp_hub_store *s, struct drp_edition_row **rows,
	size_t *n, struct drp_diag *diag) DRP_MUST_CHECK;

#endif
