/* SPDX-License-Identifier: Apache-2.0
 *
 * Little-endian words, written so that compilers make one move of each.
 */
#ifndef DRP_VDAF_BYTES_H
#define DRP_VDAF_BYTES_H

#include <stdint.h>

static inline uint64_t drp_load64(const uint8_t bytes[8])
{
	uint64_t word = 0;

	for (unsigned i = 0; i < 8; i++) {
		word |= (uint64_t)bytes[i] << (8 * i);
	}
	return word;
}

static inline void drp_store64(uint8_t bytes[8], uint64_t word)
{
	for (unsigned i = 0; i < 8; i++) {
		bytes[i] = (uint8_t)(word >> (8 * i));
	}
}

#endif
