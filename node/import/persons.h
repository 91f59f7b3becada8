/* SPDX-License-Identifier: Apache-2.0
 *
 * The person keys of one import, kept just long enough to find a key that occurs twice:
 * one person, one questionnaire of a group and level, is what bounds the sensitivity of
 * every number that leaves. Wiped when freed. Threads: one at a time.
 */
#ifndef DRP_NODE_PERSONS_H
#define DRP_NODE_PERSONS_H

#include "proto/base/buf.h"

#include <drempel/err.h>

#include <stdint.h>

struct drp_person {
	size_t at;	  /* of its text */
	uint32_t n, line; /* line: of the row, or which questionnaire of a JSON file */
	uint8_t kind, group, level; /* keys of different kinds never clash */
};

struct drp_persons {
	struct drp_buf text;
	struct drp_person *person;
	uint32_t n, cap;
};

enum drp_err drp_persons_add(struct drp_persons *persons, const char *key, size_t n,
	const struct drp_person *as) DRP_MUST_CHECK;

/* drp_persons_twice finds the first line whose key occurred before, and reorders the
 * list: 1 and both persons, or 0 when every key is unique. */
int drp_persons_twice(
	struct drp_persons *persons, struct drp_person *first, struct drp_person *second);

void drp_persons_free(struct drp_persons *persons);

#endif
