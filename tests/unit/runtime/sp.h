/* SPDX-License-Identifier: Apache-2.0
 *
 * Both ends of the SP wire with plain blocking sockets, for tests that must misbehave
 * in ways that NNG never would. Every receive has a 20 s limit, so that a hanging
 * service fails a test instead of stopping it.
 */
#ifndef DRP_TESTS_RUNTIME_SP_H
#define DRP_TESTS_RUNTIME_SP_H

#include "tests/support/check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define SP_REQ 0x30
#define SP_REP 0x31

__attribute__((unused)) static void sp_limit(int fd)
{
	struct timeval limit = {.tv_sec = 20};
	int one = 1;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

/* sp_listen listens on 127.0.0.1 and tells the port. */
__attribute__((unused)) static int sp_listen(uint16_t *port)
{
	struct sockaddr_in at = {.sin_family = AF_INET};
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	socklen_t len = sizeof at;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	CHECK(fd >= 0);
	CHECK_INT(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	CHECK_INT(listen(fd, 128), 0);
	CHECK_INT(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	*port = ntohs(at.sin_port);
	return fd;
}

/* sp_connect comes from 127.0.0.<host>, so that a test can be many addresses. */
__attribute__((unused)) static int sp_connect(uint16_t port, unsigned host)
{
	struct sockaddr_in from = {.sin_family = AF_INET}, to = {.sin_family = AF_INET};
	from.sin_addr.s_addr = htonl(INADDR_LOOPBACK - 1 + host);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	to.sin_port = htons(port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	CHECK(fd >= 0);
	sp_limit(fd);
	CHECK_INT(bind(fd, (struct sockaddr *)&from, sizeof from), 0);
	CHECK_INT(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
	return fd;
}

__attribute__((unused)) static int sp_write(int fd, const void *bytes, size_t n)
{
	const char *p = bytes;
	while (n > 0) {
		ssize_t done = send(fd, p, n, MSG_NOSIGNAL);
		if (done <= 0) {
			return -1;
		}
		p += done;
		n -= (size_t)done;
	}
	return 0;
}

__attribute__((unused)) static int sp_read(int fd, void *bytes, size_t n)
{
	char *p = bytes;
	while (n > 0) {
		ssize_t done = recv(fd, p, n, 0);
		if (done <= 0) {
			return -1;
		}
		p += done;
		n -= (size_t)done;
	}
	return 0;
}

/* sp_gone: the peer has closed or aborted, rather than being silent for 20 s. */
__attribute__((unused)) static int sp_gone(int fd)
{
	char byte;
	ssize_t n = recv(fd, &byte, 1, 0);
	return n == 0 || (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK);
}

/* sp_ended reads whatever still comes, up to the end. */
__attribute__((unused)) static int sp_ended(int fd)
{
	char bytes[4096];
	ssize_t n;
	do {
		n = recv(fd, bytes, sizeof bytes, 0);
	} while (n > 0);
	return n == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}

__attribute__((unused)) static int sp_greet(int fd, uint8_t mine, uint8_t theirs)
{
	uint8_t greeting[8] = {0, 'S', 'P', 0, 0, mine, 0, 0}, got[8];
	uint8_t wanted[8] = {0, 'S', 'P', 0, 0, theirs, 0, 0};
	return sp_write(fd, greeting, 8) || sp_read(fd, got, 8) || memcmp(got, wanted, 8);
}

__attribute__((unused)) static void sp_length(uint8_t out[8], uint64_t n)
{
	for (int i = 0; i < 8; i++) {
		out[i] = (uint8_t)(n >> (56 - 8 * i));
	}
}

/* sp_send sends one message that begins with a request id. */
__attribute__((unused)) static int sp_send(
	int fd, uint32_t id, const void *body, size_t n)
{
	uint8_t *message = malloc(12 + n);
	sp_length(message, 4 + n);
	id = htonl(id | 0x80000000u);
	memcpy(message + 8, &id, 4);
	memcpy(message + 12, body, n);
	int rc = sp_write(fd, message, 12 + n);
	free(message);
	return rc;
}

/* sp_receive returns the body's length, or -1. */
__attribute__((unused)) static int64_t sp_receive(
	int fd, uint32_t *id, void *body, size_t max)
{
	uint8_t head[12];
	uint64_t n = 0;
	if (sp_read(fd, head, 12)) {
		return -1;
	}
	for (int i = 0; i < 8; i++) {
		n = n << 8 | head[i];
	}
	memcpy(id, head + 8, 4);
	*id = ntohl(*id) & 0x7fffffffu;
	if (n < 4 || n - 4 > max || sp_read(fd, body, n - 4)) {
		return -1;
	}
	return (int64_t)(n - 4);
}

/* sp_abort closes with a reset instead of a farewell. */
__attribute__((unused)) static void sp_abort(int fd)
{
	struct linger now = {.l_onoff = 1};
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
	close(fd);
}

#endif
