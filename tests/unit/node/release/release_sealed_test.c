/* SPDX-License-Identifier: Apache-2.0
 *
 * The sealed track at a school: what leaves is two shares that are nothing alone and the
 * exact counters together, for one charge, to a hub and a notary that an invite named.
 */
#include "node/release/release.h"

#include "proto/privacy/rational.h"
#include "proto/session/aggregate.h"
#include "tests/support/sealed_hub.h"

#define ALL ((1u << DRP_GROUPS) - 1)

static struct sealed_hub h;
static const struct drp_sync_options look = {0}, push = {.push = 1};

static void begin(void)
{
	sealed_begin(&h, 1);
	CHECK_OK(sealed_visit(&h, &look));
}

static void approve(uint32_t want)
{
	uint32_t approved = 99;
	enum drp_err err = sealed_approve(&h, &approved);
	if (err) {
		printf("# %s\n", h.diag.text);
	}
	CHECK_OK(err);
	CHECK_INT(approved, want);
}

static struct drp_released release_of(int group)
{
	return sealed_kept(&h, group);
}

static size_t ledger(struct drp_ledger_row *first)
{
	struct drp_ledger_row *rows = NULL;
	size_t n = 0;
	CHECK_OK(drp_node_ledger(h.node.store, &rows, &n, NULL));
	if (n && first) {
		*first = rows[0];
	}
	drp_free(rows);
	return n;
}

static const char *events(void)
{
	return sealed_events(&h, 0);
}

static enum drp_err load(struct drp_diag *diag)
{
	struct drp_node_work work;
	*diag = (struct drp_diag){0};
	enum drp_err err =
		drp_node_work_load(&h.node, h.fixture.manifest.id, &work, diag);
	if (err == DRP_OK) {
		drp_node_work_clear(&work);
	}
	return err;
}

/* ---- who may open it ---- */

static void a_notary_that_no_invite_named(void)
{
	struct drp_diag diag;
	sealed_begin(&h, 0);
	CHECK_OK(sealed_visit(&h, &look));
	CHECK_ERR(load(&diag), DRP_E_INVITE);
	CHECK(strstr(diag.text, "new invite") != NULL);
	/* the new invite of the same hub brings the notary; keys and enrolment stay */
	struct drp_key before = h.fixture.key[0], after;
	uint8_t box[DRP_BOX_KEY_BYTES];
	h.invite.notary_key = h.fixture.manifest.notary;
	memcpy(h.invite.notary_box, h.fixture.manifest.notary_box, 32);
	drp_node_close(&h.node);
	struct drp_invite strange = h.invite;
	strange.hub_key.b[0] ^= 1;
	CHECK_ERR(drp_node_create(h.node_dir, &strange, NULL), DRP_E_EXISTS);
	strange = h.invite;
	strange.hub_box[0] ^= 1;
	CHECK_ERR(drp_node_create(h.node_dir, &strange, NULL), DRP_E_EXISTS);
	strange = h.invite;
	snprintf(strange.school, sizeof strange.school, "S1");
	CHECK_ERR(drp_node_create(h.node_dir, &strange, NULL), DRP_E_EXISTS);
	CHECK_OK(drp_node_create(h.node_dir, &h.invite, NULL));
	CHECK_ERR(drp_node_create(h.node_dir, &h.invite, NULL), DRP_E_EXISTS);
	sealed_open_node(&h);
	drp_keys_public(h.node.keys, &after, box);
	CHECK_MEM(&after, &before, sizeof after);
	CHECK(h.node.enrolled);
	CHECK_OK(load(&diag));
	sealed_end(&h);
}

static void another_notary_or_hub_is_refused(void)
{
	struct drp_diag diag;
	begin();
	CHECK_OK(load(&diag));
	h.node.notary[0].box[31] ^= 1;
	CHECK_ERR(load(&diag), DRP_E_INVITE);
	h.node.notary[0].box[31] ^= 1;
	h.node.hub_box[0] ^= 1; /* the manifest names another key to seal for */
	CHECK_ERR(load(&diag), DRP_E_POLICY);
	h.node.hub_box[0] ^= 1;
	CHECK_OK(load(&diag));
	sealed_end(&h);
}

/* An older notary is known of its own campaigns, but nothing is made for it any more. */
static void an_older_notary_gets_nothing(void)
{
	uint32_t approved = 99;
	struct drp_diag diag;
	begin();
	sealed_fill(&h, DRP_TEACHER, 12, 4);
	drp_node_close(&h.node);
	h.invite.notary_key.b[0] ^= 1;
	CHECK_OK(drp_node_create(h.node_dir, &h.invite, NULL));
	sealed_open_node(&h);
	CHECK_INT(h.node.n_notaries, 2);
	CHECK_OK(load(&diag));
	CHECK_ERR(sealed_approve(&h, &approved), DRP_E_POLICY);
	CHECK_INT(ledger(NULL), 0);
	sealed_end(&h);
}

static void both_must_have_signed(void)
{
	struct drp_node_campaign c;
	for (int i = 0; i < 2; i++) {
		sealed_begin(&h, 1);
		(i ? h.announced[0].cosignature : h.announced[0].signature)[5] ^= 1;
		CHECK_ERR(sealed_visit(&h, &look), DRP_E_SIGNATURE);
		CHECK(strstr(h.diag.text, "sign") != NULL);
		CHECK_ERR(drp_node_campaign_get(
				  h.node.store, h.fixture.manifest.id, &c, NULL),
			DRP_E_NOTFOUND);
		sealed_end(&h);
	}
}

/* ---- what leaves ---- */

/* Hub and notary verify the report; their output shares add up to the exact counters. */
static void check_opens(int group, const uint64_t *want, size_t n)
{
	struct drp_released r = release_of(group);
	struct drp_buf bytes = {0}, share[2] = {{0}};
	struct drp_report report;
	struct drp_hash name;
	int64_t sum[DRP_COUNTERS_MAX];
	CHECK_OK(drp_node_release_bytes(h.node.store, &r.hash, &bytes, NULL));
	CHECK_INT(bytes.len, r.n_bytes);
	CHECK_OK(drp_report_decode(bytes.data, bytes.len, &report, &name));
	CHECK_MEM(&name, &r.hash, sizeof name);
	CHECK_OK(sealed_verify(&h.fixture, group, &report, share));
	CHECK_OK(drp_shares_open(
		sealed_whole(&share[0]), sealed_whole(&share[1]), n, sum));
	for (size_t i = 0; i < n; i++) {
		CHECK_INT(sum[i], want[i]);
	}
	drp_buf_clear(&bytes);
	drp_buf_clear(&share[0]);
	drp_buf_clear(&share[1]);
}

static void the_exact_counters_leave_as_shares(void)
{
	struct drp_ledger_row row = {0};
	uint64_t want[DRP_COUNTERS_MAX] = {12};
	begin();
	sealed_fill(&h, DRP_TEACHER, 12, 4);
	const struct drp_vector *v = &h.fixture.task[DRP_TEACHER].vector;
	for (size_t i = 0; i < v->n_items; i++) {
		want[v->offset[i] + (v->points[i] ? 3 : 0)] = 12;
	}
	approve(1);
	check_opens(DRP_TEACHER, want, v->length);
	/* one charge of the whole budget of the group, and no draw of the school's own */
	CHECK_INT(ledger(&row), 1);
	CHECK_INT(drp_rational_cmp(row.rho, h.fixture.manifest.rho[DRP_TEACHER]), 0);
	CHECK_INT(row.sigma2, 0);
	const struct drp_release *region = drp_manifest_release(
		&h.fixture.manifest, DRP_TEACHER, DRP_FAMILY_REGION, DRP_RELEASE_CORE);
	CHECK_INT(row.delta2, region->delta2);
	struct drp_released r = release_of(DRP_TEACHER);
	CHECK_MEM(&row.bytes, &r.hash, sizeof row.bytes);
	CHECK_STR(events(), "approved ");
	approve(0); /* once */
	CHECK_INT(ledger(NULL), 1);
	sealed_end(&h);
}

/* No unit is ever opened, so a school takes part with one leader. */
static void there_is_no_threshold_of_a_unit(void)
{
	begin();
	for (int g = 0; g < DRP_GROUPS; g++) {
		sealed_fill(&h, g, 1, 5);
	}
	approve(3);
	CHECK_INT(ledger(NULL), 3);
	sealed_end(&h);
}

static void what_the_hub_must_refuse_costs_nothing(void)
{
	uint32_t approved = 99;
	begin();
	sealed_fill(&h, DRP_LEADER, 7, 4); /* six are eligible */
	CHECK_ERR(sealed_approve(&h, &approved), DRP_E_RANGE);
	CHECK_INT(ledger(NULL), 0);
	CHECK_STR(events(), "");
	sealed_end(&h);
}

/* A manifest that understates its sensitivity is refused by policy before; should one get
 * past, the sheets themselves are still held against what every release declares. */
static void each_sheet_fits_each_release(void)
{
	static struct drp_candidate c;
	struct drp_node_work work;
	int present;
	begin();
	sealed_fill(&h, DRP_TEACHER, 12, 5);
	struct drp_manifest *m = &h.fixture.manifest;
	for (uint16_t i = 0; i < m->n_releases; i++) {
		CHECK_OK(drp_node_work_load(&h.node, m->id, &work, NULL));
		struct drp_release *r = &work.manifest->release[i];
		int other = r->map == DRP_MAP_COUNTS || r->group != DRP_TEACHER;
		r->delta2 -= r->delta2 > 0;
		enum drp_err err = drp_release_candidate(
			&h.node, &work, 1, DRP_TEACHER, &c, &present, NULL);
		CHECK_INT(err == DRP_OK, other);
		drp_node_work_clear(&work);
	}
	sealed_end(&h);
}

/* ---- what becomes of it ---- */

static void stored_then_confirmed(void)
{
	begin();
	sealed_fill(&h, DRP_TEACHER, 12, 4);
	approve(1);
	CHECK_OK(sealed_visit(&h, &push));
	CHECK_INT(h.result.stored, 1);
	CHECK_INT(h.result.confirmed, 0);
	CHECK_INT(release_of(DRP_TEACHER).state, DRP_RELEASE_STORED);
	CHECK_INT(h.asked[DRP_MSG_REPORT], 1);
	CHECK_OK(sealed_visit(&h, &look));
	CHECK_INT(h.asked[DRP_MSG_STATUS], 1); /* asked until the notary has spoken */
	CHECK_INT(release_of(DRP_TEACHER).state, DRP_RELEASE_STORED);
	h.verified = ALL;
	CHECK_OK(sealed_visit(&h, &look));
	CHECK_INT(h.result.confirmed, 1);
	struct drp_released r = release_of(DRP_TEACHER);
	CHECK_INT(r.state, DRP_RELEASE_CONFIRMED);
	CHECK(r.has_receipt && r.has_confirmed);
	CHECK_MEM(&r.confirmed.hub, &h.fixture.manifest.notary, sizeof r.confirmed.hub);
	CHECK_OK(sealed_visit(&h, &push));
	CHECK_INT(h.asked[DRP_MSG_STATUS] + h.asked[DRP_MSG_REPORT], 0);
	CHECK_STR(events(), "approved stored confirmed ");
	sealed_end(&h);
}

/* The notary's receipt of one report says nothing of another. */
static void each_report_is_confirmed_by_itself(void)
{
	begin();
	sealed_fill(&h, DRP_TEACHER, 12, 4);
	sealed_fill(&h, DRP_PUPIL, 30, 2);
	approve(2);
	CHECK_OK(sealed_visit(&h, &push));
	h.verified = 1u << DRP_PUPIL;
	h.other = 1;
	CHECK_OK(sealed_visit(&h, &look));
	CHECK_INT(release_of(DRP_PUPIL).state, DRP_RELEASE_STORED);
	h.other = 0;
	CHECK_OK(sealed_visit(&h, &look));
	CHECK_INT(h.result.confirmed, 1);
	CHECK_INT(release_of(DRP_TEACHER).state, DRP_RELEASE_STORED);
	CHECK_INT(release_of(DRP_PUPIL).state, DRP_RELEASE_CONFIRMED);
	sealed_end(&h);
}

static void confirmed_at_once(void)
{
	begin();
	sealed_fill(&h, DRP_PUPIL, 30, 2);
	approve(1);
	h.verified = ALL;
	CHECK_OK(sealed_visit(&h, &push));
	CHECK_INT(h.result.stored, 1);
	CHECK_INT(h.result.confirmed, 1);
	CHECK_INT(release_of(DRP_PUPIL).state, DRP_RELEASE_CONFIRMED);
	CHECK_STR(events(), "approved stored confirmed ");
	sealed_end(&h);
}

static void a_report_that_does_not_verify(void)
{
	begin();
	sealed_fill(&h, DRP_TEACHER, 12, 4);
	approve(1);
	CHECK_OK(sealed_visit(&h, &push));
	h.rejected = DRP_E_PROOF;
	CHECK_OK(sealed_visit(&h, &look));
	struct drp_released r = release_of(DRP_TEACHER);
	CHECK_INT(r.state, DRP_RELEASE_REFUSED);
	CHECK_STR(r.note, drp_err_text(DRP_E_PROOF));
	CHECK_INT(h.result.refused, 1);
	CHECK_STR(events(), "approved stored refused ");
	sealed_end(&h);
}

/* Closed without the notary's receipt: the school is told, once, and the hub is asked
 * until the freeze, since the notary's word may still be on its way. */
static void not_counted(void)
{
	begin();
	sealed_fill(&h, DRP_TEACHER, 12, 4);
	approve(1);
	CHECK_OK(sealed_visit(&h, &push));
	h.announced[0].state = DRP_CAMPAIGN_CLOSED;
	for (int i = 0; i < 2; i++) {
		CHECK_OK(sealed_visit(&h, &look));
		CHECK_INT(release_of(DRP_TEACHER).state, DRP_RELEASE_STORED);
		CHECK_STR(release_of(DRP_TEACHER).note, DRP_NOT_COUNTED);
		CHECK_STR(events(), "approved stored not-counted ");
	}
	h.announced[0].state = DRP_CAMPAIGN_FROZEN;
	for (uint32_t i = 0; i < 2; i++) { /* once more, then never again */
		CHECK_OK(sealed_visit(&h, &look));
		CHECK_INT(h.asked[DRP_MSG_STATUS], 1 - i);
		CHECK_STR(release_of(DRP_TEACHER).note, DRP_NOT_COUNTED_FINAL);
	}
	CHECK_STR(events(), "approved stored not-counted ");
	sealed_end(&h);
	begin(); /* a node that was away until the freeze asks then */
	sealed_fill(&h, DRP_TEACHER, 12, 4);
	approve(1);
	CHECK_OK(sealed_visit(&h, &push));
	h.announced[0].state = DRP_CAMPAIGN_FROZEN;
	h.verified = ALL;
	CHECK_OK(sealed_visit(&h, &look));
	CHECK_INT(release_of(DRP_TEACHER).state, DRP_RELEASE_CONFIRMED);
	CHECK_STR(release_of(DRP_TEACHER).note, DRP_NEVER_SHOWN);
	sealed_end(&h);
}

static void the_school_signs_its_withdrawal(void)
{
	uint32_t waiting = 0;
	struct drp_buf statement = {0};
	begin();
	sealed_fill(&h, DRP_TEACHER, 12, 4);
	approve(1);
	h.verified = ALL;
	CHECK_OK(sealed_visit(&h, &push));
	CHECK_OK(drp_release_withdraw(&h.node, h.fixture.manifest.id, &waiting, NULL));
	CHECK_INT(waiting, 1);
	CHECK_OK(sealed_visit(&h, &push));
	CHECK_INT(release_of(DRP_TEACHER).state, DRP_RELEASE_WITHDRAWN);
	struct drp_released r = release_of(DRP_TEACHER);
	CHECK_MEM(&h.withdrawal.contribution, &r.hash, sizeof r.hash);
	CHECK_OK(drp_withdrawal_statement(&h.withdrawal, &statement));
	CHECK_OK(drp_verify(&h.fixture.key[0], DRP_WITHDRAWAL_TAG, statement.data,
		statement.len, h.withdrawal.signature));
	drp_buf_clear(&statement);
	sealed_end(&h);
}

/* ---- a lost notary ---- */

/* The successor names the old campaign; its own notary is the old one here, since only
 * the carrying over is looked at. */
static void announce_successor(int instrument)
{
	struct drp_manifest *m = &h.fixture.manifest;
	m->replaces = m->hash;
	snprintf(m->id, sizeof m->id, "opvolger");
	m->instrument.b[0] = (uint8_t)(m->instrument.b[0] ^ instrument);
	sealed_announce(&h, &h.announced[1], &h.second);
	h.n_announced = 2;
}

static uint32_t sheets(const char *id)
{
	uint32_t n = 0;
	CHECK_OK(drp_node_sheets_count(h.node.store, id, 1, DRP_TEACHER, &n, NULL));
	return n;
}

static void a_successor_takes_over(void)
{
	begin();
	sealed_fill(&h, DRP_TEACHER, 12, 4);
	approve(1);
	CHECK_OK(sealed_visit(&h, &push));
	announce_successor(0);
	CHECK_OK(sealed_visit(&h, &look));
	CHECK_INT(sheets("verzegeld"), 12); /* the old one may still be opened */
	h.announced[0].state = DRP_CAMPAIGN_CLOSED;
	CHECK_OK(sealed_visit(&h, &look));
	CHECK_INT(sheets("verzegeld"), 0);
	CHECK_INT(sheets("opvolger"), 12);
	struct drp_released old;
	CHECK_OK(drp_node_release_get(
		h.node.store, "verzegeld", 1, DRP_TEACHER, &old, NULL));
	CHECK_STR(old.note, DRP_NOT_COUNTED);
	uint32_t approved = 0;
	const struct drp_sync_options ask = {.status = &h.announced[1].manifest};
	struct drp_node_work work;
	CHECK_OK(sealed_visit(&h, &ask));
	CHECK_OK(drp_node_work_load(&h.node, "opvolger", &work, NULL));
	CHECK_OK(drp_release_approve(&h.node, &work, h.result.receipt,
		h.result.n_receipts, &approved, &h.diag));
	drp_node_work_clear(&work);
	CHECK_INT(approved, 1);
	CHECK_INT(ledger(NULL), 2); /* both charges stand */
	sealed_end(&h);
}

int main(void)
{
	CHECK_OK(drp_crypto_init());
	CASE("a node whose invite named no notary asks for a new invite, and takes it",
		a_notary_that_no_invite_named);
	CASE("a manifest that names other keys than the invites is refused",
		another_notary_or_hub_is_refused);
	CASE("nothing is made for an older notary", an_older_notary_gets_nothing);
	CASE("hub and notary must both have signed", both_must_have_signed);
	CASE("the exact counters leave as shares, for one charge",
		the_exact_counters_leave_as_shares);
	CASE("there is no threshold of a unit", there_is_no_threshold_of_a_unit);
	CASE("what the hub must refuse costs nothing",
		what_the_hub_must_refuse_costs_nothing);
	CASE("each sheet fits each release of its group", each_sheet_fits_each_release);
	CASE("a report is stored, then confirmed", stored_then_confirmed);
	CASE("each report is confirmed by itself", each_report_is_confirmed_by_itself);
	CASE("the notary's receipt may come with the hub's", confirmed_at_once);
	CASE("a report that does not verify is noted as refused",
		a_report_that_does_not_verify);
	CASE("closed without the notary's receipt is not counted", not_counted);
	CASE("the school signs its withdrawal", the_school_signs_its_withdrawal);
	CASE("a successor takes over what was filled in", a_successor_takes_over);
	return DONE();
}
