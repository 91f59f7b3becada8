/* SPDX-License-Identifier: Apache-2.0
 *
 * The node's side of the wire: open, dial, exchange, close. A link has deadlines of its
 * own (libnng has none), a watchdog against a dialer that has died, RECVMAXSZ set and
 * RESENDTIME infinite: a retry is always the outbox's decision, never NNG's.
 * Threads: the caller's; calls block, so a daemon uses it from its own sync thread.
 */
#ifndef DRP_RUNTIME_LINK_H
#define DRP_RUNTIME_LINK_H

#include "proto/base/buf.h"

#include <drempel/err.h>

#include <stddef.h>

struct drp_link; /* opaque */

/* drp_link_open dials url ("tcp://host:port"); DRP_E_NET with a diag that names the
 * address when nobody answers within connect_timeout_ms. */
enum drp_err drp_link_open(const char *url, int connect_timeout_ms,
	struct drp_link **link, struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_link_exchange sends one message and appends the answer to reply. DRP_E_NET when
 * the connection broke, DRP_E_TIMEOUT, DRP_E_TOOBIG. After an error close the link. */
enum drp_err drp_link_exchange(struct drp_link *link, const void *request, size_t n,
	int timeout_ms, struct drp_buf *reply, struct drp_diag *diag) DRP_MUST_CHECK;

void drp_link_close(struct drp_link *link);

#endif
