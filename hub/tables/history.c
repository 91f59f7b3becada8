/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/tables/history_internal.h"

#include "proto/base/alloc.h"
#include "proto/model/codes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const reached_code[DRP_REACHED_STATES] = {
	"registered", "enrolled", "took_part"};

const char *drp_reached_code(int state)
{
	return state >= 0 && state < DRP_REACHED_STATES ? reached_code[state] : "?";
}

int drp_reached_of(const char *code)
{
	for (int i = 0; i < DRP_REACHED_STATES; i++) {
		if (strcmp(reached_code[i], code) == 0) {
			return i;
		}
	}
	return -1;
}

struct drp_history *drp_history_new(void)
{
	return drp_alloc(1, sizeof(struct drp_history));
}

void drp_history_free(struct drp_history *history)
{
	for (size_t i = 0; history && i < history->n; i++) {
		drp_free(history->campaign[i].school);
	}
	if (history) {
		drp_free(history->campaign);
		drp_free(history->known);
		drp_free(history);
	}
}

static const struct drp_history_campaign *find(
	const struct drp_history *history, const char *campaign)
{
	for (size_t i = 0; i < history->n; i++) {
		if (strcmp(history->campaign[i].id, campaign) == 0) {
			return &history->campaign[i];
		}
	}
	return NULL;
}

static int by_school(const void *a, const void *b)
{
	uint32_t one = ((const struct drp_attendance *)a)->school;
	uint32_t other = ((const struct drp_attendance *)b)->school;
	return (one > other) - (one < other);
}

enum drp_err drp_history_add(struct drp_history *history, const char *campaign,
	const char *region, int64_t signed_s, const struct drp_attendance *schools,
	size_t n)
{
	struct drp_history_campaign c = {.signed_s = signed_s, .n = n};
	if (find(history, campaign)) {
		return DRP_E_EXISTS;
	}
	struct drp_history_campaign *more =
		drp_realloc(history->campaign, history->n + 1, sizeof *history->campaign);
	if (!more) {
		return DRP_E_NOMEM;
	}
	history->campaign = more;
	c.school = drp_alloc(n + 1, sizeof *c.school);
	if (!c.school) {
		return DRP_E_NOMEM;
	}
	if (n) {
		memcpy(c.school, schools, n * sizeof *c.school);
		qsort(c.school, n, sizeof *c.school, by_school);
	}
	snprintf(c.id, sizeof c.id, "%s", campaign);
	snprintf(c.region, sizeof c.region, "%s", region);
	history->campaign[history->n++] = c;
	return DRP_OK;
}

/* ---- common ---- */

static int value_of(enum drp_family family, const char *code)
{
	switch (family) {
	case DRP_FAMILY_PROVINCE:
		return drp_province_of(code);
	case DRP_FAMILY_LEVEL:
		return drp_level_of(code);
	case DRP_FAMILY_NETWORK:
		return drp_network_of(code);
	default:
		return -1;
	}
}

/* The values that a code names, bit by bit; 0 when it names none of that family. */
static unsigned mask_of(enum drp_family family, const char *code)
{
	char part[DRP_CODE_MAX];
	unsigned mask = 0;
	if (family == DRP_FAMILY_LEVEL && strcmp(code, drp_level_code(34)) == 0) {
		return DRP_CLASS_34;
	}
	for (;;) {
		size_t n = strcspn(code, "+");
		if (n >= sizeof part) {
			return 0;
		}
		memcpy(part, code, n);
		part[n] = 0;
		int value = value_of(family, part);
		if (value < 0) {
			return 0;
		}
		mask |= 1u << value;
		if (!code[n]) {
			return mask;
		}
		code += n + 1;
	}
}

static int counts(
	const struct drp_attendance *school, enum drp_family family, unsigned mask)
{
	switch (family) {
	case DRP_FAMILY_PROVINCE:
		return school->counted && (mask >> school->province & 1);
	case DRP_FAMILY_LEVEL:
		return (school->counted & mask) != 0;
	case DRP_FAMILY_NETWORK:
		return school->counted && (mask >> school->network & 1);
	default:
		return school->counted != 0;
	}
}

int64_t drp_history_common(const struct drp_history *history, const char *campaign,
	const char *other, enum drp_family family, const char *code)
{
	const struct drp_history_campaign *a = find(history, campaign);
	const struct drp_history_campaign *b = find(history, other);
	int region = family == DRP_FAMILY_REGION && strcmp(code, "_T") == 0;
	unsigned mask = region ? 0 : mask_of(family, code);
	int64_t common = 0;
	if (!a || !b || (!region && mask == 0)) {
		return -1;
	}
	for (size_t i = 0, k = 0; i < a->n && k < b->n;) {
		int order = by_school(&a->school[i], &b->school[k]);
		if (order == 0) {
			common += counts(&a->school[i], family, mask) &&
				  counts(&b->school[k], family, mask);
		}
		i += order <= 0;
		k += order >= 0;
	}
	return common;
}

/* ---- reached ---- */

/* What is asked of each school of each campaign. */
struct question {
	const char *region;
	unsigned levels;
	enum drp_reached state;
	int64_t until_s;
};

static int had_reached(const struct question *q, const struct drp_history_campaign *c,
	const struct drp_attendance *school)
{
	if ((school->counted & q->levels) && school->since_s <= q->until_s) {
		return 1;
	}
	return (school->levels & q->levels) && c->signed_s <= q->until_s &&
	       (q->state == DRP_REACHED_REGISTERED ||
		       (q->state == DRP_REACHED_ENROLLED && school->enrolled));
}

/* In one of the first n campaigns. */
static int had_before(const struct drp_history *history, size_t n,
	const struct question *q, const struct drp_attendance *school)
{
	for (size_t i = 0; i < n; i++) {
		const struct drp_history_campaign *c = &history->campaign[i];
		const struct drp_attendance *same =
			strcmp(c->region, q->region) == 0
				? bsearch(school, c->school, c->n, sizeof *c->school,
					  by_school)
				: NULL;
		if (same && had_reached(q, c, same)) {
			return 1;
		}
	}
	return 0;
}

/* Each school once: with the first campaign in which it had. */
int64_t drp_history_reached(const struct drp_history *history, const char *region,
	unsigned levels, enum drp_reached state, int64_t until_s)
{
	const struct question q = {region, levels, state, until_s};
	int64_t reached = 0;
	for (size_t i = 0; i < history->n; i++) {
		const struct drp_history_campaign *c = &history->campaign[i];
		for (size_t k = 0; strcmp(c->region, region) == 0 && k < c->n; k++) {
			reached += had_reached(&q, c, &c->school[k]) &&
				   !had_before(history, i, &q, &c->school[k]);
		}
	}
	return drp_history_campaigns(history, region) ? reached : -1;
}

size_t drp_history_campaigns(const struct drp_history *history, const char *region)
{
	size_t n = 0;
	for (size_t i = 0; i < history->n; i++) {
		n += strcmp(history->campaign[i].region, region) == 0;
	}
	return n;
}
