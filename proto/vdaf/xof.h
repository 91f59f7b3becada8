/* SPDX-License-Identifier: Apache-2.0
 *
 * XofTurboShake128: from a 32-byte seed, a domain separation tag and a binder to a
 * seed or to a vector of field elements. Begin, absorb the binder in any pieces, then
 * take one result, which also wipes the state.
 * Threads: one at a time. Source: draft-irtf-cfrg-vdaf-18, "XofTurboShake128".
 */
#ifndef DRP_VDAF_XOF_H
#define DRP_VDAF_XOF_H

#include "proto/vdaf/field.h"
#include "proto/vdaf/turboshake.h"

#define DRP_XOF_SEED_BYTES 32

struct drp_xof {
	struct drp_turboshake sponge;
};

void drp_xof_begin(struct drp_xof *xof, const uint8_t seed[DRP_XOF_SEED_BYTES],
	const uint8_t *tag, uint16_t tag_n);
void drp_xof_absorb(struct drp_xof *xof, const void *binder, size_t n);

/* drp_xof_absorb_scaled absorbs the encoding of elements that were read, or sampled,
 * scaled (field.h). */
void drp_xof_absorb_scaled(
	struct drp_xof *xof, const struct drp_field *f, const struct drp_fe *v, size_t n);

void drp_xof_seed(struct drp_xof *xof, uint8_t seed[DRP_XOF_SEED_BYTES]);
void drp_xof_fields(
	struct drp_xof *xof, const struct drp_field *f, struct drp_fe *v, size_t n);
void drp_xof_fields_scaled(
	struct drp_xof *xof, const struct drp_field *f, struct drp_fe *v, size_t n);

#endif
