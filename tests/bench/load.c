/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/load.h"

#include "proto/runtime/frame.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS_MAX 1024
#define HEAD		12 /* length and request id */

struct connection {
	int fd;
	struct load_message *message; /* under way */
	struct drp_frame frame;
};

struct load {
	int epoll;
	struct connection connections[CONNECTIONS_MAX];
	struct load_message *messages;
	size_t n, sent, total, answered;
};

double load_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int greet(struct load *load, struct connection *c, uint16_t port)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
	uint8_t theirs[DRP_GREETING_BYTES];
	int one = 1;
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&to, sizeof to) != 0) {
		return -1;
	}
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	if (send(c->fd, drp_greeting_req, sizeof theirs, MSG_NOSIGNAL) != sizeof theirs ||
		recv(c->fd, theirs, sizeof theirs, MSG_WAITALL) != sizeof theirs ||
		memcmp(theirs, drp_greeting_rep, sizeof theirs) != 0) {
		return -1;
	}
	return epoll_ctl(load->epoll, EPOLL_CTL_ADD, c->fd, &event);
}

static int send_next(struct load *load, struct connection *c)
{
	if (load->sent == load->total) {
		c->message = NULL;
		return 0;
	}
	struct load_message *m = &load->messages[load->sent % load->n];
	uint8_t head[DRP_HEAD_BYTES];
	drp_frame_head(head, (uint32_t)load->sent | 0x80000000u, m->n);
	struct iovec parts[2] = {
		{head, sizeof head}, {(void *)(uintptr_t)m->bytes, m->n}};
	struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
	load->sent++;
	c->message = m;
	return sendmsg(c->fd, &message, MSG_NOSIGNAL) == (ssize_t)(sizeof head + m->n)
		       ? 0
		       : -1;
}

/* At most one answer is on its way to a connection. */
static int take(struct load *load, struct connection *c)
{
	uint8_t bytes[DRP_HEAD_BYTES + LOAD_REPLY_MAX];
	ssize_t n = recv(c->fd, bytes, sizeof bytes, MSG_DONTWAIT);
	if (n <= 0 || !c->message) {
		return -1;
	}
	struct drp_frame_input input = {bytes, (size_t)n};
	struct drp_frame_message reply;
	int rc = drp_frame_next(&c->frame, LOAD_REPLY_MAX, &input, &reply);
	if (rc <= 0) {
		return rc;
	}
	c->message->reply_n = reply.n;
	memcpy(c->message->reply, reply.body, reply.n);
	load->answered++;
	return send_next(load, c);
}

static int send_all(struct load *load, int connections)
{
	struct epoll_event events[64];
	for (int i = 0; i < connections; i++) {
		if (send_next(load, &load->connections[i])) {
			return -1;
		}
	}
	while (load->answered < load->total) {
		int n = epoll_wait(load->epoll, events, 64, 20000);
		if (n <= 0) {
			return -1;
		}
		for (int i = 0; i < n; i++) {
			if (take(load, events[i].data.ptr)) {
				return -1;
			}
		}
	}
	return 0;
}

double load_run(uint16_t port, int connections, struct load_message *messages, size_t n,
	unsigned repeat)
{
	static struct load load;
	double seconds = -1;
	int rc = 0, opened = 0;
	memset(&load, 0, sizeof load);
	load.messages = messages;
	load.n = n;
	load.total = n * repeat;
	load.epoll = epoll_create1(EPOLL_CLOEXEC);
	while (rc == 0 && opened < connections) {
		rc = greet(&load, &load.connections[opened++], port);
	}
	if (rc == 0) {
		double start = load_now();
		rc = send_all(&load, connections);
		seconds = rc ? -1 : load_now() - start;
	}
	for (int i = 0; i < opened; i++) {
		close(load.connections[i].fd);
		drp_frame_clear(&load.connections[i].frame);
	}
	close(load.epoll);
	return seconds;
}
