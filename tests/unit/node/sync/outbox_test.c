/* SPDX-License-Identifier: Apache-2.0
 *
 * The outbox when other things happen meanwhile: a second process, a hub that lost
 * something, and contributions that the hub would have to refuse.
 */
#include "tests/support/federation.h"

static struct fed f;

static void begin(uint32_t eligible, uint32_t teachers)
{
	const struct drp_sync_options pull = {0};
	fed_begin(&f, 5, eligible, 7);
	CHECK_OK(fed_visit(&f, &f.school[0], &pull));
	fed_fill(&f.school[0], FED_CAMPAIGN, DRP_TEACHER, teachers, 4);
}

static void approve(void)
{
	uint32_t approved = 0;
	CHECK_OK(fed_approve(&f, &f.school[0], FED_CAMPAIGN, &approved));
	CHECK_INT(approved, 1);
}

static int state(void)
{
	struct drp_released r;
	struct drp_diag diag = {0};
	CHECK_OK(drp_node_release_get(
		f.school[0].node.store, FED_CAMPAIGN, 1, DRP_TEACHER, &r, &diag));
	return r.state;
}

static size_t charges(void)
{
	struct drp_ledger_row *rows = NULL;
	struct drp_diag diag = {0};
	size_t n = 0;
	CHECK_OK(drp_node_ledger(f.school[0].node.store, &rows, &n, &diag));
	drp_free(rows);
	return n;
}

static void withdraw(void)
{
	struct drp_diag diag = {0};
	uint32_t waiting = 0;
	CHECK_OK(drp_release_withdraw(&f.school[0].node, FED_CAMPAIGN, &waiting, &diag));
	CHECK_INT(waiting, 1);
}

/* What another process does while a submission is on its way to the hub. */
static void submit_while(void (*meanwhile)(void))
{
	const struct drp_sync_options push = {.push = 1};
	struct fed_school *s = &f.school[0];
	int done = 0;
	memset(&s->diag, 0, sizeof s->diag);
	CHECK_OK(drp_node_sync_begin(&s->sync, &s->node, &push, &s->result, &s->diag));
	while (!done) {
		struct drp_buf request = {0}, reply = {0};
		CHECK_OK(drp_node_session_next(
			&s->sync.session, &request, &done, &s->diag));
		if (!done) {
			if (s->sync.session.state == DRP_VISIT_PUSH) {
				meanwhile();
			}
			fed_deliver(&f, &request, &reply);
			CHECK_OK(drp_node_session_reply(
				&s->sync.session, reply.data, reply.len, &s->diag));
		}
		drp_buf_clear(&request);
		drp_buf_clear(&reply);
	}
	drp_node_sync_end(&s->sync);
}

/* The other process goes all the way: the hub has not seen the contribution yet. */
static void withdraw_and_tell(void)
{
	const struct drp_sync_options push = {.push = 1};
	struct fed_school other = f.school[0];
	withdraw();
	CHECK_OK(fed_visit(&f, &other, &push));
	CHECK_INT(state(), DRP_RELEASE_WITHDRAWN);
}

/* Neither side counts it any more, at the latest after one more visit. */
static void check_taken_back(void)
{
	const struct drp_sync_options push = {.push = 1};
	struct drp_released r;
	struct drp_stored stored;
	struct drp_diag diag = {0};
	CHECK_OK(fed_visit(&f, &f.school[0], &push));
	CHECK_INT(state(), DRP_RELEASE_WITHDRAWN);
	CHECK_OK(drp_node_release_get(
		f.school[0].node.store, FED_CAMPAIGN, 1, DRP_TEACHER, &r, &diag));
	CHECK_OK(drp_hub_contribution_get(
		f.hub.store, FED_CAMPAIGN, &r.unit, DRP_TEACHER, &stored, &diag));
	CHECK_INT(stored.withdrawn, 1);
}

static void keeps_a_withdrawal(void)
{
	begin(30, 12);
	approve();
	submit_while(withdraw);
	CHECK_INT(state(), DRP_RELEASE_WITHDRAWING);
	check_taken_back();
	fed_end(&f);
}

static void takes_back_what_was_overtaken(void)
{
	begin(30, 12);
	approve();
	submit_while(withdraw_and_tell);
	check_taken_back();
	fed_end(&f);
}

static void sends_what_stands_now(void)
{
	const struct drp_sync_options push = {.push = 1};
	struct fed_school *s = &f.school[0];
	struct drp_out out = {0};
	begin(30, 12);
	approve();
	CHECK_OK(drp_node_sync_begin(&s->sync, &s->node, &push, &s->result, &s->diag));
	withdraw();
	CHECK_INT(s->sync.host.next_out(&s->sync, &out), 1);
	CHECK_INT(out.kind, DRP_OUT_WITHDRAW);
	drp_buf_clear(&out.bytes);
	drp_node_sync_end(&s->sync);
	fed_end(&f);
}

static void charges_nothing_above_eligible(void)
{
	uint32_t approved = 0;
	begin(11, 12);
	CHECK_ERR(fed_approve(&f, &f.school[0], FED_CAMPAIGN, &approved), DRP_E_RANGE);
	CHECK_INT(charges(), 0);
	fed_end(&f);
}

static void charges_nothing_past_the_deadline(void)
{
	uint32_t approved = 0;
	begin(30, 12);
	f.now_ms += INT64_C(100) * 86400000;
	CHECK_ERR(fed_approve(&f, &f.school[0], FED_CAMPAIGN, &approved), DRP_E_CLOSED);
	CHECK_INT(charges(), 0);
	fed_end(&f);
}

static void passes_a_lost_campaign(void)
{
	const struct drp_sync_options push = {.push = 1};
	struct drp_diag diag = {0};
	const struct drp_node_campaign lost = {.manifest = {{1}}, .state = 1};
	begin(30, 12);
	approve();
	CHECK_OK(drp_node_campaign_put(f.school[0].node.store, &lost, &diag));
	CHECK_OK(fed_visit(&f, &f.school[0], &push));
	CHECK_INT(state(), DRP_RELEASE_STORED);
	fed_end(&f);
}

int main(void)
{
	CASE("a withdrawal is not lost when the contribution is on its way",
		keeps_a_withdrawal);
	CASE("a withdrawal that overtakes the contribution takes it back all the same",
		takes_back_what_was_overtaken);
	CASE("an entry that was withdrawn before its turn is withdrawn, not sent",
		sends_what_stands_now);
	CASE("more questionnaires than eligible people cost no budget",
		charges_nothing_above_eligible);
	CASE("past the deadline nothing is approved and nothing is charged",
		charges_nothing_past_the_deadline);
	CASE("a campaign that the hub no longer announces does not hold up the outbox",
		passes_a_lost_campaign);
	return DONE();
}
