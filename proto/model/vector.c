/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/model/vector.h"

#include <string.h>

/* The middle of a five-point scale: a blank adds as little to a sum as it does. */
#define MIDDLE 3

static size_t add_items(struct drp_vector *v, const struct drp_instrument *instrument,
	enum drp_item_kind kind)
{
	size_t n =
		drp_instrument_vector(instrument, v->group, kind, v->item + v->n_items);
	for (size_t i = v->n_items; i < v->n_items + n; i++) {
		const struct drp_item *item = &instrument->item[v->item[i]];
		const struct drp_scale *scale = &instrument->scale[item->scale];
		v->points[i] = scale->points;
		v->has_na[i] = scale->points > 0 && scale->has_na;
		v->counters[i] =
			scale->points ? (uint8_t)(scale->points + v->has_na[i] + 1) : 3;
		v->offset[i] = v->length;
		v->length += v->counters[i];
	}
	v->n_items += n;
	return n;
}

void drp_vector_make(struct drp_vector *vector, const struct drp_instrument *instrument,
	enum drp_group group)
{
	memset(vector, 0, sizeof *vector);
	vector->group = group;
	vector->length = 1; /* N */
	vector->n_core = add_items(vector, instrument, DRP_ITEM_CORE);
	add_items(vector, instrument, DRP_ITEM_ADDITIONAL);
}

void drp_vector_fill(const struct drp_vector *vector,
	const struct drp_tabulation *tabulation, uint64_t *counts)
{
	*counts++ = tabulation->n;
	for (size_t i = 0; i < vector->n_items; i++) {
		const uint32_t *count = tabulation->count[vector->item[i]];
		for (size_t x = 1; x <= vector->points[i]; x++) {
			*counts++ = count[x];
		}
		if (vector->has_na[i]) {
			*counts++ = count[DRP_ANSWER_NA];
		}
		if (vector->points[i] == 0) {
			*counts++ = count[DRP_ANSWER_TICKED];
			*counts++ = count[DRP_ANSWER_NOT_TICKED];
		}
		*counts++ =
			(uint64_t)count[DRP_ANSWER_BLANK] + count[DRP_ANSWER_NOT_SHOWN];
	}
}

unsigned drp_vector_bits(const struct drp_manifest *manifest, enum drp_group group)
{
	uint32_t most = 0;
	unsigned bits = 1;
	for (size_t u = 0; u < manifest->n_units; u++) {
		uint32_t eligible = manifest->unit[u].eligible[group];
		most = eligible > most ? eligible : most;
	}
	while (most >> bits) {
		bits++;
	}
	return bits;
}

/* ---- releases ---- */

static int is_of(
	const struct drp_vector *vector, const struct drp_release *release, size_t item)
{
	if (item < vector->n_core) {
		return release->items == DRP_RELEASE_CORE;
	}
	return release->items ==
	       (vector->points[item] ? DRP_RELEASE_ADDITIONAL : DRP_RELEASE_TICKS);
}

/* Values of one item. */
static size_t width(
	const struct drp_vector *vector, const struct drp_release *release, size_t item)
{
	switch (release->map) {
	case DRP_MAP_PAIRS:
		return 2;
	case DRP_MAP_SUMS:
	case DRP_MAP_TICKS:
		return 1;
	case DRP_MAP_HISTOGRAM:
		return (size_t)vector->points[item] + vector->has_na[item];
	default:
		return 0;
	}
}

/* One item's value k. */
static size_t item_terms(const struct drp_vector *vector,
	const struct drp_release *release, size_t item, size_t k,
	struct drp_term terms[DRP_TERMS_MAX])
{
	size_t first = vector->offset[item], n = 0;
	if (release->map == DRP_MAP_HISTOGRAM || release->map == DRP_MAP_TICKS) {
		terms[0] = (struct drp_term){(uint16_t)(first + k), 1};
		return 1;
	}
	for (uint8_t x = 1; x <= vector->points[item]; x++) {
		int weight = k == 0 ? x - MIDDLE : 1;
		if (weight) {
			terms[n++] = (struct drp_term){
				(uint16_t)(first + x - 1), (int8_t)weight};
		}
	}
	return n;
}

size_t drp_release_values(
	const struct drp_vector *vector, const struct drp_release *release)
{
	size_t n = 0;
	for (size_t i = 0; i < vector->n_items; i++) {
		n += is_of(vector, release, i) ? width(vector, release, i) : 0;
	}
	return n;
}

size_t drp_release_terms(const struct drp_vector *vector,
	const struct drp_release *release, size_t k, struct drp_term terms[DRP_TERMS_MAX])
{
	for (size_t i = 0; i < vector->n_items; i++) {
		size_t n = is_of(vector, release, i) ? width(vector, release, i) : 0;
		if (k < n) {
			return item_terms(vector, release, i, k, terms);
		}
		k -= n;
	}
	return 0;
}

/* A questionnaire is in one counter of an item: what that counter adds to the item's
 * values, squared, at its largest. */
static uint32_t item_delta2(
	const struct drp_vector *vector, const struct drp_release *release, size_t item)
{
	uint32_t squares[DRP_POINTS_MAX + 2] = {0}, most = 0;
	for (size_t k = 0; k < width(vector, release, item); k++) {
		struct drp_term terms[DRP_TERMS_MAX];
		size_t n = item_terms(vector, release, item, k, terms);
		for (size_t t = 0; t < n; t++) {
			size_t counter = terms[t].index - vector->offset[item];
			squares[counter] += (uint32_t)(terms[t].weight * terms[t].weight);
			most = squares[counter] > most ? squares[counter] : most;
		}
	}
	return most;
}

uint32_t drp_release_delta2(
	const struct drp_vector *vector, const struct drp_release *release)
{
	uint32_t delta2 = 0;
	for (size_t i = 0; i < vector->n_items; i++) {
		delta2 += is_of(vector, release, i) ? item_delta2(vector, release, i) : 0;
	}
	return delta2;
}
