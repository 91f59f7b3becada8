/* SPDX-License-Identifier: Apache-2.0
 *
 * The framing byte by byte; the official vector is read by vdaf_kat.
 */
#include "proto/vdaf/xof.h"

#include "tests/support/check.h"

static const uint8_t seed[DRP_XOF_SEED_BYTES] = {1, 2, 3, 31, 255};
static uint8_t tag[300];

static void begin(struct drp_xof *xof)
{
	for (size_t i = 0; i < sizeof tag; i++) {
		tag[i] = (uint8_t)(i ^ 0x5a);
	}
	drp_xof_begin(xof, seed, tag, sizeof tag);
}

/* length of the tag in two bytes, tag, 32, seed, binder, under domain byte 1. */
static void framing(void)
{
	struct drp_turboshake t;
	struct drp_xof xof;
	uint8_t want[DRP_XOF_SEED_BYTES], got[DRP_XOF_SEED_BYTES];

	begin(&xof);
	drp_turboshake_init(&t);
	drp_turboshake_absorb(&t, (uint8_t[]){300 & 0xff, 300 >> 8}, 2);
	drp_turboshake_absorb(&t, tag, sizeof tag);
	drp_turboshake_absorb(&t, (uint8_t[]){32}, 1);
	drp_turboshake_absorb(&t, seed, sizeof seed);
	drp_turboshake_absorb(&t, "binder", 6);
	drp_turboshake_end(&t, 1);
	drp_turboshake_squeeze(&t, want, sizeof want);

	drp_xof_absorb(&xof, "bin", 3);
	drp_xof_absorb(&xof, "der", 3);
	drp_xof_seed(&xof, got);
	CHECK_MEM(got, want, sizeof want);
}

static void elements_absorb_as_their_encoding(void)
{
	const struct drp_field *f = &drp_field128;
	struct drp_fe v[3] = {f->from_int(7), f->from_int(f->modulus - 1), {0}};
	uint8_t bytes[3 * 16], a[DRP_XOF_SEED_BYTES], b[DRP_XOF_SEED_BYTES];
	struct drp_xof xof;

	begin(&xof);
	drp_xof_absorb_scaled(&xof, f, v, 3);
	drp_xof_seed(&xof, a);
	begin(&xof);
	drp_field_write_scaled(f, v, 3, bytes);
	drp_xof_absorb(&xof, bytes, sizeof bytes);
	drp_xof_seed(&xof, b);
	CHECK_MEM(a, b, sizeof a);
}

/* A vector begins as the seed from the same state does: one stream. */
static void fields_are_the_stream(void)
{
	const struct drp_field *f = &drp_field128;
	struct drp_xof xof;
	struct drp_fe v[2], w[2];
	uint8_t bytes[DRP_XOF_SEED_BYTES];

	begin(&xof);
	drp_xof_fields(&xof, f, v, 2);
	begin(&xof);
	drp_xof_seed(&xof, bytes);
	CHECK_OK(drp_field_decode(f, bytes, w, 2));
	CHECK_MEM(v, w, sizeof v);
}

static void leaves_nothing(void)
{
	static const struct drp_xof zero;
	struct drp_xof xof;
	uint8_t out[DRP_XOF_SEED_BYTES];
	struct drp_fe v[1];

	begin(&xof);
	drp_xof_seed(&xof, out);
	CHECK_MEM(&xof, &zero, sizeof xof);
	begin(&xof);
	drp_xof_fields(&xof, &drp_field64, v, 1);
	CHECK_MEM(&xof, &zero, sizeof xof);
}

int main(void)
{
	CASE("tag, seed and binder are framed as the draft says", framing);
	CASE("elements are absorbed as they are encoded",
		elements_absorb_as_their_encoding);
	CASE("a vector and a seed are cut from the same stream", fields_are_the_stream);
	CASE("a result wipes the state", leaves_nothing);
	return DONE();
}
