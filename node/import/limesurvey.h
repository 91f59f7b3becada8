/* SPDX-License-Identifier: Apache-2.0
 *
 * LimeSurvey's names of columns. A subquestion's column has two notations: question code
 * Q2[SQ001], of a dual scale Q5[SQ001][1], and expression code Q2_SQ001, Q5_SQ001_0, in
 * which the scale counts from 0. Source: LimeSurvey's CSV export and ExpressionScript
 * documentation. Threads: any.
 */
#ifndef DRP_NODE_LIMESURVEY_H
#define DRP_NODE_LIMESURVEY_H

/* drp_limesurvey_same tells whether `expression` is the expression code of the column
 * that `brackets` names with at least one bracket. */
int drp_limesurvey_same(const char *expression, const char *brackets);

/* drp_limesurvey_is_metadata: columns that every export has and that hold no answer. */
int drp_limesurvey_is_metadata(const char *code);

#endif
