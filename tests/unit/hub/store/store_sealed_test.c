/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/store/store_sealed.h"

#include "proto/crypto/crypto.h"
#include "tests/support/change_db.h"
#include "tests/support/scratch_hub.h"

static struct scratch_hub s;
static struct drp_diag diag;
static const struct drp_hash instrument = {{0x11}}, manifest = {{0x22}}, roll = {{0x33}};
static const struct drp_key hub_key = {{0x77}};

static void open_store(void)
{
	diag = (struct drp_diag){0};
	scratch_hub_open(&s);
}

static void open_with_draft(void)
{
	open_store();
	CHECK_OK(drp_hub_blob_put(s.hub.store, &instrument, "i", 1, &diag));
	CHECK_OK(drp_hub_blob_put(s.hub.store, &manifest, "m", 1, &diag));
	CHECK_OK(drp_hub_blob_put(s.hub.store, &roll, "r", 1, &diag));
	CHECK_OK(drp_hub_campaign_new(
		s.hub.store, "c", &instrument, "draft", "", 100, &diag));
}

static struct drp_card card(const char *role, uint8_t key, const char *url)
{
	struct drp_card c = {.key = {{key}}, .box = {key, 1}};
	snprintf(c.role, sizeof c.role, "%s", role);
	snprintf(c.name, sizeof c.name, "Name");
	snprintf(c.url, sizeof c.url, "%s", url);
	return c;
}

/* ---- peers ---- */

static void a_hub_has_one_notary_and_remembers_older_ones(void)
{
	struct drp_card a = card("notary", 1, "tcp://a:1"),
			b = card("notary", 2, "tcp://b:1"), back;
	open_store();
	CHECK_ERR(drp_hub_peer_notary(s.hub.store, &back, &diag), DRP_E_NOTFOUND);
	CHECK_OK(drp_hub_peer_put(s.hub.store, &a, 10, &diag));
	CHECK_OK(drp_hub_peer_notary(s.hub.store, &back, &diag));
	CHECK_MEM(&back, &a, sizeof a);
	CHECK_OK(drp_hub_peer_put(s.hub.store, &b, 20, &diag));
	CHECK_OK(drp_hub_peer_notary(s.hub.store, &back, &diag));
	CHECK_MEM(&back, &b, sizeof b);
	CHECK_OK(drp_hub_peer_get(s.hub.store, &a.key, &back, &diag));
	CHECK_MEM(&back, &a, sizeof a);
	/* The same notary has moved. */
	a = card("notary", 1, "tcp://elsewhere:1");
	CHECK_OK(drp_hub_peer_put(s.hub.store, &a, 30, &diag));
	CHECK_OK(drp_hub_peer_notary(s.hub.store, &back, &diag));
	CHECK_STR(back.url, "tcp://elsewhere:1");
	CHECK_ERR(drp_hub_peer_get(s.hub.store, &hub_key, &back, &diag), DRP_E_NOTFOUND);
	scratch_hub_close(&s);
}

static void a_notary_has_several_hubs(void)
{
	struct drp_card a = card("hub", 1, "tcp://a:1"), b = card("hub", 2, "tcp://b:1"),
			back;
	open_store();
	CHECK_OK(drp_hub_peer_put(s.hub.store, &a, 10, &diag));
	CHECK_OK(drp_hub_peer_put(s.hub.store, &b, 20, &diag));
	CHECK_OK(drp_hub_peer_get(s.hub.store, &a.key, &back, &diag));
	CHECK_OK(drp_hub_peer_get(s.hub.store, &b.key, &back, &diag));
	CHECK_ERR(drp_hub_peer_notary(s.hub.store, &back, &diag), DRP_E_NOTFOUND);
	scratch_hub_close(&s);
}

/* ---- pinned keys ---- */

static void a_school_key_is_pinned_once(void)
{
	struct drp_school a = {.id = "A", .name = "A", .board = "B"},
			  b = {.id = "B", .name = "B", .board = "B"}, back;
	const struct drp_key key = {{1}}, other = {{2}};
	open_store();
	CHECK_OK(drp_hub_school_put(s.hub.store, &a, &diag));
	CHECK_OK(drp_hub_school_put(s.hub.store, &b, &diag));
	CHECK_OK(drp_hub_school_pin(s.hub.store, "A", &key, 10, &diag));
	CHECK_OK(drp_hub_school_pin(s.hub.store, "A", &key, 20, &diag));
	CHECK_ERR(
		drp_hub_school_pin(s.hub.store, "A", &other, 30, &diag), DRP_E_CONFLICT);
	CHECK_ERR(drp_hub_school_pin(s.hub.store, "B", &key, 30, NULL),
		DRP_E_DUPLICATE_IDENTITY);
	CHECK_OK(drp_hub_school_get(s.hub.store, "A", &back, &diag));
	CHECK_MEM(&back.key, &key, sizeof key);
	CHECK_OK(drp_hub_school_forget(s.hub.store, "A", &diag));
	CHECK_OK(drp_hub_school_pin(s.hub.store, "A", &other, 30, &diag));
	CHECK_ERR(drp_hub_school_forget(s.hub.store, "C", &diag), DRP_E_NOTFOUND);
	CHECK(strstr(diag.text, "school C") != NULL);
	scratch_hub_close(&s);
}

/* ---- vouchers ---- */

static int voucher_state(void)
{
	struct drp_school back;
	CHECK_OK(drp_hub_school_get(s.hub.store, "A", &back, &diag));
	return back.voucher;
}

static void a_voucher_waits_until_it_is_used(void)
{
	struct drp_school a = {.id = "A", .name = "A", .board = "B"};
	const struct drp_key key = {{1}}, other = {{2}};
	const uint8_t code[DRP_VOUCHER_BYTES] = {7};
	uint8_t back[DRP_VOUCHER_BYTES];
	open_store();
	CHECK_OK(drp_hub_school_put(s.hub.store, &a, &diag));
	CHECK_INT(voucher_state(), DRP_VOUCHER_NONE);
	CHECK_ERR(drp_hub_voucher_get(s.hub.store, "A", back, NULL), DRP_E_NOTFOUND);
	CHECK_OK(drp_hub_voucher_put(s.hub.store, "A", code, &diag));
	CHECK_INT(voucher_state(), DRP_VOUCHER_WAITING);
	CHECK_OK(drp_hub_voucher_get(s.hub.store, "A", back, &diag));
	CHECK_MEM(back, code, sizeof code);
	CHECK_OK(drp_hub_school_pin(s.hub.store, "A", &key, 10, &diag));
	CHECK_OK(drp_hub_voucher_use(s.hub.store, "A", &key, &diag));
	CHECK_INT(voucher_state(), DRP_VOUCHER_VOUCHED);
	CHECK_ERR(drp_hub_voucher_get(s.hub.store, "A", back, NULL), DRP_E_NOTFOUND);
	/* What it vouched for stays known; the next key is another matter. */
	CHECK_OK(drp_hub_school_forget(s.hub.store, "A", &diag));
	CHECK_INT(voucher_state(), DRP_VOUCHER_SPENT);
	CHECK_OK(drp_hub_vouched(s.hub.store, "A", &key, &diag));
	CHECK_ERR(drp_hub_vouched(s.hub.store, "A", &other, NULL), DRP_E_NOTFOUND);
	CHECK_OK(drp_hub_school_put(s.hub.store, &a, &diag)); /* imported again */
	CHECK_INT(voucher_state(), DRP_VOUCHER_SPENT);
	scratch_hub_close(&s);
}

static void a_proof_is_of_the_present_key(void)
{
	struct drp_school a = {.id = "A", .name = "A", .board = "B"}, back;
	const struct drp_key key = {{1}}, other = {{2}};
	const struct drp_hash token = {{3}};
	const uint8_t proof[DRP_PROOF_BYTES] = {9};
	open_store();
	CHECK_OK(drp_hub_school_put(s.hub.store, &a, &diag));
	CHECK_OK(drp_hub_invite_put(s.hub.store, &token, "A", 100, &diag));
	CHECK_OK(drp_hub_enrol(s.hub.store, &token, "A", &key, 1, &diag));
	CHECK_OK(drp_hub_school_prove(s.hub.store, "A", &other, proof, &diag));
	CHECK_OK(drp_hub_school_get(s.hub.store, "A", &back, &diag));
	CHECK(!drp_proof_given(back.proof));
	CHECK_OK(drp_hub_school_prove(s.hub.store, "A", &key, proof, &diag));
	CHECK_OK(drp_hub_school_get(s.hub.store, "A", &back, &diag));
	CHECK_MEM(back.proof, proof, sizeof proof);
	CHECK_OK(drp_hub_enrol(s.hub.store, &token, "A", &other, 2, &diag));
	CHECK_OK(drp_hub_school_get(s.hub.store, "A", &back, &diag));
	CHECK(!drp_proof_given(back.proof));
	scratch_hub_close(&s);
}

/* ---- staged blobs ---- */

static void a_blob_comes_in_pieces(void)
{
	struct drp_card hub = card("hub", 0x77, "tcp://h:1");
	const struct drp_hash blob = {{9}};
	struct drp_buf out = {0};
	uint32_t held, total;
	open_store();
	CHECK_OK(drp_hub_peer_put(s.hub.store, &hub, 10, &diag));
	CHECK_OK(drp_hub_staged(s.hub.store, &hub_key, &blob, &held, &total, &diag));
	CHECK_INT(held, 0);
	CHECK_INT(total, 0);
	CHECK_OK(drp_hub_stage(s.hub.store, &hub_key, &blob, 7, 0, "abcd", 4, &diag));
	CHECK_ERR(drp_hub_staged_get(s.hub.store, &hub_key, &blob, &out, &diag),
		DRP_E_NOTFOUND);
	CHECK_OK(drp_hub_stage(s.hub.store, &hub_key, &blob, 7, 4, "efg", 3, &diag));
	CHECK_OK(drp_hub_staged(s.hub.store, &hub_key, &blob, &held, &total, &diag));
	CHECK_INT(held, 7);
	CHECK_INT(total, 7);
	CHECK_OK(drp_hub_staged_get(s.hub.store, &hub_key, &blob, &out, &diag));
	CHECK_INT(out.len, 7);
	CHECK_MEM(out.data, "abcdefg", 7);
	CHECK_OK(drp_hub_staged_drop(s.hub.store, &hub_key, &blob, &diag));
	CHECK_ERR(drp_hub_staged_get(s.hub.store, &hub_key, &blob, &out, &diag),
		DRP_E_NOTFOUND);
	drp_buf_clear(&out);
	scratch_hub_close(&s);
}

static void a_new_blob_pushes_out_the_oldest(void)
{
	struct drp_card hub = card("hub", 0x77, "tcp://h:1"),
			other = card("hub", 0x78, "tcp://o:1");
	uint32_t held, total;
	open_store();
	CHECK_OK(drp_hub_peer_put(s.hub.store, &hub, 10, &diag));
	CHECK_OK(drp_hub_peer_put(s.hub.store, &other, 10, &diag));
	const struct drp_hash theirs = {{0xff}};
	CHECK_OK(drp_hub_stage(s.hub.store, &other.key, &theirs, 2, 0, "t", 1, &diag));
	for (uint8_t i = 0; i <= DRP_STAGED_BLOBS_MAX; i++) {
		const struct drp_hash blob = {{i}};
		CHECK_OK(
			drp_hub_stage(s.hub.store, &hub_key, &blob, 2, 0, "x", 1, &diag));
	}
	for (uint8_t i = 0; i <= DRP_STAGED_BLOBS_MAX; i++) {
		const struct drp_hash blob = {{i}};
		CHECK_OK(drp_hub_staged(
			s.hub.store, &hub_key, &blob, &held, &total, &diag));
		CHECK_INT(held, i == 0 ? 0 : 1);
	}
	CHECK_OK(drp_hub_staged(s.hub.store, &other.key, &theirs, &held, &total, &diag));
	CHECK_INT(held, 1); /* another hub's is its own */
	scratch_hub_close(&s);
}

/* ---- proposal and signing ---- */

static void a_proposal_waits_and_its_seed_stays(void)
{
	struct drp_proposal p = {manifest, roll, {5}}, back;
	struct drp_campaign_row row;
	struct drp_buf seed = {0};
	const uint8_t cosignature[64] = {8};
	open_with_draft();
	CHECK_ERR(drp_hub_proposal_get(s.hub.store, "c", &back, &diag), DRP_E_NOTFOUND);
	CHECK_OK(drp_hub_proposal_put(s.hub.store, "c", &p, "seed", 4, &diag));
	CHECK_OK(drp_hub_proposal_get(s.hub.store, "c", &back, &diag));
	CHECK_MEM(&back, &p, sizeof p);
	CHECK_OK(drp_hub_campaign_get(s.hub.store, "c", &row, &diag));
	CHECK_INT(row.state, DRP_CAMPAIGN_DRAFT);
	CHECK_INT(row.cosigned, 0);
	CHECK_OK(drp_hub_proposal_drop(s.hub.store, "c", &diag));
	CHECK_ERR(drp_hub_proposal_get(s.hub.store, "c", &back, &diag), DRP_E_NOTFOUND);
	CHECK_ERR(drp_hub_seed_get(s.hub.store, "c", &seed, &diag), DRP_E_NOTFOUND);
	CHECK_OK(drp_hub_proposal_put(s.hub.store, "c", &p, "seed", 4, &diag));
	CHECK_OK(drp_hub_campaign_sign(
		s.hub.store, "c", &manifest, p.signature, 200, &diag));
	CHECK_OK(drp_hub_cosignature_put(s.hub.store, "c", cosignature, &diag));
	CHECK_OK(drp_hub_campaign_get(s.hub.store, "c", &row, &diag));
	CHECK_INT(row.cosigned, 1);
	CHECK_MEM(row.cosignature, cosignature, 64);
	CHECK_OK(drp_hub_seed_get(s.hub.store, "c", &seed, &diag));
	CHECK_INT(seed.len, 4);
	drp_buf_clear(&seed);
	scratch_hub_close(&s);
}

static void a_notary_takes_a_campaign(void)
{
	struct drp_campaign_row row = {.id = "n",
					.manifest = manifest,
					.instrument = instrument,
					.signature = {1},
					.cosignature = {2},
					.signed_s = 300},
				back;
	struct drp_buf seed = {0};
	open_with_draft();
	CHECK_OK(drp_hub_campaign_take(s.hub.store, &row, &roll, "seed", 4, &diag));
	CHECK_OK(drp_hub_campaign_by_manifest(s.hub.store, &manifest, &back, &diag));
	CHECK_STR(back.id, "n");
	CHECK_INT(back.state, DRP_CAMPAIGN_OPEN);
	CHECK_INT(back.cosigned, 1);
	CHECK_INT(back.signed_s, 300);
	CHECK_OK(drp_hub_seed_get(s.hub.store, "n", &seed, &diag));
	CHECK_ERR(drp_hub_campaign_take(s.hub.store, &row, &roll, "seed", 4, NULL),
		DRP_E_EXISTS);
	CHECK_OK(drp_hub_campaign_abandon(s.hub.store, "n", 400, &diag));
	CHECK_OK(drp_hub_campaign_get(s.hub.store, "n", &back, &diag));
	CHECK_INT(back.state, DRP_CAMPAIGN_CLOSED);
	CHECK_INT(back.abandoned_s, 400);
	drp_buf_clear(&seed);
	scratch_hub_close(&s);
}

/* ---- contributions ---- */

static void put(uint8_t unit)
{
	struct drp_stored c = {.unit = {{unit}}, .group = DRP_PUPIL, .hash = {{unit}}};
	CHECK_OK(drp_hub_contribution_put(s.hub.store, "c", &c, "report", 6, &diag));
}

struct seen {
	size_t n;
	uint8_t unit[8];
};

static enum drp_err see(
	void *self, const struct drp_stored *stored, const void *sealed, size_t n)
{
	struct seen *seen = self;
	CHECK_INT(n, 6);
	CHECK_MEM(sealed, "report", 6);
	seen->unit[seen->n++] = stored->unit.b[0];
	return DRP_OK;
}

static void pending_is_what_nobody_has_answered(void)
{
	struct seen seen = {0};
	const struct drp_id u1 = {{1}}, u2 = {{2}}, u3 = {{3}};
	open_with_draft();
	for (uint8_t unit = 5; unit > 0; unit--) {
		put(unit);
	}
	CHECK_OK(drp_hub_contribution_count(
		s.hub.store, "c", &u1, DRP_PUPIL, "share", 5, "answer", 6, &diag));
	CHECK_OK(drp_hub_contribution_reject(
		s.hub.store, "c", &u2, DRP_PUPIL, DRP_E_PROOF, NULL, 0, &diag));
	CHECK_OK(drp_hub_contribution_withdraw(s.hub.store, "c", &u3, DRP_PUPIL, &diag));
	CHECK_OK(drp_hub_contributions_pending(s.hub.store, "c", 10, see, &seen, &diag));
	CHECK_INT(seen.n, 2);
	CHECK_INT(seen.unit[0], 5); /* the oldest first */
	CHECK_INT(seen.unit[1], 4);
	seen.n = 0;
	CHECK_OK(drp_hub_contributions_pending(s.hub.store, "c", 1, see, &seen, &diag));
	CHECK_INT(seen.n, 1);
	scratch_hub_close(&s);
}

static void counting_puts_the_share_in_the_place_of_the_report(void)
{
	struct drp_buf sealed = {0}, answer = {0};
	struct drp_stored back;
	const struct drp_id u1 = {{1}}, u2 = {{2}};
	open_with_draft();
	put(1);
	put(2);
	CHECK_OK(drp_hub_contribution_count(
		s.hub.store, "c", &u1, DRP_PUPIL, "share", 5, "answer", 6, &diag));
	CHECK_ERR(drp_hub_contribution_count(s.hub.store, "c", &u1, DRP_PUPIL, "again", 5,
			  "answer", 6, NULL),
		DRP_E_STATE);
	CHECK_OK(drp_hub_contribution_load(
		s.hub.store, "c", &u1, DRP_PUPIL, &sealed, &answer, &diag));
	CHECK_INT(sealed.len, 5);
	CHECK_MEM(sealed.data, "share", 5);
	CHECK_MEM(answer.data, "answer", 6);
	CHECK_OK(
		drp_hub_contribution_get(s.hub.store, "c", &u1, DRP_PUPIL, &back, &diag));
	CHECK_INT(back.state, DRP_CONTRIBUTION_COUNTED);
	CHECK_OK(drp_hub_contribution_withdraw(s.hub.store, "c", &u2, DRP_PUPIL, &diag));
	CHECK_ERR(drp_hub_contribution_count(s.hub.store, "c", &u2, DRP_PUPIL, "share", 5,
			  "answer", 6, NULL),
		DRP_E_STATE);
	drp_buf_clear(&sealed);
	drp_buf_clear(&answer);
	scratch_hub_close(&s);
}

static void a_rejected_one_keeps_its_reason_and_no_bytes(void)
{
	struct drp_buf sealed = {0};
	struct drp_stored back;
	const struct drp_id u1 = {{1}};
	open_with_draft();
	put(1);
	CHECK_OK(drp_hub_contribution_reject(
		s.hub.store, "c", &u1, DRP_PUPIL, DRP_E_PROOF, NULL, 0, &diag));
	CHECK_OK(
		drp_hub_contribution_get(s.hub.store, "c", &u1, DRP_PUPIL, &back, &diag));
	CHECK_INT(back.state, DRP_CONTRIBUTION_REJECTED);
	CHECK_INT(back.reason, DRP_E_PROOF);
	CHECK_OK(drp_hub_contribution_load(
		s.hub.store, "c", &u1, DRP_PUPIL, &sealed, NULL, &diag));
	CHECK_INT(sealed.len, 0);
	CHECK_ERR(drp_hub_contribution_count(s.hub.store, "c", &u1, DRP_PUPIL, "share", 5,
			  "answer", 6, NULL),
		DRP_E_STATE);
	scratch_hub_close(&s);
}

/* ---- openings and erasure ---- */

static void what_lasts_survives_the_freeze(void)
{
	struct drp_proposal p = {manifest, roll, {5}};
	struct drp_buf out = {0};
	open_with_draft();
	CHECK_OK(drp_hub_proposal_put(s.hub.store, "c", &p, "seed", 4, &diag));
	CHECK_OK(drp_hub_noise_put(s.hub.store, "c", 3, "noise", 5, &diag));
	CHECK_ERR(drp_hub_noise_put(s.hub.store, "c", 3, "again", 5, NULL), DRP_E_EXISTS);
	CHECK_OK(drp_hub_noise_get(s.hub.store, "c", 3, &out, &diag));
	CHECK_MEM(out.data, "noise", 5);
	CHECK_OK(drp_hub_opening_put(s.hub.store, "c", "shares", 0, "s", 1, &diag));
	CHECK_OK(drp_hub_opening_put(s.hub.store, "c", "opened", 1, "o", 1, &diag));
	CHECK_ERR(drp_hub_opening_put(s.hub.store, "c", "opened", 1, "p", 1, NULL),
		DRP_E_EXISTS);
	CHECK_OK(drp_hub_sealed_erase(s.hub.store, "c", &diag));
	CHECK_ERR(drp_hub_noise_get(s.hub.store, "c", 3, &out, &diag), DRP_E_NOTFOUND);
	CHECK_ERR(drp_hub_seed_get(s.hub.store, "c", &out, &diag), DRP_E_NOTFOUND);
	CHECK_ERR(drp_hub_opening_get(s.hub.store, "c", "shares", &out, &diag),
		DRP_E_NOTFOUND);
	drp_buf_clear(&out);
	CHECK_OK(drp_hub_opening_get(s.hub.store, "c", "opened", &out, &diag));
	CHECK_MEM(out.data, "o", 1);
	drp_buf_clear(&out);
	scratch_hub_close(&s);
}

/* ---- migration ---- */

/* Undoes what came after migration 1, as a database of the version before it would be. */
static void back_to_version_1(void)
{
	static const char *const sql =
		"DROP TABLE member; DROP TABLE target;"
		"DROP TABLE vouched; DROP TABLE voucher;"
		"ALTER TABLE school DROP COLUMN proof;"
		"DROP TABLE embargo; DROP TABLE token;"
		"DROP INDEX contribution_withdrawn;"
		"DROP INDEX contribution_pending;"
		"ALTER TABLE contribution DROP COLUMN withdrawal;"
		"ALTER TABLE contribution DROP COLUMN answer;"
		"ALTER TABLE contribution DROP COLUMN reason;"
		"ALTER TABLE contribution DROP COLUMN state;"
		"ALTER TABLE campaign DROP COLUMN abandoned_s;"
		"ALTER TABLE campaign DROP COLUMN seed;"
		"ALTER TABLE campaign DROP COLUMN roll;"
		"ALTER TABLE campaign DROP COLUMN cosignature;"
		"DROP TABLE opening; DROP TABLE noise; DROP TABLE proposal;"
		"DROP TABLE staged; DROP TABLE peer; PRAGMA user_version=1";
	(void)change_db(s.dir, "hub.db", sql);
}

static void a_database_of_version_1_is_lifted(void)
{
	struct drp_stored back;
	struct drp_campaign_row row;
	const struct drp_id u1 = {{1}};
	open_with_draft();
	put(1);
	drp_hub_close(&s.hub);
	back_to_version_1();
	CHECK_OK(drp_hub_open(s.dir, &s.hub, &diag));
	CHECK_OK(
		drp_hub_contribution_get(s.hub.store, "c", &u1, DRP_PUPIL, &back, &diag));
	CHECK_INT(back.state, DRP_CONTRIBUTION_RECEIVED);
	CHECK_OK(drp_hub_campaign_get(s.hub.store, "c", &row, &diag));
	CHECK_INT(row.cosigned, 0);
	CHECK_INT(row.abandoned_s, 0);
	CHECK_OK(drp_hub_opening_put(s.hub.store, "c", "o", 1, "o", 1, &diag));
	scratch_hub_close(&s);
}

int main(void)
{
	CASE("a hub has one notary and remembers older ones",
		a_hub_has_one_notary_and_remembers_older_ones);
	CASE("a notary has several hubs", a_notary_has_several_hubs);
	CASE("a school key is pinned once", a_school_key_is_pinned_once);
	CASE("a voucher waits until it is used", a_voucher_waits_until_it_is_used);
	CASE("a proof is of the present key", a_proof_is_of_the_present_key);
	CASE("a blob comes in pieces", a_blob_comes_in_pieces);
	CASE("a new blob pushes out the oldest", a_new_blob_pushes_out_the_oldest);
	CASE("a proposal waits and its seed stays", a_proposal_waits_and_its_seed_stays);
	CASE("a notary takes a campaign", a_notary_takes_a_campaign);
	CASE("pending is what nobody has answered", pending_is_what_nobody_has_answered);
	CASE("counting puts the share in the place of the report",
		counting_puts_the_share_in_the_place_of_the_report);
	CASE("a rejected one keeps its reason and no bytes",
		a_rejected_one_keeps_its_reason_and_no_bytes);
	CASE("what lasts survives the freeze", what_lasts_survives_the_freeze);
	CASE("a database of version 1 is lifted", a_database_of_version_1_is_lifted);
	return DONE();
}
