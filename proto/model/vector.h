/* SPDX-License-Identifier: Apache-2.0
 *
 * The vector that a unit submits for a group on the sealed track, and the public linear
 * maps that releases apply to it.
 *
 *	N | item 0: counters | item 1: counters | ...
 *
 * N is the number of questionnaires. The items are those that every unit of the group is
 * asked (drp_instrument_vector): core items first, then additional ones, each in the
 * instrument's order. An item's counters are 1..s, then `na` where the scale has it, then
 * `none` (blank or not shown); of a tick box: ticked, not ticked, none. Each item's
 * counters sum to N, which the proof holds.
 *
 * Index 0 is N. A release never has a term on N or on `none`.
 */
#ifndef DRP_MODEL_VECTOR_H
#define DRP_MODEL_VECTOR_H

#include "proto/model/instrument.h"
#include "proto/model/manifest.h"
#include "proto/model/tabulation.h"

#include <drempel/err.h>
#include <drempel/limits.h>
#include <drempel/types.h>

#include <stddef.h>
#include <stdint.h>

/* Of one group. Constant after make; owns nothing. */
struct drp_vector {
	enum drp_group group;
	size_t n_items, n_core;		 /* core items come first */
	uint16_t item[DRP_ITEMS_MAX];	 /* index into the instrument's items */
	uint8_t counters[DRP_ITEMS_MAX]; /* of each item, `none` included */
	uint8_t points[DRP_ITEMS_MAX];	 /* of its scale; 0: a tick box */
	uint8_t has_na[DRP_ITEMS_MAX];
	size_t offset[DRP_ITEMS_MAX]; /* of its first counter */
	size_t length;		      /* with N */
};

void drp_vector_make(struct drp_vector *vector, const struct drp_instrument *instrument,
	enum drp_group group);

/* drp_vector_fill writes vector->length exact counts. They never leave the node but as
 * shares. */
void drp_vector_fill(const struct drp_vector *vector,
	const struct drp_tabulation *tabulation, uint64_t *counts);

/* drp_vector_bits: the smallest number of bits (at least 1) that holds the largest
 * eligible number of any unit for that group: public, so that it tells nothing. */
unsigned drp_vector_bits(const struct drp_manifest *manifest, enum drp_group group);

/* One term of a released value: weight times the counter at index. */
struct drp_term {
	uint16_t index;
	int8_t weight;
};
#define DRP_TERMS_MAX (DRP_POINTS_MAX + 1)

/* The values of a release, in order: item by item of its kind (enum drp_release_items),
 * and within an item
 *   histogram  one value for each of 1..s and, where the scale has it, na
 *   pairs      sum of x - 3, number of valid answers
 *   sums       sum of x - 3
 *   ticks      number of ticks
 * drp_release_values gives how many there are; drp_release_terms writes the terms of
 * value k and returns their number; drp_release_delta2 the squared L2 sensitivity of one
 * questionnaire, over all of the release's items. */
size_t drp_release_values(
	const struct drp_vector *vector, const struct drp_release *release);
size_t drp_release_terms(const struct drp_vector *vector,
	const struct drp_release *release, size_t k,
	struct drp_term terms[DRP_TERMS_MAX]);
uint32_t drp_release_delta2(
	const struct drp_vector *vector, const struct drp_release *release);

#endif
