/* SPDX-License-Identifier: Apache-2.0
 *
 * Both forms are canonical MessagePack with fixed offsets, so that an untrusted one is
 * taken apart without a decoder. All integers here are one byte.
 *
 *	Request, array of 6			Reply, array of 4
 *	 0  96					 0  94
 *	 1  version				 1  version
 *	 2  type, 1..7 or 16..23		 2  64 + type of the request
 *	 3  c4 20, sender (Ed25519 key)		 3  c4 10, id of the request
 *	37  c4 10, id				21  c4|c5|c6 length, box (crypto.c)
 *	55  c4|c5|c6 length, seal (crypto.c)
 *	 e  c4 40, signature			Error in the open: type 127 and, at 21,
 *	e+66 end				the number of the error; then the end
 *
 * The seal's context is bytes 0 to 55, the box's bytes 0 to 21. The signature covers
 * bytes 0 to e with the tag "drempel envelope 1". An array whose first element is any
 * other number is a message of another version.
 */
#include "proto/session/envelope.h"

#include "proto/wire/writer.h"

#include <string.h>

#define REQUEST_CONTEXT_BYTES 55
#define REPLY_CONTEXT_BYTES   21
#define SIGNATURE_ELEMENT     (2 + DRP_SIGNATURE_BYTES)

static int is_request(unsigned type)
{
	return (type >= DRP_MSG_ENROL && type <= DRP_MSG_REPORT) ||
	       (type >= DRP_MSG_PUT && type <= DRP_MSG_FREEZE);
}

/* check_start looks at the array header and the version, which every version has. */
static enum drp_err check_start(
	const uint8_t *p, size_t n, size_t shortest, uint8_t array)
{
	if (n > DRP_MESSAGE_MAX_BYTES) {
		return DRP_E_TOOBIG;
	}
	if (n < 2 || p[0] < 0x91 || p[0] > 0x9f) {
		return DRP_E_MALFORMED;
	}
	if (p[1] != DRP_PROTOCOL_VERSION) {
		int number = p[1] <= 0x7f || (p[1] >= 0xcc && p[1] <= 0xcf);
		return number ? DRP_E_VERSION : DRP_E_MALFORMED;
	}
	return n < shortest || p[0] != array ? DRP_E_MALFORMED : DRP_OK;
}

/* read_bin tells whether the left bytes at p, at least one, are exactly one binary in
 * its shortest form, and where its contents are. */
static int read_bin(const uint8_t *p, size_t left, const uint8_t **bytes, size_t *n)
{
	size_t width = p[0] == 0xc4 ? 1 : p[0] == 0xc5 ? 2 : p[0] == 0xc6 ? 4 : 0;
	size_t least = width == 1 ? 0 : width == 2 ? 0x100 : 0x10000;
	size_t length = 0;
	if (width == 0 || left < 1 + width) {
		return 0;
	}
	for (size_t i = 1; i <= width; i++) {
		length = length << 8 | p[i];
	}
	*bytes = p + 1 + width;
	*n = length;
	return length >= least && length == left - 1 - width;
}

static enum drp_err append_finished(struct drp_writer *w, struct drp_buf *out)
{
	enum drp_err err = drp_w_finish(w);
	if (err) {
		return err;
	}
	if (w->out.len > DRP_MESSAGE_MAX_BYTES) {
		return DRP_E_TOOBIG;
	}
	drp_buf_append(out, w->out.data, w->out.len);
	return out->failed ? DRP_E_NOMEM : DRP_OK;
}

enum drp_err drp_envelope_seal(const struct drp_keys *keys,
	const uint8_t box[DRP_BOX_KEY_BYTES], enum drp_message_type type,
	const struct drp_id *id, const void *body, size_t n, struct drp_buf *out,
	uint8_t message_key[DRP_MESSAGE_KEY_BYTES])
{
	struct drp_writer w = {0};
	struct drp_buf sealed = {0};
	struct drp_key sender;
	uint8_t own_box[DRP_BOX_KEY_BYTES], signature[DRP_SIGNATURE_BYTES];
	uint8_t key[DRP_MESSAGE_KEY_BYTES] = {0};
	if (!is_request(type)) {
		return DRP_E_VERSION;
	}
	if (n > DRP_MESSAGE_MAX_BYTES) {
		return DRP_E_TOOBIG;
	}
	drp_keys_public(keys, &sender, own_box);
	drp_w_array(&w, 6);
	drp_w_uint(&w, DRP_PROTOCOL_VERSION);
	drp_w_uint(&w, type);
	drp_w_bin(&w, sender.b, sizeof sender.b);
	drp_w_bin(&w, id->b, sizeof id->b);
	enum drp_err err = w.err;
	if (err == DRP_OK) {
		err = drp_seal(box, w.out.data, w.out.len, body, n, &sealed, key);
	}
	if (err == DRP_OK) {
		drp_w_bin(&w, sealed.data, sealed.len);
		drp_sign(keys, DRP_ENVELOPE_TAG, w.out.data, w.out.len, signature);
		drp_w_bin(&w, signature, sizeof signature);
		err = append_finished(&w, out);
	}
	if (err == DRP_OK) {
		memcpy(message_key, key, sizeof key);
	}
	drp_wipe(key, sizeof key);
	drp_buf_clear(&sealed);
	drp_w_clear(&w);
	return err;
}

enum drp_err drp_envelope_parse(
	const void *bytes, size_t n, struct drp_envelope *envelope)
{
	const uint8_t *p = bytes;
	struct drp_envelope e = {.bytes = p, .context_n = REQUEST_CONTEXT_BYTES};
	enum drp_err err =
		check_start(p, n, REQUEST_CONTEXT_BYTES + 2 + SIGNATURE_ELEMENT, 0x96);
	if (err) {
		return err;
	}
	if (p[2] > 0x7f) {
		return DRP_E_MALFORMED;
	}
	if (!is_request(p[2])) {
		return DRP_E_VERSION;
	}
	if (memcmp(p + 3, "\xc4\x20", 2) != 0 || memcmp(p + 37, "\xc4\x10", 2) != 0) {
		return DRP_E_MALFORMED;
	}
	size_t left = n - REQUEST_CONTEXT_BYTES - SIGNATURE_ELEMENT;
	e.signed_n = n - SIGNATURE_ELEMENT;
	if (!read_bin(p + REQUEST_CONTEXT_BYTES, left, &e.sealed, &e.sealed_n) ||
		memcmp(p + e.signed_n, "\xc4\x40", 2) != 0) {
		return DRP_E_MALFORMED;
	}
	e.type = p[2];
	memcpy(e.sender.b, p + 5, sizeof e.sender.b);
	memcpy(e.id.b, p + 39, sizeof e.id.b);
	e.signature = p + e.signed_n + 2;
	*envelope = e;
	return DRP_OK;
}

enum drp_err drp_envelope_verify(struct drp_envelope *envelope)
{
	enum drp_err err = drp_verify(&envelope->sender, DRP_ENVELOPE_TAG,
		envelope->bytes, envelope->signed_n, envelope->signature);
	envelope->verified = err == DRP_OK;
	return err;
}

enum drp_err drp_envelope_open(const struct drp_envelope *envelope,
	const struct drp_keys *keys, struct drp_buf *out,
	uint8_t message_key[DRP_MESSAGE_KEY_BYTES])
{
	if (!envelope->verified) {
		return DRP_E_INTERNAL;
	}
	return drp_unseal(keys, envelope->bytes, envelope->context_n, envelope->sealed,
		envelope->sealed_n, out, message_key);
}

/* begin_reply writes the four elements but the last. */
static void begin_reply(struct drp_writer *w, uint64_t type, const struct drp_id *id)
{
	drp_w_array(w, 4);
	drp_w_uint(w, DRP_PROTOCOL_VERSION);
	drp_w_uint(w, type);
	drp_w_bin(w, id->b, sizeof id->b);
}

enum drp_err drp_reply_encode(const uint8_t message_key[DRP_MESSAGE_KEY_BYTES],
	enum drp_message_type request, const struct drp_id *id, const void *body,
	size_t n, struct drp_buf *out)
{
	struct drp_writer w = {0};
	struct drp_buf box = {0};
	if (!is_request(request)) {
		return DRP_E_VERSION;
	}
	if (n > DRP_MESSAGE_MAX_BYTES) {
		return DRP_E_TOOBIG;
	}
	begin_reply(&w, DRP_MSG_REPLY + (uint64_t)request, id);
	enum drp_err err = w.err;
	if (err == DRP_OK) {
		err = drp_reply_seal(message_key, w.out.data, w.out.len, body, n, &box);
	}
	if (err == DRP_OK) {
		drp_w_bin(&w, box.data, box.len);
		err = append_finished(&w, out);
	}
	drp_buf_clear(&box);
	drp_w_clear(&w);
	return err;
}

enum drp_err drp_reply_encode_error(
	const struct drp_id *id, enum drp_err code, struct drp_buf *out)
{
	struct drp_writer w = {0};
	begin_reply(&w, DRP_MSG_ERROR, id);
	drp_w_uint(&w, code);
	enum drp_err err = append_finished(&w, out);
	drp_w_clear(&w);
	return err;
}

/* decode_error reads an error in the open; the request may have been unreadable, then
 * the id is all zero. */
static enum drp_err decode_error(const struct drp_id *id, const uint8_t *p, size_t n,
	struct drp_reply_origin *origin)
{
	static const struct drp_id none;
	if (n != REPLY_CONTEXT_BYTES + 1 || p[REPLY_CONTEXT_BYTES] == DRP_OK ||
		p[REPLY_CONTEXT_BYTES] > 0x7f) {
		return DRP_E_MALFORMED;
	}
	if (memcmp(p + 5, id->b, sizeof id->b) != 0 &&
		memcmp(p + 5, none.b, sizeof none.b) != 0) {
		return DRP_E_SIGNATURE;
	}
	*origin = (struct drp_reply_origin){0, p[REPLY_CONTEXT_BYTES]};
	return DRP_E_PEER;
}

enum drp_err drp_reply_decode(const uint8_t message_key[DRP_MESSAGE_KEY_BYTES],
	enum drp_message_type request, const struct drp_id *id, const void *bytes,
	size_t n, struct drp_buf *body, struct drp_reply_origin *origin)
{
	const uint8_t *p = bytes, *box;
	size_t box_n;
	enum drp_err err = check_start(p, n, REPLY_CONTEXT_BYTES + 1, 0x94);
	if (err) {
		return err;
	}
	if (p[2] > 0x7f || memcmp(p + 3, "\xc4\x10", 2) != 0) {
		return DRP_E_MALFORMED;
	}
	if (p[2] == DRP_MSG_ERROR) {
		return decode_error(id, p, n, origin);
	}
	unsigned answered = p[2] - (unsigned)DRP_MSG_REPLY; /* huge when below */
	if (!is_request(answered)) {
		return DRP_E_VERSION;
	}
	if (!read_bin(p + REPLY_CONTEXT_BYTES, n - REPLY_CONTEXT_BYTES, &box, &box_n)) {
		return DRP_E_MALFORMED;
	}
	if (answered != request || memcmp(p + 5, id->b, sizeof id->b) != 0) {
		return DRP_E_SIGNATURE;
	}
	err = drp_reply_open(message_key, p, REPLY_CONTEXT_BYTES, box, box_n, body);
	if (err == DRP_OK) {
		*origin = (struct drp_reply_origin){1, DRP_OK};
	}
	return err;
}
