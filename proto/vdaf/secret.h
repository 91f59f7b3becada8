/* SPDX-License-Identifier: Apache-2.0
 *
 * Secrets in this room: measurements, input and output shares, seeds, the verification
 * key. No jump and no address may depend on them. Where a decision is taken from them
 * all the same, because it is published anyway, drp_public says so. Built with
 * DRP_CHECK_SECRETS under valgrind, which takes secrets for undefined memory, any other
 * use is reported: tests/fault/vdaf_secrets.c.
 */
#ifndef DRP_VDAF_SECRET_H
#define DRP_VDAF_SECRET_H

#include "proto/base/alloc.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef DRP_CHECK_SECRETS
#include <valgrind/memcheck.h>
#endif

static inline uint64_t drp_public(uint64_t decision)
{
#ifdef DRP_CHECK_SECRETS
	(void)VALGRIND_MAKE_MEM_DEFINED(&decision, sizeof decision);
#endif
	return decision;
}

/* drp_mask is all ones for 1 and zero for 0. The empty instruction hides from the
 * compiler that there are only two cases: it would make a jump of them. */
static inline uint64_t drp_mask(uint64_t bit)
{
	__asm__("" : "+r"(bit));
	return 0 - bit;
}

/* drp_secret_free wipes n bytes at p and frees them; p may be NULL. */
static inline void drp_secret_free(void *p, size_t n)
{
	if (p) {
		explicit_bzero(p, n);
	}
	drp_free(p);
}

#endif
