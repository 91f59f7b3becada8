/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/runtime/system.h"
#include "tests/support/check.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[DRP_PATH_MAX];
static char path[DRP_PATH_MAX];

static void write_then_read(void)
{
	CHECK_OK(drp_path(path, folder, "file", NULL));
	CHECK_OK(drp_file_write(path, "old", 3, 0600, NULL));
	CHECK_OK(drp_file_write(path, "newer", 5, 0640, NULL));
	struct drp_buf out = {0};
	drp_buf_text(&out, "<");
	CHECK_OK(drp_file_read(path, 5, &out, NULL));
	CHECK_STR(drp_buf_string(&out), "<newer");
	struct stat st;
	CHECK_INT(stat(path, &st), 0);
	CHECK_INT(st.st_mode & 0777, 0640);
	CHECK_ERR(drp_file_read(path, 4, &out, NULL), DRP_E_TOOBIG);
	CHECK_STR(drp_buf_string(&out), "<newer");
	drp_buf_clear(&out);
}

static void absent_file(void)
{
	struct drp_buf out = {0};
	struct drp_diag diag = {0};
	CHECK_OK(drp_path(path, folder, "absent", NULL));
	CHECK_ERR(drp_file_read(path, 10, &out, &diag), DRP_E_NOTFOUND);
	CHECK(strstr(diag.text, path));
	CHECK_OK(drp_path(path, folder, "absent/file", NULL));
	CHECK_ERR(drp_file_write(path, "x", 1, 0600, NULL), DRP_E_NOTFOUND);
}

/* A write that fails half way leaves the old file and nothing beside it. */
static void failed_write_keeps_the_old_file(void)
{
	char sub[DRP_PATH_MAX];
	CHECK_OK(drp_path(sub, folder, "sub", NULL));
	CHECK_OK(drp_dir_make(sub, NULL));
	CHECK_OK(drp_path(path, sub, "file", NULL));
	CHECK_OK(drp_file_write(path, "old", 3, 0600, NULL));
	static char big[1 << 16];
	signal(SIGXFSZ, SIG_IGN);
	struct rlimit old, small = {.rlim_cur = 4096};
	getrlimit(RLIMIT_FSIZE, &old);
	small.rlim_max = old.rlim_max;
	CHECK_INT(setrlimit(RLIMIT_FSIZE, &small), 0);
	enum drp_err err = drp_file_write(path, big, sizeof big, 0600, NULL);
	CHECK_INT(setrlimit(RLIMIT_FSIZE, &old), 0);
	CHECK_ERR(err, DRP_E_FULL);
	struct drp_buf out = {0};
	CHECK_OK(drp_file_read(path, 10, &out, NULL));
	CHECK_STR(drp_buf_string(&out), "old");
	drp_buf_clear(&out);
	CHECK_INT(unlink(path), 0);
	CHECK_INT(rmdir(sub), 0);
}

/* Nothing is written over or through, and nothing is left of what fails. */
static void create_takes_a_free_place_only(void)
{
	char link[DRP_PATH_MAX], old[DRP_PATH_MAX];
	struct drp_diag diag = {0};
	struct drp_buf out = {0};
	struct stat st;
	CHECK_OK(drp_path(path, folder, "new", NULL));
	CHECK_OK(drp_path(link, folder, "link", NULL));
	CHECK_OK(drp_path(old, folder, "absent", NULL));
	CHECK_OK(drp_file_create(path, "first", 5, 0600, NULL));
	CHECK_INT(stat(path, &st), 0);
	CHECK_INT(st.st_mode & 0777, 0600);
	CHECK_ERR(drp_file_create(path, "second", 6, 0600, &diag), DRP_E_EXISTS);
	CHECK(strstr(diag.text, path));
	CHECK_OK(drp_file_read(path, 10, &out, NULL));
	CHECK_STR(drp_buf_string(&out), "first");
	CHECK_INT(symlink(old, link), 0);
	CHECK_ERR(drp_file_create(link, "x", 1, 0600, NULL), DRP_E_EXISTS);
	CHECK_INT(stat(old, &st), -1);
	static char big[1 << 16];
	signal(SIGXFSZ, SIG_IGN);
	struct rlimit was, small = {.rlim_cur = 4096};
	getrlimit(RLIMIT_FSIZE, &was);
	small.rlim_max = was.rlim_max;
	CHECK_INT(setrlimit(RLIMIT_FSIZE, &small), 0);
	enum drp_err err = drp_file_create(old, big, sizeof big, 0600, NULL);
	CHECK_INT(setrlimit(RLIMIT_FSIZE, &was), 0);
	CHECK_ERR(err, DRP_E_FULL);
	CHECK_INT(stat(old, &st), -1);
	drp_buf_clear(&out);
}

static void folder_is_made_once(void)
{
	struct stat st;
	CHECK_OK(drp_path(path, folder, "made", NULL));
	CHECK_OK(drp_dir_make(path, NULL));
	CHECK_OK(drp_dir_make(path, NULL));
	CHECK_INT(stat(path, &st), 0);
	CHECK_INT(st.st_mode & 0777, 0700);
	CHECK_OK(drp_path(path, folder, "file2", NULL));
	CHECK_OK(drp_file_write(path, "x", 1, 0600, NULL));
	CHECK_ERR(drp_dir_make(path, NULL), DRP_E_IO);
}

static void paths_join_within_their_limit(void)
{
	char out[DRP_PATH_MAX] = "untouched";
	static char longest[DRP_PATH_MAX];
	memset(longest, 'a', sizeof longest - 1);
	CHECK_ERR(drp_path(out, "d", longest, NULL), DRP_E_RANGE);
	CHECK_STR(out, "untouched");
	CHECK_OK(drp_path(out, "d", "n", NULL));
	CHECK_STR(out, "d/n");
	CHECK_OK(drp_path(out, "/", "n", NULL));
	CHECK_STR(out, "/n");
}

static void directory_has_one_holder(void)
{
	int held, again;
	CHECK_OK(drp_dir_hold(folder, &held, NULL));
	CHECK_ERR(drp_dir_hold(folder, &again, NULL), DRP_E_BUSY);
	drp_dir_release(held);
	pid_t pid = fork();
	CHECK(pid >= 0);
	if (pid == 0) {
		_exit(drp_dir_hold(folder, &held, NULL) ? 1 : 0);
	}
	int status;
	CHECK_INT(waitpid(pid, &status, 0), pid);
	CHECK_INT(status, 0);
	CHECK_OK(drp_dir_hold(folder, &held, NULL));
	drp_dir_release(held);
}

static void clock_counts_milliseconds(void)
{
	struct drp_clock clock = drp_system_clock();
	/* 2024-01-01: a clock in seconds or microseconds would be far off. */
	CHECK(clock.now_ms(clock.self) > INT64_C(1704067200000));
	CHECK(clock.now_ms(clock.self) < INT64_C(1704067200000) * 10);
}

int main(void)
{
	snprintf(folder, sizeof folder, "/tmp/drp-system-test-XXXXXX");
	if (!mkdtemp(folder)) {
		return 1;
	}
	CASE("a file is written whole, replaced and read within its limit",
		write_then_read);
	CASE("an absent file or folder is named", absent_file);
	CASE("a failed write keeps the old file and no litter",
		failed_write_keeps_the_old_file);
	CASE("a new file takes a free place only", create_takes_a_free_place_only);
	CASE("a folder is private and making it twice is fine", folder_is_made_once);
	CASE("a path that does not fit is refused", paths_join_within_their_limit);
	CASE("a directory has one holder, a dead one lets go", directory_has_one_holder);
	CASE("the clock counts milliseconds since 1970", clock_counts_milliseconds);
	char command[DRP_PATH_MAX + 16];
	snprintf(command, sizeof command, "rm -rf %s", folder);
	return system(command) != 0 || DONE();
}
