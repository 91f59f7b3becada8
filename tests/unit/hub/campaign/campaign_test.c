/* SPDX-License-Identifier: Apache-2.0
 *
 * The life of a campaign at a hub: what each step leaves behind, what it refuses, and
 * that a refused step leaves everything as it was.
 */
#include "hub/campaign/campaign.h"

#include "hub/audit/audit.h"
#include "hub/home/registry.h"
#include "proto/base/alloc.h"
#include "proto/privacy/rational.h"
#include "proto/session/chain.h"
#include "tests/support/change_db.h"
#include "tests/support/hub_fixture.h"
#include "tests/support/scratch_hub.h"

#include <sys/stat.h>

static struct scratch_hub s;
static struct drp_diag diag;
static struct drp_buf report;

/* n schools of their own boards, with names that must never be seen again. */
static void begin(int n, int boards)
{
	struct drp_buf csv = {0};
	char path[DRP_PATH_MAX];
	size_t schools, units;
	diag = (struct drp_diag){0};
	scratch_hub_open(&s);
	if (n == 0) {
		return;
	}
	drp_buf_text(&csv, "school,name,board,province,network,level,eligible_leader,"
			   "eligible_teacher,eligible_pupil\n");
	for (int i = 0; i < n; i++) {
		drp_buf_printf(&csv,
			"canary-s%d,Canary Name %d,canary-b%d,BE2%d,%s,1,8,60,300\n", i,
			i, i % boards, 1 + i % 3, i % 2 ? "GO" : "KOV");
	}
	scratch_hub_file(&s, "r.csv", drp_buf_string(&csv), path);
	CHECK_OK(drp_registry_import(&s.hub, path, &schools, &units, &diag));
	drp_buf_clear(&csv);
}

static void end(void)
{
	drp_buf_clear(&report);
	scratch_hub_close(&s);
}

/* A draft of a school year with more lines, by its first step. */
static enum drp_err draft_more(const char *id, int year, const char *more)
{
	char text[1024], path[DRP_PATH_MAX], made[DRP_NAME_MAX] = "";
	snprintf(text, sizeof text,
		"campaign: %s\ntitle: Test\nregion: VL\ninstrument: " DRP_SOURCE_DIR
		"/deploy/instruments/selfie.yaml\ntrack: open\ncohort: self-selected\n"
		"period: {from: %d-09-01, to: %d-12-18}\ndeadline: %d-12-31\n%s",
		id, year, year, year, more);
	scratch_hub_file(&s, "campaign.yaml", text, path);
	diag = (struct drp_diag){0};
	report.len = 0;
	enum drp_err err = drp_campaign_new(&s.hub, path, made, &report, &diag);
	CHECK_STR(made, err ? "" : id);
	return err;
}

static void draft(const char *id, int year)
{
	CHECK_OK(draft_more(id, year, ""));
}

static enum drp_err sign(const char *id)
{
	diag = (struct drp_diag){0};
	report.len = 0;
	return drp_campaign_sign(&s.hub, id, &report, &diag);
}

static struct drp_campaign_row row_of(struct drp_hub *hub, const char *id)
{
	struct drp_campaign_row row;
	CHECK_OK(drp_hub_campaign_get(hub->store, id, &row, NULL));
	return row;
}

static size_t ledger_rows(void)
{
	struct drp_ledger_row *rows = NULL;
	size_t n = 0;
	CHECK_OK(drp_hub_ledger(s.hub.store, &rows, &n, NULL));
	CHECK_OK(drp_ledger_verify(rows, n, NULL));
	drp_free(rows);
	return n;
}

static int key_exists(struct drp_hub *hub, const char *id)
{
	char path[DRP_PATH_MAX];
	CHECK_OK(drp_hub_key_path(hub, id, path, NULL));
	return access(path, F_OK) == 0;
}

static void expect_state(enum drp_err err)
{
	CHECK_ERR(err, DRP_E_STATE);
	CHECK(strstr(diag.text, "c1") != NULL);
	diag = (struct drp_diag){0};
}

/* ---- new ---- */

static void a_draft_says_what_to_expect(void)
{
	begin(40, 40);
	draft("c1", 2026);
	const char *said = drp_buf_string(&report);
	CHECK(strstr(said, "standard error") != NULL);
	CHECK(strstr(said, "leader   region") != NULL);
	CHECK(strstr(said, "leader   province        numbers only") != NULL);
	CHECK(strstr(said, "teacher  province_level  numbers only") != NULL);
	CHECK(strstr(said, "(unreliable)") != NULL); /* teachers by province */
	/* 40 units of 150 pupils, .95 valid: sqrt(40 * 1540) / (6000 * .95) = 0.044. */
	CHECK(strstr(said, "pupil    region          0.044 to 0.044\n") != NULL);
	struct drp_campaign_row row = row_of(&s.hub, "c1");
	CHECK_INT(row.state, DRP_CAMPAIGN_DRAFT);
	CHECK_INT(row.created_s, SCRATCH_NOW_S);
	CHECK_INT(ledger_rows(), 0);
	CHECK(!key_exists(&s.hub, "c1"));
	end();
}

static void a_draft_that_is_wrong_is_not_kept(void)
{
	struct drp_campaign_row row;
	char path[DRP_PATH_MAX], made[DRP_NAME_MAX];
	begin(0, 1);
	CHECK_ERR(draft_more("c1", 2026, ""), DRP_E_RANGE); /* no schools yet */
	CHECK(strstr(diag.text, "school import") != NULL);
	end();
	begin(10, 10);
	CHECK_ERR(draft_more("c1", 2026, "frame: no-such.csv\n"), DRP_E_NOTFOUND);
	CHECK(strstr(diag.text, "no-such.csv") != NULL);
	scratch_hub_file(&s, "frame.csv", "sector,measure\n", path);
	CHECK_ERR(draft_more("c1", 2026, "frame: frame.csv\n"), DRP_E_INPUT);
	CHECK(strstr(diag.text, "frame.csv") != NULL);
	scratch_hub_file(&s, "frame.csv", "", path);
	CHECK_ERR(draft_more("c1", 2026, "frame: frame.csv\n"), DRP_E_INPUT);
	scratch_hub_file(&s, "empty.yaml", "", path);
	CHECK_ERR(drp_campaign_new(&s.hub, path, made, &report, NULL), DRP_E_INPUT);
	CHECK_ERR(draft_more("c1", 2026, "budget: {pupil: 0}\n"), DRP_E_INPUT);
	CHECK_ERR(drp_campaign_new(&s.hub, "/nowhere/c.yaml", made, &report, &diag),
		DRP_E_NOTFOUND);
	scratch_hub_file(&s, "no-instrument.yaml",
		"campaign: c1\ntitle: Test\nregion: VL\ninstrument: none.yaml\n"
		"track: open\ncohort: sample\nperiod: {from: 2026-09-01, to: "
		"2026-12-18}\ndeadline: 2026-12-31\n",
		path);
	diag = (struct drp_diag){0};
	CHECK_ERR(drp_campaign_new(&s.hub, path, made, &report, &diag), DRP_E_NOTFOUND);
	CHECK(strstr(diag.text, "none.yaml") != NULL);
	CHECK_ERR(drp_hub_campaign_get(s.hub.store, "c1", &row, NULL), DRP_E_NOTFOUND);
	draft("c1", 2026); /* the id is still free */
	CHECK_ERR(draft_more("c1", 2027, ""), DRP_E_EXISTS);
	CHECK(strstr(diag.text, "c1") != NULL);
	end();
}

/* ---- states ---- */

static void steps_out_of_order(void)
{
	struct drp_edition *e = NULL;
	begin(10, 10);
	CHECK_ERR(sign("c1"), DRP_E_NOTFOUND);
	CHECK(strstr(diag.text, "campaign list") != NULL);
	CHECK_ERR(drp_campaign_close(&s.hub, "c1", NULL), DRP_E_NOTFOUND);
	CHECK_ERR(drp_campaign_freeze(&s.hub, "c1", NULL), DRP_E_NOTFOUND);
	draft("c1", 2026);
	expect_state(drp_campaign_close(&s.hub, "c1", &diag));
	expect_state(drp_campaign_freeze(&s.hub, "c1", &diag));
	CHECK_ERR(drp_campaign_edition(&s.hub, "c1", 0, &e, NULL), DRP_E_NOTFOUND);
	CHECK_OK(sign("c1"));
	expect_state(drp_campaign_freeze(&s.hub, "c1", &diag));
	CHECK_ERR(drp_campaign_edition(&s.hub, "c1", 0, &e, &diag), DRP_E_NOTFOUND);
	CHECK(strstr(diag.text, "campaign close c1") != NULL);
	diag = (struct drp_diag){0};
	struct drp_campaign_row before = row_of(&s.hub, "c1");
	expect_state(sign("c1"));
	struct drp_campaign_row after = row_of(&s.hub, "c1");
	CHECK_MEM(&after.manifest, &before.manifest, sizeof before.manifest);
	CHECK_INT(ledger_rows(), DRP_GROUPS);
	end();
}

/* ---- sign ---- */

static void a_signed_campaign_is_complete(void)
{
	struct drp_manifest *m = NULL;
	struct drp_buf bytes = {0};
	struct drp_ledger_row *rows = NULL;
	struct drp_key key;
	uint8_t box[DRP_BOX_KEY_BYTES];
	struct stat st;
	char path[DRP_PATH_MAX];
	size_t n = 0;
	begin(40, 40);
	CHECK_OK(drp_hub_school_revoke(s.hub.store, "canary-s7", NULL));
	draft("c1", 2026);
	CHECK_OK(sign("c1"));
	struct drp_campaign_row row = row_of(&s.hub, "c1");
	CHECK_INT(row.state, DRP_CAMPAIGN_OPEN);
	CHECK_INT(row.signed_s, SCRATCH_NOW_S);
	CHECK_OK(drp_hub_blob_get(s.hub.store, &row.manifest, &bytes, &diag));
	drp_keys_public(s.hub.keys, &key, box);
	CHECK_OK(drp_verify(
		&key, "drempel manifest 1", bytes.data, bytes.len, row.signature));
	CHECK_OK(drp_hub_manifest(&s.hub, &row, &m, &diag));
	CHECK_MEM(&m->hash, &row.manifest, sizeof row.manifest);
	CHECK_MEM(&m->hub, &key, sizeof key);
	CHECK_MEM(m->hub_box, box, sizeof box);
	CHECK_INT(m->n_schools, 39); /* a revoked school has no place in it */
	/* Nothing in it names a school or a board. */
	CHECK(memmem(bytes.data, bytes.len, "anary", 5) == NULL);
	CHECK_OK(drp_hub_key_path(&s.hub, "c1", path, NULL));
	CHECK_INT(stat(path, &st), 0);
	CHECK_INT(st.st_mode & 0777, 0600);
	CHECK_OK(drp_hub_ledger(s.hub.store, &rows, &n, &diag));
	CHECK_INT(n, DRP_GROUPS);
	for (int g = 0; g < DRP_GROUPS; g++) {
		CHECK_INT(rows[g].group, g);
		CHECK_INT(rows[g].year, 2026);
		CHECK_INT(drp_rational_cmp(
				  rows[g].rho, drp_ledger_default_rho((enum drp_group)g)),
			0);
		CHECK_MEM(&rows[g].campaign, &row.manifest, sizeof row.manifest);
		CHECK_INT(rows[g].sigma2, 0); /* the hub draws nothing on this track */
	}
	CHECK_OK(drp_ledger_verify(rows, n, &diag));
	drp_free(rows);
	drp_buf_clear(&bytes);
	drp_manifest_free(m);
	end();
}

static void what_is_left_out_is_said(void)
{
	begin(13, 13); /* five, four and four schools: two provinces are too small */
	draft("c1", 2026);
	CHECK_OK(sign("c1"));
	const char *said = drp_buf_string(&report);
	CHECK(strstr(said, "pupil    province        BE22 _T _T is left out") != NULL);
	CHECK(strstr(said, "pupil    province        BE23 _T _T is left out") != NULL);
	CHECK(strstr(said, "region") == NULL);
	end();
}

static void expect_unsigned(const char *id, enum drp_err why, size_t rows)
{
	static const struct drp_hash none;
	CHECK_ERR(sign(id), why);
	CHECK(diag.text[0] != 0);
	struct drp_campaign_row row = row_of(&s.hub, id);
	CHECK_INT(row.state, DRP_CAMPAIGN_DRAFT);
	CHECK_MEM(&row.manifest, &none, sizeof none);
	CHECK_INT(row.signed_s, 0);
	CHECK_INT(ledger_rows(), rows);
	CHECK(!key_exists(&s.hub, id));
}

/* Three campaigns a school year, and nothing is left of a fourth. */
static void a_year_has_three_campaigns(void)
{
	begin(10, 10);
	for (int i = 1; i <= 4; i++) {
		char id[8];
		snprintf(id, sizeof id, "c%d", i);
		draft(id, 2026);
	}
	CHECK_OK(sign("c1"));
	CHECK_OK(sign("c2"));
	CHECK_OK(sign("c3"));
	expect_unsigned("c4", DRP_E_BUDGET, 9);
	expect_unsigned("c4", DRP_E_BUDGET, 9);
	draft("next", 2027); /* the next school year has its own */
	CHECK_OK(sign("next"));
	CHECK_INT(ledger_rows(), 12);
	/* One group over its cap is enough, even when the others spend nothing. */
	CHECK_OK(draft_more(
		"c5", 2026, "budget: {leader: 1/1000000, teacher: 1/1000000}\n"));
	expect_unsigned("c5", DRP_E_BUDGET, 12);
	end();
}

static void smaller_budgets_make_more_campaigns(void)
{
	begin(10, 10);
	for (int i = 1; i <= 7; i++) {
		char id[8];
		snprintf(id, sizeof id, "c%d", i);
		CHECK_OK(draft_more(id, 2026,
			"budget: {leader: 185069/2000000, teacher: 243559/20000000, "
			"pupil: 243559/20000000}\n"));
		if (i <= 6) {
			CHECK_OK(sign(id));
		} else {
			expect_unsigned(id, DRP_E_BUDGET, 18);
		}
	}
	end();
}

static void a_region_that_is_too_small_is_not_signed(void)
{
	begin(4, 4);
	draft("c1", 2026);
	expect_unsigned("c1", DRP_E_TOO_FEW_SCHOOLS, 0);
	end();
	begin(9, 2); /* enough schools, of two boards */
	draft("c1", 2026);
	expect_unsigned("c1", DRP_E_TOO_FEW_SCHOOLS, 0);
	end();
	begin(9, 9);
	CHECK_OK(draft_more("c1", 2026, "thresholds: {schools: 10}\n"));
	expect_unsigned("c1", DRP_E_TOO_FEW_SCHOOLS, 0);
	end();
}

/* ---- close ---- */

static void nothing_is_opened_without_contributions(void)
{
	struct drp_edition *e = NULL;
	begin(10, 10);
	draft("c1", 2026);
	CHECK_OK(sign("c1"));
	CHECK_ERR(drp_campaign_close(&s.hub, "c1", &diag), DRP_E_TOO_FEW_SCHOOLS);
	CHECK(strstr(diag.text, "nothing was opened") != NULL);
	CHECK_INT(row_of(&s.hub, "c1").state, DRP_CAMPAIGN_OPEN);
	CHECK_ERR(drp_campaign_edition(&s.hub, "c1", 0, &e, NULL), DRP_E_NOTFOUND);
	CHECK(key_exists(&s.hub, "c1"));
	end();
}

/* What came is not kept for ever because it was too little. */
static void too_little_by_the_deadline_is_frozen(void)
{
	struct drp_buf out = {0};
	unsigned failures = 1;
	begin(10, 10);
	draft("c1", 2026);
	CHECK_OK(sign("c1"));
	CHECK_ERR(drp_campaign_freeze(&s.hub, "c1", &diag), DRP_E_STATE);
	CHECK(key_exists(&s.hub, "c1"));
	s.now_s = INT64_C(8640000000);
	diag = (struct drp_diag){0};
	CHECK_ERR(drp_campaign_close(&s.hub, "c1", &diag), DRP_E_TOO_FEW_SCHOOLS);
	CHECK_OK(drp_campaign_freeze(&s.hub, "c1", NULL));
	CHECK_INT(row_of(&s.hub, "c1").state, DRP_CAMPAIGN_FROZEN);
	CHECK(!key_exists(&s.hub, "c1"));
	CHECK_OK(drp_audit(&s.hub, "c1", &out, &failures, &diag));
	CHECK_INT(failures, 0);
	CHECK(strstr(drp_buf_string(&out), "nothing could be opened") != NULL);
	drp_buf_clear(&out);
	end();
}

static struct hub_fixture f;

static void edition_bytes(struct drp_buf *bytes)
{
	struct drp_hash hash, again;
	CHECK_OK(drp_hub_edition_get(
		f.hub.store, FIXTURE_CAMPAIGN, 0, &hash, bytes, &diag));
	drp_hash_bytes(bytes->data, bytes->len, &again);
	CHECK_MEM(&hash, &again, sizeof hash);
}

static void run(const char *sql)
{
	CHECK(change_db(f.dir, "hub.db", sql) > 0);
}

static void closing_happens_once(void)
{
	struct drp_buf first = {0}, second = {0};
	struct drp_edition *e = NULL;
	diag = (struct drp_diag){0};
	hub_fixture_open(&f);
	CHECK_OK(drp_campaign_close(&f.hub, FIXTURE_CAMPAIGN, &diag));
	struct drp_campaign_row before = row_of(&f.hub, FIXTURE_CAMPAIGN);
	CHECK_INT(before.state, DRP_CAMPAIGN_CLOSED);
	CHECK(before.closed_s > 0);
	edition_bytes(&first);
	CHECK_OK(drp_campaign_close(&f.hub, FIXTURE_CAMPAIGN, &diag));
	edition_bytes(&second);
	CHECK_INT(first.len, second.len);
	CHECK_MEM(first.data, second.data, first.len);
	struct drp_campaign_row after = row_of(&f.hub, FIXTURE_CAMPAIGN);
	CHECK_MEM(&before, &after, sizeof before);
	CHECK_OK(drp_campaign_edition(&f.hub, FIXTURE_CAMPAIGN, 0, &e, &diag));
	CHECK_INT(e->number, 1);
	CHECK_MEM(&e->manifest, &before.manifest, sizeof e->manifest);
	CHECK_INT(e->schools_registered, FIXTURE_SCHOOLS);
	CHECK_INT(e->schools_took_part, FIXTURE_SCHOOLS - 1);
	drp_edition_free(e);
	CHECK_ERR(drp_campaign_edition(&f.hub, FIXTURE_CAMPAIGN, 2, &e, NULL),
		DRP_E_NOTFOUND);
	drp_buf_clear(&first);
	drp_buf_clear(&second);
	hub_fixture_close(&f);
}

static void expect_unopened(enum drp_err why)
{
	struct drp_edition *e = NULL;
	diag = (struct drp_diag){0};
	CHECK_ERR(drp_campaign_close(&f.hub, FIXTURE_CAMPAIGN, &diag), why);
	CHECK(diag.text[0] != 0);
	CHECK_INT(row_of(&f.hub, FIXTURE_CAMPAIGN).state, DRP_CAMPAIGN_OPEN);
	CHECK_ERR(drp_campaign_edition(&f.hub, FIXTURE_CAMPAIGN, 0, &e, NULL),
		DRP_E_NOTFOUND);
}

/* Half of a working set is never opened: whoever repairs the hub can close it then. */
static void damage_stops_the_opening(void)
{
	char path[DRP_PATH_MAX], aside[DRP_PATH_MAX];
	hub_fixture_open(&f);
	CHECK_OK(drp_hub_key_path(&f.hub, FIXTURE_CAMPAIGN, path, NULL));
	CHECK_OK(drp_path(aside, f.dir, "aside", NULL));
	CHECK_INT(rename(path, aside), 0);
	expect_unopened(DRP_E_NOTFOUND);
	CHECK_INT(rename(aside, path), 0);
	(void)change_db(f.dir, "hub.db",
		"CREATE TABLE kept AS SELECT rowid AS r, sealed FROM contribution LIMIT "
		"1");
	run("UPDATE contribution SET sealed=x'00' WHERE rowid=(SELECT r FROM kept)");
	expect_unopened(DRP_E_SIGNATURE);
	run("UPDATE contribution SET sealed=(SELECT sealed FROM kept)"
	    " WHERE rowid=(SELECT r FROM kept)");
	run("UPDATE contribution SET hash=zeroblob(32) WHERE rowid=(SELECT r FROM kept)");
	expect_unopened(DRP_E_HASH);
	hub_fixture_close(&f);
}

/* ---- freeze ---- */

struct tally {
	size_t rows, sealed, receipts;
	uint8_t sample[24]; /* of the first ciphertext */
};

static enum drp_err count_one(
	void *self, const struct drp_stored *stored, const void *sealed, size_t n)
{
	struct tally *t = self;
	if (t->sealed == 0 && n >= sizeof t->sample) {
		memcpy(t->sample, sealed, sizeof t->sample);
	}
	t->rows++;
	t->sealed += n > 0;
	t->receipts +=
		drp_hash_equal(&stored->hash, &stored->receipt.contribution) ? 1 : 0;
	return DRP_OK;
}

static struct tally tally(void)
{
	struct tally t = {0};
	CHECK_OK(drp_hub_contributions(
		f.hub.store, FIXTURE_CAMPAIGN, count_one, &t, &diag));
	return t;
}

static int on_disk(const char *name, const uint8_t *bytes, size_t n)
{
	char path[DRP_PATH_MAX];
	struct drp_buf file = {0};
	CHECK_OK(drp_path(path, f.dir, name, NULL));
	int found = drp_file_read(path, 1 << 26, &file, NULL) == DRP_OK && file.len &&
		    memmem(file.data, file.len, bytes, n) != NULL;
	drp_buf_clear(&file);
	return found;
}

static void freezing_erases(void)
{
	struct drp_buf before = {0}, after = {0};
	diag = (struct drp_diag){0};
	hub_fixture_open(&f);
	CHECK_OK(drp_campaign_close(&f.hub, FIXTURE_CAMPAIGN, &diag));
	edition_bytes(&before);
	struct tally t = tally();
	CHECK(t.rows > 80 && t.sealed == t.rows && t.receipts == t.rows);
	CHECK(on_disk("hub.db", t.sample, sizeof t.sample) ||
		on_disk("hub.db-wal", t.sample, sizeof t.sample));
	for (int twice = 0; twice < 2; twice++) {
		CHECK_OK(drp_campaign_freeze(&f.hub, FIXTURE_CAMPAIGN, &diag));
		CHECK_INT(row_of(&f.hub, FIXTURE_CAMPAIGN).state, DRP_CAMPAIGN_FROZEN);
		CHECK(!key_exists(&f.hub, FIXTURE_CAMPAIGN));
		struct tally left = tally();
		CHECK_INT(left.rows, t.rows);
		CHECK_INT(left.sealed, 0);
		CHECK_INT(left.receipts, t.rows);
		CHECK(!on_disk("hub.db", t.sample, sizeof t.sample));
		CHECK(!on_disk("hub.db-wal", t.sample, sizeof t.sample));
	}
	CHECK_OK(drp_campaign_close(
		&f.hub, FIXTURE_CAMPAIGN, &diag)); /* changes nothing */
	CHECK_INT(row_of(&f.hub, FIXTURE_CAMPAIGN).state, DRP_CAMPAIGN_FROZEN);
	edition_bytes(&after);
	CHECK_INT(before.len, after.len);
	CHECK_MEM(before.data, after.data, before.len);
	drp_buf_clear(&before);
	drp_buf_clear(&after);
	hub_fixture_close(&f);
}

/* Cut short between erasing the rows and erasing the key. */
static void an_interrupted_freeze_is_finished(void)
{
	diag = (struct drp_diag){0};
	hub_fixture_open(&f);
	CHECK_OK(drp_campaign_close(&f.hub, FIXTURE_CAMPAIGN, &diag));
	run("UPDATE contribution SET sealed=NULL");
	run("UPDATE campaign SET state=3, frozen_s=77");
	CHECK(key_exists(&f.hub, FIXTURE_CAMPAIGN));
	CHECK_OK(drp_campaign_freeze(&f.hub, FIXTURE_CAMPAIGN, &diag));
	CHECK(!key_exists(&f.hub, FIXTURE_CAMPAIGN));
	CHECK_INT(row_of(&f.hub, FIXTURE_CAMPAIGN).frozen_s, 77);
	hub_fixture_close(&f);
}

int main(void)
{
	CASE("a draft says what to expect before anybody signs",
		a_draft_says_what_to_expect);
	CASE("a draft that is wrong is not kept", a_draft_that_is_wrong_is_not_kept);
	CASE("steps out of order are refused", steps_out_of_order);
	CASE("a signed campaign is complete: manifest, signature, key, ledger",
		a_signed_campaign_is_complete);
	CASE("cohorts that are left out are named", what_is_left_out_is_said);
	CASE("a fourth campaign in a school year is refused and leaves nothing",
		a_year_has_three_campaigns);
	CASE("smaller budgets make more campaigns", smaller_budgets_make_more_campaigns);
	CASE("a region that is too small is not signed",
		a_region_that_is_too_small_is_not_signed);
	CASE("nothing is opened without contributions",
		nothing_is_opened_without_contributions);
	CASE("too little by the deadline is frozen",
		too_little_by_the_deadline_is_frozen);
	CASE("closing happens once", closing_happens_once);
	CASE("damage stops the opening", damage_stops_the_opening);
	CASE("freezing erases contributions and key, on the disk too", freezing_erases);
	CASE("a freeze that was cut short is finished by running it again",
		an_interrupted_freeze_is_finished);
	return DONE();
}
