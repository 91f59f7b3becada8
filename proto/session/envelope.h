/* SPDX-License-Identifier: Apache-2.0
 *
 * The envelope around every message between a node and a hub (or notary). It knows who
 * sends, which request an answer belongs to and that nobody else can read or change it;
 * it does not know what the body says (messages.h). Byte tables: envelope.c.
 *
 * A request is signed by its sender, and its body is sealed for one recipient with
 * everything in front of the body as context. Order at the receiver: parse (sizes and
 * types only, no allocation), verify, open, then look the sender up, so that a stranger
 * is told so under seal; open refuses an envelope that was not verified.
 *
 * A reply is encrypted under the request's message key, which only the addressee could
 * open: that is its authenticity, so it carries no signature. What must convince a third
 * party, a receipt, is signed inside the body. A hub that could not open a request can
 * only give an error number in the open: a hint, which anyone on the path can forge and
 * which must not change what a node stores.
 *
 * Threads: any. Wire: PROTOCOL.md "Envelope".
 */
#ifndef DRP_SESSION_ENVELOPE_H
#define DRP_SESSION_ENVELOPE_H

#include "proto/base/buf.h"
#include "proto/crypto/crypto.h"

#include <drempel/err.h>
#include <drempel/limits.h>
#include <drempel/types.h>

#include <stddef.h>
#include <stdint.h>

/* Numbers go over the wire: never reuse or renumber one. */
enum drp_message_type {
	DRP_MSG_ENROL = 1,
	DRP_MSG_SYNC,
	DRP_MSG_GET,
	DRP_MSG_STATUS,
	DRP_MSG_SUBMIT,
	DRP_MSG_WITHDRAW,
	DRP_MSG_REPORT,	  /* the last that a school sends */
	DRP_MSG_PUT = 16, /* from a hub to its notary, with GET */
	DRP_MSG_COSIGN,
	DRP_MSG_VERIFY,
	DRP_MSG_DROP,
	DRP_MSG_CLOSE,
	DRP_MSG_NUMBERS,
	DRP_MSG_OPEN,
	DRP_MSG_FREEZE,
	DRP_MSG_REPLY = 64, /* added to the type of the request */
	DRP_MSG_ERROR = 127
};

#define DRP_ENVELOPE_TAG "drempel envelope 1"

/* A parsed request. Pointers borrow the bytes that were parsed. */
struct drp_envelope {
	uint8_t type; /* one of the requests */
	uint8_t verified;
	struct drp_key sender;
	struct drp_id id;
	const uint8_t *bytes;
	size_t context_n; /* bytes in front of the sealed body: the seal's context */
	size_t signed_n;  /* bytes in front of the signature: what it covers */
	const uint8_t *sealed;
	size_t sealed_n;
	const uint8_t *signature;
};

/* drp_envelope_seal appends the request for the holder of box. The message key opens
 * the reply: wipe it after use. DRP_E_VERSION for no request type, DRP_E_TOOBIG,
 * DRP_E_SIGNATURE when box is no public key, DRP_E_NOMEM. */
enum drp_err drp_envelope_seal(const struct drp_keys *keys,
	const uint8_t box[DRP_BOX_KEY_BYTES], enum drp_message_type type,
	const struct drp_id *id, const void *body, size_t n, struct drp_buf *out,
	uint8_t message_key[DRP_MESSAGE_KEY_BYTES]) DRP_MUST_CHECK;

/* drp_envelope_parse: DRP_E_TOOBIG, DRP_E_MALFORMED, or DRP_E_VERSION for a version or
 * request type that is unknown here. Proves nothing about the sender. */
enum drp_err drp_envelope_parse(
	const void *bytes, size_t n, struct drp_envelope *envelope) DRP_MUST_CHECK;

/* drp_envelope_verify checks the signature under the sender's key that the envelope
 * names; whether that key is registered is the caller's question. DRP_E_SIGNATURE. */
enum drp_err drp_envelope_verify(struct drp_envelope *envelope) DRP_MUST_CHECK;

/* drp_envelope_open appends the body. DRP_E_SIGNATURE when it was sealed for another
 * recipient or under another header; DRP_E_INTERNAL before verify; DRP_E_NOMEM. */
enum drp_err drp_envelope_open(const struct drp_envelope *envelope,
	const struct drp_keys *keys, struct drp_buf *out,
	uint8_t message_key[DRP_MESSAGE_KEY_BYTES]) DRP_MUST_CHECK;

/* drp_reply_encode appends the answer to the request of that type and id. */
enum drp_err drp_reply_encode(const uint8_t message_key[DRP_MESSAGE_KEY_BYTES],
	enum drp_message_type request, const struct drp_id *id, const void *body,
	size_t n, struct drp_buf *out) DRP_MUST_CHECK;

/* drp_reply_encode_error appends an error in the open; id is all zero when the request
 * had none that could be read. */
enum drp_err drp_reply_encode_error(
	const struct drp_id *id, enum drp_err code, struct drp_buf *out) DRP_MUST_CHECK;

/* What is known of a reply beside its body. */
struct drp_reply_origin {
	int authentic; /* 0: sent in the open by anyone; then only hint says something */
	enum drp_err hint;
};

/* drp_reply_decode appends the body of the answer to the request of that type and id
 * and sets origin to {1, DRP_OK}. An error in the open gives DRP_E_PEER, no body and
 * {0, its number}. Otherwise DRP_E_SIGNATURE when changed, made under another key or for
 * another request; DRP_E_VERSION, DRP_E_MALFORMED, DRP_E_TOOBIG, DRP_E_NOMEM. */
enum drp_err drp_reply_decode(const uint8_t message_key[DRP_MESSAGE_KEY_BYTES],
	enum drp_message_type request, const struct drp_id *id, const void *bytes,
	size_t n, struct drp_buf *body, struct drp_reply_origin *origin) DRP_MUST_CHECK;

#endif
