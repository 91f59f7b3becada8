/* SPDX-License-Identifier: Apache-2.0
 *
 * A node's own view of a manifest: a good one, then each rule broken alone.
 */
#include "proto/session/policy.h"

#include "proto/crypto/crypto.h"
#include "proto/privacy/ledger.h"
#include "proto/privacy/sensitivity.h"
#include "tests/support/check.h"

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

static void track(void)
{
	struct drp_manifest m = good();
	m.track = DRP_TRACK_SEALED;
	CHECK_ERR(drp_policy_check(&m, instrument, NULL), DRP_E_VERSION);
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
	CASE("an unknown track is refused", track);
	drp_instrument_free(instrument);
	return DONE();
}
