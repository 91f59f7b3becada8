/* SPDX-License-Identifier: Apache-2.0
 *
 * bench_vdaf [--json]: the processor time of sharding a report and of verifying it at hub
 * and notary, for SumVec of 720 numbers of 12 bits and for the three groups of
 * deploy/instruments/selfie.yaml, beside the floor under each verification: the
 * multiplications and XOF bytes that it cannot do without, at the price that one
 * multiplication among independent ones and one byte of a long stream have in the same
 * run, on the same thread.
 *
 * What verification needs (sealed-aggregation 2.3; proto/vdaf/flp.c), with E encoded
 * elements in calls of `chunk` products and P points, and e bytes an element:
 *   multiplications, at both sides
 *	3 E		a power of r, the wire that it weighs, and the wire beside it
 *	2 calls		the first two powers of each
 *	arity		the seeds' part of the wires
 *	2P		the roots of unity
 *	4 P + 4 2P	the Lagrange basis of P points and that of 2P
 *	2 2P		the proof polynomial's missing value, and its value at t
 *	outputs		to combine the circuit's outputs, where there are several
 *   and at the notary, who makes the message, arity / 2 of the gadget
 *   XOF bytes
 *	e E		absorbed: the part of the joint randomness
 *	e calls		squeezed: the joint randomness
 *	e (E + proof)	squeezed at the notary: its shares from their seed
 * No exponents, no conversions, no additions, no headers: these are the program's loss.
 * Before the clock starts one verification of each kind runs with a field that counts its
 * multiplications, and a floor that claims more of them than were made is refused.
 *
 * Rounds of everything take turns, the first one warms up; what is told are medians, and
 * of the rounds' own ratios, so that a machine that slows down does so for both.
 */
#include "proto/base/alloc.h"
#include "proto/crypto/crypto.h"
#include "proto/model/vector.h"
#include "proto/vdaf/pingpong.h"
#include "proto/vdaf/turboshake.h"

/* A second copy of the field, for its inlined multiplication. */
#define drp_field128 bench_field128
#include "proto/vdaf/field128.c"
#include "tests/bench/rounds.h"
#undef drp_field128

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROUNDS	     15
#define ROUND_S	     0.02 /* at least, of each figure */
#define CASES	     4
#define SHARES	     2
#define BITS_LEADER  4
#define BITS_TEACHER 9
#define BITS_PUPIL   11

enum step { SHARD, HUB, NOTARY, STEPS };

static const char *const step_names[STEPS] = {"shard", "hub", "notary"};

struct report {
	uint64_t *measurement;
	uint8_t nonce[DRP_PRIO3_NONCE_BYTES], key[DRP_PRIO3_VERIFY_KEY_BYTES];
	uint8_t rand[SHARES * 2 * DRP_PRIO3_SEED_BYTES];
	uint8_t public_share[SHARES * DRP_PRIO3_SEED_BYTES];
	uint8_t *input_share[SHARES];
	uint8_t *state, *initialize, *out_share, *finish;
};

struct bench_case {
	const char *name;
	struct drp_prio3 prio3;
	struct report report;
	double needed[STEPS];  /* multiplications */
	double bytes[STEPS];   /* of the XOF */
	double counted[STEPS]; /* multiplications that were made */
	double ms[STEPS][ROUNDS], floor_ms[STEPS][ROUNDS];
};

struct bench {
	struct bench_case cases[CASES];
	double mul_ns[ROUNDS], byte_ns[ROUNDS];
};

/* --- the price of a step ----------------------------------------------------- */

static double processor_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Seconds of one call, from as many as fill a round. */
static double time_of(enum drp_err (*work)(void *arg), void *arg)
{
	double start = processor_now(), elapsed;
	unsigned n = 0;
	do {
		if (work(arg)) {
			return -1;
		}
		n++;
		elapsed = processor_now() - start;
	} while (elapsed < ROUND_S);
	return elapsed / n;
}

#define LANES  64
#define REPEAT 256

static enum drp_err multiply(void *arg)
{
	struct drp_fe *v = arg;
	for (int k = 0; k < REPEAT; k++) {
		for (size_t i = 0; i < LANES; i++) {
			v[i] = fe_mul(v[i], v[LANES + i]);
		}
	}
	return DRP_OK;
}

#define STREAM_BYTES 65536

static enum drp_err squeeze(void *arg)
{
	struct drp_turboshake sponge;
	drp_turboshake_init(&sponge);
	drp_turboshake_end(&sponge, 1);
	drp_turboshake_squeeze(&sponge, arg, STREAM_BYTES);
	return DRP_OK;
}

static void measure_prices(struct bench *bench, int round)
{
	static uint8_t stream[STREAM_BYTES];
	struct drp_fe v[2 * LANES];
	for (size_t i = 0; i < 2 * LANES; i++) {
		v[i] = bench_field128.from_int(3 + i);
	}
	bench->mul_ns[round] = 1e9 * time_of(multiply, v) / (REPEAT * LANES);
	bench->byte_ns[round] = 1e9 * time_of(squeeze, stream) / STREAM_BYTES;
}

/* --- a case ------------------------------------------------------------------ */

static struct drp_bytes bytes_of(const uint8_t *data, size_t n)
{
	return (struct drp_bytes){data, n};
}

static enum drp_err shard(void *arg)
{
	struct bench_case *c = arg;
	struct report *r = &c->report;
	return drp_prio3_shard(&c->prio3, r->measurement, r->nonce, r->rand,
		r->public_share, r->input_share);
}

static enum drp_err verify_at_hub(void *arg)
{
	struct bench_case *c = arg;
	struct report *r = &c->report;
	const struct drp_prio3 *prio3 = &c->prio3;
	enum drp_err err = drp_pingpong_start(prio3, r->key, r->nonce,
		bytes_of(r->public_share, prio3->sizes.public_share),
		bytes_of(r->input_share[0], prio3->sizes.first_input_share), r->state,
		r->initialize);
	return err ? err
		   : drp_pingpong_finish(prio3, bytes_of(r->state, prio3->sizes.state),
			     bytes_of(r->finish, drp_pingpong_finish_size(prio3)),
			     r->out_share);
}

static enum drp_err verify_at_notary(void *arg)
{
	struct bench_case *c = arg;
	struct report *r = &c->report;
	const struct drp_prio3 *prio3 = &c->prio3;
	return drp_pingpong_answer(prio3, r->key, r->nonce,
		bytes_of(r->public_share, prio3->sizes.public_share),
		bytes_of(r->input_share[1], prio3->sizes.other_input_share),
		bytes_of(r->initialize, drp_pingpong_initialize_size(prio3)),
		r->out_share, r->finish);
}

static enum drp_err (*const work_of[STEPS])(void *) = {
	shard, verify_at_hub, verify_at_notary};

/* Half of the questionnaires gave each item's first answer, the others its last. */
static enum drp_err fill_measurement(const struct drp_circuit *c, uint64_t *measurement)
{
	if (c->items == 0) {
		for (size_t i = 0; i < c->length; i++) {
			measurement[i] = (i * 2654435761u) & c->max;
		}
		return DRP_OK;
	}
	uint64_t n = c->max, *counter = measurement + 1;
	measurement[0] = n;
	for (size_t item = 0; item < c->items; item++) {
		counter[0] = n / 2;
		counter[c->counters[item] - 1] += n - n / 2;
		counter += c->counters[item];
	}
	return DRP_OK;
}

/* Everything once, so that every message is there. */
static enum drp_err make_report(struct bench_case *c)
{
	const struct drp_prio3 *prio3 = &c->prio3;
	struct report *r = &c->report;
	struct drp_rng rng = drp_system_rng();
	r->measurement = drp_alloc(prio3->circuit.length, sizeof *r->measurement);
	r->input_share[0] = drp_alloc(prio3->sizes.first_input_share, 1);
	r->input_share[1] = drp_alloc(prio3->sizes.other_input_share, 1);
	r->state = drp_alloc(prio3->sizes.state, 1);
	r->initialize = drp_alloc(drp_pingpong_initialize_size(prio3), 1);
	r->out_share = drp_alloc(prio3->sizes.out_share, 1);
	r->finish = drp_alloc(drp_pingpong_finish_size(prio3), 1);
	if (!r->measurement || !r->input_share[0] || !r->input_share[1] || !r->state ||
		!r->initialize || !r->out_share || !r->finish) {
		return DRP_E_NOMEM;
	}
	rng.fill(rng.self, r->nonce, sizeof r->nonce);
	rng.fill(rng.self, r->key, sizeof r->key);
	rng.fill(rng.self, r->rand, sizeof r->rand);
	enum drp_err err = fill_measurement(&prio3->circuit, r->measurement);
	err = err ? err : shard(c);
	(void)verify_at_hub(c); /* leaves initialize, though nothing answered yet */
	err = err ? err : verify_at_notary(c);
	return err ? err : verify_at_hub(c);
}

static void free_report(struct report *r)
{
	drp_free(r->measurement);
	drp_free(r->input_share[0]);
	drp_free(r->input_share[1]);
	drp_free(r->state);
	drp_free(r->initialize);
	drp_free(r->out_share);
	drp_free(r->finish);
}

/* The head of this file explains every line. */
static void find_needs(struct bench_case *c)
{
	const struct drp_circuit *circuit = &c->prio3.circuit;
	double e = (double)circuit->encoded_len, points = (double)circuit->points;
	double calls = (double)circuit->calls, arity = (double)circuit->gadget.arity;
	double element = (double)circuit->field->bytes;
	double muls = 3 * e + 18 * points + 2 * calls + arity;
	if (circuit->eval_len > 1) {
		muls += (double)circuit->eval_len;
	}
	c->needed[HUB] = muls;
	c->needed[NOTARY] = muls + arity / 2;
	c->bytes[HUB] = element * (e + calls);
	c->bytes[NOTARY] = c->bytes[HUB] + element * (e + (double)circuit->proof_len);
}

/* --- counting ---------------------------------------------------------------- */

static double multiplications;

static struct drp_fe count_mul(struct drp_fe a, struct drp_fe b)
{
	multiplications++;
	return drp_field128.mul(a, b);
}

static void count_add_products(
	struct drp_fe *sum, const struct drp_fe *a, const struct drp_fe *b, size_t n)
{
	multiplications += (double)n;
	drp_field128.add_products(sum, a, b, n);
}

static void count_add_scaled(
	struct drp_fe *sum, struct drp_fe s, const struct drp_fe *a, size_t n)
{
	multiplications += (double)n;
	drp_field128.add_scaled(sum, s, a, n);
}

static struct drp_fe count_dot(const struct drp_fe *a, const struct drp_fe *b, size_t n)
{
	multiplications += (double)n;
	return drp_field128.dot(a, b, n);
}

static void count_add_bits(struct drp_fe *sum, const struct drp_fe *x, size_t n,
	struct drp_fe s, struct drp_fe r)
{
	multiplications += 3 * (double)n + 3;
	drp_field128.add_bits(sum, x, n, s, r);
}

static void count_lagrange(struct drp_fe x, size_t n, const struct drp_fe *roots,
	size_t step, struct drp_fe *basis)
{
	multiplications += 4 * (double)n;
	drp_field128.lagrange(x, n, roots, step, basis);
}

static enum drp_err count(struct bench_case *c)
{
	struct drp_field counting = drp_field128;
	const struct drp_field *plain = c->prio3.circuit.field;
	enum drp_err err = DRP_OK;
	counting.mul = count_mul;
	counting.add_products = count_add_products;
	counting.add_scaled = count_add_scaled;
	counting.dot = count_dot;
	counting.add_bits = count_add_bits;
	counting.lagrange = count_lagrange;
	c->prio3.circuit.field = &counting;
	for (enum step s = HUB; s < STEPS && !err; s++) {
		multiplications = 0;
		err = work_of[s](c);
		c->counted[s] = multiplications;
	}
	c->prio3.circuit.field = plain;
	return err;
}

/* --- cases ------------------------------------------------------------------- */

static enum drp_err open_case(
	struct bench_case *c, const char *name, const struct drp_circuit *circuit)
{
	c->name = name;
	enum drp_err err = drp_prio3_init(&c->prio3, circuit, SHARES, name, strlen(name));
	err = err ? err : make_report(c);
	if (!err) {
		find_needs(c);
		err = count(c);
	}
	for (enum step s = HUB; s < STEPS && !err; s++) {
		if (c->counted[s] < c->needed[s]) {
			fprintf(stderr,
				"bench_vdaf: %s, %s: a floor of %.0f multiplications, "
				"but %.0f were made\n",
				name, step_names[s], c->needed[s], c->counted[s]);
			err = DRP_E_RANGE;
		}
	}
	return err;
}

static enum drp_err group_circuit(const struct drp_instrument *instrument,
	enum drp_group group, unsigned bits, struct drp_circuit *circuit)
{
	struct drp_vector vector;
	drp_vector_make(&vector, instrument, group);
	return drp_circuit_linear(circuit, vector.n_items, vector.counters, bits, 0);
}

static enum drp_err open_cases(struct bench *bench, struct drp_diag *diag)
{
	static const struct {
		const char *name;
		enum drp_group group;
		unsigned bits;
	} groups[] = {{"leader", DRP_LEADER, BITS_LEADER},
		{"teacher", DRP_TEACHER, BITS_TEACHER}, {"pupil", DRP_PUPIL, BITS_PUPIL}};
	struct drp_instrument *instrument = NULL;
	struct drp_circuit circuit;
	enum drp_err err = drp_instrument_load(
		DRP_SOURCE_DIR "/deploy/instruments/selfie.yaml", &instrument, diag);
	err = err ? err : drp_circuit_sumvec(&circuit, 720, 4095, 0);
	err = err ? err : open_case(&bench->cases[0], "sumvec_720x12", &circuit);
	for (size_t i = 0; i < CASES - 1 && !err; i++) {
		err = group_circuit(
			instrument, groups[i].group, groups[i].bits, &circuit);
		err = err ? err
			  : open_case(&bench->cases[1 + i], groups[i].name, &circuit);
	}
	drp_instrument_free(instrument);
	return err;
}

static enum drp_err run_rounds(struct bench *bench)
{
	for (int round = 0; round < ROUNDS; round++) {
		measure_prices(bench, round);
		for (size_t i = 0; i < CASES; i++) {
			struct bench_case *c = &bench->cases[i];
			for (enum step s = 0; s < STEPS; s++) {
				double seconds = time_of(work_of[s], c);
				if (seconds < 0) {
					return DRP_E_PROOF;
				}
				c->ms[s][round] = 1e3 * seconds;
				c->floor_ms[s][round] =
					1e-6 *
					(c->needed[s] * bench->mul_ns[round] +
						c->bytes[s] * bench->byte_ns[round]);
			}
		}
	}
	return DRP_OK;
}

/* --- what is told ------------------------------------------------------------ */

/* Of the rounds after the first. */
static double median(const double *rounds)
{
	return rounds_median(rounds + 1, ROUNDS - 1);
}

static double ratio_of(const struct bench_case *c, enum step s)
{
	double ratios[ROUNDS];
	for (int round = 0; round < ROUNDS; round++) {
		ratios[round] = c->ms[s][round] / c->floor_ms[s][round];
	}
	return median(ratios);
}

static double largest_ratio(const struct bench *bench)
{
	double largest = 0;
	for (size_t i = 0; i < CASES; i++) {
		for (enum step s = HUB; s < STEPS; s++) {
			double ratio = ratio_of(&bench->cases[i], s);
			largest = ratio > largest ? ratio : largest;
		}
	}
	return largest;
}

static void print_json(const struct bench *bench)
{
	printf("{\"bench\":\"vdaf\",\"ratio\":%.3f,\"multiplication_ns\":%.2f,"
	       "\"xof_byte_ns\":%.3f,\"circuits\":[",
		largest_ratio(bench), median(bench->mul_ns), median(bench->byte_ns));
	for (size_t i = 0; i < CASES; i++) {
		const struct bench_case *c = &bench->cases[i];
		const struct drp_prio3 *prio3 = &c->prio3;
		printf("%s{\"circuit\":\"%s\",\"numbers\":%zu,\"bits\":%u,"
		       "\"hub_share_bytes\":%zu,\"shard_ms\":%.4f",
			i > 0 ? "," : "", c->name, prio3->circuit.length,
			prio3->circuit.bits, prio3->sizes.first_input_share,
			median(c->ms[SHARD]));
		for (enum step s = HUB; s < STEPS; s++) {
			printf(",\"%s_ms\":%.4f,\"%s_floor_ms\":%.4f,\"%s_ratio\":%.3f,"
			       "\"%s_multiplications\":%.0f,\"%s_made\":%.0f,"
			       "\"%s_xof_bytes\":%.0f",
				step_names[s], median(c->ms[s]), step_names[s],
				median(c->floor_ms[s]), step_names[s], ratio_of(c, s),
				step_names[s], c->needed[s], step_names[s], c->counted[s],
				step_names[s], c->bytes[s]);
		}
		printf("}");
	}
	printf("]}\n");
}

static void print_table(const struct bench *bench)
{
	printf("one report, one thread, medians of %d rounds of processor time\n"
	       "a multiplication %.2f ns, a byte of the XOF %.3f ns\n\n"
	       "circuit          share kB  shard ms            ms   floor ms  ratio "
	       "multiplications (made)  XOF bytes\n",
		ROUNDS - 1, median(bench->mul_ns), median(bench->byte_ns));
	for (size_t i = 0; i < CASES; i++) {
		const struct bench_case *c = &bench->cases[i];
		printf("%-15s %9.1f %9.3f", c->name,
			(double)c->prio3.sizes.first_input_share / 1000,
			median(c->ms[SHARD]));
		for (enum step s = HUB; s < STEPS; s++) {
			printf("%s  %-6s %7.3f %10.3f %6.2f %15.0f %7.0f %10.0f\n",
				s > HUB ? "                                   " : "",
				step_names[s], median(c->ms[s]), median(c->floor_ms[s]),
				ratio_of(c, s), c->needed[s], c->counted[s], c->bytes[s]);
		}
	}
	printf("\nlargest ratio of a verification to its floor  %.2f\n",
		largest_ratio(bench));
}

int main(int argc, char **argv)
{
	static struct bench bench;
	struct drp_diag diag = {0};
	int json = argc == 2 && strcmp(argv[1], "--json") == 0;
	if (argc > 1 && !json) {
		fprintf(stderr, "usage: bench_vdaf [--json]\n");
		return 2;
	}
	enum drp_err err = drp_crypto_init();
	err = err ? err : open_cases(&bench, &diag);
	err = err ? err : run_rounds(&bench);
	if (err) {
		fprintf(stderr, "bench_vdaf: %s %s\n", drp_err_text(err), diag.text);
	} else if (json) {
		print_json(&bench);
	} else {
		print_table(&bench);
	}
	for (size_t i = 0; i < CASES; i++) {
		free_report(&bench.cases[i].report);
	}
	return err != DRP_OK;
}
