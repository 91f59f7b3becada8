/* SPDX-License-Identifier: Apache-2.0
 *
 * The daemon's forwarding (forward.h): a thread with a hub handle and links of its own,
 * which brings what has arrived to the notaries of all open campaigns until it is
 * stopped, and waits longer and longer while one of them is away. It shares nothing with
 * the rest of the daemon but the database.
 */
#ifndef DRP_HUB_FORWARDER_H
#define DRP_HUB_FORWARDER_H

#include <drempel/err.h>

struct drp_forwarder; /* opaque */

/* drp_forwarder_start opens the hub's directory again and starts the thread. */
enum drp_err drp_forwarder_start(const char *dir, struct drp_forwarder **forwarder,
	struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_forwarder_stop joins the thread, which finishes the batch it is at, and frees. */
void drp_forwarder_stop(struct drp_forwarder *forwarder);

#endif
