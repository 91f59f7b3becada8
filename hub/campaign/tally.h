/* SPDX-License-Identifier: Apache-2.0
 *
 * One aggregator's side of the opening of a sealed campaign, made again from its store
 * whenever it is needed: which reports both sides have, what the gates allow of them, the
 * sums of this side's output shares. Hub and notary use the same; neither takes the
 * other's word for anything that it can compute itself. What a side has shown is stored
 * by the caller before it is shown, under the names below. Threads: one at a time.
 * Claim: PRIVACY.md "Gates", "Once".
 */
#ifndef DRP_HUB_TALLY_H
#define DRP_HUB_TALLY_H

#include "hub/campaign/tasks.h"
#include "hub/store/store_sealed.h"
#include "proto/session/aggregate.h"
#include "proto/session/list.h"
#include "proto/session/sealed_opening.h"

/* The evidence of a close, in the store's openings. A list is a blob; its opening is its
 * hash and its signature. Numbers are shares of N, group by group. */
#define DRP_OPENING_HUB_LIST	   "list-hub"
#define DRP_OPENING_NOTARY_LIST	   "list-notary"
#define DRP_OPENING_HUB_NUMBERS	   "numbers-hub"
#define DRP_OPENING_NOTARY_NUMBERS "numbers-notary"
/* By release: at the hub the opened integers, 8 bytes each, little endian, cohort by
 * cohort; at the notary its shares, which leave at the freeze. */
#define DRP_OPENING_NAME_MAX 32
void drp_opening_name_opened(uint32_t release, char name[DRP_OPENING_NAME_MAX]);
void drp_opening_name_shares(uint32_t release, char name[DRP_OPENING_NAME_MAX]);

#define DRP_SIGNED_LIST_BYTES (32 + 64)

/* drp_tally_list: what this side has counted and what was not withdrawn; it answers
 * nothing yet. Clear it whatever the outcome. */
enum drp_err drp_tally_list(struct drp_hub *hub, const struct drp_tasks *tasks,
	struct drp_list *list, struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_tally_list_sign encodes and signs a list of this side, stores it as a blob and as
 * that opening; the caller's transaction. DRP_E_EXISTS when there is one. */
enum drp_err drp_tally_list_sign(struct drp_hub *hub, const struct drp_tasks *tasks,
	const struct drp_list *list, const char *what, struct drp_signed_list *made,
	struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_tally_list_check verifies a list of the other side, which answers that one (NULL:
 * none), and stores it likewise; the caller's transaction. Errors of drp_list_verify. */
enum drp_err drp_tally_list_check(struct drp_hub *hub, const struct drp_tasks *tasks,
	const struct drp_key *signer, const struct drp_signed_list *of,
	const struct drp_hash *answers, struct drp_bytes bytes, const char *what,
	struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_tally_list_stored: DRP_E_NOTFOUND when there is none. */
enum drp_err drp_tally_list_stored(struct drp_hub *hub, const char *campaign,
	const char *what, struct drp_signed_list *list,
	struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_tally_list_load loads a stored list, before the freeze and after. DRP_E_STATE
 * before it is there. Clear it whatever the outcome. */
enum drp_err drp_tally_list_load(struct drp_hub *hub, const char *campaign,
	const struct drp_hash *manifest, const char *what, struct drp_list *list,
	struct drp_diag *diag) DRP_MUST_CHECK;

struct drp_tally {
	const struct drp_tasks *tasks; /* borrowed */
	uint8_t *came;		       /* in both lists; see sealed_opening.h */
	size_t n_came, only_hub, only_notary;
	struct drp_sealed_opening opening;
	struct drp_aggregate *aggregate[DRP_GROUPS]; /* after drp_tally_sum */
};

/* drp_tally_new reads both stored lists and computes which numbers may be opened.
 * DRP_E_STATE before both are there, DRP_E_TOO_FEW_SCHOOLS when nothing may be. The tasks
 * must outlive it. */
enum drp_err drp_tally_new(struct drp_hub *hub, const struct drp_tasks *tasks,
	struct drp_tally **tally, struct drp_diag *diag) DRP_MUST_CHECK;
/* drp_tally_foresee: the same as if the other side had the same list as this one, before
 * anything is fixed. */
enum drp_err drp_tally_foresee(struct drp_hub *hub, const struct drp_tasks *tasks,
	struct drp_diag *diag) DRP_MUST_CHECK;
void drp_tally_free(struct drp_tally *tally);

/* drp_tally_sum adds up this side's output shares of what came. */
enum drp_err drp_tally_sum(struct drp_hub *hub, struct drp_tally *tally,
	struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_tally_numbers appends this side's shares of N, after sum. */
enum drp_err drp_tally_numbers(
	const struct drp_tally *tally, struct drp_buf *shares) DRP_MUST_CHECK;

/* drp_tally_exchange opens N and computes which values may be opened; a number that
 * cannot be, below 0 or over the eligible of those who came, closes its cohort.
 * DRP_E_MALFORMED for shares of another length or that are no elements, DRP_E_RANGE for
 * what is no integer of 64 bits. */
enum drp_err drp_tally_exchange(struct drp_tally *tally, struct drp_bytes hub,
	struct drp_bytes notary, struct drp_diag *diag) DRP_MUST_CHECK;

/* After exchange: how many integers a release opens, 0 for one that opens nothing. */
size_t drp_tally_opens(const struct drp_tally *tally, uint32_t release);

/* drp_tally_values appends this side's noised shares of a release, after sum and
 * exchange. */
enum drp_err drp_tally_values(struct drp_hub *hub, const struct drp_tally *tally,
	uint32_t release, struct drp_buf *shares, struct drp_diag *diag) DRP_MUST_CHECK;

/* What a hub has opened of a release, as the store keeps it. drp_opened_encode appends n
 * integers. drp_tally_opened reads drp_tally_opens of them: DRP_E_NOTFOUND before it is
 * opened, DRP_E_STORE when they are not as many. */
void drp_opened_encode(const int64_t *values, size_t n, struct drp_buf *out);
enum drp_err drp_tally_opened(struct drp_hub *hub, const struct drp_tally *tally,
	uint32_t release, int64_t *values, struct drp_diag *diag) DRP_MUST_CHECK;

#endif
