/* SPDX-License-Identifier: Apache-2.0
 *
 * The sealed part of a whole federation in one process: a notary with the same register,
 * paired with the hub, whose network a test may disturb; and schools' reports made by
 * hand, with known counters, so that every sum can be checked against the exact one.
 */
#ifndef DRP_TESTS_SEALED_FEDERATION_H
#define DRP_TESTS_SEALED_FEDERATION_H

#include "tests/support/federation.h"

#include "hub/campaign/closing.h"
#include "hub/campaign/forward.h"
#include "hub/campaign/tally.h"
#include "hub/peer/pairing.h"
#include "hub/service/notary.h"
#include "proto/session/envelope.h"
#include "proto/session/sharding.h"

/* What becomes of one exchange between hub and notary. */
enum fed_fate { FED_ARRIVES, FED_LOST, FED_REPLY_LOST, FED_TWICE };

struct fed_notary {
	char dir[160];
	struct drp_hub hub; /* the notary's directory */
	struct drp_notary *service;
	int away;
	/* NULL: all arrive. type: of the request. */
	enum fed_fate (*fate)(struct fed *f, uint8_t type);
	unsigned arrived[128]; /* requests of each type that reached it */
};

static inline void fed_open_notary(struct fed *f)
{
	struct drp_diag diag = {0};
	CHECK_OK(drp_hub_open(f->notary->dir, &f->notary->hub, &diag));
	f->notary->hub.clock = (struct drp_clock){fed_now, f};
	CHECK_OK(drp_notary_new(&f->notary->hub, &f->notary->service));
}

static inline void fed_close_notary(struct fed *f)
{
	drp_notary_free(f->notary->service);
	drp_hub_close(&f->notary->hub);
}

static inline void fed_deliver_to_notary(
	struct fed *f, const void *request, size_t n, struct drp_buf *reply)
{
	struct drp_service hooks = drp_notary_hooks(f->notary->service);
	struct drp_service_job job = {0};
	struct drp_envelope envelope;
	hooks.open(hooks.self, request, n, &job);
	if (job.work) {
		hooks.commit(hooks.self, &job, 1);
		hooks.drop(hooks.self, job.work);
	}
	hooks.idle(hooks.self);
	drp_buf_append(reply, job.reply.data, job.reply.len);
	drp_buf_clear(&job.reply);
	if (drp_envelope_parse(request, n, &envelope) == DRP_OK) {
		f->notary->arrived[envelope.type]++;
	}
}

/* The hub's way to the notary: drp_peer.exchange. */
static inline enum drp_err fed_exchange(void *self, const void *request, size_t n,
	struct drp_buf *reply, struct drp_diag *diag)
{
	struct fed *f = self;
	struct drp_envelope envelope;
	uint8_t type = drp_envelope_parse(request, n, &envelope) ? 0 : envelope.type;
	enum fed_fate fate = f->notary->away   ? FED_LOST
			     : f->notary->fate ? f->notary->fate(f, type)
					       : FED_ARRIVES;
	if (fate == FED_TWICE) {
		struct drp_buf again = {0};
		fed_deliver_to_notary(f, request, n, &again);
		drp_buf_clear(&again);
	}
	if (fate != FED_LOST) {
		fed_deliver_to_notary(f, request, n, reply);
	}
	if (fate == FED_REPLY_LOST) {
		reply->len = 0;
	}
	return reply->len ? DRP_OK
			  : drp_fail(diag, DRP_E_NET, "tcp://127.0.0.1:2: nobody there");
}

static inline void fed_introduce(struct drp_hub *one, struct drp_hub *other)
{
	struct drp_diag diag = {0};
	struct drp_card card;
	struct drp_buf text = {0};
	CHECK_OK(drp_pairing_card(one, &card, &diag));
	drp_card_write(&card, &text);
	CHECK_OK(drp_pairing_accept(other, drp_buf_string(&text), &card, &diag));
	drp_buf_clear(&text);
}

static inline void fed_end_notary(struct fed *f)
{
	fed_close_notary(f);
	free(f->notary);
}

/* fed_begin_with's pair: before any school enrols. */
static inline void fed_pair(struct fed *f)
{
	struct drp_diag diag = {0};
	struct drp_hub_settings settings = {
		"Test notary", "notary", "tcp://127.0.0.1:2", "", "", "", ""};
	char path[DRP_PATH_MAX];
	size_t schools, units;
	f->notary = calloc(1, sizeof *f->notary);
	f->end = fed_end_notary;
	snprintf(f->notary->dir, sizeof f->notary->dir, "%s/notary", f->dir);
	CHECK_OK(drp_hub_create(f->notary->dir, &settings, &diag));
	fed_open_notary(f);
	CHECK_OK(drp_path(path, f->dir, "registry.csv", &diag));
	CHECK_OK(drp_registry_import(&f->notary->hub, path, &schools, &units, &diag));
	fed_introduce(&f->notary->hub, &f->hub);
	fed_introduce(&f->hub, &f->notary->hub);
	f->peer = (struct drp_peer){.self = f, .exchange = fed_exchange};
	CHECK_OK(drp_pairing_card(&f->notary->hub, &f->peer.card, &diag));
}

static inline void fed_begin_sealed(
	struct fed *f, size_t n, uint32_t eligible, uint64_t seed)
{
	fed_begin_with(f, n, eligible, seed, fed_pair);
}

/* ---- what a campaign is ---- */

/* Either side's tasks; free them. */
static inline struct drp_tasks *fed_tasks(struct drp_hub *hub)
{
	struct drp_campaign_row row;
	struct drp_tasks *tasks = NULL;
	CHECK_OK(drp_hub_campaign_get(hub->store, FED_CAMPAIGN, &row, NULL));
	CHECK_OK(drp_tasks_load(hub, &row, &tasks, NULL));
	return tasks;
}

static inline int fed_state(struct drp_hub *hub)
{
	struct drp_campaign_row row;
	CHECK_OK(drp_hub_campaign_get(hub->store, FED_CAMPAIGN, &row, NULL));
	return row.state;
}

/* The only unit of a school. */
static inline const struct drp_unit *fed_unit(
	const struct fed *f, const struct drp_tasks *tasks, size_t school)
{
	const struct drp_manifest *m = tasks->manifest;
	struct drp_key key;
	uint8_t box[DRP_BOX_KEY_BYTES];
	drp_keys_public(f->school[school].node.keys, &key, box);
	for (uint32_t u = 0; u < m->n_units; u++) {
		if (memcmp(&m->key[m->unit[u].school], &key, sizeof key) == 0) {
			return &m->unit[u];
		}
	}
	return NULL;
}

/* ---- reports by hand ---- */

/* Counters of n questionnaires: on item i everybody answers point 1 + (i + twist) % s. */
static inline void fed_counts(
	const struct drp_vector *v, uint64_t n, unsigned twist, uint64_t *counts)
{
	memset(counts, 0, v->length * sizeof *counts);
	counts[0] = n;
	for (size_t i = 0; i < v->n_items; i++) {
		size_t point = v->points[i] ? (i + twist) % v->points[i] : twist % 2;
		counts[v->offset[i] + point] = n;
	}
}

/* The canonical report of a school. */
static inline void fed_make_report(struct fed *f, const struct drp_tasks *tasks,
	size_t school, enum drp_group group, const uint64_t *counts,
	struct drp_buf *report, struct drp_hash *name)
{
	CHECK_OK(drp_report_make(&tasks->task[group], counts,
		&fed_unit(f, tasks, school)->id, f->school[school].node.keys,
		tasks->manifest->notary_box, &f->rng, report, name));
}

/* A request of a school to the hub; the reply borrows from body. */
static inline enum drp_err fed_ask(struct fed *f, size_t school,
	struct drp_request *request, struct drp_reply *reply, struct drp_buf *body)
{
	struct drp_key sign;
	uint8_t box[DRP_BOX_KEY_BYTES], key[DRP_MESSAGE_KEY_BYTES];
	struct drp_id id;
	struct drp_buf plain = {0}, bytes = {0}, answer = {0};
	struct drp_reply_origin origin;
	f->rng.fill(f->rng.self, id.b, sizeof id.b);
	drp_keys_public(f->hub.keys, &sign, box);
	request->at = f->now_ms / 1000;
	body->len = 0;
	CHECK_OK(drp_request_encode(request, &plain));
	CHECK_OK(drp_envelope_seal(f->school[school].node.keys, box,
		(enum drp_message_type)request->type, &id, plain.data, plain.len, &bytes,
		key));
	fed_deliver(f, &bytes, &answer);
	CHECK_OK(drp_reply_decode(key, (enum drp_message_type)request->type, &id,
		answer.data, answer.len, body, &origin));
	memset(reply, 0, sizeof *reply);
	CHECK_OK(drp_reply_decode_body(request->type, body->data, body->len, reply));
	drp_buf_clear(&plain);
	drp_buf_clear(&bytes);
	drp_buf_clear(&answer);
	return reply->err;
}

static inline enum drp_err fed_send_report(struct fed *f, size_t school,
	const struct drp_buf *report, struct drp_reply *reply, struct drp_buf *body)
{
	struct drp_request q = {.type = DRP_MSG_REPORT};
	q.report.bytes = report->data;
	q.report.n = report->len;
	return fed_ask(f, school, &q, reply, body);
}

/* Makes and sends one; *name is the report's. */
static inline enum drp_err fed_report(struct fed *f, const struct drp_tasks *tasks,
	size_t school, enum drp_group group, const uint64_t *counts,
	struct drp_hash *name)
{
	static struct drp_reply reply;
	struct drp_buf report = {0}, body = {0};
	fed_make_report(f, tasks, school, group, counts, &report, name);
	enum drp_err err = fed_send_report(f, school, &report, &reply, &body);
	drp_buf_clear(&report);
	drp_buf_clear(&body);
	return err;
}

static inline enum drp_err fed_withdraw(struct fed *f, const struct drp_tasks *tasks,
	size_t school, enum drp_group group, const struct drp_hash *name)
{
	static struct drp_reply reply;
	struct drp_buf body = {0};
	struct drp_request q = {.type = DRP_MSG_WITHDRAW};
	q.withdraw = (struct drp_withdrawal){.campaign = tasks->manifest->hash,
		.contribution = *name,
		.unit = fed_unit(f, tasks, school)->id,
		.group = (uint8_t)group};
	struct drp_buf statement = {0};
	CHECK_OK(drp_withdrawal_statement(&q.withdraw, &statement));
	drp_sign(f->school[school].node.keys, DRP_WITHDRAWAL_TAG, statement.data,
		statement.len, q.withdraw.signature);
	drp_buf_clear(&statement);
	enum drp_err err = fed_ask(f, school, &q, &reply, &body);
	drp_buf_clear(&body);
	return err;
}

/* What a side has of a school's report. */
static inline int fed_stored(struct drp_hub *hub, const struct drp_unit *unit,
	enum drp_group group, struct drp_stored *stored)
{
	return drp_hub_contribution_get(hub->store, FED_CAMPAIGN, &unit->id, (int)group,
		       stored, NULL) == DRP_OK;
}

/* The hub brings everything to the notary. */
static inline enum drp_err fed_forward(struct fed *f, struct drp_diag *diag)
{
	struct drp_campaign_row row;
	struct drp_forwarding *forwarding = NULL;
	struct drp_peer *peer[] = {&f->peer};
	CHECK_OK(drp_hub_campaign_get(f->hub.store, FED_CAMPAIGN, &row, diag));
	enum drp_err err = drp_forwarding_new(&f->hub, &row, &forwarding, diag);
	err = err ? err : drp_forward_all(forwarding, peer, 1, diag);
	drp_forwarding_free(forwarding);
	return err;
}

#endif
