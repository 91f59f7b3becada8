/* SPDX-License-Identifier: Apache-2.0
 *
 * The ordinary course of a campaign in a federation of one process, in the steps that
 * the attacks here interrupt. Noise comes from the test's generator, so that a run can
 * be repeated.
 */
#ifndef DRP_ATTACK_COLLECT_H
#define DRP_ATTACK_COLLECT_H

#include "proto/session/envelope.h"

#include "tests/support/federation.h"

#include <dirent.h>

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

/* A visit that somebody on the path watches, and may cut: look gets every request before
 * the hub does; when it returns 1 the hub still gets the request, the node no answer. */
typedef int collect_look(struct fed *f, const struct drp_buf *request);

static inline enum drp_err collect_visit(struct fed *f, struct fed_school *s,
	const struct drp_sync_options *options, collect_look *look)
{
	struct drp_node_sync sync;
	int done = 0, cut = 0;
	memset(&s->diag, 0, sizeof s->diag);
	enum drp_err err =
		drp_node_sync_begin(&sync, &s->node, options, &s->result, &s->diag);
	while (!err && !done && !cut) {
		struct drp_buf request = {0}, reply = {0};
		err = drp_node_session_next(&sync.session, &request, &done, &s->diag);
		if (!err && !done) {
			cut = look(f, &request);
			fed_deliver(f, &request, &reply);
		}
		if (!err && !done && !cut) {
			err = drp_node_session_reply(
				&sync.session, reply.data, reply.len, &s->diag);
		}
		drp_buf_clear(&request);
		drp_buf_clear(&reply);
	}
	drp_node_sync_end(&sync);
	return err;
}

/* The type of a request: it stands in the open. */
static inline int collect_type(const struct drp_buf *request)
{
	struct drp_envelope envelope;
	CHECK_OK(drp_envelope_parse(request->data, request->len, &envelope));
	return envelope.type;
}

static inline void collect_restart(struct fed *f, struct fed_school *s)
{
	fed_close_node(s);
	fed_open_node(f, s);
	s->node.rng = f->rng;
}

/* Copies the files of a directory, as a backup or a cloned machine does, folders of one
 * level included. What the target holds beside them is removed. */
static inline void collect_copy(const char *from, const char *to)
{
	nftw(to, fed_remove, 16, FTW_DEPTH | FTW_PHYS);
	CHECK(mkdir(to, 0700) == 0);
	DIR *folder = opendir(from);
	CHECK(folder != NULL);
	for (struct dirent *d; (d = readdir(folder));) {
		char a[512], b[512];
		struct stat st;
		struct drp_buf content = {0};
		struct drp_diag diag = {0};
		if (d->d_name[0] == '.') {
			continue;
		}
		CHECK(snprintf(a, sizeof a, "%s/%s", from, d->d_name) < (int)sizeof a);
		CHECK(snprintf(b, sizeof b, "%s/%s", to, d->d_name) < (int)sizeof b);
		CHECK(stat(a, &st) == 0);
		if (S_ISDIR(st.st_mode)) {
			collect_copy(a, b);
			continue;
		}
		CHECK_OK(drp_file_read(a, 64 << 20, &content, &diag));
		CHECK_OK(drp_file_write(b, content.data, content.len, 0600, &diag));
		drp_buf_clear(&content);
	}
	closedir(folder);
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
static inline void collect_exact(struct fed_school *s, int group, struct drp_candidate *c)
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
