/* SPDX-License-Identifier: Apache-2.0
 *
 * A node's own view of a manifest: a good one, then each rule broken alone.
 */
#include "proto/session/policy.h"

#include "proto/crypto/crypto.h"
#include "proto/privacy/ledger.h"
#include "proto/privacy/sensitivity.h"
#include "tests/support/check.h"
#include "tests/support/sealed_fixture.h"

#define FIRST_DAY_OF_2026 20697 /* 1 September 2026 */

static struct drp_instrument *instrument;

static struct drp_manifest good(void)
{
	struct drp_manifest m = {.id = "c",
		.year = 2026,
		.period_from = FIRST_DAY_OF_2026,
		.period_to = FIRST_DAY_OF_2026 + 90,
		.thresholds = {5, 3, 50, 70, {5, 10, 20}, {5, 10, 20}}};
	for (int g = 0; g < DRP_GROUPS; g++) {
		uint16_t items[DRP_ITEMS_MAX];
		struct drp_release r = {.group = (uint8_t)g,
			.family = DRP_FAMILY_REGION,
			.map = DRP_MAP_PAIRS,
			.rho = drp_ledger_default_rho((enum drp_group)g)};
		m.rho[g] = r.rho;
		r.delta2 = DRP_DELTA2_PAIR * (uint32_t)drp_instrument_vector(instrument,
						     (enum drp_group)g, DRP_ITEM_CORE,
						     items);
		CHECK_OK(drp_sigma2_for(r.delta2, r.rho, &r.sigma2));
		m.release[m.n_releases++] = r;
		r.family = DRP_FAMILY_PROVINCE;
		r.rho = (struct drp_rational){0, 1};
		m.release[m.n_releases++] = r;
	}
	return m;
}

static void accepts(void)
{
	struct drp_manifest m = good();
	struct drp_diag diag = {0};
	enum drp_err err = drp_policy_check(&m, instrument, &diag);
	printf("# %s\n", diag.text);
	CHECK_OK(err);
	m.thresholds.k_schools = 8; /* stricter is fine */
	m.thresholds.max_school_percent = 30;
	CHECK_OK(drp_policy_check(&m, instrument, NULL));
}

static void thresholds(void)
{
	for (int rule = 0; rule < 10; rule++) {
		struct drp_manifest m = good();
		struct drp_thresholds *t = &m.thresholds;
		uint32_t *lower[] = {&t->k_schools, &t->k_boards, &t->k_respondents[0],
			&t->k_respondents[1], &t->k_respondents[2], &t->k_unit[0],
			&t->k_unit[1], &t->k_unit[2]};
		if (rule < 8) {
			(*lower[rule])--;
		} else if (rule == 8) {
			t->max_school_percent++;
		} else {
			t->max_board_percent++;
		}
		CHECK_ERR(drp_policy_check(&m, instrument, NULL), DRP_E_POLICY);
	}
}

static void noise(void)
{
	struct drp_manifest m = good();
	m.release[2].sigma2--; /* the region's draw */
	CHECK_ERR(drp_policy_check(&m, instrument, NULL), DRP_E_POLICY);
	m = good();
	m.release[3].sigma2--; /* a family that re-uses it */
	CHECK_ERR(drp_policy_check(&m, instrument, NULL), DRP_E_POLICY);
	m = good();
	m.release[2].delta2--;
	m.release[3].delta2--;
	CHECK_ERR(drp_policy_check(&m, instrument, NULL), DRP_E_POLICY);
	m = good();
	m.release[3].map = DRP_MAP_HISTOGRAM; /* not what was drawn */
	CHECK_ERR(drp_policy_check(&m, instrument, NULL), DRP_E_POLICY);
	m = good();
	m.release[2].rho = (struct drp_rational){0, 1}; /* nothing is charged at all */
	CHECK_ERR(drp_policy_check(&m, instrument, NULL), DRP_E_POLICY);
}

static void budget(void)
{
	struct drp_manifest m = good();
	m.rho[DRP_TEACHER] = (struct drp_rational){1, 100};
	CHECK_ERR(drp_policy_check(&m, instrument, NULL), DRP_E_BUDGET);
	m = good();
	m.rho[DRP_TEACHER] = m.release[2].rho =
		(struct drp_rational){1, 1}; /* over a year's cap */
	CHECK_ERR(drp_policy_check(&m, instrument, NULL), DRP_E_BUDGET);
}

static void year(void)
{
	struct drp_manifest m = good();
	m.year = 2027; /* an account of its own for the same questionnaires */
	CHECK_ERR(drp_policy_check(&m, instrument, NULL), DRP_E_POLICY);
	m = good();
	m.period_from--; /* begins in the year before */
	CHECK_ERR(drp_policy_check(&m, instrument, NULL), DRP_E_POLICY);
	m = good();
	m.period_to = m.period_from + DRP_PERIOD_MAX_DAYS;
	CHECK_OK(drp_policy_check(&m, instrument, NULL));
	m.period_to++;
	CHECK_ERR(drp_policy_check(&m, instrument, NULL), DRP_E_POLICY);
	m.period_to = m.period_from - 1;
	CHECK_ERR(drp_policy_check(&m, instrument, NULL), DRP_E_POLICY);
}

/* ---- the sealed track ---- */

static struct sealed_fixture sealed;

static enum drp_err check_sealed(const struct drp_manifest *m)
{
	struct drp_diag diag = {0};
	enum drp_err err = drp_policy_check(m, &sealed.instrument, &diag);
	if (err) {
		printf("# %s\n", diag.text);
	}
	return err;
}

static void sealed_accepts(void)
{
	CHECK_OK(check_sealed(&sealed.manifest));
}

static void sealed_noise(void)
{
	for (uint16_t i = 0; i < sealed.manifest.n_releases; i++) {
		struct drp_manifest m = sealed.manifest;
		struct drp_release *r = &m.release[i];
		if (r->map == DRP_MAP_COUNTS) {
			continue;
		}
		r->sigma2--;
		CHECK_ERR(check_sealed(&m), DRP_E_POLICY);
		r->sigma2 += 2; /* more noise is fine */
		CHECK_OK(check_sealed(&m));
		r->delta2--;
		CHECK_ERR(check_sealed(&m), DRP_E_POLICY);
		r->delta2++;
		r->rho = (struct drp_rational){0, 1}; /* re-used noise is none here */
		CHECK_ERR(check_sealed(&m), DRP_E_POLICY);
	}
	/* As an open campaign would: a second family with the region's draw. */
	struct drp_manifest m = sealed.manifest;
	uint8_t family = m.release[6].family;
	CHECK(m.release[3].group == m.release[6].group &&
		m.release[3].family == DRP_FAMILY_REGION);
	m.release[6] = m.release[3];
	m.release[6].family = family;
	m.release[6].rho = (struct drp_rational){0, 1};
	CHECK_ERR(check_sealed(&m), DRP_E_POLICY);
}

/* Pupils are asked no additional items. */
static void sealed_items(void)
{
	struct drp_manifest m = sealed.manifest;
	struct drp_release *r = &m.release[m.n_releases - 1];
	CHECK_INT(r->group, DRP_PUPIL);
	r->items = DRP_RELEASE_ADDITIONAL;
	CHECK_ERR(check_sealed(&m), DRP_E_POLICY);
	m = sealed.manifest;
	r->map = DRP_MAP_TICKS;
	r->items = DRP_RELEASE_TICKS;
	CHECK_ERR(check_sealed(&m), DRP_E_POLICY);
	/* A map that asks for more than was declared. */
	r->map = DRP_MAP_PAIRS;
	r->items = DRP_RELEASE_CORE;
	CHECK_ERR(check_sealed(&m), DRP_E_POLICY);
}

static void sealed_budget(void)
{
	struct drp_manifest m = sealed.manifest;
	/* Every release is charged: what was over for one is spent by the other. */
	m.release[6].rho = (struct drp_rational){243559, 10000000};
	CHECK_ERR(check_sealed(&m), DRP_E_BUDGET);
	m = sealed.manifest;
	m.rho[DRP_LEADER] = (struct drp_rational){1, 1};
	CHECK_ERR(check_sealed(&m), DRP_E_BUDGET);
	m = sealed.manifest;
	m.thresholds.k_boards--;
	CHECK_ERR(check_sealed(&m), DRP_E_POLICY);
	m = sealed.manifest;
	m.year++;
	CHECK_ERR(check_sealed(&m), DRP_E_POLICY);
}

/* One group with a region is enough; none is not. */
static void sealed_region(void)
{
	struct drp_unit units[SEALED_UNITS];
	struct drp_manifest m = sealed.manifest;
	memcpy(units, m.unit, sizeof units);
	m.unit = units;
	for (int g = 0; g < DRP_GROUPS; g++) {
		CHECK_OK(check_sealed(&m));
		for (int u = 4; u < SEALED_UNITS; u++) {
			units[u].eligible[g] = 0;
		}
	}
	CHECK_ERR(check_sealed(&m), DRP_E_TOO_FEW_SCHOOLS);
}

static void sealed_sizes(void)
{
	static struct drp_instrument in;
	struct drp_unit units[SEALED_UNITS];
	struct drp_manifest m = sealed.manifest;
	in = sealed.instrument;
	in.n_items = 200;
	for (int i = FIXTURE_ITEMS; i < 200; i++) {
		in.item[i] = in.item[B1]; /* of everybody; codes do not matter here */
	}
	memcpy(units, m.unit, sizeof units);
	units[0].eligible[DRP_PUPIL] = DRP_UNIT_ELIGIBLE_MAX / 4;
	m.unit = units;
	m.n_releases = 0;
	CHECK_ERR(drp_policy_check(&m, &in, NULL), DRP_E_TOOBIG);
	units[0].eligible[DRP_PUPIL] = 0;
	CHECK_OK(drp_policy_check(&m, &in, NULL));
}

/* Fifteen cohorts of six schools each, with a thousand values of each to be released. */
static void sealed_openings(void)
{
	static struct drp_instrument in;
	static struct drp_unit units[90];
	static struct drp_key keys[90];
	struct drp_manifest m = sealed.manifest;
	m.unit = units;
	m.key = keys;
	m.n_units = m.n_schools = m.n_boards = 90;
	for (uint32_t u = 0; u < m.n_units; u++) {
		units[u] = (struct drp_unit){.school = u,
			.board = u,
			.level = (uint8_t)(1 + u % 5),
			.province = (uint8_t)(1 + u / 5 % 3),
			.network = DRP_GO,
			.eligible = {9, 9, 9}};
		memset(units[u].id.b, (int)u, sizeof units[u].id.b);
	}
	in = sealed.instrument;
	in.n_items = 190;
	for (int i = FIXTURE_ITEMS; i < in.n_items; i++) {
		in.item[i] = in.item[B1];
	}
	m.release[0] = (struct drp_release){.group = DRP_PUPIL,
		.family = DRP_FAMILY_PROVINCE_LEVEL,
		.map = DRP_MAP_HISTOGRAM,
		.rho = {1, 100},
		.delta2 = 190,
		.sigma2 = 9500};
	m.n_releases = 1;
	CHECK_ERR(drp_policy_check(&m, &in, NULL), DRP_E_TOOBIG);
	in.n_items = 150;
	CHECK_OK(drp_policy_check(&m, &in, NULL));
}

int main(void)
{
	struct drp_diag diag = {0};
	CHECK_OK(drp_crypto_init());
	CHECK_OK(drp_instrument_load(
		DRP_SOURCE_DIR "/deploy/instruments/selfie.yaml", &instrument, &diag));
	CASE("the default campaign is accepted, a stricter one too", accepts);
	CASE("no threshold may be weaker", thresholds);
	CASE("no release may have less noise than its charge asks for", noise);
	CASE("no release may spend more than the budget or the cap", budget);
	CASE("the school year is that of the period, of a year at most", year);
	sealed_fixture_make(&sealed);
	CASE("a sealed campaign is accepted", sealed_accepts);
	CASE("each of its releases has the noise of its own charge", sealed_noise);
	CASE("each of its releases has items and a map that fits them", sealed_items);
	CASE("its releases spend the budget together", sealed_budget);
	CASE("its plan opens the region of one group at least", sealed_region);
	CASE("its reports fit a message", sealed_sizes);
	CASE("an opening of each of its releases fits a message", sealed_openings);
	sealed_fixture_free(&sealed);
	drp_instrument_free(instrument);
	return DONE();
}
