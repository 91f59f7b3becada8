/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/vdaf/flp.h"

#include "proto/base/alloc.h"
#include "proto/vdaf/circuit_type.h"
#include "tests/unit/vdaf/samples.h"

#define LEN_MAX	   256
#define SHARES_MAX 3

/* Everything that one proof takes; the random parts are drawn from a seed. */
struct proof {
	struct drp_circuit c;
	struct drp_fe encoded[LEN_MAX], prove_rand[LEN_MAX], joint_rand[LEN_MAX];
	struct drp_fe query_rand[LEN_MAX], proof[LEN_MAX], verifier[LEN_MAX];
};

static void begin(size_t i, struct proof *x)
{
	struct drp_test_rng_state state;
	struct drp_rng rng = drp_test_rng(&state, i);

	sample_circuit(i, &x->c);
	CHECK(x->c.proof_len <= LEN_MAX && x->c.encoded_len <= LEN_MAX);
	CHECK_OK(x->c.type->encode(&x->c, sample_measurement[i], x->encoded));
	drp_field_sample(x->c.field, &rng, x->prove_rand, LEN_MAX);
	drp_field_sample(x->c.field, &rng, x->joint_rand, LEN_MAX);
	drp_field_sample(x->c.field, &rng, x->query_rand, LEN_MAX);
}

static void prove(struct proof *x)
{
	CHECK_OK(
		drp_flp_prove(&x->c, x->encoded, x->prove_rand, x->joint_rand, x->proof));
}

/* Splits v into shares that sum to it. */
static void split(const struct drp_circuit *c, const struct drp_fe *v, size_t n,
	unsigned shares, uint64_t seed, struct drp_fe share[SHARES_MAX][LEN_MAX])
{
	struct drp_test_rng_state state;
	struct drp_rng rng = drp_test_rng(&state, seed);

	memcpy(share[0], v, n * sizeof *v);
	for (unsigned i = 1; i < shares; i++) {
		drp_field_sample(c->field, &rng, share[i], n);
		drp_field_sub(c->field, share[0], share[i], n);
	}
}

static enum drp_err check(struct proof *x, unsigned shares)
{
	static struct drp_fe encoded[SHARES_MAX][LEN_MAX], proof[SHARES_MAX][LEN_MAX];
	struct drp_fe verifier[LEN_MAX];
	struct drp_fe one =
		drp_fe_inverse(x->c.field, drp_fe_from_u64(x->c.field, shares));
	enum drp_err err = DRP_OK;

	split(&x->c, x->encoded, x->c.encoded_len, shares, 10, encoded);
	split(&x->c, x->proof, x->c.proof_len, shares, 11, proof);
	memset(x->verifier, 0, sizeof x->verifier);
	for (unsigned i = 0; i < shares && !err; i++) {
		err = drp_flp_query(&x->c, encoded[i], proof[i], x->query_rand,
			x->joint_rand, one, verifier);
		drp_field_add(
			x->c.field, x->verifier, verifier, err ? 0 : x->c.verifier_len);
	}
	return err ? err : drp_flp_decide(&x->c, x->verifier);
}

static void accepts(void)
{
	for (size_t i = 0; i < SAMPLES; i++) {
		static struct proof x;
		begin(i, &x);
		prove(&x);
		for (unsigned shares = 1; shares <= SHARES_MAX; shares++) {
			CHECK_OK(check(&x, shares));
		}
	}
}

/* A prover who encodes something else and proves that as well as can be. */
static void refuses_wrong_encodings(void)
{
	for (size_t i = 0; i < SAMPLES; i++) {
		static struct proof x;
		begin(i, &x);
		for (size_t k = 0; k < x.c.encoded_len; k++) {
			const struct drp_field *f = x.c.field;
			struct drp_fe right = x.encoded[k];
			const struct drp_fe wrong[] = {drp_fe_from_u64(f, 2),
				f->sub((struct drp_fe){0}, drp_fe_from_u64(f, 1)),
				drp_fe_inverse(f, drp_fe_from_u64(f, 2))};
			for (size_t w = 0; w < 3; w++) {
				x.encoded[k] = wrong[w];
				prove(&x);
				CHECK_ERR(check(&x, 2), DRP_E_PROOF);
			}
			x.encoded[k] = right;
		}
	}
}

/* Bits, but the wrong ones. Count, Sum and SumVec take any. */
static void refuses_wrong_sums(void)
{
	for (size_t i = 3; i < SAMPLES; i++) {
		static struct proof x;
		begin(i, &x);
		for (size_t k = 0; k < x.c.encoded_len; k++) {
			struct drp_fe right = x.encoded[k];
			struct drp_fe one = drp_fe_from_u64(x.c.field, 1);
			x.encoded[k] = x.c.field->sub(one, right);
			prove(&x);
			CHECK_ERR(check(&x, 2), DRP_E_PROOF);
			x.encoded[k] = right;
		}
	}
}

static void refuses_wrong_proofs(void)
{
	for (size_t i = 0; i < SAMPLES; i++) {
		static struct proof x;
		begin(i, &x);
		prove(&x);
		for (size_t k = 0; k < x.c.proof_len; k++) {
			struct drp_fe right = x.proof[k];
			struct drp_fe one = drp_fe_from_u64(x.c.field, 1);
			x.proof[k] = x.c.field->add(right, one);
			CHECK_ERR(check(&x, 2), DRP_E_PROOF);
			x.proof[k] = right;
		}
		CHECK_OK(check(&x, 2));
	}
}

static void refuses_wrong_verifiers(void)
{
	for (size_t i = 0; i < SAMPLES; i++) {
		static struct proof x;
		begin(i, &x);
		prove(&x);
		CHECK_OK(check(&x, 2));
		for (size_t k = 0; k < x.c.verifier_len; k++) {
			struct drp_fe right = x.verifier[k];
			struct drp_fe one = drp_fe_from_u64(x.c.field, 1);
			x.verifier[k] = x.c.field->add(right, one);
			CHECK_ERR(drp_flp_decide(&x.c, x.verifier), DRP_E_PROOF);
			x.verifier[k] = right;
		}
	}
}

/* At these the answer would be the measurement's own wires. */
static void refuses_roots_of_unity(void)
{
	for (size_t i = 0; i < SAMPLES; i++) {
		static struct proof x;
		begin(i, &x);
		prove(&x);
		struct drp_fe *t = &x.query_rand[x.c.query_rand_len - 1];
		struct drp_fe root = drp_fe_root(x.c.field, x.c.points);
		for (size_t k = 0; k < x.c.points; k++) {
			*t = drp_fe_pow(x.c.field, root, k);
			CHECK_ERR(check(&x, 2), DRP_E_PROOF);
		}
		*t = drp_fe_root(x.c.field, 4 * x.c.points);
		CHECK_OK(check(&x, 2));
	}
}

/* Each condition of the linear circuit has an element of the query randomness to itself:
 * one that does not hold is seen with any randomness but zero there. */
static void conditions_are_kept_apart(void)
{
	static struct proof x;
	const size_t counter[] = {1, 4, 6};

	for (size_t item = 0; item < 3; item++) {
		begin(5, &x);
		const struct drp_fe one = drp_fe_from_u64(x.c.field, 1), zero = {0};
		struct drp_fe *lowest_bit = &x.encoded[counter[item] * x.c.bits];
		*lowest_bit = x.c.field->sub(one, *lowest_bit);
		prove(&x);
		for (size_t k = 0; k < x.c.eval_len; k++) {
			struct drp_fe rand = x.query_rand[k];
			x.query_rand[k] = zero;
			CHECK_ERR(check(&x, 2), k == 1 + item ? DRP_OK : DRP_E_PROOF);
			x.query_rand[k] = one;
			CHECK_ERR(check(&x, 2), DRP_E_PROOF);
			x.query_rand[k] = rand;
		}
	}
}

static void out_of_memory(void)
{
	static struct proof x;

	begin(5, &x);
	for (unsigned long n = 1; n <= 2; n++) {
		drp_alloc_hook(n, 0);
		CHECK_ERR(drp_flp_prove(
				  &x.c, x.encoded, x.prove_rand, x.joint_rand, x.proof),
			DRP_E_NOMEM);
	}
	drp_alloc_hook(0, 0);
	prove(&x);
	drp_alloc_hook(1, 0);
	CHECK_ERR(check(&x, 1), DRP_E_NOMEM);
	drp_alloc_hook(0, 0);
	CHECK_OK(check(&x, 1));
}

int main(void)
{
	CASE("a valid measurement is accepted, whole or shared", accepts);
	CASE("an element that is no bit is refused", refuses_wrong_encodings);
	CASE("bits that break the circuit's condition are refused", refuses_wrong_sums);
	CASE("a change of any element of the proof is refused", refuses_wrong_proofs);
	CASE("a change of any element of the verifier is refused",
		refuses_wrong_verifiers);
	CASE("a test point at which the measurement would show is refused",
		refuses_roots_of_unity);
	CASE("conditions are reduced with randomness of their own",
		conditions_are_kept_apart);
	CASE("without memory nothing is proved or checked", out_of_memory);
	return DONE();
}
