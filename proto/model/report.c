/* SPDX-License-Identifier: Apache-2.0
 *
 * Canonical form of a report: a map
 *   campaign        bin 32            manifest hash
 *   group           uint              0 leader, 1 teacher, 2 pupil
 *   hub_share       bin               the hub's input share, as it is
 *   nonce           bin 16            random
 *   notary_share    bin               the notary's input share, sealed for it
 *   public_share    bin               for both
 *   signature       bin 64            over the statement
 *   unit            bin 16            id in the manifest
 *
 * Canonical form of the statement: the same map without signature, where the three
 * shares are their hashes, bin 32.
 */
#include "proto/model/report.h"

#include "proto/crypto/crypto.h"
#include "proto/wire/reader.h"
#include "proto/wire/writer.h"

/* What statement and report begin with, but for the shares between. */
static void write_head(struct drp_writer *w, const struct drp_report_statement *s)
{
	drp_w_key(w, "campaign");
	drp_w_bin(w, s->campaign.b, sizeof s->campaign.b);
	drp_w_key(w, "group");
	drp_w_uint(w, s->group);
}

/* Ends a writer: its bytes go to out, or nothing does. */
static enum drp_err hand_out(
	struct drp_writer *w, struct drp_buf *out, struct drp_hash *name)
{
	enum drp_err err = drp_w_finish(w);
	if (!err) {
		drp_buf_append(out, w->out.data, w->out.len);
		err = out->failed ? DRP_E_NOMEM : DRP_OK;
	}
	if (!err && name) {
		drp_hash_bytes(w->out.data, w->out.len, name);
	}
	drp_w_clear(w);
	return err;
}

enum drp_err drp_report_statement_encode(const struct drp_report_statement *statement,
	struct drp_buf *out, struct drp_hash *name)
{
	struct drp_writer w = {0};
	if (statement->group >= DRP_GROUPS) {
		return DRP_E_RANGE;
	}
	drp_w_map(&w, 7);
	write_head(&w, statement);
	drp_w_key(&w, "hub_share");
	drp_w_bin(&w, statement->hub_share.b, sizeof statement->hub_share.b);
	drp_w_key(&w, "nonce");
	drp_w_bin(&w, statement->nonce.b, sizeof statement->nonce.b);
	drp_w_key(&w, "notary_share");
	drp_w_bin(&w, statement->notary_share.b, sizeof statement->notary_share.b);
	drp_w_key(&w, "public_share");
	drp_w_bin(&w, statement->public_share.b, sizeof statement->public_share.b);
	drp_w_key(&w, "unit");
	drp_w_bin(&w, statement->unit.b, sizeof statement->unit.b);
	return hand_out(&w, out, name);
}

enum drp_err drp_report_encode(const struct drp_report *report, struct drp_buf *out)
{
	struct drp_writer w = {0};
	const struct drp_report_statement *s = &report->statement;
	if (s->group >= DRP_GROUPS || report->hub_n > DRP_MESSAGE_MAX_BYTES ||
		report->notary_n > DRP_MESSAGE_MAX_BYTES ||
		report->public_n > DRP_MESSAGE_MAX_BYTES) {
		return DRP_E_RANGE;
	}
	drp_w_map(&w, 8);
	write_head(&w, s);
	drp_w_key(&w, "hub_share");
	drp_w_bin(&w, report->hub_share, report->hub_n);
	drp_w_key(&w, "nonce");
	drp_w_bin(&w, s->nonce.b, sizeof s->nonce.b);
	drp_w_key(&w, "notary_share");
	drp_w_bin(&w, report->notary_share, report->notary_n);
	drp_w_key(&w, "public_share");
	drp_w_bin(&w, report->public_share, report->public_n);
	drp_w_key(&w, "signature");
	drp_w_bin(&w, report->signature, sizeof report->signature);
	drp_w_key(&w, "unit");
	drp_w_bin(&w, s->unit.b, sizeof s->unit.b);
	return hand_out(&w, out, NULL);
}

static void hash_shares(struct drp_report *report)
{
	struct drp_report_statement *s = &report->statement;
	drp_hash_bytes(report->hub_share, report->hub_n, &s->hub_share);
	drp_hash_bytes(report->notary_share, report->notary_n, &s->notary_share);
	drp_hash_bytes(report->public_share, report->public_n, &s->public_share);
}

static enum drp_err name_of(const struct drp_report *report, struct drp_hash *name)
{
	struct drp_buf statement = {0};
	enum drp_err err =
		drp_report_statement_encode(&report->statement, &statement, name);
	drp_buf_clear(&statement);
	return err;
}

static void read_report(struct drp_reader *r, struct drp_report *report)
{
	struct drp_report_statement *s = &report->statement;
	drp_r_map(r);
	drp_r_key(r, "campaign");
	drp_r_bytes(r, s->campaign.b, sizeof s->campaign.b);
	drp_r_key(r, "group");
	s->group = (uint8_t)drp_r_uint(r, 0, DRP_GROUPS - 1);
	drp_r_key(r, "hub_share");
	report->hub_share = drp_r_bin(r, DRP_MESSAGE_MAX_BYTES, &report->hub_n);
	drp_r_key(r, "nonce");
	drp_r_bytes(r, s->nonce.b, sizeof s->nonce.b);
	drp_r_key(r, "notary_share");
	report->notary_share = drp_r_bin(r, DRP_MESSAGE_MAX_BYTES, &report->notary_n);
	drp_r_key(r, "public_share");
	report->public_share = drp_r_bin(r, DRP_MESSAGE_MAX_BYTES, &report->public_n);
	drp_r_key(r, "signature");
	drp_r_bytes(r, report->signature, sizeof report->signature);
	drp_r_key(r, "unit");
	drp_r_bytes(r, s->unit.b, sizeof s->unit.b);
	drp_r_end_map(r);
}

enum drp_err drp_report_decode(
	const void *bytes, size_t n, struct drp_report *report, struct drp_hash *name)
{
	struct drp_reader *r;
	struct drp_report got = {0};
	enum drp_err err = drp_r_open(bytes, n, DRP_WIRE_ITEMS_MAX, &r);
	if (err) {
		return err;
	}
	read_report(r, &got);
	err = drp_r_close(r);
	if (!err) {
		hash_shares(&got);
		err = name_of(&got, name);
	}
	if (!err) {
		*report = got;
	}
	return err;
}

enum drp_err drp_withdrawal_statement(
	const struct drp_withdrawal *withdrawal, struct drp_buf *out)
{
	struct drp_writer w = {0};
	if (withdrawal->group >= DRP_GROUPS) {
		return DRP_E_RANGE;
	}
	drp_w_map(&w, 4);
	drp_w_key(&w, "campaign");
	drp_w_bin(&w, withdrawal->campaign.b, sizeof withdrawal->campaign.b);
	drp_w_key(&w, "contribution");
	drp_w_bin(&w, withdrawal->contribution.b, sizeof withdrawal->contribution.b);
	drp_w_key(&w, "group");
	drp_w_uint(&w, withdrawal->group);
	drp_w_key(&w, "unit");
	drp_w_bin(&w, withdrawal->unit.b, sizeof withdrawal->unit.b);
	return drp_w_hand_out(&w, out);
}
