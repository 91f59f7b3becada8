/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/session/verification.h"

#include "proto/base/alloc.h"
#include "proto/session/sharding.h"
#include "proto/vdaf/pingpong.h"

/* ---- what the school sent ---- */

static int has_the_lengths(
	const struct drp_task *task, const struct drp_report *report, int at_notary)
{
	const struct drp_prio3 *p = &task->prio3;
	size_t hub_n = at_notary ? 0 : p->sizes.first_input_share;
	return report->public_n == p->sizes.public_share && report->hub_n == hub_n &&
	       report->notary_n == p->sizes.other_input_share + DRP_SEAL_BYTES;
}

static enum drp_err check_signature(
	const struct drp_report *report, const struct drp_key *school)
{
	struct drp_buf statement = {0};
	enum drp_err err =
		drp_report_statement_encode(&report->statement, &statement, NULL);
	err = err ? err
		  : drp_verify(school, DRP_REPORT_TAG, statement.data, statement.len,
			    report->signature);
	drp_buf_clear(&statement);
	return err;
}

enum drp_err drp_report_check(const struct drp_task *task,
	const struct drp_manifest *manifest, const struct drp_report *report,
	int at_notary, struct drp_diag *diag)
{
	const struct drp_report_statement *s = &report->statement;
	const struct drp_unit *unit = drp_manifest_unit(manifest, &s->unit);
	if (!drp_hash_equal(&s->campaign, &task->campaign) || s->group != task->group ||
		!has_the_lengths(task, report, at_notary)) {
		return drp_fail(diag, DRP_E_MALFORMED,
			"the report is not one of this campaign and group");
	}
	if (!unit) {
		return drp_fail(diag, DRP_E_NOTFOUND,
			"the report is of a unit that campaign %s does not have",
			manifest->id);
	}
	/* It would count as a school and a board without adding to the cohort. */
	if (unit->eligible[s->group] == 0) {
		return drp_fail(diag, DRP_E_RANGE,
			"the register has nobody eligible in this group at that unit");
	}
	enum drp_err err = check_signature(report, &manifest->key[unit->school]);
	return err ? drp_fail(diag, err,
			     "the report is not signed by the school of its unit")
		   : DRP_OK;
}

/* ---- two aggregators ---- */

static struct drp_bytes whole(const struct drp_buf *buf)
{
	return (struct drp_bytes){buf->data, buf->len};
}

static struct drp_bytes public_share(const struct drp_report *report)
{
	return (struct drp_bytes){report->public_share, report->public_n};
}

/* A result of two pieces: the first is secret. Hands both out, or neither. */
static enum drp_err hand_out(const uint8_t *bytes, size_t secret_n, size_t other_n,
	struct drp_buf *secret, struct drp_buf *other)
{
	size_t secret_before = secret->len, other_before = other->len;
	drp_buf_append(secret, bytes, secret_n);
	drp_buf_append(other, bytes + secret_n, other_n);
	if (secret->failed || other->failed) {
		secret->len = secret_before;
		other->len = other_before;
		return DRP_E_NOMEM;
	}
	return DRP_OK;
}

enum drp_err drp_verification_start(const struct drp_task *task,
	const uint8_t verify_key[DRP_PRIO3_VERIFY_KEY_BYTES],
	const struct drp_report *report, struct drp_buf *state,
	struct drp_buf *initialize)
{
	const struct drp_prio3 *p = &task->prio3;
	size_t state_n = p->sizes.state, message_n = drp_pingpong_initialize_size(p);
	uint8_t *bytes = drp_alloc(state_n + message_n, 1);
	if (!bytes) {
		return DRP_E_NOMEM;
	}
	enum drp_err err = drp_pingpong_start(p, verify_key, report->statement.nonce.b,
		public_share(report),
		(struct drp_bytes){report->hub_share, report->hub_n}, bytes,
		bytes + state_n);
	/* A share with something in it that is no number never verifies either. */
	err = err == DRP_E_MALFORMED ? DRP_E_PROOF : err;
	err = err ? err : hand_out(bytes, state_n, message_n, state, initialize);
	drp_wipe(bytes, state_n);
	drp_free(bytes);
	return err;
}

static enum drp_err unseal(const struct drp_keys *keys, const struct drp_report *report,
	struct drp_buf *share)
{
	uint8_t context[DRP_SHARE_CONTEXT_BYTES], message_key[DRP_MESSAGE_KEY_BYTES];
	drp_share_context(&report->statement, context);
	enum drp_err err = drp_unseal(keys, context, sizeof context, report->notary_share,
		report->notary_n, share, message_key);
	drp_wipe(message_key, sizeof message_key);
	return err;
}

enum drp_err drp_verification_answer(const struct drp_task *task,
	const uint8_t verify_key[DRP_PRIO3_VERIFY_KEY_BYTES], const struct drp_keys *keys,
	const struct drp_report *report, struct drp_bytes initialize,
	struct drp_buf *out_share, struct drp_buf *finish)
{
	const struct drp_prio3 *p = &task->prio3;
	size_t out_n = p->sizes.out_share, message_n = drp_pingpong_finish_size(p);
	struct drp_buf share = {0};
	uint8_t *bytes = drp_alloc(out_n + message_n, 1);
	enum drp_err err = bytes ? unseal(keys, report, &share) : DRP_E_NOMEM;
	if (!err) {
		err = drp_pingpong_answer(p, verify_key, report->statement.nonce.b,
			public_share(report), whole(&share), initialize, bytes,
			bytes + out_n);
	}
	err = err ? err : hand_out(bytes, out_n, message_n, out_share, finish);
	drp_buf_wipe(&share);
	if (bytes) {
		drp_wipe(bytes, out_n);
	}
	drp_free(bytes);
	return err;
}

enum drp_err drp_verification_finish(const struct drp_task *task, struct drp_bytes state,
	struct drp_bytes finish, struct drp_buf *out_share)
{
	const struct drp_prio3 *p = &task->prio3;
	uint8_t *bytes = drp_alloc(p->sizes.out_share, 1);
	if (!bytes) {
		return DRP_E_NOMEM;
	}
	enum drp_err err = drp_pingpong_finish(p, state, finish, bytes);
	if (!err) {
		drp_buf_append(out_share, bytes, p->sizes.out_share);
		err = out_share->failed ? DRP_E_NOMEM : DRP_OK;
	}
	drp_wipe(bytes, p->sizes.out_share);
	drp_free(bytes);
	return err;
}
