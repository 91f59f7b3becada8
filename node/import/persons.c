/* SPDX-License-Identifier: Apache-2.0 */
#include "node/import/persons.h"

#include "proto/base/alloc.h"

#include <stdlib.h>
#include <string.h>

enum drp_err drp_persons_add(struct drp_persons *persons, const char *key, size_t n,
	const struct drp_person *as)
{
	if (persons->n == persons->cap) {
		uint32_t cap = persons->cap ? persons->cap * 2 : 64;
		struct drp_person *grown =
			drp_realloc(persons->person, cap, sizeof *persons->person);
		if (!grown) {
			return DRP_E_NOMEM;
		}
		persons->person = grown;
		persons->cap = cap;
	}
	struct drp_person *person = &persons->person[persons->n];
	*person = *as;
	person->at = persons->text.len;
	person->n = (uint32_t)n;
	drp_buf_append(&persons->text, key, n);
	if (persons->text.failed) {
		return DRP_E_NOMEM;
	}
	persons->n++;
	return DRP_OK;
}

static int compare_keys(
	const struct drp_person *a, const struct drp_person *b, const uint8_t *text)
{
	if (a->kind != b->kind) {
		return a->kind < b->kind ? -1 : 1;
	}
	if (a->group != b->group) {
		return a->group < b->group ? -1 : 1;
	}
	if (a->level != b->level) {
		return a->level < b->level ? -1 : 1;
	}
	if (a->n != b->n) {
		return a->n < b->n ? -1 : 1;
	}
	return memcmp(text + a->at, text + b->at, a->n);
}

static int compare(const void *left, const void *right, void *text)
{
	const struct drp_person *a = left, *b = right;
	int order = compare_keys(a, b, text);
	return order ? order : (a->line > b->line) - (a->line < b->line);
}

int drp_persons_twice(
	struct drp_persons *persons, struct drp_person *first, struct drp_person *second)
{
	int found = 0;
	if (persons->n < 2) {
		return 0;
	}
	qsort_r(persons->person, persons->n, sizeof *persons->person, compare,
		persons->text.data);
	for (uint32_t i = 1; i < persons->n; i++) {
		const struct drp_person *a = &persons->person[i - 1], *b = a + 1;
		if (compare_keys(a, b, persons->text.data) == 0 &&
			(!found || b->line < second->line)) {
			*first = *a;
			*second = *b;
			found = 1;
		}
	}
	return found;
}

void drp_persons_free(struct drp_persons *persons)
{
	drp_buf_wipe(&persons->text);
	drp_free(persons->person);
	*persons = (struct drp_persons){0};
}
