/* SPDX-License-Identifier: Apache-2.0
 *
 * Every wire of the gadget is a polynomial with `points` values: at 1 a random seed, at
 * the next powers of the root of unity the wire's inputs call by call, and zeros. The
 * gadget of those polynomials is one of twice the degree; its values at the powers of
 * the root of twice the order are the proof, after the seeds. Every second of them is an
 * output of the gadget. The last one is left out: the degree determines it.
 */
#include "proto/vdaf/flp.h"

#include "proto/vdaf/circuit_type.h"
#include "proto/vdaf/ntt.h"
#include "proto/vdaf/secret.h"

static void record_wires(const struct drp_circuit *c, const struct drp_fe *encoded,
	const struct drp_fe *seeds, const struct drp_fe *joint_rand, struct drp_fe *in,
	struct drp_fe *wires)
{
	struct drp_fe one = drp_fe_from_u64(c->field, 1);

	for (size_t j = 0; j < c->gadget.arity; j++) {
		wires[j * c->points] = seeds[j];
	}
	for (size_t call = 0; call < c->calls; call++) {
		c->type->inputs(c, encoded, joint_rand, one, call, in);
		for (size_t j = 0; j < c->gadget.arity; j++) {
			wires[j * c->points + 1 + call] = in[j];
		}
	}
}

enum drp_err drp_flp_prove(const struct drp_circuit *c, const struct drp_fe *encoded,
	const struct drp_fe *prove_rand, const struct drp_fe *joint_rand,
	struct drp_fe *proof)
{
	const size_t arity = c->gadget.arity, points = c->points;
	const size_t elements = arity * points + arity + 2 * points;
	struct drp_fe *wires = drp_alloc(elements, sizeof *wires);
	struct drp_ntt ntt = {0};
	enum drp_err err = drp_ntt_init(&ntt, c->field, points);

	if (!wires || err) {
		err = DRP_E_NOMEM;
		goto done;
	}
	struct drp_fe *in = wires + arity * points, *even = in + arity;
	struct drp_fe *odd = even + points, *poly = proof + arity;

	record_wires(c, encoded, prove_rand, joint_rand, in, wires);
	drp_gadget_eval(&c->gadget, c->field, wires, points, even);
	for (size_t j = 0; j < arity; j++) {
		drp_ntt_between(&ntt, wires + j * points);
	}
	drp_gadget_eval(&c->gadget, c->field, wires, points, odd);

	memcpy(proof, prove_rand, arity * sizeof *proof);
	for (size_t i = 0; i < points - 1; i++) {
		poly[2 * i] = even[i];
		poly[2 * i + 1] = odd[i];
	}
	poly[2 * (points - 1)] = even[points - 1];
done:
	drp_ntt_free(&ntt);
	drp_secret_free(wires, elements * sizeof *wires);
	return err;
}

/* y[n - 1] from the values before it, for a polynomial of degree below n - 1: its
 * coefficient of x^(n-1), which is a multiple of the sum of y[i] w^i, is zero; roots are
 * the powers of w, w^(n-1) w being 1. */
static struct drp_fe last_value(const struct drp_field *f, const struct drp_fe *y,
	const struct drp_fe *roots, size_t n)
{
	struct drp_fe sum = f->dot(y, roots, n - 1);

	return f->sub((struct drp_fe){0}, f->mul(sum, roots[1]));
}

/* The wires' polynomials at the point that the basis belongs to, added up call by call:
 * a verifier never holds a whole wire. */
static void check_wires(const struct drp_circuit *c, const struct drp_fe *encoded,
	const struct drp_fe *seeds, const struct drp_fe *joint_rand, struct drp_fe one,
	const struct drp_fe *basis, struct drp_fe *in, struct drp_fe *wire_checks)
{
	const struct drp_field *f = c->field;

	memset(wire_checks, 0, c->gadget.arity * sizeof *wire_checks);
	f->add_scaled(wire_checks, basis[0], seeds, c->gadget.arity);
	if (c->type->weigh_inputs) {
		c->type->weigh_inputs(
			c, encoded, joint_rand, one, basis + 1, wire_checks);
		return;
	}
	for (size_t call = 0; call < c->calls; call++) {
		c->type->inputs(c, encoded, joint_rand, one, call, in);
		f->add_scaled(wire_checks, basis[1 + call], in, c->gadget.arity);
	}
}

/* The circuit's outputs, of which only a random combination is shown if several. */
static struct drp_fe reduced_output(const struct drp_circuit *c,
	const struct drp_fe *encoded, const struct drp_fe *gadget, struct drp_fe one,
	const struct drp_fe *rand, struct drp_fe *out)
{
	c->type->outputs(c, encoded, gadget, one, out);
	return c->eval_len > 1 ? c->field->dot(rand, out, c->eval_len) : out[0];
}

enum drp_err drp_flp_query(const struct drp_circuit *c, const struct drp_fe *encoded,
	const struct drp_fe *proof, const struct drp_fe *query_rand,
	const struct drp_fe *joint_rand, struct drp_fe one, struct drp_fe *verifier)
{
	const struct drp_field *f = c->field;
	const size_t arity = c->gadget.arity, points = c->points;
	const size_t elements = 6 * points + arity + c->calls + c->eval_len;
	const struct drp_fe t = query_rand[c->query_rand_len - 1];

	if (drp_public(drp_fe_equal(drp_fe_pow(f, t, points), drp_fe_from_u64(f, 1)))) {
		return DRP_E_PROOF;
	}
	struct drp_fe *y = drp_alloc(elements, sizeof *y);
	if (!y) {
		return DRP_E_NOMEM;
	}
	struct drp_fe *roots = y + 2 * points, *basis = roots + 2 * points;
	struct drp_fe *in = basis + 2 * points;
	struct drp_fe *gadget = in + arity, *out = gadget + c->calls;

	memcpy(y, proof + arity, (2 * points - 1) * sizeof *y);
	drp_fe_powers(f, drp_fe_root(f, 2 * points), 2 * points, roots);
	y[2 * points - 1] = last_value(f, y, roots, 2 * points);
	for (size_t call = 0; call < c->calls; call++) {
		gadget[call] = y[2 * (1 + call)];
	}
	verifier[0] = reduced_output(c, encoded, gadget, one, query_rand, out);

	drp_field_lagrange(f, t, points, roots, 2, basis);
	check_wires(c, encoded, proof, joint_rand, one, basis, in, verifier + 1);
	drp_field_lagrange(f, t, 2 * points, roots, 1, basis);
	verifier[1 + arity] = f->dot(basis, y, 2 * points);

	drp_secret_free(y, elements * sizeof *y);
	return DRP_OK;
}

enum drp_err drp_flp_decide(const struct drp_circuit *c, const struct drp_fe *verifier)
{
	const struct drp_fe *wire_checks = verifier + 1;
	const struct drp_fe gadget_check = verifier[1 + c->gadget.arity];
	struct drp_fe gadget;

	drp_gadget_eval(&c->gadget, c->field, wire_checks, 1, &gadget);
	uint64_t valid = drp_fe_equal(verifier[0], (struct drp_fe){0}) &
			 drp_fe_equal(gadget, gadget_check);
	return drp_public(valid) ? DRP_OK : DRP_E_PROOF;
}
