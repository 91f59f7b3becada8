/* SPDX-License-Identifier: Apache-2.0
 *
 * The doorman's way to NNG and back: a REQ socket with many contexts inside the process
 * (inproc), one context for every request under way. NNG's REP side thus has exactly
 * one peer, which never misbehaves and stays until the end; relay.c says why that
 * matters. It remembers whose request it was, so nothing but the envelope travels.
 * Threads: the loop's.
 */
#ifndef DRP_RUNTIME_RELAY_H
#define DRP_RUNTIME_RELAY_H

#include <drempel/err.h>

#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct drp_relay; /* opaque */

struct drp_relay_answer {
	uint64_t connection; /* as drp_relay_send was told */
	uint32_t id;
	const uint8_t *body; /* borrowed */
	size_t n;	     /* 0: there will be no answer */
};

/* drp_relay_open dials url; answered is called on the loop, once for every request. At
 * most capacity requests are under way. */
enum drp_err drp_relay_open(uv_loop_t *loop, const char *url, unsigned capacity,
	void (*answered)(void *self, const struct drp_relay_answer *answer), void *self,
	struct drp_relay **relay, struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_relay_send copies the request: DRP_E_BUSY when capacity is used up, DRP_E_NOMEM. */
enum drp_err drp_relay_send(struct drp_relay *relay, uint64_t connection, uint32_t id,
	const void *body, size_t n) DRP_MUST_CHECK;

/* How many requests are under way. */
unsigned drp_relay_busy(const struct drp_relay *relay);

/* drp_relay_close gives up what is under way and closes NNG's side and the loop's
 * handle. */
void drp_relay_close(struct drp_relay *relay);

/* drp_relay_free after the loop has ended. */
void drp_relay_free(struct drp_relay *relay);

#endif
