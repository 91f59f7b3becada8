/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/runtime/frame.h"
#include "tests/support/check.h"

#include <stdlib.h>

#define NUMBER UINT64_C(0x1122334455667788)

/* A TCP request: length, id, body of n bytes with value v. */
static size_t request(uint8_t *out, uint32_t id, size_t n, uint8_t v)
{
	drp_u64_write(out, 4 + n);
	for (int i = 0; i < 4; i++) {
		out[8 + i] = (uint8_t)(id >> (24 - 8 * i));
	}
	memset(out + 12, v, n);
	return 12 + n;
}

static size_t expected(uint8_t *out, uint32_t id, size_t n, uint8_t v)
{
	uint8_t tcp[512];
	request(tcp, id, n, v);
	out[0] = 1;
	drp_u64_write(out + 1, 4 + 8 + n);
	memcpy(out + 9, tcp + 8, 4);
	drp_u64_write(out + 13, NUMBER);
	memcpy(out + 21, tcp + 12, n);
	return 21 + n;
}

/* Three messages through every pair of cuts: the result never depends on them. */
static void cuts_do_not_matter(void)
{
	uint8_t in[600], want[600], out[DRP_FRAME_OUT_MAX(600)];
	size_t n = 0, want_n = 0;
	n += request(in + n, 0x80000001, 1, 'a');
	n += request(in + n, 0x80000002, 30, 'b');
	n += request(in + n, 0xffffffff, 7, 'c');
	want_n += expected(want + want_n, 0x80000001, 1, 'a');
	want_n += expected(want + want_n, 0x80000002, 30, 'b');
	want_n += expected(want + want_n, 0xffffffff, 7, 'c');
	for (size_t a = 0; a <= n; a++) {
		for (size_t b = a; b <= n; b++) {
			size_t cuts[] = {0, a, b, n}, done = 0;
			struct drp_frame frame = {0};
			for (int i = 0; i < 3; i++) {
				size_t out_n;
				CHECK_OK(drp_frame_request(&frame, 30, NUMBER,
					in + cuts[i], cuts[i + 1] - cuts[i], out + done,
					&out_n));
				CHECK(out_n <= DRP_FRAME_OUT_MAX(cuts[i + 1] - cuts[i]));
				done += out_n;
			}
			CHECK_INT(done, want_n);
			CHECK_MEM(out, want, want_n);
			CHECK_INT(frame.messages, 3);
			CHECK(!drp_frame_begun(&frame));
		}
	}
}

static void smallest_messages_fit_the_bound(void)
{
	static uint8_t in[6500], out[DRP_FRAME_OUT_MAX(6500)];
	struct drp_frame frame = {0};
	size_t n = 0, out_n;
	while (n + 13 <= sizeof in) {
		n += request(in + n, 0x80000001, 1, 'x');
	}
	/* Eleven bytes are held back by a first call: the worst case for the second. */
	CHECK_OK(drp_frame_request(&frame, 1, NUMBER, in, 11, out, &out_n));
	CHECK_INT(out_n, 0);
	CHECK(drp_frame_begun(&frame));
	CHECK_OK(drp_frame_request(&frame, 1, NUMBER, in + 11, n - 11, out, &out_n));
	CHECK_INT(frame.messages, 500);
	CHECK_INT(out_n, 500 * 22);
	CHECK(out_n <= DRP_FRAME_OUT_MAX(n - 11));
}

static enum drp_err judge(uint64_t length, uint8_t id, size_t max)
{
	struct drp_frame frame = {0};
	uint8_t in[12] = {0}, out[64];
	size_t out_n = 99;
	drp_u64_write(in, length);
	in[8] = id;
	enum drp_err err = drp_frame_request(&frame, max, 1, in, 12, out, &out_n);
	CHECK_INT(out_n, err ? 99 : 21);
	return err;
}

static void lengths_and_ids_are_judged(void)
{
	CHECK_OK(judge(5, 0x80, 100));
	CHECK_OK(judge(104, 0x80, 100));
	CHECK_ERR(judge(105, 0x80, 100), DRP_E_TOOBIG);
	CHECK_ERR(judge(UINT64_MAX, 0x80, 100), DRP_E_TOOBIG);
	CHECK_ERR(judge(UINT64_C(1) << 32, 0xff, 100), DRP_E_TOOBIG);
	CHECK_ERR(judge(4, 0x80, 100), DRP_E_MALFORMED);
	CHECK_ERR(judge(0, 0x80, 100), DRP_E_MALFORMED);
	CHECK_ERR(judge(5, 0x7f, 100), DRP_E_MALFORMED);
}

static void begun_until_the_last_byte(void)
{
	struct drp_frame frame = {0};
	uint8_t in[64], out[128];
	size_t n = request(in, 0x80000001, 10, 'x'), out_n;
	for (size_t i = 0; i < n; i++) {
		CHECK_INT(drp_frame_begun(&frame), i > 0);
		CHECK_OK(drp_frame_request(&frame, 10, 1, in + i, 1, out, &out_n));
	}
	CHECK(!drp_frame_begun(&frame));
	CHECK_INT(frame.messages, 1);
}

static void answers_lose_their_type_byte(void)
{
	uint8_t in[40] = {0}, out[64];
	in[0] = 1;
	drp_u64_write(in + 1, 5);
	memcpy(in + 9, "hello", 5);
	in[14] = 1;
	drp_u64_write(in + 15, 2);
	memcpy(in + 23, "yo", 2);
	for (size_t cut = 0; cut <= 25; cut++) {
		struct drp_frame frame = {0};
		size_t first, second;
		CHECK_OK(drp_frame_answer(&frame, in, cut, out, &first));
		CHECK_OK(drp_frame_answer(
			&frame, in + cut, 25 - cut, out + first, &second));
		CHECK_INT(first + second, 23);
		CHECK_MEM(out, in + 1, 13);
		CHECK_MEM(out + 13, in + 15, 10);
		CHECK_INT(frame.messages, 2);
	}
	struct drp_frame frame = {0};
	size_t out_n;
	in[0] = 2;
	CHECK_ERR(drp_frame_answer(&frame, in, 9, out, &out_n), DRP_E_MALFORMED);
}

int main(void)
{
	CASE("requests come out the same however they are cut", cuts_do_not_matter);
	CASE("the smallest messages fit the bound on output",
		smallest_messages_fit_the_bound);
	CASE("wrong lengths and ids are refused at the head", lengths_and_ids_are_judged);
	CASE("a message counts as begun until its last byte", begun_until_the_last_byte);
	CASE("answers lose their type byte and are counted",
		answers_lose_their_type_byte);
	return DONE();
}
