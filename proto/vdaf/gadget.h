/* SPDX-License-Identifier: Apache-2.0
 *
 * Gadgets: the only places where a validity circuit multiplies two secrets. The proof
 * shows that their outputs belong to their inputs. Both have degree two:
 *   PRODUCTS  the sum of arity / 2 products, in[0] in[1] + in[2] in[3] + ...; the
 *             draft's ParallelSum of Mul, and Mul itself where the arity is 2
 *   BIT       x^2 - x, zero for 0 and 1 only; the draft's PolyEval of that polynomial
 * Source: draft-irtf-cfrg-vdaf-18, "FLP Gadgets".
 */
#ifndef DRP_VDAF_GADGET_H
#define DRP_VDAF_GADGET_H

#include "proto/vdaf/field.h"

struct drp_gadget {
	enum { DRP_GADGET_PRODUCTS, DRP_GADGET_BIT } kind;
	size_t arity; /* number of input wires */
};

/* drp_gadget_eval evaluates n times: wire j of evaluation i is wires[j * n + i]. */
void drp_gadget_eval(const struct drp_gadget *g, const struct drp_field *f,
	const struct drp_fe *wires, size_t n, struct drp_fe *out);

#endif
