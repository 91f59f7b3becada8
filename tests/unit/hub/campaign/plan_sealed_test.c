/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/campaign/plan_sealed.h"

#include "proto/base/alloc.h"
#include "proto/crypto/crypto.h"
#include "proto/model/vector.h"
#include "proto/privacy/ledger.h"
#include "proto/privacy/rational.h"
#include "proto/privacy/sensitivity.h"
#include "tests/support/check.h"

static struct drp_instrument *in;
static struct drp_manifest m;
static struct drp_diag diag;

static void begin(void)
{
	memset(&m, 0, sizeof m);
	diag = (struct drp_diag){0};
	CHECK_OK(drp_crypto_init());
	CHECK_OK(drp_instrument_load(
		DRP_SOURCE_DIR "/deploy/instruments/selfie.yaml", &in, &diag));
	m.track = DRP_TRACK_SEALED;
	for (int g = 0; g < DRP_GROUPS; g++) {
		m.rho[g] = drp_ledger_default_rho((enum drp_group)g);
	}
}

static void end(void)
{
	drp_instrument_free(in);
}

static const struct drp_release *release(int group, int family, int items)
{
	return drp_manifest_release(&m, (enum drp_group)group, (enum drp_family)family,
		(enum drp_release_items)items);
}

/* rho of the release is num/den of the group's budget, exactly. */
static void check_part(int group, int family, int items, int64_t num, int64_t den)
{
	const struct drp_release *r = release(group, family, items);
	struct drp_rational part;
	uint32_t sigma2;
	CHECK(r != NULL);
	CHECK_OK(drp_rational_make(num, den, &part));
	CHECK_OK(drp_rational_mul(part, m.rho[group], &part));
	CHECK_INT(drp_rational_cmp(r->rho, part), 0);
	CHECK_OK(drp_sigma2_for(r->delta2, r->rho, &sigma2));
	CHECK_INT(r->sigma2, sigma2);
}

static void check_sums(void)
{
	for (int g = 0; g < DRP_GROUPS; g++) {
		struct drp_rational sum = {0, 1};
		for (uint16_t i = 0; i < m.n_releases; i++) {
			struct drp_vector vector;
			const struct drp_release *r = &m.release[i];
			drp_vector_make(&vector, in, (enum drp_group)r->group);
			if (r->map == DRP_MAP_COUNTS) {
				CHECK_INT(r->rho.num, 0);
				CHECK_INT(r->delta2 + r->sigma2, 0);
			} else {
				CHECK_INT(r->delta2, drp_release_delta2(&vector, r));
			}
			if (r->group == g) {
				CHECK_OK(drp_rational_add(sum, r->rho, &sum));
			}
		}
		CHECK_INT(drp_rational_cmp(sum, m.rho[g]), 0);
	}
}

static void teachers_and_pupils_share_by_the_table(void)
{
	begin();
	CHECK_OK(drp_plan_sealed(in, &m, &diag));
	check_sums();
	check_part(DRP_TEACHER, DRP_FAMILY_REGION, DRP_RELEASE_CORE, 22, 100);
	check_part(DRP_TEACHER, DRP_FAMILY_PROVINCE, DRP_RELEASE_CORE, 35, 100);
	check_part(DRP_TEACHER, DRP_FAMILY_LEVEL, DRP_RELEASE_CORE, 20, 100);
	check_part(DRP_TEACHER, DRP_FAMILY_NETWORK, DRP_RELEASE_CORE, 15, 100);
	CHECK_INT(release(DRP_TEACHER, DRP_FAMILY_REGION, DRP_RELEASE_CORE)->map,
		DRP_MAP_HISTOGRAM);
	CHECK_INT(release(DRP_TEACHER, DRP_FAMILY_PROVINCE_LEVEL, DRP_RELEASE_CORE)->map,
		DRP_MAP_COUNTS);
	check_part(DRP_PUPIL, DRP_FAMILY_REGION, DRP_RELEASE_CORE, 11, 100);
	check_part(DRP_PUPIL, DRP_FAMILY_REGION, DRP_RELEASE_ADDITIONAL, 4, 100);
	check_part(DRP_PUPIL, DRP_FAMILY_PROVINCE, DRP_RELEASE_CORE, 30, 100);
	check_part(DRP_PUPIL, DRP_FAMILY_LEVEL, DRP_RELEASE_CORE, 15, 100);
	check_part(DRP_PUPIL, DRP_FAMILY_NETWORK, DRP_RELEASE_CORE, 15, 100);
	check_part(DRP_PUPIL, DRP_FAMILY_PROVINCE_LEVEL, DRP_RELEASE_CORE, 25, 100);
	end();
}

/* Releases of one vector have the same noise in each of their values. */
static void what_is_drawn_together_has_the_same_noise(void)
{
	begin();
	CHECK_OK(drp_plan_sealed(in, &m, &diag));
	const struct drp_release *a =
		release(DRP_TEACHER, DRP_FAMILY_REGION, DRP_RELEASE_ADDITIONAL);
	const struct drp_release *b =
		release(DRP_TEACHER, DRP_FAMILY_REGION, DRP_RELEASE_TICKS);
	CHECK(a && b);
	CHECK_INT(a->sigma2, b->sigma2);
	check_part(DRP_TEACHER, DRP_FAMILY_REGION, DRP_RELEASE_ADDITIONAL,
		8 * (int64_t)a->delta2, 100 * (int64_t)(a->delta2 + b->delta2));
	a = release(DRP_LEADER, DRP_FAMILY_REGION, DRP_RELEASE_CORE);
	b = release(DRP_LEADER, DRP_FAMILY_REGION, DRP_RELEASE_TICKS);
	CHECK(a && b);
	CHECK_INT(a->map, DRP_MAP_PAIRS);
	CHECK_INT(a->sigma2, b->sigma2);
	check_part(DRP_LEADER, DRP_FAMILY_REGION, DRP_RELEASE_CORE, a->delta2,
		a->delta2 + b->delta2);
	CHECK(release(DRP_LEADER, DRP_FAMILY_REGION, DRP_RELEASE_ADDITIONAL) == NULL);
	for (int f = DRP_FAMILY_PROVINCE; f < DRP_FAMILIES; f++) {
		CHECK_INT(release(DRP_LEADER, f, DRP_RELEASE_CORE)->map, DRP_MAP_COUNTS);
	}
	end();
}

/* What a group is not asked leaves its share to the region's core items. */
static void nothing_of_the_budget_is_left_over(void)
{
	begin();
	for (uint16_t i = 0; i < in->n_items; i++) {
		if (in->item[i].kind == DRP_ITEM_ADDITIONAL) {
			in->item[i].kind = DRP_ITEM_OPTIONAL;
		}
	}
	CHECK_OK(drp_plan_sealed(in, &m, &diag));
	check_sums();
	check_part(DRP_TEACHER, DRP_FAMILY_REGION, DRP_RELEASE_CORE, 30, 100);
	check_part(DRP_PUPIL, DRP_FAMILY_REGION, DRP_RELEASE_CORE, 15, 100);
	check_part(DRP_LEADER, DRP_FAMILY_REGION, DRP_RELEASE_CORE, 1, 1);
	for (uint16_t i = 0; i < m.n_releases; i++) {
		CHECK_INT(m.release[i].items, DRP_RELEASE_CORE);
	}
	end();
}

static void a_group_that_is_asked_nothing_has_no_releases(void)
{
	begin();
	for (uint16_t i = 0; i < in->n_items; i++) {
		in->item[i].groups = (uint8_t)(in->item[i].groups & ~(1u << DRP_TEACHER));
	}
	CHECK_OK(drp_plan_sealed(in, &m, &diag));
	for (uint16_t i = 0; i < m.n_releases; i++) {
		CHECK(m.release[i].group != DRP_TEACHER);
	}
	CHECK(m.n_releases > 0);
	end();
}

/* One cohort of 100 units: two draws of sigma2 behind a sum of 1000 questionnaires with
 * valid rate .95; a histogram's sum has ten times the variance of one of its counts. */
static void the_expected_error_counts_two_draws(void)
{
	struct drp_unit unit[100] = {{.id = {{0}}}};
	struct drp_buf report = {0};
	begin();
	for (int u = 0; u < 100; u++) {
		unit[u] = (struct drp_unit){.level = 1,
			.province = DRP_BE21,
			.network = DRP_GO,
			.eligible = {20, 20, 20}};
	}
	m.unit = unit;
	m.n_units = 100;
	m.thresholds.k_respondents[DRP_PUPIL] = 20;
	m.n_releases = 3;
	m.release[0] = (struct drp_release){.group = DRP_PUPIL,
		.family = DRP_FAMILY_PROVINCE,
		.map = DRP_MAP_SUMS,
		.sigma2 = 451250};
	m.release[1] = m.release[0];
	m.release[1].family = DRP_FAMILY_REGION;
	m.release[1].map = DRP_MAP_HISTOGRAM;
	m.release[1].sigma2 = 45125;
	m.release[2] = (struct drp_release){
		.group = DRP_LEADER, .family = DRP_FAMILY_LEVEL, .map = DRP_MAP_COUNTS};
	drp_plan_sealed_expect(&m, 0.5, &report);
	CHECK_STR(drp_buf_string(&report),
		"pupil    province        1.000 to 1.000  (unreliable)\n"
		"pupil    region          1.000 to 1.000  (unreliable)\n"
		"leader   level           numbers only\n");
	report.len = 0;
	drp_plan_sealed_expect(&m, 0.001, &report);
	CHECK(strstr(drp_buf_string(&report), "no cohort reaches") != NULL);
	drp_buf_clear(&report);
	end();
}

int main(void)
{
	CASE("teachers and pupils share by the table",
		teachers_and_pupils_share_by_the_table);
	CASE("what is drawn together has the same noise",
		what_is_drawn_together_has_the_same_noise);
	CASE("nothing of the budget is left over", nothing_of_the_budget_is_left_over);
	CASE("a group that is asked nothing has no releases",
		a_group_that_is_asked_nothing_has_no_releases);
	CASE("the expected error counts two draws", the_expected_error_counts_two_draws);
	return DONE();
}
