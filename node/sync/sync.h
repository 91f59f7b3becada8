/* SPDX-License-Identifier: Apache-2.0
 *
 * A visit to the hub: the state machine of session/node_session.h on this node's store,
 * driven over a link. Every step is durable before the next is asked for.
 */
#ifndef DRP_NODE_SYNC_H
#define DRP_NODE_SYNC_H

#include "node/store/node.h"
#include "proto/session/node_session.h"

struct drp_sync_options {
	int push;		       /* send the outbox */
	const struct drp_hash *status; /* ask what the hub holds of this campaign */
	const char *only;	       /* push this campaign alone; NULL: all */
	const char *url;	       /* NULL: the settings' */
	int connect_timeout_ms;	       /* 0: the default */
};

struct drp_sync_result {
	uint32_t stored, withdrawn, refused; /* outbox entries settled in this visit */
	uint32_t confirmed;		     /* by the notary, in this visit */
	uint32_t counted, not_counted;	     /* by the lists of the close */
	uint32_t uncounted, counted_anyway;  /* withdrawn ones, likewise */
	char refusal[200];		     /* the last one's reason */
	uint32_t n_receipts;		     /* the answer to options.status */
	struct drp_receipt receipt[DRP_STATUS_MAX];
};

/* A closed campaign and by which names its lists are known. */
struct drp_counting {
	struct drp_hash manifest;
	struct drp_key notary;
	struct drp_signed_list list[DRP_LISTS];
};

/* The host side of the state machine; a test drives it without a link. */
struct drp_node_sync {
	struct drp_node *node;
	struct drp_sync_options options;
	struct drp_sync_result *result;
	struct drp_hash announced[DRP_SYNC_CAMPAIGNS_MAX]; /* in this visit */
	size_t n_announced;
	struct drp_released *outbox;
	size_t n_outbox, next;
	struct drp_node_campaign *open; /* sealed, with reports that are not settled */
	size_t n_open, next_open;
	struct drp_counting *counting; /* those of the open ones that show lists */
	size_t n_counting, next_counting;
	struct drp_buf list[DRP_LISTS]; /* of the next of them, as far as they are here */
	int whole;			/* how many of them */
	int asked;	     /* options.status; 2: the open ones are known too */
	enum drp_err failed; /* the outbox could not be read: the visit's result */
	struct drp_node_host host;
	struct drp_node_session session;
	struct drp_diag *diag;
};

enum drp_err drp_node_sync_begin(struct drp_node_sync *sync, struct drp_node *node,
	const struct drp_sync_options *options, struct drp_sync_result *result,
	struct drp_diag *diag) DRP_MUST_CHECK;
void drp_node_sync_end(struct drp_node_sync *sync);

/* drp_node_sync runs a whole visit. DRP_E_NET when the hub cannot be reached. */
enum drp_err drp_node_sync(struct drp_node *node, const struct drp_sync_options *options,
	struct drp_sync_result *result, struct drp_diag *diag) DRP_MUST_CHECK;

#endif
