/* SPDX-License-Identifier: Apache-2.0
 *
 * The first byte chooses: raw bytes as a request and as a reply; a body that must come
 * back unchanged; or a good request and reply in which bytes are changed (pairs of place
 * and value). What parses is canonical MessagePack; what opens has the body, type, id
 * and sender that were sealed, even when the sender signs the changed bytes anew.
 */
#include "proto/session/envelope.h"
#include "proto/wire/reader.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static struct drp_keys *node, *hub;
static struct drp_key node_sign, hub_sign;
static uint8_t node_box[32], hub_box[32];
static const struct drp_id id = {{1, 2, 3}};

static void prepare(void)
{
	if (!node) {
		REQUIRE(drp_crypto_init() == DRP_OK);
		REQUIRE(drp_keys_new(&node) == DRP_OK && drp_keys_new(&hub) == DRP_OK);
		drp_keys_public(node, &node_sign, node_box);
		drp_keys_public(hub, &hub_sign, hub_box);
	}
}

static int opens(const uint8_t *bytes, size_t n, struct drp_buf *body)
{
	struct drp_envelope e;
	uint8_t key[32];
	if (drp_envelope_parse(bytes, n, &e)) {
		return 0;
	}
	REQUIRE(drp_prewalk(bytes, n, 7) == DRP_OK);
	REQUIRE(e.sealed + e.sealed_n <= bytes + n && e.signature + 64 == bytes + n);
	if (drp_envelope_verify(&e) || drp_envelope_open(&e, hub, body, key)) {
		return 0;
	}
	REQUIRE(e.type == DRP_MSG_SUBMIT && memcmp(e.id.b, id.b, 16) == 0);
	REQUIRE(memcmp(e.sender.b, node_sign.b, 32) == 0);
	return 1;
}

static enum drp_err decodes(
	const uint8_t key[32], const uint8_t *bytes, size_t n, struct drp_buf *body)
{
	struct drp_reply_origin origin = {0, DRP_OK};
	enum drp_err err =
		drp_reply_decode(key, DRP_MSG_SUBMIT, &id, bytes, n, body, &origin);
	REQUIRE(origin.authentic == (err == DRP_OK));
	REQUIRE((err == DRP_E_PEER) == (origin.hint != DRP_OK));
	if (err == DRP_OK || err == DRP_E_PEER) {
		REQUIRE(drp_prewalk(bytes, n, 5) == DRP_OK);
	}
	return err;
}

static void raw(const uint8_t *data, size_t size)
{
	static const uint8_t key[32];
	struct drp_buf body = {0};
	REQUIRE(!opens(data, size, &body));
	REQUIRE(decodes(key, data, size, &body) != DRP_OK);
	REQUIRE(body.len == 0);
}

static void change(struct drp_buf *bytes, const uint8_t *data, size_t size)
{
	for (; size >= 3; data += 3, size -= 3) {
		size_t place = (size_t)(data[0] << 8 | data[1]) % bytes->len;
		bytes->data[place] = data[2];
	}
}

static void sealed(
	const uint8_t *body, size_t n, const uint8_t *changes, size_t changes_n)
{
	struct drp_buf request = {0}, reply = {0}, was = {0}, got = {0};
	uint8_t key[32];
	enum drp_err err = drp_envelope_seal(
		node, hub_box, DRP_MSG_SUBMIT, &id, body, n, &request, key);
	REQUIRE(err == DRP_OK);
	drp_buf_append(&was, request.data, request.len - 64);
	change(&request, changes, changes_n);
	drp_sign(node, DRP_ENVELOPE_TAG, request.data, request.len - 66,
		request.data + request.len - 64);
	int same = memcmp(was.data, request.data, was.len) == 0;
	REQUIRE(opens(request.data, request.len, &got) == same);
	REQUIRE(!same || (got.len == n && (n == 0 || memcmp(got.data, body, n) == 0)));
	drp_buf_clear(&was);
	drp_buf_clear(&got);

	REQUIRE(drp_reply_encode(key, DRP_MSG_SUBMIT, &id, body, n, &reply) == DRP_OK);
	drp_buf_append(&was, reply.data, reply.len);
	change(&reply, changes, changes_n);
	same = memcmp(was.data, reply.data, was.len) == 0;
	REQUIRE((decodes(key, reply.data, reply.len, &got) == DRP_OK) == same);
	REQUIRE(!same || (got.len == n && (n == 0 || memcmp(got.data, body, n) == 0)));
	drp_buf_clear(&request);
	drp_buf_clear(&reply);
	drp_buf_clear(&was);
	drp_buf_clear(&got);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	prepare();
	if (size == 0) {
		return 0;
	}
	if (data[0] % 3 == 0) {
		raw(data + 1, size - 1);
	} else if (data[0] % 3 == 1) {
		sealed(data + 1, size - 1, NULL, 0);
	} else {
		sealed((const uint8_t *)"body", 4, data + 1, size - 1);
	}
	return 0;
}
