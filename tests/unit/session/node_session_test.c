/* SPDX-License-Identifier: Apache-2.0
 *
 * A visit with both ends scripted: the host below is a node's store that writes down
 * what it is told, and the hub answers what the case wants. Requests and tellings go to
 * one trace, in the order in which they happened.
 */
#include "proto/session/node_session.h"

#include "proto/session/envelope.h"
#include "tests/support/check.h"
#include "tests/support/test_rng.h"

#include <stdarg.h>

#define NOW  INT64_C(1790000000)
#define DAY  INT64_C(86400)
#define YEAR (365 * DAY)

static struct drp_keys *node_keys, *hub_keys, *other_keys, *notary_keys;
static char trace[1024];

static void note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static void note(const char *fmt, ...)
{
	va_list ap;
	size_t n = strlen(trace);
	va_start(ap, fmt);
	vsnprintf(trace + n, sizeof trace - n, fmt, ap);
	va_end(ap);
}

/* ---- the host ---- */

struct blob {
	uint8_t name;
	uint32_t held, total;
};

struct host {
	int64_t now_s;
	int has_token;
	struct blob blob[2];
	int n_out, next;
	int sealed; /* the outbox holds reports, and a notary confirms them */
	int ask, required;
	int lists;	   /* how many are still missing */
	enum drp_err stop; /* what the next telling returns */
};

static struct host host;

static int64_t now_s(void *self)
{
	return ((struct host *)self)->now_s;
}

static int token(void *self, uint8_t out[32], uint8_t proof[DRP_PROOF_BYTES])
{
	memset(out, 0x70, 32);
	memset(proof, 0x71, DRP_PROOF_BYTES);
	return ((struct host *)self)->has_token;
}

static enum drp_err enrolled(void *self, const char *school, const char *name)
{
	struct host *h = self;
	note("[%s/%s] ", school, name);
	h->has_token = 0;
	return h->stop;
}

static enum drp_err announced(void *self, const struct drp_announced *c, size_t n)
{
	note("[%zu campaigns", n);
	for (size_t i = 0; i < n; i++) {
		note(" %u:%u", c[i].manifest.b[0], c[i].state);
	}
	note("] ");
	return ((struct host *)self)->stop;
}

static int missing(void *self, struct drp_hash *blob, uint32_t *held)
{
	struct host *h = self;
	for (int i = 0; i < 2; i++) {
		if (h->blob[i].name && h->blob[i].held < h->blob[i].total) {
			memset(blob, h->blob[i].name, sizeof *blob);
			*held = h->blob[i].held;
			return 1;
		}
	}
	return 0;
}

static enum drp_err piece(void *self, const struct drp_hash *blob, uint32_t total,
	uint32_t offset, const void *bytes, size_t n)
{
	struct host *h = self;
	note("[%c %u+%zu/%u %.*s] ", blob->b[0], offset, n, total, (int)n,
		(const char *)bytes);
	for (int i = 0; i < 2; i++) {
		if (h->blob[i].name == blob->b[0]) {
			h->blob[i].held += (uint32_t)n;
		}
	}
	return h->stop;
}

/* The outbox: a contribution, then a withdrawal, a contribution ... */
static int next_out(void *self, struct drp_out *out)
{
	struct host *h = self;
	if (h->next == h->n_out) {
		return 0;
	}
	uint8_t k = (uint8_t)(1 + h->next++);
	*out = (struct drp_out){.kind = k % 2 ? DRP_OUT_SUBMIT : DRP_OUT_WITHDRAW,
		.request = {{0xee, k}},
		.campaign = {{0xca, k}},
		.contribution = {{0xc0, k}},
		.unit = {{0x17, k}},
		.group = DRP_TEACHER};
	if (h->sealed) {
		uint8_t box[DRP_BOX_KEY_BYTES];
		out->kind = k % 2 ? DRP_OUT_REPORT : DRP_OUT_WITHDRAW;
		drp_keys_public(notary_keys, &out->notary, box);
	}
	drp_buf_text(&out->bytes, "contribution");
	return 1;
}

static enum drp_err settled(void *self, struct drp_out *out,
	const struct drp_receipt *receipt, const struct drp_receipt *confirmed)
{
	note("[%u %s%s] ", out->contribution.b[1], receipt ? "stored" : "withdrawn",
		confirmed ? " confirmed" : "");
	return ((struct host *)self)->stop;
}

static enum drp_err refused(
	void *self, struct drp_out *out, enum drp_err why, const char *text)
{
	note("[%u refused %s: %s] ", out->contribution.b[1], drp_err_name(why), text);
	return ((struct host *)self)->stop;
}

static int next_status(void *self, struct drp_status_ask *ask)
{
	struct host *h = self;
	uint8_t box[DRP_BOX_KEY_BYTES];
	if (!h->ask) {
		return 0;
	}
	h->ask--;
	*ask = (struct drp_status_ask){.campaign = {{0xca}}, .required = h->required};
	if (h->sealed) {
		drp_keys_public(notary_keys, &ask->notary, box);
	}
	return 1;
}

static enum drp_err status(
	void *self, const struct drp_status_ask *ask, const struct drp_reply *reply)
{
	CHECK_INT(ask->campaign.b[0], 0xca);
	note("[%u receipts", reply->status.n);
	for (size_t i = 0; i < reply->status.n; i++) {
		note(" %u", reply->status.receipt[i].contribution.b[1]);
	}
	for (size_t i = 0; i < reply->status.n_refused; i++) {
		note(" %s", drp_err_name(reply->status.refused[i].reason));
	}
	note("] ");
	return ((struct host *)self)->stop;
}

static int next_list(void *self, struct drp_hash *blob, uint32_t *held)
{
	struct host *h = self;
	if (h->lists == 0) {
		return 0;
	}
	*blob = (struct drp_hash){{0x11, (uint8_t)h->lists}};
	*held = (uint32_t)h->lists;
	return 1;
}

static enum drp_err list(void *self, const struct drp_reply *reply)
{
	struct host *h = self;
	note("[list %d: %s %zu/%u] ", h->lists, drp_err_name(reply->err),
		reply->err ? 0 : reply->get.n, reply->err ? 0 : reply->get.total);
	h->lists--;
	return h->stop;
}

static const struct drp_node_host functions = {.self = &host,
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
	.status = status,
	.next_list = next_list,
	.list = list};

/* ---- the hub ---- */

static struct {
	int64_t now_s;
	enum drp_err refuse;		 /* every request, when set */
	const struct drp_keys *receipts; /* who signs them */
	const struct drp_keys *second;	 /* and a second one of each, unless NULL */
	enum drp_err rejected;		 /* why the report is not counted */
	/* how receipts differ from what was sent: a byte to add in each field */
	uint8_t campaign, unit, group, contribution, signature;
	struct drp_id last; /* id of the request it saw */
} hub;

static void sign_receipt_by(
	const struct drp_keys *signer, struct drp_receipt *r, uint8_t k)
{
	uint8_t box[DRP_BOX_KEY_BYTES];
	struct drp_buf statement = {0};
	*r = (struct drp_receipt){.campaign = {{0xca, (uint8_t)(k + hub.campaign)}},
		.unit = {{0x17, (uint8_t)(k + hub.unit)}},
		.group = (uint8_t)(DRP_TEACHER + hub.group),
		.contribution = {{0xc0, (uint8_t)(k + hub.contribution)}},
		.stored_s = NOW};
	drp_keys_public(signer, &r->hub, box);
	CHECK_OK(drp_receipt_statement(r, &statement));
	drp_sign(
		signer, "drempel receipt 1", statement.data, statement.len, r->signature);
	r->signature[9] = (uint8_t)(r->signature[9] + hub.signature);
	drp_buf_clear(&statement);
}

static void sign_receipt(struct drp_receipt *r, uint8_t k)
{
	sign_receipt_by(hub.receipts, r, k);
}

/* Of the campaign that STATUS asked about. */
static void sign_status(struct drp_reply *a, uint8_t k)
{
	uint8_t campaign = hub.campaign;
	hub.campaign = (uint8_t)(campaign - k);
	sign_receipt(&a->status.receipt[a->status.n++], k);
	if (hub.second) {
		sign_receipt_by(hub.second, &a->status.receipt[a->status.n++], k);
	}
	hub.campaign = campaign;
}

static void fill_report(const struct drp_request *q, struct drp_reply *a)
{
	CHECK_INT(q->report.n, 12);
	CHECK_MEM(q->report.bytes, "contribution", 12);
	if (hub.receipts) {
		sign_receipt(&a->status.receipt[a->status.n++], hub.last.b[1]);
	}
	if (hub.second) {
		sign_receipt_by(
			hub.second, &a->status.receipt[a->status.n++], hub.last.b[1]);
	}
	if (hub.rejected) {
		a->status.refused[a->status.n_refused++].reason = hub.rejected;
	}
}

static void check_withdrawal(const struct drp_withdrawal *withdrawal)
{
	struct drp_buf statement = {0};
	uint8_t box[DRP_BOX_KEY_BYTES];
	struct drp_key node;
	drp_keys_public(node_keys, &node, box);
	CHECK_OK(drp_withdrawal_statement(withdrawal, &statement));
	CHECK_OK(drp_verify(&node, DRP_WITHDRAWAL_TAG, statement.data, statement.len,
		withdrawal->signature));
	drp_buf_clear(&statement);
}

static void fill_reply(const struct drp_request *q, struct drp_reply *a)
{
	static const char blob[] = "abcdefghij";
	switch (q->type) {
	case DRP_MSG_ENROL:
		CHECK_INT(q->enrol.token[31], 0x70);
		CHECK_INT(q->enrol.proof[31], 0x71);
		snprintf(a->enrol.school, sizeof a->enrol.school, "S1");
		snprintf(a->enrol.name, sizeof a->enrol.name, "Een");
		break;
	case DRP_MSG_SYNC:
		a->sync.n = 2;
		a->sync.campaign[0].manifest.b[0] = 5;
		a->sync.campaign[0].state = DRP_CAMPAIGN_OPEN;
		a->sync.campaign[1].manifest.b[0] = 6;
		a->sync.campaign[1].state = DRP_CAMPAIGN_FROZEN;
		break;
	case DRP_MSG_GET: /* at most four bytes at a time */
		a->get.total = sizeof blob - 1;
		a->get.bytes = (const uint8_t *)blob + q->get.offset;
		a->get.n = a->get.total - q->get.offset < 4 ? a->get.total - q->get.offset
							    : 4;
		break;
	case DRP_MSG_STATUS:
		sign_status(a, 8);
		sign_status(a, 9);
		break;
	case DRP_MSG_REPORT:
		fill_report(q, a);
		break;
	case DRP_MSG_SUBMIT:
		CHECK_INT(q->submit.n, 12);
		CHECK_MEM(q->submit.bytes, "contribution", 12);
		sign_receipt(&a->submit.receipt, hub.last.b[1]);
		break;
	default:
		CHECK_INT(q->withdraw.contribution.b[1], hub.last.b[1]);
		CHECK_INT(q->withdraw.unit.b[0], 0x17);
		CHECK_INT(q->withdraw.group, DRP_TEACHER);
		check_withdrawal(&q->withdraw);
		break;
	}
}

static const char *const type_name[] = {
	"", "ENROL", "SYNC", "GET", "STATUS", "SUBMIT", "WITHDRAW", "REPORT"};

/* Reads a request as a hub does and answers it. */
static void answer(const struct drp_buf *request, struct drp_buf *out)
{
	struct drp_envelope e;
	struct drp_request q;
	static struct drp_reply a;
	struct drp_buf body = {0}, said = {0};
	uint8_t message_key[DRP_MESSAGE_KEY_BYTES], box[DRP_BOX_KEY_BYTES];
	struct drp_key node;
	CHECK_OK(drp_envelope_parse(request->data, request->len, &e));
	CHECK_OK(drp_envelope_verify(&e));
	drp_keys_public(node_keys, &node, box);
	CHECK_MEM(&e.sender, &node, sizeof node);
	CHECK_OK(drp_envelope_open(&e, hub_keys, &body, message_key));
	CHECK_OK(drp_request_decode(e.type, body.data, body.len, &q));
	CHECK_INT(q.at, host.now_s);
	note("%s ", type_name[q.type]);
	hub.last = e.id;
	memset(&a, 0, sizeof a);
	a.type = q.type;
	a.at = hub.now_s;
	a.err = hub.refuse;
	if (hub.refuse) {
		snprintf(a.text, sizeof a.text, "because");
	} else {
		fill_reply(&q, &a);
	}
	CHECK_OK(drp_reply_encode_body(&a, &said));
	CHECK_OK(drp_reply_encode(message_key, (enum drp_message_type)q.type, &e.id,
		said.data, said.len, out));
	drp_buf_clear(&body);
	drp_buf_clear(&said);
}

/* ---- visits ---- */

static struct drp_node_session session;
static struct drp_diag diag;

static void begin(int has_token, int n_out, int push, int ask)
{
	static struct drp_test_rng_state state;
	struct drp_node_session_config config = {
		.keys = node_keys, .rng = drp_test_rng(&state, 7), .push = push};
	drp_keys_public(hub_keys, &config.hub, config.hub_box);
	memset(&hub, 0, sizeof hub);
	hub.now_s = NOW;
	hub.receipts = hub_keys;
	host = (struct host){.now_s = NOW,
		.has_token = has_token,
		.n_out = n_out,
		.ask = ask,
		.required = 1};
	diag = (struct drp_diag){0};
	trace[0] = 0;
	drp_node_session_init(&session, &config, &functions);
}

/* One request and its answer; *done when there was none. */
static enum drp_err step(int *done)
{
	struct drp_buf request = {0}, reply = {0};
	enum drp_err err = DRP_OK;
	CHECK_OK(drp_node_session_next(&session, &request, done, &diag));
	if (!*done) {
		answer(&request, &reply);
		err = drp_node_session_reply(&session, reply.data, reply.len, &diag);
	}
	drp_buf_clear(&request);
	drp_buf_clear(&reply);
	return err;
}

static enum drp_err visit(void)
{
	int done = 0;
	enum drp_err err = DRP_OK;
	while (err == DRP_OK && !done) {
		err = step(&done);
	}
	drp_node_session_clear(&session);
	return err;
}

static void everything_in_order(void)
{
	begin(1, 2, 1, 1);
	host.blob[0] = (struct blob){'m', 0, 10};
	host.blob[1] = (struct blob){'i', 8, 10}; /* resumed */
	CHECK_OK(visit());
	CHECK_STR(trace, "ENROL [S1/Een] SYNC [2 campaigns 5:1 6:3] "
			 "SUBMIT [1 stored] WITHDRAW [2 withdrawn] "
			 "GET [m 0+4/10 abcd] GET [m 4+4/10 efgh] GET [m 8+2/10 ij] "
			 "GET [i 8+2/10 ij] STATUS [2 receipts 8 9] ");
}

static void only_what_is_wanted(void)
{
	begin(0, 2, 0, 0);
	CHECK_OK(visit());
	CHECK_STR(trace, "SYNC [2 campaigns 5:1 6:3] ");
	begin(0, 0, 1, 0);
	CHECK_OK(visit());
	CHECK_STR(trace, "SYNC [2 campaigns 5:1 6:3] ");
}

/* A retry must be the same request to the hub; everything else is a new one. */
static void ids(void)
{
	struct drp_id seen[3];
	int done = 0;
	begin(1, 1, 1, 0);
	for (int i = 0; i < 3; i++) {
		CHECK_OK(step(&done));
		seen[i] = hub.last;
	}
	CHECK(memcmp(&seen[0], &seen[1], sizeof seen[0]) != 0);
	CHECK_INT(seen[2].b[0], 0xee); /* the outbox fixed it */
	CHECK_OK(visit());
}

static void a_refusal_ends_the_visit(void)
{
	static const struct {
		int has_token, blob, steps;
		const char *said;
	} where[] = {{1, 0, 0, "ENROL "}, {0, 0, 0, "SYNC "}, {0, 10, 2, "GET "},
		{0, 0, 2, "STATUS "}};
	for (int i = 0; i < 4; i++) {
		int done = 0;
		begin(where[i].has_token, 1, 1, 1);
		host.blob[0] = (struct blob){'m', 0, (uint32_t)where[i].blob};
		for (int k = 0; k < where[i].steps; k++) {
			CHECK_OK(step(&done));
		}
		trace[0] = 0;
		hub.refuse = DRP_E_REVOKED;
		CHECK_ERR(visit(), DRP_E_REVOKED);
		CHECK_STR(trace, where[i].said);
		CHECK(strstr(diag.text, "because") != NULL);
	}
}

/* One contribution that the hub will not have does not hold up the next. */
static void a_refused_contribution_is_told(void)
{
	begin(0, 2, 1, 0);
	int done = 0;
	CHECK_OK(step(&done)); /* SYNC */
	hub.refuse = DRP_E_CONFLICT;
	CHECK_OK(step(&done));
	hub.refuse = DRP_OK;
	CHECK_OK(visit());
	CHECK_STR(trace, "SYNC [2 campaigns 5:1 6:3] SUBMIT [1 refused CONFLICT: "
			 "because] WITHDRAW [2 withdrawn] ");
}

static void expect_bad_receipt(enum drp_err want)
{
	CHECK_ERR(visit(), want);
	CHECK_STR(trace, "SYNC [2 campaigns 5:1 6:3] SUBMIT ");
	CHECK(strstr(diag.text, "receipt") != NULL);
	begin(0, 1, 1, 0);
}

static void only_the_right_receipt_settles(void)
{
	begin(0, 1, 1, 0);
	hub.campaign = 1;
	expect_bad_receipt(DRP_E_HASH);
	hub.unit = 1;
	expect_bad_receipt(DRP_E_HASH);
	hub.group = 1;
	expect_bad_receipt(DRP_E_HASH);
	hub.contribution = 1;
	expect_bad_receipt(DRP_E_HASH);
	hub.signature = 1;
	expect_bad_receipt(DRP_E_SIGNATURE);
	hub.receipts = other_keys; /* signed soundly, by somebody else */
	expect_bad_receipt(DRP_E_SIGNATURE);
	CHECK_OK(visit());
	CHECK_STR(trace, "SYNC [2 campaigns 5:1 6:3] SUBMIT [1 stored] ");
}

static void a_forged_status_is_not_believed(void)
{
	begin(0, 0, 0, 1);
	hub.receipts = other_keys;
	CHECK_ERR(visit(), DRP_E_SIGNATURE);
	CHECK_STR(trace, "SYNC [2 campaigns 5:1 6:3] STATUS ");
}

/* ---- the sealed track ---- */

static void begin_sealed(int n_out, int ask)
{
	begin(0, n_out, 1, ask);
	host.sealed = 1;
}

static void reports_bring_two_receipts(void)
{
	begin_sealed(2, 0);
	CHECK_OK(visit());
	CHECK_STR(trace, "SYNC [2 campaigns 5:1 6:3] REPORT [1 stored] "
			 "WITHDRAW [2 withdrawn] ");
	begin_sealed(1, 0);
	hub.second = notary_keys;
	CHECK_OK(visit());
	CHECK_STR(trace, "SYNC [2 campaigns 5:1 6:3] REPORT [1 stored confirmed] ");
}

/* The notary's word counts only from the campaign's notary, and not in the hub's place.
 */
static void only_the_notary_confirms(void)
{
	const struct drp_keys *wrong[][2] = {{hub_keys, other_keys},
		{hub_keys, node_keys}, {notary_keys, NULL}, {NULL, notary_keys}};
	for (size_t i = 0; i < 4; i++) {
		begin_sealed(1, 0);
		hub.receipts = wrong[i][0];
		hub.second = wrong[i][1];
		CHECK(visit() != DRP_OK);
		CHECK_STR(trace, "SYNC [2 campaigns 5:1 6:3] REPORT ");
		CHECK(strstr(diag.text, "receipt") != NULL);
	}
	begin(0, 1, 1, 0); /* on the open track there is no notary */
	hub.receipts = notary_keys;
	CHECK_ERR(visit(), DRP_E_SIGNATURE);
}

static void a_report_that_does_not_verify_is_told(void)
{
	begin_sealed(1, 0);
	hub.rejected = DRP_E_PROOF;
	CHECK_OK(visit());
	CHECK_STR(trace, "SYNC [2 campaigns 5:1 6:3] REPORT [1 refused PROOF: the proof "
			 "of a sealed report does not hold] ");
}

static void the_status_of_each_campaign_is_asked(void)
{
	begin_sealed(0, 2);
	hub.second = notary_keys;
	CHECK_OK(visit());
	CHECK_STR(trace, "SYNC [2 campaigns 5:1 6:3] STATUS [4 receipts 8 8 9 9] "
			 "STATUS [4 receipts 8 8 9 9] ");
	begin_sealed(0, 1);
	hub.second = other_keys;
	CHECK_ERR(visit(), DRP_E_SIGNATURE);
	begin_sealed(0, 1);
	hub.campaign = 1; /* of another campaign */
	CHECK_ERR(visit(), DRP_E_HASH);
	CHECK_STR(trace, "SYNC [2 campaigns 5:1 6:3] STATUS ");
}

/* The lists come last; a hub that will not show them is told, and ends nothing. */
static void lists_come_after_the_status(void)
{
	int done = 0;
	begin_sealed(0, 1);
	hub.second = notary_keys;
	host.lists = 2;
	CHECK_OK(visit());
	CHECK_STR(trace,
		"SYNC [2 campaigns 5:1 6:3] STATUS [4 receipts 8 8 9 9] GET [list 2: OK "
		"4/10] GET [list 1: OK 4/10] ");
	begin_sealed(0, 0);
	host.lists = 2;
	CHECK_OK(step(&done));
	hub.refuse = DRP_E_REVOKED;
	CHECK_OK(visit());
	CHECK_STR(trace, "SYNC [2 campaigns 5:1 6:3] GET [list 2: REVOKED 0/0] GET "
			 "[list 1: REVOKED 0/0] ");
	begin_sealed(0, 0);
	host.lists = 2;
	CHECK_OK(step(&done));
	host.stop = DRP_E_STORE;
	CHECK_ERR(visit(), DRP_E_STORE);
}

/* A hub that went back to an old backup may not know a campaign of this node. */
static void an_unknown_campaign_is_passed_over(void)
{
	for (int required = 0; required < 2; required++) {
		int done = 0;
		begin_sealed(0, 2);
		host.required = required;
		CHECK_OK(step(&done));
		hub.refuse = DRP_E_NOTFOUND;
		CHECK_ERR(visit(), required ? DRP_E_NOTFOUND : DRP_OK);
		CHECK_STR(trace, required ? "SYNC [2 campaigns 5:1 6:3] STATUS "
					  : "SYNC [2 campaigns 5:1 6:3] STATUS [0 "
					    "receipts] STATUS [0 receipts] ");
	}
}

static void expect_clock(int64_t node_s, int64_t hub_s, enum drp_err want)
{
	begin(1, 1, 1, 0);
	host.now_s = node_s;
	hub.now_s = hub_s;
	CHECK_ERR(visit(), want);
	CHECK_INT(strcmp(trace, "ENROL ") == 0, want != DRP_OK);
	CHECK_INT(strstr(diag.text, "clock") != NULL, want != DRP_OK);
}

static void a_wrong_clock_stops_the_visit(void)
{
	expect_clock(NOW + YEAR, NOW, DRP_E_CLOCK);
	expect_clock(NOW - YEAR, NOW, DRP_E_CLOCK);
	expect_clock(0, NOW, DRP_E_CLOCK);
	expect_clock(NOW, INT64_C(253402300799), DRP_E_CLOCK);
	expect_clock(NOW + DAY + 1, NOW, DRP_E_CLOCK);
	expect_clock(NOW + DAY, NOW, DRP_OK);
	expect_clock(NOW - DAY, NOW, DRP_OK);
	expect_clock(NOW - DAY - 1, NOW, DRP_E_CLOCK);
	begin(1, 1, 1, 0); /* also when the hub says it by refusing */
	host.now_s += YEAR;
	hub.refuse = DRP_E_CLOCK;
	CHECK_ERR(visit(), DRP_E_CLOCK);
	CHECK_STR(trace, "ENROL ");
	CHECK(strstr(diag.text, "set the clock") != NULL);
}

/* The SYNC of a visit, and its answer, for others to spoil. */
static void ask_sync(struct drp_buf *request, struct drp_buf *reply)
{
	int done = 0;
	begin(0, 0, 0, 0);
	CHECK_OK(drp_node_session_next(&session, request, &done, &diag));
	answer(request, reply);
	CHECK_STR(trace, "SYNC ");
}

static void a_changed_answer_is_not_used(void)
{
	size_t n = 1;
	for (size_t i = 0; i < n; i++) {
		struct drp_buf request = {0}, reply = {0};
		ask_sync(&request, &reply);
		n = reply.len;
		reply.data[i] ^= 1;
		CHECK(drp_node_session_reply(&session, reply.data, reply.len, &diag) !=
			DRP_OK);
		CHECK_STR(trace, "SYNC ");
		CHECK(diag.text[0]);
		drp_buf_clear(&request);
		drp_buf_clear(&reply);
		ask_sync(&request, &reply);
		CHECK(drp_node_session_reply(&session, reply.data, i, &diag) != DRP_OK);
		CHECK_STR(trace, "SYNC ");
		drp_buf_clear(&request);
		drp_buf_clear(&reply);
		drp_node_session_clear(&session);
	}
	CHECK(n > 200);
}

static void an_answer_to_something_else_is_not_used(void)
{
	struct drp_buf request = {0}, first = {0}, second = {0};
	ask_sync(&request, &first);
	drp_buf_clear(&request);
	ask_sync(&request, &second); /* the same request again, under its own key */
	CHECK_ERR(drp_node_session_reply(&session, first.data, first.len, &diag),
		DRP_E_SIGNATURE);
	CHECK_STR(trace, "SYNC ");
	drp_buf_clear(&request);
	drp_buf_clear(&first);
	drp_buf_clear(&second);
	drp_node_session_clear(&session);
}

static void an_error_in_the_open_is_only_a_hint(void)
{
	struct drp_buf request = {0}, reply = {0}, open = {0};
	ask_sync(&request, &reply);
	CHECK_OK(drp_reply_encode_error(&session.id, DRP_E_SIGNATURE, &open));
	CHECK_ERR(
		drp_node_session_reply(&session, open.data, open.len, &diag), DRP_E_PEER);
	CHECK_STR(trace, "SYNC ");
	CHECK(strstr(diag.text, "does not verify") != NULL);
	drp_buf_clear(&request);
	drp_buf_clear(&reply);
	drp_buf_clear(&open);
	drp_node_session_clear(&session);
}

static void the_host_can_stop_it(void)
{
	static const char *const last[] = {"[S1/Een] ", "[2 campaigns 5:1 6:3] ",
		"[1 stored] ", "[m 0+4/10 abcd] ", "[2 receipts 8 9] "};
	for (int stop = 0; stop < 5; stop++) {
		int done = 0;
		begin(1, 1, 1, 1);
		host.blob[0] = (struct blob){'m', 0, 4};
		for (int i = 0; i < stop; i++) {
			CHECK_OK(step(&done));
		}
		host.stop = DRP_E_FULL;
		CHECK_ERR(visit(), DRP_E_FULL);
		CHECK_STR(trace + strlen(trace) - strlen(last[stop]), last[stop]);
	}
}

static void backoff(void)
{
	static struct drp_test_rng_state state;
	struct drp_rng rng = drp_test_rng(&state, 3);
	int64_t most = 2000;
	for (unsigned tries = 1; tries < 40; tries++) {
		int64_t least_seen = INT64_MAX, most_seen = 0;
		for (int i = 0; i < 200; i++) {
			int64_t ms = drp_backoff_ms(tries, &rng);
			CHECK(ms >= most / 2 && ms < most);
			least_seen = ms < least_seen ? ms : least_seen;
			most_seen = ms > most_seen ? ms : most_seen;
		}
		CHECK(most_seen - least_seen > most / 4); /* it does vary */
		most = 2 * most < 900000 ? 2 * most : 900000;
	}
}

int main(void)
{
	if (drp_crypto_init() || drp_keys_new(&node_keys) || drp_keys_new(&hub_keys) ||
		drp_keys_new(&other_keys) || drp_keys_new(&notary_keys)) {
		return 1;
	}
	CASE("enrol, sync, the outbox, get, status", everything_in_order);
	CASE("what nobody wants is not asked", only_what_is_wanted);
	CASE("ids are fresh, those of the outbox are its own", ids);
	CASE("a refusal before the outbox ends the visit with its reason",
		a_refusal_ends_the_visit);
	CASE("a refused contribution is told to the host and the visit goes on",
		a_refused_contribution_is_told);
	CASE("only this hub's receipt of this contribution settles it",
		only_the_right_receipt_settles);
	CASE("a status with a forged receipt is not believed",
		a_forged_status_is_not_believed);
	CASE("a report brings the hub's receipt, and the notary's when it is there",
		reports_bring_two_receipts);
	CASE("only the campaign's notary confirms", only_the_notary_confirms);
	CASE("a report that does not verify is told to the host",
		a_report_that_does_not_verify_is_told);
	CASE("status is asked of every campaign that the host names",
		the_status_of_each_campaign_is_asked);
	CASE("the lists of a close are fetched last, and none ends a visit",
		lists_come_after_the_status);
	CASE("a campaign that the hub does not know is passed over, unless required",
		an_unknown_campaign_is_passed_over);
	CASE("a clock more than a day off stops the visit, whoever's it is",
		a_wrong_clock_stops_the_visit);
	CASE("an answer that was changed or cut is not used",
		a_changed_answer_is_not_used);
	CASE("an answer to another request is not used",
		an_answer_to_something_else_is_not_used);
	CASE("an error in the open is only a hint", an_error_in_the_open_is_only_a_hint);
	CASE("an error of the host stops the visit", the_host_can_stop_it);
	CASE("waiting doubles up to a quarter of an hour, with a random half", backoff);
	drp_keys_free(node_keys);
	drp_keys_free(hub_keys);
	drp_keys_free(other_keys);
	drp_keys_free(notary_keys);
	return DONE();
}
