/* SPDX-License-Identifier: Apache-2.0
 *
 * A hub that drops a school after it has both receipts: it leaves one report out of the
 * list that it signs for the notary, and then tries what it can to keep the school from
 * knowing: another signed list that holds the report, lists of another campaign, a list
 * that it made in the notary's name, no lists at all. The school says NOT COUNTED each
 * time, and never that it was counted. The control is the same federation with an honest
 * hub: everybody is counted. The edition shows that the school's questionnaires are
 * missing from the numbers, so that the attack is real.
 *
 * And a hub that keeps a withdrawal to itself: it answers the school that it is done, and
 * counts the reports all the same, as the edition shows. The school says so, whichever
 * lists it is shown. The control is a hub that brings the withdrawal to the notary.
 */
#include "tests/support/sealed_federation.h"

#include "hub/campaign/campaign.h"

#include <sqlite3.h>

#define SCHOOLS	 6
#define ELIGIBLE 60
#define SHEETS	 30
#define VICTIM	 2

static struct fed f;
static struct drp_tasks *tasks;
static const struct drp_sync_options look = {0}, push = {.push = 1};

static struct drp_released release_of(size_t school, int group)
{
	struct drp_released r = {0};
	CHECK_OK(drp_node_release_get(
		f.school[school].node.store, FED_CAMPAIGN, 1, group, &r, NULL));
	return r;
}

static void visit(size_t school)
{
	enum drp_err err = fed_visit(&f, &f.school[school], &look);
	if (err) {
		printf("# %s\n", f.school[school].diag.text);
	}
	CHECK_OK(err);
}

/* Every school's leaders, teachers and pupils are confirmed by both sides. */
static void begin(uint64_t seed)
{
	struct drp_diag diag = {0};
	fed_begin_sealed(&f, SCHOOLS, ELIGIBLE, seed);
	tasks = fed_tasks(&f.hub);
	for (size_t i = 0; i < f.n; i++) {
		uint32_t approved = 0;
		visit(i);
		for (int g = 0; g < DRP_GROUPS; g++) {
			fed_fill(
				&f.school[i], FED_CAMPAIGN, (enum drp_group)g, SHEETS, 4);
		}
		CHECK_OK(fed_approve(&f, &f.school[i], FED_CAMPAIGN, &approved));
		CHECK_OK(fed_visit(&f, &f.school[i], &push));
	}
	CHECK_OK(fed_forward(&f, &diag));
	for (size_t i = 0; i < f.n; i++) {
		visit(i);
		for (int g = 0; g < DRP_GROUPS; g++) {
			CHECK_INT(release_of(i, g).state, DRP_RELEASE_CONFIRMED);
		}
	}
}

static void end(void)
{
	drp_tasks_free(tasks);
	fed_end(&f);
}

static void close_campaign(void)
{
	struct drp_diag diag = {0};
	enum drp_err err = drp_closing_run(&f.hub, FED_CAMPAIGN, &f.peer, &diag);
	if (err) {
		printf("# %s\n", diag.text);
	}
	CHECK_OK(err);
}

/* How many pupils' questionnaires the edition says there are. */
static unsigned long published(void)
{
	struct drp_edition *e = NULL;
	unsigned long n = 0;
	CHECK_OK(drp_campaign_edition(&f.hub, FED_CAMPAIGN, 0, &e, NULL));
	for (size_t i = 0; i < e->n_observations; i++) {
		const struct drp_observation *o = &e->observation[i];
		if (o->family == DRP_FAMILY_REGION && o->group == DRP_PUPIL &&
			strcmp(o->measure, "questionnaires") == 0) {
			n = strtoul(o->value, NULL, 10);
		}
	}
	drp_edition_free(e);
	return n;
}

/* ---- what the hub's operator can do with its own database and key ---- */

static void at_the_hub(const char *sql, const void *bytes, size_t n)
{
	char path[DRP_PATH_MAX];
	sqlite3 *db = NULL;
	sqlite3_stmt *s = NULL;
	CHECK_OK(drp_path(path, f.hub_dir, "hub.db", NULL));
	CHECK_INT(sqlite3_open(path, &db), SQLITE_OK);
	CHECK_INT(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
	if (bytes) {
		CHECK_INT(
			sqlite3_bind_blob(s, 1, bytes, (int)n, SQLITE_STATIC), SQLITE_OK);
	}
	CHECK_INT(sqlite3_step(s), SQLITE_DONE);
	sqlite3_finalize(s);
	sqlite3_close(db);
}

/* What the hub has counted, without the victim's pupils when `dropped`. */
static struct drp_list own_list(int dropped)
{
	struct drp_list list = {0};
	struct drp_hash name = release_of(VICTIM, DRP_PUPIL).hash;
	size_t n = 0;
	CHECK_OK(drp_tally_list(&f.hub, tasks, &list, NULL));
	for (size_t i = 0; i < list.n; i++) {
		if (!dropped || !drp_hash_equal(&list.report[i], &name)) {
			list.report[n++] = list.report[i];
		}
	}
	CHECK_INT(n, list.n - (size_t)dropped);
	list.n = n;
	return list;
}

/* The close of a hub that has made its list before its own program could. */
static void close_without_the_victim(void)
{
	struct drp_list list = own_list(1);
	struct drp_signed_list made;
	CHECK_OK(drp_hub_begin(f.hub.store, NULL));
	enum drp_err err = drp_tally_list_sign(
		&f.hub, tasks, &list, DRP_OPENING_HUB_LIST, &made, NULL);
	err = err ? err
		  : drp_hub_campaign_state(f.hub.store, FED_CAMPAIGN, DRP_CAMPAIGN_CLOSED,
			    f.now_ms / 1000, NULL);
	CHECK_OK(drp_hub_end(f.hub.store, err, NULL));
	drp_list_clear(&list);
	close_campaign();
	CHECK_INT(published(), (SCHOOLS - 1) * SHEETS);
}

/* Shows a list signed by whom the hub likes in the place of one of the two. */
static struct drp_hash show(
	const char *sql, const struct drp_list *list, const struct drp_keys *by)
{
	uint8_t opening[DRP_SIGNED_LIST_BYTES];
	struct drp_buf bytes = {0};
	struct drp_hash hash;
	CHECK_OK(drp_list_encode(list, &bytes));
	drp_hash_bytes(bytes.data, bytes.len, &hash);
	memcpy(opening, hash.b, 32);
	drp_sign(by, DRP_LIST_TAG, bytes.data, bytes.len, opening + 32);
	CHECK_OK(drp_hub_begin(f.hub.store, NULL));
	enum drp_err err =
		drp_hub_blob_put(f.hub.store, &hash, bytes.data, bytes.len, NULL);
	CHECK_OK(drp_hub_end(f.hub.store, err, NULL));
	at_the_hub(sql, opening, sizeof opening);
	drp_buf_clear(&bytes);
	return hash;
}

#define SHOW_HUBS    "UPDATE opening SET bytes=? WHERE what='" DRP_OPENING_HUB_LIST "'"
#define SHOW_NOTARYS "UPDATE opening SET bytes=? WHERE what='" DRP_OPENING_NOTARY_LIST "'"

/* ---- what the school says ---- */

static size_t events(size_t school, const char *event)
{
	struct drp_log_row *rows = NULL;
	size_t n = 0, found = 0;
	CHECK_OK(drp_node_log(f.school[school].node.store, &rows, &n, NULL));
	CHECK_OK(drp_log_verify(rows, n, NULL));
	for (size_t i = 0; i < n; i++) {
		found += strcmp(rows[i].event, event) == 0;
	}
	drp_free(rows);
	return found;
}

static void says(const char *note, size_t not_counted)
{
	visit(VICTIM);
	struct drp_released r = release_of(VICTIM, DRP_PUPIL);
	if (strncmp(r.note, note, strlen(note))) {
		printf("# %s\n", r.note);
	}
	CHECK(strncmp(r.note, note, strlen(note)) == 0);
	CHECK(drp_released_not_counted(&r));
	CHECK(r.state != DRP_RELEASE_COUNTED);
	CHECK_INT(events(VICTIM, "not-counted"), not_counted);
}

/* ---- the control ---- */

static void an_honest_hub(void)
{
	begin(1);
	close_campaign();
	CHECK_INT(published(), SCHOOLS * SHEETS);
	for (size_t i = 0; i < f.n; i++) {
		visit(i);
		for (int g = 0; g < DRP_GROUPS; g++) {
			CHECK_INT(release_of(i, g).state, DRP_RELEASE_COUNTED);
		}
		CHECK_INT(events(i, "counted"), DRP_GROUPS);
		CHECK_INT(events(i, "not-counted"), 0);
	}
	end();
}

/* The lists stay for schools that come after the freeze. */
static void an_honest_hub_after_the_freeze(void)
{
	struct drp_diag diag = {0};
	begin(2);
	close_campaign();
	CHECK_OK(drp_closing_freeze(&f.hub, FED_CAMPAIGN, &f.peer, &diag));
	CHECK_OK(drp_hub_begin(f.hub.store, NULL));
	CHECK_OK(drp_campaign_erase(&f.hub, FED_CAMPAIGN, f.now_ms / 1000, &diag));
	CHECK_OK(drp_hub_end(f.hub.store, DRP_OK, NULL));
	visit(VICTIM);
	CHECK_INT(events(VICTIM, "counted"), DRP_GROUPS);
	end();
}

/* ---- attacks ---- */

static void it_shows_the_true_lists(void)
{
	begin(3);
	close_without_the_victim();
	says(DRP_LEFT_OUT_BY_HUB, 1);
	CHECK_INT(release_of(VICTIM, DRP_PUPIL).state, DRP_RELEASE_LEFT_OUT);
	CHECK_INT(events(VICTIM, "counted"), 2);
	visit(0);
	CHECK_INT(events(0, "counted"), DRP_GROUPS);
	end();
}

/* Its other list is signed and holds the report; the notary has answered the first. */
static void it_shows_another_list(void)
{
	begin(4);
	close_without_the_victim();
	struct drp_list list = own_list(0);
	struct drp_hash hash = show(SHOW_HUBS, &list, f.hub.keys);
	says(DRP_LISTS_WRONG, DRP_GROUPS);
	CHECK_INT(events(VICTIM, "counted"), 0);
	list.answers = hash; /* and one in the notary's name, with the hub's own key */
	show(SHOW_NOTARYS, &list, f.hub.keys);
	says(DRP_LISTS_WRONG, DRP_GROUPS);
	drp_list_clear(&list);
	end();
}

/* Lists that both have signed, of another campaign. */
static void it_shows_old_lists(void)
{
	begin(5);
	close_without_the_victim();
	struct drp_list list = own_list(0);
	list.campaign.b[0] ^= 1;
	list.answers = show(SHOW_HUBS, &list, f.hub.keys);
	show(SHOW_NOTARYS, &list, f.notary->hub.keys);
	says(DRP_LISTS_WRONG, DRP_GROUPS);
	drp_list_clear(&list);
	end();
}

/* It keeps the lists to itself, or tells their names and not what is in them. */
static void it_shows_no_list(void)
{
	begin(6);
	close_without_the_victim();
	at_the_hub("CREATE TABLE kept AS SELECT * FROM opening", NULL, 0);
	at_the_hub("DELETE FROM opening WHERE what LIKE 'list-%'", NULL, 0);
	visit(VICTIM); /* closed: they may yet come */
	CHECK_INT(release_of(VICTIM, DRP_PUPIL).state, DRP_RELEASE_CONFIRMED);
	at_the_hub("UPDATE campaign SET state=3", NULL, 0);
	says(DRP_NEVER_SHOWN, DRP_GROUPS);
	at_the_hub("INSERT OR IGNORE INTO opening SELECT * FROM kept", NULL, 0);
	at_the_hub("CREATE TABLE hidden AS SELECT * FROM blob", NULL, 0);
	at_the_hub("UPDATE blob SET bytes=x'00' WHERE hash IN (SELECT substr(bytes, 1, "
		   "32) FROM opening WHERE what LIKE 'list-%')",
		NULL, 0);
	says(DRP_LISTS_WRONG, DRP_GROUPS);
	CHECK_INT(events(VICTIM, "counted"), 0);
	at_the_hub("INSERT OR REPLACE INTO blob SELECT * FROM hidden", NULL, 0);
	says(DRP_LEFT_OUT_BY_HUB, DRP_GROUPS); /* the truth, once it is shown */
	CHECK_INT(events(VICTIM, "counted"), 2);
	end();
}

/* ---- a withdrawal that the hub keeps to itself ---- */

static void withdraw(void)
{
	uint32_t waiting = 0;
	struct fed_school *s = &f.school[VICTIM];
	CHECK_OK(drp_release_withdraw(&s->node, FED_CAMPAIGN, &waiting, NULL));
	CHECK_INT(waiting, DRP_GROUPS);
	CHECK_OK(fed_visit(&f, s, &push));
	CHECK_INT(events(VICTIM, "withdrawn"), DRP_GROUPS);
	CHECK_INT(release_of(VICTIM, DRP_PUPIL).state, DRP_RELEASE_WITHDRAWN);
}

/* The hub's database afterwards is the one before. */
static void withdraw_for_nothing(void)
{
	at_the_hub("CREATE TABLE before AS SELECT * FROM contribution", NULL, 0);
	withdraw();
	at_the_hub("DELETE FROM contribution", NULL, 0);
	at_the_hub("INSERT INTO contribution SELECT * FROM before", NULL, 0);
	close_campaign();
	CHECK_INT(published(), SCHOOLS * SHEETS);
	CHECK_INT(f.notary->arrived[DRP_MSG_DROP], 0);
}

static void an_honest_withdrawal(void)
{
	begin(8);
	withdraw();
	close_campaign();
	CHECK(f.notary->arrived[DRP_MSG_DROP] >= DRP_GROUPS);
	CHECK_INT(published(), (SCHOOLS - 1) * SHEETS);
	for (int again = 0; again < 2; again++) {
		visit(VICTIM);
		struct drp_released r = release_of(VICTIM, DRP_PUPIL);
		CHECK_INT(r.state, DRP_RELEASE_WITHDRAWN);
		CHECK_STR(r.note, DRP_UNCOUNTED);
		CHECK_INT(events(VICTIM, "uncounted"), DRP_GROUPS);
	}
	CHECK_INT(events(VICTIM, "counted-anyway"), 0);
	CHECK_INT(events(VICTIM, "perhaps-counted"), 0);
	end();
}

/* Closed is closed: a withdrawal that comes after the lists is refused, so nothing was
 * withdrawn and nothing is said to be counted against the school's word. */
static void a_late_withdrawal(void)
{
	uint32_t waiting = 0;
	begin(9);
	close_campaign();
	CHECK_OK(drp_release_withdraw(
		&f.school[VICTIM].node, FED_CAMPAIGN, &waiting, NULL));
	CHECK_OK(fed_visit(&f, &f.school[VICTIM], &push));
	CHECK_INT(events(VICTIM, "withdrawn"), 0);
	CHECK_INT(events(VICTIM, "refused"), DRP_GROUPS);
	CHECK_INT(events(VICTIM, "counted"), DRP_GROUPS);
	CHECK_INT(events(VICTIM, "counted-anyway"), 0);
	end();
}

static void it_counts_what_was_withdrawn(void)
{
	begin(10);
	withdraw_for_nothing();
	for (int again = 0; again < 2; again++) { /* it is told once */
		visit(VICTIM);
		for (int g = 0; g < DRP_GROUPS; g++) {
			struct drp_released r = release_of(VICTIM, g);
			CHECK_INT(r.state, DRP_RELEASE_COUNTED_ANYWAY);
			CHECK_STR(r.note, DRP_COUNTED_ANYWAY);
			CHECK(drp_released_counted_anyway(&r));
		}
		CHECK_INT(events(VICTIM, "counted-anyway"), DRP_GROUPS);
	}
	visit(0);
	CHECK_INT(events(0, "counted"), DRP_GROUPS);
	CHECK_INT(events(0, "counted-anyway"), 0);
	end();
}

static void may_be_counted(const char *reason)
{
	visit(VICTIM);
	struct drp_released r = release_of(VICTIM, DRP_PUPIL);
	CHECK_INT(r.state, DRP_RELEASE_WITHDRAWN);
	CHECK(drp_released_counted_anyway(&r));
	CHECK(strstr(r.note, reason) != NULL);
	CHECK_INT(events(VICTIM, "uncounted"), 0);
	CHECK_INT(events(VICTIM, "perhaps-counted"), DRP_GROUPS);
}

/* It shows a list of its own that is without the reports, and then none. */
static void it_hides_what_was_withdrawn(void)
{
	begin(11);
	withdraw_for_nothing();
	at_the_hub("CREATE TABLE kept AS SELECT * FROM opening", NULL, 0);
	struct drp_list list = own_list(1);
	show(SHOW_HUBS, &list, f.hub.keys);
	may_be_counted(DRP_LISTS_NOT_RIGHT);
	at_the_hub("DELETE FROM opening WHERE what LIKE 'list-%'", NULL, 0);
	at_the_hub("UPDATE campaign SET state=3", NULL, 0);
	may_be_counted(DRP_LISTS_NOT_SHOWN);
	at_the_hub("INSERT OR IGNORE INTO opening SELECT * FROM kept", NULL, 0);
	visit(VICTIM); /* the truth, once it is shown */
	CHECK_INT(events(VICTIM, "counted-anyway"), DRP_GROUPS);
	drp_list_clear(&list);
	end();
}

/* ---- what lists tell others ---- */

/* A list names reports, which nobody else can place; a stranger to the campaign is not
 * even told which lists there are. */
static void a_list_names_no_school(void)
{
	static struct drp_reply reply;
	struct drp_request q = {.type = DRP_MSG_STATUS}, get = {.type = DRP_MSG_GET};
	struct drp_buf body = {0}, list = {0};
	begin(7);
	close_campaign();
	q.status.campaign = tasks->manifest->hash;
	CHECK_OK(fed_ask(&f, 0, &q, &reply, &body));
	CHECK_INT(reply.status.n_lists, DRP_LISTS);
	for (int i = 0; i < DRP_LISTS; i++) {
		get.get.blob = reply.status.list[i].hash;
		CHECK_OK(drp_hub_blob_get(f.hub.store, &get.get.blob, &list, NULL));
	}
	CHECK_OK(fed_ask(&f, 0, &get, &reply, &body));
	CHECK_INT(reply.get.total, list.len / 2);
	for (uint32_t u = 0; u < tasks->manifest->n_units; u++) {
		CHECK(memmem(list.data, list.len, tasks->manifest->unit[u].id.b, 16) ==
			NULL);
	}
	CHECK(memmem(list.data, list.len, release_of(1, DRP_PUPIL).hash.b, 32) != NULL);
	struct drp_key key = tasks->manifest->key[0];
	struct drp_keys *other = NULL;
	uint8_t box[DRP_BOX_KEY_BYTES];
	CHECK_OK(drp_keys_new(&other)); /* a school that was enrolled anew since */
	drp_keys_public(other, &key, box);
	struct drp_keys *old = f.school[5].node.keys;
	struct drp_key was;
	drp_keys_public(old, &was, box);
	at_the_hub("UPDATE school SET key=? WHERE id='S5'", &key, sizeof key);
	f.school[5].node.keys = other;
	CHECK_OK(fed_ask(&f, 5, &q, &reply, &body));
	CHECK_INT(reply.status.n_lists, 0);
	f.school[5].node.keys = old;
	drp_keys_free(other);
	drp_buf_clear(&body);
	drp_buf_clear(&list);
	end();
}

int main(void)
{
	setenv("DREMPEL_LOG", "error", 1);
	CASE("control: with an honest hub everybody is counted", an_honest_hub);
	CASE("control: also who comes after the freeze", an_honest_hub_after_the_freeze);
	CASE("left out of the hub's list: the school says so", it_shows_the_true_lists);
	CASE("another signed list does not answer for the first", it_shows_another_list);
	CASE("lists of another campaign are none", it_shows_old_lists);
	CASE("no list, or none but its name", it_shows_no_list);
	CASE("control: an honest hub brings a withdrawal to the notary",
		an_honest_withdrawal);
	CASE("control: after the close nothing is withdrawn", a_late_withdrawal);
	CASE("a withdrawal kept by the hub: the school says so",
		it_counts_what_was_withdrawn);
	CASE("a withdrawal kept by the hub, and the lists too",
		it_hides_what_was_withdrawn);
	CASE("a list tells nobody whose reports it holds", a_list_names_no_school);
	return DONE();
}
