/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/http/snapshot.h"

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
	CHECK_STR(s->open[0]->manifest->id, FIXTURE_CAMPAIGN);
	CHECK(s->open[0]->edition->n_observations > 0);
	CHECK(!after(s));
	drp_snapshot_release(s);
	finish();
}

static void holds_back_until_the_instant(void)
{
	begin();
	embargo(now_s + 100);
	CHECK_OK(drp_campaign_close(&f.hub, FIXTURE_CAMPAIGN, NULL));
	struct drp_snapshot *s = after(NULL), *old;
	CHECK_INT(s->n_editions, 1);
	CHECK_INT(s->n_open, 0);
	now_s += 99;
	CHECK(!after(s));
	now_s += 1;
	old = drp_snapshot_hold(s);
	s = after(s);
	CHECK(s);
	CHECK_INT(s->n_open, 1);
	CHECK(s->all[0] == old->all[0]); /* loaded once */
	drp_snapshot_release(old);
	CHECK(s->open[0]->edition->n_observations > 0);
	now_s -= 1; /* a clock that is set back hides it again */
	s = after(s);
	CHECK_INT(s->n_open, 0);
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

int main(void)
{
	CASE("it shows what is published, and again only when that changes",
		shows_what_is_published);
	CASE("an edition is kept back until its instant", holds_back_until_the_instant);
	CASE("tokens come and go", knows_tokens);
	CASE("all editions are there, the newest first", newest_comes_first);
	CASE("an edition that cannot be read is an error", damage_is_an_error);
	return DONE();
}
