/* SPDX-License-Identifier: Apache-2.0
 *
 * Differences between two published means, by one stated rule, and the two lists of them
 * that are offered: between groups of one edition, and between two campaigns with the
 * same questionnaire (R51, R53).
 *
 * Both means carry noise of their own releases, drawn independently, so the variance of
 * the difference is the sum of both variances; what an estimate had to assume of valid
 * rates is counted in both, which can only make it wider. It is the error of privacy
 * alone: other people answered, and nobody was sampled.
 *
 * The rule. With d the printed difference and s its standard error:
 *   unclear    |d| <= 1.96 s: the noise alone can make it
 *   small      clear of the noise, but below a quarter of a point of the scale
 *   higher, lower   clear of the noise and at least a quarter of a point
 *   (none)     one of the two is not shown, or unreliable
 * Only published rows go in, so no difference says more than any reader can compute.
 * Threads: any.
 */
#ifndef DRP_HUB_DIFFERENCE_H
#define DRP_HUB_DIFFERENCE_H

#include "hub/tables/history.h"
#include "hub/tables/publication.h"

#define DRP_DIFFERENCE_RELEVANT .25

enum drp_finding {
	DRP_FINDING_NONE,
	DRP_FINDING_UNCLEAR,
	DRP_FINDING_SMALL,
	DRP_FINDING_LOWER,
	DRP_FINDING_HIGHER,
	DRP_FINDINGS
};
/* "" unclear small lower higher, as files have them. */
const char *drp_finding_code(int finding);

/* one - other. The texts are decimals as observations.csv has them, all empty when
 * finding is none. */
struct drp_difference {
	const struct drp_observation *one, *other; /* mean rows, never NULL */
	char value[DRP_VALUE_TEXT], se[DRP_VALUE_TEXT];
	char low[DRP_VALUE_TEXT], high[DRP_VALUE_TEXT];
	int64_t common; /* schools that took part in both campaigns; -1: not told */
	enum drp_finding finding;
};

/* drp_difference_of fills all but common (-1). */
void drp_difference_of(const struct drp_observation *one,
	const struct drp_observation *other, struct drp_difference *difference);

/* A list in the order of the first edition's rows; borrows both editions. */
struct drp_differences {
	const struct drp_publication *one, *other; /* the same one between groups */
	size_t n;
	struct drp_difference *row;
};

/* drp_differences_groups: of each cohort, areas and statements that two groups were
 * asked: leader - teacher, leader - pupil, teacher - pupil. An area's means are over each
 * group's own statements. DRP_E_NOMEM. */
enum drp_err drp_differences_groups(const struct drp_publication *publication,
	struct drp_differences *list) DRP_MUST_CHECK;

/* drp_sessions_comparable: the same questionnaire, by hash, in the same region. */
int drp_sessions_comparable(
	const struct drp_publication *one, const struct drp_publication *other);

/* drp_differences_sessions: later - earlier, of each cohort (the region and one-way
 * families), group, area and statement that both have. history may be NULL: common is
 * then -1. DRP_E_STATE when they are not comparable, DRP_E_NOMEM. */
enum drp_err drp_differences_sessions(const struct drp_publication *later,
	const struct drp_publication *earlier, const struct drp_history *history,
	struct drp_differences *list) DRP_MUST_CHECK;

void drp_differences_free(struct drp_differences *list);

/* drp_differences_csv appends the columns
 *   campaign,edition,other_campaign,other_edition,family,province,level,network,group,
 *   other_group,area,item,mean,other_mean,difference,se_dp,ci_low,ci_high,n,other_n,
 *   schools,other_schools,common_schools,finding
 * drp_differences_json the rule and a list of objects with those members. */
enum drp_err drp_differences_csv(
	const struct drp_differences *list, struct drp_buf *out) DRP_MUST_CHECK;
enum drp_err drp_differences_json(
	const struct drp_differences *list, struct drp_buf *out) DRP_MUST_CHECK;

#endif
