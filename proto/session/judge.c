/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/session/judge.h"

#include "proto/base/date.h"
#include "proto/crypto/crypto.h"

#include <string.h>

enum drp_err drp_judge_sender(
	const struct drp_sender_facts *facts, int64_t at, struct drp_diag *diag)
{
	if (!facts->known) {
		return drp_fail(diag, DRP_E_UNKNOWN_KEY,
			"this node's key is not registered at the hub; enrol with an "
			"invite");
	}
	if (facts->revoked) {
		return drp_fail(diag, DRP_E_REVOKED,
			"the hub has revoked this school; ask the hub's operator");
	}
	int64_t skew = at > facts->now_s ? at - facts->now_s : facts->now_s - at;
	if (skew > DRP_CLOCK_SKEW_MAX_S) {
		char mine[DRP_DATE_TEXT], theirs[DRP_DATE_TEXT];
		return drp_fail(diag, DRP_E_CLOCK,
			"the request says %s and the hub's clock %s; set the clock that "
			"is wrong",
			drp_time_format(at, theirs), drp_time_format(facts->now_s, mine));
	}
	return DRP_OK;
}

enum drp_err drp_judge_enrol(const struct drp_invite_facts *facts,
	const struct drp_key *sender, int *repeat, struct drp_diag *diag)
{
	*repeat = 0;
	if (!facts->known) {
		return drp_fail(diag, DRP_E_INVITE,
			"the hub does not know this invite; ask for a "
			"new one");
	}
	if (facts->revoked) {
		return drp_fail(diag, DRP_E_REVOKED,
			"the hub has revoked this school; ask the hub's operator");
	}
	if (facts->used && memcmp(&facts->used_by, sender, sizeof *sender) == 0) {
		*repeat = 1;
		return DRP_OK;
	}
	if (facts->used) {
		return drp_fail(diag, DRP_E_DUPLICATE_IDENTITY,
			"another node already enrolled with this invite; if that was not "
			"this "
			"school, ask the hub to revoke it and to make a new invite");
	}
	if (facts->now_s > facts->expires_s) {
		char when[DRP_DATE_TEXT];
		return drp_fail(diag, DRP_E_INVITE,
			"the invite expired at %s; ask for a new one",
			drp_time_format(facts->expires_s, when));
	}
	return DRP_OK;
}

/* The unit, when the sender may speak for it. */
static const struct drp_unit *own_unit(
	const struct drp_place_facts *facts, const struct drp_id *id)
{
	const struct drp_unit *unit = drp_manifest_unit(facts->manifest, id);
	if (!unit || memcmp(&facts->manifest->key[unit->school], facts->sender,
			     sizeof *facts->sender) != 0) {
		return NULL;
	}
	return unit;
}

static enum drp_err judge_place(const struct drp_place_facts *facts,
	const struct drp_id *id, const struct drp_unit **unit, struct drp_diag *diag)
{
	if (!facts->manifest) {
		return drp_fail(diag, DRP_E_NOTFOUND, "the hub has no such campaign");
	}
	*unit = own_unit(facts, id);
	if (!*unit) {
		return drp_fail(diag, DRP_E_UNKNOWN_KEY,
			"campaign %s has no such unit of this school",
			facts->manifest->id);
	}
	return DRP_OK;
}

static enum drp_err judge_open(const struct drp_place_facts *facts, struct drp_diag *diag)
{
	if (facts->state == DRP_CAMPAIGN_FROZEN) {
		return drp_fail(diag, DRP_E_FROZEN,
			"campaign %s is frozen; nothing can be added or withdrawn",
			facts->manifest->id);
	}
	if (facts->state != DRP_CAMPAIGN_OPEN ||
		facts->now_s > facts->manifest->deadline_s) {
		return drp_fail(diag, DRP_E_CLOSED,
			"campaign %s is closed; nothing was stored", facts->manifest->id);
	}
	return DRP_OK;
}

/* The contribution against its own campaign: numbers, threshold, variance. */
static enum drp_err judge_content(const struct drp_contribution *c,
	const struct drp_unit *unit, const struct drp_place_facts *facts,
	struct drp_diag *diag)
{
	const struct drp_manifest *m = facts->manifest;
	if (c->questionnaires > unit->eligible[c->group]) {
		return drp_fail(diag, DRP_E_RANGE,
			"more questionnaires than the register has eligible people; "
			"correct the "
			"register or the import");
	}
	if (c->n_values == 0) {
		return DRP_OK;
	}
	const struct drp_release *release = drp_manifest_release(
		m, (enum drp_group)c->group, DRP_FAMILY_REGION, DRP_RELEASE_CORE);
	if (!release || release->map != DRP_MAP_PAIRS ||
		c->n_values != facts->values_expected || c->sigma2 != release->sigma2) {
		return drp_fail(diag, DRP_E_MALFORMED,
			"the values are not those that campaign %s asks for", m->id);
	}
	if (c->questionnaires < m->thresholds.k_unit[c->group]) {
		return drp_fail(diag, DRP_E_TOO_FEW_SHEETS,
			"values below the threshold of %u questionnaires are never "
			"stored",
			(unsigned)m->thresholds.k_unit[c->group]);
	}
	return DRP_OK;
}

/* What is decided before anybody looks inside: DRP_VERDICT_STORE when the place is free
 * and contributions of that track are accepted. */
static enum drp_verdict judge_arrival(const struct drp_id *id,
	const struct drp_hash *hash, const struct drp_place_facts *facts, uint8_t track,
	const struct drp_unit **unit, enum drp_err *err, struct drp_diag *diag)
{
	*err = judge_place(facts, id, unit, diag);
	if (*err == DRP_OK && facts->manifest->track != track) {
		*err = drp_fail(diag, DRP_E_MALFORMED,
			"campaign %s is on the other track", facts->manifest->id);
	}
	if (*err) {
		return DRP_VERDICT_REFUSE;
	}
	if (facts->stored && facts->withdrawn) {
		*err = drp_fail(diag, DRP_E_POLICY,
			"this contribution was withdrawn; a withdrawal is final for its "
			"campaign");
		return DRP_VERDICT_REFUSE;
	}
	/* A repeat is answered whatever the state: the school needs its receipt. */
	if (facts->stored && drp_hash_equal(hash, &facts->stored_hash)) {
		return DRP_VERDICT_REPEAT;
	}
	if (facts->stored) {
		*err = drp_fail(diag, DRP_E_CONFLICT,
			"the hub already holds another contribution of this unit and "
			"group; noise "
			"is drawn once, the first one stands");
		return DRP_VERDICT_REFUSE;
	}
	*err = judge_open(facts, diag);
	return *err ? DRP_VERDICT_REFUSE : DRP_VERDICT_STORE;
}

enum drp_verdict drp_judge_submit(const struct drp_contribution *contribution,
	const struct drp_hash *hash, const struct drp_place_facts *facts,
	enum drp_err *err, struct drp_diag *diag)
{
	const struct drp_unit *unit = NULL;
	enum drp_verdict verdict = judge_arrival(
		&contribution->unit, hash, facts, DRP_TRACK_OPEN, &unit, err, diag);
	if (verdict == DRP_VERDICT_STORE) {
		*err = judge_content(contribution, unit, facts, diag);
	}
	return *err ? DRP_VERDICT_REFUSE : verdict;
}

enum drp_verdict drp_judge_report(const struct drp_report_statement *statement,
	const struct drp_hash *name, const struct drp_place_facts *facts,
	enum drp_err *err, struct drp_diag *diag)
{
	const struct drp_unit *unit = NULL;
	return judge_arrival(
		&statement->unit, name, facts, DRP_TRACK_SEALED, &unit, err, diag);
}

static enum drp_err judge_signature(const struct drp_withdrawal *withdrawal,
	const struct drp_key *school, struct drp_diag *diag)
{
	struct drp_buf statement = {0};
	enum drp_err err = drp_withdrawal_statement(withdrawal, &statement);
	err = err ? err
		  : drp_verify(school, DRP_WITHDRAWAL_TAG, statement.data, statement.len,
			    withdrawal->signature);
	drp_buf_clear(&statement);
	return err ? drp_fail(diag, err, "the school did not sign this withdrawal")
		   : DRP_OK;
}

enum drp_err drp_judge_withdraw(const struct drp_withdrawal *withdrawal,
	const struct drp_place_facts *facts, struct drp_diag *diag)
{
	const struct drp_unit *unit = NULL;
	enum drp_err err = judge_place(facts, &withdrawal->unit, &unit, diag);
	err = err ? err : judge_signature(withdrawal, facts->sender, diag);
	if (err) {
		return err;
	}
	if (facts->stored &&
		!drp_hash_equal(&withdrawal->contribution, &facts->stored_hash)) {
		return drp_fail(
			diag, DRP_E_NOTFOUND, "the hub holds no such contribution");
	}
	return facts->withdrawn ? DRP_OK : judge_open(facts, diag);
}
