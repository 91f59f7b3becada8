/* SPDX-License-Identifier: Apache-2.0
 *
 * The doorman's way to NNG and back: a raw REQ socket inside the process (inproc), as a
 * device of the SP protocol has it. NNG's REP side thus has exactly one peer, which
 * never misbehaves and stays until the end; see relay.c for why that matters.
 * A request travels with the number of the connection it came from, and so does its
 * answer; the hub names a request by that number when it will not answer it.
 * Threads: the loop's.
 */
#ifndef DRP_RUNTIME_RELAY_H
#define DRP_RUNTIME_RELAY_H

#include <drempel/err.h>

#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#define DRP_CONNECTION_BYTES 8 /* a connection's number, in front of every body */

struct drp_relay; /* opaque */

struct drp_relay_answer {
	uint64_t connection;
	uint32_t id;
	const uint8_t *body; /* borrowed */
	size_t n;
};

/* drp_relay_open dials url; answered is called on the loop for every answer. At most
 * capacity requests may be without one. */
enum drp_err drp_relay_open(uv_loop_t *loop, const char *url, unsigned capacity,
	void (*answered)(void *self, const struct drp_relay_answer *answer), void *self,
	struct drp_relay **relay, struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_relay_send copies the request: DRP_E_NOMEM. */
enum drp_err drp_relay_send(struct drp_relay *relay, uint64_t connection, uint32_t id,
	const void *body, size_t n) DRP_MUST_CHECK;

/* drp_relay_close closes NNG's side at once and the loop's handle with it. */
void drp_relay_close(struct drp_relay *relay);

/* drp_relay_free after the loop has ended. */
void drp_relay_free(struct drp_relay *relay);

void drp_connection_write(uint8_t bytes[DRP_CONNECTION_BYTES], uint64_t connection);
uint64_t drp_connection_read(const uint8_t bytes[DRP_CONNECTION_BYTES]);

#endif
