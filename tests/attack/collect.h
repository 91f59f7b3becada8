/* SPDX-License-Identifier: Apache-2.0
 *
 * The ordinary course of a campaign in a federation of one process, in the steps that
 * the attacks here interrupt. Noise comes from the test's generator, so that a run can
 * be repeated.
 */
#ifndef DRP_ATTACK_COLLECT_H
#define DRP_ATTACK_COLLECT_H

#include "tests/support/federation.h"

#define COLLECT_TEACHERS 12
#define COLLECT_PUPILS	 30
#define COLLECT_ELIGIBLE 60

/* Every school knows the campaign and has its questionnaires. */
static inline void collect_begin(struct fed *f, size_t schools, uint64_t seed)
{
	const struct drp_sync_options visit = {0};
	setenv("DREMPEL_LOG", "error", 1);
	fed_begin(f, schools, COLLECT_ELIGIBLE, seed);
	for (size_t i = 0; i < f->n; i++) {
		f->school[i].node.rng = f->rng;
		CHECK_OK(fed_visit(f, &f->school[i], &visit));
		fed_fill(&f->school[i], FED_CAMPAIGN, DRP_TEACHER, COLLECT_TEACHERS, 4);
		fed_fill(&f->school[i], FED_CAMPAIGN, DRP_PUPIL, COLLECT_PUPILS, 3);
	}
}

static inline void collect_approve(struct fed *f, struct fed_school *s)
{
	uint32_t approved = 0;
	enum drp_err err = fed_approve(f, s, FED_CAMPAIGN, &approved);
	if (err) {
		printf("# %s\n", s->diag.text);
	}
	CHECK_OK(err);
	CHECK_INT(approved, 2);
}

static inline void collect_publish(struct fed *f, struct fed_school *s)
{
	const struct drp_sync_options push = {.push = 1};
	CHECK_OK(fed_visit(f, s, &push));
}

static inline void collect_all(struct fed *f)
{
	for (size_t i = 0; i < f->n; i++) {
		collect_approve(f, &f->school[i]);
		collect_publish(f, &f->school[i]);
		CHECK_INT(f->school[i].result.stored, 2);
	}
}

static inline void collect_withdraw(struct fed *f, struct fed_school *s)
{
	struct drp_diag diag = {0};
	uint32_t waiting = 0;
	CHECK_OK(drp_release_withdraw(&s->node, FED_CAMPAIGN, &waiting, &diag));
	CHECK_INT(waiting, 2);
	collect_publish(f, s);
}

static inline void collect_close(struct fed *f)
{
	struct drp_diag diag = {0};
	enum drp_err err = drp_campaign_close(&f->hub, FED_CAMPAIGN, &diag);
	if (err) {
		printf("# %s\n", diag.text);
	}
	CHECK_OK(err);
}

static inline struct drp_edition *collect_edition(struct fed *f)
{
	struct drp_diag diag = {0};
	struct drp_edition *e = NULL;
	CHECK_OK(drp_campaign_edition(&f->hub, FED_CAMPAIGN, 0, &e, &diag));
	return e;
}

/* What a school's node holds as its contribution of a group: the bytes that leave. */
static inline void collect_bytes(struct fed_school *s, int group, struct drp_buf *bytes)
{
	struct drp_released r;
	struct drp_diag diag = {0};
	CHECK_OK(drp_node_release_get(s->node.store, FED_CAMPAIGN, 1, group, &r, &diag));
	CHECK_OK(drp_node_release_bytes(s->node.store, &r.hash, bytes, &diag));
}

static inline void collect_contribution(
	struct fed_school *s, int group, struct drp_contribution *c)
{
	struct drp_buf bytes = {0};
	collect_bytes(s, group, &bytes);
	CHECK_OK(drp_contribution_decode(bytes.data, bytes.len, c));
	drp_buf_clear(&bytes);
}

/* The exact sums behind it, which only the node can make. */
static inline void collect_exact(
	struct fed_school *s, enum drp_group group, struct drp_candidate *c)
{
	struct drp_diag diag = {0};
	struct drp_node_work work;
	int present = 0;
	CHECK_OK(drp_node_work_load(&s->node, FED_CAMPAIGN, &work, &diag));
	CHECK_OK(drp_release_candidate(&s->node, &work, 1, group, c, &present, &diag));
	CHECK(present && c->with_values);
	c->release = NULL; /* it belongs to the work */
	drp_node_work_clear(&work);
}

static inline size_t collect_charges(struct fed_school *s)
{
	struct drp_ledger_row *rows = NULL;
	struct drp_diag diag = {0};
	size_t n = 0;
	CHECK_OK(drp_node_ledger(s->node.store, &rows, &n, &diag));
	CHECK_OK(drp_ledger_verify(rows, n, &diag));
	drp_free(rows);
	return n;
}

#endif
