/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/session/sharding.h"

#include "proto/base/alloc.h"
#include "proto/vdaf/pingpong.h"

#include <string.h>

#define SHARE_TAG "drempel share 1"

void drp_share_context(const struct drp_report_statement *statement,
	uint8_t context[DRP_SHARE_CONTEXT_BYTES])
{
	uint8_t *at = context;
	memcpy(at, SHARE_TAG, 16); /* with its final zero */
	at += 16;
	memcpy(at, statement->campaign.b, 32);
	at += 32;
	memcpy(at, statement->unit.b, 16);
	at += 16;
	*at++ = statement->group;
	memcpy(at, statement->nonce.b, 16);
	at += 16;
	memcpy(at, statement->public_share.b, 32);
	at += 32;
	*at = DRP_PINGPONG_NOTARY;
}

/* One report in the making; everything in `secret` is wiped. */
struct making {
	const struct drp_task *task;
	struct drp_report report;
	uint8_t *secret; /* rand | the hub's share | the notary's share */
	size_t secret_n;
	uint8_t *public_share, *hub_share, *notary_share;
	struct drp_buf sealed; /* the notary's share */
};

static enum drp_err shard(
	struct making *m, const uint64_t *counts, const struct drp_rng *rng)
{
	const struct drp_prio3 *p = &m->task->prio3;
	struct drp_report_statement *s = &m->report.statement;
	m->secret_n =
		p->sizes.rand + p->sizes.first_input_share + p->sizes.other_input_share;
	m->secret = drp_alloc(m->secret_n, 1);
	m->public_share = drp_alloc(p->sizes.public_share, 1);
	if (!m->secret || !m->public_share) {
		return DRP_E_NOMEM;
	}
	m->hub_share = m->secret + p->sizes.rand;
	m->notary_share = m->hub_share + p->sizes.first_input_share;
	uint8_t *const shares[] = {m->hub_share, m->notary_share};
	rng->fill(rng->self, s->nonce.b, sizeof s->nonce.b);
	rng->fill(rng->self, m->secret, p->sizes.rand);
	return drp_prio3_shard(p, counts, s->nonce.b, m->secret, m->public_share, shares);
}

static enum drp_err seal(struct making *m, const uint8_t notary_box[DRP_BOX_KEY_BYTES])
{
	const struct drp_prio3 *p = &m->task->prio3;
	struct drp_report_statement *s = &m->report.statement;
	uint8_t context[DRP_SHARE_CONTEXT_BYTES], message_key[DRP_MESSAGE_KEY_BYTES];
	drp_hash_bytes(m->public_share, p->sizes.public_share, &s->public_share);
	drp_hash_bytes(m->hub_share, p->sizes.first_input_share, &s->hub_share);
	drp_share_context(s, context);
	enum drp_err err = drp_seal(notary_box, context, sizeof context, m->notary_share,
		p->sizes.other_input_share, &m->sealed, message_key);
	drp_wipe(message_key, sizeof message_key); /* nobody answers under it */
	drp_hash_bytes(m->sealed.data, m->sealed.len, &s->notary_share);
	return err;
}

static enum drp_err sign_and_encode(struct making *m, const struct drp_keys *keys,
	struct drp_buf *out, struct drp_hash *name)
{
	const struct drp_prio3 *p = &m->task->prio3;
	struct drp_report *r = &m->report;
	struct drp_buf statement = {0};
	r->public_share = m->public_share;
	r->public_n = p->sizes.public_share;
	r->hub_share = m->hub_share;
	r->hub_n = p->sizes.first_input_share;
	r->notary_share = m->sealed.data;
	r->notary_n = m->sealed.len;
	enum drp_err err = drp_report_statement_encode(&r->statement, &statement, name);
	if (!err) {
		drp_sign(keys, DRP_REPORT_TAG, statement.data, statement.len,
			r->signature);
		err = drp_report_encode(r, out);
	}
	drp_buf_clear(&statement);
	return err;
}

enum drp_err drp_report_make(const struct drp_task *task, const uint64_t *counts,
	const struct drp_id *unit, const struct drp_keys *keys,
	const uint8_t notary_box[DRP_BOX_KEY_BYTES], const struct drp_rng *rng,
	struct drp_buf *out, struct drp_hash *name)
{
	struct making m = {.task = task,
		.report.statement = {.campaign = task->campaign,
			.unit = *unit,
			.group = (uint8_t)task->group}};
	enum drp_err err = shard(&m, counts, rng);
	err = err ? err : seal(&m, notary_box);
	err = err ? err : sign_and_encode(&m, keys, out, name);
	if (m.secret) {
		drp_wipe(m.secret, m.secret_n);
	}
	drp_free(m.secret);
	drp_free(m.public_share);
	drp_buf_clear(&m.sealed);
	return err;
}
