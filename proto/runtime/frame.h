/* SPDX-License-Identifier: Apache-2.0
 *
 * SP framing as the doorman must understand it: where a message begins and ends, how
 * long it claims to be, and nothing of what is in it. Source: the "SP TCP mapping" and
 * "SP request/reply" RFCs of nanomsg; the IPC form adds one byte in front.
 *
 *	greeting  00 'S' 'P' 00 | protocol (2) | 00 00          both ways, once
 *	TCP       length (8) | payload
 *	IPC       01 | length (8) | payload
 *	request   payload = request id (4, highest bit set) | envelope
 *
 * Towards NNG every request also gets the number of its connection (8 bytes, big
 * endian) between request id and envelope, so that the hub can name the connection of a
 * request that it will not answer. Answers travel back unchanged.
 *
 * No memory is allocated and no length is believed: bytes go through as they come.
 * Threads: one at a time.
 */
#ifndef DRP_RUNTIME_FRAME_H
#define DRP_RUNTIME_FRAME_H

#include <drempel/err.h>

#include <stddef.h>
#include <stdint.h>

#define DRP_GREETING_BYTES   8
#define DRP_REQUEST_ID_BYTES 4
#define DRP_CONNECTION_BYTES 8 /* a connection's number, in front of the envelope */

/* Output that n bytes of input can become: nine bytes more a message, and a message
 * takes at least twelve; what an earlier call held back comes on top. */
#define DRP_FRAME_OUT_MAX(n) ((n) + ((n) / 12 + 1) * 9 + 12)

struct drp_frame {
	uint8_t head[12];
	size_t have;	   /* bytes of the head held back */
	uint64_t left;	   /* bytes of the payload still to come */
	uint64_t messages; /* that have passed completely */
};

extern const uint8_t drp_greeting_req[DRP_GREETING_BYTES];
extern const uint8_t drp_greeting_rep[DRP_GREETING_BYTES];

/* drp_frame_request turns TCP framing into IPC framing and adds the connection:
 * DRP_E_TOOBIG for an envelope over max_bytes, DRP_E_MALFORMED for an empty one or one
 * without a request id. After an error the connection is of no use. */
enum drp_err drp_frame_request(struct drp_frame *frame, size_t max_bytes,
	uint64_t connection, const uint8_t *in, size_t n, uint8_t *out,
	size_t *out_n) DRP_MUST_CHECK;

/* drp_frame_answer turns IPC framing into TCP framing; DRP_E_MALFORMED when NNG sent
 * something else. */
enum drp_err drp_frame_answer(struct drp_frame *frame, const uint8_t *in, size_t n,
	uint8_t *out, size_t *out_n) DRP_MUST_CHECK;

/* drp_frame_begun: part of a message has come, the rest has not. */
int drp_frame_begun(const struct drp_frame *frame);

uint64_t drp_u64_read(const uint8_t bytes[8]);
void drp_u64_write(uint8_t bytes[8], uint64_t value);

#endif
