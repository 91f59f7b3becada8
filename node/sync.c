/* SPDX-License-Identifier: Apache-2.0 */
#include "node/sync.h"

#include "proto/base/alloc.h"
#include "proto/runtime/link.h"
#include "proto/runtime/log.h"

#include <stdio.h>
#include <string.h>

#define CONNECT_TIMEOUT_MS 5000

/* ---- the host: what a visit learns becomes durable here ---- */

static int64_t now_s(void *self)
{
	return drp_node_now_s(((struct drp_node_sync *)self)->node);
}

static int token(void *self, uint8_t out[32])
{
	struct drp_node_sync *s = self;
	struct drp_buf b = {0};
	int present =
		drp_node_get(s->node->store, "token", &b, NULL) == DRP_OK && b.len == 32;
	if (present) {
		memcpy(out, b.data, 32);
	}
	drp_buf_wipe(&b);
	return present;
}

static enum drp_err enrolled(void *self, const char *school, const char *name)
{
	struct drp_node_sync *s = self;
	struct drp_node_store *store = s->node->store;
	if (strcmp(school, s->node->school) != 0) {
		return drp_fail(s->diag, DRP_E_INVITE,
			"the hub enrolled another school than the invite names; ask its "
			"operator for a new invite");
	}
	enum drp_err err = drp_node_begin(store, s->diag);
	if (err) {
		return err;
	}
	err = drp_node_set(store, "school-name", name, strlen(name), s->diag);
	err = err ? err : drp_node_unset(store, "token", s->diag);
	err = drp_node_end(store, err, s->diag);
	s->node->enrolled = err == DRP_OK;
	return err;
}

/* The stored row of an announced campaign, or a new one. */
static enum drp_err known_campaign(struct drp_node_sync *s,
	const struct drp_hash *manifest, struct drp_node_campaign *out, int *known)
{
	struct drp_node_campaign *list = NULL;
	size_t n = 0;
	enum drp_err err = drp_node_campaigns(s->node->store, &list, &n, s->diag);
	memset(out, 0, sizeof *out);
	out->manifest = *manifest;
	*known = 0;
	for (size_t i = 0; err == DRP_OK && i < n; i++) {
		if (drp_hash_equal(&list[i].manifest, manifest)) {
			*out = list[i];
			*known = 1;
		}
	}
	drp_free(list);
	return err;
}

/* What is soundly signed but of no use here is set aside: it has no id, so that no
 * command finds it, and it must not keep this node's own contributions from being sent.
 */
static enum drp_err set_aside(
	struct drp_node_sync *s, struct drp_node_campaign *c, const char *why)
{
	drp_log(DRP_LOG_WARN, "sync", "campaign-set-aside", "%s", why);
	c->id[0] = 0;
	memset(&c->instrument, 0, sizeof c->instrument);
	return drp_node_campaign_put(s->node->store, c, s->diag);
}

/* On the sealed track the notary has signed too: it has drawn its noise and charged its
 * ledger. Whether it is the notary of the invite is asked when the campaign is used. */
static enum drp_err check_cosignature(struct drp_node_sync *s,
	const struct drp_node_campaign *c, const struct drp_manifest *m,
	const struct drp_buf *bytes)
{
	enum drp_err err = m->track == DRP_TRACK_SEALED
				   ? drp_verify(&m->notary, "drempel manifest 1",
					     bytes->data, bytes->len, c->cosignature)
				   : DRP_OK;
	return err ? drp_fail(s->diag, err,
			     "the hub announced a sealed campaign that its notary did "
			     "not sign; it was not stored")
		   : DRP_OK;
}

/* A manifest that has fully arrived: hash, signature, then its own content. One that
 * cannot be read is of a later version; one whose id is taken comes from a hub that went
 * back to an old backup and signed again. */
static enum drp_err accept_manifest(
	struct drp_node_sync *s, struct drp_node_campaign *c, const struct drp_buf *bytes)
{
	struct drp_manifest *m = NULL;
	struct drp_diag why = {0};
	enum drp_err err = drp_verify(&s->node->hub, "drempel manifest 1", bytes->data,
		bytes->len, c->signature);
	if (err) {
		return drp_fail(s->diag, err,
			"the hub announced a campaign that its key did not "
			"sign; it was not stored");
	}
	c->checked = 1;
	err = drp_manifest_decode(bytes->data, bytes->len, &m, &why);
	if (err) {
		return err == DRP_E_NOMEM ? drp_fail(s->diag, err, "%s", why.text)
					  : set_aside(s, c, why.text);
	}
	err = check_cosignature(s, c, m, bytes);
	snprintf(c->id, sizeof c->id, "%s", m->id);
	c->instrument = m->instrument;
	c->notary = m->notary;
	c->replaces = m->replaces;
	drp_manifest_free(m);
	err = err ? err : drp_node_campaign_put(s->node->store, c, &why);
	if (err == DRP_E_EXISTS) {
		return set_aside(s, c, "its id is another campaign's");
	}
	return err ? drp_fail(s->diag, err, "%s", why.text) : DRP_OK;
}

/* A campaign that was set aside may be of use by now: this program is newer. */
static enum drp_err look_again(struct drp_node_sync *s, struct drp_node_campaign *c)
{
	struct drp_buf bytes = {0};
	enum drp_err err =
		drp_node_blob_get(s->node->store, &c->manifest, &bytes, s->diag);
	err = err ? err : accept_manifest(s, c, &bytes);
	drp_buf_clear(&bytes);
	return err == DRP_E_NOTFOUND ? DRP_OK : err;
}

static const struct drp_node_campaign *by_manifest(
	const struct drp_node_campaign *list, size_t n, const struct drp_hash *manifest)
{
	for (size_t i = 0; i < n; i++) {
		if (drp_hash_equal(&list[i].manifest, manifest)) {
			return &list[i];
		}
	}
	return NULL;
}

static enum drp_err carry_one(struct drp_node_sync *s,
	const struct drp_node_campaign *old, const struct drp_node_campaign *successor)
{
	struct drp_node_campaign c = *successor;
	struct drp_buf bytes = {0};
	struct drp_manifest *m = NULL;
	enum drp_err err =
		drp_node_blob_get(s->node->store, &c.manifest, &bytes, s->diag);
	err = err ? err : drp_manifest_decode(bytes.data, bytes.len, &m, s->diag);
	err = err ? err
		  : drp_node_carry_over(s->node->store, old->id, c.id, m->period_from,
			    m->period_to, s->diag);
	memset(&c.replaces, 0, sizeof c.replaces);
	err = err ? err : drp_node_campaign_put(s->node->store, &c, s->diag);
	if (err == DRP_OK) {
		drp_log(DRP_LOG_INFO, "sync", "carried-over", "from=%s to=%s", old->id,
			c.id);
	}
	drp_manifest_free(m);
	drp_buf_clear(&bytes);
	return err;
}

/* A campaign that takes the place of one whose notary was lost gets what the school had
 * filled in, once the hub has given the old one up: nothing of it can be opened then. */
static enum drp_err carry_over(struct drp_node_sync *s)
{
	static const struct drp_hash none;
	struct drp_node_campaign *list = NULL;
	size_t n = 0;
	enum drp_err err = drp_node_campaigns(s->node->store, &list, &n, s->diag);
	for (size_t i = 0; err == DRP_OK && i < n; i++) {
		const struct drp_node_campaign *old =
			drp_hash_equal(&list[i].replaces, &none)
				? NULL
				: by_manifest(list, n, &list[i].replaces);
		if (old && list[i].id[0] && old->id[0] &&
			old->state >= DRP_CAMPAIGN_CLOSED &&
			drp_hash_equal(&old->instrument, &list[i].instrument)) {
			err = carry_one(s, old, &list[i]);
		}
	}
	drp_free(list);
	return err;
}

static enum drp_err announced(void *self, const struct drp_announced *campaigns, size_t n)
{
	struct drp_node_sync *s = self;
	enum drp_err err = drp_node_begin(s->node->store, s->diag);
	if (err) {
		return err;
	}
	for (size_t i = 0; err == DRP_OK && i < n; i++) {
		struct drp_node_campaign c;
		int known;
		err = known_campaign(s, &campaigns[i].manifest, &c, &known);
		if (err == DRP_OK && !c.checked) {
			memcpy(c.signature, campaigns[i].signature, sizeof c.signature);
			memcpy(c.cosignature, campaigns[i].cosignature,
				sizeof c.cosignature);
		}
		c.state = campaigns[i].state;
		err = err ? err : drp_node_campaign_put(s->node->store, &c, s->diag);
		if (err == DRP_OK && c.checked && !c.id[0]) {
			err = look_again(s, &c);
		}
		s->announced[s->n_announced++] = campaigns[i].manifest;
	}
	err = err ? err : carry_over(s);
	return drp_node_end(s->node->store, err, s->diag);
}

static int is_announced(const struct drp_node_sync *s, const struct drp_hash *manifest)
{
	for (size_t i = 0; i < s->n_announced; i++) {
		if (drp_hash_equal(&s->announced[i], manifest)) {
			return 1;
		}
	}
	return 0;
}

/* Blobs that no campaign refers to are never asked for: a manifest first, then, once it
 * is known, its instrument. Nor is what the hub no longer announces: one restored from
 * a backup may have lost it, and its refusal would end every visit before the outbox. */
static int missing(void *self, struct drp_hash *blob, uint32_t *held)
{
	struct drp_node_sync *s = self;
	struct drp_node_campaign *list = NULL;
	size_t n = 0;
	int found = 0;
	if (drp_node_campaigns(s->node->store, &list, &n, NULL)) {
		return 0;
	}
	for (size_t i = 0; i < n && !found; i++) {
		if (!is_announced(s, &list[i].manifest)) {
			continue;
		}
		const struct drp_hash *wanted[] = {
			&list[i].manifest, &list[i].instrument};
		static const struct drp_hash unknown;
		for (int k = 0; k < 2 && !found; k++) {
			uint32_t total;
			if (drp_hash_equal(wanted[k], &unknown) ||
				drp_node_blob_held(
					s->node->store, wanted[k], held, &total, NULL)) {
				continue;
			}
			found = total == 0 || *held < total;
			*blob = *wanted[k];
		}
	}
	drp_free(list);
	return found;
}

/* Called with a whole blob inside the transaction that completed it. */
static enum drp_err accept_blob(struct drp_node_sync *s, const struct drp_hash *blob)
{
	struct drp_buf bytes = {0};
	struct drp_hash hash;
	struct drp_node_campaign c;
	int is_manifest = 0;
	enum drp_err err = drp_node_blob_get(s->node->store, blob, &bytes, s->diag);
	if (err == DRP_OK) {
		drp_hash_bytes(bytes.data, bytes.len, &hash);
		if (!drp_hash_equal(&hash, blob)) {
			err = drp_fail(s->diag, DRP_E_HASH,
				"what the hub sent does not match its hash; it was not "
				"stored");
		}
	}
	err = err ? err : known_campaign(s, blob, &c, &is_manifest);
	if (err == DRP_OK && is_manifest && !c.checked) {
		err = accept_manifest(s, &c, &bytes);
		err = err ? err : carry_over(s);
	}
	drp_buf_clear(&bytes);
	return err;
}

static enum drp_err piece(void *self, const struct drp_hash *blob, uint32_t total,
	uint32_t offset, const void *bytes, size_t n)
{
	struct drp_node_sync *s = self;
	struct drp_node_store *store = s->node->store;
	enum drp_err err = drp_node_begin(store, s->diag);
	if (err) {
		return err;
	}
	err = drp_node_blob_append(store, blob, total, offset, bytes, n, s->diag);
	if (err == DRP_OK && offset + n == total) {
		err = accept_blob(s, blob);
	}
	err = drp_node_end(store, err, s->diag);
	if (err == DRP_E_HASH || err == DRP_E_MALFORMED || err == DRP_E_SIGNATURE) {
		/* Begin again next time rather than hold on to bytes that cannot be
		 * right. */
		if (drp_node_blob_drop(store, blob, NULL)) {
			drp_log(DRP_LOG_WARN, "sync", "blob-drop-failed", "-");
		}
	}
	return err;
}

/* The entry as it stands now: another process may have withdrawn or sent it since this
 * visit began. */
static enum drp_err refresh(struct drp_node_sync *s, struct drp_released *r)
{
	char campaign[DRP_NAME_MAX];
	memcpy(campaign, r->campaign, sizeof campaign);
	return drp_node_release_get(
		s->node->store, campaign, r->level, r->group, r, s->diag);
}

static enum drp_err fill_out(
	struct drp_node_sync *s, const struct drp_released *r, struct drp_out *out)
{
	struct drp_node_campaign c;
	int known;
	*out = (struct drp_out){.kind = r->state != DRP_RELEASE_READY  ? DRP_OUT_WITHDRAW
					: r->track == DRP_TRACK_SEALED ? DRP_OUT_REPORT
								       : DRP_OUT_SUBMIT,
		.request = r->request,
		.campaign = r->manifest,
		.contribution = r->hash,
		.unit = r->unit,
		.group = r->group};
	enum drp_err err = known_campaign(s, &r->manifest, &c, &known);
	out->notary = c.notary;
	return err ? err
		   : drp_node_release_bytes(
			     s->node->store, &r->hash, &out->bytes, s->diag);
}

static int next_out(void *self, struct drp_out *out)
{
	struct drp_node_sync *s = self;
	while (s->next < s->n_outbox && !s->failed) {
		struct drp_released *r = &s->outbox[s->next++];
		s->failed = refresh(s, r);
		if (s->failed) {
			break;
		}
		if ((r->state != DRP_RELEASE_READY &&
			    r->state != DRP_RELEASE_WITHDRAWING) ||
			(s->options.only && strcmp(s->options.only, r->campaign) != 0)) {
			continue;
		}
		s->failed = fill_out(s, r, out);
		if (s->failed == DRP_OK) {
			return 1;
		}
		drp_buf_clear(&out->bytes);
	}
	return 0;
}

/* The state after the hub's answer to what was sent in state `sent`, when the entry is
 * in state `now`. A withdrawal that came while the contribution was on its way is not
 * forgotten, and a late refusal does not undo what another process settled. */
static int state_after(int sent, int now, int answered)
{
	if (now == sent) {
		return answered;
	}
	if ((answered == DRP_RELEASE_STORED || answered == DRP_RELEASE_CONFIRMED) &&
		sent == DRP_RELEASE_READY &&
		(now == DRP_RELEASE_WITHDRAWING || now == DRP_RELEASE_WITHDRAWN)) {
		return DRP_RELEASE_WITHDRAWING;
	}
	return answered == DRP_RELEASE_REFUSED || now == DRP_RELEASE_WITHDRAWN ? now
									       : answered;
}

static enum drp_err record(struct drp_node_sync *s, const struct drp_out *out, int state,
	const char *event, const char *note, const struct drp_receipt *receipt)
{
	struct drp_node_store *store = s->node->store;
	struct drp_log_row row = {.time_s = drp_node_now_s(s->node),
		.campaign = out->campaign,
		.unit = out->unit,
		.group = out->group,
		.bytes = out->contribution};
	snprintf(row.event, sizeof row.event, "%s", event);
	enum drp_err err = drp_node_begin(store, s->diag);
	if (err) {
		return err;
	}
	struct drp_released *r = &s->outbox[s->next - 1];
	int sent = r->state;
	err = refresh(s, r);
	err = err ? err
		  : drp_node_release_state(store, &out->contribution,
			    state_after(sent, r->state, state), note, receipt, s->diag);
	err = err ? err : drp_node_log_append(store, &row, s->diag);
	return drp_node_end(store, err, s->diag);
}

/* The notary's receipt, in the transaction of the caller. */
static enum drp_err confirm(struct drp_node_sync *s, const struct drp_released *r,
	const struct drp_receipt *confirmed)
{
	struct drp_log_row row = {.time_s = drp_node_now_s(s->node),
		.event = "confirmed",
		.campaign = r->manifest,
		.unit = r->unit,
		.group = r->group,
		.bytes = r->hash};
	int state = r->state == DRP_RELEASE_STORED || r->state == DRP_RELEASE_READY
			    ? DRP_RELEASE_CONFIRMED
			    : r->state;
	enum drp_err err =
		drp_node_release_confirm(s->node->store, &r->hash, confirmed, s->diag);
	err = err ? err
		  : drp_node_release_state(
			    s->node->store, &r->hash, state, "", NULL, s->diag);
	err = err ? err : drp_node_log_append(s->node->store, &row, s->diag);
	s->result->confirmed += err == DRP_OK;
	return err;
}

static enum drp_err settled(void *self, struct drp_out *out,
	const struct drp_receipt *receipt, const struct drp_receipt *confirmed)
{
	struct drp_node_sync *s = self;
	enum drp_err err =
		receipt ? record(s, out, DRP_RELEASE_STORED, "stored", "", receipt)
			: record(s, out, DRP_RELEASE_WITHDRAWN, "withdrawn", "", NULL);
	if (err) {
		return err;
	}
	s->result->stored += receipt != NULL;
	s->result->withdrawn += receipt == NULL;
	if (!confirmed) {
		return DRP_OK;
	}
	struct drp_released *r = &s->outbox[s->next - 1];
	err = drp_node_begin(s->node->store, s->diag);
	if (err) {
		return err;
	}
	err = refresh(s, r);
	err = err || r->has_confirmed ? err : confirm(s, r, confirmed);
	return drp_node_end(s->node->store, err, s->diag);
}

/* A refusal ends an entry, except where time or the operator can still change it. */
static enum drp_err refused(
	void *self, struct drp_out *out, enum drp_err why, const char *text)
{
	struct drp_node_sync *s = self;
	if (out->kind == DRP_OUT_WITHDRAW && why == DRP_E_NOTFOUND) {
		return settled(self, out, NULL,
			NULL); /* it never arrived: nothing to take back */
	}
	s->result->refused++;
	snprintf(s->result->refusal, sizeof s->result->refusal, "%s", text);
	/* A hub that does not know its own campaign may yet find its backup; until then
	 * the entry waits, and the entries of other campaigns go on. */
	if (why == DRP_E_NOTFOUND) {
		return DRP_OK;
	}
	if (why == DRP_E_CLOCK || why == DRP_E_UNKNOWN_KEY || why == DRP_E_REVOKED) {
		return drp_fail(s->diag, why, "the hub refused: %s", text);
	}
	int state = DRP_RELEASE_REFUSED;
	if (out->kind == DRP_OUT_WITHDRAW) {
		/* The hub keeps it, so it counts. Without a receipt it is sent again: the
		 * hub answers a repeat with the receipt, also after the close. */
		const struct drp_released *r = &s->outbox[s->next - 1];
		state = r->has_confirmed ? DRP_RELEASE_CONFIRMED
			: r->has_receipt ? DRP_RELEASE_STORED
					 : DRP_RELEASE_READY;
	}
	return record(s, out, state, "refused", text, NULL);
}

/* ---- what became of sealed reports ---- */

static int is_unconfirmed(const struct drp_released *r)
{
	return r->track == DRP_TRACK_SEALED && !r->has_confirmed &&
	       r->state == DRP_RELEASE_STORED;
}

/* After the freeze the hub is asked once more: what it says then is the end of it. */
static int is_open_question(
	const struct drp_node_campaign *c, const struct drp_released *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (is_unconfirmed(&list[i]) &&
			drp_hash_equal(&list[i].manifest, &c->manifest) &&
			!(c->state == DRP_CAMPAIGN_FROZEN && list[i].note[0])) {
			return 1;
		}
	}
	return 0;
}

/* The campaigns of which the notary's word is still to come. */
static enum drp_err find_open(struct drp_node_sync *s)
{
	struct drp_released *list = NULL;
	size_t n = 0, campaigns = 0;
	enum drp_err err = drp_node_releases(s->node->store, NULL, &list, &n, s->diag);
	err = err ? err
		  : drp_node_campaigns(s->node->store, &s->open, &campaigns, s->diag);
	for (size_t i = 0; err == DRP_OK && i < campaigns; i++) {
		if (is_open_question(&s->open[i], list, n)) {
			s->open[s->n_open++] = s->open[i];
		}
	}
	drp_free(list);
	return err;
}

static int next_status(void *self, struct drp_status_ask *ask)
{
	struct drp_node_sync *s = self;
	struct drp_node_campaign c;
	int known;
	if (s->options.status && !s->asked) {
		s->asked = 1;
		s->failed = known_campaign(s, s->options.status, &c, &known);
		*ask = (struct drp_status_ask){*s->options.status, c.notary, 1};
		return s->failed == DRP_OK;
	}
	if (s->asked < 2 && s->failed == DRP_OK) {
		s->asked = 2;
		s->failed = find_open(s);
	}
	if (s->failed || s->next_open == s->n_open) {
		return 0;
	}
	const struct drp_node_campaign *next = &s->open[s->next_open++];
	*ask = (struct drp_status_ask){next->manifest, next->notary, 0};
	return 1;
}

static enum drp_err note_event(struct drp_node_sync *s, const struct drp_released *r,
	int state, const char *event, const char *note)
{
	struct drp_log_row row = {.time_s = drp_node_now_s(s->node),
		.campaign = r->manifest,
		.unit = r->unit,
		.group = r->group,
		.bytes = r->hash};
	snprintf(row.event, sizeof row.event, "%s", event);
	enum drp_err err = drp_node_release_state(
		s->node->store, &r->hash, state, note, NULL, s->diag);
	return err ? err : drp_node_log_append(s->node->store, &row, s->diag);
}

/* What the answer says of one report that this node is not sure of. */
static enum drp_err settle_report(struct drp_node_sync *s, const struct drp_released *r,
	int campaign_state, const struct drp_reply *reply)
{
	for (uint32_t i = 0; i < reply->status.n; i++) {
		const struct drp_receipt *receipt = &reply->status.receipt[i];
		if (memcmp(&receipt->hub, &s->node->hub, sizeof receipt->hub) != 0 &&
			drp_hash_equal(&receipt->contribution, &r->hash) &&
			memcmp(&receipt->unit, &r->unit, sizeof r->unit) == 0 &&
			receipt->group == r->group) {
			return confirm(s, r, receipt);
		}
	}
	for (uint32_t i = 0; i < reply->status.n_refused; i++) {
		const struct drp_refused *refused = &reply->status.refused[i];
		if (refused->group == r->group &&
			memcmp(&refused->unit, &r->unit, sizeof r->unit) == 0) {
			s->result->refused++;
			snprintf(s->result->refusal, sizeof s->result->refusal, "%s",
				drp_err_text(refused->reason));
			return note_event(
				s, r, DRP_RELEASE_REFUSED, "refused", s->result->refusal);
		}
	}
	return campaign_state >= DRP_CAMPAIGN_CLOSED && !r->note[0]
		       ? note_event(s, r, r->state, "not-counted", DRP_NOT_COUNTED)
		       : DRP_OK;
}

static enum drp_err settle_reports(struct drp_node_sync *s,
	const struct drp_hash *manifest, const struct drp_reply *reply)
{
	struct drp_released *list = NULL;
	struct drp_node_campaign c;
	size_t n = 0;
	int known;
	enum drp_err err = drp_node_begin(s->node->store, s->diag);
	if (err) {
		return err;
	}
	err = known_campaign(s, manifest, &c, &known);
	err = err ? err : drp_node_releases(s->node->store, NULL, &list, &n, s->diag);
	for (size_t i = 0; err == DRP_OK && i < n; i++) {
		if (is_unconfirmed(&list[i]) &&
			drp_hash_equal(&list[i].manifest, manifest)) {
			err = settle_report(s, &list[i], c.state, reply);
		}
	}
	drp_free(list);
	return drp_node_end(s->node->store, err, s->diag);
}

static enum drp_err status(
	void *self, const struct drp_status_ask *ask, const struct drp_reply *reply)
{
	struct drp_node_sync *s = self;
	if (ask->required) {
		memcpy(s->result->receipt, reply->status.receipt,
			reply->status.n * sizeof *reply->status.receipt);
		s->result->n_receipts = reply->status.n;
	}
	return settle_reports(s, &ask->campaign, reply);
}

/* ---- a visit ---- */

enum drp_err drp_node_sync_begin(struct drp_node_sync *sync, struct drp_node *node,
	const struct drp_sync_options *options, struct drp_sync_result *result,
	struct drp_diag *diag)
{
	memset(sync, 0, sizeof *sync);
	memset(result, 0, sizeof *result);
	sync->node = node;
	sync->options = *options;
	sync->result = result;
	sync->diag = diag;
	sync->host = (struct drp_node_host){.self = sync,
		.now_s = now_s,
		.token = token,
		.enrolled = enrolled,
		.announced = announced,
		.missing = missing,
		.piece = piece,
		.next_out = next_out,
		.settled = settled,
		.refused = refused,
		.next_status = next_status,
		.status = status};
	struct drp_node_session_config config = {.keys = node->keys,
		.hub = node->hub,
		.rng = node->rng,
		.push = options->push};
	memcpy(config.hub_box, node->hub_box, sizeof config.hub_box);
	drp_node_session_init(&sync->session, &config, &sync->host);
	return options->push ? drp_node_releases(node->store, NULL, &sync->outbox,
				       &sync->n_outbox, diag)
			     : DRP_OK;
}

void drp_node_sync_end(struct drp_node_sync *sync)
{
	drp_free(sync->outbox);
	drp_free(sync->open);
	sync->outbox = NULL;
	sync->open = NULL;
	drp_node_session_clear(&sync->session);
}

static enum drp_err exchange_all(struct drp_node_sync *sync, struct drp_link *link)
{
	struct drp_buf request = {0}, reply = {0};
	enum drp_err err = DRP_OK;
	int done = 0;
	while (err == DRP_OK) {
		request.len = reply.len = 0;
		err = drp_node_session_next(&sync->session, &request, &done, sync->diag);
		if (err || done) {
			err = err ? err : sync->failed;
			break;
		}
		err = drp_link_exchange(link, request.data, request.len,
			DRP_REQUEST_TIMEOUT_MS, &reply, sync->diag);
		err = err ? err
			  : drp_node_session_reply(
				    &sync->session, reply.data, reply.len, sync->diag);
	}
	drp_buf_clear(&request);
	drp_buf_clear(&reply);
	return err;
}

enum drp_err drp_node_sync(struct drp_node *node, const struct drp_sync_options *options,
	struct drp_sync_result *result, struct drp_diag *diag)
{
	struct drp_node_sync sync;
	struct drp_link *link = NULL;
	enum drp_err err = drp_node_sync_begin(&sync, node, options, result, diag);
	err = err ? err
		  : drp_link_open(options->url ? options->url : node->url,
			    options->connect_timeout_ms ? options->connect_timeout_ms
							: CONNECT_TIMEOUT_MS,
			    &link, diag);
	if (err == DRP_OK) {
		err = exchange_all(&sync, link);
		drp_link_close(link);
	}
	drp_node_sync_end(&sync);
	return err;
}
