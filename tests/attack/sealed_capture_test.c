/* SPDX-License-Identifier: Apache-2.0
 *
 * One of the two aggregators is captured: all its keys, the seed of the verification
 * keys, every message that it saw, every share that it kept. What did this school answer?
 * For any other tabulation with as many questionnaires the test makes the other side's
 * share, and the school's randomness, under which the captured side would have seen the
 * same bytes: its view fits every answer. What is left to it is to guess 32 random bytes
 * under a hash (each share's blind) and to open a seal without its key. Whoever captures
 * both recovers the counts: the control.
 */
#include "proto/vdaf/circuit_type.h"
#include "proto/vdaf/flp.h"
#include "proto/vdaf/pingpong.h"
#include "proto/vdaf/prio3_derive.h"

#include "tests/support/sealed_fixture.h"

#define G	      DRP_TEACHER
#define SHEETS	      30
#define ELEMENTS_MAX  512
#define OTHER_ANSWERS 20

static struct sealed_fixture fixture;
static struct drp_test_rng_state state;
static struct drp_rng rng;

static const struct drp_prio3 *prio3(void)
{
	return &fixture.task[G].prio3;
}

static const struct drp_field *field(void)
{
	return prio3()->circuit.field;
}

/* A measurement share and a proof share, as elements. */
struct share {
	struct drp_fe encoded[ELEMENTS_MAX], proof[ELEMENTS_MAX];
};

/* One report and everything that either side ever holds of it. */
struct capture {
	uint64_t counts[SEALED_COUNTS_MAX];
	struct drp_buf bytes, notary_share, state, initialize, finish, out[2];
	struct drp_report report;
	struct share hub, notary;
	uint8_t joint_seed[DRP_PRIO3_SEED_BYTES];
	struct drp_fe joint_rand[ELEMENTS_MAX], query_rand[ELEMENTS_MAX];
};

/* Sampled shares are scaled (field.h): through their bytes to plain elements. */
static void plain(struct drp_fe *v, size_t n)
{
	static uint8_t bytes[ELEMENTS_MAX * 16];
	CHECK(n <= ELEMENTS_MAX);
	drp_field_write_scaled(field(), v, n, bytes);
	CHECK_OK(drp_field_decode(field(), bytes, v, n));
}

static void split(struct capture *c)
{
	const struct drp_circuit *circuit = &prio3()->circuit;
	const uint8_t *hub = c->report.hub_share;
	CHECK_OK(drp_field_decode(field(), hub, c->hub.encoded, circuit->encoded_len));
	hub += circuit->encoded_len * field()->bytes;
	CHECK_OK(drp_field_decode(field(), hub, c->hub.proof, circuit->proof_len));
	drp_derive_measurement_share(prio3(), 1, c->notary_share.data, c->notary.encoded);
	plain(c->notary.encoded, circuit->encoded_len);
	drp_derive_proof_share(prio3(), 1, c->notary_share.data, c->notary.proof);
	plain(c->notary.proof, circuit->proof_len);
}

static void capture_free(struct capture *c)
{
	struct drp_buf *bufs[] = {&c->bytes, &c->notary_share, &c->state, &c->initialize,
		&c->finish, &c->out[0], &c->out[1]};
	for (size_t i = 0; i < sizeof bufs / sizeof *bufs; i++) {
		drp_buf_clear(bufs[i]);
	}
}

/* The whole way of a unit's report, with a copy of all that is on it. */
static void capture(struct capture *c, uint32_t unit, const uint64_t *counts)
{
	const struct drp_task *task = &fixture.task[G];
	const uint8_t *key = fixture.verify_key[G];
	uint8_t context[DRP_SHARE_CONTEXT_BYTES], message_key[DRP_MESSAGE_KEY_BYTES];
	struct drp_hash name;
	memset(c, 0, sizeof *c);
	memcpy(c->counts, counts, sizeof c->counts);
	sealed_report(&fixture, G, unit, counts, &rng, &c->bytes, &c->report, &name);
	CHECK_OK(
		drp_verification_start(task, key, &c->report, &c->state, &c->initialize));
	CHECK_OK(drp_verification_answer(task, key, fixture.notary, &c->report,
		sealed_whole(&c->initialize), &c->out[1], &c->finish));
	CHECK_OK(drp_verification_finish(
		task, sealed_whole(&c->state), sealed_whole(&c->finish), &c->out[0]));
	drp_share_context(&c->report.statement, context);
	CHECK_OK(drp_unseal(fixture.notary, context, sizeof context,
		c->report.notary_share, c->report.notary_n, &c->notary_share,
		message_key));
	drp_derive_joint_rand_seed(prio3(), c->report.public_share, c->joint_seed);
	drp_derive_joint_rand(prio3(), c->joint_seed, c->joint_rand);
	drp_derive_query_rand(prio3(), key, c->report.statement.nonce.b, c->query_rand);
	split(c);
}

/* ---- another answer ---- */

/* Another tabulation with as many questionnaires. */
static void another(const struct capture *c, uint64_t counts[SEALED_COUNTS_MAX])
{
	do {
		sealed_counts(&fixture, G, &rng, SHEETS, counts);
	} while (memcmp(counts, c->counts, sizeof c->counts) == 0);
	CHECK_INT(counts[0], c->counts[0]);
}

static void encode(const uint64_t *counts, struct drp_fe *encoded)
{
	const struct drp_circuit *circuit = &prio3()->circuit;
	CHECK_OK(circuit->type->encode(circuit, counts, encoded));
}

static void query(const struct capture *c, const struct drp_fe *encoded,
	const struct drp_fe *proof, struct drp_fe one, struct drp_fe *verifier)
{
	CHECK_OK(drp_flp_query(&prio3()->circuit, encoded, proof, c->query_rand,
		c->joint_rand, one, verifier));
}

static struct drp_fe half(void)
{
	return drp_fe_inverse(field(), drp_fe_from_u64(field(), 2));
}

/* The other side's share: the other answer's encoding and proof, less the known share. */
static void complement(const struct drp_fe *encoded, const struct drp_fe *proof,
	const struct share *known, struct share *made)
{
	const struct drp_circuit *circuit = &prio3()->circuit;
	memcpy(made->encoded, encoded, circuit->encoded_len * sizeof *encoded);
	memcpy(made->proof, proof, circuit->proof_len * sizeof *proof);
	drp_field_sub(field(), made->encoded, known->encoded, circuit->encoded_len);
	drp_field_sub(field(), made->proof, known->proof, circuit->proof_len);
}

/* Adds both sides' counters up. */
static void recover(const struct share *a, const struct share *b, int64_t *counts)
{
	const struct drp_circuit *circuit = &prio3()->circuit;
	struct drp_fe one[SEALED_COUNTS_MAX], two[SEALED_COUNTS_MAX];
	circuit->type->truncate(circuit, a->encoded, one);
	circuit->type->truncate(circuit, b->encoded, two);
	drp_field_add(field(), one, two, circuit->length);
	for (size_t i = 0; i < circuit->length; i++) {
		CHECK_OK(drp_fe_to_i64(field(), one[i], &counts[i]));
	}
}

static void check_recovered(
	const struct share *a, const struct share *b, const uint64_t *counts)
{
	int64_t got[SEALED_COUNTS_MAX];
	recover(a, b, got);
	for (size_t i = 0; i < prio3()->circuit.length; i++) {
		CHECK_INT(got[i], (int64_t)counts[i]);
	}
}

/* Whether both verifier shares together accept. */
static enum drp_err decide(
	const struct capture *c, const struct share *hub, const struct share *notary)
{
	struct drp_fe a[ELEMENTS_MAX], b[ELEMENTS_MAX];
	query(c, hub->encoded, hub->proof, half(), a);
	query(c, notary->encoded, notary->proof, half(), b);
	drp_field_add(field(), a, b, prio3()->circuit.verifier_len);
	return drp_flp_decide(&prio3()->circuit, a);
}

/* What the hub tells the notary about its share of a proof. */
static void check_told(const struct capture *c, const struct share *hub)
{
	static uint8_t bytes[ELEMENTS_MAX * 16];
	struct drp_fe verifier[ELEMENTS_MAX];
	size_t n = prio3()->circuit.verifier_len;
	query(c, hub->encoded, hub->proof, half(), verifier);
	drp_field_encode(field(), verifier, n, bytes);
	CHECK(c->initialize.len > 5 + n * field()->bytes);
	CHECK_MEM(c->initialize.data + 5, bytes, n * field()->bytes);
}

/* ---- the hub ---- */

/* The notary's share under which the hub would have seen all that it saw. */
static void explain_to_hub(
	const struct capture *c, const uint64_t *counts, struct share *notary)
{
	struct drp_fe encoded[ELEMENTS_MAX], rand[ELEMENTS_MAX], proof[ELEMENTS_MAX];
	const struct drp_circuit *circuit = &prio3()->circuit;
	encode(counts, encoded);
	drp_field_sample(field(), &rng, rand, circuit->prove_rand_len);
	CHECK_OK(drp_flp_prove(circuit, encoded, rand, c->joint_rand, proof));
	complement(encoded, proof, &c->hub, notary);
}

static void the_hub_alone(void)
{
	static struct capture c;
	static struct share made;
	uint64_t counts[SEALED_COUNTS_MAX] = {0}, other[SEALED_COUNTS_MAX] = {0};
	struct drp_buf opened = {0};
	uint8_t context[DRP_SHARE_CONTEXT_BYTES], key[DRP_MESSAGE_KEY_BYTES];
	sealed_counts(&fixture, G, &rng, SHEETS, counts);
	capture(&c, 3, counts);
	/* The notary's share is nothing to the hub's keys. */
	drp_share_context(&c.report.statement, context);
	CHECK_ERR(drp_unseal(fixture.hub, context, sizeof context, c.report.notary_share,
			  c.report.notary_n, &opened, key),
		DRP_E_SIGNATURE);
	/* The notary's answer follows from what the school had sent to both. */
	CHECK_INT(c.finish.len, 5 + DRP_PRIO3_SEED_BYTES);
	CHECK_MEM(c.finish.data + 5, c.joint_seed, DRP_PRIO3_SEED_BYTES);
	check_told(&c, &c.hub);
	for (int i = 0; i < OTHER_ANSWERS; i++) {
		another(&c, other);
		explain_to_hub(&c, other, &made);
		CHECK_OK(decide(&c, &c.hub, &made));
		check_recovered(&c.hub, &made, other);
	}
	capture_free(&c);
}

/* Two schools that swap their answers: the hub's view fits that too, and the sums that
 * the notary shows at the opening are the same bytes. */
static void swapped_schools(void)
{
	static struct capture a, b;
	static struct share made_a, made_b;
	uint64_t one[SEALED_COUNTS_MAX] = {0}, two[SEALED_COUNTS_MAX] = {0};
	struct drp_fe sum[ELEMENTS_MAX], real[ELEMENTS_MAX];
	const struct drp_circuit *circuit = &prio3()->circuit;
	sealed_counts(&fixture, G, &rng, SHEETS, one);
	sealed_counts(&fixture, G, &rng, SHEETS, two);
	capture(&a, 1, one);
	capture(&b, 2, two);
	explain_to_hub(&a, two, &made_a);
	explain_to_hub(&b, one, &made_b);
	CHECK_OK(decide(&a, &a.hub, &made_a));
	CHECK_OK(decide(&b, &b.hub, &made_b));
	check_recovered(&a.hub, &made_a, two);
	drp_field_add(field(), made_a.encoded, made_b.encoded, circuit->encoded_len);
	circuit->type->truncate(circuit, made_a.encoded, sum);
	drp_field_add(field(), a.notary.encoded, b.notary.encoded, circuit->encoded_len);
	circuit->type->truncate(circuit, a.notary.encoded, real);
	CHECK_MEM(sum, real, circuit->length * sizeof *sum);
	capture_free(&a);
	capture_free(&b);
}

/* ---- the notary ---- */

/* Where the query looks, each wire is its random seed times a constant, plus what the
 * answer puts there: so some seed shows what the notary saw, whatever the answer. */
static void matching_seeds(const struct capture *c, const struct drp_fe *encoded,
	const struct drp_fe *seen, struct drp_fe *seeds)
{
	const struct drp_circuit *circuit = &prio3()->circuit;
	struct drp_fe proof[ELEMENTS_MAX], zero[ELEMENTS_MAX], one[ELEMENTS_MAX];
	struct drp_fe unit = drp_fe_from_u64(field(), 1);
	memset(seeds, 0, circuit->prove_rand_len * sizeof *seeds);
	CHECK_OK(drp_flp_prove(circuit, encoded, seeds, c->joint_rand, proof));
	query(c, encoded, proof, unit, zero);
	for (size_t j = 0; j < circuit->prove_rand_len; j++) {
		seeds[j] = unit;
	}
	CHECK_OK(drp_flp_prove(circuit, encoded, seeds, c->joint_rand, proof));
	query(c, encoded, proof, unit, one);
	for (size_t j = 0; j < circuit->prove_rand_len; j++) {
		struct drp_fe slope = field()->sub(one[1 + j], zero[1 + j]);
		seeds[j] = field()->mul(field()->sub(seen[1 + j], zero[1 + j]),
			drp_fe_inverse(field(), slope));
	}
}

static void explain_to_notary(
	const struct capture *c, const uint64_t *counts, struct share *hub)
{
	struct drp_fe encoded[ELEMENTS_MAX], seeds[ELEMENTS_MAX], proof[ELEMENTS_MAX];
	struct drp_fe seen[ELEMENTS_MAX], own[ELEMENTS_MAX];
	const struct drp_circuit *circuit = &prio3()->circuit;
	query(c, c->hub.encoded, c->hub.proof, half(), seen); /* its message */
	query(c, c->notary.encoded, c->notary.proof, half(), own);
	drp_field_add(field(), seen, own, circuit->verifier_len);
	encode(counts, encoded);
	matching_seeds(c, encoded, seen, seeds);
	CHECK_OK(drp_flp_prove(circuit, encoded, seeds, c->joint_rand, proof));
	complement(encoded, proof, &c->notary, hub);
}

static void the_notary_alone(void)
{
	static struct capture c;
	static struct share made;
	uint64_t counts[SEALED_COUNTS_MAX] = {0}, other[SEALED_COUNTS_MAX] = {0};
	sealed_counts(&fixture, G, &rng, SHEETS, counts);
	capture(&c, 5, counts);
	for (int i = 0; i < OTHER_ANSWERS; i++) {
		another(&c, other);
		explain_to_notary(&c, other, &made);
		CHECK_OK(decide(&c, &made, &c.notary));
		check_told(&c, &made); /* to the last bit what the hub told it */
		check_recovered(&made, &c.notary, other);
	}
	capture_free(&c);
}

/* The school's own share for the notary is a seed that it drew before it looked at its
 * answers: with the same randomness it is the same bytes for any of them. */
static void the_notary_s_share_is_drawn(void)
{
	const struct drp_prio3 *p = prio3();
	static uint8_t rand[256], public_share[64], hub[65536], notary[2][64];
	uint64_t counts[SEALED_COUNTS_MAX];
	uint8_t nonce[DRP_PRIO3_NONCE_BYTES];
	CHECK(p->sizes.rand <= sizeof rand && p->sizes.first_input_share <= sizeof hub);
	rng.fill(rng.self, rand, sizeof rand);
	rng.fill(rng.self, nonce, sizeof nonce);
	for (int i = 0; i < 2; i++) {
		uint8_t *const shares[] = {hub, notary[i]};
		sealed_counts(&fixture, G, &rng, SHEETS, counts);
		CHECK_OK(drp_prio3_shard(p, counts, nonce, rand, public_share, shares));
	}
	CHECK_MEM(notary[0], notary[1], sizeof notary[0]);
}

/* ---- controls ---- */

static void both_together(void)
{
	static struct capture c;
	uint64_t counts[SEALED_COUNTS_MAX] = {0};
	int64_t sums[SEALED_COUNTS_MAX];
	sealed_counts(&fixture, G, &rng, SHEETS, counts);
	capture(&c, 6, counts);
	check_recovered(&c.hub, &c.notary, counts);
	CHECK_OK(decide(&c, &c.hub, &c.notary));
	struct drp_bytes out[2] = {sealed_whole(&c.out[0]), sealed_whole(&c.out[1])};
	CHECK_OK(drp_prio3_unshard(prio3(), out, 2, sums));
	for (size_t i = 0; i < prio3()->circuit.length; i++) {
		CHECK_INT(sums[i], (int64_t)counts[i]);
	}
	capture_free(&c);
}

/* A share that is made for one report does not explain another, and no share explains
 * counters that are no tabulation: the test can tell. */
static void what_does_not_fit(void)
{
	static struct capture a, b;
	static struct share made;
	uint64_t counts[SEALED_COUNTS_MAX] = {0}, other[SEALED_COUNTS_MAX] = {0};
	struct drp_fe encoded[ELEMENTS_MAX], rand[ELEMENTS_MAX], proof[ELEMENTS_MAX];
	const struct drp_circuit *circuit = &prio3()->circuit;
	sealed_counts(&fixture, G, &rng, SHEETS, counts);
	capture(&a, 7, counts);
	capture(&b, 7, counts);
	another(&a, other);
	explain_to_hub(&a, other, &made);
	CHECK_ERR(decide(&b, &b.hub, &made), DRP_E_PROOF);
	other[1]++;
	CHECK_OK(drp_numbers_encode(circuit, other, encoded));
	drp_field_sample(field(), &rng, rand, circuit->prove_rand_len);
	CHECK_OK(drp_flp_prove(circuit, encoded, rand, a.joint_rand, proof));
	complement(encoded, proof, &a.hub, &made);
	CHECK_ERR(decide(&a, &a.hub, &made), DRP_E_PROOF);
	capture_free(&a);
	capture_free(&b);
}

int main(void)
{
	CHECK_OK(drp_crypto_init());
	rng = drp_test_rng(&state, 31);
	sealed_fixture_make(&fixture);
	CHECK(prio3()->circuit.encoded_len <= ELEMENTS_MAX);
	CHECK(prio3()->circuit.proof_len <= ELEMENTS_MAX);
	CASE("what the hub holds fits every other answer", the_hub_alone);
	CASE("what the hub holds and opens fits schools that swap answers",
		swapped_schools);
	CASE("what the notary holds fits every other answer", the_notary_alone);
	CASE("the notary's share is drawn, whatever the answer",
		the_notary_s_share_is_drawn);
	CASE("control: both together recover the counts", both_together);
	CASE("control: what does not fit is told apart", what_does_not_fit);
	sealed_fixture_free(&fixture);
	return DONE();
}
