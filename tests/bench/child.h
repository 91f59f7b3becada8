/* SPDX-License-Identifier: Apache-2.0
 *
 * A bench's server as a process of its own: the bench forks, the child serves and tells
 * the port that it listens on.
 */
#ifndef DRP_BENCH_CHILD_H
#define DRP_BENCH_CHILD_H

#include <stdint.h>
#include <sys/types.h>

/* child_start runs serve(self) in a new process, which ends with what that returns, and
 * waits until it has told its port: the process, or -1. */
pid_t child_start(int (*serve)(void *self), void *self, uint16_t *port);

/* child_tell_port: in the child, once; address ends in ":port". */
void child_tell_port(void *self, const char *address);

#endif
