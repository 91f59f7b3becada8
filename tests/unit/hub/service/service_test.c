/* SPDX-License-Identifier: Apache-2.0
 *
 * The hub's service as the server drives it: bytes in, replies out, many requests in one
 * transaction. Requests are made here by hand, also such as no node would send.
 */
#include "hub/service/service.h"

#include "hub/campaign/gather.h"
#include "proto/session/envelope.h"
#include "tests/support/federation.h"

#define SCHOOLS 5

static struct fed f;
static struct drp_hash campaign; /* manifest hash of FED_CAMPAIGN */

static void begin(void)
{
	struct drp_campaign_row row;
	fed_begin(&f, SCHOOLS, 60, 1);
	CHECK_OK(drp_hub_campaign_get(f.hub.store, FED_CAMPAIGN, &row, NULL));
	campaign = row.manifest;
}

/* ---- requests by hand ---- */

struct asked {
	struct drp_buf bytes;
	struct drp_id id;
	uint8_t type, message_key[DRP_MESSAGE_KEY_BYTES];
};

static void make(
	const struct drp_keys *keys, const struct drp_request *request, struct asked *a)
{
	static uint8_t number;
	struct drp_key sign;
	uint8_t box[DRP_BOX_KEY_BYTES];
	struct drp_buf body = {0};
	memset(a, 0, sizeof *a);
	a->type = request->type;
	a->id.b[0] = ++number;
	drp_keys_public(f.hub.keys, &sign, box);
	CHECK_OK(drp_request_encode(request, &body));
	CHECK_OK(drp_envelope_seal(keys, box, (enum drp_message_type)request->type,
		&a->id, body.data, body.len, &a->bytes, a->message_key));
	drp_buf_clear(&body);
}

static void decode(const struct asked *a, const struct drp_buf *reply,
	struct drp_buf *body, struct drp_reply *out)
{
	struct drp_reply_origin origin;
	CHECK(reply->len > 0);
	CHECK_OK(drp_reply_decode(a->message_key, (enum drp_message_type)a->type, &a->id,
		reply->data, reply->len, body, &origin));
	CHECK_INT(origin.authentic, 1);
	CHECK_OK(drp_reply_decode_body(a->type, body->data, body->len, out));
	CHECK_INT(out->at, f.now_ms / 1000);
	CHECK_INT(out->err != DRP_OK, out->text[0] != 0);
}

/* The body that the last reply borrows from. */
static struct drp_buf said;
static struct drp_reply reply;

static enum drp_err ask(const struct drp_keys *keys, struct drp_request request)
{
	struct asked a;
	struct drp_buf bytes = {0};
	request.at = request.at ? request.at : f.now_ms / 1000;
	make(keys, &request, &a);
	fed_deliver(&f, &a.bytes, &bytes);
	drp_buf_clear(&said);
	decode(&a, &bytes, &said, &reply);
	drp_buf_clear(&a.bytes);
	drp_buf_clear(&bytes);
	return reply.err;
}

static const struct drp_keys *keys_of(int school)
{
	return f.school[school].node.keys;
}

/* The unit of a school in a campaign: the key says which. */
static struct drp_id unit_in(const struct drp_hash *manifest, int school)
{
	struct drp_campaign_row row;
	struct drp_manifest *m = NULL;
	struct drp_key key;
	struct drp_id id = {{0}};
	uint8_t box[DRP_BOX_KEY_BYTES];
	if (drp_hub_campaign_by_manifest(f.hub.store, manifest, &row, NULL)) {
		return id;
	}
	CHECK_OK(drp_hub_manifest(&f.hub, &row, &m, NULL));
	drp_keys_public(keys_of(school), &key, box);
	for (uint32_t u = 0; u < m->n_units; u++) {
		if (memcmp(&m->key[m->unit[u].school], &key, sizeof key) == 0) {
			id = m->unit[u].id;
		}
	}
	drp_manifest_free(m);
	return id;
}

static struct drp_id unit_of(int school)
{
	return unit_in(&campaign, school);
}

/* A contribution of a school's teachers, without values. */
static void contribution(
	int school, const struct drp_hash *manifest, uint32_t n, struct drp_buf *bytes)
{
	static struct drp_contribution c;
	c = (struct drp_contribution){.campaign = *manifest,
		.unit = unit_in(manifest, school),
		.group = DRP_TEACHER,
		.questionnaires = n,
		.invited = 60};
	bytes->len = 0;
	CHECK_OK(drp_contribution_encode(&c, bytes));
}

static enum drp_err submit(int school, int speaker, uint32_t n)
{
	struct drp_buf bytes = {0};
	contribution(school, &campaign, n, &bytes);
	enum drp_err err =
		ask(keys_of(speaker), (struct drp_request){.type = DRP_MSG_SUBMIT,
					      .submit = {bytes.data, bytes.len}});
	drp_buf_clear(&bytes);
	return err;
}

static size_t held;

static enum drp_err count(
	void *self, const struct drp_stored *stored, const void *sealed, size_t n)
{
	(void)self;
	(void)sealed;
	held += n > 0 && !stored->withdrawn;
	return DRP_OK;
}

static size_t stored(const char *id)
{
	held = 0;
	CHECK_OK(drp_hub_contributions(f.hub.store, id, count, NULL, NULL));
	return held;
}

/* ---- at the door ---- */

/* Bytes that are no request: no work, and an error in the open that says nothing but
 * its number. */
static void expect_open(const uint8_t *bytes, size_t n, enum drp_err hint)
{
	struct drp_service hooks = drp_hub_service_hooks(f.service);
	struct drp_service_job job = {0};
	struct drp_reply_origin origin = {1, DRP_OK};
	struct drp_buf body = {0};
	const uint8_t key[DRP_MESSAGE_KEY_BYTES] = {0};
	const struct drp_id id = {{0}};
	hooks.open(hooks.self, bytes, n, &job);
	CHECK(job.work == NULL);
	CHECK(job.reply.len > 0 && job.reply.len < 100);
	enum drp_err err = drp_reply_decode(
		key, DRP_MSG_SYNC, &id, job.reply.data, job.reply.len, &body, &origin);
	CHECK(err == DRP_E_PEER || err == DRP_E_SIGNATURE); /* of another id */
	CHECK_INT(body.len, 0);
	if (hint && err == DRP_E_PEER) {
		CHECK_ERR(origin.hint, hint);
		CHECK_INT(origin.authentic, 0);
	}
	drp_buf_clear(&job.reply);
}

static void unreadable_bytes_get_an_error_in_the_open(void)
{
	struct asked a;
	struct drp_keys *other = NULL;
	static const struct drp_request sync = {.type = DRP_MSG_SYNC, .at = 1};
	uint8_t noise[300];
	begin();
	expect_open((const uint8_t *)"", 0, DRP_E_MALFORMED);
	expect_open((const uint8_t *)"GET / HTTP/1.1\r\n\r\n", 18, DRP_E_MALFORMED);
	for (size_t n = 1; n < sizeof noise; n += 7) {
		f.rng.fill(f.rng.self, noise, n);
		expect_open(noise, n, 0);
	}
	make(keys_of(0), &sync, &a);
	for (size_t n = 0; n < a.bytes.len; n++) {
		expect_open(a.bytes.data, n, 0);
	}
	for (size_t i = 0; i < a.bytes.len; i++) {
		a.bytes.data[i] ^= 0x10;
		expect_open(a.bytes.data, a.bytes.len, 0);
		a.bytes.data[i] ^= 0x10;
	}
	drp_buf_clear(&a.bytes);
	/* Soundly signed, and sealed for somebody else. */
	struct drp_key sign;
	uint8_t box[DRP_BOX_KEY_BYTES];
	const struct drp_id id = {{0}};
	CHECK_OK(drp_keys_new(&other));
	drp_keys_public(other, &sign, box);
	a.bytes = (struct drp_buf){0};
	CHECK_OK(drp_envelope_seal(
		keys_of(0), box, DRP_MSG_SYNC, &id, "x", 1, &a.bytes, a.message_key));
	expect_open(a.bytes.data, a.bytes.len, DRP_E_SIGNATURE);
	a.bytes.len = 0;
	/* For this hub, with a body that is none. */
	drp_keys_public(f.hub.keys, &sign, box);
	CHECK_OK(drp_envelope_seal(
		keys_of(0), box, DRP_MSG_SYNC, &id, "\xc1", 1, &a.bytes, a.message_key));
	expect_open(a.bytes.data, a.bytes.len, DRP_E_MALFORMED);
	drp_buf_clear(&a.bytes);
	drp_keys_free(other);
	fed_end(&f);
}

/* ---- who speaks ---- */

/* Every request but ENROL, with something to refuse in each. */
static void expect_all(const struct drp_keys *keys, int64_t at, enum drp_err want)
{
	struct drp_buf bytes = {0};
	contribution(0, &campaign, 12, &bytes);
	const struct drp_request all[] = {{.type = DRP_MSG_SYNC},
		{.type = DRP_MSG_GET, .get = {campaign, 0}},
		{.type = DRP_MSG_STATUS, .status = {campaign}},
		{.type = DRP_MSG_SUBMIT, .submit = {bytes.data, bytes.len}},
		{.type = DRP_MSG_WITHDRAW, .withdraw = {.campaign = campaign}}};
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		struct drp_request q = all[i];
		q.at = at;
		CHECK_ERR(ask(keys, q), want);
	}
	CHECK_INT(stored(FED_CAMPAIGN), 0);
	drp_buf_clear(&bytes);
}

static void strangers_are_refused(void)
{
	struct drp_keys *stranger = NULL;
	begin();
	CHECK_OK(drp_keys_new(&stranger));
	expect_all(stranger, 0, DRP_E_UNKNOWN_KEY);
	drp_keys_free(stranger);
	fed_end(&f);
}

static void revoked_schools_are_refused(void)
{
	begin();
	CHECK_OK(drp_hub_school_revoke(f.hub.store, "S0", NULL));
	expect_all(keys_of(0), 0, DRP_E_REVOKED);
	CHECK_ERR(ask(keys_of(1), (struct drp_request){.type = DRP_MSG_SYNC}), DRP_OK);
	fed_end(&f);
}

static void a_clock_a_year_off_is_refused(void)
{
	const int64_t year = INT64_C(365) * 86400;
	begin();
	expect_all(keys_of(0), f.now_ms / 1000 - year, DRP_E_CLOCK);
	expect_all(keys_of(0), f.now_ms / 1000 + year, DRP_E_CLOCK);
	expect_all(keys_of(0), f.now_ms / 1000 + 86401, DRP_E_CLOCK);
	CHECK_OK(ask(keys_of(0), (struct drp_request){.type = DRP_MSG_SYNC,
					 .at = f.now_ms / 1000 + 86400}));
	fed_end(&f);
}

/* ---- enrol ---- */

static struct drp_request enrol_with(const struct drp_invite *invite)
{
	struct drp_request q = {.type = DRP_MSG_ENROL};
	memcpy(q.enrol.token, invite->token, sizeof q.enrol.token);
	return q;
}

static void invite(const char *school, struct drp_invite *out)
{
	struct drp_buf text = {0};
	CHECK_OK(drp_registry_invite(&f.hub, school, 10, &text, NULL));
	CHECK_OK(drp_invite_read(drp_buf_string(&text), out, NULL));
	drp_buf_clear(&text);
}

static int has_proof(const char *id, uint8_t of)
{
	struct drp_school school;
	CHECK_OK(drp_hub_school_get(f.hub.store, id, &school, NULL));
	return school.proof[0] == of;
}

/* It comes with the key, or later from the same; never from a key that was before. */
static void proving(void)
{
	struct drp_keys *fresh = NULL;
	struct drp_invite again;
	begin();
	CHECK_OK(drp_keys_new(&fresh));
	struct drp_request q = enrol_with(&f.school[0].invite);
	q.enrol.proof[0] = 5;
	CHECK_OK(ask(keys_of(0), q));
	CHECK(has_proof("S0", 5));
	CHECK_OK(ask(keys_of(0), enrol_with(&f.school[0].invite))); /* forgets none */
	CHECK(has_proof("S0", 5));
	invite("S0", &again);
	CHECK_OK(ask(fresh, enrol_with(&again)));
	CHECK(has_proof("S0", 0));
	CHECK_OK(ask(keys_of(0), q));
	CHECK(has_proof("S0", 0));
	drp_keys_free(fresh);
	fed_end(&f);
}

static void enrolling(void)
{
	struct drp_keys *fresh = NULL, *other = NULL;
	struct drp_invite unknown = {.token = {1}}, again, late;
	struct drp_school school;
	begin();
	CHECK_OK(drp_keys_new(&fresh));
	CHECK_OK(drp_keys_new(&other));
	CHECK_ERR(ask(fresh, enrol_with(&unknown)), DRP_E_INVITE);
	/* The invite of S0 was used by S0's node: a repeat for it, nothing for others. */
	CHECK_ERR(ask(fresh, enrol_with(&f.school[0].invite)), DRP_E_DUPLICATE_IDENTITY);
	CHECK_OK(ask(keys_of(0), enrol_with(&f.school[0].invite)));
	CHECK_STR(reply.enrol.school, "S0");
	CHECK_STR(reply.enrol.name, "School 0");
	/* A node that is a school cannot become a second one, nor use up its invite. */
	invite("S1", &again);
	CHECK_ERR(ask(keys_of(0), enrol_with(&again)), DRP_E_DUPLICATE_IDENTITY);
	CHECK_ERR(ask(keys_of(0), enrol_with(&again)), DRP_E_DUPLICATE_IDENTITY);
	CHECK_OK(drp_hub_school_get(f.hub.store, "S1", &school, NULL));
	CHECK_OK(ask(keys_of(1), (struct drp_request){.type = DRP_MSG_SYNC}));
	/* A new machine of S1 takes the place of the old one. */
	CHECK_OK(ask(fresh, enrol_with(&again)));
	CHECK_OK(ask(fresh, (struct drp_request){.type = DRP_MSG_SYNC}));
	CHECK_ERR(ask(keys_of(1), (struct drp_request){.type = DRP_MSG_SYNC}),
		DRP_E_UNKNOWN_KEY);
	invite("S2", &late);
	f.now_ms += INT64_C(11) * 86400000;
	CHECK_ERR(ask(other, enrol_with(&late)), DRP_E_INVITE);
	CHECK(strstr(reply.text, "expired") != NULL);
	invite("S3", &late);
	CHECK_OK(drp_hub_school_revoke(f.hub.store, "S3", NULL));
	CHECK_ERR(ask(other, enrol_with(&late)), DRP_E_REVOKED);
	drp_keys_free(fresh);
	drp_keys_free(other);
	fed_end(&f);
}

/* ---- sync, get, status ---- */

static void the_newest_campaigns_are_announced(void)
{
	struct drp_campaign_row row;
	begin();
	CHECK_OK(drp_hub_campaign_get(f.hub.store, FED_CAMPAIGN, &row, NULL));
	CHECK_OK(ask(keys_of(0), (struct drp_request){.type = DRP_MSG_SYNC}));
	CHECK_INT(reply.sync.n, 1);
	CHECK_MEM(&reply.sync.campaign[0].manifest, &campaign, sizeof campaign);
	CHECK_MEM(reply.sync.campaign[0].signature, row.signature, 64);
	CHECK_INT(reply.sync.campaign[0].state, DRP_CAMPAIGN_OPEN);
	for (int i = 1; i <= 40; i++) {
		struct drp_hash m = {{0xaa, (uint8_t)i}};
		char id[8];
		snprintf(id, sizeof id, "x%d", i);
		CHECK_OK(drp_hub_blob_put(f.hub.store, &m, "m", 1, NULL));
		CHECK_OK(drp_hub_campaign_new(f.hub.store, id, &row.instrument, "", "",
			f.now_ms / 1000 + i, NULL));
		if (i % 4) { /* every fourth stays a draft */
			CHECK_OK(drp_hub_campaign_sign(f.hub.store, id, &m, row.signature,
				f.now_ms / 1000, NULL));
		}
	}
	CHECK_OK(drp_hub_campaign_state(
		f.hub.store, "x39", DRP_CAMPAIGN_FROZEN, f.now_ms / 1000, NULL));
	CHECK_OK(ask(keys_of(0), (struct drp_request){.type = DRP_MSG_SYNC}));
	CHECK_INT(reply.sync.n, 31); /* 30 and the first: all that are signed */
	CHECK_INT(reply.sync.campaign[0].manifest.b[1], 39);
	CHECK_INT(reply.sync.campaign[0].state, DRP_CAMPAIGN_FROZEN);
	for (int i = 41; i <= 50; i++) {
		struct drp_hash m = {{0xaa, (uint8_t)i}};
		char id[8];
		snprintf(id, sizeof id, "x%d", i);
		CHECK_OK(drp_hub_blob_put(f.hub.store, &m, "m", 1, NULL));
		CHECK_OK(drp_hub_campaign_new(f.hub.store, id, &row.instrument, "", "",
			f.now_ms / 1000 + i, NULL));
		CHECK_OK(drp_hub_campaign_sign(
			f.hub.store, id, &m, row.signature, f.now_ms / 1000, NULL));
	}
	CHECK_OK(ask(keys_of(0), (struct drp_request){.type = DRP_MSG_SYNC}));
	CHECK_INT(reply.sync.n, DRP_SYNC_CAMPAIGNS_MAX);
	CHECK_INT(reply.sync.campaign[0].manifest.b[1], 50); /* the newest first */
	fed_end(&f);
}

static enum drp_err get(const struct drp_hash *blob, uint32_t offset)
{
	return ask(keys_of(0),
		(struct drp_request){.type = DRP_MSG_GET, .get = {*blob, offset}});
}

static void blobs_come_in_pieces(void)
{
	static uint8_t large[300000];
	const struct drp_hash hash = {{0xb1}}, unknown = {{0xb2}};
	struct drp_buf whole = {0};
	begin();
	f.rng.fill(f.rng.self, large, sizeof large);
	CHECK_OK(drp_hub_blob_put(f.hub.store, &hash, large, sizeof large, NULL));
	while (whole.len < sizeof large) {
		CHECK_OK(get(&hash, (uint32_t)whole.len));
		CHECK_INT(reply.get.total, sizeof large);
		CHECK(reply.get.n > 0 && reply.get.n <= DRP_CHUNK_MAX_BYTES);
		drp_buf_append(&whole, reply.get.bytes, reply.get.n);
	}
	CHECK_INT(whole.len, sizeof large);
	CHECK_MEM(whole.data, large, sizeof large);
	CHECK_OK(get(&hash, sizeof large - 1)); /* the last byte alone */
	CHECK_INT(reply.get.n, 1);
	CHECK_INT(reply.get.bytes[0], large[sizeof large - 1]);
	CHECK_OK(get(&hash, 1)); /* any offset will do */
	CHECK_INT(reply.get.n, DRP_CHUNK_MAX_BYTES);
	CHECK_MEM(reply.get.bytes, large + 1, DRP_CHUNK_MAX_BYTES);
	CHECK_ERR(get(&hash, sizeof large), DRP_E_RANGE);
	CHECK_ERR(get(&hash, sizeof large + 1), DRP_E_RANGE);
	CHECK_ERR(get(&hash, DRP_BLOB_MAX_BYTES), DRP_E_RANGE);
	CHECK_ERR(get(&unknown, 0), DRP_E_NOTFOUND);
	CHECK_OK(get(&campaign, 0));
	struct drp_hash of;
	drp_hash_bytes(reply.get.bytes, reply.get.n, &of);
	CHECK_MEM(&of, &campaign, sizeof campaign);
	drp_buf_clear(&whole);
	fed_end(&f);
}

static enum drp_err status(int school)
{
	return ask(keys_of(school),
		(struct drp_request){.type = DRP_MSG_STATUS, .status = {campaign}});
}

static void a_school_sees_its_own_receipts(void)
{
	begin();
	CHECK_OK(status(0));
	CHECK_INT(reply.status.n, 0);
	CHECK_OK(submit(0, 0, 12));
	CHECK_OK(submit(1, 1, 13));
	CHECK_OK(status(0));
	CHECK_INT(reply.status.n, 1);
	struct drp_id mine = unit_of(0);
	CHECK_MEM(&reply.status.receipt[0].unit, &mine, sizeof mine);
	CHECK_INT(reply.status.receipt[0].group, DRP_TEACHER);
	CHECK_OK(status(2));
	CHECK_INT(reply.status.n, 0);
	const struct drp_hash unknown = {{1}};
	CHECK_ERR(ask(keys_of(0), (struct drp_request){.type = DRP_MSG_STATUS,
					  .status = {unknown}}),
		DRP_E_NOTFOUND);
	fed_end(&f);
}

/* ---- submit and withdraw ---- */

static void a_contribution_is_stored_once(void)
{
	struct drp_buf statement = {0}, bytes = {0};
	struct drp_hash hash;
	begin();
	contribution(0, &campaign, 12, &bytes);
	drp_hash_bytes(bytes.data, bytes.len, &hash);
	CHECK_OK(submit(0, 0, 12));
	struct drp_receipt first = reply.submit.receipt;
	CHECK_MEM(&first.contribution, &hash, sizeof hash);
	CHECK_INT(first.stored_s, f.now_ms / 1000);
	CHECK_OK(drp_receipt_statement(&first, &statement));
	CHECK_OK(drp_verify(&f.school[0].node.hub, "drempel receipt 1", statement.data,
		statement.len, first.signature));
	f.now_ms += 3600000;
	CHECK_OK(submit(0, 0, 12)); /* again: the same receipt, of the first time */
	CHECK_MEM(&reply.submit.receipt, &first, sizeof first);
	CHECK_ERR(submit(0, 0, 13), DRP_E_CONFLICT);
	CHECK_ERR(submit(1, 0, 12), DRP_E_UNKNOWN_KEY); /* another school's unit */
	CHECK_ERR(submit(1, 1, 61), DRP_E_RANGE);	/* more than are eligible */
	CHECK_INT(stored(FED_CAMPAIGN), 1);
	const struct drp_hash unknown = {{1}};
	contribution(1, &unknown, 12, &bytes);
	CHECK_ERR(ask(keys_of(1), (struct drp_request){.type = DRP_MSG_SUBMIT,
					  .submit = {bytes.data, bytes.len}}),
		DRP_E_NOTFOUND);
	f.now_ms = (INT64_C(20818) + 1) * 86400000; /* the deadline's day is over */
	CHECK_ERR(submit(1, 1, 12), DRP_E_CLOSED);
	CHECK_OK(submit(0, 0, 12)); /* a receipt is still there for who lost it */
	drp_buf_clear(&statement);
	drp_buf_clear(&bytes);
	fed_end(&f);
}

/* At rest it is under the campaign's key, and says what was sent. */
static void what_is_stored_is_what_was_sent(void)
{
	struct drp_campaign_row row;
	struct drp_manifest *m = NULL;
	struct drp_gathering g;
	begin();
	CHECK_OK(submit(0, 0, 12));
	CHECK_OK(drp_hub_campaign_get(f.hub.store, FED_CAMPAIGN, &row, NULL));
	CHECK_OK(drp_hub_manifest(&f.hub, &row, &m, NULL));
	CHECK_OK(drp_gather(&f.hub, FED_CAMPAIGN, m, &g, NULL));
	CHECK_INT(g.n, 1);
	struct drp_id mine = unit_of(0);
	size_t u = (size_t)(drp_manifest_unit(m, &mine) - m->unit);
	const struct drp_contribution *c = g.table[DRP_TEACHER * m->n_units + u];
	CHECK(c != NULL);
	CHECK_INT(c->questionnaires, 12);
	drp_gathering_clear(&g);
	drp_manifest_free(m);
	fed_end(&f);
}

static enum drp_err withdraw_signed(
	int school, int speaker, int signer, const struct drp_hash *hash)
{
	struct drp_request q = {.type = DRP_MSG_WITHDRAW,
		.withdraw = {.campaign = campaign,
			.contribution = *hash,
			.unit = unit_of(school),
			.group = DRP_TEACHER}};
	struct drp_buf statement = {0};
	CHECK_OK(drp_withdrawal_statement(&q.withdraw, &statement));
	drp_sign(keys_of(signer), DRP_WITHDRAWAL_TAG, statement.data, statement.len,
		q.withdraw.signature);
	drp_buf_clear(&statement);
	return ask(keys_of(speaker), q);
}

static enum drp_err withdraw(int school, int speaker, const struct drp_hash *hash)
{
	return withdraw_signed(school, speaker, speaker, hash);
}

static void a_withdrawal_is_final(void)
{
	const struct drp_hash other = {{1}};
	begin();
	CHECK_OK(submit(0, 0, 12));
	struct drp_hash hash = reply.submit.receipt.contribution;
	CHECK_ERR(withdraw(0, 1, &hash), DRP_E_UNKNOWN_KEY);
	CHECK_ERR(withdraw(0, 0, &other), DRP_E_NOTFOUND);
	CHECK_ERR(withdraw_signed(0, 0, 1, &hash), DRP_E_SIGNATURE);
	CHECK_INT(stored(FED_CAMPAIGN), 1);
	CHECK_OK(withdraw(0, 0, &hash));
	CHECK_INT(stored(FED_CAMPAIGN), 0);
	CHECK_OK(withdraw(0, 0, &hash)); /* again */
	CHECK_ERR(submit(0, 0, 12), DRP_E_POLICY);
	CHECK_ERR(submit(0, 0, 14), DRP_E_POLICY);
	CHECK_INT(stored(FED_CAMPAIGN), 0);
	CHECK_OK(status(0)); /* the hub still knows it: nothing may be drawn again */
	CHECK_INT(reply.status.n, 1);
	fed_end(&f);
}

/* What is withdrawn before it arrives is refused when it does. */
static void a_withdrawal_may_overtake(void)
{
	begin();
	CHECK_OK(submit(0, 0, 12));
	struct drp_hash hash = reply.submit.receipt.contribution;
	CHECK_OK(withdraw(1, 1, &hash)); /* of another school, where nothing is yet */
	CHECK_INT(stored(FED_CAMPAIGN), 1);
	CHECK_OK(withdraw(1, 1, &hash)); /* again */
	CHECK_ERR(submit(1, 1, 12), DRP_E_POLICY);
	CHECK_INT(stored(FED_CAMPAIGN), 1);
	CHECK_OK(status(1));
	CHECK_INT(reply.status.n, 1);
	fed_end(&f);
}

/* ---- batches ---- */

static void run_batch(struct asked *a, size_t n, struct drp_service_job *jobs)
{
	struct drp_service hooks = drp_hub_service_hooks(f.service);
	memset(jobs, 0, n * sizeof *jobs);
	for (size_t i = 0; i < n; i++) {
		hooks.open(hooks.self, a[i].bytes.data, a[i].bytes.len, &jobs[i]);
		CHECK(jobs[i].work != NULL);
		CHECK_INT(jobs[i].reply.len, 0); /* no answer before the commit */
	}
	hooks.commit(hooks.self, jobs, n);
	for (size_t i = 0; i < n; i++) {
		hooks.drop(hooks.self, jobs[i].work);
		drp_buf_clear(&a[i].bytes);
	}
}

static void make_submit(int school, const struct drp_hash *manifest, struct asked *a)
{
	struct drp_buf bytes = {0};
	contribution(school, manifest, 12, &bytes);
	make(keys_of(school),
		&(struct drp_request){.type = DRP_MSG_SUBMIT,
			.at = f.now_ms / 1000,
			.submit = {bytes.data, bytes.len}},
		a);
	drp_buf_clear(&bytes);
}

static void many_requests_share_a_commit(void)
{
	struct asked a[SCHOOLS + 1];
	struct drp_service_job jobs[SCHOOLS + 1];
	begin();
	for (int i = 0; i < SCHOOLS; i++) {
		make_submit(i, &campaign, &a[i]);
	}
	make_submit(0, &campaign, &a[SCHOOLS]); /* a repeat in the same batch */
	run_batch(a, SCHOOLS + 1, jobs);
	struct drp_receipt first = {0};
	for (int i = 0; i <= SCHOOLS; i++) {
		drp_buf_clear(&said);
		decode(&a[i], &jobs[i].reply, &said, &reply);
		CHECK_OK(reply.err);
		if (i == 0) {
			first = reply.submit.receipt;
		}
		drp_buf_clear(&jobs[i].reply);
	}
	CHECK_MEM(&reply.submit.receipt, &first, sizeof first);
	CHECK_INT(stored(FED_CAMPAIGN), SCHOOLS);
	fed_end(&f);
}

/* The key of one campaign is lost: its contribution cannot be stored, which is the hub's
 * own fault, so its school gets no answer and keeps it. The others are served. */
static void one_poisoned_request_does_not_hold_up_the_others(void)
{
	struct asked a[3];
	struct drp_service_job jobs[3];
	struct drp_campaign_row row;
	char path[DRP_PATH_MAX], aside[DRP_PATH_MAX];
	begin();
	fed_campaign(&f, "fed-2");
	CHECK_OK(drp_hub_campaign_get(f.hub.store, "fed-2", &row, NULL));
	CHECK_OK(drp_hub_key_path(&f.hub, "fed-2", path, NULL));
	CHECK_OK(drp_path(aside, f.dir, "aside", NULL));
	CHECK_INT(rename(path, aside), 0);
	for (int again = 0; again < 2; again++) {
		make_submit(0, &campaign, &a[0]);
		make_submit(1, &row.manifest, &a[1]);
		make_submit(2, &campaign, &a[2]);
		run_batch(a, 3, jobs);
		for (int i = 0; i < 3; i += 2) {
			drp_buf_clear(&said);
			decode(&a[i], &jobs[i].reply, &said, &reply);
			CHECK_OK(reply.err);
			drp_buf_clear(&jobs[i].reply);
		}
		CHECK_INT(jobs[1].reply.len, 0);
		CHECK_INT(stored(FED_CAMPAIGN), 2);
		CHECK_INT(stored("fed-2"), 0);
	}
	/* Found again, it works at once: no restart. */
	CHECK_INT(rename(aside, path), 0);
	make_submit(1, &row.manifest, &a[1]);
	run_batch(&a[1], 1, &jobs[1]);
	drp_buf_clear(&said);
	decode(&a[1], &jobs[1].reply, &said, &reply);
	CHECK_OK(reply.err);
	CHECK_INT(stored("fed-2"), 1);
	drp_buf_clear(&jobs[1].reply);
	fed_end(&f);
}

static void a_campaign_that_another_process_closed_takes_nothing(void)
{
	begin();
	CHECK_OK(submit(0, 0, 12));
	CHECK_OK(drp_hub_campaign_state(
		f.hub.store, FED_CAMPAIGN, DRP_CAMPAIGN_CLOSED, 1, NULL));
	CHECK_ERR(submit(1, 1, 12), DRP_E_CLOSED);
	struct drp_service hooks = drp_hub_service_hooks(f.service);
	hooks.idle(hooks.self);
	CHECK_OK(submit(0, 0, 12)); /* its receipt */
	CHECK_OK(drp_hub_campaign_state(
		f.hub.store, FED_CAMPAIGN, DRP_CAMPAIGN_FROZEN, 1, NULL));
	CHECK_ERR(submit(1, 1, 12), DRP_E_FROZEN);
	CHECK_ERR(withdraw(0, 0, &reply.submit.receipt.contribution), DRP_E_NOTFOUND);
	fed_end(&f);
}

/* What a hub asks its notary is nothing that anybody may ask a hub. */
static void a_hub_is_no_notary(void)
{
	static const uint8_t bytes[4] = {1, 2, 3, 4};
	const struct drp_request request[] = {
		{.type = DRP_MSG_PUT, .put = {campaign, 4, 0, bytes, 4}},
		{.type = DRP_MSG_COSIGN}, {.type = DRP_MSG_CLOSE},
		{.type = DRP_MSG_NUMBERS, .numbers = {campaign, bytes, 4}},
		{.type = DRP_MSG_OPEN, .open = {campaign, 0}},
		{.type = DRP_MSG_FREEZE, .freeze = {campaign}}};
	begin();
	for (size_t i = 0; i < sizeof request / sizeof request[0]; i++) {
		CHECK_ERR(ask(keys_of(0), request[i]), DRP_E_VERSION);
		CHECK_ERR(ask(f.hub.keys, request[i]), DRP_E_UNKNOWN_KEY);
	}
	fed_end(&f);
}

int main(void)
{
	setenv("DREMPEL_LOG", "error", 1);
	CASE("bytes that cannot be opened get an error in the open",
		unreadable_bytes_get_an_error_in_the_open);
	CASE("strangers are refused whatever they ask", strangers_are_refused);
	CASE("revoked schools are refused whatever they ask",
		revoked_schools_are_refused);
	CASE("a clock that is a year off is refused", a_clock_a_year_off_is_refused);
	CASE("an invite makes one node of one school", enrolling);
	CASE("a proof is kept with its key", proving);
	CASE("a hub is no notary", a_hub_is_no_notary);
	CASE("signed campaigns are announced, the newest first",
		the_newest_campaigns_are_announced);
	CASE("blobs come in pieces, from any offset", blobs_come_in_pieces);
	CASE("a school is told of its own receipts only", a_school_sees_its_own_receipts);
	CASE("a contribution is stored once", a_contribution_is_stored_once);
	CASE("what is stored is what was sent", what_is_stored_is_what_was_sent);
	CASE("a withdrawal is final", a_withdrawal_is_final);
	CASE("a withdrawal may overtake its contribution", a_withdrawal_may_overtake);
	CASE("many requests share a commit", many_requests_share_a_commit);
	CASE("one poisoned request does not hold up the others",
		one_poisoned_request_does_not_hold_up_the_others);
	CASE("a campaign that another process closed takes nothing more",
		a_campaign_that_another_process_closed_takes_nothing);
	drp_buf_clear(&said);
	return DONE();
}
