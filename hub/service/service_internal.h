/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the hub's service share; nobody else includes this. service_sealed.c
 * holds what only the sealed track asks.
 */
#ifndef DRP_HUB_SERVICE_INTERNAL_H
#define DRP_HUB_SERVICE_INTERNAL_H

#include "hub/campaign/tasks.h"
#include "hub/service/exchange.h"
#include "hub/service/service.h"
#include "hub/store/store.h"
#include "proto/session/judge.h"

#include <pthread.h>

/* A signed campaign, kept in memory: its manifest never changes. Its state does, from
 * other processes too, and is read from the store for every request. */
struct drp_service_campaign {
	struct drp_service_campaign *next;
	char id[DRP_NAME_MAX];
	struct drp_manifest *manifest; /* the tasks own it, when there are tasks */
	struct drp_tasks *tasks;       /* of the sealed track; NULL on the open one */
	uint32_t values_expected[DRP_GROUPS];
	uint8_t key[32];
	int has_key; /* only while contributions are accepted */
};

struct drp_hub_service {
	struct drp_exchange_side side;
	struct drp_hub *hub;
	/* The store thread adds campaigns under the lock, at the front, and frees none
	 * before the end; other threads look for tasks under the lock. */
	struct drp_service_campaign *campaigns;
	pthread_mutex_t lock;
	int erased; /* something was withdrawn: the log has to be truncated */
	struct drp_key sign_key;
	uint8_t box[DRP_BOX_KEY_BYTES];
};

/* One request on its way from open to commit. */
struct drp_service_work {
	struct drp_exchange asked;
	struct drp_contribution contribution; /* of a SUBMIT */
	struct drp_report report;	      /* of a REPORT */
	struct drp_hash hash; /* of the contribution's bytes, or the report's name */
	int checked;	      /* the report was compared with its task: */
	struct drp_diag check;
};

struct drp_service_turn {
	struct drp_hub_service *s;
	struct drp_hub_store *store;
	struct drp_service_work *w;
	struct drp_reply *reply;
	struct drp_diag *diag;
	int64_t now_s;
};

/* service.c */

/* drp_service_place loads what the rules need to know about a place; *c is NULL when
 * there is no such campaign. */
enum drp_err drp_service_place(struct drp_service_turn *t,
	const struct drp_hash *campaign, const struct drp_id *unit, int group,
	struct drp_service_campaign **c, struct drp_place_facts *facts,
	struct drp_stored *stored) DRP_MUST_CHECK;

/* drp_service_store signs a receipt, seals the bytes under the campaign's key and puts
 * them where stored says: unit, group and hash are filled in. */
enum drp_err drp_service_store(struct drp_service_turn *t,
	const struct drp_service_campaign *c, const void *bytes, size_t n,
	struct drp_stored *stored) DRP_MUST_CHECK;

/* service_sealed.c */

/* drp_service_read_report, any thread: decodes a REPORT and, when the campaign is known
 * already, checks it. */
enum drp_err drp_service_read_report(
	struct drp_hub_service *s, struct drp_service_work *w) DRP_MUST_CHECK;

enum drp_err drp_service_report(struct drp_service_turn *t) DRP_MUST_CHECK;

/* drp_service_tell adds to a STATUS or REPORT reply what a school may know of a place of
 * its own: the hub's receipt and, on the sealed track, the notary's or why the report is
 * not counted. */
enum drp_err drp_service_tell(struct drp_service_turn *t, const char *campaign,
	const struct drp_stored *stored) DRP_MUST_CHECK;

/* drp_service_lists adds to a STATUS reply by which names the two lists of a close are
 * known, once both are there: schools fetch them and look for their own reports. */
enum drp_err drp_service_lists(
	struct drp_service_turn *t, const struct drp_service_campaign *c) DRP_MUST_CHECK;

#endif
