/* SPDX-License-Identifier: Apache-2.0
 *
 * What several campaigns of one hub say together: in how many schools two of them were
 * held, and how many schools had got how far by a day. It is made of the campaigns that
 * its reader may see and of no others. Schools are numbers in it that mean nothing
 * outside; only counts come out, and those of the whole region and of one-way families
 * alone, which are public for every campaign (R48, R51, R55).
 * Threads: any, once it is filled.
 */
#ifndef DRP_HUB_HISTORY_H
#define DRP_HUB_HISTORY_H

#include "hub/home/hub.h"
#include "proto/model/cohort.h"

/* How far a school got in a campaign; each state holds those before it. */
enum drp_reached {
	DRP_REACHED_REGISTERED, /* in the manifest */
	DRP_REACHED_ENROLLED,	/* its node could sign when the manifest was signed */
	DRP_REACHED_TOOK_PART,	/* something of it was counted */
	DRP_REACHED_STATES
};
const char *drp_reached_code(int state); /* registered enrolled took_part */
int drp_reached_of(const char *code);	 /* -1 for another word */

/* One school of one campaign. */
struct drp_attendance {
	uint32_t school; /* the same number in every campaign of a history */
	uint8_t province, network;
	uint8_t levels;	 /* bit l set: it has level l in the register */
	uint8_t counted; /* bit l set: something of level l was counted */
	uint8_t enrolled;
	int64_t since_s; /* receipt of the first thing counted; 0: nothing was */
};

struct drp_history; /* opaque */

struct drp_history *drp_history_new(void);	    /* NULL without memory */
void drp_history_free(struct drp_history *history); /* NULL is fine */

/* drp_history_add takes a copy of one campaign's schools. DRP_E_EXISTS when it has that
 * campaign, DRP_E_NOMEM. */
enum drp_err drp_history_add(struct drp_history *history, const char *campaign,
	const char *region, int64_t signed_s, const struct drp_attendance *schools,
	size_t n) DRP_MUST_CHECK;

/* drp_history_common: schools that took part in both campaigns, of the cohort with that
 * code in both (a fold's code is its parts joined by '+'; "_T" of the region). -1 when
 * it cannot be told: a campaign that is not there, or a family of two ways. */
int64_t drp_history_common(const struct drp_history *history, const char *campaign,
	const char *other, enum drp_family family, const char *code);

/* drp_history_reached: schools of a region that had reached a state by the end of that
 * second in any campaign of it, each once; of those with one of these levels in the
 * register (bit l: level l), for taking part with one of them counted. -1 when there is
 * no campaign of that region. Taking part counts from the school's first receipt of that
 * campaign on, the other states from the day of the manifest's signature. */
int64_t drp_history_reached(const struct drp_history *history, const char *region,
	unsigned levels, enum drp_reached state, int64_t until_s);

/* drp_history_campaigns: how many it has of a region. */
size_t drp_history_campaigns(const struct drp_history *history, const char *region);

/* drp_history_load adds the campaign of that id from the hub's store: who stands in the
 * manifest by the register's own ids, and whose contributions were counted in its
 * edition, before the freeze and after. DRP_E_NOTFOUND when it has no edition, or was
 * signed before members were kept: the caller leaves it out. DRP_E_STORE when they are
 * not as many as the edition says took part. Schools are numbered here: do not mix it
 * with numbers of one's own. */
enum drp_err drp_history_load(struct drp_history *history, struct drp_hub *hub,
	const char *campaign, struct drp_diag *diag) DRP_MUST_CHECK;

#endif
