/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/vdaf/xof.h"

#include <string.h>

#define DOMAIN 0x01

void drp_xof_begin(struct drp_xof *xof, const uint8_t seed[DRP_XOF_SEED_BYTES],
	const uint8_t *tag, uint16_t tag_n)
{
	const uint8_t tag_length[2] = {(uint8_t)tag_n, (uint8_t)(tag_n >> 8)};
	const uint8_t seed_length = DRP_XOF_SEED_BYTES;

	drp_turboshake_init(&xof->sponge);
	drp_xof_absorb(xof, tag_length, sizeof tag_length);
	drp_xof_absorb(xof, tag, tag_n);
	drp_xof_absorb(xof, &seed_length, 1);
	drp_xof_absorb(xof, seed, DRP_XOF_SEED_BYTES);
}

void drp_xof_absorb(struct drp_xof *xof, const void *binder, size_t n)
{
	drp_turboshake_absorb(&xof->sponge, binder, n);
}

#define ELEMENTS_AT_ONCE 64

void drp_xof_absorb_scaled(
	struct drp_xof *xof, const struct drp_field *f, const struct drp_fe *v, size_t n)
{
	uint8_t bytes[ELEMENTS_AT_ONCE * DRP_FIELD_BYTES_MAX];

	while (n > 0) {
		size_t step = n < ELEMENTS_AT_ONCE ? n : ELEMENTS_AT_ONCE;
		drp_field_write_scaled(f, v, step, bytes);
		drp_xof_absorb(xof, bytes, step * f->bytes);
		v += step;
		n -= step;
	}
	explicit_bzero(bytes, sizeof bytes);
}

void drp_xof_seed(struct drp_xof *xof, uint8_t seed[DRP_XOF_SEED_BYTES])
{
	drp_turboshake_end(&xof->sponge, DOMAIN);
	drp_turboshake_squeeze(&xof->sponge, seed, DRP_XOF_SEED_BYTES);
	explicit_bzero(xof, sizeof *xof);
}

static void fill(void *self, void *bytes, size_t n)
{
	struct drp_xof *xof = self;

	drp_turboshake_squeeze(&xof->sponge, bytes, n);
}

void drp_xof_fields(
	struct drp_xof *xof, const struct drp_field *f, struct drp_fe *v, size_t n)
{
	struct drp_rng stream = {fill, xof};

	drp_turboshake_end(&xof->sponge, DOMAIN);
	drp_field_sample(f, &stream, v, n);
	explicit_bzero(xof, sizeof *xof);
}

void drp_xof_fields_scaled(
	struct drp_xof *xof, const struct drp_field *f, struct drp_fe *v, size_t n)
{
	struct drp_rng stream = {fill, xof};

	drp_turboshake_end(&xof->sponge, DOMAIN);
	drp_field_sample_scaled(f, &stream, v, n);
	explicit_bzero(xof, sizeof *xof);
}
