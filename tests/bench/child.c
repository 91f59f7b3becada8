/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/child.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int to_parent;

void child_tell_port(void *self, const char *address)
{
	(void)self;
	uint16_t port = (uint16_t)atoi(strrchr(address, ':') + 1);
	if (write(to_parent, &port, sizeof port) != sizeof port) {
		_exit(1);
	}
}

pid_t child_start(int (*serve)(void *self), void *self, uint16_t *port)
{
	int ends[2];
	if (pipe(ends) != 0) {
		return -1;
	}
	fflush(NULL);
	pid_t pid = fork();
	if (pid == 0) {
		close(ends[0]);
		to_parent = ends[1];
		_exit(serve(self));
	}
	close(ends[1]);
	ssize_t n = read(ends[0], port, sizeof *port);
	close(ends[0]);
	return pid > 0 && n == (ssize_t)sizeof *port ? pid : -1;
}
