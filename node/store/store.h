/* SPDX-License-Identifier: Apache-2.0
 *
 * The node's database: the only node file that holds SQL, and the only place where
 * questionnaires are stored. Transactions are the caller's. Campaigns are named by
 * their id here, units by their level: a school has one unit a level.
 * Threads: a store belongs to one thread.
 */
#ifndef DRP_NODE_STORE_H
#define DRP_NODE_STORE_H

#include "proto/base/buf.h"
#include "proto/model/tabulation.h"
#include "proto/session/chain.h"
#include "proto/session/messages.h"

#include <drempel/err.h>

struct drp_node_store; /* opaque */

enum drp_err drp_node_store_open(const char *path, int create,
	struct drp_node_store **store, struct drp_diag *diag) DRP_MUST_CHECK;
void drp_node_store_close(struct drp_node_store *store);
enum drp_err drp_node_begin(
	struct drp_node_store *s, struct drp_diag *diag) DRP_MUST_CHECK;
/* drp_node_end commits when err is DRP_OK and rolls back otherwise. */
enum drp_err drp_node_end(
	struct drp_node_store *s, enum drp_err err, struct drp_diag *diag) DRP_MUST_CHECK;

/* ---- settings: small named values ---- */
enum drp_err drp_node_set(struct drp_node_store *s, const char *key, const void *value,
	size_t n, struct drp_diag *diag) DRP_MUST_CHECK;
/* Appends the value: DRP_E_NOTFOUND. */
enum drp_err drp_node_get(struct drp_node_store *s, const char *key,
	struct drp_buf *value, struct drp_diag *diag) DRP_MUST_CHECK;
enum drp_err drp_node_unset(
	struct drp_node_store *s, const char *key, struct drp_diag *diag) DRP_MUST_CHECK;

/* ---- blobs, growing until they are whole ---- */
enum drp_err drp_node_blob_held(struct drp_node_store *s, const struct drp_hash *hash,
	uint32_t *held, uint32_t *total, struct drp_diag *diag) DRP_MUST_CHECK;
enum drp_err drp_node_blob_append(struct drp_node_store *s, const struct drp_hash *hash,
	uint32_t total, uint32_t offset, const void *bytes, size_t n,
	struct drp_diag *diag) DRP_MUST_CHECK;
enum drp_err drp_node_blob_drop(struct drp_node_store *s, const struct drp_hash *hash,
	struct drp_diag *diag) DRP_MUST_CHECK;
/* DRP_E_NOTFOUND while it is not whole. */
enum drp_err drp_node_blob_get(struct drp_node_store *s, const struct drp_hash *hash,
	struct drp_buf *out, struct drp_diag *diag) DRP_MUST_CHECK;

/* ---- campaigns that the hub announced ---- */
struct drp_node_campaign {
	struct drp_hash manifest, instrument;
	uint8_t signature[64];
	uint8_t cosignature[64];  /* the notary's; zero on the open track */
	struct drp_key notary;	  /* of the manifest, once it is checked; zero: open */
	struct drp_hash replaces; /* whose questionnaires are still to be carried over;
				     zero: none */
	uint8_t state;
	uint8_t checked;       /* the manifest has arrived and is signed */
	char id[DRP_NAME_MAX]; /* empty until then, or when it cannot be read here */
};
enum drp_err drp_node_campaign_put(struct drp_node_store *s,
	const struct drp_node_campaign *campaign, struct drp_diag *diag) DRP_MUST_CHECK;
/* By id: DRP_E_NOTFOUND with a line that says what to do. */
enum drp_err drp_node_campaign_get(struct drp_node_store *s, const char *id,
	struct drp_node_campaign *campaign, struct drp_diag *diag) DRP_MUST_CHECK;
/* New memory (drp_free). */
enum drp_err drp_node_campaigns(struct drp_node_store *s,
	struct drp_node_campaign **campaigns, size_t *n,
	struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_node_carry_over moves questionnaires, imports, targets, notes and those windows
 * that lie within the period from one campaign to another of the same instrument. What
 * was approved stays where it is. */
enum drp_err drp_node_carry_over(struct drp_node_store *s, const char *from,
	const char *to, int32_t first_day, int32_t last_day,
	struct drp_diag *diag) DRP_MUST_CHECK;

/* ---- what the coordinator set, per unit and group ---- */
struct drp_target {
	uint32_t eligible, invited;
};
enum drp_err drp_node_target_put(struct drp_node_store *s, const char *campaign,
	int level, int group, const struct drp_target *target,
	struct drp_diag *diag) DRP_MUST_CHECK;
/* Zeroes when nothing was set; *set tells. */
enum drp_err drp_node_target_get(struct drp_node_store *s, const char *campaign,
	int level, int group, struct drp_target *target, int *set,
	struct drp_diag *diag) DRP_MUST_CHECK;
enum drp_err drp_node_window_put(struct drp_node_store *s, const char *campaign,
	int level, int32_t from, int32_t to, struct drp_diag *diag) DRP_MUST_CHECK;
enum drp_err drp_node_window_get(struct drp_node_store *s, const char *campaign,
	int level, int32_t *from, int32_t *to, int *set,
	struct drp_diag *diag) DRP_MUST_CHECK;
/* Campaigns other than this one that have a window at that level (R7 counts them). */
enum drp_err drp_node_windows_elsewhere(struct drp_node_store *s, const char *campaign,
	int level, struct drp_node_campaign **campaigns, size_t *n,
	struct drp_diag *diag) DRP_MUST_CHECK;
/* The school's own questions and chosen optional items, as text. */
enum drp_err drp_node_note_put(struct drp_node_store *s, const char *campaign, int level,
	const char *kind, const char *text, struct drp_diag *diag) DRP_MUST_CHECK;
enum drp_err drp_node_note_get(struct drp_node_store *s, const char *campaign, int level,
	const char *kind, struct drp_buf *text, struct drp_diag *diag) DRP_MUST_CHECK;

/* ---- questionnaires: answers to the instrument and to the school's own questions ----
 */
enum drp_err drp_node_sheet_add(struct drp_node_store *s, const char *campaign, int level,
	int group, const struct drp_sheet *sheet, uint16_t n_items,
	const uint8_t own[DRP_OWN_ITEMS_MAX], struct drp_diag *diag) DRP_MUST_CHECK;
enum drp_err drp_node_sheets_count(struct drp_node_store *s, const char *campaign,
	int level, int group, uint32_t *n, struct drp_diag *diag) DRP_MUST_CHECK;
enum drp_err drp_node_sheets_drop(struct drp_node_store *s, const char *campaign,
	int level, int group, struct drp_diag *diag) DRP_MUST_CHECK;
typedef enum drp_err drp_node_each_sheet(
	void *self, const struct drp_sheet *sheet, const uint8_t own[DRP_OWN_ITEMS_MAX]);
enum drp_err drp_node_sheets(struct drp_node_store *s, const char *campaign, int level,
	int group, drp_node_each_sheet *each, void *self,
	struct drp_diag *diag) DRP_MUST_CHECK;
/* The campaign other than this one into which a file of that hash was imported:
 * DRP_E_NOTFOUND when there is none. */
enum drp_err drp_node_import_elsewhere(struct drp_node_store *s, const char *campaign,
	const struct drp_hash *file, char other[DRP_NAME_MAX],
	struct drp_diag *diag) DRP_MUST_CHECK;
/* Imported files, by hash: DRP_E_EXISTS when this one was imported before. */
enum drp_err drp_node_import_note(struct drp_node_store *s, const char *campaign,
	int level, int group, const struct drp_hash *file, int32_t day,
	struct drp_diag *diag) DRP_MUST_CHECK;

/* ---- contributions: the outbox and what became of it ---- */
enum drp_out_state {
	DRP_RELEASE_READY,	 /* approved: waits to be sent */
	DRP_RELEASE_STORED,	 /* the hub's receipt is here */
	DRP_RELEASE_REFUSED,	 /* the hub will not have it; note says why */
	DRP_RELEASE_WITHDRAWING, /* the withdrawal waits to be sent */
	DRP_RELEASE_WITHDRAWN,
	DRP_RELEASE_CONFIRMED,	    /* sealed track: the notary's receipt is here too */
	DRP_RELEASE_COUNTED,	    /* the signed lists of hub and notary hold it */
	DRP_RELEASE_LEFT_OUT,	    /* one of them does not, whatever the receipts say */
	DRP_RELEASE_COUNTED_ANYWAY, /* withdrawn, and they hold it all the same */
	DRP_RELEASE_STATES
};
const char *drp_out_state_name(int state);

/* The note of a sealed report that was stored by the hub alone when its campaign was
 * closed, and what it becomes once the hub has said so after the freeze. */
#define DRP_NOT_COUNTED	      "NOT COUNTED: the notary never confirmed it"
#define DRP_NOT_COUNTED_FINAL DRP_NOT_COUNTED ", and the campaign is frozen"
/* The notes of one that both confirmed. The lists may yet be shown, or repaired. */
#define DRP_LEFT_OUT_BY_HUB    "NOT COUNTED: the hub's signed list leaves it out"
#define DRP_LEFT_OUT_BY_NOTARY "NOT COUNTED: the notary's signed list leaves it out"
#define DRP_LEFT_OUT_BY_BOTH   "NOT COUNTED: both signed lists leave it out"
#define DRP_LISTS_NOT_RIGHT    "the lists that the hub shows are not right"
#define DRP_LISTS_NOT_SHOWN    "the hub never showed the lists"
#define DRP_LISTS_WRONG	       "NOT COUNTED: " DRP_LISTS_NOT_RIGHT
#define DRP_NEVER_SHOWN	       "NOT COUNTED: " DRP_LISTS_NOT_SHOWN
/* The notes of one that was withdrawn: what the lists say, or why they say nothing. */
#define DRP_UNCOUNTED	    "in no sum, as the signed lists show"
#define DRP_COUNTED_ANYWAY  "COUNTED THOUGH WITHDRAWN: both signed lists hold it"
#define DRP_PERHAPS_COUNTED "PERHAPS COUNTED THOUGH WITHDRAWN: "

struct drp_released {
	char campaign[DRP_NAME_MAX];
	uint8_t level, group, state, track;
	struct drp_hash manifest, hash; /* hash: what receipts call it */
	struct drp_id unit, request;
	uint32_t questionnaires, n_values;
	int64_t approved_s;
	size_t n_bytes; /* of what leaves */
	int has_receipt, has_confirmed;
	struct drp_receipt receipt, confirmed; /* the hub's, the notary's */
	char note[200];
};
/* Its note is one of those that begin so. */
int drp_released_not_counted(const struct drp_released *release);
/* It was withdrawn, and is counted all the same or may be: its note says which. */
int drp_released_counted_anyway(const struct drp_released *release);
/* Only the lists of the close can still tell what became of it. */
int drp_released_wants_lists(const struct drp_released *release);
enum drp_err drp_node_release_add(struct drp_node_store *s,
	const struct drp_released *release, const void *bytes, size_t n,
	struct drp_diag *diag) DRP_MUST_CHECK;
/* DRP_E_NOTFOUND when there is none. */
enum drp_err drp_node_release_get(struct drp_node_store *s, const char *campaign,
	int level, int group, struct drp_released *release,
	struct drp_diag *diag) DRP_MUST_CHECK;
enum drp_err drp_node_release_bytes(struct drp_node_store *s, const struct drp_hash *hash,
	struct drp_buf *bytes, struct drp_diag *diag) DRP_MUST_CHECK;
enum drp_err drp_node_release_state(struct drp_node_store *s, const struct drp_hash *hash,
	int state, const char *note, const struct drp_receipt *receipt,
	struct drp_diag *diag) DRP_MUST_CHECK;
/* drp_node_release_confirm keeps the notary's receipt beside the hub's. */
enum drp_err drp_node_release_confirm(struct drp_node_store *s,
	const struct drp_hash *hash, const struct drp_receipt *confirmed,
	struct drp_diag *diag) DRP_MUST_CHECK;
/* All of them, oldest first; campaign NULL: of every campaign. New memory (drp_free). */
enum drp_err drp_node_releases(struct drp_node_store *s, const char *campaign,
	struct drp_released **releases, size_t *n, struct drp_diag *diag) DRP_MUST_CHECK;

/* ---- ledger and log: hash-chained, append only; the functions fill seq and link ---- */
enum drp_err drp_node_ledger_append(struct drp_node_store *s, struct drp_ledger_row *row,
	struct drp_diag *diag) DRP_MUST_CHECK;
enum drp_err drp_node_ledger(struct drp_node_store *s, struct drp_ledger_row **rows,
	size_t *n, struct drp_diag *diag) DRP_MUST_CHECK;
enum drp_err drp_node_log_append(struct drp_node_store *s, struct drp_log_row *row,
	struct drp_diag *diag) DRP_MUST_CHECK;
enum drp_err drp_node_log(struct drp_node_store *s, struct drp_log_row **rows, size_t *n,
	struct drp_diag *diag) DRP_MUST_CHECK;

#endif
