/* SPDX-License-Identifier: Apache-2.0
 *
 * The host's side of a visit (session/node_session.h), in four parts: campaigns and
 * their blobs, the outbox, what became of sealed reports, and the lists of a close. self
 * is a struct drp_node_sync; nobody but node/sync*.c includes this.
 */
#ifndef DRP_NODE_SYNC_INTERNAL_H
#define DRP_NODE_SYNC_INTERNAL_H

#include "node/sync/sync.h"

/* sync_campaigns.c */
enum drp_err drp_sync_announced(
	void *self, const struct drp_announced *campaigns, size_t n) DRP_MUST_CHECK;
int drp_sync_missing(void *self, struct drp_hash *blob, uint32_t *held);
enum drp_err drp_sync_piece(void *self, const struct drp_hash *blob, uint32_t total,
	uint32_t offset, const void *bytes, size_t n) DRP_MUST_CHECK;
/* The stored row of an announced campaign, or a new one. */
enum drp_err drp_sync_known_campaign(struct drp_node_sync *s,
	const struct drp_hash *manifest, struct drp_node_campaign *out,
	int *known) DRP_MUST_CHECK;

/* sync_outbox.c */
int drp_sync_next_out(void *self, struct drp_out *out);
enum drp_err drp_sync_settled(void *self, struct drp_out *out,
	const struct drp_receipt *receipt,
	const struct drp_receipt *confirmed) DRP_MUST_CHECK;
enum drp_err drp_sync_refused(void *self, struct drp_out *out, enum drp_err why,
	const char *text) DRP_MUST_CHECK;

/* sync_reports.c */
int drp_sync_next_status(void *self, struct drp_status_ask *ask);
enum drp_err drp_sync_status(void *self, const struct drp_status_ask *ask,
	const struct drp_reply *reply) DRP_MUST_CHECK;
/* Keeps the notary's receipt, in the transaction of the caller. */
enum drp_err drp_sync_confirm(struct drp_node_sync *s, const struct drp_released *r,
	const struct drp_receipt *confirmed) DRP_MUST_CHECK;
/* Notes and logs what became of a report, likewise. */
enum drp_err drp_sync_note_event(struct drp_node_sync *s, const struct drp_released *r,
	int state, const char *event, const char *note) DRP_MUST_CHECK;

/* sync_lists.c */
int drp_sync_next_list(void *self, struct drp_hash *blob, uint32_t *held);
enum drp_err drp_sync_list(void *self, const struct drp_reply *reply) DRP_MUST_CHECK;
/* What a STATUS says of the campaign's lists. */
enum drp_err drp_sync_lists_shown(struct drp_node_sync *s,
	const struct drp_status_ask *ask, int campaign_state,
	const struct drp_reply *reply) DRP_MUST_CHECK;
void drp_sync_lists_end(struct drp_node_sync *s);

#endif
