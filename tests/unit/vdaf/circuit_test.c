/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/vdaf/circuit.h"

#include "proto/vdaf/circuit_type.h"
#include "tests/unit/vdaf/samples.h"

#define ENCODED_MAX 64

static uint64_t int_of(const struct drp_circuit *c, struct drp_fe a)
{
	return (uint64_t)c->field->to_int(a);
}

/* Sizes that were measured with the draft's own program. */
static void sizes(void)
{
	uint8_t seven[40];
	struct drp_circuit c;

	memset(seven, 6, sizeof seven);
	CHECK_OK(drp_circuit_sumvec(&c, 720, 4095, 93));
	CHECK_INT(c.encoded_len, 8640);
	CHECK_INT(c.calls, 93);
	CHECK_INT(c.points, 128);
	CHECK_INT(c.proof_len, 441);
	CHECK_INT(c.verifier_len, 188);
	CHECK_OK(drp_circuit_sumvec(&c, 720, 4095, 0));
	CHECK_INT(c.chunk, 69);
	CHECK_INT(c.calls, 126);
	CHECK_INT(c.proof_len, 393);
	CHECK_INT(c.verifier_len, 140);
	CHECK_OK(drp_circuit_linear(&c, 40, seven, 4, 31));
	CHECK_INT(c.encoded_len, 964);
	CHECK_INT(c.calls, 32);
	CHECK_INT(c.proof_len, 189);
	CHECK_INT(c.query_rand_len, 42);
	CHECK_OK(drp_circuit_linear(&c, 40, seven, 4, 0));
	CHECK_INT(c.chunk, 32);
	CHECK_INT(c.proof_len, 127);
}

static void best_chunk(void)
{
	for (size_t n = 1; n <= 1000; n++) {
		struct drp_circuit c;
		size_t shortest = SIZE_MAX;
		for (size_t chunk = 1; chunk <= n; chunk++) {
			CHECK_OK(drp_circuit_histogram(&c, n, chunk));
			shortest = c.proof_len < shortest ? c.proof_len : shortest;
		}
		CHECK_OK(drp_circuit_histogram(&c, n, 0));
		CHECK_INT(c.proof_len, shortest);
		CHECK_INT(c.chunk, drp_circuit_best_chunk(n));
	}
}

/* Every number up to max has an encoding, and no encoding stands for more than max. */
static void numbers(void)
{
	for (uint64_t max = 1; max <= 130; max++) {
		struct drp_circuit c;
		struct drp_fe encoded[8];
		CHECK_OK(drp_circuit_sum(&c, max));
		for (uint64_t number = 0; number <= max + 3; number++) {
			CHECK_INT(drp_number_encode(&c, number, encoded), number > max);
			for (unsigned i = 0; i < c.bits && number <= max; i++) {
				CHECK(int_of(&c, encoded[i]) <= 1);
			}
			if (number <= max) {
				CHECK_INT(int_of(&c, drp_number_decode(&c, encoded)),
					number);
			}
		}
		for (uint64_t pattern = 0; pattern >> c.bits == 0; pattern++) {
			for (unsigned i = 0; i < c.bits; i++) {
				encoded[i] = drp_fe_from_u64(c.field, pattern >> i & 1);
			}
			CHECK(int_of(&c, drp_number_decode(&c, encoded)) <= max);
		}
	}
}

static void largest_number(void)
{
	struct drp_circuit c;
	struct drp_fe encoded[32];

	CHECK_OK(drp_circuit_sum(&c, DRP_CIRCUIT_NUMBER_MAX));
	CHECK_INT(c.bits, 32);
	CHECK_INT(drp_number_encode(&c, UINT32_MAX, encoded), 0);
	CHECK_INT(int_of(&c, drp_number_decode(&c, encoded)), UINT32_MAX);
	CHECK_INT(drp_number_encode(&c, UINT64_C(1) << 32, encoded), 1);
	CHECK_INT(drp_number_encode(&c, UINT64_MAX, encoded), 1);
}

static void truncation(void)
{
	for (size_t i = 0; i < SAMPLES; i++) {
		const uint64_t *m = sample_measurement[i];
		struct drp_circuit c;
		struct drp_fe encoded[ENCODED_MAX], out[ENCODED_MAX];
		sample_circuit(i, &c);
		CHECK_OK(c.type->encode(&c, m, encoded));
		c.type->truncate(&c, encoded, out);
		for (size_t k = 0; k < c.length; k++) {
			CHECK_INT(int_of(&c, out[k]),
				c.algorithm == DRP_PRIO3_HISTOGRAM ? k == m[0] : m[k]);
		}
	}
}

/* Changes place k of sample i's measurement to another number; refused. */
static void refused(size_t i, size_t k, uint64_t other)
{
	uint64_t m[16];
	struct drp_circuit c;
	struct drp_fe encoded[ENCODED_MAX];

	sample_circuit(i, &c);
	memcpy(m, sample_measurement[i], sizeof m);
	m[k] = other;
	CHECK_ERR(c.type->encode(&c, m, encoded), DRP_E_RANGE);
}

static void invalid_measurements(void)
{
	refused(0, 0, 2);
	refused(1, 0, 1501);
	refused(1, 0, UINT64_MAX);
	refused(2, 4, 256);
	refused(3, 0, 11);
	refused(3, 0, UINT64_MAX);
	refused(4, 2, 2);
	refused(4, 0, 1 + (UINT64_C(1) << 32));
	refused(5, 0, 6);
	for (size_t k = 1; k < 10; k++) {
		refused(5, k, sample_measurement[5][k] + 1);
		refused(5, k, sample_measurement[5][k] - 1);
	}
	/* One too many ones; and an item that sums to N only modulo 2^64. */
	const uint64_t ones[] = {1, 1, 1, 1, 0};
	const uint64_t wraps[] = {5, 1, 3, 1, 6, UINT64_MAX, 2, 1, 1, 1};
	struct drp_circuit c;
	struct drp_fe encoded[ENCODED_MAX];
	sample_circuit(4, &c);
	CHECK_ERR(c.type->encode(&c, ones, encoded), DRP_E_RANGE);
	sample_circuit(5, &c);
	CHECK_ERR(c.type->encode(&c, wraps, encoded), DRP_E_RANGE);
}

/* The linear circuit on an encoding that encode would not make. */
static void linear_conditions(void)
{
	for (size_t k = 0; k < 10; k++) {
		struct drp_circuit c;
		const struct drp_fe zero = {0};
		struct drp_fe encoded[ENCODED_MAX], gadget[ENCODED_MAX] = {{0}}, out[4];
		sample_circuit(5, &c);
		CHECK_OK(c.type->encode(&c, sample_measurement[5], encoded));
		c.type->outputs(&c, encoded, gadget, zero, out);
		for (size_t item = 0; item < 4; item++) {
			CHECK(drp_fe_equal(out[item], zero));
		}
		uint64_t changed = sample_measurement[5][k] ^ 1;
		CHECK_INT(drp_number_encode(&c, changed, encoded + k * c.bits), 0);
		c.type->outputs(&c, encoded, gadget, zero, out);
		for (size_t item = 0; item < 3; item++) {
			const size_t of[] = {9, 0, 0, 0, 1, 1, 2, 2, 2, 2};
			int wrong = k == 0 || of[k] == item;
			CHECK_INT(drp_fe_equal(out[1 + item], zero), !wrong);
		}
	}
}

static void refuses_parameters(void)
{
	const uint8_t counters[DRP_ITEMS_MAX + 1] = {3, 0, 4};
	struct drp_circuit c;

	CHECK_ERR(drp_circuit_sum(&c, 0), DRP_E_RANGE);
	CHECK_ERR(drp_circuit_sum(&c, UINT64_C(1) << 32), DRP_E_RANGE);
	CHECK_ERR(drp_circuit_sumvec(&c, 0, 1, 1), DRP_E_RANGE);
	CHECK_ERR(drp_circuit_sumvec(&c, 1, 0, 1), DRP_E_RANGE);
	CHECK_ERR(drp_circuit_sumvec(&c, 1, UINT64_MAX, 1), DRP_E_RANGE);
	CHECK_ERR(drp_circuit_sumvec(&c, SIZE_MAX, 2, 1), DRP_E_RANGE);
	CHECK_OK(drp_circuit_sumvec(&c, DRP_CIRCUIT_ENCODED_MAX / 2, 2, 0));
	CHECK_ERR(drp_circuit_sumvec(&c, DRP_CIRCUIT_ENCODED_MAX / 2 + 1, 2, 0),
		DRP_E_RANGE);
	CHECK_ERR(drp_circuit_histogram(&c, 0, 1), DRP_E_RANGE);
	CHECK_ERR(drp_circuit_histogram(&c, SIZE_MAX, 1), DRP_E_RANGE);
	CHECK_ERR(drp_circuit_histogram(&c, 4, DRP_CIRCUIT_ENCODED_MAX + 1), DRP_E_RANGE);
	CHECK_ERR(drp_circuit_histogram(&c, 4, SIZE_MAX), DRP_E_RANGE);
	CHECK_ERR(drp_circuit_multihot(&c, 0, 1, 1), DRP_E_RANGE);
	CHECK_ERR(drp_circuit_multihot(&c, 4, 0, 1), DRP_E_RANGE);
	CHECK_ERR(drp_circuit_multihot(&c, 4, 5, 1), DRP_E_RANGE);
	CHECK_ERR(drp_circuit_multihot(&c, SIZE_MAX, SIZE_MAX, 1), DRP_E_RANGE);
	CHECK_ERR(drp_circuit_linear(&c, 0, counters, 3, 0), DRP_E_RANGE);
	CHECK_ERR(drp_circuit_linear(&c, 3, counters, 3, 0), DRP_E_RANGE);
	CHECK_ERR(drp_circuit_linear(&c, 1, counters, 0, 0), DRP_E_RANGE);
	CHECK_ERR(drp_circuit_linear(&c, 1, counters, 33, 0), DRP_E_RANGE);
	CHECK_OK(drp_circuit_linear(&c, 1, counters, 32, 0));
	CHECK_ERR(drp_circuit_linear(&c, DRP_ITEMS_MAX + 1, counters, 3, 0), DRP_E_RANGE);
}

int main(void)
{
	CASE("sizes are those of the draft", sizes);
	CASE("no chunk has a shorter proof than the best one", best_chunk);
	CASE("every number up to max can be encoded, and none above", numbers);
	CASE("so can numbers of 32 bits", largest_number);
	CASE("what is aggregated is the measurement", truncation);
	CASE("a measurement that is not valid is refused", invalid_measurements);
	CASE("an item that does not sum to N shows, and it alone", linear_conditions);
	CASE("parameters out of bounds are refused", refuses_parameters);
	return DONE();
}
