/* SPDX-License-Identifier: Apache-2.0
 *
 * A hub with a notary that answer one school's node in memory, for the tests of the
 * node's side of the sealed track: they keep reports, sign receipts and say what the test
 * wants them to. The campaign is that of sealed_fixture.h; the node is its first school.
 */
#ifndef DRP_TESTS_SEALED_HUB_H
#define DRP_TESTS_SEALED_HUB_H

#include "node/release/release.h"
#include "node/sync/sync.h"
#include "proto/base/alloc.h"
#include "proto/session/envelope.h"
#include "tests/support/sealed_fixture.h"

#include <ftw.h>
#include <stdlib.h>
#include <unistd.h>

#define SEALED_TODAY 20727 /* 1 October 2026 */

struct sealed_hub {
	char dir[64], node_dir[96];
	struct sealed_fixture fixture;
	struct drp_buf manifest, instrument, report[DRP_GROUPS];
	struct drp_invite invite;
	struct drp_announced announced[2];
	uint32_t n_announced;
	struct drp_buf second; /* another manifest, of announced[1] */
	struct drp_node node;
	int64_t now_ms;
	unsigned verified; /* bit g: the notary has verified group g's report */
	int other;	   /* the notary verified another report in this place */
	enum drp_err rejected, refuse;	/* refuse: REPORT itself */
	struct drp_buf list[DRP_LISTS]; /* of the close; shown when there are any */
	struct drp_signed_list shown[DRP_LISTS];
	uint32_t n_shown, piece;	   /* piece: bytes of a list at a time */
	enum drp_err refuse_list, unknown; /* GET of a list; STATUS */
	enum drp_err refuse_withdrawal;
	uint32_t asked[32]; /* requests by type */
	struct drp_withdrawal withdrawal;
	struct drp_sync_result result;
	struct drp_diag diag;
};

static inline int64_t sealed_now(void *self)
{
	return ((struct sealed_hub *)self)->now_ms;
}

static inline void sealed_sign(const struct drp_keys *keys, const char *tag,
	const struct drp_buf *bytes, uint8_t signature[64])
{
	drp_sign(keys, tag, bytes->data, bytes->len, signature);
}

/* Signs the fixture's manifest as it is now, by hub and notary. */
static inline void sealed_announce(
	struct sealed_hub *h, struct drp_announced *a, struct drp_buf *bytes)
{
	bytes->len = 0;
	CHECK_OK(drp_manifest_encode(&h->fixture.manifest, bytes));
	*a = (struct drp_announced){
		.manifest = h->fixture.manifest.hash, .state = DRP_CAMPAIGN_OPEN};
	sealed_sign(h->fixture.hub, "drempel manifest 1", bytes, a->signature);
	sealed_sign(h->fixture.notary, "drempel manifest 1", bytes, a->cosignature);
}

static inline void sealed_receipt(const struct sealed_hub *h, const struct drp_keys *by,
	int group, struct drp_receipt *receipt)
{
	struct drp_report report;
	struct drp_buf statement = {0};
	uint8_t box[DRP_BOX_KEY_BYTES];
	*receipt = (struct drp_receipt){
		.group = (uint8_t)group, .stored_s = h->now_ms / 1000};
	CHECK_OK(drp_report_decode(h->report[group].data, h->report[group].len, &report,
		&receipt->contribution));
	receipt->contribution.b[0] ^= h->other && by == h->fixture.notary;
	receipt->campaign = report.statement.campaign;
	receipt->unit = report.statement.unit;
	drp_keys_public(by, &receipt->hub, box);
	CHECK_OK(drp_receipt_statement(receipt, &statement));
	sealed_sign(by, "drempel receipt 1", &statement, receipt->signature);
	drp_buf_clear(&statement);
}

static inline void sealed_tell(
	const struct sealed_hub *h, int group, struct drp_reply *reply)
{
	if (h->report[group].len == 0) {
		return;
	}
	sealed_receipt(
		h, h->fixture.hub, group, &reply->status.receipt[reply->status.n++]);
	if (h->verified >> group & 1) {
		sealed_receipt(h, h->fixture.notary, group,
			&reply->status.receipt[reply->status.n++]);
	}
	if (h->rejected) {
		reply->status.refused[reply->status.n_refused++] = (struct drp_refused){
			h->fixture.unit[0].id, (uint8_t)group, h->rejected};
	}
}

/* ---- the lists of a close ---- */

/* Signs a list of the reports of those groups (bit g) and of two others. */
static inline void sealed_list(struct sealed_hub *h, int side, unsigned groups)
{
	struct drp_hash name[DRP_GROUPS + 2] = {{{1}}, {{0xfe}}};
	struct drp_list list = {
		.campaign = h->announced[0].manifest, .n = 2, .report = name};
	struct drp_buf *bytes = &h->list[side];
	for (int g = 0; g < DRP_GROUPS; g++) {
		struct drp_report report;
		if (h->report[g].len && groups >> g & 1) {
			CHECK_OK(drp_report_decode(h->report[g].data, h->report[g].len,
				&report, &name[list.n++]));
		}
	}
	if (side) {
		list.answers = h->shown[0].hash;
	}
	drp_list_sort(&list);
	bytes->len = 0;
	CHECK_OK(drp_list_encode(&list, bytes));
	drp_hash_bytes(bytes->data, bytes->len, &h->shown[side].hash);
	sealed_sign(side ? h->fixture.notary : h->fixture.hub, DRP_LIST_TAG, bytes,
		h->shown[side].signature);
}

/* The campaign is closed with those lists. */
static inline void sealed_close(struct sealed_hub *h, unsigned hub, unsigned notary)
{
	h->announced[0].state = DRP_CAMPAIGN_CLOSED;
	h->n_shown = DRP_LISTS;
	h->piece = 50;
	sealed_list(h, 0, hub);
	sealed_list(h, 1, notary);
}

static inline void sealed_get_list(const struct sealed_hub *h, const struct drp_buf *of,
	uint32_t offset, struct drp_reply *reply)
{
	size_t left = of->len - offset;
	reply->err = h->refuse_list;
	reply->get.total = (uint32_t)of->len;
	reply->get.bytes = of->data + offset;
	reply->get.n = left < h->piece ? left : h->piece;
}

static inline void sealed_get(struct sealed_hub *h, const struct drp_hash *blob,
	uint32_t offset, struct drp_reply *reply)
{
	for (uint32_t i = 0; i < h->n_shown; i++) {
		if (drp_hash_equal(blob, &h->shown[i].hash)) {
			sealed_get_list(h, &h->list[i], offset, reply);
			return;
		}
	}
	const struct drp_buf *of =
		drp_hash_equal(blob, &h->announced[0].manifest)	  ? &h->manifest
		: drp_hash_equal(blob, &h->announced[1].manifest) ? &h->second
								  : &h->instrument;
	reply->get.total = (uint32_t)of->len;
	reply->get.bytes = of->data + offset;
	reply->get.n = of->len - offset;
}

static inline void sealed_take_report(
	struct sealed_hub *h, const struct drp_request *q, struct drp_reply *reply)
{
	struct drp_report report;
	struct drp_hash name;
	CHECK_OK(drp_report_decode(q->report.bytes, q->report.n, &report, &name));
	int g = report.statement.group;
	CHECK_OK(drp_report_check(
		&h->fixture.task[g], &h->fixture.manifest, &report, 0, NULL));
	reply->err = h->refuse;
	if (h->refuse) {
		return;
	}
	h->report[g].len = 0;
	drp_buf_append(&h->report[g], q->report.bytes, q->report.n);
	sealed_tell(h, g, reply);
}

static inline void sealed_answer(
	struct sealed_hub *h, const struct drp_request *q, struct drp_reply *reply)
{
	switch (q->type) {
	case DRP_MSG_ENROL:
		snprintf(reply->enrol.school, sizeof reply->enrol.school, "S0");
		snprintf(reply->enrol.name, sizeof reply->enrol.name, "School 0");
		break;
	case DRP_MSG_SYNC:
		reply->sync.n = h->n_announced;
		memcpy(reply->sync.campaign, h->announced, sizeof h->announced);
		break;
	case DRP_MSG_GET:
		sealed_get(h, &q->get.blob, q->get.offset, reply);
		break;
	case DRP_MSG_STATUS:
		reply->err = h->unknown;
		reply->status.n_lists = h->n_shown;
		memcpy(reply->status.list, h->shown, sizeof h->shown);
		for (int g = 0; g < DRP_GROUPS && drp_hash_equal(&q->status.campaign,
							  &h->announced[0].manifest);
			g++) {
			sealed_tell(h, g, reply);
		}
		break;
	case DRP_MSG_REPORT:
		sealed_take_report(h, q, reply);
		break;
	default:
		CHECK_INT(q->type, DRP_MSG_WITHDRAW);
		h->withdrawal = q->withdraw;
		reply->err = h->refuse_withdrawal;
	}
}

static inline void sealed_deliver(
	struct sealed_hub *h, const struct drp_buf *request, struct drp_buf *out)
{
	static struct drp_reply reply;
	struct drp_envelope e;
	struct drp_request q;
	struct drp_buf body = {0}, said = {0};
	uint8_t message_key[DRP_MESSAGE_KEY_BYTES];
	CHECK_OK(drp_envelope_parse(request->data, request->len, &e));
	CHECK_OK(drp_envelope_verify(&e));
	CHECK_OK(drp_envelope_open(&e, h->fixture.hub, &body, message_key));
	CHECK_OK(drp_request_decode(e.type, body.data, body.len, &q));
	h->asked[q.type]++;
	memset(&reply, 0, sizeof reply);
	reply.type = q.type;
	reply.at = h->now_ms / 1000;
	sealed_answer(h, &q, &reply);
	CHECK_OK(drp_reply_encode_body(&reply, &said));
	CHECK_OK(drp_reply_encode(message_key, (enum drp_message_type)q.type, &e.id,
		said.data, said.len, out));
	drp_buf_clear(&body);
	drp_buf_clear(&said);
}

static inline enum drp_err sealed_visit(
	struct sealed_hub *h, const struct drp_sync_options *options)
{
	struct drp_node_sync sync;
	int done = 0;
	memset(&h->diag, 0, sizeof h->diag);
	memset(h->asked, 0, sizeof h->asked);
	enum drp_err err =
		drp_node_sync_begin(&sync, &h->node, options, &h->result, &h->diag);
	while (err == DRP_OK && !done) {
		struct drp_buf request = {0}, reply = {0};
		err = drp_node_session_next(&sync.session, &request, &done, &h->diag);
		if (err == DRP_OK && !done) {
			sealed_deliver(h, &request, &reply);
			err = drp_node_session_reply(
				&sync.session, reply.data, reply.len, &h->diag);
		}
		err = err ? err : sync.failed;
		drp_buf_clear(&request);
		drp_buf_clear(&reply);
	}
	drp_node_sync_end(&sync);
	return err;
}

static inline void sealed_open_node(struct sealed_hub *h)
{
	CHECK_OK(drp_node_open(h->node_dir, &h->node, &h->diag));
	h->node.clock = (struct drp_clock){sealed_now, h};
}

/* The node's keys become those of the campaign's first school. */
static inline void sealed_begin(struct sealed_hub *h, int with_notary)
{
	struct sealed_fixture *f = &h->fixture;
	uint8_t box[DRP_BOX_KEY_BYTES];
	memset(h, 0, sizeof *h);
	snprintf(h->dir, sizeof h->dir, "/tmp/drempel-sealed-XXXXXX");
	CHECK(mkdtemp(h->dir) != NULL);
	snprintf(h->node_dir, sizeof h->node_dir, "%s/node", h->dir);
	h->now_ms = (int64_t)SEALED_TODAY * 86400000 + 36000000;
	sealed_fixture_make(f);
	h->invite = (struct drp_invite){.hub = "Hub", .url = "tcp://127.0.0.1:1"};
	snprintf(h->invite.school, sizeof h->invite.school, "S0");
	h->invite.hub_key = f->manifest.hub;
	memcpy(h->invite.hub_box, f->manifest.hub_box, 32);
	if (with_notary) {
		h->invite.notary_key = f->manifest.notary;
		memcpy(h->invite.notary_box, f->manifest.notary_box, 32);
	}
	CHECK_OK(drp_node_create(h->node_dir, &h->invite, &h->diag));
	sealed_open_node(h);
	drp_keys_public(h->node.keys, &f->key[0], box);
	CHECK_OK(drp_instrument_encode(&f->instrument, &h->instrument));
	drp_hash_bytes(h->instrument.data, h->instrument.len, &f->manifest.instrument);
	sealed_announce(h, &h->announced[0], &h->manifest);
	h->n_announced = 1;
	for (int g = 0; g < DRP_GROUPS; g++) {
		CHECK_OK(drp_task_make(&f->manifest, &f->instrument, (enum drp_group)g,
			&f->task[g], NULL));
		drp_verify_key(
			f->seed, &f->manifest.hash, (enum drp_group)g, f->verify_key[g]);
	}
}

static inline int sealed_remove(
	const char *path, const struct stat *st, int flag, struct FTW *w)
{
	(void)st;
	(void)flag;
	(void)w;
	return remove(path);
}

static inline void sealed_end(struct sealed_hub *h)
{
	drp_node_close(&h->node);
	drp_buf_clear(&h->manifest);
	drp_buf_clear(&h->second);
	drp_buf_clear(&h->instrument);
	for (int i = 0; i < DRP_LISTS; i++) {
		drp_buf_clear(&h->list[i]);
	}
	for (int g = 0; g < DRP_GROUPS; g++) {
		drp_buf_clear(&h->report[g]);
	}
	sealed_fixture_free(&h->fixture);
	nftw(h->dir, sealed_remove, 16, FTW_DEPTH | FTW_PHYS);
}

/* n questionnaires with every question of the group answered; the window is over. */
static inline void sealed_fill(struct sealed_hub *h, int group, uint32_t n, uint8_t point)
{
	const struct drp_instrument *in = &h->fixture.instrument;
	const uint8_t own[DRP_OWN_ITEMS_MAX] = {0};
	const char *id = h->fixture.manifest.id;
	struct drp_sheet sheet = {{0}};
	for (uint16_t i = 0; i < in->n_items; i++) {
		const struct drp_item *item = &in->item[i];
		if (item->groups & 1u << group && item->kind != DRP_ITEM_TEXT) {
			sheet.answer[i] = in->scale[item->scale].points
						  ? point
						  : (uint8_t)DRP_ANSWER_TICKED;
		}
	}
	CHECK_OK(drp_node_begin(h->node.store, NULL));
	for (uint32_t k = 0; k < n; k++) {
		CHECK_OK(drp_node_sheet_add(
			h->node.store, id, 1, group, &sheet, in->n_items, own, NULL));
	}
	CHECK_OK(drp_node_window_put(
		h->node.store, id, 1, SEALED_TODAY - 14, SEALED_TODAY - 1, NULL));
	CHECK_OK(drp_node_end(h->node.store, DRP_OK, NULL));
}

/* As the command does: the hub is asked first. */
static inline enum drp_err sealed_approve(struct sealed_hub *h, uint32_t *approved)
{
	struct drp_node_work work;
	const struct drp_sync_options ask = {.status = &h->announced[0].manifest};
	enum drp_err err = sealed_visit(h, &ask);
	err = err ? err
		  : drp_node_work_load(&h->node, h->fixture.manifest.id, &work, &h->diag);
	if (err) {
		return err;
	}
	err = drp_release_approve(&h->node, &work, h->result.receipt,
		h->result.n_receipts, approved, &h->diag);
	drp_node_work_clear(&work);
	return err;
}

/* ---- what the node has of it ---- */

static inline struct drp_released sealed_kept(const struct sealed_hub *h, int group)
{
	struct drp_released r = {0};
	CHECK_OK(drp_node_release_get(
		h->node.store, h->fixture.manifest.id, 1, group, &r, NULL));
	return r;
}

/* The events of the log from number `first` on, in order; the text lasts until the next
 * call. */
static inline const char *sealed_events(const struct sealed_hub *h, size_t first)
{
	static char text[256];
	struct drp_log_row *rows = NULL;
	size_t n = 0, at = 0;
	text[0] = 0;
	CHECK_OK(drp_node_log(h->node.store, &rows, &n, NULL));
	CHECK_OK(drp_log_verify(rows, n, NULL));
	for (size_t i = first; i < n; i++) {
		at += (size_t)snprintf(text + at, sizeof text - at, "%s ", rows[i].event);
	}
	drp_free(rows);
	return text;
}

#endif
