/* SPDX-License-Identifier: Apache-2.0
 *
 * The hub's request path. A request travels
 *   doorman (loop thread, public port) -> NNG REP contexts (inside the process)
 *   -> worker threads: service->open      verify, decrypt, decode; no store
 *   -> store thread:   service->commit    many jobs, one transaction, then one fsync
 *   -> store thread sends the replies: an acknowledgement never precedes its commit.
 * At most DRP_HUB_CONTEXTS requests are inside; the others wait at the doorman.
 * Why a doorman: Debian's libnng 1.5.2 must not face a network (one aborted connection
 * stops a listener for ever), and it has no deadlines of its own.
 * HTTP (http.h), where it is wanted, lives on the loop thread beside the doorman and has
 * nothing to do with this path.
 * Threads: open runs on any worker, commit and idle only on the store thread.
 */
#ifndef DRP_RUNTIME_SERVICE_H
#define DRP_RUNTIME_SERVICE_H

#include "proto/base/buf.h"
#include "proto/runtime/http.h"

#include <drempel/err.h>

#include <stddef.h>
#include <stdint.h>

struct drp_service_job {
	void *work;	      /* the service's own; freed by service->drop */
	struct drp_buf reply; /* filled by open (refused at the door) or by commit */
};

struct drp_service {
	void *self;
	/* open borrows the request. Returns a job with work set (it goes on to commit),
	 * with only a reply (it is sent as it is), or with neither (no answer: the
	 * connection is closed). */
	void (*open)(void *self, const uint8_t *request, size_t n,
		struct drp_service_job *job);
	/* commit handles 1..DRP_GROUP_COMMIT_MAX jobs in one transaction and fills each
	 * reply; when the transaction fails it leaves replies empty: nothing is sent, and
	 * the nodes try again. */
	void (*commit)(void *self, struct drp_service_job *jobs, size_t n);
	/* idle is called on the store thread about once a second. */
	void (*idle)(void *self);
	void (*drop)(void *self, void *work);
};

struct drp_server_config {
	const char *listen;	 /* "tcp://127.0.0.1:7411"; port 0 picks a free one */
	unsigned workers;	 /* 0: online cores - 1, at least 1 */
	unsigned connections;	 /* at the public port; 0: the value of limits.h */
	unsigned per_address;	 /* likewise */
	const char *http_listen; /* NULL: no HTTP; http_listen.h says what it may be */
	const struct drp_http_handler *http;
};

/* drp_server_run serves until SIGTERM or SIGINT, then finishes what is in work and
 * shuts down in the order that libnng 1.5.2 needs. ready (may be NULL) is called once
 * on the loop thread with the address that is listened on. */
enum drp_err drp_server_run(const struct drp_server_config *config,
	const struct drp_service *service, void (*ready)(void *self, const char *address),
	struct drp_diag *diag) DRP_MUST_CHECK;

#endif
