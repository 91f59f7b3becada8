/* SPDX-License-Identifier: Apache-2.0
 *
 * Differences between two published means, by one stated rule, and the two lists of them
 * that are offered: between groups of one edition, and between two campaigns with the
 * same questionnaire (R51, R53).
 *
 * Both means carry noise of their own releases, drawn independently, and each leans on
 * valid rates of its own group and campaign alone: the variance of the difference is the
 * sum of both variances. Where both campaigns answer a statement with "not applicable"
 * in the same way the sum is a little too large; when it can be too small, and why no
 * finding hangs on that, is in ARCHITECTURE.md "How two means are compared". It is the
 * error of privacy alone: other people answered, and nobody was sampled.
 *
 * The rule. With d the printed difference and s its printed standard error:
 *   unclear	    |d| <= 1.96 s: the noise alone can make it
 *   small	    clear of the noise, but below a quarter of a point of the scale
 *   higher, lower  clear of the noise and at least a quarter of a point
 *   (none)	    one of the two is not shown, or unreliable
 * Everything is computed in whole units of the last printed digit: s is rounded up, and
 * of 1.96 s what is beyond that digit is left out, so that an interval holds 0 just where
 * the finding is "unclear". Only published rows go in, so no difference says more than
 * any reader can compute. Threads: any.
 */
#ifndef DRP_HUB_DIFFERENCE_H
#define DRP_HUB_DIFFERENCE_H

#include "hub/tables/cube_labels.h"
#include "hub/tables/history.h"
#include "hub/tables/publication.h"

#define DRP_DIFFERENCE_CLEAR	196 /* hundredths of s */
#define DRP_DIFFERENCE_RELEVANT 25  /* hundredths of a point */

enum drp_finding {
	DRP_FINDING_NONE,
	DRP_FINDING_UNCLEAR,
	DRP_FINDING_SMALL,
	DRP_FINDING_LOWER,
	DRP_FINDING_HIGHER,
	DRP_FINDINGS
};
/* "" unclear small lower higher, as files have them. */
const char *drp_finding_code(enum drp_finding finding);

/* one - other. The texts are decimals as observations.csv has them, all empty when a
 * mean is not shown; status says why (z before c before x), or is u when one of them is
 * unreliable: then the texts are there, without a finding. */
struct drp_difference {
	const struct drp_observation *one, *other; /* mean rows, never NULL */
	char value[DRP_VALUE_TEXT], se[DRP_VALUE_TEXT];
	char low[DRP_VALUE_TEXT], high[DRP_VALUE_TEXT];
	int64_t common; /* schools that took part in both campaigns; -1: not told */
	enum drp_finding finding;
	char status; /* enum drp_status */
};

/* drp_difference_of fills all but common (-1). */
void drp_difference_of(const struct drp_observation *one,
	const struct drp_observation *other, struct drp_difference *difference);

/* drp_difference_words: the finding as a sentence's end, "slightly higher"; NULL without
 * a finding. */
const char *drp_difference_words(
	const struct drp_difference *difference, enum drp_language language);

/* drp_difference_rule: the rule in words. drp_difference_caveat: what two groups, or two
 * sessions, being compared does not say. */
const char *drp_difference_rule(enum drp_language language);
const char *drp_difference_caveat(int sessions, enum drp_language language);

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

/* drp_sessions_comparable: two campaigns with the same questionnaire, by hash, in the
 * same region, of the same kind of participation. */
int drp_sessions_comparable(
	const struct drp_publication *one, const struct drp_publication *other);

/* drp_session_before: among n publications, whatever their order, the comparable one
 * whose period began last before that of later, in its newest edition; NULL when there
 * is none. */
const struct drp_publication *drp_session_before(const struct drp_publication *later,
	const struct drp_publication *const *list, size_t n);

/* drp_differences_sessions: later - earlier, of each cohort (the region and one-way
 * families), group, area and statement that both have. history may be NULL: common is
 * then -1. DRP_E_STATE when they are not comparable or earlier did not begin before
 * later, DRP_E_NOMEM. */
enum drp_err drp_differences_sessions(const struct drp_publication *later,
	const struct drp_publication *earlier, const struct drp_history *history,
	struct drp_differences *list) DRP_MUST_CHECK;

void drp_differences_free(struct drp_differences *list);

/* Files of a list. The parts of a folded cohort are joined by fold: '+' as
 * observations.csv has it, '-' as the API has it. */
#define DRP_DIFFERENCE_COLUMNS 25

/* drp_differences_csv appends the columns; semicolon != 0: with semicolons and decimal
 * commas, and a byte order mark before them. drp_differences_json the rule in words and
 * numbers, both sessions, a list of objects with those members, and the metadata of the
 * editions. */
enum drp_err drp_differences_csv(const struct drp_differences *list, char fold,
	int semicolon, struct drp_buf *out) DRP_MUST_CHECK;
enum drp_err drp_differences_json(const struct drp_differences *list, char fold,
	enum drp_language language, struct drp_buf *out) DRP_MUST_CHECK;

#endif
