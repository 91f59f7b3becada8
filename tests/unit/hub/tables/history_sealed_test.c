/* SPDX-License-Identifier: Apache-2.0
 *
 * The history of a sealed campaign: a school took part when both sides counted something
 * of it, as the edition says, before the freeze and after.
 */
#include "hub/tables/history.h"

#include "proto/base/alloc.h"
#include "tests/support/sealed_federation.h"

#define SCHOOLS	 12
#define ELIGIBLE 40

static struct fed f;
static struct drp_tasks *tasks;
static struct drp_hash name[SCHOOLS];

static void begin(void)
{
	static uint64_t counts[4096];
	fed_begin_sealed(&f, SCHOOLS, ELIGIBLE, 1);
	tasks = fed_tasks(&f.hub);
	CHECK(tasks->task[DRP_TEACHER].vector.length <= 4096);
	for (size_t s = 0; s < SCHOOLS; s++) {
		fed_counts(&tasks->task[DRP_TEACHER].vector, 20, (unsigned)s, counts);
		CHECK_OK(fed_report(&f, tasks, s, DRP_TEACHER, counts, &name[s]));
	}
}

static void end(void)
{
	drp_tasks_free(tasks);
	fed_end(&f);
}

/* What the notary has of a school is gone, so that its list is the shorter one. */
static void lose_at_notary(size_t school)
{
	struct drp_hub_store *store = f.notary->hub.store;
	CHECK_OK(drp_hub_begin(store, NULL));
	CHECK_OK(drp_hub_contribution_withdraw(store, FED_CAMPAIGN,
		&fed_unit(&f, tasks, school)->id, DRP_TEACHER, NULL));
	CHECK_OK(drp_hub_end(store, DRP_OK, NULL));
}

static int64_t common(enum drp_family family, const char *code)
{
	struct drp_diag diag = {0};
	struct drp_history *history = drp_history_new();
	CHECK_OK(drp_history_load(history, &f.hub, FED_CAMPAIGN, &diag));
	int64_t n = drp_history_common(history, FED_CAMPAIGN, FED_CAMPAIGN, family, code);
	drp_history_free(history);
	return n;
}

/* School i lies in BE21, BE22, BE23 in turn. Left are eleven without 0, ten without 4. */
static void check_counts(void)
{
	CHECK_INT(common(DRP_FAMILY_REGION, "_T"), SCHOOLS - 2);
	CHECK_INT(common(DRP_FAMILY_PROVINCE, "BE21"), 3);
	CHECK_INT(common(DRP_FAMILY_PROVINCE, "BE22"), 3);
	CHECK_INT(common(DRP_FAMILY_PROVINCE, "BE23"), 4);
	CHECK_INT(common(DRP_FAMILY_LEVEL, "1"), SCHOOLS - 2);
	CHECK_INT(common(DRP_FAMILY_LEVEL, "2"), 0);
}

/* Want of memory is told as that: nobody is sent to a backup for it. */
static void memory_runs_out(void)
{
	int whole = 0, failed = 0;
	for (unsigned long n = 1; !whole; n++) {
		struct drp_diag diag = {0};
		struct drp_history *history = drp_history_new();
		CHECK(n < 20000);
		(void)drp_alloc_hook(n, 0);
		enum drp_err err = drp_history_load(history, &f.hub, FED_CAMPAIGN, &diag);
		whole = drp_alloc_hook(0, 0) < n;
		CHECK(err == DRP_OK || err == DRP_E_NOMEM);
		failed += err != DRP_OK;
		drp_history_free(history);
	}
	CHECK(failed > 20);
}

static void both_sides_counted_it(void)
{
	struct drp_diag diag = {0};
	struct drp_history *history = drp_history_new();
	begin();
	CHECK_ERR(drp_history_load(history, &f.hub, FED_CAMPAIGN, &diag), DRP_E_NOTFOUND);
	CHECK_OK(fed_withdraw(&f, tasks, 0, DRP_TEACHER, &name[0]));
	CHECK_OK(fed_forward(&f, &diag));
	lose_at_notary(4);
	CHECK_OK(drp_closing_run(&f.hub, FED_CAMPAIGN, &f.peer, &diag));
	check_counts();
	memory_runs_out();
	CHECK_OK(drp_hub_begin(f.hub.store, &diag));
	CHECK_OK(drp_campaign_erase(&f.hub, FED_CAMPAIGN, f.now_ms / 1000, &diag));
	CHECK_OK(drp_hub_end(f.hub.store, DRP_OK, &diag));
	CHECK_INT(fed_state(&f.hub), DRP_CAMPAIGN_FROZEN);
	check_counts();
	drp_history_free(history);
	end();
}

static int64_t took_part_by(struct drp_history *history, int64_t until_s)
{
	return drp_history_reached(
		history, "VL", 1u << 1, DRP_REACHED_TOOK_PART, until_s);
}

/* The first thing that counts is the first that came, not the first in the store. */
static void since_the_first_receipt(void)
{
	static uint64_t counts[4096];
	struct drp_diag diag = {0};
	struct drp_hash report;
	struct drp_history *history = drp_history_new();
	begin();
	const int64_t first_s = f.now_ms / 1000;
	f.now_ms += 86400000;
	/* Leaders stand before teachers there, pupils behind them. */
	for (int group = DRP_LEADER; group <= DRP_PUPIL; group += 2) {
		fed_counts(&tasks->task[group].vector, 20, 0, counts);
		CHECK_OK(fed_report(&f, tasks, 1 + (size_t)group, (enum drp_group)group,
			counts, &report));
	}
	CHECK_OK(drp_closing_run(&f.hub, FED_CAMPAIGN, &f.peer, &diag));
	CHECK_OK(drp_history_load(history, &f.hub, FED_CAMPAIGN, &diag));
	CHECK_INT(took_part_by(history, first_s - 1), 0);
	CHECK_INT(took_part_by(history, first_s), SCHOOLS);
	drp_history_free(history);
	end();
}

/* The manifest of a notary is the same, but it keeps no members. */
static void a_notary_has_no_history(void)
{
	struct drp_diag diag = {0};
	struct drp_history *history = drp_history_new();
	begin();
	CHECK_OK(drp_closing_run(&f.hub, FED_CAMPAIGN, &f.peer, &diag));
	CHECK_ERR(drp_history_load(history, &f.notary->hub, FED_CAMPAIGN, &diag),
		DRP_E_NOTFOUND);
	drp_history_free(history);
	end();
}

int main(void)
{
	CASE("took part is what both sides counted", both_sides_counted_it);
	CASE("taking part counts from the first receipt on", since_the_first_receipt);
	CASE("a notary has no history", a_notary_has_no_history);
	return DONE();
}
