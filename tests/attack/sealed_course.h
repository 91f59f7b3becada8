/* SPDX-License-Identifier: Apache-2.0
 *
 * The ordinary course of a sealed campaign in a federation of one process: schools'
 * reports made from random counters that the test keeps, the close, the freeze. What the
 * attacks compare their finds with is in `truth`.
 */
#ifndef DRP_ATTACK_SEALED_COURSE_H
#define DRP_ATTACK_SEALED_COURSE_H

#include "tests/support/sealed_truth.h"

#define COURSE_ELIGIBLE 60

struct course {
	struct fed *f;
	char id[DRP_NAME_MAX];
	struct drp_tasks *tasks;
	struct drp_hash name[DRP_GROUPS][FED_SCHOOLS_MAX];
	struct truth truth;
};

/* The tasks of any campaign of a side; free them. */
static inline struct drp_tasks *course_tasks(struct drp_hub *hub, const char *id)
{
	struct drp_campaign_row row;
	struct drp_tasks *tasks = NULL;
	CHECK_OK(drp_hub_campaign_get(hub->store, id, &row, NULL));
	CHECK_OK(drp_tasks_load(hub, &row, &tasks, NULL));
	return tasks;
}

/* n questionnaires whose answers are random, so that every counter is its own. */
static inline void course_counts(const struct drp_vector *v, const struct drp_rng *rng,
	uint64_t n, uint64_t *counts)
{
	memset(counts, 0, v->length * sizeof *counts);
	counts[0] = n;
	for (size_t i = 0; i < v->n_items; i++) {
		for (uint64_t k = 0; k < n; k++) {
			uint8_t roll;
			rng->fill(rng->self, &roll, 1);
			counts[v->offset[i] + roll % v->counters[i]]++;
		}
	}
}

static inline uint64_t course_questionnaires(int group, size_t school)
{
	return (group == DRP_LEADER ? 5u : 20u) + school;
}

static inline void course_send(struct course *c, int group, size_t school)
{
	uint64_t *counts = c->truth.counts[group][school];
	CHECK(c->tasks->task[group].vector.length <= TRUTH_LENGTH);
	course_counts(&c->tasks->task[group].vector, &c->f->rng,
		course_questionnaires(group, school), counts);
	CHECK_OK(fed_report(c->f, c->tasks, school, (enum drp_group)group, counts,
		&c->name[group][school]));
	c->truth.present[group][school] = 1;
}

/* A federation with its first campaign, or another campaign of one that is there. */
static inline void course_take(struct course *c, struct fed *f, const char *id)
{
	memset(c, 0, sizeof *c);
	c->f = f;
	snprintf(c->id, sizeof c->id, "%s", id);
	c->tasks = course_tasks(&f->hub, id);
	c->truth.f = f;
	c->truth.tasks = c->tasks;
}

static inline void course_begin(
	struct course *c, struct fed *f, size_t schools, uint64_t seed)
{
	setenv("DREMPEL_LOG", "error", 1);
	fed_begin_sealed(f, schools, COURSE_ELIGIBLE, seed);
	course_take(c, f, FED_CAMPAIGN);
}

static inline void course_send_all(struct course *c)
{
	for (size_t s = 0; s < c->f->n; s++) {
		for (int g = 0; g < DRP_GROUPS; g++) {
			course_send(c, g, s);
		}
	}
}

static inline enum drp_err course_try_close(struct course *c, struct drp_diag *diag)
{
	memset(diag, 0, sizeof *diag);
	return drp_closing_run(&c->f->hub, c->id, &c->f->peer, diag);
}

static inline void course_close(struct course *c)
{
	struct drp_diag diag;
	enum drp_err err = course_try_close(c, &diag);
	if (err) {
		printf("# %s\n", diag.text);
	}
	CHECK_OK(err);
}

static inline void course_drop(struct course *c)
{
	drp_tasks_free(c->tasks);
	c->tasks = NULL;
}

static inline void course_end(struct course *c)
{
	course_drop(c);
	fed_end(c->f);
}

static inline enum drp_err course_ask_notary(struct fed *f, struct drp_request *q,
	struct drp_reply *reply, struct drp_buf *body, struct drp_diag *diag)
{
	memset(diag, 0, sizeof *diag);
	return drp_peer_ask(&f->hub, &f->peer, q, reply, body, diag);
}

/* The tally of a campaign that is opened: who came, N, which values. Free it. */
static inline struct drp_tally *course_tally(struct course *c)
{
	struct drp_tally *tally = NULL;
	struct drp_buf hub = {0}, notary = {0};
	CHECK_OK(drp_tally_new(&c->f->hub, c->tasks, &tally, NULL));
	CHECK_OK(drp_hub_opening_get(
		c->f->hub.store, c->id, DRP_OPENING_HUB_NUMBERS, &hub, NULL));
	CHECK_OK(drp_hub_opening_get(
		c->f->hub.store, c->id, DRP_OPENING_NOTARY_NUMBERS, &notary, NULL));
	CHECK_OK(drp_tally_exchange(tally, (struct drp_bytes){hub.data, hub.len},
		(struct drp_bytes){notary.data, notary.len}, NULL));
	drp_buf_clear(&hub);
	drp_buf_clear(&notary);
	return tally;
}

/* The opened integers of a release, which everybody may see after the edition; their
 * number. */
#define COURSE_VALUES_MAX 8192
static inline size_t course_opened(struct course *c, const struct drp_tally *tally,
	uint32_t release, int64_t *values)
{
	size_t n = drp_tally_opens(tally, release);
	CHECK(n <= COURSE_VALUES_MAX);
	if (n) {
		CHECK_OK(drp_tally_opened(&c->f->hub, tally, release, values, NULL));
	}
	return n;
}

#endif
