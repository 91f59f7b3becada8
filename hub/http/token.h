/* SPDX-License-Identifier: Apache-2.0
 *
 * Tokens of those who may see more than the public, and the gate that looks at them.
 * A token reads "drp_ID_SECRET": ID (6 bytes in hex) finds the row, SECRET (32 random
 * bytes in hex) is what argon2id knows. One that was right once is remembered by its
 * hash for as long as its row is there, so that argon2id is not paid for every request.
 * Wrong ones are rationed: by ID where it is known, and for all others together, so that
 * a guesser can neither try many nor lock out somebody who has the right one.
 * Threads: one at a time; drp_token_check: any.
 */
#ifndef DRP_HUB_TOKEN_H
#define DRP_HUB_TOKEN_H

#include "hub/store/store_public.h"
#include "proto/base/env.h"

#define DRP_TOKEN_TEXT 82 /* with the final NUL */

/* "ministry", "network", "researcher", "operator"; -1 for another word. */
const char *drp_scope_name(int scope);
int drp_scope_of(const char *name);

/* drp_token_make draws a token and fills id and hash of its row. Wipe the text after it
 * was shown. DRP_E_NOMEM. */
enum drp_err drp_token_make(const struct drp_rng *rng, struct drp_token_row *row,
	char text[DRP_TOKEN_TEXT]) DRP_MUST_CHECK;

/* drp_token_check is argon2id: a tenth of a second. DRP_OK or DRP_E_SIGNATURE. */
enum drp_err drp_token_check(
	const struct drp_token_row *row, const char *text) DRP_MUST_CHECK;

struct drp_token_gate; /* opaque */

enum drp_token_answer {
	DRP_TOKEN_RIGHT,   /* the row is told */
	DRP_TOKEN_UNKNOWN, /* the row is told: drp_token_check, then drp_token_told */
	DRP_TOKEN_WRONG,
	DRP_TOKEN_LATER /* too many wrong ones: not looked at */
};

struct drp_token_gate *drp_token_gate_new(void); /* NULL without memory */
void drp_token_gate_free(struct drp_token_gate *gate);

/* drp_token_look: what to make of the value of an Authorization header. */
enum drp_token_answer drp_token_look(struct drp_token_gate *gate,
	const struct drp_token_row *rows, size_t n, const char *authorization,
	int64_t now_ms, const struct drp_token_row **row);

/* drp_token_told: how the check of that header ended. */
void drp_token_told(struct drp_token_gate *gate, const struct drp_token_row *row,
	const char *authorization, enum drp_err outcome);

/* The token in the value of an Authorization header, NULL when there is none. */
const char *drp_token_of(const char *authorization);

#endif
