/* SPDX-License-Identifier: Apache-2.0
 *
 * Many schools for a bench: a hub directory with their register, their keys enrolled,
 * one open campaign, and one sealed SUBMIT request for every unit, for teachers and for
 * leaders; and the check that an answer is a receipt for what was sent.
 */
#ifndef DRP_BENCH_CROWD_H
#define DRP_BENCH_CROWD_H

#include "hub/home/hub.h"
#include "proto/session/envelope.h"
#include "tests/bench/load.h"

struct crowd_request {
	struct drp_buf envelope;
	struct drp_id id;
	uint8_t message_key[DRP_MESSAGE_KEY_BYTES];
	struct drp_hash contribution;
};

struct crowd {
	char dir[64];
	struct drp_key hub_key;
	uint8_t hub_box[DRP_BOX_KEY_BYTES];
	size_t n; /* requests and messages: message i carries request i */
	size_t contribution_bytes;
	struct crowd_request *requests;
	struct load_message *messages;
};

/* Keys of n schools, in the order in which crowd_register made them. */
struct crowd_keys {
	size_t n;
	struct drp_keys **keys;
	struct drp_key *public;
};

/* crowd_register enters schools at a hub, or at a notary, over all provinces and
 * networks, two of them to a board; each has the levels whose bits are set, or, for 0,
 * one, which differs from school to school. */
enum drp_err crowd_register(struct drp_hub *hub, size_t n, uint8_t levels,
	const uint32_t eligible[DRP_GROUPS], struct drp_diag *diag);
/* crowd_enrol gives each of them keys at a hub. Clear them whatever the outcome. */
enum drp_err crowd_enrol(struct drp_hub *hub, size_t n, struct crowd_keys *keys,
	int64_t now_s, struct drp_diag *diag);
const struct drp_keys *crowd_keys_of(
	const struct crowd_keys *keys, const struct drp_key *public);
void crowd_keys_clear(struct crowd_keys *keys);

/* crowd_remove removes a directory with all that is in it. */
void crowd_remove(const char *dir);

/* The bench's day; the hub's clock stands still. */
int64_t crowd_now_ms(void *self);

/* crowd_make needs drp_crypto_init; every school has all five levels, so the crowd is
 * 10 * schools requests. */
enum drp_err crowd_make(struct crowd *crowd, size_t schools, struct drp_diag *diag);

/* crowd_check: message i has an answer that opens, says done, and holds a receipt of
 * this hub for the contribution that was sent. */
int crowd_check(const struct crowd *crowd, size_t i);

/* crowd_stored counts what the hub's database holds. */
enum drp_err crowd_stored(const struct crowd *crowd, size_t *n, struct drp_diag *diag);

/* crowd_clear removes the directory too. */
void crowd_clear(struct crowd *crowd);

#endif
