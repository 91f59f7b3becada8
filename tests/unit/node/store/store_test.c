/* SPDX-License-Identifier: Apache-2.0 */
#include "node/store/store.h"

#include "proto/base/alloc.h"
#include "proto/crypto/crypto.h"
#include "tests/support/change_db.h"
#include "tests/support/check.h"

#include <stdlib.h>
#include <unistd.h>

static char dir[64], path[96];
static struct drp_node_store *store;
static struct drp_diag diag;

static void reopen(void)
{
	drp_node_store_close(store);
	CHECK_OK(drp_node_store_open(path, 0, &store, &diag));
}

static void begin(void)
{
	diag = (struct drp_diag){0};
	snprintf(dir, sizeof dir, "%s/drempel-node-XXXXXX",
		access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	CHECK(mkdtemp(dir) != NULL);
	snprintf(path, sizeof path, "%s/node.db", dir);
	CHECK_OK(drp_node_store_open(path, 1, &store, &diag));
}

static void end(void)
{
	drp_node_store_close(store);
	store = NULL;
	unlink(path);
	rmdir(dir);
}

static void run(const char *sql)
{
	CHECK(change_db_file(path, sql) > 0);
}

static void opening(void)
{
	struct drp_node_store *none = NULL;
	begin();
	drp_node_store_close(store);
	store = NULL;
	CHECK_INT(unlink(path), 0);
	CHECK_ERR(drp_node_store_open(path, 0, &none, &diag), DRP_E_NOTFOUND);
	CHECK(none == NULL);
	drp_node_store_close(NULL);
	end();
}

static void settings(void)
{
	struct drp_buf value = {0};
	begin();
	CHECK_ERR(drp_node_get(store, "school", &value, &diag), DRP_E_NOTFOUND);
	CHECK_OK(drp_node_set(store, "school", "S1", 2, &diag));
	CHECK_OK(drp_node_set(store, "school", "S\0002", 3, &diag));
	reopen();
	CHECK_OK(drp_node_get(store, "school", &value, &diag));
	CHECK_INT(value.len, 3);
	CHECK_MEM(value.data, "S\0002", 3);
	CHECK_OK(drp_node_unset(store, "school", &diag));
	CHECK_OK(drp_node_unset(store, "school", &diag));
	CHECK_ERR(drp_node_get(store, "school", &value, &diag), DRP_E_NOTFOUND);
	drp_buf_clear(&value);
	end();
}

/* ---- blobs ---- */

static const struct drp_hash blob = {{0xb1}}, other = {{0xb2}};

static enum drp_err append(uint32_t total, uint32_t offset, const char *bytes)
{
	return drp_node_blob_append(
		store, &blob, total, offset, bytes, strlen(bytes), NULL);
}

static void blobs_grow_piece_by_piece(void)
{
	struct drp_buf out = {0};
	uint32_t held = 7, total = 7;
	begin();
	CHECK_OK(drp_node_blob_held(store, &blob, &held, &total, &diag));
	CHECK_INT(held + total, 0);
	CHECK_OK(append(10, 0, "abcd"));
	CHECK_ERR(drp_node_blob_get(store, &blob, &out, &diag), DRP_E_NOTFOUND);
	reopen(); /* a visit that was cut off goes on here */
	CHECK_OK(drp_node_blob_held(store, &blob, &held, &total, &diag));
	CHECK_INT(held, 4);
	CHECK_INT(total, 10);
	CHECK_OK(append(10, 4, "efghij"));
	CHECK_OK(drp_node_blob_get(store, &blob, &out, &diag));
	CHECK_STR(drp_buf_string(&out), "abcdefghij");
	CHECK_ERR(drp_node_blob_get(store, &other, &out, &diag), DRP_E_NOTFOUND);
	CHECK_OK(drp_node_blob_drop(store, &blob, &diag));
	CHECK_OK(drp_node_blob_held(store, &blob, &held, &total, &diag));
	CHECK_INT(held + total, 0);
	drp_buf_clear(&out);
	end();
}

static void pieces_that_do_not_follow_are_refused(void)
{
	uint32_t held, total;
	begin();
	CHECK_ERR(append(10, 4, "efgh"), DRP_E_MALFORMED); /* begins in the middle */
	CHECK_ERR(append(3, 0, "abcd"), DRP_E_MALFORMED);  /* more than there is */
	CHECK_ERR(append(10, 0, ""), DRP_E_MALFORMED);	   /* would go on for ever */
	CHECK_OK(append(10, 0, "abcd"));
	CHECK_ERR(append(10, 0, "abcd"), DRP_E_MALFORMED); /* again */
	CHECK_ERR(append(10, 5, "fghij"), DRP_E_MALFORMED);
	CHECK_ERR(append(11, 4, "efgh"), DRP_E_MALFORMED); /* another size now */
	CHECK_ERR(append(10, 4, "efghijk"), DRP_E_MALFORMED);
	CHECK_OK(append(10, 4, "efghij"));
	CHECK_ERR(append(10, 10, "k"), DRP_E_MALFORMED);
	CHECK_OK(drp_node_blob_held(store, &blob, &held, &total, &diag));
	CHECK_INT(held, 10);
	end();
}

/* ---- campaigns and what the coordinator set ---- */

static struct drp_node_campaign campaign(uint8_t n, const char *id)
{
	struct drp_node_campaign c = {.manifest = {{n}},
		.instrument = {{0x11}},
		.state = DRP_CAMPAIGN_OPEN,
		.checked = *id != 0};
	memset(c.signature, n, sizeof c.signature);
	snprintf(c.id, sizeof c.id, "%s", id);
	return c;
}

static void campaigns_are_known_by_manifest_and_id(void)
{
	struct drp_node_campaign a = campaign(1, ""), b = campaign(2, ""),
				 c = campaign(3, "spring"), back, *list = NULL;
	size_t n = 0;
	begin();
	CHECK_OK(drp_node_campaign_put(store, &a, &diag)); /* two without id yet */
	CHECK_OK(drp_node_campaign_put(store, &b, &diag));
	CHECK_OK(drp_node_campaign_put(store, &c, &diag));
	CHECK_OK(drp_node_campaign_get(store, "spring", &back, &diag));
	CHECK_MEM(&back, &c, sizeof c);
	CHECK_ERR(drp_node_campaign_get(store, "", &back, NULL), DRP_E_NOTFOUND);
	CHECK_ERR(drp_node_campaign_get(store, "autumn", &back, &diag), DRP_E_NOTFOUND);
	CHECK(strstr(diag.text, "autumn") != NULL);
	a = campaign(1, "autumn");
	a.state = DRP_CAMPAIGN_CLOSED;
	a.signature[0] = 99;
	CHECK_OK(drp_node_campaign_put(store, &a, NULL)); /* it arrived */
	CHECK_OK(drp_node_campaign_get(store, "autumn", &back, NULL));
	CHECK_MEM(&back, &a, sizeof a);
	b = campaign(2, "spring"); /* one id, one campaign */
	CHECK_ERR(drp_node_campaign_put(store, &b, NULL), DRP_E_EXISTS);
	CHECK_OK(drp_node_campaigns(store, &list, &n, NULL));
	CHECK_INT(n, 3);
	drp_free(list);
	end();
}

static void targets_windows_and_notes(void)
{
	struct drp_target target = {40, 30}, back;
	struct drp_node_campaign a = campaign(1, "a"), b = campaign(2, "b"), *list = NULL;
	struct drp_buf text = {0};
	int32_t from, to;
	int set = 1;
	size_t n = 0;
	begin();
	CHECK_OK(drp_node_campaign_put(store, &a, &diag));
	CHECK_OK(drp_node_campaign_put(store, &b, &diag));
	CHECK_OK(drp_node_target_get(store, "a", 1, DRP_PUPIL, &back, &set, &diag));
	CHECK_INT(set, 0);
	CHECK_OK(drp_node_target_put(store, "a", 1, DRP_PUPIL, &target, &diag));
	target.invited = 35;
	CHECK_OK(drp_node_target_put(store, "a", 1, DRP_PUPIL, &target, &diag));
	CHECK_OK(drp_node_target_get(store, "a", 1, DRP_PUPIL, &back, &set, &diag));
	CHECK_INT(set, 1);
	CHECK_INT(back.eligible, 40);
	CHECK_INT(back.invited, 35);
	CHECK_OK(drp_node_target_get(store, "a", 2, DRP_PUPIL, &back, &set, &diag));
	CHECK_INT(set, 0);
	CHECK_OK(drp_node_window_get(store, "a", 1, &from, &to, &set, &diag));
	CHECK_INT(set, 0);
	CHECK_OK(drp_node_window_put(store, "a", 1, -5, 10, &diag));
	CHECK_OK(drp_node_window_put(store, "a", 1, 20000, 20010, &diag));
	CHECK_OK(drp_node_window_put(store, "b", 1, 20020, 20030, &diag));
	CHECK_OK(drp_node_window_put(store, "b", 2, 20020, 20030, &diag));
	CHECK_OK(drp_node_window_get(store, "a", 1, &from, &to, &set, &diag));
	CHECK_INT(set, 1);
	CHECK_INT(from, 20000);
	CHECK_INT(to, 20010);
	CHECK_OK(drp_node_windows_elsewhere(store, "a", 1, &list, &n, &diag));
	CHECK_INT(n, 1);
	CHECK_STR(list[0].id, "b");
	drp_free(list);
	CHECK_OK(drp_node_windows_elsewhere(store, "b", 2, &list, &n, &diag));
	CHECK_INT(n, 0);
	drp_free(list);
	CHECK_ERR(drp_node_note_get(store, "a", 1, "own", &text, &diag), DRP_E_NOTFOUND);
	CHECK_OK(drp_node_note_put(store, "a", 1, "own", "old", &diag));
	CHECK_OK(drp_node_note_put(store, "a", 1, "own", "new", &diag));
	CHECK_OK(drp_node_note_put(store, "a", 1, "items", "C9", &diag));
	CHECK_OK(drp_node_note_get(store, "a", 1, "own", &text, &diag));
	CHECK_STR(drp_buf_string(&text), "new");
	drp_buf_clear(&text);
	end();
}

/* ---- questionnaires ---- */

static void add_sheet(const char *id, int level, int group, uint8_t answer)
{
	struct drp_sheet sheet = {{answer, 2, 3}};
	const uint8_t own[DRP_OWN_ITEMS_MAX] = {answer, 9};
	CHECK_OK(drp_node_sheet_add(store, id, level, group, &sheet, 3, own, &diag));
}

static char seen[256];

static enum drp_err each(
	void *self, const struct drp_sheet *sheet, const uint8_t own[DRP_OWN_ITEMS_MAX])
{
	size_t at = strlen(seen);
	snprintf(seen + at, sizeof seen - at, "%u%u%u%u:%u%u ", sheet->answer[0],
		sheet->answer[1], sheet->answer[2], sheet->answer[3], own[0], own[1]);
	return *(enum drp_err *)self;
}

static const char *sheets(const char *id, int level, int group)
{
	enum drp_err go_on = DRP_OK;
	seen[0] = 0;
	CHECK_OK(drp_node_sheets(store, id, level, group, each, &go_on, &diag));
	return seen;
}

static void sheets_stay_where_they_belong(void)
{
	uint32_t n = 0;
	enum drp_err stop = DRP_E_SENSITIVITY;
	begin();
	add_sheet("a", 1, DRP_TEACHER, 4);
	add_sheet("a", 1, DRP_TEACHER, 5);
	add_sheet("a", 2, DRP_TEACHER, 1);
	add_sheet("b", 1, DRP_TEACHER, 2);
	CHECK_OK(drp_node_sheets_count(store, "a", 1, DRP_TEACHER, &n, &diag));
	CHECK_INT(n, 2);
	CHECK_STR(sheets("a", 1, DRP_TEACHER), "4230:49 5230:59 ");
	CHECK_STR(sheets("a", 1, DRP_PUPIL), "");
	seen[0] = 0;
	CHECK_ERR(drp_node_sheets(store, "a", 1, DRP_TEACHER, each, &stop, &diag),
		DRP_E_SENSITIVITY);
	CHECK_STR(seen, "4230:49 "); /* stopped at the first */
	CHECK_OK(drp_node_import_note(store, "a", 1, DRP_TEACHER, &blob, 20000, &diag));
	CHECK_ERR(drp_node_import_note(store, "a", 1, DRP_TEACHER, &blob, 20001, NULL),
		DRP_E_EXISTS);
	CHECK_OK(drp_node_import_note(store, "a", 2, DRP_TEACHER, &blob, 20001, &diag));
	char elsewhere[DRP_NAME_MAX];
	CHECK_OK(drp_node_import_elsewhere(store, "b", &blob, elsewhere, &diag));
	CHECK_STR(elsewhere, "a");
	CHECK_ERR(drp_node_import_elsewhere(store, "a", &blob, elsewhere, &diag),
		DRP_E_NOTFOUND);
	CHECK_OK(drp_node_sheets_drop(store, "a", 1, DRP_TEACHER, &diag));
	CHECK_STR(sheets("a", 1, DRP_TEACHER), "");
	CHECK_STR(sheets("a", 2, DRP_TEACHER), "1230:19 ");
	CHECK_STR(sheets("b", 1, DRP_TEACHER), "2230:29 ");
	/* The same file may come again once its questionnaires are gone. */
	CHECK_OK(drp_node_import_note(store, "a", 1, DRP_TEACHER, &blob, 20002, &diag));
	run("UPDATE sheet SET own=x'00' WHERE campaign='b'");
	stop = DRP_OK;
	CHECK_ERR(drp_node_sheets(store, "b", 1, DRP_TEACHER, each, &stop, &diag),
		DRP_E_STORE);
	end();
}

/* ---- contributions ---- */

static struct drp_released release(const char *id, int group, int64_t approved_s)
{
	struct drp_released r = {.level = 1,
		.group = (uint8_t)group,
		.state = DRP_RELEASE_READY,
		.manifest = {{1}},
		.hash = {{0xc0, (uint8_t)group, (uint8_t)id[0]}},
		.unit = {{2}},
		.request = {{3}},
		.questionnaires = 31,
		.n_values = 80,
		.approved_s = approved_s};
	snprintf(r.campaign, sizeof r.campaign, "%s", id);
	return r;
}

static void releases_are_kept_for_ever(void)
{
	struct drp_released a = release("a", DRP_PUPIL, 200),
			    b = release("b", DRP_TEACHER, 100), back, *list = NULL;
	struct drp_receipt receipt = {.group = DRP_PUPIL, .stored_s = 300};
	struct drp_buf bytes = {0};
	size_t n = 0;
	begin();
	CHECK_ERR(drp_node_release_get(store, "a", 1, DRP_PUPIL, &back, &diag),
		DRP_E_NOTFOUND);
	CHECK_OK(drp_node_release_add(store, &a, "bytes", 5, &diag));
	CHECK_OK(drp_node_release_add(store, &b, "other", 5, &diag));
	CHECK_ERR(drp_node_release_add(store, &a, "again", 5, NULL), DRP_E_EXISTS);
	reopen();
	CHECK_OK(drp_node_release_get(store, "a", 1, DRP_PUPIL, &back, &diag));
	CHECK_INT(back.n_bytes, 5);
	back.n_bytes = 0;
	CHECK_MEM(&back, &a, sizeof a);
	CHECK_OK(drp_node_release_bytes(store, &a.hash, &bytes, &diag));
	CHECK_STR(drp_buf_string(&bytes), "bytes");
	CHECK_OK(drp_node_release_state(
		store, &a.hash, DRP_RELEASE_STORED, "note", &receipt, &diag));
	CHECK_OK(drp_node_release_get(store, "a", 1, DRP_PUPIL, &back, &diag));
	CHECK_INT(back.state, DRP_RELEASE_STORED);
	CHECK_INT(back.has_receipt, 1);
	CHECK_INT(back.receipt.stored_s, 300);
	CHECK_STR(back.note, "note");
	/* A later state keeps the receipt. */
	CHECK_OK(drp_node_release_state(
		store, &a.hash, DRP_RELEASE_WITHDRAWN, "", NULL, &diag));
	CHECK_OK(drp_node_release_get(store, "a", 1, DRP_PUPIL, &back, &diag));
	CHECK_INT(back.has_receipt, 1);
	CHECK_STR(back.note, "");
	CHECK_OK(drp_node_releases(store, NULL, &list, &n, &diag));
	CHECK_INT(n, 2);
	CHECK_STR(list[0].campaign, "b"); /* the oldest first */
	drp_free(list);
	CHECK_OK(drp_node_releases(store, "a", &list, &n, &diag));
	CHECK_INT(n, 1);
	drp_free(list);
	run("UPDATE released SET receipt=x'00' WHERE campaign='a'");
	CHECK_ERR(drp_node_release_get(store, "a", 1, DRP_PUPIL, &back, &diag),
		DRP_E_STORE);
	drp_buf_clear(&bytes);
	end();
}

static void the_notary_s_receipt_stays_too(void)
{
	struct drp_released a = release("a", DRP_PUPIL, 200), back;
	struct drp_receipt receipt = {.stored_s = 300}, confirmed = {.stored_s = 400};
	begin();
	a.track = DRP_TRACK_SEALED;
	CHECK_OK(drp_node_release_add(store, &a, "report", 6, &diag));
	CHECK_OK(drp_node_release_state(
		store, &a.hash, DRP_RELEASE_STORED, "", &receipt, &diag));
	CHECK_OK(drp_node_release_confirm(store, &a.hash, &confirmed, &diag));
	reopen();
	CHECK_OK(drp_node_release_get(store, "a", 1, DRP_PUPIL, &back, &diag));
	CHECK_INT(back.track, DRP_TRACK_SEALED);
	CHECK_INT(back.has_confirmed, 1);
	CHECK_INT(back.confirmed.stored_s, 400);
	CHECK_INT(back.receipt.stored_s, 300);
	end();
}

static void a_successor_takes_over_what_was_filled_in(void)
{
	const struct drp_target target = {40, 30};
	struct drp_target got;
	struct drp_buf note = {0};
	struct drp_hash file = {{9}};
	char other_id[DRP_NAME_MAX];
	int set;
	int32_t from, to;
	begin();
	add_sheet("old", 1, DRP_TEACHER, 4);
	add_sheet("else", 1, DRP_TEACHER, 5);
	CHECK_OK(drp_node_target_put(store, "old", 1, DRP_TEACHER, &target, &diag));
	CHECK_OK(drp_node_window_put(store, "old", 1, 100, 110, &diag));
	CHECK_OK(drp_node_window_put(store, "old", 2, 100, 121, &diag));
	CHECK_OK(drp_node_note_put(store, "old", 1, "items", "C9", &diag));
	CHECK_OK(drp_node_import_note(store, "old", 1, DRP_TEACHER, &file, 5, &diag));
	CHECK_OK(drp_node_carry_over(store, "old", "new", 100, 120, &diag));
	CHECK_STR(sheets("old", 1, DRP_TEACHER), "");
	CHECK(sheets("new", 1, DRP_TEACHER)[0] != 0);
	CHECK(sheets("else", 1, DRP_TEACHER)[0] != 0);
	CHECK_OK(drp_node_target_get(store, "new", 1, DRP_TEACHER, &got, &set, &diag));
	CHECK(set && got.eligible == 40 && got.invited == 30);
	CHECK_OK(drp_node_window_get(store, "new", 1, &from, &to, &set, &diag));
	CHECK(set && from == 100 && to == 110);
	CHECK_OK(drp_node_window_get(store, "new", 2, &from, &to, &set, &diag));
	CHECK(!set); /* it ends after the new campaign */
	CHECK_OK(drp_node_note_get(store, "new", 1, "items", &note, &diag));
	CHECK_STR(drp_buf_string(&note), "C9");
	/* the file belongs to the new campaign: it enters no other */
	CHECK_OK(drp_node_import_elsewhere(store, "else", &file, other_id, &diag));
	CHECK_STR(other_id, "new");
	drp_buf_clear(&note);
	end();
}

static void states_have_names(void)
{
	CHECK_STR(drp_out_state_name(DRP_RELEASE_READY), "ready");
	CHECK_STR(drp_out_state_name(DRP_RELEASE_WITHDRAWN), "withdrawn");
	CHECK_STR(drp_out_state_name(-1), "?");
	CHECK_STR(drp_out_state_name(DRP_RELEASE_CONFIRMED), "confirmed");
	CHECK_STR(drp_out_state_name(DRP_RELEASE_COUNTED), "counted");
	CHECK_STR(drp_out_state_name(DRP_RELEASE_LEFT_OUT), "left-out");
	CHECK_STR(drp_out_state_name(DRP_RELEASE_COUNTED_ANYWAY), "counted-anyway");
	CHECK_STR(drp_out_state_name(DRP_RELEASE_STATES), "?");
}

/* ---- books ---- */

static void the_books_are_chains(void)
{
	struct drp_ledger_row *ledger = NULL;
	struct drp_log_row *log = NULL;
	size_t n = 0, n_log = 0;
	begin();
	for (int i = 0; i < 4; i++) {
		struct drp_ledger_row charge = {.year = 2026,
			.group = DRP_TEACHER,
			.unit = {{(uint8_t)i}},
			.delta2 = 200,
			.sigma2 = 4106,
			.rho = {1, 41},
			.time_s = i};
		struct drp_log_row event = {.time_s = i, .event = "approved"};
		CHECK_OK(drp_node_ledger_append(store, &charge, &diag));
		CHECK_OK(drp_node_log_append(store, &event, &diag));
		CHECK_INT(charge.seq, i + 1);
		CHECK_INT(event.seq, i + 1);
		reopen();
	}
	CHECK_OK(drp_node_ledger(store, &ledger, &n, &diag));
	CHECK_OK(drp_node_log(store, &log, &n_log, &diag));
	CHECK_INT(n, 4);
	CHECK_INT(n_log, 4);
	CHECK_INT(ledger[3].sigma2, 4106);
	CHECK_INT(ledger[3].unit.b[0], 3);
	CHECK_STR(log[3].event, "approved");
	CHECK_OK(drp_ledger_verify(ledger, n, &diag));
	CHECK_OK(drp_log_verify(log, n_log, &diag));
	drp_free(ledger);
	drp_free(log);
	run("UPDATE ledger SET rho_num=0 WHERE seq=2");
	run("DELETE FROM log WHERE seq=2");
	CHECK_OK(drp_node_ledger(store, &ledger, &n, &diag));
	CHECK_OK(drp_node_log(store, &log, &n_log, &diag));
	CHECK_ERR(drp_ledger_verify(ledger, n, NULL), DRP_E_HASH);
	CHECK_ERR(drp_log_verify(log, n_log, NULL), DRP_E_HASH);
	drp_free(ledger);
	drp_free(log);
	end();
}

static void a_step_that_fails_leaves_nothing(void)
{
	uint32_t n = 0;
	begin();
	CHECK_OK(drp_node_begin(store, &diag));
	add_sheet("a", 1, DRP_TEACHER, 4);
	CHECK_ERR(drp_node_end(store, DRP_E_INPUT, &diag), DRP_E_INPUT);
	CHECK_OK(drp_node_sheets_count(store, "a", 1, DRP_TEACHER, &n, &diag));
	CHECK_INT(n, 0);
	CHECK_OK(drp_node_begin(store, &diag));
	add_sheet("a", 1, DRP_TEACHER, 4);
	CHECK_OK(drp_node_end(store, DRP_OK, &diag));
	CHECK_OK(drp_node_sheets_count(store, "a", 1, DRP_TEACHER, &n, &diag));
	CHECK_INT(n, 1);
	end();
}

int main(void)
{
	if (drp_crypto_init()) {
		return 1;
	}
	CASE("a store that is not there is not made by opening it", opening);
	CASE("settings are set, replaced and unset", settings);
	CASE("blobs grow piece by piece, over restarts", blobs_grow_piece_by_piece);
	CASE("pieces that do not follow are refused",
		pieces_that_do_not_follow_are_refused);
	CASE("campaigns are known by manifest and, once read, by id",
		campaigns_are_known_by_manifest_and_id);
	CASE("targets, windows and notes are kept per level", targets_windows_and_notes);
	CASE("questionnaires stay in their place", sheets_stay_where_they_belong);
	CASE("a contribution's place is taken once, its receipt stays",
		releases_are_kept_for_ever);
	CASE("the notary's receipt is kept beside the hub's",
		the_notary_s_receipt_stays_too);
	CASE("a successor takes over what was filled in",
		a_successor_takes_over_what_was_filled_in);
	CASE("states have names", states_have_names);
	CASE("ledger and log are chains", the_books_are_chains);
	CASE("a step that fails leaves nothing", a_step_that_fails_leaves_nothing);
	return DONE();
}
