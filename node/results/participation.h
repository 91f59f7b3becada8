/* SPDX-License-Identifier: Apache-2.0
 *
 * How well a school took part: the recommended minimum per group and the four levels
 * of participation (R10-R12, R15). Source of tables and definitions: the SELFIE manual,
 * "minimumdeelnamepercentages". Integers only. Threads: any.
 *
 * The base is the number of eligible people of the group at that education level. The
 * tables are not monotone where bands meet (10 leaders need 7, 11 need 6) and one
 * person gives 0: they are followed as they stand.
 */
#ifndef DRP_NODE_PARTICIPATION_H
#define DRP_NODE_PARTICIPATION_H

#include <drempel/types.h>

#include <stdint.h>

/* drp_participation_minimum: eligible times the band's percentage, rounded down. */
uint32_t drp_participation_minimum(enum drp_group group, uint32_t eligible);

/* Counted apart (R15); all are questionnaires or people of one level. */
struct drp_participation_counts {
	uint32_t eligible[DRP_GROUPS];
	uint32_t invited[DRP_GROUPS];
	uint32_t completed[DRP_GROUPS];
};

enum drp_participation_level {
	DRP_PARTICIPATION_NONE,	      /* geen */
	DRP_PARTICIPATION_INCOMPLETE, /* onvolledig: the report carries a watermark */
	DRP_PARTICIPATION_AVERAGE,    /* gemiddeld */
	DRP_PARTICIPATION_HIGH,	      /* hoog */
	DRP_PARTICIPATION_LEVELS
};

/* Why, since the four definitions overlap and leave a hole. */
enum drp_participation_reason {
	DRP_REASON_NOBODY,	  /* no questionnaire at all */
	DRP_REASON_GROUP_ABSENT,  /* one or two groups have none */
	DRP_REASON_ALL_MET,	  /* three minima met */
	DRP_REASON_THIRD_CLOSE,	  /* two met, the third close to its minimum */
	DRP_REASON_TWO_BELOW,	  /* two or three below their minimum */
	DRP_REASON_ONE_FAR_BELOW, /* the hole: two met, the third not even close */
	DRP_REASONS
};

/* "Close to" in the definition of a high participation; the manual gives no number. */
#define DRP_PARTICIPATION_CLOSE ((struct drp_rational){4, 5})

/* drp_participation_classify tests in this order: nobody is none; an absent group is
 * incomplete; three minima met, or two met and the third at least `close` times its
 * minimum, is high; everything else is average. `reason` may be NULL. */
enum drp_participation_level drp_participation_classify(
	const struct drp_participation_counts *counts, struct drp_rational close,
	enum drp_participation_reason *reason);

/* Codes for machines: "none" "incomplete" "average" "high"; "nobody" "group_absent"
 * "all_met" "third_close" "two_below" "one_far_below". */
const char *drp_participation_code(int level);
const char *drp_participation_reason_code(int reason);

/* "hoog", "high"; Dutch unless the language begins with "fr", "de" or "en". */
const char *drp_participation_name(int level, const char *language);

#endif
