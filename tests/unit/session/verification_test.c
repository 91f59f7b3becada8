/* SPDX-License-Identifier: Apache-2.0
 *
 * One report between school, hub and notary: what is accepted, and that nothing can be
 * changed on the way, moved to another place or counted when it is no tabulation.
 */
#include "proto/session/verification.h"

#include "proto/base/alloc.h"
#include "proto/vdaf/circuit_type.h"
#include "proto/vdaf/pingpong.h"

#include "tests/support/sealed_fixture.h"

#define G DRP_LEADER
#define U 4

static struct sealed_fixture fixture;
static struct drp_test_rng_state state;
static struct drp_rng rng;

/* A report of unit U, as each side sees it. */
struct sample {
	struct drp_buf bytes;
	struct drp_report hub, notary;
	struct drp_hash name;
	uint64_t counts[SEALED_COUNTS_MAX];
};

static void sample_make(struct sample *s)
{
	memset(s, 0, sizeof *s);
	sealed_counts(&fixture, G, &rng, 9, s->counts);
	sealed_report(&fixture, G, U, s->counts, &rng, &s->bytes, &s->hub, &s->name);
	s->notary = s->hub;
	s->notary.hub_share = NULL;
	s->notary.hub_n = 0;
}

static enum drp_err check(const struct drp_report *report, int at_notary)
{
	return drp_report_check(
		&fixture.task[G], &fixture.manifest, report, at_notary, NULL);
}

static void shares_add_up(void)
{
	struct sample s;
	struct drp_buf share[2] = {{0}, {0}};
	int64_t values[SEALED_COUNTS_MAX];
	size_t n = fixture.task[G].vector.length;
	sample_make(&s);
	CHECK_OK(sealed_verify(&fixture, G, &s.hub, share));
	struct drp_bytes shares[2] = {sealed_whole(&share[0]), sealed_whole(&share[1])};
	CHECK_OK(drp_prio3_unshard(&fixture.task[G].prio3, shares, 2, values));
	for (size_t i = 0; i < n; i++) {
		CHECK_INT(values[i], (int64_t)s.counts[i]);
	}
	drp_buf_clear(&share[0]);
	drp_buf_clear(&share[1]);
	drp_buf_clear(&s.bytes);
}

/* The report on its way to the hub: every bit is signed, or is the signature. */
static void every_bit_of_a_report(void)
{
	struct sample s;
	size_t accepted = 0;
	sample_make(&s);
	for (size_t i = 0; i < 8 * s.bytes.len; i++) {
		struct drp_report report;
		struct drp_hash name;
		s.bytes.data[i / 8] ^= (uint8_t)(1u << i % 8);
		accepted += drp_report_decode(s.bytes.data, s.bytes.len, &report,
				    &name) == DRP_OK &&
			    check(&report, 0) == DRP_OK;
		s.bytes.data[i / 8] ^= (uint8_t)(1u << i % 8);
	}
	CHECK_INT(accepted, 0);
	CHECK_OK(check(&s.hub, 0));
	drp_buf_clear(&s.bytes);
}

/* Runs the exchange without the signature: what a dishonest school could sign, and what a
 * dishonest hub could send. Neither side may get a share. */
static enum drp_err unsigned_exchange(
	const struct drp_report *hub, const struct drp_report *notary)
{
	const struct drp_task *task = &fixture.task[G];
	struct drp_buf kept = {0}, initialize = {0}, finish = {0}, share[2] = {{0}, {0}};
	enum drp_err err = drp_verification_start(
		task, fixture.verify_key[G], hub, &kept, &initialize);
	err = err ? err
		  : drp_verification_answer(task, fixture.verify_key[G], fixture.notary,
			    notary, sealed_whole(&initialize), &share[1], &finish);
	err = err ? err
		  : drp_verification_finish(
			    task, sealed_whole(&kept), sealed_whole(&finish), &share[0]);
	CHECK(err == DRP_OK || share[0].len == 0);
	drp_buf_clear(&kept);
	drp_buf_clear(&initialize);
	drp_buf_clear(&finish);
	drp_buf_clear(&share[0]);
	drp_buf_clear(&share[1]);
	return err;
}

/* Flips every bit of n bytes that the parts of the sample point at. */
static size_t survivors(struct sample *s, const uint8_t *bytes, size_t n, size_t step)
{
	size_t accepted = 0;
	uint8_t *at = s->bytes.data + (bytes - s->bytes.data);
	for (size_t i = 0; i < 8 * n; i += step) {
		at[i / 8] ^= (uint8_t)(1u << i % 8);
		accepted += unsigned_exchange(&s->hub, &s->notary) == DRP_OK;
		at[i / 8] ^= (uint8_t)(1u << i % 8);
	}
	return accepted;
}

static void every_bit_of_the_shares(void)
{
	struct sample s;
	sample_make(&s);
	CHECK_OK(unsigned_exchange(&s.hub, &s.notary));
	/* Each element of the hub's share, in a bit that moves along. */
	CHECK_INT(survivors(&s, s.hub.hub_share, s.hub.hub_n, 43), 0);
	CHECK_INT(survivors(&s, s.hub.notary_share, s.hub.notary_n, 1), 0);
	CHECK_INT(survivors(&s, s.hub.public_share, s.hub.public_n, 1), 0);
	for (size_t i = 0; i < 8 * 16; i++) {
		s.hub.statement.nonce.b[i / 8] ^= (uint8_t)(1u << i % 8);
		CHECK(unsigned_exchange(&s.hub, &s.notary) != DRP_OK);
		s.notary.statement.nonce = s.hub.statement.nonce;
		CHECK_ERR(unsigned_exchange(&s.hub, &s.notary), DRP_E_SIGNATURE);
		s.hub.statement.nonce.b[i / 8] ^= (uint8_t)(1u << i % 8);
		s.notary.statement.nonce = s.hub.statement.nonce;
	}
	CHECK_OK(unsigned_exchange(&s.hub, &s.notary));
	drp_buf_clear(&s.bytes);
}

/* A signed report whose share holds bytes that are no element is refused for ever. */
static void a_share_that_is_none(void)
{
	struct sample s;
	struct drp_buf kept = {0}, initialize = {0};
	sample_make(&s);
	memset(s.bytes.data + (s.hub.hub_share - s.bytes.data), 0xff, 16);
	CHECK_ERR(drp_verification_start(&fixture.task[G], fixture.verify_key[G], &s.hub,
			  &kept, &initialize),
		DRP_E_PROOF);
	CHECK_INT(kept.len + initialize.len, 0);
	drp_buf_clear(&s.bytes);
}

static void every_bit_between_the_aggregators(void)
{
	const struct drp_task *task = &fixture.task[G];
	const uint8_t *key = fixture.verify_key[G];
	struct sample s;
	struct drp_buf kept = {0}, initialize = {0}, finish = {0}, share = {0},
		       none = {0};
	sample_make(&s);
	CHECK_OK(drp_verification_start(task, key, &s.hub, &kept, &initialize));
	for (size_t i = 0; i < 8 * initialize.len; i++) {
		initialize.data[i / 8] ^= (uint8_t)(1u << i % 8);
		CHECK(drp_verification_answer(task, key, fixture.notary, &s.notary,
			      sealed_whole(&initialize), &share, &none) != DRP_OK);
		initialize.data[i / 8] ^= (uint8_t)(1u << i % 8);
	}
	CHECK_INT(share.len + none.len, 0);
	CHECK_OK(drp_verification_answer(task, key, fixture.notary, &s.notary,
		sealed_whole(&initialize), &share, &finish));
	for (size_t i = 0; i < 8 * finish.len; i++) {
		finish.data[i / 8] ^= (uint8_t)(1u << i % 8);
		CHECK(drp_verification_finish(task, sealed_whole(&kept),
			      sealed_whole(&finish), &none) != DRP_OK);
		finish.data[i / 8] ^= (uint8_t)(1u << i % 8);
	}
	for (size_t n = 0; n < finish.len; n++) {
		CHECK(drp_verification_finish(task, sealed_whole(&kept),
			      (struct drp_bytes){finish.data, n}, &none) != DRP_OK);
	}
	CHECK_INT(none.len, 0);
	CHECK_OK(drp_verification_finish(
		task, sealed_whole(&kept), sealed_whole(&finish), &none));
	drp_buf_clear(&kept);
	drp_buf_clear(&initialize);
	drp_buf_clear(&finish);
	drp_buf_clear(&share);
	drp_buf_clear(&none);
	drp_buf_clear(&s.bytes);
}

/* The same bytes under another campaign, group or unit: the signature names the place,
 * and a school that signs again for another one has no share that opens or verifies. */
static void replay_elsewhere(void)
{
	static struct sealed_fixture other;
	struct sample s;
	sealed_fixture_make(&other);
	other.manifest.hash.b[0] ^= 1;
	sample_make(&s);
	struct drp_report moved = s.hub, at_notary;
	CHECK_ERR(drp_report_check(
			  &fixture.task[DRP_TEACHER], &fixture.manifest, &moved, 0, NULL),
		DRP_E_MALFORMED);
	CHECK_ERR(drp_report_check(&other.task[G], &other.manifest, &moved, 0, NULL),
		DRP_E_MALFORMED);
	moved.statement.group = DRP_TEACHER;
	CHECK_ERR(drp_report_check(
			  &fixture.task[DRP_TEACHER], &fixture.manifest, &moved, 0, NULL),
		DRP_E_MALFORMED);		 /* other lengths */
	struct drp_task alike = fixture.task[G]; /* of a group with as many questions */
	alike.group = DRP_PUPIL;
	CHECK_ERR(drp_report_check(&alike, &fixture.manifest, &s.hub, 0, NULL),
		DRP_E_MALFORMED);
	moved = s.hub;
	moved.statement.unit = fixture.unit[U + 1].id;
	CHECK_ERR(check(&moved, 0), DRP_E_SIGNATURE);
	memset(moved.statement.unit.b, 0xee, 16);
	CHECK_ERR(check(&moved, 0), DRP_E_NOTFOUND);
	for (int what = 0; what < 3; what++) {
		moved = s.hub;
		at_notary = s.notary;
		moved.statement.unit =
			what == 0 ? fixture.unit[U + 1].id : moved.statement.unit;
		moved.statement.group = what == 1 ? DRP_PUPIL : moved.statement.group;
		moved.statement.campaign =
			what == 2 ? other.manifest.hash : moved.statement.campaign;
		at_notary.statement = moved.statement;
		CHECK_ERR(unsigned_exchange(&moved, &at_notary), DRP_E_SIGNATURE);
	}
	sealed_fixture_free(&other);
	drp_buf_clear(&s.bytes);
}

/* What ties the proof itself to its place: the context of each task. */
static void proofs_hold_in_one_task(void)
{
	static struct drp_task other;
	struct sample s;
	struct drp_buf kept = {0}, initialize = {0}, share = {0}, finish = {0};
	sample_make(&s);
	struct drp_manifest m = fixture.manifest;
	m.hash.b[31] ^= 1;
	CHECK_OK(drp_task_make(&m, &fixture.instrument, G, &other, NULL));
	CHECK_OK(drp_verification_start(
		&other, fixture.verify_key[G], &s.hub, &kept, &initialize));
	CHECK_ERR(drp_verification_answer(&other, fixture.verify_key[G], fixture.notary,
			  &s.notary, sealed_whole(&initialize), &share, &finish),
		DRP_E_PROOF);
	drp_buf_clear(&kept);
	drp_buf_clear(&initialize);
	drp_buf_clear(&share);
	drp_buf_clear(&finish);
	drp_buf_clear(&s.bytes);
}

/* A school that changes its own program: numbers side by side, whatever their sum. */
static struct drp_circuit_type dishonest;

static void counters_that_do_not_sum_to_n(void)
{
	struct sample s;
	struct drp_buf bytes = {0}, share[2] = {{0}, {0}};
	struct drp_task task = fixture.task[G];
	struct drp_report report;
	struct drp_hash name;
	sample_make(&s);
	s.counts[1]++;
	CHECK_ERR(drp_report_make(&task, s.counts, &fixture.unit[U].id, fixture.school[U],
			  fixture.manifest.notary_box, &rng, &bytes, &name),
		DRP_E_RANGE);
	CHECK_INT(bytes.len, 0);
	dishonest = *task.prio3.circuit.type;
	dishonest.encode = drp_numbers_encode;
	task.prio3.circuit.type = &dishonest;
	for (int honest = 0; honest < 2; honest++) {
		s.counts[1] -= (uint64_t)honest; /* the control: only the sum was wrong */
		bytes.len = 0;
		CHECK_OK(drp_report_make(&task, s.counts, &fixture.unit[U].id,
			fixture.school[U], fixture.manifest.notary_box, &rng, &bytes,
			&name));
		CHECK_OK(drp_report_decode(bytes.data, bytes.len, &report, &name));
		CHECK_ERR(sealed_verify(&fixture, G, &report, share),
			honest ? DRP_OK : DRP_E_PROOF);
		CHECK(honest || share[0].len + share[1].len == 0);
	}
	drp_buf_clear(&share[0]);
	drp_buf_clear(&share[1]);
	drp_buf_clear(&bytes);
	drp_buf_clear(&s.bytes);
}

static void lengths_and_signers(void)
{
	struct sample s;
	struct drp_report r;
	sample_make(&s);
	CHECK_OK(check(&s.hub, 0));
	CHECK_OK(check(&s.notary, 1));
	CHECK_ERR(
		check(&s.hub, 1), DRP_E_MALFORMED); /* the notary never sees that share */
	CHECK_ERR(check(&s.notary, 0), DRP_E_MALFORMED);
	r = s.hub;
	r.hub_n--;
	CHECK_ERR(check(&r, 0), DRP_E_MALFORMED);
	r = s.hub;
	r.notary_n++;
	CHECK_ERR(check(&r, 0), DRP_E_MALFORMED);
	r = s.notary;
	r.public_n = 0;
	CHECK_ERR(check(&r, 1), DRP_E_MALFORMED);
	struct drp_key key = fixture.key[U];
	fixture.key[U] = fixture.key[U + 1];
	CHECK_ERR(check(&s.hub, 0), DRP_E_SIGNATURE);
	memset(&fixture.key[U], 0, sizeof key); /* a school that has not enrolled */
	CHECK_ERR(check(&s.hub, 0), DRP_E_SIGNATURE);
	fixture.key[U] = key;
	drp_buf_clear(&s.bytes);
}

/* Only the paired notary opens its share, and only with the committed key. */
static void other_keys(void)
{
	const struct drp_task *task = &fixture.task[G];
	struct sample s;
	struct drp_buf kept = {0}, initialize = {0}, share = {0}, finish = {0};
	uint8_t wrong[DRP_PRIO3_VERIFY_KEY_BYTES];
	sample_make(&s);
	memcpy(wrong, fixture.verify_key[G], sizeof wrong);
	wrong[31] ^= 1;
	CHECK_OK(drp_verification_start(
		task, fixture.verify_key[G], &s.hub, &kept, &initialize));
	CHECK_ERR(drp_verification_answer(task, fixture.verify_key[G], fixture.hub,
			  &s.notary, sealed_whole(&initialize), &share, &finish),
		DRP_E_SIGNATURE);
	CHECK_ERR(drp_verification_answer(task, wrong, fixture.notary, &s.notary,
			  sealed_whole(&initialize), &share, &finish),
		DRP_E_PROOF);
	CHECK_INT(share.len + finish.len, 0);
	drp_buf_clear(&kept);
	drp_buf_clear(&initialize);
	drp_buf_clear(&share);
	drp_buf_clear(&finish);
	drp_buf_clear(&s.bytes);
}

static void out_of_memory(void)
{
	struct sample s;
	enum drp_err err = DRP_E_NOMEM;
	unsigned long at = 0;
	struct drp_buf share[2] = {{0}, {0}}, bytes = {0};
	struct drp_hash name;
	sample_make(&s);
	while (err == DRP_E_NOMEM) {
		drp_alloc_hook(++at, 0);
		err = sealed_verify(&fixture, G, &s.hub, share);
		drp_alloc_hook(0, 0);
		for (int i = 0; i < 2; i++) {
			CHECK(err != DRP_OK || share[i].len > 0);
			drp_buf_clear(&share[i]);
		}
	}
	CHECK_OK(err);
	CHECK(at > 10);
	struct drp_buf kept = {0}, initialize = {0};
	for (at = 0, err = DRP_E_NOMEM; err == DRP_E_NOMEM;) {
		drp_alloc_hook(++at, 0);
		err = drp_verification_start(&fixture.task[G], fixture.verify_key[G],
			&s.hub, &kept, &initialize);
		drp_alloc_hook(0, 0);
		CHECK(err == DRP_OK || kept.len + initialize.len == 0);
		kept.failed = initialize.failed = 0;
	}
	CHECK_OK(err);
	drp_buf_clear(&kept);
	drp_buf_clear(&initialize);
	for (at = 0, err = DRP_E_NOMEM; err == DRP_E_NOMEM;) {
		drp_buf_clear(&bytes);
		drp_alloc_hook(++at, 0);
		err = drp_report_make(&fixture.task[G], s.counts, &fixture.unit[U].id,
			fixture.school[U], fixture.manifest.notary_box, &rng, &bytes,
			&name);
		drp_alloc_hook(0, 0);
	}
	CHECK_OK(err);
	drp_buf_clear(&bytes);
	drp_buf_clear(&s.bytes);
}

/* A school of nobody would only make a cohort look like more schools. */
static void nobody_is_eligible(void)
{
	struct sample s;
	sample_make(&s);
	fixture.unit[U].eligible[G] = 0;
	CHECK_ERR(check(&s.hub, 0), DRP_E_RANGE);
	CHECK_ERR(check(&s.notary, 1), DRP_E_RANGE);
	fixture.unit[U].eligible[G] = 6 + U;
	CHECK_OK(check(&s.hub, 0));
	CHECK_OK(check(&s.notary, 1));
	drp_buf_clear(&s.bytes);
}

int main(void)
{
	CHECK_OK(drp_crypto_init());
	rng = drp_test_rng(&state, 12);
	sealed_fixture_make(&fixture);
	CASE("both output shares add up to the counts", shares_add_up);
	CASE("a report with a changed bit is refused", every_bit_of_a_report);
	CASE("shares with a changed bit are refused, even when signed",
		every_bit_of_the_shares);
	CASE("a share that is none never verifies", a_share_that_is_none);
	CASE("a changed bit between the aggregators is refused",
		every_bit_between_the_aggregators);
	CASE("a report is of one campaign, group and unit", replay_elsewhere);
	CASE("a proof holds in one task", proofs_hold_in_one_task);
	CASE("counters that do not sum to N are refused", counters_that_do_not_sum_to_n);
	CASE("lengths are the task's, and the school of the unit signs",
		lengths_and_signers);
	CASE("a unit without eligible people sends nothing", nobody_is_eligible);
	CASE("other keys open and verify nothing", other_keys);
	CASE("running out of memory is an error", out_of_memory);
	sealed_fixture_free(&fixture);
	return DONE();
}
