/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/runtime/frame.h"

#include <string.h>

const uint8_t drp_greeting_req[DRP_GREETING_BYTES] = {0, 'S', 'P', 0, 0, 0x30, 0, 0};
const uint8_t drp_greeting_rep[DRP_GREETING_BYTES] = {0, 'S', 'P', 0, 0, 0x31, 0, 0};

static uint64_t read_number(const uint8_t *bytes, int n)
{
	uint64_t value = 0;
	for (int i = 0; i < n; i++) {
		value = value << 8 | bytes[i];
	}
	return value;
}

static void write_number(uint8_t *bytes, int n, uint64_t value)
{
	for (int i = n - 1; i >= 0; i--) {
		bytes[i] = (uint8_t)value;
		value >>= 8;
	}
}

void drp_frame_head(uint8_t head[DRP_HEAD_BYTES], uint32_t id, size_t n)
{
	write_number(head, 8, DRP_REQUEST_ID_BYTES + n);
	write_number(head + 8, DRP_REQUEST_ID_BYTES, id);
}

static size_t at_most(size_t n, uint64_t limit)
{
	return n < limit ? n : (size_t)limit;
}

static int open_message(struct drp_frame *frame, size_t max_bytes)
{
	uint64_t length = read_number(frame->head, 8);
	if (length <= DRP_REQUEST_ID_BYTES || !(frame->head[8] & 0x80) ||
		length - DRP_REQUEST_ID_BYTES > max_bytes) {
		return -1;
	}
	frame->left = length - DRP_REQUEST_ID_BYTES;
	frame->body.len = 0;
	return 0;
}

static int take_head(
	struct drp_frame *frame, size_t max_bytes, struct drp_frame_input *input)
{
	size_t n = at_most(input->n, DRP_HEAD_BYTES - frame->have);
	memcpy(frame->head + frame->have, input->bytes, n);
	frame->have += n;
	input->bytes += n;
	input->n -= n;
	return frame->have < DRP_HEAD_BYTES ? 0 : open_message(frame, max_bytes);
}

/* What lies in the input in one piece is not copied. */
static int take_body(struct drp_frame *frame, struct drp_frame_input *input,
	struct drp_frame_message *message)
{
	size_t n = at_most(input->n, frame->left);
	const uint8_t *piece = input->bytes;
	input->bytes += n;
	input->n -= n;
	frame->left -= n;
	if (frame->left > 0 || frame->body.len > 0) {
		drp_buf_append(&frame->body, piece, n);
		if (frame->body.failed) {
			return -1;
		}
	}
	if (frame->left > 0) {
		return 0;
	}
	int whole = frame->body.len == 0;
	message->id = (uint32_t)read_number(frame->head + 8, DRP_REQUEST_ID_BYTES);
	message->body = whole ? piece : frame->body.data;
	message->n = whole ? n : frame->body.len;
	frame->have = 0;
	return 1;
}

int drp_frame_next(struct drp_frame *frame, size_t max_bytes,
	struct drp_frame_input *input, struct drp_frame_message *message)
{
	if (!drp_frame_begun(frame)) {
		drp_buf_clear(&frame->body); /* of the message before */
	}
	int rc = 0;
	while (input->n > 0 && rc == 0) {
		rc = frame->have < DRP_HEAD_BYTES ? take_head(frame, max_bytes, input)
						  : take_body(frame, input, message);
	}
	return rc;
}

int drp_frame_begun(const struct drp_frame *frame)
{
	return frame->have > 0;
}

void drp_frame_clear(struct drp_frame *frame)
{
	drp_buf_clear(&frame->body);
}
