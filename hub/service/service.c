/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/service/service_internal.h"

#include "hub/campaign/gather.h"
#include "hub/store/store_sealed.h"
#include "proto/base/alloc.h"
#include "proto/base/text.h"
#include "proto/runtime/log.h"

#include <stdio.h>
#include <string.h>

/* ---- open: any worker thread ---- */

static enum drp_err prepare(void *self, struct drp_exchange *asked)
{
	struct drp_service_work *w = (struct drp_service_work *)asked;
	const struct drp_request *q = &asked->request;
	enum drp_err err = DRP_OK;
	if (q->type == DRP_MSG_SUBMIT) {
		err = drp_contribution_decode(
			q->submit.bytes, q->submit.n, &w->contribution);
		drp_hash_bytes(q->submit.bytes, q->submit.n, &w->hash);
	}
	if (q->type == DRP_MSG_REPORT) {
		err = drp_service_read_report(self, w);
	}
	return err;
}

/* ---- commit: the store thread ---- */

/* Nothing is stored any more: the freeze erases the key's file, and no copy of the key
 * may outlive it here. */
static void forget_key(struct drp_service_campaign *c)
{
	drp_wipe(c->key, sizeof c->key);
	c->has_key = 0;
}

static void free_campaign(struct drp_service_campaign *c)
{
	if (c->tasks) {
		drp_tasks_free(c->tasks);
	} else {
		drp_manifest_free(c->manifest);
	}
	drp_wipe(c, sizeof *c);
	drp_free(c);
}

/* Of a campaign on the sealed track, what reports are checked against; of one on the
 * open track, how many values a contribution has. */
static enum drp_err load_content(struct drp_hub_service *s,
	const struct drp_campaign_row *row, struct drp_service_campaign *c,
	struct drp_diag *diag)
{
	struct drp_instrument *instrument = NULL;
	if (row->cosigned) {
		enum drp_err err = drp_tasks_load(s->hub, row, &c->tasks, diag);
		c->manifest = c->tasks ? c->tasks->manifest : NULL;
		return err;
	}
	enum drp_err err = drp_hub_manifest(s->hub, row, &c->manifest, diag);
	err = err ? err : drp_hub_instrument(s->hub, &row->instrument, &instrument, diag);
	for (int g = 0; err == DRP_OK && g < DRP_GROUPS; g++) {
		uint16_t items[DRP_ITEMS_MAX];
		c->values_expected[g] =
			2 * (uint32_t)drp_instrument_vector(
				    instrument, (enum drp_group)g, DRP_ITEM_CORE, items);
	}
	drp_instrument_free(instrument);
	return err;
}

static enum drp_err load_campaign(struct drp_hub_service *s,
	const struct drp_campaign_row *row, struct drp_service_campaign **out,
	struct drp_diag *diag)
{
	char path[DRP_PATH_MAX];
	struct drp_service_campaign *c = drp_alloc(1, sizeof *c);
	if (!c) {
		return DRP_E_NOMEM;
	}
	snprintf(c->id, sizeof c->id, "%s", row->id);
	enum drp_err err = load_content(s, row, c, diag);
	if (err == DRP_OK && row->state == DRP_CAMPAIGN_OPEN) {
		err = drp_hub_key_path(s->hub, row->id, path, diag);
		err = err ? err : drp_secret_key_load(path, c->key, diag);
		c->has_key = 1;
	}
	if (err) {
		free_campaign(c);
		/* A manifest or key that this hub lost is its own fault, whatever the
		 * reader of the file called it, and no answer to a school. */
		return drp_exchange_is_fault(err) ? err : DRP_E_STORE;
	}
	pthread_mutex_lock(&s->lock);
	c->next = s->campaigns;
	s->campaigns = c;
	pthread_mutex_unlock(&s->lock);
	*out = c;
	return DRP_OK;
}

/* The campaign and its present state; *c is NULL when there is none. */
static enum drp_err find_campaign(struct drp_service_turn *t, const struct drp_hash *hash,
	struct drp_service_campaign **c, enum drp_campaign_state *state)
{
	struct drp_campaign_row row;
	*c = NULL;
	enum drp_err err = drp_hub_campaign_by_manifest(t->store, hash, &row, t->diag);
	if (err == DRP_E_NOTFOUND) {
		return DRP_OK;
	}
	if (err) {
		return err;
	}
	*state = (enum drp_campaign_state)row.state;
	for (struct drp_service_campaign *k = t->s->campaigns; k; k = k->next) {
		if (drp_hash_equal(&k->manifest->hash, hash)) {
			if (*state != DRP_CAMPAIGN_OPEN) {
				forget_key(k);
			}
			*c = k;
			return DRP_OK;
		}
	}
	return load_campaign(t->s, &row, c, t->diag);
}

static enum drp_err answer_enrol(struct drp_service_turn *t)
{
	struct drp_hash token;
	struct drp_invite_facts facts = {.now_s = t->now_s};
	struct drp_school school = {0};
	int repeat = 0;
	drp_hash_tagged("drempel invite 1", t->w->asked.request.enrol.token,
		sizeof t->w->asked.request.enrol.token, &token);
	enum drp_err err = drp_hub_invite_get(t->store, &token, school.id,
		&facts.expires_s, &facts.used, &facts.used_by, t->diag);
	facts.known = err == DRP_OK;
	if (err != DRP_OK && err != DRP_E_NOTFOUND) {
		return err;
	}
	if (facts.known) {
		char id[DRP_CODE_MAX];
		memcpy(id, school.id, sizeof id);
		err = drp_hub_school_get(t->store, id, &school, t->diag);
		if (err) {
			return err;
		}
		facts.revoked = school.revoked;
	}
	err = drp_judge_enrol(&facts, &t->w->asked.sender, &repeat, t->diag);
	if (err == DRP_OK && !repeat) {
		err = drp_hub_enrol(t->store, &token, school.id, &t->w->asked.sender,
			t->now_s, t->diag);
		if (err == DRP_OK) {
			drp_log(DRP_LOG_INFO, "service", "enrolled", "school=%s",
				school.id);
		}
	}
	/* A repeat too: the school may have got its voucher later. */
	if (err == DRP_OK && drp_proof_given(t->w->asked.request.enrol.proof)) {
		err = drp_hub_school_prove(t->store, school.id, &t->w->asked.sender,
			t->w->asked.request.enrol.proof, t->diag);
	}
	snprintf(t->reply->enrol.school, sizeof t->reply->enrol.school, "%s", school.id);
	snprintf(t->reply->enrol.name, sizeof t->reply->enrol.name, "%s", school.name);
	return err;
}

static enum drp_err answer_sync(struct drp_service_turn *t)
{
	struct drp_campaign_row *rows = NULL;
	size_t n = 0;
	enum drp_err err = drp_hub_campaigns(t->store, &rows, &n, t->diag);
	/* The newest ones, when there are more than a message announces. */
	for (size_t i = n; err == DRP_OK && i-- > 0;) {
		uint32_t k = t->reply->sync.n;
		if (rows[i].state == DRP_CAMPAIGN_DRAFT || k == DRP_SYNC_CAMPAIGNS_MAX) {
			continue;
		}
		struct drp_announced *a = &t->reply->sync.campaign[t->reply->sync.n++];
		a->manifest = rows[i].manifest;
		memcpy(a->signature, rows[i].signature, sizeof a->signature);
		memcpy(a->cosignature, rows[i].cosignature, sizeof a->cosignature);
		a->state = rows[i].state;
	}
	drp_free(rows);
	return err;
}

static enum drp_err answer_status(struct drp_service_turn *t)
{
	struct drp_service_campaign *c;
	enum drp_campaign_state state;
	enum drp_err err =
		find_campaign(t, &t->w->asked.request.status.campaign, &c, &state);
	if (err || !c) {
		return err ? err
			   : drp_fail(t->diag, DRP_E_NOTFOUND,
				     "the hub has no such campaign");
	}
	const struct drp_manifest *m = c->manifest;
	int takes_part = 0;
	for (uint32_t u = 0; err == DRP_OK && u < m->n_units; u++) {
		if (memcmp(&m->key[m->unit[u].school], &t->w->asked.sender,
			    sizeof t->w->asked.sender)) {
			continue;
		}
		takes_part = 1;
		for (int g = 0; g < DRP_GROUPS && t->reply->status.n < DRP_STATUS_MAX;
			g++) {
			struct drp_stored stored;
			enum drp_err found = drp_hub_contribution_get(
				t->store, c->id, &m->unit[u].id, g, &stored, t->diag);
			if (found == DRP_OK) {
				found = drp_service_tell(t, c->id, &stored);
			}
			err = found == DRP_E_NOTFOUND ? err : found;
		}
	}
	return err || !takes_part ? err : drp_service_lists(t, c);
}

/* What the rules need to know about a place; the campaign stays in *c. */
enum drp_err drp_service_place(struct drp_service_turn *t,
	const struct drp_hash *campaign, const struct drp_id *unit, int group,
	struct drp_service_campaign **c, struct drp_place_facts *facts,
	struct drp_stored *stored)
{
	*facts = (struct drp_place_facts){
		.sender = &t->w->asked.sender, .now_s = t->now_s};
	enum drp_err err = find_campaign(t, campaign, c, &facts->state);
	if (err || !*c) {
		return err;
	}
	facts->manifest = (*c)->manifest;
	facts->values_expected = (*c)->values_expected[group];
	err = drp_hub_contribution_get(t->store, (*c)->id, unit, group, stored, t->diag);
	if (err == DRP_OK) {
		facts->stored = 1;
		facts->withdrawn = stored->withdrawn;
		facts->stored_hash = stored->hash;
	}
	return err == DRP_E_NOTFOUND ? DRP_OK : err;
}

/* Fills the receipt of what is stored: its place and hash are there. */
static enum drp_err sign_receipt(struct drp_service_turn *t,
	const struct drp_hash *campaign, struct drp_stored *stored)
{
	struct drp_buf statement = {0};
	stored->receipt = (struct drp_receipt){.campaign = *campaign,
		.unit = stored->unit,
		.group = stored->group,
		.contribution = stored->hash,
		.stored_s = t->now_s,
		.hub = t->s->sign_key};
	enum drp_err err = drp_receipt_statement(&stored->receipt, &statement);
	if (err == DRP_OK) {
		drp_sign(t->s->hub->keys, "drempel receipt 1", statement.data,
			statement.len, stored->receipt.signature);
	}
	drp_buf_clear(&statement);
	return err;
}

enum drp_err drp_service_store(struct drp_service_turn *t,
	const struct drp_service_campaign *c, const void *bytes, size_t n,
	struct drp_stored *stored)
{
	const struct drp_hash *campaign = &c->manifest->hash;
	uint8_t context[49];
	struct drp_buf sealed = {0};
	if (!c->has_key) {
		return drp_fail(t->diag, DRP_E_INTERNAL,
			"campaign %s is open without its storage key", c->id);
	}
	enum drp_err err = sign_receipt(t, campaign, stored);
	drp_contribution_context(campaign, &stored->unit, stored->group, context);
	err = err ? err
		  : drp_store_seal(c->key, context, sizeof context, bytes, n, &sealed);
	err = err ? err
		  : drp_hub_contribution_put(
			    t->store, c->id, stored, sealed.data, sealed.len, t->diag);
	drp_buf_clear(&sealed);
	return err;
}

static enum drp_err answer_submit(struct drp_service_turn *t)
{
	const struct drp_contribution *k = &t->w->contribution;
	struct drp_service_campaign *c;
	struct drp_place_facts facts;
	struct drp_stored stored;
	enum drp_err err = drp_service_place(
		t, &k->campaign, &k->unit, k->group, &c, &facts, &stored);
	if (err) {
		return err;
	}
	enum drp_verdict verdict =
		drp_judge_submit(k, &t->w->hash, &facts, &err, t->diag);
	if (verdict == DRP_VERDICT_STORE) {
		stored = (struct drp_stored){
			.unit = k->unit, .group = k->group, .hash = t->w->hash};
		err = drp_service_store(t, c, t->w->asked.request.submit.bytes,
			t->w->asked.request.submit.n, &stored);
	}
	if (verdict == DRP_VERDICT_REFUSE && err == DRP_E_CONFLICT) {
		drp_log(DRP_LOG_ERROR, "service", "conflict", "campaign=%s", c->id);
	}
	if (err == DRP_OK) {
		t->reply->submit.receipt = stored.receipt;
	}
	return err;
}

/* A withdrawal may overtake its contribution, by chance or because somebody holds that
 * back: the place is taken, so that what arrives later is refused. */
static enum drp_err withdraw_in_advance(
	struct drp_service_turn *t, const struct drp_service_campaign *c)
{
	const struct drp_request *q = &t->w->asked.request;
	struct drp_stored stored = {.unit = q->withdraw.unit,
		.group = q->withdraw.group,
		.hash = q->withdraw.contribution};
	enum drp_err err = sign_receipt(t, &q->withdraw.campaign, &stored);
	return err ? err
		   : drp_hub_contribution_put(t->store, c->id, &stored, "", 0, t->diag);
}

static enum drp_err answer_withdraw(struct drp_service_turn *t)
{
	const struct drp_request *q = &t->w->asked.request;
	struct drp_service_campaign *c;
	struct drp_place_facts facts;
	struct drp_stored stored;
	enum drp_err err = drp_service_place(t, &q->withdraw.campaign, &q->withdraw.unit,
		q->withdraw.group, &c, &facts, &stored);
	err = err ? err : drp_judge_withdraw(&q->withdraw, &facts, t->diag);
	if (err == DRP_OK && !facts.stored) {
		err = withdraw_in_advance(t, c);
	}
	if (err == DRP_OK && !facts.withdrawn) {
		err = drp_hub_contribution_withdraw(
			t->store, c->id, &q->withdraw.unit, q->withdraw.group, t->diag);
		err = err ? err
			  : drp_hub_withdrawal_keep(t->store, c->id, &q->withdraw.unit,
				    q->withdraw.group, q->withdraw.signature, t->diag);
		t->s->erased = 1;
	}
	return err;
}

static enum drp_err check_sender(struct drp_service_turn *t)
{
	if (t->w->asked.request.type == DRP_MSG_ENROL) {
		return DRP_OK; /* the token speaks for it */
	}
	struct drp_school school;
	enum drp_err err =
		drp_hub_school_by_key(t->store, &t->w->asked.sender, &school, t->diag);
	if (err != DRP_OK && err != DRP_E_NOTFOUND) {
		return err;
	}
	const struct drp_sender_facts facts = {.known = err == DRP_OK,
		.revoked = err == DRP_OK && school.revoked,
		.now_s = t->now_s};
	return drp_judge_sender(&facts, t->w->asked.request.at, t->diag);
}

static enum drp_err answer(void *self, const struct drp_exchange_turn *turn)
{
	struct drp_service_turn t = {.s = self,
		.store = turn->hub->store,
		.w = (struct drp_service_work *)turn->asked,
		.reply = turn->reply,
		.diag = turn->diag,
		.now_s = turn->now_s};
	enum drp_err err = check_sender(&t);
	if (err) {
		return err;
	}
	switch (turn->asked->request.type) {
	case DRP_MSG_ENROL:
		return answer_enrol(&t);
	case DRP_MSG_SYNC:
		return answer_sync(&t);
	case DRP_MSG_GET:
		return drp_exchange_get(
			turn, "the hub has no such instrument or manifest");
	case DRP_MSG_STATUS:
		return answer_status(&t);
	case DRP_MSG_SUBMIT:
		return answer_submit(&t);
	case DRP_MSG_WITHDRAW:
		return answer_withdraw(&t);
	case DRP_MSG_REPORT:
		return drp_service_report(&t);
	default:
		return drp_fail(
			t.diag, DRP_E_VERSION, "the hub does not take this request");
	}
}

/* Campaigns are closed and frozen by another process, perhaps with no school asking for
 * one ever again. */
static void idle(void *self)
{
	struct drp_hub_service *s = self;
	struct drp_campaign_row row;
	for (struct drp_service_campaign *c = s->campaigns; c; c = c->next) {
		if (c->has_key &&
			drp_hub_campaign_get(s->hub->store, c->id, &row, NULL) ==
				DRP_OK &&
			row.state != DRP_CAMPAIGN_OPEN) {
			forget_key(c);
		}
	}
	if (s->erased && drp_hub_checkpoint(s->hub->store, NULL) == DRP_OK) {
		s->erased = 0;
	}
}

static const struct drp_exchange_role hub_role = {.name = "service",
	.work_bytes = sizeof(struct drp_service_work),
	.prepare = prepare,
	.answer = answer,
	.idle = idle};

enum drp_err drp_hub_service_new(struct drp_hub *hub, struct drp_hub_service **service)
{
	struct drp_hub_service *s = drp_alloc(1, sizeof *s);
	if (!s) {
		return DRP_E_NOMEM;
	}
	s->hub = hub;
	s->side = (struct drp_exchange_side){&hub_role, s, hub};
	drp_keys_public(hub->keys, &s->sign_key, s->box);
	pthread_mutex_init(&s->lock, NULL);
	*service = s;
	return DRP_OK;
}

void drp_hub_service_free(struct drp_hub_service *s)
{
	while (s && s->campaigns) {
		struct drp_service_campaign *next = s->campaigns->next;
		free_campaign(s->campaigns);
		s->campaigns = next;
	}
	if (s) {
		pthread_mutex_destroy(&s->lock);
	}
	drp_free(s);
}

struct drp_service drp_hub_service_hooks(struct drp_hub_service *service)
{
	return drp_exchange_hooks(&service->side);
}
