/* SPDX-License-Identifier: Apache-2.0
 *
 * An envelope reaches its recipient unchanged or not at all, a reply answers exactly
 * one request, and an error in the open is never taken for more than a hint.
 */
#include "proto/base/alloc.h"
#include "proto/session/envelope.h"
#include "proto/wire/reader.h"
#include "tests/support/check.h"

static struct drp_keys *node, *hub, *notary;
static struct drp_key node_sign, hub_sign, notary_sign;
static uint8_t node_box[32], hub_box[32], notary_box[32];
static const struct drp_id id = {{1, 2, 3}}, other_id = {{9}};
static uint8_t key[32];

static struct drp_buf request(const char *body)
{
	struct drp_buf out = {0};
	CHECK_OK(drp_envelope_seal(
		node, hub_box, DRP_MSG_SUBMIT, &id, body, strlen(body), &out, key));
	return out;
}

/* receive does what a hub does; the first error counts. */
static enum drp_err receive(const struct drp_keys *keys, const void *bytes, size_t n,
	struct drp_envelope *e, struct drp_buf *body, uint8_t message_key[32])
{
	enum drp_err err = drp_envelope_parse(bytes, n, e);
	if (err == DRP_OK) {
		err = drp_envelope_verify(e);
	}
	return err ? err : drp_envelope_open(e, keys, body, message_key);
}

static void a_request_arrives(void)
{
	struct drp_envelope e;
	struct drp_buf body = {0};
	uint8_t opened_key[32];
	struct drp_buf bytes = request("body");
	CHECK_OK(drp_prewalk(bytes.data, bytes.len, 7));
	CHECK_OK(receive(hub, bytes.data, bytes.len, &e, &body, opened_key));
	CHECK_INT(e.type, DRP_MSG_SUBMIT);
	CHECK_MEM(e.sender.b, node_sign.b, 32);
	CHECK_MEM(e.id.b, id.b, 16);
	CHECK_INT(body.len, 4);
	CHECK_MEM(body.data, "body", 4);
	CHECK_MEM(opened_key, key, 32);
	drp_buf_clear(&bytes);
	drp_buf_clear(&body);
}

static void the_layout_is_the_documented_one(void)
{
	struct drp_buf bytes = request("");
	CHECK_MEM(bytes.data, "\x96\x01\x05\xc4\x20", 5);
	CHECK_MEM(bytes.data + 5, node_sign.b, 32);
	CHECK_MEM(bytes.data + 37, "\xc4\x10\x01\x02\x03\x00", 6);
	CHECK_MEM(bytes.data + 55, "\xc4\x78", 2); /* 80 + 24 + 16 bytes of seal */
	CHECK_MEM(bytes.data + 55 + 2 + 120, "\xc4\x40", 2);
	CHECK_INT(bytes.len, 55 + 2 + 120 + 2 + 64);
	CHECK_OK(drp_verify(&node_sign, "drempel envelope 1", bytes.data, 55 + 2 + 120,
		bytes.data + 55 + 2 + 120 + 2));
	drp_buf_clear(&bytes);
}

static void every_changed_bit_is_refused(void)
{
	struct drp_envelope e;
	struct drp_buf body = {0}, bytes = request("body");
	uint8_t opened_key[32];
	for (size_t bit = 0; bit < 8 * bytes.len; bit++) {
		bytes.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
		CHECK(receive(hub, bytes.data, bytes.len, &e, &body, opened_key) !=
			DRP_OK);
		bytes.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	CHECK_INT(body.len, 0);
	drp_buf_clear(&bytes);
}

static void every_element_has_its_type_and_length(void)
{
	static const size_t header[] = {0, 3, 4, 37, 38, 55, 56, 55 + 126, 55 + 127};
	struct drp_envelope e;
	struct drp_buf bytes = request("body");
	CHECK_INT(bytes.len, 55 + 126 + 66);
	for (size_t i = 0; i < sizeof header / sizeof header[0]; i++) {
		uint8_t right = bytes.data[header[i]];
		for (int wrong = 0; wrong < 256; wrong++) {
			bytes.data[header[i]] = (uint8_t)wrong;
			CHECK_ERR(drp_envelope_parse(bytes.data, bytes.len, &e),
				wrong == right ? DRP_OK : DRP_E_MALFORMED);
		}
		bytes.data[header[i]] = right;
	}
	drp_buf_clear(&bytes);
}

static void every_shorter_or_longer_form_is_refused(void)
{
	struct drp_envelope e;
	struct drp_buf bytes = request("body");
	for (size_t n = 0; n < bytes.len; n++) {
		CHECK_ERR(drp_envelope_parse(bytes.data, n, &e), DRP_E_MALFORMED);
	}
	drp_buf_append(&bytes, "\x00", 1);
	CHECK_ERR(drp_envelope_parse(bytes.data, bytes.len, &e), DRP_E_MALFORMED);
	drp_buf_clear(&bytes);
}

/* resign puts the signature of any keys under changed bytes. */
static void resign(struct drp_buf *bytes, const struct drp_keys *keys)
{
	drp_sign(keys, DRP_ENVELOPE_TAG, bytes->data, bytes->len - 66,
		bytes->data + bytes->len - 64);
}

static void a_header_cannot_be_changed_by_the_sender_either(void)
{
	struct drp_envelope e;
	struct drp_buf body = {0}, bytes = request("body");
	uint8_t opened_key[32];
	bytes.data[39] ^= 1; /* played back under another id */
	resign(&bytes, node);
	CHECK_ERR(receive(hub, bytes.data, bytes.len, &e, &body, opened_key),
		DRP_E_SIGNATURE);
	bytes.data[39] ^= 1;
	bytes.data[2] = DRP_MSG_WITHDRAW;
	resign(&bytes, node);
	CHECK_ERR(receive(hub, bytes.data, bytes.len, &e, &body, opened_key),
		DRP_E_SIGNATURE);
	bytes.data[2] = DRP_MSG_SUBMIT;
	memcpy(bytes.data + 5, notary_sign.b, 32); /* another's body as one's own */
	resign(&bytes, notary);
	CHECK_ERR(receive(hub, bytes.data, bytes.len, &e, &body, opened_key),
		DRP_E_SIGNATURE);
	memcpy(bytes.data + 5, node_sign.b, 32);
	resign(&bytes, node);
	CHECK_OK(receive(hub, bytes.data, bytes.len, &e, &body, opened_key));
	drp_buf_clear(&bytes);
	drp_buf_clear(&body);
}

static void only_the_recipient_opens(void)
{
	struct drp_envelope e;
	struct drp_buf body = {0}, bytes = request("body");
	uint8_t opened_key[32];
	CHECK_ERR(receive(notary, bytes.data, bytes.len, &e, &body, opened_key),
		DRP_E_SIGNATURE);
	CHECK_ERR(receive(node, bytes.data, bytes.len, &e, &body, opened_key),
		DRP_E_SIGNATURE);
	CHECK_INT(body.len, 0);
	drp_buf_clear(&bytes);
}

static void nothing_opens_before_its_signature_is_checked(void)
{
	struct drp_envelope e;
	struct drp_buf body = {0}, bytes = request("body");
	uint8_t opened_key[32];
	CHECK_OK(drp_envelope_parse(bytes.data, bytes.len, &e));
	CHECK_ERR(drp_envelope_open(&e, hub, &body, opened_key), DRP_E_INTERNAL);
	bytes.data[bytes.len - 1] ^= 1;
	CHECK_ERR(drp_envelope_verify(&e), DRP_E_SIGNATURE);
	CHECK_ERR(drp_envelope_open(&e, hub, &body, opened_key), DRP_E_INTERNAL);
	drp_buf_clear(&bytes);
}

static void other_versions_and_types_are_named(void)
{
	struct drp_envelope e;
	struct drp_buf out = {0}, bytes = request("body");
	static const uint8_t type[] = {0, 8, 15, 24, 63, 65, 71, 80, 127};
	for (size_t i = 0; i < sizeof type; i++) {
		bytes.data[2] = type[i];
		CHECK_ERR(drp_envelope_parse(bytes.data, bytes.len, &e), DRP_E_VERSION);
		CHECK_ERR(drp_envelope_seal(node, hub_box, (enum drp_message_type)type[i],
				  &id, "", 0, &out, key),
			DRP_E_VERSION);
	}
	bytes.data[2] = 0x80;
	CHECK_ERR(drp_envelope_parse(bytes.data, bytes.len, &e), DRP_E_MALFORMED);
	CHECK_ERR(drp_envelope_parse("\x91\x02", 2, &e), DRP_E_VERSION);
	CHECK_ERR(drp_envelope_parse("\x96\xcd\x01\x00", 4, &e), DRP_E_VERSION);
	CHECK_ERR(drp_envelope_parse("\x96\xa1\x31", 3, &e), DRP_E_MALFORMED);
	CHECK_ERR(drp_envelope_parse("\x90\x01", 2, &e), DRP_E_MALFORMED);
	CHECK_ERR(drp_envelope_parse("\x86\x01", 2, &e), DRP_E_MALFORMED);
	CHECK_ERR(drp_envelope_parse(NULL, 0, &e), DRP_E_MALFORMED);
	drp_buf_clear(&bytes);
}

static void lengths_take_their_shortest_form(void)
{
	struct drp_envelope e;
	struct drp_buf bytes = request("body"), longer = {0};
	drp_buf_append(&longer, bytes.data, 55);
	drp_buf_append(&longer, "\xc5\x00", 2); /* c4 7c as c5 00 7c */
	drp_buf_append(&longer, bytes.data + 56, bytes.len - 56);
	resign(&longer, node);
	CHECK_ERR(drp_envelope_parse(longer.data, longer.len, &e), DRP_E_MALFORMED);
	drp_buf_clear(&bytes);
	drp_buf_clear(&longer);
}

static void size_limits_hold(void)
{
	static char body[DRP_MESSAGE_MAX_BYTES + 1];
	static const size_t length[] = {135, 136, 65415, 65416}; /* c4, c5, c5, c6 */
	struct drp_envelope e;
	struct drp_buf out = {0}, opened = {0};
	struct drp_reply_origin origin;
	uint8_t opened_key[32];
	size_t most = DRP_MESSAGE_MAX_BYTES - 55 - 5 - 120 - 66;
	for (size_t i = 0; i < 4; i++) {
		CHECK_OK(drp_envelope_seal(
			node, hub_box, DRP_MSG_GET, &id, body, length[i], &out, key));
		CHECK_OK(drp_prewalk(out.data, out.len, 7));
		CHECK_OK(receive(hub, out.data, out.len, &e, &opened, opened_key));
		CHECK_INT(opened.len, length[i]);
		drp_buf_clear(&out);
		drp_buf_clear(&opened);
	}
	CHECK_OK(drp_envelope_seal(
		node, hub_box, DRP_MSG_GET, &id, body, most, &out, key));
	CHECK_INT(out.len, DRP_MESSAGE_MAX_BYTES);
	CHECK_OK(drp_envelope_parse(out.data, out.len, &e));
	drp_buf_append(&out, "", 1);
	CHECK_ERR(drp_envelope_parse(out.data, out.len, &e), DRP_E_TOOBIG);
	CHECK_ERR(drp_reply_decode(
			  key, DRP_MSG_GET, &id, out.data, out.len, &opened, &origin),
		DRP_E_TOOBIG);
	drp_buf_clear(&out);
	CHECK_ERR(drp_envelope_seal(
			  node, hub_box, DRP_MSG_GET, &id, body, most + 1, &out, key),
		DRP_E_TOOBIG);
	CHECK_ERR(drp_envelope_seal(
			  node, hub_box, DRP_MSG_GET, &id, body, sizeof body, &out, key),
		DRP_E_TOOBIG);
	CHECK_ERR(drp_reply_encode(key, DRP_MSG_GET, &id, body, sizeof body, &out),
		DRP_E_TOOBIG);
	CHECK_ERR(drp_reply_encode(key, DRP_MSG_GET, &id, body, sizeof body - 9, &out),
		DRP_E_TOOBIG);
	CHECK_INT(out.len, 0);
}

static enum drp_err answered(const struct drp_buf *reply, struct drp_buf *body,
	struct drp_reply_origin *origin)
{
	return drp_reply_decode(
		key, DRP_MSG_SUBMIT, &id, reply->data, reply->len, body, origin);
}

static void a_reply_comes_back(void)
{
	struct drp_buf reply = {0}, body = {0};
	struct drp_reply_origin origin = {0, DRP_E_PEER};
	CHECK_OK(drp_reply_encode(key, DRP_MSG_SUBMIT, &id, "answer", 6, &reply));
	CHECK_OK(drp_prewalk(reply.data, reply.len, 5));
	CHECK_MEM(reply.data, "\x94\x01\x45\xc4\x10\x01\x02\x03", 8);
	CHECK_OK(answered(&reply, &body, &origin));
	CHECK_INT(body.len, 6);
	CHECK_MEM(body.data, "answer", 6);
	CHECK(origin.authentic == 1 && origin.hint == DRP_OK);
	drp_buf_clear(&reply);
	drp_buf_clear(&body);
}

static void a_changed_reply_is_refused(void)
{
	struct drp_buf reply = {0}, body = {0};
	struct drp_reply_origin origin;
	CHECK_OK(drp_reply_encode(key, DRP_MSG_SUBMIT, &id, "answer", 6, &reply));
	for (size_t bit = 0; bit < 8 * reply.len; bit++) {
		reply.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
		CHECK(answered(&reply, &body, &origin) != DRP_OK);
		reply.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t n = 0; n < reply.len; n++) {
		CHECK_ERR(drp_reply_decode(key, DRP_MSG_SUBMIT, &id, reply.data, n, &body,
				  &origin),
			DRP_E_MALFORMED);
	}
	drp_buf_append(&reply, "", 1);
	CHECK_ERR(answered(&reply, &body, &origin), DRP_E_MALFORMED);
	CHECK_INT(body.len, 0);
	drp_buf_clear(&reply);
}

static void a_reply_answers_one_request(void)
{
	struct drp_buf reply = {0}, body = {0};
	struct drp_reply_origin origin;
	uint8_t other_key[32] = {7};
	CHECK_OK(drp_reply_encode(key, DRP_MSG_SUBMIT, &other_id, "answer", 6, &reply));
	CHECK_ERR(answered(&reply, &body, &origin), DRP_E_SIGNATURE);
	memcpy(reply.data + 5, id.b, 16); /* an old answer under a new id */
	CHECK_ERR(answered(&reply, &body, &origin), DRP_E_SIGNATURE);
	drp_buf_clear(&reply);
	CHECK_OK(drp_reply_encode(key, DRP_MSG_STATUS, &id, "answer", 6, &reply));
	CHECK_ERR(answered(&reply, &body, &origin), DRP_E_SIGNATURE);
	drp_buf_clear(&reply);
	CHECK_OK(drp_reply_encode(other_key, DRP_MSG_SUBMIT, &id, "answer", 6, &reply));
	CHECK_ERR(answered(&reply, &body, &origin), DRP_E_SIGNATURE);
	CHECK_INT(body.len, 0);
	drp_buf_clear(&reply);
	CHECK_ERR(
		drp_reply_encode(key, DRP_MSG_ERROR, &id, "", 0, &reply), DRP_E_VERSION);
}

static void replies_of_other_versions_are_named(void)
{
	struct drp_buf reply = {0}, body = {0};
	struct drp_reply_origin origin;
	CHECK_OK(drp_reply_encode(key, DRP_MSG_SUBMIT, &id, "answer", 6, &reply));
	reply.data[1] = 2;
	CHECK_ERR(answered(&reply, &body, &origin), DRP_E_VERSION);
	reply.data[1] = 1;
	reply.data[2] = 64 + 8;
	CHECK_ERR(answered(&reply, &body, &origin), DRP_E_VERSION);
	reply.data[2] = DRP_MSG_SUBMIT; /* a request is no reply */
	CHECK_ERR(answered(&reply, &body, &origin), DRP_E_VERSION);
	drp_buf_clear(&reply);
}

static void an_error_in_the_open_is_a_hint(void)
{
	struct drp_buf reply = {0}, body = {0};
	struct drp_reply_origin origin = {1, DRP_OK};
	static const struct drp_id none;
	CHECK_OK(drp_reply_encode_error(&id, DRP_E_UNKNOWN_KEY, &reply));
	CHECK_OK(drp_prewalk(reply.data, reply.len, 5));
	CHECK_INT(reply.len, 22);
	CHECK_ERR(answered(&reply, &body, &origin), DRP_E_PEER);
	CHECK(origin.authentic == 0 && origin.hint == DRP_E_UNKNOWN_KEY);
	CHECK_INT(body.len, 0);
	drp_buf_append(&reply, "", 1);
	CHECK_ERR(answered(&reply, &body, &origin), DRP_E_MALFORMED);
	reply.len--;

	reply.data[21] = DRP_OK; /* nobody may say "done" in the open */
	CHECK_ERR(answered(&reply, &body, &origin), DRP_E_MALFORMED);
	reply.data[21] = 0xe0;
	CHECK_ERR(answered(&reply, &body, &origin), DRP_E_MALFORMED);
	drp_buf_clear(&reply);

	CHECK_OK(drp_reply_encode_error(&none, DRP_E_MALFORMED, &reply));
	CHECK_ERR(answered(&reply, &body, &origin), DRP_E_PEER);
	CHECK_INT(origin.hint, DRP_E_MALFORMED);
	drp_buf_clear(&reply);

	CHECK_OK(drp_reply_encode_error(&other_id, DRP_E_BUSY, &reply));
	CHECK_ERR(answered(&reply, &body, &origin), DRP_E_SIGNATURE);
	drp_buf_clear(&reply);
}

static void every_failed_allocation_is_reported(void)
{
	enum drp_err err = DRP_E_NOMEM;
	for (unsigned long fail_at = 1; err; fail_at++) {
		struct drp_buf out = {0}, reply = {0};
		drp_alloc_hook(fail_at, 0);
		err = drp_envelope_seal(
			node, hub_box, DRP_MSG_GET, &id, "x", 1, &out, key);
		if (err == DRP_OK) {
			err = drp_reply_encode(key, DRP_MSG_GET, &id, "x", 1, &reply);
		}
		drp_alloc_hook(0, 0);
		CHECK(err == DRP_OK || err == DRP_E_NOMEM);
		CHECK(err == DRP_OK || reply.len == 0);
		drp_buf_clear(&out);
		drp_buf_clear(&reply);
		CHECK(fail_at < 100);
	}
}

int main(void)
{
	if (drp_crypto_init() || drp_keys_new(&node) || drp_keys_new(&hub) ||
		drp_keys_new(&notary)) {
		return 1;
	}
	drp_keys_public(node, &node_sign, node_box);
	drp_keys_public(hub, &hub_sign, hub_box);
	drp_keys_public(notary, &notary_sign, notary_box);
	CASE("a request arrives with its type, sender, id and body", a_request_arrives);
	CASE("the bytes lie where PROTOCOL.md says", the_layout_is_the_documented_one);
	CASE("a request with any bit changed is refused", every_changed_bit_is_refused);
	CASE("every element of a request has its type and length",
		every_element_has_its_type_and_length);
	CASE("a cut or lengthened request is malformed",
		every_shorter_or_longer_form_is_refused);
	CASE("a body stays with its type, sender and id, whoever signs",
		a_header_cannot_be_changed_by_the_sender_either);
	CASE("only the recipient opens a request", only_the_recipient_opens);
	CASE("nothing opens before its signature is checked",
		nothing_opens_before_its_signature_is_checked);
	CASE("another version or type is named as such",
		other_versions_and_types_are_named);
	CASE("a length has only its shortest form", lengths_take_their_shortest_form);
	CASE("size limits hold, at every form of a length", size_limits_hold);
	CASE("a reply comes back", a_reply_comes_back);
	CASE("a reply with any bit changed, cut or lengthened is refused",
		a_changed_reply_is_refused);
	CASE("a reply answers one request only", a_reply_answers_one_request);
	CASE("a reply of another version is named as such",
		replies_of_other_versions_are_named);
	CASE("an error in the open is a hint, never an answer",
		an_error_in_the_open_is_a_hint);
	CASE("every failed allocation is reported", every_failed_allocation_is_reported);
	drp_keys_free(node);
	drp_keys_free(hub);
	drp_keys_free(notary);
	return DONE();
}
