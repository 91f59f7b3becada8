/* SPDX-License-Identifier: Apache-2.0
 *
 * A node's visits to a hub that lies, loses things or is of another time. What cannot be
 * right is not kept, and a repaired hub is believed at the next visit.
 */
#include "node/sync/sync.h"
#include "tests/support/change_db.h"

#include "tests/support/federation.h"

#define SCHOOLS 5

static struct fed f;
static struct fed_school *s = &f.school[0];
static const struct drp_sync_options look = {0}, push = {.push = 1};

static void begin(void)
{
	fed_begin(&f, SCHOOLS, 60, 1);
}

static void at_the_hub(const char *sql)
{
	CHECK(change_db(f.hub_dir, "hub.db", sql) > 0);
}

static struct drp_campaign_row row_of(const char *id)
{
	struct drp_campaign_row row;
	CHECK_OK(drp_hub_campaign_get(f.hub.store, id, &row, NULL));
	return row;
}

static uint32_t held(const struct drp_hash *blob)
{
	uint32_t n = 0, total = 0;
	CHECK_OK(drp_node_blob_held(s->node.store, blob, &n, &total, NULL));
	return n;
}

static int knows(const char *id)
{
	struct drp_node_campaign c;
	return drp_node_campaign_get(s->node.store, id, &c, NULL) == DRP_OK;
}

static void expect_visit(enum drp_err want, const char *says)
{
	enum drp_err err = fed_visit(&f, s, &look);
	if (err != want || !strstr(s->diag.text, says)) {
		printf("# %s\n", s->diag.text);
		CHECK_ERR(err, want);
		CHECK_STR(s->diag.text, says);
	}
}

/* ---- enrolment ---- */

static void an_enrolled_node_forgets_its_token(void)
{
	struct drp_buf value = {0};
	begin();
	CHECK_INT(s->node.enrolled, 1);
	CHECK_ERR(drp_node_get(s->node.store, "token", &value, NULL), DRP_E_NOTFOUND);
	CHECK_OK(drp_node_get(s->node.store, "school-name", &value, NULL));
	CHECK_STR(drp_buf_string(&value), "School 0");
	fed_close_node(s);
	fed_open_node(&f, s);
	CHECK_INT(s->node.enrolled, 1);
	CHECK_STR(s->node.school, "S0");
	drp_buf_clear(&value);
	fed_end(&f);
}

/* ---- campaigns ---- */

static void a_visit_brings_the_campaigns(void)
{
	struct drp_node_campaign c;
	struct drp_node_work work;
	struct drp_diag diag = {0};
	begin();
	CHECK(!knows(FED_CAMPAIGN));
	CHECK_OK(fed_visit(&f, s, &look));
	CHECK_OK(drp_node_campaign_get(s->node.store, FED_CAMPAIGN, &c, &diag));
	CHECK_INT(c.state, DRP_CAMPAIGN_OPEN);
	CHECK_INT(c.checked, 1);
	CHECK_OK(drp_node_work_load(&s->node, FED_CAMPAIGN, &work, &diag));
	CHECK(work.unit[1] != NULL);
	drp_node_work_clear(&work);
	CHECK_OK(drp_hub_campaign_state(
		f.hub.store, FED_CAMPAIGN, DRP_CAMPAIGN_FROZEN, 1, &diag));
	CHECK_OK(fed_visit(&f, s, &look));
	CHECK_OK(drp_node_campaign_get(s->node.store, FED_CAMPAIGN, &c, &diag));
	CHECK_INT(c.state, DRP_CAMPAIGN_FROZEN);
	fed_end(&f);
}

static void a_manifest_that_the_hub_did_not_sign_is_dropped(void)
{
	begin();
	struct drp_hash manifest = row_of(FED_CAMPAIGN).manifest;
	at_the_hub("CREATE TABLE kept AS SELECT signature FROM campaign;"
		   "UPDATE campaign SET signature=zeroblob(64)");
	for (int i = 0; i < 2; i++) {
		expect_visit(DRP_E_SIGNATURE, "did not sign");
		CHECK(!knows(FED_CAMPAIGN));
		CHECK_INT(held(&manifest), 0);
	}
	at_the_hub("UPDATE campaign SET signature=(SELECT signature FROM kept)");
	CHECK_OK(fed_visit(&f, s, &look));
	CHECK(knows(FED_CAMPAIGN));
	fed_end(&f);
}

/* A signature is sound only under the key of the invite. */
static void another_hubs_signature_is_none(void)
{
	struct drp_keys *other = NULL;
	uint8_t box[DRP_BOX_KEY_BYTES];
	begin();
	CHECK_OK(drp_keys_new(&other));
	drp_keys_public(other, &s->node.hub, box); /* what the invite pinned */
	expect_visit(DRP_E_SIGNATURE, "did not sign");
	CHECK(!knows(FED_CAMPAIGN));
	drp_keys_free(other);
	fed_end(&f);
}

static void bytes_that_do_not_match_their_hash_are_dropped(void)
{
	begin();
	struct drp_campaign_row row = row_of(FED_CAMPAIGN);
	at_the_hub("CREATE TABLE kept AS SELECT hash, bytes FROM blob;"
		   "UPDATE blob SET bytes=CAST(bytes || x'00' AS BLOB)"
		   " WHERE hash=(SELECT manifest FROM campaign)");
	expect_visit(DRP_E_HASH, "does not match its hash");
	CHECK_INT(held(&row.manifest), 0);
	at_the_hub("UPDATE blob SET bytes=(SELECT bytes FROM kept WHERE"
		   " kept.hash=blob.hash);"
		   "UPDATE blob SET bytes=CAST(substr(bytes, 2) || x'00' AS BLOB)"
		   " WHERE hash=(SELECT instrument FROM campaign)");
	expect_visit(DRP_E_HASH, "does not match its hash");
	CHECK(held(&row.manifest) > 0); /* that one is right */
	CHECK_INT(held(&row.instrument), 0);
	at_the_hub("UPDATE blob SET bytes=(SELECT bytes FROM kept WHERE"
		   " kept.hash=blob.hash)");
	CHECK_OK(fed_visit(&f, s, &look));
	CHECK(held(&row.instrument) > 0);
	fed_end(&f);
}

/* A manifest under the hub's own signature, whatever it says. */
static void announce(const char *id, const void *bytes, size_t n)
{
	struct drp_hash hash;
	uint8_t signature[DRP_SIGNATURE_BYTES];
	struct drp_hash instrument = row_of(FED_CAMPAIGN).instrument;
	drp_hash_bytes(bytes, n, &hash);
	drp_sign(f.hub.keys, "drempel manifest 1", bytes, n, signature);
	CHECK_OK(drp_hub_blob_put(f.hub.store, &hash, bytes, n, NULL));
	CHECK_OK(drp_hub_campaign_new(f.hub.store, id, &instrument, "", "", 1, NULL));
	CHECK_OK(drp_hub_campaign_sign(f.hub.store, id, &hash, signature, 1, NULL));
}

static void publish_works(void)
{
	uint32_t approved = 0;
	fed_fill(s, FED_CAMPAIGN, DRP_TEACHER, 12, 4);
	CHECK_OK(fed_approve(&f, s, FED_CAMPAIGN, &approved));
	CHECK_INT(approved, 1);
	CHECK_OK(fed_visit(&f, s, &push));
	CHECK_INT(s->result.stored, 1);
}

static void a_campaign_of_a_later_version_is_set_aside(void)
{
	begin();
	announce("later", "\x81\xa1v\x02", 4);
	CHECK_OK(fed_visit(&f, s, &look));
	CHECK(knows(FED_CAMPAIGN));
	CHECK(!knows("later"));
	publish_works();
	fed_end(&f);
}

/* What an older program could not read, this one can: it is not fetched again. */
static void a_newer_program_looks_again(void)
{
	begin();
	CHECK_OK(fed_visit(&f, s, &look));
	fed_close_node(s);
	CHECK(change_db(s->dir, "node.db",
		      "UPDATE campaign SET id='', instrument=zeroblob(32)") > 0);
	fed_open_node(&f, s);
	CHECK(!knows(FED_CAMPAIGN));
	CHECK_OK(fed_visit(&f, s, &look));
	CHECK(knows(FED_CAMPAIGN));
	publish_works();
	fed_end(&f);
}

/* A hub that went back to an old backup may sign the same id again. */
static void an_id_that_is_taken_is_set_aside(void)
{
	struct drp_campaign_row row;
	struct drp_manifest *m = NULL;
	struct drp_buf bytes = {0};
	struct drp_node_campaign before, after;
	begin();
	CHECK_OK(fed_visit(&f, s, &look));
	CHECK_OK(drp_node_campaign_get(s->node.store, FED_CAMPAIGN, &before, NULL));
	row = row_of(FED_CAMPAIGN);
	CHECK_OK(drp_hub_manifest(&f.hub, &row, &m, NULL));
	snprintf(m->title, sizeof m->title, "Signed again");
	CHECK_OK(drp_manifest_encode(m, &bytes));
	announce("again", bytes.data, bytes.len);
	CHECK_OK(fed_visit(&f, s, &look));
	CHECK_OK(drp_node_campaign_get(s->node.store, FED_CAMPAIGN, &after, NULL));
	CHECK_MEM(&after, &before, sizeof before);
	publish_works();
	drp_buf_clear(&bytes);
	drp_manifest_free(m);
	fed_end(&f);
}

/* ---- pieces ---- */

/* A campaign whose manifest takes several pieces. */
static void large_campaign(void)
{
	struct drp_buf csv = {0};
	struct drp_diag diag = {0};
	char path[DRP_PATH_MAX];
	size_t schools, units;
	drp_buf_text(&csv, "school,name,board,province,network,level,eligible_leader,"
			   "eligible_teacher,eligible_pupil\n");
	for (int i = 0; i < 4500; i++) {
		drp_buf_printf(&csv, "T%d,n,T%d,BE21,GO,1,2,30,200\n", i, i);
	}
	fed_write(&f, "more.csv", drp_buf_string(&csv), path);
	CHECK_OK(drp_registry_import(&f.hub, path, &schools, &units, &diag));
	drp_buf_clear(&csv);
	fed_campaign(&f, "large");
}

/* Visits until `gets` pieces have come, then the connection breaks. */
static enum drp_err visit_pieces(unsigned gets)
{
	struct drp_node_sync sync;
	int done = 0;
	memset(&s->diag, 0, sizeof s->diag);
	CHECK_OK(drp_node_sync_begin(&sync, &s->node, &look, &s->result, &s->diag));
	enum drp_err err = DRP_OK;
	while (err == DRP_OK && !done && gets) {
		struct drp_buf request = {0}, reply = {0};
		CHECK_OK(drp_node_session_next(&sync.session, &request, &done, &s->diag));
		if (!done) {
			gets -= sync.session.state == DRP_VISIT_GET;
			fed_deliver(&f, &request, &reply);
			err = drp_node_session_reply(
				&sync.session, reply.data, reply.len, &s->diag);
		}
		drp_buf_clear(&request);
		drp_buf_clear(&reply);
	}
	drp_node_sync_end(&sync);
	return err;
}

static void pieces_are_kept_over_broken_visits(void)
{
	begin();
	large_campaign();
	CHECK_OK(fed_visit(&f, &f.school[1], &look)); /* in one go */
	struct drp_hash manifest = row_of("large").manifest;
	struct drp_buf whole = {0}, mine = {0};
	CHECK_OK(drp_hub_blob_get(f.hub.store, &manifest, &whole, NULL));
	CHECK(whole.len > 2 * DRP_CHUNK_MAX_BYTES);
	uint32_t before = 0;
	int visits = 0;
	while (!knows("large")) {
		CHECK(visits++ < 10);
		CHECK_OK(visit_pieces(1));
		CHECK(held(&manifest) >= before);
		before = held(&manifest);
		fed_close_node(s);
		fed_open_node(&f, s);
	}
	CHECK(visits >= 3);
	CHECK_OK(drp_node_blob_get(s->node.store, &manifest, &mine, NULL));
	CHECK_INT(mine.len, whole.len);
	CHECK_MEM(mine.data, whole.data, whole.len);
	drp_buf_clear(&whole);
	drp_buf_clear(&mine);
	fed_end(&f);
}

/* Some bytes have come; then the hub changes its mind about the size. */
static void a_blob_that_changes_its_size_begins_anew(void)
{
	begin();
	large_campaign();
	struct drp_hash manifest = row_of("large").manifest;
	for (int i = 0; held(&manifest) == 0; i++) {
		CHECK(i < 10);
		CHECK_OK(visit_pieces(1));
	}
	at_the_hub("CREATE TABLE kept AS SELECT hash, bytes FROM blob;"
		   "UPDATE blob SET bytes=CAST(bytes || x'00' AS BLOB)");
	CHECK_ERR(fed_visit(&f, s, &look), DRP_E_MALFORMED);
	CHECK_INT(held(&manifest), 0);
	at_the_hub("UPDATE blob SET bytes=(SELECT bytes FROM kept WHERE"
		   " kept.hash=blob.hash)");
	CHECK_OK(fed_visit(&f, s, &look));
	CHECK(knows("large"));
	fed_end(&f);
}

/* ---- clocks ---- */

static int64_t wrong_clock(void *self)
{
	return fed_now(self) + INT64_C(365) * 86400000;
}

static void a_clock_a_year_off_learns_nothing(void)
{
	begin();
	s->node.clock = (struct drp_clock){wrong_clock, &f};
	expect_visit(DRP_E_CLOCK, "set the clock");
	CHECK(strstr(s->diag.text, "2026-10-01") && strstr(s->diag.text, "2027-10-01"));
	CHECK(!knows(FED_CAMPAIGN));
	s->node.clock = (struct drp_clock){fed_now, &f};
	CHECK_OK(fed_visit(&f, s, &look));
	CHECK(knows(FED_CAMPAIGN));
	fed_end(&f);
}

/* ---- the outbox ---- */

static struct drp_released teachers(const struct fed_school *of)
{
	struct drp_released r = {0};
	CHECK_OK(drp_node_release_get(
		of->node.store, FED_CAMPAIGN, 1, DRP_TEACHER, &r, NULL));
	return r;
}

static const char *last_event(void)
{
	static char event[16];
	struct drp_log_row *rows = NULL;
	size_t n = 0;
	CHECK_OK(drp_node_log(s->node.store, &rows, &n, NULL));
	CHECK_OK(drp_log_verify(rows, n, NULL));
	CHECK(n > 0);
	memcpy(event, rows[n - 1].event, sizeof event);
	drp_free(rows);
	return event;
}

static void ready(void)
{
	uint32_t approved = 0;
	CHECK_OK(fed_visit(&f, s, &look));
	fed_fill(s, FED_CAMPAIGN, DRP_TEACHER, 12, 4);
	CHECK_OK(fed_approve(&f, s, FED_CAMPAIGN, &approved));
	CHECK_INT(approved, 1);
}

static void receipts_are_kept(void)
{
	const struct drp_sync_options elsewhere = {.push = 1, .only = "other"};
	begin();
	ready();
	CHECK_OK(fed_visit(&f, s, &look)); /* nobody asked to push */
	CHECK_OK(fed_visit(&f, s, &elsewhere));
	CHECK_INT(teachers(s).state, DRP_RELEASE_READY);
	CHECK_OK(fed_visit(&f, s, &push));
	struct drp_released r = teachers(s);
	CHECK_INT(r.state, DRP_RELEASE_STORED);
	CHECK_INT(r.has_receipt, 1);
	CHECK_MEM(&r.receipt.contribution, &r.hash, sizeof r.hash);
	CHECK_INT(r.receipt.stored_s, f.now_ms / 1000);
	CHECK_STR(last_event(), "stored");
	CHECK_OK(fed_visit(&f, s, &push)); /* and not sent again */
	CHECK_INT(s->result.stored, 0);
	const struct drp_sync_options ask = {.status = &r.manifest};
	CHECK_OK(fed_visit(&f, s, &ask));
	CHECK_INT(s->result.n_receipts, 1);
	CHECK_MEM(&s->result.receipt[0], &r.receipt, sizeof r.receipt);
	fed_end(&f);
}

static void revoked_schools_keep_their_outbox(void)
{
	begin();
	ready();
	CHECK_OK(drp_hub_school_revoke(f.hub.store, "S0", NULL));
	CHECK_ERR(fed_visit(&f, s, &push), DRP_E_REVOKED);
	CHECK(strstr(s->diag.text, "revoked") != NULL);
	CHECK_INT(teachers(s).state, DRP_RELEASE_READY);
	fed_end(&f);
}

/* Two machines with one school's keys: the first contribution stands. */
static void a_conflict_is_final_and_told(void)
{
	struct drp_node_work work;
	struct drp_diag diag = {0};
	uint32_t approved = 0;
	char command[512], twin_dir[200];
	begin();
	CHECK_OK(fed_visit(&f, s, &look));
	fed_fill(s, FED_CAMPAIGN, DRP_TEACHER, 12, 4);
	fed_close_node(s);
	snprintf(twin_dir, sizeof twin_dir, "%s.twin", s->dir);
	snprintf(command, sizeof command, "cp -r '%s' '%s'", s->dir, twin_dir);
	CHECK_INT(system(command), 0);
	static struct fed_school twin;
	twin = (struct fed_school){0};
	snprintf(twin.dir, sizeof twin.dir, "%.159s", twin_dir);
	fed_open_node(&f, &twin);
	fed_open_node(&f, s);
	/* Both approve without asking: as if at the same moment. */
	CHECK_OK(drp_node_work_load(&s->node, FED_CAMPAIGN, &work, &diag));
	CHECK_OK(drp_release_approve(&s->node, &work, NULL, 0, &approved, &diag));
	CHECK_OK(drp_release_approve(&twin.node, &work, NULL, 0, &approved, &diag));
	drp_node_work_clear(&work);
	CHECK_OK(fed_visit(&f, &twin, &push));
	CHECK_INT(twin.result.stored, 1);
	CHECK_OK(fed_visit(&f, s, &push));
	CHECK_INT(s->result.refused, 1);
	CHECK(strstr(s->result.refusal, "already holds another") != NULL);
	struct drp_released r = teachers(s);
	CHECK_INT(r.state, DRP_RELEASE_REFUSED);
	CHECK_STR(r.note, s->result.refusal);
	CHECK_STR(last_event(), "refused");
	CHECK_OK(fed_visit(&f, s, &push)); /* not tried again */
	CHECK_INT(s->result.refused, 0);
	fed_close_node(&twin);
	fed_end(&f);
}

/* The hub keeps what it may no longer give back: the contribution counts, and the node
 * says so. */
static void a_withdrawal_after_the_close_changes_nothing(void)
{
	struct drp_diag diag = {0};
	uint32_t waiting = 0;
	begin();
	ready();
	CHECK_OK(fed_visit(&f, s, &push));
	CHECK_OK(drp_hub_campaign_state(
		f.hub.store, FED_CAMPAIGN, DRP_CAMPAIGN_CLOSED, 1, &diag));
	CHECK_OK(drp_release_withdraw(&s->node, FED_CAMPAIGN, &waiting, &diag));
	CHECK_INT(waiting, 1);
	CHECK_OK(fed_visit(&f, s, &push));
	CHECK_INT(s->result.refused, 1);
	struct drp_released r = teachers(s);
	CHECK_INT(r.state, DRP_RELEASE_STORED);
	CHECK_INT(r.has_receipt, 1);
	CHECK(strstr(r.note, "closed") != NULL);
	fed_end(&f);
}

/* Restored from a backup of before the signing, the hub does not know the campaign. */
static void a_hub_that_lost_the_campaign_is_waited_for(void)
{
	begin();
	ready();
	at_the_hub("CREATE TABLE kept AS SELECT manifest FROM campaign;"
		   "UPDATE campaign SET manifest=NULL, state=0");
	(void)!fed_visit(&f, s, &push);
	CHECK_INT(teachers(s).state, DRP_RELEASE_READY);
	at_the_hub("UPDATE campaign SET manifest=(SELECT manifest FROM kept), state=1");
	CHECK_OK(fed_visit(&f, s, &push));
	CHECK_INT(teachers(s).state, DRP_RELEASE_STORED);
	fed_end(&f);
}

int main(void)
{
	setenv("DREMPEL_LOG", "error", 1);
	CASE("an enrolled node forgets its token", an_enrolled_node_forgets_its_token);
	CASE("a visit brings the campaigns and their states",
		a_visit_brings_the_campaigns);
	CASE("a manifest that the hub did not sign is dropped",
		a_manifest_that_the_hub_did_not_sign_is_dropped);
	CASE("the signature of another hub is none", another_hubs_signature_is_none);
	CASE("bytes that do not match their hash are dropped",
		bytes_that_do_not_match_their_hash_are_dropped);
	CASE("a campaign of a later version is set aside",
		a_campaign_of_a_later_version_is_set_aside);
	CASE("a newer program looks at what was set aside again",
		a_newer_program_looks_again);
	CASE("a second campaign of one id is set aside",
		an_id_that_is_taken_is_set_aside);
	CASE("pieces are kept over broken visits", pieces_are_kept_over_broken_visits);
	CASE("a blob that changes its size begins anew",
		a_blob_that_changes_its_size_begins_anew);
	CASE("a clock that is a year off learns nothing",
		a_clock_a_year_off_learns_nothing);
	CASE("receipts are kept, and nothing is sent twice", receipts_are_kept);
	CASE("a revoked school keeps its outbox", revoked_schools_keep_their_outbox);
	CASE("a conflict is final and told", a_conflict_is_final_and_told);
	CASE("a withdrawal after the close changes nothing",
		a_withdrawal_after_the_close_changes_nothing);
	CASE("a hub that lost the campaign is waited for",
		a_hub_that_lost_the_campaign_is_waited_for);
	return DONE();
}
