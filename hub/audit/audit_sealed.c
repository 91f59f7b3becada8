/* SPDX-License-Identifier: Apache-2.0
 *
 * The audit of a sealed campaign, at the hub or at its notary: each re-checks its own
 * side, and of the other side what that has signed. Lists, shares of N and what was
 * opened outlive the freeze, so that the edition can be made again from them for ever;
 * output shares and noise do not, so what was made of them is computed again only
 * before it.
 */
#include "hub/audit/audit_checks.h"
#include "hub/peer/vouching.h"
#include "hub/store/store_sealed.h"
#include "proto/base/alloc.h"
#include "proto/model/codes.h"
#include "proto/privacy/rational.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int is_frozen(const struct drp_evidence *e)
{
	return e->row.state == DRP_CAMPAIGN_FROZEN;
}

int drp_audit_cosignature(struct drp_evidence *e)
{
	struct drp_key own;
	uint8_t box[DRP_BOX_KEY_BYTES];
	drp_keys_public(e->hub->keys, &own, box);
	if (e->is_notary && memcmp(&own, &e->manifest->notary, sizeof own) != 0) {
		return drp_audit_say(e, 0, "it names another notary's key");
	}
	enum drp_err err = drp_verify(&e->manifest->notary, "drempel manifest 1",
		e->manifest_bytes.data, e->manifest_bytes.len, e->row.cosignature);
	return drp_audit_say(e, err == DRP_OK, "%s",
		err ? drp_err_text(err)
		    : "made with the key of the notary that it names");
}

/* Keys at first sight are allowed, unless vouchers are required; how many there are is
 * for whoever reads the audit. */
int drp_audit_school_keys(struct drp_evidence *e)
{
	struct drp_vouching_count keys;
	struct drp_diag diag = {0};
	enum drp_err err = drp_vouching_of(e->hub, e->row.id, e->manifest, &keys, &diag);
	return err ? drp_audit_say_err(e, err, &diag)
		   : drp_audit_say(e, 1, "%u vouched for, %u taken at first sight",
			     keys.vouched, keys.first_sight);
}

/* ---- ledger ---- */

static int is_charge(const struct drp_manifest *m, const struct drp_release *r,
	const struct drp_ledger_row *row)
{
	return row->group == r->group && row->year == m->year &&
	       drp_hash_equal(&row->campaign, &m->hash) && row->delta2 == r->delta2 &&
	       row->sigma2 == r->sigma2 && drp_rational_cmp(row->rho, r->rho) == 0;
}

/* Releases that look alike have as many charges as there are of them. */
static int is_charged(const struct drp_manifest *m, const struct drp_release *r,
	const struct drp_ledger_row *rows, size_t n)
{
	size_t charges = 0, alike = 0;
	for (size_t i = 0; i < n; i++) {
		charges += (size_t)is_charge(m, r, &rows[i]);
	}
	for (size_t i = 0; i < m->n_releases; i++) {
		const struct drp_release *k = &m->release[i];
		alike += k->group == r->group && k->delta2 == r->delta2 &&
			 k->sigma2 == r->sigma2 && drp_rational_cmp(k->rho, r->rho) == 0;
	}
	return charges == alike;
}

int drp_audit_release_charges(struct drp_evidence *e)
{
	const struct drp_manifest *m = e->manifest;
	struct drp_ledger_row *rows = NULL;
	struct drp_diag diag = {0};
	size_t n = 0, due = 0, found = 0;
	int ok = 1;
	enum drp_err err = drp_hub_ledger(e->hub->store, &rows, &n, &diag);
	for (size_t i = 0; err == DRP_OK && i < n; i++) {
		found += (size_t)drp_hash_equal(&rows[i].campaign, &m->hash);
	}
	for (size_t i = 0; err == DRP_OK && ok && i < m->n_releases; i++) {
		if (m->release[i].rho.num > 0) {
			due++;
			ok = is_charged(m, &m->release[i], rows, n);
		}
	}
	drp_free(rows);
	if (err) {
		return drp_audit_say_err(e, err, &diag);
	}
	ok = ok && found == due;
	return drp_audit_say(e, ok,
		ok ? "%zu, one for each release that draws noise"
		   : "they are not those of the manifest's %zu releases",
		due);
}

/* ---- the other side's receipts ---- */

struct walk {
	struct drp_evidence *e;
	size_t n;
	const char *wrong;
	uint8_t key[32];
};

static enum drp_err check_notary_receipt(
	void *self, const struct drp_stored *stored, const void *sealed, size_t n)
{
	struct walk *w = self;
	const struct drp_manifest *m = w->e->manifest;
	struct drp_buf answer = {0}, statement = {0};
	struct drp_receipt r;
	(void)sealed;
	(void)n;
	if (stored->state != DRP_CONTRIBUTION_COUNTED || w->wrong) {
		return DRP_OK;
	}
	enum drp_err err = drp_hub_contribution_load(w->e->hub->store, w->e->row.id,
		&stored->unit, stored->group, NULL, &answer, NULL);
	err = err ? err : drp_receipt_decode(answer.data, answer.len, &r);
	err = err ? err : drp_receipt_statement(&r, &statement);
	err = err ? err
		  : drp_verify(&m->notary, "drempel receipt 1", statement.data,
			    statement.len, r.signature);
	if (err) {
		w->wrong = "a counted report has no receipt that the notary signed";
	} else if (memcmp(&r.hub, &m->notary, sizeof r.hub) != 0 ||
		   !drp_hash_equal(&r.campaign, &m->hash) ||
		   !drp_hash_equal(&r.contribution, &stored->hash) ||
		   memcmp(&r.unit, &stored->unit, sizeof r.unit) != 0 ||
		   r.group != stored->group) {
		w->wrong = "a receipt of the notary is of another report than its row";
	}
	drp_buf_clear(&answer);
	drp_buf_clear(&statement);
	w->n++;
	return DRP_OK;
}

int drp_audit_notary_receipts(struct drp_evidence *e)
{
	struct drp_diag diag = {0};
	struct walk w = {.e = e};
	enum drp_err err = drp_hub_contributions(
		e->hub->store, e->row.id, check_notary_receipt, &w, &diag);
	if (err || w.wrong) {
		return err ? drp_audit_say_err(e, err, &diag)
			   : drp_audit_say(e, 0, "%s", w.wrong);
	}
	return drp_audit_say(
		e, 1, "%zu, one for each counted report, signed by the notary", w.n);
}

/* ---- what is stored of reports ---- */

/* A received report decrypts to its name; a counted one to a share of the task's length.
 */
static enum drp_err check_stored(
	void *self, const struct drp_stored *stored, const void *sealed, size_t n)
{
	struct walk *w = self;
	const struct drp_tasks *tasks = w->e->tasks;
	struct drp_buf plain = {0};
	uint8_t context[49];
	if (stored->withdrawn || stored->state == DRP_CONTRIBUTION_REJECTED ||
		stored->group >= DRP_GROUPS) {
		w->wrong =
			n ? "bytes of a report are stored that does not count" : w->wrong;
		return DRP_OK;
	}
	drp_contribution_context(
		&tasks->manifest->hash, &stored->unit, stored->group, context);
	enum drp_err err =
		drp_store_open(w->key, context, sizeof context, sealed, n, &plain);
	if (err) {
		w->wrong = "what is stored of a report does not decrypt";
	} else if (stored->state == DRP_CONTRIBUTION_COUNTED) {
		size_t due = tasks->task[stored->group].prio3.sizes.out_share;
		w->wrong = plain.len == due ? w->wrong
					    : "an output share has another length than "
					      "its task's";
	} else {
		struct drp_report report;
		struct drp_hash name = {{0}};
		err = drp_report_decode(plain.data, plain.len, &report, &name);
		w->wrong = !err && drp_hash_equal(&name, &stored->hash)
				   ? w->wrong
				   : "a stored report is not the one of its row";
	}
	drp_buf_wipe(&plain);
	w->n++;
	return DRP_OK;
}

static enum drp_err count_bytes(
	void *self, const struct drp_stored *stored, const void *sealed, size_t n)
{
	struct walk *w = self;
	(void)stored;
	(void)sealed;
	w->n += n != 0;
	return DRP_OK;
}

/* After the freeze: neither reports nor shares, noise, seed or key. */
static int nothing_left(struct drp_evidence *e)
{
	struct walk w = {.e = e};
	struct drp_diag diag = {0};
	struct drp_buf found = {0};
	char path[DRP_PATH_MAX], name[DRP_OPENING_NAME_MAX];
	enum drp_err err =
		drp_hub_contributions(e->hub->store, e->row.id, count_bytes, &w, &diag);
	err = err ? err : drp_hub_key_path(e->hub, e->row.id, path, &diag);
	if (err) {
		return drp_audit_say_err(e, err, &diag);
	}
	size_t left = w.n + (access(path, F_OK) == 0) +
		      (drp_hub_seed_get(e->hub->store, e->row.id, &found, NULL) == 0);
	for (uint32_t r = 0; r < e->manifest->n_releases; r++) {
		drp_opening_name_shares(r, name);
		left += drp_hub_noise_get(e->hub->store, e->row.id, r, &found, NULL) ==
			DRP_OK;
		left += drp_hub_opening_get(
				e->hub->store, e->row.id, name, &found, NULL) == DRP_OK;
	}
	drp_buf_clear(&found);
	return left ? drp_audit_say(e, 0,
			      "the campaign is frozen, but shares, noise or keys are "
			      "still there; run 'campaign freeze' again")
		    : drp_audit_say(
			      e, 1, "erased at the freeze, with noise, seed and key");
}

int drp_audit_reports(struct drp_evidence *e)
{
	struct drp_diag diag = {0};
	struct walk w = {.e = e};
	if (is_frozen(e)) {
		return nothing_left(e);
	}
	enum drp_err err = drp_storage_key(e->hub, e->row.id, w.key, &diag);
	err = err ? err : drp_tasks_load(e->hub, &e->row, &e->tasks, &diag);
	err = err ? err
		  : drp_hub_contributions(
			    e->hub->store, e->row.id, check_stored, &w, &diag);
	drp_wipe(w.key, sizeof w.key);
	if (err || w.wrong) {
		return err ? drp_audit_say_err(e, err, &diag)
			   : drp_audit_say(e, 0, "%s", w.wrong);
	}
	return drp_audit_say(e, 1, "%zu reports or output shares, each decrypts", w.n);
}

/* ---- lists ---- */

/* A stored list, which answers that one (NULL: none); the side's own is what it counts.
 */
static enum drp_err check_list(struct drp_evidence *e, const char *what,
	const struct drp_key *signer, const struct drp_hash *answers,
	struct drp_list *own, struct drp_signed_list *stored, struct drp_diag *diag)
{
	struct drp_list list = {0};
	struct drp_buf bytes = {0}, again = {0};
	enum drp_err err = drp_tally_list_stored(e->hub, e->row.id, what, stored, diag);
	err = err ? err : drp_hub_blob_get(e->hub->store, &stored->hash, &bytes, diag);
	err = err ? err
		  : drp_list_verify(stored, signer, &e->manifest->hash, answers,
			    (struct drp_bytes){bytes.data, bytes.len}, &list, diag);
	if (err == DRP_OK && own) {
		own->answers = list.answers;
		err = drp_list_encode(own, &again);
		if (err == DRP_OK && (again.len != bytes.len ||
					     memcmp(again.data, bytes.data, bytes.len))) {
			err = drp_fail(diag, DRP_E_CONFLICT,
				"this side's signed list is not what it has counted");
		}
	}
	drp_list_clear(&list);
	drp_buf_clear(&bytes);
	drp_buf_clear(&again);
	return err;
}

/* The working set: what both signed lists hold. Later checks are about it. */
static int take_working_set(struct drp_evidence *e)
{
	struct drp_diag diag = {0};
	enum drp_err err = drp_tally_new(e->hub, e->tasks, &e->tally, &diag);
	if (err == DRP_E_TOO_FEW_SCHOOLS) {
		return drp_audit_say(e, 1, "both signed; %s", diag.text);
	}
	if (err) {
		return drp_audit_say_err(e, err, &diag);
	}
	memcpy(e->came, e->tally->came,
		(size_t)DRP_GROUPS * e->manifest->n_units * sizeof *e->came);
	return drp_audit_say(e, 1,
		"both signed, %zu reports in both, %zu in the hub's alone, %zu in the "
		"notary's alone",
		e->tally->n_came, e->tally->only_hub, e->tally->only_notary);
}

int drp_audit_lists(struct drp_evidence *e)
{
	struct drp_diag diag = {0};
	struct drp_list own = {0};
	struct drp_signed_list hubs, notarys;
	if (drp_tally_list_stored(e->hub, e->row.id, DRP_OPENING_NOTARY_LIST, &notarys,
		    NULL) == DRP_E_NOTFOUND) {
		return drp_audit_say(e,
			e->row.state < DRP_CAMPAIGN_CLOSED || e->row.abandoned_s,
			"not exchanged yet");
	}
	enum drp_err err =
		e->tasks ? DRP_OK : drp_tasks_load(e->hub, &e->row, &e->tasks, &diag);
	err = err ? err : drp_tally_list(e->hub, e->tasks, &own, &diag);
	err = err ? err
		  : check_list(e, DRP_OPENING_HUB_LIST, &e->manifest->hub, NULL,
			    e->is_notary ? NULL : &own, &hubs, &diag);
	err = err ? err
		  : check_list(e, DRP_OPENING_NOTARY_LIST, &e->manifest->notary,
			    &hubs.hash, e->is_notary ? &own : NULL, &notarys, &diag);
	drp_list_clear(&own);
	int ok = err ? drp_audit_say_err(e, err, &diag) : take_working_set(e);
	e->lists_wrong = !ok;
	return ok;
}

/* ---- numbers ---- */

/* Before the freeze: this side's shares of N are the sums of its output shares. */
static enum drp_err sum_again(
	struct drp_evidence *e, const struct drp_buf *shown, struct drp_diag *diag)
{
	struct drp_buf shares = {0};
	enum drp_err err = drp_tally_sum(e->hub, e->tally, diag);
	err = err ? err : drp_tally_numbers(e->tally, &shares);
	if (err == DRP_OK && (shares.len != shown->len ||
				     memcmp(shares.data, shown->data, shown->len))) {
		err = drp_fail(diag, DRP_E_CONFLICT,
			"the shares of N that were shown are not the sums of this side's "
			"output shares");
	}
	drp_buf_wipe(&shares);
	return err;
}

int drp_audit_opened_numbers(struct drp_evidence *e)
{
	struct drp_diag diag = {0};
	struct drp_buf hub = {0}, notary = {0};
	enum drp_err err = drp_hub_opening_get(
		e->hub->store, e->row.id, DRP_OPENING_HUB_NUMBERS, &hub, &diag);
	err = err ? err
		  : drp_hub_opening_get(e->hub->store, e->row.id,
			    DRP_OPENING_NOTARY_NUMBERS, &notary, &diag);
	if (err == DRP_OK && !is_frozen(e)) {
		err = sum_again(e, e->is_notary ? &notary : &hub, &diag);
	}
	err = err ? err
		  : drp_tally_exchange(e->tally, (struct drp_bytes){hub.data, hub.len},
			    (struct drp_bytes){notary.data, notary.len}, &diag);
	e->exchanged = err == DRP_OK;
	drp_buf_clear(&hub);
	drp_buf_clear(&notary);
	return err == DRP_E_NOTFOUND
		       ? drp_audit_say(
				 e, 0, "none are stored; run 'campaign close' again")
	       : err ? drp_audit_say_err(e, err, &diag)
		     : drp_audit_say(e, 1, "%s",
			       is_frozen(e)
				       ? "both sides' shares open to numbers that can be"
				       : "both sides' shares open, and this side's are "
					 "the sums of what it stores");
}

/* ---- values ---- */

/* At the hub: as many integers as the gates allow, kept for the edition. */
static enum drp_err load_opened(
	struct drp_evidence *e, uint32_t release, size_t n, struct drp_diag *diag)
{
	e->opened[release] = drp_alloc(n, sizeof *e->opened[release]);
	return e->opened[release] ? drp_tally_opened(e->hub, e->tally, release,
					    e->opened[release], diag)
				  : DRP_E_NOMEM;
}

/* At the notary, before the freeze: what it answered is its sums with its noise. */
static enum drp_err check_shares(
	struct drp_evidence *e, uint32_t release, size_t n, struct drp_diag *diag)
{
	char name[DRP_OPENING_NAME_MAX];
	struct drp_buf shown = {0}, again = {0};
	drp_opening_name_shares(release, name);
	enum drp_err err =
		drp_hub_opening_get(e->hub->store, e->row.id, name, &shown, diag);
	if (err == DRP_E_NOTFOUND) {
		err = DRP_OK; /* the hub has not asked */
	} else if (err == DRP_OK && n == 0) {
		err = drp_fail(diag, DRP_E_DIFFERENCING,
			"release %u was answered, which the gates do not allow",
			(unsigned)release);
	} else if (err == DRP_OK) {
		err = drp_tally_values(e->hub, e->tally, release, &again, diag);
		if (err == DRP_OK && (again.len != shown.len ||
					     memcmp(again.data, shown.data, shown.len))) {
			err = drp_fail(diag, DRP_E_CONFLICT,
				"what was answered of release %u is not this side's sum "
				"and noise",
				(unsigned)release);
		}
	}
	drp_buf_wipe(&shown);
	drp_buf_wipe(&again);
	return err;
}

int drp_audit_opened_values(struct drp_evidence *e)
{
	struct drp_diag diag = {0};
	enum drp_err err = DRP_OK;
	size_t opened = 0;
	if (e->is_notary && is_frozen(e)) {
		return drp_audit_say(e, 1, "no longer possible, shares are erased");
	}
	for (uint32_t r = 0; err == DRP_OK && r < e->manifest->n_releases; r++) {
		size_t n = drp_tally_opens(e->tally, r);
		opened += n > 0;
		err = e->is_notary ? check_shares(e, r, n, &diag)
		      : n	   ? load_opened(e, r, n, &diag)
				   : DRP_OK;
	}
	if (err == DRP_E_NOTFOUND) {
		return drp_audit_say(
			e, 0, "not all are stored; run 'campaign close' again");
	}
	return err ? drp_audit_say_err(e, err, &diag)
		   : drp_audit_say(
			     e, 1, "of %zu releases, those that the gates allow", opened);
}

/* The edition again, from what was opened. */
enum drp_err drp_audit_build_sealed(struct drp_evidence *e, int64_t created_s,
	struct drp_edition **again, struct drp_diag *diag)
{
	e->tally->opening.opened = (const int64_t *const *)e->opened;
	return drp_edition_build_sealed(&e->tally->opening, 1, created_s, again, diag);
}

void drp_audit_sealed_clear(struct drp_evidence *e)
{
	for (size_t r = 0; r < DRP_RELEASES_MAX; r++) {
		drp_free(e->opened[r]);
	}
	drp_tally_free(e->tally);
	drp_tasks_free(e->tasks);
}
