/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/vdaf/pingpong.h"

#include "proto/vdaf/secret.h"

#define HEADER 5

enum message_type { INITIALIZE = 0, FINISH = 2 };

static void write_header(uint8_t *bytes, enum message_type type, size_t n)
{
	const uint8_t header[HEADER] = {(uint8_t)type, (uint8_t)(n >> 24),
		(uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n};

	memcpy(bytes, header, HEADER);
}

/* The one item of a message, whose length the instance dictates. */
static enum drp_err read_item(struct drp_bytes message, enum message_type type, size_t n,
	struct drp_bytes *item)
{
	uint8_t header[HEADER];

	write_header(header, type, n);
	if (message.n != HEADER + n || memcmp(message.data, header, HEADER) != 0) {
		return DRP_E_MALFORMED;
	}
	*item = (struct drp_bytes){message.data + HEADER, n};
	return DRP_OK;
}

size_t drp_pingpong_initialize_size(const struct drp_prio3 *p)
{
	return HEADER + p->sizes.verifier_share;
}

size_t drp_pingpong_finish_size(const struct drp_prio3 *p)
{
	return HEADER + p->sizes.message;
}

enum drp_err drp_pingpong_start(const struct drp_prio3 *p,
	const uint8_t verify_key[DRP_PRIO3_VERIFY_KEY_BYTES],
	const uint8_t nonce[DRP_PRIO3_NONCE_BYTES], struct drp_bytes public_share,
	struct drp_bytes input_share, uint8_t *state, uint8_t *initialize)
{
	enum drp_err err;

	if (p->shares != 2) {
		return DRP_E_RANGE;
	}
	err = drp_prio3_verify_init(p, verify_key, DRP_PINGPONG_HUB, nonce, public_share,
		input_share, state, initialize + HEADER);
	if (!err) {
		write_header(initialize, INITIALIZE, p->sizes.verifier_share);
	}
	return err;
}

enum drp_err drp_pingpong_answer(const struct drp_prio3 *p,
	const uint8_t verify_key[DRP_PRIO3_VERIFY_KEY_BYTES],
	const uint8_t nonce[DRP_PRIO3_NONCE_BYTES], struct drp_bytes public_share,
	struct drp_bytes input_share, struct drp_bytes initialize, uint8_t *out_share,
	uint8_t *finish)
{
	struct drp_bytes verifier_shares[2];
	enum drp_err err = p->shares == 2 ? DRP_OK : DRP_E_RANGE;

	if (!err) {
		err = read_item(initialize, INITIALIZE, p->sizes.verifier_share,
			&verifier_shares[DRP_PINGPONG_HUB]);
	}
	if (err) {
		return err;
	}
	const size_t bytes = p->sizes.state + p->sizes.verifier_share + p->sizes.message;
	uint8_t *state = drp_alloc(bytes, 1);
	if (!state) {
		return DRP_E_NOMEM;
	}
	uint8_t *own = state + p->sizes.state, *message = own + p->sizes.verifier_share;

	verifier_shares[DRP_PINGPONG_NOTARY] =
		(struct drp_bytes){own, p->sizes.verifier_share};
	err = drp_prio3_verify_init(p, verify_key, DRP_PINGPONG_NOTARY, nonce,
		public_share, input_share, state, own);
	if (!err) {
		err = drp_prio3_message(p, verifier_shares, 2, message);
	}
	if (!err) {
		err = drp_prio3_verify_next(p, (struct drp_bytes){state, p->sizes.state},
			(struct drp_bytes){message, p->sizes.message}, out_share);
	}
	if (!err) {
		write_header(finish, FINISH, p->sizes.message);
		memcpy(finish + HEADER, message, p->sizes.message);
	}
	drp_secret_free(state, bytes);
	return err;
}

enum drp_err drp_pingpong_finish(const struct drp_prio3 *p, struct drp_bytes state,
	struct drp_bytes finish, uint8_t *out_share)
{
	struct drp_bytes message;
	enum drp_err err = p->shares == 2 ? DRP_OK : DRP_E_RANGE;

	if (!err) {
		err = read_item(finish, FINISH, p->sizes.message, &message);
	}
	return err ? err : drp_prio3_verify_next(p, state, message, out_share);
}
