/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/audit/audit_checks.h"
#include "hub/tables/observations.h"
#include "proto/base/alloc.h"
#include "proto/model/codes.h"
#include "proto/privacy/rational.h"
#include "proto/privacy/sensitivity.h"
#include "proto/session/edition_build.h"

#include <stdlib.h>
#include <string.h>

#define SE_UNRELIABLE 0.15

/* ---- the edition as bytes ---- */

/* Every edition's bytes have the hash that names them; the newest is decoded. */
int drp_audit_edition_hash(struct drp_evidence *e)
{
	struct drp_diag diag = {0};
	struct drp_hash stored, hash;
	enum drp_err err = drp_hub_edition_get(
		e->hub->store, e->row.id, 0, &stored, &e->edition_bytes, &diag);
	err = err ? err
		  : drp_edition_decode(
			    e->edition_bytes.data, e->edition_bytes.len, &e->edition);
	if (err) {
		return drp_audit_say(e, 0, "the edition cannot be read: %s",
			diag.text[0] ? diag.text : drp_err_text(err));
	}
	for (uint32_t i = e->edition->number; i > 0; i--) {
		struct drp_buf bytes = {0};
		err = drp_hub_edition_get(
			e->hub->store, e->row.id, i, &stored, &bytes, &diag);
		drp_hash_bytes(bytes.data, bytes.len, &hash);
		drp_buf_clear(&bytes);
		if (err || !drp_hash_equal(&hash, &stored)) {
			return drp_audit_say(e, 0, "edition %u is %s", i,
				err ? "missing" : "not what its hash names");
		}
	}
	return drp_audit_say(e, 1, "%u edition%s, bytes as named", e->edition->number,
		e->edition->number == 1 ? "" : "s");
}

int drp_audit_edition_identity(struct drp_evidence *e)
{
	struct drp_buf again = {0};
	const struct drp_edition *edition = e->edition;
	enum drp_err err = drp_edition_encode(e->edition, &again);
	int canonical = err == DRP_OK && again.len == e->edition_bytes.len &&
			memcmp(again.data, e->edition_bytes.data, again.len) == 0;
	drp_buf_clear(&again);
	int own = strcmp(edition->campaign, e->row.id) == 0 &&
		  drp_hash_equal(&edition->manifest, &e->manifest->hash);
	return drp_audit_say(e, canonical && own, "%s",
		!canonical ? "its bytes are not in the canonical form"
		: !own	   ? "it is of another campaign or manifest"
			   : "canonical, of this campaign's manifest");
}

static enum drp_err build_again(struct drp_evidence *e, int64_t created_s,
	struct drp_edition **again, struct drp_diag *diag)
{
	if (drp_audit_is_sealed(e)) {
		return e->exchanged
			       ? drp_audit_build_sealed(e, created_s, again, diag)
			       : drp_fail(diag, DRP_E_STATE,
					 "not checked, since what it rests on failed");
	}
	const struct drp_gathered gathered = {
		e->manifest, e->instrument, e->gathering.table};
	return drp_edition_build(&gathered, 1, created_s, again, diag);
}

/* The opening, done again: edition 1 follows from the contributions alone, on the sealed
 * track from what both sides opened of them. */
int drp_audit_edition_rebuilt(struct drp_evidence *e)
{
	struct drp_edition *first = NULL, *again = NULL;
	struct drp_buf bytes = {0}, rebuilt = {0};
	struct drp_hash hash;
	struct drp_diag diag = {0};
	if (!e->gathered && !drp_audit_is_sealed(e)) {
		return e->row.state == DRP_CAMPAIGN_FROZEN
			       ? drp_audit_say(e, 1,
					 "no longer possible, contributions are erased")
			       : drp_audit_say(e, 0,
					 "not checked, contributions are unreadable");
	}
	enum drp_err err =
		drp_hub_edition_get(e->hub->store, e->row.id, 1, &hash, &bytes, &diag);
	err = err ? err : drp_edition_decode(bytes.data, bytes.len, &first);
	err = err ? err : build_again(e, first->created_s, &again, &diag);
	err = err ? err : drp_edition_encode(again, &rebuilt);
	int same = err == DRP_OK && rebuilt.len == bytes.len &&
		   memcmp(rebuilt.data, bytes.data, bytes.len) == 0;
	drp_edition_free(first);
	drp_edition_free(again);
	drp_buf_clear(&bytes);
	drp_buf_clear(&rebuilt);
	return drp_audit_say(e, same, "%s",
		same  ? "what was opened gives the same bytes again"
		: err ? (diag.text[0] ? diag.text : drp_err_text(err))
		      : "what was opened gives another edition");
}

/* ---- what its rows may say (R48) ---- */

/* Codes joined by '+', or _T. */
static int is_code(const char *text, int (*value_of)(const char *code))
{
	if (strcmp(text, "_T") == 0) {
		return 1;
	}
	for (;;) {
		char code[DRP_COHORT_CODE] = "";
		size_t n = strcspn(text, "+");
		memcpy(code, text, n < sizeof code ? n : sizeof code - 1);
		if (value_of(code) < 0) {
			return 0;
		}
		if (!text[n]) {
			return 1;
		}
		text += n + 1;
	}
}

static int level_of(const char *code)
{
	return strcmp(code, "34") == 0 ? 34 : drp_level_of(code);
}

static int is_area(const struct drp_instrument *in, const char *code)
{
	for (int a = 0; a < in->n_areas; a++) {
		if (strcmp(in->area[a].code, code) == 0) {
			return 1;
		}
	}
	return strcmp(code, "_T") == 0;
}

static int is_measure(const char *code)
{
	static const char *const known[] = {"schools", "registered", "eligible",
		"invited", "questionnaires", "coverage", "mean", "share_1", "share_2",
		"share_3", "share_4", "share_5", "share_na", "share_ticked"};
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		if (strcmp(known[i], code) == 0) {
			return 1;
		}
	}
	return 0;
}

/* Empty, or a plain decimal. */
static int is_number(const char *text)
{
	size_t sign = text[0] == '-';
	size_t whole = strspn(text + sign, "0123456789");
	const char *rest = text + sign + whole;
	if (!*text) {
		return 1;
	}
	if (whole == 0) {
		return 0;
	}
	size_t decimals = *rest == '.' ? strspn(rest + 1, "0123456789") : 0;
	return !*rest || (decimals && !rest[1 + decimals]);
}

static int is_known(const struct drp_instrument *in, const struct drp_observation *o)
{
	return is_code(o->province, drp_province_of) && is_code(o->level, level_of) &&
	       is_code(o->network, drp_network_of) && is_area(in, o->area) &&
	       (strcmp(o->item, "_T") == 0 || drp_instrument_item(in, o->item) >= 0) &&
	       is_measure(o->measure) && is_number(o->value) && is_number(o->se) &&
	       is_number(o->low) && is_number(o->high) && is_number(o->n) &&
	       is_number(o->schools) && strchr(" cuxz", o->status) && o->status;
}

/* Rows of nothing but known codes and numbers have no room for a school. The rest of an
 * edition are numbers, and the two names that its identity is checked by. */
int drp_audit_vocabulary(struct drp_evidence *e)
{
	for (size_t i = 0; i < e->edition->n_observations; i++) {
		if (!is_known(e->instrument, &e->edition->observation[i])) {
			return drp_audit_say(
				e, 0, "row %zu holds something that is no code", i + 1);
		}
	}
	return drp_audit_say(e, 1, "%zu rows hold only known codes and numbers",
		e->edition->n_observations);
}

/* ---- thresholds and statuses ---- */

static uint64_t number(const char *text)
{
	return strtoull(text, NULL, 10);
}

/* A row with a value, against gates A and B. Numbers of schools of one-way families are
 * public whatever their size. */
static int is_large_enough(
	const struct drp_thresholds *t, const struct drp_observation *o)
{
	if (o->group == DRP_GROUPS) {
		return o->family != DRP_FAMILY_PROVINCE_LEVEL ||
		       number(o->schools) >= t->k_schools;
	}
	if (number(o->schools) < t->k_schools) {
		return 0;
	}
	const char *n = strcmp(o->measure, "questionnaires") == 0 ? o->value : o->n;
	return !n[0] || number(n) >= t->k_respondents[o->group];
}

int drp_audit_thresholds(struct drp_evidence *e)
{
	size_t values = 0;
	for (size_t i = 0; i < e->edition->n_observations; i++) {
		const struct drp_observation *o = &e->edition->observation[i];
		values += o->value[0] != 0;
		if (o->value[0] && !is_large_enough(&e->manifest->thresholds, o)) {
			return drp_audit_say(e, 0,
				"row %zu (%s, %s) has a value below a threshold", i + 1,
				drp_family_code(o->family), o->measure);
		}
	}
	return drp_audit_say(e, 1, "none of %zu values is below one", values);
}

static int status_fits(const struct drp_observation *o)
{
	int empty = !o->value[0] && !o->se[0] && !o->low[0] && !o->high[0] && !o->n[0] &&
		    !o->schools[0];
	int unreliable =
		strcmp(o->measure, "mean") == 0 && strtod(o->se, NULL) > SE_UNRELIABLE;
	switch (o->status) {
	case DRP_SHOWN:
	case DRP_UNRELIABLE:
		return o->value[0] && o->schools[0] &&
		       unreliable == (o->status == DRP_UNRELIABLE);
	default:
		return empty;
	}
}

int drp_audit_suppressed(struct drp_evidence *e)
{
	size_t suppressed = 0;
	for (size_t i = 0; i < e->edition->n_observations; i++) {
		const struct drp_observation *o = &e->edition->observation[i];
		suppressed += o->status == DRP_SUPPRESSED;
		if (!status_fits(o)) {
			return drp_audit_say(e, 0,
				"row %zu has a status that does not fit its values",
				i + 1);
		}
	}
	return drp_audit_say(e, 1, "%zu, all empty; every other status fits", suppressed);
}

/* ---- budget ---- */

/* The release that an entry of the accounting is about. On the open track one draw serves
 * every family. */
static const struct drp_release *accounted(
	const struct drp_evidence *e, const struct drp_accounting *a)
{
	const struct drp_manifest *m = e->manifest;
	for (size_t i = 0; i < m->n_releases; i++) {
		const struct drp_release *r = &m->release[i];
		int family = a->family == DRP_FAMILIES ? DRP_FAMILY_REGION : a->family;
		if (r->group == a->group && r->family == family && r->map == a->map &&
			r->delta2 == a->delta2 && r->sigma2 == a->sigma2 &&
			drp_rational_cmp(r->rho, a->rho) == 0) {
			return r;
		}
	}
	return NULL;
}

/* Independent draws behind the entry's values; open track, before the freeze. */
static int draws_fit(const struct drp_evidence *e, const struct drp_accounting *a)
{
	uint32_t draws = 0, n = e->manifest->n_units;
	for (uint32_t u = 0; e->gathered && u < n; u++) {
		const struct drp_contribution *c =
			e->gathering.table[(size_t)a->group * n + u];
		draws += c && c->n_values > 0;
	}
	return drp_audit_is_sealed(e) ? a->draws == 0 || a->draws == 2
				      : !e->gathered || draws == a->draws;
}

/* What was released of a group costs its budget, with the noise that this asks for. */
static int group_budget(const struct drp_evidence *e, int group)
{
	const struct drp_manifest *m = e->manifest;
	struct drp_rational sum = {0, 1};
	int ok = 1;
	for (size_t i = 0; i < e->edition->n_accounting; i++) {
		const struct drp_accounting *a = &e->edition->accounting[i];
		uint32_t sigma2 = 0;
		if (a->group != group) {
			continue;
		}
		ok &= accounted(e, a) && draws_fit(e, a) &&
		      (a->rho.num == 0 ||
			      (drp_sigma2_for(a->delta2, a->rho, &sigma2) == DRP_OK &&
				      sigma2 == a->sigma2)) &&
		      drp_rational_add(sum, a->rho, &sum) == DRP_OK;
	}
	int due = drp_manifest_release(m, (enum drp_group)group, DRP_FAMILY_REGION,
			  DRP_RELEASE_CORE) != NULL;
	return ok && drp_rational_cmp(
			     sum, due ? m->rho[group] : (struct drp_rational){0, 1}) == 0;
}

int drp_audit_budget(struct drp_evidence *e)
{
	for (int g = 0; g < DRP_GROUPS; g++) {
		if (!group_budget(e, g)) {
			return drp_audit_say(e, 0,
				"the releases of group %s do not add up to its budget, "
				"or their noise does not fit it",
				drp_group_code(g));
		}
	}
	return drp_audit_say(
		e, 1, "the releases of each group add up to its rho, sigma2 fits");
}
