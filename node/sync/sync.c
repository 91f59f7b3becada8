/* SPDX-License-Identifier: Apache-2.0 */
#include "node/sync/sync_internal.h"

#include "proto/base/alloc.h"
#include "proto/runtime/link.h"

#include <string.h>

#define CONNECT_TIMEOUT_MS 5000

/* ---- the host: what a visit learns becomes durable here ---- */

static int64_t now_s(void *self)
{
	return drp_node_now_s(((struct drp_node_sync *)self)->node);
}

static int token(void *self, uint8_t out[32], uint8_t proof[DRP_PROOF_BYTES])
{
	struct drp_node_sync *s = self;
	struct drp_buf b = {0}, voucher = {0};
	int present =
		drp_node_get(s->node->store, "token", &b, NULL) == DRP_OK && b.len == 32;
	if (present) {
		memcpy(out, b.data, 32);
	}
	memset(proof, 0, DRP_PROOF_BYTES);
	if (drp_node_get(s->node->store, "proof", &voucher, NULL) == DRP_OK &&
		voucher.len == DRP_PROOF_BYTES) {
		memcpy(proof, voucher.data, DRP_PROOF_BYTES);
	}
	drp_buf_clear(&voucher);
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
	err = err ? err : drp_node_unset(store, "proof", s->diag);
	err = drp_node_end(store, err, s->diag);
	s->node->enrolled = err == DRP_OK;
	return err;
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
		.announced = drp_sync_announced,
		.missing = drp_sync_missing,
		.piece = drp_sync_piece,
		.next_out = drp_sync_next_out,
		.settled = drp_sync_settled,
		.refused = drp_sync_refused,
		.next_status = drp_sync_next_status,
		.status = drp_sync_status,
		.next_list = drp_sync_next_list,
		.list = drp_sync_list};
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
	drp_sync_lists_end(sync);
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
