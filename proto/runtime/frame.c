/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/runtime/frame.h"

#include <string.h>

#define IPC_MESSAGE 1
#define TCP_HEAD    12 /* length and request id */
#define IPC_HEAD    9  /* type and length */

const uint8_t drp_greeting_req[DRP_GREETING_BYTES] = {0, 'S', 'P', 0, 0, 0x30, 0, 0};
const uint8_t drp_greeting_rep[DRP_GREETING_BYTES] = {0, 'S', 'P', 0, 0, 0x31, 0, 0};

uint64_t drp_u64_read(const uint8_t bytes[8])
{
	uint64_t value = 0;
	for (int i = 0; i < 8; i++) {
		value = value << 8 | bytes[i];
	}
	return value;
}

void drp_u64_write(uint8_t bytes[8], uint64_t value)
{
	for (int i = 7; i >= 0; i--) {
		bytes[i] = (uint8_t)value;
		value >>= 8;
	}
}

static size_t put(uint8_t *out, const void *bytes, size_t n)
{
	memcpy(out, bytes, n);
	return n;
}

/* Holds back bytes until the head is whole; returns how many it took. */
static size_t gather(struct drp_frame *frame, size_t size, const uint8_t *in, size_t n)
{
	size_t take = size - frame->have < n ? size - frame->have : n;
	memcpy(frame->head + frame->have, in, take);
	frame->have += take;
	return take;
}

static size_t pass(struct drp_frame *frame, const uint8_t *in, size_t n, uint8_t *out)
{
	size_t take = frame->left < n ? (size_t)frame->left : n;
	memcpy(out, in, take);
	frame->left -= take;
	return take;
}

static void end_message(struct drp_frame *frame)
{
	if (frame->left == 0) {
		frame->have = 0;
		frame->messages++;
	}
}

/* The head of a request is whole: judge it and write the head that NNG shall see. */
static enum drp_err open_request(struct drp_frame *frame, size_t max_bytes,
	uint64_t connection, uint8_t *out, size_t *out_n)
{
	uint64_t length = drp_u64_read(frame->head);
	const uint8_t *id = frame->head + 8;
	if (length <= DRP_REQUEST_ID_BYTES || !(id[0] & 0x80)) {
		return DRP_E_MALFORMED;
	}
	if (length - DRP_REQUEST_ID_BYTES > max_bytes) {
		return DRP_E_TOOBIG;
	}
	size_t done = *out_n;
	out[done++] = IPC_MESSAGE;
	drp_u64_write(out + done, length + DRP_CONNECTION_BYTES);
	done += 8;
	done += put(out + done, id, DRP_REQUEST_ID_BYTES);
	drp_u64_write(out + done, connection);
	*out_n = done + DRP_CONNECTION_BYTES;
	frame->left = length - DRP_REQUEST_ID_BYTES;
	return DRP_OK;
}

enum drp_err drp_frame_request(struct drp_frame *frame, size_t max_bytes,
	uint64_t connection, const uint8_t *in, size_t n, uint8_t *out, size_t *out_n)
{
	size_t used = 0, done = 0;
	while (used < n) {
		if (frame->have < TCP_HEAD) {
			used += gather(frame, TCP_HEAD, in + used, n - used);
			if (frame->have < TCP_HEAD) {
				break;
			}
			enum drp_err err =
				open_request(frame, max_bytes, connection, out, &done);
			if (err) {
				return err;
			}
			continue;
		}
		size_t step = pass(frame, in + used, n - used, out + done);
		used += step;
		done += step;
		end_message(frame);
	}
	*out_n = done;
	return DRP_OK;
}

enum drp_err drp_frame_answer(
	struct drp_frame *frame, const uint8_t *in, size_t n, uint8_t *out, size_t *out_n)
{
	size_t used = 0, done = 0;
	while (used < n) {
		if (frame->have < IPC_HEAD) {
			used += gather(frame, IPC_HEAD, in + used, n - used);
			if (frame->have < IPC_HEAD) {
				break;
			}
			frame->left = drp_u64_read(frame->head + 1);
			if (frame->head[0] != IPC_MESSAGE || frame->left == 0) {
				return DRP_E_MALFORMED;
			}
			done += put(out + done, frame->head + 1, 8);
			continue;
		}
		size_t step = pass(frame, in + used, n - used, out + done);
		used += step;
		done += step;
		end_message(frame);
	}
	*out_n = done;
	return DRP_OK;
}

int drp_frame_begun(const struct drp_frame *frame)
{
	return frame->have > 0;
}
