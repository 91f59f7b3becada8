/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/model/manifest_check.h"

#include "proto/base/alloc.h"
#include "proto/base/text.h"

#include <stdlib.h>
#include <string.h>

static enum drp_err bad(struct drp_diag *diag, const char *field, const char *why)
{
	return drp_fail(diag, DRP_E_MALFORMED,
		"the manifest's field \"%s\" is wrong: %s; tell the hub's operator",
		field, why);
}

/* One line of text for people. */
static int is_title(const char *text)
{
	for (const char *c = text; *c; c++) {
		if ((unsigned char)*c < ' ' || *c == 0x7f) {
			return 0;
		}
	}
	return text[0] && drp_utf8_valid(text, strlen(text));
}

static enum drp_err check_head(const struct drp_manifest *m, struct drp_diag *diag)
{
	if (!drp_code_valid(m->id, sizeof m->id)) {
		return bad(diag, "id",
			"a code of letters, digits, '_', '-' and '.' is expected");
	}
	if (!is_title(m->title)) {
		return bad(diag, "title", "one line of text is expected");
	}
	if (!drp_code_valid(m->region, sizeof m->region)) {
		return bad(diag, "region", "a code is expected");
	}
	if (m->track > DRP_TRACK_SEALED) {
		return bad(diag, "track", "there are tracks 0 and 1");
	}
	if (m->sample > 1) {
		return bad(diag, "sample", "it is 0 or 1");
	}
	if (m->year < 1970 || m->year > 2243) {
		return bad(diag, "year", "a school year from 1970 to 2243 is expected");
	}
	if (m->period_from < 0 || m->period_to > DRP_DAY_MAX ||
		m->period_to < m->period_from) {
		return bad(diag, "to", "the period must not end before it begins");
	}
	if (m->deadline_s < 0 || m->deadline_s > (int64_t)DRP_DAY_MAX * 86400) {
		return bad(diag, "deadline", "it lies before 1970 or after 2243");
	}
	return DRP_OK;
}

static int is_zero(const uint8_t b[32])
{
	static const uint8_t zero[32];
	return memcmp(b, zero, sizeof zero) == 0;
}

/* What a sealed campaign names and an open one does not. */
static enum drp_err check_notary(const struct drp_manifest *m, struct drp_diag *diag)
{
	const struct {
		const char *field;
		const uint8_t *b;
	} fields[] = {{"notary", m->notary.b}, {"notary_box", m->notary_box},
		{"verify", m->verify.b}};
	int sealed = m->track == DRP_TRACK_SEALED;
	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
		if (is_zero(fields[i].b) == sealed) {
			return bad(diag, fields[i].field,
				sealed ? "a sealed campaign needs it"
				       : "it is zero on the open track");
		}
	}
	/* One party that held both shares would hold the counts. */
	if (sealed &&
		(memcmp(m->notary.b, m->hub.b, sizeof m->hub.b) == 0 ||
			memcmp(m->notary_box, m->hub_box, sizeof m->hub_box) == 0)) {
		return bad(diag, "notary", "it is the hub itself");
	}
	return DRP_OK;
}

static enum drp_err check_thresholds(
	const struct drp_thresholds *t, struct drp_diag *diag)
{
	int good = t->k_schools >= 1 && t->k_schools <= DRP_SCHOOLS_MAX &&
		   t->k_boards >= 1 && t->k_boards <= DRP_SCHOOLS_MAX &&
		   t->max_school_percent >= 1 && t->max_school_percent <= 100 &&
		   t->max_board_percent >= 1 && t->max_board_percent <= 100;
	for (int g = 0; g < DRP_GROUPS; g++) {
		good = good && t->k_respondents[g] >= 1 &&
		       t->k_respondents[g] <= DRP_UNIT_ELIGIBLE_MAX &&
		       t->k_unit[g] >= 1 && t->k_unit[g] <= DRP_UNIT_ELIGIBLE_MAX;
	}
	return good ? DRP_OK
		    : bad(diag, "thresholds",
			      "each is at least 1, and a percentage at most 100");
}

static int is_reduced(struct drp_rational r)
{
	int64_t a = r.num, b = r.den;
	if (a < 0 || b < 1) {
		return 0;
	}
	while (b) {
		int64_t rest = a % b;
		a = b;
		b = rest;
	}
	return a == 1;
}

static enum drp_err check_budget(const struct drp_manifest *m, struct drp_diag *diag)
{
	for (int g = 0; g < DRP_GROUPS; g++) {
		if (!is_reduced(m->rho[g]) || m->rho[g].num == 0) {
			return bad(
				diag, "rho", "positive reduced fractions are expected");
		}
	}
	return DRP_OK;
}

/* Tick boxes have no points and are nothing but ticked or not; counts need no noise. On
 * the open track a release other than the region's may cost nothing: it re-uses the noise
 * that is charged there. */
static int release_is_good(const struct drp_manifest *m, const struct drp_release *r)
{
	int good = r->group < DRP_GROUPS && r->family < DRP_FAMILIES &&
		   r->map < DRP_MAPS && r->items < DRP_RELEASE_ITEMS &&
		   (r->items == DRP_RELEASE_TICKS) == (r->map == DRP_MAP_TICKS) &&
		   is_reduced(r->rho);
	if (r->map == DRP_MAP_COUNTS) {
		return good && r->rho.num == 0 && r->delta2 == 0 && r->sigma2 == 0;
	}
	int free = m->track == DRP_TRACK_OPEN && r->family != DRP_FAMILY_REGION;
	return good && (r->rho.num > 0 || free) && r->delta2 >= 1 &&
	       r->delta2 <= DRP_DELTA2_MAX && r->sigma2 >= 1 &&
	       r->sigma2 <= DRP_SIGMA2_MAX;
}

static enum drp_err check_releases(const struct drp_manifest *m, struct drp_diag *diag)
{
	if (m->n_releases > DRP_RELEASES_MAX) {
		return bad(diag, "releases", "there are too many");
	}
	for (size_t i = 0; i < m->n_releases; i++) {
		const struct drp_release *r = &m->release[i];
		if (!release_is_good(m, r)) {
			return bad(diag, "releases",
				"one has a code, rho, delta2 or sigma2 outside the "
				"limits");
		}
		for (size_t k = 0; k < i; k++) {
			if (m->release[k].group == r->group &&
				m->release[k].family == r->family &&
				m->release[k].items == r->items) {
				return bad(diag, "releases",
					"two are of the same group, family and kind of "
					"item");
			}
		}
	}
	return DRP_OK;
}

static enum drp_err check_folds(const struct drp_manifest *m, struct drp_diag *diag)
{
	static const uint8_t last[DRP_FAMILIES] = {[DRP_FAMILY_PROVINCE] = DRP_PROVINCES,
		[DRP_FAMILY_LEVEL] = DRP_LEVELS,
		[DRP_FAMILY_NETWORK] = DRP_NETWORKS,
		[DRP_FAMILY_PROVINCE_LEVEL] = DRP_LEVELS};
	if (m->n_folds > DRP_FOLDS_MAX) {
		return bad(diag, "folds", "there are too many");
	}
	for (size_t i = 0; i < m->n_folds; i++) {
		const struct drp_fold *f = &m->fold[i];
		if (f->family >= DRP_FAMILIES || f->from < 1 ||
			f->from > last[f->family] || f->into < 1 ||
			f->into > last[f->family] || f->from == f->into) {
			return bad(diag, "folds",
				"two different codes of a family are expected");
		}
	}
	return DRP_OK;
}

static int by_bytes(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct drp_key));
}

/* One key behind two schools would make two contributors of one. A school that has not
 * enrolled has no key: all zero, with which nothing verifies. */
static enum drp_err check_keys(const struct drp_manifest *m, struct drp_diag *diag)
{
	static const struct drp_key none;
	struct drp_key *sorted = drp_alloc(m->n_schools, sizeof *sorted);
	if (!sorted) {
		return drp_fail(diag, DRP_E_NOMEM, "no memory to check a manifest");
	}
	memcpy(sorted, m->key, m->n_schools * sizeof *sorted);
	qsort(sorted, m->n_schools, sizeof *sorted, by_bytes);
	int twice = 0;
	for (size_t i = 1; i < m->n_schools; i++) {
		twice |= by_bytes(&sorted[i - 1], &sorted[i]) == 0 &&
			 by_bytes(&sorted[i], &none) != 0;
	}
	drp_free(sorted);
	return twice ? bad(diag, "keys", "two schools have the same key") : DRP_OK;
}

static int unit_is_good(const struct drp_manifest *m, const struct drp_unit *u)
{
	int good = u->school < m->n_schools && u->board < m->n_boards && u->level >= 1 &&
		   u->level <= DRP_LEVELS && u->province >= 1 &&
		   u->province <= DRP_PROVINCES && u->network >= 1 &&
		   u->network <= DRP_NETWORKS;
	for (int g = 0; g < DRP_GROUPS; g++) {
		good = good && u->eligible[g] <= DRP_UNIT_ELIGIBLE_MAX;
	}
	return good;
}

/* What the units have shown of one school so far. */
struct seen {
	uint32_t board;
	uint8_t levels; /* bit l: a unit of level l */
};

static enum drp_err check_schools(const struct drp_manifest *m, struct drp_diag *diag)
{
	struct seen *seen = drp_alloc(m->n_schools, sizeof *seen);
	enum drp_err err = DRP_OK;
	if (!seen) {
		return drp_fail(diag, DRP_E_NOMEM, "no memory to check a manifest");
	}
	for (size_t i = 0; i < m->n_units && !err; i++) {
		const struct drp_unit *u = &m->unit[i];
		struct seen *school = &seen[u->school];
		if (school->levels >> u->level & 1) {
			err = bad(diag, "units", "two are of the same school and level");
		} else if (school->levels && school->board != u->board) {
			err = bad(diag, "units", "a school has two boards");
		}
		school->levels |= (uint8_t)(1u << u->level);
		school->board = u->board;
	}
	drp_free(seen);
	return err;
}

static enum drp_err check_units(const struct drp_manifest *m, struct drp_diag *diag)
{
	if (m->n_schools < 1 || m->n_schools > DRP_SCHOOLS_MAX) {
		return bad(
			diag, "keys", "one for each of 1 to 10000 schools is expected");
	}
	if (m->n_boards < 1 || m->n_boards > m->n_schools) {
		return bad(diag, "boards", "there are 1 to as many as schools");
	}
	if (m->n_units < 1 || m->n_units > DRP_UNITS_MAX) {
		return bad(diag, "ids", "one for each of 1 to 20000 units is expected");
	}
	for (size_t i = 0; i < m->n_units; i++) {
		if (!unit_is_good(m, &m->unit[i])) {
			return bad(diag, "units",
				"a school, board, label or number of eligible "
				"people is out of range");
		}
		if (i && memcmp(m->unit[i - 1].id.b, m->unit[i].id.b,
				 sizeof(struct drp_id)) >= 0) {
			return bad(diag, "ids",
				"ascending ids without repetition are expected");
		}
	}
	enum drp_err err = check_keys(m, diag);
	return err ? err : check_schools(m, diag);
}

enum drp_err drp_manifest_check(
	const struct drp_manifest *manifest, struct drp_diag *diag)
{
	static enum drp_err (*const checks[])(
		const struct drp_manifest *, struct drp_diag *) = {check_head,
		check_notary, check_budget, check_releases, check_folds, check_units};
	enum drp_err err = check_thresholds(&manifest->thresholds, diag);
	for (size_t i = 0; i < sizeof checks / sizeof checks[0] && !err; i++) {
		err = checks[i](manifest, diag);
	}
	return err;
}
