/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/peer/peer.h"

#include "hub/store/store_sealed.h"
#include "proto/base/alloc.h"
#include "proto/runtime/link.h"
#include "proto/session/envelope.h"

#include <string.h>

#define CONNECT_TIMEOUT_MS 5000

/* ---- over the network ---- */

struct line {
	char url[DRP_URL_MAX];
	struct drp_link *link; /* NULL until it is needed, and after a failure */
};

static enum drp_err exchange(void *self, const void *request, size_t n,
	struct drp_buf *reply, struct drp_diag *diag)
{
	struct line *line = self;
	enum drp_err err = DRP_OK;
	if (!line->link) {
		err = drp_link_open(line->url, CONNECT_TIMEOUT_MS, &line->link, diag);
	}
	err = err ? err
		  : drp_link_exchange(
			    line->link, request, n, DRP_REQUEST_TIMEOUT_MS, reply, diag);
	if (err) {
		drp_link_close(line->link);
		line->link = NULL;
	}
	return err;
}

static enum drp_err dial(
	const struct drp_card *card, struct drp_peer *peer, struct drp_diag *diag)
{
	struct line *line = drp_alloc(1, sizeof *line);
	if (!line) {
		return drp_fail(diag, DRP_E_NOMEM, "no memory for the way to the notary");
	}
	memcpy(line->url, card->url, sizeof line->url);
	*peer = (struct drp_peer){.self = line, .exchange = exchange, .card = *card};
	return DRP_OK;
}

enum drp_err drp_peer_dial_to(struct drp_hub *hub, const struct drp_key *notary,
	struct drp_peer *peer, struct drp_diag *diag)
{
	struct drp_card card;
	memset(peer, 0, sizeof *peer);
	enum drp_err err = drp_hub_peer_get(hub->store, notary, &card, diag);
	if (err == DRP_E_NOTFOUND) {
		return drp_fail(diag, DRP_E_STATE,
			"the notary of this campaign was never paired with this hub; "
			"'drempel-hub pair FILE' with its card");
	}
	return err ? err : dial(&card, peer, diag);
}

void drp_peer_close(struct drp_peer *peer)
{
	struct line *line = peer->self;
	if (line && peer->exchange == exchange) {
		drp_link_close(line->link);
		drp_free(line);
	}
	peer->self = NULL;
}

/* ---- one request ---- */

/* A request on its way: what opens its reply. */
struct asked {
	enum drp_message_type type;
	struct drp_id id;
	uint8_t message_key[DRP_MESSAGE_KEY_BYTES];
};

static enum drp_err seal(struct drp_hub *hub, const struct drp_peer *peer,
	const struct drp_request *request, struct asked *a, struct drp_buf *out)
{
	struct drp_buf body = {0};
	struct drp_rng rng = drp_system_rng();
	a->type = (enum drp_message_type)request->type;
	rng.fill(rng.self, a->id.b, sizeof a->id.b);
	enum drp_err err = drp_request_encode(request, &body);
	err = err ? err
		  : drp_envelope_seal(hub->keys, peer->card.box, a->type, &a->id,
			    body.data, body.len, out, a->message_key);
	drp_buf_wipe(&body); /* a seed, or shares */
	return err;
}

static enum drp_err unseal(const struct asked *a, const struct drp_buf *bytes,
	struct drp_reply *reply, struct drp_buf *body, struct drp_diag *diag)
{
	struct drp_reply_origin origin = {0, DRP_OK};
	enum drp_err err = drp_reply_decode(
		a->message_key, a->type, &a->id, bytes->data, bytes->len, body, &origin);
	if (err == DRP_E_PEER) {
		return drp_fail(diag, err,
			"the notary could not read the request (%s); are both of the "
			"same "
			"version, and is its card the current one?",
			drp_err_text(origin.hint));
	}
	err = err ? err
		  : drp_reply_decode_body((uint8_t)a->type, body->data, body->len, reply);
	if (err) {
		memset(reply, 0, sizeof *reply);
		return drp_fail(diag, err, "the notary's answer cannot be read: %s",
			drp_err_text(err));
	}
	return reply->err
		       ? drp_fail(diag, reply->err, "the notary refused: %s", reply->text)
		       : DRP_OK;
}

enum drp_err drp_peer_ask(struct drp_hub *hub, struct drp_peer *peer,
	struct drp_request *request, struct drp_reply *reply, struct drp_buf *body,
	struct drp_diag *diag)
{
	struct asked a;
	struct drp_buf out = {0}, bytes = {0};
	memset(reply, 0, sizeof *reply);
	body->len = 0;
	request->at = drp_hub_now_s(hub);
	enum drp_err err = seal(hub, peer, request, &a, &out);
	if (err) {
		err = drp_fail(diag, err, "the request to the notary cannot be made: %s",
			drp_err_text(err));
	}
	err = err ? err : peer->exchange(peer->self, out.data, out.len, &bytes, diag);
	err = err ? err : unseal(&a, &bytes, reply, body, diag);
	drp_wipe(&a, sizeof a);
	drp_buf_clear(&out);
	drp_buf_clear(&bytes);
	return err;
}

/* ---- blobs ---- */

/* The notary tells after each piece how far it is; the next begins there. */
enum drp_err drp_peer_put(struct drp_hub *hub, struct drp_peer *peer,
	const struct drp_hash *hash, const void *bytes, size_t n, struct drp_diag *diag)
{
	struct drp_reply *reply = drp_alloc(1, sizeof *reply);
	struct drp_buf body = {0};
	size_t held = 0;
	enum drp_err err = !reply			      ? DRP_E_NOMEM
			   : n == 0 || n > DRP_BLOB_MAX_BYTES ? DRP_E_TOOBIG
							      : DRP_OK;
	while (err == DRP_OK && held < n) {
		size_t piece = n - held;
		piece = piece > DRP_CHUNK_MAX_BYTES ? DRP_CHUNK_MAX_BYTES : piece;
		struct drp_request request = {.type = DRP_MSG_PUT,
			.put = {*hash, (uint32_t)n, (uint32_t)held,
				(const uint8_t *)bytes + held, piece}};
		err = drp_peer_ask(hub, peer, &request, reply, &body, diag);
		if (err == DRP_OK && (reply->put.held <= held || reply->put.held > n)) {
			err = drp_fail(diag, DRP_E_PEER,
				"the notary does not take what the hub puts there");
		}
		held = err ? held : reply->put.held;
	}
	drp_free(reply);
	drp_buf_clear(&body);
	return err;
}

enum drp_err drp_peer_get(struct drp_hub *hub, struct drp_peer *peer,
	const struct drp_hash *hash, struct drp_buf *out, struct drp_diag *diag)
{
	struct drp_reply *reply = drp_alloc(1, sizeof *reply);
	struct drp_buf body = {0};
	struct drp_hash got;
	size_t start = out->len, total = 1;
	enum drp_err err = reply ? DRP_OK : DRP_E_NOMEM;
	while (err == DRP_OK && out->len - start < total) {
		struct drp_request request = {.type = DRP_MSG_GET,
			.get = {*hash, (uint32_t)(out->len - start)}};
		err = drp_peer_ask(hub, peer, &request, reply, &body, diag);
		total = reply->get.total;
		if (err == DRP_OK && (reply->get.n == 0 || total > DRP_BLOB_MAX_BYTES ||
					     reply->get.n > total - (out->len - start))) {
			err = drp_fail(diag, DRP_E_PEER,
				"the notary sends more or less than it said");
		}
		if (err == DRP_OK) {
			drp_buf_append(out, reply->get.bytes, reply->get.n);
			err = out->failed ? DRP_E_NOMEM : DRP_OK;
		}
	}
	if (err == DRP_OK) {
		drp_hash_bytes(out->data + start, out->len - start, &got);
		err = drp_hash_equal(&got, hash)
			      ? DRP_OK
			      : drp_fail(diag, DRP_E_HASH,
					"what the notary sent has another hash");
	}
	drp_free(reply);
	drp_buf_clear(&body);
	return err;
}
