/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/vdaf/gadget.h"

#include "tests/support/check.h"

#define POINTS 3

/* Wire j of evaluation i is 10 j + i. */
static void fill(const struct drp_field *f, struct drp_fe *wires, size_t arity)
{
	for (size_t j = 0; j < arity; j++) {
		for (size_t i = 0; i < POINTS; i++) {
			wires[j * POINTS + i] = drp_fe_from_u64(f, 10 * j + i);
		}
	}
}

static void products(void)
{
	const struct drp_gadget mul = {DRP_GADGET_PRODUCTS, 2};
	const struct drp_gadget sum = {DRP_GADGET_PRODUCTS, 6};
	const struct drp_field *f = &drp_field128;
	struct drp_fe wires[6 * POINTS], out[POINTS];

	fill(f, wires, 6);
	drp_gadget_eval(&mul, f, wires, POINTS, out);
	for (uint64_t i = 0; i < POINTS; i++) {
		CHECK(f->to_int(out[i]) == i * (10 + i));
	}
	drp_gadget_eval(&sum, f, wires, POINTS, out);
	for (uint64_t i = 0; i < POINTS; i++) {
		CHECK(f->to_int(out[i]) ==
			i * (10 + i) + (20 + i) * (30 + i) + (40 + i) * (50 + i));
	}
}

static void bit(void)
{
	const struct drp_gadget gadget = {DRP_GADGET_BIT, 1};
	const struct drp_field *f = &drp_field64;
	struct drp_fe wires[POINTS], out[POINTS];

	fill(f, wires, 1);
	drp_gadget_eval(&gadget, f, wires, POINTS, out);
	CHECK(f->to_int(out[0]) == 0);
	CHECK(f->to_int(out[1]) == 0);
	CHECK(f->to_int(out[2]) == 2);
}

int main(void)
{
	CASE("the sum of the products of neighbouring wires", products);
	CASE("zero for 0 and 1, not for 2", bit);
	return DONE();
}
