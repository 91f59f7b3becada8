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
#include "proto/model/report.h"
#include "proto/session/list.h"
#include "proto/session/voucher.h"

#include <drempel/err.h>
#include <drempel/limits.h>
#include <drempel/types.h>

#define DRP_SYNC_CAMPAIGNS_MAX 32
#define DRP_STATUS_MAX	       64 /* receipts of one school in one campaign */
#define DRP_LISTS	       2  /* the hub's and the notary's; or none yet */

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
			uint8_t proof[DRP_PROOF_BYTES]; /* voucher.h; zeros: none */
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
		struct drp_withdrawal withdraw; /* also DROP: the hub forwards it */
		struct {
			const uint8_t *bytes; /* canonical report; borrowed */
			size_t n;
		} report;

		/* From a hub to its notary. Borrowed bytes throughout. */
		struct { /* a piece of a blob, in order */
			struct drp_hash blob;
			uint32_t total, offset;
			const uint8_t *bytes;
			size_t n;
		} put;
		struct { /* manifest, instrument and roll have been put before */
			struct drp_hash manifest, roll;
			uint8_t signature[64]; /* the hub's, of the manifest */
			uint8_t seed[32];      /* of the verification keys: task.h */
		} cosign;
		struct {
			struct drp_report report; /* hub_share NULL: its hash alone */
			const uint8_t *initialize;
			size_t initialize_n;
		} verify;
		struct { /* the hub's list has been put before: list.h */
			struct drp_hash campaign;
			struct drp_signed_list list;
		} close;
		struct { /* the hub's shares of N, group by group: aggregate.h */
			struct drp_hash campaign;
			const uint8_t *shares;
			size_t shares_n;
		} numbers;
		struct { /* release: index into the manifest's */
			struct drp_hash campaign;
			uint32_t release;
		} open;
		struct {
			struct drp_hash campaign;
		} freeze;
	};
};

enum drp_err drp_request_encode(
	const struct drp_request *request, struct drp_buf *out) DRP_MUST_CHECK;
enum drp_err drp_request_decode(uint8_t type, const void *bytes, size_t n,
	struct drp_request *request) DRP_MUST_CHECK;

struct drp_announced {
	struct drp_hash manifest;
	uint8_t signature[64];	 /* the hub's, over the manifest, tag "drempel manifest 1"
				  */
	uint8_t cosignature[64]; /* the notary's, likewise; zero on the open track */
	uint8_t state;		 /* enum drp_campaign_state */
};

/* A sealed report that hub or notary refused after it was stored: kept, never counted. */
struct drp_refused {
	struct drp_id unit;
	uint8_t group;
	enum drp_err reason;
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
		/* Also REPORT, of that one report: the hub's receipt and, once the
		 * notary has verified the report, the notary's, told apart by their
		 * signer. */
		struct {
			uint32_t n, n_refused, n_lists;
			struct drp_receipt receipt[DRP_STATUS_MAX];
			struct drp_refused refused[DRP_STATUS_MAX];
			struct drp_signed_list list[DRP_LISTS]; /* STATUS alone */
		} status;
		struct {
			struct drp_receipt receipt;
		} submit;

		/* From a notary. DROP and FREEZE are answered by no more than err. */
		struct {
			uint32_t held; /* bytes of the blob that are here now */
		} put;
		struct {
			uint8_t signature[64];
		} cosign;
		struct {
			const uint8_t *finish; /* borrowed */
			size_t finish_n;
			struct drp_receipt receipt;
		} verify;
		struct { /* the notary's list can be fetched with GET */
			struct drp_signed_list list;
		} close;
		struct { /* NUMBERS and OPEN: the notary's shares */
			const uint8_t *bytes;
			size_t n;
		} shares;
	};
};

enum drp_err drp_reply_encode_body(
	const struct drp_reply *reply, struct drp_buf *out) DRP_MUST_CHECK;
enum drp_err drp_reply_decode_body(uint8_t type, const void *bytes, size_t n,
	struct drp_reply *reply) DRP_MUST_CHECK;

#endif
