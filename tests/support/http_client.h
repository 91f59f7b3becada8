/* SPDX-License-Identifier: Apache-2.0
 *
 * A client that says exactly what it is told to, bytes and all.
 *
 *	int fd = http_dial(port, 1);
 *	http_say(fd, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
 *	CHECK_INT(http_hear(fd, &answer, 0), 200);
 */
#ifndef DRP_TESTS_HTTP_CLIENT_H
#define DRP_TESTS_HTTP_CLIENT_H

#include "tests/support/check.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define HTTP_CLOSED	0 /* the other side closed without an answer */
#define HTTP_PATIENCE_S 20

struct http_answer {
	int status;
	char head[8192];
	char *body; /* ends with a NUL */
	size_t n;
};

static inline int http_with_patience(int fd)
{
	struct timeval patience = {.tv_sec = HTTP_PATIENCE_S};
	CHECK(fd >= 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
	return fd;
}

/* From 127.0.0.host. */
static inline int http_dial(uint16_t port, unsigned host)
{
	int fd = http_with_patience(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
	struct sockaddr_in at = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000000 + host)};
	CHECK_INT(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	at.sin_port = htons(port);
	CHECK_INT(connect(fd, (struct sockaddr *)&at, sizeof at), 0);
	return fd;
}

static inline int http_dial_unix(const char *path)
{
	int fd = http_with_patience(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	snprintf(at.sun_path, sizeof at.sun_path, "%s", path);
	CHECK_INT(connect(fd, (struct sockaddr *)&at, sizeof at), 0);
	return fd;
}

/* 0: all of it was taken; the other side may have closed. */
static inline int http_say_bytes(int fd, const void *bytes, size_t n)
{
	for (size_t sent = 0; sent < n;) {
		ssize_t more =
			send(fd, (const char *)bytes + sent, n - sent, MSG_NOSIGNAL);
		if (more <= 0) {
			return -1;
		}
		sent += (size_t)more;
	}
	return 0;
}

static inline int http_say(int fd, const char *text)
{
	return http_say_bytes(fd, text, strlen(text));
}

static inline void http_answer_clear(struct http_answer *answer)
{
	free(answer->body);
	answer->body = NULL;
}

/* The value of a header, in a buffer of its own; NULL without. */
static inline const char *http_header(const struct http_answer *answer, const char *name)
{
	static char value[4][1024];
	static int turn;
	size_t n = strlen(name);
	for (const char *at = answer->head; (at = strstr(at, "\r\n")) != NULL;) {
		at += 2;
		if (strncasecmp(at, name, n) == 0 && at[n] == ':') {
			turn = (turn + 1) % 4;
			snprintf(value[turn], sizeof value[turn], "%.*s",
				(int)strcspn(at + n + 2, "\r"), at + n + 2);
			return value[turn];
		}
	}
	return NULL;
}

/* Reads one answer; returns its status, or HTTP_CLOSED. without_body: to a HEAD. The
 * answer before is freed; begin with a zeroed one. */
static inline int http_hear(int fd, struct http_answer *answer, int without_body)
{
	size_t n = 0;
	http_answer_clear(answer);
	memset(answer, 0, sizeof *answer);
	while (n < 4 || memcmp(answer->head + n - 4, "\r\n\r\n", 4) != 0) {
		CHECK(n + 1 < sizeof answer->head);
		if (recv(fd, answer->head + n, 1, 0) != 1) {
			return HTTP_CLOSED;
		}
		n++;
	}
	CHECK_INT(sscanf(answer->head, "HTTP/1.%*d %d", &answer->status), 1);
	const char *length = http_header(answer, "Content-Length");
	answer->n = length && !without_body ? strtoul(length, NULL, 10) : 0;
	answer->body = calloc(1, answer->n + 1);
	for (size_t got = 0; got < answer->n;) {
		ssize_t more = recv(fd, answer->body + got, answer->n - got, 0);
		CHECK(more > 0);
		got += (size_t)more;
	}
	return answer->status;
}

/* Whether the other side has closed and nothing more came. */
static inline int http_is_closed(int fd)
{
	char byte;
	return recv(fd, &byte, 1, 0) <= 0;
}

/* One GET on a connection of its own; extra header lines end with "\r\n". */
static inline int http_get(
	uint16_t port, const char *target, const char *extra, struct http_answer *answer)
{
	int fd = http_dial(port, 1);
	http_say(fd, "GET ");
	http_say(fd, target);
	http_say(fd, " HTTP/1.1\r\nHost: hub\r\n");
	http_say(fd, extra);
	http_say(fd, "\r\n");
	int status = http_hear(fd, answer, 0);
	close(fd);
	return status;
}

#endif
