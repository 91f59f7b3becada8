/* SPDX-License-Identifier: Apache-2.0
 *
 * The bodies of what a hub asks its notary (peer_messages.c), inside the maps that
 * messages.c begins and ends. Entries stand in ascending order of their keys.
 */
#ifndef DRP_SESSION_MESSAGES_INTERNAL_H
#define DRP_SESSION_MESSAGES_INTERNAL_H

#include "proto/session/messages.h"
#include "proto/wire/reader.h"
#include "proto/wire/writer.h"

/* How many entries the body has beside `at`; -1 for no request to a notary. */
int drp_peer_request_entries(uint8_t type);
void drp_peer_request_write(struct drp_writer *w, const struct drp_request *request);
void drp_peer_request_read(struct drp_reader *r, struct drp_request *request);

/* The value of `of`. */
enum drp_err drp_peer_payload_write(struct drp_writer *w, const struct drp_reply *reply);
void drp_peer_payload_read(struct drp_reader *r, struct drp_reply *reply);

void drp_message_write_hash(
	struct drp_writer *w, const char *key, const struct drp_hash *hash);
void drp_message_read_hash(struct drp_reader *r, const char *key, struct drp_hash *hash);
void drp_message_write_withdrawal(struct drp_writer *w, const struct drp_withdrawal *of);
void drp_message_read_withdrawal(struct drp_reader *r, struct drp_withdrawal *of);
enum drp_err drp_message_write_receipt(
	struct drp_writer *w, const struct drp_receipt *receipt);
void drp_message_read_receipt(struct drp_reader *r, struct drp_receipt *receipt);

#endif
