/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/runtime/frame.h"
#include "tests/support/check.h"

/* A request: length, id, body of n bytes with value v. */
static size_t request(uint8_t *out, uint32_t id, size_t n, uint8_t v)
{
	drp_frame_head(out, id, n);
	memset(out + DRP_HEAD_BYTES, v, n);
	return DRP_HEAD_BYTES + n;
}

static void head_is_as_specified(void)
{
	uint8_t head[DRP_HEAD_BYTES];
	drp_frame_head(head, 0x80a1b2c3, 0x12345);
	CHECK_MEM(head, "\0\0\0\0\0\1\x23\x49\x80\xa1\xb2\xc3", DRP_HEAD_BYTES);
}

struct seen {
	int n;
	uint32_t id[4];
	size_t size[4];
	uint8_t value[4];
};

static void feed(
	struct drp_frame *frame, const uint8_t *bytes, size_t n, struct seen *seen)
{
	struct drp_frame_input input = {bytes, n};
	struct drp_frame_message m;
	while (drp_frame_next(frame, 40, &input, &m) == 1) {
		CHECK(seen->n < 4);
		for (size_t i = 0; i < m.n; i++) {
			CHECK_INT(m.body[i], m.body[0]);
		}
		seen->id[seen->n] = m.id;
		seen->size[seen->n] = m.n;
		seen->value[seen->n++] = m.body[0];
	}
	CHECK_INT(input.n, 0);
}

/* Three messages through every pair of cuts: the result never depends on them. */
static void cuts_do_not_matter(void)
{
	uint8_t in[200];
	size_t n = 0;
	n += request(in + n, 0x80000001, 1, 'a');
	n += request(in + n, 0x80000002, 40, 'b');
	n += request(in + n, 0xffffffff, 7, 'c');
	for (size_t a = 0; a <= n; a++) {
		for (size_t b = a; b <= n; b++) {
			struct drp_frame frame = {0};
			struct seen seen = {0};
			feed(&frame, in, a, &seen);
			feed(&frame, in + a, b - a, &seen);
			feed(&frame, in + b, n - b, &seen);
			CHECK_INT(seen.n, 3);
			CHECK(seen.id[0] == 0x80000001 && seen.id[1] == 0x80000002 &&
				seen.id[2] == 0xffffffff);
			CHECK(seen.size[0] == 1 && seen.size[1] == 40 &&
				seen.size[2] == 7);
			CHECK(seen.value[0] == 'a' && seen.value[1] == 'b' &&
				seen.value[2] == 'c');
			CHECK(!drp_frame_begun(&frame));
			drp_frame_clear(&frame);
		}
	}
}

static void begun_until_the_last_byte(void)
{
	struct drp_frame frame = {0};
	struct drp_frame_message m;
	uint8_t in[64];
	size_t n = request(in, 0x80000001, 10, 'x');
	for (size_t i = 0; i < n; i++) {
		struct drp_frame_input input = {in + i, 1};
		CHECK_INT(drp_frame_begun(&frame), i > 0);
		CHECK_INT(drp_frame_next(&frame, 10, &input, &m), i + 1 == n);
	}
	CHECK(!drp_frame_begun(&frame));
	drp_frame_clear(&frame);
}

/* What a head with this length and first byte of an id leads to. */
static int judge(const char *length, uint8_t id)
{
	struct drp_frame frame = {0};
	struct drp_frame_message m;
	uint8_t in[DRP_HEAD_BYTES] = {0};
	memcpy(in, length, 8);
	in[8] = id;
	struct drp_frame_input input = {in, sizeof in};
	int rc = drp_frame_next(&frame, 100, &input, &m);
	CHECK(frame.body.cap == 0);
	drp_frame_clear(&frame);
	return rc;
}

static void lengths_and_ids_are_judged(void)
{
	CHECK_INT(judge("\0\0\0\0\0\0\0\x05", 0x80), 0);
	CHECK_INT(judge("\0\0\0\0\0\0\0\x68", 0xff), 0);
	CHECK_INT(judge("\0\0\0\0\0\0\0\x69", 0x80), -1);
	CHECK_INT(judge("\xff\xff\xff\xff\xff\xff\xff\xff", 0x80), -1);
	CHECK_INT(judge("\0\0\0\1\0\0\0\x05", 0x80), -1);
	CHECK_INT(judge("\0\0\0\0\0\0\0\x04", 0x80), -1);
	CHECK_INT(judge("\0\0\0\0\0\0\0\0", 0x80), -1);
	CHECK_INT(judge("\0\0\0\0\0\0\0\x05", 0x7f), -1);
}

/* The memory that a message takes follows what has come, not what was announced. */
static void no_length_is_believed(void)
{
	struct drp_frame frame = {0};
	struct drp_frame_message m;
	uint8_t head[DRP_HEAD_BYTES];
	drp_frame_head(head, 0x80000001, 1 << 20);
	struct drp_frame_input input = {head, sizeof head};
	CHECK_INT(drp_frame_next(&frame, 1 << 20, &input, &m), 0);
	input = (struct drp_frame_input){(const uint8_t *)"few", 3};
	CHECK_INT(drp_frame_next(&frame, 1 << 20, &input, &m), 0);
	CHECK(frame.body.cap < 4096);
	drp_frame_clear(&frame);
}

int main(void)
{
	CASE("a head is length and request id, big endian", head_is_as_specified);
	CASE("requests come out the same however they are cut", cuts_do_not_matter);
	CASE("a message counts as begun until its last byte", begun_until_the_last_byte);
	CASE("wrong lengths and ids are refused at the head", lengths_and_ids_are_judged);
	CASE("no length is believed", no_length_is_believed);
	return DONE();
}
