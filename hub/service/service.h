/* SPDX-License-Identifier: Apache-2.0
 *
 * The hub's answers to nodes. open (any thread) proves who speaks and reads what is
 * said; commit (one thread) loads the facts, lets the pure rules of session/judge.h
 * decide, and writes many outcomes in one transaction before any reply exists.
 * The same two functions serve the daemon and the one-process federation test.
 */
#ifndef DRP_HUB_SERVICE_H
#define DRP_HUB_SERVICE_H

#include "hub/home/hub.h"
#include "proto/runtime/service.h"

struct drp_hub_service; /* opaque */

/* drp_hub_service_new borrows the hub until free. */
enum drp_err drp_hub_service_new(
	struct drp_hub *hub, struct drp_hub_service **service) DRP_MUST_CHECK;
void drp_hub_service_free(struct drp_hub_service *service);

/* drp_hub_service_hooks: what drp_server_run takes. */
struct drp_service drp_hub_service_hooks(struct drp_hub_service *service);

#endif
