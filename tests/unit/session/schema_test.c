/* SPDX-License-Identifier: Apache-2.0
 *
 * What a school's node can send has no room for a sheet, an own question or free text:
 * no message holds any text at all, byte strings have the size of keys, hashes and ids,
 * and a body with one field more is refused. (lint.schema: nor can the code name them.)
 */
#include "proto/model/contribution.h"
#include "proto/session/envelope.h"
#include "proto/session/messages.h"
#include "proto/wire/reader.h"
#include "tests/support/check.h"

#include <msgpack.h>

static const uint8_t types[] = {DRP_MSG_ENROL, DRP_MSG_SYNC, DRP_MSG_GET, DRP_MSG_STATUS,
	DRP_MSG_SUBMIT, DRP_MSG_WITHDRAW, DRP_MSG_REPORT};

static struct drp_contribution contribution(void)
{
	static struct drp_contribution c;
	c = (struct drp_contribution){.group = DRP_PUPIL,
		.questionnaires = DRP_UNIT_ELIGIBLE_MAX,
		.invited = DRP_UNIT_ELIGIBLE_MAX,
		.sigma2 = DRP_SIGMA2_MAX,
		.n_values = DRP_VALUES_MAX};
	for (int i = 0; i < DRP_VALUES_MAX; i++) {
		c.value[i] = i % 2 ? -i : i;
	}
	return c;
}

static struct drp_buf encoded_contribution(void)
{
	static struct drp_contribution c;
	struct drp_buf out = {0};
	c = contribution();
	CHECK_OK(drp_contribution_encode(&c, &out));
	return out;
}

static struct drp_buf encoded_request(uint8_t type)
{
	struct drp_request request = {.type = type, .at = 1700000000};
	struct drp_buf inner = encoded_contribution(), out = {0};
	if (type == DRP_MSG_SUBMIT) {
		request.submit.bytes = inner.data;
		request.submit.n = inner.len;
	}
	CHECK_OK(drp_request_encode(&request, &out));
	drp_buf_clear(&inner);
	return out;
}

/* check_no_text looks at every value below o; max_bin holds for each byte string. */
static void check_no_text(const msgpack_object *o, uint32_t max_bin)
{
	CHECK(o->type != MSGPACK_OBJECT_STR);
	if (o->type == MSGPACK_OBJECT_BIN) {
		CHECK(o->via.bin.size <= max_bin);
	} else if (o->type == MSGPACK_OBJECT_ARRAY) {
		for (uint32_t i = 0; i < o->via.array.size; i++) {
			check_no_text(&o->via.array.ptr[i], max_bin);
		}
	} else if (o->type == MSGPACK_OBJECT_MAP) {
		for (uint32_t i = 0; i < o->via.map.size; i++) {
			check_no_text(&o->via.map.ptr[i].val, max_bin);
		}
	}
}

static void check_bytes(const struct drp_buf *bytes, uint32_t max_bin)
{
	msgpack_unpacked tree;
	msgpack_unpacked_init(&tree);
	CHECK(msgpack_unpack_next(&tree, (const char *)bytes->data, bytes->len, NULL) ==
		MSGPACK_UNPACK_SUCCESS);
	check_no_text(&tree.data, max_bin);
	msgpack_unpacked_destroy(&tree);
}

static void requests_hold_no_text(void)
{
	for (size_t i = 0; i < sizeof types; i++) {
		struct drp_buf inner = encoded_contribution();
		struct drp_buf body = encoded_request(types[i]);
		uint32_t most = types[i] == DRP_MSG_SUBMIT     ? (uint32_t)inner.len
				: types[i] == DRP_MSG_WITHDRAW ? 64
							       : 32;
		check_bytes(&body, most);
		drp_buf_clear(&body);
		drp_buf_clear(&inner);
	}
}

static void a_contribution_holds_no_text(void)
{
	struct drp_buf bytes = encoded_contribution();
	check_bytes(&bytes, 32);
	drp_buf_clear(&bytes);
}

/* add_field turns a canonical map into one with one field more, the last in order. */
static void add_field(struct drp_buf *map)
{
	CHECK(map->data[0] > 0x80 && map->data[0] < 0x8f);
	map->data[0]++;
	drp_buf_text(map, "\xa3zzz\xa4text");
	CHECK_OK(drp_prewalk(map->data, map->len, DRP_WIRE_ITEMS_MAX));
}

static void a_field_more_is_refused(void)
{
	struct drp_request request;
	static struct drp_contribution c;
	for (size_t i = 0; i < sizeof types; i++) {
		struct drp_buf body = encoded_request(types[i]);
		CHECK_OK(drp_request_decode(types[i], body.data, body.len, &request));
		add_field(&body);
		CHECK_ERR(drp_request_decode(types[i], body.data, body.len, &request),
			DRP_E_MALFORMED);
		drp_buf_clear(&body);
	}
	struct drp_buf bytes = encoded_contribution();
	CHECK_OK(drp_contribution_decode(bytes.data, bytes.len, &c));
	add_field(&bytes);
	CHECK_ERR(drp_contribution_decode(bytes.data, bytes.len, &c), DRP_E_MALFORMED);
	drp_buf_clear(&bytes);
}

static void no_other_type_has_a_body(void)
{
	struct drp_request request;
	struct drp_buf body = encoded_request(DRP_MSG_SYNC), out = {0};
	for (int type = 0; type < 256; type++) {
		if ((type >= DRP_MSG_ENROL && type <= DRP_MSG_REPORT) ||
			(type >= DRP_MSG_PUT && type <= DRP_MSG_FREEZE)) {
			continue;
		}
		CHECK_ERR(
			drp_request_decode((uint8_t)type, body.data, body.len, &request),
			DRP_E_VERSION);
		request = (struct drp_request){.type = (uint8_t)type};
		CHECK_ERR(drp_request_encode(&request, &out), DRP_E_VERSION);
	}
	CHECK_INT(out.len, 0);
	drp_buf_clear(&body);
}

int main(void)
{
	CASE("no request holds any text", requests_hold_no_text);
	CASE("no contribution holds any text", a_contribution_holds_no_text);
	CASE("a request or contribution with one field more is refused",
		a_field_more_is_refused);
	CASE("a school has seven requests, a hub eight, and there is no other",
		no_other_type_has_a_body);
	return DONE();
}
