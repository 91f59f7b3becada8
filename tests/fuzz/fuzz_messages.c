/* SPDX-License-Identifier: Apache-2.0
 *
 * The bodies of requests and replies. The first byte is the type, the rest the body: what
 * is accepted encodes back to the same bytes.
 */
#include "proto/session/envelope.h"
#include "proto/session/messages.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct drp_reply reply;
	struct drp_request request;
	struct drp_buf out = {0};
	if (size == 0) {
		return 0;
	}
	uint8_t type = data[0] % (DRP_MSG_FREEZE + 2);
	if (drp_request_decode(type, data + 1, size - 1, &request) == DRP_OK) {
		REQUIRE(drp_request_encode(&request, &out) == DRP_OK);
		REQUIRE(out.len == size - 1 && memcmp(out.data, data + 1, out.len) == 0);
		out.len = 0;
	}
	if (drp_reply_decode_body(type, data + 1, size - 1, &reply) == DRP_OK) {
		REQUIRE(drp_reply_encode_body(&reply, &out) == DRP_OK);
		REQUIRE(out.len == size - 1 && memcmp(out.data, data + 1, out.len) == 0);
	}
	drp_buf_clear(&out);
	return 0;
}
