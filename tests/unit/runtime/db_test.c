/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/base/alloc.h"
#include "proto/runtime/db.h"
#include "proto/runtime/system.h"
#include "tests/support/check.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define APPLICATION 0x44525054u

static const char *const steps[] = {
	"CREATE TABLE thing (id INTEGER PRIMARY KEY, name TEXT UNIQUE, body BLOB) STRICT;"
	"CREATE TABLE part (thing INTEGER NOT NULL REFERENCES thing(id), n INTEGER) "
	"STRICT;",
	"ALTER TABLE thing ADD COLUMN note TEXT NOT NULL DEFAULT 'none';",
	"ALTER TABLE thing ADD COLUMN broken TEXT; SELECT no_such_function();",
};

static const struct drp_db_schema first = {APPLICATION, 4096, steps, 1};
static const struct drp_db_schema second = {APPLICATION, 4096, steps, 2};
static const struct drp_db_schema broken = {APPLICATION, 4096, steps, 3};
static const struct drp_db_schema other_role = {APPLICATION + 1, 4096, steps, 1};

static char folder[64];
static char path[96];

static void fresh_path(void)
{
	static int number;
	snprintf(path, sizeof path, "%s/%d.db", folder, ++number);
}

static struct drp_db *open_db(const struct drp_db_schema *schema)
{
	struct drp_db *db = NULL;
	struct drp_diag diag = {0};
	enum drp_err err = drp_db_open(path, schema, 1, &db, &diag);
	if (err) {
		printf("# %s\n", diag.text);
	}
	CHECK_OK(err);
	return db;
}

static struct drp_db *fresh_db(void)
{
	fresh_path();
	return open_db(&first);
}

static enum drp_err insert(
	struct drp_db *db, const char *name, const void *body, size_t n)
{
	struct drp_query *q =
		drp_db_query(db, "INSERT INTO thing (name, body) VALUES (?, ?)");
	drp_q_text(q, name);
	drp_q_blob(q, body, n);
	return drp_q_run(q, NULL);
}

static int64_t number_of(struct drp_db *db, const char *sql)
{
	struct drp_query *q = drp_db_query(db, sql);
	CHECK_INT(drp_q_step(q, NULL), 1);
	int64_t n = drp_q_col_int(q, 0);
	drp_q_end(q);
	return n;
}

static int64_t things(struct drp_db *db)
{
	return number_of(db, "SELECT count(*) FROM thing");
}

static void stores_and_reads_values(void)
{
	struct drp_db *db = fresh_db();
	CHECK_OK(insert(db, "one", "\0abc", 4));
	CHECK_INT(drp_db_changes(db), 1);
	CHECK_OK(insert(db, NULL, "", 0));
	struct drp_query *q =
		drp_db_query(db, "SELECT id, name, body FROM thing ORDER BY id");
	CHECK_INT(drp_q_step(q, NULL), 1);
	CHECK_INT(drp_q_col_int(q, 0), 1);
	CHECK_STR(drp_q_col_text(q, 1), "one");
	char bytes[4];
	CHECK_INT(drp_q_col_bytes(q, 2, bytes, 4), 0);
	CHECK_MEM(bytes, "\0abc", 4);
	CHECK_INT(drp_q_step(q, NULL), 1);
	CHECK(drp_q_is_null(q, 1));
	CHECK_STR(drp_q_col_text(q, 1), "");
	CHECK(!drp_q_is_null(q, 2));
	size_t n = 9;
	CHECK(drp_q_col_blob(q, 2, &n) != NULL);
	CHECK_INT(n, 0);
	memset(bytes, 'x', 4);
	CHECK_INT(drp_q_col_bytes(q, 2, bytes, 4), -1);
	CHECK_MEM(bytes, "\0\0\0\0", 4);
	CHECK_INT(drp_q_step(q, NULL), 0);
	drp_db_close(db);
}

static void one_blob_is_found(void)
{
	struct drp_db *db = fresh_db();
	struct drp_buf out = {0};
	CHECK_OK(insert(db, "one", "\0abc", 4));
	const char *body = "SELECT body FROM thing WHERE id=1";
	CHECK_OK(drp_q_find_blob(drp_db_query(db, body), &out, NULL));
	CHECK_INT(out.len, 4);
	CHECK_MEM(out.data, "\0abc", 4);
	const char *absent = "SELECT body FROM thing WHERE id=2";
	CHECK_ERR(drp_q_find_blob(drp_db_query(db, absent), &out, NULL), DRP_E_NOTFOUND);
	const char *null = "SELECT NULL FROM thing";
	CHECK_ERR(drp_q_find_blob(drp_db_query(db, null), &out, NULL), DRP_E_NOTFOUND);
	CHECK_INT(out.len, 4);
	drp_buf_clear(&out);
	drp_db_close(db);
}

static void read_number(struct drp_query *q, void *row)
{
	CHECK_INT(*(int64_t *)row, 0);
	*(int64_t *)row = drp_q_col_int(q, 0);
}

static void rows_are_collected_however_many(void)
{
	struct drp_db *db = fresh_db();
	void *rows = &rows;
	size_t n = 9;
	const char *select = "SELECT id FROM thing ORDER BY id";
	CHECK_OK(drp_q_rows(drp_db_query(db, select), sizeof(int64_t), read_number,
		"things", &rows, &n, NULL));
	CHECK_INT(n, 0);
	CHECK(rows == NULL);
	for (int i = 0; i < 40; i++) {
		CHECK_OK(insert(db, NULL, "", 0));
	}
	CHECK_OK(drp_q_rows(drp_db_query(db, select), sizeof(int64_t), read_number,
		"things", &rows, &n, NULL));
	CHECK_INT(n, 40);
	for (int i = 0; i < 40; i++) {
		CHECK_INT(((int64_t *)rows)[i], i + 1);
	}
	drp_free(rows);
	struct drp_diag diag = {0};
	CHECK_INT(drp_q_rows(drp_db_query(db, "SELECT nothing"), sizeof(int64_t),
			  read_number, "things", &rows, &n, &diag),
		DRP_E_STORE);
	CHECK_INT(n, 40);
	drp_db_close(db);
}

static void settings_hold(void)
{
	struct drp_db *db = fresh_db();
	CHECK_INT(number_of(db, "PRAGMA synchronous"), 2);
	CHECK_INT(number_of(db, "PRAGMA foreign_keys"), 1);
	CHECK_INT(number_of(db, "PRAGMA secure_delete"), 1);
	CHECK_INT(number_of(db, "PRAGMA trusted_schema"), 0);
	CHECK_INT(number_of(db, "PRAGMA page_size"), 4096);
	CHECK_INT(number_of(db, "PRAGMA user_version"), 1);
	CHECK_INT(number_of(db, "PRAGMA application_id"), APPLICATION);
	struct drp_query *q = drp_db_query(db, "PRAGMA journal_mode");
	CHECK_INT(drp_q_step(q, NULL), 1);
	CHECK_STR(drp_q_col_text(q, 0), "wal");
	drp_q_end(q);
	drp_db_close(db);
}

static void files_are_private(void)
{
	struct drp_db *db = fresh_db();
	CHECK_OK(insert(db, "one", "x", 1));
	static const char *const suffixes[] = {"", "-wal", "-shm"};
	for (int i = 0; i < 3; i++) {
		char file[128];
		struct stat st;
		snprintf(file, sizeof file, "%s%s", path, suffixes[i]);
		CHECK_INT(stat(file, &st), 0);
		CHECK_INT(st.st_mode & 0777, 0600);
	}
	drp_db_close(db);
}

static void absent_file_is_not_created(void)
{
	fresh_path();
	struct drp_db *db = NULL;
	CHECK_ERR(drp_db_open(path, &first, 0, &db, NULL), DRP_E_NOTFOUND);
	CHECK(access(path, F_OK) != 0);
	CHECK(db == NULL);
}

static void other_role_is_refused_untouched(void)
{
	struct drp_db *db = fresh_db();
	drp_db_close(db);
	struct drp_buf before = {0}, after = {0};
	CHECK_OK(drp_file_read(path, 1 << 20, &before, NULL));
	struct drp_diag diag = {0};
	CHECK_ERR(drp_db_open(path, &other_role, 1, &db, &diag), DRP_E_STORE);
	CHECK(strstr(diag.text, path) && strstr(diag.text, "another program"));
	CHECK_OK(drp_file_read(path, 1 << 20, &after, NULL));
	CHECK_INT(after.len, before.len);
	CHECK_MEM(after.data, before.data, before.len);
	drp_buf_clear(&before);
	drp_buf_clear(&after);
}

static void file_without_id_but_with_tables_is_refused(void)
{
	struct drp_db *db = fresh_db();
	CHECK_OK(drp_q_run(drp_db_query(db, "PRAGMA application_id = 0"), NULL));
	drp_db_close(db);
	CHECK_ERR(drp_db_open(path, &first, 1, &db, NULL), DRP_E_STORE);
}

static void no_database_at_all_is_refused_untouched(void)
{
	fresh_path();
	char text[8192];
	memset(text, 'q', sizeof text);
	CHECK_OK(drp_file_write(path, text, sizeof text, 0600, NULL));
	struct drp_db *db = NULL;
	CHECK_ERR(drp_db_open(path, &first, 1, &db, NULL), DRP_E_STORE);
	struct drp_buf after = {0};
	CHECK_OK(drp_file_read(path, 1 << 20, &after, NULL));
	CHECK_INT(after.len, sizeof text);
	CHECK_MEM(after.data, text, sizeof text);
	drp_buf_clear(&after);
}

static void damaged_file_is_refused(void)
{
	struct drp_db *db = fresh_db();
	static uint8_t body[3000];
	CHECK_OK(drp_db_begin(db, NULL));
	for (int i = 0; i < 100; i++) {
		CHECK_OK(insert(db, NULL, body, sizeof body));
	}
	CHECK_OK(drp_db_commit(db, NULL));
	drp_db_close(db);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	memset(body, 0xee, sizeof body);
	for (int page = 6; page < 60; page++) {
		CHECK(pwrite(fd, body, 512, page * 4096) == 512);
	}
	close(fd);
	struct drp_diag diag = {0};
	CHECK_ERR(drp_db_open(path, &first, 1, &db, &diag), DRP_E_STORE);
	CHECK(strstr(diag.text, "damaged"));
}

static void migrates_stepwise_and_refuses_newer(void)
{
	struct drp_db *db = fresh_db();
	CHECK_OK(insert(db, "kept", "x", 1));
	drp_db_close(db);
	db = open_db(&second);
	CHECK_INT(number_of(db, "PRAGMA user_version"), 2);
	CHECK_INT(number_of(db, "SELECT count(*) FROM thing WHERE note = 'none'"), 1);
	drp_db_close(db);
	struct drp_diag diag = {0};
	CHECK_ERR(drp_db_open(path, &first, 1, &db, &diag), DRP_E_STORE);
	CHECK(strstr(diag.text, "newer"));
}

static void failed_migration_changes_nothing(void)
{
	struct drp_db *db = fresh_db();
	CHECK_OK(insert(db, "kept", "x", 1));
	drp_db_close(db);
	CHECK_ERR(drp_db_open(path, &broken, 1, &db, NULL), DRP_E_STORE);
	db = open_db(&first);
	CHECK_INT(number_of(db, "PRAGMA user_version"), 1);
	CHECK_INT(things(db), 1);
	CHECK_INT(number_of(db, "SELECT count(*) FROM pragma_table_info('thing')"), 3);
	drp_db_close(db);
}

static void strict_and_foreign_keys_hold(void)
{
	struct drp_db *db = fresh_db();
	struct drp_query *q =
		drp_db_query(db, "INSERT INTO thing (id, name) VALUES (?, ?)");
	drp_q_int(q, 1);
	drp_q_blob(q, "xyz", 3);
	CHECK_ERR(drp_q_run(q, NULL), DRP_E_STORE);
	q = drp_db_query(db, "INSERT INTO part (thing, n) VALUES (?, ?)");
	drp_q_int(q, 77);
	drp_q_null(q);
	CHECK_ERR(drp_q_run(q, NULL), DRP_E_STORE);
	drp_db_close(db);
}

static void uniqueness_is_its_own_error(void)
{
	struct drp_db *db = fresh_db();
	CHECK_OK(insert(db, "one", "x", 1));
	CHECK_ERR(insert(db, "one", "y", 1), DRP_E_EXISTS);
	struct drp_query *q = drp_db_query(db, "INSERT INTO thing (id) VALUES (1)");
	CHECK_ERR(drp_q_run(q, NULL), DRP_E_EXISTS);
	CHECK_INT(things(db), 1);
	drp_db_close(db);
}

static void errors_stick_until_step(void)
{
	struct drp_db *db = fresh_db();
	struct drp_diag diag = {0};
	for (int i = 0; i < 2; i++) {
		struct drp_query *q =
			drp_db_query(db, "SELECT nothing FROM nowhere WHERE a = ?");
		drp_q_int(q, 1);
		CHECK_INT(drp_q_step(q, &diag), -1);
		CHECK_ERR(diag.code, DRP_E_STORE);
	}
	struct drp_query *q = drp_db_query(db, "SELECT ?");
	CHECK_INT(drp_q_step(q, NULL), -1);
	q = drp_db_query(db, "SELECT ?");
	drp_q_int(q, 1);
	drp_q_int(q, 2);
	CHECK_INT(drp_q_step(q, NULL), -1);
	CHECK_INT(drp_q_step(q, NULL), -1);
	drp_db_close(db);
}

static void a_query_nests_in_its_own_rows(void)
{
	struct drp_db *db = fresh_db();
	static const char *const sql = "SELECT 1 UNION SELECT 2";
	int seen = 0;
	struct drp_query *outer = drp_db_query(db, sql);
	while (drp_q_step(outer, NULL) == 1) {
		struct drp_query *inner = drp_db_query(db, sql);
		while (drp_q_step(inner, NULL) == 1) {
			seen++;
		}
	}
	CHECK_INT(seen, 4);
	drp_db_close(db);
}

static void rollback_forgets_and_commit_keeps(void)
{
	struct drp_db *db = fresh_db();
	CHECK_OK(drp_db_begin(db, NULL));
	CHECK_ERR(drp_db_begin(db, NULL), DRP_E_INTERNAL);
	CHECK_OK(insert(db, "a", "x", 1));
	drp_db_rollback(db);
	drp_db_rollback(db);
	CHECK_INT(things(db), 0);
	CHECK_ERR(drp_db_commit(db, NULL), DRP_E_STORE);
	CHECK_OK(drp_db_begin(db, NULL));
	CHECK_OK(insert(db, "b", "x", 1));
	CHECK_OK(drp_db_commit(db, NULL));
	drp_db_close(db);
	db = open_db(&first);
	CHECK_INT(things(db), 1);
	drp_db_close(db);
}

static void the_outcome_decides_how_it_ends(void)
{
	struct drp_db *db = fresh_db();
	CHECK_OK(drp_db_begin(db, NULL));
	CHECK_OK(insert(db, "a", "x", 1));
	CHECK_ERR(drp_db_end(db, DRP_E_CLOSED, NULL), DRP_E_CLOSED);
	CHECK_INT(things(db), 0);
	CHECK_OK(drp_db_begin(db, NULL));
	CHECK_OK(insert(db, "b", "x", 1));
	CHECK_OK(drp_db_end(db, DRP_OK, NULL));
	CHECK_INT(things(db), 1);
	drp_db_close(db);
}

/* Fills until the limit bites inside a transaction, then checks that nothing of that
 * transaction and everything before it is there. */
static void fill_until_full(struct drp_db *db)
{
	static uint8_t body[60000];
	memset(body, 0x55, sizeof body);
	CHECK_OK(drp_db_begin(db, NULL));
	enum drp_err err = DRP_OK;
	for (int i = 0; i < 200 && !err; i++) {
		err = insert(db, NULL, body, sizeof body);
	}
	if (!err) {
		err = drp_db_commit(db, NULL);
	}
	CHECK_ERR(err, DRP_E_FULL);
}

static void full_database_loses_nothing(void)
{
	struct drp_db *db = fresh_db();
	CHECK_OK(insert(db, "kept", "x", 1));
	CHECK_INT(number_of(db, "PRAGMA max_page_count = 64"), 64);
	fill_until_full(db);
	/* SQLite has rolled back by itself: a later statement must not commit alone. */
	CHECK_ERR(insert(db, "stray", "x", 1), DRP_E_STORE);
	CHECK_ERR(drp_db_commit(db, NULL), DRP_E_STORE);
	CHECK_INT(things(db), 1);
	CHECK_INT(number_of(db, "PRAGMA max_page_count = 100000"), 100000);
	CHECK_OK(insert(db, "later", "x", 1));
	drp_db_close(db);
	db = open_db(&first);
	CHECK_INT(things(db), 2);
	drp_db_close(db);
}

static void full_disk_loses_nothing(void)
{
	struct drp_db *db = fresh_db();
	CHECK_OK(insert(db, "kept", "x", 1));
	signal(SIGXFSZ, SIG_IGN);
	struct rlimit old, small = {.rlim_cur = 1 << 20};
	getrlimit(RLIMIT_FSIZE, &old);
	small.rlim_max = old.rlim_max;
	CHECK_INT(setrlimit(RLIMIT_FSIZE, &small), 0);
	fill_until_full(db);
	drp_db_rollback(db);
	CHECK_INT(setrlimit(RLIMIT_FSIZE, &old), 0);
	CHECK_INT(things(db), 1);
	CHECK_OK(insert(db, "later", "x", 1));
	drp_db_close(db);
	db = open_db(&first);
	CHECK_INT(things(db), 2);
	drp_db_close(db);
}

/* Every allocation of ours fails in turn, once or from then on; SQLite's own are not
 * ours to fail here. */
static void memory_may_run_out_anywhere(void)
{
	fresh_path();
	for (int sticky = 0; sticky < 2; sticky++) {
		enum drp_err err = DRP_E_NOMEM;
		for (unsigned long n = 1; err == DRP_E_NOMEM; n++) {
			struct drp_db *db = NULL;
			drp_alloc_hook(n, sticky);
			err = drp_db_open(path, &first, 1, &db, NULL);
			if (!err) {
				err = insert(db, NULL, "x", 1);
			}
			drp_alloc_hook(0, 0);
			drp_db_close(db);
			CHECK(err == DRP_OK || err == DRP_E_NOMEM);
		}
	}
	struct drp_db *db = open_db(&first);
	CHECK_INT(things(db), 2);
	drp_db_close(db);
}

static void insert_many(int writer, int n)
{
	struct drp_db *db = open_db(&second);
	for (int i = 0; i < n; i++) {
		char name[32];
		snprintf(name, sizeof name, "%d.%d", writer, i);
		CHECK_OK(drp_db_begin(db, NULL));
		CHECK_OK(insert(db, name, name, strlen(name)));
		CHECK_OK(drp_db_commit(db, NULL));
	}
	drp_db_close(db);
}

static int child_exit_code;

static void child_body(void)
{
	insert_many(1, 50);
	child_exit_code = 0;
}

/* Both create, migrate and write one new file at the same moment. */
static void two_processes_share_a_file(void)
{
	for (int round = 0; round < 5; round++) {
		fresh_path();
		fflush(stdout);
		pid_t pid = fork();
		CHECK(pid >= 0);
		if (pid == 0) {
			child_exit_code = 1;
			if (freopen("/dev/null", "w", stdout)) {
				drp_check_case("child", child_body);
			}
			_exit(child_exit_code);
		}
		insert_many(2, 50);
		int status;
		CHECK_INT(waitpid(pid, &status, 0), pid);
		CHECK_INT(status, 0);
		struct drp_db *db = open_db(&second);
		CHECK_INT(things(db), 100);
		drp_db_close(db);
	}
}

static int files_hold(const char *marker)
{
	int found = 0;
	static const char *const suffixes[] = {"", "-wal"};
	for (int i = 0; i < 2; i++) {
		char file[128];
		snprintf(file, sizeof file, "%s%s", path, suffixes[i]);
		struct drp_buf bytes = {0};
		CHECK_OK(drp_file_read(file, 1 << 26, &bytes, NULL));
		found |= bytes.len &&
			 memmem(bytes.data, bytes.len, marker, strlen(marker));
		drp_buf_clear(&bytes);
	}
	return found;
}

static void erased_rows_leave_the_disk(void)
{
	struct drp_db *db = fresh_db();
	static const char marker[] = "MARKER-7d1f-of-one-school";
	static char body[20000];
	memset(body, '.', sizeof body);
	memcpy(body + 9000, marker, sizeof marker);
	CHECK_OK(insert(db, marker, body, sizeof body));
	CHECK_OK(insert(db, "other", "x", 1));
	CHECK_OK(drp_db_checkpoint(db, NULL));
	CHECK(files_hold(marker));
	CHECK_OK(drp_q_run(
		drp_db_query(db, "DELETE FROM thing WHERE name <> 'other'"), NULL));
	CHECK_OK(drp_db_checkpoint(db, NULL));
	CHECK(!files_hold(marker));
	CHECK_INT(things(db), 1);
	drp_db_close(db);
}

int main(void)
{
	snprintf(folder, sizeof folder, "/tmp/drp-db-test-XXXXXX");
	if (!mkdtemp(folder)) {
		return 1;
	}
	CASE("values come back as they went in", stores_and_reads_values);
	CASE("one blob is found, or none where it is NULL", one_blob_is_found);
	CASE("rows are collected, however many", rows_are_collected_however_many);
	CASE("every connection has the promised settings", settings_hold);
	CASE("database, WAL and index are readable by their owner only",
		files_are_private);
	CASE("without create an absent file stays absent", absent_file_is_not_created);
	CASE("the other role's file is refused untouched",
		other_role_is_refused_untouched);
	CASE("tables without our id are refused",
		file_without_id_but_with_tables_is_refused);
	CASE("a file that is no database is refused untouched",
		no_database_at_all_is_refused_untouched);
	CASE("a damaged file is refused", damaged_file_is_refused);
	CASE("migrations run stepwise and a newer file is refused",
		migrates_stepwise_and_refuses_newer);
	CASE("a failed migration changes nothing", failed_migration_changes_nothing);
	CASE("wrong types and dangling references are refused",
		strict_and_foreign_keys_hold);
	CASE("a broken uniqueness is DRP_E_EXISTS", uniqueness_is_its_own_error);
	CASE("an error in a text or a binding shows at the step",
		errors_stick_until_step);
	CASE("a query can run inside its own rows", a_query_nests_in_its_own_rows);
	CASE("rollback forgets, commit keeps", rollback_forgets_and_commit_keeps);
	CASE("a transaction ends as its outcome says", the_outcome_decides_how_it_ends);
	CASE("a full database is DRP_E_FULL and loses nothing",
		full_database_loses_nothing);
	CASE("a full disk is DRP_E_FULL and loses nothing", full_disk_loses_nothing);
	CASE("memory may run out anywhere", memory_may_run_out_anywhere);
	CASE("two processes create and write one file", two_processes_share_a_file);
	CASE("an erased row leaves file and WAL", erased_rows_leave_the_disk);
	char command[128];
	snprintf(command, sizeof command, "rm -rf %s", folder);
	return system(command) != 0 || DONE();
}
