/* SPDX-License-Identifier: Apache-2.0
 *
 * One visit of a node to its hub, as a pure state machine: it says which bytes to send
 * next and takes the answer; what it learns goes to the host through the functions
 * below, one durable step at a time. Losing the connection at any point loses nothing:
 * the next visit begins where the host's store stands.
 *
 *   ENROL   while the invite's token is not redeemed
 *   SYNC    which campaigns are there; signatures are checked against the pinned key
 *   SUBMIT, REPORT, WITHDRAW  the outbox, in order
 *   GET     manifests and instruments that are missing, piece by piece, by hash
 *   STATUS  what hub and notary hold of this school, of the campaigns that the host names
 *   LISTS   the signed lists of closed ones among them, by GET
 *
 * Threads: one at a time.
 */
#ifndef DRP_SESSION_NODE_SESSION_H
#define DRP_SESSION_NODE_SESSION_H

#include "proto/crypto/crypto.h"
#include "proto/session/messages.h"

enum drp_out_kind { DRP_OUT_SUBMIT, DRP_OUT_WITHDRAW, DRP_OUT_REPORT };

/* One entry of the outbox. */
struct drp_out {
	enum drp_out_kind kind;
	struct drp_id request; /* fixed when it was put there: every retry has the same */
	struct drp_hash campaign, contribution;
	struct drp_id unit;
	uint8_t group;
	struct drp_key notary; /* whose receipt may come beside the hub's; zero: none */
	struct drp_buf bytes;  /* canonical contribution or report; the host owns it,
				  until `settled` */
};

/* A campaign to ask STATUS about. */
struct drp_status_ask {
	struct drp_hash campaign;
	struct drp_key notary; /* as above */
	int required; /* 0: a hub that does not know the campaign is passed over */
};

/* Everything returns DRP_OK or stops the visit with its error. */
struct drp_node_host {
	void *self;
	int64_t (*now_s)(void *self);
	/* 1, the token and the proof of a voucher when this node has still to enrol */
	int (*token)(void *self, uint8_t token[32], uint8_t proof[DRP_PROOF_BYTES]);
	enum drp_err (*enrolled)(void *self, const char *school, const char *name);
	enum drp_err (*announced)(
		void *self, const struct drp_announced *campaigns, size_t n);
	/* 1 and the next blob that is missing, with how many bytes of it are held */
	int (*missing)(void *self, struct drp_hash *blob, uint32_t *held);
	enum drp_err (*piece)(void *self, const struct drp_hash *blob, uint32_t total,
		uint32_t offset, const void *bytes, size_t n);
	/* 1 and the next outbox entry that has not been tried in this visit */
	int (*next_out)(void *self, struct drp_out *out);
	/* receipt is NULL for a withdrawal, confirmed while the notary has not verified
	 * the report, and on the open track; refused tells why the hub will not have it
	 */
	enum drp_err (*settled)(void *self, struct drp_out *out,
		const struct drp_receipt *receipt, const struct drp_receipt *confirmed);
	enum drp_err (*refused)(
		void *self, struct drp_out *out, enum drp_err why, const char *text);
	/* 1 and the next campaign that STATUS must be asked about in this visit */
	int (*next_status)(void *self, struct drp_status_ask *ask);
	/* its answer: receipts of the hub and, where receipt.hub says so, of the notary;
	 * err is set when a hub was passed over that does not know the campaign */
	enum drp_err (*status)(void *self, const struct drp_status_ask *ask,
		const struct drp_reply *reply);
	/* 1 and the next list that is missing, with how many bytes of it are held */
	int (*next_list)(void *self, struct drp_hash *blob, uint32_t *held);
	/* its next piece, or the hub's refusal: nothing of a list ends a visit */
	enum drp_err (*list)(void *self, const struct drp_reply *reply);
};

struct drp_node_session_config {
	const struct drp_keys *keys;
	struct drp_key hub;
	uint8_t hub_box[DRP_BOX_KEY_BYTES];
	struct drp_rng rng;
	int push; /* send the outbox */
};

struct drp_node_session {
	struct drp_node_session_config config;
	const struct drp_node_host *host;
	enum {
		DRP_VISIT_ENROL,
		DRP_VISIT_SYNC,
		DRP_VISIT_PUSH,
		DRP_VISIT_GET,
		DRP_VISIT_STATUS,
		DRP_VISIT_LISTS,
		DRP_VISIT_DONE
	} state;
	struct drp_id id; /* of the request in flight */
	uint8_t message_key[DRP_MESSAGE_KEY_BYTES];
	struct drp_hash blob;
	uint32_t offset;
	struct drp_out out;
	struct drp_status_ask status;
	int synced;
};

void drp_node_session_init(struct drp_node_session *session,
	const struct drp_node_session_config *config, const struct drp_node_host *host);

/* drp_node_session_next appends the next request; *done is set when there is none. */
enum drp_err drp_node_session_next(struct drp_node_session *session,
	struct drp_buf *request, int *done, struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_node_session_reply takes the answer to it. An error ends the visit. */
enum drp_err drp_node_session_reply(struct drp_node_session *session, const void *bytes,
	size_t n, struct drp_diag *diag) DRP_MUST_CHECK;

void drp_node_session_clear(struct drp_node_session *session);

/* drp_backoff_ms: how long to wait before visit number `tries` (from 1) after a
 * failure: doubling from 2 s to 15 min, with a random half. */
int64_t drp_backoff_ms(unsigned tries, const struct drp_rng *rng);

#endif
