/* SPDX-License-Identifier: Apache-2.0
 *
 * The operating system's randomness in portions: a sampler asks for a few bytes at a
 * time, a system call for each would cost more than the sampling. Every thread has its
 * own pool. Bytes are wiped as they are handed out, so that a later reader of memory
 * cannot learn past noise; a pool that was filled before a fork is thrown away in the
 * child, or both processes would draw the same noise.
 * There is no seed and no fallback: without randomness the process ends.
 */
#include "proto/crypto/crypto.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/types.h>

#define POOL_BYTES 1024

/* How many forks lie between this process and the first one. */
static atomic_uint generation;

static _Thread_local struct {
	unsigned generation;
	size_t left; /* unused bytes, at the end */
	uint8_t bytes[POOL_BYTES];
} pool;

static void from_system(uint8_t *bytes, size_t n)
{
	while (n) {
		ssize_t got = getrandom(bytes, n, 0);
		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got <= 0) {
			fprintf(stderr, "drempel: %s; nothing may be drawn, stopping\n",
				drp_err_text(DRP_E_ENTROPY));
			abort();
		}
		bytes += got;
		n -= (size_t)got;
	}
}

static void fill(void *self, void *bytes, size_t n)
{
	(void)self;
	if (n >= POOL_BYTES) {
		from_system(bytes, n);
		return;
	}
	unsigned now = atomic_load_explicit(&generation, memory_order_relaxed);
	if (pool.generation != now || pool.left < n) {
		from_system(pool.bytes, POOL_BYTES);
		pool.left = POOL_BYTES;
		pool.generation = now;
	}
	uint8_t *from = pool.bytes + POOL_BYTES - pool.left;
	if (n) {
		memcpy(bytes, from, n);
		drp_wipe(from, n);
		pool.left -= n;
	}
}

static void in_child(void)
{
	atomic_fetch_add(&generation, 1);
}

static void watch_forks(void)
{
	if (pthread_atfork(NULL, NULL, in_child) != 0) {
		abort();
	}
}

struct drp_rng drp_system_rng(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, watch_forks);
	return (struct drp_rng){.fill = fill};
}
