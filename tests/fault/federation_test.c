/* SPDX-License-Identifier: Apache-2.0
 *
 * A federation under a seeded scheduler that drops, repeats, delays and reorders
 * messages and restarts either side between any two steps. Whatever happens: every
 * contribution is stored once, noise is drawn once, the budget is charged once, and the
 * edition counts every questionnaire exactly once.
 *
 * usage: fault.federation [first seed] [number of seeds]
 */
#include "tests/support/bad_network.h"

#define SCHOOLS 6
static void disturb(struct fed *f, struct network *net)
{
	struct fed_school *s = &f->school[roll(f, SCHOOLS)];
	switch (roll(f, 24)) {
	case 0:
		fed_close_hub(f);
		fed_open_hub(f);
		break;
	case 1:
		fed_close_node(s);
		fed_open_node(f, s);
		break;
	case 2:
	case 3:
		deliver_late(f, net);
		break;
	case 4: /* approving again must change nothing */
		if (!s->visiting) {
			uint32_t approved = 0;
			CHECK_OK(fed_approve(f, s, FED_CAMPAIGN, &approved));
			CHECK_INT(approved, 0);
		}
		break;
	default:
		break;
	}
}

static int settled(struct fed *f)
{
	for (size_t i = 0; i < f->n; i++) {
		struct drp_released r;
		struct drp_diag diag = {0};
		for (int g = DRP_TEACHER; g <= DRP_PUPIL; g++) {
			CHECK_OK(drp_node_release_get(
				f->school[i].node.store, FED_CAMPAIGN, 1, g, &r, &diag));
			if (r.state != DRP_RELEASE_STORED) {
				return 0;
			}
		}
	}
	return 1;
}

static enum drp_err count(
	void *self, const struct drp_stored *stored, const void *sealed, size_t n)
{
	(void)stored;
	(void)sealed;
	*(size_t *)self += n > 0;
	return DRP_OK;
}

static void check_books(struct fed *f)
{
	struct drp_diag diag = {0};
	size_t stored = 0;
	CHECK_OK(
		drp_hub_contributions(f->hub.store, FED_CAMPAIGN, count, &stored, &diag));
	CHECK_INT(stored, 2 * SCHOOLS);
	for (size_t i = 0; i < f->n; i++) {
		struct drp_ledger_row *rows = NULL;
		struct drp_log_row *log = NULL;
		size_t n = 0, n_log = 0;
		CHECK_OK(drp_node_ledger(f->school[i].node.store, &rows, &n, &diag));
		CHECK_INT(n, 2); /* teachers and pupils, once each */
		CHECK_OK(drp_ledger_verify(rows, n, &diag));
		CHECK_OK(drp_node_log(f->school[i].node.store, &log, &n_log, &diag));
		CHECK_INT(n_log, 4); /* approved and stored, twice */
		CHECK_OK(drp_log_verify(log, n_log, &diag));
		drp_free(rows);
		drp_free(log);
	}
}

static void check_edition(struct fed *f)
{
	struct drp_diag diag = {0};
	struct drp_edition *e = NULL;
	int seen = 0;
	enum drp_err err = drp_campaign_close(&f->hub, FED_CAMPAIGN, &diag);
	if (err) {
		printf("# %s\n", diag.text);
	}
	CHECK_OK(err);
	CHECK_OK(drp_campaign_edition(&f->hub, FED_CAMPAIGN, 0, &e, &diag));
	for (size_t i = 0; i < e->n_observations; i++) {
		const struct drp_observation *o = &e->observation[i];
		if (o->family == DRP_FAMILY_REGION && o->group == DRP_PUPIL &&
			strcmp(o->measure, "questionnaires") == 0) {
			CHECK_STR(o->value, "180"); /* 6 schools of 30 pupils */
			seen = 1;
		}
	}
	CHECK(seen);
	drp_edition_free(e);
}

static void run(uint64_t seed)
{
	static struct fed f;
	struct network net = {0};
	struct drp_diag diag = {0};
	fed_begin(&f, SCHOOLS, 60, seed);
	const struct drp_sync_options visit = {0};
	for (size_t i = 0; i < f.n; i++) {
		uint32_t approved = 0;
		CHECK_OK(fed_visit(&f, &f.school[i], &visit));
		fed_fill(&f.school[i], FED_CAMPAIGN, DRP_TEACHER, 12, 4);
		fed_fill(&f.school[i], FED_CAMPAIGN, DRP_PUPIL, 30, 3);
		CHECK_OK(fed_approve(&f, &f.school[i], FED_CAMPAIGN, &approved));
		CHECK_INT(approved, 2);
	}
	int steps = 0;
	while (!settled(&f)) {
		CHECK(steps++ < 5000);
		f.now_ms += roll(&f, 60000);
		step(&f, &f.school[roll(&f, SCHOOLS)], &net);
		disturb(&f, &net);
	}
	check_books(&f);
	check_edition(&f);
	/* What the network still holds arrives after the close, and changes nothing. */
	for (int i = 0; i < 10; i++) {
		deliver_late(&f, &net);
	}
	CHECK_OK(drp_campaign_freeze(&f.hub, FED_CAMPAIGN, &diag));
	deliver_late(&f, &net);
	network_clear(&net);
	fed_end(&f);
}

static uint64_t first = 1, seeds = 12;

static void all_seeds(void)
{
	for (uint64_t seed = first; seed < first + seeds; seed++) {
		printf("# seed %llu\n", (unsigned long long)seed);
		run(seed);
	}
}

int main(int argc, char **argv)
{
	first = argc > 1 ? strtoull(argv[1], NULL, 10) : first;
	seeds = argc > 2 ? strtoull(argv[2], NULL, 10) : seeds;
	setenv("DREMPEL_LOG", "error", 1);
	CASE("a federation on a bad network counts everyone once", all_seeds);
	return DONE();
}
