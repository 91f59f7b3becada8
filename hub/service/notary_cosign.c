/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether a notary puts its name under a manifest. It trusts the hub in nothing that it
 * can look up itself: who the schools are and how large, which boards they have, which
 * keys they signed with before, what the year's budget still allows.
 */
#include "hub/service/notary.h"

#include "hub/campaign/commitment.h"
#include "hub/campaign/tally.h"
#include "hub/store/store_sealed.h"
#include "proto/base/alloc.h"
#include "proto/base/text.h"
#include "proto/runtime/log.h"
#include "proto/session/policy.h"
#include "proto/session/roll.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MANIFEST_TAG "drempel manifest 1"

/* All that the checks look at. */
struct taking {
	struct drp_hub *hub;
	const struct drp_key *sender;
	const struct drp_request *q;
	struct drp_diag *diag;
	struct drp_buf manifest, instrument, roll; /* as they were put */
	struct drp_manifest *m;
	struct drp_instrument *in;
	struct drp_roll_entry *entry;  /* of each school number */
	struct drp_school *registered; /* the notary's own register, by id */
	size_t n_registered;
	const struct drp_school **school; /* of each school number */
};

/* ---- reading ---- */

static enum drp_err fetch(struct taking *t, const struct drp_hash *hash, const char *what,
	struct drp_buf *out)
{
	struct drp_hash is;
	enum drp_err err =
		drp_hub_staged_get(t->hub->store, t->sender, hash, out, t->diag);
	if (err == DRP_E_NOTFOUND) {
		err = drp_hub_blob_get(t->hub->store, hash, out, t->diag);
	}
	if (err == DRP_E_NOTFOUND) {
		return drp_fail(t->diag, err,
			"the notary has no such %s; it has to be put first", what);
	}
	if (err == DRP_OK) {
		drp_hash_bytes(out->data, out->len, &is);
		err = drp_hash_equal(&is, hash) ? DRP_OK : DRP_E_HASH;
	}
	return err;
}

static enum drp_err read_manifest(struct taking *t)
{
	enum drp_err err = fetch(t, &t->q->cosign.manifest, "manifest", &t->manifest);
	err = err ? err
		  : drp_manifest_decode(
			    t->manifest.data, t->manifest.len, &t->m, t->diag);
	err = err ? err : fetch(t, &t->m->instrument, "instrument", &t->instrument);
	err = err ? err
		  : drp_instrument_decode(t->instrument.data, t->instrument.len, &t->in);
	return err ? drp_fail(t->diag, err, "the manifest cannot be read: %s",
			     drp_err_text(err))
		   : DRP_OK;
}

static enum drp_err read_roll(struct taking *t)
{
	enum drp_err err = fetch(t, &t->q->cosign.roll, "roll", &t->roll);
	if (err) {
		return err;
	}
	t->entry = drp_alloc(t->m->n_schools + (size_t)1, sizeof *t->entry);
	t->school = drp_alloc(t->m->n_schools + (size_t)1, sizeof *t->school);
	if (!t->entry || !t->school) {
		return drp_fail(t->diag, DRP_E_NOMEM, "no memory for the roll");
	}
	err = drp_roll_decode(t->roll.data, t->roll.len, t->entry, t->m->n_schools);
	return err ? drp_fail(t->diag, err, "the roll of the schools cannot be read")
		   : drp_hub_schools(
			     t->hub->store, &t->registered, &t->n_registered, t->diag);
}

static void clear(struct taking *t)
{
	drp_manifest_free(t->m);
	drp_instrument_free(t->in);
	drp_buf_clear(&t->manifest);
	drp_buf_clear(&t->instrument);
	drp_buf_clear(&t->roll);
	drp_free(t->entry);
	drp_free(t->registered);
	drp_free(t->school);
}

/* ---- who signs ---- */

static enum drp_err check_keys(struct taking *t)
{
	struct drp_card hub;
	struct drp_key own;
	uint8_t box[DRP_BOX_KEY_BYTES];
	enum drp_err err = drp_hub_peer_get(t->hub->store, t->sender, &hub, t->diag);
	if (err) {
		return err;
	}
	drp_keys_public(t->hub->keys, &own, box);
	if (t->m->track != DRP_TRACK_SEALED) {
		return drp_fail(t->diag, DRP_E_POLICY,
			"campaign %s is not on the sealed track", t->m->id);
	}
	if (memcmp(&t->m->hub, &hub.key, sizeof hub.key) != 0 ||
		memcmp(t->m->hub_box, hub.box, sizeof hub.box) != 0) {
		return drp_fail(t->diag, DRP_E_POLICY,
			"campaign %s names other hub keys than those of the card",
			t->m->id);
	}
	if (memcmp(&t->m->notary, &own, sizeof own) != 0 ||
		memcmp(t->m->notary_box, box, sizeof box) != 0) {
		return drp_fail(t->diag, DRP_E_POLICY, "campaign %s names another notary",
			t->m->id);
	}
	return DRP_OK;
}

static enum drp_err check_signature(struct taking *t)
{
	struct drp_hash commitment;
	if (drp_verify(t->sender, MANIFEST_TAG, t->manifest.data, t->manifest.len,
		    t->q->cosign.signature)) {
		return drp_fail(t->diag, DRP_E_SIGNATURE,
			"the hub's signature under the manifest does not verify");
	}
	drp_verify_commitment(t->q->cosign.seed, &commitment);
	return drp_hash_equal(&commitment, &t->m->verify)
		       ? DRP_OK
		       : drp_fail(t->diag, DRP_E_POLICY,
				 "the verification keys are not those that campaign %s "
				 "commits to",
				 t->m->id);
}

/* ---- the register ---- */

static int by_id(const void *a, const void *b)
{
	return strcmp(a, ((const struct drp_school *)b)->id);
}

static enum drp_err find_schools(struct taking *t)
{
	for (uint32_t s = 0; s < t->m->n_schools; s++) {
		t->school[s] = bsearch(t->entry[s].id, t->registered, t->n_registered,
			sizeof *t->registered, by_id);
		if (!t->school[s]) {
			return drp_fail(t->diag, DRP_E_POLICY,
				"school %s is not in the notary's register",
				t->entry[s].id);
		}
		if (t->school[s]->revoked) {
			return drp_fail(t->diag, DRP_E_REVOKED,
				"school %s is revoked in the notary's register",
				t->entry[s].id);
		}
	}
	return DRP_OK;
}

static enum drp_err check_unit(
	struct taking *t, const struct drp_unit *u, uint8_t *levels_seen)
{
	const struct drp_school *s = t->school[u->school];
	if (!(s->levels & 1u << u->level) || *levels_seen & 1u << u->level) {
		return drp_fail(t->diag, DRP_E_POLICY,
			"the manifest has a unit of school %s at level %d that the "
			"notary's register does not have",
			s->id, u->level);
	}
	*levels_seen = (uint8_t)(*levels_seen | 1u << u->level);
	if (u->province != s->province || u->network != s->network ||
		memcmp(u->eligible, s->eligible[u->level], sizeof u->eligible) != 0) {
		return drp_fail(t->diag, DRP_E_POLICY,
			"school %s, level %d: province, network or eligible numbers "
			"differ from the notary's register",
			s->id, u->level);
	}
	return DRP_OK;
}

static enum drp_err check_units(struct taking *t)
{
	uint8_t *seen = drp_alloc(t->m->n_schools + (size_t)1, 1);
	enum drp_err err = seen ? DRP_OK : DRP_E_NOMEM;
	for (uint32_t u = 0; err == DRP_OK && u < t->m->n_units; u++) {
		err = check_unit(t, &t->m->unit[u], &seen[t->m->unit[u].school]);
	}
	drp_free(seen);
	return err;
}

/* A school's board, as the manifest numbers it and as the register names it. */
struct board {
	uint32_t number;
	const char *code;
};

static int by_number(const void *a, const void *b)
{
	const struct board *x = a, *y = b;
	int order = (x->number > y->number) - (x->number < y->number);
	return order ? order : strcmp(x->code, y->code);
}

static int by_code(const void *a, const void *b)
{
	const struct board *x = a, *y = b;
	int order = strcmp(x->code, y->code);
	return order ? order : (x->number > y->number) - (x->number < y->number);
}

/* The same partition on both sides: neither has a number two codes, nor a code two
 * numbers. */
static enum drp_err check_boards(struct taking *t)
{
	size_t n = t->m->n_units;
	struct board *board = drp_alloc(n + 1, sizeof *board);
	int same = 1;
	if (!board) {
		return drp_fail(t->diag, DRP_E_NOMEM, "no memory for the boards");
	}
	for (size_t u = 0; u < n; u++) {
		board[u] = (struct board){
			t->m->unit[u].board, t->school[t->m->unit[u].school]->board};
	}
	qsort(board, n, sizeof *board, by_number);
	for (size_t i = 1; i < n; i++) {
		same &= board[i - 1].number != board[i].number ||
			strcmp(board[i - 1].code, board[i].code) == 0;
	}
	qsort(board, n, sizeof *board, by_code);
	for (size_t i = 1; i < n; i++) {
		same &= strcmp(board[i - 1].code, board[i].code) != 0 ||
			board[i - 1].number == board[i].number;
	}
	drp_free(board);
	return same ? DRP_OK
		    : drp_fail(t->diag, DRP_E_POLICY,
			      "the manifest joins or parts boards other than the "
			      "notary's register");
}

static int is_enrolled(const struct drp_key *key)
{
	static const struct drp_key none;
	return memcmp(key, &none, sizeof none) != 0;
}

/* Of a school whose key is not settled yet: who says that it is the school's? */
static enum drp_err check_voucher(struct taking *t, const struct drp_school *s,
	const struct drp_roll_entry *entry, const struct drp_key *key)
{
	uint8_t code[DRP_VOUCHER_BYTES], due[DRP_PROOF_BYTES];
	if (s->voucher == DRP_VOUCHER_NONE && !drp_hub_wants_vouchers(t->hub)) {
		return DRP_OK; /* the hub alone */
	}
	if (s->voucher != DRP_VOUCHER_WAITING) {
		return drp_fail(t->diag, DRP_E_POLICY,
			"no voucher of the notary waits for school %s; the notary's "
			"operator makes one with 'voucher %s' and gives it to the school",
			s->id, s->id);
	}
	if (!drp_proof_given(entry->proof)) {
		return drp_fail(t->diag, DRP_E_POLICY,
			"school %s has not used the notary's voucher; it runs "
			"'drempel-node init --invite FILE --voucher CODE'",
			s->id);
	}
	enum drp_err err = drp_hub_voucher_get(t->hub->store, s->id, code, t->diag);
	if (err == DRP_OK) {
		drp_voucher_proof(code, key, due);
		drp_wipe(code, sizeof code);
		err = memcmp(due, entry->proof, sizeof due) ? DRP_E_POLICY : DRP_OK;
	}
	return err == DRP_E_POLICY
		       ? drp_fail(t->diag, err,
				 "the key of school %s is not the one that the notary's "
				 "voucher vouches for; ask the school, and if it has a "
				 "new node make another voucher",
				 s->id)
		       : err;
}

/* A pinned key is, unless it was taken at first sight and vouchers are required since. */
static int is_settled(const struct taking *t, const struct drp_school *s)
{
	return s->enrolled &&
	       (s->voucher == DRP_VOUCHER_VOUCHED || !drp_hub_wants_vouchers(t->hub));
}

/* A hub that put keys of its own in the place of a school's could speak for it. */
static enum drp_err check_school_key(struct taking *t, uint32_t number)
{
	const struct drp_school *s = t->school[number];
	const struct drp_key *key = &t->m->key[number];
	struct drp_school holder;
	if (!is_enrolled(key)) {
		return DRP_OK;
	}
	if (s->enrolled && memcmp(&s->key, key, sizeof *key) != 0) {
		return drp_fail(t->diag, DRP_E_CONFLICT,
			"school %s has another key than before; if it has a new node, "
			"the notary's operator runs 'school rekey %s' and, where it "
			"vouches, 'voucher %s'",
			s->id, s->id, s->id);
	}
	enum drp_err err = drp_hub_school_by_key(t->hub->store, key, &holder, t->diag);
	if (err == DRP_OK && strcmp(holder.id, s->id) != 0) {
		return drp_fail(t->diag, DRP_E_CONFLICT, "schools %s and %s have one key",
			s->id, holder.id);
	}
	err = err == DRP_E_NOTFOUND ? DRP_OK : err;
	return err || is_settled(t, s) ? err
				       : check_voucher(t, s, &t->entry[number], key);
}

static enum drp_err check_register(struct taking *t)
{
	enum drp_err err = find_schools(t);
	err = err ? err : check_units(t);
	err = err ? err : check_boards(t);
	for (uint32_t s = 0; err == DRP_OK && s < t->m->n_schools; s++) {
		err = check_school_key(t, s);
	}
	return err;
}

/* ---- what was here before ---- */

static enum drp_err check_fresh(struct taking *t)
{
	struct drp_campaign_row row;
	enum drp_err err = drp_hub_campaign_get(t->hub->store, t->m->id, &row, NULL);
	return err == DRP_OK	       ? drp_fail(t->diag, DRP_E_EXISTS,
						 "the notary has signed another campaign %s; "
							   "choose another id",
						 t->m->id)
	       : err == DRP_E_NOTFOUND ? DRP_OK
				       : err;
}

/* Of a campaign that this notary has signed: that it is this hub's. */
static enum drp_err check_owner(struct taking *t, const struct drp_campaign_row *row)
{
	struct drp_manifest *m = NULL;
	enum drp_err err = drp_hub_manifest(t->hub, row, &m, t->diag);
	if (err == DRP_OK && memcmp(&m->hub, t->sender, sizeof m->hub) != 0) {
		err = drp_fail(t->diag, DRP_E_POLICY, "the campaign is another hub's");
	}
	drp_manifest_free(m);
	return err;
}

static enum drp_err check_unopened(struct taking *t, const struct drp_campaign_row *row)
{
	struct drp_buf bytes = {0};
	enum drp_err err = drp_hub_opening_get(
		t->hub->store, row->id, DRP_OPENING_NOTARY_NUMBERS, &bytes, t->diag);
	drp_buf_clear(&bytes);
	return err == DRP_OK	       ? drp_fail(t->diag, DRP_E_POLICY,
						 "campaign %s has been opened; it cannot be "
							   "replaced",
						 row->id)
	       : err == DRP_E_NOTFOUND ? DRP_OK
				       : err;
}

/* The campaign that is given up, when this notary knows it: *known. It must be the hub's
 * own, and nothing of it shown. */
static enum drp_err find_replaced(
	struct taking *t, struct drp_campaign_row *row, int *known)
{
	enum drp_err err = drp_hub_campaign_by_manifest(
		t->hub->store, &t->m->replaces, row, t->diag);
	*known = err == DRP_OK;
	if (err) {
		return err == DRP_E_NOTFOUND ? DRP_OK : err;
	}
	err = check_owner(t, row);
	return err ? err : check_unopened(t, row);
}

static enum drp_err check(struct taking *t, struct drp_campaign_row *replaced, int *known)
{
	enum drp_err err = check_keys(t);
	err = err ? err : check_signature(t);
	err = err ? err : check_fresh(t);
	err = err ? err : drp_policy_check(t->m, t->in, t->diag);
	err = err ? err : drp_commitment_possible(t->m, t->in, t->diag);
	err = err ? err : read_roll(t);
	err = err ? err : check_register(t);
	err = err ? err : find_replaced(t, replaced, known);
	return err ? err : drp_commitment_admit(t->hub, t->m, t->diag);
}

/* ---- signing ---- */

static enum drp_err keep_blobs(struct taking *t)
{
	const struct {
		const struct drp_hash *hash;
		const struct drp_buf *bytes;
	} blob[] = {{&t->q->cosign.manifest, &t->manifest},
		{&t->m->instrument, &t->instrument}, {&t->q->cosign.roll, &t->roll}};
	enum drp_err err = DRP_OK;
	for (size_t i = 0; err == DRP_OK && i < sizeof blob / sizeof blob[0]; i++) {
		err = drp_hub_blob_put(t->hub->store, blob[i].hash, blob[i].bytes->data,
			blob[i].bytes->len, t->diag);
		err = err ? err
			  : drp_hub_staged_drop(
				    t->hub->store, t->sender, blob[i].hash, t->diag);
	}
	return err;
}

static enum drp_err pin_keys(struct taking *t, int64_t now_s)
{
	enum drp_err err = DRP_OK;
	for (uint32_t s = 0; err == DRP_OK && s < t->m->n_schools; s++) {
		if (is_enrolled(&t->m->key[s])) {
			err = drp_hub_school_pin(t->hub->store, t->school[s]->id,
				&t->m->key[s], now_s, t->diag);
			if (err == DRP_OK &&
				t->school[s]->voucher == DRP_VOUCHER_WAITING) {
				err = drp_hub_voucher_use(t->hub->store, t->school[s]->id,
					&t->m->key[s], t->diag);
			}
		}
	}
	return err;
}

static enum drp_err enter(struct taking *t, const uint8_t signature[64], int64_t now_s)
{
	struct drp_campaign_row row = {.manifest = t->m->hash,
		.instrument = t->m->instrument,
		.signed_s = now_s};
	struct drp_buf seed = {0};
	snprintf(row.id, sizeof row.id, "%s", t->m->id);
	memcpy(row.signature, t->q->cosign.signature, sizeof row.signature);
	memcpy(row.cosignature, signature, sizeof row.cosignature);
	enum drp_err err = drp_storage_key_make(t->hub, t->m->id, t->diag);
	err = err ? err : drp_seed_seal(t->hub, t->m, t->q->cosign.seed, &seed, t->diag);
	err = err ? err
		  : drp_hub_campaign_take(t->hub->store, &row, &t->q->cosign.roll,
			    seed.data, seed.len, t->diag);
	drp_buf_clear(&seed);
	return err;
}

/* Whatever fails from here on is a fault, and the transaction goes back. */
static enum drp_err sign(
	struct taking *t, const struct drp_campaign_row *replaced, uint8_t signature[64])
{
	int64_t now_s = drp_hub_now_s(t->hub);
	drp_sign(
		t->hub->keys, MANIFEST_TAG, t->manifest.data, t->manifest.len, signature);
	enum drp_err err = keep_blobs(t);
	err = err ? err : pin_keys(t, now_s);
	err = err ? err : enter(t, signature, now_s);
	err = err ? err : drp_commitment_make(t->hub, t->m, t->in, t->diag);
	if (err == DRP_OK && replaced) {
		err = drp_hub_campaign_abandon(
			t->hub->store, replaced->id, now_s, t->diag);
	}
	if (err) {
		drp_log(DRP_LOG_ERROR, "notary", "cosign-failed", "campaign=%s error=%s",
			t->m->id, drp_err_name(err));
		return DRP_E_STORE;
	}
	drp_log(DRP_LOG_INFO, "notary", "cosigned", "campaign=%s schools=%u units=%u",
		t->m->id, t->m->n_schools, t->m->n_units);
	return DRP_OK;
}

/* A manifest that was signed before: DRP_E_NOTFOUND when it was not. */
static enum drp_err sign_again(struct taking *t, uint8_t signature[64])
{
	struct drp_campaign_row row;
	enum drp_err err = drp_hub_campaign_by_manifest(
		t->hub->store, &t->q->cosign.manifest, &row, t->diag);
	err = err ? err : check_owner(t, &row);
	if (err == DRP_OK) {
		memcpy(signature, row.cosignature, sizeof row.cosignature);
	}
	return err;
}

enum drp_err drp_notary_cosign(struct drp_hub *hub, const struct drp_key *sender,
	const struct drp_request *request, uint8_t signature[64], struct drp_diag *diag)
{
	struct taking t = {.hub = hub, .sender = sender, .q = request, .diag = diag};
	struct drp_campaign_row replaced;
	int known = 0;
	enum drp_err err = sign_again(&t, signature);
	if (err != DRP_E_NOTFOUND) {
		return err;
	}
	err = read_manifest(&t);
	err = err ? err : check(&t, &replaced, &known);
	err = err ? err : sign(&t, known ? &replaced : NULL, signature);
	clear(&t);
	return err;
}
