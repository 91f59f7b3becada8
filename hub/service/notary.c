/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/service/notary.h"

#include "hub/service/exchange.h"
#include "hub/service/notary_reports.h"
#include "hub/store/store_sealed.h"
#include "proto/base/alloc.h"
#include "proto/session/judge.h"

#include <string.h>

struct drp_notary {
	struct drp_exchange_side side;
	struct drp_notary_reports *reports;
};

/* One request on its way from open to commit. */
struct work {
	struct drp_exchange asked;
	struct drp_notary_prepared prepared; /* of a VERIFY */
};

static void clear(struct drp_exchange *asked)
{
	drp_notary_prepared_clear(&((struct work *)asked)->prepared);
}

/* ---- open: any worker thread ---- */

/* A notary is no hub: what schools ask is unknown here. */
static int takes(uint8_t type)
{
	return type == DRP_MSG_GET || type == DRP_MSG_PUT || type == DRP_MSG_COSIGN ||
	       drp_notary_reports_takes(type);
}

static enum drp_err prepare(void *self, struct drp_exchange *asked)
{
	const struct drp_notary *n = self;
	drp_notary_reports_prepare(n->reports, &asked->sender, &asked->request,
		&((struct work *)asked)->prepared);
	return DRP_OK;
}

/* ---- commit: the store thread ---- */

static enum drp_err check_sender(const struct drp_exchange_turn *t)
{
	struct drp_card card;
	enum drp_err err =
		drp_hub_peer_get(t->hub->store, &t->asked->sender, &card, t->diag);
	if (err != DRP_OK && err != DRP_E_NOTFOUND) {
		return err;
	}
	if (err || strcmp(card.role, "hub") != 0) {
		return drp_fail(t->diag, DRP_E_UNKNOWN_KEY,
			"this notary is not paired with that hub; its operator runs "
			"'drempel-hub pair FILE' with the hub's card");
	}
	const struct drp_sender_facts facts = {.known = 1, .now_s = t->now_s};
	return drp_judge_sender(&facts, t->asked->request.at, t->diag);
}

/* A blob that is not what its hash says is dropped as a whole. */
static enum drp_err check_whole(const struct drp_exchange_turn *t)
{
	const struct drp_request *q = &t->asked->request;
	struct drp_buf bytes = {0};
	struct drp_hash hash;
	enum drp_err err = drp_hub_staged_get(
		t->hub->store, &t->asked->sender, &q->put.blob, &bytes, t->diag);
	if (err == DRP_OK) {
		drp_hash_bytes(bytes.data, bytes.len, &hash);
	}
	drp_buf_clear(&bytes);
	if (err || drp_hash_equal(&hash, &q->put.blob)) {
		return err;
	}
	err = drp_hub_staged_drop(
		t->hub->store, &t->asked->sender, &q->put.blob, t->diag);
	return err ? err
		   : drp_fail(t->diag, DRP_E_HASH,
			     "the blob that was put has another hash; it was dropped");
}

/* Whether the blob is here for good already: then it need not be put. */
static enum drp_err is_here(const struct drp_exchange_turn *t, int *here)
{
	struct drp_buf bytes = {0};
	enum drp_err err = drp_hub_blob_get(
		t->hub->store, &t->asked->request.put.blob, &bytes, t->diag);
	*here = err == DRP_OK;
	drp_buf_clear(&bytes);
	return err == DRP_E_NOTFOUND ? DRP_OK : err;
}

/* Takes the piece that comes next and tells how far it is now; a piece that comes twice
 * or too early changes nothing. */
static enum drp_err answer_put(const struct drp_exchange_turn *t)
{
	const struct drp_request *q = &t->asked->request;
	uint32_t held = 0, total = 0;
	int here = 0;
	enum drp_err err = is_here(t, &here);
	if (err || here) {
		t->reply->put.held = q->put.total;
		return err;
	}
	err = drp_hub_staged(
		t->hub->store, &t->asked->sender, &q->put.blob, &held, &total, t->diag);
	if (err == DRP_OK && total != 0 && total != q->put.total) {
		return drp_fail(t->diag, DRP_E_CONFLICT,
			"the blob was said to have another length before");
	}
	if (err == DRP_OK && q->put.offset == held && q->put.n > 0) {
		err = drp_hub_stage(t->hub->store, &t->asked->sender, &q->put.blob,
			q->put.total, held, q->put.bytes, q->put.n, t->diag);
		held += (uint32_t)q->put.n;
		if (err == DRP_OK && held == q->put.total) {
			err = check_whole(t);
		}
	}
	t->reply->put.held = held;
	return err;
}

static enum drp_err answer(void *self, const struct drp_exchange_turn *t)
{
	struct drp_notary *n = self;
	const struct drp_request *q = &t->asked->request;
	enum drp_err err = check_sender(t);
	if (err) {
		return err;
	}
	switch (q->type) {
	case DRP_MSG_GET:
		return drp_exchange_get(t, "the notary has no such blob");
	case DRP_MSG_PUT:
		return answer_put(t);
	case DRP_MSG_COSIGN:
		return drp_notary_cosign(t->hub, &t->asked->sender, q,
			t->reply->cosign.signature, t->diag);
	default:
		return drp_notary_reports_answer(n->reports, &t->asked->sender, q,
			&((struct work *)t->asked)->prepared, t->now_s, t->reply, t->room,
			t->diag);
	}
}

static void idle(void *self)
{
	struct drp_notary *n = self;
	drp_notary_reports_idle(n->reports);
}

static const struct drp_exchange_role notary_role = {.name = "notary",
	.work_bytes = sizeof(struct work),
	.logs_reasons = 1,
	.takes = takes,
	.prepare = prepare,
	.answer = answer,
	.idle = idle,
	.clear = clear};

enum drp_err drp_notary_new(struct drp_hub *hub, struct drp_notary **notary)
{
	struct drp_notary *n = drp_alloc(1, sizeof *n);
	if (!n) {
		return DRP_E_NOMEM;
	}
	n->side = (struct drp_exchange_side){&notary_role, n, hub};
	enum drp_err err = drp_notary_reports_new(hub, &n->reports);
	if (err) {
		drp_free(n);
		return err;
	}
	*notary = n;
	return DRP_OK;
}

void drp_notary_free(struct drp_notary *notary)
{
	if (notary) {
		drp_notary_reports_free(notary->reports);
		drp_free(notary);
	}
}

struct drp_service drp_notary_hooks(struct drp_notary *notary)
{
	return drp_exchange_hooks(&notary->side);
}
