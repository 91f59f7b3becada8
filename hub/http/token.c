/* SPDX-License-Identifier: Apache-2.0
 *
 * A ration is a bucket that holds BURST tries and gets one back each REFILL_MS. A try is
 * taken from an id's bucket before argon2id runs and given back when it was right; that
 * also bounds how many checks of one id run at a time. The table of buckets is small:
 * only ids that exist have one.
 */
#include "hub/http/token.h"

#include "proto/base/alloc.h"
#include "proto/base/text.h"
#include "proto/crypto/crypto.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define PREFIX	     "drp_"
#define ID_BYTES     6
#define SECRET_BYTES 32
#define ID_AT	     4
#define SECRET_AT    17
#define KNOWN_MAX    256
#define BURST	     10
#define REFILL_MS    10000
#define STRANGERS    20 /* tries of ids that do not exist, all together */
#define STRANGERS_MS 500

_Static_assert(SECRET_AT == ID_AT + 2 * ID_BYTES + 1, "a token's text");
_Static_assert(DRP_TOKEN_TEXT == SECRET_AT + 2 * SECRET_BYTES + 1, "a token's text");
_Static_assert(DRP_TOKEN_ID_TEXT == 2 * ID_BYTES + 1, "a token's id");

struct bucket {
	int64_t filled_ms; /* since when it is full, were nothing taken from now on */
};

struct known {
	char id[DRP_TOKEN_ID_TEXT];
	struct bucket bucket;
	int is_right;
	struct drp_hash right; /* of the text that was right */
};

struct drp_token_gate {
	struct known known[KNOWN_MAX];
	size_t next; /* whose place the next newcomer takes */
	struct bucket strangers;
};

static const char *const scopes[DRP_SCOPES] = {
	"ministry", "network", "researcher", "operator"};

const char *drp_scope_name(int scope)
{
	return scope >= 0 && scope < DRP_SCOPES ? scopes[scope] : "?";
}

int drp_scope_of(const char *name)
{
	for (int i = 0; i < DRP_SCOPES; i++) {
		if (strcmp(name, scopes[i]) == 0) {
			return i;
		}
	}
	return -1;
}

/* --- texts ------------------------------------------------------------------------- */

enum drp_err drp_token_make(
	const struct drp_rng *rng, struct drp_token_row *row, char text[DRP_TOKEN_TEXT])
{
	uint8_t id[ID_BYTES], secret[SECRET_BYTES];
	rng->fill(rng->self, id, sizeof id);
	rng->fill(rng->self, secret, sizeof secret);
	drp_hex(id, sizeof id, row->id);
	memcpy(text, PREFIX, ID_AT);
	drp_hex(id, sizeof id, text + ID_AT);
	text[SECRET_AT - 1] = '_';
	drp_hex(secret, sizeof secret, text + SECRET_AT);
	drp_wipe(secret, sizeof secret);
	return drp_password_hash(text + SECRET_AT, 2 * SECRET_BYTES, row->hash);
}

static int is_token(const char *text)
{
	return strlen(text) == DRP_TOKEN_TEXT - 1 && memcmp(text, PREFIX, ID_AT) == 0 &&
	       strspn(text + ID_AT, "0123456789abcdef") == 2 * ID_BYTES &&
	       text[SECRET_AT - 1] == '_' &&
	       strspn(text + SECRET_AT, "0123456789abcdef") == 2 * SECRET_BYTES;
}

const char *drp_token_of(const char *authorization)
{
	if (strncasecmp(authorization, "Bearer ", 7) != 0) {
		return NULL;
	}
	const char *text = authorization + 7 + strspn(authorization + 7, " ");
	return is_token(text) ? text : NULL;
}

enum drp_err drp_token_check(const struct drp_token_row *row, const char *text)
{
	return drp_password_verify(row->hash, text + SECRET_AT, 2 * SECRET_BYTES);
}

/* --- rations ----------------------------------------------------------------------- */

static int take(struct bucket *bucket, int burst, int refill_ms, int64_t now_ms)
{
	int64_t from = bucket->filled_ms > now_ms ? bucket->filled_ms : now_ms;
	if (from + refill_ms - now_ms > (int64_t)burst * refill_ms) {
		return 0;
	}
	bucket->filled_ms = from + refill_ms;
	return 1;
}

static void give_back(struct bucket *bucket)
{
	bucket->filled_ms -= REFILL_MS;
}

/* --- the gate ---------------------------------------------------------------------- */

struct drp_token_gate *drp_token_gate_new(void)
{
	return drp_alloc(1, sizeof(struct drp_token_gate));
}

void drp_token_gate_free(struct drp_token_gate *gate)
{
	if (gate) {
		drp_wipe(gate, sizeof *gate);
		drp_free(gate);
	}
}

static const struct drp_token_row *find_row(
	const struct drp_token_row *rows, size_t n, const char *text)
{
	for (size_t i = 0; i < n; i++) {
		if (memcmp(rows[i].id, text + ID_AT, 2 * ID_BYTES) == 0) {
			return &rows[i];
		}
	}
	return NULL;
}

static struct known *find_known(struct drp_token_gate *gate, const char *id)
{
	for (size_t i = 0; i < KNOWN_MAX; i++) {
		if (strcmp(gate->known[i].id, id) == 0) {
			return &gate->known[i];
		}
	}
	return NULL;
}

static struct known *meet(struct drp_token_gate *gate, const char *id)
{
	struct known *known = find_known(gate, id);
	if (!known) {
		known = &gate->known[gate->next++ % KNOWN_MAX];
		*known = (struct known){0};
		snprintf(known->id, sizeof known->id, "%s", id);
	}
	return known;
}

enum drp_token_answer drp_token_look(struct drp_token_gate *gate,
	const struct drp_token_row *rows, size_t n, const char *authorization,
	int64_t now_ms, const struct drp_token_row **row)
{
	const char *text = drp_token_of(authorization);
	struct drp_hash hash;
	*row = text ? find_row(rows, n, text) : NULL;
	if (!*row) {
		return take(&gate->strangers, STRANGERS, STRANGERS_MS, now_ms)
			       ? DRP_TOKEN_WRONG
			       : DRP_TOKEN_LATER;
	}
	struct known *known = meet(gate, (*row)->id);
	drp_hash_bytes(text, strlen(text), &hash);
	if (known->is_right && drp_hash_equal(&known->right, &hash)) {
		return DRP_TOKEN_RIGHT;
	}
	return take(&known->bucket, BURST, REFILL_MS, now_ms) ? DRP_TOKEN_UNKNOWN
							      : DRP_TOKEN_LATER;
}

void drp_token_told(struct drp_token_gate *gate, const struct drp_token_row *row,
	const char *authorization, enum drp_err outcome)
{
	struct known *known = find_known(gate, row->id);
	const char *text = drp_token_of(authorization);
	if (outcome == DRP_OK && known && text) {
		give_back(&known->bucket);
		known->is_right = 1;
		drp_hash_bytes(text, strlen(text), &known->right);
	}
}
