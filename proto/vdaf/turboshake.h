/* SPDX-License-Identifier: Apache-2.0
 *
 * TurboSHAKE128: absorb a message, end it with a domain byte, squeeze any number of
 * bytes. Rate 168 bytes, security 128 bits. The state is secret when the message is:
 * wipe it. Threads: one at a time. Time depends on lengths only.
 * Source: RFC 9861, section 2.
 */
#ifndef DRP_VDAF_TURBOSHAKE_H
#define DRP_VDAF_TURBOSHAKE_H

#include <stddef.h>
#include <stdint.h>

struct drp_turboshake {
	uint64_t lane[25];
	size_t at; /* next byte of the rate part */
};

void drp_turboshake_init(struct drp_turboshake *t);
void drp_turboshake_absorb(struct drp_turboshake *t, const void *bytes, size_t n);

/* drp_turboshake_end is called once, between the last absorb and the first squeeze;
 * domain is 0x01 to 0x7f. */
void drp_turboshake_end(struct drp_turboshake *t, uint8_t domain);
void drp_turboshake_squeeze(struct drp_turboshake *t, void *bytes, size_t n);

#endif
