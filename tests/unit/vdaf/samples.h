/* SPDX-License-Identifier: Apache-2.0
 *
 * A small instance of every circuit with a valid measurement, and whole reports.
 */
#ifndef DRP_TESTS_VDAF_SAMPLES_H
#define DRP_TESTS_VDAF_SAMPLES_H

#include "proto/vdaf/prio3.h"

#include "tests/support/check.h"
#include "tests/support/test_rng.h"

#define SAMPLES 6

static const uint64_t sample_measurement[SAMPLES][16] = {
	{1},
	{1337},
	{0, 1, 200, 255, 7},
	{3},
	{0, 1, 1, 0, 1},
	{5, /**/ 1, 3, 1, /**/ 0, 5, /**/ 2, 1, 1, 1},
};

/* In the order of their code points; the linear circuit is the last. */
static void sample_circuit(size_t i, struct drp_circuit *c)
{
	const uint8_t counters[] = {3, 2, 4};

	switch (i) {
	case 0:
		CHECK_OK(drp_circuit_count(c));
		break;
	case 1:
		CHECK_OK(drp_circuit_sum(c, 1500));
		break;
	case 2:
		CHECK_OK(drp_circuit_sumvec(c, 5, 255, 9));
		break;
	case 3:
		CHECK_OK(drp_circuit_histogram(c, 11, 3));
		break;
	case 4:
		CHECK_OK(drp_circuit_multihot(c, 5, 3, 2));
		break;
	default:
		CHECK_OK(drp_circuit_linear(c, 3, counters, 3, 0));
	}
}

#define SAMPLE_SHARES_MAX 4
#define SAMPLE_BYTES_MAX  4096

/* A report and what its verification makes of it. */
struct sample_report {
	uint8_t nonce[DRP_PRIO3_NONCE_BYTES];
	uint8_t public_share[SAMPLE_SHARES_MAX * DRP_PRIO3_SEED_BYTES];
	uint8_t input_share[SAMPLE_SHARES_MAX][SAMPLE_BYTES_MAX];
	uint8_t verifier_share[SAMPLE_SHARES_MAX][SAMPLE_BYTES_MAX];
	uint8_t message[DRP_PRIO3_SEED_BYTES];
	uint8_t state[SAMPLE_SHARES_MAX][SAMPLE_BYTES_MAX];
	uint8_t out_share[SAMPLE_SHARES_MAX][SAMPLE_BYTES_MAX];
};

static const uint8_t sample_key[DRP_PRIO3_VERIFY_KEY_BYTES] = {9, 8, 7};

__attribute__((unused)) static void sample_instance(
	size_t i, unsigned shares, struct drp_prio3 *p)
{
	struct drp_circuit c;

	sample_circuit(i, &c);
	CHECK_OK(drp_prio3_init(p, &c, shares, "context", 7));
	CHECK(p->sizes.first_input_share <= SAMPLE_BYTES_MAX);
	CHECK(p->sizes.verifier_share <= SAMPLE_BYTES_MAX);
}

__attribute__((unused)) static enum drp_err sample_shard(const struct drp_prio3 *p,
	const uint64_t *measurement, uint64_t seed, struct sample_report *r)
{
	struct drp_test_rng_state state;
	struct drp_rng rng = drp_test_rng(&state, seed);
	uint8_t rand[2 * SAMPLE_SHARES_MAX * DRP_PRIO3_SEED_BYTES];
	uint8_t *input_share[SAMPLE_SHARES_MAX];

	for (unsigned i = 0; i < SAMPLE_SHARES_MAX; i++) {
		input_share[i] = r->input_share[i];
	}
	rng.fill(rng.self, r->nonce, sizeof r->nonce);
	rng.fill(rng.self, rand, sizeof rand);
	return drp_prio3_shard(
		p, measurement, r->nonce, rand, r->public_share, input_share);
}

__attribute__((unused)) static enum drp_err sample_verify_init(const struct drp_prio3 *p,
	const uint8_t *key, unsigned i, struct sample_report *r)
{
	return drp_prio3_verify_init(p, key, i, r->nonce,
		(struct drp_bytes){r->public_share, p->sizes.public_share},
		(struct drp_bytes){r->input_share[i], drp_prio3_input_share_size(p, i)},
		r->state[i], r->verifier_share[i]);
}

__attribute__((unused)) static enum drp_err sample_message(
	const struct drp_prio3 *p, struct sample_report *r)
{
	struct drp_bytes shares[SAMPLE_SHARES_MAX];

	for (unsigned i = 0; i < p->shares; i++) {
		shares[i] =
			(struct drp_bytes){r->verifier_share[i], p->sizes.verifier_share};
	}
	return drp_prio3_message(p, shares, p->shares, r->message);
}

__attribute__((unused)) static enum drp_err sample_verify_next(
	const struct drp_prio3 *p, unsigned i, struct sample_report *r)
{
	return drp_prio3_verify_next(p, (struct drp_bytes){r->state[i], p->sizes.state},
		(struct drp_bytes){r->message, p->sizes.message}, r->out_share[i]);
}

/* All of verification. The first error, in the order in which it would be met. */
__attribute__((unused)) static enum drp_err sample_verify(
	const struct drp_prio3 *p, struct sample_report *r)
{
	enum drp_err err = DRP_OK;

	for (unsigned i = 0; i < p->shares && !err; i++) {
		err = sample_verify_init(p, sample_key, i, r);
	}
	err = err ? err : sample_message(p, r);
	for (unsigned i = 0; i < p->shares && !err; i++) {
		err = sample_verify_next(p, i, r);
	}
	return err;
}

#endif
