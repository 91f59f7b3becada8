/* SPDX-License-Identifier: Apache-2.0
 *
 * What the parts of emit_vectors share. Every function answers one command with a new
 * JSON object; input that the command does not allow ends the program.
 */
#ifndef DRP_TESTS_EMIT_H
#define DRP_TESTS_EMIT_H

#include "tests/support/json_fields.h"

/* The program's keys, in both of its roles, and the contribution that it speaks of. */
struct emit {
	struct drp_keys *keys;
	struct drp_key sign;
	uint8_t box[DRP_BOX_KEY_BYTES];
	struct drp_contribution contribution;
};
extern struct emit emit;

/* emit_unhex: the bytes of an argument; the caller clears them. */
struct drp_buf emit_unhex(const char *text);

json_t *emit_objects(void);
json_t *emit_walk(const char *hex);
json_t *emit_decode(const char *kind, const char *hex);
json_t *emit_invite(const char *hex);

json_t *emit_open(const char *hex, int refusal);
json_t *emit_ask(int type, const char *box);
json_t *emit_answer(const char *hex);

#endif
