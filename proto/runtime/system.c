/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/runtime/system.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static int64_t system_now_ms(void *self)
{
	(void)self;
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct drp_clock drp_system_clock(void)
{
	return (struct drp_clock){.now_ms = system_now_ms};
}

uint64_t drp_thread_us(void)
{
	struct timespec t = {0};
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static enum drp_err fail_errno(const char *path, const char *what, struct drp_diag *diag)
{
	switch (errno) {
	case ENOENT:
	case ENOTDIR:
		return drp_fail(diag, DRP_E_NOTFOUND, "%s: no such file or folder", path);
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return drp_fail(diag, DRP_E_FULL,
			"%s: the disk is full; make room and try again", path);
	default:
		return drp_fail(diag, DRP_E_IO, "%s: cannot be %s: %s", path, what,
			strerror(errno));
	}
}

/* One byte more than allowed is asked for, so that a file that grows while it is read
 * is seen too. */
static enum drp_err read_all(int fd, const char *path, size_t max_bytes,
	struct drp_buf *out, struct drp_diag *diag)
{
	char chunk[16384];
	size_t total = 0;
	for (;;) {
		ssize_t n = read(fd, chunk, sizeof chunk);
		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n < 0) {
			return fail_errno(path, "read", diag);
		}
		if (n == 0) {
			return out->failed ? drp_fail(diag, DRP_E_NOMEM,
						     "%s: out of memory", path)
					   : DRP_OK;
		}
		total += (size_t)n;
		if (total > max_bytes) {
			return drp_fail(diag, DRP_E_TOOBIG,
				"%s: larger than the %zu bytes allowed", path, max_bytes);
		}
		drp_buf_append(out, chunk, (size_t)n);
	}
}

enum drp_err drp_file_read(
	const char *path, size_t max_bytes, struct drp_buf *out, struct drp_diag *diag)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0) {
		return fail_errno(path, "opened", diag);
	}
	size_t before = out->len;
	enum drp_err err = read_all(fd, path, max_bytes, out, diag);
	if (err) {
		out->len = before;
	}
	close(fd);
	return err;
}

static enum drp_err write_all(
	int fd, const char *path, const void *bytes, size_t n, struct drp_diag *diag)
{
	const char *p = bytes;
	while (n > 0) {
		ssize_t done = write(fd, p, n);
		if (done < 0 && errno == EINTR) {
			continue;
		}
		if (done < 0) {
			return fail_errno(path, "written", diag);
		}
		p += done;
		n -= (size_t)done;
	}
	return fsync(fd) == 0 ? DRP_OK : fail_errno(path, "written", diag);
}

/* A rename is durable once the folder that holds both names is. */
static enum drp_err sync_folder_of(const char *path, struct drp_diag *diag)
{
	char folder[DRP_PATH_MAX] = ".";
	const char *slash = strrchr(path, '/');
	if (slash) {
		size_t n = slash == path ? 1 : (size_t)(slash - path);
		memcpy(folder, path, n);
		folder[n] = 0;
	}
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) != 0) {
		enum drp_err err = fail_errno(folder, "written", diag);
		if (fd >= 0) {
			close(fd);
		}
		return err;
	}
	close(fd);
	return DRP_OK;
}

enum drp_err drp_file_write(
	const char *path, const void *bytes, size_t n, int mode, struct drp_diag *diag)
{
	char beside[DRP_PATH_MAX];
	int len = snprintf(beside, sizeof beside, "%s.XXXXXX", path);
	if (len < 0 || (size_t)len >= sizeof beside) {
		return drp_fail(diag, DRP_E_RANGE, "%s: the path is too long", path);
	}
	int fd = mkostemp(beside, O_CLOEXEC);
	if (fd < 0) {
		return fail_errno(path, "written", diag);
	}
	enum drp_err err = write_all(fd, path, bytes, n, diag);
	if (!err && fchmod(fd, (mode_t)mode) != 0) {
		err = fail_errno(path, "written", diag);
	}
	close(fd);
	if (!err && rename(beside, path) != 0) {
		err = fail_errno(path, "written", diag);
	}
	if (err) {
		unlink(beside);
		return err;
	}
	return sync_folder_of(path, diag);
}

enum drp_err drp_file_create(
	const char *path, const void *bytes, size_t n, int mode, struct drp_diag *diag)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, (mode_t)mode);
	if (fd < 0 && errno == EEXIST) {
		return drp_fail(diag, DRP_E_EXISTS,
			"%s: something is there already and stays as it is; give the new "
			"file another name",
			path);
	}
	if (fd < 0) {
		return fail_errno(path, "written", diag);
	}
	enum drp_err err = write_all(fd, path, bytes, n, diag);
	close(fd);
	err = err ? err : sync_folder_of(path, diag);
	if (err) {
		unlink(path);
	}
	return err;
}

enum drp_err drp_dir_make(const char *path, struct drp_diag *diag)
{
	if (mkdir(path, 0700) == 0) {
		return DRP_OK;
	}
	struct stat st;
	if (errno == EEXIST && stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		return DRP_OK;
	}
	return fail_errno(path, "made a folder", diag);
}

enum drp_err drp_path(
	char out[DRP_PATH_MAX], const char *dir, const char *name, struct drp_diag *diag)
{
	size_t n = strlen(dir);
	const char *between = n > 0 && dir[n - 1] == '/' ? "" : "/";
	char joined[DRP_PATH_MAX];
	int len = snprintf(joined, sizeof joined, "%s%s%s", dir, between, name);
	if (len < 0 || (size_t)len >= sizeof joined) {
		return drp_fail(
			diag, DRP_E_RANGE, "%s/%s: the path is too long", dir, name);
	}
	memcpy(out, joined, (size_t)len + 1);
	return DRP_OK;
}

enum drp_err drp_path_beside(char out[DRP_PATH_MAX], const char *path, const char *other,
	struct drp_diag *diag)
{
	const char *slash = strrchr(path, '/');
	char folder[DRP_PATH_MAX];
	if (other[0] == '/' || !slash) {
		return snprintf(out, DRP_PATH_MAX, "%s", other) < DRP_PATH_MAX
			       ? DRP_OK
			       : drp_fail(diag, DRP_E_RANGE, "the path %s is too long",
					 other);
	}
	int n = slash == path ? 1 : (int)(slash - path);
	if (snprintf(folder, sizeof folder, "%.*s", n, path) >= (int)sizeof folder) {
		return drp_fail(diag, DRP_E_RANGE, "the path %s is too long", path);
	}
	return drp_path(out, folder, other, diag);
}

/* flock rather than a pid file: the kernel lets go when the holder dies. */
enum drp_err drp_dir_hold(const char *path, int *held, struct drp_diag *diag)
{
	char lock[DRP_PATH_MAX];
	enum drp_err err = drp_path(lock, path, "lock", diag);
	if (err) {
		return err;
	}
	int fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0) {
		return fail_errno(lock, "opened", diag);
	}
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		err = errno == EWOULDBLOCK ? drp_fail(diag, DRP_E_BUSY,
						     "%s: another daemon serves this "
						     "directory; stop it first",
						     path)
					   : fail_errno(lock, "locked", diag);
		close(fd);
		return err;
	}
	*held = fd;
	return DRP_OK;
}

void drp_dir_release(int held)
{
	close(held);
}
