/* SPDX-License-Identifier: Apache-2.0
 *
 * A cheap load generator: many connections in a closed loop, one thread, raw SP over
 * epoll. Each connection sends its next message when it has the answer to the last.
 */
#ifndef DRP_BENCH_LOAD_H
#define DRP_BENCH_LOAD_H

#include <stddef.h>
#include <stdint.h>

#define LOAD_REPLY_MAX 1024

struct load_message {
	const uint8_t *bytes; /* without framing */
	size_t n;
	uint8_t reply[LOAD_REPLY_MAX]; /* without framing */
	size_t reply_n;
};

/* load_run greets on all connections, then sends all messages, `repeat` times, and
 * returns the seconds from the first send to the last answer; negative when a
 * connection failed. */
double load_run(uint16_t port, int connections, struct load_message *messages, size_t n,
	unsigned repeat);

double load_now(void);

#endif
