/* SPDX-License-Identifier: Apache-2.0 */
#include "node/sync/sync_internal.h"

#include "proto/base/alloc.h"
#include "proto/runtime/log.h"

#include <stdio.h>
#include <string.h>

/* The stored row of an announced campaign, or a new one. */
enum drp_err drp_sync_known_campaign(struct drp_node_sync *s,
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

enum drp_err drp_sync_announced(
	void *self, const struct drp_announced *campaigns, size_t n)
{
	struct drp_node_sync *s = self;
	enum drp_err err = drp_node_begin(s->node->store, s->diag);
	if (err) {
		return err;
	}
	for (size_t i = 0; err == DRP_OK && i < n; i++) {
		struct drp_node_campaign c;
		int known;
		err = drp_sync_known_campaign(s, &campaigns[i].manifest, &c, &known);
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
int drp_sync_missing(void *self, struct drp_hash *blob, uint32_t *held)
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
	err = err ? err : drp_sync_known_campaign(s, blob, &c, &is_manifest);
	if (err == DRP_OK && is_manifest && !c.checked) {
		err = accept_manifest(s, &c, &bytes);
		err = err ? err : carry_over(s);
	}
	drp_buf_clear(&bytes);
	return err;
}

enum drp_err drp_sync_piece(void *self, const struct drp_hash *blob, uint32_t total,
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
