/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/runtime/http_listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 511

static enum drp_err bad_address(const char *where, struct drp_diag *diag)
{
	return drp_fail(diag, DRP_E_CONFIG,
		"%.200s: not an address for HTTP; write 127.0.0.1:PORT, [::1]:PORT or "
		"unix:/PATH",
		where);
}

static enum drp_err cannot_listen(const char *where, struct drp_diag *diag)
{
	return drp_fail(diag, DRP_E_CONFIG,
		"%.200s: cannot listen there: %s; choose another address with --http",
		where, strerror(errno));
}

static int is_loopback(const struct sockaddr *at)
{
	if (at->sa_family == AF_INET) {
		const struct sockaddr_in *in = (const void *)at;
		return ntohl(in->sin_addr.s_addr) >> 24 == 127;
	}
	const struct sockaddr_in6 *in6 = (const void *)at;
	return at->sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr);
}

/* --- unix sockets ----------------------------------------------------------------- */

/* A socket file that nobody listens on any more is in the way; anything else stays. */
static void remove_dead(const struct sockaddr_un *at)
{
	struct stat st;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && lstat(at->sun_path, &st) == 0 && S_ISSOCK(st.st_mode) &&
		connect(fd, (const void *)at, sizeof *at) != 0 && errno == ECONNREFUSED) {
		unlink(at->sun_path);
	}
	if (fd >= 0) {
		close(fd);
	}
}

static enum drp_err listen_unix(const char *where, int *fd,
	char address[DRP_HTTP_ADDRESS_MAX], struct drp_diag *diag)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	const char *path = where + 5;
	if (snprintf(at.sun_path, sizeof at.sun_path, "%s", path) >=
			(int)sizeof at.sun_path ||
		!*path) {
		return bad_address(where, diag);
	}
	remove_dead(&at);
	int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (s < 0 || bind(s, (const void *)&at, sizeof at) != 0) {
		enum drp_err err = cannot_listen(where, diag);
		if (s >= 0) {
			close(s);
		}
		return err;
	}
	if (chmod(path, 0660) != 0 || listen(s, BACKLOG) != 0) {
		enum drp_err err = cannot_listen(where, diag);
		close(s);
		unlink(path);
		return err;
	}
	snprintf(address, DRP_HTTP_ADDRESS_MAX, "%s", where);
	*fd = s;
	return DRP_OK;
}

/* --- TCP -------------------------------------------------------------------------- */

static enum drp_err resolve(
	const char *where, struct addrinfo **found, struct drp_diag *diag)
{
	char host[64];
	const char *colon = strrchr(where, ':');
	const char *from = where;
	size_t n = colon ? (size_t)(colon - from) : 0;
	if (n >= 2 && from[0] == '[' && from[n - 1] == ']') {
		from++;
		n -= 2;
	}
	if (n == 0 || n >= sizeof host || !colon[1] ||
		strspn(colon + 1, "0123456789") != strlen(colon + 1)) {
		return bad_address(where, diag);
	}
	memcpy(host, from, n);
	host[n] = 0;
	struct addrinfo hints = {.ai_family = AF_INET,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_PASSIVE | AI_NUMERICSERV};
	int rc = getaddrinfo(host, colon + 1, &hints, found);
	if (rc != 0) {
		hints.ai_family = AF_INET6;
		rc = getaddrinfo(host, colon + 1, &hints, found);
	}
	return rc == 0 ? DRP_OK : bad_address(where, diag);
}

static int open_socket(const struct addrinfo *at)
{
	int one = 1;
	int s = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (s < 0) {
		return -1;
	}
	if (setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0 ||
		bind(s, at->ai_addr, at->ai_addrlen) != 0 || listen(s, BACKLOG) != 0) {
		int why = errno;
		close(s);
		errno = why;
		return -1;
	}
	return s;
}

static void note_address(int fd, char address[DRP_HTTP_ADDRESS_MAX])
{
	struct sockaddr_storage at = {0};
	socklen_t size = sizeof at;
	char host[64] = "?", port[8] = "0";
	getsockname(fd, (struct sockaddr *)&at, &size);
	getnameinfo((struct sockaddr *)&at, size, host, sizeof host, port, sizeof port,
		NI_NUMERICHOST | NI_NUMERICSERV);
	snprintf(address, DRP_HTTP_ADDRESS_MAX,
		strchr(host, ':') ? "http://[%s]:%s" : "http://%s:%s", host, port);
}

enum drp_err drp_http_listen(const char *where, int *fd,
	char address[DRP_HTTP_ADDRESS_MAX], struct drp_diag *diag)
{
	struct addrinfo *found = NULL;
	if (strncmp(where, "unix:", 5) == 0) {
		return listen_unix(where, fd, address, diag);
	}
	enum drp_err err = resolve(where, &found, diag);
	if (err) {
		return err;
	}
	if (!is_loopback(found->ai_addr)) {
		err = drp_fail(diag, DRP_E_CONFIG,
			"%.200s: HTTP is served to this machine only; listen on "
			"127.0.0.1 and put a front server before it (deploy/nginx)",
			where);
	} else if ((*fd = open_socket(found)) < 0) {
		err = cannot_listen(where, diag);
	} else {
		note_address(*fd, address);
	}
	freeaddrinfo(found);
	return err;
}

void drp_http_unlisten(int fd, const char *address)
{
	close(fd);
	if (strncmp(address, "unix:", 5) == 0) {
		unlink(address + 5);
	}
}
