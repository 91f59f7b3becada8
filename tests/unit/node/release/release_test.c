/* SPDX-License-Identifier: Apache-2.0
 *
 * What leaves a school: the threshold, one draw, one charge, and all the reasons why
 * nothing does. A refused approval leaves the node as it was.
 */
#include "node/release/release.h"

#include "proto/privacy/rational.h"
#include "tests/support/federation.h"

#define SCHOOLS	       5
#define TEACHER_VALUES (2 * 40)
#define PUPIL_VALUES   (2 * 15)

static struct fed f;
static struct fed_school *s = &f.school[0];

static void begin(void)
{
	const struct drp_sync_options visit = {0};
	fed_begin(&f, SCHOOLS, 60, 1);
	/* The system's randomness would do; this one does the same on every run. */
	s->node.rng = f.rng;
	CHECK_OK(fed_visit(&f, s, &visit));
}

static struct drp_released release_of(int group)
{
	struct drp_released r = {0};
	CHECK_OK(drp_node_release_get(s->node.store, FED_CAMPAIGN, 1, group, &r, NULL));
	return r;
}

static struct drp_contribution *sent(int group)
{
	static struct drp_contribution c;
	struct drp_released r = release_of(group);
	struct drp_buf bytes = {0};
	struct drp_hash hash;
	CHECK_OK(drp_node_release_bytes(s->node.store, &r.hash, &bytes, NULL));
	drp_hash_bytes(bytes.data, bytes.len, &hash);
	CHECK_MEM(&hash, &r.hash, sizeof hash);
	CHECK_OK(drp_contribution_decode(bytes.data, bytes.len, &c));
	drp_buf_clear(&bytes);
	return &c;
}

static size_t ledger(struct drp_ledger_row row[4])
{
	struct drp_ledger_row *rows = NULL;
	size_t n = 0;
	CHECK_OK(drp_node_ledger(s->node.store, &rows, &n, NULL));
	CHECK_OK(drp_ledger_verify(rows, n, NULL));
	for (size_t i = 0; row && i < n && i < 4; i++) {
		row[i] = rows[i];
	}
	drp_free(rows);
	return n;
}

static size_t releases(void)
{
	struct drp_released *list = NULL;
	size_t n = 0;
	CHECK_OK(drp_node_releases(s->node.store, NULL, &list, &n, NULL));
	drp_free(list);
	return n;
}

static size_t events(void)
{
	struct drp_log_row *rows = NULL;
	size_t n = 0;
	CHECK_OK(drp_node_log(s->node.store, &rows, &n, NULL));
	CHECK_OK(drp_log_verify(rows, n, NULL));
	drp_free(rows);
	return n;
}

static void approve(uint32_t want)
{
	uint32_t approved = 99;
	enum drp_err err = fed_approve(&f, s, FED_CAMPAIGN, &approved);
	if (err) {
		printf("# %s\n", s->diag.text);
	}
	CHECK_OK(err);
	CHECK_INT(approved, want);
}

/* Refused, in words that say so, and nothing was drawn, charged or noted. */
static void expect_refused(enum drp_err why, const char *says)
{
	uint32_t approved = 99;
	size_t before[] = {ledger(NULL), releases(), events()};
	CHECK_ERR(fed_approve(&f, s, FED_CAMPAIGN, &approved), why);
	if (!strstr(s->diag.text, says)) {
		CHECK_STR(s->diag.text, says);
	}
	CHECK_INT(approved, 99);
	CHECK_INT(ledger(NULL), before[0]);
	CHECK_INT(releases(), before[1]);
	CHECK_INT(events(), before[2]);
}

/* ---- the threshold ---- */

static void below_the_threshold_only_numbers_leave(void)
{
	static const uint32_t least[DRP_GROUPS] = {5, 10, 20};
	for (int g = 0; g < DRP_GROUPS; g++) {
		begin();
		fed_fill(s, FED_CAMPAIGN, (enum drp_group)g, least[g] - 1, 4);
		approve(1);
		const struct drp_contribution *c = sent(g);
		CHECK_INT(c->questionnaires, least[g] - 1);
		CHECK_INT(c->n_values, 0);
		CHECK_INT(c->sigma2, 0);
		CHECK_INT(c->invited, 60);
		CHECK_INT(c->group, g);
		CHECK_INT(ledger(NULL), 0); /* numbers cost nothing */
		CHECK_INT(events(), 1);
		CHECK_INT(release_of(g).n_values, 0);
		fed_end(&f);
	}
}

/* At the threshold the sums leave, each with a draw of its own of the declared size. */
static void at_the_threshold_noised_sums_leave(void)
{
	static const struct {
		uint32_t least, sigma2, delta2;
		uint16_t n_values;
	} want[DRP_GROUPS] = {{5, 541, 200, TEACHER_VALUES},
		{10, 4106, 200, TEACHER_VALUES}, {20, 1540, 75, PUPIL_VALUES}};
	for (int g = 0; g < DRP_GROUPS; g++) {
		struct drp_ledger_row row[4];
		double squares = 0;
		int zeros = 0;
		begin();
		fed_fill(s, FED_CAMPAIGN, (enum drp_group)g, want[g].least, 5);
		approve(1);
		const struct drp_contribution *c = sent(g);
		CHECK_INT(c->questionnaires, want[g].least);
		CHECK_INT(c->n_values, want[g].n_values);
		CHECK_INT(c->sigma2, want[g].sigma2);
		for (int i = 0; i < c->n_values; i++) {
			/* Everybody said 5: sums of 2 each, all answers valid. */
			int64_t exact = want[g].least * (i % 2 ? 1 : 2);
			double noise = (double)(c->value[i] - exact);
			squares += noise * noise;
			zeros += c->value[i] == exact;
		}
		/* The mean square of n draws lies within five of its own deviations. */
		CHECK_NEAR(squares / c->n_values, want[g].sigma2,
			5 * want[g].sigma2 * sqrt(2.0 / c->n_values));
		CHECK(zeros < 10);
		CHECK_INT(ledger(row), 1);
		CHECK_INT(row[0].year, 2026);
		CHECK_INT(row[0].group, g);
		CHECK_INT(row[0].delta2, want[g].delta2);
		CHECK_INT(row[0].sigma2, want[g].sigma2);
		CHECK_INT(drp_rational_cmp(
				  row[0].rho, drp_ledger_default_rho((enum drp_group)g)),
			0);
		struct drp_released r = release_of(g);
		CHECK_MEM(&row[0].bytes, &r.hash, sizeof r.hash);
		CHECK_MEM(&row[0].unit, &c->unit, sizeof c->unit);
		fed_end(&f);
	}
}

/* ---- once ---- */

static void noise_is_drawn_once(void)
{
	begin();
	fed_fill(s, FED_CAMPAIGN, DRP_TEACHER, 12, 4);
	fed_fill(s, FED_CAMPAIGN, DRP_PUPIL, 30, 3);
	approve(2);
	CHECK_INT(ledger(NULL), 2);
	CHECK_INT(events(), 2);
	struct drp_released before = release_of(DRP_TEACHER);
	for (int i = 0; i < 3; i++) {
		fed_close_node(s);
		fed_open_node(&f, s);
		approve(0);
	}
	CHECK_INT(ledger(NULL), 2);
	CHECK_INT(events(), 2);
	struct drp_released after = release_of(DRP_TEACHER);
	CHECK_MEM(&before, &after, sizeof before);
	/* A group that has its questionnaires later is approved later. */
	fed_fill(s, FED_CAMPAIGN, DRP_LEADER, 6, 2);
	approve(1);
	CHECK_INT(ledger(NULL), 3);
	fed_end(&f);
}

static const struct drp_sync_options push = {.push = 1};

static void copy(const char *from, const char *to)
{
	char command[512];
	snprintf(command, sizeof command, "rm -rf '%s' && cp -r '%s' '%s'", to, from, to);
	CHECK_INT(system(command), 0);
}

/* The hub's receipts say what this database forgot. */
static void a_restored_backup_does_not_draw_again(void)
{
	char backup[200];
	begin();
	fed_fill(s, FED_CAMPAIGN, DRP_TEACHER, 12, 4);
	snprintf(backup, sizeof backup, "%s.backup", s->dir);
	fed_close_node(s);
	copy(s->dir, backup);
	fed_open_node(&f, s);
	approve(1);
	CHECK_OK(fed_visit(&f, s, &push));
	CHECK_INT(s->result.stored, 1);
	fed_close_node(s);
	copy(backup, s->dir);
	fed_open_node(&f, s);
	CHECK_INT(releases(), 0);
	expect_refused(DRP_E_RELEASED, "backup");
	expect_refused(DRP_E_RELEASED, "twice");
	/* One group's contribution says nothing about another's. */
	fed_fill(s, FED_CAMPAIGN, DRP_PUPIL, 30, 4);
	expect_refused(DRP_E_RELEASED, "teacher");
	copy(backup, s->dir);
	fed_end(&f);
}

/* ---- when ---- */

static void nothing_leaves_before_the_window_has_ended(void)
{
	struct drp_diag diag = {0};
	begin();
	fed_fill(s, FED_CAMPAIGN, DRP_TEACHER, 12, 4);
	CHECK_OK(drp_node_window_put(
		s->node.store, FED_CAMPAIGN, 1, FED_START_DAY - 7, FED_START_DAY, &diag));
	expect_refused(DRP_E_WINDOW_OPEN, "2026-10-01");
	f.now_ms = (int64_t)(FED_START_DAY + 1) * 86400000 - 1;
	expect_refused(DRP_E_WINDOW_OPEN, "2026-10-01");
	f.now_ms++; /* the next day */
	approve(1);
	fed_end(&f);
}

static void a_window_must_be_set(void)
{
	struct drp_node_work work;
	struct drp_diag diag = {0};
	struct drp_sheet sheet = {{0}};
	const uint8_t own[DRP_OWN_ITEMS_MAX] = {0};
	begin();
	CHECK_OK(drp_node_work_load(&s->node, FED_CAMPAIGN, &work, &diag));
	CHECK_OK(drp_node_sheet_add(s->node.store, FED_CAMPAIGN, 1, DRP_PUPIL, &sheet,
		work.instrument->n_items, own, &diag));
	CHECK_ERR(drp_release_ready(&s->node, &work, 1, &diag), DRP_E_STATE);
	drp_node_work_clear(&work);
	expect_refused(DRP_E_STATE, "campaign set " FED_CAMPAIGN " --level 1 --window");
	fed_end(&f);
}

static void nothing_is_drawn_for_a_closed_campaign(void)
{
	struct drp_diag diag = {0};
	begin();
	fed_fill(s, FED_CAMPAIGN, DRP_TEACHER, 12, 4);
	int64_t before = f.now_ms;
	f.now_ms =
		(INT64_C(20818) + 1) * 86400000; /* the deadline, 2026-12-31, is over */
	expect_refused(DRP_E_CLOSED, "closed");
	f.now_ms = before;
	CHECK_OK(drp_hub_campaign_state(
		f.hub.store, FED_CAMPAIGN, DRP_CAMPAIGN_CLOSED, 1, &diag));
	expect_refused(DRP_E_CLOSED, "closed");
	fed_end(&f);
}

/* ---- what the hub could only refuse, and what the year does not allow ---- */

static void more_than_are_eligible(void)
{
	begin();
	fed_fill(s, FED_CAMPAIGN, DRP_TEACHER, 12, 4);
	fed_fill(s, FED_CAMPAIGN, DRP_PUPIL, 61, 4); /* of 60 */
	/* One transaction: the teachers, who come first, are not approved either. */
	expect_refused(DRP_E_RANGE, "61 questionnaires");
	fed_end(&f);
}

static void spend(int group, uint32_t year, struct drp_rational rho)
{
	static uint8_t campaign;
	struct drp_diag diag = {0};
	struct drp_ledger_row row = {.year = year,
		.group = (uint8_t)group,
		.campaign = {{0xca, ++campaign}},
		.delta2 = 200,
		.sigma2 = 4106,
		.rho = rho};
	CHECK_OK(drp_node_ledger_append(s->node.store, &row, &diag));
}

static void a_spent_year_allows_nothing(void)
{
	begin();
	fed_fill(s, FED_CAMPAIGN, DRP_TEACHER, 12, 4);
	fed_fill(s, FED_CAMPAIGN, DRP_PUPIL, 30, 4);
	spend(DRP_TEACHER, 2025, drp_ledger_cap(DRP_TEACHER)); /* another year */
	spend(DRP_LEADER, 2026, drp_ledger_cap(DRP_LEADER));   /* another group */
	spend(DRP_PUPIL, 2026, drp_ledger_default_rho(DRP_PUPIL));
	spend(DRP_PUPIL, 2026, drp_ledger_default_rho(DRP_PUPIL));
	spend(DRP_PUPIL, 2026, (struct drp_rational){1, 1000000000});
	expect_refused(DRP_E_BUDGET, "");
	fed_end(&f);
}

static void three_campaigns_fit_a_year(void)
{
	begin();
	fed_fill(s, FED_CAMPAIGN, DRP_PUPIL, 30, 4);
	spend(DRP_PUPIL, 2026, drp_ledger_default_rho(DRP_PUPIL));
	spend(DRP_PUPIL, 2026, drp_ledger_default_rho(DRP_PUPIL));
	approve(1);
	CHECK_INT(ledger(NULL), 3);
	fed_end(&f);
}

/* ---- levels ---- */

/* A second campaign, in which S0 has levels 1 and 2. */
static void add_level(void)
{
	struct drp_diag diag = {0};
	const struct drp_sync_options visit = {0};
	char path[DRP_PATH_MAX];
	size_t schools, units;
	fed_write(&f, "more.csv",
		"school,name,board,province,network,level,eligible_leader,"
		"eligible_teacher,eligible_pupil\nS0,School 0,B0,BE21,GO,1,60,60,60\n"
		"S0,School 0,B0,BE21,GO,2,60,60,60\n",
		path);
	CHECK_OK(drp_registry_import(&f.hub, path, &schools, &units, &diag));
	fed_campaign(&f, "fed-2");
	CHECK_OK(fed_visit(&f, s, &visit));
}

static void fill_level_2(uint32_t n, int32_t last_day)
{
	struct drp_diag diag = {0};
	struct drp_node_work work;
	struct drp_sheet sheet = {{0}};
	const uint8_t own[DRP_OWN_ITEMS_MAX] = {0};
	CHECK_OK(drp_node_work_load(&s->node, "fed-2", &work, &diag));
	for (uint32_t i = 0; i < n; i++) {
		CHECK_OK(drp_node_sheet_add(s->node.store, "fed-2", 2, DRP_PUPIL, &sheet,
			work.instrument->n_items, own, &diag));
	}
	CHECK_OK(drp_node_window_put(
		s->node.store, "fed-2", 2, FED_START_DAY - 14, last_day, &diag));
	drp_node_work_clear(&work);
}

/* Two units hold different questionnaires: two draws and two rows, which together cost
 * the school's year no more than one of them. */
static void every_unit_draws_for_itself(void)
{
	struct drp_ledger_row row[4];
	struct drp_rational spent;
	uint32_t approved = 0;
	begin();
	add_level();
	fed_fill(s, "fed-2", DRP_PUPIL, 30, 4);
	fill_level_2(25, FED_START_DAY - 1);
	CHECK_OK(fed_approve(&f, s, "fed-2", &approved));
	CHECK_INT(approved, 2);
	CHECK_INT(ledger(row), 2);
	CHECK(memcmp(&row[0].unit, &row[1].unit, sizeof row[0].unit) != 0);
	CHECK_OK(drp_ledger_spent(row, 2, 2026, DRP_PUPIL, &spent));
	CHECK_INT(drp_rational_cmp(spent, drp_ledger_default_rho(DRP_PUPIL)), 0);
	fed_end(&f);
}

static void one_transaction_for_all_levels(void)
{
	uint32_t approved = 0;
	begin();
	add_level();
	fed_fill(s, "fed-2", DRP_PUPIL, 30, 4);
	fill_level_2(25, FED_START_DAY);
	CHECK_ERR(fed_approve(&f, s, "fed-2", &approved), DRP_E_WINDOW_OPEN);
	CHECK_INT(releases(), 0);
	CHECK_INT(ledger(NULL), 0);
	fed_end(&f);
}

/* ---- candidates ---- */

static void a_candidate_is_exact(void)
{
	struct drp_node_work work;
	struct drp_diag diag = {0};
	static struct drp_candidate c;
	const struct drp_target target = {50, 45};
	int present = 1;
	begin();
	CHECK_OK(drp_node_work_load(&s->node, FED_CAMPAIGN, &work, &diag));
	CHECK_OK(drp_release_candidate(
		&s->node, &work, 1, DRP_PUPIL, &c, &present, &diag));
	CHECK_INT(present, 0);
	fed_fill(s, FED_CAMPAIGN, DRP_PUPIL, 21, 1);
	CHECK_OK(drp_release_candidate(
		&s->node, &work, 1, DRP_PUPIL, &c, &present, &diag));
	CHECK_INT(present, 1);
	CHECK_INT(c.with_values, 1);
	CHECK_INT(c.already, 0);
	CHECK_INT(c.incomplete, 1); /* leaders and teachers have not taken part */
	CHECK_INT(c.eligible, 60);
	CHECK_INT(c.invited, 60);
	CHECK_INT(c.n_values, PUPIL_VALUES);
	for (int i = 0; i < c.n_values; i++) {
		CHECK_INT(c.value[i], i % 2 ? 21 : -42); /* everybody said 1 */
	}
	CHECK_OK(drp_node_target_put(
		s->node.store, FED_CAMPAIGN, 1, DRP_PUPIL, &target, &diag));
	fed_fill(s, FED_CAMPAIGN, DRP_TEACHER, 1, 1);
	fed_fill(s, FED_CAMPAIGN, DRP_LEADER, 1, 1);
	CHECK_OK(drp_release_candidate(
		&s->node, &work, 1, DRP_PUPIL, &c, &present, &diag));
	CHECK_INT(c.eligible, 50);
	CHECK_INT(c.invited, 45);
	CHECK_INT(c.incomplete, 0);
	drp_node_work_clear(&work);
	approve(3);
	CHECK_INT(sent(DRP_PUPIL)->invited, 45);
	CHECK_INT(sent(DRP_PUPIL)->incomplete, 0);
	fed_end(&f);
}

/* Whatever put it there: an answer outside its scale would exceed what one questionnaire
 * may weigh. */
static void a_sheet_that_does_not_fit_stops_everything(void)
{
	struct drp_diag diag = {0};
	struct drp_node_work work;
	struct drp_sheet sheet = {{0}};
	const uint8_t own[DRP_OWN_ITEMS_MAX] = {0};
	begin();
	fed_fill(s, FED_CAMPAIGN, DRP_PUPIL, 30, 4);
	CHECK_OK(drp_node_work_load(&s->node, FED_CAMPAIGN, &work, &diag));
	for (uint16_t i = 0; i < work.instrument->n_items; i++) {
		if (work.instrument->item[i].groups & 1u << DRP_PUPIL &&
			work.instrument->item[i].kind == DRP_ITEM_CORE) {
			sheet.answer[i] = 6;
			break;
		}
	}
	CHECK_OK(drp_node_sheet_add(s->node.store, FED_CAMPAIGN, 1, DRP_PUPIL, &sheet,
		work.instrument->n_items, own, &diag));
	drp_node_work_clear(&work);
	expect_refused(DRP_E_RANGE, "import it again");
	fed_end(&f);
}

/* ---- withdraw ---- */

static void a_withdrawal_waits_for_the_hub(void)
{
	struct drp_diag diag = {0};
	uint32_t waiting = 9;
	begin();
	CHECK_OK(drp_release_withdraw(&s->node, FED_CAMPAIGN, &waiting, &diag));
	CHECK_INT(waiting, 0);
	fed_fill(s, FED_CAMPAIGN, DRP_TEACHER, 12, 4);
	approve(1);
	CHECK_OK(fed_visit(&f, s, &push));
	fed_fill(s, FED_CAMPAIGN, DRP_PUPIL, 30, 4);
	approve(1); /* this one has not left yet */
	CHECK_OK(drp_release_withdraw(&s->node, FED_CAMPAIGN, &waiting, &diag));
	CHECK_INT(waiting, 2);
	CHECK_INT(release_of(DRP_TEACHER).state, DRP_RELEASE_WITHDRAWING);
	CHECK_INT(release_of(DRP_PUPIL).state, DRP_RELEASE_WITHDRAWING);
	CHECK_OK(drp_release_withdraw(&s->node, FED_CAMPAIGN, &waiting, &diag));
	CHECK_INT(waiting, 0);
	CHECK_OK(fed_visit(&f, s, &push));
	CHECK_INT(s->result.withdrawn, 2);
	CHECK_INT(release_of(DRP_TEACHER).state, DRP_RELEASE_WITHDRAWN);
	CHECK_INT(release_of(DRP_PUPIL).state, DRP_RELEASE_WITHDRAWN);
	CHECK_INT(ledger(NULL), 2); /* the noise was drawn: nothing comes back */
	approve(0);		    /* and nothing is drawn again */
	CHECK_INT(ledger(NULL), 2);
	CHECK_OK(fed_visit(&f, s, &push));
	CHECK_INT(s->result.stored + s->result.withdrawn + s->result.refused, 0);
	fed_end(&f);
}

int main(void)
{
	setenv("DREMPEL_LOG", "error", 1);
	CASE("below the threshold only numbers leave, and cost nothing",
		below_the_threshold_only_numbers_leave);
	CASE("at the threshold noised sums leave, and are charged",
		at_the_threshold_noised_sums_leave);
	CASE("noise is drawn once, however often it is approved", noise_is_drawn_once);
	CASE("a restored backup does not draw again",
		a_restored_backup_does_not_draw_again);
	CASE("nothing leaves before the window has ended",
		nothing_leaves_before_the_window_has_ended);
	CASE("a window must be set", a_window_must_be_set);
	CASE("nothing is drawn for a closed campaign or after its deadline",
		nothing_is_drawn_for_a_closed_campaign);
	CASE("more questionnaires than people draw nothing", more_than_are_eligible);
	CASE("a spent year allows nothing, and nothing of any group",
		a_spent_year_allows_nothing);
	CASE("three campaigns fit a year", three_campaigns_fit_a_year);
	CASE("every unit draws for itself", every_unit_draws_for_itself);
	CASE("all levels are approved together or not at all",
		one_transaction_for_all_levels);
	CASE("a candidate is exact", a_candidate_is_exact);
	CASE("a sheet that does not fit stops everything",
		a_sheet_that_does_not_fit_stops_everything);
	CASE("a withdrawal waits for the hub, and refunds nothing",
		a_withdrawal_waits_for_the_hub);
	return DONE();
}
