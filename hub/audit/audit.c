/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/audit/audit.h"

#include "hub/audit/audit_checks.h"
#include "hub/store/store_sealed.h"
#include "proto/base/alloc.h"
#include "proto/model/codes.h"
#include "proto/privacy/rational.h"
#include "proto/session/chain.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int drp_audit_say(struct drp_evidence *e, int ok, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(e->detail, sizeof e->detail, fmt, ap);
	va_end(ap);
	return ok;
}

int drp_audit_is_sealed(const struct drp_evidence *e)
{
	return e->manifest && e->manifest->track == DRP_TRACK_SEALED;
}

int drp_audit_say_err(
	struct drp_evidence *e, enum drp_err err, const struct drp_diag *diag)
{
	return drp_audit_say(e, err == DRP_OK, "%s",
		err && diag->text[0] ? diag->text : drp_err_text(err));
}

/* ---- manifest and instrument ---- */

static int manifest_hash(struct drp_evidence *e)
{
	struct drp_diag diag = {0};
	struct drp_hash hash;
	enum drp_err err = drp_hub_blob_get(
		e->hub->store, &e->row.manifest, &e->manifest_bytes, &diag);
	if (err) {
		return drp_audit_say_err(e, err, &diag);
	}
	drp_hash_bytes(e->manifest_bytes.data, e->manifest_bytes.len, &hash);
	if (!drp_hash_equal(&hash, &e->row.manifest)) {
		return drp_audit_say(e, 0, "its bytes have another hash than its name");
	}
	err = drp_manifest_decode(
		e->manifest_bytes.data, e->manifest_bytes.len, &e->manifest, &diag);
	if (err) {
		return drp_audit_say_err(e, err, &diag);
	}
	int named = strcmp(e->manifest->id, e->row.id) == 0;
	return drp_audit_say(e, named,
		named ? "canonical, %u units of %u schools"
		      : "it is of another campaign (%u units of %u schools)",
		e->manifest->n_units, e->manifest->n_schools);
}

static int manifest_signature(struct drp_evidence *e)
{
	struct drp_key key;
	struct drp_card card;
	uint8_t box[DRP_BOX_KEY_BYTES];
	drp_keys_public(e->hub->keys, &key, box);
	int known = e->is_notary ? drp_hub_peer_get(e->hub->store, &e->manifest->hub,
					   &card, NULL) == DRP_OK
				 : memcmp(&key, &e->manifest->hub, sizeof key) == 0;
	if (!known) {
		return drp_audit_say(e, 0, "it names another hub's key");
	}
	enum drp_err err = drp_verify(&e->manifest->hub, "drempel manifest 1",
		e->manifest_bytes.data, e->manifest_bytes.len, e->row.signature);
	return drp_audit_say(e, err == DRP_OK, "%s",
		err	       ? drp_err_text(err)
		: e->is_notary ? "made with the key of a hub that is paired"
			       : "made with this hub's key");
}

static int instrument_hash(struct drp_evidence *e)
{
	struct drp_buf bytes = {0};
	struct drp_diag diag = {0};
	struct drp_hash hash;
	enum drp_err err =
		drp_hub_blob_get(e->hub->store, &e->manifest->instrument, &bytes, &diag);
	if (err == DRP_OK) {
		drp_hash_bytes(bytes.data, bytes.len, &hash);
		err = drp_hash_equal(&hash, &e->manifest->instrument) ? DRP_OK
								      : DRP_E_HASH;
	}
	err = err ? err : drp_instrument_decode(bytes.data, bytes.len, &e->instrument);
	drp_buf_clear(&bytes);
	if (err) {
		return drp_audit_say_err(e, err, &diag);
	}
	return drp_audit_say(
		e, 1, "%s version %s", e->instrument->id, e->instrument->version);
}

/* ---- ledger ---- */

static int ledger_chain(struct drp_evidence *e)
{
	struct drp_ledger_row *rows = NULL;
	struct drp_diag diag = {0};
	size_t n = 0;
	enum drp_err err = drp_hub_ledger(e->hub->store, &rows, &n, &diag);
	err = err ? err : drp_ledger_verify(rows, n, &diag);
	drp_free(rows);
	return err ? drp_audit_say_err(e, err, &diag)
		   : drp_audit_say(e, 1, "%zu rows, each follows the one before it", n);
}

static int is_charge_of(const struct drp_manifest *m, const struct drp_release *r,
	const struct drp_ledger_row *row)
{
	return row->year == m->year && drp_hash_equal(&row->bytes, &m->hash) && r &&
	       row->delta2 == r->delta2 && row->sigma2 == 0 &&
	       drp_rational_cmp(row->rho, m->rho[r->group]) == 0;
}

/* Of each group that the campaign releases: one charge, as large as its budget. */
static int ledger_charges(struct drp_evidence *e)
{
	const struct drp_manifest *m = e->manifest;
	struct drp_ledger_row *rows = NULL;
	struct drp_diag diag = {0};
	unsigned charges[DRP_GROUPS] = {0};
	size_t n = 0;
	int ok = 1;
	enum drp_err err = drp_hub_ledger(e->hub->store, &rows, &n, &diag);
	for (size_t i = 0; err == DRP_OK && i < n; i++) {
		if (!drp_hash_equal(&rows[i].campaign, &m->hash)) {
			continue;
		}
		ok &= rows[i].group < DRP_GROUPS &&
		      is_charge_of(m,
			      drp_manifest_release(m, (enum drp_group)rows[i].group,
				      DRP_FAMILY_REGION, DRP_RELEASE_CORE),
			      &rows[i]);
		if (ok) {
			charges[rows[i].group]++;
		}
	}
	drp_free(rows);
	for (int g = 0; g < DRP_GROUPS; g++) {
		unsigned due = drp_manifest_release(m, (enum drp_group)g,
				       DRP_FAMILY_REGION, DRP_RELEASE_CORE) != NULL;
		ok &= charges[g] == due;
	}
	return err ? drp_audit_say_err(e, err, &diag)
		   : drp_audit_say(e, ok, "%s",
			     ok ? "one a group, as large as the manifest's budget"
				: "they are not those of the manifest's budget");
}

static int ledger_caps(struct drp_evidence *e)
{
	struct drp_ledger_row *rows = NULL;
	struct drp_diag diag = {0};
	size_t n = 0;
	enum drp_err err = drp_hub_ledger(e->hub->store, &rows, &n, &diag);
	int ok = 1;
	for (size_t i = 0; err == DRP_OK && ok && i < n; i++) {
		struct drp_rational spent;
		enum drp_group group = (enum drp_group)rows[i].group;
		ok = rows[i].group < DRP_GROUPS &&
		     drp_ledger_spent(rows, n, rows[i].year, group, &spent) == DRP_OK &&
		     drp_rational_cmp(spent, drp_ledger_cap(group)) <= 0;
	}
	drp_free(rows);
	return err ? drp_audit_say_err(e, err, &diag)
		   : drp_audit_say(e, ok, "%s",
			     ok ? "no school year and group is above its cap"
				: "a school year and group is above its cap");
}

/* ---- receipts and contributions ---- */

struct walk {
	struct drp_evidence *e;
	const struct drp_unit *last_unit;
	int last_group;
	size_t n, withdrawn, kept; /* kept: their bytes are still there */
	const char *wrong;
};

static enum drp_err check_receipt(
	void *self, const struct drp_stored *stored, const void *sealed, size_t n)
{
	struct walk *w = self;
	const struct drp_manifest *m = w->e->manifest;
	const struct drp_receipt *r = &stored->receipt;
	const struct drp_key *signer = w->e->is_notary ? &m->notary : &m->hub;
	struct drp_buf statement = {0};
	(void)sealed;
	(void)n;
	/* A notary signs for what it has verified, and for nothing else. */
	if (w->e->is_notary && stored->state != DRP_CONTRIBUTION_COUNTED) {
		return DRP_OK;
	}
	enum drp_err err = drp_receipt_statement(r, &statement);
	err = err ? err
		  : drp_verify(signer, "drempel receipt 1", statement.data, statement.len,
			    r->signature);
	drp_buf_clear(&statement);
	if (err) {
		w->wrong = "a receipt's signature does not verify";
	} else if (!drp_hash_equal(&r->campaign, &m->hash) ||
		   memcmp(&r->unit, &stored->unit, sizeof r->unit) != 0 ||
		   r->group != stored->group ||
		   !drp_hash_equal(&r->contribution, &stored->hash) ||
		   memcmp(&r->hub, signer, sizeof r->hub) != 0) {
		w->wrong = "a receipt is of another contribution than its row";
	}
	w->n++;
	return DRP_OK;
}

static int receipts(struct drp_evidence *e)
{
	struct drp_diag diag = {0};
	struct walk w = {.e = e};
	enum drp_err err =
		drp_hub_contributions(e->hub->store, e->row.id, check_receipt, &w, &diag);
	if (err || w.wrong) {
		return err ? drp_audit_say_err(e, err, &diag)
			   : drp_audit_say(e, 0, "%s", w.wrong);
	}
	return drp_audit_say(e, 1, "%zu, each signed by this %s", w.n,
		e->is_notary ? "notary" : "hub");
}

/* Rows come in the order of unit and group, so a duplicate would follow its twin. */
static enum drp_err check_unit(
	void *self, const struct drp_stored *stored, const void *sealed, size_t n)
{
	struct walk *w = self;
	const struct drp_manifest *m = w->e->manifest;
	const struct drp_unit *unit = drp_manifest_unit(m, &stored->unit);
	(void)sealed;
	if (!unit || stored->group >= DRP_GROUPS) {
		w->wrong = "a contribution is of a unit or group that the manifest does "
			   "not have";
		return DRP_OK;
	}
	if (unit == w->last_unit && stored->group == w->last_group) {
		w->wrong = "two contributions are of the same unit and group";
	}
	if (stored->withdrawn && n) {
		w->wrong = "a withdrawn contribution still has its bytes";
	}
	w->last_unit = unit;
	w->last_group = stored->group;
	w->withdrawn += stored->withdrawn;
	w->kept += n != 0;
	w->n++;
	if (!stored->withdrawn) {
		size_t place = (size_t)stored->group * m->n_units;
		w->e->came[place + (size_t)(unit - m->unit)] = 1;
	}
	return DRP_OK;
}

static int units(struct drp_evidence *e)
{
	struct drp_diag diag = {0};
	struct walk w = {.e = e};
	e->came = drp_alloc((size_t)DRP_GROUPS * e->manifest->n_units, 1);
	enum drp_err err = e->came ? drp_hub_contributions(e->hub->store, e->row.id,
					     check_unit, &w, &diag)
				   : DRP_E_NOMEM;
	if (err || w.wrong) {
		return err ? drp_audit_say_err(e, err, &diag)
			   : drp_audit_say(e, 0, "%s", w.wrong);
	}
	return drp_audit_say(e, 1,
		"%zu contributions, each of a unit of the manifest, %zu withdrawn", w.n,
		w.withdrawn);
}

static int erased(struct drp_evidence *e)
{
	char path[DRP_PATH_MAX];
	struct drp_diag diag = {0};
	struct walk w = {.e = e};
	enum drp_err err =
		drp_hub_contributions(e->hub->store, e->row.id, check_unit, &w, &diag);
	err = err ? err : drp_hub_key_path(e->hub, e->row.id, path, &diag);
	if (err) {
		return drp_audit_say_err(e, err, &diag);
	}
	if (w.kept || access(path, F_OK) == 0) {
		return drp_audit_say(e, 0,
			"the campaign is frozen, but %s still there; run 'campaign "
			"freeze' again",
			w.kept ? "bytes of contributions are" : "its key file is");
	}
	return drp_audit_say(e, 1, "erased at the freeze, with their key");
}

static int contributions(struct drp_evidence *e)
{
	struct drp_diag diag = {0};
	if (e->row.state == DRP_CAMPAIGN_FROZEN) {
		return erased(e);
	}
	enum drp_err err =
		drp_gather(e->hub, e->row.id, e->manifest, &e->gathering, &diag);
	if (err) {
		return drp_audit_say_err(e, err, &diag);
	}
	e->gathered = 1;
	return drp_audit_say(
		e, 1, "%zu, each decrypts to its stored hash", e->gathering.n);
}

/* ---- the list ---- */

enum {
	NEEDS_MANIFEST = 1,
	NEEDS_UNITS = 2,
	NEEDS_EDITION = 4,
	NEEDS_TALLY = 8, /* a working set of which something may be opened */
	NEEDS_NUMBERS = 16
};

/* Who makes a check. */
enum { OPEN = 1, HUB = 2, NOTARY = 4, SEALED = HUB | NOTARY, ALL = OPEN | SEALED };

static const struct {
	const char *name;
	unsigned scope, needs;
	int (*holds)(struct drp_evidence *e);
} checks[] = {
	{"manifest hash", ALL, 0, manifest_hash},
	{"manifest signature", ALL, NEEDS_MANIFEST, manifest_signature},
	{"cosignature", SEALED, NEEDS_MANIFEST, drp_audit_cosignature},
	{"school keys", NOTARY, NEEDS_MANIFEST, drp_audit_school_keys},
	{"instrument hash", ALL, NEEDS_MANIFEST, instrument_hash},
	{"ledger chain", ALL, 0, ledger_chain},
	{"ledger charges", OPEN, NEEDS_MANIFEST, ledger_charges},
	{"ledger charges", SEALED, NEEDS_MANIFEST, drp_audit_release_charges},
	{"ledger caps", ALL, 0, ledger_caps},
	{"receipts", ALL, NEEDS_MANIFEST, receipts},
	{"notary's receipts", HUB, NEEDS_MANIFEST, drp_audit_notary_receipts},
	{"units", ALL, NEEDS_MANIFEST, units},
	{"contributions", OPEN, NEEDS_MANIFEST | NEEDS_UNITS, contributions},
	{"reports", SEALED, NEEDS_MANIFEST | NEEDS_UNITS, drp_audit_reports},
	{"lists", SEALED, NEEDS_MANIFEST | NEEDS_UNITS, drp_audit_lists},
	{"opened numbers", SEALED, NEEDS_TALLY, drp_audit_opened_numbers},
	{"opened values", SEALED, NEEDS_TALLY | NEEDS_NUMBERS, drp_audit_opened_values},
	{"edition hash", OPEN | HUB, 0, drp_audit_edition_hash},
	{"edition identity", OPEN | HUB, NEEDS_EDITION, drp_audit_edition_identity},
	{"edition rebuilt", OPEN | HUB, NEEDS_EDITION, drp_audit_edition_rebuilt},
	{"no school named", OPEN | HUB, NEEDS_EDITION, drp_audit_vocabulary},
	{"thresholds", OPEN | HUB, NEEDS_EDITION, drp_audit_thresholds},
	{"suppressed rows", OPEN | HUB, NEEDS_EDITION, drp_audit_suppressed},
	{"privacy budget", OPEN | HUB, NEEDS_EDITION, drp_audit_budget},
	{"gates, numbers", OPEN | HUB, NEEDS_EDITION, drp_audit_gates_numbers},
	{"gates, values", OPEN | HUB, NEEDS_EDITION, drp_audit_gates_values},
};

/* An edition is checked against everything before it. */
static int can_be_checked(const struct drp_evidence *e, unsigned needs)
{
	int manifest = e->manifest && e->instrument;
	return !(needs & NEEDS_EDITION && !(manifest && e->came && e->edition)) &&
	       !(needs & NEEDS_UNITS && !e->came) &&
	       !(needs & NEEDS_TALLY && !e->tally) &&
	       !(needs & NEEDS_NUMBERS && !e->exchanged) &&
	       !(needs & NEEDS_MANIFEST && !e->manifest);
}

static unsigned scope_of(const struct drp_evidence *e)
{
	return e->is_notary ? NOTARY : drp_audit_is_sealed(e) ? HUB : OPEN;
}

/* Whether there is anything that the check could be about. */
static int applies(const struct drp_evidence *e, size_t i)
{
	int of_edition = checks[i].needs & NEEDS_EDITION ||
			 checks[i].holds == drp_audit_edition_hash;
	if (!(checks[i].scope & scope_of(e)) ||
		(checks[i].needs & NEEDS_TALLY && !e->tally && !e->lists_wrong)) {
		return 0;
	}
	return !of_edition || (e->row.state >= DRP_CAMPAIGN_CLOSED &&
				      (scope_of(e) == OPEN ? e->row.closed_s != 0
							   : e->tally || e->lists_wrong));
}

static void run_checks(struct drp_evidence *e, struct drp_buf *out, unsigned *failures)
{
	int of_edition = 0;
	for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
		int ok = 0;
		if (!applies(e, i)) {
			continue;
		}
		of_edition |= checks[i].holds == drp_audit_edition_hash;
		if (can_be_checked(e, checks[i].needs)) {
			ok = checks[i].holds(e);
		} else {
			drp_audit_say(e, 0, "not checked, since what it rests on failed");
		}
		drp_buf_printf(out, "%-4s %-19s %s\n", ok ? "ok" : "FAIL", checks[i].name,
			e->detail);
		*failures += !ok;
	}
	if (!of_edition) {
		drp_buf_printf(out, "     %-19s %s\n", "edition",
			e->is_notary ? "none: the hub publishes"
			: e->row.state == DRP_CAMPAIGN_FROZEN
				? "none: nothing could be opened"
				: "none yet: close the campaign to publish one");
	}
}

enum drp_err drp_audit(struct drp_hub *hub, const char *id, struct drp_buf *out,
	unsigned *failures, struct drp_diag *diag)
{
	struct drp_evidence *e = drp_alloc(1, sizeof *e);
	unsigned found = 0;
	if (!e) {
		return drp_fail(diag, DRP_E_NOMEM, "no memory for the audit");
	}
	e->hub = hub;
	e->is_notary = strcmp(hub->settings.role, "notary") == 0;
	enum drp_err err = drp_hub_campaign_get(hub->store, id, &e->row, diag);
	if (err == DRP_OK && e->row.state == DRP_CAMPAIGN_DRAFT) {
		err = drp_fail(diag, DRP_E_STATE,
			"campaign %s is not signed yet; there is nothing to audit", id);
	}
	if (err == DRP_OK) {
		run_checks(e, out, &found);
		err = out->failed ? drp_fail(diag, DRP_E_NOMEM, "no memory for the audit")
				  : DRP_OK;
	}
	if (err == DRP_OK) {
		*failures = found;
	}
	drp_audit_sealed_clear(e);
	drp_gathering_clear(&e->gathering);
	drp_edition_free(e->edition);
	drp_instrument_free(e->instrument);
	drp_manifest_free(e->manifest);
	drp_buf_clear(&e->manifest_bytes);
	drp_buf_clear(&e->edition_bytes);
	drp_free(e->came);
	drp_free(e);
	return err;
}
