/* SPDX-License-Identifier: Apache-2.0
 *
 * A hostile hub announces campaigns of its own making: weaker thresholds, less noise
 * than the charge, a budget beyond the year's, an account of another year; and one whose
 * manifest it did not sign. It has the hub's keys and may sign anything. The school's
 * coordinator approves whatever is there; still nothing leaves.
 */
#include "tests/attack/collect.h"

#include "proto/privacy/sensitivity.h"

#define SCHOOLS 5
#define EVIL	"evil"

static struct fed f;
static struct fed_school *s;
static int submits;
static uint32_t pupils = COLLECT_PUPILS; /* of the attacked school */

static int count_submits(struct fed *fed, const struct drp_buf *request)
{
	(void)fed;
	submits += collect_type(request) == DRP_MSG_SUBMIT;
	return 0;
}

/* ---- what is tampered with ---- */

typedef void tamper(struct drp_manifest *m);

static void nothing(struct drp_manifest *m)
{
	(void)m;
}

static void stricter(struct drp_manifest *m)
{
	m->thresholds.k_schools = 8;
	m->thresholds.k_unit[DRP_TEACHER] = 11;
}

static void one_questionnaire(struct drp_manifest *m)
{
	m->thresholds.k_unit[DRP_PUPIL] = 1;
}

static void two_schools(struct drp_manifest *m)
{
	m->thresholds.k_schools = 2;
}

static void one_board(struct drp_manifest *m)
{
	m->thresholds.k_boards = 1;
}

static void any_dominance(struct drp_manifest *m)
{
	m->thresholds.max_school_percent = 100;
}

static void few_respondents(struct drp_manifest *m)
{
	m->thresholds.k_respondents[DRP_TEACHER] = 1;
}

static void almost_no_noise(struct drp_manifest *m)
{
	for (uint16_t i = 0; i < m->n_releases; i++) {
		m->release[i].sigma2 = m->release[i].sigma2 ? 1 : 0;
	}
}

/* Noise that fits a sensitivity far below what the items have. */
static void small_sensitivity(struct drp_manifest *m)
{
	for (uint16_t i = 0; i < m->n_releases; i++) {
		struct drp_release *r = &m->release[i];
		if (r->delta2) {
			r->delta2 = 1;
			CHECK_OK(drp_sigma2_for(1, m->rho[r->group], &r->sigma2));
		}
	}
}

/* A budget that pays for its noise and for no privacy. */
static void any_budget(struct drp_manifest *m)
{
	for (uint16_t i = 0; i < m->n_releases; i++) {
		struct drp_release *r = &m->release[i];
		m->rho[r->group] = (struct drp_rational){100, 1};
		if (r->delta2) {
			r->rho = r->rho.num ? m->rho[r->group] : r->rho;
			CHECK_OK(drp_sigma2_for(r->delta2, m->rho[r->group], &r->sigma2));
		}
	}
}

static void no_charge(struct drp_manifest *m)
{
	for (uint16_t i = 0; i < m->n_releases; i++) {
		m->release[i].map = DRP_MAP_COUNTS;
		m->release[i].rho = (struct drp_rational){0, 1};
		m->release[i].delta2 = m->release[i].sigma2 = 0;
	}
}

static void another_year(struct drp_manifest *m)
{
	m->year++;
}

static void many_years(struct drp_manifest *m)
{
	m->period_from -= 365;
	m->year--;
	m->period_to += 365;
}

/* ---- the hub's part ---- */

/* Makes, signs and announces a campaign that the hub's own commands would refuse. */
static void announce(tamper *change, int with_signature)
{
	struct drp_campaign_row row;
	struct drp_manifest *m = NULL;
	struct drp_buf bytes = {0};
	struct drp_diag diag = {0};
	uint8_t signature[DRP_SIGNATURE_BYTES] = {1};
	char path[DRP_PATH_MAX];
	CHECK_OK(drp_hub_key_path(&f.hub, EVIL, path, &diag));
	CHECK_OK(drp_secret_key_create(path, &diag));
	CHECK_OK(drp_hub_campaign_get(f.hub.store, FED_CAMPAIGN, &row, &diag));
	CHECK_OK(drp_hub_manifest(&f.hub, &row, &m, &diag));
	snprintf(m->id, sizeof m->id, EVIL);
	change(m);
	CHECK_OK(drp_manifest_encode(m, &bytes));
	if (with_signature) {
		drp_sign(f.hub.keys, "drempel manifest 1", bytes.data, bytes.len,
			signature);
	}
	CHECK_OK(drp_hub_blob_put(f.hub.store, &m->hash, bytes.data, bytes.len, &diag));
	CHECK_OK(drp_hub_campaign_new(
		f.hub.store, EVIL, &row.instrument, "", "", fed_now(&f) / 1000, &diag));
	CHECK_OK(drp_hub_campaign_sign(
		f.hub.store, EVIL, &m->hash, signature, fed_now(&f) / 1000, &diag));
	drp_buf_clear(&bytes);
	drp_manifest_free(m);
}

/* ---- the school's part ---- */

/* What the coordinator could do if the node looked at no rules. */
static void load_without_rules(struct drp_node_work *w)
{
	struct drp_diag diag = {0};
	struct drp_buf bytes = {0};
	struct drp_key mine;
	uint8_t box[DRP_BOX_KEY_BYTES];
	memset(w, 0, sizeof *w);
	CHECK_OK(drp_node_campaign_get(s->node.store, EVIL, &w->campaign, &diag));
	CHECK_OK(drp_node_blob_get(s->node.store, &w->campaign.manifest, &bytes, &diag));
	CHECK_OK(drp_manifest_decode(bytes.data, bytes.len, &w->manifest, &diag));
	bytes.len = 0;
	CHECK_OK(drp_node_blob_get(
		s->node.store, &w->manifest->instrument, &bytes, &diag));
	CHECK_OK(drp_instrument_decode(bytes.data, bytes.len, &w->instrument));
	drp_buf_clear(&bytes);
	drp_keys_public(s->node.keys, &mine, box);
	for (uint32_t u = 0; u < w->manifest->n_units; u++) {
		const struct drp_unit *unit = &w->manifest->unit[u];
		if (!memcmp(&w->manifest->key[unit->school], &mine, sizeof mine)) {
			w->unit[unit->level] = unit;
		}
	}
}

/* Questionnaires that wait for the campaign, put there past every check. */
static void fill(uint32_t teachers)
{
	struct drp_diag diag = {0};
	struct drp_node_work w;
	const uint8_t own[DRP_OWN_ITEMS_MAX] = {0};
	load_without_rules(&w);
	CHECK_OK(drp_node_begin(s->node.store, &diag));
	for (uint32_t i = 0; i < teachers + pupils; i++) {
		int group = i < teachers ? DRP_TEACHER : DRP_PUPIL;
		struct drp_sheet sheet = {{0}};
		for (uint16_t k = 0; k < w.instrument->n_items; k++) {
			const struct drp_item *item = &w.instrument->item[k];
			if (item->kind == DRP_ITEM_CORE && item->groups >> group & 1) {
				sheet.answer[k] = (uint8_t)(1 + (i + k) % 5);
			}
		}
		CHECK_OK(drp_node_sheet_add(s->node.store, EVIL, 1, group, &sheet,
			w.instrument->n_items, own, &diag));
	}
	CHECK_OK(drp_node_window_put(
		s->node.store, EVIL, 1, FED_START_DAY - 14, FED_START_DAY - 1, &diag));
	CHECK_OK(drp_node_end(s->node.store, DRP_OK, &diag));
	drp_node_work_clear(&w);
}

static int released(void)
{
	struct drp_released *list = NULL;
	struct drp_diag diag = {0};
	size_t n = 0;
	CHECK_OK(drp_node_releases(s->node.store, EVIL, &list, &n, &diag));
	drp_free(list);
	return (int)n;
}

/* Runs a campaign as far as it goes; returns what approval said. */
static enum drp_err run(tamper *change)
{
	const struct drp_sync_options visit = {0}, push = {.push = 1};
	uint32_t approved = 0;
	collect_begin(&f, SCHOOLS, 71);
	s = &f.school[0];
	announce(change, 1);
	CHECK_OK(fed_visit(&f, s, &visit));
	fill(COLLECT_TEACHERS);
	enum drp_err err = fed_approve(&f, s, EVIL, &approved);
	submits = 0;
	CHECK_OK(collect_visit(&f, s, &push, count_submits));
	return err;
}

static void expect_refusal(const char *what, tamper *change, enum drp_err want)
{
	enum drp_err got = run(change);
	printf("# %s: %s\n", what, drp_err_name(got));
	CHECK_ERR(got, want);
	CHECK_INT(submits, 0);
	CHECK_INT(released(), 0);
	CHECK_INT(collect_charges(s), 0);
	fed_end(&f);
}

static void weaker_rules(void)
{
	expect_refusal("values of one pupil", one_questionnaire, DRP_E_POLICY);
	expect_refusal("cohorts of two schools", two_schools, DRP_E_POLICY);
	expect_refusal("cohorts of one board", one_board, DRP_E_POLICY);
	expect_refusal("no rule on dominance", any_dominance, DRP_E_POLICY);
	expect_refusal("one teacher", few_respondents, DRP_E_POLICY);
}

static void less_noise(void)
{
	expect_refusal("noise of variance 1", almost_no_noise, DRP_E_POLICY);
	expect_refusal("a sensitivity of 1", small_sensitivity, DRP_E_POLICY);
	expect_refusal("a budget of 100", any_budget, DRP_E_BUDGET);
}

static void other_accounts(void)
{
	expect_refusal("charged to next year", another_year, DRP_E_POLICY);
	expect_refusal("three years long", many_years, DRP_E_POLICY);
}

/* A campaign that draws nothing gets numbers and no values, whatever it announces. */
static void no_draw_no_values(void)
{
	struct drp_contribution *c = drp_alloc(1, sizeof *c);
	struct drp_released r;
	struct drp_buf bytes = {0};
	struct drp_diag diag = {0};
	CHECK_OK(run(no_charge));
	CHECK_INT(submits, 2);
	for (int g = DRP_TEACHER; g <= DRP_PUPIL; g++) {
		bytes.len = 0;
		CHECK_OK(drp_node_release_get(s->node.store, EVIL, 1, g, &r, &diag));
		CHECK_OK(drp_node_release_bytes(s->node.store, &r.hash, &bytes, &diag));
		CHECK_OK(drp_contribution_decode(bytes.data, bytes.len, c));
		CHECK_INT(c->n_values, 0);
	}
	drp_buf_clear(&bytes);
	drp_free(c);
	fed_end(&f);
}

static void unsigned_manifest(void)
{
	const struct drp_sync_options visit = {0}, push = {.push = 1};
	struct drp_node_work work;
	struct drp_diag diag = {0};
	collect_begin(&f, SCHOOLS, 72);
	s = &f.school[0];
	announce(nothing, 0);
	CHECK_ERR(fed_visit(&f, s, &visit), DRP_E_SIGNATURE);
	CHECK(drp_node_work_load(&s->node, EVIL, &work, &diag) != DRP_OK);
	submits = 0;
	CHECK(collect_visit(&f, s, &push, count_submits) != DRP_OK);
	CHECK_INT(submits, 0);
	fed_end(&f);
}

/* ---- the controls ---- */

static void honest_campaigns(void)
{
	CHECK_OK(run(nothing));
	CHECK_INT(submits, 2);
	CHECK_INT(collect_charges(s), 2);
	fed_end(&f);
	CHECK_OK(run(stricter));
	CHECK_INT(submits, 2);
	fed_end(&f);
}

/* The manifest of the announced campaign, past the rules. */
static enum drp_err approve_without_rules(void)
{
	struct drp_node_work w;
	struct drp_diag diag = {0};
	uint32_t approved = 0;
	load_without_rules(&w);
	enum drp_err err = drp_release_approve(&s->node, &w, NULL, 0, &approved, &diag);
	drp_node_work_clear(&w);
	return err;
}

static void without_rules(void)
{
	const struct drp_sync_options push = {.push = 1};
	struct drp_contribution *c = drp_alloc(1, sizeof *c);
	struct drp_buf bytes = {0};
	struct drp_released r;
	struct drp_diag diag = {0};
	pupils = 1;
	CHECK_ERR(run(one_questionnaire), DRP_E_POLICY);
	pupils = COLLECT_PUPILS;
	CHECK_OK(approve_without_rules());
	submits = 0;
	CHECK_OK(collect_visit(&f, s, &push, count_submits));
	CHECK_INT(submits, 2);
	CHECK_OK(drp_node_release_get(s->node.store, EVIL, 1, DRP_PUPIL, &r, &diag));
	CHECK_OK(drp_node_release_bytes(s->node.store, &r.hash, &bytes, &diag));
	CHECK_OK(drp_contribution_decode(bytes.data, bytes.len, c));
	CHECK_INT(c->questionnaires, 1);
	CHECK(c->n_values > 0); /* one child's sums, with noise and without a threshold */
	drp_buf_clear(&bytes);
	drp_free(c);
	fed_end(&f);

	/* Too little noise has the ledger against it as well. */
	CHECK_ERR(run(almost_no_noise), DRP_E_POLICY);
	CHECK_ERR(approve_without_rules(), DRP_E_RANGE);
	CHECK_INT(released(), 0);
	fed_end(&f);
}

int main(void)
{
	CASE("weaker thresholds are refused", weaker_rules);
	CASE("less noise than the charge asks for is refused", less_noise);
	CASE("a year of the hub's choice is refused", other_accounts);
	CASE("without a draw there are no values", no_draw_no_values);
	CASE("an unsigned manifest is refused", unsigned_manifest);
	CASE("control: honest and stricter campaigns are approved", honest_campaigns);
	CASE("control: past the rules one child would leave", without_rules);
	return DONE();
}
