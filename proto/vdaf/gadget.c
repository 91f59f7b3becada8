/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/vdaf/gadget.h"

#include <string.h>

void drp_gadget_eval(const struct drp_gadget *g, const struct drp_field *f,
	const struct drp_fe *wires, size_t n, struct drp_fe *out)
{
	memset(out, 0, n * sizeof *out);
	switch (g->kind) {
	case DRP_GADGET_PRODUCTS:
		for (size_t j = 0; j < g->arity; j += 2) {
			f->add_products(out, wires + j * n, wires + (j + 1) * n, n);
		}
		break;
	case DRP_GADGET_BIT:
		f->add_products(out, wires, wires, n);
		drp_field_sub(f, out, wires, n);
		break;
	}
}
