/* SPDX-License-Identifier: Apache-2.0
 *
 * The sealed track under a seeded scheduler that drops, repeats, delays and reorders
 * messages between schools, hub and notary, and restarts any of them between any two
 * steps; one school withdraws meanwhile. Whatever happens: every report is counted once,
 * by both or by neither; N is exact; what is opened is the exact sum and the two draws
 * that were made when the manifest was signed; every budget is charged once.
 *
 * usage: fault.sealed_federation [first seed] [number of seeds]
 */
#include "tests/support/bad_network.h"
#include "tests/support/sealed_truth.h"

#define SCHOOLS	  8
#define WITHDRAWS 2 /* this school */
#define ELIGIBLE  60

static struct fed f;
static struct network to_hub, to_notary;
static struct truth truth;
static size_t hub_rows, notary_rows; /* of the ledgers, when the campaign was signed */

static const uint32_t sheets[DRP_GROUPS] = {6, 12, 30};

static enum fed_fate any_fate(struct fed *fed, uint8_t type)
{
	static const enum fed_fate fates[] = {FED_LOST, FED_REPLY_LOST, FED_TWICE};
	uint32_t k = roll(fed, 10);
	(void)type;
	return k < 3 ? fates[k] : FED_ARRIVES;
}

/* What went over is kept, to arrive again at any time. */
static enum drp_err exchange(void *self, const void *request, size_t n,
	struct drp_buf *reply, struct drp_diag *diag)
{
	keep(self, &to_notary, request, n);
	return fed_exchange(self, request, n, reply, diag);
}

static void late_at_notary(void)
{
	struct drp_buf reply = {0};
	if (to_notary.n) {
		const struct drp_buf *old =
			&to_notary.old[roll(&f, (uint32_t)to_notary.n)];
		fed_deliver_to_notary(&f, old->data, old->len, &reply);
	}
	drp_buf_clear(&reply);
}

static void restart_hub(void)
{
	fed_close_hub(&f);
	fed_open_hub(&f);
}

static void restart_notary(void)
{
	fed_close_notary(&f);
	fed_open_notary(&f);
}

/* As the daemon does: a batch, of which any exchange may fail. */
static void forward(void)
{
	struct drp_diag diag = {0};
	struct drp_campaign_row row;
	struct drp_forwarding *forwarding = NULL;
	struct drp_peer *way[] = {&f.peer};
	size_t done = 0;
	CHECK_OK(drp_hub_campaign_get(f.hub.store, FED_CAMPAIGN, &row, NULL));
	CHECK_OK(drp_forwarding_new(&f.hub, &row, &forwarding, &diag));
	enum drp_err err = drp_forward_some(forwarding, way, 1, 3, &done, &diag);
	CHECK(err == DRP_OK || err == DRP_E_NET);
	drp_forwarding_free(forwarding);
}

static void disturb(void)
{
	struct fed_school *s = &f.school[roll(&f, SCHOOLS)];
	switch (roll(&f, 16)) {
	case 0:
		restart_hub();
		break;
	case 1:
		restart_notary();
		break;
	case 2:
		fed_close_node(s);
		fed_open_node(&f, s);
		break;
	case 3:
		deliver_late(&f, &to_hub);
		break;
	case 4:
		late_at_notary();
		break;
	case 5:
	case 6:
		forward();
		break;
	default:
		break;
	}
}

static void withdraw(void)
{
	struct drp_diag diag = {0};
	struct fed_school *s = &f.school[WITHDRAWS];
	uint32_t waiting = 0;
	if (s->visiting) {
		drp_node_sync_end(&s->sync);
		s->visiting = 0;
	}
	CHECK_OK(drp_release_withdraw(&s->node, FED_CAMPAIGN, &waiting, &diag));
	CHECK_INT(waiting, DRP_GROUPS);
	for (int g = 0; g < DRP_GROUPS; g++) {
		truth.present[g][WITHDRAWS] = 0;
	}
}

static int settled(int withdrawn)
{
	for (size_t i = 0; i < f.n; i++) {
		for (int g = 0; g < DRP_GROUPS; g++) {
			struct drp_released r;
			int want = withdrawn && i == WITHDRAWS ? DRP_RELEASE_WITHDRAWN
							       : DRP_RELEASE_CONFIRMED;
			CHECK_OK(drp_node_release_get(
				f.school[i].node.store, FED_CAMPAIGN, 1, g, &r, NULL));
			if (r.state != want) {
				return 0;
			}
		}
	}
	return 1;
}

/* Everybody answered `point` on every core item, and nothing else was asked of them. */
static void fill(size_t school, int group, uint8_t point)
{
	const struct drp_vector *v = &truth.tasks->task[group].vector;
	uint64_t *c = truth.counts[group][school];
	CHECK(v->length <= TRUTH_LENGTH);
	fed_fill(&f.school[school], FED_CAMPAIGN, (enum drp_group)group, sheets[group],
		point);
	c[0] = sheets[group];
	for (size_t i = 0; i < v->n_items; i++) {
		size_t last = v->offset[i] + v->counters[i] - 1; /* none */
		size_t at = i < v->n_core ? v->offset[i] + point - 1u : last;
		c[at] = sheets[group];
	}
	truth.present[group][school] = 1;
}

static size_t ledger_rows(struct drp_hub *hub)
{
	struct drp_ledger_row *rows = NULL;
	size_t n = 0;
	CHECK_OK(drp_hub_ledger(hub->store, &rows, &n, NULL));
	CHECK_OK(drp_ledger_verify(rows, n, NULL));
	drp_free(rows);
	return n;
}

static void begin(uint64_t seed)
{
	const struct drp_sync_options visit = {0};
	memset(&truth, 0, sizeof truth);
	fed_begin_sealed(&f, SCHOOLS, ELIGIBLE, seed);
	truth.f = &f;
	truth.tasks = fed_tasks(&f.hub);
	hub_rows = ledger_rows(&f.hub);
	notary_rows = ledger_rows(&f.notary->hub);
	CHECK(hub_rows > 0);
	CHECK_INT(notary_rows, hub_rows);
	for (size_t i = 0; i < f.n; i++) {
		uint32_t approved = 0;
		CHECK_OK(fed_visit(&f, &f.school[i], &visit));
		for (int g = 0; g < DRP_GROUPS; g++) {
			fill(i, g, (uint8_t)(1 + (i + (size_t)g) % 5));
		}
		CHECK_OK(fed_approve(&f, &f.school[i], FED_CAMPAIGN, &approved));
		CHECK_INT(approved, DRP_GROUPS);
	}
	f.peer.exchange = exchange;
	f.notary->fate = any_fate;
}

static void collect(void)
{
	int steps = 0, at = 20 + (int)roll(&f, 150), withdrawn = 0;
	while (!withdrawn || !settled(withdrawn)) {
		CHECK(steps++ < 8000);
		f.now_ms += roll(&f, 60000);
		step(&f, &f.school[roll(&f, SCHOOLS)], &to_hub);
		disturb();
		if (steps == at) {
			withdraw();
			withdrawn = 1;
		}
	}
}

static void close_in_the_end(void)
{
	for (int tries = 0;; tries++) {
		struct drp_diag diag = {0};
		enum drp_err err = drp_closing_run(&f.hub, FED_CAMPAIGN, &f.peer, &diag);
		if (err == DRP_OK) {
			return;
		}
		if (err != DRP_E_NET) {
			printf("# %s\n", diag.text);
		}
		CHECK_ERR(err, DRP_E_NET);
		CHECK(tries < 300);
		disturb();
		late_at_notary();
		deliver_late(&f, &to_hub);
		if (roll(&f, 2)) {
			restart_notary();
		}
		if (roll(&f, 2)) {
			restart_hub();
		}
	}
}

static void check_books(void)
{
	CHECK_INT(ledger_rows(&f.hub), hub_rows);
	CHECK_INT(ledger_rows(&f.notary->hub), notary_rows);
	for (size_t i = 0; i < f.n; i++) {
		struct drp_ledger_row *rows = NULL;
		size_t n = 0;
		CHECK_OK(drp_node_ledger(f.school[i].node.store, &rows, &n, NULL));
		CHECK_INT(n, DRP_GROUPS);
		CHECK_OK(drp_ledger_verify(rows, n, NULL));
		drp_free(rows);
	}
}

/* The number of questionnaires in the edition is that of those who did not withdraw. */
static void check_edition(void)
{
	struct drp_diag diag = {0};
	struct drp_edition *e = NULL;
	char want[24];
	int seen = 0;
	snprintf(want, sizeof want, "%u", (SCHOOLS - 1) * sheets[DRP_PUPIL]);
	CHECK_OK(drp_campaign_edition(&f.hub, FED_CAMPAIGN, 0, &e, &diag));
	for (size_t i = 0; i < e->n_observations; i++) {
		const struct drp_observation *o = &e->observation[i];
		if (o->family == DRP_FAMILY_REGION && o->group == DRP_PUPIL &&
			strcmp(o->measure, "questionnaires") == 0) {
			CHECK_STR(o->value, want);
			seen = 1;
		}
	}
	CHECK(seen);
	drp_edition_free(e);
}

static void freeze_in_the_end(void)
{
	struct drp_diag diag = {0};
	int tries = 0;
	while (drp_closing_freeze(&f.hub, FED_CAMPAIGN, &f.peer, &diag)) {
		CHECK(tries++ < 100);
	}
	CHECK_OK(drp_hub_begin(f.hub.store, NULL));
	CHECK_OK(drp_campaign_erase(&f.hub, FED_CAMPAIGN, f.now_ms / 1000, &diag));
	CHECK_OK(drp_hub_end(f.hub.store, DRP_OK, NULL));
}

static int uncounted(struct fed_school *s, size_t school)
{
	int n = 0;
	for (int g = 0; g < DRP_GROUPS; g++) {
		struct drp_released r;
		CHECK_OK(drp_node_release_get(
			s->node.store, FED_CAMPAIGN, 1, g, &r, NULL));
		CHECK(r.state != DRP_RELEASE_LEFT_OUT);
		CHECK(!drp_released_not_counted(&r));
		n += r.state !=
		     (school == WITHDRAWS ? DRP_RELEASE_WITHDRAWN : DRP_RELEASE_COUNTED);
	}
	return n;
}

/* Every school finds its reports in both lists, and nobody is told otherwise. */
static void everybody_is_counted(void)
{
	for (int steps = 0, left = 1; left; steps++) {
		CHECK(steps < 8000);
		f.now_ms += roll(&f, 60000);
		step(&f, &f.school[roll(&f, SCHOOLS)], &to_hub);
		if (roll(&f, 16) == 0) {
			restart_hub();
		}
		deliver_late(&f, &to_hub);
		left = 0;
		for (size_t i = 0; i < f.n; i++) {
			left += uncounted(&f.school[i], i);
		}
	}
}

static void run(uint64_t seed)
{
	begin(seed);
	collect();
	close_in_the_end();
	check_books();
	truth_check(&truth);
	check_edition();
	/* What the network still holds arrives after the close, and changes nothing. */
	for (int i = 0; i < 10; i++) {
		deliver_late(&f, &to_hub);
		late_at_notary();
	}
	close_in_the_end();
	truth_check(&truth);
	if (seed % 2) {
		everybody_is_counted();
	}
	freeze_in_the_end();
	everybody_is_counted();
	deliver_late(&f, &to_hub);
	late_at_notary();
	network_clear(&to_hub);
	network_clear(&to_notary);
	drp_tasks_free(truth.tasks);
	fed_end(&f);
}

static uint64_t first = 1, seeds = 6;

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
	CASE("a sealed federation on a bad network opens the exact sums once", all_seeds);
	return DONE();
}
