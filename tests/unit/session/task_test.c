/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/session/task.h"

#include "proto/session/envelope.h"
#include "proto/session/messages.h"

#include "tests/support/sealed_fixture.h"

#include <stdlib.h>

static struct sealed_fixture fixture;

static void both_sides_make_the_same(void)
{
	static struct drp_task again;
	const struct drp_task *t = &fixture.task[DRP_TEACHER];
	CHECK_OK(drp_task_make(
		&fixture.manifest, &fixture.instrument, DRP_TEACHER, &again, NULL));
	CHECK_INT(t->group, DRP_TEACHER);
	CHECK(drp_hash_equal(&t->campaign, &fixture.manifest.hash));
	CHECK_INT(t->prio3.circuit.length, t->vector.length);
	CHECK_INT(t->prio3.circuit.items, t->vector.n_items);
	CHECK_INT(t->prio3.circuit.bits, 6); /* 41 teachers at most */
	CHECK_INT(t->prio3.shares, 2);
	CHECK_INT(again.prio3.tag_n, t->prio3.tag_n);
	CHECK_MEM(again.prio3.tag, t->prio3.tag, t->prio3.tag_n);
}

/* tag | campaign | group | hash(algorithm | items | counters | bits | chunk). */
static void the_context_is_as_documented(void)
{
	const struct drp_task *t = &fixture.task[DRP_TEACHER];
	const struct drp_prio3 *p = &t->prio3;
	uint8_t want[14 + 32 + 1 + 32] = "drempel task 1", bytes[64] = {0xff, 0xff, 0, 1};
	struct drp_hash parameters;
	size_t n = 6;
	bytes[5] = 5;
	for (size_t i = 0; i < 5; i++) {
		bytes[n++] = t->vector.counters[i];
	}
	bytes[n++] = 6;
	bytes[n + 3] = (uint8_t)p->circuit.chunk;
	drp_hash_bytes(bytes, n + 4, &parameters);
	memcpy(want + 14, fixture.manifest.hash.b, 32);
	want[46] = DRP_TEACHER;
	memcpy(want + 47, parameters.b, 32);
	CHECK(p->tag_n > sizeof want);
	CHECK_MEM(p->tag + p->tag_n - sizeof want, want, sizeof want);
}

static int same_tag(const struct drp_task *a, const struct drp_task *b)
{
	return a->prio3.tag_n == b->prio3.tag_n &&
	       memcmp(a->prio3.tag, b->prio3.tag, a->prio3.tag_n) == 0;
}

static void everything_is_bound(void)
{
	static struct drp_task other;
	static struct drp_instrument in;
	struct drp_unit units[SEALED_UNITS];
	struct drp_manifest m = fixture.manifest;
	CHECK(!same_tag(&fixture.task[DRP_TEACHER], &fixture.task[DRP_LEADER]));
	m.hash.b[0] ^= 1;
	CHECK_OK(drp_task_make(&m, &fixture.instrument, DRP_TEACHER, &other, NULL));
	CHECK(!same_tag(&fixture.task[DRP_TEACHER], &other));
	/* Others of the same campaign would be a defect: the context still differs. */
	m = fixture.manifest;
	memcpy(units, m.unit, sizeof units);
	units[3].eligible[DRP_TEACHER] = 64; /* a bit more */
	m.unit = units;
	CHECK_OK(drp_task_make(&m, &fixture.instrument, DRP_TEACHER, &other, NULL));
	CHECK(!same_tag(&fixture.task[DRP_TEACHER], &other));
	in = fixture.instrument;
	in.scale[1].has_na = 1; /* a counter more */
	CHECK_OK(drp_task_make(&fixture.manifest, &in, DRP_TEACHER, &other, NULL));
	CHECK(!same_tag(&fixture.task[DRP_TEACHER], &other));
}

/* n five-point items without n/a, for pupils of units with so many of them. */
static enum drp_err make_large(
	uint16_t n, uint32_t eligible, struct drp_task *task, struct drp_diag *diag)
{
	static struct drp_instrument in;
	struct drp_unit unit = {.eligible = {0, 0, eligible}};
	struct drp_manifest m = fixture.manifest;
	in = (struct drp_instrument){
		.n_scales = 1, .scale = {{.points = 5}}, .n_items = n};
	for (size_t i = 0; i < n; i++) {
		in.item[i].groups = 1u << DRP_PUPIL;
	}
	m.unit = &unit;
	m.n_units = 1;
	return drp_task_make(&m, &in, DRP_PUPIL, task, diag);
}

/* The largest report that a task allows, in a message. */
static size_t message_of(const struct drp_task *task)
{
	struct drp_test_rng_state state;
	struct drp_rng rng = drp_test_rng(&state, 3);
	uint64_t *counts = calloc(task->vector.length, sizeof *counts);
	struct drp_buf report = {0}, body = {0}, message = {0};
	struct drp_request q = {.type = DRP_MSG_REPORT, .at = INT64_C(253402300799)};
	struct drp_id id = {{0}};
	struct drp_hash name;
	uint8_t key[DRP_MESSAGE_KEY_BYTES];
	CHECK(counts != NULL);
	CHECK_OK(drp_report_make(task, counts, &fixture.unit[0].id, fixture.school[0],
		fixture.manifest.notary_box, &rng, &report, &name));
	q.report.bytes = report.data;
	q.report.n = report.len;
	CHECK_OK(drp_request_encode(&q, &body));
	CHECK_OK(drp_envelope_seal(fixture.school[0], fixture.manifest.hub_box,
		DRP_MSG_REPORT, &id, body.data, body.len, &message, key));
	size_t n = message.len;
	CHECK(n - task->prio3.sizes.first_input_share <= 768);
	drp_buf_clear(&report);
	drp_buf_clear(&body);
	drp_buf_clear(&message);
	free(counts);
	return n;
}

/* For each number of bits the most items that a task takes: one of these reports comes
 * close to the limit. */
static void a_report_fits_a_message(void)
{
	static struct drp_task task;
	struct drp_diag diag = {0};
	size_t largest = 0;
	for (unsigned bits = 11; bits <= 17; bits++) {
		uint32_t eligible = bits < 17 ? (1u << bits) - 1 : DRP_UNIT_ELIGIBLE_MAX;
		uint16_t n = 100;
		while (make_large(n, eligible, &task, &diag) == DRP_OK) {
			n++;
		}
		CHECK(n > 100 && n < DRP_ITEMS_MAX);
		CHECK_INT(diag.code, DRP_E_TOOBIG);
		CHECK_OK(make_large((uint16_t)(n - 1), eligible, &task, NULL));
		CHECK_INT(task.prio3.circuit.bits, bits);
		size_t message = message_of(&task);
		printf("# %d items of %u bits: %zu bytes\n", n - 1, bits, message);
		CHECK(message <= DRP_MESSAGE_MAX_BYTES);
		largest = message > largest ? message : largest;
	}
	CHECK(largest > DRP_MESSAGE_MAX_BYTES - 256);
	CHECK_ERR(make_large(DRP_ITEMS_MAX, DRP_UNIT_ELIGIBLE_MAX, &task, NULL),
		DRP_E_TOOBIG);
}

static void keys_of_a_seed(void)
{
	uint8_t a[32], b[32], seed[DRP_VERIFY_SEED_BYTES];
	struct drp_hash one, two, campaign = fixture.manifest.hash;
	memcpy(seed, fixture.seed, sizeof seed);
	drp_verify_key(seed, &campaign, DRP_LEADER, a);
	drp_verify_key(seed, &campaign, DRP_LEADER, b);
	CHECK_MEM(a, b, sizeof a);
	drp_verify_key(seed, &campaign, DRP_PUPIL, b);
	CHECK(memcmp(a, b, sizeof a) != 0);
	campaign.b[9] ^= 1;
	drp_verify_key(seed, &campaign, DRP_LEADER, b);
	CHECK(memcmp(a, b, sizeof a) != 0);
	drp_verify_commitment(seed, &one);
	CHECK(drp_hash_equal(&one, &fixture.manifest.verify));
	CHECK(memcmp(one.b, a, 32) != 0); /* what is published is no key */
	seed[0] ^= 1;
	drp_verify_commitment(seed, &two);
	CHECK(!drp_hash_equal(&one, &two));
	drp_verify_key(seed, &fixture.manifest.hash, DRP_LEADER, b);
	CHECK(memcmp(a, b, sizeof a) != 0);
}

int main(void)
{
	CHECK_OK(drp_crypto_init());
	sealed_fixture_make(&fixture);
	CASE("both sides make the same task", both_sides_make_the_same);
	CASE("the context is as it is documented", the_context_is_as_documented);
	CASE("campaign, group and circuit are bound", everything_is_bound);
	CASE("a report fits a message, or there is no task", a_report_fits_a_message);
	CASE("every task has a key of its own from one seed", keys_of_a_seed);
	sealed_fixture_free(&fixture);
	return DONE();
}
