/* SPDX-License-Identifier: Apache-2.0
 *
 * What travels inside an envelope: one body per message type, canonical MessagePack
 * maps. Every request carries `at`, the sender's Unix time, so that an old one is
 * refused; every reply carries the hub's, so that a node notices its own wrong clock.
 * No type can carry a sheet, a free text or an own question (R5; lint.schema).
 * Wire: PROTOCOL.md "Messages". Threads: any.
 */
#ifndef DRP_SESSION_MESSAGES_H
#define DRP_SESSION_MESSAGES_H

#include "proto/model/contribution.h"
#include "proto/model/manifest.h"

#include <drempel/err.h>
#include <drempel/limits.h>
#include <drempel/types.h>

#define DRP_SYNC_CAMPAIGNS_MAX 32
#define DRP_STATUS_MAX	       64 /* contributions of one school in one campaign */

enum drp_campaign_state {
	DRP_CAMPAIGN_DRAFT,
	DRP_CAMPAIGN_OPEN,   /* signed: contributions are accepted */
	DRP_CAMPAIGN_CLOSED, /* published: the working set is fixed, an edition exists */
	DRP_CAMPAIGN_FROZEN, /* contributions are erased */
	DRP_CAMPAIGN_STATES
};
const char *drp_campaign_state_name(int state);

struct drp_request {
	uint8_t type; /* enum drp_message_type of envelope.h */
	int64_t at;   /* Unix seconds */
	union {
		struct {
			uint8_t token[32];
		} enrol;
		struct {
			struct drp_hash blob;
			uint32_t offset;
		} get;
		struct {
			struct drp_hash campaign;
		} status;
		struct {
			const uint8_t *bytes; /* canonical contribution; borrowed */
			size_t n;
		} submit;
		struct {
			struct drp_hash campaign, contribution;
			struct drp_id unit;
			uint8_t group;
		} withdraw;
	};
};

enum drp_err drp_request_encode(
	const struct drp_request *request, struct drp_buf *out) DRP_MUST_CHECK;
enum drp_err drp_request_decode(uint8_t type, const void *bytes, size_t n,
	struct drp_request *request) DRP_MUST_CHECK;

struct drp_announced {
	struct drp_hash manifest;
	uint8_t signature[64]; /* the hub's, over the manifest, tag "drempel manifest 1"
				*/
	uint8_t state;	       /* enum drp_campaign_state */
};

struct drp_reply {
	uint8_t type; /* of the request it answers */
	int64_t at;
	enum drp_err err; /* a refusal has no more than text */
	char text[200];
	union {
		struct {
			char school[DRP_NAME_MAX], name[DRP_NAME_MAX];
		} enrol;
		struct {
			uint32_t n;
			struct drp_announced campaign[DRP_SYNC_CAMPAIGNS_MAX];
		} sync;
		struct {
			uint32_t total;
			const uint8_t *bytes; /* borrowed */
			size_t n;
		} get;
		struct {
			uint32_t n;
			struct drp_receipt receipt[DRP_STATUS_MAX];
		} status;
		struct {
			struct drp_receipt receipt;
		} submit;
	};
};

enum drp_err drp_reply_encode_body(
	const struct drp_reply *reply, struct drp_buf *out) DRP_MUST_CHECK;
enum drp_err drp_reply_decode_body(uint8_t type, const void *bytes, size_t n,
	struct drp_reply *reply) DRP_MUST_CHECK;

#endif
