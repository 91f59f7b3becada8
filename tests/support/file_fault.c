/* SPDX-License-Identifier: Apache-2.0
 *
 * Preloaded into a program under test (LD_PRELOAD). Counts the calls that change a file
 * or send something, from 1, and at the given one either ends the process as a power
 * switch would, or has the disk full from there on:
 *   DREMPEL_TEST_KILL_AT=N   SIGKILL just before the Nth call
 *   DREMPEL_TEST_FULL_AT=N   the Nth and every later write fails with ENOSPC
 */
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static long setting(const char *name)
{
	const char *n = getenv(name);
	return n ? atol(n) : 0;
}

/* 1: the disk is full now. */
static int count(void)
{
	static atomic_long calls;
	long kill_at = setting("DREMPEL_TEST_KILL_AT");
	long full_at = setting("DREMPEL_TEST_FULL_AT");
	long call = ++calls;
	if (call == kill_at) {
		kill(getpid(), SIGKILL);
	}
	return full_at && call >= full_at;
}

static int full(void)
{
	errno = ENOSPC;
	return -1;
}

static int is_file(int fd)
{
	struct stat st;
	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

#define REAL(type, name, ...)                                                            \
	static type (*real)(__VA_ARGS__);                                                \
	if (!real) {                                                                     \
		*(void **)&real = dlsym(RTLD_NEXT, name);                                \
	}

ssize_t write(int fd, const void *bytes, size_t n)
{
	REAL(ssize_t, "write", int, const void *, size_t)
	return is_file(fd) && fd > STDERR_FILENO && count() ? full() : real(fd, bytes, n);
}

ssize_t pwrite(int fd, const void *bytes, size_t n, off_t at)
{
	REAL(ssize_t, "pwrite", int, const void *, size_t, off_t)
	return count() ? full() : real(fd, bytes, n, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t n, off64_t at)
{
	REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t)
	return count() ? full() : real(fd, bytes, n, at);
}

int fsync(int fd)
{
	REAL(int, "fsync", int)
	count();
	return real(fd);
}

int fdatasync(int fd)
{
	REAL(int, "fdatasync", int)
	count();
	return real(fd);
}

int ftruncate(int fd, off_t size)
{
	REAL(int, "ftruncate", int, off_t)
	count();
	return real(fd, size);
}

int ftruncate64(int fd, off64_t size)
{
	REAL(int, "ftruncate64", int, off64_t)
	count();
	return real(fd, size);
}

int rename(const char *from, const char *to)
{
	REAL(int, "rename", const char *, const char *)
	count();
	return real(from, to);
}

int renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned flags)
{
	REAL(int, "renameat2", int, const char *, int, const char *, unsigned)
	count();
	return real(from_dir, from, to_dir, to, flags);
}

int unlink(const char *path)
{
	REAL(int, "unlink", const char *)
	count();
	return real(path);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
	REAL(ssize_t, "sendmsg", int, const struct msghdr *, int)
	if (!setting("DREMPEL_TEST_FULL_AT")) {
		count();
	}
	return real(fd, message, flags);
}
