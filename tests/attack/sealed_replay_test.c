/* SPDX-License-Identifier: Apache-2.0
 *
 * Whoever has a sealed report, or a request that carries one, uses it where it does not
 * belong: later, in another campaign of the same schools, for another unit or group,
 * under another school's signature, at another hub and notary; and likewise a
 * withdrawal. The worst of it would be a hub with a school at its side that counts a
 * victim's report many times over, so that a cohort's sum is the victim's. Nothing is
 * counted twice or elsewhere. The control: in its own place each of them is accepted.
 */
#include "tests/attack/sealed_course.h"

#include "proto/session/verification.h"

#define SCHOOLS	 6
#define KEPT_MAX 256
#define G	 DRP_TEACHER
#define VICTIM	 2
#define HELPER	 3 /* a school that signs what the hub wants it to */
#define SECOND	 "fed-2"

static struct fed f, elsewhere;
static struct course one, two;
static struct drp_diag diag;
static struct drp_reply reply;
static struct drp_buf body;

/* ---- everything that went from the hub to the notary ---- */

static struct drp_buf kept[KEPT_MAX];
static size_t n_kept;

static enum drp_err keeping(void *self, const void *request, size_t n,
	struct drp_buf *answer, struct drp_diag *d)
{
	CHECK(n_kept < KEPT_MAX);
	kept[n_kept] = (struct drp_buf){0};
	drp_buf_append(&kept[n_kept++], request, n);
	return fed_exchange(self, request, n, answer, d);
}

static size_t kept_of(int type)
{
	size_t n = 0;
	for (size_t i = 0; i < n_kept; i++) {
		struct drp_envelope e;
		CHECK_OK(drp_envelope_parse(kept[i].data, kept[i].len, &e));
		n += e.type == type;
	}
	return n;
}

static void forget(void)
{
	for (size_t i = 0; i < n_kept; i++) {
		drp_buf_clear(&kept[i]);
	}
	n_kept = 0;
}

/* ---- what a side holds ---- */

static enum drp_err add_contribution(
	void *self, const struct drp_stored *stored, const void *sealed, size_t n)
{
	struct drp_buf *all = self;
	drp_buf_append(all, &stored->unit, sizeof stored->unit);
	drp_buf_append(all, &stored->group, 1);
	drp_buf_append(all, &stored->withdrawn, 1);
	drp_buf_append(all, &stored->state, 1);
	drp_buf_append(all, &stored->hash, sizeof stored->hash);
	drp_buf_append(all, sealed, n);
	return DRP_OK;
}

/* Contributions, states and charges, as one hash. */
static struct drp_hash snapshot(struct drp_hub *hub)
{
	struct drp_campaign_row *rows = NULL;
	struct drp_ledger_row *ledger = NULL;
	struct drp_buf all = {0};
	struct drp_hash hash;
	size_t n = 0, n_ledger = 0;
	CHECK_OK(drp_hub_campaigns(hub->store, &rows, &n, NULL));
	for (size_t i = 0; i < n; i++) {
		drp_buf_append(&all, &rows[i].state, 1);
		CHECK_OK(drp_hub_contributions(
			hub->store, rows[i].id, add_contribution, &all, NULL));
	}
	CHECK_OK(drp_hub_ledger(hub->store, &ledger, &n_ledger, NULL));
	drp_buf_append(&all, ledger, n_ledger * sizeof *ledger);
	drp_hash_bytes(all.data, all.len, &hash);
	drp_buf_clear(&all);
	drp_free(rows);
	drp_free(ledger);
	return hash;
}

static size_t held(struct drp_hub *hub, const char *campaign)
{
	struct drp_buf all = {0};
	CHECK_OK(drp_hub_contributions(
		hub->store, campaign, add_contribution, &all, NULL));
	size_t n = all.len;
	drp_buf_clear(&all);
	return n;
}

/* Everything again, in order and backwards, to a notary. */
static void unmoved(struct fed *at, const char *when)
{
	struct drp_hash before = snapshot(&at->notary->hub);
	for (size_t i = 0; i < 2 * n_kept; i++) {
		struct drp_buf answer = {0};
		const struct drp_buf *request =
			&kept[i < n_kept ? i : 2 * n_kept - 1 - i];
		fed_deliver_to_notary(at, request->data, request->len, &answer);
		drp_buf_clear(&answer);
	}
	struct drp_hash after = snapshot(&at->notary->hub);
	printf("# %s: %s\n", when,
		drp_hash_equal(&before, &after) ? "nothing changed" : "changed");
	CHECK(drp_hash_equal(&before, &after));
}

/* ---- a report in other places ---- */

/* The victim's report, decoded; borrows bytes. */
static struct drp_buf bytes;
static struct drp_report report;
static struct drp_hash name;

static void make_victims(void)
{
	uint64_t *counts = one.truth.counts[G][VICTIM];
	bytes.len = 0;
	course_counts(&one.tasks->task[G].vector, &f.rng, 25, counts);
	fed_make_report(&f, one.tasks, VICTIM, G, counts, &bytes, &name);
	CHECK_OK(drp_report_decode(bytes.data, bytes.len, &report, &name));
	one.truth.present[G][VICTIM] = 1;
}

static void sign_as(size_t school, struct drp_report *r)
{
	struct drp_buf statement = {0};
	struct drp_hash unused;
	CHECK_OK(drp_report_statement_encode(&r->statement, &statement, &unused));
	drp_sign(f.school[school].node.keys, DRP_REPORT_TAG, statement.data,
		statement.len, r->signature);
	drp_buf_clear(&statement);
}

/* A copy of the victim's report that says it is of another place. */
static struct drp_report moved(
	const struct drp_hash *campaign, const struct drp_id *unit, int group)
{
	struct drp_report r = report;
	r.statement.campaign = campaign ? *campaign : r.statement.campaign;
	r.statement.unit = unit ? *unit : r.statement.unit;
	r.statement.group = group < 0 ? r.statement.group : (uint8_t)group;
	return r;
}

/* Sent to the hub by a school. */
static enum drp_err to_hub(size_t school, const struct drp_report *r)
{
	struct drp_buf again = {0};
	CHECK_OK(drp_report_encode(r, &again));
	enum drp_err err = fed_send_report(&f, school, &again, &reply, &body);
	drp_buf_clear(&again);
	return err;
}

/* Verified by a hub that does as it likes: it has the report, the seed, and asks the
 * notary at once. */
static enum drp_err to_notary(const struct course *c, const struct drp_report *r)
{
	uint8_t seed[DRP_VERIFY_SEED_BYTES], key[DRP_PRIO3_VERIFY_KEY_BYTES];
	const struct drp_manifest *m = c->tasks->manifest;
	int g = r->statement.group;
	struct drp_buf state = {0}, initialize = {0};
	struct drp_request q = {.type = DRP_MSG_VERIFY};
	CHECK_OK(drp_verify_seed(&f.hub, m->id, &m->hash, seed, NULL));
	drp_verify_key(seed, &m->hash, (enum drp_group)g, key);
	enum drp_err err =
		drp_verification_start(&c->tasks->task[g], key, r, &state, &initialize);
	if (err == DRP_OK) {
		q.verify.report = *r;
		q.verify.report.hub_share = NULL;
		q.verify.report.hub_n = 0;
		q.verify.initialize = initialize.data;
		q.verify.initialize_n = initialize.len;
		err = course_ask_notary(&f, &q, &reply, &body, &diag);
	}
	drp_buf_wipe(&state);
	drp_buf_clear(&initialize);
	return err;
}

static int counted(struct drp_hub *hub, const struct course *c, size_t school, int group)
{
	struct drp_stored stored;
	return drp_hub_contribution_get(hub->store, c->id,
		       &fed_unit(&f, c->tasks, school)->id, group, &stored,
		       NULL) == DRP_OK &&
	       stored.state == DRP_CONTRIBUTION_COUNTED && !stored.withdrawn;
}

static void begin(uint64_t seed)
{
	course_begin(&one, &f, SCHOOLS, seed);
	fed_campaign(&f, SECOND);
	course_take(&two, &f, SECOND);
	n_kept = 0;
	f.peer.exchange = keeping;
	make_victims();
}

static void end(void)
{
	forget();
	course_drop(&two);
	course_end(&one);
}

/* ---- cases ---- */

/* The school itself, the hub, or another school say nothing but the bytes as they are,
 * with another place in front. Nobody has the victim's signature for that. */
static void without_the_school(void)
{
	const struct drp_id *other = &fed_unit(&f, one.tasks, HELPER)->id;
	const struct drp_id *later = &fed_unit(&f, two.tasks, VICTIM)->id;
	const struct drp_report wrong[] = {moved(&two.tasks->manifest->hash, later, -1),
		moved(&two.tasks->manifest->hash, NULL, -1), moved(NULL, other, -1),
		moved(NULL, NULL, DRP_PUPIL), moved(NULL, NULL, DRP_LEADER)};
	struct drp_hash hub = snapshot(&f.hub), notary = snapshot(&f.notary->hub), after;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		const struct course *c = drp_hash_equal(&wrong[i].statement.campaign,
						 &two.tasks->manifest->hash)
						 ? &two
						 : &one;
		CHECK(to_hub(VICTIM, &wrong[i]) != DRP_OK);
		CHECK(to_hub(HELPER, &wrong[i]) != DRP_OK);
		CHECK(to_notary(c, &wrong[i]) != DRP_OK);
	}
	CHECK(to_hub(HELPER, &report) != DRP_OK); /* as it is, by another school */
	after = snapshot(&f.hub);
	CHECK(drp_hash_equal(&hub, &after));
	after = snapshot(&f.notary->hub);
	CHECK(drp_hash_equal(&notary, &after));
}

/* Another school signs the victim's report for a unit of its own, with the hub's help;
 * or the victim's own key signs it for a later campaign, as a node that is not its
 * own would. The share for the notary was sealed for one place alone. */
static void with_a_school(void)
{
	struct drp_report r = moved(NULL, &fed_unit(&f, one.tasks, HELPER)->id, -1);
	sign_as(HELPER, &r);
	CHECK_ERR(to_notary(&one, &r), DRP_E_SIGNATURE);
	CHECK(!counted(&f.notary->hub, &one, HELPER, G));

	r = moved(&two.tasks->manifest->hash, &fed_unit(&f, two.tasks, HELPER)->id, -1);
	sign_as(HELPER, &r);
	CHECK_ERR(to_notary(&two, &r), DRP_E_SIGNATURE);
	CHECK(!counted(&f.notary->hub, &two, HELPER, G));

	r = moved(&two.tasks->manifest->hash, &fed_unit(&f, two.tasks, VICTIM)->id, -1);
	sign_as(VICTIM, &r);
	CHECK_ERR(to_notary(&two, &r), DRP_E_SIGNATURE);
	CHECK(!counted(&f.notary->hub, &two, VICTIM, G));
	CHECK_OK(to_hub(VICTIM, &r)); /* a hub cannot see it by itself */
	CHECK(!counted(&f.hub, &two, VICTIM, G));

	r = moved(NULL, NULL, DRP_PUPIL);
	sign_as(VICTIM, &r);
	CHECK(to_notary(&one, &r) != DRP_OK);
	CHECK(!counted(&f.notary->hub, &one, VICTIM, DRP_PUPIL));
}

/* A nonce or a public share of another report do not make it a new one either. */
static void mixed(void)
{
	struct drp_buf other = {0};
	struct drp_report second, r = report;
	struct drp_hash unused;
	uint64_t counts[TRUTH_LENGTH];
	course_counts(&one.tasks->task[G].vector, &f.rng, 25, counts);
	fed_make_report(&f, one.tasks, 4, G, counts, &other, &unused);
	CHECK_OK(drp_report_decode(other.data, other.len, &second, &unused));
	second.statement.notary_share = r.statement.notary_share;
	second.notary_share = r.notary_share;
	second.notary_n = r.notary_n;
	sign_as(4, &second);
	CHECK_ERR(to_notary(&one, &second), DRP_E_SIGNATURE);
	CHECK(!counted(&f.notary->hub, &one, 4, G));
	drp_buf_clear(&other);
}

static void in_its_own_place(void)
{
	CHECK_OK(to_hub(VICTIM, &report));
	CHECK_OK(to_hub(VICTIM, &report)); /* again: the same receipt */
	CHECK_OK(fed_forward(&f, &diag));
	CHECK(counted(&f.hub, &one, VICTIM, G));
	CHECK(counted(&f.notary->hub, &one, VICTIM, G));
	CHECK_OK(to_notary(&one, &report)); /* again: the stored answer */
	CHECK(kept_of(DRP_MSG_VERIFY) > 1);
	end();
}

/* Requests as they went over the wire. */
static void requests_later(void)
{
	begin(402);
	for (size_t s = 0; s < SCHOOLS; s++) {
		if (s != VICTIM) {
			course_send(&one, G, s);
		}
	}
	CHECK_OK(to_hub(VICTIM, &report));
	CHECK_OK(fed_forward(&f, &diag));
	CHECK_INT(kept_of(DRP_MSG_VERIFY), SCHOOLS);
	unmoved(&f, "at once, with another campaign running");
	f.now_ms += INT64_C(2) * 86400 * 1000;
	unmoved(&f, "two days later");
	f.now_ms -= INT64_C(2) * 86400 * 1000;
	CHECK_INT(held(&f.notary->hub, SECOND), 0);
	course_close(&one);
	unmoved(&f, "after the close");
	CHECK_OK(drp_closing_freeze(&f.hub, FED_CAMPAIGN, &f.peer, &diag));
	unmoved(&f, "after the freeze");
	CHECK_INT(held(&f.notary->hub, SECOND), 0);
	end();
}

/* A second federation whose schools, units and campaign have the same names. */
static void at_another_notary(void)
{
	begin(403);
	CHECK_OK(to_hub(VICTIM, &report));
	CHECK_OK(fed_forward(&f, &diag));
	fed_begin_sealed(&elsewhere, SCHOOLS, COURSE_ELIGIBLE, 404);
	unmoved(&elsewhere, "at another notary");
	CHECK_INT(held(&elsewhere.notary->hub, FED_CAMPAIGN), 0);
	/* Sent to the other hub as the bytes are, by a school that it knows. */
	struct drp_request q = {.type = DRP_MSG_REPORT};
	q.report.bytes = bytes.data;
	q.report.n = bytes.len;
	CHECK(fed_ask(&elsewhere, VICTIM, &q, &reply, &body) != DRP_OK);
	CHECK_INT(held(&elsewhere.hub, FED_CAMPAIGN), 0);
	/* Nor may a hub that is not paired ask this notary anything. */
	struct drp_peer stranger = f.peer;
	struct drp_request open = {.type = DRP_MSG_OPEN};
	open.open.campaign = one.tasks->manifest->hash;
	diag = (struct drp_diag){0};
	CHECK_ERR(drp_peer_ask(&elsewhere.hub, &stranger, &open, &reply, &body, &diag),
		DRP_E_UNKNOWN_KEY);
	/* Nor a paired one about a campaign of another hub. */
	fed_introduce(&f.notary->hub, &elsewhere.hub); /* elsewhere pins f's notary */
	fed_introduce(&elsewhere.hub, &f.notary->hub);
	diag = (struct drp_diag){0};
	CHECK_ERR(drp_peer_ask(&elsewhere.hub, &stranger, &open, &reply, &body, &diag),
		DRP_E_NOTFOUND);
	fed_end(&elsewhere);
	end();
}

/* ---- withdrawals ---- */

static enum drp_err drop(const struct drp_withdrawal *w)
{
	struct drp_request q = {.type = DRP_MSG_DROP};
	q.withdraw = *w;
	return course_ask_notary(&f, &q, &reply, &body, &diag);
}

static enum drp_err withdraw_at_hub(size_t school, const struct drp_withdrawal *w)
{
	struct drp_request q = {.type = DRP_MSG_WITHDRAW};
	q.withdraw = *w;
	return fed_ask(&f, school, &q, &reply, &body);
}

static void withdrawals(void)
{
	struct drp_hash later;
	uint64_t counts[TRUTH_LENGTH];
	begin(405);
	CHECK_OK(to_hub(VICTIM, &report));
	course_counts(&two.tasks->task[G].vector, &f.rng, 30, counts);
	CHECK_OK(fed_report(&f, two.tasks, VICTIM, G, counts, &later));
	CHECK_OK(fed_forward(&f, &diag));
	struct drp_withdrawal w = {.campaign = one.tasks->manifest->hash,
		.contribution = name,
		.unit = fed_unit(&f, one.tasks, VICTIM)->id,
		.group = G};
	struct drp_buf statement = {0};
	CHECK_OK(drp_withdrawal_statement(&w, &statement));
	drp_sign(f.school[VICTIM].node.keys, DRP_WITHDRAWAL_TAG, statement.data,
		statement.len, w.signature);

	struct drp_withdrawal wrong[] = {w, w, w, w};
	wrong[0].campaign = two.tasks->manifest->hash;
	wrong[0].unit = fed_unit(&f, two.tasks, VICTIM)->id;
	wrong[1] = wrong[0];
	wrong[1].contribution = later;
	wrong[2].unit = fed_unit(&f, one.tasks, HELPER)->id;
	wrong[3].group = DRP_PUPIL;
	struct drp_hash hub = snapshot(&f.hub), notary = snapshot(&f.notary->hub), after;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		CHECK(drop(&wrong[i]) != DRP_OK);
		CHECK(withdraw_at_hub(HELPER, &wrong[i]) != DRP_OK);
		CHECK(withdraw_at_hub(VICTIM, &wrong[i]) != DRP_OK);
	}
	after = snapshot(&f.notary->hub);
	CHECK(drp_hash_equal(&notary, &after));
	after = snapshot(&f.hub);
	CHECK(drp_hash_equal(&hub, &after));

	CHECK(counted(&f.notary->hub, &one, VICTIM, G)); /* the control */
	CHECK_OK(withdraw_at_hub(VICTIM, &w));
	CHECK_OK(fed_forward(&f, &diag));
	CHECK(!counted(&f.notary->hub, &one, VICTIM, G));
	CHECK(kept_of(DRP_MSG_DROP) > 0);
	unmoved(&f, "after a withdrawal");
	drp_buf_clear(&statement);
	end();
}

int main(void)
{
	begin(401);
	CASE("a report in another place, with the signature that it has",
		without_the_school);
	CASE("a report in another place, signed for it", with_a_school);
	CASE("a share of one report in another", mixed);
	CASE("control: in its own place it is accepted, and once", in_its_own_place);
	CASE("requests on the wire, from at once to after the freeze", requests_later);
	CASE("at another hub and notary", at_another_notary);
	CASE("a withdrawal in another place; control: in its own it holds", withdrawals);
	drp_buf_clear(&bytes);
	drp_buf_clear(&body);
	return DONE();
}
