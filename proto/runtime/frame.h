/* SPDX-License-Identifier: Apache-2.0
 *
 * SP over TCP as the doorman speaks it: where a request begins and ends, and nothing of
 * what is in it. Source: nanomsg's "SP TCP mapping" and "SP request/reply" RFCs.
 *
 *	greeting  00 'S' 'P' 00 | protocol (2) | 00 00          both ways, once
 *	message   length (8) | request id (4, highest bit set) | envelope
 *
 * No length is believed: memory grows with the bytes that have come. Threads: one at a
 * time.
 */
#ifndef DRP_RUNTIME_FRAME_H
#define DRP_RUNTIME_FRAME_H

#include "proto/base/buf.h"

#include <stddef.h>
#include <stdint.h>

#define DRP_GREETING_BYTES   8
#define DRP_REQUEST_ID_BYTES 4
#define DRP_HEAD_BYTES	     12 /* length and request id */

extern const uint8_t drp_greeting_req[DRP_GREETING_BYTES];
extern const uint8_t drp_greeting_rep[DRP_GREETING_BYTES];

/* A message that is coming in. Zeroed is ready; drp_frame_clear at the end. */
struct drp_frame {
	uint8_t head[DRP_HEAD_BYTES];
	size_t have;	     /* bytes of the head */
	uint64_t left;	     /* bytes of the envelope still to come */
	struct drp_buf body; /* what has come, unless it came in one piece */
};

struct drp_frame_input {
	const uint8_t *bytes;
	size_t n;
};

struct drp_frame_message {
	uint32_t id; /* with its highest bit */
	const uint8_t *body;
	size_t n;
};

/* drp_frame_next uses up input until a message is whole (1), or all of it (0). -1: an
 * empty envelope or one over max_bytes, no request id, or no memory; the connection is
 * of no use any more. The message's body is borrowed until the next call. */
int drp_frame_next(struct drp_frame *frame, size_t max_bytes,
	struct drp_frame_input *input, struct drp_frame_message *message);

/* drp_frame_begun: part of a message has come, the rest has not. */
int drp_frame_begun(const struct drp_frame *frame);

void drp_frame_clear(struct drp_frame *frame);

/* drp_frame_head writes what stands before an envelope of n bytes. */
void drp_frame_head(uint8_t head[DRP_HEAD_BYTES], uint32_t id, size_t n);

#endif
