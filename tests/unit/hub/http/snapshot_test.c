/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/http/snapshot.h"

#include "proto/base/alloc.h"
#include "proto/crypto/crypto.h"
#include "tests/support/hub_fixture.h"

static struct hub_fixture f;
static int64_t now_s;
static struct drp_snapshot_source *source;
static struct drp_diag diag;

static int64_t now(void *self)
{
	(void)self;
	return now_s * 1000;
}

static void begin(void)
{
	struct drp_clock clock = {now, NULL};
	diag = (struct drp_diag){0};
	now_s = 1800000000;
	hub_fixture_open(&f);
	source = drp_snapshot_source_new(f.dir, &clock);
	CHECK(source);
}

static void finish(void)
{
	drp_snapshot_source_free(source);
	hub_fixture_close(&f);
}

/* What comes after current, which is let go; NULL when nothing is new. */
static struct drp_snapshot *after(struct drp_snapshot *current)
{
	struct drp_snapshot *fresh;
	CHECK_OK(drp_snapshot_look(source, current, &fresh, &diag));
	if (fresh) {
		drp_snapshot_release(current);
	}
	return fresh;
}

/* What a token of that scope sees; DRP_SCOPES: the public. */
static struct drp_catalogue see(
	const struct drp_snapshot *s, int scope, int network, const char *campaign)
{
	struct drp_catalogue catalogue = {0};
	struct drp_hub_view view = {.scope = (uint8_t)scope, .network = (uint8_t)network};
	snprintf(view.campaign, sizeof view.campaign, "%s", campaign);
	drp_snapshot_see(s, &view, &catalogue);
	return catalogue;
}

static size_t public_sees(const struct drp_snapshot *s)
{
	return see(s, DRP_SCOPES, 0, "").n;
}

static void add_token(const char *name, int scope, int network, const char *campaign)
{
	static int n;
	struct drp_token_row row = {
		.scope = (uint8_t)scope, .network = (uint8_t)network, .hash = "x"};
	snprintf(row.name, sizeof row.name, "%s", name);
	snprintf(row.id, sizeof row.id, "%012d", ++n);
	snprintf(row.campaign, sizeof row.campaign, "%s", campaign);
	CHECK_OK(drp_hub_token_put(f.hub.store, &row, NULL));
}

static void embargo(int64_t until_s)
{
	CHECK_OK(drp_hub_embargo_set(f.hub.store, FIXTURE_CAMPAIGN, until_s, NULL));
}

static void shows_what_is_published(void)
{
	begin();
	struct drp_snapshot *s = after(NULL);
	CHECK(s);
	CHECK_INT(s->n_editions, 0);
	CHECK(!after(s)); /* nothing new */
	CHECK_OK(drp_campaign_close(&f.hub, FIXTURE_CAMPAIGN, NULL));
	s = after(s);
	CHECK(s);
	CHECK_INT(s->n_editions, 1);
	CHECK_INT(s->n_open, 1);
	CHECK_STR(s->edition[0].campaign, FIXTURE_CAMPAIGN);
	CHECK_INT(s->edition[0].number, 1);
	struct drp_catalogue open = see(s, DRP_SCOPES, 0, "");
	CHECK_INT(open.n, 1);
	CHECK_STR(open.publication[0]->manifest->id, FIXTURE_CAMPAIGN);
	CHECK(open.publication[0]->edition->n_observations > 0);
	CHECK(!open.publication[0]->network);
	CHECK(!after(s));
	drp_snapshot_release(s);
	finish();
}

static void holds_back_until_the_instant(void)
{
	begin();
	embargo(now_s + 100);
	add_token("ministry", DRP_SCOPE_MINISTRY, 0, "");
	CHECK_OK(drp_campaign_close(&f.hub, FIXTURE_CAMPAIGN, NULL));
	struct drp_snapshot *s = after(NULL), *old;
	CHECK_INT(s->n_editions, 1);
	CHECK_INT(s->n_open, 0);
	CHECK_INT(public_sees(s), 0);
	now_s += 99;
	CHECK(!after(s));
	now_s += 1;
	old = drp_snapshot_hold(s);
	s = after(s);
	CHECK(s);
	CHECK_INT(s->n_open, 1);
	const struct drp_publication *before =
		see(old, DRP_SCOPE_MINISTRY, 0, "").publication[0];
	const struct drp_publication *open = see(s, DRP_SCOPES, 0, "").publication[0];
	CHECK(open->edition == before->edition); /* loaded once */
	CHECK_INT(before->before_s, now_s);	 /* and told apart */
	CHECK_INT(open->before_s, 0);
	CHECK(see(s, DRP_SCOPE_MINISTRY, 0, "").publication[0] == open);
	drp_snapshot_release(old);
	CHECK(open->edition->n_observations > 0);
	now_s -= 1; /* a clock that is set back hides it again */
	s = after(s);
	CHECK_INT(s->n_open, 0);
	CHECK_INT(public_sees(s), 0);
	drp_snapshot_release(s);
	finish();
}

/* Whoever sees an edition before its time sees until when, also when that is moved. */
static void tells_the_instant(void)
{
	begin();
	embargo(now_s + 100);
	add_token("ministry", DRP_SCOPE_MINISTRY, 0, "");
	add_token("kov", DRP_SCOPE_NETWORK, DRP_KOV, "");
	CHECK_OK(drp_campaign_close(&f.hub, FIXTURE_CAMPAIGN, NULL));
	struct drp_snapshot *s = after(NULL);
	for (int64_t until = now_s + 100; until < now_s + 400; until += 100) {
		embargo(until);
		struct drp_snapshot *fresh = after(s);
		s = fresh ? fresh : s;
		struct drp_catalogue all = see(s, DRP_SCOPE_MINISTRY, 0, "");
		struct drp_catalogue kov = see(s, DRP_SCOPE_NETWORK, DRP_KOV, "");
		CHECK_INT(all.publication[0]->before_s, until);
		CHECK_INT(kov.publication[0]->before_s, until);
	}
	embargo(0);
	s = after(s);
	CHECK_INT(see(s, DRP_SCOPE_MINISTRY, 0, "").publication[0]->before_s, 0);
	CHECK_INT(see(s, DRP_SCOPE_NETWORK, DRP_KOV, "").publication[0]->before_s, 0);
	drp_snapshot_release(s);
	finish();
}

static void knows_tokens(void)
{
	struct drp_token_row row = {.name = "a", .id = "000000000001", .hash = "x"};
	begin();
	struct drp_snapshot *s = after(NULL);
	CHECK_OK(drp_hub_token_put(f.hub.store, &row, NULL));
	s = after(s);
	CHECK_INT(s->n_tokens, 1);
	CHECK_STR(s->token[0].id, row.id);
	CHECK_OK(drp_hub_token_drop(f.hub.store, "a", NULL));
	s = after(s);
	CHECK_INT(s->n_tokens, 0);
	drp_snapshot_release(s);
	finish();
}

/* Each view has its own sight of an edition under embargo, and nobody more than that. */
static void views_before_the_instant(void)
{
	begin();
	embargo(now_s + 100);
	add_token("koepel", DRP_SCOPE_NETWORK, DRP_KOV, "");
	add_token("koepel-2", DRP_SCOPE_NETWORK, DRP_KOV, "");
	add_token("go", DRP_SCOPE_NETWORK, DRP_GO, "");
	add_token("hers", DRP_SCOPE_RESEARCHER, 0, FIXTURE_CAMPAIGN);
	add_token("his", DRP_SCOPE_RESEARCHER, 0, "autumn-2026");
	add_token("ministry", DRP_SCOPE_MINISTRY, 0, "");
	CHECK_OK(drp_campaign_close(&f.hub, FIXTURE_CAMPAIGN, NULL));
	struct drp_snapshot *s = after(NULL), *old;
	CHECK_INT(public_sees(s), 0);
	CHECK_INT(see(s, DRP_SCOPE_RESEARCHER, 0, "autumn-2026").n, 0);
	struct drp_catalogue whole = see(s, DRP_SCOPE_MINISTRY, 0, "");
	CHECK_INT(whole.n, 1);
	CHECK(see(s, DRP_SCOPE_OPERATOR, 0, "").publication == whole.publication);
	struct drp_catalogue hers = see(s, DRP_SCOPE_RESEARCHER, 0, FIXTURE_CAMPAIGN);
	CHECK_INT(hers.n, 1);
	CHECK(hers.publication[0] == whole.publication[0]);
	struct drp_catalogue kov = see(s, DRP_SCOPE_NETWORK, DRP_KOV, "");
	struct drp_catalogue go = see(s, DRP_SCOPE_NETWORK, DRP_GO, "");
	CHECK(kov.n == 1 && go.n == 1);
	CHECK_INT(kov.publication[0]->network, DRP_KOV);
	CHECK_INT(go.publication[0]->network, DRP_GO);
	/* No token has that network: its view was not made, and shows what is public. */
	CHECK_INT(see(s, DRP_SCOPE_NETWORK, DRP_POV, "").n, 0);
	const struct drp_publication *part = kov.publication[0];
	old = drp_snapshot_hold(s);
	add_token("late", DRP_SCOPE_NETWORK, DRP_POV, "");
	s = after(s);
	CHECK_INT(see(s, DRP_SCOPE_NETWORK, DRP_POV, "").n, 1);
	CHECK(see(s, DRP_SCOPE_NETWORK, DRP_KOV, "").publication[0] == part);
	drp_snapshot_release(old); /* made once, and held by who shows it */
	CHECK(part->edition->n_observations > 0);
	now_s += 100; /* what is public is public for all, and whole */
	s = after(s);
	kov = see(s, DRP_SCOPE_NETWORK, DRP_KOV, "");
	CHECK_INT(kov.n, 1);
	CHECK(kov.publication[0] == see(s, DRP_SCOPES, 0, "").publication[0]);
	CHECK_INT(see(s, DRP_SCOPE_RESEARCHER, 0, "autumn-2026").n, 1);
	drp_snapshot_release(s);
	finish();
}

static int64_t in_history(const struct drp_catalogue *catalogue)
{
	CHECK(catalogue->history != NULL);
	return drp_history_reached(
		catalogue->history, "VL", ~0u, DRP_REACHED_TOOK_PART, now_s + 1000000);
}

/* A history is of the campaigns that its reader sees whole. */
static void histories(void)
{
	begin();
	embargo(now_s + 100);
	add_token("ministry", DRP_SCOPE_MINISTRY, 0, "");
	add_token("kov", DRP_SCOPE_NETWORK, DRP_KOV, "");
	CHECK_OK(drp_campaign_close(&f.hub, FIXTURE_CAMPAIGN, NULL));
	struct drp_snapshot *s = after(NULL), *old;
	struct drp_catalogue all = see(s, DRP_SCOPE_MINISTRY, 0, "");
	struct drp_catalogue kov = see(s, DRP_SCOPE_NETWORK, DRP_KOV, "");
	struct drp_catalogue open = see(s, DRP_SCOPES, 0, "");
	CHECK_INT(in_history(&all), FIXTURE_SCHOOLS - 1);
	CHECK_INT(in_history(&kov), -1);
	CHECK(kov.history == open.history); /* made once */
	now_s += 100;
	old = drp_snapshot_hold(s);
	s = after(s);
	open = see(s, DRP_SCOPES, 0, "");
	CHECK(open.history == all.history);
	CHECK_INT(in_history(&open), FIXTURE_SCHOOLS - 1);
	drp_snapshot_release(old);
	CHECK_INT(in_history(&open), FIXTURE_SCHOOLS - 1);
	drp_snapshot_release(s);
	finish();
}

/* Campaigns whose schools cannot be told are published all the same. */
static void histories_stop_nothing(void)
{
	char command[256];
	begin();
	CHECK_OK(drp_campaign_close(&f.hub, FIXTURE_CAMPAIGN, NULL));
	snprintf(command, sizeof command,
		"python3 -c \"import sqlite3; c = sqlite3.connect('%s/hub.db'); "
		"c.execute('DELETE FROM member'); c.commit()\"",
		f.dir);
	CHECK_INT(system(command), 0);
	setenv("DREMPEL_LOG", "none", 1);
	struct drp_snapshot *s = after(NULL);
	struct drp_catalogue open = see(s, DRP_SCOPES, 0, "");
	CHECK_INT(open.n, 1);
	CHECK_INT(in_history(&open), -1);
	drp_snapshot_release(s);
	finish();
}

static const char *load_target(void)
{
	static char id[DRP_NAME_MAX];
	struct drp_diag why = {0};
	CHECK_OK(drp_hub_begin(f.hub.store, NULL));
	enum drp_err err = drp_target_load(
		&f.hub, DRP_SOURCE_DIR "/deploy/reference/target-example.yaml", id, &why);
	CHECK_OK(drp_hub_end(f.hub.store, err, &why));
	return id;
}

/* Targets are public, and there as soon as they are loaded. */
static void targets_come(void)
{
	begin();
	embargo(now_s + 100);
	add_token("kov", DRP_SCOPE_NETWORK, DRP_KOV, "");
	CHECK_OK(drp_campaign_close(&f.hub, FIXTURE_CAMPAIGN, NULL));
	struct drp_snapshot *s = after(NULL);
	CHECK_INT(see(s, DRP_SCOPES, 0, "").n_targets, 0);
	const char *id = load_target();
	s = after(s);
	CHECK(s);
	struct drp_catalogue open = see(s, DRP_SCOPES, 0, "");
	struct drp_catalogue kov = see(s, DRP_SCOPE_NETWORK, DRP_KOV, "");
	CHECK_INT(open.n_targets, 1);
	CHECK_STR(open.target[0].id, id);
	CHECK_INT(kov.n_targets, 1);
	/* Before the instant neither learns from it how many schools took part, and the
	 * part that the network sees is not called an edition without a record. */
	struct drp_target_report report;
	drp_target_report(&kov.target[0], kov.publication, kov.n, kov.history, &report);
	CHECK_INT(report.reached, -1);
	CHECK_INT(report.left_out, 0);
	CHECK(!after(s));
	drp_snapshot_release(s);
	finish();
}

static void newest_comes_first(void)
{
	struct drp_hash hash;
	struct drp_buf bytes = {0};
	begin();
	CHECK_OK(drp_campaign_close(&f.hub, FIXTURE_CAMPAIGN, NULL));
	CHECK_OK(drp_hub_edition_get(
		f.hub.store, FIXTURE_CAMPAIGN, 1, &hash, &bytes, NULL));
	CHECK_OK(drp_hub_edition_put(
		f.hub.store, FIXTURE_CAMPAIGN, 2, &hash, bytes.data, bytes.len, 1, NULL));
	drp_buf_clear(&bytes);
	struct drp_snapshot *s = after(NULL);
	CHECK_INT(s->n_editions, 2);
	CHECK_INT(s->edition[0].number, 2);
	CHECK_INT(s->edition[1].number, 1);
	drp_snapshot_release(s);
	finish();
}

/* Nothing is shown rather than something wrong; what was shown stays. */
static void damage_is_an_error(void)
{
	struct drp_hash hash = {{1}};
	begin();
	CHECK_OK(drp_campaign_close(&f.hub, FIXTURE_CAMPAIGN, NULL));
	struct drp_snapshot *s = after(NULL), *fresh = NULL;
	CHECK_OK(drp_hub_edition_put(
		f.hub.store, FIXTURE_CAMPAIGN, 2, &hash, "junk", 4, 1, NULL));
	CHECK(drp_snapshot_look(source, s, &fresh, &diag) != DRP_OK);
	CHECK(!fresh);
	CHECK(*diag.text);
	CHECK_INT(s->n_open, 1);
	drp_snapshot_release(s);
	finish();
}

/* Whatever allocation fails: nothing new is shown, or all of it, and nothing leaks. */
static void memory_runs_out(void)
{
	begin();
	setenv("DREMPEL_LOG", "none", 1);
	embargo(now_s + 100);
	add_token("kov", DRP_SCOPE_NETWORK, DRP_KOV, "");
	add_token("ministry", DRP_SCOPE_MINISTRY, 0, "");
	CHECK_OK(drp_campaign_close(&f.hub, FIXTURE_CAMPAIGN, NULL));
	load_target();
	drp_snapshot_release(after(NULL)); /* the store is open */
	int whole = 0, failed = 0;
	for (unsigned long n = 1; !whole; n++) {
		struct drp_snapshot *fresh = NULL;
		(void)drp_alloc_hook(n, 0);
		enum drp_err err = drp_snapshot_look(source, NULL, &fresh, &diag);
		whole = drp_alloc_hook(0, 0) < n;
		CHECK(n < 20000);
		CHECK_INT(fresh != NULL, err == DRP_OK);
		failed += err != DRP_OK;
		if (fresh) {
			struct drp_catalogue kov =
				see(fresh, DRP_SCOPE_NETWORK, DRP_KOV, "");
			CHECK_INT(kov.n, 1);
			CHECK_INT(kov.publication[0]->network, DRP_KOV);
			CHECK_INT(public_sees(fresh), 0);
			/* What is shown would stay: it is never half of it. */
			struct drp_catalogue all = see(fresh, DRP_SCOPE_MINISTRY, 0, "");
			CHECK_INT(in_history(&all), FIXTURE_SCHOOLS - 1);
			CHECK_INT(all.n_targets, 1);
			drp_snapshot_release(fresh);
		}
	}
	CHECK(failed > 20);
	finish();
}

int main(void)
{
	CASE("it shows what is published, and again only when that changes",
		shows_what_is_published);
	CASE("an edition is kept back until its instant", holds_back_until_the_instant);
	CASE("before it, it says until when", tells_the_instant);
	CASE("tokens come and go", knows_tokens);
	CASE("before the instant each view sees its own", views_before_the_instant);
	CASE("a history is of what its reader sees whole", histories);
	CASE("targets are there for all once they are loaded", targets_come);
	CASE("without a history a campaign is published all the same",
		histories_stop_nothing);
	CASE("without memory nothing new is shown", memory_runs_out);
	CASE("all editions are there, the newest first", newest_comes_first);
	CASE("an edition that cannot be read is an error", damage_is_an_error);
	return DONE();
}
