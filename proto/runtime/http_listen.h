/* SPDX-License-Identifier: Apache-2.0
 *
 * Where the HTTP server may listen: on this machine only. A front server (TLS, limits
 * per visitor, logs that keep no addresses) faces the network; deploy/nginx shows one.
 * Threads: any.
 */
#ifndef DRP_RUNTIME_HTTP_LISTEN_H
#define DRP_RUNTIME_HTTP_LISTEN_H

#include <drempel/err.h>

#define DRP_HTTP_ADDRESS_MAX 160

/* drp_http_listen opens a listening, non-blocking socket at "ADDRESS:PORT", whose
 * address is a loopback one (127.0.0.1, [::1], localhost; port 0: a free one), or at
 * "unix:PATH", readable by owner and group. A dead socket file in the way is replaced.
 * address becomes "http://127.0.0.1:8080" with the real port, or the "unix:PATH".
 * DRP_E_CONFIG. */
enum drp_err drp_http_listen(const char *where, int *fd,
	char address[DRP_HTTP_ADDRESS_MAX], struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_http_unlisten closes it and removes the socket file of a "unix:PATH". */
void drp_http_unlisten(int fd, const char *address);

#endif
