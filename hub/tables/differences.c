/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/tables/difference.h"

#include "proto/base/alloc.h"
#include "proto/model/codes.h"

#include <stdlib.h>
#include <string.h>

/* ---- an edition's means, in order ---- */

struct means {
	size_t n;
	const struct drp_observation **row;
};

static int is_mean(const struct drp_observation *o)
{
	return o->group < DRP_GROUPS && strcmp(o->measure, "mean") == 0;
}

static int by_place(const void *left, const void *right)
{
	const struct drp_observation *a = *(const struct drp_observation *const *)left;
	const struct drp_observation *b = *(const struct drp_observation *const *)right;
	int order = a->family - b->family;
	order = order ? order : strcmp(a->province, b->province);
	order = order ? order : strcmp(a->level, b->level);
	order = order ? order : strcmp(a->network, b->network);
	order = order ? order : strcmp(a->area, b->area);
	order = order ? order : strcmp(a->item, b->item);
	return order ? order : a->group - b->group;
}

static enum drp_err sort_means(const struct drp_edition *edition, struct means *means)
{
	means->n = 0;
	means->row = drp_alloc(edition->n_observations + 1, sizeof *means->row);
	if (!means->row) {
		return DRP_E_NOMEM;
	}
	for (size_t i = 0; i < edition->n_observations; i++) {
		if (is_mean(&edition->observation[i])) {
			means->row[means->n++] = &edition->observation[i];
		}
	}
	qsort(means->row, means->n, sizeof *means->row, by_place);
	return DRP_OK;
}

/* The row like this one, of that group. */
static const struct drp_observation *find_mean(
	const struct means *means, const struct drp_observation *like, int group)
{
	struct drp_observation key = *like;
	const struct drp_observation *at = &key;
	key.group = (uint8_t)group;
	const struct drp_observation **found =
		bsearch(&at, means->row, means->n, sizeof *means->row, by_place);
	return found ? *found : NULL;
}

/* ---- lists ---- */

static enum drp_err begin(const struct drp_publication *one,
	const struct drp_publication *other, size_t rows, struct means *means,
	struct drp_differences *list)
{
	*list = (struct drp_differences){one, other, 0, NULL};
	list->row = drp_alloc(rows + 1, sizeof *list->row);
	enum drp_err err = list->row ? sort_means(other->edition, means) : DRP_E_NOMEM;
	if (err) {
		drp_differences_free(list);
	}
	return err;
}

enum drp_err drp_differences_groups(
	const struct drp_publication *publication, struct drp_differences *list)
{
	const struct drp_edition *e = publication->edition;
	struct means means;
	enum drp_err err = begin(publication, publication,
		(DRP_GROUPS - 1) * e->n_observations, &means, list);
	for (size_t i = 0; err == DRP_OK && i < e->n_observations; i++) {
		const struct drp_observation *one = &e->observation[i];
		for (int g = one->group + 1; is_mean(one) && g < DRP_GROUPS; g++) {
			const struct drp_observation *other = find_mean(&means, one, g);
			if (other) {
				drp_difference_of(one, other, &list->row[list->n++]);
			}
		}
	}
	if (err == DRP_OK) {
		drp_free(means.row);
	}
	return err;
}

int drp_sessions_comparable(
	const struct drp_publication *one, const struct drp_publication *other)
{
	return strcmp(one->edition->campaign, other->edition->campaign) != 0 &&
	       drp_hash_equal(&one->instrument->hash, &other->instrument->hash) &&
	       strcmp(one->manifest->region, other->manifest->region) == 0 &&
	       one->manifest->sample == other->manifest->sample;
}

static int began_before(
	const struct drp_publication *earlier, const struct drp_publication *later)
{
	return earlier->manifest->period_from < later->manifest->period_from;
}

const struct drp_publication *drp_session_before(const struct drp_publication *later,
	const struct drp_publication *const *list, size_t n)
{
	const struct drp_publication *best = NULL;
	for (size_t i = 0; i < n; i++) {
		const struct drp_publication *p = list[i];
		if (!drp_sessions_comparable(later, p) || !began_before(p, later)) {
			continue;
		}
		int same = best &&
			   strcmp(best->edition->campaign, p->edition->campaign) == 0;
		if (!best || (same ? p->edition->number > best->edition->number
				   : began_before(best, p))) {
			best = p;
		}
	}
	return best;
}

static const char *code_of(const struct drp_observation *o)
{
	return o->family == DRP_FAMILY_PROVINCE	 ? o->province
	       : o->family == DRP_FAMILY_LEVEL	 ? o->level
	       : o->family == DRP_FAMILY_NETWORK ? o->network
						 : "_T";
}

/* Rows of a cohort stand together: it is asked for once. */
static int64_t common_of(const struct drp_history *history,
	const struct drp_differences *list, const struct drp_observation *one)
{
	const struct drp_difference *last = list->n ? &list->row[list->n - 1] : NULL;
	if (!history) {
		return -1;
	}
	if (last && last->one->family == one->family &&
		strcmp(code_of(last->one), code_of(one)) == 0) {
		return last->common;
	}
	return drp_history_common(history, list->one->edition->campaign,
		list->other->edition->campaign, (enum drp_family)one->family,
		code_of(one));
}

enum drp_err drp_differences_sessions(const struct drp_publication *later,
	const struct drp_publication *earlier, const struct drp_history *history,
	struct drp_differences *list)
{
	const struct drp_edition *e = later->edition;
	struct means means;
	*list = (struct drp_differences){later, earlier, 0, NULL};
	if (!drp_sessions_comparable(later, earlier) || !began_before(earlier, later)) {
		return DRP_E_STATE;
	}
	enum drp_err err = begin(later, earlier, e->n_observations, &means, list);
	for (size_t i = 0; err == DRP_OK && i < e->n_observations; i++) {
		const struct drp_observation *one = &e->observation[i];
		const struct drp_observation *other =
			is_mean(one) && one->family != DRP_FAMILY_PROVINCE_LEVEL
				? find_mean(&means, one, one->group)
				: NULL;
		if (other) {
			int64_t common = common_of(history, list, one);
			drp_difference_of(one, other, &list->row[list->n]);
			list->row[list->n++].common = common;
		}
	}
	if (err == DRP_OK) {
		drp_free(means.row);
	}
	return err;
}

void drp_differences_free(struct drp_differences *list)
{
	drp_free(list->row);
	list->row = NULL;
	list->n = 0;
}
