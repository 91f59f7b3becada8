/* SPDX-License-Identifier: Apache-2.0
 *
 * Keeps libnng's listeners and dialers alive; see epipe_guard.c. Nobody calls it: it
 * works by being linked into the program (CMakeLists.txt sees to that).
 */
#ifndef DRP_RUNTIME_EPIPE_GUARD_H
#define DRP_RUNTIME_EPIPE_GUARD_H

/* drp_epipe_guard tells how many times the guard has turned EPIPE into ECONNRESET.
 * Threads: any. */
unsigned long drp_epipe_guard(void);

#endif
