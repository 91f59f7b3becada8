/* SPDX-License-Identifier: Apache-2.0
 *
 * What the bytes are, in this order and without lengths or padding:
 *	public share      a joint randomness part of each aggregator
 *	input share, 0    encoded measurement, proof, blind
 *	input share, i    seed of both, blind
 *	verifier share    verifier, joint randomness part
 *	message           joint randomness seed
 *	state             output share, joint randomness seed
 *	output share      the circuit's output
 *	rand              of 1, 2, ...: seed, blind; of 0: blind; seed of the prover
 * Parts, blinds and seeds of joint randomness are there only if the circuit uses it.
 */
#include "proto/vdaf/prio3.h"

#include "proto/vdaf/circuit_type.h"
#include "proto/vdaf/flp.h"
#include "proto/vdaf/prio3_derive.h"
#include "proto/vdaf/secret.h"

#define DRAFT_VERSION 18
#define SEED	      DRP_PRIO3_SEED_BYTES

static int has_joint_rand(const struct drp_prio3 *p)
{
	return p->circuit.joint_rand_len > 0;
}

static void set_sizes(struct drp_prio3 *p)
{
	const struct drp_circuit *c = &p->circuit;
	size_t element = c->field->bytes, joint = has_joint_rand(p) ? SEED : 0;

	p->sizes.rand = p->shares * (SEED + joint);
	p->sizes.public_share = p->shares * joint;
	p->sizes.first_input_share = (c->encoded_len + c->proof_len) * element + joint;
	p->sizes.other_input_share = SEED + joint;
	p->sizes.verifier_share = c->verifier_len * element + joint;
	p->sizes.message = joint;
	p->sizes.out_share = c->length * element;
	p->sizes.state = p->sizes.out_share + joint;
}

enum drp_err drp_prio3_init(struct drp_prio3 *p, const struct drp_circuit *c,
	unsigned shares, const void *context, size_t context_n)
{
	uint32_t id = c->algorithm;
	const uint8_t tag[8] = {DRAFT_VERSION, 0, (uint8_t)(id >> 24),
		(uint8_t)(id >> 16), (uint8_t)(id >> 8), (uint8_t)id, 0, 0};

	if (shares < 2 || shares > DRP_PRIO3_SHARES_MAX ||
		context_n > DRP_PRIO3_CONTEXT_MAX) {
		return DRP_E_RANGE;
	}
	*p = (struct drp_prio3){.circuit = *c, .shares = shares};
	memcpy(p->tag, tag, sizeof tag);
	if (context_n > 0) {
		memcpy(p->tag + sizeof tag, context, context_n);
	}
	p->tag_n = (uint16_t)(sizeof tag + context_n);
	set_sizes(p);
	return DRP_OK;
}

size_t drp_prio3_input_share_size(const struct drp_prio3 *p, unsigned aggregator)
{
	return aggregator == 0 ? p->sizes.first_input_share : p->sizes.other_input_share;
}

/* The elements that sharding and verifying work on, in one piece of memory. Shares are
 * scaled (field.h): all that is done with one is linear. */
struct work {
	struct drp_fe *encoded, *proof; /* whole, or one aggregator's share */
	struct drp_fe *first;		/* aggregator 0's share of encoded; the output */
	struct drp_fe *share;		/* another's share of encoded or proof */
	struct drp_fe *joint_rand, *prove_rand, *query_rand, *verifier;
	size_t bytes;
};

static enum drp_err work_new(const struct drp_circuit *c, struct work *w)
{
	struct {
		struct drp_fe **vector;
		size_t n;
	} parts[] = {
		{&w->encoded, c->encoded_len},
		{&w->proof, c->proof_len},
		{&w->first, c->encoded_len},
		{&w->share, c->encoded_len + c->proof_len},
		{&w->joint_rand, c->joint_rand_len},
		{&w->prove_rand, c->prove_rand_len},
		{&w->query_rand, c->query_rand_len},
		{&w->verifier, c->verifier_len},
	};
	const size_t n_parts = sizeof parts / sizeof *parts;
	size_t elements = 0;

	for (size_t i = 0; i < n_parts; i++) {
		elements += parts[i].n;
	}
	struct drp_fe *memory = drp_alloc(elements, sizeof *memory);
	if (!memory) {
		return DRP_E_NOMEM;
	}
	w->bytes = elements * sizeof *memory;
	for (size_t i = 0; i < n_parts; i++) {
		*parts[i].vector = memory;
		memory += parts[i].n;
	}
	return DRP_OK;
}

static void work_free(struct work *w)
{
	drp_secret_free(w->encoded, w->bytes);
}

/* Sharding */

static const uint8_t *seed_of(
	const struct drp_prio3 *p, const uint8_t *rand, unsigned aggregator)
{
	return rand + (aggregator - 1) * p->sizes.other_input_share;
}

static const uint8_t *blind_of(
	const struct drp_prio3 *p, const uint8_t *rand, unsigned aggregator)
{
	return aggregator == 0 ? seed_of(p, rand, p->shares)
			       : seed_of(p, rand, aggregator) + SEED;
}

/* Leaves aggregator 0 what the others' shares are short of the measurement, and joins a
 * part of the randomness from each share. */
static void share_measurement(const struct drp_prio3 *p, const uint8_t *nonce,
	const uint8_t *rand, struct work *w, uint8_t *parts)
{
	const struct drp_circuit *c = &p->circuit;

	for (size_t i = 0; i < c->encoded_len; i++) {
		w->first[i] = drp_fe_scale(c->field, w->encoded[i]);
	}
	for (unsigned i = 1; i < p->shares; i++) {
		drp_derive_measurement_share(p, i, seed_of(p, rand, i), w->share);
		drp_field_sub(c->field, w->first, w->share, c->encoded_len);
		if (has_joint_rand(p)) {
			drp_derive_joint_rand_part(p, i, blind_of(p, rand, i), w->share,
				nonce, parts + i * SEED);
		}
	}
	if (has_joint_rand(p)) {
		uint8_t seed[SEED];
		drp_derive_joint_rand_part(
			p, 0, blind_of(p, rand, 0), w->first, nonce, parts);
		drp_derive_joint_rand_seed(p, parts, seed);
		drp_derive_joint_rand(p, seed, w->joint_rand);
	}
}

static enum drp_err share_proof(
	const struct drp_prio3 *p, const uint8_t *rand, struct work *w)
{
	const struct drp_circuit *c = &p->circuit;
	enum drp_err err;

	drp_derive_prove_rand(p, rand + p->sizes.rand - SEED, w->prove_rand);
	err = drp_flp_prove(c, w->encoded, w->prove_rand, w->joint_rand, w->proof);
	for (size_t i = 0; i < c->proof_len; i++) {
		w->proof[i] = drp_fe_scale(c->field, w->proof[i]);
	}
	for (unsigned i = 1; i < p->shares && !err; i++) {
		drp_derive_proof_share(p, i, seed_of(p, rand, i), w->share);
		drp_field_sub(c->field, w->proof, w->share, c->proof_len);
	}
	return err;
}

static void write_input_shares(const struct drp_prio3 *p, const uint8_t *rand,
	const struct work *w, uint8_t *const input_shares[])
{
	const struct drp_circuit *c = &p->circuit;
	uint8_t *at = input_shares[0];

	drp_field_write_scaled(c->field, w->first, c->encoded_len, at);
	at += c->encoded_len * c->field->bytes;
	drp_field_write_scaled(c->field, w->proof, c->proof_len, at);
	at += c->proof_len * c->field->bytes;
	if (has_joint_rand(p)) {
		memcpy(at, blind_of(p, rand, 0), SEED);
	}
	for (unsigned i = 1; i < p->shares; i++) {
		memcpy(input_shares[i], seed_of(p, rand, i), p->sizes.other_input_share);
	}
}

enum drp_err drp_prio3_shard(const struct drp_prio3 *p, const uint64_t *measurement,
	const uint8_t nonce[DRP_PRIO3_NONCE_BYTES], const uint8_t *rand,
	uint8_t *public_share, uint8_t *const input_shares[])
{
	uint8_t parts[DRP_PRIO3_SHARES_MAX * SEED];
	struct work w;
	enum drp_err err = work_new(&p->circuit, &w);

	if (err) {
		return err;
	}
	err = p->circuit.type->encode(&p->circuit, measurement, w.encoded);
	if (!err) {
		share_measurement(p, nonce, rand, &w, parts);
		err = share_proof(p, rand, &w);
	}
	if (!err && has_joint_rand(p)) {
		memcpy(public_share, parts, p->sizes.public_share);
	}
	if (!err) {
		write_input_shares(p, rand, &w, input_shares);
	}
	work_free(&w);
	return err;
}

/* Verification */

static enum drp_err read_input_share(const struct drp_prio3 *p, unsigned aggregator,
	const uint8_t *input_share, struct work *w)
{
	const struct drp_circuit *c = &p->circuit;

	if (aggregator > 0) {
		drp_derive_measurement_share(p, aggregator, input_share, w->encoded);
		drp_derive_proof_share(p, aggregator, input_share, w->proof);
		return DRP_OK;
	}
	enum drp_err err =
		drp_field_read_scaled(c->field, input_share, w->encoded, c->encoded_len);
	if (!err) {
		input_share += c->encoded_len * c->field->bytes;
		err = drp_field_read_scaled(
			c->field, input_share, w->proof, c->proof_len);
	}
	return err;
}

/* The client's claim of the other parts is taken over for now; that they are right is
 * seen when the message arrives. */
static void join_randomness(const struct drp_prio3 *p, unsigned aggregator,
	const uint8_t *nonce, const uint8_t *public_share, const uint8_t *blind,
	struct work *w, uint8_t own_part[SEED], uint8_t seed[SEED])
{
	uint8_t parts[DRP_PRIO3_SHARES_MAX * SEED];

	drp_derive_joint_rand_part(p, aggregator, blind, w->encoded, nonce, own_part);
	memcpy(parts, public_share, p->sizes.public_share);
	memcpy(parts + (size_t)aggregator * SEED, own_part, SEED);
	drp_derive_joint_rand_seed(p, parts, seed);
	drp_derive_joint_rand(p, seed, w->joint_rand);
}

static struct drp_fe share_of_one(const struct drp_prio3 *p)
{
	const struct drp_field *f = p->circuit.field;

	return p->shares == 2 ? f->half : drp_fe_inverse(f, f->from_int(p->shares));
}

static enum drp_err verify(const struct drp_prio3 *p, const uint8_t *verify_key,
	unsigned aggregator, const uint8_t *nonce, const uint8_t *public_share,
	struct drp_bytes input_share, struct work *w, uint8_t *state,
	uint8_t *verifier_share)
{
	const struct drp_circuit *c = &p->circuit;
	uint8_t part[SEED], seed[SEED];
	enum drp_err err = read_input_share(p, aggregator, input_share.data, w);

	if (err) {
		return err;
	}
	if (has_joint_rand(p)) {
		join_randomness(p, aggregator, nonce, public_share,
			input_share.data + input_share.n - SEED, w, part, seed);
	}
	drp_derive_query_rand(p, verify_key, nonce, w->query_rand);
	err = drp_flp_query(c, w->encoded, w->proof, w->query_rand, w->joint_rand,
		drp_fe_scale(c->field, share_of_one(p)), w->verifier);
	if (err) {
		return err;
	}
	c->type->truncate(c, w->encoded, w->first);
	drp_field_write_scaled(c->field, w->first, c->length, state);
	drp_field_write_scaled(c->field, w->verifier, c->verifier_len, verifier_share);
	if (has_joint_rand(p)) {
		memcpy(state + p->sizes.out_share, seed, SEED);
		memcpy(verifier_share + p->sizes.verifier_share - SEED, part, SEED);
	}
	return DRP_OK;
}

enum drp_err drp_prio3_verify_init(const struct drp_prio3 *p,
	const uint8_t verify_key[DRP_PRIO3_VERIFY_KEY_BYTES], unsigned aggregator,
	const uint8_t nonce[DRP_PRIO3_NONCE_BYTES], struct drp_bytes public_share,
	struct drp_bytes input_share, uint8_t *state, uint8_t *verifier_share)
{
	struct work w;
	enum drp_err err;

	if (aggregator >= p->shares) {
		return DRP_E_RANGE;
	}
	if (public_share.n != p->sizes.public_share ||
		input_share.n != drp_prio3_input_share_size(p, aggregator)) {
		return DRP_E_MALFORMED;
	}
	err = work_new(&p->circuit, &w);
	if (!err) {
		err = verify(p, verify_key, aggregator, nonce, public_share.data,
			input_share, &w, state, verifier_share);
		work_free(&w);
	}
	return err;
}

/* Adds n elements encoded in bytes to sum. */
static enum drp_err add_encoded(const struct drp_field *f, struct drp_bytes bytes,
	struct drp_fe *sum, struct drp_fe *term, size_t n)
{
	enum drp_err err = drp_field_decode(f, bytes.data, term, n);

	if (!err) {
		drp_field_add(f, sum, term, n);
	}
	return err;
}

enum drp_err drp_prio3_message(const struct drp_prio3 *p,
	const struct drp_bytes *verifier_shares, size_t n, uint8_t *message)
{
	const struct drp_circuit *c = &p->circuit;
	uint8_t parts[DRP_PRIO3_SHARES_MAX * SEED];
	enum drp_err err = n == p->shares ? DRP_OK : DRP_E_MALFORMED;

	for (size_t i = 0; i < n && !err; i++) {
		if (verifier_shares[i].n != p->sizes.verifier_share) {
			err = DRP_E_MALFORMED;
		} else if (has_joint_rand(p)) {
			memcpy(parts + i * SEED,
				verifier_shares[i].data + p->sizes.verifier_share - SEED,
				SEED);
		}
	}
	if (err) {
		return err;
	}
	struct drp_fe *sum = drp_alloc(2 * c->verifier_len, sizeof *sum);
	if (!sum) {
		return DRP_E_NOMEM;
	}
	for (size_t i = 0; i < n && !err; i++) {
		err = add_encoded(c->field, verifier_shares[i], sum,
			sum + c->verifier_len, c->verifier_len);
	}
	if (!err) {
		err = drp_flp_decide(c, sum);
	}
	if (!err && has_joint_rand(p)) {
		drp_derive_joint_rand_seed(p, parts, message);
	}
	drp_free(sum);
	return err;
}

enum drp_err drp_prio3_verify_next(const struct drp_prio3 *p, struct drp_bytes state,
	struct drp_bytes message, uint8_t *out_share)
{
	uint8_t difference = 0;

	if (state.n != p->sizes.state || message.n != p->sizes.message) {
		return DRP_E_MALFORMED;
	}
	for (size_t i = 0; i < p->sizes.message; i++) {
		difference |= state.data[p->sizes.out_share + i] ^ message.data[i];
	}
	if (drp_public(difference)) {
		return DRP_E_PROOF;
	}
	memcpy(out_share, state.data, p->sizes.out_share);
	return DRP_OK;
}

/* Aggregation */

static enum drp_err sum_shares(const struct drp_prio3 *p, const struct drp_bytes *shares,
	size_t n, struct drp_fe **sum)
{
	const struct drp_circuit *c = &p->circuit;
	enum drp_err err = DRP_OK;

	*sum = drp_alloc(2 * c->length, sizeof **sum);
	if (!*sum) {
		return DRP_E_NOMEM;
	}
	for (size_t i = 0; i < n && !err; i++) {
		err = shares[i].n != p->sizes.out_share
			      ? DRP_E_MALFORMED
			      : add_encoded(c->field, shares[i], *sum, *sum + c->length,
					c->length);
	}
	return err;
}

static void free_sum(const struct drp_prio3 *p, struct drp_fe *sum)
{
	drp_secret_free(sum, 2 * p->circuit.length * sizeof *sum);
}

enum drp_err drp_prio3_aggregate(
	const struct drp_prio3 *p, uint8_t *agg_share, struct drp_bytes out_share)
{
	const struct drp_bytes shares[] = {{agg_share, p->sizes.out_share}, out_share};
	struct drp_fe *sum;
	enum drp_err err = sum_shares(p, shares, 2, &sum);

	if (!err) {
		drp_field_encode(p->circuit.field, sum, p->circuit.length, agg_share);
	}
	free_sum(p, sum);
	return err;
}

static enum drp_err all_numbers(
	const struct drp_circuit *c, const struct drp_fe *sum, int64_t *numbers)
{
	enum drp_err err = DRP_OK;

	for (size_t i = 0; i < c->length && !err; i++) {
		err = drp_fe_to_i64(c->field, sum[i], &numbers[i]);
	}
	return err;
}

enum drp_err drp_prio3_unshard(const struct drp_prio3 *p,
	const struct drp_bytes *agg_shares, size_t n, int64_t *sums)
{
	const struct drp_circuit *c = &p->circuit;
	struct drp_fe *sum;
	enum drp_err err = n == p->shares ? DRP_OK : DRP_E_MALFORMED;

	if (err) {
		return err;
	}
	int64_t *numbers = drp_alloc(c->length, sizeof *numbers);
	err = sum_shares(p, agg_shares, n, &sum);
	if (!err) {
		err = numbers ? all_numbers(c, sum, numbers) : DRP_E_NOMEM;
	}
	if (!err) {
		memcpy(sums, numbers, c->length * sizeof *sums);
	}
	free_sum(p, sum);
	drp_free(numbers);
	return err;
}
