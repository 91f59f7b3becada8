/* SPDX-License-Identifier: Apache-2.0
 *
 * After the close a school looks for its reports in the signed lists of hub and notary,
 * also for those that it withdrew.
 * The hub of the tests shows what the case wants.
 */
#include "node/sync/sync.h"

#include "tests/support/sealed_hub.h"

#define ALL 7u

static struct sealed_hub h;
static const struct drp_sync_options look = {0}, push = {.push = 1};

static struct drp_released release_of(int group)
{
	return sealed_kept(&h, group);
}

/* What happened after the two reports were approved, stored and confirmed. */
static const char *events(void)
{
	return sealed_events(&h, 6);
}

/* A teacher's and a pupil's report, confirmed by both. */
static void begin(void)
{
	uint32_t approved = 0;
	sealed_begin(&h, 1);
	CHECK_OK(sealed_visit(&h, &look));
	sealed_fill(&h, DRP_TEACHER, 12, 4);
	sealed_fill(&h, DRP_PUPIL, 30, 2);
	CHECK_OK(sealed_approve(&h, &approved));
	CHECK_INT(approved, 2);
	h.verified = ALL;
	CHECK_OK(sealed_visit(&h, &push));
	CHECK_INT(release_of(DRP_PUPIL).state, DRP_RELEASE_CONFIRMED);
	CHECK_STR(events(), "");
}

static void expect(int group, int state, const char *note)
{
	struct drp_released r = release_of(group);
	CHECK_STR(drp_out_state_name(r.state), drp_out_state_name(state));
	CHECK(strncmp(r.note, note, strlen(note)) == 0 && (note[0] || !r.note[0]));
	CHECK_INT(drp_released_not_counted(&r), note[0] != 0);
}

static void expect_both(int state, const char *note)
{
	expect(DRP_TEACHER, state, note);
	expect(DRP_PUPIL, state, note);
}

static void counted_by_both(void)
{
	begin();
	CHECK_OK(sealed_visit(&h, &look));
	CHECK_INT(h.asked[DRP_MSG_STATUS], 0); /* nothing to ask while it is open */
	sealed_close(&h, ALL, ALL);
	CHECK_OK(sealed_visit(&h, &look));
	CHECK_INT(h.result.counted, 2);
	CHECK_INT(h.result.not_counted, 0);
	CHECK(h.asked[DRP_MSG_GET] > 6); /* piece by piece */
	expect_both(DRP_RELEASE_COUNTED, "");
	CHECK_STR(events(), "counted counted ");
	CHECK_OK(sealed_visit(&h, &push)); /* and never again */
	CHECK_INT(h.asked[DRP_MSG_STATUS] + h.asked[DRP_MSG_GET], 0);
	CHECK_STR(events(), "counted counted ");
	uint32_t held = 0, total = 0;
	for (int i = 0; i < DRP_LISTS; i++) {
		CHECK_OK(drp_node_blob_held(
			h.node.store, &h.shown[i].hash, &held, &total, NULL));
		CHECK_INT(total, 0); /* the lists are not kept */
	}
	sealed_end(&h);
}

static void left_out(void)
{
	static const struct {
		unsigned hub, notary;
		const char *note;
	} of[] = {{ALL & ~(1u << DRP_PUPIL), ALL, DRP_LEFT_OUT_BY_HUB},
		{ALL, ALL & ~(1u << DRP_PUPIL), DRP_LEFT_OUT_BY_NOTARY},
		{ALL & ~(1u << DRP_PUPIL), ALL & ~(1u << DRP_PUPIL),
			DRP_LEFT_OUT_BY_BOTH}};
	for (size_t i = 0; i < sizeof of / sizeof of[0]; i++) {
		begin();
		sealed_close(&h, of[i].hub, of[i].notary);
		CHECK_OK(sealed_visit(&h, &look));
		CHECK_INT(h.result.counted, 1);
		CHECK_INT(h.result.not_counted, 1);
		expect(DRP_TEACHER, DRP_RELEASE_COUNTED, "");
		expect(DRP_PUPIL, DRP_RELEASE_LEFT_OUT, of[i].note);
		CHECK_STR(events(), "counted not-counted ");
		sealed_close(&h, ALL, ALL); /* it is late for another list */
		CHECK_OK(sealed_visit(&h, &look));
		CHECK_INT(h.asked[DRP_MSG_STATUS], 0);
		expect(DRP_PUPIL, DRP_RELEASE_LEFT_OUT, of[i].note);
		sealed_end(&h);
	}
}

static void resign(int side, const struct drp_keys *by)
{
	drp_hash_bytes(h.list[side].data, h.list[side].len, &h.shown[side].hash);
	sealed_sign(by, DRP_LIST_TAG, &h.list[side], h.shown[side].signature);
}

/* Each spoils lists that hold every report. */
static void of_another_hub(void)
{
	resign(0, h.fixture.notary);
}

static void notarys_by_the_hub(void)
{
	resign(1, h.fixture.hub);
}

static void a_bit_of_a_signature(void)
{
	h.shown[1].signature[5] ^= 1;
}

/* The hub closed with another list and shows this one, which it has signed as well. */
static void another_than_was_answered(void)
{
	sealed_close(&h, 0, ALL);
	sealed_list(&h, 0, ALL);
}

static void other_bytes(void)
{
	h.list[0].data[h.list[0].len - 1] ^= 1;
}

static void not_canonical(void)
{
	drp_buf_append(&h.list[1], "", 1);
	resign(1, h.fixture.notary);
}

static void of_another_campaign(void)
{
	struct drp_hash real = h.announced[0].manifest;
	h.announced[0].manifest.b[0] ^= 1;
	sealed_close(&h, ALL, ALL);
	h.announced[0].manifest = real;
}

static void exchanged(void)
{
	struct drp_signed_list first = h.shown[0];
	h.shown[0] = h.shown[1];
	h.shown[1] = first;
}

static void refused(void)
{
	h.refuse_list = DRP_E_NOTFOUND;
}

static void no_progress(void)
{
	h.piece = 0;
}

static void lists_that_do_not_verify(void)
{
	static void (*const spoil[])(void) = {of_another_hub, notarys_by_the_hub,
		a_bit_of_a_signature, another_than_was_answered, other_bytes,
		not_canonical, of_another_campaign, exchanged, refused, no_progress};
	for (size_t i = 0; i < sizeof spoil / sizeof spoil[0]; i++) {
		begin();
		sealed_close(&h, ALL, ALL);
		spoil[i]();
		for (int again = 0; again < 2; again++) { /* told once */
			CHECK_OK(sealed_visit(&h, &look));
			CHECK_INT(h.result.not_counted, 2);
			expect_both(DRP_RELEASE_CONFIRMED, DRP_LISTS_WRONG);
			CHECK_STR(events(), "not-counted not-counted ");
		}
		h.refuse_list = DRP_OK; /* a repaired hub is believed */
		sealed_close(&h, ALL, 1u << DRP_PUPIL);
		CHECK_OK(sealed_visit(&h, &look));
		expect(DRP_PUPIL, DRP_RELEASE_COUNTED, "");
		expect(DRP_TEACHER, DRP_RELEASE_LEFT_OUT, DRP_LEFT_OUT_BY_NOTARY);
		CHECK_STR(events(), "not-counted not-counted counted ");
		sealed_end(&h);
	}
}

/* Between the close and the lists nothing is known; after the freeze it is. A hub that
 * says it does not know the campaign does not get around it. */
static void lists_that_are_not_shown(void)
{
	for (int unknown = 0; unknown < 2; unknown++) {
		begin();
		h.announced[0].state = DRP_CAMPAIGN_CLOSED;
		h.unknown = unknown ? DRP_E_NOTFOUND : DRP_OK;
		CHECK_OK(sealed_visit(&h, &look));
		CHECK_INT(h.asked[DRP_MSG_STATUS], 1);
		expect_both(DRP_RELEASE_CONFIRMED, "");
		CHECK_STR(events(), "");
		h.announced[0].state = DRP_CAMPAIGN_FROZEN;
		for (int again = 0; again < 2; again++) {
			CHECK_OK(sealed_visit(&h, &look));
			CHECK_INT(h.asked[DRP_MSG_STATUS], 1);
			expect_both(DRP_RELEASE_CONFIRMED, DRP_NEVER_SHOWN);
			CHECK_STR(events(), "not-counted not-counted ");
		}
		h.unknown = DRP_OK;
		sealed_close(&h, ALL, ALL);
		CHECK_OK(sealed_visit(&h, &look));
		expect_both(DRP_RELEASE_COUNTED, "");
		CHECK_STR(events(), "not-counted not-counted counted counted ");
		sealed_end(&h);
	}
}

/* What is lost on the way is asked for again; nothing is decided by half a list. */
static void a_visit_that_breaks_off(void)
{
	begin();
	sealed_close(&h, ALL, ALL);
	for (int steps = 2;; steps++) {
		struct drp_node_sync sync;
		int done = 0;
		CHECK_OK(drp_node_sync_begin(&sync, &h.node, &look, &h.result, &h.diag));
		for (int i = 0; i < steps && !done; i++) {
			struct drp_buf request = {0}, reply = {0};
			CHECK_OK(drp_node_session_next(
				&sync.session, &request, &done, &h.diag));
			if (!done) {
				sealed_deliver(&h, &request, &reply);
				CHECK_OK(drp_node_session_reply(
					&sync.session, reply.data, reply.len, &h.diag));
			}
			drp_buf_clear(&request);
			drp_buf_clear(&reply);
		}
		drp_node_sync_end(&sync);
		int counted = release_of(DRP_PUPIL).state == DRP_RELEASE_COUNTED;
		expect_both(counted ? DRP_RELEASE_COUNTED : DRP_RELEASE_CONFIRMED, "");
		if (counted) {
			CHECK(steps > 6);
			break;
		}
	}
	sealed_end(&h);
}

/* Both reports are withdrawn, as far as the hub's answer says. */
static void begin_withdrawn(void)
{
	uint32_t waiting = 0;
	begin();
	CHECK_OK(drp_release_withdraw(&h.node, h.fixture.manifest.id, &waiting, NULL));
	CHECK_INT(waiting, 2);
	CHECK_OK(sealed_visit(&h, &push));
	CHECK_OK(sealed_visit(&h, &look));
	CHECK_INT(h.asked[DRP_MSG_STATUS], 0); /* nothing to ask while it is open */
	CHECK_STR(events(), "withdrawing withdrawing withdrawn withdrawn ");
}

static void expect_withdrawn(int group, int state, const char *note, int counted)
{
	struct drp_released r = release_of(group);
	CHECK_STR(drp_out_state_name(r.state), drp_out_state_name(state));
	CHECK(strncmp(r.note, note, strlen(note)) == 0 && (note[0] || !r.note[0]));
	CHECK_INT(drp_released_counted_anyway(&r), counted);
	CHECK(!drp_released_not_counted(&r));
}

#define WITHDREW "withdrawing withdrawing withdrawn withdrawn "

/* Not in both lists: not counted. The notary may not have heard of it in time. */
static void a_withdrawal_that_holds(void)
{
	static const unsigned of[][2] = {{0, 0}, {0, ALL}, {ALL, 0}};
	for (size_t i = 0; i < sizeof of / sizeof of[0]; i++) {
		begin_withdrawn();
		sealed_close(&h, of[i][0], of[i][1]);
		CHECK_OK(sealed_visit(&h, &look));
		CHECK_INT(h.result.uncounted, 2);
		CHECK_INT(h.result.counted_anyway + h.result.counted, 0);
		expect_withdrawn(DRP_PUPIL, DRP_RELEASE_WITHDRAWN, DRP_UNCOUNTED, 0);
		CHECK_STR(events(), WITHDREW "uncounted uncounted ");
		CHECK_OK(sealed_visit(&h, &push)); /* and never again */
		CHECK_INT(h.asked[DRP_MSG_STATUS] + h.asked[DRP_MSG_GET], 0);
		sealed_end(&h);
	}
}

static void a_withdrawal_that_was_kept(void)
{
	begin_withdrawn();
	sealed_close(&h, 1u << DRP_PUPIL, ALL);
	CHECK_OK(sealed_visit(&h, &look));
	CHECK_INT(h.result.uncounted, 1);
	CHECK_INT(h.result.counted_anyway, 1);
	expect_withdrawn(DRP_TEACHER, DRP_RELEASE_WITHDRAWN, DRP_UNCOUNTED, 0);
	expect_withdrawn(DRP_PUPIL, DRP_RELEASE_COUNTED_ANYWAY, DRP_COUNTED_ANYWAY, 1);
	CHECK_STR(events(), WITHDREW "uncounted counted-anyway ");
	sealed_close(&h, 0, 0); /* it is late for another list */
	CHECK_OK(sealed_visit(&h, &look));
	CHECK_INT(h.asked[DRP_MSG_STATUS], 0);
	expect_withdrawn(DRP_PUPIL, DRP_RELEASE_COUNTED_ANYWAY, DRP_COUNTED_ANYWAY, 1);
	sealed_end(&h);
}

/* Without lists it may have been counted: told once, and again when the truth comes. */
static void a_withdrawal_without_lists(void)
{
	for (int frozen = 0; frozen < 2; frozen++) {
		begin_withdrawn();
		h.announced[0].state = DRP_CAMPAIGN_CLOSED;
		CHECK_OK(sealed_visit(&h, &look));
		CHECK_INT(h.asked[DRP_MSG_STATUS], 1);
		expect_withdrawn(DRP_PUPIL, DRP_RELEASE_WITHDRAWN, "", 0);
		if (frozen) {
			h.announced[0].state = DRP_CAMPAIGN_FROZEN;
		} else {
			sealed_close(&h, ALL, ALL);
			another_than_was_answered();
		}
		for (int again = 0; again < 2; again++) {
			CHECK_OK(sealed_visit(&h, &look));
			CHECK_INT(h.result.counted_anyway, 2);
			expect_withdrawn(DRP_PUPIL, DRP_RELEASE_WITHDRAWN,
				frozen ? DRP_PERHAPS_COUNTED DRP_LISTS_NOT_SHOWN
				       : DRP_PERHAPS_COUNTED DRP_LISTS_NOT_RIGHT,
				1);
			CHECK_STR(events(), WITHDREW "perhaps-counted perhaps-counted ");
		}
		sealed_close(&h, ALL, ALL);
		CHECK_OK(sealed_visit(&h, &look));
		expect_withdrawn(
			DRP_TEACHER, DRP_RELEASE_COUNTED_ANYWAY, DRP_COUNTED_ANYWAY, 1);
		CHECK_INT(h.result.counted_anyway, 2);
		sealed_end(&h);
	}
}

/* A hub that has made its list refuses the withdrawal: nothing was withdrawn, and the
 * report counts, as the school was told. */
static void a_withdrawal_that_came_late(void)
{
	uint32_t waiting = 0;
	begin();
	CHECK_OK(drp_release_withdraw(&h.node, h.fixture.manifest.id, &waiting, NULL));
	h.refuse_withdrawal = DRP_E_CLOSED;
	sealed_close(&h, ALL, ALL);
	CHECK_OK(sealed_visit(&h, &push));
	CHECK_INT(h.result.refused, 2);
	CHECK_INT(h.result.counted, 2);
	CHECK_INT(h.result.counted_anyway, 0);
	expect_both(DRP_RELEASE_COUNTED, "");
	CHECK_STR(events(), "withdrawing withdrawing refused refused counted counted ");
	sealed_end(&h);
}

int main(void)
{
	setenv("DREMPEL_LOG", "error", 1);
	CHECK_OK(drp_crypto_init());
	CASE("a report that both lists hold is counted, once", counted_by_both);
	CASE("a list that leaves a report out is told, for good", left_out);
	CASE("lists that do not verify are told, and asked for again",
		lists_that_do_not_verify);
	CASE("lists that are never shown are told after the freeze",
		lists_that_are_not_shown);
	CASE("a visit may break off anywhere", a_visit_that_breaks_off);
	CASE("a withdrawn report that one list is without is in no sum",
		a_withdrawal_that_holds);
	CASE("a withdrawn report that both lists hold is told",
		a_withdrawal_that_was_kept);
	CASE("a withdrawal of which no right lists are shown is told",
		a_withdrawal_without_lists);
	CASE("a refused withdrawal is none", a_withdrawal_that_came_late);
	return DONE();
}
