/* SPDX-License-Identifier: Apache-2.0
 *
 * vdaf_secrets [leak]: every step of Prio3 with its secrets marked as undefined memory,
 * to run under valgrind: it reports each jump and each address that depends on one. What
 * leaves a step for others to see is marked as defined again. With `leak` the program
 * jumps on a secret itself, which valgrind must report.
 * It is compiled with the room's sources, with DRP_CHECK_SECRETS, optimised as in
 * release.
 */
#include "proto/vdaf/pingpong.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <valgrind/memcheck.h>

#define SHARES	  3
#define BYTES_MAX 8192

static void must(enum drp_err err, const char *what)
{
	if (err) {
		fprintf(stderr, "vdaf_secrets: %s: error %d\n", what, err);
		exit(1);
	}
}

static void secret(void *p, size_t n)
{
	(void)VALGRIND_MAKE_MEM_UNDEFINED(p, n);
}

static void known(void *p, size_t n)
{
	(void)VALGRIND_MAKE_MEM_DEFINED(p, n);
}

struct report {
	uint8_t key[DRP_PRIO3_VERIFY_KEY_BYTES], nonce[DRP_PRIO3_NONCE_BYTES];
	uint8_t rand[2 * SHARES * DRP_PRIO3_SEED_BYTES];
	uint8_t public_share[SHARES * DRP_PRIO3_SEED_BYTES];
	uint8_t input_share[SHARES][BYTES_MAX], verifier_share[SHARES][BYTES_MAX];
	uint8_t state[SHARES][BYTES_MAX], out_share[SHARES][BYTES_MAX];
	uint8_t message[DRP_PRIO3_SEED_BYTES];
};

static void shard(
	const struct drp_prio3 *p, const uint64_t *measurement, struct report *r)
{
	uint64_t numbers[32];
	uint8_t *input_shares[SHARES];

	for (size_t i = 0; i < sizeof r->rand; i++) {
		r->rand[i] = (uint8_t)(i * i);
	}
	for (unsigned i = 0; i < SHARES; i++) {
		input_shares[i] = r->input_share[i];
	}
	memcpy(numbers, measurement, sizeof numbers);
	secret(numbers, sizeof numbers);
	secret(r->rand, sizeof r->rand);
	must(drp_prio3_shard(
		     p, numbers, r->nonce, r->rand, r->public_share, input_shares),
		"shard");
	known(r->public_share, sizeof r->public_share);
}

static void verify(const struct drp_prio3 *p, struct report *r)
{
	struct drp_bytes verifier_shares[SHARES];

	secret(r->key, sizeof r->key);
	for (unsigned i = 0; i < p->shares; i++) {
		secret(r->input_share[i], drp_prio3_input_share_size(p, i));
		must(drp_prio3_verify_init(p, r->key, i, r->nonce,
			     (struct drp_bytes){r->public_share, p->sizes.public_share},
			     (struct drp_bytes){
				     r->input_share[i], drp_prio3_input_share_size(p, i)},
			     r->state[i], r->verifier_share[i]),
			"verify_init");
		known(r->verifier_share[i], p->sizes.verifier_share);
		verifier_shares[i] =
			(struct drp_bytes){r->verifier_share[i], p->sizes.verifier_share};
	}
	must(drp_prio3_message(p, verifier_shares, p->shares, r->message), "message");
	for (unsigned i = 0; i < p->shares; i++) {
		must(drp_prio3_verify_next(p,
			     (struct drp_bytes){r->state[i], p->sizes.state},
			     (struct drp_bytes){r->message, p->sizes.message},
			     r->out_share[i]),
			"verify_next");
	}
}

static void ping_pong(const struct drp_prio3 *p, struct report *r)
{
	static uint8_t initialize[BYTES_MAX], finish[BYTES_MAX];
	struct drp_bytes public_share = {r->public_share, p->sizes.public_share};
	struct drp_bytes hub = {r->input_share[0], p->sizes.first_input_share};
	struct drp_bytes notary = {r->input_share[1], p->sizes.other_input_share};

	must(drp_pingpong_start(
		     p, r->key, r->nonce, public_share, hub, r->state[0], initialize),
		"start");
	known(initialize, drp_pingpong_initialize_size(p));
	must(drp_pingpong_answer(p, r->key, r->nonce, public_share, notary,
		     (struct drp_bytes){initialize, drp_pingpong_initialize_size(p)},
		     r->out_share[1], finish),
		"answer");
	known(finish, drp_pingpong_finish_size(p));
	must(drp_pingpong_finish(p, (struct drp_bytes){r->state[0], p->sizes.state},
		     (struct drp_bytes){finish, drp_pingpong_finish_size(p)},
		     r->out_share[0]),
		"finish");
}

/* Output shares stay secret in sums; sums are handed over to be opened. */
static void open_sums(const struct drp_prio3 *p, struct report *r)
{
	static uint8_t agg[SHARES][BYTES_MAX];
	struct drp_bytes agg_shares[SHARES];
	int64_t sums[32];

	memset(agg, 0, sizeof agg);
	for (unsigned i = 0; i < p->shares; i++) {
		must(drp_prio3_aggregate(p, agg[i],
			     (struct drp_bytes){r->out_share[i], p->sizes.out_share}),
			"aggregate");
		known(agg[i], p->sizes.out_share);
		agg_shares[i] = (struct drp_bytes){agg[i], p->sizes.out_share};
	}
	must(drp_prio3_unshard(p, agg_shares, p->shares, sums), "unshard");
	printf("first sum of %08x: %lld\n", p->circuit.algorithm, (long long)sums[0]);
}

static void run(
	enum drp_err err, const struct drp_circuit *c, const uint64_t *measurement)
{
	static struct report r;
	struct drp_prio3 p;

	must(err, "circuit");
	for (unsigned shares = 2; shares <= SHARES; shares++) {
		memset(&r, 0, sizeof r);
		must(drp_prio3_init(&p, c, shares, "secrets", 7), "init");
		shard(&p, measurement, &r);
		verify(&p, &r);
		if (shares == 2) {
			ping_pong(&p, &r);
		}
		open_sums(&p, &r);
	}
}

int main(int argc, char **argv)
{
	static const uint8_t counters[] = {3, 2, 4};
	struct drp_circuit c;

	if (argc == 2 && strcmp(argv[1], "leak") == 0) {
		volatile uint64_t number = 1;
		secret((void *)&number, sizeof number);
		return number == 1 ? 0 : 1;
	}
	run(drp_circuit_count(&c), &c, (uint64_t[32]){1});
	run(drp_circuit_sum(&c, 1337), &c, (uint64_t[32]){1300});
	run(drp_circuit_sumvec(&c, 6, 200, 0), &c, (uint64_t[32]){1, 2, 200, 0, 128, 99});
	run(drp_circuit_histogram(&c, 10, 3), &c, (uint64_t[32]){7});
	run(drp_circuit_multihot(&c, 8, 5, 3), &c, (uint64_t[32]){0, 1, 1, 0, 1});
	run(drp_circuit_linear(&c, 3, counters, 5, 0), &c,
		(uint64_t[32]){17, 10, 3, 4, 17, 0, 1, 2, 3, 11});
	return 0;
}
