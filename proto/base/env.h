/* SPDX-License-Identifier: Apache-2.0
 *
 * Time and randomness are capabilities that are handed in, never reached for: a
 * whole federation can then run in one process under a virtual clock.
 */
#ifndef DRP_BASE_ENV_H
#define DRP_BASE_ENV_H

#include <stddef.h>
#include <stdint.h>

struct drp_clock {
	int64_t (*now_ms)(void *self); /* Unix time in milliseconds */
	void *self;
};

/* fill either fills all n bytes or does not return: a machine without entropy must
 * not draw noise or keys. */
struct drp_rng {
	void (*fill)(void *self, void *bytes, size_t n);
	void *self;
};

#endif
