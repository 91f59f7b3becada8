/* SPDX-License-Identifier: Apache-2.0
 *
 * Whole reports of every circuit. That the bytes are the draft's is seen by vdaf_kat.
 */
#include "proto/vdaf/prio3.h"

#include "proto/base/alloc.h"
#include "tests/unit/vdaf/samples.h"

static struct sample_report report, bad;

static void sums(void)
{
	for (size_t i = 0; i < SAMPLES; i++) {
		for (unsigned shares = 2; shares <= SAMPLE_SHARES_MAX; shares++) {
			static uint8_t agg[SAMPLE_SHARES_MAX][SAMPLE_BYTES_MAX];
			struct drp_bytes agg_shares[SAMPLE_SHARES_MAX];
			struct drp_prio3 p;
			int64_t got[16];
			sample_instance(i, shares, &p);
			memset(agg, 0, sizeof agg);
			for (uint64_t k = 0; k < 3; k++) {
				CHECK_OK(sample_shard(
					&p, sample_measurement[i], k, &report));
				CHECK_OK(sample_verify(&p, &report));
				for (unsigned a = 0; a < shares; a++) {
					CHECK_OK(drp_prio3_aggregate(&p, agg[a],
						(struct drp_bytes){report.out_share[a],
							p.sizes.out_share}));
				}
			}
			for (unsigned a = 0; a < shares; a++) {
				agg_shares[a] =
					(struct drp_bytes){agg[a], p.sizes.out_share};
			}
			CHECK_OK(drp_prio3_unshard(&p, agg_shares, shares, got));
			for (size_t k = 0; k < p.circuit.length; k++) {
				uint64_t once = sample_measurement[i][k];
				once = i == 3 ? k == sample_measurement[i][0] : once;
				CHECK_INT(got[k], 3 * once);
			}
		}
	}
}

/* Every single bit of `bytes`, which lie in the static `bad`. */
static void flip_all(const struct drp_prio3 *p, uint8_t *bytes, size_t n)
{
	for (size_t k = 0; k < n; k++) {
		uint8_t bit = (uint8_t)(1 << (k % 8));
		bytes[k] ^= bit;
		enum drp_err err = sample_verify(p, &bad);
		CHECK(err == DRP_E_PROOF || err == DRP_E_MALFORMED);
		bytes[k] ^= bit;
	}
	CHECK_OK(sample_verify(p, &bad));
}

static void flips_in_reports(void)
{
	for (size_t i = 0; i < SAMPLES; i++) {
		struct drp_prio3 p;
		sample_instance(i, 2 + i % 2, &p);
		CHECK_OK(sample_shard(&p, sample_measurement[i], 5, &bad));
		flip_all(&p, bad.public_share, p.sizes.public_share);
		for (unsigned a = 0; a < p.shares; a++) {
			flip_all(&p, bad.input_share[a],
				drp_prio3_input_share_size(&p, a));
		}
		flip_all(&p, bad.nonce, i >= 2 ? sizeof bad.nonce : 0);
	}
}

static void flips_between_aggregators(void)
{
	for (size_t i = 0; i < SAMPLES; i++) {
		struct drp_prio3 p;
		sample_instance(i, 2, &p);
		CHECK_OK(sample_shard(&p, sample_measurement[i], 5, &bad));
		CHECK_OK(sample_verify(&p, &bad));
		for (size_t k = 0; k < 2 * p.sizes.verifier_share; k++) {
			uint8_t *byte = &bad.verifier_share[k % 2][k / 2];
			*byte ^= 0x10;
			enum drp_err err = sample_message(&p, &bad);
			err = err ? err : sample_verify_next(&p, 0, &bad);
			CHECK(err == DRP_E_PROOF || err == DRP_E_MALFORMED);
			*byte ^= 0x10;
		}
		CHECK_OK(sample_message(&p, &bad));
		for (size_t k = 0; k < p.sizes.message; k++) {
			bad.message[k] ^= 0x80;
			CHECK_ERR(sample_verify_next(&p, 0, &bad), DRP_E_PROOF);
			CHECK_ERR(sample_verify_next(&p, 1, &bad), DRP_E_PROOF);
			bad.message[k] ^= 0x80;
		}
	}
}

/* Another context, key, nonce, or aggregator's number than the others use. */
static void one_task(void)
{
	struct drp_prio3 p, other;
	uint8_t key[DRP_PRIO3_VERIFY_KEY_BYTES] = {1};

	for (size_t i = 0; i < SAMPLES; i++) {
		sample_instance(i, 3, &p);
		other = p;
		other.tag[p.tag_n - 1] ^= 1;
		CHECK_OK(sample_shard(&p, sample_measurement[i], 6, &bad));
		CHECK_OK(sample_verify(&p, &bad));
		CHECK_ERR(sample_verify(&other, &bad), DRP_E_PROOF);

		CHECK_OK(sample_verify_init(&p, key, 0, &bad));
		CHECK_ERR(sample_message(&p, &bad), DRP_E_PROOF);
		CHECK_OK(sample_verify_init(&p, sample_key, 0, &bad));
		bad.nonce[0] ^= 1;
		CHECK_OK(sample_verify_init(&p, sample_key, 1, &bad));
		CHECK_ERR(sample_message(&p, &bad), DRP_E_PROOF);

		CHECK_OK(sample_shard(&p, sample_measurement[i], 6, &bad));
		memcpy(&report, &bad, sizeof report);
		memcpy(bad.input_share[1], report.input_share[2],
			p.sizes.other_input_share);
		memcpy(bad.input_share[2], report.input_share[1],
			p.sizes.other_input_share);
		CHECK_ERR(sample_verify(&p, &bad), DRP_E_PROOF);
	}
}

/* A school that cannot count: its report has the right ranges and lengths, made with
 * SumVec under the linear circuit's name, but an item does not sum to N. */
static void cheating_client(void)
{
	uint64_t m[16];
	struct drp_prio3 linear, cheat;
	struct drp_circuit c;

	sample_instance(5, 2, &linear);
	CHECK_OK(drp_circuit_sumvec(
		&c, linear.circuit.length, linear.circuit.max, linear.circuit.chunk));
	c.algorithm = DRP_PRIO3_LINEAR;
	CHECK_OK(drp_prio3_init(&cheat, &c, 2, "context", 7));
	memcpy(m, sample_measurement[5], sizeof m);
	CHECK_OK(sample_shard(&cheat, m, 7, &bad));
	CHECK_OK(sample_verify(&linear, &bad));
	for (size_t k = 0; k < linear.circuit.length; k++) {
		m[k] ^= 1;
		CHECK_ERR(sample_shard(&linear, m, 7, &bad), DRP_E_RANGE);
		CHECK_OK(sample_shard(&cheat, m, 7, &bad));
		CHECK_OK(sample_verify(&cheat, &bad));
		CHECK_ERR(sample_verify(&linear, &bad), DRP_E_PROOF);
		m[k] ^= 1;
	}
}

/* Runs its block for every length up to one more than the right one, but that. */
#define WRONG_LENGTHS(n, right)                                                          \
	for (size_t n = 0; n <= (right) + 1; n++)                                        \
		if (n != (right))

static void valid_report(size_t i, struct drp_prio3 *p)
{
	sample_instance(i, 2, p);
	CHECK_OK(sample_shard(p, sample_measurement[i], 8, &report));
	CHECK_OK(sample_verify(p, &report));
}

static enum drp_err init_lengths(
	const struct drp_prio3 *p, unsigned a, size_t public_n, size_t input_n)
{
	return drp_prio3_verify_init(p, sample_key, a, report.nonce,
		(struct drp_bytes){report.public_share, public_n},
		(struct drp_bytes){report.input_share[a], input_n}, bad.state[a],
		bad.verifier_share[a]);
}

static void wrong_report_lengths(void)
{
	for (size_t i = 0; i < SAMPLES; i++) {
		struct drp_prio3 p;
		valid_report(i, &p);
		for (unsigned a = 0; a < 2; a++) {
			size_t public_n = p.sizes.public_share;
			size_t input_n = drp_prio3_input_share_size(&p, a);
			CHECK_OK(init_lengths(&p, a, public_n, input_n));
			WRONG_LENGTHS(n, public_n)
			{
				CHECK_ERR(
					init_lengths(&p, a, n, input_n), DRP_E_MALFORMED);
			}
			WRONG_LENGTHS(n, input_n)
			{
				CHECK_ERR(init_lengths(&p, a, public_n, n),
					DRP_E_MALFORMED);
			}
		}
	}
}

static enum drp_err next_lengths(
	const struct drp_prio3 *p, size_t state_n, size_t message_n)
{
	return drp_prio3_verify_next(p, (struct drp_bytes){report.state[0], state_n},
		(struct drp_bytes){report.message, message_n}, bad.out_share[0]);
}

static void wrong_message_lengths(void)
{
	for (size_t i = 0; i < SAMPLES; i++) {
		struct drp_prio3 p;
		valid_report(i, &p);
		struct drp_bytes share = {
			report.verifier_share[1], p.sizes.verifier_share};
		struct drp_bytes shares[3] = {
			{report.verifier_share[0], p.sizes.verifier_share}, share, share};
		CHECK_OK(drp_prio3_message(&p, shares, 2, bad.message));
		WRONG_LENGTHS(n, 2)
		{
			CHECK_ERR(drp_prio3_message(&p, shares, n, bad.message),
				DRP_E_MALFORMED);
		}
		WRONG_LENGTHS(n, p.sizes.verifier_share)
		{
			shares[1].n = n;
			CHECK_ERR(drp_prio3_message(&p, shares, 2, bad.message),
				DRP_E_MALFORMED);
		}
		CHECK_OK(next_lengths(&p, p.sizes.state, p.sizes.message));
		WRONG_LENGTHS(n, p.sizes.message)
		{
			CHECK_ERR(next_lengths(&p, p.sizes.state, n), DRP_E_MALFORMED);
		}
		WRONG_LENGTHS(n, p.sizes.state)
		{
			CHECK_ERR(next_lengths(&p, n, p.sizes.message), DRP_E_MALFORMED);
		}
	}
}

static void wrong_sum_lengths(void)
{
	for (size_t i = 0; i < SAMPLES; i++) {
		struct drp_prio3 p;
		int64_t got[16];
		valid_report(i, &p);
		struct drp_bytes share = {report.out_share[1], p.sizes.out_share};
		struct drp_bytes shares[3] = {
			{report.out_share[0], p.sizes.out_share}, share, share};
		CHECK_OK(drp_prio3_unshard(&p, shares, 2, got));
		WRONG_LENGTHS(n, 2)
		{
			CHECK_ERR(drp_prio3_unshard(&p, shares, n, got), DRP_E_MALFORMED);
		}
		WRONG_LENGTHS(n, p.sizes.out_share)
		{
			shares[1].n = n;
			CHECK_ERR(drp_prio3_unshard(&p, shares, 2, got), DRP_E_MALFORMED);
			CHECK_ERR(drp_prio3_aggregate(&p, bad.out_share[0], shares[1]),
				DRP_E_MALFORMED);
		}
	}
}

static void no_such_aggregator(void)
{
	struct drp_prio3 p;

	sample_instance(2, 2, &p);
	CHECK_OK(sample_shard(&p, sample_measurement[2], 8, &report));
	for (unsigned a = 2; a < 4; a++) {
		CHECK_ERR(sample_verify_init(&p, sample_key, a, &report), DRP_E_RANGE);
	}
	CHECK_ERR(
		sample_verify_init(&p, sample_key, UINT32_MAX & 3, &report), DRP_E_RANGE);
}

static void no_such_instance(void)
{
	static const uint8_t context[DRP_PRIO3_CONTEXT_MAX + 1];
	struct drp_circuit c;
	struct drp_prio3 p;

	CHECK_OK(drp_circuit_count(&c));
	CHECK_ERR(drp_prio3_init(&p, &c, 1, NULL, 0), DRP_E_RANGE);
	CHECK_ERR(drp_prio3_init(&p, &c, 256, NULL, 0), DRP_E_RANGE);
	CHECK_ERR(drp_prio3_init(&p, &c, 2, context, sizeof context), DRP_E_RANGE);
	CHECK_OK(drp_prio3_init(&p, &c, 255, context, sizeof context - 1));
	CHECK_OK(drp_prio3_init(&p, &c, 2, NULL, 0));
}

/* Elements that are none, in everything that carries elements from outside. */
static void no_elements(void)
{
	for (size_t i = 0; i < SAMPLES; i++) {
		struct drp_prio3 p;
		int64_t got[16];
		sample_instance(i, 2, &p);
		size_t e = p.circuit.field->bytes;
		CHECK_OK(sample_shard(&p, sample_measurement[i], 9, &report));
		CHECK_OK(sample_verify(&p, &report));
		size_t elements = p.circuit.encoded_len + p.circuit.proof_len;
		for (size_t k = 0; k < elements; k++) {
			memcpy(&bad, &report, sizeof bad);
			memset(bad.input_share[0] + k * e, 0xff, e);
			CHECK_ERR(sample_verify_init(&p, sample_key, 0, &bad),
				DRP_E_MALFORMED);
		}
		for (size_t k = 0; k < p.circuit.verifier_len; k++) {
			memcpy(&bad, &report, sizeof bad);
			memset(bad.verifier_share[1] + k * e, 0xff, e);
			CHECK_ERR(sample_message(&p, &bad), DRP_E_MALFORMED);
		}
		memset(bad.out_share[0], 0xff, e);
		struct drp_bytes shares[2] = {{bad.out_share[0], p.sizes.out_share},
			{report.out_share[1], p.sizes.out_share}};
		CHECK_ERR(drp_prio3_unshard(&p, shares, 2, got), DRP_E_MALFORMED);
		CHECK_ERR(drp_prio3_aggregate(&p, bad.out_share[1], shares[0]),
			DRP_E_MALFORMED);
	}
}

/* Noise on an aggregate share takes the sum below zero; too much is no number. */
static void negative_sums(void)
{
	struct drp_prio3 p;
	uint8_t share[2][5 * 16] = {{0}};
	struct drp_bytes shares[2];
	int64_t got[5] = {1, 1, 1, 1, 1};
	const struct drp_field *f = &drp_field128;

	sample_instance(2, 2, &p);
	for (size_t a = 0; a < 2; a++) {
		shares[a] = (struct drp_bytes){share[a], sizeof share[a]};
	}
	for (uint64_t k = 0; k < 5; k++) {
		struct drp_fe minus = f->sub((struct drp_fe){0}, drp_fe_from_u64(f, k));
		drp_field_encode(f, &minus, 1, share[k % 2] + k * 16);
	}
	CHECK_OK(drp_prio3_unshard(&p, shares, 2, got));
	for (int64_t k = 0; k < 5; k++) {
		CHECK_INT(got[k], -k);
	}
	share[0][3 * 16 + 12] ^= 1;
	CHECK_ERR(drp_prio3_unshard(&p, shares, 2, got), DRP_E_RANGE);
	CHECK_INT(got[4], -4);
}

/* A failure anywhere leaves every output as it was. */
static void out_of_memory(void)
{
	static struct sample_report before;
	struct drp_prio3 p;
	enum drp_err err = DRP_E_NOMEM;

	sample_instance(5, 2, &p);
	for (unsigned long n = 1; err; n++) {
		memset(&report, 0x5a, sizeof report);
		memcpy(&before, &report, sizeof before);
		drp_alloc_hook(n, 0);
		err = sample_shard(&p, sample_measurement[5], 1, &report);
		CHECK(!err || err == DRP_E_NOMEM);
		CHECK(!err || memcmp(report.input_share, before.input_share,
				      sizeof report.input_share) == 0);
		CHECK(!err || memcmp(report.public_share, before.public_share,
				      sizeof report.public_share) == 0);
		CHECK_INT(n <= 3 ? err : DRP_OK, n <= 3 ? DRP_E_NOMEM : DRP_OK);
	}
	err = DRP_E_NOMEM;
	for (unsigned long n = 1; err; n++) {
		memset(report.state, 0x5a, sizeof report.state);
		memset(report.verifier_share, 0x5a, sizeof report.verifier_share);
		memcpy(&before, &report, sizeof before);
		drp_alloc_hook(n, 0);
		err = sample_verify_init(&p, sample_key, 1, &report);
		CHECK(!err || err == DRP_E_NOMEM);
		CHECK(!err || memcmp(&report, &before, sizeof report) == 0);
		CHECK_INT(n <= 2 ? err : DRP_OK, n <= 2 ? DRP_E_NOMEM : DRP_OK);
	}
	drp_alloc_hook(0, 0);
	CHECK_OK(sample_verify(&p, &report));
	struct drp_bytes shares[2] = {{report.out_share[0], p.sizes.out_share},
		{report.out_share[1], p.sizes.out_share}};
	int64_t got[16];
	for (unsigned long n = 1; n <= 2; n++) {
		drp_alloc_hook(n, 0);
		CHECK_ERR(drp_prio3_unshard(&p, shares, 2, got), DRP_E_NOMEM);
	}
	drp_alloc_hook(1, 0);
	CHECK_ERR(drp_prio3_aggregate(&p, report.out_share[0], shares[1]), DRP_E_NOMEM);
	drp_alloc_hook(1, 0);
	CHECK_ERR(sample_message(&p, &report), DRP_E_NOMEM);
	drp_alloc_hook(0, 0);
}

int main(void)
{
	CASE("reports of every circuit add up, for two to four aggregators", sums);
	CASE("a flipped bit anywhere in a report is refused", flips_in_reports);
	CASE("a flipped bit between aggregators is refused", flips_between_aggregators);
	CASE("context, key, nonce and place must be those of the others", one_task);
	CASE("counters that do not sum to N are refused", cheating_client);
	CASE("a report of another length is refused", wrong_report_lengths);
	CASE("a message of another length is refused", wrong_message_lengths);
	CASE("an output share of another length is refused", wrong_sum_lengths);
	CASE("an aggregator that is none is refused", no_such_aggregator);
	CASE("an instance out of bounds is refused", no_such_instance);
	CASE("elements above the modulus are refused", no_elements);
	CASE("sums may be negative, and must be numbers", negative_sums);
	CASE("without memory no output is touched", out_of_memory);
	return DONE();
}
