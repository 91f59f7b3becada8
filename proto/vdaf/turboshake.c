/* SPDX-License-Identifier: Apache-2.0
 *
 * Keccak-p[1600,12] is the last twelve rounds of the permutation of FIPS 202. A round is
 * written out lane by lane: loops over rows and columns run three times slower. Lane
 * (x, y) of the standard is lane[x + 5 y].
 */
#include "proto/vdaf/turboshake.h"

#include "proto/vdaf/bytes.h"

#include <string.h>

#define RATE 168

static const uint64_t round_constant[12] = {UINT64_C(0x000000008000808b),
	UINT64_C(0x800000000000008b), UINT64_C(0x8000000000008089),
	UINT64_C(0x8000000000008003), UINT64_C(0x8000000000008002),
	UINT64_C(0x8000000000000080), UINT64_C(0x000000000000800a),
	UINT64_C(0x800000008000000a), UINT64_C(0x8000000080008081),
	UINT64_C(0x8000000000008080), UINT64_C(0x0000000080000001),
	UINT64_C(0x8000000080008008)};

static inline uint64_t rotate(uint64_t x, unsigned n)
{
	return x << n | x >> (64 - n);
}

static inline uint64_t column(const uint64_t *a, unsigned x)
{
	return a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
}

/* A row of the new state from the lanes that rho and pi bring there. */
static inline void chi(
	uint64_t *row, uint64_t b0, uint64_t b1, uint64_t b2, uint64_t b3, uint64_t b4)
{
	row[0] = b0 ^ (~b1 & b2);
	row[1] = b1 ^ (~b2 & b3);
	row[2] = b2 ^ (~b3 & b4);
	row[3] = b3 ^ (~b4 & b0);
	row[4] = b4 ^ (~b0 & b1);
}

static inline void keccak_round(uint64_t *out, const uint64_t *a, uint64_t constant)
{
	uint64_t c0 = column(a, 0), c1 = column(a, 1), c2 = column(a, 2);
	uint64_t c3 = column(a, 3), c4 = column(a, 4);
	uint64_t d0 = c4 ^ rotate(c1, 1), d1 = c0 ^ rotate(c2, 1);
	uint64_t d2 = c1 ^ rotate(c3, 1), d3 = c2 ^ rotate(c4, 1);
	uint64_t d4 = c3 ^ rotate(c0, 1);

	chi(out, a[0] ^ d0, rotate(a[6] ^ d1, 44), rotate(a[12] ^ d2, 43),
		rotate(a[18] ^ d3, 21), rotate(a[24] ^ d4, 14));
	chi(out + 5, rotate(a[3] ^ d3, 28), rotate(a[9] ^ d4, 20), rotate(a[10] ^ d0, 3),
		rotate(a[16] ^ d1, 45), rotate(a[22] ^ d2, 61));
	chi(out + 10, rotate(a[1] ^ d1, 1), rotate(a[7] ^ d2, 6), rotate(a[13] ^ d3, 25),
		rotate(a[19] ^ d4, 8), rotate(a[20] ^ d0, 18));
	chi(out + 15, rotate(a[4] ^ d4, 27), rotate(a[5] ^ d0, 36),
		rotate(a[11] ^ d1, 10), rotate(a[17] ^ d2, 15), rotate(a[23] ^ d3, 56));
	chi(out + 20, rotate(a[2] ^ d2, 62), rotate(a[8] ^ d3, 55),
		rotate(a[14] ^ d4, 39), rotate(a[15] ^ d0, 41), rotate(a[21] ^ d1, 2));
	out[0] ^= constant;
}

static void permute(uint64_t *lane)
{
	uint64_t other[25];

	for (int i = 0; i < 12; i += 2) {
		keccak_round(other, lane, round_constant[i]);
		keccak_round(lane, other, round_constant[i + 1]);
	}
}

void drp_turboshake_init(struct drp_turboshake *t)
{
	memset(t, 0, sizeof *t);
}

static void add_byte(struct drp_turboshake *t, size_t at, uint8_t byte)
{
	t->lane[at / 8] ^= (uint64_t)byte << (8 * (at % 8));
}

void drp_turboshake_absorb(struct drp_turboshake *t, const void *bytes, size_t n)
{
	const uint8_t *in = bytes;

	while (n > 0) {
		size_t step = t->at % 8 == 0 && n >= 8 ? 8 : 1;
		if (step == 8) {
			t->lane[t->at / 8] ^= drp_load64(in);
		} else {
			add_byte(t, t->at, *in);
		}
		in += step;
		n -= step;
		t->at += step;
		if (t->at == RATE) {
			permute(t->lane);
			t->at = 0;
		}
	}
}

void drp_turboshake_end(struct drp_turboshake *t, uint8_t domain)
{
	add_byte(t, t->at, domain);
	add_byte(t, RATE - 1, 0x80);
	permute(t->lane);
	t->at = 0;
}

void drp_turboshake_squeeze(struct drp_turboshake *t, void *bytes, size_t n)
{
	uint8_t *out = bytes;

	while (n > 0) {
		if (t->at == RATE) {
			permute(t->lane);
			t->at = 0;
		}
		size_t step = t->at % 8 == 0 && n >= 8 ? 8 : 1;
		if (step == 8) {
			drp_store64(out, t->lane[t->at / 8]);
		} else {
			*out = (uint8_t)(t->lane[t->at / 8] >> (8 * (t->at % 8)));
		}
		out += step;
		n -= step;
		t->at += step;
	}
}
