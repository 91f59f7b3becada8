/* SPDX-License-Identifier: Apache-2.0
 *
 * Somebody on the path keeps every request and sends it again: at once, a day later, to
 * another hub, while another campaign runs, after a withdrawal, after the close, after
 * the freeze. Nothing that a hub stores changes. The control is a hub that has forgotten:
 * it takes the same bytes for new ones, so they are as good as ever.
 */
#include "tests/attack/collect.h"

#define SCHOOLS	 5
#define KEPT_MAX 128

static struct fed f, g;
static struct drp_buf kept[KEPT_MAX];
static size_t n_kept;

static int keep(struct fed *fed, const struct drp_buf *request)
{
	(void)fed;
	CHECK(n_kept < KEPT_MAX);
	kept[n_kept] = (struct drp_buf){0};
	drp_buf_append(&kept[n_kept++], request->data, request->len);
	return 0;
}

static size_t kept_of(int type)
{
	size_t n = 0;
	for (size_t i = 0; i < n_kept; i++) {
		n += collect_type(&kept[i]) == type;
	}
	return n;
}

/* Everything again, in order and backwards. */
static void replay(struct fed *to)
{
	for (size_t i = 0; i < 2 * n_kept; i++) {
		struct drp_buf reply = {0};
		fed_deliver(to, &kept[i < n_kept ? i : 2 * n_kept - 1 - i], &reply);
		drp_buf_clear(&reply);
	}
}

static void forget(void)
{
	for (size_t i = 0; i < n_kept; i++) {
		drp_buf_clear(&kept[i]);
	}
	n_kept = 0;
}

/* ---- what a hub holds ---- */

static enum drp_err add_contribution(
	void *self, const struct drp_stored *stored, const void *sealed, size_t n)
{
	struct drp_buf *all = self;
	drp_buf_append(all, &stored->unit, sizeof stored->unit);
	drp_buf_append(all, &stored->group, 1);
	drp_buf_append(all, &stored->withdrawn, 1);
	drp_buf_append(all, &stored->hash, sizeof stored->hash);
	drp_buf_append(all, &stored->receipt.stored_s, sizeof stored->receipt.stored_s);
	drp_buf_append(all, sealed, n);
	return DRP_OK;
}

/* Contributions, states, charges, keys of schools and the edition, as one hash. */
static struct drp_hash snapshot(struct fed *fed)
{
	struct drp_campaign_row *rows = NULL;
	struct drp_ledger_row *ledger = NULL;
	struct drp_school *schools = NULL;
	size_t n = 0, n_ledger = 0, n_schools = 0;
	struct drp_buf all = {0};
	struct drp_diag diag = {0};
	struct drp_hash hash, edition;
	CHECK_OK(drp_hub_campaigns(fed->hub.store, &rows, &n, &diag));
	for (size_t i = 0; i < n; i++) {
		struct drp_buf bytes = {0};
		drp_buf_append(&all, &rows[i].state, 1);
		CHECK_OK(drp_hub_contributions(
			fed->hub.store, rows[i].id, add_contribution, &all, &diag));
		if (drp_hub_edition_get(fed->hub.store, rows[i].id, 0, &edition, &bytes,
			    &diag) == DRP_OK) {
			drp_buf_append(&all, &edition, sizeof edition);
		}
		drp_buf_clear(&bytes);
	}
	CHECK_OK(drp_hub_ledger(fed->hub.store, &ledger, &n_ledger, &diag));
	CHECK_OK(drp_hub_schools(fed->hub.store, &schools, &n_schools, &diag));
	drp_buf_append(&all, ledger, n_ledger * sizeof *ledger);
	for (size_t i = 0; i < n_schools; i++) {
		drp_buf_append(&all, &schools[i].key, sizeof schools[i].key);
	}
	drp_hash_bytes(all.data, all.len, &hash);
	drp_buf_clear(&all);
	drp_free(rows);
	drp_free(ledger);
	drp_free(schools);
	return hash;
}

static void unmoved(struct fed *fed, const char *when)
{
	struct drp_hash before = snapshot(fed);
	replay(fed);
	struct drp_hash after = snapshot(fed);
	printf("# %s: %s\n", when,
		drp_hash_equal(&before, &after) ? "nothing changed" : "changed");
	CHECK(drp_hash_equal(&before, &after));
}

static size_t stored(struct fed *fed, const char *campaign)
{
	struct drp_buf all = {0};
	struct drp_diag diag = {0};
	CHECK_OK(drp_hub_contributions(
		fed->hub.store, campaign, add_contribution, &all, &diag));
	size_t n = all.len;
	drp_buf_clear(&all);
	return n;
}

/* ---- the attacks ---- */

/* Whole visits of all schools, status and contributions, kept on the way. */
static void publish_and_keep(void)
{
	struct drp_node_campaign c;
	struct drp_diag diag = {0};
	for (size_t i = 0; i < f.n; i++) {
		struct fed_school *s = &f.school[i];
		collect_approve(&f, s);
		CHECK_OK(drp_node_campaign_get(s->node.store, FED_CAMPAIGN, &c, &diag));
		const struct drp_sync_options all = {.push = 1, .status = &c.manifest};
		CHECK_OK(collect_visit(&f, s, &all, keep));
	}
	CHECK_INT(kept_of(DRP_MSG_SUBMIT), 2 * SCHOOLS);
	CHECK_INT(kept_of(DRP_MSG_STATUS), SCHOOLS);
}

static void the_same_hub(void)
{
	const struct drp_sync_options push = {.push = 1};
	struct drp_diag diag = {0};
	uint32_t waiting = 0;
	collect_begin(&f, SCHOOLS, 81);
	publish_and_keep();
	unmoved(&f, "at once");
	f.now_ms += (int64_t)3600 * 1000;
	unmoved(&f, "an hour later");
	f.now_ms += (int64_t)2 * 86400 * 1000;
	unmoved(&f, "two days later");
	f.now_ms -= (int64_t)2 * 86400 * 1000;

	fed_campaign(&f, "fed-2");
	unmoved(&f, "under another campaign");
	CHECK_INT(stored(&f, "fed-2"), 0);

	struct fed_school *s = &f.school[0];
	struct drp_hash before = snapshot(&f);
	CHECK_OK(drp_release_withdraw(&s->node, FED_CAMPAIGN, &waiting, &diag));
	CHECK_OK(collect_visit(&f, s, &push, keep));
	CHECK_INT(kept_of(DRP_MSG_WITHDRAW), 2);
	struct drp_hash withdrawn = snapshot(&f);
	CHECK(!drp_hash_equal(&before, &withdrawn)); /* the snapshot sees changes */
	unmoved(&f, "after a withdrawal");
}

static void the_end(void)
{
	struct drp_diag diag = {0};
	struct drp_edition *e = NULL;
	/* Four schools are too few: the one that withdrew is missed. */
	CHECK_ERR(drp_campaign_close(&f.hub, FED_CAMPAIGN, &diag), DRP_E_TOO_FEW_SCHOOLS);
	unmoved(&f, "after a refused close");
	fed_end(&f);
	forget();

	collect_begin(&f, SCHOOLS, 82);
	publish_and_keep();
	collect_close(&f);
	unmoved(&f, "after the close");
	CHECK_OK(drp_campaign_freeze(&f.hub, FED_CAMPAIGN, &diag));
	unmoved(&f, "after the freeze");
	e = collect_edition(&f);
	CHECK_INT(e->number, 1);
	drp_edition_free(e);
	fed_end(&f);
	forget();
}

/* The contribution is held back on the way until its withdrawal has passed. */
static void held_back(void)
{
	const struct drp_sync_options push = {.push = 1};
	struct drp_diag diag = {0};
	struct drp_edition *e;
	uint32_t waiting = 0;
	collect_begin(&f, SCHOOLS + 1, 86);
	for (size_t i = 0; i < SCHOOLS; i++) {
		collect_approve(&f, &f.school[i]);
		collect_publish(&f, &f.school[i]);
	}
	struct fed_school *s = &f.school[SCHOOLS];
	collect_approve(&f, s);
	struct drp_node_sync sync;
	int done = 0;
	CHECK_OK(drp_node_sync_begin(&sync, &s->node, &push, &s->result, &diag));
	while (!kept_of(DRP_MSG_SUBMIT)) { /* its first SUBMIT is not delivered */
		struct drp_buf request = {0}, reply = {0};
		CHECK_OK(drp_node_session_next(&sync.session, &request, &done, &diag));
		CHECK(!done);
		keep(&f, &request);
		if (!kept_of(DRP_MSG_SUBMIT)) {
			fed_deliver(&f, &request, &reply);
			CHECK_OK(drp_node_session_reply(
				&sync.session, reply.data, reply.len, &diag));
		}
		drp_buf_clear(&request);
		drp_buf_clear(&reply);
	}
	drp_node_sync_end(&sync);
	CHECK_OK(drp_release_withdraw(&s->node, FED_CAMPAIGN, &waiting, &diag));
	CHECK_OK(fed_visit(&f, s, &push));
	CHECK_INT(s->result.withdrawn, 2);
	unmoved(&f, "held back until its withdrawal has passed");
	collect_close(&f);
	e = collect_edition(&f);
	CHECK_INT(e->schools_took_part, SCHOOLS);
	drp_edition_free(e);
	fed_end(&f);
	forget();
}

static void another_hub(void)
{
	collect_begin(&f, SCHOOLS, 83);
	publish_and_keep();
	collect_begin(&g, SCHOOLS, 84);
	unmoved(&g, "at another hub");
	CHECK_INT(stored(&g, FED_CAMPAIGN), 0);
	/* A node's request is for the hub of its invite alone. */
	struct drp_envelope envelope;
	struct drp_buf body = {0};
	uint8_t key[DRP_MESSAGE_KEY_BYTES];
	CHECK_OK(drp_envelope_parse(kept[0].data, kept[0].len, &envelope));
	CHECK_OK(drp_envelope_verify(&envelope));
	CHECK_ERR(drp_envelope_open(&envelope, g.hub.keys, &body, key), DRP_E_SIGNATURE);
	drp_buf_clear(&body);
	fed_end(&g);
	fed_end(&f);
	forget();
}

/* ---- the control ---- */

static void a_hub_that_forgot(void)
{
	char copy[192];
	collect_begin(&f, SCHOOLS, 85);
	snprintf(copy, sizeof copy, "%s/copy", f.dir);
	collect_copy(f.hub_dir, copy);
	publish_and_keep();
	fed_close_hub(&f);
	collect_copy(copy, f.hub_dir);
	fed_open_hub(&f);
	CHECK_INT(stored(&f, FED_CAMPAIGN), 0);
	replay(&f);
	CHECK(stored(&f, FED_CAMPAIGN) > 0);
	fed_end(&f);
	forget();
}

int main(void)
{
	CASE("the same hub, from at once to after a withdrawal", the_same_hub);
	CASE("after the close and after the freeze", the_end);
	CASE("after a withdrawal that overtook it", held_back);
	CASE("another hub", another_hub);
	CASE("control: a hub that has forgotten takes them for new", a_hub_that_forgot);
	return DONE();
}
