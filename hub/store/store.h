/* SPDX-License-Identifier: Apache-2.0
 *
 * The hub's database; store_sealed.h and store_public.h are parts of it. No other hub
 * file holds SQL than those behind the three. Every function is one small statement or a
 * few; transactions are the caller's, so that a decision and its outcome are one
 * transaction. Threads: a store belongs to one thread.
 * Strings and blobs that come out are copied into the caller's memory.
 */
#ifndef DRP_HUB_STORE_H
#define DRP_HUB_STORE_H

#include "proto/base/buf.h"
#include "proto/privacy/ledger.h"
#include "proto/session/messages.h"

#include <drempel/err.h>
#include <drempel/types.h>

struct drp_hub_store; /* opaque */

enum drp_err drp_hub_store_open(const char *path, int create,
	struct drp_hub_store **store, struct drp_diag *diag) DRP_MUST_CHECK;
void drp_hub_store_close(struct drp_hub_store *store);
enum drp_err drp_hub_begin(struct drp_hub_store *s, struct drp_diag *diag) DRP_MUST_CHECK;
/* drp_hub_end commits when err is DRP_OK and rolls back otherwise. */
enum drp_err drp_hub_end(
	struct drp_hub_store *s, enum drp_err err, struct drp_diag *diag) DRP_MUST_CHECK;
/* Truncates the log, so that deleted rows leave the disk. */
enum drp_err drp_hub_checkpoint(
	struct drp_hub_store *s, struct drp_diag *diag) DRP_MUST_CHECK;

/* ---- registry ---- */
enum drp_voucher_state {
	DRP_VOUCHER_NONE,    /* none was ever made for the school */
	DRP_VOUCHER_WAITING, /* to be used by its node */
	DRP_VOUCHER_SPENT,   /* used or void, and not for the key that is pinned */
	DRP_VOUCHER_VOUCHED  /* used for the key that is pinned */
};
struct drp_school {
	char id[DRP_CODE_MAX], name[DRP_NAME_MAX], board[DRP_CODE_MAX];
	uint8_t province, network;
	uint8_t revoked, enrolled;
	uint8_t voucher;    /* at a notary: enum drp_voucher_state */
	struct drp_key key; /* meaningful when enrolled; at a notary: pinned */
	uint8_t proof[DRP_PROOF_BYTES]; /* at a hub: as the school sent it; zeros: none */
	uint8_t levels;			/* bit l set: has level l */
	uint32_t eligible[DRP_LEVELS + 1][DRP_GROUPS];
};

enum drp_err drp_hub_school_put(struct drp_hub_store *s, const struct drp_school *school,
	struct drp_diag *diag) DRP_MUST_CHECK;
/* DRP_E_NOTFOUND when there is none. */
enum drp_err drp_hub_school_get(struct drp_hub_store *s, const char *id,
	struct drp_school *school, struct drp_diag *diag) DRP_MUST_CHECK;
enum drp_err drp_hub_school_by_key(struct drp_hub_store *s, const struct drp_key *key,
	struct drp_school *school, struct drp_diag *diag) DRP_MUST_CHECK;
/* drp_hub_schools appends every school, by id; returns new memory (drp_free). */
enum drp_err drp_hub_schools(struct drp_hub_store *s, struct drp_school **schools,
	size_t *n, struct drp_diag *diag) DRP_MUST_CHECK;
enum drp_err drp_hub_school_revoke(
	struct drp_hub_store *s, const char *id, struct drp_diag *diag) DRP_MUST_CHECK;

/* ---- enrolment: the token itself is never stored, only its hash ---- */
enum drp_err drp_hub_invite_put(struct drp_hub_store *s, const struct drp_hash *token,
	const char *school, int64_t expires_s, struct drp_diag *diag) DRP_MUST_CHECK;
enum drp_err drp_hub_invite_get(struct drp_hub_store *s, const struct drp_hash *token,
	char school[DRP_CODE_MAX], int64_t *expires_s, int *used, struct drp_key *used_by,
	struct drp_diag *diag) DRP_MUST_CHECK;
/* DRP_E_DUPLICATE_IDENTITY when another school has that key: then nothing is written. */
enum drp_err drp_hub_enrol(struct drp_hub_store *s, const struct drp_hash *token,
	const char *school, const struct drp_key *key, int64_t now_s,
	struct drp_diag *diag) DRP_MUST_CHECK;
/* drp_hub_school_prove keeps a school's proof, while that key is its key; enrolling
 * forgets an earlier one. */
enum drp_err drp_hub_school_prove(struct drp_hub_store *s, const char *school,
	const struct drp_key *key, const uint8_t proof[DRP_PROOF_BYTES],
	struct drp_diag *diag) DRP_MUST_CHECK;

/* ---- blobs: instruments and manifests, named by their hash ---- */
enum drp_err drp_hub_blob_put(struct drp_hub_store *s, const struct drp_hash *hash,
	const void *bytes, size_t n, struct drp_diag *diag) DRP_MUST_CHECK;
enum drp_err drp_hub_blob_get(struct drp_hub_store *s, const struct drp_hash *hash,
	struct drp_buf *out, struct drp_diag *diag) DRP_MUST_CHECK;

/* ---- campaigns ---- */
struct drp_campaign_row {
	char id[DRP_NAME_MAX];
	uint8_t state;
	uint8_t cosigned;	  /* sealed track, and cosignature is there */
	struct drp_hash manifest; /* zero while a draft */
	struct drp_hash instrument;
	uint8_t signature[64];	 /* the hub's */
	uint8_t cosignature[64]; /* the notary's; zero on the open track */
	int64_t created_s, signed_s, closed_s, frozen_s;
	int64_t abandoned_s; /* closed without an edition, its notary being lost */
};
/* The draft keeps the campaign file's own text and frame file. */
enum drp_err drp_hub_campaign_new(struct drp_hub_store *s, const char *id,
	const struct drp_hash *instrument, const char *draft, const char *frame,
	int64_t now_s, struct drp_diag *diag) DRP_MUST_CHECK;
enum drp_err drp_hub_campaign_get(struct drp_hub_store *s, const char *id,
	struct drp_campaign_row *row, struct drp_diag *diag) DRP_MUST_CHECK;
enum drp_err drp_hub_campaign_by_manifest(struct drp_hub_store *s,
	const struct drp_hash *manifest, struct drp_campaign_row *row,
	struct drp_diag *diag) DRP_MUST_CHECK;
enum drp_err drp_hub_campaign_text(struct drp_hub_store *s, const char *id,
	struct drp_buf *draft, struct drp_buf *frame,
	struct drp_diag *diag) DRP_MUST_CHECK;
enum drp_err drp_hub_campaigns(struct drp_hub_store *s, struct drp_campaign_row **rows,
	size_t *n, struct drp_diag *diag) DRP_MUST_CHECK;
enum drp_err drp_hub_campaign_sign(struct drp_hub_store *s, const char *id,
	const struct drp_hash *manifest, const uint8_t signature[64], int64_t now_s,
	struct drp_diag *diag) DRP_MUST_CHECK;
enum drp_err drp_hub_campaign_state(struct drp_hub_store *s, const char *id, int state,
	int64_t now_s, struct drp_diag *diag) DRP_MUST_CHECK;

/* ---- members: which school of the register each number of a manifest is ---- */
struct drp_member {
	uint32_t number;
	char school[DRP_CODE_MAX];
};
/* drp_hub_members_put keeps them for ever, in the transaction that signs the campaign. */
enum drp_err drp_hub_members_put(struct drp_hub_store *s, const char *campaign,
	const struct drp_member *members, size_t n, struct drp_diag *diag) DRP_MUST_CHECK;
/* drp_hub_members: by school; returns new memory (drp_free). None of a campaign that was
 * signed before members were kept. */
enum drp_err drp_hub_members(struct drp_hub_store *s, const char *campaign,
	struct drp_member **members, size_t *n, struct drp_diag *diag) DRP_MUST_CHECK;

/* ---- contributions: bytes sealed under the campaign's key ---- */

/* On the open track a contribution stays as it was received. On the sealed track the
 * bytes are those of the report until it is verified, of the output share afterwards. */
enum drp_contribution_state {
	DRP_CONTRIBUTION_RECEIVED,
	DRP_CONTRIBUTION_COUNTED,
	DRP_CONTRIBUTION_REJECTED
};
struct drp_stored {
	struct drp_id unit;
	uint8_t group, withdrawn;
	uint8_t state;	     /* enum drp_contribution_state */
	enum drp_err reason; /* why it was rejected */
	struct drp_hash hash;
	struct drp_receipt receipt;
};
/* Stores it as received, whatever stored->state says. */
enum drp_err drp_hub_contribution_put(struct drp_hub_store *s, const char *campaign,
	const struct drp_stored *stored, const void *sealed, size_t n,
	struct drp_diag *diag) DRP_MUST_CHECK;
/* DRP_E_NOTFOUND when nothing is stored. */
enum drp_err drp_hub_contribution_get(struct drp_hub_store *s, const char *campaign,
	const struct drp_id *unit, int group, struct drp_stored *stored,
	struct drp_diag *diag) DRP_MUST_CHECK;
enum drp_err drp_hub_contribution_withdraw(struct drp_hub_store *s, const char *campaign,
	const struct drp_id *unit, int group, struct drp_diag *diag) DRP_MUST_CHECK;
/* Calls each once per contribution, ordered by unit and group; sealed is empty (n 0)
 * after the freeze or a withdrawal. */
typedef enum drp_err drp_hub_each_contribution(
	void *self, const struct drp_stored *stored, const void *sealed, size_t n);
enum drp_err drp_hub_contributions(struct drp_hub_store *s, const char *campaign,
	drp_hub_each_contribution *each, void *self,
	struct drp_diag *diag) DRP_MUST_CHECK;
/* Erases the bytes of all contributions; hashes and receipts stay for ever. */
enum drp_err drp_hub_contributions_erase(struct drp_hub_store *s, const char *campaign,
	struct drp_diag *diag) DRP_MUST_CHECK;

/* ---- ledger ---- */
enum drp_err drp_hub_ledger_append(struct drp_hub_store *s, struct drp_ledger_row *row,
	struct drp_diag *diag) DRP_MUST_CHECK; /* fills seq and previous */
enum drp_err drp_hub_ledger(struct drp_hub_store *s, struct drp_ledger_row **rows,
	size_t *n, struct drp_diag *diag) DRP_MUST_CHECK;

/* ---- editions ---- */
enum drp_err drp_hub_edition_put(struct drp_hub_store *s, const char *campaign,
	uint32_t number, const struct drp_hash *hash, const void *bytes, size_t n,
	int64_t now_s, struct drp_diag *diag) DRP_MUST_CHECK;
/* number 0: the newest. DRP_E_NOTFOUND when there is none. */
enum drp_err drp_hub_edition_get(struct drp_hub_store *s, const char *campaign,
	uint32_t number, struct drp_hash *hash, struct drp_buf *bytes,
	struct drp_diag *diag) DRP_MUST_CHECK;

/* ---- answers of others, loaded as they were given (campaign load) ---- */
enum drp_err drp_hub_answer_put(struct drp_hub_store *s, const char *id, const char *text,
	struct drp_diag *diag) DRP_MUST_CHECK;
enum drp_err drp_hub_answer_get(struct drp_hub_store *s, const char *id,
	struct drp_buf *text, struct drp_diag *diag) DRP_MUST_CHECK;

/* ---- targets of a policy, with the frame that they are a share of (campaign load) ----
 */
enum drp_err drp_hub_target_put(struct drp_hub_store *s, const char *id, const char *text,
	const char *frame, struct drp_diag *diag) DRP_MUST_CHECK;
/* Appends both texts; DRP_E_NOTFOUND when there is none. */
enum drp_err drp_hub_target_get(struct drp_hub_store *s, const char *id,
	struct drp_buf *text, struct drp_buf *frame,
	struct drp_diag *diag) DRP_MUST_CHECK;
struct drp_target_row {
	char id[DRP_NAME_MAX];
};
/* drp_hub_target_rows: all of them, by id; returns new memory (drp_free). */
enum drp_err drp_hub_target_rows(struct drp_hub_store *s, struct drp_target_row **rows,
	size_t *n, struct drp_diag *diag) DRP_MUST_CHECK;

#endif
