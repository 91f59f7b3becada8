/* SPDX-License-Identifier: Apache-2.0
 *
 * The hub's public port. libnng 1.5.2 has no deadlines, no limits, and can be stopped
 * by one rude stranger, so strangers never reach it: the doorman owns the port and
 * speaks SP to the outside itself. It checks
 *   - the greeting (protocol REQ) within a deadline,
 *   - the number of connections, in total and per address (IPv6: per /64),
 *   - every message: length, request id, and that what has begun also ends in time; no
 *     more than a few requests of one connection without an answer,
 *   - silence,
 * and hands whole requests to NNG's REP side through the relay, as many as that has
 * contexts; the others wait here, in order, and their clients are not read from. It
 * knows nothing of envelopes. What it refuses, and what the hub does not answer, it
 * closes without a word; nodes try again later.
 * Memory: at most one message and one buffer of 64 KiB for each connection, and what has
 * come of a message rather than what it claims.
 * Threads: one uv loop's.
 */
#ifndef DRP_RUNTIME_DOORMAN_H
#define DRP_RUNTIME_DOORMAN_H

#include <drempel/err.h>

#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct drp_doorman; /* opaque */

struct drp_doorman_limits {
	unsigned connections;
	unsigned per_address;
	unsigned unanswered; /* requests of one connection without an answer */
	size_t message_max_bytes;
	unsigned header_ms;  /* for the greeting */
	unsigned message_ms; /* from a message's first byte to its last */
	unsigned idle_ms;    /* without a byte in either direction */
};

/* The values of limits.h. */
struct drp_doorman_limits drp_doorman_defaults(void);

/* drp_doorman_open listens on listen ("tcp://host:port"; "*" is every IPv4 address,
 * "[::]" every address, port 0 a free one) and dials NNG's REP socket at hub_url
 * (inproc), which has so many contexts. DRP_E_CONFIG when it cannot listen there. */
enum drp_err drp_doorman_open(uv_loop_t *loop, const char *listen, const char *hub_url,
	unsigned contexts, const struct drp_doorman_limits *limits,
	struct drp_doorman **doorman, struct drp_diag *diag) DRP_MUST_CHECK;

/* "tcp://127.0.0.1:7411", with the real port; lives as long as the doorman. */
const char *drp_doorman_address(const struct drp_doorman *doorman);

/* drp_doorman_stop stops listening and reading requests, closes each connection when
 * its last answer has been sent, all of them after grace_ms, and then the relay and its
 * own handles: the loop runs out of them. */
void drp_doorman_stop(struct drp_doorman *doorman, unsigned grace_ms);

/* drp_doorman_free after the loop has ended. */
void drp_doorman_free(struct drp_doorman *doorman);

#endif
