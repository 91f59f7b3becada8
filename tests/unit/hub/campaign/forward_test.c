/* SPDX-License-Identifier: Apache-2.0
 *
 * Reports and withdrawals on their way from the hub to the notary, and what becomes of
 * each: counted at both, refused by one, withdrawn meanwhile. Also what schools and hubs
 * do that no node or hub of ours would.
 */
#include "tests/support/sealed_federation.h"

#include "hub/campaign/gather.h"
#include "proto/session/verification.h"

#include <pthread.h>

#define SCHOOLS	 6
#define ELIGIBLE 40
#define LENGTH	 512

static struct fed f;
static struct drp_tasks *tasks;
static uint64_t counts[LENGTH];
static struct drp_reply answer;
static struct drp_buf body;

static void begin(void)
{
	fed_begin_sealed(&f, SCHOOLS, ELIGIBLE, 11);
	tasks = fed_tasks(&f.hub);
	fed_counts(&tasks->task[DRP_TEACHER].vector, 20, 3, counts);
}

static void end(void)
{
	drp_tasks_free(tasks);
	fed_end(&f);
}

static struct drp_hash send(size_t school)
{
	struct drp_hash name;
	CHECK_OK(fed_report(&f, tasks, school, DRP_TEACHER, counts, &name));
	return name;
}

static struct drp_stored stored_at(struct drp_hub *hub, size_t school)
{
	struct drp_stored stored;
	CHECK(fed_stored(hub, fed_unit(&f, tasks, school), DRP_TEACHER, &stored));
	return stored;
}

static size_t sealed_bytes(struct drp_hub *hub, size_t school)
{
	struct drp_buf sealed = {0};
	CHECK_OK(drp_hub_contribution_load(hub->store, FED_CAMPAIGN,
		&fed_unit(&f, tasks, school)->id, DRP_TEACHER, &sealed, NULL, NULL));
	size_t n = sealed.len;
	drp_buf_clear(&sealed);
	return n;
}

static enum drp_err status(size_t school)
{
	struct drp_request q = {.type = DRP_MSG_STATUS};
	q.status.campaign = tasks->manifest->hash;
	return fed_ask(&f, school, &q, &answer, &body);
}

static enum drp_err ask_notary(struct drp_request *q)
{
	struct drp_diag diag = {0};
	return drp_peer_ask(&f.hub, &f.peer, q, &answer, &body, &diag);
}

/* ---- reports that a school could make on purpose ---- */

enum wrong {
	NOTHING,
	HUB_SHARE,	/* the shares do not prove anything together */
	NOT_AN_ELEMENT, /* of the field */
	NOTARY_SHARE,	/* sealed for nobody */
	OTHER_NONCE	/* sealed, and proven, under another nonce */
};

/* A school's report with something wrong in it, signed by the school all the same. */
static void send_wrong(size_t school, enum wrong wrong)
{
	struct drp_buf made = {0}, hub = {0}, notary = {0}, statement = {0}, bytes = {0};
	struct drp_report r;
	struct drp_hash name;
	fed_make_report(&f, tasks, school, DRP_TEACHER, counts, &made, &name);
	CHECK_OK(drp_report_decode(made.data, made.len, &r, &name));
	drp_buf_append(&hub, r.hub_share, r.hub_n);
	drp_buf_append(&notary, r.notary_share, r.notary_n);
	hub.data[0] ^= wrong == HUB_SHARE;
	if (wrong == NOT_AN_ELEMENT) {
		memset(hub.data, 0xff, 16);
	}
	notary.data[notary.len - 1] ^= wrong == NOTARY_SHARE;
	r.statement.nonce.b[0] ^= wrong == OTHER_NONCE;
	r.hub_share = hub.data;
	r.notary_share = notary.data;
	drp_hash_bytes(hub.data, hub.len, &r.statement.hub_share);
	drp_hash_bytes(notary.data, notary.len, &r.statement.notary_share);
	CHECK_OK(drp_report_statement_encode(&r.statement, &statement, &name));
	drp_sign(f.school[school].node.keys, DRP_REPORT_TAG, statement.data,
		statement.len, r.signature);
	CHECK_OK(drp_report_encode(&r, &bytes));
	CHECK_OK(fed_send_report(&f, school, &bytes, &answer, &body));
	drp_buf_clear(&made);
	drp_buf_clear(&hub);
	drp_buf_clear(&notary);
	drp_buf_clear(&statement);
	drp_buf_clear(&bytes);
}

static void one_bad_share(void)
{
	struct drp_diag diag = {0};
	begin();
	send(0);
	send_wrong(1, HUB_SHARE);
	send_wrong(2, NOTARY_SHARE);
	send_wrong(3, NOT_AN_ELEMENT);
	send_wrong(4, OTHER_NONCE);
	send_wrong(5, NOTHING);
	CHECK_OK(fed_forward(&f, &diag));
	static const enum drp_err reason[] = {DRP_OK, DRP_E_PROOF, DRP_E_SIGNATURE,
		DRP_E_PROOF, DRP_E_SIGNATURE, DRP_OK};
	for (size_t s = 0; s < SCHOOLS; s++) {
		struct drp_stored stored = stored_at(&f.hub, s);
		CHECK_INT(stored.reason, reason[s]);
		CHECK_INT(stored.state,
			reason[s] ? DRP_CONTRIBUTION_REJECTED : DRP_CONTRIBUTION_COUNTED);
		CHECK_INT(sealed_bytes(&f.hub, s) > 0, reason[s] == DRP_OK);
		CHECK_OK(status(s));
		CHECK_INT(answer.status.n, reason[s] ? 1 : 2);
		CHECK_INT(answer.status.n_refused, reason[s] ? 1 : 0);
	}
	/* Those that the notary has seen are settled there too. */
	CHECK_INT(stored_at(&f.notary->hub, 1).state, DRP_CONTRIBUTION_REJECTED);
	CHECK_INT(stored_at(&f.notary->hub, 2).state, DRP_CONTRIBUTION_REJECTED);
	CHECK_INT(stored_at(&f.notary->hub, 0).state, DRP_CONTRIBUTION_COUNTED);
	unsigned asked = f.notary->arrived[DRP_MSG_VERIFY];
	CHECK_OK(fed_forward(&f, &diag)); /* none of them is tried again */
	CHECK_INT(f.notary->arrived[DRP_MSG_VERIFY], asked);
	end();
}

static void both_receipts(void)
{
	struct drp_diag diag = {0};
	struct drp_buf report = {0};
	struct drp_hash name;
	begin();
	fed_make_report(&f, tasks, 0, DRP_TEACHER, counts, &report, &name);
	CHECK_OK(fed_send_report(&f, 0, &report, &answer, &body));
	CHECK_INT(answer.status.n, 1);
	CHECK(memcmp(&answer.status.receipt[0].hub, &tasks->manifest->hub,
		      sizeof(struct drp_key)) == 0);
	CHECK_OK(fed_forward(&f, &diag));
	CHECK_OK(fed_send_report(&f, 0, &report, &answer, &body)); /* again */
	CHECK_INT(answer.status.n, 2);
	const struct drp_receipt *r = &answer.status.receipt[1];
	CHECK(memcmp(&r->hub, &tasks->manifest->notary, sizeof r->hub) == 0);
	CHECK(drp_hash_equal(&r->contribution, &name));
	struct drp_buf statement = {0};
	CHECK_OK(drp_receipt_statement(r, &statement));
	CHECK_OK(drp_verify(&r->hub, "drempel receipt 1", statement.data, statement.len,
		r->signature));
	drp_buf_clear(&statement);
	drp_buf_clear(&report);
	end();
}

/* ---- what the notary says to a hub that asks differently ---- */

/* A VERIFY as the hub makes it; every pointer stays valid until verify_clear. */
struct asked {
	struct drp_buf report, state, initialize;
	struct drp_request q;
};

static void verify_make(struct asked *a, size_t school)
{
	uint8_t seed[DRP_VERIFY_SEED_BYTES], key[DRP_PRIO3_VERIFY_KEY_BYTES];
	struct drp_hash name;
	memset(a, 0, sizeof *a);
	a->q.type = DRP_MSG_VERIFY;
	fed_make_report(&f, tasks, school, DRP_TEACHER, counts, &a->report, &name);
	CHECK_OK(drp_report_decode(
		a->report.data, a->report.len, &a->q.verify.report, &name));
	CHECK_OK(drp_verify_seed(
		&f.hub, FED_CAMPAIGN, &tasks->manifest->hash, seed, NULL));
	drp_verify_key(seed, &tasks->manifest->hash, DRP_TEACHER, key);
	CHECK_OK(drp_verification_start(&tasks->task[DRP_TEACHER], key,
		&a->q.verify.report, &a->state, &a->initialize));
	a->q.verify.report.hub_share = NULL;
	a->q.verify.report.hub_n = 0;
	a->q.verify.initialize = a->initialize.data;
	a->q.verify.initialize_n = a->initialize.len;
}

static void verify_clear(struct asked *a)
{
	drp_buf_clear(&a->report);
	drp_buf_wipe(&a->state);
	drp_buf_clear(&a->initialize);
}

static void same_bytes_again(void)
{
	struct asked a, other;
	uint8_t first[256];
	begin();
	verify_make(&a, 0);
	CHECK_OK(ask_notary(&a.q));
	size_t n = answer.verify.finish_n;
	CHECK(n > 0 && n <= sizeof first);
	memcpy(first, answer.verify.finish, n);
	struct drp_receipt receipt = answer.verify.receipt;
	f.now_ms += 60000;
	for (int i = 0; i < 2; i++) {
		/* Also with another first message, and after a restart. */
		CHECK_OK(ask_notary(&a.q));
		CHECK_INT(answer.verify.finish_n, n);
		CHECK(memcmp(first, answer.verify.finish, n) == 0);
		CHECK(memcmp(&receipt, &answer.verify.receipt, sizeof receipt) == 0);
		a.initialize.data[a.initialize.len - 1] ^= 1;
		fed_close_notary(&f);
		fed_open_notary(&f);
	}
	verify_make(&other, 0); /* same place, fresh shares */
	CHECK_ERR(ask_notary(&other.q), DRP_E_CONFLICT);
	verify_clear(&a);
	verify_clear(&other);
	end();
}

static void a_proof_is_tried_once(void)
{
	struct asked a;
	begin();
	verify_make(&a, 0);
	a.initialize.data[20] ^= 1;
	CHECK_ERR(ask_notary(&a.q), DRP_E_PROOF);
	a.initialize.data[20] ^= 1; /* now it would hold */
	CHECK_ERR(ask_notary(&a.q), DRP_E_PROOF);
	verify_clear(&a);
	verify_make(&a, 1);
	a.q.verify.initialize_n--; /* the hub's fault: nothing is held against it */
	CHECK_ERR(ask_notary(&a.q), DRP_E_MALFORMED);
	a.q.verify.initialize_n++;
	CHECK_OK(ask_notary(&a.q));
	verify_clear(&a);
	end();
}

static void signed_by_the_school_alone(void)
{
	struct asked a;
	struct drp_stored stored;
	begin();
	verify_make(&a, 0);
	a.q.verify.report.signature[0] ^= 1;
	CHECK_ERR(ask_notary(&a.q), DRP_E_SIGNATURE);
	a.q.verify.report.signature[0] ^= 1;
	a.q.verify.report.statement.unit = fed_unit(&f, tasks, 1)->id;
	CHECK_ERR(ask_notary(&a.q), DRP_E_SIGNATURE);
	CHECK(!fed_stored(&f.notary->hub, fed_unit(&f, tasks, 1), DRP_TEACHER, &stored));
	a.q.verify.report.statement.unit = fed_unit(&f, tasks, 0)->id;
	struct drp_hash campaign = a.q.verify.report.statement.campaign;
	a.q.verify.report.statement.campaign.b[0] ^= 1;
	CHECK_ERR(ask_notary(&a.q), DRP_E_NOTFOUND);
	a.q.verify.report.statement.campaign = campaign;
	CHECK(!fed_stored(&f.notary->hub, fed_unit(&f, tasks, 0), DRP_TEACHER, &stored));
	CHECK_OK(ask_notary(&a.q)); /* nobody took its place */
	verify_clear(&a);
	end();
}

static void no_report_after_the_close(void)
{
	struct drp_diag diag = {0};
	struct asked late;
	begin();
	for (size_t s = 0; s + 1 < SCHOOLS; s++) {
		send(s);
	}
	CHECK_OK(drp_closing_run(&f.hub, FED_CAMPAIGN, &f.peer, &diag));
	verify_make(&late, SCHOOLS - 1);
	CHECK_ERR(ask_notary(&late.q), DRP_E_CLOSED);
	verify_clear(&late);
	CHECK_ERR(fed_report(&f, tasks, SCHOOLS - 1, DRP_TEACHER, counts,
			  &(struct drp_hash){{0}}),
		DRP_E_CLOSED);
	end();
}

/* ---- withdrawals ---- */

static struct drp_hash withdrawn_name;

/* The school withdraws while its report is with the notary. */
static enum fed_fate withdraw_meanwhile(struct fed *fed, uint8_t type)
{
	fed->notary->fate = NULL;
	CHECK_INT(type, DRP_MSG_VERIFY);
	CHECK_OK(fed_withdraw(fed, tasks, 0, DRP_TEACHER, &withdrawn_name));
	return FED_ARRIVES;
}

static void withdrawn_meanwhile(void)
{
	struct drp_diag diag = {0};
	begin();
	withdrawn_name = send(0);
	send(1);
	f.notary->fate = withdraw_meanwhile;
	CHECK_OK(fed_forward(&f, &diag));
	CHECK_INT(stored_at(&f.hub, 0).withdrawn, 2);
	CHECK_INT(stored_at(&f.hub, 0).state, DRP_CONTRIBUTION_RECEIVED);
	CHECK_INT(sealed_bytes(&f.hub, 0), 0);
	CHECK(stored_at(&f.notary->hub, 0).withdrawn);
	CHECK_INT(sealed_bytes(&f.notary->hub, 0), 0);
	CHECK_INT(stored_at(&f.hub, 1).state, DRP_CONTRIBUTION_COUNTED);
	end();
}

static void withdrawn_in_advance(void)
{
	struct drp_diag diag = {0};
	struct asked a;
	begin();
	verify_make(&a, 0);
	struct drp_hash name;
	struct drp_buf statement = {0};
	CHECK_OK(drp_report_statement_encode(
		&a.q.verify.report.statement, &statement, &name));
	drp_buf_clear(&statement);
	CHECK_OK(fed_withdraw(&f, tasks, 0, DRP_TEACHER, &name));
	CHECK_OK(fed_forward(&f, &diag));
	CHECK_ERR(ask_notary(&a.q), DRP_E_POLICY);
	/* Only the school signs its withdrawals, and only of what is there. */
	struct drp_request drop = {.type = DRP_MSG_DROP};
	withdrawn_name = send(1);
	CHECK_OK(fed_forward(&f, &diag));
	drop.withdraw = (struct drp_withdrawal){.campaign = tasks->manifest->hash,
		.contribution = withdrawn_name,
		.unit = fed_unit(&f, tasks, 1)->id,
		.group = DRP_TEACHER};
	CHECK_ERR(ask_notary(&drop), DRP_E_SIGNATURE);
	CHECK(!stored_at(&f.notary->hub, 1).withdrawn);
	verify_clear(&a);
	end();
}

/* ---- a notary that is away ---- */

static enum fed_fate every_third(struct fed *fed, uint8_t type)
{
	static unsigned n;
	(void)fed;
	(void)type;
	return ++n % 3 == 0 ? FED_REPLY_LOST : n % 3 == 1 ? FED_LOST : FED_ARRIVES;
}

static void away_and_back(void)
{
	struct drp_diag diag = {0};
	size_t left = 0;
	begin();
	for (size_t s = 0; s < SCHOOLS; s++) {
		send(s);
	}
	f.notary->away = 1;
	CHECK_ERR(fed_forward(&f, &diag), DRP_E_NET);
	CHECK_OK(drp_forward_left(&f.hub, FED_CAMPAIGN, &left, NULL));
	CHECK_INT(left, SCHOOLS);
	f.notary->away = 0;
	f.notary->fate = every_third;
	int tries = 0;
	while (fed_forward(&f, &diag)) {
		CHECK(++tries < 100);
	}
	for (size_t s = 0; s < SCHOOLS; s++) {
		CHECK_INT(stored_at(&f.hub, s).state, DRP_CONTRIBUTION_COUNTED);
		CHECK_INT(stored_at(&f.notary->hub, s).state, DRP_CONTRIBUTION_COUNTED);
	}
	end();
}

/* ---- several ways at once ---- */

static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

static enum drp_err exchange_locked(void *self, const void *request, size_t n,
	struct drp_buf *reply, struct drp_diag *diag)
{
	pthread_mutex_lock(&one_at_a_time);
	enum drp_err err = fed_exchange(self, request, n, reply, diag);
	pthread_mutex_unlock(&one_at_a_time);
	return err;
}

static void many_ways(void)
{
	struct drp_diag diag = {0};
	struct drp_campaign_row row;
	struct drp_forwarding *forwarding = NULL;
	struct drp_peer peer[4], *way[4];
	size_t done = 0;
	begin();
	for (size_t s = 0; s < SCHOOLS; s++) {
		send(s);
	}
	for (size_t i = 0; i < 4; i++) {
		peer[i] = f.peer;
		peer[i].exchange = exchange_locked;
		way[i] = &peer[i];
	}
	CHECK_OK(drp_hub_campaign_get(f.hub.store, FED_CAMPAIGN, &row, NULL));
	CHECK_OK(drp_forwarding_new(&f.hub, &row, &forwarding, &diag));
	CHECK_OK(drp_forward_some(forwarding, way, 4, 4, &done, &diag));
	CHECK_INT(done, 4);
	CHECK_OK(drp_forward_some(forwarding, way, 4, 4, &done, &diag));
	CHECK_INT(done, 2);
	CHECK_OK(drp_forward_some(forwarding, way, 4, 4, &done, &diag));
	CHECK_INT(done, 0);
	drp_forwarding_free(forwarding);
	end();
}

/* The hub is back from a backup of before its close: what the notary knows goes on, what
 * came since can never count, and nothing waits for ever. */
static void the_notarys_list_is_fixed(void)
{
	struct drp_diag diag = {0};
	size_t left = 1;
	begin();
	send(0);
	CHECK_OK(fed_forward(&f, &diag));
	CHECK_OK(drp_hub_begin(f.notary->hub.store, NULL));
	CHECK_OK(drp_hub_campaign_state(f.notary->hub.store, FED_CAMPAIGN,
		DRP_CAMPAIGN_CLOSED, f.now_ms / 1000, NULL));
	CHECK_OK(drp_hub_end(f.notary->hub.store, DRP_OK, NULL));
	send(1);
	struct drp_hash gone = send(2);
	CHECK_OK(fed_withdraw(&f, tasks, 2, DRP_TEACHER, &gone));
	CHECK_OK(fed_forward(&f, &diag));
	CHECK_OK(drp_forward_left(&f.hub, FED_CAMPAIGN, &left, NULL));
	CHECK_INT(left, 0);
	CHECK_INT(stored_at(&f.hub, 0).state, DRP_CONTRIBUTION_COUNTED);
	CHECK_INT(stored_at(&f.hub, 1).reason, DRP_E_CLOSED);
	CHECK_INT(sealed_bytes(&f.hub, 1), 0);
	CHECK_INT(stored_at(&f.hub, 2).withdrawn, 2);
	CHECK_OK(status(1));
	CHECK_INT(answer.status.n_refused, 1); /* the school is told */
	CHECK_INT(answer.status.refused[0].reason, DRP_E_CLOSED);
	end();
}

int main(void)
{
	setenv("DREMPEL_LOG", "error", 1);
	CASE("a bad share is refused by name and the others count", one_bad_share);
	CASE("a school gets the hub's receipt, then the notary's too", both_receipts);
	CASE("a repeated VERIFY gets the stored bytes", same_bytes_again);
	CASE("a proof is tried once; a hub's mistake is nobody's report",
		a_proof_is_tried_once);
	CASE("the notary believes the school's signature, not the hub",
		signed_by_the_school_alone);
	CASE("after the close no report is taken by either", no_report_after_the_close);
	CASE("a report that is withdrawn while it is verified is not counted",
		withdrawn_meanwhile);
	CASE("a withdrawal may come first, and needs the school's signature",
		withdrawn_in_advance);
	CASE("where the notary's list is fixed, nothing waits for ever",
		the_notarys_list_is_fixed);
	CASE("a notary that is away delays and loses nothing", away_and_back);
	CASE("several ways at once settle each report once", many_ways);
	drp_buf_clear(&body);
	return DONE();
}
