/* SPDX-License-Identifier: Apache-2.0
 *
 * A whole federation in one process: a hub, its schools' nodes and, on the sealed track,
 * a notary; real stores in a scratch folder, a clock that only tests move and networks
 * that are function calls. Nothing here draws from the system's randomness but keys and
 * ids.
 */
#ifndef DRP_TESTS_FEDERATION_H
#define DRP_TESTS_FEDERATION_H

#include "hub/campaign/campaign.h"
#include "hub/home/registry.h"
#include "hub/peer/peer.h"
#include "hub/service/service.h"
#include "node/release/release.h"
#include "node/sync/sync.h"
#include "proto/base/alloc.h"
#include "tests/support/check.h"
#include "tests/support/test_rng.h"

#include <ftw.h>
#include <stdlib.h>
#include <unistd.h>

#define FED_SCHOOLS_MAX 16
#define FED_CAMPAIGN	"fed-1"

struct fed_school {
	char id[DRP_CODE_MAX], dir[160];
	struct drp_invite invite;
	struct drp_node node;
	int open;
	struct drp_node_sync sync;
	struct drp_sync_result result;
	struct drp_diag diag;
	int visiting;
};

struct fed_notary;

struct fed {
	char dir[128], hub_dir[160];
	int64_t now_ms;
	struct drp_hub hub;
	struct drp_hub_service *service;
	/* Of the sealed track (sealed_federation.h); NULL on the open one. */
	struct fed_notary *notary;
	struct drp_peer peer; /* the hub's way to the notary */
	void (*pair)(struct fed *f);
	void (*end)(struct fed *f);
	size_t n;
	struct fed_school school[FED_SCHOOLS_MAX];
	struct drp_test_rng_state rng_state;
	struct drp_rng rng;
};

static inline int64_t fed_now(void *self)
{
	return ((struct fed *)self)->now_ms;
}

static inline void fed_open_hub(struct fed *f)
{
	struct drp_diag diag = {0};
	CHECK_OK(drp_hub_open(f->hub_dir, &f->hub, &diag));
	f->hub.clock = (struct drp_clock){fed_now, f};
	CHECK_OK(drp_hub_service_new(&f->hub, &f->service));
}

static inline void fed_close_hub(struct fed *f)
{
	drp_hub_service_free(f->service);
	drp_hub_close(&f->hub);
}

static inline void fed_open_node(struct fed *f, struct fed_school *s)
{
	struct drp_diag diag = {0};
	CHECK_OK(drp_node_open(s->dir, &s->node, &diag));
	s->node.clock = (struct drp_clock){fed_now, f};
	s->open = 1;
}

static inline void fed_close_node(struct fed_school *s)
{
	if (s->visiting) {
		drp_node_sync_end(&s->sync);
		s->visiting = 0;
	}
	if (s->open) {
		drp_node_close(&s->node);
		s->open = 0;
	}
}

/* The hub's answer to one request: empty when it gives none. */
static inline void fed_deliver(
	struct fed *f, const struct drp_buf *request, struct drp_buf *reply)
{
	struct drp_service hooks = drp_hub_service_hooks(f->service);
	struct drp_service_job job = {0};
	hooks.open(hooks.self, request->data, request->len, &job);
	if (job.work) {
		hooks.commit(hooks.self, &job, 1);
		hooks.drop(hooks.self, job.work);
	}
	*reply = job.reply;
}

/* A visit over a perfect network. */
static inline enum drp_err fed_visit(
	struct fed *f, struct fed_school *s, const struct drp_sync_options *options)
{
	struct drp_node_sync sync;
	int done = 0;
	memset(&s->diag, 0, sizeof s->diag);
	enum drp_err err =
		drp_node_sync_begin(&sync, &s->node, options, &s->result, &s->diag);
	while (err == DRP_OK) {
		struct drp_buf request = {0}, reply = {0};
		err = drp_node_session_next(&sync.session, &request, &done, &s->diag);
		if (err == DRP_OK && !done) {
			fed_deliver(f, &request, &reply);
			err = reply.len ? drp_node_session_reply(&sync.session,
						  reply.data, reply.len, &s->diag)
					: DRP_E_NET;
		}
		drp_buf_clear(&request);
		drp_buf_clear(&reply);
		if (done) {
			break;
		}
	}
	drp_node_sync_end(&sync);
	return err;
}

static inline int fed_remove(
	const char *path, const struct stat *st, int flag, struct FTW *w)
{
	(void)st;
	(void)flag;
	(void)w;
	return remove(path);
}

static inline void fed_end(struct fed *f)
{
	for (size_t i = 0; i < f->n; i++) {
		fed_close_node(&f->school[i]);
	}
	fed_close_hub(f);
	if (f->end) {
		f->end(f);
	}
	nftw(f->dir, fed_remove, 16, FTW_DEPTH | FTW_PHYS);
}

static inline void fed_write(
	const struct fed *f, const char *name, const char *text, char path[DRP_PATH_MAX])
{
	struct drp_diag diag = {0};
	CHECK_OK(drp_path(path, f->dir, name, &diag));
	CHECK_OK(drp_file_write(path, text, strlen(text), 0600, &diag));
}

/* Schools S0.. of level 1, spread over provinces, networks and boards. */
static inline void fed_register(struct fed *f, uint32_t eligible)
{
	static const char *const province[] = {"BE21", "BE22", "BE23"};
	static const char *const network[] = {"GO", "KOV"};
	struct drp_diag diag = {0};
	struct drp_buf csv = {0};
	char path[DRP_PATH_MAX];
	size_t schools, units;
	drp_buf_text(&csv, "school,name,board,province,network,level,eligible_leader,"
			   "eligible_teacher,eligible_pupil\n");
	for (size_t i = 0; i < f->n; i++) {
		snprintf(f->school[i].id, sizeof f->school[i].id, "S%u",
			(unsigned)i % 1000);
		drp_buf_printf(&csv, "S%zu,School %zu,B%zu,%s,%s,1,%u,%u,%u\n", i, i, i,
			province[i % 3], network[i % 2], eligible, eligible, eligible);
	}
	fed_write(f, "registry.csv", drp_buf_string(&csv), path);
	drp_buf_clear(&csv);
	CHECK_OK(drp_registry_import(&f->hub, path, &schools, &units, &diag));
	CHECK_INT(schools, f->n);
}

static inline void fed_enrol(struct fed *f, struct fed_school *s)
{
	struct drp_diag diag = {0};
	struct drp_buf text = {0};
	const struct drp_sync_options visit = {0};
	CHECK_OK(drp_registry_invite(&f->hub, s->id, 30, &text, &diag));
	CHECK_OK(drp_invite_read(drp_buf_string(&text), &s->invite, &diag));
	drp_buf_clear(&text);
	snprintf(s->dir, sizeof s->dir, "%s/%s", f->dir, s->id);
	CHECK_OK(drp_node_create(s->dir, &s->invite, &diag));
	fed_open_node(f, s);
	CHECK_OK(fed_visit(f, s, &visit));
	CHECK(s->node.enrolled);
}

/* The day of the virtual clock at the start: 2026-10-01. */
#define FED_START_DAY 20727

static inline void fed_campaign(struct fed *f, const char *id)
{
	struct drp_diag diag = {0};
	struct drp_buf report = {0};
	char path[DRP_PATH_MAX], text[1024], made[DRP_NAME_MAX];
	snprintf(text, sizeof text,
		"campaign: %s\ntitle: Test\nregion: VL\ninstrument: " DRP_SOURCE_DIR
		"/deploy/instruments/selfie.yaml\ntrack: %s\n"
		"cohort: self-selected\nperiod: {from: 2026-09-01, to: 2026-12-18}\n"
		"deadline: 2026-12-31\n",
		id, f->pair ? "sealed" : "open");
	fed_write(f, "campaign.yaml", text, path);
	enum drp_err err = drp_campaign_new(&f->hub, path, made, &report, &diag);
	if (err) {
		printf("# %s\n", diag.text);
	}
	CHECK_OK(err);
	err = f->pair ? drp_campaign_sign_by(&f->hub, &f->peer, id, &report, &diag)
		      : drp_campaign_sign(&f->hub, id, &report, &diag);
	if (err) {
		printf("# %s\n", diag.text);
	}
	CHECK_OK(err);
	drp_buf_clear(&report);
}

/* A hub with n enrolled schools and one signed campaign. pair brings a notary. */
static inline void fed_begin_with(struct fed *f, size_t n, uint32_t eligible,
	uint64_t seed, void (*pair)(struct fed *f))
{
	memset(f, 0, sizeof *f);
	f->pair = pair;
	snprintf(f->dir, sizeof f->dir, "%s/drempel-fed-XXXXXX",
		access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	CHECK(mkdtemp(f->dir) != NULL);
	snprintf(f->hub_dir, sizeof f->hub_dir, "%s/hub", f->dir);
	f->now_ms = (int64_t)FED_START_DAY * 86400000 + 36000000;
	f->rng = drp_test_rng(&f->rng_state, seed);
	struct drp_diag diag = {0};
	struct drp_hub_settings settings = {
		"Test hub", "hub", "tcp://127.0.0.1:1", "", "", "", ""};
	CHECK_OK(drp_crypto_init());
	CHECK_OK(drp_hub_create(f->hub_dir, &settings, &diag));
	fed_open_hub(f);
	f->n = n;
	fed_register(f, eligible);
	if (pair) {
		pair(f);
	}
	for (size_t i = 0; i < n; i++) {
		fed_enrol(f, &f->school[i]);
	}
	fed_campaign(f, FED_CAMPAIGN);
}

static inline void fed_begin(struct fed *f, size_t n, uint32_t eligible, uint64_t seed)
{
	fed_begin_with(f, n, eligible, seed, NULL);
}

/* n questionnaires of a group, every answer the given point of the scale. */
static inline void fed_fill(struct fed_school *s, const char *campaign,
	enum drp_group group, uint32_t n, uint8_t point)
{
	struct drp_diag diag = {0};
	struct drp_node_work work;
	const uint8_t own[DRP_OWN_ITEMS_MAX] = {0};
	CHECK_OK(drp_node_work_load(&s->node, campaign, &work, &diag));
	struct drp_sheet sheet = {{0}};
	for (uint16_t i = 0; i < work.instrument->n_items; i++) {
		const struct drp_item *item = &work.instrument->item[i];
		if (item->kind == DRP_ITEM_CORE && item->groups & 1u << group) {
			sheet.answer[i] = point;
		}
	}
	CHECK_OK(drp_node_begin(s->node.store, &diag));
	for (uint32_t k = 0; k < n; k++) {
		CHECK_OK(drp_node_sheet_add(s->node.store, campaign, 1, (int)group,
			&sheet, work.instrument->n_items, own, &diag));
	}
	CHECK_OK(drp_node_window_put(s->node.store, campaign, 1, FED_START_DAY - 14,
		FED_START_DAY - 1, &diag));
	CHECK_OK(drp_node_end(s->node.store, DRP_OK, &diag));
	drp_node_work_clear(&work);
}

/* Approves what is there, after asking the hub, as the command does. */
static inline enum drp_err fed_approve(
	struct fed *f, struct fed_school *s, const char *campaign, uint32_t *approved)
{
	struct drp_diag diag = {0};
	struct drp_node_campaign c;
	struct drp_node_work work;
	enum drp_err err = drp_node_campaign_get(s->node.store, campaign, &c, &diag);
	const struct drp_sync_options ask = {.status = &c.manifest};
	err = err ? err : fed_visit(f, s, &ask);
	err = err ? err : drp_node_work_load(&s->node, campaign, &work, &diag);
	if (err) {
		return err;
	}
	memset(&s->diag, 0, sizeof s->diag);
	err = drp_release_approve(&s->node, &work, s->result.receipt,
		s->result.n_receipts, approved, &s->diag);
	drp_node_work_clear(&work);
	return err;
}

#endif
