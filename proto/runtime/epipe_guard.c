/* SPDX-License-Identifier: Apache-2.0
 *
 * One aborted connection must not stop a hub. When libnng 1.5.2 (Debian 12's) gets
 * EPIPE from the system it calls it "closed", the same word that it uses for a socket
 * which its owner has closed; an accept loop or a dialer that reads that word goes home
 * and never comes back (nng #1518; the dialer's half is in every later version too).
 * EPIPE reaches it by two calls: sendmsg() on a connection whose peer has sent FIN and
 * then a reset, which any stranger can do before a word is exchanged, and
 * getsockopt(SO_ERROR) after a connect that met the same.
 *
 * A program's own symbols come before a shared library's, for that library too. So the
 * two functions are defined here, as bare system calls, with one change: EPIPE reads
 * ECONNRESET, which libnng takes for what it is, the end of one connection. libuv's and
 * everybody else's calls come through here as well; for them the two mean the same.
 *
 * The definitions have to be in the program itself and visible to the dynamic linker:
 * CMakeLists.txt pulls in this object by drp_epipe_guard and exports the two names.
 */
#include "proto/runtime/epipe_guard.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_ulong turned;

unsigned long drp_epipe_guard(void)
{
	return atomic_load(&turned);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
	ssize_t n = syscall(SYS_sendmsg, fd, message, flags);
	if (n < 0 && errno == EPIPE) {
		atomic_fetch_add(&turned, 1);
		errno = ECONNRESET;
	}
	return n;
}

int getsockopt(int fd, int level, int name, void *value, socklen_t *size)
{
	int rc = (int)syscall(SYS_getsockopt, fd, level, name, value, size);
	if (rc == 0 && level == SOL_SOCKET && name == SO_ERROR && *size == sizeof(int) &&
		*(int *)value == EPIPE) {
		atomic_fetch_add(&turned, 1);
		*(int *)value = ECONNRESET;
	}
	return rc;
}
