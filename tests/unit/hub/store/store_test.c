/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/store/store.h"

#include "proto/base/alloc.h"
#include "proto/crypto/crypto.h"
#include "proto/session/chain.h"
#include "tests/support/change_db.h"
#include "tests/support/scratch_hub.h"

static struct scratch_hub s;
static struct drp_diag diag;
static const struct drp_hash instrument = {{0x11}}, manifest = {{0x22}};
static const uint8_t signature[64] = {7, 8, 9};

static void open_store(void)
{
	diag = (struct drp_diag){0};
	scratch_hub_open(&s);
}

static void run(const char *sql)
{
	CHECK(change_db(s.dir, "hub.db", sql) > 0);
}

static void reopen(void)
{
	drp_hub_close(&s.hub);
	CHECK_OK(drp_hub_open(s.dir, &s.hub, &diag));
	s.hub.clock = (struct drp_clock){scratch_hub_now, &s};
}

static struct drp_school sample(const char *id)
{
	struct drp_school school = {.name = "Name",
		.board = "B1",
		.province = DRP_BE25,
		.network = DRP_POV,
		.levels = 1u << 2 | 1u << 5};
	snprintf(school.id, sizeof school.id, "%s", id);
	school.eligible[2][DRP_TEACHER] = 12;
	school.eligible[5][DRP_PUPIL] = 99;
	return school;
}

/* ---- registry and enrolment ---- */

static void schools_come_back(void)
{
	struct drp_school a = sample("B"), b = sample("A"), back, *list = NULL;
	size_t n = 0;
	open_store();
	CHECK_OK(drp_hub_school_put(s.hub.store, &a, &diag));
	CHECK_OK(drp_hub_school_put(s.hub.store, &b, &diag));
	CHECK_OK(drp_hub_school_get(s.hub.store, "B", &back, &diag));
	CHECK_MEM(&back, &a, sizeof a);
	CHECK_OK(drp_hub_schools(s.hub.store, &list, &n, &diag));
	CHECK_INT(n, 2);
	CHECK_STR(list[0].id, "A"); /* by id */
	CHECK_MEM(&list[1], &a, sizeof a);
	drp_free(list);
	CHECK_ERR(drp_hub_school_get(s.hub.store, "C", &back, &diag), DRP_E_NOTFOUND);
	CHECK(strstr(diag.text, "school C") != NULL);
	CHECK_ERR(drp_hub_school_revoke(s.hub.store, "C", NULL), DRP_E_NOTFOUND);
	scratch_hub_close(&s);
}

static void an_invite_binds_one_key(void)
{
	struct drp_school a = sample("A"), b = sample("B"), back;
	const struct drp_hash token_a = {{1}}, token_b = {{2}}, unknown = {{3}};
	const struct drp_key key = {{4}}, other = {{5}};
	struct drp_key used_by;
	char school[DRP_CODE_MAX];
	int64_t expires_s = 0;
	int used = 1;
	open_store();
	CHECK_OK(drp_hub_school_put(s.hub.store, &a, &diag));
	CHECK_OK(drp_hub_school_put(s.hub.store, &b, &diag));
	CHECK_OK(drp_hub_invite_put(s.hub.store, &token_a, "A", 1000, &diag));
	CHECK_OK(drp_hub_invite_put(s.hub.store, &token_b, "B", 2000, &diag));
	CHECK_ERR(drp_hub_invite_get(s.hub.store, &unknown, school, &expires_s, &used,
			  &used_by, &diag),
		DRP_E_NOTFOUND);
	CHECK_OK(drp_hub_invite_get(
		s.hub.store, &token_a, school, &expires_s, &used, &used_by, &diag));
	CHECK_STR(school, "A");
	CHECK_INT(expires_s, 1000);
	CHECK_INT(used, 0);
	CHECK_OK(drp_hub_enrol(s.hub.store, &token_a, "A", &key, 500, &diag));
	CHECK_OK(drp_hub_invite_get(
		s.hub.store, &token_a, school, &expires_s, &used, &used_by, &diag));
	CHECK_INT(used, 1);
	CHECK_MEM(&used_by, &key, sizeof key);
	CHECK_OK(drp_hub_school_by_key(s.hub.store, &key, &back, &diag));
	CHECK_STR(back.id, "A");
	CHECK_INT(back.enrolled, 1);
	CHECK_ERR(
		drp_hub_school_by_key(s.hub.store, &other, &back, &diag), DRP_E_NOTFOUND);
	/* One key cannot be two schools, and trying does not use up the invite. */
	CHECK_ERR(drp_hub_enrol(s.hub.store, &token_b, "B", &key, 500, &diag),
		DRP_E_DUPLICATE_IDENTITY);
	CHECK_OK(drp_hub_invite_get(
		s.hub.store, &token_b, school, &expires_s, &used, &used_by, &diag));
	CHECK_INT(used, 0);
	/* A new key takes the place of the old one. */
	CHECK_OK(drp_hub_enrol(s.hub.store, &token_b, "A", &other, 600, &diag));
	CHECK_ERR(drp_hub_school_by_key(s.hub.store, &key, &back, NULL), DRP_E_NOTFOUND);
	scratch_hub_close(&s);
}

/* ---- blobs and campaigns ---- */

static void add_campaign(const char *id)
{
	CHECK_OK(drp_hub_blob_put(s.hub.store, &instrument, "instrument", 10, &diag));
	CHECK_OK(drp_hub_blob_put(s.hub.store, &manifest, "manifest", 8, &diag));
	CHECK_OK(drp_hub_campaign_new(
		s.hub.store, id, &instrument, "draft: 1\n", "", 100, &diag));
}

static void blobs_are_written_once(void)
{
	struct drp_buf out = {0};
	const struct drp_hash unknown = {{0x33}};
	open_store();
	CHECK_OK(drp_hub_blob_put(s.hub.store, &instrument, "abc", 3, &diag));
	CHECK_OK(drp_hub_blob_put(s.hub.store, &instrument, "xyz", 3, &diag));
	drp_buf_text(&out, "before ");
	CHECK_OK(drp_hub_blob_get(s.hub.store, &instrument, &out, &diag));
	CHECK_STR(drp_buf_string(&out), "before abc");
	CHECK_ERR(drp_hub_blob_get(s.hub.store, &unknown, &out, &diag), DRP_E_NOTFOUND);
	drp_buf_clear(&out);
	scratch_hub_close(&s);
}

static void a_campaigns_life(void)
{
	struct drp_campaign_row row;
	struct drp_buf draft = {0}, frame = {0};
	static const struct drp_hash none;
	open_store();
	add_campaign("c1");
	CHECK_ERR(drp_hub_campaign_new(
			  s.hub.store, "c1", &instrument, "other", "", 200, &diag),
		DRP_E_EXISTS);
	CHECK(strstr(diag.text, "another id") != NULL);
	CHECK_OK(drp_hub_campaign_get(s.hub.store, "c1", &row, &diag));
	CHECK_INT(row.state, DRP_CAMPAIGN_DRAFT);
	CHECK_INT(row.created_s, 100);
	CHECK_INT(row.signed_s, 0);
	CHECK_MEM(&row.manifest, &none, sizeof none);
	CHECK_MEM(&row.instrument, &instrument, sizeof instrument);
	CHECK_OK(drp_hub_campaign_text(s.hub.store, "c1", &draft, &frame, &diag));
	CHECK_STR(drp_buf_string(&draft), "draft: 1\n");
	CHECK_INT(frame.len, 0);
	CHECK_ERR(drp_hub_campaign_by_manifest(s.hub.store, &manifest, &row, &diag),
		DRP_E_NOTFOUND);
	CHECK_OK(drp_hub_campaign_sign(
		s.hub.store, "c1", &manifest, signature, 200, &diag));
	CHECK_OK(drp_hub_campaign_by_manifest(s.hub.store, &manifest, &row, &diag));
	CHECK_STR(row.id, "c1");
	CHECK_INT(row.state, DRP_CAMPAIGN_OPEN);
	CHECK_INT(row.signed_s, 200);
	CHECK_MEM(row.signature, signature, sizeof signature);
	CHECK_OK(drp_hub_campaign_state(
		s.hub.store, "c1", DRP_CAMPAIGN_CLOSED, 300, &diag));
	CHECK_OK(drp_hub_campaign_state(
		s.hub.store, "c1", DRP_CAMPAIGN_FROZEN, 400, &diag));
	CHECK_OK(drp_hub_campaign_get(s.hub.store, "c1", &row, &diag));
	CHECK_INT(row.state, DRP_CAMPAIGN_FROZEN);
	CHECK_INT(row.closed_s, 300);
	CHECK_INT(row.frozen_s, 400);
	drp_buf_clear(&draft);
	drp_buf_clear(&frame);
	scratch_hub_close(&s);
}

/* Two operators at once: the second must not replace what nodes may have fetched. */
static void signing_twice_is_refused(void)
{
	struct drp_campaign_row row;
	const struct drp_hash other = {{0x44}};
	open_store();
	add_campaign("c1");
	CHECK_OK(drp_hub_blob_put(s.hub.store, &other, "other", 5, &diag));
	CHECK_OK(drp_hub_campaign_sign(
		s.hub.store, "c1", &manifest, signature, 200, &diag));
	CHECK_ERR(drp_hub_campaign_sign(s.hub.store, "c1", &other, signature, 201, &diag),
		DRP_E_STATE);
	CHECK_OK(drp_hub_campaign_get(s.hub.store, "c1", &row, &diag));
	CHECK_MEM(&row.manifest, &manifest, sizeof manifest);
	scratch_hub_close(&s);
}

static void campaigns_stand_in_order_of_birth(void)
{
	struct drp_campaign_row *rows = NULL;
	size_t n = 0;
	open_store();
	CHECK_OK(drp_hub_blob_put(s.hub.store, &instrument, "instrument", 10, &diag));
	for (int i = 9; i >= 0; i--) {
		char id[8];
		snprintf(id, sizeof id, "c%d", i);
		CHECK_OK(drp_hub_campaign_new(
			s.hub.store, id, &instrument, "", "", 100 - i, &diag));
	}
	CHECK_OK(drp_hub_campaigns(s.hub.store, &rows, &n, &diag));
	CHECK_INT(n, 10);
	CHECK_STR(rows[0].id, "c9");
	CHECK_STR(rows[9].id, "c0");
	drp_free(rows);
	scratch_hub_close(&s);
}

/* ---- contributions ---- */

static struct drp_stored stored(uint8_t unit, uint8_t group)
{
	struct drp_stored c = {
		.unit = {{unit}}, .group = group, .hash = {{0xc0, unit, group}}};
	c.receipt = (struct drp_receipt){.campaign = manifest,
		.unit = c.unit,
		.group = group,
		.contribution = c.hash,
		.stored_s = 1234};
	return c;
}

static void put(uint8_t unit, uint8_t group)
{
	struct drp_stored c = stored(unit, group);
	CHECK_OK(drp_hub_contribution_put(
		s.hub.store, "c1", &c, "sealed canary", 13, &diag));
}

static char seen[256];

static enum drp_err each(
	void *self, const struct drp_stored *c, const void *sealed, size_t n)
{
	size_t at = strlen(seen);
	snprintf(seen + at, sizeof seen - at, "%u/%u:%.*s%s ", c->unit.b[0], c->group,
		(int)n, (const char *)sealed, c->withdrawn ? "withdrawn" : "");
	return *(enum drp_err *)self;
}

static const char *all(void)
{
	enum drp_err go_on = DRP_OK;
	seen[0] = 0;
	CHECK_OK(drp_hub_contributions(s.hub.store, "c1", each, &go_on, &diag));
	return seen;
}

static void contributions_are_kept_and_erased(void)
{
	struct drp_stored back, want = stored(2, DRP_PUPIL);
	enum drp_err stop = DRP_E_HASH;
	open_store();
	add_campaign("c1");
	add_campaign("c2");
	put(2, DRP_PUPIL);
	put(1, DRP_TEACHER);
	put(2, DRP_LEADER);
	CHECK_ERR(drp_hub_contribution_put(s.hub.store, "c1", &want, "x", 1, NULL),
		DRP_E_EXISTS);
	CHECK_OK(drp_hub_contribution_get(
		s.hub.store, "c1", &want.unit, DRP_PUPIL, &back, &diag));
	CHECK_MEM(&back.hash, &want.hash, sizeof want.hash);
	CHECK_INT(back.receipt.stored_s, 1234);
	CHECK_ERR(drp_hub_contribution_get(
			  s.hub.store, "c2", &want.unit, DRP_PUPIL, &back, &diag),
		DRP_E_NOTFOUND);
	CHECK_STR(all(), "1/1:sealed canary 2/0:sealed canary 2/2:sealed canary ");
	CHECK_ERR(
		drp_hub_contributions(s.hub.store, "c1", each, &stop, &diag), DRP_E_HASH);
	CHECK_OK(drp_hub_contribution_withdraw(
		s.hub.store, "c1", &want.unit, DRP_PUPIL, &diag));
	CHECK_STR(all(), "1/1:sealed canary 2/0:sealed canary 2/2:withdrawn ");
	CHECK_OK(drp_hub_contributions_erase(s.hub.store, "c1", &diag));
	CHECK_STR(all(), "1/1: 2/0: 2/2:withdrawn ");
	/* Hash and receipt stay for ever. */
	CHECK_OK(drp_hub_contribution_get(
		s.hub.store, "c1", &want.unit, DRP_PUPIL, &back, &diag));
	CHECK_MEM(&back.receipt.contribution, &want.hash, sizeof want.hash);
	scratch_hub_close(&s);
}

static size_t found_on_disk(const char *what)
{
	static const char *const name[] = {"hub.db", "hub.db-wal"};
	size_t n = 0;
	for (int i = 0; i < 2; i++) {
		char path[DRP_PATH_MAX];
		struct drp_buf file = {0};
		CHECK_OK(drp_path(path, s.dir, name[i], &diag));
		if (drp_file_read(path, 1 << 26, &file, NULL) == DRP_OK && file.len) {
			n += memmem(file.data, file.len, what, strlen(what)) != NULL;
		}
		drp_buf_clear(&file);
	}
	return n;
}

static void what_is_erased_leaves_the_disk(void)
{
	open_store();
	add_campaign("c1");
	put(1, DRP_TEACHER);
	CHECK(found_on_disk("sealed canary") > 0);
	CHECK_OK(drp_hub_contributions_erase(s.hub.store, "c1", &diag));
	CHECK_OK(drp_hub_checkpoint(s.hub.store, &diag));
	CHECK_INT(found_on_disk("sealed canary"), 0);
	scratch_hub_close(&s);
}

/* Rows that we wrote and cannot read are a damaged database, not a peer's bad bytes:
 * a school must not be told that its contribution is malformed. */
static void damage_is_called_damage(void)
{
	struct drp_stored back, want = stored(1, DRP_TEACHER);
	enum drp_err go_on = DRP_OK;
	open_store();
	add_campaign("c1");
	put(1, DRP_TEACHER);
	run("UPDATE contribution SET receipt=x'00'");
	CHECK_ERR(drp_hub_contribution_get(
			  s.hub.store, "c1", &want.unit, DRP_TEACHER, &back, &diag),
		DRP_E_STORE);
	CHECK_ERR(drp_hub_contributions(s.hub.store, "c1", each, &go_on, &diag),
		DRP_E_STORE);
	scratch_hub_close(&s);
}

/* ---- ledger, editions, answers ---- */

static void the_ledger_is_a_chain(void)
{
	struct drp_ledger_row *rows = NULL;
	size_t n = 0;
	open_store();
	for (int i = 0; i < 4; i++) {
		struct drp_ledger_row row = {.year = 2026,
			.group = (uint8_t)(i % 3),
			.campaign = manifest,
			.delta2 = 200,
			.rho = {1, 40 + i},
			.bytes = instrument,
			.time_s = 1000 + i};
		CHECK_OK(drp_hub_ledger_append(s.hub.store, &row, &diag));
		CHECK_INT(row.seq, i + 1);
	}
	reopen();
	CHECK_OK(drp_hub_ledger(s.hub.store, &rows, &n, &diag));
	CHECK_INT(n, 4);
	CHECK_OK(drp_ledger_verify(rows, n, &diag));
	CHECK_INT(rows[3].rho.den, 43);
	CHECK_INT(rows[3].time_s, 1003);
	CHECK_MEM(&rows[3].bytes, &instrument, sizeof instrument);
	drp_free(rows);
	run("UPDATE ledger SET rho_den=1000000 WHERE seq=2");
	CHECK_OK(drp_hub_ledger(s.hub.store, &rows, &n, &diag));
	CHECK_ERR(drp_ledger_verify(rows, n, &diag), DRP_E_HASH);
	drp_free(rows);
	scratch_hub_close(&s);
}

static void editions_are_numbered(void)
{
	struct drp_hash hash = {{0xed}};
	struct drp_buf bytes = {0};
	open_store();
	add_campaign("c1");
	CHECK_ERR(drp_hub_edition_get(s.hub.store, "c1", 0, &hash, &bytes, &diag),
		DRP_E_NOTFOUND);
	CHECK_OK(drp_hub_edition_put(s.hub.store, "c1", 1, &hash, "one", 3, 9, &diag));
	hash.b[1] = 2;
	CHECK_OK(drp_hub_edition_put(s.hub.store, "c1", 2, &hash, "two", 3, 9, &diag));
	CHECK_ERR(drp_hub_edition_put(s.hub.store, "c1", 2, &hash, "2", 1, 9, NULL),
		DRP_E_EXISTS); /* immutable */
	CHECK_OK(drp_hub_edition_get(s.hub.store, "c1", 0, &hash, &bytes, &diag));
	CHECK_STR(drp_buf_string(&bytes), "two");
	CHECK_INT(hash.b[1], 2);
	bytes.len = 0;
	CHECK_OK(drp_hub_edition_get(s.hub.store, "c1", 1, &hash, &bytes, &diag));
	CHECK_STR(drp_buf_string(&bytes), "one");
	CHECK_ERR(drp_hub_edition_get(s.hub.store, "c1", 3, &hash, &bytes, &diag),
		DRP_E_NOTFOUND);
	drp_buf_clear(&bytes);
	scratch_hub_close(&s);
}

static void answers_come_back(void)
{
	struct drp_buf text = {0};
	open_store();
	CHECK_OK(drp_hub_answer_put(s.hub.store, "a1", "answer: 1\n", &diag));
	CHECK_ERR(drp_hub_answer_put(s.hub.store, "a1", "again", &diag), DRP_E_EXISTS);
	CHECK_OK(drp_hub_answer_get(s.hub.store, "a1", &text, &diag));
	CHECK_STR(drp_buf_string(&text), "answer: 1\n");
	CHECK_ERR(drp_hub_answer_get(s.hub.store, "a2", &text, &diag), DRP_E_NOTFOUND);
	drp_buf_clear(&text);
	scratch_hub_close(&s);
}

static void members_come_back_by_school(void)
{
	const struct drp_member given[] = {{0, "B"}, {1, "A"}};
	const struct drp_member unknown = {2, "C"};
	struct drp_school a = sample("A"), b = sample("B");
	struct drp_member *list = NULL;
	size_t n = 7;
	open_store();
	add_campaign("c1");
	CHECK_OK(drp_hub_school_put(s.hub.store, &a, &diag));
	CHECK_OK(drp_hub_school_put(s.hub.store, &b, &diag));
	CHECK_OK(drp_hub_members(s.hub.store, "c1", &list, &n, &diag));
	CHECK_INT(n, 0);
	CHECK_OK(drp_hub_members_put(s.hub.store, "c1", given, 2, &diag));
	CHECK_ERR(drp_hub_members_put(s.hub.store, "c1", given, 1, NULL), DRP_E_EXISTS);
	CHECK(drp_hub_members_put(s.hub.store, "c1", &unknown, 1, NULL) != DRP_OK);
	CHECK_OK(drp_hub_members(s.hub.store, "c1", &list, &n, &diag));
	CHECK_INT(n, 2);
	CHECK_STR(list[0].school, "A");
	CHECK_INT(list[0].number, 1);
	drp_free(list);
	scratch_hub_close(&s);
}

static void targets_come_back_with_their_frames(void)
{
	struct drp_buf text = {0}, frame = {0};
	struct drp_target_row *rows = NULL;
	size_t n = 0;
	open_store();
	CHECK_OK(drp_hub_target_put(s.hub.store, "t2", "target: t2\n", "f2", &diag));
	CHECK_OK(drp_hub_target_put(s.hub.store, "t1", "target: t1\n", "f1", &diag));
	CHECK_ERR(drp_hub_target_put(s.hub.store, "t1", "again", "", NULL), DRP_E_EXISTS);
	CHECK_OK(drp_hub_target_get(s.hub.store, "t1", &text, &frame, &diag));
	CHECK_STR(drp_buf_string(&text), "target: t1\n");
	CHECK_STR(drp_buf_string(&frame), "f1");
	CHECK_ERR(drp_hub_target_get(s.hub.store, "t3", &text, &frame, &diag),
		DRP_E_NOTFOUND);
	CHECK_OK(drp_hub_target_rows(s.hub.store, &rows, &n, &diag));
	CHECK_INT(n, 2);
	CHECK_STR(rows[0].id, "t1");
	drp_free(rows);
	drp_buf_clear(&text);
	drp_buf_clear(&frame);
	scratch_hub_close(&s);
}

static void a_rolled_back_step_leaves_nothing(void)
{
	struct drp_school a = sample("A"), back;
	open_store();
	CHECK_OK(drp_hub_begin(s.hub.store, &diag));
	CHECK_OK(drp_hub_school_put(s.hub.store, &a, &diag));
	(void)!drp_hub_end(s.hub.store, DRP_E_INTERNAL, NULL);
	CHECK_ERR(drp_hub_school_get(s.hub.store, "A", &back, &diag), DRP_E_NOTFOUND);
	CHECK_OK(drp_hub_begin(s.hub.store, &diag));
	CHECK_OK(drp_hub_school_put(s.hub.store, &a, &diag));
	CHECK_OK(drp_hub_end(s.hub.store, DRP_OK, &diag));
	reopen();
	CHECK_OK(drp_hub_school_get(s.hub.store, "A", &back, &diag));
	scratch_hub_close(&s);
}

int main(void)
{
	CASE("schools come back, in order", schools_come_back);
	CASE("an invite binds one key, a key one school", an_invite_binds_one_key);
	CASE("a blob is written once", blobs_are_written_once);
	CASE("a campaign goes from draft to frozen", a_campaigns_life);
	CASE("a signed campaign is not signed again", signing_twice_is_refused);
	CASE("campaigns stand in the order of their birth",
		campaigns_stand_in_order_of_birth);
	CASE("contributions are kept, withdrawn, erased; hashes and receipts stay",
		contributions_are_kept_and_erased);
	CASE("what is erased leaves the disk", what_is_erased_leaves_the_disk);
	CASE("a row that cannot be read is damage of the store", damage_is_called_damage);
	CASE("the ledger is a chain", the_ledger_is_a_chain);
	CASE("editions are numbered and never replaced", editions_are_numbered);
	CASE("answers of others come back", answers_come_back);
	CASE("members come back by school", members_come_back_by_school);
	CASE("targets come back with their frames", targets_come_back_with_their_frames);
	CASE("a rolled back step leaves nothing", a_rolled_back_step_leaves_nothing);
	return DONE();
}
